/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run from its first containers to its summary: warm-up, window, intervals, limits. */
#include <math.h>

#include "base/fail.h"
#include "replay/replay_impl.h"

static const struct neap_replay_sinks no_sinks = {.context = NULL};

/* --- the begin ------------------------------------------------------------------------------------ */

/* A first guess at what the policy rests at: containers at 60 % of their CPU. The warm-up does the
 * rest. */
static int64_t first_replicas(const struct neap_replay *r, double rate)
{
    const struct neap_replay_inputs *in = &r->in;
    const struct neapi_load *load = &r->mix.load;
    const double *recorded = neap_recording_observed(in->recording, NEAP_OBSERVED_REPLICAS);
    int64_t low = neap_autoscaler_min(in->autoscaler), high = neap_autoscaler_max(in->autoscaler);
    if (!isnan(in->run->initial))
        return (int64_t)in->run->initial;
    if (recorded != NULL && recorded[0] >= 0)
        return llround(recorded[0]);
    double replicas = ceil(rate * load->demand_s / (0.6 * r->mix.station[load->version]->vcpu));
    return replicas < (double)low ? low : replicas > (double)high ? high : (int64_t)replicas;
}

/* Decisions fall on the window's start. */
int64_t neapi_replay_start_ns(const struct neap_replay *r)
{
    int64_t length_ns = llround(r->in.run->warmup_s * 1e9);
    return neap_recording_start_ns(r->in.recording) - (length_ns - length_ns % r->period_ns);
}

static double interval_s(const struct neap_replay *r)
{
    return (double)neap_recording_step_ns(r->in.recording) / 1e9;
}

enum neap_status neapi_replay_begin(struct neap_replay *r, const struct neap_replay_sinks *sinks,
                                    struct neap_error *error)
{
    const struct neap_recording *recording = r->in.recording;
    enum neap_status status =
        neapi_replay_check_periods(r, sinks == NULL ? &no_sinks : sinks, error);
    if (status != NEAP_OK)
        return status;
    double window_s = (double)neap_recording_count(recording) * interval_s(r);
    r->result = (struct neap_replay_summary){.window_s = window_s};
    r->sinks = sinks == NULL ? &no_sinks : sinks;
    r->summary = &r->result;
    r->in_period = r->counting = false;
    r->periods_done = 0;
    r->now_ns = r->stretch_ns = r->next_decision_ns = neapi_replay_start_ns(r);
    r->next_wake_ns = r->now_ns;
    r->interval_ns = neap_recording_start_ns(recording);
    size_t version = neapi_rollout_reset(&r->rollout, r->now_ns);
    neapi_mix_reset(&r->mix, version);
    neapi_pipeline_reset(&r->pipeline, r->now_ns);
    neapi_signals_reset(&r->signals, r->now_ns);
    r->engine->reset(r);
    r->wanted = first_replicas(r, neap_recording_requests(recording)[0] / interval_s(r));
    neapi_fleet_reset(&r->fleet, r->now_ns, r->wanted, version);
    neap_autoscaler_reset(r->in.autoscaler);
    return NEAP_OK;
}

/* --- intervals ------------------------------------------------------------------------------------ */

static void open_window(struct neap_replay *r)
{
    r->counting = true;
    r->result.peak_replicas = r->wanted;
    neapi_fleet_open_window(&r->fleet, r->now_ns, neap_recording_end_ns(r->in.recording), r->sinks);
    r->engine->open_window(r);
}

static void open_interval(struct neap_replay *r, size_t index)
{
    if (!r->counting)
        open_window(r);
    r->interval_ns = neap_recording_start_ns(r->in.recording) +
                     (int64_t)(index + 1) * neap_recording_step_ns(r->in.recording);
    neapi_replay_open_interval(r, index);
    if (r->mix.classes > 1)
        neapi_mix_interval(&r->mix, index);
}

static bool breaks_limit(struct neap_replay *r)
{
    static const double allowed[NEAPI_LATENCY_LIMITS] = {0.50, 0.05, 0.01};
    double share[NEAPI_LATENCY_LIMITS];
    double requests = r->interval.requests;
    double failed = requests > 0 ? fmin(r->interval.failed / requests, 1) : 0;
    const double limit_s[NEAPI_LATENCY_LIMITS] = {r->in.slo->p50_s, r->in.slo->p95_s,
                                                  r->in.slo->p99_s};
    r->engine->interval_over(r, share);
    for (int k = 0; k < NEAPI_LATENCY_LIMITS; k++)
        if (!isnan(limit_s[k]) && failed + (1 - failed) * share[k] > allowed[k])
            return true;
    return false;
}

static void close_interval(struct neap_replay *r, size_t index)
{
    r->engine->end_interval(r, index);
    if (breaks_limit(r))
        r->summary->over_slo_s += interval_s(r);
    neapi_replay_close_interval(r, index);
}

void neapi_replay_follow(struct neap_replay *r, struct neapi_traffic *traffic)
{
    bool inside = traffic->interval != SIZE_MAX;
    if (inside && r->now_ns == r->interval_ns)
        open_interval(r, traffic->interval);
    neapi_replay_serve(r, traffic);
    if (inside && r->now_ns == r->interval_ns)
        close_interval(r, traffic->interval);
}

/* --- the end -------------------------------------------------------------------------------------- */

void neapi_replay_finish(struct neap_replay *r)
{
    struct neap_replay_summary *summary = r->summary;
    double replicas_s = summary->container_s[NEAP_PENDING] + summary->container_s[NEAP_STARTING] +
                        summary->container_s[NEAP_READY];
    neapi_fleet_close_window(&r->fleet);
    neapi_rollout_finish(&r->rollout, &r->fleet);
    summary->mean_replicas = replicas_s / summary->window_s;
    summary->rollout_s = neap_replay_rollout_s(r, r->in.deployments_count - 1);
    r->engine->finish(r);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A replay from its inputs to its summary: windows, intervals, limits. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/replay_impl.h"

enum {
    TICKS_PER_REPORT = 1 << 16,
    INTERVALS_PER_REPORT = 4096,
    LIST_PER_TICK = 80,
    LIST_MOST = 1 << 20
};

const char *neap_container_state_text(enum neap_container_state state)
{
    static const char *const text[NEAP_CONTAINER_STATES] = {"pending", "starting", "ready",
                                                            "draining"};
    return (unsigned)state < NEAP_CONTAINER_STATES ? text[state] : "unknown";
}

/* --- making one ----------------------------------------------------------------------------------- */

static double most_replicas(const struct neap_replay_inputs *in)
{
    double most = (double)neap_autoscaler_max(in->autoscaler);
    const double *recorded = neap_recording_observed(in->recording, NEAP_OBSERVED_REPLICAS);
    if (recorded != NULL && recorded[0] > most)
        most = recorded[0];
    return in->run->initial > most ? in->run->initial : most;
}

/* Corners that the latencies of one interval can touch, for its own percentiles. */
static size_t list_size(const struct neap_replay_inputs *in)
{
    double step_s = (double)neap_recording_step_ns(in->recording) / 1e9;
    double ticks = step_s / neap_autoscaler_period_s(in->autoscaler) + 4;
    double size = ticks * LIST_PER_TICK;
    return size < LIST_MOST ? (size_t)size : LIST_MOST;
}

static enum neap_status make_tables(struct neap_replay *r, struct neap_error *error)
{
    const struct neap_replay_inputs *in = &r->in;
    struct neapi_latency_kind kind[NEAP_REPLAY_KINDS_MOST];
    enum neap_status status = neapi_mix_new(&r->mix, in, most_replicas(in), kind, error);
    if (status != NEAP_OK)
        return status;
    double slowest = in->container->warmup_s > 0 ? 1 + in->container->warmup_slowdown_share : 1;
    struct neapi_latency_range range = {.least_stretch = r->mix.station[0]->alone_stretch,
                                        .limit_s = {in->slo->p50_s, in->slo->p95_s, in->slo->p99_s},
                                        .list_size = list_size(in)};
    for (size_t version = 0; version < r->mix.versions; version++)
        range.most_stretch =
            fmax(range.most_stretch, r->mix.station[version]->most_stretch * slowest);
    return neapi_latency_new(&r->latency, kind, r->mix.classes * r->mix.versions, &range, error);
}

static enum neap_status make(struct neap_replay *r, struct neap_error *error)
{
    const struct neap_replay_inputs *in = &r->in;
    double period_s = neap_autoscaler_period_s(in->autoscaler);
    uint64_t seed = (uint64_t)in->run->seed;
    enum neap_status status = neapi_rollout_new(&r->rollout, in, error);
    if (status == NEAP_OK)
        status = make_tables(r, error);
    if (status == NEAP_OK)
        status = neapi_fleet_new(&r->fleet, in->container, in->startup, r->mix.versions, seed,
                                 period_s, error);
    if (status == NEAP_OK)
        status = neapi_pipeline_new(&r->pipeline, in->metrics, seed, period_s, error);
    r->pipeline.counts_requests = neap_autoscaler_reads_request_rate(in->autoscaler);
    if (status != NEAP_OK)
        return status;
    r->pods = neapi_allocate(r->fleet.capacity + r->mix.versions, sizeof *r->pods);
    if (r->pods == NULL)
        return neapi_no_memory(error, "readings");
    r->timeout_s = in->container->timeout_s;
    r->cpu_request_cores = neap_container_cpu_request(in->container);
    r->cpu_most_cores = neap_container_cpu_usable(in->container);
    r->request_m = llround(1000 * r->cpu_request_cores);
    r->period_ns = llround(period_s * 1e9);
    int64_t warm_ns = 4 * r->fleet.warmup_ns;
    r->settle_ns = r->pipeline.lag_ns + 2 * r->pipeline.window_ns + r->period_ns;
    if (warm_ns > r->settle_ns)
        r->settle_ns = warm_ns;
    return NEAP_OK;
}

enum neap_status neap_replay_new(struct neap_replay **replay,
                                 const struct neap_replay_inputs *inputs, struct neap_error *error)
{
    if (!(neap_autoscaler_period_s(inputs->autoscaler) > 0))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "the autoscaler is not prepared: call neap_autoscaler_prepare() first");
    struct neap_replay *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "a replay");
    made->in = *inputs;
    enum neap_status status = make(made, error);
    if (status != NEAP_OK) {
        neap_replay_free(made);
        return status;
    }
    *replay = made;
    return NEAP_OK;
}

void neap_replay_free(struct neap_replay *replay)
{
    if (replay == NULL)
        return;
    neapi_mix_free(&replay->mix);
    neapi_rollout_free(&replay->rollout);
    neapi_latency_free(replay->latency);
    neapi_fleet_free(&replay->fleet);
    neapi_pipeline_free(&replay->pipeline);
    free(replay->pods);
    free(replay);
}

/* --- running -------------------------------------------------------------------------------------- */

/* A first guess at what the policy rests at: containers at 60 % of their CPU. The warm-up does the
 * rest. */
static int64_t first_replicas(const struct neap_replay *r, double rate)
{
    const struct neap_replay_inputs *in = &r->in;
    const double *recorded = neap_recording_observed(in->recording, NEAP_OBSERVED_REPLICAS);
    int64_t low = neap_autoscaler_min(in->autoscaler), high = neap_autoscaler_max(in->autoscaler);
    if (!isnan(in->run->initial))
        return (int64_t)in->run->initial;
    if (recorded != NULL && recorded[0] >= 0)
        return llround(recorded[0]);
    double replicas = ceil(rate * r->demand_s / (0.6 * r->station->vcpu));
    return replicas < (double)low ? low : replicas > (double)high ? high : (int64_t)replicas;
}

static void warm_up(struct neap_replay *r, double rate, int64_t start_ns)
{
    int64_t length_ns = llround(r->in.run->warmup_s * 1e9);
    length_ns -= length_ns % r->period_ns; /* decisions fall on the window's start */
    r->now_ns = start_ns - length_ns;
    size_t version = neapi_rollout_reset(&r->rollout, r->now_ns);
    neapi_latency_reset(r->latency);
    neapi_mix_reset(&r->mix, version);
    neapi_queue_reset(&r->queue, NULL);
    neapi_pipeline_reset(&r->pipeline, r->now_ns);
    neapi_replay_take_mix(r);
    r->next_decision_ns = r->now_ns;
    r->timeout_share = 0;
    r->counting = false;
    r->wanted = first_replicas(r, rate);
    r->counted_starts = 0;
    neapi_fleet_reset(&r->fleet, r->now_ns, r->wanted, version);
    neap_autoscaler_reset(r->in.autoscaler);
    neapi_replay_span(r, rate, start_ns);
}

static bool breaks_limit(const struct neap_replay *r, double requests)
{
    static const double allowed[NEAPI_LATENCY_LIMITS] = {0.50, 0.05, 0.01};
    double share[NEAPI_LATENCY_LIMITS];
    double failed = requests > 0 ? fmin(r->interval.failed / requests, 1) : 0;
    const double limit_s[NEAPI_LATENCY_LIMITS] = {r->in.slo->p50_s, r->in.slo->p95_s,
                                                  r->in.slo->p99_s};
    neapi_latency_interval_over(r->latency, share);
    for (int k = 0; k < NEAPI_LATENCY_LIMITS; k++)
        if (!isnan(limit_s[k]) && failed + (1 - failed) * share[k] > allowed[k])
            return true;
    return false;
}

static void close_interval(struct neap_replay *r, size_t index, double requests)
{
    r->interval.requests = requests;
    if (breaks_limit(r, requests))
        r->summary->over_slo_s += (double)neap_recording_step_ns(r->in.recording) / 1e9;
    neapi_replay_close_interval(r, index);
}

static bool go_on(const struct neap_replay_sinks *sinks, size_t done, size_t total)
{
    const struct neap_progress *progress = sinks->progress;
    if (progress == NULL || progress->report == NULL)
        return true;
    return progress->report(progress->context, done, total);
}

/* Intervals between two reports: often enough to be stopped at once, however long they are. */
static size_t intervals_per_report(const struct neap_replay *r, double step_s)
{
    double intervals = TICKS_PER_REPORT * neap_autoscaler_period_s(r->in.autoscaler) / step_s;
    return intervals < 1                      ? 1
           : intervals < INTERVALS_PER_REPORT ? (size_t)intervals
                                              : INTERVALS_PER_REPORT;
}

static void finish_classes(struct neap_replay *r)
{
    const struct neap_replay_summary *s = r->summary;
    struct neap_replay_class *class = r->mix.class;
    neapi_mix_book(&r->mix, s);
    if (r->mix.classes == 1) {
        *class = (struct neap_replay_class){
            .requests = s->requests,
            .failed = s->failed_queue_full + s->failed_timeout,
            .cpu_request_s = s->cpu_request_s,
            .latency_s = {s->latency_s[0], s->latency_s[1], s->latency_s[2]},
            .latency_mean_s = s->latency_mean_s};
        return;
    }
    for (size_t c = 0; c < r->mix.classes; c++)
        neapi_latency_kind_quantiles(r->latency, c, r->mix.classes, class[c].latency_s,
                                     &class[c].latency_mean_s);
}

static void finish(struct neap_replay *r)
{
    struct neap_replay_summary *summary = r->summary;
    double over[NEAPI_LATENCY_LIMITS];
    double replicas_s = summary->container_s[NEAP_PENDING] + summary->container_s[NEAP_STARTING] +
                        summary->container_s[NEAP_READY];
    neapi_fleet_close_window(&r->fleet);
    neapi_latency_quantiles(r->latency, summary->latency_s, &summary->latency_mean_s, over);
    summary->mean_replicas = replicas_s / summary->window_s;
    summary->over_slo_share = over[1];
    summary->rollout_s = neap_replay_rollout_s(r, r->in.deployments_count - 1);
    finish_classes(r);
}

static const struct neap_replay_sinks no_sinks = {.context = NULL};

enum neap_status neap_replay_run(struct neap_replay *r, const struct neap_replay_sinks *sinks,
                                 struct neap_replay_summary *summary, struct neap_error *error)
{
    const struct neap_recording *recording = r->in.recording;
    const double *requests = neap_recording_requests(recording);
    size_t count = neap_recording_count(recording);
    int64_t step_ns = neap_recording_step_ns(recording);
    int64_t start_ns = neap_recording_start_ns(recording);
    double step_s = (double)step_ns / 1e9;
    size_t per_report = intervals_per_report(r, step_s);
    r->result = (struct neap_replay_summary){.window_s = (double)count * step_s};
    if (sinks == NULL)
        sinks = &no_sinks;
    enum neap_status status = neapi_replay_check_periods(r, sinks, error);
    if (status != NEAP_OK)
        return status;
    r->sinks = sinks;
    r->summary = &r->result;
    r->in_period = false;
    r->periods_done = 0;
    warm_up(r, requests[0] / step_s, start_ns);
    r->counting = true;
    r->result.peak_replicas = r->wanted;
    neapi_fleet_open_window(&r->fleet, start_ns, neap_recording_end_ns(recording), sinks);
    for (size_t i = 0; i < count; i++) {
        if (i % per_report == 0 && !go_on(sinks, i, count))
            return neapi_fail(error, NEAP_STOPPED, "stopped after %zu of %zu intervals", i, count);
        neapi_replay_open_interval(r);
        if (r->mix.classes > 1)
            neapi_mix_interval(&r->mix, i);
        r->result.requests += requests[i];
        neapi_replay_span(r, requests[i] / step_s, start_ns + (int64_t)(i + 1) * step_ns);
        close_interval(r, i, requests[i]);
    }
    finish(r);
    (void)go_on(sinks, count, count);
    *summary = r->result;
    return NEAP_OK;
}

/* --- results -------------------------------------------------------------------------------------- */

struct neap_replay_class neap_replay_class(const struct neap_replay *r, size_t number)
{
    if (number < r->mix.classes)
        return r->mix.class[number];
    return (struct neap_replay_class){.latency_s = {(double)NAN, (double)NAN, (double)NAN},
                                      .latency_mean_s = (double)NAN};
}

double neap_replay_rollout_s(const struct neap_replay *r, size_t deployment)
{
    if (deployment >= r->rollout.count ||
        r->rollout.gone_ns[deployment] > neap_recording_end_ns(r->in.recording))
        return (double)NAN;
    return (double)(r->rollout.gone_ns[deployment] - r->rollout.deployment[deployment].at_ns) / 1e9;
}

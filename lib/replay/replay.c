/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A replay: what it is made of, and what it says after a run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/replay_impl.h"

const char *neap_container_state_text(enum neap_container_state state)
{
    static const char *const text[NEAP_CONTAINER_STATES] = {"pending", "starting", "ready",
                                                            "draining"};
    return (unsigned)state < NEAP_CONTAINER_STATES ? text[state] : "unknown";
}

/* --- making one ----------------------------------------------------------------------------------- */

double neapi_replay_most(const struct neap_replay_inputs *in)
{
    double most = (double)neap_autoscaler_max(in->autoscaler);
    const double *recorded = neap_recording_observed(in->recording, NEAP_OBSERVED_REPLICAS);
    if (recorded != NULL && recorded[0] > most)
        most = recorded[0];
    return in->run->initial > most ? in->run->initial : most;
}

/* At once: a roll-out's surge and as many that drain included. */
static double most_containers(const struct neap_replay_inputs *in)
{
    double surge_share = in->deployments_count > 0 ? in->rollout->surge_share : 0;
    return 2 * ceil((1 + surge_share) * neapi_replay_most(in));
}

static const struct neapi_engine *engine_of(const struct neap_run_options *run)
{
    return run->engine == NEAP_ENGINE_TICK ? &neapi_engine_tick : &neapi_engine_request;
}

static enum neap_status make(struct neap_replay *r, struct neap_error *error)
{
    const struct neap_replay_inputs *in = &r->in;
    r->scope = neap_autoscaler_scope(in->autoscaler);
    double period_s = r->scope.period_s;
    uint64_t seed = (uint64_t)in->run->seed;
    enum neap_status status = neapi_rollout_new(&r->rollout, in, error);
    if (status == NEAP_OK)
        status = neapi_mix_new(&r->mix, in, neapi_replay_most(in), error);
    if (status == NEAP_OK)
        status = neapi_fleet_new(&r->fleet, in->container, in->startup, r->mix.versions, seed,
                                 in->replication, period_s, error);
    struct neap_metrics_pipeline times = neap_metrics_pipeline(in->metrics, in->autoscaler);
    if (status == NEAP_OK)
        status = neapi_fleet_add_nodes(&r->fleet, in, most_containers(in), seed, error);
    if (status == NEAP_OK)
        status = neapi_pipeline_new(&r->pipeline, &times, in->metrics->noise == 1, seed,
                                    in->replication, period_s, error);
    if (status == NEAP_OK)
        status = neapi_signals_new(&r->signals, &r->pipeline, in, !r->engine->noise, error);
    if (status == NEAP_OK)
        status = r->engine->make(r, error);
    if (status != NEAP_OK)
        return status;
    r->pipeline.counts_requests = r->scope.reads_request_rate;
    r->pipeline.noise = r->pipeline.noise && r->engine->noise;
    r->pods = neapi_allocate(r->fleet.capacity + r->mix.versions, sizeof *r->pods);
    if (r->pods == NULL)
        return neapi_no_memory(error, "readings");
    r->cpu_request_cores = neap_container_cpu_request(in->container);
    r->cpu_most_cores = neap_container_cpu_usable(in->container);
    r->request_m = llround(1000 * r->cpu_request_cores);
    r->period_ns = llround(period_s * 1e9);
    int64_t warm_ns = 4 * r->fleet.warmup_ns;
    r->settle_ns =
        neapi_to_ns(times.lag_s + times.align_s) + 2 * r->pipeline.window_ns + r->period_ns;
    int64_t longest_ns[] = {warm_ns, r->settle_ns + neapi_start_longest_ns(&r->fleet.rules),
                            neapi_to_ns(r->scope.young_s)};
    for (size_t i = 0; i < sizeof longest_ns / sizeof longest_ns[0]; i++)
        if (longest_ns[i] > r->settle_ns)
            r->settle_ns = longest_ns[i];
    return NEAP_OK;
}

enum neap_status neap_replay_new(struct neap_replay **replay,
                                 const struct neap_replay_inputs *inputs, struct neap_error *error)
{
    if (!(neap_autoscaler_period_s(inputs->autoscaler) > 0))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "the autoscaler is not prepared: call neap_autoscaler_prepare() first");
    if (neap_autoscaler_scope(inputs->autoscaler).reads_recorded &&
        neap_recording_observed(inputs->recording, NEAP_OBSERVED_REPLICAS) == NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "the recording has no column replicas, expected one, as the autoscaler "
                          "repeats what was recorded: add it, or choose another type");
    if (neap_autoscaler_scope(inputs->autoscaler).reads_memory) {
        enum neap_status told = neap_container_check_memory(inputs->container, error);
        if (told != NEAP_OK)
            return told;
    }
    struct neap_replay *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "a replay");
    made->in = *inputs;
    made->engine = engine_of(inputs->run);
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
    replay->engine->unmake(replay);
    neapi_fleet_free(&replay->fleet);
    neapi_pipeline_free(&replay->pipeline);
    neapi_signals_free(&replay->signals);
    free(replay->pods);
    free(replay);
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

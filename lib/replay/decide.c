/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the fleet and the metric pipeline to a reading, and from a decision back to the fleet. */
#include <math.h>

#include "replay/replay_impl.h"

static int64_t millicores(const struct neap_replay *r, double use_cores)
{
    double cores = use_cores + r->in.container->idle_cpu_cores;
    double most = r->cpu_most_cores;
    return (int64_t)(1000 * (cores < most ? cores : most)); /* rounded down: never below 0 */
}

/* Mean use of the start of one of them, over what is read. */
static double burst_cores(const struct neap_replay *r, const struct neapi_cohort *cohort)
{
    const struct neapi_start_rules *rules = &r->fleet.rules;
    int64_t to_ns = neap_metrics_end_ns(&r->pipeline.times, r->now_ns);
    int64_t from_ns = to_ns - r->pipeline.window_ns;
    if (!rules->seen || r->fleet.quiet_ns <= from_ns)
        return 0;
    return neapi_start_cpu_s(rules, &cohort->start, from_ns, to_ns) /
           ((double)r->pipeline.window_ns / 1e9);
}

/* All settled cohorts of a version as one. */
static struct neap_pods settled_pods(const struct neap_replay *r, size_t version, double use_cores)
{
    const struct neapi_fleet *fleet = &r->fleet;
    return (struct neap_pods){.count = fleet->of[version].settled,
                              .start_ns = fleet->cohort[0].starting_ns,
                              .ready_ns = fleet->cohort[0].ready_ns,
                              .usage_m = millicores(r, use_cores * r->mix.use_share[version]),
                              .ready = true,
                              .has_metric = true,
                              .phase = NEAP_POD_RUNNING};
}

static struct neap_pods ready_pods(const struct neap_replay *r, const struct neapi_cohort *cohort,
                                   double use_cores, int64_t sampled_from_ns)
{
    double slowness = neapi_cohort_slowness(&r->fleet, cohort, r->now_ns);
    double own_cores = use_cores * slowness * r->mix.use_share[cohort->version];
    return (struct neap_pods){.ready_ns = cohort->ready_ns,
                              .usage_m = millicores(r, own_cores + burst_cores(r, cohort)),
                              .ready = true,
                              .phase = NEAP_POD_RUNNING,
                              .has_metric = cohort->starting_ns <= sampled_from_ns};
}

/* What uses CPU before it is ready runs, and has a sample too. */
static struct neap_pods starting_pods(const struct neap_replay *r,
                                      const struct neapi_cohort *cohort, int64_t sampled_from_ns)
{
    bool seen = r->fleet.rules.seen && r->fleet.rules.cpu_s > 0;
    bool runs = seen && cohort->start.pulled_ns <= r->now_ns;
    double cores = fmin(burst_cores(r, cohort), r->cpu_most_cores);
    return (struct neap_pods){.ready_ns = cohort->starting_ns,
                              .usage_m = (int64_t)(1000 * cores),
                              .phase = runs ? NEAP_POD_RUNNING : NEAP_POD_PENDING,
                              .has_metric = seen && cohort->start.pulled_ns <= sampled_from_ns};
}

static struct neap_pods young_pods(const struct neap_replay *r, const struct neapi_cohort *cohort,
                                   double use_cores)
{
    int64_t sampled_from_ns =
        neap_metrics_end_ns(&r->pipeline.times, r->now_ns) - r->pipeline.window_ns;
    struct neap_pods pods = cohort->state == NEAP_READY
                                ? ready_pods(r, cohort, use_cores, sampled_from_ns)
                                : starting_pods(r, cohort, sampled_from_ns);
    pods.count = cohort->count;
    pods.start_ns = cohort->waiting ? cohort->pending_ns : cohort->starting_ns;
    return pods;
}

/* Beside what it holds at rest, a container needs memory for each request that it has. */
static void show_memory(const struct neap_replay *r, struct neap_pods *pods, double in_flight_each)
{
    const struct neap_container_options *c = r->in.container;
    double bytes = c->memory_base_bytes;
    if (pods->ready)
        bytes += in_flight_each * c->memory_per_request_bytes;
    pods->memory_bytes = (int64_t)bytes;
    pods->memory_request_bytes = isnan(c->memory_bytes) ? -1 : (int64_t)c->memory_bytes;
    pods->has_memory = pods->has_metric;
}

static size_t list_pods(struct neap_replay *r, double use_cores, double in_flight_each)
{
    const struct neapi_fleet *fleet = &r->fleet;
    size_t count = 0;
    for (size_t version = 0; version < fleet->versions; version++)
        if (fleet->of[version].settled > 0)
            r->pods[count++] = settled_pods(r, version, use_cores);
    for (size_t i = fleet->settled; i < fleet->depth; i++)
        r->pods[count++] = young_pods(r, &fleet->cohort[i], use_cores);
    int64_t end_ns = neap_metrics_end_ns(&r->pipeline.times, r->now_ns);
    for (size_t i = 0; i < count; i++) {
        if (r->signals.memory)
            show_memory(r, &r->pods[i], in_flight_each);
        r->pods[i].request_m = r->request_m;
        r->pods[i].metric_ns = end_ns;
        r->pods[i].metric_window_ns = r->pipeline.window_ns;
        r->pods[i].has_start = r->pods[i].has_ready_condition = true;
    }
    return count;
}

static void count_decision(struct neap_replay *r, const struct neap_decision *decision)
{
    struct neap_replay_summary *summary = r->summary;
    summary->decisions++;
    summary->scale_ups += decision->after > decision->before;
    summary->scale_downs += decision->after < decision->before;
    if (decision->after > summary->peak_replicas)
        summary->peak_replicas = decision->after;
    if (r->sinks->decision != NULL)
        r->sinks->decision(r->sinks->context, decision);
}

void neapi_replay_resize(struct neap_replay *r)
{
    if (neapi_replay_updates(r))
        neapi_rollout_step(&r->rollout, &r->fleet, r->wanted, r->now_ns);
    else
        neapi_fleet_resize(&r->fleet, r->wanted, r->now_ns);
}

void neapi_replay_decide(struct neap_replay *r)
{
    struct neapi_metric metric = neapi_pipeline_read(&r->pipeline, r->now_ns);
    double use_cores = metric.use_cores / neapi_fleet_slowness(&r->fleet, r->now_ns);
    int64_t end_ns = neap_metrics_end_ns(&r->pipeline.times, r->now_ns);
    struct neapi_signals_read read =
        neapi_signals_read(&r->signals, end_ns - r->pipeline.window_ns, end_ns,
                           r->pipeline.readings - 1, r->tick.latency);
    struct neap_reading reading = {.now_ns = r->now_ns,
                                   .replicas = r->wanted,
                                   .pods = r->pods,
                                   .pods_count = list_pods(r, use_cores, read.per_container),
                                   .request_rate = metric.request_rate,
                                   .in_flight = read.in_flight,
                                   .queued = read.queued,
                                   .latency_s = read.latency_s};
    neapi_replay_show(r, &reading);
    struct neap_decision decision;
    neap_autoscaler_decide(r->in.autoscaler, &reading, &decision);
    r->wanted = decision.after;
    neapi_replay_resize(r);
    if (r->counting)
        count_decision(r, &decision);
}

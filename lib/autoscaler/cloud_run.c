/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Concurrency of Cloud Run, as its documentation gives it. The size is the largest of what CPU and
 * requests in flight ask for, each a mean over the last minute over what an instance is meant to
 * take; requests that no instance has room for start instances at once, and from zero nothing else
 * does. An instance that is no longer needed is kept, idle, for a while.
 *
 * There is no source code: how often it looks, and that every idle instance is kept as long as the
 * documentation says is possible, are settings.
 *
 * Source: cloud.google.com/run/docs/about-instance-autoscaling. */
#include <stdlib.h>

#include "autoscaler/gce_impl.h"
#include "autoscaler/saturate.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

static const double minute_s = 60;

struct settings {
    double target_cpu_share, target_concurrency_share, concurrency;
    double min, max, period_s, idle_s;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct neap_parameter parameters[] = {
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "60%", 0, 0.9, NULL,
     "CPU use to aim at, as a share of vcpu; 0% = not looked at"},
    {"target_concurrency", NEAP_SHARE, FIELD(target_concurrency_share), "60%", 0, 0.95, NULL,
     "requests in flight to aim at, as a share of concurrency; 0% = not looked at"},
    {"concurrency", NEAP_COUNT, FIELD(concurrency), "80", 1, 1000, NULL,
     "requests that an instance takes at once, which should be container.workers"},
    {"min", NEAP_COUNT, FIELD(min), "0", 0, 1e7, NULL, "fewest instances"},
    {"max", NEAP_COUNT, FIELD(max), "100", 1, 1e7, NULL, "most instances"},
    {"period", NEAP_SECONDS, FIELD(period_s), "5s", 1, 60, NULL,
     "time between evaluations; unpublished"},
    {"idle", NEAP_SECONDS, FIELD(idle_s), "900s", 0, 3600, NULL,
     "how long instances are kept that are not needed: up to 15 minutes; unpublished"},
    {0}};

/* What one reading told. */
struct look {
    int64_t time_ns;
    double cores, in_flight; /* of all instances */
};

struct cloud_run {
    struct settings settings;
    int64_t min, max, idle_ns;
    struct look *looks; /* ring: those of the last minute */
    size_t looks_count, looks_next, looks_size;
    struct neapi_gce_log needed;
    double vcpu; /* of an instance, as last listed; 0: not known */
};

/* --- the kind --------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct cloud_run *run = state;
    if (run == NULL)
        return;
    free(run->looks);
    free(run->needed.entries);
    free(run);
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    (void)given;
    const struct settings *wanted = settings;
    int64_t min, max;
    enum neap_status status = neapi_autoscaler_sizes(&min, &max, wanted->min, wanted->max, error);
    if (status != NEAP_OK)
        return status;
    struct cloud_run *run = neapi_allocate(1, sizeof *run);
    if (run == NULL)
        return neapi_no_memory(error, "an autoscaler");
    run->settings = *wanted;
    run->min = min;
    run->max = max;
    run->idle_ns = (int64_t)llround(wanted->idle_s * 1e9);
    run->looks_size = (size_t)(minute_s / wanted->period_s) + 2;
    run->looks = neapi_allocate(run->looks_size, sizeof *run->looks);
    run->needed.capacity = (size_t)(wanted->idle_s / wanted->period_s) + 3;
    run->needed.entries = neapi_allocate(run->needed.capacity, sizeof *run->needed.entries);
    if (run->looks == NULL || run->needed.entries == NULL) {
        release(run);
        return neapi_no_memory(error, "an autoscaler's memory of the last minute");
    }
    *scope = neapi_autoscaler_scope(wanted->period_s, min, max);
    if (wanted->target_cpu_share > 0)
        scope->target_cpu_share = wanted->target_cpu_share;
    scope->reads_in_flight = true;
    scope->window_s = wanted->period_s; /* of which it takes means itself */
    scope->holds = scope->wakes = true;
    *state = run;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct cloud_run *run = state;
    run->looks_count = run->looks_next = 0;
    run->needed.count = run->needed.next = 0;
    run->vcpu = 0;
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct cloud_run *run = state;
    run->min = min;
    run->max = max;
}

/* --- what is read ----------------------------------------------------------------------------- */

static bool runs(const struct neap_pods *pods)
{
    return pods->count > 0 && !pods->deleted && pods->phase == NEAP_POD_RUNNING;
}

static int64_t count_ready(const struct neap_reading *reading)
{
    int64_t ready = 0;
    for (size_t i = 0; i < reading->pods_count; i++)
        if (runs(&reading->pods[i]) && reading->pods[i].ready)
            ready = neapi_add(ready, reading->pods[i].count);
    return ready;
}

static struct look look_at(struct cloud_run *run, const struct neap_reading *reading)
{
    struct look look = {reading->now_ns, 0, reading->in_flight};
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->request_m > 0)
            run->vcpu = (double)pods->request_m / 1000;
        if (runs(pods) && pods->has_metric)
            look.cores += (double)pods->count * (double)pods->usage_m / 1000;
    }
    return look;
}

/* Means over the last minute, of which a reading without requests in flight tells nothing of them. */
static struct look last_minute(struct cloud_run *run, const struct look *newest)
{
    int64_t cutoff_ns = neapi_subtract(newest->time_ns, (int64_t)(minute_s * 1e9));
    double cores = 0, in_flight = 0, count = 0, known = 0;
    run->looks[run->looks_next] = *newest;
    run->looks_next = run->looks_next + 1 < run->looks_size ? run->looks_next + 1 : 0;
    run->looks_count += run->looks_count < run->looks_size;
    for (size_t i = 0; i < run->looks_count; i++) {
        const struct look *look = &run->looks[i];
        if (look->time_ns <= cutoff_ns)
            continue;
        count++;
        cores += look->cores;
        if (isnan(look->in_flight))
            continue;
        known++;
        in_flight += look->in_flight;
    }
    return (struct look){newest->time_ns, count > 0 ? cores / count : (double)NAN,
                         known > 0 ? in_flight / known : (double)NAN};
}

/* --- what is needed --------------------------------------------------------------------------- */

/* A load of all instances, of which each is meant to have target. */
static void ask(struct neap_decision *decision, const struct neap_reading *reading,
                enum neap_signal signal, double load, double target)
{
    struct neap_decision_metric *metric = neapi_decision_metric(decision);
    int64_t instances = reading->replicas > 0 ? reading->replicas : 1;
    bool read = load >= 0; /* not NaN */
    *metric = (struct neap_decision_metric){
        .signal = signal,
        .reason = read ? NEAP_REASON_METRIC : NEAP_REASON_UNREAD,
        .failed = !read,
        .metric = read ? load / (double)instances : (double)NAN,
        .target = target,
        .ratio = (double)NAN,
        .window_s = minute_s,
        .pods = instances,
        .replicas = read ? neapi_gce_round(load / target) : reading->replicas};
    if (read)
        metric->ratio = metric->metric / target;
}

/* Those that no instance has room for start as many as hold them all. */
static void ask_for_pending(const struct cloud_run *run, const struct neap_reading *reading,
                            double in_flight, struct neap_decision *decision)
{
    double concurrency = run->settings.concurrency;
    double room = concurrency * (double)count_ready(reading);
    if (!(in_flight > room))
        return;
    *neapi_decision_metric(decision) =
        (struct neap_decision_metric){.signal = NEAP_SIGNAL_QUEUED,
                                      .reason = NEAP_REASON_METRIC,
                                      .metric = in_flight - room,
                                      .target = concurrency,
                                      .ratio = (double)NAN,
                                      .window_s = (double)NAN,
                                      .pods = reading->replicas,
                                      .replicas = neapi_gce_round(in_flight / concurrency)};
}

/* CPU that is used without any request, by instances that are idle, keeps none of them. */
static void ask_all(struct cloud_run *run, const struct neap_reading *reading,
                    struct neap_decision *decision)
{
    const struct settings *s = &run->settings;
    struct look newest = look_at(run, reading), mean = last_minute(run, &newest);
    if (mean.in_flight == 0)
        mean.cores = 0;
    if (s->target_cpu_share > 0)
        ask(decision, reading, NEAP_SIGNAL_CPU, run->vcpu > 0 ? mean.cores / run->vcpu : 0,
            s->target_cpu_share);
    if (s->target_concurrency_share > 0)
        ask(decision, reading, NEAP_SIGNAL_IN_FLIGHT, mean.in_flight,
            s->concurrency * s->target_concurrency_share);
    ask_for_pending(run, reading, newest.in_flight, decision);
}

/* --- one evaluation --------------------------------------------------------------------------- */

/* The largest; nothing is needed when neither target is looked at and nothing is pending. */
static void choose(struct neap_decision *decision)
{
    size_t best = 0;
    for (size_t i = 1; i < decision->metrics_count; i++)
        if (decision->metrics[i].replicas > decision->metrics[best].replicas)
            best = i;
    if (decision->metrics_count == 0)
        return;
    const struct neap_decision_metric *metric = &decision->metrics[best];
    decision->chosen = best;
    decision->wanted = decision->after = decision->stable = metric->replicas;
    decision->steps[0].replicas = metric->replicas;
    neapi_decision_blame(decision, metric->reason);
    decision->signal = metric->signal;
    decision->metric = metric->metric;
    decision->target = metric->target;
    decision->ratio = metric->ratio;
    decision->pods = metric->pods;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct cloud_run *run = state;
    if (run->needed.count == 0) /* what is there was needed once */
        neapi_gce_remember(&run->needed, reading->replicas, reading->now_ns);
    neapi_decision_keep(decision, reading, 0, NEAP_REASON_METRIC);
    ask_all(run, reading, decision);
    choose(decision);
    decision->stable =
        neapi_gce_peak(&run->needed, run->idle_ns, reading->now_ns, decision->wanted);
    neapi_gce_remember(&run->needed, decision->wanted, reading->now_ns);
    neapi_decision_step(decision, NEAP_REASON_DOWN_STABILIZED, decision->stable);
    neapi_decision_clamp(decision, run->min, run->max);
}

const struct neap_autoscaler_type neapi_autoscaler_cloud_run = {
    .name = "cloud_run",
    .summary = "concurrency and CPU of Cloud Run (Google), to zero and back",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = release,
    .bound = bound,
    .unpublished = "period|idle"};

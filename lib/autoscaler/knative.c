/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knative's pod autoscaler (KPA) for one revision: its settings, its state, and one tick.
 *
 * A reading comes once per tick and stands for every scrape since the last. Where a real cluster
 * takes its time to say so, a replay knows at once: activators are in the path of requests as
 * soon as they should be, and a request that arrives at size zero is seen by the next tick (a real
 * activator wakes the scaler at once, which is one tick at most).
 *
 * Sources: as knative_impl.h; ranges from the validation of its config map and annotations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autoscaler/knative_impl.h"
#include "autoscaler/saturate.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

static const int64_t scrape_ns = 1000000000;
static const double activation_buffer_s = 30, most_replicas = 1e7;

struct settings {
    int metric, aggregation, scale_to_zero;
    double container_limit, target, share;
    double tick_s, window_s, panic_share, panic_threshold;
    double max_up_rate, max_down_rate, burst_capacity;
    double min, max, initial_scale, activation_scale;
    double delay_s, grace_s, retention_s, progress_s;
};

enum { METRIC_CONCURRENCY, METRIC_RATE };
enum { AGGREGATION_LINEAR, AGGREGATION_WEIGHTED };
enum { ZERO_ON, ZERO_OFF };

#define FIELD(name) offsetof(struct settings, name)

static const struct neap_parameter parameters[] = {
    {"metric", NEAP_CHOICE, FIELD(metric), "concurrency", 0, 0, "concurrency|rps",
     "what is counted: requests in flight, or requests per second"},
    {"container_concurrency", NEAP_COUNT, FIELD(container_limit), "0", 0, 1e6, NULL,
     "requests that a container takes at once; 0 = no limit"},
    {"target", NEAP_FACTOR, FIELD(target), "", 0.01, 1e9, NULL,
     "what a container can take: requests in flight (default container_concurrency, or 100) or "
     "per second (default 200)"},
    {"target_utilization", NEAP_SHARE, FIELD(share), "70%", 0.01, 1, NULL,
     "share of that to aim at"},
    {"min", NEAP_COUNT, FIELD(min), "0", 0, 1e7, NULL, "fewest replicas (min-scale)"},
    {"max", NEAP_COUNT, FIELD(max), "0", 0, 1e7, NULL, "most replicas (max-scale); 0 = no limit"},
    {"tick", NEAP_SECONDS, FIELD(tick_s), "2s", 1, 60, NULL, "time between evaluations"},
    {"window", NEAP_SECONDS, FIELD(window_s), "60s", 6, 3600, NULL,
     "stable window: what the metric is a mean over"},
    {"panic_window", NEAP_SHARE, FIELD(panic_share), "10%", 0.01, 1, NULL,
     "panic window, as a share of the stable window; at least 1s"},
    {"panic_threshold", NEAP_FACTOR, FIELD(panic_threshold), "2", 1.1, 10, NULL,
     "panics when the panic window asks for this many times the ready containers"},
    {"aggregation", NEAP_CHOICE, FIELD(aggregation), "linear", 0, 0, "linear|weighted",
     "mean over the window: all alike, or the newest seconds weigh most"},
    {"max_scale_up_rate", NEAP_FACTOR, FIELD(max_up_rate), "1000", 1.001, 1e6, NULL,
     "most replicas, as a multiple of the ready ones"},
    {"max_scale_down_rate", NEAP_FACTOR, FIELD(max_down_rate), "2", 1.001, 1e6, NULL,
     "fewest replicas are the ready ones divided by this"},
    {"target_burst_capacity", NEAP_FACTOR, FIELD(burst_capacity), "211", -1, 1e9, NULL,
     "room for requests at once below which activators hold requests; 0 = only at size zero, "
     "-1 = always"},
    {"scale_down_delay", NEAP_SECONDS, FIELD(delay_s), "0s", 0, 3600, NULL,
     "scale down to the highest size asked for in this long"},
    {"initial_scale", NEAP_COUNT, FIELD(initial_scale), "1", 0, 1e7, NULL,
     "replicas of a new revision, the least until they were ready once"},
    {"activation_scale", NEAP_COUNT, FIELD(activation_scale), "0", 0, 1e7, NULL,
     "fewest replicas when any are wanted; 0 = not set"},
    {"scale_to_zero", NEAP_CHOICE, FIELD(scale_to_zero), "on", 0, 0, "on|off",
     "whether no traffic means no replicas; off keeps one"},
    {"scale_to_zero_grace", NEAP_SECONDS, FIELD(grace_s), "30s", 6, 3600, NULL,
     "longest time from no traffic to the end of the last container"},
    {"pod_retention", NEAP_SECONDS, FIELD(retention_s), "0s", 0, 3600, NULL,
     "least time that the last container is kept without traffic"},
    {"progress_deadline", NEAP_SECONDS, FIELD(progress_s), "600s", 1, 86400, NULL,
     "after this and 30s without a ready container a start is given up"},
    {0}};

struct knative {
    struct neapi_knative_rules rules;
    struct neapi_knative_limits limits;
    bool by_rate, weighted;
    int64_t tick_ns;
    double *stable_buckets, *panic_buckets;

    struct neapi_knative_window stable, panic;
    struct neapi_knative_max delay;
    struct neapi_knative_panic alarm;
    bool started, initialized, proxied;
    int64_t seen_ns; /* up to then scrapes are recorded */
    enum neapi_knative_state state;
    int64_t state_ns, proxied_ns; /* since when */
};

/* --- settings to rules
 * ------------------------------------------------------------------------------ */

static enum neap_status check(const struct settings *settings, struct neap_error *error)
{
    if (settings->max > 0 && settings->min > settings->max)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "min: found %.0f, expected at most max, which is %.0f: lower min or "
                          "raise max",
                          settings->min, settings->max);
    if (settings->burst_capacity < 0 && settings->burst_capacity != -1)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "target_burst_capacity: found %g, expected -1 or at least 0: write -1 to "
                          "keep activators in the path",
                          settings->burst_capacity);
    return NEAP_OK;
}

static int64_t to_ns(double seconds)
{
    return (int64_t)llround(seconds * 1e9);
}

static void set_rules(struct knative *made, const struct settings *settings)
{
    struct neapi_knative_config config = {.concurrency_share = settings->share,
                                          .default_concurrency = 100,
                                          .default_rate = 200,
                                          .rate_share = settings->share,
                                          .burst_capacity = settings->burst_capacity,
                                          .max_up_rate = settings->max_up_rate,
                                          .max_down_rate = settings->max_down_rate,
                                          .activator_capacity = 100,
                                          .panic_threshold = settings->panic_threshold,
                                          .panic_share = settings->panic_share,
                                          .stable_window_s = settings->window_s,
                                          .delay_s = settings->delay_s,
                                          .initial_scale = (int64_t)settings->initial_scale,
                                          .min = (int64_t)settings->min,
                                          .max = (int64_t)settings->max,
                                          .allow_zero_initial = true};
    struct neapi_knative_revision revision;
    neapi_knative_revision_init(&revision);
    revision.by_rate = made->by_rate = settings->metric == METRIC_RATE;
    revision.container_limit = settings->container_limit;
    revision.target = settings->target;
    revision.activation_scale = (int64_t)settings->activation_scale;
    neapi_knative_rules(&made->rules, &config, &revision);
    made->limits = (struct neapi_knative_limits){
        .bounds = neapi_knative_bounds(&config, &revision),
        .initial_scale = made->rules.initial_scale,
        .burst_capacity = made->rules.burst_capacity,
        .scale_to_zero = settings->scale_to_zero == ZERO_ON,
        .stable_window_ns = made->rules.stable_window_ns,
        .grace_ns = to_ns(settings->grace_s),
        .retention_ns = to_ns(settings->retention_s),
        .activation_ns = to_ns(settings->progress_s + activation_buffer_s)};
    made->weighted = settings->aggregation == AGGREGATION_WEIGHTED;
    made->tick_ns = to_ns(settings->tick_s);
}

/* --- the kind
 * --------------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct knative *knative = state;
    if (knative == NULL)
        return;
    free(knative->stable_buckets);
    free(knative->panic_buckets);
    free(knative->delay.entries);
    free(knative);
}

static bool allocate(struct knative *made)
{
    size_t stable = neapi_knative_buckets(made->rules.stable_window_ns, scrape_ns);
    size_t panic = neapi_knative_buckets(made->rules.panic_window_ns, scrape_ns);
    int64_t delay = neapi_knative_max_size(made->rules.delay_ns, made->tick_ns);
    made->delay.size = delay > 0 ? delay : 1;
    made->stable_buckets = neapi_allocate(stable, sizeof(double));
    made->panic_buckets = neapi_allocate(panic, sizeof(double));
    made->delay.entries = neapi_allocate((size_t)made->delay.size, sizeof made->delay.entries[0]);
    return made->stable_buckets != NULL && made->panic_buckets != NULL &&
           made->delay.entries != NULL;
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    (void)given;
    const struct settings *wanted = settings;
    enum neap_status status = check(wanted, error);
    if (status != NEAP_OK)
        return status;
    struct knative *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "an autoscaler");
    set_rules(made, wanted);
    if (!allocate(made)) {
        release(made);
        return neapi_no_memory(error, "an autoscaler's windows");
    }
    const struct neapi_knative_bounds *bounds = &made->limits.bounds;
    *scope = (struct neap_autoscaler_scope){.period_s = wanted->tick_s,
                                            .min = bounds->min,
                                            .max = bounds->max > 0 ? bounds->max
                                                                   : (int64_t)most_replicas,
                                            .target_cpu_share = (double)NAN,
                                            .tolerance_up = (double)NAN,
                                            .tolerance_down = (double)NAN,
                                            .reads_request_rate = made->by_rate};
    *state = made;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct knative *knative = state;
    neapi_knative_window_init(&knative->stable, knative->stable_buckets,
                              knative->rules.stable_window_ns, scrape_ns, knative->weighted);
    neapi_knative_window_init(&knative->panic, knative->panic_buckets,
                              knative->rules.panic_window_ns, scrape_ns, knative->weighted);
    knative->delay.first = knative->delay.count = 0;
    knative->started = knative->initialized = knative->proxied = false;
}

static int64_t count_ready(const struct neap_reading *reading)
{
    int64_t ready = 0;
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count > 0 && pods->ready && !pods->deleted && pods->phase == NEAP_POD_RUNNING)
            ready = neapi_add(ready, pods->count);
    }
    return ready;
}

static void start(struct knative *knative, const struct neap_reading *reading, int64_t ready)
{
    neapi_knative_panic_start(&knative->alarm, ready, reading->now_ns);
    knative->started = true;
    knative->seen_ns = neapi_subtract(reading->now_ns, scrape_ns);
    knative->state = reading->replicas <= 0 ? NEAPI_KNATIVE_INACTIVE
                     : ready > 0            ? NEAPI_KNATIVE_ACTIVE
                                            : NEAPI_KNATIVE_ACTIVATING;
    knative->state_ns = reading->now_ns;
}

/* Requests in flight, those that activators hold included, or requests per second. */
static double value_of(const struct knative *knative, const struct neap_reading *reading)
{
    if (knative->by_rate)
        return reading->request_rate;
    double queued = isnan(reading->queued) ? 0 : reading->queued;
    return isnan(reading->in_flight) ? reading->queued : reading->in_flight + queued;
}

/* With no pod to scrape and nothing at the activators there is no sample. */
static void scrape(struct knative *knative, const struct neap_reading *reading, int64_t ready)
{
    double value = value_of(knative, reading);
    int64_t oldest_ns = neapi_subtract(reading->now_ns, knative->rules.stable_window_ns);
    int64_t from_ns = knative->seen_ns > oldest_ns ? knative->seen_ns : oldest_ns;
    if (value >= 0 && (ready > 0 || value > 0)) /* not NaN */
        for (int64_t at = neapi_add(from_ns, scrape_ns); at <= reading->now_ns; at += scrape_ns) {
            neapi_knative_window_record(&knative->stable, at, value);
            neapi_knative_window_record(&knative->panic, at, value);
        }
    knative->seen_ns += (reading->now_ns - knative->seen_ns) / scrape_ns * scrape_ns;
}

static double average(const struct neapi_knative_window *window, int64_t now_ns)
{
    if (neapi_knative_window_empty(window, now_ns))
        return (double)NAN;
    return neapi_knative_window_average(window, now_ns);
}

static void become(struct knative *knative, enum neapi_knative_state state, int64_t now_ns)
{
    if (knative->state != state)
        knative->state_ns = now_ns;
    knative->state = state;
}

/* Where the revision stands once replicas are asked for. */
static void stand(struct knative *knative, int64_t replicas, int64_t ready, int64_t excess_burst,
                  int64_t now_ns)
{
    int64_t least = knative->limits.bounds.min > 1 ? knative->limits.bounds.min : 1;
    bool wakes = replicas > 0 || (replicas < 0 && knative->state != NEAPI_KNATIVE_INACTIVE);
    if (!wakes)
        become(knative, NEAPI_KNATIVE_INACTIVE, now_ns);
    else
        become(knative, ready < least ? NEAPI_KNATIVE_ACTIVATING : NEAPI_KNATIVE_ACTIVE, now_ns);
    bool proxied = !wakes || ready == 0 || excess_burst < 0;
    if (proxied && !knative->proxied)
        knative->proxied_ns = now_ns;
    knative->proxied = proxied;
}

static void tell(const struct knative *knative, const struct neapi_knative_sight *sight,
                 const struct neapi_knative_advice *advice,
                 const struct neapi_knative_verdict *verdict, struct neap_decision *decision)
{
    decision->signal = knative->by_rate ? NEAP_SIGNAL_RATE : NEAP_SIGNAL_IN_FLIGHT;
    decision->target = knative->rules.target;
    if (advice->valid) {
        decision->pods = sight->ready > 0 ? sight->ready : 1;
        decision->metric =
            (advice->by_panic ? sight->panic : sight->stable) / (double)decision->pods;
        decision->ratio = decision->metric / decision->target;
        decision->wanted = advice->wanted;
        decision->stable = advice->replicas;
    }
    if (verdict->apply)
        decision->after = verdict->replicas;
    decision->reason = verdict->reason == NEAP_REASON_METRIC ? advice->reason : verdict->reason;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct knative *knative = state;
    int64_t now_ns = reading->now_ns, ready = count_ready(reading);
    if (!knative->started)
        start(knative, reading, ready);
    knative->initialized = knative->initialized || ready >= knative->rules.initial_scale;
    scrape(knative, reading, ready);
    struct neapi_knative_sight sight = {.now_ns = now_ns,
                                        .ready = ready,
                                        .delay_index = now_ns / knative->tick_ns,
                                        .stable = average(&knative->stable, now_ns),
                                        .panic = average(&knative->panic, now_ns)};
    struct neapi_knative_advice advice;
    neapi_knative_scale(&knative->rules, &knative->alarm, &knative->delay, &sight, &advice);
    struct neapi_knative_standing standing = {.replicas = reading->replicas,
                                              .state = knative->state,
                                              .state_ns = now_ns - knative->state_ns,
                                              .initialized = knative->initialized,
                                              .proxied = knative->proxied,
                                              .proxied_ns = now_ns - knative->proxied_ns,
                                              .probe = NEAPI_KNATIVE_PROBE_OK};
    struct neapi_knative_verdict verdict;
    neapi_knative_apply(&knative->limits, &standing, advice.valid ? advice.replicas : -1, &verdict);
    neapi_decision_keep(decision, reading, reading->replicas, verdict.reason);
    tell(knative, &sight, &advice, &verdict, decision);
    stand(knative, verdict.replicas, ready, advice.excess_burst, now_ns);
}

const struct neap_autoscaler_type neapi_autoscaler_knative = {
    .name = "knative",
    .summary =
        "Knative's pod autoscaler (KPA) on requests in flight or per second, to zero and back",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = release};

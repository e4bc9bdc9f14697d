/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knative's pod autoscaler (KPA) for one revision: its settings, and what they mean together.
 *
 * Sources: as knative_impl.h; ranges from the validation of its config map and annotations. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/knative_impl.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/duration.h"
#include "base/fail.h"

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

/* --- settings to rules ------------------------------------------------------------------------ */

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

static void set_rules(struct neapi_knative *made, const struct settings *settings)
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
        .grace_ns = neapi_to_ns(settings->grace_s),
        .retention_ns = neapi_to_ns(settings->retention_s),
        .activation_ns = neapi_to_ns(settings->progress_s + activation_buffer_s)};
    made->weighted = settings->aggregation == AGGREGATION_WEIGHTED;
    made->tick_ns = neapi_to_ns(settings->tick_s);
}

/* --- the kind --------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct neapi_knative *knative = state;
    if (knative == NULL)
        return;
    free(knative->stable_buckets);
    free(knative->panic_buckets);
    free(knative->delay.entries);
    free(knative);
}

static bool allocate(struct neapi_knative *made)
{
    size_t stable = neapi_knative_buckets(made->rules.stable_window_ns, NEAPI_KNATIVE_SCRAPE_NS);
    size_t panic = neapi_knative_buckets(made->rules.panic_window_ns, NEAPI_KNATIVE_SCRAPE_NS);
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
    struct neapi_knative *made = neapi_allocate(1, sizeof *made);
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
                                            .reads_request_rate = made->by_rate,
                                            .reads_in_flight = !made->by_rate,
                                            .window_s = wanted->tick_s,
                                            .holds = true,
                                            .wakes = true};
    *state = made;
    return NEAP_OK;
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct neapi_knative *knative = state;
    knative->limits.bounds.min = min;
    knative->limits.bounds.max = max;
}

const struct neap_autoscaler_type neapi_autoscaler_knative = {
    .name = "knative",
    .summary =
        "Knative's pod autoscaler (KPA) on requests in flight or per second, to zero and back",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = neapi_knative_reset,
    .decide = neapi_knative_decide,
    .release = release,
    .bound = bound};

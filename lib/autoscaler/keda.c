/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * KEDA's ScaledObject: its settings. Triggers are what a replay can read of a service, and the
 * clock.
 *
 * Sources: as keda_impl.h; kedacore/keda, apis/keda/v1alpha1/ and controllers/keda/hpa.go. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autoscaler/keda_kind.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

#define FIELD(name) offsetof(struct neapi_keda_settings, name)

static const struct neap_parameter parameters[] = {
    {"target_rate", NEAP_RATE, FIELD(target_rate), "", 0.001, 1e9, NULL,
     "trigger: requests per second for each replica"},
    {"target_in_flight", NEAP_FACTOR, FIELD(target_in_flight), "", 0.001, 1e9, NULL,
     "trigger: requests in flight for each replica"},
    {"target_queue", NEAP_FACTOR, FIELD(target_queue), "", 0.001, 1e9, NULL,
     "trigger: queued requests for each replica"},
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "", 0.01, 10, NULL,
     "trigger: CPU use, a whole percentage of the request; it never wakes a size of 0"},
    {"metric_type", NEAP_CHOICE, FIELD(metric_type), "average", 0, 0, "average|value",
     "what the targets of the first three are: for each replica, or a total whose ratio is "
     "multiplied with the ready replicas"},
    {"activation_rate", NEAP_RATE, FIELD(activation_rate), "0/s", 0, 1e9, NULL,
     "requests per second above which the trigger is active"},
    {"activation_in_flight", NEAP_FACTOR, FIELD(activation_in_flight), "0", 0, 1e9, NULL,
     "requests in flight above which the trigger is active"},
    {"activation_queue", NEAP_FACTOR, FIELD(activation_queue), "0", 0, 1e9, NULL,
     "queued requests above which the trigger is active"},
    {"min", NEAP_COUNT, FIELD(min), "0", 0, 1e7, NULL, "fewest replicas (minReplicaCount)"},
    {"max", NEAP_COUNT, FIELD(max), "100", 1, 1e7, NULL, "most replicas (maxReplicaCount)"},
    {"idle", NEAP_COUNT, FIELD(idle), "", 0, 0, NULL,
     "replicas while no trigger is active, in place of min: 0, no other is supported"},
    {"polling", NEAP_SECONDS, FIELD(polling_s), "30s", 1, 86400, NULL,
     "time between looks at whether a trigger is active"},
    {"cooldown", NEAP_SECONDS, FIELD(cooldown_s), "300s", 0, 86400, NULL,
     "time without an active trigger before the size drops to idle, or to a min of 0"},
    {"initial_cooldown", NEAP_SECONDS, FIELD(initial_cooldown_s), "0s", 0, 86400, NULL,
     "the same from the start on, as long as no trigger was active yet"},
    {"fallback.failures", NEAP_COUNT, FIELD(fallback_failures), "", 0, 1e6, NULL,
     "failed readings of a trigger in a row, more than which the fallback stands in; default: no "
     "fallback"},
    {"fallback.replicas", NEAP_COUNT, FIELD(fallback_replicas), "", 0, 1e7, NULL,
     "replicas to ask for then"},
    {"fallback.behavior", NEAP_CHOICE, FIELD(fallback_behavior), "static", 0, 0,
     "static|current|current_if_higher|current_if_lower",
     "those, the current number, or the higher or lower of the two"},
    {"cron.replicas", NEAP_COUNT, FIELD(cron_replicas), "", 1, 1e7, NULL,
     "trigger: at least as many replicas between cron.start and cron.end"},
    {"cron.start", NEAP_TEXT, FIELD(cron_start), "", 0, 0, NULL,
     "when they are wanted from: minute hour day month weekday, as 0 8 * * 1-5"},
    {"cron.end", NEAP_TEXT, FIELD(cron_end), "", 0, 0, NULL, "until when, written the same way"},
    {"cron.timezone", NEAP_TEXT, FIELD(cron_zone), "UTC", 0, 0, NULL,
     "whose clocks show those times, as Europe/London"},
    {"pause", NEAP_CHOICE, FIELD(pause), "none", 0, 0, "none|in|out",
     "in: the size may not fall; out: it may not rise"},
    {"sync", NEAP_SECONDS, FIELD(sync_s), "15s", 1, 3600, NULL,
     "time between passes of the HorizontalPodAutoscaler"},
    {"sync_delay", NEAP_SECONDS, FIELD(sync_delay_s), "1ms", 0, 0.5, NULL,
     "how much later than the period its passes come, as windows see it"},
    {"tolerance", NEAP_SHARE, FIELD(tolerance_share), "10%", 0, 10, NULL,
     "distance from the target within which it does nothing"},
    {"scale_up.window", NEAP_SECONDS, FIELD(up_window_s), "0s", 0, 3600, NULL,
     "it scales up to the least recommendation of this long"},
    {"scale_up.policies", NEAP_TEXT, FIELD(up_policies), "4 per 15s, 100% per 15s", 0, 0, NULL,
     "how fast the size may rise: COUNT or PERCENT% per TIME"},
    {"scale_up.select", NEAP_CHOICE, FIELD(up_select), "max", 0, 0, "max|min|disabled",
     "which policy decides: the one that allows most, least, or no scaling up"},
    {"scale_down.window", NEAP_SECONDS, FIELD(down_window_s), "300s", 0, 3600, NULL,
     "it scales down to the highest recommendation of this long"},
    {"scale_down.policies", NEAP_TEXT, FIELD(down_policies), "100% per 15s", 0, 0, NULL,
     "how fast the size may fall: COUNT or PERCENT% per TIME"},
    {"scale_down.select", NEAP_CHOICE, FIELD(down_select), "max", 0, 0, "max|min|disabled",
     "which policy decides: the one that allows most, least, or no scaling down"},
    {0}};

/* --- the kind --------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct neapi_keda *keda = state;
    if (keda == NULL)
        return;
    neap_zone_free(keda->clock.zone);
    neapi_hpa_logs_free(&keda->hpa);
    free(keda);
}

/* The longest time that both go into; a second when that is less. */
static double common_s(int64_t a_ns, int64_t b_ns)
{
    while (b_ns > 0) {
        int64_t rest_ns = a_ns % b_ns;
        a_ns = b_ns;
        b_ns = rest_ns;
    }
    return fmax((double)a_ns / 1e9, 1);
}

static bool is_given(uint64_t given, const char *key)
{
    return (given >> (neap_parameter_find(parameters, key) - parameters) & 1) != 0;
}

/* Whether spec.behavior is there. */
static bool has_behavior(uint64_t given)
{
    static const char *const keys[] = {"scale_up.window",     "scale_up.policies",
                                       "scale_up.select",     "scale_down.window",
                                       "scale_down.policies", "scale_down.select"};
    bool found = false;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        found = found || is_given(given, keys[i]);
    return found;
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct neapi_keda_settings *wanted = settings;
    struct neapi_keda *keda = neapi_allocate(1, sizeof *keda);
    if (keda == NULL)
        return neapi_no_memory(error, "an autoscaler");
    enum neap_status status = neapi_keda_set(keda, wanted, has_behavior(given), error);
    if (status != NEAP_OK) {
        release(keda);
        return status;
    }
    *scope = (struct neap_autoscaler_scope){.period_s = common_s(keda->polling_ns, keda->sync_ns),
                                            .min = keda->rules.idle >= 0 ? keda->rules.idle
                                                                         : keda->rules.min,
                                            .max = keda->hpa.rules.max,
                                            .target_cpu_share = wanted->target_cpu_share,
                                            .tolerance_up = wanted->tolerance_share,
                                            .tolerance_down = wanted->tolerance_share,
                                            .reads_request_rate = !isnan(wanted->target_rate),
                                            .reads_in_flight = !isnan(wanted->target_in_flight),
                                            .reads_queued = !isnan(wanted->target_queue)};
    /* A queue, or KEDA's interceptor. */
    scope->holds = scope->reads_in_flight || scope->reads_queued;
    /* Triggers are asked when the value is wanted; CPU comes from the metrics server. */
    if (isnan(wanted->target_cpu_share))
        scope->window_s = wanted->sync_s;
    *state = keda;
    return NEAP_OK;
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct neapi_keda *keda = state;
    keda->rules.min = min;
    keda->hpa.rules.min = min > 0 ? min : 1; /* as its HorizontalPodAutoscaler is given */
    keda->hpa.rules.max = max;
}

const struct neap_autoscaler_type neapi_autoscaler_keda = {
    .name = "keda",
    .summary = "KEDA on requests, queues, CPU and the clock: to zero and back, and an HPA between",
    .parameters = parameters,
    .settings_size = sizeof(struct neapi_keda_settings),
    .prepare = prepare,
    .reset = neapi_keda_reset,
    .decide = neapi_keda_decide,
    .release = release,
    .bound = bound};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * KEDA's ScaledObject: its settings, and what they mean together. Triggers are what a replay can
 * read of a service, and the clock.
 *
 * Sources: as keda_impl.h; kedacore/keda, apis/keda/v1alpha1/ and controllers/keda/hpa.go. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autoscaler/keda_kind.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

struct settings {
    double target_rate, target_in_flight, target_queue, target_cpu_share;
    double activation_rate, activation_in_flight, activation_queue;
    double min, max, idle, polling_s, cooldown_s, initial_cooldown_s;
    double fallback_failures, fallback_replicas;
    double cron_replicas;
    double sync_s, sync_delay_s, tolerance_share, up_window_s, down_window_s;
    int metric_type, fallback_behavior, pause, up_select, down_select;
    char cron_start[NEAP_TEXT_SIZE], cron_end[NEAP_TEXT_SIZE], cron_zone[NEAP_TEXT_SIZE];
    char up_policies[NEAP_TEXT_SIZE], down_policies[NEAP_TEXT_SIZE];
};

enum { TYPE_AVERAGE, TYPE_TOTAL };
enum { PAUSE_NONE, PAUSE_IN, PAUSE_OUT };

#define FIELD(name) offsetof(struct settings, name)

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

static bool is_given(uint64_t given, const char *key)
{
    return (given >> (neap_parameter_find(parameters, key) - parameters) & 1) != 0;
}

static int64_t to_ns(double seconds)
{
    return (int64_t)llround(seconds * 1e9);
}

/* --- settings to rules
 * ------------------------------------------------------------------------------ */

static enum neap_status set_rules(struct neapi_keda *keda, const struct settings *settings,
                                  struct neap_error *error)
{
    bool idle = !isnan(settings->idle);
    if (settings->min > settings->max)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "min: found %.0f, expected at most max, which is %.0f: lower min or "
                          "raise max",
                          settings->min, settings->max);
    if (idle && settings->min < 1)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "idle: found %.0f together with min = 0, expected less than min: raise "
                          "min or leave idle out",
                          settings->idle);
    if (isnan(settings->fallback_failures) != isnan(settings->fallback_replicas))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "fallback: found one of fallback.failures and fallback.replicas, "
                          "expected both or none: add the other");
    keda->rules =
        (struct neapi_keda_rules){.min = (int64_t)settings->min,
                                  .idle = idle ? (int64_t)settings->idle : -1,
                                  .cooldown_ns = to_ns(settings->cooldown_s),
                                  .initial_cooldown_ns = to_ns(settings->initial_cooldown_s),
                                  .fallback = settings->fallback_replicas > 0,
                                  .pause_in = settings->pause == PAUSE_IN,
                                  .pause_out = settings->pause == PAUSE_OUT};
    if (!isnan(settings->fallback_failures))
        keda->fallback = (struct neapi_keda_fallback){
            .set = true,
            .threshold = (int64_t)settings->fallback_failures,
            .replicas = (int64_t)settings->fallback_replicas,
            .behavior = (enum neapi_keda_behavior)settings->fallback_behavior};
    return NEAP_OK;
}

static enum neap_status whole(int64_t *target, const char *key, double scaled, const char *unit,
                              struct neap_error *error)
{
    double rounded = round(scaled);
    if (fabs(scaled - rounded) > 1e-9 * fmax(rounded, 1))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found %.12g %s, expected a whole number of them, as a "
                          "HorizontalPodAutoscaler counts in them: write %.0f %s",
                          key, scaled, unit, rounded, unit);
    *target = (int64_t)rounded;
    return NEAP_OK;
}

static enum neap_status add_trigger(struct neapi_keda *keda, size_t kind, const char *key,
                                    double target, double activation, struct neap_error *error)
{
    struct neapi_hpa_rules *rules = &keda->hpa.rules;
    struct neapi_hpa_signal *signal = &rules->signals[rules->signals_count];
    const struct neapi_keda_trigger_kind *propose = &neapi_keda_triggers[kind];
    keda->triggers[kind] = (struct neapi_keda_trigger){target, activation, 0};
    if (isnan(target))
        return NEAP_OK;
    keda->pods_only = false;
    signal->propose = keda->totals ? propose->total : propose->average;
    rules->signals_count++;
    return whole(&signal->target, key, target * 1000, "thousandths", error);
}

static enum neap_status add_cron(struct neapi_keda *keda, const struct settings *settings,
                                 struct neap_error *error)
{
    struct neapi_keda_clock *clock = &keda->clock;
    if (isnan(settings->cron_replicas) && settings->cron_start[0] == '\0' &&
        settings->cron_end[0] == '\0')
        return NEAP_OK;
    if (isnan(settings->cron_replicas))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "cron.replicas: not set, expected the number wanted between cron.start "
                          "and cron.end: add cron.replicas = N");
    enum neap_status status =
        neapi_keda_cron_parse(&clock->start, "cron.start", settings->cron_start, error);
    if (status == NEAP_OK)
        status = neapi_keda_cron_parse(&clock->end, "cron.end", settings->cron_end, error);
    if (status == NEAP_OK)
        status = neap_zone_read(&clock->zone, settings->cron_zone, NULL, error);
    if (status != NEAP_OK)
        return status;
    clock->set = true;
    clock->replicas = (int64_t)settings->cron_replicas;
    clock->signal = keda->hpa.rules.signals_count;
    keda->hpa.rules.signals[keda->hpa.rules.signals_count++].propose = neapi_keda_propose_cron;
    keda->pods_only = false;
    return NEAP_OK;
}

static enum neap_status add_cpu(struct neapi_keda *keda, double share, struct neap_error *error)
{
    struct neapi_hpa_rules *rules = &keda->hpa.rules;
    if (isnan(share))
        return NEAP_OK;
    struct neapi_hpa_signal *signal = &rules->signals[rules->signals_count++];
    signal->propose = neapi_hpa_propose_cpu;
    return whole(&signal->target, "target_cpu", share * 100, "percent", error);
}

static enum neap_status set_triggers(struct neapi_keda *keda, const struct settings *settings,
                                     struct neap_error *error)
{
    const struct {
        const char *key;
        double target, activation;
    } triggers[NEAPI_KEDA_TRIGGERS] = {
        [NEAPI_KEDA_RATE] = {"target_rate", settings->target_rate, settings->activation_rate},
        [NEAPI_KEDA_IN_FLIGHT] = {"target_in_flight", settings->target_in_flight,
                                  settings->activation_in_flight},
        [NEAPI_KEDA_QUEUED] = {"target_queue", settings->target_queue, settings->activation_queue}};
    enum neap_status status = NEAP_OK;
    keda->totals = settings->metric_type == TYPE_TOTAL;
    keda->pods_only = true;
    for (size_t i = 0; i < NEAPI_KEDA_TRIGGERS && status == NEAP_OK; i++)
        status = add_trigger(keda, i, triggers[i].key, triggers[i].target, triggers[i].activation,
                             error);
    if (status == NEAP_OK)
        status = add_cpu(keda, settings->target_cpu_share, error);
    if (status == NEAP_OK)
        status = add_cron(keda, settings, error);
    if (status == NEAP_OK && keda->hpa.rules.signals_count == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "target_rate: not set, nor any other trigger, expected at least one: add "
                          "target_rate = N/s to [autoscaler]");
    return status;
}

static enum neap_status set_hpa(struct neapi_hpa_rules *rules, const struct settings *settings,
                                uint64_t given, struct neap_error *error)
{
    static const char *const keys[] = {"scale_up.window",     "scale_up.policies",
                                       "scale_up.select",     "scale_down.window",
                                       "scale_down.policies", "scale_down.select"};
    rules->min = settings->min > 0 ? (int64_t)settings->min : 1;
    rules->max = (int64_t)settings->max;
    rules->tolerance_up = rules->tolerance_down = settings->tolerance_share;
    rules->pass_delay_ns = to_ns(settings->sync_delay_s);
    rules->behavior = settings->pause != PAUSE_NONE;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        rules->behavior = rules->behavior || is_given(given, keys[i]);
    rules->up.window_ns = to_ns(settings->up_window_s);
    rules->down.window_ns = to_ns(settings->down_window_s);
    rules->up.select = settings->pause == PAUSE_OUT ? NEAPI_HPA_SELECT_DISABLED
                                                    : (enum neapi_hpa_select)settings->up_select;
    rules->down.select = settings->pause == PAUSE_IN ? NEAPI_HPA_SELECT_DISABLED
                                                     : (enum neapi_hpa_select)settings->down_select;
    enum neap_status status =
        neapi_hpa_policies_parse(&rules->up, "scale_up.policies", settings->up_policies, error);
    if (status != NEAP_OK)
        return status;
    return neapi_hpa_policies_parse(&rules->down, "scale_down.policies", settings->down_policies,
                                    error);
}

/* --- the kind
 * --------------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct neapi_keda *keda = state;
    if (keda == NULL)
        return;
    neap_zone_free(keda->clock.zone);
    neapi_hpa_logs_free(&keda->hpa);
    free(keda);
}

static enum neap_status set_all(struct neapi_keda *keda, const struct settings *settings,
                                uint64_t given, struct neap_error *error)
{
    neapi_hpa_rules_init(&keda->hpa.rules);
    keda->polling_ns = to_ns(settings->polling_s);
    keda->sync_ns = to_ns(settings->sync_s);
    enum neap_status status = set_rules(keda, settings, error);
    if (status == NEAP_OK)
        status = set_hpa(&keda->hpa.rules, settings, given, error);
    if (status == NEAP_OK)
        status = set_triggers(keda, settings, error);
    if (status == NEAP_OK && !neapi_hpa_logs_allocate(&keda->hpa, settings->sync_s))
        return neapi_no_memory(error, "an autoscaler's memory of its decisions");
    return status;
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

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct settings *wanted = settings;
    struct neapi_keda *keda = neapi_allocate(1, sizeof *keda);
    if (keda == NULL)
        return neapi_no_memory(error, "an autoscaler");
    enum neap_status status = set_all(keda, wanted, given, error);
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
                                            .reads_request_rate = !isnan(wanted->target_rate)};
    *state = keda;
    return NEAP_OK;
}

const struct neap_autoscaler_type neapi_autoscaler_keda = {
    .name = "keda",
    .summary = "KEDA on requests, queues, CPU and the clock: to zero and back, and an HPA between",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = neapi_keda_reset,
    .decide = neapi_keda_decide,
    .release = release};

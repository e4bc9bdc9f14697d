/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the settings of a ScaledObject mean together: triggers as metrics of the
 * HorizontalPodAutoscaler that KEDA makes, and its own rules.
 *
 * Sources: as keda_impl.h; kedacore/keda, apis/keda/v1alpha1/ and controllers/keda/hpa.go. */
#include <math.h>

#include "autoscaler/keda_kind.h"
#include "autoscaler/types.h"
#include "base/duration.h"
#include "base/fail.h"

enum { TYPE_AVERAGE, TYPE_TOTAL };
enum { PAUSE_NONE, PAUSE_IN, PAUSE_OUT };

static enum neap_status set_rules(struct neapi_keda *keda,
                                  const struct neapi_keda_settings *settings,
                                  struct neap_error *error)
{
    bool idle = !isnan(settings->idle);
    int64_t min, max;
    enum neap_status status =
        neapi_autoscaler_sizes(&min, &max, settings->min, settings->max, error);
    if (status != NEAP_OK)
        return status;
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
        (struct neapi_keda_rules){.min = min,
                                  .idle = idle ? (int64_t)settings->idle : -1,
                                  .cooldown_ns = neapi_to_ns(settings->cooldown_s),
                                  .initial_cooldown_ns = neapi_to_ns(settings->initial_cooldown_s),
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
    keda->triggers[kind] = (struct neapi_keda_trigger){target, activation, 0};
    if (isnan(target))
        return NEAP_OK;
    keda->pods_only = false;
    signal->propose = keda->totals ? neapi_hpa_propose_value : neapi_hpa_propose_per_pod;
    signal->source = NEAPI_HPA_EXTERNAL;
    signal->signal = neapi_keda_signals[kind];
    rules->signals_count++;
    return whole(&signal->target, key, target * 1000, "thousandths", error);
}

static enum neap_status add_cron(struct neapi_keda *keda,
                                 const struct neapi_keda_settings *settings,
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
    keda->hpa.rules.signals[keda->hpa.rules.signals_count++] =
        (struct neapi_hpa_signal){.propose = neapi_keda_propose_cron,
                                  .source = NEAPI_HPA_EXTERNAL,
                                  .signal = NEAP_SIGNAL_CRON};
    keda->pods_only = false;
    return NEAP_OK;
}

static enum neap_status add_cpu(struct neapi_keda *keda, double share, struct neap_error *error)
{
    struct neapi_hpa_rules *rules = &keda->hpa.rules;
    if (isnan(share))
        return NEAP_OK;
    struct neapi_hpa_signal *signal = &rules->signals[rules->signals_count++];
    signal->propose = neapi_hpa_propose_utilization;
    signal->source = NEAPI_HPA_RESOURCE;
    signal->signal = NEAP_SIGNAL_CPU;
    return whole(&signal->target, "target_cpu", share * 100, "percent", error);
}

static enum neap_status set_triggers(struct neapi_keda *keda,
                                     const struct neapi_keda_settings *settings,
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

static enum neap_status set_hpa(struct neapi_hpa_rules *rules,
                                const struct neapi_keda_settings *settings, bool behavior,
                                struct neap_error *error)
{
    rules->min = settings->min > 0 ? (int64_t)settings->min : 1;
    rules->max = (int64_t)settings->max;
    rules->tolerance_up = rules->tolerance_down = settings->tolerance_share;
    rules->pass_delay_ns = neapi_to_ns(settings->sync_delay_s);
    rules->behavior = behavior || settings->pause != PAUSE_NONE;
    rules->up.window_ns = neapi_to_ns(settings->up_window_s);
    rules->down.window_ns = neapi_to_ns(settings->down_window_s);
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

enum neap_status neapi_keda_set(struct neapi_keda *keda, const struct neapi_keda_settings *settings,
                                bool behavior, struct neap_error *error)
{
    neapi_hpa_rules_init(&keda->hpa.rules);
    keda->polling_ns = neapi_to_ns(settings->polling_s);
    keda->sync_ns = neapi_to_ns(settings->sync_s);
    enum neap_status status = set_rules(keda, settings, error);
    if (status == NEAP_OK)
        status = set_hpa(&keda->hpa.rules, settings, behavior, error);
    if (status == NEAP_OK)
        status = set_triggers(keda, settings, error);
    if (status == NEAP_OK && !neapi_hpa_logs_allocate(&keda->hpa, settings->sync_s))
        return neapi_no_memory(error, "an autoscaler's memory of its decisions");
    return status;
}

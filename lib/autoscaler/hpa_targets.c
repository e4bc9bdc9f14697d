/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The metrics that the HorizontalPodAutoscaler is set to. Targets are whole percents or, as the
 * API's quantities, whole thousandths of their unit.
 *
 * Source: kubernetes/kubernetes, pkg/apis/autoscaling/v2. */
#include <math.h>

#include "autoscaler/hpa_settings.h"
#include "base/fail.h"

typedef void propose(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                     const struct neap_reading *reading, struct neapi_hpa_proposal *proposal);

/* What may be a type of metric, in the order of the settings' list. */
static const struct type {
    enum neapi_hpa_source source;
    propose *propose;
} types[] = {{NEAPI_HPA_SOURCE_PODS, neapi_hpa_propose_average},
             {NEAPI_HPA_OBJECT, neapi_hpa_propose_per_pod},
             {NEAPI_HPA_OBJECT, neapi_hpa_propose_value},
             {NEAPI_HPA_EXTERNAL, neapi_hpa_propose_per_pod},
             {NEAPI_HPA_EXTERNAL, neapi_hpa_propose_value}};

static const struct target {
    const char *key, *unit;
    enum neap_signal signal, total; /* the second of all pods together, with a Value */
    size_t value, metric;           /* offsets of double and int */
} targets[] = {
    {"target_rate", "/s", NEAP_SIGNAL_RATE, NEAP_SIGNAL_TOTAL_RATE,
     offsetof(struct neapi_hpa_settings, target_rate),
     offsetof(struct neapi_hpa_settings, rate_metric)},
    {"target_in_flight", "", NEAP_SIGNAL_IN_FLIGHT, NEAP_SIGNAL_IN_FLIGHT,
     offsetof(struct neapi_hpa_settings, target_in_flight),
     offsetof(struct neapi_hpa_settings, in_flight_metric)},
    {"target_queued", "", NEAP_SIGNAL_QUEUED, NEAP_SIGNAL_QUEUED,
     offsetof(struct neapi_hpa_settings, target_queued),
     offsetof(struct neapi_hpa_settings, queued_metric)},
    {"target_latency", "s", NEAP_SIGNAL_LATENCY, NEAP_SIGNAL_LATENCY,
     offsetof(struct neapi_hpa_settings, target_latency_s),
     offsetof(struct neapi_hpa_settings, latency_metric)},
};
enum { TARGETS = sizeof targets / sizeof targets[0] };

static double value_of(const struct neapi_hpa_settings *settings, const struct target *target)
{
    return *(const double *)(const void *)((const char *)settings + target->value);
}

static const struct type *type_of(const struct neapi_hpa_settings *settings,
                                  const struct target *target)
{
    return &types[*(const int *)(const void *)((const char *)settings + target->metric)];
}

static void add(struct neapi_hpa_rules *rules, propose *function, enum neapi_hpa_source source,
                enum neap_signal signal, int64_t target)
{
    rules->signals[rules->signals_count++] = (struct neapi_hpa_signal){
        .propose = function, .target = target, .source = source, .signal = signal};
}

static enum neap_status whole_percent(const char *key, double share, int64_t *percent,
                                      struct neap_error *error)
{
    double found = share * 100, whole = round(found);
    if (fabs(found - whole) > 1e-9)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found %.12g%%, expected a whole percentage, as the "
                          "HorizontalPodAutoscaler knows no other: write %.0f%%",
                          key, found, whole);
    *percent = (int64_t)whole;
    return NEAP_OK;
}

static enum neap_status whole_thousandths(const char *key, const char *unit, double value,
                                          int64_t *value_m, struct neap_error *error)
{
    double found = value * 1000, whole = round(found);
    if (fabs(found - whole) > 1e-9 * whole)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found %.12g%s, expected a whole number of thousandths, as the "
                          "HorizontalPodAutoscaler counts in them: write %.12g%s",
                          key, value, unit, whole / 1000, unit);
    *value_m = (int64_t)whole;
    return NEAP_OK;
}

static enum neap_status add_resource(struct neapi_hpa_rules *rules, const char *key, double value,
                                     enum neap_signal signal, struct neap_error *error)
{
    bool share = signal == NEAP_SIGNAL_CPU || signal == NEAP_SIGNAL_MEMORY;
    int64_t target = 0;
    if (isnan(value))
        return NEAP_OK;
    enum neap_status status = share ? whole_percent(key, value, &target, error)
                                    : whole_thousandths(key, "", value, &target, error);
    if (status == NEAP_OK)
        add(rules, share ? neapi_hpa_propose_utilization : neapi_hpa_propose_average,
            NEAPI_HPA_RESOURCE, signal, target);
    return status;
}

static enum neap_status add_target(struct neapi_hpa_rules *rules,
                                   const struct neapi_hpa_settings *settings,
                                   const struct target *target, struct neap_error *error)
{
    int64_t value_m = 0;
    double value = value_of(settings, target);
    if (isnan(value))
        return NEAP_OK;
    enum neap_status status = whole_thousandths(target->key, target->unit, value, &value_m, error);
    if (status != NEAP_OK)
        return status;
    const struct type *type = type_of(settings, target);
    bool total = type->propose == neapi_hpa_propose_value;
    add(rules, type->propose, type->source, total ? target->total : target->signal, value_m);
    return NEAP_OK;
}

bool neapi_hpa_aims_at_cpu(const struct neapi_hpa_settings *settings, uint64_t given)
{
    bool other = !isnan(settings->target_cpu_cores) || !isnan(settings->target_memory_share) ||
                 !isnan(settings->target_memory_bytes);
    for (size_t i = 0; i < TARGETS; i++)
        other = other || !isnan(value_of(settings, &targets[i]));
    return !other || neapi_hpa_given(given, "target_cpu");
}

static enum neap_status add_resources(struct neapi_hpa_rules *rules,
                                      const struct neapi_hpa_settings *settings, uint64_t given,
                                      struct neap_error *error)
{
    bool cpu = neapi_hpa_aims_at_cpu(settings, given);
    const struct {
        const char *key;
        double value;
        enum neap_signal signal;
    } resources[] = {
        {"target_cpu", cpu ? settings->target_cpu_share : (double)NAN, NEAP_SIGNAL_CPU},
        {"target_cpu_value", settings->target_cpu_cores, NEAP_SIGNAL_CPU_VALUE},
        {"target_memory", settings->target_memory_share, NEAP_SIGNAL_MEMORY},
        {"target_memory_value", settings->target_memory_bytes, NEAP_SIGNAL_MEMORY_VALUE}};
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; i < sizeof resources / sizeof resources[0] && status == NEAP_OK; i++)
        status =
            add_resource(rules, resources[i].key, resources[i].value, resources[i].signal, error);
    return status;
}

static enum neap_status set_container(struct neapi_hpa_rules *rules,
                                      const struct neapi_hpa_settings *settings,
                                      struct neap_error *error)
{
    if (settings->container[0] == '\0')
        return NEAP_OK;
    if (rules->signals_count == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "container: found \"%.80s\" without a target of CPU or memory, expected "
                          "one: add target_cpu, target_memory or one of their values",
                          settings->container);
    for (size_t i = 0; i < rules->signals_count; i++) {
        rules->signals[i].source = NEAPI_HPA_CONTAINER_RESOURCE;
        rules->signals[i].container = settings->container;
    }
    return NEAP_OK;
}

enum neap_status neapi_hpa_targets_set(struct neapi_hpa_rules *rules,
                                       const struct neapi_hpa_settings *settings, uint64_t given,
                                       struct neap_error *error)
{
    enum neap_status status = add_resources(rules, settings, given, error);
    if (status == NEAP_OK)
        status = set_container(rules, settings, error);
    for (size_t i = 0; i < TARGETS && status == NEAP_OK; i++)
        status = add_target(rules, settings, &targets[i], error);
    return status;
}

void neapi_hpa_reads(struct neap_autoscaler_scope *scope, const struct neapi_hpa_settings *settings)
{
    scope->reads_request_rate = !isnan(settings->target_rate);
    scope->reads_in_flight = !isnan(settings->target_in_flight);
    scope->reads_queued = !isnan(settings->target_queued);
    scope->reads_memory =
        !isnan(settings->target_memory_share) || !isnan(settings->target_memory_bytes);
    if (!isnan(settings->target_latency_s))
        scope->latency_quantile = settings->latency_quantile;
}

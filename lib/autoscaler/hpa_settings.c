/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of the HorizontalPodAutoscaler, and what they mean together.
 *
 * Sources: as hpa_impl.h; ranges from the API's validation. */
#include <math.h>

#include "autoscaler/hpa_settings.h"
#include "autoscaler/types.h"
#include "base/duration.h"
#include "base/fail.h"

enum behavior { BEHAVIOR_AUTO, BEHAVIOR_LEGACY, BEHAVIOR_V2 };

#define VERSIONS "1.23|1.24|1.25|1.26|1.27|1.28|1.29|1.30|1.31|1.32|1.33|1.34|1.35|1.36|1.37"
enum { VERSION_1_33 = 10, VERSION_1_37 = 14 }; /* their places in the list */
#define METRICS "pods|object_average|object_value|external_average|external_value"

#define FIELD(name) offsetof(struct neapi_hpa_settings, name)

const struct neap_parameter neapi_hpa_parameters[] = {
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "80%", 0.01, 10, NULL,
     "CPU use to aim at, a whole percentage of the request; no default with another target; of "
     "several metrics the largest size wins"},
    {"target_cpu_value", NEAP_VCPU, FIELD(target_cpu_cores), "", 0.001, 1e6, NULL,
     "CPU use per pod to aim at (a Resource metric with AverageValue)"},
    {"target_memory", NEAP_SHARE, FIELD(target_memory_share), "", 0.01, 10, NULL,
     "memory use to aim at, a whole percentage of the request"},
    {"target_memory_value", NEAP_BYTES, FIELD(target_memory_bytes), "", 1, 1125899906842624.0, NULL,
     "memory use per pod to aim at (a Resource metric with AverageValue)"},
    {"container", NEAP_TEXT, FIELD(container), "", 0, 0, NULL,
     "container whose CPU and memory are looked at (ContainerResource metrics); default all of the "
     "pod's"},
    {"pod_level", NEAP_CHOICE, FIELD(pod_level), "no", 0, 0, "no|yes",
     "requests of the pod as a whole replace those of its containers (gate PodLevelResources)"},
    {"target_rate", NEAP_RATE, FIELD(target_rate), "", 0.001, 1e9, NULL,
     "requests per second to aim at, for each pod unless rate_metric says otherwise"},
    {"rate_metric", NEAP_CHOICE, FIELD(rate_metric), "pods", 0, 0, METRICS,
     "type of that metric: Pods, or Object or External with AverageValue or Value"},
    {"target_in_flight", NEAP_FACTOR, FIELD(target_in_flight), "", 0.001, 1e9, NULL,
     "requests being served to aim at, for each pod unless in_flight_metric says otherwise"},
    {"in_flight_metric", NEAP_CHOICE, FIELD(in_flight_metric), "pods", 0, 0, METRICS,
     "type of that metric"},
    {"target_queued", NEAP_FACTOR, FIELD(target_queued), "", 0.001, 1e9, NULL,
     "waiting requests to aim at, for each pod unless queued_metric says otherwise"},
    {"queued_metric", NEAP_CHOICE, FIELD(queued_metric), "external_average", 0, 0, METRICS,
     "type of that metric"},
    {"target_latency", NEAP_SECONDS, FIELD(target_latency_s), "", 0.001, 86400, NULL,
     "latency to aim at, in whole milliseconds"},
    {"latency_quantile", NEAP_SHARE, FIELD(latency_quantile), "95%", 0.01, 0.9999, NULL,
     "share of requests that are no slower than that latency"},
    {"latency_metric", NEAP_CHOICE, FIELD(latency_metric), "object_value", 0, 0, METRICS,
     "type of that metric"},
    {"min", NEAP_COUNT, FIELD(min), "1", 0, 1e7, NULL,
     "fewest replicas; 0 needs scale_to_zero = yes"},
    {"max", NEAP_COUNT, FIELD(max), "", 1, 1e7, NULL, "most replicas (required)"},
    {"scale_to_zero", NEAP_CHOICE, FIELD(scale_to_zero), "no", 0, 0, "no|yes",
     "min may be 0, with an Object or External metric (gate HPAScaleToZero)"},
    {"sync", NEAP_SECONDS, FIELD(sync_s), "15s", 1, 3600, NULL, "time between evaluations"},
    {"tolerance", NEAP_SHARE, FIELD(tolerance_share), "10%", 0, 10, NULL,
     "distance from the target within which nothing is done"},
    {"tolerance_up", NEAP_SHARE, FIELD(tolerance_up_share), "", 0, 10, NULL,
     "the same when scaling up (behavior.scaleUp.tolerance); default tolerance"},
    {"tolerance_down", NEAP_SHARE, FIELD(tolerance_down_share), "", 0, 1, NULL,
     "the same when scaling down (behavior.scaleDown.tolerance); default tolerance"},
    {"version", NEAP_CHOICE, FIELD(version), "1.33", 0, 0, VERSIONS,
     "Kubernetes release; from 1.33 on a ratio exactly at the tolerance counts as within; from "
     "1.37 "
     "on a size of 0 is left only if the autoscaler went there itself"},
    {"behavior", NEAP_CHOICE, FIELD(behavior), "auto", 0, 0, "auto|legacy|v2",
     "scaling rules: v2 = spec.behavior present, legacy = absent, auto = v2 as soon as a scale_up, "
     "scale_down or tolerance_up/down key is given"},
    {"scale_up.window", NEAP_SECONDS, FIELD(up_window_s), "0s", 0, 3600, NULL,
     "scale up to the least recommendation of this long"},
    {"scale_up.policies", NEAP_TEXT, FIELD(up_policies), "4 per 15s, 100% per 15s", 0, 0, NULL,
     "how fast the size may rise: COUNT or PERCENT% per TIME"},
    {"scale_up.select", NEAP_CHOICE, FIELD(up_select), "max", 0, 0, "max|min|disabled",
     "which policy decides: the one that allows most, least, or no scaling up"},
    {"scale_down.window", NEAP_SECONDS, FIELD(down_window_s), "300s", 0, 3600, NULL,
     "scale down to the highest recommendation of this long"},
    {"scale_down.policies", NEAP_TEXT, FIELD(down_policies), "100% per 15s", 0, 0, NULL,
     "how fast the size may fall: COUNT or PERCENT% per TIME"},
    {"scale_down.select", NEAP_CHOICE, FIELD(down_select), "max", 0, 0, "max|min|disabled",
     "which policy decides: the one that allows most, least, or no scaling down"},
    {"cpu_initialization", NEAP_SECONDS, FIELD(cpu_initialization_s), "300s", 0, 86400, NULL,
     "age up to which a pod's CPU counts only if sampled after it became ready"},
    {"readiness_delay", NEAP_SECONDS, FIELD(readiness_delay_s), "30s", 0, 86400, NULL,
     "a pod unready since this long after its start was never ready"},
    {"sync_delay", NEAP_SECONDS, FIELD(sync_delay_s), "1ms", 0, 60, NULL,
     "how much later than the period evaluations come, as windows see it"},
    {0}};

bool neapi_hpa_given(uint64_t given, const char *key)
{
    const struct neap_parameter *row = neap_parameter_find(neapi_hpa_parameters, key);
    return (given >> (row - neapi_hpa_parameters) & 1) != 0;
}

/* --- settings to rules ------------------------------------------------------------------------ */

void neapi_hpa_rules_init(struct neapi_hpa_rules *rules)
{
    *rules = (struct neapi_hpa_rules){.min = 1,
                                      .max = 10,
                                      .tolerance_up = 0.1,
                                      .tolerance_down = 0.1,
                                      .tolerance_inclusive = true,
                                      .cpu_initialization_ns = INT64_C(300000000000),
                                      .readiness_delay_ns = INT64_C(30000000000),
                                      .up_factor = 2,
                                      .up_least = 4};
    rules->down.window_ns = INT64_C(300000000000);
}

static enum neap_status set_size(struct neapi_hpa_rules *rules,
                                 const struct neapi_hpa_settings *settings,
                                 struct neap_error *error)
{
    rules->pod_level = settings->pod_level == 1;
    return neapi_autoscaler_sizes(&rules->min, &rules->max, settings->min, settings->max, error);
}

/* As the API validates it. */
static enum neap_status set_zero(struct neapi_hpa_rules *rules,
                                 const struct neapi_hpa_settings *settings,
                                 struct neap_error *error)
{
    rules->scale_to_zero = settings->scale_to_zero == 1;
    rules->zero_by_condition = settings->version >= VERSION_1_37;
    if (rules->min == 0 && !rules->scale_to_zero)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "min: found 0, expected at least 1 unless scale_to_zero = yes: write min "
                          "= 1, or scale_to_zero = yes and a metric that is not of pods");
    if (rules->min == 0 && !neapi_hpa_sees_beyond_pods(rules))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "min: found 0 with metrics of pods only, expected an Object or External "
                          "metric, as no pods are left to be measured: write queued_metric, "
                          "rate_metric or in_flight_metric = external_average and its target");
    return NEAP_OK;
}

static enum neap_status set_tolerance(struct neapi_hpa_rules *rules,
                                      const struct neapi_hpa_settings *settings,
                                      struct neap_error *error)
{
    bool up = !isnan(settings->tolerance_up_share), down = !isnan(settings->tolerance_down_share);
    rules->tolerance_inclusive = settings->version >= VERSION_1_33;
    if ((up || down) && !rules->tolerance_inclusive)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found together with a version before 1.33, expected version = 1.33 "
                          "or later: releases before it have one tolerance for both directions",
                          up ? "tolerance_up" : "tolerance_down");
    rules->tolerance_up = up ? settings->tolerance_up_share : settings->tolerance_share;
    rules->tolerance_down = down ? settings->tolerance_down_share : settings->tolerance_share;
    return NEAP_OK;
}

/* Keys that exist in spec.behavior only. The scale-down window is a flag of the controller too. */
static const char *const behavior_keys[] = {
    "scale_up.window",   "scale_up.policies", "scale_up.select", "scale_down.policies",
    "scale_down.select", "tolerance_up",      "tolerance_down",  NULL};

static enum neap_status set_behavior(struct neapi_hpa_rules *rules,
                                     const struct neapi_hpa_settings *settings, uint64_t given,
                                     struct neap_error *error)
{
    const char *key = NULL;
    for (size_t i = 0; behavior_keys[i] != NULL && key == NULL; i++)
        if (neapi_hpa_given(given, behavior_keys[i]))
            key = behavior_keys[i];
    if (settings->behavior == BEHAVIOR_LEGACY && key != NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found together with behavior = legacy, expected behavior = v2 or "
                          "auto: legacy rules know of the scale-down window only",
                          key);
    bool asked = key != NULL || neapi_hpa_given(given, "scale_down.window");
    rules->behavior =
        settings->behavior == BEHAVIOR_V2 || (settings->behavior == BEHAVIOR_AUTO && asked);
    return NEAP_OK;
}

static enum neap_status set_directions(struct neapi_hpa_rules *rules,
                                       const struct neapi_hpa_settings *settings,
                                       struct neap_error *error)
{
    rules->up.window_ns = neapi_to_ns(settings->up_window_s);
    rules->down.window_ns = neapi_to_ns(settings->down_window_s);
    rules->up.select = (enum neapi_hpa_select)settings->up_select;
    rules->down.select = (enum neapi_hpa_select)settings->down_select;
    enum neap_status status =
        neapi_hpa_policies_parse(&rules->up, "scale_up.policies", settings->up_policies, error);
    if (status != NEAP_OK)
        return status;
    return neapi_hpa_policies_parse(&rules->down, "scale_down.policies", settings->down_policies,
                                    error);
}

static enum neap_status set_times(struct neapi_hpa_rules *rules,
                                  const struct neapi_hpa_settings *settings,
                                  struct neap_error *error)
{
    if (settings->sync_delay_s >= settings->sync_s)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "sync_delay: found %gs, expected less than sync, which is %gs: leave it "
                          "at its default of 1ms",
                          settings->sync_delay_s, settings->sync_s);
    rules->cpu_initialization_ns = neapi_to_ns(settings->cpu_initialization_s);
    rules->readiness_delay_ns = neapi_to_ns(settings->readiness_delay_s);
    rules->pass_delay_ns = neapi_to_ns(settings->sync_delay_s);
    return NEAP_OK;
}

enum neap_status neapi_hpa_rules_set(struct neapi_hpa_rules *rules,
                                     const struct neapi_hpa_settings *settings, uint64_t given,
                                     struct neap_error *error)
{
    neapi_hpa_rules_init(rules);
    enum neap_status status = set_size(rules, settings, error);
    if (status == NEAP_OK)
        status = neapi_hpa_targets_set(rules, settings, given, error);
    if (status == NEAP_OK)
        status = set_zero(rules, settings, error);
    if (status == NEAP_OK)
        status = set_tolerance(rules, settings, error);
    if (status == NEAP_OK)
        status = set_behavior(rules, settings, given, error);
    if (status == NEAP_OK)
        status = set_directions(rules, settings, error);
    return status == NEAP_OK ? set_times(rules, settings, error) : status;
}

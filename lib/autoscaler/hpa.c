/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Kubernetes HorizontalPodAutoscaler (autoscaling/v2) on CPU utilisation, on requests per second
 * and pod, or on both: its settings, and what they mean together.
 *
 * A real controller makes each pass a little later than one period after the last, so that an
 * entry of twenty periods ago is older than a window of twenty periods. Replays tick exactly;
 * sync_delay puts that little lateness back. With sync_delay = 0 ages compare bit for bit as the
 * controller's functions do under a clock that ticks exactly.
 *
 * Sources: as hpa_impl.h; ranges from the API's validation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

enum behavior { BEHAVIOR_AUTO, BEHAVIOR_LEGACY, BEHAVIOR_V2 };

struct settings {
    double target_cpu_share, target_rate, min, max, sync_s;
    double tolerance_share, tolerance_up_share, tolerance_down_share;
    int version, behavior, up_select, down_select;
    double up_window_s, down_window_s, cpu_initialization_s, readiness_delay_s, sync_delay_s;
    char up_policies[NEAP_TEXT_SIZE], down_policies[NEAP_TEXT_SIZE];
};

#define VERSIONS "1.23|1.24|1.25|1.26|1.27|1.28|1.29|1.30|1.31|1.32|1.33|1.34|1.35|1.36|1.37"
enum { VERSION_1_33 = 10 }; /* its place in the list */

#define FIELD(name) offsetof(struct settings, name)

static const struct neap_parameter parameters[] = {
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "80%", 0.01, 10, NULL,
     "CPU use to aim at, a whole percentage of the request; no default with target_rate"},
    {"target_rate", NEAP_RATE, FIELD(target_rate), "", 0.001, 1e9, NULL,
     "requests per second and pod to aim at (a Pods metric with AverageValue); with target_cpu "
     "too, "
     "the larger size wins"},
    {"min", NEAP_COUNT, FIELD(min), "1", 1, 1e7, NULL, "fewest replicas"},
    {"max", NEAP_COUNT, FIELD(max), "", 1, 1e7, NULL, "most replicas (required)"},
    {"sync", NEAP_SECONDS, FIELD(sync_s), "15s", 1, 3600, NULL, "time between evaluations"},
    {"tolerance", NEAP_SHARE, FIELD(tolerance_share), "10%", 0, 10, NULL,
     "distance from the target within which nothing is done"},
    {"tolerance_up", NEAP_SHARE, FIELD(tolerance_up_share), "", 0, 10, NULL,
     "the same when scaling up (behavior.scaleUp.tolerance); default tolerance"},
    {"tolerance_down", NEAP_SHARE, FIELD(tolerance_down_share), "", 0, 1, NULL,
     "the same when scaling down (behavior.scaleDown.tolerance); default tolerance"},
    {"version", NEAP_CHOICE, FIELD(version), "1.33", 0, 0, VERSIONS,
     "Kubernetes release; from 1.33 on a ratio exactly at the tolerance counts as within"},
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

static bool is_given(uint64_t given, const char *key)
{
    return (given >> (neap_parameter_find(parameters, key) - parameters) & 1) != 0;
}

/* --- settings to rules
 * ------------------------------------------------------------------------------ */

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

static int64_t to_ns(double seconds)
{
    return (int64_t)llround(seconds * 1e9);
}

static enum neap_status set_size(struct neapi_hpa_rules *rules, const struct settings *settings,
                                 struct neap_error *error)
{
    if (isnan(settings->max))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "max: not set, expected the most replicas that the autoscaler may ask "
                          "for: add max = N to [autoscaler]");
    if (settings->min > settings->max)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "min: found %.0f, expected at most max, which is %.0f: lower min or "
                          "raise max",
                          settings->min, settings->max);
    rules->min = (int64_t)settings->min;
    rules->max = (int64_t)settings->max;
    return NEAP_OK;
}

static enum neap_status add_cpu(struct neapi_hpa_rules *rules, double target_share,
                                struct neap_error *error)
{
    double percent = target_share * 100, whole = round(percent);
    if (fabs(percent - whole) > 1e-9)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "target_cpu: found %.12g%%, expected a whole percentage, as the "
                          "HorizontalPodAutoscaler knows no other: write %.0f%%",
                          percent, whole);
    rules->signals[rules->signals_count++] =
        (struct neapi_hpa_signal){neapi_hpa_propose_cpu, (int64_t)whole};
    return NEAP_OK;
}

static enum neap_status add_rate(struct neapi_hpa_rules *rules, double target_rate,
                                 struct neap_error *error)
{
    double target_m = target_rate * 1000, whole = round(target_m);
    if (fabs(target_m - whole) > 1e-9 * whole)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "target_rate: found %.12g/s, expected whole thousandths of a request per "
                          "second, as the HorizontalPodAutoscaler counts in them: write %.12g/s",
                          target_rate, whole / 1000);
    rules->signals[rules->signals_count++] =
        (struct neapi_hpa_signal){neapi_hpa_propose_rate, (int64_t)whole};
    return NEAP_OK;
}

/* The default target is for a policy that was given no metric at all. */
static bool aims_at_cpu(const struct settings *settings, uint64_t given)
{
    return isnan(settings->target_rate) || is_given(given, "target_cpu");
}

static enum neap_status set_targets(struct neapi_hpa_rules *rules, const struct settings *settings,
                                    uint64_t given, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    if (aims_at_cpu(settings, given))
        status = add_cpu(rules, settings->target_cpu_share, error);
    if (status == NEAP_OK && !isnan(settings->target_rate))
        status = add_rate(rules, settings->target_rate, error);
    return status;
}

static enum neap_status set_tolerance(struct neapi_hpa_rules *rules,
                                      const struct settings *settings, struct neap_error *error)
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

static enum neap_status set_behavior(struct neapi_hpa_rules *rules, const struct settings *settings,
                                     uint64_t given, struct neap_error *error)
{
    const char *key = NULL;
    for (size_t i = 0; behavior_keys[i] != NULL && key == NULL; i++)
        if (is_given(given, behavior_keys[i]))
            key = behavior_keys[i];
    if (settings->behavior == BEHAVIOR_LEGACY && key != NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found together with behavior = legacy, expected behavior = v2 or "
                          "auto: legacy rules know of the scale-down window only",
                          key);
    bool asked = key != NULL || is_given(given, "scale_down.window");
    rules->behavior =
        settings->behavior == BEHAVIOR_V2 || (settings->behavior == BEHAVIOR_AUTO && asked);
    return NEAP_OK;
}

static enum neap_status set_directions(struct neapi_hpa_rules *rules,
                                       const struct settings *settings, struct neap_error *error)
{
    rules->up.window_ns = to_ns(settings->up_window_s);
    rules->down.window_ns = to_ns(settings->down_window_s);
    rules->up.select = (enum neapi_hpa_select)settings->up_select;
    rules->down.select = (enum neapi_hpa_select)settings->down_select;
    enum neap_status status =
        neapi_hpa_policies_parse(&rules->up, "scale_up.policies", settings->up_policies, error);
    if (status != NEAP_OK)
        return status;
    return neapi_hpa_policies_parse(&rules->down, "scale_down.policies", settings->down_policies,
                                    error);
}

static enum neap_status set_times(struct neapi_hpa_rules *rules, const struct settings *settings,
                                  struct neap_error *error)
{
    if (settings->sync_delay_s >= settings->sync_s)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "sync_delay: found %gs, expected less than sync, which is %gs: leave it "
                          "at its default of 1ms",
                          settings->sync_delay_s, settings->sync_s);
    rules->cpu_initialization_ns = to_ns(settings->cpu_initialization_s);
    rules->readiness_delay_ns = to_ns(settings->readiness_delay_s);
    rules->pass_delay_ns = to_ns(settings->sync_delay_s);
    return NEAP_OK;
}

static enum neap_status set_rules(struct neapi_hpa_rules *rules, const struct settings *settings,
                                  uint64_t given, struct neap_error *error)
{
    neapi_hpa_rules_init(rules);
    enum neap_status status = set_size(rules, settings, error);
    if (status == NEAP_OK)
        status = set_targets(rules, settings, given, error);
    if (status == NEAP_OK)
        status = set_tolerance(rules, settings, error);
    if (status == NEAP_OK)
        status = set_behavior(rules, settings, given, error);
    if (status == NEAP_OK)
        status = set_directions(rules, settings, error);
    return status == NEAP_OK ? set_times(rules, settings, error) : status;
}

/* --- the kind
 * --------------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct neapi_hpa *hpa = state;
    if (hpa == NULL)
        return;
    free(hpa->log.entries);
    free(hpa->up.entries);
    free(hpa->down.entries);
    free(hpa);
}

/* Entries that can be alive at once, the one being written, and both ends of the window. */
static size_t entries_within(int64_t span_ns, double period_s)
{
    return (size_t)((double)span_ns / 1e9 / period_s) + 3;
}

static int64_t longest_ns(const struct neapi_hpa_direction *direction)
{
    int64_t longest = direction->window_ns;
    for (size_t i = 0; i < direction->policies_count; i++)
        if (direction->policies[i].period_ns > longest)
            longest = direction->policies[i].period_ns;
    return longest;
}

static bool allocate_logs(struct neapi_hpa *hpa, double period_s)
{
    int64_t up_ns = longest_ns(&hpa->rules.up), down_ns = longest_ns(&hpa->rules.down);
    size_t capacity = entries_within(up_ns > down_ns ? up_ns : down_ns, period_s);
    hpa->log.entries = neapi_allocate(capacity, sizeof hpa->log.entries[0]);
    hpa->up.entries = neapi_allocate(capacity, sizeof hpa->up.entries[0]);
    hpa->down.entries = neapi_allocate(capacity, sizeof hpa->down.entries[0]);
    hpa->log.capacity = hpa->up.capacity = hpa->down.capacity = capacity;
    return hpa->log.entries != NULL && hpa->up.entries != NULL && hpa->down.entries != NULL;
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct settings *wanted = settings;
    struct neapi_hpa_rules rules;
    enum neap_status status = set_rules(&rules, wanted, given, error);
    if (status != NEAP_OK)
        return status;
    struct neapi_hpa *hpa = neapi_allocate(1, sizeof *hpa);
    if (hpa == NULL)
        return neapi_no_memory(error, "an autoscaler");
    hpa->rules = rules;
    if (!allocate_logs(hpa, wanted->sync_s)) {
        release(hpa);
        return neapi_no_memory(error, "an autoscaler's memory of its decisions");
    }
    *scope = (struct neap_autoscaler_scope){
        .period_s = wanted->sync_s,
        .min = rules.min,
        .max = rules.max,
        .target_cpu_share = aims_at_cpu(wanted, given) ? wanted->target_cpu_share : (double)NAN,
        .tolerance_up = rules.tolerance_up,
        .tolerance_down = rules.tolerance_down,
        .reads_request_rate = !isnan(wanted->target_rate)};
    *state = hpa;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct neapi_hpa *hpa = state;
    hpa->up.count = hpa->down.count = 0;
    hpa->started = false;
}

/* The last thing that had a say. */
static enum neap_reason reason_of(const struct neapi_hpa_outcome *outcome)
{
    if (outcome->limited != NEAP_REASON_METRIC)
        return outcome->limited;
    if (outcome->stabilized != NEAP_REASON_METRIC)
        return outcome->stabilized;
    return outcome->proposal.reason;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct neapi_hpa_outcome outcome;
    neapi_hpa_pass(state, reading, &outcome);
    const struct neapi_hpa_proposal *proposal = &outcome.proposal;
    *decision = (struct neap_decision){.time_ns = reading->now_ns,
                                       .before = reading->replicas,
                                       .wanted = proposal->replicas,
                                       .after = outcome.desired,
                                       .metric = proposal->metric,
                                       .reason = reason_of(&outcome),
                                       .signal = proposal->signal,
                                       .target = proposal->target,
                                       .ratio = proposal->ratio,
                                       .pods = proposal->pods,
                                       .stable = outcome.stable};
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct neapi_hpa *hpa = state;
    hpa->rules.min = min;
    hpa->rules.max = max;
}

const struct neap_autoscaler_type neapi_autoscaler_hpa = {
    "hpa",      "Kubernetes HorizontalPodAutoscaler v2 on CPU utilisation or requests",
    parameters, sizeof(struct settings),
    prepare,    reset,
    decide,     release,
    bound};

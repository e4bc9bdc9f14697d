/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Target tracking of Application Auto Scaling, as ECS services have it: its settings, and one
 * evaluation. The alarms are those that AWS creates for ECS: three minutes above the target scale
 * out, fifteen below nine tenths of it scale in.
 *
 * Sources: as target_tracking_impl.h. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/target_tracking_impl.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

enum { POLICIES = NEAPI_AWS_METRICS };
enum model { MODEL_PROPORTIONAL, MODEL_CAPPED };
enum disabled { DISABLED_NONE, DISABLED_CPU, DISABLED_MEMORY, DISABLED_RATE, DISABLED_ALL };

struct settings {
    double target_cpu_share, target_memory_share, target_rate, low_share, cap_share;
    int model, disabled;
    struct neapi_aws_settings aws;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct neap_parameter parameters[] = {
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "", 0.01, 10, NULL,
     "CPU use to aim at, as a share of what the tasks reserve (ECSServiceAverageCPUUtilization)"},
    {"target_memory", NEAP_SHARE, FIELD(target_memory_share), "", 0.01, 10, NULL,
     "memory use to aim at, likewise (ECSServiceAverageMemoryUtilization)"},
    {"target_rate", NEAP_RATE, FIELD(target_rate), "", 0.001, 1e9, NULL,
     "requests per target to aim at (ALBRequestCountPerTarget, which counts by the minute: "
     "600/min); each target that is set is a policy of its own"},
    {"disable_scale_in", NEAP_CHOICE, FIELD(disabled), "none", 0, 0, "none|cpu|memory|rate|all",
     "policies that only scale out (DisableScaleIn)"},
    {"scale_in.threshold", NEAP_SHARE, FIELD(low_share), "90%", 0.01, 1, NULL,
     "share of the target below which the alarm that scales in counts points"},
    {"scale_in.model", NEAP_CHOICE, FIELD(model), "proportional", 0, 0, "proportional|capped",
     "how far one scale-in goes, which AWS does not tell: in proportion to the metric, or so but "
     "no further than scale_in.cap"},
    {"scale_in.cap", NEAP_SHARE, FIELD(cap_share), "10%", 0, 1, NULL,
     "share of the replicas that one scale-in takes away at most, with scale_in.model = capped"},
    NEAPI_AWS_ROWS(settings, "3", "15"),
    {0}};

struct tracking {
    struct neapi_tracking_policy policy[POLICIES];
    struct neapi_aws_series series[POLICIES];
    size_t policies;
    struct neapi_aws_limits limits;
    struct neapi_aws_activity activity;
    enum neapi_aws_value value;
    double cap_share; /* 1: not capped */
};

struct neapi_aws_settings neapi_tracking_defaults(double *low_share)
{
    struct settings settings;
    neap_parameters_init(parameters, &settings);
    *low_share = settings.low_share;
    return settings.aws;
}

/* --- settings to policies --------------------------------------------------------------------- */

struct wish {
    const char *key;
    enum neapi_aws_metric metric;
    enum disabled disabled; /* that policy alone only scales out */
    double target;          /* NaN: there is no such policy */
};

static void add_policy(struct tracking *tracking, const struct settings *settings,
                       const struct wish *wish)
{
    enum disabled disabled = (enum disabled)settings->disabled;
    struct neapi_tracking_policy *policy = &tracking->policy[tracking->policies++];
    *policy =
        neapi_tracking_policy_make(wish->metric, wish->target, settings->low_share, &settings->aws);
    policy->scale_in = disabled != DISABLED_ALL && disabled != wish->disabled;
}

static enum neap_status set_policies(struct tracking *tracking, const struct settings *settings,
                                     struct neap_error *error)
{
    const struct wish wishes[POLICIES] = {
        {"target_cpu", NEAPI_AWS_CPU, DISABLED_CPU, neapi_aws_percent(settings->target_cpu_share)},
        {"target_memory", NEAPI_AWS_MEMORY, DISABLED_MEMORY,
         neapi_aws_percent(settings->target_memory_share)},
        {"target_rate", NEAPI_AWS_RATE, DISABLED_RATE, settings->target_rate}};
    for (size_t i = 0; i < POLICIES; i++) {
        if (!isnan(wishes[i].target))
            add_policy(tracking, settings, &wishes[i]);
        else if ((enum disabled)settings->disabled == wishes[i].disabled)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "disable_scale_in: found a policy that has no target, expected one "
                              "that has: set %s or leave it out",
                              wishes[i].key);
    }
    if (tracking->policies == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "target_cpu: not set, nor target_memory nor target_rate, expected at "
                          "least one target to track: add target_cpu = 70%% to [autoscaler]");
    return NEAP_OK;
}

static enum neap_status set_rules(struct tracking *tracking, const struct settings *settings,
                                  uint64_t given, struct neap_error *error)
{
    *tracking =
        (struct tracking){.value = (enum neapi_aws_value)settings->aws.value,
                          .cap_share = settings->model == MODEL_CAPPED ? settings->cap_share : 1};
    enum neap_status status =
        neapi_aws_settings_use(&settings->aws, parameters, given, &tracking->limits, error);
    return status == NEAP_OK ? set_policies(tracking, settings, error) : status;
}

/* --- the kind --------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct tracking *tracking = state;
    if (tracking == NULL)
        return;
    for (size_t i = 0; i < POLICIES; i++)
        free(tracking->series[i].value);
    free(tracking);
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct settings *wanted = settings;
    struct tracking rules;
    enum neap_status status = set_rules(&rules, wanted, given, error);
    if (status != NEAP_OK)
        return status;
    struct tracking *tracking = neapi_allocate(1, sizeof *tracking);
    if (tracking == NULL)
        return neapi_no_memory(error, "an autoscaler");
    *tracking = rules;
    for (size_t i = 0; i < rules.policies; i++)
        if (!neapi_aws_series_make(&tracking->series[i], &wanted->aws)) {
            release(tracking);
            return neapi_no_memory(error, "an autoscaler's points of a metric");
        }
    *scope = (struct neap_autoscaler_scope){.period_s = wanted->aws.period_s,
                                            .min = rules.limits.min,
                                            .max = rules.limits.max,
                                            .target_cpu_share = wanted->target_cpu_share,
                                            .tolerance_up = 0,
                                            .tolerance_down = 1 - wanted->low_share,
                                            .reads_request_rate = !isnan(wanted->target_rate),
                                            .reads_memory = !isnan(wanted->target_memory_share),
                                            .young_s = (double)rules.limits.warm_up_ns / 1e9};
    neapi_aws_pipeline(scope, &wanted->aws);
    *state = tracking;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct tracking *tracking = state;
    tracking->activity = (struct neapi_aws_activity){0};
    for (size_t i = 0; i < tracking->policies; i++) {
        tracking->series[i].count = 0;
        neapi_aws_alarm_reset(&tracking->policy[i].high);
        neapi_aws_alarm_reset(&tracking->policy[i].low);
    }
}

static void vote(struct tracking *tracking, size_t index, const struct neap_reading *reading,
                 struct neapi_tracking_vote *cast)
{
    struct neapi_tracking_policy *policy = &tracking->policy[index];
    struct neapi_aws_series *series = &tracking->series[index];
    neapi_aws_series_push(series,
                          neapi_aws_point(policy->metric, reading, tracking->limits.warm_up_ns));
    neapi_aws_alarm_evaluate(&policy->high, series);
    neapi_aws_alarm_evaluate(&policy->low, series);
    const struct neapi_aws_alarm *alarm =
        policy->low.state == NEAPI_AWS_ALARM ? &policy->low : &policy->high;
    double metric = neapi_aws_alarm_value(alarm, series, tracking->value);
    neapi_tracking_cast(policy, reading->replicas, metric, cast);
}

/* What becomes of the vote that decides. */
static void act(const struct tracking *tracking, const struct neap_reading *reading,
                const struct neapi_tracking_vote *vote, struct neap_decision *decision)
{
    int64_t current = reading->replicas;
    int64_t least = neapi_tracking_capped(current, tracking->cap_share);
    int64_t base = neapi_aws_base(&tracking->limits, &tracking->activity, reading);
    if (vote->direction == NEAPI_TRACKING_HOLD) {
        decision->stable = current;
        neapi_decision_step(decision, vote->reason, current);
        return;
    }
    if (decision->after < least)
        neapi_decision_step(decision, NEAP_REASON_DOWN_LIMIT, least);
    neapi_aws_act(&tracking->limits, &tracking->activity, reading,
                  neapi_tracking_size(base, vote->metric, vote->policy->target), decision);
}

/* One that holds another size than its metric asks for is about its alarm. */
static void tell_vote(const struct neapi_tracking_vote *vote, int64_t current,
                      struct neap_decision *decision)
{
    enum neapi_aws_metric metric = vote->policy->metric;
    double value = neapi_aws_reported(metric, vote->metric);
    double target = neapi_aws_reported(metric, vote->policy->target);
    *neapi_decision_metric(decision) =
        (struct neap_decision_metric){.signal = neapi_aws_signal(metric),
                                      .reason = vote->reason,
                                      .failed = isnan(vote->metric),
                                      .metric = value,
                                      .target = target,
                                      .ratio = vote->metric / vote->policy->target,
                                      .window_s = (double)NAN,
                                      .pods = current,
                                      .replicas = vote->replicas};
    neapi_aws_alarm_tell(&vote->policy->high, metric, decision);
    neapi_aws_alarm_tell(&vote->policy->low, metric, decision);
}

/* Some policies want another size, one of them is heard. */
static void tell(const struct tracking *tracking, const struct neapi_tracking_vote *votes,
                 const struct neapi_tracking_vote *chosen, const struct neap_reading *reading,
                 struct neap_decision *decision)
{
    bool holds = chosen->direction == NEAPI_TRACKING_HOLD && chosen->replicas != reading->replicas;
    neapi_decision_keep(decision, reading, chosen->replicas,
                        holds ? NEAP_REASON_METRIC : chosen->reason);
    for (size_t i = 0; i < tracking->policies; i++) {
        if (votes[i].policy == chosen->policy)
            decision->chosen = i;
        tell_vote(&votes[i], reading->replicas, decision);
    }
    const struct neap_decision_metric *metric = &decision->metrics[decision->chosen];
    decision->signal = metric->signal;
    decision->metric = metric->metric;
    decision->target = metric->target;
    decision->ratio = metric->ratio;
    decision->pods = reading->replicas;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct tracking *tracking = state;
    struct neapi_tracking_vote votes[POLICIES], chosen;
    for (size_t i = 0; i < tracking->policies; i++)
        vote(tracking, i, reading, &votes[i]);
    if (neapi_aws_correct(&tracking->limits, reading, decision))
        return;
    chosen = neapi_tracking_combine(votes, tracking->policies);
    tell(tracking, votes, &chosen, reading, decision);
    act(tracking, reading, &chosen, decision);
    neapi_aws_record(&tracking->limits, &tracking->activity, reading->replicas, decision->after,
                     reading->now_ns);
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct tracking *tracking = state;
    tracking->limits.min = min;
    tracking->limits.max = max;
}

const struct neap_autoscaler_type neapi_autoscaler_target_tracking = {
    .name = "target_tracking",
    .summary = "AWS target tracking (ECS) on CPU or memory utilisation or requests per target",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = release,
    .bound = bound,
    .unpublished = "delivery|extra_points|metric_value|scale_in.threshold|scale_in.model"};

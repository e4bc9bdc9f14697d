/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One evaluation of step scaling: each policy's alarm, the step that its metric is in, and of two
 * sizes the larger one.
 *
 * Sources: as step_scaling_impl.h. */
#include <math.h>

#include "autoscaler/step_scaling_impl.h"

/* What one policy asks for. */
struct wish {
    const struct neapi_stepping *policy;
    double metric;
    int64_t size;
    enum neap_reason reason; /* NEAP_REASON_METRIC: a step was found */
};

static struct wish ask(const struct neapi_step_scaling *scaling, struct neapi_stepping *policy,
                       const struct neap_reading *reading)
{
    neapi_aws_series_push(&policy->series,
                          neapi_aws_point(policy->metric, reading, scaling->limits.warm_up_ns));
    neapi_aws_alarm_evaluate(&policy->alarm, &policy->series);
    struct wish wish = {policy,
                        neapi_aws_alarm_value(&policy->alarm, &policy->series, scaling->value),
                        reading->replicas, NEAP_REASON_METRIC};
    if (isnan(wish.metric) || policy->alarm.state == NEAPI_AWS_INSUFFICIENT_DATA)
        wish.reason = NEAP_REASON_NO_DATA;
    else if (policy->alarm.state != NEAPI_AWS_ALARM)
        wish.reason = NEAP_REASON_NO_ALARM;
    else if (!neapi_step_size(&policy->steps, reading->replicas, wish.metric,
                              policy->alarm.threshold, &wish.size))
        wish.reason = NEAP_REASON_NO_STEP;
    return wish;
}

/* Whether the second is the one to follow: it has a step and the first none, or a larger size. */
static bool prefer(const struct wish *first, const struct wish *second)
{
    if (second->reason != NEAP_REASON_METRIC)
        return false;
    return first->reason != NEAP_REASON_METRIC || second->size > first->size;
}

static void act(const struct neapi_step_scaling *scaling, const struct neap_reading *reading,
                const struct wish *wish, struct neap_decision *decision)
{
    int64_t from_base = neapi_aws_base(&scaling->limits, &scaling->activity, reading);
    if (wish->reason != NEAP_REASON_METRIC)
        return;
    neapi_step_size(&wish->policy->steps, from_base, wish->metric, wish->policy->alarm.threshold,
                    &from_base);
    neapi_aws_act(&scaling->limits, &scaling->activity, reading, from_base, decision);
}

static void tell_wish(const struct wish *wish, struct neap_decision *decision)
{
    enum neapi_aws_metric metric = wish->policy->metric;
    *neapi_decision_metric(decision) = (struct neap_decision_metric){
        .signal = neapi_aws_signal(metric),
        .reason = wish->reason,
        .failed = isnan(wish->metric),
        .metric = neapi_aws_reported(metric, wish->metric),
        .target = neapi_aws_reported(metric, wish->policy->alarm.threshold),
        .ratio = (double)NAN,
        .window_s = (double)NAN,
        .replicas = wish->size};
    neapi_aws_alarm_tell(&wish->policy->alarm, metric, decision);
}

static void tell(const struct wish *wishes, size_t count, size_t chosen,
                 const struct neap_reading *reading, struct neap_decision *decision)
{
    neapi_decision_keep(decision, reading, wishes[chosen].size, wishes[chosen].reason);
    for (size_t i = 0; i < count; i++)
        tell_wish(&wishes[i], decision);
    decision->chosen = chosen;
    decision->signal = decision->metrics[chosen].signal;
    decision->metric = decision->metrics[chosen].metric;
    decision->target = decision->metrics[chosen].target;
}

void neapi_step_scaling_decide(void *state, const struct neap_reading *reading,
                               struct neap_decision *decision)
{
    struct neapi_step_scaling *scaling = state;
    struct wish wishes[NEAPI_STEPPING_SIDES];
    size_t chosen = 0;
    for (size_t i = 0; i < scaling->policies; i++)
        wishes[i] = ask(scaling, &scaling->policy[i], reading);
    if (neapi_aws_correct(&scaling->limits, reading, decision))
        return;
    for (size_t i = 1; i < scaling->policies; i++)
        if (prefer(&wishes[chosen], &wishes[i]))
            chosen = i;
    tell(wishes, scaling->policies, chosen, reading, decision);
    act(scaling, reading, &wishes[chosen], decision);
    neapi_aws_record(&scaling->limits, &scaling->activity, reading->replicas, decision->after,
                     reading->now_ns);
}

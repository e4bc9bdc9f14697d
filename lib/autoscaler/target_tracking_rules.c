/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From alarms to a size, and from the sizes of several policies to one. How much a scale-in takes
 * away is not published beyond that it does so gradually: proportion is the most it can be. */
#include <math.h>

#include "autoscaler/saturate.h"
#include "autoscaler/target_tracking_impl.h"

struct neapi_tracking_policy neapi_tracking_policy_make(enum neapi_aws_metric metric, double target,
                                                        double low_share,
                                                        const struct neapi_aws_settings *settings)
{
    return (struct neapi_tracking_policy){
        .metric = metric,
        .target = target,
        .scale_in = true,
        .high = neapi_aws_alarm_make(settings, true, target),
        .low = neapi_aws_alarm_make(settings, false, low_share * target)};
}

double neapi_tracking_round(double replicas)
{
    return ceil(replicas);
}

int64_t neapi_tracking_size(int64_t current, double metric, double target)
{
    return neapi_to_int64(neapi_tracking_round((double)current * metric / target));
}

int64_t neapi_tracking_capped(int64_t current, double cap_share)
{
    int64_t away = neapi_to_int64((double)current * cap_share);
    return current - (away > 1 ? away : 1);
}

/* No alarm asks for another size. */
static void hold(const struct neapi_tracking_policy *policy, int64_t current, double metric,
                 struct neapi_tracking_vote *vote)
{
    bool high = metric > policy->high.threshold, low = metric < policy->low.threshold;
    if (isnan(metric)) {
        vote->reason = NEAP_REASON_NO_DATA;
    } else if (high || low) {
        vote->replicas = neapi_tracking_size(current, metric, policy->target);
        vote->reason = NEAP_REASON_NO_ALARM;
    } else {
        vote->reason = NEAP_REASON_TOLERANCE;
    }
}

void neapi_tracking_cast(const struct neapi_tracking_policy *policy, int64_t current, double metric,
                         struct neapi_tracking_vote *vote)
{
    *vote = (struct neapi_tracking_vote){.direction = NEAPI_TRACKING_HOLD,
                                         .replicas = current,
                                         .reason = NEAP_REASON_METRIC,
                                         .policy = policy,
                                         .metric = metric,
                                         .abstains = !policy->scale_in};
    bool out = policy->high.state == NEAPI_AWS_ALARM, in = policy->low.state == NEAPI_AWS_ALARM;
    if (isnan(metric) || (!out && !in)) {
        hold(policy, current, metric, vote);
        return;
    }
    int64_t size = neapi_tracking_size(current, metric, policy->target);
    if (out && size > current) {
        vote->direction = NEAPI_TRACKING_OUT;
        vote->replicas = size;
    } else if (in && size <= current) {
        vote->replicas = size;
        vote->reason = policy->scale_in ? NEAP_REASON_METRIC : NEAP_REASON_IN_DISABLED;
        vote->direction = policy->scale_in ? NEAPI_TRACKING_IN : NEAPI_TRACKING_HOLD;
    } else {
        hold(policy, current, metric, vote);
    }
}

/* Votes without a number lose. */
static bool larger(const struct neapi_tracking_vote *vote, const struct neapi_tracking_vote *best)
{
    return best == NULL || vote->replicas > best->replicas ||
           (vote->replicas == best->replicas && isnan(best->metric) && !isnan(vote->metric));
}

static const struct neapi_tracking_vote *largest(const struct neapi_tracking_vote *votes,
                                                 size_t count,
                                                 enum neapi_tracking_direction direction,
                                                 bool abstaining)
{
    const struct neapi_tracking_vote *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (votes[i].direction == direction && (abstaining || !votes[i].abstains) &&
            larger(&votes[i], best))
            best = &votes[i];
    return best;
}

struct neapi_tracking_vote neapi_tracking_combine(const struct neapi_tracking_vote *votes,
                                                  size_t count)
{
    const struct neapi_tracking_vote *out = largest(votes, count, NEAPI_TRACKING_OUT, true);
    const struct neapi_tracking_vote *in = largest(votes, count, NEAPI_TRACKING_IN, false);
    const struct neapi_tracking_vote *against = largest(votes, count, NEAPI_TRACKING_HOLD, false);
    if (out != NULL)
        return *out;
    if (against == NULL && in != NULL)
        return *in;
    if (against == NULL)
        against = largest(votes, count, NEAPI_TRACKING_HOLD, true);
    struct neapi_tracking_vote kept = against != NULL ? *against : votes[0];
    if (in != NULL)
        kept.reason = NEAP_REASON_IN_OUTVOTED;
    return kept;
}

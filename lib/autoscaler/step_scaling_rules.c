/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arithmetic of steps. Adjustments are whole numbers of replicas or percent. Not published, and
 * decided here: a percentage of no replicas changes nothing unless there is a least magnitude. */
#include <math.h>

#include "autoscaler/saturate.h"
#include "autoscaler/step_scaling_impl.h"

static bool covers(const struct neapi_step *step, double distance)
{
    if (step->upper <= 0)
        return step->lower < distance && distance <= step->upper;
    return step->lower <= distance && distance < step->upper;
}

const struct neapi_step *neapi_step_find(const struct neapi_step_policy *policy, double distance)
{
    for (size_t i = 0; i < policy->count; i++)
        if (covers(&policy->steps[i], distance))
            return &policy->steps[i];
    return NULL;
}

int64_t neapi_step_round(double change)
{
    if (change > 0 && change < 1)
        return 1;
    if (change < 0 && change > -1)
        return -1;
    return neapi_to_int64(change);
}

static int64_t percent_change(const struct neapi_step_policy *policy, int64_t current,
                              int64_t percent)
{
    int64_t change = neapi_step_round((double)neapi_multiply(current, percent) / 100);
    if (percent > 0 && change < policy->magnitude)
        return policy->magnitude;
    if (percent < 0 && change > -policy->magnitude)
        return -policy->magnitude;
    return change;
}

int64_t neapi_step_adjust(const struct neapi_step_policy *policy, int64_t current,
                          int64_t adjustment)
{
    if (policy->type == NEAPI_STEP_EXACT)
        return adjustment;
    if (policy->type == NEAPI_STEP_CHANGE)
        return neapi_add(current, adjustment);
    return neapi_add(current, percent_change(policy, current, adjustment));
}

bool neapi_step_size(const struct neapi_step_policy *policy, int64_t current, double metric,
                     double threshold, int64_t *size)
{
    const struct neapi_step *step = neapi_step_find(policy, metric - threshold);
    if (step == NULL)
        return false;
    *size = neapi_step_adjust(policy, current, step->adjustment);
    return true;
}

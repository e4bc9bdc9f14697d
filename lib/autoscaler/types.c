/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all kinds have in common. */
#include <math.h>

#include "autoscaler/types.h"
#include "base/fail.h"

void neapi_decision_keep(struct neap_decision *decision, const struct neap_reading *reading,
                         int64_t size, enum neap_reason reason)
{
    *decision = (struct neap_decision){.time_ns = reading->now_ns,
                                       .before = reading->replicas,
                                       .wanted = size,
                                       .after = size,
                                       .metric = (double)NAN,
                                       .reason = reason,
                                       .target = (double)NAN,
                                       .ratio = (double)NAN,
                                       .stable = size};
}

void neapi_decision_clamp(struct neap_decision *decision, int64_t min, int64_t max)
{
    if (decision->after > max) {
        decision->after = max;
        decision->reason = NEAP_REASON_AT_MAX;
    }
    if (decision->after < min) {
        decision->after = min;
        decision->reason = NEAP_REASON_AT_MIN;
    }
}

struct neap_autoscaler_scope neapi_autoscaler_scope(double period_s, int64_t min, int64_t max)
{
    return (struct neap_autoscaler_scope){.period_s = period_s,
                                          .min = min,
                                          .max = max,
                                          .target_cpu_share = (double)NAN,
                                          .tolerance_up = (double)NAN,
                                          .tolerance_down = (double)NAN};
}

enum neap_status neapi_autoscaler_sizes(int64_t *min, int64_t *max, double min_value,
                                        double max_value, struct neap_error *error)
{
    if (isnan(max_value))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "max: not set, expected the most replicas that the autoscaler may ask "
                          "for: add max = N to [autoscaler]");
    if (min_value > max_value)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "min: found %.0f, expected at most max, which is %.0f: lower min or "
                          "raise max",
                          min_value, max_value);
    *min = (int64_t)min_value;
    *max = (int64_t)max_value;
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all kinds have in common. */
#include <math.h>

#include "autoscaler/types.h"
#include "base/fail.h"

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

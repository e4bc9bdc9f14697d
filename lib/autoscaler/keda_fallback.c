/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What KEDA passes on of a metric that cannot be read: an error, until it has failed more often in
 * a row than the threshold; from then on the value that asks for the fallback's replicas.
 *
 * Source: kedacore/keda, pkg/fallback/fallback.go. */
#include <math.h>

#include "autoscaler/keda_impl.h"
#include "autoscaler/saturate.h"

static bool valid(const struct neapi_keda_fallback *fallback)
{
    return fallback->set && fallback->threshold >= 0 && fallback->replicas >= 0;
}

bool neapi_keda_falls_back(const struct neapi_keda_fallback *fallback, int64_t failures)
{
    return valid(fallback) && failures > fallback->threshold;
}

static int64_t replicas_of(const struct neapi_keda_fallback *fallback, int64_t current)
{
    int64_t replicas = fallback->replicas;
    switch (fallback->behavior) {
    case NEAPI_KEDA_STATIC:
        return replicas;
    case NEAPI_KEDA_CURRENT:
        return current;
    case NEAPI_KEDA_CURRENT_IF_HIGHER:
        return current > replicas ? current : replicas;
    case NEAPI_KEDA_CURRENT_IF_LOWER:
        return current < replicas ? current : replicas;
    }
    return replicas;
}

double neapi_keda_metric(const struct neapi_keda_fallback *fallback, double value, double target,
                         int64_t current, int64_t ready, int64_t *failures)
{
    if (!valid(fallback))
        return value;
    *failures = isnan(value) ? neapi_add(*failures, 1) : 0;
    if (!neapi_keda_falls_back(fallback, *failures))
        return value;
    int64_t value_m = neapi_to_int64(target * 1000 * (double)replicas_of(fallback, current));
    double stand_in = (double)value_m / 1000;
    if (ready < 0)
        return stand_in;
    return ready == 0 ? (double)NAN : stand_in / (double)ready;
}

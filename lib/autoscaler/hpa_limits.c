/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far one pass may move the size. Without behavior it may double, or reach 4; with behavior
 * each policy allows a number of pods or a percentage on the size at the start of its period,
 * which is the current size less all changes made since, in either direction. Percentages are
 * computed in double as the controller does: 10 % up from 100 gives 111.
 *
 * Source: kubernetes/kubernetes, horizontal.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t neapi_hpa_limit(const struct neapi_hpa_rules *rules, int64_t current, int64_t desired,
                        enum neap_reason *reason)
{
    double reach = rules->up_factor * (double)current;
    int64_t limit = neapi_to_int32(reach > rules->up_least ? reach : rules->up_least);
    int64_t top = smaller(rules->max, limit);
    *reason = NEAP_REASON_METRIC;
    if (desired < rules->min) {
        *reason = NEAP_REASON_AT_MIN;
        return rules->min;
    }
    if (desired > top) {
        *reason = rules->max > limit ? NEAP_REASON_UP_LIMIT : NEAP_REASON_AT_MAX;
        return top;
    }
    return desired;
}

static int64_t period_start(const struct neapi_hpa *hpa, int64_t current, int64_t period_ns,
                            int64_t now_ns)
{
    int64_t added = neapi_hpa_change_within(hpa, &hpa->up, period_ns, now_ns);
    int64_t removed = neapi_hpa_change_within(hpa, &hpa->down, period_ns, now_ns);
    return neapi_add(neapi_subtract(current, added), removed);
}

static int64_t raised(int64_t start, const struct neapi_hpa_policy *policy)
{
    if (!policy->percent)
        return neapi_clamp_int32(neapi_add(start, policy->value));
    return neapi_to_int32(ceil((double)start * (1 + (double)policy->value / 100)));
}

static int64_t lowered(int64_t start, const struct neapi_hpa_policy *policy)
{
    if (!policy->percent)
        return neapi_clamp_int32(neapi_subtract(start, policy->value));
    return neapi_to_int32((double)start * (1 - (double)policy->value / 100));
}

int64_t neapi_hpa_up_limit(const struct neapi_hpa *hpa, int64_t current, int64_t now_ns)
{
    const struct neapi_hpa_direction *up = &hpa->rules.up;
    if (up->select == NEAPI_HPA_SELECT_DISABLED)
        return current;
    bool most = up->select == NEAPI_HPA_SELECT_MAX;
    int64_t limit = most ? INT32_MIN : INT32_MAX;
    for (size_t i = 0; i < up->policies_count; i++) {
        const struct neapi_hpa_policy *policy = &up->policies[i];
        int64_t reach = raised(period_start(hpa, current, policy->period_ns, now_ns), policy);
        limit = most ? larger(limit, reach) : smaller(limit, reach);
    }
    return limit;
}

int64_t neapi_hpa_down_limit(const struct neapi_hpa *hpa, int64_t current, int64_t now_ns)
{
    const struct neapi_hpa_direction *down = &hpa->rules.down;
    if (down->select == NEAPI_HPA_SELECT_DISABLED)
        return current;
    bool most = down->select == NEAPI_HPA_SELECT_MAX;
    int64_t limit = most ? INT32_MAX : INT32_MIN;
    for (size_t i = 0; i < down->policies_count; i++) {
        const struct neapi_hpa_policy *policy = &down->policies[i];
        int64_t reach = lowered(period_start(hpa, current, policy->period_ns, now_ns), policy);
        limit = most ? smaller(limit, reach) : larger(limit, reach);
    }
    return limit;
}

static int64_t limit_rise(const struct neapi_hpa *hpa, int64_t current, int64_t desired,
                          int64_t now_ns, enum neap_reason *reason)
{
    int64_t limit = larger(neapi_hpa_up_limit(hpa, current, now_ns), current);
    int64_t top = smaller(hpa->rules.max, limit);
    if (desired <= top)
        return desired;
    *reason = hpa->rules.max > limit ? NEAP_REASON_UP_LIMIT : NEAP_REASON_AT_MAX;
    return top;
}

static int64_t limit_fall(const struct neapi_hpa *hpa, int64_t current, int64_t desired,
                          int64_t now_ns, enum neap_reason *reason)
{
    int64_t limit = smaller(neapi_hpa_down_limit(hpa, current, now_ns), current);
    int64_t bottom = larger(hpa->rules.min, limit);
    if (desired >= bottom)
        return desired;
    *reason = hpa->rules.min < limit ? NEAP_REASON_DOWN_LIMIT : NEAP_REASON_AT_MIN;
    return bottom;
}

int64_t neapi_hpa_limit_behavior(const struct neapi_hpa *hpa, int64_t current, int64_t desired,
                                 int64_t now_ns, enum neap_reason *reason)
{
    *reason = NEAP_REASON_METRIC;
    if (desired > current)
        return limit_rise(hpa, current, desired, now_ns, reason);
    if (desired < current)
        return limit_fall(hpa, current, desired, now_ns, reason);
    return desired;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the size that is needed now to the size that a managed instance group gets: the largest that
 * was needed in the stabilisation period, between min and max, and no smaller than scale-in control
 * allows after the largest recommendation of its own period.
 *
 * Source: cloud.google.com/compute/docs/autoscaler. */
#include <math.h>

#include "autoscaler/gce_impl.h"
#include "autoscaler/saturate.h"

void neapi_gce_remember(struct neapi_gce_log *log, int64_t size, int64_t now_ns)
{
    log->entries[log->next] = (struct neapi_gce_size){now_ns, size};
    log->next = (log->next + 1) % log->capacity;
    if (log->count < log->capacity)
        log->count++;
}

int64_t neapi_gce_peak(const struct neapi_gce_log *log, int64_t window_ns, int64_t now_ns,
                       int64_t otherwise)
{
    int64_t cutoff = neapi_subtract(now_ns, window_ns), peak = otherwise;
    for (size_t i = 0; i < log->count; i++)
        if (log->entries[i].time_ns > cutoff && log->entries[i].size > peak)
            peak = log->entries[i].size;
    return peak;
}

int64_t neapi_gce_floor(const struct neapi_gce_rules *rules, int64_t peak)
{
    if (rules->in_count >= 0)
        return neapi_subtract(peak, rules->in_count);
    if (isnan(rules->in_share))
        return 0;
    double most = (double)peak * rules->in_share;
    return neapi_subtract(peak, rules->in_share_down ? neapi_to_int32(most + 1e-9 * most)
                                                     : neapi_gce_round(most));
}

static int64_t clamp(const struct neapi_gce_rules *rules, int64_t size, enum neap_reason *reason)
{
    if (size < rules->min) {
        *reason = NEAP_REASON_AT_MIN;
        return rules->min;
    }
    if (size > rules->max) {
        *reason = NEAP_REASON_AT_MAX;
        return rules->max;
    }
    return size;
}

/* The mode has the last word. */
static int64_t permit(const struct neapi_gce_rules *rules, int64_t current, int64_t size,
                      enum neap_reason *reason)
{
    bool allowed = rules->mode == NEAPI_GCE_ON || size == current ||
                   (rules->mode == NEAPI_GCE_ONLY_SCALE_OUT && size > current);
    if (allowed)
        return size;
    *reason = NEAP_REASON_MODE;
    return current;
}

static void start(struct neapi_gce *gce, const struct neap_reading *reading)
{
    gce->started = true;
    if (!gce->rules.remembers_start)
        return;
    neapi_gce_remember(&gce->needed, reading->replicas, reading->now_ns);
    neapi_gce_remember(&gce->recommended, reading->replicas, reading->now_ns);
}

/* The size behind stabilisation and limits; a signal that failed keeps the size. */
static int64_t recommend(struct neapi_gce *gce, const struct neap_reading *reading,
                         const struct neapi_gce_need *need, int64_t *stable,
                         enum neap_reason *reason)
{
    const struct neapi_gce_rules *rules = &gce->rules;
    int64_t now_ns = reading->now_ns;
    *stable = need->size;
    if (!need->failed) {
        *stable = neapi_gce_peak(&gce->needed, rules->stabilization_ns, now_ns, need->size);
        neapi_gce_remember(&gce->needed, need->size, now_ns);
        if (*stable != need->size)
            *reason = NEAP_REASON_DOWN_STABILIZED;
    }
    int64_t size = clamp(rules, *stable, reason);
    int64_t peak = neapi_gce_peak(&gce->recommended, rules->in_window_ns, now_ns, size);
    neapi_gce_remember(&gce->recommended, size, now_ns);
    int64_t least = neapi_gce_floor(rules, peak);
    if (least > reading->replicas) /* it slows the fall down and raises nothing */
        least = reading->replicas;
    if (size >= least)
        return size;
    *reason = NEAP_REASON_DOWN_LIMIT;
    return clamp(rules, least, reason);
}

void neapi_gce_decide(struct neapi_gce *gce, const struct neap_reading *reading,
                      struct neap_decision *decision)
{
    struct neapi_gce_need need;
    if (!gce->started)
        start(gce, reading);
    neapi_gce_needed(&gce->rules, reading, &need);
    int64_t stable;
    enum neap_reason reason = need.reason;
    int64_t size = recommend(gce, reading, &need, &stable, &reason);
    size = permit(&gce->rules, reading->replicas, size, &reason);
    *decision = (struct neap_decision){.time_ns = reading->now_ns,
                                       .before = reading->replicas,
                                       .wanted = need.size,
                                       .after = size,
                                       .metric = need.metric,
                                       .reason = reason,
                                       .signal = need.signal,
                                       .target = need.target,
                                       .ratio = need.metric / need.target,
                                       .pods = need.instances,
                                       .stable = stable};
}

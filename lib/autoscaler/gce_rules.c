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

/* The mode has the last word. */
static void permit(enum neapi_gce_mode mode, struct neap_decision *decision)
{
    bool allowed = mode == NEAPI_GCE_ON ||
                   (mode == NEAPI_GCE_ONLY_SCALE_OUT && decision->after > decision->before);
    if (!allowed)
        neapi_decision_step(decision, NEAP_REASON_MODE, decision->before);
}

static void start(struct neapi_gce *gce, const struct neap_reading *reading)
{
    gce->started = true;
    if (!gce->rules.remembers_start)
        return;
    neapi_gce_remember(&gce->needed, reading->replicas, reading->now_ns);
    neapi_gce_remember(&gce->recommended, reading->replicas, reading->now_ns);
}

static void stabilize(struct neapi_gce *gce, struct neap_decision *decision)
{
    int64_t wanted = decision->wanted, now_ns = decision->time_ns;
    decision->stable = neapi_gce_peak(&gce->needed, gce->rules.stabilization_ns, now_ns, wanted);
    neapi_gce_remember(&gce->needed, wanted, now_ns);
    neapi_decision_step(decision, NEAP_REASON_DOWN_STABILIZED, decision->stable);
}

/* Scale-in control slows a fall down and raises nothing. */
static void limit_fall(struct neapi_gce *gce, struct neap_decision *decision)
{
    const struct neapi_gce_rules *rules = &gce->rules;
    int64_t now_ns = decision->time_ns, size = decision->after;
    int64_t peak = neapi_gce_peak(&gce->recommended, rules->in_window_ns, now_ns, size);
    neapi_gce_remember(&gce->recommended, size, now_ns);
    int64_t least = neapi_gce_floor(rules, peak);
    if (least > decision->before)
        least = decision->before;
    if (size >= least)
        return;
    neapi_decision_step(decision, NEAP_REASON_DOWN_LIMIT, least);
    neapi_decision_clamp(decision, rules->min, rules->max);
}

static void tell(const struct neapi_gce_need *needs, size_t count, struct neap_decision *decision)
{
    for (size_t i = 0; i < count; i++)
        *neapi_decision_metric(decision) =
            (struct neap_decision_metric){.signal = needs[i].signal,
                                          .reason = needs[i].reason,
                                          .failed = needs[i].failed,
                                          .metric = needs[i].metric,
                                          .target = needs[i].target,
                                          .ratio = needs[i].metric / needs[i].target,
                                          .window_s = (double)NAN,
                                          .pods = needs[i].instances,
                                          .replicas = needs[i].size};
}

void neapi_gce_decide(struct neapi_gce *gce, const struct neap_reading *reading,
                      struct neap_decision *decision)
{
    struct neapi_gce_need needs[NEAPI_GCE_SIGNALS];
    if (!gce->started)
        start(gce, reading);
    size_t count = neapi_gce_needs(&gce->rules, reading, needs);
    size_t chosen = neapi_gce_largest(needs, count);
    const struct neapi_gce_need *need = &needs[chosen];
    neapi_decision_keep(decision, reading, need->size, need->reason);
    decision->metric = need->metric;
    decision->signal = need->signal;
    decision->target = need->target;
    decision->ratio = need->metric / need->target;
    decision->pods = need->instances;
    decision->chosen = chosen;
    tell(needs, count, decision);
    if (!need->failed) /* one that failed keeps the size */
        stabilize(gce, decision);
    neapi_decision_clamp(decision, gce->rules.min, gce->rules.max);
    limit_fall(gce, decision);
    permit(gce->rules.mode, decision);
}

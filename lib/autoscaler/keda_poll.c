/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One poll of KEDA. It raises a size of nothing when a trigger is active, and drops the size to
 * idle, or to a min of nothing, in one step once no trigger was active for the cooldown. A min
 * above nothing it never goes below, and down to it only the HorizontalPodAutoscaler does.
 *
 * Source: kedacore/keda, pkg/scaling/executor/scale_scaledobjects.go. */
#include "autoscaler/keda_impl.h"

static void become(struct neapi_keda_verdict *verdict, int64_t replicas, enum neap_reason reason)
{
    verdict->replicas = replicas;
    verdict->reason = reason;
}

static void poll_active(const struct neapi_keda_rules *rules, const struct neapi_keda_sight *sight,
                        struct neapi_keda_verdict *verdict)
{
    bool asleep = sight->current == 0 || (rules->idle >= 0 && sight->current < rules->min);
    if (!asleep) {
        verdict->active_now = !sight->error;
        return;
    }
    if (rules->pause_out) {
        become(verdict, sight->current, NEAP_REASON_PAUSED);
        return;
    }
    become(verdict, rules->min > 0 ? rules->min : 1, NEAP_REASON_ACTIVATED);
    verdict->active_now = true;
}

static bool cooled_down(const struct neapi_keda_rules *rules, const struct neapi_keda_sight *sight)
{
    return sight->ever_active ? sight->since_active_ns > rules->cooldown_ns
                              : sight->since_created_ns > rules->initial_cooldown_ns;
}

static void fall_asleep(const struct neapi_keda_rules *rules, const struct neapi_keda_sight *sight,
                        struct neapi_keda_verdict *verdict)
{
    if (rules->pause_in)
        become(verdict, sight->current, NEAP_REASON_PAUSED);
    else if (!cooled_down(rules, sight))
        become(verdict, sight->current, NEAP_REASON_COOLDOWN);
    else
        become(verdict, rules->idle >= 0 ? rules->idle : rules->min, NEAP_REASON_INACTIVE);
}

static void poll_inactive(const struct neapi_keda_rules *rules,
                          const struct neapi_keda_sight *sight, struct neapi_keda_verdict *verdict)
{
    bool drops = (rules->idle >= 0 && sight->current > rules->idle) ||
                 (sight->current > 0 && rules->min == 0);
    if (sight->error)
        become(verdict, sight->current,
               rules->fallback ? NEAP_REASON_METRIC : NEAP_REASON_TRIGGER_FAILED);
    else if (drops)
        fall_asleep(rules, sight, verdict);
    else if (rules->idle < 0 && sight->current < rules->min)
        become(verdict, rules->min, NEAP_REASON_BELOW_MIN);
}

void neapi_keda_poll(const struct neapi_keda_rules *rules, const struct neapi_keda_sight *sight,
                     struct neapi_keda_verdict *verdict)
{
    *verdict = (struct neapi_keda_verdict){sight->current, false, NEAP_REASON_METRIC};
    if (sight->active)
        poll_active(rules, sight, verdict);
    else
        poll_inactive(rules, sight, verdict);
}

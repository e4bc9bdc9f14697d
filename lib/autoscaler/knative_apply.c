/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What becomes of the size that Knative's autoscaler asks for: it is put within its bounds, and
 * zero takes its time. A revision that has traffic is first found inactive after a stable window
 * without, then the activators must be in the path of requests, then the last pod is kept for its
 * grace and retention periods.
 *
 * Source: knative/serving, pkg/reconciler/autoscaling/kpa/scaler.go. */
#include "autoscaler/knative_impl.h"

static void settle(struct neapi_knative_verdict *verdict, int64_t replicas, bool apply,
                   enum neap_reason reason)
{
    verdict->replicas = replicas;
    verdict->apply = apply;
    verdict->reason = reason;
}

static void wait(struct neapi_knative_verdict *verdict, int64_t replicas, enum neap_reason reason)
{
    settle(verdict, replicas, false, reason);
    verdict->recheck = true;
}

static void zero_while_activating(const struct neapi_knative_limits *limits,
                                  const struct neapi_knative_standing *standing,
                                  struct neapi_knative_verdict *verdict)
{
    if (standing->state_ns > limits->activation_ns)
        settle(verdict, 0, true, NEAP_REASON_GIVEN_UP);
    else
        wait(verdict, -1, NEAP_REASON_STARTING);
}

/* The first zero only marks it inactive. */
static void zero_while_active(const struct neapi_knative_limits *limits,
                              const struct neapi_knative_standing *standing,
                              struct neapi_knative_verdict *verdict)
{
    if (standing->state_ns >= limits->stable_window_ns) {
        settle(verdict, 0, false, NEAP_REASON_ZERO_WAITS);
        verdict->recheck = standing->proxied;
        return;
    }
    settle(verdict, 1, true, NEAP_REASON_ZERO_WAITS);
    verdict->recheck = true;
}

static void zero_while_inactive(const struct neapi_knative_limits *limits,
                                const struct neapi_knative_standing *standing,
                                struct neapi_knative_verdict *verdict)
{
    if (limits->burst_capacity != -1 && standing->probe != NEAPI_KNATIVE_PROBE_OK) {
        settle(verdict, 0, false, NEAP_REASON_ZERO_WAITS);
        verdict->probing = true;
        return;
    }
    int64_t retention_ns = standing->unreachable ? 0 : limits->retention_ns;
    int64_t longest_ns = retention_ns > limits->grace_ns ? retention_ns : limits->grace_ns;
    bool retained = retention_ns > 0 && standing->state_ns < retention_ns;
    bool long_proxied = standing->proxied && standing->proxied_ns >= limits->grace_ns;
    if (standing->state_ns >= longest_ns || (!retained && long_proxied))
        settle(verdict, 0, true, NEAP_REASON_METRIC);
    else
        wait(verdict, 0, NEAP_REASON_ZERO_WAITS);
}

static void ask_for_zero(const struct neapi_knative_limits *limits,
                         const struct neapi_knative_standing *standing,
                         struct neapi_knative_verdict *verdict)
{
    if (!limits->scale_to_zero) {
        settle(verdict, 1, true, NEAP_REASON_ZERO_OFF);
        return;
    }
    switch (standing->state) {
    case NEAPI_KNATIVE_ACTIVATING:
        zero_while_activating(limits, standing, verdict);
        return;
    case NEAPI_KNATIVE_ACTIVE:
        zero_while_active(limits, standing, verdict);
        return;
    case NEAPI_KNATIVE_INACTIVE:
        zero_while_inactive(limits, standing, verdict);
        return;
    }
}

static int64_t bounded(const struct neapi_knative_limits *limits,
                       const struct neapi_knative_standing *standing, int64_t advised,
                       enum neap_reason *reason)
{
    int64_t min = limits->bounds.min, max = limits->bounds.max, initial = limits->initial_scale;
    *reason = NEAP_REASON_AT_MIN;
    if (initial > 1 && !standing->initialized && !standing->unreachable && initial > min) {
        min = initial;
        *reason = NEAP_REASON_INITIAL_SCALE;
    }
    if (advised < min)
        return min;
    *reason = NEAP_REASON_AT_MAX;
    if (max > 0 && advised > max)
        return max;
    *reason = NEAP_REASON_METRIC;
    return advised;
}

void neapi_knative_apply(const struct neapi_knative_limits *limits,
                         const struct neapi_knative_standing *standing, int64_t advised,
                         struct neapi_knative_verdict *verdict)
{
    *verdict =
        (struct neapi_knative_verdict){.replicas = advised, .reason = NEAP_REASON_NO_SAMPLES};
    if (advised < 0 && standing->state != NEAPI_KNATIVE_ACTIVATING)
        return;
    enum neap_reason reason;
    int64_t replicas = bounded(limits, standing, advised, &reason);
    if (replicas == 0)
        ask_for_zero(limits, standing, verdict);
    else
        settle(verdict, replicas, true, reason);
    verdict->apply = verdict->apply && verdict->replicas != standing->replicas;
}

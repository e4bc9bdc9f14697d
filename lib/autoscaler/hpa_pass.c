/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass of the controller over one HorizontalPodAutoscaler.
 *
 * Source: kubernetes/kubernetes, horizontal.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"

bool neapi_hpa_within(const struct neapi_hpa_rules *rules, double ratio)
{
    if (rules->tolerance_inclusive)
        return 1.0 - rules->tolerance_down <= ratio && ratio <= 1.0 + rules->tolerance_up;
    return fabs(1.0 - ratio) <= (ratio < 1 ? rules->tolerance_down : rules->tolerance_up);
}

/* The largest proposal. A metric that failed stops the size from falling, but not from rising or
 * staying. */
static struct neapi_hpa_proposal combine(const struct neapi_hpa_rules *rules,
                                         const struct neap_reading *reading)
{
    struct neapi_hpa_proposal best = {reading->replicas, (double)NAN, NEAP_REASON_NO_METRICS, true};
    struct neapi_hpa_proposal failed = best;
    size_t failures = 0;
    for (size_t i = 0; i < rules->signals_count; i++) {
        const struct neapi_hpa_signal *signal = &rules->signals[i];
        struct neapi_hpa_proposal one = signal->propose(signal, rules, reading);
        if (one.failed)
            failed = failures++ == 0 ? one : failed;
        else if (best.failed || one.replicas > best.replicas)
            best = one;
    }
    return failures > 0 && (best.failed || best.replicas < reading->replicas) ? failed : best;
}

/* The first pass remembers the size it finds, so that a controller that was just started does not
 * scale down before its window has passed. */
static void start(struct neapi_hpa *hpa, const struct neap_reading *reading)
{
    if (hpa->started)
        return;
    hpa->started = true;
    hpa->log.count = 1;
    hpa->log.entries[0] = (struct neapi_hpa_recommendation){reading->now_ns, reading->replicas};
}

static void normalize(struct neapi_hpa *hpa, struct neapi_hpa_outcome *outcome, int64_t current,
                      int64_t now_ns)
{
    int64_t raw = outcome->proposal.replicas, stable;
    if (hpa->rules.behavior) {
        stable = neapi_hpa_stabilize_behavior(hpa, current, raw, now_ns);
        outcome->desired =
            neapi_hpa_limit_behavior(hpa, current, stable, now_ns, &outcome->limited);
    } else {
        stable = neapi_hpa_stabilize(hpa, raw, now_ns);
        outcome->desired = neapi_hpa_limit(&hpa->rules, current, stable, &outcome->limited);
    }
    if (stable != raw)
        outcome->stabilized = hpa->rules.behavior && raw >= current ? NEAP_REASON_UP_STABILIZED
                                                                    : NEAP_REASON_DOWN_STABILIZED;
}

static void compute(struct neapi_hpa *hpa, const struct neap_reading *reading,
                    struct neapi_hpa_outcome *outcome)
{
    outcome->proposal = combine(&hpa->rules, reading);
    outcome->path = outcome->proposal.failed ? NEAPI_HPA_FAILED : NEAPI_HPA_COMPUTED;
    if (!outcome->proposal.failed)
        normalize(hpa, outcome, reading->replicas, reading->now_ns);
}

static void correct(struct neapi_hpa_outcome *outcome, int64_t bound, enum neap_reason reason)
{
    outcome->path = NEAPI_HPA_CORRECTED;
    outcome->proposal = (struct neapi_hpa_proposal){bound, (double)NAN, reason, false};
    outcome->desired = bound;
}

struct neapi_hpa_outcome neapi_hpa_pass(struct neapi_hpa *hpa, const struct neap_reading *reading)
{
    int64_t current = reading->replicas;
    struct neapi_hpa_outcome outcome = {
        .path = NEAPI_HPA_DISABLED,
        .proposal = {current, (double)NAN, NEAP_REASON_DISABLED, false},
        .desired = current,
        .stabilized = NEAP_REASON_METRIC,
        .limited = NEAP_REASON_METRIC};
    start(hpa, reading);
    if (current <= 0) /* no pod is left to be measured, so a CPU metric never wakes it up */
        return outcome;
    if (current > hpa->rules.max)
        correct(&outcome, hpa->rules.max, NEAP_REASON_ABOVE_MAX);
    else if (current < hpa->rules.min)
        correct(&outcome, hpa->rules.min, NEAP_REASON_BELOW_MIN);
    else
        compute(hpa, reading, &outcome);
    if (outcome.desired != current)
        neapi_hpa_record(hpa, current, outcome.desired, reading->now_ns);
    return outcome;
}

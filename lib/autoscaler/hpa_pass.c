/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass of the controller over one HorizontalPodAutoscaler.
 *
 * Source: kubernetes/kubernetes, horizontal.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

bool neapi_hpa_within(const struct neapi_hpa_rules *rules, double ratio)
{
    if (rules->tolerance_inclusive)
        return 1.0 - rules->tolerance_down <= ratio && ratio <= 1.0 + rules->tolerance_up;
    return fabs(1.0 - ratio) <= (ratio < 1 ? rules->tolerance_down : rules->tolerance_up);
}

void neapi_hpa_settle(const struct neapi_hpa_rules *rules, int64_t current, bool filled,
                      double first_ratio, struct neapi_hpa_proposal *proposal)
{
    double ratio = proposal->ratio;
    proposal->replicas = current;
    proposal->reason = NEAP_REASON_TOLERANCE;
    if (neapi_hpa_within(rules, ratio))
        return;
    proposal->reason = NEAP_REASON_UNSURE;
    if (filled && ((first_ratio < 1 && ratio > 1) || (first_ratio > 1 && ratio < 1)))
        return;
    int64_t wanted = neapi_to_int32(ceil(ratio * (double)proposal->pods));
    if (filled && ((ratio < 1 && wanted > current) || (ratio > 1 && wanted < current)))
        return;
    proposal->reason = NEAP_REASON_METRIC;
    proposal->replicas = wanted;
}

/* The largest of the proposals. A metric that failed stops the size from falling, but not from
 * rising or staying. True when some metric failed. */
static bool combine(const struct neap_reading *reading, struct neapi_hpa_outcome *outcome)
{
    const struct neapi_hpa_proposal *proposals = outcome->proposals;
    size_t best = 0, failed = outcome->proposals_count;
    for (size_t i = 0; i < outcome->proposals_count; i++) {
        if (proposals[i].failed && failed == outcome->proposals_count)
            failed = i;
        if (!proposals[i].failed &&
            (proposals[best].failed || proposals[i].replicas > proposals[best].replicas))
            best = i;
    }
    bool failures = failed < outcome->proposals_count;
    bool keeps = failures && proposals[best].replicas < reading->replicas;
    outcome->chosen = keeps || proposals[best].failed ? failed : best;
    return failures;
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
    if (current == 0 && outcome->desired < hpa->rules.min) { /* min was raised at zero */
        outcome->desired = hpa->rules.min;
        outcome->limited = NEAP_REASON_AT_MIN;
    }
    outcome->stable = stable;
    if (stable != raw)
        outcome->stabilized = hpa->rules.behavior && raw >= current ? NEAP_REASON_UP_STABILIZED
                                                                    : NEAP_REASON_DOWN_STABILIZED;
}

static void compute(struct neapi_hpa *hpa, const struct neap_reading *reading,
                    struct neapi_hpa_outcome *outcome)
{
    const struct neapi_hpa_rules *rules = &hpa->rules;
    outcome->proposals_count = rules->signals_count;
    outcome->chosen = 0;
    for (size_t i = 0; i < rules->signals_count; i++)
        rules->signals[i].propose(&rules->signals[i], rules, reading, &outcome->proposals[i]);
    outcome->incomplete =
        rules->signals_count > 1 ? combine(reading, outcome) : outcome->proposals[0].failed;
    outcome->proposal = outcome->proposals[outcome->chosen];
    if (outcome->proposal.failed) {
        outcome->path = NEAPI_HPA_FAILED;
        return;
    }
    outcome->path = NEAPI_HPA_COMPUTED;
    normalize(hpa, outcome, reading->replicas, reading->now_ns);
}

static void keep(struct neapi_hpa_outcome *outcome, enum neapi_hpa_path path, int64_t size,
                 enum neap_reason reason)
{
    outcome->path = path;
    outcome->proposals_count = outcome->chosen = 0;
    outcome->proposal = (struct neapi_hpa_proposal){.replicas = size,
                                                    .reason = reason,
                                                    .metric = (double)NAN,
                                                    .target = (double)NAN,
                                                    .ratio = (double)NAN};
    outcome->desired = outcome->stable = size;
}

bool neapi_hpa_sees_beyond_pods(const struct neapi_hpa_rules *rules)
{
    for (size_t i = 0; i < rules->signals_count; i++)
        if (rules->signals[i].source == NEAPI_HPA_OBJECT ||
            rules->signals[i].source == NEAPI_HPA_EXTERNAL)
            return true;
    return false;
}

/* At zero it is off, unless zero is where it may go: up to 1.36 by its min, since then by having
 * gone there itself. */
static bool is_disabled(const struct neapi_hpa *hpa)
{
    const struct neapi_hpa_rules *rules = &hpa->rules;
    if (!rules->zero_by_condition)
        return rules->min != 0;
    return !rules->scale_to_zero || hpa->zero != NEAPI_HPA_ZERO_TRUE ||
           (rules->min == 0 && !neapi_hpa_sees_beyond_pods(rules));
}

/* The condition behind a change to that size. */
static enum neapi_hpa_zero zero_after(const struct neapi_hpa_rules *rules, int64_t after)
{
    if (!rules->scale_to_zero)
        return NEAPI_HPA_ZERO_UNSET;
    if (after == 0 && rules->min == 0 && neapi_hpa_sees_beyond_pods(rules))
        return NEAPI_HPA_ZERO_TRUE;
    return NEAPI_HPA_ZERO_FALSE;
}

static void disable(struct neapi_hpa *hpa, struct neapi_hpa_outcome *outcome)
{
    keep(outcome, NEAPI_HPA_DISABLED, 0, NEAP_REASON_DISABLED);
    if (!hpa->rules.scale_to_zero)
        hpa->zero = NEAPI_HPA_ZERO_UNSET;
}

void neapi_hpa_pass(struct neapi_hpa *hpa, const struct neap_reading *reading,
                    struct neapi_hpa_outcome *outcome)
{
    int64_t current = reading->replicas;
    outcome->desired = outcome->stable = current;
    outcome->stabilized = outcome->limited = NEAP_REASON_METRIC;
    if (!hpa->started) {
        /* The size that a controller finds holds for a window after its start. */
        neapi_hpa_log_start(&hpa->log, current, reading->now_ns);
        hpa->started = true;
    }
    outcome->incomplete = false;
    if (current == 0 && is_disabled(hpa))
        disable(hpa, outcome);
    else if (current > hpa->rules.max)
        keep(outcome, NEAPI_HPA_CORRECTED, hpa->rules.max, NEAP_REASON_ABOVE_MAX);
    else if (current != 0 && current < hpa->rules.min)
        keep(outcome, NEAPI_HPA_CORRECTED, hpa->rules.min, NEAP_REASON_BELOW_MIN);
    else
        compute(hpa, reading, outcome);
    if (outcome->desired == current)
        return;
    neapi_hpa_record(hpa, current, outcome->desired, reading->now_ns);
    hpa->zero = zero_after(&hpa->rules, outcome->desired);
}

static void tell_metrics(const struct neapi_hpa_outcome *outcome, struct neap_decision *decision)
{
    decision->chosen = outcome->chosen;
    decision->metrics_count = outcome->proposals_count;
    for (size_t i = 0; i < outcome->proposals_count; i++) {
        const struct neapi_hpa_proposal *proposal = &outcome->proposals[i];
        decision->metrics[i] = (struct neap_decision_metric){.signal = proposal->signal,
                                                             .reason = proposal->reason,
                                                             .failed = proposal->failed,
                                                             .metric = proposal->metric,
                                                             .target = proposal->target,
                                                             .ratio = proposal->ratio,
                                                             .window_s = (double)NAN,
                                                             .pods = proposal->pods,
                                                             .replicas = proposal->replicas};
    }
}

void neapi_hpa_decision(const struct neapi_hpa_outcome *outcome, const struct neap_reading *reading,
                        struct neap_decision *decision)
{
    const struct neapi_hpa_proposal *proposal = &outcome->proposal;
    neapi_decision_keep(decision, reading, proposal->replicas, proposal->reason);
    decision->metric = proposal->metric;
    decision->signal = proposal->signal;
    decision->target = proposal->target;
    decision->ratio = proposal->ratio;
    decision->pods = proposal->pods;
    decision->stable = outcome->stable;
    neapi_decision_step(decision, outcome->stabilized, outcome->stable);
    neapi_decision_step(decision, outcome->limited, outcome->desired);
    tell_metrics(outcome, decision);
}

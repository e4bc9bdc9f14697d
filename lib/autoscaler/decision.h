/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a decision is filled in: first what was proposed, then rule by rule what became of it. */
#ifndef NEAP_AUTOSCALER_DECISION_H
#define NEAP_AUTOSCALER_DECISION_H

#include <math.h>

#include <neap/autoscaler.h>

/* A decision for that size that no metric had a part in, nor any rule yet. */
static inline void neapi_decision_keep(struct neap_decision *decision,
                                       const struct neap_reading *reading, int64_t size,
                                       enum neap_reason reason)
{
    /* Field by field: most of the arrays is never looked at. */
    decision->time_ns = reading->now_ns;
    decision->before = reading->replicas;
    decision->wanted = decision->after = decision->stable = size;
    decision->metric = decision->target = decision->ratio = (double)NAN;
    decision->reason = reason;
    decision->signal = NEAP_SIGNAL_NONE;
    decision->pods = decision->panic_until_ns = 0;
    decision->steps_count = 1;
    decision->steps[0].reason = reason;
    decision->steps[0].replicas = size;
    decision->metrics_count = decision->chosen = decision->alarms_count = 0;
}

/* A rule leaves that many replicas; nothing when it leaves all there were. */
static inline void neapi_decision_step(struct neap_decision *decision, enum neap_reason reason,
                                       int64_t replicas)
{
    if (replicas == decision->after)
        return;
    decision->after = replicas;
    decision->reason = reason;
    /* More rules than there are kinds of them do not happen; then the last ones are one. */
    if (decision->steps_count == NEAP_DECISION_STEPS &&
        decision->steps[NEAP_DECISION_STEPS - 2].replicas == replicas)
        decision->steps_count--;
    struct neap_decision_step *step =
        &decision->steps[decision->steps_count < NEAP_DECISION_STEPS ? decision->steps_count++
                                                                     : NEAP_DECISION_STEPS - 1];
    step->reason = reason;
    step->replicas = replicas;
}

/* Another reason for the size that was arrived at. */
static inline void neapi_decision_blame(struct neap_decision *decision, enum neap_reason reason)
{
    decision->reason = decision->steps[decision->steps_count - 1].reason = reason;
}

/* The next metric, to be filled in; what does not fit is written over the last one. */
static inline struct neap_decision_metric *neapi_decision_metric(struct neap_decision *decision)
{
    if (decision->metrics_count < NEAP_DECISION_METRICS)
        decision->metrics_count++;
    return &decision->metrics[decision->metrics_count - 1];
}

/* Puts a decision within bounds, the lower one first; the reason says so when that changes it. */
void neapi_decision_clamp(struct neap_decision *decision, int64_t min, int64_t max);

/* Steps for a decision that has none, from what it wanted, what came of it and why. */
void neapi_decision_complete(struct neap_decision *decision);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One evaluation of the keda kind: a poll when one is due, else a pass of the controller when that
 * is due. A poll that changes the size leaves none to the pass of the same moment, which in a
 * cluster comes a little earlier or later. */
#include <math.h>

#include "autoscaler/keda_kind.h"
#include "autoscaler/saturate.h"
#include "autoscaler/types.h"

void neapi_keda_reset(void *state)
{
    struct neapi_keda *keda = state;
    for (size_t i = 0; i < NEAPI_KEDA_TRIGGERS; i++)
        keda->triggers[i].failures = 0;
    keda->hpa.up.count = keda->hpa.down.count = 0;
    keda->hpa.started = keda->started = keda->ever_active = false;
    keda->clock.next_ns = INT64_MIN;
}

static void start(struct neapi_keda *keda, int64_t now_ns)
{
    keda->created_ns = keda->next_poll_ns = keda->next_sync_ns = now_ns;
    keda->started = true;
}

/* Whether it is due; then it is due again a period later, or after now when evaluations were left
 * out. */
static bool is_due(int64_t *next_ns, int64_t period_ns, int64_t now_ns)
{
    if (now_ns < *next_ns)
        return false;
    *next_ns = neapi_add(*next_ns, ((now_ns - *next_ns) / period_ns + 1) * period_ns);
    return true;
}

/* Inside when the end comes before the next start. */
static void look_at_clock(struct neapi_keda_clock *clock, int64_t now_ns)
{
    if (!clock->set || now_ns < clock->next_ns)
        return;
    int64_t start_ns = neapi_keda_cron_next(&clock->start, clock->zone, now_ns);
    int64_t end_ns = neapi_keda_cron_next(&clock->end, clock->zone, now_ns);
    clock->inside = end_ns <= start_ns;
    clock->next_ns = end_ns < start_ns ? end_ns : start_ns;
}

static void poll(struct neapi_keda *keda, const struct neap_reading *reading,
                 struct neapi_keda_verdict *verdict)
{
    struct neap_reading read = *reading;
    int64_t now_ns = reading->now_ns;
    struct neapi_keda_sight sight = {.current = reading->replicas,
                                     .active = keda->pods_only || keda->clock.inside,
                                     .ever_active = keda->ever_active,
                                     .since_active_ns = neapi_subtract(now_ns, keda->active_ns),
                                     .since_created_ns = neapi_subtract(now_ns, keda->created_ns)};
    for (size_t i = 0; i < NEAPI_KEDA_TRIGGERS; i++) {
        const struct neapi_keda_trigger *trigger = &keda->triggers[i];
        double value = *neapi_keda_reading_value(&read, i);
        if (isnan(trigger->target))
            continue;
        sight.error = sight.error || isnan(value);
        sight.active = sight.active || value > trigger->activation;
    }
    neapi_keda_poll(&keda->rules, &sight, verdict);
    if (verdict->active_now) {
        keda->ever_active = true;
        keda->active_ns = now_ns;
    }
}

/* Puts what KEDA passes on in the place of what was read; true when a fallback stands in. */
static bool pass_on(struct neapi_keda *keda, struct neap_reading *reading)
{
    bool stands_in = false;
    int64_t ready = keda->totals ? neapi_hpa_ready_replicas(reading) : -1;
    for (size_t i = 0; i < NEAPI_KEDA_TRIGGERS; i++) {
        struct neapi_keda_trigger *trigger = &keda->triggers[i];
        double *value = neapi_keda_reading_value(reading, i);
        if (isnan(trigger->target))
            continue;
        *value = neapi_keda_metric(&keda->fallback, *value, trigger->target, reading->replicas,
                                   ready, &trigger->failures);
        stands_in = stands_in || neapi_keda_falls_back(&keda->fallback, trigger->failures);
    }
    if (keda->clock.set)
        keda->hpa.rules.signals[keda->clock.signal].target =
            keda->clock.inside ? keda->clock.replicas : 1;
    return stands_in;
}

/* Whether the fallback stands in for what that metric reads. */
static bool falls_back(const struct neapi_keda *keda, enum neap_signal signal)
{
    for (size_t i = 0; i < NEAPI_KEDA_TRIGGERS; i++)
        if (neapi_keda_signals[i] == signal && !isnan(keda->triggers[i].target))
            return neapi_keda_falls_back(&keda->fallback, keda->triggers[i].failures);
    return false;
}

/* What the controller calls a metric is a trigger here. */
static void rename_reason(enum neap_reason *reason, bool stands_in)
{
    if (*reason == NEAP_REASON_UNREAD)
        *reason = NEAP_REASON_TRIGGER_FAILED;
    if (*reason == NEAP_REASON_METRIC && stands_in)
        *reason = NEAP_REASON_FALLBACK;
}

static void pass(struct neapi_keda *keda, const struct neap_reading *reading,
                 struct neap_decision *decision)
{
    struct neap_reading passed_on = *reading;
    bool stands_in = pass_on(keda, &passed_on);
    struct neapi_hpa_outcome outcome;
    neapi_hpa_pass(&keda->hpa, &passed_on, &outcome);
    neapi_hpa_decision(&outcome, reading, decision);
    for (size_t i = 0; i < decision->metrics_count; i++)
        rename_reason(&decision->metrics[i].reason, falls_back(keda, decision->metrics[i].signal));
    rename_reason(&decision->steps[0].reason, stands_in);
    decision->reason = decision->steps[decision->steps_count - 1].reason;
}

/* What a poll saw, held against what activates a trigger. */
static void tell_poll(const struct neapi_keda *keda, const struct neap_reading *reading,
                      struct neap_decision *decision)
{
    struct neap_reading read = *reading;
    for (size_t i = 0; i < NEAPI_KEDA_TRIGGERS; i++) {
        const struct neapi_keda_trigger *trigger = &keda->triggers[i];
        double value = *neapi_keda_reading_value(&read, i);
        if (isnan(trigger->target))
            continue;
        enum neap_signal signal = neapi_keda_signals[i];
        enum neap_reason seen =
            value > trigger->activation ? NEAP_REASON_ACTIVATED : NEAP_REASON_INACTIVE;
        *neapi_decision_metric(decision) = (struct neap_decision_metric){
            .signal = signal == NEAP_SIGNAL_RATE ? NEAP_SIGNAL_TOTAL_RATE : signal,
            .reason = isnan(value) ? NEAP_REASON_TRIGGER_FAILED : seen,
            .failed = isnan(value),
            .metric = value,
            .target = trigger->activation,
            .ratio = (double)NAN,
            .window_s = (double)NAN,
            .replicas = decision->after};
    }
    decision->chosen = decision->metrics_count; /* all of them together */
}

void neapi_keda_decide(void *state, const struct neap_reading *reading,
                       struct neap_decision *decision)
{
    struct neapi_keda *keda = state;
    int64_t now_ns = reading->now_ns, current = reading->replicas;
    if (!keda->started)
        start(keda, now_ns);
    look_at_clock(&keda->clock, now_ns);
    struct neapi_keda_verdict verdict = {current, false, NEAP_REASON_METRIC};
    bool polled = is_due(&keda->next_poll_ns, keda->polling_ns, now_ns);
    if (polled)
        poll(keda, reading, &verdict);
    bool due = is_due(&keda->next_sync_ns, keda->sync_ns, now_ns);
    neapi_decision_keep(decision, reading, verdict.replicas, verdict.reason);
    if (polled && (verdict.replicas != current || !due))
        tell_poll(keda, reading, decision);
    if (verdict.replicas != current)
        return;
    if (due)
        pass(keda, reading, decision);
    else if (verdict.reason == NEAP_REASON_METRIC)
        neapi_decision_blame(decision, NEAP_REASON_NOT_DUE);
    /* Why it is not nothing, or still nothing, says more than what the controller made of that. */
    if (decision->after == current && verdict.reason != NEAP_REASON_METRIC)
        neapi_decision_blame(decision, verdict.reason);
    else if (current == 0 && decision->reason == NEAP_REASON_DISABLED)
        neapi_decision_blame(decision, NEAP_REASON_INACTIVE);
}

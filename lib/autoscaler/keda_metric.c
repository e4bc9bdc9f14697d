/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What KEDA's triggers read, and the External metrics that its HorizontalPodAutoscaler makes of
 * them: with an average value as target shared out over the size that is observed, with a total
 * held against that and multiplied with the ready pods.
 *
 * Source: kedacore/keda, controllers/keda/hpa.go. */
#include "autoscaler/keda_kind.h"
#include "autoscaler/saturate.h"

const enum neap_signal neapi_keda_signals[NEAPI_KEDA_TRIGGERS] = {
    [NEAPI_KEDA_RATE] = NEAP_SIGNAL_RATE,
    [NEAPI_KEDA_IN_FLIGHT] = NEAP_SIGNAL_IN_FLIGHT,
    [NEAPI_KEDA_QUEUED] = NEAP_SIGNAL_QUEUED};

double *neapi_keda_reading_value(struct neap_reading *reading, size_t trigger)
{
    switch (trigger) {
    case NEAPI_KEDA_RATE:
        return &reading->request_rate;
    case NEAPI_KEDA_IN_FLIGHT:
        return &reading->in_flight;
    default:
        return &reading->queued;
    }
}

/* One replica for each that the clock asks for, so the target is 1 and what is in its place is the
 * number. */
void neapi_keda_propose_cron(const struct neapi_hpa_signal *signal,
                             const struct neapi_hpa_rules *rules,
                             const struct neap_reading *reading,
                             struct neapi_hpa_proposal *proposal)
{
    const struct neapi_hpa_signal one = {
        .target = 1000, .source = NEAPI_HPA_EXTERNAL, .signal = NEAP_SIGNAL_CRON};
    neapi_hpa_per_pod(&one, rules, neapi_hpa_status_replicas(reading),
                      neapi_multiply(signal->target, 1000), proposal);
    if (proposal->reason == NEAP_REASON_METRIC)
        proposal->reason = NEAP_REASON_CRON;
}

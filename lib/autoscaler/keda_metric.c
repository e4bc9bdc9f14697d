/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The External metrics that KEDA's HorizontalPodAutoscaler is given. With an average value as its
 * target a metric is shared out over the size that is observed; with a total as its target it is
 * held against that and multiplied with the ready pods.
 *
 * Source: kubernetes/kubernetes, replica_calculator.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/keda_kind.h"
#include "autoscaler/saturate.h"

static bool is_left(const struct neap_pods *pods)
{
    return pods->count > 0 && !pods->deleted && pods->phase != NEAP_POD_FAILED &&
           pods->phase != NEAP_POD_SUCCEEDED;
}

int64_t neapi_keda_status_replicas(const struct neap_reading *reading)
{
    int64_t pods = 0;
    for (size_t i = 0; i < reading->pods_count; i++)
        if (is_left(&reading->pods[i]))
            pods = neapi_add(pods, reading->pods[i].count);
    return pods;
}

int64_t neapi_keda_ready_replicas(const struct neap_reading *reading)
{
    int64_t pods = 0;
    for (size_t i = 0; i < reading->pods_count; i++)
        if (reading->pods[i].count > 0 && reading->pods[i].phase == NEAP_POD_RUNNING &&
            reading->pods[i].has_ready_condition && reading->pods[i].ready)
            pods = neapi_add(pods, reading->pods[i].count);
    return pods;
}

static void fail(struct neapi_hpa_proposal *proposal, const struct neapi_hpa_signal *signal,
                 enum neap_signal what, int64_t current, enum neap_reason reason)
{
    *proposal = (struct neapi_hpa_proposal){.replicas = current,
                                            .reason = reason,
                                            .failed = true,
                                            .signal = what,
                                            .metric = (double)NAN,
                                            .target = (double)signal->target / 1000,
                                            .ratio = (double)NAN};
}

static void settle(struct neapi_hpa_proposal *proposal, int64_t replicas, bool within)
{
    proposal->replicas = replicas;
    proposal->failed = false;
    proposal->reason = within ? NEAP_REASON_TOLERANCE : NEAP_REASON_METRIC;
}

/* Proposes the size observed, not the size asked for, when within tolerance of it. */
static void average(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                    const struct neap_reading *reading, double value, enum neap_signal what,
                    struct neapi_hpa_proposal *proposal)
{
    fail(proposal, signal, what, reading->replicas, NEAP_REASON_TRIGGER_FAILED);
    if (isnan(value))
        return;
    int64_t usage_m = neapi_to_int64(value * 1000), status = neapi_keda_status_replicas(reading);
    double ratio = (double)usage_m / ((double)signal->target * (double)status);
    bool within = neapi_hpa_within(rules, ratio);
    int64_t wanted = neapi_to_int32(ceil((double)usage_m / (double)signal->target));
    settle(proposal, within ? status : wanted, within);
    proposal->pods = status;
    proposal->metric = status > 0 ? (double)usage_m / 1000 / (double)status : value;
    proposal->ratio = status > 0 ? ratio : (double)NAN;
}

static void total(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                  const struct neap_reading *reading, double value, enum neap_signal what,
                  struct neapi_hpa_proposal *proposal)
{
    fail(proposal, signal, what, reading->replicas, NEAP_REASON_TRIGGER_FAILED);
    if (isnan(value))
        return;
    fail(proposal, signal, what, reading->replicas, NEAP_REASON_NO_PODS);
    if (neapi_keda_status_replicas(reading) == 0)
        return;
    proposal->ratio = (double)neapi_to_int64(value * 1000) / (double)signal->target;
    proposal->metric = value;
    proposal->pods = neapi_keda_ready_replicas(reading);
    bool within = neapi_hpa_within(rules, proposal->ratio);
    int64_t wanted = neapi_to_int32(ceil(proposal->ratio * (double)proposal->pods));
    settle(proposal, within ? reading->replicas : wanted, within);
}

#define PROPOSE(name, how, value, what)                                                          \
    static void name(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules, \
                     const struct neap_reading *reading, struct neapi_hpa_proposal *proposal)    \
    {                                                                                            \
        how(signal, rules, reading, value, what, proposal);                                      \
    }
PROPOSE(average_rate, average, reading->request_rate, NEAP_SIGNAL_RATE)
PROPOSE(average_in_flight, average, reading->in_flight, NEAP_SIGNAL_IN_FLIGHT)
PROPOSE(average_queued, average, reading->queued, NEAP_SIGNAL_QUEUED)
PROPOSE(total_rate, total, reading->request_rate, NEAP_SIGNAL_RATE)
PROPOSE(total_in_flight, total, reading->in_flight, NEAP_SIGNAL_IN_FLIGHT)
PROPOSE(total_queued, total, reading->queued, NEAP_SIGNAL_QUEUED)

const struct neapi_keda_trigger_kind neapi_keda_triggers[NEAPI_KEDA_TRIGGERS] = {
    [NEAPI_KEDA_RATE] = {average_rate, total_rate},
    [NEAPI_KEDA_IN_FLIGHT] = {average_in_flight, total_in_flight},
    [NEAPI_KEDA_QUEUED] = {average_queued, total_queued}};

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
    const struct neapi_hpa_signal one = {.target = 1000};
    average(&one, rules, reading, (double)signal->target, NEAP_SIGNAL_CRON, proposal);
    if (proposal->reason == NEAP_REASON_METRIC)
        proposal->reason = NEAP_REASON_CRON;
}

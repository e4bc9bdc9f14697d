/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Metrics of something else than pods (Object and External). With a Value as target the ratio
 * multiplies the pods that are ready, not the size asked for, and from zero pods it is the size
 * itself; with an AverageValue the value is shared out over the size that is observed.
 *
 * Source: kubernetes/kubernetes, replica_calculator.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

int64_t neapi_hpa_sum_samples(const int64_t *samples_m, size_t count)
{
    int64_t sum_m = 0;
    for (size_t i = 0; i < count; i++)
        sum_m = neapi_add(sum_m, samples_m[i]);
    return sum_m;
}

int64_t neapi_hpa_per_pod_usage_m(int64_t usage_m, int64_t status)
{
    return status == 0 ? 0 : neapi_to_int64(ceil((double)usage_m / (double)status));
}

static void propose_nothing(const struct neapi_hpa_signal *signal, int64_t current,
                            enum neap_reason reason, struct neapi_hpa_proposal *proposal)
{
    *proposal = (struct neapi_hpa_proposal){.replicas = current,
                                            .reason = reason,
                                            .failed = true,
                                            .source = signal->source,
                                            .signal = signal->signal,
                                            .metric = (double)NAN,
                                            .target = (double)signal->target / 1000,
                                            .ratio = (double)NAN};
}

int64_t neapi_hpa_ready_replicas(const struct neap_reading *reading)
{
    int64_t ready = 0;
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count > 0 && pods->phase == NEAP_POD_RUNNING && pods->has_ready_condition &&
            pods->ready)
            ready = neapi_add(ready, pods->count);
    }
    return ready;
}

static bool has_pods(const struct neap_reading *reading)
{
    for (size_t i = 0; i < reading->pods_count; i++)
        if (reading->pods[i].count > 0)
            return true;
    return false;
}

int64_t neapi_hpa_status_replicas(const struct neap_reading *reading)
{
    int64_t active = 0;
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count > 0 && !pods->deleted && pods->phase != NEAP_POD_FAILED &&
            pods->phase != NEAP_POD_SUCCEEDED)
            active = neapi_add(active, pods->count);
    }
    return active;
}

void neapi_hpa_value(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                     const struct neap_reading *reading, int64_t usage_m,
                     struct neapi_hpa_proposal *proposal)
{
    propose_nothing(signal, reading->replicas, NEAP_REASON_NO_PODS, proposal);
    if (reading->replicas != 0 && !has_pods(reading))
        return;
    proposal->failed = false;
    proposal->metric = (double)usage_m / 1000;
    proposal->ratio = (double)usage_m / (double)signal->target;
    proposal->pods = neapi_hpa_ready_replicas(reading);
    if (reading->replicas != 0) {
        neapi_hpa_settle(rules, reading->replicas, false, proposal->ratio, proposal);
        return;
    }
    proposal->pods = 1;
    proposal->reason = NEAP_REASON_METRIC;
    proposal->replicas = neapi_to_int32(ceil(proposal->ratio));
}

/* Without any pod it is no number, or without bound: not within any tolerance. */
static double per_pod_ratio(int64_t usage_m, int64_t target, int64_t status)
{
    if (status == 0)
        return usage_m == 0 ? (double)NAN : (double)INFINITY;
    return (double)usage_m / ((double)target * (double)status);
}

void neapi_hpa_per_pod(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                       int64_t status, int64_t usage_m, struct neapi_hpa_proposal *proposal)
{
    double ratio = per_pod_ratio(usage_m, signal->target, status);
    propose_nothing(signal, status, NEAP_REASON_TOLERANCE, proposal);
    proposal->failed = false;
    proposal->metric = (double)neapi_hpa_per_pod_usage_m(usage_m, status) / 1000;
    proposal->ratio = ratio;
    proposal->pods = status;
    if (neapi_hpa_within(rules, ratio))
        return;
    proposal->reason = NEAP_REASON_METRIC;
    proposal->replicas = neapi_to_int32(ceil((double)usage_m / (double)signal->target));
}

bool neapi_hpa_read(const struct neap_reading *reading, enum neap_signal signal, double *value_m)
{
    double value = (double)NAN;
    if (signal == NEAP_SIGNAL_RATE || signal == NEAP_SIGNAL_TOTAL_RATE)
        value = reading->request_rate;
    else if (signal == NEAP_SIGNAL_IN_FLIGHT)
        value = reading->in_flight;
    else if (signal == NEAP_SIGNAL_QUEUED)
        value = reading->queued;
    else if (signal == NEAP_SIGNAL_LATENCY)
        value = reading->latency_s;
    *value_m = value * 1000;
    return value >= 0; /* not NaN */
}

void neapi_hpa_propose_value(const struct neapi_hpa_signal *signal,
                             const struct neapi_hpa_rules *rules,
                             const struct neap_reading *reading,
                             struct neapi_hpa_proposal *proposal)
{
    double value_m;
    if (neapi_hpa_read(reading, signal->signal, &value_m))
        neapi_hpa_value(signal, rules, reading, neapi_to_int64(round(value_m)), proposal);
    else
        propose_nothing(signal, reading->replicas, NEAP_REASON_UNREAD, proposal);
}

void neapi_hpa_propose_per_pod(const struct neapi_hpa_signal *signal,
                               const struct neapi_hpa_rules *rules,
                               const struct neap_reading *reading,
                               struct neapi_hpa_proposal *proposal)
{
    double value_m;
    if (neapi_hpa_read(reading, signal->signal, &value_m))
        neapi_hpa_per_pod(signal, rules, neapi_hpa_status_replicas(reading),
                          neapi_to_int64(round(value_m)), proposal);
    else
        propose_nothing(signal, reading->replicas, NEAP_REASON_UNREAD, proposal);
}

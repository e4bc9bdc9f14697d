/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A metric that pods report themselves, held against an average value per pod: the mean over all
 * samples in whole thousandths, against a target in thousandths. Pods are classed as for CPU, but
 * whether one is ready is not looked at; a missing sample counts as the target when scaling down
 * and as nothing when scaling up.
 *
 * Requests per second is such a metric. A reading holds it as one number for the whole fleet,
 * which every pod with a sample gets an equal share of.
 *
 * Source: kubernetes/kubernetes, replica_calculator.go and metrics/utilization.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

void neapi_hpa_values_count(struct neapi_hpa_values *values, const struct neapi_hpa_rules *rules,
                            const struct neap_reading *reading)
{
    *values = (struct neapi_hpa_values){0};
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        enum neapi_hpa_class class = neapi_hpa_classify(rules, pods, reading->now_ns, false);
        if (pods->count <= 0)
            continue;
        values->listed = neapi_add(values->listed, pods->count);
        if (class == NEAPI_HPA_READY)
            values->ready = neapi_add(values->ready, pods->count);
        else if (class == NEAPI_HPA_UNREADY)
            values->unready = neapi_add(values->unready, pods->count);
        else if (class == NEAPI_HPA_MISSING)
            values->missing = neapi_add(values->missing, pods->count);
    }
}

static int64_t mean_m(int64_t sum_m, int64_t samples)
{
    return samples > 0 ? sum_m / samples : 0;
}

/* Ratio and number of pods once those without a sample are filled in. */
static void fill(const struct neapi_hpa_values *values, int64_t target_m,
                 struct neapi_hpa_proposal *proposal)
{
    int64_t sum_m = values->sum_m, samples = values->samples;
    double first = proposal->ratio;
    if (first != 1)
        samples = neapi_add(samples, values->missing);
    if (first < 1)
        sum_m = neapi_add(sum_m, neapi_multiply(values->missing, target_m));
    if (first > 1)
        samples = neapi_add(samples, values->unready);
    proposal->ratio = (double)mean_m(sum_m, samples) / (double)target_m;
    proposal->pods = samples;
}

void neapi_hpa_average(const struct neapi_hpa_values *values, int64_t target_m,
                       const struct neapi_hpa_rules *rules, int64_t current,
                       struct neapi_hpa_proposal *proposal)
{
    *proposal = (struct neapi_hpa_proposal){.replicas = current,
                                            .failed = true,
                                            .signal = NEAP_SIGNAL_RATE,
                                            .metric = (double)NAN,
                                            .target = (double)target_m / 1000,
                                            .ratio = (double)NAN};
    proposal->reason = values->listed == 0 ? NEAP_REASON_NO_PODS : NEAP_REASON_NO_METRICS;
    if (values->listed == 0 || values->samples == 0)
        return;
    int64_t average_m = mean_m(values->sum_m, values->samples);
    double first = (double)average_m / (double)target_m;
    bool filled = values->missing > 0 || (values->unready > 0 && first > 1);
    proposal->failed = false;
    proposal->metric = (double)average_m / 1000;
    proposal->ratio = first;
    proposal->pods = values->ready;
    if (filled)
        fill(values, target_m, proposal);
    neapi_hpa_settle(rules, current, filled, first, proposal);
}

void neapi_hpa_propose_rate(const struct neapi_hpa_signal *signal,
                            const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                            struct neapi_hpa_proposal *proposal)
{
    struct neapi_hpa_values values;
    neapi_hpa_values_count(&values, rules, reading);
    double rate_m = reading->request_rate * 1000;
    if (rate_m >= 0) /* not NaN */
        values.samples = neapi_add(values.ready, reading->unlisted_metrics);
    if (values.samples > 0)
        values.sum_m =
            neapi_multiply(values.samples, neapi_to_int64(rate_m / (double)values.samples));
    neapi_hpa_average(&values, signal->target, rules, reading->replicas, proposal);
}

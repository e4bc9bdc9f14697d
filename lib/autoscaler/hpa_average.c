/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A metric of each pod, held against an average value: the mean over all samples in whole
 * thousandths, against a target in thousandths. A missing sample counts as the target when scaling
 * down and as nothing when scaling up. For CPU pods are classed as for its utilisation; for other
 * metrics whether a pod is ready is not looked at.
 *
 * Requests per second, in flight or waiting are such metrics too. A reading holds each as one number
 * for the whole fleet, which every pod with a sample gets an equal share of; of a latency it gets
 * all.
 *
 * Source: kubernetes/kubernetes, replica_calculator.go and metrics/utilization.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

/* Signals that a reading holds for each pod, and how many thousandths their unit has. */
static int64_t thousandths(enum neap_signal signal)
{
    if (signal == NEAP_SIGNAL_CPU_VALUE || signal == NEAP_SIGNAL_VALUE)
        return 1;
    return signal == NEAP_SIGNAL_MEMORY_VALUE ? 1000 : 0;
}

/* Samples of CPU come with every pod that any metric is known of. */
static bool has_sample(const struct neapi_hpa_signal *signal, const struct neap_pods *pods,
                       int64_t *usage)
{
    if (thousandths(signal->signal) > 0)
        return neapi_hpa_usage(pods, signal->signal, signal->container, usage);
    return pods->has_metric;
}

static void count(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                  const struct neap_reading *reading, struct neapi_hpa_values *values)
{
    bool cpu = signal->signal == NEAP_SIGNAL_CPU_VALUE;
    int64_t unit = thousandths(signal->signal);
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        int64_t usage = 0;
        bool known = has_sample(signal, pods, &usage);
        enum neapi_hpa_class class = neapi_hpa_classify(rules, pods, reading->now_ns, known, cpu);
        if (pods->count <= 0)
            continue;
        values->listed = neapi_add(values->listed, pods->count);
        if (class == NEAPI_HPA_READY) {
            values->ready = neapi_add(values->ready, pods->count);
            values->sum_m =
                neapi_add(values->sum_m, neapi_multiply(pods->count, neapi_multiply(unit, usage)));
        } else if (class == NEAPI_HPA_UNREADY) {
            values->unready = neapi_add(values->unready, pods->count);
        } else if (class == NEAPI_HPA_MISSING) {
            values->missing = neapi_add(values->missing, pods->count);
        }
    }
}

static int64_t unlisted_m(const struct neap_reading *reading, enum neap_signal signal)
{
    if (signal == NEAP_SIGNAL_CPU_VALUE)
        return reading->unlisted_usage_m;
    if (signal == NEAP_SIGNAL_MEMORY_VALUE)
        return neapi_multiply(1000, reading->unlisted_memory_bytes);
    return reading->unlisted_value_m;
}

/* What one pod gets of a number that is the fleet's. */
static void share_out(const struct neapi_hpa_signal *signal, const struct neap_reading *reading,
                      struct neapi_hpa_values *values)
{
    double value_m;
    if (!neapi_hpa_read(reading, signal->signal, &value_m))
        values->samples = 0;
    if (values->samples == 0)
        return;
    if (signal->signal != NEAP_SIGNAL_LATENCY)
        value_m /= (double)values->samples;
    values->sum_m = neapi_multiply(values->samples, neapi_to_int64(value_m));
}

void neapi_hpa_values(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                      const struct neap_reading *reading, struct neapi_hpa_values *values)
{
    *values = (struct neapi_hpa_values){0};
    count(signal, rules, reading, values);
    values->samples = neapi_add(values->ready, reading->unlisted_metrics);
    if (thousandths(signal->signal) > 0)
        values->sum_m = neapi_add(values->sum_m, unlisted_m(reading, signal->signal));
    else
        share_out(signal, reading, values);
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

/* NEAP_REASON_METRIC when the samples have a mean. */
static enum neap_reason check(const struct neapi_hpa_signal *signal,
                              const struct neap_reading *reading,
                              const struct neapi_hpa_values *values)
{
    if (values->listed == 0)
        return NEAP_REASON_NO_PODS;
    for (size_t i = 0; i < reading->pods_count; i++)
        if (neapi_hpa_lacks_container(&reading->pods[i], signal->container))
            return NEAP_REASON_NO_CONTAINER;
    return values->samples == 0 ? NEAP_REASON_NO_METRICS : NEAP_REASON_METRIC;
}

void neapi_hpa_propose_average(const struct neapi_hpa_signal *signal,
                               const struct neapi_hpa_rules *rules,
                               const struct neap_reading *reading,
                               struct neapi_hpa_proposal *proposal)
{
    struct neapi_hpa_values values;
    neapi_hpa_values(signal, rules, reading, &values);
    *proposal = (struct neapi_hpa_proposal){.replicas = reading->replicas,
                                            .source = signal->source,
                                            .signal = signal->signal,
                                            .metric = (double)NAN,
                                            .target = (double)signal->target / 1000,
                                            .ratio = (double)NAN};
    proposal->reason = check(signal, reading, &values);
    proposal->failed = proposal->reason != NEAP_REASON_METRIC;
    if (proposal->failed)
        return;
    int64_t average_m = mean_m(values.sum_m, values.samples);
    double first = (double)average_m / (double)signal->target;
    bool filled = values.missing > 0 || (values.unready > 0 && first > 1);
    proposal->metric = (double)average_m / 1000;
    proposal->ratio = first;
    proposal->pods = values.ready;
    if (filled)
        fill(&values, signal->target, proposal);
    neapi_hpa_settle(rules, reading->replicas, filled, first, proposal);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The signal "CPU utilisation": use of all pods that count, as a whole percent of their requests,
 * against a target percent. Pods that count less:
 *
 *   class    who                                          scaling up      scaling down
 *   unready  pending, starting, sampled before ready      uses nothing    left out
 *   missing  no sample                                    uses nothing    uses its request or more
 *   ignored  deleted or ended                             left out        left out
 *
 * Source: kubernetes/kubernetes, replica_calculator.go and metrics/utilization.go. */
#include <math.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

/* A sample counts once its whole window lies behind the moment the pod became ready; a pod that
 * has been ready once goes on counting. */
static bool cpu_counts(const struct neapi_hpa_rules *rules, const struct neap_pods *pods,
                       int64_t now_ns)
{
    if (!pods->has_ready_condition || !pods->has_start)
        return false;
    if (neapi_add(pods->start_ns, rules->cpu_initialization_ns) > now_ns)
        return pods->ready && pods->metric_ns >= neapi_add(pods->ready_ns, pods->metric_window_ns);
    return pods->ready || neapi_add(pods->start_ns, rules->readiness_delay_ns) <= pods->ready_ns;
}

static inline enum neapi_hpa_class class_of(const struct neapi_hpa_rules *rules,
                                            const struct neap_pods *pods, int64_t now_ns, bool cpu)
{
    if (pods->deleted || pods->phase == NEAP_POD_FAILED || pods->phase == NEAP_POD_SUCCEEDED)
        return NEAPI_HPA_IGNORED;
    if (pods->phase == NEAP_POD_PENDING)
        return NEAPI_HPA_UNREADY;
    if (!pods->has_metric)
        return NEAPI_HPA_MISSING;
    return cpu && !cpu_counts(rules, pods, now_ns) ? NEAPI_HPA_UNREADY : NEAPI_HPA_READY;
}

enum neapi_hpa_class neapi_hpa_classify(const struct neapi_hpa_rules *rules,
                                        const struct neap_pods *pods, int64_t now_ns, bool cpu)
{
    return class_of(rules, pods, now_ns, cpu);
}

static inline void add(struct neapi_hpa_sum *sum, int64_t count, int64_t usage_m, int64_t request_m)
{
    sum->pods = neapi_add(sum->pods, count);
    sum->usage_m = neapi_add(sum->usage_m, neapi_multiply(count, usage_m));
    sum->request_m = neapi_add(sum->request_m, neapi_multiply(count, request_m));
}

void neapi_hpa_sum_add(struct neapi_hpa_sum *sum, const struct neap_pods *pods)
{
    if (pods->has_metric && pods->request_m >= 0)
        add(sum, pods->count, pods->usage_m, pods->request_m);
}

bool neapi_hpa_utilization(const struct neapi_hpa_sum *sum, int64_t target_percent,
                           struct neapi_hpa_utilization *utilization)
{
    if (sum->request_m == 0)
        return false;
    utilization->percent = neapi_clamp_int32(neapi_multiply(sum->usage_m, 100) / sum->request_m);
    utilization->ratio = (double)utilization->percent / (double)target_percent;
    return true;
}

int64_t neapi_hpa_average_m(const struct neapi_hpa_sum *sum)
{
    return sum->pods == 0 ? 0 : sum->usage_m / sum->pods;
}

/* A target above 100 % says that pods are meant to use more than they request. */
static int64_t presumed_usage_m(int64_t request_m, int64_t target_percent)
{
    return neapi_multiply(request_m, target_percent > 100 ? target_percent : 100) / 100;
}

void neapi_hpa_group(const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                     int64_t target_percent, struct neapi_hpa_group *group)
{
    *group = (struct neapi_hpa_group){0};
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count <= 0)
            continue;
        group->listed = neapi_add(group->listed, pods->count);
        group->lacks_request = group->lacks_request || pods->request_m < 0;
        switch (class_of(rules, pods, reading->now_ns, true)) {
        case NEAPI_HPA_READY:
            neapi_hpa_sum_add(&group->ready, pods);
            break;
        case NEAPI_HPA_UNREADY:
            add(&group->unready, pods->count, 0, pods->request_m);
            break;
        case NEAPI_HPA_MISSING:
            add(&group->missing, pods->count, presumed_usage_m(pods->request_m, target_percent),
                pods->request_m);
            break;
        case NEAPI_HPA_IGNORED:
            break;
        }
    }
}

static void merge(struct neapi_hpa_sum *sum, const struct neapi_hpa_sum *part, bool with_usage)
{
    sum->pods = neapi_add(sum->pods, part->pods);
    sum->request_m = neapi_add(sum->request_m, part->request_m);
    if (with_usage)
        sum->usage_m = neapi_add(sum->usage_m, part->usage_m);
}

/* What counts when the first look at the ready pods alone says to scale up, down, or neither. */
static struct neapi_hpa_sum fill(const struct neapi_hpa_group *group, double first_ratio)
{
    struct neapi_hpa_sum sum = group->ready;
    if (first_ratio < 1)
        merge(&sum, &group->missing, true);
    if (first_ratio > 1) {
        merge(&sum, &group->missing, false);
        merge(&sum, &group->unready, true);
    }
    return sum;
}

static void decide(const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                   const struct neapi_hpa_group *group, int64_t target_percent,
                   struct neapi_hpa_proposal *proposal)
{
    double first = proposal->ratio;
    bool filled = group->missing.pods > 0 || (group->unready.pods > 0 && first > 1);
    proposal->pods = group->ready.pods;
    if (filled) {
        struct neapi_hpa_utilization used = {0, 0};
        struct neapi_hpa_sum sum = fill(group, first);
        (void)neapi_hpa_utilization(&sum, target_percent, &used); /* requests only grew */
        proposal->ratio = used.ratio;
        proposal->pods = neapi_add(sum.pods, reading->unlisted_metrics);
    }
    neapi_hpa_settle(rules, reading->replicas, filled, first, proposal);
}

/* NEAP_REASON_METRIC when the group can be measured. */
static enum neap_reason check(const struct neapi_hpa_group *group, int64_t unlisted_metrics)
{
    if (group->listed == 0)
        return NEAP_REASON_NO_PODS;
    if (group->lacks_request)
        return NEAP_REASON_NO_REQUEST;
    if (group->ready.pods == 0 && unlisted_metrics == 0)
        return NEAP_REASON_NO_METRICS;
    return group->ready.request_m == 0 ? NEAP_REASON_ZERO_REQUEST : NEAP_REASON_METRIC;
}

void neapi_hpa_propose_cpu(const struct neapi_hpa_signal *signal,
                           const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                           struct neapi_hpa_proposal *proposal)
{
    struct neapi_hpa_group group;
    struct neapi_hpa_utilization first;
    neapi_hpa_group(rules, reading, signal->target, &group);
    *proposal = (struct neapi_hpa_proposal){.replicas = reading->replicas,
                                            .signal = NEAP_SIGNAL_CPU,
                                            .metric = (double)NAN,
                                            .target = (double)signal->target / 100,
                                            .ratio = (double)NAN};
    proposal->reason = check(&group, reading->unlisted_metrics);
    proposal->failed = proposal->reason != NEAP_REASON_METRIC ||
                       !neapi_hpa_utilization(&group.ready, signal->target, &first);
    if (proposal->failed)
        return;
    proposal->metric = (double)first.percent / 100;
    proposal->ratio = first.ratio;
    decide(rules, reading, &group, signal->target, proposal);
}

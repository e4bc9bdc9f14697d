/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Use of CPU or memory by all pods that count, as a whole percent of their requests, against a target
 * percent. Pods that count less:
 *
 *   class    who                                          scaling up      scaling down
 *   unready  pending; for CPU also starting, or           uses nothing    left out
 *            sampled before ready
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
                                            const struct neap_pods *pods, int64_t now_ns,
                                            bool has_metric, bool cpu)
{
    if (pods->deleted || pods->phase == NEAP_POD_FAILED || pods->phase == NEAP_POD_SUCCEEDED)
        return NEAPI_HPA_IGNORED;
    if (pods->phase == NEAP_POD_PENDING)
        return NEAPI_HPA_UNREADY;
    if (!has_metric)
        return NEAPI_HPA_MISSING;
    return cpu && !cpu_counts(rules, pods, now_ns) ? NEAPI_HPA_UNREADY : NEAPI_HPA_READY;
}

enum neapi_hpa_class neapi_hpa_classify(const struct neapi_hpa_rules *rules,
                                        const struct neap_pods *pods, int64_t now_ns,
                                        bool has_metric, bool cpu)
{
    return class_of(rules, pods, now_ns, has_metric, cpu);
}

static inline void add(struct neapi_hpa_sum *sum, int64_t count, int64_t usage, int64_t request)
{
    sum->pods = neapi_add(sum->pods, count);
    sum->usage = neapi_add(sum->usage, neapi_multiply(count, usage));
    sum->request = neapi_add(sum->request, neapi_multiply(count, request));
}

void neapi_hpa_sum_add(struct neapi_hpa_sum *sum, int64_t pods, int64_t usage, int64_t request)
{
    if (usage >= 0 && request >= 0)
        add(sum, pods, usage, request);
}

bool neapi_hpa_utilization(const struct neapi_hpa_sum *sum, int64_t target_percent,
                           struct neapi_hpa_utilization *utilization)
{
    if (sum->request == 0)
        return false;
    utilization->percent = neapi_clamp_int32(neapi_multiply(sum->usage, 100) / sum->request);
    utilization->ratio = (double)utilization->percent / (double)target_percent;
    return true;
}

int64_t neapi_hpa_mean(const struct neapi_hpa_sum *sum)
{
    return sum->pods == 0 ? 0 : sum->usage / sum->pods;
}

/* A target above 100 % says that pods are meant to use more than they request. */
static int64_t presumed_usage(int64_t request, int64_t target_percent)
{
    return neapi_multiply(request, target_percent > 100 ? target_percent : 100) / 100;
}

/* What a cohort uses and requests, each below 0 for nothing known. */
struct cohort {
    int64_t usage, request;
};

static inline struct cohort look_at(const struct neapi_hpa_signal *signal,
                                    const struct neapi_hpa_rules *rules,
                                    const struct neap_pods *pods, struct neapi_hpa_group *group)
{
    struct cohort cohort = {-1, -1};
    if (signal->signal == NEAP_SIGNAL_CPU && pods->containers_count == 0) { /* nearly always */
        cohort.usage = pods->has_metric ? pods->usage_m : -1;
        cohort.request = pods->request_m;
        if (cohort.request < 0)
            group->refused = NEAP_REASON_NO_REQUEST;
        return cohort;
    }
    enum neap_reason reason = neapi_hpa_request(pods, signal->signal, signal->container,
                                                rules->pod_level, &cohort.request);
    if (reason != NEAP_REASON_METRIC)
        group->refused = reason;
    if (!neapi_hpa_usage(pods, signal->signal, signal->container, &cohort.usage))
        cohort.usage = -1;
    return cohort;
}

void neapi_hpa_group(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                     const struct neap_reading *reading, struct neapi_hpa_group *group)
{
    bool cpu = signal->signal == NEAP_SIGNAL_CPU;
    *group = (struct neapi_hpa_group){.refused = NEAP_REASON_METRIC};
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count <= 0)
            continue;
        struct cohort cohort = look_at(signal, rules, pods, group);
        group->listed = neapi_add(group->listed, pods->count);
        switch (class_of(rules, pods, reading->now_ns, cohort.usage >= 0, cpu)) {
        case NEAPI_HPA_READY:
            neapi_hpa_sum_add(&group->ready, pods->count, cohort.usage, cohort.request);
            break;
        case NEAPI_HPA_UNREADY:
            add(&group->unready, pods->count, 0, cohort.request);
            break;
        case NEAPI_HPA_MISSING:
            add(&group->missing, pods->count, presumed_usage(cohort.request, signal->target),
                cohort.request);
            break;
        case NEAPI_HPA_IGNORED:
            break;
        }
    }
}

static void merge(struct neapi_hpa_sum *sum, const struct neapi_hpa_sum *part, bool with_usage)
{
    sum->pods = neapi_add(sum->pods, part->pods);
    sum->request = neapi_add(sum->request, part->request);
    if (with_usage)
        sum->usage = neapi_add(sum->usage, part->usage);
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
    if (group->refused != NEAP_REASON_METRIC)
        return group->refused;
    if (group->ready.pods == 0 && unlisted_metrics == 0)
        return NEAP_REASON_NO_METRICS;
    return group->ready.request == 0 ? NEAP_REASON_ZERO_REQUEST : NEAP_REASON_METRIC;
}

void neapi_hpa_propose_utilization(const struct neapi_hpa_signal *signal,
                                   const struct neapi_hpa_rules *rules,
                                   const struct neap_reading *reading,
                                   struct neapi_hpa_proposal *proposal)
{
    struct neapi_hpa_group group;
    struct neapi_hpa_utilization first;
    neapi_hpa_group(signal, rules, reading, &group);
    *proposal = (struct neapi_hpa_proposal){.replicas = reading->replicas,
                                            .source = signal->source,
                                            .signal = signal->signal,
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

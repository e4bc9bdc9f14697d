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

enum neapi_hpa_class neapi_hpa_classify(const struct neapi_hpa_rules *rules,
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

static void add(struct neapi_hpa_sum *sum, int64_t count, int64_t usage_m, int64_t request_m)
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

struct neapi_hpa_group neapi_hpa_group(const struct neapi_hpa_rules *rules,
                                       const struct neap_reading *reading, int64_t target_percent)
{
    struct neapi_hpa_group group = {0};
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count <= 0)
            continue;
        group.listed = neapi_add(group.listed, pods->count);
        group.lacks_request = group.lacks_request || pods->request_m < 0;
        switch (neapi_hpa_classify(rules, pods, reading->now_ns, true)) {
        case NEAPI_HPA_READY:
            neapi_hpa_sum_add(&group.ready, pods);
            break;
        case NEAPI_HPA_UNREADY:
            add(&group.unready, pods->count, 0, pods->request_m);
            break;
        case NEAPI_HPA_MISSING:
            add(&group.missing, pods->count, presumed_usage_m(pods->request_m, target_percent),
                pods->request_m);
            break;
        case NEAPI_HPA_IGNORED:
            break;
        }
    }
    return group;
}

static void merge(struct neapi_hpa_sum *sum, const struct neapi_hpa_sum *part, bool with_usage)
{
    sum->pods = neapi_add(sum->pods, part->pods);
    sum->request_m = neapi_add(sum->request_m, part->request_m);
    if (with_usage)
        sum->usage_m = neapi_add(sum->usage_m, part->usage_m);
}

static struct neapi_hpa_proposal
propose(int64_t replicas, const struct neapi_hpa_utilization *first, enum neap_reason reason)
{
    return (struct neapi_hpa_proposal){replicas, (double)first->percent / 100, reason, false};
}

/* The proposal once pods without a usable sample are filled in: it must not point the other way
 * than the proposal without them, nor past the current size. */
static struct neapi_hpa_proposal propose_filled(const struct neapi_hpa_signal *signal,
                                                const struct neapi_hpa_rules *rules,
                                                const struct neap_reading *reading,
                                                const struct neapi_hpa_group *group,
                                                const struct neapi_hpa_utilization *first)
{
    struct neapi_hpa_sum sum = group->ready;
    struct neapi_hpa_utilization filled = *first;
    int64_t current = reading->replicas;
    bool up = first->ratio > 1, down = first->ratio < 1;
    if (up || down)
        merge(&sum, &group->missing, down);
    if (up)
        merge(&sum, &group->unready, true);
    (void)neapi_hpa_utilization(&sum, signal->target, &filled); /* requests only grew */
    if (neapi_hpa_within(rules, filled.ratio))
        return propose(current, first, NEAP_REASON_TOLERANCE);
    if ((down && filled.ratio > 1) || (up && filled.ratio < 1))
        return propose(current, first, NEAP_REASON_UNSURE);
    int64_t samples = neapi_add(sum.pods, reading->unlisted_metrics);
    int64_t wanted = neapi_to_int32(ceil(filled.ratio * (double)samples));
    if ((filled.ratio < 1 && wanted > current) || (filled.ratio > 1 && wanted < current))
        return propose(current, first, NEAP_REASON_UNSURE);
    return propose(wanted, first, NEAP_REASON_METRIC);
}

static struct neapi_hpa_proposal fail(int64_t current, enum neap_reason reason)
{
    return (struct neapi_hpa_proposal){current, (double)NAN, reason, true};
}

struct neapi_hpa_proposal neapi_hpa_propose_cpu(const struct neapi_hpa_signal *signal,
                                                const struct neapi_hpa_rules *rules,
                                                const struct neap_reading *reading)
{
    int64_t current = reading->replicas;
    struct neapi_hpa_utilization first;
    struct neapi_hpa_group group = neapi_hpa_group(rules, reading, signal->target);
    if (group.listed == 0)
        return fail(current, NEAP_REASON_NO_PODS);
    if (group.lacks_request)
        return fail(current, NEAP_REASON_NO_REQUEST);
    if (group.ready.pods == 0 && reading->unlisted_metrics == 0)
        return fail(current, NEAP_REASON_NO_METRICS);
    if (!neapi_hpa_utilization(&group.ready, signal->target, &first))
        return fail(current, NEAP_REASON_ZERO_REQUEST);
    if (group.missing.pods > 0 || (group.unready.pods > 0 && first.ratio > 1))
        return propose_filled(signal, rules, reading, &group, &first);
    if (neapi_hpa_within(rules, first.ratio))
        return propose(current, &first, NEAP_REASON_TOLERANCE);
    int64_t wanted = neapi_to_int32(ceil(first.ratio * (double)group.ready.pods));
    return propose(wanted, &first, NEAP_REASON_METRIC);
}

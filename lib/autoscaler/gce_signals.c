/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The size that each signal of a managed instance group asks for: load over what one instance is
 * meant to take. CPU use of instances that are still initialising, too young or not yet ready, does
 * not make the group larger; whether it keeps it from becoming smaller the documentation describes
 * either way.
 *
 * Source: cloud.google.com/compute/docs/autoscaler. */
#include <math.h>

#include "autoscaler/gce_impl.h"
#include "autoscaler/saturate.h"

/* What sums of decimals are off by in binary must not start an instance. */
static const double rounding = 1e-9;

int64_t neapi_gce_round(double size)
{
    return neapi_to_int32(ceil(size - rounding * fabs(size)));
}

struct load {
    double share;    /* of an instance's CPU, summed */
    int64_t sampled; /* instances */
    int64_t missing; /* that should have a sample */
};

struct loads {
    struct load initialized, all;
    int64_t listed;
    bool lacks_request;
};

static bool is_gone(const struct neap_pods *pods)
{
    return pods->deleted || pods->phase == NEAP_POD_FAILED || pods->phase == NEAP_POD_SUCCEEDED;
}

static bool is_initialized(const struct neapi_gce_rules *rules, const struct neap_pods *pods,
                           int64_t now_ns)
{
    return pods->phase == NEAP_POD_RUNNING && pods->ready &&
           (!pods->has_start || neapi_add(pods->start_ns, rules->initialization_ns) <= now_ns);
}

static void add(struct load *load, const struct neap_pods *pods)
{
    load->sampled = neapi_add(load->sampled, pods->count);
    load->share += (double)pods->count * (double)pods->usage_m / (double)pods->request_m;
}

static struct loads sum(const struct neapi_gce_rules *rules, const struct neap_reading *reading)
{
    struct loads loads = {{0, 0, 0}, {0, 0, 0}, 0, false};
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count <= 0 || is_gone(pods))
            continue;
        bool initialized = is_initialized(rules, pods, reading->now_ns);
        loads.listed = neapi_add(loads.listed, pods->count);
        loads.lacks_request = loads.lacks_request || pods->request_m <= 0;
        if (loads.lacks_request)
            continue;
        if (pods->has_metric) {
            add(&loads.all, pods);
            if (initialized)
                add(&loads.initialized, pods);
        } else if (initialized) {
            loads.all.missing = neapi_add(loads.all.missing, pods->count);
            loads.initialized.missing = loads.all.missing;
        }
    }
    return loads;
}

/* Instances without a sample are taken to be as busy as the others. */
static double instances_busy(const struct load *load)
{
    if (load->sampled == 0)
        return 0;
    double busy = load->share;
    return busy + busy / (double)load->sampled * (double)load->missing;
}

static void need_cpu(const struct neapi_gce_rules *rules, const struct neap_reading *reading,
                     struct neapi_gce_need *need)
{
    struct loads loads = sum(rules, reading);
    *need = (struct neapi_gce_need){.size = reading->replicas,
                                    .failed = true,
                                    .signal = NEAP_SIGNAL_CPU,
                                    .metric = (double)NAN,
                                    .target = rules->target_cpu_share,
                                    .instances = loads.listed};
    need->reason = loads.listed == 0     ? NEAP_REASON_NO_PODS
                   : loads.lacks_request ? NEAP_REASON_NO_REQUEST
                                         : NEAP_REASON_NO_METRICS;
    if (loads.listed == 0 || loads.lacks_request || loads.all.sampled == 0)
        return;
    double with = instances_busy(&loads.all), without = instances_busy(&loads.initialized);
    int64_t out = neapi_gce_round(without / need->target);
    int64_t in = rules->ignores_when_falling ? out : neapi_gce_round(with / need->target);
    bool rises = out > reading->replicas, falls = !rises && in < reading->replicas;
    double busy = rises || rules->ignores_when_falling ? without : with;
    need->failed = false;
    need->metric = busy / (double)loads.listed;
    need->size = rises ? out : falls ? in : reading->replicas;
    need->reason = !rises && in > reading->replicas ? NEAP_REASON_INITIALIZING : NEAP_REASON_METRIC;
}

/* A load of the whole group, of which each instance is meant to have target. */
static void need_shared(double load, double target, enum neap_signal signal,
                        const struct neap_reading *reading, struct neapi_gce_need *need)
{
    int64_t instances = reading->replicas > 0 ? reading->replicas : 1;
    bool read = load >= 0; /* not NaN */
    *need =
        (struct neapi_gce_need){.size = read ? neapi_gce_round(load / target) : reading->replicas,
                                .reason = read ? NEAP_REASON_METRIC : NEAP_REASON_UNREAD,
                                .failed = !read,
                                .signal = signal,
                                .metric = read ? load / (double)instances : (double)NAN,
                                .target = target,
                                .instances = instances};
}

size_t neapi_gce_largest(const struct neapi_gce_need *needs, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (needs[i].size > needs[best].size ||
            (needs[i].size == needs[best].size && needs[best].failed))
            best = i;
    return best;
}

size_t neapi_gce_needs(const struct neapi_gce_rules *rules, const struct neap_reading *reading,
                       struct neapi_gce_need needs[NEAPI_GCE_SIGNALS])
{
    const struct {
        double load, target;
        enum neap_signal signal;
    } shared[] = {{reading->request_rate, rules->target_rate, NEAP_SIGNAL_RATE},
                  {reading->in_flight, rules->target_in_flight, NEAP_SIGNAL_IN_FLIGHT},
                  {reading->queued, rules->target_queued, NEAP_SIGNAL_QUEUED}};
    size_t count = 0;
    if (!isnan(rules->target_cpu_share))
        need_cpu(rules, reading, &needs[count++]);
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
        if (!isnan(shared[i].target))
            need_shared(shared[i].load, shared[i].target, shared[i].signal, reading,
                        &needs[count++]);
    return count;
}

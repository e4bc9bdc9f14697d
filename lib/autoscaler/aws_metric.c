/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readings as points of CloudWatch metrics. CPU and memory use of an ECS service is what its tasks use of what
 * they reserve, all added up; nothing is emitted when there is no task, and a target that is not
 * healthy does not divide the requests. Values are doubles, and not cut to whole percent.
 *
 * Sources: Amazon ECS developer guide, service utilisation metrics; Application Load Balancer,
 * RequestCountPerTarget. */
#include <math.h>

#include "autoscaler/aws_impl.h"
#include "autoscaler/saturate.h"

static bool runs(const struct neap_pods *pods)
{
    return pods->count > 0 && !pods->deleted && pods->phase == NEAP_POD_RUNNING;
}

static bool warm(const struct neap_pods *pods, int64_t now_ns, int64_t warm_up_ns)
{
    return runs(pods) && pods->ready && neapi_subtract(now_ns, pods->ready_ns) >= warm_up_ns;
}

int64_t neapi_aws_warm(const struct neap_reading *reading, int64_t warm_up_ns)
{
    int64_t count = 0;
    for (size_t i = 0; i < reading->pods_count; i++)
        if (warm(&reading->pods[i], reading->now_ns, warm_up_ns))
            count = neapi_add(count, reading->pods[i].count);
    return count;
}

/* What a replica uses of what it reserves, with the sample that says so. */
static bool measured(enum neapi_aws_metric metric, const struct neap_pods *pods, int64_t *used,
                     int64_t *reserved)
{
    bool memory = metric == NEAPI_AWS_MEMORY;
    *used = memory ? pods->memory_bytes : pods->usage_m;
    *reserved = memory ? pods->memory_request_bytes : pods->request_m;
    return (memory ? pods->has_memory : pods->has_metric) && *reserved > 0;
}

static double percent_used(enum neapi_aws_metric metric, const struct neap_reading *reading,
                           int64_t warm_up_ns)
{
    int64_t all_used = 0, all_reserved = 0, used, reserved;
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (!runs(pods) || !measured(metric, pods, &used, &reserved))
            continue;
        if (warm_up_ns > 0 && !warm(pods, reading->now_ns, warm_up_ns))
            continue;
        all_used = neapi_add(all_used, neapi_multiply(pods->count, used));
        all_reserved = neapi_add(all_reserved, neapi_multiply(pods->count, reserved));
    }
    return all_reserved > 0 ? (double)all_used * 100 / (double)all_reserved : (double)NAN;
}

static double rate_per_target(const struct neap_reading *reading)
{
    int64_t healthy = neapi_aws_warm(reading, INT64_MIN);
    return healthy > 0 ? reading->request_rate / (double)healthy : (double)NAN;
}

double neapi_aws_point(enum neapi_aws_metric metric, const struct neap_reading *reading,
                       int64_t warm_up_ns)
{
    return metric == NEAPI_AWS_RATE ? rate_per_target(reading)
                                    : percent_used(metric, reading, warm_up_ns);
}

double neapi_aws_percent(double share)
{
    return round(share * 1e8) / 1e6;
}

enum neap_signal neapi_aws_signal(enum neapi_aws_metric metric)
{
    static const enum neap_signal signals[NEAPI_AWS_METRICS] = {
        [NEAPI_AWS_CPU] = NEAP_SIGNAL_CPU,
        [NEAPI_AWS_MEMORY] = NEAP_SIGNAL_MEMORY,
        [NEAPI_AWS_RATE] = NEAP_SIGNAL_RATE};
    return signals[metric];
}

double neapi_aws_reported(enum neapi_aws_metric metric, double value)
{
    return metric == NEAPI_AWS_RATE ? value : value / 100;
}

/* --- series ----------------------------------------------------------------------------------- */

void neapi_aws_series_push(struct neapi_aws_series *series, double value)
{
    series->newest = series->newest + 1 < series->capacity ? series->newest + 1 : 0;
    series->value[series->newest] = value;
    series->count += series->count < series->capacity;
}

double neapi_aws_series_at(const struct neapi_aws_series *series, size_t age)
{
    if (age >= series->count)
        return (double)NAN;
    size_t newest = series->newest;
    return series->value[newest >= age ? newest - age : newest + series->capacity - age];
}

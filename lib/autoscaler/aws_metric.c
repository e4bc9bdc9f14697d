/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readings as points of CloudWatch metrics. CPU use of an ECS service is what its tasks use of what
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

static double cpu_percent(const struct neap_reading *reading, int64_t warm_up_ns)
{
    int64_t used_m = 0, reserved_m = 0;
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (!runs(pods) || !pods->has_metric || pods->request_m <= 0)
            continue;
        if (warm_up_ns > 0 && !warm(pods, reading->now_ns, warm_up_ns))
            continue;
        used_m = neapi_add(used_m, neapi_multiply(pods->count, pods->usage_m));
        reserved_m = neapi_add(reserved_m, neapi_multiply(pods->count, pods->request_m));
    }
    return reserved_m > 0 ? (double)used_m * 100 / (double)reserved_m : (double)NAN;
}

static double rate_per_target(const struct neap_reading *reading)
{
    int64_t healthy = neapi_aws_warm(reading, INT64_MIN);
    return healthy > 0 ? reading->request_rate / (double)healthy : (double)NAN;
}

double neapi_aws_point(enum neapi_aws_metric metric, const struct neap_reading *reading,
                       int64_t warm_up_ns)
{
    return metric == NEAPI_AWS_CPU ? cpu_percent(reading, warm_up_ns) : rate_per_target(reading);
}

double neapi_aws_percent(double share)
{
    return round(share * 1e8) / 1e6;
}

enum neap_signal neapi_aws_signal(enum neapi_aws_metric metric)
{
    return metric == NEAPI_AWS_CPU ? NEAP_SIGNAL_CPU : NEAP_SIGNAL_RATE;
}

double neapi_aws_reported(enum neapi_aws_metric metric, double value)
{
    return metric == NEAPI_AWS_CPU ? value / 100 : value;
}

/* --- series
 * ------------------------------------------------------------------------------------------ */

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

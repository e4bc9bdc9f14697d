/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many jobs KEDA starts for a queue.
 *
 * Source: kedacore/keda, pkg/scaling/executor/scale_jobs.go and pkg/scaling/scaledjob/metrics.go. */
#include <math.h>

#include "autoscaler/keda_impl.h"
#include "autoscaler/saturate.h"

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static int64_t custom(const struct neapi_keda_job_rules *rules, int64_t running, int64_t most)
{
    if (isnan(rules->deduction) && isnan(rules->running_share))
        return most - running;
    int64_t deduction = neapi_to_int64(or_zero(rules->deduction));
    int64_t counted = neapi_to_int64((double)running * or_zero(rules->running_share));
    return lesser(most - deduction - counted, rules->max);
}

static int64_t accurate(const struct neapi_keda_job_rules *rules, int64_t running, int64_t pending,
                        int64_t most)
{
    if (most + running - pending > rules->max)
        return rules->max - running;
    return most - pending;
}

void neapi_keda_count_jobs(const struct neapi_keda_job_rules *rules, int64_t running,
                           int64_t pending, struct neapi_keda_jobs *jobs)
{
    if (running < rules->min) {
        jobs->most = jobs->to = rules->min - running;
        return;
    }
    int64_t beyond = running - rules->min;
    switch (rules->strategy) {
    case NEAPI_KEDA_DEFAULT:
        jobs->most -= beyond;
        return;
    case NEAPI_KEDA_CUSTOM:
        jobs->most = custom(rules, beyond, jobs->most);
        return;
    case NEAPI_KEDA_ACCURATE:
        jobs->most = accurate(rules, beyond, pending, jobs->most);
        return;
    case NEAPI_KEDA_EAGER:
        jobs->most = lesser(rules->max - beyond - pending, jobs->most);
        jobs->to = rules->max;
        return;
    }
}

int64_t neapi_keda_created(const struct neapi_keda_jobs *jobs)
{
    int64_t created = lesser(jobs->most, jobs->to);
    return created > 0 ? created : 0;
}

struct tally {
    double length, jobs;
    size_t count;
};

static void add(struct tally *tally, enum neapi_keda_calculation calculation, double length,
                double jobs)
{
    bool first = tally->count++ == 0, replaces = false;
    switch (calculation) {
    case NEAPI_KEDA_MAX:
        replaces = length > tally->length;
        break;
    case NEAPI_KEDA_MIN: /* what is 0 so far counts as not yet set */
        replaces = first || tally->length == 0 || length < tally->length;
        break;
    case NEAPI_KEDA_AVG:
    case NEAPI_KEDA_SUM:
        tally->length += length;
        tally->jobs += jobs;
        return;
    }
    if (replaces) {
        tally->length = length;
        tally->jobs = jobs;
    }
}

struct neapi_keda_queue neapi_keda_queue(enum neapi_keda_calculation calculation, int64_t min,
                                         int64_t max, const struct neapi_keda_scaler *scalers,
                                         size_t count)
{
    struct tally tally = {0};
    for (size_t i = 0; i < count; i++) {
        if (!scalers[i].active)
            continue;
        double jobs =
            scalers[i].target_average > 0 ? scalers[i].queue_length / scalers[i].target_average : 0;
        add(&tally, calculation, scalers[i].queue_length, fmin(jobs, (double)max));
    }
    if (calculation == NEAPI_KEDA_AVG && tally.count > 0) {
        tally.length /= (double)tally.count;
        tally.jobs /= (double)tally.count;
    }
    return (struct neapi_keda_queue){.active = tally.count > 0 || min > 0,
                                     .length = neapi_to_int64(ceil(tally.length)),
                                     .jobs = neapi_to_int64(ceil(fmin(tally.jobs, (double)max)))};
}

double neapi_keda_target_average(const double *targets, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += targets[i];
    return count > 0 ? sum / (double)count : 0;
}

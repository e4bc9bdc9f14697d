/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much CPU demand has to change for a latency to change as it did. With the wait and the traffic
 * as they were, less CPU demand makes a request shorter and its container less busy: part of a lower
 * latency is queueing that went away, so the saving of CPU is smaller than it looks. Without
 * queueing it is larger than it looks, by the share that CPU does not have (doc/method.md). */
#include <math.h>

#include "service/explain.h"
#include "service/solve.h"
#include "service/station.h"

static const double FAR = 50; /* for an overloaded container: a logarithm above all */

struct problem {
    const struct neapi_change *change;
    struct neapi_forward forward;
    double arrival_rate; /* at one container; 0: no queueing */
    const double *goal;  /* ln of each percentile */
    size_t from, to;     /* which of them count */
    struct neap_error *error;
    enum neap_status *status;
};

/* ln response - goal for that factor. */
static enum neap_status differ(double *difference, const struct problem *problem, double factor)
{
    const struct neapi_change *change = problem->change;
    struct neapi_forward forward = problem->forward;
    struct neap_distribution *cpu;
    size_t from = problem->from, count = problem->to - from;
    enum neap_status status =
        neap_distribution_scale(&cpu, change->cpu_demand, factor, problem->error);
    if (status != NEAP_OK)
        return status;
    forward.load = problem->arrival_rate /
                   neapi_station_capacity_rate(forward.container, cpu, change->new_wait);
    status = neapi_forward_percentiles(difference, &forward, cpu, change->new_wait,
                                       change->after->p + from, count, problem->error);
    neap_distribution_free(cpu);
    for (size_t i = 0; status == NEAP_OK && i < count; i++)
        difference[i] = fmin(difference[i] - problem->goal[from + i], FAR);
    return status;
}

static double total(double ln_factor, const void *context, bool squares)
{
    const struct problem *problem = context;
    double difference[NEAP_QUANTILES_MOST], sum = 0;
    if (*problem->status != NEAP_OK)
        return 0;
    *problem->status = differ(difference, problem, exp(ln_factor));
    for (size_t i = 0; *problem->status == NEAP_OK && i < problem->to - problem->from; i++)
        sum += squares ? difference[i] * difference[i] : difference[i];
    return sum;
}

static double excess(double ln_factor, const void *context)
{
    return total(ln_factor, context, false);
}

static double misfit(double ln_factor, const void *context)
{
    return total(ln_factor, context, true);
}

/* --- goals ---------------------------------------------------------------------------------------- */

/* Straight between the points, flat beyond them. */
static double at_percentile(const struct neapi_percentiles *points, const double *value, double p)
{
    size_t i = 0;
    if (p <= points->p[0])
        return value[0];
    while (i + 1 < points->count && points->p[i + 1] < p)
        i++;
    if (i + 1 == points->count)
        return value[i];
    double share = (p - points->p[i]) / (points->p[i + 1] - points->p[i]);
    return value[i] + share * (value[i + 1] - value[i]);
}

/* By how much the recorded latency before is above the modelled one, at each percentile after;
 * offset is 0 when this begins. */
static enum neap_status offsets(double *offset, const struct neapi_forward *forward,
                                const struct neapi_change *change, struct neap_error *error)
{
    double above[NEAP_QUANTILES_MOST];
    const struct neapi_percentiles *before = change->before, *after = change->after;
    if (before->count == 0)
        return NEAP_OK;
    enum neap_status status = neapi_forward_percentiles(
        above, forward, change->cpu_demand, change->wait, before->p, before->count, error);
    for (size_t i = 0; i < before->count; i++)
        above[i] = log(before->value_s[i]) - above[i];
    for (size_t i = 0; i < after->count; i++)
        offset[i] = at_percentile(before, above, after->p[i]);
    return status;
}

/* Each goal is what the model gives before, changed as the recorded latency changed; all_same: that
 * is by nothing. */
static enum neap_status set_goals(double *goal, bool *all_same, const struct neapi_forward *forward,
                                  const struct neapi_change *change, bool queueing,
                                  struct neap_error *error)
{
    double modelled[NEAP_QUANTILES_MOST], offset[NEAP_QUANTILES_MOST] = {0};
    const struct neapi_percentiles *after = change->after;
    struct neapi_forward idle = *forward;
    idle.load = 0;
    enum neap_status status = neapi_forward_percentiles(
        modelled, forward, change->cpu_demand, change->wait, after->p, after->count, error);
    if (status == NEAP_OK)
        status = offsets(offset, forward, change, error);
    if (status == NEAP_OK)
        status = neapi_forward_percentiles(goal, queueing ? forward : &idle, change->cpu_demand,
                                           change->wait, after->p, after->count, error);
    *all_same = neap_distribution_mean(change->wait) == neap_distribution_mean(change->new_wait) &&
                neap_distribution_scv(change->wait) == neap_distribution_scv(change->new_wait);
    for (size_t i = 0; status == NEAP_OK && i < after->count; i++) {
        double ln_ratio = log(after->value_s[i]) - modelled[i] - offset[i];
        *all_same = *all_same && fabs(ln_ratio) < 1e-9;
        goal[i] += ln_ratio;
    }
    return status;
}

/* --- the factor ----------------------------------------------------------------------------------- */

/* Each percentile by itself has a factor; the least squares of all lie between those. */
static double search(struct problem *problem, double low, double high)
{
    double least = high, most = low;
    size_t count = problem->change->after->count;
    for (size_t i = 0; i < count; i++) {
        problem->from = i;
        problem->to = i + 1;
        double at = neapi_root_within(excess, problem, low, high, 1e-7);
        least = fmin(least, at);
        most = fmax(most, at);
    }
    problem->from = 0;
    problem->to = count;
    return most - least < 1e-6 ? least : neapi_least(misfit, problem, least, most, 1e-5);
}

enum neap_status neapi_explain(double *factor, enum neapi_explained *explained,
                               const struct neapi_forward *forward,
                               const struct neapi_change *change, bool queueing,
                               struct neap_error *error)
{
    double goal[NEAP_QUANTILES_MOST], low = -log(NEAPI_FACTOR_LOW), high = log(NEAPI_FACTOR_LOW);
    enum neap_status searching = NEAP_OK;
    bool all_same;
    enum neap_status status = set_goals(goal, &all_same, forward, change, queueing, error);
    if (status != NEAP_OK)
        return status;
    struct problem problem = {change, *forward,  0, goal, 0, change->after->count,
                              error,  &searching};
    if (queueing)
        problem.arrival_rate =
            forward->load *
            neapi_station_capacity_rate(forward->container, change->cpu_demand, change->wait);
    *explained = all_same                     ? NEAPI_EXPLAINED
                 : excess(low, &problem) > 0  ? NEAPI_TOO_FAST
                 : excess(high, &problem) < 0 ? NEAPI_TOO_SLOW
                                              : NEAPI_EXPLAINED;
    if (*explained == NEAPI_EXPLAINED)
        *factor = all_same ? 1 : exp(search(&problem, low, high));
    return searching;
}

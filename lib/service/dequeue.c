/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Taking the queueing out of a latency: the service times whose responses, by the same formulas
 * that a replay uses, are those recorded. Load is a share of capacity, so responses scale with the
 * service time, and the best mean for a given cv is known outright; what is left is a search over
 * the cv for the least squares of the logarithms. */
#include <math.h>

#include "service/explain.h"
#include "service/solve.h"

enum { TRIES = 10 };
static const double LEAST_CV = 0.03, MOST_CV = 15;

struct problem {
    struct neapi_forward forward;
    double cpu_share;
    const struct neapi_percentiles *latency;
    struct neap_error *error;
    enum neap_status *status;
};

enum neap_status neapi_dequeued_laws(struct neap_distribution **cpu_demand,
                                     struct neap_distribution **wait, double mean_s, double cv,
                                     double cpu_share, struct neap_error *error)
{
    double wait_s = mean_s * (1 - cpu_share);
    struct neap_distribution *cpu, *rest;
    enum neap_status status =
        neap_distribution_named(&cpu, NEAP_FAMILY_LOGNORMAL, mean_s * cpu_share, cv, error);
    if (status != NEAP_OK)
        return status;
    status = wait_s > 1e-9 * mean_s
                 ? neap_distribution_named(&rest, NEAP_FAMILY_LOGNORMAL, wait_s, cv, error)
                 : neap_distribution_constant(&rest, 0, error);
    if (status != NEAP_OK) {
        neap_distribution_free(cpu);
        return status;
    }
    *cpu_demand = cpu;
    *wait = rest;
    return NEAP_OK;
}

/* Mean and mean square of ln recorded - ln response for a mean service time of 1 s. */
static enum neap_status differ(double *mean, double *square, const struct problem *problem,
                               double cv)
{
    double ln_response[NEAP_QUANTILES_MOST];
    const struct neapi_percentiles *latency = problem->latency;
    struct neap_distribution *cpu, *wait;
    enum neap_status status =
        neapi_dequeued_laws(&cpu, &wait, 1, cv, problem->cpu_share, problem->error);
    if (status != NEAP_OK)
        return status;
    status = neapi_forward_percentiles(ln_response, &problem->forward, cpu, wait, latency->p,
                                       latency->count, problem->error);
    neap_distribution_free(cpu);
    neap_distribution_free(wait);
    *mean = *square = 0;
    for (size_t i = 0; status == NEAP_OK && i < latency->count; i++) {
        double difference = log(latency->value_s[i]) - ln_response[i];
        *mean += difference / (double)latency->count;
        *square += difference * difference / (double)latency->count;
    }
    return status;
}

/* What is left to miss by at that ln cv; flat once there was a failure. */
static double miss(double ln_cv, const void *context)
{
    const struct problem *problem = context;
    double mean, square;
    if (*problem->status != NEAP_OK)
        return 0;
    *problem->status = differ(&mean, &square, problem, exp(ln_cv));
    return *problem->status == NEAP_OK ? fmax(square - mean * mean, 0) : 0;
}

enum neap_status neapi_dequeue(struct neapi_dequeued *found, const struct neapi_forward *forward,
                               double cpu_share, const struct neapi_percentiles *latency,
                               struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    struct problem problem = {*forward, cpu_share, latency, error, &status};
    problem.forward.rough = true;
    double low = log(LEAST_CV), step = log(MOST_CV / LEAST_CV) / TRIES, best = low, least = 0;
    for (int i = 0; i <= TRIES; i++) {
        double at = miss(low + i * step, &problem);
        if (i == 0 || at < least) {
            best = low + i * step;
            least = at;
        }
    }
    problem.forward.rough = false;
    double ln_cv = neapi_least(miss, &problem, best - step, best + step, 1e-3), mean = 0,
           square = 0;
    if (status == NEAP_OK)
        status = differ(&mean, &square, &problem, exp(ln_cv));
    if (status == NEAP_OK)
        *found =
            (struct neapi_dequeued){exp(mean), exp(ln_cv), sqrt(fmax(square - mean * mean, 0))};
    return status;
}

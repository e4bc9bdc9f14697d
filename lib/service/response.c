/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Response times, wait + service, the two independent (first come first served): a sum over points
 * of the service time's law. The points are Gauss-Legendre in v = -ln(share of longer service
 * times), 0..20, which takes the tail as seriously as the rest. */
#include <math.h>

#include <neap/service.h>

#include "service/solve.h"

static const double SPAN = 20;

void neap_response_nodes(double share[NEAP_RESPONSE_NODES], double weight[NEAP_RESPONSE_NODES])
{
    enum { PANELS = NEAP_RESPONSE_NODES / 16 };
    double half = SPAN / (2 * PANELS), total = 0;
    for (int i = 0; i < NEAP_RESPONSE_NODES; i++) {
        int point = i % 16 < 8 ? 7 - i % 16 : i % 16 - 8;
        double side = i % 16 < 8 ? -1 : 1;
        double v = half * (2 * (i / 16) + 1 + side * neapi_gauss_point[point]);
        share[i] = -expm1(-v);
        weight[i] = half * neapi_gauss_weight[point] * exp(-v);
        total += weight[i];
    }
    for (int i = 0; i < NEAP_RESPONSE_NODES; i++)
        weight[i] /= total;
}

double neap_response_tail(const struct neap_wait *wait, const double *service_s,
                          const double *weight, size_t count, double t)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += weight[i] * neap_wait_tail(wait, t - service_s[i]);
    return sum;
}

struct goal {
    const struct neap_wait *wait;
    const double *service_s, *weight;
    size_t count;
    double excess;
};

static double miss(double t, const void *context)
{
    const struct goal *goal = context;
    return neap_response_tail(goal->wait, goal->service_s, goal->weight, goal->count, t) -
           goal->excess;
}

double neap_response_quantile(const struct neap_wait *wait, const double *service_s,
                              const double *weight, size_t count, double probability)
{
    if (!(probability >= 0 && probability < 1) || isnan(wait->probability))
        return (double)NAN;
    if (isinf(wait->mean_s))
        return (double)INFINITY;
    struct goal goal = {wait, service_s, weight, count, 1 - probability};
    double high = wait->mean_s;
    for (size_t i = 0; i < count; i++)
        high = fmax(high, service_s[i]);
    if (!(high > 0))
        return 0;
    while (miss(high, &goal) > 0)
        high *= 2;
    return neapi_root(miss, &goal, 0, high);
}

/* --- M/M/c -------------------------------------------------------------------------------------- */

struct mmc {
    double probability; /* of a wait */
    double rate;        /* of the wait, 1 / mean service time */
    double excess;
};

/* P(T > t), t in mean service times: e^-t + P(W > 0) (e^-rt - e^-t) / (1 - r), r = rate, written so
 * that nothing overflows and r = 1 is no special place. */
static double mmc_tail(const struct mmc *mmc, double t)
{
    double gap = fabs(mmc->rate - 1), slower = exp(-fmin(mmc->rate, 1) * t);
    double share = gap * t < 1e-8 ? t * (1 - gap * t / 2) : -expm1(-gap * t) / gap;
    return exp(-t) + mmc->probability * slower * share;
}

static double mmc_miss(double t, const void *context)
{
    const struct mmc *mmc = context;
    return log(fmax(mmc_tail(mmc, t), 1e-300) / mmc->excess);
}

double neap_mmc_response_quantile(double servers, double offered, double mean_service_s,
                                  double probability)
{
    if (!(servers > offered) || !(offered >= 0) || !(probability >= 0 && probability < 1))
        return (double)NAN;
    struct mmc mmc = {neap_erlang_c(servers, offered), servers - offered, 1 - probability};
    double high = 1;
    while (mmc_miss(high, &mmc) > 0)
        high *= 2;
    return mean_service_s * neapi_root(mmc_miss, &mmc, 0, high);
}

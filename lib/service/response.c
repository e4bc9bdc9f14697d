/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Response times, wait + service, the two independent (first come first served): a sum over points
 * of the service time's law. The points are Gauss-Legendre in v = -ln(share of longer service
 * times), 0..20, which takes the tail as seriously as the rest. */
#include <math.h>

#include <neap/service.h>

#include "service/solve.h"

static const double SPAN = 20;
enum { PANELS = NEAP_RESPONSE_NODES / 16, LAST = NEAP_RESPONSE_NODES - 1 };

static int gauss_index(int node)
{
    return node % 16 < 8 ? 7 - node % 16 : node % 16 - 8;
}

static double node_at(int node) /* v */
{
    double side = node % 16 < 8 ? -1 : 1;
    return SPAN / (2 * PANELS) *
           (2 * (node / 16) + 1 + side * neapi_gauss_point[gauss_index(node)]);
}

void neap_response_nodes(double share[NEAP_RESPONSE_NODES], double weight[NEAP_RESPONSE_NODES])
{
    double total = 0;
    for (int i = 0; i <= LAST; i++) {
        double v = node_at(i);
        share[i] = -expm1(-v);
        weight[i] = neapi_gauss_weight[gauss_index(i)] * exp(-v);
        total += weight[i];
    }
    for (int i = 0; i <= LAST; i++)
        weight[i] /= total;
}

/* v per second between two nodes; 0 where the law jumps. */
static double secant(const double *service_s, int from)
{
    double width = service_s[from + 1] - service_s[from];
    return width > 0 ? (node_at(from + 1) - node_at(from)) / width : 0;
}

/* Slope at a node that keeps the curve rising: harmonic mean of the secants on both sides. */
static double slope(const double *service_s, int node, double here)
{
    double left = node > 0 ? secant(service_s, node - 1) : here;
    double right = node < LAST ? secant(service_s, node) : here;
    return left > 0 && right > 0 ? 2 * left * right / (left + right) : here;
}

/* P(S > t): monotone cubic through (service_s, v), straight on beyond both ends. */
static double service_tail(const double *service_s, double t)
{
    int low = 0, high = LAST;
    if (t >= service_s[LAST])
        return exp(-SPAN - (t - service_s[LAST]) * secant(service_s, LAST - 1));
    if (t < service_s[0]) {
        double rise = secant(service_s, 0);
        return rise > 0 ? exp(-fmax(node_at(0) - (service_s[0] - t) * rise, 0)) : 1;
    }
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (service_s[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    double rise = secant(service_s, low), width = service_s[high] - service_s[low];
    double x = (t - service_s[low]) / width, y = 1 - x;
    double from = slope(service_s, low, rise), to = slope(service_s, high, rise);
    return exp(
        -(node_at(low) + width * (rise * x * x * (3 - 2 * x) + from * x * y * y - to * x * x * y)));
}

/* Those that do not wait by the law of service itself: the sum would round it to its points. */
double neap_response_tail(const struct neap_wait *wait, const double service_s[NEAP_RESPONSE_NODES],
                          const double weight[NEAP_RESPONSE_NODES], double t)
{
    struct neap_wait certain = {1, wait->mean_s, wait->scv};
    double sum = 0, p = wait->probability;
    for (int i = 0; i <= LAST && p > 0; i++)
        sum += weight[i] * neap_wait_tail(&certain, t - service_s[i]);
    return (1 - p) * service_tail(service_s, t) + p * sum;
}

struct goal {
    const struct neap_wait *wait;
    const double *service_s, *weight;
    double excess;
};

static double miss(double t, const void *context)
{
    const struct goal *goal = context;
    double tail = neap_response_tail(goal->wait, goal->service_s, goal->weight, t);
    return log(fmax(tail, 1e-300) / goal->excess);
}

double neap_response_quantile(const struct neap_wait *wait,
                              const double service_s[NEAP_RESPONSE_NODES],
                              const double weight[NEAP_RESPONSE_NODES], double probability)
{
    if (!(probability >= 0 && probability < 1) || isnan(wait->probability))
        return (double)NAN;
    if (isinf(wait->mean_s))
        return (double)INFINITY;
    struct goal goal = {wait, service_s, weight, 1 - probability};
    double high = fmax(wait->mean_s, service_s[LAST]);
    if (!(high > 0))
        return 0;
    while (miss(high, &goal) > 0)
        high *= 2;
    return neapi_root_within(miss, &goal, 0, high, 1e-9 * high);
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

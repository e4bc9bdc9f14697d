/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GI/M/c (Takacs 1962). With f(s) the transform of the gap between arrivals and m the service rate,
 * the wait of those who wait is exponential with rate c m y, y = 1 - sigma the root in (0, 1) of
 * 1 - f(c m y) = y, and
 *
 *     1 / P(W > 0) = 1 + y sum_{j=1..c} C(c, j) / Q_j x (c (1 - f_j) - j) / ((1 - f_j) (c y - j)),
 *     f_j = f(j m),  Q_j = prod_{i<=j} f_i / (1 - f_i). */
#include <math.h>

#include <neap/service.h>

#include "service/law.h"
#include "service/solve.h"

struct queue {
    const struct neap_law *gap;
    double rate; /* of one server */
    double servers;
};

static double root_miss(double y, const void *context)
{
    const struct queue *queue = context;
    return neapi_law_complement(queue->gap, queue->servers * queue->rate * y) - y;
}

/* y starts above the root of the parabola that bounds the complement from below. */
static double idle_root(const struct queue *queue, double rho)
{
    double low = 2 * rho * (1 - rho) / (1 + neap_law_scv(queue->gap));
    return neapi_root(root_miss, queue, low * (1 - 1e-9), 1);
}

/* (c (1 - f_j) - j) / (c y - j); near j = c y both vanish, and the ratio is that of the slopes. */
static double term_ratio(const struct queue *queue, double y, double j, double complement)
{
    double c = queue->servers, below = c * y - j;
    if (fabs(below) > 1e-6 * c)
        return (c * complement - j) / below;
    double h = 1e-3 * j, rate = queue->rate;
    double slope = 8 * (neapi_law_complement(queue->gap, (j + h) * rate) -
                        neapi_law_complement(queue->gap, (j - h) * rate)) -
                   (neapi_law_complement(queue->gap, (j + 2 * h) * rate) -
                    neapi_law_complement(queue->gap, (j - 2 * h) * rate));
    return 1 - c * slope / (12 * h);
}

static double delay_probability(const struct queue *queue, double y)
{
    double product = 1, sum = 0;
    for (double j = 1; j <= queue->servers; j++) {
        double complement = neapi_law_complement(queue->gap, j * queue->rate);
        product *= (queue->servers - j + 1) / j * complement / (1 - complement);
        if (!(product < 1e300))
            return 0;
        sum += product / complement * term_ratio(queue, y, j, complement);
    }
    return 1 / (1 + y * sum);
}

struct neap_wait neap_wait_gim(const struct neap_law *gap, int servers, double mean_service_s,
                               double *sigma)
{
    struct neap_wait nothing = {(double)NAN, (double)NAN, (double)NAN};
    if (!neapi_law_valid(gap) || servers < 1 || servers > 10000 || !(mean_service_s > 0))
        return nothing;
    double rho = mean_service_s / (servers * gap->mean_s);
    if (rho >= 1)
        return nothing;
    struct queue queue = {gap, 1 / mean_service_s, servers};
    double y = idle_root(&queue, rho);
    if (sigma != NULL)
        *sigma = 1 - y;
    return (struct neap_wait){delay_probability(&queue, y), mean_service_s / (servers * y), 1};
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the requests of a mixture need, as the few moments that a station is made of
 * (doc/method.md, "Request classes"). */
#include "service/station.h"

/* Moments about 0 of a X + Y for independent X, Y. */
static double third_of_sum(double a, const struct neap_distribution *x,
                           const struct neap_distribution *y)
{
    double x1 = a * neap_distribution_moment(x, 1), y1 = neap_distribution_moment(y, 1);
    double x2 = a * a * neap_distribution_moment(x, 2), y2 = neap_distribution_moment(y, 2);
    double x3 = a * a * a * neap_distribution_moment(x, 3), y3 = neap_distribution_moment(y, 3);
    return x3 + 3 * x2 * y1 + 3 * x1 * y2 + y3;
}

static double variance(const struct neap_distribution *x)
{
    double mean = neap_distribution_mean(x);
    return neap_distribution_scv(x) * mean * mean;
}

/* --- what requests need, by kind; `a` stretches the CPU demand -------------------------------------- */

static double demand_of(const struct neapi_station_kind *kind, double a)
{
    (void)a;
    return neap_distribution_mean(kind->cpu_demand);
}

static double second_demand_of(const struct neapi_station_kind *kind, double a)
{
    (void)a;
    return neap_distribution_moment(kind->cpu_demand, 2);
}

static double wait_of(const struct neapi_station_kind *kind, double a)
{
    (void)a;
    return neap_distribution_mean(kind->wait);
}

static double holding_of(const struct neapi_station_kind *kind, double a)
{
    return a * demand_of(kind, a) + wait_of(kind, a);
}

static double variance_of(const struct neapi_station_kind *kind, double a)
{
    return a * a * variance(kind->cpu_demand) + variance(kind->wait);
}

static double third_of(const struct neapi_station_kind *kind, double a)
{
    return third_of_sum(a, kind->cpu_demand, kind->wait);
}

/* Kinds that a station is made for. */
struct kinds {
    const struct neapi_station_kind *kind;
    size_t count;
    double weight; /* of all */
};

/* Mean over the kinds, as the first one's value and differences from it: kinds that are alike give
 * that value to the bit, whatever their weights. */
static double over_kinds(const struct kinds *all, double a,
                         double (*value)(const struct neapi_station_kind *kind, double a))
{
    double first = value(&all->kind[0], a), sum = 0;
    for (size_t i = 1; i < all->count; i++)
        sum += all->kind[i].weight * (value(&all->kind[i], a) - first);
    return sum == 0 || !(all->weight > 0) ? first : first + sum / all->weight;
}

/* Variance of the kinds' mean holding times. */
static double between_kinds(const struct kinds *all, double a, double mean)
{
    double sum = 0;
    for (size_t i = 0; all->count > 1 && i < all->count; i++) {
        double away = holding_of(&all->kind[i], a) - mean;
        sum += all->kind[i].weight * away * away;
    }
    return all->weight > 0 ? sum / all->weight : 0;
}

void neapi_station_moments(struct neapi_station *s, const struct neapi_station_kind *kind,
                           size_t count)
{
    struct kinds kinds = {kind, count, 0};
    const struct kinds *all = &kinds;
    double a = s->alone_stretch;
    for (size_t i = 0; i < count; i++)
        kinds.weight += kind[i].weight;
    s->demand_s = over_kinds(all, a, demand_of);
    s->wait_s = over_kinds(all, a, wait_of);
    double mean = a * s->demand_s + s->wait_s;
    double within = over_kinds(all, a, variance_of);
    double third = over_kinds(all, a, third_of);
    s->holding_scv = (within + between_kinds(all, a, mean)) / (mean * mean);
    s->holding_third_ratio = third / (mean * mean * mean);
    s->second_demand = over_kinds(all, a, second_demand_of);
}

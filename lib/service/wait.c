/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The wait in GI/G/c. Mean: Whitt (1993, "Approximations for the GI/G/m queue"). P(W > 0): Erlang's
 * for Poisson arrivals, else that of GI/M/c, and Whitt's for many servers. Law of the wait given that
 * there is one: gamma, with the squared coefficient of variation that is exact for M/G/1, damped by
 * sqrt(c) for more servers (a fit to simulations, doc/method.md). */
#include <math.h>

#include <gsl/gsl_sf_gamma.h>

#include <neap/service.h>

#include "service/solve.h"

static const double FEW = 64; /* servers up to which GI/M/c serves alone; to twice that, partly */

/* How much longer or shorter the mean wait is than scaling the M/M/c wait by the variability says. */
static double mean_factor(double c, double rho, double arrival, double service)
{
    double gamma = (1 - rho) * fmax(c - 1, 0) * (sqrt(4 + 5 * c) - 2) / (16 * c * rho);
    gamma = fmin(gamma, 0.24);
    double phi1 = 1 + gamma, phi3 = (1 - 4 * gamma) * exp(-2 * (1 - rho) / (3 * rho));
    double phi4 = fmin(1, (phi1 + phi3) / 2), half = (arrival + service) / 2;
    double psi = half >= 1 ? 1 : pow(phi4, 2 * (1 - half));
    if (arrival >= service)
        return (4 * (arrival - service) * phi1 + service * psi) / (4 * arrival - 3 * service);
    return ((service - arrival) * phi3 / 2 + (service + 3 * arrival) * psi / 2) /
           (arrival + service);
}

/* Upper tail of the standard normal law. */
static double normal_tail(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

/* P(W > 0) by Whitt's mix of three approximations: for many servers. */
static double many_delay(double c, double rho, double arrival, double service, double erlang)
{
    double room = (1 - rho) * sqrt(c);
    double z = (arrival + service) / (1 + service);
    double base = normal_tail(room);
    double pi4 = fmin(1, normal_tail(room / z) / base * erlang);
    double pi5 = fmin(1, normal_tail(2 * room / (1 + arrival)) / base * erlang);
    double pi1 = rho * rho * pi4 + (1 - rho * rho) * pi5;
    double gamma = (c - c * rho - 0.5) / sqrt(c * rho * z);
    if (arrival >= 1 || c <= 6 || gamma <= 0.5)
        return pi1;
    double pi6 = normal_tail(gamma);
    double pi2 = arrival * pi1 + (1 - arrival) * pi6;
    if (gamma >= 1)
        return pi2;
    double share = 2 * (1 - arrival) * (gamma - 0.5);
    return share * pi2 + (1 - share) * pi1;
}

/* P(W > 0) of GI/M/c over that of M/M/c; gaps gamma below scv 1, hyperexponential above. */
static double few_ratio(int c, double rho, double arrival)
{
    struct neap_law gap = {NEAP_LAW_DETERMINISTIC, 1 / (c * rho), arrival};
    if (arrival > 1e-6)
        gap.kind = arrival < 1 ? NEAP_LAW_GAMMA : NEAP_LAW_HYPEREXPONENTIAL;
    return neap_wait_gim(&gap, c, 1, NULL).probability / neap_erlang_c(c, c * rho);
}

/* Between whole servers the ratio is interpolated. */
static double few_delay(double c, double rho, double arrival, double erlang)
{
    double whole = fmax(floor(c), 1), share = fmax(c - whole, 0);
    double ratio = few_ratio((int)whole, rho, arrival);
    if (share > 0)
        ratio += share * (few_ratio((int)whole + 1, rho, arrival) - ratio);
    return ratio * erlang;
}

/* When arrivals are not Poisson. The service time's law hardly matters: that of GI/M/c while it is
 * cheap, then a glide to Whitt's. */
static double delay_probability(double c, double rho, double arrival, double service, double erlang)
{
    double many = (c - FEW) / FEW;
    if (many >= 1 || erlang < 1e-200)
        return many_delay(c, rho, arrival, service, erlang);
    double few = few_delay(c, rho, arrival, erlang);
    if (many <= 0)
        return few;
    return few + many * (many_delay(c, rho, arrival, service, erlang) - few);
}

static double conditional_scv(double c, double rho, double service, double third)
{
    double single = 2 * rho - 1 + 4 * (1 - rho) * third / (3 * (service + 1) * (service + 1));
    return fmax(1 + (single - 1) / sqrt(fmax(c, 1)), 0.01);
}

struct neap_wait neap_wait_gig(double servers, double rho, double mean_service_s,
                               double scv_arrival, double scv_service, double third_moment_ratio)
{
    if (!(servers > 0) || !(rho >= 0) || !(scv_arrival >= 0) || !(scv_service >= 0))
        return (struct neap_wait){(double)NAN, (double)NAN, (double)NAN};
    if (rho >= 1)
        return (struct neap_wait){1, (double)INFINITY, 1};
    double variability = (scv_arrival + scv_service) / 2;
    double erlang = neap_erlang_c(servers, servers * rho);
    if (rho <= 0 || variability <= 0)
        return (struct neap_wait){0, 0, 1};
    double mean = mean_service_s / (servers * (1 - rho)) * variability *
                  mean_factor(servers, rho, scv_arrival, scv_service);
    double scv = conditional_scv(servers, rho, scv_service, third_moment_ratio);
    bool poisson = fabs(scv_arrival - 1) < 1e-12;
    if (poisson || erlang <= 0)
        return (struct neap_wait){erlang, mean, scv};
    double probability = delay_probability(servers, rho, scv_arrival, scv_service, erlang);
    probability = fmin(fmax(probability, 1e-300), 1);
    return (struct neap_wait){probability, mean * erlang / probability, scv};
}

double neap_wait_tail(const struct neap_wait *wait, double t)
{
    if (t < 0)
        return 1;
    if (isinf(wait->mean_s))
        return wait->probability;
    if (wait->probability <= 0 || !(wait->mean_s > 0))
        return isnan(wait->probability) ? (double)NAN : 0;
    if (fabs(wait->scv - 1) < 1e-12)
        return wait->probability * exp(-t / wait->mean_s);
    gsl_sf_result upper = {0, 0};
    gsl_sf_gamma_inc_Q_e(1 / wait->scv, t / (wait->mean_s * wait->scv), &upper);
    return wait->probability * upper.val;
}

struct tail_goal {
    const struct neap_wait *wait;
    const double *service_s, *weight;
    size_t count;
    double excess; /* the tail probability looked for */
};

/* Difference of the logarithms: nearly a straight line in t. */
static double wait_miss(double t, const void *context)
{
    const struct tail_goal *goal = context;
    return log(fmax(neap_wait_tail(goal->wait, t), 1e-300) / goal->excess);
}

double neap_wait_quantile(const struct neap_wait *wait, double probability)
{
    double excess = 1 - probability;
    if (!(probability >= 0 && probability < 1) || isnan(wait->probability))
        return (double)NAN;
    if (wait->probability <= excess)
        return 0;
    if (isinf(wait->mean_s))
        return (double)INFINITY;
    if (fabs(wait->scv - 1) < 1e-12)
        return wait->mean_s * log(wait->probability / excess);
    struct tail_goal goal = {wait, NULL, NULL, 0, excess};
    double high = wait->mean_s;
    while (wait_miss(high, &goal) > 0)
        high *= 2;
    return neapi_root(wait_miss, &goal, 0, high);
}

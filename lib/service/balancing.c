/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Balancers: closed forms where there are some, and how far the others lie between random and one
 * central queue. */
#include <math.h>

#include <neap/service.h>

#include "base/fail.h"
#include "service/balancing.h"

enum { THETA_POINTS = 6 };

/* Means of the measured ranges on exact chains; two choices: infinitely many containers. Beyond 0.95
 * towards 1, where both become one queue. */
static const double theta_rho[THETA_POINTS] = {0.5, 0.7, 0.8, 0.9, 0.95, 1};
static const double theta_least[THETA_POINTS] = {0.89, 0.905, 0.93, 0.96, 0.98, 1};
static const double theta_two[THETA_POINTS] = {0.73, 0.74, 0.76, 0.82, 0.87, 1};

static double interpolate(const double value[THETA_POINTS], double rho)
{
    if (!(rho > theta_rho[0]))
        return value[0];
    for (int i = 1; i < THETA_POINTS; i++)
        if (rho < theta_rho[i]) {
            double share = (rho - theta_rho[i - 1]) / (theta_rho[i] - theta_rho[i - 1]);
            return value[i - 1] + share * (value[i] - value[i - 1]);
        }
    return 1;
}

double neap_balancer_theta(enum neap_balancer_type type, double rho)
{
    switch (type) {
    case NEAP_BALANCER_RANDOM:
    case NEAP_BALANCER_ROUND_ROBIN:
        return 0;
    case NEAP_BALANCER_LEAST_OUTSTANDING:
        return interpolate(theta_least, rho);
    case NEAP_BALANCER_TWO_CHOICES:
        return interpolate(theta_two, rho);
    case NEAP_BALANCER_CENTRAL:
        return 1;
    }
    return (double)NAN;
}

static double mmc_wait(double servers, double rho)
{
    return neap_erlang_c(servers, servers * rho) / (servers * (1 - rho));
}

/* Every container sees every N-th arrival: gaps of N exponential phases. */
static double round_robin_wait(int containers, int workers, double rho)
{
    struct neap_law gap = {NEAP_LAW_GAMMA, 1 / (rho * workers), 1.0 / containers};
    struct neap_wait wait = neap_wait_gim(&gap, workers, 1, NULL);
    return wait.probability * wait.mean_s;
}

enum neap_status neap_balancer_wait(double *wait, enum neap_balancer_type type, int containers,
                                    int workers, double rho, int most_each,
                                    struct neap_error *error)
{
    if (containers < 1 || workers < 1 || workers > 10000 || !(rho > 0 && rho < 1))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "balancer: %d containers of %d workers at utilisation %g, expected at "
                          "least 1, 1..10000, between 0 and 1",
                          containers, workers, rho);
    switch (type) {
    case NEAP_BALANCER_RANDOM:
        *wait = mmc_wait(workers, rho);
        return NEAP_OK;
    case NEAP_BALANCER_CENTRAL:
        *wait = mmc_wait((double)containers * workers, rho);
        return NEAP_OK;
    case NEAP_BALANCER_ROUND_ROBIN:
        *wait = round_robin_wait(containers, workers, rho);
        return NEAP_OK;
    case NEAP_BALANCER_LEAST_OUTSTANDING:
    case NEAP_BALANCER_TWO_CHOICES:
        break;
    }
    if (containers == 1) {
        *wait = mmc_wait(workers, rho);
        return NEAP_OK;
    }
    return neapi_balancing_chain(wait, type, containers, workers, rho, most_each, error);
}

double neap_choices_response(double rho, int choices)
{
    if (!(rho >= 0 && rho < 1) || choices < 2)
        return (double)NAN;
    double sum = 0, power = 1, exponent = 0; /* exponent = (d^i - d) / (d - 1), i = 1, 2, ... */
    for (double step = choices; power > 1e-18; step *= choices) {
        power = exponent > 0 ? exp(exponent * log(rho)) : 1;
        sum += power;
        exponent += step;
    }
    return sum;
}

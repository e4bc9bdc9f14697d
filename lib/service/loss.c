/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * M/M/c/K. Weights of the states are built outwards from the likeliest one, so that nothing
 * overflows and what underflows does not matter. */
#include <math.h>

#include <neap/service.h>

#include "service/poisson.h"
#include "service/solve.h"

struct chain {
    double arrival, service;
    int servers, places;
};

static bool valid(const struct chain *chain)
{
    return chain->arrival > 0 && !isinf(chain->arrival) && chain->service > 0 &&
           !isinf(chain->service) && chain->servers >= 1 && chain->places >= chain->servers;
}

static double death(const struct chain *chain, int n)
{
    return chain->service * (n < chain->servers ? n : chain->servers);
}

static int likeliest(const struct chain *chain)
{
    double load = chain->arrival / chain->service;
    return load >= chain->servers ? chain->places : (int)load;
}

struct sums {
    double all, requests, waiting, busy; /* weighted by the states' weights */
    double empty, full, found_busy;      /* found_busy: states c .. K-1 */
};

static void add(const struct chain *chain, struct sums *sums, int n, double weight)
{
    int waiting = n > chain->servers ? n - chain->servers : 0;
    sums->all += weight;
    sums->requests += n * weight;
    sums->waiting += waiting * weight;
    sums->busy += (n - waiting) * weight;
    if (n == 0)
        sums->empty = weight;
    if (n == chain->places)
        sums->full = weight;
    else if (n >= chain->servers)
        sums->found_busy += weight;
}

static struct sums sum_states(const struct chain *chain)
{
    struct sums sums = {0};
    int middle = likeliest(chain);
    double weight = 1;
    for (int n = middle; n <= chain->places; n++) {
        add(chain, &sums, n, weight);
        weight *= chain->arrival / death(chain, n + 1);
    }
    weight = 1;
    for (int n = middle; n > 0; n--) {
        weight *= death(chain, n) / chain->arrival;
        add(chain, &sums, n - 1, weight);
    }
    return sums;
}

struct neap_loss neap_loss_mmck(double arrival_rate, double service_rate, int servers, int places)
{
    struct chain chain = {arrival_rate, service_rate, servers, places};
    double nan = (double)NAN;
    if (!valid(&chain))
        return (struct neap_loss){nan, nan, nan, nan, nan, nan, nan, nan, nan};
    struct sums sums = sum_states(&chain);
    double accepted = service_rate * sums.busy / sums.all;
    double open = sums.all - sums.full;
    if (open < 0.5 * sums.all) /* more is refused than not: avoid the cancellation */
        open = accepted / arrival_rate * sums.all;
    return (struct neap_loss){.empty_share = sums.empty / sums.all,
                              .refused_share = sums.full / sums.all,
                              .accepted_rate = accepted,
                              .in_system = sums.requests / sums.all,
                              .in_queue = sums.waiting / sums.all,
                              .utilisation = sums.busy / sums.all / servers,
                              .wait_probability = sums.found_busy / open,
                              .wait_mean_s = sums.waiting / sums.all / accepted,
                              .response_mean_s = sums.requests / sums.all / accepted};
}

/* --- waits of accepted requests ----------------------------------------------------------------- */

/* An accepted request that finds c + k others, k = 0 .. J-1, waits for k + 1 departures at rate
 * c x service: longer than t when at most k happen until then. So
 *     P(W > t) = sum_i P(Poisson = i) P(k >= i). */
struct wait_goal {
    double departures_rate;
    double ratio; /* arrival rate / departures_rate */
    double share; /* P(W > 0) */
    double excess;
    int most; /* J */
};

/* P(k >= i) for a truncated geometric law on 0 .. J-1. */
static double at_least(const struct wait_goal *goal, double i)
{
    double slope = log(goal->ratio), j = goal->most;
    if (fabs(slope) * j < 1e-9)
        return (j - i) / j;
    if (slope < 0)
        return exp(i * slope) * expm1((j - i) * slope) / expm1(j * slope);
    return expm1(-(j - i) * slope) / expm1(-j * slope);
}

static double wait_tail(const struct wait_goal *goal, double t)
{
    double mean = goal->departures_rate * t, sum = 0;
    int middle = mean < goal->most - 1 ? (int)mean : goal->most - 1;
    double start = neapi_poisson_mass(middle, mean), mass = start;
    for (int i = middle; i < goal->most && mass > 1e-18 * start; i++) {
        sum += mass * at_least(goal, i);
        mass *= mean / (i + 1);
    }
    mass = start;
    for (int i = middle; i > 0 && mass > 1e-18 * start; i--) {
        mass *= i / mean;
        sum += mass * at_least(goal, i - 1);
    }
    return goal->share * sum;
}

static double wait_miss(double t, const void *context)
{
    const struct wait_goal *goal = context;
    return wait_tail(goal, t) - goal->excess;
}

double neap_loss_wait_quantile(double arrival_rate, double service_rate, int servers, int places,
                               double probability)
{
    struct neap_loss loss = neap_loss_mmck(arrival_rate, service_rate, servers, places);
    if (isnan(loss.in_system) || !(probability >= 0 && probability < 1))
        return (double)NAN;
    struct wait_goal goal = {.departures_rate = servers * service_rate,
                             .share = loss.wait_probability,
                             .excess = 1 - probability,
                             .most = places - servers};
    goal.ratio = arrival_rate / goal.departures_rate;
    if (goal.share <= goal.excess)
        return 0;
    double high = 1 / goal.departures_rate;
    while (wait_miss(high, &goal) > 0)
        high *= 2;
    return neapi_root(wait_miss, &goal, 0, high);
}

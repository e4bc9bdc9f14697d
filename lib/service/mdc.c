/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * M/D/c. With fixed service times, 1 here, every c-th request meets the same server, so the wait is
 * that of one server with Erlang-c gaps: the maximum of a random walk with steps 1 - gap. Spitzer's
 * identity gives its P(0) and its cumulants from the walk's positive parts, all terms positive.
 *
 * The queue length, seen every 1, is the maximum of a walk with steps Poisson - c; by the same
 * identity it is compound Poisson, with masses from Panjer's recursion (1981). The wait's law follows
 * from it (Franx 2001, "A simple solution for the M/D/c waiting time distribution"). */
#include <math.h>
#include <stdlib.h>

#include <neap/service.h>

#include "base/array.h"
#include "base/fail.h"
#include "service/poisson.h"
#include "service/solve.h"

static const double NOTHING_LOG = 42;   /* terms below e^-this do not count */
static const double SPARE_LEAST = 1e-3; /* of c (1 - rho)^2: below, too many terms */

static bool valid(int servers, double rho, double service_s)
{
    return servers >= 1 && servers <= 10000 && rho > 0 && rho < 1 && service_s > 0 &&
           !isinf(service_s) && servers * (1 - rho) * (1 - rho) >= SPARE_LEAST;
}

/* How fast the walk's positive parts vanish with its number of steps. */
static double decay(double servers, double rho)
{
    return servers * (rho - 1 - log(rho));
}

struct neap_wait neap_wait_mdc(int servers, double rho, double service_s)
{
    if (servers == 1 && rho > 0 && rho < 1 && service_s > 0) /* M/G/1's formulas */
        return (struct neap_wait){rho, service_s / (2 * (1 - rho)), (1 + 2 * rho) / 3};
    if (!valid(servers, rho, service_s))
        return (struct neap_wait){(double)NAN, (double)NAN, (double)NAN};
    double c = servers, offered = rho * c, zero = 0, first = 0, second = 0;
    double steps = ceil(NOTHING_LOG / decay(c, rho));
    for (double n = 1; n <= steps + 1; n++) {
        double k = n * c, gaps = k / offered, mean = n * offered;
        double now = neapi_poisson_mass(k, mean), next = now * mean / (k + 1);
        double at0 = neapi_poisson_upper(k, mean), at1 = at0 - now, at2 = at1 - next;
        zero += at0 / n;
        first += ((n - gaps) * at0 + gaps * now) / n;
        second += n * at0 - 2 * gaps * at1 + gaps * (k + 1) / (n * offered) * at2;
    }
    double probability = -expm1(-zero), square = second + first * first;
    return (struct neap_wait){probability, service_s * first / probability,
                              square * probability / (first * first) - 1};
}

/* --- the wait's law ----------------------------------------------------------------------------- */

struct queue {
    double servers, offered;
    double *at_most; /* P(queue length <= i) */
    size_t count;
};

static double decay_miss(double theta, const void *context)
{
    const struct queue *queue = context;
    return theta - queue->servers * log1p(theta / queue->offered);
}

/* P(W > x) <= exp(-theta x) (Lundberg): the queue lengths that matter for waits up to there. */
static size_t lengths_needed(const struct queue *queue, double excess)
{
    double rho = queue->offered / queue->servers;
    double low = 2 * queue->offered * (1 - rho), high = 2 * low;
    while (decay_miss(high, queue) < 0)
        high *= 2;
    double theta = neapi_root(decay_miss, queue, low * (1 - 1e-9), high);
    return (size_t)(floor(-log(excess) / theta) + 2) * (size_t)queue->servers;
}

/* Jump rates into at_most[1 ..]: sum over n of P(Poisson(n offered) = n c + m) / n. */
static void jump_rates(struct queue *queue)
{
    double c = queue->servers;
    double steps = ceil(NOTHING_LOG / decay(c, queue->offered / c)) + 1;
    for (double n = 1; n <= steps; n++) {
        double mean = n * queue->offered;
        double mass = neapi_poisson_mass(n * c + 1, mean) / n;
        for (size_t m = 1; m < queue->count && mass > 1e-300; m++) {
            queue->at_most[m] += mass;
            mass *= mean / (n * c + (double)m + 1);
        }
    }
}

static double no_queue(const struct queue *queue)
{
    double c = queue->servers, sum = 0;
    double steps = ceil(NOTHING_LOG / decay(c, queue->offered / c)) + 1;
    for (double n = 1; n <= steps; n++)
        sum += neapi_poisson_upper(n * c + 1, n * queue->offered) / n;
    return exp(-sum);
}

/* mass[] is room for count masses. */
static void fill_lengths(struct queue *queue, double *mass)
{
    jump_rates(queue);
    mass[0] = no_queue(queue);
    for (size_t k = 1; k < queue->count; k++) {
        double sum = 0;
        for (size_t m = 1; m <= k; m++)
            sum += (double)m * queue->at_most[m] * mass[k - m];
        mass[k] = sum / (double)k;
    }
    double total = 0;
    for (size_t k = 0; k < queue->count; k++)
        queue->at_most[k] = total += mass[k];
}

struct goal {
    const struct queue *queue;
    double probability;
};

/* P(W <= x) less the goal, for x in service times. */
static double miss(double x, const void *context)
{
    const struct goal *goal = context;
    const struct queue *queue = goal->queue;
    double rounds = floor(x) + 1, mean = queue->offered * (rounds - x), sum = 0;
    size_t last = (size_t)(rounds * queue->servers) - 1;
    if (last >= queue->count)
        return 1 - goal->probability;
    for (size_t j = 0; j <= last; j++) {
        double mass = neapi_poisson_mass((double)j, mean);
        sum += queue->at_most[last - j] * mass;
        if ((double)j > mean && mass < 1e-18)
            break;
    }
    return sum - goal->probability;
}

static double quantile(const struct queue *queue, double probability)
{
    struct goal goal = {queue, probability};
    if (miss(0, &goal) >= 0)
        return 0;
    double most = (double)queue->count / queue->servers;
    return neapi_root(miss, &goal, 0, most);
}

enum neap_status neap_mdc_wait_quantiles(double *wait_s, int servers, double rho, double service_s,
                                         const double *probability, size_t count,
                                         struct neap_error *error)
{
    double highest = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(probability[i] >= 0 && probability[i] <= 0.999999))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "M/D/c: probability %g, expected 0..0.999999", probability[i]);
        highest = fmax(highest, probability[i]);
    }
    if (!valid(servers, rho, service_s))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "M/D/c: %d servers at utilisation %g, expected 1..10000 at 0..1 and not "
                          "too near 1: servers x (1 - rho)^2 >= %g",
                          servers, rho, SPARE_LEAST);
    struct queue queue = {servers, rho * servers, NULL, 0};
    queue.count = lengths_needed(&queue, 1 - highest);
    double *room = neapi_allocate(2 * queue.count, sizeof *room);
    if (room == NULL)
        return neapi_no_memory(error, "the law of the M/D/c queue");
    queue.at_most = room + queue.count;
    fill_lengths(&queue, room);
    for (size_t i = 0; i < count; i++)
        wait_s[i] = service_s * quantile(&queue, probability[i]);
    free(room);
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Least outstanding and two choices, exactly: N containers are alike, so the state is their sorted
 * occupancies x1 >= x2 >= .. >= xN, each at most `cap` (arrivals beyond are lost: cap is set where
 * that hardly happens). Numbering of the states (combinatorial number system):
 *
 *     rank(x) = sum_i C(x_i + N - i, N - i + 1),   i = 1 .. N
 *
 * The stationary law: Gauss-Seidel sweeps, and after each the totals of requests, a birth-death
 * process, are set right (aggregation, Koury, McAllister and Stewart 1984): sweeps mend the shape
 * within a total fast, the total itself they would mend slowly. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "service/balancing.h"

enum { CONTAINERS_MOST = 8, STATES_MOST = 5000000, SWEEPS_MOST = 2000 };
static const double CHANGE_LEAST = 1e-11; /* of the mean wait in one sweep */

struct chain {
    enum neap_balancer_type type;
    int containers, workers, cap;
    double arrival;
    uint32_t states;
    uint32_t *choose; /* choose[i * (cap + 1) + v] = C(v + N - 1 - i, N - i), i = 0 .. N-1 */
    uint32_t *order;  /* states by total, then rank */
    uint32_t *level;  /* where each total starts in order; N cap + 2 entries */
    double *p;        /* by rank */
    uint32_t *start;  /* entries of the i-th state in order, states + 1 */
    uint32_t *from;   /* the states that lead here */
    double *rate;
    double *arrive, *depart; /* total rates out, by position in order */
};

static uint32_t rank(const struct chain *chain, const int *x)
{
    uint32_t sum = 0;
    for (int i = 0; i < chain->containers; i++)
        sum += chain->choose[i * (chain->cap + 1) + x[i]];
    return sum;
}

/* The next state in order of rank; false after the last. */
static bool next_state(const struct chain *chain, int *x)
{
    for (int i = chain->containers - 1; i >= 0; i--) {
        if (x[i] < (i == 0 ? chain->cap : x[i - 1])) {
            x[i]++;
            return true;
        }
        x[i] = 0;
    }
    return false;
}

/* --- rates ---------------------------------------------------------------------------------------- */

/* Rate of arrivals that go to the containers first..last, which are equal. Of two different ones
 * the later in the order is the shorter: it is i (from 0) in i of the N (N-1) / 2 pairs. */
static double joins(const struct chain *chain, int first, int last)
{
    int n = chain->containers;
    if (chain->type == NEAP_BALANCER_LEAST_OUTSTANDING)
        return last == n - 1 ? chain->arrival : 0;
    double pairs = (double)(first + last) * (last - first + 1) / 2;
    return chain->arrival * pairs / ((double)n * (n - 1) / 2);
}

static int last_equal(const struct chain *chain, const int *x, int first)
{
    int last = first;
    while (last + 1 < chain->containers && x[last + 1] == x[first])
        last++;
    return last;
}

static double depart_rate(const struct chain *chain, const int *x)
{
    double sum = 0;
    for (int i = 0; i < chain->containers; i++)
        sum += x[i] < chain->workers ? x[i] : chain->workers;
    return sum;
}

static double arrive_rate(const struct chain *chain, const int *x)
{
    double sum = 0;
    for (int first = 0, last; first < chain->containers; first = last + 1) {
        last = last_equal(chain, x, first);
        if (x[first] < chain->cap)
            sum += joins(chain, first, last);
    }
    return sum;
}

/* The states that lead to x: one container of a group of equals had one request less (an arrival
 * followed) or one more (a departure). Returns how many. */
static uint32_t sources(const struct chain *chain, int *x, uint32_t *from, double *rate)
{
    uint32_t count = 0;
    for (int first = 0, last; first < chain->containers; first = last + 1) {
        last = last_equal(chain, x, first);
        int value = x[first];
        if (value > 0) {
            x[last]--;
            int end = last_equal(chain, x, last);
            from[count] = rank(chain, x);
            rate[count] = joins(chain, last, end);
            if (rate[count] > 0)
                count++;
            x[last]++;
        }
        if (value < chain->cap) {
            x[first]++;
            int begin = first;
            while (begin > 0 && x[begin - 1] == x[first])
                begin--;
            from[count] = rank(chain, x);
            rate[count] =
                (first - begin + 1) * (value < chain->workers ? value + 1.0 : chain->workers);
            count++;
            x[first]--;
        }
    }
    return count;
}

/* --- building ------------------------------------------------------------------------------------- */

static void chain_free(struct chain *chain)
{
    free(chain->choose);
    free(chain->order);
    free(chain->level);
    free(chain->p);
    free(chain->start);
    free(chain->from);
    free(chain->rate);
    free(chain->arrive);
    free(chain->depart);
}

static double choose(int n, int k)
{
    double product = 1;
    for (int i = 1; i <= k; i++)
        product = product * (n - k + i) / i;
    return n < k ? 0 : round(product);
}

static bool allocate(struct chain *chain)
{
    size_t states = chain->states, n = (size_t)chain->containers, cap = (size_t)chain->cap;
    chain->choose = neapi_allocate(n * (cap + 1), sizeof *chain->choose);
    chain->order = neapi_allocate(states, sizeof *chain->order);
    chain->level = neapi_allocate(n * cap + 2, sizeof *chain->level);
    chain->p = neapi_allocate(states, sizeof *chain->p);
    chain->start = neapi_allocate(states + 1, sizeof *chain->start);
    chain->from = neapi_allocate(states * 2 * n, sizeof *chain->from);
    chain->rate = neapi_allocate(states * 2 * n, sizeof *chain->rate);
    chain->arrive = neapi_allocate(states, sizeof *chain->arrive);
    chain->depart = neapi_allocate(states, sizeof *chain->depart);
    return chain->choose != NULL && chain->order != NULL && chain->level != NULL &&
           chain->p != NULL && chain->start != NULL && chain->from != NULL && chain->rate != NULL &&
           chain->arrive != NULL && chain->depart != NULL;
}

static int total(const struct chain *chain, const int *x)
{
    int sum = 0;
    for (int i = 0; i < chain->containers; i++)
        sum += x[i];
    return sum;
}

/* Sorts the states by total: count, then place. */
static void order_states(struct chain *chain)
{
    int x[CONTAINERS_MOST] = {0};
    uint32_t levels = (uint32_t)(chain->containers * chain->cap) + 1, state = 0;
    do
        chain->level[total(chain, x) + 1]++;
    while (next_state(chain, x));
    for (uint32_t i = 0; i < levels; i++)
        chain->level[i + 1] += chain->level[i];
    memset(x, 0, sizeof x);
    do
        chain->order[chain->level[total(chain, x)]++] = state++;
    while (next_state(chain, x));
    for (uint32_t i = levels; i > 0; i--)
        chain->level[i] = chain->level[i - 1];
    chain->level[0] = 0;
}

/* The occupancies of a rank: the largest x1 whose term fits, and so on. */
static void unrank(const struct chain *chain, uint32_t state, int *x)
{
    int high = chain->cap;
    for (int i = 0; i < chain->containers; i++) {
        const uint32_t *row = chain->choose + i * (chain->cap + 1);
        int low = 0;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (row[middle] <= state)
                low = middle;
            else
                high = middle - 1;
        }
        x[i] = low;
        state -= row[low];
        high = low;
    }
}

static void fill(struct chain *chain)
{
    int n = chain->containers, x[CONTAINERS_MOST] = {0};
    for (int i = 0; i < n; i++)
        for (int v = 0; v <= chain->cap; v++)
            chain->choose[i * (chain->cap + 1) + v] = (uint32_t)choose(v + n - 1 - i, n - i);
    order_states(chain);
    uint32_t at = 0;
    for (uint32_t i = 0; i < chain->states; i++) {
        unrank(chain, chain->order[i], x);
        chain->start[i] = at;
        chain->arrive[i] = arrive_rate(chain, x);
        chain->depart[i] = depart_rate(chain, x);
        chain->p[chain->order[i]] = 1;
        at += sources(chain, x, chain->from + at, chain->rate + at);
    }
    chain->start[chain->states] = at;
}

/* --- solving -------------------------------------------------------------------------------------- */

static void sweep_one(struct chain *chain, uint32_t i)
{
    double sum = 0;
    for (uint32_t e = chain->start[i]; e < chain->start[i + 1]; e++)
        sum += chain->p[chain->from[e]] * chain->rate[e];
    sum /= chain->arrive[i] + chain->depart[i];
    chain->p[chain->order[i]] = sum > 1e-200 ? sum : 0; /* denormal numbers are slow */
}

struct sums {
    double mass, up, down;
};

static struct sums level_sums(const struct chain *chain, uint32_t level)
{
    struct sums sums = {0, 0, 0};
    for (uint32_t i = chain->level[level]; i < chain->level[level + 1]; i++) {
        double p = chain->p[chain->order[i]];
        sums.mass += p;
        sums.up += p * chain->arrive[i];
        sums.down += p * chain->depart[i];
    }
    return sums;
}

/* Scales each level so that what goes up from one comes down from the next; returns the mean
 * response time, by Little's law over the arrivals accepted. */
static double balance_levels(struct chain *chain)
{
    uint32_t levels = (uint32_t)(chain->containers * chain->cap) + 1;
    double up = 0, requests = 0, accepted = 0;
    for (uint32_t level = 0; level < levels; level++) {
        struct sums sums = level_sums(chain, level);
        double scale = level == 0 ? 1 / sums.mass : (sums.down > 0 ? up / sums.down : 0);
        for (uint32_t i = chain->level[level]; i < chain->level[level + 1]; i++)
            chain->p[chain->order[i]] *= scale;
        up = sums.up * scale;
        requests += level * sums.mass * scale;
        accepted += up;
    }
    return requests / accepted;
}

static double solve(struct chain *chain)
{
    double response = balance_levels(chain);
    for (int sweep = 0; sweep < SWEEPS_MOST; sweep++) {
        for (uint32_t i = 0; i < chain->states; i++)
            sweep_one(chain, i);
        for (uint32_t i = chain->states; i-- > 0;)
            sweep_one(chain, i);
        double before = response;
        response = balance_levels(chain);
        if (fabs(response - before) < CHANGE_LEAST * response)
            break;
    }
    return response;
}

enum neap_status neapi_balancing_chain(double *wait, enum neap_balancer_type type, int containers,
                                       int workers, double rho, int most_each,
                                       struct neap_error *error)
{
    struct chain chain = {.type = type, .containers = containers, .workers = workers};
    double cap = workers + 6 + ceil(30 / (-log(rho) * containers));
    if (most_each > 0)
        cap = most_each;
    double states = 1;
    for (int i = 1; i <= containers && states < 1e18; i++)
        states = states * (cap + i) / i;
    if (containers > CONTAINERS_MOST || states > STATES_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "balancer chain: %d containers at utilisation %g need %.0f states; "
                          "expected at most %d containers and %d states",
                          containers, rho, states, CONTAINERS_MOST, STATES_MOST);
    chain.cap = (int)cap;
    chain.states = (uint32_t)round(states);
    chain.arrival = rho * containers * workers;
    if (!allocate(&chain)) {
        chain_free(&chain);
        return neapi_no_memory(error, "the balancer's chain");
    }
    fill(&chain);
    *wait = solve(&chain) - 1;
    chain_free(&chain);
    return NEAP_OK;
}

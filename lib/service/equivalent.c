/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container as a flow-equivalent server (Chandy, Herzog and Woo 1975): n requests inside, each
 * first on CPU (min(k, V) cores for k of them, demand d), then waiting without CPU (mean z), leave at
 * the throughput X(n) of the same network when it is closed.
 *
 * With h = d + z and K binomial(n, d / h), the closed network's normalising constant is
 * g(n) h^n / n!, and
 *     g(n) = n d / (V h) g(n-1) + m(n),   m(n) = E[max(0, 1 - K/V)],   X(n) = n g(n-1) / (h g(n)):
 * the generating function of the constants, times 1 - x d / V, is e^(zx) times a polynomial. g >= 1,
 * so nothing underflows. m(n) follows from the binomial masses at floor(V) and below. */
#include <math.h>
#include <stdlib.h>

#include <neap/service.h>

#include "base/array.h"
#include "base/fail.h"
#include "service/even.h"

enum { WORKERS_MOST = 4096 };
static const double HUGE_CONSTANT = 1e30;

struct closed {
    double vcpu, whole; /* V and its floor */
    double demand, hold;
    double share;      /* d / h */
    double n, g, idle; /* now: requests, g(n), m(n) */
    double mass_log;   /* ln P(K = whole), -inf while n < whole */
    double below;      /* P(K < whole) */
};

static struct closed closed_begin(double vcpu, double demand, double wait)
{
    struct closed closed = {.vcpu = vcpu,
                            .whole = floor(vcpu),
                            .demand = demand,
                            .hold = demand + wait,
                            .g = 1,
                            .idle = 1};
    closed.share = demand / closed.hold;
    closed.mass_log = closed.whole > 0 ? (double)-INFINITY : 0;
    closed.below = closed.whole > 0 ? 1 : 0;
    return closed;
}

/* P(K = whole - 1) from P(K = whole). */
static double mass_below(const struct closed *closed)
{
    double n = closed->n, whole = closed->whole, q = closed->share;
    if (n < whole - 1 || whole < 1)
        return 0;
    if (n < whole)
        return exp(n * log(q)); /* n = whole - 1: all of them on CPU */
    return exp(closed->mass_log) * whole * (1 - q) / ((n - whole + 1) * q);
}

/* From n to n + 1 requests; returns X(n + 1). */
static double closed_step(struct closed *closed)
{
    double q = closed->share, fraction = closed->vcpu - closed->whole, before = closed->g;
    if (before >= HUGE_CONSTANT) { /* all cores busy: m does not count any more */
        closed->n++;
        return closed->vcpu / closed->demand;
    }
    double mass = exp(closed->mass_log);
    closed->idle -= q / closed->vcpu * (closed->below + fraction * mass);
    closed->idle = fmax(closed->idle, 0);
    closed->below = fmax(closed->below - q * mass_below(closed), 0);
    closed->n++;
    if (closed->n > closed->whole)
        closed->mass_log += log(closed->n / (closed->n - closed->whole)) + log1p(-q);
    else if (closed->n >= closed->whole)
        closed->mass_log = closed->n * log(q);
    closed->g = closed->n * q / closed->vcpu * before + closed->idle;
    return closed->n * before / (closed->hold * closed->g);
}

/* P(more requests than cores on CPU). */
static double crowded_share(const struct closed *closed)
{
    return fmax(0, 1 - (closed->below + exp(closed->mass_log)) / closed->g);
}

static bool valid(int workers, double vcpu, double cpu_mean_s, double wait_mean_s)
{
    return workers >= 1 && workers <= WORKERS_MOST && vcpu > 0 && !isinf(vcpu) && cpu_mean_s > 0 &&
           !isinf(cpu_mean_s) && wait_mean_s >= 0 && !isinf(wait_mean_s);
}

double neap_container_capacity(int workers, double vcpu, double cpu_mean_s, double wait_mean_s)
{
    if (!valid(workers, vcpu, cpu_mean_s, wait_mean_s))
        return (double)NAN;
    if (vcpu >= workers)
        return workers / (cpu_mean_s + wait_mean_s);
    struct closed closed = closed_begin(vcpu, cpu_mean_s, wait_mean_s);
    double rate = 0;
    for (int n = 1; n <= workers; n++)
        rate = closed_step(&closed);
    return rate;
}

/* --- the open container ------------------------------------------------------------------------- */

struct neap_fes {
    int workers;
    double cpu_mean_s, wait_mean_s;
    double crowded_share; /* with all workers busy */
    double rate[];        /* X(1) .. X(workers) */
};

enum neap_status neap_fes_new(struct neap_fes **fes, int workers, double vcpu, double cpu_mean_s,
                              double wait_mean_s, struct neap_error *error)
{
    if (!valid(workers, vcpu, cpu_mean_s, wait_mean_s))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "container: %d workers, %g vCPU, CPU demand %g s, wait %g s; expected "
                          "1..%d, above 0, above 0 and at least 0",
                          workers, vcpu, cpu_mean_s, wait_mean_s, WORKERS_MOST);
    struct neap_fes *made =
        neapi_allocate(1, sizeof *made + (size_t)workers * sizeof made->rate[0]);
    if (made == NULL)
        return neapi_no_memory(error, "a container's throughputs");
    made->workers = workers;
    made->cpu_mean_s = cpu_mean_s;
    made->wait_mean_s = wait_mean_s;
    struct closed closed = closed_begin(vcpu, cpu_mean_s, wait_mean_s);
    for (int n = 0; n < workers; n++)
        made->rate[n] = closed_step(&closed);
    made->crowded_share = vcpu >= workers ? 0 : crowded_share(&closed);
    *fes = made;
    return NEAP_OK;
}

double neapi_fes_rate(const struct neap_fes *fes, int held)
{
    return fes->rate[held - 1];
}

void neap_fes_free(struct neap_fes *fes)
{
    free(fes);
}

/* Sums of r^j and j r^j over j = 0..queue and the last r^queue; r <= 1, queue may be infinite if
 * r < 1. */
struct geometric {
    double all, first, last;
};

static struct geometric geometric_sums(double r, double queue)
{
    double less = 1 - r;
    if (isinf(queue))
        return (struct geometric){1 / less, r / (less * less), 0};
    struct geometric sums = {0, 0, 1};
    if (queue <= 1e5) {
        for (double j = 0; j < queue; j++) {
            sums.all += sums.last;
            sums.first += j * sums.last;
            sums.last *= r;
        }
        sums.all += sums.last;
        sums.first += queue * sums.last;
        return sums;
    }
    double x = less * queue, n = queue + 1;
    sums.last = exp(queue * log1p(-less));
    if (x < 1e-4) { /* to the second order in 1 - r */
        sums.all = n * (1 - less * queue / 2 * (1 - less * (queue - 1) / 3));
        double square = (2 * queue + 1) / 3, cube = queue * n / 2;
        sums.first = queue * n / 2 * (1 - less * (square - less / 2 * (cube - square)));
        return sums;
    }
    sums.all = -expm1(n * log1p(-less)) / less;
    sums.first = r * (sums.all - n * sums.last) / less;
    return sums;
}

/* Ratio of the weights of neighbouring states beyond all workers, corrected for holding times of
 * scv other than 1; *factor is what keeps the total weight of an endless queue. */
static double queue_ratio(const struct neap_fes *fes, double arrival_rate, double scv_holding,
                          double *factor)
{
    double rho = arrival_rate / fes->rate[fes->workers - 1];
    double crowd = fes->crowded_share * fes->crowded_share;
    double growth = (1 + scv_holding + (1 - scv_holding) * crowd) / 2;
    double ratio = rho < 1 ? rho * growth / (1 - rho + rho * growth) : pow(rho, 1 / growth);
    if (rho < 1)
        *factor = 1 / (1 - rho + rho * growth);
    else
        *factor = rho > 1 + 1e-9 ? (ratio - 1) / (rho - 1) : 1 / growth;
    return ratio;
}

/* Weights relative to the state of all workers busy, before the correction. */
struct sums {
    double all, inside, waiting, queueing, full;
    double refused; /* full, but for what the correction changed in the flow: see result_of() */
};

static struct sums queue_sums(const struct neap_fes *fes, double rho, double ratio, double factor,
                              double queue)
{
    bool rises = ratio > 1;
    struct geometric g = geometric_sums(rises ? 1 / ratio : ratio, queue);
    double first = rises ? queue * g.all - g.first : g.first;
    struct sums sums = {.all = factor * g.all, .waiting = factor * first};
    sums.full = factor * (rises ? 1 : g.last);
    sums.refused = (rises ? 1 : g.last) * ratio / rho;
    sums.queueing = sums.all - sums.full;
    sums.inside = fes->workers * sums.all;
    return sums;
}

/* Accepted is what the states let through, sum of p(n) X(min(n, w)): with the corrected weights beyond
 * w this is not what the share of full states says, and never above capacity. */
static struct neap_fes_result result_of(const struct neap_fes *fes, const struct sums *sums,
                                        double arrival_rate)
{
    double block = sums->refused / sums->all, open = (sums->all - sums->full) / sums->all;
    double accepted = arrival_rate * (1 - block);
    double inside = sums->inside / sums->all, waiting = sums->waiting / sums->all;
    double cpu_s = inside / accepted - fes->wait_mean_s;
    return (struct neap_fes_result){.t_mean = (inside + waiting) / accepted,
                                    .wq_mean = waiting / accepted,
                                    .p_wait = fmin(sums->queueing / sums->all / open, 1),
                                    .cpu_stretch = fmax(cpu_s / fes->cpu_mean_s, 1),
                                    .p_block = block,
                                    .p_full = sums->full / sums->all,
                                    .lq = waiting};
}

static struct neap_fes_result overloaded(const struct neap_fes *fes)
{
    double inside = fes->workers / fes->rate[fes->workers - 1];
    return (struct neap_fes_result){.t_mean = (double)INFINITY,
                                    .wq_mean = (double)INFINITY,
                                    .p_wait = 1,
                                    .cpu_stretch = (inside - fes->wait_mean_s) / fes->cpu_mean_s,
                                    .p_block = 0,
                                    .lq = (double)INFINITY};
}

struct neap_fes_result neap_fes_evaluate(const struct neap_fes *fes, double arrival_rate,
                                         double scv_holding, double listen_queue)
{
    double nan = (double)NAN, factor;
    if (!(arrival_rate >= 0) || isinf(arrival_rate) || !(scv_holding >= 0) || !(listen_queue >= 0))
        return (struct neap_fes_result){nan, nan, nan, nan, nan, nan, nan};
    if (isinf(listen_queue) && arrival_rate >= fes->rate[fes->workers - 1])
        return overloaded(fes);
    double rate = fmax(arrival_rate, 1e-9 * fes->rate[0]); /* at 0 the limit stands */
    double ratio = queue_ratio(fes, rate, scv_holding, &factor);
    struct sums sums =
        queue_sums(fes, rate / fes->rate[fes->workers - 1], ratio, factor, listen_queue);
    double weight = ratio > 1 ? exp(-listen_queue * log(ratio)) : 1;
    for (int n = fes->workers - 1; n >= 0; n--) {
        weight *= fes->rate[n] / rate;
        sums.all += weight;
        sums.inside += n * weight;
        if (weight < 1e-20 * sums.all && fes->rate[n] < rate)
            break;
        if (weight > 1e200) {
            double scale = 1e-200;
            weight *= scale;
            sums.all *= scale;
            sums.inside *= scale;
            sums.waiting *= scale;
            sums.queueing *= scale;
            sums.full *= scale;
            sums.refused *= scale;
        }
    }
    return result_of(fes, &sums, rate);
}

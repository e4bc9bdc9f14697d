/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans, what so many requests can resolve of them, and scores. */
#include "study/selftest_plan.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

enum { WAITING_MOST = 1 << 17 };

/* Batches of at least that many relaxation times are close enough to independent and normal, and a
 * share needs that many separate occasions in all. */
static const double RELAXATIONS = 30, OCCASIONS = 150;

double neapi_row_value(const struct neapi_row *row, const char *column)
{
    return neapi_row_double(row, column, (double)NAN);
}

void neapi_plan_init(struct neapi_plan *plan, size_t containers, int workers,
                     enum neap_balancer_type balancer, bool by_events)
{
    *plan = (struct neapi_plan){.kernel = by_events                           ? "events"
                                          : balancer == NEAP_BALANCER_CENTRAL ? "central"
                                                                              : "own",
                                .pool = {.workers = workers,
                                         .cores = workers,
                                         .burst_cores = workers,
                                         .quota_period_s = (double)NAN,
                                         .queue_limit = 1 << 14,
                                         .timeout_s = (double)NAN,
                                         .balancer = balancer,
                                         .client = {.patience_s = (double)NAN, .backoff_s = 1},
                                         .containers_most = containers,
                                         .waiting_most = WAITING_MOST,
                                         .classes = 1,
                                         .versions = 1,
                                         .by_events = by_events},
                                .containers = containers,
                                .rarest = (double)NAN};
    plan->traffic.cpu = (struct neap_law){NEAP_LAW_EXPONENTIAL, 1, 1};
}

bool neapi_plan_servers(struct neapi_plan *plan, const struct neapi_row *row, int variant,
                        int servers, double places)
{
    bool central = row->index % 2 == 1, by_events = variant == 1;
    int workers = central && isinf(places) ? (servers % 4 == 0 ? 4 : 1) : servers;
    if (variant > (row->index % 3 == 0))
        return false;
    neapi_plan_init(plan, (size_t)(servers / workers), workers,
                    central ? NEAP_BALANCER_CENTRAL : NEAP_BALANCER_RANDOM, by_events);
    if (!isinf(places))
        plan->pool.queue_limit = places;
    return true;
}

void neapi_plan_poisson(struct neapi_plan *plan, double rate)
{
    plan->traffic.arrivals = NEAPI_RENEWAL;
    plan->traffic.gap = (struct neap_law){NEAP_LAW_EXPONENTIAL, 1 / rate, 1};
}

/* The relaxation time of M/M/1, 1 / (mu (1 - sqrt rho)^2), in requests, for more variable times
 * longer in proportion; of many servers at least a service time (Abate and Whitt 1987). */
void neapi_plan_settle(struct neapi_plan *plan, double servers, double rho)
{
    const struct neapi_traffic *traffic = &plan->traffic;
    double variability = (neap_law_scv(&traffic->gap) + neap_law_scv(&traffic->cpu)) / 2;
    double slack = fmax(1 - sqrt(rho), 1e-9);
    plan->rate = 1 / traffic->gap.mean_s;
    plan->service_s = traffic->cpu.mean_s + traffic->wait.mean_s;
    plan->relaxation = fmax(servers * rho, fmax(variability, 0.5) * rho / (slack * slack));
}

void neapi_plan_want(struct neapi_plan *plan, const char *column, enum neapi_measure measure,
                     double value)
{
    if (isfinite(value) && plan->wanted_count < NEAPI_WANTED_MOST)
        plan->wanted[plan->wanted_count++] =
            (struct neapi_wanted){.column = column, .measure = measure, .value = value};
}

void neapi_plan_want_within(struct neapi_plan *plan, const struct neapi_row *row,
                            const char *column, double probability, double least_s)
{
    double at_s = neapi_row_double(row, column, (double)NAN);
    size_t next = plan->wanted_count;
    if (!(at_s > least_s * 1.02))
        return;
    neapi_plan_want(plan, column, NEAPI_WITHIN, probability);
    if (plan->wanted_count > next)
        plan->wanted[next].at_s = at_s;
}

/* --- what can be resolved --------------------------------------------------------------------------- */

/* How often what is counted happens, or does not, by itself; means always do. */
static double occasions(const struct neapi_plan *plan, const struct neapi_wanted *wanted,
                        double requests)
{
    double apart = fmax(1, plan->relaxation);
    double cores = plan->pool.cores * (double)plan->containers;
    if (wanted->measure == NEAPI_CORES) /* idle ones */
        return requests * fmax(0, 1 - wanted->value / cores) / apart;
    if (wanted->measure == NEAPI_WAITING)
        return requests * fmin(wanted->value, 1) / fmax(NEAPI_STRETCH_REQUESTS, apart);
    if (wanted->measure != NEAPI_WITHIN && wanted->measure != NEAPI_REFUSED)
        return requests;
    return requests * fmin(wanted->value, 1 - wanted->value) / apart;
}

const char *neapi_plan_unresolved(struct neapi_plan *plan, double requests)
{
    size_t kept = 0;
    if (plan->relaxation * RELAXATIONS * NEAPI_BATCHES > requests)
        return "changes too slowly";
    if (plan->rarest < 3 / sqrt(requests))
        return "waits too rarely";
    for (size_t i = 0; i < plan->wanted_count; i++)
        if (occasions(plan, &plan->wanted[i], requests) >= OCCASIONS)
            plan->wanted[kept++] = plan->wanted[i];
    plan->wanted_count = kept;
    return kept == 0 ? "happens too rarely" : NULL;
}

/* --- scores ------------------------------------------------------------------------------------------ */

static double score_of(double t, double freedom)
{
    double tail = gsl_cdf_tdist_Q(fabs(t), freedom);
    return copysign(tail > 0 ? gsl_cdf_ugaussian_Qinv(tail) : 38, t);
}

double neapi_batches_score(const double x[], const double y[], size_t batches, double value,
                           double doubt)
{
    double n = (double)batches, mean = 0, square = 0, weight = 0;
    for (size_t b = 0; b < batches; b++) {
        mean += (x[b] - value * y[b]) / n;
        weight += y[b] / n;
    }
    for (size_t b = 0; b < batches; b++)
        square += pow(x[b] - value * y[b] - mean, 2);
    double error = sqrt(square / (n - 1) / n), whole = hypot(error, doubt * weight);
    if (!(whole > 0))
        return mean == 0 ? (double)NAN : copysign(38, mean);
    /* the more of the doubt is the table's own, the more is known about how large it is (Welch) */
    double freedom = error > 0 ? (n - 1) * fmin(pow(whole / error, 4), 1e6) : 1e6;
    return score_of(mean / whole, freedom);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The latency of one law of requests in a container at a constant load, as the tick engine has it
 * (doc/method.md, "Latency"): W + stretch x C + Z, where W > 0 with some probability and then has a
 * gamma law, all independent. Where a container has one worker, lognormal service makes waits longer
 * than any gamma law; there the exact transform is used, with the one lognormal that has the mean and
 * variance of stretch x C + Z. */
#include <math.h>

#include "service/forward.h"
#include "service/solve.h"
#include "service/station.h"

enum { TIMES = 160, POINTS = 64 };

void neapi_forward_init(struct neapi_forward *forward,
                        const struct neap_container_options *container,
                        enum neap_balancer_type balancer)
{
    *forward = (struct neapi_forward){
        .container = container, .balancer = balancer, .containers = 1, .load = 0};
    neap_response_nodes(forward->share, forward->weight);
}

/* --- service times, stretch x C + Z ---------------------------------------------------------------- */

struct service {
    const struct neap_distribution *cpu_demand;
    double stretch;
    double point_s[POINTS], mass[POINTS]; /* of Z */
};

/* Z at the middle of shares of equal mass in w = exp(-v), the tail in ever smaller ones. */
static void set_points(struct service *service, const struct neap_distribution *wait)
{
    double total = 0;
    for (int i = 0; i < POINTS; i++) {
        double v = 20 * ((double)i + 0.5) * ((double)i + 0.5) / ((double)POINTS * POINTS);
        double from = 20 * (double)i * (double)i / ((double)POINTS * POINTS);
        double to = 20 * ((double)i + 1) * ((double)i + 1) / ((double)POINTS * POINTS);
        service->point_s[i] = neap_distribution_quantile_upper(wait, exp(-v));
        service->mass[i] = exp(-from) - exp(-to);
        total += service->mass[i];
    }
    for (int i = 0; i < POINTS; i++)
        service->mass[i] /= total;
}

static double sum_tail(const struct service *service, double t)
{
    double sum = 0;
    for (int i = 0; i < POINTS; i++) {
        double rest = (t - service->point_s[i]) / service->stretch;
        sum +=
            service->mass[i] * (rest > 0 ? neap_distribution_tail(service->cpu_demand, rest) : 1);
    }
    return sum;
}

/* Inverts a falling tail, known at rising times, at each share; both axes logarithmic. */
static void invert(double *service_s, const double *share, const double *ln_time,
                   const double *ln_tail)
{
    int at = 0;
    for (int i = 0; i < NEAP_RESPONSE_NODES; i++) {
        double want = log1p(-share[i]);
        while (at + 2 < TIMES && ln_tail[at + 1] > want)
            at++;
        double fall = ln_tail[at] - ln_tail[at + 1];
        double part = fall > 0 ? (ln_tail[at] - want) / fall : 0;
        service_s[i] = exp(ln_time[at] + fmin(fmax(part, 0), 1) * (ln_time[at + 1] - ln_time[at]));
    }
}

/* Quantiles of the sum of two laws that both vary. */
static void add_laws(double *service_s, const double *share, struct service *service,
                     const struct neap_distribution *wait)
{
    double ln_time[TIMES], ln_tail[TIMES];
    set_points(service, wait);
    double low = service->stretch * neap_distribution_quantile(service->cpu_demand, 1e-5) +
                 neap_distribution_quantile(wait, 1e-5);
    double high = service->stretch * neap_distribution_quantile_upper(service->cpu_demand, 1e-9) +
                  neap_distribution_quantile_upper(wait, 1e-9);
    double step = log(high / low) / (TIMES - 1);
    for (int j = 0; j < TIMES; j++) {
        ln_time[j] = log(low) + j * step;
        ln_tail[j] = log(fmax(sum_tail(service, exp(ln_time[j])), 1e-300));
    }
    invert(service_s, share, ln_time, ln_tail);
}

static void service_quantiles(double *service_s, const struct neapi_forward *forward,
                              double stretch, const struct neap_distribution *cpu_demand,
                              const struct neap_distribution *wait)
{
    struct service service = {.cpu_demand = cpu_demand, .stretch = stretch};
    bool fixed_cpu = !(neap_distribution_scv(cpu_demand) > 0);
    if (!fixed_cpu && neap_distribution_scv(wait) > 0) {
        add_laws(service_s, forward->share, &service, wait);
        return;
    }
    for (int i = 0; i < NEAP_RESPONSE_NODES; i++)
        service_s[i] = stretch * neap_distribution_quantile(cpu_demand, forward->share[i]) +
                       neap_distribution_quantile(wait, forward->share[i]);
}

/* --- percentiles ---------------------------------------------------------------------------------- */

static enum neap_status queue(struct neap_wait *queueing, double *stretch,
                              const struct neapi_forward *forward,
                              const struct neap_distribution *cpu_demand,
                              const struct neap_distribution *wait, struct neap_error *error)
{
    const struct neapi_station_kind kind = {1, cpu_demand, wait};
    struct neapi_station_alone at;
    double load = fmin(fmax(forward->load, 1e-9), 1 - 1e-9);
    enum neap_status status = neapi_station_at(&at, forward->container, forward->balancer, &kind,
                                               forward->containers, load, error);
    if (status != NEAP_OK)
        return status;
    bool waits = at.probability > 1e-12 && at.wait_s > 0;
    *stretch = at.stretch;
    *queueing = (struct neap_wait){waits ? fmin(at.probability, 1) : 0,
                                   waits ? at.wait_s / fmin(at.probability, 1) : 0, at.scv};
    return NEAP_OK;
}

/* --- one worker ------------------------------------------------------------------------------------ */

/* Where the transform is quick and gamma laws are not as good. */
static const double LEAST_LOAD = 0.02, MOST_LOAD = 0.999, LEAST_SCV = 0.15, MOST_SCV = 25;

static bool is_lognormal(const struct neap_distribution *law)
{
    return neap_distribution_family(law) == NEAP_FAMILY_LOGNORMAL;
}

/* The law of the service time, when the exact way is open. */
static bool single_law(struct neap_law *law, const struct neapi_forward *forward,
                       const struct neap_distribution *cpu_demand,
                       const struct neap_distribution *wait)
{
    const struct neap_container_options *c = forward->container;
    double stretch = 1 / fmin(1, neap_container_cpu_usable(c) - c->idle_cpu_cores);
    double cpu_s = stretch * neap_distribution_mean(cpu_demand),
           wait_s = neap_distribution_mean(wait);
    double mean = cpu_s + wait_s;
    double scv = (cpu_s * cpu_s * neap_distribution_scv(cpu_demand) +
                  wait_s * wait_s * neap_distribution_scv(wait)) /
                 (mean * mean);
    *law = (struct neap_law){NEAP_LAW_LOGNORMAL, mean, scv};
    return !forward->rough && c->workers == 1 && forward->containers == 1 &&
           forward->load >= LEAST_LOAD && forward->load <= MOST_LOAD && scv >= LEAST_SCV &&
           scv <= MOST_SCV && is_lognormal(cpu_demand) && (wait_s == 0 || is_lognormal(wait));
}

static enum neap_status single(double *ln_response, const struct neap_law *law, double load,
                               const double *p, size_t count, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < count; i++) {
        status =
            neap_mg1_response_quantile(&ln_response[i], law, load, fmin(p[i], 0.999999), error);
        if (status == NEAP_OK)
            ln_response[i] = log(ln_response[i]);
    }
    return status;
}

/* --- any ------------------------------------------------------------------------------------------ */

enum neap_status neapi_forward_percentiles(double *ln_response, const struct neapi_forward *forward,
                                           const struct neap_distribution *cpu_demand,
                                           const struct neap_distribution *wait, const double *p,
                                           size_t count, struct neap_error *error)
{
    double service_s[NEAP_RESPONSE_NODES], stretch;
    struct neap_wait queueing;
    struct neap_law law;
    if (single_law(&law, forward, cpu_demand, wait))
        return single(ln_response, &law, forward->load, p, count, error);
    enum neap_status status = queue(&queueing, &stretch, forward, cpu_demand, wait, error);
    if (status != NEAP_OK)
        return status;
    service_quantiles(service_s, forward, stretch, cpu_demand, wait);
    for (size_t i = 0; i < count; i++)
        ln_response[i] =
            forward->load < 1
                ? log(neap_response_quantile(&queueing, service_s, forward->weight, p[i]))
                : (double)INFINITY;
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The forward equations by the classical Runge-Kutta method. What leaving servers hold never returns
 * to the queue, so only its mean is carried along. Named servers are busy as drawn without return:
 * hypergeometric. */
#include "study/selftest_chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "base/array.h"

enum { STATES = 768 };
static const double STEP_RATE = 0.4; /* of the fastest change, for one step */

struct neapi_chain {
    struct neapi_traffic traffic;
    double service_rate, t_s;
    size_t servers;
    double leaving; /* mean requests that leaving servers hold */
    double p[STATES];
    double slope[4][STATES], at[STATES];
};

struct neapi_chain *neapi_chain_new(const struct neapi_traffic *traffic, double service_rate,
                                    size_t servers, size_t present)
{
    struct neapi_chain *chain = neapi_allocate(1, sizeof *chain);
    if (chain == NULL)
        return NULL;
    chain->traffic = *traffic;
    chain->service_rate = service_rate;
    chain->servers = servers;
    chain->p[present < STATES ? present : STATES - 1] = 1;
    return chain;
}

void neapi_chain_free(struct neapi_chain *chain)
{
    free(chain);
}

static void slope(const struct neapi_chain *chain, double t_s, const double p[], double slope[])
{
    double rate = neapi_traffic_rate(&chain->traffic, t_s), mu = chain->service_rate;
    for (size_t n = 0; n < STATES; n++) {
        double ends = mu * (double)(n < chain->servers ? n : chain->servers);
        double next = mu * (double)(n + 1 < chain->servers ? n + 1 : chain->servers);
        slope[n] = -p[n] * (ends + (n + 1 < STATES ? rate : 0)) + (n > 0 ? rate * p[n - 1] : 0) +
                   (n + 1 < STATES ? next * p[n + 1] : 0);
    }
}

static void move(double to[], const double from[], double step, const double slope[])
{
    for (size_t n = 0; n < STATES; n++)
        to[n] = from[n] + step * slope[n];
}

static void take_step(struct neapi_chain *chain, double step_s)
{
    double(*k)[STATES] = chain->slope, t_s = chain->t_s;
    slope(chain, t_s, chain->p, k[0]);
    move(chain->at, chain->p, step_s / 2, k[0]);
    slope(chain, t_s + step_s / 2, chain->at, k[1]);
    move(chain->at, chain->p, step_s / 2, k[1]);
    slope(chain, t_s + step_s / 2, chain->at, k[2]);
    move(chain->at, chain->p, step_s, k[2]);
    slope(chain, t_s + step_s, chain->at, k[3]);
    for (size_t n = 0; n < STATES; n++)
        chain->p[n] += step_s / 6 * (k[0][n] + 2 * k[1][n] + 2 * k[2][n] + k[3][n]);
    chain->t_s += step_s;
}

void neapi_chain_pass(struct neapi_chain *chain, double to_s)
{
    const struct neapi_traffic *traffic = &chain->traffic;
    double fastest =
        traffic->rate + traffic->amplitude_rate + (double)chain->servers * chain->service_rate;
    double length_s = to_s - chain->t_s, steps = ceil(length_s * fastest / STEP_RATE);
    for (double i = 0; i < steps; i++)
        take_step(chain, length_s / steps);
    chain->leaving *= exp(-chain->service_rate * length_s);
    chain->t_s = to_s;
}

void neapi_chain_staff(struct neapi_chain *chain, size_t servers)
{
    size_t before = chain->servers, gone = before > servers ? before - servers : 0;
    double *after = chain->at;
    chain->servers = servers;
    if (gone == 0)
        return;
    memset(after, 0, sizeof chain->at);
    for (size_t n = 0; n < STATES; n++) {
        size_t busy = n < before ? n : before;
        for (size_t taken = 0; taken <= gone && taken <= busy; taken++) {
            double share = gsl_ran_hypergeometric_pdf((unsigned)taken, (unsigned)busy,
                                                      (unsigned)(before - busy), (unsigned)gone);
            after[n - taken] += chain->p[n] * share;
            chain->leaving += chain->p[n] * share * (double)taken;
        }
    }
    memcpy(chain->p, after, sizeof chain->p);
}

struct neapi_chain_means neapi_chain_means(const struct neapi_chain *chain)
{
    struct neapi_chain_means means = {chain->leaving, 0, 0};
    for (size_t n = 0; n < STATES; n++) {
        means.present += (double)n * chain->p[n];
        if (n > chain->servers)
            means.waiting += (double)(n - chain->servers) * chain->p[n];
    }
    means.busy = means.present - means.waiting;
    return means;
}

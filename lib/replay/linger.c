/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a draining container waits for its last request, by the tick engine. The number that it
 * holds is taken as Poisson with the mean of the moment, n; what is left of each is the residual time
 * R of a lognormal law with the moments of the time that a request holds a worker. All are done by t
 * with probability exp(-n P(R > t)), so beyond the drain it is there for the integral of 1 - that, up
 * to the grace. */
#include <math.h>

#include "replay/tick.h"

enum { STEPS = 128 };
static const double LEAST_SCV = 1e-4; /* below, all take as long */
static const double WIDENING = 7;     /* the last step is e^7 times the first */

static double normal_below(double z)
{
    return 0.5 * erfc(-z * 0.70710678118654752440);
}

/* P(R > t) = E[(S - t)+] / E[S]. */
static double residual_tail(double mean_s, double scv, double t_s)
{
    if (scv < LEAST_SCV)
        return fmax(1 - t_s / mean_s, 0);
    if (!(t_s > 0))
        return 1;
    double sigma = sqrt(log1p(scv));
    double above = log(mean_s / t_s) / sigma + 0.5 * sigma;
    double tail = normal_below(above) - t_s / mean_s * normal_below(above - sigma);
    return fmin(fmax(tail, 0), 1);
}

double neapi_tick_linger_s(void *context, size_t count)
{
    const struct neap_replay *r = context;
    double drain_s = r->in.container->drain_s, sum_s = 0, before_s = 0, before = 0;
    double more_s = neap_container_grace(r->in.container) - drain_s;
    double containers = (double)r->fleet.in_state[NEAP_READY] + (double)count;
    double held = r->tick.queue.in_system / containers;
    double mean_s = r->tick.station->holding_s * r->tick.heaviness;
    for (int i = 0; i <= STEPS; i++) {
        double t_s = more_s * expm1(WIDENING * i / STEPS) / expm1(WIDENING);
        double tail = residual_tail(mean_s, r->tick.station->holding_scv, drain_s + t_s);
        double there = -expm1(-held * tail);
        sum_s += i == 0 ? 0 : 0.5 * (before + there) * (t_s - before_s);
        before_s = t_s;
        before = there;
    }
    return sum_s;
}

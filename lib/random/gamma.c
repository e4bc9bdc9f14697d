/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gamma family: shape a = 1 / cv^2, scale = mean / a. Its quantile has no closed form, and
 * GSL's inverse raises an error where its iteration stalls, so it is solved here: Newton's method
 * on ln P (or ln Q, whichever is the smaller) against y = ln x. Both are concave in y, so each step
 * lands on the same side of the root as the one before and no bracket is needed. */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "random/impl.h"

static double lower(double a, double x)
{
    gsl_sf_result p;
    if (x > 1e5 + 10 * a)
        return 1;
    return gsl_sf_gamma_inc_P_e(a, x, &p) == 0 ? p.val : (double)NAN;
}

static double upper(double a, double x)
{
    gsl_sf_result q;
    if (x > 1e5 + 10 * a)
        return 0;
    return gsl_sf_gamma_inc_Q_e(a, x, &q) == 0 ? q.val : (double)NAN;
}

static double gamma_cdf(const struct neap_distribution *d, double x)
{
    return lower(d->shape, x / d->scale);
}

static double gamma_tail(const struct neap_distribution *d, double x)
{
    return upper(d->shape, x / d->scale);
}

/* ln of a first guess: P(x) ~ x^a / Gamma(a + 1) for small x, or the cube of a normal (Wilson and
 * Hilferty 1931). */
static double first_guess(double a, double u, double w)
{
    double small = (log(u) + gsl_sf_lngamma(1 + a)) / a;
    if (a < 0.5 || small < -3)
        return fmin(small, 0);
    double root = 1 - 1 / (9 * a) + neapi_normal_score(u, w) / (3 * sqrt(a));
    return root > 0.01 ? log(a) + 3 * log(root) : fmin(small, log(a));
}

/* Newton's step in y towards the place where the tail that holds `target` has that size. */
static double newton_step(double a, double y, bool lower_tail, double target)
{
    double x = exp(y);
    double tail = lower_tail ? lower(a, x) : upper(a, x);
    if (!(tail > 0))
        return lower_tail ? 0.5 : -0.5;
    double log_density = a * y - x - gsl_sf_lngamma(a); /* of y */
    double slope = exp(log_density - log(tail));
    double step = log(target / tail) / slope;
    if (!lower_tail)
        step = -step;
    return fmax(-2, fmin(2, step));
}

static double gamma_quantile(const struct neap_distribution *d, double u, double w)
{
    double a = d->shape;
    bool lower_tail = u <= w;
    double y = first_guess(a, u, w);
    if (y < -700) /* P is x^a / Gamma(a + 1) to the last bit there */
        return d->scale * exp(y);
    double last = HUGE_VAL;
    for (int i = 0; i < 200; i++) {
        double step = newton_step(a, y, lower_tail, lower_tail ? u : w);
        if (fabs(step) < 1e-9 && fabs(step) >= last)
            break; /* only rounding is left */
        y += step;
        last = fabs(step);
        if (last < 1e-15)
            break;
    }
    return d->scale * exp(y);
}

const struct neapi_family neapi_gamma = {
    NEAP_FAMILY_GAMMA, gamma_quantile, gamma_cdf, gamma_tail, NULL, NULL,
};

void neapi_gamma_moments(struct neap_distribution *d, double mean, double cv)
{
    double scv = cv * cv;
    d->shape = 1 / scv;
    d->scale = mean * scv;
    d->mean = mean;
    d->scv = scv;
    d->third = (1 + scv) * (1 + 2 * scv);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The families with closed forms, from their mean and coefficient of variation c.
 *   constant     scale = the value
 *   exponential  scale = mean
 *   lognormal    ln X normal with mean `location` and standard deviation `shape`
 *   weibull      P(X > x) = exp(-(x / scale)^shape) */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "random/impl.h"

double neapi_normal_score(double u, double w)
{
    return u <= w ? gsl_cdf_ugaussian_Pinv(u) : gsl_cdf_ugaussian_Qinv(w);
}

/* --- constant */

static double value(const struct neap_distribution *d)
{
    return d->scale;
}

static double constant_quantile(const struct neap_distribution *d, double u, double w)
{
    (void)u;
    (void)w;
    return d->scale;
}

static double constant_cdf(const struct neap_distribution *d, double x)
{
    return x >= d->scale ? 1 : 0;
}

static double constant_tail(const struct neap_distribution *d, double x)
{
    return x >= d->scale ? 0 : 1;
}

const struct neapi_family neapi_constant = {
    NEAP_FAMILY_CONSTANT, constant_quantile, constant_cdf, constant_tail, value, value,
};

/* --- exponential and Weibull */

static double minus_log_tail(double u, double w)
{
    return u < 0.5 ? -log1p(-u) : -log(w);
}

static double exponential_quantile(const struct neap_distribution *d, double u, double w)
{
    return d->scale * minus_log_tail(u, w);
}

static double exponential_cdf(const struct neap_distribution *d, double x)
{
    return -expm1(-x / d->scale);
}

static double exponential_tail(const struct neap_distribution *d, double x)
{
    return exp(-x / d->scale);
}

const struct neapi_family neapi_exponential = {
    NEAP_FAMILY_EXPONENTIAL, exponential_quantile, exponential_cdf, exponential_tail, NULL, NULL,
};

static double weibull_quantile(const struct neap_distribution *d, double u, double w)
{
    return d->scale * pow(minus_log_tail(u, w), 1 / d->shape);
}

static double weibull_cdf(const struct neap_distribution *d, double x)
{
    return -expm1(-pow(x / d->scale, d->shape));
}

static double weibull_tail(const struct neap_distribution *d, double x)
{
    return exp(-pow(x / d->scale, d->shape));
}

const struct neapi_family neapi_weibull = {
    NEAP_FAMILY_WEIBULL, weibull_quantile, weibull_cdf, weibull_tail, NULL, NULL,
};

/* E[X^2] / E[X]^2 = Gamma(1 + 2/k) / Gamma(1 + 1/k)^2 grows with 1/k: bisection on its logarithm.
 */
void neapi_weibull_moments(struct neap_distribution *d, double mean, double cv)
{
    double target = log1p(cv * cv);
    double low = log(1e-5), high = log(20), y = 0;
    for (int i = 0; i < 64; i++) {
        y = exp((low + high) / 2);
        if (gsl_sf_lngamma(1 + 2 * y) - 2 * gsl_sf_lngamma(1 + y) < target)
            low = log(y);
        else
            high = log(y);
    }
    double log_gamma = gsl_sf_lngamma(1 + y);
    d->shape = 1 / y;
    d->scale = mean / exp(log_gamma);
    d->mean = mean;
    d->scv = cv * cv;
    d->third = exp(gsl_sf_lngamma(1 + 3 * y) - 3 * log_gamma);
}

/* --- lognormal */

static double lognormal_quantile(const struct neap_distribution *d, double u, double w)
{
    return exp(d->location + d->shape * neapi_normal_score(u, w));
}

static double lognormal_cdf(const struct neap_distribution *d, double x)
{
    return gsl_cdf_ugaussian_P((log(x) - d->location) / d->shape);
}

static double lognormal_tail(const struct neap_distribution *d, double x)
{
    return gsl_cdf_ugaussian_Q((log(x) - d->location) / d->shape);
}

const struct neapi_family neapi_lognormal = {
    NEAP_FAMILY_LOGNORMAL, lognormal_quantile, lognormal_cdf, lognormal_tail, NULL, NULL,
};

void neapi_lognormal_moments(struct neap_distribution *d, double mean, double cv)
{
    double variance = log1p(cv * cv);
    d->location = log(mean) - variance / 2;
    d->shape = sqrt(variance);
    d->mean = mean;
    d->scv = cv * cv;
    d->third = pow(1 + cv * cv, 3);
}

void neapi_lognormal_parameters(struct neap_distribution *d, double location, double shape)
{
    double variance = shape * shape;
    d->location = location;
    d->shape = shape;
    d->mean = exp(location + variance / 2);
    d->scv = expm1(variance);
    d->third = exp(3 * variance);
}

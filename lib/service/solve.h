/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roots, minima and integrals of smooth functions of one variable, without allocation. */
#ifndef NEAP_SERVICE_SOLVE_H
#define NEAP_SERVICE_SOLVE_H

typedef double neapi_function(double x, const void *context);

/* The x in [low, high] where f changes sign (an end when it does not), to about the last digits of
 * x. f may be flat or steep; about 8 to 12 calls when it is neither. */
double neapi_root(neapi_function *f, const void *context, double low, double high);
/* The same, to within tolerance of x. */
double neapi_root_within(neapi_function *f, const void *context, double low, double high,
                         double tolerance);

/* The x in [low, high] where f is least, to within tolerance of x, for an f that falls and then
 * rises: golden section. */
double neapi_least(neapi_function *f, const void *context, double low, double high,
                   double tolerance);

/* Integral over [low, high] by 16-point Gauss-Legendre on that many panels of equal width. */
double neapi_integral(neapi_function *f, const void *context, double low, double high, int panels);

/* Points and weights of that rule on [-1, 1], the positive half. */
extern const double neapi_gauss_point[8], neapi_gauss_weight[8];

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_SERVICE_INVERSION_H
#define NEAP_SERVICE_INVERSION_H

#include <complex.h>

typedef double complex neapi_transform(double complex s, const void *context);

/* f(t), t > 0, of the Laplace transform of a tail probability f: to about 1e-10. */
double neapi_invert(neapi_transform *transform, const void *context, double t);

/* The t where that tail falls to excess (in (0, 1)); start > 0 is a guess. */
double neapi_invert_quantile(neapi_transform *transform, const void *context, double excess,
                             double start);

#endif

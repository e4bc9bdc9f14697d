/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Transforms of the laws of times. */
#ifndef NEAP_SERVICE_LAW_H
#define NEAP_SERVICE_LAW_H

#include <complex.h>
#include <string.h>

#include <neap/service.h>

/* What C11's CMPLX() gives, which not every compiler has. */
static inline double complex neapi_complex(double real, double imaginary)
{
    double part[2] = {real, imaginary};
    double complex whole;
    memcpy(&whole, part, sizeof whole);
    return whole;
}

/* Whether the law can be computed with: a mean > 0 and an scv that its kind allows. */
bool neapi_law_valid(const struct neap_law *law);

/* 1 - E[exp(-s X)] for real s >= 0, without cancellation for small s. */
double neapi_law_complement(const struct neap_law *law, double s);
/* E[exp(-s X)] for Re s >= 0, s != 0. */
double complex neapi_law_transform(const struct neap_law *law, double complex s);
/* E[sin(g X)] and E[1 - cos(g X)] for g > 0, without cancellation for small g. */
void neapi_law_circular(const struct neap_law *law, double g, double *sine, double *versine);

/* The two rates and the share of the first of a hyperexponential law with balanced means. */
void neapi_law_phases(const struct neap_law *law, double *share, double rate[2]);

#endif

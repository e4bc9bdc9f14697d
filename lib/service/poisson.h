/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_SERVICE_POISSON_H
#define NEAP_SERVICE_POISSON_H

/* P(N = k) of a Poisson variate, to about 1e-15 x (1 + distance from the mean in deviations). */
double neapi_poisson_mass(double k, double mean);
/* P(N >= k) for k > mean. */
double neapi_poisson_upper(double k, double mean);

#endif

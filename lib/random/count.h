/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_RANDOM_COUNT_H
#define NEAP_RANDOM_COUNT_H

/* The gamma distribution that the mean of a Poisson count has, so that counts have that mean and
 * dispersion (above 1): its shape, and its scale, which is dispersion - 1. */
static inline double neapi_count_shape(double mean, double dispersion)
{
    return mean / (dispersion - 1);
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_RANDOM_DISTRIBUTION_H
#define NEAP_RANDOM_DISTRIBUTION_H

#include <neap/random.h>

/* A distribution is a shape times a factor, which neap_distribution_scale() changes: its quantiles
 * are those of the shape times the factor, to the bit. */
double neapi_distribution_factor(const struct neap_distribution *distribution);
/* neap_distribution_quantile() and neap_distribution_quantile_upper() of the shape. */
double neapi_shape_quantile(const struct neap_distribution *distribution, double u);
double neapi_shape_quantile_upper(const struct neap_distribution *distribution, double w);
/* Whether one has come from the other by scaling, or both from a third one. */
bool neapi_distribution_same_shape(const struct neap_distribution *a,
                                   const struct neap_distribution *b);

#endif

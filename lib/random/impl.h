/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_RANDOM_IMPL_H
#define NEAP_RANDOM_IMPL_H

#include <neap/random.h>

/* What one family can do. The functions see the distribution before its factor. */
struct neapi_family {
    enum neap_family family;
    /* 0 < u, w < 1 and u + w = 1, both given because each is exact where it is small. */
    double (*quantile)(const struct neap_distribution *d, double u, double w);
    /* x >= 0 and finite. */
    double (*cdf)(const struct neap_distribution *d, double x);
    double (*tail)(const struct neap_distribution *d, double x);
    /* The ends of the support; NULL: 0 and infinity. */
    double (*lowest)(const struct neap_distribution *d);
    double (*highest)(const struct neap_distribution *d);
};

/* One place of a curve through quantiles. */
struct neapi_knot {
    double z;     /* normal score */
    double y;     /* logarithm of the value */
    double slope; /* dy/dz */
};

struct neap_distribution {
    const struct neapi_family *family;
    double factor;                 /* multiplies every value; 1 unless scaled */
    double mean, scv, third;       /* before the factor */
    double location, shape, scale; /* the family's parameters, see its file */
    size_t count;                  /* of knots, of samples, or 0 */
    double storage[];              /* count knots, or count samples in ascending order */
};

static inline const struct neapi_knot *neapi_knots(const struct neap_distribution *d)
{
    return (const struct neapi_knot *)(const void *)d->storage;
}

extern const struct neapi_family neapi_constant, neapi_exponential, neapi_gamma, neapi_lognormal,
    neapi_weibull, neapi_quantiles, neapi_samples;

/* A zeroed distribution of that family with factor 1 and room for count items of size bytes; NULL
 * without memory. */
struct neap_distribution *neapi_distribution_make(const struct neapi_family *family, size_t count,
                                                  size_t size);

/* Fill in parameters and moments from mean and cv, both checked. */
void neapi_lognormal_moments(struct neap_distribution *d, double mean, double cv);
void neapi_gamma_moments(struct neap_distribution *d, double mean, double cv);
void neapi_weibull_moments(struct neap_distribution *d, double mean, double cv);
/* Parameters of the logarithm to moments. */
void neapi_lognormal_parameters(struct neap_distribution *d, double location, double shape);
/* Slopes and moments of a curve whose knots have z and y. */
void neapi_quantiles_finish(struct neap_distribution *d);

/* Normal score of the smaller of u and w. */
double neapi_normal_score(double u, double w);

#endif

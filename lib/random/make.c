/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making distributions from a mean and a coefficient of variation, or from quantiles. */
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "base/fail.h"
#include "random/impl.h"

enum neap_status neap_distribution_constant(struct neap_distribution **distribution, double value,
                                            struct neap_error *error)
{
    if (!(value >= 0 && value < HUGE_VAL))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "constant %g is outside its range, expected a finite value >= 0", value);
    struct neap_distribution *made = neapi_distribution_make(&neapi_constant, 0, 1);
    if (made == NULL)
        return neapi_no_memory(error, "a distribution");
    made->scale = made->mean = value;
    made->third = 1;
    *distribution = made;
    return NEAP_OK;
}

/* --- mean and cv */

static void exponential_moments(struct neap_distribution *d, double mean, double cv)
{
    (void)cv;
    d->scale = d->mean = mean;
    d->scv = 1;
    d->third = 6;
}

/* What a mean and a cv can define beside the constant, and the cv that it can have. */
static const struct named {
    const struct neapi_family *family;
    double low, high;
    void (*set_moments)(struct neap_distribution *d, double mean, double cv);
} named_families[] = {
    {&neapi_exponential, 1, 1, exponential_moments},
    {&neapi_gamma, 0.01, 50, neapi_gamma_moments},
    {&neapi_lognormal, 0.001, 50, neapi_lognormal_moments},
    {&neapi_weibull, 0.001, 50, neapi_weibull_moments},
};

static const struct named *find(enum neap_family family)
{
    for (size_t i = 0; i < sizeof named_families / sizeof *named_families; i++)
        if (named_families[i].family->family == family)
            return &named_families[i];
    return NULL;
}

static enum neap_status check_cv(enum neap_family family, const struct named *named, double cv,
                                 struct neap_error *error)
{
    if (named == NULL)
        return family == NEAP_FAMILY_CONSTANT
                   ? neapi_fail(error, NEAP_BAD_ARGUMENT,
                                "cv %g of a constant: its cv is 0, leave it out or name a family",
                                cv)
                   : neapi_fail(error, NEAP_BAD_ARGUMENT,
                                "a mean and a cv do not define a distribution by %s",
                                neap_family_name(family));
    if (cv >= named->low && cv <= named->high)
        return NEAP_OK;
    if (family == NEAP_FAMILY_EXPONENTIAL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "cv %g of an exponential distribution: its cv is 1, leave it out or "
                          "choose another family",
                          cv);
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "cv %g is outside its range, expected 0 or %g .. %g for family %s", cv,
                      named->low, named->high, neap_family_name(family));
}

enum neap_status neap_distribution_named(struct neap_distribution **distribution,
                                         enum neap_family family, double mean, double cv,
                                         struct neap_error *error)
{
    if (!(mean > 1e-100 && mean < 1e100))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "mean %g is outside its range, expected a finite value > 0", mean);
    const struct named *named = find(family);
    if (!(cv > 0 || cv < 0 || isnan(cv)) && (named == NULL || named->low < 1) &&
        family <= NEAP_FAMILY_WEIBULL)
        return neap_distribution_constant(distribution, mean, error);
    enum neap_status status = check_cv(family, named, cv, error);
    if (status != NEAP_OK)
        return status;
    struct neap_distribution *made = neapi_distribution_make(named->family, 0, 1);
    if (made == NULL)
        return neapi_no_memory(error, "a distribution");
    named->set_moments(made, mean, cv);
    *distribution = made;
    return NEAP_OK;
}

/* --- quantiles */

static enum neap_status check_quantiles(const double p[], const double value[], size_t count,
                                        struct neap_error *error)
{
    if (count < 2 || count > NEAP_QUANTILES_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "%zu quantiles, expected 2 to %d", count,
                          NEAP_QUANTILES_MOST);
    for (size_t i = 0; i < count; i++) {
        if (!(p[i] > 0 && p[i] < 1) || (i > 0 && !(p[i] > p[i - 1])))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "probability %g is out of place, expected ascending ones in (0, 1)",
                              p[i]);
        if (!(value[i] > 1e-100 && value[i] < 1e100))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "the quantile at %g is %g, expected a finite value > 0", p[i],
                              value[i]);
        if (i > 0 && value[i] < value[i - 1])
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "the quantile at %g is %g, less than the one at %g, %g", p[i],
                              value[i], p[i - 1], value[i - 1]);
    }
    return NEAP_OK;
}

/* Normal scores and logarithms, with points of one logarithm merged. Returns how many are left. */
static size_t make_knots(struct neapi_knot knot[], const double p[], const double value[],
                         size_t count)
{
    size_t made = 0;
    for (size_t i = 0; i < count;) {
        double y = log(value[i]), z = 0;
        size_t same = 0;
        for (; i + same < count && !(log(value[i + same]) > y); same++)
            z += gsl_cdf_ugaussian_Pinv(p[i + same]);
        knot[made++] = (struct neapi_knot){z / (double)same, y, 0};
        i += same;
    }
    return made;
}

/* Least squares of y against z: with two points the line through both. NULL without memory. */
static struct neap_distribution *fit_line(const struct neapi_knot knot[], size_t count)
{
    double z = 0, y = 0, zz = 0, zy = 0;
    for (size_t i = 0; i < count; i++) {
        z += knot[i].z / (double)count;
        y += knot[i].y / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        zz += (knot[i].z - z) * (knot[i].z - z);
        zy += (knot[i].z - z) * (knot[i].y - y);
    }
    struct neap_distribution *made = neapi_distribution_make(&neapi_lognormal, 0, 1);
    if (made != NULL)
        neapi_lognormal_parameters(made, y - zy / zz * z, zy / zz);
    return made;
}

static struct neap_distribution *fit_curve(const struct neapi_knot knot[], size_t count)
{
    struct neap_distribution *made = neapi_distribution_make(&neapi_quantiles, count, sizeof *knot);
    if (made == NULL)
        return NULL;
    memcpy(made->storage, knot, count * sizeof *knot);
    neapi_quantiles_finish(made);
    return made;
}

/* Hands the fit over, unless its mean lies mostly beyond the points: a guess, no measurement. */
static enum neap_status keep(struct neap_distribution **distribution,
                             struct neap_distribution *made, double highest,
                             struct neap_error *error)
{
    if (made == NULL)
        return neapi_no_memory(error, "a distribution");
    if (made->mean <= 100 * highest && made->third < HUGE_VAL) {
        *distribution = made;
        return NEAP_OK;
    }
    neapi_fail(error, NEAP_BAD_ARGUMENT,
               "the highest quantiles rise so steeply that the mean would be %g, beyond all of "
               "them: add a higher quantile, or give the mean and cv",
               made->mean);
    neap_distribution_free(made);
    return NEAP_BAD_ARGUMENT;
}

enum neap_status neap_distribution_quantiles(struct neap_distribution **distribution,
                                             const double p[], const double value[], size_t count,
                                             struct neap_error *error)
{
    struct neapi_knot knot[NEAP_QUANTILES_MOST];
    enum neap_status status = check_quantiles(p, value, count, error);
    if (status != NEAP_OK)
        return status;
    size_t knots = make_knots(knot, p, value, count);
    if (knots == 1)
        return neap_distribution_constant(distribution, value[0], error);
    struct neap_distribution *made = knots == 2 ? fit_line(knot, knots) : fit_curve(knot, knots);
    return keep(distribution, made, value[count - 1], error);
}

enum neap_status neap_distribution_lognormal_fit(struct neap_distribution **distribution,
                                                 const double p[], const double value[],
                                                 size_t count, struct neap_error *error)
{
    struct neapi_knot knot[NEAP_QUANTILES_MOST];
    enum neap_status status = check_quantiles(p, value, count, error);
    if (status != NEAP_OK)
        return status;
    if (!(log(value[count - 1]) > log(value[0])))
        return neap_distribution_constant(distribution, value[0], error);
    for (size_t i = 0; i < count; i++)
        knot[i] = (struct neapi_knot){gsl_cdf_ugaussian_Pinv(p[i]), log(value[i]), 0};
    return keep(distribution, fit_line(knot, count), value[count - 1], error);
}

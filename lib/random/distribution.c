/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all distributions have in common: asking them, scaling them, describing them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "random/distribution.h"
#include "random/impl.h"

static const char *const family_names[] = {
    [NEAP_FAMILY_CONSTANT] = "constant", [NEAP_FAMILY_EXPONENTIAL] = "exponential",
    [NEAP_FAMILY_GAMMA] = "gamma",       [NEAP_FAMILY_LOGNORMAL] = "lognormal",
    [NEAP_FAMILY_WEIBULL] = "weibull",   [NEAP_FAMILY_QUANTILES] = "percentiles",
    [NEAP_FAMILY_SAMPLES] = "samples",
};

const char *neap_family_name(enum neap_family family)
{
    return family_names[family];
}

bool neap_family_find(const char *name, enum neap_family *family)
{
    for (enum neap_family i = NEAP_FAMILY_CONSTANT; i <= NEAP_FAMILY_WEIBULL; i++)
        if (strcmp(family_names[i], name) == 0) {
            *family = i;
            return true;
        }
    return false;
}

struct neap_distribution *neapi_distribution_make(const struct neapi_family *family, size_t count,
                                                  size_t size)
{
    if (count > (SIZE_MAX - sizeof(struct neap_distribution)) / size)
        return NULL;
    struct neap_distribution *made = calloc(1, sizeof *made + count * size);
    if (made == NULL)
        return NULL;
    made->family = family;
    made->factor = 1;
    made->count = count;
    return made;
}

void neap_distribution_free(struct neap_distribution *distribution)
{
    free(distribution);
}

/* --- scaling */

static size_t storage_size(const struct neap_distribution *d)
{
    size_t item = d->family == &neapi_quantiles ? sizeof(struct neapi_knot) : sizeof(double);
    return d->count * item;
}

enum neap_status neap_distribution_scale(struct neap_distribution **distribution,
                                         const struct neap_distribution *base, double factor,
                                         struct neap_error *error)
{
    double mean = neap_distribution_mean(base) * factor;
    double whole = base->factor * factor;
    if (!(factor > 0 && whole > 0 && whole < HUGE_VAL && mean < HUGE_VAL))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "factor %g on a distribution of mean %g is outside its range", factor,
                          neap_distribution_mean(base));
    struct neap_distribution *made = malloc(sizeof *made + storage_size(base));
    if (made == NULL)
        return neapi_no_memory(error, "a scaled distribution");
    memcpy(made, base, sizeof *made + storage_size(base));
    made->factor = whole;
    *distribution = made;
    return NEAP_OK;
}

/* --- asking */

enum neap_family neap_distribution_family(const struct neap_distribution *distribution)
{
    return distribution->family->family;
}

double neap_distribution_mean(const struct neap_distribution *distribution)
{
    return distribution->mean * distribution->factor;
}

double neap_distribution_scv(const struct neap_distribution *distribution)
{
    return distribution->scv;
}

double neap_distribution_third_ratio(const struct neap_distribution *distribution)
{
    return distribution->third;
}

double neap_distribution_moment(const struct neap_distribution *distribution, int order)
{
    double mean = neap_distribution_mean(distribution);
    switch (order) {
    case 0:
        return 1;
    case 1:
        return mean;
    case 2:
        return mean * mean * (1 + distribution->scv);
    case 3:
        return mean * mean * mean * distribution->third;
    default:
        return (double)NAN;
    }
}

/* x before the factor. A constant's own value comes back to itself whatever the factor. */
static double unscale(const struct neap_distribution *d, double x)
{
    if (d->family == &neapi_constant)
        return x >= d->scale * d->factor ? d->scale : -1;
    return x / d->factor;
}

double neap_distribution_cdf(const struct neap_distribution *distribution, double x)
{
    if (isnan(x))
        return x;
    double inner = unscale(distribution, x);
    if (inner < 0)
        return 0;
    return inner < HUGE_VAL ? distribution->family->cdf(distribution, inner) : 1;
}

double neap_distribution_tail(const struct neap_distribution *distribution, double x)
{
    if (isnan(x))
        return x;
    double inner = unscale(distribution, x);
    if (inner < 0)
        return 1;
    return inner < HUGE_VAL ? distribution->family->tail(distribution, inner) : 0;
}

static double lowest(const struct neap_distribution *d)
{
    return d->family->lowest != NULL ? d->family->lowest(d) : 0;
}

static double highest(const struct neap_distribution *d)
{
    return d->family->highest != NULL ? d->family->highest(d) : HUGE_VAL;
}

double neapi_shape_quantile(const struct neap_distribution *distribution, double u)
{
    if (u <= 0)
        return lowest(distribution);
    if (u >= 1)
        return highest(distribution);
    return isnan(u) ? u : distribution->family->quantile(distribution, u, 1 - u);
}

double neapi_shape_quantile_upper(const struct neap_distribution *distribution, double w)
{
    if (w <= 0)
        return highest(distribution);
    if (w >= 1)
        return lowest(distribution);
    return isnan(w) ? w : distribution->family->quantile(distribution, 1 - w, w);
}

double neap_distribution_quantile(const struct neap_distribution *distribution, double u)
{
    return neapi_shape_quantile(distribution, u) * distribution->factor;
}

double neap_distribution_quantile_upper(const struct neap_distribution *distribution, double w)
{
    return neapi_shape_quantile_upper(distribution, w) * distribution->factor;
}

double neapi_distribution_factor(const struct neap_distribution *distribution)
{
    return distribution->factor;
}

bool neapi_distribution_same_shape(const struct neap_distribution *a,
                                   const struct neap_distribution *b)
{
    const double of_a[] = {a->mean, a->scv, a->third, a->location, a->shape, a->scale};
    const double of_b[] = {b->mean, b->scv, b->third, b->location, b->shape, b->scale};
    return a == b || (a->family == b->family && a->count == b->count &&
                      memcmp(of_a, of_b, sizeof of_a) == 0 &&
                      memcmp(a->storage, b->storage, storage_size(a)) == 0);
}

/* --- describing */

static void format_seconds(char *text, size_t size, double seconds)
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}};
    size_t i = 0;
    while (i < 2 && seconds < 0.9995 * units[i].unit)
        i++;
    neapi_print(text, size, "%.4g %s", seconds / units[i].unit, units[i].name);
}

enum { PART = 64 };

static void describe_knots(const struct neap_distribution *d, char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < d->count && used < size; i++) {
        const struct neapi_knot *knot = neapi_knots(d) + i;
        char value[PART];
        format_seconds(value, sizeof value, exp(knot->y) * d->factor);
        int length = neapi_print(text + used, size - used, " p%.6g %s%s",
                                 50 * erfc(-knot->z * 0.70710678118654752), value,
                                 i + 1 < d->count ? "," : "");
        used += length > 0 ? (size_t)length : 0;
    }
}

int neap_distribution_describe(const struct neap_distribution *distribution, char *text,
                               size_t size)
{
    const struct neap_distribution *d = distribution;
    char mean[PART], from[NEAP_TEXT_SIZE] = "";
    format_seconds(mean, sizeof mean, neap_distribution_mean(d));
    if (d->family == &neapi_constant)
        return d->scale > 0 ? neapi_print(text, size, "constant, %s", mean)
                            : neapi_print(text, size, "none");
    if (d->family == &neapi_quantiles)
        describe_knots(d, from, sizeof from);
    else if (d->family == &neapi_samples)
        neapi_print(from, sizeof from, " (%zu)", d->count);
    return neapi_print(text, size, "%s%s, mean %s, cv %.4g", family_names[d->family->family], from,
                       mean, sqrt(d->scv));
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Samples as recorded, sorted: the curve of quantiles runs straight from each value to the next,
 * from the lowest at u = 0 to the highest at u = 1 (type 7 of Hyndman and Fan 1996). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "random/impl.h"

static double samples_quantile(const struct neap_distribution *d, double u, double w)
{
    double last = (double)(d->count - 1);
    double place = u <= w ? u * last : last - w * last;
    size_t i = (size_t)place;
    if (i >= d->count - 1)
        return d->storage[d->count - 1];
    return d->storage[i] + (place - (double)i) * (d->storage[i + 1] - d->storage[i]);
}

/* How many values are <= x. */
static size_t count_up_to(const struct neap_distribution *d, double x)
{
    size_t low = 0, high = d->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->storage[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Place of x between the values at `below` - 1 and `below`, 0..1. */
static double part_of_step(const struct neap_distribution *d, size_t below, double x)
{
    double left = d->storage[below - 1], right = d->storage[below];
    return (x - left) / (right - left);
}

static double samples_cdf(const struct neap_distribution *d, double x)
{
    size_t below = count_up_to(d, x);
    if (below == 0 || below == d->count)
        return below == 0 ? 0 : 1;
    return ((double)(below - 1) + part_of_step(d, below, x)) / (double)(d->count - 1);
}

static double samples_tail(const struct neap_distribution *d, double x)
{
    size_t below = count_up_to(d, x);
    if (below == 0 || below == d->count)
        return below == 0 ? 1 : 0;
    return ((double)(d->count - below) - part_of_step(d, below, x)) / (double)(d->count - 1);
}

static double lowest(const struct neap_distribution *d)
{
    return d->storage[0];
}

static double highest(const struct neap_distribution *d)
{
    return d->storage[d->count - 1];
}

const struct neapi_family neapi_samples = {
    NEAP_FAMILY_SAMPLES, samples_quantile, samples_cdf, samples_tail, lowest, highest,
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void set_moments(struct neap_distribution *d)
{
    double n = (double)d->count, sum = 0, square = 0, cube = 0;
    for (size_t i = 0; i < d->count; i++)
        sum += d->storage[i];
    d->mean = sum / n;
    for (size_t i = 0; i < d->count; i++) {
        double ratio = d->storage[i] / d->mean;
        square += (ratio - 1) * (ratio - 1);
        cube += ratio * ratio * ratio;
    }
    d->scv = square / n;
    d->third = cube / n;
}

enum neap_status neap_distribution_samples(struct neap_distribution **distribution,
                                           const double value[], size_t count,
                                           struct neap_error *error)
{
    if (count == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "no samples: at least one is needed");
    double low = value[0], high = value[0];
    for (size_t i = 0; i < count; i++) {
        if (!(value[i] >= 0 && value[i] < HUGE_VAL))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "sample %zu is %g, expected a finite value >= 0", i + 1, value[i]);
        low = fmin(low, value[i]);
        high = fmax(high, value[i]);
    }
    if (!(low < high))
        return neap_distribution_constant(distribution, low, error);
    struct neap_distribution *made = neapi_distribution_make(&neapi_samples, count, sizeof *value);
    if (made == NULL)
        return neapi_no_memory(error, "the samples of a distribution");
    memcpy(made->storage, value, count * sizeof *value);
    qsort(made->storage, count, sizeof *value, compare);
    set_moments(made);
    if (!(made->mean < HUGE_VAL && made->third < HUGE_VAL)) {
        neap_distribution_free(made);
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "samples up to %g are too large to add up",
                          high);
    }
    *distribution = made;
    return NEAP_OK;
}

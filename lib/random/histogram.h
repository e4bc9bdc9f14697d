/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_RANDOM_HISTOGRAM_H
#define NEAP_RANDOM_HISTOGRAM_H

#include <string.h>

#include <neap/random.h>

enum { NEAPI_HISTOGRAM_LOW = -20, NEAPI_HISTOGRAM_HIGH = 20 }; /* powers of two, in s */

struct neap_histogram {
    int bits;
    size_t buckets; /* with the first for what lies below, the last for what lies above */
    double sum;     /* of value x weight */
    double lowest, highest;
    double weight[];
};

/* The bucket of a value >= 0: exponent and first bits of the fraction, read as one number. */
static inline size_t neapi_histogram_bucket(const struct neap_histogram *histogram, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int64_t first = (int64_t)(1023 + NEAPI_HISTOGRAM_LOW) << histogram->bits;
    int64_t bucket = (int64_t)((bits & INT64_MAX) >> (52 - histogram->bits)) - first + 1;
    int64_t last = (int64_t)histogram->buckets - 1;
    bucket = bucket < 0 ? 0 : bucket;
    return (size_t)(bucket > last ? last : bucket);
}

/* neap_histogram_add(), for loops. */
static inline void neapi_histogram_add(struct neap_histogram *histogram, double value,
                                       double weight)
{
    histogram->weight[neapi_histogram_bucket(histogram, value)] += weight;
    histogram->sum += value * weight;
    histogram->lowest = value < histogram->lowest ? value : histogram->lowest;
    histogram->highest = value > histogram->highest ? value : histogram->highest;
}

/* Adds whole counts, one for each bucket, whose values add up to sum. The extremes become the edges
 * of the buckets they lie in. */
void neapi_histogram_add_counts(struct neap_histogram *histogram, const uint32_t *count,
                                double sum);

/* Where a bucket begins, in s; the first at 0. */
double neapi_histogram_edge(const struct neap_histogram *histogram, size_t bucket);

#endif

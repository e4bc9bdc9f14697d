/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A log-linear histogram in the manner of HdrHistogram, over doubles: a value's bucket is read
 * from the bits of the double. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "random/histogram.h"

enum neap_status neap_histogram_new(struct neap_histogram **histogram, int bits,
                                    struct neap_error *error)
{
    if (bits < 1 || bits > 12)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%d bits for a histogram's buckets, expected 1 to 12", bits);
    size_t buckets = ((size_t)(NEAPI_HISTOGRAM_HIGH - NEAPI_HISTOGRAM_LOW) << bits) + 2;
    struct neap_histogram *made = malloc(sizeof *made + buckets * sizeof *made->weight);
    if (made == NULL)
        return neapi_no_memory(error, "a histogram");
    made->bits = bits;
    made->buckets = buckets;
    neap_histogram_reset(made);
    *histogram = made;
    return NEAP_OK;
}

void neap_histogram_free(struct neap_histogram *histogram)
{
    free(histogram);
}

void neap_histogram_reset(struct neap_histogram *histogram)
{
    for (size_t i = 0; i < histogram->buckets; i++)
        histogram->weight[i] = 0;
    histogram->sum = 0;
    histogram->lowest = HUGE_VAL;
    histogram->highest = 0;
}

/* The buckets that can hold weight: none are outside of first .. last. */
struct range {
    size_t first, last;
};

static struct range used(const struct neap_histogram *histogram)
{
    return (struct range){neapi_histogram_bucket(histogram, histogram->lowest),
                          neapi_histogram_bucket(histogram, histogram->highest)};
}

void neap_histogram_add(struct neap_histogram *histogram, double value, double weight)
{
    if (weight > 0) /* a weight of 0 must not move the extremes */
        neapi_histogram_add(histogram, value, weight);
}

enum neap_status neap_histogram_merge(struct neap_histogram *histogram,
                                      const struct neap_histogram *from, double factor,
                                      struct neap_error *error)
{
    if (histogram->bits != from->bits)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "histograms of %d and of %d bits cannot be merged: make both alike",
                          histogram->bits, from->bits);
    if (!(factor >= 0 && factor < HUGE_VAL))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "factor %g is outside its range, expected a finite value >= 0", factor);
    if (!(factor > 0))
        return NEAP_OK;
    struct range range = used(from);
    for (size_t i = range.first; i <= range.last; i++)
        histogram->weight[i] += factor * from->weight[i];
    histogram->sum += factor * from->sum;
    histogram->lowest = fmin(histogram->lowest, from->lowest);
    histogram->highest = fmax(histogram->highest, from->highest);
    return NEAP_OK;
}

/* --- asking */

double neap_histogram_total(const struct neap_histogram *histogram)
{
    double total = 0;
    struct range range = used(histogram);
    for (size_t i = range.first; i <= range.last; i++)
        total += histogram->weight[i];
    return total;
}

double neap_histogram_underflow(const struct neap_histogram *histogram)
{
    return histogram->weight[0];
}

double neap_histogram_overflow(const struct neap_histogram *histogram)
{
    return histogram->weight[histogram->buckets - 1];
}

static bool is_empty(const struct neap_histogram *histogram)
{
    return histogram->lowest > histogram->highest;
}

double neap_histogram_mean(const struct neap_histogram *histogram)
{
    return is_empty(histogram) ? (double)NAN : histogram->sum / neap_histogram_total(histogram);
}

double neap_histogram_lowest(const struct neap_histogram *histogram)
{
    return is_empty(histogram) ? (double)NAN : histogram->lowest;
}

double neap_histogram_highest(const struct neap_histogram *histogram)
{
    return is_empty(histogram) ? (double)NAN : histogram->highest;
}

double neapi_histogram_edge(const struct neap_histogram *histogram, size_t bucket)
{
    if (bucket == 0)
        return 0;
    int place = (int)bucket - 1;
    int within = place & ((1 << histogram->bits) - 1);
    return ldexp(1 + ldexp(within, -histogram->bits),
                 NEAPI_HISTOGRAM_LOW + (place >> histogram->bits));
}

void neapi_histogram_add_counts(struct neap_histogram *histogram, const uint32_t *count, double sum)
{
    size_t last = histogram->buckets - 1;
    for (size_t i = 0; i <= last; i++) {
        if (count[i] == 0)
            continue;
        double low = neapi_histogram_edge(histogram, i);
        double high = i < last ? neapi_histogram_edge(histogram, i + 1) : 2 * low;
        histogram->weight[i] += count[i];
        histogram->lowest = fmin(histogram->lowest, low);
        histogram->highest = fmax(histogram->highest, high);
    }
    histogram->sum += sum;
}

/* The part of a bucket that can hold values: none lie outside of the lowest and highest seen. */
static void bucket_span(const struct neap_histogram *histogram, size_t bucket, double *low,
                        double *high)
{
    bool last = bucket + 1 == histogram->buckets;
    *low = fmax(neapi_histogram_edge(histogram, bucket), histogram->lowest);
    *high = last ? histogram->highest
                 : fmin(neapi_histogram_edge(histogram, bucket + 1), histogram->highest);
}

double neap_histogram_quantile(const struct neap_histogram *histogram, double p)
{
    if (is_empty(histogram) || isnan(p))
        return (double)NAN;
    double wanted = p * neap_histogram_total(histogram), below = 0;
    struct range range = used(histogram);
    for (size_t i = range.first; i <= range.last; i++) {
        double here = histogram->weight[i];
        if (here > 0 && below + here >= wanted) {
            double low, high;
            bucket_span(histogram, i, &low, &high);
            return low + fmax(0, (wanted - below) / here) * (high - low);
        }
        below += here;
    }
    return histogram->highest;
}

double neap_histogram_share_above(const struct neap_histogram *histogram, double value)
{
    if (is_empty(histogram) || isnan(value))
        return (double)NAN;
    if (value < histogram->lowest)
        return 1;
    if (value >= histogram->highest)
        return 0;
    size_t bucket = neapi_histogram_bucket(histogram, value);
    double low, high, above = 0;
    bucket_span(histogram, bucket, &low, &high);
    for (size_t i = used(histogram).last + 1; i-- > bucket + 1;)
        above += histogram->weight[i];
    above += histogram->weight[bucket] * (high - value) / (high - low);
    return above / neap_histogram_total(histogram);
}

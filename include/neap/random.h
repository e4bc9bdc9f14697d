/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * random: counter-based streams, distributions of durations, quantile tables for drawing from them
 * fast, and a histogram whose parts can be merged. The one room that makes variates. */
#ifndef NEAP_RANDOM_H
#define NEAP_RANDOM_H

#include <gsl/gsl_rng.h>

#include <neap/base.h>

NEAP_BEGIN_DECLS

/* --- streams ---------------------------------------------------------------------------------- */

/* A stream is a function from an index to a variate, not a sequence with a position: a variate
 * depends on (seed, replication, stream, index) and on nothing else, so that runs which ask in a
 * different order, or not for the same ones, still share what they have in common. A plain value;
 * copy it freely, use it from any number of threads. */
struct neap_stream {
    uint64_t key[2];
};

/* All 64 bits of each number count. Give every purpose (arrivals, CPU demand, wait, start-up ...)
 * a stream number of its own. */
NEAP_API void neap_stream_init(struct neap_stream *stream, uint64_t seed, uint64_t replication,
                               uint64_t number);
/* 64 random bits. */
NEAP_API uint64_t neap_stream_bits(const struct neap_stream *stream, uint64_t index);
/* Uniform on (0, 1), both ends excluded: an odd multiple of 2^-53, so that 1 - u is one too. */
NEAP_API double neap_stream_uniform(const struct neap_stream *stream, uint64_t index);
/* uniform[i] = neap_stream_uniform(stream, first + i) for i < count, to the bit. */
NEAP_API void neap_stream_uniforms(const struct neap_stream *stream, uint64_t first,
                                   double *uniform, size_t count);
/* Standard normal: the quantile of neap_stream_uniform() within 2e-7 of its size. */
NEAP_API double neap_stream_normal(const struct neap_stream *stream, uint64_t index);
/* A whole number >= 0 of that mean (>= 0, finite) and variance dispersion x mean: Poisson for a
 * dispersion of 1 (and below), negative binomial above. Reads 2^20 variates of the stream from
 * index x 2^20 on: give counts a stream of their own. index below 2^44. */
NEAP_API double neap_stream_count(const struct neap_stream *stream, uint64_t index, double mean,
                                  double dispersion);

/* A stream read in order, for GSL's distributions: gsl_ran_poisson(&reader.gsl, mean). The value
 * points into itself: do not copy or move it. One thread at a time. */
struct neap_stream_reader {
    gsl_rng gsl;
    struct {
        struct neap_stream stream;
        uint64_t index; /* of the next variate */
    } state;
};

NEAP_API void neap_stream_reader_init(struct neap_stream_reader *reader,
                                      const struct neap_stream *stream, uint64_t first);
/* The generator by itself, for gsl_rng_alloc(). gsl_rng_set() with a seed starts at index 0 of
 * replication 0, stream 0 of that seed, all bits of it used. */
NEAP_API const gsl_rng_type *neap_stream_gsl_type(void);

/* --- distributions ---------------------------------------------------------------------------- */

/* A distribution of durations (>= 0, in seconds; any other unit works too). Opaque, and immutable
 * once made: threads share it without locks. Free with neap_distribution_free(). */
struct neap_distribution;

enum neap_family {
    NEAP_FAMILY_CONSTANT,
    NEAP_FAMILY_EXPONENTIAL,
    NEAP_FAMILY_GAMMA,
    NEAP_FAMILY_LOGNORMAL,
    NEAP_FAMILY_WEIBULL,
    NEAP_FAMILY_QUANTILES, /* a curve through given quantiles */
    NEAP_FAMILY_SAMPLES    /* as recorded */
};

enum { NEAP_QUANTILES_MOST = 64 };

/* "lognormal" */
NEAP_API const char *neap_family_name(enum neap_family family);
/* The family of that name among those that a mean and a cv define (the first five). */
NEAP_API bool neap_family_find(const char *name, enum neap_family *family);

/* Always that value, which may be 0. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_distribution_constant(struct neap_distribution **distribution, double value,
                           struct neap_error *error);
/* One of the first five families from its mean (> 0) and its coefficient of variation: standard
 * deviation / mean, 0.001..50 (gamma 0.01..50). A cv of 0 gives the constant; the exponential's
 * cv is 1. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_distribution_named(struct neap_distribution **distribution, enum neap_family family,
                        double mean, double cv, struct neap_error *error);
/* From quantiles: value[i] is not exceeded with probability p[i]; p strictly increasing in (0, 1),
 * values > 0 and not decreasing, count 2..NEAP_QUANTILES_MOST. Points of equal value are merged at
 * their mean normal score. What is left decides: one point is a constant; two a lognormal through
 * both; more a curve monotone between the points (Steffen 1990) in normal score against logarithm,
 * with lognormal tails that keep the slope of the first and the last piece. Refused when the last
 * slope is so steep that the mean is above 100 times the highest point. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_distribution_quantiles(struct neap_distribution **distribution, const double p[],
                            const double value[], size_t count, struct neap_error *error);
/* The lognormal whose logarithm fits the quantiles best: least squares in the logarithm against
 * the normal score. Same arguments as neap_distribution_quantiles(), nothing merged. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_distribution_lognormal_fit(struct neap_distribution **distribution, const double p[],
                                const double value[], size_t count, struct neap_error *error);
/* As recorded: count >= 1 finite values >= 0 in any order, copied. Quantiles interpolate between
 * the sorted values (type 7 of Hyndman and Fan 1996); the moments are those of the sample itself,
 * from which the moments of the interpolated curve differ by the order of 1/count. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_distribution_samples(struct neap_distribution **distribution, const double value[],
                          size_t count, struct neap_error *error);
/* The distribution of factor x what base describes; factor > 0. Exact: every quantile is base's
 * times the factor, so that a factor of 1 changes no bit. A copy: base may be freed. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_distribution_scale(struct neap_distribution **distribution,
                        const struct neap_distribution *base, double factor,
                        struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_distribution_free(struct neap_distribution *distribution);

NEAP_API enum neap_family neap_distribution_family(const struct neap_distribution *distribution);
NEAP_API double neap_distribution_mean(const struct neap_distribution *distribution);
/* E[X^order] for order 0..3, NaN otherwise. */
NEAP_API double neap_distribution_moment(const struct neap_distribution *distribution, int order);
/* Squared coefficient of variation, variance / mean^2; 0 for a constant, 0 itself included. */
NEAP_API double neap_distribution_scv(const struct neap_distribution *distribution);
/* E[X^3] / E[X]^3; 1 for a constant, 0 itself included. */
NEAP_API double neap_distribution_third_ratio(const struct neap_distribution *distribution);
/* P(X <= x) and P(X > x), each to its own relative precision however small. */
NEAP_API double neap_distribution_cdf(const struct neap_distribution *distribution, double x);
NEAP_API double neap_distribution_tail(const struct neap_distribution *distribution, double x);
/* The value not exceeded with probability u, and the one exceeded with probability w = 1 - u: the
 * second is for tails too far out for 1 - w. At and beyond 0 and 1 the ends of the support, which
 * may be infinite. */
NEAP_API double neap_distribution_quantile(const struct neap_distribution *distribution, double u);
NEAP_API double neap_distribution_quantile_upper(const struct neap_distribution *distribution,
                                                 double w);
/* For people, "lognormal, mean 40 ms, cv 1"; takes the values for seconds. Returns the length, as
 * snprintf does. */
NEAP_API int neap_distribution_describe(const struct neap_distribution *distribution, char *text,
                                        size_t size);

/* --- quantile tables -------------------------------------------------------------------------- */

/* A distribution's quantiles at steps that halve with every octave of w = 1 - u: 64 cells from 1/2
 * to 1, 64 from 1/4 to 1/2, and so on down to 2^-40. The cell's number is read from the bits of w
 * as a double. Values between two steps are interpolated; w below 2^-40 counts as 2^-40. Against
 * steps of equal probability, the tail keeps its mean and variance. The lowest cell, u below 1/128,
 * is a straight line from the low end of the support. A plain value, 10 KiB. */
enum {
    NEAP_TABLE_CELL_BITS = 6,
    NEAP_TABLE_OCTAVES = 40,
    NEAP_TABLE_CELLS = NEAP_TABLE_OCTAVES << NEAP_TABLE_CELL_BITS
};

struct neap_quantile_table {
    float step[NEAP_TABLE_CELLS + 1]; /* step[0] at w = 2^-40, the last one at w = 1 */
};

NEAP_API void neap_quantile_table_init(struct neap_quantile_table *table,
                                       const struct neap_distribution *distribution);
/* The quantile at u, 0 < u < 1. */
NEAP_API double neap_quantile_table_value(const struct neap_quantile_table *table, double u);
/* value[i] = the quantile at neap_stream_uniform(stream, first + i), for i < count. */
NEAP_API void neap_quantile_table_draw(const struct neap_quantile_table *table,
                                       const struct neap_stream *stream, uint64_t first,
                                       float *value, size_t count);

/* --- buckets ---------------------------------------------------------------------------------- */

/* What a histogram_quantile() of Prometheus says: cumulative[i] values are at most bound[i], bounds
 * rise from above 0, and the last is infinite. The percentile p, straight within its bucket, the
 * first of which begins at 0; the last finite bound when it lies above. Off by as much as a bucket
 * is wide: not for fitting. NaN without values, or when p is outside of 0..1. */
NEAP_API double neap_buckets_quantile(const double bound[], const double cumulative[], size_t count,
                                      double p);

/* --- histogram -------------------------------------------------------------------------------- */

/* Weighted counts in buckets that split every octave evenly, from 2^-20 s (0.95 us) to 2^20 s
 * (12 days); values below and above have a bucket each. Weights are doubles, since an engine adds
 * expected requests, not only whole ones; whole weights stay exact up to 2^53 for each bucket.
 * Memory is fixed when it is made. Merging in a fixed order gives the same bits each time. */
struct neap_histogram;

enum { NEAP_HISTOGRAM_BITS = 7 };

/* 2^bits buckets an octave, bits 1..12; NEAP_HISTOGRAM_BITS is 128, a width below 0.8 %. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_histogram_new(struct neap_histogram **histogram,
                                                             int bits, struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_histogram_free(struct neap_histogram *histogram);
NEAP_API void neap_histogram_reset(struct neap_histogram *histogram);
/* Value finite and >= 0, weight >= 0. */
NEAP_API void neap_histogram_add(struct neap_histogram *histogram, double value, double weight);
/* Adds factor (>= 0) times the weights of from, which must have the same number of buckets. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_histogram_merge(struct neap_histogram *histogram,
                                                               const struct neap_histogram *from,
                                                               double factor,
                                                               struct neap_error *error);
/* Sum of all weights, of those below 2^-20 s and from 2^20 s on. */
NEAP_API double neap_histogram_total(const struct neap_histogram *histogram);
NEAP_API double neap_histogram_underflow(const struct neap_histogram *histogram);
NEAP_API double neap_histogram_overflow(const struct neap_histogram *histogram);
/* Exact, not from the buckets; NaN when empty. */
NEAP_API double neap_histogram_mean(const struct neap_histogram *histogram);
NEAP_API double neap_histogram_lowest(const struct neap_histogram *histogram);
NEAP_API double neap_histogram_highest(const struct neap_histogram *histogram);
/* The value not exceeded with probability p, within one bucket's width and never outside of what
 * was added; NaN when empty. */
NEAP_API double neap_histogram_quantile(const struct neap_histogram *histogram, double p);
/* Share of the weight above value, interpolated within its bucket; NaN when empty. */
NEAP_API double neap_histogram_share_above(const struct neap_histogram *histogram, double value);

NEAP_END_DECLS

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Intervals from runs. Student's t for means; ratios of means by the delta method; one long run by
 * batch means; its beginning by MSER-5 (K. P. White Jr., "An effective truncation heuristic for bias
 * reduction in simulation output", Simulation 69(6), 1997); probabilities by E. B. Wilson (1927);
 * quantiles by order statistics, whose rank is binomial. */
#include "study/estimate.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

static const double LEVEL = 0.95;
enum { MSER_BATCH = 5 };

double neapi_student(double freedom)
{
    return freedom >= 1 ? gsl_cdf_tdist_Pinv((1 + LEVEL) / 2, freedom) : (double)NAN;
}

static double mean_of(const double value[], size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += value[i];
    return count > 0 ? sum / (double)count : (double)NAN;
}

/* Sum of products of deviations from two given means. */
static double products(const double a[], double a_mean, const double b[], double b_mean,
                       size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (a[i] - a_mean) * (b[i] - b_mean);
    return sum;
}

/* From the sum of squared deviations. */
static struct neapi_estimate estimate(double mean, double squares, size_t count)
{
    struct neapi_estimate made = {mean, (double)NAN, (double)NAN};
    double n = (double)count;
    if (count < 2)
        return made;
    made.deviation = sqrt(squares / (n - 1));
    made.half = neapi_student(n - 1) * made.deviation / sqrt(n);
    return made;
}

struct neapi_estimate neapi_estimate_mean(const double value[], size_t count)
{
    double mean = mean_of(value, count);
    return estimate(mean, products(value, mean, value, mean, count), count);
}

struct neapi_estimate neapi_estimate_difference(const double from[], const double to[],
                                                size_t count)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        mean += (from[i] - to[i]) / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (from[i] - to[i] - mean) * (from[i] - to[i] - mean);
    return estimate(count > 0 ? mean : (double)NAN, squares, count);
}

struct neapi_estimate neapi_estimate_saving(const double from[], const double to[], size_t count)
{
    double before = mean_of(from, count), squares = 0;
    if (!(fabs(before) > 0))
        return (struct neapi_estimate){(double)NAN, (double)NAN, (double)NAN};
    double ratio = mean_of(to, count) / before;
    for (size_t i = 0; i < count; i++)
        squares += (to[i] - ratio * from[i]) * (to[i] - ratio * from[i]);
    return estimate(1 - ratio, squares / (before * before), count);
}

double neapi_unpaired_half(const double from[], const double to[], size_t count)
{
    struct neapi_estimate a = neapi_estimate_mean(from, count), b = neapi_estimate_mean(to, count);
    double n = (double)count;
    return neapi_student(2 * n - 2) *
           sqrt((a.deviation * a.deviation + b.deviation * b.deviation) / n);
}

double neapi_correlation(const double a[], const double b[], size_t count)
{
    double a_mean = mean_of(a, count), b_mean = mean_of(b, count);
    double scale =
        sqrt(products(a, a_mean, a, a_mean, count)) * sqrt(products(b, b_mean, b, b_mean, count));
    return scale > 0 ? products(a, a_mean, b, b_mean, count) / scale : (double)NAN;
}

/* --- one long run --------------------------------------------------------------------------------- */

struct neapi_estimate neapi_estimate_batches(const double value[], size_t count, size_t batches,
                                             double *lag)
{
    size_t each = batches > 0 ? count / batches : 0, skipped = count - each * batches;
    double mean = mean_of(value + skipped, each * batches), squares = 0, neighbours = 0, before = 0;
    for (size_t i = 0; each > 0 && i < batches; i++) {
        double deviation = mean_of(value + skipped + i * each, each) - mean;
        squares += deviation * deviation;
        neighbours += i > 0 ? deviation * before : 0;
        before = deviation;
    }
    if (lag != NULL)
        *lag = squares > 0 ? neighbours / squares : (double)NAN;
    return estimate(mean, squares, each > 0 ? batches : 0);
}

/* Seen from the end, where the rest begins: its batches so far, their mean and sum of squared
 * deviations (Welford). */
bool neapi_settling(const double value[], size_t count, size_t *length)
{
    size_t batches = count / MSER_BATCH, best = 0;
    double mean = 0, squares = 0, least = (double)INFINITY;
    for (size_t kept = 1; kept <= batches; kept++) {
        size_t at = batches - kept;
        double batch = mean_of(value + at * MSER_BATCH, MSER_BATCH), deviation = batch - mean;
        mean += deviation / (double)kept;
        squares += deviation * (batch - mean);
        double error = squares / ((double)kept * (double)kept);
        /* A handful of batches that happen to be alike says nothing. */
        if (kept >= (batches + 1) / 2 && error <= least) {
            least = error;
            best = at;
        }
    }
    if (batches < 2 || (best > 0 && best == batches - (batches + 1) / 2))
        return false;
    *length = best * MSER_BATCH;
    return true;
}

/* --- probabilities and quantiles ------------------------------------------------------------------ */

void neapi_wilson(double hits, double trials, double *low, double *high)
{
    double z = gsl_cdf_ugaussian_Pinv((1 + LEVEL) / 2), share = hits / trials;
    double weight = 1 / (1 + z * z / trials);
    double middle = weight * (share + z * z / (2 * trials));
    double half = weight * z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
    *low = hits > 0 ? middle - half : 0;
    *high = hits < trials ? middle + half : 1;
}

/* The first number that so many of n are not above, with at least that probability. */
static unsigned first_rank(unsigned n, double p, double probability, bool above)
{
    unsigned low = 0, high = n;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        double at = gsl_cdf_binomial_P(middle, p, n);
        if (above ? at > probability : at >= probability)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static double at_most(double k, double p, unsigned n)
{
    return k < 0 ? 0 : gsl_cdf_binomial_P((unsigned)k, p, n);
}

struct neapi_ranks neapi_quantile_ranks(unsigned n, double p, double level)
{
    double outside = (1 - level) / 2;
    struct neapi_ranks ranks = {first_rank(n, p, outside, true),
                                1.0 + first_rank(n, p, 1 - outside, false), 0};
    ranks.coverage = at_most(ranks.upper - 1, p, n) - at_most(ranks.lower - 1, p, n);
    return ranks;
}

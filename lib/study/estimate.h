/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a few runs say about all runs there could have been: means with 95 % intervals, of runs that
 * are independent, of pairs that share their random numbers, and of one long run in batches. */
#ifndef NEAP_STUDY_ESTIMATE_H
#define NEAP_STUDY_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

/* The interval is mean - half .. mean + half; deviation is that of one value, with n - 1. Both are
 * NaN for fewer than two values, the mean too for none. */
struct neapi_estimate {
    double mean, deviation, half;
};

/* Student's t that is not exceeded with probability 0.975; NaN below one degree of freedom. */
double neapi_student(double freedom);

/* Of independent values. */
struct neapi_estimate neapi_estimate_mean(const double value[], size_t count);
/* Of from[i] - to[i]: pair by pair, so that what both sides share cancels. */
struct neapi_estimate neapi_estimate_difference(const double from[], const double to[],
                                                size_t count);
/* 1 - mean of to / mean of from; its interval by the delta method, deviation that of to - R from in
 * shares of the mean of from. All NaN when that mean is 0. */
struct neapi_estimate neapi_estimate_saving(const double from[], const double to[], size_t count);
/* Half of the interval that the difference of means would have if the two sides were independent
 * and of one variance: 2n - 2 degrees of freedom. */
double neapi_unpaired_half(const double from[], const double to[], size_t count);
/* NaN when one side does not vary. */
double neapi_correlation(const double a[], const double b[], size_t count);

/* One long run: means of that many batches (at least 2) of equal length; what does not fill a batch
 * is left out at the beginning. lag (may be NULL) gets the autocorrelation of neighbouring batches,
 * which should be small: NaN when batches are all alike. */
struct neapi_estimate neapi_estimate_batches(const double value[], size_t count, size_t batches,
                                             double *lag);

/* How many values at the beginning of one long run are still under the influence of its start:
 * MSER-5 (White 1997), that is, a multiple of 5 at which the mean of the rest is known best. At most
 * half of them; false when it would be more, or when there are fewer than ten. */
bool neapi_settling(const double value[], size_t count, size_t *length);

/* Wilson's interval of a probability that was met in hits of trials (> 0) independent trials. */
void neapi_wilson(double hits, double trials, double *low, double *high);

/* Ranks (from 1) of n sorted values between which their p-quantile lies with at least that
 * probability, equally often below as above when it can be; coverage is what it really is. Either
 * rank may be outside of 1..n: the values do not bound that side. */
struct neapi_ranks {
    double lower, upper, coverage;
};
struct neapi_ranks neapi_quantile_ranks(unsigned n, double p, double level);

#endif

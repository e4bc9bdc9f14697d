/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When single requests arrive within an interval. Given how many of them, those of a Poisson process
 * are sorted uniforms, and these are the partial sums of exponential gaps over the sum of all: with
 * n requests and S_k the sum of the first k of n + 1 gaps, S_k / S_(n+1). Nothing is sorted, and the
 * gaps beyond the block at hand are needed by their sum alone, which has a gamma distribution: one
 * variate stands for all of them, and what follows is again n - k sorted uniforms between the k-th
 * request and the interval's end (Devroye 1986, V.3). */
#ifndef NEAP_REQUEST_ARRIVALS_H
#define NEAP_REQUEST_ARRIVALS_H

#include <neap/random.h>
#include <neap/recording.h>

#include "request/draws.h"

/* Requests of an interval have variates of their own: the n-th of them the one of index
 * (interval << NEAPI_NUMBER_BITS) + n. */
enum { NEAPI_NUMBER_BITS = 36, NEAPI_ARRIVALS_BLOCK = 1024 };

struct neapi_arrivals {
    const struct neapi_draws *draws;
    struct neap_stream counts, gaps, rests;
    enum neap_arrivals kind;
    double dispersion;

    /* the interval that is open */
    int64_t begin_ns, end_ns;
    int64_t at_ns;           /* what is still to come lies from here on */
    uint64_t first;          /* index of its first request's variates */
    uint64_t count, done;    /* requests */
    double from;             /* of the last one handed out, in units since the interval's begin */
    const int64_t *stamp_ns; /* of its requests, where they were recorded; borrowed */
    int shift;               /* a unit is 2^shift ns: 1 ns but in intervals of weeks */
};

void neapi_arrivals_init(struct neapi_arrivals *arrivals, const struct neapi_draws *draws,
                         enum neap_arrivals kind, double dispersion, uint64_t seed,
                         uint64_t replication);

/* Opens an interval in which mean requests (finite, >= 0) are expected: exactly its whole part, and
 * one more with the probability of the rest, or as many as the process gives; never more than there
 * are nanoseconds. */
void neapi_arrivals_open(struct neapi_arrivals *arrivals, uint64_t interval, int64_t begin_ns,
                         int64_t end_ns, double mean);

/* Opens an interval whose requests were recorded one by one, in ascending order. */
void neapi_arrivals_open_recorded(struct neapi_arrivals *arrivals, uint64_t interval,
                                  int64_t begin_ns, int64_t end_ns, const int64_t *stamp_ns,
                                  size_t count);

/* The next arrivals of the open interval in order, at most NEAPI_ARRIVALS_BLOCK: how many. They are
 * from the at_ns before the call on, and before the one after it; that is the interval's end when
 * there are no more. */
size_t neapi_arrivals_next(struct neapi_arrivals *arrivals, int64_t time_ns[NEAPI_ARRIVALS_BLOCK]);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests for a pool by known laws: gaps between arrivals, CPU demand and wait. Not drawn as a
 * recording's requests are, from tables of quantiles, but by GSL: what is exact in a published table
 * must be exact in what is held against it. */
#ifndef NEAP_STUDY_SELFTEST_SOURCE_H
#define NEAP_STUDY_SELFTEST_SOURCE_H

#include <neap/request.h>

enum { NEAPI_SOURCE_MOST = 512, NEAPI_STEPS_MOST = 8 };

/* Gaps between arrivals are independent; or arrivals are Poisson of a rate that changes: a sinusoid,
 * or steps. */
enum neapi_arrivals { NEAPI_RENEWAL, NEAPI_SINUSOID, NEAPI_STEPS };

struct neapi_traffic {
    enum neapi_arrivals arrivals;
    struct neap_law gap;                   /* renewal */
    double rate, amplitude_rate, period_s; /* sinusoid: rate at time 0, then rising */
    double step_s[NEAPI_STEPS_MOST], step_rate[NEAPI_STEPS_MOST];
    size_t steps;
    double start_s;            /* where on the clock of the rate the source begins */
    struct neap_law cpu, wait; /* mean_s of wait 0: none */
};

/* Moments of a law that is added up exactly, whatever the order. */
struct neapi_given {
    int64_t count, cpu_ns; /* requests given out, and their demand at full speed */
};

struct neapi_source {
    struct neapi_traffic traffic;
    double slower; /* factor on every CPU demand, 1: to see that a bias is found */
    struct neap_stream_reader gap, cpu, wait, pick;
    int64_t next_ns; /* arrival of the next request */
    int64_t origin_ns;
    struct neapi_given given;
    int64_t arrival_ns[NEAPI_SOURCE_MOST], cpu_ns[NEAPI_SOURCE_MOST], wait_ns[NEAPI_SOURCE_MOST];
    uint32_t pick_bits[NEAPI_SOURCE_MOST];
    struct neap_needs needs;
};

/* The value points into itself: do not move it. The first arrival is one gap behind now. */
void neapi_source_init(struct neapi_source *source, const struct neapi_traffic *traffic,
                       uint64_t seed, uint64_t replication, int64_t now_ns);
/* The next requests that arrive before to_ns, NEAPI_SOURCE_MOST at most; none: that was all. */
struct neap_requests neapi_source_next(struct neapi_source *source, int64_t to_ns);
/* count requests that arrive at that time, NEAPI_SOURCE_MOST at most. */
struct neap_requests neapi_source_crowd(struct neapi_source *source, int64_t at_ns, size_t count);
/* Requests per s on the clock of a changing rate. */
double neapi_traffic_rate(const struct neapi_traffic *traffic, double t_s);
/* A law by the letters of the tables: D, M, E, G, U, H2, LN. False when it is none of them. */
bool neapi_law_named(struct neap_law *law, const char *name, double par, double mean_s);

#endif

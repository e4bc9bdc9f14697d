/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Latency of a whole run as one mixture. A moment's latency is W + stretch x C + Z: with some
 * probability a wait W of given mean and scv (Gamma), CPU demand C stretched by contention, and
 * time without CPU Z. Requests are of several kinds (class x version) with a C and a Z each, and
 * share the W. They are added with their (stretch, scv, ln mean wait) shared out over the corners
 * of a fixed grid, which costs nanoseconds; what a corner's distribution looks like is worked out
 * once, when somebody asks. Percentiles come from the mixture and are never averaged. */
#ifndef NEAP_REPLAY_LATENCY_H
#define NEAP_REPLAY_LATENCY_H

#include "replay/engine.h"

enum {
    NEAPI_LATENCY_STRETCHES = 12,
    NEAPI_LATENCY_SCVS = 25,   /* NEAPI_LEAST_SCV .. 7 */
    NEAPI_LATENCY_WAITS = 160, /* mean wait: 16 a decade, 10 us .. 10^5 s */
    NEAPI_LATENCY_CORNERS =
        NEAPI_LATENCY_STRETCHES * (1 + NEAPI_LATENCY_SCVS * NEAPI_LATENCY_WAITS),
    NEAPI_LATENCY_TIMES = 480, /* points of a tail: 48 a decade, 10 us .. 10^5 s */
    NEAPI_LATENCY_NODES = 64   /* quadrature */
};

struct neapi_latency;

/* A kind of request; the distributions are borrowed. */
struct neapi_latency_kind {
    const struct neap_distribution *cpu_demand, *wait;
};

/* What a latency table must cover. */
struct neapi_latency_range {
    double least_stretch, most_stretch;
    double limit_s[NEAPI_LATENCY_LIMITS]; /* NaN where there is none */
    size_t list_size;                     /* moments x corners of one interval */
};

/* count kinds, 1 .. NEAP_REPLAY_KINDS_MOST; those that are alike share their tables. */
enum neap_status neapi_latency_new(struct neapi_latency **latency,
                                   const struct neapi_latency_kind *kind, size_t count,
                                   const struct neapi_latency_range *range,
                                   struct neap_error *error);
void neapi_latency_free(struct neapi_latency *latency);
/* Forgets all requests; tails that were worked out stay. */
void neapi_latency_reset(struct neapi_latency *latency);

/* Shares of the kinds among the requests added from now on, adding up to 1. Before the first call
 * all are of the first kind. */
void neapi_latency_mix(struct neapi_latency *latency, const double *share);

/* requests that wait with that probability; scv and mean wait matter only when they do. */
struct neapi_moment {
    double requests, probability, wait_s, scv, stretch;
};
void neapi_latency_add(struct neapi_latency *latency, const struct neapi_moment *moment);

/* P(a wait of that scv is longer than x times its mean). */
double neapi_latency_wait_tail(const struct neapi_latency *latency, double scv, double x);

/* --- the interval that is going on --------------------------------------------------------------- */

/* Begins a new interval: list says whether neapi_latency_interval_quantiles() will be asked. */
void neapi_latency_begin_interval(struct neapi_latency *latency, bool list);
/* Shares of its requests above each limit; 0 without requests or limit. */
void neapi_latency_interval_over(struct neapi_latency *latency, double share[NEAPI_LATENCY_LIMITS]);
/* p50, p95, p99 of its requests; NaN without requests. */
void neapi_latency_interval_quantiles(struct neapi_latency *latency, double quantile_s[3]);

/* --- longer stretches ------------------------------------------------------------------------------ */

/* Begins a period: requests from here on are kept by corner until it ends. */
void neapi_latency_begin_period(struct neapi_latency *latency);
/* Ends it and gives p50, p95, p99 of its requests; NaN without requests. */
void neapi_latency_end_period(struct neapi_latency *latency, double quantile_s[3]);

/* --- any requests --------------------------------------------------------------------------------- */

/* Between begin and end: moments of the present mixture of kinds, which count for nothing else. end
 * gives the quantile p of their latencies; NaN without requests. */
void neapi_latency_begin_window(struct neapi_latency *latency);
void neapi_latency_add_window(struct neapi_latency *latency, const struct neapi_moment *moment);
double neapi_latency_end_window(struct neapi_latency *latency, double p);

/* --- the whole run -------------------------------------------------------------------------------- */

void neapi_latency_quantiles(struct neapi_latency *latency, double quantile_s[3], double *mean_s,
                             double over_share[NEAPI_LATENCY_LIMITS]);
/* The same of the kinds first, first + step, ...: one class in all versions. */
void neapi_latency_kind_quantiles(struct neapi_latency *latency, size_t first, size_t step,
                                  double quantile_s[3], double *mean_s);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bare loops: the least that a request costs under each discipline, for the request engine's speed
 * to be held against in the same run. Poisson arrivals, one law of CPU demand from a table, a
 * histogram, a fleet that never changes; no limits, no autoscaler, no books. */
#ifndef NEAP_BENCH_BARE_H
#define NEAP_BENCH_BARE_H

#include <neap.h>

enum { BARE_WORKERS = 4 };

struct bare_work {
    uint64_t requests;
    double rate;       /* 1/s */
    size_t containers; /* at most 64 */
    double demand_s, cv;
};

/* Each serves the work and returns the mean latency in s. */
double bare_random(const struct bare_work *work);
double bare_round_robin(const struct bare_work *work);
double bare_two_choices(const struct bare_work *work);
double bare_least_outstanding(const struct bare_work *work);
double bare_central(const struct bare_work *work);
double bare_sharing(const struct bare_work *work); /* random, one core each */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What service time, and what change of CPU demand, explains a latency. */
#ifndef NEAP_SERVICE_EXPLAIN_H
#define NEAP_SERVICE_EXPLAIN_H

#include "profile/impl.h"
#include "service/forward.h"

/* --- a latency by itself */

struct neapi_dequeued {
    double mean_s, cv; /* mean of CPU demand + wait; cv of each of the two */
    double miss;       /* root mean square of the logarithms' differences */
};

/* Lognormal CPU demand (that share of the mean, above 0) and wait whose responses fit best. */
enum neap_status neapi_dequeue(struct neapi_dequeued *found, const struct neapi_forward *forward,
                               double cpu_share, const struct neapi_percentiles *latency,
                               struct neap_error *error);

/* The laws of CPU demand and wait of what was found; both to be freed. */
enum neap_status neapi_dequeued_laws(struct neap_distribution **cpu_demand,
                                     struct neap_distribution **wait, double mean_s, double cv,
                                     double cpu_share, struct neap_error *error);

/* --- a change of latency */

struct neapi_change {
    const struct neap_distribution *cpu_demand, *wait; /* before */
    const struct neapi_percentiles *before;            /* as recorded; count 0: never */
    const struct neap_distribution *new_wait;
    const struct neapi_percentiles *after;
};

enum { NEAPI_FACTOR_LOW = 20 }; /* factors from 1/20 to 20 are looked at */

/* Why there is no factor: even the least leaves a latency above what was recorded, or even the most
 * one below. */
enum neapi_explained { NEAPI_EXPLAINED, NEAPI_TOO_FAST, NEAPI_TOO_SLOW };

/* The factor on the CPU demand that makes of the latency before the one after, at the arrivals that
 * make forward->load before; with queueing as modelled, or as though there had been none. */
enum neap_status neapi_explain(double *factor, enum neapi_explained *explained,
                               const struct neapi_forward *forward,
                               const struct neapi_change *change, bool queueing,
                               struct neap_error *error);

#endif

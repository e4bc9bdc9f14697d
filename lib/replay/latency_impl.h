/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside of latency*.c. Kinds whose distributions are alike obey one law.
 *
 *   corner = stretch + 12 * (0: no wait | 1 + scv + 20 * wait)
 *   place  = law + laws * corner: where a tail, the shares over the limits and a period's requests
 *            are kept */
#ifndef NEAP_REPLAY_LATENCY_IMPL_H
#define NEAP_REPLAY_LATENCY_IMPL_H

#include <math.h>

#include "replay/latency.h"
#include "replay/queue.h"

enum {
    NEAPI_TIMES_PER_DECADE = 48,
    NEAPI_WAITS_PER_DECADE = 16,
    NEAPI_GAMMA_OCTAVES = 24, /* x from 2^-14 to 2^10 */
    NEAPI_GAMMA_PER_OCTAVE = 32,
    NEAPI_GAMMA_CELLS = NEAPI_GAMMA_OCTAVES * NEAPI_GAMMA_PER_OCTAVE
};

#define NEAPI_FIRST_TIME_S 1e-5
#define NEAPI_SCV_RATIO    1.45

struct neapi_gamma_tail {
    float at[NEAPI_GAMMA_CELLS + 1];
};

struct neapi_law {
    const struct neap_distribution *cpu_demand, *wait;
    double wait_mean_s;
    /* by stretch: tail of the service time on the grid, and its quantiles at the nodes */
    bool service_built[NEAPI_LATENCY_STRETCHES];
    float service_tail[NEAPI_LATENCY_STRETCHES][NEAPI_LATENCY_TIMES];
    double service_node_s[NEAPI_LATENCY_STRETCHES][NEAPI_LATENCY_NODES];
};

struct neapi_touched {
    int32_t place;
    float requests;
};

/* Requests of one kind, whole run. */
struct neapi_kind_sums {
    double demand_s, wait_s; /* means of one request */
    double share;            /* of the requests that are added now */
    int law;
    double requests, sum_s; /* added so far, and their latencies */
};

struct neapi_latency {
    size_t kinds, laws;
    struct neapi_law *law;
    double least_stretch, stretch_step; /* of ln stretch; 0: a single one */
    double limit_s[NEAPI_LATENCY_LIMITS];
    int limits; /* how many there are; limit[k] says which of the three the k-th is */
    int limit[NEAPI_LATENCY_LIMITS];

    double time_s[NEAPI_LATENCY_TIMES];
    struct neapi_gamma_tail gamma[NEAPI_LATENCY_SCVS];
    double node_v[NEAPI_LATENCY_NODES], node_weight[NEAPI_LATENCY_NODES];

    /* the mixture of kinds that is added now */
    struct neapi_kind_sums kind[NEAP_REPLAY_KINDS_MOST];
    double law_share[NEAP_REPLAY_KINDS_MOST];
    double demand_mean_s, wait_mean_s;
    int active_kind[NEAP_REPLAY_KINDS_MOST], active_law[NEAP_REPLAY_KINDS_MOST];
    int active_kinds, active_laws;

    double *total; /* requests by kind + kinds x corner, whole run */
    double sum_s, requests;
    /* tails: slot_of[place] is where it is kept, -1 for nowhere */
    int32_t *slot_of, *place_in;
    size_t slots, slots_used, next_slot;
    float (*tail)[NEAPI_LATENCY_TIMES];
    float (*over)[NEAPI_LATENCY_LIMITS]; /* P(T > limit) by place; below 0 when not yet known */

    struct neapi_moment pending; /* moments alike, not yet shared out */
    double interval_over[NEAPI_LATENCY_LIMITS];
    double interval_requests;
    bool listing, in_period;
    bool keeping; /* one of the two */
    struct neapi_touched *list;
    size_t list_count, list_size;

    bool in_window; /* what is added is for it alone: */
    double window_tail[NEAPI_LATENCY_TIMES], window_requests;

    double *part;       /* requests of the period by place */
    int32_t *part_list; /* places that are not 0 */
    size_t part_count;
};

/* Where a value lies between low and low + 1 of an axis. */
struct neapi_share {
    int low;
    double high; /* share of low + 1 */
};

static inline struct neapi_share neapi_share_of(double position, int count)
{
    if (position <= 0)
        return (struct neapi_share){0, 0};
    if (position >= count - 1)
        return (struct neapi_share){count - 2, 1};
    int low = (int)position;
    return (struct neapi_share){low, position - low};
}

static inline struct neapi_share neapi_scv_share(double scv)
{
    return neapi_share_of(log(fmax(scv, NEAPI_LEAST_SCV) / NEAPI_LEAST_SCV) / log(NEAPI_SCV_RATIO),
                          NEAPI_LATENCY_SCVS);
}

/* --- latency_tail.c ------------------------------------------------------------------------------- */

/* Fills the tables that need no kind; false without memory. */
bool neapi_latency_fill(struct neapi_latency *l);
/* The tail at that place, built when it is not there; the oldest makes room. */
const float *neapi_latency_tail(struct neapi_latency *l, int32_t place);
/* Inverse of a tail on the time grid: linear in ln t against ln tail. */
double neapi_latency_inverse(const struct neapi_latency *l, const float *tail, double level);
double neapi_latency_tail_at(const float *tail, double t);
void neapi_latency_learn_over(struct neapi_latency *l, int32_t place);

/* --- latency_grid.c ------------------------------------------------------------------------------- */

/* Shares out the moments that wait for more of their like. */
void neapi_latency_flush(struct neapi_latency *l);

#endif

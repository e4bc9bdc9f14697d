/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fleet: containers as cohorts that were started together.
 *
 *   cohort[0] ........ oldest, all ready and settled: one entry of a reading
 *   cohort[settled] .. younger: listed one by one
 *   cohort[depth-1]    youngest
 *
 * Scaling in takes containers that are not ready first, then the youngest, as a Kubernetes
 * ReplicaSet does. */
#ifndef NEAP_REPLAY_FLEET_H
#define NEAP_REPLAY_FLEET_H

#include <neap/random.h>
#include <neap/replay.h>

struct neapi_cohort {
    int64_t count;
    int64_t pending_ns;  /* asked for */
    int64_t starting_ns; /* placed: pulls its image, boots */
    int64_t ready_ns;    /* takes requests */
    enum neap_container_state state;
};

/* Containers that finish what they hold. */
struct neapi_leaving {
    int64_t count, end_ns;
};

struct neapi_fleet {
    const struct neap_startup *startup; /* borrowed */
    struct neap_stream starts; /* the k-th start draws the k-th variate, in OLD and NEW alike */
    uint64_t start_index;
    int64_t drain_ns, warmup_ns;
    double warmup_slowdown_share;

    struct neapi_cohort *cohort;
    size_t depth, capacity;
    size_t settled; /* cohorts below this index are ready and past their warm-up */
    int64_t settled_count;
    struct neapi_leaving *leaving; /* ring */
    size_t leaving_head, leaving_count, leaving_capacity;

    int64_t in_state[NEAP_CONTAINER_STATES];
    int64_t next_ns; /* of the next change that needs no decision; INT64_MAX when none is due */
    int64_t window_start_ns, window_end_ns;
    const struct neap_replay_sinks *sinks;
};

enum neap_status neapi_fleet_new(struct neapi_fleet *fleet,
                                 const struct neap_container_options *container,
                                 const struct neap_startup *startup, uint64_t seed, double period_s,
                                 struct neap_error *error);
void neapi_fleet_free(struct neapi_fleet *fleet);

/* Empties the fleet and puts count ready containers in it that have been there for long. */
void neapi_fleet_reset(struct neapi_fleet *fleet, int64_t now_ns, int64_t count);

/* From here on lives are counted; sinks may be NULL until then. */
void neapi_fleet_open_window(struct neapi_fleet *fleet, int64_t start_ns, int64_t end_ns,
                             const struct neap_replay_sinks *sinks);
/* Cuts every life that is still open. */
void neapi_fleet_close_window(struct neapi_fleet *fleet);

/* Lets every change up to and at now happen. */
void neapi_fleet_advance(struct neapi_fleet *fleet, int64_t now_ns, int64_t settle_ns);

/* Starts or removes containers until pending + starting + ready is wanted. */
void neapi_fleet_resize(struct neapi_fleet *fleet, int64_t wanted, int64_t now_ns);

/* Mean CPU demand of a request on this fleet over that on settled containers, >= 1. */
double neapi_fleet_slowness(const struct neapi_fleet *fleet, int64_t now_ns);

/* Extra CPU demand factor of one cohort at now: 1 when it is warm. */
double neapi_cohort_slowness(const struct neapi_fleet *fleet, const struct neapi_cohort *cohort,
                             int64_t now_ns);

/* Replicas as an autoscaler counts them. */
static inline int64_t neapi_fleet_replicas(const struct neapi_fleet *fleet)
{
    return fleet->in_state[NEAP_PENDING] + fleet->in_state[NEAP_STARTING] +
           fleet->in_state[NEAP_READY];
}

#endif

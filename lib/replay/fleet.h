/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fleet: containers as cohorts that were started together.
 *
 *   cohort[0] ........ oldest, all ready and settled: one entry of a reading
 *   cohort[settled] .. younger: listed one by one
 *   cohort[depth-1]    youngest
 *
 * Scaling in takes containers that are not ready first, then the youngest, as a Kubernetes
 * ReplicaSet does. Each cohort runs one version of the service. */
#ifndef NEAP_REPLAY_FLEET_H
#define NEAP_REPLAY_FLEET_H

#include <math.h>

#include <neap/random.h>
#include <neap/replay.h>

#include "base/duration.h"
#include "replay/nodes.h"
#include "replay/start.h"

struct neapi_cohort {
    int64_t count;
    int64_t pending_ns;  /* asked for */
    int64_t starting_ns; /* placed: pulls its image, boots */
    int64_t ready_ns;    /* takes requests */
    enum neap_container_state state;
    size_t version;
    struct neapi_start start;
    bool waiting;       /* pending, and no node has room: later times are not known yet, */
    int64_t planned_ns; /* and this is the earliest at which it would start */
};

/* Containers of one version. */
struct neapi_version_count {
    int64_t replicas;       /* pending, starting and ready */
    int64_t ready, settled; /* of them */
    int64_t gone_ns;        /* when the last of those taken away so far is gone */
};

/* Containers that finish what they hold. */
struct neapi_leaving {
    int64_t count, draining_ns;
    int64_t end_ns;   /* told: at the latest */
    bool told;        /* when each is gone: their lives end then, not with what is known now */
    bool held;        /* by a node, which has room again when they are gone */
    int64_t quiet_ns; /* when the burst of their start is over */
    struct neapi_cohort cohort; /* what they were */
};

/* drained_ns: INT64_MAX, or they are gone when they are empty then or later, and that is told with
 * the tag; at end_ns in any case. */
struct neapi_drain {
    int64_t end_ns, drained_ns;
    uint32_t tag;
};

/* Is told when ready containers come and go. Ready ones stand in one row, oldest cohort first. */
struct neapi_watcher {
    void *context;
    /* Before position; ready since ready_ns. */
    void (*joined)(void *context, size_t position, size_t count, size_t version, int64_t ready_ns);
    /* Those from position on. */
    void (*left)(void *context, size_t position, size_t count, struct neapi_drain drain);
    /* How long count of them, which leave now, are there after their drain, on average; NULL: it
     * will call neapi_fleet_gone(), where the grace is longer than the drain. */
    double (*linger_s)(void *context, size_t count);
};

struct neapi_fleet {
    struct neapi_start_rules rules;
    struct neap_stream starts; /* the k-th start draws the k-th variate, in OLD and NEW alike */
    uint64_t start_index;
    int64_t started;  /* containers, since the reset */
    int64_t quiet_ns; /* when the bursts of all starts so far are over */
    int64_t drain_ns, grace_ns, warmup_ns;
    double warmup_slowdown_share;

    struct neapi_cohort *cohort;
    size_t depth, capacity;
    size_t settled; /* cohorts below this index are ready and past their warm-up */
    int64_t settled_count;
    struct neapi_leaving *leaving; /* ring */
    size_t leaving_head, leaving_count, leaving_capacity;

    size_t versions, newest;        /* new containers run the newest */
    struct neapi_version_count *of; /* by version */
    bool mixed;                     /* the ready ones of some version have changed */

    struct neapi_nodes nodes;
    int64_t waiting; /* for a node */
    int64_t in_state[NEAP_CONTAINER_STATES];
    int64_t next_ns; /* of the next change that needs no decision; INT64_MAX when none is due */
    int64_t window_start_ns, window_end_ns;
    const struct neap_replay_sinks *sinks;
    struct neapi_watcher watcher; /* functions may be NULL */
};

enum neap_status neapi_fleet_new(struct neapi_fleet *fleet,
                                 const struct neap_container_options *container,
                                 const struct neap_startup *startup, size_t versions, uint64_t seed,
                                 uint64_t replication, double period_s, struct neap_error *error);
/* Containers need room on nodes from now on, as inputs say; there may be as many as most. */
enum neap_status neapi_fleet_add_nodes(struct neapi_fleet *fleet,
                                       const struct neap_replay_inputs *inputs, double most,
                                       uint64_t seed, struct neap_error *error);
void neapi_fleet_free(struct neapi_fleet *fleet);

/* Empties the fleet and puts count ready containers of that version in it that have been there for
 * long. */
void neapi_fleet_reset(struct neapi_fleet *fleet, int64_t now_ns, int64_t count, size_t version);

/* From here on lives are counted; sinks may be NULL until then. */
void neapi_fleet_open_window(struct neapi_fleet *fleet, int64_t start_ns, int64_t end_ns,
                             const struct neap_replay_sinks *sinks);
/* Cuts every life that is still open. */
void neapi_fleet_close_window(struct neapi_fleet *fleet);

/* Lets every change up to and at now happen. */
void neapi_fleet_advance(struct neapi_fleet *fleet, int64_t now_ns, int64_t settle_ns);

/* Starts or removes containers until pending + starting + ready is wanted. */
void neapi_fleet_resize(struct neapi_fleet *fleet, int64_t wanted, int64_t now_ns);

/* Starts count containers of the newest version. */
void neapi_fleet_start(struct neapi_fleet *fleet, int64_t count, int64_t now_ns);

/* A part of the fleet while several versions are in it; what is not of the newest one is old. */
enum neapi_pick {
    NEAPI_PICK_OLD_STARTING, /* pending ones too */
    NEAPI_PICK_OLD_READY,
    NEAPI_PICK_NEW_STARTING,
    NEAPI_PICK_NEW_READY
};
/* Takes up to count containers of that part away, the oldest version first, of each version the
 * youngest first. Returns how many it took. */
int64_t neapi_fleet_take(struct neapi_fleet *fleet, enum neapi_pick pick, int64_t count,
                         int64_t now_ns);

/* Mean CPU demand of a request on this fleet over that on settled containers, >= 1. */
double neapi_fleet_slowness(const struct neapi_fleet *fleet, int64_t now_ns);

/* Extra CPU demand factor of one cohort at now: 1 when it is warm. */
double neapi_cohort_slowness(const struct neapi_fleet *fleet, const struct neapi_cohort *cohort,
                             int64_t now_ns);

/* Core-seconds that starts use, and attempts that fail, within [from, to), where nothing changes. */
double neapi_fleet_start_cpu_s(const struct neapi_fleet *fleet, int64_t from_ns, int64_t to_ns);
int64_t neapi_fleet_start_failures(const struct neapi_fleet *fleet, int64_t from_ns, int64_t to_ns);

/* --- draining.c --- */

struct neapi_drain neapi_fleet_begin_drain(struct neapi_fleet *fleet,
                                           const struct neapi_cohort *cohort, int64_t count,
                                           bool held, int64_t now_ns);
/* One of those with that tag was gone at end_ns, which is not before the last change. */
void neapi_fleet_gone(struct neapi_fleet *fleet, uint32_t tag, int64_t end_ns, int64_t now_ns);
/* Core-seconds that the start of one of them would have used between two times. */
double neapi_fleet_drain_cpu_s(const struct neapi_fleet *fleet, uint32_t tag, int64_t from_ns,
                               int64_t to_ns);
void neapi_fleet_end_drains(struct neapi_fleet *fleet, int64_t now_ns);
void neapi_fleet_close_drains(const struct neapi_fleet *fleet);

/* Ready containers in cohorts before that one. */
size_t neapi_fleet_position(const struct neapi_fleet *fleet, size_t index);

/* A cohort that was just asked for, until a node has room for it. */
void neapi_fleet_await_room(struct neapi_fleet *fleet, struct neapi_cohort *cohort);
/* What follows on nodes from the time and from what containers did: to be called after changes. */
void neapi_fleet_change_nodes(struct neapi_fleet *fleet, int64_t now_ns);
/* Room on nodes for those that wait; new nodes where there is none. */
void neapi_fleet_place(struct neapi_fleet *fleet, int64_t now_ns);
/* Moves the containers of nodes that hold few to others. */
void neapi_fleet_consolidate(struct neapi_fleet *fleet, int64_t now_ns);

/* Between fleet.c and scaling.c: the end of count lives of a cohort, and next_ns after a change. */
void neapi_fleet_emit(const struct neapi_fleet *fleet, const struct neapi_cohort *cohort,
                      int64_t count, int64_t draining_ns, int64_t end_ns);
void neapi_fleet_find_next(struct neapi_fleet *fleet, int64_t now_ns);

/* Replicas as an autoscaler counts them. */
static inline int64_t neapi_fleet_replicas(const struct neapi_fleet *fleet)
{
    return fleet->in_state[NEAP_PENDING] + fleet->in_state[NEAP_STARTING] +
           fleet->in_state[NEAP_READY];
}

#endif

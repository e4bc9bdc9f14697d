/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside of the kernel that follows every event: its containers, queues, clients, and the ways to
 * find what is next. events.c says in which order things happen. */
#ifndef NEAP_REQUEST_EVENTS_IMPL_H
#define NEAP_REQUEST_EVENTS_IMPL_H

#include "request/levels.h"
#include "request/pool.h"
#include "request/tournament.h"

#define NEAPI_NO_RECORD UINT32_MAX
#define NEAPI_NEVER_NS  INT64_MAX

/* What a worker holds. */
struct neapi_lane {
    int64_t arrival_ns;
    int64_t wait_ns;    /* after its time on CPU */
    int64_t cpu_end_ns; /* where that is known when it begins */
    uint32_t record;    /* of the attempt, where clients have a say; else NEAPI_NO_RECORD */
    uint32_t class_number;
};

/* A lane in order of a key >= 0: a time, or the bits of a double that is one. */
struct neapi_entry {
    int64_t key;
    uint32_t lane;
};

/* An attempt that waits in a queue or for its next sending; where clients have a say, also one in
 * service. What it needs is in neapi_events.need, by record x versions + version. */
struct neapi_record {
    int64_t arrival_ns;
    int64_t sent_ns;
    uint32_t next;         /* behind it in its queue, or among the unused ones */
    uint32_t older, newer; /* attempts whose clients wait, in the order of sending */
    uint32_t pick;
    uint16_t attempt; /* 0: the first */
    uint8_t class_number;
    bool queued;
    bool abandoned; /* nobody waits for its answer */
};

/* Time on CPU at full speed, and without it. */
struct neapi_demand {
    int64_t cpu_ns, wait_ns;
};

/* First come, first served. */
struct neapi_line {
    uint32_t first, last; /* records; mean nothing when count is 0 */
    uint32_t count;
};

struct neapi_container {
    int64_t next_ns;     /* of anything */
    int64_t cpu_next_ns; /* when the next one leaves the CPU */
    int64_t last_ns;     /* virtual_ns holds then */
    double virtual_ns;   /* CPU that each one on CPU has had since the stretch began */
    uint32_t on_cpu, in_wait;
    struct neapi_line line;
    uint32_t version;
    bool in_row;
    int64_t empty_ns; /* out of the row: when a worker was free last */
};

/* CPU bandwidth control of a container. */
struct neapi_quota {
    double used_ns; /* in this period */
    int64_t period_end_ns;
    int64_t next_ns; /* the period's or the quota's end */
    bool stalled;
};

/* Attempts after failures: a binary heap (Williams 1964) by time. */
struct neapi_retry {
    int64_t due_ns;
    uint32_t record;
};

/* What can happen in a pool: a constant in the loops made for common ones. */
struct neapi_ways {
    bool settled; /* workers never compete: an end is known at the start */
    bool heaped;  /* many workers: lanes in heaps, not in sorted arrays */
    bool quota;
    bool clients;  /* who give up or try again */
    bool in_order; /* events of all containers one after the other */
    bool foretold; /* that the wait ends matters to the container's queue only */
    bool levels;   /* containers are chosen by how many requests they hold */
    bool common;   /* one queue for all */
    enum neap_balancer_type balancer;
};

struct neapi_events {
    struct neapi_ways ways;
    void (*add)(struct neap_pool *pool, const struct neap_requests *requests);
    uint32_t workers;
    uint32_t limit;         /* of a container's queue */
    double cpu_rate;        /* of one on CPU, where it is always the same */
    double *rate, *slowing; /* by number on CPU: speed of each, and its inverse */
    double *together;       /* rate x number */
    double quota_ns;        /* CPU in a period */
    int64_t period_ns;      /* 0: no quota */

    struct neapi_container *container; /* by slot */
    struct neapi_entry *cpu;  /* slot x (1 + workers): by virtual time of leaving the CPU */
    struct neapi_entry *wait; /* slot x (1 + workers): by time of leaving */
    struct neapi_lane *lane;  /* slot x workers */
    uint32_t *free_lane;      /* slot x workers: a permutation, the busy ones first */
    struct neapi_quota *quota;

    size_t records;
    struct neapi_record *record;
    struct neapi_demand *need;
    uint32_t unused; /* a list */

    struct neapi_line line; /* central */
    uint64_t line_limit;
    struct neapi_levels levels;
    struct neapi_tournament next; /* of containers */
    size_t turn;                  /* round robin: the next position */

    int64_t patience_ns;
    uint32_t oldest, newest; /* attempts whose clients wait */
    int64_t abandoned;       /* attempts that nobody waits for */
    int64_t abandoned_in_line;
    struct neapi_retry *retry;
    size_t retry_count, retry_most;
};

/* --- loops (events_loop.c) ------------------------------------------------------------------------ */

/* Requests of a stretch: the loop for such a pool. */
void (*neapi_events_loop(struct neapi_ways ways))(struct neap_pool *pool,
                                                  const struct neap_requests *requests);
/* All events until the stretch's end, where there is one order of all. */
void neapi_events_follow(struct neap_pool *pool);
/* The tournament of containers. */
void neapi_events_build_order(struct neap_pool *pool, int64_t base_ns);

/* The i-th slot of those ready and draining. */
static inline uint32_t neapi_slot_at(const struct neap_pool *pool, size_t i)
{
    return i < pool->ready ? pool->row[i] : pool->draining[i - pool->ready];
}

/* --- containers (events_container.c) ------------------------------------------------------------- */

/* Empty, in the row. */
void neapi_container_clear(struct neap_pool *pool, uint32_t slot);
/* At the edges of a stretch: queued requests begin, CPU used by then is booked. */
void neapi_container_begin(struct neap_pool *pool, uint32_t slot);
void neapi_container_end(struct neap_pool *pool, uint32_t slot);
/* What it holds is lost. */
void neapi_container_cut(struct neap_pool *pool, uint32_t slot);

static inline uint32_t neapi_busy(const struct neapi_container *container)
{
    return container->on_cpu + container->in_wait;
}

static inline uint32_t neapi_inside(const struct neapi_container *container)
{
    return container->on_cpu + container->in_wait + container->line.count;
}

/* --- queues (events_line.c) ---------------------------------------------------------------------- */

/* A record for the i-th request, or NEAPI_NO_RECORD. */
uint32_t neapi_record_take(struct neap_pool *pool, const struct neap_requests *requests, size_t i);
uint32_t neapi_record_copy(struct neapi_events *events, uint32_t record, size_t versions);
void neapi_record_drop(struct neapi_events *events, uint32_t record);
void neapi_line_push(struct neapi_events *events, struct neapi_line *line, uint32_t record);
uint32_t neapi_line_pop(struct neapi_events *events, struct neapi_line *line);
/* Those who have waited too long by then, behind the first `keep`; returns how many they were. */
size_t neapi_line_expire(struct neap_pool *pool, struct neapi_line *line, int64_t now_ns,
                         size_t keep);
/* When the head has waited too long. */
int64_t neapi_line_expires_ns(const struct neap_pool *pool, const struct neapi_line *line);

/* --- clients (events_client.c) ------------------------------------------------------------------- */

/* The attempt goes out: from now on its client waits. */
void neapi_client_send(struct neapi_events *events, uint32_t record, int64_t now_ns);
/* The server has answered; the record is no more. */
void neapi_client_answer(struct neap_pool *pool, uint32_t record, int64_t now_ns);
/* The server has lost the attempt, which is out of all queues: another one, or none. */
void neapi_client_fail(struct neap_pool *pool, uint32_t record, enum neap_failure cause,
                       int64_t now_ns);
/* When the next client gives up, and that it does. */
int64_t neapi_client_gives_up_ns(const struct neapi_events *events);
void neapi_client_give_up(struct neap_pool *pool, int64_t now_ns);
/* When the next attempt is due, and which. */
int64_t neapi_client_due_ns(const struct neapi_events *events);
uint32_t neapi_client_due(struct neap_pool *pool);

#endif

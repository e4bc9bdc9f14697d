/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside of a pool. pool.c knows which containers there are and what has become of requests; how
 * requests are served between two changes is a kernel's matter, one file each. All kernels give
 * the same answers where they can give one at all; the fast ones cannot do everything. */
#ifndef NEAP_REQUEST_POOL_H
#define NEAP_REQUEST_POOL_H

#include <string.h>

#include <neap/request.h>

#include "random/histogram.h"

enum { NEAPI_NO_SLOT = -1 };

/* A container. Its place in pool->slot stays as long as it is there. */
struct neapi_slot {
    int64_t ready_ns;
    int64_t cut_ns;     /* INT64_MAX while it is in the row */
    int64_t drained_ns; /* gone when it is empty then or later; INT64_MAX: at cut_ns, untold */
    uint32_t tag;
    uint32_t version;
    bool used;
};

struct neapi_kernel {
    const char *name;
    /* Whether it can serve such a pool. */
    bool (*fits)(const struct neap_pool_options *options);
    /* Everything it will ever need: pool->state, of which it can have one pointer. */
    enum neap_status (*make)(struct neap_pool *pool, struct neap_error *error);
    void (*unmake)(struct neap_pool *pool);
    void (*reset)(struct neap_pool *pool);
    /* Between stretches, after the row has changed. The slot holds nothing when it joins. */
    void (*join)(struct neap_pool *pool, uint32_t slot);
    void (*leave)(struct neap_pool *pool, uint32_t slot);
    /* When a slot that has left was empty; INT64_MAX as long as that is not known at pool->now_ns. */
    int64_t (*empty_ns)(const struct neap_pool *pool, uint32_t slot);
    /* The slot is gone at pool->now_ns: what it holds is lost (neapi_pool_fail). */
    void (*cut)(struct neap_pool *pool, uint32_t slot);
    void (*begin)(struct neap_pool *pool);
    /* Requests in order; those sent before the stretch began have waited at the door. */
    void (*add)(struct neap_pool *pool, const struct neap_requests *requests);
    /* Time is pool->to_ns: all CPU until then is booked, totals.present and .waiting are set. */
    void (*end)(struct neap_pool *pool);
    /* Between stretches: how long those present have been so, and those in queues. */
    void (*ages)(const struct neap_pool *pool, double *present_ns, double *waiting_ns);
};

extern const struct neapi_kernel neapi_kernel_own, neapi_kernel_central, neapi_kernel_events;

/* Requests that wait until a container is ready (door.c). */
struct neapi_door {
    int64_t *arrival_ns, *time_ns; /* time_ns: by version CPU, and time without */
    uint32_t *pick;
    uint8_t *class_number;
    struct neap_needs *needs; /* by version */
    size_t first, count, size, versions;
};

struct neap_pool {
    struct neap_pool_options options;
    struct neapi_door door;
    const struct neapi_kernel *kernel;
    void *state;           /* the kernel's */
    int64_t now_ns, to_ns; /* of the stretch */
    int64_t timeout_ns;    /* INT64_MAX: none */
    int64_t warmup_ns;
    bool any_cold;    /* some container in the row is in its warm-up at now_ns */
    bool row_changed; /* since the last stretch began */

    struct neapi_slot *slot; /* containers_most of them */
    uint32_t *row;           /* slots of the ready ones by position */
    size_t ready;
    uint32_t *draining; /* slots, in no order */
    size_t draining_count;
    struct neap_pool_gone *gone; /* not told yet */
    size_t gone_count;
    uint32_t *unused; /* slots, a stack */
    size_t unused_count;

    struct neap_pool_totals totals;
    double lost_ns;   /* time from arrival to failure, of those that failed */
    double waited_ns; /* time in queues, of those that have left them */
    struct neap_pool_class *class;
    /* latencies not yet taken, by class and bucket of a histogram of NEAP_HISTOGRAM_BITS */
    uint32_t *latency;
    int64_t *latency_taken_ns; /* by class: of class[].latency_ns */
};

/* Extra CPU demand of what begins then in that container, as a factor; 1 when it is warm. */
double neapi_pool_slowness(const struct neap_pool *pool, uint32_t slot, int64_t at_ns);

static inline int64_t neapi_slowed_ns(int64_t cpu_ns, double slowness)
{
    return slowness > 1 ? (int64_t)((double)cpu_ns * slowness + 0.5) : cpu_ns;
}

enum {
    NEAPI_LATENCY_BUCKETS =
        ((NEAPI_HISTOGRAM_HIGH - NEAPI_HISTOGRAM_LOW) << NEAP_HISTOGRAM_BITS) + 2
};

/* Bucket of a latency: that of neapi_histogram_bucket() for its seconds. */
static inline size_t neapi_latency_bucket(int64_t latency_ns)
{
    double seconds = (double)latency_ns * 1e-9;
    uint64_t bits;
    memcpy(&bits, &seconds, sizeof bits);
    int32_t first = (1023 + NEAPI_HISTOGRAM_LOW) << NEAP_HISTOGRAM_BITS;
    int32_t bucket = (int32_t)(bits >> (52 - NEAP_HISTOGRAM_BITS)) - first + 1;
    bucket = bucket < 0 ? 0 : bucket;
    return (size_t)(bucket < NEAPI_LATENCY_BUCKETS ? bucket : NEAPI_LATENCY_BUCKETS - 1);
}

/* A request has its answer. */
static inline void neapi_pool_served(struct neap_pool *pool, size_t class_number,
                                     int64_t latency_ns)
{
    pool->class[class_number].served++;
    pool->class[class_number].latency_ns += latency_ns;
    pool->latency[class_number * NEAPI_LATENCY_BUCKETS + neapi_latency_bucket(latency_ns)]++;
}

/* A request will never have one; it was there for that long. */
static inline void neapi_pool_fail(struct neap_pool *pool, size_t class_number,
                                   enum neap_failure cause, int64_t held_ns)
{
    pool->class[class_number].failed[cause]++;
    pool->lost_ns += (double)held_ns;
}

/* The same for one that is in a queue. */
static inline void neapi_pool_fail_queued(struct neap_pool *pool, size_t class_number,
                                          enum neap_failure cause, int64_t held_ns)
{
    neapi_pool_fail(pool, class_number, cause, held_ns);
    pool->waited_ns += (double)held_ns;
}

/* CPU that a container used for requests of that class. */
static inline void neapi_pool_use(struct neap_pool *pool, size_t class_number, uint32_t slot,
                                  double cpu_ns)
{
    pool->class[class_number].cpu_ns += cpu_ns;
    if (pool->slot[slot].cut_ns == INT64_MAX)
        pool->totals.cpu_ns += cpu_ns;
    else
        pool->totals.cpu_draining_ns += cpu_ns;
}

/* When the i-th request comes to containers: not before the stretch begins. */
static inline int64_t neapi_comes_ns(const struct neap_pool *pool,
                                     const struct neap_requests *requests, size_t i)
{
    int64_t arrival_ns = requests->arrival_ns[i];
    return arrival_ns > pool->now_ns ? arrival_ns : pool->now_ns;
}

/* Whether requests have waited at the door. */
static inline bool neapi_are_late(const struct neap_pool *pool,
                                  const struct neap_requests *requests)
{
    return requests->count > 0 && requests->arrival_ns[0] < pool->now_ns;
}

static inline size_t neapi_class_of(const struct neap_requests *requests, size_t i)
{
    return requests->class_number == NULL ? 0 : requests->class_number[i];
}

#endif

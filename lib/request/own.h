/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * First come, first served at each container: the state of own.c and own_loop.c. */
#ifndef NEAP_REQUEST_OWN_H
#define NEAP_REQUEST_OWN_H

#include "request/calendar.h"
#include "request/levels.h"
#include "request/settled.h"

enum {
    NEAPI_SORTED_MOST = 8 /* that many workers' free times are kept sorted, of more as a heap */
};

struct neapi_own {
    struct neapi_settled settled;
    size_t width;   /* free times of a slot: 1, 2, 4, 8, or as many as workers */
    int64_t *state; /* by slot, 2^stride_bits words: neapi_own_ends(), neapi_own_free() */
    int stride_bits;
    struct neapi_fifo *fifo; /* by slot: requests that do not begin within the stretch */
    uint32_t *queued;        /* slots with such requests, in no order */
    size_t queued_count;
    int64_t *end_ns; /* slot x ring: when the n-th of them leaves, at neapi_own_place() */
    size_t ring;     /* a power of two above the queue limit */
    uint32_t limit;  /* of a queue */
    size_t turn;     /* round robin: the next position */
    /* least outstanding: how many each container holds, and when that will be fewer */
    bool counts;
    struct neapi_levels levels;
    struct neapi_calendar leaving;
    int64_t served_before; /* of the first class, until the last stretch */
    uint32_t *life; /* by slot: entries of a container that left the row are of an earlier life */
    void (*add)(struct neap_pool *pool, const struct neap_requests *requests); /* own_loop.c */
};

/* Containers hold fewer requests by then. */
static inline void neapi_own_count_down(struct neapi_own *own, int64_t now_ns)
{
    uint32_t key;
    while ((key = neapi_calendar_take(&own->leaving, now_ns)) != UINT32_MAX) {
        uint32_t slot = key & UINT16_MAX;
        if (key >> 16 == own->life[slot])
            neapi_levels_less(&own->levels, slot);
    }
}

/* A container in the row holds a request until then. */
static inline void neapi_own_count_until(struct neapi_own *own, uint32_t slot, int64_t leaves_ns)
{
    neapi_calendar_put(&own->leaving, slot | own->life[slot] << 16, leaves_ns);
}

/* Those that have not begun will have an entry each as well. */
static inline bool neapi_own_cannot_count(const struct neapi_own *own)
{
    return own->leaving.count + own->settled.size - own->settled.unused_count >= own->leaving.size;
}

/* The request takes the worker that is free first until then. */
void neapi_own_take(struct neapi_own *own, uint32_t slot, int64_t until_ns);
/* A request that is not simply served within the stretch: it is refused, waits too long, or goes on
 * after the stretch. */
void neapi_own_hard(struct neap_pool *pool, const struct neap_requests *requests, size_t i,
                    uint32_t slot);

/* A stretch begins: those in the container's queue that begin within it, or have waited too long by
 * its end. */
void neapi_own_begin_queued(struct neap_pool *pool, uint32_t slot);

/* The loop for that width and balancer. */
void (*neapi_own_loop(const struct neap_pool_options *options,
                      size_t width))(struct neap_pool *pool, const struct neap_requests *requests);

/* Requests that found no free worker in a container since one was free last (low half), and those of
 * them that had left the queue at the last look (high half). Beside the free times: one cache line
 * is all that a request touches of a container. */
static inline uint64_t *neapi_own_ends(const struct neapi_own *own, uint32_t slot)
{
    return (uint64_t *)&own->state[(size_t)slot << own->stride_bits];
}

/* When its workers are free: ascending, or a heap; INT64_MAX for no worker. */
static inline int64_t *neapi_own_free(const struct neapi_own *own, uint32_t slot)
{
    return &own->state[((size_t)slot << own->stride_bits) + 1];
}

/* Rings lie a cache line apart from one another, lest they share one set of the cache. */
enum { NEAPI_RING_APART = 8 };
static inline size_t neapi_own_place(size_t ring, uint32_t slot, uint32_t number)
{
    return slot * (ring + NEAPI_RING_APART) + (number & (ring - 1));
}

/* Requests that wait in that container then; asked in the order of time. */
static inline uint32_t neapi_own_waiting(struct neapi_own *own, uint32_t slot, int64_t at_ns)
{
    uint64_t *ends = neapi_own_ends(own, slot);
    uint32_t count = (uint32_t)*ends, gone = (uint32_t)(*ends >> 32);
    while (gone < count && own->end_ns[neapi_own_place(own->ring, slot, gone)] <= at_ns)
        gone++;
    *ends = (uint64_t)gone << 32 | count;
    return count - gone + own->fifo[slot].count;
}

#endif

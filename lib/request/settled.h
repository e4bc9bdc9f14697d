/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the fast kernels share. Where workers never compete for cores a request's end is known when
 * it begins, and it begins when its worker is free: nothing has to be kept in order of time. What
 * begins within a stretch is booked at once; what does not, waits for the next one, since the row
 * may have changed by then. */
#ifndef NEAP_REQUEST_SETTLED_H
#define NEAP_REQUEST_SETTLED_H

#include "request/pool.h"

/* A request that began and is in service when the stretch ends. */
struct neapi_open {
    int64_t arrival_ns, cpu_end_ns, end_ns;
    uint32_t slot, class_number;
};

/* Time on CPU at full speed, and without it. */
struct neapi_need {
    int64_t cpu_ns, wait_ns;
};

/* A request that has not begun. */
struct neapi_waiting {
    int64_t arrival_ns;
    uint32_t next, class_number; /* next: number of the record behind it */
};

/* First come, first served. */
struct neapi_fifo {
    uint32_t first, last; /* mean nothing when count is 0 */
    uint32_t count;
};

struct neapi_settled {
    double cpu_rate;         /* cores that a request on CPU uses: 1, or less on less than a core */
    struct neapi_open *open; /* in no order; at most one for each worker */
    size_t open_count;
    struct neapi_waiting *waiting; /* records of all queues */
    struct neapi_need *need;       /* by record x versions + version: who serves it is not known */
    uint32_t *unused;              /* a stack of records */
    size_t unused_count, size;
};

/* Whether workers never compete: a single one, or a core for each. */
bool neapi_settled_fits(const struct neap_pool_options *options);
enum neap_status neapi_settled_make(struct neapi_settled *settled, const struct neap_pool *pool,
                                    struct neap_error *error);
void neapi_settled_unmake(struct neapi_settled *settled);
void neapi_settled_reset(struct neapi_settled *settled);

/* A stretch begins: books the CPU that those in service use in it, and those that end in it. */
void neapi_settled_begin(struct neapi_settled *settled, struct neap_pool *pool);
/* A stretch ends: what is present. */
void neapi_settled_end(const struct neapi_settled *settled, struct neap_pool *pool);
/* What is in service in that container is lost. */
void neapi_settled_cut(struct neapi_settled *settled, struct neap_pool *pool, uint32_t slot);

/* Puts the i-th request at the end of a queue; false when there is no record left. */
bool neapi_fifo_push(struct neapi_fifo *fifo, struct neapi_settled *settled,
                     const struct neap_requests *requests, size_t i, size_t versions);
void neapi_fifo_pop(struct neapi_fifo *fifo, struct neapi_settled *settled);

/* How long those in service have been there, and those in a queue; sums. */
double neapi_settled_age_ns(const struct neapi_settled *settled, int64_t now_ns);
double neapi_fifo_age_ns(const struct neapi_fifo *fifo, const struct neapi_settled *settled,
                         int64_t now_ns);

/* Time on CPU that begins then in that container. */
static inline int64_t neapi_settled_cpu_ns(const struct neapi_settled *settled,
                                           const struct neap_pool *pool, uint32_t slot,
                                           int64_t cpu_ns, int64_t start_ns)
{
    if (!pool->any_cold && settled->cpu_rate == 1)
        return cpu_ns;
    double slowness = pool->any_cold ? neapi_pool_slowness(pool, slot, start_ns) : 1;
    return (int64_t)((double)cpu_ns * slowness / settled->cpu_rate + 0.5);
}

/* A request begins at start_ns, before the stretch ends: books it and returns its end. */
static inline int64_t neapi_settled_serve(struct neapi_settled *settled, struct neap_pool *pool,
                                          uint32_t slot, size_t class_number, int64_t arrival_ns,
                                          int64_t start_ns, struct neapi_need need)
{
    int64_t cpu_end_ns =
        start_ns + neapi_settled_cpu_ns(settled, pool, slot, need.cpu_ns, start_ns);
    int64_t end_ns = cpu_end_ns + need.wait_ns;
    int64_t used_ns = (cpu_end_ns < pool->to_ns ? cpu_end_ns : pool->to_ns) - start_ns;
    neapi_pool_use(pool, class_number, slot, (double)used_ns * settled->cpu_rate);
    pool->waited_ns += (double)(start_ns - arrival_ns);
    if (end_ns <= pool->to_ns)
        neapi_pool_served(pool, class_number, end_ns - arrival_ns);
    else
        settled->open[settled->open_count++] =
            (struct neapi_open){arrival_ns, cpu_end_ns, end_ns, slot, (uint32_t)class_number};
    return end_ns;
}

#endif

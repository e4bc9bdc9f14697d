/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * First come, first served at each container, whose workers never compete for cores: Lindley's
 * recursion on the times at which workers are free. Every balancer but one queue for all. */
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/own.h"

static const double RING_BYTES_MOST = 1 << 29;

static size_t ring_for(double limit)
{
    size_t ring = 8;
    while ((double)ring <= limit)
        ring *= 2;
    return ring;
}

static bool fits(const struct neap_pool_options *o)
{
    bool counts = o->balancer == NEAP_BALANCER_LEAST_OUTSTANDING;
    if (o->balancer == NEAP_BALANCER_CENTRAL || !(o->queue_limit < 1 << 24) ||
        (counts && o->containers_most > UINT16_MAX) || !neapi_settled_fits(o))
        return false;
    return (double)o->containers_most * sizeof(int64_t) * (double)ring_for(o->queue_limit) <=
           RING_BYTES_MOST;
}

static size_t width_for(int workers)
{
    size_t width = 1;
    while (width < NEAPI_SORTED_MOST && width < (size_t)workers)
        width *= 2;
    return width < (size_t)workers ? (size_t)workers : width;
}

static enum neap_status make_counts(struct neapi_own *own, const struct neap_pool_options *o,
                                    struct neap_error *error)
{
    size_t workers = (size_t)o->workers;
    own->life = neapi_allocate(o->containers_most, sizeof *own->life);
    if (own->life == NULL)
        return neapi_no_memory(error, "the containers' requests");
    enum neap_status status =
        neapi_levels_make(&own->levels, o->containers_most, workers + own->limit, error);
    if (status != NEAP_OK)
        return status;
    return neapi_calendar_make(&own->leaving, o->containers_most * workers + o->waiting_most,
                               error);
}

static enum neap_status make(struct neap_pool *pool, struct neap_error *error)
{
    const struct neap_pool_options *o = &pool->options;
    struct neapi_own *own = pool->state = neapi_allocate(1, sizeof *own);
    if (own == NULL)
        return neapi_no_memory(error, "the containers' queues");
    own->width = width_for(o->workers);
    own->limit = (uint32_t)o->queue_limit;
    own->counts = o->balancer == NEAP_BALANCER_LEAST_OUTSTANDING;
    own->ring = ring_for(o->queue_limit);
    own->add = neapi_own_loop(o, own->width);
    while (((size_t)1 << own->stride_bits) < own->width + 1)
        own->stride_bits++;
    own->state = neapi_allocate(o->containers_most << own->stride_bits, sizeof *own->state);
    own->fifo = neapi_allocate(o->containers_most, sizeof *own->fifo);
    own->queued = neapi_allocate(o->containers_most, sizeof *own->queued);
    own->end_ns =
        neapi_allocate(o->containers_most * (own->ring + NEAPI_RING_APART), sizeof *own->end_ns);
    if (own->state == NULL || own->fifo == NULL || own->queued == NULL || own->end_ns == NULL)
        return neapi_no_memory(error, "the containers' queues");
    enum neap_status status = neapi_settled_make(&own->settled, pool, error);
    return status == NEAP_OK && own->counts ? make_counts(own, o, error) : status;
}

static void unmake(struct neap_pool *pool)
{
    struct neapi_own *own = pool->state;
    if (own == NULL)
        return;
    neapi_settled_unmake(&own->settled);
    neapi_levels_unmake(&own->levels);
    neapi_calendar_unmake(&own->leaving);
    free(own->life);
    free(own->state);
    free(own->fifo);
    free(own->queued);
    free(own->end_ns);
    free(own);
}

static void reset(struct neap_pool *pool)
{
    struct neapi_own *own = pool->state;
    neapi_settled_reset(&own->settled);
    own->queued_count = 0;
    own->turn = 0;
    if (own->counts)
        neapi_calendar_reset(&own->leaving, pool->now_ns);
    own->served_before = 0;
}

/* --- containers ------------------------------------------------------------------------------------ */

static void join(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_own *own = pool->state;
    for (size_t w = 0; w < own->width; w++)
        neapi_own_free(own, slot)[w] = w < (size_t)pool->options.workers ? pool->now_ns : INT64_MAX;
    own->fifo[slot].count = 0;
    *neapi_own_ends(own, slot) = 0;
    if (own->counts)
        own->levels.holds[slot] = 0;
}

/* It goes on with what it holds, but nobody counts that any more. */
static void leave(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_own *own = pool->state;
    if (own->counts)
        own->life[slot] = (own->life[slot] + 1) & UINT16_MAX;
}

static int64_t empty_ns(const struct neap_pool *pool, uint32_t slot)
{
    const struct neapi_own *own = pool->state;
    const int64_t *free_ns = neapi_own_free(own, slot);
    int64_t last_ns = own->fifo[slot].count > 0 ? INT64_MAX : INT64_MIN;
    for (size_t w = 0; w < own->width; w++)
        if (free_ns[w] > last_ns && free_ns[w] != INT64_MAX) /* no worker */
            last_ns = free_ns[w];
    return last_ns;
}

static void cut(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_own *own = pool->state;
    struct neapi_fifo *fifo = &own->fifo[slot];
    neapi_settled_cut(&own->settled, pool, slot);
    while (fifo->count > 0) {
        const struct neapi_waiting *head = &own->settled.waiting[fifo->first];
        neapi_pool_fail_queued(pool, head->class_number, NEAP_FAILED_CUT,
                               pool->now_ns - head->arrival_ns);
        pool->totals.present--;
        pool->totals.waiting--;
        neapi_fifo_pop(fifo, &own->settled);
    }
    for (size_t i = own->queued_count; i-- > 0;)
        if (own->queued[i] == slot)
            own->queued[i] = own->queued[--own->queued_count];
}

/* --- stretches ---------------------------------------------------------------------------------------- */

static void begin(struct neap_pool *pool)
{
    struct neapi_own *own = pool->state;
    neapi_settled_begin(&own->settled, pool);
    if (own->counts && pool->row_changed)
        neapi_levels_build(&own->levels, pool->row, pool->ready);
    for (size_t i = own->queued_count; i-- > 0;) {
        uint32_t slot = own->queued[i];
        neapi_own_begin_queued(pool, slot);
        if (own->fifo[slot].count == 0)
            own->queued[i] = own->queued[--own->queued_count];
    }
    if (own->turn >= pool->ready)
        own->turn = 0;
}

static void add(struct neap_pool *pool, const struct neap_requests *requests)
{
    const struct neapi_own *own = pool->state;
    own->add(pool, requests);
}

static void end(struct neap_pool *pool)
{
    struct neapi_own *own = pool->state;
    neapi_settled_end(&own->settled, pool);
    if (!own->counts)
        return;
    double served = (double)(pool->class[0].served - own->served_before);
    neapi_own_count_down(own, pool->to_ns);
    neapi_calendar_fit(&own->leaving, 1e9 * served / (double)(pool->to_ns - pool->now_ns + 1),
                       pool->to_ns);
    own->served_before = pool->class[0].served;
}

static void ages(const struct neap_pool *pool, double *present_ns, double *waiting_ns)
{
    const struct neapi_own *own = pool->state;
    *waiting_ns = 0;
    for (size_t i = 0; i < own->queued_count; i++)
        *waiting_ns += neapi_fifo_age_ns(&own->fifo[own->queued[i]], &own->settled, pool->now_ns);
    *present_ns = *waiting_ns + neapi_settled_age_ns(&own->settled, pool->now_ns);
}

const struct neapi_kernel neapi_kernel_own = {"own",    fits, make,  unmake, reset, join, leave,
                                              empty_ns, cut,  begin, add,    end,   ages};

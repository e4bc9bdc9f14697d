/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What most requests do not do: wait beyond the end of a stretch, or too long, find a queue full, or
 * be in service when a stretch ends. The rules are Lindley's recursion all the same. */
#include "request/own.h"

/* --- workers ---------------------------------------------------------------------------------------- */

static void sift_down(int64_t *heap, size_t count, int64_t value)
{
    size_t hole = 0, child;
    while ((child = 2 * hole + 1) < count) {
        if (child + 1 < count && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= value)
            break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = value;
}

void neapi_own_take(struct neapi_own *own, uint32_t slot, int64_t until_ns)
{
    int64_t *free_ns = neapi_own_free(own, slot);
    if (own->width > NEAPI_SORTED_MOST) {
        sift_down(free_ns, own->width, until_ns);
        return;
    }
    size_t w = 0;
    for (; w + 1 < own->width && free_ns[w + 1] < until_ns; w++)
        free_ns[w] = free_ns[w + 1];
    free_ns[w] = until_ns;
}

/* --- requests that are not simply served ------------------------------------------------------------- */

static void note_end(struct neapi_own *own, uint32_t slot, int64_t end_ns)
{
    uint64_t ends = *neapi_own_ends(own, slot), ring = own->ring;
    if ((uint32_t)ends > UINT32_MAX / 2) { /* places stay the same */
        uint64_t whole = (ends >> 32) & ~(ring - 1);
        ends -= whole << 32 | whole;
    }
    own->end_ns[neapi_own_place(own->ring, slot, (uint32_t)ends)] = end_ns;
    *neapi_own_ends(own, slot) = ends + 1;
}

static bool put_in_queue(struct neapi_own *own, uint32_t slot, const struct neap_requests *requests,
                         size_t i, size_t versions)
{
    if (!neapi_fifo_push(&own->fifo[slot], &own->settled, requests, i, versions))
        return false;
    if (own->fifo[slot].count == 1)
        own->queued[own->queued_count++] = slot;
    return true;
}

/* What a container in the row holds, however it came to. */
static void count(const struct neap_pool *pool, struct neapi_own *own, uint32_t slot,
                  int64_t leaves_ns)
{
    if (own->counts && pool->slot[slot].cut_ns == INT64_MAX)
        neapi_own_count_until(own, slot, leaves_ns);
}

static void count_more(struct neapi_own *own, uint32_t slot)
{
    if (own->counts)
        neapi_levels_more(&own->levels, slot);
}

void neapi_own_hard(struct neap_pool *pool, const struct neap_requests *requests, size_t i,
                    uint32_t slot)
{
    struct neapi_own *own = pool->state;
    int64_t arrival_ns = requests->arrival_ns[i], at_ns = neapi_comes_ns(pool, requests, i);
    int64_t free_ns = neapi_own_free(own, slot)[0];
    size_t class_number = neapi_class_of(requests, i);
    const struct neap_needs *needs = &requests->needs[pool->slot[slot].version];
    if (free_ns > at_ns) {
        if (neapi_own_waiting(own, slot, at_ns) >= own->limit ||
            (own->counts && neapi_own_cannot_count(own))) {
            neapi_pool_fail(pool, class_number, NEAP_FAILED_QUEUE_FULL, 0);
            return;
        }
        bool late = free_ns - arrival_ns > pool->timeout_ns;
        int64_t leaves_ns = late ? arrival_ns + pool->timeout_ns : free_ns;
        if (late ? leaves_ns > pool->to_ns : leaves_ns >= pool->to_ns) {
            if (put_in_queue(own, slot, requests, i, pool->options.versions))
                count_more(own, slot);
            else
                neapi_pool_fail(pool, class_number, NEAP_FAILED_QUEUE_FULL, 0);
            return;
        }
        note_end(own, slot, leaves_ns);
        if (late) {
            count_more(own, slot);
            count(pool, own, slot, leaves_ns);
            neapi_pool_fail_queued(pool, class_number, NEAP_FAILED_TIMEOUT, pool->timeout_ns);
            return;
        }
        at_ns = free_ns;
    } else {
        *neapi_own_ends(own, slot) = 0;
    }
    struct neapi_need need = {needs->cpu_ns[i], needs->wait_ns[i]};
    int64_t end_ns =
        neapi_settled_serve(&own->settled, pool, slot, class_number, arrival_ns, at_ns, need);
    neapi_own_take(own, slot, end_ns);
    count_more(own, slot);
    count(pool, own, slot, end_ns);
}

static int64_t begin_head(struct neap_pool *pool, struct neapi_own *own, uint32_t slot,
                          int64_t free_ns)
{
    uint32_t record = own->fifo[slot].first;
    const struct neapi_waiting *head = &own->settled.waiting[record];
    struct neapi_need need =
        own->settled.need[record * pool->options.versions + pool->slot[slot].version];
    int64_t end_ns = neapi_settled_serve(&own->settled, pool, slot, head->class_number,
                                         head->arrival_ns, free_ns, need);
    neapi_own_take(own, slot, end_ns);
    return end_ns;
}

void neapi_own_begin_queued(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_own *own = pool->state;
    struct neapi_fifo *fifo = &own->fifo[slot];
    while (fifo->count > 0) {
        const struct neapi_waiting *head = &own->settled.waiting[fifo->first];
        int64_t free_ns = neapi_own_free(own, slot)[0];
        bool late = free_ns - head->arrival_ns > pool->timeout_ns;
        int64_t leaves_ns = late ? head->arrival_ns + pool->timeout_ns : free_ns;
        if (late ? leaves_ns > pool->to_ns : leaves_ns >= pool->to_ns)
            return;
        note_end(own, slot, leaves_ns);
        if (late)
            neapi_pool_fail_queued(pool, head->class_number, NEAP_FAILED_TIMEOUT, pool->timeout_ns);
        else
            leaves_ns = begin_head(pool, own, slot, free_ns);
        count(pool, own, slot, leaves_ns);
        neapi_fifo_pop(fifo, &own->settled);
    }
}

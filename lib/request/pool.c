/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pools: which containers there are, and the books of what became of requests. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/door.h"
#include "request/pool.h"

/* The first that fits serves. */
static const struct neapi_kernel *const kernels[] = {&neapi_kernel_own, &neapi_kernel_central,
                                                     &neapi_kernel_events};

static const struct neapi_kernel *kernel_for(const struct neap_pool_options *options)
{
    size_t last = sizeof kernels / sizeof kernels[0] - 1, k = options->by_events ? last : 0;
    while (k < last && !kernels[k]->fits(options))
        k++;
    return kernels[k];
}

/* --- making one ----------------------------------------------------------------------------------- */

static enum neap_status check(const struct neap_pool_options *o, struct neap_error *error)
{
    if (o->workers < 1 || !(o->cores > 0) || o->containers_most < 1 ||
        o->containers_most > UINT32_MAX / 2 || o->classes < 1 || o->classes > UINT8_MAX + 1 ||
        o->versions < 1 || !(o->queue_limit >= 0) || o->timeout_s <= 0 || o->quota_period_s <= 0 ||
        !(o->warmup_s >= 0) || (unsigned)o->balancer > NEAP_BALANCER_CENTRAL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "a pool of %d workers on %g cores, %zu containers: "
                          "one of its options is outside its range",
                          o->workers, o->cores, o->containers_most);
    return NEAP_OK;
}

static enum neap_status make(struct neap_pool *p, struct neap_error *error)
{
    const struct neap_pool_options *o = &p->options;
    p->timeout_ns = isnan(o->timeout_s) ? INT64_MAX : llround(o->timeout_s * 1e9);
    p->warmup_ns = o->warmup_slowdown_share > 0 ? llround(o->warmup_s * 1e9) : 0;
    p->slot = neapi_allocate(o->containers_most, sizeof *p->slot);
    p->row = neapi_allocate(o->containers_most, sizeof *p->row);
    p->draining = neapi_allocate(o->containers_most, sizeof *p->draining);
    p->gone = neapi_allocate(o->containers_most, sizeof *p->gone);
    p->unused = neapi_allocate(o->containers_most, sizeof *p->unused);
    p->class = neapi_allocate(o->classes, sizeof *p->class);
    p->latency = neapi_allocate(o->classes * NEAPI_LATENCY_BUCKETS, sizeof *p->latency);
    p->latency_taken_ns = neapi_allocate(o->classes, sizeof *p->latency_taken_ns);
    if (p->slot == NULL || p->row == NULL || p->draining == NULL || p->unused == NULL ||
        p->gone == NULL || p->class == NULL || p->latency == NULL || p->latency_taken_ns == NULL)
        return neapi_no_memory(error, "a pool of containers");
    enum neap_status status = neapi_door_make(&p->door, o, error);
    return status == NEAP_OK ? p->kernel->make(p, error) : status;
}

enum neap_status neap_pool_new(struct neap_pool **pool, const struct neap_pool_options *options,
                               struct neap_error *error)
{
    enum neap_status status = check(options, error);
    if (status != NEAP_OK)
        return status;
    struct neap_pool *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "a pool of containers");
    made->options = *options;
    made->kernel = kernel_for(options);
    status = make(made, error);
    if (status != NEAP_OK) {
        neap_pool_free(made);
        return status;
    }
    neap_pool_reset(made, 0);
    *pool = made;
    return NEAP_OK;
}

void neap_pool_free(struct neap_pool *pool)
{
    if (pool == NULL)
        return;
    pool->kernel->unmake(pool);
    neapi_door_unmake(&pool->door);
    free(pool->slot);
    free(pool->row);
    free(pool->draining);
    free(pool->unused);
    free(pool->gone);
    free(pool->class);
    free(pool->latency);
    free(pool->latency_taken_ns);
    free(pool);
}

void neap_pool_reset(struct neap_pool *p, int64_t now_ns)
{
    const struct neap_pool_options *o = &p->options;
    p->now_ns = p->to_ns = now_ns;
    p->any_cold = false;
    p->row_changed = true;
    p->ready = p->draining_count = p->gone_count = 0;
    p->unused_count = o->containers_most;
    for (size_t i = 0; i < o->containers_most; i++) {
        p->slot[i] = (struct neapi_slot){.used = false};
        p->unused[i] = (uint32_t)(o->containers_most - 1 - i);
    }
    p->totals = (struct neap_pool_totals){.offered = 0};
    p->lost_ns = p->waited_ns = 0;
    p->door.first = p->door.count = 0;
    memset(p->class, 0, o->classes * sizeof *p->class);
    memset(p->latency, 0, o->classes * NEAPI_LATENCY_BUCKETS * sizeof *p->latency);
    memset(p->latency_taken_ns, 0, o->classes * sizeof *p->latency_taken_ns);
    p->kernel->reset(p);
}

/* --- containers ------------------------------------------------------------------------------------ */

static void note_gone(struct neap_pool *p, const struct neapi_slot *slot, int64_t end_ns)
{
    if (slot->drained_ns != INT64_MAX && p->gone_count < p->options.containers_most)
        p->gone[p->gone_count++] = (struct neap_pool_gone){slot->tag, end_ns};
}

static void cut(struct neap_pool *p, size_t index, int64_t end_ns)
{
    uint32_t slot = p->draining[index];
    note_gone(p, &p->slot[slot], end_ns);
    p->kernel->cut(p, slot);
    p->slot[slot].used = false;
    p->draining[index] = p->draining[--p->draining_count];
    p->unused[p->unused_count++] = slot;
}

/* There are slots enough for all that a fleet should have at once; should there be more, the one
 * that would go next goes now. */
static void make_room(struct neap_pool *p)
{
    size_t next = 0;
    for (size_t i = 1; i < p->draining_count; i++)
        if (p->slot[p->draining[i]].cut_ns < p->slot[p->draining[next]].cut_ns)
            next = i;
    if (p->draining_count > 0)
        cut(p, next, p->now_ns);
}

void neap_pool_join(struct neap_pool *p, size_t position, size_t count, size_t version,
                    int64_t ready_ns)
{
    for (size_t i = 0; i < count; i++) {
        if (p->unused_count == 0)
            make_room(p);
        if (p->unused_count == 0)
            return;
        uint32_t slot = p->unused[--p->unused_count];
        p->slot[slot] = (struct neapi_slot){.ready_ns = ready_ns,
                                            .cut_ns = INT64_MAX,
                                            .drained_ns = INT64_MAX,
                                            .version = (uint32_t)version,
                                            .used = true};
        memmove(&p->row[position + i + 1], &p->row[position + i],
                (p->ready - position - i) * sizeof *p->row);
        p->row[position + i] = slot;
        p->ready++;
        p->row_changed = true;
        p->kernel->join(p, slot);
    }
}

/* Those that are gone by now, and those that are cut off. */
static void end_drains(struct neap_pool *p)
{
    for (size_t i = p->draining_count; i-- > 0;) {
        const struct neapi_slot *slot = &p->slot[p->draining[i]];
        int64_t end_ns = slot->cut_ns;
        if (slot->drained_ns <= p->now_ns) {
            int64_t empty_ns = p->kernel->empty_ns(p, p->draining[i]);
            int64_t gone_ns = empty_ns > slot->drained_ns ? empty_ns : slot->drained_ns;
            end_ns = gone_ns < end_ns ? gone_ns : end_ns;
        }
        if (end_ns <= p->now_ns)
            cut(p, i, end_ns);
    }
}

void neap_pool_leave(struct neap_pool *p, size_t position, size_t count, int64_t cut_ns)
{
    neap_pool_drain(p, position, count, INT64_MAX, cut_ns, 0);
}

void neap_pool_drain(struct neap_pool *p, size_t position, size_t count, int64_t drained_ns,
                     int64_t cut_ns, uint32_t tag)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t slot = p->row[position + i];
        p->slot[slot].cut_ns = cut_ns;
        p->slot[slot].drained_ns = drained_ns;
        p->slot[slot].tag = tag;
        p->draining[p->draining_count++] = slot;
    }
    p->ready -= count;
    memmove(&p->row[position], &p->row[position + count], (p->ready - position) * sizeof *p->row);
    p->row_changed = true;
    for (size_t i = p->draining_count - count; i < p->draining_count; i++)
        p->kernel->leave(p, p->draining[i]);
    if (cut_ns <= p->now_ns || drained_ns <= p->now_ns)
        end_drains(p);
}

size_t neap_pool_gone(struct neap_pool *p, const struct neap_pool_gone **gone)
{
    size_t count = p->gone_count;
    *gone = p->gone;
    p->gone_count = 0;
    return count;
}

double neapi_pool_slowness(const struct neap_pool *pool, uint32_t slot, int64_t at_ns)
{
    if (pool->warmup_ns == 0)
        return 1;
    double age = (double)(at_ns - pool->slot[slot].ready_ns) / (double)pool->warmup_ns;
    /* down to 5 % of the extra demand at the end of the warm-up: e^-3 */
    return age > 4 ? 1 : 1 + pool->options.warmup_slowdown_share * exp(-3 * age);
}

/* --- stretches ------------------------------------------------------------------------------------- */

static bool find_cold(const struct neap_pool *p)
{
    for (size_t i = 0; i < p->ready && p->warmup_ns > 0; i++)
        if (p->now_ns - p->slot[p->row[i]].ready_ns <= 4 * p->warmup_ns)
            return true;
    return false;
}

void neap_pool_begin(struct neap_pool *pool, int64_t to_ns)
{
    pool->to_ns = to_ns;
    pool->any_cold = find_cold(pool);
    pool->kernel->begin(pool);
    pool->row_changed = false;
    if (pool->door.count > 0 && pool->ready > 0)
        neapi_door_open(pool);
}

void neap_pool_add(struct neap_pool *pool, const struct neap_requests *requests)
{
    if (requests->class_number == NULL)
        pool->class[0].offered += (int64_t)requests->count;
    else
        for (size_t i = 0; i < requests->count; i++)
            pool->class[requests->class_number[i]].offered++;
    if (pool->ready == 0 && pool->options.holds)
        neapi_door_add(pool, requests);
    else
        pool->kernel->add(pool, requests);
}

void neap_pool_end(struct neap_pool *pool)
{
    pool->kernel->end(pool);
    pool->now_ns = pool->to_ns;
    if (pool->door.count > 0)
        neapi_door_expire(pool, pool->now_ns);
    pool->totals.waiting += (int64_t)pool->door.count;
    pool->totals.present += (int64_t)pool->door.count;
    if (pool->totals.waiting > pool->totals.waiting_most)
        pool->totals.waiting_most = pool->totals.waiting;
    end_drains(pool);
}

/* --- results ---------------------------------------------------------------------------------------- */

struct neap_pool_totals neap_pool_totals(const struct neap_pool *pool)
{
    struct neap_pool_totals totals = pool->totals;
    for (size_t c = 0; c < pool->options.classes; c++) {
        const struct neap_pool_class *class = &pool->class[c];
        totals.offered += class->offered;
        totals.served += class->served;
        totals.latency_ns += class->latency_ns;
        for (int cause = 0; cause < NEAP_FAILURES; cause++)
            totals.failed[cause] += class->failed[cause];
    }
    return totals;
}

struct neap_pool_presence neap_pool_presence(const struct neap_pool *pool)
{
    double present_ns, waiting_ns;
    pool->kernel->ages(pool, &present_ns, &waiting_ns);
    double held_ns = neapi_door_age_ns(&pool->door, pool->now_ns);
    present_ns += pool->lost_ns + held_ns;
    waiting_ns += held_ns;
    for (size_t c = 0; c < pool->options.classes; c++)
        present_ns += (double)pool->class[c].latency_ns;
    return (struct neap_pool_presence){present_ns / 1e9, (waiting_ns + pool->waited_ns) / 1e9};
}

struct neap_pool_class neap_pool_class(const struct neap_pool *pool, size_t number)
{
    return number < pool->options.classes ? pool->class[number] : (struct neap_pool_class)
    {
        0
    };
}

void neap_pool_take_latencies(struct neap_pool *pool, size_t class_number,
                              struct neap_histogram *histogram)
{
    uint32_t *count = &pool->latency[class_number * (size_t)NEAPI_LATENCY_BUCKETS];
    int64_t sum_ns = pool->class[class_number].latency_ns;
    neapi_histogram_add_counts(histogram, count,
                               (double)(sum_ns - pool->latency_taken_ns[class_number]) / 1e9);
    memset(count, 0, (size_t)NEAPI_LATENCY_BUCKETS * sizeof *count);
    pool->latency_taken_ns[class_number] = sum_ns;
}

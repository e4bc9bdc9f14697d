/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests in service and in queues at the edges of stretches. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/settled.h"

bool neapi_settled_fits(const struct neap_pool_options *o)
{
    bool compete = o->workers > 1 && o->workers > o->cores;
    return !compete && isnan(o->quota_period_s) && isnan(o->client.patience_s) &&
           !(o->client.retries > 0);
}

enum neap_status neapi_settled_make(struct neapi_settled *settled, const struct neap_pool *pool,
                                    struct neap_error *error)
{
    const struct neap_pool_options *o = &pool->options;
    *settled = (struct neapi_settled){.cpu_rate = fmin(o->cores, 1), .size = o->waiting_most + 1};
    settled->open = neapi_allocate(o->containers_most * (size_t)o->workers, sizeof *settled->open);
    settled->waiting = neapi_allocate(settled->size, sizeof *settled->waiting);
    settled->need = neapi_allocate(settled->size * o->versions, sizeof *settled->need);
    settled->unused = neapi_allocate(settled->size, sizeof *settled->unused);
    if (settled->open == NULL || settled->waiting == NULL || settled->need == NULL ||
        settled->unused == NULL)
        return neapi_no_memory(error, "requests in service and in queues");
    return NEAP_OK;
}

void neapi_settled_unmake(struct neapi_settled *settled)
{
    free(settled->open);
    free(settled->waiting);
    free(settled->need);
    free(settled->unused);
}

void neapi_settled_reset(struct neapi_settled *settled)
{
    settled->open_count = 0;
    settled->unused_count = settled->size;
    for (size_t i = 0; i < settled->size; i++)
        settled->unused[i] = (uint32_t)(settled->size - 1 - i);
}

/* --- in service ----------------------------------------------------------------------------------- */

static void close_open(struct neapi_settled *settled, size_t index)
{
    settled->open[index] = settled->open[--settled->open_count];
}

static void use_until(const struct neapi_settled *settled, struct neap_pool *pool,
                      const struct neapi_open *open)
{
    int64_t until_ns = open->cpu_end_ns < pool->to_ns ? open->cpu_end_ns : pool->to_ns;
    if (until_ns > pool->now_ns)
        neapi_pool_use(pool, open->class_number, open->slot,
                       (double)(until_ns - pool->now_ns) * settled->cpu_rate);
}

void neapi_settled_begin(struct neapi_settled *settled, struct neap_pool *pool)
{
    for (size_t i = settled->open_count; i-- > 0;) {
        const struct neapi_open *open = &settled->open[i];
        use_until(settled, pool, open);
        if (open->end_ns > pool->to_ns)
            continue;
        neapi_pool_served(pool, open->class_number, open->end_ns - open->arrival_ns);
        close_open(settled, i);
    }
}

void neapi_settled_end(const struct neapi_settled *settled, struct neap_pool *pool)
{
    pool->totals.waiting = (int64_t)(settled->size - settled->unused_count);
    pool->totals.present = pool->totals.waiting + (int64_t)settled->open_count;
}

void neapi_settled_cut(struct neapi_settled *settled, struct neap_pool *pool, uint32_t slot)
{
    for (size_t i = settled->open_count; i-- > 0;) {
        if (settled->open[i].slot != slot)
            continue;
        neapi_pool_fail(pool, settled->open[i].class_number, NEAP_FAILED_CUT,
                        pool->now_ns - settled->open[i].arrival_ns);
        pool->totals.present--;
        close_open(settled, i);
    }
}

double neapi_settled_age_ns(const struct neapi_settled *settled, int64_t now_ns)
{
    double sum_ns = 0;
    for (size_t i = 0; i < settled->open_count; i++)
        sum_ns += (double)(now_ns - settled->open[i].arrival_ns);
    return sum_ns;
}

/* --- in queues ------------------------------------------------------------------------------------ */

bool neapi_fifo_push(struct neapi_fifo *fifo, struct neapi_settled *settled,
                     const struct neap_requests *requests, size_t i, size_t versions)
{
    if (settled->unused_count == 0)
        return false;
    uint32_t record = settled->unused[--settled->unused_count];
    settled->waiting[record] =
        (struct neapi_waiting){requests->arrival_ns[i], 0, (uint32_t)neapi_class_of(requests, i)};
    for (size_t version = 0; version < versions; version++)
        settled->need[record * versions + version] = (struct neapi_need){
            requests->needs[version].cpu_ns[i], requests->needs[version].wait_ns[i]};
    if (fifo->count++ == 0)
        fifo->first = record;
    else
        settled->waiting[fifo->last].next = record;
    fifo->last = record;
    return true;
}

void neapi_fifo_pop(struct neapi_fifo *fifo, struct neapi_settled *settled)
{
    settled->unused[settled->unused_count++] = fifo->first;
    fifo->first = settled->waiting[fifo->first].next;
    fifo->count--;
}

double neapi_fifo_age_ns(const struct neapi_fifo *fifo, const struct neapi_settled *settled,
                         int64_t now_ns)
{
    double sum_ns = 0;
    for (uint32_t i = 0, record = fifo->first; i < fifo->count;
         i++, record = settled->waiting[record].next)
        sum_ns += (double)(now_ns - settled->waiting[record].arrival_ns);
    return sum_ns;
}

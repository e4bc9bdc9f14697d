/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernel that follows every event, for all that containers, balancers and clients can do.
 *
 * At one and the same time: answers, then those who have waited too long in queues, then clients
 * that give up, then further attempts, then new requests. A request that is in a queue when a stretch
 * ends and whose worker becomes free at that very time begins with the next stretch, since by then
 * other containers may be there.
 *
 * Where a balancer does not look at all containers and clients have no say, containers know nothing
 * of each other, and each is brought up to the time of its next arrival only. Else the container
 * whose event is next comes out of a tournament. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/events_steps.h"

enum { SORTED_MOST = 64 }; /* workers whose lanes are kept in sorted arrays */

static bool fits(const struct neap_pool_options *options)
{
    (void)options;
    return true;
}

/* --- making one ------------------------------------------------------------------------------------ */

static void choose_ways(struct neapi_events *e, const struct neap_pool *pool)
{
    const struct neap_pool_options *o = &pool->options;
    bool quota = !isnan(o->quota_period_s), common = o->balancer == NEAP_BALANCER_CENTRAL;
    bool levels = common || o->balancer == NEAP_BALANCER_LEAST_OUTSTANDING;
    bool clients = !isnan(o->client.patience_s) || o->client.retries > 0;
    bool settled = !quota && (o->workers == 1 || o->workers <= o->cores);
    e->ways = (struct neapi_ways){.settled = settled,
                                  .heaped = o->workers > SORTED_MOST,
                                  .quota = quota,
                                  .clients = clients,
                                  .in_order = levels || clients,
                                  .foretold = !levels && !clients && !settled,
                                  .levels = levels,
                                  .common = common,
                                  .balancer = o->balancer};
    e->add = neapi_events_loop(e->ways);
    e->workers = (uint32_t)o->workers;
    e->limit = o->queue_limit < UINT32_MAX ? (uint32_t)o->queue_limit : UINT32_MAX;
    e->cpu_rate = fmin(o->cores, 1);
    e->patience_ns =
        isnan(o->client.patience_s) ? NEAPI_NEVER_NS : llround(o->client.patience_s * 1e9);
    e->retry_most = clients ? o->waiting_most : 0;
    if (quota) {
        e->period_ns = llround(fmax(o->quota_period_s * 1e9, 1));
        e->quota_ns = o->cores * (double)e->period_ns;
    }
}

static enum neap_status make_containers(struct neapi_events *e, const struct neap_pool_options *o,
                                        struct neap_error *error)
{
    size_t lanes = o->containers_most * e->workers;
    double cores = e->period_ns != 0 ? o->burst_cores : o->cores;
    e->rate = neapi_allocate(e->workers + (size_t)1, sizeof *e->rate);
    e->slowing = neapi_allocate(e->workers + (size_t)1, sizeof *e->slowing);
    e->together = neapi_allocate(e->workers + (size_t)1, sizeof *e->together);
    e->container = neapi_allocate(o->containers_most, sizeof *e->container);
    e->quota = neapi_allocate(o->containers_most, sizeof *e->quota);
    e->cpu = neapi_allocate(lanes + o->containers_most, sizeof *e->cpu);
    e->wait = neapi_allocate(lanes + o->containers_most, sizeof *e->wait);
    e->lane = neapi_allocate(lanes, sizeof *e->lane);
    e->free_lane = neapi_allocate(lanes, sizeof *e->free_lane);
    if (e->rate == NULL || e->slowing == NULL || e->together == NULL || e->container == NULL ||
        e->quota == NULL || e->cpu == NULL || e->wait == NULL || e->lane == NULL ||
        e->free_lane == NULL)
        return neapi_no_memory(error, "containers of a pool");
    for (uint32_t n = 0; n <= e->workers; n++) {
        e->rate[n] = n == 0 ? 0 : n <= cores ? 1 : cores / n;
        e->slowing[n] = n <= cores ? 1 : n / cores;
        e->together[n] = fmin(n, cores);
    }
    return NEAP_OK;
}

static enum neap_status make_queues(struct neapi_events *e, const struct neap_pool_options *o,
                                    struct neap_error *error)
{
    size_t held = o->containers_most * e->workers;
    e->records = o->waiting_most + (e->ways.clients ? held : 0) + 1;
    if (e->records >= NEAPI_NO_RECORD)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "a pool of %zu waiting requests: expected fewer than %u", o->waiting_most,
                          NEAPI_NO_RECORD);
    e->record = neapi_allocate(e->records, sizeof *e->record);
    e->need = neapi_allocate(e->records * o->versions, sizeof *e->need);
    e->retry = neapi_allocate(e->retry_most + 1, sizeof *e->retry);
    if (e->record == NULL || e->need == NULL || e->retry == NULL)
        return neapi_no_memory(error, "waiting requests");
    if (!e->ways.levels)
        return NEAP_OK;
    return neapi_levels_make(&e->levels, o->containers_most, e->records + held, error);
}

static enum neap_status make_order(struct neapi_events *e, const struct neap_pool_options *o,
                                   struct neap_error *error)
{
    size_t leaves = 1;
    for (; leaves < o->containers_most; leaves *= 2)
        e->next.bits++;
    e->next.key = neapi_allocate(e->ways.in_order ? 2 * leaves : 2, sizeof *e->next.key);
    return e->next.key == NULL ? neapi_no_memory(error, "the order of containers") : NEAP_OK;
}

static enum neap_status make(struct neap_pool *pool, struct neap_error *error)
{
    struct neapi_events *e = pool->state = neapi_allocate(1, sizeof *e);
    if (e == NULL)
        return neapi_no_memory(error, "a pool of containers");
    choose_ways(e, pool);
    enum neap_status status = make_containers(e, &pool->options, error);
    if (status == NEAP_OK)
        status = make_queues(e, &pool->options, error);
    return status == NEAP_OK ? make_order(e, &pool->options, error) : status;
}

static void unmake(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    if (e == NULL)
        return;
    free(e->rate);
    free(e->slowing);
    free(e->together);
    free(e->container);
    free(e->quota);
    free(e->cpu);
    free(e->wait);
    free(e->lane);
    free(e->free_lane);
    free(e->record);
    free(e->need);
    free(e->retry);
    free(e->next.key);
    neapi_levels_unmake(&e->levels);
    free(e);
}

static void reset(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    for (size_t i = 0; i < e->records; i++)
        e->record[i].next = i + 1 < e->records ? (uint32_t)(i + 1) : NEAPI_NO_RECORD;
    e->unused = 0;
    e->line.count = 0;
    e->turn = 0;
    e->oldest = e->newest = NEAPI_NO_RECORD;
    e->abandoned = e->abandoned_in_line = 0;
    e->retry_count = 0;
}

/* --- all containers -------------------------------------------------------------------------------- */

static void count_levels(const struct neap_pool *pool, struct neapi_events *e)
{
    for (size_t i = 0; i < pool->ready; i++)
        e->levels.holds[pool->row[i]] = neapi_inside(&e->container[pool->row[i]]);
    neapi_levels_build(&e->levels, pool->row, pool->ready);
}

/* --- stretches ------------------------------------------------------------------------------------- */

static void start_common(struct neap_pool *pool, struct neapi_events *e)
{
    while (e->line.count > 0 && pool->ready > 0 && e->levels.fewest < e->workers) {
        uint32_t record = neapi_line_pop(e, &e->line);
        uint32_t slot = neapi_levels_pick(&e->levels, e->record[record].pick);
        struct neapi_place p = neapi_place_of(pool, e, slot);
        neapi_levels_more(&e->levels, slot);
        neapi_start_record(p, record, pool->now_ns, e->ways);
        neapi_look_ahead(p, e->ways);
    }
}

static void begin(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    if (e->turn >= pool->ready)
        e->turn = 0;
    for (size_t i = 0; i < pool->ready + pool->draining_count; i++)
        neapi_container_begin(pool, neapi_slot_at(pool, i));
    if (e->ways.levels && pool->row_changed)
        count_levels(pool, e);
    if (e->ways.common) {
        e->line_limit = (uint64_t)fmin((double)pool->ready * pool->options.queue_limit, 1e18);
        start_common(pool, e);
    }
    if (e->ways.in_order)
        neapi_events_build_order(pool, pool->now_ns);
}

static void add(struct neap_pool *pool, const struct neap_requests *requests)
{
    const struct neapi_events *e = pool->state;
    e->add(pool, requests);
}

static size_t free_workers(const struct neap_pool *pool, const struct neapi_events *e)
{
    size_t free_ones = 0;
    for (size_t i = 0; i < pool->ready; i++)
        free_ones += e->workers - neapi_busy(&e->container[pool->row[i]]);
    return free_ones;
}

static void count_present(struct neap_pool *pool, const struct neapi_events *e)
{
    int64_t queued = e->line.count, at_work = 0;
    for (size_t i = 0; i < pool->ready + pool->draining_count; i++) {
        const struct neapi_container *c = &e->container[neapi_slot_at(pool, i)];
        at_work += neapi_busy(c);
        queued += c->line.count;
    }
    pool->totals.present = queued + at_work + (int64_t)e->retry_count - e->abandoned;
    pool->totals.waiting = queued - e->abandoned_in_line;
}

static void end(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    if (e->ways.in_order)
        neapi_events_follow(pool);
    for (size_t i = 0; i < pool->ready + pool->draining_count; i++)
        neapi_container_end(pool, neapi_slot_at(pool, i));
    if (e->line.count > 0)
        neapi_line_expire(pool, &e->line, pool->to_ns, free_workers(pool, e));
    count_present(pool, e);
}

static void join(struct neap_pool *pool, uint32_t slot)
{
    neapi_container_clear(pool, slot);
}

static void leave(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    e->container[slot].in_row = false;
    e->container[slot].empty_ns = pool->now_ns; /* or later */
}

static int64_t empty_ns(const struct neap_pool *pool, uint32_t slot)
{
    const struct neapi_events *e = pool->state;
    const struct neapi_container *c = &e->container[slot];
    return neapi_inside(c) > 0 ? INT64_MAX : c->empty_ns;
}

static void cut(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    const struct neapi_container *c = &e->container[slot];
    int64_t others =
        pool->totals.present - neapi_inside(c) - (int64_t)e->retry_count + e->abandoned;
    int64_t elsewhere = pool->totals.waiting - c->line.count + e->abandoned_in_line;
    neapi_container_cut(pool, slot);
    pool->totals.present = others + (int64_t)e->retry_count - e->abandoned;
    pool->totals.waiting = elsewhere - e->abandoned_in_line;
}

/* A client that has given up is not present, but what it sent stays in its queue. */
static double lane_age_ns(const struct neapi_events *e, const struct neapi_lane *lane,
                          int64_t now_ns)
{
    bool abandoned = e->ways.clients && e->record[lane->record].abandoned;
    return abandoned ? 0 : (double)(now_ns - lane->arrival_ns);
}

static void add_line_ages(const struct neapi_events *e, const struct neapi_line *line,
                          int64_t now_ns, double *present_ns, double *waiting_ns)
{
    uint32_t record = line->first;
    for (uint32_t i = 0; i < line->count; i++) {
        const struct neapi_record *r = &e->record[record];
        *waiting_ns += (double)(now_ns - r->sent_ns);
        if (!r->abandoned)
            *present_ns += (double)(now_ns - r->arrival_ns);
        record = r->next;
    }
}

static void ages(const struct neap_pool *pool, double *present_ns, double *waiting_ns)
{
    const struct neapi_events *e = pool->state;
    *present_ns = *waiting_ns = 0;
    add_line_ages(e, &e->line, pool->now_ns, present_ns, waiting_ns);
    for (size_t k = 0; k < pool->ready + pool->draining_count; k++) {
        size_t slot = neapi_slot_at(pool, k), first = slot * (1 + (size_t)e->workers);
        const struct neapi_container *c = &e->container[slot];
        const struct neapi_lane *lane = &e->lane[slot * e->workers];
        for (uint32_t i = 1; i <= c->on_cpu; i++)
            *present_ns += lane_age_ns(e, &lane[e->cpu[first + i].lane], pool->now_ns);
        for (uint32_t i = 1; i <= c->in_wait; i++)
            *present_ns += lane_age_ns(e, &lane[e->wait[first + i].lane], pool->now_ns);
        add_line_ages(e, &c->line, pool->now_ns, present_ns, waiting_ns);
    }
    for (size_t i = 0; i < e->retry_count; i++)
        *present_ns += (double)(pool->now_ns - e->record[e->retry[i].record].arrival_ns);
}

const struct neapi_kernel neapi_kernel_events = {"events", fits, make,  unmake, reset, join, leave,
                                                 empty_ns, cut,  begin, add,    end,   ages};

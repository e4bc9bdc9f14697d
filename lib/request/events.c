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
#include "request/events_impl.h"

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
    bool least = o->balancer == NEAP_BALANCER_LEAST_OUTSTANDING;
    e->workers = (uint32_t)o->workers;
    e->limit = o->queue_limit < UINT32_MAX ? (uint32_t)o->queue_limit : UINT32_MAX;
    e->settled = isnan(o->quota_period_s) && (o->workers == 1 || o->workers <= o->cores);
    e->cpu_rate = fmin(o->cores, 1);
    e->central = o->balancer == NEAP_BALANCER_CENTRAL;
    e->has_levels = e->central || least;
    e->has_clients = !isnan(o->client.patience_s) || o->client.retries > 0;
    e->in_order = e->has_levels || e->has_clients;
    e->heaped = o->workers > SORTED_MOST;
    e->patience_ns =
        isnan(o->client.patience_s) ? NEAPI_NEVER_NS : llround(o->client.patience_s * 1e9);
    e->retry_most = e->has_clients ? o->waiting_most : 0;
    if (!isnan(o->quota_period_s)) {
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
    e->cpu = neapi_allocate(lanes, sizeof *e->cpu);
    e->wait = neapi_allocate(lanes, sizeof *e->wait);
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
    e->records = o->waiting_most + (e->has_clients ? held : 0) + 1;
    if (e->records >= NEAPI_NO_RECORD)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "a pool of %zu waiting requests: expected fewer than %u", o->waiting_most,
                          NEAPI_NO_RECORD);
    e->record = neapi_allocate(e->records, sizeof *e->record);
    e->need = neapi_allocate(e->records * o->versions, sizeof *e->need);
    e->retry = neapi_allocate(e->retry_most + 1, sizeof *e->retry);
    if (e->record == NULL || e->need == NULL || e->retry == NULL)
        return neapi_no_memory(error, "waiting requests");
    if (!e->has_levels)
        return NEAP_OK;
    return neapi_levels_make(&e->levels, o->containers_most, e->records + held, error);
}

static enum neap_status make_order(struct neapi_events *e, const struct neap_pool_options *o,
                                   struct neap_error *error)
{
    size_t leaves = 1;
    for (; leaves < o->containers_most; leaves *= 2)
        e->next.bits++;
    e->next.key = neapi_allocate(e->in_order ? 2 * leaves : 2, sizeof *e->next.key);
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

/* The i-th of those ready and draining. */
static uint32_t slot_at(const struct neap_pool *pool, size_t i)
{
    return i < pool->ready ? pool->row[i] : pool->draining[i - pool->ready];
}

static void count_levels(const struct neap_pool *pool, struct neapi_events *e)
{
    for (size_t i = 0; i < pool->ready; i++)
        e->levels.holds[pool->row[i]] = neapi_inside(&e->container[pool->row[i]]);
    neapi_levels_build(&e->levels, pool->row, pool->ready);
}

static void build_order(const struct neap_pool *pool, struct neapi_events *e, int64_t base_ns)
{
    struct neapi_tournament *t = &e->next;
    size_t there = pool->ready + pool->draining_count, highest = 0;
    t->base_ns = base_ns;
    t->horizon_ns = base_ns + (INT64_MAX >> (t->bits + 1));
    for (size_t i = 0; i < there; i++)
        highest = slot_at(pool, i) > highest ? slot_at(pool, i) : highest;
    for (t->leaves = 1; t->leaves <= highest;)
        t->leaves *= 2;
    for (size_t slot = 0; slot < t->leaves; slot++)
        t->key[t->leaves + slot] = neapi_tournament_key(t, (uint32_t)slot, NEAPI_NEVER_NS);
    for (size_t i = 0; i < there; i++)
        t->key[t->leaves + slot_at(pool, i)] =
            neapi_tournament_key(t, slot_at(pool, i), e->container[slot_at(pool, i)].next_ns);
    for (size_t node = t->leaves; node-- > 1;)
        t->key[node] =
            t->key[2 * node] < t->key[2 * node + 1] ? t->key[2 * node] : t->key[2 * node + 1];
}

static void show(struct neapi_events *e, uint32_t slot)
{
    if (e->in_order)
        neapi_tournament_set(&e->next, slot, e->container[slot].next_ns);
}

/* --- choosing a container -------------------------------------------------------------------------- */

static uint32_t choose(struct neap_pool *pool, struct neapi_events *e, uint32_t pick,
                       int64_t now_ns)
{
    const uint32_t *row = pool->row;
    size_t first = neapi_pick_position(pick, pool->ready), turn = e->turn;
    switch (pool->options.balancer) {
    case NEAP_BALANCER_ROUND_ROBIN:
        e->turn = neapi_next_turn(turn, pool->ready);
        return row[turn];
    case NEAP_BALANCER_TWO_CHOICES: {
        uint32_t slot = row[first], other = row[neapi_pick_other(pick, first, pool->ready)];
        neapi_container_advance(pool, slot, now_ns);
        neapi_container_advance(pool, other, now_ns);
        bool fewer = neapi_inside(&e->container[other]) < neapi_inside(&e->container[slot]);
        return fewer ? other : slot;
    }
    case NEAP_BALANCER_LEAST_OUTSTANDING:
    case NEAP_BALANCER_CENTRAL:
        return neapi_levels_pick(&e->levels, pick);
    case NEAP_BALANCER_RANDOM:
    default:
        return row[first];
    }
}

/* --- arrivals -------------------------------------------------------------------------------------- */

static void start_request(struct neap_pool *pool, const struct neap_requests *requests, size_t i,
                          uint32_t slot)
{
    const struct neapi_events *e = pool->state;
    const struct neap_needs *needs = &requests->needs[e->container[slot].version];
    struct neapi_lane lane = {requests->arrival_ns[i], needs->wait_ns[i], 0, NEAPI_NO_RECORD,
                              (uint32_t)neapi_class_of(requests, i)};
    neapi_container_start(pool, slot, requests->arrival_ns[i], lane, needs->cpu_ns[i]);
}

/* Whether a request can go to a container's worker at once (slot), to its queue, to the common
 * queue, or nowhere. */
enum place { TO_WORKER, TO_QUEUE, TO_COMMON, NOWHERE };

static enum place find_place(struct neap_pool *pool, struct neapi_events *e, uint32_t pick,
                             int64_t now_ns, uint32_t *slot)
{
    if (pool->ready == 0)
        return NOWHERE;
    if (e->central && neapi_levels_fewest(&e->levels) >= e->workers)
        return e->line.count < e->line_limit ? TO_COMMON : NOWHERE;
    *slot = choose(pool, e, pick, now_ns);
    const struct neapi_container *c = &e->container[*slot];
    if (c->next_ns <= now_ns)
        neapi_container_advance(pool, *slot, now_ns);
    if (neapi_busy(c) < e->workers)
        return TO_WORKER;
    return c->line.count < e->limit ? TO_QUEUE : NOWHERE;
}

static void put_in_line(struct neap_pool *pool, struct neapi_events *e, enum place place,
                        uint32_t slot, uint32_t record)
{
    if (place == TO_COMMON)
        neapi_line_push(e, &e->line, record);
    else
        neapi_container_queue(pool, slot, record);
}

static void hold_more(struct neapi_events *e, enum place place, uint32_t slot)
{
    if (place == TO_WORKER || place == TO_QUEUE) {
        if (e->has_levels)
            neapi_levels_more(&e->levels, slot);
        show(e, slot);
    }
}

static void arrive(struct neap_pool *pool, struct neapi_events *e,
                   const struct neap_requests *requests, size_t i)
{
    uint32_t slot = 0, record = NEAPI_NO_RECORD;
    enum place place = find_place(pool, e, requests->pick[i], requests->arrival_ns[i], &slot);
    if (place == TO_WORKER) {
        start_request(pool, requests, i, slot);
    } else {
        record = place == NOWHERE ? NEAPI_NO_RECORD : neapi_record_take(pool, requests, i);
        if (record == NEAPI_NO_RECORD) {
            neapi_pool_fail(pool, neapi_class_of(requests, i), NEAP_FAILED_QUEUE_FULL);
            return;
        }
        put_in_line(pool, e, place, slot, record);
    }
    hold_more(e, place, slot);
}

/* An attempt of a client. */
static void send(struct neap_pool *pool, struct neapi_events *e, uint32_t record, int64_t now_ns)
{
    uint32_t slot = 0;
    neapi_client_send(e, record, now_ns);
    enum place place = find_place(pool, e, e->record[record].pick, now_ns, &slot);
    if (place == TO_WORKER)
        neapi_record_start(pool, slot, record, now_ns);
    else if (place == NOWHERE)
        neapi_client_fail(pool, record, NEAP_FAILED_QUEUE_FULL, now_ns);
    else
        put_in_line(pool, e, place, slot, record);
    hold_more(e, place, slot);
}

/* --- the order of events --------------------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* All events until then but attempts at the very end of the stretch, which belong to the next one,
 * and so do the timeouts then of a common queue whose head may begin. */
static void follow(struct neap_pool *pool, struct neapi_events *e, int64_t to_ns)
{
    for (;;) {
        int64_t containers_ns = neapi_tournament_ns(&e->next);
        int64_t line_ns = neapi_line_expires_ns(pool, &e->line);
        int64_t patience_ns = neapi_client_gives_up_ns(e), due_ns = neapi_client_due_ns(e);
        int64_t now_ns = least(least(containers_ns, line_ns), least(patience_ns, due_ns));
        if (now_ns > to_ns)
            return;
        if (containers_ns == now_ns) {
            uint32_t slot = neapi_tournament_slot(&e->next);
            if (now_ns >= e->next.horizon_ns) {
                build_order(pool, e, now_ns);
                continue;
            }
            neapi_container_advance(pool, slot, now_ns);
            show(e, slot);
        } else if (line_ns == now_ns && now_ns < pool->to_ns) {
            neapi_line_expire(pool, &e->line, now_ns, 0);
        } else if (patience_ns == now_ns) {
            neapi_client_give_up(pool, now_ns);
        } else if (now_ns < pool->to_ns) {
            send(pool, e, neapi_client_due(pool), now_ns);
        } else {
            return;
        }
    }
}

/* --- stretches ------------------------------------------------------------------------------------- */

static void start_common(struct neap_pool *pool, struct neapi_events *e)
{
    while (e->line.count > 0 && pool->ready > 0 && neapi_levels_fewest(&e->levels) < e->workers) {
        uint32_t record = neapi_line_pop(e, &e->line);
        uint32_t slot = neapi_levels_pick(&e->levels, e->record[record].pick);
        neapi_levels_more(&e->levels, slot);
        neapi_record_start(pool, slot, record, pool->now_ns);
    }
}

static void begin(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    if (e->turn >= pool->ready)
        e->turn = 0;
    for (size_t i = 0; i < pool->ready + pool->draining_count; i++)
        neapi_container_begin(pool, slot_at(pool, i));
    if (e->has_levels && pool->row_changed)
        count_levels(pool, e);
    if (e->central) {
        e->line_limit = (uint64_t)((double)pool->ready * pool->options.queue_limit);
        start_common(pool, e);
    }
    if (e->in_order)
        build_order(pool, e, pool->now_ns);
}

static void add(struct neap_pool *pool, const struct neap_requests *requests)
{
    struct neapi_events *e = pool->state;
    for (size_t i = 0; i < requests->count; i++) {
        if (e->in_order)
            follow(pool, e, requests->arrival_ns[i]);
        if (!e->has_clients) {
            arrive(pool, e, requests, i);
            continue;
        }
        uint32_t record = neapi_record_take(pool, requests, i);
        if (record == NEAPI_NO_RECORD)
            neapi_pool_fail(pool, neapi_class_of(requests, i), NEAP_FAILED_QUEUE_FULL);
        else
            send(pool, e, record, requests->arrival_ns[i]);
    }
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
        const struct neapi_container *c = &e->container[slot_at(pool, i)];
        at_work += neapi_busy(c);
        queued += c->line.count;
    }
    pool->totals.present = queued + at_work + (int64_t)e->retry_count - e->abandoned;
    pool->totals.waiting = queued - e->abandoned_in_line;
}

static void end(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    if (e->in_order)
        follow(pool, e, pool->to_ns);
    for (size_t i = 0; i < pool->ready + pool->draining_count; i++)
        neapi_container_end(pool, slot_at(pool, i));
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

const struct neapi_kernel neapi_kernel_events = {"events", fits, make,  unmake, reset, join,
                                                 leave,    cut,  begin, add,    end};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop over requests of the kernel that follows every event, and the order of events. What can
 * happen in the most common pools is known to the compiler: each has a loop of its own. */
#include "request/events_steps.h"

/* --- the order of containers ------------------------------------------------------------------------ */

void neapi_events_build_order(struct neap_pool *pool, int64_t base_ns)
{
    struct neapi_events *e = pool->state;
    struct neapi_tournament *t = &e->next;
    size_t there = pool->ready + pool->draining_count, highest = 0;
    t->base_ns = base_ns;
    t->horizon_ns = base_ns + (INT64_MAX >> (t->bits + 1));
    for (size_t i = 0; i < there; i++)
        highest = neapi_slot_at(pool, i) > highest ? neapi_slot_at(pool, i) : highest;
    for (t->leaves = 1; t->leaves <= highest;)
        t->leaves *= 2;
    for (uint32_t slot = 0; slot < t->leaves; slot++)
        t->key[t->leaves + slot] = neapi_tournament_key(t, slot, NEAPI_NEVER_NS);
    for (size_t i = 0; i < there; i++) {
        uint32_t slot = neapi_slot_at(pool, i);
        t->key[t->leaves + slot] = neapi_tournament_key(t, slot, e->container[slot].next_ns);
    }
    for (size_t node = t->leaves; node-- > 1;)
        t->key[node] = neapi_sooner(t->key[2 * node], t->key[2 * node + 1]);
}

STEP void show(struct neapi_place p, struct neapi_ways ways)
{
    if (ways.in_order)
        neapi_tournament_set(&p.e->next, p.slot, p.c->next_ns);
}

/* --- choosing a container ---------------------------------------------------------------------------- */

STEP uint32_t better_of(struct neap_pool *pool, struct neapi_events *e, uint32_t slot,
                        uint32_t other, int64_t now_ns, struct neapi_ways ways)
{
    struct neapi_place a = neapi_place_of(pool, e, slot), b = neapi_place_of(pool, e, other);
    neapi_advance(a, now_ns, ways);
    neapi_advance(b, now_ns, ways);
    return neapi_inside(b.c) < neapi_inside(a.c) ? other : slot;
}

STEP uint32_t choose(struct neap_pool *pool, struct neapi_events *e, uint32_t pick, int64_t now_ns,
                     struct neapi_ways ways)
{
    const uint32_t *row = pool->row;
    if (ways.levels)
        return neapi_levels_pick(&e->levels, pick);
    if (ways.balancer == NEAP_BALANCER_ROUND_ROBIN) {
        size_t turn = e->turn;
        e->turn = neapi_next_turn(turn, pool->ready);
        return row[turn];
    }
    size_t first = neapi_pick_position(pick, pool->ready);
    if (ways.balancer == NEAP_BALANCER_RANDOM)
        return row[first];
    size_t other = neapi_pick_other(pick, first, pool->ready);
    return better_of(pool, e, row[first], row[other], now_ns, ways);
}

/* --- arrivals ---------------------------------------------------------------------------------------- */

/* Where a request can go at once. */
enum place { TO_WORKER, TO_QUEUE, TO_COMMON, NOWHERE };

/* Ready containers are there. */
STEP enum place find_place(struct neap_pool *pool, struct neapi_events *e, uint32_t pick,
                           int64_t now_ns, uint32_t *slot, struct neapi_ways ways)
{
    if (ways.common && e->levels.fewest >= e->workers)
        return e->line.count < e->line_limit ? TO_COMMON : NOWHERE;
    *slot = choose(pool, e, pick, now_ns, ways);
    struct neapi_place p = neapi_place_of(pool, e, *slot);
    if (!ways.in_order)
        neapi_advance(p, now_ns, ways);
    if (neapi_busy(p.c) < e->workers)
        return TO_WORKER;
    return p.c->line.count < e->limit ? TO_QUEUE : NOWHERE;
}

/* It has a place in that container, or in the common queue. */
STEP void settle_in(struct neapi_place p, enum place place, uint32_t record, struct neapi_ways ways)
{
    if (place == TO_COMMON) {
        neapi_line_push(p.e, &p.e->line, record);
        return;
    }
    if (ways.levels)
        neapi_levels_more(&p.e->levels, p.slot);
    if (place == TO_QUEUE) {
        neapi_line_push(p.e, &p.c->line, record);
        if (!ways.foretold && p.pool->timeout_ns == INT64_MAX)
            return;
    }
    neapi_look_ahead(p, ways);
    show(p, ways);
}

STEP void arrive(struct neap_pool *pool, struct neapi_events *e,
                 const struct neap_requests *requests, size_t i, struct neapi_ways ways)
{
    uint32_t slot = 0, record = NEAPI_NO_RECORD;
    int64_t now_ns = neapi_comes_ns(pool, requests, i);
    enum place place = find_place(pool, e, requests->pick[i], now_ns, &slot, ways);
    struct neapi_place p = neapi_place_of(pool, e, slot);
    if (place == TO_WORKER) {
        const struct neap_needs *needs = &requests->needs[p.c->version];
        struct neapi_lane lane = {requests->arrival_ns[i], needs->wait_ns[i], 0, NEAPI_NO_RECORD,
                                  (uint32_t)neapi_class_of(requests, i)};
        pool->waited_ns += (double)(now_ns - lane.arrival_ns);
        neapi_start(p, now_ns, lane, needs->cpu_ns[i], ways);
    } else {
        record = place == NOWHERE ? NEAPI_NO_RECORD : neapi_record_take(pool, requests, i);
        if (record == NEAPI_NO_RECORD) {
            neapi_pool_fail(pool, neapi_class_of(requests, i), NEAP_FAILED_QUEUE_FULL, 0);
            return;
        }
    }
    settle_in(p, place, record, ways);
}

/* An attempt of a client. */
static void send(struct neap_pool *pool, struct neapi_events *e, uint32_t record, int64_t sent_ns,
                 int64_t now_ns)
{
    uint32_t slot = 0, pick = e->record[record].pick;
    neapi_client_send(e, record, sent_ns);
    enum place place =
        pool->ready == 0 ? NOWHERE : find_place(pool, e, pick, now_ns, &slot, e->ways);
    struct neapi_place p = neapi_place_of(pool, e, slot);
    if (place == NOWHERE) {
        neapi_client_fail(pool, record, NEAP_FAILED_QUEUE_FULL, now_ns);
        return;
    }
    if (place == TO_WORKER)
        neapi_start_record(p, record, now_ns, e->ways);
    settle_in(p, place, record, e->ways);
}

/* --- the order of events ------------------------------------------------------------------------------ */

/* All that happens in containers until then, but nothing else. */
STEP void follow_containers(struct neap_pool *pool, struct neapi_events *e, int64_t to_ns,
                            struct neapi_ways ways)
{
    for (int64_t now_ns; (now_ns = neapi_tournament_ns(&e->next)) <= to_ns;) {
        if (RARELY(now_ns >= e->next.horizon_ns)) {
            neapi_events_build_order(pool, now_ns);
            continue;
        }
        struct neapi_place p = neapi_place_of(pool, e, neapi_tournament_slot(&e->next));
        neapi_advance(p, now_ns, ways);
        show(p, ways);
    }
}

/* All events until then but attempts at the very end of the stretch, which belong to the next one,
 * and so do the timeouts then of a common queue whose head may begin. */
static void follow(struct neap_pool *pool, struct neapi_events *e, int64_t to_ns)
{
    for (;;) {
        int64_t line_ns = neapi_line_expires_ns(pool, &e->line);
        int64_t patience_ns = neapi_client_gives_up_ns(e), due_ns = neapi_client_due_ns(e);
        int64_t now_ns = neapi_sooner(line_ns, neapi_sooner(patience_ns, due_ns));
        int64_t containers_ns = neapi_tournament_ns(&e->next);
        if (containers_ns <= neapi_sooner(now_ns, to_ns))
            follow_containers(pool, e, containers_ns, e->ways);
        else if (now_ns > to_ns)
            return;
        else if (line_ns == now_ns && now_ns < pool->to_ns)
            neapi_line_expire(pool, &e->line, now_ns, 0);
        else if (patience_ns == now_ns)
            neapi_client_give_up(pool, now_ns);
        else if (now_ns < pool->to_ns)
            send(pool, e, neapi_client_due(pool), now_ns, now_ns);
        else
            return;
    }
}

void neapi_events_follow(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    follow(pool, e, pool->to_ns);
}

/* --- loops -------------------------------------------------------------------------------------------- */

static void add_any(struct neap_pool *pool, const struct neap_requests *requests)
{
    struct neapi_events *e = pool->state;
    for (size_t i = 0; i < requests->count; i++) {
        if (e->ways.in_order)
            follow(pool, e, neapi_comes_ns(pool, requests, i));
        if (!e->ways.clients && pool->ready > 0) {
            arrive(pool, e, requests, i, e->ways);
            continue;
        }
        uint32_t record = e->ways.clients ? neapi_record_take(pool, requests, i) : NEAPI_NO_RECORD;
        if (record == NEAPI_NO_RECORD)
            neapi_pool_fail(pool, neapi_class_of(requests, i), NEAP_FAILED_QUEUE_FULL, 0);
        else
            send(pool, e, record, requests->arrival_ns[i], neapi_comes_ns(pool, requests, i));
    }
}

/* The container of a request that comes soon is brought near. */
STEP void fetch(const struct neap_pool *pool, const struct neapi_events *e,
                const struct neap_requests *requests, size_t i, struct neapi_ways ways)
{
    enum { AHEAD = 6, NEAR = 128 }; /* as many containers are near anyway */
    if (ways.balancer != NEAP_BALANCER_RANDOM || pool->ready <= NEAR ||
        i + AHEAD >= requests->count)
        return;
    uint32_t slot = pool->row[neapi_pick_position(requests->pick[i + AHEAD], pool->ready)];
    size_t at = (size_t)slot * e->workers;
    FETCH(&e->container[slot]);
    FETCH(&e->cpu[at + slot]);
    FETCH(&e->wait[at + slot]);
    FETCH(&e->lane[at]);
    FETCH(&e->lane[at + 2]);
}

/* Neither clients nor the common queue have events of their own. */
STEP void add_plain(struct neap_pool *pool, const struct neap_requests *requests,
                    struct neapi_ways ways)
{
    struct neapi_events *e = pool->state;
    if (pool->ready == 0 || (ways.common && pool->timeout_ns != INT64_MAX)) {
        add_any(pool, requests);
        return;
    }
    for (size_t i = 0; i < requests->count; i++) {
        if (ways.in_order)
            follow_containers(pool, e, neapi_comes_ns(pool, requests, i), ways);
        fetch(pool, e, requests, i, ways);
        arrive(pool, e, requests, i, ways);
    }
}

#define LOOP(name, is_settled, is_levels, is_common, is_balancer)                  \
    static void name(struct neap_pool *pool, const struct neap_requests *requests) \
    {                                                                              \
        add_plain(pool, requests,                                                  \
                  (struct neapi_ways){.settled = is_settled,                       \
                                      .levels = is_levels,                         \
                                      .in_order = is_levels,                       \
                                      .foretold = !(is_levels || is_settled),      \
                                      .common = is_common,                         \
                                      .balancer = is_balancer});                   \
    }
LOOP(sharing_random, false, false, false, NEAP_BALANCER_RANDOM)
LOOP(sharing_in_turn, false, false, false, NEAP_BALANCER_ROUND_ROBIN)
LOOP(sharing_of_two, false, false, false, NEAP_BALANCER_TWO_CHOICES)
LOOP(sharing_least, false, true, false, NEAP_BALANCER_LEAST_OUTSTANDING)
LOOP(sharing_common, false, true, true, NEAP_BALANCER_CENTRAL)
LOOP(settled_least, true, true, false, NEAP_BALANCER_LEAST_OUTSTANDING)

void (*neapi_events_loop(struct neapi_ways ways))(struct neap_pool *pool,
                                                  const struct neap_requests *requests)
{
    static void (*const sharing[])(struct neap_pool * pool,
                                   const struct neap_requests *requests) = {
        [NEAP_BALANCER_RANDOM] = sharing_random,
        [NEAP_BALANCER_ROUND_ROBIN] = sharing_in_turn,
        [NEAP_BALANCER_TWO_CHOICES] = sharing_of_two,
        [NEAP_BALANCER_LEAST_OUTSTANDING] = sharing_least,
        [NEAP_BALANCER_CENTRAL] = sharing_common};
    if (ways.heaped || ways.quota || ways.clients)
        return add_any;
    if (!ways.settled)
        return sharing[ways.balancer];
    return ways.balancer == NEAP_BALANCER_LEAST_OUTSTANDING ? settled_least : add_any;
}

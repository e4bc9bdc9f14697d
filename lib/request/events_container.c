/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers of the kernel that follows every event, between stretches. */
#include "request/events_steps.h"

static const double NEVER_VIRTUAL_NS = 4e18; /* 126 years */

void neapi_container_clear(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    struct neapi_place p = neapi_place_of(pool, e, slot);
    *p.c = (struct neapi_container){.next_ns = NEAPI_NEVER_NS,
                                    .cpu_next_ns = NEAPI_NEVER_NS,
                                    .last_ns = pool->now_ns,
                                    .version = pool->slot[slot].version,
                                    .in_row = true};
    p.cpu[0].key = neapi_key_of(NEVER_VIRTUAL_NS);
    p.wait[0].key = NEAPI_NEVER_NS;
    for (uint32_t lane = 0; lane < e->workers; lane++)
        e->free_lane[(size_t)slot * e->workers + lane] = lane;
    if (e->ways.quota)
        e->quota[slot] = (struct neapi_quota){.period_end_ns = INT64_MIN};
}

/* CPU that those on it still need at the edge of a stretch, as `sign` times as much used. Keys all
 * become less by as much, so their order stays. */
static void book_left(struct neapi_place p, int64_t now_ns, double sign)
{
    struct neapi_container *c = p.c;
    for (uint32_t i = 1; i <= c->in_wait && p.e->ways.settled; i++) {
        const struct neapi_lane *l = &p.lane[p.wait[i].lane];
        if (l->cpu_end_ns > now_ns)
            neapi_use(p, l->class_number,
                      sign * ((double)(l->cpu_end_ns - now_ns) * p.e->cpu_rate));
    }
    for (uint32_t i = 1; i <= c->on_cpu; i++) {
        double left_ns = fmax(neapi_virtual_of(p.cpu[i].key) - c->virtual_ns, 0);
        neapi_use(p, p.lane[p.cpu[i].lane].class_number, sign * left_ns);
        p.cpu[i].key = neapi_key_of(left_ns);
    }
    c->virtual_ns = 0;
}

void neapi_container_begin(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    struct neapi_place p = neapi_place_of(pool, e, slot);
    book_left(p, pool->now_ns, 1);
    for (uint32_t i = 1; i <= p.c->in_wait && e->ways.foretold; i++)
        if (p.wait[i].key <= pool->to_ns)
            neapi_serve(p, p.wait[i].lane, p.wait[i].key, e->ways);
    while (p.c->line.count > 0 && neapi_busy(p.c) < e->workers)
        neapi_start_record(p, neapi_line_pop(e, &p.c->line), pool->now_ns, e->ways);
    neapi_look_ahead(p, e->ways);
}

void neapi_container_end(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    struct neapi_place p = neapi_place_of(pool, e, slot);
    neapi_advance(p, pool->to_ns, e->ways);
    neapi_hold_less(
        p, neapi_line_expire(pool, &p.c->line, pool->to_ns, e->workers - neapi_busy(p.c)), e->ways);
    neapi_move_to(p, pool->to_ns, e->ways);
    book_left(p, pool->to_ns, -1);
}

static void lose(struct neapi_place p, uint32_t lane)
{
    const struct neapi_lane *l = &p.lane[lane];
    if (p.e->ways.clients)
        neapi_client_fail(p.pool, l->record, NEAP_FAILED_CUT, p.pool->now_ns);
    else
        neapi_pool_fail(p.pool, l->class_number, NEAP_FAILED_CUT, p.pool->now_ns - l->arrival_ns);
}

void neapi_container_cut(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    struct neapi_place p = neapi_place_of(pool, e, slot);
    for (uint32_t i = 1; i <= p.c->on_cpu; i++)
        lose(p, p.cpu[i].lane);
    for (uint32_t i = 1; i <= p.c->in_wait; i++)
        lose(p, p.wait[i].lane);
    while (p.c->line.count > 0) {
        uint32_t record = neapi_line_pop(e, &p.c->line);
        pool->waited_ns += (double)(pool->now_ns - e->record[record].sent_ns);
        if (e->ways.clients) {
            neapi_client_fail(pool, record, NEAP_FAILED_CUT, pool->now_ns);
            continue;
        }
        neapi_pool_fail(pool, e->record[record].class_number, NEAP_FAILED_CUT,
                        pool->now_ns - e->record[record].arrival_ns);
        neapi_record_drop(e, record);
    }
    neapi_container_clear(pool, slot);
}

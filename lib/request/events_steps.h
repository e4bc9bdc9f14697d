/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container of the kernel that follows every event, step by step.
 *
 * Processor sharing in virtual time: it runs as fast as each request on CPU does, min(1, cores / n)
 * with n of them, so that a request leaves the CPU when virtual time has moved on by its demand, and
 * the one that leaves first is known. As long as n <= cores virtual time is whole nanoseconds, and
 * exact; else an end is rounded to the nearest one. Under a quota n requests run at
 * min(1, burst_cores / n) each, and virtual time stands still from the moment at which the period's
 * CPU is used up until the period ends. Virtual time begins anew with each stretch.
 *
 * Where workers never compete (a single one, or a core for each) nothing of this is needed: an end
 * is known when a request begins. CPU is booked when a request begins on it; what is left at the end
 * of a stretch is taken back, and booked again in the next one. An answer is booked as soon as its
 * time is known to be within the stretch, where nobody but the container's own queue asks. */
#ifndef NEAP_REQUEST_EVENTS_STEPS_H
#define NEAP_REQUEST_EVENTS_STEPS_H

#include <math.h>

#include "request/events_order.h"
#include "request/settled.h"

/* --- virtual time --------------------------------------------------------------------------------- */

STEP void neapi_move_to(struct neapi_place p, int64_t now_ns, struct neapi_ways ways)
{
    struct neapi_container *c = p.c;
    double passed_ns = (double)(now_ns - c->last_ns);
    c->last_ns = now_ns;
    if (ways.quota) {
        struct neapi_quota *q = &p.e->quota[p.slot];
        if (q->stalled)
            return;
        q->used_ns += passed_ns * p.e->together[c->on_cpu];
    }
    c->virtual_ns += passed_ns * p.e->rate[c->on_cpu];
}

/* The period that time lies in, for one that had nothing on CPU for a while. */
static inline void neapi_find_period(struct neapi_place p, int64_t now_ns)
{
    struct neapi_quota *q = &p.e->quota[p.slot];
    int64_t ready_ns = p.pool->slot[p.slot].ready_ns, period_ns = p.e->period_ns;
    if (now_ns < q->period_end_ns)
        return;
    q->period_end_ns = ready_ns + ((now_ns - ready_ns) / period_ns + 1) * period_ns;
    q->used_ns = 0;
    q->stalled = false;
}

static inline int64_t neapi_find_quota_end(struct neapi_place p)
{
    struct neapi_quota *q = &p.e->quota[p.slot];
    double left_ns = p.e->quota_ns - q->used_ns, together = p.e->together[p.c->on_cpu];
    q->next_ns = q->period_end_ns;
    if (!q->stalled && together * (double)(q->period_end_ns - p.c->last_ns) > left_ns)
        q->next_ns = p.c->last_ns + (int64_t)(fmax(left_ns, 0) / together + 0.5);
    return q->next_ns;
}

static inline void neapi_quota_ends(struct neapi_place p, int64_t now_ns, struct neapi_ways ways)
{
    struct neapi_quota *q = &p.e->quota[p.slot];
    neapi_move_to(p, now_ns, ways);
    q->stalled = now_ns < q->period_end_ns;
    if (q->stalled)
        return;
    q->period_end_ns += p.e->period_ns;
    q->used_ns = 0;
}

STEP int64_t neapi_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What is next, after anything has changed. */
STEP void neapi_look_ahead(struct neapi_place p, struct neapi_ways ways)
{
    struct neapi_container *c = p.c;
    int64_t next_ns = NEAPI_NEVER_NS;
    if (!ways.foretold || c->line.count > 0)
        next_ns = neapi_first(p.wait, c->in_wait, ways)->key;
    if (!ways.settled) {
        double end_ns = neapi_virtual_of(neapi_first(p.cpu, c->on_cpu, ways)->key);
        double left_ns = (end_ns - c->virtual_ns) * p.e->slowing[c->on_cpu];
        c->cpu_next_ns = c->last_ns + (int64_t)(left_ns + 0.5);
        if (ways.quota && p.e->quota[p.slot].stalled)
            c->cpu_next_ns = NEAPI_NEVER_NS;
        next_ns = neapi_sooner(next_ns, c->cpu_next_ns);
    }
    if (ways.quota && c->on_cpu > 0)
        next_ns = neapi_sooner(next_ns, neapi_find_quota_end(p));
    if (c->line.count > 0 && neapi_busy(c) == p.e->workers)
        next_ns = neapi_sooner(next_ns, neapi_line_expires_ns(p.pool, &c->line));
    c->next_ns = next_ns;
}

/* --- beginning ------------------------------------------------------------------------------------ */

STEP void neapi_use(struct neapi_place p, size_t class_number, double cpu_ns)
{
    p.pool->class[class_number].cpu_ns += cpu_ns;
    if (p.c->in_row)
        p.pool->totals.cpu_ns += cpu_ns;
    else
        p.pool->totals.cpu_draining_ns += cpu_ns;
}

/* A request takes a free worker at now_ns >= all that has happened there. Look ahead afterwards. */
STEP void neapi_start(struct neapi_place p, int64_t now_ns, struct neapi_lane lane, int64_t cpu_ns,
                      struct neapi_ways ways)
{
    struct neapi_container *c = p.c;
    uint32_t number = p.e->free_lane[(size_t)p.slot * p.e->workers + neapi_busy(c)];
    if (ways.settled) {
        struct neapi_settled settled = {.cpu_rate = p.e->cpu_rate};
        int64_t time_ns = neapi_settled_cpu_ns(&settled, p.pool, p.slot, cpu_ns, now_ns);
        lane.cpu_end_ns = now_ns + time_ns;
        neapi_use(p, lane.class_number, (double)time_ns * p.e->cpu_rate);
        neapi_put(p.wait, c->in_wait++, lane.cpu_end_ns + lane.wait_ns, number, ways);
    } else {
        if (RARELY(p.pool->any_cold))
            cpu_ns = neapi_slowed_ns(cpu_ns, neapi_pool_slowness(p.pool, p.slot, now_ns));
        neapi_move_to(p, now_ns, ways);
        if (ways.quota && c->on_cpu == 0)
            neapi_find_period(p, now_ns);
        neapi_use(p, lane.class_number, (double)cpu_ns);
        neapi_put(p.cpu, c->on_cpu++, neapi_key_of(c->virtual_ns + (double)cpu_ns), number, ways);
    }
    p.lane[number] = lane;
}

/* The record, out of its queue, begins. */
STEP void neapi_start_record(struct neapi_place p, uint32_t record, int64_t now_ns,
                             struct neapi_ways ways)
{
    const struct neapi_record *r = &p.e->record[record];
    const struct neapi_demand *need = &p.e->need[record * p.pool->options.versions + p.c->version];
    struct neapi_lane lane = {r->arrival_ns, need->wait_ns, 0,
                              ways.clients ? record : NEAPI_NO_RECORD, r->class_number};
    p.pool->waited_ns += (double)(now_ns - r->sent_ns);
    neapi_start(p, now_ns, lane, need->cpu_ns, ways);
    if (!ways.clients)
        neapi_record_drop(p.e, record);
}

/* --- events --------------------------------------------------------------------------------------- */

STEP void neapi_hold_less(struct neapi_place p, size_t count, struct neapi_ways ways)
{
    if (ways.levels && p.c->in_row)
        for (; count > 0; count--)
            neapi_levels_less(&p.e->levels, p.slot);
}

STEP void neapi_serve(struct neapi_place p, uint32_t lane, int64_t now_ns, struct neapi_ways ways)
{
    const struct neapi_lane *l = &p.lane[lane];
    if (ways.clients)
        neapi_client_answer(p.pool, l->record, now_ns);
    else
        neapi_pool_served(p.pool, l->class_number, now_ns - l->arrival_ns);
}

STEP void neapi_free(struct neapi_place p, uint32_t lane)
{
    p.e->free_lane[(size_t)p.slot * p.e->workers + neapi_busy(p.c)] = lane;
}

/* A worker has answered, and takes the next request if there is one. Queued requests begin before
 * the stretch's end only: at its end the row may change. */
STEP void neapi_go_on(struct neapi_place p, uint32_t lane, int64_t now_ns, struct neapi_ways ways)
{
    struct neapi_container *c = p.c;
    neapi_free(p, lane);
    if (!c->in_row)
        c->empty_ns = now_ns;
    bool may_start = now_ns != p.pool->to_ns;
    if (ways.common && may_start && p.e->line.count > 0 && c->in_row) {
        neapi_start_record(p, neapi_line_pop(p.e, &p.e->line), now_ns, ways);
        return;
    }
    neapi_hold_less(p, 1, ways);
    if (!ways.common && may_start && c->line.count > 0)
        neapi_start_record(p, neapi_line_pop(p.e, &c->line), now_ns, ways);
}

STEP void neapi_cpu_ends(struct neapi_place p, int64_t now_ns, struct neapi_ways ways)
{
    struct neapi_container *c = p.c;
    uint32_t lane = neapi_first(p.cpu, c->on_cpu, ways)->lane;
    neapi_move_to(p, now_ns, ways);
    neapi_take(p.cpu, c->on_cpu--, ways);
    c->virtual_ns = c->on_cpu == 0 ? 0 : c->virtual_ns;
    int64_t end_ns = now_ns + p.lane[lane].wait_ns;
    if (end_ns == now_ns || (ways.foretold && end_ns <= p.pool->to_ns))
        neapi_serve(p, lane, end_ns, ways);
    if (end_ns == now_ns)
        neapi_go_on(p, lane, now_ns, ways);
    else
        neapi_put(p.wait, c->in_wait++, end_ns, lane, ways);
}

STEP void neapi_wait_ends(struct neapi_place p, int64_t now_ns, struct neapi_ways ways)
{
    uint32_t lane = neapi_first(p.wait, p.c->in_wait, ways)->lane;
    neapi_take(p.wait, p.c->in_wait--, ways);
    if (!ways.foretold)
        neapi_serve(p, lane, now_ns, ways);
    neapi_go_on(p, lane, now_ns, ways);
}

/* All that happens in a container until then. */
STEP void neapi_advance(struct neapi_place p, int64_t to_ns, struct neapi_ways ways)
{
    struct neapi_container *c = p.c;
    while (c->next_ns <= to_ns) {
        int64_t now_ns = c->next_ns;
        if (!ways.settled && c->cpu_next_ns == now_ns) {
            neapi_cpu_ends(p, now_ns, ways);
        } else if (neapi_first(p.wait, c->in_wait, ways)->key == now_ns) {
            neapi_wait_ends(p, now_ns, ways);
        } else if (ways.quota && c->on_cpu > 0 && p.e->quota[p.slot].next_ns == now_ns) {
            neapi_quota_ends(p, now_ns, ways);
        } else {
            neapi_hold_less(p, neapi_line_expire(p.pool, &c->line, now_ns, 0), ways);
        }
        neapi_look_ahead(p, ways);
    }
    if (!ways.foretold)
        return;
    for (const struct neapi_entry *first;
         (first = neapi_first(p.wait, c->in_wait, ways))->key <= to_ns;) {
        uint32_t lane = first->lane;
        neapi_take(p.wait, c->in_wait--, ways);
        neapi_free(p, lane);
    }
}

#endif

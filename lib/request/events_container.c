/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container of the kernel that follows every event.
 *
 * Processor sharing in virtual time: it runs as fast as each request on CPU does, min(1, cores / n)
 * with n of them, so that a request leaves the CPU when virtual time has moved on by its demand, and
 * the one that leaves first is known. As long as n <= cores virtual time is whole nanoseconds, and
 * exact; else an end is rounded to the nearest one. Under a quota n requests run at
 * min(1, burst_cores / n) each, and virtual time stands still from the moment at which the period's
 * CPU is used up until the period ends. Virtual time begins anew with each stretch.
 *
 * Where workers never compete (a single one, or a core for each) nothing of this is needed: an end
 * is known when a request begins. */
#include <math.h>

#include "request/events_impl.h"
#include "request/settled.h"

/* --- order of lanes ------------------------------------------------------------------------------- */

/* Sorted arrays have the first one last, and heaps at the front. */
static inline const struct neapi_entry *first_of(const struct neapi_events *e,
                                                 const struct neapi_entry *entry, uint32_t count)
{
    return e->heaped ? entry : entry + count - 1;
}

static void put(const struct neapi_events *e, struct neapi_entry *entry, uint32_t count,
                int64_t key, uint32_t lane)
{
    uint32_t hole = count;
    if (e->heaped)
        for (; hole > 0 && entry[(hole - 1) / 2].key > key; hole = (hole - 1) / 2)
            entry[hole] = entry[(hole - 1) / 2];
    else
        for (; hole > 0 && entry[hole - 1].key <= key; hole--)
            entry[hole] = entry[hole - 1];
    entry[hole] = (struct neapi_entry){key, lane};
}

/* Takes the first one out; count is what remains. */
static void take(const struct neapi_events *e, struct neapi_entry *entry, uint32_t count)
{
    if (!e->heaped)
        return;
    struct neapi_entry last = entry[count];
    uint32_t hole = 0, child;
    while ((child = 2 * hole + 1) < count) {
        if (child + 1 < count && entry[child + 1].key < entry[child].key)
            child++;
        if (entry[child].key >= last.key)
            break;
        entry[hole] = entry[child];
        hole = child;
    }
    entry[hole] = last;
}

static inline int64_t key_of(double virtual_ns)
{
    int64_t key;
    memcpy(&key, &virtual_ns, sizeof key);
    return key;
}

static inline double virtual_of(int64_t key)
{
    double virtual_ns;
    memcpy(&virtual_ns, &key, sizeof virtual_ns);
    return virtual_ns;
}

/* --- virtual time --------------------------------------------------------------------------------- */

static inline void move_to(struct neapi_events *e, struct neapi_container *c, uint32_t slot,
                           int64_t now_ns)
{
    double passed_ns = (double)(now_ns - c->last_ns);
    c->last_ns = now_ns;
    if (e->period_ns == 0) {
        c->virtual_ns += passed_ns * e->rate[c->on_cpu];
        return;
    }
    struct neapi_quota *q = &e->quota[slot];
    if (q->stalled)
        return;
    c->virtual_ns += passed_ns * e->rate[c->on_cpu];
    q->used_ns += passed_ns * e->together[c->on_cpu];
}

/* The period that time lies in, for one that had nothing on CPU for a while. */
static void find_period(const struct neap_pool *pool, uint32_t slot, int64_t now_ns)
{
    const struct neapi_events *e = pool->state;
    struct neapi_quota *q = &e->quota[slot];
    int64_t ready_ns = pool->slot[slot].ready_ns;
    if (now_ns < q->period_end_ns)
        return;
    q->period_end_ns = ready_ns + ((now_ns - ready_ns) / e->period_ns + 1) * e->period_ns;
    q->used_ns = 0;
    q->stalled = false;
}

static void find_quota_end(const struct neapi_events *e, const struct neapi_container *c,
                           struct neapi_quota *q)
{
    double left_ns = e->quota_ns - q->used_ns;
    int64_t end_ns = q->period_end_ns;
    if (!q->stalled && e->together[c->on_cpu] * (double)(end_ns - c->last_ns) > left_ns)
        end_ns = c->last_ns + (int64_t)(fmax(left_ns, 0) / e->together[c->on_cpu] + 0.5);
    q->next_ns = end_ns;
}

static void quota_ends(struct neapi_events *e, uint32_t slot, int64_t now_ns)
{
    struct neapi_quota *q = &e->quota[slot];
    move_to(e, &e->container[slot], slot, now_ns);
    q->stalled = now_ns < q->period_end_ns;
    if (q->stalled)
        return;
    q->period_end_ns += e->period_ns;
    q->used_ns = 0;
}

/* What is next, after anything has changed. */
static inline void look_ahead(const struct neap_pool *pool, struct neapi_events *e,
                              struct neapi_container *c, uint32_t slot)
{
    size_t at = (size_t)slot * e->workers;
    int64_t next_ns = NEAPI_NEVER_NS;
    if (c->in_wait > 0)
        next_ns = first_of(e, &e->wait[at], c->in_wait)->key;
    c->cpu_next_ns = NEAPI_NEVER_NS;
    if (c->on_cpu > 0 && !(e->period_ns != 0 && e->quota[slot].stalled)) {
        double left_ns = virtual_of(first_of(e, &e->cpu[at], c->on_cpu)->key) - c->virtual_ns;
        c->cpu_next_ns = c->last_ns + (int64_t)(left_ns * e->slowing[c->on_cpu] + 0.5);
        next_ns = c->cpu_next_ns < next_ns ? c->cpu_next_ns : next_ns;
    }
    if (e->period_ns != 0 && c->on_cpu > 0) {
        find_quota_end(e, c, &e->quota[slot]);
        next_ns = e->quota[slot].next_ns < next_ns ? e->quota[slot].next_ns : next_ns;
    }
    if (c->line.count > 0 && neapi_busy(c) == e->workers) {
        int64_t expires_ns = neapi_line_expires_ns(pool, &c->line);
        next_ns = expires_ns < next_ns ? expires_ns : next_ns;
    }
    c->next_ns = next_ns;
}

/* --- beginning ------------------------------------------------------------------------------------ */

static void start_settled(struct neap_pool *pool, struct neapi_events *e, uint32_t slot,
                          int64_t now_ns, uint32_t lane, int64_t cpu_ns)
{
    struct neapi_container *c = &e->container[slot];
    struct neapi_lane *l = &e->lane[(size_t)slot * e->workers + lane];
    struct neapi_settled settled = {.cpu_rate = e->cpu_rate};
    int64_t time_ns = neapi_settled_cpu_ns(&settled, pool, slot, cpu_ns, now_ns);
    int64_t cpu_end_ns = now_ns + time_ns, to_ns = pool->to_ns;
    int64_t used_ns = (cpu_end_ns < to_ns ? cpu_end_ns : to_ns) - now_ns;
    neapi_pool_use(pool, l->class_number, slot, (double)used_ns * e->cpu_rate);
    l->unbooked_ns = (double)(time_ns - used_ns);
    put(e, &e->wait[(size_t)slot * e->workers], c->in_wait++, cpu_end_ns + l->wait_ns, lane);
}

static void start_sharing(struct neap_pool *pool, struct neapi_events *e, uint32_t slot,
                          int64_t now_ns, uint32_t lane, int64_t cpu_ns)
{
    struct neapi_container *c = &e->container[slot];
    if (pool->any_cold)
        cpu_ns = neapi_slowed_ns(cpu_ns, neapi_pool_slowness(pool, slot, now_ns));
    move_to(e, c, slot, now_ns);
    if (e->period_ns != 0 && c->on_cpu == 0)
        find_period(pool, slot, now_ns);
    e->lane[(size_t)slot * e->workers + lane].unbooked_ns = (double)cpu_ns;
    put(e, &e->cpu[(size_t)slot * e->workers], c->on_cpu++, key_of(c->virtual_ns + (double)cpu_ns),
        lane);
}

void neapi_container_start(struct neap_pool *pool, uint32_t slot, int64_t now_ns,
                           struct neapi_lane lane, int64_t cpu_ns)
{
    struct neapi_events *e = pool->state;
    struct neapi_container *c = &e->container[slot];
    size_t at = (size_t)slot * e->workers;
    uint32_t number = e->free_lane[at + neapi_busy(c)];
    e->lane[at + number] = lane;
    if (e->settled)
        start_settled(pool, e, slot, now_ns, number, cpu_ns);
    else
        start_sharing(pool, e, slot, now_ns, number, cpu_ns);
    look_ahead(pool, e, c, slot);
}

void neapi_container_queue(struct neap_pool *pool, uint32_t slot, uint32_t record)
{
    struct neapi_events *e = pool->state;
    struct neapi_container *c = &e->container[slot];
    neapi_line_push(e, &c->line, record);
    look_ahead(pool, e, c, slot);
}

void neapi_container_start_line(struct neap_pool *pool, uint32_t slot, int64_t now_ns)
{
    struct neapi_events *e = pool->state;
    struct neapi_container *c = &e->container[slot];
    while (c->line.count > 0 && neapi_busy(c) < e->workers)
        neapi_record_start(pool, slot, neapi_line_pop(e, &c->line), now_ns);
}

/* --- events --------------------------------------------------------------------------------------- */

static void hold_less(struct neapi_events *e, uint32_t slot, size_t count)
{
    if (e->has_levels && e->container[slot].in_row)
        for (; count > 0; count--)
            neapi_levels_less(&e->levels, slot);
}

/* A worker has answered, and takes the next request if there is one. */
static void answer(struct neap_pool *pool, struct neapi_events *e, uint32_t slot, uint32_t lane,
                   int64_t now_ns)
{
    struct neapi_container *c = &e->container[slot];
    size_t at = (size_t)slot * e->workers;
    const struct neapi_lane *l = &e->lane[at + lane];
    e->free_lane[at + neapi_busy(c)] = lane;
    if (l->record == NEAPI_NO_RECORD)
        neapi_pool_served(pool, l->class_number, now_ns - l->arrival_ns);
    else
        neapi_client_answer(pool, l->record, now_ns);
    hold_less(e, slot, 1);
    if (now_ns == pool->to_ns)
        return;
    if (c->line.count > 0) {
        neapi_record_start(pool, slot, neapi_line_pop(e, &c->line), now_ns);
    } else if (e->line.count > 0 && c->in_row) {
        neapi_levels_more(&e->levels, slot);
        neapi_record_start(pool, slot, neapi_line_pop(e, &e->line), now_ns);
    }
}

static void cpu_ends(struct neap_pool *pool, struct neapi_events *e, uint32_t slot, int64_t now_ns)
{
    struct neapi_container *c = &e->container[slot];
    size_t at = (size_t)slot * e->workers;
    uint32_t lane = first_of(e, &e->cpu[at], c->on_cpu)->lane;
    struct neapi_lane *l = &e->lane[at + lane];
    move_to(e, c, slot, now_ns);
    take(e, &e->cpu[at], --c->on_cpu);
    if (c->on_cpu == 0)
        c->virtual_ns = 0;
    neapi_pool_use(pool, l->class_number, slot, l->unbooked_ns);
    if (l->wait_ns > 0)
        put(e, &e->wait[at], c->in_wait++, now_ns + l->wait_ns, lane);
    else
        answer(pool, e, slot, lane, now_ns);
}

static void wait_ends(struct neap_pool *pool, struct neapi_events *e, uint32_t slot, int64_t now_ns)
{
    struct neapi_container *c = &e->container[slot];
    struct neapi_entry *wait = &e->wait[(size_t)slot * e->workers];
    uint32_t lane = first_of(e, wait, c->in_wait)->lane;
    take(e, wait, --c->in_wait);
    answer(pool, e, slot, lane, now_ns);
}

void neapi_container_advance(struct neap_pool *pool, uint32_t slot, int64_t to_ns)
{
    struct neapi_events *e = pool->state;
    struct neapi_container *c = &e->container[slot];
    const struct neapi_entry *wait = &e->wait[(size_t)slot * e->workers];
    while (c->next_ns <= to_ns) {
        int64_t now_ns = c->next_ns;
        if (c->cpu_next_ns == now_ns)
            cpu_ends(pool, e, slot, now_ns);
        else if (c->in_wait > 0 && first_of(e, wait, c->in_wait)->key == now_ns)
            wait_ends(pool, e, slot, now_ns);
        else if (e->period_ns != 0 && c->on_cpu > 0 && e->quota[slot].next_ns == now_ns)
            quota_ends(e, slot, now_ns);
        else
            hold_less(e, slot, neapi_line_expire(pool, &c->line, now_ns, 0));
        look_ahead(pool, e, c, slot);
    }
}

/* --- the edges of stretches ------------------------------------------------------------------------ */

/* CPU of those whose end is known. */
static void book_settled(struct neap_pool *pool, struct neapi_events *e, uint32_t slot)
{
    const struct neapi_container *c = &e->container[slot];
    size_t at = (size_t)slot * e->workers;
    double most_ns = (double)(pool->to_ns - pool->now_ns);
    for (uint32_t i = 0; i < c->in_wait; i++) {
        struct neapi_lane *l = &e->lane[at + e->wait[at + i].lane];
        double used_ns = l->unbooked_ns < most_ns ? l->unbooked_ns : most_ns;
        if (used_ns > 0)
            neapi_pool_use(pool, l->class_number, slot, used_ns * e->cpu_rate);
        l->unbooked_ns -= used_ns;
    }
}

/* CPU of those on CPU; the order of lanes stays as it is when all keys become less by as much. */
static void book_sharing(struct neap_pool *pool, struct neapi_events *e, uint32_t slot)
{
    struct neapi_container *c = &e->container[slot];
    size_t at = (size_t)slot * e->workers;
    for (uint32_t i = 0; i < c->on_cpu; i++) {
        struct neapi_entry *entry = &e->cpu[at + i];
        struct neapi_lane *l = &e->lane[at + entry->lane];
        double left_ns = fmax(virtual_of(entry->key) - c->virtual_ns, 0);
        if (left_ns < l->unbooked_ns)
            neapi_pool_use(pool, l->class_number, slot, l->unbooked_ns - left_ns);
        l->unbooked_ns = left_ns;
        entry->key = key_of(left_ns);
    }
    c->virtual_ns = 0;
}

void neapi_container_begin(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    if (e->settled)
        book_settled(pool, e, slot);
    neapi_container_start_line(pool, slot, pool->now_ns);
    look_ahead(pool, e, &e->container[slot], slot);
}

void neapi_container_end(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    struct neapi_container *c = &e->container[slot];
    neapi_container_advance(pool, slot, pool->to_ns);
    hold_less(e, slot, neapi_line_expire(pool, &c->line, pool->to_ns, e->workers - neapi_busy(c)));
    if (!e->settled && c->on_cpu > 0) {
        move_to(e, c, slot, pool->to_ns);
        book_sharing(pool, e, slot);
    }
    c->last_ns = pool->to_ns;
}

void neapi_container_clear(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    e->container[slot] = (struct neapi_container){.next_ns = NEAPI_NEVER_NS,
                                                  .cpu_next_ns = NEAPI_NEVER_NS,
                                                  .last_ns = pool->now_ns,
                                                  .version = pool->slot[slot].version,
                                                  .in_row = true};
    for (uint32_t lane = 0; lane < e->workers; lane++)
        e->free_lane[(size_t)slot * e->workers + lane] = lane;
    if (e->period_ns != 0)
        e->quota[slot] = (struct neapi_quota){.period_end_ns = INT64_MIN};
}

static void lose(struct neap_pool *pool, struct neapi_events *e, uint32_t slot, uint32_t lane)
{
    const struct neapi_lane *l = &e->lane[(size_t)slot * e->workers + lane];
    if (l->record == NEAPI_NO_RECORD)
        neapi_pool_fail(pool, l->class_number, NEAP_FAILED_CUT);
    else
        neapi_client_fail(pool, l->record, NEAP_FAILED_CUT, pool->now_ns);
}

void neapi_container_cut(struct neap_pool *pool, uint32_t slot)
{
    struct neapi_events *e = pool->state;
    struct neapi_container *c = &e->container[slot];
    size_t at = (size_t)slot * e->workers;
    for (uint32_t i = 0; i < c->on_cpu; i++)
        lose(pool, e, slot, e->cpu[at + i].lane);
    for (uint32_t i = 0; i < c->in_wait; i++)
        lose(pool, e, slot, e->wait[at + i].lane);
    while (c->line.count > 0) {
        uint32_t record = neapi_line_pop(e, &c->line);
        if (e->has_clients) {
            neapi_client_fail(pool, record, NEAP_FAILED_CUT, pool->now_ns);
            continue;
        }
        neapi_pool_fail(pool, e->record[record].class_number, NEAP_FAILED_CUT);
        neapi_record_drop(e, record);
    }
    neapi_container_clear(pool, slot);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One queue for all containers, whose workers never compete for cores: the head of the queue takes
 * the worker that is free first. Workers are the leaves of a tournament (Knuth, The Art of Computer
 * Programming 3, 5.4.1) whose keys are a time and, in the low bits, the leaf: the root is both the
 * earliest time and whose it is, and a request costs one path from a leaf to the root.
 *
 * Nobody begins at or after the end of a stretch before the next one has begun: the row may change. */
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/settled.h"

enum { LEAF_BITS = 16, WORKERS_MOST = 1 << LEAF_BITS };
static const int64_t TIME_MOST = INT64_MAX >> LEAF_BITS; /* 39 hours from the base on */
static const int64_t REBASE_NS = INT64_C(1) << 44;       /* 5 hours */
static const double RING_MOST = 1 << 26;

struct central {
    struct neapi_settled settled;
    struct neapi_fifo fifo; /* those that do not begin within the stretch */
    size_t leaves;          /* a power of two; leaf i is node leaves + i, the root node 1 */
    size_t used;            /* leaves that are workers */
    int64_t *key;           /* by node: (time - base) << LEAF_BITS | leaf */
    uint32_t *slot_of;      /* by leaf */
    int64_t base_ns;
    int64_t *free_ns; /* by slot x workers: while the row changes and the tournament is no more */
    bool apart;       /* that is so */
    int64_t *end_ns;  /* ring: when those who found no free worker left the queue */
    uint64_t count, gone; /* of them, since a worker was free; left when somebody last looked */
    uint64_t mask;        /* of the ring */
    uint64_t limit;       /* of the queue, with the containers there are */
};

static bool fits(const struct neap_pool_options *o)
{
    return o->balancer == NEAP_BALANCER_CENTRAL && neapi_settled_fits(o) &&
           (double)o->containers_most * o->workers <= WORKERS_MOST &&
           (double)o->containers_most * o->queue_limit < RING_MOST;
}

static enum neap_status make(struct neap_pool *pool, struct neap_error *error)
{
    const struct neap_pool_options *o = &pool->options;
    struct central *c = pool->state = neapi_allocate(1, sizeof *c);
    if (c == NULL)
        return neapi_no_memory(error, "the queue");
    size_t workers = o->containers_most * (size_t)o->workers, leaves = 2;
    double waiting = (double)o->containers_most * o->queue_limit;
    while (leaves < workers)
        leaves *= 2;
    while ((double)c->mask < waiting)
        c->mask = 2 * c->mask + 1;
    c->key = neapi_allocate(2 * leaves, sizeof *c->key);
    c->slot_of = neapi_allocate(leaves, sizeof *c->slot_of);
    c->free_ns = neapi_allocate(workers, sizeof *c->free_ns);
    c->end_ns = neapi_allocate((size_t)c->mask + 1, sizeof *c->end_ns);
    if (c->key == NULL || c->slot_of == NULL || c->free_ns == NULL || c->end_ns == NULL)
        return neapi_no_memory(error, "the queue");
    return neapi_settled_make(&c->settled, pool, error);
}

static void unmake(struct neap_pool *pool)
{
    struct central *c = pool->state;
    if (c == NULL)
        return;
    neapi_settled_unmake(&c->settled);
    free(c->key);
    free(c->slot_of);
    free(c->free_ns);
    free(c->end_ns);
    free(c);
}

static void reset(struct neap_pool *pool)
{
    struct central *c = pool->state;
    neapi_settled_reset(&c->settled);
    c->fifo.count = 0;
    c->used = 0;
    c->apart = true;
    c->count = c->gone = 0;
    c->base_ns = pool->now_ns;
}

/* --- the tournament ------------------------------------------------------------------------------- */

static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t key_of(const struct central *c, int64_t free_ns, size_t leaf)
{
    return (int64_t)((uint64_t)least(free_ns - c->base_ns, TIME_MOST) << LEAF_BITS | leaf);
}

/* The root is kept apart from its way up: the next request waits for nothing else. */
static inline int64_t play(int64_t *key, size_t node, int64_t winner)
{
    key[node] = winner;
    for (; node > 1; node /= 2) {
        int64_t other = key[node ^ 1];
        winner = other < winner ? other : winner;
        key[node / 2] = winner;
    }
    return winner;
}

static inline int64_t first_free_ns(const struct central *c)
{
    return c->base_ns + (c->key[1] >> LEAF_BITS);
}

/* The worker that is free first is free again then. */
static void take(struct central *c, int64_t until_ns)
{
    size_t leaf = (size_t)c->key[1] & (WORKERS_MOST - 1);
    play(c->key, c->leaves + leaf, key_of(c, until_ns, leaf));
}

static void take_apart(struct central *c, size_t workers)
{
    for (size_t i = 0; i < c->used && !c->apart; i++) /* workers of one slot are neighbours */
        c->free_ns[c->slot_of[i] * workers + i % workers] =
            c->base_ns + (c->key[c->leaves + i] >> LEAF_BITS);
    c->apart = true;
}

/* Times of the past are all alike: those workers are free. */
static void build(struct central *c, const struct neap_pool *pool)
{
    size_t workers = (size_t)pool->options.workers, leaf = 0;
    take_apart(c, workers);
    c->apart = false;
    c->base_ns = pool->now_ns;
    c->used = pool->ready * workers;
    c->leaves = 2;
    while (c->leaves < c->used)
        c->leaves *= 2;
    for (; leaf < c->used; leaf++) {
        size_t slot = pool->row[leaf / workers];
        int64_t free_ns = c->free_ns[slot * workers + leaf % workers];
        c->slot_of[leaf] = (uint32_t)slot;
        c->key[c->leaves + leaf] = key_of(c, free_ns > pool->now_ns ? free_ns : pool->now_ns, leaf);
    }
    for (; leaf < c->leaves; leaf++)
        c->key[c->leaves + leaf] = INT64_MAX;
    for (size_t node = c->leaves; node-- > 1;)
        c->key[node] = least(c->key[2 * node], c->key[2 * node + 1]);
}

/* --- requests --------------------------------------------------------------------------------------- */

static void serve(struct neap_pool *pool, struct central *c, size_t class_number,
                  int64_t arrival_ns, int64_t start_ns, struct neapi_need need)
{
    uint32_t slot = c->slot_of[(size_t)c->key[1] & (WORKERS_MOST - 1)];
    take(c, neapi_settled_serve(&c->settled, pool, slot, class_number, arrival_ns, start_ns, need));
}

static uint32_t first_version(const struct neap_pool *pool, const struct central *c)
{
    return pool->slot[c->slot_of[(size_t)c->key[1] & (WORKERS_MOST - 1)]].version;
}

static uint64_t waiting(struct central *c, int64_t at_ns)
{
    while (c->gone < c->count && c->end_ns[c->gone & c->mask] <= at_ns)
        c->gone++;
    return c->count - c->gone + c->fifo.count;
}

/* One that is refused, waits too long, or goes on after the stretch. */
static void serve_hard(struct neap_pool *pool, struct central *c,
                       const struct neap_requests *requests, size_t i)
{
    int64_t arrival_ns = requests->arrival_ns[i], at_ns = neapi_comes_ns(pool, requests, i);
    int64_t free_ns = c->used > 0 ? first_free_ns(c) : INT64_MAX;
    size_t class_number = neapi_class_of(requests, i);
    if (free_ns > at_ns) {
        bool late = free_ns - arrival_ns > pool->timeout_ns;
        int64_t leaves_ns = late ? arrival_ns + pool->timeout_ns : free_ns;
        bool full = waiting(c, at_ns) >= c->limit;
        bool stays = late ? leaves_ns > pool->to_ns : leaves_ns >= pool->to_ns;
        if (!full && stays)
            full = !neapi_fifo_push(&c->fifo, &c->settled, requests, i, pool->options.versions);
        if (full)
            neapi_pool_fail(pool, class_number, NEAP_FAILED_QUEUE_FULL, 0);
        if (full || stays)
            return;
        c->end_ns[c->count++ & c->mask] = leaves_ns;
        if (late) {
            neapi_pool_fail_queued(pool, class_number, NEAP_FAILED_TIMEOUT, pool->timeout_ns);
            return;
        }
    } else {
        c->count = c->gone = 0;
    }
    const struct neap_needs *needs = &requests->needs[first_version(pool, c)];
    serve(pool, c, class_number, arrival_ns, free_ns > at_ns ? free_ns : at_ns,
          (struct neapi_need){needs->cpu_ns[i], needs->wait_ns[i]});
}

/* One class, one version, CPU time as it is. */
static void add_plain(struct neap_pool *pool, struct central *c,
                      const struct neap_requests *requests)
{
    const int64_t *cpu_ns = requests->needs->cpu_ns, *wait_ns = requests->needs->wait_ns;
    int64_t served = 0, latency_ns = 0, used_ns = 0, waited_ns = 0, to_ns = pool->to_ns;
    int64_t *key = c->key, root = c->key[1];
    for (size_t i = 0; i < requests->count; i++) {
        int64_t at_ns = requests->arrival_ns[i];
        int64_t free_ns = c->base_ns + (root >> LEAF_BITS);
        bool waits = free_ns > at_ns;
        int64_t start_ns = waits ? free_ns : at_ns;
        int64_t end_ns = start_ns + cpu_ns[i] + wait_ns[i];
        if ((end_ns > to_ns) | (start_ns - at_ns > pool->timeout_ns) |
            (waits & (c->count >= c->limit))) {
            serve_hard(pool, c, requests, i);
            root = key[1];
            continue;
        }
        size_t leaf = (size_t)root & (WORKERS_MOST - 1);
        c->end_ns[c->count & c->mask] = start_ns;
        c->count = waits ? c->count + 1 : 0;
        c->gone = waits ? c->gone : 0;
        root = play(key, c->leaves + leaf, key_of(c, end_ns, leaf));
        served++;
        latency_ns += end_ns - at_ns;
        waited_ns += start_ns - at_ns;
        used_ns += cpu_ns[i];
        pool->latency[neapi_latency_bucket(end_ns - at_ns)]++;
    }
    pool->class[0].served += served;
    pool->class[0].latency_ns += latency_ns;
    pool->class[0].cpu_ns += (double)used_ns;
    pool->totals.cpu_ns += (double)used_ns;
    pool->waited_ns += (double)waited_ns;
}

static void add(struct neap_pool *pool, const struct neap_requests *requests)
{
    struct central *c = pool->state;
    bool plain = pool->options.classes == 1 && pool->options.versions == 1 && !pool->any_cold &&
                 c->settled.cpu_rate == 1 && pool->ready > 0 && !neapi_are_late(pool, requests);
    if (plain)
        add_plain(pool, c, requests);
    else
        for (size_t i = 0; i < requests->count; i++)
            serve_hard(pool, c, requests, i);
}

/* --- stretches --------------------------------------------------------------------------------------- */

static void begin_queued(struct neap_pool *pool, struct central *c)
{
    size_t versions = pool->options.versions;
    while (c->fifo.count > 0) {
        const struct neapi_waiting *head = &c->settled.waiting[c->fifo.first];
        int64_t free_ns = c->used > 0 ? first_free_ns(c) : INT64_MAX;
        bool late = free_ns - head->arrival_ns > pool->timeout_ns;
        int64_t leaves_ns = late ? head->arrival_ns + pool->timeout_ns : free_ns;
        if (late ? leaves_ns > pool->to_ns : leaves_ns >= pool->to_ns)
            return;
        c->end_ns[c->count++ & c->mask] = leaves_ns;
        if (late)
            neapi_pool_fail_queued(pool, head->class_number, NEAP_FAILED_TIMEOUT, pool->timeout_ns);
        else
            serve(pool, c, head->class_number, head->arrival_ns, free_ns,
                  c->settled.need[c->fifo.first * versions + first_version(pool, c)]);
        neapi_fifo_pop(&c->fifo, &c->settled);
    }
}

static void begin(struct neap_pool *pool)
{
    struct central *c = pool->state;
    neapi_settled_begin(&c->settled, pool);
    if (pool->row_changed || pool->now_ns - c->base_ns > REBASE_NS)
        build(c, pool);
    c->limit = (uint64_t)((double)pool->ready * pool->options.queue_limit);
    begin_queued(pool, c);
}

static void end(struct neap_pool *pool)
{
    const struct central *c = pool->state;
    neapi_settled_end(&c->settled, pool);
}

static void join(struct neap_pool *pool, uint32_t slot)
{
    struct central *c = pool->state;
    size_t workers = (size_t)pool->options.workers;
    take_apart(c, workers);
    for (size_t w = 0; w < workers; w++)
        c->free_ns[slot * workers + w] = pool->now_ns;
}

static void leave(struct neap_pool *pool, uint32_t slot)
{
    struct central *c = pool->state;
    (void)slot; /* it goes on with what it has begun */
    take_apart(c, (size_t)pool->options.workers);
}

static int64_t empty_ns(const struct neap_pool *pool, uint32_t slot)
{
    const struct central *c = pool->state;
    size_t workers = (size_t)pool->options.workers;
    int64_t last_ns = INT64_MIN;
    for (size_t w = 0; w < workers; w++)
        if (c->free_ns[slot * workers + w] > last_ns)
            last_ns = c->free_ns[slot * workers + w];
    return last_ns;
}

static void cut(struct neap_pool *pool, uint32_t slot)
{
    struct central *c = pool->state;
    neapi_settled_cut(&c->settled, pool, slot);
}

static void ages(const struct neap_pool *pool, double *present_ns, double *waiting_ns)
{
    const struct central *c = pool->state;
    *waiting_ns = neapi_fifo_age_ns(&c->fifo, &c->settled, pool->now_ns);
    *present_ns = *waiting_ns + neapi_settled_age_ns(&c->settled, pool->now_ns);
}

const struct neapi_kernel neapi_kernel_central = {
    "central", fits, make, unmake, reset, join, leave, empty_ns, cut, begin, add, end, ages};

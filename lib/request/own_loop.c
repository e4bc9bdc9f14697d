/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop of own.c over requests, for each width and balancer one of its own: the compiler unrolls
 * the insertion into sorted free times, and what most requests do takes no branch that could be
 * guessed wrong. */
#include "request/balance.h"
#include "request/own.h"

#if defined __GNUC__
#define ALWAYS_INLINE     inline __attribute__((always_inline))
#define RARELY(condition) __builtin_expect(!!(condition), 0)
#else
#define ALWAYS_INLINE     inline
#define RARELY(condition) (condition)
#endif

/* Replaces the least of `width` ascending free times. */
static ALWAYS_INLINE void insert(int64_t *free_ns, size_t width, int64_t until_ns)
{
#pragma GCC unroll 8
    for (size_t w = 0; w + 1 < width; w++) {
        int64_t next_ns = free_ns[w + 1];
        free_ns[w] = next_ns < until_ns ? next_ns : until_ns;
        until_ns = next_ns < until_ns ? until_ns : next_ns;
    }
    free_ns[width - 1] = until_ns;
}

static ALWAYS_INLINE uint32_t busy_of(const int64_t *free_ns, size_t width, int64_t at_ns)
{
    uint32_t busy = 0;
#pragma GCC unroll 8
    for (size_t w = 0; w < width; w++)
        busy += free_ns[w] > at_ns;
    return busy;
}

/* Bits of the words of a container of that width. */
static ALWAYS_INLINE int stride_bits_of(size_t width)
{
    return width < 2 ? 1 : width < 4 ? 2 : width < 8 ? 3 : 4;
}

/* Requests in a container: those in service, and its queue when all workers are busy. */
static ALWAYS_INLINE uint32_t inside(struct neapi_own *own, uint32_t slot, int64_t at_ns,
                                     size_t width, uint32_t workers)
{
    size_t stride = width > 0 ? width : own->width; /* those beyond the workers are never free */
    uint32_t busy = busy_of(neapi_own_free(own, slot), stride, at_ns);
    if (busy < stride)
        return busy - ((uint32_t)stride - workers);
    return workers + neapi_own_waiting(own, slot, at_ns);
}

/* The row, as it is throughout a stretch. */
struct row {
    const uint32_t *slot;
    size_t ready;
};

static ALWAYS_INLINE uint32_t choose(struct neapi_own *own, struct row row, uint32_t pick,
                                     int64_t at_ns, size_t width, uint32_t workers,
                                     enum neap_balancer_type balancer)
{
    if (balancer == NEAP_BALANCER_ROUND_ROBIN) {
        size_t turn = own->turn;
        own->turn = neapi_next_turn(turn, row.ready);
        return row.slot[turn];
    }
    if (balancer == NEAP_BALANCER_LEAST_OUTSTANDING) {
        neapi_own_count_down(own, at_ns);
        return neapi_levels_pick(&own->levels, pick);
    }
    size_t first = neapi_pick_position(pick, row.ready);
    if (balancer == NEAP_BALANCER_RANDOM)
        return row.slot[first];
    uint32_t slot = row.slot[first];
    uint32_t other = row.slot[neapi_pick_other(pick, first, row.ready)];
    bool fewer =
        inside(own, other, at_ns, width, workers) < inside(own, slot, at_ns, width, workers);
    return slot ^ ((slot ^ other) & (0 - (uint32_t)fewer)); /* no branch: it would be guessed */
}

/* One class, one version, CPU time as it is; width 0: any. */
static ALWAYS_INLINE void serve_plain(struct neap_pool *pool, const struct neap_requests *requests,
                                      size_t width, enum neap_balancer_type balancer)
{
    struct neapi_own *own = pool->state;
    const int64_t *cpu = requests->needs->cpu_ns, *wait = requests->needs->wait_ns;
    const int64_t *arrival = requests->arrival_ns;
    const uint32_t *pick = requests->pick;
    const size_t count = requests->count;
    const int stride_bits = width > 0 ? stride_bits_of(width) : own->stride_bits;
    const int64_t to_ns = pool->to_ns, timeout_ns = pool->timeout_ns;
    const uint32_t limit = own->limit, workers = (uint32_t)pool->options.workers;
    const struct row row = {pool->row, pool->ready};
    const size_t ring = own->ring;
    const bool counts = balancer == NEAP_BALANCER_LEAST_OUTSTANDING;
    int64_t *state = own->state, *left_ns = own->end_ns;
    uint32_t *latency = pool->latency;
    int64_t hard = 0, latency_ns = 0, used_ns = 0, waited_ns = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t at_ns = arrival[i], cpu_ns = cpu[i];
        uint32_t slot = choose(own, row, pick[i], at_ns, width, workers, balancer);
        uint64_t *ends_of = (uint64_t *)&state[(size_t)slot << stride_bits], ends = *ends_of;
        int64_t *free_ns = (int64_t *)ends_of + 1;
        int64_t waits_ns = free_ns[0] - at_ns;
        uint64_t waits = waits_ns > 0;
        int64_t start_ns = waits_ns > 0 ? free_ns[0] : at_ns;
        int64_t end_ns = start_ns + cpu_ns + wait[i];
        if (RARELY((end_ns > to_ns) | (waits_ns > timeout_ns) |
                   (waits & ((uint32_t)ends >= limit)) | (counts && neapi_own_cannot_count(own)))) {
            neapi_own_hard(pool, requests, i, slot);
            hard++;
            continue;
        }
        left_ns[neapi_own_place(ring, slot, (uint32_t)ends)] = start_ns;
        *ends_of = (ends + 1) & (0 - waits);
        if (width > 0)
            insert(free_ns, width, end_ns);
        else
            neapi_own_take(own, slot, end_ns);
        if (counts) {
            neapi_levels_more(&own->levels, slot);
            neapi_own_count_until(own, slot, end_ns);
        }
        latency_ns += end_ns - at_ns;
        waited_ns += start_ns - at_ns;
        used_ns += cpu_ns;
        latency[neapi_latency_bucket(end_ns - at_ns)]++;
    }
    pool->class[0].served += (int64_t)count - hard;
    pool->class[0].latency_ns += latency_ns;
    pool->class[0].cpu_ns += (double)used_ns;
    pool->totals.cpu_ns += (double)used_ns;
    pool->waited_ns += (double)waited_ns;
}

static ALWAYS_INLINE void serve(struct neap_pool *pool, const struct neap_requests *requests,
                                size_t width, enum neap_balancer_type balancer)
{
    struct neapi_own *own = pool->state;
    const struct row row = {pool->row, pool->ready};
    uint32_t workers = (uint32_t)pool->options.workers;
    if (pool->ready > 0 && pool->options.classes == 1 && pool->options.versions == 1 &&
        !pool->any_cold && own->settled.cpu_rate == 1 && !neapi_are_late(pool, requests)) {
        serve_plain(pool, requests, width, balancer);
        return;
    }
    for (size_t i = 0; i < requests->count; i++) {
        if (pool->ready == 0)
            neapi_pool_fail(pool, neapi_class_of(requests, i), NEAP_FAILED_QUEUE_FULL, 0);
        else
            neapi_own_hard(pool, requests, i,
                           choose(own, row, requests->pick[i], neapi_comes_ns(pool, requests, i),
                                  width, workers, balancer));
    }
}

#define LOOP(name, width, balancer)                                                \
    static void name(struct neap_pool *pool, const struct neap_requests *requests) \
    {                                                                              \
        serve(pool, requests, width, balancer);                                    \
    }
#define LOOPS(balancer, type)   \
    LOOP(balancer##_1, 1, type) \
    LOOP(balancer##_2, 2, type) \
    LOOP(balancer##_4, 4, type) \
    LOOP(balancer##_8, 8, type) \
    LOOP(balancer##_any, 0, type)
LOOPS(at_random, NEAP_BALANCER_RANDOM)
LOOPS(in_turn, NEAP_BALANCER_ROUND_ROBIN)
LOOPS(of_two, NEAP_BALANCER_TWO_CHOICES)
LOOPS(of_all, NEAP_BALANCER_LEAST_OUTSTANDING)

void (*neapi_own_loop(const struct neap_pool_options *options,
                      size_t width))(struct neap_pool *pool, const struct neap_requests *requests)
{
    static void (*const loop[4][5])(struct neap_pool * pool,
                                    const struct neap_requests *requests) = {
        {at_random_1, at_random_2, at_random_4, at_random_8, at_random_any},
        {in_turn_1, in_turn_2, in_turn_4, in_turn_8, in_turn_any},
        {of_two_1, of_two_2, of_two_4, of_two_8, of_two_any},
        {of_all_1, of_all_2, of_all_4, of_all_8, of_all_any}};
    int row = options->balancer == NEAP_BALANCER_RANDOM        ? 0
              : options->balancer == NEAP_BALANCER_ROUND_ROBIN ? 1
              : options->balancer == NEAP_BALANCER_TWO_CHOICES ? 2
                                                               : 3;
    int column = width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : width == 8 ? 3 : 4;
    return loop[row][column];
}

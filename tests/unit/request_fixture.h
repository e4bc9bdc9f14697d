/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pools of the kernel that follows every event, and requests for them. */
#ifndef NEAP_TEST_REQUEST_FIXTURE_H
#define NEAP_TEST_REQUEST_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <neap.h>

enum { BATCH_MOST = 8192 };

/* Requests of up to two classes, and for up to two versions. */
struct batch {
    size_t count;
    int64_t arrival_ns[BATCH_MOST], cpu_ns[2][BATCH_MOST], wait_ns[2][BATCH_MOST];
    uint32_t pick[BATCH_MOST];
    uint8_t class_number[BATCH_MOST];
};

static inline struct neap_pool_options events_options(int workers, double cores)
{
    return (struct neap_pool_options){.workers = workers,
                                      .cores = cores,
                                      .burst_cores = cores,
                                      .quota_period_s = (double)NAN,
                                      .queue_limit = 2048,
                                      .timeout_s = (double)NAN,
                                      .balancer = NEAP_BALANCER_RANDOM,
                                      .client = {.patience_s = (double)NAN, .backoff_s = 1},
                                      .containers_most = 16,
                                      .waiting_most = 5000,
                                      .classes = 1,
                                      .versions = 1,
                                      .by_events = true};
}

static inline struct neap_pool *events_pool(const struct neap_pool_options *options,
                                            size_t containers)
{
    struct neap_pool *pool = NULL;
    assert_int_equal(neap_pool_new(&pool, options, NULL), NEAP_OK);
    neap_pool_reset(pool, 0);
    neap_pool_join(pool, 0, containers, 0, 0);
    return pool;
}

static inline void put(struct batch *batch, int64_t arrival_ns, int64_t cpu_ns, int64_t wait_ns)
{
    size_t i = batch->count++;
    batch->arrival_ns[i] = arrival_ns;
    batch->cpu_ns[0][i] = batch->cpu_ns[1][i] = cpu_ns;
    batch->wait_ns[0][i] = batch->wait_ns[1][i] = wait_ns;
    batch->pick[i] = (uint32_t)(i * 0x9E3779B9u);
    batch->class_number[i] = 0;
}

static inline void add_part(struct neap_pool *pool, const struct batch *batch, size_t first,
                            size_t count)
{
    struct neap_needs needs[2];
    for (int version = 0; version < 2; version++)
        needs[version] =
            (struct neap_needs){batch->cpu_ns[version] + first, batch->wait_ns[version] + first};
    struct neap_requests requests = {count, batch->arrival_ns + first, batch->pick + first,
                                     batch->class_number + first, needs};
    neap_pool_add(pool, &requests);
}

/* Plays the batch until then, and empties it. */
static inline void stretch(struct neap_pool *pool, struct batch *batch, int64_t to_ns)
{
    neap_pool_begin(pool, to_ns);
    add_part(pool, batch, 0, batch->count);
    neap_pool_end(pool);
    batch->count = 0;
}

static inline int64_t failures(const struct neap_pool_totals *t)
{
    int64_t failed = 0;
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        failed += t->failed[cause];
    return failed;
}

static inline void conserved(const struct neap_pool_totals *t)
{
    assert_int_equal(t->offered, t->served + failures(t) + t->present);
    assert_true(t->waiting >= 0 && t->waiting <= t->present);
}

#endif

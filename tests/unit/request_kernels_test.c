/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fast kernels of room request: single requests worked out by hand, means against formulas, and
 * the same bytes as the kernel that follows every event. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <neap.h>

enum { MOST = 4096 };
static const int64_t SECOND = 1000000000;

/* Requests of one class and version. */
struct batch {
    size_t count;
    int64_t arrival_ns[MOST], cpu_ns[MOST], wait_ns[MOST];
    uint32_t pick[MOST];
};

static struct neap_pool_options plain_options(void)
{
    return (struct neap_pool_options){.workers = 1,
                                      .cores = 1,
                                      .burst_cores = 1,
                                      .quota_period_s = (double)NAN,
                                      .queue_limit = 2048,
                                      .timeout_s = (double)NAN,
                                      .balancer = NEAP_BALANCER_RANDOM,
                                      .client = {.patience_s = (double)NAN, .backoff_s = 1},
                                      .containers_most = 16,
                                      .waiting_most = 100000,
                                      .classes = 1,
                                      .versions = 1};
}

static struct neap_pool *pool_of(const struct neap_pool_options *options, size_t containers)
{
    struct neap_pool *pool = NULL;
    assert_int_equal(neap_pool_new(&pool, options, NULL), NEAP_OK);
    neap_pool_reset(pool, 0);
    neap_pool_join(pool, 0, containers, 0, -1000 * SECOND);
    return pool;
}

static void put(struct batch *batch, int64_t arrival_ns, int64_t cpu_ns, int64_t wait_ns)
{
    batch->arrival_ns[batch->count] = arrival_ns;
    batch->cpu_ns[batch->count] = cpu_ns;
    batch->wait_ns[batch->count] = wait_ns;
    batch->pick[batch->count++] = 0;
}

static void stretch(struct neap_pool *pool, const struct batch *batch, int64_t to_ns)
{
    struct neap_needs needs = {batch->cpu_ns, batch->wait_ns};
    struct neap_requests requests = {batch->count, batch->arrival_ns, batch->pick, NULL, &needs};
    neap_pool_begin(pool, to_ns);
    neap_pool_add(pool, &requests);
    neap_pool_end(pool);
}

static void conserved(const struct neap_pool_totals *t)
{
    int64_t failed = 0;
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        failed += t->failed[cause];
    assert_int_equal(t->offered, t->served + failed + t->present);
}

/* --- by hand -------------------------------------------------------------------------------------- */

static void for_both(void (*check)(enum neap_balancer_type balancer))
{
    check(NEAP_BALANCER_RANDOM);
    check(NEAP_BALANCER_ROUND_ROBIN);
    check(NEAP_BALANCER_TWO_CHOICES);
    check(NEAP_BALANCER_CENTRAL);
}

static void check_one_worker(enum neap_balancer_type balancer)
{
    struct neap_pool_options options = plain_options();
    options.balancer = balancer;
    struct neap_pool *pool = pool_of(&options, 1);
    struct batch batch = {.count = 0};
    put(&batch, 100, 50, 30); /* 100 .. 180 */
    put(&batch, 120, 10, 0);  /* waits: 180 .. 190 */
    put(&batch, 150, 100, 5); /* waits: 190 .. 295 */
    stretch(pool, &batch, 200);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.served, 2);
    assert_int_equal(t.latency_ns, 80 + 70);
    assert_int_equal(t.present, 1);
    assert_int_equal(t.waiting, 0);
    assert_true(t.cpu_ns == 50 + 10 + 10);
    batch.count = 0;
    stretch(pool, &batch, 300);
    t = neap_pool_totals(pool);
    assert_int_equal(t.served, 3);
    assert_int_equal(t.latency_ns, 80 + 70 + 145);
    assert_true(t.cpu_ns == 160);
    conserved(&t);
    neap_pool_free(pool);
}

static void test_one_worker(void **state)
{
    (void)state;
    for_both(check_one_worker);
}

static void check_limits(enum neap_balancer_type balancer)
{
    struct neap_pool_options options = plain_options();
    options.balancer = balancer;
    options.queue_limit = 1;
    options.timeout_s = 100e-9;
    struct neap_pool *pool = pool_of(&options, 1);
    struct batch batch = {.count = 0};
    put(&batch, 0, 200, 0);   /* 0 .. 200 */
    put(&batch, 50, 10, 0);   /* in the queue until 150: too long */
    put(&batch, 60, 10, 0);   /* no place */
    put(&batch, 150, 300, 0); /* a place, since that one has just gone: 200 .. 500 */
    put(&batch, 420, 10, 0);  /* 500 .. 510 */
    stretch(pool, &batch, 450);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.served, 1);
    assert_int_equal(t.failed[NEAP_FAILED_TIMEOUT], 1);
    assert_int_equal(t.failed[NEAP_FAILED_QUEUE_FULL], 1);
    assert_int_equal(t.present, 2);
    assert_int_equal(t.waiting, 1);
    batch.count = 0;
    stretch(pool, &batch, 600);
    t = neap_pool_totals(pool);
    assert_int_equal(t.served, 3);
    assert_int_equal(t.latency_ns, 200 + 350 + 90);
    conserved(&t);
    neap_pool_free(pool);
}

static void test_queue_limit_and_timeout(void **state)
{
    (void)state;
    for_both(check_limits);
}

/* A container that leaves finishes what it holds until it is cut off. */
static void check_leaving(enum neap_balancer_type balancer)
{
    struct neap_pool_options options = plain_options();
    bool central = balancer == NEAP_BALANCER_CENTRAL;
    options.balancer = balancer;
    struct neap_pool *pool = pool_of(&options, 1);
    struct batch batch = {.count = 0};
    put(&batch, 0, 150, 0);  /* 0 .. 150 */
    put(&batch, 10, 100, 0); /* 150 .. 250, cut at 200; in a common queue it goes elsewhere */
    stretch(pool, &batch, 100);
    neap_pool_join(pool, 0, 1, 0, 100);
    neap_pool_leave(pool, 1, 1, 200);
    batch.count = 0;
    put(&batch, 120, 10, 0);
    stretch(pool, &batch, 200);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.failed[NEAP_FAILED_CUT], central ? 0 : 1);
    assert_int_equal(t.served, 2);
    /* in common: 100 .. 200 of the waiting one at the new container, then the third */
    assert_true(t.cpu_draining_ns == (central ? 50 : 100));
    assert_true(t.cpu_ns == (central ? 200 : 110));
    conserved(&t);
    batch.count = 0;
    stretch(pool, &batch, 300);
    t = neap_pool_totals(pool);
    assert_int_equal(t.present, 0);
    conserved(&t);
    neap_pool_free(pool);
}

static void test_leaving(void **state)
{
    (void)state;
    for_both(check_leaving);
}

static void check_nobody(enum neap_balancer_type balancer)
{
    struct neap_pool_options options = plain_options();
    options.balancer = balancer;
    struct neap_pool *pool = pool_of(&options, 0);
    struct batch batch = {.count = 0};
    put(&batch, 0, 150, 0);
    stretch(pool, &batch, 100);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.failed[NEAP_FAILED_QUEUE_FULL], 1);
    conserved(&t);
    neap_pool_free(pool);
}

static void test_nobody_is_ready(void **state)
{
    (void)state;
    for_both(check_nobody);
}

/* 1 + share x exp(-3 age / warm-up) as much CPU, and 1 / cores as long on less than a core. */
static void check_slow(enum neap_balancer_type balancer)
{
    struct neap_pool_options options = plain_options();
    options.balancer = balancer;
    options.cores = 0.5;
    options.warmup_s = 3;
    options.warmup_slowdown_share = 0.5;
    struct neap_pool *pool = NULL;
    assert_int_equal(neap_pool_new(&pool, &options, NULL), NEAP_OK);
    neap_pool_reset(pool, 0);
    neap_pool_join(pool, 0, 1, 0, 0);
    struct batch batch = {.count = 0};
    put(&batch, SECOND, SECOND / 100, 0);
    stretch(pool, &batch, 2 * SECOND);
    struct neap_pool_totals t = neap_pool_totals(pool);
    double cpu_s = 0.01 * (1 + 0.5 * exp(-1));
    assert_true(fabs((double)t.latency_ns / 1e9 - 2 * cpu_s) < 1e-9);
    assert_true(fabs(t.cpu_ns / 1e9 - cpu_s) < 1e-9);
    neap_pool_free(pool);
}

static void test_slow_containers(void **state)
{
    (void)state;
    for_both(check_slow);
}

/* --- random runs ------------------------------------------------------------------------------------ */

struct source {
    struct neap_stream stream;
    uint64_t index;
    int64_t now_ns;
    double rate; /* 1/s */
    double cpu_s, wait_s;
};

static double next_uniform(struct source *source)
{
    return neap_stream_uniform(&source->stream, source->index++);
}

/* Requests until to_ns, MOST at most. */
static void fill(struct batch *batch, struct source *source, int64_t to_ns)
{
    batch->count = 0;
    while (batch->count < MOST) {
        int64_t next_ns =
            source->now_ns + (int64_t)(-log(next_uniform(source)) / source->rate * 1e9);
        if (next_ns >= to_ns) {
            source->now_ns = to_ns;
            return;
        }
        source->now_ns = next_ns;
        put(batch, next_ns, (int64_t)(-log(next_uniform(source)) * source->cpu_s * 1e9),
            (int64_t)(-log(next_uniform(source)) * source->wait_s * 1e9));
        batch->pick[batch->count - 1] =
            (uint32_t)neap_stream_bits(&source->stream, source->index++);
    }
    fail_msg("a batch of %d requests is too small", MOST);
}

/* Means of M/M/c: c = workers behind random, all of them behind a common queue. */
static void check_mean(enum neap_balancer_type balancer, int workers, int servers)
{
    enum { CONTAINERS = 5, STRETCHES = 4000 };
    struct neap_pool_options options = plain_options();
    options.balancer = balancer;
    options.workers = workers;
    options.cores = workers;
    struct neap_pool *pool = pool_of(&options, CONTAINERS);
    static struct batch batch;
    struct source source = {.rate = 0.7 * CONTAINERS * workers / 0.08, .cpu_s = 0.08};
    neap_stream_init(&source.stream, 7, 0, (uint64_t)balancer);
    double sum = 0, sum_of_squares = 0;
    for (int i = 0; i < STRETCHES; i++) { /* batch means of 5 s, far longer than any busy period */
        int64_t before_ns = neap_pool_totals(pool).latency_ns;
        int64_t to_ns = (i + 1) * 5 * SECOND;
        fill(&batch, &source, to_ns);
        stretch(pool, &batch, to_ns);
        double mean = (double)(neap_pool_totals(pool).latency_ns - before_ns) / 5e9;
        sum += mean;
        sum_of_squares += mean * mean;
    }
    /* Little: the number present is rate x time */
    double load = 0.7 * servers, delay = neap_erlang_c(servers, load);
    double want = (0.08 + delay * 0.08 / (servers - load)) * source.rate;
    double mean = sum / STRETCHES, variance = sum_of_squares / STRETCHES - mean * mean;
    double z = (mean - want) / sqrt(variance / STRETCHES * 1.2); /* neighbours are alike a little */
    if (fabs(z) > 4.5)
        fail_msg("balancer %d, %d workers: %g present, expected %g (z %g)", (int)balancer, workers,
                 mean, want, z);
    neap_pool_free(pool);
}

static void test_means(void **state)
{
    static const int workers[] = {1, 2, 3, 4, 7, 8, 12};
    (void)state;
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++) {
        check_mean(NEAP_BALANCER_RANDOM, workers[i], workers[i]);
        check_mean(NEAP_BALANCER_CENTRAL, workers[i], 5 * workers[i]);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_worker),      cmocka_unit_test(test_queue_limit_and_timeout),
        cmocka_unit_test(test_leaving),         cmocka_unit_test(test_nobody_is_ready),
        cmocka_unit_test(test_slow_containers), cmocka_unit_test(test_means)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

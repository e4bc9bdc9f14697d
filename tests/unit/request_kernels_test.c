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
    check(NEAP_BALANCER_LEAST_OUTSTANDING);
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

/* --- the same bytes as the kernel that follows events ------------------------------------------------ */

/* What one random run goes through. */
static const int64_t FAR_NS = INT64_C(1000000000000);

struct walk {
    struct neap_stream stream;
    uint64_t index;
    struct neap_pool_options options;
    struct neap_pool *fast, *slow;
    size_t ready;
    int64_t now_ns;
    size_t gone; /* of those that were empty */
};

static size_t choice(struct walk *walk, size_t count)
{
    return (size_t)(neap_stream_uniform(&walk->stream, walk->index++) * (double)count);
}

static void choose_options(struct walk *walk)
{
    static const int workers[] = {1, 2, 3, 4, 8, 11};
    static const enum neap_balancer_type balancer[] = {
        NEAP_BALANCER_RANDOM, NEAP_BALANCER_ROUND_ROBIN, NEAP_BALANCER_TWO_CHOICES,
        NEAP_BALANCER_LEAST_OUTSTANDING, NEAP_BALANCER_CENTRAL};
    static const double limit[] = {0, 1, 5, 2048};
    struct neap_pool_options *o = &walk->options;
    *o = plain_options();
    o->workers = workers[choice(walk, 6)];
    o->cores = o->workers;
    o->balancer = balancer[choice(walk, 5)];
    o->queue_limit = limit[choice(walk, 4)];
    o->timeout_s = choice(walk, 2) ? (double)NAN : 0.3;
    o->containers_most = 40;
    o->holds = choice(walk, 2);
    o->classes = 1 + choice(walk, 3);
    if (o->balancer != NEAP_BALANCER_CENTRAL) { /* there it matters which worker is taken */
        o->versions = 1 + choice(walk, 2);
        if (choice(walk, 2)) {
            o->warmup_s = 2;
            o->warmup_slowdown_share = 0.5;
        }
    }
}

static void join_both(struct walk *walk)
{
    size_t position = choice(walk, walk->ready + 1), count = 1 + choice(walk, 3);
    size_t version = choice(walk, walk->options.versions);
    neap_pool_join(walk->fast, position, count, version, walk->now_ns);
    neap_pool_join(walk->slow, position, count, version, walk->now_ns);
    walk->ready += count;
}

static void leave_both(struct walk *walk, int64_t edge_ns)
{
    size_t position = choice(walk, walk->ready);
    int64_t cut_ns = choice(walk, 2) ? walk->now_ns : edge_ns;
    walk->ready--;
    if (choice(walk, 2)) { /* until it is empty, or a tenth of a second */
        int64_t drained_ns = walk->now_ns + (int64_t)choice(walk, 2) * 100000000;
        neap_pool_drain(walk->fast, position, 1, drained_ns, FAR_NS, (uint32_t)walk->index);
        neap_pool_drain(walk->slow, position, 1, drained_ns, FAR_NS, (uint32_t)walk->index);
        return;
    }
    neap_pool_leave(walk->fast, position, 1, cut_ns);
    neap_pool_leave(walk->slow, position, 1, cut_ns);
}

/* Central pools may cut different containers' requests: who works where is a matter of taste. */
static void change_both(struct walk *walk, int64_t edge_ns)
{
    bool central = walk->options.balancer == NEAP_BALANCER_CENTRAL;
    if (walk->ready < 8 && choice(walk, 3) == 0)
        join_both(walk);
    else if (!central && walk->ready > 0 && choice(walk, 3) == 0)
        leave_both(walk, edge_ns);
}

static void same_totals(const struct walk *walk, int number)
{
    struct neap_pool_totals a = neap_pool_totals(walk->fast), b = neap_pool_totals(walk->slow);
    const struct neap_pool_options *o = &walk->options;
    conserved(&a);
    conserved(&b);
    if (a.served != b.served || a.latency_ns != b.latency_ns || a.present != b.present ||
        a.waiting != b.waiting || memcmp(a.failed, b.failed, sizeof a.failed) != 0 ||
        fabs(a.cpu_ns - b.cpu_ns) > 1 || fabs(a.cpu_draining_ns - b.cpu_draining_ns) > 1)
        fail_msg(
            "run %d (balancer %d, %d workers, limit %g, timeout %g, %zu versions, warm-up %g) at "
            "%g s: served %lld and %lld, latency %lld and %lld, present %lld and %lld, waiting "
            "%lld and %lld, full %lld and %lld, late %lld and %lld, cut %lld and %lld, "
            "CPU %.3f and %.3f, draining %.3f and %.3f",
            number, (int)o->balancer, o->workers, o->queue_limit, o->timeout_s, o->versions,
            o->warmup_s, (double)walk->now_ns / 1e9, (long long)a.served, (long long)b.served,
            (long long)a.latency_ns, (long long)b.latency_ns, (long long)a.present,
            (long long)b.present, (long long)a.waiting, (long long)b.waiting,
            (long long)a.failed[0], (long long)b.failed[0], (long long)a.failed[1],
            (long long)b.failed[1], (long long)a.failed[3], (long long)b.failed[3], a.cpu_ns,
            b.cpu_ns, a.cpu_draining_ns, b.cpu_draining_ns);
}

/* Integrals of what is present, whichever way it is found out. */
static void same_presence(const struct walk *walk)
{
    struct neap_pool_presence a = neap_pool_presence(walk->fast);
    struct neap_pool_presence b = neap_pool_presence(walk->slow);
    assert_true(fabs(a.present_s - b.present_s) <= 1e-9 * (1 + a.present_s));
    assert_true(fabs(a.waiting_s - b.waiting_s) <= 1e-9 * (1 + a.waiting_s));
    assert_true(a.waiting_s <= a.present_s * (1 + 1e-12));
}

static void same_ends(struct walk *walk)
{
    const struct neap_pool_gone *a, *b;
    size_t count = neap_pool_gone(walk->fast, &a);
    assert_int_equal(neap_pool_gone(walk->slow, &b), count);
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < count && b[k].tag != a[i].tag)
            k++;
        assert_true(k < count);
        assert_int_equal(a[i].end_ns, b[k].end_ns);
        assert_true(a[i].end_ns <= walk->now_ns);
    }
    walk->gone += count;
}

static void same_latencies(const struct walk *walk)
{
    struct neap_histogram *of_fast = NULL, *of_slow = NULL;
    assert_int_equal(neap_histogram_new(&of_fast, NEAP_HISTOGRAM_BITS, NULL), NEAP_OK);
    assert_int_equal(neap_histogram_new(&of_slow, NEAP_HISTOGRAM_BITS, NULL), NEAP_OK);
    for (size_t c = 0; c < walk->options.classes; c++) {
        struct neap_pool_class a = neap_pool_class(walk->fast, c);
        struct neap_pool_class b = neap_pool_class(walk->slow, c);
        assert_int_equal(a.offered, b.offered);
        assert_int_equal(a.served, b.served);
        assert_int_equal(a.latency_ns, b.latency_ns);
        assert_true(fabs(a.cpu_ns - b.cpu_ns) <= 1);
        neap_pool_take_latencies(walk->fast, c, of_fast);
        neap_pool_take_latencies(walk->slow, c, of_slow);
        for (int k = 1; k < 100; k++) {
            double x = neap_histogram_quantile(of_fast, k / 100.0);
            double y = neap_histogram_quantile(of_slow, k / 100.0);
            assert_true(x == y || (isnan(x) && isnan(y)));
        }
    }
    neap_histogram_free(of_fast);
    neap_histogram_free(of_slow);
}

static void stretch_both(struct walk *walk, struct source *source, int64_t to_ns)
{
    static struct batch batch;
    static uint8_t class_number[MOST];
    static int64_t longer_ns[MOST];
    fill(&batch, source, to_ns);
    for (size_t i = 0; i < batch.count; i++) {
        class_number[i] = (uint8_t)(batch.pick[i] % walk->options.classes);
        longer_ns[i] = batch.cpu_ns[i] + batch.cpu_ns[i] / 4;
    }
    struct neap_needs needs[2] = {{batch.cpu_ns, batch.wait_ns}, {longer_ns, batch.wait_ns}};
    struct neap_requests requests = {batch.count, batch.arrival_ns, batch.pick,
                                     walk->options.classes > 1 ? class_number : NULL, needs};
    struct neap_pool *const both[] = {walk->fast, walk->slow};
    for (int k = 0; k < 2; k++) {
        neap_pool_begin(both[k], to_ns);
        neap_pool_add(both[k], &requests);
        neap_pool_end(both[k]);
    }
    walk->now_ns = to_ns;
}

static size_t run_both(int number)
{
    struct walk walk = {.ready = 2};
    struct source source = {.cpu_s = 0.05, .wait_s = 0.02};
    neap_stream_init(&walk.stream, 11, 0, (uint64_t)number);
    neap_stream_init(&source.stream, 12, 0, (uint64_t)number);
    choose_options(&walk);
    source.rate = (0.5 + 0.8 * (double)choice(&walk, 3)) * 4 * walk.options.workers / 0.07;
    walk.fast = pool_of(&walk.options, walk.ready);
    walk.options.by_events = true;
    walk.slow = pool_of(&walk.options, walk.ready);
    for (int i = 0; i < 60; i++) {
        int64_t edge_ns = walk.now_ns + (int64_t)(1 + choice(&walk, 1500)) * 1000000;
        change_both(&walk, edge_ns);
        stretch_both(&walk, &source, edge_ns);
        same_totals(&walk, number);
        same_presence(&walk);
        same_ends(&walk);
    }
    same_latencies(&walk);
    neap_pool_free(walk.fast);
    neap_pool_free(walk.slow);
    return walk.gone;
}

static void test_the_same_as_by_events(void **state)
{
    (void)state;
    size_t gone = 0;
    for (int number = 0; number < 200; number++)
        gone += run_both(number);
    assert_true(gone > 200);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_worker),
                                       cmocka_unit_test(test_queue_limit_and_timeout),
                                       cmocka_unit_test(test_leaving),
                                       cmocka_unit_test(test_nobody_is_ready),
                                       cmocka_unit_test(test_slow_containers),
                                       cmocka_unit_test(test_means),
                                       cmocka_unit_test(test_the_same_as_by_events)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

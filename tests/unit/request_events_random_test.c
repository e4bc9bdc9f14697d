/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernel of room request that follows every event, in random runs: nothing is lost, Little's law
 * holds to the nanosecond, the same answers whichever way they are found, means against formulas. */
#include "request_fixture.h"

static const int64_t SECOND = 1000000000;
static struct batch batch;

struct source {
    struct neap_stream stream;
    uint64_t index;
    int64_t now_ns;
};

static double uniform(struct source *s)
{
    return neap_stream_uniform(&s->stream, s->index++);
}

static size_t choice(struct source *s, size_t count)
{
    return (size_t)(uniform(s) * (double)count);
}

static double exponential(struct source *s, double mean)
{
    return -log(uniform(s)) * mean;
}

/* Poisson arrivals until to_ns; CPU and wait exponential, in ns, at least 1. */
static void fill(struct source *s, int64_t to_ns, double gap_ns, double cpu_ns, double wait_ns,
                 size_t classes)
{
    for (batch.count = 0; batch.count < BATCH_MOST;) {
        s->now_ns += (int64_t)exponential(s, gap_ns);
        if (s->now_ns >= to_ns) {
            s->now_ns = to_ns;
            return;
        }
        size_t i = batch.count;
        put(&batch, s->now_ns, 1 + (int64_t)exponential(s, cpu_ns),
            (int64_t)exponential(s, wait_ns));
        batch.cpu_ns[1][i] = batch.cpu_ns[0][i] / 2;
        batch.pick[i] = (uint32_t)neap_stream_bits(&s->stream, s->index++);
        batch.class_number[i] = (uint8_t)choice(s, classes);
    }
    fail_msg("a batch of %d requests is too small", BATCH_MOST);
}

static void same(const struct neap_pool *a, const struct neap_pool *b)
{
    struct neap_pool_totals x = neap_pool_totals(a), y = neap_pool_totals(b);
    assert_int_equal(x.offered, y.offered);
    assert_int_equal(x.served, y.served);
    assert_int_equal(x.latency_ns, y.latency_ns);
    assert_int_equal(x.retries, y.retries);
    assert_int_equal(x.present, y.present);
    assert_int_equal(x.waiting, y.waiting);
    assert_memory_equal(x.failed, y.failed, sizeof x.failed);
    /* in another order of adding, perhaps */
    assert_true(fabs(x.cpu_ns - y.cpu_ns) <= 1e-12 * x.cpu_ns);
    assert_true(fabs(x.cpu_draining_ns - y.cpu_draining_ns) <= 1e-12 * x.cpu_draining_ns);
}

/* What is present only adds up, and is the same however it came. */
static void integrates(const struct neap_pool *a, const struct neap_pool *b,
                       struct neap_pool_presence *before)
{
    struct neap_pool_presence x = neap_pool_presence(a), y = neap_pool_presence(b);
    double least = -1e-9 * (1 + x.present_s);
    assert_true(fabs(x.present_s - y.present_s) <= -least);
    assert_true(fabs(x.waiting_s - y.waiting_s) <= -least);
    assert_true(x.present_s - before->present_s >= least);
    assert_true(x.waiting_s - before->waiting_s >= least);
    *before = x;
}

/* --- nothing is lost --------------------------------------------------------------------------------- */

static struct neap_pool_options any_options(struct source *s)
{
    static const int workers[] = {1, 2, 4, 16, 80};
    static const double cores[] = {0.5, 1, 1.5, 4, 20}, limit[] = {0, 1, 10, 2048, 1e9};
    struct neap_pool_options o = events_options(workers[choice(s, 5)], cores[choice(s, 5)]);
    o.balancer = (enum neap_balancer_type)choice(s, 5);
    o.queue_limit = limit[choice(s, 5)];
    o.waiting_most = choice(s, 3) == 0 ? 20 : 5000;
    o.holds = choice(s, 2);
    o.classes = 1 + choice(s, 2);
    o.versions = 1 + choice(s, 2);
    o.burst_cores = o.cores * (double)(1 + choice(s, 3));
    if (choice(s, 2))
        o.timeout_s = exponential(s, 0.1) + 1e-6;
    if (choice(s, 4) == 0)
        o.quota_period_s = 0.1;
    if (choice(s, 2))
        o.client.patience_s = exponential(s, 0.3) + 0.001;
    if (choice(s, 2)) {
        o.client.retries = (double)choice(s, 4);
        o.client.backoff_s = exponential(s, 0.3) + 0.001;
    }
    if (choice(s, 2)) {
        o.warmup_s = 2;
        o.warmup_slowdown_share = 0.5;
    }
    return o;
}

/* The row of both pools changes in the same way. */
struct pair {
    struct neap_pool *a, *b;
    size_t ready;
};

static void change(struct pair *pair, struct source *s, const struct neap_pool_options *o,
                   int64_t now_ns, int64_t step_ns)
{
    if (pair->ready < 8 && choice(s, 2) == 0) {
        size_t position = choice(s, pair->ready + 1), version = choice(s, o->versions);
        neap_pool_join(pair->a, position, 2, version, now_ns);
        neap_pool_join(pair->b, position, 2, version, now_ns);
        pair->ready += 2;
    } else if (pair->ready > 0 && choice(s, 2) == 0) {
        size_t position = choice(s, pair->ready);
        int64_t cut_ns = now_ns + step_ns * (int64_t)choice(s, 3);
        neap_pool_leave(pair->a, position, 1, cut_ns);
        neap_pool_leave(pair->b, position, 1, cut_ns);
        pair->ready--;
    }
}

/* The second pool is told of requests in parts. */
static void play(struct pair *pair, struct source *s, int64_t to_ns)
{
    neap_pool_begin(pair->a, to_ns);
    neap_pool_begin(pair->b, to_ns);
    add_part(pair->a, &batch, 0, batch.count);
    for (size_t i = 0, count; i < batch.count; i += count) {
        count = 1 + choice(s, batch.count - i);
        add_part(pair->b, &batch, i, count);
    }
    neap_pool_end(pair->a);
    neap_pool_end(pair->b);
}

static void run_any(uint64_t number)
{
    struct source s = {.now_ns = 0};
    neap_stream_init(&s.stream, 11, 0, number);
    struct neap_pool_options o = any_options(&s);
    struct pair pair = {events_pool(&o, 0), events_pool(&o, 0), 0};
    struct neap_pool_presence presence = {0, 0};
    double each = 0.05e9 / fmin(o.workers, o.cores);
    for (int64_t i = 0; i < 40; i++) {
        int64_t to_ns = (i + 1) * SECOND / 2;
        change(&pair, &s, &o, to_ns - SECOND / 2, SECOND / 2);
        fill(&s, to_ns, each / (2 + exponential(&s, 4)), 0.05e9, 0.03e9, o.classes);
        play(&pair, &s, to_ns);
        struct neap_pool_totals t = neap_pool_totals(pair.a);
        conserved(&t);
        same(pair.a, pair.b);
        integrates(pair.a, pair.b, &presence);
    }
    double used_ns = 0;
    for (size_t c = 0; c < o.classes; c++)
        used_ns += neap_pool_class(pair.a, c).cpu_ns;
    struct neap_pool_totals t = neap_pool_totals(pair.a);
    assert_true(fabs(used_ns - t.cpu_ns - t.cpu_draining_ns) <= 1e-9 * used_ns);
    neap_pool_free(pair.a);
    neap_pool_free(pair.b);
}

static void test_nothing_is_lost_and_parts_do_not_matter(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < 400; number++)
        run_any(number);
}

/* --- Little's law ------------------------------------------------------------------------------------ */

/* Stretches of a nanosecond: one more than the number present at all their ends is a request's time,
 * and so the sums agree exactly. A single stretch gives the same answers. */
static void run_little(enum neap_balancer_type balancer, uint64_t number)
{
    enum { END = 20000 };
    static struct batch all;
    struct source s = {.now_ns = 0};
    struct neap_pool_options o = events_options(2, 1); /* halves are exact */
    o.balancer = balancer;
    struct neap_pool *whole = events_pool(&o, 3), *parts = events_pool(&o, 3);
    neap_stream_init(&s.stream, 12, 0, number);
    fill(&s, END - 5000, 12, 20, 15, 1);
    all = batch;
    stretch(whole, &batch, END);
    int64_t present = 0;
    size_t first = 0, last = 0;
    for (int64_t now_ns = 0; now_ns < END; now_ns++) {
        while (last < all.count && all.arrival_ns[last] == now_ns)
            last++;
        neap_pool_begin(parts, now_ns + 1);
        add_part(parts, &all, first, last - first);
        neap_pool_end(parts);
        first = last;
        present += neap_pool_totals(parts).present;
    }
    struct neap_pool_totals t = neap_pool_totals(parts);
    assert_int_equal(t.served, all.count);
    assert_int_equal(t.latency_ns, present + t.served);
    if (balancer != NEAP_BALANCER_CENTRAL) /* of two workers free at once either one may do */
        same(whole, parts);
    neap_pool_free(whole);
    neap_pool_free(parts);
}

static void test_littles_law_is_exact(void **state)
{
    (void)state;
    for (int balancer = NEAP_BALANCER_RANDOM; balancer <= NEAP_BALANCER_CENTRAL; balancer++)
        for (uint64_t number = 0; number < 3; number++)
            run_little((enum neap_balancer_type)balancer, number);
}

/* --- whichever way --------------------------------------------------------------------------------------- */

/* The same traffic for two pools whose options differ in what cannot matter. */
static void run_both(const struct neap_pool_options *a, const struct neap_pool_options *b,
                     uint64_t number)
{
    struct source s = {.now_ns = 0};
    struct pair pair = {events_pool(a, 5), events_pool(b, 5), 5};
    neap_stream_init(&s.stream, 13, 0, number);
    double each = 0.05e9 / fmin(a->workers, a->cores);
    for (int64_t to_ns = SECOND; to_ns <= 20 * SECOND; to_ns += SECOND) {
        fill(&s, to_ns, each / 3.5, 0.05e9, 0.03e9, 1);
        play(&pair, &s, to_ns);
        same(pair.a, pair.b);
    }
    neap_pool_free(pair.a);
    neap_pool_free(pair.b);
}

/* Clients with endless patience make the kernel follow all containers in one order. */
static void test_one_order_or_each_by_itself(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < 60; number++) {
        struct neap_pool_options o =
            events_options(1 + (int)(number % 5), 1 + (double)(number % 3));
        o.balancer = number % 2   ? NEAP_BALANCER_RANDOM
                     : number % 4 ? NEAP_BALANCER_TWO_CHOICES
                                  : NEAP_BALANCER_ROUND_ROBIN;
        o.timeout_s = number % 3 ? 0.2 : (double)NAN;
        o.queue_limit = number % 7 ? 2048 : 3;
        struct neap_pool_options patient = o;
        patient.client.patience_s = 86400;
        run_both(&o, &patient, number);
    }
}

static void test_a_quota_that_is_never_used_up(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < 20; number++) {
        struct neap_pool_options o = events_options(3, 1);
        o.balancer = (enum neap_balancer_type)(number % 5);
        struct neap_pool_options quota = o;
        quota.quota_period_s = 1;
        quota.cores = 3; /* of which one can be in use */
        quota.burst_cores = 1;
        o.cores = 1;
        run_both(&o, &quota, number);
    }
}

static void test_heaps_or_sorted_arrays(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < 20; number++) {
        struct neap_pool_options o = events_options(64, 1), more = events_options(65, 1);
        run_both(&o, &more, number); /* never that many are there at once */
    }
}

/* --- means ----------------------------------------------------------------------------------------------- */

/* Mean number present at ends of stretches of 5 s against that of M/M/c, or M/G/1: with processor
 * sharing the law of the demand does not matter. */
static void check_mean(enum neap_balancer_type balancer, size_t containers, double cores,
                       bool fixed_demand)
{
    enum { STRETCHES = 4000 };
    struct neap_pool_options o = events_options(200, cores);
    struct source s = {.now_ns = 0};
    o.balancer = balancer;
    struct neap_pool *pool = events_pool(&o, containers);
    neap_stream_init(&s.stream, 14, 0, (uint64_t)containers + (uint64_t)cores);
    double sum = 0, sum_of_squares = 0, load = 0.7 * cores, wait_s = 0.02;
    double rate = load * (double)containers / 0.08;
    for (int i = 0; i < STRETCHES; i++) {
        int64_t before_ns = neap_pool_totals(pool).latency_ns;
        fill(&s, (i + 1) * 5 * SECOND, 1e9 / rate, 0.08e9, wait_s * 1e9, 1);
        for (size_t k = 0; k < batch.count && fixed_demand; k++)
            batch.cpu_ns[0][k] = 80000000;
        stretch(pool, &batch, (i + 1) * 5 * SECOND);
        double mean = (double)(neap_pool_totals(pool).latency_ns - before_ns) / 5e9;
        sum += mean;
        sum_of_squares += mean * mean;
    }
    double wait = neap_erlang_c(cores, load) * 0.08 / (cores - load);
    double want = rate * (0.08 + wait + wait_s), mean = sum / STRETCHES;
    double variance = sum_of_squares / STRETCHES - mean * mean;
    double z = (mean - want) / sqrt(variance / STRETCHES * 1.2); /* neighbours are alike a little */
    if (fabs(z) > 4.5)
        fail_msg("balancer %d, %g cores: %g present, expected %g (z %g)", (int)balancer, cores,
                 mean, want, z);
    neap_pool_free(pool);
}

static void test_means_of_processor_sharing(void **state)
{
    (void)state;
    check_mean(NEAP_BALANCER_RANDOM, 5, 1, false);
    check_mean(NEAP_BALANCER_RANDOM, 5, 1, true);
    check_mean(NEAP_BALANCER_RANDOM, 4, 3, false);
    check_mean(NEAP_BALANCER_CENTRAL, 1, 2, false);
    check_mean(NEAP_BALANCER_LEAST_OUTSTANDING, 1, 4, false);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_lost_and_parts_do_not_matter),
        cmocka_unit_test(test_littles_law_is_exact),
        cmocka_unit_test(test_one_order_or_each_by_itself),
        cmocka_unit_test(test_a_quota_that_is_never_used_up),
        cmocka_unit_test(test_heaps_or_sorted_arrays),
        cmocka_unit_test(test_means_of_processor_sharing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

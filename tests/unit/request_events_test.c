/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernel of room request that follows every event, request by request: each rule of the
 * interface on a trace whose times are worked out by hand, in ns. */
#include "request_fixture.h"

static struct batch batch;

/* Answers by then and the sum of their latencies. */
static void expect(struct neap_pool *pool, int64_t to_ns, int64_t served, int64_t latency_ns)
{
    stretch(pool, &batch, to_ns);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.served, served);
    assert_int_equal(t.latency_ns, latency_ns);
    conserved(&t);
}

static void expect_failed(const struct neap_pool *pool, enum neap_failure cause, int64_t count)
{
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.failed[cause], count);
    assert_int_equal(failures(&t), count);
}

/* --- processor sharing ----------------------------------------------------------------------------- */

/* A has 50 of 100 when B comes with 30, which takes 60 at half speed; A's last 20 are alone. */
static void test_two_share_a_core(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 100, 0);
    put(&batch, 50, 30, 0);
    expect(pool, 109, 0, 0);
    expect(pool, 110, 1, 60);
    expect(pool, 129, 1, 60);
    expect(pool, 1000, 2, 60 + 130);
    assert_true(neap_pool_totals(pool).cpu_ns == 130);
    neap_pool_free(pool);
}

/* 10, 20 and 30 at a third, a half and full speed: 30, 30 + 20, 50 + 10. */
static void test_three_share_a_core(void **state)
{
    struct neap_pool_options o = events_options(3, 1);
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 10, 0);
    put(&batch, 0, 30, 0);
    put(&batch, 0, 20, 0);
    expect(pool, 30, 1, 30);
    expect(pool, 50, 2, 80);
    expect(pool, 1000, 3, 140);
    neap_pool_free(pool);
}

static void test_cores_may_be_fractions(void **state)
{
    struct neap_pool_options o = events_options(2, 1.5);
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 30, 0); /* at 3/4 until 40 */
    put(&batch, 0, 60, 0); /* and then the other 30 alone */
    expect(pool, 40, 1, 40);
    assert_true(neap_pool_totals(pool).cpu_ns == 60);
    expect(pool, 1000, 2, 110);
    neap_pool_free(pool);

    o = events_options(1, 0.5); /* a single worker, half a core: twice the time */
    pool = events_pool(&o, 1);
    put(&batch, 0, 30, 5);
    put(&batch, 10, 10, 0);
    expect(pool, 65, 1, 65);
    expect(pool, 1000, 2, 65 + 75);
    assert_true(neap_pool_totals(pool).cpu_ns == 40);
    neap_pool_free(pool);
}

static void test_each_runs_on_one_core_at_most(void **state)
{
    struct neap_pool_options o = events_options(3, 2);
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 20, 0); /* three at 2/3 */
    put(&batch, 0, 20, 0);
    put(&batch, 0, 40, 0); /* the last 20 at full speed */
    expect(pool, 1000, 3, 30 + 30 + 50);
    put(&batch, 1000, 10, 0);
    put(&batch, 1000, 10, 0);
    expect(pool, 2000, 5, 110 + 20);
    neap_pool_free(pool);
}

static void test_many_workers_are_kept_in_heaps(void **state)
{
    struct neap_pool_options o = events_options(100, 1);
    struct neap_pool *pool = events_pool(&o, 1);
    int64_t sum_ns = 0, end_ns = 0;
    (void)state;
    for (int i = 0; i < 100; i++)
        put(&batch, 0, 1 + (i * 37) % 100, 1000); /* 1 .. 100 */
    for (int i = 1; i <= 100; i++) {              /* the i-th takes 1 more, with 101 - i there */
        end_ns += 101 - i;
        sum_ns += end_ns + 1000;
    }
    expect(pool, 7000, 100, sum_ns);
    neap_pool_free(pool);
}

/* --- workers and queues ---------------------------------------------------------------------------- */

static void test_the_wait_holds_the_worker_and_not_the_core(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 10, 100); /* on CPU until 10, there until 110 */
    put(&batch, 20, 10, 90); /* alone on CPU until 30, there until 120 */
    put(&batch, 40, 10, 0);  /* begins at 110 */
    expect(pool, 100, 0, 0);
    assert_int_equal(neap_pool_totals(pool).waiting, 1);
    expect(pool, 1000, 3, 110 + 100 + 80);
    neap_pool_free(pool);
}

static void test_a_full_queue_refuses(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    o.queue_limit = 1;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 50, 0);   /* 0 .. 100 */
    put(&batch, 0, 50, 0);   /* 0 .. 100 */
    put(&batch, 10, 10, 0);  /* from 100 on */
    put(&batch, 20, 10, 0);  /* refused */
    put(&batch, 100, 10, 0); /* the place has just become free, and a worker too */
    expect(pool, 1000, 4, 100 + 100 + 110 + 20);
    expect_failed(pool, NEAP_FAILED_QUEUE_FULL, 1);
    neap_pool_free(pool);

    pool = events_pool(&o, 0);
    put(&batch, 0, 50, 0);
    expect(pool, 1000, 0, 0);
    expect_failed(pool, NEAP_FAILED_QUEUE_FULL, 1);
    neap_pool_free(pool);
}

/* A worker that becomes free at the very end of the time does serve. */
static void test_timeouts_are_exact(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    o.timeout_s = 100e-9;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 50, 10); /* on CPU until 100, there until 110 */
    put(&batch, 0, 50, 50); /* until 150 */
    put(&batch, 10, 20, 0); /* from 110 on, until 130 */
    put(&batch, 20, 20, 0); /* gone at 120 */
    put(&batch, 31, 20, 0); /* from 130 on */
    expect(pool, 120, 1, 110);
    expect_failed(pool, NEAP_FAILED_TIMEOUT, 1);
    expect(pool, 1000, 4, 110 + 150 + 120 + 119);
    expect_failed(pool, NEAP_FAILED_TIMEOUT, 1);
    neap_pool_free(pool);
}

/* At the edge of a stretch one of two takes the worker, and the other one's time is over. */
static void check_timeout_at_an_edge(enum neap_balancer_type balancer)
{
    struct neap_pool_options o = events_options(2, 1);
    o.timeout_s = 100e-9;
    o.balancer = balancer;
    struct neap_pool *pool = events_pool(&o, 1);
    put(&batch, 0, 50, 0);
    put(&batch, 0, 50, 50);
    put(&batch, 0, 20, 0);
    put(&batch, 0, 20, 0);
    put(&batch, 1, 20, 0); /* its time ends with the next stretch */
    expect(pool, 100, 1, 100);
    expect_failed(pool, NEAP_FAILED_TIMEOUT, 1);
    assert_int_equal(neap_pool_totals(pool).waiting, 2);
    expect(pool, 101, 1, 100);
    expect_failed(pool, NEAP_FAILED_TIMEOUT, 2);
    expect(pool, 1000, 3, 100 + 120 + 150);
    neap_pool_free(pool);
}

static void test_a_timeout_at_the_edge_of_a_stretch(void **state)
{
    (void)state;
    check_timeout_at_an_edge(NEAP_BALANCER_RANDOM);
    check_timeout_at_an_edge(NEAP_BALANCER_LEAST_OUTSTANDING);
    check_timeout_at_an_edge(NEAP_BALANCER_CENTRAL);
}

/* Records of waiting requests are one stock. */
static void test_no_record_left_is_a_full_queue(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    o.waiting_most = 2;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    for (int i = 0; i < 10; i++)
        put(&batch, 0, 10, 0);
    stretch(pool, &batch, 1000);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_true(t.served >= 4 && t.served <= 5);
    conserved(&t);
    neap_pool_free(pool);
}

/* --- balancers -------------------------------------------------------------------------------------- */

static void test_the_fewest_requests_are_found(void **state)
{
    static const enum neap_balancer_type balancers[] = {NEAP_BALANCER_LEAST_OUTSTANDING,
                                                        NEAP_BALANCER_CENTRAL};
    (void)state;
    for (int b = 0; b < 2; b++) {
        struct neap_pool_options o = events_options(3, 1);
        o.balancer = balancers[b];
        struct neap_pool *pool = events_pool(&o, 3);
        for (int i = 0; i < 3; i++)
            put(&batch, 0, 100, 0); /* one each */
        for (int i = 0; i < 3; i++)
            put(&batch, 20, 40, 0); /* one more each: until 100, and the first ones until 140 */
        put(&batch, 120, 1000, 0);  /* one container has two until 160 */
        put(&batch, 130, 10, 0);    /* and this one goes elsewhere: shared until 150 */
        expect(pool, 150, 6, 3 * 80 + 140 + 150 + 20);
        neap_pool_free(pool);
    }
}

static void test_round_robin_takes_turns(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    o.balancer = NEAP_BALANCER_ROUND_ROBIN;
    struct neap_pool *pool = events_pool(&o, 2);
    (void)state;
    put(&batch, 0, 100, 0); /* shared with the third from 20 on */
    put(&batch, 10, 100, 0);
    put(&batch, 20, 10, 0);
    expect(pool, 1000, 3, 110 + 100 + 20);
    neap_pool_free(pool);
}

/* The second choice differs from the first one, so that two simultaneous requests never meet. */
static void test_two_choices_take_the_better(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    o.balancer = NEAP_BALANCER_TWO_CHOICES;
    struct neap_pool *pool = events_pool(&o, 2);
    (void)state;
    for (int i = 0; i < 100; i++) {
        put(&batch, 1000 * i, 100, 0);
        put(&batch, 1000 * i, 100, 0);
    }
    expect(pool, 100000, 200, 200 * 100);
    neap_pool_free(pool);
}

/* Where each goes shows in its wait, which depends on the container's version. */
static void test_ties_are_broken_evenly(void **state)
{
    enum { REQUESTS = 4000 };
    struct neap_pool_options o = events_options(2, 1);
    o.balancer = NEAP_BALANCER_LEAST_OUTSTANDING;
    o.versions = 2;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    neap_pool_join(pool, 1, 1, 1, 0);
    for (int i = 0; i < REQUESTS; i++) {
        put(&batch, 1000 * i, 10, 0);
        batch.wait_ns[1][i] = 1;
    }
    stretch(pool, &batch, 1000 * REQUESTS);
    int64_t second = neap_pool_totals(pool).latency_ns - 10 * REQUESTS;
    assert_true(llabs(second - REQUESTS / 2) < 100);
    neap_pool_free(pool);
}

/* With many slots the order of containers reaches ten hours ahead and has to be built anew. */
static void test_long_stretches(void **state)
{
    static const int64_t HOUR = INT64_C(3600000000000);
    struct neap_pool_options o = events_options(2, 1);
    o.balancer = NEAP_BALANCER_LEAST_OUTSTANDING;
    o.containers_most = 70000;
    struct neap_pool *pool = events_pool(&o, 3);
    (void)state;
    put(&batch, HOUR / 2, 60 * HOUR, 30 * HOUR); /* alone where it is */
    for (int i = 1; i <= 48; i++)
        put(&batch, i * HOUR, 1000, 500);
    expect(pool, 90 * HOUR, 48, 48 * 1500);
    expect(pool, 91 * HOUR, 49, 48 * 1500 + 90 * HOUR);
    neap_pool_free(pool);
}

/* --- clients ---------------------------------------------------------------------------------------- */

/* The server goes on with what nobody waits for. */
static void test_impatient_clients_leave_their_work_behind(void **state)
{
    struct neap_pool_options o = events_options(1, 1);
    o.client.patience_s = 50e-9;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 100, 0); /* given up at 50, on CPU until 100 */
    put(&batch, 10, 20, 0); /* given up at 60, on CPU 100 .. 120 */
    expect(pool, 70, 0, 0);
    expect_failed(pool, NEAP_FAILED_ABANDONED, 2);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.present, 0);
    assert_int_equal(t.waiting, 0);
    put(&batch, 80, 10, 0);  /* 120 .. 130, just in time */
    put(&batch, 100, 10, 0); /* 130 .. 140 */
    expect(pool, 1000, 2, 50 + 40);
    expect_failed(pool, NEAP_FAILED_ABANDONED, 2);
    assert_true(neap_pool_totals(pool).cpu_ns == 140);
    neap_pool_free(pool);
}

/* Ends of stretches until which there were no further attempts: when they went out. */
static int64_t when_sent(struct neap_pool *pool, int64_t now_ns, int64_t retries)
{
    while (neap_pool_totals(pool).retries < retries)
        stretch(pool, &batch, ++now_ns);
    return now_ns - 1;
}

/* Pauses of 0.5 .. 1.5 and 1 .. 3 backoffs; one failure of one request. */
static void test_failed_attempts_are_repeated(void **state)
{
    struct neap_pool_options o = events_options(1, 1);
    o.client.retries = 2;
    o.client.backoff_s = 1000e-9;
    struct neap_pool *pool = events_pool(&o, 0);
    double sum = 0;
    (void)state;
    for (int i = 0; i < 20; i++) {
        neap_pool_reset(pool, 0);
        put(&batch, 100, 30, 0);
        batch.pick[0] = (uint32_t)i * 12345678u;
        stretch(pool, &batch, 101);
        assert_int_equal(neap_pool_totals(pool).present, 1);
        assert_int_equal(neap_pool_totals(pool).waiting, 0);
        int64_t first_ns = when_sent(pool, 101, 1), second_ns = when_sent(pool, first_ns + 1, 2);
        assert_in_range(first_ns - 100, 500, 1500);
        assert_in_range(second_ns - first_ns, 1000, 3000);
        expect_failed(pool, NEAP_FAILED_QUEUE_FULL, 1);
        assert_int_equal(neap_pool_totals(pool).offered, 1);
        assert_int_equal(neap_pool_totals(pool).present, 0);
        sum += (double)(first_ns - 100) + (double)(second_ns - first_ns);
    }
    assert_true(fabs(sum / 20 - 3000) < 600);
    neap_pool_free(pool);
}

static void test_latency_counts_from_the_first_attempt(void **state)
{
    struct neap_pool_options o = events_options(1, 1);
    o.client.retries = 1;
    o.client.backoff_s = 1000e-9;
    struct neap_pool *pool = events_pool(&o, 0);
    (void)state;
    put(&batch, 100, 30, 5);
    stretch(pool, &batch, 200);
    neap_pool_join(pool, 0, 1, 0, 200);
    int64_t sent_ns = when_sent(pool, 200, 1);
    expect(pool, sent_ns + 34, 0, 0);
    expect(pool, sent_ns + 35, 1, sent_ns - 100 + 35);
    expect_failed(pool, NEAP_FAILED_QUEUE_FULL, 0);
    neap_pool_free(pool);
}

/* An attempt that was given up goes on beside the next one, which comes after it. */
static void test_an_impatient_client_tries_again(void **state)
{
    struct neap_pool_options o = events_options(1, 1);
    o.client.patience_s = 1000e-9;
    o.client.retries = 1;
    o.client.backoff_s = 100e-9;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 1500, 0); /* given up at 1000; again at 1050 .. 1150; from 1500 on CPU again */
    stretch(pool, &batch, 1040);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.present, 1);
    assert_int_equal(t.waiting, 0);
    int64_t sent_ns = when_sent(pool, 1040, 1);
    assert_in_range(sent_ns, 1050, 1150);
    assert_int_equal(neap_pool_totals(pool).waiting, 1);
    expect(pool, sent_ns + 999, 0, 0);
    expect_failed(pool, NEAP_FAILED_ABANDONED, 0);
    expect(pool, sent_ns + 1000, 0, 0);
    expect_failed(pool, NEAP_FAILED_ABANDONED, 1);
    expect(pool, 10000, 0, 0);
    assert_true(neap_pool_totals(pool).cpu_ns == 3000);
    neap_pool_free(pool);
}

/* --- quotas ----------------------------------------------------------------------------------------- */

/* 100 ns of CPU every 100 ns, two cores at once. */
static void test_a_quota_stalls_until_the_period_ends(void **state)
{
    struct neap_pool_options o = events_options(4, 1);
    o.burst_cores = 2;
    o.quota_period_s = 100e-9;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 120, 0); /* 0 .. 50, 100 .. 150, 200 .. 220 */
    put(&batch, 0, 120, 7);
    expect(pool, 70, 0, 0);
    assert_true(neap_pool_totals(pool).cpu_ns == 100);
    expect(pool, 120, 0, 0);
    assert_true(neap_pool_totals(pool).cpu_ns == 140);
    expect(pool, 900, 2, 220 + 227);
    put(&batch, 1000, 150, 0); /* alone: never more than its share */
    expect(pool, 1900, 3, 447 + 150);
    for (int i = 0; i < 4; i++)
        put(&batch, 2000, 25, 0); /* four at half speed: done when the quota is */
    expect(pool, 2900, 7, 597 + 4 * 50);
    put(&batch, 3090, 30, 0);  /* periods follow from the container's start: 3100 is one's end */
    put(&batch, 3090, 120, 0); /* 10 each; 20 more each until 3120 with 40 used; 60 alone */
    expect(pool, 3179, 8, 797 + 30);
    assert_true(neap_pool_totals(pool).cpu_ns == 240 + 150 + 100 + 60 + 59);
    expect(pool, 3900, 9, 827 + 140); /* stalled 3180 .. 3200 */
    neap_pool_free(pool);
}

static void test_periods_begin_with_the_container(void **state)
{
    struct neap_pool_options o = events_options(2, 0.5);
    o.burst_cores = 1;
    o.quota_period_s = 100e-9;
    struct neap_pool *pool = events_pool(&o, 0);
    (void)state;
    neap_pool_join(pool, 0, 1, 0, -70); /* periods end at 30, 130, 230 ... */
    put(&batch, 10, 100, 0);            /* 20 until 30; 50 until 80; 30 from 130 on */
    expect(pool, 1000, 1, 150);
    neap_pool_free(pool);
}

/* --- coming and going -------------------------------------------------------------------------------- */

static void test_draining_containers_finish_until_they_are_cut(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 100, 0);
    put(&batch, 0, 70, 0);  /* until 140 */
    put(&batch, 10, 50, 0); /* in the queue until 140 */
    expect(pool, 100, 0, 0);
    neap_pool_leave(pool, 0, 1, 180);
    put(&batch, 120, 10, 0); /* nobody takes it */
    expect(pool, 160, 1, 140);
    expect_failed(pool, NEAP_FAILED_QUEUE_FULL, 1);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.present, 2);
    assert_true(t.cpu_ns == 100 && t.cpu_draining_ns == 60);
    expect(pool, 180, 1, 140);
    t = neap_pool_totals(pool);
    assert_int_equal(t.present, 0);
    assert_int_equal(t.failed[NEAP_FAILED_CUT], 2);
    assert_true(t.cpu_ns == 100 && t.cpu_draining_ns == 80);
    neap_pool_free(pool);
}

static void test_what_is_cut_is_tried_again_elsewhere(void **state)
{
    struct neap_pool_options o = events_options(1, 1);
    o.client.retries = 3;
    o.client.backoff_s = 10e-9;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    put(&batch, 0, 100, 0);
    put(&batch, 0, 100, 0);
    expect(pool, 50, 0, 0);
    neap_pool_join(pool, 1, 1, 0, 50);
    neap_pool_leave(pool, 0, 1, 50);
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.present, 2);
    assert_int_equal(t.waiting, 0);
    conserved(&t);
    stretch(pool, &batch, 300);
    t = neap_pool_totals(pool);
    assert_int_equal(t.served, 2);
    assert_int_equal(t.retries, 2);
    assert_in_range(t.latency_ns, 155 + 255, 165 + 265);
    neap_pool_free(pool);
}

/* The common queue stays when containers go, and new ones take from it. */
static void test_a_common_queue_stays(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    o.balancer = NEAP_BALANCER_CENTRAL;
    o.queue_limit = 3;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    for (int i = 0; i < 6; i++)
        put(&batch, 0, 100, 0); /* two at work, three wait, one is refused */
    expect(pool, 50, 0, 0);
    expect_failed(pool, NEAP_FAILED_QUEUE_FULL, 1);
    neap_pool_join(pool, 0, 1, 0, 50);
    neap_pool_leave(pool, 1, 1, 1000);
    expect(pool, 100, 0, 0);
    assert_int_equal(neap_pool_totals(pool).waiting, 1);
    expect(pool, 250, 4, 2 * 200 + 2 * 250);
    expect(pool, 900, 5, 900 + 350);
    assert_true(neap_pool_totals(pool).cpu_draining_ns == 150);
    neap_pool_free(pool);
}

/* 1 + share x exp(-3 age / warm-up) as much CPU. */
static void test_cold_containers_need_more(void **state)
{
    struct neap_pool_options o = events_options(2, 1);
    o.warmup_s = 3;
    o.warmup_slowdown_share = 0.5;
    struct neap_pool *pool = events_pool(&o, 1);
    (void)state;
    int64_t cold_ns = (int64_t)(1e6 * (1 + 0.5 * exp(-1)) + 0.5);
    put(&batch, 1000000000, 1000000, 500);
    put(&batch, 1000000000, 1000000, 0);
    expect(pool, 2000000000, 2, 4 * cold_ns + 500);
    put(&batch, 13000000000, 1000000, 0);
    expect(pool, 14000000000, 3, 4 * cold_ns + 500 + 1000000);
    neap_pool_free(pool);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_share_a_core),
        cmocka_unit_test(test_three_share_a_core),
        cmocka_unit_test(test_cores_may_be_fractions),
        cmocka_unit_test(test_each_runs_on_one_core_at_most),
        cmocka_unit_test(test_many_workers_are_kept_in_heaps),
        cmocka_unit_test(test_the_wait_holds_the_worker_and_not_the_core),
        cmocka_unit_test(test_a_full_queue_refuses),
        cmocka_unit_test(test_timeouts_are_exact),
        cmocka_unit_test(test_a_timeout_at_the_edge_of_a_stretch),
        cmocka_unit_test(test_no_record_left_is_a_full_queue),
        cmocka_unit_test(test_the_fewest_requests_are_found),
        cmocka_unit_test(test_round_robin_takes_turns),
        cmocka_unit_test(test_two_choices_take_the_better),
        cmocka_unit_test(test_ties_are_broken_evenly),
        cmocka_unit_test(test_long_stretches),
        cmocka_unit_test(test_impatient_clients_leave_their_work_behind),
        cmocka_unit_test(test_failed_attempts_are_repeated),
        cmocka_unit_test(test_latency_counts_from_the_first_attempt),
        cmocka_unit_test(test_an_impatient_client_tries_again),
        cmocka_unit_test(test_a_quota_stalls_until_the_period_ends),
        cmocka_unit_test(test_periods_begin_with_the_container),
        cmocka_unit_test(test_draining_containers_finish_until_they_are_cut),
        cmocka_unit_test(test_what_is_cut_is_tried_again_elsewhere),
        cmocka_unit_test(test_a_common_queue_stays),
        cmocka_unit_test(test_cold_containers_need_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernel of room request that follows every event against a plain simulation of one container,
 * written another way: what each request still needs, in fractions of a nanosecond, from one change
 * to the next. Events are rounded to nanoseconds on one side only, so that sums differ a little. */
#include "request_fixture.h"

enum { REQUESTS = 400 };
static const double NEVER = 1e300;
static struct batch batch;

enum stage { COMING, QUEUED, ON_CPU, IN_WAIT, GONE };

/* One request, and what becomes of it. */
struct fate {
    double arrival, cpu, until; /* until: the end of its wait */
    enum stage stage;
    bool given_up;
};

struct plain {
    const struct neap_pool_options *o;
    struct fate fate[REQUESTS];
    double now, used, period_end; /* CPU used in this period */
    bool stalled;
    int64_t served, failed[NEAP_FAILURES];
    double latency, cpu;
};

static int count(const struct plain *p, enum stage stage)
{
    int found = 0;
    for (int i = 0; i < REQUESTS; i++)
        found += p->fate[i].stage == stage;
    return found;
}

static double speed(const struct plain *p)
{
    int n = count(p, ON_CPU);
    double cores = isnan(p->o->quota_period_s) ? p->o->cores : p->o->burst_cores;
    return n == 0 || p->stalled ? 0 : fmin(1, cores / n);
}

static void start_queued(struct plain *p)
{
    for (int i = 0; i < REQUESTS; i++)
        if (p->fate[i].stage == QUEUED && count(p, ON_CPU) + count(p, IN_WAIT) < p->o->workers)
            p->fate[i].stage = ON_CPU;
}

/* When something happens to that request next. */
static double next_of(const struct plain *p, const struct fate *f, double rate)
{
    double next = NEVER, patience = f->arrival + p->o->client.patience_s * 1e9;
    if (f->stage == COMING)
        next = f->arrival;
    if (f->stage == QUEUED && !isnan(p->o->timeout_s))
        next = f->arrival + p->o->timeout_s * 1e9;
    if (f->stage == ON_CPU && rate > 0)
        next = p->now + f->cpu / rate;
    if (f->stage == IN_WAIT)
        next = f->until;
    bool may_give_up = f->stage != COMING && f->stage != GONE && !f->given_up;
    return may_give_up && !isnan(patience) ? fmin(next, patience) : next;
}

static void finish(struct plain *p, struct fate *f)
{
    f->stage = GONE;
    if (f->given_up)
        return;
    p->served++;
    p->latency += p->now - f->arrival;
}

static void happen(struct plain *p, struct fate *f, const struct batch *b, size_t i)
{
    if (f->stage != COMING && !f->given_up &&
        p->now >= f->arrival + p->o->client.patience_s * 1e9) {
        f->given_up = true;
        p->failed[NEAP_FAILED_ABANDONED]++;
    } else if (f->stage == COMING) {
        f->stage = QUEUED;
        start_queued(p);
        if (count(p, QUEUED) > p->o->queue_limit) {
            f->stage = GONE;
            p->failed[NEAP_FAILED_QUEUE_FULL]++;
        }
    } else if (f->stage == QUEUED) {
        f->stage = GONE;
        p->failed[NEAP_FAILED_TIMEOUT] += !f->given_up;
    } else if (f->stage == ON_CPU && b->wait_ns[0][i] > 0) {
        f->stage = IN_WAIT;
        f->until = p->now + (double)b->wait_ns[0][i];
    } else {
        finish(p, f);
    }
    start_queued(p);
}

/* Until the quota or the period ends. */
static double quota_end(const struct plain *p, double rate)
{
    double together = rate * count(p, ON_CPU), period = p->o->quota_period_s * 1e9;
    if (isnan(period))
        return NEVER;
    if (!(together > 0))
        return p->period_end;
    double end = p->now + (p->o->cores * period - p->used) / together;
    return end < p->period_end ? end : p->period_end;
}

static void simulate(struct plain *p, const struct batch *b)
{
    p->period_end = p->o->quota_period_s * 1e9;
    for (size_t i = 0; i < REQUESTS; i++)
        p->fate[i] =
            (struct fate){.arrival = (double)b->arrival_ns[i], .cpu = (double)b->cpu_ns[0][i]};
    while (count(p, GONE) < REQUESTS) {
        double rate = speed(p), quota = quota_end(p, rate), next = quota;
        size_t which = REQUESTS;
        for (size_t i = 0; i < REQUESTS; i++) {
            double at = next_of(p, &p->fate[i], rate);
            which = at < next ? i : which;
            next = fmin(at, next);
        }
        for (size_t i = 0; i < REQUESTS; i++)
            p->fate[i].cpu -= p->fate[i].stage == ON_CPU ? rate * (next - p->now) : 0;
        p->used += rate * count(p, ON_CPU) * (next - p->now);
        p->cpu += rate * count(p, ON_CPU) * (next - p->now);
        p->now = next;
        if (which < REQUESTS) {
            happen(p, &p->fate[which], b, which);
        } else {
            p->stalled = next < p->period_end;
            p->used = p->stalled ? p->used : 0;
            p->period_end += p->stalled ? 0 : p->o->quota_period_s * 1e9;
        }
    }
}

static void fill(uint64_t number, double gap_ns)
{
    struct neap_stream stream;
    double now = 0;
    neap_stream_init(&stream, 15, 0, number);
    for (uint64_t i = 0; i < REQUESTS; i++) {
        now += -log(neap_stream_uniform(&stream, 3 * i)) * gap_ns;
        double cpu = -log(neap_stream_uniform(&stream, 3 * i + 1)) * 50e6;
        double wait = -log(neap_stream_uniform(&stream, 3 * i + 2)) * 30e6;
        put(&batch, (int64_t)now, 1 + (int64_t)cpu, i % 4 == 0 ? 0 : (int64_t)wait);
    }
}

static void compare(const struct neap_pool_options *o, uint64_t number)
{
    static struct plain plain;
    struct neap_pool *pool = events_pool(o, 1);
    plain = (struct plain){.o = o};
    fill(number, 50e6 / fmin(o->cores, o->workers * 0.625) / (number % 2 ? 1.3 : 0.8));
    simulate(&plain, &batch);
    int64_t to_ns = 1;
    for (size_t first = 0, last = 0; first < REQUESTS; first = last) {
        to_ns += 20000000 * (1 + to_ns % 7); /* stretches of all lengths */
        while (last < REQUESTS && batch.arrival_ns[last] < to_ns)
            last++;
        neap_pool_begin(pool, to_ns);
        add_part(pool, &batch, first, last - first);
        neap_pool_end(pool);
    }
    batch.count = 0;
    stretch(pool, &batch, to_ns + INT64_C(1000000000000000));
    struct neap_pool_totals t = neap_pool_totals(pool);
    assert_int_equal(t.served, plain.served);
    assert_memory_equal(t.failed, plain.failed, sizeof t.failed);
    assert_int_equal(t.present, 0);
    assert_true(fabs((double)t.latency_ns - plain.latency) < 10.0 * REQUESTS);
    assert_true(fabs(t.cpu_ns - plain.cpu) < 10);
    neap_pool_free(pool);
}

static void test_a_plain_simulation_agrees(void **state)
{
    static const int workers[] = {1, 2, 3, 5, 8, 70};
    static const double cores[] = {1, 0.7, 1.5, 2, 4};
    (void)state;
    for (uint64_t number = 0; number < 60; number++) {
        struct neap_pool_options o = events_options(workers[number % 6], cores[number % 5]);
        o.queue_limit = number % 3 == 0 ? 4 : 2048;
        if (number % 4 == 1)
            o.timeout_s = 0.15;
        if (number % 7 > 4)
            o.client.patience_s = 0.3;
        if (number % 5 > 2) {
            o.quota_period_s = 0.1;
            o.burst_cores = o.cores * (number % 2 ? 1 : 2.5);
        }
        compare(&o, number);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_plain_simulation_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

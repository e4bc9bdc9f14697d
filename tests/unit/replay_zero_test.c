/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To zero and back: requests that find no container wait, where something holds them, and wake the
 * policy. Both engines. */
#include "replay_fixture.h"

#define SERVICE                                                                 \
    PROFILE("mean=100ms cv=1", "0s")                                            \
    "[container]\nvcpu = 1\nworkers = 1\nstartup = 10s\ndrain = 5s\ntimeout = " \
    "30s\n[metrics]\nnoise = "                                                  \
    "off\n"
#define BY_REQUEST "[run]\nengine = request\n"
#define CLOUD_RUN                                                                     \
    "[autoscaler]\ntype = cloud_run\nconcurrency = 1\nidle = 60s\ntarget_cpu = 80%\n" \
    "target_concurrency = 80%\nmax = 20\n"
#define KNATIVE "[autoscaler]\ntype = knative\nmax = 20\ncontainer_concurrency = 1\n"
#define HPA_ZERO                                                                               \
    "[autoscaler]\ntype = hpa\nmin = 0\nmax = 20\nscale_to_zero = yes\ntarget_in_flight = 1\n" \
    "in_flight_metric = external_average\n"

/* Ten minutes of 4/s, then an hour of nothing, and so on. */
static double now_and_then(size_t class, double minute)
{
    (void)class;
    return minute >= 60 && fmod(minute, 70) < 10 ? 4 : 0;
}

static struct run *run_of(const char *service, const char *policy)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s", service, policy);
    struct neap_recording *recording = record(now_and_then, 1, 280, 60);
    const struct setup setup = {.text = text, .recording = recording};
    struct run *run = replay(&setup);
    neap_recording_free(recording);
    return run;
}

static double failures(const struct run *run)
{
    const struct neap_replay_summary *s = &run->summary;
    return s->failed_queue_full + s->failed_timeout + s->failed_abandoned + s->failed_cut;
}

/* Nothing is there when nothing comes, and who comes first waits for a start, not for a tick too. */
static void wakes(const char *service, const char *policy)
{
    struct run *run = run_of(service, policy);
    const struct neap_replay_summary *s = &run->summary;
    assert_true(run->timeline[59].ready == 0);
    assert_true(run->timeline[59].wanted == 0);
    assert_true(failures(run) == 0);
    assert_true(run->timeline[70].ready > 0 && run->timeline[139].ready == 0);
    for (size_t k = 70; k < 280; k += 70) {
        const struct neap_timeline_interval *first = &run->timeline[k];
        /* ready after 10 s: of the minute some 50 s of at least one container */
        assert_true(first->ready >= 0.80);
        assert_true(first->starting > 0);
        assert_true(first->latency_s[2] > 5 && first->latency_s[2] < 16);
    }
    assert_near(s->served, 3 * 600 * 4, 0.002);
    assert_near(s->cpu_request_s, s->served * 0.1, 0.05);
    free(run);
}

static void cloud_run_wakes(void **unused)
{
    (void)unused;
    wakes(SERVICE, CLOUD_RUN);
}

static void cloud_run_wakes_by_request(void **unused)
{
    (void)unused;
    wakes(SERVICE BY_REQUEST, CLOUD_RUN);
}

static void knative_wakes(void **unused)
{
    (void)unused;
    wakes(SERVICE, KNATIVE);
}

static void knative_wakes_by_request(void **unused)
{
    (void)unused;
    wakes(SERVICE BY_REQUEST, KNATIVE);
}

/* It looks every 15 s, and what it sees is 15 s old: requests wait, but do not wake it. */
static void an_hpa_looks_when_it_looks(void **unused)
{
    (void)unused;
    static const char *const services[] = {SERVICE, SERVICE BY_REQUEST};
    for (int i = 0; i < 2; i++) {
        struct run *run = run_of(services[i], HPA_ZERO);
        assert_true(run->timeline[69].ready == 0);
        assert_true(run->timeline[70].ready > 0.1 && run->timeline[70].ready < 3);
        assert_true(run->timeline[70].latency_s[2] > 20);
        free(run);
    }
}

/* A rate is counted elsewhere: requests fail until a container is there. */
static void who_is_not_held_fails(void **unused)
{
    (void)unused;
    struct run *run =
        run_of(SERVICE, "[autoscaler]\ntype = keda\ntarget_rate = 5/s\nmax = 20\npolling = "
                        "10s\n");
    assert_true(run->summary.failed_queue_full > 3 * 4 * 9);
    free(run);
}

/* Who waits too long fails: a start takes longer than they wait. */
static void held_requests_time_out(void **unused)
{
    (void)unused;
    static const char slow[] =
        PROFILE("mean=100ms cv=1", "0s") "[container]\nvcpu = 1\nworkers = 1\nstartup = 40s\ndrain "
                                         "= 0s\ntimeout = 30s\n[metrics]\n"
                                         "noise = off\n";
    static const char *const engines[] = {"", BY_REQUEST};
    for (int i = 0; i < 2; i++) {
        char service[1024];
        snprintf(service, sizeof service, "%s%s", slow, engines[i]);
        struct run *run = run_of(service, CLOUD_RUN);
        assert_near(run->summary.failed_timeout, 3 * 4 * 10, 0.25);
        assert_true(run->summary.failed_queue_full == 0);
        free(run);
    }
}

static void as_many_wait_as_at_one_container(void **unused)
{
    (void)unused;
    static const char *const engines[] = {"", BY_REQUEST};
    for (int i = 0; i < 2; i++) {
        char service[1024];
        snprintf(service, sizeof service,
                 "%s[container]\nvcpu = 1\nworkers = 1\nstartup = 10s\ndrain = 0s\nqueue_limit = "
                 "25\n[metrics]\nnoise = off\n%s",
                 PROFILE("mean=100ms cv=1", "0s"), engines[i]);
        struct run *run = run_of(service, CLOUD_RUN);
        assert_near(run->summary.failed_queue_full, 3 * (4 * 10 - 25), 0.35);
        free(run);
    }
}

/* --- the pool --------------------------------------------------------------------------------------- */

enum { MS = 1000000 };

static void a_pool_that_holds(void **unused)
{
    (void)unused;
    for (int kernel = 0; kernel < 3; kernel++) {
        struct neap_pool_options options = {.workers = 1,
                                            .cores = 1,
                                            .burst_cores = 1,
                                            .quota_period_s = (double)NAN,
                                            .queue_limit = 3,
                                            .timeout_s = 0.2,
                                            .balancer = kernel == 1 ? NEAP_BALANCER_CENTRAL
                                                                    : NEAP_BALANCER_ROUND_ROBIN,
                                            .client = {.patience_s = (double)NAN},
                                            .containers_most = 4,
                                            .waiting_most = 100,
                                            .classes = 1,
                                            .versions = 1,
                                            .holds = true,
                                            .by_events = kernel == 2};
        struct neap_pool *pool = NULL;
        assert_int_equal(neap_pool_new(&pool, &options, NULL), NEAP_OK);
        const int64_t arrival_ns[] = {10 * MS, 100 * MS, 120 * MS, 130 * MS};
        const int64_t cpu_ns[] = {5 * MS, 5 * MS, 5 * MS, 5 * MS}, wait_ns[] = {0, 0, 0, 0};
        const uint32_t pick[] = {1, 2, 3, 4};
        const struct neap_needs needs = {cpu_ns, wait_ns};
        const struct neap_requests requests = {4, arrival_ns, pick, NULL, &needs};
        neap_pool_begin(pool, 150 * MS);
        neap_pool_add(pool, &requests);
        neap_pool_end(pool);
        struct neap_pool_totals t = neap_pool_totals(pool);
        assert_int_equal(t.waiting, 3);
        assert_int_equal(t.failed[NEAP_FAILED_QUEUE_FULL], 1);
        assert_near(neap_pool_presence(pool).waiting_s, 0.140 + 0.050 + 0.030, 1e-12);
        neap_pool_begin(pool, 250 * MS);
        neap_pool_end(pool); /* the first has waited 200 ms at 210 */
        t = neap_pool_totals(pool);
        assert_int_equal(t.failed[NEAP_FAILED_TIMEOUT], 1);
        assert_int_equal(t.waiting, 2);
        neap_pool_join(pool, 0, 1, 0, 250 * MS);
        neap_pool_begin(pool, 300 * MS);
        neap_pool_end(pool);
        t = neap_pool_totals(pool);
        assert_int_equal(t.served, 2); /* at 255 and 260 */
        assert_int_equal(t.latency_ns, 155 * MS + 140 * MS);
        assert_int_equal(t.present, 0);
        assert_near(neap_pool_presence(pool).present_s, 0.2 + 0.155 + 0.140, 1e-12);
        assert_near(neap_pool_presence(pool).waiting_s, 0.2 + 0.150 + 0.135, 1e-12);
        neap_pool_free(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cloud_run_wakes),
                                       cmocka_unit_test(cloud_run_wakes_by_request),
                                       cmocka_unit_test(knative_wakes),
                                       cmocka_unit_test(knative_wakes_by_request),
                                       cmocka_unit_test(an_hpa_looks_when_it_looks),
                                       cmocka_unit_test(who_is_not_held_fails),
                                       cmocka_unit_test(held_requests_time_out),
                                       cmocka_unit_test(as_many_wait_as_at_one_container),
                                       cmocka_unit_test(a_pool_that_holds)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

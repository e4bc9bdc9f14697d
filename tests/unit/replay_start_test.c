/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts: attempts that fail and are made again, and the CPU that they use: where it is counted, and
 * who is shown it. */
#include "replay_fixture.h"

#include "replay/start.h"

#define TWO                                                                             \
    "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=40ms cv=1\nwait = 20ms\n" \
    "[profile same]\nfrom = old\ncpu_speedup = 1\n[metrics]\nnoise = off\n"
#define FOLLOW    "[autoscaler]\ntype = hpa\ntarget_cpu = 50%\nmin = 2\nmax = 60\n"
#define CONTAINER "[container]\nworkers = 4\ndrain = 0s\n"
#define REQUEST   "[run]\nengine = request\n"

static const int64_t second = 1000000000;
static const struct neap_rollout_options surge_only = {.surge_share = 0.25};

static double forty(size_t class, double minute)
{
    (void)class;
    (void)minute;
    return 40;
}
static double rising(size_t class, double minute)
{
    (void)class;
    return 40 + 2 * minute;
}

static struct run *run_of(const char *text, class_rule rule, size_t minutes, int64_t deploy_s)
{
    struct neap_recording *recording = record(rule, 1, minutes, 60);
    struct run *run = replay(&(struct setup){
        .text = text, .recording = recording, .rollout = &surge_only, .deploy = {{deploy_s, 1}}});
    neap_recording_free(recording);
    return run;
}

/* --- one start ---------------------------------------------------------------------------------- */

struct given {
    struct neap_container_options container;
    struct neap_startup startup;
    struct neapi_start_rules rules;
};

static void give(struct given *given, double cpu_s, double time_s, double failures)
{
    neap_container_options_init(&given->container);
    given->container.startup_cpu_s = cpu_s;
    given->container.startup_cpu_time_s = time_s;
    given->container.startup_failures_share = failures;
    strcpy(given->container.schedule, "5s");
    strcpy(given->container.pull, "7s");
    strcpy(given->container.boot, "20s");
    assert_int_equal(neap_startup_init(&given->startup, &given->container, NULL, NULL), NEAP_OK);
    neapi_start_rules_init(&given->rules, &given->container, &given->startup, 1, 0);
}

static struct neapi_start start_of(const struct given *given, int64_t failures)
{
    static const double middle[NEAP_STARTUP_STAGES] = {0.5, 0.5, 0.5, 0.5};
    int64_t starting_ns;
    struct neapi_start start =
        neapi_start_draw(&given->rules, middle, 100 * second, failures, &starting_ns);
    assert_int_equal(starting_ns, 105 * second);
    assert_int_equal(start.pulled_ns, 112 * second);
    return start;
}

static void test_attempts_wait_twice_as_long_each_time(void **state)
{
    static const int64_t delay_s[] = {10, 20, 40, 80, 160, 300, 300, 300};
    struct given given;
    (void)state;
    give(&given, 0, (double)NAN, 0);
    int64_t ready_ns = 132 * second;
    for (int64_t failures = 0; failures < 8; failures++) {
        struct neapi_start start = start_of(&given, failures);
        assert_int_equal(neapi_start_ready_ns(&given.rules, &start), ready_ns);
        assert_int_equal(neapi_start_failures(&given.rules, &start, 0, INT64_MAX), failures);
        ready_ns += (20 + delay_s[failures]) * second;
    }
    struct neapi_start start = start_of(&given, 2);
    assert_int_equal(neapi_start_failures(&given.rules, &start, 0, 132 * second), 0);
    assert_int_equal(neapi_start_failures(&given.rules, &start, 0, 132 * second + 1), 1);
    assert_int_equal(neapi_start_failures(&given.rules, &start, 132 * second, 162 * second), 1);
    assert_int_equal(neapi_start_failures(&given.rules, &start, 162 * second, INT64_MAX), 1);
    neap_startup_clear(&given.startup);
}

static void test_a_burst_is_spread_over_its_time(void **state)
{
    struct given given;
    (void)state;
    give(&given, 10, (double)NAN, 0);
    struct neapi_start start = start_of(&given, 0);
    assert_near(neapi_start_cpu_s(&given.rules, &start, 0, INT64_MAX), 10, 0);
    assert_near(neapi_start_cpu_s(&given.rules, &start, 0, 112 * second), 0, 0);
    assert_near(neapi_start_cpu_s(&given.rules, &start, 113 * second, 115 * second), 1, 1e-12);
    assert_int_equal(neapi_start_quiet_ns(&given.rules, &start), 132 * second);
    neap_startup_clear(&given.startup);
    give(&given, 10, 80, 0);
    start = start_of(&given, 0);
    assert_near(neapi_start_cpu_s(&given.rules, &start, 132 * second, INT64_MAX), 7.5, 1e-12);
    assert_int_equal(neapi_start_quiet_ns(&given.rules, &start), 192 * second);
    neap_startup_clear(&given.startup);
}

static void test_a_burst_uses_the_cores_there_are(void **state)
{
    struct given given;
    (void)state;
    give(&given, 50, 10, 0);
    struct neapi_start start = start_of(&given, 0);
    assert_near(neapi_start_cpu_s(&given.rules, &start, 112 * second, 122 * second), 10, 1e-12);
    assert_int_equal(neapi_start_quiet_ns(&given.rules, &start), 162 * second);
    neap_startup_clear(&given.startup);
}

static void test_an_attempt_that_fails_stops_its_burst(void **state)
{
    struct given given;
    (void)state;
    give(&given, 40, 80, 0);
    struct neapi_start start = start_of(&given, 2);
    /* half a core: 20 s, 20 s, and the whole burst */
    assert_near(neapi_start_cpu_s(&given.rules, &start, 0, INT64_MAX), 10 + 10 + 40, 1e-12);
    assert_near(neapi_start_cpu_s(&given.rules, &start, 132 * second, 142 * second), 0, 0);
    neap_startup_clear(&given.startup);
}

static void test_a_share_of_starts_fails(void **state)
{
    struct given given;
    int64_t failures = 0, singly = 0;
    (void)state;
    give(&given, 0, (double)NAN, 0.3);
    for (uint64_t number = 0; number < 100000; number++) {
        int64_t of_it = 0;
        while (neapi_start_fails(&given.rules, number, of_it, 1) == 1)
            of_it++;
        singly += of_it > 0;
        failures += of_it;
    }
    assert_near((double)singly, 30000, 0.02);
    assert_near((double)failures, 0.3 / 0.7 * 100000, 0.02);
    int64_t many = neapi_start_fails(&given.rules, 7, 0, 1000);
    assert_true(many == 300 || many == 301);
    neap_startup_clear(&given.startup);
}

/* --- what is counted ---------------------------------------------------------------------------- */

static double timeline_cpu_s(const struct run *run)
{
    double sum = 0;
    for (size_t i = 0; i < run->intervals; i++)
        sum += 60 * run->timeline[i].cpu_cores;
    return sum;
}

static void test_cpu_of_starts_is_counted_exactly(void **state)
{
    static const char *const text[] = {
        TWO CONTAINER "startup = 30s\nstartup_cpu = 5s\n" FIXED("8"),
        TWO CONTAINER "startup = 30s\nstartup_cpu = 5s\nstartup_cpu_time = 120s\n" FIXED("8"),
        TWO CONTAINER "startup = 30s\nstartup_cpu = 90s\n" FIXED("8"),
        TWO CONTAINER "startup = 30s\nstartup_cpu = 5s\n" FIXED("8") REQUEST};
    static const double want_s[] = {40, 40, 720, 40};
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct run *run = run_of(text[i], forty, 90, 3600);
        const struct neap_replay_summary *s = &run->summary;
        assert_near(s->cpu_start_s, want_s[i], 1e-9);
        assert_near(timeline_cpu_s(run), s->cpu_request_s + s->cpu_idle_s + s->cpu_start_s, 1e-9);
        free(run);
    }
}

static void test_a_burst_that_is_cut_counts_in_part(void **state)
{
    /* all eight start within two minutes; the window ends one later */
    static const char *const text =
        TWO CONTAINER "startup = 0s\nstartup_cpu = 60s\nstartup_cpu_time = 600s\n" FIXED("8");
    (void)state;
    struct run *whole = run_of(text, forty, 90, 3600);
    struct run *cut = run_of(text, forty, 63, 3600);
    assert_near(whole->summary.cpu_start_s, 8 * 60, 1e-9);
    assert_near(cut->summary.cpu_start_s, 8 * 0.1 * 180, 1e-9);
    free(whole);
    free(cut);
}

static void test_a_draining_container_goes_on_with_its_burst(void **state)
{
    /* a second update comes before the first one's burst is over */
    static const char *const text =
        TWO "[container]\nworkers = 4\nstartup = 0s\nstartup_cpu = 60s\nstartup_cpu_time = 600s\n"
            "drain = 40s\n" FIXED("8");
    struct neap_recording *recording = record(forty, 1, 90, 60);
    (void)state;
    struct run *run = replay(&(struct setup){.text = text,
                                             .recording = recording,
                                             .rollout = &surge_only,
                                             .deploy = {{3600, 1}, {3720, 0}}});
    assert_near(run->summary.cpu_start_s, 8 * 0.1 * (120 + 40) + 8 * 60, 1e-9);
    neap_recording_free(recording);
    free(run);
}

/* --- who sees it -------------------------------------------------------------------------------- */

static int64_t peak_of(const char *text)
{
    struct run *run = run_of(text, forty, 120, 3600);
    int64_t peak = run->summary.peak_replicas;
    free(run);
    return peak;
}

#define JVM CONTAINER "startup = 10s\nstartup_cpu_time = 180s\nstartup_cpu = 170s\n"

static void test_a_burst_after_readiness_scales_out(void **state)
{
    (void)state;
    int64_t calm = peak_of(TWO CONTAINER "startup = 10s\n" FOLLOW);
    assert_true(calm < 10);
    assert_true(peak_of(TWO JVM FOLLOW) > 2 * calm);
    assert_true(peak_of(TWO JVM FOLLOW REQUEST) > 2 * calm);
}

static void test_a_hidden_burst_does_not(void **state)
{
    (void)state;
    int64_t calm = peak_of(TWO CONTAINER "startup = 10s\n" FOLLOW);
    assert_int_equal(peak_of(TWO JVM "startup_cpu_seen = no\n" FOLLOW), calm);
}

static void test_nor_does_one_before_readiness(void **state)
{
    (void)state;
    int64_t calm = peak_of(TWO CONTAINER "startup = 200s\n" FOLLOW);
    assert_int_equal(peak_of(TWO CONTAINER "startup = 200s\nstartup_cpu = 170s\n" FOLLOW), calm);
}

/* --- starts that fail --------------------------------------------------------------------------- */

static void test_failures_are_paid_for_and_counted(void **state)
{
    static const char *const engine[] = {"", REQUEST};
    (void)state;
    for (int i = 0; i < 2; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 "%s" CONTAINER "startup = 30s\nstartup_failures = 40%%\n" FIXED("40") "%s", TWO,
                 engine[i]);
        struct run *run = run_of(text, forty, 90, 3600);
        const struct neap_replay_summary *s = &run->summary;
        assert_true(s->start_failures > 10 && s->start_failures < 50);
        /* each of them costs 30 s and 10 s or more */
        assert_true(s->container_s[NEAP_STARTING] >= 40 * 30 + (double)s->start_failures * 40);
        for (int k = 0; k < NEAP_CONTAINER_STATES; k++)
            assert_near(run->life_s[k], s->container_s[k], 1e-9);
        free(run);
    }
}

static void test_without_a_share_none_fails(void **state)
{
    (void)state;
    struct run *run = run_of(TWO CONTAINER "startup = p50=20s p95=60s\n" FOLLOW, rising, 90, 3600);
    assert_int_equal(run->summary.start_failures, 0);
    assert_near(run->summary.cpu_start_s, 0, 0);
    free(run);
}

int main(void)
{
    gsl_set_error_handler_off();
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attempts_wait_twice_as_long_each_time),
        cmocka_unit_test(test_a_burst_is_spread_over_its_time),
        cmocka_unit_test(test_a_burst_uses_the_cores_there_are),
        cmocka_unit_test(test_an_attempt_that_fails_stops_its_burst),
        cmocka_unit_test(test_a_share_of_starts_fails),
        cmocka_unit_test(test_cpu_of_starts_is_counted_exactly),
        cmocka_unit_test(test_a_burst_that_is_cut_counts_in_part),
        cmocka_unit_test(test_a_draining_container_goes_on_with_its_burst),
        cmocka_unit_test(test_a_burst_after_readiness_scales_out),
        cmocka_unit_test(test_a_hidden_burst_does_not),
        cmocka_unit_test(test_nor_does_one_before_readiness),
        cmocka_unit_test(test_failures_are_paid_for_and_counted),
        cmocka_unit_test(test_without_a_share_none_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

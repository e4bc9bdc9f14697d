/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Request classes: alike ones change nothing, different ones add up, and each has its own latency. */
#include "replay_fixture.h"

#define CLASSES(a, b, rest) \
    "[traffic]\nfile = none\n[profile old]\ncpu_demand.a = " a "\ncpu_demand.b = " b "\n" rest

static double day(double minute)
{
    return 60 - 40 * cos(2 * M_PI * minute / 1440);
}
static double whole_day(size_t class, double minute)
{
    (void)class;
    return day(minute);
}
static double half_each(size_t class, double minute)
{
    (void)class;
    return day(minute) / 2;
}
static double share_of_a(double minute)
{
    return 0.3 + 0.2 * sin(minute / 90);
}
static double shifting(size_t class, double minute)
{
    return day(minute) * (class == 0 ? share_of_a(minute) : 1 - share_of_a(minute));
}
static double a_alone(size_t class, double minute)
{
    return class == 0 ? day(minute) : 0;
}
static double b_alone(size_t class, double minute)
{
    return class == 1 ? day(minute) : 0;
}
static double first_a_then_b(size_t class, double minute)
{
    return (minute < 60) == (class == 0) ? 10 : 0;
}
static double one_in_ten_is_b(size_t class, double minute)
{
    (void)minute;
    return class == 0 ? 9 : 1;
}
static double ten(size_t class, double minute)
{
    (void)class;
    (void)minute;
    return 10;
}
static double three_to_one(size_t class, double minute)
{
    return 0.25 * day(minute) * (class == 0 ? 3 : 1);
}

static struct run *run_of(const char *text, class_rule rule, size_t classes, size_t minutes)
{
    struct neap_recording *recording = record(rule, classes, minutes, 60);
    struct run *run = replay(&(struct setup){.text = text, .recording = recording});
    neap_recording_free(recording);
    return run;
}

#define NOISY                                                                            \
    "[container]\nworkers = 4\nstartup = p50=20s p95=60s\n[autoscaler]\nmin = 2\nmax = " \
    "100\n[slo]\np95 = 150ms\n"

/* --- alike classes ---------------------------------------------------------------------------------- */

static void test_alike_classes_of_equal_shares_change_no_bit(void **state)
{
    (void)state;
    struct run *one = run_of(PROFILE("mean=40ms cv=1", "20ms") NOISY, whole_day, 1, 1440);
    struct run *two = run_of(PROFILE("mean=40ms cv=1", "20ms") NOISY, half_each, 2, 1440);
    assert_memory_equal(&one->summary, &two->summary, sizeof one->summary);
    assert_memory_equal(one->timeline, two->timeline, 1440 * sizeof *one->timeline);
    assert_true(one->summary.scale_ups > 0);
    assert_true(two->class[0].latency_s[1] == one->summary.latency_s[1]);
    free(one);
    free(two);
}

static void check_alike(const char *text, double latency_tolerance)
{
    struct run *one = run_of(PROFILE("mean=40ms cv=1", "20ms") NOISY, whole_day, 1, 1440);
    struct run *two = run_of(text, shifting, 2, 1440);
    for (int i = 0; i < NEAP_CONTAINER_STATES; i++)
        assert_near(two->summary.container_s[i], one->summary.container_s[i], 1e-12);
    assert_near(two->summary.cpu_request_s, one->summary.cpu_request_s, 1e-12);
    assert_near(two->summary.over_slo_s, one->summary.over_slo_s, 1e-12);
    assert_near(two->summary.latency_mean_s, one->summary.latency_mean_s, 1e-12);
    for (int i = 0; i < 3; i++)
        assert_near(two->summary.latency_s[i], one->summary.latency_s[i], latency_tolerance);
    assert_int_equal(two->summary.scale_ups, one->summary.scale_ups);
    free(one);
    free(two);
}

static void test_alike_classes_of_any_shares_change_nothing(void **state)
{
    (void)state;
    check_alike(PROFILE("mean=40ms cv=1", "20ms") NOISY, 1e-12);
}

static void test_classes_with_equal_texts_are_alike(void **state)
{
    (void)state;
    check_alike(CLASSES("mean=40ms cv=1", "mean=40ms cv=1", "wait = 20ms\n") NOISY, 1e-12);
}

/* --- what classes need ------------------------------------------------------------------------------- */

static void test_cpu_follows_the_utilisation_law_by_class(void **state)
{
    (void)state;
    struct run *run = run_of(CLASSES("mean=10ms cv=1", "90ms", FIXED("40")), shifting, 2, 1440);
    double a = run->class[0].requests, b = run->class[1].requests;
    assert_near(a + b, run->summary.requests, 1e-12);
    assert_near(run->summary.cpu_request_s, 0.010 * a + 0.090 * b, 1e-6);
    assert_near(run->class[0].cpu_request_s, 0.010 * a, 1e-6);
    assert_near(run->class[1].cpu_request_s, 0.090 * b, 1e-6);
    for (size_t i = 0; i < 1440; i++) {
        double share = share_of_a((double)i);
        double cores = day((double)i) * (0.010 * share + 0.090 * (1 - share));
        assert_near(run->timeline[i].cpu_request_cores, cores, 1e-3);
    }
    free(run);
}

static void test_an_only_class_is_as_without_the_other(void **state)
{
    (void)state;
    struct run *two = run_of(CLASSES("mean=30ms cv=1", "200ms", NOISY), a_alone, 2, 1440);
    struct run *one = run_of(PROFILE("mean=30ms cv=1", "none") NOISY, whole_day, 1, 1440);
    assert_memory_equal(&one->summary, &two->summary, sizeof one->summary);
    assert_true(two->class[1].requests == 0 && two->class[1].cpu_request_s == 0);
    assert_true(isnan(two->class[1].latency_s[0]));
    free(one);
    free(two);
    two = run_of(CLASSES("200ms", "mean=30ms cv=1", NOISY), b_alone, 2, 1440);
    one = run_of(PROFILE("mean=30ms cv=1", "none") NOISY, whole_day, 1, 1440);
    assert_near(two->summary.container_s[NEAP_READY], one->summary.container_s[NEAP_READY], 1e-9);
    assert_near(two->summary.latency_s[1], one->summary.latency_s[1], 1e-6);
    free(one);
    free(two);
}

static void test_a_mixture_needs_what_lies_between(void **state)
{
    (void)state;
    struct run *light = run_of(CLASSES("mean=20ms cv=1", "mean=60ms cv=1", HPA), a_alone, 2, 1440);
    struct run *heavy = run_of(CLASSES("mean=20ms cv=1", "mean=60ms cv=1", HPA), b_alone, 2, 1440);
    struct run *mixed = run_of(CLASSES("mean=20ms cv=1", "mean=60ms cv=1", HPA), shifting, 2, 1440);
    double low = light->summary.mean_replicas, high = heavy->summary.mean_replicas;
    /* a third of the requests is light, so two thirds of the way; whole containers blur it */
    double way = (mixed->summary.mean_replicas - low) / (high - low);
    assert_true(way > 0.6 && way < 0.8);
    assert_true(mixed->summary.latency_mean_s > light->summary.latency_mean_s);
    assert_true(mixed->summary.latency_mean_s < heavy->summary.latency_mean_s);
    free(light);
    free(heavy);
    free(mixed);
}

/* 10 a second on one server; a request takes 40 ms on average with cv 1.5, in one class or two. */
static void test_classes_share_one_queue(void **state)
{
    (void)state;
    struct run *two = run_of(CLASSES("20ms", "220ms", FIXED("1") "[container]\nworkers = 1\n"),
                             one_in_ten_is_b, 2, 300);
    struct run *one = run_of(
        PROFILE("mean=40ms cv=1.5", "none") FIXED("1") "[container]\nworkers = 1\n", ten, 1, 300);
    double wait_s = one->summary.latency_mean_s - 0.040;
    assert_true(wait_s > 0.03);
    assert_near(two->class[0].latency_mean_s, wait_s + 0.020, 1e-6);
    assert_near(two->class[1].latency_mean_s, wait_s + 0.220, 1e-6);
    assert_near(two->summary.latency_mean_s, wait_s + 0.040, 1e-6);
    free(one);
    free(two);
}

static void test_a_shift_of_the_mixture_is_a_shift_of_the_load(void **state)
{
    (void)state;
    /* 10/s of 20 ms, then of 80 ms, on one server: M/M/1 with loads 0.2 and 0.8 */
    struct run *run =
        run_of(CLASSES("mean=20ms cv=1 dist=exponential", "mean=80ms cv=1 dist=exponential",
                       FIXED("1") "[container]\nworkers = 1\n"),
               first_a_then_b, 2, 120);
    assert_near(run->timeline[30].utilisation, 0.2, 1e-3);
    assert_near(run->timeline[110].utilisation, 0.8, 0.01);
    assert_near(run->class[0].latency_mean_s, 0.020 / 0.8, 0.05);
    assert_near(run->class[1].latency_mean_s, 0.080 / 0.2, 0.05);
    free(run);
}

/* --- latency by class -------------------------------------------------------------------------------- */

static void test_each_class_has_its_own_percentiles(void **state)
{
    (void)state;
    struct run *run = run_of(CLASSES("10ms", "100ms", FIXED("100")), one_in_ten_is_b, 2, 60);
    assert_near(run->class[0].latency_s[2], 0.010, 0.05);
    assert_near(run->class[1].latency_s[0], 0.100, 0.05);
    assert_near(run->summary.latency_s[0], 0.010, 0.05);
    assert_near(run->summary.latency_s[1], 0.100, 0.05); /* the slowest tenth is b */
    assert_near(run->timeline[7].latency_s[1], 0.100, 0.05);
    free(run);
    run = run_of(CLASSES("10ms", "100ms", FIXED("100")), first_a_then_b, 2, 120);
    assert_near(run->timeline[20].latency_s[1], 0.010, 0.05);
    assert_near(run->timeline[100].latency_s[1], 0.100, 0.05);
    free(run);
}

static void test_limits_see_the_interval_s_own_mixture(void **state)
{
    (void)state;
    struct run *run = run_of(CLASSES("10ms", "100ms", FIXED("100") "[slo]\np95 = 50ms\n"),
                             first_a_then_b, 2, 120);
    assert_near(run->summary.over_slo_s, 3600, 1e-12);
    assert_near(run->summary.over_slo_share, 0.5, 1e-6);
    free(run);
}

static void test_classes_add_up_when_requests_fail(void **state)
{
    struct neap_replay_class sum = {.requests = 0};
    (void)state;
    struct run *run = run_of(
        CLASSES("mean=40ms cv=1", "mean=90ms cv=1", FIXED("4") "[container]\ntimeout = 5s\n"),
        shifting, 2, 1440);
    for (int c = 0; c < 2; c++) {
        sum.requests += run->class[c].requests;
        sum.failed += run->class[c].failed;
        sum.cpu_request_s += run->class[c].cpu_request_s;
        assert_true(run->class[c].failed > 0);
    }
    assert_near(sum.requests, run->summary.requests, 1e-12);
    assert_near(sum.failed, run->summary.failed_queue_full + run->summary.failed_timeout, 1e-12);
    assert_near(sum.cpu_request_s, run->summary.cpu_request_s, 1e-12);
    free(run);
}

static void test_a_single_class_is_the_whole(void **state)
{
    (void)state;
    struct run *run = run_of(PROFILE("mean=40ms cv=1", "20ms") NOISY, whole_day, 1, 300);
    assert_true(run->class[0].requests == run->summary.requests);
    assert_true(run->class[0].cpu_request_s == run->summary.cpu_request_s);
    assert_memory_equal(run->class[0].latency_s, run->summary.latency_s,
                        sizeof run->summary.latency_s);
    assert_true(run->class[1].requests == 0 && isnan(run->class[1].latency_mean_s));
    free(run);
}

static void test_constant_shares_are_the_station_s_own_mixture(void **state)
{
    (void)state;
    /* shares differ from interval to interval by rounding only; the whole obeys one law */
    struct run *run = run_of(CLASSES("20ms", "60ms", FIXED("10")), three_to_one, 2, 1440);
    assert_near(run->class[0].cpu_request_s, run->class[1].cpu_request_s, 1e-9);
    assert_near(run->summary.cpu_request_s, 0.030 * run->summary.requests, 1e-6);
    free(run);
}

/* --- what cannot be ---------------------------------------------------------------------------------- */

static enum neap_status try_new(const char *text, const struct neap_recording *recording,
                                size_t deployments, struct neap_error *error)
{
    struct neap_scenario *scenario = scenario_of(text);
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *engine = NULL;
    struct neap_rollout_options rollout;
    struct neap_deployment deployment[40];
    neap_rollout_options_init(&rollout);
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.recording = recording;
    inputs.rollout = &rollout;
    inputs.deployments = deployment;
    inputs.deployments_count = deployments;
    for (size_t i = 0; i < deployments; i++)
        deployment[i] = (struct neap_deployment){(int64_t)i, inputs.profile};
    enum neap_status status = neap_replay_new(&engine, &inputs, error);
    neap_replay_free(engine);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    return status;
}

static void test_a_class_without_demand_is_told_with_its_key(void **state)
{
    struct neap_error error = {0};
    struct neap_recording *recording = record(half_each, 2, 10, 60);
    (void)state;
    assert_int_equal(
        try_new("[traffic]\nfile = none\n[profile old]\ncpu_demand.a = 5ms\n" FIXED("1"), recording,
                0, &error),
        NEAP_BAD_SCENARIO);
    assert_string_equal(error.message, "profile old: found no cpu_demand for class b, expected "
                                       "cpu_demand.b = ... or cpu_demand = ...");
    neap_recording_free(recording);
}

static void test_too_many_kinds_are_refused(void **state)
{
    struct neap_error error = {0};
    struct neap_recording *recording = record(half_each, 4, 10, 60);
    (void)state;
    assert_int_equal(try_new(PROFILE("5ms", "none") FIXED("1"), recording, 31, &error), NEAP_OK);
    assert_int_equal(try_new(PROFILE("5ms", "none") FIXED("1"), recording, 32, &error),
                     NEAP_BAD_DATA);
    assert_non_null(strstr(error.message, "found 4 request classes in 33 versions"));
    neap_recording_free(recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alike_classes_of_equal_shares_change_no_bit),
        cmocka_unit_test(test_alike_classes_of_any_shares_change_nothing),
        cmocka_unit_test(test_classes_with_equal_texts_are_alike),
        cmocka_unit_test(test_cpu_follows_the_utilisation_law_by_class),
        cmocka_unit_test(test_an_only_class_is_as_without_the_other),
        cmocka_unit_test(test_a_mixture_needs_what_lies_between),
        cmocka_unit_test(test_classes_share_one_queue),
        cmocka_unit_test(test_a_shift_of_the_mixture_is_a_shift_of_the_load),
        cmocka_unit_test(test_each_class_has_its_own_percentiles),
        cmocka_unit_test(test_limits_see_the_interval_s_own_mixture),
        cmocka_unit_test(test_classes_add_up_when_requests_fail),
        cmocka_unit_test(test_a_single_class_is_the_whole),
        cmocka_unit_test(test_constant_shares_are_the_station_s_own_mixture),
        cmocka_unit_test(test_a_class_without_demand_is_told_with_its_key),
        cmocka_unit_test(test_too_many_kinds_are_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

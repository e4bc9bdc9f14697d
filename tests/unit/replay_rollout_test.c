/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rolling updates: the limits hold at every step, nothing is lost, and what comes out of one is a
 * replay of the new version. */
#include "replay_fixture.h"

#include "replay/rollout.h"

#define TWO                                                                             \
    "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=40ms cv=1\nwait = 20ms\n" \
    "[profile new]\nfrom = old\ncpu_speedup = 1.25\n[profile same]\nfrom = old\n"       \
    "cpu_speedup = 1\n[metrics]\nnoise = off\n"
#define START  "[container]\nworkers = 4\nstartup = 30s\ndrain = 0s\n"
#define DRAIN  "[container]\nworkers = 4\nstartup = 30s\ndrain = 40s\n"
#define FOLLOW "[autoscaler]\ntarget_cpu = 60%\nmin = 2\nmax = 200\n"

static double hundred(size_t class, double minute)
{
    (void)class;
    (void)minute;
    return 100;
}
static double rising(size_t class, double minute)
{
    (void)class;
    return 60 + 2 * minute;
}
static double falling(size_t class, double minute)
{
    (void)class;
    return minute < 62 ? 400 : 50;
}
static double in_two_classes(size_t class, double minute)
{
    return (class == 0 ? 60 : 30) + 20 * sin(minute / 40 + (double)class);
}

static const struct neap_rollout_options surge_only = {.surge_share = 0.25};
static const struct neap_rollout_options missing_only = {.unavailable_share = 0.25};

static struct run *run_of(const char *text, class_rule rule, size_t classes, size_t minutes,
                          struct setup setup)
{
    struct neap_recording *recording = record(rule, classes, minutes, 60);
    setup.text = text;
    setup.recording = recording;
    struct run *run = replay(&setup);
    neap_recording_free(recording);
    return run;
}

/* --- step by step ------------------------------------------------------------------------------------ */

struct site {
    struct neap_container_options container;
    struct neap_startup startup;
    struct neapi_fleet fleet;
    struct neapi_rollout rollout;
    struct neap_deployment deployment[2];
    struct neap_replay_inputs inputs;
};

static void open_site(struct site *site, const struct neap_rollout_options *options,
                      size_t deployments, int64_t count)
{
    memset(site, 0, sizeof *site);
    neap_container_options_init(&site->container);
    snprintf(site->container.startup, sizeof site->container.startup, "p50=20s p95=90s");
    assert_int_equal(neap_startup_init(&site->startup, &site->container, NULL, NULL), NEAP_OK);
    assert_int_equal(neapi_fleet_new(&site->fleet, &site->container, &site->startup,
                                     1 + deployments, 7, 0, 15, NULL),
                     NEAP_OK);
    site->deployment[0].at_ns = 100000000000;
    site->deployment[1].at_ns = 160000000000;
    site->inputs.deployments = site->deployment;
    site->inputs.deployments_count = deployments;
    site->inputs.rollout = options;
    assert_int_equal(neapi_rollout_new(&site->rollout, &site->inputs, NULL), NEAP_OK);
    neapi_fleet_reset(&site->fleet, 0, count, neapi_rollout_reset(&site->rollout, 0));
}

static void close_site(struct site *site)
{
    neapi_rollout_free(&site->rollout);
    neapi_fleet_free(&site->fleet);
    neap_startup_clear(&site->startup);
}

static int64_t count_old(const struct neapi_fleet *fleet)
{
    return neapi_fleet_replicas(fleet) - fleet->of[fleet->newest].replicas;
}

/* The sums by state, by version and over cohorts agree. */
static void check_counts(const struct neapi_fleet *fleet)
{
    int64_t replicas = 0, ready = 0, settled = 0, cohorts = 0;
    for (size_t v = 0; v < fleet->versions; v++) {
        assert_true(fleet->of[v].ready >= 0 && fleet->of[v].ready <= fleet->of[v].replicas);
        replicas += fleet->of[v].replicas;
        ready += fleet->of[v].ready;
        settled += fleet->of[v].settled;
    }
    for (size_t i = 0; i < fleet->depth; i++)
        cohorts += fleet->cohort[i].count;
    assert_int_equal(replicas, neapi_fleet_replicas(fleet));
    assert_int_equal(cohorts, replicas);
    assert_int_equal(ready, fleet->in_state[NEAP_READY]);
    assert_int_equal(settled, fleet->settled_count);
}

/* Lets a second pass and the update go on as far as it may. */
static void go_on(struct site *site, int64_t second, int64_t wanted)
{
    int64_t now_ns = second * 1000000000;
    neapi_fleet_advance(&site->fleet, now_ns, 60000000000);
    if (site->rollout.rolling || now_ns >= site->rollout.next_ns)
        neapi_rollout_step(&site->rollout, &site->fleet, wanted, now_ns);
    else
        neapi_fleet_resize(&site->fleet, wanted, now_ns);
    check_counts(&site->fleet);
}

static void check_limits(const struct neap_rollout_options *options, int64_t wanted)
{
    struct site site;
    int64_t surge = (int64_t)ceil(options->surge_share * (double)wanted - 1e-9);
    int64_t missing = (int64_t)floor(options->unavailable_share * (double)wanted + 1e-9);
    int64_t old_before = wanted;
    if (surge == 0 && missing == 0)
        missing = 1;
    open_site(&site, options, 1, wanted);
    for (int64_t second = 1; second < 2000; second++) {
        go_on(&site, second, wanted);
        int64_t old = second < 100 ? wanted : count_old(&site.fleet);
        assert_true(neapi_fleet_replicas(&site.fleet) <= wanted + surge);
        assert_true(site.fleet.in_state[NEAP_READY] >= wanted - missing);
        assert_true(old <= old_before); /* never back to the old version */
        old_before = old;
    }
    assert_int_equal(count_old(&site.fleet), 0);
    assert_int_equal(site.fleet.of[1].ready, wanted);
    assert_false(site.rollout.rolling);
    close_site(&site);
}

static void test_limits_hold_at_every_step(void **state)
{
    (void)state;
    for (int64_t wanted = 1; wanted < 70; wanted = wanted * 3 / 2 + 1)
        for (int surge = 0; surge <= 100; surge += 25)
            for (int missing = surge == 0 ? 25 : 0; missing <= 100; missing += 25)
                check_limits(&(struct neap_rollout_options){.surge_share = surge / 100.0,
                                                            .unavailable_share = missing / 100.0},
                             wanted);
}

static void test_whole_containers_are_not_rounded_up_further(void **state)
{
    struct site site;
    const struct neap_rollout_options tenth = {.surge_share = 0.1};
    (void)state;
    open_site(&site, &tenth, 1, 30); /* 0.1 x 30 is above 3 in doubles */
    go_on(&site, 100, 30);
    assert_int_equal(neapi_fleet_replicas(&site.fleet), 33);
    close_site(&site);
}

static void test_the_policy_may_change_its_mind_meanwhile(void **state)
{
    struct site site;
    struct neap_stream dice;
    int64_t wanted = 20;
    (void)state;
    neap_stream_init(&dice, 3, 0, 50);
    open_site(&site, &surge_only, 1, wanted);
    for (int64_t second = 1; second < 3000; second++) {
        if (second % 15 == 0 && second < 2500)
            wanted = 1 + (int64_t)(40 * neap_stream_uniform(&dice, (uint64_t)second));
        int64_t new_before = site.fleet.of[1].replicas, old_before = site.fleet.of[0].replicas;
        go_on(&site, second, wanted);
        assert_true(neapi_fleet_replicas(&site.fleet) <= wanted + (wanted + 3) / 4);
        if (second >= 100) {
            assert_true(site.fleet.of[0].replicas <= old_before);
            assert_true(site.fleet.of[1].replicas <= wanted);
            /* scaling in takes old ones first */
            if (site.fleet.of[1].replicas < new_before && site.fleet.of[0].replicas > 0)
                assert_true(site.fleet.of[0].ready <= wanted);
        }
    }
    assert_int_equal(site.fleet.of[0].replicas, 0);
    assert_int_equal(site.fleet.of[1].ready, wanted);
    close_site(&site);
}

static void test_an_update_may_overtake_another(void **state)
{
    struct site site;
    (void)state;
    open_site(&site, &surge_only, 2, 12);
    for (int64_t second = 1; second < 2000; second++) {
        go_on(&site, second, 12);
        assert_true(neapi_fleet_replicas(&site.fleet) <= 15);
        assert_true(site.fleet.in_state[NEAP_READY] >= 12);
        if (second == 165) /* three versions at once */
            assert_true(site.fleet.of[0].replicas > 0 && site.fleet.of[1].replicas > 0 &&
                        site.fleet.of[2].replicas > 0);
    }
    assert_int_equal(site.fleet.of[2].ready, 12);
    assert_true(site.rollout.gone_ns[0] <= site.rollout.gone_ns[1]);
    assert_true(site.rollout.gone_ns[1] < INT64_MAX);
    close_site(&site);
}

static void test_an_empty_fleet_is_updated_at_once(void **state)
{
    struct site site;
    (void)state;
    open_site(&site, &surge_only, 1, 0);
    go_on(&site, 100, 0);
    assert_false(site.rollout.rolling);
    assert_int_equal(site.rollout.gone_ns[0], 100000000000);
    go_on(&site, 101, 5);
    assert_int_equal(site.fleet.of[1].replicas, 5);
    close_site(&site);
}

/* --- whole replays ----------------------------------------------------------------------------------- */

static void test_waves_take_a_start_each(void **state)
{
    (void)state;
    /* 2 of 8 at a time, 30 s each */
    struct run *run = run_of(TWO FIXED("8") START, hundred, 1, 120,
                             (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}}});
    assert_near(run->rollout_s[0], 120, 1e-12);
    assert_true(run->summary.rollout_s == run->rollout_s[0] && isnan(run->rollout_s[1]));
    assert_near(run->summary.container_s[NEAP_STARTING], 4 * 2 * 30, 1e-12);
    assert_near(run->summary.container_s[NEAP_READY], 8 * 7200, 1e-12);
    assert_int_equal(run->summary.peak_replicas, 8);
    free(run);
    run = run_of(TWO FIXED("8") START, hundred, 1, 120,
                 (struct setup){.rollout = &missing_only, .deploy = {{3600, 1}}});
    assert_near(run->rollout_s[0], 90, 1e-12); /* the last two leave when the third wave is ready */
    assert_near(run->summary.container_s[NEAP_READY], 8 * 7200 - 2 * 120, 1e-12);
    assert_near(run->timeline[60].ready, 6, 1e-12);
    free(run);
    run = run_of(TWO FIXED("8") DRAIN, hundred, 1, 120,
                 (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}}});
    assert_near(run->rollout_s[0], 160, 1e-12);
    assert_near(run->summary.container_s[NEAP_DRAINING], 8 * 40, 1e-12);
    free(run);
}

static void test_newest_counts_the_version_deployed_last(void **state)
{
    (void)state;
    struct run *run = run_of(TWO FIXED("8") START, hundred, 1, 120,
                             (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}}});
    assert_near(run->timeline[59].newest, 8, 1e-12); /* before it, all are */
    assert_near(run->timeline[60].newest, 0.5 * 2, 1e-12);
    assert_near(run->timeline[61].newest, 0.5 * 4 + 0.5 * 6, 1e-12);
    assert_near(run->timeline[62].newest, 8, 1e-12);
    free(run);
}

/* CPU between the two versions by their shares of the ready containers. */
static void test_a_mixed_fleet_needs_what_its_versions_need(void **state)
{
    (void)state;
    struct run *run = run_of(TWO FIXED("8") START, hundred, 1, 120,
                             (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}}});
    double old = 100 * 0.040, new = 100 * 0.032;
    assert_near(run->timeline[59].cpu_request_cores, old, 1e-6);
    assert_near(run->timeline[60].cpu_request_cores, old - (old - new) * 0.5 * 2 / 8, 1e-3);
    assert_near(run->timeline[61].cpu_request_cores, old - (old - new) * 5 / 8, 1e-3);
    assert_near(run->timeline[70].cpu_request_cores, new, 1e-6);
    assert_true(run->timeline[70].latency_s[1] < run->timeline[59].latency_s[1]);
    free(run);
}

static void test_an_identical_version_costs_only_its_update(void **state)
{
    (void)state;
    struct run *with = run_of(TWO FIXED("8") START, hundred, 1, 120,
                              (struct setup){.rollout = &surge_only, .deploy = {{3600, 2}}});
    struct run *without = run_of(TWO FIXED("8") START, hundred, 1, 120, (struct setup){.text = ""});
    assert_true(isnan(without->summary.rollout_s));
    assert_near(with->summary.container_s[NEAP_STARTING], 240, 1e-12);
    assert_near(with->summary.container_s[NEAP_READY], without->summary.container_s[NEAP_READY],
                1e-12);
    /* more ticks, so sums round differently */
    assert_near(with->summary.cpu_request_s, without->summary.cpu_request_s, 1e-9);
    assert_near(with->summary.latency_mean_s, without->summary.latency_mean_s, 1e-6);
    for (int i = 0; i < 3; i++)
        assert_near(with->summary.latency_s[i], without->summary.latency_s[i], 1e-5);
    free(with);
    free(without);
}

static void test_after_the_update_it_is_the_new_version(void **state)
{
    (void)state;
    const char *text = TWO FOLLOW DRAIN "startup.schedule = 2s\n";
    struct run *rolled = run_of(text, in_two_classes, 2, 600,
                                (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}}});
    struct run *new = run_of(text, in_two_classes, 2, 600, (struct setup){.profile = 1});
    /* the grid of latencies has to cover both versions, so its points are others */
    for (size_t i = 120; i < 600; i++) {
        assert_near(rolled->timeline[i].cpu_cores, new->timeline[i].cpu_cores, 1e-9);
        assert_near(rolled->timeline[i].ready, new->timeline[i].ready, 1e-9);
        for (int k = 0; k < 3; k++)
            assert_near(rolled->timeline[i].latency_s[k], new->timeline[i].latency_s[k], 5e-3);
    }
    free(rolled);
    free(new);
}

static void test_a_deployment_before_the_warm_up_is_done(void **state)
{
    (void)state;
    struct run *done = run_of(TWO FOLLOW DRAIN, rising, 1, 60,
                              (struct setup){.rollout = &surge_only, .deploy = {{-86400, 1}}});
    struct run *new = run_of(TWO FOLLOW DRAIN, rising, 1, 60, (struct setup){.profile = 1});
    for (size_t i = 0; i < 60; i++) {
        assert_true(done->timeline[i].cpu_cores == new->timeline[i].cpu_cores);
        assert_true(done->timeline[i].wanted == new->timeline[i].wanted);
    }
    free(done);
    free(new);
}

static void test_lives_add_up_through_updates(void **state)
{
    static const class_rule rule[] = {hundred, rising, falling};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct run *run =
            run_of(TWO FOLLOW DRAIN "startup.schedule = 3s\n", rule[i], 1, 240,
                   (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}, {3660, 2}}});
        for (int s = 0; s < NEAP_CONTAINER_STATES; s++)
            assert_near(run->life_s[s], run->summary.container_s[s], 1e-9);
        assert_true(run->rollout_s[0] > 0 && run->rollout_s[1] > 0);
        /* the earlier one's end is no later */
        assert_true(3600 + run->rollout_s[0] <= 3660 + run->rollout_s[1]);
        free(run);
    }
}

static void test_starts_of_an_update_use_cpu(void **state)
{
    (void)state;
    struct run *run = run_of(TWO FIXED("8") START "startup_cpu = 5s\n", hundred, 1, 120,
                             (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}}});
    assert_near(run->summary.cpu_start_s, 8 * 5, 1e-12);
    free(run);
}

static void test_an_update_that_is_not_over_has_no_length(void **state)
{
    (void)state;
    struct run *run = run_of(TWO FIXED("8") START, hundred, 1, 61,
                             (struct setup){.rollout = &surge_only, .deploy = {{3600, 1}}});
    assert_true(isnan(run->summary.rollout_s));
    free(run);
}

/* --- what cannot be ---------------------------------------------------------------------------------- */

static void test_bad_deployments_are_refused(void **state)
{
    struct neapi_rollout rollout;
    struct neap_error error = {0};
    struct neap_deployment deployment[] = {{20, NULL}, {10, NULL}};
    struct neap_rollout_options none = {.surge_share = 0};
    struct neap_replay_inputs inputs = {.deployments = deployment, .deployments_count = 2};
    (void)state;
    assert_int_equal(neapi_rollout_new(&rollout, &inputs, &error), NEAP_BAD_ARGUMENT);
    inputs.rollout = &surge_only;
    assert_int_equal(neapi_rollout_new(&rollout, &inputs, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "sort them by time"));
    inputs.deployments_count = 1;
    inputs.rollout = &none;
    assert_int_equal(neapi_rollout_new(&rollout, &inputs, &error), NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "surge: found surge = 0% and unavailable = 0%"));
    assert_int_equal(neap_rollout_check(&missing_only, &error), NEAP_OK);
    neap_rollout_options_init(&none);
    assert_true(none.surge_share == 0.25 && none.unavailable_share == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_hold_at_every_step),
        cmocka_unit_test(test_whole_containers_are_not_rounded_up_further),
        cmocka_unit_test(test_the_policy_may_change_its_mind_meanwhile),
        cmocka_unit_test(test_an_update_may_overtake_another),
        cmocka_unit_test(test_an_empty_fleet_is_updated_at_once),
        cmocka_unit_test(test_waves_take_a_start_each),
        cmocka_unit_test(test_newest_counts_the_version_deployed_last),
        cmocka_unit_test(test_a_mixed_fleet_needs_what_its_versions_need),
        cmocka_unit_test(test_an_identical_version_costs_only_its_update),
        cmocka_unit_test(test_after_the_update_it_is_the_new_version),
        cmocka_unit_test(test_a_deployment_before_the_warm_up_is_done),
        cmocka_unit_test(test_lives_add_up_through_updates),
        cmocka_unit_test(test_starts_of_an_update_use_cpu),
        cmocka_unit_test(test_an_update_that_is_not_over_has_no_length),
        cmocka_unit_test(test_bad_deployments_are_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draining containers that still have requests: they go on until those are done, or their grace is
 * over. */
#include "replay_fixture.h"

#include "replay/tick.h"

#define LONG(wait)                                                               \
    "[traffic]\nfile = none\n[profile old]\ncpu_demand = 2ms\nwait = " wait "\n" \
    "[profile same]\nfrom = old\ncpu_speedup = 1\n[metrics]\nnoise = off\n"      \
    "[client]\nretries = 0\n" FIXED("8")
#define CONTAINER "[container]\nworkers = 100\nprocesses = 1\nstartup = 10s\n"
#define SINGLE    "[container]\nworkers = 1\nstartup = 10s\n"
#define REQUEST   "[run]\nengine = request\n"

static const struct neap_rollout_options surge_only = {.surge_share = 0.25};

static double twenty(size_t class, double minute)
{
    (void)class;
    (void)minute;
    return 20;
}
static double one(size_t class, double minute)
{
    (void)class;
    (void)minute;
    return 0.2;
}

static struct run *run_of(const char *text, class_rule rule, size_t minutes)
{
    struct neap_recording *recording = record(rule, 1, minutes, 60);
    struct run *run = replay(&(struct setup){
        .text = text, .recording = recording, .rollout = &surge_only, .deploy = {{3600, 1}}});
    for (int s = 0; s < NEAP_CONTAINER_STATES; s++)
        assert_near(run->life_s[s], run->summary.container_s[s], 1e-9);
    neap_recording_free(recording);
    return run;
}

/* Mean time from leaving to the end of the eight that an update replaces. */
static double drained_s(const struct run *run)
{
    return run->summary.container_s[NEAP_DRAINING] / 8;
}

static void test_requests_of_a_drain_are_cut_off_without_grace(void **state)
{
    (void)state;
    struct run *run = run_of(LONG("20s") CONTAINER "drain = 5s\n" REQUEST, twenty, 90);
    assert_near(drained_s(run), 5, 1e-9);
    assert_true(run->summary.failed_cut > 100); /* three quarters of 50 each */
    free(run);
}

static void test_grace_lets_all_of_them_end(void **state)
{
    (void)state;
    struct run *run = run_of(LONG("20s") CONTAINER "drain = 5s\ngrace = 60s\n" REQUEST, twenty, 90);
    assert_near(run->summary.failed_cut, 0, 0);
    /* some request began in the last second before the container left */
    assert_true(drained_s(run) > 18.5 && drained_s(run) < 20.1);
    free(run);
}

static void test_grace_ends(void **state)
{
    (void)state;
    struct run *run = run_of(LONG("20s") CONTAINER "drain = 5s\ngrace = 12s\n" REQUEST, twenty, 90);
    struct run *without = run_of(LONG("20s") CONTAINER "drain = 5s\n" REQUEST, twenty, 90);
    assert_near(drained_s(run), 12, 1e-9);
    assert_true(run->summary.failed_cut > 50);
    assert_true(run->summary.failed_cut < 0.75 * without->summary.failed_cut);
    free(run);
    free(without);
}

static void test_an_idle_container_takes_its_drain(void **state)
{
    (void)state;
    struct run *run = run_of(LONG("5ms") CONTAINER "drain = 5s\ngrace = 60s\n" REQUEST, twenty, 90);
    assert_near(drained_s(run), 5, 1e-9);
    free(run);
}

/* Each kernel of the request engine says when a container is empty. */
static void test_all_kernels_agree_on_when_it_is_over(void **state)
{
    static const char *const text[] = {
        LONG("20s") SINGLE "drain = 5s\ngrace = 60s\n" REQUEST,
        LONG("20s") SINGLE "drain = 5s\ngrace = 60s\n" REQUEST "[balancer]\ntype = central\n",
        LONG("20s") SINGLE "drain = 5s\ngrace = 60s\nquota_period = 100ms\n" REQUEST};
    double first = 0;
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct run *run = run_of(text[i], one, 90);
        assert_near(run->summary.failed_cut, 0, 0);
        assert_true(drained_s(run) > 6 && drained_s(run) < 25);
        if (i == 0)
            first = drained_s(run);
        else
            assert_near(drained_s(run), first, 0.5);
        free(run);
    }
}

static double two_hundred(size_t class, double minute)
{
    (void)class;
    (void)minute;
    return 200;
}

static void test_the_tick_engine_expects_as_much(void **state)
{
    static const char *const wait[] = {"20s", "mean=9s cv=1", "mean=2s cv=1", "mean=0.2s cv=1"};
    (void)state;
    for (int i = 0; i < 4; i++) {
        char exact[4096], expected[2048];
        snprintf(expected, sizeof expected,
                 "[traffic]\nfile = none\n[profile old]\ncpu_demand = 2ms\nwait = %s\n"
                 "[profile same]\nfrom = old\ncpu_speedup = 1\n[metrics]\nnoise = off\n" FIXED("80")
                     CONTAINER "drain = 2s\ngrace = 100s\n",
                 wait[i]);
        snprintf(exact, sizeof exact, "%s" REQUEST, expected);
        struct run *tick = run_of(expected, two_hundred, 90);
        struct run *request = run_of(exact, two_hundred, 90);
        assert_near(drained_s(tick), drained_s(request), 0.12);
        free(tick);
        free(request);
    }
}

static void test_an_update_is_over_when_the_last_has_gone(void **state)
{
    static const char *const engine[] = {"", REQUEST};
    (void)state;
    for (int i = 0; i < 2; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s%s%s", LONG("20s") CONTAINER "drain = 5s\n", engine[i], "");
        struct run *plain = run_of(text, twenty, 90);
        snprintf(text, sizeof text, "%s%s%s", LONG("20s") CONTAINER "drain = 5s\ngrace = 60s\n",
                 engine[i], "");
        struct run *graceful = run_of(text, twenty, 90);
        assert_true(graceful->rollout_s[0] > plain->rollout_s[0] + 10);
        assert_true(graceful->rollout_s[0] < plain->rollout_s[0] + 16);
        free(plain);
        free(graceful);
    }
}

static void test_grace_and_nodes_lose_nothing(void **state)
{
    static const char *const engine[] = {"", REQUEST};
    (void)state;
    for (int i = 0; i < 2; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s[nodes]\nvcpu = 3\nscale_in_delay = 1m\nstartup = 30s\n%s",
                 LONG("mean=9s cv=1") CONTAINER "drain = 5s\ngrace = 60s\nidle_cpu = 0.02\n"
                                                "startup_cpu = 20s\nstartup_cpu_time = 200s\n",
                 engine[i]);
        struct run *run = run_of(text, twenty, 120);
        for (int k = 0; k < NEAP_NODE_STATES; k++)
            assert_near(run->node_life_s[k], run->summary.node_s[k], 1e-9);
        double up_s =
            run->summary.container_s[NEAP_READY] + run->summary.container_s[NEAP_DRAINING];
        assert_near(run->summary.cpu_idle_s, 0.02 * up_s, 1e-9);
        free(run);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_of_a_drain_are_cut_off_without_grace),
        cmocka_unit_test(test_grace_lets_all_of_them_end),
        cmocka_unit_test(test_grace_ends),
        cmocka_unit_test(test_an_idle_container_takes_its_drain),
        cmocka_unit_test(test_all_kernels_agree_on_when_it_is_over),
        cmocka_unit_test(test_the_tick_engine_expects_as_much),
        cmocka_unit_test(test_an_update_is_over_when_the_last_has_gone),
        cmocka_unit_test(test_grace_and_nodes_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a replay tells over time: periods longer than an interval, readings of the request rate, and
 * the traps around averaging, lags, drains and backlogs. */
#include "replay_fixture.h"

#include "replay/pipeline.h"

#define AT(second) ((int64_t)(second)*1000000000)

static double day(size_t class, double minute)
{
    (void)class;
    return 120 - 100 * cos(2 * M_PI * minute / 1440);
}
static double one_then_a_thousand(size_t class, double minute)
{
    return class == (minute < 1 ? 1 : 0) ? (minute < 1 ? 1.0 / 60 : 1000.0 / 60) : 0;
}
static double step_by_three(size_t class, double minute)
{
    (void)class;
    return minute < 60 ? 50 : 150;
}
static double sawtooth(size_t class, double minute)
{
    (void)class;
    return 40 + 4 * fmod(minute, 60);
}
/* Two-second steps: 50/s, from 30 s to 40 s 150/s. */
static double spike(size_t class, double interval)
{
    (void)class;
    return interval >= 15 && interval < 20 ? 150 : 50;
}

static struct run *run_of(const char *text, class_rule rule, size_t classes, size_t intervals,
                          int step_s, struct setup setup)
{
    struct neap_recording *recording = record(rule, classes, intervals, step_s);
    setup.text = text;
    setup.recording = recording;
    struct run *run = replay(&setup);
    neap_recording_free(recording);
    return run;
}

/* --- periods ---------------------------------------------------------------------------------------- */

#define DAY PROFILE("mean=40ms cv=1", "20ms") HPA "[container]\nworkers = 4\n[slo]\np95 = 200ms\n"

static void test_periods_sum_their_intervals(void **state)
{
    static const int64_t hours[] = {AT(0), AT(3600), AT(7200), AT(6 * 3600), AT(86400)};
    (void)state;
    struct run *run =
        run_of(DAY, day, 1, 1440, 60, (struct setup){.period_ns = hours, .periods = 4});
    for (size_t k = 0; k < 4; k++) {
        double requests = 0, ready = 0, cpu = 0, own = 0, starting = 0, draining = 0;
        size_t from = (size_t)(hours[k] / AT(60)), to = (size_t)(hours[k + 1] / AT(60));
        for (size_t i = from; i < to; i++) {
            requests += run->timeline[i].requests;
            ready += run->timeline[i].ready / (double)(to - from);
            cpu += run->timeline[i].cpu_cores / (double)(to - from);
            own += run->timeline[i].cpu_request_cores / (double)(to - from);
            starting += run->timeline[i].starting / (double)(to - from);
            draining += run->timeline[i].draining / (double)(to - from);
        }
        assert_near(run->period[k].requests, requests, 1e-12);
        assert_near(run->period[k].ready, ready, 1e-9);
        assert_near(run->period[k].newest, ready, 1e-9);
        assert_near(run->period[k].cpu_cores, cpu, 1e-9);
        assert_near(run->period[k].cpu_request_cores, own, 1e-9);
        assert_near(run->period[k].starting, starting, 1e-9);
        assert_near(run->period[k].draining, draining, 1e-9);
        assert_near(run->period[k].utilisation, cpu / ready, 1e-9);
        assert_true(run->period[k].wanted == run->timeline[to - 1].wanted);
        assert_true(run->period[k].backlog == run->timeline[to - 1].backlog);
    }
    free(run);
}

static void test_a_period_of_one_interval_is_that_interval(void **state)
{
    static const int64_t minutes[] = {AT(600 * 60), AT(601 * 60), AT(602 * 60)};
    (void)state;
    struct run *run =
        run_of(DAY, day, 1, 1440, 60, (struct setup){.period_ns = minutes, .periods = 2});
    for (size_t k = 0; k < 2; k++) {
        assert_near(run->period[k].requests, run->timeline[600 + k].requests, 1e-12);
        for (int i = 0; i < 3; i++)
            assert_near(run->period[k].latency_s[i], run->timeline[600 + k].latency_s[i], 1e-5);
    }
    free(run);
}

static void test_the_longest_period_is_the_whole(void **state)
{
    static const int64_t all[] = {AT(0), AT(86400)};
    (void)state;
    struct run *run = run_of(DAY, day, 1, 1440, 60, (struct setup){.period_ns = all, .periods = 1});
    for (int i = 0; i < 3; i++)
        assert_near(run->period[0].latency_s[i], run->summary.latency_s[i], 1e-6);
    assert_near(run->period[0].requests, run->summary.requests, 1e-12);
    free(run);
}

static void test_periods_change_no_bit_of_the_rest(void **state)
{
    static const int64_t hours[] = {AT(3600), AT(7200), AT(40000 / 60 * 60)};
    (void)state;
    struct run *with =
        run_of(DAY, day, 1, 1440, 60, (struct setup){.period_ns = hours, .periods = 2});
    struct run *without = run_of(DAY, day, 1, 1440, 60, (struct setup){.periods = 0});
    assert_memory_equal(&with->summary, &without->summary, sizeof with->summary);
    assert_memory_equal(with->timeline, without->timeline, 1440 * sizeof *with->timeline);
    free(with);
    free(without);
}

static enum neap_status try_periods(const int64_t *period_ns, size_t periods)
{
    struct neap_recording *recording = record(day, 1, 10, 60);
    struct neap_scenario *scenario = scenario_of(PROFILE("5ms", "none") FIXED("2"));
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *engine = NULL;
    struct neap_timeline_interval row[4];
    struct neap_replay_summary summary = {.requests = 42};
    struct neap_replay_sinks sinks = {.period_ns = period_ns, .periods = periods, .period = row};
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.recording = recording;
    assert_int_equal(neap_replay_new(&engine, &inputs, NULL), NEAP_OK);
    enum neap_status status = neap_replay_run(engine, &sinks, &summary, NULL);
    assert_true(status == NEAP_OK || summary.requests == 42);
    neap_replay_free(engine);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    neap_recording_free(recording);
    return status;
}

static void test_periods_off_the_grid_are_refused(void **state)
{
    (void)state;
    assert_int_equal(try_periods((const int64_t[]){AT(0), AT(120), AT(600)}, 2), NEAP_OK);
    assert_int_equal(try_periods((const int64_t[]){AT(0), AT(90)}, 1), NEAP_BAD_ARGUMENT);
    assert_int_equal(try_periods((const int64_t[]){AT(-60), AT(60)}, 1), NEAP_BAD_ARGUMENT);
    assert_int_equal(try_periods((const int64_t[]){AT(0), AT(660)}, 1), NEAP_BAD_ARGUMENT);
    assert_int_equal(try_periods((const int64_t[]){AT(60), AT(60)}, 1), NEAP_BAD_ARGUMENT);
    assert_int_equal(try_periods((const int64_t[]){AT(120), AT(60)}, 1), NEAP_BAD_ARGUMENT);
}

/* --- the request rate as read ------------------------------------------------------------------------- */

static struct neapi_metric read_after(struct neapi_pipeline *pipeline, int noise, uint64_t seed)
{
    const struct neap_metrics_pipeline times = {.window_s = 20, .lag_s = 10};
    assert_int_equal(neapi_pipeline_new(pipeline, &times, noise, seed, 0, 15, NULL), NEAP_OK);
    pipeline->counts_requests = true;
    neapi_pipeline_reset(pipeline, 0);
    for (int64_t second = 1; second <= 100; second++) /* 50/s, from 80 s on 250/s */
        neapi_pipeline_add(pipeline, AT(second), 1, 0, 0, second > 80 ? 250 : 50);
    return neapi_pipeline_read(pipeline, AT(100));
}

static void test_the_request_rate_is_late_and_a_mean(void **state)
{
    struct neapi_pipeline pipeline;
    (void)state;
    /* of [70, 90] s half is at 250/s */
    assert_near(read_after(&pipeline, 0, 1).request_rate, 150, 1e-12);
    pipeline.counts_requests = false;
    assert_true(isnan(neapi_pipeline_read(&pipeline, AT(100)).request_rate));
    neapi_pipeline_free(&pipeline);
}

static void test_counts_are_as_noisy_as_poisson(void **state)
{
    double sum = 0, squares = 0;
    enum { SEEDS = 400 };
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct neapi_pipeline pipeline;
        double rate = read_after(&pipeline, 1, seed).request_rate;
        sum += rate / SEEDS;
        squares += rate * rate / SEEDS;
        neapi_pipeline_free(&pipeline);
    }
    assert_near(sum, 150, 0.005);
    assert_near(squares - sum * sum, 150.0 / 20, 0.25);
}

static void test_a_policy_that_follows_requests_ignores_a_faster_version(void **state)
{
    (void)state;
    /* 120/s on average at 10/s for each container, whatever a request needs */
    const char *text = "[traffic]\nfile = none\n[profile old]\ncpu_demand = 40ms\n[profile new]\n"
                       "from = old\ncpu_speedup = 2\n[container]\nworkers = 4\n[autoscaler]\n"
                       "target_rate = 10/s\nmin = 1\nmax = 200\n";
    struct run *old = run_of(text, day, 1, 1440, 60, (struct setup){.periods = 0});
    struct run *new = run_of(text, day, 1, 1440, 60, (struct setup){.profile = 1});
    assert_true(old->summary.mean_replicas > 12 && old->summary.mean_replicas < 15);
    assert_true(old->summary.mean_replicas == new->summary.mean_replicas);
    free(old);
    free(new);
}

/* --- traps -------------------------------------------------------------------------------------------- */

/* One request of 1 s in the first minute, a thousand of 10 ms in the second. */
static void test_trap_03_percentiles_are_not_averaged(void **state)
{
    static const int64_t both[] = {AT(0), AT(120)};
    (void)state;
    struct run *run =
        run_of("[traffic]\nfile = none\n[profile old]\ncpu_demand.a = 10ms\n"
               "cpu_demand.b = 1s\n" FIXED("100"),
               one_then_a_thousand, 2, 2, 60, (struct setup){.period_ns = both, .periods = 1});
    assert_near(run->timeline[0].latency_s[1], 1, 0.05);
    assert_near(run->timeline[1].latency_s[1], 0.010, 0.05);
    assert_near(run->period[0].latency_s[2], 0.010, 0.05); /* 1 of 1001 is slower, not 1 of 100 */
    assert_near(run->summary.latency_s[2], 0.010, 0.05);
    assert_near(run->summary.latency_mean_s, (1000 * 0.010 + 1) / 1001, 1e-3);
    free(run);
}

/* A step to three times the traffic hurts for longer than a container takes to start; where neither
 * readings nor starts take time it does not. */
static void test_trap_07_readings_and_starts_take_time(void **state)
{
    (void)state;
    struct run *real = run_of(PROFILE("mean=40ms cv=1", "20ms") HPA
                              "window = 60s\nlag = 30s\n[container]\nworkers = 4\n"
                              "startup = 120s\n[slo]\np95 = 200ms\n",
                              step_by_three, 1, 180, 60, (struct setup){.periods = 0});
    struct run *ideal = run_of(PROFILE("mean=40ms cv=1", "20ms") HPA
                               "window = 1s\nlag = 0s\n[container]\nworkers = 4\n"
                               "startup = 0s\n[slo]\np95 = 200ms\n",
                               step_by_three, 1, 180, 60, (struct setup){.periods = 0});
    assert_true(real->summary.over_slo_s > 120);
    assert_true(ideal->summary.over_slo_s < real->summary.over_slo_s / 2);
    assert_true(ideal->summary.latency_s[2] < real->summary.latency_s[2]);
    assert_true(ideal->summary.backlog_peak < real->summary.backlog_peak / 2);
    free(real);
    free(ideal);
}

static void test_trap_08_starting_and_draining_are_paid_for(void **state)
{
    (void)state;
    struct run *run =
        run_of(PROFILE("mean=40ms cv=1",
                       "20ms") "[container]\nworkers = 4\nstartup = 60s\ndrain = 30s\n"
                               "[autoscaler]\nmin = 2\nmax = 200\nscale_down.window = 60s\n",
               sawtooth, 1, 600, 60, (struct setup){.periods = 0});
    const double *in = run->summary.container_s;
    double billed = in[NEAP_STARTING] + in[NEAP_READY] + in[NEAP_DRAINING];
    double lived =
        run->life_s[NEAP_STARTING] + run->life_s[NEAP_READY] + run->life_s[NEAP_DRAINING];
    assert_true(run->summary.scale_downs > 0);
    assert_near(billed, lived, 1e-9);
    /* each start takes 60 s, each end 30 s: both are in there */
    assert_true(in[NEAP_STARTING] >= 60 * (double)run->summary.scale_ups);
    assert_true(in[NEAP_DRAINING] >= 30 * (double)run->summary.scale_downs);
    assert_true(billed - in[NEAP_READY] > 0);
    free(run);
}

#define SPIKE                                        \
    PROFILE("mean=1s cv=1 dist=exponential", "none") \
    FIXED("60")                                      \
    "[balancer]\ntype = central\n[container]\nworkers = 1\ntimeout = 1h\nqueue_limit = 1000000\n"

/* Case MC09 of the exact time-dependent chain M_t/M/60: after 10 s of 150/s on a capacity of 60/s
 * some 900 requests wait, whatever steps the traffic comes in, and they go at 10/s. */
static void test_trap_12_a_backlog_outlives_its_tick(void **state)
{
    (void)state;
    struct run *run = run_of(SPIKE, spike, 1, 60, 2, (struct setup){.periods = 0});
    assert_near(run->timeline[19].backlog, 891.41, 0.01); /* at 40 s */
    assert_near(run->timeline[21].backlog, 851.41, 0.01); /* at 44 s */
    assert_near(run->timeline[44].backlog, 891.41 - 10 * 50, 0.03);
    /* all that came was served or is still there; 60 are being served */
    double served = run->summary.cpu_request_s / 1;
    double before = 50.6; /* in the system at the start, exact chain */
    double left = run->timeline[59].backlog + 60;
    assert_near(before + run->summary.requests, served + left, 0.002);
    free(run);
}

/* While that backlog is worked off a request waits for what is ahead of it: 14 s, not the 0.1 s that
 * 50/s would wait in a steady state, and with little scatter. */
static void test_trap_13_a_drain_is_no_steady_state(void **state)
{
    (void)state;
    struct run *run = run_of(SPIKE, spike, 1, 60, 2, (struct setup){.periods = 0});
    double wait_s = 856 / 60.0; /* in the middle of 42 .. 44 s */
    assert_near(run->timeline[21].latency_s[0], wait_s + log(2), 0.05);
    /* an exponential wait of that mean would have its p95 at 43 s */
    assert_near(run->timeline[21].latency_s[1], wait_s + log(20), 0.2);
    free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_periods_sum_their_intervals),
        cmocka_unit_test(test_a_period_of_one_interval_is_that_interval),
        cmocka_unit_test(test_the_longest_period_is_the_whole),
        cmocka_unit_test(test_periods_change_no_bit_of_the_rest),
        cmocka_unit_test(test_periods_off_the_grid_are_refused),
        cmocka_unit_test(test_the_request_rate_is_late_and_a_mean),
        cmocka_unit_test(test_counts_are_as_noisy_as_poisson),
        cmocka_unit_test(test_a_policy_that_follows_requests_ignores_a_faster_version),
        cmocka_unit_test(test_trap_03_percentiles_are_not_averaged),
        cmocka_unit_test(test_trap_07_readings_and_starts_take_time),
        cmocka_unit_test(test_trap_08_starting_and_draining_are_paid_for),
        cmocka_unit_test(test_trap_12_a_backlog_outlives_its_tick),
        cmocka_unit_test(test_trap_13_a_drain_is_no_steady_state),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

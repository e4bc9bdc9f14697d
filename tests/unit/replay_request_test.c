/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay_fixture.h"

#include "replay/replay_impl.h"

#define REQUEST        "[run]\nengine = request\n"
#define BALANCER(type) "[balancer]\ntype = " type "\n"
#define NOISY_HPA      "[autoscaler]\ntype = hpa\ntarget_cpu = 60%\nmin = 2\nmax = 60\n"

static double ten(size_t class, double interval)
{
    (void)class;
    (void)interval;
    return 10;
}

static double hundred(size_t class, double interval)
{
    (void)class;
    (void)interval;
    return 100;
}

static double day(size_t class, double minute)
{
    (void)class;
    return 90 - 60 * cos(2 * M_PI * minute / 720);
}

static double saw(size_t class, double minute)
{
    (void)class;
    return fmod(minute, 40) < 20 ? 40 : 160;
}

static double spike(size_t class, double minute)
{
    (void)class;
    return minute >= 60 && minute < 65 ? 400 : 60;
}

static double mixed(size_t class, double minute)
{
    return class == 0 ? 60 : 30 + 20 * sin(minute / 30);
}

static double failed_of(const struct neap_replay_summary *s)
{
    return s->failed_queue_full + s->failed_timeout + s->failed_abandoned + s->failed_cut;
}

/* What holds in every run with the request engine. */
static void assert_conserved(const struct run *run)
{
    const struct neap_replay_summary *s = &run->summary;
    double requests = 0, failed = 0, of_classes = 0, failed_of_classes = 0, cpu_s = 0;
    assert_true(s->carried + s->requests == s->served + failed_of(s) + s->in_flight);
    for (size_t i = 0; i < run->intervals; i++) {
        requests += run->timeline[i].requests;
        failed += run->timeline[i].failed;
    }
    assert_true(requests == s->requests);
    assert_true(failed == failed_of(s));
    for (size_t c = 0; c < MOST_CLASSES; c++) {
        of_classes += run->class[c].requests;
        failed_of_classes += run->class[c].failed;
        cpu_s += run->class[c].cpu_request_s;
    }
    assert_true(of_classes == s->requests);
    assert_true(failed_of_classes == failed_of(s));
    assert_near(cpu_s, s->cpu_request_s, 1e-9);
    for (int state = 0; state < NEAP_CONTAINER_STATES; state++)
        assert_near(run->life_s[state], s->container_s[state], 1e-9);
}

static struct run *run_text(const char *text, class_rule rule, size_t classes, size_t intervals)
{
    struct neap_recording *recording = record(rule, classes, intervals, 60);
    struct run *run = replay(&(struct setup){.text = text, .recording = recording});
    neap_recording_free(recording);
    return run;
}

static struct run *run_requests(const char *text, class_rule rule, size_t intervals)
{
    struct run *run = run_text(text, rule, 1, intervals);
    assert_conserved(run);
    return run;
}

/* --- the table -------------------------------------------------------------------------------------- */

static void test_both_engines_do_all_of_it(void **state)
{
    static const struct neapi_engine *const engine[] = {&neapi_engine_tick, &neapi_engine_request};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct neapi_engine *e = engine[i];
        assert_non_null(e->name);
        assert_true(e->make && e->unmake && e->reset && e->open_window && e->leave_mix);
        assert_true(e->take_mix && e->serve && e->begin_interval && e->end_interval);
        assert_true(e->interval_over && e->interval_quantiles && e->begin_period);
        assert_true(e->end_period && e->backlog && e->finish);
    }
    assert_true(neapi_engine_tick.noise && !neapi_engine_request.noise);
}

/* --- one by one ------------------------------------------------------------------------------------- */

static void test_one_worker_is_m_m_1(void **state)
{
    (void)state;
    struct run *run = run_requests(PROFILE("mean=60ms cv=1 dist=exponential", "none") FIXED("1")
                                       BALANCER("random") REQUEST,
                                   ten, 2880);
    assert_near(run->summary.requests, 10 * 60 * 2880.0, 0.001);
    assert_near(run->summary.cpu_request_s, 0.06 * run->summary.requests, 0.005);
    assert_near(run->summary.latency_mean_s, 0.06 / (1 - 0.6), 0.03);
    assert_near(run->summary.latency_s[1], 0.06 / (1 - 0.6) * log(20), 0.03);
    assert_true(failed_of(&run->summary) == 0);
    free(run);
}

static void test_requests_are_those_recorded(void **state)
{
    (void)state;
    struct run *run =
        run_requests(PROFILE("20ms", "30ms") FIXED("20") BALANCER("central") REQUEST, day, 200);
    for (size_t i = 0; i < run->intervals; i++) {
        assert_true(fabs(run->timeline[i].requests - 60 * day(0, (double)i)) < 1);
        assert_near(run->timeline[i].latency_s[0], 0.05, 0.01);
    }
    free(run);
}

static void test_nobody_ready_refuses_all(void **state)
{
    (void)state;
    struct run *run =
        run_requests(PROFILE("20ms", "none") FIXED("2")
                         BALANCER("random") "[container]\nqueue_limit = 0\nworkers = 1\n" REQUEST,
                     hundred, 30);
    assert_true(run->summary.failed_queue_full > 0.3 * run->summary.requests);
    assert_true(run->summary.failed_timeout == 0);
    free(run);
}

static void test_those_who_wait_too_long_fail(void **state)
{
    (void)state;
    struct run *run = run_requests(PROFILE("20ms", "none") FIXED("1")
                                       BALANCER("central") "[container]\ntimeout = 2s\n" REQUEST,
                                   hundred, 30);
    assert_near(run->summary.failed_timeout, 0.5 * run->summary.requests, 0.02);
    assert_true(run->summary.latency_s[2] < 2.2);
    assert_true(run->summary.carried > 50 && run->summary.in_flight > 50);
    assert_near(run->summary.backlog_peak, 200, 0.3);
    free(run);
}

static void test_every_balancer_keeps_count(void **state)
{
    static const char *const balancer[] = {"random", "round_robin", "least_outstanding",
                                           "two_choices", "central"};
    static const char with_clients[] =
        "vcpu = 1\nworkers = 3\nprocesses = 2\nquota_period = 100ms\n"
        "[client]\npatience = 800ms\nretries = 2\nbackoff = 500ms\n";
    static const char *const container[] = {"vcpu = 2\nworkers = 2\n",
                                            "vcpu = 1\nworkers = 3\nwarmup = 60s\n", with_clients};
    char text[1024];
    (void)state;
    for (size_t b = 0; b < 5; b++)
        for (size_t c = 0; c < 3; c++) {
            snprintf(text, sizeof text,
                     "%s[slo]\np95 = 400ms\n[balancer]\ntype = %s\n[container]\ndrain = 1s\n"
                     "timeout = 3s\n%s",
                     PROFILE("mean=60ms cv=1", "mean=40ms cv=1") NOISY_HPA REQUEST, balancer[b],
                     container[c]);
            struct run *run = run_requests(text, saw, 60);
            assert_true(run->summary.requests > 280000);
            assert_true(run->summary.served > 0.4 * run->summary.requests);
            assert_true(run->summary.cpu_request_s > 0.059 * run->summary.served);
            assert_true((run->summary.retries > 0) == (c == 2));
            assert_true(run->summary.over_slo_s > 0 && run->summary.over_slo_share > 0);
            free(run);
        }
}

/* --- against the tick engine ------------------------------------------------------------------------ */

static void compare_engines(const char *text, class_rule rule, size_t classes)
{
    char both[2][1024];
    struct run *run[2];
    for (int engine = 0; engine < 2; engine++) {
        snprintf(both[engine], sizeof both[engine], "%s%s", text, engine == 1 ? REQUEST : "");
        run[engine] = run_text(both[engine], rule, classes, 720);
    }
    assert_conserved(run[1]);
    const struct neap_replay_summary *tick = &run[0]->summary, *exact = &run[1]->summary;
    assert_near(tick->requests, exact->requests, 0.001);
    assert_near(tick->cpu_request_s, exact->cpu_request_s, 0.01);
    assert_near(tick->container_s[NEAP_READY], exact->container_s[NEAP_READY], 0.02);
    assert_near(tick->latency_s[0], exact->latency_s[0], 0.15);
    assert_near(tick->latency_s[1], exact->latency_s[1], 0.15);
    for (size_t c = 0; c < classes && classes > 1; c++)
        assert_near(run[0]->class[c].cpu_request_s, run[1]->class[c].cpu_request_s, 0.02);
    free(run[0]);
    free(run[1]);
}

static void test_tick_engine_comes_near_at_a_central_queue(void **state)
{
    (void)state;
    compare_engines(PROFILE("mean=40ms cv=1", "mean=20ms cv=1")
                        NOISY_HPA BALANCER("central") "[container]\nvcpu = 2\nworkers = 2\n",
                    day, 1);
    compare_engines(PROFILE("mean=40ms cv=1", "none") NOISY_HPA BALANCER("central"), saw, 1);
}

static void test_tick_engine_comes_near_at_random(void **state)
{
    (void)state;
    compare_engines(PROFILE("mean=40ms cv=0.5", "none")
                        NOISY_HPA BALANCER("random") "[container]\nvcpu = 4\nworkers = 4\n",
                    day, 1);
    compare_engines(PROFILE("mean=30ms cv=1", "mean=10ms cv=1") FIXED("10") BALANCER("random"), day,
                    1);
}

static void test_tick_engine_comes_near_with_classes(void **state)
{
    (void)state;
    compare_engines(
        PROFILE("mean=40ms cv=1", "none") "cpu_demand.b = mean=80ms cv=1\n" NOISY_HPA BALANCER(
            "central") "[container]\nvcpu = 2\nworkers = 2\n",
        mixed, 2);
}

/* --- containers that come and go --------------------------------------------------------------------- */

static void test_draining_loses_nobody_who_is_done_in_time(void **state)
{
    (void)state;
    struct run *run =
        run_requests(PROFILE("mean=200ms cv=1", "mean=100ms cv=1")
                         NOISY_HPA BALANCER("random") "[container]\nvcpu = 4\nworkers = 4\n"
                                                      "drain = 60s\n" REQUEST,
                     saw, 240);
    assert_true(run->summary.scale_downs > 2);
    assert_true(run->summary.failed_cut == 0);
    assert_true(run->summary.container_s[NEAP_DRAINING] > 0);
    free(run);
}

static void test_without_a_drain_requests_are_cut_off(void **state)
{
    (void)state;
    struct run *run =
        run_requests(PROFILE("mean=200ms cv=1", "mean=100ms cv=1")
                         NOISY_HPA BALANCER("random") "[container]\nvcpu = 4\nworkers = 4\n"
                                                      "drain = 0s\n" REQUEST,
                     saw, 240);
    assert_true(run->summary.scale_downs > 2);
    assert_true(run->summary.failed_cut > 0);
    assert_true(run->summary.failed_cut < 0.01 * run->summary.requests);
    assert_true(run->summary.container_s[NEAP_DRAINING] == 0);
    free(run);
}

/* Containers by the fleet's word, one by one. */
struct row {
    size_t count;
    struct {
        size_t version;
        int64_t ready_ns;
    } at[4096];
    size_t left;
};

static void row_joined(void *context, size_t position, size_t count, size_t version,
                       int64_t ready_ns)
{
    struct row *row = context;
    assert_true(position <= row->count && row->count + count <= 4096);
    memmove(&row->at[position + count], &row->at[position],
            (row->count - position) * sizeof row->at[0]);
    for (size_t i = 0; i < count; i++) {
        row->at[position + i].version = version;
        row->at[position + i].ready_ns = ready_ns;
    }
    row->count += count;
}

static void row_left(void *context, size_t position, size_t count, struct neapi_drain drain)
{
    struct row *row = context;
    assert_true(position + count <= row->count && drain.end_ns > 0);
    row->count -= count;
    row->left += count;
    memmove(&row->at[position], &row->at[position + count],
            (row->count - position) * sizeof row->at[0]);
}

static void assert_rows_agree(const struct row *row, const struct neapi_fleet *fleet)
{
    size_t at = 0;
    assert_int_equal(row->count, fleet->in_state[NEAP_READY]);
    for (size_t i = 0; i < fleet->depth; i++)
        for (int64_t k = 0; k < fleet->cohort[i].count && fleet->cohort[i].state == NEAP_READY;
             k++, at++) {
            assert_int_equal(row->at[at].version, fleet->cohort[i].version);
            assert_int_equal(row->at[at].ready_ns, fleet->cohort[i].ready_ns);
        }
    assert_int_equal(at, row->count);
}

static void test_the_fleet_tells_who_comes_and_goes(void **state)
{
    static struct row row;
    struct neap_container_options container;
    struct neap_startup startup;
    struct neapi_fleet fleet;
    struct neap_stream stream;
    (void)state;
    neap_container_options_init(&container);
    snprintf(container.startup, sizeof container.startup, "p50=20s p95=90s");
    assert_int_equal(neap_startup_init(&startup, &container, NULL, NULL), NEAP_OK);
    assert_int_equal(neapi_fleet_new(&fleet, &container, &startup, 2, 7, 0, 15, NULL), NEAP_OK);
    fleet.watcher = (struct neapi_watcher){.context = &row, .joined = row_joined, .left = row_left};
    neapi_fleet_reset(&fleet, 1000000000, 30, 0);
    neap_stream_init(&stream, 1, 0, 99);
    for (uint64_t i = 0; i < 4000; i++) {
        int64_t now_ns = 1000000000 + (int64_t)i * 5000000000;
        neapi_fleet_advance(&fleet, now_ns, 120000000000);
        assert_rows_agree(&row, &fleet);
        if (i == 2000)
            fleet.newest = 1;
        if (i >= 2000 && i % 3 == 0) {
            enum neapi_pick pick = (enum neapi_pick)(neap_stream_bits(&stream, 3 * i) % 4);
            neapi_fleet_take(&fleet, pick, (int64_t)(neap_stream_bits(&stream, 3 * i + 1) % 4),
                             now_ns);
        } else if (i % 2 == 0) {
            neapi_fleet_resize(&fleet, (int64_t)(neap_stream_bits(&stream, 3 * i + 2) % 60),
                               now_ns);
        }
        assert_rows_agree(&row, &fleet);
    }
    assert_true(row.left > 1000);
    neapi_fleet_free(&fleet);
    neap_startup_clear(&startup);
}

#define TWO_VERSIONS                                      \
    PROFILE("mean=40ms cv=1", "mean=20ms cv=1")           \
    "[profile new]\nfrom = old\ncpu_speedup = 1.25\n"     \
    "[container]\nvcpu = 2\nworkers = 2\nstartup = 20s\n" \
    "[balancer]\ntype = central\n"

static void test_a_roll_out_changes_what_requests_need(void **state)
{
    static const struct neap_rollout_options rollout = {.surge_share = 0.25};
    struct neap_recording *recording = record(hundred, 1, 120, 60);
    struct setup setup = {.text = TWO_VERSIONS FIXED("6") REQUEST,
                          .recording = recording,
                          .rollout = &rollout,
                          .deploy = {{3600, 1}}};
    (void)state;
    struct run *run = replay(&setup);
    assert_conserved(run);
    double before = 0, after = 0;
    for (size_t i = 0; i < 55; i++) {
        before += run->timeline[i].cpu_request_cores;
        after += run->timeline[65 + i].cpu_request_cores;
    }
    assert_near(before / 55, 100 * 0.04, 0.02);
    assert_near(after / before, 0.8, 0.02);
    assert_near(run->timeline[119].newest, 6, 1e-12);
    assert_true(run->summary.rollout_s > 20 && run->summary.failed_cut == 0);
    neap_recording_free(recording);
    free(run);
}

/* --- the same again ----------------------------------------------------------------------------------- */

static void assert_same(const struct run *a, const struct run *b)
{
    assert_memory_equal(&a->summary, &b->summary, offsetof(struct neap_replay_summary, rollout_s));
    assert_memory_equal(a->timeline, b->timeline, a->intervals * sizeof a->timeline[0]);
    assert_memory_equal(a->class, b->class, sizeof a->class);
}

static void test_equal_profiles_give_equal_bytes(void **state)
{
    static const char text[] = PROFILE(
        "mean=40ms cv=1", "mean=20ms cv=1") "[profile new]\ncpu_demand = mean=40ms cv=1\n"
                                            "wait = mean=20ms cv=1\n" NOISY_HPA BALANCER(
                                                "two_choices") "[container]\nvcpu = 2\nworkers = "
                                                               "2\nstartup = p50=20s p95=60s\n"
                                                               "warmup = 60s\n" REQUEST;
    struct neap_recording *recording = record(saw, 1, 120, 60);
    (void)state;
    struct run *old = replay(&(struct setup){.text = text, .recording = recording});
    struct run *new = replay(&(struct setup){.text = text, .recording = recording, .profile = 1});
    assert_conserved(old);
    assert_true(old->summary.scale_ups > 0);
    assert_same(old, new);
    neap_recording_free(recording);
    free(old);
    free(new);
}

/* Several replays of a recording, each with a timeline. */
struct team {
    struct neap_scenario *scenario;
    struct neap_autoscaler *scaler[3];
    struct neap_replay *replay[3];
    struct neap_replay_sinks sinks[3];
    struct neap_replay_summary alone[3], together[3];
    struct neap_timeline_interval timeline[2][3][120];
    size_t count;
};

static void open_team(struct team *team, const char *text, const struct neap_recording *recording,
                      size_t count)
{
    team->scenario = scenario_of(text);
    team->count = count;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(neap_scenario_autoscaler(team->scenario, &team->scaler[i], NULL), NEAP_OK);
        struct neap_replay_inputs inputs =
            neap_scenario_inputs(team->scenario, i % 2, team->scaler[i]);
        inputs.recording = recording;
        inputs.deployments_count = 0;
        assert_int_equal(neap_replay_new(&team->replay[i], &inputs, NULL), NEAP_OK);
    }
}

static void run_team(struct team *team)
{
    struct neap_replay_job job[3];
    for (size_t i = 0; i < team->count; i++) {
        team->sinks[i] = (struct neap_replay_sinks){.timeline = team->timeline[0][i]};
        assert_int_equal(neap_replay_run(team->replay[i], &team->sinks[i], &team->alone[i], NULL),
                         NEAP_OK);
    }
    for (size_t i = 0; i < team->count; i++) {
        team->sinks[i] = (struct neap_replay_sinks){.timeline = team->timeline[1][i]};
        job[i] = (struct neap_replay_job){team->replay[i], &team->sinks[i], &team->together[i]};
    }
    assert_int_equal(neap_replay_run_together(job, team->count, NULL), NEAP_OK);
}

static void close_team(struct team *team)
{
    for (size_t i = 0; i < team->count; i++) {
        neap_replay_free(team->replay[i]);
        neap_autoscaler_free(team->scaler[i]);
    }
    neap_scenario_free(team->scenario);
}

static void check_team(const char *text, size_t count)
{
    static struct team team;
    struct neap_recording *recording = record(saw, 1, 120, 60);
    open_team(&team, text, recording, count);
    run_team(&team);
    for (size_t i = 0; i < count; i++) {
        assert_true(team.alone[i].requests > 1000);
        assert_memory_equal(&team.alone[i], &team.together[i],
                            offsetof(struct neap_replay_summary, rollout_s));
        assert_memory_equal(team.timeline[0][i], team.timeline[1][i], sizeof team.timeline[0][i]);
    }
    assert_true(team.alone[0].cpu_request_s > 1.1 * team.alone[1].cpu_request_s);
    close_team(&team);
    neap_recording_free(recording);
}

static void test_together_is_as_alone(void **state)
{
    (void)state;
    check_team(TWO_VERSIONS NOISY_HPA REQUEST, 3);
    check_team(TWO_VERSIONS NOISY_HPA REQUEST, 1);
    check_team(TWO_VERSIONS NOISY_HPA, 2);
}

static void test_none_together_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(neap_replay_run_together(NULL, 0, NULL), NEAP_OK);
}

static void test_periods_hold_what_intervals_do(void **state)
{
    static const int64_t period_ns[] = {0, 1200000000000, 7200000000000};
    struct neap_recording *recording = record(spike, 1, 120, 60);
    struct setup setup = {.text = TWO_VERSIONS NOISY_HPA REQUEST,
                          .recording = recording,
                          .period_ns = period_ns,
                          .periods = 2};
    (void)state;
    struct run *run = replay(&setup);
    double requests[2] = {0}, ready[2] = {0};
    for (size_t i = 0; i < 120; i++) {
        requests[i >= 20] += run->timeline[i].requests;
        ready[i >= 20] += run->timeline[i].ready;
    }
    for (int k = 0; k < 2; k++) {
        assert_true(run->period[k].requests == requests[k]);
        assert_near(run->period[k].ready, ready[k] / (k == 0 ? 20 : 100), 1e-9);
        assert_true(run->period[k].latency_s[1] > run->period[k].latency_s[0]);
    }
    assert_true(run->summary.latency_s[1] >=
                    fmin(run->period[0].latency_s[1], run->period[1].latency_s[1]) &&
                run->summary.latency_s[1] <=
                    fmax(run->period[0].latency_s[1], run->period[1].latency_s[1]));
    neap_recording_free(recording);
    free(run);
}

static void test_replications_differ_and_repeat(void **state)
{
    static struct team team;
    struct neap_recording *recording = record(saw, 1, 120, 60);
    struct neap_replay_summary again;
    (void)state;
    open_team(&team, TWO_VERSIONS NOISY_HPA REQUEST, recording, 1);
    struct neap_replay_inputs inputs = neap_scenario_inputs(team.scenario, 0, team.scaler[0]);
    struct neap_replay *other = NULL;
    inputs.recording = recording;
    inputs.deployments_count = 0;
    inputs.replication = 1;
    assert_int_equal(neap_replay_run(team.replay[0], NULL, &team.alone[0], NULL), NEAP_OK);
    assert_int_equal(neap_replay_run(team.replay[0], NULL, &again, NULL), NEAP_OK);
    assert_memory_equal(&team.alone[0], &again, offsetof(struct neap_replay_summary, rollout_s));
    assert_int_equal(neap_replay_new(&other, &inputs, NULL), NEAP_OK);
    assert_int_equal(neap_replay_run(other, NULL, &again, NULL), NEAP_OK);
    assert_true(again.requests == team.alone[0].requests);
    assert_true(again.cpu_request_s != team.alone[0].cpu_request_s);
    assert_near(again.cpu_request_s, team.alone[0].cpu_request_s, 0.05);
    neap_replay_free(other);
    close_team(&team);
    neap_recording_free(recording);
}

/* --- limits ------------------------------------------------------------------------------------------- */

static bool stop_later(void *context, uint64_t done, uint64_t total)
{
    int *calls = context;
    assert_true(done <= total);
    return ++*calls < 3;
}

static void test_it_stops_within_an_interval(void **state)
{
    struct neap_recording *recording = record(hundred, 1, 2, 36000); /* of ten hours */
    static struct team team;
    int calls = 0;
    struct neap_progress progress = {stop_later, &calls};
    struct neap_replay_sinks sinks = {.progress = &progress};
    struct neap_replay_summary summary = {.requests = 42};
    struct neap_error error = {0};
    (void)state;
    open_team(&team, TWO_VERSIONS FIXED("4") REQUEST, recording, 1);
    assert_int_equal(neap_replay_run(team.replay[0], &sinks, &summary, &error), NEAP_STOPPED);
    assert_true(summary.requests == 42); /* untouched */
    assert_string_equal(error.message, "stopped after 0 of 2 intervals");
    assert_int_equal(neap_replay_run(team.replay[0], NULL, &summary, NULL), NEAP_OK);
    assert_near(summary.requests, 7200000, 1e-6); /* and starts afresh */
    close_team(&team);
    open_team(&team, TWO_VERSIONS FIXED("4") REQUEST, recording, 2);
    struct neap_replay_summary both[2] = {{.requests = 42}, {.requests = 42}};
    const struct neap_replay_job job[2] = {{team.replay[0], &sinks, &both[0]},
                                           {team.replay[1], NULL, &both[1]}};
    calls = 0;
    assert_int_equal(neap_replay_run_together(job, 2, NULL), NEAP_STOPPED);
    assert_true(both[0].requests == 42 && both[1].requests == 42);
    struct neap_replay_summary again;
    assert_int_equal(neap_replay_run(team.replay[0], NULL, &again, NULL), NEAP_OK);
    assert_memory_equal(&summary, &again, offsetof(struct neap_replay_summary, rollout_s));
    close_team(&team);
    neap_recording_free(recording);
}

static void test_endless_queues_are_refused(void **state)
{
    struct neap_recording *recording = record(hundred, 1, 2, 3000000);
    struct neap_scenario *scenario = scenario_of(PROFILE("40ms", "none") FIXED("4") BALANCER(
        "random") "[container]\nqueue_limit = 1000000000\ntimeout = 24h\n" REQUEST);
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *engine = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.recording = recording;
    assert_int_equal(neap_replay_new(&engine, &inputs, &error), NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "queue_limit"));
    assert_null(engine);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    neap_recording_free(recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_engines_do_all_of_it),
        cmocka_unit_test(test_one_worker_is_m_m_1),
        cmocka_unit_test(test_requests_are_those_recorded),
        cmocka_unit_test(test_nobody_ready_refuses_all),
        cmocka_unit_test(test_those_who_wait_too_long_fail),
        cmocka_unit_test(test_every_balancer_keeps_count),
        cmocka_unit_test(test_tick_engine_comes_near_at_a_central_queue),
        cmocka_unit_test(test_tick_engine_comes_near_at_random),
        cmocka_unit_test(test_tick_engine_comes_near_with_classes),
        cmocka_unit_test(test_draining_loses_nobody_who_is_done_in_time),
        cmocka_unit_test(test_without_a_drain_requests_are_cut_off),
        cmocka_unit_test(test_the_fleet_tells_who_comes_and_goes),
        cmocka_unit_test(test_a_roll_out_changes_what_requests_need),
        cmocka_unit_test(test_equal_profiles_give_equal_bytes),
        cmocka_unit_test(test_together_is_as_alone),
        cmocka_unit_test(test_none_together_is_nothing),
        cmocka_unit_test(test_periods_hold_what_intervals_do),
        cmocka_unit_test(test_replications_differ_and_repeat),
        cmocka_unit_test(test_it_stops_within_an_interval),
        cmocka_unit_test(test_endless_queues_are_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory gives out at the n-th allocation, for n = 1, 2, ... until everything succeeds: each
 * failure must come back as one, with nothing lost (valgrind and LeakSanitizer look on). And an
 * engine that runs must not allocate at all. Linked with --wrap, see local.mk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <neap.h>

#include "recording/impl.h"

static long countdown; /* 0: off */
static long calls;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
    calls++;
    return countdown > 0 && --countdown == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

static char recording_path[] = "/tmp/neap-oom-XXXXXX";

static int write_recording(void **state)
{
    (void)state;
    int descriptor = mkstemp(recording_path);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (stream == NULL)
        return -1;
    fputs("time,requests\n", stream);
    for (int i = 0; i < 60; i++)
        fprintf(stream, "%d,%d\n", i * 60, 3000 + 3000 * (i > 20) + 100 * (i % 7));
    return fclose(stream);
}

static int remove_recording(void **state)
{
    (void)state;
    return unlink(recording_path);
}

static struct neap_scenario *decode(enum neap_status *status, const char *more)
{
    char text[2048];
    struct neap_scenario *scenario = NULL;
    static const char *const settings[] = {"run.seed=7"};
    snprintf(text, sizeof text,
             "[traffic]\nfile = %s\n[profile old]\ncpu_demand = p50=20ms p95=90ms p99=150ms\n"
             "[profile new]\nfrom = old\ncpu_speedup = 1.2\n"
             "[autoscaler]\ntarget_cpu = 60%%\nmin = 1\nmax = 20\n"
             "scale_up.policies = 100%% per 15s, 4 per 15s\n"
             "[price]\nvcpu_hour = 0.05\n"
             "[container]\nworkers = 2\nstartup = p50=20s p95=60s\n%s",
             recording_path, more);
    *status = neap_scenario_decode(&scenario, "oom", text, strlen(text), settings, 1, NULL, NULL);
    return scenario;
}

/* The main job from the file to the report; on one thread, since failures are counted. */
static enum neap_status main_job(FILE *sink)
{
    static const struct neap_study_options alone = {.threads = 1};
    enum neap_status status;
    struct neap_document *document = NULL;
    struct neap_scenario *scenario = decode(&status, "");
    if (status == NEAP_OK)
        status = neap_scenario_load(scenario, NULL);
    if (status == NEAP_OK)
        status = neap_compare(&document, scenario, &alone, NULL);
    for (const struct neap_report_type *const *type = neap_report_types();
         status == NEAP_OK && *type != NULL; type++)
        status = neap_report_write(document, *type, sink, NULL, NULL);
    neap_document_free(document);
    neap_scenario_free(scenario);
    return status;
}

static struct neap_table *chart_table(struct neap_document *document)
{
    struct neap_table *table = NULL;
    struct neap_error error = {NEAP_OK, "", 0, 0, ""};
    enum neap_status status = neap_table_new(&table, "", &error);
    if (status == NEAP_OK)
        status = neap_table_add_column(table, "time", "", NEAP_COLUMN_TIME, 0, &error);
    if (status == NEAP_OK)
        status = neap_table_add_column(table, "step", "", NEAP_COLUMN_TEXT, 0, &error);
    if (status == NEAP_OK)
        status = neap_table_add_column(table, "value", "h", NEAP_COLUMN_NUMBER, 1, &error);
    for (int i = 0; status == NEAP_OK && i < 2; i++) {
        status = neap_table_add_row(table, &error);
        if (status == NEAP_OK)
            status = neap_table_set_time(table, 0, i, &error);
        if (status == NEAP_OK)
            status = neap_table_set_text(table, 1, "step", &error);
        if (status == NEAP_OK)
            status = neap_table_set_number(table, 2, 5, &error);
    }
    neap_document_fail(document, status, &error);
    return table;
}

/* A document with charts, from its making to every format. */
static enum neap_status chart_job(FILE *sink)
{
    static const struct neap_chart_series series = {"value", "a label", NEAP_SERIES_PLAIN, "value",
                                                    "value"};
    static const struct neap_chart_mark mark = {1, "a mark"};
    struct neap_chart chart = {NEAP_CHART_LINES, "all", "title", "caption", "unit", "time",
                               &series,          1,     &mark,   1,         NULL};
    struct neap_document *document = NULL;
    enum neap_status status = neap_document_new(&document, "neap.test/1", NULL);
    if (status != NEAP_OK)
        return status;
    neap_document_add_named_table(document, "all", "title", chart_table(document), 0);
    neap_document_add_chart(document, &chart);
    chart.kind = NEAP_CHART_WATERFALL;
    chart.x = "step";
    neap_document_add_chart(document, &chart);
    status = neap_document_status(document, NULL);
    for (const struct neap_report_type *const *type = neap_report_types();
         status == NEAP_OK && *type != NULL; type++)
        status = neap_report_write(document, *type, sink, NULL, NULL);
    neap_document_free(document);
    return status;
}

static void test_charts_tell_every_failed_allocation(void **state)
{
    FILE *sink = fopen("/dev/null", "w");
    bool done = false;
    long n = 0;
    (void)state;
    assert_non_null(sink);
    assert_int_equal(chart_job(sink), NEAP_OK);
    while (!done) {
        countdown = ++n;
        enum neap_status status = chart_job(sink);
        done = countdown > 0;
        countdown = 0;
        assert_int_equal(status, done ? NEAP_OK : NEAP_NO_MEMORY);
    }
    fclose(sink);
    assert_true(n > 50);
}

/* The first ones by themselves; of those behind, which are the same few again and again (numbers of
 * a tree, cells of a table), one in twenty-nine. */
static long following(long n)
{
    return n < 400 ? n + 1 : n + 29;
}

static void test_every_failed_allocation_is_told(void **state)
{
    FILE *sink = fopen("/dev/null", "w");
    long failures = 0, silent = 0;
    bool done = false;
    (void)state;
    assert_non_null(sink);
    assert_int_equal(main_job(sink), NEAP_OK); /* buffers of stdio are there from now on */
    for (long n = 1; n < 100000 && !done; n = following(n)) {
        countdown = n;
        enum neap_status status = main_job(sink);
        done = countdown > 0; /* never reached: all went well without */
        countdown = 0;
        if (!done && status == NEAP_OK)
            silent++; /* an allocation that the result does not need, such as a suggestion's */
        else if (!done) {
            failures++;
            assert_int_equal(status, NEAP_NO_MEMORY);
        }
    }
    fclose(sink);
    assert_true(done);
    assert_true(failures > 100);
    assert_true(silent * 20 < failures);
}

/* Synthetic traffic with all that it can have, split and written. */
static enum neap_status synthetic_job(FILE *sink)
{
    struct neap_synth_options options;
    struct neap_holidays *holidays = NULL;
    struct neap_recording *whole = NULL, *split = NULL;
    struct neap_day_curve half = {1, {{0, 0.5}}};
    const struct neap_class_share shares[] = {{"a", &half}};
    neap_synth_options_init(&options);
    options.step_s = 3600;
    options.burst_rate = 1e-4;
    strcpy(options.flash_at, "2026-03-05");
    strcpy(options.outage_at, "2026-03-04 2026-03-06");
    enum neap_status status = neap_recording_read_holidays(&holidays, "12-25 easter", NULL, NULL);
    if (status == NEAP_OK)
        status = neap_recording_synth(&whole, &options, NULL, holidays, NULL);
    if (status == NEAP_OK)
        status = neap_recording_split(&split, whole, shares, 1, NULL, NULL);
    if (status == NEAP_OK)
        status = neap_recording_write(split, sink, NULL);
    neap_recording_free(split);
    neap_recording_free(whole);
    neap_holidays_free(holidays);
    return status;
}

/* Single requests, out of order, with classes, split away from them and made coarser. */
static enum neap_status stamps_job(bool with_classes)
{
    static const char data[] = "time,who\n5,a\n70,b\n62,other\n63,b\n1,a\n";
    struct neap_recording_options options;
    struct neap_recording *r = NULL, *coarse = NULL, *split = NULL;
    struct neap_day_curve half = {1, {{0, 0.5}}};
    const struct neap_class_share shares[] = {{"a", &half}};
    neap_recording_options_init(&options);
    strcpy(options.file, "r.csv");
    strcpy(options.arrivals, "recorded");
    strcpy(options.class_field, with_classes ? "who" : "");
    enum neap_status status =
        neapi_recording_read_memory(&r, &options, data, sizeof data - 1, "r.csv", NULL, NULL);
    if (status == NEAP_OK)
        status = neap_recording_resample(&coarse, r, 2 * neap_recording_step_ns(r), NULL);
    if (status == NEAP_OK && !with_classes)
        status = neap_recording_split(&split, r, shares, 1, NULL, NULL);
    neap_recording_free(split);
    neap_recording_free(coarse);
    neap_recording_free(r);
    return status;
}

static void test_single_requests_tell_every_failed_allocation(void **state)
{
    (void)state;
    for (int with_classes = 0; with_classes < 2; with_classes++) {
        long failures = 0, silent = 0;
        bool done = false;
        for (long n = 1; n < 1000 && !done; n++) {
            countdown = n;
            enum neap_status status = stamps_job(with_classes);
            done = countdown > 0;
            countdown = 0;
            failures += !done && status == NEAP_NO_MEMORY;
            silent += !done && status == NEAP_OK; /* an array that keeps its size */
            assert_true(done || status == NEAP_OK || status == NEAP_NO_MEMORY);
        }
        assert_true(done);
        assert_true(failures > 15);
        assert_true(silent <= 2);
    }
}

static void test_synthetic_traffic_tells_every_failed_allocation(void **state)
{
    FILE *sink = fopen("/dev/null", "w");
    long failures = 0;
    bool done = false;
    (void)state;
    assert_non_null(sink);
    assert_int_equal(synthetic_job(sink), NEAP_OK);
    for (long n = 1; n < 1000 && !done; n++) {
        countdown = n;
        enum neap_status status = synthetic_job(sink);
        done = countdown > 0;
        countdown = 0;
        if (!done)
            assert_int_equal(status, NEAP_NO_MEMORY);
        failures += !done;
    }
    fclose(sink);
    assert_true(done);
    assert_true(failures > 15);
}

static void test_explaining_tells_every_failed_allocation(void **state)
{
    enum neap_status status;
    struct neap_scenario *scenario = decode(&status, "");
    bool done = false;
    long failures = 0;
    (void)state;
    assert_int_equal(status, NEAP_OK);
    assert_int_equal(neap_scenario_load(scenario, NULL), NEAP_OK);
    for (long n = 1; n < 100000 && !done; n++) {
        struct neap_document *document = NULL;
        countdown = n;
        status = neap_explain(&document, scenario, 0, INT64_C(1500000000000), NULL, NULL);
        done = countdown > 0;
        countdown = 0;
        assert_int_equal(status, done ? NEAP_OK : NEAP_NO_MEMORY);
        failures += !done;
        neap_document_free(document);
    }
    assert_true(done);
    assert_true(failures > 100);
    neap_scenario_free(scenario);
}

/* Two classes, and a second version from the middle on. */
static const char in_classes[] =
    "[class a]\nshare = 30%\n[rollout]\ndeploy_at = 1970-01-01T00:30Z\n";

static enum neap_status replay_job(const struct neap_scenario *scenario)
{
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *replay = NULL;
    struct neap_replay_summary summary;
    enum neap_status status = neap_scenario_autoscaler(scenario, &scaler, NULL);
    if (status == NEAP_OK) {
        struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
        status = neap_replay_new(&replay, &inputs, NULL);
    }
    if (status == NEAP_OK)
        status = neap_replay_run(replay, NULL, &summary, NULL);
    neap_replay_free(replay);
    neap_autoscaler_free(scaler);
    return status;
}

/* Two of them on one tape. */
static enum neap_status together_job(const struct neap_scenario *scenario)
{
    struct neap_autoscaler *scaler[2] = {NULL, NULL};
    struct neap_replay *replay[2] = {NULL, NULL};
    struct neap_replay_summary summary[2];
    struct neap_replay_job job[2];
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < 2; i++) {
        status = neap_scenario_autoscaler(scenario, &scaler[i], NULL);
        struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, i, scaler[i]);
        if (status == NEAP_OK)
            status = neap_replay_new(&replay[i], &inputs, NULL);
        job[i] = (struct neap_replay_job){replay[i], NULL, &summary[i]};
    }
    if (status == NEAP_OK)
        status = neap_replay_run_together(job, 2, NULL);
    for (size_t i = 0; i < 2; i++) {
        neap_replay_free(replay[i]);
        neap_autoscaler_free(scaler[i]);
    }
    return status;
}

static const char on_nodes[] = "startup_cpu = 9s\nstartup_failures = 20%\n"
                               "[nodes]\nvcpu = 3\nstartup = p50=60s p95=90s\n"
                               "scale_in_delay = 90s\n";

static void
check_that_failures_are_told(const char *more,
                             enum neap_status (*run)(const struct neap_scenario *scenario))
{
    enum neap_status status;
    struct neap_scenario *scenario = decode(&status, more);
    long failures = 0;
    assert_int_equal(status, NEAP_OK);
    assert_int_equal(neap_scenario_load(scenario, NULL), NEAP_OK);
    assert_int_equal(run(scenario), NEAP_OK);
    for (long n = 1; n < 10000; n++) {
        countdown = n;
        status = run(scenario);
        bool done = countdown > 0;
        countdown = 0;
        if (done)
            break;
        failures += status == NEAP_NO_MEMORY;
        assert_int_equal(failures, n);
    }
    assert_true(failures > 20);
    neap_scenario_free(scenario);
}

/* Whatever kernel, balancer and clients. */
static void check_pool(struct neap_pool_options *options)
{
    struct neap_pool *pool = NULL;
    enum neap_status status = NEAP_NO_MEMORY;
    int64_t arrival_ns[100], cpu_ns[100], wait_ns[100];
    uint32_t pick[100];
    struct neap_needs needs = {cpu_ns, wait_ns};
    struct neap_requests requests = {100, arrival_ns, pick, NULL, &needs};
    long n = 0;
    for (; status != NEAP_OK; countdown = 0) {
        countdown = ++n;
        status = neap_pool_new(&pool, options, NULL);
        assert_int_equal(status, countdown > 0 ? NEAP_OK : NEAP_NO_MEMORY);
    }
    assert_true(n > 10);
    for (int i = 0; i < 100; i++) {
        arrival_ns[i] = i;
        cpu_ns[i] = wait_ns[i] = 1 + i % 7;
        pick[i] = (uint32_t)i * 0x9E3779B9u;
    }
    long before = calls;
    neap_pool_join(pool, 0, 3, 0, 0);
    neap_pool_begin(pool, 200);
    neap_pool_add(pool, &requests);
    neap_pool_end(pool);
    neap_pool_leave(pool, 0, 2, 200);
    assert_int_equal(calls, before);
    neap_pool_free(pool);
}

static void test_pools_tell_every_failed_allocation_and_run_without_any(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        struct neap_pool_options o = {.workers = 1 + i % 2,
                                      .cores = 1,
                                      .burst_cores = 1,
                                      .quota_period_s = (double)NAN,
                                      .queue_limit = 10,
                                      .timeout_s = 20e-9,
                                      .balancer = (enum neap_balancer_type)(i / 2),
                                      .client = {(double)NAN, i % 2, 10e-9},
                                      .containers_most = 3,
                                      .waiting_most = 20,
                                      .classes = 1,
                                      .versions = 1};
        check_pool(&o);
    }
}

static void test_a_replay_with_deployments_tells_every_failed_allocation(void **state)
{
    (void)state;
    check_that_failures_are_told(on_nodes, replay_job);
    check_that_failures_are_told(in_classes, replay_job);
}

/* One of each kernel. */
static const char with_events[] =
    "[run]\nengine = request\n[client]\nretries = 1\n[class a]\nshare = 30%\n"
    "[rollout]\ndeploy_at = 1970-01-01T00:30Z\n";
static const char *const by_request[] = {
    "vcpu = 2\n[run]\nengine = request\n[balancer]\ntype = random\n",
    "vcpu = 2\n[run]\nengine = request\n[balancer]\ntype = central\n", with_events};

static void test_the_request_engine_tells_every_failed_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        check_that_failures_are_told(by_request[i], replay_job);
        check_that_failures_are_told(by_request[i], together_job);
    }
}

static void test_a_tape_tells_every_failed_allocation_and_reads_without_any(void **state)
{
    enum neap_status status;
    struct neap_scenario *scenario = decode(&status, in_classes);
    (void)state;
    assert_int_equal(status, NEAP_OK);
    assert_int_equal(neap_scenario_load(scenario, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, NULL);
    const struct neap_profile *const profiles[] = {inputs.profile, inputs.profile};
    struct neap_tape *tape = NULL;
    struct neap_chunk chunk;
    long n = 0;
    for (status = NEAP_NO_MEMORY; status != NEAP_OK; countdown = 0) {
        countdown = ++n;
        status = neap_tape_new(&tape, inputs.recording, profiles, 2, 1, 0, NULL);
        assert_int_equal(status, countdown > 0 ? NEAP_OK : NEAP_NO_MEMORY);
    }
    assert_true(n > 5);
    size_t requests = 0;
    long before = calls;
    neap_tape_rewind(tape, neap_recording_start_ns(inputs.recording) - INT64_C(3600000000000));
    while (neap_tape_next(tape, &chunk))
        requests += chunk.requests.count;
    assert_int_equal(calls, before);
    assert_true(requests > 1000);
    neap_tape_free(tape);
    neap_scenario_free(scenario);
}

static void check_that_nothing_is_allocated(const char *more, size_t profile)
{
    enum neap_status status;
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *replay = NULL;
    struct neap_replay_summary summary;
    const struct neap_replay_sinks sinks = {.context = NULL};
    struct neap_scenario *scenario = decode(&status, more);
    assert_int_equal(status, NEAP_OK);
    assert_int_equal(neap_scenario_load(scenario, NULL), NEAP_OK);
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, profile, scaler);
    assert_int_equal(neap_replay_new(&replay, &inputs, NULL), NEAP_OK);
    long before = calls;
    assert_int_equal(neap_replay_run(replay, &sinks, &summary, NULL), NEAP_OK);
    assert_int_equal(calls, before);
    assert_true(summary.scale_ups + summary.scale_downs > 0); /* it did work */
    neap_replay_free(replay);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
}

/* --- autoscalers around others ------------------------------------------------------------------------ */

static enum neap_status make_around(struct neap_autoscaler **scaler, const char *type,
                                    const char *key, const char *value)
{
    struct neap_autoscaler *made = NULL;
    enum neap_status status = neap_autoscaler_new(&made, neap_autoscaler_find(type), NULL);
    if (status == NEAP_OK)
        status = neap_autoscaler_set(made, "policy.settings", "max = 9 | target_cpu = 50%", NULL);
    if (status == NEAP_OK)
        status = neap_autoscaler_set(made, key, value, NULL);
    if (status == NEAP_OK)
        status = neap_autoscaler_prepare(made, NULL);
    if (status == NEAP_OK)
        *scaler = made;
    else
        neap_autoscaler_free(made);
    return status;
}

/* Every five minutes for nearly three days; pods that are not ready tell the policy inside nothing. */
static int64_t largest_size(struct neap_autoscaler *scaler)
{
    int64_t largest = 0;
    for (int64_t i = 0; i < 800; i++) {
        struct neap_pods pods = {.count = 2, .request_m = 1000, .has_metric = true, .ready = true};
        pods.usage_m = i % 288 < 144 ? 50 : 3000;
        struct neap_reading reading = {
            .now_ns = i * INT64_C(300000000000), .replicas = 2, .pods = &pods, .pods_count = 1};
        struct neap_decision decision;
        neap_autoscaler_decide(scaler, &reading, &decision);
        if (decision.after > largest)
            largest = decision.after;
    }
    return largest;
}

static void check_around(const char *type, const char *key, const char *value)
{
    enum neap_status status;
    struct neap_autoscaler *scaler = NULL;
    long n = 0;
    for (status = NEAP_NO_MEMORY; status != NEAP_OK; countdown = 0) {
        countdown = ++n;
        status = make_around(&scaler, type, key, value);
        assert_int_equal(status, countdown > 0 ? NEAP_OK : NEAP_NO_MEMORY);
    }
    assert_true(n > 8);
    long before = calls;
    assert_true(largest_size(scaler) > 2);
    assert_int_equal(calls, before);
    neap_autoscaler_free(scaler);
}

static void test_autoscalers_around_others_fail_whole_and_decide_without_memory(void **state)
{
    (void)state;
    check_around("schedule", "schedule", "daily 09:00-17:00 min=4");
    check_around("predictive", "season", "1d");
}

static void test_a_running_engine_allocates_nothing(void **state)
{
    (void)state;
    check_that_nothing_is_allocated("", 1);
    for (size_t i = 0; i < 3; i++)
        check_that_nothing_is_allocated(by_request[i], 0);
    check_that_nothing_is_allocated(in_classes, 0);
    check_that_nothing_is_allocated(on_nodes, 0);
}

/* --- autoscalers ---------------------------------------------------------------------------------------- */

/* A kind and settings that make it use all that it has. */
static const struct kind {
    const char *type;
    const char *settings[8][2];
} kinds[] = {{"knative", {{"metric", "rps"}, {"target", "2"}, {"scale_down_delay", "60s"}}},
             {"keda",
              {{"target_rate", "2/s"},
               {"scale_up.window", "30s"},
               {"cron.replicas", "3"},
               {"cron.start", "1 * * * *"},
               {"cron.end", "5 * * * *"},
               {"cron.timezone", "UTC"}}}};

static enum neap_status make_kind(const struct kind *kind, struct neap_autoscaler **scaler)
{
    enum neap_status status = neap_autoscaler_new(scaler, neap_autoscaler_find(kind->type), NULL);
    for (size_t i = 0; status == NEAP_OK && kind->settings[i][0] != NULL; i++)
        status = neap_autoscaler_set(*scaler, kind->settings[i][0], kind->settings[i][1], NULL);
    return status == NEAP_OK ? neap_autoscaler_prepare(*scaler, NULL) : status;
}

static void test_every_kind_of_autoscaler_tells_every_failed_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        long failures = 0;
        for (enum neap_status status = NEAP_NO_MEMORY; status != NEAP_OK;) {
            struct neap_autoscaler *scaler = NULL;
            countdown = failures + 1;
            status = make_kind(&kinds[i], &scaler);
            countdown = 0;
            neap_autoscaler_free(scaler);
            assert_true(status == NEAP_OK || status == NEAP_NO_MEMORY);
            failures += status != NEAP_OK;
        }
        assert_in_range(failures, 4, 20);
    }
}

static void test_no_kind_of_autoscaler_allocates_to_decide(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct neap_autoscaler *scaler = NULL;
        int64_t replicas = 2, moves = 0;
        assert_int_equal(make_kind(&kinds[i], &scaler), NEAP_OK);
        long before = calls;
        for (int64_t t = 0; t < 7200; t += 5) {
            struct neap_pods pods = {
                .count = replicas, .has_metric = true, .has_ready_condition = true, .ready = true};
            struct neap_reading reading = {.now_ns = t * 1000000000,
                                           .replicas = replicas,
                                           .pods = &pods,
                                           .pods_count = 1,
                                           .request_rate = t % 3600 < 1200 ? 20 : 0};
            struct neap_decision decision;
            neap_autoscaler_decide(scaler, &reading, &decision);
            moves += decision.after != replicas;
            replicas = decision.after;
        }
        assert_int_equal(calls, before);
        assert_true(moves >= 4);
        neap_autoscaler_free(scaler);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_failed_allocation_is_told),
        cmocka_unit_test(test_single_requests_tell_every_failed_allocation),
        cmocka_unit_test(test_synthetic_traffic_tells_every_failed_allocation),
        cmocka_unit_test(test_explaining_tells_every_failed_allocation),
        cmocka_unit_test(test_charts_tell_every_failed_allocation),
        cmocka_unit_test(test_a_replay_with_deployments_tells_every_failed_allocation),
        cmocka_unit_test(test_pools_tell_every_failed_allocation_and_run_without_any),
        cmocka_unit_test(test_the_request_engine_tells_every_failed_allocation),
        cmocka_unit_test(test_a_tape_tells_every_failed_allocation_and_reads_without_any),
        cmocka_unit_test(test_autoscalers_around_others_fail_whole_and_decide_without_memory),
        cmocka_unit_test(test_a_running_engine_allocates_nothing),
        cmocka_unit_test(test_every_kind_of_autoscaler_tells_every_failed_allocation),
        cmocka_unit_test(test_no_kind_of_autoscaler_allocates_to_decide),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, write_recording, remove_recording);
}

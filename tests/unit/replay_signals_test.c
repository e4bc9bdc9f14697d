/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What readings hold beside CPU and the request rate: against closed forms, against Little's law, of
 * one engine against the other, and what autoscalers make of it. */
#include "replay_fixture.h"

enum { READINGS = 1 << 16 };

/* A policy that keeps its size, and all that it was shown. */
struct probe {
    int64_t replicas;
    size_t count;
    struct neap_reading reading[READINGS];
    struct neap_pods pods[READINGS]; /* the first ones of each */
};

static int64_t look(void *context, const struct neap_reading *reading)
{
    struct probe *probe = context;
    assert_true(probe->count < READINGS);
    probe->reading[probe->count] = *reading;
    if (reading->pods_count > 0)
        probe->pods[probe->count] = reading->pods[0];
    probe->count++;
    return probe->replicas;
}

static void forget(void *context)
{
    struct probe *probe = context;
    probe->count = 0;
}

enum { SKIPPED = 60 }; /* readings of the warm-up and of its end */

#define SERVICE(more)                                                                         \
    "[container]\nvcpu = 1\nworkers = 1\nstartup = 0s\ndrain = 0s\ntimeout = 600s\nmemory = " \
    "1GiB\n"                                                                                  \
    "memory_base = 0MiB\nmemory_per_request = 100MiB\n" more
#define EXPONENTIAL PROFILE("dist=exponential mean=100ms", "0s")
#define CENTRAL     "[balancer]\ntype = central\n"
#define QUIET       "[metrics]\nnoise = off\nwindow = 15s\nlag = 0s\n"
#define LOUD        "[metrics]\nwindow = 15s\nlag = 0s\n"
#define BY_REQUEST  "[run]\nengine = request\n"

/* The caller frees it. */
static struct probe *probe(const char *text, const struct neap_recording *recording,
                           int64_t replicas, double quantile, struct neap_replay_summary *summary)
{
    struct probe *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->replicas = replicas;
    const struct neap_callback callback = {.decide = look,
                                           .reset = forget,
                                           .context = made,
                                           .reads_request_rate = true,
                                           .reads_in_flight = true,
                                           .reads_queued = true,
                                           .reads_memory = true,
                                           .latency_quantile = quantile};
    char whole[4096];
    snprintf(whole, sizeof whole, "%s%s", text, FIXED("1"));
    struct neap_scenario *scenario = scenario_of(whole);
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *engine = NULL;
    struct neap_error error = {0};
    char count[32];
    snprintf(count, sizeof count, "%lld", (long long)replicas);
    assert_int_equal(neap_autoscaler_from_callback(&scaler, &callback, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_set(scaler, "max", count, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_prepare(scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.recording = recording;
    if (neap_replay_new(&engine, &inputs, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    struct neap_replay_summary own;
    assert_int_equal(neap_replay_run(engine, NULL, summary == NULL ? &own : summary, NULL),
                     NEAP_OK);
    neap_replay_free(engine);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    return made;
}

/* Mean and standard deviation over readings. */
struct spread {
    double mean, deviation;
};

static struct spread of(const struct probe *probe, size_t offset)
{
    double sum = 0, squares = 0, count = 0;
    for (size_t i = SKIPPED; i < probe->count; i++) {
        double value;
        memcpy(&value, (const char *)&probe->reading[i] + offset, sizeof value);
        assert_false(isnan(value));
        sum += value;
        squares += value * value;
        count++;
    }
    double mean = sum / count;
    return (struct spread){mean, sqrt(fmax(squares / count - mean * mean, 0))};
}
#define OF(probe, name) of(probe, offsetof(struct neap_reading, name))

static double five(size_t class, double interval)
{
    (void)class;
    (void)interval;
    return 5;
}

static double seven(size_t class, double interval)
{
    (void)class;
    (void)interval;
    return 7;
}

static double thirty(size_t class, double interval)
{
    (void)class;
    (void)interval;
    return 30;
}

static double tides(size_t class, double minute)
{
    (void)class;
    return 25 - 15 * cos(2 * M_PI * minute / 120);
}

/* --- closed forms ----------------------------------------------------------------------------------- */

/* M/M/1 at 50 %: 1 present, half of it waiting; response times are exponential. */
static void one_server(const char *text, double relative)
{
    struct neap_recording *recording = record(five, 1, 144, 600);
    struct probe *made = probe(text, recording, 1, 0.9, NULL);
    assert_near(OF(made, in_flight).mean, 1, relative);
    assert_near(OF(made, queued).mean, 0.5, relative);
    assert_near(OF(made, latency_s).mean, log(10) / 5, relative);
    free(made);
    neap_recording_free(recording);
}

static void one_server_as_by_formula(void **unused)
{
    (void)unused;
    one_server(EXPONENTIAL SERVICE("") QUIET, 0.02);
}

static void one_server_by_request(void **unused)
{
    (void)unused;
    one_server(EXPONENTIAL SERVICE("") QUIET BY_REQUEST, 0.06);
}

/* M/M/4 at 75 %: Erlang's C formula. */
static void four_servers(const char *text, double relative)
{
    double offered = 3, sum = 1 + 3 + 4.5 + 4.5, last = 81.0 / 24 * 4;
    double waits = last / (sum + last), queued = waits * 3;
    struct neap_recording *recording = record(thirty, 1, 144, 600);
    struct probe *made = probe(text, recording, 4, 0.5, NULL);
    assert_near(OF(made, queued).mean, queued, relative);
    assert_near(OF(made, in_flight).mean, offered + queued, relative);
    free(made);
    neap_recording_free(recording);
}

static void four_servers_as_by_formula(void **unused)
{
    (void)unused;
    four_servers(EXPONENTIAL SERVICE("") CENTRAL QUIET, 0.03);
}

static void four_servers_by_request(void **unused)
{
    (void)unused;
    four_servers(EXPONENTIAL SERVICE("") CENTRAL QUIET BY_REQUEST, 0.08);
}

/* Little: what is in flight, over time, is what all requests took. Exactly, but for those there at
 * the edges. */
static void requests_in_flight_add_up_to_their_times(void **unused)
{
    (void)unused;
    static const char *const balancers[] = {"random", "round_robin", "least_outstanding",
                                            "two_choices", "central"};
    struct neap_recording *recording = record(tides, 1, 240, 60);
    for (size_t k = 0; k < sizeof balancers / sizeof balancers[0]; k++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s[balancer]\ntype = %s\n", EXPONENTIAL SERVICE(""),
                 QUIET BY_REQUEST, balancers[k]);
        struct neap_replay_summary summary;
        struct probe *made = probe(text, recording, 6, 0.95, &summary);
        double sum_s = 0;
        size_t readings = 240 * 4, first = made->count - readings + 1;
        for (size_t i = first; i < made->count; i++)
            sum_s += 15 * made->reading[i].in_flight;
        double took_s = summary.latency_mean_s * summary.served;
        assert_near(sum_s, took_s, 0.01); /* the last 15 s have no reading */
        free(made);
    }
    neap_recording_free(recording);
}

/* --- one engine against the other ------------------------------------------------------------------- */

static void engines_show_the_same(void **unused)
{
    (void)unused;
    static const char both[] = PROFILE(
        "mean=80ms cv=1", "p50=40ms p95=90ms") "[container]\nvcpu = 1\nworkers = 3\nstartup = "
                                               "0s\nmemory = 1GiB\nmemory_base = 200MiB\n"
                                               "memory_per_request = 1MiB\n" QUIET;
    struct neap_recording *recording = record(tides, 1, 480, 60);
    struct probe *tick = probe(both, recording, 5, 0.95, NULL);
    char text[1024];
    snprintf(text, sizeof text, "%s%s", both, BY_REQUEST);
    struct probe *request = probe(text, recording, 5, 0.95, NULL);
    assert_int_equal(tick->count, request->count);
    assert_near(OF(tick, in_flight).mean, OF(request, in_flight).mean, 0.05);
    assert_near(OF(tick, latency_s).mean, OF(request, latency_s).mean, 0.15);
    assert_true(fabs(OF(tick, queued).mean - OF(request, queued).mean) < 0.1);
    double memory[2] = {0, 0};
    for (size_t i = SKIPPED; i < tick->count; i++) {
        assert_true(tick->pods[i].has_memory && request->pods[i].has_memory);
        assert_int_equal(tick->pods[i].memory_request_bytes, 1 << 30);
        memory[0] += (double)tick->pods[i].memory_bytes;
        memory[1] += (double)request->pods[i].memory_bytes;
    }
    assert_near(memory[0], memory[1], 0.01);
    free(tick);
    free(request);
    neap_recording_free(recording);
}

/* The tick engine's noise stands for what real counts vary by. */
static void noise_is_that_of_requests(void **unused)
{
    (void)unused;
    struct neap_recording *recording = record(seven, 1, 144, 600);
    struct probe *tick = probe(EXPONENTIAL SERVICE("") LOUD, recording, 1, 0.9, NULL);
    struct probe *request = probe(EXPONENTIAL SERVICE("") LOUD BY_REQUEST, recording, 1, 0.9, NULL);
    struct spread a = OF(tick, in_flight), b = OF(request, in_flight);
    assert_true(a.deviation > 0.6 * b.deviation && a.deviation < 1.5 * b.deviation);
    a = OF(tick, queued);
    b = OF(request, queued);
    assert_true(a.deviation > 0.6 * b.deviation && a.deviation < 1.5 * b.deviation);
    a = OF(tick, latency_s);
    b = OF(request, latency_s);
    assert_true(a.deviation > 0.3 * b.deviation && a.deviation < 2 * b.deviation);
    free(tick);
    free(request);
    neap_recording_free(recording);
}

static void without_noise_readings_do_not_vary(void **unused)
{
    (void)unused;
    struct neap_recording *recording = record(seven, 1, 240, 60);
    struct probe *made = probe(EXPONENTIAL SERVICE("") QUIET, recording, 1, 0.9, NULL);
    assert_true(OF(made, in_flight).deviation < 1e-6);
    assert_true(OF(made, queued).deviation < 1e-6);
    assert_true(OF(made, latency_s).deviation < 1e-6);
    free(made);
    neap_recording_free(recording);
}

static void what_is_not_read_is_not_shown(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = NULL;
    const struct neap_autoscaler_type *type = neap_autoscaler_find("hpa");
    assert_int_equal(neap_autoscaler_new(&scaler, type, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_set(scaler, "max", "9", NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_prepare(scaler, NULL), NEAP_OK);
    struct neap_autoscaler_scope scope = neap_autoscaler_scope(scaler);
    assert_false(scope.reads_in_flight || scope.reads_queued || scope.reads_memory);
    assert_false(scope.latency_quantile > 0);
    neap_autoscaler_free(scaler);
}

/* --- what an HPA makes of it ------------------------------------------------------------------------- */

/* The size at the end of a day at that rate. */
static double size_with(class_rule rule, const char *autoscaler, const char *more)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s%s%s", EXPONENTIAL SERVICE("") CENTRAL,
             "[metrics]\nnoise = off\n[autoscaler]\ntype = hpa\nmax = 60\n"
             "tolerance = 0.1%\n",
             autoscaler, more);
    struct neap_recording *recording = record(rule, 1, 240, 60);
    const struct setup setup = {.text = text, .recording = recording};
    struct run *run = replay(&setup);
    double size = run->timeline[239].wanted;
    free(run);
    neap_recording_free(recording);
    return size;
}

static double hundred(size_t class, double interval)
{
    (void)class;
    (void)interval;
    return 100;
}

/* 100/s of 100 ms: 10 are in flight, and with enough containers nearly none waits. */
static void an_hpa_on_requests_in_flight(void **unused)
{
    (void)unused;
    assert_true(size_with(hundred, "target_in_flight = 0.5\n", "") == 20);
    assert_true(size_with(hundred, "target_in_flight = 0.5\nin_flight_metric = object_average\n",
                          "") == 21); /* a little more than 10 are in flight */
    /* a Value stands for all together: 10 / 5 = twice the size, as long as it is not below */
    assert_true(size_with(hundred, "target_in_flight = 5\nin_flight_metric = object_value\n",
                          "scale_up.policies = 100% per 15s\n") == 60);
}

/* Erlang's C formula: requests that wait for n workers that are offered 10. */
static double erlang_queue(int n)
{
    double blocked = 1;
    for (int k = 1; k <= n; k++)
        blocked = 10 * blocked / (k + 10 * blocked);
    double load = 10.0 / n, waits = blocked / (1 - load * (1 - blocked));
    return waits * load / (1 - load);
}

/* Of 11 containers' queue half a request for each container of more; that many have hardly any, and
 * never become fewer here. */
static void an_hpa_on_the_queue(void **unused)
{
    (void)unused;
    double most = ceil(erlang_queue(11) / 0.5);
    double size = size_with(hundred, "target_queued = 0.5\nmin = 11\n",
                            "scale_down.select = disabled\n[run]\ninitial = 11\n");
    assert_true(most == 14 && size <= most);
    assert_true(erlang_queue((int)size) <= 0.5 * size * 1.001);
}

/* 100 MiB for each of 10 requests in flight; as a share of 1 GiB in whole percent, rounded down. */
static void an_hpa_on_memory(void **unused)
{
    (void)unused;
    assert_true(size_with(hundred, "target_memory_value = 50.5MiB\nmin = 11\n", "") == 20);
    assert_true(size_with(hundred, "target_memory = 5%\nmin = 11\n", "[run]\ninitial = 17\n") ==
                17); /* at 5.7 %, which counts as 5 */
    assert_true(size_with(hundred, "target_memory = 90%\nmin = 11\n", "") == 11);
}

/* With enough containers nobody waits: the 95th percentile of 100 ms exponential is 300 ms. */
static void an_hpa_on_latency(void **unused)
{
    (void)unused;
    assert_true(size_with(hundred, "target_latency = 250ms\nmin = 11\n", "") == 60);
    assert_true(size_with(hundred, "target_latency = 900ms\nmin = 12\n", "") == 12);
    double size =
        size_with(hundred, "target_latency = 330ms\nmin = 11\n", "scale_up.policies = 1 per 15s\n");
    assert_true(size >= 12 && size <= 20);
    assert_true(
        size_with(hundred, "target_latency = 100ms\nlatency_quantile = 50%\nmin = 12\n", "") == 12);
}

/* --- pipelines ---------------------------------------------------------------------------------------- */

static struct neap_metrics_pipeline pipeline_of(const char *text)
{
    char whole[1024];
    snprintf(whole, sizeof whole, "%s%s", EXPONENTIAL, text);
    struct neap_scenario *scenario = scenario_of(whole);
    struct neap_autoscaler *scaler = NULL;
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_metrics_pipeline made =
        neap_metrics_pipeline(neap_scenario_metrics(scenario), scaler);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    return made;
}

static void each_kind_has_its_pipeline(void **unused)
{
    (void)unused;
    struct neap_metrics_pipeline p = pipeline_of(FIXED("1"));
    assert_true(p.window_s == 15 && p.lag_s == 15 && p.align_s == 0);
    p = pipeline_of("[autoscaler]\ntype = hpa\nmax = 2\n");
    assert_true(p.window_s == 15 && p.lag_s == 15 && p.align_s == 0);
    p = pipeline_of("[autoscaler]\ntype = target_tracking\ntarget_cpu = 60%\nmax = 2\n");
    assert_true(p.window_s == 60 && p.lag_s == 30 && p.align_s == 60);
    p = pipeline_of("[autoscaler]\ntype = knative\n");
    assert_true(p.window_s == 2 && p.lag_s == 0);
    p = pipeline_of("[autoscaler]\ntype = keda\ntarget_queue = 5\n");
    assert_true(p.window_s == 15 && p.lag_s == 0);
    p = pipeline_of("[autoscaler]\ntype = keda\ntarget_cpu = 50%\n");
    assert_true(p.window_s == 15 && p.lag_s == 15);
    p = pipeline_of("[autoscaler]\ntype = gce\nmax = 2\n");
    assert_true(p.window_s == 60 && p.lag_s == 15);
    p = pipeline_of("[autoscaler]\ntype = target_tracking\ntarget_cpu = 60%\nmax = 2\n"
                    "[metrics]\nwindow = 20s\nlag = 7s\n");
    assert_true(p.window_s == 20 && p.lag_s == 7 && p.align_s == 0);
}

static void points_lie_on_the_clock(void **unused)
{
    (void)unused;
    const struct neap_metrics_pipeline clock = {60, 30, 60};
    const int64_t second = 1000000000;
    assert_int_equal(neap_metrics_end_ns(&clock, 600 * second), 540 * second);
    assert_int_equal(neap_metrics_end_ns(&clock, 630 * second), 600 * second);
    assert_int_equal(neap_metrics_end_ns(&clock, -600 * second), -660 * second);
    const struct neap_metrics_pipeline plain = {60, 30, 0};
    assert_int_equal(neap_metrics_end_ns(&plain, 611 * second), 581 * second);
}

static void memory_must_be_described(void **unused)
{
    (void)unused;
    static const char text[] =
        EXPONENTIAL "[autoscaler]\ntype = hpa\ntarget_memory = 50%\nmax = 2\n";
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    assert_int_equal(
        neap_scenario_decode(&scenario, "test", text, sizeof text - 1, NULL, 0, NULL, &error),
        NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "memory"));
}

static void unpublished_settings_are_named(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = NULL;
    char text[256];
    assert_int_equal(neap_autoscaler_new(&scaler, neap_autoscaler_find("gce"), NULL), NEAP_OK);
    int length = neap_autoscaler_unpublished(scaler, text, sizeof text);
    assert_string_equal(text, "period = 1m, delivery = 15s, initializing = counted, "
                              "scale_in.rounding = up, start = remembered");
    assert_int_equal(length, strlen(text));
    assert_int_equal(neap_autoscaler_unpublished(scaler, NULL, 0), length);
    neap_autoscaler_free(scaler);
    assert_int_equal(neap_autoscaler_new(&scaler, neap_autoscaler_find("hpa"), NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_unpublished(scaler, text, sizeof text), 0);
    assert_string_equal(text, "");
    neap_autoscaler_free(scaler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_server_as_by_formula),
                                       cmocka_unit_test(one_server_by_request),
                                       cmocka_unit_test(four_servers_as_by_formula),
                                       cmocka_unit_test(four_servers_by_request),
                                       cmocka_unit_test(requests_in_flight_add_up_to_their_times),
                                       cmocka_unit_test(engines_show_the_same),
                                       cmocka_unit_test(noise_is_that_of_requests),
                                       cmocka_unit_test(without_noise_readings_do_not_vary),
                                       cmocka_unit_test(what_is_not_read_is_not_shown),
                                       cmocka_unit_test(an_hpa_on_requests_in_flight),
                                       cmocka_unit_test(an_hpa_on_the_queue),
                                       cmocka_unit_test(an_hpa_on_memory),
                                       cmocka_unit_test(an_hpa_on_latency),
                                       cmocka_unit_test(each_kind_has_its_pipeline),
                                       cmocka_unit_test(points_lie_on_the_clock),
                                       cmocka_unit_test(memory_must_be_described),
                                       cmocka_unit_test(unpublished_settings_are_named)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

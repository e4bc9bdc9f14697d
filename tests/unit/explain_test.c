/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * explain through its document: held against the replay that it tells of, and what it says of
 * decisions of every sort. */
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

static char recording_path[] = "/tmp/neap-explain-XXXXXX";
static const int64_t second_ns = 1000000000;
enum { INTERVALS = 240, INTERVAL_S = 60, DECISIONS = 4096 };

/* Quiet, then a jump to five times the traffic at 3600 s, quiet again from 7200 s on. */
static int write_recording(void **state)
{
    (void)state;
    int descriptor = mkstemp(recording_path);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (stream == NULL)
        return -1;
    fputs("time,requests,replicas\n", stream);
    for (int i = 0; i < INTERVALS; i++)
        fprintf(stream, "%d,%d,5\n", i * INTERVAL_S, i >= 60 && i < 120 ? 30000 : 6000);
    return fclose(stream);
}

static int remove_recording(void **state)
{
    (void)state;
    return unlink(recording_path);
}

static struct neap_scenario *open_scenario(const char *autoscaler)
{
    char text[2048];
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    snprintf(text, sizeof text,
             "[service]\nname = shop\n[traffic]\nfile = %s\n"
             "[profile old]\nlabel = before\ncpu_demand = mean=20ms cv=1\nwait = 10ms\n"
             "[profile new]\nfrom = old\ncpu_speedup = 1.25\n"
             "[container]\nworkers = 4\nstartup = 40s\ndrain = 30s\n[run]\nseed = 1\n"
             "[autoscaler]\n%s",
             recording_path, autoscaler);
    if (neap_scenario_decode(&scenario, "test", text, strlen(text), NULL, 0, NULL, &error) ||
        neap_scenario_load(scenario, &error))
        fail_msg("%s", error.message);
    return scenario;
}

#define HPA "target_cpu = 60%\nmin = 2\nmax = 40\n"

static struct neap_document *explain(const struct neap_scenario *scenario, double at_s)
{
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    int64_t at_ns = (int64_t)(at_s * 1e9);
    if (neap_explain(&document, scenario, 0, at_ns, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return document;
}

static double value(const struct neap_document *document, const char *path)
{
    double number = (double)NAN;
    if (!neap_document_find_number(document, path, &number))
        fail_msg("no number at %s", path);
    return number;
}

/* The document as text; the caller frees it. */
static char *text_of(const struct neap_document *document, const char *format)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct neap_report_options look = {.width = 10000};
    assert_non_null(stream);
    assert_int_equal(neap_report_write(document, neap_report_find(format), stream, &look, NULL),
                     NEAP_OK);
    fclose(stream);
    return text;
}

static void assert_says(const struct neap_document *document, const char *words)
{
    char *text = text_of(document, "text");
    if (strstr(text, words) == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, text);
    free(text);
}

/* --- against the replay ------------------------------------------------------------------------------- */

struct history {
    struct neap_decision decision[DECISIONS];
    size_t count;
};

static void on_decision(void *context, const struct neap_decision *decision)
{
    struct history *history = context;
    assert_true(history->count < DECISIONS);
    history->decision[history->count++] = *decision;
}

static struct history *replay(const struct neap_scenario *scenario)
{
    struct neap_document *document = NULL;
    struct history *history = calloc(1, sizeof *history);
    assert_non_null(history);
    assert_int_equal(neap_replay_timeline(&document, scenario, 0, NULL, on_decision, history, NULL),
                     NEAP_OK);
    neap_document_free(document);
    return history;
}

static size_t last_up_to(const struct history *history, int64_t at_ns)
{
    size_t last = 0;
    for (size_t i = 0; i < history->count; i++)
        if (history->decision[i].time_ns <= at_ns)
            last = i;
    return last;
}

static void assert_same_decision(const struct neap_document *document, const char *path,
                                 const struct neap_decision *decision)
{
    char name[64];
    snprintf(name, sizeof name, "%s.before", path);
    assert_true(value(document, name) == (double)decision->before);
    snprintf(name, sizeof name, "%s.wanted", path);
    assert_true(value(document, name) == (double)decision->wanted);
    snprintf(name, sizeof name, "%s.after", path);
    assert_true(value(document, name) == (double)decision->after);
}

/* Moments: the first, on an evaluation, just before one, in the rise, the fall, the last. */
static const double moments_s[] = {0, 14.999999999, 15, 3600, 3639.5, 3700, 7512, 9000, 14399.999};

static void the_decision_in_force_is_the_last_one_made(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct history *history = replay(scenario);
    for (size_t i = 0; i < sizeof moments_s / sizeof moments_s[0]; i++) {
        struct neap_document *document = explain(scenario, moments_s[i]);
        size_t last = last_up_to(history, (int64_t)(moments_s[i] * 1e9));
        const struct neap_decision *decision = &history->decision[last];
        assert_same_decision(document, "decision", decision);
        double age_s = moments_s[i] - (double)decision->time_ns / 1e9;
        assert_true(fabs(value(document, "decision.age_s") - age_s) < 1e-6);
        neap_document_free(document);
    }
    free(history);
    neap_scenario_free(scenario);
}

static void ten_decisions_before_and_five_after_are_shown(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct history *history = replay(scenario);
    for (size_t i = 0; i < sizeof moments_s / sizeof moments_s[0]; i++) {
        struct neap_document *document = explain(scenario, moments_s[i]);
        const struct neap_table *table = neap_document_table(document, 0);
        size_t last = last_up_to(history, (int64_t)(moments_s[i] * 1e9));
        size_t first = last < 10 ? 0 : last - 10;
        size_t end = last + 6 < history->count ? last + 6 : history->count;
        assert_int_equal(neap_table_rows(table), end - first);
        for (size_t k = first; k < end; k++) {
            assert_int_equal(neap_table_integer(table, k - first, 3), history->decision[k].after);
            assert_string_equal(neap_table_text(table, k - first, 5), k == last ? "yes" : "");
        }
        neap_document_free(document);
    }
    free(history);
    neap_scenario_free(scenario);
}

static void what_comes_next_is_the_next_change_of_size(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct history *history = replay(scenario);
    for (size_t i = 0; i < sizeof moments_s / sizeof moments_s[0]; i++) {
        struct neap_document *document = explain(scenario, moments_s[i]);
        size_t next = last_up_to(history, (int64_t)(moments_s[i] * 1e9)) + 1;
        while (next < history->count &&
               history->decision[next].after == history->decision[next].before)
            next++;
        if (next < history->count)
            assert_same_decision(document, "next_change", &history->decision[next]);
        else
            assert_says(document, "does not change again in this recording");
        neap_document_free(document);
    }
    free(history);
    neap_scenario_free(scenario);
}

static void replicas_by_state_follow_a_start(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct history *history = replay(scenario);
    size_t rise = 0; /* the first one after the jump */
    while (history->decision[rise].time_ns < 3600 * second_ns ||
           history->decision[rise].after <= history->decision[rise].before)
        rise++;
    const struct neap_decision *decision = &history->decision[rise];
    double rise_s = (double)decision->time_ns / 1e9;
    struct neap_document *document = explain(scenario, rise_s + 5);
    double more = (double)(decision->after - decision->before);
    assert_true(value(document, "replicas.ready") == (double)decision->before);
    assert_true(value(document, "replicas.starting") + value(document, "replicas.pending") == more);
    assert_says(document, "in 35 s");
    neap_document_free(document);
    document = explain(scenario, rise_s + 40); /* ready from that instant on */
    assert_true(value(document, "replicas.ready") == (double)decision->after);
    neap_document_free(document);
    free(history);
    neap_scenario_free(scenario);
}

static void states_add_up_at_every_minute(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA "scale_down.window = 60s\n");
    for (int i = 0; i < INTERVALS; i += 3) {
        struct neap_document *document = explain(scenario, i * INTERVAL_S + 1);
        assert_true(value(document, "replicas.pending") + value(document, "replicas.starting") +
                        value(document, "replicas.ready") ==
                    value(document, "replicas.asked_for"));
        neap_document_free(document);
    }
    neap_scenario_free(scenario);
}

static void draining_containers_are_counted(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct history *history = replay(scenario);
    size_t fall = 0;
    while (history->decision[fall].after >= history->decision[fall].before)
        fall++;
    const struct neap_decision *decision = &history->decision[fall];
    struct neap_document *document = explain(scenario, (double)decision->time_ns / 1e9 + 10);
    assert_true(value(document, "replicas.draining") ==
                (double)(decision->before - decision->after));
    assert_says(document, "more drain");
    neap_document_free(document);
    free(history);
    neap_scenario_free(scenario);
}

static void traffic_and_load_are_those_of_the_interval(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct neap_document *document = explain(scenario, 60.0 * 119 + 59.9);
    assert_true(value(document, "interval.requests") == 30000);
    assert_true(value(document, "interval.request_rate") == 500);
    assert_true(value(document, "interval.peak_request_rate") == 500);
    assert_true(value(document, "interval.mean_request_rate") == 200);
    assert_true(value(document, "recorded.replicas") == 5);
    assert_true(fabs(value(document, "load.utilisation_share") -
                     500 * 0.02 / value(document, "load.mean_ready")) < 1e-6);
    assert_says(document, "2.5 times the mean of the recording");
    assert_says(document, "100% of its peak");
    neap_document_free(document);
    document = explain(scenario, 60.0 * 120);
    assert_true(value(document, "interval.requests") == 6000);
    neap_document_free(document);
    neap_scenario_free(scenario);
}

static void the_interval_is_that_of_the_timeline(void **state)
{
    static const double at_s[] = {0, 3700, 7300};
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct neap_document *timeline = NULL;
    assert_int_equal(neap_replay_timeline(&timeline, scenario, 0, NULL, NULL, NULL, NULL), NEAP_OK);
    const struct neap_table *table = neap_document_table(timeline, 0);
    for (size_t i = 0; i < sizeof at_s / sizeof at_s[0]; i++) {
        struct neap_document *document = explain(scenario, at_s[i]);
        size_t row = (size_t)(at_s[i] / INTERVAL_S), column;
        assert_true(neap_table_find_column(table, "cpu_cores", &column));
        assert_true(
            fabs(value(document, "load.cpu_cores") - neap_table_number(table, row, column)) < 1e-4);
        assert_true(neap_table_find_column(table, "p95_s", &column));
        assert_true(
            fabs(value(document, "load.latency_s.p95") / neap_table_number(table, row, column) -
                 1) < 0.02);
        neap_document_free(document);
    }
    neap_document_free(timeline);
    neap_scenario_free(scenario);
}

static void a_deployment_names_the_version_that_runs(void **state)
{
    (void)state;
    struct neap_scenario *scenario =
        open_scenario(HPA "[rollout]\ndeploy_at = 1970-01-01T00:30:00Z\n");
    struct neap_study_options options = {.deployed = true};
    struct neap_document *document = NULL;
    assert_int_equal(neap_explain(&document, scenario, 0, 1799 * second_ns, &options, NULL),
                     NEAP_OK);
    assert_non_null(strstr(neap_document_headline(document), ", before: "));
    neap_document_free(document);
    assert_int_equal(neap_explain(&document, scenario, 0, 3000 * second_ns, &options, NULL),
                     NEAP_OK);
    assert_non_null(strstr(neap_document_headline(document), ", new: "));
    assert_says(document, "new, deployed at 00:30:00: on 100% of the ready containers");
    neap_document_free(document);
    document = explain(scenario, 3000); /* one profile, without deployments */
    assert_non_null(strstr(neap_document_headline(document), ", before: "));
    neap_document_free(document);
    neap_scenario_free(scenario);
}

/* --- what it says ------------------------------------------------------------------------------------- */

static void the_arithmetic_comes_out_as_the_decision(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    struct history *history = replay(scenario);
    size_t rise = 0;
    while (history->decision[rise].after <= history->decision[rise].before)
        rise++;
    const struct neap_decision *decision = &history->decision[rise];
    struct neap_document *document = explain(scenario, (double)decision->time_ns / 1e9);
    char words[128];
    snprintf(words, sizeof words, "CPU utilisation %.0f%% / target 60%% = %.4g",
             100 * decision->metric, decision->metric / 0.6);
    assert_says(document, words);
    assert_says(document, "outside 0.9 to 1.1");
    snprintf(words, sizeof words, "ceil(%lld x %.4g) = %lld", (long long)decision->pods,
             decision->ratio, (long long)decision->wanted);
    assert_says(document, words);
    snprintf(words, sizeof words, "raised %lld to %lld", (long long)decision->before,
             (long long)decision->after);
    assert_non_null(strstr(neap_document_headline(document), words));
    neap_document_free(document);
    free(history);
    neap_scenario_free(scenario);
}

/* The first decision of that reason, explained. */
static struct neap_document *explain_first(const char *autoscaler, enum neap_reason reason)
{
    struct neap_scenario *scenario = open_scenario(autoscaler);
    struct history *history = replay(scenario);
    size_t index = 0;
    while (index < history->count && history->decision[index].reason != reason)
        index++;
    if (index == history->count)
        fail_msg("no decision came out as \"%s\"", neap_reason_text(reason));
    struct neap_document *document =
        explain(scenario, (double)history->decision[index].time_ns / 1e9);
    free(history);
    neap_scenario_free(scenario);
    return document;
}

static void every_rule_is_told_in_its_own_words(void **state)
{
    static const struct {
        const char *autoscaler;
        enum neap_reason reason;
        const char *words;
    } rules[] = {
        {HPA, NEAP_REASON_TOLERANCE, "within the tolerance 0.9 to 1.1, so "},
        {HPA, NEAP_REASON_DOWN_STABILIZED,
         "scale_down.window = 5m: in that time larger sizes were recommended too"},
        {HPA "scale_up.window = 2m\n", NEAP_REASON_UP_STABILIZED,
         "scale_up.window = 2m: in that time smaller sizes were recommended too"},
        {HPA "scale_up.policies = 1 per 60s\n", NEAP_REASON_UP_LIMIT,
         "at once (scale_up.policies = 1 per 60s)"},
        {"target_rate = 25/s\nmax = 40\n", NEAP_REASON_UP_LIMIT,
         "at once (without scale_up.policies: twice as many, or 4)"},
        {HPA "scale_down.window = 0s\nscale_down.policies = 1 per 60s\n", NEAP_REASON_DOWN_LIMIT,
         "it may fall to"},
        {"target_cpu = 60%\nmax = 5\n", NEAP_REASON_AT_MAX, "max = 5: not "},
        {"target_cpu = 60%\nmin = 8\nmax = 40\n", NEAP_REASON_AT_MIN, "min = 8: not "},
        {"target_cpu = 60%\nmin = 2\nmax = 40\ntolerance = 0%\n", NEAP_REASON_UNSURE,
         "turns the answer round"},
        {"type = target_tracking\ntarget_cpu = 20%\nmax = 40\n", NEAP_REASON_NO_ALARM,
         "too few points beyond the threshold, so instead of "},
        {"type = step_scaling\nscale_out.cpu = 60%\nmax = 40\n", NEAP_REASON_METRIC,
         "threshold 60%: asks for "},
        {"type = fixed\nreplicas = 7\n", NEAP_REASON_FIXED, "it read   no metric"},
        {"type = target_tracking\ntarget_cpu = 20%\nmax = 40\n", NEAP_REASON_METRIC,
         "CPU utilisation below 18%: raised; 15 of the last 15 points are, 15 must be"},
        {"type = step_scaling\nscale_out.cpu = 60%\nmax = 40\n", NEAP_REASON_OUT_COOLDOWN,
         "(scale_out.cooldown = 5m)"},
        {"type = step_scaling\nscale_out.cpu = 60%\nscale_in.cpu = 40%\nmax = 40\n",
         NEAP_REASON_METRIC, "asks for 5 (scale_out.steps = 0:inf:1)"},
        {"type = gce\ntarget_cpu = 60%\nmax = 40\n", NEAP_REASON_DOWN_STABILIZED,
         "stabilization = 10m: in that time larger sizes"},
        {"type = gce\ntarget_cpu = 60%\nmax = 40\nscale_in.count = 1\nstabilization = 0s\n",
         NEAP_REASON_DOWN_LIMIT, "(scale_in.count = 1)"},
        {"type = knative\nmetric = rps\ntick = 5s\ntarget = 50\nmax = 40\npanic_threshold = 1.1\n",
         NEAP_REASON_PANIC, "at least the size does not fall (panic_threshold = 1.1)"},
        {"type = knative\nmetric = rps\ntick = 5s\ntarget = 50\nmax = 40\n", NEAP_REASON_METRIC,
         "requests per pod over 60 s"},
        {"type = keda\ntarget_rate = 30/s\nmin = 1\nmax = 40\n", NEAP_REASON_DOWN_STABILIZED,
         "scale_down.window = 5m: in that time larger sizes"},
        {"type = schedule\npolicy.settings = target_cpu = 60% | min = 2 | max = 40\n"
         "schedule = daily 00:00-03:00 max=6\n",
         NEAP_REASON_SCHEDULED_MAX, "(schedule = daily 00:00-03:00 max=6)"},
        {"type = schedule\npolicy.settings = target_cpu = 60% | min = 2 | max = 40\n"
         "schedule = daily 03:50-04:00 min=6\n",
         NEAP_REASON_DOWN_STABILIZED, "scale_down.window = 5m: in that time larger sizes"},
        {"type = predictive\npolicy.settings = target_cpu = 60% | min = 2 | max = 40\n"
         "season = 20m\nmethod = seasonal_naive\nlead = 10m\n",
         NEAP_REASON_FORECAST, "(lead = 10m)"},
        {"type = oracle\ntarget_cpu = 60%\nmax = 40\n", NEAP_REASON_AHEAD, "CPU to come"},
        {"type = recorded\nmax = 40\n", NEAP_REASON_RECORDED, "recorded replicas 5"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct neap_document *document = explain_first(rules[i].autoscaler, rules[i].reason);
        assert_says(document, rules[i].words);
        assert_says(document, neap_reason_text(rules[i].reason));
        neap_document_free(document);
    }
}

/* Under every one of several metrics a line of its own, and which of them decided. */
static void every_metric_is_told(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA "target_rate = 25/s\n");
    struct history *history = replay(scenario);
    struct neap_document *document = explain(scenario, 3000);
    const struct neap_decision *d =
        &history->decision[last_up_to(history, INT64_C(3000) * second_ns)];
    char words[64];
    assert_int_equal(d->metrics_count, 2);
    for (size_t i = 0; i < 2; i++) {
        snprintf(words, sizeof words, "decision.metrics[%zu].replicas", i);
        assert_true(value(document, words) == (double)d->metrics[i].replicas);
    }
    assert_says(document, "it read   at 00:50:00: CPU utilisation");
    assert_says(document, "it read   at 00:50:00: requests per pod");
    snprintf(words, sizeof words, "%s decides: %lld", neap_signal_text(d->signal),
             (long long)d->wanted);
    assert_says(document, words);
    neap_document_free(document);
    free(history);
    neap_scenario_free(scenario);
}

static void the_reading_is_dated(void **state)
{
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA "[metrics]\nwindow = 30s\nlag = 20s\n");
    struct neap_document *document = explain(scenario, 3607);
    char *json = text_of(document, "json");
    assert_says(document, "the mean from 00:59:10 to 00:59:40, which was 20 s old by then");
    assert_non_null(strstr(json, "\"from\": \"1970-01-01T00:59:10Z\""));
    assert_true(value(document, "reading.age_s") == 20);
    assert_true(value(document, "reading.window_s") == 30);
    free(json);
    neap_document_free(document);
    neap_scenario_free(scenario);
}

static void times_are_the_services_own(void **state)
{
    (void)state;
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    char text[1024];
    snprintf(text, sizeof text,
             "[service]\nzone = Asia/Tokyo\n[traffic]\nfile = %s\n"
             "[profile old]\ncpu_demand = 20ms\n[autoscaler]\nmax = 9\n",
             recording_path);
    enum neap_status status =
        neap_scenario_decode(&scenario, "test", text, strlen(text), NULL, 0, NULL, &error);
    if (status != NEAP_OK) /* no zone files here */
        skip();
    assert_int_equal(neap_scenario_load(scenario, &error), NEAP_OK);
    struct neap_document *document = explain(scenario, 100);
    assert_non_null(strstr(neap_document_headline(document), "1970-01-01 09:01:40 Asia/Tokyo"));
    assert_string_equal(neap_table_text(neap_document_table(document, 0), 0, 0),
                        "1970-01-01T09:00:00+09:00");
    neap_document_free(document);
    neap_scenario_free(scenario);
}

/* --- refused ------------------------------------------------------------------------------------------ */

static void times_outside_the_recording_are_refused_with_its_range(void **state)
{
    static const int64_t outside_ns[] = {-1, INT64_C(14400000000000), INT64_MAX, INT64_MIN};
    (void)state;
    struct neap_scenario *scenario = open_scenario(HPA);
    for (size_t i = 0; i < sizeof outside_ns / sizeof outside_ns[0]; i++) {
        struct neap_document *document = NULL;
        struct neap_error error = {0};
        assert_int_equal(neap_explain(&document, scenario, 0, outside_ns[i], NULL, &error),
                         NEAP_BAD_ARGUMENT);
        assert_null(document);
        assert_non_null(strstr(error.message, "begins at 1970-01-01T00:00:00Z"));
        assert_non_null(strstr(error.message, "ends before 1970-01-01T04:00:00Z"));
    }
    struct neap_document *document = NULL;
    assert_int_equal(neap_explain(&document, scenario, 2, 0, NULL, NULL), NEAP_BAD_ARGUMENT);
    neap_scenario_free(scenario);
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return false;
}

static void it_stops_when_asked(void **state)
{
    (void)state;
    struct neap_progress progress = {stop, NULL};
    struct neap_study_options options = {.progress = &progress};
    struct neap_scenario *scenario = open_scenario(HPA);
    struct neap_document *document = NULL;
    assert_int_equal(neap_explain(&document, scenario, 0, 0, &options, NULL), NEAP_STOPPED);
    assert_null(document);
    neap_scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_decision_in_force_is_the_last_one_made),
        cmocka_unit_test(ten_decisions_before_and_five_after_are_shown),
        cmocka_unit_test(what_comes_next_is_the_next_change_of_size),
        cmocka_unit_test(replicas_by_state_follow_a_start),
        cmocka_unit_test(states_add_up_at_every_minute),
        cmocka_unit_test(draining_containers_are_counted),
        cmocka_unit_test(traffic_and_load_are_those_of_the_interval),
        cmocka_unit_test(the_interval_is_that_of_the_timeline),
        cmocka_unit_test(a_deployment_names_the_version_that_runs),
        cmocka_unit_test(the_arithmetic_comes_out_as_the_decision),
        cmocka_unit_test(every_rule_is_told_in_its_own_words),
        cmocka_unit_test(every_metric_is_told),
        cmocka_unit_test(the_reading_is_dated),
        cmocka_unit_test(times_are_the_services_own),
        cmocka_unit_test(times_outside_the_recording_are_refused_with_its_range),
        cmocka_unit_test(it_stops_when_asked),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, write_recording, remove_recording);
}

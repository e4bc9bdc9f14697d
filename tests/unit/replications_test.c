/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replications of a comparison: how many are made, and what their intervals say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <neap.h>

#define DAY    "[synth]\ndays = 1\nstep = 10m\nmean_rate = 120/s\n"
#define DAYS   "[synth]\ndays = 14\nstep = 30m\nmean_rate = 120/s\n"
#define SCALER "[container]\nworkers = 4\n[autoscaler]\ntarget_cpu = 60%\nmin = 2\nmax = 100\n"
#define PRICE  "[price]\ncontainer_hour = 0.04937\n"
#define OLD    "[profile old]\ncpu_demand = mean=40ms cv=1\nwait = 20ms\n"
#define NEW    "[profile new]\nfrom = old\ncpu_speedup = 1.25\n"
#define SAME   "[profile new]\nfrom = old\n"

static struct neap_document *compare(const char *text, const char *setting, int threads)
{
    struct neap_study_options options = {.threads = threads};
    struct neap_scenario *scenario = NULL;
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_scenario_decode(&scenario, "test", text, strlen(text), &setting, setting != NULL, NULL,
                             &error) ||
        neap_scenario_load(scenario, &error) || neap_compare(&document, scenario, &options, &error))
        fail_msg("%ld: %s", error.line, error.message);
    neap_scenario_free(scenario);
    return document;
}

static double value(const struct neap_document *document, const char *path)
{
    double number = (double)NAN;
    if (!neap_document_find_number(document, path, &number))
        fail_msg("no number at %s", path);
    return number;
}

static bool has(const struct neap_document *document, const char *path)
{
    double number;
    return neap_document_find_number(document, path, &number);
}

static bool is_noted(const struct neap_document *document, enum neap_note_kind wanted,
                     const char *words)
{
    enum neap_note_kind kind;
    const char *text;
    for (size_t i = 0; (text = neap_document_note(document, i, &kind)) != NULL; i++)
        if (kind == wanted && strstr(text, words) != NULL)
            return true;
    return false;
}

static void test_replications_give_an_interval(void **state)
{
    struct neap_document *document = compare(DAY SCALER PRICE OLD NEW, "run.replications=8", 0);
    (void)state;
    double half = value(document, "replications.metrics.container_hours.share_half");
    double share = value(document, "replications.metrics.container_hours.share");
    assert_true(value(document, "replications.count") == 8);
    assert_true(half > 0 && half < 0.05);
    assert_true(fabs(share - value(document, "saving.share")) < 6 * half);
    assert_true(fabs(value(document, "replications.metrics.container_hours.from") -
                     value(document, "replications.metrics.container_hours.to") +
                     value(document, "replications.metrics.container_hours.change")) < 1e-6);
    assert_true(has(document, "replications.metrics.cost.change_half"));
    assert_non_null(neap_document_find_table(document, "replications"));
    neap_document_free(document);
}

static void test_the_first_replication_is_the_plain_comparison(void **state)
{
    struct neap_document *plain = compare(DAY SCALER OLD NEW, NULL, 0);
    struct neap_document *document = compare(DAY SCALER OLD NEW, "run.replications=2", 0);
    (void)state;
    double first = value(plain, "saving.container_hours");
    assert_true(first == value(document, "saving.container_hours"));
    assert_true(value(plain, "replications.count") == 1);
    assert_false(has(plain, "replications.metrics.container_hours.share"));
    assert_null(neap_document_find_table(plain, "replications"));
    assert_true(first != -value(document, "replications.metrics.container_hours.change"));
    neap_document_free(plain);
    neap_document_free(document);
}

static void test_equal_profiles_differ_by_nothing_in_every_replication(void **state)
{
    struct neap_document *document = compare(DAY SCALER OLD SAME, "run.replications=5", 0);
    (void)state;
    assert_true(value(document, "replications.metrics.container_hours.change") == 0);
    assert_true(value(document, "replications.metrics.container_hours.change_half") == 0);
    assert_true(value(document, "replications.metrics.latency_p95_s.change_half") == 0);
    assert_true(value(document, "replications.metrics.container_hours.variance_share") == 0);
    neap_document_free(document);
}

static void test_precision_decides_how_many(void **state)
{
    struct neap_document *loose = compare(DAY SCALER OLD NEW, "run.precision=5%", 0);
    struct neap_document *tight = compare(DAY SCALER OLD NEW, "run.precision=0.4%", 0);
    (void)state;
    assert_true(value(loose, "replications.count") == 10);
    assert_true(value(tight, "replications.count") > 10);
    assert_true(value(tight, "replications.metrics.container_hours.share_half") <= 0.004);
    assert_false(is_noted(tight, NEAP_NOTE_WARNING, "asked for"));
    neap_document_free(loose);
    neap_document_free(tight);
}

static void test_a_precision_out_of_reach_is_told(void **state)
{
    struct neap_document *document =
        compare("[synth]\ndays = 1\nstep = 1h\nmean_rate = 20/s\n" SCALER OLD NEW,
                "run.precision=0.01%", 0);
    (void)state;
    assert_true(value(document, "replications.count") == 200);
    assert_true(is_noted(document, NEAP_NOTE_WARNING, "asked for"));
    neap_document_free(document);
}

static void test_days_give_an_interval_of_one_replication(void **state)
{
    struct neap_document *document = compare(DAYS SCALER OLD NEW, NULL, 0);
    (void)state;
    assert_true(value(document, "replications.count") == 1);
    assert_true(value(document, "replications.values") == 14);
    double from = value(document, "replications.metrics.container_hours.from");
    assert_true(fabs(14 * from - value(document, "variants.old.container_hours")) < 1e-3 * from);
    assert_true(fabs(value(document, "replications.metrics.container_hours.share") -
                     value(document, "saving.share")) < 1e-4);
    assert_true(has(document, "replications.lag_correlation"));
    assert_false(has(document, "replications.metrics.container_hours.variance_share"));
    assert_true(is_noted(document, NEAP_NOTE_ASSUMPTION, "over days"));
    neap_document_free(document);
}

static void test_days_are_those_of_the_zone(void **state)
{
    struct neap_document *document =
        compare("[service]\nzone = Europe/London\n[synth]\nstart = 2026-03-25\ndays = 12\n"
                "step = 30m\nmean_rate = 120/s\n" SCALER OLD NEW,
                NULL, 0);
    (void)state;
    assert_true(value(document, "replications.values") >= 11);
    neap_document_free(document);
}

static void write_json(const struct neap_document *document, char *text, size_t size)
{
    FILE *stream = fmemopen(text, size, "w");
    assert_non_null(stream);
    assert_int_equal(neap_report_write(document, neap_report_find("json"), stream, NULL, NULL),
                     NEAP_OK);
    fclose(stream);
}

static void test_threads_change_no_byte(void **state)
{
    static char text[2][1 << 18];
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        struct neap_document *document =
            compare(DAY SCALER PRICE OLD NEW, "run.precision=0.5%", threads);
        write_json(document, text[threads > 1], sizeof text[0]);
        neap_document_free(document);
        if (threads > 1)
            assert_string_equal(text[0], text[1]);
    }
}

/* --- request by request --------------------------------------------------------------------------- */

#define RATE(rate) "[synth]\ndays = 1\nstep = 10m\nmean_rate = " #rate "/s\n"
#define HOURS      RATE(10)
#define REQUEST    "[run]\nengine = request\n"
#define BOTH       "[run]\nengine = both\n"

static void test_common_random_numbers_pay(void **state)
{
    struct neap_document *document =
        compare(RATE(5) SCALER REQUEST "[profile old]\ncpu_demand = mean=400ms cv=1\n" NEW,
                "run.replications=20", 0);
    (void)state;
    assert_true(value(document, "replications.metrics.request_cpu_hours.variance_share") < 0.1);
    assert_true(value(document, "replications.metrics.container_hours.variance_share") < 1);
    assert_true(value(document, "replications.metrics.latency_p95_s.variance_share") < 1);
    assert_true(is_noted(document, NEAP_NOTE_ASSUMPTION, "arrivals = exact"));
    neap_document_free(document);
}

static void test_equal_profiles_differ_by_nothing_request_by_request(void **state)
{
    struct neap_document *document =
        compare(HOURS SCALER OLD SAME REQUEST, "run.replications=3", 0);
    (void)state;
    assert_true(value(document, "replications.metrics.container_hours.change") == 0);
    assert_true(value(document, "replications.metrics.cpu_hours.change") == 0);
    assert_true(value(document, "replications.metrics.latency_p99_s.change_half") == 0);
    neap_document_free(document);
}

static void test_threads_change_no_byte_request_by_request(void **state)
{
    static char text[2][1 << 18];
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        struct neap_document *document =
            compare(HOURS SCALER OLD NEW BOTH, "run.replications=3", threads);
        write_json(document, text[threads > 1], sizeof text[0]);
        neap_document_free(document);
        if (threads > 1)
            assert_string_equal(text[0], text[1]);
    }
}

static void test_both_engines_side_by_side(void **state)
{
    struct neap_document *both = compare(HOURS SCALER PRICE OLD NEW BOTH, NULL, 0);
    struct neap_document *tick = compare(HOURS SCALER PRICE OLD NEW, NULL, 0);
    struct neap_document *request = compare(HOURS SCALER PRICE OLD NEW REQUEST, NULL, 0);
    (void)state;
    assert_true(value(both, "engines.old.metrics.container_hours.tick") ==
                value(tick, "variants.old.container_hours"));
    assert_true(value(both, "engines.new.metrics.cost.request") ==
                value(request, "variants.new.cost"));
    assert_true(value(both, "saving.share") == value(request, "saving.share"));
    assert_true(has(both, "engines.old.periods[0].difference_share"));
    assert_non_null(neap_document_find_table(both, "engine_periods"));
    assert_null(neap_document_find_table(request, "engines"));
    neap_document_free(both);
    neap_document_free(tick);
    neap_document_free(request);
}

/* Bursts that last minutes, which the tick engine does not see. */
static void test_a_tick_engine_that_is_off_is_told(void **state)
{
    struct neap_document *good = compare(HOURS SCALER OLD NEW BOTH, NULL, 0);
    struct neap_document *bad =
        compare("[synth]\ndays = 1\nstep = 10m\nmean_rate = 40/s\n" OLD NEW BOTH
                "[container]\nworkers = 4\n[autoscaler]\ntype = fixed\nreplicas = 3\n"
                "[traffic]\narrivals = burst(1000)\n",
                NULL, 0);
    (void)state;
    assert_false(is_noted(good, NEAP_NOTE_WARNING, "do not trust it"));
    assert_true(is_noted(bad, NEAP_NOTE_WARNING, "do not trust it"));
    neap_document_free(good);
    neap_document_free(bad);
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    int *calls = context;
    (void)done;
    (void)total;
    return ++*calls < 40;
}

static void test_a_stop_ends_replications(void **state)
{
    static const char text[] = DAY SCALER OLD NEW, *const setting = "run.replications=50";
    struct neap_scenario *scenario = NULL;
    struct neap_document *document = NULL;
    int calls = 0;
    struct neap_progress progress = {stop, &calls};
    struct neap_study_options options = {.progress = &progress};
    (void)state;
    assert_int_equal(
        neap_scenario_decode(&scenario, "test", text, strlen(text), &setting, 1, NULL, NULL),
        NEAP_OK);
    assert_int_equal(neap_scenario_load(scenario, NULL), NEAP_OK);
    assert_int_equal(neap_compare(&document, scenario, &options, NULL), NEAP_STOPPED);
    assert_null(document);
    neap_scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replications_give_an_interval),
        cmocka_unit_test(test_the_first_replication_is_the_plain_comparison),
        cmocka_unit_test(test_equal_profiles_differ_by_nothing_in_every_replication),
        cmocka_unit_test(test_precision_decides_how_many),
        cmocka_unit_test(test_a_precision_out_of_reach_is_told),
        cmocka_unit_test(test_days_give_an_interval_of_one_replication),
        cmocka_unit_test(test_days_are_those_of_the_zone),
        cmocka_unit_test(test_threads_change_no_byte),
        cmocka_unit_test(test_a_stop_ends_replications),
        cmocka_unit_test(test_common_random_numbers_pay),
        cmocka_unit_test(test_equal_profiles_differ_by_nothing_request_by_request),
        cmocka_unit_test(test_threads_change_no_byte_request_by_request),
        cmocka_unit_test(test_both_engines_side_by_side),
        cmocka_unit_test(test_a_tick_engine_that_is_off_is_told),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

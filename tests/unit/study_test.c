/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Studies through their documents: what compare, check, replay and selftest say. */
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

static char recording_path[] = "/tmp/neap-study-XXXXXX";

static int write_recording(void **state)
{
    (void)state;
    int descriptor = mkstemp(recording_path);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (stream == NULL)
        return -1;
    fputs("time,requests\n", stream);
    for (int i = 0; i < 1440; i++)
        fprintf(stream, "%d,%.0f\n", i * 60, 60 * (100 - 60 * cos(2 * M_PI * i / 1440)));
    return fclose(stream);
}

static int remove_recording(void **state)
{
    (void)state;
    return unlink(recording_path);
}

static struct neap_scenario *open_scenario(const char *profiles, const char *rest)
{
    char text[2048];
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    snprintf(text, sizeof text,
             "[service]\nname = shop\n[traffic]\nfile = %s\n%s"
             "[container]\nworkers = 4\n[autoscaler]\ntarget_cpu = 60%%\nmin = 2\nmax = 100\n%s",
             recording_path, profiles, rest);
    if (neap_scenario_decode(&scenario, "test", text, strlen(text), NULL, 0, NULL, &error) ||
        neap_scenario_load(scenario, &error))
        fail_msg("%s", error.message);
    return scenario;
}

static struct neap_document *compare(const char *profiles, const char *rest)
{
    struct neap_scenario *scenario = open_scenario(profiles, rest);
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_compare(&document, scenario, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
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

#define OLD "[profile old]\ncpu_demand = mean=40ms cv=1\nwait = 10ms\n"

static void test_a_speed_up_saves(void **state)
{
    struct neap_document *document = compare(OLD "[profile new]\nfrom = old\ncpu_speedup = 1.25\n",
                                             "[price]\ncontainer_hour = 0.05\n");
    double old = value(document, "variants.old.container_hours");
    double new = value(document, "variants.new.container_hours");
    (void)state;
    assert_true(new < old);
    assert_true(fabs(value(document, "saving.container_hours") - (old - new)) < 1e-6);
    assert_true(fabs(value(document, "saving.share") - (old - new) / old) < 1e-9);
    assert_true(
        fabs(value(document, "variants.new.cpu_hours") / value(document, "variants.old.cpu_hours") -
             0.8) < 1e-6);
    assert_true(value(document, "variants.new.latency_s.p95") <
                value(document, "variants.old.latency_s.p95"));
    /* money is the difference of two bills, each rounded once */
    assert_true(
        fabs(value(document, "saving.cost") -
             (value(document, "variants.old.cost") - value(document, "variants.new.cost"))) < 1e-9);
    assert_true(fabs(value(document, "variants.old.cost") - 0.05 * old) < 0.02 * old);
    neap_document_free(document);
}

static void test_equal_profiles_save_exactly_nothing(void **state)
{
    struct neap_document *document =
        compare(OLD "[profile new]\nfrom = old\n", "[price]\ncontainer_hour = 0.05\n");
    (void)state;
    assert_true(value(document, "saving.container_hours") == 0);
    assert_true(value(document, "saving.share") == 0);
    assert_true(value(document, "saving.cost") == 0);
    assert_non_null(strstr(neap_document_headline(document), "exactly as many"));
    neap_document_free(document);
}

static void test_a_chain_adds_up(void **state)
{
    struct neap_document *document =
        compare(OLD "[profile middle]\nfrom = old\ncpu_speedup = 1.1\n"
                    "[profile new]\nfrom = middle\ncpu_speedup = 1.2\n",
                "");
    (void)state;
    assert_true(fabs(value(document, "steps[0].saving.container_hours") +
                     value(document, "steps[1].saving.container_hours") -
                     value(document, "saving.container_hours")) < 1e-6);
    assert_false(neap_document_find_number(document, "saving.cost", &(double){0}));
    neap_document_free(document);
}

static void test_one_profile_is_no_comparison(void **state)
{
    struct neap_scenario *scenario = open_scenario(OLD, "");
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_int_equal(neap_compare(&document, scenario, NULL, &error), NEAP_BAD_SCENARIO);
    assert_null(document);
    assert_non_null(strstr(error.message, "at least two"));
    neap_scenario_free(scenario);
}

static void test_too_few_workers_are_told(void **state)
{
    struct neap_document *document =
        compare("[profile old]\ncpu_demand = 40ms\nwait = 200ms\n[profile new]\nfrom = old\n", "");
    enum neap_note_kind kind;
    bool told = false;
    (void)state;
    for (size_t i = 0; neap_document_note(document, i, &kind) != NULL; i++)
        told = told || (kind == NEAP_NOTE_WARNING &&
                        strstr(neap_document_note(document, i, &kind), "all workers are busy"));
    assert_true(told);
    neap_document_free(document);
}

static void count_decision(void *context, const struct neap_decision *decision)
{
    (void)decision;
    ++*(long *)context;
}

static void test_a_timeline_has_every_interval(void **state)
{
    struct neap_scenario *scenario = open_scenario(OLD, "");
    struct neap_document *document = NULL;
    long decisions = 0;
    (void)state;
    assert_int_equal(
        neap_replay_timeline(&document, scenario, 0, NULL, count_decision, &decisions, NULL),
        NEAP_OK);
    assert_int_equal(neap_table_rows(neap_document_table(document, 0)), 1440);
    assert_int_equal(decisions, 5760);
    neap_document_free(document);
    document = NULL;
    assert_int_equal(neap_replay_timeline(&document, scenario, 7, NULL, NULL, NULL, NULL),
                     NEAP_BAD_ARGUMENT);
    neap_scenario_free(scenario);
}

static void test_check_says_what_is_there(void **state)
{
    struct neap_scenario *scenario = open_scenario(OLD, "");
    struct neap_document *document = NULL;
    (void)state;
    assert_int_equal(neap_check(&document, scenario, NULL, NULL), NEAP_OK);
    assert_non_null(strstr(neap_document_headline(document), "shop"));
    assert_true(value(document, "traffic.requests") > 8e6);
    assert_true(value(document, "traffic.step_s") == 60);
    neap_document_free(document);
    neap_scenario_free(scenario);
}

static void test_the_shipped_tables_hold(void **state)
{
    const char *data = getenv("NEAP_DATA");
    char directory[4096];
    struct neap_document *document = NULL;
    struct neap_selftest_counts counts = {0, 0, 0};
    struct neap_error error = {0};
    (void)state;
    snprintf(directory, sizeof directory, "%s/tables", data == NULL ? "data" : data);
    if (neap_selftest(&document, &counts, directory, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(counts.failed, 0);
    assert_true(counts.passed > 600);
    assert_true(counts.skipped > 0); /* tables not yet covered are skipped, never passed */
    neap_document_free(document);
}

static void test_selftest_needs_tables(void **state)
{
    struct neap_document *document = NULL;
    struct neap_selftest_counts counts = {1, 2, 3};
    (void)state;
    assert_int_equal(neap_selftest(&document, &counts, "no-such-folder", NULL, NULL),
                     NEAP_NO_INPUT);
    assert_null(document);
    assert_int_equal(counts.passed, 1); /* untouched */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_speed_up_saves),
        cmocka_unit_test(test_equal_profiles_save_exactly_nothing),
        cmocka_unit_test(test_a_chain_adds_up),
        cmocka_unit_test(test_one_profile_is_no_comparison),
        cmocka_unit_test(test_too_few_workers_are_told),
        cmocka_unit_test(test_a_timeline_has_every_interval),
        cmocka_unit_test(test_check_says_what_is_there),
        cmocka_unit_test(test_the_shipped_tables_hold),
        cmocka_unit_test(test_selftest_needs_tables),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, write_recording, remove_recording);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold of every comparison, whatever the scenario: random ones with classes, chains,
 * ranges, deployments and prices. */
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

#include <neap.h>

enum { SCENARIOS = 30, TEXT_SIZE = 4096 };

/* --- random scenarios ------------------------------------------------------------------------------- */

struct dice {
    struct neap_stream stream;
    uint64_t index;
};

static double between(struct dice *dice, double low, double high)
{
    return low + (high - low) * neap_stream_uniform(&dice->stream, dice->index++);
}

static bool coin(struct dice *dice)
{
    return between(dice, 0, 1) < 0.5;
}

static void add(char text[TEXT_SIZE], const char *format, ...) NEAP_PRINTF(2, 3);

static void add(char text[TEXT_SIZE], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, TEXT_SIZE - used, format, arguments);
    va_end(arguments);
}

static void add_profiles(char text[TEXT_SIZE], struct dice *dice, bool classes, bool same)
{
    add(text, "[profile old]\ncpu_demand = mean=%.1fms cv=%.2f\nwait = %.1fms\n",
        between(dice, 5, 80), between(dice, 0, 1.5), between(dice, 0, 60));
    if (classes)
        add(text, "cpu_demand.heavy = mean=%.1fms cv=1\n", between(dice, 80, 300));
    if (coin(dice))
        add(text, "[profile middle]\nfrom = old\n");
    add(text, "[profile new]\nfrom = old\n");
    if (!same && coin(dice))
        add(text, "cpu_speedup = %.3f..%.3f\n", between(dice, 0.9, 1.1), between(dice, 1.1, 1.6));
    else if (!same)
        add(text, "cpu_speedup = %.3f\n", between(dice, 0.9, 1.6));
    if (!same && classes && coin(dice))
        add(text, "cpu_speedup.heavy = %.3f\n", between(dice, 0.9, 2));
}

static void make(char text[TEXT_SIZE], uint64_t seed, bool same)
{
    static const char *const balancer[] = {"random", "round_robin", "least_outstanding",
                                           "two_choices", "central"};
    struct dice dice = {.index = 0};
    neap_stream_init(&dice.stream, seed, 0, 7);
    bool classes = coin(&dice);
    text[0] = '\0';
    add(text, "[synth]\ndays = 1\nstep = 5m\nmean_rate = %.1f/s\ndaily_swing = %.0f%%\nnoise = 2\n",
        exp(between(&dice, log(5), log(1000))), between(&dice, 0, 90));
    if (classes)
        add(text, "[class heavy]\nshare = 00:00=%.0f%% 12:00=%.0f%%\n", between(&dice, 1, 20),
            between(&dice, 1, 60));
    add_profiles(text, &dice, classes, same);
    add(text, "[container]\nworkers = %.0f\nidle_cpu = %.3f\nstartup = %.0fs\ndrain = %.0fs\n",
        floor(between(&dice, 1, 6)), between(&dice, 0, 0.05), floor(between(&dice, 0, 90)),
        floor(between(&dice, 0, 60)));
    add(text, "[balancer]\ntype = %s\n", balancer[(int)between(&dice, 0, 4.999)]);
    add(text, "[autoscaler]\ntarget_cpu = %.0f%%\nmin = %.0f\nmax = 2000\n",
        floor(between(&dice, 40, 75)), floor(between(&dice, 1, 8)));
    if (coin(&dice))
        add(text,
            "[rollout]\ndeploy_at = 2026-03-02T%02.0f:00Z\nsurge = %.0f%%\nunavailable = "
            "%.0f%%\n",
            floor(between(&dice, 1, 23)), between(&dice, 1, 100), between(&dice, 0, 50));
    add(text, "[price]\ncontainer_hour = 0.04937\nminimum = 60s\n[slo]\np95 = 400ms\n");
}

static struct neap_document *compare(const char *text)
{
    struct neap_scenario *scenario = NULL;
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_scenario_decode(&scenario, "random", text, strlen(text), NULL, 0, NULL, &error) ||
        neap_scenario_load(scenario, &error) || neap_compare(&document, scenario, NULL, &error))
        fail_msg("%ld: %s in:\n%s", error.line, error.message, text);
    neap_scenario_free(scenario);
    return document;
}

static bool find(const struct neap_document *document, double *number, const char *format, ...)
    NEAP_PRINTF(3, 4);

static bool find(const struct neap_document *document, double *number, const char *format, ...)
{
    char path[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    return neap_document_find_number(document, path, number);
}

static double value(const struct neap_document *document, const char *path)
{
    double number = (double)NAN;
    if (!find(document, &number, "%s", path))
        fail_msg("no number at %s", path);
    return number;
}

/* --- properties ------------------------------------------------------------------------------------- */

static void check_waterfall(const struct neap_document *document, const char *text)
{
    double hours = 0, term, amount;
    long cents = 0;
    for (size_t i = 0; find(document, &term, "waterfall[%zu].container_hours", i); i++) {
        hours += term;
        if (find(document, &amount, "waterfall[%zu].cost", i))
            cents += lround(100 * amount);
    }
    double saved = value(document, "saving.container_hours");
    double all = value(document, "variants[0].container_hours");
    if (!(fabs(hours - saved) <= 1e-9 * all) ||
        cents != lround(100 * value(document, "saving.cost")))
        fail_msg("terms sum up to %.12g h and %ld cents in:\n%s", hours, cents, text);
}

static void test_terms_always_add_up(void **state)
{
    char text[TEXT_SIZE];
    (void)state;
    for (uint64_t seed = 0; seed < SCENARIOS; seed++) {
        make(text, seed, false);
        struct neap_document *document = compare(text);
        check_waterfall(document, text);
        neap_document_free(document);
    }
}

static void test_the_same_saves_exactly_nothing(void **state)
{
    char text[TEXT_SIZE];
    double number;
    (void)state;
    for (uint64_t seed = 0; seed < SCENARIOS / 2; seed++) {
        make(text, seed, true);
        struct neap_document *document = compare(text);
        if (value(document, "saving.container_hours") != 0 || value(document, "saving.cost") != 0)
            fail_msg("something saved in:\n%s", text);
        for (size_t i = 0; find(document, &number, "waterfall[%zu].container_hours", i); i++)
            assert_true(number == 0);
        neap_document_free(document);
    }
}

static void test_classes_add_up_to_the_whole(void **state)
{
    char text[TEXT_SIZE];
    (void)state;
    for (uint64_t seed = 0; seed < SCENARIOS / 2; seed++) {
        double sum = 0, cpu = 0, number;
        make(text, seed, false);
        struct neap_document *document = compare(text);
        for (size_t i = 0; find(document, &number, "variants.new.classes[%zu].requests", i); i++) {
            sum += number;
            assert_true(find(document, &number, "variants.new.classes[%zu].cpu_hours", i));
            cpu += number;
        }
        double requests = value(document, "traffic.requests");
        if (!(fabs(sum - requests) <= 1e-6 * requests) ||
            !(cpu <= value(document, "variants.new.cpu_hours") * (1 + 1e-9)))
            fail_msg("%.12g of %.12g requests in:\n%s", sum, requests, text);
        neap_document_free(document);
    }
}

static void test_ends_of_a_range_lie_in_order(void **state)
{
    char text[TEXT_SIZE];
    size_t ranges = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SCENARIOS; seed++) {
        double low, high;
        make(text, seed, false);
        struct neap_document *document = compare(text);
        if (find(document, &low, "saving.low.container_hours") &&
            find(document, &high, "saving.high.container_hours")) {
            double middle = value(document, "saving.container_hours");
            double slack = 0.01 * value(document, "variants[0].container_hours");
            ranges++; /* hysteresis may lift the middle a little over an end */
            if (!(low <= high && low <= middle + slack && middle <= high + slack))
                fail_msg("%g, %g, %g in:\n%s", low, middle, high, text);
        }
        neap_document_free(document);
    }
    assert_true(ranges > SCENARIOS / 5);
}

static char *written(const struct neap_document *document, const char *format, size_t *size)
{
    char *bytes = NULL;
    FILE *stream = open_memstream(&bytes, size);
    assert_non_null(stream);
    assert_int_equal(neap_report_write(document, neap_report_find(format), stream, NULL, NULL),
                     NEAP_OK);
    fclose(stream);
    return bytes;
}

static void test_the_same_scenario_gives_the_same_bytes(void **state)
{
    static const char *const format[] = {"text", "json", "csv", "markdown", "html"};
    char text[TEXT_SIZE];
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        make(text, seed, false);
        struct neap_document *first = compare(text), *second = compare(text);
        for (size_t i = 0; i < sizeof format / sizeof format[0]; i++) {
            size_t a_size, b_size;
            char *a = written(first, format[i], &a_size), *b = written(second, format[i], &b_size);
            assert_int_equal(a_size, b_size);
            assert_memory_equal(a, b, a_size);
            assert_null(strstr(a, "nan"));
            free(a);
            free(b);
        }
        neap_document_free(first);
        neap_document_free(second);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms_always_add_up),
        cmocka_unit_test(test_the_same_saves_exactly_nothing),
        cmocka_unit_test(test_classes_add_up_to_the_whole),
        cmocka_unit_test(test_ends_of_a_range_lie_in_order),
        cmocka_unit_test(test_the_same_scenario_gives_the_same_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base: numbers with units, parameter tables, suggestions, errors, output files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <neap/base.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"

/* --- numbers ------------------------------------------------------------------------------------ */

static double number(const char *text)
{
    double value = NAN;
    if (!neapi_number_parse(&value, text, strlen(text)))
        return NAN;
    return value;
}

static void test_numbers_are_read_whole_or_not_at_all(void **state)
{
    static const char *const bad[] = {"",      "-",   ".",    "e5",  "1e",    "1e+",
                                      "1.2.3", "1,5", "0x10", "inf", "nan",   " 1",
                                      "1 ",    "1_0", "--1",  "+-1", "1e999", "-1e999"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!isnan(number(bad[i])))
            fail_msg("\"%s\" was read as %g", bad[i], number(bad[i]));
    assert_true(number("0.04048") == 0.04048);
    assert_true(number("-1e-3") == -1e-3);
    assert_true(number("1.") == 1 && number(".5") == 0.5);
    assert_true(number("1e-999") == 0);
}

/* Against strtod in the C locale, on texts of every length and exponent. */
static void test_numbers_are_rounded_as_strtod_does(void **state)
{
    uint64_t bits = 88172645463325252U;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[64];
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        int digits = (int)(bits % 19) + 1, exponent = (int)((bits >> 8) % 60) - 30;
        snprintf(text, sizeof text, "%.*fe%d", digits, (double)(bits >> 20) * 1e-9, exponent);
        if (number(text) != strtod(text, NULL))
            fail_msg("%s: %.17g, strtod says %.17g", text, number(text), strtod(text, NULL));
    }
}

static void test_a_decimal_comma_in_the_locale_changes_nothing(void **state)
{
    char text[64];
    (void)state;
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
        skip();
    assert_true(number("0.04048") == 0.04048);
    assert_true(number("12345678901234567890.5") > 1.2e19); /* the slow way too */
    neapi_print(text, sizeof text, "%.2f", 1234.5);
    setlocale(LC_ALL, "C");
    assert_string_equal(text, "1234.50");
}

static double quantity(const char *text, enum neap_unit unit)
{
    double value = NAN;
    struct neap_error error = {0};
    if (neap_quantity_parse(&value, text, unit, &error) != NEAP_OK) {
        assert_non_null(strstr(error.message, "found"));
        assert_non_null(strstr(error.message, "expected"));
        return NAN;
    }
    return value;
}

static void test_units_are_what_they_say(void **state)
{
    (void)state;
    assert_true(quantity("250ms", NEAP_SECONDS) == 0.25);
    assert_true(quantity("5m", NEAP_SECONDS) == 300);
    assert_true(quantity("7d", NEAP_SECONDS) == 604800);
    assert_true(quantity("1.5h", NEAP_SECONDS) == 5400);
    assert_true(quantity("0", NEAP_SECONDS) == 0);
    assert_true(quantity("70%", NEAP_SHARE) == 0.7);
    assert_true(quantity("7%", NEAP_SHARE) == 0.07);
    assert_true(quantity("0.7", NEAP_SHARE) == 0.7);
    assert_true(quantity("150%", NEAP_SHARE) == 1.5);
    assert_true(quantity("500m", NEAP_VCPU) == 0.5);
    assert_true(quantity("0.5", NEAP_VCPU) == 0.5);
    assert_true(quantity("2GiB", NEAP_BYTES) == 2147483648.0);
    assert_true(quantity("512MB", NEAP_BYTES) == 512e6);
    assert_true(quantity("7200/min", NEAP_RATE) == 120);
    assert_true(quantity("400", NEAP_COUNT) == 400);
    assert_true(quantity("1.25", NEAP_FACTOR) == 1.25);
}

static void test_a_missing_or_wrong_unit_is_refused(void **state)
{
    static const struct {
        const char *text;
        enum neap_unit unit;
    } bad[] = {{"15", NEAP_SECONDS},  {"15x", NEAP_SECONDS}, {"s", NEAP_SECONDS},
               {"70", NEAP_SHARE},    {"0.7s", NEAP_SHARE},  {"512", NEAP_BYTES},
               {"1mm", NEAP_VCPU},    {"120", NEAP_RATE},    {"1.5", NEAP_COUNT},
               {"-3", NEAP_COUNT},    {"1e16", NEAP_COUNT},  {"", NEAP_FACTOR},
               {"1,25", NEAP_FACTOR}, {"nan", NEAP_FACTOR},  {"1e308d", NEAP_SECONDS}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!isnan(quantity(bad[i].text, bad[i].unit)))
            fail_msg("\"%s\" was taken", bad[i].text);
}

static void test_what_is_written_reads_back(void **state)
{
    static const double value[] = {0, 0.25, 1, 15, 90, 300, 3600, 86400, 1e-3, 123.456};
    (void)state;
    for (int unit = NEAP_FACTOR; unit <= NEAP_RATE; unit++)
        for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
            char text[64];
            neap_quantity_format(text, sizeof text, value[i], (enum neap_unit)unit);
            double back = quantity(text, (enum neap_unit)unit);
            if (!(fabs(back - value[i]) <= 1e-11 * value[i]))
                fail_msg("%g was written as %s and read as %g", value[i], text, back);
        }
}

/* --- parameter tables ----------------------------------------------------------------------------- */

struct thing {
    double length_s;
    int kind;
    char name[NEAP_TEXT_SIZE];
};

static const struct neap_parameter table[] = {
    {"length", NEAP_SECONDS, offsetof(struct thing, length_s), "30s", 1, 60, NULL, "how long"},
    {"kind", NEAP_CHOICE, offsetof(struct thing, kind), "", 0, 0, "random|round_robin|central",
     "which"},
    {"name", NEAP_TEXT, offsetof(struct thing, name), "x", 0, 0, NULL, "whose"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

static void test_a_table_sets_defaults_and_checks_ranges(void **state)
{
    struct thing thing;
    struct neap_error error = {0};
    char text[NEAP_TEXT_SIZE];
    (void)state;
    neap_parameters_init(table, &thing);
    assert_true(thing.length_s == 30);
    assert_int_equal(thing.kind, -1);
    assert_string_equal(thing.name, "x");
    assert_int_equal(neap_parameter_set(&table[0], &thing, "2m", &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "1s to 1m"));
    assert_true(thing.length_s == 30); /* untouched */
    assert_int_equal(neap_parameter_set(&table[1], &thing, "central", &error), NEAP_OK);
    neap_parameter_format(&table[1], &thing, text, sizeof text);
    assert_string_equal(text, "central");
    assert_int_equal(neap_parameter_set(&table[1], &thing, "round-robin", &error),
                     NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "did you mean round_robin"));
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(neap_parameter_set(&table[2], &thing, text, &error), NEAP_OK);
    assert_null(neap_parameter_find(table, "nothing"));
    assert_ptr_equal(neap_parameter_find(table, "kind"), &table[1]);
}

static void test_suggestions_are_near_or_none(void **state)
{
    char near[32];
    (void)state;
    assert_true(neap_suggest("target_cpu|min|max", "target_cup", near, sizeof near));
    assert_string_equal(near, "target_cpu");
    assert_true(neap_suggest("requests|time", "request", near, sizeof near));
    assert_string_equal(near, "requests");
    assert_false(neap_suggest("target_cpu|min|max", "zzzzzz", near, sizeof near));
    assert_false(neap_suggest("", "x", near, sizeof near));
    assert_false(neap_suggest("a|b", "", near, sizeof near));
}

/* --- errors --------------------------------------------------------------------------------------- */

static void test_errors_say_where(void **state)
{
    struct neap_error error = {0};
    char text[256];
    (void)state;
    assert_int_equal(neapi_fail_at(&error, NEAP_BAD_DATA, "day.csv", 7, 3, "found %s", "lots"),
                     NEAP_BAD_DATA);
    neap_error_format(&error, text, sizeof text);
    assert_string_equal(text, "day.csv:7:3: found lots");
    error.column = 0;
    neap_error_format(&error, text, sizeof text);
    assert_string_equal(text, "day.csv:7: found lots");
    assert_int_equal(neapi_fail(&error, NEAP_IO, "%s", "no"), NEAP_IO);
    assert_int_equal(neapi_locate(&error, NEAP_IO, "a.ini", 2, 0), NEAP_IO);
    assert_string_equal(error.source, "a.ini");
    neapi_locate(&error, NEAP_IO, "b.ini", 9, 9); /* has its place already */
    assert_string_equal(error.source, "a.ini");
    assert_int_equal(neapi_fail(NULL, NEAP_BUG, "nobody looks"), NEAP_BUG);
    assert_string_equal(neap_status_text(NEAP_NO_MEMORY), "out of memory");
}

static void test_a_long_message_is_cut_not_overrun(void **state)
{
    struct neap_error error;
    char longer[2000];
    (void)state;
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    neapi_fail_at(&error, NEAP_BAD_DATA, longer, 1, 1, "%s", longer);
    assert_int_equal(strlen(error.source), NEAP_SOURCE_SIZE - 1);
    assert_int_equal(strlen(error.message), NEAP_MESSAGE_SIZE - 1);
}

/* --- output --------------------------------------------------------------------------------------- */

static char folder[] = "/tmp/neap-base-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* fails when a test left anything behind */
}

static void test_output_appears_whole_or_not_at_all(void **state)
{
    struct neap_output *output = NULL;
    char path[64], line[32] = "";
    struct stat status;
    (void)state;
    snprintf(path, sizeof path, "%s/report", folder);
    assert_int_equal(neap_output_open(&output, path, NULL), NEAP_OK);
    fputs("half", neap_output_stream(output));
    assert_int_not_equal(stat(path, &status), 0);
    neap_output_discard(output);
    assert_int_not_equal(stat(path, &status), 0);
    assert_int_equal(neap_output_open(&output, path, NULL), NEAP_OK);
    fputs("whole", neap_output_stream(output));
    assert_int_equal(neap_output_commit(output, NULL), NEAP_OK);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    assert_non_null(fgets(line, sizeof line, stream));
    fclose(stream);
    assert_string_equal(line, "whole");
    unlink(path);
    neap_output_discard(NULL);
}

static void test_output_to_nowhere_is_told(void **state)
{
    struct neap_output *output = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_int_equal(neap_output_open(&output, "/no/such/folder/report", &error), NEAP_IO);
    assert_null(output);
    assert_non_null(strstr(error.message, "cannot be written"));
}

static void test_arrays_refuse_what_does_not_fit(void **state)
{
    int *items = NULL;
    size_t capacity = 0;
    (void)state;
    assert_true(neapi_grow(&items, &capacity, 3, sizeof *items));
    assert_true(capacity >= 3);
    items[2] = 42;
    assert_true(neapi_grow(&items, &capacity, 1000, sizeof *items));
    assert_int_equal(items[2], 42);
    assert_false(neapi_grow(&items, &capacity, SIZE_MAX / 2, sizeof *items));
    assert_int_equal(items[2], 42);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(test_numbers_are_rounded_as_strtod_does),
        cmocka_unit_test(test_a_decimal_comma_in_the_locale_changes_nothing),
        cmocka_unit_test(test_units_are_what_they_say),
        cmocka_unit_test(test_a_missing_or_wrong_unit_is_refused),
        cmocka_unit_test(test_what_is_written_reads_back),
        cmocka_unit_test(test_a_table_sets_defaults_and_checks_ranges),
        cmocka_unit_test(test_suggestions_are_near_or_none),
        cmocka_unit_test(test_errors_say_where),
        cmocka_unit_test(test_a_long_message_is_cut_not_overrun),
        cmocka_unit_test(test_output_appears_whole_or_not_at_all),
        cmocka_unit_test(test_output_to_nowhere_is_told),
        cmocka_unit_test(test_arrays_refuse_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

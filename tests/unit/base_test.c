/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base: numbers with units, parameter tables, suggestions, errors, output files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <neap/base.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"

/* --- numbers ------------------------------------------------------------------------------------ */

static double number(const char *text)
{
    double value = (double)NAN;
    if (!neapi_number_parse(&value, text, strlen(text)))
        return (double)NAN;
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

/* What the grammar takes, strtod reads as the same double; what it does not take is refused: on random
 * texts of the bytes that numbers are made of. */
static bool is_number(const char *text)
{
    text += *text == '-' || *text == '+';
    size_t whole = strspn(text, "0123456789");
    text += whole;
    size_t part = *text == '.' ? strspn(text + 1, "0123456789") : 0;
    text += *text == '.' ? part + 1 : 0;
    if (whole + part == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        text += 1 + (text[1] == '-' || text[1] == '+');
        if (strspn(text, "0123456789") == 0)
            return false;
        text += strspn(text, "0123456789");
    }
    return *text == '\0';
}

static void test_random_texts_are_read_as_strtod_does(void **state)
{
    static const char bytes[] = "0123456789012345678901234567890123456789..ee+-E ,x";
    uint64_t bits = 2463534242U;
    int taken = 0;
    (void)state;
    for (int i = 0; i < 300000; i++) {
        char text[48];
        size_t length = (size_t)(i % 40) + 1;
        for (size_t k = 0; k < length; k++) {
            bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[k] = bytes[(bits >> 33) % (sizeof bytes - 1)];
        }
        text[length] = '\0';
        double expected = is_number(text) ? strtod(text, NULL) : (double)NAN;
        if (isinf(expected))
            expected = (double)NAN;
        double read = number(text);
        taken += !isnan(read);
        if (isnan(read) != isnan(expected) || read < expected || read > expected)
            fail_msg("\"%s\": %.17g, expected %.17g", text, read, expected);
    }
    assert_true(taken > 10000);
}

static void test_extreme_numbers(void **state)
{
    char text[1500];
    (void)state;
    assert_true(number("1.7976931348623157e308") == 1.7976931348623157e308);
    assert_true(number("5e-324") == 5e-324);
    assert_true(number("2.2250738585072014e-308") == 2.2250738585072014e-308);
    assert_true(number("9007199254740993") == 9007199254740992.0); /* half way, to even */
    assert_true(number("0.1000000000000000055511151231257827") == 0.1);
    assert_true(number("1e00000000000000000000002") == 100);
    assert_true(isnan(number("1e99999999999999999999")));
    assert_true(signbit(number("-0")));
    memset(text, '1', sizeof text);
    text[0] = '0';
    text[1] = '.';
    text[1000] = '\0';
    assert_true(number(text) == 1.0 / 9);
    text[1000] = '1';
    text[1499] = '\0';
    assert_true(isnan(number(text))); /* no number that anyone writes */
}

static char folder[] = "/tmp/neap-base-XXXXXX";

/* Makes a locale of its own where the sources of locales are installed, but none with a comma. */
static bool make_comma_locale(void)
{
    char command[160];
    if (system("command -v localedef >/dev/null && test -e /usr/share/i18n/locales/de_DE") != 0)
        return false;
    snprintf(command, sizeof command,
             "localedef -c -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    return system(command) == 0 && setenv("LOCPATH", folder, 1) == 0 &&
           setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
}

static bool enter_comma_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",  "de_DE",      "fr_FR.UTF-8",
                                        "es_ES.UTF-8", "it_IT.UTF-8", "pt_BR.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (setlocale(LC_ALL, names[i]) != NULL)
            return localeconv()->decimal_point[0] == ',';
    return make_comma_locale() && localeconv()->decimal_point[0] == ',';
}

static void leave_comma_locale(void)
{
    char command[80];
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -rf %s/de_DE.UTF-8", folder);
    assert_int_equal(system(command), 0);
}

static void test_a_decimal_comma_in_the_locale_changes_nothing(void **state)
{
    char printed[64], formatted[64];
    double value = 0;
    (void)state;
    if (!enter_comma_locale()) {
        leave_comma_locale();
        skip();
    }
    bool fast = number("0.04048") == 0.04048;
    bool slow = number("12345678901234567890.5") == 12345678901234567890.5;
    bool parsed = neap_quantity_parse(&value, "1.5h", NEAP_SECONDS, NULL) == NEAP_OK;
    neapi_print(printed, sizeof printed, "%.2f", 1234.5);
    neap_quantity_format(formatted, sizeof formatted, 0.5, NEAP_VCPU);
    bool kept = localeconv()->decimal_point[0] == ',';
    leave_comma_locale();
    assert_true(fast && slow && parsed && kept);
    assert_true(value == 5400);
    assert_string_equal(printed, "1234.50");
    assert_string_equal(formatted, "0.5");
}

static double quantity(const char *text, enum neap_unit unit)
{
    double value = (double)NAN;
    struct neap_error error = {0};
    if (neap_quantity_parse(&value, text, unit, &error) != NEAP_OK) {
        assert_non_null(strstr(error.message, "found"));
        assert_non_null(strstr(error.message, "expected"));
        return (double)NAN;
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

static void test_every_suffix_has_its_factor(void **state)
{
    static const struct {
        const char *suffix;
        enum neap_unit unit;
        double factor;
    } row[] = {{"ns", NEAP_SECONDS, 1e-9},
               {"us", NEAP_SECONDS, 1e-6},
               {"ms", NEAP_SECONDS, 1e-3},
               {"s", NEAP_SECONDS, 1},
               {"m", NEAP_SECONDS, 60},
               {"min", NEAP_SECONDS, 60},
               {"h", NEAP_SECONDS, 3600},
               {"d", NEAP_SECONDS, 86400},
               {"w", NEAP_SECONDS, 604800},
               {"%", NEAP_SHARE, 0.01},
               {"m", NEAP_VCPU, 1e-3},
               {"", NEAP_VCPU, 1},
               {"B", NEAP_BYTES, 1},
               {"k", NEAP_BYTES, 1e3},
               {"kB", NEAP_BYTES, 1e3},
               {"KB", NEAP_BYTES, 1e3},
               {"Ki", NEAP_BYTES, 1024},
               {"KiB", NEAP_BYTES, 1024},
               {"M", NEAP_BYTES, 1e6},
               {"MB", NEAP_BYTES, 1e6},
               {"Mi", NEAP_BYTES, 1048576},
               {"MiB", NEAP_BYTES, 1048576},
               {"G", NEAP_BYTES, 1e9},
               {"GB", NEAP_BYTES, 1e9},
               {"Gi", NEAP_BYTES, 1073741824},
               {"GiB", NEAP_BYTES, 1073741824},
               {"TB", NEAP_BYTES, 1e12},
               {"Ti", NEAP_BYTES, 0x1p40},
               {"TiB", NEAP_BYTES, 0x1p40},
               {"/s", NEAP_RATE, 1},
               {"/min", NEAP_RATE, 1.0 / 60},
               {"/h", NEAP_RATE, 1.0 / 3600},
               {"/d", NEAP_RATE, 1.0 / 86400},
               {"", NEAP_COUNT, 1},
               {"", NEAP_FACTOR, 1}};
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        snprintf(text, sizeof text, "3%s", row[i].suffix);
        if (!(fabs(quantity(text, row[i].unit) - 3 * row[i].factor) <= 1e-15 * 3 * row[i].factor))
            fail_msg("%s: %.17g", text, quantity(text, row[i].unit));
        double joined = quantity(text, row[i].unit);
        snprintf(text, sizeof text, "3 %s", row[i].suffix);
        if (row[i].suffix[0] != '\0' && !(fabs(quantity(text, row[i].unit) - joined) <= 0))
            fail_msg("\"%s\" is not what it is without the blank", text);
    }
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

static void test_a_share_above_one_asks_for_percent(void **state)
{
    struct neap_error error = {0};
    double value = 42;
    (void)state;
    assert_true(quantity("1", NEAP_SHARE) == 1);
    assert_int_equal(neap_quantity_parse(&value, "1.01", NEAP_SHARE, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "write 1.01% if percent is meant"));
    assert_int_equal(neap_quantity_parse(&value, "0,5", NEAP_VCPU, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "with a point for the decimals"));
    assert_true(value == 42); /* untouched */
}

static void test_quantities_are_written_as_people_do(void **state)
{
    static const struct {
        double value;
        enum neap_unit unit;
        const char *text;
    } row[] = {{15, NEAP_SECONDS, "15s"},
               {0.25, NEAP_SECONDS, "250ms"},
               {300, NEAP_SECONDS, "5m"},
               {90, NEAP_SECONDS, "90s"},
               {604800, NEAP_SECONDS, "7d"},
               {0, NEAP_SECONDS, "0s"},
               {0.6, NEAP_SHARE, "60%"},
               {0.07, NEAP_SHARE, "7%"},
               {2147483648.0, NEAP_BYTES, "2GiB"},
               {0, NEAP_BYTES, "0B"},
               {0.5, NEAP_VCPU, "0.5"},
               {120, NEAP_RATE, "120/s"},
               {400, NEAP_COUNT, "400"},
               {1.25, NEAP_FACTOR, "1.25"}};
    char text[64];
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        int length = neap_quantity_format(text, sizeof text, row[i].value, row[i].unit);
        assert_string_equal(text, row[i].text);
        assert_int_equal(length, strlen(text));
    }
    neap_quantity_format(text, sizeof text, (double)NAN, NEAP_SECONDS);
    assert_string_equal(text, "");
    assert_int_equal(neap_quantity_format(text, 3, 604800, NEAP_SECONDS), 2);
    assert_int_equal(neap_quantity_format(text, 2, 604800, NEAP_SECONDS), 2); /* what it needs */
    assert_string_equal(text, "7");
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

static void test_a_parameter_that_is_not_set_is_written_as_nothing(void **state)
{
    static const struct neap_parameter open[] = {
        {"length", NEAP_SECONDS, offsetof(struct thing, length_s), "", 1, 60, NULL, "how long"},
        {"kind", NEAP_CHOICE, offsetof(struct thing, kind), "", 0, 0, "a|b", "which"},
        {"name", NEAP_TEXT, offsetof(struct thing, name), "", 0, 0, NULL, "whose"},
        {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};
    struct thing thing;
    char text[NEAP_TEXT_SIZE];
    (void)state;
    memset(&thing, 1, sizeof thing);
    neap_parameters_init(open, &thing);
    assert_true(isnan(thing.length_s));
    for (const struct neap_parameter *row = open; row->name != NULL; row++) {
        assert_int_equal(neap_parameter_format(row, &thing, text, sizeof text), 0);
        assert_string_equal(text, "");
    }
}

static void test_both_ends_of_a_range_are_inside(void **state)
{
    struct thing thing;
    (void)state;
    neap_parameters_init(table, &thing);
    assert_int_equal(neap_parameter_set(&table[0], &thing, "1s", NULL), NEAP_OK);
    assert_int_equal(neap_parameter_set(&table[0], &thing, "60s", NULL), NEAP_OK);
    assert_int_equal(neap_parameter_set(&table[0], &thing, "60.001s", NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_parameter_set(&table[0], &thing, "999ms", NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_parameter_set(&table[0], &thing, "-30s", NULL), NEAP_BAD_ARGUMENT);
}

static void test_every_choice_is_written_as_it_is_read(void **state)
{
    static const char *const word[] = {"random", "round_robin", "central"};
    struct thing thing;
    char text[NEAP_TEXT_SIZE];
    (void)state;
    neap_parameters_init(table, &thing);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(neap_parameter_set(&table[1], &thing, word[i], NULL), NEAP_OK);
        assert_int_equal(thing.kind, i);
        neap_parameter_format(&table[1], &thing, text, sizeof text);
        assert_string_equal(text, word[i]);
    }
    assert_int_equal(neap_parameter_set(&table[1], &thing, "", NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_parameter_set(&table[1], &thing, "random|central", NULL),
                     NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_parameter_set(&table[1], &thing, "rand", NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(thing.kind, 2);
}

static void test_a_text_that_does_not_fit_is_refused_not_cut(void **state)
{
    struct thing thing;
    char text[NEAP_TEXT_SIZE + 1];
    (void)state;
    neap_parameters_init(table, &thing);
    memset(text, 'a', sizeof text - 1);
    text[NEAP_TEXT_SIZE] = '\0';
    assert_int_equal(neap_parameter_set(&table[2], &thing, text, NULL), NEAP_BAD_ARGUMENT);
    assert_string_equal(thing.name, "x");
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
    assert_true(neap_suggest("p95|p99", "p9", near, sizeof near)); /* the first of equals */
    assert_string_equal(near, "p95");
    assert_true(neap_suggest("|min||max|", "mix", near, sizeof near)); /* empty entries are none */
    assert_string_equal(near, "min");
    assert_false(neap_suggest("a_word_that_is_longer_than_the_space", "a_word", near, 8));
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_false(neap_suggest("aaaa", longer, near, sizeof near));
    assert_false(neap_suggest(longer, "aaaa", near, sizeof near));
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

static void test_formatting_an_error_needs_no_more_than_is_there(void **state)
{
    struct neap_error error = {0};
    char text[16];
    (void)state;
    neapi_fail_at(&error, NEAP_BAD_DATA, "day.csv", 12, 34, "found %.1f", 1.5);
    assert_int_equal(neap_error_format(&error, NULL, 0), strlen("day.csv:12:34: found 1.5"));
    assert_int_equal(neap_error_format(&error, text, sizeof text), 24);
    assert_string_equal(text, "day.csv:12:34: ");
    error = (struct neap_error){.status = NEAP_BUG, .message = "just this"};
    neap_error_format(&error, text, sizeof text);
    assert_string_equal(text, "just this");
    for (int status = NEAP_OK; status <= NEAP_BUG; status++)
        assert_true(strlen(neap_status_text((enum neap_status)status)) > 5);
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

static const char *in_folder(const char *name)
{
    static char path[2][64];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void put(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void assert_holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    found[fread(found, 1, sizeof found - 1, stream)] = '\0';
    fclose(stream);
    assert_string_equal(found, text);
}

static struct neap_output *begin(const char *path, const char *text)
{
    struct neap_output *output = NULL;
    struct neap_error error = {0};
    if (neap_output_open(&output, path, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    fputs(text, neap_output_stream(output));
    return output;
}

static void test_output_appears_whole_or_not_at_all(void **state)
{
    const char *path = in_folder("report");
    (void)state;
    struct neap_output *output = begin(path, "half");
    assert_int_not_equal(access(path, F_OK), 0);
    neap_output_discard(output);
    assert_int_not_equal(access(path, F_OK), 0);
    output = begin(path, "whole");
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(neap_output_commit(output, NULL), NEAP_OK);
    assert_holds(path, "whole");
    output = begin(path, "half of the next");
    assert_holds(path, "whole");
    neap_output_discard(output);
    assert_holds(path, "whole");
    unlink(path);
    neap_output_discard(NULL);
}

static void test_two_outputs_of_one_name_do_not_mix(void **state)
{
    const char *path = in_folder("report");
    (void)state;
    struct neap_output *a = begin(path, "first"), *b = begin(path, "second");
    assert_int_equal(neap_output_commit(a, NULL), NEAP_OK);
    assert_int_equal(neap_output_commit(b, NULL), NEAP_OK);
    assert_holds(path, "second");
    unlink(path);
}

static void test_a_link_stays_one_and_a_mode_is_kept(void **state)
{
    const char *path = in_folder("report");
    char link[64];
    struct stat status;
    (void)state;
    snprintf(link, sizeof link, "%s/link", folder);
    put(path, "before");
    chmod(path, 0600);
    assert_int_equal(symlink("report", link), 0);
    assert_int_equal(neap_output_commit(begin(link, "after"), NULL), NEAP_OK);
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(lstat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_holds(path, "after");
    unlink(link);
    unlink(path);
}

/* A rename would put a file in its place: as root, in that of /dev/full. */
static void test_what_is_no_file_is_written_as_it_is(void **state)
{
    const char *path = in_folder("pipe");
    char found[16] = "";
    struct stat status;
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(neap_output_commit(begin(path, "piped"), NULL), NEAP_OK);
    assert_int_equal(read(reader, found, sizeof found), 5);
    assert_string_equal(found, "piped");
    neap_output_discard(begin(path, ""));
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    close(reader);
    unlink(path);
}

static void test_output_to_nowhere_is_told(void **state)
{
    struct neap_output *output = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_int_equal(neap_output_open(&output, "/no/such/folder/report", &error), NEAP_IO);
    assert_null(output);
    assert_non_null(strstr(error.message, "cannot be written"));
    assert_int_equal(neap_output_open(&output, folder, &error), NEAP_IO);
    assert_null(output);
    assert_string_equal(error.source, folder);
}

/* A full disk, played by a limit of the size of files. */
static void test_output_that_does_not_fit_leaves_what_was_there(void **state)
{
    const char *path = in_folder("report");
    struct rlimit before, limit;
    struct neap_error error = {0};
    (void)state;
    put(path, "before");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    limit = before;
    limit.rlim_cur = 1000;
    struct neap_output *output = begin(path, "");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (int i = 0; i < 10000; i++)
        fputs("more ", neap_output_stream(output));
    enum neap_status status = neap_output_commit(output, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, NEAP_IO);
    assert_holds(path, "before");
    unlink(path);
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
        cmocka_unit_test(test_random_texts_are_read_as_strtod_does),
        cmocka_unit_test(test_extreme_numbers),
        cmocka_unit_test(test_a_decimal_comma_in_the_locale_changes_nothing),
        cmocka_unit_test(test_units_are_what_they_say),
        cmocka_unit_test(test_every_suffix_has_its_factor),
        cmocka_unit_test(test_a_missing_or_wrong_unit_is_refused),
        cmocka_unit_test(test_a_share_above_one_asks_for_percent),
        cmocka_unit_test(test_quantities_are_written_as_people_do),
        cmocka_unit_test(test_what_is_written_reads_back),
        cmocka_unit_test(test_a_table_sets_defaults_and_checks_ranges),
        cmocka_unit_test(test_a_parameter_that_is_not_set_is_written_as_nothing),
        cmocka_unit_test(test_both_ends_of_a_range_are_inside),
        cmocka_unit_test(test_every_choice_is_written_as_it_is_read),
        cmocka_unit_test(test_a_text_that_does_not_fit_is_refused_not_cut),
        cmocka_unit_test(test_suggestions_are_near_or_none),
        cmocka_unit_test(test_errors_say_where),
        cmocka_unit_test(test_formatting_an_error_needs_no_more_than_is_there),
        cmocka_unit_test(test_a_long_message_is_cut_not_overrun),
        cmocka_unit_test(test_output_appears_whole_or_not_at_all),
        cmocka_unit_test(test_two_outputs_of_one_name_do_not_mix),
        cmocka_unit_test(test_a_link_stays_one_and_a_mode_is_kept),
        cmocka_unit_test(test_what_is_no_file_is_written_as_it_is),
        cmocka_unit_test(test_output_to_nowhere_is_told),
        cmocka_unit_test(test_output_that_does_not_fit_leaves_what_was_there),
        cmocka_unit_test(test_arrays_refuse_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

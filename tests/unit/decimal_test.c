/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <neap/base.h>

#define LONG_TEXT "1234567890123456789012345678901234567890123456789012345678901234567890"

static struct neap_decimal number(const char *text)
{
    struct neap_decimal value;
    struct neap_error error;
    if (neap_decimal_parse(&value, text, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return value;
}

static void assert_shows(const struct neap_decimal *value, int digits, const char *expected)
{
    char text[256];
    int length = neap_decimal_format(value, digits, text, sizeof text);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

typedef enum neap_status operation(struct neap_decimal *result, const struct neap_decimal *a,
                                   const struct neap_decimal *b, struct neap_error *error);

static void assert_gives(operation *operate, const char *a, const char *b, const char *expected)
{
    struct neap_decimal left = number(a), right = number(b), result;
    struct neap_error error;
    if (operate(&result, &left, &right, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    assert_shows(&result, -1, expected);
}

static void texts_survive_a_round_trip(void **state)
{
    static const char *const texts[] = {
        "0",
        "12",
        "-0.04048",
        "0.0000166667",
        "1.50",
        "-1",
        "100",
        "0.00",
        LONG_TEXT,
        ("-" LONG_TEXT),
        "0.000000000000000000000000000000000000000000000000000000000001"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct neap_decimal value = number(texts[i]);
        assert_shows(&value, -1, texts[i]);
    }
}

static void other_spellings_are_read(void **state)
{
    static const char *const rows[][2] = {{"1.5e-7", "0.00000015"},
                                          {"1.5E3", "1500"},
                                          {"15e-1", "1.5"},
                                          {"+7", "7"},
                                          {".5", "0.5"},
                                          {"5.", "5"},
                                          {"-0", "0"},
                                          {"-0.000", "0.000"},
                                          {"0e99", "0"},
                                          {"000000000000000000000000000000000000000000000000000"
                                           "000000000000000000000000000000000000000012.5",
                                           "12.5"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_decimal value = number(rows[i][0]);
        assert_shows(&value, -1, rows[i][1]);
    }
    assert_int_equal(number("-0").negative, 0);
}

static void garbage_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "-",
                                        ".",
                                        "1,5",
                                        "0x10",
                                        "1e",
                                        "1e+",
                                        "nan",
                                        "inf",
                                        "1 ",
                                        " 1",
                                        "--1",
                                        "1.2.3",
                                        "1e70",
                                        "1e-61",
                                        "12e99999999999",
                                        (LONG_TEXT "1"),
                                        "free",
                                        "$1",
                                        "1e-0x"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct neap_decimal value = number("42");
        struct neap_error error;
        assert_int_equal(neap_decimal_parse(&value, texts[i], &error), NEAP_BAD_ARGUMENT);
        assert_non_null(strstr(error.message, "expected a decimal number"));
        assert_shows(&value, -1, "42");
    }
}

static void sums_are_exact(void **state)
{
    (void)state;
    assert_gives(neap_decimal_add, "0.1", "0.2", "0.3");
    assert_gives(neap_decimal_add, "1", "0.000000000000000000000000000001",
                 "1.000000000000000000000000000001");
    assert_gives(neap_decimal_add, "-5", "3.5", "-1.5");
    assert_gives(neap_decimal_add, "-3.5", "3.50", "0.00");
    assert_gives(neap_decimal_add, "0", "-2", "-2");
    assert_gives(neap_decimal_subtract, "18446744073709551616", "1", "18446744073709551615");
    assert_gives(neap_decimal_subtract, "1", "1.01", "-0.01");
    assert_gives(neap_decimal_subtract, "-1", "-1", "0");
    assert_gives(neap_decimal_add, "18446744073709551615", "18446744073709551615",
                 "36893488147419103230");
}

static void products_are_exact(void **state)
{
    (void)state;
    assert_gives(neap_decimal_multiply, "0.04048", "730", "29.55040");
    assert_gives(neap_decimal_multiply, "-0.0000166667", "1500000", "-25.0000500000");
    assert_gives(neap_decimal_multiply, "0", "-3", "0");
    assert_gives(neap_decimal_multiply, "99999999999999999999999999999999999999",
                 "99999999999999999999999999999999999999",
                 "9999999999999999999999999999999999999800000000000000000000000000000000000001");
}

static void zeros_at_the_end_make_room(void **state)
{
    (void)state;
    struct neap_decimal small = number("1e-60"), ten = number("10.0"), product;
    assert_int_equal(neap_decimal_multiply(&product, &small, &ten, NULL), NEAP_OK);
    assert_shows(&product, -1, "0.000000000000000000000000000000000000000000000000000000000010");
    struct neap_decimal nothing = number("0e-60");
    assert_int_equal(neap_decimal_multiply(&product, &nothing, &nothing, NULL), NEAP_OK);
    assert_int_equal(product.scale, 60);
}

static void results_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct neap_decimal large = number(LONG_TEXT), small = number("1e-60"), result = number("42");
    struct neap_error error;
    assert_int_equal(neap_decimal_multiply(&result, &large, &large, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "fewer digits"));
    assert_int_equal(neap_decimal_multiply(&result, &small, &small, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_decimal_add(&result, &large, &small, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_decimal_divide(&result, &large, &small, 0, NULL), NEAP_BAD_ARGUMENT);
    assert_shows(&result, -1, "42");
    struct neap_decimal most = {.limb = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    struct neap_decimal one = number("1");
    assert_int_equal(neap_decimal_add(&result, &most, &one, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_decimal_subtract(&result, &most, &one, NULL), NEAP_OK);
    assert_shows(&result, -1,
                 "11579208923731619542357098500868790785326998466564056403945758400791312963993"
                 "4");
}

static void quotients_round_half_away_from_zero(void **state)
{
    static const struct {
        const char *a, *b;
        int digits;
        const char *expected;
    } rows[] = {{"1", "3", 10, "0.3333333333"}, {"2", "3", 4, "0.6667"},
                {"-2", "3", 4, "-0.6667"},      {"1", "8", 2, "0.13"},
                {"-1", "8", 2, "-0.13"},        {"1", "-0.5", 0, "-2"},
                {"0", "7", 3, "0.000"},         {"1", "1000", 2, "0.00"},
                {"5", "1000", 2, "0.01"},       {"-4", "1000", 2, "0.00"},
                {"0.00000001", "4e3", 0, "0"},  {"3600", "3600.00", 1, "1.0"},
                {LONG_TEXT, LONG_TEXT, 0, "1"}, {"1e-60", "1e-60", 5, "1.00000"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_decimal a = number(rows[i].a), b = number(rows[i].b), quotient;
        assert_int_equal(neap_decimal_divide(&quotient, &a, &b, rows[i].digits, NULL), NEAP_OK);
        assert_shows(&quotient, -1, rows[i].expected);
    }
}

static void division_by_zero_is_refused(void **state)
{
    (void)state;
    struct neap_decimal one = number("1"), zero = number("0.00"), result = number("42");
    struct neap_error error;
    assert_int_equal(neap_decimal_divide(&result, &one, &zero, 2, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "zero"));
    assert_int_equal(neap_decimal_divide(&result, &one, &one, 61, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_decimal_divide(&result, &one, &one, -1, NULL), NEAP_BAD_ARGUMENT);
    assert_shows(&result, -1, "42");
}

static void rounding_is_half_away_from_zero(void **state)
{
    static const struct {
        const char *value;
        int digits;
        const char *expected;
    } rows[] = {{"0.125", 2, "0.13"},      {"-0.125", 2, "-0.13"}, {"0.1249999", 2, "0.12"},
                {"0.005", 2, "0.01"},      {"0.0049", 2, "0.00"},  {"-0.0049", 2, "0.00"},
                {"999.995", 2, "1000.00"}, {"1.5", 0, "2"},        {"2.5", 0, "3"},
                {"7", 2, "7.00"},          {"0", 2, "0.00"},       {"0.04048", 3, "0.040"},
                {"12345", 0, "12345"},     {"0.5", 0, "1"},        {"0.4", 0, "0"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_decimal value = number(rows[i].value);
        assert_shows(&value, rows[i].digits, rows[i].expected);
        struct neap_decimal rounded = neap_decimal_round(&value, rows[i].digits);
        assert_shows(&rounded, rows[i].digits, rows[i].expected);
    }
}

static void comparing_looks_at_values_not_at_scales(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {{"1.50", "1.5", 0}, {"0", "-0.00", 0},   {"-1", "1", -1},
                {"2", "-3", 1},     {"-2", "-3", 1},     {"0.1", "0.09", 1},
                {"1e-60", "0", 1},  {LONG_TEXT, "1", 1}, {"10", "9.99999999999999999999999999", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct neap_decimal a = number(rows[i].a), b = number(rows[i].b);
        assert_int_equal(neap_decimal_compare(&a, &b), rows[i].order);
        assert_int_equal(neap_decimal_compare(&b, &a), -rows[i].order);
    }
}

static void doubles_are_the_nearest(void **state)
{
    (void)state;
    struct neap_decimal rate = number("0.04048"), third = number("-1e-60");
    assert_true(neap_decimal_to_double(&rate) == 0.04048);
    assert_true(neap_decimal_to_double(&third) == -1e-60);
    struct neap_decimal large = number(LONG_TEXT);
    assert_true(neap_decimal_to_double(&large) == 1234567890123456789012345678901234567890.0e30);
}

static void integers_of_64_bits_fit(void **state)
{
    (void)state;
    struct neap_decimal low = neap_decimal_from_integer(INT64_MIN);
    struct neap_decimal high = neap_decimal_from_integer(INT64_MAX), zero = {.scale = 0};
    assert_shows(&low, -1, "-9223372036854775808");
    assert_shows(&high, -1, "9223372036854775807");
    assert_shows(&zero, -1, "0");
    assert_shows(&zero, 2, "0.00");
}

static void the_result_may_be_an_operand(void **state)
{
    (void)state;
    struct neap_decimal value = number("1.5");
    assert_int_equal(neap_decimal_add(&value, &value, &value, NULL), NEAP_OK);
    assert_int_equal(neap_decimal_multiply(&value, &value, &value, NULL), NEAP_OK);
    assert_shows(&value, -1, "9.00");
}

static void a_short_buffer_is_filled_and_ended(void **state)
{
    (void)state;
    char text[4] = "xxx";
    struct neap_decimal value = number("-123.45");
    assert_int_equal(neap_decimal_format(&value, 2, text, sizeof text), 7);
    assert_string_equal(text, "-12");
}

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

/* Half away from zero, in integers. */
static int64_t divide_rounded(int64_t a, int64_t b)
{
    int64_t size = llabs(a), by = llabs(b);
    int64_t quotient = (2 * size + by) / (2 * by);
    return (a < 0) == (b < 0) ? quotient : -quotient;
}

static void assert_equals(const struct neap_decimal *value, int64_t expected)
{
    struct neap_decimal integer = neap_decimal_from_integer(expected);
    assert_int_equal(neap_decimal_compare(value, &integer), 0);
}

static void operations_agree_with_integers(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        int64_t a = (int64_t)next(&seed) - (1 << 30), b = (int64_t)next(&seed) - (1 << 30);
        a >>= next(&seed) % 31; /* all sizes */
        b >>= next(&seed) % 31;
        struct neap_decimal left = neap_decimal_from_integer(a);
        struct neap_decimal right = neap_decimal_from_integer(b), result;
        assert_int_equal(neap_decimal_add(&result, &left, &right, NULL), NEAP_OK);
        assert_equals(&result, a + b);
        assert_int_equal(neap_decimal_subtract(&result, &left, &right, NULL), NEAP_OK);
        assert_equals(&result, a - b);
        assert_int_equal(neap_decimal_multiply(&result, &left, &right, NULL), NEAP_OK);
        assert_equals(&result, a * b);
        assert_int_equal(neap_decimal_compare(&left, &right), (a > b) - (a < b));
        if (b == 0)
            continue;
        assert_int_equal(neap_decimal_divide(&result, &left, &right, 0, NULL), NEAP_OK);
        assert_equals(&result, divide_rounded(a, b));
    }
}

/* (a / b) * b is a again, and a + b - b too, for numbers of up to 120 bits and many scales. */
static void operations_undo_each_other(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < 5000; i++) {
        struct neap_decimal a = {.limb = {next(&seed) << 31 | next(&seed), next(&seed)}};
        struct neap_decimal b = {.limb = {next(&seed) << 31 | next(&seed), next(&seed)}};
        struct neap_decimal result;
        a.scale = (int16_t)(next(&seed) % 20);
        b.scale = (int16_t)(next(&seed) % 20);
        a.negative = next(&seed) % 2;
        assert_int_equal(neap_decimal_multiply(&result, &a, &b, NULL), NEAP_OK);
        assert_int_equal(neap_decimal_divide(&result, &result, &b, a.scale, NULL), NEAP_OK);
        assert_int_equal(neap_decimal_compare(&result, &a), 0);
        assert_int_equal(neap_decimal_add(&result, &a, &b, NULL), NEAP_OK);
        assert_int_equal(neap_decimal_subtract(&result, &result, &b, NULL), NEAP_OK);
        assert_int_equal(neap_decimal_compare(&result, &a), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_survive_a_round_trip),
        cmocka_unit_test(other_spellings_are_read),
        cmocka_unit_test(garbage_is_refused),
        cmocka_unit_test(sums_are_exact),
        cmocka_unit_test(products_are_exact),
        cmocka_unit_test(zeros_at_the_end_make_room),
        cmocka_unit_test(results_that_do_not_fit_are_refused),
        cmocka_unit_test(quotients_round_half_away_from_zero),
        cmocka_unit_test(division_by_zero_is_refused),
        cmocka_unit_test(rounding_is_half_away_from_zero),
        cmocka_unit_test(comparing_looks_at_values_not_at_scales),
        cmocka_unit_test(doubles_are_the_nearest),
        cmocka_unit_test(integers_of_64_bits_fit),
        cmocka_unit_test(the_result_may_be_an_operand),
        cmocka_unit_test(a_short_buffer_is_filled_and_ended),
        cmocka_unit_test(operations_agree_with_integers),
        cmocka_unit_test(operations_undo_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means, intervals and batches; published values are in the tables that selftest holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include <neap/random.h>

#include "study/estimate.h"

enum { COUNT = 2000 };

static void assert_near(double got, double want, double most)
{
    assert_true(fabs(got - want) <= most);
}

static void test_an_interval_covers_the_mean_as_often_as_it_says(void **state)
{
    struct neap_stream stream;
    double value[8];
    int covered = 0;
    (void)state;
    for (uint64_t i = 0; i < COUNT; i++) {
        neap_stream_init(&stream, 1, i, 7);
        for (size_t k = 0; k < 8; k++)
            value[k] = 3 + neap_stream_normal(&stream, k);
        struct neapi_estimate e = neapi_estimate_mean(value, 8);
        covered += fabs(e.mean - 3) <= e.half;
    }
    assert_in_range(covered, 1860, 1940); /* 1900 +- 4 standard deviations */
}

static void test_few_values_have_no_interval(void **state)
{
    static const double one = 4;
    (void)state;
    assert_true(isnan(neapi_estimate_mean(&one, 0).mean));
    assert_near(neapi_estimate_mean(&one, 1).mean, 4, 0);
    assert_true(isnan(neapi_estimate_mean(&one, 1).half));
    assert_true(isnan(neapi_estimate_difference(&one, &one, 1).half));
    assert_true(isnan(neapi_student(0)));
}

static void test_equal_sides_differ_by_exactly_nothing(void **state)
{
    static const double side[] = {412.5, 398.1, 405.9, 0.1, 401.7, 1e9};
    (void)state;
    struct neapi_estimate difference = neapi_estimate_difference(side, side, 6);
    struct neapi_estimate saving = neapi_estimate_saving(side, side, 6);
    assert_true(difference.mean == 0 && difference.deviation == 0 && difference.half == 0);
    assert_true(saving.mean == 0 && saving.deviation == 0 && saving.half == 0);
}

static void test_a_saving_of_nothing_is_not_a_number(void **state)
{
    static const double nothing[] = {0, 0, 0}, one[] = {1, 1, 1};
    (void)state;
    assert_true(isnan(neapi_estimate_saving(nothing, one, 3).mean));
    assert_true(isnan(neapi_correlation(nothing, one, 3)));
}

static void test_what_both_sides_share_cancels(void **state)
{
    struct neap_stream shared, own;
    double from[50], to[50];
    (void)state;
    neap_stream_init(&shared, 1, 0, 7);
    neap_stream_init(&own, 1, 0, 8);
    for (size_t i = 0; i < 50; i++) {
        from[i] = 100 + 10 * neap_stream_normal(&shared, i);
        to[i] = from[i] - 5 + 0.1 * neap_stream_normal(&own, i);
    }
    struct neapi_estimate difference = neapi_estimate_difference(from, to, 50);
    assert_true(fabs(difference.mean - 5) < 2 * difference.half);
    assert_true(difference.half * 20 < neapi_unpaired_half(from, to, 50));
    assert_true(neapi_correlation(from, to, 50) > 0.99);
}

/* Neighbours of an AR(1) series know each other: batches do not. */
static void test_batches_see_what_single_values_hide(void **state)
{
    struct neap_stream stream;
    double value[COUNT], now = 0, lag = 0, nothing = 0;
    (void)state;
    neap_stream_init(&stream, 1, 0, 7);
    for (size_t i = 0; i < COUNT; i++)
        value[i] = now = 0.9 * now + neap_stream_normal(&stream, i);
    struct neapi_estimate plain = neapi_estimate_mean(value, COUNT);
    struct neapi_estimate batched = neapi_estimate_batches(value, COUNT, 20, &lag);
    struct neapi_estimate single = neapi_estimate_batches(value, COUNT, COUNT, &nothing);
    assert_true(batched.half > 2 * plain.half);
    assert_true(fabs(lag) < 0.6);
    assert_true(nothing > 0.85 && nothing < 0.95);
    assert_near(single.half, plain.half, 1e-12);
}

static void test_what_fills_no_batch_is_left_out_at_the_beginning(void **state)
{
    static const double value[] = {1e9, 1, 2, 3, 4};
    double lag;
    (void)state;
    assert_near(neapi_estimate_batches(value, 5, 2, &lag).mean, 2.5, 1e-12);
    assert_true(isnan(neapi_estimate_batches(value, 5, 6, &lag).mean));
    assert_true(isnan(lag));
}

static void fill(double value[COUNT], size_t raised, double by)
{
    struct neap_stream stream;
    neap_stream_init(&stream, 3, 0, 7);
    for (size_t i = 0; i < COUNT; i++)
        value[i] = neap_stream_normal(&stream, i) + (i < raised ? by : 0);
}

static void test_a_start_that_is_off_is_found(void **state)
{
    double value[COUNT];
    size_t length = 0;
    (void)state;
    fill(value, 100, 5);
    assert_true(neapi_settling(value, COUNT, &length));
    assert_in_range(length, 100, 140);
    fill(value, 0, 0);
    assert_true(neapi_settling(value, COUNT, &length));
    assert_in_range(length, 0, 200);
}

static void test_a_run_that_never_settles_is_told(void **state)
{
    double value[COUNT];
    size_t length = 77;
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        value[i] = i < COUNT * 9 / 10 ? (double)(COUNT - i) : 0;
    assert_false(neapi_settling(value, COUNT, &length));
    assert_false(neapi_settling(value, 9, &length));
    assert_int_equal(length, 77);
}

static void test_probabilities_stay_between_nothing_and_one(void **state)
{
    double low, high;
    (void)state;
    neapi_wilson(0, 10, &low, &high);
    assert_true(low == 0 && high > 0.2 && high < 0.35);
    neapi_wilson(10, 10, &low, &high);
    assert_true(high == 1 && low > 0.65 && low < 0.8);
}

static void test_few_values_do_not_bound_a_far_quantile(void **state)
{
    (void)state;
    struct neapi_ranks ranks = neapi_quantile_ranks(20, 0.99, 0.95);
    assert_true(ranks.upper > 20);
    ranks = neapi_quantile_ranks(101, 0.5, 0.95);
    assert_near(ranks.lower + ranks.upper, 102, 0);
    assert_true(ranks.coverage >= 0.95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_interval_covers_the_mean_as_often_as_it_says),
        cmocka_unit_test(test_few_values_have_no_interval),
        cmocka_unit_test(test_equal_sides_differ_by_exactly_nothing),
        cmocka_unit_test(test_a_saving_of_nothing_is_not_a_number),
        cmocka_unit_test(test_what_both_sides_share_cancels),
        cmocka_unit_test(test_batches_see_what_single_values_hide),
        cmocka_unit_test(test_what_fills_no_batch_is_left_out_at_the_beginning),
        cmocka_unit_test(test_a_start_that_is_off_is_found),
        cmocka_unit_test(test_a_run_that_never_settles_is_told),
        cmocka_unit_test(test_probabilities_stay_between_nothing_and_one),
        cmocka_unit_test(test_few_values_do_not_bound_a_far_quantile),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The policy that is shown what is to come. */
#include "autoscaler_fixture.h"

static struct neap_decision ask(struct neap_autoscaler *scaler, int64_t replicas, double cores,
                                double rate)
{
    struct neap_reading reading = no_reading(SECONDS(100), replicas);
    reading.ahead_cores = cores;
    reading.ahead_rate = rate;
    reading.idle_cores = 0.1;
    reading.request_cores = 1;
    return decide(scaler, &reading);
}

static void size_is_what_the_highest_load_takes(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler =
        make_scaler("oracle", SETTINGS({"target_cpu", "60%"}, {"max", "100"}));
    assert_true(neap_autoscaler_scope(scaler).reads_ahead);
    /* 0.6 of one CPU less 0.1 idle: 0.5 for requests */
    struct neap_decision d = ask(scaler, 3, 4.2, (double)NAN);
    assert_int_equal(d.after, 9);
    assert_int_equal(d.reason, NEAP_REASON_AHEAD);
    assert_int_equal(ask(scaler, 30, 4.2, (double)NAN).after, 9); /* up or down, at once */
    assert_int_equal(ask(scaler, 3, 4.5, 1e6).after, 9);          /* rates are not aimed at */
    neap_autoscaler_free(scaler);
}

static void whole_numbers_are_not_rounded_up(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler =
        make_scaler("oracle", SETTINGS({"target_rate", "0.1/s"}, {"max", "100"}));
    assert_int_equal(ask(scaler, 3, (double)NAN, 0.3).after, 3);
    assert_int_equal(ask(scaler, 3, (double)NAN, 0.7).after, 7);
    assert_int_equal(ask(scaler, 3, (double)NAN, 0.7001).after, 8);
    neap_autoscaler_free(scaler);
}

static void of_two_targets_the_larger_size_counts(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler(
        "oracle", SETTINGS({"target_cpu", "60%"}, {"target_rate", "10/s"}, {"max", "100"}));
    assert_int_equal(ask(scaler, 3, 2, 70).after, 7);
    assert_int_equal(ask(scaler, 3, 8, 70).after, 16);
    neap_autoscaler_free(scaler);
}

static void bounds_hold(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("oracle", SETTINGS({"min", "2"}, {"max", "10"}));
    assert_int_equal(ask(scaler, 3, 0, (double)NAN).after, 2);
    assert_int_equal(ask(scaler, 3, 0, (double)NAN).reason, NEAP_REASON_AT_MIN);
    assert_int_equal(ask(scaler, 3, 1e20, (double)NAN).after, 10);
    assert_int_equal(ask(scaler, 3, 1e20, (double)NAN).reason, NEAP_REASON_AT_MAX);
    assert_true(neap_autoscaler_bound(scaler, 4, 4));
    assert_int_equal(ask(scaler, 3, 0, (double)NAN).after, 4);
    neap_autoscaler_free(scaler);
}

static void as_many_as_there_may_be_when_one_can_take_nothing(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler =
        make_scaler("oracle", SETTINGS({"target_cpu", "10%"}, {"max", "10"}));
    assert_int_equal(ask(scaler, 3, 0.5, (double)NAN).after, 10);
    assert_int_equal(ask(scaler, 3, 0, (double)NAN).after, 1);
    neap_autoscaler_free(scaler);
}

static void size_is_kept_when_nothing_is_shown(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("oracle", SETTINGS({"max", "10"}));
    struct neap_decision d = ask(scaler, 3, (double)NAN, 5);
    assert_int_equal(d.after, 3);
    assert_int_equal(d.reason, NEAP_REASON_NOT_SHOWN);
    neap_autoscaler_free(scaler);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_is_what_the_highest_load_takes),
        cmocka_unit_test(whole_numbers_are_not_rounded_up),
        cmocka_unit_test(of_two_targets_the_larger_size_counts),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(as_many_as_there_may_be_when_one_can_take_nothing),
        cmocka_unit_test(size_is_kept_when_nothing_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

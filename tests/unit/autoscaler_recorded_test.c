/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The policy that repeats recorded counts. */
#include "autoscaler_fixture.h"

static struct neap_decision ask(struct neap_autoscaler *scaler, int64_t replicas, double recorded)
{
    struct neap_reading reading = no_reading(SECONDS(100), replicas);
    reading.recorded_replicas = recorded;
    return decide(scaler, &reading);
}

static void counts_are_repeated(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("recorded", SETTINGS({"max", "100"}));
    assert_true(neap_autoscaler_scope(scaler).reads_recorded);
    assert_false(neap_autoscaler_scope(scaler).reads_ahead);
    struct neap_decision d = ask(scaler, 4, 17);
    assert_int_equal(d.after, 17);
    assert_int_equal(d.wanted, 17);
    assert_int_equal(d.reason, NEAP_REASON_RECORDED);
    assert_int_equal(ask(scaler, 4, 0).after, 0);
    neap_autoscaler_free(scaler);
}

static void means_are_rounded_half_up(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("recorded", SETTINGS({"max", "100"}));
    assert_int_equal(ask(scaler, 4, 6.49).after, 6);
    assert_int_equal(ask(scaler, 4, 6.5).after, 7);
    neap_autoscaler_free(scaler);
}

static void size_is_kept_where_nothing_was_recorded(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("recorded", SETTINGS({"max", "100"}));
    struct neap_decision d = ask(scaler, 4, (double)NAN);
    assert_int_equal(d.after, 4);
    assert_int_equal(d.reason, NEAP_REASON_NOT_RECORDED);
    neap_autoscaler_free(scaler);
}

static void bounds_hold_and_can_be_changed(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("recorded", SETTINGS({"min", "5"}, {"max", "20"}));
    struct neap_decision d = ask(scaler, 6, 30);
    assert_int_equal(d.wanted, 30);
    assert_int_equal(d.after, 20);
    assert_int_equal(d.reason, NEAP_REASON_AT_MAX);
    assert_int_equal(ask(scaler, 6, 1e30).after, 20);
    d = ask(scaler, 6, 2);
    assert_int_equal(d.after, 5);
    assert_int_equal(d.reason, NEAP_REASON_AT_MIN);
    assert_true(neap_autoscaler_bound(scaler, 8, 9));
    assert_int_equal(ask(scaler, 6, 2).after, 8);
    assert_int_equal(ask(scaler, 6, 30).after, 9);
    neap_autoscaler_free(scaler);
}

static void max_must_be_set(void **unused)
{
    (void)unused;
    assert_refused("recorded", SETTINGS({"min", "5"}), "max: not set");
    assert_refused("recorded", SETTINGS({"min", "5"}, {"max", "4"}), "min: found 5");
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_repeated),
        cmocka_unit_test(means_are_rounded_half_up),
        cmocka_unit_test(size_is_kept_where_nothing_was_recorded),
        cmocka_unit_test(bounds_hold_and_can_be_changed),
        cmocka_unit_test(max_must_be_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Concurrency of Cloud Run, with numbers worked out by hand from its rules. */
#include "autoscaler_fixture.h"

/* That many instances of one vCPU, each with that use, and requests in flight over all. */
static struct neap_decision look(struct neap_autoscaler *scaler, int64_t at_s, int64_t size,
                                 int64_t usage_m, double in_flight)
{
    struct neap_pods pods = ready_pods(SECONDS(at_s), size, usage_m);
    struct neap_reading reading = no_reading(SECONDS(at_s), size);
    reading.pods = &pods;
    reading.pods_count = size > 0;
    reading.in_flight = in_flight;
    return decide(scaler, &reading);
}

/* As a new one decides, that keeps nothing. */
static struct neap_decision ask(struct neap_autoscaler *scaler, int64_t size, int64_t usage_m,
                                double in_flight)
{
    neap_autoscaler_reset(scaler);
    return look(scaler, 1000, size, usage_m, in_flight);
}

static void the_larger_of_cpu_and_concurrency(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"idle", "0s"}));
    struct neap_decision got = ask(scaler, 4, 750, 100); /* 3 vCPU / 0.6 = 5; 100 / 48 = 2.1 */
    assert_int_equal(got.after, 5);
    assert_int_equal(got.signal, NEAP_SIGNAL_CPU);
    assert_true(fabs(got.metric - 0.75) < 1e-12 && got.target == 0.6 && got.pods == 4);
    got = ask(scaler, 4, 300, 300); /* 2; 300 / 48 = 6.25 */
    assert_int_equal(got.after, 7);
    assert_int_equal(got.signal, NEAP_SIGNAL_IN_FLIGHT);
    assert_true(fabs(got.metric - 75) < 1e-12 && fabs(got.target - 48) < 1e-12);
    assert_int_equal(ask(scaler, 5, 600, 240).after, 5); /* both on the spot */
    neap_autoscaler_free(scaler);
}

static void a_target_of_nothing_is_not_looked_at(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("cloud_run", SETTINGS({"idle", "0s"}, {"target_cpu", "0%"}));
    assert_true(isnan(neap_autoscaler_target_cpu(scaler)));
    assert_int_equal(ask(scaler, 4, 1000, 100).after, 3);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("cloud_run", SETTINGS({"idle", "0s"}, {"target_concurrency", "0%"}));
    assert_int_equal(ask(scaler, 4, 300, 300).after, 2);
    neap_autoscaler_free(scaler);
}

static void means_are_of_the_last_minute(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"idle", "0s"}));
    for (int i = 0; i < 12; i++)
        assert_int_equal(look(scaler, 1000 + 5 * i, 10, 0, 48 * (i < 6 ? 2 : 6)).after,
                         i < 6 ? 2 : (int)ceil((12 + 6 * (i - 5)) / (i + 1.0) - 1e-9));
    assert_int_equal(look(scaler, 1060, 10, 0, 48 * 6).after, 5); /* 5 x 2 and 7 x 6 of 12: 4.3 */
    neap_autoscaler_free(scaler);
}

static void what_has_no_room_starts_instances_at_once(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("cloud_run", SETTINGS({"concurrency", "10"}, {"idle", "0s"}));
    for (int i = 0; i < 11; i++)
        look(scaler, 1000 + 5 * i, 2, 0, 6);                 /* 1 */
    struct neap_decision got = look(scaler, 1055, 2, 0, 45); /* 9.25 a minute: 2; 25 without room */
    assert_int_equal(got.after, 5);
    assert_int_equal(got.signal, NEAP_SIGNAL_QUEUED);
    assert_true(got.metric == 25);
    neap_autoscaler_free(scaler);
}

static void idle_instances_are_kept(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"min", "1"}));
    look(scaler, 0, 1, 0, 48 * 8);
    for (int i = 1; i < 180; i++) {
        struct neap_decision got = look(scaler, 5 * i, 8, 0, 0);
        assert_int_equal(got.after, 8);
        if (i > 12)
            assert_int_equal(got.reason, NEAP_REASON_DOWN_STABILIZED);
    }
    /* the mean of the minute in which it was busy falls, so does what is kept */
    int64_t size = 8;
    for (int i = 180; i < 200; i++)
        size = look(scaler, 5 * i, size, 0, 0).after;
    assert_int_equal(size, 1);
    neap_autoscaler_free(scaler);
}

static void what_is_there_at_first_is_kept_too(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"idle", "60s"}));
    assert_int_equal(look(scaler, 1000, 7, 0, 0).after, 7);
    assert_int_equal(look(scaler, 1059, 7, 0, 0).after, 7);
    assert_int_equal(look(scaler, 1060, 7, 0, 0).after, 0);
    neap_autoscaler_free(scaler);
}

static void idle_cpu_keeps_nothing(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"idle", "0s"}));
    assert_int_equal(ask(scaler, 3, 100, 0).after, 0);
    assert_int_equal(ask(scaler, 3, 100, 0.01).after, 1);
    neap_autoscaler_free(scaler);
}

static void only_requests_wake_it(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"max", "3"}));
    assert_true(neap_autoscaler_scope(scaler).wakes);
    assert_int_equal(ask(scaler, 0, 0, 0).after, 0);
    assert_int_equal(ask(scaler, 0, 0, 1e-9).after, 1);
    struct neap_decision got = ask(scaler, 0, 0, 1000);
    assert_int_equal(got.after, 3);
    assert_int_equal(got.reason, NEAP_REASON_AT_MAX);
    neap_autoscaler_free(scaler);
}

static void what_is_not_read_is_not_made_up(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"idle", "0s"}));
    struct neap_decision got = ask(scaler, 4, 300, (double)NAN);
    assert_int_equal(got.after, 4);
    assert_int_equal(got.reason, NEAP_REASON_UNREAD);
    neap_autoscaler_free(scaler);
}

static void bounds(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"min", "2"}));
    assert_int_equal(ask(scaler, 2, 0, 0).after, 2);
    assert_true(neap_autoscaler_bound(scaler, 4, 5));
    assert_int_equal(ask(scaler, 2, 0, 0).after, 4);
    assert_int_equal(ask(scaler, 2, 0, 4800).after, 5);
    neap_autoscaler_free(scaler);
    assert_refused("cloud_run", SETTINGS({"min", "7"}, {"max", "6"}), "min");
}

static void unpublished_settings_are_named(void **context)
{
    (void)context;
    char text[128];
    struct neap_autoscaler *scaler = make_scaler("cloud_run", SETTINGS({"period", "2s"}));
    neap_autoscaler_unpublished(scaler, text, sizeof text);
    assert_string_equal(text, "period = 2s, idle = 15m");
    assert_true(neap_autoscaler_period_s(scaler) == 2);
    neap_autoscaler_free(scaler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_larger_of_cpu_and_concurrency),
                                       cmocka_unit_test(a_target_of_nothing_is_not_looked_at),
                                       cmocka_unit_test(means_are_of_the_last_minute),
                                       cmocka_unit_test(what_has_no_room_starts_instances_at_once),
                                       cmocka_unit_test(idle_instances_are_kept),
                                       cmocka_unit_test(what_is_there_at_first_is_kept_too),
                                       cmocka_unit_test(idle_cpu_keeps_nothing),
                                       cmocka_unit_test(only_requests_wake_it),
                                       cmocka_unit_test(what_is_not_read_is_not_made_up),
                                       cmocka_unit_test(bounds),
                                       cmocka_unit_test(unpublished_settings_are_named)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

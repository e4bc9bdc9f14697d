/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A forecast that raises the min of a policy. The policy inside repeats recorded counts, of which
 * there are none: it keeps what it finds. */
#include "autoscaler_fixture.h"

/* 5 minutes of 20 requests/s, 5 of 100, again and again. */
static double rate_at(int64_t minute)
{
    return minute % 10 < 5 ? 20 : 100;
}

static struct neap_decision ask(struct neap_autoscaler *scaler, int64_t at_s, int64_t replicas)
{
    struct neap_reading reading = no_reading(SECONDS(at_s), replicas);
    reading.request_rate = rate_at(at_s / 60);
    return decide(scaler, &reading);
}

/* Two readings a minute from from_s to before to_s. */
static void follow(struct neap_autoscaler *scaler, int64_t from_s, int64_t to_s)
{
    for (int64_t at_s = from_s; at_s < to_s; at_s += 30)
        ask(scaler, at_s, 2);
}

/* clang-format off */
#define INSIDE {"policy", "recorded"}, {"policy.settings", "min=1|max=50"}
#define NAIVE {"method", "seasonal_naive"}, {"season", "10m"}, {"step", "1m"}, {"lead", "1m"}, \
              {"target_rate", "10/s"}
/* clang-format on */

static void size_rises_a_lead_before_the_load(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("predictive", SETTINGS(INSIDE, NAIVE));
    assert_true(neap_autoscaler_scope(scaler).reads_request_rate);
    assert_true(neap_autoscaler_scope(scaler).reads_recorded);
    follow(scaler, 0, 600);
    assert_int_equal(ask(scaler, 600, 1).after, 2);
    follow(scaler, 630, 810);
    assert_int_equal(ask(scaler, 810, 2).after, 2); /* until 4:30 of the season */
    struct neap_decision d = ask(scaler, 840, 2);   /* until 5:00 */
    assert_int_equal(d.after, 10);
    assert_int_equal(d.wanted, 2);
    assert_int_equal(d.reason, NEAP_REASON_FORECAST);
    follow(scaler, 870, 1170);
    assert_int_equal(ask(scaler, 1170, 2).after, 10);  /* still busy */
    assert_int_equal(ask(scaler, 1200, 30).after, 30); /* it never lowers */
    neap_autoscaler_free(scaler);
}

static void without_a_season_of_history_the_policy_decides_alone(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("predictive", SETTINGS(INSIDE, NAIVE));
    follow(scaler, 0, 570);
    struct neap_decision d = ask(scaler, 570, 1);
    assert_int_equal(d.after, 1);
    assert_int_equal(d.reason, NEAP_REASON_NOT_RECORDED);
    neap_autoscaler_free(scaler);
}

static void reset_forgets_the_history(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("predictive", SETTINGS(INSIDE, NAIVE));
    follow(scaler, 0, 840);
    neap_autoscaler_reset(scaler);
    assert_int_equal(ask(scaler, 840, 2).after, 2);
    neap_autoscaler_free(scaler);
}

static void gaps_are_bridged_up_to_a_season(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler("predictive", SETTINGS(INSIDE, NAIVE));
    follow(scaler, 0, 660);
    assert_int_equal(ask(scaler, 840, 2).after, 10); /* nothing from 11 to 14 minutes */
    assert_int_equal(ask(scaler, 840 + 1200, 2).after, 2);
    neap_autoscaler_free(scaler);
}

static void headroom_and_bounds(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler =
        make_scaler("predictive", SETTINGS(INSIDE, NAIVE, {"headroom", "50%"}));
    follow(scaler, 0, 840);
    assert_int_equal(ask(scaler, 840, 2).after, 15);
    assert_true(neap_autoscaler_bound(scaler, 1, 12));
    assert_int_equal(ask(scaler, 870, 2).after, 12);
    assert_true(neap_autoscaler_bound(scaler, 20, 40));
    assert_int_equal(ask(scaler, 900, 2).after, 20);
    neap_autoscaler_free(scaler);
}

static void cpu_is_forecast_as_cores(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler =
        make_scaler("predictive", SETTINGS(INSIDE, {"season", "10m"}, {"step", "1m"},
                                           {"lead", "0s"}, {"target_cpu", "50%"}));
    assert_false(neap_autoscaler_scope(scaler).reads_request_rate);
    for (int64_t at_s = 0; at_s <= 1200; at_s += 30) { /* 4 pods use half a CPU each, one is new */
        struct neap_reading reading = no_reading(SECONDS(at_s), 4);
        struct neap_pods pods[2] = {ready_pods(reading.now_ns, 4, 500),
                                    ready_pods(reading.now_ns, 1, 9000)};
        pods[1].has_metric = false;
        reading.pods = pods;
        reading.pods_count = 2;
        reading.replicas = at_s == 1200 ? 1 : 4;
        struct neap_decision d = decide(scaler, &reading);
        assert_int_equal(d.after, 4);
        assert_int_equal(d.reason, at_s == 1200 ? NEAP_REASON_FORECAST : NEAP_REASON_NOT_RECORDED);
    }
    neap_autoscaler_free(scaler);
}

static void mistakes_are_refused(void **unused)
{
    (void)unused;
    assert_refused("predictive", SETTINGS(INSIDE, {"season", "1h"}, {"step", "7m"}),
                   "step: found 420s");
    assert_refused("predictive", SETTINGS({"policy.settings", "min=3"}),
                   "policy.settings: max: not set");
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_rises_a_lead_before_the_load),
        cmocka_unit_test(without_a_season_of_history_the_policy_decides_alone),
        cmocka_unit_test(reset_forgets_the_history),
        cmocka_unit_test(gaps_are_bridged_up_to_a_season),
        cmocka_unit_test(headroom_and_bounds),
        cmocka_unit_test(cpu_is_forecast_as_cores),
        cmocka_unit_test(mistakes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

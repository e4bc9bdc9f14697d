/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Alarms with missing points, steps as text, and step scaling minute by minute against traces
 * worked out by hand. */
#include "autoscaler_fixture.h"

#include <stdio.h>

#include "autoscaler/step_scaling_impl.h"

static const int64_t minute_ns = INT64_C(60000000000);

/* --- alarms ------------------------------------------------------------------------------------------- */

/* State of an alarm above 1 after those values, '-' for a missing one. */
static enum neapi_aws_state state_after(struct neapi_aws_alarm alarm, const char *values)
{
    double value[4]; /* less than is pushed: the ring goes round */
    struct neapi_aws_series series = {.value = value, .capacity = 4};
    for (const char *at = values; *at != '\0'; at++)
        neapi_aws_series_push(&series, *at == '-' ? (double)NAN : *at - '0');
    neapi_aws_alarm_evaluate(&alarm, &series);
    return alarm.state;
}

static void the_newest_points_decide_when_there_are_enough(void **context)
{
    (void)context;
    struct neapi_aws_alarm alarm = {
        .threshold = 1, .above = true, .points = 2, .periods = 2, .range = 4};
    assert_int_equal(state_after(alarm, "0022"), NEAPI_AWS_ALARM);
    assert_int_equal(state_after(alarm, "2220"), NEAPI_AWS_OK);
    assert_int_equal(state_after(alarm, "2221"), NEAPI_AWS_OK); /* at the threshold */
    assert_int_equal(state_after(alarm, "02-2"), NEAPI_AWS_ALARM);
    assert_int_equal(state_after(alarm, "22-0"), NEAPI_AWS_OK);
    assert_int_equal(state_after(alarm, "2200000-2-2"), NEAPI_AWS_ALARM);
    assert_int_equal(state_after(alarm, "22222----"), NEAPI_AWS_INSUFFICIENT_DATA);
    alarm.above = false;
    assert_int_equal(state_after(alarm, "2200"), NEAPI_AWS_ALARM);
    assert_int_equal(state_after(alarm, "2201"), NEAPI_AWS_OK);
    alarm.points = 1;
    assert_int_equal(state_after(alarm, "0222"), NEAPI_AWS_OK);
    assert_int_equal(state_after(alarm, "2202"), NEAPI_AWS_ALARM);
}

static void ignored_points_leave_the_state(void **context)
{
    (void)context;
    struct neapi_aws_alarm alarm = {.threshold = 1,
                                    .above = true,
                                    .points = 2,
                                    .periods = 2,
                                    .range = 4,
                                    .missing = NEAPI_AWS_IGNORE};
    for (int state = NEAPI_AWS_OK; state <= NEAPI_AWS_INSUFFICIENT_DATA; state++) {
        alarm.state = (enum neapi_aws_state)state;
        assert_int_equal(state_after(alarm, "----"), state);
        assert_int_equal(state_after(alarm, "--2-"), state);
        assert_int_equal(state_after(alarm, "--0-"), NEAPI_AWS_OK);
    }
}

static void the_value_of_an_alarm_skips_missing_points(void **context)
{
    (void)context;
    double value[4];
    struct neapi_aws_series series = {.value = value, .capacity = 4};
    struct neapi_aws_alarm alarm = {.points = 2, .periods = 2, .range = 4};
    assert_true(isnan(neapi_aws_alarm_value(&alarm, &series, NEAPI_AWS_NEWEST)));
    neapi_aws_series_push(&series, 90);
    neapi_aws_series_push(&series, 10);
    neapi_aws_series_push(&series, 20);
    neapi_aws_series_push(&series, (double)NAN);
    assert_true(neapi_aws_alarm_value(&alarm, &series, NEAPI_AWS_NEWEST) == 20);
    assert_true(neapi_aws_alarm_value(&alarm, &series, NEAPI_AWS_MEAN) == 15);
}

static void percentages_are_what_was_written(void **context)
{
    (void)context;
    for (int percent = 0; percent <= 1000; percent++)
        assert_true(neapi_aws_percent(percent / 100.0) == percent);
    assert_true(neapi_aws_percent(0.555) == 55.5);
}

/* --- steps -------------------------------------------------------------------------------------------- */

static void bounds_belong_to_the_side_nearer_the_threshold(void **context)
{
    (void)context;
    struct neapi_step_policy out = {0}, in = {0};
    assert_int_equal(neapi_steps_parse(&out, "k", "0:10:1,10:inf:2", NULL), NEAP_OK);
    assert_int_equal(neapi_steps_parse(&in, "k", "-10:0:-1; -inf:-10:-2", NULL), NEAP_OK);
    assert_int_equal(neapi_step_find(&out, 0)->adjustment, 1);
    assert_int_equal(neapi_step_find(&out, 9.99)->adjustment, 1);
    assert_int_equal(neapi_step_find(&out, 10)->adjustment, 2);
    assert_null(neapi_step_find(&out, -0.01));
    assert_int_equal(neapi_step_find(&in, 0)->adjustment, -1);
    assert_int_equal(neapi_step_find(&in, -9.99)->adjustment, -1);
    assert_int_equal(neapi_step_find(&in, -10)->adjustment, -2);
    assert_null(neapi_step_find(&in, 0.01));
}

static void percent_changes_are_cut_but_never_to_nothing(void **context)
{
    (void)context;
    static const double change[] = {0.01, 0.99, 1, 1.99, 6.67, -0.01, -1, -1.9, -6.67, 0};
    static const int64_t whole[] = {1, 1, 1, 1, 6, -1, -1, -1, -6, 0};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        assert_int_equal(neapi_step_round(change[i]), whole[i]);
}

static void the_least_magnitude_is_for_percentages_of_either_sign(void **context)
{
    (void)context;
    struct neapi_step_policy policy = {.type = NEAPI_STEP_PERCENT, .magnitude = 3};
    assert_int_equal(neapi_step_adjust(&policy, 10, 10), 13);
    assert_int_equal(neapi_step_adjust(&policy, 10, -10), 7);
    assert_int_equal(neapi_step_adjust(&policy, 10, 50), 15);
    assert_int_equal(neapi_step_adjust(&policy, 10, 0), 10);
    assert_int_equal(neapi_step_adjust(&policy, 0, 10), 3);
    policy.type = NEAPI_STEP_CHANGE;
    assert_int_equal(neapi_step_adjust(&policy, 10, 1), 11);
    policy.type = NEAPI_STEP_EXACT;
    assert_int_equal(neapi_step_adjust(&policy, 10, 4), 4);
}

static void malformed_steps_are_refused_and_change_nothing(void **context)
{
    (void)context;
    static const char *const bad[][2] = {{"", "expected LOWER:UPPER:ADJUSTMENT"},
                                         {"0:10", "found \"0:10\""},
                                         {"0:10:1:2", "found \"0:10:1:2\""},
                                         {"0:ten:1", "found \"0:ten:1\""},
                                         {"0:10:1.5", "found \"0:10:1.5\""},
                                         {"0:10:1,,10:20:2", "expected LOWER:UPPER:ADJUSTMENT"},
                                         {"10:0:1", "its lower bound first"},
                                         {"-5:5:1", "both on one side"},
                                         {"0:10:1, 20:inf:2", "neither gap nor overlap"},
                                         {"0:10:1, 5:inf:2", "neither gap nor overlap"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct neapi_step_policy policy = {.count = 7};
        struct neap_error error = {0};
        assert_int_equal(neapi_steps_parse(&policy, "key", bad[i][0], &error), NEAP_BAD_ARGUMENT);
        if (strstr(error.message, bad[i][1]) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", error.message, bad[i][1]);
        assert_int_equal(policy.count, 7);
    }
}

static void twenty_steps_are_the_most(void **context)
{
    (void)context;
    char text[512] = "";
    size_t length = 0;
    struct neapi_step_policy policy = {0};
    for (int i = 0; i < NEAPI_STEPS; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%d:%d:1",
                                   i > 0 ? "," : "", i, i + 1);
    assert_int_equal(neapi_steps_parse(&policy, "key", text, NULL), NEAP_OK);
    assert_int_equal(policy.count, NEAPI_STEPS);
    snprintf(text + length, sizeof text - length, ",20:inf:1");
    assert_int_equal(neapi_steps_parse(&policy, "key", text, NULL), NEAP_BAD_ARGUMENT);
}

/* --- the policy --------------------------------------------------------------------------------------- */

#define AT_ONCE                 \
    {"scale_out.periods", "1"}, \
    {                           \
        "scale_in.periods", "1" \
    }
#define BOTH                  \
    {"scale_out.cpu", "50%"}, \
    {                         \
        "scale_in.cpu", "50%" \
    }
#define PERCENT                                                              \
    {"scale_out.adjustment", "percent"}, {"scale_in.adjustment", "percent"}, \
        {"scale_out.steps", "0:10:0, 10:20:10, 20:inf:30"},                  \
    {                                                                        \
        "scale_in.steps", "-10:0:0, -20:-10:-10, -inf:-20:-30"               \
    }

/* Fails unless that is decided when so many ready pods use per mille of their CPU; below 0: no sample. */
static void assert_asked(struct neap_autoscaler *scaler, int minute, int64_t replicas,
                         int64_t usage_m, int64_t wanted, int64_t after, enum neap_reason reason)
{
    struct neap_pods pods = {.count = replicas,
                             .usage_m = usage_m,
                             .request_m = 1000,
                             .has_metric = usage_m >= 0,
                             .ready = true,
                             .phase = NEAP_POD_RUNNING};
    struct neap_reading reading = {.now_ns = minute * minute_ns,
                                   .replicas = replicas,
                                   .pods = &pods,
                                   .pods_count = 1,
                                   .request_rate = (double)replicas * 10};
    struct neap_decision got;
    memset(&got, 0x5a, sizeof got);
    neap_autoscaler_decide(scaler, &reading, &got);
    assert_int_equal(got.time_ns, reading.now_ns);
    assert_int_equal(got.before, replicas);
    assert_int_equal(got.wanted, wanted);
    assert_int_equal(got.after, after);
    assert_string_equal(neap_reason_text(got.reason), neap_reason_text(reason));
    assert_true(isnan(got.ratio));
}

static void steps_follow_how_far_the_metric_is(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("step_scaling", UP_TO_100(BOTH, PERCENT, AT_ONCE));
    assert_asked(scaler, 0, 11, 550, 11, 11, NEAP_REASON_METRIC);
    assert_asked(scaler, 1, 11, 700, 14, 14, NEAP_REASON_METRIC);       /* 3.3 */
    assert_asked(scaler, 2, 14, 650, 15, 14, NEAP_REASON_OUT_COOLDOWN); /* 1 of 11, less than 3 */
    assert_asked(scaler, 3, 14, 500, 14, 14, NEAP_REASON_NO_ALARM);
    assert_asked(scaler, 4, 13, 300, 10, 10, NEAP_REASON_METRIC); /* 3.9 */
    assert_asked(scaler, 5, 10, 410, 10, 10, NEAP_REASON_METRIC);
    assert_asked(scaler, 6, 10, 390, 9, 10, NEAP_REASON_IN_COOLDOWN);
    assert_asked(scaler, 9, 10, 390, 9, 9, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
}

static void a_larger_step_in_the_cooldown_adds_the_difference(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("step_scaling", UP_TO_100({"scale_out.cpu", "50%"},
                                              {"scale_out.steps", "0:10:2, 10:20:3, 20:inf:5"},
                                              {"scale_out.cooldown", "2m"}, AT_ONCE));
    assert_asked(scaler, 0, 10, 550, 12, 12, NEAP_REASON_METRIC);
    assert_asked(scaler, 1, 12, 600, 15, 13, NEAP_REASON_OUT_COOLDOWN);
    assert_asked(scaler, 2, 13, 600, 16, 13, NEAP_REASON_OUT_COOLDOWN); /* 3 were added already */
    assert_asked(scaler, 3, 13, 600, 16, 16, NEAP_REASON_METRIC);
    assert_asked(scaler, 4, 16, 100, 16, 16, NEAP_REASON_NO_ALARM); /* nothing scales in */
    neap_autoscaler_free(scaler);
}

static void alarms_want_their_points(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("step_scaling", UP_TO_100({"scale_out.cpu", "70%"}, {"scale_in.rate", "20/s"}));
    assert_asked(scaler, 0, 10, 900, 10, 10, NEAP_REASON_NO_DATA);
    assert_asked(scaler, 1, 10, 900, 10, 10, NEAP_REASON_NO_DATA);
    assert_asked(scaler, 2, 10, 900, 11, 11,
                 NEAP_REASON_METRIC); /* though both alarms are raised */
    assert_asked(scaler, 3, 11, 700, 10, 10, NEAP_REASON_METRIC);
    assert_asked(scaler, 4, 10, -1, 9, 10, NEAP_REASON_IN_COOLDOWN);
    neap_autoscaler_free(scaler);
}

static void a_metric_outside_of_all_steps_changes_nothing(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("step_scaling",
                    UP_TO_100({"scale_out.cpu", "50%"}, {"scale_out.steps", "10:20:2"}, AT_ONCE));
    assert_asked(scaler, 0, 10, 550, 10, 10, NEAP_REASON_NO_STEP);
    assert_asked(scaler, 1, 10, 700, 10, 10, NEAP_REASON_NO_STEP);
    assert_asked(scaler, 2, 10, 650, 12, 12, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
}

static void exact_sizes_and_bounds(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("step_scaling",
                    UP_TO_100({"scale_out.cpu", "50%"}, {"scale_out.adjustment", "exact"},
                              {"scale_out.steps", "0:20:20, 20:inf:200"}, {"min", "2"}, AT_ONCE));
    assert_asked(scaler, 0, 10, 600, 20, 20, NEAP_REASON_METRIC);
    assert_asked(scaler, 1, 20, 800, 200, 100, NEAP_REASON_AT_MAX);
    assert_asked(scaler, 2, 1, 400, 2, 2, NEAP_REASON_BELOW_MIN);
    assert_asked(scaler, 3, 101, 400, 100, 100, NEAP_REASON_ABOVE_MAX);
    neap_autoscaler_reset(scaler);
    assert_asked(scaler, 0, 100, 600, 20, 20,
                 NEAP_REASON_METRIC); /* a scale-in, if one so sets it */
    neap_autoscaler_free(scaler);
}

static void settings_that_contradict_each_other_are_refused(void **context)
{
    (void)context;
    assert_refused("step_scaling", UP_TO_100({"min", "1"}),
                   "scale_out.cpu: not set, and scale_out.rate neither");
    assert_refused("step_scaling", UP_TO_100({"scale_out.cpu", "50%"}, {"scale_out.rate", "5/s"}),
                   "one metric");
    assert_refused("step_scaling", UP_TO_100(BOTH, {"scale_in.rate", "5/s"}), "one metric");
    assert_refused("step_scaling", UP_TO_100(BOTH, {"scale_out.steps", "-inf:0:1"}),
                   "none below the threshold");
    assert_refused("step_scaling", UP_TO_100(BOTH, {"scale_in.steps", "0:inf:-1"}),
                   "none above the threshold");
    assert_refused(
        "step_scaling",
        UP_TO_100(BOTH, {"scale_out.steps", "0:inf:-3"}, {"scale_out.adjustment", "exact"}),
        "an exact size of -3");
    assert_refused("step_scaling", UP_TO_100(BOTH, {"scale_in.points", "4"}),
                   "scale_in.points: found 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_points_decide_when_there_are_enough),
        cmocka_unit_test(ignored_points_leave_the_state),
        cmocka_unit_test(the_value_of_an_alarm_skips_missing_points),
        cmocka_unit_test(percentages_are_what_was_written),
        cmocka_unit_test(bounds_belong_to_the_side_nearer_the_threshold),
        cmocka_unit_test(percent_changes_are_cut_but_never_to_nothing),
        cmocka_unit_test(the_least_magnitude_is_for_percentages_of_either_sign),
        cmocka_unit_test(malformed_steps_are_refused_and_change_nothing),
        cmocka_unit_test(twenty_steps_are_the_most),
        cmocka_unit_test(steps_follow_how_far_the_metric_is),
        cmocka_unit_test(a_larger_step_in_the_cooldown_adds_the_difference),
        cmocka_unit_test(alarms_want_their_points),
        cmocka_unit_test(a_metric_outside_of_all_steps_changes_nothing),
        cmocka_unit_test(exact_sizes_and_bounds),
        cmocka_unit_test(settings_that_contradict_each_other_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

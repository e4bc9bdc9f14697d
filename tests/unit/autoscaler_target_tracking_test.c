/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Target tracking minute by minute, against traces worked out by hand. */
#include "autoscaler_fixture.h"

static const int64_t minute_ns = INT64_C(60000000000);

#define CPU                 \
    {                       \
        "target_cpu", "70%" \
    }
#define RATE                   \
    {                          \
        "target_rate", "100/s" \
    }
#define AT_ONCE                 \
    {"scale_out.periods", "1"}, \
    {                           \
        "scale_in.periods", "1" \
    }

/* That many ready pods use per mille of their CPU and share requests; below 0: no sample. */
static struct neap_decision ask(struct neap_autoscaler *scaler, int minute, int64_t replicas,
                                int64_t usage_m, double rate)
{
    struct neap_pods pods = {.count = replicas,
                             .usage_m = usage_m,
                             .request_m = 1000,
                             .has_metric = usage_m >= 0,
                             .has_start = true,
                             .has_ready_condition = true,
                             .ready = true,
                             .phase = NEAP_POD_RUNNING};
    struct neap_reading reading = {.now_ns = minute * minute_ns,
                                   .replicas = replicas,
                                   .pods = &pods,
                                   .pods_count = 1,
                                   .request_rate = rate};
    struct neap_decision decision;
    memset(&decision, 0x5a, sizeof decision);
    neap_autoscaler_decide(scaler, &reading, &decision);
    assert_int_equal(decision.time_ns, reading.now_ns);
    assert_int_equal(decision.before, replicas);
    return decision;
}

static const double unread = (double)NAN;

/* The size stays until the last of those minutes, whose decision is handed back. */
static struct neap_decision keep(struct neap_autoscaler *scaler, int from, int to, int64_t replicas,
                                 int64_t usage_m, double rate)
{
    for (int minute = from; minute < to; minute++) {
        struct neap_decision early = ask(scaler, minute, replicas, usage_m, rate);
        if (early.after != replicas)
            fail_msg("minute %d: %lld", minute, (long long)early.after);
    }
    return ask(scaler, to, replicas, usage_m, rate);
}

static void assert_decided(const struct neap_decision *got, int64_t wanted, int64_t stable,
                           int64_t after, enum neap_reason reason)
{
    assert_int_equal(got->wanted, wanted);
    assert_int_equal(got->stable, stable);
    assert_int_equal(got->after, after);
    assert_string_equal(neap_reason_text(got->reason), neap_reason_text(reason));
}

/* --- alarms ------------------------------------------------------------------------------------------- */

static void three_points_above_the_target_scale_out_in_proportion(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU));
    struct neap_decision got = ask(scaler, 0, 10, 900, unread);
    assert_decided(&got, 13, 10, 10, NEAP_REASON_NO_ALARM); /* 10 x 90 / 70 = 12.86 */
    got = keep(scaler, 1, 2, 10, 900, unread);
    assert_decided(&got, 13, 13, 13, NEAP_REASON_METRIC);
    assert_int_equal(got.signal, NEAP_SIGNAL_CPU);
    assert_true(got.metric == 0.9 && got.target == 0.7 && got.pods == 10);
    assert_true(ceil(got.ratio * 10) == 13);
    neap_autoscaler_free(scaler);
}

static void a_point_at_the_target_breaks_the_row(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU));
    keep(scaler, 0, 1, 10, 900, unread);
    struct neap_decision got = ask(scaler, 2, 10, 700, unread);
    assert_decided(&got, 10, 10, 10, NEAP_REASON_TOLERANCE);
    got = keep(scaler, 3, 5, 10, 900, unread);
    assert_decided(&got, 13, 13, 13, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
}

static void fifteen_points_below_nine_tenths_scale_in(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU));
    struct neap_decision got = keep(scaler, 0, 13, 10, 300, unread);
    assert_decided(&got, 5, 10, 10, NEAP_REASON_NO_ALARM); /* 10 x 30 / 70 = 4.29 */
    got = ask(scaler, 14, 10, 300, unread);
    assert_decided(&got, 5, 5, 5, NEAP_REASON_METRIC);
    neap_autoscaler_reset(scaler);
    keep(scaler, 0, 13, 10, 300, unread);
    got = ask(scaler, 14, 10, 630, unread); /* at the threshold, not below it */
    assert_decided(&got, 10, 10, 10, NEAP_REASON_TOLERANCE);
    keep(scaler, 15, 28, 10, 300, unread);
    got = ask(scaler, 29, 10, 629, unread);
    assert_decided(&got, 9, 9, 9, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
}

static void fewer_points_than_periods_may_do(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, {"scale_out.points", "2"}));
    ask(scaler, 0, 10, 900, unread);
    assert_int_equal(ask(scaler, 1, 10, 500, unread).after, 10);
    assert_int_equal(ask(scaler, 2, 10, 900, unread).after, 13);
    neap_autoscaler_free(scaler);
}

static void missing_points_count_as_they_are_told_to(void **context)
{
    (void)context;
    static const struct {
        const char *treatment;
        int64_t after;
        enum neap_reason reason;
    } cases[] = {{"missing", 13, NEAP_REASON_METRIC}, /* nothing could clear the alarm */
                 {"ignore", 10, NEAP_REASON_NO_ALARM},
                 {"not_breaching", 10, NEAP_REASON_NO_ALARM}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct neap_autoscaler *scaler =
            make_scaler("target_tracking", UP_TO_100(CPU, {"missing_data", cases[i].treatment}));
        ask(scaler, 0, 10, 900, unread);
        ask(scaler, 1, 10, 900, unread);
        struct neap_decision got = ask(scaler, 2, 10, -1, unread);
        assert_decided(&got, 13, cases[i].after, cases[i].after, cases[i].reason);
        neap_autoscaler_free(scaler);
    }
}

static void points_before_the_first_are_missing_too(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, {"missing_data", "breaching"}));
    struct neap_decision got = ask(scaler, 0, 10, 900, unread);
    assert_decided(&got, 13, 13, 13, NEAP_REASON_METRIC);
    neap_autoscaler_reset(scaler);
    got = ask(scaler, 0, 10, 700, unread);
    assert_decided(&got, 10, 10, 10, NEAP_REASON_TOLERANCE);
    neap_autoscaler_free(scaler);
}

static void without_any_point_nothing_is_done(void **context)
{
    (void)context;
    static const char *const treatments[] = {"missing", "ignore", "breaching", "not_breaching"};
    for (size_t i = 0; i < 4; i++) {
        struct neap_autoscaler *scaler =
            make_scaler("target_tracking", UP_TO_100(CPU, {"missing_data", treatments[i]}));
        struct neap_decision got = keep(scaler, 0, 20, 10, -1, unread);
        assert_decided(&got, 10, 10, 10, NEAP_REASON_NO_DATA);
        assert_true(isnan(got.metric) && isnan(got.ratio));
        neap_autoscaler_free(scaler);
    }
}

static void the_mean_of_the_points_may_be_held_against_the_target(void **context)
{
    (void)context;
    static const char *const values[] = {"newest", "mean"};
    for (int mean = 0; mean < 2; mean++) {
        struct neap_autoscaler *scaler =
            make_scaler("target_tracking", UP_TO_100(CPU, {"metric_value", values[mean]}));
        ask(scaler, 0, 10, 800, unread);
        ask(scaler, 1, 10, 800, unread);
        struct neap_decision got = ask(scaler, 2, 10, 1000, unread);
        assert_int_equal(got.after, mean ? 13 : 15); /* 86.67 or 100 against 70 */
        neap_autoscaler_free(scaler);
    }
}

/* --- cooldowns ---------------------------------------------------------------------------------------- */

static void while_a_scale_out_cools_down_only_more_than_it_added_counts(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU));
    keep(scaler, 0, 2, 10, 900, unread); /* to 13 */
    struct neap_decision got = ask(scaler, 3, 13, 900, unread);
    assert_decided(&got, 17, 13, 13, NEAP_REASON_OUT_COOLDOWN);
    got = ask(scaler, 4, 13, 1000, unread); /* 10 x 100 / 70 = 14.29 */
    assert_decided(&got, 19, 15, 15, NEAP_REASON_OUT_COOLDOWN);
    got = keep(scaler, 5, 8, 15, 800, unread);
    assert_decided(&got, 18, 15, 15, NEAP_REASON_OUT_COOLDOWN);
    got = ask(scaler, 9, 15, 800, unread); /* five minutes after the last */
    assert_decided(&got, 18, 18, 18, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
}

static void scale_in_waits_for_its_cooldown(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU));
    keep(scaler, 0, 14, 10, 300, unread); /* to 5 */
    struct neap_decision got = keep(scaler, 15, 18, 5, 300, unread);
    assert_decided(&got, 3, 5, 5, NEAP_REASON_IN_COOLDOWN);
    got = ask(scaler, 19, 5, 300, unread);
    assert_decided(&got, 3, 3, 3, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
}

static void scaling_out_ends_the_cooldown_of_scaling_in(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU, AT_ONCE));
    assert_int_equal(ask(scaler, 0, 10, 300, unread).after, 5);
    assert_int_equal(ask(scaler, 1, 5, 900, unread).after, 7);
    assert_int_equal(ask(scaler, 2, 7, 300, unread).after, 3);
    assert_int_equal(ask(scaler, 3, 3, 300, unread).after, 3);
    neap_autoscaler_free(scaler);
}

static void no_cooldown_lets_every_minute_act(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, AT_ONCE, {"scale_out.cooldown", "0s"},
                                                 {"scale_in.cooldown", "0s"}));
    assert_int_equal(ask(scaler, 0, 10, 900, unread).after, 13);
    assert_int_equal(ask(scaler, 1, 13, 900, unread).after, 17);
    assert_int_equal(ask(scaler, 2, 17, 300, unread).after, 8);
    assert_int_equal(ask(scaler, 3, 8, 300, unread).after, 4);
    neap_autoscaler_free(scaler);
}

/* --- warm-up ------------------------------------------------------------------------------------------ */

/* Ready pods that use so much, and as many younger ones as make up the size, idle and ready for a
 * minute or not yet. */
static struct neap_decision ask_warming(struct neap_autoscaler *scaler, int minute,
                                        int64_t replicas, int64_t warm, int64_t usage_m, bool ready)
{
    struct neap_pods pods[2] = {
        {.count = warm, .usage_m = usage_m, .request_m = 1000, .has_metric = true, .ready = true},
        {.count = replicas - warm,
         .ready_ns = (minute - 1) * minute_ns,
         .request_m = 1000,
         .has_metric = ready,
         .ready = ready,
         .phase = ready ? NEAP_POD_RUNNING : NEAP_POD_PENDING}};
    struct neap_reading reading = {.now_ns = minute * minute_ns,
                                   .replicas = replicas,
                                   .pods = pods,
                                   .pods_count = 2,
                                   .request_rate = unread};
    struct neap_decision decision;
    neap_autoscaler_decide(scaler, &reading, &decision);
    return decision;
}

static void replicas_that_warm_up_count_as_added_but_not_in_the_metric(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, AT_ONCE, {"warm_up", "5m"}));
    struct neap_decision got = ask_warming(scaler, 10, 10, 10, 900, true);
    assert_decided(&got, 13, 13, 13, NEAP_REASON_METRIC);
    for (int ready = 0; ready < 2; ready++) {
        got = ask_warming(scaler, 11 + ready, 13, 10, 900, ready == 1);
        assert_decided(&got, 17, 13, 13, NEAP_REASON_OUT_WARM_UP);
        assert_true(got.metric == 0.9);
    }
    got = ask_warming(scaler, 13, 13, 10, 1000, true); /* 10 x 100 / 70 = 14.29 */
    assert_decided(&got, 19, 15, 15, NEAP_REASON_OUT_WARM_UP);
    neap_autoscaler_free(scaler);
}

static void nothing_scales_in_while_replicas_warm_up(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, AT_ONCE, {"warm_up", "5m"}));
    struct neap_decision got = ask_warming(scaler, 10, 13, 12, 300, true);
    assert_decided(&got, 6, 13, 13, NEAP_REASON_IN_WARM_UP);
    got = ask_warming(scaler, 11, 13, 13, 300, true);
    assert_decided(&got, 6, 6, 6, NEAP_REASON_METRIC);
    got = ask_warming(scaler, 12, 6, 6, 300, true); /* no cooldown */
    assert_decided(&got, 3, 3, 3, NEAP_REASON_METRIC);
    got = ask_warming(scaler, 13, 3, 0, 0, true); /* none is warm, so there is no point */
    assert_int_equal(got.after, 3);
    neap_autoscaler_free(scaler);
}

/* --- several policies --------------------------------------------------------------------------------- */

static void one_policy_is_enough_to_scale_out(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU, RATE));
    struct neap_decision got = keep(scaler, 0, 2, 10, 900, 500);
    assert_decided(&got, 13, 13, 13, NEAP_REASON_METRIC);
    neap_autoscaler_reset(scaler);
    got = keep(scaler, 0, 2, 10, 900, 1500);
    assert_decided(&got, 15, 15, 15, NEAP_REASON_METRIC);
    assert_int_equal(got.signal, NEAP_SIGNAL_RATE);
    assert_true(got.metric == 150 && got.target == 100);
    neap_autoscaler_free(scaler);
}

static void all_policies_must_want_to_scale_in(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU, RATE));
    struct neap_decision got = keep(scaler, 0, 14, 10, 300, 400);
    assert_decided(&got, 5, 5, 5, NEAP_REASON_METRIC); /* the other is content with 4 */
    assert_int_equal(got.signal, NEAP_SIGNAL_CPU);
    neap_autoscaler_reset(scaler);
    got = keep(scaler, 0, 14, 10, 300, 950);
    assert_decided(&got, 10, 10, 10, NEAP_REASON_IN_OUTVOTED);
    assert_int_equal(got.signal, NEAP_SIGNAL_RATE);
    neap_autoscaler_reset(scaler);
    got = keep(scaler, 0, 14, 10, 300, unread); /* no data is no consent */
    assert_decided(&got, 10, 10, 10, NEAP_REASON_IN_OUTVOTED);
    neap_autoscaler_free(scaler);
}

static void scale_in_can_be_disabled_by_policy(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, RATE, {"disable_scale_in", "rate"}));
    struct neap_decision got = keep(scaler, 0, 14, 10, 300, 950);
    assert_decided(&got, 5, 5, 5, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("target_tracking", UP_TO_100(CPU, {"disable_scale_in", "all"}));
    got = keep(scaler, 0, 20, 10, 300, unread);
    assert_decided(&got, 5, 10, 10, NEAP_REASON_IN_DISABLED);
    got = keep(scaler, 21, 23, 10, 900, unread);
    assert_decided(&got, 13, 13, 13, NEAP_REASON_METRIC);
    neap_autoscaler_free(scaler);
}

/* --- bounds ------------------------------------------------------------------------------------------- */

static void scale_in_can_be_capped(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, AT_ONCE, {"scale_in.model", "capped"}));
    struct neap_decision got = ask(scaler, 0, 50, 300, unread);
    assert_decided(&got, 22, 45, 45, NEAP_REASON_DOWN_LIMIT);
    neap_autoscaler_reset(scaler);
    got = ask(scaler, 0, 5, 300, unread); /* one at least */
    assert_decided(&got, 3, 4, 4, NEAP_REASON_DOWN_LIMIT);
    neap_autoscaler_free(scaler);
}

static void sizes_stay_between_min_and_max(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, AT_ONCE, {"min", "2"}, {"max", "12"}));
    struct neap_decision got = ask(scaler, 0, 10, 900, unread);
    assert_decided(&got, 13, 13, 12, NEAP_REASON_AT_MAX);
    neap_autoscaler_reset(scaler);
    got = ask(scaler, 0, 10, 0, unread);
    assert_decided(&got, 0, 0, 2, NEAP_REASON_AT_MIN);
    got = ask(scaler, 1, 13, 700, unread);
    assert_decided(&got, 12, 12, 12, NEAP_REASON_ABOVE_MAX);
    got = ask(scaler, 2, 1, 700, unread);
    assert_decided(&got, 2, 2, 2, NEAP_REASON_BELOW_MIN);
    neap_autoscaler_free(scaler);
}

static void from_zero_no_metric_wakes_it(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, RATE, AT_ONCE, {"min", "0"}));
    assert_int_equal(ask(scaler, 0, 10, 0, 0).after, 0);
    struct neap_decision got = keep(scaler, 10, 30, 0, 0, 500);
    assert_decided(&got, 0, 0, 0, NEAP_REASON_NO_DATA);
    neap_autoscaler_free(scaler);
}

/* --- settings ----------------------------------------------------------------------------------------- */

static void settings_that_contradict_each_other_are_refused(void **context)
{
    (void)context;
    assert_refused("target_tracking", UP_TO_100({"min", "2"}),
                   "target_cpu: not set, nor target_memory nor target_rate");
    assert_refused("target_tracking", (const char *const[][2]){CPU, {NULL, NULL}}, "max: not set");
    assert_refused("target_tracking", UP_TO_100(CPU, {"min", "200"}),
                   "min: found 200, expected at most max");
    assert_refused("target_tracking", UP_TO_100(CPU, {"scale_out.points", "4"}),
                   "scale_out.points: found 4");
    assert_refused("target_tracking", UP_TO_100(CPU, {"scale_in.points", "16"}),
                   "scale_in.points: found 16");
    assert_refused("target_tracking", UP_TO_100(CPU, {"disable_scale_in", "rate"}),
                   "set target_rate");
    assert_refused("target_tracking",
                   UP_TO_100(CPU, {"warm_up", "5m"}, {"scale_in.cooldown", "5m"}),
                   "warm_up: found together with scale_in.cooldown");
    assert_refused("target_tracking", UP_TO_100(RATE, {"disable_scale_in", "cpu"}),
                   "set target_cpu");
}

static void the_rest_of_the_model_is_told_what_it_aims_at(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("target_tracking", UP_TO_100(CPU));
    assert_true(neap_autoscaler_period_s(scaler) == 60);
    assert_true(neap_autoscaler_target_cpu(scaler) == 0.7);
    assert_true(neap_autoscaler_tolerance_up(scaler) == 0);
    assert_true(fabs(neap_autoscaler_tolerance_down(scaler) - 0.1) < 1e-12);
    assert_false(neap_autoscaler_scope(scaler).reads_request_rate);
    assert_true(neap_autoscaler_scope(scaler).young_s == 0);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("target_tracking", UP_TO_100(RATE, {"warm_up", "5m"}));
    assert_true(neap_autoscaler_scope(scaler).young_s == 300);
    assert_true(isnan(neap_autoscaler_target_cpu(scaler)));
    assert_true(neap_autoscaler_scope(scaler).reads_request_rate);
    neap_autoscaler_free(scaler);
}

/* Memory at 66 % is neither above its target of 70 % nor below nine tenths of it, so its alarms are
 * silent, and as both must agree nothing scales in, however idle the CPU is. */
static int64_t size_after_twenty_minutes(int64_t memory_share_percent)
{
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", UP_TO_100(CPU, {"target_memory", "70%"}));
    struct neap_decision decision = {.after = 10};
    for (int minute = 0; minute < 20; minute++) {
        struct neap_pods pods = {.count = 10,
                                 .usage_m = 200,
                                 .request_m = 1000,
                                 .memory_bytes = memory_share_percent * 10,
                                 .memory_request_bytes = 1000,
                                 .has_metric = true,
                                 .has_memory = true,
                                 .has_start = true,
                                 .has_ready_condition = true,
                                 .ready = true};
        const struct neap_reading reading = {.now_ns = minute * minute_ns,
                                             .replicas = 10,
                                             .pods = &pods,
                                             .pods_count = 1,
                                             .request_rate = unread};
        neap_autoscaler_decide(scaler, &reading, &decision);
        if (decision.after != 10)
            break;
    }
    neap_autoscaler_free(scaler);
    return decision.after;
}

static void memory_that_stays_keeps_an_idle_fleet(void **state)
{
    (void)state;
    assert_int_equal(size_after_twenty_minutes(66), 10);
    assert_int_equal(size_after_twenty_minutes(50), 8); /* ceil(10 x 50 / 70), not CPU's 3 */
    assert_int_equal(size_after_twenty_minutes(77), 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_points_above_the_target_scale_out_in_proportion),
        cmocka_unit_test(a_point_at_the_target_breaks_the_row),
        cmocka_unit_test(fifteen_points_below_nine_tenths_scale_in),
        cmocka_unit_test(fewer_points_than_periods_may_do),
        cmocka_unit_test(missing_points_count_as_they_are_told_to),
        cmocka_unit_test(points_before_the_first_are_missing_too),
        cmocka_unit_test(without_any_point_nothing_is_done),
        cmocka_unit_test(the_mean_of_the_points_may_be_held_against_the_target),
        cmocka_unit_test(while_a_scale_out_cools_down_only_more_than_it_added_counts),
        cmocka_unit_test(scale_in_waits_for_its_cooldown),
        cmocka_unit_test(scaling_out_ends_the_cooldown_of_scaling_in),
        cmocka_unit_test(no_cooldown_lets_every_minute_act),
        cmocka_unit_test(replicas_that_warm_up_count_as_added_but_not_in_the_metric),
        cmocka_unit_test(nothing_scales_in_while_replicas_warm_up),
        cmocka_unit_test(one_policy_is_enough_to_scale_out),
        cmocka_unit_test(all_policies_must_want_to_scale_in),
        cmocka_unit_test(scale_in_can_be_disabled_by_policy),
        cmocka_unit_test(scale_in_can_be_capped),
        cmocka_unit_test(sizes_stay_between_min_and_max),
        cmocka_unit_test(from_zero_no_metric_wakes_it),
        cmocka_unit_test(settings_that_contradict_each_other_are_refused),
        cmocka_unit_test(memory_that_stays_keeps_an_idle_fleet),
        cmocka_unit_test(the_rest_of_the_model_is_told_what_it_aims_at)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

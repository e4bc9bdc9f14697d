/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Schedules: their rules, and what they do to the policy inside. */
#include <neap/calendar.h>

#include "autoscaler/schedule.h"
#include "autoscaler_fixture.h"

static int64_t at(const char *text)
{
    int64_t time_ns;
    assert_int_equal(neap_time_parse(&time_ns, text, strlen(text), NULL, NULL, NULL), NEAP_OK);
    return time_ns;
}

/* --- rules ---------------------------------------------------------------------------------------- */

static struct neapi_schedule_bounds bounds_at(const char *rules, const char *time)
{
    struct neapi_schedule schedule;
    struct neap_error error = {0};
    if (neapi_schedule_parse(&schedule, rules, &error) != NEAP_OK)
        fail_msg("%s: %s", rules, error.message);
    struct neap_civil civil = neap_civil_from_time(at(time), NULL);
    return neapi_schedule_bounds(&schedule, &civil, 2, 40);
}

static int64_t min_at(const char *rules, const char *time)
{
    return bounds_at(rules, time).min;
}

static void rules_hold_from_the_first_second_to_before_the_last(void **unused)
{
    (void)unused;
    static const char rule[] = "mon-fri 07:00-20:00 min=10"; /* 2026-03-02 is a Monday */
    assert_int_equal(min_at(rule, "2026-03-02T06:59:59Z"), 2);
    assert_int_equal(min_at(rule, "2026-03-02T07:00:00Z"), 10);
    assert_int_equal(min_at(rule, "2026-03-06T19:59:59Z"), 10);
    assert_int_equal(min_at(rule, "2026-03-06T20:00:00Z"), 2);
    assert_int_equal(min_at(rule, "2026-03-07T12:00:00Z"), 2);
}

static void nights_belong_to_the_day_they_begin_on(void **unused)
{
    (void)unused;
    static const char rule[] = "fri 22:00-06:00 min=7";
    assert_int_equal(min_at(rule, "2026-03-06T05:00:00Z"), 2);
    assert_int_equal(min_at(rule, "2026-03-06T22:00:00Z"), 7);
    assert_int_equal(min_at(rule, "2026-03-07T05:59:59Z"), 7);
    assert_int_equal(min_at(rule, "2026-03-07T06:00:00Z"), 2);
    assert_int_equal(min_at(rule, "2026-03-07T22:00:00Z"), 2);
    assert_int_equal(min_at("sun 22:00-06:00 min=7", "2026-03-02T03:00:00Z"), 7);
}

static void ranges_of_days_go_round_the_week(void **unused)
{
    (void)unused;
    assert_int_equal(min_at("sat-mon min=7", "2026-03-02T03:00:00Z"), 7);
    assert_int_equal(min_at("sat-mon min=7", "2026-03-03T03:00:00Z"), 2);
    assert_int_equal(min_at("sat-mon min=7", "2026-03-07T03:00:00Z"), 7);
    assert_int_equal(min_at("daily 22:00-24:00 min=7", "2026-03-07T23:59:59Z"), 7);
    assert_int_equal(min_at("daily 22:00-24:00 min=7", "2026-03-07T00:00:00Z"), 2);
}

static void the_last_rule_in_force_counts_for_each_bound(void **unused)
{
    (void)unused;
    static const char rules[] = "daily min=5 max=20, mon 09:00-10:00 max=30, tue off";
    struct neapi_schedule_bounds b = bounds_at(rules, "2026-03-02T09:30:00Z");
    assert_int_equal(b.min, 5);
    assert_int_equal(b.max, 30);
    assert_true(b.min_scheduled && b.max_scheduled);
    b = bounds_at(rules, "2026-03-03T09:30:00Z");
    assert_int_equal(b.min, 0);
    assert_int_equal(b.max, 0);
    b = bounds_at("mon max=5", "2026-03-02T09:30:00Z");
    assert_int_equal(b.min, 2);
    assert_false(b.min_scheduled);
}

static void a_min_above_max_wins(void **unused)
{
    (void)unused;
    struct neapi_schedule_bounds b = bounds_at("daily min=60", "2026-03-02T09:30:00Z");
    assert_int_equal(b.min, 60);
    assert_int_equal(b.max, 60);
}

static void unreadable_rules_say_what_is_expected(void **unused)
{
    (void)unused;
    static const char *const bad[][2] = {
        {"", "found \"\", expected daily, a day"},
        {"weekdays min=1", "found \"weekdays\", expected daily"},
        {"mon-friday min=1", "found \"mon-friday\""},
        {"mon 7:00-20:00 min=1", "found \"7:00-20:00\", expected two different times"},
        {"mon 07:00-07:00 min=1", "two different times"},
        {"mon 07:60-08:00 min=1", "two different times"},
        {"mon 24:00-08:00 min=1", "two different times"},
        {"mon 07:00-24:01 min=1", "two different times"},
        {"mon 07:00-20:00", "found \"\", expected min=N"},
        {"mon min=-1", "found \"min=-1\""},
        {"mon min=1.5", "found \"min=1.5\""},
        {"mon min=5 max=4", "min at most max"},
        {"mon min=1,", "found \"\", expected daily"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct neapi_schedule schedule;
        struct neap_error error = {0};
        assert_int_equal(neapi_schedule_parse(&schedule, bad[i][0], &error), NEAP_BAD_ARGUMENT);
        if (strstr(error.message, bad[i][1]) == NULL)
            fail_msg("%s: %s", bad[i][0], error.message);
    }
}

/* --- around a policy ------------------------------------------------------------------------------ */

static struct neap_decision ask(struct neap_autoscaler *scaler, const char *time, int64_t replicas,
                                int64_t usage_m)
{
    struct neap_reading reading = no_reading(at(time), replicas);
    struct neap_pods pods = ready_pods(reading.now_ns, replicas, usage_m);
    reading.pods = &pods;
    reading.pods_count = 1;
    return decide(scaler, &reading);
}

static void the_floor_ends_in_the_evening(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler(
        "schedule",
        SETTINGS({"policy.settings", "target_cpu = 60% | min = 2 | max = 40 | scale_down.window=0s "
                                     "| scale_down.policies = 2 per 60s"},
                 {"schedule", "daily 07:00-20:00 min=10"}));
    assert_int_equal(neap_autoscaler_min(scaler), 2);
    assert_int_equal(neap_autoscaler_max(scaler), 40);
    assert_true(neap_autoscaler_target_cpu(scaler) == 0.6);
    /* hardly any load: the policy alone would have 2 at once removed every minute */
    struct neap_decision d = ask(scaler, "2026-03-02T19:59:30Z", 10, 60);
    assert_int_equal(d.after, 10);
    assert_int_equal(d.wanted, 1);
    assert_int_equal(d.reason, NEAP_REASON_SCHEDULED_MIN);
    d = ask(scaler, "2026-03-02T19:59:45Z", 10, 60);
    assert_int_equal(d.after, 10);
    /* what it could not do then it has not done: 2 may go now */
    d = ask(scaler, "2026-03-02T20:00:00Z", 10, 60);
    assert_int_equal(d.after, 8);
    assert_int_equal(d.reason, NEAP_REASON_DOWN_LIMIT);
    d = ask(scaler, "2026-03-02T20:00:15Z", 8, 60);
    assert_int_equal(d.after, 8);
    d = ask(scaler, "2026-03-03T07:00:00Z", 2, 60);
    assert_int_equal(d.after, 10);
    assert_int_equal(d.reason, NEAP_REASON_SCHEDULED_MIN);
    neap_autoscaler_free(scaler);
}

static void off_is_off_and_ends(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler = make_scaler(
        "schedule", SETTINGS({"policy.settings", "max=40"}, {"schedule", "sat-sun off"}));
    assert_int_equal(neap_autoscaler_min(scaler), 0);
    struct neap_decision d = ask(scaler, "2026-03-07T00:00:00Z", 12, 600);
    assert_int_equal(d.after, 0);
    assert_int_equal(d.reason, NEAP_REASON_SCHEDULED_MAX);
    struct neap_reading none = no_reading(at("2026-03-08T23:59:59Z"), 0);
    assert_int_equal(decide(scaler, &none).after, 0);
    none.now_ns = at("2026-03-09T00:00:00Z");
    assert_int_equal(decide(scaler, &none).after, 1);
    neap_autoscaler_free(scaler);
}

static void a_policy_without_bounds_is_cut(void **unused)
{
    (void)unused;
    struct neap_autoscaler *scaler =
        make_scaler("schedule", SETTINGS({"policy", "fixed"}, {"policy.settings", "replicas = 10"},
                                         {"schedule", "daily 20:00-06:00 min=3 max=3"}));
    assert_int_equal(neap_autoscaler_min(scaler), 3);
    assert_int_equal(ask(scaler, "2026-03-02T12:00:00Z", 10, 60).after, 10);
    struct neap_decision d = ask(scaler, "2026-03-02T20:00:00Z", 10, 60);
    assert_int_equal(d.wanted, 10);
    assert_int_equal(d.after, 3);
    assert_int_equal(d.reason, NEAP_REASON_SCHEDULED_MAX);
    neap_autoscaler_free(scaler);
}

static void rules_go_by_local_time(void **unused)
{
    (void)unused;
    struct neap_zone *zone = NULL;
    if (neap_zone_read(&zone, "Europe/London", NULL, NULL) != NEAP_OK)
        skip();
    neap_zone_free(zone);
    struct neap_autoscaler *scaler =
        make_scaler("schedule", SETTINGS({"policy.settings", "max=40"}, {"zone", "Europe/London"},
                                         {"schedule", "daily 07:00-20:00 min=10"}));
    assert_int_equal(ask(scaler, "2026-03-28T06:30:00Z", 1, 60).after, 1);
    assert_int_equal(ask(scaler, "2026-03-29T06:30:00Z", 1, 60).after, 10); /* an hour ahead */
    neap_autoscaler_free(scaler);
}

static void mistakes_name_the_key_they_are_in(void **unused)
{
    (void)unused;
    assert_refused("schedule", SETTINGS({"policy.settings", "max=40"}), "schedule: not set");
    assert_refused("schedule", SETTINGS({"policy", "hpaa"}, {"schedule", "daily min=1"}),
                   "policy: found \"hpaa\"");
    assert_refused("schedule", SETTINGS({"policy", "hpaa"}, {"schedule", "daily min=1"}),
                   "did you mean hpa?");
    assert_refused("schedule", SETTINGS({"schedule", "daily min=1"}),
                   "policy.settings: max: not set");
    assert_refused("schedule",
                   SETTINGS({"policy.settings", "max=40 | mix=3"}, {"schedule", "daily min=1"}),
                   "policy.settings: found \"mix\"");
    assert_refused("schedule", SETTINGS({"policy.settings", "max"}, {"schedule", "daily min=1"}),
                   "found \"max\", expected key = value");
    assert_refused("schedule",
                   SETTINGS({"policy.settings", "max=40"}, {"schedule", "daily min=0 max=3"}),
                   "write off");
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_hold_from_the_first_second_to_before_the_last),
        cmocka_unit_test(nights_belong_to_the_day_they_begin_on),
        cmocka_unit_test(ranges_of_days_go_round_the_week),
        cmocka_unit_test(the_last_rule_in_force_counts_for_each_bound),
        cmocka_unit_test(a_min_above_max_wins),
        cmocka_unit_test(unreadable_rules_say_what_is_expected),
        cmocka_unit_test(the_floor_ends_in_the_evening),
        cmocka_unit_test(off_is_off_and_ends),
        cmocka_unit_test(a_policy_without_bounds_is_cut),
        cmocka_unit_test(rules_go_by_local_time),
        cmocka_unit_test(mistakes_name_the_key_they_are_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

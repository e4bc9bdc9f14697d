/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keda kind: traces worked out by hand from the rules, and its clock. */
#include "autoscaler_fixture.h"

#include "autoscaler/keda_impl.h"

static const int64_t second_ns = 1000000000;
static const int64_t monday_s = 1767571200; /* 2026-01-05T00:00:00Z */
static const double unread = (double)NAN;

/* --- a deployment whose pods are ready as soon as they are asked for ------------------------------------ */

struct service {
    struct neap_autoscaler *scaler;
    int64_t now_s, step_s, replicas;
    struct neap_decision last;
};

static struct service begin(int64_t replicas, const char *const settings[][2])
{
    struct service service = {
        .scaler = make_scaler("keda", settings), .now_s = monday_s, .replicas = replicas};
    service.step_s = (int64_t)neap_autoscaler_period_s(service.scaler);
    return service;
}

static struct neap_decision tick(struct service *service, double queued)
{
    int64_t now_ns = service->now_s * second_ns;
    struct neap_pods pods = {.count = service->replicas,
                             .metric_ns = now_ns,
                             .metric_window_ns = 15 * second_ns,
                             .usage_m = 600,
                             .request_m = 1000,
                             .has_metric = true,
                             .has_start = true,
                             .has_ready_condition = true,
                             .ready = true};
    struct neap_reading reading = {.now_ns = now_ns,
                                   .replicas = service->replicas,
                                   .pods = &pods,
                                   .pods_count = 1,
                                   .request_rate = queued,
                                   .in_flight = queued,
                                   .queued = queued,
                                   .latency_s = unread};
    memset(&service->last, 0x5a, sizeof service->last);
    neap_autoscaler_decide(service->scaler, &reading, &service->last);
    assert_int_equal(service->last.before, service->replicas);
    service->replicas = service->last.after;
    service->now_s += service->step_s;
    return service->last;
}

static void ticks(struct service *service, double queued, int64_t seconds)
{
    for (int64_t t = 0; t < seconds; t += service->step_s)
        tick(service, queued);
}

static int64_t seconds_until(struct service *service, double queued, int64_t replicas)
{
    int64_t from_s = service->now_s;
    while (service->replicas != replicas && service->now_s < from_s + 7200)
        tick(service, queued);
    return service->now_s - service->step_s - from_s;
}

/* --- size --------------------------------------------------------------------------------------------- */

static void test_a_queue_wakes_it_and_the_controller_raises_it(void **state)
{
    (void)state;
    struct service service = begin(0, SETTINGS({"target_queue", "10"}));
    assert_int_equal(service.step_s, 15);
    ticks(&service, 0, 60);
    assert_int_equal(service.replicas, 0);
    assert_int_equal(service.last.reason, NEAP_REASON_INACTIVE);
    assert_int_equal(tick(&service, 35).after, 1); /* KEDA itself only ever says one */
    assert_int_equal(service.last.reason, NEAP_REASON_ACTIVATED);
    struct neap_decision got = tick(&service, 35);
    assert_int_equal(got.after, 4); /* ceil(35 / 10) */
    assert_int_equal(got.signal, NEAP_SIGNAL_QUEUED);
    assert_true(got.metric == 35 && got.target == 10 && got.pods == 1);
    neap_autoscaler_free(service.scaler);
}

static void test_activation_is_strict(void **state)
{
    (void)state;
    struct service service = begin(0, SETTINGS({"target_queue", "10"}, {"activation_queue", "5"}));
    ticks(&service, 5, 120);
    assert_int_equal(service.replicas, 0);
    ticks(&service, 5.5, 30);
    assert_int_equal(service.replicas, 1);
    neap_autoscaler_free(service.scaler);
}

/* Every second tick is a poll: the last active one is 30 s before the first tick without load. 60 s
 * is not more than 60 s, so the drop comes with the poll 90 s after the last activity, in one step
 * from where the controller's own window of 300 s still holds the size. */
static void test_cooldown(void **state)
{
    (void)state;
    struct service service = begin(0, SETTINGS({"target_queue", "10"}, {"cooldown", "60s"}));
    ticks(&service, 60, 300);
    assert_int_equal(service.replicas, 6);
    assert_int_equal(seconds_until(&service, 0, 0), 60);
    assert_int_equal(service.last.before, 6);
    assert_int_equal(service.last.reason, NEAP_REASON_INACTIVE);
    neap_autoscaler_free(service.scaler);
}

/* With 300 s both are as long, and the controller is there first: its pass comes 15 s earlier. */
static void test_cooldown_after_the_window(void **state)
{
    (void)state;
    struct service service = begin(0, SETTINGS({"target_queue", "10"}));
    ticks(&service, 60, 300);
    assert_int_equal(seconds_until(&service, 0, 1), 285);
    assert_int_equal(service.last.before, 6);
    tick(&service, 0);
    assert_int_equal(service.replicas, 0);
    neap_autoscaler_free(service.scaler);
}

/* While it waits it says so. */
static void test_waiting_is_told(void **state)
{
    (void)state;
    struct service service = begin(0, SETTINGS({"target_queue", "10"}, {"cooldown", "900s"}));
    ticks(&service, 6, 300);
    assert_int_equal(service.replicas, 1);
    tick(&service, 0);
    assert_int_equal(service.replicas, 1);
    assert_int_equal(service.last.reason, NEAP_REASON_COOLDOWN);
    neap_autoscaler_free(service.scaler);
}

static void test_a_min_is_left_to_the_controller(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target_queue", "10"}, {"min", "2"}));
    assert_int_equal(tick(&service, 0).after, 2);
    assert_int_equal(service.last.reason, NEAP_REASON_BELOW_MIN);
    ticks(&service, 60, 300);
    assert_int_equal(service.replicas, 6);
    ticks(&service, 0, 900);
    assert_int_equal(service.replicas, 2);
    neap_autoscaler_free(service.scaler);
}

static void test_idle_takes_the_place_of_min(void **state)
{
    (void)state;
    struct service service =
        begin(5, SETTINGS({"target_queue", "10"}, {"min", "5"}, {"idle", "0"}));
    assert_int_equal(neap_autoscaler_min(service.scaler), 0);
    ticks(&service, 1, 300);
    assert_int_equal(service.replicas, 5);
    ticks(&service, 0, 360);
    assert_int_equal(service.replicas, 0);
    ticks(&service, 1, 30);
    assert_int_equal(service.replicas, 5);
    neap_autoscaler_free(service.scaler);
}

static void test_pauses(void **state)
{
    (void)state;
    struct service service = begin(3, SETTINGS({"target_queue", "10"}, {"pause", "in"}));
    ticks(&service, 0, 900);
    assert_int_equal(service.replicas, 3);
    assert_int_equal(service.last.reason, NEAP_REASON_DOWN_LIMIT);
    neap_autoscaler_free(service.scaler);
    service = begin(0, SETTINGS({"target_queue", "10"}, {"pause", "out"}));
    tick(&service, 100);
    assert_int_equal(service.replicas, 0);
    assert_int_equal(service.last.reason, NEAP_REASON_PAUSED);
    neap_autoscaler_free(service.scaler);
}

/* 400 to a total of 100 is a ratio of 4, on two ready replicas 8, within what one pass may add to
 * two: four more. */
static void test_a_total_is_multiplied(void **state)
{
    (void)state;
    struct service service = begin(2, SETTINGS({"target_queue", "100"}, {"metric_type", "value"}));
    struct neap_decision got = tick(&service, 400);
    assert_int_equal(got.wanted, 8);
    assert_int_equal(got.after, 4);
    assert_int_equal(got.reason, NEAP_REASON_UP_LIMIT);
    assert_true(got.metric == 400 && got.ratio == 4);
    neap_autoscaler_free(service.scaler);
}

/* Three failures are not more than three; the fourth pass asks for 6 of them. */
static void test_a_fallback_stands_in(void **state)
{
    (void)state;
    struct service service = begin(4, SETTINGS({"target_queue", "10"}, {"fallback.failures", "3"},
                                               {"fallback.replicas", "6"}));
    ticks(&service, unread, 45);
    assert_int_equal(service.replicas, 4);
    assert_int_equal(service.last.reason, NEAP_REASON_TRIGGER_FAILED);
    assert_int_equal(tick(&service, unread).after, 6);
    assert_int_equal(service.last.reason, NEAP_REASON_FALLBACK);
    ticks(&service, unread, 900);
    assert_int_equal(service.replicas, 6);
    neap_autoscaler_free(service.scaler);
}

static void test_without_a_fallback_an_error_holds_the_size(void **state)
{
    (void)state;
    struct service service = begin(4, SETTINGS({"target_queue", "10"}));
    ticks(&service, unread, 900);
    assert_int_equal(service.replicas, 4);
    assert_int_equal(service.last.reason, NEAP_REASON_TRIGGER_FAILED);
    neap_autoscaler_free(service.scaler);
}

static void test_cpu_alone_is_always_active(void **state)
{
    (void)state;
    struct service service = begin(4, SETTINGS({"target_cpu", "30%"}));
    assert_int_equal(tick(&service, 0).after, 8); /* 60 % in use */
    assert_true(neap_autoscaler_target_cpu(service.scaler) == 0.3);
    neap_autoscaler_free(service.scaler);
}

/* Ten from 8 to 20 o'clock: at 8:00 it wakes and then the controller doubles, or adds four. */
static void test_the_clock_is_a_floor(void **state)
{
    (void)state;
    struct service service =
        begin(0, SETTINGS({"target_queue", "10"}, {"cron.replicas", "10"},
                          {"cron.start", "0 8 * * 1-5"}, {"cron.end", "0 20 * * 1-5"}));
    ticks(&service, 0, 8 * 3600);
    assert_int_equal(service.replicas, 0);
    tick(&service, 0);
    assert_int_equal(service.replicas, 1);
    ticks(&service, 0, 45);
    assert_int_equal(service.replicas, 10);
    assert_int_equal(service.last.signal, NEAP_SIGNAL_CRON);
    ticks(&service, 0, 3600);
    assert_int_equal(service.replicas, 10);
    ticks(&service, 120, 120);
    assert_int_equal(service.replicas, 12);
    ticks(&service, 0, 11 * 3600 + 600);
    assert_int_equal(service.replicas, 0);
    ticks(&service, 0, 4 * 86400); /* until Friday evening, */
    assert_int_equal(service.replicas, 0);
    ticks(&service, 0, 16 * 3600); /* and Saturday is off */
    assert_int_equal(service.replicas, 0);
    neap_autoscaler_free(service.scaler);
}

static void test_periods_that_do_not_fit(void **state)
{
    (void)state;
    struct service service =
        begin(0, SETTINGS({"target_queue", "10"}, {"polling", "10s"}, {"sync", "15s"}));
    assert_int_equal(service.step_s, 5);
    tick(&service, 0);
    tick(&service, 35); /* at 5 s neither is due */
    assert_int_equal(service.last.reason, NEAP_REASON_NOT_DUE);
    tick(&service, 35);
    assert_int_equal(service.replicas, 1);
    tick(&service, 35);
    assert_int_equal(service.replicas, 4);
    neap_autoscaler_free(service.scaler);
}

/* --- settings ----------------------------------------------------------------------------------------- */

static void test_settings_that_contradict_each_other(void **state)
{
    (void)state;
    assert_refused("keda", SETTINGS({"min", "4"}), "nor any other trigger");
    assert_refused("keda", SETTINGS({"target_queue", "1"}, {"min", "4"}, {"max", "3"}),
                   "min: found 4");
    assert_refused("keda", SETTINGS({"target_queue", "1"}, {"idle", "0"}), "idle: found 0");
    assert_refused("keda", SETTINGS({"target_queue", "1"}, {"fallback.replicas", "3"}),
                   "add the other");
    assert_refused("keda", SETTINGS({"target_queue", "1.00005"}), "target_queue: found");
    assert_refused("keda", SETTINGS({"target_cpu", "50.5%"}), "target_cpu: found");
    assert_refused("keda", SETTINGS({"cron.start", "0 8 * * *"}), "cron.replicas: not set");
    assert_refused("keda", SETTINGS({"cron.replicas", "3"}, {"cron.start", "0 8 * * *"}),
                   "cron.end: found \"\"");
}

/* --- the clock ---------------------------------------------------------------------------------------- */

static void assert_next(const char *text, int64_t from_s, int64_t want_s)
{
    struct neapi_keda_cron cron;
    assert_int_equal(neapi_keda_cron_parse(&cron, "cron", text, NULL), NEAP_OK);
    int64_t got_ns = neapi_keda_cron_next(&cron, NULL, from_s * second_ns);
    if (got_ns != want_s * second_ns)
        fail_msg("%s: %lld s later", text, (long long)(got_ns / second_ns - from_s));
}

static void test_the_next_time_of_a_cron_expression(void **state)
{
    (void)state;
    const int64_t day = 86400, hour = 3600;
    assert_next("* * * * *", monday_s, monday_s + 60);
    assert_next("0 0 * * *", monday_s, monday_s + day); /* later than now, not at it */
    assert_next("0 8 * * *", monday_s, monday_s + 8 * hour);
    assert_next("*/20 * * * *", monday_s + 60, monday_s + 1200);
    assert_next("5,10-12 3 * * *", monday_s + 3 * hour + 600, monday_s + 3 * hour + 660);
    assert_next("0 8 * * 0", monday_s, monday_s + 6 * day + 8 * hour);
    assert_next("0 0 1 2 *", monday_s, monday_s + 27 * day);
    assert_next("0 0 20 * 3", monday_s, monday_s + 2 * day);   /* either day will do */
    assert_next("0 0 29 2 *", monday_s, monday_s + 785 * day); /* 2028-02-29 */
}

static void test_cron_expressions_that_are_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "* * * *",
                                        "* * * * * *",
                                        "60 * * * *",
                                        "* 24 * * *",
                                        "* * 0 * *",
                                        "* * * 13 *",
                                        "* * * * 7",
                                        "5-1 * * * *",
                                        "*/0 * * * *",
                                        "a * * * *",
                                        "1, * * * *",
                                        "1-* * * * *",
                                        "-1 * * * *",
                                        "0 8 * * mon",
                                        "1000 * * * *"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct neapi_keda_cron cron;
        struct neap_error error = {0};
        if (neapi_keda_cron_parse(&cron, "cron.start", texts[i], &error) == NEAP_OK)
            fail_msg("\"%s\" was read", texts[i]);
        assert_non_null(strstr(error.message, "cron.start: found"));
    }
}

static void test_a_cron_time_that_never_comes(void **state)
{
    (void)state;
    struct neapi_keda_cron cron;
    assert_int_equal(neapi_keda_cron_parse(&cron, "cron", "0 0 31 2 *", NULL), NEAP_OK);
    assert_true(neapi_keda_cron_next(&cron, NULL, monday_s * second_ns) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_queue_wakes_it_and_the_controller_raises_it),
        cmocka_unit_test(test_activation_is_strict),
        cmocka_unit_test(test_cooldown),
        cmocka_unit_test(test_cooldown_after_the_window),
        cmocka_unit_test(test_waiting_is_told),
        cmocka_unit_test(test_a_min_is_left_to_the_controller),
        cmocka_unit_test(test_idle_takes_the_place_of_min),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_a_total_is_multiplied),
        cmocka_unit_test(test_a_fallback_stands_in),
        cmocka_unit_test(test_without_a_fallback_an_error_holds_the_size),
        cmocka_unit_test(test_cpu_alone_is_always_active),
        cmocka_unit_test(test_the_clock_is_a_floor),
        cmocka_unit_test(test_periods_that_do_not_fit),
        cmocka_unit_test(test_settings_that_contradict_each_other),
        cmocka_unit_test(test_the_next_time_of_a_cron_expression),
        cmocka_unit_test(test_cron_expressions_that_are_none),
        cmocka_unit_test(test_a_cron_time_that_never_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The knative kind: traces worked out by hand from the rules. */
#include "autoscaler_fixture.h"

static const int64_t second_ns = 1000000000, begin_s = 1000000;

/* --- a revision whose pods are ready as soon as they are asked for -------------------------------------- */

struct service {
    struct neap_autoscaler *scaler;
    int64_t now_s, replicas;
    bool starting; /* what is asked for never becomes ready */
    struct neap_decision last;
};

static struct service begin(int64_t replicas, const char *const settings[][2])
{
    return (struct service){
        .scaler = make_scaler("knative", settings), .now_s = begin_s, .replicas = replicas};
}

/* One tick of two seconds, with that many requests in flight (and per second). */
static struct neap_decision tick(struct service *service, double load)
{
    struct neap_pods pods = {.count = service->starting ? 0 : service->replicas,
                             .ready = true,
                             .has_ready_condition = true};
    struct neap_reading reading = {.now_ns = service->now_s * second_ns,
                                   .replicas = service->replicas,
                                   .pods = &pods,
                                   .pods_count = 1,
                                   .request_rate = load,
                                   .in_flight = load,
                                   .queued = (double)NAN,
                                   .latency_s = (double)NAN};
    memset(&service->last, 0x5a, sizeof service->last);
    neap_autoscaler_decide(service->scaler, &reading, &service->last);
    assert_int_equal(service->last.before, service->replicas);
    service->replicas = service->last.after;
    service->now_s += 2;
    return service->last;
}

static void ticks(struct service *service, double load, int64_t seconds)
{
    for (int64_t t = 0; t < seconds; t += 2)
        tick(service, load);
}

/* Seconds until the size is that many at a constant load; at most an hour. */
static int64_t seconds_until(struct service *service, double load, int64_t replicas)
{
    int64_t from_s = service->now_s;
    while (service->replicas != replicas && service->now_s < from_s + 3600)
        tick(service, load);
    return service->now_s - 2 - from_s;
}

/* --- tests ---------------------------------------------------------------------------------------------- */

static void test_the_size_follows_requests_in_flight(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}, {"target_utilization", "100%"}));
    struct neap_decision got = tick(&service, 15);
    assert_int_equal(got.wanted, 2); /* ceil(15 / 10) */
    assert_int_equal(got.after, 2);
    assert_int_equal(got.signal, NEAP_SIGNAL_IN_FLIGHT);
    assert_true(got.metric == 15 && got.target == 10 && got.ratio == 1.5 && got.pods == 1);
    neap_autoscaler_free(service.scaler);
}

static void test_the_target_is_a_share_of_what_a_pod_takes(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"container_concurrency", "10"}));
    assert_true(tick(&service, 8).target == 7); /* 70 % of 10 */
    assert_int_equal(service.replicas, 2);
    neap_autoscaler_free(service.scaler);
    service = begin(1, SETTINGS({"metric", "rps"}));
    assert_true(tick(&service, 141).target == 140); /* 70 % of 200 a second */
    assert_int_equal(service.replicas, 2);
    assert_int_equal(service.last.signal, NEAP_SIGNAL_RATE);
    assert_true(neap_autoscaler_scope(service.scaler).reads_request_rate);
    neap_autoscaler_free(service.scaler);
}

/* 70 in flight for a minute are 10 pods at target 7. Then 700: after one tick the panic window of
 * 6 s holds 4 s of 70 and 2 s of 700, mean 280, 40 pods, 4 times the ready ones; the stable window
 * holds 58 s of 70 and 2 s of 700, mean 91, 13 pods. */
static void test_a_spike_panics(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "7"}, {"target_utilization", "100%"}));
    ticks(&service, 70, 120);
    assert_int_equal(service.replicas, 10);
    struct neap_decision got = tick(&service, 700);
    assert_int_equal(got.after, 40);
    assert_int_equal(got.reason, NEAP_REASON_METRIC);
    assert_true(got.metric == 28);
    neap_autoscaler_free(service.scaler);
}

/* Panic at t ends when t + 60 s < now, so at the first tick later than that. The panic is seen last
 * when what the panic window asks for is twice the ready pods. */
static void test_in_panic_the_size_does_not_fall(void **state)
{
    (void)state;
    struct service service = begin(10, SETTINGS({"target", "7"}, {"target_utilization", "100%"}));
    tick(&service, 70); /* it starts in panic, as more than one pod is ready */
    struct neap_decision got = tick(&service, 0);
    assert_int_equal(got.after, 10);
    assert_int_equal(got.reason, NEAP_REASON_PANIC);
    int64_t held = 2;
    while (service.replicas == 10 && held < 600) {
        tick(&service, 7);
        held += 2;
    }
    assert_int_equal(held, 62);
    neap_autoscaler_free(service.scaler);
}

static void test_the_rate_limits_a_rise(void **state)
{
    (void)state;
    struct service service = begin(
        1, SETTINGS({"target", "1"}, {"target_utilization", "100%"}, {"max_scale_up_rate", "3"}));
    struct neap_decision got = tick(&service, 100);
    assert_int_equal(got.wanted, 100);
    assert_int_equal(got.after, 3);
    assert_int_equal(got.reason, NEAP_REASON_UP_LIMIT);
    ticks(&service, 100, 200);
    assert_int_equal(service.replicas, 100);
    neap_autoscaler_free(service.scaler);
}

/* The mean over 6 s is 67, 34 and 1, but one tick keeps half of the ready pods. */
static void test_the_rate_limits_a_fall(void **state)
{
    (void)state;
    static const int64_t sizes[] = {67, 34, 17, 8, 4, 2, 1};
    struct service service =
        begin(1, SETTINGS({"target", "1"}, {"target_utilization", "100%"}, {"window", "6s"}));
    ticks(&service, 100, 60);
    assert_int_equal(service.replicas, 100);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct neap_decision got = tick(&service, 1);
        assert_int_equal(got.after, sizes[i]);
        assert_int_equal(got.reason,
                         i >= 2 && sizes[i] > 1 ? NEAP_REASON_DOWN_LIMIT : NEAP_REASON_METRIC);
    }
    neap_autoscaler_free(service.scaler);
}

/* The last sample with a request is 2 s older than the first tick without, so the mean of 60 s is
 * zero 58 s after that. With activators out of the path it is found inactive then, and the pod goes
 * 30 s later. */
static void test_zero_after_window_and_grace(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}, {"target_burst_capacity", "0"}));
    ticks(&service, 1, 120);
    assert_int_equal(service.replicas, 1);
    assert_int_equal(seconds_until(&service, 0, 0), 58 + 30);
    neap_autoscaler_free(service.scaler);
}

/* One pod leaves no room for a burst of 211, so activators have been in the path for long. */
static void test_zero_at_once_behind_activators(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}));
    ticks(&service, 1, 120);
    assert_int_equal(seconds_until(&service, 0, 0), 58 + 2);
    neap_autoscaler_free(service.scaler);
}

static void test_retention_keeps_the_last_pod(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}, {"pod_retention", "300s"}));
    ticks(&service, 1, 120);
    ticks(&service, 0, 120);
    assert_int_equal(service.replicas, 1);
    assert_int_equal(service.last.reason, NEAP_REASON_ZERO_WAITS);
    assert_int_equal(120 + seconds_until(&service, 0, 0), 58 + 300);
    neap_autoscaler_free(service.scaler);
}

static void test_zero_can_be_off(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}, {"scale_to_zero", "off"}));
    ticks(&service, 1, 120);
    ticks(&service, 0, 600);
    assert_int_equal(service.replicas, 1);
    assert_int_equal(service.last.reason, NEAP_REASON_ZERO_OFF);
    neap_autoscaler_free(service.scaler);
}

static void test_requests_wake_it_from_zero(void **state)
{
    (void)state;
    struct service service = begin(
        0, SETTINGS({"target", "10"}, {"target_utilization", "100%"}, {"activation_scale", "4"}));
    ticks(&service, 0, 600);
    assert_int_equal(service.replicas, 0);
    assert_int_equal(service.last.reason, NEAP_REASON_NO_SAMPLES);
    assert_true(isnan(service.last.metric));
    struct neap_decision got = tick(&service, 3);
    assert_int_equal(got.wanted, 1);
    assert_int_equal(got.after, 4);
    assert_int_equal(got.reason, NEAP_REASON_ACTIVATION_SCALE);
    neap_autoscaler_free(service.scaler);
}

static void test_a_start_is_given_up_after_its_deadline(void **state)
{
    (void)state;
    struct service service = begin(0, SETTINGS({"target", "10"}, {"progress_deadline", "100s"}));
    service.starting = true;
    tick(&service, 3);
    assert_int_equal(service.replicas, 1);
    int64_t from_s = service.now_s - 2;
    while (service.replicas > 0 && service.now_s < from_s + 3600)
        tick(&service, 0);
    assert_int_equal(service.now_s - 2 - from_s, 132); /* the first tick past 100 s and 30 s */
    neap_autoscaler_free(service.scaler);
}

static void test_bounds(void **state)
{
    (void)state;
    struct service service = begin(3, SETTINGS({"target", "10"}, {"min", "2"}, {"max", "5"}));
    assert_int_equal(neap_autoscaler_min(service.scaler), 2);
    assert_int_equal(neap_autoscaler_max(service.scaler), 5);
    assert_int_equal(tick(&service, 1000).after, 5);
    assert_int_equal(service.last.reason, NEAP_REASON_AT_MAX);
    ticks(&service, 0, 600);
    assert_int_equal(service.replicas, 2);
    assert_int_equal(service.last.reason, NEAP_REASON_AT_MIN);
    neap_autoscaler_free(service.scaler);
}

static void test_the_delay_holds_the_highest_size(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}, {"target_utilization", "100%"},
                                               {"scale_down_delay", "300s"}));
    ticks(&service, 40, 120);
    assert_int_equal(service.replicas, 4);
    ticks(&service, 10, 300);
    assert_int_equal(service.replicas, 4);
    assert_int_equal(service.last.reason, NEAP_REASON_DOWN_STABILIZED);
    ticks(&service, 10, 40); /* 2 is half of the 4 pods that were ready until now, */
    assert_int_equal(service.replicas, 2);
    ticks(&service, 10, 320); /* so that it is remembered for as long again */
    assert_int_equal(service.replicas, 1);
    neap_autoscaler_free(service.scaler);
}

static void test_initial_scale(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}, {"initial_scale", "3"}));
    assert_int_equal(tick(&service, 1).after, 3);
    assert_int_equal(service.last.reason, NEAP_REASON_INITIAL_SCALE);
    ticks(&service, 1, 180);
    assert_int_equal(service.replicas, 1);
    neap_autoscaler_free(service.scaler);
}

static void test_reset_forgets(void **state)
{
    (void)state;
    struct service service = begin(1, SETTINGS({"target", "10"}));
    struct neap_decision first = tick(&service, 15), again;
    ticks(&service, 500, 300);
    neap_autoscaler_reset(service.scaler);
    service.now_s = begin_s;
    service.replicas = 1;
    again = tick(&service, 15);
    assert_int_equal(again.after, first.after);
    assert_true(again.metric == first.metric);
    neap_autoscaler_free(service.scaler);
}

static void test_settings_that_contradict_each_other(void **state)
{
    (void)state;
    assert_refused("knative", SETTINGS({"min", "4"}, {"max", "3"}), "min: found 4");
    assert_refused("knative", SETTINGS({"target_burst_capacity", "-0.5"}),
                   "expected -1 or at least 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_size_follows_requests_in_flight),
        cmocka_unit_test(test_the_target_is_a_share_of_what_a_pod_takes),
        cmocka_unit_test(test_a_spike_panics),
        cmocka_unit_test(test_in_panic_the_size_does_not_fall),
        cmocka_unit_test(test_the_rate_limits_a_rise),
        cmocka_unit_test(test_the_rate_limits_a_fall),
        cmocka_unit_test(test_zero_after_window_and_grace),
        cmocka_unit_test(test_zero_at_once_behind_activators),
        cmocka_unit_test(test_retention_keeps_the_last_pod),
        cmocka_unit_test(test_zero_can_be_off),
        cmocka_unit_test(test_requests_wake_it_from_zero),
        cmocka_unit_test(test_a_start_is_given_up_after_its_deadline),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_the_delay_holds_the_highest_size),
        cmocka_unit_test(test_initial_scale),
        cmocka_unit_test(test_reset_forgets),
        cmocka_unit_test(test_settings_that_contradict_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

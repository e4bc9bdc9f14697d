/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hpa's metrics beside CPU utilisation, pods of several containers, and a size of zero. */
#include "autoscaler_fixture.h"

static const int64_t second_ns = 1000000000, mib = 1048576;

static struct neap_pods busy_pods(int64_t count)
{
    return (struct neap_pods){.count = count,
                              .ready_ns = second_ns,
                              .metric_ns = 3600 * second_ns,
                              .metric_window_ns = 15 * second_ns,
                              .usage_m = 500,
                              .request_m = 1000,
                              .memory_bytes = 300 * mib,
                              .memory_request_bytes = 512 * mib,
                              .has_metric = true,
                              .has_memory = true,
                              .has_start = true,
                              .has_ready_condition = true,
                              .ready = true,
                              .phase = NEAP_POD_RUNNING};
}

/* Nothing but pods is read. */
static struct neap_reading reading_of(const struct neap_pods *pods, size_t count, int64_t replicas)
{
    return (struct neap_reading){.now_ns = 7200 * second_ns,
                                 .replicas = replicas,
                                 .pods = pods,
                                 .pods_count = count,
                                 .request_rate = (double)NAN,
                                 .in_flight = (double)NAN,
                                 .queued = (double)NAN,
                                 .latency_s = (double)NAN};
}

/* The first one. */
static struct neap_decision ask(struct neap_autoscaler *scaler, const struct neap_reading *reading)
{
    neap_autoscaler_reset(scaler);
    return decide(scaler, reading);
}

/* --- memory and CPU -------------------------------------------------------------------------------- */

static void memory_is_a_truncated_percentage_of_its_request(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("hpa", UP_TO_100({"target_memory", "50%"}));
    struct neap_pods pods = busy_pods(10);
    struct neap_reading reading = reading_of(&pods, 1, 10);
    struct neap_decision got = ask(scaler, &reading); /* 58.59 % */
    assert_int_equal(got.signal, NEAP_SIGNAL_MEMORY);
    assert_true(got.metric == 0.58 && got.target == 0.5 && got.ratio == 58.0 / 50);
    assert_int_equal(got.after, 12);
    pods.memory_bytes = 281 * mib; /* 54.88 %: inside of the tolerance once it is truncated */
    assert_int_equal(ask(scaler, &reading).reason, NEAP_REASON_TOLERANCE);
    pods.memory_request_bytes = -1;
    assert_int_equal(ask(scaler, &reading).reason, NEAP_REASON_NO_REQUEST);
    neap_autoscaler_free(scaler);
}

static void readiness_matters_to_cpu_only(void **context)
{
    (void)context;
    struct neap_pods pods[2] = {busy_pods(5), busy_pods(5)};
    struct neap_reading reading = reading_of(pods, 2, 10);
    pods[1].ready = false; /* and never was: start and transition are close to each other */
    struct neap_autoscaler *scaler = make_scaler("hpa", UP_TO_100({"target_memory", "50%"}));
    assert_int_equal(ask(scaler, &reading).after, 12);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("hpa", UP_TO_100({"target_cpu_value", "0.4"}));
    struct neap_decision got = ask(scaler, &reading); /* 2500 over 10, with the idle ones */
    assert_true(got.metric == 0.5 && got.ratio == 0.625);
    assert_int_equal(got.reason, NEAP_REASON_UNSURE);
    pods[1].ready = true;
    assert_int_equal(ask(scaler, &reading).after, 13);
    neap_autoscaler_free(scaler);
}

static void average_values_are_of_all_samples(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("hpa", UP_TO_100({"target_memory_value", "200MiB"}));
    struct neap_pods pods = busy_pods(10);
    struct neap_reading reading = reading_of(&pods, 1, 10);
    struct neap_decision got = ask(scaler, &reading);
    assert_int_equal(got.signal, NEAP_SIGNAL_MEMORY_VALUE);
    assert_true(got.metric == 300.0 * 1048576 && got.ratio == 1.5);
    assert_int_equal(got.after, 15);
    reading.unlisted_metrics = 5; /* of pods that are gone: 150 MiB each */
    reading.unlisted_memory_bytes = 750 * mib;
    assert_true(ask(scaler, &reading).ratio == 1.25);
    pods.has_memory = false;
    reading.unlisted_metrics = reading.unlisted_memory_bytes = 0;
    assert_int_equal(ask(scaler, &reading).reason, NEAP_REASON_NO_METRICS);
    neap_autoscaler_free(scaler);
}

/* --- containers ------------------------------------------------------------------------------------- */

static const struct neap_container three[] = {
    {"app", NEAP_CONTAINER_MAIN, 600, 800, 0, 0, true, false},
    {"proxy", NEAP_CONTAINER_SIDECAR, 100, 200, 0, 0, true, false},
    {"setup", NEAP_CONTAINER_INIT, 0, 4000, 0, 0, false, false}};

static void pods_are_the_sum_of_containers_that_run(void **context)
{
    (void)context;
    struct neap_pods pods = busy_pods(10);
    struct neap_reading reading = reading_of(&pods, 1, 10);
    pods.containers = three;
    pods.containers_count = 3;
    struct neap_autoscaler *scaler = make_scaler("hpa", UP_TO_100({"target_cpu", "50%"}));
    assert_true(ask(scaler, &reading).metric == 0.7); /* 700 of 1000 */
    neap_autoscaler_free(scaler);
    scaler = make_scaler("hpa", UP_TO_100({"target_cpu", "50%"}, {"container", "app"}));
    assert_true(ask(scaler, &reading).metric == 0.75); /* 600 of 800 */
    neap_autoscaler_free(scaler);
    scaler = make_scaler("hpa", UP_TO_100({"target_cpu_value", "0.05"}, {"container", "proxy"}));
    assert_true(ask(scaler, &reading).metric == 0.1);
    neap_autoscaler_free(scaler);
    pods.has_pod_level = true;
    pods.request_m = 2000;
    scaler = make_scaler("hpa", UP_TO_100({"target_cpu", "50%"}, {"pod_level", "yes"}));
    assert_true(ask(scaler, &reading).metric == 0.35);
    neap_autoscaler_free(scaler);
}

static void unknown_containers_keep_the_size(void **context)
{
    (void)context;
    struct neap_pods pods = busy_pods(10);
    struct neap_reading reading = reading_of(&pods, 1, 10);
    pods.containers = three;
    pods.containers_count = 3;
    struct neap_autoscaler *scaler =
        make_scaler("hpa", UP_TO_100({"target_cpu", "50%"}, {"container", "setup"}));
    assert_int_equal(ask(scaler, &reading).reason, NEAP_REASON_NO_CONTAINER);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("hpa", UP_TO_100({"target_cpu_value", "0.5"}, {"container", "ap"}));
    assert_int_equal(ask(scaler, &reading).reason, NEAP_REASON_NO_CONTAINER);
    neap_autoscaler_free(scaler);
}

/* --- of all pods ------------------------------------------------------------------------------------- */

static void values_multiply_ready_pods(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("hpa", UP_TO_100({"target_latency", "200ms"}));
    struct neap_pods pods[2] = {busy_pods(8), busy_pods(2)};
    struct neap_reading reading = reading_of(pods, 2, 6);
    pods[1].ready = false;
    reading.latency_s = 0.3;
    struct neap_decision got = ask(scaler, &reading);
    assert_int_equal(got.signal, NEAP_SIGNAL_LATENCY);
    assert_int_equal(got.wanted, 12); /* 1.5 x 8, whatever was asked for */
    assert_int_equal(got.pods, 8);
    reading.latency_s = (double)NAN;
    got = ask(scaler, &reading);
    assert_int_equal(got.reason, NEAP_REASON_UNREAD);
    assert_int_equal(got.after, 6);
    neap_autoscaler_free(scaler);
}

static void averages_are_shared_out_over_observed_pods(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("hpa", UP_TO_100({"target_queued", "2"}));
    struct neap_pods pods[2] = {busy_pods(4), busy_pods(3)};
    struct neap_reading reading = reading_of(pods, 2, 3);
    pods[1].deleted = true; /* no longer counted as a replica */
    reading.queued = 8.4;
    struct neap_decision got = ask(scaler, &reading);
    assert_int_equal(got.after,
                     4); /* 1.05: stays at the 4 that are observed, not the 3 asked for */
    assert_int_equal(got.reason, NEAP_REASON_TOLERANCE);
    assert_true(got.metric == 2.1);
    reading.queued = 9;
    assert_int_equal(ask(scaler, &reading).wanted, 5);
    neap_autoscaler_free(scaler);
}

static void fleet_numbers_may_be_metrics_of_pods(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("hpa", UP_TO_100({"target_in_flight", "4"}));
    struct neap_pods pods = busy_pods(10);
    struct neap_reading reading = reading_of(&pods, 1, 10);
    reading.in_flight = 50;
    struct neap_decision got = ask(scaler, &reading);
    assert_int_equal(got.signal, NEAP_SIGNAL_IN_FLIGHT);
    assert_true(got.metric == 5);
    assert_int_equal(got.after, 13);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("hpa", UP_TO_100({"target_latency", "200ms"}, {"latency_metric", "pods"}));
    reading.latency_s = 0.3; /* not shared out */
    assert_true(ask(scaler, &reading).metric == 0.3);
    neap_autoscaler_free(scaler);
    scaler =
        make_scaler("hpa", UP_TO_100({"target_rate", "100/s"}, {"rate_metric", "object_value"}));
    reading.request_rate = 150;
    got = ask(scaler, &reading);
    assert_int_equal(got.signal, NEAP_SIGNAL_TOTAL_RATE);
    assert_int_equal(got.after, 15);
    neap_autoscaler_free(scaler);
}

static void one_failed_metric_stops_the_fall_only(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("hpa", UP_TO_100({"target_memory", "50%"}, {"target_queued", "2"}));
    struct neap_pods pods = busy_pods(10);
    struct neap_reading reading = reading_of(&pods, 1, 10);
    assert_int_equal(ask(scaler, &reading).after, 12);
    pods.memory_bytes = 100 * mib;
    struct neap_decision got = ask(scaler, &reading);
    assert_int_equal(got.wanted, 10);
    assert_int_equal(got.reason, NEAP_REASON_UNREAD);
    reading.queued = 0;
    assert_int_equal(ask(scaler, &reading).wanted, 4);
    neap_autoscaler_free(scaler);
}

/* --- zero -------------------------------------------------------------------------------------------- */

static void a_queue_wakes_a_size_of_zero(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("hpa", UP_TO_100({"target_queued", "2"}, {"min", "0"}, {"scale_to_zero", "yes"},
                                     {"version", "1.36"}));
    struct neap_reading reading = reading_of(NULL, 0, 0);
    reading.queued = 0;
    assert_int_equal(ask(scaler, &reading).after, 0);
    reading.queued = 5;
    assert_int_equal(ask(scaler, &reading).after, 3);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("hpa", UP_TO_100({"target_queued", "2"}, {"queued_metric", "object_value"},
                                          {"min", "0"}, {"scale_to_zero", "yes"}));
    reading.queued = 2.1; /* no tolerance from zero */
    assert_int_equal(ask(scaler, &reading).after, 2);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("hpa", UP_TO_100({"target_queued", "2"}, {"min", "1"}));
    assert_int_equal(ask(scaler, &reading).reason, NEAP_REASON_DISABLED);
    neap_autoscaler_free(scaler);
}

static void since_1_37_only_its_own_zero_is_left(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("hpa", UP_TO_100({"target_queued", "2"}, {"min", "0"}, {"scale_to_zero", "yes"},
                                     {"version", "1.37"}, {"scale_down.window", "0s"}));
    struct neap_pods pods = busy_pods(3);
    struct neap_reading none = reading_of(NULL, 0, 0), some = reading_of(&pods, 1, 3);
    none.queued = 5;
    some.queued = 0;
    assert_int_equal(ask(scaler, &none).reason, NEAP_REASON_DISABLED);
    assert_int_equal(decide(scaler, &some).after, 0);
    none.now_ns += 30 * second_ns;
    assert_int_equal(decide(scaler, &none).after, 3);
    none.now_ns += 30 * second_ns; /* somebody else's zero */
    assert_int_equal(decide(scaler, &none).reason, NEAP_REASON_DISABLED);
    neap_autoscaler_free(scaler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_a_truncated_percentage_of_its_request),
        cmocka_unit_test(readiness_matters_to_cpu_only),
        cmocka_unit_test(average_values_are_of_all_samples),
        cmocka_unit_test(pods_are_the_sum_of_containers_that_run),
        cmocka_unit_test(unknown_containers_keep_the_size),
        cmocka_unit_test(values_multiply_ready_pods),
        cmocka_unit_test(averages_are_shared_out_over_observed_pods),
        cmocka_unit_test(fleet_numbers_may_be_metrics_of_pods),
        cmocka_unit_test(one_failed_metric_stops_the_fall_only),
        cmocka_unit_test(a_queue_wakes_a_size_of_zero),
        cmocka_unit_test(since_1_37_only_its_own_zero_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

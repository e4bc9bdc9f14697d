/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hpa on requests per second and pod, alone and beside CPU utilisation, and what a decision
 * says of its arithmetic. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <neap/autoscaler.h>

static const int64_t second_ns = 1000000000;

#define SETTINGS(...) ((const char *const[][2]){{"max", "100"}, __VA_ARGS__, {NULL, NULL}})

static struct neap_autoscaler *unprepared(const char *const settings[][2])
{
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_autoscaler_new(&scaler, neap_autoscaler_find("hpa"), &error), NEAP_OK);
    for (size_t i = 0; settings[i][0] != NULL; i++)
        if (neap_autoscaler_set(scaler, settings[i][0], settings[i][1], &error) != NEAP_OK)
            fail_msg("%s = %s: %s", settings[i][0], settings[i][1], error.message);
    return scaler;
}

static struct neap_autoscaler *hpa(const char *const settings[][2])
{
    struct neap_error error = {0};
    struct neap_autoscaler *scaler = unprepared(settings);
    if (neap_autoscaler_prepare(scaler, &error) != NEAP_OK)
        fail_msg("prepare: %s", error.message);
    return scaler;
}

static struct neap_pods ready_pods(int64_t count, int64_t usage_m)
{
    return (struct neap_pods){.count = count,
                              .ready_ns = second_ns,
                              .metric_ns = 3600 * second_ns,
                              .metric_window_ns = 15 * second_ns,
                              .usage_m = usage_m,
                              .request_m = 1000,
                              .has_metric = true,
                              .has_start = true,
                              .has_ready_condition = true,
                              .ready = true,
                              .phase = NEAP_POD_RUNNING};
}

static struct neap_decision ask_pods(struct neap_autoscaler *scaler, int64_t replicas,
                                     const struct neap_pods *pods, size_t count, double rate)
{
    struct neap_reading reading = {.now_ns = 7200 * second_ns,
                                   .replicas = replicas,
                                   .pods = pods,
                                   .pods_count = count,
                                   .request_rate = rate};
    struct neap_decision decision;
    memset(&decision, 0x5a, sizeof decision);
    neap_autoscaler_reset(scaler);
    neap_autoscaler_decide(scaler, &reading, &decision);
    return decision;
}

/* All replicas ready, using that many millicores of 1000 each and serving that rate together. */
static struct neap_decision ask(struct neap_autoscaler *scaler, int64_t replicas, int64_t usage_m,
                                double rate)
{
    struct neap_pods pods = ready_pods(replicas, usage_m);
    return ask_pods(scaler, replicas, &pods, 1, rate);
}

static const double unread = (double)NAN;

/* --- arithmetic --------------------------------------------------------------------------------------- */

static void the_size_follows_requests_per_pod(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    struct neap_decision got = ask(scaler, 10, 0, 250);
    assert_int_equal(got.after, 13);
    assert_int_equal(got.reason, NEAP_REASON_METRIC);
    assert_true(got.metric == 25);
    got = ask(scaler, 10, 0, 100);
    assert_int_equal(got.wanted, 5);
    assert_int_equal(got.after, 10); /* held for the window */
    assert_int_equal(ask(scaler, 10, 0, 0).wanted, 0);
    neap_autoscaler_free(scaler);
}

static void decisions_show_their_arithmetic(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    struct neap_decision got = ask(scaler, 10, 0, 250);
    assert_int_equal(got.signal, NEAP_SIGNAL_RATE);
    assert_true(got.target == 20);
    assert_true(got.ratio == 1.25);
    assert_int_equal(got.pods, 10);
    assert_int_equal(got.stable, 13);
    neap_autoscaler_free(scaler);
    scaler = hpa(SETTINGS({"target_cpu", "60%"}));
    got = ask(scaler, 10, 779, unread);
    assert_int_equal(got.signal, NEAP_SIGNAL_CPU);
    assert_true(got.metric == 0.77 && got.target == 0.6 && got.ratio == 77.0 / 60);
    assert_int_equal(got.pods, 10);
    assert_int_equal(got.after, 13);
    got = ask(scaler, 10, 300, unread);
    assert_int_equal(got.wanted, 5);
    assert_int_equal(got.stable, 10);
    neap_autoscaler_free(scaler);
}

static void averages_are_cut_to_thousandths(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    assert_int_equal(ask(scaler, 3, 0, 66.002).reason, NEAP_REASON_TOLERANCE); /* 22000.67 */
    assert_true(ask(scaler, 3, 0, 66.002).metric == 22);
    assert_int_equal(ask(scaler, 3, 0, 66.003).after, 4); /* 22001 */
    neap_autoscaler_free(scaler);
    scaler = hpa(SETTINGS({"target_rate", "20/s"}, {"version", "1.32"}));
    assert_int_equal(ask(scaler, 3, 0, 66).after, 4); /* 1.1 - 1 is more than 0.1 in binary */
    neap_autoscaler_free(scaler);
}

static void rates_at_the_limits_do_no_harm(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "0.001/s"}));
    assert_int_equal(ask(scaler, 50, 0, 1e300).after, 100);
    assert_int_equal(ask(scaler, 50, 0, (double)INFINITY).after, 100);
    assert_int_equal(ask(scaler, 50, 0, -1).reason, NEAP_REASON_NO_METRICS);
    neap_autoscaler_free(scaler);
}

/* --- pods that count less ----------------------------------------------------------------------------- */

static void starting_pods_serve_nothing_on_the_way_up(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    struct neap_pods pods[2] = {ready_pods(5, 0), ready_pods(5, 0)};
    pods[1].phase = NEAP_POD_PENDING;
    pods[1].has_metric = false;
    struct neap_decision got = ask_pods(scaler, 10, pods, 2, 300); /* 60 a pod; over ten: 30 */
    assert_true(got.metric == 60 && got.ratio == 1.5);
    assert_int_equal(got.pods, 10);
    assert_int_equal(got.after, 15);
    got = ask_pods(scaler, 10, pods, 2, 150); /* 30 a pod; over ten: 15, below the target */
    assert_int_equal(got.reason, NEAP_REASON_UNSURE);
    assert_int_equal(got.after, 10);
    got = ask_pods(scaler, 10, pods, 2, 50); /* ready ones alone: 10 a pod */
    assert_int_equal(got.wanted, 3);
    neap_autoscaler_free(scaler);
}

static void pods_without_a_sample_count_as_on_target_on_the_way_down(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    struct neap_pods pods[2] = {ready_pods(6, 0), ready_pods(2, 0)};
    pods[1].has_metric = false;
    struct neap_decision got = ask_pods(scaler, 8, pods, 2, 60); /* (6 x 10 + 2 x 20) / 8 = 12.5 */
    assert_true(got.metric == 10 && got.ratio == 12.5 / 20);
    assert_int_equal(got.wanted, 5);
    neap_autoscaler_free(scaler);
}

static void readiness_is_not_looked_at(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    struct neap_pods pods = ready_pods(10, 0);
    pods.ready = false;
    pods.start_ns = pods.ready_ns = 7199 * second_ns;
    assert_int_equal(ask_pods(scaler, 10, &pods, 1, 250).after, 13);
    neap_autoscaler_free(scaler);
}

static void a_rate_that_was_not_read_keeps_the_size(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    struct neap_decision got = ask(scaler, 10, 5000, unread);
    assert_int_equal(got.after, 10);
    assert_int_equal(got.reason, NEAP_REASON_NO_METRICS);
    assert_true(isnan(got.metric) && isnan(got.ratio));
    assert_int_equal(ask_pods(scaler, 10, NULL, 0, 100).reason, NEAP_REASON_NO_PODS);
    neap_autoscaler_free(scaler);
}

/* --- beside CPU --------------------------------------------------------------------------------------- */

static void of_two_metrics_the_larger_size_wins(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}, {"target_cpu", "50%"}));
    struct neap_decision got = ask(scaler, 10, 600, 300);
    assert_int_equal(got.after, 15);
    assert_int_equal(got.signal, NEAP_SIGNAL_RATE);
    got = ask(scaler, 10, 900, 300);
    assert_int_equal(got.after, 18);
    assert_int_equal(got.signal, NEAP_SIGNAL_CPU);
    neap_autoscaler_free(scaler);
}

static void a_metric_that_fails_stops_the_fall_but_not_the_rise(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"target_rate", "20/s"}, {"target_cpu", "50%"}, {"scale_down.window", "0s"}));
    assert_int_equal(ask(scaler, 10, 900, unread).after, 18);
    assert_int_equal(ask(scaler, 10, 100, unread).after, 10);
    assert_int_equal(ask(scaler, 10, 100, 40).after, 2);
    neap_autoscaler_free(scaler);
}

static void the_default_cpu_target_is_for_policies_without_a_metric(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_rate", "20/s"}));
    assert_true(isnan(neap_autoscaler_target_cpu(scaler)));
    assert_int_equal(ask(scaler, 10, 5000, 200).after, 10);
    neap_autoscaler_free(scaler);
    scaler = hpa(SETTINGS({"target_rate", "20/s"}, {"target_cpu", "80%"}));
    assert_true(neap_autoscaler_target_cpu(scaler) == 0.8);
    assert_int_equal(ask(scaler, 10, 1600, 200).after, 20);
    neap_autoscaler_free(scaler);
}

static void targets_are_whole_thousandths(void **context)
{
    (void)context;
    struct neap_error error = {0};
    struct neap_autoscaler *scaler = unprepared(SETTINGS({"target_rate", "100/min"}));
    assert_int_equal(neap_autoscaler_prepare(scaler, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "write 1.667/s"));
    neap_autoscaler_free(scaler);
    scaler = hpa(SETTINGS({"target_rate", "72/min"})); /* 1.2/s */
    assert_int_equal(ask(scaler, 10, 0, 15).wanted, 13);
    neap_autoscaler_free(scaler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_size_follows_requests_per_pod),
        cmocka_unit_test(decisions_show_their_arithmetic),
        cmocka_unit_test(averages_are_cut_to_thousandths),
        cmocka_unit_test(rates_at_the_limits_do_no_harm),
        cmocka_unit_test(starting_pods_serve_nothing_on_the_way_up),
        cmocka_unit_test(pods_without_a_sample_count_as_on_target_on_the_way_down),
        cmocka_unit_test(readiness_is_not_looked_at),
        cmocka_unit_test(a_rate_that_was_not_read_keeps_the_size),
        cmocka_unit_test(of_two_metrics_the_larger_size_wins),
        cmocka_unit_test(a_metric_that_fails_stops_the_fall_but_not_the_rise),
        cmocka_unit_test(the_default_cpu_target_is_for_policies_without_a_metric),
        cmocka_unit_test(targets_are_whole_thousandths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The autoscaler of managed instance groups, with numbers worked out by hand from its rules. */
#include "autoscaler_fixture.h"

static const int64_t second_ns = 1000000000;

/* Started long ago, using that much of one vCPU. */
static struct neap_pods instances(int64_t count, int64_t usage_m)
{
    return (struct neap_pods){.count = count,
                              .usage_m = usage_m,
                              .request_m = 1000,
                              .has_metric = true,
                              .has_start = true,
                              .has_ready_condition = true,
                              .ready = true};
}

static struct neap_reading reading_of(const struct neap_pods *pods, size_t count, int64_t size,
                                      int64_t at_s)
{
    return (struct neap_reading){.now_ns = (100000 + at_s) * second_ns,
                                 .replicas = size,
                                 .pods = pods,
                                 .pods_count = count,
                                 .request_rate = (double)NAN,
                                 .in_flight = (double)NAN,
                                 .queued = (double)NAN,
                                 .latency_s = (double)NAN};
}

/* A decision on that many equal instances. */
static struct neap_decision go_on(struct neap_autoscaler *scaler, int64_t size, int64_t usage_m,
                                  int64_t at_s)
{
    struct neap_pods pods = instances(size, usage_m);
    struct neap_reading reading = reading_of(&pods, 1, size, at_s);
    return decide(scaler, &reading);
}

static struct neap_decision ask(struct neap_autoscaler *scaler, int64_t size, int64_t usage_m)
{
    neap_autoscaler_reset(scaler);
    return go_on(scaler, size, usage_m, 0);
}

static void the_size_is_load_over_target_rounded_up(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("gce", UP_TO_100({"start", "forgotten"}));
    struct neap_decision got = ask(scaler, 10, 690); /* 11.5 */
    assert_int_equal(got.after, 12);
    assert_int_equal(got.reason, NEAP_REASON_METRIC);
    assert_int_equal(got.signal, NEAP_SIGNAL_CPU);
    assert_true(got.target == 0.6 && fabs(got.metric - 0.69) < 1e-12 && got.pods == 10);
    assert_int_equal(ask(scaler, 10, 510).after, 9); /* 8.5: one and a half too many */
    assert_int_equal(ask(scaler, 10, 600).after, 10);
    assert_int_equal(ask(scaler, 10, 601).after, 11); /* there is no tolerance */
    neap_autoscaler_free(scaler);
}

static void loads_on_the_spot_start_no_instance(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("gce", UP_TO_100({"target_cpu", "70%"}, {"start", "forgotten"}));
    for (int64_t size = 1; size <= 100; size++)
        assert_int_equal(ask(scaler, size, 700).after, size);
    neap_autoscaler_free(scaler);
}

static void the_largest_need_of_the_period_counts(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("gce", UP_TO_100({"stabilization", "300s"}));
    assert_int_equal(go_on(scaler, 10, 900, 0).after, 15);
    struct neap_decision got = go_on(scaler, 15, 200, 60);
    assert_int_equal(got.wanted, 5);
    assert_int_equal(got.stable, 15);
    assert_int_equal(got.after, 15);
    assert_int_equal(got.reason, NEAP_REASON_DOWN_STABILIZED);
    assert_int_equal(go_on(scaler, 15, 320, 120).after, 15); /* needs 8 */
    assert_int_equal(go_on(scaler, 15, 200, 240).after, 15);
    assert_int_equal(go_on(scaler, 15, 200, 300).after, 8); /* 15 and the start are past */
    assert_int_equal(go_on(scaler, 8, 375, 420).after, 5);
    neap_autoscaler_free(scaler);
}

static void the_size_found_first_is_held(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("gce", UP_TO_100({"min", "1"}));
    assert_int_equal(go_on(scaler, 20, 60, 0).after, 20);
    assert_int_equal(go_on(scaler, 20, 60, 540).after, 20);
    assert_int_equal(go_on(scaler, 20, 60, 600).after, 2);
    neap_autoscaler_reset(scaler);
    assert_int_equal(go_on(scaler, 20, 60, 660).after, 20);
    neap_autoscaler_free(scaler);
}

static void starting_instances_do_not_make_it_larger(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("gce", UP_TO_100({"start", "forgotten"}));
    struct neap_pods pods[2] = {instances(8, 600), instances(2, 1000)};
    struct neap_reading reading = reading_of(pods, 2, 10, 0);
    pods[1].start_ns = reading.now_ns - 59 * second_ns;
    struct neap_decision got = decide(scaler, &reading); /* 8 + 3.3, of which 8 count upward */
    assert_int_equal(got.after, 10);
    assert_int_equal(got.reason, NEAP_REASON_INITIALIZING);
    pods[1].start_ns = reading.now_ns - 60 * second_ns;
    neap_autoscaler_reset(scaler);
    assert_int_equal(decide(scaler, &reading).after, 12);
    pods[1].ready = false; /* still booting, however old */
    pods[1].usage_m = 100;
    neap_autoscaler_reset(scaler);
    assert_int_equal(decide(scaler, &reading).after, 9); /* 8.3 downward */
    neap_autoscaler_free(scaler);
    scaler = make_scaler("gce", UP_TO_100({"start", "forgotten"}, {"initializing", "ignored"}));
    assert_int_equal(decide(scaler, &reading).after, 8);
    neap_autoscaler_free(scaler);
}

static void missing_samples_are_as_busy_as_the_others(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = make_scaler("gce", UP_TO_100({"start", "forgotten"}));
    struct neap_pods pods[2] = {instances(5, 900), instances(5, 0)};
    struct neap_reading reading = reading_of(pods, 2, 10, 0);
    pods[1].has_metric = false;
    assert_int_equal(decide(scaler, &reading).after, 15);
    pods[0].has_metric = false;
    struct neap_decision got = decide(scaler, &reading);
    assert_int_equal(got.after, 10);
    assert_int_equal(got.reason, NEAP_REASON_NO_METRICS);
    neap_autoscaler_free(scaler);
}

static void scale_in_control_slows_the_fall(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("gce", UP_TO_100({"stabilization", "60s"}, {"scale_in.count", "3"},
                                     {"scale_in.window", "120s"}));
    assert_int_equal(go_on(scaler, 20, 600, 0).after, 20);
    struct neap_decision got = go_on(scaler, 20, 60, 60);
    assert_int_equal(got.stable, 2);
    assert_int_equal(got.after, 17); /* 20 - 3 */
    assert_int_equal(got.reason, NEAP_REASON_DOWN_LIMIT);
    assert_int_equal(go_on(scaler, 17, 70, 120).after, 2); /* the peak is gone, all at once */
    neap_autoscaler_free(scaler);
    scaler = make_scaler("gce", UP_TO_100({"stabilization", "60s"}, {"scale_in.share", "10%"}));
    assert_int_equal(go_on(scaler, 25, 600, 0).after, 25);
    assert_int_equal(go_on(scaler, 25, 60, 60).after, 22); /* 2.5 is 3 */
    neap_autoscaler_free(scaler);
    scaler = make_scaler("gce", UP_TO_100({"stabilization", "60s"}, {"scale_in.share", "10%"},
                                          {"scale_in.rounding", "down"}));
    assert_int_equal(go_on(scaler, 25, 600, 0).after, 25);
    assert_int_equal(go_on(scaler, 25, 60, 60).after, 23);
    neap_autoscaler_free(scaler);
}

static void of_several_signals_the_largest_size_wins(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("gce", UP_TO_100({"target_cpu", "60%"}, {"target_rate", "10/s"},
                                     {"target_queued", "5"}, {"start", "forgotten"}));
    struct neap_pods pods = instances(10, 300);
    struct neap_reading reading = reading_of(&pods, 1, 10, 0);
    reading.request_rate = 125;
    reading.queued = 40;
    struct neap_decision got = decide(scaler, &reading);
    assert_int_equal(got.after, 13);
    assert_int_equal(got.signal, NEAP_SIGNAL_RATE);
    assert_true(got.metric == 12.5);
    reading.queued = 101;
    assert_int_equal(decide(scaler, &reading).after, 21);
    neap_autoscaler_reset(scaler);
    reading.request_rate = (double)NAN; /* unread: no fall */
    reading.queued = 0;
    got = decide(scaler, &reading);
    assert_int_equal(got.after, 10);
    assert_int_equal(got.reason, NEAP_REASON_UNREAD);
    neap_autoscaler_free(scaler);
}

static void a_queue_alone_leads_out_of_zero(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("gce", UP_TO_100({"target_queued", "5"}, {"min", "0"}));
    struct neap_reading reading = reading_of(NULL, 0, 0, 0);
    reading.queued = 11;
    assert_int_equal(decide(scaler, &reading).after, 3);
    neap_autoscaler_free(scaler);
}

static void bounds_and_modes_have_the_last_word(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        make_scaler("gce", UP_TO_100({"min", "4"}, {"start", "forgotten"}));
    struct neap_decision got = ask(scaler, 10, 0);
    assert_int_equal(got.after, 4);
    assert_int_equal(got.reason, NEAP_REASON_AT_MIN);
    got = ask(scaler, 90, 1000);
    assert_int_equal(got.after, 100);
    assert_int_equal(got.reason, NEAP_REASON_AT_MAX);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("gce", UP_TO_100({"mode", "only_scale_out"}, {"start", "forgotten"}));
    assert_int_equal(ask(scaler, 10, 900).after, 15);
    got = ask(scaler, 10, 60);
    assert_int_equal(got.wanted, 1);
    assert_int_equal(got.after, 10);
    assert_int_equal(got.reason, NEAP_REASON_MODE);
    neap_autoscaler_free(scaler);
    scaler = make_scaler("gce", UP_TO_100({"mode", "off"}));
    assert_int_equal(ask(scaler, 10, 900).after, 10);
    neap_autoscaler_free(scaler);
}

static void assert_prepare_fails(const char *const settings[][2], const char *word)
{
    struct neap_autoscaler *scaler = new_scaler("gce", settings);
    struct neap_error error = {0};
    assert_int_equal(neap_autoscaler_prepare(scaler, &error), NEAP_BAD_ARGUMENT);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
    neap_autoscaler_free(scaler);
}

static void settings_are_checked_against_each_other(void **context)
{
    (void)context;
    assert_prepare_fails((const char *const[][2]){{"min", "2"}, {NULL, NULL}}, "max: not set");
    assert_prepare_fails(UP_TO_100({"min", "101"}), "at most max");
    assert_prepare_fails(UP_TO_100({"scale_in.count", "1"}, {"scale_in.share", "5%"}),
                         "leave one out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_size_is_load_over_target_rounded_up),
        cmocka_unit_test(loads_on_the_spot_start_no_instance),
        cmocka_unit_test(the_largest_need_of_the_period_counts),
        cmocka_unit_test(the_size_found_first_is_held),
        cmocka_unit_test(starting_instances_do_not_make_it_larger),
        cmocka_unit_test(missing_samples_are_as_busy_as_the_others),
        cmocka_unit_test(scale_in_control_slows_the_fall),
        cmocka_unit_test(of_several_signals_the_largest_size_wins),
        cmocka_unit_test(a_queue_alone_leads_out_of_zero),
        cmocka_unit_test(bounds_and_modes_have_the_last_word),
        cmocka_unit_test(settings_are_checked_against_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

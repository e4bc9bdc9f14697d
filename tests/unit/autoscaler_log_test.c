/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every kind tells of its decisions: under readings of all sorts the steps lead from what was
 * wanted to what came of it, each by a rule that changed the number, and metrics stand beside them.
 * And the words for it. */
#include "autoscaler_fixture.h"

#define TYPE(name, ...) \
    {                   \
        name,           \
        {               \
            __VA_ARGS__ \
        }               \
    }

static const struct kind {
    const char *type;
    const char *settings[12][2];
} kinds[] = {
    TYPE("fixed", {"replicas", "7"}),
    TYPE("hpa", {"target_cpu", "60%"}, {"min", "2"}, {"max", "30"}),
    TYPE("hpa", {"target_cpu", "60%"}, {"target_rate", "10/s"}, {"target_queued", "5"},
         {"min", "2"}, {"max", "30"}, {"scale_up.policies", "2 per 60s"},
         {"scale_up.window", "60s"}, {"scale_down.policies", "1 per 60s"}),
    TYPE("hpa", {"target_queued", "5"}, {"min", "0"}, {"max", "30"}, {"scale_to_zero", "yes"}),
    TYPE("keda", {"target_rate", "10/s"}, {"target_cpu", "60%"}, {"min", "0"}, {"max", "30"},
         {"cooldown", "60s"}, {"fallback.failures", "1"}, {"fallback.replicas", "5"},
         {"cron.replicas", "4"}, {"cron.start", "1 * * * *"}, {"cron.end", "5 * * * *"}),
    TYPE("keda", {"target_queue", "5"}, {"metric_type", "value"}, {"min", "3"}, {"idle", "0"},
         {"max", "30"}, {"pause", "out"}),
    TYPE("knative", {"container_concurrency", "10"}, {"max", "30"}, {"activation_scale", "3"},
         {"scale_down_delay", "30s"}, {"max_scale_up_rate", "3"}),
    TYPE("knative", {"metric", "rps"}, {"target", "10"}, {"min", "2"}, {"initial_scale", "4"},
         {"scale_to_zero", "off"}),
    TYPE("knative", {"target", "10"}, {"progress_deadline", "60s"}, {"pod_retention", "60s"}),
    TYPE("gce", {"target_cpu", "60%"}, {"target_rate", "10/s"}, {"min", "2"}, {"max", "30"},
         {"scale_in.count", "1"}, {"stabilization", "120s"}),
    TYPE("gce", {"target_in_flight", "10"}, {"max", "30"}, {"mode", "only_scale_out"}),
    TYPE("target_tracking", {"target_cpu", "60%"}, {"target_rate", "10/s"}, {"min", "2"},
         {"max", "30"}, {"scale_in.periods", "3"}, {"scale_in.model", "capped"}),
    TYPE("target_tracking", {"target_cpu", "60%"}, {"max", "30"}, {"warm_up", "120s"},
         {"scale_out.periods", "1"}, {"disable_scale_in", "all"}),
    TYPE("step_scaling", {"scale_out.cpu", "60%"}, {"scale_in.cpu", "30%"}, {"min", "2"},
         {"max", "30"}, {"scale_out.steps", "0:20:1, 20:inf:4"}, {"scale_out.periods", "1"},
         {"scale_in.periods", "1"}, {"scale_in.cooldown", "60s"}),
    TYPE("schedule", {"policy.settings", "target_cpu = 60% | min = 2 | max = 30"},
         {"schedule", "daily 00:00-00:30 min=9 max=12, daily 00:30-00:40 off"}),
    TYPE("schedule", {"policy", "keda"},
         {"policy.settings", "target_rate = 10/s | min = 1 | max = 30"},
         {"schedule", "daily 00:00-00:30 min=9 max=12"}),
    TYPE("schedule", {"policy", "target_tracking"},
         {"policy.settings", "target_cpu = 60% | max = 30 | scale_out.periods = 1"},
         {"schedule", "daily 00:00-00:30 min=9 max=12"}),
    TYPE("predictive", {"policy.settings", "target_cpu = 60% | min = 2 | max = 30"},
         {"season", "10m"}, {"step", "1m"}, {"method", "seasonal_naive"}),
    TYPE("predictive", {"policy", "knative"}, {"policy.settings", "target = 10 | max = 30"},
         {"target_rate", "10/s"}, {"season", "10m"}, {"step", "1m"}),
    TYPE("recorded", {"min", "2"}, {"max", "30"}),
    TYPE("oracle", {"target_cpu", "60%"}, {"target_rate", "10/s"}, {"min", "2"}, {"max", "30"}),
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* --- readings of all sorts -------------------------------------------------------------------- */

static uint64_t lot;

static uint64_t draw(uint64_t below)
{
    lot = lot * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (lot >> 33) % below;
}

static double draw_value(double most)
{
    uint64_t what = draw(12);
    if (what == 0)
        return (double)NAN;
    return what == 1 ? 0 : most * (double)draw(1000) / 1000;
}

static size_t draw_pods(struct neap_pods pods[3], int64_t now_ns, int64_t replicas)
{
    size_t count = draw(4);
    for (size_t i = 0; i < count; i++) {
        pods[i] = ready_pods(now_ns, replicas / (int64_t)count, (int64_t)draw(1500));
        pods[i].has_metric = draw(8) != 0;
        pods[i].ready = draw(6) != 0;
        pods[i].start_ns = now_ns - SECONDS(draw(4000));
        if (draw(10) == 0)
            pods[i].phase = NEAP_POD_PENDING;
    }
    return count;
}

/* Loads stay for a while, so that alarms and windows see one side. */
static struct neap_reading draw_reading(struct neap_pods pods[3], int64_t now_ns, int64_t replicas,
                                        double level)
{
    struct neap_reading reading = no_reading(now_ns, replicas);
    reading.pods = pods;
    reading.pods_count = draw_pods(pods, now_ns, replicas);
    reading.request_rate = draw_value(200 * level);
    reading.in_flight = draw_value(200 * level);
    reading.queued = draw_value(100 * level);
    reading.recorded_replicas = draw_value(40);
    reading.ahead_cores = draw_value(40 * level);
    reading.ahead_rate = draw_value(400 * level);
    reading.idle_cores = 0.01;
    reading.request_cores = 1;
    return reading;
}

/* --- what holds of every decision ------------------------------------------------------------- */

static void assert_steps_lead_to_after(const char *type, const struct neap_decision *d)
{
    const struct neap_decision_step *steps = d->steps;
    if (d->steps_count < 1 || d->steps_count > NEAP_DECISION_STEPS)
        fail_msg("%s: %zu steps", type, d->steps_count);
    for (size_t i = 1; i < d->steps_count; i++)
        if (steps[i].replicas == steps[i - 1].replicas)
            fail_msg("%s: step %zu (%s) changes nothing", type, i,
                     neap_reason_text(steps[i].reason));
    const struct neap_decision_step *last = &steps[d->steps_count - 1];
    if (steps[0].replicas != d->wanted || last->replicas != d->after || last->reason != d->reason)
        fail_msg("%s: from %lld by %zu steps to %lld (%s) is not to %lld (%s)", type,
                 (long long)d->wanted, d->steps_count, (long long)last->replicas,
                 neap_reason_text(last->reason), (long long)d->after, neap_reason_text(d->reason));
    for (size_t i = 1; i < d->steps_count; i++)
        if (steps[i].reason == NEAP_REASON_METRIC)
            fail_msg("%s: a rule without a name", type);
}

static void assert_metrics_are_whole(const char *type, const struct neap_decision *d)
{
    if (d->metrics_count > NEAP_DECISION_METRICS || d->chosen > d->metrics_count)
        fail_msg("%s: %zu of %zu metrics", type, d->chosen, d->metrics_count);
    for (size_t i = 0; i < d->metrics_count; i++)
        if (d->metrics[i].failed && d->metrics[i].replicas != d->before)
            fail_msg("%s: a metric that failed proposes %lld", type,
                     (long long)d->metrics[i].replicas);
    if (d->chosen < d->metrics_count && d->signal != NEAP_SIGNAL_NONE) {
        assert_int_equal(d->metrics[d->chosen].signal, d->signal);
        if (!isnan(d->metric))
            assert_true(d->metrics[d->chosen].metric == d->metric);
    }
    assert_true(d->alarms_count <= NEAP_DECISION_ALARMS);
    for (size_t i = 0; i < d->alarms_count; i++)
        assert_true(d->alarms[i].breaching <= d->alarms[i].periods);
}

static struct neap_autoscaler *make_kind(const struct kind *kind)
{
    return make_scaler(kind->type, kind->settings);
}

static void steps_lead_from_wanted_to_after_in_every_kind(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        struct neap_autoscaler *scaler = make_kind(&kinds[k]);
        size_t longest = 0;
        int64_t replicas = 3, period_ns = (int64_t)(1e9 * neap_autoscaler_period_s(scaler));
        double level = 1;
        lot = k;
        for (int i = 0; i < 4000; i++) {
            struct neap_pods pods[3];
            level = draw(20) == 0 ? (double)draw(100) / 50 : level;
            replicas = draw(100) == 0 ? (int64_t)draw(50) : replicas;
            struct neap_reading reading = draw_reading(pods, i * period_ns, replicas, level);
            struct neap_decision d = decide(scaler, &reading);
            assert_steps_lead_to_after(kinds[k].type, &d);
            assert_metrics_are_whole(kinds[k].type, &d);
            replicas = d.after;
            longest = d.steps_count > longest ? d.steps_count : longest;
        }
        if (strcmp(kinds[k].type, "fixed") != 0)
            assert_in_range(longest, 2, 8);
        neap_autoscaler_free(scaler);
    }
}

/* --- by example ------------------------------------------------------------------------------- */

static void assert_told(const struct neap_decision *d, const char *steps, const char *metrics)
{
    char text[512];
    assert_int_equal(neap_decision_steps_format(text, sizeof text, d), strlen(steps));
    assert_string_equal(text, steps);
    assert_int_equal(neap_decision_metrics_format(text, sizeof text, d), strlen(metrics));
    assert_string_equal(text, metrics);
}

static void every_rule_and_every_metric_of_the_hpa_is_told(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler =
        make_scaler("hpa", SETTINGS({"target_cpu", "60%"}, {"target_rate", "20/s"}, {"min", "2"},
                                    {"max", "40"}, {"scale_down.policies", "1 per 15s"}));
    struct neap_pods pods = ready_pods(SECONDS(3600), 10, 900);
    struct neap_reading reading = no_reading(SECONDS(3600), 10);
    reading.pods = &pods;
    reading.pods_count = 1;
    reading.request_rate = 210;
    struct neap_decision d = decide(scaler, &reading);
    assert_told(&d, "wanted 15: follows the metric",
                "CPU utilisation 90%, target 60%: 15; requests per pod 21/s, target 20/s: 10");
    assert_int_equal(d.chosen, 0);
    assert_int_equal(d.metrics[1].reason, NEAP_REASON_TOLERANCE);
    pods.count = reading.replicas = 15;
    pods.usage_m = 60;
    reading.now_ns += SECONDS(15);
    reading.request_rate = 0;
    d = decide(scaler, &reading); /* 15 is in the window */
    assert_told(&d, "wanted 2: scale-down waits for its window -> 15",
                "CPU utilisation 6%, target 60%: 2; requests per pod 0/s, target 20/s: 0");
    reading.now_ns += SECONDS(600);
    d = decide(scaler, &reading);
    assert_told(&d, "wanted 2: scale-down policies allow no more -> 14",
                "CPU utilisation 6%, target 60%: 2; requests per pod 0/s, target 20/s: 0");
    neap_autoscaler_free(scaler);
}

static void a_metric_that_failed_says_so(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler =
        make_scaler("hpa", SETTINGS({"target_cpu", "60%"}, {"target_rate", "20/s"}, {"max", "40"}));
    struct neap_pods pods = ready_pods(SECONDS(3600), 10, 100);
    struct neap_reading reading = no_reading(SECONDS(3600), 10);
    reading.pods = &pods;
    reading.pods_count = 1;
    struct neap_decision d = decide(scaler, &reading);
    assert_told(&d, "wanted 10: no ready pod has a metric, size kept",
                "CPU utilisation 10%, target 60%: 2; requests per pod, target 20/s: no ready pod "
                "has a metric, size kept");
    assert_int_equal(d.chosen, 1);
    assert_true(d.metrics[1].failed && !d.metrics[0].failed);
    neap_autoscaler_free(scaler);
}

static void a_schedule_names_its_own_bounds(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler = make_scaler(
        "schedule", SETTINGS({"policy.settings", "target_cpu = 60% | min = 2 | max = 40"},
                             {"schedule", "daily 00:00-12:00 min=8"}));
    struct neap_pods pods = ready_pods(SECONDS(3600), 10, 100);
    struct neap_reading reading = no_reading(SECONDS(3600), 10);
    reading.pods = &pods;
    reading.pods_count = 1;
    decide(scaler, &reading);
    reading.now_ns += SECONDS(600);
    struct neap_decision d = decide(scaler, &reading);
    assert_told(&d, "wanted 2: min replicas of the schedule -> 8",
                "CPU utilisation 10%, target 60%: 2");
    assert_ptr_not_equal(neap_autoscaler_inner(scaler), NULL);
    assert_ptr_equal(neap_autoscaler_inner(neap_autoscaler_inner(scaler)), NULL);
    neap_autoscaler_free(scaler);
}

static void alarms_say_how_many_points_are_beyond_them(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler =
        make_scaler("target_tracking", SETTINGS({"target_cpu", "60%"}, {"max", "40"}));
    struct neap_decision d;
    for (int i = 0; i < 3; i++) {
        int64_t now_ns = SECONDS(3600 + 60 * i);
        struct neap_pods pods = ready_pods(now_ns, 10, i == 0 ? 300 : 900);
        struct neap_reading reading = no_reading(now_ns, 10);
        reading.pods = &pods;
        reading.pods_count = 1;
        d = decide(scaler, &reading);
    }
    assert_told(&d, "wanted 15: too few points beyond the threshold -> 10",
                "CPU utilisation 90%, target 60%: 15");
    assert_int_equal(d.alarms_count, 2);
    assert_true(d.alarms[0].above && !d.alarms[1].above);
    assert_int_equal(d.alarms[0].breaching, 2);
    assert_int_equal(d.alarms[0].points, 3);
    assert_int_equal(d.alarms[0].state, NEAP_ALARM_OK);
    assert_int_equal(d.alarms[1].breaching, 1);
    assert_int_equal(d.alarms[1].periods, 15);
    neap_autoscaler_free(scaler);
}

/* Two windows, each with what it asks for. */
static void a_panic_of_knative_is_told_with_both_windows(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler = make_scaler("knative", SETTINGS({"target", "10"}));
    struct neap_decision d;
    for (int i = 0; i <= 60; i += 2) {
        int64_t now_ns = SECONDS(3600 + i);
        struct neap_pods pods = ready_pods(now_ns, 1, 0);
        struct neap_reading reading = no_reading(now_ns, 1);
        reading.pods = &pods;
        reading.pods_count = 1;
        reading.in_flight = i < 54 ? 7 : 70;
        reading.queued = 0;
        d = decide(scaler, &reading);
    }
    assert_int_equal(d.metrics_count, 2);
    assert_true(d.metrics[0].window_s == 60 && d.metrics[1].window_s == 6);
    assert_true(d.metrics[1].metric > d.metrics[0].metric);
    assert_int_equal(d.chosen, 1);
    assert_int_equal(d.panic_until_ns, SECONDS(3720));
    neap_autoscaler_free(scaler);
}

/* --- kinds of the caller's own ---------------------------------------------------------------- */

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    static int something;
    (void)settings;
    (void)given;
    (void)error;
    *scope = (struct neap_autoscaler_scope){.period_s = 15, .min = 0, .max = 100};
    *state = &something;
    return NEAP_OK;
}

static void nothing(void *state)
{
    (void)state;
}

static void decide_short(void *state, const struct neap_reading *reading,
                         struct neap_decision *decision)
{
    (void)state;
    decision->time_ns = reading->now_ns;
    decision->before = reading->replicas;
    decision->wanted = 9;
    decision->after = 5;
    decision->reason = NEAP_REASON_AT_MAX;
}

static void a_kind_that_leaves_steps_out_has_them_made(void **state)
{
    static const struct neap_parameter none[] = {{0}};
    static const struct neap_autoscaler_type type = {.name = "short",
                                                     .summary = "",
                                                     .parameters = none,
                                                     .settings_size = 1,
                                                     .prepare = prepare,
                                                     .reset = nothing,
                                                     .decide = decide_short,
                                                     .release = nothing};
    (void)state;
    struct neap_autoscaler *scaler = NULL;
    assert_int_equal(neap_autoscaler_new(&scaler, &type, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_prepare(scaler, NULL), NEAP_OK);
    struct neap_reading reading = no_reading(0, 3);
    struct neap_decision d;
    memset(&d, 0x5a, sizeof d);
    neap_autoscaler_decide(scaler, &reading, &d);
    assert_steps_lead_to_after("short", &d);
    assert_told(&d, "wanted 9: max replicas -> 5", "");
    neap_autoscaler_free(scaler);
}

static void words_that_do_not_fit_are_cut_and_counted(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler = make_scaler("recorded", SETTINGS({"min", "2"}, {"max", "30"}));
    struct neap_reading reading = no_reading(0, 3);
    reading.recorded_replicas = 40;
    struct neap_decision d = decide(scaler, &reading);
    const char *whole = "wanted 40 (as recorded): max replicas -> 30";
    assert_told(&d, whole, "recorded replicas 40: 40");
    char text[64];
    for (size_t size = 1; size < strlen(whole) + 3; size++) {
        memset(text, 'x', sizeof text);
        assert_int_equal(neap_decision_steps_format(text, size, &d), strlen(whole));
        size_t length = size - 1 < strlen(whole) ? size - 1 : strlen(whole);
        assert_int_equal(strlen(text), length);
        assert_memory_equal(text, whole, length);
        assert_int_equal(text[size], 'x');
    }
    assert_int_equal(neap_decision_steps_format(NULL, 0, &d), strlen(whole));
    neap_autoscaler_free(scaler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_lead_from_wanted_to_after_in_every_kind),
        cmocka_unit_test(every_rule_and_every_metric_of_the_hpa_is_told),
        cmocka_unit_test(a_metric_that_failed_says_so),
        cmocka_unit_test(a_schedule_names_its_own_bounds),
        cmocka_unit_test(alarms_say_how_many_points_are_beyond_them),
        cmocka_unit_test(a_panic_of_knative_is_told_with_both_windows),
        cmocka_unit_test(a_kind_that_leaves_steps_out_has_them_made),
        cmocka_unit_test(words_that_do_not_fit_are_cut_and_counted),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

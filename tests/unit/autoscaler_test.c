/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The autoscaler room through its public face: settings and their errors, trajectories, memory,
 * arithmetic at its limits. Part-by-part conformance to the controller's own cases is the
 * self-test's business. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <neap/autoscaler.h>

static const int64_t second_ns = 1000000000;
static const int64_t epoch_ns = INT64_C(1772409600000000000);

/* --- tools ------------------------------------------------------------------------------------------ */

static struct neap_autoscaler *new_scaler(const char *type)
{
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    const struct neap_autoscaler_type *found = neap_autoscaler_find(type);
    assert_non_null(found);
    assert_int_equal(neap_autoscaler_new(&scaler, found, &error), NEAP_OK);
    return scaler;
}

static void set(struct neap_autoscaler *scaler, const char *key, const char *text)
{
    struct neap_error error = {0};
    if (neap_autoscaler_set(scaler, key, text, &error) != NEAP_OK)
        fail_msg("%s = %s: %s", key, text, error.message);
}

static void prepare(struct neap_autoscaler *scaler)
{
    struct neap_error error = {0};
    if (neap_autoscaler_prepare(scaler, &error) != NEAP_OK)
        fail_msg("prepare: %s", error.message);
}

/* An hpa with those settings; a row of NULL ends them. */
static struct neap_autoscaler *hpa(const char *const settings[][2])
{
    struct neap_autoscaler *scaler = new_scaler("hpa");
    for (size_t i = 0; settings[i][0] != NULL; i++)
        set(scaler, settings[i][0], settings[i][1]);
    prepare(scaler);
    return scaler;
}

/* Pods that have long been ready. */
static struct neap_pods seasoned(int64_t count, int64_t usage_m, int64_t request_m)
{
    return (struct neap_pods){.count = count,
                              .start_ns = epoch_ns - 7200 * second_ns,
                              .ready_ns = epoch_ns - 7100 * second_ns,
                              .metric_ns = epoch_ns,
                              .metric_window_ns = 15 * second_ns,
                              .usage_m = usage_m,
                              .request_m = request_m,
                              .has_metric = true,
                              .has_start = true,
                              .has_ready_condition = true,
                              .ready = true,
                              .phase = NEAP_POD_RUNNING};
}

static struct neap_decision ask_pods(struct neap_autoscaler *scaler, double at_s, int64_t replicas,
                                     const struct neap_pods *pods, size_t count)
{
    struct neap_reading reading = {.now_ns = epoch_ns + (int64_t)(at_s * 1e9),
                                   .replicas = replicas,
                                   .pods = pods,
                                   .pods_count = count};
    struct neap_decision decision;
    memset(&decision, 0x5a, sizeof decision);
    neap_autoscaler_decide(scaler, &reading, &decision);
    assert_int_equal(decision.time_ns, reading.now_ns);
    assert_int_equal(decision.before, replicas);
    return decision;
}

/* All replicas ready, using that many millicores of 1000 each. */
static struct neap_decision ask(struct neap_autoscaler *scaler, double at_s, int64_t replicas,
                                int64_t usage_m)
{
    struct neap_pods pods = seasoned(replicas, usage_m, 1000);
    return ask_pods(scaler, at_s, replicas, &pods, 1);
}

/* Fails unless the message holds all the words. */
static void assert_message(const struct neap_error *error, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strstr(error->message, *words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", error->message, *words);
}

static void assert_set_fails(const char *key, const char *text, const char *const *words)
{
    struct neap_autoscaler *scaler = new_scaler("hpa");
    struct neap_error error = {0};
    char before[NEAP_TEXT_SIZE], after[NEAP_TEXT_SIZE];
    neap_autoscaler_format(scaler, key, before, sizeof before);
    assert_int_equal(neap_autoscaler_set(scaler, key, text, &error), NEAP_BAD_ARGUMENT);
    assert_message(&error, words);
    neap_autoscaler_format(scaler, key, after, sizeof after);
    assert_string_equal(before, after);
    assert_false(neap_autoscaler_given(scaler, key));
    neap_autoscaler_free(scaler);
}

static void assert_prepare_fails(const char *const settings[][2], const char *const *words)
{
    struct neap_autoscaler *scaler = new_scaler("hpa");
    struct neap_error error = {0};
    for (size_t i = 0; settings[i][0] != NULL; i++)
        set(scaler, settings[i][0], settings[i][1]);
    assert_int_equal(neap_autoscaler_prepare(scaler, &error), NEAP_BAD_ARGUMENT);
    assert_int_equal(error.status, NEAP_BAD_ARGUMENT);
    assert_message(&error, words);
    neap_autoscaler_free(scaler);
}

#define SETTINGS(...) ((const char *const[][2]){__VA_ARGS__, {NULL, NULL}})
#define WORDS(...)    ((const char *const[]){__VA_ARGS__, NULL})

/* --- the registry ------------------------------------------------------------------------------------ */

static void kinds_are_listed_and_found_by_name(void **context)
{
    (void)context;
    size_t count = 0;
    for (const struct neap_autoscaler_type *const *type = neap_autoscaler_types(); *type != NULL;
         type++, count++)
        assert_ptr_equal(neap_autoscaler_find((*type)->name), *type);
    assert_int_equal(count, 4);
    assert_null(neap_autoscaler_find("hpb"));
    assert_null(neap_autoscaler_find(""));
}

static void every_parameter_table_fits_its_kind(void **context)
{
    (void)context;
    for (const struct neap_autoscaler_type *const *type = neap_autoscaler_types(); *type != NULL;
         type++) {
        size_t rows = 0;
        struct neap_autoscaler *scaler = new_scaler((*type)->name);
        assert_ptr_equal(neap_autoscaler_parameters(scaler), (*type)->parameters);
        for (const struct neap_parameter *row = (*type)->parameters; row->name != NULL; row++) {
            char text[NEAP_TEXT_SIZE];
            assert_true(row->offset < (*type)->settings_size);
            assert_true(strlen(row->meaning) > 10);
            neap_autoscaler_format(scaler, row->name, text, sizeof text);
            assert_int_equal(text[0] == '\0', row->initial[0] == '\0');
            if (text[0] != '\0')
                set(scaler, row->name, text);
            rows++;
        }
        assert_in_range(rows, 1, 64);
        neap_autoscaler_free(scaler);
    }
}

static void every_reason_has_its_own_text(void **context)
{
    (void)context;
    for (int i = 0; i <= (int)NEAP_REASON_NOT_PREPARED; i++) {
        const char *text = neap_reason_text((enum neap_reason)i);
        assert_true(text[0] != '\0' && strcmp(text, "unknown reason") != 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(text, neap_reason_text((enum neap_reason)j));
    }
    assert_string_equal(neap_reason_text((enum neap_reason)999), "unknown reason");
}

/* --- settings ------------------------------------------------------------------------------------------ */

static void unknown_keys_get_a_suggestion(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = new_scaler("hpa");
    struct neap_error error = {0};
    char text[32] = "untouched";
    assert_int_equal(neap_autoscaler_set(scaler, "target_cpi", "60%", &error), NEAP_BAD_ARGUMENT);
    assert_message(&error, WORDS("target_cpi", "hpa", "did you mean target_cpu?"));
    assert_int_equal(neap_autoscaler_set(scaler, "qqqq", "1", NULL), NEAP_BAD_ARGUMENT);
    assert_false(neap_autoscaler_given(scaler, "qqqq"));
    assert_int_equal(neap_autoscaler_format(scaler, "qqqq", text, sizeof text), 0);
    assert_string_equal(text, "");
    neap_autoscaler_free(scaler);
    neap_autoscaler_free(NULL);
}

static void given_keys_are_told_from_defaults(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = new_scaler("hpa");
    char text[32];
    assert_false(neap_autoscaler_given(scaler, "target_cpu"));
    set(scaler, "target_cpu", "80%");
    assert_true(neap_autoscaler_given(scaler, "target_cpu"));
    assert_false(neap_autoscaler_given(scaler, "min"));
    set(scaler, "scale_down.window", "2m");
    neap_autoscaler_format(scaler, "scale_down.window", text, sizeof text);
    assert_string_equal(text, "2m");
    neap_autoscaler_free(scaler);
}

static void bad_values_are_refused_and_leave_the_old_one(void **context)
{
    (void)context;
    assert_set_fails("target_cpu", "60", WORDS("target_cpu", "60", "share", "60%"));
    assert_set_fails("target_cpu", "0%", WORDS("target_cpu", "0%", "1%"));
    assert_set_fails("min", "0", WORDS("min", "0", "1"));
    assert_set_fails("max", "2.5", WORDS("max", "2.5", "whole number"));
    assert_set_fails("sync", "15", WORDS("sync", "15", "15s"));
    assert_set_fails("sync", "500ms", WORDS("sync", "500ms", "1s"));
    assert_set_fails("tolerance", "-1%", WORDS("tolerance", "-1%"));
    assert_set_fails("version", "1.22", WORDS("version", "1.22", "1.33"));
    assert_set_fails("behavior", "V2", WORDS("behavior", "V2", "auto|legacy|v2"));
    assert_set_fails("scale_up.select", "most",
                     WORDS("scale_up.select", "most", "max|min|disabled"));
    assert_set_fails("scale_down.window", "2h", WORDS("scale_down.window", "2h", "1h"));
}

static void prepare_refuses_settings_that_contradict(void **context)
{
    (void)context;
    assert_prepare_fails(SETTINGS({"min", "2"}), WORDS("max", "not set", "max = N"));
    assert_prepare_fails(SETTINGS({"min", "5"}, {"max", "3"}),
                         WORDS("min", "found 5", "at most max", "3", "lower min or raise max"));
    assert_prepare_fails(SETTINGS({"max", "9"}, {"target_cpu", "62.5%"}),
                         WORDS("target_cpu", "62.5%", "whole percentage", "write 6"));
    assert_prepare_fails(SETTINGS({"max", "9"}, {"version", "1.30"}, {"tolerance_up", "1%"}),
                         WORDS("tolerance_up", "before 1.33", "version = 1.33"));
    assert_prepare_fails(SETTINGS({"max", "9"}, {"behavior", "legacy"}, {"scale_up.window", "0s"}),
                         WORDS("scale_up.window", "behavior = legacy", "v2 or auto"));
    assert_prepare_fails(SETTINGS({"max", "9"}, {"sync", "5s"}, {"sync_delay", "5s"}),
                         WORDS("sync_delay", "5s", "less than sync"));
}

static void malformed_policies_say_what_to_write(void **context)
{
    (void)context;
    const char *const bad[][2] = {
        {"", "COUNT per TIME"},
        {"10 pods", "10 pods"},
        {"4 per", "COUNT per TIME"},
        {"4 per 15s,", "COUNT per TIME"},
        {"4 per 15s,, 5 per 15s", "COUNT per TIME"},
        {"4per15s", "4per15s"},
        {"0 per 15s", "at least 1; to forbid scaling write scale_down.select"},
        {"-3 per 15s", "at least 1"},
        {"1.5 per 15s", "whole number"},
        {"% per 15s", "whole number"},
        {"9999999999 per 15s", "whole number"},
        {"4 per 15", "15s"},
        {"4 per 0s", "1s to 1800s"},
        {"4 per 31m", "1s to 1800s"},
        {"4 per 1500ms", "whole seconds"},
        {NULL, NULL}};
    for (size_t i = 0; bad[i][0] != NULL; i++)
        assert_prepare_fails(SETTINGS({"max", "9"}, {"scale_down.policies", bad[i][0]}),
                             WORDS("scale_down.policies: ", "expected", bad[i][1]));
    assert_prepare_fails(SETTINGS({"max", "9"}, {"scale_up.policies", "1 per"}),
                         WORDS("scale_up.policies: "));
}

static void too_many_policies_are_refused(void **context)
{
    (void)context;
    char text[NEAP_TEXT_SIZE] = "1 per 9s";
    for (int i = 1; i < 16; i++)
        strcat(text, ", 1 per 9s");
    struct neap_autoscaler *scaler = hpa(SETTINGS({"max", "9"}, {"scale_up.policies", text}));
    neap_autoscaler_free(scaler);
    strcat(text, ", 1 per 9s");
    assert_prepare_fails(SETTINGS({"max", "9"}, {"scale_up.policies", text}),
                         WORDS("scale_up.policies", "more than 16"));
}

static void policies_may_be_spaced_as_one_likes(void **context)
{
    (void)context;
    const char *const same[] = {"1 per 1m", "  1   per   60s ", "1 per 60s,1 per 1m", NULL};
    for (size_t i = 0; same[i] != NULL; i++) {
        struct neap_autoscaler *scaler = hpa(
            SETTINGS({"max", "50"}, {"scale_down.window", "0s"}, {"scale_down.policies", same[i]}));
        assert_int_equal(ask(scaler, 0, 10, 10).after, 9);
        assert_int_equal(ask(scaler, 15, 9, 10).after, 9);
        assert_int_equal(ask(scaler, 60, 9, 10).after, 8);
        neap_autoscaler_free(scaler);
    }
}

static void scope_is_known_once_prepared(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"min", "2"}, {"max", "400"}, {"sync", "20s"}));
    assert_true(neap_autoscaler_period_s(scaler) == 20);
    assert_int_equal(neap_autoscaler_min(scaler), 2);
    assert_int_equal(neap_autoscaler_max(scaler), 400);
    assert_true(neap_autoscaler_target_cpu(scaler) == 0.8);
    assert_true(neap_autoscaler_tolerance_up(scaler) == 0.1);
    assert_true(neap_autoscaler_tolerance_down(scaler) == 0.1);
    set(scaler, "max", "8");
    assert_int_equal(neap_autoscaler_max(scaler), 0);
    assert_true(isnan(neap_autoscaler_target_cpu(scaler)));
    assert_int_equal(ask(scaler, 0, 5, 900).reason, NEAP_REASON_NOT_PREPARED);
    neap_autoscaler_reset(scaler);
    prepare(scaler);
    assert_int_equal(neap_autoscaler_max(scaler), 8);
    neap_autoscaler_free(scaler);
}

static void unprepared_policies_keep_the_size(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = new_scaler("hpa");
    struct neap_decision got = ask(scaler, 0, 7, 999);
    assert_int_equal(got.after, 7);
    assert_int_equal(got.reason, NEAP_REASON_NOT_PREPARED);
    assert_true(isnan(got.metric));
    neap_autoscaler_free(scaler);
}

/* --- fixed ---------------------------------------------------------------------------------------------- */

static void fixed_asks_for_the_same_size_whatever_the_load(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = new_scaler("fixed");
    set(scaler, "replicas", "10");
    prepare(scaler);
    assert_int_equal(neap_autoscaler_min(scaler), 10);
    assert_int_equal(neap_autoscaler_max(scaler), 10);
    for (int i = 0; i < 3; i++) {
        struct neap_decision got = ask(scaler, 60 * i, 3 + 7 * i, 333 * i);
        assert_int_equal(got.wanted, 10);
        assert_int_equal(got.after, 10);
        assert_int_equal(got.reason, NEAP_REASON_FIXED);
        neap_autoscaler_reset(scaler);
    }
    neap_autoscaler_free(scaler);
}

static void fixed_needs_its_size(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = new_scaler("fixed");
    struct neap_error error = {0};
    assert_int_equal(neap_autoscaler_prepare(scaler, &error), NEAP_BAD_ARGUMENT);
    assert_message(&error, WORDS("replicas", "not set", "replicas = N"));
    assert_int_equal(neap_autoscaler_set(scaler, "replicas", "-1", &error), NEAP_BAD_ARGUMENT);
    neap_autoscaler_free(scaler);
}

/* --- hpa: one decision ------------------------------------------------------------------------------------ */

static void decisions_say_why(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"target_cpu", "50%"}, {"min", "2"}, {"max", "12"}));
    struct neap_decision got = ask(scaler, 0, 4, 800);
    assert_int_equal(got.wanted, 7);
    assert_int_equal(got.after, 7);
    assert_int_equal(got.reason, NEAP_REASON_METRIC);
    assert_true(got.metric == 0.8);
    assert_int_equal(ask(scaler, 15, 7, 520).reason, NEAP_REASON_TOLERANCE);
    got = ask(scaler, 30, 7, 100);
    assert_int_equal(got.wanted, 2);
    assert_int_equal(got.after, 7);
    assert_int_equal(got.reason, NEAP_REASON_DOWN_STABILIZED);
    got = ask(scaler, 45, 7, 1000);
    assert_int_equal(got.wanted, 14);
    assert_int_equal(got.after, 12);
    assert_int_equal(got.reason, NEAP_REASON_AT_MAX);
    got = ask(scaler, 60, 20, 1000);
    assert_int_equal(got.after, 12);
    assert_int_equal(got.reason, NEAP_REASON_ABOVE_MAX);
    assert_true(isnan(got.metric));
    got = ask(scaler, 75, 1, 1000);
    assert_int_equal(got.after, 2);
    assert_int_equal(got.reason, NEAP_REASON_BELOW_MIN);
    got = ask(scaler, 90, 0, 0);
    assert_int_equal(got.after, 0);
    assert_int_equal(got.reason, NEAP_REASON_DISABLED);
    neap_autoscaler_reset(scaler);
    got = ask(scaler, 105, 2, 5000);
    assert_int_equal(got.wanted, 20);
    assert_int_equal(got.after, 4);
    assert_int_equal(got.reason, NEAP_REASON_UP_LIMIT);
    neap_autoscaler_free(scaler);
}

static void failed_metrics_keep_the_size_and_say_why(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"max", "12"}));
    struct neap_pods pods = seasoned(4, 900, 1000);
    assert_int_equal(ask_pods(scaler, 0, 4, NULL, 0).reason, NEAP_REASON_NO_PODS);
    pods.count = 0;
    assert_int_equal(ask_pods(scaler, 15, 4, &pods, 1).reason, NEAP_REASON_NO_PODS);
    pods.count = 4;
    pods.has_metric = false;
    assert_int_equal(ask_pods(scaler, 30, 4, &pods, 1).reason, NEAP_REASON_NO_METRICS);
    pods.has_metric = true;
    pods.request_m = 0;
    assert_int_equal(ask_pods(scaler, 45, 4, &pods, 1).reason, NEAP_REASON_ZERO_REQUEST);
    struct neap_pods two[] = {seasoned(4, 900, 1000), seasoned(1, 0, -1)};
    two[1].deleted = true; /* even an ignored pod must say what it requests */
    struct neap_decision got = ask_pods(scaler, 60, 4, two, 2);
    assert_int_equal(got.reason, NEAP_REASON_NO_REQUEST);
    assert_int_equal(got.wanted, 4);
    assert_int_equal(got.after, 4);
    assert_true(isnan(got.metric));
    neap_autoscaler_free(scaler);
}

static void boundary_of_tolerance_depends_on_the_version(void **context)
{
    (void)context;
    const char *const target[] = {"50%", "60%", "70%", NULL};
    const int64_t usage[] = {550, 660, 770}; /* all exactly 1.1 x target */
    for (size_t i = 0; target[i] != NULL; i++) {
        struct neap_autoscaler *older =
            hpa(SETTINGS({"target_cpu", target[i]}, {"max", "99"}, {"version", "1.32"}));
        struct neap_autoscaler *newer =
            hpa(SETTINGS({"target_cpu", target[i]}, {"max", "99"}, {"version", "1.33"}));
        assert_int_equal(ask(older, 0, 10, usage[i]).wanted, 11);
        assert_int_equal(ask(newer, 0, 10, usage[i]).wanted, 10);
        neap_autoscaler_free(older);
        neap_autoscaler_free(newer);
    }
}

static void tolerance_may_differ_by_direction(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"target_cpu", "50%"}, {"max", "99"}, {"tolerance_up", "1%"},
                     {"tolerance_down", "30%"}, {"scale_down.window", "0s"}));
    assert_int_equal(ask(scaler, 0, 10, 520).after, 11);
    assert_int_equal(ask(scaler, 15, 10, 400).after, 10);
    assert_int_equal(ask(scaler, 30, 10, 340).after, 7);
    neap_autoscaler_free(scaler);
}

static void starting_pods_count_as_idle_on_the_way_up_only(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_cpu", "50%"}, {"max", "99"}));
    struct neap_pods pods[] = {seasoned(4, 900, 1000), seasoned(4, 1000, 1000)};
    pods[1].start_ns = pods[1].ready_ns = epoch_ns - 20 * second_ns;
    pods[1].ready = false;
    assert_int_equal(ask_pods(scaler, 0, 8, pods, 2).reason, NEAP_REASON_TOLERANCE); /* 45 % */
    pods[0].usage_m = 2000;
    assert_int_equal(ask_pods(scaler, 15, 8, pods, 2).wanted, 16); /* 100 % over 8 */
    pods[0].usage_m = 300;
    assert_int_equal(ask_pods(scaler, 30, 8, pods, 2).wanted, 3); /* the 4 that are ready */
    neap_autoscaler_free(scaler);
}

static void missing_samples_make_it_careful_in_both_directions(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_cpu", "50%"}, {"max", "99"}));
    struct neap_pods pods[] = {seasoned(6, 700, 1000), seasoned(2, 0, 1000)};
    pods[1].has_metric = false;
    assert_int_equal(ask_pods(scaler, 0, 8, pods, 2).reason, NEAP_REASON_TOLERANCE); /* 52 % */
    pods[0].usage_m = 100;
    assert_int_equal(ask_pods(scaler, 15, 8, pods, 2).wanted, 6); /* 32 % of 50 over 8 */
    pods[0].usage_m = 380; /* 38 % alone, 53 % with 2 at their full request */
    assert_int_equal(ask_pods(scaler, 30, 8, pods, 2).reason, NEAP_REASON_TOLERANCE);
    pods[0].usage_m = 440; /* 44 % alone, 58 % filled in: the other way */
    assert_int_equal(ask_pods(scaler, 45, 8, pods, 2).reason, NEAP_REASON_UNSURE);
    neap_autoscaler_free(scaler);
}

static void a_proposal_to_rise_never_lowers_the_size(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_cpu", "50%"}, {"max", "99"}));
    struct neap_pods pods[] = {seasoned(4, 1000, 1000), seasoned(1, 0, 1000)};
    pods[1].phase = NEAP_POD_PENDING; /* 80 % over 5 asks for 8, but 20 were asked for already */
    struct neap_decision got = ask_pods(scaler, 0, 20, pods, 2);
    assert_int_equal(got.wanted, 20);
    assert_int_equal(got.reason, NEAP_REASON_UNSURE);
    neap_autoscaler_free(scaler);
}

static void initialisation_ends_at_its_exact_age(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_cpu", "50%"}, {"max", "99"}));
    struct neap_pods pods[] = {seasoned(4, 500, 1000), seasoned(4, 1000, 1000)};
    pods[1].ready_ns = epoch_ns - 5 * second_ns; /* its sample's window began before that */
    pods[1].start_ns = epoch_ns - 299 * second_ns;
    assert_int_equal(ask_pods(scaler, 0, 8, pods, 2).wanted, 8); /* left out */
    pods[1].start_ns = epoch_ns - 300 * second_ns;
    assert_int_equal(ask_pods(scaler, 0, 8, pods, 2).wanted, 12); /* 75 % of all */
    neap_autoscaler_free(scaler);
}

static void samples_of_vanished_pods_count_in_the_multiplier(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_cpu", "50%"}, {"max", "99"}));
    struct neap_pods pods[] = {seasoned(4, 1000, 1000), seasoned(1, 0, 1000)};
    pods[1].phase = NEAP_POD_PENDING;
    struct neap_reading reading = {
        .now_ns = epoch_ns, .replicas = 5, .pods = pods, .pods_count = 2, .unlisted_metrics = 3};
    struct neap_decision decision;
    neap_autoscaler_decide(scaler, &reading, &decision);
    assert_int_equal(decision.wanted, 13); /* ceil(80 / 50 x 8) */
    neap_autoscaler_free(scaler);
}

static void cohorts_equal_their_pods_one_by_one(void **context)
{
    (void)context;
    uint64_t seed = 12345;
    for (int round = 0; round < 500; round++) {
        struct neap_autoscaler *a = hpa(SETTINGS({"target_cpu", "60%"}, {"max", "900"}));
        struct neap_autoscaler *b = hpa(SETTINGS({"target_cpu", "60%"}, {"max", "900"}));
        struct neap_pods cohorts[3], single[36];
        size_t count = 0;
        for (size_t i = 0; i < 3; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
            uint64_t bits = seed >> 33;
            cohorts[i] = seasoned(1 + (int64_t)(bits % 12), (int64_t)(bits % 1103), 997);
            cohorts[i].has_metric = bits % 5 != 0;
            cohorts[i].ready = bits % 7 != 0;
            if (bits % 3 == 0)
                cohorts[i].start_ns = epoch_ns - 100 * second_ns;
            for (int64_t j = 0; j < cohorts[i].count; j++) {
                single[count] = cohorts[i];
                single[count++].count = 1;
            }
        }
        struct neap_decision x = ask_pods(a, 0, 20, cohorts, 3);
        struct neap_decision y = ask_pods(b, 0, 20, single, count);
        assert_int_equal(x.wanted, y.wanted);
        assert_int_equal(x.after, y.after);
        assert_int_equal(x.reason, y.reason);
        neap_autoscaler_free(a);
        neap_autoscaler_free(b);
    }
}

static void arithmetic_stops_at_its_limits(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"target_cpu", "1%"}, {"max", "1000000"}));
    struct neap_pods pods = seasoned(1000000, INT64_MAX, 1);
    struct neap_decision got = ask_pods(scaler, 0, 1000000, &pods, 1);
    assert_int_equal(got.wanted, INT32_MAX);
    assert_int_equal(got.after, 1000000);
    assert_int_equal(got.reason, NEAP_REASON_AT_MAX);
    pods = seasoned(INT64_MAX / 200000, 1000, 1000); /* 100 % of that many */
    assert_int_equal(ask_pods(scaler, 15, 1000000, &pods, 1).wanted, INT32_MAX);
    pods = seasoned(INT64_MAX, INT64_MAX, INT64_MAX);
    assert_in_range(ask_pods(scaler, 15, 1000000, &pods, 1).wanted, 1000000, INT32_MAX);
    pods = seasoned(4, 5, INT64_MAX);
    pods.start_ns = INT64_MAX;
    pods.ready_ns = INT64_MIN;
    pods.metric_window_ns = INT64_MAX;
    got = ask_pods(scaler, 30, 4, &pods, 1);
    assert_int_equal(got.wanted, 0);
    assert_int_equal(got.after, 8);
    assert_int_equal(got.reason, NEAP_REASON_UP_LIMIT); /* the log remembers the huge ones */
    neap_autoscaler_free(scaler);
}

static void extreme_times_do_no_harm(void **context)
{
    (void)context;
    const int64_t times[] = {INT64_MIN, INT64_MIN + 1, 0, INT64_MAX - 1, INT64_MAX};
    struct neap_autoscaler *scaler = hpa(SETTINGS({"max", "90"}, {"behavior", "v2"}));
    struct neap_pods pods = seasoned(10, 2000, 1000);
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct neap_reading reading = {
            .now_ns = times[i], .replicas = 10, .pods = &pods, .pods_count = 1};
        struct neap_decision decision;
        neap_autoscaler_decide(scaler, &reading, &decision);
        assert_in_range(decision.after, 1, 90);
    }
    neap_autoscaler_free(scaler);
}

/* --- hpa: sequences ---------------------------------------------------------------------------------------- */

/* Passes at exact ticks until the size has fallen from 10. */
static int fall_tick(struct neap_autoscaler *scaler)
{
    for (int tick = 0; tick < 100; tick++)
        if (ask(scaler, 15.0 * tick, 10, 10).after < 10)
            return tick;
    return -1;
}

static void the_first_size_is_held_for_one_window(void **context)
{
    (void)context;
    const char *const modes[] = {"legacy", "v2"};
    const int exact[] = {21, 20}; /* the functions differ in whether an age of 300 s counts */
    for (size_t i = 0; i < 2; i++) {
        struct neap_autoscaler *real = hpa(SETTINGS({"max", "50"}, {"behavior", modes[i]}));
        struct neap_autoscaler *bare =
            hpa(SETTINGS({"max", "50"}, {"behavior", modes[i]}, {"sync_delay", "0s"}));
        assert_int_equal(fall_tick(real), 20);
        assert_int_equal(fall_tick(bare), exact[i]);
        neap_autoscaler_reset(real);
        assert_int_equal(fall_tick(real), 20);
        neap_autoscaler_free(real);
        neap_autoscaler_free(bare);
    }
}

static void behavior_is_present_once_one_of_its_keys_is_given(void **context)
{
    (void)context;
    /* After a spike capped at twice the size, the legacy rules go on rising; behavior does not. */
    const char *const settings[][4][2] = {
        {{"max", "20"}, {NULL, NULL}},
        {{"max", "20"}, {"scale_down.window", "300s"}, {NULL, NULL}},
        {{"max", "20"}, {"tolerance_up", "10%"}, {NULL, NULL}},
        {{"max", "20"}, {"behavior", "v2"}, {NULL, NULL}},
        {{"max", "20"}, {"behavior", "legacy"}, {"scale_down.window", "300s"}, {NULL, NULL}}};
    const int64_t third[] = {9, 7, 7, 7, 9};
    for (size_t i = 0; i < sizeof third / sizeof third[0]; i++) {
        struct neap_autoscaler *scaler = hpa(settings[i]);
        int64_t size = ask(scaler, 0, 3, 800).after;
        size = ask(scaler, 15, size, 2400).after; /* asks for 9 */
        size = ask(scaler, 30, size, 800 * 3 / size).after;
        assert_int_equal(size, third[i]);
        neap_autoscaler_free(scaler);
    }
}

static void policies_limit_speed_in_both_directions(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"max", "100"}, {"scale_up.policies", "4 per 60s, 10% per 60s"},
                     {"scale_down.window", "0s"}, {"scale_down.policies", "50% per 30s, 1 per 30s"},
                     {"scale_down.select", "min"}));
    struct neap_decision got = ask(scaler, 0, 10, 8000);
    assert_int_equal(got.after, 14);
    assert_int_equal(got.reason, NEAP_REASON_UP_LIMIT);
    assert_int_equal(ask(scaler, 45, 14, 8000).after, 14);
    assert_int_equal(ask(scaler, 60, 14, 8000).after, 18);
    got = ask(scaler, 105, 18, 1);
    assert_int_equal(got.after, 17);
    assert_int_equal(got.reason, NEAP_REASON_DOWN_LIMIT);
    assert_int_equal(ask(scaler, 120, 17, 1).after, 17);
    assert_int_equal(ask(scaler, 135, 17, 1).after, 16);
    neap_autoscaler_free(scaler);
}

static void equal_bounds_name_the_settings_bound(void **context)
{
    (void)context;
    struct neap_autoscaler *legacy = hpa(SETTINGS({"max", "8"}));
    assert_int_equal(ask(legacy, 0, 4, 9000).reason, NEAP_REASON_AT_MAX);
    struct neap_autoscaler *v2 =
        hpa(SETTINGS({"min", "5"}, {"max", "20"}, {"scale_down.window", "0s"},
                     {"scale_down.policies", "50% per 15s"}));
    assert_int_equal(ask(v2, 0, 10, 9000).reason, NEAP_REASON_AT_MAX);
    neap_autoscaler_reset(v2);
    assert_int_equal(ask(v2, 0, 10, 1).reason, NEAP_REASON_AT_MIN);
    neap_autoscaler_free(legacy);
    neap_autoscaler_free(v2);
}

static void corrections_use_up_the_policies_allowance(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"min", "10"}, {"max", "50"}, {"scale_up.policies", "1 per 60s"}));
    assert_int_equal(ask(scaler, 0, 2, 2000).reason, NEAP_REASON_BELOW_MIN);
    struct neap_decision got = ask(scaler, 15, 10, 2000); /* 1 above 2 is below 10: no fall */
    assert_int_equal(got.after, 10);
    assert_int_equal(got.reason, NEAP_REASON_UP_LIMIT);
    assert_int_equal(ask(scaler, 60, 10, 2000).after, 11);
    neap_autoscaler_free(scaler);
}

static void rises_add_to_what_a_longer_policy_lets_fall(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"max", "100"}, {"scale_up.policies", "4 per 15s"}, {"sync_delay", "0s"},
                     {"scale_down.policies", "1 per 60s"}, {"scale_down.window", "0s"}));
    assert_int_equal(ask(scaler, 0, 10, 9000).after, 14);
    assert_int_equal(ask(scaler, 15, 14, 9000).after, 18); /* a rise one period old is kept */
    assert_int_equal(ask(scaler, 30, 18, 1).after, 9);     /* 10 at the start of 60 s, less 1 */
    neap_autoscaler_free(scaler);
}

static void select_disabled_forbids_one_direction(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(
        SETTINGS({"max", "100"}, {"scale_down.window", "0s"}, {"scale_down.select", "disabled"}));
    assert_int_equal(ask(scaler, 0, 10, 1).after, 10);
    assert_int_equal(ask(scaler, 15, 10, 1600).after, 20);
    neap_autoscaler_free(scaler);
}

static void scale_up_window_takes_the_least_recommendation(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler = hpa(SETTINGS({"max", "100"}, {"scale_up.window", "60s"}));
    struct neap_decision got = {.after = 0};
    for (int tick = 0; tick <= 3; tick++) {
        got = ask(scaler, 15.0 * tick, 10, 1600);
        assert_int_equal(got.after, 10);
        assert_int_equal(got.reason, NEAP_REASON_UP_STABILIZED);
    }
    assert_int_equal(ask(scaler, 60, 10, 1600).after, 20);
    neap_autoscaler_free(scaler);
}

static void the_same_readings_give_the_same_decisions(void **context)
{
    (void)context;
    const char *const settings[][2] = {{"max", "60"},
                                       {"scale_up.policies", "3 per 45s, 20% per 30s"},
                                       {"scale_down.policies", "2 per 60s"},
                                       {"scale_down.window", "120s"},
                                       {NULL, NULL}};
    struct neap_autoscaler *a = hpa(settings), *b = hpa(settings);
    int64_t first[400];
    for (int run = 0; run < 3; run++) {
        struct neap_autoscaler *scaler = run == 1 ? b : a; /* run 2: a again after reset */
        int64_t size = 5;
        neap_autoscaler_reset(scaler);
        for (int tick = 0; tick < 400; tick++) {
            int64_t load = 3000 + (tick * 7919 % 31) * 900;
            size = ask(scaler, 15.0 * tick, size, load / size).after;
            assert_in_range(size, 1, 60);
            if (run == 0)
                first[tick] = size;
            assert_int_equal(size, first[tick]);
        }
    }
    neap_autoscaler_free(a);
    neap_autoscaler_free(b);
}

/* All that was ever recommended, looked at from its start each time. */
struct history {
    double time_s[4000];
    int64_t raw[4000];
    size_t count;
};

static int64_t afresh(const struct history *history, bool v2, int up_s, int down_s, double now_s,
                      int64_t size, int64_t raw)
{
    int64_t low = raw, high = raw, most = 2 * size > 4 ? 2 * size : 4;
    for (size_t i = 0; i < history->count; i++) {
        double age_s = now_s - history->time_s[i];
        if (v2 ? age_s < down_s : age_s <= down_s)
            high = history->raw[i] > high ? history->raw[i] : high;
        if (v2 && age_s < up_s)
            low = history->raw[i] < low ? history->raw[i] : low;
    }
    if (!v2)
        return high < most ? high : most;
    return size < low ? low : size > high ? high : size;
}

static void check_against_history(bool v2, int up_s, int down_s, bool regular)
{
    char up[16], down[16];
    snprintf(up, sizeof up, "%ds", up_s);
    snprintf(down, sizeof down, "%ds", down_s);
    struct history *history = calloc(1, sizeof *history);
    assert_non_null(history);
    struct neap_autoscaler *scaler =
        v2 ? hpa(SETTINGS({"max", "9999"}, {"scale_down.window", down}, {"sync", "10s"},
                          {"scale_up.window", up}, {"scale_up.policies", "9999 per 1s"},
                          {"scale_down.policies", "9999 per 1s"}, {"sync_delay", "0s"}))
           : hpa(SETTINGS({"max", "9999"}, {"scale_down.window", down}, {"sync", "10s"},
                          {"behavior", "legacy"}, {"sync_delay", "0s"}));
    uint64_t seed = 7;
    double now_s = 0;
    int64_t size = 50;
    history->raw[history->count++] = size;
    for (int pass = 0; pass < 3000; pass++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
        uint64_t bits = seed >> 33;
        if (!regular && bits % 23 == 0) { /* no pods, nothing remembered */
            assert_int_equal(ask_pods(scaler, now_s, size, NULL, 0).after, size);
        } else {
            int64_t load = 20000 + (int64_t)(bits % 61) * 1000;
            struct neap_decision got = ask(scaler, now_s, size, load / size);
            assert_int_equal(got.after, afresh(history, v2, up_s, down_s, now_s, size, got.wanted));
            history->time_s[history->count] = now_s;
            history->raw[history->count++] = got.wanted;
            size = got.after;
        }
        now_s += regular ? 10 : 10 + 5 * (double)(bits % 3);
    }
    neap_autoscaler_free(scaler);
    free(history);
}

static void windows_equal_all_of_history_looked_at_afresh(void **context)
{
    (void)context;
    for (int regular = 0; regular < 2; regular++) {
        check_against_history(false, 0, 100, regular != 0);
        check_against_history(true, 45, 100, regular != 0);
        check_against_history(true, 100, 45, regular != 0);
        check_against_history(true, 0, 60, regular != 0);
        check_against_history(true, 60, 0, regular != 0);
    }
}

static void readings_faster_than_the_period_stay_in_bounds(void **context)
{
    (void)context;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"max", "50"}, {"scale_up.policies", "1 per 1800s, 100% per 15s"}));
    int64_t size = 10;
    for (int i = 0; i < 20000; i++) {
        size = ask(scaler, 0.1 * i, size, i % 2 == 0 ? 2000 : 100).after;
        assert_in_range(size, 1, 50);
    }
    neap_autoscaler_free(scaler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_listed_and_found_by_name),
        cmocka_unit_test(every_parameter_table_fits_its_kind),
        cmocka_unit_test(every_reason_has_its_own_text),
        cmocka_unit_test(unknown_keys_get_a_suggestion),
        cmocka_unit_test(given_keys_are_told_from_defaults),
        cmocka_unit_test(bad_values_are_refused_and_leave_the_old_one),
        cmocka_unit_test(prepare_refuses_settings_that_contradict),
        cmocka_unit_test(malformed_policies_say_what_to_write),
        cmocka_unit_test(too_many_policies_are_refused),
        cmocka_unit_test(policies_may_be_spaced_as_one_likes),
        cmocka_unit_test(scope_is_known_once_prepared),
        cmocka_unit_test(unprepared_policies_keep_the_size),
        cmocka_unit_test(fixed_asks_for_the_same_size_whatever_the_load),
        cmocka_unit_test(fixed_needs_its_size),
        cmocka_unit_test(decisions_say_why),
        cmocka_unit_test(failed_metrics_keep_the_size_and_say_why),
        cmocka_unit_test(boundary_of_tolerance_depends_on_the_version),
        cmocka_unit_test(tolerance_may_differ_by_direction),
        cmocka_unit_test(starting_pods_count_as_idle_on_the_way_up_only),
        cmocka_unit_test(missing_samples_make_it_careful_in_both_directions),
        cmocka_unit_test(a_proposal_to_rise_never_lowers_the_size),
        cmocka_unit_test(initialisation_ends_at_its_exact_age),
        cmocka_unit_test(samples_of_vanished_pods_count_in_the_multiplier),
        cmocka_unit_test(cohorts_equal_their_pods_one_by_one),
        cmocka_unit_test(arithmetic_stops_at_its_limits),
        cmocka_unit_test(extreme_times_do_no_harm),
        cmocka_unit_test(the_first_size_is_held_for_one_window),
        cmocka_unit_test(behavior_is_present_once_one_of_its_keys_is_given),
        cmocka_unit_test(policies_limit_speed_in_both_directions),
        cmocka_unit_test(equal_bounds_name_the_settings_bound),
        cmocka_unit_test(corrections_use_up_the_policies_allowance),
        cmocka_unit_test(rises_add_to_what_a_longer_policy_lets_fall),
        cmocka_unit_test(select_disabled_forbids_one_direction),
        cmocka_unit_test(scale_up_window_takes_the_least_recommendation),
        cmocka_unit_test(the_same_readings_give_the_same_decisions),
        cmocka_unit_test(windows_equal_all_of_history_looked_at_afresh),
        cmocka_unit_test(readings_faster_than_the_period_stay_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

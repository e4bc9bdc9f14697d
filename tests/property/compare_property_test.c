/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold for any scenario, tried on many random ones at fixed seeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <neap.h>

enum { SCENARIOS = 60, MINUTES = 1440 };

/* --- random scenarios ------------------------------------------------------------------------------- */

struct dice {
    struct neap_stream stream;
    uint64_t index;
};

static struct dice dice_of(uint64_t seed)
{
    struct dice dice = {.index = 0};
    neap_stream_init(&dice.stream, seed, 0, 99);
    return dice;
}

static double between(struct dice *dice, double low, double high)
{
    return low + (high - low) * neap_stream_uniform(&dice->stream, dice->index++);
}

/* Rates up to that many requests a second, without steps: a day's curve and some noise. */
static struct neap_recording *traffic_of(struct dice *dice, double most)
{
    struct neap_recording *recording = NULL;
    double *requests = malloc(MINUTES * sizeof *requests);
    double mean = between(dice, 0.3, 0.6) * most, swing = between(dice, 0.1, 0.6) * mean;
    double phase = between(dice, 0, 2 * M_PI), noise = between(dice, 0, 0.05);
    assert_non_null(requests);
    for (int i = 0; i < MINUTES; i++) {
        double rate = mean + swing * sin(2 * M_PI * i / MINUTES + phase);
        requests[i] = floor(60 * rate * (1 + noise * between(dice, -1, 1)));
    }
    assert_int_equal(neap_recording_from_array(&recording, 0, 60000000000, requests, MINUTES, NULL),
                     NEAP_OK);
    free(requests);
    return recording;
}

struct setting {
    double demand_ms, cv, wait_ms, workers, target_percent, most_rate, startup_s;
    const char *rules; /* of the autoscaler */
};

static struct setting setting_of(struct dice *dice, const char *rules)
{
    return (struct setting){.demand_ms = between(dice, 5, 80),
                            .cv = between(dice, 0, 1.5),
                            .wait_ms = between(dice, 0, 60),
                            .workers = floor(between(dice, 1, 6)),
                            .target_percent = floor(between(dice, 40, 75)),
                            .most_rate = exp(between(dice, log(20), log(3000))),
                            .startup_s = floor(between(dice, 5, 60)),
                            .rules = rules};
}

static struct neap_scenario *scenario_of(const struct setting *s)
{
    char text[1024];
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    snprintf(text, sizeof text,
             "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=%.3fms cv=%.3f\n"
             "wait = %.3fms\n[container]\nworkers = %.0f\nstartup = %.0fs\n"
             "[autoscaler]\ntype = hpa\ntarget_cpu = %.0f%%\nmin = 1\nmax = 5000\n%s"
             "[price]\ncontainer_hour = 0.04937\n",
             s->demand_ms, s->cv, s->wait_ms, s->workers, s->startup_s, s->target_percent,
             s->rules);
    if (neap_scenario_decode(&scenario, "random", text, strlen(text), NULL, 0, NULL, &error))
        fail_msg("%s in:\n%s", error.message, text);
    return scenario;
}

static struct neap_profile *faster(const struct neap_profile *old, double speedup)
{
    struct neap_profile_options options;
    struct neap_profile *profile = NULL;
    neap_profile_options_init(&options);
    snprintf(options.from, sizeof options.from, "old");
    snprintf(options.cpu_speedup, sizeof options.cpu_speedup, "%.6f", speedup);
    assert_int_equal(neap_profile_new(&profile, "new", &options, old, NULL, NULL), NEAP_OK);
    return profile;
}

static struct neap_replay_summary run(const struct neap_scenario *scenario,
                                      const struct neap_recording *recording,
                                      const struct neap_profile *profile)
{
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *replay = NULL;
    struct neap_replay_summary summary;
    const struct neap_replay_sinks sinks = {.context = NULL};
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.recording = recording;
    inputs.profile = profile;
    assert_int_equal(neap_replay_new(&replay, &inputs, NULL), NEAP_OK);
    assert_int_equal(neap_replay_run(replay, &sinks, &summary, NULL), NEAP_OK);
    neap_replay_free(replay);
    neap_autoscaler_free(scaler);
    return summary;
}

static double hours(const struct neap_replay_summary *s)
{
    double sum = 0;
    for (int i = 0; i < NEAP_CONTAINER_STATES; i++)
        sum += s->container_s[i] / 3600;
    return sum;
}

/* --- properties ------------------------------------------------------------------------------------- */

static void test_equal_profiles_differ_by_exactly_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SCENARIOS; seed++) {
        struct dice dice = dice_of(seed);
        struct setting setting = setting_of(&dice, "");
        struct neap_recording *recording = traffic_of(&dice, setting.most_rate);
        struct neap_scenario *scenario = scenario_of(&setting);
        const struct neap_profile *old = neap_scenario_profile(scenario, 0);
        struct neap_profile *same = faster(old, 1);
        struct neap_replay_summary a = run(scenario, recording, old);
        struct neap_replay_summary b = run(scenario, recording, same);
        assert_memory_equal(&a, &b, sizeof a);
        neap_profile_free(same);
        neap_scenario_free(scenario);
        neap_recording_free(recording);
    }
}

/* Container-hours at rising speed-ups; how much a faster one may need more than the one before. */
static void check_monotone(const char *rules, double slack_share, double slack_containers)
{
    static const double speedup[] = {1, 1.03, 1.1, 1.25, 1.6, 2.5};
    enum { SPEEDUPS = sizeof speedup / sizeof speedup[0] };
    for (uint64_t seed = 1; seed <= SCENARIOS; seed++) {
        struct dice dice = dice_of(seed + 1000);
        struct setting setting = setting_of(&dice, rules);
        struct neap_recording *recording = traffic_of(&dice, setting.most_rate);
        struct neap_scenario *scenario = scenario_of(&setting);
        double best = (double)INFINITY;
        for (int i = 0; i < SPEEDUPS; i++) {
            struct neap_profile *profile = faster(neap_scenario_profile(scenario, 0), speedup[i]);
            struct neap_replay_summary summary = run(scenario, recording, profile);
            double allowed = best * (1 + slack_share) + slack_containers * summary.window_s / 3600;
            if (hours(&summary) > allowed)
                fail_msg("seed %d, speed-up %g: %.4f h, and %.4f h for a slower one", (int)seed,
                         speedup[i], hours(&summary), best);
            best = fmin(best, hours(&summary));
            neap_profile_free(profile);
        }
        neap_scenario_free(scenario);
        neap_recording_free(recording);
    }
}

static void test_faster_never_needs_more_without_hysteresis(void **state)
{
    (void)state;
    check_monotone("tolerance = 0%\nscale_down.window = 0s\n[metrics]\nnoise = off\n", 0, 0);
}

static void test_faster_needs_no_more_than_hysteresis_allows(void **state)
{
    (void)state;
    check_monotone("", 0.1, 1);
}

static void test_dearer_is_dearer_to_the_cent(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct dice dice = dice_of(seed + 2000);
        struct neap_bill bill;
        struct neap_price *price = NULL, *twice = NULL;
        struct neap_price_options options;
        struct neap_decimal amount, doubled, sum;
        char rate[32], two[32];
        double units = floor(between(&dice, 1, 1e6));
        snprintf(rate, sizeof rate, "%.5f", units * 1e-5);
        snprintf(two, sizeof two, "%.5f", 2 * units * 1e-5);
        neap_price_options_init(&options);
        snprintf(options.container_hour, sizeof options.container_hour, "%s", rate);
        assert_int_equal(neap_price_new(&price, &options, 1, (double)NAN, NULL, NULL, NULL),
                         NEAP_OK);
        snprintf(options.container_hour, sizeof options.container_hour, "%s", two);
        assert_int_equal(neap_price_new(&twice, &options, 1, (double)NAN, NULL, NULL, NULL),
                         NEAP_OK);
        neap_bill_init(&bill);
        for (int i = 0; i < 50; i++)
            neap_bill_add(&bill, price, 1 + (int64_t)between(&dice, 0, 20), 0,
                          (int64_t)between(&dice, 0, 9e13), false);
        assert_int_equal(neap_bill_amount(&amount, &bill, price, NULL), NEAP_OK);
        assert_int_equal(neap_bill_amount(&doubled, &bill, twice, NULL), NEAP_OK);
        assert_int_equal(neap_decimal_add(&sum, &amount, &amount, NULL), NEAP_OK);
        /* each is rounded once, so the two may differ by that one cent */
        assert_true(fabs(neap_decimal_to_double(&sum) - neap_decimal_to_double(&doubled)) < 0.0101);
        neap_price_free(price);
        neap_price_free(twice);
    }
}

static void test_more_traffic_never_needs_less(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct dice dice = dice_of(seed + 3000), again = dice_of(seed + 3000);
        struct setting setting = setting_of(&dice, "");
        (void)setting_of(&again, "");
        struct neap_recording *less = traffic_of(&dice, setting.most_rate);
        struct neap_recording *more = traffic_of(&again, 1.5 * setting.most_rate);
        struct neap_scenario *scenario = scenario_of(&setting);
        const struct neap_profile *old = neap_scenario_profile(scenario, 0);
        struct neap_replay_summary a = run(scenario, less, old), b = run(scenario, more, old);
        assert_true(hours(&b) >= hours(&a));
        neap_scenario_free(scenario);
        neap_recording_free(less);
        neap_recording_free(more);
    }
}

static void test_a_change_of_the_wait_moves_no_container(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct dice dice = dice_of(seed + 4000);
        struct setting setting = setting_of(&dice, "");
        setting.workers = 64; /* workers are never what runs out */
        struct neap_recording *recording = traffic_of(&dice, setting.most_rate);
        struct neap_scenario *a = scenario_of(&setting);
        setting.wait_ms /= 2;
        struct neap_scenario *b = scenario_of(&setting);
        struct neap_replay_summary x = run(a, recording, neap_scenario_profile(a, 0));
        struct neap_replay_summary y = run(b, recording, neap_scenario_profile(b, 0));
        if (fabs(hours(&x) - hours(&y)) > 0.002 * hours(&x))
            fail_msg("seed %d: %.6f h and %.6f h", (int)seed, hours(&x), hours(&y));
        neap_scenario_free(a);
        neap_scenario_free(b);
        neap_recording_free(recording);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_profiles_differ_by_exactly_nothing),
        cmocka_unit_test(test_faster_never_needs_more_without_hysteresis),
        cmocka_unit_test(test_faster_needs_no_more_than_hysteresis_allows),
        cmocka_unit_test(test_dearer_is_dearer_to_the_cent),
        cmocka_unit_test(test_more_traffic_never_needs_less),
        cmocka_unit_test(test_a_change_of_the_wait_moves_no_container),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

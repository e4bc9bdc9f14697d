/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A function of the caller's own as a policy. */
#include "autoscaler_fixture.h"

struct own {
    int64_t answer, asked, resets;
    double rate;
};

static int64_t answer(void *context, const struct neap_reading *reading)
{
    struct own *own = context;
    own->asked++;
    own->rate = reading->request_rate;
    return own->answer;
}

static void forget(void *context)
{
    struct own *own = context;
    own->resets++;
}

static struct neap_autoscaler *make(struct own *own)
{
    const struct neap_callback call = {
        .decide = answer, .reset = forget, .context = own, .reads_request_rate = true};
    struct neap_autoscaler *scaler = NULL;
    assert_int_equal(neap_autoscaler_from_callback(&scaler, &call, NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_set(scaler, "min", "2", NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_set(scaler, "max", "20", NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_set(scaler, "period", "30s", NULL), NEAP_OK);
    assert_int_equal(neap_autoscaler_prepare(scaler, NULL), NEAP_OK);
    return scaler;
}

static void the_function_decides_within_bounds(void **unused)
{
    (void)unused;
    struct own own = {.answer = 7};
    struct neap_autoscaler *scaler = make(&own);
    struct neap_reading reading = no_reading(SECONDS(5), 3);
    reading.request_rate = 12.5;
    struct neap_decision d = decide(scaler, &reading);
    assert_int_equal(d.after, 7);
    assert_int_equal(d.reason, NEAP_REASON_CALLBACK);
    assert_true(own.rate == 12.5);
    own.answer = 50;
    d = decide(scaler, &reading);
    assert_int_equal(d.wanted, 50);
    assert_int_equal(d.after, 20);
    assert_int_equal(d.reason, NEAP_REASON_AT_MAX);
    own.answer = -1;
    assert_int_equal(decide(scaler, &reading).after, 2);
    assert_int_equal(own.asked, 3);
    neap_autoscaler_free(scaler);
}

static void the_rest_of_the_model_learns_of_it(void **unused)
{
    (void)unused;
    struct own own = {.answer = 7};
    struct neap_autoscaler *scaler = make(&own);
    assert_true(neap_autoscaler_scope(scaler).reads_request_rate);
    assert_true(neap_autoscaler_period_s(scaler) == 30);
    assert_int_equal(neap_autoscaler_min(scaler), 2);
    assert_int_equal(neap_autoscaler_max(scaler), 20);
    assert_true(isnan(neap_autoscaler_target_cpu(scaler)));
    neap_autoscaler_free(scaler);
}

static void prepare_and_reset_forget(void **unused)
{
    (void)unused;
    struct own own = {.answer = 7};
    struct neap_autoscaler *scaler = make(&own);
    assert_int_equal(own.resets, 1);
    neap_autoscaler_reset(scaler);
    assert_int_equal(own.resets, 2);
    neap_autoscaler_free(scaler);
}

static void a_callback_needs_a_function_and_no_scenario_can_name_it(void **unused)
{
    (void)unused;
    const struct neap_callback none = {0};
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_autoscaler_from_callback(&scaler, &none, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "no decide"));
    assert_null(scaler);
    assert_null(neap_autoscaler_find("callback"));
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_function_decides_within_bounds),
        cmocka_unit_test(the_rest_of_the_model_learns_of_it),
        cmocka_unit_test(prepare_and_reset_forget),
        cmocka_unit_test(a_callback_needs_a_function_and_no_scenario_can_name_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forecasts of short series, worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <neap/forecast.h>

#define NEAR(got, want) assert_true(fabs((got) - (want)) < 1e-12)

static struct neap_forecast *make(enum neap_forecast_method method, size_t season, double level,
                                  double trend, double share, double damping)
{
    struct neap_forecast_options options = {method, season, level, trend, share, damping};
    struct neap_forecast *forecast = NULL;
    assert_int_equal(neap_forecast_new(&forecast, &options, NULL), NEAP_OK);
    return forecast;
}

static void push(struct neap_forecast *forecast, size_t count, const double value[])
{
    for (size_t i = 0; i < count; i++)
        neap_forecast_push(forecast, value[i]);
}

static void naive_repeats_the_last_season(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_SEASONAL_NAIVE, 2, 0, 0, 0, 0);
    push(f, 4, (const double[]){1, 5, 3, 5});
    NEAR(neap_forecast_at(f, 1), 3);
    NEAR(neap_forecast_at(f, 2), 5);
    NEAR(neap_forecast_at(f, 3), 3);
    NEAR(neap_forecast_deviation(f, 1), sqrt(2)); /* errors 2 and 0 */
    NEAR(neap_forecast_deviation(f, 2), sqrt(2));
    NEAR(neap_forecast_deviation(f, 3), 2);
    neap_forecast_free(f);
}

static void level_follows_by_its_share(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_LEVEL, 0, 0.5, 1, 1, 1);
    push(f, 3, (const double[]){10, 20, 30});
    NEAR(neap_forecast_at(f, 1), 22.5); /* 10, 15, 22.5 */
    NEAR(neap_forecast_at(f, 9), 22.5);
    NEAR(neap_forecast_state(f).squared_errors, 325); /* errors 10 and 15 */
    NEAR(neap_forecast_deviation(f, 1), sqrt(12.5));
    NEAR(neap_forecast_deviation(f, 2), sqrt(12.5 * 1.25));
    assert_true(isnan(neap_forecast_state(f).trend));
    neap_forecast_free(f);
}

static void trend_is_carried_on(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_TREND, 0, 0.5, 0.5, 0, 1);
    push(f, 3, (const double[]){10, 12, 15});
    NEAR(neap_forecast_state(f).level, 14.5);
    NEAR(neap_forecast_state(f).trend, 2.25);
    NEAR(neap_forecast_at(f, 2), 19);
    neap_forecast_free(f);
}

static void damped_trend_levels_off(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_TREND, 0, 0.5, 0.5, 0, 0.5);
    push(f, 3, (const double[]){10, 12, 15}); /* 13 expected, level 14, trend 1.5 */
    NEAR(neap_forecast_state(f).level, 14);
    NEAR(neap_forecast_state(f).trend, 1.5);
    NEAR(neap_forecast_at(f, 1), 14.75);
    NEAR(neap_forecast_at(f, 2), 15.125);
    NEAR(neap_forecast_at(f, 1000), 15.5);
    neap_forecast_free(f);
}

static void seasons_begin_with_a_line_and_what_differs_from_it(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_HOLT_WINTERS, 2, 1, 0, 0, 1);
    push(f, 3, (const double[]){11, 15, 15});
    assert_false(neap_forecast_ready(f));
    assert_true(isnan(neap_forecast_at(f, 1)));
    neap_forecast_push(f, 19);
    assert_true(neap_forecast_ready(f));
    /* moving averages 14 and 16 */
    NEAR(neap_forecast_state(f).start_level, 12);
    NEAR(neap_forecast_state(f).start_trend, 2);
    NEAR(neap_forecast_start_season(f, 0), -1);
    NEAR(neap_forecast_start_season(f, 1), 1);
    /* the first of the second season is 2 off, then all is right: 18, trend 2 */
    NEAR(neap_forecast_state(f).squared_errors, 4);
    NEAR(neap_forecast_at(f, 1), 19);
    NEAR(neap_forecast_at(f, 2), 23);
    NEAR(neap_forecast_at(f, 3), 23);
    neap_forecast_free(f);
}

static void odd_seasons_have_a_middle(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_HOLT_WINTERS, 3, 0.3, 0.1, 0.4, 0.9);
    push(f, 7, (const double[]){9, 10, 11, 9, 10, 11, 9});
    NEAR(neap_forecast_state(f).start_level, 10);
    NEAR(neap_forecast_state(f).start_trend, 0);
    NEAR(neap_forecast_at(f, 1), 10);
    NEAR(neap_forecast_at(f, 2), 11);
    NEAR(neap_forecast_at(f, 3), 9);
    NEAR(neap_forecast_deviation(f, 5), 0);
    neap_forecast_free(f);
}

static void season_learns_by_its_share(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_HOLT_WINTERS, 2, 0, 0, 0.5, 1);
    push(f, 4, (const double[]){10, 10, 10, 10});
    neap_forecast_push(f, 14); /* the level stays 10: the season of it becomes 2 */
    NEAR(neap_forecast_at(f, 1), 10);
    NEAR(neap_forecast_at(f, 2), 12);
    neap_forecast_free(f);
}

static void reset_forgets(void **unused)
{
    (void)unused;
    struct neap_forecast *f = make(NEAP_FORECAST_HOLT_WINTERS, 2, 0.5, 0.5, 0.5, 1);
    static const double value[] = {3, 8, 4, 9, 2, 7};
    push(f, 6, value);
    double before = neap_forecast_at(f, 3), deviation = neap_forecast_deviation(f, 3);
    push(f, 2, (const double[]){100, 1});
    neap_forecast_reset(f);
    assert_int_equal(neap_forecast_count(f), 0);
    assert_true(isnan(neap_forecast_at(f, 1)));
    assert_true(isnan(neap_forecast_deviation(f, 1)));
    push(f, 6, value);
    assert_true(neap_forecast_at(f, 3) == before);
    assert_true(neap_forecast_deviation(f, 3) == deviation);
    neap_forecast_free(f);
}

static void bad_options_are_refused(void **unused)
{
    (void)unused;
    struct neap_forecast_options options;
    struct neap_forecast *f = NULL;
    struct neap_error error = {0};
    neap_forecast_options_init(&options, NEAP_FORECAST_HOLT_WINTERS, 1);
    assert_int_equal(neap_forecast_new(&f, &options, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "season: found 1"));
    options.season = 24;
    options.damping_share = 1.5;
    assert_int_equal(neap_forecast_new(&f, &options, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "damping_share: found 1.5"));
    assert_null(f);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naive_repeats_the_last_season),
        cmocka_unit_test(level_follows_by_its_share),
        cmocka_unit_test(trend_is_carried_on),
        cmocka_unit_test(damped_trend_levels_off),
        cmocka_unit_test(seasons_begin_with_a_line_and_what_differs_from_it),
        cmocka_unit_test(odd_seasons_have_a_middle),
        cmocka_unit_test(season_learns_by_its_share),
        cmocka_unit_test(reset_forgets),
        cmocka_unit_test(bad_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

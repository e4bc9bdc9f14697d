/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conformance of forecasts: seasonal naive, and exponential smoothing whose shares the row gives.
 * The series are not in the table but in series_forecast.csv beside it (columns series, index,
 * frequency, value). They are of others and do not ship; without them the rows are skipped. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <neap/forecast.h>

#include "base/text.h"
#include "scenario/file.h"
#include "study/selftest_statistics.h"

/* --- what a row asks for -------------------------------------------------------------------------- */

static bool plan(struct neap_forecast_options *options, const struct neapi_row *row)
{
    static const struct {
        const char *name;
        enum neap_forecast_method method;
    } known[] = {{"SeasonalNaive", NEAP_FORECAST_SEASONAL_NAIVE},
                 {"SES", NEAP_FORECAST_LEVEL},
                 {"Holt", NEAP_FORECAST_TREND},
                 {"HoltWinters", NEAP_FORECAST_HOLT_WINTERS}};
    const char *inputs = neapi_row_text(row, "params");
    if (strstr(inputs, "multiplicative") != NULL)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!neapi_row_is(row, "method", known[i].name))
            continue;
        neap_forecast_options_init(options, known[i].method, 0);
        options->damping_share = 1;
        bool given = neapi_inputs_number(&options->level_share, inputs, "alpha");
        if (known[i].method >= NEAP_FORECAST_TREND)
            given = given && neapi_inputs_number(&options->trend_share, inputs, "beta");
        if (known[i].method == NEAP_FORECAST_HOLT_WINTERS)
            given = given && neapi_inputs_number(&options->season_share, inputs, "gamma");
        return given || known[i].method == NEAP_FORECAST_SEASONAL_NAIVE;
    }
    return false;
}

static bool quantity(double *value, const struct neapi_row *row,
                     const struct neap_forecast *forecast)
{
    struct neap_forecast_state state = neap_forecast_state(forecast);
    size_t index = (size_t)neapi_row_integer(row, "index", 0);
    double ahead = neap_forecast_at(forecast, index);
    double deviation = neap_forecast_deviation(forecast, index);
    const struct {
        const char *name;
        double value;
    } known[] = {{"SSE", state.squared_errors},
                 {"level_final", state.level},
                 {"trend_final", state.trend},
                 {"l_start", state.start_level},
                 {"b_start", state.start_trend},
                 {"s_start", neap_forecast_start_season(forecast, index - 1)},
                 {"forecast", ahead},
                 {"pi80_upper", ahead + gsl_cdf_ugaussian_Pinv(0.9) * deviation},
                 {"pi95_upper", ahead + gsl_cdf_ugaussian_Pinv(0.975) * deviation},
                 {"pi95_lower", ahead - gsl_cdf_ugaussian_Pinv(0.975) * deviation}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (neapi_row_is(row, "quantity", known[i].name)) {
            *value = known[i].value;
            return true;
        }
    return false;
}

/* --- its series ----------------------------------------------------------------------------------- */

static bool of_series(const struct neapi_row *row, const char *name)
{
    return neapi_row_is(row, "series", name);
}

static struct neap_forecast *begin(const struct neapi_row *first,
                                   const struct neap_forecast_options *options)
{
    struct neap_forecast_options own = *options;
    struct neap_forecast *forecast = NULL;
    own.season = (size_t)neapi_row_integer(first, "frequency", 0);
    return neap_forecast_new(&forecast, &own, NULL) == NEAP_OK ? forecast : NULL;
}

/* The forecast after all of the series; NULL when there is no such series. */
static struct neap_forecast *follow(const struct neap_table *series, const char *name,
                                    const struct neap_forecast_options *options)
{
    struct neap_forecast *forecast = NULL;
    for (size_t i = 0; i < neap_table_rows(series); i++) {
        struct neapi_row at = {.table = series, .index = i};
        double value;
        if (!of_series(&at, name) || !neapi_row_number(&at, "value", &value))
            continue;
        if (forecast == NULL && (forecast = begin(&at, options)) == NULL)
            return NULL;
        neap_forecast_push(forecast, value);
    }
    return forecast;
}

static struct neap_table *read_series(const struct neapi_row *row)
{
    struct neap_table *series = NULL;
    char *path = neapi_path_join(row->directory, "series_forecast.csv");
    if (path != NULL && neap_table_read_csv(&series, path, NULL) != NEAP_OK)
        series = NULL;
    free(path);
    return series;
}

static enum neapi_outcome check(const struct neapi_row *row, char *why, size_t size)
{
    struct neap_forecast_options options;
    double value = (double)NAN, expected;
    if (!plan(&options, row) || !neapi_row_number(row, "value", &expected))
        return neapi_skip(why, size, "a method that is not there yet");
    struct neap_table *series = read_series(row);
    if (series == NULL)
        return neapi_skip(why, size, "series_forecast.csv is not beside the table");
    struct neap_forecast *forecast = follow(series, neapi_row_text(row, "series"), &options);
    bool known = forecast != NULL && quantity(&value, row, forecast);
    neap_forecast_free(forecast);
    neap_table_free(series);
    if (!known)
        return neapi_skip(why, size, "a series or a quantity that is not known");
    double tolerance = neapi_row_double(row, "rel_tol", 1e-9);
    if (neapi_close(value, expected, tolerance))
        return NEAPI_PASSED;
    neapi_print(why, size, "%s of %s is %.15g, expected %.15g", neapi_row_text(row, "quantity"),
                neapi_row_text(row, "case_id"), value, expected);
    return NEAPI_FAILED;
}

const struct neapi_conformance neapi_conformance_forecast[] = {{"oracle_forecast.csv", check},
                                                               {NULL, NULL}};

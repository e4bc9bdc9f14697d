/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Seasonal naive and exponential smoothing, one observation at a time. Sources: Holt 1957; Winters
 * 1960; Gardner and McKenzie 1985 (damped trend); Hyndman, Koehler, Ord and Snyder 2008. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "forecast/impl.h"

/* --- making one ----------------------------------------------------------------------------------- */

void neap_forecast_options_init(struct neap_forecast_options *options,
                                enum neap_forecast_method method, size_t season)
{
    *options = (struct neap_forecast_options){.method = method,
                                              .season = season,
                                              .level_share = 0.2,
                                              .trend_share = 0.05,
                                              .season_share = 0.3,
                                              .damping_share = 0.98};
}

static bool has_season(const struct neap_forecast_options *options)
{
    return options->method == NEAP_FORECAST_SEASONAL_NAIVE ||
           options->method == NEAP_FORECAST_HOLT_WINTERS;
}

static enum neap_status check(const struct neap_forecast_options *options, struct neap_error *error)
{
    const struct {
        const char *name;
        double value;
    } share[] = {{"level_share", options->level_share},
                 {"trend_share", options->trend_share},
                 {"season_share", options->season_share},
                 {"damping_share", options->damping_share}};
    for (size_t i = 0; i < sizeof share / sizeof share[0]; i++)
        if (!(share[i].value >= 0 && share[i].value <= 1))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "%s: found %g, expected 0 to 1: begin with "
                              "neap_forecast_options_init()",
                              share[i].name, share[i].value);
    if (has_season(options) && (options->season < 2 || options->season > NEAP_FORECAST_SEASON_MOST))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "season: found %zu observations, expected 2 to %d: choose a longer step "
                          "or a method without a season",
                          options->season, (int)NEAP_FORECAST_SEASON_MOST);
    return NEAP_OK;
}

static bool allocate(struct neap_forecast *f)
{
    size_t season = f->options.season;
    f->season = neapi_allocate(season, sizeof *f->season);
    if (f->options.method == NEAP_FORECAST_SEASONAL_NAIVE)
        return f->season != NULL;
    f->start_season = neapi_allocate(season, sizeof *f->start_season);
    f->first = neapi_allocate(2 * season, sizeof *f->first);
    return f->season != NULL && f->start_season != NULL && f->first != NULL;
}

enum neap_status neap_forecast_new(struct neap_forecast **forecast,
                                   const struct neap_forecast_options *options,
                                   struct neap_error *error)
{
    enum neap_status status = check(options, error);
    if (status != NEAP_OK)
        return status;
    struct neap_forecast *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "a forecast");
    made->options = *options;
    if (has_season(options) && !allocate(made)) {
        neap_forecast_free(made);
        return neapi_no_memory(error, "the seasons of a forecast");
    }
    *forecast = made;
    return NEAP_OK;
}

void neap_forecast_free(struct neap_forecast *f)
{
    if (f == NULL)
        return;
    free(f->season);
    free(f->start_season);
    free(f->first);
    free(f);
}

void neap_forecast_reset(struct neap_forecast *f)
{
    f->count = f->errors = 0;
    f->level = f->trend = f->start_level = f->start_trend = 0;
    f->squared_errors = f->mean_error = f->spread = 0;
}

/* --- observations --------------------------------------------------------------------------------- */

static void count_error(struct neap_forecast *f, double error)
{
    double from_mean = error - f->mean_error;
    f->errors++;
    f->squared_errors += error * error;
    f->mean_error += from_mean / (double)f->errors;
    f->spread += from_mean * (error - f->mean_error);
}

static void smooth(struct neap_forecast *f, double value, double *season)
{
    const struct neap_forecast_options *o = &f->options;
    double level = f->level, trend = o->damping_share * f->trend, s = season == NULL ? 0 : *season;
    count_error(f, value - (level + trend + s));
    f->level = o->level_share * (value - s) + (1 - o->level_share) * (level + trend);
    if (o->method != NEAP_FORECAST_LEVEL)
        f->trend = o->trend_share * (f->level - level) + (1 - o->trend_share) * trend;
    if (season != NULL)
        *season = o->season_share * (value - f->level) + (1 - o->season_share) * s;
}

static void begin(struct neap_forecast *f, double level, double trend)
{
    f->level = f->start_level = level;
    f->trend = f->start_trend = trend;
}

static void push_naive(struct neap_forecast *f, double value)
{
    double *season = &f->season[f->count % f->options.season];
    if (f->count >= f->options.season)
        count_error(f, value - *season);
    *season = value;
}

static void push_trend(struct neap_forecast *f, double value)
{
    if (f->count == 1)
        begin(f, value, value - f->level);
    else if (f->count == 0)
        f->level = value;
    else
        smooth(f, value, NULL);
}

/* When two seasons are there, the second is gone through again with what both begin with. */
static void push_seasonal(struct neap_forecast *f, double value)
{
    size_t season = f->options.season;
    if (f->count >= 2 * season) {
        smooth(f, value, &f->season[f->count % season]);
        return;
    }
    f->first[f->count] = value;
    if (f->count + 1 < 2 * season)
        return;
    neapi_forecast_start(f);
    begin(f, f->start_level, f->start_trend);
    memcpy(f->season, f->start_season, season * sizeof *f->season);
    for (size_t i = season; i < 2 * season; i++)
        smooth(f, f->first[i], &f->season[i - season]);
}

void neap_forecast_push(struct neap_forecast *f, double value)
{
    switch (f->options.method) {
    case NEAP_FORECAST_SEASONAL_NAIVE:
        push_naive(f, value);
        break;
    case NEAP_FORECAST_LEVEL:
        if (f->count == 0)
            begin(f, value, 0);
        else
            smooth(f, value, NULL);
        break;
    case NEAP_FORECAST_TREND:
        push_trend(f, value);
        break;
    case NEAP_FORECAST_HOLT_WINTERS:
        push_seasonal(f, value);
        break;
    }
    f->count++;
}

size_t neap_forecast_count(const struct neap_forecast *f)
{
    return f->count;
}

bool neap_forecast_ready(const struct neap_forecast *f)
{
    switch (f->options.method) {
    case NEAP_FORECAST_SEASONAL_NAIVE:
        return f->count >= f->options.season;
    case NEAP_FORECAST_LEVEL:
        return f->count >= 1;
    case NEAP_FORECAST_TREND:
        return f->count >= 2;
    case NEAP_FORECAST_HOLT_WINTERS:
        return f->count >= 2 * f->options.season;
    }
    return false;
}

/* --- what comes next ------------------------------------------------------------------------------ */

/* damping + damping^2 + .. + damping^step */
static double trend_steps(double damping, size_t step)
{
    if (damping >= 1)
        return (double)step;
    return damping * (1 - pow(damping, (double)step)) / (1 - damping);
}

double neap_forecast_at(const struct neap_forecast *f, size_t step)
{
    if (!neap_forecast_ready(f) || step < 1)
        return (double)NAN;
    double season = 0;
    if (f->season != NULL)
        season = f->season[(f->count + step - 1) % f->options.season];
    if (f->options.method == NEAP_FORECAST_SEASONAL_NAIVE)
        return season;
    return f->level + trend_steps(f->options.damping_share, step) * f->trend + season;
}

/* How much of an error is left in the forecast that many steps later. */
static double echo(const struct neap_forecast_options *o, size_t steps)
{
    double left = o->level_share;
    if (o->method != NEAP_FORECAST_LEVEL)
        left *= 1 + o->trend_share * trend_steps(o->damping_share, steps);
    if (o->method == NEAP_FORECAST_HOLT_WINTERS && steps % o->season == 0)
        left += o->season_share * (1 - o->level_share);
    return left;
}

double neap_forecast_deviation(const struct neap_forecast *f, size_t step)
{
    if (f->errors < 2 || step < 1)
        return (double)NAN;
    if (f->options.method == NEAP_FORECAST_SEASONAL_NAIVE) {
        double seasons = (double)((step - 1) / f->options.season + 1);
        return sqrt(f->squared_errors / (double)f->errors * seasons);
    }
    double variance = 1;
    for (size_t j = 1; j < step; j++)
        variance += echo(&f->options, j) * echo(&f->options, j);
    return sqrt(f->spread / (double)(f->errors - 1) * variance);
}

struct neap_forecast_state neap_forecast_state(const struct neap_forecast *f)
{
    enum neap_forecast_method method = f->options.method;
    bool level = method != NEAP_FORECAST_SEASONAL_NAIVE && neap_forecast_ready(f);
    bool trend = level && method != NEAP_FORECAST_LEVEL;
    return (struct neap_forecast_state){.level = level ? f->level : (double)NAN,
                                        .trend = trend ? f->trend : (double)NAN,
                                        .start_level = level ? f->start_level : (double)NAN,
                                        .start_trend = trend ? f->start_trend : (double)NAN,
                                        .errors = f->errors,
                                        .squared_errors = f->squared_errors};
}

double neap_forecast_start_season(const struct neap_forecast *f, size_t index)
{
    bool known = f->start_season != NULL && neap_forecast_ready(f) && index < f->options.season;
    return known ? f->start_season[index] : (double)NAN;
}

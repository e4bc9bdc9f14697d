/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * forecast: what comes next in a series, from its level, trend and season. One observation after
 * the other; nothing is kept but what the method needs, so that a policy can do it as it runs. */
#ifndef NEAP_FORECAST_H
#define NEAP_FORECAST_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

enum neap_forecast_method {
    NEAP_FORECAST_SEASONAL_NAIVE, /* as one season ago */
    NEAP_FORECAST_LEVEL,          /* simple exponential smoothing: no trend, no season */
    NEAP_FORECAST_TREND,          /* Holt: level and trend */
    NEAP_FORECAST_HOLT_WINTERS    /* level, trend and additive season */
};

/* How many observations a season may have. */
enum { NEAP_FORECAST_SEASON_MOST = 1000000 };

/* With y the observation, l level, b trend, s the season of one season ago, f the damping:
 *
 *     l' = level x (y - s) + (1 - level) x (l + f b)
 *     b' = trend x (l' - l) + (1 - trend) x f b
 *     s' = season x (y - l') + (1 - season) x s
 *
 * (Holt 1957, Winters 1960; damped trend: Gardner and McKenzie 1985). h steps ahead:
 * l + (f + f^2 + .. + f^h) b + s. */
struct neap_forecast_options {
    enum neap_forecast_method method;
    size_t season;        /* observations of a season, 2 .. NEAP_FORECAST_SEASON_MOST; not looked at
                           * by the methods without one */
    double level_share;   /* 0..1, how much of what is new the level takes up */
    double trend_share;   /* 0..1 */
    double season_share;  /* 0..1 */
    double damping_share; /* 0..1, what is left of the trend from one step to the next; 1 = all */
};

/* A method with shares 0.2, 0.05, 0.3 and damping 0.98. */
NEAP_API void neap_forecast_options_init(struct neap_forecast_options *options,
                                         enum neap_forecast_method method, size_t season);

/* Opaque; one series. */
struct neap_forecast;

/* Allocates all that it will ever need. Options outside their range are NEAP_BAD_ARGUMENT. Free
 * with neap_forecast_free(). */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_forecast_new(struct neap_forecast **forecast, const struct neap_forecast_options *options,
                  struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_forecast_free(struct neap_forecast *forecast);
/* Forgets the series. */
NEAP_API void neap_forecast_reset(struct neap_forecast *forecast);

/* The next observation of the series, finite. Start values are those of R's HoltWinters(): the
 * level from the first observation; with a trend from the first two; with a season from the first
 * two seasons, level and trend by a line through their moving average, the season by the means of
 * what is left, and then everything after the first season counts again. */
NEAP_API void neap_forecast_push(struct neap_forecast *forecast, double value);
/* How many there were. */
NEAP_API size_t neap_forecast_count(const struct neap_forecast *forecast);
/* Whether there were enough to say anything: one season, one, two, or two seasons of them. */
NEAP_API bool neap_forecast_ready(const struct neap_forecast *forecast);

/* What is expected step >= 1 observations after the last; NaN before it is ready. */
NEAP_API double neap_forecast_at(const struct neap_forecast *forecast, size_t step);
/* Standard deviation of that forecast's error, from the errors one step ahead so far; NaN before
 * there are two of those. Exact for the seasonal naive method when the series is a random walk from
 * season to season (divisor: all errors, about 0), for the others by the state-space form of
 * Hyndman, Koehler, Ord and Snyder 2008 (variance about the errors' mean). Takes time in proportion
 * to step. */
NEAP_API double neap_forecast_deviation(const struct neap_forecast *forecast, size_t step);

/* Where the method stands. */
struct neap_forecast_state {
    double level, trend;             /* NaN where the method has none */
    double start_level, start_trend; /* what it began with */
    size_t errors;                   /* how many forecasts one step ahead were put to the test */
    double squared_errors;           /* their sum of squares */
};
NEAP_API struct neap_forecast_state neap_forecast_state(const struct neap_forecast *forecast);
/* The season that the method began with, index 0 .. season - 1; NaN when it has none (yet). */
NEAP_API double neap_forecast_start_season(const struct neap_forecast *forecast, size_t index);

NEAP_END_DECLS

#endif

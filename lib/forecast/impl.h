/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One series: forecast.c keeps it, start.c finds what the seasons begin with. */
#ifndef NEAP_FORECAST_IMPL_H
#define NEAP_FORECAST_IMPL_H

#include <neap/forecast.h>

struct neap_forecast {
    struct neap_forecast_options options;
    size_t count;        /* observations */
    double level, trend; /* trend 0 for methods without one */
    double start_level, start_trend;
    size_t errors;
    double squared_errors, mean_error, spread; /* spread: sum of squares about the mean */
    double *season;       /* by observation modulo season: the last one of each; of the seasonal
                           * naive method the observations themselves */
    double *start_season; /* Holt-Winters only */
    double *first;        /* Holt-Winters only: the first two seasons */
};

/* Level, trend and season to begin with from forecast->first, all of it filled. */
void neapi_forecast_start(struct neap_forecast *forecast);

#endif

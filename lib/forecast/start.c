/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a Holt-Winters recursion begins with, from two seasons: a centred moving average over one
 * season is free of the season, and a line through it is level and trend; what observations differ
 * from it, averaged by season and centred, is the season. The rule of R's HoltWinters(). */
#include "forecast/impl.h"

/* Mean of the season around observation index. An even season has no middle: its two ends count
 * half each. */
static double moving_average(const double *value, size_t index, size_t season)
{
    size_t half = season / 2;
    double sum = 0;
    if (season % 2 == 0) {
        for (size_t i = index - half + 1; i < index + half; i++)
            sum += value[i];
        sum += (value[index - half] + value[index + half]) / 2;
    } else {
        for (size_t i = index - half; i <= index + half; i++)
            sum += value[i];
    }
    return sum / (double)season;
}

/* Least squares of the average against 1, 2 .., over observations from .. to - 1. */
static void fit_line(struct neap_forecast *f, size_t from, size_t to)
{
    double n = (double)(to - from), middle = (n + 1) / 2, mean = 0, along = 0, square = 0;
    for (size_t i = from; i < to; i++)
        mean += moving_average(f->first, i, f->options.season) / n;
    for (size_t i = from; i < to; i++) {
        double x = (double)(i - from + 1) - middle;
        along += x * (moving_average(f->first, i, f->options.season) - mean);
        square += x * x;
    }
    f->start_trend = square > 0 ? along / square : 0;
    f->start_level = mean - f->start_trend * middle;
}

static void find_season(struct neap_forecast *f, size_t from, size_t to)
{
    size_t season = f->options.season;
    double mean = 0;
    for (size_t phase = 0; phase < season; phase++) {
        double sum = 0, count = 0;
        for (size_t i = phase; i < to; i += season)
            if (i >= from) {
                sum += f->first[i] - moving_average(f->first, i, season);
                count++;
            }
        f->start_season[phase] = sum / count;
        mean += sum / count / (double)season;
    }
    for (size_t phase = 0; phase < season; phase++)
        f->start_season[phase] -= mean;
}

void neapi_forecast_start(struct neap_forecast *f)
{
    size_t from = f->options.season / 2, to = 2 * f->options.season - f->options.season / 2;
    fit_line(f, from, to);
    find_season(f, from, to);
}

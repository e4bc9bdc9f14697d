/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From readings at odd times to a series with a step, and from its forecast to the load ahead. */
#include <math.h>

#include "autoscaler/ahead.h"

void neapi_ahead_reset(struct neapi_ahead *ahead)
{
    neap_forecast_reset(ahead->forecast);
    ahead->index = 0;
    ahead->started = false;
    ahead->sum = ahead->count = 0;
    ahead->last = (double)NAN;
}

static int64_t step_of(const struct neapi_ahead *ahead, int64_t time_ns)
{
    int64_t index = time_ns / ahead->step_ns;
    return index - (time_ns % ahead->step_ns < 0);
}

/* Ends the step that is being read. */
static void end_step(struct neapi_ahead *ahead)
{
    double mean = ahead->last;
    if (ahead->count > 0)
        mean = ahead->last = ahead->sum / ahead->count;
    else if (neap_forecast_ready(ahead->forecast))
        mean = neap_forecast_at(ahead->forecast, 1);
    if (!isnan(mean))
        neap_forecast_push(ahead->forecast, mean);
    ahead->sum = ahead->count = 0;
    ahead->index++;
}

void neapi_ahead_read(struct neapi_ahead *ahead, int64_t now_ns, double load)
{
    int64_t index = step_of(ahead, now_ns);
    if (ahead->started && index - ahead->index > (int64_t)ahead->season)
        neapi_ahead_reset(ahead);
    if (!ahead->started)
        ahead->index = index;
    ahead->started = true;
    while (ahead->index < index)
        end_step(ahead);
    if (isnan(load))
        return;
    ahead->sum += load;
    ahead->count++;
}

double neapi_ahead_most(const struct neapi_ahead *ahead, int64_t until_ns)
{
    /* the step being read is one ahead of the last one that the forecast knows */
    int64_t steps = step_of(ahead, until_ns) - ahead->index;
    double most = (double)NAN;
    for (int64_t i = 0; i <= steps; i++)
        most = fmax(most, neap_forecast_at(ahead->forecast, (size_t)i + 1));
    return most;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A load that is read now and then, as a series of means over steps, and what it will be. */
#ifndef NEAP_AUTOSCALER_AHEAD_H
#define NEAP_AUTOSCALER_AHEAD_H

#include <neap/forecast.h>

struct neapi_ahead {
    struct neap_forecast *forecast;
    int64_t step_ns;
    size_t season; /* steps of a season */
    int64_t index; /* the step that is being read: its time / step_ns */
    bool started;
    double sum, count; /* of readings in it */
    double last;       /* mean of the last step that had any, NaN before */
};

/* Forgets all readings. */
void neapi_ahead_reset(struct neapi_ahead *ahead);

/* The load read at that time; NaN is none. Times do not go back. Steps without a reading are
 * filled by the forecast, or the last mean before there is one; a whole season of them begins
 * anew. */
void neapi_ahead_read(struct neapi_ahead *ahead, int64_t now_ns, double load);

/* The highest mean expected of a step, from the one of the last reading to the one that until_ns
 * lies in; NaN when there is no forecast yet. */
double neapi_ahead_most(const struct neapi_ahead *ahead, int64_t until_ns);

#endif

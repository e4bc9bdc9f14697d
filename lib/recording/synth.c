/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Synthetic traffic: whole counts around the expected ones. */
#include <math.h>
#include <stdlib.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "recording/impl.h"
#include "recording/synth.h"

/* What the recording's reader takes for a value, too. */
static const double count_most = 1e15;

/* Where counts come from: below a dispersion of 1 a part of the mean has no noise at all, and is
 * rounded so that what rounding took or gave is made up for by the next one. */
struct counter {
    struct neap_stream stream;
    double noise;
    double carried;
};

static double draw(struct counter *counter, size_t interval, double mean)
{
    double steady = counter->noise < 1 ? (1 - counter->noise) * mean : 0;
    double whole = floor(steady + counter->carried + 0.5);
    counter->carried += steady - whole;
    return whole + neap_stream_count(&counter->stream, interval, mean - steady, counter->noise);
}

static enum neap_status fill(double *requests, struct neapi_synth_plan *plan,
                             struct neap_error *error)
{
    struct counter counter = {.noise = plan->options->noise};
    neap_stream_init(&counter.stream, (uint64_t)plan->options->seed, 0, NEAPI_STREAM_SYNTH_COUNT);
    for (size_t i = 0; i < plan->count; i++) {
        double expected = neapi_synth_expected(plan, i);
        if (!(expected <= count_most))
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "synth.mean_rate: found %g/s, which with growth and factors makes "
                              "%g requests in an interval, expected at most %g",
                              plan->options->mean_rate, expected, count_most);
        requests[i] = draw(&counter, i, expected);
    }
    return NEAP_OK;
}

static void describe(struct neap_recording *recording, const struct neapi_synth_plan *plan)
{
    const struct neap_synth_options *options = plan->options;
    char start[NEAP_TIME_SIZE], length[32], step[32];
    neap_time_format(start, sizeof start, plan->start_ns);
    neap_quantity_format(length, sizeof length, (double)plan->count * ((double)plan->step_ns / 1e9),
                         NEAP_SECONDS);
    neap_quantity_format(step, sizeof step, options->step_s, NEAP_SECONDS);
    neapi_print(recording->description, sizeof recording->description,
                "synthetic traffic: %s from %s in steps of %s, mean %g/s, busiest at %02d:%02d, "
                "seed %.0f",
                length, start, step, options->mean_rate, (int)options->peak_hour_s / 3600,
                (int)options->peak_hour_s / 60 % 60, options->seed);
}

static enum neap_status make(struct neap_recording **recording, struct neapi_synth_plan *plan,
                             struct neap_error *error)
{
    struct neap_recording *new = NULL;
    double *requests = neapi_allocate(plan->count, sizeof *requests);
    if (requests == NULL)
        return neapi_no_memory(error, "synthetic traffic");
    enum neap_status status = neapi_synth_prepare(plan, error);
    if (status == NEAP_OK)
        status = fill(requests, plan, error);
    if (status == NEAP_OK)
        status = neap_recording_from_array(&new, plan->start_ns, plan->step_ns, requests,
                                           plan->count, error);
    free(requests);
    if (status != NEAP_OK)
        return status;
    describe(new, plan);
    *recording = new;
    return NEAP_OK;
}

enum neap_status neap_recording_synth(struct neap_recording **recording,
                                      const struct neap_synth_options *options,
                                      const struct neap_zone *zone,
                                      const struct neap_holidays *holidays,
                                      struct neap_error *error)
{
    struct neapi_synth_plan plan = {.options = options, .zone = zone, .holidays = holidays};
    enum neap_status status = neapi_synth_check(&plan, error);
    if (status == NEAP_OK)
        status = make(recording, &plan, error);
    neapi_synth_free(&plan);
    return status;
}

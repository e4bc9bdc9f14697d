/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The expected rate of synthetic traffic: a product of what the clock and the calendar say and of
 * slow random factors, see struct neap_synth_options. An interval's count is the integral of the
 * rate, by the midpoint rule over pieces of at most a minute; bursts and outages count by the part
 * of a piece that they cover. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"
#include "recording/synth.h"

enum { BURSTS_AN_HOUR_MOST = 255 };
static const int64_t minute_ns = INT64_C(60000000000);
static const int64_t hour_ns = INT64_C(3600000000000);
static const double day_s = 86400, week_s = 604800;
static const double bell_s = 3600; /* deviation of the second peak */

/* --- stretches of time --------------------------------------------------------------------------- */

bool neapi_spans_add(struct neapi_spans *spans, int64_t start_ns, int64_t end_ns)
{
    if (end_ns <= start_ns)
        return true;
    if (spans->count > 0 && start_ns <= spans->span[spans->count - 1].end_ns) {
        struct neapi_span *last = &spans->span[spans->count - 1];
        last->end_ns = end_ns > last->end_ns ? end_ns : last->end_ns;
        return true;
    }
    if (!neapi_grow(&spans->span, &spans->capacity, spans->count + 1, sizeof *spans->span))
        return false;
    spans->span[spans->count++] = (struct neapi_span){start_ns, end_ns};
    return true;
}

/* The part of [start, end) that is covered, 0..1. */
static double covered(struct neapi_spans *spans, int64_t start_ns, int64_t end_ns)
{
    double sum_ns = 0;
    while (spans->next < spans->count && spans->span[spans->next].end_ns <= start_ns)
        spans->next++;
    for (size_t i = spans->next; i < spans->count && spans->span[i].start_ns < end_ns; i++) {
        struct neapi_span span = spans->span[i];
        int64_t from_ns = span.start_ns > start_ns ? span.start_ns : start_ns;
        int64_t to_ns = span.end_ns < end_ns ? span.end_ns : end_ns;
        sum_ns += (double)(to_ns - from_ns);
    }
    return sum_ns / (double)(end_ns - start_ns);
}

/* --- what clock and calendar say --------------------------------------------------------------- */

/* Mean 1 over a day but for the second peak. */
static double day_shape(const struct neap_synth_options *options, double clock_s)
{
    double turn = 2 * M_PI * (clock_s - options->peak_hour_s) / day_s;
    double away_s = fabs(clock_s - options->second_peak_hour_s);
    away_s = away_s > day_s / 2 ? day_s - away_s : away_s;
    double bell = exp(-0.5 * (away_s / bell_s) * (away_s / bell_s));
    return 1 + options->daily_swing_share * cos(turn) + options->second_peak_share * bell;
}

/* Day, week and growth. */
static double regular(const struct neapi_synth_plan *plan, int64_t time_ns)
{
    struct neap_civil civil = neap_civil_from_time(time_ns, plan->zone);
    double clock_s = civil.hour * 3600 + civil.minute * 60 + civil.second + civil.nanosecond / 1e9;
    double weeks = (double)(time_ns - plan->start_ns) / 1e9 / week_s;
    double growth = plan->growth_log == 0 ? 1 : exp(plan->growth_log * weeks);
    return day_shape(plan->options, clock_s) * plan->day_factor[civil.weekday] * growth;
}

/* So that the first week has the mean rate that was asked for. */
static enum neap_status find_scale(struct neapi_synth_plan *plan, struct neap_error *error)
{
    enum { PIECES = 7 * 24 * 12 };
    double sum = 0;
    for (int i = 0; i < PIECES; i++)
        sum += regular(plan, plan->start_ns + (2 * i + 1) * (hour_ns / 24));
    if (!(sum > 0))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "synth.day_factors: found a first week without traffic, expected a "
                          "factor above 0");
    plan->scale = plan->options->mean_rate * PIECES / sum;
    return NEAP_OK;
}

static double holiday_factor(struct neapi_synth_plan *plan, int64_t time_ns)
{
    if (plan->holidays == NULL)
        return 1;
    if (time_ns < plan->day.start_ns || time_ns >= plan->day.end_ns) {
        plan->day.start_ns = neap_period_start(NEAP_DAY, time_ns, plan->zone);
        plan->day.end_ns = neap_period_next(NEAP_DAY, time_ns, plan->zone);
        plan->is_holiday = neap_holidays_has(plan->holidays, time_ns, plan->zone);
    }
    return plan->is_holiday ? plan->options->holiday_share : 1;
}

static double flash_factor(const struct neapi_synth_plan *plan, int64_t time_ns)
{
    const struct neap_synth_options *options = plan->options;
    double sum = 0;
    for (size_t i = 0; i < plan->flashes && plan->flash_ns[i] <= time_ns; i++) {
        double passed_s = ((double)time_ns - (double)plan->flash_ns[i]) / 1e9;
        if (passed_s < options->flash_rise_s)
            sum += passed_s / options->flash_rise_s;
        else
            sum += exp(-(passed_s - options->flash_rise_s) / options->flash_decay_s);
    }
    return 1 + (options->flash_factor - 1) * sum;
}

/* --- what chance says -------------------------------------------------------------------------- */

static size_t hours_of(const struct neapi_synth_plan *plan)
{
    return (size_t)((int64_t)plan->count * plan->step_ns / hour_ns) + 2;
}

static void init_stream(struct neap_stream *stream, const struct neapi_synth_plan *plan,
                        uint64_t purpose)
{
    neap_stream_init(stream, (uint64_t)plan->options->seed, 0, purpose);
}

/* Logarithms of a lognormal factor of mean 1. */
static bool draw_drift(struct neapi_synth_plan *plan)
{
    struct neap_stream stream;
    double cv = plan->options->drift_share;
    size_t hours = hours_of(plan);
    if (cv == 0)
        return true;
    plan->drift_log = neapi_allocate(hours, sizeof *plan->drift_log);
    if (plan->drift_log == NULL)
        return false;
    init_stream(&stream, plan, NEAPI_STREAM_SYNTH_DRIFT);
    double variance = log1p(cv * cv), deviation = sqrt(variance), score = 0;
    double memory = exp(-3600 / plan->options->drift_memory_s);
    for (size_t hour = 0; hour < hours; hour++) {
        double fresh = neap_stream_normal(&stream, hour);
        score = hour == 0 ? fresh : memory * score + sqrt(1 - memory * memory) * fresh;
        plan->drift_log[hour] = deviation * score - variance / 2;
    }
    return true;
}

/* Straight between the hours: steps would look like something that happens on the hour. */
static double drift_factor(const struct neapi_synth_plan *plan, int64_t time_ns)
{
    if (plan->drift_log == NULL)
        return 1;
    int64_t passed_ns = time_ns - plan->start_ns;
    int64_t hour = passed_ns / hour_ns;
    double share = (double)(passed_ns - hour * hour_ns) / (double)hour_ns;
    return exp(plan->drift_log[hour] * (1 - share) + plan->drift_log[hour + 1] * share);
}

static int compare_numbers(const void *a, const void *b)
{
    double p, q;
    memcpy(&p, a, sizeof p);
    memcpy(&q, b, sizeof q);
    return (p > q) - (p < q);
}

/* Bursts begin as a Poisson process, drawn hour by hour. */
static bool draw_bursts(struct neapi_synth_plan *plan)
{
    struct neap_stream counts, starts;
    double at[BURSTS_AN_HOUR_MOST], mean = plan->options->burst_rate * 3600;
    int64_t length_ns = (int64_t)llround(plan->options->burst_length_s * 1e9);
    size_t hours = mean > 0 ? hours_of(plan) : 0;
    init_stream(&counts, plan, NEAPI_STREAM_SYNTH_BURSTS);
    init_stream(&starts, plan, NEAPI_STREAM_SYNTH_BURST_START);
    for (size_t hour = 0; hour < hours; hour++) {
        double drawn = neap_stream_count(&counts, hour, mean, 1);
        size_t count = drawn < BURSTS_AN_HOUR_MOST ? (size_t)drawn : BURSTS_AN_HOUR_MOST;
        neap_stream_uniforms(&starts, hour * BURSTS_AN_HOUR_MOST, at, count);
        qsort(at, count, sizeof *at, compare_numbers);
        for (size_t i = 0; i < count; i++) {
            int64_t start_ns =
                plan->start_ns + (int64_t)hour * hour_ns + (int64_t)(at[i] * (double)hour_ns);
            if (!neapi_spans_add(&plan->bursts, start_ns, start_ns + length_ns))
                return false;
        }
    }
    return true;
}

enum neap_status neapi_synth_prepare(struct neapi_synth_plan *plan, struct neap_error *error)
{
    plan->growth_log = log1p(plan->options->growth_share);
    enum neap_status status = find_scale(plan, error);
    if (status == NEAP_OK && (!draw_drift(plan) || !draw_bursts(plan)))
        status = neapi_no_memory(error, "synthetic traffic");
    return status;
}

/* --- together ---------------------------------------------------------------------------------- */

/* Requests in a piece short enough for its middle to stand for it. */
static double expected_piece(struct neapi_synth_plan *plan, int64_t start_ns, int64_t end_ns)
{
    int64_t middle_ns = start_ns + (end_ns - start_ns) / 2;
    double rate = plan->scale * regular(plan, middle_ns) * holiday_factor(plan, middle_ns) *
                  drift_factor(plan, middle_ns) * flash_factor(plan, middle_ns);
    if (plan->bursts.count > 0)
        rate *= 1 + (plan->options->burst_factor - 1) * covered(&plan->bursts, start_ns, end_ns);
    if (plan->outages.count > 0)
        rate *= 1 - covered(&plan->outages, start_ns, end_ns);
    return rate * ((double)(end_ns - start_ns) / 1e9);
}

double neapi_synth_expected(struct neapi_synth_plan *plan, size_t interval)
{
    int64_t start_ns = plan->start_ns + (int64_t)interval * plan->step_ns;
    int64_t pieces = (plan->step_ns - 1) / minute_ns + 1;
    double sum = 0;
    for (int64_t i = 0; i < pieces; i++)
        sum += expected_piece(plan, start_ns + plan->step_ns * i / pieces,
                              start_ns + plan->step_ns * (i + 1) / pieces);
    return sum;
}

void neapi_synth_free(struct neapi_synth_plan *plan)
{
    free(plan->drift_log);
    free(plan->bursts.span);
    free(plan->outages.span);
}

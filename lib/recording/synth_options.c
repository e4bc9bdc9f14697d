/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of [synth], checked. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/duration.h"
#include "base/fail.h"
#include "base/text.h"
#include "recording/synth.h"

#define FIELD(name) offsetof(struct neap_synth_options, name)

enum { LAST_SECOND = 86399, BURSTS_A_DAY_MOST = 1000, DAYS_MOST = 36600 };

static const struct neap_parameter parameters[] = {
    {"start", NEAP_TEXT, FIELD(start), "2026-03-02", 0, 0, NULL,
     "first instant, in the service's zone"},
    {"days", NEAP_COUNT, FIELD(days), "14", 1, DAYS_MOST, NULL, "civil days to cover"},
    {"end", NEAP_TEXT, FIELD(end), "", 0, 0, NULL,
     "first instant not covered any more; default by days"},
    {"step", NEAP_SECONDS, FIELD(step_s), "60s", 1e-3, 86400, NULL, "length of an interval"},
    {"mean_rate", NEAP_RATE, FIELD(mean_rate), "100/s", 0, 1e9, NULL,
     "requests a second, mean of the first week"},
    {"peak_hour", NEAP_SECONDS, FIELD(peak_hour_s), "20h", 0, LAST_SECOND, NULL,
     "the busiest time of the day, since midnight by the clock"},
    {"daily_swing", NEAP_SHARE, FIELD(daily_swing_share), "60%", 0, 1, NULL,
     "how far the day swings: (peak - trough) / (peak + trough)"},
    {"second_peak", NEAP_SHARE, FIELD(second_peak_share), "0%", 0, 10, NULL,
     "height of a second peak, an hour wide on both sides, as a part of the day's mean"},
    {"second_peak_hour", NEAP_SECONDS, FIELD(second_peak_hour_s), "13h", 0, LAST_SECOND, NULL,
     "when it is, since midnight by the clock"},
    {"weekend", NEAP_SHARE, FIELD(weekend_share), "80%", 0, 100, NULL,
     "traffic of Saturday and Sunday, as a part of a weekday's"},
    {"day_factors", NEAP_TEXT, FIELD(day_factors), "", 0, 0, NULL,
     "seven factors, Monday first, in place of weekend: 100% 98% 97% 99% 110% 85% 80%"},
    {"growth", NEAP_SHARE, FIELD(growth_share), "0%", -0.9, 1, NULL,
     "growth a week, compounding; below 0 it shrinks"},
    {"holiday", NEAP_SHARE, FIELD(holiday_share), "100%", 0, 100, NULL,
     "traffic of a holiday, as a part of what that day would have"},
    {"noise", NEAP_FACTOR, FIELD(noise), "1", 0, 1e6, NULL,
     "variance of counts over their mean: 0 none, 1 Poisson, more is clustered"},
    {"drift", NEAP_SHARE, FIELD(drift_share), "5%", 0, 2, NULL,
     "slow noise of the rate: standard deviation over mean"},
    {"drift_memory", NEAP_SECONDS, FIELD(drift_memory_s), "6h", 60, 31622400, NULL,
     "how slow: the time in which its correlation falls to 37%"},
    {"bursts", NEAP_RATE, FIELD(burst_rate), "0/d", 0, BURSTS_A_DAY_MOST / 86400.0, NULL,
     "how often a burst begins, at random: 4/d"},
    {"burst_factor", NEAP_FACTOR, FIELD(burst_factor), "2", 0, 1000, NULL,
     "what a burst multiplies the rate by"},
    {"burst_length", NEAP_SECONDS, FIELD(burst_length_s), "5m", 1e-3, 604800, NULL,
     "how long a burst lasts"},
    {"flash_at", NEAP_TEXT, FIELD(flash_at), "", 0, 0, NULL,
     "when flash crowds begin: 2026-03-05T20:00, more behind commas"},
    {"flash_factor", NEAP_FACTOR, FIELD(flash_factor), "3", 1, 1000, NULL,
     "rate at the height of a flash crowd over the rate without it"},
    {"flash_rise", NEAP_SECONDS, FIELD(flash_rise_s), "2m", 0, 604800, NULL,
     "time from its beginning to its height"},
    {"flash_decay", NEAP_SECONDS, FIELD(flash_decay_s), "20m", 1e-3, 604800, NULL,
     "time in which it then falls to 37%"},
    {"outage_at", NEAP_TEXT, FIELD(outage_at), "", 0, 0, NULL,
     "when nothing arrives any more: times as in flash_at"},
    {"outage_length", NEAP_SECONDS, FIELD(outage_length_s), "10m", 0, 31622400, NULL,
     "for how long"},
    {"seed", NEAP_COUNT, FIELD(seed), "1", 0, 1e15, NULL, "of its random numbers"},
    {.name = NULL},
};

const struct neap_parameter *neap_synth_parameters(void)
{
    return parameters;
}

void neap_synth_options_init(struct neap_synth_options *options)
{
    neap_parameters_init(parameters, options);
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* A program may have filled the options without their table. */
static enum neap_status check_numbers(const struct neap_synth_options *options,
                                      struct neap_error *error)
{
    for (const struct neap_parameter *row = parameters; row->name != NULL; row++) {
        double value;
        if (row->unit == NEAP_TEXT)
            continue;
        memcpy(&value, (const char *)options + row->offset, sizeof value);
        if (!(value >= row->low && value <= row->high))
            return neapi_fail(error, NEAP_BAD_SCENARIO, "synth.%s: found %g, expected %g to %g",
                              row->name, value, row->low, row->high);
    }
    return NEAP_OK;
}

/* --- words ------------------------------------------------------------------------------------- */

enum { WORD = 64 };

/* The next word of a list separated by blanks or commas, "" at its end. */
static const char *next_word(const char *text, char word[WORD])
{
    text += strspn(text, " \t,");
    size_t length = strcspn(text, " \t,");
    size_t kept = length < WORD ? length : WORD - 1;
    memcpy(word, text, kept);
    word[kept] = '\0';
    return text + length;
}

static enum neap_status bad_factors(const struct neap_synth_options *options,
                                    struct neap_error *error)
{
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "synth.day_factors: found \"%.120s\", expected seven shares from 0%% to "
                      "10000%%, Monday first, such as 100%% 98%% 97%% 99%% 110%% 85%% 80%%",
                      options->day_factors);
}

static enum neap_status read_factors(struct neapi_synth_plan *plan, struct neap_error *error)
{
    const struct neap_synth_options *options = plan->options;
    const char *at = options->day_factors;
    char word[WORD];
    size_t count = 0;
    for (int i = 0; i < NEAPI_SYNTH_DAYS; i++)
        plan->day_factor[i] = i < 5 ? 1 : options->weekend_share;
    if (at[0] == '\0')
        return NEAP_OK;
    for (at = next_word(at, word); word[0] != '\0'; at = next_word(at, word)) {
        double factor;
        if (count == NEAPI_SYNTH_DAYS ||
            neap_quantity_parse(&factor, word, NEAP_SHARE, NULL) != NEAP_OK ||
            !(factor >= 0 && factor <= 100))
            return bad_factors(options, error);
        plan->day_factor[count++] = factor;
    }
    return count == NEAPI_SYNTH_DAYS ? NEAP_OK : bad_factors(options, error);
}

static enum neap_status read_instant(int64_t *time_ns, const char *key, const char *text,
                                     const struct neap_zone *zone, struct neap_error *error)
{
    if (neap_time_parse(time_ns, text, strlen(text), "auto", zone, NULL) == NEAP_OK)
        return NEAP_OK;
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "synth.%s: found \"%.60s\", expected a date, or a time such as "
                      "2026-03-05T20:00 or 2026-03-05T20:00:00Z, without blanks",
                      key, text);
}

static int compare_instants(const void *a, const void *b)
{
    int64_t p, q;
    memcpy(&p, a, sizeof p);
    memcpy(&q, b, sizeof q);
    return (p > q) - (p < q);
}

/* A list of instants, in order of time. */
static enum neap_status read_instants(int64_t *time_ns, size_t *count, const char *key,
                                      const char *text, const struct neap_zone *zone,
                                      struct neap_error *error)
{
    char word[WORD];
    enum neap_status status = NEAP_OK;
    *count = 0;
    for (text = next_word(text, word); word[0] != '\0' && status == NEAP_OK;
         text = next_word(text, word)) {
        if (*count == NEAPI_SYNTH_INSTANTS_MOST)
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "synth.%s: found more than %d times, expected fewer", key,
                              (int)NEAPI_SYNTH_INSTANTS_MOST);
        status = read_instant(&time_ns[*count], key, word, zone, error);
        ++*count;
    }
    qsort(time_ns, *count, sizeof *time_ns, compare_instants);
    return status;
}

static enum neap_status read_outages(struct neapi_synth_plan *plan, struct neap_error *error)
{
    const struct neap_synth_options *options = plan->options;
    int64_t at_ns[NEAPI_SYNTH_INSTANTS_MOST] = {0},
            length_ns = neapi_to_ns(options->outage_length_s);
    size_t count;
    enum neap_status status =
        read_instants(at_ns, &count, "outage_at", options->outage_at, plan->zone, error);
    for (size_t i = 0; i < count && status == NEAP_OK; i++) {
        int64_t end_ns = at_ns[i] > INT64_MAX - length_ns ? INT64_MAX : at_ns[i] + length_ns;
        if (!neapi_spans_add(&plan->outages, at_ns[i], end_ns))
            status = neapi_no_memory(error, "outages");
    }
    return status;
}

/* --- from when to when ------------------------------------------------------------------------- */

/* The same time of the clock that many civil days later. */
static bool add_days(int64_t *end_ns, int64_t start_ns, long days, const struct neap_zone *zone)
{
    struct neap_civil clock = neap_civil_from_time(start_ns, zone);
    int64_t day_ns = start_ns;
    for (long i = 0; i < days; i++) {
        day_ns = neap_period_next(NEAP_DAY, day_ns, zone);
        if (day_ns == INT64_MAX)
            return false;
    }
    struct neap_civil civil = neap_civil_from_time(day_ns, zone);
    civil.hour = clock.hour;
    civil.minute = clock.minute;
    civil.second = clock.second;
    civil.nanosecond = clock.nanosecond;
    return neap_time_from_civil(end_ns, &civil, zone, NULL) == NEAP_OK;
}

/* As long as [synth] days may be: differences of times are computed in 64 bits. */
static enum neap_status check_span(const struct neap_synth_options *options, int64_t start_ns,
                                   int64_t end_ns, struct neap_error *error)
{
    if (end_ns <= start_ns)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "synth.end: found %.60s, expected a time behind synth.start = %.60s",
                          options->end, options->start);
    if (((double)end_ns - (double)start_ns) / 8.64e13 > DAYS_MOST + 1)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "synth.end: found %.60s, expected at most %d days from synth.start = "
                          "%.60s on",
                          options->end, (int)DAYS_MOST, options->start);
    return NEAP_OK;
}

static enum neap_status read_span(struct neapi_synth_plan *plan, struct neap_error *error)
{
    const struct neap_synth_options *options = plan->options;
    int64_t end_ns = 0;
    enum neap_status status =
        read_instant(&plan->start_ns, "start", options->start, plan->zone, error);
    if (status == NEAP_OK && options->end[0] != '\0')
        status = read_instant(&end_ns, "end", options->end, plan->zone, error);
    else if (status == NEAP_OK &&
             !add_days(&end_ns, plan->start_ns, (long)options->days, plan->zone))
        status = neapi_fail(error, NEAP_BAD_SCENARIO,
                            "synth.days: found %g, expected an end before 2262", options->days);
    if (status != NEAP_OK)
        return status;
    plan->step_ns = neapi_to_ns(options->step_s);
    uint64_t length_ns = (uint64_t)end_ns - (uint64_t)plan->start_ns;
    uint64_t count = end_ns <= plan->start_ns ? 0 : length_ns / (uint64_t)plan->step_ns;
    status = check_span(options, plan->start_ns, end_ns, error);
    if (status != NEAP_OK)
        return status;
    if (count == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "synth.step: found %g s, expected at most the %g s to be covered",
                          options->step_s, (double)length_ns / 1e9);
    if (count > NEAP_RECORDING_INTERVALS_MOST)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "synth.step: found %g s, which makes more than %d intervals, expected a "
                          "longer one, or fewer synth.days",
                          options->step_s, (int)NEAP_RECORDING_INTERVALS_MOST);
    plan->count = (size_t)count;
    return NEAP_OK;
}

enum neap_status neapi_synth_check(struct neapi_synth_plan *plan, struct neap_error *error)
{
    const struct neap_synth_options *options = plan->options;
    enum neap_status status = check_numbers(options, error);
    if (status == NEAP_OK)
        status = read_factors(plan, error);
    if (status == NEAP_OK)
        status = read_span(plan, error);
    if (status == NEAP_OK)
        status = read_instants(plan->flash_ns, &plan->flashes, "flash_at", options->flash_at,
                               plan->zone, error);
    if (status == NEAP_OK)
        status = read_outages(plan, error);
    return status;
}

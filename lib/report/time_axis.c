/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ticks of time: the finest round step, from minutes to centuries, whose labels fit. All in civil
 * time, so that a day has its tick at midnight also where clocks change. */
#include <string.h>

#include <neap/calendar.h>

#include "base/text.h"
#include "report/chart.h"

enum base { MINUTE, HOUR, DAY, WEEK, MONTH, YEAR };

struct step {
    enum base base;
    int every;
};

static const struct step steps[] = {
    {MINUTE, 1}, {MINUTE, 2}, {MINUTE, 5}, {MINUTE, 10}, {MINUTE, 15}, {MINUTE, 30}, {HOUR, 1},
    {HOUR, 2},   {HOUR, 3},   {HOUR, 6},   {HOUR, 12},   {DAY, 1},     {DAY, 2},     {DAY, 3},
    {WEEK, 1},   {WEEK, 2},   {MONTH, 1},  {MONTH, 2},   {MONTH, 3},   {MONTH, 6},   {YEAR, 1},
    {YEAR, 2},   {YEAR, 5},   {YEAR, 10},  {YEAR, 20},   {YEAR, 50},   {YEAR, 100}};

static const size_t budget[NEAPI_SIZES] = {[NEAPI_WIDE] = NEAPI_TICKS, [NEAPI_NARROW] = 5};

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static const int64_t second_ns = 1000000000;

/* The civil minute or hour that time_ns lies in. */
static int64_t clock_start(enum base base, int64_t time_ns, const struct neap_zone *zone)
{
    struct neap_civil civil = neap_civil_from_time(time_ns, zone);
    int64_t seconds = civil.second + (base == HOUR ? civil.minute * 60 : 0);
    return time_ns - civil.nanosecond - seconds * second_ns;
}

static enum neap_period period_of(enum base base)
{
    return base == DAY ? NEAP_DAY : base == WEEK ? NEAP_WEEK : NEAP_MONTH;
}

static int64_t base_start(enum base base, int64_t time_ns, const struct neap_zone *zone)
{
    return base <= HOUR ? clock_start(base, time_ns, zone)
                        : neap_period_start(period_of(base), time_ns, zone);
}

static int64_t base_next(enum base base, int64_t time_ns, const struct neap_zone *zone)
{
    if (base == MINUTE)
        return time_ns + 60 * second_ns;
    if (base == HOUR) /* aligned anew: some clocks change by half an hour */
        return clock_start(base, time_ns + 3600 * second_ns, zone);
    return neap_period_next(period_of(base), time_ns, zone);
}

static bool is_tick(const struct step *step, int64_t start_ns, int64_t time_ns,
                    const struct neap_zone *zone)
{
    struct neap_civil civil = neap_civil_from_time(time_ns, zone);
    switch (step->base) {
    case MINUTE:
        return civil.minute % step->every == 0;
    case HOUR:
        return civil.hour % step->every == 0;
    case DAY:
        return neap_days_between(start_ns, time_ns, zone) % step->every == 0;
    case WEEK:
        return neap_days_between(start_ns, time_ns, zone) / 7 % step->every == 0;
    case MONTH:
        return (civil.month - 1) % step->every == 0;
    case YEAR:
        break;
    }
    return civil.month == 1 && civil.year % step->every == 0;
}

static void label(char *text, size_t size, const struct step *step, int64_t time_ns,
                  const struct neap_zone *zone, enum neapi_size room)
{
    struct neap_civil civil = neap_civil_from_time(time_ns, zone);
    const char *month = months[civil.month - 1];
    bool midnight = civil.hour == 0 && civil.minute == 0;
    if (step->base <= HOUR && !midnight)
        neapi_print(text, size, "%02d:%02d", civil.hour, civil.minute);
    else if (step->base <= DAY && room == NEAPI_WIDE)
        neapi_print(text, size, "%s %d %s", weekdays[civil.weekday], civil.day, month);
    else if (step->base <= WEEK)
        neapi_print(text, size, "%d %s", civil.day, month);
    else if (step->base == MONTH && civil.month != 1)
        neapi_print(text, size, "%s", month);
    else
        neapi_print(text, size, "%d", civil.year);
}

/* False when there are more than fit. */
static bool place(struct neapi_time_axis *axis, const struct step *step, int64_t start_ns,
                  int64_t end_ns, const struct neap_zone *zone, enum neapi_size size)
{
    axis->ticks = 0;
    for (int64_t at = base_start(step->base, start_ns, zone); at <= end_ns && at != INT64_MAX;
         at = base_next(step->base, at, zone)) {
        if (at < start_ns || !is_tick(step, start_ns, at, zone))
            continue;
        if (axis->ticks == budget[size])
            return false;
        struct neapi_time_tick *tick = &axis->tick[axis->ticks++];
        tick->time_ns = at;
        label(tick->label, sizeof tick->label, step, at, zone, size);
    }
    return true;
}

void neapi_time_axis_fill(struct neapi_time_axis *axis, int64_t start_ns, int64_t end_ns,
                          const struct neap_zone *zone, enum neapi_size size)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (place(axis, &steps[i], start_ns, end_ns, zone, size))
            return;
    axis->ticks = 0;
}

static void date(char *text, size_t size, const struct neap_civil *civil, bool clock)
{
    int length =
        neapi_print(text, size, "%d %s %d", civil->day, months[civil->month - 1], civil->year);
    if (clock && length > 0 && (size_t)length < size)
        neapi_print(text + length, size - (size_t)length, " %02d:%02d", civil->hour, civil->minute);
}

void neapi_time_civil_format(char *text, size_t size, int64_t time_ns, const struct neap_zone *zone)
{
    struct neap_civil civil = neap_civil_from_time(time_ns, zone);
    date(text, size, &civil, true);
}

void neapi_time_span_format(char *text, size_t size, int64_t start_ns, int64_t end_ns,
                            const struct neap_zone *zone)
{
    char from[40], to[40];
    struct neap_civil start = neap_civil_from_time(start_ns, zone);
    struct neap_civil end = neap_civil_from_time(end_ns, zone);
    bool clock = end_ns - start_ns < 3 * 86400 * second_ns;
    date(from, sizeof from, &start, clock);
    date(to, sizeof to, &end, clock);
    if (strcmp(from, to) == 0)
        neapi_print(text, size, "%s, %s", from, neap_zone_name(zone));
    else
        neapi_print(text, size, "%s to %s, %s", from, to, neap_zone_name(zone));
}

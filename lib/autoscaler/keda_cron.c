/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cron expressions of five fields: minute, hour, day of the month, month, day of the week, each a
 * list of numbers, ranges and steps. Where both kinds of day are restricted, either will do. A time
 * that clocks skip in spring is an hour later, one that comes twice in autumn is the first.
 *
 * Sources: crontab(5); kedacore/keda, pkg/scalers/cron_scaler.go. */
#include <stdlib.h>
#include <string.h>

#include "autoscaler/keda_impl.h"
#include "base/fail.h"

enum { FIELDS = 5, YEARS_AHEAD = 5, SATURDAY = 6 };
static const int64_t minute_ns = INT64_C(60000000000);

struct field {
    int low, high;
    uint64_t *bits;
    bool *any; /* it is * or starts so; may be NULL */
};

/* Reads digits; -1 when there are none, or more than three. */
static int read_number(const char **at)
{
    int value = 0, digits = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++)
        if (++digits <= 3)
            value = value * 10 + (**at - '0');
    return digits == 0 || digits > 3 ? -1 : value;
}

/* "*", "5", "1-5", either with "/2"; false when it is none of these or out of range. */
static bool read_item(struct field *field, const char **at)
{
    int from = field->low, to = field->high, step = 1;
    if (**at == '*') {
        (*at)++;
    } else {
        from = to = read_number(at);
        if (**at == '-') {
            (*at)++;
            to = read_number(at);
        } else if (**at == '/') {
            to = field->high;
        }
    }
    if (**at == '/') {
        (*at)++;
        step = read_number(at);
    }
    if (from < field->low || to > field->high || to < from || step < 1)
        return false;
    for (int i = from; i <= to; i += step)
        *field->bits |= UINT64_C(1) << i;
    return true;
}

static bool read_field(struct field *field, const char **at)
{
    while (**at == ' ')
        (*at)++;
    if (field->any != NULL)
        *field->any = **at == '*';
    for (; read_item(field, at); (*at)++)
        if (**at != ',')
            return **at == ' ' || **at == '\0';
    return false;
}

enum neap_status neapi_keda_cron_parse(struct neapi_keda_cron *cron, const char *key,
                                       const char *text, struct neap_error *error)
{
    struct neapi_keda_cron read = {0};
    uint64_t bits[FIELDS] = {0};
    struct field fields[FIELDS] = {{0, 59, &bits[0], NULL},
                                   {0, 23, &bits[1], NULL},
                                   {1, 31, &bits[2], &read.any_day},
                                   {1, 12, &bits[3], NULL},
                                   {0, SATURDAY, &bits[4], &read.any_weekday}};
    const char *at = text;
    bool good = true;
    for (size_t i = 0; i < FIELDS && good; i++)
        good = read_field(&fields[i], &at);
    while (*at == ' ')
        at++;
    if (!good || *at != '\0')
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found \"%.60s\", expected minute, hour, day, month and weekday in "
                          "numbers (0 is Sunday): write 0 8 * * 1-5 for eight on working days",
                          key, text);
    read.minutes = bits[0];
    read.hours = (uint32_t)bits[1];
    read.days = (uint32_t)bits[2];
    read.months = (uint32_t)bits[3];
    read.weekdays = (uint32_t)bits[4];
    *cron = read;
    return NEAP_OK;
}

static bool has(uint64_t bits, int value)
{
    return (bits >> value & 1) != 0;
}

static bool matches_day(const struct neapi_keda_cron *cron, const struct neap_civil *civil)
{
    bool day = has(cron->days, civil->day);
    bool weekday = has(cron->weekdays, (civil->weekday + 1) % 7); /* ours start on Monday */
    if (!has(cron->months, civil->month))
        return false;
    return cron->any_day || cron->any_weekday ? day && weekday : day || weekday;
}

/* The first match after now_ns on that day; INT64_MAX when it has none. */
static int64_t next_of_day(const struct neapi_keda_cron *cron, const struct neap_zone *zone,
                           struct neap_civil civil, int64_t now_ns)
{
    civil.second = 0;
    civil.nanosecond = 0;
    for (civil.hour = 0; civil.hour < 24; civil.hour++) {
        if (!has(cron->hours, civil.hour))
            continue;
        for (civil.minute = 0; civil.minute < 60; civil.minute++) {
            int64_t time_ns;
            if (has(cron->minutes, civil.minute) &&
                neap_time_from_civil(&time_ns, &civil, zone, NULL) == NEAP_OK && time_ns > now_ns)
                return time_ns;
        }
    }
    return INT64_MAX;
}

int64_t neapi_keda_cron_next(const struct neapi_keda_cron *cron, const struct neap_zone *zone,
                             int64_t now_ns)
{
    int64_t at_ns = now_ns;
    for (int day = 0; day <= YEARS_AHEAD * 366; day++) {
        struct neap_civil civil = neap_civil_from_time(at_ns, zone);
        int64_t found_ns =
            matches_day(cron, &civil) ? next_of_day(cron, zone, civil, now_ns) : INT64_MAX;
        if (found_ns != INT64_MAX)
            return found_ns;
        int64_t next_ns = neap_period_next(NEAP_DAY, at_ns, zone);
        if (next_ns <= at_ns || next_ns > INT64_MAX - minute_ns)
            return INT64_MAX;
        at_ns = next_ns;
    }
    return INT64_MAX;
}

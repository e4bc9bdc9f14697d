/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rule at the end of a zone file: a POSIX TZ string (IEEE 1003.1, section 8.3), such as
 * "GMT0BST,M3.5.0/1,M10.5.0", with hours up to 167 either way (RFC 8536, 3.3.1). */
#include <string.h>

#include "base/fail.h"
#include "calendar/impl.h"

enum { LAST_YEAR = YEAR_HIGH + 2 };

struct change {
    char kind; /* 'M' month.week.weekday, 'J' day 1..365 without leap day, 'N' day 0..365 */
    int month, week, weekday, day;
    int32_t clock_s;
};

struct rule {
    int32_t standard_s, daylight_s; /* ahead of UTC */
    bool has_daylight;
    struct change start, end; /* of daylight time */
};

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool take(struct neapi_cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

static bool read_integer(struct neapi_cursor *cursor, int low, int high, int *value)
{
    int sum = 0, digit, count = 0;
    while (count < 4 && neapi_read_digits(cursor, 1, &digit)) {
        sum = sum * 10 + digit;
        count++;
    }
    *value = sum;
    return count > 0 && sum >= low && sum <= high;
}

/* "BST" or "<+0330>". */
static bool skip_name(struct neapi_cursor *cursor)
{
    const char *first = cursor->at;
    if (take(cursor, '<')) {
        while (cursor->at < cursor->end && *cursor->at != '>')
            cursor->at++;
        return take(cursor, '>');
    }
    while (cursor->at < cursor->end && letter(*cursor->at))
        cursor->at++;
    return cursor->at - first >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool read_clock(struct neapi_cursor *cursor, int most_hours, int32_t *clock_s)
{
    bool negative = take(cursor, '-');
    int hour, minute = 0, second = 0;
    if (!negative)
        take(cursor, '+');
    if (!read_integer(cursor, 0, most_hours, &hour))
        return false;
    if (take(cursor, ':') && (!read_integer(cursor, 0, 59, &minute) ||
                              (take(cursor, ':') && !read_integer(cursor, 0, 59, &second))))
        return false;
    *clock_s = (hour * 3600 + minute * 60 + second) * (negative ? -1 : 1);
    return true;
}

static bool read_change(struct neapi_cursor *cursor, struct change *change)
{
    bool fits;
    *change = (struct change){.clock_s = 2 * 3600};
    if (take(cursor, 'M')) {
        change->kind = 'M';
        fits = read_integer(cursor, 1, 12, &change->month) && take(cursor, '.') &&
               read_integer(cursor, 1, 5, &change->week) && take(cursor, '.') &&
               read_integer(cursor, 0, 6, &change->weekday);
    } else if (take(cursor, 'J')) {
        change->kind = 'J';
        fits = read_integer(cursor, 1, 365, &change->day);
    } else {
        change->kind = 'N';
        fits = read_integer(cursor, 0, 365, &change->day);
    }
    return fits && (!take(cursor, '/') || read_clock(cursor, 167, &change->clock_s));
}

static bool read_rule(struct neapi_cursor *cursor, struct rule *rule)
{
    int32_t west_s;
    *rule = (struct rule){0};
    if (!skip_name(cursor) || !read_clock(cursor, 24, &west_s))
        return false;
    rule->standard_s = -west_s;
    if (cursor->at == cursor->end)
        return true;
    rule->has_daylight = true;
    rule->daylight_s = rule->standard_s + 3600;
    if (!skip_name(cursor))
        return false;
    if (cursor->at < cursor->end && *cursor->at != ',') {
        if (!read_clock(cursor, 24, &west_s))
            return false;
        rule->daylight_s = -west_s;
    }
    return take(cursor, ',') && read_change(cursor, &rule->start) && take(cursor, ',') &&
           read_change(cursor, &rule->end) && cursor->at == cursor->end;
}

static int64_t change_day(const struct change *change, int year)
{
    int64_t new_year = neapi_day_number(year, 1, 1);
    if (change->kind == 'N')
        return new_year + change->day;
    if (change->kind == 'J')
        return new_year + change->day - 1 + (neapi_leap_year(year) && change->day >= 60);
    int64_t first = neapi_day_number(year, change->month, 1);
    int weekday = (int)((first + 4) - 7 * neapi_floor_divide(first + 4, 7)); /* 0: Sunday */
    int day = (change->weekday - weekday + 7) % 7 + 7 * (change->week - 1);
    while (day >= neapi_month_days(year, change->month))
        day -= 7; /* week 5 is the last one */
    return first + day;
}

/* The instant of a change that clocks showing offset_s make. */
static int64_t change_time_s(const struct change *change, int year, int32_t offset_s)
{
    return change_day(change, year) * DAY_S + change->clock_s - offset_s;
}

static int first_year(int64_t after_s)
{
    int year, month, day;
    if (after_s < EPOCH_LOW_S)
        return YEAR_LOW - 1;
    if (after_s > EPOCH_HIGH_S)
        return LAST_YEAR;
    neapi_day_to_date(neapi_floor_divide(after_s, DAY_S), &year, &month, &day);
    return year - 1; /* a rule's clock may reach into the next year */
}

static enum neap_status append_later(struct neap_zone *zone, int64_t after_s,
                                     struct neapi_transition next, struct neap_error *error)
{
    bool ordered = zone->count == 0 || zone->transition[zone->count - 1].time_s <= next.time_s;
    return next.time_s <= after_s || !ordered
               ? NEAP_OK
               : neapi_zone_append(zone, next.time_s, next.offset_s, error);
}

static enum neap_status append_year(struct neap_zone *zone, int64_t after_s,
                                    const struct rule *rule, int year, struct neap_error *error)
{
    struct neapi_transition start = {change_time_s(&rule->start, year, rule->standard_s),
                                     rule->daylight_s};
    struct neapi_transition end = {change_time_s(&rule->end, year, rule->daylight_s),
                                   rule->standard_s};
    bool north = start.time_s < end.time_s;
    enum neap_status status = append_later(zone, after_s, north ? start : end, error);
    return status == NEAP_OK ? append_later(zone, after_s, north ? end : start, error) : status;
}

enum neap_status neapi_zone_extend(struct neap_zone *zone, int64_t after_s, const char *text,
                                   size_t length, struct neap_error *error)
{
    struct neapi_cursor cursor = {text, text + length};
    struct rule rule;
    if (!read_rule(&cursor, &rule))
        return neapi_fail(
            error, NEAP_BAD_DATA,
            "zone \"%.63s\": its file is broken (rule \"%.*s\" at its end); reinstall "
            "the package tzdata",
            zone->name, (int)(length < 60 ? length : 60), text);
    if (!rule.has_daylight) {
        if (after_s == INT64_MIN)
            zone->first_offset_s = rule.standard_s;
        return NEAP_OK; /* else the last transition says the same */
    }
    enum neap_status status = NEAP_OK;
    for (int year = first_year(after_s); year < LAST_YEAR && status == NEAP_OK; year++)
        status = append_year(zone, after_s, &rule, year, error);
    return status;
}

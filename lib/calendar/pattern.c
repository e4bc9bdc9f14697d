/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts to instants by a pattern of % letters. Its own reader, since strptime() follows the
 * program's locale, knows no fraction and no offset that can be trusted. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "calendar/impl.h"

enum { SHOWN = 60 };

enum part {
    PART_YEAR = 1,
    PART_MONTH = 2,
    PART_DAY = 4,
    PART_YEAR_DAY = 8,
    PART_EPOCH = 16,
    PART_HALF_HOUR = 32, /* %I */
    PART_HALF_DAY = 64   /* %p */
};

struct reading {
    struct neapi_cursor cursor;
    struct neapi_fields fields;
    int year_day;
    bool afternoon;
    int64_t epoch_s;
};

/* One to most digits. */
static bool read_short(struct reading *reading, int most, int *value)
{
    for (int count = most; count > 0; count--)
        if (neapi_read_digits(&reading->cursor, count, value))
            return true;
    return false;
}

static void skip_blanks(struct reading *reading)
{
    struct neapi_cursor *cursor = &reading->cursor;
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
        cursor->at++;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool read_word(struct reading *reading, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(reading->cursor.end - reading->cursor.at) < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(reading->cursor.at[i]) != word[i])
            return false;
    reading->cursor.at += length;
    return true;
}

/* A whole name, or its first three letters. */
static bool read_name(struct reading *reading, const char *const *names, int count, int *index)
{
    for (int i = 0; i < count; i++) {
        char start[4] = {names[i][0], names[i][1], names[i][2], '\0'};
        if (read_word(reading, names[i]) || read_word(reading, start)) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool read_year(struct reading *reading)
{
    return neapi_read_digits(&reading->cursor, 4, &reading->fields.year);
}

static bool read_year_of_century(struct reading *reading)
{
    int year;
    if (!neapi_read_digits(&reading->cursor, 2, &year))
        return false;
    reading->fields.year = year < 69 ? 2000 + year : 1900 + year;
    return true;
}

static bool read_month(struct reading *reading)
{
    return read_short(reading, 2, &reading->fields.month);
}

static bool read_month_name(struct reading *reading)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    int index;
    if (!read_name(reading, names, 12, &index))
        return false;
    reading->fields.month = index + 1;
    return true;
}

/* Read and left aside: the date says it all. */
static bool read_weekday_name(struct reading *reading)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    int index;
    return read_name(reading, names, 7, &index);
}

static bool read_day(struct reading *reading)
{
    skip_blanks(reading);
    return read_short(reading, 2, &reading->fields.day);
}

static bool read_year_day(struct reading *reading)
{
    return read_short(reading, 3, &reading->year_day);
}

static bool read_hour(struct reading *reading)
{
    return read_short(reading, 2, &reading->fields.hour);
}

static bool read_half_day(struct reading *reading)
{
    reading->afternoon = read_word(reading, "pm");
    return reading->afternoon || read_word(reading, "am");
}

static bool read_minute(struct reading *reading)
{
    return read_short(reading, 2, &reading->fields.minute);
}

static bool read_second(struct reading *reading)
{
    return read_short(reading, 2, &reading->fields.second);
}

static bool read_fraction(struct reading *reading)
{
    return neapi_read_fraction(&reading->cursor, &reading->fields.nanosecond);
}

static bool read_offset(struct reading *reading)
{
    return neapi_read_offset(&reading->cursor, &reading->fields);
}

static bool read_zone(struct reading *reading)
{
    return (reading->cursor.at == reading->cursor.end ||
            (*reading->cursor.at != '+' && *reading->cursor.at != '-')) &&
           neapi_read_zone_name(&reading->cursor, &reading->fields);
}

static bool read_epoch(struct reading *reading)
{
    struct neapi_cursor *cursor = &reading->cursor;
    bool negative = cursor->at < cursor->end && *cursor->at == '-';
    cursor->at += negative;
    const char *first = cursor->at;
    int64_t sum = 0;
    for (int next; cursor->at - first < 11 && neapi_read_digits(cursor, 1, &next);)
        sum = sum * 10 + next;
    reading->epoch_s = negative ? -sum : sum;
    return cursor->at > first && sum < EPOCH_HIGH_S && -sum >= EPOCH_LOW_S;
}

static bool read_percent(struct reading *reading)
{
    return read_word(reading, "%");
}

static bool read_blank(struct reading *reading)
{
    skip_blanks(reading);
    return true;
}

struct conversion {
    char letter;
    unsigned parts;
    bool (*read)(struct reading *reading);
    const char *expected;
};

static const struct conversion conversions[] = {
    {'Y', PART_YEAR, read_year, "a year of four digits"},
    {'y', PART_YEAR, read_year_of_century, "a year of two digits"},
    {'m', PART_MONTH, read_month, "a month, 1 to 12"},
    {'b', PART_MONTH, read_month_name, "an English month name"},
    {'B', PART_MONTH, read_month_name, "an English month name"},
    {'d', PART_DAY, read_day, "a day, 1 to 31"},
    {'e', PART_DAY, read_day, "a day, 1 to 31"},
    {'j', PART_YEAR_DAY, read_year_day, "a day of the year, 1 to 366"},
    {'a', 0, read_weekday_name, "an English weekday name"},
    {'H', 0, read_hour, "an hour, 0 to 23"},
    {'I', PART_HALF_HOUR, read_hour, "an hour, 1 to 12"},
    {'p', PART_HALF_DAY, read_half_day, "AM or PM"},
    {'M', 0, read_minute, "a minute, 0 to 59"},
    {'S', 0, read_second, "a second, 0 to 59"},
    {'f', 0, read_fraction, "the digits of a fraction of a second"},
    {'z', 0, read_offset, "an offset such as +01:00"},
    {'Z', 0, read_zone, "UTC, GMT or Z"},
    {'s', PART_EPOCH, read_epoch, "seconds since the epoch"},
    {'%', 0, read_percent, "%"},
    {'n', 0, read_blank, "a blank"},
    {'t', 0, read_blank, "a blank"}};

static const struct conversion *conversion_of(char letter)
{
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
        if (conversions[i].letter == letter)
            return &conversions[i];
    return NULL;
}

static const char *expansion_of(char letter)
{
    switch (letter) {
    case 'F':
        return "%Y-%m-%d";
    case 'T':
        return "%H:%M:%S";
    case 'D':
        return "%m/%d/%y";
    default:
        return NULL;
    }
}

/* --- what a pattern must have
 * --------------------------------------------------------------------- */

static bool have(unsigned parts, unsigned wanted)
{
    return (parts & wanted) == wanted;
}

static bool enough(unsigned parts)
{
    bool date = have(parts, PART_YEAR) && (parts & (PART_MONTH | PART_YEAR_DAY)) != 0;
    bool halves = have(parts, PART_HALF_HOUR) == have(parts, PART_HALF_DAY);
    return (date || have(parts, PART_EPOCH)) && halves;
}

/* Adds up what the pattern gives; false, and the place, at a letter that is not known. */
static bool parts_of(const char *pattern, unsigned *parts, const char **bad)
{
    for (const char *at = pattern; *at != '\0'; at++) {
        if (*at != '%')
            continue;
        at++;
        const char *expansion = expansion_of(*at);
        const struct conversion *conversion = conversion_of(*at); /* NULL at the final NUL */
        if (expansion != NULL) {
            parts_of(expansion, parts, bad);
        } else if (conversion != NULL) {
            *parts |= conversion->parts;
        } else {
            *bad = at;
            return false;
        }
    }
    return true;
}

enum neap_status neapi_pattern_check(const char *pattern, struct neap_error *error)
{
    static const char words[] = "auto|rfc3339|epoch_s|epoch_ms";
    char near[16];
    unsigned parts = 0;
    const char *bad;
    if (strchr(pattern, '%') == NULL) {
        bool found = neap_suggest(words, pattern, near, sizeof near);
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "time_format: found \"%.60s\", expected auto, rfc3339, epoch_s, epoch_ms "
                          "or a pattern such as %%d/%%m/%%Y %%H:%%M:%%S%s%s%s",
                          pattern, found ? "; did you mean " : "", found ? near : "",
                          found ? "?" : "");
    }
    if (!parts_of(pattern, &parts, &bad))
        return neapi_fail(
            error, NEAP_BAD_ARGUMENT,
            "time_format \"%.60s\": %%%.1s is not known; expected %%Y %%y %%m %%b %%d "
            "%%e %%j %%H %%I %%p %%M %%S %%f %%z %%Z %%s %%a %%F %%T %%D or %%%%",
            pattern, bad);
    if (!enough(parts))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "time_format \"%.60s\" does not give a whole date: it needs %%Y and %%m "
                          "and %%d (or %%Y and %%j, or %%s), and %%p wherever there is %%I",
                          pattern);
    return NEAP_OK;
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

/* Reads as far as text fits the pattern; what was expected where it stopped, NULL at the end. */
static const char *read_pattern(struct reading *reading, const char *pattern, unsigned *parts)
{
    const char *expected = NULL;
    for (const char *at = pattern; *at != '\0' && expected == NULL; at++) {
        if (*at == ' ' || *at == '\t') {
            skip_blanks(reading);
            continue;
        }
        if (*at != '%') {
            bool fits = reading->cursor.at < reading->cursor.end && *reading->cursor.at == *at;
            reading->cursor.at += fits;
            expected = fits ? NULL : "the same characters as in the pattern";
            continue;
        }
        at++;
        const struct conversion *conversion = conversion_of(*at);
        const char *expansion = expansion_of(*at);
        if (expansion != NULL)
            expected = read_pattern(reading, expansion, parts);
        else if (conversion == NULL)
            return "a known letter";
        else if (!conversion->read(reading))
            expected = conversion->expected;
        else
            *parts |= conversion->parts;
    }
    return expected;
}

static enum neap_status misfit(const struct reading *reading, const char *text, size_t length,
                               const char *pattern, const char *expected, struct neap_error *error)
{
    enum neap_status status = neapi_pattern_check(pattern, error);
    if (status != NEAP_OK)
        return status;
    return neapi_fail(error, NEAP_BAD_DATA,
                      "\"%.*s\" does not fit time_format \"%.60s\": at character %td expected %s",
                      (int)(length < SHOWN ? length : SHOWN), text, pattern,
                      reading->cursor.at - text + 1, expected);
}

/* %I with %p, and %j, become an hour and a date. False when they are outside their range. */
static bool settle(struct reading *reading, unsigned parts)
{
    struct neapi_fields *fields = &reading->fields;
    if (have(parts, PART_HALF_HOUR)) {
        if (fields->hour < 1 || fields->hour > 12)
            return false;
        fields->hour = fields->hour % 12 + (reading->afternoon ? 12 : 0);
    }
    if (have(parts, PART_YEAR_DAY) && !have(parts, PART_MONTH)) {
        if (reading->year_day < 1 || reading->year_day > 365 + neapi_leap_year(fields->year))
            return false;
        neapi_day_to_date(neapi_day_number(fields->year, 1, 1) + reading->year_day - 1,
                          &fields->year, &fields->month, &fields->day);
    } else if (!have(parts, PART_DAY)) {
        fields->day = 1;
    }
    return true;
}

enum neap_status neapi_pattern_parse(int64_t *time_ns, const char *text, size_t length,
                                     const char *pattern, const struct neap_zone *zone,
                                     struct neap_error *error)
{
    struct reading reading = {.cursor = {text, text + length}};
    unsigned parts = 0;
    const char *expected = read_pattern(&reading, pattern, &parts);
    if (expected == NULL && reading.cursor.at != reading.cursor.end)
        expected = "the end";
    if (expected == NULL && !enough(parts))
        expected = "a whole date";
    if (expected == NULL && !settle(&reading, parts))
        expected = have(parts, PART_HALF_HOUR) ? "an hour of 1 to 12" : "a day that the year has";
    if (expected != NULL)
        return misfit(&reading, text, length, pattern, expected, error);
    if (have(parts, PART_EPOCH)) {
        *time_ns = reading.epoch_s * SECOND_NS + reading.fields.nanosecond;
        return NEAP_OK;
    }
    return neapi_fields_to_time(time_ns, &reading.fields, text, length, zone, error);
}

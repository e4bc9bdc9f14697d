/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts to instants: RFC 3339 and its everyday variants, and numbers since the epoch. A year of
 * one-minute rows is half a million calls, so the common forms are read digit by digit. */
#include <string.h>

#include "base/fail.h"
#include "calendar/impl.h"

enum { SHOWN = 60 }; /* of a text in a message */

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

bool neapi_read_digits(struct neapi_cursor *cursor, int count, int *value)
{
    if (cursor->end - cursor->at < count)
        return false;
    int sum = 0;
    for (int i = 0; i < count; i++) {
        if (!digit(cursor->at[i]))
            return false;
        sum = sum * 10 + (cursor->at[i] - '0');
    }
    cursor->at += count;
    *value = sum;
    return true;
}

static bool take(struct neapi_cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

bool neapi_read_fraction(struct neapi_cursor *cursor, int32_t *nanosecond)
{
    int32_t sum = 0;
    int count = 0;
    for (; cursor->at < cursor->end && digit(*cursor->at); cursor->at++) {
        if (count < 9)
            sum = sum * 10 + (*cursor->at - '0');
        count++;
    }
    if (count == 0)
        return false;
    for (; count < 9; count++)
        sum *= 10;
    *nanosecond = sum;
    return true;
}

bool neapi_read_offset(struct neapi_cursor *cursor, struct neapi_fields *fields)
{
    fields->has_offset = true;
    fields->offset_s = 0;
    if (take(cursor, 'Z') || take(cursor, 'z'))
        return true;
    bool west = take(cursor, '-');
    int hour, minute = 0;
    if (!west && !take(cursor, '+'))
        return false;
    if (!neapi_read_digits(cursor, 2, &hour))
        return false;
    if (take(cursor, ':')) {
        if (!neapi_read_digits(cursor, 2, &minute))
            return false;
    } else if (cursor->at < cursor->end && digit(*cursor->at) &&
               !neapi_read_digits(cursor, 2, &minute)) {
        return false;
    }
    if (hour > 23 || minute > 59)
        return false;
    fields->offset_s = (hour * 60 + minute) * (west ? -60 : 60);
    return true;
}

bool neapi_read_zone_name(struct neapi_cursor *cursor, struct neapi_fields *fields)
{
    if (cursor->end - cursor->at >= 3 &&
        (memcmp(cursor->at, "UTC", 3) == 0 || memcmp(cursor->at, "GMT", 3) == 0)) {
        cursor->at += 3;
        fields->has_offset = true;
        fields->offset_s = 0;
        return true;
    }
    return neapi_read_offset(cursor, fields);
}

/* --- RFC 3339 -----------------------------------------------------------------------------------
 */

static bool read_clock(struct neapi_cursor *cursor, struct neapi_fields *fields)
{
    if (!neapi_read_digits(cursor, 2, &fields->hour) || !take(cursor, ':') ||
        !neapi_read_digits(cursor, 2, &fields->minute))
        return false;
    if (take(cursor, ':')) {
        if (!neapi_read_digits(cursor, 2, &fields->second))
            return false;
        if (take(cursor, '.') && !neapi_read_fraction(cursor, &fields->nanosecond))
            return false;
    }
    if (cursor->at == cursor->end)
        return true;
    take(cursor, ' ');
    return neapi_read_zone_name(cursor, fields) && cursor->at == cursor->end;
}

static bool read_rfc3339(struct neapi_fields *fields, const char *text, size_t length)
{
    struct neapi_cursor cursor = {text, text + length};
    if (!neapi_read_digits(&cursor, 4, &fields->year) || !take(&cursor, '-') ||
        !neapi_read_digits(&cursor, 2, &fields->month) || !take(&cursor, '-') ||
        !neapi_read_digits(&cursor, 2, &fields->day))
        return false;
    if (cursor.at == cursor.end)
        return true;
    return (take(&cursor, 'T') || take(&cursor, ' ') || take(&cursor, 't')) &&
           read_clock(&cursor, fields);
}

static enum neap_status parse_rfc3339(int64_t *time_ns, const char *text, size_t length,
                                      const struct neap_zone *zone, struct neap_error *error)
{
    struct neapi_fields fields = {0};
    if (!read_rfc3339(&fields, text, length))
        return neapi_fail(error, NEAP_BAD_DATA,
                          "found \"%.*s\", expected a time such as 2026-03-02T10:00:00Z; for "
                          "another form set time_format, for example %%d/%%m/%%Y %%H:%%M",
                          (int)(length < SHOWN ? length : SHOWN), text);
    return neapi_fields_to_time(time_ns, &fields, text, length, zone, error);
}

/* --- numbers since the epoch
 * ---------------------------------------------------------------------- */

struct number {
    bool negative;
    int digits;        /* before the point, leading zeros left out */
    int64_t whole;     /* right when digits <= 18 */
    int32_t billionth; /* the fraction */
};

static bool read_number(struct number *number, const char *text, size_t length)
{
    struct neapi_cursor cursor = {text, text + length};
    *number = (struct number){.negative = take(&cursor, '-')};
    const char *first = cursor.at;
    for (; cursor.at < cursor.end && digit(*cursor.at); cursor.at++) {
        if (number->digits > 0 || *cursor.at != '0')
            number->digits++;
        if (number->digits <= 18)
            number->whole = number->whole * 10 + (*cursor.at - '0');
    }
    if (cursor.at == first)
        return false;
    if (take(&cursor, '.') && !neapi_read_fraction(&cursor, &number->billionth))
        return false;
    return cursor.at == cursor.end;
}

static const char second_example[] = "a time such as 2026-03-02T10:00:00Z or seconds since the "
                                     "epoch such as 1772445600; for another "
                                     "form set time_format, for example %d/%m/%Y %H:%M";
static const char millisecond_example[] = "milliseconds since the epoch such as 1772445600000";

static enum neap_status too_large(const char *text, size_t length, int digits, bool seconds,
                                  struct neap_error *error)
{
    int shown = (int)(length < SHOWN ? length : SHOWN);
    if (seconds && digits >= 11 && digits <= 14)
        return neapi_fail(error, NEAP_BAD_DATA,
                          "\"%.*s\" is too large for seconds since the epoch: if these are "
                          "milliseconds, set time_format = epoch_ms",
                          shown, text);
    return neapi_fail(error, NEAP_BAD_DATA,
                      "\"%.*s\" is not within the years %d to %d: give %s since the epoch "
                      "(1970-01-01T00:00:00Z)",
                      shown, text, YEAR_LOW, YEAR_HIGH, seconds ? "seconds" : "milliseconds");
}

static enum neap_status parse_epoch(int64_t *time_ns, const char *text, size_t length, bool seconds,
                                    struct neap_error *error)
{
    struct number number;
    if (!read_number(&number, text, length))
        return neapi_fail(error, NEAP_BAD_DATA, "found \"%.*s\", expected %s",
                          (int)(length < SHOWN ? length : SHOWN), text,
                          seconds ? second_example : millisecond_example);
    int64_t unit_ns = seconds ? SECOND_NS : SECOND_NS / 1000;
    int64_t fraction_ns = seconds ? number.billionth : number.billionth / 1000;
    int64_t per_second = SECOND_NS / unit_ns;
    int64_t whole = number.negative ? -number.whole : number.whole;
    if (number.digits > 18 || whole < (EPOCH_LOW_S + 1) * per_second ||
        whole >= EPOCH_HIGH_S * per_second)
        return too_large(text, length, number.digits, seconds, error);
    *time_ns = whole * unit_ns + (number.negative ? -fraction_ns : fraction_ns);
    return NEAP_OK;
}

/* --- choosing
 * ------------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

enum neap_status neap_time_parse(int64_t *time_ns, const char *text, size_t length,
                                 const char *format, const struct neap_zone *zone,
                                 struct neap_error *error)
{
    if (format == NULL || same(format, "auto")) {
        if (length >= 5 && text[4] == '-')
            return parse_rfc3339(time_ns, text, length, zone, error);
        return parse_epoch(time_ns, text, length, true, error);
    }
    if (same(format, "rfc3339"))
        return parse_rfc3339(time_ns, text, length, zone, error);
    if (same(format, "epoch_s") || same(format, "epoch_ms"))
        return parse_epoch(time_ns, text, length, same(format, "epoch_s"), error);
    return neapi_pattern_parse(time_ns, text, length, format, zone, error);
}

enum neap_status neap_time_format_check(const char *format, struct neap_error *error)
{
    static const char *const words[] = {"auto", "rfc3339", "epoch_s", "epoch_ms"};
    for (size_t i = 0; format != NULL && i < sizeof words / sizeof *words; i++)
        if (same(format, words[i]))
            return NEAP_OK;
    return format == NULL ? NEAP_OK : neapi_pattern_check(format, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A curve over the civil day: points on a clock, straight lines between them, and one line over
 * midnight that closes the circle. */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "calendar/impl.h"

enum { WORD = 64 };

static enum neap_status bad_point(const char *word, struct neap_error *error)
{
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "found \"%.60s\", expected one value for all day, or points HH:MM=VALUE with "
                      "times from 00:00 to 23:59, such as 00:00=10%% 08:00=25%%",
                      word);
}

/* "08:00" or "08:00:30". */
static bool read_clock(int32_t *clock_s, const char *text, size_t length)
{
    struct neapi_cursor cursor = {text, text + length};
    int hour, minute, second = 0;
    if (!neapi_read_digits(&cursor, 2, &hour) || cursor.at == cursor.end || *cursor.at++ != ':' ||
        !neapi_read_digits(&cursor, 2, &minute))
        return false;
    if (cursor.at < cursor.end &&
        (*cursor.at++ != ':' || !neapi_read_digits(&cursor, 2, &second) || cursor.at < cursor.end))
        return false;
    *clock_s = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second < 60;
}

static enum neap_status read_value(double *value, const char *text, enum neap_unit unit, double low,
                                   double high, struct neap_error *error)
{
    double found;
    enum neap_status status = neap_quantity_parse(&found, text, unit, error);
    if (status != NEAP_OK)
        return status;
    if (found < low || found > high) {
        char lowest[48], highest[48];
        neap_quantity_format(lowest, sizeof lowest, low, unit);
        neap_quantity_format(highest, sizeof highest, high, unit);
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "found %.60s, expected %s to %s", text, lowest,
                          highest);
    }
    *value = found;
    return NEAP_OK;
}

static enum neap_status add_point(struct neap_day_curve *curve, const char *word,
                                  enum neap_unit unit, double low, double high,
                                  struct neap_error *error)
{
    struct neap_day_point point = {0, 0};
    const char *equals = strchr(word, '=');
    if (equals == NULL || !read_clock(&point.clock_s, word, (size_t)(equals - word)))
        return bad_point(word, error);
    if (curve->count == NEAP_DAY_CURVE_POINTS_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "found more than %d points, expected fewer",
                          (int)NEAP_DAY_CURVE_POINTS_MOST);
    if (curve->count > 0 && point.clock_s <= curve->point[curve->count - 1].clock_s)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found \"%.60s\" behind a time as late or later, expected the points in "
                          "the order of the day",
                          word);
    enum neap_status status = read_value(&point.value, equals + 1, unit, low, high, error);
    if (status == NEAP_OK)
        curve->point[curve->count++] = point;
    return status;
}

/* The next word of a list separated by blanks or commas; "" at its end, and a word too long to
 * mean anything is cut. */
static const char *next_word(const char *text, char word[WORD])
{
    text += strspn(text, " \t,");
    size_t length = strcspn(text, " \t,");
    size_t kept = length < WORD ? length : WORD - 1;
    memcpy(word, text, kept);
    word[kept] = '\0';
    return text + length;
}

enum neap_status neap_day_curve_parse(struct neap_day_curve *curve, const char *text,
                                      enum neap_unit unit, double low, double high,
                                      struct neap_error *error)
{
    struct neap_day_curve read = {.count = 0};
    enum neap_status status = NEAP_OK;
    char word[WORD];
    const char *at = next_word(text, word);
    if (word[0] == '\0')
        return bad_point(text, error);
    if (strchr(text, '=') == NULL) {
        if (at[strspn(at, " \t,")] != '\0')
            return bad_point(text, error);
        status = read_value(&read.point[read.count++].value, word, unit, low, high, error);
    } else {
        for (; word[0] != '\0' && status == NEAP_OK; at = next_word(at, word))
            status = add_point(&read, word, unit, low, high, error);
    }
    if (status == NEAP_OK)
        *curve = read;
    return status;
}

/* On the way from a to b, which lies on the next day when it is not later on the clock. */
static double between(const struct neap_day_point *a, const struct neap_day_point *b,
                      double clock_s)
{
    double length_s = b->clock_s - a->clock_s, passed_s = clock_s - a->clock_s;
    if (length_s <= 0)
        length_s += DAY_S;
    if (passed_s < 0)
        passed_s += DAY_S;
    double share = passed_s / length_s;
    return a->value * (1 - share) + b->value * share;
}

double neap_day_curve_at(const struct neap_day_curve *curve, int64_t time_ns,
                         const struct neap_zone *zone)
{
    if (curve->count < 2)
        return curve->count == 0 ? 0 : curve->point[0].value;
    struct neap_civil civil = neap_civil_from_time(time_ns, zone);
    double clock_s = civil.hour * 3600 + civil.minute * 60 + civil.second + civil.nanosecond / 1e9;
    size_t next = 0;
    while (next < curve->count && curve->point[next].clock_s <= clock_s)
        next++;
    size_t last = next == 0 ? curve->count - 1 : next - 1;
    return between(&curve->point[last], &curve->point[next % curve->count], clock_s);
}

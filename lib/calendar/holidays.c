/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Holidays: dates, days of every year, and days that move with Easter. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "calendar/impl.h"

enum { WORD = 64, EASTER_LOW = -80, EASTER_HIGH = 250, HOLIDAYS_MOST = 100000 };

struct holiday {
    int year;         /* 0: every year */
    int month, day;   /* month 0: counted from Easter */
    int after_easter; /* days */
    char *name;
};

struct neap_holidays {
    struct holiday *holiday;
    size_t count, capacity;
};

/* Day number of Easter Sunday in the Gregorian calendar, by the steps of the anonymous algorithm in
 * Nature of 20 April 1876 as Meeus (Astronomical Algorithms, chapter 8) gives it. */
static int64_t easter(int year)
{
    int golden = year % 19, century = year / 100, rest = year % 100;
    int correction = (century - (century + 8) / 25 + 1) / 3;
    int moon = (19 * golden + century - century / 4 - correction + 15) % 30;
    int weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    int late = (golden + 11 * moon + 22 * weekday) / 451;
    int from_march = moon + weekday - 7 * late + 114;
    return neapi_day_number(year, from_march / 31, from_march % 31 + 1);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool read_easter(struct holiday *holiday, const char *text)
{
    static const char word[] = "easter";
    const size_t length = sizeof word - 1;
    if (strncmp(text, word, length) != 0)
        return false;
    text += length;
    if (*text == '\0')
        return true;
    size_t digits = strlen(text + 1);
    struct neapi_cursor cursor = {text + 1, text + 1 + digits};
    int days;
    if ((*text != '+' && *text != '-') || digits < 1 || digits > 3 ||
        !neapi_read_digits(&cursor, (int)digits, &days))
        return false;
    holiday->after_easter = *text == '-' ? -days : days;
    return holiday->after_easter >= EASTER_LOW && holiday->after_easter <= EASTER_HIGH;
}

static bool read_date(struct holiday *holiday, const char *text)
{
    size_t length = strlen(text);
    struct neapi_cursor cursor = {text, text + length};
    if (length == 10 && (!neapi_read_digits(&cursor, 4, &holiday->year) || *cursor.at++ != '-' ||
                         holiday->year < YEAR_LOW || holiday->year > YEAR_HIGH))
        return false;
    if ((length != 10 && length != 5) || !neapi_read_digits(&cursor, 2, &holiday->month) ||
        *cursor.at++ != '-' || !neapi_read_digits(&cursor, 2, &holiday->day))
        return false;
    int year = holiday->year == 0 ? 2000 : holiday->year; /* February 29 is in some years */
    return holiday->month >= 1 && holiday->month <= 12 && holiday->day >= 1 &&
           holiday->day <= neapi_month_days(year, holiday->month);
}

enum neap_status neap_holidays_add(struct neap_holidays *holidays, const char *day,
                                   const char *name, struct neap_error *error)
{
    struct holiday holiday = {0};
    if (!read_easter(&holiday, day) && !read_date(&holiday, day))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found \"%.60s\", expected a date such as 2026-12-25, a day of every "
                          "year such as 12-25, or easter, easter-2, easter+1 (%d to +%d)",
                          day, (int)EASTER_LOW, (int)EASTER_HIGH);
    if (holidays->count == HOLIDAYS_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "found more than %d holidays, expected fewer",
                          (int)HOLIDAYS_MOST);
    size_t size = name == NULL ? 1 : strlen(name) + 1;
    holiday.name = malloc(size);
    if (holiday.name == NULL || !neapi_grow(&holidays->holiday, &holidays->capacity,
                                            holidays->count + 1, sizeof *holidays->holiday)) {
        free(holiday.name);
        return neapi_no_memory(error, "holidays");
    }
    memcpy(holiday.name, name == NULL ? "" : name, size);
    holidays->holiday[holidays->count++] = holiday;
    return NEAP_OK;
}

static enum neap_status add_all(struct neap_holidays *holidays, const char *text,
                                struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    while (status == NEAP_OK) {
        char word[WORD];
        text += strspn(text, " \t,");
        size_t length = strcspn(text, " \t,");
        if (length == 0)
            break;
        size_t kept = length < WORD ? length : WORD - 1;
        memcpy(word, text, kept);
        word[kept] = '\0';
        status = neap_holidays_add(holidays, word, NULL, error);
        text += length;
    }
    return status;
}

enum neap_status neap_holidays_new(struct neap_holidays **holidays, const char *text,
                                   struct neap_error *error)
{
    struct neap_holidays *new = calloc(1, sizeof *new);
    if (new == NULL)
        return neapi_no_memory(error, "holidays");
    enum neap_status status = add_all(new, text, error);
    if (status == NEAP_OK)
        *holidays = new;
    else
        neap_holidays_free(new);
    return status;
}

void neap_holidays_free(struct neap_holidays *holidays)
{
    if (holidays == NULL)
        return;
    for (size_t i = 0; i < holidays->count; i++)
        free(holidays->holiday[i].name);
    free(holidays->holiday);
    free(holidays);
}

/* --- asking ----------------------------------------------------------------------------------- */

size_t neap_holidays_count(const struct neap_holidays *holidays)
{
    return holidays == NULL ? 0 : holidays->count;
}

static bool falls_on(const struct holiday *holiday, const struct neap_civil *day)
{
    if (holiday->month == 0)
        return neapi_day_number(day->year, day->month, day->day) ==
               easter(day->year) + holiday->after_easter;
    return holiday->month == day->month && holiday->day == day->day &&
           (holiday->year == 0 || holiday->year == day->year);
}

const char *neap_holidays_name(const struct neap_holidays *holidays, int64_t time_ns,
                               const struct neap_zone *zone)
{
    const char *found = NULL;
    struct neap_civil day = neap_civil_from_time(time_ns, zone);
    for (size_t i = 0; i < neap_holidays_count(holidays); i++) {
        const struct holiday *holiday = &holidays->holiday[i];
        if ((found == NULL || found[0] == '\0') && falls_on(holiday, &day))
            found = holiday->name;
    }
    return found;
}

bool neap_holidays_has(const struct neap_holidays *holidays, int64_t time_ns,
                       const struct neap_zone *zone)
{
    return neap_holidays_name(holidays, time_ns, zone) != NULL;
}

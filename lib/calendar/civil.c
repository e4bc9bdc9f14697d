/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dates and day numbers in the proleptic Gregorian calendar. Years are counted from March, so that
 * the leap day is the last of its year and the days before each month follow one line:
 * (153 m + 2) / 5 for m = 0 (March) .. 11 (February). */
#include "calendar/impl.h"

enum {
    CYCLE_DAYS = 146097, /* 400 years */
    CENTURY_DAYS = 36524,
    FOUR_YEAR_DAYS = 1461,
    EPOCH_DAYS = 719468 /* from 0000-03-01 to 1970-01-01 */
};

bool neapi_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int neapi_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && neapi_leap_year(year) ? 29 : days[month - 1];
}

int64_t neapi_day_number(int year, int month, int day)
{
    int shifted = month < 3 ? year - 1 : year;
    int months = month < 3 ? month + 9 : month - 3;
    int leap_days = shifted / 4 - shifted / 100 + shifted / 400;
    return shifted * 365 + leap_days + (153 * months + 2) / 5 + day - 1 - EPOCH_DAYS;
}

void neapi_day_to_date(int64_t day_number, int *year, int *month, int *day)
{
    int64_t shifted = day_number + EPOCH_DAYS;
    int64_t cycle = neapi_floor_divide(shifted, CYCLE_DAYS);
    int rest = (int)(shifted - cycle * CYCLE_DAYS);
    int century = rest / CENTURY_DAYS < 3 ? rest / CENTURY_DAYS : 3; /* the 4th is a day longer */
    rest -= century * CENTURY_DAYS;
    int four = rest / FOUR_YEAR_DAYS;
    rest -= four * FOUR_YEAR_DAYS;
    int one = rest / 365 < 3 ? rest / 365 : 3;
    rest -= one * 365;
    int months = (5 * rest + 2) / 153;
    *day = rest - (153 * months + 2) / 5 + 1;
    *month = months < 10 ? months + 3 : months - 9;
    *year = (int)(cycle * 400 + century * 100 + four * 4 + one) + (months >= 10);
}

struct neap_civil neap_civil_from_time(int64_t time_ns, const struct neap_zone *zone)
{
    struct neap_civil civil = {0};
    int64_t time_s = neapi_floor_divide(time_ns, SECOND_NS);
    int64_t local_s = time_s + neapi_offset_at(zone, time_s);
    int64_t day = neapi_floor_divide(local_s, DAY_S);
    int clock_s = (int)(local_s - day * DAY_S);
    neapi_day_to_date(day, &civil.year, &civil.month, &civil.day);
    civil.hour = clock_s / 3600;
    civil.minute = clock_s / 60 % 60;
    civil.second = clock_s % 60;
    int64_t rest_ns = time_ns % SECOND_NS;
    civil.nanosecond = (int32_t)(rest_ns < 0 ? rest_ns + SECOND_NS : rest_ns);
    civil.weekday = (int)(day + 3 - 7 * neapi_floor_divide(day + 3, 7)); /* day 0: a Thursday */
    civil.year_day = (int)(day - neapi_day_number(civil.year, 1, 1)) + 1;
    return civil;
}

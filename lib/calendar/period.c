/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Civil days, weeks and months as intervals of time. */
#include "calendar/impl.h"

static int64_t local_day(int64_t time_ns, const struct neap_zone *zone)
{
    int64_t time_s = neapi_floor_divide(time_ns, SECOND_NS);
    return neapi_floor_divide(time_s + neapi_offset_at(zone, time_s), DAY_S);
}

static int64_t to_ns(int64_t time_s)
{
    if (time_s > INT64_MAX / SECOND_NS)
        return INT64_MAX;
    return time_s < INT64_MIN / SECOND_NS ? INT64_MIN : time_s * SECOND_NS;
}

static int64_t day_start(int64_t day, const struct neap_zone *zone)
{
    return to_ns(neapi_local_to_time_s(zone, day * DAY_S, true));
}

static int64_t first_day(enum neap_period period, int64_t day)
{
    int year, month, day_of_month;
    switch (period) {
    case NEAP_WEEK:
        return day - (day + 3 - 7 * neapi_floor_divide(day + 3, 7)); /* day 0: a Thursday */
    case NEAP_MONTH:
        neapi_day_to_date(day, &year, &month, &day_of_month);
        return day - day_of_month + 1;
    case NEAP_DAY:
        break;
    }
    return day;
}

static int64_t next_first_day(enum neap_period period, int64_t day)
{
    switch (period) {
    case NEAP_WEEK:
        return first_day(period, day) + 7;
    case NEAP_MONTH:
        return first_day(period, first_day(period, day) + 31);
    case NEAP_DAY:
        break;
    }
    return day + 1;
}

/* The day that time_ns belongs to: where clocks went back over midnight, the one begun last. */
static int64_t day_of(int64_t time_ns, const struct neap_zone *zone)
{
    int64_t day = local_day(time_ns, zone);
    int64_t next_ns = day_start(day + 1, zone);
    return next_ns <= time_ns && next_ns != INT64_MAX ? day + 1 : day;
}

int64_t neap_period_start(enum neap_period period, int64_t time_ns, const struct neap_zone *zone)
{
    return day_start(first_day(period, day_of(time_ns, zone)), zone);
}

int64_t neap_period_next(enum neap_period period, int64_t time_ns, const struct neap_zone *zone)
{
    return day_start(next_first_day(period, day_of(time_ns, zone)), zone);
}

int64_t neap_days_between(int64_t start_ns, int64_t end_ns, const struct neap_zone *zone)
{
    return day_of(end_ns, zone) - day_of(start_ns, zone);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_CALENDAR_IMPL_H
#define NEAP_CALENDAR_IMPL_H

#include <neap/calendar.h>

enum { DAY_S = 86400, YEAR_LOW = 1678, YEAR_HIGH = 2261 };
#define SECOND_NS    INT64_C(1000000000)
#define EPOCH_LOW_S  INT64_C(-9214560000) /* 1678-01-01 */
#define EPOCH_HIGH_S INT64_C(9214646400)  /* 2262-01-01 */

/* A date and a time as a text gives them, before they are checked. */
struct neapi_fields {
    int year, month, day;
    int hour, minute, second;
    int32_t nanosecond;
    int offset_s;
    bool has_offset;
};

/* Checks the fields and turns them into an instant; text is for messages. */
enum neap_status neapi_fields_to_time(int64_t *time_ns, const struct neapi_fields *fields,
                                      const char *text, size_t length, const struct neap_zone *zone,
                                      struct neap_error *error);

/* Where a reader stands in a text that has no final NUL. */
struct neapi_cursor {
    const char *at, *end;
};

bool neapi_read_digits(struct neapi_cursor *cursor, int count, int *value);
/* The digits of a fraction behind its point; digits beyond nanoseconds are skipped. */
bool neapi_read_fraction(struct neapi_cursor *cursor, int32_t *nanosecond);
/* "Z", "+01:00", "+0100", "+01". */
bool neapi_read_offset(struct neapi_cursor *cursor, struct neapi_fields *fields);
/* The same, and "UTC" or "GMT". */
bool neapi_read_zone_name(struct neapi_cursor *cursor, struct neapi_fields *fields);

/* Reads text as the pattern says; see neap_time_parse(). */
enum neap_status neapi_pattern_parse(int64_t *time_ns, const char *text, size_t length,
                                     const char *pattern, const struct neap_zone *zone,
                                     struct neap_error *error);
enum neap_status neapi_pattern_check(const char *pattern, struct neap_error *error);

/* Proleptic Gregorian calendar, years 1 to 9999; day 0 is 1970-01-01. */
int64_t neapi_day_number(int year, int month, int day);
void neapi_day_to_date(int64_t day_number, int *year, int *month, int *day);
int neapi_month_days(int year, int month);
bool neapi_leap_year(int year);

/* --- zones --------------------------------------------------------------------------------------
 */

struct neapi_transition {
    int64_t time_s;
    int32_t offset_s; /* from this instant on */
};

/* All changes of offset up to 2262, the ones that the footer's rule gives written out, so that
 * every question is one binary search. */
struct neap_zone {
    char name[64];
    int32_t first_offset_s; /* before the first transition */
    size_t count, capacity;
    struct neapi_transition *transition;
};

int32_t neapi_offset_at(const struct neap_zone *zone, int64_t time_s);

/* The instant, in seconds since the epoch, at which clocks show local_s (civil seconds since
 * 1970-01-01T00:00:00). In a gap: the offset before it, or, for the start of a day, the change. */
int64_t neapi_local_to_time_s(const struct neap_zone *zone, int64_t local_s, bool start_of_day);

/* Appends the transitions that a POSIX TZ string gives after after_s. */
enum neap_status neapi_zone_extend(struct neap_zone *zone, int64_t after_s, const char *rule,
                                   size_t length, struct neap_error *error);
/* Appends one; one that changes nothing, or that the next one replaces at once, is left out. */
enum neap_status neapi_zone_append(struct neap_zone *zone, int64_t time_s, int32_t offset_s,
                                   struct neap_error *error);

/* Floor of the quotient, for b > 0. */
static inline int64_t neapi_floor_divide(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return quotient * b > a ? quotient - 1 : quotient;
}

#endif

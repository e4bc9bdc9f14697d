/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * calendar: texts to instants and back, time zones, days, weeks and months.
 *
 * An instant is int64_t nanoseconds since 1970-01-01T00:00:00Z, without leap seconds, within the
 * years 1678 to 2261. The library reads zone files itself and leaves TZ and the program's locale
 * alone. A zone never changes once read, so any number of threads may use it at once. */
#ifndef NEAP_CALENDAR_H
#define NEAP_CALENDAR_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

/* An IANA zone. Wherever a zone is asked for, NULL means UTC. */
struct neap_zone;

/* --- texts ------------------------------------------------------------------------------------ */

/* Room for any text that neap_time_format() writes. */
enum { NEAP_TIME_SIZE = 40 };

/* Reads text[0..length), all of it, as an instant. format is one of
 *
 *   "auto"     RFC 3339 ("2026-03-02T10:00:00Z", "2026-03-02 10:00+01:00", "2026-03-02"), else a
 *              number of seconds since the epoch. A space may stand for the T, seconds and fraction
 *              may be missing, a date alone is its midnight. A number too large for seconds is
 *              refused: it may be milliseconds.
 *   "rfc3339"  the first form only
 *   "epoch_s"  seconds since the epoch, whole or decimal
 *   "epoch_ms" milliseconds since the epoch, whole or decimal
 *   a pattern  %Y %y %m %d %e %j %b %a %H %I %p %M %S %f %z %Z %s, %F (%Y-%m-%d), %T (%H:%M:%S),
 *              %D (%m/%d/%y), %%, %n and %t; a space matches any run of blanks, also none; all else
 *              stands for itself. %b is an English month, %a an English weekday (read and left
 *              aside), both short or whole, in any case; %f the digits of a fraction, %y 69..99 is
 * 19xx; %z "Z", "+0100", "+01:00" or "+01"; %Z "UTC", "GMT" or "Z"; %s is whole seconds since the
 * epoch.
 *
 * NULL is "auto". A text without an offset is civil time in zone, read as
 * neap_time_from_civil() does. Digits beyond nanoseconds are cut off. Second 60 is read as the
 * next second, and only where a leap second can be: at the end of a day in UTC. Hour 24 and days
 * that the month does not have are errors (NEAP_BAD_DATA); a bad pattern is NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_time_parse(int64_t *time_ns, const char *text,
                                                          size_t length, const char *format,
                                                          const struct neap_zone *zone,
                                                          struct neap_error *error);

/* Whether neap_time_parse() takes this format, and if not, why: for checking a scenario before
 * its data is read. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_time_format_check(const char *format,
                                                                 struct neap_error *error);

/* Writes "2026-03-02T10:00:00Z", with as many digits of a fraction as it takes and none when it
 * is 0. Returns the length, as snprintf does. */
NEAP_API int neap_time_format(char *text, size_t size, int64_t time_ns);

/* --- zones ------------------------------------------------------------------------------------ */

/* Reads a zone such as "Europe/London" from directory, or from /usr/share/zoneinfo when that is
 * NULL. "UTC", "Etc/UTC", "GMT" and "Z" need no file. Free with neap_zone_free(). Names that leave
 * the directory are NEAP_BAD_ARGUMENT, a missing file is NEAP_NO_INPUT, a broken one
 * NEAP_BAD_DATA. Format: RFC 8536, versions 1 to 4. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_zone_read(struct neap_zone **zone, const char *name,
                                                         const char *directory,
                                                         struct neap_error *error);

/* The same from the bytes of such a file. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_zone_decode(struct neap_zone **zone,
                                                           const char *name, const void *bytes,
                                                           size_t length, struct neap_error *error);

/* NULL is fine. */
NEAP_API void neap_zone_free(struct neap_zone *zone);

/* The name it was read under, "UTC" for NULL; owned by the zone. */
NEAP_API const char *neap_zone_name(const struct neap_zone *zone);

/* Seconds that civil time is ahead of UTC (east positive) at an instant. */
NEAP_API int32_t neap_zone_offset_s(const struct neap_zone *zone, int64_t time_ns);

/* What a wall clock and a calendar show. */
struct neap_civil {
    int year;           /* 1677..2262 */
    int month;          /* 1..12 */
    int day;            /* 1..31 */
    int hour;           /* 0..23 */
    int minute;         /* 0..59 */
    int second;         /* 0..59 */
    int32_t nanosecond; /* 0..999999999 */
    int weekday;        /* 0 Monday .. 6 Sunday */
    int year_day;       /* 1..366 */
};

NEAP_API struct neap_civil neap_civil_from_time(int64_t time_ns, const struct neap_zone *zone);

/* The instant at which clocks show civil time; weekday and year_day are not looked at. A time that
 * occurs twice (clocks went back) is the first of the two; one that never occurs (clocks went
 * forward) is read with the offset before the change, so 01:30 in London's missing hour is 02:30.
 * Fields outside their range and years outside 1678..2261 are NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_time_from_civil(int64_t *time_ns,
                                                               const struct neap_civil *civil,
                                                               const struct neap_zone *zone,
                                                               struct neap_error *error);

/* --- days, weeks, months ------------------------------------------------------------------------
 */

/* Weeks start on Monday. */
enum neap_period { NEAP_DAY, NEAP_WEEK, NEAP_MONTH };

/* The first instant of the civil day, week or month that time_ns lies in: midnight, or the change
 * of clocks that skips it. A day may have 23, 24, 25 or other hours. Periods never overlap and
 * leave no gap: where clocks go back over midnight, the new day has begun for good the first time.
 */
NEAP_API int64_t neap_period_start(enum neap_period period, int64_t time_ns,
                                   const struct neap_zone *zone);

/* The first instant of the next one, always later than time_ns; INT64_MAX at the end of time. */
NEAP_API int64_t neap_period_next(enum neap_period period, int64_t time_ns,
                                  const struct neap_zone *zone);

/* Calendar days from the one that start_ns lies in to the one that end_ns lies in: 0 when it is
 * the same, negative when end is earlier. */
NEAP_API int64_t neap_days_between(int64_t start_ns, int64_t end_ns, const struct neap_zone *zone);

/* --- holidays ---------------------------------------------------------------------------------- */

/* A set of civil days. NULL is one without days. Once filled it may be shared by threads. */
struct neap_holidays;

/* From a list of days, separated by blanks or commas, each as neap_holidays_add() reads it; "" is
 * none. Free with neap_holidays_free(). */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_holidays_new(struct neap_holidays **holidays, const char *text, struct neap_error *error);

/* Adds one: a date "2026-12-25", a day of every year "12-25", or "easter", "easter-2", "easter+1",
 * days counted from Easter Sunday of the Western churches (-80..250). name is for people and
 * copied; NULL for none. Anything else, and dates that do not exist, are NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_holidays_add(struct neap_holidays *holidays,
                                                            const char *day, const char *name,
                                                            struct neap_error *error);

/* NULL is fine. */
NEAP_API void neap_holidays_free(struct neap_holidays *holidays);

/* Days and rules in it. */
NEAP_API size_t neap_holidays_count(const struct neap_holidays *holidays);

/* Whether the civil day of an instant is in it. */
NEAP_API bool neap_holidays_has(const struct neap_holidays *holidays, int64_t time_ns,
                                const struct neap_zone *zone);

/* The name of that day, "" when it has none, NULL when it is no holiday. */
NEAP_API const char *neap_holidays_name(const struct neap_holidays *holidays, int64_t time_ns,
                                        const struct neap_zone *zone);

/* --- a curve over the day -------------------------------------------------------------------------
 */

enum { NEAP_DAY_CURVE_POINTS_MOST = 48 };

struct neap_day_point {
    int32_t clock_s; /* of the civil day, 0..86399 */
    double value;
};

/* A value for every time of the civil day: straight lines between the points, the last one joined
 * to the first over midnight. A plain value; zero-initialised it is 0 all day. */
struct neap_day_curve {
    size_t count;
    struct neap_day_point point[NEAP_DAY_CURVE_POINTS_MOST]; /* clock_s ascending */
};

/* Reads one value for all day, "20%", or points "00:00=10% 08:00=25% 18:00:30=15%" in ascending
 * order, separated by blanks or commas. unit, low and high are those of the values. Anything else
 * is NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_day_curve_parse(struct neap_day_curve *curve, const char *text, enum neap_unit unit,
                     double low, double high, struct neap_error *error);

/* The value at that time of the zone's civil day. On a day whose clocks change it goes with the
 * clocks: an hour that is skipped is left out, one that comes twice has the same values twice. */
NEAP_API double neap_day_curve_at(const struct neap_day_curve *curve, int64_t time_ns,
                                  const struct neap_zone *zone);

NEAP_END_DECLS

#endif

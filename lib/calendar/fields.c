/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From year, month, day and a clock to an instant, and to RFC 3339. */
#include "base/fail.h"
#include "base/text.h"
#include "calendar/impl.h"

enum { SHOWN = 60 };

static enum neap_status refuse(const char *text, size_t length, struct neap_error *error,
                               const char *why)
{
    return neapi_fail(error, NEAP_BAD_DATA, "\"%.*s\" is no time: %s",
                      (int)(length < SHOWN ? length : SHOWN), text, why);
}

static enum neap_status check_date(const struct neapi_fields *fields, const char *text,
                                   size_t length, struct neap_error *error)
{
    char why[96];
    if (fields->year < YEAR_LOW || fields->year > YEAR_HIGH)
        neapi_print(why, sizeof why, "year %d is not within %d to %d", fields->year, YEAR_LOW,
                    YEAR_HIGH);
    else if (fields->month < 1 || fields->month > 12)
        neapi_print(why, sizeof why,
                    "month %d is not within 1 to 12: are day and month the other way round?",
                    fields->month);
    else if (fields->day < 1 || fields->day > neapi_month_days(fields->year, fields->month))
        neapi_print(why, sizeof why, "month %d of %d has the days 1 to %d, found %d", fields->month,
                    fields->year, neapi_month_days(fields->year, fields->month), fields->day);
    else
        return NEAP_OK;
    return refuse(text, length, error, why);
}

static enum neap_status check_clock(const struct neapi_fields *fields, const char *text,
                                    size_t length, struct neap_error *error)
{
    if (fields->hour == 24)
        return refuse(text, length, error,
                      "hours are 0 to 23: write midnight as 00:00 of the next day");
    if (fields->hour > 23)
        return refuse(text, length, error, "hours are 0 to 23");
    if (fields->minute > 59)
        return refuse(text, length, error, "minutes are 0 to 59");
    if (fields->second > 60)
        return refuse(text, length, error, "seconds are 0 to 59");
    return NEAP_OK;
}

enum neap_status neapi_fields_to_time(int64_t *time_ns, const struct neapi_fields *fields,
                                      const char *text, size_t length, const struct neap_zone *zone,
                                      struct neap_error *error)
{
    enum neap_status status = check_date(fields, text, length, error);
    if (status == NEAP_OK)
        status = check_clock(fields, text, length, error);
    if (status != NEAP_OK)
        return status;
    int64_t local_s = neapi_day_number(fields->year, fields->month, fields->day) * DAY_S +
                      fields->hour * 3600 + fields->minute * 60 + fields->second;
    int64_t time_s = fields->has_offset ? local_s - fields->offset_s
                                        : neapi_local_to_time_s(zone, local_s, false);
    if (fields->second == 60 && time_s % DAY_S != 0)
        return refuse(text, length, error,
                      "seconds are 0 to 59; 60 only as a leap second, at 23:59:60 UTC");
    *time_ns = time_s * SECOND_NS + fields->nanosecond;
    return NEAP_OK;
}

enum neap_status neap_time_from_civil(int64_t *time_ns, const struct neap_civil *civil,
                                      const struct neap_zone *zone, struct neap_error *error)
{
    struct neapi_fields fields = {civil->year,   civil->month,  civil->day,        civil->hour,
                                  civil->minute, civil->second, civil->nanosecond, 0,
                                  false};
    bool inside = civil->hour >= 0 && civil->minute >= 0 && civil->second >= 0 &&
                  civil->second < 60 && civil->nanosecond >= 0 && civil->nanosecond < SECOND_NS;
    int64_t result_ns;
    if (inside && neapi_fields_to_time(&result_ns, &fields, "", 0, zone, NULL) == NEAP_OK) {
        *time_ns = result_ns;
        return NEAP_OK;
    }
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "%04d-%02d-%02d %02d:%02d:%02d is not a time of the years %d to %d",
                      civil->year, civil->month, civil->day, civil->hour, civil->minute,
                      civil->second, YEAR_LOW, YEAR_HIGH);
}

int neap_time_format(char *text, size_t size, int64_t time_ns)
{
    struct neap_civil civil = neap_civil_from_time(time_ns, NULL);
    char fraction[16] = "";
    if (civil.nanosecond != 0) {
        int length = neapi_print(fraction, sizeof fraction, ".%09d", (int)civil.nanosecond);
        while (length > 0 && fraction[length - 1] == '0')
            fraction[--length] = '\0';
    }
    return neapi_print(text, size, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", civil.year, civil.month,
                       civil.day, civil.hour, civil.minute, civil.second, fraction);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <neap/calendar.h>

#define SECOND INT64_C(1000000000)
#define HOUR   (3600 * SECOND)

static int64_t at(const char *text)
{
    int64_t time_ns;
    struct neap_error error;
    if (neap_time_parse(&time_ns, text, strlen(text), "auto", NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return time_ns;
}

static void assert_reads(const char *text, const char *format, const char *expected)
{
    int64_t time_ns;
    char shown[NEAP_TIME_SIZE];
    struct neap_error error;
    if (neap_time_parse(&time_ns, text, strlen(text), format, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    neap_time_format(shown, sizeof shown, time_ns);
    assert_string_equal(shown, expected);
}

static void assert_refuses(const char *text, const char *format, enum neap_status status,
                           const char *part)
{
    int64_t time_ns = 42;
    struct neap_error error;
    assert_int_equal(neap_time_parse(&time_ns, text, strlen(text), format, NULL, &error), status);
    assert_int_equal(time_ns, 42);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    assert_int_equal(neap_time_parse(&time_ns, text, strlen(text), format, NULL, NULL), status);
}

static struct neap_zone *zone_or_skip(const char *name)
{
    struct neap_zone *zone = NULL;
    struct neap_error error;
    enum neap_status status = neap_zone_read(&zone, name, NULL, &error);
    if (status == NEAP_NO_INPUT)
        skip();
    if (status != NEAP_OK)
        fail_msg("%s", error.message);
    return zone;
}

/* --- texts ---------------------------------------------------------------------------------------- */

static void auto_reads_rfc3339_and_its_variants(void **state)
{
    (void)state;
    assert_reads("2026-03-02T10:00:00Z", NULL, "2026-03-02T10:00:00Z");
    assert_reads("2026-03-02T10:00:00Z", "auto", "2026-03-02T10:00:00Z");
    assert_reads("2026-03-02t10:00:00z", "auto", "2026-03-02T10:00:00Z");
    assert_reads("2026-03-02T10:00:00+01:00", "auto", "2026-03-02T09:00:00Z");
    assert_reads("2026-03-02T10:00:00-0530", "rfc3339", "2026-03-02T15:30:00Z");
    assert_reads("2026-03-02 10:00:00+00", "auto", "2026-03-02T10:00:00Z");
    assert_reads("2026-03-02 10:00:00 UTC", "auto", "2026-03-02T10:00:00Z");
    assert_reads("2026-03-02 10:00", "auto", "2026-03-02T10:00:00Z");
    assert_reads("2026-03-09T10:00Z", "auto", "2026-03-09T10:00:00Z");
    assert_reads("2026-03-02", "auto", "2026-03-02T00:00:00Z");
    assert_reads("2026-03-02T10:00:00.25Z", "auto", "2026-03-02T10:00:00.25Z");
    assert_reads("2026-03-02 10:00:00.0000000019", "auto", "2026-03-02T10:00:00.000000001Z");
    assert_reads("1678-01-01T00:00:00Z", "auto", "1678-01-01T00:00:00Z");
    assert_reads("2261-12-31T23:59:59.999999999-23:59", "auto", "2262-01-01T23:58:59.999999999Z");
}

static void numbers_count_from_the_epoch(void **state)
{
    (void)state;
    assert_reads("0", "auto", "1970-01-01T00:00:00Z");
    assert_reads("1772445600", "auto", "2026-03-02T10:00:00Z");
    assert_reads("1772445600.25", "epoch_s", "2026-03-02T10:00:00.25Z");
    assert_reads("-0.5", "epoch_s", "1969-12-31T23:59:59.5Z");
    assert_reads("-9214559999", "epoch_s", "1678-01-01T00:00:01Z");
    assert_reads("1772445600000", "epoch_ms", "2026-03-02T10:00:00Z");
    assert_reads("1772445600000.5", "epoch_ms", "2026-03-02T10:00:00.0005Z");
    assert_refuses("1772445600000", "auto", NEAP_BAD_DATA, "time_format = epoch_ms");
    assert_refuses("1772445600000", "epoch_s", NEAP_BAD_DATA, "time_format = epoch_ms");
    assert_refuses("1772445600000000000", "auto", NEAP_BAD_DATA, "not within the years");
    assert_refuses("9214646400", "auto", NEAP_BAD_DATA, "not within the years");
    assert_refuses("-9214560000", "auto", NEAP_BAD_DATA, "not within the years");
    assert_refuses("99999999999999999999999999", "epoch_ms", NEAP_BAD_DATA, "not within");
    assert_refuses("12x", "epoch_ms", NEAP_BAD_DATA, "milliseconds since the epoch");
    assert_refuses("1.", "auto", NEAP_BAD_DATA, "seconds since the epoch");
    assert_refuses("", "auto", NEAP_BAD_DATA, "found \"\"");
}

static void days_and_hours_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    assert_reads("2024-02-29", "auto", "2024-02-29T00:00:00Z");
    assert_refuses("2026-02-29", "auto", NEAP_BAD_DATA, "month 2 of 2026 has the days 1 to 28");
    assert_refuses("1900-02-29", "auto", NEAP_BAD_DATA, "1 to 28");
    assert_refuses("2026-02-30T00:00:00Z", "auto", NEAP_BAD_DATA, "found 30");
    assert_refuses("2026-04-31", "auto", NEAP_BAD_DATA, "1 to 30");
    assert_refuses("2026-13-01", "auto", NEAP_BAD_DATA, "other way round");
    assert_refuses("2026-00-01", "auto", NEAP_BAD_DATA, "month 0");
    assert_refuses("2026-01-00", "auto", NEAP_BAD_DATA, "found 0");
    assert_refuses("2026-03-02T24:00:00Z", "auto", NEAP_BAD_DATA, "00:00 of the next day");
    assert_refuses("2026-03-02T25:00:00Z", "auto", NEAP_BAD_DATA, "hours are 0 to 23");
    assert_refuses("2026-03-02T10:60:00Z", "auto", NEAP_BAD_DATA, "minutes");
    assert_refuses("2026-03-02T10:00:61Z", "auto", NEAP_BAD_DATA, "seconds");
    assert_refuses("1677-12-31", "auto", NEAP_BAD_DATA, "1678 to 2261");
    assert_refuses("2262-01-01", "auto", NEAP_BAD_DATA, "1678 to 2261");
}

static void a_leap_second_is_the_next_second(void **state)
{
    (void)state;
    assert_reads("2016-12-31T23:59:60Z", "auto", "2017-01-01T00:00:00Z");
    assert_reads("2017-01-01T00:59:60.5+01:00", "auto", "2017-01-01T00:00:00.5Z");
    assert_refuses("2016-12-31T22:59:60Z", "auto", NEAP_BAD_DATA, "leap second");
}

static void malformed_texts_are_refused(void **state)
{
    static const char *const texts[] = {"tomorrow",
                                        "2026-3-2",
                                        "2026-03-02T",
                                        "2026-03-02T10",
                                        "2026-03-02T10:00:00.Z",
                                        "2026-03-02T10:00:00X",
                                        "2026-03-02T10:00:00Z ",
                                        " 2026-03-02",
                                        "2026-03-02T10:00:00+1",
                                        "2026-03-02T10:00:00+24:00",
                                        "2026-03-02T10:00:00+01:60",
                                        "2026/03/02 10:00"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refuses(texts[i], "auto", NEAP_BAD_DATA, "time_format");
}

static void patterns_read_their_letters(void **state)
{
    (void)state;
    assert_reads("02/Mar/2026:10:00:00 +0100", "%d/%b/%Y:%H:%M:%S %z", "2026-03-02T09:00:00Z");
    assert_reads("Mon, 2 MARCH 2026 10:00:00 GMT", "%a, %e %b %Y %T %Z", "2026-03-02T10:00:00Z");
    assert_reads("03/02/26 10:00", "%D %H:%M", "2026-03-02T10:00:00Z");
    assert_reads("02.03.1969", "%d.%m.%Y", "1969-03-02T00:00:00Z");
    assert_reads("69-01-01", "%y-%m-%d", "1969-01-01T00:00:00Z");
    assert_reads("20260302100001.75", "%Y%m%d%H%M%S.%f", "2026-03-02T10:00:01.75Z");
    assert_reads("2026-061", "%Y-%j", "2026-03-02T00:00:00Z");
    assert_reads("2026-03", "%Y-%m", "2026-03-01T00:00:00Z");
    assert_reads("@1772445600", "@%s", "2026-03-02T10:00:00Z");
    assert_reads("3/2/2026 12:05 AM", "%m/%d/%Y %I:%M %p", "2026-03-02T00:05:00Z");
    assert_reads("3/2/2026 1:05 pm", "%m/%d/%Y %I:%M %p", "2026-03-02T13:05:00Z");
    assert_reads("100% 2026-03-02", "100%% %F", "2026-03-02T00:00:00Z");
}

static void a_text_that_does_not_fit_its_pattern_says_where(void **state)
{
    (void)state;
    assert_refuses("13/02/2026", "%m/%d/%Y", NEAP_BAD_DATA, "other way round");
    assert_refuses("02-03-2026", "%d/%m/%Y", NEAP_BAD_DATA, "at character 3");
    assert_refuses("02/xx/2026", "%d/%m/%Y", NEAP_BAD_DATA, "a month, 1 to 12");
    assert_refuses("02/03/2026 ", "%d/%m/%Y", NEAP_BAD_DATA, "the end");
    assert_refuses("2026-366", "%Y-%j", NEAP_BAD_DATA, "a day that the year has");
    assert_refuses("2026-03-02 13 AM", "%F %I %p", NEAP_BAD_DATA, "an hour of 1 to 12");
    assert_refuses("02 Mrz 2026", "%d %b %Y", NEAP_BAD_DATA, "an English month name");
    assert_refuses("99999999999", "%s", NEAP_BAD_DATA, "seconds since the epoch");
}

static void bad_patterns_are_refused(void **state)
{
    struct neap_error error;
    (void)state;
    assert_refuses("2026", "%Q", NEAP_BAD_ARGUMENT, "%Q is not known");
    assert_refuses("2026", "%Y%", NEAP_BAD_ARGUMENT, "is not known");
    assert_refuses("2026", "%Y", NEAP_BAD_ARGUMENT, "whole date");
    assert_refuses("2026-03-02 1", "%F %I", NEAP_BAD_ARGUMENT, "%p wherever");
    assert_refuses("2026", "epoch", NEAP_BAD_ARGUMENT, "did you mean epoch_s?");
    assert_int_equal(neap_time_format_check("%d/%m", &error), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_time_format_check("%F %T", &error), NEAP_OK);
    assert_int_equal(neap_time_format_check("epoch_ms", NULL), NEAP_OK);
    assert_int_equal(neap_time_format_check(NULL, NULL), NEAP_OK);
}

static void a_text_need_not_end_with_nul(void **state)
{
    int64_t time_ns;
    (void)state;
    assert_int_equal(neap_time_parse(&time_ns, "2026-03-02T10:00:00Z", 10, "auto", NULL, NULL),
                     NEAP_OK);
    assert_int_equal(time_ns, at("2026-03-02"));
}

static void every_day_survives_a_round_trip(void **state)
{
    (void)state;
    int weekday = neap_civil_from_time(at("1678-01-01"), NULL).weekday;
    int64_t end_ns = at("2261-12-31");
    for (int64_t day_ns = at("1678-01-01"); day_ns <= end_ns; day_ns += 24 * HOUR) {
        struct neap_civil civil = neap_civil_from_time(day_ns, NULL);
        int64_t back_ns;
        assert_int_equal(civil.weekday, weekday);
        assert_int_equal(neap_time_from_civil(&back_ns, &civil, NULL, NULL), NEAP_OK);
        assert_int_equal(back_ns, day_ns);
        weekday = (weekday + 1) % 7;
    }
    assert_int_equal(neap_civil_from_time(at("2026-03-02"), NULL).weekday, 0);
    assert_int_equal(neap_civil_from_time(at("2024-12-31"), NULL).year_day, 366);
}

static void formatting_takes_any_instant(void **state)
{
    char text[NEAP_TIME_SIZE];
    (void)state;
    assert_int_equal(neap_time_format(text, sizeof text, 0), 20);
    neap_time_format(text, sizeof text, -1);
    assert_string_equal(text, "1969-12-31T23:59:59.999999999Z");
    neap_time_format(text, sizeof text, INT64_MAX);
    assert_string_equal(text, "2262-04-11T23:47:16.854775807Z");
    neap_time_format(text, sizeof text, INT64_MIN);
    assert_string_equal(text, "1677-09-21T00:12:43.145224192Z");
    assert_int_equal(neap_time_format(text, 5, 0), 20);
    assert_string_equal(text, "1970");
}

static void civil_times_outside_their_range_are_refused(void **state)
{
    static const struct neap_civil civils[] = {
        {.year = 2026, .month = 2, .day = 29},
        {.year = 2026, .month = 13, .day = 1},
        {.year = 2300, .month = 1, .day = 1},
        {.year = 2026, .month = 1, .day = 1, .hour = 24},
        {.year = 2026, .month = 1, .day = 1, .second = 60},
        {.year = 2026, .month = 1, .day = 1, .nanosecond = -1}};
    (void)state;
    for (size_t i = 0; i < sizeof civils / sizeof *civils; i++) {
        int64_t time_ns = 42;
        assert_int_equal(neap_time_from_civil(&time_ns, &civils[i], NULL, NULL), NEAP_BAD_ARGUMENT);
        assert_int_equal(time_ns, 42);
    }
}

/* --- zones ---------------------------------------------------------------------------------------- */

static void assert_day_hours(const struct neap_zone *zone, const char *noon, int quarter_hours)
{
    int64_t start_ns = neap_period_start(NEAP_DAY, at(noon), zone);
    int64_t next_ns = neap_period_next(NEAP_DAY, at(noon), zone);
    assert_int_equal(next_ns - start_ns, quarter_hours * HOUR / 4);
    assert_int_equal(neap_period_start(NEAP_DAY, next_ns - 1, zone), start_ns);
    assert_int_equal(neap_period_start(NEAP_DAY, next_ns, zone), next_ns);
}

static int64_t civil_in(const struct neap_zone *zone, const char *text)
{
    int64_t time_ns;
    struct neap_error error;
    if (neap_time_parse(&time_ns, text, strlen(text), "auto", zone, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return time_ns;
}

static void london_2026(void **state)
{
    (void)state;
    struct neap_zone *zone = zone_or_skip("Europe/London");
    assert_string_equal(neap_zone_name(zone), "Europe/London");
    assert_int_equal(neap_zone_offset_s(zone, at("2026-03-29T00:59:59Z")), 0);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-03-29T01:00:00Z")), 3600);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-10-25T00:59:59Z")), 3600);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-10-25T01:00:00Z")), 0);
    assert_int_equal(neap_zone_offset_s(zone, at("2150-07-01")), 3600);
    assert_int_equal(civil_in(zone, "2026-07-01 10:00"), at("2026-07-01T09:00Z"));
    assert_int_equal(civil_in(zone, "2026-03-29 01:30"), at("2026-03-29T01:30Z")); /* a gap */
    assert_int_equal(civil_in(zone, "2026-10-25 01:30"), at("2026-10-25T00:30Z")); /* twice */
    assert_int_equal(civil_in(zone, "2026-10-25 02:00"), at("2026-10-25T02:00Z"));
    assert_day_hours(zone, "2026-03-28T12:00Z", 96);
    assert_day_hours(zone, "2026-03-29T12:00Z", 92);
    assert_day_hours(zone, "2026-10-25T12:00Z", 100);
    neap_zone_free(zone);
}

static void weeks_and_months_follow_the_zone(void **state)
{
    (void)state;
    struct neap_zone *zone = zone_or_skip("Europe/London");
    int64_t week_ns = neap_period_start(NEAP_WEEK, at("2026-03-29T12:00Z"), zone);
    assert_int_equal(week_ns, at("2026-03-23T00:00Z"));
    assert_int_equal(neap_period_next(NEAP_WEEK, week_ns, zone), at("2026-03-29T23:00Z"));
    assert_int_equal(neap_period_start(NEAP_MONTH, at("2026-04-15"), zone),
                     at("2026-03-31T23:00Z"));
    assert_int_equal(neap_period_next(NEAP_MONTH, at("2026-10-15"), zone), at("2026-11-01"));
    assert_int_equal(neap_period_next(NEAP_MONTH, at("2026-12-31T23:59Z"), zone), at("2027-01-01"));
    assert_int_equal(neap_days_between(at("2026-03-28T12:00Z"), at("2026-03-29T22:59Z"), zone), 1);
    assert_int_equal(neap_days_between(at("2026-03-28T12:00Z"), at("2026-03-29T23:00Z"), zone), 2);
    assert_int_equal(neap_days_between(at("2026-03-30"), at("2026-03-29"), zone), -1);
    neap_zone_free(zone);
}

static void new_york_2026(void **state)
{
    (void)state;
    struct neap_zone *zone = zone_or_skip("America/New_York");
    assert_int_equal(neap_zone_offset_s(zone, at("2026-03-08T06:59:59Z")), -18000);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-03-08T07:00:00Z")), -14400);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-11-01T05:59:59Z")), -14400);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-11-01T06:00:00Z")), -18000);
    assert_int_equal(civil_in(zone, "2026-03-08 02:30"), at("2026-03-08T07:30Z"));
    assert_int_equal(neap_civil_from_time(at("2026-03-08T07:30Z"), zone).hour, 3);
    assert_day_hours(zone, "2026-03-08T16:00Z", 92);
    assert_day_hours(zone, "2026-11-01T16:00Z", 100);
    neap_zone_free(zone);
}

static void lord_howe_moves_by_half_an_hour(void **state)
{
    (void)state;
    struct neap_zone *zone = zone_or_skip("Australia/Lord_Howe");
    assert_int_equal(neap_zone_offset_s(zone, at("2026-01-15")), 39600);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-07-15")), 37800);
    assert_day_hours(zone, "2026-04-05T02:00Z", 98);
    assert_day_hours(zone, "2026-10-04T02:00Z", 94);
    neap_zone_free(zone);
}

static void a_midnight_that_clocks_skip_still_starts_its_day(void **state)
{
    (void)state;
    struct neap_zone *zone = zone_or_skip("America/Sao_Paulo"); /* 2018-11-04 began at 01:00 */
    int64_t start_ns = neap_period_start(NEAP_DAY, at("2018-11-04T12:00Z"), zone);
    assert_int_equal(start_ns, at("2018-11-04T03:00Z"));
    assert_int_equal(neap_civil_from_time(start_ns, zone).hour, 1);
    assert_day_hours(zone, "2018-11-04T12:00Z", 92);
    neap_zone_free(zone);
}

static void utc_needs_no_file(void **state)
{
    static const char *const names[] = {"UTC", "Etc/UTC", "GMT", "Z"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct neap_zone *zone = NULL;
        assert_int_equal(neap_zone_read(&zone, names[i], "/nonexistent", NULL), NEAP_OK);
        assert_int_equal(neap_zone_offset_s(zone, at("2026-07-01")), 0);
        assert_day_hours(zone, "2026-03-29T12:00Z", 96);
        neap_zone_free(zone);
    }
    assert_string_equal(neap_zone_name(NULL), "UTC");
    neap_zone_free(NULL);
}

static void zone_names_that_leave_the_directory_are_refused(void **state)
{
    static const char *const names[] = {
        "../etc/passwd", "/etc/localtime", "Europe/../../x", "", "Europe/", ".hidden", "a b",
        "A//B"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct neap_zone *zone = NULL;
        struct neap_error error;
        assert_int_equal(neap_zone_read(&zone, names[i], NULL, &error), NEAP_BAD_ARGUMENT);
        assert_non_null(strstr(error.message, "Europe/London"));
        assert_null(zone);
    }
}

static void a_missing_zone_tells_to_install_tzdata(void **state)
{
    struct neap_zone *zone = NULL;
    struct neap_error error;
    (void)state;
    assert_int_equal(neap_zone_read(&zone, "Europe/London", "/nonexistent", &error), NEAP_NO_INPUT);
    assert_non_null(strstr(error.message, "install the package tzdata"));
    assert_null(zone);
}

static void a_directory_is_not_a_zone(void **state)
{
    struct neap_zone *zone = NULL;
    (void)state;
    neap_zone_free(zone_or_skip("Europe/London"));
    assert_int_equal(neap_zone_read(&zone, "Europe", NULL, NULL), NEAP_NO_INPUT);
    assert_null(zone);
}

/* --- zone files made here ------------------------------------------------------------------------- */

struct image {
    unsigned char bytes[512];
    size_t length;
};

static void put(struct image *image, const void *bytes, size_t length)
{
    memcpy(image->bytes + image->length, bytes, length);
    image->length += length;
}

static void put_number(struct image *image, int64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--)
        image->bytes[image->length++] = (unsigned char)((uint64_t)value >> (8 * i));
}

static void put_header(struct image *image, char version, int leaps, int times, int types)
{
    put(image, "TZif", 4);
    image->bytes[image->length++] = (unsigned char)version;
    image->length += 15;
    put_number(image, 0, 4);
    put_number(image, 0, 4);
    put_number(image, leaps, 4);
    put_number(image, times, 4);
    put_number(image, types, 4);
    put_number(image, 4, 4);
}

static void put_type(struct image *image, int offset_s)
{
    put_number(image, offset_s, 4);
    put_number(image, 0, 2);
}

/* One change, at 1000 s, from +1 h to +2 h; then the rule. */
static struct image image_of(const char *rule)
{
    struct image image = {{0}, 0};
    put_header(&image, '2', 0, 0, 1);
    put_type(&image, 0);
    put(&image, "UTC", 4);
    put_header(&image, '2', 0, 1, 2);
    put_number(&image, 1000, 8);
    put_number(&image, 1, 1);
    put_type(&image, 3600);
    put_type(&image, 7200);
    put(&image, "ABC", 4);
    put(&image, "\n", 1);
    put(&image, rule, strlen(rule));
    put(&image, "\n", 1);
    return image;
}

static struct neap_zone *decoded(const struct image *image)
{
    struct neap_zone *zone = NULL;
    struct neap_error error;
    if (neap_zone_decode(&zone, "Test/Zone", image->bytes, image->length, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return zone;
}

static void a_made_zone_has_its_change_and_its_rule(void **state)
{
    (void)state;
    struct image image = image_of("<+02>-2<+03>,M3.5.0/3,M10.5.0/4");
    struct neap_zone *zone = decoded(&image);
    assert_int_equal(neap_zone_offset_s(zone, 999 * SECOND), 3600);
    assert_int_equal(neap_zone_offset_s(zone, 1000 * SECOND), 7200);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-03-29T00:59:59Z")), 7200);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-03-29T01:00:00Z")), 10800);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-10-25T01:00:00Z")), 7200);
    assert_int_equal(neap_zone_offset_s(zone, at("2261-07-01")), 10800);
    neap_zone_free(zone);
}

static void version_1_reads_its_only_block(void **state)
{
    (void)state;
    struct image image = {{0}, 0};
    put_header(&image, '\0', 0, 1, 2);
    put_number(&image, -1000, 4);
    put_number(&image, 1, 1);
    put_type(&image, -3600);
    put_type(&image, 0);
    put(&image, "ABC", 4);
    struct neap_zone *zone = decoded(&image);
    assert_int_equal(neap_zone_offset_s(zone, -1001 * SECOND), -3600);
    assert_int_equal(neap_zone_offset_s(zone, -1000 * SECOND), 0);
    neap_zone_free(zone);
}

static void rules_of_every_form_are_read(void **state)
{
    static const struct {
        const char *rule, *time;
        int offset_s;
    } rows[] = {{"EST5EDT,M3.2.0,M11.1.0", "2026-07-01", -14400},
                {"EST5EDT,0/0,J365/25", "2026-01-15", -14400}, /* daylight time all year */
                {"EST5EDT,0/0,J365/25", "2026-12-31T23:30Z", -14400},
                {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01", 3600}, /* winter is the exception */
                {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-01", 0},
                {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-01", 39600},
                {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:30Z", -7200},
                {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00Z", -3600},
                {"AAA3BBB,J60,300", "2028-02-29", -10800}, /* J60 is the first of March */
                {"AAA3BBB,J60,300", "2028-03-01T05:00Z", -7200},
                {"CET-1:30:15", "2026-01-01", 7200}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image image = image_of(rows[i].rule);
        struct neap_zone *zone = decoded(&image);
        assert_int_equal(neap_zone_offset_s(zone, at(rows[i].time)), rows[i].offset_s);
        neap_zone_free(zone);
    }
}

static void a_day_of_the_whole_year_is_24_hours_without_changes(void **state)
{
    (void)state;
    struct image image = image_of("EST5EDT,0/0,J365/25");
    struct neap_zone *zone = decoded(&image);
    assert_day_hours(zone, "2026-01-01T12:00Z", 96);
    assert_day_hours(zone, "2025-12-31T12:00Z", 96);
    neap_zone_free(zone);
}

static void clocks_going_back_over_midnight_leave_days_whole(void **state)
{
    (void)state;
    struct image image = image_of("AAA0BBB,M4.1.0/0:01,M11.1.0/0:01"); /* back to 23:01 */
    struct neap_zone *zone = decoded(&image);
    int64_t day_ns = at("2026-10-01");
    for (int i = 0; i < 60; i++) {
        int64_t next_ns = neap_period_next(NEAP_DAY, day_ns, zone);
        assert_true(next_ns > day_ns);
        assert_int_equal(neap_period_start(NEAP_DAY, next_ns - 1, zone),
                         neap_period_start(NEAP_DAY, day_ns, zone));
        for (int64_t inside_ns = day_ns; inside_ns < next_ns; inside_ns += HOUR / 2)
            assert_int_equal(neap_period_next(NEAP_DAY, inside_ns, zone), next_ns);
        day_ns = next_ns;
    }
    neap_zone_free(zone);
}

static void assert_broken(const struct image *image, const char *part)
{
    struct neap_zone *zone = NULL;
    struct neap_error error;
    assert_int_equal(neap_zone_decode(&zone, "Test/Zone", image->bytes, image->length, &error),
                     NEAP_BAD_DATA);
    assert_null(zone);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
}

static void broken_rules_are_refused(void **state)
{
    static const char *const rules[] = {"A0",
                                        "ABC",
                                        "ABC25",
                                        "ABC5EDT",
                                        "ABC5EDT,",
                                        "ABC5EDT,M3.2.0",
                                        "<ABC5",
                                        "ABC5EDT,M13.1.0,M1.1.0",
                                        "ABC5EDT,J366,1",
                                        "ABC5EDT,M3.2.0,M11.1.0x",
                                        "ABC5EDT,M3.2.0/168,M11.1.0"};
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct image image = image_of(rules[i]);
        assert_broken(&image, "rule");
    }
}

static void every_cut_of_a_zone_file_is_refused(void **state)
{
    (void)state;
    struct image image = image_of("EST5EDT,M3.2.0,M11.1.0");
    for (size_t length = 0; length < image.length; length++) {
        struct image cut = image;
        cut.length = length;
        assert_broken(&cut, "reinstall the package tzdata");
    }
}

static void files_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct image order = {{0}, 0};
    put_header(&order, '\0', 0, 2, 1);
    put_number(&order, 5, 4);
    put_number(&order, 5, 4);
    put_number(&order, 0, 2);
    put_type(&order, 0);
    put(&order, "ABC", 4);
    assert_broken(&order, "out of order");
    struct image type = {{0}, 0};
    put_header(&type, '\0', 0, 1, 1);
    put_number(&type, 5, 4);
    put_number(&type, 1, 1);
    put_type(&type, 0);
    put(&type, "ABC", 4);
    assert_broken(&type, "time type");
    struct image leap = {{0}, 0};
    put_header(&leap, '\0', 1, 0, 1);
    put_type(&leap, 0);
    put(&leap, "ABC", 4);
    put_number(&leap, 0, 8);
    assert_broken(&leap, "leap seconds");
    struct image wild = {{0}, 0};
    put_header(&wild, '\0', 0, 0, 1);
    put_type(&wild, 200000);
    put(&wild, "ABC", 4);
    assert_broken(&wild, "time type");
    struct image huge = {{0}, 0};
    put_header(&huge, '\0', -1, -1, -1);
    assert_broken(&huge, "cut short");
}

static void a_zone_is_read_from_a_directory(void **state)
{
    (void)state;
    char directory[] = "neap_zones_XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/Made", directory);
    struct image image = image_of("EST5EDT,M3.2.0,M11.1.0");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(image.bytes, 1, image.length, file), image.length);
    assert_int_equal(fclose(file), 0);
    struct neap_zone *zone = NULL;
    assert_int_equal(neap_zone_read(&zone, "Made", directory, NULL), NEAP_OK);
    assert_int_equal(neap_zone_offset_s(zone, at("2026-07-01")), -14400);
    neap_zone_free(zone);
    unlink(path);
    rmdir(directory);
}

static void periods_hold_at_the_ends_of_time(void **state)
{
    (void)state;
    struct image image = image_of("EST5EDT,M3.2.0,M11.1.0");
    struct neap_zone *zone = decoded(&image);
    static const enum neap_period periods[] = {NEAP_DAY, NEAP_WEEK, NEAP_MONTH};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(neap_period_next(periods[i], INT64_MAX, zone), INT64_MAX);
        assert_true(neap_period_next(periods[i], INT64_MIN, zone) > INT64_MIN);
        assert_int_equal(neap_period_start(periods[i], INT64_MIN, NULL), INT64_MIN);
    }
    assert_true(neap_civil_from_time(INT64_MAX, zone).year == 2262);
    neap_zone_free(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auto_reads_rfc3339_and_its_variants),
        cmocka_unit_test(numbers_count_from_the_epoch),
        cmocka_unit_test(days_and_hours_that_do_not_exist_are_refused),
        cmocka_unit_test(a_leap_second_is_the_next_second),
        cmocka_unit_test(malformed_texts_are_refused),
        cmocka_unit_test(patterns_read_their_letters),
        cmocka_unit_test(a_text_that_does_not_fit_its_pattern_says_where),
        cmocka_unit_test(bad_patterns_are_refused),
        cmocka_unit_test(a_text_need_not_end_with_nul),
        cmocka_unit_test(every_day_survives_a_round_trip),
        cmocka_unit_test(formatting_takes_any_instant),
        cmocka_unit_test(civil_times_outside_their_range_are_refused),
        cmocka_unit_test(london_2026),
        cmocka_unit_test(weeks_and_months_follow_the_zone),
        cmocka_unit_test(new_york_2026),
        cmocka_unit_test(lord_howe_moves_by_half_an_hour),
        cmocka_unit_test(a_midnight_that_clocks_skip_still_starts_its_day),
        cmocka_unit_test(utc_needs_no_file),
        cmocka_unit_test(zone_names_that_leave_the_directory_are_refused),
        cmocka_unit_test(a_missing_zone_tells_to_install_tzdata),
        cmocka_unit_test(a_directory_is_not_a_zone),
        cmocka_unit_test(a_made_zone_has_its_change_and_its_rule),
        cmocka_unit_test(version_1_reads_its_only_block),
        cmocka_unit_test(rules_of_every_form_are_read),
        cmocka_unit_test(a_day_of_the_whole_year_is_24_hours_without_changes),
        cmocka_unit_test(clocks_going_back_over_midnight_leave_days_whole),
        cmocka_unit_test(broken_rules_are_refused),
        cmocka_unit_test(every_cut_of_a_zone_file_is_refused),
        cmocka_unit_test(files_that_make_no_sense_are_refused),
        cmocka_unit_test(a_zone_is_read_from_a_directory),
        cmocka_unit_test(periods_hold_at_the_ends_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * calendar: holidays, and curves over the civil day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <neap/calendar.h>

static int64_t at(const char *text, const struct neap_zone *zone)
{
    int64_t time_ns = 0;
    struct neap_error error;
    if (neap_time_parse(&time_ns, text, strlen(text), "auto", zone, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return time_ns;
}

static struct neap_zone *zone_or_skip(const char *name)
{
    struct neap_zone *zone = NULL;
    if (neap_zone_read(&zone, name, NULL, NULL) != NEAP_OK)
        skip();
    return zone;
}

static struct neap_holidays *holidays_of(const char *text)
{
    struct neap_holidays *holidays = NULL;
    struct neap_error error;
    if (neap_holidays_new(&holidays, text, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return holidays;
}

/* --- holidays --------------------------------------------------------------------------------- */

static void easter_falls_on_the_known_dates(void **state)
{
    static const char *const known[] = {
        "1693-03-22", "1700-04-11", "1734-04-25", "1761-03-22", "1818-03-22", "1886-04-25",
        "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23",
        "2011-04-24", "2016-03-27", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05",
        "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2038-04-25", "2049-04-18"};
    const int64_t day_ns = INT64_C(86400000000000);
    struct neap_holidays *sunday = holidays_of("easter"), *friday = holidays_of("easter-2");
    struct neap_holidays *monday = holidays_of("easter+1");
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t easter_ns = at(known[i], NULL);
        assert_int_equal(neap_civil_from_time(easter_ns, NULL).weekday, 6);
        for (int days = -40; days <= 40; days++) {
            assert_int_equal(neap_holidays_has(sunday, easter_ns + days * day_ns, NULL), days == 0);
            assert_int_equal(neap_holidays_has(friday, easter_ns + days * day_ns, NULL),
                             days == -2);
            assert_int_equal(neap_holidays_has(monday, easter_ns + days * day_ns, NULL), days == 1);
        }
    }
    neap_holidays_free(sunday);
    neap_holidays_free(friday);
    neap_holidays_free(monday);
}

static void dates_and_yearly_days_are_told_apart(void **state)
{
    struct neap_holidays *holidays = holidays_of("2026-05-04, 12-25\t02-29");
    (void)state;
    assert_int_equal(neap_holidays_count(holidays), 3);
    assert_true(neap_holidays_has(holidays, at("2026-05-04T00:00", NULL), NULL));
    assert_true(neap_holidays_has(holidays, at("2026-05-04T23:59:59.999999999", NULL), NULL));
    assert_false(neap_holidays_has(holidays, at("2026-05-05", NULL), NULL));
    assert_false(neap_holidays_has(holidays, at("2026-05-03T23:59", NULL), NULL));
    assert_false(neap_holidays_has(holidays, at("2027-05-04", NULL), NULL));
    assert_true(neap_holidays_has(holidays, at("1999-12-25", NULL), NULL));
    assert_true(neap_holidays_has(holidays, at("2026-12-25T12:00", NULL), NULL));
    assert_true(neap_holidays_has(holidays, at("2028-02-29", NULL), NULL));
    assert_false(neap_holidays_has(holidays, at("2027-03-01", NULL), NULL));
    neap_holidays_free(holidays);
}

static void a_holiday_is_the_zones_day(void **state)
{
    struct neap_zone *zone = zone_or_skip("America/New_York");
    struct neap_holidays *holidays = holidays_of("2026-07-04");
    (void)state;
    assert_false(neap_holidays_has(holidays, at("2026-07-04T03:59Z", NULL), zone));
    assert_true(neap_holidays_has(holidays, at("2026-07-04T04:00Z", NULL), zone));
    assert_true(neap_holidays_has(holidays, at("2026-07-05T03:59Z", NULL), zone));
    assert_false(neap_holidays_has(holidays, at("2026-07-05T04:00Z", NULL), zone));
    neap_holidays_free(holidays);
    neap_zone_free(zone);
}

static void names_are_kept(void **state)
{
    struct neap_holidays *holidays = holidays_of("12-25");
    (void)state;
    assert_string_equal(neap_holidays_name(holidays, at("2026-12-25", NULL), NULL), "");
    assert_int_equal(neap_holidays_add(holidays, "easter-2", "Good Friday", NULL), NEAP_OK);
    assert_int_equal(neap_holidays_add(holidays, "12-25", "Christmas Day", NULL), NEAP_OK);
    assert_string_equal(neap_holidays_name(holidays, at("2026-12-25", NULL), NULL),
                        "Christmas Day");
    assert_string_equal(neap_holidays_name(holidays, at("2026-04-03", NULL), NULL), "Good Friday");
    assert_null(neap_holidays_name(holidays, at("2026-04-04", NULL), NULL));
    neap_holidays_free(holidays);
}

static void no_holidays_are_no_holidays(void **state)
{
    struct neap_holidays *none = holidays_of(" , ");
    (void)state;
    assert_int_equal(neap_holidays_count(none), 0);
    assert_int_equal(neap_holidays_count(NULL), 0);
    assert_false(neap_holidays_has(none, 0, NULL));
    assert_false(neap_holidays_has(NULL, 0, NULL));
    neap_holidays_free(none);
    neap_holidays_free(NULL);
}

static void bad_holidays_are_refused(void **state)
{
    static const char *const bad[] = {
        "2026-02-29",  "2026-13-01",  "2026-00-10", "13-01",      "02-30",     "1-1",
        "25/12/2026",  "2026-12-25x", "easter+",    "easter+251", "easter-81", "easter1",
        "easter+1000", "Easter",      "1500-01-01", "christmas",  "2026-1-01", "easter--1"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct neap_holidays *holidays = NULL;
        struct neap_error error = {0};
        char list[64];
        snprintf(list, sizeof list, "12-25 %s", bad[i]);
        assert_int_equal(neap_holidays_new(&holidays, list, &error), NEAP_BAD_ARGUMENT);
        assert_null(holidays);
        assert_non_null(strstr(error.message, bad[i]));
        assert_non_null(strstr(error.message, "easter-2"));
    }
}

/* --- curves ------------------------------------------------------------------------------------- */

static struct neap_day_curve curve_of(const char *text)
{
    struct neap_day_curve curve = {.count = 0};
    struct neap_error error;
    if (neap_day_curve_parse(&curve, text, NEAP_SHARE, 0, 1, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return curve;
}

static void assert_curve(const struct neap_day_curve *curve, const char *text, double expected)
{
    double found = neap_day_curve_at(curve, at(text, NULL), NULL);
    if (fabs(found - expected) > 1e-12)
        fail_msg("%s: found %.15g, expected %.15g", text, found, expected);
}

static void one_value_holds_all_day(void **state)
{
    struct neap_day_curve curve = curve_of(" 20% "), point = curve_of("08:00=30%"),
                          none = {0, {{0, 0}}};
    (void)state;
    assert_curve(&curve, "2026-03-02T00:00", 0.2);
    assert_curve(&curve, "2026-03-02T23:59:59", 0.2);
    assert_curve(&point, "2026-03-02T07:00", 0.3);
    assert_curve(&point, "2026-03-02T08:00", 0.3);
    assert_curve(&none, "2026-03-02T08:00", 0);
}

static void points_are_joined_by_lines_and_over_midnight(void **state)
{
    struct neap_day_curve curve = curve_of("06:00=10%, 12:00=40%, 18:00:00=20%");
    (void)state;
    assert_curve(&curve, "2026-03-02T06:00", 0.1);
    assert_curve(&curve, "2026-03-02T09:00", 0.25);
    assert_curve(&curve, "2026-03-02T12:00", 0.4);
    assert_curve(&curve, "2026-03-02T12:00:00.000000001", 0.4 - 0.2 * 1e-9 / 21600);
    assert_curve(&curve, "2026-03-02T15:00", 0.3);
    assert_curve(&curve, "2026-03-02T18:00", 0.2);
    assert_curve(&curve, "2026-03-02T21:00", 0.175);
    assert_curve(&curve, "2026-03-03T00:00", 0.15);
    assert_curve(&curve, "2026-03-03T03:00", 0.125);
    assert_curve(&curve, "2026-03-03T05:59:59", 0.1 + 0.1 / 43200);
}

static void a_curve_that_begins_at_midnight_closes_there(void **state)
{
    struct neap_day_curve curve = curve_of("00:00=0% 23:59:59=100%");
    (void)state;
    assert_curve(&curve, "2026-03-02T00:00", 0);
    assert_curve(&curve, "2026-03-02T23:59:59", 1);
    assert_curve(&curve, "2026-03-02T23:59:59.5", 0.5);
}

static void a_curve_goes_by_the_clocks_of_its_zone(void **state)
{
    struct neap_zone *zone = zone_or_skip("Europe/London");
    struct neap_day_curve curve = curve_of("08:00=10% 20:00=50%");
    (void)state;
    const char *const days[] = {"2026-03-28", "2026-03-29", "2026-03-30",
                                "2026-10-24", "2026-10-25", "2026-10-26"};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        char text[40];
        snprintf(text, sizeof text, "%sT20:00", days[i]);
        assert_true(fabs(neap_day_curve_at(&curve, at(text, zone), zone) - 0.5) < 1e-12);
        snprintf(text, sizeof text, "%sT14:00", days[i]);
        assert_true(fabs(neap_day_curve_at(&curve, at(text, zone), zone) - 0.3) < 1e-12);
    }
    double first = neap_day_curve_at(&curve, at("2026-10-25T00:30Z", NULL), zone);
    double second = neap_day_curve_at(&curve, at("2026-10-25T01:30Z", NULL), zone);
    assert_true(first == second); /* 01:30 twice */
    neap_zone_free(zone);
}

static void as_many_points_as_fit_are_read(void **state)
{
    char text[1024] = "";
    struct neap_day_curve curve = {.count = 0};
    (void)state;
    for (int i = 0; i < NEAP_DAY_CURVE_POINTS_MOST; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%02d:%02d=1%% ", i / 2,
                 i % 2 * 30);
    assert_int_equal(neap_day_curve_parse(&curve, text, NEAP_SHARE, 0, 1, NULL), NEAP_OK);
    assert_int_equal(curve.count, NEAP_DAY_CURVE_POINTS_MOST);
    strcpy(text + strlen(text), "23:59=1%");
    assert_int_equal(neap_day_curve_parse(&curve, text, NEAP_SHARE, 0, 1, NULL), NEAP_BAD_ARGUMENT);
}

static void bad_curves_are_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } bad[] = {{"", "HH:MM=VALUE"},
               {" ,", "HH:MM=VALUE"},
               {"20% 30%", "20% 30%"},
               {"8:00=10%", "8:00=10%"},
               {"24:00=10%", "24:00=10%"},
               {"08:60=10%", "08:60=10%"},
               {"08:00:60=10%", "08:00:60=10%"},
               {"08:00:1=10%", "08:00:1=10%"},
               {"08:00:=10%", "08:00:=10%"},
               {"08=10%", "08=10%"},
               {"08:00=10% 20%", "20%"},
               {"08:00=10% 08:00=20%", "order of the day"},
               {"08:00=10% 07:00=20%", "order of the day"},
               {"08:00=", "share"},
               {"08:00=120%", "expected 0% to 100%"},
               {"120%", "expected 0% to 100%"},
               {"-1%", "expected 0% to 100%"},
               {"lots", "share"}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct neap_day_curve curve = {.count = 7};
        struct neap_error error = {0};
        assert_int_equal(neap_day_curve_parse(&curve, bad[i].text, NEAP_SHARE, 0, 1, &error),
                         NEAP_BAD_ARGUMENT);
        assert_int_equal(curve.count, 7);
        if (strstr(error.message, bad[i].part) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.message, bad[i].part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(easter_falls_on_the_known_dates),
        cmocka_unit_test(dates_and_yearly_days_are_told_apart),
        cmocka_unit_test(a_holiday_is_the_zones_day),
        cmocka_unit_test(names_are_kept),
        cmocka_unit_test(no_holidays_are_no_holidays),
        cmocka_unit_test(bad_holidays_are_refused),
        cmocka_unit_test(one_value_holds_all_day),
        cmocka_unit_test(points_are_joined_by_lines_and_over_midnight),
        cmocka_unit_test(a_curve_that_begins_at_midnight_closes_there),
        cmocka_unit_test(a_curve_goes_by_the_clocks_of_its_zone),
        cmocka_unit_test(as_many_points_as_fit_are_read),
        cmocka_unit_test(bad_curves_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

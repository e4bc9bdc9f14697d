/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * recording: synthetic traffic. Random results are compared at fixed seeds, within three standard
 * errors of what they must be on average. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>
#include <neap/random.h>
#include <neap/recording.h>

#include "recording/synth.h"

enum { MINUTES_A_DAY = 1440 };

static void set(struct neap_synth_options *options, const char *key, const char *value)
{
    const struct neap_parameter *parameter = neap_parameter_find(neap_synth_parameters(), key);
    struct neap_error error;
    if (parameter == NULL)
        fail_msg("no key %s", key);
    else if (neap_parameter_set(parameter, options, value, &error) != NEAP_OK)
        fail_msg("%s", error.message);
}

/* Defaults without noise and drift. */
static struct neap_synth_options smooth(void)
{
    struct neap_synth_options options;
    neap_synth_options_init(&options);
    set(&options, "noise", "0");
    set(&options, "drift", "0%");
    return options;
}

/* The same rate at all times. */
static struct neap_synth_options flat(void)
{
    struct neap_synth_options options = smooth();
    set(&options, "daily_swing", "0%");
    set(&options, "weekend", "100%");
    return options;
}

static struct neap_recording *synth_in(const struct neap_synth_options *options,
                                       const struct neap_zone *zone,
                                       const struct neap_holidays *holidays)
{
    struct neap_recording *recording = NULL;
    struct neap_error error;
    if (neap_recording_synth(&recording, options, zone, holidays, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return recording;
}

static struct neap_recording *synth(const struct neap_synth_options *options)
{
    return synth_in(options, NULL, NULL);
}

static struct neap_zone *zone_or_skip(const char *name)
{
    struct neap_zone *zone = NULL;
    if (neap_zone_read(&zone, name, NULL, NULL) != NEAP_OK)
        skip();
    return zone;
}

static double sum_of(const struct neap_recording *recording, size_t first, size_t count)
{
    double sum = 0;
    assert_true(first + count <= neap_recording_count(recording));
    for (size_t i = first; i < first + count; i++)
        sum += neap_recording_requests(recording)[i];
    return sum;
}

static void assert_near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance))
        fail_msg("found %.10g, expected %.10g within %.3g", found, expected, tolerance);
}

static double day_sum(const struct neap_recording *recording, size_t day)
{
    return sum_of(recording, day * MINUTES_A_DAY, MINUTES_A_DAY);
}

/* --- shape -------------------------------------------------------------------------------------- */

static void test_defaults_are_in_range_and_make_two_weeks(void **state)
{
    struct neap_synth_options options;
    (void)state;
    neap_synth_options_init(&options);
    for (const struct neap_parameter *row = neap_synth_parameters(); row->name != NULL; row++) {
        double value;
        assert_true(row->meaning[0] != '\0');
        if (row->unit == NEAP_TEXT)
            continue;
        memcpy(&value, (const char *)&options + row->offset, sizeof value);
        assert_true(value >= row->low && value <= row->high);
    }
    struct neap_recording *r = synth(&options);
    assert_int_equal(neap_recording_count(r), 14 * MINUTES_A_DAY);
    assert_int_equal(neap_recording_start_ns(r), INT64_C(1772409600000000000));
    assert_int_equal(neap_recording_step_ns(r), INT64_C(60000000000));
    for (size_t i = 0; i < neap_recording_count(r); i++) {
        double requests = neap_recording_requests(r)[i];
        assert_true(requests >= 0 && requests == floor(requests));
    }
    neap_recording_free(r);
}

static void test_the_day_swings_as_asked_around_its_peak(void **state)
{
    struct neap_synth_options options = smooth();
    (void)state;
    set(&options, "mean_rate", "100000/s");
    set(&options, "peak_hour", "20.5h");
    set(&options, "daily_swing", "50%");
    set(&options, "days", "1");
    struct neap_recording *r = synth(&options);
    const double *requests = neap_recording_requests(r);
    size_t peak = 0, trough = 0;
    for (size_t i = 0; i < MINUTES_A_DAY; i++) {
        peak = requests[i] > requests[peak] ? i : peak;
        trough = requests[i] < requests[trough] ? i : trough;
    }
    assert_in_range(peak, 20 * 60 + 25, 20 * 60 + 35);
    assert_in_range(trough, 8 * 60 + 25, 8 * 60 + 35);
    assert_near((requests[peak] - requests[trough]) / (requests[peak] + requests[trough]), 0.5,
                1e-4);
    neap_recording_free(r);
}

static void test_a_second_peak_stands_where_it_should(void **state)
{
    struct neap_synth_options options = flat();
    (void)state;
    set(&options, "mean_rate", "100000/s");
    set(&options, "second_peak", "40%");
    set(&options, "second_peak_hour", "23.5h");
    set(&options, "days", "2");
    struct neap_recording *r = synth(&options);
    const double *requests = neap_recording_requests(r);
    double base = requests[12 * 60];
    assert_near(requests[23 * 60 + 30] / base, 1.4, 1e-3);
    assert_near(requests[24 * 60 + 30] / base, 1 + 0.4 * exp(-0.5), 1e-2); /* over midnight */
    assert_near(requests[22 * 60 + 30] / base, 1 + 0.4 * exp(-0.5), 1e-2);
    neap_recording_free(r);
}

static void test_weekends_and_weekdays_have_their_ratio(void **state)
{
    static const double factors[] = {1, 0.98, 0.97, 0.99, 1.1, 0.85, 0};
    struct neap_synth_options options = smooth();
    (void)state;
    set(&options, "weekend", "80%");
    struct neap_recording *r = synth(&options);
    for (size_t day = 0; day < 14; day++)
        assert_near(day_sum(r, day) / day_sum(r, 0), day % 7 < 5 ? 1 : 0.8, 1e-6);
    neap_recording_free(r);
    set(&options, "day_factors", "100% 98% 97%, 99%, 110% 0.85 0%");
    r = synth(&options);
    for (size_t day = 0; day < 14; day++)
        assert_near(day_sum(r, day) / day_sum(r, 0), factors[day % 7], 1e-6);
    neap_recording_free(r);
}

static void test_growth_compounds_by_the_week(void **state)
{
    struct neap_synth_options options = smooth();
    (void)state;
    set(&options, "days", "28");
    for (int shrinks = 0; shrinks < 2; shrinks++) {
        set(&options, "growth", shrinks ? "-10%" : "7%");
        struct neap_recording *r = synth(&options);
        double week[4];
        for (size_t i = 0; i < 4; i++)
            week[i] = sum_of(r, i * 7 * MINUTES_A_DAY, 7 * MINUTES_A_DAY);
        assert_near(week[0], 100 * 604800.0, 100); /* the mean rate is that of the first week */
        for (size_t i = 1; i < 4; i++)
            assert_near(week[i] / week[i - 1], shrinks ? 0.9 : 1.07, 1e-6);
        neap_recording_free(r);
    }
}

static void test_a_holiday_has_its_share(void **state)
{
    struct neap_synth_options options = smooth();
    struct neap_holidays *holidays = NULL;
    (void)state;
    assert_int_equal(neap_holidays_new(&holidays, "03-04 2026-03-15", NULL), NEAP_OK);
    set(&options, "holiday", "45%");
    struct neap_recording *r = synth_in(&options, NULL, holidays);
    assert_near(day_sum(r, 2) / day_sum(r, 9), 0.45, 1e-6);
    assert_near(day_sum(r, 13) / day_sum(r, 6), 0.45, 1e-6); /* a Sunday too */
    assert_near(day_sum(r, 3) / day_sum(r, 10), 1, 1e-6);
    neap_recording_free(r);
    neap_holidays_free(holidays);
}

static void test_a_flash_crowd_rises_and_decays(void **state)
{
    struct neap_synth_options options = flat();
    (void)state;
    set(&options, "mean_rate", "100000/s");
    set(&options, "days", "3");
    set(&options, "flash_at", "2026-03-03T20:00, 2026-03-02T10:00:00Z");
    set(&options, "flash_factor", "4");
    set(&options, "flash_rise", "10m");
    set(&options, "flash_decay", "30m");
    struct neap_recording *r = synth(&options);
    const double *requests = neap_recording_requests(r);
    const size_t begins[] = {600, MINUTES_A_DAY + 1200};
    for (size_t i = 0; i < 2; i++) {
        const double *at = requests + begins[i];
        assert_near(at[-1], 6e6, 10);
        assert_near(at[5], 6e6 * (1 + 3 * 0.55), 1000);
        assert_near(at[9], 6e6 * (1 + 3 * 0.95), 1000);
        assert_near(at[10], 6e6 * (1 + 3 * exp(-0.5 / 30)), 1000);
        assert_near(at[40], 6e6 * (1 + 3 * exp(-30.5 / 30)), 1000);
        for (int k = -600; k < 600; k++)
            assert_true(at[k] <= at[10]);
    }
    neap_recording_free(r);
}

static void test_nothing_arrives_in_an_outage(void **state)
{
    struct neap_synth_options options;
    (void)state;
    neap_synth_options_init(&options);
    set(&options, "days", "1");
    set(&options, "outage_at", "2026-03-02T04:00, 2026-03-02T04:05 2026-03-02T12:00:30");
    struct neap_recording *r = synth(&options);
    const double *requests = neap_recording_requests(r);
    for (size_t i = 0; i < MINUTES_A_DAY; i++) {
        bool out = (i >= 240 && i < 255) || (i > 720 && i < 730);
        if (i != 720 && i != 730)
            assert_int_equal(requests[i] == 0, out);
    }
    assert_near(requests[720] / requests[719], 0.5, 0.1); /* half of these minutes */
    assert_near(requests[730] / requests[731], 0.5, 0.1);
    neap_recording_free(r);
}

static void test_the_total_does_not_depend_on_the_step(void **state)
{
    static const char *const steps[] = {"10s", "60s", "5m", "1h", "6h", "24h"};
    struct neap_synth_options options = smooth();
    double first = 0;
    (void)state;
    set(&options, "bursts", "20/d");
    set(&options, "drift", "10%");
    set(&options, "outage_at", "2026-03-02T04:00");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        set(&options, "step", steps[i]);
        struct neap_recording *r = synth(&options);
        first = i == 0 ? neap_recording_total(r) : first;
        assert_near(neap_recording_total(r) / first, 1, 1e-5);
        neap_recording_free(r);
    }
}

/* --- civil time ------------------------------------------------------------------------------------ */

static void test_trap_30_a_25_hour_day_has_25_rows_and_a_23_hour_day_23(void **state)
{
    struct neap_zone *zone = zone_or_skip("Europe/London");
    struct neap_synth_options options = smooth();
    (void)state;
    set(&options, "step", "1h");
    set(&options, "days", "1");
    set(&options, "start", "2026-10-25");
    struct neap_recording *r = synth_in(&options, zone, NULL);
    assert_int_equal(neap_recording_count(r), 25);
    neap_recording_free(r);
    set(&options, "start", "2026-03-29");
    r = synth_in(&options, zone, NULL);
    assert_int_equal(neap_recording_count(r), 23);
    neap_recording_free(r);
    set(&options, "start", "2026-03-28T12:00");
    r = synth_in(&options, zone, NULL);
    assert_int_equal(neap_recording_count(r), 23); /* noon to noon */
    neap_recording_free(r);
    neap_zone_free(zone);
}

/* Three weeks whose second ends on the day the clocks change: the same weekday and hour of the clock must
 * have the same traffic in each of them. */
static void assert_phase_is_kept(const struct neap_zone *zone, const char *start, int peak_before,
                                 int peak_after)
{
    struct neap_synth_options options = smooth();
    double seen[7][24] = {{0}}, most = 0;
    int peak = -1;
    set(&options, "start", start);
    set(&options, "days", "21");
    set(&options, "step", "1h");
    set(&options, "peak_hour", "20.5h");
    set(&options, "day_factors", "100% 98% 97% 99% 110% 85% 80%");
    struct neap_recording *r = synth_in(&options, zone, NULL);
    size_t count = neap_recording_count(r);
    assert_true(count == 21 * 24 + 1 || count == 21 * 24 - 1);
    for (size_t i = 0; i < count; i++) {
        int64_t time_ns = neap_recording_start_ns(r) + (int64_t)i * neap_recording_step_ns(r);
        struct neap_civil civil = neap_civil_from_time(time_ns, zone);
        double requests = neap_recording_requests(r)[i], *before = &seen[civil.weekday][civil.hour];
        if (*before > 0)
            assert_near(requests, *before, 1);
        *before = requests;
        peak = requests > most ? neap_civil_from_time(time_ns, NULL).hour : peak;
        most = requests > most ? requests : most;
        if (civil.weekday == 6 && civil.hour == 23) { /* the week's peak, on Friday, in UTC */
            assert_int_equal(peak, i < 15 * 24 ? peak_before : peak_after);
            most = 0;
        }
    }
    neap_recording_free(r);
}

static void test_trap_30_the_weekly_season_keeps_its_phase(void **state)
{
    struct neap_zone *zone = zone_or_skip("Europe/London");
    (void)state;
    assert_phase_is_kept(zone, "2026-03-16", 20, 19); /* clocks go forward on the 29th */
    assert_phase_is_kept(zone, "2026-10-12", 19, 20); /* and back on the 25th */
    neap_zone_free(zone);
}

static void test_the_first_week_has_its_mean_over_a_change_of_clocks(void **state)
{
    struct neap_zone *zone = zone_or_skip("Europe/London");
    struct neap_synth_options options = smooth();
    (void)state;
    set(&options, "start", "2026-03-26");
    struct neap_recording *r = synth_in(&options, zone, NULL);
    assert_near(sum_of(r, 0, 7 * MINUTES_A_DAY), 100 * 604800.0, 100);
    neap_recording_free(r);
    neap_zone_free(zone);
}

/* --- chance --------------------------------------------------------------------------------------- */

static void test_the_mean_rate_is_met_within_chance(void **state)
{
    static const char *const noises[] = {"0.5", "1", "4"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct neap_synth_options options = smooth();
        set(&options, "days", "7");
        set(&options, "noise", noises[i]);
        struct neap_recording *r = synth(&options);
        double expected = 100 * 604800.0;
        assert_near(neap_recording_total(r), expected, 3 * sqrt(options.noise * expected));
        neap_recording_free(r);
    }
}

static void test_counts_have_the_dispersion_asked_for(void **state)
{
    static const char *const noises[] = {"0.5", "1", "3", "50"}, *const rates[] = {"100/s",
                                                                                   "0.1/s"};
    (void)state;
    for (size_t k = 0; k < 8; k++) {
        struct neap_synth_options options = flat();
        set(&options, "mean_rate", rates[k / 4]);
        set(&options, "noise", noises[k % 4]);
        struct neap_recording *r = synth(&options);
        size_t count = neap_recording_count(r);
        double mean = neap_recording_total(r) / (double)count, squares = 0, d = options.noise;
        for (size_t i = 0; i < count; i++)
            squares += pow(neap_recording_requests(r)[i] - mean, 2);
        /* excess kurtosis of the negative binomial, and of Poisson: the first where d = 1 */
        double m = 60 * options.mean_rate;
        double kurtosis = d <= 1 ? 1 / (d * m) : (1 + 6 * d * (d - 1)) / (d * m);
        double rounding = d < 1 ? 0.25 / m : 0; /* variance that rounding adds at most */
        assert_near(squares / (double)(count - 1) / mean, d,
                    3 * d * sqrt((2 + kurtosis) / (double)count) + rounding);
        neap_recording_free(r);
    }
}

static void test_without_noise_rounding_loses_nothing(void **state)
{
    struct neap_synth_options options = flat();
    (void)state;
    set(&options, "mean_rate", "7/h");
    struct neap_recording *r = synth(&options);
    assert_near(neap_recording_total(r), 14 * 24 * 7, 0.5001);
    assert_near(day_sum(r, 5), 24 * 7, 1.0001);
    neap_recording_free(r);
}

static void test_drift_has_its_mean_and_deviation(void **state)
{
    struct neap_synth_options options = flat();
    double squares = 0;
    (void)state;
    set(&options, "days", "800");
    set(&options, "step", "1h");
    set(&options, "drift", "20%");
    set(&options, "drift_memory", "24h");
    struct neap_recording *r = synth(&options);
    size_t count = neap_recording_count(r);
    double mean = neap_recording_total(r) / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += pow(neap_recording_requests(r)[i] / mean - 1, 2);
    /* a correlation of exp(-t/24h) leaves one independent value in two days, squares one a day */
    assert_near(mean, 360000, 3 * 0.2 * 360000 * sqrt(2 / 800.0));
    assert_near(sqrt(squares / (double)count), 0.2, 3 * 0.2 / sqrt(2 * 800.0) + 0.003);
    neap_recording_free(r);
}

static void test_bursts_come_as_often_as_asked(void **state)
{
    struct neap_synth_options options = flat();
    (void)state;
    set(&options, "days", "60");
    set(&options, "bursts", "24/d");
    set(&options, "burst_factor", "3");
    set(&options, "burst_length", "5m");
    struct neap_recording *r = synth(&options);
    double rate = 24.0 / MINUTES_A_DAY, minutes = 60.0 * MINUTES_A_DAY;
    double share = (neap_recording_total(r) / (6000 * minutes) - 1) / 2;
    assert_near(share, 1 - exp(-rate * 5), 3 * 5 * sqrt(rate / minutes));
    neap_recording_free(r);
}

static void test_a_longer_recording_begins_with_the_same_numbers(void **state)
{
    struct neap_synth_options options;
    (void)state;
    neap_synth_options_init(&options);
    set(&options, "noise", "3");
    set(&options, "bursts", "10/d");
    set(&options, "growth", "3%");
    set(&options, "days", "3");
    struct neap_recording *shorter = synth(&options);
    set(&options, "days", "30");
    struct neap_recording *longer = synth(&options);
    set(&options, "end", "2026-03-05");
    struct neap_recording *same = synth(&options);
    set(&options, "seed", "2");
    struct neap_recording *other = synth(&options);
    size_t size = neap_recording_count(shorter) * sizeof(double);
    assert_memory_equal(neap_recording_requests(shorter), neap_recording_requests(longer), size);
    assert_int_equal(neap_recording_count(same), neap_recording_count(shorter));
    assert_memory_equal(neap_recording_requests(shorter), neap_recording_requests(same), size);
    assert_memory_not_equal(neap_recording_requests(shorter), neap_recording_requests(other), size);
    neap_recording_free(shorter);
    neap_recording_free(longer);
    neap_recording_free(same);
    neap_recording_free(other);
}

/* neap_stream_count() is where all counts come from. */
static void test_random_counts_have_their_mean_and_variance(void **state)
{
    static const double cases[][2] = {{0.3, 1}, {9, 1}, {300, 1},    {2e9, 1},
                                      {5, 2},   {5, 9}, {1000, 1.5}, {4e8, 30}};
    enum { COUNT = 20000 };
    struct neap_stream stream;
    (void)state;
    neap_stream_init(&stream, 5, 0, 1);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double mean = cases[k][0], d = cases[k][1], sum = 0, squares = 0;
        for (uint64_t i = 0; i < COUNT; i++) {
            double count = neap_stream_count(&stream, i, mean, d);
            assert_true(count >= 0 && count == floor(count));
            sum += count - mean;
            squares += (count - mean) * (count - mean);
        }
        double kurtosis = (1 + 6 * d * (d - 1)) / (d * mean);
        assert_near(sum / COUNT, 0, 3 * sqrt(d * mean / COUNT));
        assert_near(squares / COUNT / mean, d, 3 * d * sqrt((2 + kurtosis) / COUNT));
    }
    assert_true(neap_stream_count(&stream, 3, 0, 1) == 0);
    assert_true(neap_stream_count(&stream, 3, 70, 2) == neap_stream_count(&stream, 3, 70, 2));
}

/* --- description and refusals ---------------------------------------------------------------------- */

static void test_it_says_that_it_is_synthetic(void **state)
{
    struct neap_synth_options options;
    struct neap_recording *coarse = NULL, *split = NULL;
    struct neap_day_curve half = {1, {{0, 0.5}}};
    const struct neap_class_share shares[] = {{"a", &half}};
    (void)state;
    neap_synth_options_init(&options);
    struct neap_recording *r = synth(&options);
    assert_true(neap_recording_is_synthetic(r));
    assert_string_equal(neap_recording_description(r),
                        "synthetic traffic: 14d from 2026-03-02T00:00:00Z in steps of 1m, mean "
                        "100/s, busiest at 20:00, seed 1");
    assert_int_equal(neap_recording_resample(&coarse, r, INT64_C(300000000000), NULL), NEAP_OK);
    assert_int_equal(neap_recording_split(&split, r, shares, 1, NULL, NULL), NEAP_OK);
    assert_true(neap_recording_is_synthetic(coarse) && neap_recording_is_synthetic(split));
    assert_string_equal(neap_recording_path(split), "");
    neap_recording_free(coarse);
    neap_recording_free(split);
    neap_recording_free(r);
    double one = 1;
    assert_int_equal(neap_recording_from_array(&r, 0, 1, &one, 1, NULL), NEAP_OK);
    assert_false(neap_recording_is_synthetic(r));
    assert_string_equal(neap_recording_description(r), "");
    neap_recording_free(r);
}

static void refuses(const struct neap_synth_options *options, const char *part)
{
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_recording_synth(&recording, options, NULL, NULL, &error),
                     NEAP_BAD_SCENARIO);
    assert_null(recording);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    assert_int_equal(neap_recording_synth(&recording, options, NULL, NULL, NULL),
                     NEAP_BAD_SCENARIO);
}

static void test_bad_words_are_refused_by_their_key(void **state)
{
    static const struct {
        const char *key, *value, *part;
    } bad[] = {{"start", "yesterday", "synth.start: found \"yesterday\""},
               {"end", "later", "synth.end: found \"later\""},
               {"end", "2026-03-02", "expected a time behind synth.start = 2026-03-02"},
               {"start", "2261-12-30", "synth.days: found 14"},
               {"end", "2200-01-01", "synth.end: found 2200-01-01, expected at most 36600 days"},
               {"step", "1ms", "more than 100000000 intervals"},
               {"day_factors", "100%", "synth.day_factors"},
               {"day_factors", "1 1 1 1 1 1 1 1", "expected seven shares"},
               {"day_factors", "1 1 1 1 1 1 -1", "expected seven shares"},
               {"day_factors", "0 0 0 0 0 0 0", "without traffic"},
               {"flash_at", "2026-03-02 20:00", "synth.flash_at: found \"20:00\""},
               {"outage_at", "2026-02-30", "synth.outage_at: found \"2026-02-30\""}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct neap_synth_options options;
        neap_synth_options_init(&options);
        set(&options, bad[i].key, bad[i].value);
        refuses(&options, bad[i].part);
    }
}

static void test_numbers_out_of_range_are_refused_by_their_key(void **state)
{
    (void)state;
    for (const struct neap_parameter *row = neap_synth_parameters(); row->name != NULL; row++) {
        const double outside[] = {row->low - 1, row->high * 1.5 + 1, (double)NAN};
        char part[64];
        snprintf(part, sizeof part, "synth.%s: found ", row->name);
        for (size_t i = 0; i < 3 && row->unit != NEAP_TEXT; i++) {
            struct neap_synth_options options;
            neap_synth_options_init(&options);
            memcpy((char *)&options + row->offset, &outside[i], sizeof outside[i]);
            refuses(&options, part);
        }
    }
}

static void test_a_count_beyond_reason_is_refused(void **state)
{
    struct neap_synth_options options = smooth();
    (void)state;
    set(&options, "mean_rate", "1000000000/s");
    set(&options, "growth", "100%");
    set(&options, "step", "1h");
    set(&options, "days", "300");
    refuses(&options, "synth.mean_rate: found 1e+09/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_in_range_and_make_two_weeks),
        cmocka_unit_test(test_the_day_swings_as_asked_around_its_peak),
        cmocka_unit_test(test_a_second_peak_stands_where_it_should),
        cmocka_unit_test(test_weekends_and_weekdays_have_their_ratio),
        cmocka_unit_test(test_growth_compounds_by_the_week),
        cmocka_unit_test(test_a_holiday_has_its_share),
        cmocka_unit_test(test_a_flash_crowd_rises_and_decays),
        cmocka_unit_test(test_nothing_arrives_in_an_outage),
        cmocka_unit_test(test_the_total_does_not_depend_on_the_step),
        cmocka_unit_test(test_trap_30_a_25_hour_day_has_25_rows_and_a_23_hour_day_23),
        cmocka_unit_test(test_trap_30_the_weekly_season_keeps_its_phase),
        cmocka_unit_test(test_the_first_week_has_its_mean_over_a_change_of_clocks),
        cmocka_unit_test(test_the_mean_rate_is_met_within_chance),
        cmocka_unit_test(test_counts_have_the_dispersion_asked_for),
        cmocka_unit_test(test_without_noise_rounding_loses_nothing),
        cmocka_unit_test(test_drift_has_its_mean_and_deviation),
        cmocka_unit_test(test_bursts_come_as_often_as_asked),
        cmocka_unit_test(test_a_longer_recording_begins_with_the_same_numbers),
        cmocka_unit_test(test_random_counts_have_their_mean_and_variance),
        cmocka_unit_test(test_it_says_that_it_is_synthetic),
        cmocka_unit_test(test_bad_words_are_refused_by_their_key),
        cmocka_unit_test(test_numbers_out_of_range_are_refused_by_their_key),
        cmocka_unit_test(test_a_count_beyond_reason_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

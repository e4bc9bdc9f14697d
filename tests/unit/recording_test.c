/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * recording: reading, gaps, disorder, windows, classes, observations, resampling. Inputs are
 * texts in memory, named "r.csv" in messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <neap/calendar.h>
#include <neap/recording.h>

#include "recording/impl.h"

/* 2026-03-02T10:00:00Z */
static const int64_t ten_ns = INT64_C(1772445600) * 1000000000;
static const int64_t minute_ns = INT64_C(60000000000);

static struct neap_recording_options defaults(void)
{
    struct neap_recording_options options;
    neap_recording_options_init(&options);
    strcpy(options.file, "r.csv");
    return options;
}

static void set(struct neap_recording_options *options, const char *name, const char *text)
{
    const struct neap_parameter *parameter = neap_parameter_find(neap_recording_parameters, name);
    assert_non_null(parameter);
    assert_int_equal(neap_parameter_set(parameter, options, text, NULL), NEAP_OK);
}

static struct neap_recording *reads(const char *data, const struct neap_recording_options *options)
{
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    enum neap_status status =
        neapi_recording_read_memory(&recording, options, data, strlen(data), "r.csv", NULL, &error);
    if (status != NEAP_OK)
        print_message("%ld:%ld: %s\n", error.line, error.column, error.message);
    assert_int_equal(status, NEAP_OK);
    return recording;
}

static void fails(const char *data, const struct neap_recording_options *options, long line,
                  long column, const char *message)
{
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    assert_int_equal(
        neapi_recording_read_memory(&recording, options, data, strlen(data), "r.csv", NULL, &error),
        NEAP_BAD_DATA);
    assert_null(recording);
    if (strstr(error.message, message) == NULL)
        print_message("%s\n", error.message);
    assert_non_null(strstr(error.message, message));
    assert_string_equal(error.source, "r.csv");
    assert_int_equal(error.line, line);
    assert_int_equal(error.column, column);
}

static void refuses(const struct neap_recording_options *options, const char *message)
{
    static const char data[] = "time,requests\n0,1\n60,2\n";
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    assert_int_equal(
        neapi_recording_read_memory(&recording, options, data, strlen(data), "r.csv", NULL, &error),
        NEAP_BAD_ARGUMENT);
    assert_null(recording);
    if (strstr(error.message, message) == NULL)
        print_message("%s\n", error.message);
    assert_non_null(strstr(error.message, message));
}

static void requests_are(const struct neap_recording *recording, size_t count,
                         const double *expected)
{
    assert_int_equal(neap_recording_count(recording), count);
    for (size_t i = 0; i < count; i++)
        assert_true(fabs(neap_recording_requests(recording)[i] - expected[i]) < 1e-9);
}

#define REQUESTS_ARE(recording, ...)                                                  \
    requests_are((recording), sizeof((const double[]){__VA_ARGS__}) / sizeof(double), \
                 (const double[]){__VA_ARGS__})

/* --- options ------------------------------------------------------------------------------ */

static void test_defaults_come_from_the_table(void **state)
{
    (void)state;
    struct neap_recording_options options;
    neap_recording_options_init(&options);
    assert_string_equal(options.file, "");
    assert_string_equal(options.time_column, "time");
    assert_string_equal(options.value_column, "requests");
    assert_string_equal(options.time_format, "auto");
    assert_string_equal(options.arrivals, "exact");
    assert_int_equal(options.value_unit, NEAP_VALUE_REQUESTS);
    assert_int_equal(options.gaps, NEAP_GAPS_HOLD);
    assert_int_equal(options.delimiter, NEAP_DELIMITER_AUTO);
    assert_true(options.scale == 1);
    assert_true(isnan(options.step_s));
}

static void test_choices_match_their_enums(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "value_unit", "per_second");
    assert_int_equal(options.value_unit, NEAP_VALUE_PER_SECOND);
    set(&options, "gaps", "interpolate");
    assert_int_equal(options.gaps, NEAP_GAPS_INTERPOLATE);
    set(&options, "gaps", "zero");
    assert_int_equal(options.gaps, NEAP_GAPS_ZERO);
    set(&options, "gaps", "error");
    assert_int_equal(options.gaps, NEAP_GAPS_ERROR);
    set(&options, "delimiter", "comma");
    assert_int_equal(options.delimiter, NEAP_DELIMITER_COMMA);
    set(&options, "delimiter", "semicolon");
    assert_int_equal(options.delimiter, NEAP_DELIMITER_SEMICOLON);
    set(&options, "delimiter", "tab");
    assert_int_equal(options.delimiter, NEAP_DELIMITER_TAB);
}

static void test_arrivals(void **state)
{
    (void)state;
    enum neap_arrivals kind;
    double dispersion;
    assert_int_equal(neap_arrivals_parse(&kind, &dispersion, "exact", NULL), NEAP_OK);
    assert_int_equal(kind, NEAP_ARRIVALS_EXACT);
    assert_int_equal(neap_arrivals_parse(&kind, &dispersion, "poisson", NULL), NEAP_OK);
    assert_int_equal(kind, NEAP_ARRIVALS_POISSON);
    assert_true(dispersion == 1);
    assert_int_equal(neap_arrivals_parse(&kind, &dispersion, "burst(2.5)", NULL), NEAP_OK);
    assert_int_equal(kind, NEAP_ARRIVALS_BURST);
    assert_true(dispersion == 2.5);
}

static void test_bad_arrivals_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "Exact",      "burst",      "burst()",
                                      "burst(0.5)", "burst(inf)", "burst(nan)", "burst(2.5",
                                      "burst(2x)",  "burst(1e9)", "burst(-1)",  "burst(1))"};
    enum neap_arrivals kind = NEAP_ARRIVALS_POISSON;
    double dispersion = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(neap_arrivals_parse(&kind, &dispersion, bad[i], NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(kind, NEAP_ARRIVALS_POISSON);
    assert_true(dispersion == 7);
}

static void test_bad_options_are_refused(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    options.file[0] = '\0';
    refuses(&options, "traffic.file is not set");
    options = defaults();
    options.scale = -1;
    refuses(&options, "traffic.scale: found -1");
    options = defaults();
    options.scale = (double)NAN;
    refuses(&options, "traffic.scale");
    options = defaults();
    options.step_s = 0;
    refuses(&options, "traffic.step: found 0");
    options = defaults();
    strcpy(options.value_column, "time");
    refuses(&options, "another column");
    options = defaults();
    strcpy(options.arrivals, "burst(0)");
    refuses(&options, "arrivals");
    options = defaults();
    strcpy(options.time_format, "%Q");
    refuses(&options, "%Q");
}

/* --- reading ------------------------------------------------------------------------------- */

static void test_canonical_file(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = reads("time,requests\n2026-03-02T10:00:00Z,5\n"
                                     "2026-03-02T10:01:00Z,6.5\n2026-03-02T10:02:00Z,0\n",
                                     &options);
    REQUESTS_ARE(r, 5, 6.5, 0);
    assert_true(neap_recording_start_ns(r) == ten_ns);
    assert_true(neap_recording_step_ns(r) == minute_ns);
    assert_true(neap_recording_end_ns(r) == ten_ns + 3 * minute_ns);
    assert_true(neap_recording_total(r) == 11.5);
    assert_int_equal(neap_recording_classes(r), 1);
    assert_string_equal(neap_recording_class_name(r, 0), "all");
    assert_ptr_equal(neap_recording_class_requests(r, 0), neap_recording_requests(r));
    assert_null(neap_recording_class_requests(r, 1));
    assert_null(neap_recording_observed(r, NEAP_OBSERVED_REPLICAS));
    assert_int_equal(neap_recording_rows_read(r), 3);
    assert_int_equal(neap_recording_rows_used(r), 3);
    assert_int_equal(neap_recording_gaps(r)->count, 0);
    assert_string_equal(neap_recording_path(r), "r.csv");
    neap_recording_free(r);
    neap_recording_free(NULL);
}

static void test_mapping_keys_ignore_other_columns(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "time_column", "period");
    set(&options, "value_column", "count");
    struct neap_recording *r =
        reads("note,period,count,replicas\nx,0,1,lots\ny,60,2,more\n", &options);
    REQUESTS_ARE(r, 1, 2);
    assert_null(neap_recording_observed(r, NEAP_OBSERVED_REPLICAS));
    neap_recording_free(r);
}

static void test_unknown_column_gets_a_suggestion(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,request\n0,1\n", &options, 1, 6, "did you mean requests?");
    fails("time,requests,cpu_core\n0,1,1\n", &options, 1, 15, "did you mean cpu_cores?");
    fails("period,count\n0,1\n", &options, 1, 1, "found column \"period\"");
    fails("time,requests,a|b\n0,1,1\n", &options, 1, 15, "found column \"a|b\"");
}

static void test_missing_column_lists_what_there_is(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,replicas\n0,1\n", &options, 1, 0,
          "found no column \"requests\" among: time, replicas");
    set(&options, "time_column", "when");
    fails("\na,b\n0,1\n", &options, 2, 0, "traffic.time_column");
}

static void test_column_twice_is_an_error(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,requests,time\n0,1,0\n", &options, 1, 15, "second column \"time\"");
    fails("time,requests,requests.a,requests.a\n0,1,0,0\n", &options, 1, 26,
          "second column \"requests.a\"");
}

static void test_per_second_is_multiplied_by_the_step(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "value_unit", "per_second");
    struct neap_recording *r = reads("time,requests\n0,1\n60,2.5\n", &options);
    REQUESTS_ARE(r, 60, 150);
    neap_recording_free(r);
}

static void test_scale_is_applied_to_requests_and_fillings(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "scale", "250%");
    struct neap_recording *r =
        reads("time,requests,requests.a,replicas\n0,4,2,1\n60,4,2,1\n180,4,2,1\n", &options);
    REQUESTS_ARE(r, 10, 10, 10, 10);
    assert_true(neap_recording_gaps(r)->requests_filled == 10);
    assert_true(neap_recording_class_requests(r, 0)[2] == 5);
    assert_true(neap_recording_observed(r, NEAP_OBSERVED_REPLICAS)[0] == 1);
    neap_recording_free(r);
}

static void test_bad_cells_are_located(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    static const char *const bad[] = {"-3",  "NaN", "inf", "many", "0x10",    "1e16",
                                      "1,5", "1 2", "-",   "1e",   "Infinity"};
    char data[128];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(data, sizeof data, "time,requests\n0,1\n60,\"%s\"\n", bad[i]);
        fails(data, &options, 3, 4, "expected a number from 0 to 1e+15");
        fails(data, &options, 3, 4, bad[i]);
    }
    fails("time,requests,replicas\n0,1,x\n", &options, 2, 5, "replicas: found \"x\"");
}

static void test_bad_times_are_located(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,requests\n0,1\nyesterday,2\n", &options, 3, 1, "yesterday");
    fails("time,requests\n0,1\n,2\n", &options, 3, 1, "found an empty cell");
    fails("requests,time\n1,1795132800000\n", &options, 2, 3, "epoch_ms");
}

static void test_time_formats(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    static const char *const files[][2] = {
        {"auto", "time,requests\n2026-03-02 10:00:00,1\n2026-03-02T11:01+01:00,2\n"},
        {"epoch_s", "time,requests\n1772445600,1\n1772445660.0,2\n"},
        {"epoch_ms", "time,requests\n1772445600000,1\n1772445660000,2\n"},
        {"%d.%m.%Y %H:%M", "time,requests\n02.03.2026 10:00,1\n02.03.2026 10:01,2\n"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        set(&options, "time_format", files[i][0]);
        struct neap_recording *r = reads(files[i][1], &options);
        assert_true(neap_recording_start_ns(r) == ten_ns);
        assert_true(neap_recording_step_ns(r) == minute_ns);
        neap_recording_free(r);
    }
}

static void test_negative_zero_is_zero(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = reads("time,requests\n0,-0\n60,1\n", &options);
    assert_false(signbit(neap_recording_requests(r)[0]));
    neap_recording_free(r);
}

/* --- classes and observations ----------------------------------------------------------------- */

static void test_classes_and_other(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r =
        reads("time,requests.search,requests,requests.buy\n0,5,10,2\n60,4,6,2\n", &options);
    assert_int_equal(neap_recording_classes(r), 3);
    assert_string_equal(neap_recording_class_name(r, 0), "search");
    assert_string_equal(neap_recording_class_name(r, 1), "buy");
    assert_string_equal(neap_recording_class_name(r, 2), "other");
    assert_true(neap_recording_class_requests(r, 0)[0] == 5);
    assert_true(neap_recording_class_requests(r, 2)[0] == 3);
    assert_true(neap_recording_class_requests(r, 2)[1] == 0);
    neap_recording_free(r);
}

static void test_no_other_when_classes_are_all(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r =
        reads("time,requests,requests.a,requests.b\n0,0.3,0.1,0.2\n60,3,1,2\n", &options);
    assert_int_equal(neap_recording_classes(r), 2);
    neap_recording_free(r);
}

static void test_classes_are_filled_like_requests(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "gaps", "interpolate");
    struct neap_recording *r = reads("time,requests,requests.a\n0,10,2\n60,20,4\n180,40,8\n"
                                     "240,,\n300,60,12\n",
                                     &options);
    REQUESTS_ARE(r, 10, 20, 30, 40, 50, 60);
    assert_true(neap_recording_class_requests(r, 0)[2] == 6);
    assert_true(neap_recording_class_requests(r, 0)[4] == 10);
    assert_true(neap_recording_class_requests(r, 1)[2] == 24);
    neap_recording_free(r);
}

static void test_bad_classes_are_located(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,requests,requests.a\n0,1,0\n60,2,3\n", &options, 3, 6,
          "classes that sum to 3, expected at most requests = 2");
    fails("time,requests,requests.a\n0,1,\n", &options, 2, 5, "class a: found an empty cell");
    fails("time,requests,requests.A\n0,1,1\n", &options, 1, 15, "found class \"A\"");
    fails("time,requests,requests.\n0,1,1\n", &options, 1, 15, "found class \"\"");
    fails("time,requests,requests.other\n0,1,1\n", &options, 1, 15, "found class \"other\"");
}

static void test_observations(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r =
        reads("time,requests,cpu_cores,replicas,p50_s,p95_s,p99_s,errors\n"
              "0,1,2.5,3,0.1,0.2,0.3,4\n60,1,,3,,,,0\n180,1,2,3,0.1,0.2,0.3,4\n",
              &options);
    const double *cpu = neap_recording_observed(r, NEAP_OBSERVED_CPU_CORES);
    assert_true(cpu[0] == 2.5 && isnan(cpu[1]) && isnan(cpu[2]) && cpu[3] == 2);
    assert_true(neap_recording_observed(r, NEAP_OBSERVED_REPLICAS)[1] == 3);
    assert_true(neap_recording_observed(r, NEAP_OBSERVED_P50_S)[0] == 0.1);
    assert_true(neap_recording_observed(r, NEAP_OBSERVED_P95_S)[0] == 0.2);
    assert_true(neap_recording_observed(r, NEAP_OBSERVED_P99_S)[3] == 0.3);
    assert_true(neap_recording_observed(r, NEAP_OBSERVED_ERRORS)[1] == 0);
    assert_string_equal(neap_observation_name(NEAP_OBSERVED_P95_S), "p95_s");
    neap_recording_free(r);
}

/* --- gaps, duplicates, disorder ------------------------------------------------------------------ */

static const char gappy[] = "time,requests\n0,10\n60,20\n120,30\n300,60\n360,70\n420,80\n";

static void test_gaps_hold(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = reads(gappy, &options);
    REQUESTS_ARE(r, 10, 20, 30, 30, 30, 60, 70, 80);
    assert_int_equal(neap_recording_gaps(r)->count, 1);
    assert_int_equal(neap_recording_gaps(r)->intervals, 2);
    assert_true(neap_recording_gaps(r)->seconds == 120);
    assert_true(neap_recording_gaps(r)->requests_filled == 60);
    neap_recording_free(r);
}

static void test_gaps_interpolate(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "gaps", "interpolate");
    struct neap_recording *r = reads(gappy, &options);
    REQUESTS_ARE(r, 10, 20, 30, 40, 50, 60, 70, 80);
    assert_true(fabs(neap_recording_gaps(r)->requests_filled - 90) < 1e-9);
    neap_recording_free(r);
}

static void test_gaps_zero(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "gaps", "zero");
    struct neap_recording *r = reads(gappy, &options);
    REQUESTS_ARE(r, 10, 20, 30, 0, 0, 60, 70, 80);
    assert_int_equal(neap_recording_gaps(r)->count, 1);
    assert_true(neap_recording_gaps(r)->requests_filled == 0);
    neap_recording_free(r);
}

static void test_gaps_error_names_the_row_after(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "gaps", "error");
    fails(gappy, &options, 5, 0, "found a gap of 2 intervals before 1970-01-01T00:05:00Z");
    fails("time,requests\n0,1\n60,\n120,1\n", &options, 3, 0, "found an empty cell");
}

static void test_empty_cell_is_a_gap(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = reads("time,requests\n0,\n60,5\n120,\n180,7\n240,\n", &options);
    REQUESTS_ARE(r, 5, 5, 5, 7, 7);
    assert_int_equal(neap_recording_gaps(r)->count, 3);
    assert_true(neap_recording_gaps(r)->requests_filled == 17);
    neap_recording_free(r);
    fails("time,requests\n0,\n60,\n", &options, 2, 0, "only empty cells");
}

static void test_disorder_is_sorted_and_counted(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = reads("time,requests,replicas\n180,4,14\n0,1,11\n120,3,13\n60,2,12\n"
                                     "240,5,15\n",
                                     &options);
    REQUESTS_ARE(r, 1, 2, 3, 4, 5);
    for (int i = 0; i < 5; i++)
        assert_true(neap_recording_observed(r, NEAP_OBSERVED_REPLICAS)[i] == 11 + i);
    assert_int_equal(neap_recording_gaps(r)->disorder, 2);
    neap_recording_free(r);
    fails("time,requests\n120,3\n150,4\n60,2\n0,1\n", &options, 3, 0, "on the grid");
}

static void test_first_of_duplicates_stays(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = reads("time,requests\n0,1\n60,2\n60,20\n120,3\n60,200\n", &options);
    REQUESTS_ARE(r, 1, 2, 3);
    assert_int_equal(neap_recording_gaps(r)->duplicates, 2);
    assert_int_equal(neap_recording_gaps(r)->disorder, 1);
    assert_int_equal(neap_recording_rows_read(r), 5);
    neap_recording_free(r);
    set(&options, "gaps", "error");
    fails("time,requests\n0,1\n60,2\n60,20\n120,3\n", &options, 4, 0, "the time of line 3 again");
}

/* --- step ------------------------------------------------------------------------------------- */

static void test_step_is_the_most_frequent_distance(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r =
        reads("time,requests\n0,1\n300,1\n360,1\n480,1\n540,1\n660,1\n900,1\n960,1\n", &options);
    assert_true(neap_recording_step_ns(r) == minute_ns);
    assert_int_equal(neap_recording_count(r), 17);
    neap_recording_free(r);
}

static void test_step_given_wins(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "step", "30s");
    struct neap_recording *r = reads("time,requests\n0,1\n60,2\n120,3\n", &options);
    REQUESTS_ARE(r, 1, 1, 2, 2, 3);
    neap_recording_free(r);
    r = reads("time,requests\n0,1\n", &options);
    REQUESTS_ARE(r, 1);
    neap_recording_free(r);
    set(&options, "step", "50s");
    fails("time,requests\n0,1\n60,2\n", &options, 3, 0, "n x 50 s");
}

static void test_too_few_rows_for_a_step(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,requests\n0,1\n", &options, 2, 0, "set traffic.step");
    fails("time,requests\n0,1\n0,1\n", &options, 2, 0, "set traffic.step");
    fails("time,requests\n", &options, 0, 0, "no rows");
    fails("time,requests\n1900-01-01,1\n2000-01-01,1\n", &options, 2, 0, "at most 366 days");
}

static void test_time_off_the_grid_is_an_error(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,requests\n0,1\n60,1\n120,1\n185,1\n240,1\n", &options, 5, 0,
          "found 1970-01-01T00:03:05Z, expected a time on the grid of 1970-01-01T00:00:00Z + n x "
          "60 s");
}

/* A file of one-minute rows that goes on with five-minute rows. */
static void changing(char *data)
{
    size_t used = (size_t)sprintf(data, "time,requests\n");
    for (int i = 0; i < 20; i++)
        used += (size_t)sprintf(data + used, "%d,1\n", i * 60);
    for (int i = 0; i < 15; i++)
        used += (size_t)sprintf(data + used, "%d,5\n", 1200 + 240 + i * 300);
}

static void test_step_change_is_an_error(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    char data[1024];
    changing(data);
    fails(data, &options, 22, 0, "found a step of 300 s from here on");
}

static void test_step_change_is_gaps_when_step_is_given(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    char data[1024];
    changing(data);
    set(&options, "step", "60s");
    struct neap_recording *r = reads(data, &options);
    assert_int_equal(neap_recording_gaps(r)->intervals, 15 * 4);
    neap_recording_free(r);
}

static void test_step_change_can_be_cut_off(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    char data[1024];
    changing(data);
    set(&options, "to", "1970-01-01T00:20:00Z");
    struct neap_recording *r = reads(data, &options);
    assert_int_equal(neap_recording_count(r), 20);
    assert_int_equal(neap_recording_gaps(r)->count, 0);
    neap_recording_free(r);
}

static void test_absurd_span_is_refused(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,requests\n1926-01-01,1\n1926-01-01T00:00:01Z,1\n2026-01-01,1\n", &options, 0, 0,
          "at most 100000000 intervals");
    fails("time,requests\n1678-01-01,1\n2261-01-01,1\n2261-01-01T00:00:01Z,1\n"
          "2261-01-01T00:00:02Z,1\n",
          &options, 0, 0, "at most 100000000 intervals");
}

static void test_few_rows_far_apart_are_refused(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    fails("time,requests\n2025-01-01,1\n2025-01-01T00:00:01Z,1\n2026-01-01,1\n", &options, 0, 0,
          "found 3 rows for 31536001 intervals of 1 s");
}

/* --- window ------------------------------------------------------------------------------------ */

static void test_window_is_half_open(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "from", "60");
    set(&options, "to", "1970-01-01T00:03:00Z");
    struct neap_recording *r = reads("time,requests\n0,1\n60,2\n120,3\n180,4\n240,5\n", &options);
    REQUESTS_ARE(r, 2, 3);
    assert_int_equal(neap_recording_rows_read(r), 5);
    assert_int_equal(neap_recording_rows_used(r), 2);
    neap_recording_free(r);
}

static void test_window_beyond_the_data_is_cut_to_them(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "from", "1969-12-31");
    set(&options, "to", "1970-01-02");
    struct neap_recording *r = reads(gappy, &options);
    assert_int_equal(neap_recording_count(r), 8);
    assert_true(neap_recording_start_ns(r) == 0);
    neap_recording_free(r);
}

static void test_gaps_at_the_edges_of_the_window_are_filled(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    static const char data[] = "time,requests\n0,10\n240,50\n300,60\n360,70\n600,110\n";
    set(&options, "from", "90");
    set(&options, "to", "600");
    struct neap_recording *r = reads(data, &options);
    assert_true(neap_recording_start_ns(r) == 2 * minute_ns);
    REQUESTS_ARE(r, 10, 10, 50, 60, 70, 70, 70, 70);
    assert_int_equal(neap_recording_gaps(r)->count, 2);
    assert_int_equal(neap_recording_gaps(r)->intervals, 5);
    neap_recording_free(r);
    set(&options, "gaps", "interpolate");
    r = reads(data, &options);
    REQUESTS_ARE(r, 30, 40, 50, 60, 70, 80, 90, 100);
    neap_recording_free(r);
    set(&options, "gaps", "error");
    fails(data, &options, 3, 0, "found a gap of 2 intervals");
    set(&options, "from", "240");
    fails(data, &options, 6, 0, "found a gap of 3 intervals");
}

static void test_window_beside_the_data_states_their_range(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "from", "2026-03-02");
    fails(gappy, &options, 0, 0, "from 1970-01-01T00:00:00Z to 1970-01-01T00:07:00Z");
    set(&options, "from", "130");
    set(&options, "to", "290");
    fails(gappy, &options, 0, 0, "no row in the window from 1970-01-01T00:02:10Z");
}

static void test_window_of_nothing_is_refused(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "from", "60");
    set(&options, "to", "60");
    refuses(&options, "before traffic.to");
    set(&options, "to", "soon");
    refuses(&options, "traffic.to: ");
}

static void test_duplicates_outside_the_window_do_not_count(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    set(&options, "gaps", "error");
    set(&options, "from", "60");
    set(&options, "to", "240");
    struct neap_recording *r =
        reads("time,requests\n0,1\n0,1\n60,2\n120,3\n180,4\n240,5\n240,5\n", &options);
    REQUESTS_ARE(r, 2, 3, 4);
    assert_int_equal(neap_recording_gaps(r)->duplicates, 0);
    neap_recording_free(r);
}

/* --- from an array, resampled -------------------------------------------------------------------- */

static struct neap_recording *from(const double *requests, size_t count)
{
    struct neap_recording *recording;
    assert_int_equal(
        neap_recording_from_array(&recording, ten_ns, minute_ns, requests, count, NULL), NEAP_OK);
    return recording;
}

static void test_from_array(void **state)
{
    (void)state;
    const double requests[] = {1, 2, 3};
    struct neap_recording *r = from(requests, 3);
    REQUESTS_ARE(r, 1, 2, 3);
    assert_true(neap_recording_start_ns(r) == ten_ns);
    assert_true(neap_recording_total(r) == 6);
    assert_string_equal(neap_recording_path(r), "");
    neap_recording_free(r);
}

static void test_bad_arrays_are_refused(void **state)
{
    (void)state;
    struct neap_recording *r = NULL;
    const double good[] = {1, 2}, negative[] = {1, -2}, nan[] = {1, (double)NAN},
                 infinite[] = {1, (double)INFINITY}, huge[] = {1e308, 1e308};
    assert_int_equal(neap_recording_from_array(&r, 0, 1, good, 0, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_from_array(&r, 0, 0, good, 2, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_from_array(&r, 2, INT64_MAX / 2, good, 2, NULL),
                     NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_from_array(&r, 0, 1, negative, 2, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_from_array(&r, 0, 1, nan, 2, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_from_array(&r, 0, 1, infinite, 2, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_from_array(&r, 0, 1, huge, 2, NULL), NEAP_BAD_ARGUMENT);
    assert_null(r);
}

static void test_resample_coarser_sums(void **state)
{
    (void)state;
    const double requests[] = {1, 2, 3, 4, 5};
    struct neap_recording *r = from(requests, 5), *coarse;
    assert_int_equal(neap_recording_resample(&coarse, r, 2 * minute_ns, NULL), NEAP_OK);
    REQUESTS_ARE(coarse, 3, 7, 5);
    assert_true(neap_recording_total(coarse) == 15);
    assert_true(neap_recording_end_ns(coarse) == ten_ns + 6 * minute_ns);
    neap_recording_free(coarse);
    assert_int_equal(neap_recording_resample(&coarse, r, 1000 * minute_ns, NULL), NEAP_OK);
    REQUESTS_ARE(coarse, 15);
    neap_recording_free(coarse);
    neap_recording_free(r);
}

static void test_resample_finer_splits(void **state)
{
    (void)state;
    const double requests[] = {8, 2};
    struct neap_recording *r = from(requests, 2), *fine;
    assert_int_equal(neap_recording_resample(&fine, r, minute_ns / 4, NULL), NEAP_OK);
    REQUESTS_ARE(fine, 2, 2, 2, 2, 0.5, 0.5, 0.5, 0.5);
    assert_true(neap_recording_end_ns(fine) == neap_recording_end_ns(r));
    neap_recording_free(fine);
    assert_int_equal(neap_recording_resample(&fine, r, minute_ns, NULL), NEAP_OK);
    REQUESTS_ARE(fine, 8, 2);
    neap_recording_free(fine);
    neap_recording_free(r);
}

static void test_resample_treats_columns_by_what_they_are(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = reads("time,requests,requests.a,cpu_cores,replicas,p95_s,errors\n"
                                     "0,10,1,2,3,0.5,4\n60,20,2,4,5,0.7,6\n120,30,3,,7,0.1,1\n"
                                     "180,40,4,8,7,0.1,2\n",
                                     &options),
                          *other;
    assert_int_equal(neap_recording_resample(&other, r, 2 * minute_ns, NULL), NEAP_OK);
    REQUESTS_ARE(other, 30, 70);
    assert_string_equal(neap_recording_class_name(other, 1), "other");
    assert_true(neap_recording_class_requests(other, 0)[1] == 7);
    assert_true(neap_recording_class_requests(other, 1)[0] == 27);
    assert_true(neap_recording_observed(other, NEAP_OBSERVED_CPU_CORES)[0] == 3);
    assert_true(neap_recording_observed(other, NEAP_OBSERVED_CPU_CORES)[1] == 8);
    assert_true(neap_recording_observed(other, NEAP_OBSERVED_REPLICAS)[0] == 4);
    assert_null(neap_recording_observed(other, NEAP_OBSERVED_P95_S));
    assert_true(neap_recording_observed(other, NEAP_OBSERVED_ERRORS)[0] == 10);
    neap_recording_free(other);
    assert_int_equal(neap_recording_resample(&other, r, minute_ns / 2, NULL), NEAP_OK);
    assert_true(neap_recording_observed(other, NEAP_OBSERVED_P95_S)[1] == 0.5);
    assert_true(neap_recording_observed(other, NEAP_OBSERVED_ERRORS)[1] == 2);
    assert_true(neap_recording_observed(other, NEAP_OBSERVED_REPLICAS)[1] == 3);
    assert_true(isnan(neap_recording_observed(other, NEAP_OBSERVED_CPU_CORES)[4]));
    neap_recording_free(other);
    neap_recording_free(r);
}

static void test_bad_resampling_is_refused(void **state)
{
    (void)state;
    const double requests[] = {8, 2};
    struct neap_error error = {0};
    struct neap_recording *r = from(requests, 2), *other = NULL;
    assert_int_equal(neap_recording_resample(&other, r, minute_ns * 3 / 2, &error),
                     NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "multiple or a divisor"));
    assert_int_equal(neap_recording_resample(&other, r, 0, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_resample(&other, r, -minute_ns, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_resample(&other, r, 1, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_resample(&other, r, INT64_MAX / minute_ns * minute_ns, NULL),
                     NEAP_BAD_ARGUMENT);
    assert_null(other);
    neap_recording_free(r);
}

/* --- files ---------------------------------------------------------------------------------------- */

static void test_file_is_relative_to_the_directory(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r;
    char directory[] = "/tmp/neap-recording-XXXXXX", path[64];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/r.csv", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("time,requests\n0,1\n60,2\n", file);
    fclose(file);
    assert_int_equal(neap_recording_read(&r, &options, directory, NULL, NULL), NEAP_OK);
    assert_string_equal(neap_recording_path(r), path);
    neap_recording_free(r);
    set(&options, "file", path);
    assert_int_equal(neap_recording_read(&r, &options, "/nowhere", NULL, NULL), NEAP_OK);
    assert_string_equal(neap_recording_path(r), path);
    neap_recording_free(r);
    unlink(path);
    rmdir(directory);
}

static void test_absent_file_is_no_input(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_recording_read(&r, &options, "/nowhere", NULL, &error), NEAP_NO_INPUT);
    assert_string_equal(error.source, "/nowhere/r.csv");
    assert_null(r);
}

static const char *shared(char *path, size_t size, const char *name)
{
    const char *top = getenv("top_srcdir");
    snprintf(path, size, "%s/../shared/traffic/rate/%s", top == NULL ? "." : top, name);
    return access(path, R_OK) == 0 ? path : NULL;
}

static void test_world_cup_1998(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r;
    if (shared(options.file, sizeof options.file, "wc98_requests_per_minute.csv.gz") == NULL)
        skip();
    set(&options, "time_column", "period");
    set(&options, "value_column", "count");
    assert_int_equal(neap_recording_read(&r, &options, NULL, NULL, NULL), NEAP_OK);
    const struct neap_recording_gaps *gaps = neap_recording_gaps(r);
    assert_int_equal(neap_recording_rows_read(r), 125300);
    assert_int_equal(neap_recording_count(r), 125310);
    assert_int_equal(gaps->count, 7);
    assert_int_equal(gaps->intervals, 10);
    assert_int_equal(gaps->duplicates, 0);
    assert_int_equal(gaps->disorder, 0);
    assert_true(neap_recording_total(r) - gaps->requests_filled == 1352804107);
    neap_recording_free(r);
}

static void test_load_balancer_with_missing_samples(void **state)
{
    (void)state;
    struct neap_recording_options options = defaults();
    struct neap_recording *r;
    if (shared(options.file, sizeof options.file, "nab_elb_request_count_8c0756.csv") == NULL)
        skip();
    set(&options, "time_column", "timestamp");
    set(&options, "value_column", "value");
    assert_int_equal(neap_recording_read(&r, &options, NULL, NULL, NULL), NEAP_OK);
    assert_true(neap_recording_step_ns(r) == 5 * minute_ns);
    assert_int_equal(neap_recording_gaps(r)->count, 8);
    assert_int_equal(neap_recording_gaps(r)->intervals, 8);
    neap_recording_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_come_from_the_table),
        cmocka_unit_test(test_choices_match_their_enums),
        cmocka_unit_test(test_arrivals),
        cmocka_unit_test(test_bad_arrivals_are_refused),
        cmocka_unit_test(test_bad_options_are_refused),
        cmocka_unit_test(test_canonical_file),
        cmocka_unit_test(test_mapping_keys_ignore_other_columns),
        cmocka_unit_test(test_unknown_column_gets_a_suggestion),
        cmocka_unit_test(test_missing_column_lists_what_there_is),
        cmocka_unit_test(test_column_twice_is_an_error),
        cmocka_unit_test(test_per_second_is_multiplied_by_the_step),
        cmocka_unit_test(test_scale_is_applied_to_requests_and_fillings),
        cmocka_unit_test(test_bad_cells_are_located),
        cmocka_unit_test(test_bad_times_are_located),
        cmocka_unit_test(test_time_formats),
        cmocka_unit_test(test_negative_zero_is_zero),
        cmocka_unit_test(test_classes_and_other),
        cmocka_unit_test(test_no_other_when_classes_are_all),
        cmocka_unit_test(test_classes_are_filled_like_requests),
        cmocka_unit_test(test_bad_classes_are_located),
        cmocka_unit_test(test_observations),
        cmocka_unit_test(test_gaps_hold),
        cmocka_unit_test(test_gaps_interpolate),
        cmocka_unit_test(test_gaps_zero),
        cmocka_unit_test(test_gaps_error_names_the_row_after),
        cmocka_unit_test(test_empty_cell_is_a_gap),
        cmocka_unit_test(test_disorder_is_sorted_and_counted),
        cmocka_unit_test(test_first_of_duplicates_stays),
        cmocka_unit_test(test_step_is_the_most_frequent_distance),
        cmocka_unit_test(test_step_given_wins),
        cmocka_unit_test(test_too_few_rows_for_a_step),
        cmocka_unit_test(test_time_off_the_grid_is_an_error),
        cmocka_unit_test(test_step_change_is_an_error),
        cmocka_unit_test(test_step_change_is_gaps_when_step_is_given),
        cmocka_unit_test(test_step_change_can_be_cut_off),
        cmocka_unit_test(test_absurd_span_is_refused),
        cmocka_unit_test(test_few_rows_far_apart_are_refused),
        cmocka_unit_test(test_window_is_half_open),
        cmocka_unit_test(test_window_beyond_the_data_is_cut_to_them),
        cmocka_unit_test(test_gaps_at_the_edges_of_the_window_are_filled),
        cmocka_unit_test(test_window_beside_the_data_states_their_range),
        cmocka_unit_test(test_window_of_nothing_is_refused),
        cmocka_unit_test(test_duplicates_outside_the_window_do_not_count),
        cmocka_unit_test(test_from_array),
        cmocka_unit_test(test_bad_arrays_are_refused),
        cmocka_unit_test(test_resample_coarser_sums),
        cmocka_unit_test(test_resample_finer_splits),
        cmocka_unit_test(test_resample_treats_columns_by_what_they_are),
        cmocka_unit_test(test_bad_resampling_is_refused),
        cmocka_unit_test(test_file_is_relative_to_the_directory),
        cmocka_unit_test(test_absent_file_is_no_input),
        cmocka_unit_test(test_world_cup_1998),
        cmocka_unit_test(test_load_balancer_with_missing_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * recording: classes by share and by column, writing, holidays from a file. */
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
#include <unistd.h>

#include <neap/calendar.h>
#include <neap/random.h>
#include <neap/recording.h>

#include "recording/impl.h"

/* 2026-03-02T00:00:00Z */
static const int64_t monday_ns = INT64_C(1772409600) * 1000000000;
static const int64_t minute_ns = INT64_C(60000000000);

static struct neap_recording *made(int64_t step_ns, const double *requests, size_t count)
{
    struct neap_recording *recording = NULL;
    assert_int_equal(
        neap_recording_from_array(&recording, monday_ns, step_ns, requests, count, NULL), NEAP_OK);
    return recording;
}

static struct neap_day_curve curve_of(const char *text)
{
    struct neap_day_curve curve = {.count = 0};
    assert_int_equal(neap_day_curve_parse(&curve, text, NEAP_SHARE, 0, 1, NULL), NEAP_OK);
    return curve;
}

static struct neap_recording *decoded(const char *data, const struct neap_class_column *columns,
                                      size_t count)
{
    struct neap_recording_options options;
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    neap_recording_options_init(&options);
    strcpy(options.file, "r.csv");
    options.class_column = columns;
    options.class_columns = count;
    if (neapi_recording_read_memory(&recording, &options, data, strlen(data), "r.csv", NULL,
                                    &error) != NEAP_OK)
        fail_msg("%ld:%ld: %s", error.line, error.column, error.message);
    return recording;
}

static void assert_values(const double *found, const double *expected, size_t count)
{
    assert_non_null(found);
    for (size_t i = 0; i < count; i++)
        if (!(found[i] == expected[i]) && !(isnan(found[i]) && isnan(expected[i])))
            fail_msg("[%zu]: found %.17g, expected %.17g", i, found[i], expected[i]);
}

#define ASSERT_CLASS(recording, index, name, ...)                                     \
    do {                                                                              \
        const double wanted_[] = {__VA_ARGS__};                                       \
        assert_string_equal(neap_recording_class_name((recording), (index)), (name)); \
        assert_values(neap_recording_class_requests((recording), (index)), wanted_,   \
                      sizeof wanted_ / sizeof *wanted_);                              \
    } while (0)

/* --- shares ----------------------------------------------------------------------------------- */

static void shares_split_and_other_takes_the_rest(void **state)
{
    const double requests[] = {100, 0, 40};
    struct neap_recording *whole = made(minute_ns, requests, 3), *split = NULL;
    struct neap_day_curve search = curve_of("25%"), checkout = curve_of("0.5");
    const struct neap_class_share shares[] = {{"search", &search}, {"checkout", &checkout}};
    (void)state;
    assert_int_equal(neap_recording_split(&split, whole, shares, 2, NULL, NULL), NEAP_OK);
    assert_int_equal(neap_recording_classes(split), 3);
    ASSERT_CLASS(split, 0, "search", 25, 0, 10);
    ASSERT_CLASS(split, 1, "checkout", 50, 0, 20);
    ASSERT_CLASS(split, 2, "other", 25, 0, 10);
    assert_values(neap_recording_requests(split), requests, 3);
    assert_true(neap_recording_total(split) == 140);
    assert_int_equal(neap_recording_start_ns(split), monday_ns);
    assert_int_equal(neap_recording_classes(whole), 1);
    neap_recording_free(split);
    neap_recording_free(whole);
}

static void the_last_class_takes_the_rest_where_shares_are_all(void **state)
{
    const double requests[] = {10, 7, 1.0 / 3};
    struct neap_recording *whole = made(minute_ns, requests, 3), *split = NULL;
    struct neap_day_curve third = curve_of("0.3333333333"), rest = curve_of("0.6666666667");
    const struct neap_class_share shares[] = {{"a", &third}, {"b", &rest}};
    (void)state;
    assert_int_equal(neap_recording_split(&split, whole, shares, 2, NULL, NULL), NEAP_OK);
    assert_int_equal(neap_recording_classes(split), 2);
    for (size_t i = 0; i < 3; i++)
        assert_true(neap_recording_class_requests(split, 0)[i] +
                        neap_recording_class_requests(split, 1)[i] ==
                    requests[i]);
    neap_recording_free(split);
    neap_recording_free(whole);
}

static void shares_are_those_of_the_middle_of_each_interval(void **state)
{
    double requests[24];
    struct neap_recording *split = NULL;
    struct neap_day_curve share = curve_of("00:00=0% 12:00=60%");
    const struct neap_class_share shares[] = {{"noon", &share}};
    (void)state;
    for (int i = 0; i < 24; i++)
        requests[i] = 1200;
    struct neap_recording *whole = made(60 * minute_ns, requests, 24);
    assert_int_equal(neap_recording_split(&split, whole, shares, 1, NULL, NULL), NEAP_OK);
    const double *noon = neap_recording_class_requests(split, 0);
    assert_true(fabs(noon[0] - 30) < 1e-9 && fabs(noon[11] - 690) < 1e-9);
    assert_true(fabs(noon[12] - 690) < 1e-9 && fabs(noon[23] - 30) < 1e-9);
    neap_recording_free(split);
    neap_recording_free(whole);
}

/* Whatever the numbers, classes add up to the bit, in any order. */
static void classes_add_up_exactly_for_any_numbers(void **state)
{
    struct neap_stream stream;
    uint64_t index = 0;
    enum { TRIES = 400, INTERVALS = 50, CLASSES = 5 };
    (void)state;
    neap_stream_init(&stream, 1, 0, 99);
    for (int try = 0; try < TRIES; try++) {
        double requests[INTERVALS], left = 1;
        struct neap_day_curve curve[CLASSES] = {{0, {{0, 0}}}};
        struct neap_class_share shares[CLASSES];
        char names[CLASSES][2] = {"a", "b", "c", "d", "e"};
        struct neap_recording *split = NULL;
        for (int i = 0; i < INTERVALS; i++) {
            double u = neap_stream_uniform(&stream, index++);
            double size = pow(10, 30 * neap_stream_uniform(&stream, index++) - 15);
            requests[i] = try % 3 == 0 ? floor(1e6 * u) : try % 3 == 1 ? u * size : u * 1e-310;
        }
        for (int k = 0; k < CLASSES; k++) {
            double share = left * neap_stream_uniform(&stream, index++);
            if (k == CLASSES - 1 && try % 2 == 0)
                share = left; /* nothing left for other */
            left -= share;
            curve[k].count = 1;
            curve[k].point[0].value = share;
            shares[k] = (struct neap_class_share){names[k], &curve[k]};
        }
        struct neap_recording *whole = made(minute_ns, requests, INTERVALS);
        assert_int_equal(neap_recording_split(&split, whole, shares, CLASSES, NULL, NULL), NEAP_OK);
        size_t classes = neap_recording_classes(split);
        assert_int_equal(classes, CLASSES + try % 2);
        for (size_t i = 0; i < INTERVALS; i++) {
            double up = 0, down = 0;
            for (size_t k = 0; k < classes; k++) {
                double part = neap_recording_class_requests(split, k)[i];
                assert_true(part >= 0);
                up += part;
                down += neap_recording_class_requests(split, classes - 1 - k)[i];
            }
            assert_true(up == requests[i] && down == requests[i]);
            if (requests[i] > 1e-290)
                assert_true(fabs(neap_recording_class_requests(split, 0)[i] / requests[i] -
                                 curve[0].point[0].value) < 1e-15);
        }
        neap_recording_free(split);
        neap_recording_free(whole);
    }
}

static void refuses_split(const struct neap_recording *whole, const struct neap_class_share *shares,
                          size_t count, const char *part)
{
    struct neap_recording *split = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_recording_split(&split, whole, shares, count, NULL, &error),
                     NEAP_BAD_SCENARIO);
    assert_null(split);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
}

static void bad_shares_are_refused(void **state)
{
    double requests[24] = {0};
    struct neap_recording *whole = made(60 * minute_ns, requests, 24);
    struct neap_recording *classed =
        decoded("time,requests,requests.api\n0,3,1\n60,3,1\n", NULL, 0);
    struct neap_day_curve half = curve_of("50%"), evening = curve_of("00:00=0% 18:00=60%");
    const struct neap_class_share over[] = {{"a", &half}, {"b", &evening}};
    const struct neap_class_share twice[] = {{"a", &half}, {"a", &half}};
    const struct neap_class_share other[] = {{"other", &half}}, all[] = {{"all", &half}};
    const struct neap_class_share upper[] = {{"Search", &half}};
    (void)state;
    refuses_split(whole, over, 2, "2026-03-02 15:30:00");
    refuses_split(whole, over, 2, "expected at most 100%");
    refuses_split(whole, twice, 2, "\"a\" twice");
    refuses_split(whole, other, 1, "\"other\"");
    refuses_split(whole, all, 1, "\"all\"");
    refuses_split(whole, upper, 1, "\"Search\"");
    refuses_split(whole, upper, 0, "no class");
    refuses_split(classed, over, 1, "class \"api\"");
    neap_recording_free(whole);
    neap_recording_free(classed);
}

static void a_split_keeps_what_was_observed(void **state)
{
    struct neap_recording *whole =
        decoded("time,requests,replicas,p95_s\n0,10,2,0.1\n60,20,,0.3\n180,10,4,0.1\n", NULL, 0);
    struct neap_recording *split = NULL;
    struct neap_day_curve half = curve_of("50%");
    const struct neap_class_share shares[] = {{"a", &half}};
    (void)state;
    assert_int_equal(neap_recording_split(&split, whole, shares, 1, NULL, NULL), NEAP_OK);
    assert_values(neap_recording_observed(split, NEAP_OBSERVED_REPLICAS),
                  (const double[]){2, (double)NAN, (double)NAN, 4}, 4);
    assert_values(neap_recording_observed(split, NEAP_OBSERVED_P95_S),
                  (const double[]){0.1, 0.3, (double)NAN, 0.1}, 4);
    assert_null(neap_recording_observed(split, NEAP_OBSERVED_ERRORS));
    assert_int_equal(neap_recording_gaps(split)->intervals, 1);
    assert_int_equal(neap_recording_rows_read(split), 3);
    assert_string_equal(neap_recording_path(split), "r.csv");
    assert_false(neap_recording_is_synthetic(split));
    neap_recording_free(split);
    neap_recording_free(whole);
}

static void class_options_come_from_their_table(void **state)
{
    struct neap_class_options options;
    (void)state;
    neap_class_options_init(&options);
    assert_string_equal(options.share, "");
    const struct neap_parameter *share = neap_parameter_find(neap_class_parameters(), "share");
    assert_int_equal(neap_parameter_set(share, &options, "20%", NULL), NEAP_OK);
    assert_string_equal(options.share, "20%");
}

/* --- columns ----------------------------------------------------------------------------------- */

static void named_columns_become_classes(void **state)
{
    const struct neap_class_column columns[] = {{"search", "search_hits"}, {"api", "api hits"}};
    struct neap_recording *r =
        decoded("time,api hits,x,requests,search_hits\n0,1,a,10,4\n60,2,b,20,5\n", columns, 2);
    (void)state;
    assert_int_equal(neap_recording_classes(r), 3);
    ASSERT_CLASS(r, 0, "search", 4, 5);
    ASSERT_CLASS(r, 1, "api", 1, 2);
    ASSERT_CLASS(r, 2, "other", 5, 13);
    neap_recording_free(r);
}

static void requests_are_the_sum_of_named_columns(void **state)
{
    const struct neap_class_column columns[] = {{"a", "x"}, {"b", "y"}};
    struct neap_recording *r = decoded("time,x,y\n0,0.1,0.2\n60,,\n120,3,4\n180,5,6\n", columns, 2);
    (void)state;
    assert_int_equal(neap_recording_classes(r), 2);
    ASSERT_CLASS(r, 0, "a", 0.1, 0.1, 3, 5);
    ASSERT_CLASS(r, 1, "b", 0.2, 0.2, 4, 6);
    assert_values(neap_recording_requests(r), (const double[]){0.1 + 0.2, 0.1 + 0.2, 7, 11}, 4);
    assert_int_equal(neap_recording_gaps(r)->intervals, 1);
    neap_recording_free(r);
}

static void refuses_columns(const char *data, const struct neap_class_column *columns, size_t count,
                            enum neap_status status, const char *part)
{
    struct neap_recording_options options;
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    neap_recording_options_init(&options);
    strcpy(options.file, "r.csv");
    options.class_column = columns;
    options.class_columns = count;
    assert_int_equal(neapi_recording_read_memory(&recording, &options, data, strlen(data), "r.csv",
                                                 NULL, &error),
                     status);
    assert_null(recording);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
}

static void bad_columns_are_refused(void **state)
{
    static const char data[] = "time,x,y\n0,1,2\n60,3,4\n";
    const struct neap_class_column missing[] = {{"a", "z"}}, other[] = {{"other", "x"}};
    const struct neap_class_column same[] = {{"a", "x"}, {"b", "x"}},
                                   twice[] = {{"a", "x"}, {"a", "y"}};
    const struct neap_class_column time[] = {{"a", "time"}}, value[] = {{"a", "requests"}};
    const struct neap_class_column good[] = {{"a", "x"}, {"b", "y"}};
    (void)state;
    refuses_columns(data, missing, 1, NEAP_BAD_DATA, "traffic.value_column.a");
    refuses_columns(data, other, 1, NEAP_BAD_ARGUMENT, "traffic.value_column.other");
    refuses_columns(data, same, 2, NEAP_BAD_ARGUMENT, "column of another class");
    refuses_columns(data, twice, 2, NEAP_BAD_ARGUMENT, "second column");
    refuses_columns(data, time, 1, NEAP_BAD_ARGUMENT, "time_column");
    refuses_columns(data, value, 1, NEAP_BAD_ARGUMENT, "value_column");
    refuses_columns("time,x,y\n0,1,2\n60,3,\n", good, 2, NEAP_BAD_DATA, "class b");
    refuses_columns("time,x,y\n0,1,2\n60,3,lots\n", good, 2, NEAP_BAD_DATA, "lots");
    refuses_columns("time,x,y,requests\n0,1,2,2\n60,3,4,9\n", good, 2, NEAP_BAD_DATA,
                    "sum to 3, expected at most requests = 2");
    refuses_columns("time,x,y,x\n0,1,2,2\n", good, 2, NEAP_BAD_DATA, "second column \"x\"");
    refuses_columns("time,x,y\n0,,\n60,,\n", good, 2, NEAP_BAD_DATA, "only empty cells");
}

/* --- writing ------------------------------------------------------------------------------------- */

/* What is written, read again; text too when asked for. */
static struct neap_recording *again(const struct neap_recording *recording, char *text, size_t size)
{
    char *data = NULL;
    size_t length = 0;
    struct neap_error error = {0};
    FILE *stream = open_memstream(&data, &length);
    assert_non_null(stream);
    assert_int_equal(neap_recording_write(recording, stream, &error), NEAP_OK);
    fclose(stream);
    if (text != NULL)
        snprintf(text, size, "%s", data);
    struct neap_recording *back = decoded(data, NULL, 0);
    free(data);
    return back;
}

static void assert_same(const struct neap_recording *a, const struct neap_recording *b)
{
    size_t count = neap_recording_count(a), size = count * sizeof(double);
    assert_int_equal(neap_recording_count(b), count);
    assert_int_equal(neap_recording_start_ns(b), neap_recording_start_ns(a));
    assert_int_equal(neap_recording_step_ns(b), neap_recording_step_ns(a));
    assert_memory_equal(neap_recording_requests(a), neap_recording_requests(b), size);
    assert_int_equal(neap_recording_classes(a), neap_recording_classes(b));
    for (size_t k = 0; k < neap_recording_classes(a); k++) {
        assert_string_equal(neap_recording_class_name(a, k), neap_recording_class_name(b, k));
        assert_memory_equal(neap_recording_class_requests(a, k),
                            neap_recording_class_requests(b, k), size);
    }
    for (int which = 0; which < NEAP_OBSERVATIONS; which++) {
        const double *seen = neap_recording_observed(a, (enum neap_observation)which);
        const double *back = neap_recording_observed(b, (enum neap_observation)which);
        assert_int_equal(seen == NULL, back == NULL);
        if (seen != NULL)
            assert_values(back, seen, count);
    }
}

static void the_canonical_form_is_written(void **state)
{
    static const char expected[] = "time,requests,requests.api,cpu_cores,p95_s\n"
                                   "2026-03-02T10:00:00Z,100,20.5,1.25,0.1\n"
                                   "2026-03-02T10:00:00.5Z,0,0,,\n"
                                   "2026-03-02T10:00:01Z,0.1,0,2,0.2\n";
    char text[512];
    struct neap_recording *r = decoded(expected, NULL, 0), *back = again(r, text, sizeof text);
    (void)state;
    assert_string_equal(text, expected);
    assert_same(r, back);
    neap_recording_free(r);
    neap_recording_free(back);
}

static void any_numbers_come_back_to_the_bit(void **state)
{
    enum { COUNT = 3000 };
    struct neap_stream stream;
    double *requests = malloc(COUNT * sizeof *requests);
    (void)state;
    assert_non_null(requests);
    neap_stream_init(&stream, 2, 0, 99);
    for (uint64_t i = 0; i < COUNT; i++) {
        double u = neap_stream_uniform(&stream, 2 * i), v = neap_stream_uniform(&stream, 2 * i + 1);
        requests[i] = i % 3 == 0   ? floor(u * 1e9)
                      : i % 3 == 1 ? u * pow(10, 15 * v)
                                   : u * pow(10, -300 * v);
    }
    requests[0] = 1e15;
    requests[1] = 999999999999999;
    requests[2] = 0x1p-1074;
    requests[3] = 0;
    struct neap_recording *r = made(minute_ns, requests, COUNT), *back = again(r, NULL, 0);
    assert_same(r, back);
    neap_recording_free(r);
    neap_recording_free(back);
    free(requests);
}

static void split_classes_come_back_to_the_bit(void **state)
{
    double requests[200];
    struct neap_day_curve a = curve_of("12.3%"), b = curve_of("00:00=10% 13:00=44.4%");
    const struct neap_class_share shares[] = {{"a", &a}, {"b", &b}};
    struct neap_recording *split = NULL;
    (void)state;
    for (int i = 0; i < 200; i++)
        requests[i] = 37 * i + i / 7.0;
    struct neap_recording *r = made(7 * minute_ns, requests, 200);
    assert_int_equal(neap_recording_split(&split, r, shares, 2, NULL, NULL), NEAP_OK);
    struct neap_recording *back = again(split, NULL, 0);
    assert_same(split, back);
    neap_recording_free(r);
    neap_recording_free(split);
    neap_recording_free(back);
}

static void a_full_disk_is_told(void **state)
{
    double requests[2000] = {0};
    FILE *full = fopen("/dev/full", "w");
    struct neap_error error = {0};
    (void)state;
    if (full == NULL)
        skip();
    struct neap_recording *r = made(minute_ns, requests, 2000);
    assert_int_equal(neap_recording_write(r, full, &error), NEAP_IO);
    assert_non_null(strstr(error.message, "cannot write"));
    neap_recording_free(r);
    fclose(full);
}

/* --- holidays ------------------------------------------------------------------------------------- */

static void write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

static void holidays_are_read_from_a_list_or_a_file(void **state)
{
    char folder[] = "/tmp/neap-holidays-XXXXXX", path[64];
    struct neap_holidays *holidays = NULL;
    struct neap_error error = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/days.csv", folder);
    write_text(path, "name,date\nNew Year,01-01\n\"Good Friday\",easter-2\n,2026-03-04\n");
    assert_int_equal(neap_recording_read_holidays(&holidays, "file=days.csv", folder, &error),
                     NEAP_OK);
    assert_int_equal(neap_holidays_count(holidays), 3);
    assert_string_equal(
        neap_holidays_name(holidays, monday_ns + 32 * INT64_C(86400000000000), NULL),
        "Good Friday");
    assert_string_equal(neap_holidays_name(holidays, monday_ns + 2 * INT64_C(86400000000000), NULL),
                        "");
    neap_holidays_free(holidays);
    holidays = NULL;
    write_text(path, "date\n01-01\nsoon\n");
    assert_int_equal(neap_recording_read_holidays(&holidays, "file=days.csv", folder, &error),
                     NEAP_BAD_DATA);
    assert_int_equal(error.line, 3);
    assert_string_equal(error.source, path);
    write_text(path, "day\n01-01\n");
    assert_int_equal(neap_recording_read_holidays(&holidays, "file=days.csv", folder, &error),
                     NEAP_BAD_DATA);
    assert_non_null(strstr(error.message, "no column \"date\""));
    unlink(path);
    assert_int_equal(neap_recording_read_holidays(&holidays, "file=days.csv", folder, &error),
                     NEAP_NO_INPUT);
    rmdir(folder);
    assert_int_equal(neap_recording_read_holidays(&holidays, "12-25, tomorrow", NULL, &error),
                     NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "holidays: found \"tomorrow\""));
    assert_null(holidays);
    assert_int_equal(neap_recording_read_holidays(&holidays, "12-25, easter", NULL, &error),
                     NEAP_OK);
    assert_int_equal(neap_holidays_count(holidays), 2);
    neap_holidays_free(holidays);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_split_and_other_takes_the_rest),
        cmocka_unit_test(the_last_class_takes_the_rest_where_shares_are_all),
        cmocka_unit_test(shares_are_those_of_the_middle_of_each_interval),
        cmocka_unit_test(classes_add_up_exactly_for_any_numbers),
        cmocka_unit_test(bad_shares_are_refused),
        cmocka_unit_test(a_split_keeps_what_was_observed),
        cmocka_unit_test(class_options_come_from_their_table),
        cmocka_unit_test(named_columns_become_classes),
        cmocka_unit_test(requests_are_the_sum_of_named_columns),
        cmocka_unit_test(bad_columns_are_refused),
        cmocka_unit_test(the_canonical_form_is_written),
        cmocka_unit_test(any_numbers_come_back_to_the_bit),
        cmocka_unit_test(split_classes_come_back_to_the_bit),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(holidays_are_read_from_a_list_or_a_file),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests recorded one by one: order, counts, windows, classes, limits, and what becomes of them
 * in other recordings. Inputs are texts in memory, named "r.csv" in messages. */
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
#include <zlib.h>

#include <neap/calendar.h>
#include <neap/recording.h>

#include "recording/impl.h"

/* 2026-03-02T10:00:00Z */
static const int64_t ten_ns = INT64_C(1772445600) * 1000000000;
static const int64_t second_ns = INT64_C(1000000000), minute_ns = INT64_C(60000000000);

static struct neap_recording_options single(void)
{
    struct neap_recording_options options;
    neap_recording_options_init(&options);
    strcpy(options.file, "r.csv");
    strcpy(options.arrivals, "recorded");
    return options;
}

static struct neap_recording *reads(const char *data, const struct neap_recording_options *options)
{
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    if (neapi_recording_read_memory(&recording, options, data, strlen(data), "r.csv", NULL,
                                    &error) != NEAP_OK)
        fail_msg("%ld:%ld: %s", error.line, error.column, error.message);
    return recording;
}

static void fails(const char *data, const struct neap_recording_options *options,
                  enum neap_status status, const char *message)
{
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    assert_int_equal(
        neapi_recording_read_memory(&recording, options, data, strlen(data), "r.csv", NULL, &error),
        status);
    assert_null(recording);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s; wanted %s", error.message, message);
}

/* All that one recording says of its requests agrees. */
static void is_consistent(const struct neap_recording *r)
{
    size_t count, classes = neap_recording_classes(r), intervals = neap_recording_count(r);
    const int64_t *stamp_ns = neap_recording_stamps(r, &count);
    const uint8_t *number = neap_recording_stamp_classes(r);
    int64_t start_ns = neap_recording_start_ns(r), step_ns = neap_recording_step_ns(r);
    assert_non_null(stamp_ns);
    assert_int_equal(neap_recording_arrivals(r, NULL), NEAP_ARRIVALS_RECORDED);
    assert_true(neap_recording_total(r) == (double)count);
    for (size_t i = 0; i < intervals; i++) {
        double all = 0, by_class[256] = {0}, sum = 0;
        for (size_t k = 0; k < count; k++)
            if ((stamp_ns[k] - start_ns) / step_ns == (int64_t)i) {
                all++;
                by_class[number == NULL ? 0 : number[k]]++;
            }
        assert_true(neap_recording_requests(r)[i] == all);
        for (size_t c = 0; c < classes; c++) {
            sum += neap_recording_class_requests(r, c)[i];
            if (number != NULL || classes == 1)
                assert_true(neap_recording_class_requests(r, c)[i] == by_class[c]);
        }
        assert_true(sum == all);
    }
    for (size_t k = 0; k < count; k++)
        assert_true(stamp_ns[k] >= start_ns && stamp_ns[k] < neap_recording_end_ns(r) &&
                    (k == 0 || stamp_ns[k] >= stamp_ns[k - 1]));
}

/* --- reading -------------------------------------------------------------------------------------- */

static void test_each_row_is_a_request_to_the_nanosecond(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    struct neap_recording *r = reads("time\n2026-03-02T10:00:00.000000001Z\n"
                                     "2026-03-02T10:00:59.999999999Z\n2026-03-02T10:02:30.5Z\n",
                                     &options);
    size_t count;
    double dispersion = 7;
    const int64_t *stamp_ns = neap_recording_stamps(r, &count);
    assert_int_equal(count, 3);
    assert_true(stamp_ns[0] == ten_ns + 1);
    assert_true(stamp_ns[1] == ten_ns + minute_ns - 1);
    assert_true(stamp_ns[2] == ten_ns + 2 * minute_ns + minute_ns / 2 + second_ns / 2);
    assert_true(neap_recording_start_ns(r) == ten_ns && neap_recording_step_ns(r) == minute_ns);
    assert_int_equal(neap_recording_count(r), 3);
    assert_int_equal(neap_recording_rows_read(r), 3);
    assert_int_equal(neap_recording_rows_used(r), 3);
    assert_int_equal(neap_recording_gaps(r)->count, 0);
    assert_null(neap_recording_stamp_classes(r));
    assert_int_equal(neap_recording_arrivals(r, &dispersion), NEAP_ARRIVALS_RECORDED);
    assert_true(dispersion == 0);
    is_consistent(r);
    neap_recording_free(r);
}

static void test_times_are_read_in_every_format(void **state)
{
    (void)state;
    static const struct {
        const char *format, *cell;
    } forms[] = {{"epoch_s", "1772445600.25"},
                 {"epoch_ms", "1772445600250"},
                 {"rfc3339", "2026-03-02T11:00:00.25+01:00"},
                 {"auto", "1772445600.25"},
                 {"%d/%b/%Y:%T.%f %z", "02/Mar/2026:10:00:00.25 +0000"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct neap_recording_options options = single();
        char data[100];
        size_t count;
        strcpy(options.time_format, forms[i].format);
        snprintf(data, sizeof data, "time\n%s\n", forms[i].cell);
        struct neap_recording *r = reads(data, &options);
        assert_true(neap_recording_stamps(r, &count)[0] == ten_ns + second_ns / 4);
        neap_recording_free(r);
    }
}

static void test_requests_come_in_order(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    strcpy(options.class_field, "who");
    struct neap_recording *r = reads("time,who\n130,a\n5,b\n5,a\n131.5,b\n5,b\n0.5,a\n", &options);
    size_t count;
    const int64_t *stamp_ns = neap_recording_stamps(r, &count);
    const uint8_t *number = neap_recording_stamp_classes(r);
    static const uint8_t expected[] = {0, 1, 0, 1, 0, 1}; /* equal times as in the file */
    assert_int_equal(count, 6);
    assert_true(stamp_ns[0] == second_ns / 2 && stamp_ns[3] == 5 * second_ns);
    assert_memory_equal(number, expected, sizeof expected);
    assert_int_equal(neap_recording_gaps(r)->disorder, 3);
    is_consistent(r);
    neap_recording_free(r);
}

static void test_many_shuffled_requests_are_sorted(void **state)
{
    enum { COUNT = 20000 };
    struct neap_recording_options options = single();
    size_t length = 0, count;
    char *data = malloc(COUNT * 24 + 64);
    (void)state;
    assert_non_null(data);
    strcpy(options.class_field, "who");
    length += (size_t)sprintf(data, "time,who\n");
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t k = i * 7919u % COUNT; /* each once */
        length += (size_t)sprintf(data + length, "%u.%03u,c%u\n", k / 1000, k % 1000, k % 3);
    }
    struct neap_recording *r = reads(data, &options);
    const int64_t *stamp_ns = neap_recording_stamps(r, &count);
    assert_int_equal(count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        char name[8];
        snprintf(name, sizeof name, "c%u", (unsigned)(i % 3));
        assert_true(stamp_ns[i] == (int64_t)i * 1000000);
        assert_string_equal(neap_recording_class_name(r, neap_recording_stamp_classes(r)[i]), name);
    }
    neap_recording_free(r);
    free(data);
}

static void test_other_columns_are_left_alone(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    struct neap_recording *r = reads("status,time,bytes\n200,1,x\n500,2,\n", &options);
    assert_true(neap_recording_total(r) == 2);
    assert_int_equal(neap_recording_classes(r), 1);
    assert_string_equal(neap_recording_class_name(r, 0), "all");
    neap_recording_free(r);
    strcpy(options.time_column, "at");
    r = reads("at;path\n1;/x\n", &options);
    assert_true(neap_recording_total(r) == 1);
    neap_recording_free(r);
    fails("at,requests\n1,2\n", &options, NEAP_BAD_DATA, "which counts");
    fails("when\n1\n", &options, NEAP_BAD_DATA, "traffic.time_column");
}

static void test_a_compressed_file_is_read(void **state)
{
    char path[] = "/tmp/neap_stamps_XXXXXX";
    struct neap_recording_options options = single();
    struct neap_recording *r = NULL;
    int file = mkstemp(path);
    (void)state;
    assert_true(file >= 0);
    gzFile stream = gzdopen(file, "wb");
    assert_non_null(stream);
    for (int i = 0; i < 1000; i++)
        gzprintf(stream, i == 0 ? "time\n0.000\n" : "%d.%03d\n", i / 10, i % 10 * 100);
    gzclose(stream);
    strcpy(options.file, path);
    options.step_s = 10;
    assert_int_equal(neap_recording_read(&r, &options, NULL, NULL, NULL), NEAP_OK);
    unlink(path);
    assert_int_equal(neap_recording_count(r), 10);
    for (size_t i = 0; i < 10; i++)
        assert_true(neap_recording_requests(r)[i] == 100);
    is_consistent(r);
    neap_recording_free(r);
}

/* --- the grid ------------------------------------------------------------------------------------- */

static void test_intervals_are_multiples_of_the_step(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    options.step_s = 7;
    struct neap_recording *r = reads("time\n22\n50\n", &options);
    assert_true(neap_recording_start_ns(r) == 21 * second_ns);
    assert_int_equal(neap_recording_count(r), 5);
    is_consistent(r);
    neap_recording_free(r);
    strcpy(options.time_format, "%F %T"); /* before the epoch too */
    r = reads("time\n1969-12-31 23:59:59\n1970-01-01 00:00:00\n", &options);
    assert_true(neap_recording_start_ns(r) == -7 * second_ns);
    assert_int_equal(neap_recording_count(r), 2);
    is_consistent(r);
    neap_recording_free(r);
}

static void test_a_window_cuts_and_moves_the_grid(void **state)
{
    (void)state;
    static const char data[] = "time\n1\n100\n130\n131\n300\n400\n";
    struct neap_recording_options options = single();
    strcpy(options.from, "1970-01-01T00:01:35Z");
    struct neap_recording *r = reads(data, &options);
    assert_true(neap_recording_start_ns(r) ==
                95 * second_ns); /* requests before it: from its edge */
    assert_true(neap_recording_total(r) == 5);
    is_consistent(r);
    neap_recording_free(r);
    strcpy(options.to, "1970-01-01T00:03:00Z"); /* the interval [155, 215) begins before it */
    r = reads(data, &options);
    assert_int_equal(neap_recording_count(r), 2);
    assert_true(neap_recording_end_ns(r) == 215 * second_ns);
    assert_true(neap_recording_total(r) == 3);
    assert_int_equal(neap_recording_rows_read(r), 6);
    assert_int_equal(neap_recording_rows_used(r), 3);
    is_consistent(r);
    neap_recording_free(r);
    strcpy(options.from, "1969-12-31T23:58:30Z"); /* none before it: as far as there are data */
    strcpy(options.to, "1970-01-01T00:05:20Z");
    r = reads(data, &options);
    assert_true(neap_recording_start_ns(r) == -30 * second_ns);
    assert_true(neap_recording_end_ns(r) == 330 * second_ns);
    assert_true(neap_recording_total(r) == 5);
    is_consistent(r);
    neap_recording_free(r);
    strcpy(options.to, "1970-01-01T00:00:00Z");
    fails(data, &options, NEAP_BAD_DATA, "no request in the window");
    strcpy(options.to, "1960-01-01T00:00:00Z");
    fails(data, &options, NEAP_BAD_ARGUMENT, "before traffic.to");
}

static void test_requests_at_the_last_interval_of_a_window_count(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    strcpy(options.to, "1970-01-01T00:01:30Z");
    struct neap_recording *r = reads("time\n30\n80\n110\n125\n", &options);
    assert_int_equal(neap_recording_count(r), 2); /* [60, 120) begins before it */
    assert_true(neap_recording_requests(r)[1] == 2);
    is_consistent(r);
    neap_recording_free(r);
}

static void test_silence_is_no_gap(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    options.gaps = NEAP_GAPS_ZERO;
    struct neap_recording *r = reads("time\n30\n330\n", &options);
    assert_int_equal(neap_recording_count(r), 6);
    for (size_t i = 1; i < 5; i++)
        assert_true(neap_recording_requests(r)[i] == 0);
    assert_int_equal(neap_recording_gaps(r)->intervals, 0);
    neap_recording_free(r);
}

static void test_times_far_apart_are_told(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    fails("time\n0\n1772445600\n", &options, NEAP_BAD_DATA, "time_format");
    options.step_s = 1e-3;
    fails("time\n0\n1772445600\n", &options, NEAP_BAD_DATA, "longer traffic.step");
    options.step_s = 31622400;
    struct neap_recording *r = reads("time\n0\n1772445600\n", &options);
    is_consistent(r);
    neap_recording_free(r);
    strcpy(options.time_format, "rfc3339");
    r = reads("time\n1678-01-01T00:00:00Z\n", &options); /* no multiple of the step before it */
    is_consistent(r);
    neap_recording_free(r);
    fails("time\n2261-12-31T00:00:00Z\n", &options, NEAP_BAD_DATA, "found 1 requests");
}

/* --- classes -------------------------------------------------------------------------------------- */

static void test_classes_are_those_of_the_file(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    strcpy(options.class_field, "endpoint");
    struct neap_recording *r =
        reads("time,endpoint\n1,search\n2,other\n3,cart\n4,search\n70,cart\n", &options);
    static const uint8_t expected[] = {0, 2, 1, 0, 1};
    assert_int_equal(neap_recording_classes(r), 3);
    assert_string_equal(neap_recording_class_name(r, 0), "search");
    assert_string_equal(neap_recording_class_name(r, 1), "cart");
    assert_string_equal(neap_recording_class_name(r, 2), "other");
    assert_memory_equal(neap_recording_stamp_classes(r), expected, sizeof expected);
    is_consistent(r);
    neap_recording_free(r);
}

static void test_classes_are_those_that_were_named(void **state)
{
    (void)state;
    static const char *const names[] = {"cart", "search", "rare"};
    struct neap_recording_options options = single();
    strcpy(options.class_field, "endpoint");
    options.class_name = names;
    options.class_names = 3;
    struct neap_recording *r = reads("time,endpoint\n1,search\n2,cart\n", &options);
    assert_int_equal(neap_recording_classes(r), 3);
    assert_string_equal(neap_recording_class_name(r, 2), "rare");
    assert_true(neap_recording_class_requests(r, 2)[0] == 0);
    assert_int_equal(neap_recording_stamp_classes(r)[0], 1);
    is_consistent(r);
    neap_recording_free(r);
    fails("time,endpoint\n1,carts\n", &options, NEAP_BAD_DATA, "did you mean cart?");
    static const char *const twice[] = {"cart", "cart"};
    options.class_name = twice;
    options.class_names = 2;
    fails("time,endpoint\n1,cart\n", &options, NEAP_BAD_ARGUMENT, "each once");
    static const char *const bad[] = {"other"};
    options.class_name = bad;
    options.class_names = 1;
    fails("time,endpoint\n1,cart\n", &options, NEAP_BAD_ARGUMENT, "not all or other");
}

static void test_one_class_alone_has_all(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    strcpy(options.class_field, "endpoint");
    struct neap_recording *r = reads("time,endpoint\n1,search\n62,search\n63,search\n", &options);
    assert_int_equal(neap_recording_classes(r), 1);
    assert_string_equal(neap_recording_class_name(r, 0), "search");
    assert_null(neap_recording_stamp_classes(r));
    assert_true(neap_recording_class_requests(r, 0)[1] == 2);
    is_consistent(r);
    neap_recording_free(r);
}

static void test_as_many_classes_as_a_byte_tells(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    char data[8000] = "time,endpoint\n";
    size_t length = strlen(data);
    strcpy(options.class_field, "endpoint");
    for (int i = 0; i < 256; i++)
        length += (size_t)sprintf(data + length, "%d,%s%.0d\n", i / 10, i == 7 ? "other" : "c",
                                  i == 7 ? 0 : i);
    struct neap_recording *r = reads(data, &options);
    assert_int_equal(neap_recording_classes(r), 256);
    assert_string_equal(neap_recording_class_name(r, 255), "other");
    assert_string_equal(neap_recording_class_name(r, 254), "c255");
    assert_int_equal(neap_recording_stamp_classes(r)[7], 255);
    is_consistent(r);
    neap_recording_free(r);
    strcat(data, "99,c256\n");
    fails(data, &options, NEAP_BAD_DATA, "more than 256 classes");
}

/* --- limits --------------------------------------------------------------------------------------- */

static void test_more_requests_than_there_is_room_for_are_told(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    struct stamps stamps = {.path = "r.csv", .options = &options, .most = 2};
    const struct neapi_csv_field field = {"1", 1, 2, 1};
    struct neap_error error = {0};
    assert_int_equal(neapi_stamps_append(&stamps, &field, 1, NULL), NEAP_OK);
    assert_int_equal(neapi_stamps_append(&stamps, &field, 1, NULL), NEAP_OK);
    assert_int_equal(neapi_stamps_append(&stamps, &field, 1, &error), NEAP_BAD_DATA);
    assert_non_null(strstr(error.message, "more than 2 requests"));
    assert_int_equal(stamps.count, 2);
    neapi_stamps_free(&stamps);
}

static void test_options_about_counts_are_refused(void **state)
{
    (void)state;
    static const struct neap_class_column column = {"a", "x"};
    struct neap_recording_options options = single();
    options.scale = 2;
    fails("time\n1\n", &options, NEAP_BAD_ARGUMENT, "traffic.scale");
    options = single();
    options.value_unit = NEAP_VALUE_PER_SECOND;
    fails("time\n1\n", &options, NEAP_BAD_ARGUMENT, "traffic.value_unit");
    options = single();
    options.gaps = NEAP_GAPS_ERROR;
    fails("time\n1\n", &options, NEAP_BAD_ARGUMENT, "traffic.gaps");
    options = single();
    strcpy(options.value_column, "hits");
    fails("time\n1\n", &options, NEAP_BAD_ARGUMENT, "traffic.value_column");
    options = single();
    options.class_column = &column;
    options.class_columns = 1;
    fails("time\n1\n", &options, NEAP_BAD_ARGUMENT, "traffic.value_column.a");
    options = single();
    strcpy(options.class_field, "time");
    fails("time\n1\n", &options, NEAP_BAD_ARGUMENT, "traffic.class_column");
    strcpy(options.class_field, "endpoint");
    strcpy(options.arrivals, "exact");
    fails("time,requests\n1,2\n", &options, NEAP_BAD_ARGUMENT, "traffic.class_column");
}

/* --- other recordings ----------------------------------------------------------------------------- */

static void test_a_coarser_recording_keeps_the_times(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    struct neap_recording *other = NULL;
    struct neap_error error = {0};
    strcpy(options.class_field, "who");
    struct neap_recording *r = reads("time,who\n1,a\n62,b\n63,a\n200,b\n", &options);
    assert_int_equal(neap_recording_resample(&other, r, 2 * minute_ns, NULL), NEAP_OK);
    assert_int_equal(neap_recording_count(other), 2);
    is_consistent(other);
    neap_recording_free(other);
    other = NULL;
    assert_int_equal(neap_recording_resample(&other, r, minute_ns / 2, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "traffic.step = 30s"));
    assert_null(other);
    neap_recording_free(r);
}

static void test_classes_by_share_keep_the_times(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    struct neap_recording *split = NULL;
    struct neap_day_curve half = {1, {{0, 0.5}}};
    const struct neap_class_share shares[] = {{"a", &half}};
    size_t count;
    struct neap_recording *r = reads("time\n1\n62\n63\n200\n", &options);
    assert_int_equal(neap_recording_split(&split, r, shares, 1, NULL, NULL), NEAP_OK);
    neap_recording_free(r);
    assert_true(neap_recording_stamps(split, &count)[3] == 200 * second_ns);
    assert_null(neap_recording_stamp_classes(split));
    assert_int_equal(neap_recording_classes(split), 2);
    is_consistent(split);
    neap_recording_free(split);
}

static void test_counts_have_no_times(void **state)
{
    (void)state;
    static const double requests[] = {3, 4};
    struct neap_recording *r = NULL;
    size_t count = 7;
    double dispersion = 7;
    assert_int_equal(neap_recording_from_array(&r, 0, minute_ns, requests, 2, NULL), NEAP_OK);
    assert_null(neap_recording_stamps(r, &count));
    assert_int_equal(count, 0);
    assert_null(neap_recording_stamp_classes(r));
    assert_int_equal(neap_recording_arrivals(r, &dispersion), NEAP_ARRIVALS_EXACT);
    assert_true(dispersion == 0);
    neap_recording_free(r);
}

static void test_arrivals_are_kept(void **state)
{
    (void)state;
    struct neap_recording_options options = single();
    struct neap_recording *coarse = NULL;
    double dispersion = 7;
    strcpy(options.arrivals, "burst(2.5)");
    struct neap_recording *r = reads("time,requests\n0,1\n60,2\n", &options);
    assert_int_equal(neap_recording_arrivals(r, &dispersion), NEAP_ARRIVALS_BURST);
    assert_true(dispersion == 2.5);
    assert_int_equal(neap_recording_resample(&coarse, r, 2 * minute_ns, NULL), NEAP_OK);
    assert_int_equal(neap_recording_arrivals(coarse, NULL), NEAP_ARRIVALS_BURST);
    neap_recording_free(coarse);
    assert_int_equal(neap_recording_set_arrivals(r, NEAP_ARRIVALS_POISSON, 1, NULL), NEAP_OK);
    assert_int_equal(neap_recording_arrivals(r, &dispersion), NEAP_ARRIVALS_POISSON);
    assert_true(dispersion == 1);
    assert_int_equal(neap_recording_set_arrivals(r, NEAP_ARRIVALS_POISSON, 2, NULL),
                     NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_set_arrivals(r, NEAP_ARRIVALS_BURST, (double)NAN, NULL),
                     NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_recording_set_arrivals(r, NEAP_ARRIVALS_RECORDED, 0, NULL),
                     NEAP_BAD_ARGUMENT);
    neap_recording_free(r);
    options = single();
    r = reads("time\n1\n", &options);
    assert_int_equal(neap_recording_set_arrivals(r, NEAP_ARRIVALS_EXACT, 0, NULL),
                     NEAP_BAD_ARGUMENT);
    neap_recording_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_row_is_a_request_to_the_nanosecond),
        cmocka_unit_test(test_times_are_read_in_every_format),
        cmocka_unit_test(test_requests_come_in_order),
        cmocka_unit_test(test_many_shuffled_requests_are_sorted),
        cmocka_unit_test(test_other_columns_are_left_alone),
        cmocka_unit_test(test_a_compressed_file_is_read),
        cmocka_unit_test(test_intervals_are_multiples_of_the_step),
        cmocka_unit_test(test_a_window_cuts_and_moves_the_grid),
        cmocka_unit_test(test_requests_at_the_last_interval_of_a_window_count),
        cmocka_unit_test(test_silence_is_no_gap),
        cmocka_unit_test(test_times_far_apart_are_told),
        cmocka_unit_test(test_classes_are_those_of_the_file),
        cmocka_unit_test(test_classes_are_those_that_were_named),
        cmocka_unit_test(test_one_class_alone_has_all),
        cmocka_unit_test(test_as_many_classes_as_a_byte_tells),
        cmocka_unit_test(test_more_requests_than_there_is_room_for_are_told),
        cmocka_unit_test(test_options_about_counts_are_refused),
        cmocka_unit_test(test_a_coarser_recording_keeps_the_times),
        cmocka_unit_test(test_classes_by_share_keep_the_times),
        cmocka_unit_test(test_counts_have_no_times),
        cmocka_unit_test(test_arrivals_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

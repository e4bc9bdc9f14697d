/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Knative's autoscaler remembers: windows of buckets, and the largest of the last sizes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_knative.h"

enum { BUCKETS = 512, ENTRIES = 512 };

/* --- windows ------------------------------------------------------------------------------------------ */

/* A window and the memory that it uses in turn. */
struct bench {
    struct neapi_knative_window window;
    double buckets[2][BUCKETS];
    int used;
    double value; /* a number for round@ */
};

static double number(const char *text)
{
    double value;
    return neapi_number_parse(&value, text, strlen(text)) ? value : (double)NAN;
}

/* "rec:TIME:VALUE", "resize:TIME:WINDOW" or "value:0:X". */
static bool operate(struct bench *bench, char *operation)
{
    char *first = strchr(operation, ':'), *second = strrchr(operation, ':');
    if (first == NULL || second == first)
        return false;
    *first = *second = '\0';
    int64_t time_ns = neapi_cell_ns(first + 1, 0, -1);
    double value = number(second + 1);
    if (strcmp(operation, "rec") == 0)
        neapi_knative_window_record(&bench->window, time_ns, value);
    else if (strcmp(operation, "value") == 0)
        bench->value = value;
    else if (strcmp(operation, "resize") == 0 && value >= 1 && value <= BUCKETS)
        neapi_knative_window_resize(&bench->window, bench->buckets[bench->used = !bench->used],
                                    llround(value * 1e9), time_ns);
    else
        return false;
    return !isnan(value);
}

static double answer(const struct bench *bench, const char *query, int64_t query_ns)
{
    const struct neapi_knative_window *window = &bench->window;
    const char *at = strchr(query, '@');
    if (strcmp(query, "avg") == 0)
        return neapi_knative_window_average(window, query_ns);
    if (strcmp(query, "sum") == 0)
        return window->total;
    if (strcmp(query, "nbuckets") == 0)
        return (double)window->count;
    if (strcmp(query, "coeff") == 0)
        return window->coefficient;
    if (strcmp(query, "empty") == 0)
        return neapi_knative_window_empty(window, query_ns);
    if (at != NULL && strncmp(query, "bucket", 6) == 0)
        return neapi_knative_window_bucket(window, neapi_cell_ns(at + 1, 0, 0));
    if (at != NULL && strncmp(query, "round", 5) == 0)
        return neapi_knative_round(bench->value, (int)neapi_cell_integer(at + 1, 0, 0));
    return (double)NAN;
}

enum neapi_outcome neapi_check_knative_window(const struct neapi_row *row, char *why, size_t size)
{
    struct bench bench = {.used = 0};
    char item[64];
    const char *operations = neapi_row_text(row, "ops");
    double window_s = neapi_row_double(row, "window_s", 0);
    int64_t granularity_ns = neapi_cell_ns(neapi_row_text(row, "granularity_s"), 0, 0);
    if (!(window_s >= 1) || window_s > BUCKETS || granularity_ns < 1000000000) {
        neapi_print(why, size, "window_s or granularity_s is out of range");
        return NEAPI_FAILED;
    }
    neapi_knative_window_init(&bench.window, bench.buckets[0], llround(window_s * 1e9),
                              granularity_ns, neapi_row_is(row, "kind", "weighted"));
    for (size_t i = 0; neapi_cell_item(operations, i, item, sizeof item); i++)
        if (!operate(&bench, item)) {
            neapi_print(why, size, "operation %zu is not one", i + 1);
            return NEAPI_FAILED;
        }
    double got = answer(&bench, neapi_row_text(row, "query"),
                        neapi_cell_ns(neapi_row_text(row, "query_t"), 0, 0));
    double tolerance = neapi_row_double(row, "abs_tolerance", 0);
    return neapi_expect_cell(row, "expected", got, tolerance, why, size) ? NEAPI_PASSED
                                                                         : NEAPI_FAILED;
}

/* --- largest of the last sizes ------------------------------------------------------------------------ */

enum neapi_outcome neapi_check_knative_max(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_knative_size entries[ENTRIES];
    const char *times = neapi_row_text(row, "index_or_t"), *values = neapi_row_text(row, "values");
    const char *wanted = neapi_row_text(row, "expected");
    int64_t length = neapi_row_integer(row, "size", 0);
    int64_t step = neapi_row_integer(row, "granularity_s", 1);
    struct neapi_knative_max max = {.entries = entries,
                                    .size = neapi_knative_max_size(length, step)};
    if (max.size < 1 || max.size > ENTRIES) {
        neapi_print(why, size, "size is out of range");
        return NEAPI_FAILED;
    }
    for (size_t i = 0; i < neapi_cell_count(times); i++) {
        int64_t got = neapi_knative_max_record(&max, neapi_cell_integer(times, i, 0) / step,
                                               neapi_cell_integer(values, i, 0));
        if (!neapi_expect("maximum", got, neapi_cell_integer(wanted, i, got), why, size))
            return NEAPI_FAILED;
    }
    return NEAPI_PASSED;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of the file: each cell checked, then put in order of time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "recording/impl.h"

#include <neap/calendar.h>

/* Far above any traffic; sums of 10^8 such values stay finite and their error small. */
static const double value_most = 1e15;

static const char *series_name(const struct rows *rows, const struct series *series)
{
    if (series->role == ROLE_REQUESTS)
        return rows->options->value_column;
    return series->role == ROLE_CLASS ? series->name : neap_observation_name(series->which);
}

static enum neap_status bad_cell(const struct rows *rows, const struct series *series,
                                 const struct neapi_csv_field *field, struct neap_error *error)
{
    bool comma = strchr(field->text, ',') != NULL;
    return neapi_fail_at(
        error, NEAP_BAD_DATA, rows->path, field->line, field->column,
        "%.80s: found \"%.80s\", expected a number from 0 to %g%s, or an empty cell "
        "where the sample is missing",
        series_name(rows, series), field->text, value_most,
        comma ? " with a point, not a comma, and no thousands separator" : "");
}

/* Counts are most cells: up to 15 digits need no more than this. */
static bool parse_count(double *value, const struct neapi_csv_field *field)
{
    int64_t count = 0;
    if (field->length > 15)
        return false;
    for (size_t i = 0; i < field->length; i++) {
        if (field->text[i] < '0' || field->text[i] > '9')
            return false;
        count = count * 10 + (field->text[i] - '0');
    }
    *value = (double)count;
    return true;
}

static enum neap_status read_cell(double *value, const struct rows *rows,
                                  const struct series *series, const struct neapi_csv_field *field,
                                  struct neap_error *error)
{
    *value = (double)NAN;
    if (field->length == 0 || parse_count(value, field))
        return NEAP_OK;
    if (!neapi_number_parse(value, field->text, field->length) || *value < 0 || *value > value_most)
        return bad_cell(rows, series, field, error);
    *value += 0.0; /* "-0" is 0 */
    return NEAP_OK;
}

/* The last row's classes: all there when the requests are, and never more than them. */
static enum neap_status check_classes(const struct rows *rows, const struct neapi_csv_field *fields,
                                      struct neap_error *error)
{
    double requests = rows->series[0].value[rows->count], sum = 0;
    const struct neapi_csv_field *field = NULL;
    if (isnan(requests))
        return NEAP_OK;
    for (size_t i = 1; i < rows->series_count; i++) {
        const struct series *series = &rows->series[i];
        if (series->role != ROLE_CLASS)
            continue;
        field = &fields[series->field];
        if (isnan(series->value[rows->count]))
            return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, field->line, field->column,
                                 "class %.64s: found an empty cell, expected a number: write 0, or "
                                 "leave requests empty too where the sample is missing",
                                 series->name);
        sum += series->value[rows->count];
    }
    if (field == NULL || sum <= requests * (1 + 1e-9))
        return NEAP_OK;
    return neapi_fail_at(
        error, NEAP_BAD_DATA, rows->path, field->line, field->column,
        "found classes that sum to %.15g, expected at most requests = %.15g, which "
        "count all classes",
        sum, requests);
}

/* The requests of the last row where no column holds them; empty where all classes are. */
static double sum_of_classes(const struct rows *rows)
{
    double sum = (double)NAN;
    for (size_t i = 1; i < rows->series_count; i++) {
        double value = rows->series[i].value[rows->count];
        if (!isnan(value))
            sum = isnan(sum) ? value : sum + value;
    }
    return sum;
}

enum neap_status neapi_read_time(int64_t *time_ns, const char *path,
                                 const struct neap_recording_options *options,
                                 const struct neap_zone *zone, const struct neapi_csv_field *field,
                                 const char *expected, struct neap_error *error)
{
    if (field->length == 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, field->line, field->column,
                             "%.80s: found an empty cell, expected %s", options->time_column,
                             expected);
    enum neap_status status =
        neap_time_parse(time_ns, field->text, field->length, options->time_format, zone, error);
    return neapi_locate(error, status, path, field->line, field->column);
}

enum neap_status neapi_rows_append(struct rows *rows, const struct neapi_csv_field *fields,
                                   struct neap_error *error)
{
    size_t at = rows->count;
    if (!neapi_grow(&rows->time_ns, &rows->time_capacity, at + 1, sizeof *rows->time_ns) ||
        !neapi_grow(&rows->line, &rows->line_capacity, at + 1, sizeof *rows->line))
        return neapi_no_memory(error, "the recording");
    const struct neapi_csv_field *time = &fields[rows->time_field];
    enum neap_status status = neapi_read_time(&rows->time_ns[at], rows->path, rows->options,
                                              rows->zone, time, "the start of the interval", error);
    for (size_t i = 0; i < rows->series_count && status == NEAP_OK; i++) {
        struct series *series = &rows->series[i];
        if (!neapi_grow(&series->value, &series->capacity, at + 1, sizeof *series->value))
            return neapi_no_memory(error, "the recording");
        series->value[at] = (double)NAN;
        if (i > 0 || !rows->summed)
            status = read_cell(&series->value[at], rows, series, &fields[series->field], error);
    }
    if (rows->summed && status == NEAP_OK)
        rows->series[0].value[at] = sum_of_classes(rows);
    if (status == NEAP_OK)
        status = check_classes(rows, fields, error);
    if (status != NEAP_OK)
        return status;
    rows->line[at] = time->line;
    rows->disorder += at > 0 && rows->time_ns[at] < rows->time_ns[at - 1];
    rows->count++;
    return NEAP_OK;
}

/* --- order ------------------------------------------------------------------------------- */

struct place {
    int64_t time_ns;
    size_t row;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->time_ns != q->time_ns)
        return p->time_ns < q->time_ns ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static void permute(struct rows *rows, const struct place *place, double *values, long *lines)
{
    for (size_t i = 0; i < rows->series_count; i++) {
        double *value = rows->series[i].value;
        for (size_t row = 0; row < rows->count; row++)
            values[row] = value[place[row].row];
        for (size_t row = 0; row < rows->count; row++)
            value[row] = values[row];
    }
    for (size_t row = 0; row < rows->count; row++)
        lines[row] = rows->line[place[row].row];
    for (size_t row = 0; row < rows->count; row++) {
        rows->line[row] = lines[row];
        rows->time_ns[row] = place[row].time_ns;
    }
}

enum neap_status neapi_rows_sort(struct rows *rows, struct neap_error *error)
{
    if (rows->disorder == 0)
        return NEAP_OK;
    struct place *place = neapi_allocate(rows->count, sizeof *place);
    double *values = neapi_allocate(rows->count, sizeof *values);
    long *lines = neapi_allocate(rows->count, sizeof *lines);
    enum neap_status status = NEAP_OK;
    if (place == NULL || values == NULL || lines == NULL) {
        status = neapi_no_memory(error, "sorting the recording");
    } else {
        for (size_t row = 0; row < rows->count; row++)
            place[row] = (struct place){rows->time_ns[row], row};
        qsort(place, rows->count, sizeof *place, compare_places);
        permute(rows, place, values, lines);
    }
    free(place);
    free(values);
    free(lines);
    return status;
}

static void move_row(struct rows *rows, size_t to, size_t from)
{
    if (to == from)
        return;
    rows->time_ns[to] = rows->time_ns[from];
    rows->line[to] = rows->line[from];
    for (size_t i = 0; i < rows->series_count; i++)
        rows->series[i].value[to] = rows->series[i].value[from];
}

enum neap_status neapi_rows_unique(struct rows *rows, size_t first, size_t *end,
                                   struct neap_error *error)
{
    size_t kept = first;
    for (size_t row = first; row < *end; row++) {
        bool again = kept > first && rows->time_ns[row] == rows->time_ns[kept - 1];
        if (again && rows->options->gaps == NEAP_GAPS_ERROR)
            return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, rows->line[row], 0,
                                 "found the time of line %ld again, expected each time once: "
                                 "remove one, or set traffic.gaps so that the first one counts",
                                 rows->line[kept - 1]);
        rows->duplicates += again;
        if (!again)
            move_row(rows, kept++, row);
    }
    *end = kept;
    return NEAP_OK;
}

void neapi_rows_free(struct rows *rows)
{
    for (size_t i = 0; i < rows->series_count; i++) {
        free(rows->series[i].name);
        free(rows->series[i].value);
    }
    free(rows->series);
    free(rows->time_ns);
    free(rows->line);
}

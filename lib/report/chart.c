/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Charts on their way into a document: copied, checked against their table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "report/chart.h"

void neapi_chart_free(struct neapi_chart *chart)
{
    if (chart == NULL)
        return;
    for (size_t i = 0; i < chart->texts; i++)
        free(chart->text[i]);
    free(chart->text);
    free(chart->series);
    free(chart->mark);
    free(chart->when);
    free(chart->found);
    free(chart);
}

/* --- copying ----------------------------------------------------------------------------------- */

/* Takes copy over; false, and it is gone, without memory. */
static bool keep_copy(struct neapi_chart *chart, const char **text, char *copy)
{
    if (copy == NULL ||
        !neapi_grow(&chart->text, &chart->text_capacity, chart->texts + 1, sizeof *chart->text)) {
        free(copy);
        return false;
    }
    chart->text[chart->texts++] = copy;
    *text = copy;
    return true;
}

/* A copy that lives as long as the chart; NULL stays NULL. False without memory. */
static bool keep(struct neapi_chart *chart, const char **text)
{
    return *text == NULL || keep_copy(chart, text, neapi_utf8_clean(*text, strlen(*text)));
}

/* The same of a name to look up: byte for byte. */
static bool keep_name(struct neapi_chart *chart, const char **name)
{
    return *name == NULL || keep_copy(chart, name, strdup(*name));
}

static bool keep_series(struct neapi_chart *chart)
{
    for (size_t i = 0; i < chart->shown.series_count; i++) {
        struct neap_chart_series *series = &chart->series[i];
        *series = chart->shown.series[i];
        if (series->label == NULL)
            series->label = series->column;
        if (!keep(chart, &series->label) || !keep_name(chart, &series->column) ||
            !keep_name(chart, &series->low) || !keep_name(chart, &series->high))
            return false;
    }
    chart->shown.series = chart->series;
    return true;
}

static bool keep_marks(struct neapi_chart *chart)
{
    for (size_t i = 0; i < chart->shown.mark_count; i++) {
        chart->mark[i] = chart->shown.mark[i];
        if (chart->mark[i].label == NULL)
            chart->mark[i].label = "";
        if (!keep(chart, &chart->mark[i].label))
            return false;
    }
    chart->shown.mark = chart->mark;
    return true;
}

static struct neapi_chart *copy_of(const struct neap_chart *chart)
{
    struct neapi_chart *new = calloc(1, sizeof *new);
    if (new == NULL)
        return NULL;
    new->shown = *chart;
    new->series = neapi_allocate(chart->series_count, sizeof *new->series);
    new->found = neapi_allocate(chart->series_count, sizeof *new->found);
    new->mark = neapi_allocate(chart->mark_count + 1, sizeof *new->mark);
    new->when = neapi_allocate(chart->mark_count + 1, sizeof *new->when);
    if (new->series != NULL &&new->found != NULL &&new->mark != NULL &&new->when != NULL &&
        keep_series(new) && keep_marks(new) && keep(new, &new->shown.title) &&
        keep_name(new, &new->shown.table) && keep(new, &new->shown.caption) &&
        keep(new, &new->shown.unit) && keep_name(new, &new->shown.x))
        return new;
    neapi_chart_free(new);
    return NULL;
}

/* --- checking ---------------------------------------------------------------------------------- */

static bool is_word(const char *text)
{
    return text != NULL && *text != '\0';
}

/* What can be said of it before it is copied. */
static enum neap_status check_form(const struct neap_chart *chart, struct neap_error *error)
{
    size_t most = chart->kind == NEAP_CHART_LINES ? NEAP_CHART_SERIES_MOST : 1;
    if (!is_word(chart->title) || !is_word(chart->table) || !is_word(chart->x))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found a chart without its title, table or x column, expected all three");
    if (chart->series_count < 1 || chart->series_count > most)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "chart \"%.80s\": found %zu series, expected 1 to %zu", chart->title,
                          chart->series_count, most);
    for (size_t i = 0; i < chart->series_count; i++) {
        const struct neap_chart_series *series = &chart->series[i];
        bool band = series->low != NULL || series->high != NULL;
        if (!is_word(series->column) || (band && !(is_word(series->low) && is_word(series->high))))
            return neapi_fail(
                error, NEAP_BAD_ARGUMENT,
                "chart \"%.80s\": expected a column for each series, and low and high "
                "both or neither",
                chart->title);
    }
    return NEAP_OK;
}

static bool is_time(enum neap_column_kind kind)
{
    return kind == NEAP_COLUMN_TIME;
}

static bool is_text(enum neap_column_kind kind)
{
    return kind == NEAP_COLUMN_TEXT;
}

static bool is_number(enum neap_column_kind kind)
{
    return kind == NEAP_COLUMN_NUMBER || kind == NEAP_COLUMN_INTEGER || kind == NEAP_COLUMN_DECIMAL;
}

static enum neap_status find(const struct neapi_chart *chart, const char *name,
                             bool (*fits)(enum neap_column_kind kind), const char *expected,
                             size_t *column, struct neap_error *error)
{
    if (!neap_table_find_column(chart->table, name, column))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "chart \"%.80s\": found no column \"%.80s\" in table \"%.80s\"",
                          chart->shown.title, name, chart->shown.table);
    if (!fits(neap_table_column_kind(chart->table, *column)))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "chart \"%.80s\": column \"%.80s\" is of another kind, expected %s",
                          chart->shown.title, name, expected);
    return NEAP_OK;
}

static enum neap_status find_series(struct neapi_chart *chart, size_t i, struct neap_error *error)
{
    const struct neap_chart_series *series = &chart->series[i];
    struct neapi_series *found = &chart->found[i];
    found->low = found->high = NEAPI_NO_COLUMN;
    enum neap_status status =
        find(chart, series->column, is_number, "numbers", &found->column, error);
    if (status != NEAP_OK || series->low == NULL || chart->shown.kind != NEAP_CHART_LINES)
        return status;
    status = find(chart, series->low, is_number, "numbers", &found->low, error);
    if (status == NEAP_OK)
        status = find(chart, series->high, is_number, "numbers", &found->high, error);
    return status;
}

static enum neap_status find_columns(struct neapi_chart *chart, struct neap_error *error)
{
    bool lines = chart->shown.kind == NEAP_CHART_LINES;
    enum neap_status status = find(chart, chart->shown.x, lines ? is_time : is_text,
                                   lines ? "times" : "texts", &chart->x, error);
    for (size_t i = 0; status == NEAP_OK && i < chart->shown.series_count; i++)
        status = find_series(chart, i, error);
    return status;
}

/* The calendar knows the years 1678 to 2261. */
static enum neap_status check_times(const struct neapi_chart *chart, struct neap_error *error)
{
    const int64_t most_ns = INT64_C(9190000000000000000);
    int64_t before = -most_ns;
    for (size_t row = 0; row < neap_table_rows(chart->table); row++) {
        int64_t time_ns = neap_table_time(chart->table, row, chart->x);
        if (time_ns < before || time_ns > most_ns)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "chart \"%.80s\": row %zu: expected a time, not before the row above",
                              chart->shown.title, row + 1);
        before = time_ns;
    }
    return NEAP_OK;
}

double neapi_chart_value(const struct neap_table *table, size_t row, size_t column)
{
    double value = neap_table_number(table, row, column);
    struct neap_decimal decimal;
    const char *text = neap_table_text(table, row, column);
    if (text != NULL && neap_decimal_parse(&decimal, text, NULL) == NEAP_OK)
        value = neap_decimal_to_double(&decimal);
    return fabs(value) < 1e100 ? value : (double)NAN; /* far beyond any axis */
}

static double value_or_zero(const struct neapi_chart *chart, size_t row)
{
    double value = neapi_chart_value(chart->table, row, chart->found[0].column);
    return isnan(value) ? 0 : value;
}

static enum neap_status check_waterfall(const struct neapi_chart *chart, struct neap_error *error)
{
    size_t rows = neap_table_rows(chart->table);
    double sum = 0, largest = 0;
    for (size_t row = 0; row + 1 < rows; row++) {
        sum += value_or_zero(chart, row);
        largest = fmax(largest, fabs(sum));
    }
    if (rows < 2)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "chart \"%.80s\": found %zu rows, expected a first and a last",
                          chart->shown.title, rows);
    double last = value_or_zero(chart, rows - 1);
    if (fabs(sum - last) > 1e-6 * fmax(largest, fabs(last)))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "chart \"%.80s\": its changes lead to %.12g, but its last row is %.12g",
                          chart->shown.title, sum, last);
    return NEAP_OK;
}

static void fill_times(struct neapi_chart *chart)
{
    size_t rows = neap_table_rows(chart->table);
    const struct neap_zone *zone = chart->shown.zone;
    if (rows == 0)
        return;
    int64_t start_ns = neap_table_time(chart->table, 0, chart->x);
    int64_t end_ns = neap_table_time(chart->table, rows - 1, chart->x);
    for (int size = 0; size < NEAPI_SIZES; size++)
        neapi_time_axis_fill(&chart->axis[size], start_ns, end_ns, zone, (enum neapi_size)size);
    neapi_time_span_format(chart->span, sizeof chart->span, start_ns, end_ns, zone);
    for (size_t i = 0; i < chart->shown.mark_count; i++)
        if (chart->mark[i].time_ns >= start_ns && chart->mark[i].time_ns <= end_ns)
            neapi_time_civil_format(chart->when[i], sizeof chart->when[i], chart->mark[i].time_ns,
                                    zone);
}

static enum neap_status settle(struct neapi_chart *chart, const struct neap_document *document,
                               struct neap_error *error)
{
    chart->table = neap_document_find_table(document, chart->shown.table);
    if (chart->table == NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "chart \"%.80s\": found no table \"%.80s\"",
                          chart->shown.title, chart->shown.table);
    enum neap_status status = find_columns(chart, error);
    if (status == NEAP_OK && chart->shown.kind == NEAP_CHART_LINES)
        status = check_times(chart, error);
    if (status == NEAP_OK && chart->shown.kind == NEAP_CHART_WATERFALL)
        status = check_waterfall(chart, error);
    if (status == NEAP_OK && chart->shown.kind == NEAP_CHART_LINES)
        fill_times(chart);
    if (chart->shown.unit == NULL && status == NEAP_OK)
        chart->shown.unit = neap_table_column_unit(chart->table, chart->found[0].column);
    chart->shown.zone = NULL;
    return status;
}

void neap_document_add_chart(struct neap_document *document, const struct neap_chart *chart)
{
    struct neap_error *error = neapi_document_failure(document);
    if (error == NULL || check_form(chart, error) != NEAP_OK)
        return;
    struct neapi_chart *new = copy_of(chart);
    if (new == NULL || !neapi_grow(&document->chart, &document->chart_capacity,
                                   document->charts + 1, sizeof *document->chart)) {
        neapi_chart_free(new);
        neapi_no_memory(error, "a chart of the document");
        return;
    }
    if (settle(new, document, error) != NEAP_OK) {
        neapi_chart_free(new);
        return;
    }
    document->chart[document->charts++] = new;
}

const struct neap_chart *neap_document_chart(const struct neap_document *document, size_t index)
{
    return index < document->charts ? &document->chart[index]->shown : NULL;
}

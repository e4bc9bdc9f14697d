/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSV: one table of the document, one line per row, for programs and spreadsheets (RFC 4180, lines
 * ended by LF). Timelines have a hundred thousand rows, hence the buffer and the short cuts. */
#include <math.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/fail.h"
#include "base/text.h"
#include "report/impl.h"

static void put_quoted(struct neapi_sink *sink, const char *guard, const char *text)
{
    neapi_sink_text(sink, "\"");
    neapi_sink_text(sink, guard);
    while (*text != '\0') {
        size_t run = strcspn(text, "\"");
        neapi_sink_utf8(sink, text, run);
        text += run;
        if (*text == '"') {
            neapi_sink_text(sink, "\"\"");
            text++;
        }
    }
    neapi_sink_text(sink, "\"");
}

/* "-3", "+4.5%": a spreadsheet takes these for numbers, not for formulas. */
static bool is_number(const char *text)
{
    double ignored;
    size_t length = strlen(text);
    length -= length > 0 && text[length - 1] == '%';
    return neapi_number_parse(&ignored, text, length);
}

static bool is_formula(const char *text)
{
    return *text != '\0' && strchr("=+-@\t\r", *text) != NULL && !is_number(text);
}

static void put_text(struct neapi_sink *sink, const char *text)
{
    const char *guard = is_formula(text) ? "'" : "";
    size_t length = strlen(text);
    bool blanks = length > 0 && (text[0] == ' ' || text[length - 1] == ' ');
    if (blanks || strpbrk(text, "\",\n\r") != NULL) {
        put_quoted(sink, guard, text);
        return;
    }
    neapi_sink_text(sink, guard);
    neapi_sink_utf8(sink, text, length);
}

static void put_integer(struct neapi_sink *sink, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    neapi_sink_put(sink, digits + at, sizeof digits - at);
}

static void put_number(struct neapi_sink *sink, double value)
{
    char text[40];
    if (!isfinite(value))
        return;
    if (fabs(value) < 1e15 && value == floor(value)) {
        put_integer(sink, (int64_t)value);
        return;
    }
    int length = snprintf(text, sizeof text, "%.15g", value);
    neapi_sink_put(sink, text, (size_t)length);
}

static void put_time(struct neapi_sink *sink, int64_t time_ns)
{
    char text[NEAP_TIME_SIZE];
    neap_time_format(text, sizeof text, time_ns);
    neapi_sink_text(sink, text);
}

static void put_cell(struct neapi_sink *sink, const struct neap_table *table, size_t row,
                     size_t column)
{
    if (neap_table_is_missing(table, row, column))
        return;
    switch (neap_table_column_kind(table, column)) {
    case NEAP_COLUMN_INTEGER:
        put_integer(sink, neap_table_integer(table, row, column));
        return;
    case NEAP_COLUMN_NUMBER:
        put_number(sink, neap_table_number(table, row, column));
        return;
    case NEAP_COLUMN_TIME:
        put_time(sink, neap_table_time(table, row, column));
        return;
    case NEAP_COLUMN_DECIMAL:
        neapi_sink_text(sink, neap_table_text(table, row, column));
        return;
    case NEAP_COLUMN_TEXT:
        put_text(sink, neap_table_text(table, row, column));
        return;
    }
}

/* A row of one column that is empty would be a blank line, which readers skip. */
static bool is_blank_line(const struct neap_table *table, size_t row)
{
    const char *text = neap_table_text(table, row, 0);
    return neap_table_columns(table) == 1 &&
           (neap_table_is_missing(table, row, 0) || (text != NULL && *text == '\0'));
}

static void put_rows(struct neapi_sink *sink, const struct neap_table *table)
{
    size_t columns = neap_table_columns(table);
    for (size_t column = 0; column < columns; column++) {
        put_text(sink, neap_table_column_name(table, column));
        neapi_sink_put(sink, column + 1 < columns ? "," : "\n", 1);
    }
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        if (is_blank_line(table, row))
            neapi_sink_put(sink, "\"\"", 2);
        for (size_t column = 0; column < columns; column++) {
            put_cell(sink, table, row, column);
            neapi_sink_put(sink, column + 1 < columns ? "," : "\n", 1);
        }
    }
}

static enum neap_status unknown_table(const struct neap_document *document, const char *name,
                                      struct neap_error *error)
{
    char names[NEAP_MESSAGE_SIZE] = "";
    size_t used = 0;
    for (size_t i = 0; i < document->tables && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                 document->table[i].name);
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "found table name \"%.80s\", expected one of this result's: %.480s", name,
                      names);
}

enum neap_status neapi_write_csv(const struct neap_document *document, FILE *stream,
                                 const struct neap_report_options *options,
                                 struct neap_error *error)
{
    if (document->tables == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "this result has no table to write as CSV: use --format json");
    const struct neapi_entry *entry = options->table == NULL
                                          ? &document->table[0]
                                          : neapi_document_entry(document, options->table);
    if (entry == NULL)
        return unknown_table(document, options->table, error);
    struct neapi_sink sink;
    sink.stream = stream;
    sink.used = 0;
    put_rows(&sink, entry->table);
    neapi_sink_flush(&sink);
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables as text: numbers to the right, words to the left, widths in terminal columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "report/layout.h"

enum { CELL = 512, GAP = 2 }; /* a double with 17 decimals and separators needs 450 bytes */

/* "12345.5" to "12,345.5". */
static void separate_thousands(char *text, size_t size)
{
    size_t start = text[0] == '-' || text[0] == '+';
    size_t digits = strspn(text + start, "0123456789");
    size_t length = strlen(text);
    for (size_t behind = 3; behind < digits; behind += 3) {
        size_t at = start + digits - behind; /* separators behind it have moved the rest only */
        if (length + 2 > size)
            return;
        memmove(text + at + 1, text + at, length - at + 1);
        text[at] = ',';
        length++;
    }
}

static int adaptive_decimals(double value)
{
    double size = fabs(value);
    if (value == floor(value) || size >= 1000)
        return 0;
    int decimals = 3;
    for (; size >= 10 && decimals > 1; size /= 10)
        decimals--;
    for (; size < 1 && decimals < 9; size *= 10)
        decimals++;
    return decimals;
}

static bool is_change(const struct neap_table *table, size_t column)
{
    return strncmp(neap_table_column_name(table, column), "change", 6) == 0;
}

static void show_number(char text[CELL], const struct neap_table *table, size_t row, size_t column)
{
    double value = neap_table_number(table, row, column);
    int decimals = neap_table_column_decimals(table, column);
    if (decimals == NEAP_REPORT_ADAPTIVE)
        decimals = adaptive_decimals(value);
    if (isinf(value)) {
        snprintf(text, CELL, "%s", value < 0 ? "-inf" : "inf");
        return;
    }
    snprintf(text, CELL, is_change(table, column) ? "%+.*f" : "%.*f", decimals, value);
    if (strpbrk(text, "123456789") == NULL && (text[0] == '-' || text[0] == '+'))
        memmove(text, text + 1, strlen(text)); /* a zero has no sign */
}

/* The cell as it is shown: the table's own text, or text filled. */
static const char *show(char text[CELL], const struct neapi_layout *layout,
                        const struct neap_table *table, size_t row, size_t column)
{
    if (neap_table_is_missing(table, row, column))
        return "-";
    enum neap_column_kind kind = neap_table_column_kind(table, column);
    const char *own = neap_table_text(table, row, column);
    if (kind == NEAP_COLUMN_TEXT)
        return own;
    if (kind == NEAP_COLUMN_TIME) {
        neap_time_format(text, CELL, neap_table_time(table, row, column));
        return text;
    }
    if (kind == NEAP_COLUMN_INTEGER)
        snprintf(text, CELL, "%lld", (long long)neap_table_integer(table, row, column));
    else if (kind == NEAP_COLUMN_NUMBER)
        show_number(text, table, row, column);
    else
        snprintf(text, CELL, "%s", own);
    if (layout->options->thousands)
        separate_thousands(text, CELL);
    return text;
}

struct shape {
    size_t width;
    bool right;
};

static bool looks_numeric(const char *text)
{
    size_t sign = *text == '-' || *text == '+';
    return (text[sign] >= '0' && text[sign] <= '9') || strcmp(text, "-") == 0;
}

static void head(char text[CELL], const struct neap_table *table, size_t column)
{
    const char *unit = neap_table_column_unit(table, column);
    snprintf(text, CELL, *unit == '\0' ? "%s" : "%s (%s)", neap_table_column_name(table, column),
             unit);
}

/* Text columns go right when all that is in them begins as numbers do. */
static struct shape measure(const struct neapi_layout *layout, const struct neap_table *table,
                            size_t column)
{
    char text[CELL];
    head(text, table, column);
    enum neap_column_kind kind = neap_table_column_kind(table, column);
    struct shape shape = {neapi_layout_width(text), kind != NEAP_COLUMN_TIME};
    bool seen = false;
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        const char *shown = show(text, layout, table, row, column);
        size_t width = neapi_layout_width(shown);
        shape.width = width > shape.width ? width : shape.width;
        if (kind == NEAP_COLUMN_TEXT && !neap_table_is_missing(table, row, column)) {
            shape.right = shape.right && looks_numeric(shown);
            seen = true;
        }
    }
    if (kind == NEAP_COLUMN_TEXT && !seen)
        shape.right = false;
    return shape;
}

/* Nothing is padded at the end of a line. */
static void put_cell(struct neapi_layout *layout, const char *text, struct shape shape, bool last)
{
    size_t space = shape.width - neapi_layout_width(text);
    if (shape.right)
        neapi_layout_spaces(layout, space);
    neapi_layout_text(layout, text);
    if (last) {
        neapi_sink_text(&layout->sink, "\n");
        return;
    }
    neapi_layout_spaces(layout, (shape.right ? 0 : space) + GAP);
}

static void put_heads(struct neapi_layout *layout, const struct neap_table *table,
                      const struct shape *shape)
{
    char text[CELL];
    size_t columns = neap_table_columns(table);
    for (size_t column = 0; column < columns; column++) {
        head(text, table, column);
        put_cell(layout, text, shape[column], column + 1 == columns);
    }
    for (size_t column = 0; column < columns; column++) {
        for (size_t i = 0; i < shape[column].width; i++)
            neapi_sink_put(&layout->sink, "-", 1);
        neapi_sink_text(&layout->sink, column + 1 == columns ? "\n" : "  ");
    }
}

static void put_title(struct neapi_layout *layout, const char *title)
{
    if (*title == '\0')
        return;
    neapi_layout_style(layout, NEAPI_BOLD);
    neapi_layout_text(layout, title);
    neapi_layout_style(layout, NEAPI_PLAIN);
    neapi_sink_text(&layout->sink, "\n");
}

/* People read the ends of a long table; programs read it as CSV. */
enum { ROWS_SHOWN_WHOLE = 60, ROWS_AT_START = 20, ROWS_AT_END = 5 };

static bool is_left_out(size_t row, size_t rows)
{
    return rows > ROWS_SHOWN_WHOLE && row >= ROWS_AT_START && row < rows - ROWS_AT_END;
}

static void put_left_out(struct neapi_layout *layout, size_t rows)
{
    char text[96];
    snprintf(text, sizeof text, "... %zu rows left out; --format csv has them all ...\n",
             rows - ROWS_AT_START - ROWS_AT_END);
    neapi_sink_text(&layout->sink, text);
}

static void put_row(struct neapi_layout *layout, const struct neap_table *table, size_t row,
                    const struct shape *shape)
{
    char text[CELL];
    size_t columns = neap_table_columns(table);
    for (size_t column = 0; column < columns; column++)
        put_cell(layout, show(text, layout, table, row, column), shape[column],
                 column + 1 == columns);
}

bool neapi_layout_table(struct neapi_layout *layout, const struct neap_table *table)
{
    size_t columns = neap_table_columns(table), rows = neap_table_rows(table);
    struct shape *shape = neapi_allocate(columns, sizeof *shape);
    if (shape == NULL)
        return false;
    for (size_t column = 0; column < columns; column++)
        shape[column] = measure(layout, table, column);
    neapi_layout_block(layout);
    put_title(layout, neap_table_title(table));
    put_heads(layout, table, shape);
    for (size_t row = 0; row < rows; row++) {
        if (!is_left_out(row, rows))
            put_row(layout, table, row, shape);
        else if (row == ROWS_AT_START)
            put_left_out(layout, rows);
    }
    free(shape);
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a cell looks like, whoever shows it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "report/cell.h"

enum { LONGEST_WORDS = 32 };

void neapi_separate_thousands(char *text, size_t size)
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

static void show_number(char text[NEAPI_CELL], const struct neap_table *table, size_t row,
                        size_t column)
{
    double value = neap_table_number(table, row, column);
    int decimals = neap_table_column_decimals(table, column);
    if (decimals == NEAP_REPORT_ADAPTIVE)
        decimals = adaptive_decimals(value);
    if (isinf(value)) {
        snprintf(text, NEAPI_CELL, "%s", value < 0 ? "-inf" : "inf");
        return;
    }
    snprintf(text, NEAPI_CELL, is_change(table, column) ? "%+.*f" : "%.*f", decimals, value);
    if (strpbrk(text, "123456789") == NULL && (text[0] == '-' || text[0] == '+'))
        memmove(text, text + 1, strlen(text)); /* a zero has no sign */
}

const char *neapi_cell_show(char text[NEAPI_CELL], const struct neap_table *table, size_t row,
                            size_t column, bool thousands)
{
    if (neap_table_is_missing(table, row, column))
        return "-";
    enum neap_column_kind kind = neap_table_column_kind(table, column);
    const char *own = neap_table_text(table, row, column);
    if (kind == NEAP_COLUMN_TEXT)
        return own;
    if (kind == NEAP_COLUMN_TIME) {
        neap_time_format(text, NEAPI_CELL, neap_table_time(table, row, column));
        return text;
    }
    if (kind == NEAP_COLUMN_INTEGER)
        snprintf(text, NEAPI_CELL, "%lld", (long long)neap_table_integer(table, row, column));
    else if (kind == NEAP_COLUMN_NUMBER)
        show_number(text, table, row, column);
    else
        snprintf(text, NEAPI_CELL, "%s", own);
    if (thousands)
        neapi_separate_thousands(text, NEAPI_CELL);
    return text;
}

static bool looks_numeric(const char *text)
{
    size_t sign = *text == '-' || *text == '+';
    return (text[sign] >= '0' && text[sign] <= '9') || strcmp(text, "-") == 0;
}

void neapi_column_head(char text[NEAPI_CELL], const struct neap_table *table, size_t column)
{
    const char *unit = neap_table_column_unit(table, column);
    snprintf(text, NEAPI_CELL, *unit == '\0' ? "%s" : "%s (%s)",
             neap_table_column_name(table, column), unit);
}

bool neapi_column_is_right(const struct neap_table *table, size_t column)
{
    enum neap_column_kind kind = neap_table_column_kind(table, column);
    bool seen = false;
    if (kind != NEAP_COLUMN_TEXT)
        return kind != NEAP_COLUMN_TIME;
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        const char *text = neap_table_text(table, row, column);
        if (text != NULL && !looks_numeric(text))
            return false;
        seen = seen || text != NULL;
    }
    return seen;
}

static enum neapi_look look_of(const struct neap_table *table, size_t column)
{
    if (neapi_column_is_right(table, column))
        return NEAPI_NUMBERS;
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        const char *text = neap_table_text(table, row, column);
        if (text != NULL && strlen(text) > LONGEST_WORDS)
            return NEAPI_PROSE;
    }
    return NEAPI_WORDS;
}

enum neapi_look *neapi_columns_look(const struct neap_table *table)
{
    size_t columns = neap_table_columns(table);
    enum neapi_look *look = neapi_allocate(columns + 1, sizeof *look);
    for (size_t column = 0; look != NULL && column < columns; column++)
        look[column] = look_of(table, column);
    return look;
}

/* People read the ends of a long table; programs read it as CSV. */
enum { ROWS_SHOWN_WHOLE = 60, ROWS_AT_START = 20, ROWS_AT_END = 5 };

bool neapi_row_is_left_out(size_t row, size_t rows)
{
    return rows > ROWS_SHOWN_WHOLE && row >= ROWS_AT_START && row < rows - ROWS_AT_END;
}

size_t neapi_rows_left_out(size_t rows)
{
    return rows > ROWS_SHOWN_WHOLE ? rows - ROWS_AT_START - ROWS_AT_END : 0;
}

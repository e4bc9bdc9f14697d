/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables as text: numbers to the right, words to the left, widths in terminal columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "report/cell.h"
#include "report/layout.h"

enum { GAP = 2 };

static const char *show(char text[NEAPI_CELL], const struct neapi_layout *layout,
                        const struct neap_table *table, size_t row, size_t column)
{
    return neapi_cell_show(text, table, row, column, layout->options->thousands);
}

struct shape {
    size_t cells, width; /* of the widest cell, and with the head */
    bool right;
};

/* --- heads ---------------------------------------------------------------------------------------- */

/* Where a head may be folded; an underscore then goes. */
static size_t word_length(const char *text)
{
    return strcspn(text, "_ ");
}

static size_t longest_word(const char *text)
{
    size_t most = 0;
    for (;;) {
        size_t length = word_length(text);
        most = length > most ? length : most;
        if (text[length] == '\0')
            return most;
        text += length + 1;
    }
}

/* The next line of a head that may be that wide; where the rest begins. */
static const char *fold(char line[NEAPI_CELL], const char *text, size_t width)
{
    size_t used = 0;
    while (*text != '\0') {
        size_t length = word_length(text);
        if (used > 0 && used + 1 + length > width)
            break;
        if (used > 0)
            line[used++] = ' ';
        memcpy(line + used, text, length);
        used += length;
        text += length + (text[length] != '\0');
    }
    line[used] = '\0';
    return text;
}

/* --- columns -------------------------------------------------------------------------------------- */

static struct shape measure(const struct neapi_layout *layout, const struct neap_table *table,
                            size_t column)
{
    char text[NEAPI_CELL];
    struct shape shape = {0, 0, neapi_column_is_right(table, column)};
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        size_t width = neapi_layout_width(show(text, layout, table, row, column));
        shape.cells = width > shape.cells ? width : shape.cells;
    }
    neapi_column_head(text, table, column);
    size_t head = neapi_layout_width(text);
    shape.width = head > shape.cells ? head : shape.cells;
    return shape;
}

/* Heads are folded when the table would be too wide with whole ones. */
static bool shape_columns(struct shape *shape, const struct neapi_layout *layout,
                          const struct neap_table *table)
{
    size_t columns = neap_table_columns(table), sum = 0;
    size_t most = layout->options->width > 0 ? (size_t)layout->options->width : 100;
    for (size_t column = 0; column < columns; column++) {
        shape[column] = measure(layout, table, column);
        sum += shape[column].width + (column > 0 ? GAP : 0);
    }
    if (sum <= most)
        return false;
    for (size_t column = 0; column < columns; column++) {
        char text[NEAPI_CELL];
        neapi_column_head(text, table, column);
        size_t word = longest_word(text);
        shape[column].width = word > shape[column].cells ? word : shape[column].cells;
    }
    return true;
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

static void put_rule(struct neapi_layout *layout, const struct shape *shape, size_t columns)
{
    for (size_t column = 0; column < columns; column++) {
        for (size_t i = 0; i < shape[column].width; i++)
            neapi_sink_put(&layout->sink, "-", 1);
        neapi_sink_text(&layout->sink, column + 1 == columns ? "\n" : "  ");
    }
}

/* One line of the folded heads; whether there is one more. */
static bool put_folded(struct neapi_layout *layout, const struct neap_table *table,
                       const struct shape *shape, size_t number)
{
    size_t columns = neap_table_columns(table);
    bool more = false;
    for (size_t column = 0; column < columns; column++) {
        char text[NEAPI_CELL], line[NEAPI_CELL];
        neapi_column_head(text, table, column);
        const char *rest = fold(line, text, shape[column].width);
        for (size_t i = 0; i < number; i++)
            rest = fold(line, rest, shape[column].width);
        more |= *rest != '\0';
        put_cell(layout, line, shape[column], column + 1 == columns);
    }
    return more;
}

static void put_heads(struct neapi_layout *layout, const struct neap_table *table,
                      const struct shape *shape, bool folded)
{
    char text[NEAPI_CELL];
    size_t columns = neap_table_columns(table), line = 0;
    while (folded && put_folded(layout, table, shape, line))
        line++;
    for (size_t column = 0; column < columns && !folded; column++) {
        neapi_column_head(text, table, column);
        put_cell(layout, text, shape[column], column + 1 == columns);
    }
    put_rule(layout, shape, columns);
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

static void put_left_out(struct neapi_layout *layout, const struct neapi_entry *entry, bool first)
{
    char text[96 + NEAPI_CELL];
    snprintf(text, sizeof text, "... %zu rows left out; --format csv%s%.*s has them all ...\n",
             neapi_rows_left_out(neap_table_rows(entry->table)), first ? "" : " --table ",
             first ? 0 : NEAPI_CELL, entry->name);
    neapi_sink_text(&layout->sink, text);
}

static void put_row(struct neapi_layout *layout, const struct neap_table *table, size_t row,
                    const struct shape *shape)
{
    char text[NEAPI_CELL];
    size_t columns = neap_table_columns(table);
    for (size_t column = 0; column < columns; column++)
        put_cell(layout, show(text, layout, table, row, column), shape[column],
                 column + 1 == columns);
}

bool neapi_layout_table(struct neapi_layout *layout, const struct neapi_entry *entry, bool first)
{
    const struct neap_table *table = entry->table;
    size_t columns = neap_table_columns(table), rows = neap_table_rows(table);
    struct shape *shape = neapi_allocate(columns, sizeof *shape);
    if (shape == NULL)
        return false;
    bool folded = shape_columns(shape, layout, table);
    neapi_layout_block(layout);
    put_title(layout, neapi_entry_title(entry));
    put_heads(layout, table, shape, folded);
    for (size_t row = 0; row < rows; row++) {
        if (!neapi_row_is_left_out(row, rows))
            put_row(layout, table, row, shape);
        else if (!neapi_row_is_left_out(row - 1, rows))
            put_left_out(layout, entry, first);
    }
    free(shape);
    return true;
}

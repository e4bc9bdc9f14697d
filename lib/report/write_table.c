/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables as text: numbers to the right, words to the left, widths in terminal columns. */
#include <stdio.h>
#include <stdlib.h>

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
    size_t width;
    bool right;
};

static struct shape measure(const struct neapi_layout *layout, const struct neap_table *table,
                            size_t column)
{
    char text[NEAPI_CELL];
    neapi_column_head(text, table, column);
    struct shape shape = {neapi_layout_width(text), neapi_column_is_right(table, column)};
    for (size_t row = 0; row < neap_table_rows(table); row++) {
        size_t width = neapi_layout_width(show(text, layout, table, row, column));
        shape.width = width > shape.width ? width : shape.width;
    }
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
    char text[NEAPI_CELL];
    size_t columns = neap_table_columns(table);
    for (size_t column = 0; column < columns; column++) {
        neapi_column_head(text, table, column);
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
    for (size_t column = 0; column < columns; column++)
        shape[column] = measure(layout, table, column);
    neapi_layout_block(layout);
    put_title(layout, neapi_entry_title(entry));
    put_heads(layout, table, shape);
    for (size_t row = 0; row < rows; row++) {
        if (!neapi_row_is_left_out(row, rows))
            put_row(layout, table, row, shape);
        else if (!neapi_row_is_left_out(row - 1, rows))
            put_left_out(layout, entry, first);
    }
    free(shape);
    return true;
}

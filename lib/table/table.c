/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building a table; how it lies in memory is drawn in impl.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/table.h>

#include "base/array.h"
#include "base/fail.h"
#include "table/impl.h"

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

enum neap_status neap_table_new(struct neap_table **table, const char *title,
                                struct neap_error *error)
{
    struct neap_table *new = calloc(1, sizeof *new);
    if (new != NULL)
        new->title = copy_of(title == NULL ? "" : title);
    if (new == NULL || new->title == NULL) {
        free(new);
        return neapi_no_memory(error, "a table");
    }
    *table = new;
    return NEAP_OK;
}

static void column_free(struct column *column)
{
    free(column->name);
    free(column->unit);
    free(column->cell);
}

void neap_table_free(struct neap_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->columns; i++)
        column_free(&table->column[i]);
    free(table->column);
    free(table->pool);
    free(table->line);
    free(table->title);
    free(table);
}

static union cell missing_cell(enum neap_column_kind kind)
{
    if (kind == NEAP_COLUMN_NUMBER)
        return (union cell){.number = (double)NAN};
    return (union cell){.integer = NEAP_TABLE_MISSING};
}

static bool reserve_rows(struct column *column, size_t rows)
{
    return neapi_grow(&column->cell, &column->capacity, rows, sizeof *column->cell);
}

enum neap_status neap_table_add_column(struct neap_table *table, const char *name, const char *unit,
                                       enum neap_column_kind kind, int decimals,
                                       struct neap_error *error)
{
    size_t same;
    if (neap_table_find_column(table, name, &same))
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "column \"%.80s\" is there already", name);
    if (decimals < 0 || decimals > 17)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "column \"%.80s\": found %d decimals, expected 0 to 17", name, decimals);
    if (!neapi_grow(&table->column, &table->column_capacity, table->columns + 1,
                    sizeof *table->column))
        return neapi_no_memory(error, "a column");
    struct column new = {.kind = kind, .decimals = decimals};
    new.name = copy_of(name);
    new.unit = copy_of(unit == NULL ? "" : unit);
    if (new.name == NULL || new.unit == NULL || !reserve_rows(&new, table->rows)) {
        column_free(&new);
        return neapi_no_memory(error, "a column");
    }
    for (size_t row = 0; row < table->rows; row++)
        new.cell[row] = missing_cell(kind);
    table->column[table->columns++] = new;
    return NEAP_OK;
}

enum neap_status neap_table_add_row(struct neap_table *table, struct neap_error *error)
{
    for (size_t i = 0; i < table->columns; i++)
        if (!reserve_rows(&table->column[i], table->rows + 1))
            return neapi_no_memory(error, "a row");
    for (size_t i = 0; i < table->columns; i++)
        table->column[i].cell[table->rows] = missing_cell(table->column[i].kind);
    table->rows++;
    return NEAP_OK;
}

enum neap_status neapi_table_set_line(struct neap_table *table, long line, struct neap_error *error)
{
    if (!neapi_grow(&table->line, &table->line_capacity, table->rows, sizeof *table->line))
        return neapi_no_memory(error, "a row");
    table->line[table->rows - 1] = line;
    return NEAP_OK;
}

/* The cell of the last row; NULL, and error filled, when its column is not of that kind. */
static union cell *last_cell(struct neap_table *table, size_t column, enum neap_column_kind kind,
                             struct neap_error *error)
{
    if (table->rows == 0)
        neapi_fail(error, NEAP_BAD_ARGUMENT, "found a cell, expected neap_table_add_row() first");
    else if (column >= table->columns)
        neapi_fail(error, NEAP_BAD_ARGUMENT, "found column number %zu, expected less than %zu",
                   column, table->columns);
    else if (table->column[column].kind != kind)
        neapi_fail(error, NEAP_BAD_ARGUMENT, "found a value for column \"%.80s\" of another kind",
                   table->column[column].name);
    else
        return &table->column[column].cell[table->rows - 1];
    return NULL;
}

enum neap_status neapi_table_set_bytes(struct neap_table *table, size_t column, const char *text,
                                       size_t length, struct neap_error *error)
{
    enum neap_column_kind kind = neap_table_column_kind(table, column);
    if (kind != NEAP_COLUMN_DECIMAL)
        kind = NEAP_COLUMN_TEXT;
    union cell *cell = last_cell(table, column, kind, error);
    if (cell == NULL)
        return NEAP_BAD_ARGUMENT;
    if (length >= SIZE_MAX - table->pool_used ||
        !neapi_grow(&table->pool, &table->pool_capacity, table->pool_used + length + 1, 1))
        return neapi_no_memory(error, "a text");
    memcpy(table->pool + table->pool_used, text, length);
    table->pool[table->pool_used + length] = '\0';
    cell->integer = (int64_t)table->pool_used;
    table->pool_used += length + 1;
    return NEAP_OK;
}

static enum neap_status set_missing(struct neap_table *table, size_t column,
                                    struct neap_error *error)
{
    enum neap_column_kind kind = neap_table_column_kind(table, column);
    union cell *cell = last_cell(table, column, kind, error);
    if (cell == NULL)
        return NEAP_BAD_ARGUMENT;
    *cell = missing_cell(kind);
    return NEAP_OK;
}

enum neap_status neap_table_set_text(struct neap_table *table, size_t column, const char *text,
                                     struct neap_error *error)
{
    if (text == NULL)
        return set_missing(table, column, error);
    if (neap_table_column_kind(table, column) == NEAP_COLUMN_DECIMAL) {
        struct neap_decimal ignored;
        enum neap_status status = neap_decimal_parse(&ignored, text, error);
        if (status != NEAP_OK)
            return status;
    }
    return neapi_table_set_bytes(table, column, text, strlen(text), error);
}

enum neap_status neap_table_set_number(struct neap_table *table, size_t column, double value,
                                       struct neap_error *error)
{
    union cell *cell = last_cell(table, column, NEAP_COLUMN_NUMBER, error);
    if (cell == NULL)
        return NEAP_BAD_ARGUMENT;
    cell->number = value;
    return NEAP_OK;
}

enum neap_status neap_table_set_integer(struct neap_table *table, size_t column, int64_t value,
                                        struct neap_error *error)
{
    union cell *cell = last_cell(table, column, NEAP_COLUMN_INTEGER, error);
    if (cell == NULL)
        return NEAP_BAD_ARGUMENT;
    cell->integer = value;
    return NEAP_OK;
}

enum neap_status neap_table_set_time(struct neap_table *table, size_t column, int64_t time_ns,
                                     struct neap_error *error)
{
    union cell *cell = last_cell(table, column, NEAP_COLUMN_TIME, error);
    if (cell == NULL)
        return NEAP_BAD_ARGUMENT;
    cell->integer = time_ns;
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a table back. */
#include <math.h>
#include <string.h>

#include "table/impl.h"

const char *neap_table_title(const struct neap_table *table)
{
    return table->title;
}

size_t neap_table_rows(const struct neap_table *table)
{
    return table->rows;
}

size_t neap_table_columns(const struct neap_table *table)
{
    return table->columns;
}

const char *neap_table_column_name(const struct neap_table *table, size_t column)
{
    return column < table->columns ? table->column[column].name : "";
}

const char *neap_table_column_unit(const struct neap_table *table, size_t column)
{
    return column < table->columns ? table->column[column].unit : "";
}

enum neap_column_kind neap_table_column_kind(const struct neap_table *table, size_t column)
{
    return column < table->columns ? table->column[column].kind : NEAP_COLUMN_TEXT;
}

int neap_table_column_decimals(const struct neap_table *table, size_t column)
{
    return column < table->columns ? table->column[column].decimals : 0;
}

bool neap_table_find_column(const struct neap_table *table, const char *name, size_t *column)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->column[i].name, name) == 0) {
            *column = i;
            return true;
        }
    return false;
}

/* NULL when there is no such cell. */
static const union cell *cell_at(const struct neap_table *table, size_t row, size_t column)
{
    if (row >= table->rows || column >= table->columns)
        return NULL;
    return &table->column[column].cell[row];
}

bool neap_table_is_missing(const struct neap_table *table, size_t row, size_t column)
{
    const union cell *cell = cell_at(table, row, column);
    if (cell == NULL)
        return true;
    if (table->column[column].kind == NEAP_COLUMN_NUMBER)
        return isnan(cell->number);
    return cell->integer == NEAP_TABLE_MISSING;
}

static bool holds(const struct neap_table *table, size_t row, size_t column,
                  enum neap_column_kind kind)
{
    return !neap_table_is_missing(table, row, column) && table->column[column].kind == kind;
}

const char *neap_table_text(const struct neap_table *table, size_t row, size_t column)
{
    if (!holds(table, row, column, NEAP_COLUMN_TEXT) &&
        !holds(table, row, column, NEAP_COLUMN_DECIMAL))
        return NULL;
    return table->pool + table->column[column].cell[row].integer;
}

double neap_table_number(const struct neap_table *table, size_t row, size_t column)
{
    if (holds(table, row, column, NEAP_COLUMN_NUMBER))
        return table->column[column].cell[row].number;
    if (holds(table, row, column, NEAP_COLUMN_INTEGER))
        return (double)table->column[column].cell[row].integer;
    return (double)NAN;
}

int64_t neap_table_integer(const struct neap_table *table, size_t row, size_t column)
{
    if (!holds(table, row, column, NEAP_COLUMN_INTEGER))
        return NEAP_TABLE_MISSING;
    return table->column[column].cell[row].integer;
}

int64_t neap_table_time(const struct neap_table *table, size_t row, size_t column)
{
    if (!holds(table, row, column, NEAP_COLUMN_TIME))
        return NEAP_TABLE_MISSING;
    return table->column[column].cell[row].integer;
}

long neap_table_row_line(const struct neap_table *table, size_t row)
{
    return table->line != NULL && row < table->rows ? table->line[row] : 0;
}

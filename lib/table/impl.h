/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns side by side, each one array; texts lie one after the other in a pool that the whole
 * table shares:
 *
 *     column 0 (TEXT)     offset offset offset ...  ->  pool: one\0two\0three\0
 *     column 1 (NUMBER)   double double double ... */
#ifndef NEAP_TABLE_IMPL_H
#define NEAP_TABLE_IMPL_H

#include <neap/table.h>

/* Integers, times and, as offsets into the pool, texts; or numbers. */
union cell {
    int64_t integer;
    double number;
};

struct column {
    char *name, *unit;
    enum neap_column_kind kind;
    int decimals;
    union cell *cell;
    size_t capacity;
};

struct neap_table {
    char *title;
    struct column *column;
    size_t columns, column_capacity;
    size_t rows;
    char *pool;
    size_t pool_used, pool_capacity;
    long *line; /* by row; only in tables from files */
    size_t line_capacity;
};

/* neap_table_set_text() for a text of known length, not checked as a decimal. */
enum neap_status neapi_table_set_bytes(struct neap_table *table, size_t column, const char *text,
                                       size_t length, struct neap_error *error);

/* Notes the line of the last row. Either all rows of a table get one or none. */
enum neap_status neapi_table_set_line(struct neap_table *table, long line,
                                      struct neap_error *error);

#endif

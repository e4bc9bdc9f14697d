/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * table: rows of typed columns with units. What studies fill and reports print; also how small CSV
 * files (price lists, conformance tables) are held. Recordings are not tables: too many rows. */
#ifndef NEAP_TABLE_H
#define NEAP_TABLE_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

enum neap_column_kind {
    NEAP_COLUMN_TEXT,
    NEAP_COLUMN_INTEGER, /* int64_t */
    NEAP_COLUMN_NUMBER,  /* double, with the decimals to print it with */
    NEAP_COLUMN_TIME,    /* int64_t ns since the Unix epoch, UTC */
    NEAP_COLUMN_DECIMAL  /* money: an exact decimal, held as its text */
};

/* What neap_table_integer() and neap_table_time() return for a cell that was never set. */
#define NEAP_TABLE_MISSING INT64_MIN

/* Opaque; freed with neap_table_free(). */
struct neap_table;

/* An empty table. The title may be NULL or "". */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_table_new(struct neap_table **table, const char *title, struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_table_free(struct neap_table *table);

/* Appends a column; its cells in rows that exist already are missing. unit is text for people
 * ("h", "USD", "1/s"), NULL or "" for none. decimals (0..17) matters for numbers only. Two columns
 * of one name are NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_table_add_column(struct neap_table *table, const char *name, const char *unit,
                      enum neap_column_kind kind, int decimals, struct neap_error *error);

/* Appends a row whose cells are all missing; the calls below fill the cells of the last row.
 * A column number or kind that does not fit is NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_table_add_row(struct neap_table *table,
                                                             struct neap_error *error);
/* TEXT, or DECIMAL when text is one that neap_decimal_parse() reads. Copied; NULL is missing. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_table_set_text(struct neap_table *table,
                                                              size_t column, const char *text,
                                                              struct neap_error *error);
/* NUMBER. NaN is missing. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_table_set_number(struct neap_table *table,
                                                                size_t column, double value,
                                                                struct neap_error *error);
/* INTEGER. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_table_set_integer(struct neap_table *table,
                                                                 size_t column, int64_t value,
                                                                 struct neap_error *error);
/* TIME. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_table_set_time(struct neap_table *table,
                                                              size_t column, int64_t time_ns,
                                                              struct neap_error *error);

NEAP_API const char *neap_table_title(const struct neap_table *table);
NEAP_API size_t neap_table_rows(const struct neap_table *table);
NEAP_API size_t neap_table_columns(const struct neap_table *table);
/* Of a column that does not exist: "", "", TEXT and 0. */
NEAP_API const char *neap_table_column_name(const struct neap_table *table, size_t column);
NEAP_API const char *neap_table_column_unit(const struct neap_table *table, size_t column);
NEAP_API enum neap_column_kind neap_table_column_kind(const struct neap_table *table,
                                                      size_t column);
NEAP_API int neap_table_column_decimals(const struct neap_table *table, size_t column);
/* Finds the column of that name; false, and column untouched, when there is none. */
NEAP_API bool neap_table_find_column(const struct neap_table *table, const char *name,
                                     size_t *column);

/* Cells. A cell that is missing, does not exist or is of another kind reads as NULL, NaN or
 * NEAP_TABLE_MISSING. Texts stay valid until the table is changed or freed. */
NEAP_API bool neap_table_is_missing(const struct neap_table *table, size_t row, size_t column);
/* TEXT and DECIMAL. */
NEAP_API const char *neap_table_text(const struct neap_table *table, size_t row, size_t column);
/* NUMBER, and INTEGER as a double. */
NEAP_API double neap_table_number(const struct neap_table *table, size_t row, size_t column);
NEAP_API int64_t neap_table_integer(const struct neap_table *table, size_t row, size_t column);
NEAP_API int64_t neap_table_time(const struct neap_table *table, size_t row, size_t column);

/* The line of the file that a row of neap_table_read_csv() begins on; 0 for other tables. */
NEAP_API long neap_table_row_line(const struct neap_table *table, size_t row);

/* Reads a whole CSV file, plain or gzip, as TEXT columns named by its first row; an empty cell is
 * "". The title is the path. Delimiter comma, semicolon or tab, found from the header; quotes as
 * in RFC 4180; blank lines are skipped; a UTF-8 byte order mark and a first line "sep=;" are
 * understood. A row with another number of cells than the header, two columns of one name, a
 * quote out of place or never closed, a cell above 64 KiB, more than 4,096 columns, a NUL byte,
 * UTF-16, and a gzip file that is truncated, damaged, followed by other data, or that grows as no
 * honest file does (above 64 MiB by more than 200:1, or above 4 GiB) are NEAP_BAD_DATA with line
 * and column; NEAP_NO_INPUT when the file does not exist or may not be read, NEAP_IO when reading fails. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_table_read_csv(struct neap_table **table, const char *path, struct neap_error *error);

NEAP_END_DECLS

#endif

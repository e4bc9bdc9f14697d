/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells as people read them: shared by the writers of text, markdown and HTML. */
#ifndef NEAP_REPORT_CELL_H
#define NEAP_REPORT_CELL_H

#include "report/impl.h"

enum { NEAPI_CELL = 512 }; /* a double with 17 decimals and separators needs 450 bytes */

/* The cell as it is shown: the table's own text, or text filled. */
const char *neapi_cell_show(char text[NEAPI_CELL], const struct neap_table *table, size_t row,
                            size_t column, bool thousands);
/* "name (unit)" */
void neapi_column_head(char text[NEAPI_CELL], const struct neap_table *table, size_t column);
/* Numbers go right, and texts when all that is in them begins as numbers do. */
bool neapi_column_is_right(const struct neap_table *table, size_t column);

/* How a column is set: to the right, to the left on one line, or to the left as prose. */
enum neapi_look { NEAPI_NUMBERS, NEAPI_WORDS, NEAPI_PROSE };
/* Of all columns, allocated; NULL without memory. */
enum neapi_look *neapi_columns_look(const struct neap_table *table);

/* Of a long table only its ends are shown. */
bool neapi_row_is_left_out(size_t row, size_t rows);
size_t neapi_rows_left_out(size_t rows);

/* "12345.5" to "12,345.5". */
void neapi_separate_thousands(char *text, size_t size);

#endif

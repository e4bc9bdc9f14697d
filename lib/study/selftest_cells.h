/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells of conformance tables that hold lists ("300;-;700") and whole numbers. */
#ifndef NEAP_STUDY_SELFTEST_CELLS_H
#define NEAP_STUDY_SELFTEST_CELLS_H

#include "study/selftest.h"

/* Items of a list; 0 for an empty cell. */
size_t neapi_cell_count(const char *list);

/* Copies item index (from 0), cut to size; false when there is none. */
bool neapi_cell_item(const char *list, size_t index, char *item, size_t size);

/* Item index as a whole number; otherwise when it is absent, "-" or no whole number. */
int64_t neapi_cell_integer(const char *list, size_t index, int64_t otherwise);

/* The same for a duration or time in seconds, in nanoseconds. */
int64_t neapi_cell_ns(const char *list, size_t index, int64_t otherwise);

/* The row's cell as a whole number. */
int64_t neapi_row_integer(const struct neapi_row *row, const char *column, int64_t otherwise);
double neapi_row_double(const struct neapi_row *row, const char *column, double otherwise);

/* Whether the row's cell is exactly that word. */
bool neapi_row_is(const struct neapi_row *row, const char *column, const char *word);

/* False, with "WHAT is GOT, expected WANT" in why, when the two differ. */
bool neapi_expect(const char *what, int64_t got, int64_t want, char *why, size_t size);

/* Item index as a number; a list of one item holds for every index. NaN when there is none. */
double neapi_cell_double(const char *list, size_t index);

/* False, with "WHAT is GOT, expected WANT" in why, when the two are further apart than that. An
 * empty cell is not asserted. */
bool neapi_expect_cell(const struct neapi_row *row, const char *column, double got,
                       double tolerance, char *why, size_t size);

enum neapi_outcome neapi_skip(char *why, size_t size, const char *reason);

#endif

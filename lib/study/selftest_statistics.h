/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of arrivals and statistics has rows of many kinds; each kind is one function, in the
 * file of what it is about. */
#ifndef NEAP_STUDY_SELFTEST_STATISTICS_H
#define NEAP_STUDY_SELFTEST_STATISTICS_H

#include "study/selftest_cells.h"

struct neapi_statistic {
    const char *kind;
    /* Works the quantity out from the cell "inputs"; false when it is unknown or inputs are bad. */
    bool (*quantity)(double *value, const char *inputs, const char *quantity);
};

/* Arrays that end with a row whose kind is NULL. */
extern const struct neapi_statistic neapi_statistics_intervals[]; /* selftest_statistics.c */
extern const struct neapi_statistic neapi_statistics_arrivals[];  /* selftest_arrivals.c */

/* What stands behind "name=" in a cell such as "mean=600;index=3": a number, or numbers with "|"
 * between them. The list is the caller's to free; NULL when it is not there, has no member or one
 * that is no number. */
bool neapi_inputs_number(double *value, const char *inputs, const char *name);
double *neapi_inputs_list(const char *inputs, const char *name, size_t *count);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conformance: one row of a published table in, one verdict out. */
#ifndef NEAP_STUDY_SELFTEST_H
#define NEAP_STUDY_SELFTEST_H

#include <neap/table.h>

enum neapi_outcome { NEAPI_PASSED, NEAPI_FAILED, NEAPI_SKIPPED };

/* One row of a table that was read as text. */
struct neapi_row {
    const struct neap_table *table;
    size_t index;
    const char *directory; /* of the table's file: series that it names lie beside it */
};

/* The cell under that column name, "" when the table has no such column. */
const char *neapi_row_text(const struct neapi_row *row, const char *column);

/* Reads the cell as a number (decimals, exponents, "inf"; values below the range of a double read
 * as 0); false when it is empty or not one. */
bool neapi_row_number(const struct neapi_row *row, const char *column, double *value);

/* |got - want| <= relative x |want|, or <= 1e-12. */
bool neapi_close(double got, double want, double relative);

/* One table that neap can check. `check` is called for each row; on failure it writes what was
 * expected and what came out to why. A skipped row says why it is skipped. */
struct neapi_conformance {
    const char *file; /* "oracle_erlang.csv" */
    enum neapi_outcome (*check)(const struct neapi_row *row, char *why, size_t size);
};

/* Arrays that end with a row whose file is NULL. */
extern const struct neapi_conformance neapi_conformance_service[];
extern const struct neapi_conformance neapi_conformance_autoscaler[];
extern const struct neapi_conformance neapi_conformance_fit[];
extern const struct neapi_conformance neapi_conformance_statistics[];
extern const struct neapi_conformance neapi_conformance_forecast[];

#endif

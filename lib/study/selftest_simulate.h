/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All rows of all tables that the request engine is held against, and what their z-scores say
 * together. */
#ifndef NEAP_STUDY_SELFTEST_SIMULATE_H
#define NEAP_STUDY_SELFTEST_SIMULATE_H

#include <neap/report.h>
#include <neap/study.h>

#include "study/selftest_request.h"

/* A z-score and whose it is. */
struct neapi_score {
    double z;
    const char *column, *kernel;
};

enum { NEAPI_SCORES_MOST = 4 * NEAPI_WANTED_MOST };

/* What became of one row. */
struct neapi_verdict {
    enum neapi_outcome outcome;
    const char *reason;       /* skipped */
    char why[NEAPI_WHY_SIZE]; /* failed */
    struct neapi_score score[NEAPI_SCORES_MOST];
    size_t scores;
};

/* Rows first .. first + count of a table, which belong together. */
struct neapi_rows {
    const struct neap_table *table;
    size_t first, count;
};

/* Notes a score, and fails the row when it is too far out. */
void neapi_verdict_score(struct neapi_verdict *verdict, const struct neapi_score *score,
                         double wanted, double got);
void neapi_verdict_fail(struct neapi_verdict *verdict, const char *why);
/* Where the verdict on no plan at all stands: skipped for that reason. */
void neapi_verdict_skip(struct neapi_verdict *verdict, const char *reason);

/* Tables whose rows say what is there at a moment, of one case after the other. run judges the rows
 * of one case; replication numbers from `replication` on are its own, 2^32 of them. */
struct neapi_transient {
    const char *file;
    void (*run)(const struct neapi_rows *rows, const struct neapi_simulation *simulation,
                uint64_t replication, struct neapi_verdict verdict[]);
};
extern const struct neapi_transient neapi_transients[]; /* selftest_transient.c */

struct neapi_simulations;
enum neap_status neapi_simulations_new(struct neapi_simulations **simulations,
                                       const struct neap_study_options *options,
                                       struct neap_error *error);
void neapi_simulations_free(struct neapi_simulations *simulations);
/* Every row of that table, if it is one of those. Failures become warnings of the document. */
enum neap_status neapi_simulations_add(struct neapi_simulations *simulations,
                                       struct neap_document *document, const char *file,
                                       const struct neap_table *rows, struct neap_error *error);
/* Tables, tree and remarks; adds to counts, a failure more when the scores are too far apart or too
 * close together. */
enum neap_status neapi_simulations_report(struct neapi_simulations *simulations,
                                          struct neap_document *document,
                                          struct neap_selftest_counts *counts,
                                          struct neap_error *error);

#endif

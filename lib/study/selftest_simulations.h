/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside of the simulations of a self-test: selftest_simulate.c fills it, selftest_scores.c reports. */
#ifndef NEAP_STUDY_SELFTEST_SIMULATIONS_H
#define NEAP_STUDY_SELFTEST_SIMULATIONS_H

#include "study/selftest_simulate.h"

enum { NEAPI_TABLES_MOST = 16, NEAPI_FAILURES_SHOWN = 20 };

struct neapi_simulated_table {
    char file[64];
    struct neap_selftest_counts counts;
};

/* Rows of a table that were not simulated, for one reason. */
struct neapi_left_out {
    char file[64];
    const char *reason;
    int64_t rows;
    char names[1024]; /* of cases */
};

struct neapi_simulations {
    struct neapi_simulation simulation;
    const struct neap_progress *progress;
    int threads;
    struct neapi_simulated_table table[NEAPI_TABLES_MOST];
    size_t table_count;
    struct neapi_left_out *left_out;
    size_t left_out_count, left_out_capacity;
    double *z; /* of all rows */
    size_t z_count, z_capacity;
    double largest; /* by size, with its sign */
    char largest_name[128];
    long shown;
};

#endif

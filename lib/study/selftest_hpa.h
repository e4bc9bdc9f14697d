/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of the HPA's parts against tables of the controller's own test cases. */
#ifndef NEAP_STUDY_SELFTEST_HPA_H
#define NEAP_STUDY_SELFTEST_HPA_H

#include "autoscaler/hpa_impl.h"
#include "study/selftest_cells.h"

enum { NEAPI_HPA_PODS = 32, NEAPI_HPA_ENTRIES = 64 };

/* A controller with room for its memory. */
struct neapi_hpa_bench {
    struct neapi_hpa hpa;
    struct neapi_hpa_recommendation log[NEAPI_HPA_ENTRIES];
    struct neapi_hpa_event up[NEAPI_HPA_ENTRIES], down[NEAPI_HPA_ENTRIES];
};
void neapi_hpa_bench_init(struct neapi_hpa_bench *bench);

/* Reads the lists of recommendations, oldest slot first, as they stood at now_ns. */
void neapi_hpa_bench_remember(struct neapi_hpa_bench *bench, const struct neapi_row *row,
                              int64_t now_ns);

/* Reads "Pods:4:15;Percent:100:15" and "Max"; an empty cell leaves what is there. */
void neapi_hpa_bench_policies(struct neapi_hpa_direction *direction, const char *policies,
                              const char *select);

/* A metric that every pod has a value of its own of, which stands in the place of its CPU use. */
void neapi_hpa_propose_pods(const struct neapi_hpa_signal *signal,
                            const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                            struct neapi_hpa_proposal *proposal);

enum neapi_outcome neapi_check_hpa_calculator(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_group(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_requests(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_utilization(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_arithmetic(const struct neapi_row *row, char *why, size_t size);

enum neapi_outcome neapi_check_hpa_normalize(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_stabilize(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_behavior(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_behavior_stabilize(const struct neapi_row *row, char *why,
                                                      size_t size);
enum neapi_outcome neapi_check_hpa_scale_events(const struct neapi_row *row, char *why,
                                                size_t size);

enum neapi_outcome neapi_check_hpa_reconcile(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_hpa_trajectory(const struct neapi_row *row, char *why, size_t size);

/* The pods that a row lists one by one. */
struct neapi_hpa_columns {
    const char *count, *transition, *metric, *usage, *request; /* names of columns */
};
size_t neapi_hpa_row_pods(const struct neapi_row *row, const struct neapi_hpa_columns *columns,
                          struct neap_pods *pods);

#endif

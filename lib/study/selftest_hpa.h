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
/* Use is the pods' own metric, too. At most NEAPI_HPA_PODS; returns how many. */
size_t neapi_hpa_row_pods(const struct neapi_row *row, const struct neapi_hpa_columns *columns,
                          struct neap_pods *pods);
/* Signals and what they read; false when one of the row's metrics is none of neap's. */
bool neapi_hpa_row_signals(struct neapi_hpa_rules *rules, struct neap_reading *reading,
                           struct neap_pods *pods, const struct neapi_row *row);
/* The whole numbers of a list, NEAPI_HPA_PODS at most; returns how many. */
size_t neapi_hpa_row_integers(const char *list, int64_t *integers, int64_t otherwise);
/* Rules with the row's ages of pods. */
void neapi_hpa_row_readiness(struct neapi_hpa_rules *rules, const struct neapi_row *row);
/* What the tables call "no_metrics" and so on; NEAP_REASON_METRIC for an empty word. */
enum neap_reason neapi_hpa_reason_of_error(const char *word);

#endif

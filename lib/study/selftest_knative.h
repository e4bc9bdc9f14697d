/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of the parts of Knative's autoscaler against tables of its own test cases. */
#ifndef NEAP_STUDY_SELFTEST_KNATIVE_H
#define NEAP_STUDY_SELFTEST_KNATIVE_H

#include "autoscaler/knative_impl.h"
#include "study/selftest_cells.h"

/* "unknown", "reachable" or "unreachable". */
enum neapi_knative_reach neapi_knative_row_reach(const struct neapi_row *row);

enum neapi_outcome neapi_check_knative_window(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_max(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_target(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_decider(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_lengths(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_bounds(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_sample(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_activators(const struct neapi_row *row, char *why,
                                                  size_t size);
enum neapi_outcome neapi_check_knative_scale(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_knative_apply(const struct neapi_row *row, char *why, size_t size);

#endif

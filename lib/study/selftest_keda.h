/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of the parts of KEDA against tables of its own test cases. */
#ifndef NEAP_STUDY_SELFTEST_KEDA_H
#define NEAP_STUDY_SELFTEST_KEDA_H

#include "autoscaler/keda_impl.h"
#include "study/selftest_cells.h"

enum neapi_outcome neapi_check_keda_poll(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_keda_fallback(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_keda_jobs(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_keda_queue(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_keda_average(const struct neapi_row *row, char *why, size_t size);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of CloudWatch alarms, step scaling and target tracking against worked examples of the
 * vendor's documentation and alarms as it creates them. */
#ifndef NEAP_STUDY_SELFTEST_AWS_H
#define NEAP_STUDY_SELFTEST_AWS_H

#include "study/selftest_cells.h"

enum neapi_outcome neapi_check_aws_alarm(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_aws_step(const struct neapi_row *row, char *why, size_t size);
enum neapi_outcome neapi_check_aws_tracking(const struct neapi_row *row, char *why, size_t size);

#endif

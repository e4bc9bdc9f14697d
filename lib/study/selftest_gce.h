/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Check of the autoscaler of managed instance groups against its table. */
#ifndef NEAP_STUDY_SELFTEST_GCE_H
#define NEAP_STUDY_SELFTEST_GCE_H

#include "study/selftest_cells.h"

enum neapi_outcome neapi_check_gce(const struct neapi_row *row, char *why, size_t size);

#endif

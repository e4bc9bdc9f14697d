/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conformance of arrivals, and of CPU quotas, to the table of arrivals and statistics. */
#include "study/selftest_statistics.h"

const struct neapi_statistic neapi_statistics_arrivals[] = {{NULL, NULL}};

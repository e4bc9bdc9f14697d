/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Simulated rows about a moment. */
#include "study/selftest_simulate.h"

const struct neapi_transient neapi_transients[] = {{NULL, NULL}};

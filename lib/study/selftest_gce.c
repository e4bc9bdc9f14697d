/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The autoscaler of managed instance groups against the examples of its documentation. */
#include <math.h>

#include "autoscaler/gce_impl.h"
#include "study/selftest_gce.h"

enum neapi_outcome neapi_check_gce(const struct neapi_row *row, char *why, size_t size)
{
    if (!neapi_row_is(row, "fn", "round"))
        return neapi_skip(why, size, "not a function that neap knows");
    int64_t got = neapi_gce_round(neapi_row_double(row, "fractional_change", (double)NAN));
    return neapi_expect("change", got, neapi_row_integer(row, "expected", INT64_MIN), why, size)
               ? NEAPI_PASSED
               : NEAPI_FAILED;
}

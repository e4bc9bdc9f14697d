/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lengths of time that people write in seconds, as time is counted. */
#ifndef NEAP_BASE_DURATION_H
#define NEAP_BASE_DURATION_H

#include <math.h>
#include <stdint.h>

/* The nearest whole nanosecond. */
static inline int64_t neapi_to_ns(double seconds)
{
    return (int64_t)llround(seconds * 1e9);
}

#endif

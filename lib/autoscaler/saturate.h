/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 64-bit arithmetic that stops at its limits. The controller's own wraps around there; nothing
 * that a cluster can hold comes near, so the two never differ in earnest, and ours is defined. */
#ifndef NEAP_AUTOSCALER_SATURATE_H
#define NEAP_AUTOSCALER_SATURATE_H

#include <stdbool.h>
#include <stdint.h>

static inline int64_t neapi_add(int64_t a, int64_t b)
{
    if (b > 0 && a > INT64_MAX - b)
        return INT64_MAX;
    if (b < 0 && a < INT64_MIN - b)
        return INT64_MIN;
    return a + b;
}

static inline int64_t neapi_subtract(int64_t a, int64_t b)
{
    if (b < 0 && a > INT64_MAX + b)
        return INT64_MAX;
    if (b > 0 && a < INT64_MIN + b)
        return INT64_MIN;
    return a - b;
}

static inline uint64_t neapi_magnitude(int64_t a)
{
    return a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
}

static inline int64_t neapi_multiply(int64_t a, int64_t b)
{
    uint64_t x = neapi_magnitude(a), y = neapi_magnitude(b);
    if ((x | y) <= INT32_MAX)
        return a * b;
    if (y != 0 && x > (uint64_t)INT64_MAX / y)
        return (a < 0) == (b < 0) ? INT64_MAX : INT64_MIN;
    return a * b;
}

static inline int64_t neapi_clamp_int32(int64_t value)
{
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : value;
}

/* Toward zero; NaN becomes 0. */
static inline int64_t neapi_to_int32(double value)
{
    if (value >= (double)INT32_MAX)
        return INT32_MAX;
    if (value <= (double)INT32_MIN)
        return INT32_MIN;
    return value < 0 || value > 0 ? (int64_t)value : 0;
}

/* The same for 64 bits. */
static inline int64_t neapi_to_int64(double value)
{
    if (value >= 9223372036854775807.0)
        return INT64_MAX;
    if (value <= -9223372036854775808.0)
        return INT64_MIN;
    return value < 0 || value > 0 ? (int64_t)value : 0;
}

#endif

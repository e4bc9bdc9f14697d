/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a request's random bits choose among containers. One rule for all kernels. */
#ifndef NEAP_REQUEST_BALANCE_H
#define NEAP_REQUEST_BALANCE_H

#include <stddef.h>
#include <stdint.h>

/* A position below count, 1 .. 2^32. */
static inline size_t neapi_pick_position(uint32_t pick, size_t count)
{
    return (size_t)(((uint64_t)pick * count) >> 32);
}

/* A second one that differs from the first when there are two. */
static inline size_t neapi_pick_other(uint32_t pick, size_t first, size_t count)
{
    uint64_t z = (pick ^ UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xBF58476D1CE4E5B9);
    size_t other = neapi_pick_position((uint32_t)(z >> 32), count - (count > 1));
    return other + (other >= first && count > 1);
}

/* Round robin: the position after it. */
static inline size_t neapi_next_turn(size_t turn, size_t count)
{
    return turn + 1 < count ? turn + 1 : 0;
}

#endif

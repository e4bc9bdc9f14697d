/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_RANDOM_STREAM_H
#define NEAP_RANDOM_STREAM_H

#include <string.h>

#include <neap/random.h>

/* For loops that draw one variate after another: neap_stream_bits() and neap_stream_uniform()
 * without the call. */

/* In loops over consecutive indices the place grows by NEAPI_STREAM_STEP, which saves one
 * multiplication of three. */
#define NEAPI_STREAM_STEP UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t neapi_stream_place(const struct neap_stream *stream, uint64_t index)
{
    return stream->key[0] + index * NEAPI_STREAM_STEP;
}

static inline uint64_t neapi_stream_bits_at(const struct neap_stream *stream, uint64_t place)
{
    uint64_t z = (place ^ (place >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z += stream->key[1];
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t neapi_stream_bits(const struct neap_stream *stream, uint64_t index)
{
    return neapi_stream_bits_at(stream, neapi_stream_place(stream, index));
}

/* The upper 52 bits become the fraction of a double in [1, 2), less 1 - 2^-53: exact. */
static inline double neapi_uniform_from(uint64_t bits)
{
    uint64_t fraction = (bits >> 12) | UINT64_C(0x3FF0000000000000);
    double one_to_two;
    memcpy(&one_to_two, &fraction, sizeof one_to_two);
    return one_to_two - (1 - 0x1p-53);
}

#endif

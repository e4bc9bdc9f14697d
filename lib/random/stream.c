/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Streams: index -> variate. The mixing is that of SplitMix64 (Steele, Lea and Flood 2014) on a
 * Weyl sequence, with the half of the key that the sequence does not hold added between its two
 * multiplications. With one half only, the streams of two keys are shifted copies of each other;
 * with both, they would have to agree in 64 more bits. */
#include <math.h>

#include "random/stream.h"

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void neap_stream_init(struct neap_stream *stream, uint64_t seed, uint64_t replication,
                      uint64_t number)
{
    uint64_t first = mix(seed + UINT64_C(0x243F6A8885A308D3)); /* digits of pi */
    first = mix(first ^ (replication + UINT64_C(0x13198A2E03707344)));
    first = mix(first + number);

    uint64_t second = mix(number + UINT64_C(0xA4093822299F31D0));
    second = mix(second ^ (seed + UINT64_C(0x082EFA98EC4E6C89)));
    second = mix(second + replication);

    stream->key[0] = first;
    stream->key[1] = second;
}

uint64_t neap_stream_bits(const struct neap_stream *stream, uint64_t index)
{
    return neapi_stream_bits(stream, index);
}

double neap_stream_uniform(const struct neap_stream *stream, uint64_t index)
{
    return neapi_uniform_from(neapi_stream_bits(stream, index));
}

/* Blocks of a fixed length, because compilers vectorise those at -O2 too. */
enum { BLOCK = 32 };

static void fill_block(const struct neap_stream *stream, uint64_t first, double *uniform)
{
    struct neap_stream copy = *stream;
    for (unsigned i = 0; i < BLOCK; i++)
        uniform[i] = neapi_uniform_from(neapi_stream_bits(&copy, first + i));
}

void neap_stream_uniforms(const struct neap_stream *stream, uint64_t first, double *uniform,
                          size_t count)
{
    size_t i = 0;
    for (; count - i >= BLOCK; i += BLOCK)
        fill_block(stream, first + i, uniform + i);
    for (; i < count; i++)
        uniform[i] = neapi_uniform_from(neapi_stream_bits(stream, first + i));
}

/* The normal quantile by the shorter of the two sets of rational functions of Wichura (1988),
 * Algorithm AS 241: relative error up to 1.2e-7, a third of the time of the longer set, which is
 * what GSL has. */

static double central_normal(double q)
{
    double r = 0.180625 - q * q;
    double above = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    double below = ((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1;
    return q * above / below;
}

static double outer_normal(double smaller_side)
{
    double r = sqrt(-log(smaller_side));
    if (r <= 5) {
        r -= 1.6;
        return (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
               ((0.12021132975 * r + 0.73700164250) * r + 1);
    }
    r -= 5;
    return (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150) /
           ((0.012258202635 * r + 0.24197894225) * r + 1);
}

double neap_stream_normal(const struct neap_stream *stream, uint64_t index)
{
    double u = neap_stream_uniform(stream, index);
    double q = u - 0.5;
    if (fabs(q) <= 0.425)
        return central_normal(q);
    return q < 0 ? -outer_normal(u) : outer_normal(1 - u);
}

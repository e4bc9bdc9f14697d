/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of draws.h, to be compiled once for each instruction set. Blocks have a fixed length, as
 * compilers vectorise loops of that kind without being asked. Whole numbers below 2^52 become
 * doubles, and back, by way of the fraction of 2^52: few machines have an instruction for it. */
#ifndef NEAP_REQUEST_DRAWS_LOOPS_H
#define NEAP_REQUEST_DRAWS_LOOPS_H

#include <string.h>

#include "random/stream.h"
#include "request/draws.h"

#if defined __GNUC__
#define NEAPI_LOOP static inline __attribute__((always_inline))
#else
#define NEAPI_LOOP static inline
#endif

#define NEAPI_2_52      UINT64_C(0x4330000000000000)
#define NEAPI_ROOT_HALF UINT64_C(0x3FE6A09E667F3BCD) /* the double nearest to sqrt(1/2) */
#define NEAPI_FRACTION  UINT64_C(0x000FFFFFFFFFFFFF)

NEAPI_LOOP double neapi_double_from(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

NEAPI_LOOP uint64_t neapi_bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Nearest whole number; 0 <= value < 2^52. */
NEAPI_LOOP int64_t neapi_whole(double value)
{
    return (int64_t)(neapi_bits_of(value + 0x1p52) - NEAPI_2_52);
}

/* 0 <= whole < 2^52. */
NEAPI_LOOP double neapi_double_of(int64_t whole)
{
    return neapi_double_from((uint64_t)whole | NEAPI_2_52) - 0x1p52;
}

/* ln x of a positive normal number, relative error below 1e-10. With x = 2^e m, m near 1, and
 * s = (m - 1)/(m + 1), ln m = 2 artanh s: a polynomial in s^2 through Chebyshev nodes. */
NEAPI_LOOP double neapi_log(double x)
{
    uint64_t shifted = neapi_bits_of(x) + (UINT64_C(0x3FF0000000000000) - NEAPI_ROOT_HALF);
    double e = neapi_double_from((shifted >> 52) | NEAPI_2_52) - (0x1p52 + 1023);
    double m = neapi_double_from((shifted & NEAPI_FRACTION) + NEAPI_ROOT_HALF);
    double s = (m - 1) / (m + 1), z = s * s;
    double p = (0.23330467216303835 * z + 0.28550820815960665) * (z * z) +
               (0.40000121839806124 * z + 0.6666666655449709);
    return s * (z * p) + s * 2 + e * 0.69314718055994531;
}

/* Two loops, as one would be too long for all of it to be under way at once. */
NEAPI_LOOP void neapi_gap_block(const struct neap_stream *stream, uint64_t first,
                                int64_t *restrict gap)
{
    double u[NEAPI_DRAWS_BLOCK];
    uint64_t place = neapi_stream_place(stream, first);
    for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++, place += NEAPI_STREAM_STEP)
        u[i] = neapi_uniform_from(neapi_stream_bits_at(stream, place));
    for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++)
        gap[i] = neapi_whole(neapi_log(u[i]) * -(double)(INT64_C(1) << NEAPI_GAP_BITS));
}

NEAPI_LOOP void neapi_loop_gaps(const struct neap_stream *stream, uint64_t first, size_t blocks,
                                int64_t *restrict sum)
{
    struct neap_stream copy = *stream;
    int64_t gap[NEAPI_DRAWS_BLOCK], total = 0;
    for (size_t block = 0; block < blocks; block++) {
        neapi_gap_block(&copy, first + block * NEAPI_DRAWS_BLOCK, gap);
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++)
            sum[block * NEAPI_DRAWS_BLOCK + i] = total += gap[i];
    }
}

NEAPI_LOOP void neapi_loop_times(const struct neapi_spacing *spacing, size_t blocks,
                                 int64_t *restrict time_ns)
{
    struct neapi_spacing s = *spacing;
    for (size_t block = 0; block < blocks; block++)
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++) {
            int64_t *time = &time_ns[block * NEAPI_DRAWS_BLOCK + i];
            double at = s.begin + neapi_double_of(*time) * s.scale;
            at = at < s.lowest ? s.lowest : at;
            at = at < s.highest ? at : s.highest;
            *time = s.origin_ns + (int64_t)((uint64_t)neapi_whole(at) << s.shift);
        }
}

NEAPI_LOOP void neapi_loop_picks(const struct neap_stream *stream, uint64_t first, size_t blocks,
                                 uint32_t *restrict pick)
{
    struct neap_stream copy = *stream;
    for (size_t block = 0; block < blocks; block++) {
        uint64_t place = neapi_stream_place(&copy, first + block * NEAPI_DRAWS_BLOCK);
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++, place += NEAPI_STREAM_STEP)
            pick[block * NEAPI_DRAWS_BLOCK + i] =
                (uint32_t)(neapi_stream_bits_at(&copy, place) >> 32);
    }
}

NEAPI_LOOP void neapi_loop_classes(const struct neap_stream *stream, uint64_t first,
                                   const int32_t *restrict bound, size_t count, size_t blocks,
                                   uint8_t *restrict class_number)
{
    struct neap_stream copy = *stream;
    int32_t at[NEAPI_DRAWS_BLOCK], reached[NEAPI_DRAWS_BLOCK];
    for (size_t block = 0; block < blocks; block++) {
        uint64_t place = neapi_stream_place(&copy, first + block * NEAPI_DRAWS_BLOCK);
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++, place += NEAPI_STREAM_STEP) {
            uint64_t bits = neapi_stream_bits_at(&copy, place);
            at[i] = (int32_t)(bits >> (64 - NEAPI_SHARE_BITS));
            reached[i] = 0;
        }
        for (size_t c = 0; c < count; c++)
            for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++)
                reached[i] += at[i] >= bound[c];
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++)
            class_number[block * NEAPI_DRAWS_BLOCK + i] = (uint8_t)reached[i];
    }
}

/* 1 - u is the uniform of the bits' complement. */
NEAPI_LOOP void neapi_loop_tails(const struct neap_stream *stream, uint64_t first, size_t blocks,
                                 double *restrict tail)
{
    struct neap_stream copy = *stream;
    for (size_t block = 0; block < blocks; block++) {
        uint64_t place = neapi_stream_place(&copy, first + block * NEAPI_DRAWS_BLOCK);
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++, place += NEAPI_STREAM_STEP) {
            double w = neapi_uniform_from(~neapi_stream_bits_at(&copy, place));
            tail[block * NEAPI_DRAWS_BLOCK + i] = w < 0x1p-40 ? 0x1p-40 : w;
        }
    }
}

/* Exponent and first bits of the fraction are the cell. */
NEAPI_LOOP uint64_t neapi_cell_of(double w)
{
    return (neapi_bits_of(w) >> (52 - NEAP_TABLE_CELL_BITS)) -
           ((uint64_t)(1023 - NEAP_TABLE_OCTAVES) << NEAP_TABLE_CELL_BITS);
}

NEAPI_LOOP void neapi_loop_values(const struct neapi_line *restrict table,
                                  const double *restrict tail, size_t blocks,
                                  double *restrict value)
{
    for (size_t block = 0; block < blocks; block++)
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++) {
            double w = tail[block * NEAPI_DRAWS_BLOCK + i];
            const struct neapi_line *line = &table[neapi_cell_of(w)];
            value[block * NEAPI_DRAWS_BLOCK + i] = line->at + line->slope * w;
        }
}

NEAPI_LOOP void neapi_loop_values_by_class(const struct neapi_line *restrict table,
                                           const uint32_t *restrict start,
                                           const uint8_t *restrict class_number,
                                           const double *restrict tail, size_t blocks,
                                           double *restrict value)
{
    for (size_t block = 0; block < blocks; block++)
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++) {
            size_t k = block * NEAPI_DRAWS_BLOCK + i;
            double w = tail[k];
            const struct neapi_line *line = &table[start[class_number[k]] + neapi_cell_of(w)];
            value[k] = line->at + line->slope * w;
        }
}

/* What rounding has left a little below 0 is 0. longest_ns is not known here, lest compilers take the
 * longest for a case of its own. */
NEAPI_LOOP int64_t neapi_need_of(double value_ns, double longest_ns)
{
    return neapi_whole(value_ns < longest_ns ? value_ns : longest_ns);
}

NEAPI_LOOP void neapi_loop_needs(const double *restrict value, double factor, double longest_ns,
                                 size_t blocks, int64_t *restrict time_ns)
{
    for (size_t block = 0; block < blocks; block++)
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++) {
            size_t k = block * NEAPI_DRAWS_BLOCK + i;
            time_ns[k] = neapi_need_of(value[k] * factor, longest_ns);
        }
}

NEAPI_LOOP void neapi_loop_needs_by_class(const double *restrict value,
                                          const double *restrict factor,
                                          const uint8_t *restrict class_number, double longest_ns,
                                          size_t blocks, int64_t *restrict time_ns)
{
    for (size_t block = 0; block < blocks; block++)
        for (unsigned i = 0; i < NEAPI_DRAWS_BLOCK; i++) {
            size_t k = block * NEAPI_DRAWS_BLOCK + i;
            time_ns[k] = neapi_need_of(value[k] * factor[class_number[k]], longest_ns);
        }
}

#endif

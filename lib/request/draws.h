/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops that make requests: many variates at once, each by its index. All of them run over whole
 * blocks of NEAPI_DRAWS_BLOCK, for which arrays have room. There is one set of them for each
 * instruction set, and all sets give the same bits. */
#ifndef NEAP_REQUEST_DRAWS_H
#define NEAP_REQUEST_DRAWS_H

#include <neap/random.h>

enum {
    NEAPI_DRAWS_BLOCK = 64,
    NEAPI_GAP_BITS = 34,   /* binary places of a gap */
    NEAPI_SHARE_BITS = 30, /* and of a bound between classes */
    NEAPI_LINES = NEAP_TABLE_CELLS
};

/* A quantile over a cell of a table: at + slope w, where w = 1 - u. The cells are those of
 * struct neap_quantile_table. */
struct neapi_line {
    double at, slope;
};

/* From sums of gaps to times: origin_ns + (begin + sum scale, within lowest .. highest) units of
 * 2^shift ns. */
struct neapi_spacing {
    int64_t origin_ns;
    double begin, scale, lowest, highest;
    int shift;
};

struct neapi_draws {
    const char *name;
    bool (*runs_here)(void);
    /* sum[i] = gaps 0 .. i, each exponential with mean 1, in units of 2^-NEAPI_GAP_BITS. */
    void (*gaps)(const struct neap_stream *stream, uint64_t first, size_t blocks, int64_t *sum);
    /* Sums become times, in place. */
    void (*times)(const struct neapi_spacing *spacing, size_t blocks, int64_t *time_ns);
    void (*picks)(const struct neap_stream *stream, uint64_t first, size_t blocks, uint32_t *pick);
    /* The number of bounds (count of them, ascending) that a uniform of NEAPI_SHARE_BITS has reached. */
    void (*classes)(const struct neap_stream *stream, uint64_t first, const int32_t *bound,
                    size_t count, size_t blocks, uint8_t *class_number);
    /* 1 - u, at least 2^-NEAP_TABLE_OCTAVES. */
    void (*tails)(const struct neap_stream *stream, uint64_t first, size_t blocks, double *tail);
    /* Values of a table, and of one for each class: that of class c begins at table[start[c]]. */
    void (*values)(const struct neapi_line *table, const double *tail, size_t blocks,
                   double *value);
    void (*values_by_class)(const struct neapi_line *table, const uint32_t *start,
                            const uint8_t *class_number, const double *tail, size_t blocks,
                            double *value);
    /* Times a factor, as whole times up to longest_ns, which is below 2^52. */
    void (*needs)(const double *value, double factor, double longest_ns, size_t blocks,
                  int64_t *time_ns);
    void (*needs_by_class)(const double *value, const double *factor, const uint8_t *class_number,
                           double longest_ns, size_t blocks, int64_t *time_ns);
};

/* The one that every machine has, and faster ones; number below NEAPI_DRAWS_SETS. NULL when this
 * machine or the compiler lacks it. */
enum { NEAPI_DRAWS_SETS = 3 };
const struct neapi_draws *neapi_draws_set(int number);
const struct neapi_draws *neapi_draws_fastest(void);

/* Where the cell of w begins: step[cell] of a struct neap_quantile_table; cell 0 .. NEAPI_LINES. */
double neapi_cell_begin(size_t cell);

#endif

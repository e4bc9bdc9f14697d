/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Quantile tables. Cells of equal probability would lose the tail: 4096 of them put the variance
 * of a lognormal with sigma 1 off by more than a half. Cells that halve with each octave of the
 * tail's probability w are as cheap, since a double's exponent and first fraction bits number
 * them. */
#include <float.h>
#include <math.h>

#include "random/quantile_table.h"
#include "random/stream.h"

/* The w where a cell begins. */
static double step_place(int cell)
{
    int octave = cell >> NEAP_TABLE_CELL_BITS;
    int within = cell & ((1 << NEAP_TABLE_CELL_BITS) - 1);
    return ldexp(1 + ldexp(within, -NEAP_TABLE_CELL_BITS), octave - NEAP_TABLE_OCTAVES);
}

void neap_quantile_table_init(struct neap_quantile_table *table,
                              const struct neap_distribution *distribution)
{
    for (int cell = 0; cell <= NEAP_TABLE_CELLS; cell++) {
        double quantile = neap_distribution_quantile_upper(distribution, step_place(cell));
        table->step[cell] = (float)fmin(quantile, (double)FLT_MAX);
    }
}

double neap_quantile_table_value(const struct neap_quantile_table *table, double u)
{
    return (double)neapi_table_at_tail(table, 1 - u);
}

void neap_quantile_table_draw(const struct neap_quantile_table *table,
                              const struct neap_stream *stream, uint64_t first, float *value,
                              size_t count)
{
    struct neap_stream copy = *stream;
    for (size_t i = 0; i < count; i++)
        value[i] =
            neapi_table_at_tail(table, 1 - neapi_uniform_from(neapi_stream_bits(&copy, first + i)));
}

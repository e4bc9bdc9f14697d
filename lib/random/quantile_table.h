/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_RANDOM_QUANTILE_TABLE_H
#define NEAP_RANDOM_QUANTILE_TABLE_H

#include <string.h>

#include <neap/random.h>

/* neap_quantile_table_value() at u = 1 - w, for loops. */
static inline float neapi_table_at_tail(const struct neap_quantile_table *table, double w)
{
    uint64_t bits;
    memcpy(&bits, &w, sizeof bits);
    /* exponent and first bits of the fraction are the cell, the next 20 bits the place in it */
    uint64_t first = (uint64_t)(1023 - NEAP_TABLE_OCTAVES) << NEAP_TABLE_CELL_BITS;
    int32_t cell = (int32_t)(bits >> (52 - NEAP_TABLE_CELL_BITS)) - (int32_t)first;
    int32_t place = (int32_t)((bits >> (52 - NEAP_TABLE_CELL_BITS - 20)) & 0xFFFFF);
    place = cell < 0 ? 0 : place;
    cell = cell < 0 ? 0 : cell;
    float left = table->step[cell];
    return left + (float)place * 0x1p-20F * (table->step[cell + 1] - left);
}

#endif

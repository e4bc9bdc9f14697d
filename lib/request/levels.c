/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers by how many requests they hold: building the permutation anew, by counting. */
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/levels.h"

enum neap_status neapi_levels_make(struct neapi_levels *l, size_t slots, size_t most,
                                   struct neap_error *error)
{
    l->member = neapi_allocate(slots, sizeof *l->member);
    l->place = neapi_allocate(slots, sizeof *l->place);
    l->holds = neapi_allocate(slots, sizeof *l->holds);
    l->begin = neapi_allocate(most + 2, sizeof *l->begin);
    if (l->member == NULL || l->place == NULL || l->holds == NULL || l->begin == NULL)
        return neapi_no_memory(error, "containers by requests");
    return NEAP_OK;
}

void neapi_levels_unmake(struct neapi_levels *l)
{
    free(l->member);
    free(l->place);
    free(l->holds);
    free(l->begin);
}

void neapi_levels_build(struct neapi_levels *l, const uint32_t *row, size_t count)
{
    l->count = count;
    l->highest = 0;
    for (size_t i = 0; i < count; i++)
        l->highest = l->holds[row[i]] > l->highest ? l->holds[row[i]] : l->highest;
    memset(l->begin, 0, (l->highest + 2) * sizeof *l->begin);
    for (size_t i = 0; i < count; i++)
        l->begin[l->holds[row[i]] + 1]++;
    for (size_t level = 1; level <= l->highest + 1; level++)
        l->begin[level] += l->begin[level - 1];
    /* begin[level] moves to its end while members go in, which is where the next one begins */
    for (size_t i = 0; i < count; i++) {
        uint32_t at = l->begin[l->holds[row[i]]]++;
        l->member[at] = row[i];
        l->place[row[i]] = at;
    }
    for (size_t level = l->highest + 1; level > 0; level--)
        l->begin[level] = l->begin[level - 1];
    l->begin[0] = 0;
    l->fewest = count > 0 ? l->holds[l->member[0]] : 0;
}

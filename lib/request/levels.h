/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers by how many requests they hold: a permutation of the row, those with the fewest first,
 * and where each number begins in it. One request more or less is one exchange at the edge of two
 * numbers; one of those with the fewest at random is one look. Costs do not grow with the row.
 *
 *     member:  7 2 5 | 1 0 | 3 4 6      slots; begin[0] = 0, begin[1] = 3, begin[2] = 5
 *      holds:  0 0 0   1 1   2 2 2      begin[3] = 8 */
#ifndef NEAP_REQUEST_LEVELS_H
#define NEAP_REQUEST_LEVELS_H

#include "request/balance.h"
#include "request/pool.h"

struct neapi_levels {
    size_t count;     /* of members */
    uint32_t *member; /* slots */
    uint32_t *place;  /* by slot: in member */
    uint32_t *holds;  /* by slot */
    uint32_t *begin;  /* by level 0 .. highest + 1 */
    uint32_t highest; /* level that was reached since the last build */
    uint32_t fewest;  /* that a member holds */
};

/* For slots 0 .. slots - 1, each of which holds `most` requests at most. */
enum neap_status neapi_levels_make(struct neapi_levels *levels, size_t slots, size_t most,
                                   struct neap_error *error);
void neapi_levels_unmake(struct neapi_levels *levels);
/* The members, in the order of the row within a level; holds has to be set for each. */
void neapi_levels_build(struct neapi_levels *levels, const uint32_t *row, size_t count);

static inline void neapi_levels_exchange(struct neapi_levels *l, uint32_t slot, uint32_t to)
{
    uint32_t from = l->place[slot], other = l->member[to];
    l->member[from] = other;
    l->place[other] = from;
    l->member[to] = slot;
    l->place[slot] = to;
}

/* A member holds one more. */
static inline void neapi_levels_more(struct neapi_levels *l, uint32_t slot)
{
    uint32_t level = ++l->holds[slot];
    if (level > l->highest) {
        l->highest = level;
        l->begin[level + 1] = (uint32_t)l->count;
    }
    uint32_t to = --l->begin[level];
    l->fewest = to == 0 ? level : l->fewest;
    neapi_levels_exchange(l, slot, to);
}

/* A member holds one less. */
static inline void neapi_levels_less(struct neapi_levels *l, uint32_t slot)
{
    uint32_t level = l->holds[slot]--;
    l->fewest = level - 1 < l->fewest ? level - 1 : l->fewest;
    neapi_levels_exchange(l, slot, l->begin[level]++);
}

/* One of those with the fewest; there is a member. */
static inline uint32_t neapi_levels_pick(const struct neapi_levels *l, uint32_t pick)
{
    return l->member[neapi_pick_position(pick, l->begin[l->fewest + 1])];
}

#endif

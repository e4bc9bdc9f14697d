/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which container is next: a tournament (Knuth, The Art of Computer Programming 3, 5.4.1) whose keys
 * are a time since its base and, in the low bits, the slot. Times beyond its horizon are all alike;
 * before time gets there it has to be built anew. */
#ifndef NEAP_REQUEST_TOURNAMENT_H
#define NEAP_REQUEST_TOURNAMENT_H

#include "request/pool.h"

struct neapi_tournament {
    int64_t *key;  /* by node: the root is 1, leaf i is leaves + i */
    size_t leaves; /* in use: a power of two */
    int bits;      /* of a slot */
    int64_t base_ns, horizon_ns;
};

static inline int64_t neapi_tournament_key(const struct neapi_tournament *t, uint32_t slot,
                                           int64_t at_ns)
{
    int64_t since_ns = at_ns < t->horizon_ns ? at_ns - t->base_ns : t->horizon_ns - t->base_ns;
    return (int64_t)((uint64_t)since_ns << t->bits | slot);
}

static inline void neapi_tournament_set(struct neapi_tournament *t, uint32_t slot, int64_t at_ns)
{
    size_t node = t->leaves + slot;
    int64_t winner = neapi_tournament_key(t, slot, at_ns);
    if (t->key[node] == winner)
        return;
    t->key[node] = winner;
    for (; node > 1; node /= 2) {
        int64_t other = t->key[node ^ 1];
        winner = other < winner ? other : winner;
        t->key[node / 2] = winner;
    }
}

/* When the next one is; at the horizon or beyond: horizon_ns. */
static inline int64_t neapi_tournament_ns(const struct neapi_tournament *t)
{
    return t->base_ns + (t->key[1] >> t->bits);
}

static inline uint32_t neapi_tournament_slot(const struct neapi_tournament *t)
{
    return (uint32_t)((uint64_t)t->key[1] & ((UINT64_C(1) << t->bits) - 1));
}

#endif

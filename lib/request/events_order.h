/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of a container's lanes is first: sorted arrays with the first one last, or heaps (Williams
 * 1964), from 1 on; 0 is what is first when there is none. */
#ifndef NEAP_REQUEST_EVENTS_ORDER_H
#define NEAP_REQUEST_EVENTS_ORDER_H

#include "request/events_impl.h"

#if defined __GNUC__
#define STEP              static inline __attribute__((always_inline))
#define RARELY(condition) __builtin_expect(!!(condition), 0)
#define FETCH(address)    __builtin_prefetch(address)
#else
#define FETCH(address)    ((void)(address))
#define STEP              static inline
#define RARELY(condition) (condition)
#endif

/* What a step is about. */
struct neapi_place {
    struct neap_pool *pool;
    struct neapi_events *e;
    struct neapi_container *c;
    struct neapi_entry *cpu, *wait;
    struct neapi_lane *lane;
    uint32_t slot;
};

STEP struct neapi_place neapi_place_of(struct neap_pool *pool, struct neapi_events *e,
                                       uint32_t slot)
{
    size_t at = (size_t)slot * e->workers;
    return (struct neapi_place){
        pool, e, &e->container[slot], &e->cpu[at + slot], &e->wait[at + slot], &e->lane[at], slot};
}

/* --- order of lanes ------------------------------------------------------------------------------- */

STEP const struct neapi_entry *neapi_first(const struct neapi_entry *entry, uint32_t count,
                                           struct neapi_ways ways)
{
    return ways.heaped ? &entry[count > 0] : &entry[count];
}

/* One more; count is what there was. */
STEP void neapi_put(struct neapi_entry *entry, uint32_t count, int64_t key, uint32_t lane,
                    struct neapi_ways ways)
{
    uint32_t hole = count + 1;
    if (ways.heaped)
        for (; hole > 1 && entry[hole / 2].key > key; hole /= 2)
            entry[hole] = entry[hole / 2];
    else
        for (; entry[hole - 1].key <= key; hole--)
            entry[hole] = entry[hole - 1];
    entry[hole] = (struct neapi_entry){key, lane};
}

/* The first one goes; count is what there was. */
STEP void neapi_take(struct neapi_entry *entry, uint32_t count, struct neapi_ways ways)
{
    if (!ways.heaped)
        return;
    struct neapi_entry last = entry[count];
    uint32_t hole = 1, child;
    while ((child = 2 * hole) < count) {
        if (child + 1 < count && entry[child + 1].key < entry[child].key)
            child++;
        if (entry[child].key >= last.key)
            break;
        entry[hole] = entry[child];
        hole = child;
    }
    entry[hole] = last;
}

STEP int64_t neapi_key_of(double virtual_ns)
{
    int64_t key;
    memcpy(&key, &virtual_ns, sizeof key);
    return key;
}

STEP double neapi_virtual_of(int64_t key)
{
    double virtual_ns;
    memcpy(&virtual_ns, &key, sizeof virtual_ns);
    return virtual_ns;
}

#endif

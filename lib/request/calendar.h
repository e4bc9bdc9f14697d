/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When requests leave containers, in order: a calendar queue (Brown 1988). A bucket is a short span
 * of time, round and round; within a bucket they are sorted by time, then by container. With about
 * one entry for each bucket, putting one in and taking the next one out cost a look each. */
#ifndef NEAP_REQUEST_CALENDAR_H
#define NEAP_REQUEST_CALENDAR_H

#include "request/pool.h"

enum { NEAPI_NO_ENTRY = 0 }; /* entries are numbered from 1 on */

struct neapi_calendar_entry {
    int64_t at_ns;
    uint32_t slot; /* and whose life in that slot it belongs to: slot | life << 16 */
    uint32_t next;
};

struct neapi_calendar {
    struct neapi_calendar_entry *entry;
    uint32_t unused; /* the first of a list */
    size_t size, count;
    uint32_t *bucket; /* first entry of each */
    uint64_t mask;    /* buckets less 1 */
    int shift;        /* a bucket is 2^shift ns */
    int64_t turn;     /* bucket up to which all are taken, counted without end */
};

/* For that many entries at a time. */
enum neap_status neapi_calendar_make(struct neapi_calendar *calendar, size_t entries,
                                     struct neap_error *error);
void neapi_calendar_unmake(struct neapi_calendar *calendar);
void neapi_calendar_reset(struct neapi_calendar *calendar, int64_t now_ns);
/* Makes buckets as long as suits that many entries a second. */
void neapi_calendar_fit(struct neapi_calendar *calendar, double rate, int64_t now_ns);

static inline bool neapi_calendar_is_full(const struct neapi_calendar *c)
{
    return c->unused == NEAPI_NO_ENTRY;
}

/* An entry that is not full's; at_ns is not before the time up to which entries were taken. */
static inline void neapi_calendar_put(struct neapi_calendar *c, uint32_t slot, int64_t at_ns)
{
    uint32_t number = c->unused;
    struct neapi_calendar_entry *entry = &c->entry[number];
    uint32_t *link = &c->bucket[(uint64_t)(at_ns >> c->shift) & c->mask];
    c->unused = entry->next;
    c->count++;
    while (*link != NEAPI_NO_ENTRY) {
        const struct neapi_calendar_entry *other = &c->entry[*link];
        if (other->at_ns > at_ns || (other->at_ns == at_ns && other->slot > slot))
            break;
        link = &c->entry[*link].next;
    }
    *entry = (struct neapi_calendar_entry){at_ns, slot, *link};
    *link = number;
}

/* The slot of the next entry at or before now_ns, which is taken out; UINT32_MAX: there is none. */
static inline uint32_t neapi_calendar_take(struct neapi_calendar *c, int64_t now_ns)
{
    int64_t last = now_ns >> c->shift;
    if (last - c->turn > (int64_t)c->mask)
        c->turn = last - (int64_t)c->mask; /* once around is enough */
    for (;; c->turn++) {
        uint32_t *link = &c->bucket[(uint64_t)c->turn & c->mask];
        uint32_t number = *link;
        struct neapi_calendar_entry *entry = &c->entry[number];
        if (number != NEAPI_NO_ENTRY && entry->at_ns <= now_ns) {
            *link = entry->next;
            entry->next = c->unused;
            c->unused = number;
            c->count--;
            return entry->slot;
        }
        if (c->turn >= last)
            return UINT32_MAX;
    }
}

#endif

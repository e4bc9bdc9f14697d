/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/calendar.h"

enum { BUCKETS_LEAST = 1 << 10, BUCKETS_MOST = 1 << 16, SHIFT_FIRST = 20, SHIFT_MOST = 36 };

enum neap_status neapi_calendar_make(struct neapi_calendar *c, size_t entries,
                                     struct neap_error *error)
{
    size_t buckets = BUCKETS_LEAST;
    while (buckets < BUCKETS_MOST && buckets < 4 * entries)
        buckets *= 2;
    *c = (struct neapi_calendar){.size = entries, .mask = buckets - 1};
    c->entry = neapi_allocate(entries + 1, sizeof *c->entry);
    c->bucket = neapi_allocate(buckets, sizeof *c->bucket);
    if (c->entry == NULL || c->bucket == NULL)
        return neapi_no_memory(error, "the order of answers");
    return NEAP_OK;
}

void neapi_calendar_unmake(struct neapi_calendar *calendar)
{
    free(calendar->entry);
    free(calendar->bucket);
}

void neapi_calendar_reset(struct neapi_calendar *c, int64_t now_ns)
{
    memset(c->bucket, 0, (size_t)(c->mask + 1) * sizeof *c->bucket);
    for (size_t i = 1; i <= c->size; i++)
        c->entry[i].next = i < c->size ? (uint32_t)(i + 1) : NEAPI_NO_ENTRY;
    c->unused = c->size > 0 ? 1 : NEAPI_NO_ENTRY;
    c->count = 0;
    c->shift = SHIFT_FIRST;
    c->turn = now_ns >> c->shift;
}

/* Links of all entries, as one list. */
static uint32_t take_all(struct neapi_calendar *c)
{
    uint32_t all = NEAPI_NO_ENTRY;
    for (size_t b = 0; b <= c->mask; b++) {
        while (c->bucket[b] != NEAPI_NO_ENTRY) {
            uint32_t number = c->bucket[b];
            c->bucket[b] = c->entry[number].next;
            c->entry[number].next = all;
            all = number;
        }
    }
    return all;
}

void neapi_calendar_fit(struct neapi_calendar *c, double rate, int64_t now_ns)
{
    int shift = rate > 0 ? (int)floor(log2(1e9 / rate)) : c->shift;
    shift = shift < 0 ? 0 : shift > SHIFT_MOST ? SHIFT_MOST : shift;
    if (abs(shift - c->shift) < 2)
        return;
    uint32_t all = take_all(c);
    c->shift = shift;
    c->turn = now_ns >> shift;
    while (all != NEAPI_NO_ENTRY) {
        struct neapi_calendar_entry entry = c->entry[all];
        c->entry[all].next = c->unused;
        c->unused = all;
        c->count--;
        all = entry.next;
        neapi_calendar_put(c, entry.slot, entry.at_ns);
    }
}

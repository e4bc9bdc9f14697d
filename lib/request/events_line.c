/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Queues of the kernel that follows every event, and the records in them. All records are of one
 * stock; who finds none left is refused as by a full queue. */
#include "request/events_impl.h"

static uint32_t take(struct neapi_events *e)
{
    uint32_t record = e->unused;
    if (record != NEAPI_NO_RECORD)
        e->unused = e->record[record].next;
    return record;
}

uint32_t neapi_record_take(struct neap_pool *pool, const struct neap_requests *requests, size_t i)
{
    struct neapi_events *e = pool->state;
    uint32_t record = take(e);
    if (record == NEAPI_NO_RECORD)
        return record;
    e->record[record] = (struct neapi_record){.arrival_ns = requests->arrival_ns[i],
                                              .sent_ns = requests->arrival_ns[i],
                                              .older = NEAPI_NO_RECORD,
                                              .newer = NEAPI_NO_RECORD,
                                              .pick = requests->pick[i],
                                              .class_number = (uint8_t)neapi_class_of(requests, i)};
    size_t versions = pool->options.versions;
    for (size_t v = 0; v < versions; v++)
        e->need[record * versions + v] =
            (struct neapi_demand){requests->needs[v].cpu_ns[i], requests->needs[v].wait_ns[i]};
    return record;
}

uint32_t neapi_record_copy(struct neapi_events *e, uint32_t record, size_t versions)
{
    uint32_t copy = take(e);
    if (copy == NEAPI_NO_RECORD)
        return copy;
    e->record[copy] = e->record[record];
    e->record[copy].queued = e->record[copy].abandoned = false;
    memcpy(&e->need[copy * versions], &e->need[record * versions], versions * sizeof *e->need);
    return copy;
}

void neapi_record_drop(struct neapi_events *e, uint32_t record)
{
    e->record[record].next = e->unused;
    e->unused = record;
}

void neapi_line_push(struct neapi_events *e, struct neapi_line *line, uint32_t record)
{
    e->record[record].queued = true;
    if (line->count++ == 0)
        line->first = record;
    else
        e->record[line->last].next = record;
    line->last = record;
}

static void leave_line(struct neapi_events *e, struct neapi_line *line, uint32_t record)
{
    e->record[record].queued = false;
    e->abandoned_in_line -= e->record[record].abandoned;
    line->count--;
}

uint32_t neapi_line_pop(struct neapi_events *e, struct neapi_line *line)
{
    uint32_t record = line->first;
    line->first = e->record[record].next;
    leave_line(e, line, record);
    return record;
}

/* --- timeouts -------------------------------------------------------------------------------------- */

int64_t neapi_line_expires_ns(const struct neap_pool *pool, const struct neapi_line *line)
{
    const struct neapi_events *e = pool->state;
    if (line->count == 0 || pool->timeout_ns == INT64_MAX)
        return NEAPI_NEVER_NS;
    return e->record[line->first].sent_ns + pool->timeout_ns;
}

static void expire(struct neap_pool *pool, uint32_t record)
{
    struct neapi_events *e = pool->state;
    const struct neapi_record *r = &e->record[record];
    pool->waited_ns += (double)pool->timeout_ns;
    if (e->ways.clients) {
        neapi_client_fail(pool, record, NEAP_FAILED_TIMEOUT, r->sent_ns + pool->timeout_ns);
        return;
    }
    neapi_pool_fail(pool, r->class_number, NEAP_FAILED_TIMEOUT, pool->timeout_ns);
    neapi_record_drop(e, record);
}

size_t neapi_line_expire(struct neap_pool *pool, struct neapi_line *line, int64_t now_ns,
                         size_t keep)
{
    struct neapi_events *e = pool->state;
    size_t expired = 0;
    uint32_t before = NEAPI_NO_RECORD, record = line->first;
    if (pool->timeout_ns == INT64_MAX || keep >= line->count)
        return 0;
    for (size_t i = 0; i < keep; i++) {
        before = record;
        record = e->record[record].next;
    }
    while (line->count > keep && e->record[record].sent_ns <= now_ns - pool->timeout_ns) {
        uint32_t next = e->record[record].next;
        leave_line(e, line, record);
        expire(pool, record);
        record = next;
        expired++;
    }
    if (before == NEAPI_NO_RECORD)
        line->first = record;
    else
        e->record[before].next = record;
    if (line->count == keep)
        line->last = before;
    return expired;
}

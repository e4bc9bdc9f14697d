/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients of the kernel that follows every event: who gives up after a while, and who tries again.
 *
 * An attempt that nobody waits for any more keeps its record until the server is done with it; the
 * next attempt has one of its own. All clients have the same patience, so they give up in the order
 * in which they sent. Pauses are backoff x 2^k x (0.5 + u), with u and the balancer's bits of a
 * later attempt a function of the request's bits and the attempt's number only. */
#include <math.h>

#include "request/events_impl.h"

static uint64_t bits_of(const struct neapi_record *r)
{
    uint64_t z = (uint64_t)r->pick << 16 | r->attempt;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9) + UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* --- patience -------------------------------------------------------------------------------------- */

void neapi_client_send(struct neapi_events *e, uint32_t record, int64_t now_ns)
{
    struct neapi_record *r = &e->record[record];
    r->sent_ns = now_ns;
    if (e->patience_ns == NEAPI_NEVER_NS)
        return;
    r->older = e->newest;
    r->newer = NEAPI_NO_RECORD;
    if (e->newest == NEAPI_NO_RECORD)
        e->oldest = record;
    else
        e->record[e->newest].newer = record;
    e->newest = record;
}

static void wait_no_longer(struct neapi_events *e, uint32_t record)
{
    const struct neapi_record *r = &e->record[record];
    if (e->patience_ns == NEAPI_NEVER_NS)
        return;
    if (r->older == NEAPI_NO_RECORD)
        e->oldest = r->newer;
    else
        e->record[r->older].newer = r->newer;
    if (r->newer == NEAPI_NO_RECORD)
        e->newest = r->older;
    else
        e->record[r->newer].older = r->older;
}

int64_t neapi_client_gives_up_ns(const struct neapi_events *e)
{
    return e->oldest == NEAPI_NO_RECORD ? NEAPI_NEVER_NS
                                        : e->record[e->oldest].sent_ns + e->patience_ns;
}

void neapi_client_answer(struct neap_pool *pool, uint32_t record, int64_t now_ns)
{
    struct neapi_events *e = pool->state;
    const struct neapi_record *r = &e->record[record];
    if (r->abandoned) {
        e->abandoned--;
    } else {
        wait_no_longer(e, record);
        neapi_pool_served(pool, r->class_number, now_ns - r->arrival_ns);
    }
    neapi_record_drop(e, record);
}

/* --- further attempts ------------------------------------------------------------------------------ */

static void put_retry(struct neapi_events *e, struct neapi_retry retry)
{
    size_t hole = e->retry_count++;
    for (; hole > 0 && e->retry[(hole - 1) / 2].due_ns > retry.due_ns; hole = (hole - 1) / 2)
        e->retry[hole] = e->retry[(hole - 1) / 2];
    e->retry[hole] = retry;
}

static void take_retry(struct neapi_events *e)
{
    struct neapi_retry last = e->retry[--e->retry_count];
    size_t hole = 0, child;
    while ((child = 2 * hole + 1) < e->retry_count) {
        if (child + 1 < e->retry_count && e->retry[child + 1].due_ns < e->retry[child].due_ns)
            child++;
        if (e->retry[child].due_ns >= last.due_ns)
            break;
        e->retry[hole] = e->retry[child];
        hole = child;
    }
    e->retry[hole] = last;
}

static bool may_retry(const struct neap_pool *pool, const struct neapi_record *r)
{
    const struct neapi_events *e = pool->state;
    return r->attempt < pool->options.client.retries && e->retry_count < e->retry_most;
}

/* A record that is nowhere else waits for its next attempt. */
static void plan_retry(struct neap_pool *pool, uint32_t record, int64_t now_ns)
{
    struct neapi_events *e = pool->state;
    struct neapi_record *r = &e->record[record];
    double backoff_ns = ldexp(pool->options.client.backoff_s * 1e9, r->attempt);
    r->attempt++;
    double pause_ns = backoff_ns * (0.5 + ldexp((double)(bits_of(r) >> 32), -32));
    pause_ns = fmin(fmax(pause_ns, 1), ldexp(1, 60));
    put_retry(e, (struct neapi_retry){now_ns + (int64_t)(pause_ns + 0.5), record});
}

void neapi_client_fail(struct neap_pool *pool, uint32_t record, enum neap_failure cause,
                       int64_t now_ns)
{
    struct neapi_events *e = pool->state;
    const struct neapi_record *r = &e->record[record];
    if (r->abandoned) {
        e->abandoned--;
        neapi_record_drop(e, record);
        return;
    }
    wait_no_longer(e, record);
    if (may_retry(pool, r)) {
        plan_retry(pool, record, now_ns);
        return;
    }
    neapi_pool_fail(pool, r->class_number, cause, now_ns - r->arrival_ns);
    neapi_record_drop(e, record);
}

void neapi_client_give_up(struct neap_pool *pool, int64_t now_ns)
{
    struct neapi_events *e = pool->state;
    uint32_t record = e->oldest;
    struct neapi_record *r = &e->record[record];
    wait_no_longer(e, record);
    uint32_t copy =
        may_retry(pool, r) ? neapi_record_copy(e, record, pool->options.versions) : NEAPI_NO_RECORD;
    if (copy == NEAPI_NO_RECORD)
        neapi_pool_fail(pool, r->class_number, NEAP_FAILED_ABANDONED, now_ns - r->arrival_ns);
    else
        plan_retry(pool, copy, now_ns);
    r->abandoned = true;
    e->abandoned++;
    if (r->queued)
        e->abandoned_in_line++;
}

int64_t neapi_client_due_ns(const struct neapi_events *e)
{
    return e->retry_count == 0 ? NEAPI_NEVER_NS : e->retry[0].due_ns;
}

uint32_t neapi_client_due(struct neap_pool *pool)
{
    struct neapi_events *e = pool->state;
    uint32_t record = e->retry[0].record;
    struct neapi_record *r = &e->record[record];
    take_retry(e);
    pool->totals.retries++;
    r->pick = (uint32_t)bits_of(r);
    return record;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds in every run, exactly: requests are conserved, and Little's law, by which the time that
 * requests spend in a pool adds up to the same in whatever order it is added. */
#include <math.h>

#include "base/text.h"
#include "study/selftest_request.h"

bool neapi_books_balance(const struct neap_pool *pool, const struct neapi_given *given, char *why,
                         size_t size)
{
    struct neap_pool_totals t = neap_pool_totals(pool);
    int64_t failed = 0;
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        failed += t.failed[cause];
    double used = t.cpu_ns + t.cpu_draining_ns, demand = (double)given->cpu_ns;
    if (t.offered == given->count && t.offered == t.served + failed + t.present &&
        t.waiting <= t.present && t.waiting >= 0 && failed >= 0 &&
        used <= demand * (1 + 1e-9) + (double)given->count)
        return true;
    neapi_print(why, size,
                "books do not balance: %lld given, %lld offered, %lld served, %lld failed, %lld "
                "present, %lld of them waiting; CPU time %.9g of %.9g s",
                (long long)given->count, (long long)t.offered, (long long)t.served,
                (long long)failed, (long long)t.present, (long long)t.waiting, used / 1e9,
                demand / 1e9);
    return false;
}

/* --- Little's law ------------------------------------------------------------------------------------ */

enum { LITTLE_REQUESTS = 256, STEPS_MOST = 1 << 17 };

/* Arrivals and needs are whole steps, and so are all ends but those of requests that share cores: the
 * number present changes at whole steps only. */
static struct neap_requests on_grid(struct neapi_source *source, int64_t step_ns, int64_t *cpu_ns)
{
    struct neap_requests requests = neapi_source_next(source, INT64_MAX);
    if (requests.count > LITTLE_REQUESTS)
        requests.count = LITTLE_REQUESTS;
    *cpu_ns = 0;
    for (size_t i = 0; i < requests.count; i++) {
        source->arrival_ns[i] -= source->arrival_ns[i] % step_ns;
        source->cpu_ns[i] += step_ns - source->cpu_ns[i] % step_ns; /* none takes no time */
        source->wait_ns[i] -= source->wait_ns[i] % step_ns;
        *cpu_ns += source->cpu_ns[i];
    }
    return requests;
}

/* The part of requests from first on that arrives before to_ns. */
static struct neap_requests part(const struct neap_requests *all, size_t first, int64_t to_ns,
                                 struct neap_needs *needs)
{
    struct neap_requests some = {0, all->arrival_ns + first, all->pick + first, NULL, needs};
    *needs = (struct neap_needs){all->needs->cpu_ns + first, all->needs->wait_ns + first};
    while (first + some.count < all->count && some.arrival_ns[some.count] < to_ns)
        some.count++;
    return some;
}

static int64_t lost(const struct neap_pool_totals *totals)
{
    int64_t sum = 0;
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        sum += totals->failed[cause];
    return sum;
}

/* Number present x time, step by step until the pool is empty. */
static int64_t present_ns(struct neap_pool *pool, const struct neap_requests *all, int64_t step_ns)
{
    struct neap_pool_totals before = neap_pool_totals(pool), now = before;
    int64_t area_ns = 0, to_ns = 0;
    size_t first = 0;
    for (int step = 0; step < STEPS_MOST && (first < all->count || before.present > 0); step++) {
        struct neap_needs needs = {NULL, NULL};
        to_ns += step_ns;
        struct neap_requests some = part(all, first, to_ns, &needs);
        first += some.count;
        neap_pool_begin(pool, to_ns);
        neap_pool_add(pool, &some);
        neap_pool_end(pool);
        now = neap_pool_totals(pool);
        area_ns += step_ns * (before.present + (int64_t)some.count - (lost(&now) - lost(&before)));
        before = now;
    }
    return area_ns;
}

bool neapi_little_holds(const struct neapi_plan *plan, struct neap_pool *pool,
                        struct neapi_source *source, char *why, size_t size)
{
    struct neapi_given given = {0, 0};
    double step_s = fmax(plan->service_s / 64, 1 / plan->rate / 16);
    int64_t step_ns = (int64_t)(step_s * 1e9);
    struct neap_requests requests = on_grid(source, step_ns, &given.cpu_ns);
    given.count = (int64_t)requests.count;
    neap_pool_reset(pool, 0);
    neap_pool_join(pool, 0, plan->containers, 0, 0);
    int64_t area_ns = present_ns(pool, &requests, step_ns);
    struct neap_pool_totals totals = neap_pool_totals(pool);
    /* of requests that share cores, each may leave anywhere within its last step */
    bool shared = plan->pool.workers > plan->pool.cores && plan->pool.workers > 1;
    int64_t spare_ns = shared ? totals.served * (step_ns + 1) : 0;
    if (totals.present == 0 && area_ns >= totals.latency_ns - (shared ? totals.served : 0) &&
        area_ns <= totals.latency_ns + spare_ns)
        return neapi_books_balance(pool, &given, why, size);
    neapi_print(
        why, size,
        "Little's law: %lld requests were %.9f s in the pool, and their latencies add up to "
        "%.9f s, %lld present",
        (long long)totals.served, (double)area_ns / 1e9, (double)totals.latency_ns / 1e9,
        (long long)totals.present);
    return false;
}

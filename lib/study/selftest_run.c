/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One plan, one long run of a pool in batches of equal length, after two that are not counted. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "random/histogram.h"
#include "study/selftest_request.h"

enum { WARM_UP = 2 };

struct sums {
    double x[NEAPI_BATCHES], y[NEAPI_BATCHES];
    double low, high; /* requests within at_s less and plus its doubt */
};

struct run {
    const struct neapi_plan *plan;
    struct neap_pool *pool;
    struct neapi_source *source;
    struct neap_histogram *histogram; /* latencies of the batch */
    struct neap_pool_totals before;   /* the batch */
    int64_t now_ns, stretch_ns;
    size_t stretches;        /* of a batch */
    double present, waiting; /* sums over the looks of the batch */
    struct sums sums[NEAPI_WANTED_MOST];
    char *why;
    size_t size;
};

/* --- a batch ---------------------------------------------------------------------------------------- */

static void pass(struct run *run, int64_t to_ns)
{
    struct neap_requests requests;
    neap_pool_begin(run->pool, to_ns);
    while ((requests = neapi_source_next(run->source, to_ns)).count > 0)
        neap_pool_add(run->pool, &requests);
    neap_pool_end(run->pool);
    run->now_ns = to_ns;
}

static bool pass_batch(struct run *run)
{
    run->before = neap_pool_totals(run->pool);
    run->present = run->waiting = 0;
    for (size_t i = 0; i < run->stretches; i++) {
        pass(run, run->now_ns + run->stretch_ns);
        struct neap_pool_totals totals = neap_pool_totals(run->pool);
        run->present += (double)totals.present;
        run->waiting += (double)totals.waiting;
    }
    int64_t served = neap_pool_totals(run->pool).served - run->before.served;
    neap_histogram_reset(run->histogram);
    neap_pool_take_latencies(run->pool, 0, run->histogram);
    if (neap_histogram_total(run->histogram) != (double)served) {
        neapi_print(run->why, run->size, "latencies of %.0f requests for %lld served",
                    neap_histogram_total(run->histogram), (long long)served);
        return false;
    }
    return neapi_books_balance(run->pool, &run->source->given, run->why, run->size);
}

/* --- its sums --------------------------------------------------------------------------------------- */

static double within(const struct run *run, double at_s)
{
    double total = neap_histogram_total(run->histogram);
    return total > 0 ? total * (1 - neap_histogram_share_above(run->histogram, at_s)) : 0;
}

/* Sum of squares as if values were spread evenly within their bucket: good to 1e-5. */
static double squares(const struct neap_histogram *histogram)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < histogram->buckets; i++) {
        if (!(histogram->weight[i] > 0))
            continue;
        double low = neapi_histogram_edge(histogram, i),
               high = neapi_histogram_edge(histogram, i + 1);
        sum += histogram->weight[i] * (low * low + low * high + high * high) / 3;
    }
    return sum;
}

static void sum_up(struct run *run, size_t batch)
{
    struct neap_pool_totals now = neap_pool_totals(run->pool), then = run->before;
    double looks = (double)run->stretches;
    double served = (double)(now.served - then.served);
    double lost = 0;
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        lost += (double)(now.failed[cause] - then.failed[cause]);
    for (size_t i = 0; i < run->plan->wanted_count; i++) {
        const struct neapi_wanted *wanted = &run->plan->wanted[i];
        struct sums *sums = &run->sums[i];
        const struct {
            double x, y;
        } of[] = {[NEAPI_RESPONSE] = {(double)(now.latency_ns - then.latency_ns) / 1e9, served},
                  [NEAPI_RESPONSE_SQUARE] = {0, served},
                  [NEAPI_WITHIN] = {0, served},
                  [NEAPI_REFUSED] = {lost, (double)(now.offered - then.offered)},
                  [NEAPI_PRESENT] = {run->present, looks},
                  [NEAPI_WAITING] = {run->waiting, looks},
                  [NEAPI_CORES] = {(now.cpu_ns - then.cpu_ns) / 1e9,
                                   looks * (double)run->stretch_ns / 1e9}};
        sums->x[batch] = of[wanted->measure].x;
        sums->y[batch] = of[wanted->measure].y;
        if (wanted->measure == NEAPI_RESPONSE_SQUARE)
            sums->x[batch] = squares(run->histogram);
        if (wanted->measure != NEAPI_WITHIN)
            continue;
        sums->x[batch] = within(run, wanted->at_s);
        if (wanted->doubt > 0) {
            sums->low += within(run, wanted->at_s - wanted->doubt);
            sums->high += within(run, wanted->at_s + wanted->doubt);
        }
    }
}

static void score(const struct run *run, struct neapi_scores *scores)
{
    for (size_t i = 0; i < run->plan->wanted_count; i++) {
        const struct neapi_wanted *wanted = &run->plan->wanted[i];
        const struct sums *sums = &run->sums[i];
        double x = 0, y = 0, doubt = wanted->doubt;
        for (size_t b = 0; b < NEAPI_BATCHES; b++) {
            x += sums->x[b];
            y += sums->y[b];
        }
        if (wanted->measure == NEAPI_WITHIN && doubt > 0)
            doubt = (sums->high - sums->low) / 2 / y;
        scores->got[i] = x / y;
        scores->z[i] = neapi_batches_score(sums->x, sums->y, NEAPI_BATCHES, wanted->value, doubt);
    }
}

/* --- the run ---------------------------------------------------------------------------------------- */

/* No more arrivals: all leave, and what they needed is what was used. */
static bool empties(struct run *run)
{
    const struct neapi_given *given = &run->source->given;
    int64_t length_ns = run->stretch_ns;
    for (int i = 0; i < 40 && neap_pool_totals(run->pool).present > 0; i++, length_ns *= 2) {
        neap_pool_begin(run->pool, run->now_ns += length_ns);
        neap_pool_end(run->pool);
    }
    struct neap_pool_totals totals = neap_pool_totals(run->pool);
    double demand = (double)given->cpu_ns, miss = fabs(totals.cpu_ns - demand);
    /* shared cores round each request's end; beyond 2^53 a double rounds */
    double rounding = run->plan->pool.workers > run->plan->pool.cores ? (double)given->count : 0;
    if (demand > 0x1p53)
        rounding += 1e-9 * demand;
    bool all = totals.served == given->count;
    if (totals.present == 0 && totals.waiting == 0 && !(all && miss > rounding))
        return neapi_books_balance(run->pool, given, run->why, run->size);
    neapi_print(run->why, run->size,
                "after the last answer %lld present, %lld waiting, CPU time off by %g ns",
                (long long)totals.present, (long long)totals.waiting, miss);
    return false;
}

static void start(struct run *run, const struct neapi_simulation *simulation, uint64_t replication)
{
    double batch = simulation->requests / NEAPI_BATCHES;
    run->stretches = (size_t)fmax(1, floor(batch / NEAPI_STRETCH_REQUESTS));
    run->stretch_ns = (int64_t)(batch / (double)run->stretches / run->plan->rate * 1e9);
    run->now_ns = 0;
    neapi_source_init(run->source, &run->plan->traffic, simulation->seed, replication, 0);
    run->source->slower = simulation->slower;
    neap_pool_reset(run->pool, 0);
    neap_pool_join(run->pool, 0, run->plan->containers, 0, 0);
}

static bool run_batches(struct run *run, const struct neapi_simulation *simulation,
                        uint64_t replication)
{
    neapi_source_init(run->source, &run->plan->traffic, simulation->seed, replication, 0);
    if (!neapi_little_holds(run->plan, run->pool, run->source, run->why, run->size))
        return false;
    start(run, simulation, replication);
    for (size_t batch = 0; batch < WARM_UP + NEAPI_BATCHES; batch++) {
        if (!pass_batch(run))
            return false;
        if (batch >= WARM_UP)
            sum_up(run, batch - WARM_UP);
    }
    return empties(run);
}

bool neapi_plan_run(const struct neapi_plan *plan, const struct neapi_simulation *simulation,
                    uint64_t replication, struct neapi_scores *scores, char *why, size_t size)
{
    struct run *run = neapi_allocate(1, sizeof *run);
    struct neap_error error = {0};
    if (run == NULL) {
        neapi_print(why, size, "no memory for a run");
        return false;
    }
    run->plan = plan;
    run->why = why;
    run->size = size;
    run->source = neapi_allocate(1, sizeof *run->source);
    bool done = false;
    if (run->source == NULL)
        neapi_print(why, size, "no memory for requests");
    else if (neap_histogram_new(&run->histogram, NEAP_HISTOGRAM_BITS, &error) != NEAP_OK ||
             neap_pool_new(&run->pool, &plan->pool, &error) != NEAP_OK)
        neapi_print(why, size, "%s", error.message);
    else
        done = run_batches(run, simulation, replication);
    if (done)
        score(run, scores);
    neap_pool_free(run->pool);
    neap_histogram_free(run->histogram);
    free(run->source);
    free(run);
    return done;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request engine: a pool of containers that serves the requests of a tape one by one. Requests
 * count where they are answered: what the warm-up left behind is carried into the window, and what
 * is unanswered at its end is in flight. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/request_impl.h"

enum { SERVED_PER_TAKE = 1 << 30 }; /* a pool's counts of latencies have 32 bits */

/* --- making one ----------------------------------------------------------------------------------- */

static enum neap_status make_histograms(struct neapi_served *s, size_t classes,
                                        struct neap_error *error)
{
    struct neap_histogram **const one[] = {&s->part, &s->interval, &s->period, &s->whole};
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < sizeof one / sizeof one[0]; i++)
        status = neap_histogram_new(one[i], NEAP_HISTOGRAM_BITS, error);
    for (size_t c = 0; status == NEAP_OK && c < classes; c++)
        status = neap_histogram_new(&s->class[c], NEAP_HISTOGRAM_BITS, error);
    return status;
}

static enum neap_status make(struct neap_replay *r, struct neap_error *error)
{
    struct neapi_served *s = r->served = neapi_allocate(1, sizeof *s);
    size_t classes = r->mix.classes, versions = r->mix.versions;
    if (s == NULL)
        return neapi_no_memory(error, "the request engine");
    s->own_column = neapi_allocate(versions, sizeof *s->own_column);
    s->needs = neapi_allocate(versions, sizeof *s->needs);
    s->opened_class = neapi_allocate(classes, sizeof *s->opened_class);
    s->class = neapi_allocate(classes, sizeof(struct neap_histogram *));
    if (s->own_column == NULL || s->needs == NULL || s->opened_class == NULL || s->class == NULL)
        return neapi_no_memory(error, "the request engine");
    s->column = s->own_column;
    s->listing = !isnan(r->in.slo->p50_s) || !isnan(r->in.slo->p95_s) || !isnan(r->in.slo->p99_s);
    enum neap_status status = make_histograms(s, classes, error);
    if (status == NEAP_OK)
        status = neapi_served_pool(&s->pool, r, error);
    if (status == NEAP_OK)
        status = neapi_served_tape(&s->tape, &s->own_column, &r, 1, error);
    return status;
}

static void unmake(struct neap_replay *r)
{
    struct neapi_served *s = r->served;
    if (s == NULL)
        return;
    neap_pool_free(s->pool);
    neap_tape_free(s->tape);
    neap_histogram_free(s->part);
    neap_histogram_free(s->interval);
    neap_histogram_free(s->period);
    neap_histogram_free(s->whole);
    for (size_t c = 0; s->class != NULL && c < r->mix.classes; c++)
        neap_histogram_free(s->class[c]);
    free(s->class);
    free(s->own_column);
    free(s->needs);
    free(s->opened_class);
    free(s);
}

/* --- containers ----------------------------------------------------------------------------------- */

static void on_joined(void *context, size_t position, size_t count, size_t version,
                      int64_t ready_ns)
{
    struct neap_replay *r = context;
    neap_pool_join(r->served->pool, position, count, version, ready_ns);
}

static void on_left(void *context, size_t position, size_t count, struct neapi_drain drain)
{
    struct neap_replay *r = context;
    neap_pool_drain(r->served->pool, position, count, drain.drained_ns, drain.end_ns, drain.tag);
}

static void reset(struct neap_replay *r)
{
    struct neapi_served *s = r->served;
    neap_pool_reset(s->pool, r->now_ns);
    r->fleet.watcher = (struct neapi_watcher){.context = r, .joined = on_joined, .left = on_left};
    s->stretch_open = false;
    s->last = s->opened = (struct neap_pool_totals){.offered = 0};
    s->taken = 0;
    s->presence = (struct neap_pool_presence){0, 0};
    neap_histogram_reset(s->whole);
    for (size_t c = 0; c < r->mix.classes; c++)
        neap_histogram_reset(s->class[c]);
}

static void ignore_mix(struct neap_replay *r)
{
    (void)r;
}

/* --- latencies ------------------------------------------------------------------------------------ */

static void merge(struct neap_histogram *to, const struct neap_histogram *from)
{
    enum neap_status status = neap_histogram_merge(to, from, 1, NULL);
    (void)status; /* all have the same buckets */
}

/* What the pool has counted since the last time goes to all whom it concerns. */
static void take(struct neap_replay *r)
{
    struct neapi_served *s = r->served;
    if (s->taken == s->last.served)
        return;
    s->taken = s->last.served;
    for (size_t c = 0; c < r->mix.classes; c++) {
        neap_histogram_reset(s->part);
        neap_pool_take_latencies(s->pool, c, s->part);
        merge(s->class[c], s -> part);
        if (r->signals.latency)
            neapi_signals_count(&r->signals, s->part);
        if (s->listing || r->sinks->timeline != NULL)
            merge(s->interval, s->part);
        if (r->in_period)
            merge(s->period, s->part);
    }
}

static void quantiles(const struct neap_histogram *histogram, double quantile_s[3])
{
    static const double p[3] = {0.50, 0.95, 0.99};
    for (int k = 0; k < 3; k++)
        quantile_s[k] = neap_histogram_quantile(histogram, p[k]);
}

/* --- one stretch ---------------------------------------------------------------------------------- */

/* Requests before r->stretch_ns. */
static size_t end_of_part(const struct neap_replay *r, const struct neapi_traffic *traffic)
{
    const int64_t *arrival_ns = traffic->requests->arrival_ns;
    size_t low = traffic->used, high = traffic->requests->count;
    if (traffic->end_ns <= r->stretch_ns)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (arrival_ns[middle] < r->stretch_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void give(struct neap_replay *r, struct neapi_traffic *traffic)
{
    struct neapi_served *s = r->served;
    const struct neap_requests *from = traffic->requests;
    size_t used = traffic->used, end = end_of_part(r, traffic);
    if (end == used)
        return;
    for (size_t version = 0; version < r->mix.versions; version++) {
        const struct neap_needs *needs = &from->needs[s->column[version]];
        s->needs[version] = (struct neap_needs){needs->cpu_ns + used, needs->wait_ns + used};
    }
    struct neap_requests part = {.count = end - used,
                                 .arrival_ns = from->arrival_ns + used,
                                 .pick = from->pick + used,
                                 .needs = s->needs};
    if (from->class_number != NULL)
        part.class_number = from->class_number + used;
    neap_pool_add(s->pool, &part);
    traffic->used = end;
}

static int64_t failed(const struct neap_pool_totals *totals)
{
    int64_t sum = 0;
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        sum += totals->failed[cause];
    return sum;
}

static void count(struct neap_replay *r, const struct neap_pool_totals *now, double span_s)
{
    const struct neap_pool_totals *before = &r->served->last;
    double cpu_ns = now->cpu_ns - before->cpu_ns + now->cpu_draining_ns - before->cpu_draining_ns;
    r->interval.requests += (double)(now->offered - before->offered);
    r->interval.failed += (double)(failed(now) - failed(before));
    r->summary->backlog_peak = fmax(r->summary->backlog_peak, (double)now->waiting);
    neapi_replay_count_cpu(r, cpu_ns / 1e9, span_s);
    neapi_replay_count_containers(r, span_s);
}

static void show_levels(struct neap_replay *r, double ready, double span_s)
{
    struct neapi_served *s = r->served;
    struct neap_pool_presence now = neap_pool_presence(s->pool), *before = &s->presence;
    double present = (now.present_s - before->present_s) / span_s;
    double waiting = (now.waiting_s - before->waiting_s) / span_s;
    struct neapi_levels levels = {.held = {.mean = present - waiting},
                                  .waiting = {.mean = waiting},
                                  .per_container = ready > 0 ? present / ready : 0};
    *before = now;
    neapi_signals_add(&r->signals, r->stretch_ns, span_s, &levels);
}

/* What was counted of a container since it was gone. */
static void take_back(struct neap_replay *r, const struct neap_pool_gone *gone)
{
    double over_s = (double)(r->stretch_ns - gone->end_ns) / 1e9;
    double idle_s = r->in.container->idle_cpu_cores * over_s;
    r->summary->container_s[NEAP_DRAINING] -= over_s;
    r->summary->cpu_idle_s -= idle_s;
    r->interval.draining_s -= over_s;
    r->interval.cpu_s -= idle_s;
    double start_s = neapi_fleet_drain_cpu_s(&r->fleet, gone->tag, gone->end_ns, r->stretch_ns);
    r->summary->cpu_start_s -= start_s;
    r->interval.cpu_s -= start_s;
}

static void end_drains(struct neap_replay *r)
{
    const struct neap_pool_gone *gone;
    size_t count = neap_pool_gone(r->served->pool, &gone);
    for (size_t i = 0; i < count; i++) {
        if (r->counting)
            take_back(r, &gone[i]);
        neapi_fleet_gone(&r->fleet, gone[i].tag, gone[i].end_ns, r->stretch_ns);
    }
}

static void end_stretch(struct neap_replay *r)
{
    struct neapi_served *s = r->served;
    double span_s = (double)(r->stretch_ns - r->now_ns) / 1e9;
    double ready = (double)r->fleet.in_state[NEAP_READY];
    neap_pool_end(s->pool);
    struct neap_pool_totals now = neap_pool_totals(s->pool);
    double use = ready > 0 ? (now.cpu_ns - s->last.cpu_ns) / 1e9 / ready / span_s : 0;
    double rate = (double)(now.offered - s->last.offered) / span_s;
    r->summary->ticks++;
    neapi_pipeline_add(&r->pipeline, r->stretch_ns, span_s, use * r->mix.load.version_use_share, 0,
                       rate);
    if (r->signals.on)
        show_levels(r, ready, span_s);
    if (r->counting)
        count(r, &now, span_s);
    end_drains(r);
    s->last = now;
    if (now.served - s->taken >= SERVED_PER_TAKE || r->signals.latency)
        take(r);
    r->now_ns = r->stretch_ns;
}

static bool serve(struct neap_replay *r, struct neapi_traffic *traffic)
{
    struct neapi_served *s = r->served;
    if (!s->stretch_open)
        neap_pool_begin(s->pool, r->stretch_ns);
    s->stretch_open = true;
    give(r, traffic);
    if (traffic->end_ns < r->stretch_ns)
        return false;
    s->stretch_open = false;
    end_stretch(r);
    return true;
}

/* --- intervals and periods ------------------------------------------------------------------------ */

static void open_window(struct neap_replay *r)
{
    struct neapi_served *s = r->served;
    s->opened = s->last;
    for (size_t c = 0; c < r->mix.classes; c++) {
        s->opened_class[c] = neap_pool_class(s->pool, c);
        neap_pool_take_latencies(s->pool, c, s->part); /* not counted */
        neap_histogram_reset(s->class[c]);
    }
    s->taken = s->last.served;
}

static void begin_interval(struct neap_replay *r, size_t index)
{
    (void)index;
    neap_histogram_reset(r->served->interval);
}

static void end_interval(struct neap_replay *r, size_t index)
{
    (void)index;
    if (r->served->listing || r->sinks->timeline != NULL)
        take(r);
}

static void interval_over(struct neap_replay *r, double share[NEAPI_LATENCY_LIMITS])
{
    const struct neap_slo_options *slo = r->in.slo;
    const double limit_s[NEAPI_LATENCY_LIMITS] = {slo->p50_s, slo->p95_s, slo->p99_s};
    for (int k = 0; k < NEAPI_LATENCY_LIMITS; k++) {
        double above =
            r->served->listing ? neap_histogram_share_above(r->served->interval, limit_s[k]) : 0;
        share[k] = isnan(above) ? 0 : above;
    }
}

static void interval_quantiles(struct neap_replay *r, double quantile_s[3])
{
    quantiles(r->served->interval, quantile_s);
}

static void begin_period(struct neap_replay *r)
{
    take(r); /* it was served before */
    neap_histogram_reset(r->served->period);
}

static void end_period(struct neap_replay *r, double quantile_s[3])
{
    take(r);
    quantiles(r->served->period, quantile_s);
}

static double backlog(const struct neap_replay *r)
{
    return (double)r->served->last.waiting;
}

static bool held(const struct neap_replay *r)
{
    return r->served->last.waiting > 0;
}

static int64_t next_request_ns(const struct neap_replay *r, const struct neapi_traffic *traffic)
{
    (void)r;
    bool any = traffic->used < traffic->requests->count;
    return any ? traffic->requests->arrival_ns[traffic->used] + 1 : traffic->end_ns;
}

/* --- the end -------------------------------------------------------------------------------------- */

static void finish_class(const struct neapi_served *s, struct neap_replay_class *class, size_t c)
{
    struct neap_pool_class now = neap_pool_class(s->pool, c);
    const struct neap_pool_class *opened = &s->opened_class[c];
    *class = (struct neap_replay_class){.requests = (double)(now.offered - opened->offered),
                                        .cpu_request_s = (now.cpu_ns - opened->cpu_ns) / 1e9,
                                        .latency_mean_s = neap_histogram_mean(s->class[c])};
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        class->failed += (double)(now.failed[cause] - opened->failed[cause]);
    quantiles(s->class[c], class -> latency_s);
}

static void finish(struct neap_replay *r)
{
    struct neapi_served *s = r->served;
    struct neap_replay_summary *summary = r->summary;
    const struct neap_pool_totals *now = &s->last, *opened = &s->opened;
    take(r);
    for (size_t c = 0; c < r->mix.classes; c++) {
        finish_class(s, &r->mix.class[c], c);
        merge(s->whole, s->class[c]);
    }
    summary->requests = (double)(now->offered - opened->offered);
    summary->carried = (double)opened->present;
    summary->served = (double)(now->served - opened->served);
    summary->retries = (double)(now->retries - opened->retries);
    summary->in_flight = (double)now->present;
    double *const by_cause[NEAP_FAILURES] = {&summary->failed_queue_full, &summary->failed_timeout,
                                             &summary->failed_abandoned, &summary->failed_cut};
    for (int cause = 0; cause < NEAP_FAILURES; cause++)
        *by_cause[cause] = (double)(now->failed[cause] - opened->failed[cause]);
    quantiles(s->whole, summary->latency_s);
    summary->latency_mean_s = neap_histogram_mean(s->whole);
    summary->over_slo_share = neap_histogram_share_above(s->whole, r->in.slo->p95_s);
}

const struct neapi_engine neapi_engine_request = {.name = "request",
                                                  .noise = false, /* it is in the requests */
                                                  .make = make,
                                                  .unmake = unmake,
                                                  .reset = reset,
                                                  .open_window = open_window,
                                                  .leave_mix = ignore_mix,
                                                  .take_mix = ignore_mix,
                                                  .serve = serve,
                                                  .begin_interval = begin_interval,
                                                  .end_interval = end_interval,
                                                  .interval_over = interval_over,
                                                  .interval_quantiles = interval_quantiles,
                                                  .begin_period = begin_period,
                                                  .end_period = end_period,
                                                  .backlog = backlog,
                                                  .held = held,
                                                  .next_request_ns = next_request_ns,
                                                  .finish = finish};

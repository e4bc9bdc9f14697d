/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tick engine as one of two: its tables, and what it says of requests and latencies. */
#include <math.h>

#include "replay/tick.h"

enum { LIST_PER_TICK = 80, LIST_MOST = 1 << 20 };

/* --- making one ----------------------------------------------------------------------------------- */

/* Corners that the latencies of one interval can touch, for its own percentiles. */
static size_t list_size(const struct neap_replay_inputs *in)
{
    double step_s = (double)neap_recording_step_ns(in->recording) / 1e9;
    double ticks = step_s / neap_autoscaler_period_s(in->autoscaler) + 4;
    double size = ticks * LIST_PER_TICK;
    return size < LIST_MOST ? (size_t)size : LIST_MOST;
}

static enum neap_status make(struct neap_replay *r, struct neap_error *error)
{
    const struct neap_replay_inputs *in = &r->in;
    double slowest = in->container->warmup_s > 0 ? 1 + in->container->warmup_slowdown_share : 1;
    struct neapi_latency_range range = {.least_stretch = r->mix.station[0]->alone_stretch,
                                        .limit_s = {in->slo->p50_s, in->slo->p95_s, in->slo->p99_s},
                                        .list_size = list_size(in)};
    for (size_t version = 0; version < r->mix.versions; version++)
        range.most_stretch =
            fmax(range.most_stretch, r->mix.station[version]->most_stretch * slowest);
    r->tick.timeout_s = in->container->timeout_s;
    return neapi_latency_new(&r->tick.latency, r->mix.law, r->mix.classes * r->mix.versions, &range,
                             error);
}

static void unmake(struct neap_replay *r)
{
    neapi_latency_free(r->tick.latency);
}

/* --- what containers serve ------------------------------------------------------------------------ */

/* The station, its scale, and the latencies' mixture. */
static void take_mix(struct neap_replay *r)
{
    const struct neapi_load *load = &r->mix.load;
    struct neapi_tick *tick = &r->tick;
    struct neapi_station *station = r->mix.station[load->version];
    if (tick->queue.station != station) {
        tick->queue.station = station;
        tick->queue.view_containers = -1;
        tick->queue.steady = false;
    }
    tick->station = station;
    tick->heaviness = load->heaviness;
    tick->longer = load->longer;
    tick->capacity_rate = load->capacity_rate;
    tick->demand_s = load->demand_s;
    tick->second_demand = load->second_demand;
    tick->version_use_share = load->version_use_share;
    neapi_latency_mix(tick->latency, r->mix.kind_share);
}

static void leave_mix(struct neap_replay *r)
{
    if (r->counting)
        neapi_mix_book(&r->mix, r->summary);
}

/* --- running -------------------------------------------------------------------------------------- */

static void reset(struct neap_replay *r)
{
    r->fleet.watcher = (struct neapi_watcher){.context = r, .linger_s = neapi_tick_linger_s};
    neapi_latency_reset(r->tick.latency);
    neapi_queue_reset(&r->tick.queue, NULL);
    take_mix(r);
    r->tick.timeout_share = r->tick.backlog_wait_s = r->tick.waiting = 0;
    r->tick.held = r->tick.held_s = 0;
}

static void open_window(struct neap_replay *r)
{
    (void)r;
}

static bool serve(struct neap_replay *r, struct neapi_traffic *traffic)
{
    neapi_tick_serve(r, traffic->rate, r->stretch_ns);
    return true;
}

static double backlog(const struct neap_replay *r)
{
    double held = r->interval.ready_s / r->interval.span_s * r->mix.station[0]->workers;
    return fmax(r->tick.queue.in_system - held, 0);
}

static bool held(const struct neap_replay *r)
{
    return r->tick.held >= 1 - 1e-6;
}

static int64_t next_request_ns(const struct neap_replay *r, const struct neapi_traffic *traffic)
{
    if (!(traffic->rate > 0))
        return INT64_MAX;
    double wait_ns = ceil(fmax(1 - r->tick.held, 0) / traffic->rate * 1e9);
    return wait_ns < 1e17 ? r->now_ns + (int64_t)wait_ns : INT64_MAX;
}

/* --- latencies and requests ----------------------------------------------------------------------- */

static void begin_interval(struct neap_replay *r, size_t index)
{
    (void)index;
    neapi_latency_begin_interval(r->tick.latency, r->sinks->timeline != NULL);
}

static void end_interval(struct neap_replay *r, size_t index)
{
    r->interval.requests = neap_recording_requests(r->in.recording)[index];
    r->summary->requests += r->interval.requests;
}

static void interval_over(struct neap_replay *r, double share[NEAPI_LATENCY_LIMITS])
{
    neapi_latency_interval_over(r->tick.latency, share);
}

static void interval_quantiles(struct neap_replay *r, double quantile_s[3])
{
    neapi_latency_interval_quantiles(r->tick.latency, quantile_s);
}

static void begin_period(struct neap_replay *r)
{
    neapi_latency_begin_period(r->tick.latency);
}

static void end_period(struct neap_replay *r, double quantile_s[3])
{
    neapi_latency_end_period(r->tick.latency, quantile_s);
}

static void finish_classes(struct neap_replay *r)
{
    const struct neap_replay_summary *s = r->summary;
    struct neap_replay_class *class = r->mix.class;
    neapi_mix_book(&r->mix, s);
    if (r->mix.classes == 1) {
        *class = (struct neap_replay_class){
            .requests = s->requests,
            .failed = s->failed_queue_full + s->failed_timeout,
            .cpu_request_s = s->cpu_request_s,
            .latency_s = {s->latency_s[0], s->latency_s[1], s->latency_s[2]},
            .latency_mean_s = s->latency_mean_s};
        return;
    }
    for (size_t c = 0; c < r->mix.classes; c++)
        neapi_latency_kind_quantiles(r->tick.latency, c, r->mix.classes, class[c].latency_s,
                                     &class[c].latency_mean_s);
}

static void finish(struct neap_replay *r)
{
    struct neap_replay_summary *summary = r->summary;
    double over[NEAPI_LATENCY_LIMITS];
    neapi_latency_quantiles(r->tick.latency, summary->latency_s, &summary->latency_mean_s, over);
    summary->over_slo_share = over[1];
    summary->served = summary->requests - summary->failed_queue_full - summary->failed_timeout;
    finish_classes(r);
}

const struct neapi_engine neapi_engine_tick = {.name = "tick",
                                               .noise = true,
                                               .make = make,
                                               .unmake = unmake,
                                               .reset = reset,
                                               .open_window = open_window,
                                               .leave_mix = leave_mix,
                                               .take_mix = take_mix,
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

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows over time: one for each interval, and on request one for longer periods. */
#include <math.h>

#include "base/fail.h"
#include "replay/replay_impl.h"

static struct neap_timeline_interval row_of(const struct neap_replay *r,
                                            const struct neapi_interval_sums *sums)
{
    double ready = sums->ready_s / sums->span_s;
    double idle_s = sums->ready_s * r->in.container->idle_cpu_cores;
    struct neap_timeline_interval row = {
        .requests = sums->requests,
        .failed = sums->failed,
        .cpu_cores = sums->cpu_s / sums->span_s,
        .cpu_request_cores = sums->request_cpu_s / sums->span_s,
        .utilisation = (double)NAN,
        .ready = ready,
        .newest = r->mix.versions > 1 ? sums->newest_s / sums->span_s : ready,
        .starting = sums->starting_s / sums->span_s,
        .draining = sums->draining_s / sums->span_s,
        .nodes = sums->nodes_s / sums->span_s,
        .wanted = (double)r->wanted};
    if (sums->ready_s > 0)
        row.utilisation = (sums->request_cpu_s + idle_s) / (sums->ready_s * r->cpu_request_cores);
    return row;
}

static void add_sums(struct neapi_interval_sums *to, const struct neapi_interval_sums *more)
{
    to->span_s += more->span_s;
    to->requests += more->requests;
    to->failed += more->failed;
    to->cpu_s += more->cpu_s;
    to->request_cpu_s += more->request_cpu_s;
    to->ready_s += more->ready_s;
    to->newest_s += more->newest_s;
    to->starting_s += more->starting_s;
    to->draining_s += more->draining_s;
    to->nodes_s += more->nodes_s;
}

static void close_period(struct neap_replay *r, double backlog)
{
    struct neap_timeline_interval *row = &r->sinks->period[r->periods_done++];
    *row = row_of(r, &r->period);
    row->backlog = backlog;
    r->engine->end_period(r, row->latency_s);
}

static void begin_period(struct neap_replay *r)
{
    const struct neap_replay_sinks *sinks = r->sinks;
    if (r->periods_done >= sinks->periods || r->now_ns != sinks->period_ns[r->periods_done])
        return;
    r->period = (struct neapi_interval_sums){0};
    r->engine->begin_period(r);
    r->in_period = true;
}

void neapi_replay_open_interval(struct neap_replay *r, size_t index)
{
    r->interval = (struct neapi_interval_sums){0};
    r->engine->begin_interval(r, index);
    if (r->sinks->periods > 0 && !r->in_period)
        begin_period(r);
}

void neapi_replay_close_interval(struct neap_replay *r, size_t index)
{
    const struct neapi_interval_sums *sums = &r->interval;
    if (r->sinks->timeline == NULL && !r->in_period)
        return;
    double backlog = r->engine->backlog(r);
    if (r->sinks->timeline != NULL) {
        struct neap_timeline_interval *row = &r->sinks->timeline[index];
        *row = row_of(r, sums);
        row->backlog = backlog;
        r->engine->interval_quantiles(r, row->latency_s);
    }
    if (!r->in_period)
        return;
    add_sums(&r->period, sums);
    if (r->now_ns != r->sinks->period_ns[r->periods_done + 1])
        return;
    close_period(r, backlog);
    r->in_period = false;
}

enum neap_status neapi_replay_check_periods(const struct neap_replay *r,
                                            const struct neap_replay_sinks *sinks,
                                            struct neap_error *error)
{
    int64_t start_ns = neap_recording_start_ns(r->in.recording);
    int64_t end_ns = neap_recording_end_ns(r->in.recording);
    int64_t step_ns = neap_recording_step_ns(r->in.recording);
    for (size_t k = 0; sinks->periods > 0 && k <= sinks->periods; k++) {
        int64_t at_ns = sinks->period_ns[k];
        if (at_ns < start_ns || at_ns > end_ns || (at_ns - start_ns) % step_ns != 0)
            return neapi_fail(
                error, NEAP_BAD_ARGUMENT,
                "period_ns[%zu] is no interval's start or end: take boundaries on the "
                "recording's grid",
                k);
        if (k > 0 && at_ns <= sinks->period_ns[k - 1])
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "period_ns[%zu] is not after the boundary before it", k);
    }
    return NEAP_OK;
}

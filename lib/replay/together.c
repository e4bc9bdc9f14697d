/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run, or several side by side on the same traffic. */
#include "base/fail.h"
#include "replay/replay_impl.h"

enum { TICKS_PER_REPORT = 1 << 16, INTERVALS_PER_REPORT = 4096 };

static enum neap_status report(const struct neap_progress *progress, size_t done, size_t total,
                               struct neap_error *error)
{
    if (progress == NULL || progress->report == NULL ||
        progress->report(progress->context, done, total))
        return NEAP_OK;
    return neapi_fail(error, NEAP_STOPPED, "stopped after %zu of %zu intervals", done, total);
}

/* --- means ---------------------------------------------------------------------------------------- */

/* Intervals between two reports: often enough to be stopped at once, however long they are. */
static size_t intervals_per_report(const struct neap_replay *r, double step_s)
{
    double intervals = TICKS_PER_REPORT * neap_autoscaler_period_s(r->in.autoscaler) / step_s;
    return intervals < 1                      ? 1
           : intervals < INTERVALS_PER_REPORT ? (size_t)intervals
                                              : INTERVALS_PER_REPORT;
}

static enum neap_status run_means(struct neap_replay *r, struct neap_error *error)
{
    const struct neap_recording *recording = r->in.recording;
    const double *requests = neap_recording_requests(recording);
    size_t count = neap_recording_count(recording);
    int64_t step_ns = neap_recording_step_ns(recording);
    double step_s = (double)step_ns / 1e9;
    size_t per_report = intervals_per_report(r, step_s);
    struct neapi_traffic traffic = {.interval = SIZE_MAX,
                                    .end_ns = neap_recording_start_ns(recording),
                                    .rate = requests[0] / step_s};
    neapi_replay_follow(r, &traffic);
    for (size_t i = 0; i < count; i++) {
        if (i % per_report == 0 && report(r->sinks->progress, i, count, error) != NEAP_OK)
            return NEAP_STOPPED;
        traffic = (struct neapi_traffic){
            .interval = i, .end_ns = traffic.end_ns + step_ns, .rate = requests[i] / step_s};
        neapi_replay_follow(r, &traffic);
    }
    return NEAP_OK;
}

enum neap_status neap_replay_run(struct neap_replay *r, const struct neap_replay_sinks *sinks,
                                 struct neap_replay_summary *summary, struct neap_error *error)
{
    size_t count = neap_recording_count(r->in.recording);
    enum neap_status status = neapi_replay_begin(r, sinks, error);
    if (status == NEAP_OK)
        status = run_means(r, error);
    if (status != NEAP_OK)
        return status;
    neapi_replay_finish(r);
    (void)report(r->sinks->progress, count, count, NULL);
    *summary = r->result;
    return NEAP_OK;
}

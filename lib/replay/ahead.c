/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a reading shows of the recording itself, to the two policies that may look: the counts that
 * were recorded, and the highest load from now until containers asked for at the next evaluation
 * would be ready. */
#include <math.h>

#include "replay/replay_impl.h"

/* Of start-up times that vary, as many are no longer than what the oracle reckons with. */
static const double START_SHARE = 0.99;

static size_t interval_at(const struct neap_recording *recording, int64_t time_ns)
{
    int64_t start_ns = neap_recording_start_ns(recording);
    size_t last = neap_recording_count(recording) - 1;
    if (time_ns < start_ns)
        return 0;
    size_t index = (size_t)((time_ns - start_ns) / neap_recording_step_ns(recording));
    return index < last ? index : last;
}

static int64_t start_ns(const struct neap_startup *startup)
{
    double uniform[NEAP_STARTUP_STAGES], pending_s, starting_s;
    for (int stage = 0; stage < NEAP_STARTUP_STAGES; stage++)
        uniform[stage] = START_SHARE;
    neap_startup_draw(startup, uniform, &pending_s, &starting_s);
    return neapi_to_ns(pending_s) + neapi_to_ns(starting_s);
}

/* CPU for the requests that arrive in an interval, in the version that most containers run. */
static double interval_cores(const struct neap_replay *r, size_t index)
{
    const struct neapi_kind *kind = r->mix.kind + r->mix.classes * r->mix.load.version;
    double cpu_s = 0;
    for (size_t c = 0; c < r->mix.classes; c++)
        cpu_s += neap_recording_class_requests(r->in.recording, c)[index] * kind[c].demand_s;
    return cpu_s / ((double)neap_recording_step_ns(r->in.recording) / 1e9);
}

static void show_ahead(const struct neap_replay *r, struct neap_reading *reading)
{
    const struct neap_recording *recording = r->in.recording;
    const double *requests = neap_recording_requests(recording);
    double step_s = (double)neap_recording_step_ns(recording) / 1e9;
    int64_t end_ns = r->now_ns + r->period_ns + start_ns(r->in.startup);
    reading->ahead_cores = reading->ahead_rate = 0;
    for (size_t i = interval_at(recording, r->now_ns); i <= interval_at(recording, end_ns); i++) {
        reading->ahead_cores = fmax(reading->ahead_cores, interval_cores(r, i));
        reading->ahead_rate = fmax(reading->ahead_rate, requests[i] / step_s);
    }
    reading->idle_cores = r->in.container->idle_cpu_cores;
    reading->request_cores = r->cpu_request_cores;
}

void neapi_replay_show(const struct neap_replay *r, struct neap_reading *reading)
{
    const struct neap_recording *recording = r->in.recording;
    const double *recorded = neap_recording_observed(recording, NEAP_OBSERVED_REPLICAS);
    reading->recorded_replicas = reading->ahead_cores = reading->ahead_rate = (double)NAN;
    reading->idle_cores = reading->request_cores = (double)NAN;
    if (recorded != NULL && r->scope.reads_recorded)
        reading->recorded_replicas = recorded[interval_at(recording, r->now_ns)];
    if (r->scope.reads_ahead)
        show_ahead(r, reading);
}

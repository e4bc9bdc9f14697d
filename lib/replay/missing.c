/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times at which the autoscaler cannot read some of its metrics, or any: the source of a metric has
 * its outages too. Requests are served meanwhile as ever. */
#include <math.h>

#include "replay/replay_impl.h"

static bool is_missing(const struct neap_replay *r)
{
    int64_t length_ns = neapi_to_ns(r->in.metrics->missing_length_s);
    for (size_t i = 0; i < r->in.missing_count; i++)
        if (r->now_ns >= r->in.missing_ns[i] && r->now_ns - r->in.missing_ns[i] < length_ns)
            return true;
    return false;
}

static void hide_pods(struct neap_replay *r, size_t count, bool cpu, bool memory)
{
    for (size_t i = 0; i < count; i++) {
        r->pods[i].has_metric = r->pods[i].has_metric && !cpu;
        r->pods[i].has_memory = r->pods[i].has_memory && !memory;
    }
}

void neapi_replay_hide(struct neap_replay *r, struct neap_reading *reading)
{
    if (r->in.missing_count == 0 || !is_missing(r))
        return;
    int what = r->in.metrics->missing;
    const struct {
        enum neap_missing what;
        double *value;
    } values[] = {{NEAP_MISSING_RATE, &reading->request_rate},
                  {NEAP_MISSING_IN_FLIGHT, &reading->in_flight},
                  {NEAP_MISSING_QUEUED, &reading->queued},
                  {NEAP_MISSING_LATENCY, &reading->latency_s}};
    bool all = what == NEAP_MISSING_ALL;
    hide_pods(r, reading->pods_count, all || what == NEAP_MISSING_CPU,
              all || what == NEAP_MISSING_MEMORY);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (all || what == (int)values[i].what)
            *values[i].value = (double)NAN;
}

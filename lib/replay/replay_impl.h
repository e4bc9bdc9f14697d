/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPLAY_IMPL_H
#define NEAP_REPLAY_IMPL_H

#include "replay/fleet.h"
#include "replay/latency.h"
#include "replay/mix.h"
#include "replay/pipeline.h"
#include "replay/queue.h"
#include "replay/rollout.h"

/* Sums over one interval of the recording, or a period, for the timeline and the limits. */
struct neapi_interval_sums {
    double span_s, requests, failed, cpu_s, request_cpu_s, ready_s, newest_s, starting_s,
        draining_s;
};

struct neap_replay {
    struct neap_replay_inputs in;
    struct neapi_mix mix;
    struct neapi_latency *latency;
    struct neapi_rollout rollout;
    struct neapi_fleet fleet;
    struct neapi_pipeline pipeline;
    struct neapi_queue queue;
    struct neap_pods *pods; /* one for each cohort, and one for each version's settled ones */

    double cpu_request_cores, cpu_most_cores, timeout_s;
    int64_t request_m; /* cpu_request_cores in millicores */
    int64_t period_ns, settle_ns;

    /* where the run is */
    const struct neap_replay_sinks *sinks;
    struct neap_replay_summary *summary;
    struct neap_replay_summary result; /* what summary points to while it runs */
    int64_t now_ns, next_decision_ns, wanted;
    int64_t counted_starts; /* of r->fleet.started */
    double timeout_share;   /* of arrivals that will not wait that long, from the step before */
    bool counting;          /* inside the accounting window */
    struct neapi_interval_sums interval, period;
    bool in_period;
    size_t periods_done;

    /* what containers serve, from r->mix.load; the station is that of the version most run */
    struct neapi_station *station;
    double heaviness, longer, capacity_rate, demand_s, second_demand, version_use_share;
};

/* One evaluation of the policy at r->now_ns. */
void neapi_replay_decide(struct neap_replay *r);

/* Whether the fleet is a rolling update's to change. */
static inline bool neapi_replay_updates(const struct neap_replay *r)
{
    return r->rollout.count > 0 && (r->rollout.rolling || r->now_ns >= r->rollout.next_ns);
}

/* Makes the fleet what is wanted, by a rolling update while one goes on. */
void neapi_replay_resize(struct neap_replay *r);

/* Takes r->mix.load over. */
void neapi_replay_take_mix(struct neap_replay *r);
/* Follows what changed in traffic's mixture or in the versions of the ready containers. */
void neapi_replay_update_mix(struct neap_replay *r);

/* Rows over time. */
enum neap_status neapi_replay_check_periods(const struct neap_replay *r,
                                            const struct neap_replay_sinks *sinks,
                                            struct neap_error *error);
void neapi_replay_open_interval(struct neap_replay *r);
void neapi_replay_close_interval(struct neap_replay *r, size_t index);

/* Traffic at that rate from r->now_ns to end_ns. */
void neapi_replay_span(struct neap_replay *r, double rate, int64_t end_ns);

#endif

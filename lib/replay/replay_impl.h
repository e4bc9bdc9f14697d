/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPLAY_IMPL_H
#define NEAP_REPLAY_IMPL_H

#include "replay/fleet.h"
#include "replay/latency.h"
#include "replay/pipeline.h"
#include "replay/queue.h"

/* Sums over one interval of the recording, for the timeline and the limits. */
struct neapi_interval_sums {
    double span_s, failed, cpu_s, request_cpu_s, ready_s, starting_s, draining_s;
};

struct neap_replay {
    struct neap_replay_inputs in;
    struct neapi_station *station;
    struct neapi_latency *latency;
    struct neapi_fleet fleet;
    struct neapi_pipeline pipeline;
    struct neapi_queue queue;
    struct neap_pods *pods; /* one for each cohort, and one for all settled ones */

    double cpu_request_cores, demand_s, second_demand, timeout_s;
    int64_t request_m; /* cpu_request_cores in millicores */
    int64_t period_ns, settle_ns;

    /* where the run is */
    const struct neap_replay_sinks *sinks;
    struct neap_replay_summary *summary;
    struct neap_replay_summary result; /* what summary points to while it runs */
    int64_t now_ns, next_decision_ns, wanted;
    double timeout_share; /* of arrivals that will not wait that long, from the step before */
    bool counting;        /* inside the accounting window */
    struct neapi_interval_sums interval;
};

/* One evaluation of the policy at r->now_ns. */
void neapi_replay_decide(struct neap_replay *r);

/* Traffic at that rate from r->now_ns to end_ns. */
void neapi_replay_span(struct neap_replay *r, double rate, int64_t end_ns);

#endif

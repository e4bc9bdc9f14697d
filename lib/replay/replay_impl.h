/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPLAY_IMPL_H
#define NEAP_REPLAY_IMPL_H

#include "replay/engine.h"
#include "replay/fleet.h"
#include "replay/latency.h"
#include "replay/mix.h"
#include "replay/pipeline.h"
#include "replay/queue.h"
#include "replay/rollout.h"
#include "replay/signals.h"

/* Sums over one interval of the recording, or a period, for the timeline and the limits. */
struct neapi_interval_sums {
    double span_s, requests, failed, cpu_s, request_cpu_s, ready_s, newest_s, starting_s,
        draining_s, nodes_s;
};

/* Of the tick engine. */
struct neapi_tick {
    struct neapi_latency *latency;
    struct neapi_queue queue;
    double timeout_s;
    double timeout_share;  /* of arrivals that will not wait that long, from the step before */
    double held, held_s;   /* while no container is ready: requests that wait, and for how long */
    double waiting;        /* beyond what workers hold, at the end of the last step */
    double backlog_wait_s; /* mean wait at the end of the last step, 0 when most did not wait */
    /* what containers serve, from r->mix.load; the station is that of the version most run */
    struct neapi_station *station;
    double heaviness, longer, capacity_rate, demand_s, second_demand, version_use_share;
};

/* Replicas that the run can have at once, by the policy, the recording or the settings. */
double neapi_replay_most(const struct neap_replay_inputs *inputs);

struct neapi_served; /* of the request engine: request_impl.h */

struct neap_replay {
    struct neap_replay_inputs in;
    const struct neapi_engine *engine;
    struct neapi_mix mix;
    struct neapi_rollout rollout;
    struct neapi_fleet fleet;
    struct neapi_pipeline pipeline;
    struct neapi_signals signals;
    struct neap_pods *pods; /* one for each cohort, and one for each version's settled ones */
    struct neapi_tick tick;
    struct neapi_served *served;

    double cpu_request_cores, cpu_most_cores;
    int64_t request_m; /* cpu_request_cores in millicores */
    int64_t period_ns, settle_ns;
    struct neap_autoscaler_scope scope; /* of the policy */

    /* where the run is */
    const struct neap_replay_sinks *sinks;
    struct neap_replay_summary *summary;
    struct neap_replay_summary result; /* what summary points to while it runs */
    int64_t now_ns, next_decision_ns, wanted;
    int64_t next_wake_ns; /* not before then */
    int64_t stretch_ns;   /* nothing changes until then; now_ns when that is not known yet */
    int64_t interval_ns;  /* end of the interval */
    bool counting;        /* inside the accounting window */
    struct neapi_interval_sums interval, period;
    bool in_period;
    size_t periods_done;
};

/* --- run.c ---------------------------------------------------------------------------------------- */

/* From the inputs' checks to an empty system at the start of the warm-up. */
enum neap_status neapi_replay_begin(struct neap_replay *r, const struct neap_replay_sinks *sinks,
                                    struct neap_error *error);
/* One piece of traffic after the other, from the warm-up on. */
void neapi_replay_follow(struct neap_replay *r, struct neapi_traffic *traffic);
void neapi_replay_finish(struct neap_replay *r);
/* When the warm-up begins. */
int64_t neapi_replay_start_ns(const struct neap_replay *r);

/* --- decide.c ------------------------------------------------------------------------------------- */

/* One evaluation of the policy at r->now_ns. */
void neapi_replay_decide(struct neap_replay *r);

/* Takes out of a reading what cannot be read at this time (missing.c). */
void neapi_replay_hide(struct neap_replay *r, struct neap_reading *reading);

/* Fills what the reading shows of the recording itself, NaN where the policy may not look. */
void neapi_replay_show(const struct neap_replay *r, struct neap_reading *reading);

/* Whether the fleet is a rolling update's to change. */
static inline bool neapi_replay_updates(const struct neap_replay *r)
{
    return r->rollout.count > 0 && (r->rollout.rolling || r->now_ns >= r->rollout.next_ns);
}

/* Makes the fleet what is wanted, by a rolling update while one goes on. */
void neapi_replay_resize(struct neap_replay *r);

/* --- stretch.c ------------------------------------------------------------------------------------ */

/* Serves traffic from r->now_ns on, from one change to the next. */
void neapi_replay_serve(struct neap_replay *r, struct neapi_traffic *traffic);
/* What an engine counts of span_s seconds, in the window. */
void neapi_replay_count_cpu(struct neap_replay *r, double request_cpu_s, double span_s);
void neapi_replay_count_containers(struct neap_replay *r, double span_s);

/* --- timeline.c: rows over time ------------------------------------------------------------------- */

enum neap_status neapi_replay_check_periods(const struct neap_replay *r,
                                            const struct neap_replay_sinks *sinks,
                                            struct neap_error *error);
void neapi_replay_open_interval(struct neap_replay *r, size_t index);
void neapi_replay_close_interval(struct neap_replay *r, size_t index);

#endif

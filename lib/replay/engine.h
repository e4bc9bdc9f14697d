/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What two engines have in common and what they do each in its own way. The fleet, roll-outs,
 * the metric pipeline, decisions, intervals, periods, lives and most of a summary are common; how
 * requests fare between two changes is an engine's matter, and so are their latencies. */
#ifndef NEAP_REPLAY_ENGINE_H
#define NEAP_REPLAY_ENGINE_H

#include <neap/replay.h>
#include <neap/request.h>

enum { NEAPI_LATENCY_LIMITS = 3 };

/* Traffic up to end_ns, within one interval of the recording. */
struct neapi_traffic {
    size_t interval; /* SIZE_MAX before the first one */
    int64_t end_ns;
    double rate;                          /* for the tick engine */
    const struct neap_requests *requests; /* for the request engine, by column of the tape */
    size_t used;                          /* of them: given to a stretch already */
};

struct neapi_engine {
    const char *name;
    bool noise; /* readings get sampling noise: there is none in means */
    /* All it will ever need: running allocates nothing. */
    enum neap_status (*make)(struct neap_replay *r, struct neap_error *error);
    void (*unmake)(struct neap_replay *r);
    /* Empty at r->now_ns; then the fleet gets its first containers. */
    void (*reset)(struct neap_replay *r);
    /* The accounting window begins. */
    void (*open_window)(struct neap_replay *r);
    /* Before and after r->mix changes. */
    void (*leave_mix)(struct neap_replay *r);
    void (*take_mix)(struct neap_replay *r);
    /* Serves traffic from r->now_ns to r->stretch_ns, where nothing changes, and moves r->now_ns
     * there. False when the traffic ends before: to be called again with what follows it. */
    bool (*serve)(struct neap_replay *r, struct neapi_traffic *traffic);
    void (*begin_interval)(struct neap_replay *r, size_t index);
    /* At the interval's end, before it is asked for anything about it: sets r->interval.requests. */
    void (*end_interval)(struct neap_replay *r, size_t index);
    /* Shares of the interval's requests above each limit; 0 without requests or limit. */
    void (*interval_over)(struct neap_replay *r, double share[NEAPI_LATENCY_LIMITS]);
    /* p50, p95, p99 of its requests, NaN without requests; asked for if there is a timeline. */
    void (*interval_quantiles)(struct neap_replay *r, double quantile_s[3]);
    void (*begin_period)(struct neap_replay *r);
    void (*end_period)(struct neap_replay *r, double quantile_s[3]);
    /* Requests that wait now. */
    double (*backlog)(const struct neap_replay *r);
    /* While no container is ready: whether a request waits, and at the beginning of a stretch when
     * the next one will have come; or an earlier time, after which to ask again. */
    bool (*held)(const struct neap_replay *r);
    int64_t (*next_request_ns)(const struct neap_replay *r, const struct neapi_traffic *traffic);
    /* What the summary says of requests, and the classes. */
    void (*finish)(struct neap_replay *r);
};

extern const struct neapi_engine neapi_engine_tick, neapi_engine_request;

#endif

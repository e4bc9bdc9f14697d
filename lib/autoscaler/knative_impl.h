/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of Knative's pod autoscaler, each checked against its own test cases by the self-test.
 * One tick:
 *
 *     reading -> windows -> scale -> apply -> decision      (knative_decide.c)
 *       (knative_window.c)   |    (knative_apply.c)
 *                            knative_scale.c, knative_max.c
 *
 * What the settings come to is in knative_rules.c.
 *
 * Sources: knative/serving, pkg/autoscaler/ (scaling, aggregation, metrics, config) and
 * pkg/reconciler/autoscaling/ (kpa, resources). */
#ifndef NEAP_AUTOSCALER_KNATIVE_IMPL_H
#define NEAP_AUTOSCALER_KNATIVE_IMPL_H

#include "autoscaler/decision.h"

/* --- what the settings come to (knative_rules.c) ---------------------------------------------- */

/* Of the whole cluster. */
struct neapi_knative_config {
    double concurrency_share;   /* of the concurrency of one pod, to aim at */
    double default_concurrency; /* of one pod without a limit of its own */
    double default_rate;        /* requests per second that one pod can take */
    double rate_share;          /* of that rate, to aim at */
    double burst_capacity, max_up_rate, max_down_rate, activator_capacity;
    double panic_threshold; /* ratio */
    double panic_share;     /* of the stable window */
    double stable_window_s, delay_s;
    int64_t initial_scale, min, max; /* max 0: none */
    bool allow_zero_initial;
};

enum neapi_knative_reach {
    NEAPI_KNATIVE_UNKNOWN,
    NEAPI_KNATIVE_REACHABLE,
    NEAPI_KNATIVE_UNREACHABLE /* no route leads to it any more */
};

/* Of one revision; NaN, or below 0 for sizes: not given, the cluster's holds. */
struct neapi_knative_revision {
    bool by_rate;           /* scales on requests per second, not on concurrency */
    double container_limit; /* requests that a pod takes at once; 0: no limit */
    double target, share;   /* what a pod can take, and the share of it to aim at */
    double panic_threshold, panic_share, burst_capacity, delay_s, stable_window_s;
    int64_t initial_scale, activation_scale, min, max;
    enum neapi_knative_reach reach;
};

/* A revision without settings of its own. */
void neapi_knative_revision_init(struct neapi_knative_revision *revision);

/* What one pod should have, and what it can take. */
struct neapi_knative_target {
    double target, total;
};
struct neapi_knative_target neapi_knative_target(const struct neapi_knative_config *config,
                                                 const struct neapi_knative_revision *revision);

struct neapi_knative_rules {
    double target, total;
    double burst_capacity; /* 0: activators step aside; -1: they stay; else the room to keep */
    double max_up_rate, max_down_rate, panic_threshold, activator_capacity;
    int64_t stable_window_ns, panic_window_ns, delay_ns;
    int64_t initial_scale;
    int64_t activation_scale; /* 0: not set */
    bool reachable;
};
void neapi_knative_rules(struct neapi_knative_rules *rules,
                         const struct neapi_knative_config *config,
                         const struct neapi_knative_revision *revision);

struct neapi_knative_bounds {
    int64_t min, max; /* max 0: none */
};
struct neapi_knative_bounds neapi_knative_bounds(const struct neapi_knative_config *config,
                                                 const struct neapi_knative_revision *revision);

/* How many of the ready pods one scrape asks. */
int64_t neapi_knative_sample_size(int64_t population);

/* How many activators stand in front of that many ready pods. */
int64_t neapi_knative_activators(const struct neapi_knative_rules *rules, int64_t ready);

/* --- averages over a window (knative_window.c) ------------------------------------------------ */

/* A ring of buckets, one per granularity. Zero-initialise, then init. */
struct neapi_knative_window {
    double *buckets; /* the caller's */
    size_t count;
    int64_t window_ns, granularity_ns;
    int64_t first_ns, last_ns; /* INT64_MIN: nothing was recorded */
    double total;
    bool weighted;
    double coefficient; /* weight of the newest bucket, when weighted */
};

/* How many buckets a window of that length needs. */
size_t neapi_knative_buckets(int64_t window_ns, int64_t granularity_ns);

/* Weight of the newest of that many buckets. */
double neapi_knative_coefficient(size_t count);

/* An empty window over neapi_knative_buckets() doubles. */
void neapi_knative_window_init(struct neapi_knative_window *window, double *buckets,
                               int64_t window_ns, int64_t granularity_ns, bool weighted);
void neapi_knative_window_record(struct neapi_knative_window *window, int64_t time_ns,
                                 double value);
double neapi_knative_window_average(const struct neapi_knative_window *window, int64_t now_ns);
bool neapi_knative_window_empty(const struct neapi_knative_window *window, int64_t now_ns);
/* Content of the bucket of that time. */
double neapi_knative_window_bucket(const struct neapi_knative_window *window, int64_t time_ns);
/* Another length; buckets is other memory, neapi_knative_buckets() of it. */
void neapi_knative_window_resize(struct neapi_knative_window *window, double *buckets,
                                 int64_t window_ns, int64_t now_ns);

/* Half away from zero. */
double neapi_knative_round(double value, int digits);

/* --- maximum over the scale-down delay (knative_max.c) ---------------------------------------- */

struct neapi_knative_size {
    int64_t index, value;
};

/* Sizes of the last indices, those only that may yet be the largest. */
struct neapi_knative_max {
    struct neapi_knative_size *entries; /* the caller's, as many as size */
    int64_t size;                       /* how many indices count */
    size_t first, count;
};

/* Records value and returns the largest of the last size indices. */
int64_t neapi_knative_max_record(struct neapi_knative_max *max, int64_t index, int64_t value);

/* How many indices of that length a span has, rounded up. */
int64_t neapi_knative_max_size(int64_t span_ns, int64_t granularity_ns);

/* --- the size that metrics ask for (knative_scale.c) ------------------------------------------ */

struct neapi_knative_panic {
    bool on;
    int64_t time_ns; /* of the last sight of it, when on */
    int64_t most;    /* pods asked for since */
};

/* As a scaler starts that finds that many pods: with more than one it starts in panic, and the size
 * cannot fall for a stable window. */
void neapi_knative_panic_start(struct neapi_knative_panic *panic, int64_t ready, int64_t now_ns);

/* ready below 0: pods could not be counted; stable or panic NaN: no samples. */
struct neapi_knative_sight {
    int64_t now_ns, ready, delay_index;
    double stable, panic; /* of the whole revision */
};

/* What one window comes to: by the metric, within the rates, with activation scale. */
struct neapi_knative_proposal {
    int64_t wanted, limited, after;
};

struct neapi_knative_advice {
    bool valid;
    int64_t replicas;
    int64_t excess_burst; /* requests at once that ready pods could yet take; below 0: short */
    struct neapi_knative_proposal stable, urgent; /* of the stable and of the panic window */
    bool by_panic;                                /* the second decided */
    bool panics;
    int64_t lifted; /* replicas before the delay: less than them only out of panic */
};
void neapi_knative_scale(const struct neapi_knative_rules *rules, struct neapi_knative_panic *panic,
                         struct neapi_knative_max *delay, const struct neapi_knative_sight *sight,
                         struct neapi_knative_advice *advice);

/* --- what becomes of it (knative_apply.c) ----------------------------------------------------- */

enum neapi_knative_state { NEAPI_KNATIVE_ACTIVATING, NEAPI_KNATIVE_ACTIVE, NEAPI_KNATIVE_INACTIVE };

enum neapi_knative_probe {
    NEAPI_KNATIVE_PROBE_OK,
    NEAPI_KNATIVE_PROBE_FAILED,
    NEAPI_KNATIVE_PROBE_FORBIDDEN /* must not be looked at: counts as failed */
};

struct neapi_knative_limits {
    struct neapi_knative_bounds bounds;
    int64_t initial_scale;
    double burst_capacity;
    bool scale_to_zero;
    int64_t stable_window_ns, grace_ns, retention_ns, activation_ns;
};

/* How the revision stands. */
struct neapi_knative_standing {
    int64_t replicas;
    enum neapi_knative_state state;
    int64_t state_ns; /* how long it has been in it */
    bool initialized; /* the initial scale was reached */
    bool unreachable, proxied;
    int64_t proxied_ns;             /* how long requests have gone through activators, when so */
    enum neapi_knative_probe probe; /* whether activators are in the path */
};

struct neapi_knative_verdict {
    int64_t replicas;        /* asked for; -1: nothing is */
    bool apply;              /* written, if it differs from the size */
    bool recheck;            /* look again when a wait is over */
    bool probing;            /* a probe goes on in the background */
    enum neap_reason reason; /* why it is not the size advised */
};
void neapi_knative_apply(const struct neapi_knative_limits *limits,
                         const struct neapi_knative_standing *standing, int64_t advised,
                         struct neapi_knative_verdict *verdict);

/* --- one revision (knative_decide.c) ---------------------------------------------------------- */

#define NEAPI_KNATIVE_SCRAPE_NS INT64_C(1000000000)

struct neapi_knative {
    struct neapi_knative_rules rules;
    struct neapi_knative_limits limits;
    bool by_rate, weighted;
    int64_t tick_ns;
    double *stable_buckets, *panic_buckets;

    struct neapi_knative_window stable, panic;
    struct neapi_knative_max delay;
    struct neapi_knative_panic alarm;
    bool started, initialized, proxied;
    int64_t seen_ns; /* up to then scrapes are recorded */
    enum neapi_knative_state state;
    int64_t state_ns, proxied_ns; /* since when */
};

void neapi_knative_reset(void *state);
void neapi_knative_decide(void *state, const struct neap_reading *reading,
                          struct neap_decision *decision);

#endif

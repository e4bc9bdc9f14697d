/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * replay: one run of traffic + profile + container + policy. Simulated time moves here and nowhere
 * else. A replay gives a summary, and on request a timeline, every decision and every life. */
#ifndef NEAP_REPLAY_H
#define NEAP_REPLAY_H

#include <neap/autoscaler.h>
#include <neap/base.h>
#include <neap/profile.h>
#include <neap/recording.h>
#include <neap/request.h>
#include <neap/service.h>

NEAP_BEGIN_DECLS

/* --- settings ------------------------------------------------------------------------------- */

/* Section [metrics]: how load becomes the number that the autoscaler reads. At time t a policy
 * sees the mean over [t - lag - window, t - lag]. */
struct neap_metrics_options {
    double window_s, lag_s; /* NaN: what that kind of autoscaler really has */
    int noise;              /* 0 off, 1 on: sampling noise (doc/method.md) */
};

/* The times of readings. With align_s the window ends at the last multiple of that since the Unix
 * epoch, at t - lag at the latest. */
struct neap_metrics_pipeline {
    double window_s, lag_s, align_s;
};
/* Those of the options, or else of that prepared autoscaler; a lag that is given is the whole age,
 * without any align_s. */
NEAP_API struct neap_metrics_pipeline
neap_metrics_pipeline(const struct neap_metrics_options *options,
                      const struct neap_autoscaler *scaler);
/* Where the window of a reading at now_ns ends. */
NEAP_API int64_t neap_metrics_end_ns(const struct neap_metrics_pipeline *pipeline, int64_t now_ns);
NEAP_API const struct neap_parameter *neap_metrics_parameters(void);

/* Section [slo]: latency limits, NaN where there is none. */
struct neap_slo_options {
    double p50_s, p95_s, p99_s;
};
NEAP_API const struct neap_parameter *neap_slo_parameters(void);

/* How the stretches between two changes are served. Both is a matter of studies that compare the
 * two: a replay takes it for request. */
enum neap_engine { NEAP_ENGINE_TICK, NEAP_ENGINE_REQUEST, NEAP_ENGINE_BOTH };

/* Section [run]. */
struct neap_run_options {
    int engine;          /* enum neap_engine */
    double seed;         /* whole number, 0 .. 2^53 */
    double initial;      /* replicas at the start; NaN: what the policy rests at */
    double warmup_s;     /* replayed at the first interval's rate before the window, not counted */
    double replications; /* of a study, 1 or more; a replay is one */
    double precision_share; /* of a study: replications until its result is known that well */
};
NEAP_API const struct neap_parameter *neap_run_parameters(void);

/* Section [rollout]: how a new version takes the place of the old one, by the rules of a
 * Kubernetes Deployment. Never more than wanted + surge replicas (rounded up to whole ones), and by
 * its own doing never fewer ready ones than wanted - unavailable (rounded down). */
struct neap_rollout_options {
    char deploy_at[NEAP_TEXT_SIZE]; /* "" for no update; read by the scenario, not by a replay */
    double surge_share, unavailable_share; /* of the replicas wanted, 0..1 */
};
NEAP_API const struct neap_parameter *neap_rollout_parameters(void);
NEAP_API void neap_rollout_options_init(struct neap_rollout_options *options);
/* Both shares zero would never replace a container: NEAP_BAD_SCENARIO. The message begins with the
 * key. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_rollout_check(const struct neap_rollout_options *options, struct neap_error *error);

/* Section [nodes]: the machines that containers run on, all of one size; without it there is room
 * everywhere. Containers go to the fullest node with room. Those that find none wait, pending, for a
 * new one. Empty nodes go after a delay, and so do those whose requests use less than half of them,
 * when their containers fit elsewhere (Kubernetes' Cluster Autoscaler). */
struct neap_nodes_options {
    double vcpu;                                  /* of a node */
    double memory_bytes;                          /* NaN: not looked at */
    double pods;                                  /* most containers on one */
    double daemon_cpu_cores, daemon_memory_bytes; /* not for containers */
    char startup[NEAP_TEXT_SIZE];                 /* from asked for to taking containers */
    double scale_in_delay_s;
    int consolidate; /* 0 no, 1 yes */
    double min, max; /* max NaN: none */
};
NEAP_API const struct neap_parameter *neap_nodes_parameters(void);
NEAP_API void neap_nodes_options_init(struct neap_nodes_options *options);
/* A node must hold one container at least: NEAP_BAD_SCENARIO. The message begins with the key. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_nodes_check(const struct neap_nodes_options *options,
                 const struct neap_container_options *container, struct neap_error *error);
/* Containers that fit on one node; and the most of them that use less than half of it. */
NEAP_API int64_t neap_nodes_slots(const struct neap_nodes_options *options,
                                  const struct neap_container_options *container);
NEAP_API int64_t neap_nodes_few(const struct neap_nodes_options *options,
                                const struct neap_container_options *container);

/* From at_ns on, containers are replaced by ones of that profile. */
struct neap_deployment {
    int64_t at_ns;
    const struct neap_profile *profile;
};

/* Request classes of the recording times versions (1 + deployments), at most. */
enum { NEAP_REPLAY_KINDS_MOST = 128 };

/* Everything one run depends on. All of it is borrowed and must outlive the replay; the policy's
 * state changes while it runs, the rest is only read. */
struct neap_replay_inputs {
    const struct neap_recording *recording;
    const struct neap_profile *profile;
    const struct neap_container_options *container;
    const struct neap_startup *startup; /* of that container */
    enum neap_balancer_type balancer;
    const struct neap_client_options *client; /* NULL: clients wait for ever and try once */
    struct neap_autoscaler *autoscaler;
    const struct neap_metrics_options *metrics;
    const struct neap_slo_options *slo;
    const struct neap_run_options *run;
    uint64_t replication; /* 0, 1 ..: random numbers of its own, all else the same */
    /* In order of time; those before the warm-up count as done. With a deployment rollout is needed
     * too; both are NULL without one. */
    const struct neap_deployment *deployments;
    size_t deployments_count;
    const struct neap_rollout_options *rollout;
    /* NULL: no nodes. Else with how long a node takes to start, in s. */
    const struct neap_nodes_options *nodes;
    const struct neap_distribution *node_startup;
};

/* --- results -------------------------------------------------------------------------------- */

/* What containers are doing. Draining ones take no new requests but are paid for. */
enum neap_container_state { NEAP_PENDING, NEAP_STARTING, NEAP_READY, NEAP_DRAINING };
enum { NEAP_CONTAINER_STATES = 4 };
NEAP_API const char *neap_container_state_text(enum neap_container_state state);

/* What nodes are doing; one that is to go and waits for its last containers counts as ready. */
enum neap_node_state { NEAP_NODE_STARTING, NEAP_NODE_READY };
enum { NEAP_NODE_STATES = 2 };

/* Whole runs in a few numbers. Times are s, rates 1/s, CPU core-seconds.
 *
 * Requests count inside the window, where they arrive (requests) and where they are answered or
 * given up (the others): carried + requests = served + failed, by any cause, + in_flight, exactly
 * with the request engine. The tick engine settles requests as they arrive: carried, in_flight,
 * retries and the last two failures are 0. */
struct neap_replay_summary {
    double window_s; /* length of the accounting window */
    double requests; /* offered, filled gaps included */
    double served;
    double failed_queue_full, failed_timeout, failed_abandoned, failed_cut;
    double retries;            /* attempts beyond the first */
    double carried, in_flight; /* unanswered when the window began, and at its end */
    double container_s[NEAP_CONTAINER_STATES]; /* container-seconds by state */
    double node_s[NEAP_NODE_STATES];           /* node-seconds by state; 0 without nodes */
    double at_minimum_s;                       /* container-seconds while the policy sat at min */
    double cpu_request_s, cpu_idle_s, cpu_start_s;
    double mean_replicas;  /* starting and ready, over time */
    int64_t peak_replicas; /* most asked for at once */
    int64_t peak_nodes;    /* most there were at once */
    int64_t scale_ups, scale_downs;
    int64_t decisions;
    int64_t start_failures; /* attempts to start that failed */
    double latency_s[3];    /* p50, p95, p99 of served requests: quantiles of the mixture */
    double latency_mean_s;  /* same requests */
    double over_slo_s;      /* time of intervals in which a limit was broken */
    double over_slo_share;  /* of requests that took longer than the p95 limit; NaN without one */
    double backlog_peak;    /* most requests waiting beyond what containers hold */
    double rollout_s;       /* neap_replay_rollout_s() of the last deployment */
    uint64_t ticks;         /* steps the engine took, warm-up included */
};

/* One interval of the recording, replayed; or a longer period. */
struct neap_timeline_interval {
    double requests;
    double failed;
    double cpu_cores;         /* mean used, idle CPU and starts included */
    double cpu_request_cores; /* mean used by requests alone */
    double utilisation;       /* of the CPU requested by ready containers, 0..1 and above */
    double ready;             /* mean */
    double newest;   /* those of them that run the version deployed last: all but in an update */
    double starting; /* mean, pending included */
    double draining; /* mean */
    double wanted;   /* asked for at the end */
    double backlog;  /* requests waiting at the end */
    double nodes;    /* mean, starting ones included */
    double latency_s[3]; /* p50, p95, p99: quantiles of the mixture; NaN without requests */
};

/* What a run gave for one request class, all versions together. The classes' requests, failures
 * and CPU add up to those of the summary. */
struct neap_replay_class {
    double requests; /* offered */
    double failed;
    double cpu_request_s;
    double latency_s[3]; /* as in the summary */
    double latency_mean_s;
};

/* One container from start to end; count of them alike. A time that was never reached is the end;
 * cut: the window's edge ended or began it, not the policy. */
struct neap_life {
    int64_t count;
    int64_t pending_ns, starting_ns, ready_ns, draining_ns, end_ns;
    bool cut;
};

/* One node from asked for to gone; cut as above. */
struct neap_node_life {
    int64_t start_ns, ready_ns, end_ns;
    bool cut;
};

/* Where results go beside the summary. Any member may be NULL, and so may the whole. Called in order of time (lives:
 * in order of their end), from the thread that runs the replay. */
struct neap_replay_sinks {
    void (*life)(void *context, const struct neap_life *life);
    void (*decision)(void *context, const struct neap_decision *decision);
    void (*node)(void *context, const struct neap_node_life *life);
    void *context;
    struct neap_timeline_interval *timeline; /* one for each interval of the recording */
    const struct neap_progress *progress;    /* done and total in intervals */
    /* Rows for longer stretches: period[k] is [period_ns[k], period_ns[k + 1]), for k < periods.
     * The periods + 1 boundaries rise, and each is the start or the end of an interval. */
    const int64_t *period_ns;
    size_t periods;
    struct neap_timeline_interval *period;
};

/* --- running -------------------------------------------------------------------------------- */

/* A workspace for one run. new sizes everything for max replicas and the recording's step;
 * running allocates nothing, and may be repeated: each run starts afresh. Each class of the
 * recording must have a CPU demand in every profile: NEAP_BAD_SCENARIO, and the message says which
 * key to add. */
struct neap_replay;

NEAP_API NEAP_MUST_CHECK enum neap_status neap_replay_new(struct neap_replay **replay,
                                                          const struct neap_replay_inputs *inputs,
                                                          struct neap_error *error);
/* Replays the whole recording with the engine that run->engine says (doc/method.md). NEAP_STOPPED when the progress
 * hook said so, NEAP_BAD_ARGUMENT for periods that are not on the recording's grid; nothing else
 * can fail. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_replay_run(struct neap_replay *replay,
                                                          const struct neap_replay_sinks *sinks,
                                                          struct neap_replay_summary *summary,
                                                          struct neap_error *error);
NEAP_API void neap_replay_free(struct neap_replay *replay);

/* Several runs side by side, each with an autoscaler of its own; sinks may be NULL. With the request
 * engine, runs of one recording, seed and replication that begin at the same time share the making
 * of their requests. What each gives is what it gives alone. The first one's progress counts for
 * all of those. On failure no summary counts; NEAP_NO_MEMORY is possible too. */
struct neap_replay_job {
    struct neap_replay *replay;
    const struct neap_replay_sinks *sinks;
    struct neap_replay_summary *summary;
};
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_replay_run_together(const struct neap_replay_job job[], size_t count,
                         struct neap_error *error);

/* After a run: what it gave for that class of the recording; all 0 and NaN beyond the last. */
NEAP_API struct neap_replay_class neap_replay_class(const struct neap_replay *replay,
                                                    size_t number);
/* After a run: seconds from that deployment until the last container of any version before it had
 * gone, its drain included; NaN when that was not reached or there is no such deployment. */
NEAP_API double neap_replay_rollout_s(const struct neap_replay *replay, size_t deployment);

NEAP_END_DECLS

#endif

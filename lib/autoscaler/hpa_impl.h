/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of the Kubernetes HorizontalPodAutoscaler, each checked against the controller's own
 * test cases by the self-test. One pass:
 *
 *     reading -> signals propose -> stabilise -> limit -> decision
 *                (hpa_pod.c, hpa_utilization.c,   (hpa_log.c,  hpa_limits.c)
 *                 hpa_average.c, hpa_value.c)
 *
 * Sources: kubernetes/kubernetes, pkg/controller/podautoscaler/ (horizontal.go,
 * replica_calculator.go, metrics/utilization.go) and pkg/apis/autoscaling/v2/defaults.go. */
#ifndef NEAP_AUTOSCALER_HPA_IMPL_H
#define NEAP_AUTOSCALER_HPA_IMPL_H

#include "autoscaler/decision.h"

enum { NEAPI_HPA_POLICIES = 16, NEAPI_HPA_SIGNALS = 8 };

/* --- rules ------------------------------------------------------------------------------------ */

enum neapi_hpa_select { NEAPI_HPA_SELECT_MAX, NEAPI_HPA_SELECT_MIN, NEAPI_HPA_SELECT_DISABLED };

struct neapi_hpa_policy {
    int64_t value; /* pods, or percent */
    bool percent;
    int64_t period_ns;
};

/* behavior.scaleUp or behavior.scaleDown */
struct neapi_hpa_direction {
    int64_t window_ns;
    enum neapi_hpa_select select;
    struct neapi_hpa_policy policies[NEAPI_HPA_POLICIES];
    size_t policies_count;
};

/* Types of entries in spec.metrics. */
enum neapi_hpa_source {
    NEAPI_HPA_RESOURCE,
    NEAPI_HPA_CONTAINER_RESOURCE,
    NEAPI_HPA_SOURCE_PODS,
    NEAPI_HPA_OBJECT,
    NEAPI_HPA_EXTERNAL,
    NEAPI_HPA_NO_SOURCE
};

/* What one metric proposes. A failed one leaves replicas at the current size and says why. */
struct neapi_hpa_proposal {
    int64_t replicas;
    enum neap_reason reason;
    bool failed;
    enum neapi_hpa_source source;
    enum neap_signal signal; /* this and all that follows is for the decision */
    double metric, target, ratio;
    int64_t pods;
};

struct neapi_hpa_rules;

/* One entry of spec.metrics. A further kind of metric is a further propose function. */
struct neapi_hpa_signal {
    void (*propose)(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                    const struct neap_reading *reading, struct neapi_hpa_proposal *proposal);
    int64_t target; /* percent for a utilisation, else thousandths */
    enum neapi_hpa_source source;
    enum neap_signal signal; /* what it reads */
    const char *container;   /* the one that is looked at; NULL for all of a pod */
};

struct neapi_hpa_rules {
    struct neapi_hpa_signal signals[NEAPI_HPA_SIGNALS];
    size_t signals_count; /* at least 1 */
    int64_t min, max;
    bool scale_to_zero;     /* the feature gate HPAScaleToZero */
    bool zero_by_condition; /* 1.37 and later: only from a zero of its own it scales up again */
    bool pod_level;         /* the feature gate PodLevelResources */
    double tolerance_up, tolerance_down;
    bool tolerance_inclusive; /* 1.33 and later */
    int64_t cpu_initialization_ns, readiness_delay_ns;
    bool behavior;                   /* spec.behavior is present */
    double up_factor, up_least;      /* limit without behavior: max(factor x current, least) */
    struct neapi_hpa_direction up;   /* with behavior only */
    struct neapi_hpa_direction down; /* without behavior only its window counts */
    int64_t pass_delay_ns;           /* what log entries are older than the pass's time says */
};

/* The controller's defaults: no signal, min 1, max 10, no behavior, no policies. */
void neapi_hpa_rules_init(struct neapi_hpa_rules *rules);

/* Reads "100% per 15s, 4 per 15s" into the direction's policies. */
NEAP_MUST_CHECK enum neap_status neapi_hpa_policies_parse(struct neapi_hpa_direction *direction,
                                                          const char *key, const char *text,
                                                          struct neap_error *error);

/* Whether a ratio of metric to target is close enough to 1 to do nothing. */
bool neapi_hpa_within(const struct neapi_hpa_rules *rules, double ratio);

/* Settles a proposal from proposal->ratio over proposal->pods. When filled, pods without a usable
 * sample have been filled in: then it must not point the other way than first_ratio, which is
 * without them, nor past the current size. */
void neapi_hpa_settle(const struct neapi_hpa_rules *rules, int64_t current, bool filled,
                      double first_ratio, struct neapi_hpa_proposal *proposal);

/* --- one pod (hpa_pod.c) ---------------------------------------------------------------------- */

/* What each pod requests: millicores, or bytes for a signal of memory. Otherwise than with
 * NEAP_REASON_METRIC nothing is written. */
enum neap_reason neapi_hpa_request(const struct neap_pods *pods, enum neap_signal signal,
                                   const char *container, bool pod_level, int64_t *request);
/* What each pod uses, in the same unit, or for NEAP_SIGNAL_VALUE thousandths; false without a
 * sample. */
bool neapi_hpa_usage(const struct neap_pods *pods, enum neap_signal signal, const char *container,
                     int64_t *usage);
/* Whether those pods are known to have no container of that name. */
bool neapi_hpa_lacks_container(const struct neap_pods *pods, const char *container);

enum neapi_hpa_class { NEAPI_HPA_READY, NEAPI_HPA_UNREADY, NEAPI_HPA_MISSING, NEAPI_HPA_IGNORED };

/* What a pod is to the metric. Readiness is looked at for cpu only. */
enum neapi_hpa_class neapi_hpa_classify(const struct neapi_hpa_rules *rules,
                                        const struct neap_pods *pods, int64_t now_ns,
                                        bool has_metric, bool cpu);

/* --- utilisation (hpa_utilization.c) ---------------------------------------------------------- */

struct neapi_hpa_sum {
    int64_t pods, usage, request; /* in millicores or bytes */
};

/* Adds pods that have both a metric and a request; below 0 means that they have none. */
void neapi_hpa_sum_add(struct neapi_hpa_sum *sum, int64_t pods, int64_t usage, int64_t request);

struct neapi_hpa_utilization {
    int64_t percent; /* of the requests in use, truncated */
    double ratio;    /* of that percent to the target's */
};

/* False, and nothing written, when nothing is requested. */
bool neapi_hpa_utilization(const struct neapi_hpa_sum *sum, int64_t target_percent,
                           struct neapi_hpa_utilization *utilization);

/* Mean use per pod, truncated; 0 of none. */
int64_t neapi_hpa_mean(const struct neapi_hpa_sum *sum);

struct neapi_hpa_group {
    struct neapi_hpa_sum ready;
    struct neapi_hpa_sum unready; /* usage 0: what they count as when scaling up */
    struct neapi_hpa_sum missing; /* usage: what they count as when scaling down */
    int64_t listed;               /* pods, ignored ones included */
    enum neap_reason refused;     /* why some pod's request is unknown, or NEAP_REASON_METRIC */
};

void neapi_hpa_group(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                     const struct neap_reading *reading, struct neapi_hpa_group *group);

/* NEAP_SIGNAL_CPU or NEAP_SIGNAL_MEMORY as a share of the requests. */
void neapi_hpa_propose_utilization(const struct neapi_hpa_signal *signal,
                                   const struct neapi_hpa_rules *rules,
                                   const struct neap_reading *reading,
                                   struct neapi_hpa_proposal *proposal);

/* --- average of a value that pods report (hpa_average.c) -------------------------------------- */

struct neapi_hpa_values {
    int64_t samples, sum_m;          /* of ready pods, and of unlisted ones */
    int64_t ready, unready, missing; /* pods */
    int64_t listed;                  /* pods, ignored ones included */
};

void neapi_hpa_values(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                      const struct neap_reading *reading, struct neapi_hpa_values *values);

/* Use per pod, the pods' own metric, or an equal share of what all pods do. */
void neapi_hpa_propose_average(const struct neapi_hpa_signal *signal,
                               const struct neapi_hpa_rules *rules,
                               const struct neap_reading *reading,
                               struct neapi_hpa_proposal *proposal);

/* --- a value that is not of pods (hpa_value.c) ------------------------------------------------ */

/* An external metric is the sum of its samples. */
int64_t neapi_hpa_sum_samples(const int64_t *samples_m, size_t count);
/* What is reported of a value that is shared out over that many pods, rounded up. */
int64_t neapi_hpa_per_pod_usage_m(int64_t usage_m, int64_t status);
/* Pods that run and are ready: neither deletion nor age keep one from being counted. */
int64_t neapi_hpa_ready_replicas(const struct neap_reading *reading);
/* The size that is observed: pods that are there to stay. */
int64_t neapi_hpa_status_replicas(const struct neap_reading *reading);

/* What the reading says of all pods, in thousandths; false when it was not read. */
bool neapi_hpa_read(const struct neap_reading *reading, enum neap_signal signal, double *value_m);

/* With a Value and with an AverageValue as target. */
void neapi_hpa_value(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                     const struct neap_reading *reading, int64_t usage_m,
                     struct neapi_hpa_proposal *proposal);
void neapi_hpa_per_pod(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                       int64_t status, int64_t usage_m, struct neapi_hpa_proposal *proposal);

/* The same of what the reading says. */
void neapi_hpa_propose_value(const struct neapi_hpa_signal *signal,
                             const struct neapi_hpa_rules *rules,
                             const struct neap_reading *reading,
                             struct neapi_hpa_proposal *proposal);
void neapi_hpa_propose_per_pod(const struct neapi_hpa_signal *signal,
                               const struct neapi_hpa_rules *rules,
                               const struct neap_reading *reading,
                               struct neapi_hpa_proposal *proposal);

/* --- memory of a controller (hpa_log.c) ------------------------------------------------------- */

/* Recommendations: entries are written over in place. Passes that come regularly write them in a
 * ring, and then the extremes that are known already spare a look at all of them. */
struct neapi_hpa_recommendation {
    int64_t time_ns, replicas;
};
struct neapi_hpa_log {
    struct neapi_hpa_recommendation *entries;
    size_t count, capacity;
    size_t last;   /* slot written last */
    bool in_order; /* from the slot behind it on, around, times ascend, and high and low hold */
    struct neapi_hpa_recommendation high, low; /* the latest of the extreme ones */
};

/* Scale events of one direction, in slots that are reused too. */
struct neapi_hpa_event {
    int64_t time_ns, change; /* > 0 in both directions */
    bool outdated;
};
struct neapi_hpa_events {
    struct neapi_hpa_event *entries;
    size_t count, capacity;
};

/* The status condition ScaledToZero. */
enum neapi_hpa_zero { NEAPI_HPA_ZERO_UNSET, NEAPI_HPA_ZERO_FALSE, NEAPI_HPA_ZERO_TRUE };

struct neapi_hpa {
    struct neapi_hpa_rules rules;
    struct neapi_hpa_log log;
    struct neapi_hpa_events up, down;
    bool started; /* the log exists: a pass was made since the controller started */
    enum neapi_hpa_zero zero;
};

/* Memory for what its rules ask to be remembered of passes one period apart; false without memory.
 * Free either way. */
NEAP_MUST_CHECK bool neapi_hpa_logs_allocate(struct neapi_hpa *hpa, double period_s);
void neapi_hpa_logs_free(struct neapi_hpa *hpa);

/* The log of a controller that finds that size in its first pass. */
void neapi_hpa_log_start(struct neapi_hpa_log *log, int64_t replicas, int64_t now_ns);

/* Both store desired in the log and return what the window leaves of it. */
int64_t neapi_hpa_stabilize(struct neapi_hpa *hpa, int64_t desired, int64_t now_ns);
int64_t neapi_hpa_stabilize_behavior(struct neapi_hpa *hpa, int64_t current, int64_t desired,
                                     int64_t now_ns);

/* Sum of the changes less than one period old. */
int64_t neapi_hpa_change_within(const struct neapi_hpa *hpa, const struct neapi_hpa_events *events,
                                int64_t period_ns, int64_t now_ns);

/* Remembers that the size was changed, if behavior needs to know. */
void neapi_hpa_record(struct neapi_hpa *hpa, int64_t before, int64_t after, int64_t now_ns);

/* --- limits (hpa_limits.c) -------------------------------------------------------------------- */

/* What min, max and the speed limit leave of desired; reason is NEAP_REASON_METRIC when all. */
int64_t neapi_hpa_limit(const struct neapi_hpa_rules *rules, int64_t current, int64_t desired,
                        enum neap_reason *reason);
int64_t neapi_hpa_limit_behavior(const struct neapi_hpa *hpa, int64_t current, int64_t desired,
                                 int64_t now_ns, enum neap_reason *reason);
/* How far the policies let the size rise or fall in this pass. */
int64_t neapi_hpa_up_limit(const struct neapi_hpa *hpa, int64_t current, int64_t now_ns);
int64_t neapi_hpa_down_limit(const struct neapi_hpa *hpa, int64_t current, int64_t now_ns);

/* --- one pass (hpa_pass.c) -------------------------------------------------------------------- */

enum neapi_hpa_path {
    NEAPI_HPA_DISABLED,  /* size 0, and not to be raised */
    NEAPI_HPA_CORRECTED, /* size was outside of min..max */
    NEAPI_HPA_FAILED,    /* no metric */
    NEAPI_HPA_COMPUTED
};

struct neapi_hpa_outcome {
    enum neapi_hpa_path path;
    bool incomplete; /* some metric failed, even where the others decided */
    struct neapi_hpa_proposal proposals[NEAPI_HPA_SIGNALS]; /* of each metric that was asked */
    size_t proposals_count, chosen;
    struct neapi_hpa_proposal proposal; /* the one that counts */
    int64_t stable;                     /* after stabilisation, before limits */
    int64_t desired;
    enum neap_reason stabilized, limited; /* NEAP_REASON_METRIC: not so */
};

/* Whether some metric can be read without any pod. */
bool neapi_hpa_sees_beyond_pods(const struct neapi_hpa_rules *rules);

void neapi_hpa_pass(struct neapi_hpa *hpa, const struct neap_reading *reading,
                    struct neapi_hpa_outcome *outcome);

/* What a pass came to, as a decision: every metric, and every rule. */
void neapi_hpa_decision(const struct neapi_hpa_outcome *outcome, const struct neap_reading *reading,
                        struct neap_decision *decision);

#endif

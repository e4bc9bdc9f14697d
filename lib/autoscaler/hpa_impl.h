/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of the Kubernetes HorizontalPodAutoscaler, each checked against the controller's own
 * test cases by the self-test. One pass:
 *
 *     reading -> signals propose -> stabilise -> limit -> decision
 *                (hpa_cpu.c,        (hpa_log.c,  hpa_limits.c)
 *                 hpa_average.c)
 *
 * Sources: kubernetes/kubernetes, pkg/controller/podautoscaler/ (horizontal.go,
 * replica_calculator.go, metrics/utilization.go) and pkg/apis/autoscaling/v2/defaults.go. */
#ifndef NEAP_AUTOSCALER_HPA_IMPL_H
#define NEAP_AUTOSCALER_HPA_IMPL_H

#include <neap/autoscaler.h>

enum { NEAPI_HPA_POLICIES = 16, NEAPI_HPA_SIGNALS = 8 };

/* --- rules
 * ---------------------------------------------------------------------------------------- */

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

/* What one metric proposes. A failed one leaves replicas at the current size and says why. */
struct neapi_hpa_proposal {
    int64_t replicas;
    enum neap_reason reason;
    bool failed;
    enum neap_signal signal; /* this and all that follows is for the decision */
    double metric, target, ratio;
    int64_t pods;
};

struct neapi_hpa_rules;

/* One entry of spec.metrics. A further kind of metric is a further propose function. */
struct neapi_hpa_signal {
    void (*propose)(const struct neapi_hpa_signal *signal, const struct neapi_hpa_rules *rules,
                    const struct neap_reading *reading, struct neapi_hpa_proposal *proposal);
    int64_t target; /* percent for CPU utilisation, thousandths for an average value */
};

struct neapi_hpa_rules {
    struct neapi_hpa_signal signals[NEAPI_HPA_SIGNALS];
    size_t signals_count; /* at least 1 */
    int64_t min, max;
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

/* --- CPU utilisation (hpa_cpu.c)
 * ------------------------------------------------------------------ */

enum neapi_hpa_class { NEAPI_HPA_READY, NEAPI_HPA_UNREADY, NEAPI_HPA_MISSING, NEAPI_HPA_IGNORED };

/* What a pod is to the metric. Readiness is looked at for cpu only. */
enum neapi_hpa_class neapi_hpa_classify(const struct neapi_hpa_rules *rules,
                                        const struct neap_pods *pods, int64_t now_ns, bool cpu);

struct neapi_hpa_sum {
    int64_t pods, usage_m, request_m;
};

/* Adds a cohort that has both a metric and a request; others are passed over. */
void neapi_hpa_sum_add(struct neapi_hpa_sum *sum, const struct neap_pods *pods);

struct neapi_hpa_utilization {
    int64_t percent; /* of the requests in use, truncated */
    double ratio;    /* of that percent to the target's */
};

/* False, and nothing written, when nothing is requested. */
bool neapi_hpa_utilization(const struct neapi_hpa_sum *sum, int64_t target_percent,
                           struct neapi_hpa_utilization *utilization);

/* Mean use per pod, truncated; 0 of none. */
int64_t neapi_hpa_average_m(const struct neapi_hpa_sum *sum);

struct neapi_hpa_group {
    struct neapi_hpa_sum ready;
    struct neapi_hpa_sum unready; /* usage 0: what they count as when scaling up */
    struct neapi_hpa_sum missing; /* usage: what they count as when scaling down */
    int64_t listed;               /* pods, ignored ones included */
    bool lacks_request;           /* some listed pod requests nothing */
};

void neapi_hpa_group(const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                     int64_t target_percent, struct neapi_hpa_group *group);

void neapi_hpa_propose_cpu(const struct neapi_hpa_signal *signal,
                           const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                           struct neapi_hpa_proposal *proposal);

/* --- average of a value that pods report (hpa_average.c)
 * ------------------------------------------------------------------ */

struct neapi_hpa_values {
    int64_t samples, sum_m;          /* of ready pods, and of unlisted ones */
    int64_t ready, unready, missing; /* pods */
    int64_t listed;                  /* pods, ignored ones included */
};

/* Counts the pods of a reading by class, without values. Readiness is not looked at. */
void neapi_hpa_values_count(struct neapi_hpa_values *values, const struct neapi_hpa_rules *rules,
                            const struct neap_reading *reading);

void neapi_hpa_average(const struct neapi_hpa_values *values, int64_t target_m,
                       const struct neapi_hpa_rules *rules, int64_t current,
                       struct neapi_hpa_proposal *proposal);

/* Requests per second and pod; the target is in thousandths. */
void neapi_hpa_propose_rate(const struct neapi_hpa_signal *signal,
                            const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                            struct neapi_hpa_proposal *proposal);

/* --- memory of a controller (hpa_log.c)
 * ------------------------------------------------------------ */

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

struct neapi_hpa {
    struct neapi_hpa_rules rules;
    struct neapi_hpa_log log;
    struct neapi_hpa_events up, down;
    bool started; /* the log exists: a pass was made since the controller started */
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

/* --- limits (hpa_limits.c)
 * ------------------------------------------------------------------------- */

/* What min, max and the speed limit leave of desired; reason is NEAP_REASON_METRIC when all. */
int64_t neapi_hpa_limit(const struct neapi_hpa_rules *rules, int64_t current, int64_t desired,
                        enum neap_reason *reason);
int64_t neapi_hpa_limit_behavior(const struct neapi_hpa *hpa, int64_t current, int64_t desired,
                                 int64_t now_ns, enum neap_reason *reason);
/* How far the policies let the size rise or fall in this pass. */
int64_t neapi_hpa_up_limit(const struct neapi_hpa *hpa, int64_t current, int64_t now_ns);
int64_t neapi_hpa_down_limit(const struct neapi_hpa *hpa, int64_t current, int64_t now_ns);

/* --- one pass (hpa_pass.c)
 * -------------------------------------------------------------------------- */

enum neapi_hpa_path {
    NEAPI_HPA_DISABLED,  /* size 0 */
    NEAPI_HPA_CORRECTED, /* size was outside of min..max */
    NEAPI_HPA_FAILED,    /* no metric */
    NEAPI_HPA_COMPUTED
};

struct neapi_hpa_outcome {
    enum neapi_hpa_path path;
    struct neapi_hpa_proposal proposal;
    int64_t stable; /* after stabilisation, before limits */
    int64_t desired;
    enum neap_reason stabilized, limited; /* NEAP_REASON_METRIC: not so */
};

void neapi_hpa_pass(struct neapi_hpa *hpa, const struct neap_reading *reading,
                    struct neapi_hpa_outcome *outcome);

/* What a pass came to, as a decision. */
void neapi_hpa_decision(const struct neapi_hpa_outcome *outcome, const struct neap_reading *reading,
                        struct neap_decision *decision);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * autoscaler: how many replicas, and why. A policy is shown readings, the numbers that a real
 * autoscaler would be shown at that moment, and answers each with a decision. It sees neither
 * traffic nor the future. The only room that decides replica counts. */
#ifndef NEAP_AUTOSCALER_H
#define NEAP_AUTOSCALER_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

/* --- readings --------------------------------------------------------------------------------- */

enum neap_pod_phase { NEAP_POD_RUNNING, NEAP_POD_PENDING, NEAP_POD_FAILED, NEAP_POD_SUCCEEDED };

enum neap_container_kind {
    NEAP_CONTAINER_MAIN,
    NEAP_CONTAINER_SIDECAR, /* an init container that goes on running beside the main ones */
    NEAP_CONTAINER_INIT     /* has ended before the main ones start; requests nothing that counts */
};

/* One container of a pod, where the pods of a cohort are more than one container each. */
struct neap_container {
    const char *name;
    enum neap_container_kind kind;
    int64_t usage_m, request_m;                 /* millicores; request below 0: none */
    int64_t memory_bytes, memory_request_bytes; /* likewise */
    bool has_metric, has_memory;                /* samples of usage and of memory */
};

/* A cohort of identical pods, as the policy's metric source lists them. */
struct neap_pods {
    int64_t count;            /* pods in the cohort; a cohort of 0 is passed over */
    int64_t start_ns;         /* when they were started, with has_start */
    int64_t ready_ns;         /* last change of Ready either way, with has_ready_condition */
    int64_t metric_ns;        /* when the sample was taken, with has_metric */
    int64_t metric_window_ns; /* what stretch of time the sample is a mean over */
    int64_t usage_m;          /* millicores used per pod, with has_metric */
    int64_t request_m;        /* millicores requested per pod; below 0: the pod requests none */
    bool has_metric, has_start, has_ready_condition, ready, deleted;
    enum neap_pod_phase phase;

    int64_t memory_bytes;         /* used per pod, with has_memory */
    int64_t memory_request_bytes; /* requested per pod; below 0: none */
    int64_t value_m;              /* of the pod's own metric, in thousandths, with has_value */
    bool has_memory, has_value;

    /* Containers of each pod, borrowed; 0: one, which is what the fields above say. Otherwise use
     * and requests of the pod are those of its containers together, save that with has_pod_level
     * the requests above are of the pod as a whole and take the place of the sum. */
    size_t containers_count;
    const struct neap_container *containers;
    bool has_pod_level;
};

/* What a policy is shown at one evaluation. Zero-initialise it: fields for further signals join
 * it, and those that a policy does not read may stay 0; one that it does read is NaN as long as its
 * source has no value. */
struct neap_reading {
    int64_t now_ns;
    int64_t replicas; /* the size asked for: pods may be more or fewer */
    const struct neap_pods *pods;
    size_t pods_count;        /* cohorts */
    int64_t unlisted_metrics; /* samples of pods that are no longer listed: just deleted */
    int64_t unlisted_usage_m, unlisted_memory_bytes, unlisted_value_m; /* the sum of theirs */
    double request_rate; /* requests per second over all replicas, as read; NaN when it was not */
    double in_flight;    /* requests sent and not answered, over all replicas: those being served
                          * and those that wait; NaN when not read */
    double queued;       /* those of them that wait for a worker; NaN when not read */
    double latency_s;    /* the quantile of response times that is scaled on; NaN when not read */
    double recorded_replicas; /* how many the recording had at this time; NaN when not read */
    /* What is to come, of which only the oracle is shown anything: the highest over the time from
     * now until containers asked for at the next evaluation would be ready. NaN when not shown. */
    double ahead_cores;   /* CPU for requests, over all replicas */
    double ahead_rate;    /* requests per second, over all replicas */
    double idle_cores;    /* what a replica uses without requests, and what it requests: */
    double request_cores; /* shown with ahead_cores */
};

/* --- decisions -------------------------------------------------------------------------------- */

/* Why a decision came out as it did. */
#define NEAP_REASON_MAP(X)                                                  \
    X(NEAP_REASON_METRIC, "follows the metric")                             \
    X(NEAP_REASON_FIXED, "fixed size")                                      \
    X(NEAP_REASON_TOLERANCE, "metric within tolerance")                     \
    X(NEAP_REASON_UNSURE, "pods without a usable metric could reverse it")  \
    X(NEAP_REASON_DOWN_STABILIZED, "scale-down waits for its window")       \
    X(NEAP_REASON_UP_STABILIZED, "scale-up waits for its window")           \
    X(NEAP_REASON_DOWN_LIMIT, "scale-down policies allow no more")          \
    X(NEAP_REASON_UP_LIMIT, "scale-up limit allows no more")                \
    X(NEAP_REASON_AT_MIN, "min replicas")                                   \
    X(NEAP_REASON_AT_MAX, "max replicas")                                   \
    X(NEAP_REASON_BELOW_MIN, "size was below min, metric not read")         \
    X(NEAP_REASON_ABOVE_MAX, "size was above max, metric not read")         \
    X(NEAP_REASON_DISABLED, "size is zero, autoscaling disabled")           \
    X(NEAP_REASON_NO_PODS, "no pods listed, size kept")                     \
    X(NEAP_REASON_NO_METRICS, "no ready pod has a metric, size kept")       \
    X(NEAP_REASON_NO_REQUEST, "a pod has no request, size kept")            \
    X(NEAP_REASON_NO_CONTAINER, "a pod lacks that container, size kept")    \
    X(NEAP_REASON_UNREAD, "a metric has no value, size kept")               \
    X(NEAP_REASON_INITIALIZING, "only starting pods are busy, size kept")   \
    X(NEAP_REASON_MODE, "its mode keeps the size")                          \
    X(NEAP_REASON_ZERO_REQUEST, "measured pods request nothing, size kept") \
    X(NEAP_REASON_NOT_PREPARED, "policy not prepared, size kept")           \
    X(NEAP_REASON_PANIC, "in panic the size does not fall")                 \
    X(NEAP_REASON_ACTIVATION_SCALE, "activation scale, the least but zero") \
    X(NEAP_REASON_INITIAL_SCALE, "initial scale not reached yet")           \
    X(NEAP_REASON_NO_SAMPLES, "no sample in the window, size kept")         \
    X(NEAP_REASON_STARTING, "first pods are starting, size kept")           \
    X(NEAP_REASON_GIVEN_UP, "no pod became ready in time, start given up")  \
    X(NEAP_REASON_ZERO_OFF, "scaling to zero is off")                       \
    X(NEAP_REASON_ZERO_WAITS, "scaling to zero waits for its period")       \
    X(NEAP_REASON_ACTIVATED, "a trigger became active")                     \
    X(NEAP_REASON_INACTIVE, "no trigger is active")                         \
    X(NEAP_REASON_COOLDOWN, "no trigger is active, cooldown not over")      \
    X(NEAP_REASON_PAUSED, "this direction is paused")                       \
    X(NEAP_REASON_TRIGGER_FAILED, "a trigger cannot be read, size kept")    \
    X(NEAP_REASON_FALLBACK, "a trigger cannot be read, fallback")           \
    X(NEAP_REASON_CRON, "floor of the cron trigger")                        \
    X(NEAP_REASON_NOT_DUE, "no evaluation was due, size kept")              \
    X(NEAP_REASON_SCHEDULED_MIN, "min replicas of the schedule")            \
    X(NEAP_REASON_SCHEDULED_MAX, "max replicas of the schedule")            \
    X(NEAP_REASON_RECORDED, "as recorded")                                  \
    X(NEAP_REASON_NOT_RECORDED, "nothing recorded, size kept")              \
    X(NEAP_REASON_AHEAD, "the most that is needed until more can be ready") \
    X(NEAP_REASON_NOT_SHOWN, "what is to come was not shown, size kept")    \
    X(NEAP_REASON_FORECAST, "least that the forecast asks for")             \
    X(NEAP_REASON_NO_FORECAST, "there is no forecast yet")                  \
    X(NEAP_REASON_CALLBACK, "decided by the caller's own function")         \
    X(NEAP_REASON_NO_ALARM, "too few points beyond the threshold")          \
    X(NEAP_REASON_NO_DATA, "alarm has insufficient data, size kept")        \
    X(NEAP_REASON_NO_STEP, "no step covers the metric, size kept")          \
    X(NEAP_REASON_OUT_COOLDOWN, "scale-out cools down")                     \
    X(NEAP_REASON_IN_COOLDOWN, "scale-in waits for its cooldown")           \
    X(NEAP_REASON_OUT_WARM_UP, "replicas that warm up count already")       \
    X(NEAP_REASON_IN_WARM_UP, "scale-in waits for replicas to warm up")     \
    X(NEAP_REASON_IN_DISABLED, "scale-in is disabled")                      \
    X(NEAP_REASON_IN_OUTVOTED, "another policy does not scale in")

enum neap_reason {
#define X(name, text) name,
    NEAP_REASON_MAP(X)
#undef X
};

NEAP_API const char *neap_reason_text(enum neap_reason reason);

/* What the metric of a decision is, and the unit of that number and its target. */
#define NEAP_SIGNAL_MAP(X)                            \
    X(NEAP_SIGNAL_NONE, "no metric")                  \
    X(NEAP_SIGNAL_CPU, "CPU utilisation")             \
    X(NEAP_SIGNAL_RATE, "requests per pod")           \
    X(NEAP_SIGNAL_TOTAL_RATE, "requests of all pods") \
    X(NEAP_SIGNAL_CPU_VALUE, "CPU per pod")           \
    X(NEAP_SIGNAL_MEMORY, "memory utilisation")       \
    X(NEAP_SIGNAL_MEMORY_VALUE, "memory per pod")     \
    X(NEAP_SIGNAL_IN_FLIGHT, "requests in flight")    \
    X(NEAP_SIGNAL_QUEUED, "queued requests")          \
    X(NEAP_SIGNAL_LATENCY, "latency")                 \
    X(NEAP_SIGNAL_VALUE, "custom metric")             \
    X(NEAP_SIGNAL_CRON, "replicas of the clock")      \
    X(NEAP_SIGNAL_RECORDED, "recorded replicas")      \
    X(NEAP_SIGNAL_AHEAD_CPU, "CPU to come")           \
    X(NEAP_SIGNAL_AHEAD_RATE, "requests to come")     \
    X(NEAP_SIGNAL_FORECAST_CPU, "forecast of CPU")    \
    X(NEAP_SIGNAL_FORECAST_RATE, "forecast of requests")

enum neap_signal {
#define X(name, text) name,
    NEAP_SIGNAL_MAP(X)
#undef X
};

/* "CPU utilisation" and the like for memory, held as a share of the request; "requests per pod" and
 * "requests of all pods", held in 1/s; use per pod, in vCPU and bytes; "latency" in s; what is to
 * come or forecast, of all pods, in vCPU and 1/s; others are numbers, of all pods or for each as the
 * policy's setting says. */
NEAP_API const char *neap_signal_text(enum neap_signal signal);

/* Writes a value of that signal with its unit: "77%", "25/s", "0.5 vCPU", "512MiB"; "" for NaN.
 * Returns the length, as snprintf does. */
NEAP_API int neap_signal_format(char *text, size_t size, enum neap_signal signal, double value);

/* One rule that had a say: what it left of the size. */
struct neap_decision_step {
    enum neap_reason reason;
    int64_t replicas;
};

/* What one metric came to, whether it decided or not. */
struct neap_decision_metric {
    enum neap_signal signal;
    enum neap_reason reason; /* why replicas are what they are */
    bool failed;             /* it could not be read: replicas is the size so far */
    double metric, target;   /* the number read, and what it was held against; NaN without one */
    double ratio;     /* of the two, as in the decision; NaN when no proportion is looked at */
    double window_s;  /* what the policy itself averages over; NaN: it takes numbers as they come */
    int64_t pods;     /* that the ratio is about */
    int64_t replicas; /* what it proposes */
};

/* An alarm on a metric, as CloudWatch has them. */
enum neap_alarm_state { NEAP_ALARM_OK, NEAP_ALARM_RAISED, NEAP_ALARM_UNKNOWN };
struct neap_decision_alarm {
    enum neap_signal signal;
    enum neap_alarm_state state;
    bool above;                     /* looks for points above the threshold, else below it */
    double threshold;               /* in the unit of signal */
    int points, periods, breaching; /* so many of the last periods must be beyond it, so many are */
};

enum { NEAP_DECISION_STEPS = 12, NEAP_DECISION_METRICS = 10, NEAP_DECISION_ALARMS = 4 };

/* One evaluation. */
struct neap_decision {
    int64_t time_ns;
    int64_t before; /* replicas asked for so far */
    int64_t wanted; /* what the metric alone proposes */
    int64_t after;  /* replicas asked for from now on */
    double metric;  /* the number that the proposal was made from, in the unit of signal (hpa: mean
                     * utilisation as a share of the request); NaN when none was read */
    enum neap_reason reason; /* why after differs from wanted, or why nothing was done */

    /* How wanted came about; of several metrics the one that decided. */
    enum neap_signal signal;
    double target;  /* what metric was held against; NaN without one */
    double ratio;   /* of the two, pods without a usable sample filled in; NaN without a metric, and
                     * when the size does not follow from it in proportion */
    int64_t pods;   /* how many pods that ratio is about: wanted = ceil(ratio x pods) */
    int64_t stable; /* what stabilisation windows left of wanted, before limits */

    int64_t panic_until_ns; /* Knative: it panics, at least until then; 0: it does not */

    /* From wanted to after. The first step is wanted, with the reason of the proposal; every other
     * is a rule that changed the number before it; the last is after, and its reason is that of the
     * decision. Entries beyond a count hold nothing, here as below. */
    size_t steps_count; /* at least 1 */
    struct neap_decision_step steps[NEAP_DECISION_STEPS];

    /* What each metric proposed, in the order of the policy. */
    size_t metrics_count;
    size_t chosen; /* the one that decided; metrics_count when none did */
    struct neap_decision_metric metrics[NEAP_DECISION_METRICS];

    size_t alarms_count;
    struct neap_decision_alarm alarms[NEAP_DECISION_ALARMS];
};

/* The steps in words: "wanted 14: scale-down waits for its window -> 17; scale-down policies allow
 * no more -> 16". Returns the length, as snprintf does. */
NEAP_API int neap_decision_steps_format(char *text, size_t size,
                                        const struct neap_decision *decision);
/* Every metric in words: "CPU utilisation 77%, target 60%: 13; requests per pod 25/s, target 20/s:
 * 14". Likewise. */
NEAP_API int neap_decision_metrics_format(char *text, size_t size,
                                          const struct neap_decision *decision);

/* --- kinds of autoscaler ---------------------------------------------------------------------- */

/* What the rest of the model must know of a prepared policy. */
struct neap_autoscaler_scope {
    double period_s; /* time between evaluations */
    int64_t min, max;
    double target_cpu_share; /* CPU use it aims at, as a share of the request; NaN: aims at none */
    double tolerance_up;     /* how far above its target the metric may be before the size rises, */
    double tolerance_down;   /* how far below before it falls: shares of the target; NaN when it
                              * knows no such thing */
    bool reads_request_rate; /* readings must hold the request rate; NaN in them otherwise */
    bool reads_recorded;     /* readings must hold recorded_replicas */
    bool reads_ahead;        /* readings must hold what is to come */
    double
        young_s; /* readings must list replicas that have been ready for less than this apart from
                     * older ones */
    bool reads_in_flight, reads_queued; /* readings must hold these; NaN in them otherwise */
    bool reads_memory;                  /* pods in readings must have memory */
    double latency_quantile;            /* in (0, 1): readings must hold that quantile of latency;
                                         * 0 or NaN: none */
    /* The metric pipeline that the kind really has: a reading is the mean over window_s that ends
     * lag_s ago, and, with align_s, at a multiple of that since the Unix epoch. window_s 0 stands
     * for 15 s that ended 15 s ago, as of the Kubernetes metrics server. */
    double window_s, lag_s, align_s;
    bool holds; /* requests wait while no replica is ready, as at an activator; else they fail */
    bool wakes; /* at size zero it is asked as soon as a request waits */
};

struct neap_autoscaler;

/* One kind. All functions but release() get what prepare() made. A caller may bring kinds of its
 * own; those below come with the library. */
struct neap_autoscaler_type {
    const char *name;                        /* "hpa", the word in the scenario */
    const char *summary;                     /* one line for people */
    const struct neap_parameter *parameters; /* at most 64 rows */
    size_t settings_size;                    /* of the struct that the table describes */
    /* Checks settings against each other and builds the state, memory for all decisions included.
     * Bit i of given is set when the parameter of row i was set by the caller. */
    enum neap_status (*prepare)(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error);
    void (*reset)(void *state);
    /* Allocates nothing; fills every field of decision. One that leaves steps_count at 0 has steps
     * made for it from wanted, after and reason. */
    void (*decide)(void *state, const struct neap_reading *reading, struct neap_decision *decision);
    void (*release)(void *state); /* NULL is fine */
    /* From here on these are min and max, min <= max, in place of those of the settings: another
     * policy puts this one within bounds that change. reset() leaves them. NULL: the kind has no
     * bounds of its own to change. */
    void (*bound)(void *state, int64_t min, int64_t max);
    /* The policy that this one is around, for its settings; NULL: there is none. */
    const struct neap_autoscaler *(*inner)(const void *state);
    /* Keys, with | between them, that stand for what the provider does not publish: reports name
     * them with their values. NULL: there are none. */
    const char *unpublished;
};

/* The kind of that name, or NULL. */
NEAP_API const struct neap_autoscaler_type *neap_autoscaler_find(const char *name);

/* All kinds; the list ends with NULL. */
NEAP_API const struct neap_autoscaler_type *const *neap_autoscaler_types(void);

/* --- one autoscaler --------------------------------------------------------------------------- */

/* An autoscaler with the defaults of its kind; type must outlive it. Free with
 * neap_autoscaler_free(). */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_autoscaler_new(struct neap_autoscaler **scaler, const struct neap_autoscaler_type *type,
                    struct neap_error *error);
NEAP_API void neap_autoscaler_free(struct neap_autoscaler *scaler);

/* A policy of the caller's own, the short way: one function. For settings and a name of its own,
 * write a struct neap_autoscaler_type. */
struct neap_callback {
    /* The size wanted; it is put within min and max. Not before prepare(). */
    int64_t (*decide)(void *context, const struct neap_reading *reading);
    void (*reset)(void *context); /* forgets what was seen; NULL when there is nothing to forget */
    void *context;                /* the caller's: must outlive the autoscaler */
    bool reads_request_rate;      /* readings must hold the request rate, and these: */
    bool reads_in_flight, reads_queued, reads_memory;
    double latency_quantile; /* 0: none */
};

/* An autoscaler that asks callback, which is copied. Its keys are min, max (required) and period;
 * prepare() and free() as any other. A replay of several variants or on several threads has each
 * its own autoscaler: give each a context of its own. Without a decide: NEAP_BAD_ARGUMENT. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_autoscaler_from_callback(struct neap_autoscaler **scaler, const struct neap_callback *callback,
                              struct neap_error *error);

/* The policy that a prepared one is around (schedule, predictive), owned by it; NULL when none. */
NEAP_API const struct neap_autoscaler *neap_autoscaler_inner(const struct neap_autoscaler *scaler);

/* Sets one parameter from its text ("target_cpu", "60%"). Undoes prepare(). */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_autoscaler_set(struct neap_autoscaler *scaler,
                                                              const char *key, const char *text,
                                                              struct neap_error *error);

/* The table that set() and format() go by. */
NEAP_API const struct neap_parameter *
neap_autoscaler_parameters(const struct neap_autoscaler *scaler);

/* Whether that key was set, rather than left at its default. */
NEAP_API bool neap_autoscaler_given(const struct neap_autoscaler *scaler, const char *key);

/* Writes the value of that key as set() reads it, "" when it has none or the key is unknown.
 * Returns the length, as snprintf does. */
NEAP_API int neap_autoscaler_format(const struct neap_autoscaler *scaler, const char *key,
                                    char *text, size_t size);

/* Writes those settings that stand for what the provider does not publish, "period = 60s, start =
 * remembered"; "" when there are none. Returns the length, as snprintf does. */
NEAP_API int neap_autoscaler_unpublished(const struct neap_autoscaler *scaler, char *text,
                                         size_t size);

/* After the last set(): checks the settings against each other and allocates what decisions need.
 * Ends in the state that reset() gives. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_autoscaler_prepare(struct neap_autoscaler *scaler,
                                                                  struct neap_error *error);

/* Forgets everything seen so far, as a controller that was just started. */
NEAP_API void neap_autoscaler_reset(struct neap_autoscaler *scaler);

/* One evaluation. Times must not go back and should be at least one period apart: readings that
 * come faster than that may push the oldest entries out of the policy's memory. Allocates
 * nothing. Before prepare() the size is kept (NEAP_REASON_NOT_PREPARED). */
NEAP_API void neap_autoscaler_decide(struct neap_autoscaler *scaler,
                                     const struct neap_reading *reading,
                                     struct neap_decision *decision);

/* Time between evaluations and bounds of the size; 0 before prepare(). The size may start outside
 * of its bounds. */
NEAP_API double neap_autoscaler_period_s(const struct neap_autoscaler *scaler);
NEAP_API int64_t neap_autoscaler_min(const struct neap_autoscaler *scaler);
NEAP_API int64_t neap_autoscaler_max(const struct neap_autoscaler *scaler);

/* The CPU use that it aims at, as a share of the request (0.6 for 60 %), and how far from its
 * target, as a share of it, a metric may be before the size rises or falls. NaN before prepare(),
 * and when the kind knows no such thing. */
NEAP_API double neap_autoscaler_target_cpu(const struct neap_autoscaler *scaler);
NEAP_API double neap_autoscaler_tolerance_up(const struct neap_autoscaler *scaler);
NEAP_API double neap_autoscaler_tolerance_down(const struct neap_autoscaler *scaler);
/* All of that, and what its readings must hold; all zero or NaN before prepare(). */
NEAP_API struct neap_autoscaler_scope neap_autoscaler_scope(const struct neap_autoscaler *scaler);
/* Other bounds for a prepared policy, as from its next evaluation; false, and nothing changed, when
 * its kind has none to change or it is not prepared. min <= max. neap_autoscaler_min() and max() go on
 * telling those it was prepared with. */
NEAP_API bool neap_autoscaler_bound(struct neap_autoscaler *scaler, int64_t min, int64_t max);

NEAP_END_DECLS

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of KEDA, each checked against its own test cases by the self-test. KEDA takes a size
 * from nothing to something and back (keda_poll.c); between one and many it leaves the size to a
 * HorizontalPodAutoscaler, which it feeds with metrics (keda_fallback.c says what when one fails,
 * keda_cron.c when the clock is the metric). Jobs are counted out in keda_jobs.c.
 *
 * Source: kedacore/keda, pkg/scaling/, pkg/fallback/, pkg/scalers/cron_scaler.go. */
#ifndef NEAP_AUTOSCALER_KEDA_IMPL_H
#define NEAP_AUTOSCALER_KEDA_IMPL_H

#include <neap/autoscaler.h>
#include <neap/calendar.h>

/* --- between nothing and something (keda_poll.c) ---------------------------------------------- */

struct neapi_keda_rules {
    int64_t min;
    int64_t idle; /* size without activity, below min; below 0: min is */
    int64_t cooldown_ns, initial_cooldown_ns;
    bool fallback;            /* one with replicas is configured */
    bool pause_in, pause_out; /* the size must not fall, must not rise */
};

/* What one poll of all triggers finds. */
struct neapi_keda_sight {
    int64_t current;
    bool active; /* some trigger, or told so */
    bool error;  /* some trigger could not be read */
    bool ever_active;
    int64_t since_active_ns, since_created_ns;
};

struct neapi_keda_verdict {
    int64_t replicas;
    bool active_now;         /* the time of the last activity is now */
    enum neap_reason reason; /* NEAP_REASON_METRIC: left to the HorizontalPodAutoscaler */
};
void neapi_keda_poll(const struct neapi_keda_rules *rules, const struct neapi_keda_sight *sight,
                     struct neapi_keda_verdict *verdict);

/* --- a metric that cannot be read (keda_fallback.c) ------------------------------------------- */

enum neapi_keda_behavior {
    NEAPI_KEDA_STATIC,
    NEAPI_KEDA_CURRENT,
    NEAPI_KEDA_CURRENT_IF_HIGHER,
    NEAPI_KEDA_CURRENT_IF_LOWER
};

struct neapi_keda_fallback {
    bool set;
    int64_t threshold, replicas; /* below 0: not valid */
    enum neapi_keda_behavior behavior;
};

/* The metric that is passed on, its own value in and out; NaN: it could not be read, or an error is
 * passed on. Counts failures in a row. target is per replica; ready below 0 for an average value,
 * else the pods that a total is divided by. */
double neapi_keda_metric(const struct neapi_keda_fallback *fallback, double value, double target,
                         int64_t current, int64_t ready, int64_t *failures);

/* Whether so many failures in a row make it stand in. */
bool neapi_keda_falls_back(const struct neapi_keda_fallback *fallback, int64_t failures);

/* --- the clock as a metric (keda_cron.c) ------------------------------------------------------ */

/* "minute hour day month weekday"; bit i set: value i matches. */
struct neapi_keda_cron {
    uint64_t minutes;
    uint32_t hours, days, months, weekdays; /* weekdays from 0, Sunday */
    bool any_day, any_weekday;              /* the field was *; with both given either will do */
};

NEAP_MUST_CHECK enum neap_status neapi_keda_cron_parse(struct neapi_keda_cron *cron,
                                                       const char *key, const char *text,
                                                       struct neap_error *error);

/* The first match after now_ns, INT64_MAX when there is none within five years. */
int64_t neapi_keda_cron_next(const struct neapi_keda_cron *cron, const struct neap_zone *zone,
                             int64_t now_ns);

/* --- jobs (keda_jobs.c) ----------------------------------------------------------------------- */

enum neapi_keda_strategy {
    NEAPI_KEDA_DEFAULT,
    NEAPI_KEDA_CUSTOM,
    NEAPI_KEDA_ACCURATE,
    NEAPI_KEDA_EAGER
};

struct neapi_keda_job_rules {
    enum neapi_keda_strategy strategy;
    double deduction, running_share; /* custom: NaN when not set */
    int64_t min, max;
};

struct neapi_keda_jobs {
    int64_t most; /* jobs to start at most */
    int64_t to;   /* how many should be started */
};

/* jobs in: what the queue asks for; out: what is started. */
void neapi_keda_count_jobs(const struct neapi_keda_job_rules *rules, int64_t running,
                           int64_t pending, struct neapi_keda_jobs *jobs);

/* The lesser of the two; 0 when it is below that. */
int64_t neapi_keda_created(const struct neapi_keda_jobs *jobs);

enum neapi_keda_calculation { NEAPI_KEDA_MAX, NEAPI_KEDA_MIN, NEAPI_KEDA_AVG, NEAPI_KEDA_SUM };

struct neapi_keda_scaler {
    double queue_length, target_average;
    bool active;
};

struct neapi_keda_queue {
    bool active;
    int64_t length, jobs; /* both rounded up */
};
struct neapi_keda_queue neapi_keda_queue(enum neapi_keda_calculation calculation, int64_t min,
                                         int64_t max, const struct neapi_keda_scaler *scalers,
                                         size_t count);

/* Mean target of a scaler's metrics; 0 for none. */
double neapi_keda_target_average(const double *targets, size_t count);

#endif

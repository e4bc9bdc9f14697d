/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What target tracking and step scaling share: metrics as CloudWatch holds them, alarms over them,
 * cooldowns, and the settings of all these. One evaluation:
 *
 *     reading -> series -> alarms -> proposal -> cooldowns -> min and max -> decision
 *     (aws_metric.c)  (aws_alarm.c)  (the kind)  (aws_limits.c)
 *
 * Sources: the Application Auto Scaling, EC2 Auto Scaling and CloudWatch user guides. There is no
 * source code to read: what they leave open is a setting, or is said where it is decided. */
#ifndef NEAP_AUTOSCALER_AWS_IMPL_H
#define NEAP_AUTOSCALER_AWS_IMPL_H

#include "autoscaler/decision.h"

/* --- metrics (aws_metric.c) ------------------------------------------------------------------- */

enum neapi_aws_metric {
    NEAPI_AWS_CPU,    /* use of the service's CPU reservation, percent */
    NEAPI_AWS_MEMORY, /* likewise of its memory */
    NEAPI_AWS_RATE,   /* requests per second and healthy target */
    NEAPI_AWS_METRICS
};

/* The point that a reading adds to the metric; NaN: none is emitted. CPU of replicas that warm up
 * is left out. */
double neapi_aws_point(enum neapi_aws_metric metric, const struct neap_reading *reading,
                       int64_t warm_up_ns);

/* Replicas that have been ready for that long. */
int64_t neapi_aws_warm(const struct neap_reading *reading, int64_t warm_up_ns);

/* A share as a percentage, without the error of the multiplication. */
double neapi_aws_percent(double share);

/* How a decision calls the metric, and a value of it in that unit. */
enum neap_signal neapi_aws_signal(enum neapi_aws_metric metric);
double neapi_aws_reported(enum neapi_aws_metric metric, double value);

/* The newest points of one metric: a ring. */
struct neapi_aws_series {
    double *value; /* NaN: missing */
    size_t newest, count, capacity;
};

void neapi_aws_series_push(struct neapi_aws_series *series, double value);
/* The point that is age points older than the newest; NaN when it is missing or forgotten. */
double neapi_aws_series_at(const struct neapi_aws_series *series, size_t age);

/* --- alarms (aws_alarm.c) --------------------------------------------------------------------- */

enum neapi_aws_state { NEAPI_AWS_OK, NEAPI_AWS_ALARM, NEAPI_AWS_INSUFFICIENT_DATA };

enum neapi_aws_missing {
    NEAPI_AWS_MISSING,
    NEAPI_AWS_IGNORE,
    NEAPI_AWS_BREACHING,
    NEAPI_AWS_NOT_BREACHING
};

struct neapi_aws_alarm {
    double threshold;
    bool above;     /* breached above the threshold, else below it; never at it */
    size_t points;  /* M: so many of */
    size_t periods; /* N points must breach */
    size_t range;   /* points looked back over, at least N: older ones stand in for missing ones */
    enum neapi_aws_missing missing;
    enum neapi_aws_state state;
    size_t breaching; /* of the points that the state was found from */
};

/* Moves the alarm to the state that the series puts it in. */
void neapi_aws_alarm_evaluate(struct neapi_aws_alarm *alarm, const struct neapi_aws_series *series);

/* Adds the alarm to what a decision tells. */
void neapi_aws_alarm_tell(const struct neapi_aws_alarm *alarm, enum neapi_aws_metric metric,
                          struct neap_decision *decision);

enum neapi_aws_value { NEAPI_AWS_NEWEST, NEAPI_AWS_MEAN };

/* What an action compares with its target: of the newest N points in range that exist, the newest
 * or the mean. NaN without any. */
double neapi_aws_alarm_value(const struct neapi_aws_alarm *alarm,
                             const struct neapi_aws_series *series, enum neapi_aws_value which);

/* --- cooldowns and bounds (aws_limits.c) ------------------------------------------------------ */

struct neapi_aws_limits {
    int64_t min, max;
    int64_t out_cooldown_ns, in_cooldown_ns;
    bool warms_up; /* in place of cooldowns */
    int64_t warm_up_ns;
};

/* What was done lately. */
struct neapi_aws_activity {
    int64_t out_ns, in_ns; /* when the cooldowns began, with has_ */
    int64_t added;         /* by scale-outs since the cooldown first began */
    bool has_out, has_in;
};

/* What is left of a scale-out while an earlier one, which added that many, still cools down. */
int64_t neapi_aws_out_left(int64_t change, int64_t added);

/* The size before scale-outs that still cool down or warm up: what a policy is asked to add to
 * meanwhile. */
int64_t neapi_aws_base(const struct neapi_aws_limits *limits,
                       const struct neapi_aws_activity *activity,
                       const struct neap_reading *reading);

struct neapi_aws_move {
    int64_t stable;          /* after cooldowns, before bounds */
    enum neap_reason cooled; /* why that is not what was wanted */
    int64_t after;
};

/* What cooldowns, min and max leave of wanted, or while a scale-out cools down or warms up of from_base, which
 * is what the policy asks for at the size before it. reason is left alone when that is wanted. */
struct neapi_aws_move neapi_aws_move(const struct neapi_aws_limits *limits,
                                     const struct neapi_aws_activity *activity,
                                     const struct neap_reading *reading, int64_t wanted,
                                     int64_t from_base, enum neap_reason *reason);

/* The same as steps of a decision, whose last one is wanted. */
void neapi_aws_act(const struct neapi_aws_limits *limits, const struct neapi_aws_activity *activity,
                   const struct neap_reading *reading, int64_t from_base,
                   struct neap_decision *decision);

/* Remembers a change of size, and starts its cooldown. */
void neapi_aws_record(const struct neapi_aws_limits *limits, struct neapi_aws_activity *activity,
                      int64_t before, int64_t after, int64_t now_ns);

/* Fills the decision and true when the size is outside of its bounds: then it is put back, and no
 * metric is asked. */
bool neapi_aws_correct(const struct neapi_aws_limits *limits, const struct neap_reading *reading,
                       struct neap_decision *decision);

/* --- settings (aws_settings.c) ---------------------------------------------------------------- */

struct neapi_aws_settings {
    double min, max, period_s, delivery_s;
    double out_periods, out_points, in_periods, in_points, extra_points;
    double out_cooldown_s, in_cooldown_s, warm_up_s;
    int missing, value;
};

#define NEAPI_AWS_OFFSET(type, name) offsetof(struct type, aws.name)

/* Rows for a parameter table whose struct has a member neapi_aws_settings aws. Which alarms, as
 * defaults, is the kind's to say. */
#define NEAPI_AWS_ROWS(type, out_points_text, in_points_text)                                      \
    {"min", NEAP_COUNT, NEAPI_AWS_OFFSET(type, min), "1", 0, 1e7, NULL, "fewest replicas"},        \
        {"max", NEAP_COUNT, NEAPI_AWS_OFFSET(type, max), "", 1,                                    \
         1e7,   NULL,       "most replicas (required)"},                                           \
        {"scale_out.cooldown",                                                                     \
         NEAP_SECONDS,                                                                             \
         NEAPI_AWS_OFFSET(type, out_cooldown_s),                                                   \
         "300s",                                                                                   \
         0,                                                                                        \
         86400,                                                                                    \
         NULL,                                                                                     \
         "after scaling out, only what a larger step adds to it counts for this long"},            \
        {"scale_in.cooldown",                                                                      \
         NEAP_SECONDS,                                                                             \
         NEAPI_AWS_OFFSET(type, in_cooldown_s),                                                    \
         "300s",                                                                                   \
         0,                                                                                        \
         86400,                                                                                    \
         NULL,                                                                                     \
         "after scaling in, do not do so again for this long, unless it scaled out meanwhile"},    \
        {"warm_up",                                                                                \
         NEAP_SECONDS,                                                                             \
         NEAPI_AWS_OFFSET(type, warm_up_s),                                                        \
         "",                                                                                       \
         0,                                                                                        \
         86400,                                                                                    \
         NULL,                                                                                     \
         "EC2 Auto Scaling, in place of cooldowns: for this long after it became ready a replica " \
         "counts as added, but its CPU use does not count, and nothing scales in"},                \
        {"scale_out.periods",                                                                      \
         NEAP_COUNT,                                                                               \
         NEAPI_AWS_OFFSET(type, out_periods),                                                      \
         out_points_text,                                                                          \
         1,                                                                                        \
         1440,                                                                                     \
         NULL,                                                                                     \
         "points that the alarm which scales out looks at"},                                       \
        {"scale_out.points",                                                                       \
         NEAP_COUNT,                                                                               \
         NEAPI_AWS_OFFSET(type, out_points),                                                       \
         "",                                                                                       \
         1,                                                                                        \
         1440,                                                                                     \
         NULL,                                                                                     \
         "how many of them must be beyond its threshold; default all"},                            \
        {"scale_in.periods",                                                                       \
         NEAP_COUNT,                                                                               \
         NEAPI_AWS_OFFSET(type, in_periods),                                                       \
         in_points_text,                                                                           \
         1,                                                                                        \
         1440,                                                                                     \
         NULL,                                                                                     \
         "points that the alarm which scales in looks at"},                                        \
        {"scale_in.points",                                                                        \
         NEAP_COUNT,                                                                               \
         NEAPI_AWS_OFFSET(type, in_points),                                                        \
         "",                                                                                       \
         1,                                                                                        \
         1440,                                                                                     \
         NULL,                                                                                     \
         "how many of them must be beyond its threshold; default all"},                            \
        {"period",                                                                                 \
         NEAP_SECONDS,                                                                             \
         NEAPI_AWS_OFFSET(type, period_s),                                                         \
         "60s",                                                                                    \
         10,                                                                                       \
         86400,                                                                                    \
         NULL,                                                                                     \
         "time between points of the metric, and between evaluations"},                            \
        {"delivery",                                                                               \
         NEAP_SECONDS,                                                                             \
         NEAPI_AWS_OFFSET(type, delivery_s),                                                       \
         "30s",                                                                                    \
         0,                                                                                        \
         3600,                                                                                     \
         NULL,                                                                                     \
         "time from a point's end, on the clock's period, until alarms see it, unless "            \
         "metrics.lag "                                                                            \
         "says how old readings are; AWS does not tell"},                                          \
        {"missing_data",                                                                           \
         NEAP_CHOICE,                                                                              \
         NEAPI_AWS_OFFSET(type, missing),                                                          \
         "missing",                                                                                \
         0,                                                                                        \
         0,                                                                                        \
         "missing|ignore|breaching|not_breaching",                                                 \
         "what alarms take points for that do not exist"},                                         \
        {"extra_points",                                                                           \
         NEAP_COUNT,                                                                               \
         NEAPI_AWS_OFFSET(type, extra_points),                                                     \
         "2",                                                                                      \
         0,                                                                                        \
         1440,                                                                                     \
         NULL,                                                                                     \
         "older points that alarms turn to when some are missing; AWS does not tell how many"},    \
    {                                                                                              \
        "metric_value", NEAP_CHOICE, NEAPI_AWS_OFFSET(type, value), "newest", 0, 0, "newest|mean", \
            "what the size is worked out from: the alarm's newest point or the mean of its "       \
            "points; AWS "                                                                         \
            "does not tell"                                                                        \
    }

/* The pipeline of CloudWatch: points of one period each, aligned to the clock. */
void neapi_aws_pipeline(struct neap_autoscaler_scope *scope,
                        const struct neapi_aws_settings *settings);

/* An alarm by those settings, in the state that a new one has. */
struct neapi_aws_alarm neapi_aws_alarm_make(const struct neapi_aws_settings *settings, bool above,
                                            double threshold);
void neapi_aws_alarm_reset(struct neapi_aws_alarm *alarm);

/* Checks them against each other, and sets the limits. given says which rows of the table were. */
NEAP_MUST_CHECK enum neap_status neapi_aws_settings_use(const struct neapi_aws_settings *settings,
                                                        const struct neap_parameter *parameters,
                                                        uint64_t given,
                                                        struct neapi_aws_limits *limits,
                                                        struct neap_error *error);

/* Memory for every point that an alarm by those settings may look at; free(series->value). */
NEAP_MUST_CHECK bool neapi_aws_series_make(struct neapi_aws_series *series,
                                           const struct neapi_aws_settings *settings);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Step scaling: an alarm, and how much to change the size by, in steps of how far the metric is
 * beyond the alarm's threshold.
 *
 * Sources: Application Auto Scaling user guide, step scaling; EC2 Auto Scaling user guide, simple
 * and step scaling. */
#ifndef NEAP_AUTOSCALER_STEP_SCALING_IMPL_H
#define NEAP_AUTOSCALER_STEP_SCALING_IMPL_H

#include "autoscaler/aws_impl.h"

enum { NEAPI_STEPS = 20 }; /* most that AWS takes */

struct neapi_step {
    double lower, upper; /* distance of the metric from the threshold */
    int64_t adjustment;  /* replicas, or percent */
};

enum neapi_step_type { NEAPI_STEP_CHANGE, NEAPI_STEP_PERCENT, NEAPI_STEP_EXACT };

struct neapi_step_policy {
    enum neapi_step_type type;
    struct neapi_step steps[NEAPI_STEPS]; /* ascending, without gaps */
    size_t count;
    int64_t magnitude; /* least change by percent; 0: none */
};

/* Reads "0:10:1, 10:inf:3", LOWER:UPPER:ADJUSTMENT, in any order; a semicolon parts them too. */
NEAP_MUST_CHECK enum neap_status neapi_steps_parse(struct neapi_step_policy *policy,
                                                   const char *key, const char *text,
                                                   struct neap_error *error);

/* The step for a metric that far from the threshold, or NULL. Above it the lower bound belongs to
 * a step and the upper does not, below it the other way round. */
const struct neapi_step *neapi_step_find(const struct neapi_step_policy *policy, double distance);

/* A change of size made whole: less than 1 becomes 1 replica, all else is cut toward 0. */
int64_t neapi_step_round(double change);

/* The size after that adjustment, before cooldowns and bounds. */
int64_t neapi_step_adjust(const struct neapi_step_policy *policy, int64_t current,
                          int64_t adjustment);

/* The same by the step that the metric is in; false, and size left alone, when it is in none. */
bool neapi_step_size(const struct neapi_step_policy *policy, int64_t current, double metric,
                     double threshold, int64_t *size);

/* --- the kind (step_scaling.c, step_scaling_decide.c) ---------------------------------------------- */

/* A policy and what its alarm has seen. */
struct neapi_stepping {
    enum neapi_aws_metric metric;
    struct neapi_aws_alarm alarm;
    struct neapi_aws_series series;
    struct neapi_step_policy steps;
};

enum { NEAPI_STEPPING_SIDES = 2 };

struct neapi_step_scaling {
    struct neapi_stepping policy[NEAPI_STEPPING_SIDES]; /* to scale out, to scale in */
    size_t policies;                                    /* 1: none to scale in */
    struct neapi_aws_limits limits;
    struct neapi_aws_activity activity;
    enum neapi_aws_value value;
};

void neapi_step_scaling_decide(void *state, const struct neap_reading *reading,
                               struct neap_decision *decision);

#endif

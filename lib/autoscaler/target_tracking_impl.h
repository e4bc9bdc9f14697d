/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Target tracking: each policy is a metric, a target and two alarms around it; the policies of one
 * service vote.
 *
 * Sources: Application Auto Scaling user guide, target tracking; alarms as AWS creates them. */
#ifndef NEAP_AUTOSCALER_TARGET_TRACKING_IMPL_H
#define NEAP_AUTOSCALER_TARGET_TRACKING_IMPL_H

#include "autoscaler/aws_impl.h"

struct neapi_tracking_policy {
    enum neapi_aws_metric metric;
    double target; /* in the metric's unit: percent, or requests per second */
    bool scale_in; /* not disabled */
    struct neapi_aws_alarm high, low;
};

/* A policy with scale-in, and the alarms that are made for its target: above it, and below that
 * share of it. */
struct neapi_tracking_policy neapi_tracking_policy_make(enum neapi_aws_metric metric, double target,
                                                        double low_share,
                                                        const struct neapi_aws_settings *settings);

/* A fractional number of replicas, or of replicas more, made whole so that too many rather than too
 * few remain: 1.5 more are 2, 1.5 fewer are 1. */
double neapi_tracking_round(double replicas);

/* The size in proportion to the metric. */
int64_t neapi_tracking_size(int64_t current, double metric, double target);

/* The least size that one scale-in may go to, when each takes away at most that share: at least one
 * replica. */
int64_t neapi_tracking_capped(int64_t current, double cap_share);

enum neapi_tracking_direction { NEAPI_TRACKING_HOLD, NEAPI_TRACKING_OUT, NEAPI_TRACKING_IN };

/* What one policy wants. */
struct neapi_tracking_vote {
    enum neapi_tracking_direction direction;
    int64_t replicas; /* with direction HOLD the size that its metric would ask for */
    enum neap_reason reason;
    const struct neapi_tracking_policy *policy;
    double metric; /* NaN: no point */
    bool abstains; /* its scale-in is disabled */
};

/* A vote from alarms that were evaluated. */
void neapi_tracking_cast(const struct neapi_tracking_policy *policy, int64_t current, double metric,
                         struct neapi_tracking_vote *vote);

/* The vote that decides: the largest of those that scale out; otherwise, when all that do not
 * abstain scale in, the largest of these; otherwise one that holds. count is at least 1. */
struct neapi_tracking_vote neapi_tracking_combine(const struct neapi_tracking_vote *votes,
                                                  size_t count);

/* Settings as the parameter table gives them by default, but for targets and max. */
struct neapi_aws_settings neapi_tracking_defaults(double *low_share);

#endif

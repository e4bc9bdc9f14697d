/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of autoscaler, one file each. A new one is its file, a line here and a row of the
 * registry in autoscaler.c. */
#ifndef NEAP_AUTOSCALER_TYPES_H
#define NEAP_AUTOSCALER_TYPES_H

#include "autoscaler/decision.h"

extern const struct neap_autoscaler_type neapi_autoscaler_fixed;
extern const struct neap_autoscaler_type neapi_autoscaler_gce;
extern const struct neap_autoscaler_type neapi_autoscaler_cloud_run;
extern const struct neap_autoscaler_type neapi_autoscaler_hpa;
extern const struct neap_autoscaler_type neapi_autoscaler_step_scaling;
extern const struct neap_autoscaler_type neapi_autoscaler_target_tracking;
extern const struct neap_autoscaler_type neapi_autoscaler_keda;
extern const struct neap_autoscaler_type neapi_autoscaler_knative;
extern const struct neap_autoscaler_type neapi_autoscaler_oracle;
extern const struct neap_autoscaler_type neapi_autoscaler_predictive;
extern const struct neap_autoscaler_type neapi_autoscaler_recorded;
extern const struct neap_autoscaler_type neapi_autoscaler_schedule;
extern const struct neap_autoscaler_type neapi_autoscaler_callback; /* not in the registry */

/* Settings of a callback. */
struct neapi_callback {
    double min, max, period_s;
    struct neap_callback call;
};

/* A scope of a policy that aims at no CPU use and reads nothing. */
struct neap_autoscaler_scope neapi_autoscaler_scope(double period_s, int64_t min, int64_t max);

/* The keys min and max as whole numbers, checked against each other; max must be set. */
enum neap_status neapi_autoscaler_sizes(int64_t *min, int64_t *max, double min_value,
                                        double max_value, struct neap_error *error);

/* What the recorded policy makes of a count, which may be a mean: the nearest whole number, half
 * up; the current size when there is none. */
int64_t neapi_recorded_size(double recorded_replicas, int64_t current);

#endif

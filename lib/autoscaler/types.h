/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of autoscaler, one file each. A new one is its file, a line here and a row of the
 * registry in autoscaler.c. */
#ifndef NEAP_AUTOSCALER_TYPES_H
#define NEAP_AUTOSCALER_TYPES_H

#include <neap/autoscaler.h>

extern const struct neap_autoscaler_type neapi_autoscaler_fixed;
extern const struct neap_autoscaler_type neapi_autoscaler_hpa;
extern const struct neap_autoscaler_type neapi_autoscaler_step_scaling;
extern const struct neap_autoscaler_type neapi_autoscaler_target_tracking;

/* A decision for that size that no metric had a part in. */
void neapi_decision_keep(struct neap_decision *decision, const struct neap_reading *reading,
                         int64_t size, enum neap_reason reason);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A policy inside another one, which puts it within bounds of its own. */
#ifndef NEAP_AUTOSCALER_INNER_H
#define NEAP_AUTOSCALER_INNER_H

#include <neap/autoscaler.h>

struct neapi_inner {
    struct neap_autoscaler *scaler;
    int64_t min, max; /* its bounds now */
    bool bounded;     /* it knows of them */
    size_t own_steps; /* of its last decision, that are not about those bounds */
};

/* Makes and prepares the autoscaler of that type with settings "target_cpu = 60% | max = 40".
 * Failures name the keys policy and policy.settings. */
NEAP_MUST_CHECK enum neap_status neapi_inner_new(struct neapi_inner *inner, const char *type,
                                                 const char *settings, struct neap_error *error);
/* One that was never made, all zero, is fine. */
void neapi_inner_free(struct neapi_inner *inner);
void neapi_inner_reset(struct neapi_inner *inner);

/* The scope of a policy that is the inner one within bounds. */
struct neap_autoscaler_scope neapi_inner_scope(const struct neapi_inner *inner);

/* What the inner policy decides, when its bounds are these from now on. A kind that has no bounds
 * to change is cut to them. */
void neapi_inner_decide(struct neapi_inner *inner, const struct neap_reading *reading, int64_t min,
                        int64_t max, struct neap_decision *decision);

/* Where min or max decided, whether the policy or the cut says so, these are the reasons. */
void neapi_inner_say(const struct neapi_inner *inner, struct neap_decision *decision,
                     enum neap_reason at_min, enum neap_reason at_max);

#endif

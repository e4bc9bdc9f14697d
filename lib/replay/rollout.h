/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rolling updates: how the containers of a new version take the place of older ones. Version 0 is
 * the profile that a replay begins with, version k + 1 that of deployment k. */
#ifndef NEAP_REPLAY_ROLLOUT_H
#define NEAP_REPLAY_ROLLOUT_H

#include "replay/fleet.h"

struct neapi_rollout {
    const struct neap_rollout_options *options; /* borrowed; NULL without deployments */
    const struct neap_deployment *deployment;   /* borrowed */
    size_t count, begun;
    int64_t next_ns; /* when the next one begins; INT64_MAX: never */
    bool rolling;    /* containers of older versions are left */
    int64_t
        *gone_ns; /* by deployment: when the last older container is gone; INT64_MAX: not known */
};

enum neap_status neapi_rollout_new(struct neapi_rollout *rollout,
                                   const struct neap_replay_inputs *inputs,
                                   struct neap_error *error);
void neapi_rollout_free(struct neapi_rollout *rollout);
/* Deployments up to now count as done. Returns the version that they leave. */
size_t neapi_rollout_reset(struct neapi_rollout *rollout, int64_t now_ns);

/* Begins what is due and replaces as many containers as the limits allow at this moment. To be
 * called when a deployment is due, and while rolling after each change of the fleet or of wanted,
 * in place of neapi_fleet_resize(). */
void neapi_rollout_step(struct neapi_rollout *rollout, struct neapi_fleet *fleet, int64_t wanted,
                        int64_t now_ns);

/* After a run: deployments end with the last container that lingered. */
void neapi_rollout_finish(struct neapi_rollout *rollout, const struct neapi_fleet *fleet);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of a Kubernetes Deployment's RollingUpdate (its controller, apps/v1): new containers
 * start while there are fewer than wanted + surge in all, old ones leave while more than wanted -
 * unavailable are ready, those that are not ready first. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/rollout.h"

static const double WHOLE = 1e-9; /* 10 % of 30 is 3, whatever a product of doubles says */

enum neap_status neapi_rollout_new(struct neapi_rollout *rollout,
                                   const struct neap_replay_inputs *inputs,
                                   struct neap_error *error)
{
    size_t count = inputs->deployments_count;
    *rollout = (struct neapi_rollout){.next_ns = INT64_MAX};
    if (count == 0)
        return NEAP_OK;
    if (inputs->rollout == NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found deployments without rollout: give their surge and unavailable");
    enum neap_status status = neap_rollout_check(inputs->rollout, error);
    for (size_t k = 1; status == NEAP_OK && k < count; k++)
        if (inputs->deployments[k].at_ns < inputs->deployments[k - 1].at_ns)
            status = neapi_fail(error, NEAP_BAD_ARGUMENT,
                                "deployment %zu is before the one before it: sort them by time", k);
    if (status != NEAP_OK)
        return status;
    rollout->options = inputs->rollout;
    rollout->deployment = inputs->deployments;
    rollout->count = count;
    rollout->gone_ns = neapi_allocate(count, sizeof *rollout->gone_ns);
    return rollout->gone_ns == NULL ? neapi_no_memory(error, "deployments") : NEAP_OK;
}

void neapi_rollout_free(struct neapi_rollout *rollout)
{
    free(rollout->gone_ns);
    rollout->gone_ns = NULL;
}

static void find_next(struct neapi_rollout *rollout)
{
    rollout->next_ns =
        rollout->begun < rollout->count ? rollout->deployment[rollout->begun].at_ns : INT64_MAX;
}

size_t neapi_rollout_reset(struct neapi_rollout *rollout, int64_t now_ns)
{
    rollout->rolling = false;
    rollout->begun = 0;
    for (size_t k = 0; k < rollout->count; k++)
        rollout->gone_ns[k] = INT64_MAX;
    while (rollout->begun < rollout->count && rollout->deployment[rollout->begun].at_ns <= now_ns)
        rollout->begun++;
    find_next(rollout);
    return rollout->begun;
}

/* --- one step ------------------------------------------------------------------------------------- */

struct limits {
    int64_t wanted, most, least; /* replicas at most, ready ones at least */
};

/* When rounding leaves neither room to start one nor to stop one, one may be missing. */
static struct limits limits_of(const struct neap_rollout_options *options, int64_t wanted)
{
    int64_t surge = (int64_t)ceil(options->surge_share * (double)wanted - WHOLE);
    int64_t missing = (int64_t)floor(options->unavailable_share * (double)wanted + WHOLE);
    if (surge <= 0 && missing == 0)
        missing = 1;
    return (struct limits){wanted, wanted + (surge > 0 ? surge : 0), wanted - missing};
}

static int64_t least_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* More of the newest version than are wanted: the policy has scaled in. */
static void take_surplus(struct neapi_fleet *fleet, const struct limits *limits, int64_t now_ns)
{
    int64_t surplus = fleet->of[fleet->newest].replicas - limits->wanted;
    if (surplus <= 0)
        return;
    surplus -= neapi_fleet_take(fleet, NEAPI_PICK_NEW_STARTING, surplus, now_ns);
    neapi_fleet_take(fleet, NEAPI_PICK_NEW_READY, surplus, now_ns);
}

static bool start_new(struct neapi_fleet *fleet, const struct limits *limits, int64_t now_ns)
{
    int64_t room = limits->most - neapi_fleet_replicas(fleet);
    int64_t count = least_of(room, limits->wanted - fleet->of[fleet->newest].replicas);
    neapi_fleet_start(fleet, count, now_ns);
    return count > 0;
}

static bool stop_old(struct neapi_fleet *fleet, const struct limits *limits, int64_t now_ns)
{
    const struct neapi_version_count *newest = &fleet->of[fleet->newest];
    int64_t spare =
        neapi_fleet_replicas(fleet) - limits->least - (newest->replicas - newest->ready);
    if (spare <= 0)
        return false;
    int64_t taken = neapi_fleet_take(fleet, NEAPI_PICK_OLD_STARTING, spare, now_ns);
    int64_t ready = fleet->in_state[NEAP_READY] - limits->least;
    if (ready > 0)
        taken += neapi_fleet_take(fleet, NEAPI_PICK_OLD_READY, ready, now_ns);
    return taken > 0;
}

/* The policy wants so many fewer that even with the surge there are too many. */
static void keep_to_most(struct neapi_fleet *fleet, const struct limits *limits, int64_t now_ns)
{
    static const enum neapi_pick order[] = {NEAPI_PICK_OLD_STARTING, NEAPI_PICK_NEW_STARTING,
                                            NEAPI_PICK_OLD_READY, NEAPI_PICK_NEW_READY};
    int64_t excess = neapi_fleet_replicas(fleet) - limits->most;
    for (int i = 0; i < 4 && excess > 0; i++)
        excess -= neapi_fleet_take(fleet, order[i], excess, now_ns);
}

/* Notes for each deployment when the last container before it is gone. */
static void note_ends(struct neapi_rollout *rollout, const struct neapi_fleet *fleet)
{
    int64_t older = 0, gone_ns = INT64_MIN;
    for (size_t k = 0; k < rollout->begun; k++) {
        const struct neapi_version_count *of = &fleet->of[k];
        int64_t at_ns = rollout->deployment[k].at_ns;
        older += of->replicas;
        gone_ns = of->gone_ns > gone_ns ? of->gone_ns : gone_ns;
        if (older == 0 && rollout->gone_ns[k] == INT64_MAX)
            rollout->gone_ns[k] = gone_ns > at_ns ? gone_ns : at_ns;
    }
    rollout->rolling = older > 0;
}

void neapi_rollout_step(struct neapi_rollout *rollout, struct neapi_fleet *fleet, int64_t wanted,
                        int64_t now_ns)
{
    struct limits limits = limits_of(rollout->options, wanted);
    bool moved = true;
    while (rollout->next_ns <= now_ns) {
        rollout->begun++;
        fleet->newest = rollout->begun;
        find_next(rollout);
    }
    take_surplus(fleet, &limits, now_ns);
    while (moved) {
        moved = start_new(fleet, &limits, now_ns);
        moved = stop_old(fleet, &limits, now_ns) || moved;
    }
    keep_to_most(fleet, &limits, now_ns);
    note_ends(rollout, fleet);
}

void neapi_rollout_finish(struct neapi_rollout *rollout, const struct neapi_fleet *fleet)
{
    for (size_t k = 0; k < rollout->begun; k++)
        for (size_t version = 0; version <= k && rollout->gone_ns[k] != INT64_MAX; version++)
            if (fleet->of[version].gone_ns > rollout->gone_ns[k])
                rollout->gone_ns[k] = fleet->of[version].gone_ns;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers that are started and taken away. */
#include <math.h>
#include <string.h>

#include "replay/fleet.h"

enum { BATCH_GROUPS = 16 }; /* a larger batch starts in that many groups of equal size */

/* --- scaling out -------------------------------------------------------------------------------- */

/* The two oldest neighbours of one version as one. */
static void merge_oldest(struct neapi_fleet *fleet)
{
    size_t first = 0;
    while (fleet->cohort[first].version != fleet->cohort[first + 1].version)
        first++; /* there are more cohorts than versions */
    struct neapi_cohort *older = &fleet->cohort[first];
    if (fleet->settled == first + 1) { /* the younger one is not settled yet */
        fleet->settled_count -= older->count;
        fleet->of[older->version].settled -= older->count;
    }
    older[1].count += older->count;
    memmove(older, older + 1, (fleet->depth - first - 1) * sizeof *older);
    fleet->depth--;
    if (fleet->settled > first)
        fleet->settled--;
}

static void push(struct neapi_fleet *fleet, int64_t count, int64_t failures, int64_t now_ns,
                 const double *uniform)
{
    struct neapi_cohort cohort = {
        .count = count, .pending_ns = now_ns, .state = NEAP_PENDING, .version = fleet->newest};
    cohort.start = neapi_start_draw(&fleet->rules, uniform, now_ns, failures, &cohort.starting_ns);
    cohort.ready_ns = neapi_start_ready_ns(&fleet->rules, &cohort.start);
    int64_t quiet_ns = neapi_start_quiet_ns(&fleet->rules, &cohort.start);
    if (quiet_ns > fleet->quiet_ns)
        fleet->quiet_ns = quiet_ns;
    if (fleet->depth == fleet->capacity)
        merge_oldest(fleet);
    if (fleet->nodes.any)
        neapi_fleet_await_room(fleet, &cohort);
    fleet->cohort[fleet->depth++] = cohort;
    fleet->in_state[NEAP_PENDING] += count;
    fleet->of[cohort.version].replicas += count;
}

/* One cohort for each number of failures. */
static void push_all(struct neapi_fleet *fleet, int64_t count, int64_t now_ns,
                     const double *uniform)
{
    uint64_t number = (uint64_t)fleet->started;
    int64_t left = count;
    for (int64_t failures = 0; left > 0; failures++) {
        int64_t failing = neapi_start_fails(&fleet->rules, number, failures, left);
        if (left > failing)
            push(fleet, left - failing, failures, now_ns, uniform);
        left = failing;
    }
    fleet->started += count;
}

static void draw(struct neapi_fleet *fleet, double uniform[NEAP_STARTUP_STAGES])
{
    for (int stage = 0; stage < NEAP_STARTUP_STAGES; stage++)
        uniform[stage] = neap_stream_uniform(
            &fleet->starts, fleet->start_index * NEAP_STARTUP_STAGES + (uint64_t)stage);
    fleet->start_index++;
}

/* A batch of up to BATCH_GROUPS starts one by one, each with its own draw. A larger one starts in
 * strata of the start-up distribution, so that its cost does not grow with its size. */
static void scale_out(struct neapi_fleet *fleet, int64_t count, int64_t now_ns)
{
    double uniform[NEAP_STARTUP_STAGES];
    if (fleet->rules.startup->fixed && fleet->rules.failing_share == 0) {
        draw(fleet, uniform);
        push_all(fleet, count, now_ns, uniform);
        if (fleet->nodes.any)
            neapi_fleet_place(fleet, now_ns);
        return;
    }
    int64_t groups = count < BATCH_GROUPS ? count : BATCH_GROUPS;
    for (int64_t group = 0; group < groups; group++) {
        int64_t from = count * group / groups, to = count * (group + 1) / groups;
        draw(fleet, uniform);
        if (count > BATCH_GROUPS)
            for (int stage = 0; stage < NEAP_STARTUP_STAGES; stage++)
                uniform[stage] = ((double)group + uniform[stage]) / (double)groups;
        push_all(fleet, to - from, now_ns, uniform);
    }
    if (fleet->nodes.any)
        neapi_fleet_place(fleet, now_ns);
}

/* --- scaling in --------------------------------------------------------------------------------- */

/* held: their nodes have room for others when they are gone. */
static void take_from(struct neapi_fleet *fleet, size_t index, int64_t count, bool held,
                      int64_t now_ns)
{
    struct neapi_cohort *cohort = &fleet->cohort[index];
    bool ready = cohort->state == NEAP_READY;
    struct neapi_version_count *of = &fleet->of[cohort->version];
    fleet->in_state[cohort->state] -= count;
    of->replicas -= count;
    if (ready) {
        of->ready -= count;
        fleet->mixed = fleet->versions > 1;
    }
    struct neapi_drain drain = {.end_ns = now_ns, .drained_ns = INT64_MAX};
    if (ready && fleet->grace_ns > 0)
        drain = neapi_fleet_begin_drain(fleet, cohort, count, held, now_ns);
    else if (cohort->waiting)
        fleet->waiting -= count;
    else if (held)
        neapi_nodes_release(&fleet->nodes, count, now_ns);
    bool told = drain.drained_ns != INT64_MAX;
    int64_t gone_ns = told ? drain.drained_ns : drain.end_ns;
    of->gone_ns = gone_ns > of->gone_ns ? gone_ns : of->gone_ns;
    if (!told)
        neapi_fleet_emit(fleet, cohort, count, now_ns, gone_ns);
    cohort->count -= count;
    if (ready && fleet->watcher.left != NULL)
        fleet->watcher.left(fleet->watcher.context,
                            neapi_fleet_position(fleet, index) + (size_t)cohort->count,
                            (size_t)count, drain);
    if (index < fleet->settled) {
        fleet->settled_count -= count;
        of->settled -= count;
    }
    if (cohort->count > 0)
        return;
    memmove(cohort, cohort + 1, (fleet->depth - index - 1) * sizeof *cohort);
    fleet->depth--;
    if (index < fleet->settled)
        fleet->settled--;
}

static void take(struct neapi_fleet *fleet, size_t index, int64_t count, int64_t now_ns)
{
    take_from(fleet, index, count, fleet->nodes.any, now_ns);
}

/* The youngest that is not ready, else the youngest. */
static size_t victim(const struct neapi_fleet *fleet)
{
    if (fleet->in_state[NEAP_PENDING] + fleet->in_state[NEAP_STARTING] > 0)
        for (size_t i = fleet->depth; i-- > fleet->settled;)
            if (fleet->cohort[i].state != NEAP_READY)
                return i;
    return fleet->depth - 1;
}

static void scale_in(struct neapi_fleet *fleet, int64_t count, int64_t now_ns)
{
    while (count > 0 && fleet->depth > 0) {
        size_t index = victim(fleet);
        int64_t here = fleet->cohort[index].count < count ? fleet->cohort[index].count : count;
        take(fleet, index, here, now_ns);
        count -= here;
    }
}

static void after_change(struct neapi_fleet *fleet, int64_t now_ns)
{
    neapi_fleet_change_nodes(fleet, now_ns);
    neapi_fleet_find_next(fleet, now_ns);
}

void neapi_fleet_resize(struct neapi_fleet *fleet, int64_t wanted, int64_t now_ns)
{
    int64_t have = neapi_fleet_replicas(fleet);
    if (wanted == have)
        return;
    if (wanted > have)
        scale_out(fleet, wanted - have, now_ns);
    else
        scale_in(fleet, have - wanted, now_ns);
    after_change(fleet, now_ns);
}

/* --- a part of the fleet ------------------------------------------------------------------------ */

void neapi_fleet_start(struct neapi_fleet *fleet, int64_t count, int64_t now_ns)
{
    if (count <= 0)
        return;
    scale_out(fleet, count, now_ns);
    after_change(fleet, now_ns);
}

static int64_t take_version(struct neapi_fleet *fleet, size_t version, bool ready, int64_t count,
                            int64_t now_ns)
{
    int64_t taken = 0;
    for (size_t i = fleet->depth; i-- > 0 && taken < count;) {
        const struct neapi_cohort *cohort = &fleet->cohort[i];
        if (cohort->version != version || (cohort->state == NEAP_READY) != ready)
            continue;
        int64_t here = cohort->count < count - taken ? cohort->count : count - taken;
        take(fleet, i, here, now_ns);
        taken += here;
    }
    return taken;
}

int64_t neapi_fleet_take(struct neapi_fleet *fleet, enum neapi_pick pick, int64_t count,
                         int64_t now_ns)
{
    bool ready = pick == NEAPI_PICK_OLD_READY || pick == NEAPI_PICK_NEW_READY;
    bool newest = pick == NEAPI_PICK_NEW_STARTING || pick == NEAPI_PICK_NEW_READY;
    int64_t taken = 0;
    for (size_t version = newest ? fleet->newest : 0;
         taken < count && version < fleet->newest + (newest ? 1 : 0); version++)
        taken += take_version(fleet, version, ready, count - taken, now_ns);
    if (taken > 0)
        after_change(fleet, now_ns);
    return taken;
}

/* --- nodes that hold few ------------------------------------------------------------------------ */

/* Ready containers, the oldest first. Nodes do not tell which ones they hold: all are alike. */
static void evict(struct neapi_fleet *fleet, int64_t count, int64_t now_ns)
{
    size_t i = 0;
    while (count > 0) {
        if (fleet->cohort[i].state != NEAP_READY) {
            i++;
            continue;
        }
        int64_t here = fleet->cohort[i].count < count ? fleet->cohort[i].count : count;
        take_from(fleet, i, here, false, now_ns);
        count -= here;
    }
}

void neapi_fleet_consolidate(struct neapi_fleet *fleet, int64_t now_ns)
{
    struct neapi_nodes *nodes = &fleet->nodes;
    size_t spare;
    while ((spare = neapi_nodes_spare(nodes, now_ns)) != SIZE_MAX) {
        int64_t count = nodes->node[spare].held;
        if (fleet->in_state[NEAP_READY] < count)
            return;
        neapi_nodes_leave(nodes, spare, now_ns + fleet->grace_ns); /* their drain, at the latest */
        evict(fleet, count, now_ns);
        scale_out(fleet, count, now_ns);
    }
}

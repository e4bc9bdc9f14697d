/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers that find room on nodes, or wait for it. */
#include <string.h>

#include "replay/fleet.h"

static const int64_t NEVER_NS = INT64_MAX / 4; /* with room for what is added to it */

void neapi_fleet_await_room(struct neapi_fleet *fleet, struct neapi_cohort *cohort)
{
    cohort->waiting = true;
    cohort->planned_ns = cohort->starting_ns;
    cohort->start.pulled_ns += NEVER_NS - cohort->starting_ns;
    cohort->starting_ns = cohort->ready_ns = INT64_MAX;
    fleet->waiting += cohort->count;
}

static void place_whole(struct neapi_fleet *fleet, struct neapi_cohort *cohort, int64_t now_ns)
{
    int64_t pull_ns = cohort->start.pulled_ns - NEVER_NS;
    cohort->waiting = false;
    cohort->starting_ns = now_ns > cohort->planned_ns ? now_ns : cohort->planned_ns;
    cohort->start.pulled_ns = cohort->starting_ns + pull_ns;
    cohort->ready_ns = neapi_start_ready_ns(&fleet->rules, &cohort->start);
    int64_t quiet_ns = neapi_start_quiet_ns(&fleet->rules, &cohort->start);
    if (quiet_ns > fleet->quiet_ns)
        fleet->quiet_ns = quiet_ns;
    fleet->waiting -= cohort->count;
}

/* The first count of a cohort as one of its own, before the rest. */
static void split(struct neapi_fleet *fleet, size_t index, int64_t count)
{
    struct neapi_cohort *cohort = &fleet->cohort[index];
    memmove(cohort + 1, cohort, (fleet->depth - index) * sizeof *cohort);
    fleet->depth++;
    cohort[0].count = count;
    cohort[1].count -= count;
}

void neapi_fleet_place(struct neapi_fleet *fleet, int64_t now_ns)
{
    for (size_t i = fleet->settled; i < fleet->depth && fleet->waiting > 0 && fleet->nodes.room > 0;
         i++) {
        if (!fleet->cohort[i].waiting)
            continue;
        int64_t count = fleet->cohort[i].count;
        if (fleet->nodes.room < count) {
            if (fleet->depth == fleet->capacity)
                break; /* they come when there is room for all of them */
            count = fleet->nodes.room;
            split(fleet, i, count);
        }
        neapi_nodes_place(&fleet->nodes, count, now_ns);
        place_whole(fleet, &fleet->cohort[i], now_ns);
    }
    neapi_nodes_ask(&fleet->nodes, fleet->waiting, now_ns);
}

void neapi_fleet_change_nodes(struct neapi_fleet *fleet, int64_t now_ns)
{
    if (!fleet->nodes.any)
        return;
    neapi_nodes_advance(&fleet->nodes, now_ns);
    neapi_fleet_place(fleet, now_ns);
    neapi_fleet_consolidate(fleet, now_ns);
}

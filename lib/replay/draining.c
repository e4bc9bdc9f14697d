/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers that drain. Each is gone after its drain; one that still has requests then goes on until
 * they are done or its grace is over. An engine that follows requests tells when that is, another
 * one what to expect. */
#include "replay/fleet.h"

static size_t place_of(const struct neapi_fleet *fleet, size_t index)
{
    return (fleet->leaving_head + index) % fleet->leaving_capacity;
}

/* When those that leave now are gone, as far as that is known. */
static struct neapi_drain ahead(const struct neapi_fleet *fleet, int64_t count, int64_t now_ns)
{
    struct neapi_drain drain = {.end_ns = now_ns + fleet->drain_ns, .drained_ns = INT64_MAX};
    if (fleet->grace_ns <= fleet->drain_ns)
        return drain;
    if (fleet->watcher.linger_s == NULL) { /* it will be told */
        drain.drained_ns = drain.end_ns;
        drain.end_ns = now_ns + fleet->grace_ns;
        return drain;
    }
    double linger_s = fleet->watcher.linger_s(fleet->watcher.context, (size_t)count);
    drain.end_ns += neapi_to_ns(linger_s);
    if (fleet->leaving_count > 0) { /* they go in the order in which they left */
        int64_t last_ns = fleet->leaving[place_of(fleet, fleet->leaving_count - 1)].end_ns;
        drain.end_ns = drain.end_ns > last_ns ? drain.end_ns : last_ns;
    }
    return drain;
}

static bool alike(const struct neapi_leaving *a, const struct neapi_leaving *b)
{
    return !a->told && !b->told && a->end_ns == b->end_ns && a->quiet_ns == b->quiet_ns &&
           a->held == b->held;
}

struct neapi_drain neapi_fleet_begin_drain(struct neapi_fleet *fleet,
                                           const struct neapi_cohort *cohort, int64_t count,
                                           bool held, int64_t now_ns)
{
    struct neapi_drain drain = ahead(fleet, count, now_ns);
    struct neapi_leaving *last =
        &fleet->leaving[place_of(fleet, fleet->leaving_count + fleet->leaving_capacity - 1)];
    struct neapi_leaving leaving = {.count = count,
                                    .end_ns = drain.end_ns,
                                    .draining_ns = now_ns,
                                    .quiet_ns = INT64_MIN,
                                    .told = drain.drained_ns != INT64_MAX,
                                    .held = held,
                                    .cohort = *cohort};
    if (fleet->quiet_ns > now_ns)
        leaving.quiet_ns = neapi_start_quiet_ns(&fleet->rules, &cohort->start);
    if (leaving.quiet_ns <= now_ns)
        leaving.quiet_ns = INT64_MIN;
    bool full = fleet->leaving_count == fleet->leaving_capacity;
    if (full && (leaving.told || last->told)) /* no room to remember them */
        return (struct neapi_drain){.end_ns = now_ns, .drained_ns = INT64_MAX};
    fleet->in_state[NEAP_DRAINING] += count;
    if (fleet->leaving_count > 0 && (full || alike(last, &leaving))) {
        last->count += count;
        drain.end_ns = last->end_ns;
        return drain;
    }
    size_t place = place_of(fleet, fleet->leaving_count++);
    fleet->leaving[place] = leaving;
    drain.tag = (uint32_t)place;
    return drain;
}

static void pop(struct neapi_fleet *fleet)
{
    fleet->leaving_head = (fleet->leaving_head + 1) % fleet->leaving_capacity;
    fleet->leaving_count--;
}

void neapi_fleet_gone(struct neapi_fleet *fleet, uint32_t tag, int64_t end_ns, int64_t now_ns)
{
    struct neapi_leaving *leaving = &fleet->leaving[tag];
    struct neapi_version_count *of = &fleet->of[leaving->cohort.version];
    neapi_fleet_emit(fleet, &leaving->cohort, 1, leaving->draining_ns, end_ns);
    leaving->count--;
    fleet->in_state[NEAP_DRAINING]--;
    of->gone_ns = end_ns > of->gone_ns ? end_ns : of->gone_ns;
    if (leaving->held) {
        neapi_nodes_release(&fleet->nodes, 1, now_ns);
        fleet->next_ns = now_ns; /* somebody may wait for that room */
    }
    while (fleet->leaving_count > 0 && fleet->leaving[fleet->leaving_head].count == 0)
        pop(fleet);
}

void neapi_fleet_end_drains(struct neapi_fleet *fleet, int64_t now_ns)
{
    while (fleet->leaving_count > 0 && fleet->leaving[fleet->leaving_head].end_ns <= now_ns) {
        const struct neapi_leaving *leaving = &fleet->leaving[fleet->leaving_head];
        if (leaving->told)
            neapi_fleet_emit(fleet, &leaving->cohort, leaving->count, leaving->draining_ns,
                             leaving->end_ns);
        fleet->in_state[NEAP_DRAINING] -= leaving->count;
        if (leaving->held)
            neapi_nodes_release(&fleet->nodes, leaving->count, now_ns);
        pop(fleet);
    }
}

void neapi_fleet_close_drains(const struct neapi_fleet *fleet)
{
    for (size_t i = 0; i < fleet->leaving_count; i++) {
        const struct neapi_leaving *leaving = &fleet->leaving[place_of(fleet, i)];
        if (leaving->told)
            neapi_fleet_emit(fleet, &leaving->cohort, leaving->count, leaving->draining_ns,
                             INT64_MAX);
    }
}

double neapi_fleet_drain_cpu_s(const struct neapi_fleet *fleet, uint32_t tag, int64_t from_ns,
                               int64_t to_ns)
{
    const struct neapi_leaving *leaving = &fleet->leaving[tag];
    return leaving->quiet_ns <= from_ns
               ? 0
               : neapi_start_cpu_s(&fleet->rules, &leaving->cohort.start, from_ns, to_ns);
}

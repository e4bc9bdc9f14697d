/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cohorts of containers through pending -> starting -> ready -> draining -> gone. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/fleet.h"
#include "replay/streams.h"

enum { MOST_COHORTS = 16384 }; /* beyond, the two oldest are taken together */

enum neap_status neapi_fleet_new(struct neapi_fleet *fleet,
                                 const struct neap_container_options *container,
                                 const struct neap_startup *startup, size_t versions, uint64_t seed,
                                 uint64_t replication, double period_s, struct neap_error *error)
{
    memset(fleet, 0, sizeof *fleet);
    fleet->versions = versions;
    fleet->nodes.next_ns = INT64_MAX;
    neapi_start_rules_init(&fleet->rules, container, startup, seed, replication);
    neap_stream_init(&fleet->starts, seed, replication, NEAPI_STREAM_START);
    fleet->drain_ns = neapi_to_ns(container->drain_s);
    fleet->grace_ns = neapi_to_ns(neap_container_grace(container));
    fleet->warmup_ns = neapi_to_ns(container->warmup_s);
    fleet->warmup_slowdown_share = container->warmup_slowdown_share;
    fleet->capacity = MOST_COHORTS;
    fleet->leaving_capacity = (size_t)(neap_container_grace(container) / period_s) + 4;
    if (versions > 1 || fleet->rules.cpu_s > 0 ||
        fleet->grace_ns > fleet->drain_ns) /* an update stops containers between decisions, and
                                                 * those that still start up are told apart */
        fleet->leaving_capacity += MOST_COHORTS;
    fleet->cohort = neapi_allocate(fleet->capacity, sizeof *fleet->cohort);
    fleet->leaving = neapi_allocate(fleet->leaving_capacity, sizeof *fleet->leaving);
    fleet->of = neapi_allocate(versions, sizeof *fleet->of);
    if (fleet->cohort == NULL || fleet->leaving == NULL || fleet->of == NULL) {
        neapi_fleet_free(fleet);
        return neapi_no_memory(error, "the fleet");
    }
    return NEAP_OK;
}

enum neap_status neapi_fleet_add_nodes(struct neapi_fleet *fleet,
                                       const struct neap_replay_inputs *inputs, double most,
                                       uint64_t seed, struct neap_error *error)
{
    return neapi_nodes_new(&fleet->nodes, inputs, most, seed, error);
}

void neapi_fleet_free(struct neapi_fleet *fleet)
{
    neapi_nodes_free(&fleet->nodes);
    free(fleet->cohort);
    free(fleet->leaving);
    free(fleet->of);
    fleet->of = NULL;
    fleet->cohort = NULL;
    fleet->leaving = NULL;
}

void neapi_fleet_reset(struct neapi_fleet *fleet, int64_t now_ns, int64_t count, size_t version)
{
    int64_t long_ago = now_ns - neapi_to_ns(7 * 86400.0);
    memset(fleet->in_state, 0, sizeof fleet->in_state);
    fleet->depth = fleet->settled = 0;
    fleet->settled_count = 0;
    fleet->leaving_head = fleet->leaving_count = 0;
    fleet->start_index = 0;
    fleet->started = 0;
    fleet->quiet_ns = INT64_MIN;
    fleet->newest = version;
    fleet->mixed = false;
    memset(fleet->of, 0, fleet->versions * sizeof *fleet->of);
    fleet->next_ns = INT64_MAX;
    fleet->window_start_ns = fleet->window_end_ns = INT64_MAX;
    fleet->sinks = NULL;
    fleet->waiting = 0;
    neapi_nodes_reset(&fleet->nodes, now_ns, count);
    if (count > 0) {
        if (fleet->watcher.joined != NULL)
            fleet->watcher.joined(fleet->watcher.context, 0, (size_t)count, version, long_ago);
        fleet->cohort[fleet->depth++] = (struct neapi_cohort){.count = count,
                                                              .pending_ns = long_ago,
                                                              .starting_ns = long_ago,
                                                              .ready_ns = long_ago,
                                                              .state = NEAP_READY,
                                                              .version = version,
                                                              .start = {.pulled_ns = long_ago}};
        fleet->in_state[NEAP_READY] = count;
        fleet->of[version].replicas = fleet->of[version].ready = count;
    }
}

/* --- lives -------------------------------------------------------------------------------------- */

static int64_t clip(int64_t time_ns, int64_t low_ns, int64_t high_ns)
{
    return time_ns < low_ns ? low_ns : time_ns > high_ns ? high_ns : time_ns;
}

void neapi_fleet_emit(const struct neapi_fleet *fleet, const struct neapi_cohort *cohort,
                      int64_t count, int64_t draining_ns, int64_t end_ns)
{
    int64_t low = fleet->window_start_ns, high = fleet->window_end_ns;
    if (fleet->sinks == NULL || fleet->sinks->life == NULL || end_ns <= low || count == 0)
        return;
    struct neap_life life = {.count = count,
                             .pending_ns = clip(cohort->pending_ns, low, high),
                             .starting_ns = clip(cohort->starting_ns, low, high),
                             .ready_ns = clip(cohort->ready_ns, low, high),
                             .draining_ns = clip(draining_ns, low, high),
                             .end_ns = clip(end_ns, low, high),
                             .cut = cohort->pending_ns < low || end_ns > high};
    if (life.starting_ns > life.end_ns)
        life.starting_ns = life.end_ns;
    if (life.ready_ns > life.end_ns)
        life.ready_ns = life.end_ns;
    fleet->sinks->life(fleet->sinks->context, &life);
}

void neapi_fleet_open_window(struct neapi_fleet *fleet, int64_t start_ns, int64_t end_ns,
                             const struct neap_replay_sinks *sinks)
{
    fleet->window_start_ns = start_ns;
    fleet->window_end_ns = end_ns;
    fleet->sinks = sinks;
    neapi_nodes_open_window(&fleet->nodes, start_ns, end_ns, sinks);
}

void neapi_fleet_close_window(struct neapi_fleet *fleet)
{
    for (size_t i = 0; i < fleet->depth; i++)
        neapi_fleet_emit(fleet, &fleet->cohort[i], fleet->cohort[i].count, INT64_MAX, INT64_MAX);
    neapi_fleet_close_drains(fleet);
    neapi_nodes_close_window(&fleet->nodes);
}

/* --- changes that come with time ---------------------------------------------------------------- */

size_t neapi_fleet_position(const struct neapi_fleet *fleet, size_t index)
{
    int64_t position = index < fleet->settled ? 0 : fleet->settled_count;
    for (size_t i = index < fleet->settled ? 0 : fleet->settled; i < index; i++)
        if (fleet->cohort[i].state == NEAP_READY)
            position += fleet->cohort[i].count;
    return (size_t)position;
}

static void tell_joined(const struct neapi_fleet *fleet, const struct neapi_cohort *cohort)
{
    const struct neapi_watcher *watcher = &fleet->watcher;
    if (watcher->joined != NULL && cohort->count > 0)
        watcher->joined(watcher->context,
                        neapi_fleet_position(fleet, (size_t)(cohort - fleet->cohort)),
                        (size_t)cohort->count, cohort->version, cohort->ready_ns);
}

static void move(struct neapi_fleet *fleet, struct neapi_cohort *cohort,
                 enum neap_container_state state)
{
    fleet->in_state[cohort->state] -= cohort->count;
    fleet->in_state[state] += cohort->count;
    cohort->state = state;
    if (state == NEAP_READY) {
        fleet->of[cohort->version].ready += cohort->count;
        fleet->mixed = fleet->versions > 1;
        tell_joined(fleet, cohort);
    }
}

static int64_t due(const struct neapi_cohort *cohort)
{
    if (cohort->state == NEAP_PENDING)
        return cohort->starting_ns;
    return cohort->state == NEAP_STARTING ? cohort->ready_ns : INT64_MAX;
}

void neapi_fleet_find_next(struct neapi_fleet *fleet, int64_t now_ns)
{
    int64_t next = INT64_MAX;
    for (size_t i = fleet->settled; i < fleet->depth; i++)
        if (due(&fleet->cohort[i]) < next)
            next = due(&fleet->cohort[i]);
    if (fleet->leaving_count > 0 && fleet->leaving[fleet->leaving_head].end_ns < next)
        next = fleet->leaving[fleet->leaving_head].end_ns;
    neapi_nodes_find_next(&fleet->nodes, now_ns);
    if (fleet->nodes.next_ns < next)
        next = fleet->nodes.next_ns;
    fleet->next_ns = next;
}

static void settle(struct neapi_fleet *fleet, int64_t now_ns, int64_t settle_ns)
{
    while (fleet->settled < fleet->depth) {
        const struct neapi_cohort *cohort = &fleet->cohort[fleet->settled];
        if (cohort->state != NEAP_READY || now_ns - cohort->ready_ns < settle_ns)
            break;
        fleet->settled_count += cohort->count;
        fleet->of[cohort->version].settled += cohort->count;
        fleet->settled++;
    }
}

void neapi_fleet_advance(struct neapi_fleet *fleet, int64_t now_ns, int64_t settle_ns)
{
    if (fleet->settled < fleet->depth)
        settle(fleet, now_ns, settle_ns);
    if (now_ns < fleet->next_ns)
        return;
    for (size_t i = fleet->settled; i < fleet->depth; i++) {
        struct neapi_cohort *cohort = &fleet->cohort[i];
        if (cohort->state == NEAP_PENDING && cohort->starting_ns <= now_ns)
            move(fleet, cohort, NEAP_STARTING);
        if (cohort->state == NEAP_STARTING && cohort->ready_ns <= now_ns)
            move(fleet, cohort, NEAP_READY);
    }
    neapi_fleet_end_drains(fleet, now_ns);
    neapi_fleet_change_nodes(fleet, now_ns);
    neapi_fleet_find_next(fleet, now_ns);
}

/* --- warm-up ------------------------------------------------------------------------------------ */

double neapi_cohort_slowness(const struct neapi_fleet *fleet, const struct neapi_cohort *cohort,
                             int64_t now_ns)
{
    if (fleet->warmup_ns == 0)
        return 1;
    double age = (double)(now_ns - cohort->ready_ns) / (double)fleet->warmup_ns;
    /* down to 5 % of the extra demand at the end of the warm-up: e^-3 */
    return age > 4 ? 1 : 1 + fleet->warmup_slowdown_share * exp(-3 * age);
}

double neapi_fleet_slowness(const struct neapi_fleet *fleet, int64_t now_ns)
{
    if (fleet->warmup_ns == 0 || fleet->settled == fleet->depth || fleet->in_state[NEAP_READY] == 0)
        return 1;
    double sum = (double)fleet->settled_count;
    for (size_t i = fleet->settled; i < fleet->depth; i++)
        if (fleet->cohort[i].state == NEAP_READY)
            sum += (double)fleet->cohort[i].count *
                   neapi_cohort_slowness(fleet, &fleet->cohort[i], now_ns);
    return sum / (double)fleet->in_state[NEAP_READY];
}

/* --- starts ------------------------------------------------------------------------------------- */

double neapi_fleet_start_cpu_s(const struct neapi_fleet *fleet, int64_t from_ns, int64_t to_ns)
{
    double sum_s = 0;
    if (fleet->quiet_ns <= from_ns)
        return 0;
    for (size_t i = fleet->settled; i < fleet->depth; i++)
        sum_s += (double)fleet->cohort[i].count *
                 neapi_start_cpu_s(&fleet->rules, &fleet->cohort[i].start, from_ns, to_ns);
    for (size_t i = 0; i < fleet->leaving_count; i++) {
        const struct neapi_leaving *leaving =
            &fleet->leaving[(fleet->leaving_head + i) % fleet->leaving_capacity];
        if (leaving->quiet_ns > from_ns)
            sum_s += (double)leaving->count *
                     neapi_start_cpu_s(&fleet->rules, &leaving->cohort.start, from_ns, to_ns);
    }
    return sum_s;
}

int64_t neapi_fleet_start_failures(const struct neapi_fleet *fleet, int64_t from_ns, int64_t to_ns)
{
    int64_t sum = 0;
    for (size_t i = fleet->settled; i < fleet->depth; i++)
        if (fleet->cohort[i].state == NEAP_STARTING && fleet->cohort[i].start.failures > 0)
            sum += fleet->cohort[i].count *
                   neapi_start_failures(&fleet->rules, &fleet->cohort[i].start, from_ns, to_ns);
    return sum;
}

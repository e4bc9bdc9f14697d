/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stretches: time from one change to the next (traffic, decision, replica ready or gone, deployment),
 * never longer than the policy's period. */
#include "replay/replay_impl.h"

static const int64_t WAKE_APART_NS = 1000000000;

/* --- what is counted, whatever the engine --------------------------------------------------------- */

void neapi_replay_count_cpu(struct neap_replay *r, double request_cpu_s, double span_s)
{
    const struct neapi_fleet *fleet = &r->fleet;
    double up = (double)(fleet->in_state[NEAP_READY] + fleet->in_state[NEAP_DRAINING]);
    double idle_s = up * r->in.container->idle_cpu_cores * span_s;
    r->summary->cpu_request_s += request_cpu_s;
    r->summary->cpu_idle_s += idle_s;
    r->interval.cpu_s += request_cpu_s + idle_s;
    r->interval.request_cpu_s += request_cpu_s;
}

static void count_nodes(struct neap_replay *r, double span_s)
{
    const struct neapi_nodes *nodes = &r->fleet.nodes;
    int64_t up = nodes->ready_count + nodes->leaving_count, all = up + nodes->starting_count;
    r->summary->node_s[NEAP_NODE_STARTING] += (double)nodes->starting_count * span_s;
    r->summary->node_s[NEAP_NODE_READY] += (double)up * span_s;
    r->interval.nodes_s += (double)all * span_s;
    if (all > r->summary->peak_nodes)
        r->summary->peak_nodes = all;
}

void neapi_replay_count_containers(struct neap_replay *r, double span_s)
{
    const struct neapi_fleet *fleet = &r->fleet;
    struct neap_replay_summary *summary = r->summary;
    double replicas_s = (double)neapi_fleet_replicas(fleet) * span_s;
    for (int state = 0; state < NEAP_CONTAINER_STATES; state++)
        summary->container_s[state] += (double)fleet->in_state[state] * span_s;
    if (r->wanted <= neap_autoscaler_min(r->in.autoscaler))
        summary->at_minimum_s += replicas_s;
    r->interval.span_s += span_s;
    r->interval.ready_s += (double)fleet->in_state[NEAP_READY] * span_s;
    if (fleet->versions > 1)
        r->interval.newest_s += (double)fleet->of[fleet->newest].ready * span_s;
    r->interval.draining_s += (double)fleet->in_state[NEAP_DRAINING] * span_s;
    r->interval.starting_s += replicas_s - (double)fleet->in_state[NEAP_READY] * span_s;
    if (fleet->nodes.any)
        count_nodes(r, span_s);
}

/* From then until now. */
static void count_starts(struct neap_replay *r, int64_t from_ns)
{
    const struct neapi_fleet *fleet = &r->fleet;
    if (fleet->rules.failing_share > 0)
        r->summary->start_failures += neapi_fleet_start_failures(fleet, from_ns, r->now_ns);
    if (fleet->rules.cpu_s == 0)
        return;
    double cpu_s = neapi_fleet_start_cpu_s(fleet, from_ns, r->now_ns);
    r->summary->cpu_start_s += cpu_s;
    r->interval.cpu_s += cpu_s;
}

/* --- changes -------------------------------------------------------------------------------------- */

/* What changed in traffic's mixture or in the versions of the ready containers. */
static void change_mix(struct neap_replay *r)
{
    size_t before = r->mix.load.version;
    r->engine->leave_mix(r);
    neapi_mix_update(&r->mix, &r->fleet);
    r->fleet.mixed = false;
    if (r->mix.load.version != before && r->mix.use_share[before] > 0)
        neapi_pipeline_scale(&r->pipeline, 1 / r->mix.use_share[before]);
    r->engine->take_mix(r);
}

/* Of a size of nothing, by a policy that requests wake. */
static bool sleeps(const struct neap_replay *r)
{
    return r->scope.wakes && r->wanted == 0 && r->fleet.in_state[NEAP_READY] == 0;
}

/* An evaluation out of turn; if it leaves the size as it is, the next is a second later. */
static void wake(struct neap_replay *r)
{
    r->next_wake_ns = r->now_ns + WAKE_APART_NS;
    neapi_replay_decide(r);
}

/* Changes of the fleet that are due, and what follows from them. */
static void change_fleet(struct neap_replay *r)
{
    neapi_fleet_advance(&r->fleet, r->now_ns, r->settle_ns);
    if (neapi_replay_updates(r))
        neapi_replay_resize(r);
    if (r->now_ns == r->next_decision_ns) {
        neapi_replay_decide(r);
        r->next_decision_ns += r->period_ns;
    } else if (sleeps(r) && r->now_ns >= r->next_wake_ns && r->engine->held(r)) {
        wake(r);
    }
    if (r->mix.changed || r->fleet.mixed)
        change_mix(r);
}

/* When the next change is due, the interval's end at the latest. */
static int64_t next_change_ns(const struct neap_replay *r)
{
    int64_t next_ns = r->interval_ns < r->next_decision_ns ? r->interval_ns : r->next_decision_ns;
    if (r->fleet.next_ns < next_ns)
        next_ns = r->fleet.next_ns;
    return r->rollout.next_ns < next_ns ? r->rollout.next_ns : next_ns;
}

/* When the next stretch ends. */
static int64_t stretch_end_ns(const struct neap_replay *r, const struct neapi_traffic *traffic)
{
    int64_t next_ns = next_change_ns(r);
    if (!sleeps(r))
        return next_ns;
    int64_t request_ns = r->engine->next_request_ns(r, traffic);
    if (request_ns < r->next_wake_ns)
        request_ns = r->next_wake_ns;
    return request_ns > r->now_ns && request_ns < next_ns ? request_ns : next_ns;
}

void neapi_replay_serve(struct neap_replay *r, struct neapi_traffic *traffic)
{
    while (r->now_ns < traffic->end_ns) {
        if (r->stretch_ns == r->now_ns) {
            change_fleet(r);
            r->stretch_ns = stretch_end_ns(r, traffic);
        }
        int64_t from_ns = r->now_ns;
        if (r->stretch_ns > from_ns && !r->engine->serve(r, traffic))
            return;
        if (r->counting)
            count_starts(r, from_ns);
    }
}

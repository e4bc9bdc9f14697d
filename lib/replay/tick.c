/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tick engine: from one change to the next (traffic, decision, replica ready or gone), never
 * longer than the policy's period. Its cost depends on neither the request rate nor the size of
 * the fleet. */
#include <math.h>

#include "replay/tick.h"

enum { PARTS_MOST = 8, STARTS_AHEAD = 64 };

/* --- work ahead ----------------------------------------------------------------------------------- */

static const struct neapi_cohort *next_ready(const struct neapi_fleet *fleet, int64_t after_ns)
{
    const struct neapi_cohort *next = NULL;
    for (size_t i = fleet->settled; i < fleet->depth; i++) {
        const struct neapi_cohort *cohort = &fleet->cohort[i];
        if (cohort->state != NEAP_READY && cohort->ready_ns > after_ns &&
            (next == NULL || cohort->ready_ns < next->ready_ns))
            next = cohort;
    }
    return next;
}

/* Seconds until that many requests are served by what is ready and what is starting already. */
static double time_to_serve(const struct neap_replay *r, double requests, double containers)
{
    double elapsed_s = 0;
    int64_t at_ns = r->now_ns;
    double each = r->tick.capacity_rate;
    for (int i = 0; i < STARTS_AHEAD; i++) {
        const struct neapi_cohort *next = next_ready(&r->fleet, at_ns);
        double rate = containers * each;
        if (next == NULL)
            return elapsed_s + requests / rate;
        double span_s = (double)(next->ready_ns - at_ns) / 1e9;
        if (requests <= rate * span_s)
            return elapsed_s + requests / rate;
        requests -= rate * span_s;
        elapsed_s += span_s;
        at_ns = next->ready_ns;
        for (size_t k = r->fleet.settled; k < r->fleet.depth; k++)
            if (r->fleet.cohort[k].state != NEAP_READY && r->fleet.cohort[k].ready_ns == at_ns)
                containers += (double)r->fleet.cohort[k].count;
    }
    return elapsed_s + requests / (containers * each);
}

static void look_ahead(const struct neap_replay *r, double containers, struct neapi_flow *flow)
{
    const struct neapi_fleet *fleet = &r->fleet;
    if (flow->probability < 0.5 ||
        fleet->in_state[NEAP_PENDING] + fleet->in_state[NEAP_STARTING] == 0)
        return;
    double wait_s = time_to_serve(r, flow->waiting / flow->probability, containers);
    if (wait_s < flow->wait_s)
        flow->wait_s = wait_s;
}

/* --- requests that fail --------------------------------------------------------------------------- */

/* Takes what is too much out of the system; returns how much that was. */
static double shed(struct neap_replay *r, double limit)
{
    double excess = r->tick.queue.in_system - limit;
    if (!(excess > 0))
        return 0;
    r->tick.queue.in_system = limit;
    r->tick.queue.variance = fmin(r->tick.queue.variance, limit); /* a full queue hardly varies */
    r->tick.queue.steady = false;
    return excess;
}

/* Those that find every queue full leave at once: the others wait behind full queues at most. */
static double refuse(struct neap_replay *r, double ready, double containers,
                     struct neapi_flow *flow)
{
    const struct neap_container_options *container = r->in.container;
    double queued = ready * container->queue_limit;
    double refused = shed(r, ready * container->workers + queued);
    double longest_s = queued / (containers * r->tick.capacity_rate);
    if (refused > 0 && flow->wait_s > longest_s) {
        flow->wait_s = longest_s;
        flow->waiting = queued;
        flow->scv = fmin(flow->scv, 1 / fmax(container->queue_limit, 1));
    }
    return refused;
}

/* Those behind more work than can be done within the timeout leave; of the others a share may wait
 * too long by chance, and is not let in at the next step. */
static double time_out(struct neap_replay *r, double containers, struct neapi_flow *flow)
{
    double timeout_s = r->tick.timeout_s;
    r->tick.timeout_share = 0;
    if (isnan(timeout_s) || flow->probability == 0)
        return 0;
    double wait_s = flow->wait_s;
    if (wait_s > timeout_s && flow->probability > 0.5) {
        double kept = flow->waiting * timeout_s / wait_s;
        double gone = shed(r, containers * r->in.container->workers + kept);
        flow->waiting = kept;
        flow->wait_s = timeout_s;
        flow->scv = NEAPI_LEAST_SCV; /* those that are served waited just that long */
        return gone;
    }
    if (wait_s * 100 > timeout_s)
        r->tick.timeout_share =
            flow->probability *
            neapi_latency_wait_tail(r->tick.latency, flow->scv, timeout_s / wait_s);
    return 0;
}

/* --- one step ------------------------------------------------------------------------------------- */

static void count_failed(struct neap_replay *r, double queue_full, double timeout)
{
    r->interval.failed += queue_full + timeout;
    r->summary->failed_queue_full += queue_full;
    r->summary->failed_timeout += timeout;
}

/* In a steady state waits go with 1 + scv of the worker times (Pollaczek and Khinchine). A backlog
 * that is worked off takes the time it takes. */
static double longer(const struct neap_replay *r, double containers, const struct neapi_flow *flow)
{
    static const double steady = 0.98, full = 0.999; /* loads */
    double load = flow->served_rate / (containers * r->tick.station->capacity_rate);
    double share = fmin(fmax((full - load) / (full - steady), 0), 1);
    return 1 + (r->tick.longer - 1) * share;
}

/* The station runs in its own time, in which a heavier mixture is more traffic. */
static void step_scaled(struct neap_replay *r, double rate, double containers, double span_s,
                        struct neapi_flow *flow)
{
    double heaviness = r->tick.heaviness;
    neapi_queue_step(&r->tick.queue, rate * heaviness, containers, span_s / heaviness, flow);
    double factor = longer(r, containers, flow);
    flow->waiting *= factor;
    flow->wait_s *= heaviness * factor;
    flow->served_rate /= heaviness;
}

static inline void step_queue(struct neap_replay *r, double rate, double containers, double span_s,
                              struct neapi_flow *flow)
{
    if (r->tick.heaviness == 1)
        neapi_queue_step(&r->tick.queue, rate, containers, span_s, flow);
    else
        step_scaled(r, rate, containers, span_s, flow);
}

/* What those that arrive during the step meet: a backlog changes linearly from the last step's end
 * to this one's. One that is short against the step settles at once. */
static struct neapi_flow over_step(struct neap_replay *r, const struct neapi_flow *flow,
                                   double span_s)
{
    struct neapi_flow seen = *flow;
    double before_s = r->tick.backlog_wait_s;
    double after_s = flow->probability > 0.5 ? flow->probability * flow->wait_s : 0;
    r->tick.backlog_wait_s = after_s;
    if (fmax(before_s, after_s) < 0.25 * span_s)
        return seen;
    double met = before_s > 0 && after_s > 0 ? fmax(flow->probability, 0.5) : 0.5;
    if (before_s == 0)
        met = fmax(met, flow->probability);
    seen.probability = met;
    seen.wait_s = 0.5 * (before_s + after_s) / met;
    double ramp = (after_s - before_s) / (met * seen.wait_s);
    double narrower = fmin(flow->wait_s / seen.wait_s, 1);
    seen.scv = flow->scv * narrower * narrower + ramp * ramp / 12;
    return seen;
}

/* --- what autoscalers read ------------------------------------------------------------------------ */

/* The number held varies as that of busy workers does, by chance alone when there are many; the
 * number that waits as a queue does whose length is zero or geometric (doc/method.md). */
static struct neapi_levels levels_of(const struct neap_replay *r, double ready, double slowness,
                                     const struct neapi_flow *flow, double waiting)
{
    const struct neapi_load *load = &r->mix.load;
    double slots = ready * r->in.container->workers;
    double service_s = load->demand_s * flow->stretch * slowness + load->wait_s;
    double held = fmin(flow->served_rate * service_s, slots);
    double busy = fmin(flow->served_rate * slowness / (ready * load->capacity_rate), 0.999);
    struct neapi_levels levels = {
        .held = {held, held * (1 - held / slots), 0.5 * service_s * load->spread},
        .waiting = {.mean = waiting},
        .per_container = (held + waiting) / ready};
    if (!(flow->probability > 0))
        return levels;
    double ahead = flow->waiting / flow->probability;
    double queues =
        r->in.balancer == NEAP_BALANCER_LEAST_OUTSTANDING || r->in.balancer == NEAP_BALANCER_CENTRAL
            ? 1
            : ready;
    double spread = flow->probability * ahead * ahead * (1 + flow->scv - flow->probability);
    levels.waiting.variance = flow->waiting + fmax(spread, 0) / queues;
    if (!isnan(r->tick.queue.variance))
        levels.waiting.variance = fmin(levels.waiting.variance, r->tick.queue.variance);
    levels.waiting.memory_s = flow->wait_s * (1 + busy) / (1 - busy);
    return levels;
}

static void show_levels(struct neap_replay *r, double ready, double slowness,
                        const struct neapi_flow *flow, int64_t end_ns, double span_s)
{
    double before = r->tick.waiting;
    bool backlog = flow->probability > 0.5 || before > flow->waiting;
    double waiting = backlog ? 0.5 * (before + flow->waiting) : flow->waiting;
    struct neapi_levels levels = levels_of(r, ready, slowness, flow, waiting);
    r->tick.waiting = flow->waiting;
    neapi_signals_add(&r->signals, end_ns, span_s, &levels);
}

/* --- parts of a tick ------------------------------------------------------------------------------ */

/* Those that waited for the first container came evenly since the first of them, and are now served
 * one after the other. */
static void let_in(struct neap_replay *r, double containers, double slowness)
{
    struct neapi_tick *tick = &r->tick;
    double served_s = tick->held / (containers * tick->capacity_rate);
    struct neapi_moment moment = {tick->held, 1, 0.5 * (tick->held_s + served_s), 1.0 / 3,
                                  tick->station->alone_stretch * slowness};
    if (r->counting)
        neapi_latency_add(tick->latency, &moment);
    tick->backlog_wait_s = served_s;
    tick->held = tick->held_s = 0;
}

/* A part of a tick: arrivals at rate for span_s on a fleet that does not change. */
static void serve(struct neap_replay *r, double rate, double slowness, int64_t end_ns,
                  double span_s)
{
    double ready = (double)r->fleet.in_state[NEAP_READY];
    double containers = ready / slowness;
    double admitted = rate * (1 - r->tick.timeout_share);
    double timed_out = (rate - admitted) * span_s;
    if (r->tick.held > 0)
        let_in(r, containers, slowness);
    struct neapi_flow flow;
    step_queue(r, admitted, containers, span_s, &flow);
    look_ahead(r, containers, &flow);
    timed_out += time_out(r, containers, &flow);
    double refused = refuse(r, ready, containers, &flow);
    struct neapi_flow seen = over_step(r, &flow, span_s);
    double use = flow.served_rate * r->tick.demand_s * slowness / ready;
    double share = r->tick.version_use_share;
    double variance_rate = flow.served_rate * r->tick.second_demand * slowness * slowness;
    neapi_pipeline_add(&r->pipeline, end_ns, span_s, use * share,
                       variance_rate / (ready * ready) * share * share, rate);
    struct neapi_moment moment = {rate * span_s - timed_out - refused, seen.probability,
                                  seen.wait_s, seen.scv, seen.stretch * slowness};
    if (r->signals.on)
        show_levels(r, ready, slowness, &flow, end_ns, span_s);
    if (r->signals.latency)
        neapi_signals_moment(&r->signals, &moment);
    if (!r->counting)
        return;
    count_failed(r, refused, timed_out);
    neapi_replay_count_cpu(r, use * ready * span_s, span_s);
    if (flow.waiting > r->summary->backlog_peak)
        r->summary->backlog_peak = flow.waiting;
    neapi_latency_add(r->tick.latency, &moment);
}

/* No container is ready, but a policy that starts from zero has requests wait, at most as many as at
 * one container, and no longer than the timeout. */
static void hold(struct neap_replay *r, double rate, int64_t end_ns, double span_s)
{
    struct neapi_tick *tick = &r->tick;
    double before = tick->held, after = before + rate * span_s, timed_out = 0;
    tick->held_s = before > 0 ? tick->held_s + span_s : span_s;
    if (tick->held_s > tick->timeout_s) {
        timed_out = fmax(after - rate * tick->timeout_s, 0);
        tick->held_s = tick->timeout_s;
    }
    double refused = fmax(after - timed_out - r->in.container->queue_limit, 0);
    tick->held = tick->waiting = after - timed_out - refused;
    neapi_queue_reset(&tick->queue, tick->queue.station);
    tick->queue.in_system = tick->held;
    if (r->signals.on)
        neapi_signals_add(&r->signals, end_ns, span_s,
                          &(struct neapi_levels){.waiting = {.mean = 0.5 * (before + tick->held)}});
    if (r->counting)
        count_failed(r, refused, timed_out);
}

/* No container is ready: whatever comes is refused, or has to wait. */
static void serve_nobody(struct neap_replay *r, double rate, int64_t end_ns, double span_s)
{
    neapi_pipeline_add(&r->pipeline, end_ns, span_s, 0, 0, rate);
    if (r->scope.holds)
        hold(r, rate, end_ns, span_s);
    else if (r->signals.on)
        neapi_signals_add(&r->signals, end_ns, span_s, &(struct neapi_levels){.per_container = 0});
    if (!r->counting)
        return;
    if (!r->scope.holds)
        count_failed(r, rate * span_s, 0);
    neapi_replay_count_cpu(r, 0, span_s);
}

/* Whether the queue settles long before the tick ends, so that one step is as good as many
 * (relaxation time of GI/G/c, doc/method.md). */
static bool settles(const struct neapi_station *s, double rate, double containers, double span_s)
{
    double load = rate / (containers * s->capacity_rate);
    if (load >= 0.98)
        return false;
    double away = 1 - sqrt(load);
    return s->holding_s * (1 + s->holding_scv) * 5 < containers * s->workers * away * away * span_s;
}

/* How many parts a tick is cut into (rate and time are the station's), so that the number in the system moves by little in each. */
static int parts_of(const struct neap_replay *r, double rate, double containers, double span_s)
{
    double before = r->tick.queue.in_system;
    if ((r->tick.queue.steady && rate == r->tick.queue.steady_rate) ||
        settles(r->tick.station, rate, containers, span_s))
        return 1;
    double capacity = containers * r->tick.station->capacity_rate;
    double held = containers * r->in.container->workers;
    double steady = rate < 0.99 * capacity ? rate * r->tick.station->holding_s : before;
    double moved = fabs(rate < 0.99 * capacity ? steady - before : (rate - capacity) * span_s);
    double parts = ceil(moved / (0.2 * fmax(held, before)));
    return parts < 1 ? 1 : parts > PARTS_MOST ? PARTS_MOST : (int)parts;
}

void neapi_tick_serve(struct neap_replay *r, double rate, int64_t end_ns)
{
    int64_t begin_ns = r->now_ns;
    int64_t ready = r->fleet.in_state[NEAP_READY];
    double slowness = neapi_fleet_slowness(&r->fleet, begin_ns);
    double span_s = (double)(end_ns - begin_ns) / 1e9;
    double heaviness = r->tick.heaviness;
    int parts = ready > 0 ? parts_of(r, rate * heaviness, (double)ready / slowness,
                                     heaviness == 1 ? span_s : span_s / heaviness)
                          : 1;
    r->summary->ticks++;
    for (int part = 0; part < parts; part++) {
        int64_t to_ns = begin_ns + (end_ns - begin_ns) * (part + 1) / parts;
        double part_s = (double)(to_ns - r->now_ns) / 1e9;
        if (ready > 0)
            serve(r, rate, slowness, to_ns, part_s);
        else
            serve_nobody(r, rate, to_ns, part_s);
        r->now_ns = to_ns;
    }
    if (r->counting)
        neapi_replay_count_containers(r, span_s);
}

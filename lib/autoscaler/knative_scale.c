/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The size that Knative's autoscaler asks for. Two averages are held against the target of one
 * pod, each proposal within what the rates of change allow on the ready pods. When the short
 * average alone, before those limits, asks for panic_threshold times the ready pods, the scaler
 * panics: for a stable window from then the larger proposal counts and the size does not fall.
 *
 * Source: knative/serving, pkg/autoscaler/scaling/autoscaler.go. */
#include <math.h>

#include "autoscaler/knative_impl.h"
#include "autoscaler/saturate.h"

void neapi_knative_panic_start(struct neapi_knative_panic *panic, int64_t ready, int64_t now_ns)
{
    int64_t pods = ready > 0 ? ready : 0;
    *panic = (struct neapi_knative_panic){.on = pods > 1, .time_ns = now_ns, .most = pods};
}

static struct neapi_knative_proposal propose(const struct neapi_knative_rules *rules,
                                             double average, int64_t ready)
{
    double up = ceil(rules->max_up_rate * (double)ready);
    double down = rules->reachable ? floor((double)ready / rules->max_down_rate) : 0;
    double wanted = ceil(average / rules->target);
    double limited = fmin(fmax(wanted, down), up);
    struct neapi_knative_proposal made = {neapi_to_int32(wanted), neapi_to_int32(limited), 0};
    made.after = made.limited;
    if (rules->activation_scale > 1 && wanted > 0 && made.after < rules->activation_scale)
        made.after = rules->activation_scale;
    return made;
}

static void see_panic(const struct neapi_knative_rules *rules, struct neapi_knative_panic *panic,
                      const struct neapi_knative_sight *sight, double pressure)
{
    if (pressure >= rules->panic_threshold) {
        panic->on = true;
        panic->time_ns = sight->now_ns;
    } else if (panic->on && neapi_add(panic->time_ns, rules->stable_window_ns) < sight->now_ns) {
        panic->on = false;
        panic->most = 0;
    }
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t excess_burst(const struct neapi_knative_rules *rules,
                            const struct neapi_knative_sight *sight)
{
    if (rules->burst_capacity == 0)
        return 0;
    if (rules->burst_capacity < 0)
        return -1;
    return neapi_to_int32(
        floor((double)sight->ready * rules->total - rules->burst_capacity - sight->panic));
}

void neapi_knative_scale(const struct neapi_knative_rules *rules, struct neapi_knative_panic *panic,
                         struct neapi_knative_max *delay, const struct neapi_knative_sight *sight,
                         struct neapi_knative_advice *advice)
{
    *advice = (struct neapi_knative_advice){0};
    if (sight->ready < 0 || isnan(sight->stable) || isnan(sight->panic))
        return;
    int64_t ready = sight->ready > 0 ? sight->ready : 1;
    advice->valid = true;
    advice->stable = propose(rules, sight->stable, ready);
    advice->urgent = propose(rules, sight->panic, ready);
    see_panic(rules, panic, sight, ceil(sight->panic / rules->target) / (double)ready);
    advice->panics = panic->on;
    advice->by_panic = panic->on && advice->urgent.after > advice->stable.after;
    advice->replicas = advice->by_panic ? advice->urgent.after : advice->stable.after;
    if (panic->on)
        advice->replicas = panic->most = larger(advice->replicas, panic->most);
    advice->lifted = advice->replicas;
    if (rules->reachable && rules->delay_ns > 0)
        advice->replicas =
            larger(advice->replicas,
                   neapi_knative_max_record(delay, sight->delay_index, advice->replicas));
    advice->excess_burst = excess_burst(rules, sight);
}

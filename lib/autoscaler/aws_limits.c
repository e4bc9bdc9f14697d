/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cooldowns of Application Auto Scaling, and the bounds of the size. A cooldown holds back scaling
 * out only by what was added already, and holds back scaling in altogether; scaling out is never
 * held back by a scale-in, and ends its cooldown.
 *
 * EC2 Auto Scaling has replicas warm up in place of cooldowns: those that do have been added already,
 * and none is taken away meanwhile.
 *
 * Not published, and decided here: a cooldown begins with the decision, not when the replicas have
 * come; what was added is counted since the first of several scale-outs in one another's cooldowns,
 * and a policy that works in proportion or percent is asked about the size before it; scaling in
 * ends the cooldown of scaling out.
 *
 * Source: Application Auto Scaling user guide, cooldown periods of step scaling and target tracking. */
#include "autoscaler/aws_impl.h"
#include "autoscaler/saturate.h"
#include "autoscaler/types.h"

int64_t neapi_aws_out_left(int64_t change, int64_t added)
{
    return change > added ? change - added : 0;
}

static bool cools(bool has, int64_t since_ns, int64_t cooldown_ns, int64_t now_ns)
{
    return has && neapi_subtract(now_ns, since_ns) < cooldown_ns;
}

static bool out_cools(const struct neapi_aws_limits *limits,
                      const struct neapi_aws_activity *activity, int64_t now_ns)
{
    return cools(activity->has_out, activity->out_ns, limits->out_cooldown_ns, now_ns);
}

int64_t neapi_aws_base(const struct neapi_aws_limits *limits,
                       const struct neapi_aws_activity *activity,
                       const struct neap_reading *reading)
{
    int64_t current = reading->replicas, base = current;
    if (limits->warms_up)
        base = neapi_aws_warm(reading, limits->warm_up_ns);
    else if (out_cools(limits, activity, reading->now_ns))
        base = current > activity->added ? current - activity->added : 0;
    return base < current ? base : current;
}

/* Whether scaling in must wait. */
static bool in_waits(const struct neapi_aws_limits *limits,
                     const struct neapi_aws_activity *activity, const struct neap_reading *reading,
                     int64_t base)
{
    if (limits->warms_up)
        return base < reading->replicas;
    return cools(activity->has_in, activity->in_ns, limits->in_cooldown_ns, reading->now_ns);
}

static int64_t cool(const struct neapi_aws_limits *limits,
                    const struct neapi_aws_activity *activity, const struct neap_reading *reading,
                    int64_t wanted, int64_t from_base, enum neap_reason *reason)
{
    int64_t current = reading->replicas, stable = wanted;
    int64_t base = neapi_aws_base(limits, activity, reading);
    bool warms_up = limits->warms_up;
    if (wanted > current && base < current) {
        int64_t change = neapi_subtract(from_base, base);
        stable = neapi_add(current, neapi_aws_out_left(change, current - base));
        if (stable != wanted)
            *reason = warms_up ? NEAP_REASON_OUT_WARM_UP : NEAP_REASON_OUT_COOLDOWN;
    } else if (wanted < current && in_waits(limits, activity, reading, base)) {
        stable = current;
        *reason = warms_up ? NEAP_REASON_IN_WARM_UP : NEAP_REASON_IN_COOLDOWN;
    }
    return stable;
}

struct neapi_aws_move neapi_aws_move(const struct neapi_aws_limits *limits,
                                     const struct neapi_aws_activity *activity,
                                     const struct neap_reading *reading, int64_t wanted,
                                     int64_t from_base, enum neap_reason *reason)
{
    struct neapi_aws_move move = {.cooled = NEAP_REASON_METRIC};
    move.stable = move.after = cool(limits, activity, reading, wanted, from_base, &move.cooled);
    if (move.stable != wanted)
        *reason = move.cooled;
    if (move.after > limits->max) {
        *reason = NEAP_REASON_AT_MAX;
        move.after = limits->max;
    } else if (move.after < limits->min) {
        *reason = NEAP_REASON_AT_MIN;
        move.after = limits->min;
    }
    return move;
}

void neapi_aws_act(const struct neapi_aws_limits *limits, const struct neapi_aws_activity *activity,
                   const struct neap_reading *reading, int64_t from_base,
                   struct neap_decision *decision)
{
    enum neap_reason bound = NEAP_REASON_METRIC;
    struct neapi_aws_move move =
        neapi_aws_move(limits, activity, reading, decision->after, from_base, &bound);
    decision->stable = move.stable;
    neapi_decision_step(decision, move.cooled, move.stable);
    neapi_decision_step(decision, bound, move.after);
}

void neapi_aws_record(const struct neapi_aws_limits *limits, struct neapi_aws_activity *activity,
                      int64_t before, int64_t after, int64_t now_ns)
{
    if (after > before) {
        int64_t added = out_cools(limits, activity, now_ns) ? activity->added : 0;
        *activity = (struct neapi_aws_activity){
            .out_ns = now_ns, .added = neapi_add(added, after - before), .has_out = true};
    } else if (after < before) {
        *activity = (struct neapi_aws_activity){.in_ns = now_ns, .has_in = true};
    }
}

bool neapi_aws_correct(const struct neapi_aws_limits *limits, const struct neap_reading *reading,
                       struct neap_decision *decision)
{
    if (reading->replicas > limits->max)
        neapi_decision_keep(decision, reading, limits->max, NEAP_REASON_ABOVE_MAX);
    else if (reading->replicas < limits->min)
        neapi_decision_keep(decision, reading, limits->min, NEAP_REASON_BELOW_MIN);
    else
        return false;
    return true;
}

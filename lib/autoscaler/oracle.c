/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A policy that sees the future, which no real one does: the least that can be paid under the same
 * constraints, to see how far a real policy is from it.
 *
 * A container asked for at t is ready at t + L, and the next chance to ask is at t + P. So what is
 * needed anywhere in [t, t + P + L] must be asked for by t, or must not be given back at t: given
 * back now and asked for again at t + P it would come too late. And nothing beyond that must: it
 * can still be asked for at t + P. The least size that never falls short is therefore the highest
 * need within [t, t + P + L], and the reading shows just that (ahead_cores, ahead_rate).
 *
 * What it does not see: minimum times of a bill, which can make it cheaper to keep a container than
 * to stop and start one; and starts that take longer than the L of the readings. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/oracle.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

struct settings {
    double target_cpu_share, target_rate, min, max, period_s;
};

struct oracle {
    double target_cpu_share, target_rate; /* NaN: not aimed at */
    int64_t min, max;
};

#define FIELD(member) offsetof(struct settings, member)

static const struct neap_parameter parameters[] = {
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "60%", 0.01, 1, NULL,
     "CPU use of the request that is never exceeded; not when only target_rate is given"},
    {"target_rate", NEAP_RATE, FIELD(target_rate), "", 1e-3, 1e9, NULL,
     "requests per second and container that are never exceeded"},
    {"min", NEAP_COUNT, FIELD(min), "1", 0, 1e7, NULL, "fewest containers"},
    {"max", NEAP_COUNT, FIELD(max), "", 1, 1e7, NULL, "most containers (required)"},
    {"period", NEAP_SECONDS, FIELD(period_s), "15s", 1, 3600, NULL,
     "time between evaluations: that of the policy it is compared with"},
    {0}};

enum { ROW_TARGET_CPU };

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct settings *wanted = settings;
    struct oracle oracle = {wanted->target_cpu_share, wanted->target_rate, 0, 0};
    if (!isnan(wanted->target_rate) && (given >> ROW_TARGET_CPU & 1) == 0)
        oracle.target_cpu_share = (double)NAN;
    enum neap_status status =
        neapi_autoscaler_sizes(&oracle.min, &oracle.max, wanted->min, wanted->max, error);
    if (status != NEAP_OK)
        return status;
    struct oracle *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "an autoscaler");
    *made = oracle;
    *scope = neapi_autoscaler_scope(wanted->period_s, oracle.min, oracle.max);
    scope->target_cpu_share = oracle.target_cpu_share;
    scope->reads_ahead = true;
    *state = made;
    return NEAP_OK;
}

static void reset(void *state)
{
    (void)state;
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct oracle *oracle = state;
    oracle->min = min;
    oracle->max = max;
}

double neapi_oracle_need(double load, double of_one)
{
    if (isnan(load) || isnan(of_one))
        return (double)NAN;
    if (of_one <= 0)
        return load > 0 ? (double)INFINITY : 0;
    /* A load that is a whole number of containers but for rounding takes just that many. */
    return ceil(load / of_one * (1 - 1e-12));
}

static int64_t whole(double need)
{
    return need < 1e7 ? (int64_t)need : 10000000;
}

void neapi_oracle_tell(enum neap_signal signal, double load, double of_one, int64_t kept,
                       struct neap_decision *decision)
{
    double need = neapi_oracle_need(load, of_one);
    *neapi_decision_metric(decision) = (struct neap_decision_metric){
        .signal = signal,
        .reason = isnan(need) ? NEAP_REASON_NOT_SHOWN : NEAP_REASON_METRIC,
        .failed = isnan(need),
        .metric = load,
        .target = of_one,
        .ratio = isnan(need) || of_one <= 0 ? (double)NAN : load / of_one,
        .window_s = (double)NAN,
        .pods = 1,
        .replicas = isnan(need) ? kept : whole(need)};
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    const struct oracle *oracle = state;
    double cpu_of_one = oracle->target_cpu_share * reading->request_cores - reading->idle_cores;
    double by_cpu = neapi_oracle_need(reading->ahead_cores, cpu_of_one);
    double by_rate = neapi_oracle_need(reading->ahead_rate, oracle->target_rate);
    double need = fmax(by_cpu, by_rate); /* of the two the one that is no NaN */
    int64_t current = reading->replicas;
    bool shown = !isnan(need);
    neapi_decision_keep(decision, reading, shown ? whole(need) : current,
                        shown ? NEAP_REASON_AHEAD : NEAP_REASON_NOT_SHOWN);
    if (!isnan(oracle->target_cpu_share))
        neapi_oracle_tell(NEAP_SIGNAL_AHEAD_CPU, reading->ahead_cores, cpu_of_one, current,
                          decision);
    decision->chosen = decision->metrics_count > 0 && !(by_cpu >= need) ? 1 : 0;
    if (!isnan(oracle->target_rate))
        neapi_oracle_tell(NEAP_SIGNAL_AHEAD_RATE, reading->ahead_rate, oracle->target_rate, current,
                          decision);
    if (!shown)
        decision->chosen = decision->metrics_count;
    else
        neapi_decision_clamp(decision, oracle->min, oracle->max);
}

const struct neap_autoscaler_type neapi_autoscaler_oracle = {
    .name = "oracle",
    .summary = "sees what is to come: the least cost under the same constraints",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = free,
    .bound = bound};

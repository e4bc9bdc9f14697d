/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Kubernetes HorizontalPodAutoscaler (autoscaling/v2) as a kind of autoscaler.
 *
 * A real controller makes each pass a little later than one period after the last, so that an
 * entry of twenty periods ago is older than a window of twenty periods. Replays tick exactly;
 * sync_delay puts that little lateness back. With sync_delay = 0 ages compare bit for bit as the
 * controller's functions do under a clock that ticks exactly.
 *
 * Sources: as hpa_impl.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autoscaler/hpa_settings.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

/* --- the kind
 * --------------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct neapi_hpa *hpa = state;
    if (hpa == NULL)
        return;
    free(hpa->log.entries);
    free(hpa->up.entries);
    free(hpa->down.entries);
    free(hpa);
}

/* Entries that can be alive at once, the one being written, and both ends of the window. */
static size_t entries_within(int64_t span_ns, double period_s)
{
    return (size_t)((double)span_ns / 1e9 / period_s) + 3;
}

static int64_t longest_ns(const struct neapi_hpa_direction *direction)
{
    int64_t longest = direction->window_ns;
    for (size_t i = 0; i < direction->policies_count; i++)
        if (direction->policies[i].period_ns > longest)
            longest = direction->policies[i].period_ns;
    return longest;
}

static bool allocate_logs(struct neapi_hpa *hpa, double period_s)
{
    int64_t up_ns = longest_ns(&hpa->rules.up), down_ns = longest_ns(&hpa->rules.down);
    size_t capacity = entries_within(up_ns > down_ns ? up_ns : down_ns, period_s);
    hpa->log.entries = neapi_allocate(capacity, sizeof hpa->log.entries[0]);
    hpa->up.entries = neapi_allocate(capacity, sizeof hpa->up.entries[0]);
    hpa->down.entries = neapi_allocate(capacity, sizeof hpa->down.entries[0]);
    hpa->log.capacity = hpa->up.capacity = hpa->down.capacity = capacity;
    return hpa->log.entries != NULL && hpa->up.entries != NULL && hpa->down.entries != NULL;
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct neapi_hpa_settings *wanted = settings;
    struct neapi_hpa_rules rules;
    enum neap_status status = neapi_hpa_rules_set(&rules, wanted, given, error);
    if (status != NEAP_OK)
        return status;
    struct neapi_hpa *hpa = neapi_allocate(1, sizeof *hpa);
    if (hpa == NULL)
        return neapi_no_memory(error, "an autoscaler");
    hpa->rules = rules;
    if (!allocate_logs(hpa, wanted->sync_s)) {
        release(hpa);
        return neapi_no_memory(error, "an autoscaler's memory of its decisions");
    }
    *scope = (struct neap_autoscaler_scope){.period_s = wanted->sync_s,
                                            .min = rules.min,
                                            .max = rules.max,
                                            .target_cpu_share = neapi_hpa_aims_at_cpu(wanted, given)
                                                                    ? wanted->target_cpu_share
                                                                    : (double)NAN,
                                            .tolerance_up = rules.tolerance_up,
                                            .tolerance_down = rules.tolerance_down,
                                            .reads_request_rate = !isnan(wanted->target_rate)};
    *state = hpa;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct neapi_hpa *hpa = state;
    hpa->up.count = hpa->down.count = 0;
    hpa->started = false;
    hpa->zero = NEAPI_HPA_ZERO_UNSET;
}

/* The last thing that had a say. */
static enum neap_reason reason_of(const struct neapi_hpa_outcome *outcome)
{
    if (outcome->limited != NEAP_REASON_METRIC)
        return outcome->limited;
    if (outcome->stabilized != NEAP_REASON_METRIC)
        return outcome->stabilized;
    return outcome->proposal.reason;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct neapi_hpa_outcome outcome;
    neapi_hpa_pass(state, reading, &outcome);
    const struct neapi_hpa_proposal *proposal = &outcome.proposal;
    *decision = (struct neap_decision){.time_ns = reading->now_ns,
                                       .before = reading->replicas,
                                       .wanted = proposal->replicas,
                                       .after = outcome.desired,
                                       .metric = proposal->metric,
                                       .reason = reason_of(&outcome),
                                       .signal = proposal->signal,
                                       .target = proposal->target,
                                       .ratio = proposal->ratio,
                                       .pods = proposal->pods,
                                       .stable = outcome.stable};
}

const struct neap_autoscaler_type neapi_autoscaler_hpa = {
    "hpa",
    "Kubernetes HorizontalPodAutoscaler v2 on CPU, memory, requests or latency",
    neapi_hpa_parameters,
    sizeof(struct neapi_hpa_settings),
    prepare,
    reset,
    decide,
    release};

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

/* --- the kind --------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct neapi_hpa *hpa = state;
    if (hpa == NULL)
        return;
    neapi_hpa_logs_free(hpa);
    free(hpa);
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
    if (!neapi_hpa_logs_allocate(hpa, wanted->sync_s)) {
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
                                            .tolerance_down = rules.tolerance_down};
    neapi_hpa_reads(scope, wanted);
    scope->holds = rules.min == 0 && (scope->reads_in_flight || scope->reads_queued);
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

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct neapi_hpa_outcome outcome;
    neapi_hpa_pass(state, reading, &outcome);
    neapi_hpa_decision(&outcome, reading, decision);
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct neapi_hpa *hpa = state;
    hpa->rules.min = min;
    hpa->rules.max = max;
}

const struct neap_autoscaler_type neapi_autoscaler_hpa = {
    .name = "hpa",
    .summary = "Kubernetes HorizontalPodAutoscaler v2 on CPU, memory, requests or latency",
    .parameters = neapi_hpa_parameters,
    .settings_size = sizeof(struct neapi_hpa_settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = release,
    .bound = bound};

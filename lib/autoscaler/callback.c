/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The caller's own function as a policy. No scenario can name it, as it has no name there: it is
 * made by neap_autoscaler_from_callback(). */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

#define FIELD(member) offsetof(struct neapi_callback, member)

static const struct neap_parameter parameters[] = {
    {"min", NEAP_COUNT, FIELD(min), "1", 0, 1e7, NULL, "fewest containers"},
    {"max", NEAP_COUNT, FIELD(max), "", 1, 1e7, NULL, "most containers (required)"},
    {"period", NEAP_SECONDS, FIELD(period_s), "15s", 0.1, 86400, NULL, "time between evaluations"},
    {0}};

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    (void)given;
    const struct neapi_callback *wanted = settings;
    int64_t min, max;
    enum neap_status status = neapi_autoscaler_sizes(&min, &max, wanted->min, wanted->max, error);
    if (status != NEAP_OK)
        return status;
    struct neapi_callback *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "an autoscaler");
    *made = *wanted;
    *scope = neapi_autoscaler_scope(wanted->period_s, min, max);
    scope->reads_request_rate = wanted->call.reads_request_rate;
    scope->reads_in_flight = wanted->call.reads_in_flight;
    scope->reads_queued = wanted->call.reads_queued;
    scope->reads_memory = wanted->call.reads_memory;
    scope->latency_quantile = wanted->call.latency_quantile;
    *state = made;
    return NEAP_OK;
}

static void reset(void *state)
{
    const struct neapi_callback *own = state;
    if (own->call.reset != NULL)
        own->call.reset(own->call.context);
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct neapi_callback *own = state;
    own->min = (double)min;
    own->max = (double)max;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    const struct neapi_callback *own = state;
    neapi_decision_keep(decision, reading, own->call.decide(own->call.context, reading),
                        NEAP_REASON_CALLBACK);
    neapi_decision_clamp(decision, (int64_t)own->min, (int64_t)own->max);
}

const struct neap_autoscaler_type neapi_autoscaler_callback = {
    .name = "callback",
    .summary = "the caller's own function",
    .parameters = parameters,
    .settings_size = sizeof(struct neapi_callback),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = free,
    .bound = bound};

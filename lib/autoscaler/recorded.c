/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The counts that were recorded, whatever decided them: what everything else is compared to. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

struct recorded {
    double min, max, period_s;
};

#define FIELD(member) offsetof(struct recorded, member)

static const struct neap_parameter parameters[] = {
    {"min", NEAP_COUNT, FIELD(min), "0", 0, 1e7, NULL, "fewest containers, whatever was recorded"},
    {"max", NEAP_COUNT, FIELD(max), "", 1, 1e7, NULL,
     "most containers, whatever was recorded (required)"},
    {"period", NEAP_SECONDS, FIELD(period_s), "15s", 1, 3600, NULL,
     "time between looks at the recording"},
    {0}};

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    (void)given;
    const struct recorded *wanted = settings;
    int64_t min, max;
    enum neap_status status = neapi_autoscaler_sizes(&min, &max, wanted->min, wanted->max, error);
    if (status != NEAP_OK)
        return status;
    struct recorded *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "an autoscaler");
    *made = *wanted;
    *scope = neapi_autoscaler_scope(wanted->period_s, min, max);
    scope->reads_recorded = true;
    *state = made;
    return NEAP_OK;
}

static void reset(void *state)
{
    (void)state;
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct recorded *recorded = state;
    recorded->min = (double)min;
    recorded->max = (double)max;
}

int64_t neapi_recorded_size(double recorded_replicas, int64_t current)
{
    if (!(recorded_replicas >= 0)) /* NaN as well */
        return current;
    return recorded_replicas < 1e7 ? (int64_t)floor(recorded_replicas + 0.5) : 10000000;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    const struct recorded *recorded = state;
    double seen = reading->recorded_replicas;
    neapi_decision_keep(decision, reading, neapi_recorded_size(seen, reading->replicas),
                        seen >= 0 ? NEAP_REASON_RECORDED : NEAP_REASON_NOT_RECORDED);
    *neapi_decision_metric(decision) = (struct neap_decision_metric){.signal = NEAP_SIGNAL_RECORDED,
                                                                     .reason = decision->reason,
                                                                     .failed = !(seen >= 0),
                                                                     .metric = seen,
                                                                     .target = (double)NAN,
                                                                     .ratio = (double)NAN,
                                                                     .window_s = (double)NAN,
                                                                     .replicas = decision->wanted};
    neapi_decision_clamp(decision, (int64_t)recorded->min, (int64_t)recorded->max);
}

const struct neap_autoscaler_type neapi_autoscaler_recorded = {
    .name = "recorded",
    .summary = "the numbers of containers that were recorded",
    .parameters = parameters,
    .settings_size = sizeof(struct recorded),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = free,
    .bound = bound};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A constant fleet: what every saving by scaling is measured against. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

struct fixed {
    double replicas;
};

static const struct neap_parameter parameters[] = {
    {"replicas", NEAP_COUNT, offsetof(struct fixed, replicas), "", 0, 1e7, NULL,
     "containers, always this many (required)"},
    {0}};

/* Nothing to watch for; often enough that a size changed by hand is put right. */
static const double period_s = 60;

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    (void)given;
    const struct fixed *fixed = settings;
    if (isnan(fixed->replicas))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "replicas: not set, expected the number of containers to keep: add "
                          "replicas = N to [autoscaler]");
    struct fixed *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "an autoscaler");
    *made = *fixed;
    int64_t replicas = (int64_t)fixed->replicas;
    *scope = (struct neap_autoscaler_scope){.period_s = period_s,
                                            .min = replicas,
                                            .max = replicas,
                                            .target_cpu_share = (double)NAN,
                                            .tolerance_up = (double)NAN,
                                            .tolerance_down = (double)NAN};
    *state = made;
    return NEAP_OK;
}

static void reset(void *state)
{
    (void)state;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    const struct fixed *fixed = state;
    neapi_decision_keep(decision, reading, (int64_t)fixed->replicas, NEAP_REASON_FIXED);
}

const struct neap_autoscaler_type neapi_autoscaler_fixed = {.name = "fixed",
                                                            .summary =
                                                                "a constant number of containers",
                                                            .parameters = parameters,
                                                            .settings_size = sizeof(struct fixed),
                                                            .prepare = prepare,
                                                            .reset = reset,
                                                            .decide = decide,
                                                            .release = free};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/fail.h"
#include "study/variant.h"

struct till {
    const struct neap_price *price;
    struct neap_bill *bill;
    const struct neapi_variant_sinks *sinks;
};

static int64_t billed_from(const struct neap_price *price, const struct neap_life *life)
{
    return neap_price_billing_start(price) == NEAP_BILLING_FROM_PULL ? life->starting_ns
                                                                     : life->ready_ns;
}

static void on_life(void *context, const struct neap_life *life)
{
    struct till *till = context;
    if (till->price != NULL)
        neap_bill_add(till->bill, till->price, life->count, billed_from(till->price, life),
                      life->end_ns, life->cut);
}

static void on_decision(void *context, const struct neap_decision *decision)
{
    const struct till *till = context;
    till->sinks->decision(till->sinks->context, decision);
}

static void sum_up(struct neapi_variant *v)
{
    const struct neap_replay_summary *s = &v->summary;
    double replicas_s = s->mean_replicas * s->window_s;
    v->container_hours = 0;
    for (int state = 0; state < NEAP_CONTAINER_STATES; state++) {
        v->hours[state] = s->container_s[state] / 3600;
        v->container_hours += v->hours[state];
    }
    v->cpu_hours = (s->cpu_request_s + s->cpu_idle_s + s->cpu_start_s) / 3600;
    v->failed = s->failed_queue_full + s->failed_timeout;
    v->minimum_share = replicas_s > 0 ? s->at_minimum_s / replicas_s : 0;
}

static enum neap_status replay(struct neapi_variant *v, const struct neap_replay_inputs *inputs,
                               struct till *till, const struct neap_progress *progress,
                               struct neap_error *error)
{
    struct neap_replay *replay = NULL;
    struct neap_replay_sinks sinks = {.life = on_life,
                                      .decision = till->sinks->decision ? on_decision : NULL,
                                      .context = till,
                                      .timeline = till->sinks->timeline,
                                      .progress = progress};
    enum neap_status status = neap_replay_new(&replay, inputs, error);
    if (status == NEAP_OK)
        status = neap_replay_run(replay, &sinks, &v->summary, error);
    neap_replay_free(replay);
    return status;
}

enum neap_status neapi_variant_run(struct neapi_variant *variant,
                                   const struct neap_scenario *scenario, size_t profile,
                                   const struct neapi_variant_sinks *sinks,
                                   const struct neap_progress *progress, struct neap_error *error)
{
    static const struct neapi_variant_sinks no_sinks = {NULL, NULL, NULL};
    struct neap_autoscaler *scaler = NULL;
    struct neapi_variant made = {.profile = neap_scenario_profile(scenario, profile)};
    struct till till = {neap_scenario_price(scenario), &made.bill,
                        sinks == NULL ? &no_sinks : sinks};
    neap_bill_init(&made.bill);
    enum neap_status status = neap_scenario_autoscaler(scenario, &scaler, error);
    if (status != NEAP_OK)
        return status;
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, profile, scaler);
    status = replay(&made, &inputs, &till, progress, error);
    neap_autoscaler_free(scaler);
    if (status == NEAP_OK && till.price != NULL)
        status = neap_bill_amount(&made.cost, &made.bill, till.price, error);
    if (status != NEAP_OK)
        return status;
    sum_up(&made);
    *variant = made;
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "study/variant.h"

struct till {
    const struct neap_price *price;
    struct neap_bill *bill;
    const struct neapi_run *run;
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
    till->run->decision(till->run->context, decision);
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
    v->failed = s->failed_queue_full + s->failed_timeout + s->failed_abandoned + s->failed_cut;
    v->minimum_share = replicas_s > 0 ? s->at_minimum_s / replicas_s : 0;
}

static enum neap_status keep_classes(struct neapi_variant *v, const struct neap_replay *replay,
                                     size_t classes, struct neap_error *error)
{
    v->class = neapi_allocate(classes, sizeof *v->class);
    if (v->class == NULL)
        return neapi_no_memory(error, "classes");
    v->classes = classes;
    for (size_t i = 0; i < classes; i++)
        v->class[i] = neap_replay_class(replay, i);
    return NEAP_OK;
}

static enum neap_status replay(struct neapi_variant *v, const struct neap_replay_inputs *inputs,
                               struct till *till, struct neap_error *error)
{
    const struct neapi_run *run = till->run;
    struct neap_replay *replay = NULL;
    struct neap_replay_sinks sinks = {.life = on_life,
                                      .decision = run->decision ? on_decision : NULL,
                                      .context = till,
                                      .timeline = run->timeline,
                                      .period_ns = run->period_ns,
                                      .periods = run->periods,
                                      .period = run->period,
                                      .progress = run->progress};
    enum neap_status status = neap_replay_new(&replay, inputs, error);
    if (status == NEAP_OK)
        status = neap_replay_run(replay, &sinks, &v->summary, error);
    if (status == NEAP_OK)
        status = keep_classes(v, replay, neap_recording_classes(inputs->recording), error);
    neap_replay_free(replay);
    return status;
}

/* The same with containers that start and leave at once, and readings without age. */
static enum neap_status replay_instant(struct neapi_variant *v,
                                       const struct neap_replay_inputs *given, struct till *till,
                                       struct neap_error *error)
{
    struct neap_replay_inputs inputs = *given;
    struct neap_container_options container = *given->container;
    struct neap_metrics_options metrics = *given->metrics;
    struct neap_startup startup;
    neapi_text_copy(container.startup, sizeof container.startup, "0s");
    container.schedule[0] = container.pull[0] = container.boot[0] = container.ready[0] = '\0';
    container.warmup_s = container.drain_s = container.startup_cpu_s = metrics.lag_s = 0;
    enum neap_status status = neap_startup_init(&startup, &container, NULL, error);
    if (status != NEAP_OK)
        return status;
    inputs.container = &container;
    inputs.metrics = &metrics;
    inputs.startup = &startup;
    status = replay(v, &inputs, till, error);
    neap_startup_clear(&startup);
    return status;
}

static enum neap_status run_with(struct neapi_variant *v, const struct neap_scenario *scenario,
                                 struct till *till, struct neap_error *error)
{
    struct neap_autoscaler *scaler = NULL;
    enum neap_status status = neap_scenario_autoscaler(scenario, &scaler, error);
    if (status != NEAP_OK)
        return status;
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.profile = v->profile;
    inputs.replication = till->run->replication;
    if (!till->run->deployed)
        inputs.deployments_count = 0;
    status = till->run->instant ? replay_instant(v, &inputs, till, error)
                                : replay(v, &inputs, till, error);
    neap_autoscaler_free(scaler);
    if (status == NEAP_OK && till->price != NULL)
        status = neap_bill_amount(&v->cost, &v->bill, till->price, error);
    return status;
}

enum neap_status neapi_variant_run(struct neapi_variant *variant,
                                   const struct neap_scenario *scenario,
                                   const struct neap_profile *profile, const struct neapi_run *run,
                                   struct neap_error *error)
{
    static const struct neapi_run plain = {.instant = false};
    struct neapi_variant made = {.profile = profile};
    struct till till = {neap_scenario_price(scenario), &made.bill, run == NULL ? &plain : run};
    neap_bill_init(&made.bill);
    enum neap_status status = run_with(&made, scenario, &till, error);
    if (status != NEAP_OK) {
        neapi_variant_clear(&made);
        return status;
    }
    sum_up(&made);
    *variant = made;
    return NEAP_OK;
}

void neapi_variant_clear(struct neapi_variant *variant)
{
    free(variant->class);
    variant->class = NULL;
}

/* --- several -------------------------------------------------------------------------------------- */

/* Progress of one of them as part of all. */
struct part {
    const struct neap_progress *whole;
    size_t index, count;
};

static bool report_part(void *context, uint64_t done, uint64_t total)
{
    const struct part *part = context;
    return part->whole->report(part->whole->context, part->index * total + done,
                               part->count * total);
}

enum neap_status neapi_variants_run(struct neapi_variant *variants, size_t count,
                                    const struct neap_scenario *scenario,
                                    const struct neapi_run *run, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    size_t done = 0;
    for (; status == NEAP_OK && done < count; done++) {
        struct part part = {run->progress, done, count};
        struct neap_progress progress = {report_part, &part};
        struct neapi_run one = *run;
        one.progress = run->progress == NULL ? NULL : &progress;
        status = neapi_variant_run(&variants[done], scenario, neap_scenario_profile(scenario, done),
                                   &one, error);
    }
    for (size_t i = 0; status != NEAP_OK && i + 1 < done; i++)
        neapi_variant_clear(&variants[i]);
    return status;
}

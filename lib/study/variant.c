/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "study/variant.h"

struct till {
    const struct neap_price *price;
    struct neap_bill *bill;
    const struct neapi_run *run;
    bool of_nodes; /* they are what is paid for */
};

static int64_t billed_from(const struct neap_price *price, const struct neap_life *life)
{
    return neap_price_billing_start(price) == NEAP_BILLING_FROM_PULL ? life->starting_ns
                                                                     : life->ready_ns;
}

static void on_life(void *context, const struct neap_life *life)
{
    struct till *till = context;
    if (till->price != NULL && !till->of_nodes)
        neap_bill_add(till->bill, till->price, life->count, billed_from(till->price, life),
                      life->end_ns, life->cut);
}

static void on_node(void *context, const struct neap_node_life *life)
{
    struct till *till = context;
    bool whole =
        till->price != NULL && neap_price_billing_start(till->price) == NEAP_BILLING_FROM_PULL;
    if (till->price != NULL)
        neap_bill_add(till->bill, till->price, 1, whole ? life->start_ns : life->ready_ns,
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
    v->node_hours = (s->node_s[NEAP_NODE_STARTING] + s->node_s[NEAP_NODE_READY]) / 3600;
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

/* One of the replays that run together, with all that it borrows. */
struct runner {
    struct neapi_variant made;
    struct till till;
    struct neap_replay_inputs inputs;
    struct neap_run_options options;
    struct neap_autoscaler *scaler; /* owned */
    struct neap_replay *replay;     /* owned */
    struct neap_replay_sinks sinks;
    /* of an instant one */
    struct neap_container_options container;
    struct neap_metrics_options metrics;
    struct neap_startup startup; /* owned */
};

/* Containers that start and leave at once, and readings without age. */
static enum neap_status make_instant(struct runner *r, struct neap_error *error)
{
    struct neap_container_options *container = &r->container;
    *container = *r->inputs.container;
    r->metrics = *r->inputs.metrics;
    neapi_text_copy(container->startup, sizeof container->startup, "0s");
    container->schedule[0] = container->pull[0] = container->boot[0] = container->ready[0] = '\0';
    container->grace_s = (double)NAN;
    container->warmup_s = container->drain_s = container->startup_cpu_s = r->metrics.lag_s = 0;
    NEAPI_TRY(neap_startup_init(&r->startup, container, NULL, error));
    r->inputs.container = container;
    r->inputs.metrics = &r->metrics;
    r->inputs.startup = &r->startup;
    r->inputs.nodes = NULL; /* whatever is asked for is there */
    return NEAP_OK;
}

static void choose_engine(struct runner *r, enum neapi_engine_choice choice)
{
    r->options = *r->inputs.run;
    if (choice != NEAPI_ENGINE_AS_SAID)
        r->options.engine = choice == NEAPI_ENGINE_TICK ? NEAP_ENGINE_TICK : NEAP_ENGINE_REQUEST;
    r->inputs.run = &r->options;
}

static struct neap_replay_sinks sinks_of(struct runner *r)
{
    const struct neapi_run *run = r->till.run;
    return (struct neap_replay_sinks){.life = on_life,
                                      .decision = run->decision ? on_decision : NULL,
                                      .node = on_node,
                                      .context = &r->till,
                                      .timeline = run->timeline,
                                      .period_ns = run->period_ns,
                                      .periods = run->periods,
                                      .period = run->period,
                                      .progress = run->progress};
}

/* r stays where it is until it is cleared: others point into it. */
static enum neap_status prepare(struct runner *r, const struct neap_scenario *scenario,
                                const struct neap_profile *profile, const struct neapi_run *run,
                                struct neap_error *error)
{
    r->made.profile = profile;
    r->till = (struct till){neap_scenario_price(scenario), &r->made.bill, run,
                            neap_scenario_nodes(scenario) != NULL};
    neap_bill_init(&r->made.bill);
    NEAPI_TRY(neap_scenario_autoscaler(scenario, &r->scaler, error));
    r->inputs = neap_scenario_inputs(scenario, 0, r->scaler);
    r->inputs.profile = profile;
    r->inputs.replication = run->replication;
    if (!run->deployed)
        r->inputs.deployments_count = 0;
    choose_engine(r, run->engine);
    if (run->instant)
        NEAPI_TRY(make_instant(r, error));
    r->sinks = sinks_of(r);
    return neap_replay_new(&r->replay, &r->inputs, error);
}

static enum neap_status finish(struct runner *r, struct neap_error *error)
{
    NEAPI_TRY(
        keep_classes(&r->made, r->replay, neap_recording_classes(r->inputs.recording), error));
    if (r->till.price != NULL)
        NEAPI_TRY(neap_bill_amount(&r->made.cost, &r->made.bill, r->till.price, error));
    sum_up(&r->made);
    return NEAP_OK;
}

static void clear(struct runner *r)
{
    neap_replay_free(r->replay);
    neap_autoscaler_free(r->scaler);
    neap_startup_clear(&r->startup);
}

static enum neap_status run_all(struct runner *r, size_t count, struct neap_replay_job *job,
                                struct neap_error *error)
{
    for (size_t i = 0; i < count; i++)
        job[i] = (struct neap_replay_job){r[i].replay, &r[i].sinks, &r[i].made.summary};
    NEAPI_TRY(neap_replay_run_together(job, count, error));
    for (size_t i = 0; i < count; i++)
        NEAPI_TRY(finish(&r[i], error));
    return NEAP_OK;
}

enum neap_status neapi_variants_run(struct neapi_variant variant[], size_t count,
                                    const struct neap_scenario *scenario,
                                    const struct neap_profile *const profile[],
                                    const struct neapi_run run[], struct neap_error *error)
{
    struct runner *r = neapi_allocate(count, sizeof *r);
    struct neap_replay_job *job = neapi_allocate(count, sizeof *job);
    enum neap_status status =
        r == NULL || job == NULL ? neapi_no_memory(error, "replays") : NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < count; i++)
        status = prepare(&r[i], scenario, profile[i], &run[i], error);
    if (status == NEAP_OK)
        status = run_all(r, count, job, error);
    for (size_t i = 0; r != NULL && i < count; i++) {
        if (status == NEAP_OK)
            variant[i] = r[i].made;
        else
            neapi_variant_clear(&r[i].made);
        clear(&r[i]);
    }
    free(job);
    free(r);
    return status;
}

enum neap_status neapi_variant_run(struct neapi_variant *variant,
                                   const struct neap_scenario *scenario,
                                   const struct neap_profile *profile, const struct neapi_run *run,
                                   struct neap_error *error)
{
    static const struct neapi_run plain = {.instant = false};
    return neapi_variants_run(variant, 1, scenario, &profile, run == NULL ? &plain : run, error);
}

void neapi_variant_clear(struct neapi_variant *variant)
{
    free(variant->class);
    variant->class = NULL;
}

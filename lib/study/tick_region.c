/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the tick engine can be trusted: container-hours within 2 % and p95 within 15 % of the
 * request engine's. The limits come from a grid of both engines (doc/engines.md): all settings
 * inside of them met these figures there. */
#include <math.h>

#include "study/variant.h"

static const double FEW_CONTAINERS = 3;
static const double BURSTS = 0.05; /* standard deviation of an interval's number over its mean */
static const double FAILURES = 1e-3;
/* of what the containers could sustain, with a balancer that looks at all of them or does not */
static const double FULL_LOAD_SEEING = 0.8, FULL_LOAD_BLIND = 0.45;

static bool is_blind(enum neap_balancer_type type)
{
    return type == NEAP_BALANCER_RANDOM || type == NEAP_BALANCER_ROUND_ROBIN ||
           type == NEAP_BALANCER_TWO_CHOICES;
}

/* Requests served by ready containers, of what these could have served. */
static double mean_load(const struct neap_scenario *scenario, const struct neapi_variant *v)
{
    const struct neap_container_options *c = neap_scenario_container(scenario);
    double demand_s, wait_s, cores = neap_container_cpu_usable(c) - c->idle_cpu_cores;
    neapi_variant_needs(&demand_s, &wait_s, scenario, v);
    double most_rate = neap_container_capacity((int)c->workers, cores, demand_s, wait_s);
    double served = v->summary.requests - v->failed;
    return served / (v->summary.container_s[NEAP_READY] * most_rate);
}

static double burstiness(const struct neap_scenario *scenario, const struct neapi_variant *v)
{
    const struct neap_recording *recording = neap_scenario_recording(scenario);
    double dispersion = 1;
    if (neap_recording_arrivals(recording, &dispersion) != NEAP_ARRIVALS_BURST)
        return 0;
    double each = v->summary.requests / (double)neap_recording_count(recording);
    return each > 0 ? sqrt(dispersion / each) : 0;
}

/* Why the engine's container-hours, or its p95, are not to be trusted; NULL when they are. */
static const char *doubt_hours(const struct neap_scenario *scenario, const struct neapi_variant *v)
{
    if (v->summary.mean_replicas < FEW_CONTAINERS)
        return "there are fewer than 3 containers on average";
    if (burstiness(scenario, v) > BURSTS)
        return "an autoscaler meets bursts that means do not show";
    return NULL;
}

static const char *doubt_latency(const struct neap_scenario *scenario,
                                 const struct neapi_variant *v)
{
    const struct neap_container_options *c = neap_scenario_container(scenario);
    enum neap_balancer_type balancer = neap_scenario_balancer(scenario);
    bool compete = c->workers > neap_container_cpu_usable(c) - c->idle_cpu_cores;
    if (v->failed > FAILURES * v->summary.requests)
        return "requests fail";
    if (balancer == NEAP_BALANCER_ROUND_ROBIN && compete)
        return "round robin spreads load over workers that share a core more evenly than it knows";
    if (is_blind(balancer))
        return mean_load(scenario, v) > FULL_LOAD_BLIND
                   ? "the balancer lets requests wait while other containers are idle"
                   : NULL;
    return mean_load(scenario, v) > FULL_LOAD_SEEING ? "containers are almost full" : NULL;
}

typedef const char *doubt(const struct neap_scenario *scenario, const struct neapi_variant *v);

/* Each reason once, for the first profile that has it. */
static void tell(struct neap_document *document, const struct neap_scenario *scenario,
                 const struct neapi_variant *variants, size_t count, doubt *find, const char *what)
{
    const char *told = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *why = variants[i].summary.requests > 0 ? find(scenario, &variants[i]) : NULL;
        if (why == NULL || why == told)
            continue;
        neap_document_add_note(
            document, NEAP_NOTE_WARNING,
            "%s: the tick engine's %s, since %s; --engine both shows by how much",
            neap_profile_label(variants[i].profile), what, why);
        told = why;
    }
}

void neapi_warn_of_tick_region(struct neap_document *document, const struct neap_scenario *scenario,
                               const struct neapi_variant *variants, size_t count)
{
    tell(document, scenario, variants, count, doubt_hours,
         "container-hours may be more than 2% off");
    tell(document, scenario, variants, count, doubt_latency, "p95 may be more than 15% off");
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Container-hours in parts. Intervals of the recording with a fixed size are enough for all parts
 * but the last two, which take a replay. */
#include <math.h>

#include "study/waterfall.h"

/* What an interval of the recording asks for. */
struct demand {
    const struct neap_recording *recording;
    size_t classes;
    double class_s[NEAP_REPLAY_KINDS_MOST]; /* mean CPU demand of a request */
    const double *requests[NEAP_REPLAY_KINDS_MOST];
};

static void find_demand(struct demand *demand, const struct neap_recording *recording,
                        const struct neap_profile *profile)
{
    demand->recording = recording;
    demand->classes = neap_recording_classes(recording);
    for (size_t k = 0; k < demand->classes; k++) {
        const char *name = neap_recording_class_name(recording, k);
        size_t number = neap_profile_class_for(profile, name);
        demand->class_s[k] = neap_distribution_mean(neap_profile_cpu_demand(profile, number));
        demand->requests[k] = neap_recording_class_requests(recording, k);
    }
}

static double core_seconds(const struct demand *demand, size_t interval)
{
    double sum = 0;
    for (size_t k = 0; k < demand->classes; k++)
        sum += demand->requests[k][interval] * demand->class_s[k];
    return sum;
}

/* The autoscaler's bounds and what one container may use. */
struct size_rule {
    double use_cores; /* target x request */
    double idle_cores;
    double min, max;
};

static void add_interval(struct neapi_footprint *f, const struct size_rule *rule, double cores,
                         double hours)
{
    double fluid = cores / rule->use_cores;
    double with_idle = cores / (rule->use_cores - rule->idle_cores);
    double whole = ceil(with_idle - 1e-9);
    double at_least = fmax(whole, rule->min), at_most = fmin(at_least, rule->max);
    f->hours[NEAPI_PART_CPU] += fluid * hours;
    f->hours[NEAPI_PART_IDLE] += (with_idle - fluid) * hours;
    f->hours[NEAPI_PART_WHOLE] += (whole - with_idle) * hours;
    f->hours[NEAPI_PART_MINIMUM] += (at_least - whole) * hours;
    f->hours[NEAPI_PART_MAXIMUM] += (at_most - at_least) * hours;
}

/* All parts but the last two; the sum of hours. */
static double add_intervals(struct neapi_footprint *f, const struct demand *demand,
                            const struct size_rule *rule)
{
    double sum = 0, requests = neap_recording_total(demand->recording);
    double step_s = (double)neap_recording_step_ns(demand->recording) / 1e9;
    for (size_t i = 0; i < neap_recording_count(demand->recording); i++) {
        double core_s = core_seconds(demand, i);
        sum += core_s;
        if (f->known)
            add_interval(f, rule, core_s / step_s, step_s / 3600);
    }
    f->demand_s = requests > 0 ? sum / requests : 0;
    double hours = 0;
    for (int part = 0; part < NEAPI_PART_POLICY; part++)
        hours += f->hours[part];
    return hours;
}

static enum neap_status read_rule(struct size_rule *rule, const struct neap_scenario *scenario,
                                  struct neap_error *error)
{
    const struct neap_container_options *container = neap_scenario_container(scenario);
    struct neap_autoscaler *scaler = NULL;
    NEAPI_TRY(neap_scenario_autoscaler(scenario, &scaler, error));
    rule->use_cores = neap_autoscaler_target_cpu(scaler) * neap_container_cpu_request(container);
    rule->idle_cores = container->idle_cpu_cores;
    rule->min = (double)neap_autoscaler_min(scaler);
    rule->max = (double)neap_autoscaler_max(scaler);
    neap_autoscaler_free(scaler);
    return NEAP_OK;
}

enum neap_status neapi_footprint_begin(struct neapi_footprint *footprint,
                                       const struct neap_scenario *scenario,
                                       const struct neap_profile *profile,
                                       const struct neap_progress *progress,
                                       struct neap_error *error)
{
    struct neapi_footprint made = {.known = false};
    struct size_rule rule;
    struct demand demand;
    NEAPI_TRY(read_rule(&rule, scenario, error));
    find_demand(&demand, neap_scenario_recording(scenario), profile);
    made.min = rule.min;
    made.known = rule.use_cores > rule.idle_cores; /* false for NaN */
    double ideal_hours = add_intervals(&made, &demand, &rule);
    if (made.known) {
        struct neapi_run run = {.instant = true, .progress = progress};
        struct neapi_variant instant;
        NEAPI_TRY(neapi_variant_run(&instant, scenario, profile, &run, error));
        made.hours[NEAPI_PART_POLICY] = instant.container_hours - ideal_hours;
        made.hours[NEAPI_PART_START] = -instant.container_hours;
        neapi_variant_clear(&instant);
    }
    *footprint = made;
    return NEAP_OK;
}

void neapi_footprint_end(struct neapi_footprint *footprint, const struct neapi_variant *variant)
{
    if (footprint->known)
        footprint->hours[NEAPI_PART_START] += variant->container_hours;
}

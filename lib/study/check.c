/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * check: what a scenario says, without replaying it. */
#include <neap/calendar.h>

#include "base/fail.h"
#include "base/text.h"
#include "study/variant.h"

static void say_traffic(struct neap_document *document, const struct neap_recording *recording)
{
    char start[NEAP_TIME_SIZE], length[32], step[32];
    double span_s =
        (double)(neap_recording_end_ns(recording) - neap_recording_start_ns(recording)) / 1e9;
    neap_time_format(start, sizeof start, neap_recording_start_ns(recording));
    neapi_describe_length(length, sizeof length, span_s);
    neap_quantity_format(step, sizeof step, (double)neap_recording_step_ns(recording) / 1e9,
                         NEAP_SECONDS);
    neap_document_add_fact(document, "traffic", "%s from %s on, in steps of %s", length, start,
                           step);
    neap_document_add_fact(document, "requests", "%.0f, %.2f/s on average",
                           neap_recording_total(recording),
                           neap_recording_total(recording) / span_s);
}

static enum neap_status say_autoscaler(struct neap_document *document,
                                       const struct neap_scenario *scenario,
                                       struct neap_error *error)
{
    struct neap_autoscaler *scaler = NULL;
    enum neap_status status = neap_scenario_autoscaler(scenario, &scaler, error);
    if (status != NEAP_OK)
        return status;
    neap_document_add_fact(
        document, "autoscaler", "%s, %lld to %lld replicas, every %g s",
        neap_scenario_autoscaler_type(scenario), (long long)neap_autoscaler_min(scaler),
        (long long)neap_autoscaler_max(scaler), neap_autoscaler_period_s(scaler));
    neap_autoscaler_free(scaler);
    return NEAP_OK;
}

/* What a request of one class costs; alone: there is no other. */
static void say_cost(struct neap_document *document, struct neap_node *array,
                     const struct neap_profile *profile, const char *class, bool alone)
{
    size_t number = neap_profile_class_for(profile, class);
    const char *cpu = neap_profile_cpu_demand_text(profile, number);
    const char *wait = neap_profile_wait_text(profile, number);
    struct neap_node *node = neap_node_object(array, NULL);
    neap_node_text(node, "name", class);
    neap_node_text(node, "cpu_demand", cpu);
    neap_node_text(node, "wait", wait);
    neap_document_add_fact(document, neap_profile_label(profile), "%s%sCPU demand %s; wait %s",
                           alone ? "" : class, alone ? "" : ": ", cpu, wait);
}

static void say_profile(struct neap_document *document, struct neap_node *array,
                        const struct neap_recording *recording, const struct neap_profile *profile)
{
    struct neap_node *node = neap_node_object(array, NULL);
    size_t classes = neap_recording_classes(recording);
    neap_node_text(node, "name", neap_profile_name(profile));
    neap_node_text(node, "label", neap_profile_label(profile));
    neap_node_text(node, "upgrade", neap_upgrade_model_name(neap_profile_upgrade(profile)));
    neap_node_text(node, "range", neap_profile_range_text(profile));
    struct neap_node *costs = neap_node_array(node, "classes");
    for (size_t k = 0; k < classes; k++)
        say_cost(document, costs, profile, neap_recording_class_name(recording, k), classes == 1);
    if (neap_profile_is_range(profile))
        neap_document_add_fact(document, "", "%s", neap_profile_range_text(profile));
}

static void say_profiles(struct neap_document *document, const struct neap_scenario *scenario)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "profiles");
    for (size_t i = 0; i < neap_scenario_profiles(scenario); i++)
        say_profile(document, array, neap_scenario_recording(scenario),
                    neap_scenario_profile(scenario, i));
}

static void say_classes(struct neap_document *document, const struct neap_recording *recording)
{
    double all = neap_recording_total(recording);
    for (size_t k = 0; k < neap_recording_classes(recording) && all > 0; k++) {
        const double *requests = neap_recording_class_requests(recording, k);
        double sum = 0;
        for (size_t i = 0; i < neap_recording_count(recording); i++)
            sum += requests[i];
        neap_document_add_fact(document, k == 0 ? "classes" : "", "%s, %.1f%% of the requests",
                               neap_recording_class_name(recording, k), 100 * sum / all);
    }
}

static void say_deployments(struct neap_document *document, const struct neap_scenario *scenario)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "deployments");
    for (size_t i = 0; i < neap_scenario_deployments(scenario); i++) {
        struct neap_deployment deployment = neap_scenario_deployment(scenario, i);
        char at[NEAP_TIME_SIZE];
        neap_time_format(at, sizeof at, deployment.at_ns);
        struct neap_node *node = neap_node_object(array, NULL);
        neap_node_text(node, "name", neap_profile_name(deployment.profile));
        neap_node_text(node, "at", at);
        neap_document_add_fact(document, i == 0 ? "deployments" : "", "%s at %s",
                               neap_profile_label(deployment.profile), at);
    }
}

enum neap_status neap_check(struct neap_document **document, const struct neap_scenario *scenario,
                            const struct neap_study_options *options, struct neap_error *error)
{
    struct neap_document *made = NULL;
    (void)options; /* quick: nothing to report on the way */
    if (neap_scenario_recording(scenario) == NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "call neap_scenario_load() before a study");
    enum neap_status status = neap_document_new(&made, "neap.check/1", error);
    if (status != NEAP_OK)
        return status;
    neapi_describe_inputs(made, scenario);
    neapi_describe_traffic(made, scenario);
    neap_document_set_headline(made, "%s: the scenario is sound", neap_scenario_name(scenario));
    say_traffic(made, neap_scenario_recording(scenario));
    if (neap_recording_classes(neap_scenario_recording(scenario)) > 1)
        say_classes(made, neap_scenario_recording(scenario));
    say_profiles(made, scenario);
    say_deployments(made, scenario);
    status = say_autoscaler(made, scenario, error);
    neapi_describe_model(made, scenario, NULL, 0);
    if (status == NEAP_OK)
        status = neap_document_status(made, error);
    if (status == NEAP_OK)
        *document = made;
    else
        neap_document_free(made);
    return status;
}

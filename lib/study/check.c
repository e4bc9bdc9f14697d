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

static void say_profiles(struct neap_document *document, const struct neap_scenario *scenario)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "profiles");
    for (size_t i = 0; i < neap_scenario_profiles(scenario); i++) {
        const struct neap_profile *profile = neap_scenario_profile(scenario, i);
        struct neap_node *node = neap_node_object(array, NULL);
        neap_node_text(node, "name", neap_profile_name(profile));
        neap_node_text(node, "label", neap_profile_label(profile));
        neap_node_text(node, "upgrade", neap_upgrade_model_name(neap_profile_upgrade(profile)));
        neap_node_text(node, "cpu_demand", neap_profile_cpu_demand_text(profile, 0));
        neap_node_text(node, "wait", neap_profile_wait_text(profile, 0));
        neap_document_add_fact(document, neap_profile_label(profile), "CPU demand %s; wait %s",
                               neap_profile_cpu_demand_text(profile, 0),
                               neap_profile_wait_text(profile, 0));
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
    say_profiles(made, scenario);
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

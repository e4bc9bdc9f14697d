/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a scenario says, for the studies. */
#include <string.h>

#include "base/fail.h"
#include "scenario/scenario_impl.h"

const char *neap_scenario_name(const struct neap_scenario *s)
{
    return s->service.name;
}

const char *neap_scenario_path(const struct neap_scenario *s)
{
    return s->path;
}

const struct neap_zone *neap_scenario_zone(const struct neap_scenario *s)
{
    return s->zone;
}

const struct neap_recording *neap_scenario_recording(const struct neap_scenario *s)
{
    return s->recording;
}

size_t neap_scenario_profiles(const struct neap_scenario *s)
{
    return s->profiles;
}

const struct neap_profile *neap_scenario_profile(const struct neap_scenario *s, size_t index)
{
    return index < s->profiles ? s->profile[index].profile : NULL;
}

const struct neap_container_options *neap_scenario_container(const struct neap_scenario *s)
{
    return &s->container;
}

enum neap_balancer_type neap_scenario_balancer(const struct neap_scenario *s)
{
    return (enum neap_balancer_type)s->balancer.type;
}

const struct neap_client_options *neap_scenario_client(const struct neap_scenario *s)
{
    return &s->client;
}

const struct neap_metrics_options *neap_scenario_metrics(const struct neap_scenario *s)
{
    return &s->metrics;
}

const struct neap_slo_options *neap_scenario_slo(const struct neap_scenario *s)
{
    return &s->slo;
}

const struct neap_run_options *neap_scenario_run(const struct neap_scenario *s)
{
    return &s->run;
}

const struct neap_price *neap_scenario_price(const struct neap_scenario *s)
{
    return s->price;
}

const char *neap_scenario_autoscaler_type(const struct neap_scenario *s)
{
    return s->autoscaler_type->name;
}

static enum neap_status set_all(const struct neap_scenario *s, struct neap_autoscaler *scaler,
                                struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < s->entries.count; i++) {
        const struct neapi_entry *entry = &s->entries.entry[i];
        bool empty = entry->key[0] == '\0' || (entry->value[0] == '\0' && entry->line == 0);
        if (strcmp(entry->section, "autoscaler") == 0 && !empty && strcmp(entry->key, "type") != 0)
            status = neap_autoscaler_set(scaler, entry->key, entry->value, error);
    }
    return status;
}

/* Schedules go by the service's clock unless they name another. */
static enum neap_status set_zone(const struct neap_scenario *s, struct neap_autoscaler *scaler,
                                 struct neap_error *error)
{
    if (neap_parameter_find(neap_autoscaler_parameters(scaler), "zone") == NULL ||
        neap_autoscaler_given(scaler, "zone"))
        return NEAP_OK;
    return neap_autoscaler_set(scaler, "zone", neap_zone_name(s->zone), error);
}

enum neap_status neap_scenario_autoscaler(const struct neap_scenario *s,
                                          struct neap_autoscaler **scaler, struct neap_error *error)
{
    struct neap_autoscaler *made = NULL;
    enum neap_status status = neap_autoscaler_new(&made, s->autoscaler_type, error);
    if (status == NEAP_OK)
        status = set_all(s, made, error);
    if (status == NEAP_OK)
        status = set_zone(s, made, error);
    if (status == NEAP_OK)
        status = neap_autoscaler_prepare(made, error);
    if (status == NEAP_OK)
        *scaler = made;
    else
        neap_autoscaler_free(made);
    return status;
}

const struct neap_holidays *neap_scenario_holidays(const struct neap_scenario *s)
{
    return s->holidays;
}

size_t neap_scenario_deployments(const struct neap_scenario *s)
{
    return s->deployments;
}

struct neap_deployment neap_scenario_deployment(const struct neap_scenario *s, size_t index)
{
    return index < s->deployments ? s->deployment[index] : (struct neap_deployment){0, NULL};
}

const struct neap_nodes_options *neap_scenario_nodes(const struct neap_scenario *s)
{
    return s->on_nodes ? &s->nodes : NULL;
}

const struct neap_rollout_options *neap_scenario_rollout(const struct neap_scenario *s)
{
    return &s->rollout;
}

struct neap_replay_inputs neap_scenario_inputs(const struct neap_scenario *s, size_t profile,
                                               struct neap_autoscaler *scaler)
{
    return (struct neap_replay_inputs){.recording = s->recording,
                                       .profile = neap_scenario_profile(s, profile),
                                       .container = &s->container,
                                       .startup = &s->startup,
                                       .balancer = neap_scenario_balancer(s),
                                       .client = &s->client,
                                       .autoscaler = scaler,
                                       .metrics = &s->metrics,
                                       .missing_ns = s->missing_ns,
                                       .missing_count = s->missing,
                                       .slo = &s->slo,
                                       .run = &s->run,
                                       .deployments = s->deployment,
                                       .deployments_count = s->deployments,
                                       .rollout = &s->rollout,
                                       .nodes = neap_scenario_nodes(s),
                                       .node_startup = s->node_startup};
}

size_t neap_scenario_files(const struct neap_scenario *s)
{
    return s->manifest.count;
}

struct neap_input neap_scenario_file(const struct neap_scenario *s, size_t index)
{
    if (index >= s->manifest.count)
        return (struct neap_input){NULL, NULL};
    return (struct neap_input){s->manifest.file[index].path, s->manifest.file[index].sha256};
}

size_t neap_scenario_settings(const struct neap_scenario *s)
{
    return s->settings_count;
}

const char *neap_scenario_setting(const struct neap_scenario *s, size_t index)
{
    return index < s->settings_count ? s->settings[index] : NULL;
}

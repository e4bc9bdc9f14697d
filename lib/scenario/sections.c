/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From entries to options. One row a section; a section that is named, such as [profile old], has
 * a slot for each name. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "scenario/scenario_impl.h"

static const struct neap_parameter service_parameters[] = {
    {"name", NEAP_TEXT, offsetof(struct neapi_service_options, name), "service", 0, 0, NULL,
     "what reports call the service"},
    {"zone", NEAP_TEXT, offsetof(struct neapi_service_options, zone), "UTC", 0, 0, NULL,
     "IANA zone of days, weeks and months, such as Europe/London"},
    {"holidays", NEAP_TEXT, offsetof(struct neapi_service_options, holidays), "", 0, 0, NULL,
     "days off: 2026-12-25, 12-25 of every year, easter-2, easter+1, or file=holidays.csv"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

static const struct neap_parameter autoscaler_parameters[] = {
    {"type", NEAP_TEXT, offsetof(struct neapi_autoscaler_choice, type), "hpa", 0, 0, NULL,
     "which autoscaler decides; its own keys follow"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

struct section {
    const char *name, *summary;
    const struct neap_parameter *(*parameters)(void);
    size_t offset; /* of its options in the scenario */
};

static const struct neap_parameter *of_service(void)
{
    return service_parameters;
}

static const struct neap_parameter *of_autoscaler(void)
{
    return autoscaler_parameters;
}

static const struct neap_parameter *of_traffic(void)
{
    return neap_recording_parameters;
}

#define AT(field) offsetof(struct neap_scenario, field)

static const struct section sections[] = {
    {"service", "what is modelled, and its calendar", of_service, AT(service)},
    {"traffic", "the recording to replay", of_traffic, AT(traffic)},
    {"synth", "traffic made up from a shape, in the place of a recording", neap_synth_parameters,
     AT(synth)},
    {"class NAME", "requests of one kind, with a cost of their own; any number",
     neap_class_parameters, 0},
    {"profile NAME", "what a request costs; any number, compared in file order",
     neap_profile_parameters, 0},
    {"rollout", "when the profiles are deployed, one after the other", neap_rollout_parameters,
     AT(rollout)},
    {"container", "one replica and its life", neap_container_parameters, AT(container)},
    {"nodes", "the machines that containers run on; without it there is room everywhere",
     neap_nodes_parameters, AT(nodes)},
    {"balancer", "how requests find a container", neap_balancer_parameters, AT(balancer)},
    {"client", "what callers do when no answer comes", neap_client_parameters, AT(client)},
    {"autoscaler", "what decides the number of replicas", of_autoscaler, AT(autoscaler)},
    {"metrics", "how load becomes what the autoscaler reads", neap_metrics_parameters, AT(metrics)},
    {"slo", "latency limits", neap_slo_parameters, AT(slo)},
    {"price", "what a container-hour costs", neap_price_parameters, AT(price_options)},
    {"run", "how to replay", neap_run_parameters, AT(run)}};
enum { SECTIONS = sizeof sections / sizeof sections[0] };

/* Sections that the scenario format has and this version does nothing with: refused, since a key
 * without effect would make a wrong result look right. */
static const char later_sections[] = "tune|project";

struct neap_section neap_scenario_section(size_t index)
{
    if (index >= SECTIONS)
        return (struct neap_section){NULL, NULL, NULL};
    return (struct neap_section){sections[index].name, sections[index].summary,
                                 sections[index].parameters()};
}

/* --- finding things ------------------------------------------------------------------------------- */

static void join_names(const struct neap_parameter *table, char *list, size_t size)
{
    size_t used = strlen(list);
    for (; table->name != NULL; table++) {
        size_t length = strlen(table->name);
        if (used + length + 2 > size)
            return;
        snprintf(list + used, size - used, "%s%s", used > 0 ? "|" : "", table->name);
        used += length + (used > 0);
    }
}

/* The autoscaler that has this key, NULL when none has. */
static const struct neap_autoscaler_type *owner_of(const char *key)
{
    for (const struct neap_autoscaler_type *const *type = neap_autoscaler_types(); *type != NULL;
         type++)
        if (neap_parameter_find((*type)->parameters, key) != NULL)
            return *type;
    return NULL;
}

static enum neap_status unknown_key(const struct neapi_entry *entry,
                                    const struct neap_parameter *table,
                                    const struct neap_parameter *more, struct neap_error *error)
{
    char list[2048] = "", near[64], message[NEAP_MESSAGE_SIZE];
    const struct neap_autoscaler_type *owner = more == NULL ? NULL : owner_of(entry->key);
    const char *hint = entry->line > 0 && entry->key_column > 1
                           ? "; an indented line does not continue the one above"
                           : "";
    join_names(table, list, sizeof list);
    if (more != NULL)
        join_names(more, list, sizeof list);
    if (owner != NULL)
        snprintf(message, sizeof message,
                 "found key \"%s\", which belongs to another autoscaler: take it out, or set "
                 "type = %s",
                 entry->key, owner->name);
    else if (neap_suggest(list, entry->key, near, sizeof near))
        snprintf(message, sizeof message,
                 "found key \"%s\", which [%s] does not have; did you mean %s?%s", entry->key,
                 entry->section, near, hint);
    else
        snprintf(message, sizeof message, "found key \"%s\", expected one of [%s]: %.400s%s",
                 entry->key, entry->section, list, hint);
    return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, entry->key_column, message);
}

static enum neap_status unknown_section(const struct neapi_entry *entry, struct neap_error *error)
{
    static const char list[] = "service|traffic|synth|class|profile|rollout|container|nodes|"
                               "balancer|client|autoscaler|metrics|slo|price|run";
    char word[NEAPI_SECTION_SIZE], near[64], message[NEAP_MESSAGE_SIZE];
    neapi_text_copy(word, sizeof word, entry->section);
    word[strcspn(word, " ")] = '\0';
    for (const char *at = later_sections; *at != '\0';
         at += strcspn(at, "|") + (at[strcspn(at, "|")] == '|'))
        if (strlen(word) == strcspn(at, "|") && memcmp(word, at, strlen(word)) == 0) {
            snprintf(message, sizeof message,
                     "found section [%s], which this version of neap does not act on: take it out, "
                     "or put ; before its lines",
                     entry->section);
            return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, 1, message);
        }
    if (neap_suggest(list, word, near, sizeof near))
        snprintf(message, sizeof message,
                 "found section [%s], which there is not; did you mean [%s%s]?", entry->section,
                 near, strcmp(near, "profile") == 0 || strcmp(near, "class") == 0 ? " NAME" : "");
    else
        snprintf(message, sizeof message, "found section [%s], expected one of %s", entry->section,
                 list);
    return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, 1, message);
}

/* --- setting -------------------------------------------------------------------------------------- */

enum neap_status neapi_entry_set(const struct neapi_entry *entry, const char *key,
                                 const struct neap_parameter *table, void *options,
                                 struct neap_error *error)
{
    const struct neap_parameter *parameter = neap_parameter_find(table, key);
    struct neap_error inner = {0};
    if (key[0] == '\0')
        return NEAP_OK; /* the section itself */
    if (parameter == NULL)
        return unknown_key(entry, table, NULL, error);
    if (entry->value[0] == '\0' && entry->line == 0)
        return NEAP_OK; /* a setting that takes away what the file says */
    if (entry->value[0] == '\0')
        return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, entry->value_column,
                                "found no value, expected one behind the =, or the line taken out");
    enum neap_status status = neap_parameter_set(parameter, options, entry->value, &inner);
    if (status == NEAP_OK)
        return NEAP_OK;
    return neapi_entry_fail(error, neapi_as_scenario(status), entry, entry->value_column,
                            inner.message);
}

/* Keys of the chosen type are kept as entries: each run makes an autoscaler of its own from them. */
static enum neap_status check_autoscaler_key(const struct neap_scenario *scenario,
                                             const struct neapi_entry *entry,
                                             struct neap_error *error)
{
    const struct neap_parameter *table = scenario->autoscaler_type->parameters;
    if (entry->key[0] != '\0' && neap_parameter_find(table, entry->key) == NULL)
        return unknown_key(entry, autoscaler_parameters, table, error);
    return NEAP_OK;
}

static enum neap_status unknown_autoscaler(const struct neapi_entry *entry,
                                           struct neap_error *error)
{
    char message[NEAP_MESSAGE_SIZE], list[256] = "", near[64];
    for (const struct neap_autoscaler_type *const *type = neap_autoscaler_types(); *type != NULL;
         type++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                 list[0] != '\0' ? "|" : "", (*type)->name);
    bool suggested = neap_suggest(list, entry->value, near, sizeof near);
    snprintf(message, sizeof message, "type: found \"%.60s\", expected one of %s%s%s%s",
             entry->value, list, suggested ? "; did you mean " : "", suggested ? near : "",
             suggested ? "?" : "");
    return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, entry->value_column, message);
}

static enum neap_status choose_autoscaler(struct neap_scenario *scenario, struct neap_error *error)
{
    const struct neapi_entry *entry = neapi_ini_find(&scenario->entries, "autoscaler", "type");
    if (entry != NULL && neapi_entry_set(entry, entry->key, autoscaler_parameters,
                                         &scenario->autoscaler, error) != NEAP_OK)
        return NEAP_BAD_SCENARIO;
    scenario->autoscaler_type = neap_autoscaler_find(scenario->autoscaler.type);
    return scenario->autoscaler_type != NULL ? NEAP_OK : unknown_autoscaler(entry, error);
}

static enum neap_status apply_entry(struct neap_scenario *scenario, const struct neapi_entry *entry,
                                    struct neap_error *error)
{
    if (strcmp(entry->section, "autoscaler") == 0)
        return strcmp(entry->key, "type") == 0 ? NEAP_OK
                                               : check_autoscaler_key(scenario, entry, error);
    if (neapi_entry_is_named(entry, "profile"))
        return neapi_profile_entry(scenario, entry, error);
    if (neapi_entry_is_named(entry, "class"))
        return neapi_class_entry(scenario, entry, error);
    if (strcmp(entry->section, "traffic") == 0 && neapi_entry_class(entry, "value_column") != NULL)
        return neapi_column_entry(scenario, entry, error);
    if (strcmp(entry->section, "synth") == 0)
        scenario->synthetic = true;
    if (strcmp(entry->section, "nodes") == 0 && (entry->key[0] == '\0' || entry->value[0] != '\0'))
        scenario->on_nodes = true;
    for (int i = 0; i < SECTIONS; i++)
        if (strcmp(sections[i].name, entry->section) == 0)
            return neapi_entry_set(entry, entry->key, sections[i].parameters(),
                                   (char *)scenario + sections[i].offset, error);
    return unknown_section(entry, error);
}

enum neap_status neapi_scenario_apply(struct neap_scenario *scenario, struct neap_error *error)
{
    for (int i = 0; i < SECTIONS; i++)
        if (sections[i].offset != 0)
            neap_parameters_init(sections[i].parameters(), (char *)scenario + sections[i].offset);
    enum neap_status status = choose_autoscaler(scenario, error);
    for (size_t i = 0; status == NEAP_OK && i < scenario->entries.count; i++)
        status = apply_entry(scenario, &scenario->entries.entry[i], error);
    return status;
}

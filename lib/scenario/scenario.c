/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scenario from its file to checked settings and what is built from them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"
#include "scenario/file.h"
#include "scenario/scenario_impl.h"

/* --- profiles -------------------------------------------------------------------------------------- */

/* Files that a value reads, "file=demand.csv", belong into the manifest. */
static enum neap_status note_samples(struct neap_scenario *s, const char *value,
                                     struct neap_error *error)
{
    char name[NEAP_TEXT_SIZE];
    for (size_t i = 0; neap_profile_samples_file(value, i, name); i++) {
        char *path = neapi_path_join(s->directory, name);
        if (path == NULL)
            return neapi_no_memory(error, "a path");
        enum neap_status status = neapi_manifest_add(&s->manifest, path, error);
        free(path);
        if (status != NEAP_OK)
            return status;
    }
    return NEAP_OK;
}

/* Every text of a table of texts may name files. */
static enum neap_status note_fields(struct neap_scenario *s, const struct neap_parameter *table,
                                    const void *fields, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (; status == NEAP_OK && table->name != NULL; table++)
        status = note_samples(s, (const char *)fields + table->offset, error);
    return status;
}

static enum neap_status note_profile(struct neap_scenario *s, const struct neapi_profile_slot *slot,
                                     struct neap_error *error)
{
    enum neap_status status = note_fields(s, neap_profile_parameters(), &slot->options, error);
    for (size_t i = 0; status == NEAP_OK && i < slot->classes; i++)
        status = note_fields(s, neap_profile_class_parameters(), &slot->class[i], error);
    return status;
}

/* Names of the profiles above the index-th, for suggestions. */
static void list_above(const struct neap_scenario *s, size_t index, char *list, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < index; i++) {
        size_t length = strlen(s->profile[i].name);
        if (used + length + 2 > size)
            return;
        snprintf(list + used, size - used, "%s%s", used > 0 ? "|" : "", s->profile[i].name);
        used += length + (used > 0);
    }
}

static enum neap_status unknown_from(const struct neap_scenario *s, size_t index,
                                     struct neap_error *error)
{
    const char *from = s->profile[index].options.from;
    char list[512] = "", near[64];
    list_above(s, index, list, sizeof list);
    if (neap_suggest(list, from, near, sizeof near))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "from: found \"%.60s\", which there is not; did you mean %s?", from,
                          near);
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "from: found \"%.60s\", expected a profile further up in the file%s%.300s",
                      from, list[0] == '\0' ? ", where there is none" : ": ", list);
}

static enum neap_status find_from(const struct neap_scenario *s, size_t index,
                                  const struct neap_profile **from, struct neap_error *error)
{
    const char *wanted = s->profile[index].options.from;
    *from = NULL;
    if (wanted[0] == '\0')
        return NEAP_OK;
    for (size_t i = 0; i < s->profiles; i++) {
        if (strcmp(s->profile[i].name, wanted) != 0)
            continue;
        if (i == index)
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "from: found \"%s\", which is this profile itself, expected another "
                              "one: name that before the upgrade",
                              wanted);
        if (i > index)
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "from: found \"%s\", expected a profile further up in the file: move "
                              "[profile %s] before this one",
                              wanted, wanted);
        *from = s->profile[i].profile;
        return NEAP_OK;
    }
    return unknown_from(s, index, error);
}

static bool has_latency(const struct neapi_profile_slot *slot)
{
    for (size_t i = 0; i < slot->classes; i++)
        if (slot->class[i].latency[0] != '\0')
            return true;
    return slot->options.latency[0] != '\0';
}

static enum neap_status make_profile(struct neap_scenario *s, struct neapi_profile_slot *slot,
                                     const struct neap_profile *from, struct neap_error *error)
{
    slot->options.class_options = slot->class;
    slot->options.classes = slot->classes;
    if (has_latency(slot))
        return neap_profile_from_latency(&slot->profile, slot->name, &slot->options, from,
                                         &s->container, neap_scenario_balancer(s), s->directory,
                                         error);
    return neap_profile_new(&slot->profile, slot->name, &slot->options, from, s->directory, error);
}

static enum neap_status build_profile(struct neap_scenario *s, size_t index,
                                      struct neap_error *error)
{
    struct neapi_profile_slot *slot = &s->profile[index];
    const struct neap_profile *from = NULL;
    struct neap_error inner = {0};
    enum neap_status status = find_from(s, index, &from, &inner);
    if (status == NEAP_OK)
        status = make_profile(s, slot, from, &inner);
    if (status == NEAP_OK)
        status = note_profile(s, slot, &inner);
    if (status == NEAP_OK)
        return NEAP_OK;
    status = neapi_scenario_blame(s, slot->first->section, &inner);
    if (error != NULL)
        *error = inner;
    return status;
}

static enum neap_status build_profiles(struct neap_scenario *s, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    if (s->profiles == 0)
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, s->path, 0, 0,
                             "found no profile, expected at least [profile old] with a cpu_demand; "
                             "neap init writes an example");
    for (size_t i = 0; status == NEAP_OK && i < s->profiles; i++)
        status = build_profile(s, i, error);
    return status;
}

/* --- the rest -------------------------------------------------------------------------------------- */

/* Runs one builder and gives its failure a place in that section. */
#define BUILD(s, section, call, error)                                         \
    do {                                                                       \
        struct neap_error build_error = {0};                                   \
        enum neap_status build_status = (call);                                \
        if (build_status != NEAP_OK) {                                         \
            build_status = neapi_scenario_blame((s), (section), &build_error); \
            if ((error) != NULL)                                               \
                *(error) = build_error;                                        \
            return build_status;                                               \
        }                                                                      \
    } while (0)

/* What it reads is what the container must be described by. */
static enum neap_status try_autoscaler(const struct neap_scenario *s, bool *reads_memory,
                                       struct neap_error *error)
{
    struct neap_autoscaler *scaler = NULL;
    enum neap_status status = neap_scenario_autoscaler(s, &scaler, error);
    if (status == NEAP_OK)
        *reads_memory = neap_autoscaler_scope(scaler).reads_memory;
    neap_autoscaler_free(scaler);
    return status;
}

static enum neap_status build_startup(struct neap_scenario *s, struct neap_error *error)
{
    const char *const text[] = {s->container.startup, s->container.schedule, s->container.pull,
                                s->container.boot, s->container.ready};
    enum neap_status status = neap_startup_init(&s->startup, &s->container, s->directory, error);
    for (size_t i = 0; status == NEAP_OK && i < sizeof text / sizeof text[0]; i++)
        status = note_samples(s, text[i], error);
    return status;
}

static enum neap_status build_nodes(struct neap_scenario *s, struct neap_error *error)
{
    struct neap_error inner = {0};
    if (!s->on_nodes)
        return NEAP_OK;
    enum neap_status status = neap_nodes_check(&s->nodes, &s->container, error);
    if (status != NEAP_OK)
        return status;
    status =
        neap_profile_read_distribution(&s->node_startup, s->nodes.startup, s->directory, &inner);
    if (status == NEAP_OK)
        return note_samples(s, s->nodes.startup, error);
    if (inner.source[0] == '\0') /* a place in a file says enough */
        return neapi_fail(error, status, "startup: %s", inner.message);
    *error = inner;
    return status;
}

/* What money is asked for: containers, or the nodes below them. */
static enum neap_status build_price(struct neap_scenario *s, const struct neap_places *places,
                                    struct neap_error *error)
{
    s->price_options.of_nodes = s->on_nodes;
    return neap_price_new(&s->price, &s->price_options,
                          s->on_nodes ? s->nodes.vcpu : s->container.vcpu,
                          s->on_nodes ? s->nodes.memory_bytes : s->container.memory_bytes,
                          places->data_directory, s->directory, error);
}

static enum neap_status note_price_list(struct neap_scenario *s, struct neap_error *error)
{
    const char *path = s->price == NULL ? "" : neap_price_source(s->price);
    return path[0] == '\0' ? NEAP_OK : neapi_manifest_add(&s->manifest, path, error);
}

/* A name that there is no zone of is a slip in the scenario, not a missing input. */
static enum neap_status read_zone(struct neap_scenario *s, const struct neap_places *places,
                                  struct neap_error *error)
{
    if (strcmp(s->service.zone, "UTC") == 0)
        return NEAP_OK;
    enum neap_status status =
        neap_zone_read(&s->zone, s->service.zone, places->zone_directory, error);
    if (status == NEAP_NO_INPUT)
        error->status = status = NEAP_BAD_SCENARIO;
    return status;
}

static enum neap_status build_calendar(struct neap_scenario *s, const struct neap_places *places,
                                       struct neap_error *error)
{
    BUILD(s, "service", read_zone(s, places, &build_error), error);
    BUILD(
        s, "service",
        neap_recording_read_holidays(&s->holidays, s->service.holidays, s->directory, &build_error),
        error);
    return NEAP_OK;
}

static enum neap_status build_model(struct neap_scenario *s, const struct neap_places *places,
                                    struct neap_error *error)
{
    BUILD(s, "container", neap_container_check(&s->container, &build_error), error);
    enum neap_status status = build_profiles(s, error);
    if (status != NEAP_OK)
        return status;
    BUILD(s, "container", build_startup(s, &build_error), error);
    bool reads_memory = false;
    BUILD(s, "autoscaler", try_autoscaler(s, &reads_memory, &build_error), error);
    if (reads_memory)
        BUILD(s, "container", neap_container_check_memory(&s->container, &build_error), error);
    BUILD(s, "nodes", build_nodes(s, &build_error), error);
    BUILD(s, "price", build_price(s, places, &build_error), error);
    status = note_price_list(s, error);
    return status == NEAP_OK ? neapi_traffic_deploy(s, error) : status;
}

static enum neap_status build(struct neap_scenario *s, const struct neap_places *places,
                              struct neap_error *error)
{
    static const struct neap_places nowhere = {NULL, NULL};
    if (places == NULL)
        places = &nowhere;
    enum neap_status status = neapi_scenario_apply(s, error);
    if (status == NEAP_OK)
        status = build_calendar(s, places, error);
    if (status == NEAP_OK)
        status = neapi_traffic_check(s, error);
    if (status == NEAP_OK && !s->traffic_only)
        status = build_model(s, places, error);
    return status;
}

static enum neap_status take_settings(struct neap_scenario *s, const char *const settings[],
                                      size_t count, struct neap_error *error)
{
    s->settings = neapi_allocate(count, sizeof *s->settings);
    if (s->settings == NULL)
        return neapi_no_memory(error, "settings");
    for (size_t i = 0; i < count; i++) {
        char *copy = strdup(settings[i]);
        if (copy == NULL)
            return neapi_no_memory(error, "settings");
        s->settings[s->settings_count++] = copy;
        enum neap_status status = neapi_ini_set(&s->entries, copy, error);
        if (status != NEAP_OK)
            return status;
    }
    return NEAP_OK;
}

enum scope { WHOLE, TRAFFIC_ONLY };

static enum neap_status begin(struct neap_scenario **scenario, const char *path, bool in_folder,
                              enum scope scope, struct neap_error *error)
{
    struct neap_scenario *made = neapi_allocate(1, sizeof *made);
    if (made != NULL) {
        made->path = strdup(path);
        made->directory = in_folder ? neapi_directory_of(path) : strdup("");
    }
    if (made == NULL || made->path == NULL || made->directory == NULL) {
        neap_scenario_free(made);
        return neapi_no_memory(error, "the scenario");
    }
    made->traffic_only = scope == TRAFFIC_ONLY;
    *scenario = made;
    return NEAP_OK;
}

static enum neap_status decode(struct neap_scenario *s, const char *text, size_t length,
                               const char *const settings[], size_t settings_count,
                               const struct neap_places *places, struct neap_error *error)
{
    enum neap_status status = neapi_manifest_add_bytes(&s->manifest, s->path, text, length, error);
    if (status == NEAP_OK)
        status = neapi_ini_parse(&s->entries, s->path, text, length, error);
    if (status == NEAP_OK)
        status = take_settings(s, settings, settings_count, error);
    if (status == NEAP_OK)
        status = build(s, places, error);
    return status;
}

static enum neap_status read_file(struct neap_scenario **scenario, const char *path,
                                  enum scope scope, const char *const settings[],
                                  size_t settings_count, const struct neap_places *places,
                                  struct neap_error *error)
{
    struct neap_scenario *made = NULL;
    char *text = NULL;
    size_t length = 0;
    enum neap_status status = begin(&made, path, true, scope, error);
    if (status == NEAP_OK)
        status = neapi_file_read(&text, &length, path, error);
    if (status == NEAP_OK)
        status = decode(made, text, length, settings, settings_count, places, error);
    free(text);
    if (status == NEAP_OK)
        *scenario = made;
    else
        neap_scenario_free(made);
    return status;
}

enum neap_status neap_scenario_read(struct neap_scenario **scenario, const char *path,
                                    const char *const settings[], size_t settings_count,
                                    const struct neap_places *places, struct neap_error *error)
{
    return read_file(scenario, path, WHOLE, settings, settings_count, places, error);
}

enum neap_status neap_scenario_read_traffic(struct neap_scenario **scenario, const char *path,
                                            const char *const settings[], size_t settings_count,
                                            const struct neap_places *places,
                                            struct neap_error *error)
{
    static const char shape[] = "[synth]\n";
    struct neap_scenario *made = NULL;
    if (path != NULL)
        return read_file(scenario, path, TRAFFIC_ONLY, settings, settings_count, places, error);
    enum neap_status status = begin(&made, "[synth]", false, TRAFFIC_ONLY, error);
    if (status == NEAP_OK)
        status = decode(made, shape, sizeof shape - 1, settings, settings_count, places, error);
    if (status == NEAP_OK)
        *scenario = made;
    else
        neap_scenario_free(made);
    return status;
}

enum neap_status neap_scenario_decode(struct neap_scenario **scenario, const char *name,
                                      const char *text, size_t length, const char *const settings[],
                                      size_t settings_count, const struct neap_places *places,
                                      struct neap_error *error)
{
    struct neap_scenario *made = NULL;
    enum neap_status status = begin(&made, name, false, WHOLE, error);
    if (status == NEAP_OK)
        status = decode(made, text, length, settings, settings_count, places, error);
    if (status == NEAP_OK)
        *scenario = made;
    else
        neap_scenario_free(made);
    return status;
}

enum neap_status neap_scenario_load(struct neap_scenario *s, struct neap_error *error)
{
    return s->recording != NULL ? NEAP_OK : neapi_traffic_load(s, error);
}

void neap_scenario_free(struct neap_scenario *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->profiles; i++) {
        neap_profile_free(s->profile[i].profile);
        free(s->profile[i].class);
    }
    for (size_t i = 0; i < s->settings_count; i++) {
        char *copy;
        memcpy(&copy, &s->settings[i], sizeof copy); /* ours, handed out as const */
        free(copy);
    }
    free(s->settings);
    free(s->profile);
    free(s->class);
    free(s->column);
    free(s->entries.entry);
    neapi_manifest_clear(&s->manifest);
    neap_zone_free(s->zone);
    neap_holidays_free(s->holidays);
    neap_price_free(s->price);
    neap_recording_free(s->recording);
    neap_startup_clear(&s->startup);
    neap_distribution_free(s->node_startup);
    free(s->path);
    free(s->directory);
    free(s);
}

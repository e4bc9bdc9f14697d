/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sections and keys with a name of the user's: [profile old], [class search], cpu_demand.search,
 * value_column.search. Each name has a slot. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "scenario/scenario_impl.h"

/* --- names ---------------------------------------------------------------------------------------- */

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

static bool is_name(const char *name)
{
    return name[0] != '\0' && strspn(name, letters) == strlen(name);
}

bool neapi_entry_is_named(const struct neapi_entry *entry, const char *kind)
{
    size_t length = strlen(kind);
    return strncmp(entry->section, kind, length) == 0 &&
           (entry->section[length] == ' ' || entry->section[length] == '\0');
}

static const char *name_of(const struct neapi_entry *entry)
{
    const char *name = entry->section + strcspn(entry->section, " ");
    return name + strspn(name, " ");
}

static enum neap_status bad_section(const struct neapi_entry *entry, const char *kind,
                                    struct neap_error *error)
{
    char message[NEAP_MESSAGE_SIZE];
    snprintf(message, sizeof message,
             "found a %s without a plain name, expected [%s NAME] with a name of a-z, 0-9, _ and -",
             kind, kind);
    return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, 1, message);
}

const char *neapi_entry_class(const struct neapi_entry *entry, const char *key)
{
    size_t length = strlen(key);
    return strncmp(entry->key, key, length) == 0 && entry->key[length] == '.'
               ? entry->key + length + 1
               : NULL;
}

/* "all" and "other" are classes that neap makes. */
static enum neap_status check_class(const struct neapi_entry *entry, const char *name, long column,
                                    struct neap_error *error)
{
    char message[NEAP_MESSAGE_SIZE];
    if (is_name(name) && strcmp(name, "all") != 0)
        return NEAP_OK;
    snprintf(message, sizeof message,
             "found \"%.60s\" as a request class, expected a name of a-z, 0-9, _ and - that is not "
             "all",
             name);
    return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, column, message);
}

/* --- profiles ------------------------------------------------------------------------------------- */

static struct neapi_profile_slot *find_profile(struct neap_scenario *scenario, const char *name)
{
    for (size_t i = 0; i < scenario->profiles; i++)
        if (strcmp(scenario->profile[i].name, name) == 0)
            return &scenario->profile[i];
    return NULL;
}

/* The slot of that name, a new one when there is none yet; NULL without memory. */
static struct neapi_profile_slot *profile_slot(struct neap_scenario *scenario,
                                               const struct neapi_entry *entry, const char *name)
{
    struct neapi_profile_slot *slot = find_profile(scenario, name);
    if (slot != NULL)
        return slot;
    if (!neapi_grow(&scenario->profile, &scenario->profiles_capacity, scenario->profiles + 1,
                    sizeof *scenario->profile))
        return NULL;
    slot = &scenario->profile[scenario->profiles++];
    *slot = (struct neapi_profile_slot){.name = name, .first = entry};
    neap_profile_options_init(&slot->options);
    return slot;
}

/* Values of one class in a profile. */
static struct neap_profile_class_options *class_values(struct neapi_profile_slot *slot,
                                                       const char *name)
{
    for (size_t i = 0; i < slot->classes; i++)
        if (strcmp(slot->class[i].name, name) == 0)
            return &slot->class[i];
    if (!neapi_grow(&slot->class, &slot->classes_capacity, slot->classes + 1, sizeof *slot->class))
        return NULL;
    struct neap_profile_class_options *values = &slot->class[slot->classes++];
    neap_parameters_init(neap_profile_class_parameters(), values);
    values->name = name;
    return values;
}

static enum neap_status set_of_class(struct neapi_profile_slot *slot,
                                     const struct neapi_entry *entry, const char *class,
                                     struct neap_error *error)
{
    char key[NEAPI_SECTION_SIZE];
    neapi_text_copy(key, sizeof key, entry->key);
    key[class - entry->key - 1] = '\0';
    enum neap_status status = check_class(entry, class, entry->key_column, error);
    if (status != NEAP_OK)
        return status;
    struct neap_profile_class_options *values = class_values(slot, class);
    if (values == NULL)
        return neapi_no_memory(error, "classes");
    return neapi_entry_set(entry, key, neap_profile_class_parameters(), values, error);
}

const char *neapi_entry_profile_class(const struct neapi_entry *entry)
{
    char key[NEAPI_SECTION_SIZE];
    const char *dot = strchr(entry->key, '.');
    if (dot == NULL || !neapi_entry_is_named(entry, "profile"))
        return NULL;
    neapi_text_copy(key, sizeof key, entry->key);
    key[dot - entry->key] = '\0';
    return neap_parameter_find(neap_profile_class_parameters(), key) == NULL ? NULL : dot + 1;
}

enum neap_status neapi_profile_entry(struct neap_scenario *scenario,
                                     const struct neapi_entry *entry, struct neap_error *error)
{
    const char *name = name_of(entry), *class = neapi_entry_profile_class(entry);
    if (!is_name(name))
        return bad_section(entry, "profile", error);
    struct neapi_profile_slot *slot = profile_slot(scenario, entry, name);
    if (slot == NULL)
        return neapi_no_memory(error, "profiles");
    if (class != NULL)
        return set_of_class(slot, entry, class, error);
    return neapi_entry_set(entry, entry->key, neap_profile_parameters(), &slot->options, error);
}

/* --- classes -------------------------------------------------------------------------------------- */

static struct neapi_class_slot *class_slot(struct neap_scenario *scenario,
                                           const struct neapi_entry *entry, const char *name)
{
    for (size_t i = 0; i < scenario->classes; i++)
        if (strcmp(scenario->class[i].name, name) == 0)
            return &scenario->class[i];
    if (!neapi_grow(&scenario->class, &scenario->classes_capacity, scenario->classes + 1,
                    sizeof *scenario->class))
        return NULL;
    struct neapi_class_slot *slot = &scenario->class[scenario->classes++];
    *slot = (struct neapi_class_slot){.name = name, .first = entry};
    neap_class_options_init(&slot->options);
    return slot;
}

enum neap_status neapi_class_entry(struct neap_scenario *scenario, const struct neapi_entry *entry,
                                   struct neap_error *error)
{
    const char *name = name_of(entry);
    if (!is_name(name))
        return bad_section(entry, "class", error);
    enum neap_status status = check_class(entry, name, 1, error);
    if (status != NEAP_OK)
        return status;
    struct neapi_class_slot *slot = class_slot(scenario, entry, name);
    if (slot == NULL)
        return neapi_no_memory(error, "classes");
    return neapi_entry_set(entry, entry->key, neap_class_parameters(), &slot->options, error);
}

enum neap_status neapi_column_entry(struct neap_scenario *scenario, const struct neapi_entry *entry,
                                    struct neap_error *error)
{
    const char *name = neapi_entry_class(entry, "value_column");
    enum neap_status status = check_class(entry, name, entry->key_column, error);
    if (status != NEAP_OK)
        return status;
    if (entry->value[0] == '\0' && entry->line == 0)
        return NEAP_OK; /* a setting that takes away what the file says */
    if (entry->value[0] == '\0')
        return neapi_entry_fail(error, NEAP_BAD_SCENARIO, entry, entry->value_column,
                                "found no value, expected the name of a column");
    if (!neapi_grow(&scenario->column, &scenario->columns_capacity, scenario->columns + 1,
                    sizeof *scenario->column))
        return neapi_no_memory(error, "columns");
    scenario->column[scenario->columns++] = (struct neap_class_column){name, entry->value};
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Failures at the place of the entry that they are about. */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "scenario/scenario_impl.h"

/* The message without the key that it may begin with: "KEY: " and "SECTION.KEY: ". */
static const char *behind_key(const struct neapi_entry *entry, const char *message)
{
    size_t section = strlen(entry->section), key = strlen(entry->key);
    const char *at = message;
    if (strncmp(at, entry->section, section) == 0 && at[section] == '.')
        at += section + 1;
    if (key > 0 && strncmp(at, entry->key, key) == 0 && at[key] == ':' && at[key + 1] == ' ')
        return at + key + 2;
    return message;
}

enum neap_status neapi_entry_fail(struct neap_error *error, enum neap_status status,
                                  const struct neapi_entry *entry, long column, const char *message)
{
    if (entry->line > 0)
        return neapi_fail_at(error, status, entry->source, entry->line, column, "%s", message);
    char section[NEAPI_SECTION_SIZE];
    neapi_text_copy(section, sizeof section, entry->section);
    section[strcspn(section, " ")] = '.'; /* as it was given: profile.new */
    section[strlen(entry->section)] = '\0';
    return neapi_fail_at(error, status, entry->source, 0, 0, "%s.%s: %s", section, entry->key,
                         behind_key(entry, message));
}

/* A bad argument of a setter is a bad scenario; other kinds say more and stay. */
enum neap_status neapi_as_scenario(enum neap_status status)
{
    return status == NEAP_BAD_ARGUMENT ? NEAP_BAD_SCENARIO : status;
}

/* The entry that the message begins with, "KEY: " or "SECTION.KEY: "; else that of the key that
 * names a file, when file is set; else the section's first line. NULL when there is none. */
static const struct neapi_entry *entry_named_by(const struct neap_scenario *scenario,
                                                const char *section, const char *message, bool file)
{
    char key[NEAPI_SECTION_SIZE] = "";
    size_t prefix = strlen(section);
    if (strncmp(message, section, prefix) == 0 && message[prefix] == '.')
        message += prefix + 1;
    size_t length = strcspn(message, ": ");
    if (length < sizeof key)
        memcpy(key, message, length);
    const struct neapi_entry *entry = neapi_ini_find(&scenario->entries, section, key);
    if (entry == NULL && file)
        entry = neapi_ini_find(&scenario->entries, section, "file");
    for (size_t i = 0; i < scenario->entries.count && entry == NULL; i++)
        if (strcmp(scenario->entries.entry[i].section, section) == 0)
            entry = &scenario->entries.entry[i];
    return entry;
}

/* A file that is not there is a matter of the line that names it. */
static enum neap_status blame_name(const struct neap_scenario *scenario, const char *section,
                                   struct neap_error *error)
{
    struct neap_error inner = *error;
    char message[NEAP_MESSAGE_SIZE];
    const struct neapi_entry *entry = entry_named_by(scenario, section, inner.message, true);
    if (entry == NULL)
        return inner.status;
    const char *what = behind_key(entry, inner.message);
    neapi_print(message, sizeof message, "%.*s%s: %s", (int)(what - inner.message), inner.message,
                inner.source, what);
    return neapi_entry_fail(error, inner.status, entry, entry->value_column, message);
}

enum neap_status neapi_scenario_blame(const struct neap_scenario *scenario, const char *section,
                                      struct neap_error *error)
{
    struct neap_error inner = *error;
    enum neap_status status = neapi_as_scenario(inner.status);
    if (inner.status == NEAP_NO_INPUT && inner.source[0] != '\0' && inner.line == 0)
        return blame_name(scenario, section, error);
    if (inner.source[0] != '\0' || status == NEAP_NO_MEMORY)
        return inner.status; /* it has a place of its own, such as a line of a CSV file */
    const struct neapi_entry *entry = entry_named_by(scenario, section, inner.message, false);
    if (entry == NULL)
        return neapi_fail_at(error, status, scenario->path, 0, 0, "[%s] %s", section,
                             inner.message);
    return neapi_entry_fail(error, status, entry, entry->value_column, inner.message);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An INI file as a list of entries, each with its place. */
#ifndef NEAP_SCENARIO_INI_H
#define NEAP_SCENARIO_INI_H

#include <neap/base.h>

enum { NEAPI_SECTION_SIZE = 64 };

struct neapi_entry {
    char section[NEAPI_SECTION_SIZE]; /* "profile new" */
    char key[NEAPI_SECTION_SIZE];     /* "" for the section itself */
    char value[NEAP_TEXT_SIZE];
    const char *source;                  /* of the entry: the file's name, or the setting */
    long line, key_column, value_column; /* 0 for settings */
};

struct neapi_entries {
    struct neapi_entry *entry;
    size_t count, capacity;
};

/* Appends what text[0..length) says. source is kept as a pointer. */
enum neap_status neapi_ini_parse(struct neapi_entries *entries, const char *source,
                                 const char *text, size_t length, struct neap_error *error);

/* Takes "section.key=value" into the entries, in the place of one with the same section and key.
 * Without a value it takes that one out. */
enum neap_status neapi_ini_set(struct neapi_entries *entries, const char *setting,
                               struct neap_error *error);

/* The entry of that section and key, or NULL. */
struct neapi_entry *neapi_ini_find(const struct neapi_entries *entries, const char *section,
                                   const char *key);

#endif

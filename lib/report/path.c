/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paths into the tree: "variants.new.latency_s.p95", "variants[0].cpu_hours". */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "report/impl.h"

/* The member of an array whose "name" is name[0..length). */
static json_t *named_member(const json_t *array, const char *name, size_t length)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *member = json_array_get(array, i);
        json_t *text = json_object_get(member, "name");
        if (json_is_string(text) && json_string_length(text) == length &&
            memcmp(json_string_value(text), name, length) == 0)
            return member;
    }
    return NULL;
}

static json_t *member(const json_t *value, const char *name, size_t length)
{
    char key[NEAP_TEXT_SIZE];
    if (json_is_array(value))
        return named_member(value, name, length);
    if (length == 0 || length >= sizeof key)
        return NULL;
    memcpy(key, name, length);
    key[length] = '\0';
    return json_object_get(value, key);
}

/* Reads "[12]" at path, moving it on; NULL when it is malformed or leads nowhere. */
static json_t *indexed_member(const json_t *array, const char **path, const char *end)
{
    size_t index = 0;
    const char *at = *path + 1;
    const char *first = at;
    for (; at < end && *at >= '0' && *at <= '9' && at - first < 9; at++)
        index = index * 10 + (size_t)(*at - '0');
    if (at == first || at == end || *at != ']')
        return NULL;
    *path = at + 1;
    return json_array_get(array, index);
}

json_t *neapi_document_find(const struct neap_document *document, const char *path, size_t length)
{
    const char *end = path + length;
    json_t *value = document->tree;
    bool dot = true; /* whether a name must come next */
    while (value != NULL && (path < end || dot)) {
        size_t name = 0;
        while (path + name < end && strchr(".[", path[name]) == NULL)
            name++;
        if (dot) {
            value = member(value, path, name);
            path += name;
        } else if (*path == '[')
            value = indexed_member(value, &path, end);
        else if (name > 0)
            return NULL;
        dot = path < end && *path == '.';
        path += dot;
    }
    json_t *amount = json_object_get(value, "amount");
    return amount != NULL ? amount : value;
}

/* --- the nearest path ------------------------------------------------------------------------ */

enum { MOST_PATHS = 4096, LONGEST_PATH = 256 };

/* The paths of all numbers, as "a|b|c" for neap_suggest(). */
struct listing {
    char *text;
    size_t used, capacity, paths;
};

static void list_path(struct listing *listing, const char *path, size_t length)
{
    if (listing->paths >= MOST_PATHS ||
        !neapi_grow(&listing->text, &listing->capacity, listing->used + length + 2, 1))
        return; /* a suggestion less */
    if (listing->used > 0)
        listing->text[listing->used++] = '|';
    memcpy(listing->text + listing->used, path, length);
    listing->used += length;
    listing->text[listing->used] = '\0';
    listing->paths++;
}

static void list_numbers(struct listing *listing, json_t *value, char *path, size_t length);

static void list_members(struct listing *listing, json_t *object, char *path, size_t length)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        int more =
            snprintf(path + length, LONGEST_PATH - length, "%s%s", length > 0 ? "." : "", key);
        if (more > 0 && (size_t)more < LONGEST_PATH - length)
            list_numbers(listing, value, path, length + (size_t)more);
    }
}

static void list_elements(struct listing *listing, json_t *array, char *path, size_t length)
{
    for (size_t i = 0; i < json_array_size(array) && listing->paths < MOST_PATHS; i++) {
        json_t *value = json_array_get(array, i);
        const char *name = json_string_value(json_object_get(value, "name"));
        int more = name != NULL ? snprintf(path + length, LONGEST_PATH - length, ".%s", name)
                                : snprintf(path + length, LONGEST_PATH - length, "[%zu]", i);
        if (more > 0 && (size_t)more < LONGEST_PATH - length)
            list_numbers(listing, value, path, length + (size_t)more);
    }
}

/* path is a buffer of LONGEST_PATH bytes that holds the value's own path. */
static void list_numbers(struct listing *listing, json_t *value, char *path, size_t length)
{
    if (json_is_number(value) || json_object_get(value, "amount") != NULL)
        list_path(listing, path, length);
    else if (json_is_object(value))
        list_members(listing, value, path, length);
    else if (json_is_array(value))
        list_elements(listing, value, path, length);
}

/* The first listed path that ends with the given one: "share" is near to "saving.share". */
static bool find_ending(const char *list, const char *path, char *suggestion, size_t size)
{
    size_t length = strlen(path);
    for (size_t entry; *list != '\0'; list += entry + (list[entry] == '|')) {
        entry = strcspn(list, "|");
        if (entry > length && entry < size && list[entry - length - 1] == '.' &&
            memcmp(list + entry - length, path, length) == 0) {
            memcpy(suggestion, list, entry);
            suggestion[entry] = '\0';
            return true;
        }
    }
    return false;
}

/* Where a path is right up to a point, the members there are compared: a long right start would
 * drown a wrong end. */
static bool suggest_member(const struct neap_document *document, const char *list, const char *path,
                           char *suggestion, size_t size)
{
    const char *dot = strrchr(path, '.');
    size_t stem = dot == NULL ? 0 : (size_t)(dot - path);
    if (stem == 0 || stem + 1 >= size || neapi_document_find(document, path, stem) == NULL)
        return false;
    struct listing members = {0};
    for (size_t entry; *list != '\0'; list += entry + (list[entry] == '|')) {
        entry = strcspn(list, "|");
        if (entry > stem + 1 && memcmp(list, path, stem + 1) == 0)
            list_path(&members, list + stem + 1, entry - stem - 1);
    }
    bool found = members.text != NULL &&
                 neap_suggest(members.text, dot + 1, suggestion + stem + 1, size - stem - 1);
    if (found)
        memcpy(suggestion, path, stem + 1);
    free(members.text);
    return found;
}

bool neapi_document_suggest(const struct neap_document *document, const char *path,
                            char *suggestion, size_t size)
{
    char buffer[LONGEST_PATH] = "";
    struct listing listing = {0};
    list_numbers(&listing, document->tree, buffer, 0);
    bool found =
        listing.text != NULL && (find_ending(listing.text, path, suggestion, size) ||
                                 suggest_member(document, listing.text, path, suggestion, size) ||
                                 neap_suggest(listing.text, path, suggestion, size));
    free(listing.text);
    return found;
}

bool neap_document_find_number(const struct neap_document *document, const char *path,
                               double *value)
{
    struct neap_decimal decimal;
    json_t *found = neapi_document_find(document, path, strlen(path));
    if (json_is_number(found))
        *value = json_number_value(found);
    else if (json_is_string(found) &&
             neap_decimal_parse(&decimal, json_string_value(found), NULL) == NEAP_OK)
        *value = neap_decimal_to_double(&decimal);
    else
        return false;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building the tree. Objects and arrays get a handle that knows its document, so that a failure
 * anywhere is kept in one place; scalars need none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "report/impl.h"

static void no_memory(struct neap_document *document)
{
    neapi_no_memory(neapi_document_failure(document), "the result's data");
}

static struct neap_node *handle(struct neap_document *document, json_t *value)
{
    struct neap_node *node = malloc(sizeof *node);
    if (node == NULL || !neapi_grow(&document->node, &document->node_capacity, document->nodes + 1,
                                    sizeof(struct neap_node *))) {
        free(node);
        no_memory(document);
        return NULL;
    }
    *node = (struct neap_node){document, value};
    document->node[document->nodes++] = node;
    return node;
}

struct neap_node *neap_document_root(struct neap_document *document)
{
    if (document->failure.status != NEAP_OK)
        return NULL;
    if (document->nodes > 0)
        return document->node[0];
    return handle(document, document->tree);
}

static bool key_fits(struct neap_node *parent, const char *key)
{
    struct neap_error *error = neapi_document_failure(parent->document);
    if (json_is_object(parent->value) && key == NULL)
        neapi_fail(error, NEAP_BAD_ARGUMENT, "a member of an object needs a key");
    else if (json_is_array(parent->value) && key != NULL)
        neapi_fail(error, NEAP_BAD_ARGUMENT, "found key \"%.80s\", but arrays have none", key);
    else if (key != NULL && json_object_get(parent->value, key) != NULL)
        neapi_fail(error, NEAP_BAD_ARGUMENT, "key \"%.80s\" is there already", key);
    else
        return true;
    return false;
}

static int insert(struct neap_node *parent, const char *key, json_t *value)
{
    if (key == NULL)
        return json_array_append_new(parent->value, value);
    char *clean = neapi_utf8_clean(key, strlen(key));
    if (clean == NULL) {
        json_decref(value);
        return -1;
    }
    int result = json_object_set_new_nocheck(parent->value, clean, value);
    free(clean);
    return result;
}

/* Takes value over; NULL means that there was no memory for it. */
static bool append(struct neap_node *parent, const char *key, json_t *value)
{
    if (parent == NULL || parent->document->failure.status != NEAP_OK || !key_fits(parent, key)) {
        json_decref(value);
        return false;
    }
    if (value == NULL || insert(parent, key, value) != 0) {
        no_memory(parent->document);
        return false;
    }
    return true;
}

static struct neap_node *append_container(struct neap_node *parent, const char *key, json_t *value)
{
    return append(parent, key, value) ? handle(parent->document, value) : NULL;
}

struct neap_node *neap_node_object(struct neap_node *parent, const char *key)
{
    return append_container(parent, key, json_object());
}

struct neap_node *neap_node_array(struct neap_node *parent, const char *key)
{
    return append_container(parent, key, json_array());
}

void neap_node_text(struct neap_node *parent, const char *key, const char *value)
{
    if (value == NULL) {
        append(parent, key, json_null());
        return;
    }
    char *clean = neapi_utf8_clean(value, strlen(value));
    append(parent, key, clean == NULL ? NULL : json_string_nocheck(clean));
    free(clean);
}

void neap_node_integer(struct neap_node *parent, const char *key, int64_t value)
{
    append(parent, key, json_integer(value));
}

static double round_to(double value, int digits)
{
    char text[40];
    double rounded = value;
    int length = neapi_print(text, sizeof text, "%.*e", digits - 1, value);
    neapi_number_parse(&rounded, text, (size_t)length);
    return rounded == 0 ? 0 : rounded; /* -0 becomes 0 */
}

void neap_node_number(struct neap_node *parent, const char *key, double value, int digits)
{
    if (digits < 1 || digits > 15)
        digits = 15;
    append(parent, key, isfinite(value) ? json_real(round_to(value, digits)) : json_null());
}

void neap_node_decimal(struct neap_node *parent, const char *key, const struct neap_decimal *value,
                       int digits)
{
    char text[160]; /* 77 digits at most, 60 of them behind the point, and what else is asked for */
    int length = neap_decimal_format(value, digits > 60 ? 60 : digits, text, sizeof text);
    bool fits = length > 0 && (size_t)length < sizeof text;
    append(parent, key, json_string(fits ? text : ""));
}

void neap_node_boolean(struct neap_node *parent, const char *key, bool value)
{
    append(parent, key, json_boolean(value));
}

void neap_node_null(struct neap_node *parent, const char *key)
{
    append(parent, key, json_null());
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document's life, its provenance and its reading layer. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "report/chart.h"

static enum neap_status start_tree(struct neap_document *document, const char *schema)
{
    struct neap_node *root = neap_document_root(document);
    neap_node_text(root, "schema", schema);
    neap_node_text(root, "version", neap_version());
    neap_node_null(root, "seed");
    neap_node_array(root, "inputs");
    return document->failure.status;
}

enum neap_status neap_document_new(struct neap_document **document, const char *schema,
                                   struct neap_error *error)
{
    struct neap_document *new = calloc(1, sizeof *new);
    if (new == NULL)
        return neapi_no_memory(error, "a document");
    new->tree = json_object();
    if (new->tree == NULL || start_tree(new, schema) != NEAP_OK) {
        neap_document_free(new);
        return neapi_no_memory(error, "a document");
    }
    *document = new;
    return NEAP_OK;
}

void neap_document_free(struct neap_document *document)
{
    if (document == NULL)
        return;
    for (size_t i = 0; i < document->nodes; i++)
        free(document->node[i]);
    for (size_t i = 0; i < document->tables; i++)
        neapi_entry_free(&document->table[i]);
    for (size_t i = 0; i < document->charts; i++)
        neapi_chart_free(document->chart[i]);
    for (size_t i = 0; i < document->facts; i++) {
        free(document->fact[i].label);
        free(document->fact[i].text);
    }
    for (size_t i = 0; i < document->notes; i++)
        free(document->note[i].text);
    json_decref(document->tree);
    free(document->node);
    free(document->table);
    free(document->chart);
    free(document->fact);
    free(document->note);
    free(document->headline);
    free(document);
}

enum neap_status neap_document_status(const struct neap_document *document,
                                      struct neap_error *error)
{
    if (error != NULL && document->failure.status != NEAP_OK)
        *error = document->failure;
    return document->failure.status;
}

void neap_document_fail(struct neap_document *document, enum neap_status status,
                        const struct neap_error *error)
{
    if (status == NEAP_OK || document->failure.status != NEAP_OK)
        return;
    if (error != NULL && error->status == status)
        document->failure = *error;
    else
        neapi_fail(&document->failure, status, "%s", neap_status_text(status));
}

struct neap_error *neapi_document_failure(struct neap_document *document)
{
    return document->failure.status == NEAP_OK ? &document->failure : NULL;
}

/* --- provenance ------------------------------------------------------------------------------ */

void neap_document_set_seed(struct neap_document *document, int64_t seed)
{
    if (json_object_set_new(document->tree, "seed", json_integer(seed)) != 0)
        neapi_no_memory(neapi_document_failure(document), "a document");
}

void neap_document_add_input(struct neap_document *document, const char *path, const char *sha256)
{
    struct neap_node inputs = {document, json_object_get(document->tree, "inputs")};
    struct neap_node *input = neap_node_object(&inputs, NULL);
    neap_node_text(input, "path", path);
    neap_node_text(input, "sha256", sha256);
}

/* --- the reading layer ----------------------------------------------------------------------- */

/* What vprintf would print in the C locale, allocated and made UTF-8; NULL, and the failure kept,
 * without memory. */
static char *compose(struct neap_document *document, const char *format, va_list arguments)
    NEAP_PRINTF(2, 0);

static char *compose(struct neap_document *document, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = neapi_vprint(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    char *clean = NULL;
    if (text != NULL) {
        neapi_vprint(text, (size_t)length + 1, format, arguments);
        clean = neapi_utf8_clean(text, (size_t)length);
    }
    free(text);
    if (clean == NULL)
        neapi_no_memory(neapi_document_failure(document), "a text of the document");
    return clean;
}

void neap_document_set_headline(struct neap_document *document, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = compose(document, format, arguments);
    va_end(arguments);
    if (text == NULL)
        return;
    free(document->headline);
    document->headline = text;
}

void neap_document_add_fact(struct neap_document *document, const char *label, const char *format,
                            ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = compose(document, format, arguments);
    va_end(arguments);
    char *copy = neapi_utf8_clean(label, strlen(label));
    if (text == NULL || copy == NULL ||
        !neapi_grow(&document->fact, &document->fact_capacity, document->facts + 1,
                    sizeof *document->fact)) {
        free(text);
        free(copy);
        neapi_no_memory(neapi_document_failure(document), "a fact of the document");
        return;
    }
    document->fact[document->facts++] = (struct neapi_fact){copy, text};
}

static bool is_noted(const struct neap_document *document, enum neap_note_kind kind,
                     const char *text)
{
    for (size_t i = 0; i < document->notes; i++)
        if (document->note[i].kind == kind && strcmp(document->note[i].text, text) == 0)
            return true;
    return false;
}

void neap_document_add_note(struct neap_document *document, enum neap_note_kind kind,
                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = compose(document, format, arguments);
    va_end(arguments);
    if (text == NULL)
        return;
    if (is_noted(document, kind, text)) {
        free(text);
        return;
    }
    if (!neapi_grow(&document->note, &document->note_capacity, document->notes + 1,
                    sizeof *document->note)) {
        free(text);
        neapi_no_memory(neapi_document_failure(document), "a note of the document");
        return;
    }
    document->note[document->notes++] = (struct neapi_note){kind, text};
}

const char *neap_document_headline(const struct neap_document *document)
{
    return document->headline == NULL ? "" : document->headline;
}

const char *neap_document_note(const struct neap_document *document, size_t index,
                               enum neap_note_kind *kind)
{
    if (index >= document->notes)
        return NULL;
    *kind = document->note[index].kind;
    return document->note[index].text;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of a document, each with a name to ask for it by. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "report/impl.h"

void neapi_entry_free(struct neapi_entry *entry)
{
    free(entry->name);
    free(entry->title);
    neap_table_free(entry->table);
}

const char *neapi_entry_title(const struct neapi_entry *entry)
{
    return entry->title != NULL ? entry->title : neap_table_title(entry->table);
}

bool neapi_entry_is_for_reading(const struct neapi_entry *entry)
{
    return (entry->flags & NEAP_TABLE_DATA) == 0;
}

const struct neapi_entry *neapi_document_entry(const struct neap_document *document,
                                               const char *name)
{
    for (size_t i = 0; i < document->tables; i++)
        if (strcmp(document->table[i].name, name) == 0)
            return &document->table[i];
    return NULL;
}

static bool name_fits(struct neap_document *document, const char *name)
{
    struct neap_error *error = neapi_document_failure(document);
    size_t length = name == NULL ? 0 : strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if (length == 0 || name[length] != '\0')
        neapi_fail(error, NEAP_BAD_ARGUMENT,
                   "found table name \"%.80s\", expected lower-case letters, digits, _ and -",
                   name == NULL ? "" : name);
    else if (neapi_document_entry(document, name) != NULL)
        neapi_fail(error, NEAP_BAD_ARGUMENT, "table \"%.80s\" is there already", name);
    else
        return true;
    return false;
}

/* Takes over what entry holds. */
static void append(struct neap_document *document, struct neapi_entry *entry, bool complete)
{
    if (!complete || !neapi_grow(&document->table, &document->table_capacity, document->tables + 1,
                                 sizeof *document->table)) {
        neapi_entry_free(entry);
        neapi_no_memory(neapi_document_failure(document), "a table of the document");
        return;
    }
    document->table[document->tables++] = *entry;
}

void neap_document_add_named_table(struct neap_document *document, const char *name,
                                   const char *title, struct neap_table *table, unsigned flags)
{
    struct neapi_entry entry = {NULL, NULL, table, flags};
    if (table == NULL) {
        neapi_no_memory(neapi_document_failure(document), "a table of the document");
        return;
    }
    if (document->failure.status != NEAP_OK || !name_fits(document, name)) {
        neap_table_free(table);
        return;
    }
    entry.name = neapi_utf8_clean(name, strlen(name));
    entry.title = title == NULL ? NULL : neapi_utf8_clean(title, strlen(title));
    append(document, &entry, entry.name != NULL && (title == NULL || entry.title != NULL));
}

void neap_document_add_table(struct neap_document *document, struct neap_table *table)
{
    char name[40] = "summary";
    if (document->tables > 0)
        neapi_print(name, sizeof name, "table%zu", document->tables + 1);
    neap_document_add_named_table(document, name, NULL, table, 0);
}

const struct neap_table *neap_document_table(const struct neap_document *document, size_t index)
{
    return index < document->tables ? document->table[index].table : NULL;
}

const char *neap_document_table_name(const struct neap_document *document, size_t index)
{
    return index < document->tables ? document->table[index].name : NULL;
}

const struct neap_table *neap_document_find_table(const struct neap_document *document,
                                                  const char *name)
{
    const struct neapi_entry *entry = neapi_document_entry(document, name);
    return entry == NULL ? NULL : entry->table;
}

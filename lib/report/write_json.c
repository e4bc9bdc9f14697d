/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: the tree as it was built, then the headline and the notes; "warnings" comes last. */
#include "base/fail.h"
#include "report/impl.h"

enum { DIGITS = 15 }; /* what every double keeps of a decimal text */

static const struct {
    const char *key;
    enum neap_note_kind kind;
} lists[] = {{"assumptions", NEAP_NOTE_ASSUMPTION},
             {"not_modelled", NEAP_NOTE_NOT_MODELLED},
             {"notes", NEAP_NOTE_PLAIN},
             {"warnings", NEAP_NOTE_WARNING}};

static json_t *texts_of_kind(const struct neap_document *document, enum neap_note_kind kind)
{
    json_t *texts = json_array();
    for (size_t i = 0; i < document->notes; i++)
        if (document->note[i].kind == kind &&
            json_array_append_new(texts, json_string(document->note[i].text)) != 0) {
            json_decref(texts);
            return NULL;
        }
    return texts;
}

/* The tree and the reading layer in a new outermost object; NULL without memory. */
static json_t *whole(const struct neap_document *document)
{
    const char *key;
    json_t *value, *all = json_object();
    bool good = all != NULL;
    json_object_foreach(document->tree, key, value) /* json_copy() hides a lack of memory */
        good = good && json_object_set_nocheck(all, key, value) == 0;
    if (good && document->headline != NULL)
        good = json_object_set_new(all, "headline", json_string(document->headline)) == 0;
    for (size_t i = 0; good && i < sizeof lists / sizeof *lists; i++)
        good = json_object_set_new(all, lists[i].key, texts_of_kind(document, lists[i].kind)) == 0;
    if (good)
        return all;
    json_decref(all);
    return NULL;
}

static int put(const char *bytes, size_t length, void *context)
{
    struct neapi_sink *sink = context;
    neapi_sink_put(sink, bytes, length);
    return 0;
}

enum neap_status neapi_write_json(const struct neap_document *document, FILE *stream,
                                  const struct neap_report_options *options,
                                  struct neap_error *error)
{
    (void)options;
    struct neapi_sink sink;
    sink.stream = stream;
    sink.used = 0;
    json_t *all = whole(document);
    int result = all == NULL ? -1
                             : json_dump_callback(all, put, &sink,
                                                  JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
    json_decref(all);
    if (result != 0)
        return neapi_no_memory(error, "a report");
    neapi_sink_text(&sink, "\n");
    neapi_sink_flush(&sink);
    return NEAP_OK;
}

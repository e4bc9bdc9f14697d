/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text for people: what came out first, then why, then what it rests on. */
#include <string.h>

#include "base/fail.h"
#include "report/layout.h"

static void put_headline(struct neapi_layout *layout, const char *headline)
{
    if (*headline == '\0')
        return;
    neapi_layout_block(layout);
    neapi_layout_style(layout, NEAPI_BOLD);
    neapi_layout_text(layout, headline); /* one line, so that head -1 shows it whole */
    neapi_layout_style(layout, NEAPI_PLAIN);
    neapi_sink_text(&layout->sink, "\n");
}

/* Tables too long for reading are named at least. */
static void put_data_tables(struct neapi_layout *layout, const struct neap_document *document)
{
    bool first = true;
    for (size_t i = 0; i < document->tables; i++) {
        const struct neapi_entry *entry = &document->table[i];
        if (neapi_entry_is_for_reading(entry))
            continue;
        if (first)
            neapi_layout_block(layout);
        first = false;
        size_t rows = neap_table_rows(entry->table);
        neapi_sink_print(&layout->sink, "table %s: %zu row%s, in --format csv --table %s\n",
                         entry->name, rows, rows == 1 ? "" : "s", entry->name);
    }
}

static void put_facts(struct neapi_layout *layout, const struct neap_document *document)
{
    size_t most = 0;
    for (size_t i = 0; i < document->facts; i++) {
        size_t width = neapi_layout_width(document->fact[i].label);
        most = width > most ? width : most;
    }
    if (document->facts > 0)
        neapi_layout_block(layout);
    for (size_t i = 0; i < document->facts; i++) {
        const struct neapi_fact *fact = &document->fact[i];
        neapi_layout_text(layout, fact->label);
        neapi_layout_spaces(layout, most - neapi_layout_width(fact->label) + 2);
        neapi_layout_prose(layout, fact->text, most + 2, most + 2);
    }
}

static void put_warnings(struct neapi_layout *layout, const struct neap_document *document)
{
    static const char lead[] = "warning: ";
    bool first = true;
    for (size_t i = 0; i < document->notes; i++) {
        if (document->note[i].kind != NEAP_NOTE_WARNING)
            continue;
        if (first)
            neapi_layout_block(layout);
        first = false;
        neapi_layout_style(layout, NEAPI_YELLOW);
        neapi_sink_text(&layout->sink, lead);
        neapi_layout_style(layout, NEAPI_PLAIN);
        neapi_layout_prose(layout, document->note[i].text, sizeof lead - 1, sizeof lead - 1);
    }
}

static void put_notes(struct neapi_layout *layout, const struct neap_document *document,
                      enum neap_note_kind kind, const char *title)
{
    static const char lead[] = "  - ";
    bool first = true;
    for (size_t i = 0; i < document->notes; i++) {
        if (document->note[i].kind != kind)
            continue;
        if (first) {
            neapi_layout_block(layout);
            neapi_sink_text(&layout->sink, title);
            neapi_sink_text(&layout->sink, "\n");
        }
        first = false;
        neapi_sink_text(&layout->sink, lead);
        neapi_layout_prose(layout, document->note[i].text, sizeof lead - 1, sizeof lead - 1);
    }
}

static void put_input(struct neapi_layout *layout, json_t *input)
{
    const char *sha256 = json_string_value(json_object_get(input, "sha256"));
    const char *path = json_string_value(json_object_get(input, "path"));
    neapi_sink_text(&layout->sink, "\ninput ");
    neapi_layout_text(layout, path == NULL ? "-" : path);
    if (sha256 == NULL)
        return;
    neapi_sink_text(&layout->sink, "\n  sha256 ");
    neapi_layout_text(layout, sha256);
}

static void put_provenance(struct neapi_layout *layout, const struct neap_document *document)
{
    char line[160];
    json_t *seed = json_object_get(document->tree, "seed");
    json_t *inputs = json_object_get(document->tree, "inputs");
    neapi_layout_block(layout);
    neapi_layout_style(layout, NEAPI_DIM);
    snprintf(line, sizeof line, "neap %s",
             json_string_value(json_object_get(document->tree, "version")));
    neapi_layout_text(layout, line);
    if (json_is_integer(seed)) {
        snprintf(line, sizeof line, ", seed %lld", (long long)json_integer_value(seed));
        neapi_layout_text(layout, line);
    }
    for (size_t i = 0; i < json_array_size(inputs); i++)
        put_input(layout, json_array_get(inputs, i));
    neapi_layout_style(layout, NEAPI_PLAIN);
    neapi_sink_text(&layout->sink, "\n");
}

enum neap_status neapi_write_text(const struct neap_document *document, FILE *stream,
                                  const struct neap_report_options *options,
                                  struct neap_error *error)
{
    struct neapi_layout layout;
    layout.sink.stream = stream;
    layout.sink.used = 0;
    layout.options = options;
    layout.started = false;
    put_headline(&layout, neap_document_headline(document));
    for (size_t i = 0; i < document->tables; i++)
        if (neapi_entry_is_for_reading(&document->table[i]) &&
            !neapi_layout_table(&layout, &document->table[i], i == 0))
            return neapi_no_memory(error, "a report");
    put_data_tables(&layout, document);
    put_facts(&layout, document);
    put_warnings(&layout, document);
    put_notes(&layout, document, NEAP_NOTE_ASSUMPTION, "Assumptions");
    put_notes(&layout, document, NEAP_NOTE_NOT_MODELLED, "Not modelled");
    put_notes(&layout, document, NEAP_NOTE_PLAIN, "Notes");
    put_provenance(&layout, document);
    neapi_sink_flush(&layout.sink);
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Markdown in GitHub's dialect. Whatever a label holds, it stays text: what could be read as markup
 * gets a backslash or becomes an entity, and a line break becomes a blank. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "report/cell.h"

static void put_character(struct neapi_sink *sink, const char *text, size_t length, uint32_t point)
{
    if (length == 0 || (point >= 0x7f && point < 0xa0))
        neapi_sink_text(sink, "\xef\xbf\xbd");
    else if (point == '<')
        neapi_sink_text(sink, "&lt;");
    else if (point == '>')
        neapi_sink_text(sink, "&gt;");
    else if (point == '&')
        neapi_sink_text(sink, "&amp;");
    else if (point < 0x20)
        neapi_sink_text(sink,
                        point == '\n' || point == '\t' || point == '\r' ? " " : "\xef\xbf\xbd");
    else {
        if (length == 1 && strchr("\\`*_[]|~#$", *text) != NULL)
            neapi_sink_text(sink, "\\");
        neapi_sink_put(sink, text, length);
    }
}

/* At the start of a block "- ", "+ ", "1. ", "1) " would begin a list, "=" underline a heading. */
static void put_start(struct neapi_sink *sink, const char **text)
{
    *text += strspn(*text, " \t\r\n");
    size_t digits = strspn(*text, "0123456789");
    bool numbered = digits > 0 && ((*text)[digits] == '.' || (*text)[digits] == ')');
    neapi_sink_put(sink, *text, numbered ? digits : 0);
    *text += numbered ? digits : 0;
    if (numbered || **text == '-' || **text == '+' || **text == '=')
        neapi_sink_text(sink, "\\");
    else
        return;
    neapi_sink_put(sink, *text, 1);
    ++*text;
}

static void put_text(struct neapi_sink *sink, const char *text)
{
    put_start(sink, &text);
    while (*text != '\0') {
        uint32_t point = 0;
        size_t length = neapi_utf8_decode(text, &point);
        put_character(sink, text, length, point);
        text += length > 0 ? length : 1;
    }
}

/* Emphasis does not end behind a blank. */
static void put_bold(struct neapi_sink *sink, const char *text)
{
    if (text[strspn(text, " \t\r\n")] == '\0')
        return;
    neapi_sink_text(sink, "**");
    put_text(sink, text);
    neapi_sink_text(sink, "**\n\n");
}

/* --- tables -------------------------------------------------------------------------------------- */

static void put_rule(struct neapi_sink *sink, const enum neapi_look *look, size_t columns)
{
    for (size_t column = 0; column < columns; column++)
        neapi_sink_text(sink, look[column] == NEAPI_NUMBERS ? "| ---: " : "| --- ");
    neapi_sink_text(sink, "|\n");
}

/* row SIZE_MAX: the heads */
static void put_row(struct neapi_sink *sink, const struct neap_table *table, size_t row,
                    bool thousands)
{
    char text[NEAPI_CELL];
    for (size_t column = 0; column < neap_table_columns(table); column++) {
        const char *shown = text;
        if (row == SIZE_MAX)
            neapi_column_head(text, table, column);
        else
            shown = neapi_cell_show(text, table, row, column, thousands);
        bool numeric = row != SIZE_MAX && neap_table_column_kind(table, column) != NEAP_COLUMN_TEXT;
        neapi_sink_text(sink, "| ");
        if (numeric) /* "-5" stays as it is: no list begins in a cell */
            neapi_sink_text(sink, shown);
        else
            put_text(sink, shown);
        neapi_sink_text(sink, " ");
    }
    neapi_sink_text(sink, "|\n");
}

static void put_left_out(struct neapi_sink *sink, const struct neapi_entry *entry)
{
    neapi_sink_print(sink, "| ... %zu rows left out; `--format csv --table %s` has them all ",
                     neapi_rows_left_out(neap_table_rows(entry->table)), entry->name);
    for (size_t column = 1; column < neap_table_columns(entry->table); column++)
        neapi_sink_text(sink, "| ");
    neapi_sink_text(sink, "|\n");
}

static bool put_table(struct neapi_sink *sink, const struct neapi_entry *entry, bool thousands)
{
    const struct neap_table *table = entry->table;
    size_t rows = neap_table_rows(table), columns = neap_table_columns(table);
    enum neapi_look *look = neapi_columns_look(table);
    if (look == NULL)
        return false;
    put_bold(sink, neapi_entry_title(entry));
    put_row(sink, table, SIZE_MAX, thousands);
    put_rule(sink, look, columns);
    for (size_t row = 0; row < rows; row++) {
        if (!neapi_row_is_left_out(row, rows))
            put_row(sink, table, row, thousands);
        else if (!neapi_row_is_left_out(row - 1, rows))
            put_left_out(sink, entry);
    }
    neapi_sink_text(sink, "\n");
    free(look);
    return true;
}

static bool put_tables(struct neapi_sink *sink, const struct neap_document *document,
                       bool thousands)
{
    for (size_t i = 0; i < document->tables; i++) {
        const struct neapi_entry *entry = &document->table[i];
        size_t rows = neap_table_rows(entry->table);
        if (!neapi_entry_is_for_reading(entry))
            neapi_sink_print(sink, "Table %s: %zu row%s, in `--format csv --table %s`.\n\n",
                             entry->name, rows, rows == 1 ? "" : "s", entry->name);
        else if (neap_table_columns(entry->table) > 0 && !put_table(sink, entry, thousands))
            return false;
    }
    return true;
}

/* --- the rest ------------------------------------------------------------------------------------ */

static void put_warnings(struct neapi_sink *sink, const struct neap_document *document)
{
    for (size_t i = 0; i < document->notes; i++) {
        if (document->note[i].kind != NEAP_NOTE_WARNING)
            continue;
        neapi_sink_text(sink, "> **Warning:** ");
        put_text(sink, document->note[i].text);
        neapi_sink_text(sink, "\n\n");
    }
}

static void put_facts(struct neapi_sink *sink, const struct neap_document *document)
{
    for (size_t i = 0; i < document->facts; i++) {
        neapi_sink_text(sink, "- ");
        put_text(sink, document->fact[i].label);
        neapi_sink_text(sink, ": ");
        put_text(sink, document->fact[i].text);
        neapi_sink_text(sink, i + 1 < document->facts ? "\n" : "\n\n");
    }
}

static void put_notes(struct neapi_sink *sink, const struct neap_document *document,
                      enum neap_note_kind kind, const char *title)
{
    bool first = true;
    for (size_t i = 0; i < document->notes; i++) {
        if (document->note[i].kind != kind)
            continue;
        if (first)
            neapi_sink_print(sink, "<details>\n<summary>%s</summary>\n\n", title);
        first = false;
        neapi_sink_text(sink, "- ");
        put_text(sink, document->note[i].text);
        neapi_sink_text(sink, "\n");
    }
    if (!first)
        neapi_sink_text(sink, "\n</details>\n\n");
}

static void put_provenance(struct neapi_sink *sink, const struct neap_document *document)
{
    const json_t *seed = json_object_get(document->tree, "seed");
    const json_t *inputs = json_object_get(document->tree, "inputs");
    neapi_sink_print(sink, "neap %s", neap_version());
    if (json_is_integer(seed))
        neapi_sink_print(sink, ", seed %lld", (long long)json_integer_value(seed));
    neapi_sink_text(sink, json_array_size(inputs) > 0 ? "\n\n" : "\n");
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const json_t *input = json_array_get(inputs, i);
        const char *path = json_string_value(json_object_get(input, "path"));
        const char *sha256 = json_string_value(json_object_get(input, "sha256"));
        neapi_sink_text(sink, "- ");
        put_text(sink, path == NULL ? "-" : path);
        neapi_sink_text(sink, sha256 == NULL ? "" : ", sha256 ");
        put_text(sink, sha256 == NULL ? "" : sha256);
        neapi_sink_text(sink, "\n");
    }
}

enum neap_status neapi_write_markdown(const struct neap_document *document, FILE *stream,
                                      const struct neap_report_options *options,
                                      struct neap_error *error)
{
    struct neapi_sink sink;
    sink.stream = stream;
    sink.used = 0;
    put_bold(&sink, neap_document_headline(document));
    put_warnings(&sink, document);
    if (!put_tables(&sink, document, options->thousands))
        return neapi_no_memory(error, "a report");
    put_facts(&sink, document);
    put_notes(&sink, document, NEAP_NOTE_ASSUMPTION, "Assumptions");
    put_notes(&sink, document, NEAP_NOTE_NOT_MODELLED, "Not modelled");
    put_notes(&sink, document, NEAP_NOTE_PLAIN, "Notes");
    put_provenance(&sink, document);
    neapi_sink_flush(&sink);
    return NEAP_OK;
}

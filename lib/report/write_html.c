/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTML: one page that stands alone, for reading on a screen, a phone or paper. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "report/cell.h"
#include "report/html.h"
#include "report/svg.h"

/* "neap.compare/1" to "neap compare" */
static void put_kind(struct neapi_sink *sink, const struct neap_document *document)
{
    char text[NEAP_TEXT_SIZE] = "";
    const char *schema = json_string_value(json_object_get(document->tree, "schema"));
    size_t length = schema == NULL ? 0 : strcspn(schema, "/");
    for (size_t i = 0; i < length && i + 1 < sizeof text; i++)
        text[i] = schema[i] == '.' ? ' ' : schema[i];
    neapi_html_text(sink, text);
}

static void put_head(struct neapi_sink *sink, const struct neap_document *document)
{
    const char *headline = neap_document_headline(document);
    neapi_sink_text(sink,
                    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'\">\n<title>");
    put_kind(sink, document);
    neapi_sink_text(sink, *headline == '\0' ? "" : ": ");
    neapi_html_text(sink, headline);
    neapi_sink_text(sink, "</title>\n<style>\n");
    neapi_html_style(sink);
    neapi_sink_text(sink, "</style>\n</head>\n<body>\n<main>\n<p class=\"kind\">");
    put_kind(sink, document);
    neapi_sink_text(sink, "</p>\n");
    if (*headline != '\0') {
        neapi_sink_text(sink, "<h1>");
        neapi_html_text(sink, headline);
        neapi_sink_text(sink, "</h1>\n");
    }
}

static void put_notes(struct neapi_sink *sink, const struct neap_document *document,
                      enum neap_note_kind kind, const char *class, const char *title)
{
    bool first = true;
    for (size_t i = 0; i < document->notes; i++) {
        if (document->note[i].kind != kind)
            continue;
        if (first)
            neapi_sink_print(sink, "<section class=\"%s\">\n<h2>%s</h2>\n<ul>\n", class, title);
        first = false;
        neapi_sink_text(sink, "<li>");
        neapi_html_text(sink, document->note[i].text);
        neapi_sink_text(sink, "</li>\n");
    }
    if (!first)
        neapi_sink_text(sink, "</ul>\n</section>\n");
}

static void put_facts(struct neapi_sink *sink, const struct neap_document *document)
{
    if (document->facts > 0)
        neapi_sink_text(sink, "<dl class=\"facts\">\n");
    for (size_t i = 0; i < document->facts; i++) {
        neapi_sink_text(sink, "<dt>");
        neapi_html_text(sink, document->fact[i].label);
        neapi_sink_text(sink, "</dt>\n<dd>");
        neapi_html_text(sink, document->fact[i].text);
        neapi_sink_text(sink, "</dd>\n");
    }
    if (document->facts > 0)
        neapi_sink_text(sink, "</dl>\n");
}

/* --- charts -------------------------------------------------------------------------------------- */

static void put_key(struct neapi_sink *sink, const struct neapi_chart *chart, size_t i)
{
    char class[3];
    neapi_svg_class(class, chart, i);
    neapi_sink_text(sink, "<li><svg class=\"key\" viewBox=\"0 0 30 12\" aria-hidden=\"true\">");
    if (chart->found[i].low != NEAPI_NO_COLUMN)
        neapi_sink_print(sink, "<path class=\"band %s\" d=\"M0 0h30v12h-30z\"/>", class);
    neapi_sink_print(sink, "<path class=\"line %s\" d=\"M1 6h28\"/></svg>", class);
    neapi_html_text(sink, chart->series[i].label);
    neapi_sink_text(sink, "</li>\n");
}

/* A single line is what the title says. */
static void put_legend(struct neapi_sink *sink, const struct neapi_chart *chart)
{
    size_t series = chart->shown.series_count;
    if (chart->shown.kind != NEAP_CHART_LINES ||
        (series == 1 && chart->found[0].low == NEAPI_NO_COLUMN))
        return;
    neapi_sink_text(sink, "<ul class=\"legend\">\n");
    for (size_t i = 0; i < series; i++)
        put_key(sink, chart, i);
    neapi_sink_text(sink, "</ul>\n");
}

static bool put_chart(struct neapi_sink *sink, const struct neapi_chart *chart, size_t number)
{
    neapi_sink_text(sink, "<figure>\n<figcaption>\n<h2>");
    neapi_html_text(sink, chart->shown.title);
    neapi_sink_text(sink, "</h2>\n");
    if (chart->shown.caption != NULL && *chart->shown.caption != '\0') {
        neapi_sink_text(sink, "<p>");
        neapi_html_text(sink, chart->shown.caption);
        neapi_sink_text(sink, "</p>\n");
    }
    put_legend(sink, chart);
    neapi_sink_text(sink, "</figcaption>\n");
    bool good = neapi_svg_chart(sink, chart, number);
    neapi_sink_text(sink, "</figure>\n");
    return good;
}

/* --- tables -------------------------------------------------------------------------------------- */

static const char *const classes[] = {
    [NEAPI_NUMBERS] = " class=\"n\"", [NEAPI_WORDS] = "", [NEAPI_PROSE] = " class=\"prose\""};

static void put_cell(struct neapi_sink *sink, const struct neap_table *table, size_t row,
                     size_t column, enum neapi_look look)
{
    char text[NEAPI_CELL];
    bool heads = column == 0 && look != NEAPI_NUMBERS; /* its row */
    const char *shown = neapi_cell_show(text, table, row, column, true);
    neapi_sink_print(sink, heads ? "<th scope=\"row\"%s>" : "<td%s>", classes[look]);
    neapi_html_text(sink, shown);
    neapi_sink_text(sink, heads ? "</th>" : "</td>");
}

static void put_row(struct neapi_sink *sink, const struct neap_table *table, size_t row,
                    const enum neapi_look *look)
{
    neapi_sink_text(sink, "<tr>");
    for (size_t column = 0; column < neap_table_columns(table); column++)
        put_cell(sink, table, row, column, look[column]);
    neapi_sink_text(sink, "</tr>\n");
}

/* "container_hours" is a name for programs, "container hours" one for people, and may be broken. */
static void put_name(struct neapi_sink *sink, char *text)
{
    for (char *at = text; (at = strchr(at, '_')) != NULL;)
        *at = ' ';
    neapi_html_text(sink, text);
}

static void put_heads(struct neapi_sink *sink, const struct neap_table *table,
                      const enum neapi_look *look)
{
    char text[NEAPI_CELL];
    neapi_sink_text(sink, "<thead>\n<tr>");
    for (size_t column = 0; column < neap_table_columns(table); column++) {
        neapi_column_head(text, table, column);
        neapi_sink_print(sink, "<th scope=\"col\"%s>", classes[look[column]]);
        put_name(sink, text);
        neapi_sink_text(sink, "</th>");
    }
    neapi_sink_text(sink, "</tr>\n</thead>\n");
}

static void put_rows(struct neapi_sink *sink, const struct neap_table *table,
                     const enum neapi_look *look)
{
    size_t rows = neap_table_rows(table);
    neapi_sink_text(sink, "<tbody>\n");
    for (size_t row = 0; row < rows; row++) {
        if (!neapi_row_is_left_out(row, rows))
            put_row(sink, table, row, look);
        else if (!neapi_row_is_left_out(row - 1, rows))
            neapi_sink_print(sink,
                             "<tr><td class=\"more\" colspan=\"%zu\">%zu rows left out; "
                             "--format csv has them all</td></tr>\n",
                             neap_table_columns(table), neapi_rows_left_out(rows));
    }
    neapi_sink_text(sink, "</tbody>\n");
}

static bool put_table(struct neapi_sink *sink, const struct neapi_entry *entry)
{
    enum neapi_look *look = neapi_columns_look(entry->table);
    const char *title = neapi_entry_title(entry);
    if (look == NULL)
        return false;
    neapi_sink_text(sink, "<section>\n");
    if (*title != '\0') {
        neapi_sink_print(sink, "<h2 id=\"t-%s\">", entry->name);
        neapi_html_text(sink, title);
        neapi_sink_text(sink, "</h2>\n");
    }
    neapi_sink_print(sink,
                     *title != '\0' ? "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                                      "aria-labelledby=\"t-%s\">\n<table>\n"
                                    : "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                                      "aria-label=\"table %s\">\n<table>\n",
                     entry->name);
    put_heads(sink, entry->table, look);
    put_rows(sink, entry->table, look);
    neapi_sink_text(sink, "</table>\n</div>\n</section>\n");
    free(look);
    return true;
}

/* --- provenance ---------------------------------------------------------------------------------- */

static void put_made(struct neapi_sink *sink, const struct neap_document *document)
{
    const json_t *seed = json_object_get(document->tree, "seed");
    const json_t *inputs = json_object_get(document->tree, "inputs");
    neapi_sink_text(sink, "<footer class=\"made\">\n<p>neap ");
    neapi_html_text(sink, neap_version());
    if (json_is_integer(seed))
        neapi_sink_print(sink, ", seed %lld", (long long)json_integer_value(seed));
    neapi_sink_text(sink, "</p>\n");
    if (json_array_size(inputs) > 0)
        neapi_sink_text(sink, "<dl>\n");
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const json_t *input = json_array_get(inputs, i);
        const char *path = json_string_value(json_object_get(input, "path"));
        const char *sha256 = json_string_value(json_object_get(input, "sha256"));
        neapi_sink_text(sink, "<dt>");
        neapi_html_text(sink, path == NULL ? "-" : path);
        neapi_sink_text(sink, "</dt>\n<dd>");
        neapi_html_text(sink, sha256 == NULL ? "no checksum" : "sha256 ");
        neapi_html_text(sink, sha256 == NULL ? "" : sha256);
        neapi_sink_text(sink, "</dd>\n");
    }
    neapi_sink_text(sink, json_array_size(inputs) > 0 ? "</dl>\n</footer>\n" : "</footer>\n");
}

static bool put_body(struct neapi_sink *sink, const struct neap_document *document)
{
    put_notes(sink, document, NEAP_NOTE_WARNING, "warnings", "Warnings");
    put_facts(sink, document);
    for (size_t i = 0; i < document->charts; i++)
        if (!put_chart(sink, document->chart[i], i + 1))
            return false;
    for (size_t i = 0; i < document->tables; i++)
        if (neapi_entry_is_for_reading(&document->table[i]) &&
            !put_table(sink, &document->table[i]))
            return false;
    put_notes(sink, document, NEAP_NOTE_ASSUMPTION, "notes", "Assumptions");
    put_notes(sink, document, NEAP_NOTE_NOT_MODELLED, "notes", "Not modelled");
    put_notes(sink, document, NEAP_NOTE_PLAIN, "notes", "Notes");
    put_made(sink, document);
    return true;
}

enum neap_status neapi_write_html(const struct neap_document *document, FILE *stream,
                                  const struct neap_report_options *options,
                                  struct neap_error *error)
{
    (void)options;
    struct neapi_sink sink;
    sink.stream = stream;
    sink.used = 0;
    put_head(&sink, document);
    bool good = put_body(&sink, document);
    neapi_sink_text(&sink, "</main>\n</body>\n</html>\n");
    neapi_sink_flush(&sink);
    return good ? NEAP_OK : neapi_no_memory(error, "a report");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPORT_IMPL_H
#define NEAP_REPORT_IMPL_H

#include <stdarg.h>

#include <jansson.h>

#include <neap/report.h>

/* --- the document ---------------------------------------------------------------------------- */

struct neap_node {
    struct neap_document *document;
    json_t *value; /* borrowed from the tree */
};

struct neapi_note {
    enum neap_note_kind kind;
    char *text;
};

struct neapi_fact {
    char *label, *text;
};

struct neapi_entry {
    char *name, *title; /* title NULL: the table's own */
    struct neap_table *table;
    unsigned flags;
};

struct neapi_chart; /* chart.h */

struct neap_document {
    struct neap_error failure; /* the first one; its status is NEAP_OK while all went well */
    json_t *tree;
    struct neap_node **node;
    struct neapi_entry *table;
    struct neapi_chart **chart;
    struct neapi_fact *fact;
    struct neapi_note *note;
    size_t nodes, tables, charts, facts, notes;
    size_t node_capacity, table_capacity, chart_capacity, fact_capacity, note_capacity;
    char *headline;
};

/* Where failures go while building: the document's own, or nowhere when one is there already. */
struct neap_error *neapi_document_failure(struct neap_document *document);

/* --- tables (tables.c) ------------------------------------------------------------------------ */

void neapi_entry_free(struct neapi_entry *entry);
/* The line above the table; "" for none. */
const char *neapi_entry_title(const struct neapi_entry *entry);
/* Whether people are shown its rows. */
bool neapi_entry_is_for_reading(const struct neapi_entry *entry);
/* The entry of that name, NULL when there is none. */
const struct neapi_entry *neapi_document_entry(const struct neap_document *document,
                                               const char *name);

/* --- UTF-8 (utf8.c) -------------------------------------------------------------------------- */

/* The bytes of the well-formed character at text and its code point; 0 when there is none. */
size_t neapi_utf8_decode(const char *text, uint32_t *point);
/* A copy of text[0..length) in which ill-formed bytes are U+FFFD; NULL without memory. */
char *neapi_utf8_clean(const char *text, size_t length);
/* Columns that a terminal uses for the character: 0, 1 or 2. */
int neapi_utf8_width(uint32_t point);

/* --- paths (path.c) -------------------------------------------------------------------------- */

/* The value at path[0..length), borrowed; NULL when there is none. */
json_t *neapi_document_find(const struct neap_document *document, const char *path, size_t length);
/* Writes an existing path near the given one; false when none is near. */
bool neapi_document_suggest(const struct neap_document *document, const char *path,
                            char *suggestion, size_t size);

/* --- writers --------------------------------------------------------------------------------- */

/* A buffer before a stream: one call of the C library for many cells. */
struct neapi_sink {
    FILE *stream;
    size_t used;
    char bytes[16384];
};

void neapi_sink_put(struct neapi_sink *sink, const char *bytes, size_t length);
/* text[0..length) with ill-formed bytes as U+FFFD. */
void neapi_sink_utf8(struct neapi_sink *sink, const char *text, size_t length);
void neapi_sink_text(struct neapi_sink *sink, const char *text);
void neapi_sink_print(struct neapi_sink *sink, const char *format, ...) NEAP_PRINTF(2, 3);
void neapi_sink_flush(struct neapi_sink *sink);

enum neap_status neapi_write_text(const struct neap_document *document, FILE *stream,
                                  const struct neap_report_options *options,
                                  struct neap_error *error);
enum neap_status neapi_write_json(const struct neap_document *document, FILE *stream,
                                  const struct neap_report_options *options,
                                  struct neap_error *error);
enum neap_status neapi_write_csv(const struct neap_document *document, FILE *stream,
                                 const struct neap_report_options *options,
                                 struct neap_error *error);
enum neap_status neapi_write_markdown(const struct neap_document *document, FILE *stream,
                                      const struct neap_report_options *options,
                                      struct neap_error *error);
enum neap_status neapi_write_html(const struct neap_document *document, FILE *stream,
                                  const struct neap_report_options *options,
                                  struct neap_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * report: the document that a study hands over, and the writers that print it. A document has two
 * layers: a tree of data, which is what JSON shows and what --fail-if asks about, and a layer for
 * reading: headline, tables, charts, facts, notes, warnings. A new study adds no writer, a new writer
 * no study. */
#ifndef NEAP_REPORT_H
#define NEAP_REPORT_H

#include <neap/base.h>
#include <neap/calendar.h>
#include <neap/table.h>

NEAP_BEGIN_DECLS

/* Opaque; freed with neap_document_free(). */
struct neap_document;

/* An object or array of the tree; owned by its document. */
struct neap_node;

/* A document whose tree starts with "schema", "version" (of the library), "seed" (null) and
 * "inputs" (empty), in this order. schema is such as "neap.compare/1". */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_document_new(struct neap_document **document, const char *schema, struct neap_error *error);
/* Frees its nodes and tables too; NULL is fine. */
NEAP_API void neap_document_free(struct neap_document *document);

/* Building never stops half-way: calls below that return nothing or a node keep the first failure
 * in the document, and do nothing from then on (a NULL node is fine wherever a node goes in). Ask
 * once at the end. Texts are copied; bytes that are not UTF-8 become U+FFFD. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_document_status(const struct neap_document *document,
                                                               struct neap_error *error);

/* Keeps a failure that happened beside the document, such as one of a table on its way into it,
 * unless there is one already. NEAP_OK changes nothing. */
NEAP_API void neap_document_fail(struct neap_document *document, enum neap_status status,
                                 const struct neap_error *error);

/* --- provenance ------------------------------------------------------------------------------ */

NEAP_API void neap_document_set_seed(struct neap_document *document, int64_t seed);
/* A file that the result depends on, with its SHA-256 as hexadecimal text (NULL: null). */
NEAP_API void neap_document_add_input(struct neap_document *document, const char *path,
                                      const char *sha256);

/* --- the tree -------------------------------------------------------------------------------- */

/* The outermost object. NULL after a failure. */
NEAP_API struct neap_node *neap_document_root(struct neap_document *document);

/* The calls below append one member to parent: under key when parent is an object, with key NULL
 * when it is an array. Members keep their order; a key that is there already is
 * NEAP_BAD_ARGUMENT. */
NEAP_API struct neap_node *neap_node_object(struct neap_node *parent, const char *key);
NEAP_API struct neap_node *neap_node_array(struct neap_node *parent, const char *key);
/* NULL is null. */
NEAP_API void neap_node_text(struct neap_node *parent, const char *key, const char *value);
NEAP_API void neap_node_integer(struct neap_node *parent, const char *key, int64_t value);
/* Rounded to that many significant digits, 1..15; 0 means 15. NaN and infinities are null. */
NEAP_API void neap_node_number(struct neap_node *parent, const char *key, double value, int digits);
/* An exact decimal, shown as a string with that many digits behind the point (-1: all it has). */
NEAP_API void neap_node_decimal(struct neap_node *parent, const char *key,
                                const struct neap_decimal *value, int digits);
NEAP_API void neap_node_boolean(struct neap_node *parent, const char *key, bool value);
NEAP_API void neap_node_null(struct neap_node *parent, const char *key);

/* --- asking the tree ------------------------------------------------------------------------- */

/* A path names a value: keys with dots between them. A member of an array goes by its index,
 * "variants[0].cpu_hours", or by what its "name" says, "variants.new.cpu_hours". The path of an
 * object that holds an "amount" stands for the amount: "saving.cost". */

/* The number at path, an exact decimal as its nearest double; false, and value untouched, when
 * path leads to no number. */
NEAP_API bool neap_document_find_number(const struct neap_document *document, const char *path,
                                        double *value);

/* Whether an expression PATH OPERATOR NUMBER is true of the document: "saving.share<10%", with one
 * of < <= > >= == !=. The number is in the unit that the path names (_s, hours,
 * minutes, cores, bytes, rate, share), or brings its own: 500ms, 2h, 512MiB, 120/s, 10%. Exact
 * decimals compare exactly. A malformed expression, a path that is not there (the nearest one is
 * suggested) and a value that is null or no number are NEAP_BAD_ARGUMENT. With document NULL only
 * the expression's form is checked, so that a slip is found before a long run. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_document_check(const struct neap_document *document,
                                                              const char *expression, bool *holds,
                                                              struct neap_error *error);

/* Writes what the expression's path holds, such as "saving.share is 0.0823"; "" when there is no
 * such number. Returns the length, as snprintf does. */
NEAP_API int neap_document_explain(const struct neap_document *document, const char *expression,
                                   char *text, size_t size);

/* --- the reading layer ----------------------------------------------------------------------- */

/* One sentence that answers the question. A second call replaces the first. */
NEAP_API void neap_document_set_headline(struct neap_document *document, const char *format, ...)
    NEAP_PRINTF(2, 3);

enum {
    NEAP_TABLE_DATA = 1 /* too long for reading, such as a time series: CSV can write it, charts are
                         * drawn from it, text, markdown and HTML do not print its rows */
};

/* Takes ownership of table, also after a failure; NULL keeps NEAP_NO_MEMORY unless a failure was
 * kept. name ([a-z0-9_-]+, no other table's) is what programs ask for; title is a line for people
 * above the table, "" for none, NULL for the table's own. flags is 0 or NEAP_TABLE_DATA. */
NEAP_API void neap_document_add_named_table(struct neap_document *document, const char *name,
                                            const char *title, struct neap_table *table,
                                            unsigned flags);

/* The same with the name "summary" for the document's first table, "table2" for its second and so
 * on, and the table's own title. */
NEAP_API void neap_document_add_table(struct neap_document *document, struct neap_table *table);

/* For the decimals of a number column whose rows differ in size or unit: text output shows about
 * four significant digits of each, and whole numbers whole. A number column whose name starts with
 * "change" is shown with its sign. */
enum { NEAP_REPORT_ADAPTIVE = 17 };

/* A line "label  value" below the tables. */
NEAP_API void neap_document_add_fact(struct neap_document *document, const char *label,
                                     const char *format, ...) NEAP_PRINTF(3, 4);

enum neap_note_kind {
    NEAP_NOTE_WARNING,      /* the result may mislead */
    NEAP_NOTE_ASSUMPTION,   /* taken as true without evidence from the input */
    NEAP_NOTE_NOT_MODELLED, /* left out, and known to matter somewhere */
    NEAP_NOTE_PLAIN
};
enum { NEAP_NOTE_KINDS = 4 };

/* Notes go into the JSON as well, as texts under "assumptions", "not_modelled", "notes" and
 * "warnings". A text that is there already under the same kind is not added again. */
NEAP_API void neap_document_add_note(struct neap_document *document, enum neap_note_kind kind,
                                     const char *format, ...) NEAP_PRINTF(3, 4);

/* What is there, for programs that show a document in their own way. "" without a headline, NULL
 * beyond the last table or note. Owned by the document. */
NEAP_API const char *neap_document_headline(const struct neap_document *document);
NEAP_API const struct neap_table *neap_document_table(const struct neap_document *document,
                                                      size_t index);
NEAP_API const char *neap_document_note(const struct neap_document *document, size_t index,
                                        enum neap_note_kind *kind);
/* Its name; NULL beyond the last table. */
NEAP_API const char *neap_document_table_name(const struct neap_document *document, size_t index);
/* The table of that name, or NULL. */
NEAP_API const struct neap_table *neap_document_find_table(const struct neap_document *document,
                                                           const char *name);

/* --- charts ---------------------------------------------------------------------------------- */

enum neap_chart_kind {
    NEAP_CHART_LINES,    /* numbers over time; a missing cell breaks its line */
    NEAP_CHART_BARS,     /* one bar for each row, all from zero */
    NEAP_CHART_WATERFALL /* the first row is where it starts, the last where it ends, both from zero;
                          * rows between are changes, and lead from one to the other */
};

enum neap_series_style {
    NEAP_SERIES_PLAIN, /* a colour and a dash pattern of its own */
    NEAP_SERIES_BEFORE /* grey and dashed, for comparison: the week before, the old profile */
};

/* A number column (NUMBER, INTEGER or DECIMAL) of the chart's table. */
struct neap_chart_series {
    const char *column;
    const char *label; /* in the legend; NULL: the column's name */
    enum neap_series_style style;
    const char *low, *high; /* columns of a band behind the line; NULL both: none. Lines only */
};

/* A line across the chart at a moment: "Python 3.11 deployed". */
struct neap_chart_mark {
    int64_t time_ns; /* a mark outside the chart's times is not drawn */
    const char *label;
};

enum { NEAP_CHART_SERIES_MOST = 6 };

/* What a chart shows. Axes of values always hold zero. */
struct neap_chart {
    enum neap_chart_kind kind;
    const char *table; /* name of a table that the document has already */
    const char *title;
    const char *caption; /* one sentence below the title; NULL or "": none */
    const char *unit;    /* on the axis of values; NULL: the first series' column's */
    const char *x;       /* LINES: a TIME column, ascending and without gaps; bars: a TEXT column */
    const struct neap_chart_series *series;
    size_t series_count;                /* LINES 1..NEAP_CHART_SERIES_MOST, bars 1 */
    const struct neap_chart_mark *mark; /* LINES only */
    size_t mark_count;
    const struct neap_zone *zone; /* LINES: times are shown as its clocks do; NULL: UTC */
};

/* All of chart is copied; the zone is not needed after the call. A table or column that is not
 * there or of the wrong kind, times that go back, and a waterfall whose changes do not lead from
 * its first row to its last (to 1e-6 of the largest bar) are NEAP_BAD_ARGUMENT, kept in the
 * document. */
NEAP_API void neap_document_add_chart(struct neap_document *document,
                                      const struct neap_chart *chart);
/* What was added, its zone NULL; NULL beyond the last chart. Owned by the document. */
NEAP_API const struct neap_chart *neap_document_chart(const struct neap_document *document,
                                                      size_t index);

/* --- writers --------------------------------------------------------------------------------- */

struct neap_report_options {
    bool color;        /* escape sequences for a terminal, never the only carrier of a meaning */
    bool thousands;    /* 12,345 instead of 12345; text and markdown only (HTML always) */
    int width;         /* columns that prose is wrapped at, 40 or more; 0 means 100 */
    const char *table; /* csv: the table of that name; NULL: the first */
};

/* No colour, no separators, width 100, the first table. */
NEAP_API void neap_report_options_init(struct neap_report_options *options);

/* One format. Its write is called through neap_report_write(). */
struct neap_report_type {
    const char *name;      /* "json" */
    const char *summary;   /* one line for --help */
    const char *extension; /* of file names, without the dot */
    const char *media;     /* "application/json" */
    enum neap_status (*write)(const struct neap_document *document, FILE *stream,
                              const struct neap_report_options *options, struct neap_error *error);
};

/* All of them, ended by NULL; the first is the default. */
NEAP_API const struct neap_report_type *const *neap_report_types(void);
/* The one of that name, or NULL. */
NEAP_API const struct neap_report_type *neap_report_find(const char *name);
/* The one whose extension the path ends with, or NULL. */
NEAP_API const struct neap_report_type *neap_report_find_path(const char *path);

/* Writes and flushes; the stream stays open. The same document gives the same bytes, in the C
 * locale whatever the program's. A failure kept in the document is returned and nothing written;
 * NEAP_IO when the stream cannot take it all; NEAP_BAD_ARGUMENT when the document has nothing that
 * the format could hold. options NULL means the defaults.
 *
 *   text      headline, tables, facts, warnings, assumptions, what is not modelled, notes,
 *             provenance
 *   json      the tree, two spaces per level, numbers with at most 15 significant digits
 *   csv       one table as RFC 4180 says, but lines end in LF: column names, then numbers with up to
 *             15 significant digits, times in RFC 3339, nothing in a missing cell. A text that a
 *             spreadsheet would run as a formula gets an apostrophe in front. A table that is not
 *             there is NEAP_BAD_ARGUMENT
 *   markdown  as text, in GitHub's dialect, warnings first; no text of the document can become markup
 *   html      one page that needs nothing from elsewhere and runs no script: charts as inline SVG,
 *             for a screen, a phone and paper, light and dark. A series of more than 1,200 points is
 *             drawn by its lowest and highest in each pixel column */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_report_write(const struct neap_document *document, const struct neap_report_type *type,
                  FILE *stream, const struct neap_report_options *options,
                  struct neap_error *error);

NEAP_END_DECLS

#endif

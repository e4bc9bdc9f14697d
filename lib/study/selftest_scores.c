/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the simulations of a self-test say: tables of what passed and of what was left out, and what
 * all z-scores together have to look like when there is no bias and no wrong interval: a standard
 * deviation near 1. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "study/selftest_simulations.h"

/* With fewer scores their own standard deviation is not known well enough. */
enum { SCORES_ENOUGH = 100 };
static const double SPREAD_LEAST = 0.8, SPREAD_MOST = 1.2;

struct spread {
    double mean, deviation;
    bool bad;
};

static struct spread spread_of(const struct neapi_simulations *s)
{
    struct spread spread = {0, (double)NAN, false};
    double n = (double)s->z_count, square = 0;
    for (size_t i = 0; i < s->z_count; i++)
        spread.mean += s->z[i] / n;
    for (size_t i = 0; i < s->z_count; i++)
        square += pow(s->z[i] - spread.mean, 2);
    if (s->z_count > 1)
        spread.deviation = sqrt(square / (n - 1));
    spread.bad = s->z_count >= SCORES_ENOUGH &&
                 !(spread.deviation >= SPREAD_LEAST && spread.deviation <= SPREAD_MOST);
    return spread;
}

/* --- tables ------------------------------------------------------------------------------------------ */

static enum neap_status add_columns(struct neap_table *table, const char *const text[],
                                    const char *const integer[], struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && text[i] != NULL; i++)
        status = neap_table_add_column(table, text[i], NULL, NEAP_COLUMN_TEXT, 0, error);
    for (size_t i = 0; status == NEAP_OK && integer[i] != NULL; i++)
        status = neap_table_add_column(table, integer[i], NULL, NEAP_COLUMN_INTEGER, 0, error);
    return status;
}

static enum neap_status fill_simulated(struct neap_table *table, const struct neapi_simulations *s,
                                       struct neap_error *error)
{
    static const char *const text[] = {"table", NULL};
    static const char *const integer[] = {"passed", "failed", "skipped", NULL};
    enum neap_status status = add_columns(table, text, integer, error);
    for (size_t i = 0; status == NEAP_OK && i < s->table_count; i++) {
        const struct neap_selftest_counts *counts = &s->table[i].counts;
        const int64_t cell[3] = {counts->passed, counts->failed, counts->skipped};
        status = neap_table_add_row(table, error);
        if (status == NEAP_OK)
            status = neap_table_set_text(table, 0, s->table[i].file, error);
        for (size_t c = 0; status == NEAP_OK && c < 3; c++)
            status = neap_table_set_integer(table, c + 1, cell[c], error);
    }
    return status;
}

static enum neap_status fill_left_out(struct neap_table *table, const struct neapi_simulations *s,
                                      struct neap_error *error)
{
    static const char *const text[] = {"table", "reason", "cases", NULL};
    static const char *const integer[] = {"rows", NULL};
    enum neap_status status = add_columns(table, text, integer, error);
    for (size_t i = 0; status == NEAP_OK && i < s->left_out_count; i++) {
        const struct neapi_left_out *left = &s->left_out[i];
        const char *const cell[3] = {left->file, left->reason, left->names};
        status = neap_table_add_row(table, error);
        for (size_t c = 0; status == NEAP_OK && c < 3; c++)
            status = neap_table_set_text(table, c, cell[c], error);
        if (status == NEAP_OK)
            status = neap_table_set_integer(table, 3, left->rows, error);
    }
    return status;
}

static enum neap_status
add_table(struct neap_document *document, const char *name, const char *title, unsigned flags,
          enum neap_status (*fill)(struct neap_table *table, const struct neapi_simulations *s,
                                   struct neap_error *error),
          const struct neapi_simulations *s, struct neap_error *error)
{
    struct neap_table *table = NULL;
    enum neap_status status = neap_table_new(&table, NULL, error);
    if (status == NEAP_OK)
        status = fill(table, s, error);
    if (status == NEAP_OK)
        neap_document_add_named_table(document, name, title, table, flags);
    else
        neap_table_free(table);
    return status;
}

/* --- the tree ----------------------------------------------------------------------------------------- */

static void fill_tree(struct neap_document *document, const struct neapi_simulations *s,
                      const struct spread *spread)
{
    struct neap_node *node = neap_node_object(neap_document_root(document), "simulation");
    neap_node_number(node, "requests", s->simulation.requests, 0);
    struct neap_node *tables = neap_node_array(node, "tables");
    for (size_t i = 0; i < s->table_count; i++) {
        struct neap_node *table = neap_node_object(tables, NULL);
        neap_node_text(table, "name", s->table[i].file);
        neap_node_integer(table, "passed", s->table[i].counts.passed);
        neap_node_integer(table, "failed", s->table[i].counts.failed);
        neap_node_integer(table, "skipped", s->table[i].counts.skipped);
    }
    struct neap_node *left_out = neap_node_array(node, "left_out");
    for (size_t i = 0; i < s->left_out_count; i++) {
        struct neap_node *left = neap_node_object(left_out, NULL);
        neap_node_text(left, "table", s->left_out[i].file);
        neap_node_text(left, "reason", s->left_out[i].reason);
        neap_node_text(left, "cases", s->left_out[i].names);
        neap_node_integer(left, "rows", s->left_out[i].rows);
    }
    struct neap_node *scores = neap_node_object(node, "z_scores");
    neap_node_integer(scores, "count", (int64_t)s->z_count);
    neap_node_number(scores, "mean", spread->mean, 3);
    neap_node_number(scores, "standard_deviation", spread->deviation, 3);
    neap_node_number(scores, "largest", s->largest, 3);
    neap_node_text(scores, "largest_of", s->largest_name);
}

enum neap_status neapi_simulations_report(struct neapi_simulations *s,
                                          struct neap_document *document,
                                          struct neap_selftest_counts *counts,
                                          struct neap_error *error)
{
    if (s->table_count == 0)
        return NEAP_OK;
    struct spread spread = spread_of(s);
    for (size_t i = 0; i < s->table_count; i++) {
        counts->passed += s->table[i].counts.passed;
        counts->failed += s->table[i].counts.failed;
        counts->skipped += s->table[i].counts.skipped;
    }
    counts->failed += spread.bad;
    fill_tree(document, s, &spread);
    neap_document_add_fact(document, "z-scores",
                           "count %zu, mean %.2f, standard deviation %.2f (expected 0.8 to 1.2), "
                           "largest %.2f: %s",
                           s->z_count, spread.mean, spread.deviation, s->largest, s->largest_name);
    for (size_t i = 0; i < s->left_out_count; i++)
        neap_document_add_fact(document, "not simulated", "%s, %lld rows, %s: %s",
                               s->left_out[i].file, (long long)s->left_out[i].rows,
                               s->left_out[i].reason, s->left_out[i].names);
    if (spread.bad)
        neap_document_add_note(document, NEAP_NOTE_WARNING,
                               "the z-scores' standard deviation is %.2f, expected 0.8 to 1.2: "
                               "simulated rows are biased, or their intervals are wrong",
                               spread.deviation);
    if (s->shown > NEAPI_FAILURES_SHOWN)
        neap_document_add_note(document, NEAP_NOTE_WARNING, "and %ld more simulated rows",
                               s->shown - NEAPI_FAILURES_SHOWN);
    enum neap_status status = add_table(document, "simulation", "the request engine, by simulation",
                                        0, fill_simulated, s, error);
    if (status == NEAP_OK && s->left_out_count > 0)
        status = add_table(document, "left-out", "not simulated", NEAP_TABLE_DATA, fill_left_out, s,
                           error);
    return status;
}

/* --- life --------------------------------------------------------------------------------------------- */

enum neap_status neapi_simulations_new(struct neapi_simulations **simulations,
                                       const struct neap_study_options *options,
                                       struct neap_error *error)
{
    struct neapi_simulations *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "simulations");
    made->simulation = (struct neapi_simulation){
        .requests = options == NULL ? 0 : options->requests, .seed = 1, .slower = 1};
    made->threads = options == NULL ? 0 : options->threads;
    made->progress = options == NULL ? NULL : options->progress;
    *simulations = made;
    return NEAP_OK;
}

void neapi_simulations_free(struct neapi_simulations *simulations)
{
    if (simulations == NULL)
        return;
    free(simulations->left_out);
    free(simulations->z);
    free(simulations);
}

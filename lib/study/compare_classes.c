/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which request class the saving comes from. Containers are shared, so a class has no containers of
 * its own: its share of the saving is its share of the CPU time saved. */
#include <math.h>

#include "study/compare.h"

struct row {
    const char *name;
    const struct neap_replay_class *before, *after;
};

static struct row row_of(const struct neapi_comparison *c, size_t index)
{
    return (struct row){neap_recording_class_name(neap_scenario_recording(c->scenario), index),
                        &c->variant[0].class[index], &c -> variant[c->count - 1].class[index]};
}

static double saved_s(const struct row *row)
{
    return row->before->cpu_request_s - row->after->cpu_request_s;
}

/* Over all classes; NaN when it is next to nothing beside what classes gain and lose, as where all
 * cores are always busy: shares of it would mean nothing. */
static double all_saved_s(const struct neapi_comparison *c)
{
    static const double least = 0.01;
    double sum = 0, moved = 0;
    for (size_t i = 0; i < c->variant[0].classes; i++) {
        struct row row = row_of(c, i);
        sum += saved_s(&row);
        moved += fabs(saved_s(&row));
    }
    return fabs(sum) > least * moved ? sum : (double)NAN;
}

static double saving_share(const struct neapi_comparison *c, const struct row *row)
{
    return saved_s(row) / all_saved_s(c);
}

static void describe(struct neap_document *document, const struct neapi_comparison *c)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "classes");
    for (size_t i = 0; i < c->variant[0].classes; i++) {
        struct row row = row_of(c, i);
        struct neap_node *node = neap_node_object(array, NULL);
        neap_node_text(node, "name", row.name);
        neap_node_number(node, "requests", row.before->requests, NEAPI_DIGITS);
        neap_node_number(node, "cpu_hours_saved", saved_s(&row) / 3600, NEAPI_DIGITS);
        neap_node_number(node, "saving_share", saving_share(c, &row), NEAPI_DIGITS);
    }
}

static enum neap_status add_columns(struct neap_table *table, struct neap_error *error)
{
    static const struct {
        const char *name, *unit;
        int decimals;
    } column[] = {{"requests_percent", "%", 1},   {"cpu_before", "h", 1},    {"cpu_after", "h", 1},
                  {"change_cpu_percent", "%", 1}, {"p95_before", "ms", 1},   {"p95_after", "ms", 1},
                  {"change_p95_percent", "%", 1}, {"saving_percent", "%", 1}};
    NEAPI_TRY(neap_table_add_column(table, "class", NULL, NEAP_COLUMN_TEXT, 0, error));
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++)
        NEAPI_TRY(neap_table_add_column(table, column[i].name, column[i].unit, NEAP_COLUMN_NUMBER,
                                        column[i].decimals, error));
    return NEAP_OK;
}

static double percent(double before, double after)
{
    return before > 0 ? 100 * (after - before) / before : (double)NAN;
}

static enum neap_status add_row(struct neap_table *table, const struct neapi_comparison *c,
                                const struct row *row, struct neap_error *error)
{
    double all = c->variant[0].summary.requests;
    const struct neap_replay_class *a = row->before, *b = row->after;
    const double cell[] = {all > 0 ? 100 * a->requests / all : (double)NAN,
                           a->cpu_request_s / 3600,
                           b->cpu_request_s / 3600,
                           percent(a->cpu_request_s, b->cpu_request_s),
                           1000 * a->latency_s[1],
                           1000 * b->latency_s[1],
                           percent(a->latency_s[1], b->latency_s[1]),
                           100 * saving_share(c, row)};
    NEAPI_TRY(neap_table_add_row(table, error));
    NEAPI_TRY(neap_table_set_text(table, 0, row->name, error));
    for (size_t i = 0; i < sizeof cell / sizeof cell[0]; i++)
        NEAPI_TRY(neap_table_set_number(table, 1 + i, cell[i], error));
    return NEAP_OK;
}

static enum neap_status fill_table(struct neap_table *table, const struct neapi_comparison *c,
                                   struct neap_error *error)
{
    NEAPI_TRY(add_columns(table, error));
    for (size_t i = 0; i < c->variant[0].classes; i++) {
        struct row row = row_of(c, i);
        NEAPI_TRY(add_row(table, c, &row, error));
    }
    return NEAP_OK;
}

void neapi_compare_classes(struct neap_document *document, const struct neapi_comparison *c)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    describe(document, c);
    if (c->variant[0].classes < 2)
        return;
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, c, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "classes",
                                  "Request classes; saving: share of the CPU time saved", table, 0);
}

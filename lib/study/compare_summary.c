/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Metrics of every variant, and each step of a chain. */
#include <math.h>

#include "study/compare.h"

struct row {
    const char *name, *unit;
    double (*value)(const struct neapi_variant *variant);
};

static double all_hours(const struct neapi_variant *v)
{
    return v->container_hours;
}
static double pending_hours(const struct neapi_variant *v)
{
    return v->hours[NEAP_PENDING];
}
static double starting_hours(const struct neapi_variant *v)
{
    return v->hours[NEAP_STARTING];
}
static double ready_hours(const struct neapi_variant *v)
{
    return v->hours[NEAP_READY];
}
static double draining_hours(const struct neapi_variant *v)
{
    return v->hours[NEAP_DRAINING];
}
static double node_hours(const struct neapi_variant *v)
{
    return v->node_hours;
}
static double peak_nodes(const struct neapi_variant *v)
{
    return (double)v->summary.peak_nodes;
}
static double cost(const struct neapi_variant *v)
{
    return neap_decimal_to_double(&v->cost);
}
static double mean_replicas(const struct neapi_variant *v)
{
    return v->summary.mean_replicas;
}
static double peak_replicas(const struct neapi_variant *v)
{
    return (double)v->summary.peak_replicas;
}
static double cpu_hours(const struct neapi_variant *v)
{
    return v->cpu_hours;
}
static double p50_ms(const struct neapi_variant *v)
{
    return 1000 * v->summary.latency_s[0];
}
static double p95_ms(const struct neapi_variant *v)
{
    return 1000 * v->summary.latency_s[1];
}
static double p99_ms(const struct neapi_variant *v)
{
    return 1000 * v->summary.latency_s[2];
}
static double slo_minutes(const struct neapi_variant *v)
{
    return v->summary.over_slo_s / 60;
}
static double over_limit(const struct neapi_variant *v)
{
    return 100 * v->summary.over_slo_share;
}
static double failed(const struct neapi_variant *v)
{
    return round(v->failed); /* expected values: a fraction of a request tells nothing */
}
static double start_failures(const struct neapi_variant *v)
{
    return (double)v->summary.start_failures;
}
static double scaling_events(const struct neapi_variant *v)
{
    return (double)(v->summary.scale_ups + v->summary.scale_downs);
}
static double at_minimum(const struct neapi_variant *v)
{
    return 100 * v->minimum_share;
}

static const struct row rows[] = {{"container-hours", "h", all_hours},
                                  {"container-hours pending", "h", pending_hours},
                                  {"container-hours starting", "h", starting_hours},
                                  {"container-hours ready", "h", ready_hours},
                                  {"container-hours draining", "h", draining_hours},
                                  {"node-hours", "h", node_hours},
                                  {"peak nodes", "", peak_nodes},
                                  {"cost", NULL, cost},
                                  {"mean replicas", "", mean_replicas},
                                  {"peak replicas", "", peak_replicas},
                                  {"CPU-hours", "h", cpu_hours},
                                  {"latency p50", "ms", p50_ms},
                                  {"latency p95", "ms", p95_ms},
                                  {"latency p99", "ms", p99_ms},
                                  {"minutes over the SLO", "min", slo_minutes},
                                  {"requests over the p95 limit", "%", over_limit},
                                  {"failed requests", "", failed},
                                  {"failed starts", "", start_failures},
                                  {"scaling events", "", scaling_events},
                                  {"replica-hours at minimum", "%", at_minimum}};
enum { ROWS = sizeof rows / sizeof rows[0] };

static bool applies(const struct row *row, const struct neap_scenario *scenario,
                    const struct neapi_variant *variants, size_t count)
{
    const struct neap_slo_options *slo = neap_scenario_slo(scenario);
    if (row->value == cost)
        return neap_scenario_price(scenario) != NULL;
    if (row->value == slo_minutes)
        return !isnan(slo->p50_s) || !isnan(slo->p95_s) || !isnan(slo->p99_s);
    if (row->value == over_limit)
        return !isnan(slo->p95_s);
    if (row->value == node_hours || row->value == peak_nodes)
        return neap_scenario_nodes(scenario) != NULL;
    if (row->value != pending_hours && row->value != start_failures)
        return true;
    for (size_t i = 0; i < count; i++)
        if (row->value(&variants[i]) > 0)
            return true;
    return false;
}

static enum neap_status add_columns(struct neap_table *table, const struct neapi_variant *variants,
                                    size_t count, struct neap_error *error)
{
    const int digits = NEAP_REPORT_ADAPTIVE;
    NEAPI_TRY(neap_table_add_column(table, "metric", NULL, NEAP_COLUMN_TEXT, 0, error));
    NEAPI_TRY(neap_table_add_column(table, "unit", NULL, NEAP_COLUMN_TEXT, 0, error));
    for (size_t i = 0; i < count; i++)
        NEAPI_TRY(neap_table_add_column(table, neap_profile_name(variants[i].profile), NULL,
                                        NEAP_COLUMN_NUMBER, digits, error));
    NEAPI_TRY(neap_table_add_column(table, "change", NULL, NEAP_COLUMN_NUMBER, digits, error));
    return neap_table_add_column(table, "change_percent", "%", NEAP_COLUMN_NUMBER, 1, error);
}

static enum neap_status add_row(struct neap_table *table, const struct row *row, const char *unit,
                                const struct neapi_variant *variants, size_t count,
                                struct neap_error *error)
{
    double first = row->value(&variants[0]), last = row->value(&variants[count - 1]);
    NEAPI_TRY(neap_table_add_row(table, error));
    NEAPI_TRY(neap_table_set_text(table, 0, row->name, error));
    NEAPI_TRY(neap_table_set_text(table, 1, unit, error));
    for (size_t i = 0; i < count; i++)
        NEAPI_TRY(neap_table_set_number(table, 2 + i, row->value(&variants[i]), error));
    NEAPI_TRY(neap_table_set_number(table, 2 + count, last - first, error));
    double percent = last == first ? 0 : first > 0 ? 100 * (last - first) / first : (double)NAN;
    if (row->value == at_minimum ||
        row->value == over_limit) /* a percentage of a percentage would mislead */
        percent = (double)NAN;
    return neap_table_set_number(table, 3 + count, percent, error);
}

static enum neap_status fill_table(struct neap_table *table, const struct neap_scenario *scenario,
                                   const struct neapi_variant *variants, size_t count,
                                   struct neap_error *error)
{
    const struct neap_price *price = neap_scenario_price(scenario);
    NEAPI_TRY(add_columns(table, variants, count, error));
    for (int i = 0; i < ROWS; i++) {
        const char *unit = rows[i].unit != NULL ? rows[i].unit
                           : price != NULL      ? neap_price_currency(price)
                                                : "";
        if (applies(&rows[i], scenario, variants, count))
            NEAPI_TRY(add_row(table, &rows[i], unit, variants, count, error));
    }
    return NEAP_OK;
}

/* --- steps of a chain ----------------------------------------------------------------------------- */

static enum neap_status add_step_columns(struct neap_table *table, const struct neap_price *price,
                                         struct neap_error *error)
{
    static const struct {
        const char *name, *unit;
        int decimals;
    } column[] = {{"change_container_hours", "h", 1},
                  {"change_percent", "%", 1},
                  {"change_cpu_percent", "%", 1},
                  {"change_p95_percent", "%", 1}};
    NEAPI_TRY(neap_table_add_column(table, "from", NULL, NEAP_COLUMN_TEXT, 0, error));
    NEAPI_TRY(neap_table_add_column(table, "to", NULL, NEAP_COLUMN_TEXT, 0, error));
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++)
        NEAPI_TRY(neap_table_add_column(table, column[i].name, column[i].unit, NEAP_COLUMN_NUMBER,
                                        column[i].decimals, error));
    if (price == NULL)
        return NEAP_OK;
    return neap_table_add_column(table, "change_cost", neap_price_currency(price),
                                 NEAP_COLUMN_NUMBER, neap_price_digits(price), error);
}

static double percent(double from, double to)
{
    return from > 0 ? 100 * (to - from) / from : (double)NAN;
}

static enum neap_status add_step(struct neap_table *table, const struct neapi_comparison *c,
                                 size_t from, size_t to, struct neap_error *error)
{
    const struct neapi_variant *a = &c->variant[from], *b = &c->variant[to];
    const double cell[] = {b->container_hours - a->container_hours,
                           percent(a->container_hours, b->container_hours),
                           percent(a->cpu_hours, b->cpu_hours),
                           percent(a->summary.latency_s[1], b->summary.latency_s[1])};
    struct neapi_saving saving;
    NEAPI_TRY(neapi_comparison_saving(&saving, NULL, c, from, to, error));
    NEAPI_TRY(neap_table_add_row(table, error));
    NEAPI_TRY(neap_table_set_text(table, 0, neap_profile_label(a->profile), error));
    NEAPI_TRY(neap_table_set_text(table, 1, neap_profile_label(b->profile), error));
    for (size_t i = 0; i < sizeof cell / sizeof cell[0]; i++)
        NEAPI_TRY(neap_table_set_number(table, 2 + i, cell[i], error));
    if (neap_scenario_price(c->scenario) == NULL)
        return NEAP_OK;
    return neap_table_set_number(table, 6, -neap_decimal_to_double(&saving.cost), error);
}

static enum neap_status fill_steps(struct neap_table *table, const struct neapi_comparison *c,
                                   struct neap_error *error)
{
    NEAPI_TRY(add_step_columns(table, neap_scenario_price(c->scenario), error));
    for (size_t i = 1; i < c->count; i++)
        NEAPI_TRY(add_step(table, c, i - 1, i, error));
    return add_step(table, c, 0, c->count - 1, error);
}

static void add_steps(struct neap_document *document, const struct neapi_comparison *c)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_steps(table, c, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "steps", "Each step by itself, and all of them", table,
                                  0);
}

/* --- both ------------------------------------------------------------------------------------------ */

static void add_summary(struct neap_document *document, const struct neapi_comparison *c)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, c->scenario, c->variant, c->count, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "summary", NULL, table, 0);
}

void neapi_compare_summary(struct neap_document *document, const struct neapi_comparison *c)
{
    add_summary(document, c);
    if (c->count > 2)
        add_steps(document, c);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The three pictures of an upgrade, as a table of series and charts of it: p95 latency, CPU and
 * containers. With deployments they show the one replay in which these happen, CPU against the same
 * hour of the week before, containers against those without the upgrade. Without, all profiles on
 * the same traffic. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"
#include "study/compare.h"

enum { PICTURES = 3, LABEL_SIZE = NEAP_TEXT_SIZE + 16 };

static double p95_ms(const struct neap_timeline_interval *row)
{
    return 1000 * row->latency_s[1];
}
static double cpu_cores(const struct neap_timeline_interval *row)
{
    return row->cpu_cores;
}
static double containers(const struct neap_timeline_interval *row)
{
    return row->starting + row->ready + row->draining;
}

struct picture {
    const char *name, *unit, *title, *caption;
    int decimals;
    double (*value)(const struct neap_timeline_interval *row);
    const char *reference; /* with deployments, what it is drawn against */
};

static const struct picture pictures[PICTURES] = {
    {"p95_ms", "ms", "p95 latency", "95 of 100 requests take no longer.", 3, p95_ms, NULL},
    {"cpu_cores", "cores", "CPU used", "By all containers together, idle CPU included.", 4,
     cpu_cores, "week_before"},
    {"containers", "containers", "Containers",
     "Starting, ready and draining ones: what is paid for.", 3, containers, "without"}};

/* --- columns -------------------------------------------------------------------------------------- */

/* A series of the table: a measure of one replay's rows. */
struct series {
    char column[LABEL_SIZE], label[LABEL_SIZE];
    const struct picture *picture;
    const struct neap_timeline_interval *row;
    bool week_before; /* what it was then */
    enum neap_series_style style;
};

struct gallery {
    const struct neapi_comparison *c;
    struct series *series; /* owned; those of one picture lie together */
    size_t count;
    size_t
        *earlier; /* for each period that of the week before, its own number when there is none */
};

static void add_series(struct gallery *g, const struct picture *picture, const char *suffix,
                       const char *label, const struct neap_timeline_interval *row,
                       enum neap_series_style style)
{
    struct series *series = &g->series[g->count++];
    snprintf(series->column, sizeof series->column, "%s%s%s", picture->name,
             suffix[0] != '\0' ? "_" : "", suffix);
    snprintf(series->label, sizeof series->label, "%s", label);
    series->picture = picture;
    series->row = row;
    series->style = style;
}

static void list_deployed(struct gallery *g)
{
    const struct neapi_comparison *c = g->c;
    for (int i = 0; i < PICTURES; i++) {
        add_series(g, &pictures[i], "", "with the deployment", c->deployed.row, NEAP_SERIES_PLAIN);
        add_series(g, &pictures[i], "week_before", "the week before", c->deployed.row,
                   NEAP_SERIES_BEFORE);
        g->series[g->count - 1].week_before = true;
        add_series(g, &pictures[i], "without", "without the upgrade", c->row[0],
                   NEAP_SERIES_BEFORE);
    }
}

static void list_profiles(struct gallery *g)
{
    const struct neapi_comparison *c = g->c;
    for (int i = 0; i < PICTURES; i++)
        for (size_t k = 0; k < c->count; k++) {
            const struct neap_profile *profile = c->variant[k].profile;
            add_series(g, &pictures[i], neap_profile_name(profile), neap_profile_label(profile),
                       c->row[k], k == 0 ? NEAP_SERIES_BEFORE : NEAP_SERIES_PLAIN);
        }
}

/* Same wall-clock time seven days ago: the clocks may have changed since. */
static void find_earlier(struct gallery *g)
{
    const struct neapi_periods *p = &g->c->periods;
    const struct neap_zone *zone = neap_scenario_zone(g->c->scenario);
    size_t found = 0;
    for (size_t i = 0; i < p->count; i++) {
        int64_t wanted_ns = neapi_civil_days_later(p->start_ns[i], -7, zone);
        while (found < i && p->start_ns[found + 1] <= wanted_ns)
            found++;
        g->earlier[i] = p->start_ns[found] <= wanted_ns ? found : i;
    }
}

static double cell(const struct gallery *g, const struct series *series, size_t period)
{
    size_t at = series->week_before ? g->earlier[period] : period;
    if (series->week_before && at == period)
        return (double)NAN;
    return series->picture->value(&series->row[at]);
}

/* --- the table ------------------------------------------------------------------------------------ */

static double rate_of(const struct neapi_comparison *c, size_t period)
{
    double span_s = (double)(c->periods.start_ns[period + 1] - c->periods.start_ns[period]) / 1e9;
    return c->row[0][period].requests / span_s;
}

static double rounded(double value, int decimals)
{
    double scale = pow(10, decimals);
    return isnan(value) ? value : round(value * scale) / scale;
}

static enum neap_status fill_table(struct neap_table *table, const struct gallery *g,
                                   struct neap_error *error)
{
    NEAPI_TRY(neap_table_add_column(table, "time", NULL, NEAP_COLUMN_TIME, 0, error));
    NEAPI_TRY(neap_table_add_column(table, "request_rate", "1/s", NEAP_COLUMN_NUMBER, 3, error));
    for (size_t k = 0; k < g->count; k++)
        NEAPI_TRY(neap_table_add_column(table, g->series[k].column, g->series[k].picture->unit,
                                        NEAP_COLUMN_NUMBER, g->series[k].picture->decimals, error));
    for (size_t i = 0; i < g->c->periods.count; i++) {
        NEAPI_TRY(neap_table_add_row(table, error));
        NEAPI_TRY(neap_table_set_time(table, 0, g->c->periods.start_ns[i], error));
        NEAPI_TRY(neap_table_set_number(table, 1, rounded(rate_of(g->c, i), 3), error));
        for (size_t k = 0; k < g->count; k++)
            NEAPI_TRY(neap_table_set_number(
                table, 2 + k, rounded(cell(g, &g->series[k], i), g->series[k].picture->decimals),
                error));
    }
    return NEAP_OK;
}

/* Columns of the tree: the same numbers, null where there is none. */
static void describe(struct neap_document *document, const struct gallery *g)
{
    struct neap_node *node = neap_node_object(neap_document_root(document), "pictures");
    struct neap_node *times = neap_node_array(node, "time");
    struct neap_node *rates = neap_node_array(node, "request_rate");
    for (size_t i = 0; i < g->c->periods.count; i++) {
        char time[NEAP_TIME_SIZE];
        neap_time_format(time, sizeof time, g->c->periods.start_ns[i]);
        neap_node_text(times, NULL, time);
        neap_node_number(rates, NULL, rounded(rate_of(g->c, i), 3), NEAPI_DIGITS);
    }
    for (size_t k = 0; k < g->count; k++) {
        struct neap_node *values = neap_node_array(node, g->series[k].column);
        for (size_t i = 0; i < g->c->periods.count; i++)
            neap_node_number(values, NULL,
                             rounded(cell(g, &g->series[k], i), g->series[k].picture->decimals),
                             NEAPI_DIGITS);
    }
}

/* --- charts --------------------------------------------------------------------------------------- */

enum { MARKS_MOST = 16 };

static size_t list_marks(const struct neap_scenario *scenario,
                         struct neap_chart_mark mark[MARKS_MOST], char text[][LABEL_SIZE])
{
    size_t count = neap_scenario_deployments(scenario);
    count = count < MARKS_MOST ? count : MARKS_MOST;
    for (size_t i = 0; i < count; i++) {
        struct neap_deployment at = neap_scenario_deployment(scenario, i);
        snprintf(text[i], LABEL_SIZE, "%s deployed", neap_profile_label(at.profile));
        mark[i] = (struct neap_chart_mark){at.at_ns, text[i]};
    }
    return count;
}

/* Of a long chain the first profiles and the last: it is what the headline is about. */
static bool has_place(const struct gallery *g, const struct series *series)
{
    size_t place = (size_t)(series - g->series) % g->c->count;
    return place + 1 < NEAP_CHART_SERIES_MOST || place + 1 == g->c->count;
}

/* Whether a series belongs into its picture's chart: with deployments one reference is enough. */
static bool is_drawn(const struct gallery *g, const struct series *series)
{
    const char *reference = series->picture->reference;
    if (!g->c->has_deployments)
        return has_place(g, series);
    if (series->style == NEAP_SERIES_PLAIN)
        return true;
    return reference != NULL && series->week_before == (reference == pictures[1].reference);
}

static void draw(struct neap_document *document, const struct gallery *g,
                 const struct picture *picture)
{
    struct neap_chart_mark mark[MARKS_MOST];
    char text[MARKS_MOST][LABEL_SIZE];
    struct neap_chart_series line[NEAP_CHART_SERIES_MOST];
    struct neap_chart chart = {.kind = NEAP_CHART_LINES,
                               .table = "pictures",
                               .title = picture->title,
                               .caption = picture->caption,
                               .unit = picture->unit,
                               .x = "time",
                               .series = line,
                               .mark = mark,
                               .zone = neap_scenario_zone(g->c->scenario)};
    for (size_t k = 0; k < g->count; k++)
        if (g->series[k].picture == picture && is_drawn(g, &g->series[k]))
            line[chart.series_count++] = (struct neap_chart_series){.column = g->series[k].column,
                                                                    .label = g->series[k].label,
                                                                    .style = g->series[k].style};
    chart.mark_count = list_marks(g->c->scenario, mark, text);
    neap_document_add_chart(document, &chart);
}

static void show(struct neap_document *document, const struct gallery *g)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, g, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "pictures", "Latency, CPU and containers over time",
                                  table, NEAP_TABLE_DATA);
    for (int i = 0; i < PICTURES; i++)
        draw(document, g, &pictures[i]);
}

void neapi_compare_pictures(struct neap_document *document, const struct neapi_comparison *c)
{
    size_t most = PICTURES * (c->has_deployments ? 3 : c->count);
    struct gallery g = {.c = c,
                        .series = neapi_allocate(most, sizeof *g.series),
                        .earlier = neapi_allocate(c->periods.count, sizeof *g.earlier)};
    if (g.series == NULL || g.earlier == NULL) {
        struct neap_error error = {0};
        neap_document_fail(document, neapi_no_memory(&error, "pictures"), &error);
    } else {
        if (c->has_deployments)
            list_deployed(&g);
        else
            list_profiles(&g);
        find_earlier(&g);
        describe(document, &g);
        show(document, &g);
    }
    free(g.series);
    free(g.earlier);
}

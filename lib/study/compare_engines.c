/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tick engine held against the one that follows requests. The bands are those of the tick
 * engine's grid (doc/engines.md). */
#include "study/compare.h"

#include <math.h>

#include <neap/calendar.h>

#include "base/text.h"

/* What one profile gave by each. */
struct pair {
    const struct neapi_variant *tick, *request;
    const struct neap_timeline_interval *tick_row, *request_row; /* one for each period */
};

static struct pair pair_of(const struct neapi_comparison *c, size_t index)
{
    return (struct pair){&c->tick[index], &c->variant[index], c->tick_row[index], c->row[index]};
}

static const double HOURS_BAND = 0.02, P95_BAND = 0.15;
enum { PERIODS_SHOWN = 3, REQUESTS_LEAST = 100 };

/* --- measures ------------------------------------------------------------------------------------- */

static double hours(const struct neapi_variant *v)
{
    return v->container_hours;
}
static double cost(const struct neapi_variant *v)
{
    return neap_decimal_to_double(&v->cost);
}
static double cpu_hours(const struct neapi_variant *v)
{
    return v->cpu_hours;
}
static double p50_s(const struct neapi_variant *v)
{
    return v->summary.latency_s[0];
}
static double p95_s(const struct neapi_variant *v)
{
    return v->summary.latency_s[1];
}
static double p99_s(const struct neapi_variant *v)
{
    return v->summary.latency_s[2];
}
static double failed(const struct neapi_variant *v)
{
    return v->failed;
}

static const struct measure {
    const char *key, *name, *unit; /* unit NULL: the currency */
    double scale;                  /* of what people read */
    double (*value)(const struct neapi_variant *variant);
} measures[] = {{"container_hours", "container-hours", "h", 1, hours},
                {"cost", "cost", NULL, 1, cost},
                {"cpu_hours", "CPU-hours", "h", 1, cpu_hours},
                {"latency_p50_s", "latency p50", "ms", 1000, p50_s},
                {"latency_p95_s", "latency p95", "ms", 1000, p95_s},
                {"latency_p99_s", "latency p99", "ms", 1000, p99_s},
                {"failed_requests", "failed requests", "", 1, failed}};
enum { MEASURES = sizeof measures / sizeof measures[0] };

static bool applies(const struct measure *m, const struct neap_scenario *scenario)
{
    return m->unit != NULL || neap_scenario_price(scenario) != NULL;
}

/* Of tick, in shares of request; NaN where there is nothing to be a share of. */
static double share(double tick, double request)
{
    return tick == request ? 0 : request > 0 ? (tick - request) / request : (double)NAN;
}

static double share_of(const struct pair *pair,
                       double (*value)(const struct neapi_variant *variant))
{
    return share(value(pair->tick), value(pair->request));
}

/* --- periods in which they differ most ------------------------------------------------------------ */

static double containers(const struct neap_timeline_interval *row)
{
    return row->starting + row->ready + row->draining;
}
static double p95_of(const struct neap_timeline_interval *row)
{
    return row->latency_s[1];
}

static const struct watched {
    const char *key, *name, *unit;
    double scale;
    double (*value)(const struct neap_timeline_interval *row);
} watched[] = {{"containers", "containers", "", 1, containers},
               {"latency_p95_s", "latency p95", "ms", 1000, p95_of}};
enum { WATCHED = sizeof watched / sizeof watched[0] };

static double apart(const struct pair *pair, const struct watched *w, size_t period)
{
    if (pair->request_row[period].requests < REQUESTS_LEAST)
        return 0;
    double by = share(w->value(&pair->tick_row[period]), w->value(&pair->request_row[period]));
    return isnan(by) ? 0 : fabs(by);
}

/* The next worst after those in list: the earlier one of two that are alike. False when none
 * differs. */
static bool next_worst(const struct pair *pair, const struct watched *w, size_t periods,
                       size_t *list, size_t count)
{
    double worst = 0;
    for (size_t i = 0; i < periods; i++) {
        bool listed = false;
        for (size_t k = 0; k < count; k++)
            listed = listed || list[k] == i;
        if (!listed && apart(pair, w, i) > worst) {
            worst = apart(pair, w, i);
            list[count] = i;
        }
    }
    return worst > 0;
}

static size_t worst_periods(const struct pair *pair, const struct watched *w, size_t periods,
                            size_t list[PERIODS_SHOWN])
{
    size_t count = 0;
    while (count < PERIODS_SHOWN && next_worst(pair, w, periods, list, count))
        count++;
    return count;
}

/* --- the tree ------------------------------------------------------------------------------------- */

static void describe_measures(struct neap_node *parent, const struct pair *pair,
                              const struct neap_scenario *scenario)
{
    struct neap_node *array = neap_node_array(parent, "metrics");
    for (int i = 0; i < MEASURES; i++) {
        const struct measure *m = &measures[i];
        if (!applies(m, scenario))
            continue;
        struct neap_node *node = neap_node_object(array, NULL);
        neap_node_text(node, "name", m->key);
        if (m->unit == NULL) {
            neapi_describe_cost(node, "tick", scenario, &pair->tick->cost);
            neapi_describe_cost(node, "request", scenario, &pair->request->cost);
        } else {
            neap_node_number(node, "tick", m->value(pair->tick), NEAPI_DIGITS);
            neap_node_number(node, "request", m->value(pair->request), NEAPI_DIGITS);
        }
        neap_node_number(node, "difference_share", share_of(pair, m->value), 6);
    }
}

static void describe_period(struct neap_node *array, const struct pair *pair,
                            const struct watched *w, int64_t at_ns, size_t period)
{
    struct neap_node *node = neap_node_object(array, NULL);
    double tick = w->value(&pair->tick_row[period]), request = w->value(&pair->request_row[period]);
    char time[NEAP_TIME_SIZE];
    neap_time_format(time, sizeof time, at_ns);
    neap_node_text(node, "metric", w->key);
    neap_node_text(node, "time", time);
    neap_node_number(node, "tick", tick, NEAPI_DIGITS);
    neap_node_number(node, "request", request, NEAPI_DIGITS);
    neap_node_number(node, "difference_share", share(tick, request), 6);
}

static void describe_periods(struct neap_node *parent, const struct pair *pair,
                             const struct neapi_periods *periods)
{
    struct neap_node *array = neap_node_array(parent, "periods");
    size_t list[PERIODS_SHOWN];
    for (int w = 0; w < WATCHED; w++) {
        size_t found = worst_periods(pair, &watched[w], periods->count, list);
        for (size_t k = 0; k < found; k++)
            describe_period(array, pair, &watched[w], periods->start_ns[list[k]], list[k]);
    }
}

static void describe(struct neap_document *document, const struct neapi_comparison *c)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "engines");
    for (size_t i = 0; i < c->count; i++) {
        struct neap_node *node = neap_node_object(array, NULL);
        struct pair pair = pair_of(c, i);
        neap_node_text(node, "name", neap_profile_name(pair.tick->profile));
        describe_measures(node, &pair, c->scenario);
        describe_periods(node, &pair, &c->periods);
    }
}

/* --- tables --------------------------------------------------------------------------------------- */

static enum neap_status add_columns(struct neap_table *table, bool timed, struct neap_error *error)
{
    const int digits = NEAP_REPORT_ADAPTIVE;
    NEAPI_TRY(neap_table_add_column(table, "profile", NULL, NEAP_COLUMN_TEXT, 0, error));
    NEAPI_TRY(neap_table_add_column(table, "metric", NULL, NEAP_COLUMN_TEXT, 0, error));
    NEAPI_TRY(neap_table_add_column(table, "unit", NULL, NEAP_COLUMN_TEXT, 0, error));
    NEAPI_TRY(neap_table_add_column(table, "tick", NULL, NEAP_COLUMN_NUMBER, digits, error));
    NEAPI_TRY(neap_table_add_column(table, "request", NULL, NEAP_COLUMN_NUMBER, digits, error));
    NEAPI_TRY(neap_table_add_column(table, "difference", NULL, NEAP_COLUMN_NUMBER, digits, error));
    NEAPI_TRY(
        neap_table_add_column(table, "difference_percent", "%", NEAP_COLUMN_NUMBER, 1, error));
    if (!timed)
        return NEAP_OK;
    return neap_table_add_column(table, "time", NULL, NEAP_COLUMN_TIME, 0, error);
}

static enum neap_status add_row(struct neap_table *table, const struct neap_profile *profile,
                                const char *name, const char *unit, double tick, double request,
                                struct neap_error *error)
{
    NEAPI_TRY(neap_table_add_row(table, error));
    NEAPI_TRY(neap_table_set_text(table, 0, neap_profile_name(profile), error));
    NEAPI_TRY(neap_table_set_text(table, 1, name, error));
    NEAPI_TRY(neap_table_set_text(table, 2, unit, error));
    NEAPI_TRY(neap_table_set_number(table, 3, tick, error));
    NEAPI_TRY(neap_table_set_number(table, 4, request, error));
    NEAPI_TRY(neap_table_set_number(table, 5, tick - request, error));
    return neap_table_set_number(table, 6, 100 * share(tick, request), error);
}

static enum neap_status add_measure(struct neap_table *table, const struct pair *pair,
                                    const struct measure *m, const struct neap_scenario *scenario,
                                    struct neap_error *error)
{
    const char *unit =
        m->unit != NULL ? m->unit : neap_price_currency(neap_scenario_price(scenario));
    return add_row(table, pair->tick->profile, m->name, unit, m->scale * m->value(pair->tick),
                   m->scale * m->value(pair->request), error);
}

static enum neap_status fill_whole(struct neap_table *table, const struct neapi_comparison *c,
                                   struct neap_error *error)
{
    NEAPI_TRY(add_columns(table, false, error));
    for (size_t i = 0; i < c->count; i++) {
        struct pair pair = pair_of(c, i);
        for (int k = 0; k < MEASURES; k++)
            if (applies(&measures[k], c->scenario))
                NEAPI_TRY(add_measure(table, &pair, &measures[k], c->scenario, error));
    }
    return NEAP_OK;
}

static enum neap_status fill_worst(struct neap_table *table, const struct pair *pair,
                                   const struct watched *w, const struct neapi_periods *periods,
                                   struct neap_error *error)
{
    size_t list[PERIODS_SHOWN];
    size_t found = worst_periods(pair, w, periods->count, list);
    for (size_t i = 0; i < found; i++) {
        NEAPI_TRY(add_row(table, pair->tick->profile, w->name, w->unit,
                          w->scale * w->value(&pair->tick_row[list[i]]),
                          w->scale * w->value(&pair->request_row[list[i]]), error));
        NEAPI_TRY(neap_table_set_time(table, 7, periods->start_ns[list[i]], error));
    }
    return NEAP_OK;
}

static enum neap_status fill_periods(struct neap_table *table, const struct neapi_comparison *c,
                                     struct neap_error *error)
{
    NEAPI_TRY(add_columns(table, true, error));
    for (size_t i = 0; i < c->count; i++) {
        struct pair pair = pair_of(c, i);
        for (int w = 0; w < WATCHED; w++)
            NEAPI_TRY(fill_worst(table, &pair, &watched[w], &c->periods, error));
    }
    return NEAP_OK;
}

static void add_table(struct neap_document *document, const struct neapi_comparison *c,
                      const char *name, const char *title,
                      enum neap_status (*fill)(struct neap_table *table,
                                               const struct neapi_comparison *c,
                                               struct neap_error *error))
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill(table, c, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, name, title, table, 0);
}

/* --- sentences ------------------------------------------------------------------------------------ */

static double saved_percent(const struct neapi_variant *from, const struct neapi_variant *to)
{
    return from->container_hours > 0 ? 100 * (1 - to->container_hours / from->container_hours)
                                     : (double)NAN;
}

static void say_savings(struct neap_document *document, const struct neapi_comparison *c)
{
    size_t last = c->count - 1;
    neap_document_add_fact(document, "by engine",
                           "%.2f%% of container-hours saved by request, %.2f%% by tick",
                           saved_percent(&c->variant[0], &c->variant[last]),
                           saved_percent(&c->tick[0], &c->tick[last]));
}

static void judge(struct neap_document *document, const struct pair *pair)
{
    double hours_off = share_of(pair, hours), p95_off = share_of(pair, p95_s);
    if (fabs(hours_off) <= HOURS_BAND && fabs(p95_off) <= P95_BAND)
        return;
    neap_document_add_note(document, NEAP_NOTE_WARNING,
                           "%s: the tick engine is %+.1f%% off in container-hours and %+.1f%% in "
                           "p95 latency (it should be within %.0f%% and %.0f%%): do not trust it "
                           "here, use --engine request",
                           neap_profile_label(pair->tick->profile), 100 * hours_off, 100 * p95_off,
                           100 * HOURS_BAND, 100 * P95_BAND);
}

void neapi_compare_engines(struct neap_document *document, const struct neapi_comparison *c)
{
    if (!c->both) {
        neap_node_null(neap_document_root(document), "engines");
        return;
    }
    describe(document, c);
    add_table(document, c, "engines", "Both engines on the same input", fill_whole);
    add_table(document, c, "engine_periods", "When the engines differ most", fill_periods);
    say_savings(document, c);
    for (size_t i = 0; i < c->count; i++) {
        struct pair pair = pair_of(c, i);
        judge(document, &pair);
    }
}

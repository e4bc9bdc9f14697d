/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What replications say, for readers and for programs. */
#include <math.h>

#include "base/text.h"
#include "study/replications.h"

/* --- measures ------------------------------------------------------------------------------------- */

static const struct measure {
    const char *key, *name, *unit; /* unit NULL: the currency */
    double scale;                  /* of what people read */
} measures[NEAPI_MEASURES] = {
    [NEAPI_MEASURE_HOURS] = {"container_hours", "container-hours", "h", 1},
    [NEAPI_MEASURE_COST] = {"cost", "cost", NULL, 1},
    [NEAPI_MEASURE_CPU] = {"cpu_hours", "CPU-hours", "h", 1},
    [NEAPI_MEASURE_REQUEST_CPU] = {"request_cpu_hours", "CPU-hours of requests", "h", 1},
    [NEAPI_MEASURE_P95] = {"latency_p95_s", "latency p95", "ms", 1000},
    [NEAPI_MEASURE_P99] = {"latency_p99_s", "latency p99", "ms", 1000}};

static bool applies(const struct neapi_replications *r, const struct neap_scenario *scenario,
                    enum neapi_measure measure)
{
    if (r->values < 2 || (measure == NEAPI_MEASURE_COST && neap_scenario_price(scenario) == NULL))
        return false;
    return !isnan(neapi_replications_paired(r, measure).change.half);
}

/* --- the tree ------------------------------------------------------------------------------------- */

/* Money is a decimal in the tree, an estimate of it too. */
static void describe_value(struct neap_node *node, const char *key,
                           const struct neap_scenario *scenario, enum neapi_measure measure,
                           double value)
{
    char text[NEAP_TEXT_SIZE];
    struct neap_decimal amount;
    if (measure != NEAPI_MEASURE_COST) {
        neap_node_number(node, key, value, NEAPI_DIGITS);
        return;
    }
    neapi_print(text, sizeof text, "%.*f", neap_price_digits(neap_scenario_price(scenario)), value);
    if (neap_decimal_parse(&amount, text, NULL) == NEAP_OK)
        neapi_describe_cost(node, key, scenario, &amount);
    else
        neap_node_null(node, key);
}

static void describe_measure(struct neap_node *array, const struct neapi_replications *r,
                             const struct neap_scenario *scenario, enum neapi_measure measure)
{
    struct neapi_paired paired = neapi_replications_paired(r, measure);
    struct neap_node *node = neap_node_object(array, NULL);
    neap_node_text(node, "name", measures[measure].key);
    describe_value(node, "from", scenario, measure, paired.from.mean);
    describe_value(node, "to", scenario, measure, paired.to.mean);
    describe_value(node, "change", scenario, measure, paired.change.mean);
    describe_value(node, "change_half", scenario, measure, paired.change.half);
    neap_node_number(node, "share", paired.share.mean, NEAPI_DIGITS);
    neap_node_number(node, "share_half", paired.share.half, NEAPI_DIGITS);
    neap_node_number(node, "variance_share", paired.variance_share, 6);
}

static void describe(struct neap_document *document, const struct neap_scenario *scenario,
                     const struct neapi_replications *r)
{
    struct neap_node *node = neap_node_object(neap_document_root(document), "replications");
    const char *interval = r->by_days ? "days" : r->count > 1 ? "replications" : NULL;
    neap_node_integer(node, "count", (int64_t)r->count);
    neap_node_number(node, "precision_share", r->precision_share, NEAPI_DIGITS);
    if (isnan(r->precision_share))
        neap_node_null(node, "reached");
    else
        neap_node_boolean(node, "reached", r->reached);
    neap_node_text(node, "interval", interval);
    neap_node_integer(node, "values", interval == NULL ? 0 : (int64_t)r->values);
    neap_node_number(node, "lag_correlation", r->lag, 6);
    struct neap_node *array = neap_node_array(node, "metrics");
    for (int i = 0; i < NEAPI_MEASURES; i++)
        if (applies(r, scenario, (enum neapi_measure)i))
            describe_measure(array, r, scenario, (enum neapi_measure)i);
}

/* --- the table ------------------------------------------------------------------------------------ */

static enum neap_status add_columns(struct neap_table *table, const struct neap_scenario *scenario,
                                    struct neap_error *error)
{
    const int digits = NEAP_REPORT_ADAPTIVE;
    const struct neap_profile *from = neap_scenario_profile(scenario, 0);
    const struct neap_profile *to =
        neap_scenario_profile(scenario, neap_scenario_profiles(scenario) - 1);
    const struct {
        const char *name, *unit;
        int decimals;
    } column[] = {{neap_profile_name(from), NULL, digits},
                  {neap_profile_name(to), NULL, digits},
                  {"change", NULL, digits},
                  {"plus_minus", NULL, digits},
                  {"change_percent", "%", 2},
                  {"percent_plus_minus", "%", 2},
                  {"variance_share", "", 4}};
    NEAPI_TRY(neap_table_add_column(table, "metric", NULL, NEAP_COLUMN_TEXT, 0, error));
    NEAPI_TRY(neap_table_add_column(table, "unit", NULL, NEAP_COLUMN_TEXT, 0, error));
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++)
        NEAPI_TRY(neap_table_add_column(table, column[i].name, column[i].unit, NEAP_COLUMN_NUMBER,
                                        column[i].decimals, error));
    return NEAP_OK;
}

static enum neap_status add_row(struct neap_table *table, const struct neapi_replications *r,
                                const struct neap_scenario *scenario, enum neapi_measure measure,
                                struct neap_error *error)
{
    const struct measure *m = &measures[measure];
    struct neapi_paired paired = neapi_replications_paired(r, measure);
    const double cell[] = {m->scale * paired.from.mean,   m->scale * paired.to.mean,
                           m->scale * paired.change.mean, m->scale * paired.change.half,
                           0 - 100 * paired.share.mean,   100 * paired.share.half,
                           paired.variance_share};
    NEAPI_TRY(neap_table_add_row(table, error));
    NEAPI_TRY(neap_table_set_text(table, 0, m->name, error));
    NEAPI_TRY(neap_table_set_text(
        table, 1, m->unit != NULL ? m->unit : neap_price_currency(neap_scenario_price(scenario)),
        error));
    for (size_t i = 0; i < sizeof cell / sizeof cell[0]; i++)
        NEAPI_TRY(neap_table_set_number(table, 2 + i, cell[i], error));
    return NEAP_OK;
}

static enum neap_status fill_table(struct neap_table *table, const struct neap_scenario *scenario,
                                   const struct neapi_replications *r, struct neap_error *error)
{
    NEAPI_TRY(add_columns(table, scenario, error));
    for (int i = 0; i < NEAPI_MEASURES; i++)
        if (applies(r, scenario, (enum neapi_measure)i))
            NEAPI_TRY(add_row(table, r, scenario, (enum neapi_measure)i, error));
    return NEAP_OK;
}

static void add_table(struct neap_document *document, const struct neap_scenario *scenario,
                      const struct neapi_replications *r)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    char title[96];
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, scenario, r, &error);
    neapi_print(title, sizeof title, "Means over %zu %s, changes with their 95 %% intervals",
                r->values, r->by_days ? "days" : "replications");
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "replications", title, table, 0);
}

/* --- sentences ------------------------------------------------------------------------------------ */

static void say_saving(struct neap_document *document, const struct neapi_replications *r)
{
    struct neapi_paired hours = neapi_replications_paired(r, NEAPI_MEASURE_HOURS);
    char label[48];
    neapi_print(label, sizeof label, "over %zu %s", r->values,
                r->by_days ? "days" : "replications");
    neap_document_add_fact(document, label, "%+.2f%% +- %.2f%% container-hours (95%% interval)",
                           0 - 100 * hours.share.mean, 100 * hours.share.half);
}

void neapi_replications_in_short(char *text, size_t size, const struct neapi_replications *r)
{
    text[0] = '\0';
    if (r->by_days || r->values < 2)
        return;
    struct neapi_paired hours = neapi_replications_paired(r, NEAPI_MEASURE_HOURS);
    neapi_print(text, size, "; %.2f%% +- %.2f%% %s over %zu replications",
                fabs(100 * hours.share.mean), 100 * hours.share.half,
                hours.share.mean < 0 ? "more" : "fewer", r->values);
}

static void say_variances(struct neap_document *document, const struct neapi_replications *r)
{
    static const enum neapi_measure told[] = {NEAPI_MEASURE_REQUEST_CPU, NEAPI_MEASURE_HOURS,
                                              NEAPI_MEASURE_P95};
    char text[128] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        double share = neapi_replications_paired(r, told[i]).variance_share;
        if (!isnan(share))
            used += (size_t)neapi_print(text + used, sizeof text - used, "%s%s %.3g",
                                        used > 0 ? ", " : "", measures[told[i]].name, share);
    }
    if (used > 0)
        neap_document_add_fact(document, "variance of the change",
                               "%s of what it would be without common random numbers", text);
}

static void say_what_varies(struct neap_document *document, const struct neap_scenario *scenario)
{
    enum neap_arrivals arrivals = neap_recording_arrivals(neap_scenario_recording(scenario), NULL);
    if (neap_scenario_run(scenario)->engine == NEAP_ENGINE_TICK)
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "replications differ in how long containers take to start and in "
                               "the noise of readings: the tick engine draws nothing else");
    else if (arrivals == NEAP_ARRIVALS_RECORDED)
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "replications differ in what requests need: when they come is "
                               "recorded, so the interval is not about other traffic");
    else if (arrivals == NEAP_ARRIVALS_EXACT)
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "replications differ in what requests need and when within their "
                               "interval they come: how many is recorded (arrivals = exact), so "
                               "the interval is not about other traffic");
    neap_document_add_note(document, NEAP_NOTE_PLAIN,
                           "other tables and pictures show the first replication");
}

static void warn_of_precision(struct neap_document *document, const struct neapi_replications *r)
{
    double half = neapi_replications_paired(r, NEAPI_MEASURE_HOURS).share.half;
    if (isnan(r->precision_share) || r->reached)
        return;
    neap_document_add_note(document, NEAP_NOTE_WARNING,
                           "the saving is known within %.2g%% of the container-hours before, not "
                           "within the %.2g%% asked for, after %zu replications: ask for less, or "
                           "give run.replications = %zu",
                           100 * half, 100 * r->precision_share, r->count, 2 * r->count);
}

void neapi_replications_show(struct neap_document *document, const struct neap_scenario *scenario,
                             const struct neapi_replications *r)
{
    describe(document, scenario, r);
    if (r->values > 1) {
        add_table(document, scenario, r);
        say_saving(document, r);
    } else if (neap_scenario_run(scenario)->engine != NEAP_ENGINE_TICK) {
        neap_document_add_note(document, NEAP_NOTE_PLAIN,
                               "one replication of fewer than %d days has no interval: see "
                               "--replications and --precision",
                               NEAPI_DAYS_LEAST);
    }
    if (r->by_days)
        neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                               "the interval over days takes them for independent of each other "
                               "(correlation of neighbours %.2f)",
                               r->lag);
    if (r->count < 2)
        return;
    say_variances(document, r);
    say_what_varies(document, scenario);
    warn_of_precision(document, r);
}

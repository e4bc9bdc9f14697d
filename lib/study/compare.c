/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * compare: the same traffic under each profile of the scenario, and what that saves. Differences
 * are between runs that share every random number, so that equal profiles differ by exactly 0. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "study/variant.h"

enum { DIGITS = 10 };

/* What one variant saves against another. */
struct saving {
    double container_hours, share; /* share NaN when there was nothing to save */
    struct neap_decimal cost;
};

static enum neap_status find_saving(struct saving *saving, const struct neapi_variant *from,
                                    const struct neapi_variant *to, struct neap_error *error)
{
    saving->container_hours = from->container_hours - to->container_hours;
    saving->share =
        from->container_hours > 0 ? saving->container_hours / from->container_hours : (double)NAN;
    return neap_decimal_subtract(&saving->cost, &from->cost, &to->cost, error);
}

/* --- the tree ------------------------------------------------------------------------------------- */

static void describe_saving(struct neap_node *parent, const struct neap_scenario *scenario,
                            const struct saving *saving)
{
    struct neap_node *node = neap_node_object(parent, "saving");
    neap_node_number(node, "container_hours", saving->container_hours, DIGITS);
    neapi_describe_cost(node, "cost", scenario, &saving->cost);
    neap_node_number(node, "share", saving->share, DIGITS);
    neap_node_null(node, "low");
    neap_node_null(node, "high");
}

static enum neap_status describe_steps(struct neap_document *document,
                                       const struct neap_scenario *scenario,
                                       const struct neapi_variant *variants, size_t count,
                                       struct neap_error *error)
{
    struct neap_node *steps = neap_node_array(neap_document_root(document), "steps");
    for (size_t i = 1; i < count; i++) {
        struct saving saving;
        enum neap_status status = find_saving(&saving, &variants[i - 1], &variants[i], error);
        if (status != NEAP_OK)
            return status;
        struct neap_node *step = neap_node_object(steps, NULL);
        neap_node_text(step, "from", neap_profile_name(variants[i - 1].profile));
        neap_node_text(step, "to", neap_profile_name(variants[i].profile));
        describe_saving(step, scenario, &saving);
        neap_node_array(step, "waterfall");
    }
    return NEAP_OK;
}

static enum neap_status fill_tree(struct neap_document *document,
                                  const struct neap_scenario *scenario,
                                  const struct neapi_variant *variants, size_t count,
                                  const struct saving *saving, struct neap_error *error)
{
    struct neap_node *root = neap_document_root(document);
    neapi_describe_inputs(document, scenario);
    neapi_describe_traffic(document, scenario);
    struct neap_node *array = neap_node_array(root, "variants");
    for (size_t i = 0; i < count; i++)
        neapi_describe_variant(array, scenario, &variants[i]);
    enum neap_status status = describe_steps(document, scenario, variants, count, error);
    describe_saving(root, scenario, saving);
    neap_node_array(root, "waterfall");
    neap_node_array(root, "weeks");
    neap_node_null(root, "validation");
    return status;
}

/* --- the table ------------------------------------------------------------------------------------ */

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
static double failed(const struct neapi_variant *v)
{
    return round(v->failed); /* expected values: a fraction of a request tells nothing */
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
                                  {"cost", NULL, cost},
                                  {"mean replicas", "", mean_replicas},
                                  {"peak replicas", "", peak_replicas},
                                  {"CPU-hours", "h", cpu_hours},
                                  {"latency p50", "ms", p50_ms},
                                  {"latency p95", "ms", p95_ms},
                                  {"latency p99", "ms", p99_ms},
                                  {"minutes over the SLO", "min", slo_minutes},
                                  {"failed requests", "", failed},
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
    if (row->value != pending_hours)
        return true;
    for (size_t i = 0; i < count; i++)
        if (variants[i].hours[NEAP_PENDING] > 0)
            return true;
    return false;
}

/* Fills a table as far as it goes; the first failure is the result. */
#define TRY(call)                             \
    do {                                      \
        enum neap_status try_status = (call); \
        if (try_status != NEAP_OK)            \
            return try_status;                \
    } while (0)

static enum neap_status add_columns(struct neap_table *table, const struct neapi_variant *variants,
                                    size_t count, struct neap_error *error)
{
    const int digits = NEAP_REPORT_ADAPTIVE;
    TRY(neap_table_add_column(table, "metric", NULL, NEAP_COLUMN_TEXT, 0, error));
    TRY(neap_table_add_column(table, "unit", NULL, NEAP_COLUMN_TEXT, 0, error));
    for (size_t i = 0; i < count; i++)
        TRY(neap_table_add_column(table, neap_profile_name(variants[i].profile), NULL,
                                  NEAP_COLUMN_NUMBER, digits, error));
    TRY(neap_table_add_column(table, "change", NULL, NEAP_COLUMN_NUMBER, digits, error));
    return neap_table_add_column(table, "change_percent", "%", NEAP_COLUMN_NUMBER, 1, error);
}

static enum neap_status add_row(struct neap_table *table, const struct row *row, const char *unit,
                                const struct neapi_variant *variants, size_t count,
                                struct neap_error *error)
{
    double first = row->value(&variants[0]), last = row->value(&variants[count - 1]);
    TRY(neap_table_add_row(table, error));
    TRY(neap_table_set_text(table, 0, row->name, error));
    TRY(neap_table_set_text(table, 1, unit, error));
    for (size_t i = 0; i < count; i++)
        TRY(neap_table_set_number(table, 2 + i, row->value(&variants[i]), error));
    TRY(neap_table_set_number(table, 2 + count, last - first, error));
    double percent = last == first ? 0 : first > 0 ? 100 * (last - first) / first : (double)NAN;
    if (row->value == at_minimum) /* a percentage of a percentage would mislead */
        percent = (double)NAN;
    return neap_table_set_number(table, 3 + count, percent, error);
}

static enum neap_status fill_table(struct neap_table *table, const struct neap_scenario *scenario,
                                   const struct neapi_variant *variants, size_t count,
                                   struct neap_error *error)
{
    const struct neap_price *price = neap_scenario_price(scenario);
    TRY(add_columns(table, variants, count, error));
    for (int i = 0; i < ROWS; i++) {
        const char *unit = rows[i].unit != NULL ? rows[i].unit
                           : price != NULL      ? neap_price_currency(price)
                                                : "";
        if (applies(&rows[i], scenario, variants, count))
            TRY(add_row(table, &rows[i], unit, variants, count, error));
    }
    return NEAP_OK;
}

static void add_table(struct neap_document *document, const struct neap_scenario *scenario,
                      const struct neapi_variant *variants, size_t count)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, scenario, variants, count, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_table(document, table);
}

/* --- sentences ------------------------------------------------------------------------------------ */

/* " and saves 257.07 USD", " and costs ... more", or nothing. */
static void say_money(char *text, size_t size, const struct neap_scenario *scenario,
                      const struct neap_decimal *saved)
{
    const struct neap_price *price = neap_scenario_price(scenario);
    struct neap_decimal nothing = neap_decimal_from_integer(0), size_of = *saved;
    char amount[NEAP_TEXT_SIZE];
    text[0] = '\0';
    if (price == NULL || neap_decimal_compare(saved, &nothing) == 0)
        return;
    size_of.negative = 0;
    neap_decimal_format(&size_of, neap_price_digits(price), amount, sizeof amount);
    neapi_print(text, size, saved->negative ? " and costs %s %s more" : " and saves %s %s", amount,
                neap_price_currency(price));
}

static void say_headline(struct neap_document *document, const struct neap_scenario *scenario,
                         const struct neapi_variant *from, const struct neapi_variant *to,
                         const struct saving *saving)
{
    char length[32], money[NEAP_TEXT_SIZE];
    const char *name = neap_scenario_name(scenario);
    int digits = from->container_hours < 100 ? 1 : 0;
    neapi_describe_length(length, sizeof length, from->summary.window_s);
    say_money(money, sizeof money, scenario, &saving->cost);
    if (saving->container_hours == 0)
        neap_document_set_headline(document,
                                   "%s: %s needs exactly as many container-hours as %s over %s "
                                   "(%.*f h)%s",
                                   name, neap_profile_label(to->profile),
                                   neap_profile_label(from->profile), length, digits,
                                   from->container_hours, money);
    else
        neap_document_set_headline(document,
                                   "%s: %s needs %.1f%% %s container-hours than %s over %s (%.*f h "
                                   "instead of %.*f h)%s",
                                   name, neap_profile_label(to->profile), 100 * fabs(saving->share),
                                   saving->container_hours > 0 ? "fewer" : "more",
                                   neap_profile_label(from->profile), length, digits,
                                   to->container_hours, digits, from->container_hours, money);
}

/* Amounts to the cent; the table shows them like all other numbers. */
static void say_cost(struct neap_document *document, const struct neap_scenario *scenario,
                     const struct neapi_variant *from, const struct neapi_variant *to)
{
    const struct neap_price *price = neap_scenario_price(scenario);
    char before[NEAP_TEXT_SIZE], after[NEAP_TEXT_SIZE];
    if (price == NULL)
        return;
    neap_decimal_format(&from->cost, neap_price_digits(price), before, sizeof before);
    neap_decimal_format(&to->cost, neap_price_digits(price), after, sizeof after);
    neap_document_add_fact(document, "cost", "%s %s before, %s %s after", before,
                           neap_price_currency(price), after, neap_price_currency(price));
}

/* Hourly mean x 730, the way bills are compared: said, since it is not a calendar month. */
static void say_month(struct neap_document *document, const struct neap_scenario *scenario,
                      const struct neapi_variant *from, const struct saving *saving)
{
    double months = from->summary.window_s / 3600 / NEAP_PRICE_MONTH_HOURS;
    const struct neap_price *price = neap_scenario_price(scenario);
    if (!(months > 0))
        return;
    neap_document_add_fact(document, "saving per month",
                           "%.1f container-hours (hourly mean x %d h)",
                           saving->container_hours / months, NEAP_PRICE_MONTH_HOURS);
    if (price != NULL)
        neap_document_add_fact(document, "", "%.*f %s", neap_price_digits(price),
                               neap_decimal_to_double(&saving->cost) / months,
                               neap_price_currency(price));
    double cpu = from->summary.cpu_request_s;
    if (cpu > 0)
        neap_document_add_fact(document, "at the minimum",
                               "%.1f%% of replica-hours before, which cannot move",
                               100 * from->minimum_share);
}

/* --- all of it ------------------------------------------------------------------------------------ */

static enum neap_status fill(struct neap_document *document, const struct neap_scenario *scenario,
                             const struct neapi_variant *variants, size_t count,
                             struct neap_error *error)
{
    const struct neapi_variant *first = &variants[0], *last = &variants[count - 1];
    struct saving saving;
    TRY(find_saving(&saving, first, last, error));
    TRY(fill_tree(document, scenario, variants, count, &saving, error));
    say_headline(document, scenario, first, last, &saving);
    add_table(document, scenario, variants, count);
    say_cost(document, scenario, first, last);
    say_month(document, scenario, first, &saving);
    neapi_describe_model(document, scenario, variants, count);
    return neap_document_status(document, error);
}

/* Progress of one replay as part of several. */
struct part {
    const struct neap_progress *whole;
    size_t index, count;
};

static bool report_part(void *context, uint64_t done, uint64_t total)
{
    const struct part *part = context;
    return part->whole->report(part->whole->context, part->index * total + done,
                               part->count * total);
}

static enum neap_status run_all(struct neapi_variant *variants, size_t count,
                                const struct neap_scenario *scenario,
                                const struct neap_study_options *options, struct neap_error *error)
{
    const struct neap_progress *whole = options == NULL ? NULL : options->progress;
    for (size_t i = 0; i < count; i++) {
        struct part part = {whole, i, count};
        struct neap_progress progress = {report_part, &part};
        TRY(neapi_variant_run(&variants[i], scenario, i, NULL, whole == NULL ? NULL : &progress,
                              error));
    }
    return NEAP_OK;
}

enum neap_status neap_compare(struct neap_document **document, const struct neap_scenario *scenario,
                              const struct neap_study_options *options, struct neap_error *error)
{
    size_t count = neap_scenario_profiles(scenario);
    if (neap_scenario_recording(scenario) == NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "call neap_scenario_load() before a study");
    if (count < 2)
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, neap_scenario_path(scenario), 0, 0,
                             "found one profile, expected at least two to compare: add [profile "
                             "new] with from = %s and cpu_speedup = 1.25",
                             neap_profile_name(neap_scenario_profile(scenario, 0)));
    struct neapi_variant *variants = neapi_allocate(count, sizeof *variants);
    struct neap_document *made = NULL;
    enum neap_status status = variants == NULL ? neapi_no_memory(error, "variants") : NEAP_OK;
    if (status == NEAP_OK)
        status = run_all(variants, count, scenario, options, error);
    if (status == NEAP_OK)
        status = neap_document_new(&made, "neap.compare/1", error);
    if (status == NEAP_OK)
        status = fill(made, scenario, variants, count, error);
    free(variants);
    if (status == NEAP_OK)
        *document = made;
    else
        neap_document_free(made);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/text.h"
#include "study/waterfall.h"

/* --- sentences ------------------------------------------------------------------------------------ */

/* What keeps the hours of a part back; `less` when they fall by more than CPU does, `even` when by
 * as much. */
struct words {
    const char *name, *label, *keeps, *less, *even;
};

static const struct words words[NEAPI_PARTS] = {
    [NEAPI_PART_CPU] = {"cpu_at_target", "CPU at the target",
                        "CPU of requests at the target falls by less than that",
                        "CPU of requests at the target falls by more than that",
                        "CPU of requests at the target falls by as much"},
    [NEAPI_PART_IDLE] = {"idle_cpu", "idle CPU", "idle CPU of each container stays",
                         "idle CPU leaves together with its container",
                         "idle CPU goes together with its container: nothing is lost"},
    [NEAPI_PART_WHOLE] = {"whole_containers", "whole containers",
                          "containers come whole: rounding up keeps a fraction of one",
                          "rounding up to whole containers takes less than before",
                          "rounding up to whole containers keeps nothing back"},
    [NEAPI_PART_MINIMUM] = {"minimum", "minimum replicas",
                            "the minimum number of replicas stays, however little a request costs",
                            "the minimum number of replicas holds less often",
                            "the minimum number of replicas keeps nothing back"},
    [NEAPI_PART_MAXIMUM] = {"maximum", "maximum replicas",
                            "the maximum had kept the fleet too small before, now it does less so",
                            "the maximum keeps the fleet too small",
                            "the maximum number of replicas keeps nothing back"},
    [NEAPI_PART_POLICY] = {"policy", "tolerance and windows",
                           "the autoscaler's tolerance and windows hold on to containers",
                           "the autoscaler's tolerance and windows let go of more",
                           "tolerance and windows keep nothing back"},
    [NEAPI_PART_START] = {"start_and_drain", "start-up and drain",
                          "containers that start, drain or follow late readings do not fall as "
                          "much",
                          "containers that start, drain or follow late readings fall by more",
                          "start-up and drain keep nothing back"}};

static void say(struct neapi_term *term, const struct words *word)
{
    double hours = term->container_hours;
    neapi_text_copy(term->sentence, sizeof term->sentence,
                    fabs(hours) < 0.05 ? word->even
                    : hours < 0        ? word->keeps
                                       : word->less);
}

static void say_minimum(struct neapi_term *term, double min)
{
    neapi_print(term->sentence, sizeof term->sentence,
                "at least %.0f replica%s stay%s, however little a request costs", min,
                min == 1 ? "" : "s", min == 1 ? "s" : "");
}

/* --- terms ---------------------------------------------------------------------------------------- */

/* On nodes: its share of one that is full. */
static enum neap_status container_hour(struct neap_decimal *rate,
                                       const struct neap_scenario *scenario,
                                       struct neap_error *error)
{
    const struct neap_nodes_options *nodes = neap_scenario_nodes(scenario);
    *rate = neap_price_container_hour(neap_scenario_price(scenario));
    if (nodes == NULL)
        return NEAP_OK;
    struct neap_decimal slots =
        neap_decimal_from_integer(neap_nodes_slots(nodes, neap_scenario_container(scenario)));
    return neap_decimal_divide(rate, rate, &slots, 12, error);
}

/* hours x what one container costs for one hour, rounded to the currency's digits. */
static enum neap_status price_hours(struct neap_decimal *cost, double hours,
                                    const struct neap_scenario *scenario, struct neap_error *error)
{
    char text[64];
    const struct neap_price *price = neap_scenario_price(scenario);
    struct neap_decimal exact, rate;
    NEAPI_TRY(container_hour(&rate, scenario, error));
    neapi_print(text, sizeof text, "%.6f", hours);
    NEAPI_TRY(neap_decimal_parse(&exact, text, error));
    NEAPI_TRY(neap_decimal_multiply(&exact, &exact, &rate, error));
    *cost = neap_decimal_round(&exact, neap_price_digits(price));
    return NEAP_OK;
}

static enum neap_status add_term(struct neapi_waterfall *w, const struct words *word, double hours,
                                 const struct neap_scenario *scenario, struct neap_error *error)
{
    struct neapi_term *term = &w->term[w->count];
    *term = (struct neapi_term){word->name, word->label, hours, {{0}, 0, 0}, ""};
    if (neap_scenario_price(scenario) != NULL)
        NEAPI_TRY(price_hours(&term->cost, hours, scenario, error));
    say(term, word);
    w->count++;
    return NEAP_OK;
}

/* The first bar: every hour follows the CPU of requests. */
static enum neap_status add_promise(struct neapi_waterfall *w, double less_share, double hours,
                                    const struct neap_scenario *scenario, struct neap_error *error)
{
    static const struct words word = {"cpu_per_request", "CPU per request", "", "", ""};
    NEAPI_TRY(add_term(w, &word, less_share * hours, scenario, error));
    struct neapi_term *term = &w->term[w->count - 1];
    neapi_print(term->sentence, sizeof term->sentence,
                "a request needs %.1f%% %s CPU: so much if all %.0f container-hours followed it",
                100 * fabs(less_share), less_share < 0 ? "more" : "less", hours);
    return NEAP_OK;
}

static double hours_of(const struct neapi_waterfall *w)
{
    double sum = 0;
    for (size_t i = 0; i < w->count; i++)
        sum += w->term[i].container_hours;
    return sum;
}

/* Terms of all parts; the last is what is left, so that no rounding of sums remains. */
static enum neap_status add_parts(struct neapi_waterfall *w, const struct neap_scenario *scenario,
                                  const struct neapi_footprint *from,
                                  const struct neapi_footprint *to, double less_share,
                                  double saved_hours, struct neap_error *error)
{
    for (int part = 0; part < NEAPI_PARTS; part++) {
        double kept = less_share * from->hours[part] - (from->hours[part] - to->hours[part]);
        bool last = part == NEAPI_PARTS - 1;
        bool nothing = fabs(kept) <= 1e-9 * (fabs(from->hours[part]) + fabs(to->hours[part]));
        bool optional = part == NEAPI_PART_CPU || part == NEAPI_PART_MAXIMUM ||
                        (part == NEAPI_PART_IDLE && from->hours[part] == 0);
        if (optional && nothing)
            continue;
        double hours = last ? saved_hours - hours_of(w) : nothing ? 0 : -kept;
        NEAPI_TRY(add_term(w, &words[part], hours, scenario, error));
        if (part == NEAPI_PART_MINIMUM && hours < -0.05)
            say_minimum(&w->term[w->count - 1], from->min);
    }
    return NEAP_OK;
}

/* An autoscaler that does not aim at CPU gives no parts. */
static enum neap_status add_whole(struct neapi_waterfall *w, const struct neap_scenario *scenario,
                                  double saved_hours, struct neap_error *error)
{
    static const struct words word = {
        "policy", "autoscaler",
        "the autoscaler does not aim at CPU: containers do not follow what a request costs",
        "the autoscaler does not aim at CPU, yet containers follow it", "nothing is kept back"};
    return add_term(w, &word, saved_hours - hours_of(w), scenario, error);
}

/* --- money ---------------------------------------------------------------------------------------- */

/* Amounts that the hours do not explain: minimum charges, and the rest of the billing rules. */
static enum neap_status add_money(struct neapi_waterfall *w, const char *name, const char *label,
                                  const char *sentence, const struct neap_decimal *cost)
{
    struct neap_decimal nothing = neap_decimal_from_integer(0);
    if (neap_decimal_compare(cost, &nothing) == 0)
        return NEAP_OK;
    struct neapi_term *term = &w->term[w->count++];
    *term = (struct neapi_term){name, label, 0, *cost, ""};
    neapi_text_copy(term->sentence, sizeof term->sentence, sentence);
    return NEAP_OK;
}

static enum neap_status minimum_amount(struct neap_decimal *amount,
                                       const struct neapi_variant *variant,
                                       const struct neap_price *price, struct neap_error *error)
{
    struct neap_bill minimum = neap_bill_only(&variant->bill, NEAP_BILL_MINIMUM);
    return neap_bill_amount(amount, &minimum, price, error);
}

static enum neap_status add_billing(struct neapi_waterfall *w, const struct neap_price *price,
                                    bool of_nodes, struct neapi_side from, struct neapi_side to,
                                    const struct neapi_saving *saving, struct neap_error *error)
{
    struct neap_decimal before, after, minimum, rest = saving->cost;
    NEAPI_TRY(minimum_amount(&before, from.variant, price, error));
    NEAPI_TRY(minimum_amount(&after, to.variant, price, error));
    NEAPI_TRY(neap_decimal_subtract(&minimum, &before, &after, error));
    NEAPI_TRY(add_money(
        w, "minimum_charge", "minimum charge",
        of_nodes ? "short-lived nodes are charged for the shortest time that is billed"
                 : "short-lived containers are charged for the shortest time that is billed",
        &minimum));
    for (size_t i = 0; i < w->count; i++)
        NEAPI_TRY(neap_decimal_subtract(&rest, &rest, &w->term[i].cost, error));
    if (of_nodes)
        return add_money(w, "nodes", "nodes",
                         rest.negative
                             ? "nodes go whole and late: less of them is in use than before"
                             : "less of the nodes stands empty than before",
                         &rest);
    return add_money(w, "billing", "billing",
                     "hours that are not billed, whole seconds, and amounts in whole cents", &rest);
}

enum neap_status neapi_waterfall_find(struct neapi_waterfall *waterfall,
                                      const struct neap_scenario *scenario, struct neapi_side from,
                                      struct neapi_side to, const struct neapi_saving *saving,
                                      struct neap_error *error)
{
    const struct neapi_footprint *before = from.footprint, *after = to.footprint;
    const struct neap_price *price = neap_scenario_price(scenario);
    waterfall->count = 0;
    if (!(before->demand_s > 0))
        return NEAP_OK;
    double less_share = (before->demand_s - after->demand_s) / before->demand_s;
    NEAPI_TRY(add_promise(waterfall, less_share, from.variant->container_hours, scenario, error));
    if (before->known && after->known)
        NEAPI_TRY(add_parts(waterfall, scenario, before, after, less_share, saving->container_hours,
                            error));
    else
        NEAPI_TRY(add_whole(waterfall, scenario, saving->container_hours, error));
    bool of_nodes = neap_scenario_nodes(scenario) != NULL;
    return price == NULL ? NEAP_OK
                         : add_billing(waterfall, price, of_nodes, from, to, saving, error);
}

/* --- showing it ----------------------------------------------------------------------------------- */

void neapi_waterfall_describe(struct neap_node *parent, const struct neap_scenario *scenario,
                              const struct neapi_waterfall *waterfall)
{
    struct neap_node *array = neap_node_array(parent, "waterfall");
    for (size_t i = 0; i < waterfall->count; i++) {
        const struct neapi_term *term = &waterfall->term[i];
        struct neap_node *node = neap_node_object(array, NULL);
        neap_node_text(node, "name", term->name);
        neap_node_text(node, "label", term->label);
        neap_node_number(node, "container_hours", term->container_hours, 15);
        neapi_describe_cost(node, "cost", scenario, &term->cost);
        neap_node_text(node, "sentence", term->sentence);
    }
}

static enum neap_status add_row(struct neap_table *table, const struct neap_price *price,
                                const struct neapi_term *term, struct neap_error *error)
{
    size_t column = 0;
    NEAPI_TRY(neap_table_add_row(table, error));
    NEAPI_TRY(neap_table_set_text(table, column++, term->label, error));
    NEAPI_TRY(neap_table_set_number(table, column++, term->container_hours, error));
    if (price != NULL)
        NEAPI_TRY(
            neap_table_set_number(table, column++, neap_decimal_to_double(&term->cost), error));
    return neap_table_set_text(table, column, term->sentence, error);
}

static enum neap_status fill_table(struct neap_table *table, const struct neap_price *price,
                                   const struct neapi_waterfall *waterfall,
                                   const struct neapi_saving *saving, struct neap_error *error)
{
    struct neapi_term sum = {"saving", "saving", saving->container_hours, saving->cost,
                             "what is saved"};
    NEAPI_TRY(neap_table_add_column(table, "step", NULL, NEAP_COLUMN_TEXT, 0, error));
    NEAPI_TRY(
        neap_table_add_column(table, "change_container_hours", "h", NEAP_COLUMN_NUMBER, 1, error));
    if (price != NULL)
        NEAPI_TRY(neap_table_add_column(table, "change_cost", neap_price_currency(price),
                                        NEAP_COLUMN_NUMBER, neap_price_digits(price), error));
    NEAPI_TRY(neap_table_add_column(table, "why", NULL, NEAP_COLUMN_TEXT, 0, error));
    for (size_t i = 0; i < waterfall->count; i++)
        NEAPI_TRY(add_row(table, price, &waterfall->term[i], error));
    return add_row(table, price, &sum, error);
}

void neapi_waterfall_show(struct neap_document *document, const struct neap_scenario *scenario,
                          const struct neapi_waterfall *waterfall,
                          const struct neapi_saving *saving, const char *of)
{
    static const struct neap_chart_series hours = {.column = "change_container_hours",
                                                   .label = "container-hours"};
    static const struct neap_chart chart = {
        .kind = NEAP_CHART_WATERFALL,
        .table = "waterfall",
        .title = "From CPU per request to container-hours saved",
        .caption = "What less CPU per request promises, what of it does not become fewer "
                   "containers, and what remains.",
        .x = "step",
        .series = &hours,
        .series_count = 1};
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    char title[NEAP_TEXT_SIZE];
    if (waterfall->count == 0)
        return;
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, neap_scenario_price(scenario), waterfall, saving, &error);
    neap_document_fail(document, status, &error);
    neapi_print(title, sizeof title, "Where the saving goes, from CPU per request to cash%s", of);
    neap_document_add_named_table(document, "waterfall", title, table, 0);
    neap_document_add_chart(document, &chart);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * compare: the same traffic under each profile of the scenario, what that saves, and where the
 * saving goes. */
#include <math.h>

#include "base/fail.h"
#include "base/text.h"
#include "study/compare.h"

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

/* "9.8% fewer", "1.2% more". */
static void say_share(char *text, size_t size, double share)
{
    neapi_print(text, size, "%.1f%% %s", 100 * fabs(share), share < 0 ? "more" : "fewer");
}

/* "4.1% to 9.8% fewer", "between 1.2% more and 9.8% fewer". */
static void say_range(char *text, size_t size, const struct neapi_saving range[2])
{
    char low[64], high[64];
    say_share(low, sizeof low, range[0].share);
    say_share(high, sizeof high, range[1].share);
    if (range[0].share < 0 && range[1].share >= 0)
        neapi_print(text, size, "between %s and %s", low, high);
    else if (range[0].share < 0)
        neapi_print(text, size, "%.1f%% to %s", 100 * -range[1].share, low);
    else
        neapi_print(text, size, "%.1f%% to %s", 100 * range[0].share, high);
}

struct words {
    const char *service, *from, *to;
    char length[32], money[NEAP_TEXT_SIZE], hours[64];
};

static void find_words(struct words *words, const struct neapi_comparison *c,
                       const struct neapi_saving *saving)
{
    const struct neapi_variant *from = &c->variant[0], *to = &c->variant[c->count - 1];
    int digits = from->container_hours < 100 ? 1 : 0;
    words->service = neap_scenario_name(c->scenario);
    words->from = neap_profile_label(from->profile);
    words->to = neap_profile_label(to->profile);
    neapi_describe_length(words->length, sizeof words->length, from->summary.window_s);
    say_money(words->money, sizeof words->money, c->scenario, &saving->cost);
    neapi_print(words->hours, sizeof words->hours, "%.*f h instead of %.*f h", digits,
                to->container_hours, digits, from->container_hours);
}

/* A range leads, and its middle follows: one number would promise too much. */
static void say_headline(struct neap_document *document, const struct neapi_comparison *c,
                         const struct neapi_saving *saving, const struct neapi_saving *range)
{
    char share[64], between[128], again[96];
    struct words w;
    find_words(&w, c, saving);
    neapi_replications_in_short(again, sizeof again, &c->replications);
    say_share(share, sizeof share, saving->share);
    if (range != NULL && range[1].container_hours > range[0].container_hours) {
        say_range(between, sizeof between, range);
        neap_document_set_headline(
            document, "%s: %s needs %s container-hours than %s over %s; in the middle %s (%s)%s%s",
            w.service, w.to, between, w.from, w.length, share, w.hours, w.money, again);
    } else if (saving->container_hours == 0)
        neap_document_set_headline(
            document, "%s: %s needs exactly as many container-hours as %s over %s (%.*f h)%s",
            w.service, w.to, w.from, w.length, c->variant[0].container_hours < 100 ? 1 : 0,
            c->variant[0].container_hours, w.money);
    else
        neap_document_set_headline(
            document, "%s: %s needs %s container-hours than %s over %s (%s)%s%s", w.service, w.to,
            share, w.from, w.length, w.hours, w.money, again);
}

/* The ends of a range in hours and money. */
static void say_ends(struct neap_document *document, const struct neapi_comparison *c,
                     const struct neapi_saving range[2])
{
    const struct neap_price *price = neap_scenario_price(c->scenario);
    static const char *const end[2] = {"at least", "at most"};
    for (int i = 0; i < 2; i++) {
        char amount[NEAP_TEXT_SIZE] = "";
        if (price != NULL)
            neap_decimal_format(&range[i].cost, neap_price_digits(price), amount, sizeof amount);
        neap_document_add_fact(document, end[i], "%.0f container-hours saved%s%s%s%s",
                               range[i].container_hours, price != NULL ? ", " : "", amount,
                               price != NULL ? " " : "",
                               price != NULL ? neap_price_currency(price) : "");
    }
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
                      const struct neapi_variant *from, const struct neapi_saving *saving)
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

/* What an unmeasured profile rests on, and what would settle it. */
static void say_unmeasured(struct neap_document *document, const struct neapi_comparison *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct neap_profile *profile = c->variant[i].profile;
        const char *label = neap_profile_label(profile);
        if (neap_profile_range_text(profile)[0] != '\0')
            neap_document_add_note(document, NEAP_NOTE_ASSUMPTION, "%s: %s", label,
                                   neap_profile_range_text(profile));
        if (neap_profile_assumption(profile)[0] != '\0')
            neap_document_add_note(document, NEAP_NOTE_WARNING, "%s: %s", label,
                                   neap_profile_assumption(profile));
        if (neap_profile_measurement(profile)[0] != '\0')
            neap_document_add_fact(document, "what would settle it", "%s: %s", label,
                                   neap_profile_measurement(profile));
    }
}

/* --- the tree ------------------------------------------------------------------------------------- */

static enum neap_status find_waterfall(struct neapi_waterfall *waterfall,
                                       const struct neapi_comparison *c, size_t from, size_t to,
                                       const struct neapi_saving *saving, struct neap_error *error)
{
    struct neapi_side before = {&c->variant[from], &c->footprint[from]};
    struct neapi_side after = {&c->variant[to], &c->footprint[to]};
    return neapi_waterfall_find(waterfall, c->scenario, before, after, saving, error);
}

/* "saving" and "waterfall" of one step, or of the whole. */
static enum neap_status describe_change(struct neap_node *node, const struct neapi_comparison *c,
                                        size_t from, size_t to, struct neap_error *error)
{
    struct neapi_saving saving, range[2];
    struct neapi_waterfall waterfall;
    NEAPI_TRY(neapi_comparison_saving(&saving, range, c, from, to, error));
    NEAPI_TRY(find_waterfall(&waterfall, c, from, to, &saving, error));
    neapi_saving_describe(node, c->scenario, &saving, c->range ? range : NULL);
    neapi_waterfall_describe(node, c->scenario, &waterfall);
    return NEAP_OK;
}

static enum neap_status describe_steps(struct neap_document *document,
                                       const struct neapi_comparison *c, struct neap_error *error)
{
    struct neap_node *steps = neap_node_array(neap_document_root(document), "steps");
    for (size_t i = 1; i < c->count; i++) {
        struct neap_node *step = neap_node_object(steps, NULL);
        neap_node_text(step, "from", neap_profile_name(c->variant[i - 1].profile));
        neap_node_text(step, "to", neap_profile_name(c->variant[i].profile));
        NEAPI_TRY(describe_change(step, c, i - 1, i, error));
    }
    return NEAP_OK;
}

static enum neap_status fill_tree(struct neap_document *document, const struct neapi_comparison *c,
                                  struct neap_error *error)
{
    struct neap_node *root = neap_document_root(document);
    neapi_describe_inputs(document, c->scenario);
    neapi_describe_traffic(document, c->scenario);
    struct neap_node *array = neap_node_array(root, "variants");
    for (size_t i = 0; i < c->count; i++)
        neapi_describe_variant(array, c->scenario, &c->variant[i]);
    NEAPI_TRY(describe_steps(document, c, error));
    NEAPI_TRY(describe_change(root, c, 0, c->count - 1, error));
    neapi_weeks_describe(document, &c->deployed.weeks);
    neap_node_null(root, "validation");
    return NEAP_OK;
}

/* --- all of it ------------------------------------------------------------------------------------ */

static enum neap_status fill(struct neap_document *document, const struct neapi_comparison *c,
                             struct neap_error *error)
{
    const struct neapi_variant *first = &c->variant[0], *last = &c->variant[c->count - 1];
    struct neapi_saving saving, range[2];
    struct neapi_waterfall waterfall;
    NEAPI_TRY(neapi_comparison_saving(&saving, range, c, 0, c->count - 1, error));
    NEAPI_TRY(find_waterfall(&waterfall, c, 0, c->count - 1, &saving, error));
    NEAPI_TRY(fill_tree(document, c, error));
    say_headline(document, c, &saving, c->range ? range : NULL);
    neapi_compare_summary(document, c);
    neapi_replications_show(document, c->scenario, &c->replications);
    neapi_compare_engines(document, c);
    neapi_compare_pictures(document, c);
    neapi_waterfall_show(document, c->scenario, &waterfall, &saving,
                         c->range ? ", in the middle of the range" : "");
    neapi_compare_classes(document, c);
    if (c->has_deployments)
        neapi_weeks_show(document, &c->deployed.weeks);
    if (c->range)
        say_ends(document, c, range);
    say_cost(document, c->scenario, first, last);
    say_month(document, c->scenario, first, &saving);
    neapi_compare_deployments(document, c);
    say_unmeasured(document, c);
    neapi_describe_model(document, c->scenario, c->variant, c->count);
    return neap_document_status(document, error);
}

static enum neap_status check(const struct neap_scenario *scenario, struct neap_error *error)
{
    if (neap_scenario_recording(scenario) == NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "call neap_scenario_load() before a study");
    if (neap_scenario_profiles(scenario) < 2)
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, neap_scenario_path(scenario), 0, 0,
                             "found one profile, expected at least two to compare: add [profile "
                             "new] with from = %s and cpu_speedup = 1.25",
                             neap_profile_name(neap_scenario_profile(scenario, 0)));
    return NEAP_OK;
}

enum neap_status neap_compare(struct neap_document **document, const struct neap_scenario *scenario,
                              const struct neap_study_options *options, struct neap_error *error)
{
    struct neapi_comparison comparison;
    struct neap_document *made = NULL;
    NEAPI_TRY(check(scenario, error));
    enum neap_status status = neapi_comparison_run(&comparison, scenario, options, error);
    if (status == NEAP_OK)
        status = neap_document_new(&made, "neap.compare/1", error);
    if (status == NEAP_OK)
        status = fill(made, &comparison, error);
    neapi_comparison_clear(&comparison);
    if (status == NEAP_OK)
        *document = made;
    else
        neap_document_free(made);
    return status;
}

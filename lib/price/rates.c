/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rates hold: the settings' own, or the rows of a price file. */
#include <limits.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "price/impl.h"

const struct neapi_rate_name neapi_rate_names[NEAPI_RATE_KINDS] = {
    {"vCPU", "vCPU-hour", "price.vcpu_hour"},
    {"memory", "GiB-hour", "price.gib_hour"},
    {"container", "container-hour", "price.container_hour"},
    {"node", "node-hour", "price.node_hour"}};

/* Which of the shipped lists there is nothing to be had from, and why. */
static enum neap_status check_list(const struct neapi_price_build *build)
{
    const struct neap_price_options *options = build->options;
    bool instance = build->list->sizes == NEAPI_SIZES_INSTANCE;
    bool machines = instance || build->list->sizes == NEAPI_SIZES_OWN;
    if (options->of_nodes && !machines)
        return neapi_fail(build->error, NEAP_BAD_SCENARIO,
                          "price.list: %s sells containers, not the nodes of a section [nodes]: "
                          "remove that, or take a list of machines, such as aws-ec2",
                          build->list->name);
    if (instance && !options->of_nodes)
        return neapi_fail(build->error, NEAP_BAD_SCENARIO,
                          "price.list: %s sells machines: add a section [nodes] that says their "
                          "size",
                          build->list->name);
    if (instance != neapi_given(options->instance))
        return neapi_fail(build->error, NEAP_BAD_SCENARIO,
                          instance ? "price.list: %s has many machines: name one with instance"
                                   : "price.instance: list %s has none: remove it",
                          build->list->name);
    return NEAP_OK;
}

enum neap_status neapi_rates_of_list(struct neapi_price_build *build)
{
    char names[400], near[NEAP_TEXT_SIZE];
    const char *wanted = build->options->list;
    build->list = neapi_list_find(wanted);
    if (build->list == NULL) {
        neapi_list_names(names, sizeof names, "|");
        bool close = neap_suggest(names, wanted, near, sizeof near);
        neapi_list_names(names, sizeof names, ", ");
        return neapi_fail(build->error, NEAP_BAD_SCENARIO,
                          "price.list: found \"%.60s\"%s%s%s, expected one of %s", wanted,
                          close ? " (did you mean " : "", close ? near : "", close ? "?)" : "",
                          names);
    }
    if (check_list(build) != NEAP_OK)
        return NEAP_BAD_SCENARIO;
    if (build->data_directory == NULL)
        return neapi_fail(
            build->error, NEAP_NO_INPUT,
            "price.list = %s: the shipped price lists are not installed; give your own "
            "rates with vcpu_hour and gib_hour",
            wanted);
    build->query.provider = build->list->provider;
    build->query.products = build->list->products;
    if (build->list->sizes == NEAPI_SIZES_INSTANCE) {
        const char *name = strstr(build->list->products, "%s");
        neapi_print(build->product, sizeof build->product, "%.*s%s%s",
                    (int)(name - build->list->products), build->list->products,
                    build->options->instance, name + 2);
        build->query.products = build->product;
    }
    build->query.region =
        neapi_given(build->options->region) ? build->options->region : build->list->region;
    return NEAP_OK;
}

enum neap_status neapi_rates_given(struct neapi_price_build *build)
{
    const char *texts[] = {build->options->vcpu_hour, build->options->gib_hour,
                           build->options->container_hour, build->options->node_hour};
    enum neap_status status = NEAP_OK;
    for (int kind = 0; kind < NEAPI_RATE_KINDS && status == NEAP_OK; kind++) {
        build->rate[kind].found = neapi_given(texts[kind]);
        if (neapi_given(texts[kind]))
            status = neapi_rate_parse(&build->rate[kind].rate, texts[kind],
                                      neapi_rate_names[kind].key, build->error);
    }
    return status;
}

/* "a|b" as "a, b". */
static void spell(char *text, size_t size, const char *choices)
{
    text[0] = '\0';
    for (size_t used = 0; *choices != '\0' && used + 2 < size; choices++) {
        text[used++] = *choices == '|' ? ',' : *choices;
        if (*choices == '|')
            text[used++] = ' ';
        text[used] = '\0';
    }
}

/* Says which of region, product and date is to blame for an empty answer. */
static enum neap_status nothing_found(const struct neapi_price_build *build)
{
    static const struct {
        enum neapi_sheet_column column;
        const char *key;
    } blames[] = {{NEAPI_DATE, "date"}, {NEAPI_REGION, "region"}, {NEAPI_PRODUCT, "product"}};
    struct neapi_query wider = build->query;
    const char *wanted[] = {build->query.date_text, build->query.region, build->query.products};
    char there[240], spelled[400], near[NEAP_TEXT_SIZE];
    for (size_t i = 0; i < 3; i++) {
        if (i == 1)
            wider.region = NULL;
        if (i == 2)
            wider.products = wider.provider = NULL;
        if (neapi_sheet_list(&build->sheet, &wider, blames[i].column, there, sizeof there) == 0)
            continue;
        bool close = i > 0 && neap_suggest(there, wanted[i], near, sizeof near);
        if (i == 2 && neapi_given(build->options->instance))
            return neapi_fail(
                build->error, NEAP_BAD_SCENARIO,
                "price.instance: found \"%.60s\", which list %s does not have: rows "
                "with the unit instance-hour in prices/prices.csv are those there are",
                build->options->instance, build->list->name);
        spell(spelled, sizeof spelled, there);
        return neapi_fail(
            build->error, NEAP_BAD_SCENARIO,
            "price.%s: found \"%.60s\"%s%.60s%s, expected %s the list has: %s",
            i == 2 && neapi_given(build->options->instance) ? "instance" : blames[i].key,
            wanted[i] == NULL ? "" : wanted[i], close ? " (did you mean " : "", close ? near : "",
            close ? "?)" : "", i == 0 ? "a date not before those that" : "one that", spelled);
    }
    return neapi_fail_at(build->error, NEAP_BAD_DATA, build->sheet.path, 0, 0,
                         "no row with the unit vCPU-hour, vCPU-second, GiB-hour, GiB-second, "
                         "instance-hour or container-hour");
}

static enum neap_status check_rates(const struct neapi_price_build *build)
{
    const struct neapi_rate *rate = build->rate;
    bool vcpu = rate[NEAPI_RATE_VCPU].found, memory = rate[NEAPI_RATE_MEMORY].found;
    bool container = rate[NEAPI_RATE_CONTAINER].found;
    if (!vcpu && !memory && !container)
        return nothing_found(build);
    if (container && (vcpu || memory))
        return neapi_fail_at(build->error, NEAP_BAD_DATA, build->sheet.path, 0, 0,
                             "prices per container and per vCPU or GiB at once: say with "
                             "price.product which are meant");
    if (neapi_given(build->options->list) && !container && (!vcpu || !memory))
        return neapi_fail_at(build->error, NEAP_BAD_DATA, build->sheet.path, 0, 0,
                             "list %s has no price per %s in %.60s as of that date: choose another "
                             "region or date",
                             build->list->name, vcpu ? "GiB-hour" : "vCPU-hour",
                             build->query.region);
    return NEAP_OK;
}

/* The sheet is read; picks the rates that options ask for. */
enum neap_status neapi_rates_pick(struct neapi_price_build *build)
{
    enum neap_status status = NEAP_OK;
    build->query.date_limit = INT_MAX;
    build->query.date_text = build->options->date;
    if (neapi_given(build->options->date) &&
        !neapi_date_parse(&build->query.date_limit, build->options->date, true))
        return neapi_fail(
            build->error, NEAP_BAD_SCENARIO,
            "price.date: found \"%.60s\", expected a date such as 2026-08-01, 2026-08 or "
            "2026",
            build->options->date);
    for (int kind = 0; kind < NEAPI_RATE_NODE && status == NEAP_OK; kind++)
        status = neapi_rate_find(&build->rate[kind], &build->sheet, &build->query,
                                 (enum neapi_rate_kind)kind, build->error);
    if (status == NEAP_OK)
        status = check_rates(build);
    if (status == NEAP_OK && build->options->of_nodes) {
        build->rate[NEAPI_RATE_NODE] = build->rate[NEAPI_RATE_CONTAINER];
        build->rate[NEAPI_RATE_CONTAINER].found = false;
    }
    return status;
}

const struct neapi_rate *neapi_rates_first(const struct neapi_price_build *build)
{
    const struct neapi_rate *rate = build->rate;
    while (!rate->found)
        rate++; /* check_rates() saw that there is one */
    return rate;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of a price, and which of them go together. */
#include <string.h>

#include "base/fail.h"
#include "price/impl.h"

#define PRICE(field) offsetof(struct neap_price_options, field)

static const struct neap_parameter parameters[] = {
    {"list", NEAP_TEXT, PRICE(list), "", 0, 0, NULL, "a shipped price list, such as aws-fargate"},
    {"file", NEAP_TEXT, PRICE(file), "", 0, 0, NULL,
     "a price list of your own: CSV with the columns of prices.csv"},
    {"product", NEAP_TEXT, PRICE(product), "", 0, 0, NULL,
     "with file: its product, when it holds several"},
    {"region", NEAP_TEXT, PRICE(region), "", 0, 0, NULL,
     "region of the list; default the list's own, us-east-1 for AWS"},
    {"instance", NEAP_TEXT, PRICE(instance), "", 0, 0, NULL,
     "with a list of machines: which one the nodes are, such as m5.xlarge"},
    {"date", NEAP_TEXT, PRICE(date), "", 0, 0, NULL,
     "rows of the list after this date are not used; default the newest"},
    {"container_hour", NEAP_TEXT, PRICE(container_hour), "", 0, 0, NULL,
     "price of one container for an hour"},
    {"node_hour", NEAP_TEXT, PRICE(node_hour), "", 0, 0, NULL,
     "price of one node for an hour, with a section [nodes]"},
    {"vcpu_hour", NEAP_TEXT, PRICE(vcpu_hour), "", 0, 0, NULL,
     "price of one vCPU for an hour; with [nodes] of theirs"},
    {"gib_hour", NEAP_TEXT, PRICE(gib_hour), "", 0, 0, NULL,
     "price of one GiB of memory for an hour"},
    {"currency", NEAP_TEXT, PRICE(currency), "USD", 0, 0, NULL, "ISO 4217 code"},
    {"minimum", NEAP_SECONDS, PRICE(minimum_s), "", 0, 86400, NULL,
     "least time charged for a container; default the list's, else 0s"},
    {"granularity", NEAP_SECONDS, PRICE(granularity_s), "", 0, 86400, NULL,
     "a container's time is rounded up to multiples of it; default the list's, 1s for a file, else "
     "not rounded"},
    {"billing_start", NEAP_CHOICE, PRICE(billing_start), "pull", 0, 0, "pull|ready",
     "charged from the image download or from ready on"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

const struct neap_parameter *neap_price_parameters(void)
{
    return parameters;
}

void neap_price_options_init(struct neap_price_options *options)
{
    neap_parameters_init(parameters, options);
    options->of_nodes = false;
}

bool neapi_given(const char *text)
{
    return text[0] != '\0';
}

static enum neap_status check_source(const struct neap_price_options *options,
                                     struct neap_error *error)
{
    const char *keys[] = {"list", "file", "container_hour", "node_hour", "vcpu_hour or gib_hour"};
    bool set[] = {neapi_given(options->list), neapi_given(options->file),
                  neapi_given(options->container_hour), neapi_given(options->node_hour),
                  neapi_given(options->vcpu_hour) || neapi_given(options->gib_hour)};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        if (set[i] && first != NULL)
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "found price.%s and price.%s, expected one of list, file, "
                              "container_hour, node_hour, or vcpu_hour and gib_hour: remove one",
                              first, keys[i]);
        first = set[i] ? keys[i] : first;
    }
    if (neapi_given(options->product) && !neapi_given(options->file))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "price.product goes with price.file: remove it, or name the file");
    bool dated = neapi_given(options->region) || neapi_given(options->date);
    if (dated && !neapi_given(options->list) && !neapi_given(options->file))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "price.%s goes with price.list or price.file: remove it, or name a list",
                          neapi_given(options->region) ? "region" : "date");
    return NEAP_OK;
}

/* What is billed are either containers or the nodes below them. */
static enum neap_status check_unit(const struct neap_price_options *options,
                                   struct neap_error *error)
{
    if (options->of_nodes && neapi_given(options->container_hour))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "price.container_hour: with a section [nodes] the bill is that of the "
                          "nodes: give node_hour in its place");
    if (!options->of_nodes && neapi_given(options->node_hour))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "price.node_hour: goes with a section [nodes], which there is not: add "
                          "it, or give container_hour");
    if (neapi_given(options->instance) && !neapi_given(options->list))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "price.instance: goes with price.list: remove it, or name a list of "
                          "machines, such as aws-ec2");
    return NEAP_OK;
}

static enum neap_status check_currency(const struct neap_price_options *options,
                                       struct neap_error *error)
{
    const char *code = options->currency;
    bool good = strlen(code) == 3;
    for (size_t i = 0; good && i < 3; i++)
        good = code[i] >= 'A' && code[i] <= 'Z';
    if (!good)
        return neapi_fail(
            error, NEAP_BAD_SCENARIO,
            "price.currency: found \"%.60s\", expected a code such as USD, EUR or JPY", code);
    if (neapi_given(options->list) && strcmp(code, "USD") != 0)
        return neapi_fail(
            error, NEAP_BAD_SCENARIO,
            "price.currency: found %s, but the shipped lists are in USD: remove it, or "
            "give your own rates with vcpu_hour and gib_hour, container_hour or file",
            code);
    return NEAP_OK;
}

/* Digits behind the point by ISO 4217, where it is not 2. */
int neapi_currency_digits(const char *code)
{
    static const char none[] = "BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF";
    static const char three[] = "BHD|IQD|JOD|KWD|LYD|OMR|TND";
    if (neapi_one_of(none, code))
        return 0;
    return neapi_one_of(three, code) ? 3 : 2;
}

enum neap_status neapi_price_check(const struct neap_price_options *options,
                                   struct neap_error *error)
{
    enum neap_status status = check_source(options, error);
    if (status == NEAP_OK)
        status = check_unit(options, error);
    return status == NEAP_OK ? check_currency(options, error) : status;
}

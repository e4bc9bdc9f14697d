/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From settings to a price: which rates, of what size, under which rules. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "price/impl.h"

/* --- rules ------------------------------------------------------------------------------------- */

static enum neap_status set_rules(struct neap_price *price, const struct neapi_price_build *build)
{
    const struct neap_price_options *options = build->options;
    const double most_s = 366 * 86400.0;
    price->minimum_ns = build->list == NULL ? 0 : build->list->minimum_ns;
    price->granularity_ns = neapi_given(options->file) ? 1000000000 : 0;
    if (build->list != NULL)
        price->granularity_ns = build->list->granularity_ns;
    if (options->minimum_s < 0 || options->minimum_s > most_s || options->granularity_s < 0 ||
        options->granularity_s > most_s)
        return neapi_fail(build->error, NEAP_BAD_SCENARIO,
                          "price.minimum and price.granularity are durations of 0s to 1 year");
    if (!isnan(options->minimum_s))
        price->minimum_ns = llround(options->minimum_s * 1e9);
    if (!isnan(options->granularity_s))
        price->granularity_ns = llround(options->granularity_s * 1e9);
    price->billing_start = options->billing_start == NEAP_BILLING_FROM_READY
                               ? NEAP_BILLING_FROM_READY
                               : NEAP_BILLING_FROM_PULL;
    neapi_text_copy(price->currency, sizeof price->currency, options->currency);
    price->digits = neapi_currency_digits(price->currency);
    return NEAP_OK;
}

/* --- sizes and lines ------------------------------------------------------------------------------- */

static enum neap_status needed(struct neap_error *error, const char *key, const char *unit)
{
    return neapi_fail(error, NEAP_BAD_SCENARIO, "a price per %s needs %s: set it", unit, key);
}

/* A vCPU as people write it: the double nearest to 0.1 is 0.1. */
static enum neap_status exact_vcpu(struct neap_decimal *size, double vcpu, struct neap_error *error)
{
    char text[32];
    neapi_print(text, sizeof text, "%.12g", vcpu);
    return neap_decimal_parse(size, text, error);
}

/* Any whole number of bytes is a finite decimal number of GiB. */
static enum neap_status exact_gib(struct neap_decimal *size, double bytes, struct neap_error *error)
{
    struct neap_decimal whole = neap_decimal_from_integer(llround(bytes));
    struct neap_decimal per_gib = neap_decimal_from_integer(INT64_C(1) << 30), gib;
    enum neap_status status = neap_decimal_divide(&gib, &whole, &per_gib, 30, error);
    char text[64];
    if (status != NEAP_OK)
        return status;
    int length = neap_decimal_format(&gib, -1, text, sizeof text);
    while (length > 1 && text[length - 1] == '0')
        text[--length] = '\0'; /* products stay short */
    return neap_decimal_parse(size, text, error);
}

static enum neap_status size_of(struct neap_decimal *size, const struct neapi_price_build *build,
                                enum neapi_rate_kind kind)
{
    bool of_nodes = build->options->of_nodes;
    switch (kind) {
    case NEAPI_RATE_VCPU:
        if (!(build->vcpu > 0 && build->vcpu <= 1e6))
            return needed(build->error, of_nodes ? "nodes.vcpu" : "container.vcpu", "vCPU-hour");
        return exact_vcpu(size, build->vcpu, build->error);
    case NEAPI_RATE_MEMORY:
        if (!(build->memory_bytes > 0 && build->memory_bytes <= 0x1p60))
            return needed(build->error, of_nodes ? "nodes.memory" : "container.memory", "GiB-hour");
        return exact_gib(size, build->memory_bytes, build->error);
    case NEAPI_RATE_CONTAINER:
    case NEAPI_RATE_NODE:
        break;
    }
    *size = neap_decimal_from_integer(1);
    return NEAP_OK;
}

static enum neap_status add_line(struct neap_price *price, const struct neapi_price_build *build,
                                 enum neapi_rate_kind kind)
{
    struct neapi_line *line = &price->line[price->line_count];
    *line = (struct neapi_line){.name = neapi_rate_names[kind].name,
                                .unit = neapi_rate_names[kind].unit};
    line->rate = build->rate[kind].rate;
    enum neap_status status = size_of(&line->size, build, kind);
    if (status == NEAP_OK)
        price->line_count++;
    return status;
}

static enum neap_status add_lines(struct neap_price *price, const struct neapi_price_build *build)
{
    struct neap_decimal hour = {.scale = 0}, part;
    enum neap_status status = NEAP_OK;
    for (int kind = 0; kind < NEAPI_RATE_KINDS && status == NEAP_OK; kind++)
        if (build->rate[kind].found)
            status = add_line(price, build, (enum neapi_rate_kind)kind);
    for (size_t i = 0; i < price->line_count && status == NEAP_OK; i++) {
        status =
            neap_decimal_multiply(&part, &price->line[i].size, &price->line[i].rate, build->error);
        if (status == NEAP_OK)
            status = neap_decimal_add(&hour, &hour, &part, build->error);
    }
    price->container_hour = hour;
    return status;
}

/* --- building --------------------------------------------------------------------------------------- */

static enum neap_status finish(struct neap_price *price, struct neapi_price_build *build)
{
    enum neap_status status = set_rules(price, build);
    bool sold =
        build->list != NULL && neapi_given(build->options->list) &&
        (build->list->sizes == NEAPI_SIZES_FARGATE || build->list->sizes == NEAPI_SIZES_AUTOPILOT);
    if (status == NEAP_OK && sold) { /* the size must be known before it is rounded */
        struct neap_decimal size;
        status = size_of(&size, build, NEAPI_RATE_VCPU);
        if (status == NEAP_OK)
            status = size_of(&size, build, NEAPI_RATE_MEMORY);
        if (status == NEAP_OK)
            status = neapi_size_round(&build->vcpu, &build->memory_bytes, build->list->sizes,
                                      build->data_directory, price->note, sizeof price->note,
                                      build->error);
    }
    if (status == NEAP_OK)
        status = add_lines(price, build);
    return status;
}

static enum neap_status build_own(struct neap_price *price, struct neapi_price_build *build)
{
    enum neap_status status = neapi_rates_given(build);
    if (status == NEAP_OK)
        status = finish(price, build);
    if (status == NEAP_OK)
        neapi_describe(price, build);
    return status;
}

static enum neap_status sheet_path(struct neap_price *price, const struct neapi_price_build *build)
{
    const char *file = build->options->file;
    int length;
    if (neapi_given(build->options->list))
        length = neapi_print(price->source, sizeof price->source, "%s/prices/prices.csv",
                             build->data_directory);
    else if (file[0] == '/' || build->file_directory == NULL)
        length = neapi_print(price->source, sizeof price->source, "%s", file);
    else
        length =
            neapi_print(price->source, sizeof price->source, "%s/%s", build->file_directory, file);
    if ((size_t)length < sizeof price->source)
        return NEAP_OK;
    return neapi_fail(build->error, NEAP_BAD_SCENARIO, "price.file: its name is longer than %d",
                      (int)sizeof price->source - 1);
}

/* A file's product that a shipped list has too is billed by that list's rules. */
static void adopt_rules(struct neapi_price_build *build)
{
    if (build->list == NULL)
        build->list = neapi_list_of_product(
            neapi_sheet_text(&build->sheet, neapi_rates_first(build)->row, NEAPI_PRODUCT));
}

static enum neap_status build_from_sheet(struct neap_price *price, struct neapi_price_build *build)
{
    enum neap_status status = NEAP_OK;
    if (neapi_given(build->options->list))
        status = neapi_rates_of_list(build);
    else
        build->query = (struct neapi_query){.products = build->options->product,
                                            .region = build->options->region};
    if (status == NEAP_OK)
        status = sheet_path(price, build);
    if (status == NEAP_OK)
        status =
            neapi_sheet_read(&build->sheet, price->source, build->options->currency, build->error);
    if (status != NEAP_OK)
        return status;
    status = neapi_rates_pick(build);
    if (status == NEAP_OK) {
        adopt_rules(build);
        status = finish(price, build);
    }
    if (status == NEAP_OK) {
        neapi_describe(price, build);
        neapi_warn(price, build);
    }
    neapi_sheet_free(&build->sheet);
    return status;
}

enum neap_status neap_price_new(struct neap_price **price, const struct neap_price_options *options,
                                double vcpu, double memory_bytes, const char *data_directory,
                                const char *file_directory, struct neap_error *error)
{
    struct neapi_price_build build = {.options = options,
                                      .vcpu = vcpu,
                                      .memory_bytes = memory_bytes,
                                      .data_directory = data_directory,
                                      .file_directory = file_directory,
                                      .error = error};
    bool sheet = neapi_given(options->list) || neapi_given(options->file);
    bool own = neapi_given(options->container_hour) || neapi_given(options->node_hour) ||
               neapi_given(options->vcpu_hour) || neapi_given(options->gib_hour);
    enum neap_status status = neapi_price_check(options, error);
    if (status != NEAP_OK)
        return status;
    if (!sheet && !own) {
        *price = NULL;
        return NEAP_OK;
    }
    struct neap_price *built = neapi_allocate(1, sizeof *built);
    if (built == NULL)
        return neapi_no_memory(error, "a price");
    status = sheet ? build_from_sheet(built, &build) : build_own(built, &build);
    if (status != NEAP_OK) {
        neap_price_free(built);
        return status;
    }
    *price = built;
    return NEAP_OK;
}

void neap_price_free(struct neap_price *price)
{
    free(price);
}

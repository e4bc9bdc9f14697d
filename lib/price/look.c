/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a price tells of itself. */
#include <string.h>

#include "base/text.h"
#include "price/impl.h"

/* Writes behind what is in text already; what does not fit is cut. */
void neapi_append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    neapi_text_copy(text + used, size - used, more);
}

static void describe_rates(struct neap_price *price, const struct neapi_price_build *build)
{
    char text[160], amount[NEAP_TEXT_SIZE];
    for (size_t i = 0; i < price->line_count; i++) {
        neap_decimal_format(&price->line[i].rate, -1, amount, sizeof amount);
        neapi_print(text, sizeof text, "%s%.80s %s per %s", i == 0 ? "" : ", ", amount,
                    price->currency, price->line[i].unit);
        neapi_append(price->description, sizeof price->description, text);
    }
    if (build->rate[NEAPI_RATE_CONTAINER].found || build->rate[NEAPI_RATE_NODE].found)
        return;
    struct neap_decimal hour = neap_price_container_hour(price);
    neap_decimal_format(&hour, -1, amount, sizeof amount);
    neapi_print(text, sizeof text, "; one %s %.80s %s per hour",
                build->options->of_nodes ? "node" : "container", amount, price->currency);
    neapi_append(price->description, sizeof price->description, text);
}

static void describe_sheet(struct neap_price *price, const struct neapi_price_build *build)
{
    const struct neapi_rate *rate = neapi_rates_first(build);
    const char *product = neapi_sheet_text(&build->sheet, rate->row, NEAPI_PRODUCT);
    bool titled = neapi_given(build->options->list) && build->list->sizes != NEAPI_SIZES_INSTANCE;
    const char *parts[] = {titled ? build->list->title : product,
                           neapi_sheet_text(&build->sheet, rate->row, NEAPI_REGION),
                           neapi_sheet_text(&build->sheet, rate->row, NEAPI_DATE)};
    char text[NEAP_TEXT_SIZE] = "";
    for (size_t i = 0; i < 3; i++) {
        neapi_append(text, sizeof text, neapi_given(text) && neapi_given(parts[i]) ? ", " : "");
        neapi_append(text, sizeof text, parts[i]);
    }
    neapi_append(price->description, sizeof price->description, text);
    neapi_append(price->description, sizeof price->description, neapi_given(text) ? ": " : "");
}

void neapi_describe(struct neap_price *price, const struct neapi_price_build *build)
{
    if (build->sheet.table != NULL)
        describe_sheet(price, build);
    describe_rates(price, build);
}

static void warn_of(struct neap_price *price, const struct neapi_price_build *build,
                    enum neapi_rate_kind kind)
{
    char text[320];
    size_t row = build->rate[kind].row;
    const char *confidence = neapi_sheet_text(&build->sheet, row, NEAPI_CONFIDENCE);
    bool doubtful = neapi_given(confidence) && strcmp(confidence, "ok") != 0;
    bool undated = build->rate[kind].date == 0 && build->sheet.column[NEAPI_DATE] != SIZE_MAX;
    if (!doubtful && !undated)
        return;
    neapi_print(text, sizeof text, "%sthe price per %s is %s%.40s%s%s (source: %.120s)",
                neapi_given(price->warning) ? "; " : "", neapi_rate_names[kind].unit,
                doubtful ? "marked " : "", doubtful ? confidence : "",
                doubtful && undated ? " and " : "", undated ? "undated" : "",
                neapi_sheet_text(&build->sheet, row, NEAPI_SOURCE));
    neapi_append(price->warning, sizeof price->warning, text);
}

void neapi_warn(struct neap_price *price, const struct neapi_price_build *build)
{
    for (int kind = 0; kind < NEAPI_RATE_KINDS; kind++)
        if (build->rate[kind].found)
            warn_of(price, build, (enum neapi_rate_kind)kind);
    if (neapi_given(price->warning))
        neapi_append(price->warning, sizeof price->warning, ": check it against your own bill");
}

const char *neap_price_description(const struct neap_price *price)
{
    return price->description;
}

const char *neap_price_warning(const struct neap_price *price)
{
    return price->warning;
}

const char *neap_price_note(const struct neap_price *price)
{
    return price->note;
}

const char *neap_price_source(const struct neap_price *price)
{
    return price->source;
}

const char *neap_price_currency(const struct neap_price *price)
{
    return price->currency;
}

int neap_price_digits(const struct neap_price *price)
{
    return price->digits;
}

enum neap_billing_start neap_price_billing_start(const struct neap_price *price)
{
    return price->billing_start;
}

double neap_price_minimum_s(const struct neap_price *price)
{
    return (double)price->minimum_ns / 1e9;
}

double neap_price_granularity_s(const struct neap_price *price)
{
    return (double)price->granularity_ns / 1e9;
}

struct neap_decimal neap_price_container_hour(const struct neap_price *price)
{
    return price->container_hour;
}

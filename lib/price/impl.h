/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_PRICE_IMPL_H
#define NEAP_PRICE_IMPL_H

#include <neap/price.h>
#include <neap/table.h>

/* What a rate is for. */
enum neapi_rate_kind {
    NEAPI_RATE_VCPU,
    NEAPI_RATE_MEMORY,
    NEAPI_RATE_CONTAINER,
    NEAPI_RATE_NODE /* a sheet's rates per instance become this one where nodes are billed */
};
enum { NEAPI_RATE_KINDS = 4 };

/* Instances are machines by name. Of the others only machines of one's own are nodes. */
enum neapi_sizes {
    NEAPI_SIZES_FREE,
    NEAPI_SIZES_FARGATE,
    NEAPI_SIZES_AUTOPILOT,
    NEAPI_SIZES_INSTANCE,
    NEAPI_SIZES_OWN
};

/* A shipped list: which products of the price file it takes, and its billing rules. */
struct neapi_list {
    const char *name, *title, *provider;
    const char *products; /* "A|B": rows of any of them belong to it; "A %s B" for an instance */
    const char *region;   /* when none is asked for */
    int64_t minimum_ns, granularity_ns;
    enum neapi_sizes sizes;
};

const struct neapi_list *neapi_list_find(const char *name);
/* The list that the product of a price file belongs to, NULL when none does. */
const struct neapi_list *neapi_list_of_product(const char *product);
/* "a|b|c", for suggestions, or with ", " for reading. */
void neapi_list_names(char *text, size_t size, const char *separator);
/* Whether entry is one of "A|B". */
bool neapi_one_of(const char *choices, const char *entry);

/* A price file. Columns that it does not have read as "". */
struct neapi_sheet {
    struct neap_table *table;
    const char *path;
    size_t column[8]; /* by enum neapi_sheet_column; SIZE_MAX: not there */
};

enum neapi_sheet_column {
    NEAPI_PROVIDER,
    NEAPI_PRODUCT,
    NEAPI_REGION,
    NEAPI_UNIT,
    NEAPI_PRICE,
    NEAPI_DATE,
    NEAPI_SOURCE,
    NEAPI_CONFIDENCE
};

/* currency other than USD needs a column price instead of price_usd. */
enum neap_status neapi_sheet_read(struct neapi_sheet *sheet, const char *path, const char *currency,
                                  struct neap_error *error);
void neapi_sheet_free(struct neapi_sheet *sheet);
const char *neapi_sheet_text(const struct neapi_sheet *sheet, size_t row,
                             enum neapi_sheet_column column);

/* Which rows are asked for; NULL or "" asks for any. Dates are year x 10000 + month x 100 + day. */
struct neapi_query {
    const char *provider, *products, *region;
    int date_limit;
    const char *date_text; /* as the user gave it */
};

/* A row found. */
struct neapi_rate {
    bool found;
    size_t row;
    int date;                 /* 0: undated */
    struct neap_decimal rate; /* per hour */
};

/* Finds the newest row of that kind not after the query's date; found is false when no row fits,
 * which is no failure. NEAP_BAD_DATA for a broken or doubled row. */
enum neap_status neapi_rate_find(struct neapi_rate *rate, const struct neapi_sheet *sheet,
                                 const struct neapi_query *query, enum neapi_rate_kind kind,
                                 struct neap_error *error);
/* Reads a rate >= 0; what names it in messages. */
enum neap_status neapi_rate_parse(struct neap_decimal *rate, const char *text, const char *what,
                                  struct neap_error *error);
/* The different texts of a column in the rows that the query asks for, as "a, b"; how many. */
size_t neapi_sheet_list(const struct neapi_sheet *sheet, const struct neapi_query *query,
                        enum neapi_sheet_column column, char *text, size_t size);

/* "2026", "2026-08" or "2026-08-01" as its first or last day; "2025/2026" likewise. */
bool neapi_date_parse(int *date, const char *text, bool last_day);

/* Rounds a container's size up to one that is sold and writes a note when it changed. */
enum neap_status neapi_size_round(double *vcpu, double *memory_bytes, enum neapi_sizes sizes,
                                  const char *data_directory, char *note, size_t note_size,
                                  struct neap_error *error);

/* Names of the kinds of rates. */
struct neapi_rate_name {
    const char *name, *unit, *key;
};
extern const struct neapi_rate_name neapi_rate_names[NEAPI_RATE_KINDS];

struct neapi_line {
    const char *name, *unit;
    struct neap_decimal size, rate;
};

struct neap_price {
    char description[512], warning[640], note[256], source[512], currency[4];
    int digits;
    int64_t minimum_ns, granularity_ns; /* granularity 0: none */
    enum neap_billing_start billing_start;
    struct neapi_line line[NEAP_BILL_LINES];
    size_t line_count;
    struct neap_decimal container_hour;
};

/* What is known while a price is being built. */
struct neapi_price_build {
    const struct neap_price_options *options;
    double vcpu, memory_bytes;
    const char *data_directory, *file_directory;
    char product[NEAP_TEXT_SIZE + 64]; /* of an instance */
    const struct neapi_list *list;     /* whose billing rules hold; NULL: none */
    struct neapi_sheet sheet;
    struct neapi_query query;
    struct neapi_rate rate[NEAPI_RATE_KINDS];
    struct neap_error *error;
};

/* Whether a setting is there. */
bool neapi_given(const char *text);
/* Writes behind what is in text already; what does not fit is cut. */
void neapi_append(char *text, size_t size, const char *more);

/* Settings that contradict each other, or that no price can have. */
enum neap_status neapi_price_check(const struct neap_price_options *options,
                                   struct neap_error *error);
/* Digits behind the point by ISO 4217. */
int neapi_currency_digits(const char *code);

/* Finds the rates that the settings give themselves. */
enum neap_status neapi_rates_given(struct neapi_price_build *build);
/* Finds the shipped list and what it asks of the price file. */
enum neap_status neapi_rates_of_list(struct neapi_price_build *build);
/* Finds the rates in the sheet, which is read. */
enum neap_status neapi_rates_pick(struct neapi_price_build *build);
/* Of the rates found, the first; there is one. */
const struct neapi_rate *neapi_rates_first(const struct neapi_price_build *build);

/* Write the price's description and warning. */
void neapi_describe(struct neap_price *price, const struct neapi_price_build *build);
void neapi_warn(struct neap_price *price, const struct neapi_price_build *build);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * price: what container time costs, or that of the nodes below them. A price is a dated row of a list
 * (or rates of your own) applied to one size of container or node; a bill adds up lives under its rules: when billing starts, the least
 * time charged, the step it is rounded up to. Rates and amounts are exact decimals.
 *
 * A price covers compute only: no traffic, load balancers, storage, requests, taxes or free tiers;
 * savings plans, reservations and commitments are not applied. */
#ifndef NEAP_PRICE_H
#define NEAP_PRICE_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

/* A month of "per month" figures: the mean of a year, 8760 / 12 hours. To turn a window shorter
 * than a calendar month into a month, take its mean cost per hour times this, and say so. */
enum { NEAP_PRICE_MONTH_HOURS = 730 };

/* --- settings ----------------------------------------------------------------------------------- */

enum neap_billing_start {
    NEAP_BILLING_FROM_PULL, /* a life is charged from its starting state on: image download */
    NEAP_BILLING_FROM_READY /* from ready on */
};

/* Section [price]. One of list, file, container_hour or node_hour, or vcpu_hour and/or gib_hour; none
 * is no price. Rates are texts: they are read as exact decimals. */
struct neap_price_options {
    char list[NEAP_TEXT_SIZE];           /* a shipped list, see neap_price_list() */
    char file[NEAP_TEXT_SIZE];           /* a CSV with the columns of data/prices/prices.csv, at
                                          * least unit and price_usd (or price) */
    char product[NEAP_TEXT_SIZE];        /* with file: which one, when it holds several */
    char region[NEAP_TEXT_SIZE];         /* default: the list's own, us-east-1 for AWS */
    char date[NEAP_TEXT_SIZE];           /* 2026-08-01, 2026-08 or 2026: rows after it are not
                                          * used; default: the newest row */
    char instance[NEAP_TEXT_SIZE];       /* with a list of machines: m5.xlarge */
    char container_hour[NEAP_TEXT_SIZE]; /* of one container */
    char node_hour[NEAP_TEXT_SIZE];      /* of one node */
    char vcpu_hour[NEAP_TEXT_SIZE];
    char gib_hour[NEAP_TEXT_SIZE];
    char currency[NEAP_TEXT_SIZE]; /* ISO 4217 */
    double minimum_s;              /* least time charged for a life; NaN: the list's, else 0 */
    double granularity_s;          /* a life is rounded up to whole multiples; 0: not rounded.
                                    * NaN: the list's, 1 s for a file, else 0 */
    int billing_start;             /* enum neap_billing_start */
    bool of_nodes; /* what is billed are nodes: no key, but what the rest of a scenario says */
};

/* The table of section [price]. */
NEAP_API const struct neap_parameter *neap_price_parameters(void);
/* Defaults: no price. */
NEAP_API void neap_price_options_init(struct neap_price_options *options);
/* The shipped lists by index from 0, NULL behind the last: "aws-fargate", ... */
NEAP_API const char *neap_price_list(size_t index);
/* What such a list prices, for people: "AWS Fargate, Linux on x86"; NULL when there is none. */
NEAP_API const char *neap_price_list_title(const char *list);

/* --- prices ------------------------------------------------------------------------------------- */

/* A price for one size of container, or of node. Does not change once made: any number of threads may use it. */
struct neap_price;

/* Builds the price that options ask for; *price is NULL when they ask for none. vcpu and
 * memory_bytes are the container's, or the node's; NaN or 0 when not known, an error where the price needs it.
 * Clouds that sell fixed sizes bill the smallest one that holds the container. data_directory holds
 * prices/prices.csv; a relative file= is taken from file_directory (NULL: the working directory).
 * Errors: NEAP_BAD_SCENARIO for settings, NEAP_BAD_DATA with line for a broken list, NEAP_NO_INPUT
 * when it is not there. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_price_new(struct neap_price **price, const struct neap_price_options *options, double vcpu,
               double memory_bytes, const char *data_directory, const char *file_directory,
               struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_price_free(struct neap_price *price);

/* "AWS Fargate, Linux on x86, us-east-1, 2026-08: 0.04048 USD per vCPU-hour, ...". */
NEAP_API const char *neap_price_description(const struct neap_price *price);
/* What a reader should know of how far the rates can be trusted; "" when nothing. */
NEAP_API const char *neap_price_warning(const struct neap_price *price);
/* How the container's size was rounded up to one that is sold; "" when it was not. */
NEAP_API const char *neap_price_note(const struct neap_price *price);
/* The file that the rates come from, for a manifest; "" when they are settings. */
NEAP_API const char *neap_price_source(const struct neap_price *price);
NEAP_API const char *neap_price_currency(const struct neap_price *price);
/* Digits behind the point of an amount in that currency: 2 for USD, 0 for JPY. */
NEAP_API int neap_price_digits(const struct neap_price *price);
NEAP_API enum neap_billing_start neap_price_billing_start(const struct neap_price *price);
NEAP_API double neap_price_minimum_s(const struct neap_price *price);
NEAP_API double neap_price_granularity_s(const struct neap_price *price);
/* What one container, or one node, costs for one hour, exact. */
NEAP_API struct neap_decimal neap_price_container_hour(const struct neap_price *price);

/* --- bills -------------------------------------------------------------------------------------- */

/* Container time: whole seconds and the nanoseconds left over, 0 .. 999,999,999. */
struct neap_bill_time {
    int64_t s, ns;
};

/* Lives added up. A plain value: bills of parts of a fleet, of threads or of months are merged.
 * Holds 290 billion container-years. */
struct neap_bill {
    struct neap_bill_time used;        /* as it was */
    struct neap_bill_time granularity; /* added by rounding up to the step */
    struct neap_bill_time minimum;     /* added on top by the least time charged */
    int64_t lives;
    bool fault; /* a life that ended before it began, or more time than fits: no amount then */
};

enum neap_bill_part {
    NEAP_BILL_USED,
    NEAP_BILL_GRANULARITY,
    NEAP_BILL_MINIMUM,
    NEAP_BILL_ALL /* what is charged: the sum of the three */
};

NEAP_API void neap_bill_init(struct neap_bill *bill);

/* Adds count containers alike, charged from start_ns (which state that is, says
 * neap_price_billing_start()) to end_ns. Each is rounded up to the step, then to the minimum. A
 * cut life is a piece of one, ended or begun by the window's edge or a month's end: it is added as
 * it is, so that pieces add up. price may be NULL: nothing is rounded. count >= 0. */
NEAP_API void neap_bill_add(struct neap_bill *bill, const struct neap_price *price, int64_t count,
                            int64_t start_ns, int64_t end_ns, bool cut);
/* bill += other. */
NEAP_API void neap_bill_merge(struct neap_bill *bill, const struct neap_bill *other);
/* A bill that has this part only: what minimum charges cost, say. */
NEAP_API struct neap_bill neap_bill_only(const struct neap_bill *bill, enum neap_bill_part part);
/* Container-hours of that part. */
NEAP_API double neap_bill_hours(const struct neap_bill *bill, enum neap_bill_part part);

enum { NEAP_BILL_LINES = 2 };

/* One line: hours x size x rate, rounded once, half away from zero, to the currency's digits. */
struct neap_bill_line {
    const char *name;           /* "vCPU", "memory", "container" or "node"; static */
    const char *unit;           /* "vCPU-hour", "GiB-hour", "container-hour", "node-hour"; static */
    struct neap_decimal size;   /* of one container or node: vCPU, GiB, or 1 */
    struct neap_decimal rate;   /* per unit */
    struct neap_decimal amount; /* of money */
};

/* Fills the lines and says how many there are. NEAP_BAD_ARGUMENT when the bill has a fault or an
 * amount does not fit. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_bill_lines(struct neap_bill_line *line, size_t *count, const struct neap_bill *bill,
                const struct neap_price *price, struct neap_error *error);
/* The sum of the lines. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_bill_amount(struct neap_decimal *amount,
                                                           const struct neap_bill *bill,
                                                           const struct neap_price *price,
                                                           struct neap_error *error);

NEAP_END_DECLS

#endif

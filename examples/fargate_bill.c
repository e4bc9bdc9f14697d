/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What do these containers cost on Fargate?  fargate_bill
 * Lives become a bill: rounded up as the list says, and exact to the cent.
 * NEAP_DATA says where the price lists are, such as /usr/local/share/neap. */
#include <gsl/gsl_errno.h>
#include <neap/price.h>
#include <stdio.h>
#include <stdlib.h>

#define SECONDS(n) ((int64_t)(n)*1000000000)

static enum neap_status show(const struct neap_bill *bill, const struct neap_price *price,
                             struct neap_error *error)
{
    struct neap_bill_line line[NEAP_BILL_LINES];
    size_t count = 0;
    enum neap_status status = neap_bill_lines(line, &count, bill, price, error);
    printf("%s\n", neap_price_description(price));
    printf("%.4f container-hours, %.4f of them by the least time charged\n",
           neap_bill_hours(bill, NEAP_BILL_ALL), neap_bill_hours(bill, NEAP_BILL_MINIMUM));
    for (size_t i = 0; status == NEAP_OK && i < count; i++) {
        char size[32], rate[32], amount[32];
        neap_decimal_format(&line[i].size, -1, size, sizeof size);
        neap_decimal_format(&line[i].rate, -1, rate, sizeof rate);
        neap_decimal_format(&line[i].amount, neap_price_digits(price), amount, sizeof amount);
        printf("%-6s %s x %s per %s: %s %s\n", line[i].name, size, rate, line[i].unit, amount,
               neap_price_currency(price));
    }
    return status;
}

int main(void)
{
    struct neap_price_options options;
    struct neap_price *price = NULL;
    struct neap_bill bill;
    struct neap_error error = {0};

    gsl_set_error_handler_off();
    neap_price_options_init(&options);
    snprintf(options.list, sizeof options.list, "aws-fargate");
    snprintf(options.region, sizeof options.region, "eu-west-1");
    enum neap_status status =
        neap_price_new(&price, &options, 1, 2 * 1073741824.0, getenv("NEAP_DATA"), NULL, &error);
    if (status == NEAP_OK) {
        neap_bill_init(&bill);
        neap_bill_add(&bill, price, 20, 0, SECONDS(30 * 86400), false); /* twenty for 30 days */
        neap_bill_add(&bill, price, 500, 0, SECONDS(25), false);        /* 500 for 25 s each */
        status = show(&bill, price, &error);
    }
    if (status != NEAP_OK)
        fprintf(stderr, "fargate_bill: %s\n", error.message);
    neap_price_free(price);
    return status == NEAP_OK ? 0 : 1;
}

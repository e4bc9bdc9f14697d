/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a price list of one's own: refused, or a price that a bill can be made with. The
 * first 32 bytes also serve as a rate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <neap/price.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void charge(const struct neap_price_options *options)
{
    struct neap_price *price = NULL;
    struct neap_error error;
    struct neap_bill bill;
    struct neap_decimal amount, zero = {.scale = 0};
    if (neap_price_new(&price, options, 0.3, 700e6, NULL, NULL, &error) != NEAP_OK) {
        if (error.message[0] == '\0' || price != NULL)
            abort();
        return;
    }
    if (price == NULL)
        return;
    neap_bill_init(&bill);
    neap_bill_add(&bill, price, 1000, 5, 3600000000007, false);
    if (neap_bill_amount(&amount, &bill, price, &error) == NEAP_OK &&
        neap_decimal_compare(&amount, &zero) < 0)
        abort();
    neap_price_free(price);
}

static void charge_list(const char *path, const uint8_t *data, size_t size)
{
    struct neap_price_options options;
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        abort();
    bool written = fwrite(data, 1, size, file) == size;
    if (fclose(file) != 0 || !written)
        abort();
    neap_price_options_init(&options);
    snprintf(options.file, sizeof options.file, "%s", path);
    charge(&options);
    snprintf(options.date, sizeof options.date, "2026-08");
    snprintf(options.product, sizeof options.product, "Fargate Linux x86");
    charge(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct neap_price_options options;
    snprintf(path, sizeof path, "price_fuzz_%ld.csv", (long)getpid());
    charge_list(path, data, size);
    unlink(path);
    neap_price_options_init(&options);
    size_t length = size < 32 ? size : 32;
    if (length > 0)
        memcpy(options.gib_hour, data, length);
    options.gib_hour[length] = '\0';
    charge(&options);
    return 0;
}

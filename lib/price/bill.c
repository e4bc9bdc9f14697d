/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lives to container time to money. Time is added up in whole seconds and nanoseconds, so that
 * millions of containers over years fit 64 bits and nothing is lost; money is made at the end. */
#include "base/fail.h"
#include "price/impl.h"

#define S_NS INT64_C(1000000000)

enum { COUNT_MOST = 2000000000 }; /* count x nanoseconds below a second fits 64 bits */

void neap_bill_init(struct neap_bill *bill)
{
    *bill = (struct neap_bill){.fault = false};
}

static bool add_seconds(int64_t *sum, int64_t more)
{
    if (more > INT64_MAX - *sum)
        return false;
    *sum += more;
    return true;
}

static bool add_time(struct neap_bill_time *sum, int64_t s, int64_t ns)
{
    ns += sum->ns;
    if (!add_seconds(&sum->s, s) || !add_seconds(&sum->s, ns / S_NS))
        return false;
    sum->ns = ns % S_NS;
    return true;
}

/* sum += count x length_ns; both >= 0. */
static bool add_lengths(struct neap_bill_time *sum, int64_t count, int64_t length_ns)
{
    int64_t s = length_ns / S_NS;
    if (s > 0 && count > INT64_MAX / s)
        return false;
    return add_time(sum, count * s, count * (length_ns % S_NS));
}

static bool round_up(int64_t *rounded_ns, int64_t length_ns, int64_t step_ns)
{
    *rounded_ns = length_ns;
    if (step_ns == 0 || length_ns % step_ns == 0)
        return true;
    int64_t missing_ns = step_ns - length_ns % step_ns;
    if (missing_ns > INT64_MAX - length_ns)
        return false;
    *rounded_ns += missing_ns;
    return true;
}

void neap_bill_add(struct neap_bill *bill, const struct neap_price *price, int64_t count,
                   int64_t start_ns, int64_t end_ns, bool cut)
{
    bool fits = count >= 0 && count <= COUNT_MOST && end_ns >= start_ns &&
                (start_ns >= 0 || end_ns <= INT64_MAX + start_ns);
    int64_t length_ns = fits ? end_ns - start_ns : 0;
    int64_t rounded_ns = length_ns, charged_ns;
    if (price != NULL && !cut)
        fits = fits && round_up(&rounded_ns, length_ns, price->granularity_ns);
    charged_ns = rounded_ns;
    if (price != NULL && !cut && charged_ns < price->minimum_ns)
        charged_ns = price->minimum_ns;
    if (!fits || !add_lengths(&bill->used, count, length_ns) ||
        !add_lengths(&bill->granularity, count, rounded_ns - length_ns) ||
        !add_lengths(&bill->minimum, count, charged_ns - rounded_ns) ||
        !add_seconds(&bill->lives, count))
        bill->fault = true;
}

void neap_bill_merge(struct neap_bill *bill, const struct neap_bill *other)
{
    if (other->fault || !add_time(&bill->used, other->used.s, other->used.ns) ||
        !add_time(&bill->granularity, other->granularity.s, other->granularity.ns) ||
        !add_time(&bill->minimum, other->minimum.s, other->minimum.ns) ||
        !add_seconds(&bill->lives, other->lives))
        bill->fault = true;
}

struct neap_bill neap_bill_only(const struct neap_bill *bill, enum neap_bill_part part)
{
    struct neap_bill only = *bill;
    if (part != NEAP_BILL_ALL && part != NEAP_BILL_USED)
        only.used = (struct neap_bill_time){0, 0};
    if (part != NEAP_BILL_ALL && part != NEAP_BILL_GRANULARITY)
        only.granularity = (struct neap_bill_time){0, 0};
    if (part != NEAP_BILL_ALL && part != NEAP_BILL_MINIMUM)
        only.minimum = (struct neap_bill_time){0, 0};
    return only;
}

/* False when it does not fit. */
static bool total(struct neap_bill_time *sum, const struct neap_bill *bill)
{
    *sum = bill->used;
    return add_time(sum, bill->granularity.s, bill->granularity.ns) &&
           add_time(sum, bill->minimum.s, bill->minimum.ns) && !bill->fault;
}

double neap_bill_hours(const struct neap_bill *bill, enum neap_bill_part part)
{
    struct neap_bill only = neap_bill_only(bill, part);
    struct neap_bill_time sum;
    total(&sum, &only);
    return ((double)sum.s + (double)sum.ns / 1e9) / 3600;
}

/* --- money ---------------------------------------------------------------------------------------- */

static enum neap_status exact_seconds(struct neap_decimal *seconds, const struct neap_bill *bill,
                                      struct neap_error *error)
{
    struct neap_bill_time sum;
    if (!total(&sum, bill))
        return neapi_fail(
            error, NEAP_BAD_ARGUMENT,
            "a bill took a life that ends before it starts, a negative count, or more "
            "container time than 64 bits of seconds: no amount can be given");
    struct neap_decimal rest = neap_decimal_from_integer(sum.ns);
    rest.scale = sum.ns == 0 ? 0 : 9;
    *seconds = neap_decimal_from_integer(sum.s);
    return neap_decimal_add(seconds, seconds, &rest, error);
}

static enum neap_status fill(struct neap_bill_line *filled, const struct neapi_line *line,
                             const struct neap_decimal *seconds, int digits,
                             struct neap_error *error)
{
    struct neap_decimal hour_seconds = neap_decimal_from_integer(3600), amount;
    enum neap_status status = neap_decimal_multiply(&amount, seconds, &line->size, error);
    if (status == NEAP_OK)
        status = neap_decimal_multiply(&amount, &amount, &line->rate, error);
    if (status == NEAP_OK)
        status = neap_decimal_divide(&amount, &amount, &hour_seconds, digits, error);
    if (status == NEAP_OK)
        *filled = (struct neap_bill_line){line->name, line->unit, line->size, line->rate, amount};
    return status;
}

enum neap_status neap_bill_lines(struct neap_bill_line *line, size_t *count,
                                 const struct neap_bill *bill, const struct neap_price *price,
                                 struct neap_error *error)
{
    struct neap_bill_line filled[NEAP_BILL_LINES];
    struct neap_decimal seconds;
    enum neap_status status = exact_seconds(&seconds, bill, error);
    for (size_t i = 0; i < price->line_count && status == NEAP_OK; i++)
        status = fill(&filled[i], &price->line[i], &seconds, price->digits, error);
    if (status != NEAP_OK)
        return status;
    for (size_t i = 0; i < price->line_count; i++)
        line[i] = filled[i];
    *count = price->line_count;
    return NEAP_OK;
}

enum neap_status neap_bill_amount(struct neap_decimal *amount, const struct neap_bill *bill,
                                  const struct neap_price *price, struct neap_error *error)
{
    struct neap_bill_line line[NEAP_BILL_LINES];
    size_t count = 0;
    struct neap_decimal sum = {.scale = (int16_t)price->digits};
    enum neap_status status = neap_bill_lines(line, &count, bill, price, error);
    for (size_t i = 0; i < count && status == NEAP_OK; i++)
        status = neap_decimal_add(&sum, &sum, &line[i].amount, error);
    if (status == NEAP_OK)
        *amount = sum;
    return status;
}

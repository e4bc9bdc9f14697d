/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers with a unit. What a suffix means depends on what the key holds: "5m" is five minutes
 * for a duration and five thousandths for a vCPU. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

struct suffix {
    const char *text;
    double factor;
    bool divide; /* by the factor: keeps 250ms and 7% the doubles nearest to 0.25 and 0.07 */
};

static const struct suffix second_suffix[] = {
    {"ns", 1e9, true},    {"us", 1e6, true}, {"ms", 1e3, true},  {"s", 1, false},
    {"min", 60, false},   {"m", 60, false},  {"h", 3600, false}, {"d", 86400, false},
    {"w", 604800, false}, {NULL, 0, false}};
static const struct suffix share_suffix[] = {{"", 1, false}, {"%", 100, true}, {NULL, 0, false}};
static const struct suffix vcpu_suffix[] = {{"", 1, false}, {"m", 1e3, true}, {NULL, 0, false}};
static const struct suffix byte_suffix[] = {
    {"B", 1, false},        {"kB", 1e3, false},    {"KB", 1e3, false},  {"k", 1e3, false},
    {"KiB", 0x1p10, false}, {"Ki", 0x1p10, false}, {"MB", 1e6, false},  {"M", 1e6, false},
    {"MiB", 0x1p20, false}, {"Mi", 0x1p20, false}, {"GB", 1e9, false},  {"G", 1e9, false},
    {"GiB", 0x1p30, false}, {"Gi", 0x1p30, false}, {"TB", 1e12, false}, {"TiB", 0x1p40, false},
    {"Ti", 0x1p40, false},  {NULL, 0, false}};
static const struct suffix rate_suffix[] = {{"/s", 1, false},
                                            {"/min", 60, true},
                                            {"/h", 3600, true},
                                            {"/d", 86400, true},
                                            {NULL, 0, false}};
static const struct suffix no_suffix[] = {{"", 1, false}, {NULL, 0, false}};

struct unit_rule {
    const struct suffix *suffix;
    const char *expected;
};

static struct unit_rule rule_of(enum neap_unit unit)
{
    switch (unit) {
    case NEAP_SECONDS:
        return (struct unit_rule){second_suffix, "a duration with its unit, such as 250ms, 15s, "
                                                 "5m, 2h or 7d"};
    case NEAP_SHARE:
        return (struct unit_rule){share_suffix, "a share such as 70% or 0.7"};
    case NEAP_VCPU:
        return (struct unit_rule){vcpu_suffix, "vCPUs such as 500m or 0.5"};
    case NEAP_BYTES:
        return (struct unit_rule){byte_suffix, "a size with its unit, such as 512MiB or 2GiB"};
    case NEAP_RATE:
        return (struct unit_rule){rate_suffix, "a rate with its unit, such as 120/s or 7200/min"};
    case NEAP_COUNT:
        return (struct unit_rule){no_suffix, "a whole number such as 12"};
    case NEAP_FACTOR:
    case NEAP_CHOICE:
    case NEAP_TEXT:
        break;
    }
    return (struct unit_rule){no_suffix, "a number such as 1.25"};
}

static size_t number_length(const char *text)
{
    size_t length = strspn(text, "+-0123456789.");
    if ((text[length] == 'e' || text[length] == 'E') && length > 0) {
        size_t sign = text[length + 1] == '-' || text[length + 1] == '+';
        size_t digits = strspn(text + length + 1 + sign, "0123456789");
        if (digits > 0)
            length += 1 + sign + digits;
    }
    return length;
}

static enum neap_status refuse(struct neap_error *error, const char *text, const char *expected)
{
    return neapi_fail(error, NEAP_BAD_ARGUMENT, "found \"%.80s\", expected %s%s", text, expected,
                      strchr(text, ',') != NULL ? ", with a point for the decimals" : "");
}

enum neap_status neap_quantity_parse(double *value, const char *text, enum neap_unit unit,
                                     struct neap_error *error)
{
    struct unit_rule rule = rule_of(unit);
    size_t length = number_length(text);
    double number;
    if (!neapi_number_parse(&number, text, length))
        return refuse(error, text, rule.expected);
    const char *rest = text + length + strspn(text + length, " ");
    const struct suffix *suffix = rule.suffix;
    while (suffix->text != NULL && strcmp(suffix->text, rest) != 0)
        suffix++;
    bool zero = number == 0 && *rest == '\0'; /* 0 needs no unit */
    if (suffix->text == NULL && !zero)
        return refuse(error, text, rule.expected);
    if (unit == NEAP_COUNT && (number < 0 || number > 1e15 || number != floor(number)))
        return refuse(error, text, rule.expected);
    if (unit == NEAP_SHARE && *rest == '\0' && fabs(number) > 1)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found \"%.80s\", expected a share: write %.80s%% if percent is meant",
                          text, text);
    if (!zero) /* 7% is 7 / 100, the double nearest to 0.07, which 7 * 0.01 is not */
        number = suffix->divide ? number / suffix->factor : number * suffix->factor;
    if (!isfinite(number))
        return refuse(error, text, rule.expected);
    *value = number;
    return NEAP_OK;
}

static double in_suffix(double value, const struct suffix *suffix)
{
    return suffix->divide ? value * suffix->factor : value / suffix->factor;
}

/* The largest unit that leaves a whole number, else the largest that leaves one >= 1. */
static int print_scaled(char *text, size_t size, double value, const struct suffix *suffix)
{
    const struct suffix *best = suffix;
    for (; suffix->text != NULL; suffix++) {
        double scaled = in_suffix(value, suffix);
        double shown = in_suffix(value, best);
        bool whole = fabs(scaled - round(scaled)) < 1e-9 * fabs(scaled);
        bool best_whole = fabs(shown - round(shown)) < 1e-9 * fabs(shown);
        if (fabs(scaled) >= 1 && (whole || !best_whole))
            best = suffix;
    }
    return neapi_print(text, size, "%.12g%s", in_suffix(value, best), best->text);
}

static const struct suffix shown_seconds[] = {
    {"us", 1e6, true},  {"ms", 1e3, true},   {"s", 1, false}, {"m", 60, false},
    {"h", 3600, false}, {"d", 86400, false}, {NULL, 0, false}};
static const struct suffix shown_bytes[] = {{"B", 1, false},        {"KiB", 0x1p10, false},
                                            {"MiB", 0x1p20, false}, {"GiB", 0x1p30, false},
                                            {"TiB", 0x1p40, false}, {NULL, 0, false}};

int neap_quantity_format(char *text, size_t size, double value, enum neap_unit unit)
{
    if (!isfinite(value))
        return neapi_print(text, size, "%s", "");
    switch (unit) {
    case NEAP_SECONDS:
        if (value == 0)
            return neapi_print(text, size, "0s");
        return print_scaled(text, size, value, shown_seconds);
    case NEAP_BYTES:
        if (value == 0)
            return neapi_print(text, size, "0B");
        return print_scaled(text, size, value, shown_bytes);
    case NEAP_SHARE:
        return neapi_print(text, size, "%.12g%%", value * 100);
    case NEAP_RATE:
        return neapi_print(text, size, "%.12g/s", value);
    case NEAP_COUNT:
    case NEAP_FACTOR:
    case NEAP_VCPU:
    case NEAP_CHOICE:
    case NEAP_TEXT:
        break;
    }
    return neapi_print(text, size, "%.12g", value);
}

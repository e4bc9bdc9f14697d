/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Steps as text: "0:10:1, 10:inf:3". Between the least and the largest bound they leave no gap and
 * do not overlap, and all are on one side of the threshold, as step policies must. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autoscaler/step_scaling_impl.h"
#include "base/fail.h"
#include "base/text.h"

static const double most = 1e7;

/* Copies the part up to the separator, without blanks around it, and moves on behind it. */
static bool take(const char **at, const char *separators, char *part, size_t size)
{
    const char *from = *at + strspn(*at, " ");
    size_t length = strcspn(from, separators);
    *at = from + length + (from[length] != '\0');
    while (length > 0 && from[length - 1] == ' ')
        length--;
    if (length == 0 || length >= size)
        return false;
    memcpy(part, from, length);
    part[length] = '\0';
    return true;
}

static bool parse_bound(double *bound, const char *text)
{
    bool negative = strcmp(text, "-inf") == 0;
    if (negative || strcmp(text, "inf") == 0) {
        *bound = negative ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    return neapi_number_parse(bound, text, strlen(text));
}

static bool parse_adjustment(int64_t *adjustment, const char *text)
{
    double value;
    if (!neapi_number_parse(&value, text, strlen(text)) || value != floor(value) ||
        fabs(value) > most)
        return false;
    *adjustment = (int64_t)value;
    return true;
}

static bool parse_step(struct neapi_step *step, const char *text)
{
    char lower[32], upper[32], adjustment[32];
    const char *at = text;
    return take(&at, ":", lower, sizeof lower) && take(&at, ":", upper, sizeof upper) &&
           take(&at, ":", adjustment, sizeof adjustment) && *at == '\0' &&
           parse_bound(&step->lower, lower) && parse_bound(&step->upper, upper) &&
           parse_adjustment(&step->adjustment, adjustment);
}

static int by_bound(const void *a, const void *b)
{
    const struct neapi_step *left = a, *right = b;
    return (left->lower > right->lower) - (left->lower < right->lower);
}

static enum neap_status check_order(const struct neapi_step_policy *policy, const char *key,
                                    struct neap_error *error)
{
    for (size_t i = 0; i < policy->count; i++) {
        const struct neapi_step *step = &policy->steps[i];
        if (!(step->lower < step->upper) || (step->lower < 0 && step->upper > 0))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "%s: found a step from %g to %g, expected its lower bound first, and "
                              "both on one side of the threshold, which is 0: part it there",
                              key, step->lower, step->upper);
        if (i > 0 && policy->steps[i - 1].upper != step->lower)
            return neapi_fail(
                error, NEAP_BAD_ARGUMENT,
                "%s: found a step that ends at %g before one that begins at %g, "
                "expected neither gap nor overlap: let each begin where the last ends",
                key, policy->steps[i - 1].upper, step->lower);
    }
    return NEAP_OK;
}

static enum neap_status check_signs(const struct neapi_step_policy *policy, const char *key,
                                    struct neap_error *error)
{
    for (size_t i = 0; i < policy->count; i++)
        if (policy->type == NEAPI_STEP_EXACT && policy->steps[i].adjustment < 0)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "%s: found an exact size of %lld, expected 0 or more", key,
                              (long long)policy->steps[i].adjustment);
    return NEAP_OK;
}

enum neap_status neapi_steps_parse(struct neapi_step_policy *policy, const char *key,
                                   const char *text, struct neap_error *error)
{
    struct neapi_step_policy read = *policy;
    read.count = 0;
    for (const char *at = text; at == text || *at != '\0';) {
        char item[96] = "";
        if (read.count == NEAPI_STEPS)
            return neapi_fail(
                error, NEAP_BAD_ARGUMENT,
                "%s: found more than %d steps, expected at most that many: merge some", key,
                NEAPI_STEPS);
        if (!take(&at, ",;", item, sizeof item) || !parse_step(&read.steps[read.count++], item))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "%s: found \"%.60s\", expected LOWER:UPPER:ADJUSTMENT, the last a "
                              "whole number: write steps like 0:10:1, 10:inf:3",
                              key, item);
    }
    qsort(read.steps, read.count, sizeof read.steps[0], by_bound);
    enum neap_status status = check_order(&read, key, error);
    if (status == NEAP_OK)
        status = check_signs(&read, key, error);
    if (status == NEAP_OK)
        *policy = read;
    return status;
}

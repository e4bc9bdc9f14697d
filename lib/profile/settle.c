/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether what a text says goes together: one form, all that it needs, nothing against it. */
#include <math.h>

#include "base/fail.h"
#include "profile/impl.h"

static enum neap_status check_one_form(const struct neapi_spec *spec, struct neap_error *error)
{
    const char *found[5];
    size_t count = 0;
    if (spec->has.constant)
        found[count++] = "a constant";
    if (spec->has.mean)
        found[count++] = "mean=";
    if (spec->points > 0)
        found[count++] = "percentiles";
    if (spec->has.file)
        found[count++] = "file=";
    if (spec->has.buckets)
        found[count++] = "buckets=";
    if (count > 1)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "%s and %s exclude each other: keep one",
                          found[0], found[1]);
    if ((spec->has.cv || (spec->has.family && !spec->has.buckets)) && !spec->has.mean)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s= goes with mean= only: add the mean, or leave it out",
                          spec->has.cv ? "cv" : "dist");
    if ((spec->has.max && spec->points == 0) || (spec->has.n && !spec->has.max))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          spec->has.max ? "max= goes with percentiles only: leave it out"
                                        : "n= goes with max= only: leave it out");
    if (spec->has.unit && !spec->has.file && !spec->has.buckets)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "unit= goes with file= only: write the unit behind each number");
    if (count == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "found nothing, " NEAPI_SPEC_FORMS);
    return NEAP_OK;
}

static enum neap_status check_mean(struct neapi_spec *spec, struct neap_error *error)
{
    if (!(spec->mean_s > 0))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "mean=: found 0, expected more: write \"none\" for no time at all");
    if (spec->has.cv)
        return NEAP_OK;
    if (spec->family == NEAP_FAMILY_EXPONENTIAL || spec->family == NEAP_FAMILY_CONSTANT) {
        spec->cv = spec->family == NEAP_FAMILY_EXPONENTIAL ? 1 : 0;
        return NEAP_OK;
    }
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "mean= without cv=: add the standard deviation divided by the mean, such as "
                      "cv=1, or leave \"mean=\" away for a constant");
}

static enum neap_status falling(const struct neapi_spec *spec, size_t i, struct neap_error *error)
{
    char high[32], low[32];
    neap_quantity_format(high, sizeof high, spec->value_s[i], NEAP_SECONDS);
    neap_quantity_format(low, sizeof low, spec->value_s[i - 1], NEAP_SECONDS);
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "p%g is %s, less than p%g, %s: percentiles never fall, check for a swap or a "
                      "wrong unit",
                      spec->percent[i], high, spec->percent[i - 1], low);
}

/* The largest of n values is no percentile; its median is the one at 2^(-1/n). Without n, or below
 * a percentile that was given, it tells nothing that can be used. */
static enum neap_status place_max(struct neapi_spec *spec, struct neap_error *error)
{
    size_t last = spec->points - 1;
    if (spec->max_s < spec->value_s[last])
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "max= is less than p%g: check for a swap or a wrong unit",
                          spec->percent[last]);
    if (!spec->has.n)
        return NEAP_OK;
    double percent = 100 * exp2(-1 / spec->n);
    if (percent > spec->percent[last] && percent < 100 && spec->points < NEAP_QUANTILES_MOST) {
        spec->percent[spec->points] = percent;
        spec->value_s[spec->points++] = spec->max_s;
    }
    return NEAP_OK;
}

static enum neap_status check_percentiles(struct neapi_spec *spec, struct neap_error *error)
{
    for (size_t i = 1; i < spec->points; i++)
        if (spec->value_s[i] < spec->value_s[i - 1])
            return falling(spec, i, error);
    return spec->has.max ? place_max(spec, error) : NEAP_OK;
}

enum neap_status neapi_spec_settle(struct neapi_spec *spec, struct neap_error *error)
{
    enum neap_status status = check_one_form(spec, error);
    if (status != NEAP_OK)
        return status;
    spec->form = spec->has.mean      ? NEAPI_SPEC_MEAN
                 : spec->points > 0  ? NEAPI_SPEC_PERCENTILES
                 : spec->has.file    ? NEAPI_SPEC_FILE
                 : spec->has.buckets ? NEAPI_SPEC_BUCKETS
                                     : NEAPI_SPEC_CONSTANT;
    if (spec->form == NEAPI_SPEC_MEAN)
        return check_mean(spec, error);
    return spec->form == NEAPI_SPEC_PERCENTILES ? check_percentiles(spec, error) : NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Latency as percentiles: those given, or some of a distribution given in another form. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

static enum neap_status from_distribution(struct neapi_percentiles *percentiles,
                                          const struct neapi_spec *spec, const char *directory,
                                          struct neap_error *error)
{
    static const double p[] = {0.5, 0.75, 0.9, 0.95, 0.99};
    struct neap_distribution *distribution;
    enum neap_status status = neapi_spec_build(&distribution, spec, directory, error);
    if (status != NEAP_OK)
        return status;
    percentiles->count = sizeof p / sizeof *p;
    memcpy(percentiles->p, p, sizeof p);
    for (size_t i = 0; i < percentiles->count; i++)
        percentiles->value_s[i] = neap_distribution_quantile(distribution, p[i]);
    bool flat = !(percentiles->value_s[0] > 0) || !(neap_distribution_scv(distribution) > 0);
    neap_distribution_free(distribution);
    if (flat)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\", expected percentiles that differ: a latency that is "
                          "always the same tells no queueing from service",
                          percentiles->text);
    return NEAP_OK;
}

static enum neap_status read_one(struct neapi_percentiles *percentiles, const char *directory,
                                 struct neap_error *error)
{
    struct neapi_spec spec;
    enum neap_status status = neapi_spec_parse(&spec, percentiles->text, error);
    if (status != NEAP_OK)
        return status;
    if (spec.form != NEAPI_SPEC_PERCENTILES)
        return from_distribution(percentiles, &spec, directory, error);
    percentiles->count = spec.points;
    for (size_t i = 0; i < spec.points; i++) {
        percentiles->p[i] = spec.percent[i] / 100;
        percentiles->value_s[i] = spec.value_s[i];
    }
    return NEAP_OK;
}

static double mean_logarithm(const struct neapi_percentiles *percentiles)
{
    double sum = 0;
    for (size_t i = 0; i < percentiles->count; i++)
        sum += log(percentiles->value_s[i]);
    return sum / (double)percentiles->count;
}

/* How far a mean logarithm is from where the case wants it: the slowest, the middle, the fastest. */
static double miss(double logarithm, double middle, enum neap_case number)
{
    if (number == NEAP_CASE_MIDDLE)
        return fabs(logarithm - middle);
    return number == NEAP_CASE_LOW ? -logarithm : logarithm;
}

enum neap_status neapi_percentiles_read(struct neapi_percentiles *percentiles, const char *text,
                                        enum neap_case number, const char *directory,
                                        struct neap_error *error)
{
    struct neapi_percentiles set[NEAPI_SETS_MOST];
    size_t count = 0, best = 0;
    double middle = 0;
    do {
        if (count == NEAPI_SETS_MOST)
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "found more than %d distributions joined by \"or\": leave some out",
                              NEAPI_SETS_MOST);
        neapi_sets_next(&text, set[count].text);
        enum neap_status status = read_one(&set[count], directory, error);
        if (status != NEAP_OK)
            return status;
        middle += mean_logarithm(&set[count++]);
    } while (text != NULL);
    for (size_t i = 1; i < count; i++)
        if (miss(mean_logarithm(&set[i]), middle / (double)count, number) <
            miss(mean_logarithm(&set[best]), middle / (double)count, number))
            best = i;
    *percentiles = set[best];
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Distributions from buckets, as histograms of Prometheus are exported: how many values were at most
 * `le`, for rising le up to +Inf. All that a bucket says is that so many values lie in it, so a
 * family is fitted by the likelihood of the counts (interval censoring),
 *
 *     sum over buckets of count x ln(F(high) - F(low)),
 *
 * and never to percentiles read off the buckets: those lie on a straight line within a bucket, and
 * stop at the last finite bound. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/table.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

enum { BUCKETS_LEAST = 3 }; /* with something in them: two numbers are to be found */
static const double BEYOND_MOST = 0.1;

struct buckets {
    size_t count;
    double *bound_s, *cumulative; /* bounds rise; the last is infinite */
};

/* --- reading ---------------------------------------------------------------------------------------- */

static bool read_number(double *value, const char *cell)
{
    size_t start = strspn(cell, " \t"), length = strcspn(cell + start, " \t");
    return cell[start + length + strspn(cell + start + length, " \t")] == '\0' &&
           neapi_number_parse(value, cell + start, length);
}

static bool is_infinite(const char *cell)
{
    static const char *const names[] = {"+Inf", "Inf", "inf", "+inf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(cell, names[i]) == 0)
            return true;
    return false;
}

static enum neap_status read_row(struct buckets *buckets, const char *le, const char *count,
                                 double per_second, const char *path, long line,
                                 struct neap_error *error)
{
    size_t i = buckets->count;
    double *bound = &buckets->bound_s[i], *total = &buckets->cumulative[i];
    if (is_infinite(le))
        *bound = HUGE_VAL;
    else if (!read_number(bound, le) || !(*bound > 0))
        return neapi_fail_at(error, NEAP_BAD_DATA, path, line, 0,
                             "le: found \"%.80s\", expected a bound above 0, or +Inf", le);
    *bound /= per_second;
    if (!read_number(total, count) || *total < 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, line, 0,
                             "count: found \"%.80s\", expected a number >= 0", count);
    if (i > 0 && !(*bound > buckets->bound_s[i - 1]))
        return neapi_fail_at(error, NEAP_BAD_DATA, path, line, 0,
                             "le: found \"%.80s\" below a bound that is not less, expected rising "
                             "ones",
                             le);
    if (i > 0 && *total < buckets->cumulative[i - 1])
        return neapi_fail_at(error, NEAP_BAD_DATA, path, line, 0,
                             "count: found %g after %g, expected counts of all values up to le, "
                             "which never fall: take the increase over a time, so that restarts of "
                             "the counters do not matter",
                             *total, buckets->cumulative[i - 1]);
    buckets->count++;
    return NEAP_OK;
}

/* How many values are in a bucket. */
static double inside(const struct buckets *buckets, size_t i)
{
    return buckets->cumulative[i] - (i > 0 ? buckets->cumulative[i - 1] : 0);
}

static enum neap_status check(const struct buckets *buckets, const char *path,
                              struct neap_error *error)
{
    size_t last = buckets->count - 1, filled = 0;
    if (buckets->count == 0 || !isinf(buckets->bound_s[last]))
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 0, 0,
                             "found no bucket +Inf, expected one as the last: without it nobody "
                             "knows how many values were above the others");
    for (size_t i = 0; i < buckets->count; i++)
        filled += inside(buckets, i) > 0;
    if (filled < BUCKETS_LEAST)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 0, 0,
                             "found values in %zu buckets, expected them in %d or more: use finer "
                             "buckets, or a longer time",
                             filled, BUCKETS_LEAST);
    double beyond = inside(buckets, last) / buckets->cumulative[last];
    if (beyond > BEYOND_MOST)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 0, 0,
                             "found %.0f %% of the values above the last finite bound, expected at "
                             "most %.0f %%: how long they took is anybody's guess; use higher "
                             "buckets",
                             100 * beyond, 100 * BEYOND_MOST);
    return NEAP_OK;
}

static enum neap_status read_rows(struct buckets *buckets, const struct neap_table *table,
                                  double per_second, const char *path, struct neap_error *error)
{
    size_t le, count;
    enum neap_status status = NEAP_OK;
    if (!neap_table_find_column(table, "le", &le) ||
        !neap_table_find_column(table, "count", &count))
        return neapi_fail_at(
            error, NEAP_BAD_DATA, path, 1, 0,
            "expected the columns le and count: bounds, and how many values were at "
            "most that");
    for (size_t row = 0; status == NEAP_OK && row < neap_table_rows(table); row++)
        status =
            read_row(buckets, neap_table_text(table, row, le), neap_table_text(table, row, count),
                     per_second, path, neap_table_row_line(table, row), error);
    return status == NEAP_OK ? check(buckets, path, error) : status;
}

/* --- fitting ---------------------------------------------------------------------------------------- */

struct fit {
    const struct buckets *buckets;
    enum neap_family family;
    enum neap_status status;
};

static double between(const struct neap_distribution *law, double low, double high)
{
    double below = neap_distribution_cdf(law, low);
    if (below < 0.5)
        return neap_distribution_cdf(law, high) - below;
    return neap_distribution_tail(law, low) - neap_distribution_tail(law, high);
}

/* x: logarithms of mean and cv. Of those that the family does not have, more than of any other. */
static double unlikelihood(const double *x, void *context)
{
    struct fit *fit = context;
    struct neap_distribution *law;
    const struct buckets *buckets = fit->buckets;
    enum neap_status status = neap_distribution_named(
        &law, fit->family, exp(fmin(fmax(x[0], -200), 200)), exp(fmin(fmax(x[1], -20), 20)), NULL);
    double sum = 0, low = 0, all = buckets->cumulative[buckets->count - 1];
    if (status == NEAP_NO_MEMORY)
        fit->status = status;
    if (status != NEAP_OK)
        return 1e6 + x[0] * x[0] + x[1] * x[1];
    for (size_t i = 0; i < buckets->count; i++) {
        double high = buckets->bound_s[i], count = inside(buckets, i);
        if (count > 0)
            sum -= count / all * log(fmax(between(law, low, high), 1e-300));
        low = high;
    }
    neap_distribution_free(law);
    return sum;
}

/* The mean of the values with each in the middle of its bucket. */
static double rough_mean(const struct buckets *buckets)
{
    double sum = 0, low = 0;
    for (size_t i = 0; i < buckets->count; i++) {
        double high = isinf(buckets->bound_s[i]) ? 2 * low : buckets->bound_s[i];
        sum += inside(buckets, i) * (low + high) / 2;
        low = high;
    }
    return sum / buckets->cumulative[buckets->count - 1];
}

/* Writes the best logarithms of mean and cv to x, and how unlikely they are to least. */
static enum neap_status fit_family(double x[2], double *least, struct fit *fit,
                                   struct neap_error *error)
{
    static const double cvs[] = {0.3, 1, 3};
    *least = HUGE_VAL;
    for (size_t i = 0; i < sizeof cvs / sizeof *cvs; i++) {
        double at[2] = {log(rough_mean(fit->buckets)), log(cvs[i])};
        enum neap_status status = neapi_minimise(unlikelihood, fit, at, 2, 0.3, error);
        double here = unlikelihood(at, fit);
        if (status == NEAP_OK && fit->status != NEAP_OK)
            status = neapi_no_memory(error, "a fit");
        if (status != NEAP_OK)
            return status;
        if (here < *least) {
            *least = here;
            memcpy(x, at, sizeof at);
        }
    }
    return NEAP_OK;
}

static enum neap_status fit_buckets(struct neap_distribution **distribution,
                                    const struct buckets *buckets, enum neap_family family,
                                    bool any, struct neap_error *error)
{
    static const enum neap_family families[] = {NEAP_FAMILY_LOGNORMAL, NEAP_FAMILY_GAMMA,
                                                NEAP_FAMILY_WEIBULL};
    double best[2] = {0, 0}, least = HUGE_VAL;
    if (!any && (family == NEAP_FAMILY_CONSTANT || family == NEAP_FAMILY_EXPONENTIAL))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "dist=%s cannot be fitted to buckets: write lognormal, gamma or weibull, "
                          "or leave it out for the likeliest",
                          neap_family_name(family));
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        double x[2] = {0, 0}, here;
        struct fit fit = {buckets, families[i], NEAP_OK};
        if (!any && families[i] != family)
            continue;
        enum neap_status status = fit_family(x, &here, &fit, error);
        if (status != NEAP_OK)
            return status;
        if (here < least) {
            least = here;
            family = families[i];
            memcpy(best, x, sizeof best);
        }
    }
    return neap_distribution_named(distribution, family, exp(best[0]), exp(best[1]), error);
}

enum neap_status neapi_buckets_read(struct neap_distribution **distribution, const char *path,
                                    double per_second, enum neap_family family, bool any,
                                    struct neap_error *error)
{
    struct neap_table *table;
    enum neap_status status = neap_table_read_csv(&table, path, error);
    if (status != NEAP_OK)
        return status;
    size_t rows = neap_table_rows(table);
    struct buckets buckets = {0, neapi_allocate(rows + 1, sizeof(double)),
                              neapi_allocate(rows + 1, sizeof(double))};
    if (buckets.bound_s == NULL || buckets.cumulative == NULL)
        status = neapi_no_memory(error, "buckets");
    if (status == NEAP_OK)
        status = read_rows(&buckets, table, isnan(per_second) ? 1 : per_second, path, error);
    if (status == NEAP_OK)
        status = fit_buckets(distribution, &buckets, family, any, error);
    neap_table_free(table);
    free(buckets.bound_s);
    free(buckets.cumulative);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conformance of distributions through percentiles, and of percentiles of buckets, to the table of
 * fits. Rows of laws that neap does not fit to percentiles, and diagnostics, are skipped. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/random.h>

#include "base/text.h"
#include "study/selftest_cells.h"

enum { POINTS_MOST = 16, ITEM_SIZE = 64 };

struct points {
    size_t count;
    double p[POINTS_MOST], value[POINTS_MOST];
};

/* "p50=0.035" and "p0.5=0.035" alike. */
static bool read_point(struct points *points, const char *item)
{
    const char *equals = strchr(item, '=');
    double p, value;
    if (item[0] != 'p' || equals == NULL || points->count == POINTS_MOST ||
        !neapi_number_parse(&p, item + 1, (size_t)(equals - item) - 1) ||
        !neapi_number_parse(&value, equals + 1, strlen(equals + 1)))
        return false;
    points->p[points->count] = p < 1 ? p : p / 100;
    points->value[points->count++] = value;
    return true;
}

static void read_points(struct points *points, const char *inputs)
{
    char item[ITEM_SIZE];
    points->count = 0;
    for (size_t i = 0; neapi_cell_item(inputs, i, item, sizeof item); i++)
        read_point(points, item);
}

/* --- laws ------------------------------------------------------------------------------------------ */

static double slope(const struct neap_distribution *law)
{
    double unit = log(neap_distribution_quantile(law, 0.84134474606854293)); /* of score 1 */
    return unit - log(neap_distribution_quantile(law, 0.5));
}

static double miss_squared(const struct neap_distribution *law, const struct points *points)
{
    double sum = 0;
    for (size_t i = 0; i < points->count; i++) {
        double difference =
            log(points->value[i]) - log(neap_distribution_quantile(law, points->p[i]));
        sum += difference * difference;
    }
    return sum;
}

static double quantity_of(const struct neap_distribution *law, const struct points *points,
                          const char *quantity)
{
    double p;
    if (strcmp(quantity, "mean") == 0)
        return neap_distribution_mean(law);
    if (strcmp(quantity, "scv") == 0)
        return neap_distribution_scv(law);
    if (strcmp(quantity, "mu") == 0)
        return log(neap_distribution_quantile(law, 0.5));
    if (strcmp(quantity, "sigma") == 0)
        return slope(law);
    if (strcmp(quantity, "sse") == 0)
        return miss_squared(law, points);
    if (strcmp(quantity, "p99") == 0)
        return neap_distribution_quantile(law, 0.99);
    if (strncmp(quantity, "quantile_p", 10) == 0 &&
        neapi_number_parse(&p, quantity + 10, strlen(quantity + 10)))
        return neap_distribution_quantile(law, p);
    return (double)NAN;
}

/* --- buckets --------------------------------------------------------------------------------------- */

struct buckets {
    size_t count;
    double bound[POINTS_MOST], cumulative[POINTS_MOST];
};

/* Numbers apart by "|", "Inf" among them. */
static size_t read_list(double *value, const char *text)
{
    size_t count = 0;
    while (*text != '\0' && count < POINTS_MOST) {
        size_t length = strcspn(text, "|;");
        if (!neapi_number_parse(&value[count], text, length))
            value[count] = (double)INFINITY;
        count++;
        text += length;
        if (*text != '|')
            break;
        text++;
    }
    return count;
}

static bool read_buckets(struct buckets *buckets, const char *inputs)
{
    const char *le = strstr(inputs, "le="), *counts = strstr(inputs, "cum=");
    if (le == NULL || counts == NULL)
        return false;
    buckets->count = read_list(buckets->bound, le + 3);
    return buckets->count > 1 && read_list(buckets->cumulative, counts + 4) == buckets->count;
}

/* Each value at the lower end of its bucket. */
static double lower_bound(const struct buckets *buckets)
{
    double sum = 0;
    for (size_t i = 1; i < buckets->count; i++)
        sum += (buckets->cumulative[i] - buckets->cumulative[i - 1]) * buckets->bound[i - 1];
    return sum / buckets->cumulative[buckets->count - 1];
}

static bool bucket_quantity(double *value, const char *inputs, const char *quantity)
{
    struct buckets buckets;
    double p;
    if (!read_buckets(&buckets, inputs))
        return false;
    if (strcmp(quantity, "mean_lower_bound") == 0)
        *value = lower_bound(&buckets);
    else if (quantity[0] == 'q' && neapi_number_parse(&p, quantity + 1, strlen(quantity + 1)))
        *value = neap_buckets_quantile(buckets.bound, buckets.cumulative, buckets.count, p);
    else
        return false;
    return true;
}

/* --- rows ------------------------------------------------------------------------------------------ */

static bool law_quantity(double *value, const struct neapi_row *row, const char *quantity)
{
    struct points points;
    struct neap_distribution *law;
    read_points(&points, neapi_row_text(row, "inputs"));
    enum neap_status status =
        neapi_row_is(row, "kind", "lognormal_ls_logq")
            ? neap_distribution_lognormal_fit(&law, points.p, points.value, points.count, NULL)
            : neap_distribution_quantiles(&law, points.p, points.value, points.count, NULL);
    if (status != NEAP_OK)
        return false;
    *value = quantity_of(law, &points, quantity);
    neap_distribution_free(law);
    return !isnan(*value);
}

static enum neapi_outcome check_fit(const struct neapi_row *row, char *why, size_t size)
{
    const char *quantity = neapi_row_text(row, "quantity");
    double got, want = neapi_row_double(row, "value", (double)NAN);
    bool buckets = neapi_row_is(row, "kind", "prom_histogram_quantile"), known;
    if (strcmp(quantity, "mean_upper_bound_excl_inf_bucket") == 0)
        return neapi_skip(why, size, "a diagnostic, see README");
    if (!buckets && !neapi_row_is(row, "kind", "lognormal_2pct") &&
        !neapi_row_is(row, "kind", "lognormal_ls_logq") &&
        !neapi_row_is(row, "kind", "steffen_z_lnq"))
        return neapi_skip(why, size, "a law that is not fitted to percentiles");
    known = buckets ? bucket_quantity(&got, neapi_row_text(row, "inputs"), quantity)
                    : law_quantity(&got, row, quantity);
    double tolerance = neapi_row_double(row, "rel_tol", 1e-12);
    if (known && neapi_close(got, want, tolerance))
        return NEAPI_PASSED;
    if (known)
        neapi_print(why, size, "%s: expected %.15g, got %.15g (tolerance %g)", quantity, want, got,
                    tolerance);
    else
        neapi_print(why, size, "expected inputs and a quantity to work with");
    return NEAPI_FAILED;
}

const struct neapi_conformance neapi_conformance_fit[] = {{"oracle_fit.csv", check_fit},
                                                          {NULL, NULL}};

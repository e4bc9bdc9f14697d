/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conformance to the table of arrivals and statistics: its rows by kind, and those about intervals. */
#include "study/selftest_statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "study/estimate.h"

/* --- inputs --------------------------------------------------------------------------------------- */

static const char *find_input(const char *inputs, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = inputs; at != NULL; at = strchr(at, ';')) {
        at += *at == ';';
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return at + length + 1;
    }
    return NULL;
}

bool neapi_inputs_number(double *value, const char *inputs, const char *name)
{
    const char *text = find_input(inputs, name);
    return text != NULL && neapi_number_parse(value, text, strcspn(text, "|;"));
}

static size_t members(const char *text)
{
    size_t count = 1;
    for (; *text != '\0' && *text != ';'; text++)
        count += *text == '|';
    return count;
}

double *neapi_inputs_list(const char *inputs, const char *name, size_t *count)
{
    const char *text = find_input(inputs, name);
    if (text == NULL)
        return NULL;
    *count = members(text);
    double *list = neapi_allocate(*count, sizeof *list);
    for (size_t i = 0; list != NULL && i < *count; i++) {
        size_t length = strcspn(text, "|;");
        if (!neapi_number_parse(&list[i], text, length)) {
            free(list);
            return NULL;
        }
        text += length + 1;
    }
    return list;
}

/* --- intervals ------------------------------------------------------------------------------------ */

static bool pair_quantity(double *value, const double old[], const double new[], size_t count,
                          const char *quantity)
{
    struct neapi_estimate difference = neapi_estimate_difference(old, new, count);
    struct neapi_estimate saving = neapi_estimate_saving(old, new, count);
    const struct {
        const char *name;
        double value;
    } known[] = {{"mean_diff", difference.mean},
                 {"sd_diff", difference.deviation},
                 {"t_975_df9", count == 10 ? neapi_student(9) : (double)NAN},
                 {"ci95_half_paired", difference.half},
                 {"ci95_half_if_independent_equal_var", neapi_unpaired_half(old, new, count)},
                 {"corr", neapi_correlation(old, new, count)},
                 {"saving_ratio_of_means", saving.mean},
                 {"saving_ratio_ci95_half_delta_method", saving.half}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(quantity, known[i].name) == 0) {
            *value = known[i].value;
            return true;
        }
    return false;
}

static bool paired(double *value, const char *inputs, const char *quantity)
{
    size_t count = 0, others = 0;
    double *old = neapi_inputs_list(inputs, "old", &count);
    double *new = neapi_inputs_list(inputs, "new", &others);
    bool known = old != NULL &&
                 new != NULL &&count == others &&pair_quantity(value, old, new, count, quantity);
    free(old);
    free(new);
    return known;
}

/* "ci95_half_B10", "naive_ci95_half_iid" */
static bool batches(double *value, const char *inputs, const char *quantity)
{
    static const char prefix[] = "ci95_half_B";
    size_t count = 0;
    double number;
    double *series = neapi_inputs_list(inputs, "series", &count);
    bool known = series != NULL;
    if (known && strcmp(quantity, "naive_ci95_half_iid") == 0)
        *value = neapi_estimate_mean(series, count).half;
    else if (known && strncmp(quantity, prefix, sizeof prefix - 1) == 0 &&
             neapi_number_parse(&number, quantity + sizeof prefix - 1,
                                strlen(quantity + sizeof prefix - 1)) &&
             number >= 2 && number <= (double)count)
        *value = neapi_estimate_batches(series, count, (size_t)number, NULL).half;
    else
        known = false;
    free(series);
    return known;
}

static bool wilson(double *value, const char *inputs, const char *quantity)
{
    double hits, trials, low, high;
    if (!neapi_inputs_number(&hits, inputs, "violations") ||
        !neapi_inputs_number(&trials, inputs, "ticks") || !(trials > 0))
        return false;
    neapi_wilson(hits, trials, &low, &high);
    *value = strcmp(quantity, "lower95") == 0 ? low : high;
    return strcmp(quantity, "lower95") == 0 || strcmp(quantity, "upper95") == 0;
}

static bool ranks(double *value, const char *inputs, const char *quantity)
{
    double n, p, level;
    if (!neapi_inputs_number(&n, inputs, "n") || !neapi_inputs_number(&p, inputs, "p") ||
        !neapi_inputs_number(&level, inputs, "level") || !(n >= 1 && n <= 1e9) ||
        !(p > 0 && p < 1) || !(level > 0 && level < 1))
        return false;
    struct neapi_ranks found = neapi_quantile_ranks((unsigned)n, p, level);
    if (strcmp(quantity, "lower_rank(1-based)") == 0)
        *value = found.lower;
    else if (strcmp(quantity, "upper_rank(1-based)") == 0)
        *value = found.upper;
    else if (strcmp(quantity, "coverage") == 0)
        *value = found.coverage;
    else
        return false;
    return true;
}

const struct neapi_statistic neapi_statistics_intervals[] = {{"paired_ci", paired},
                                                             {"batch_means", batches},
                                                             {"wilson", wilson},
                                                             {"quantile_ci_order_stats", ranks},
                                                             {NULL, NULL}};

/* --- rows ----------------------------------------------------------------------------------------- */

static const struct neapi_statistic *find(const char *kind)
{
    const struct neapi_statistic *const sets[] = {neapi_statistics_intervals,
                                                  neapi_statistics_arrivals};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        for (const struct neapi_statistic *at = sets[i]; at->kind != NULL; at++)
            if (strcmp(at->kind, kind) == 0)
                return at;
    return NULL;
}

static enum neapi_outcome check(const struct neapi_row *row, char *why, size_t size)
{
    const char *quantity = neapi_row_text(row, "quantity");
    const struct neapi_statistic *statistic = find(neapi_row_text(row, "kind"));
    double got, want = neapi_row_double(row, "value", (double)NAN);
    double tolerance = neapi_row_double(row, "rel_tol", 1e-10);
    if (statistic == NULL)
        return neapi_skip(why, size, "a kind that is not covered");
    if (!statistic->quantity(&got, neapi_row_text(row, "inputs"), quantity)) {
        neapi_print(why, size, "expected inputs and a quantity to work with");
        return NEAPI_FAILED;
    }
    if (neapi_close(got, want, tolerance))
        return NEAPI_PASSED;
    neapi_print(why, size, "%s: expected %.15g, got %.15g (tolerance %g)", quantity, want, got,
                tolerance);
    return NEAPI_FAILED;
}

const struct neapi_conformance neapi_conformance_statistics[] = {
    {"oracle_arrivals_stats.csv", check}, {NULL, NULL}};

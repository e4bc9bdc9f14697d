/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conformance of arrivals, and of CPU quotas, to the table of arrivals and statistics. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/request.h>

#include "base/text.h"
#include "random/count.h"
#include "study/selftest_statistics.h"

/* --- rates that change ---------------------------------------------------------------------------- */

/* A rate over pieces of time, straight in each: from left to right. */
struct rate {
    double *edge, *value; /* count edges; values at edges, or between them when there is one less */
    size_t count, values;
};

static double left(const struct rate *rate, size_t piece)
{
    return rate->value[piece];
}

static double right(const struct rate *rate, size_t piece)
{
    return rate->values == rate->count ? rate->value[piece + 1] : rate->value[piece];
}

static double length(const struct rate *rate, size_t piece)
{
    return rate->edge[piece + 1] - rate->edge[piece];
}

static double expected_in(const struct rate *rate, size_t piece)
{
    return (left(rate, piece) + right(rate, piece)) / 2 * length(rate, piece);
}

static double expected_in_all(const struct rate *rate)
{
    double sum = 0;
    for (size_t piece = 0; piece + 1 < rate->count; piece++)
        sum += expected_in(rate, piece);
    return sum;
}

/* When that many requests are expected since the first edge. */
static double time_of(const struct rate *rate, double requests)
{
    size_t piece = 0;
    while (piece + 2 < rate->count && requests > expected_in(rate, piece))
        requests -= expected_in(rate, piece++);
    double from = left(rate, piece), rise = (right(rate, piece) - from) / length(rate, piece);
    double root = sqrt(from * from + 2 * rise * requests);
    return rate->edge[piece] + (requests > 0 ? 2 * requests / (from + root) : 0);
}

static bool rate_quantity(double *value, const struct rate *rate, const char *quantity)
{
    static const char prefix[] = "inverse_Lambda(";
    const char *number = quantity + sizeof prefix - 1;
    double requests;
    if (strcmp(quantity, "Lambda_total") == 0)
        *value = expected_in_all(rate);
    else if (strncmp(quantity, prefix, sizeof prefix - 1) == 0 &&
             neapi_number_parse(&requests, number, strcspn(number, ")")))
        *value = time_of(rate, requests);
    else
        return false;
    return true;
}

static bool changing(double *value, const char *inputs, const char *quantity, const char *edges,
                     const char *rates, size_t fewer)
{
    struct rate rate = {.count = 0, .values = 0};
    rate.edge = neapi_inputs_list(inputs, edges, &rate.count);
    rate.value = neapi_inputs_list(inputs, rates, &rate.values);
    bool known = rate.edge != NULL && rate.value != NULL && rate.count >= 2 &&
                 rate.values + fewer == rate.count && rate_quantity(value, &rate, quantity);
    free(rate.edge);
    free(rate.value);
    return known;
}

static bool steps(double *value, const char *inputs, const char *quantity)
{
    return changing(value, inputs, quantity, "edges_s", "rates", 1);
}

static bool slopes(double *value, const char *inputs, const char *quantity)
{
    return changing(value, inputs, quantity, "knots_s", "rates_at_knots", 0);
}

/* --- bursts --------------------------------------------------------------------------------------- */

static bool bursts(double *value, const char *inputs, const char *quantity)
{
    double mean, dispersion;
    if (!neapi_inputs_number(&mean, inputs, "mean") ||
        !neapi_inputs_number(&dispersion, inputs, "index_of_dispersion") || !(dispersion > 1))
        return false;
    double shape = neapi_count_shape(mean, dispersion), scale = dispersion - 1;
    if (strcmp(quantity, "gamma_shape_k") == 0)
        *value = shape;
    else if (strcmp(quantity, "p_zero") == 0)
        *value = exp(-shape * log1p(scale));
    else if (strcmp(quantity, "var") == 0)
        *value = shape * scale + shape * scale * scale;
    else if (strcmp(quantity, "scv_of_gamma_rate") == 0)
        *value = 1 / shape;
    else
        return false;
    return true;
}

/* --- CPU quotas ----------------------------------------------------------------------------------- */

/* One request alone in a container, by the kernel that serves all others. */
static bool serve_one(double *wall_s, double cpu_s, double quota_s, double period_s)
{
    const struct neap_pool_options options = {.workers = 1,
                                              .cores = quota_s / period_s,
                                              .burst_cores = 1,
                                              .quota_period_s = period_s,
                                              .timeout_s = (double)NAN,
                                              .client = {.patience_s = (double)NAN},
                                              .containers_most = 1,
                                              .classes = 1,
                                              .versions = 1};
    int64_t at_ns = 0, cpu_ns = llround(cpu_s * 1e9), wait_ns = 0;
    uint32_t pick = 0;
    struct neap_needs needs = {&cpu_ns, &wait_ns};
    struct neap_requests requests = {1, &at_ns, &pick, NULL, &needs};
    struct neap_pool *pool = NULL;
    if (!(quota_s > 0) || !(period_s > 0) || neap_pool_new(&pool, &options, NULL) != NEAP_OK)
        return false;
    neap_pool_join(pool, 0, 1, 0, 0);
    neap_pool_begin(pool, INT64_C(1000000000000));
    neap_pool_add(pool, &requests);
    neap_pool_end(pool);
    struct neap_pool_totals totals = neap_pool_totals(pool);
    *wall_s = (double)totals.latency_ns / 1e9;
    neap_pool_free(pool);
    return totals.served == 1;
}

static bool throttled(double *value, const char *inputs, const char *quantity)
{
    double cpu_s, quota_s, period_s, wall_s;
    if (!neapi_inputs_number(&cpu_s, inputs, "cpu_s") ||
        !neapi_inputs_number(&quota_s, inputs, "quota_s") ||
        !neapi_inputs_number(&period_s, inputs, "period_s") ||
        !serve_one(&wall_s, cpu_s, quota_s, period_s))
        return false;
    if (strcmp(quantity, "wall_s") == 0)
        *value = wall_s;
    else if (strcmp(quantity, "throttled_periods") == 0)
        *value = quota_s < period_s ? round((wall_s - cpu_s) / (period_s - quota_s)) : 0;
    else
        return false;
    return true;
}

const struct neapi_statistic neapi_statistics_arrivals[] = {{"nhpp_pw_constant", steps},
                                                            {"nhpp_pw_linear", slopes},
                                                            {"negbin_counts", bursts},
                                                            {"cfs_throttle", throttled},
                                                            {NULL, NULL}};

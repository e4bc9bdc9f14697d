/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Knative's settings come to: targets, windows, bounds, sample sizes, activators. */
#include <math.h>

#include "study/selftest_knative.h"

static const double near = 1e-9;

enum neapi_knative_reach neapi_knative_row_reach(const struct neapi_row *row)
{
    if (neapi_row_is(row, "reachability", "unreachable"))
        return NEAPI_KNATIVE_UNREACHABLE;
    return neapi_row_is(row, "reachability", "reachable") ? NEAPI_KNATIVE_REACHABLE
                                                          : NEAPI_KNATIVE_UNKNOWN;
}

static double cell(const struct neapi_row *row, const char *column)
{
    return neapi_row_double(row, column, (double)NAN);
}

static int64_t size_cell(const struct neapi_row *row, const char *column)
{
    return neapi_row_integer(row, column, -1);
}

static void read_config(struct neapi_knative_config *config, const struct neapi_row *row)
{
    *config = (struct neapi_knative_config){
        .concurrency_share = cell(row, "cfg_cc_fraction"),
        .default_concurrency = cell(row, "cfg_cc_default"),
        .default_rate = cell(row, "cfg_rps_default"),
        .rate_share = cell(row, "cfg_target_utilization"),
        .burst_capacity = cell(row, "cfg_tbc"),
        .max_up_rate = cell(row, "cfg_max_up"),
        .max_down_rate = cell(row, "cfg_max_down"),
        .activator_capacity = cell(row, "cfg_activator_capacity"),
        .panic_threshold = cell(row, "cfg_panic_threshold_pct") / 100,
        .panic_share = neapi_row_double(row, "cfg_panic_window_pct", 10) / 100,
        .stable_window_s = neapi_row_double(row, "cfg_stable_window_s", 60),
        .delay_s = neapi_row_double(row, "cfg_scale_down_delay_s", 0),
        .initial_scale = neapi_row_integer(row, "cfg_initial_scale", 1),
        .min = neapi_row_integer(row, "cfg_min", 0),
        .max = neapi_row_integer(row, "cfg_max", 0),
        .allow_zero_initial = neapi_row_integer(row, "cfg_allow_zero_initial", 0) != 0};
}

static void read_revision(struct neapi_knative_revision *revision, const struct neapi_row *row)
{
    *revision = (struct neapi_knative_revision){
        .by_rate = neapi_row_is(row, "metric", "rps"),
        .container_limit = neapi_row_double(row, "container_concurrency", 0),
        .target = cell(row, "target_annotation"),
        .share = cell(row, "tu_annotation_pct") / 100,
        .panic_threshold = cell(row, "panic_threshold_pct_annotation") / 100,
        .panic_share = cell(row, "panic_window_pct_annotation") / 100,
        .burst_capacity = cell(row, "tbc_annotation"),
        .delay_s = cell(row, "scale_down_delay_annotation_s"),
        .stable_window_s = cell(row, "window_annotation_s"),
        .initial_scale = size_cell(row, "initial_scale_annotation"),
        .activation_scale = size_cell(row, "activation_scale_annotation"),
        .min = size_cell(row, "min_annotation"),
        .max = size_cell(row, "max_annotation"),
        .reach = neapi_knative_row_reach(row)};
}

enum neapi_outcome neapi_check_knative_target(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_knative_config config;
    struct neapi_knative_revision revision;
    read_config(&config, row);
    read_revision(&revision, row);
    struct neapi_knative_target got = neapi_knative_target(&config, &revision);
    bool same = neapi_expect_cell(row, "exp_target", got.target, near, why, size) &&
                neapi_expect_cell(row, "exp_total", got.total, near, why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

static void read_rules(struct neapi_knative_rules *rules, const struct neapi_row *row)
{
    struct neapi_knative_config config;
    struct neapi_knative_revision revision;
    read_config(&config, row);
    read_revision(&revision, row);
    neapi_knative_rules(rules, &config, &revision);
}

enum neapi_outcome neapi_check_knative_decider(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_knative_rules got;
    read_rules(&got, row);
    const struct {
        const char *column;
        double got;
    } facts[] = {{"exp_target", got.target},
                 {"exp_total", got.total},
                 {"exp_panic_threshold", got.panic_threshold},
                 {"exp_tbc", got.burst_capacity},
                 {"exp_max_up", got.max_up_rate},
                 {"exp_max_down", got.max_down_rate},
                 {"exp_activator_capacity", got.activator_capacity},
                 {"exp_scale_down_delay_s", (double)got.delay_ns / 1e9},
                 {"exp_initial_scale", (double)got.initial_scale},
                 {"exp_reachable", got.reachable},
                 {"exp_activation_scale", (double)got.activation_scale}};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (!neapi_expect_cell(row, facts[i].column, facts[i].got, near, why, size))
            return NEAPI_FAILED;
    return NEAPI_PASSED;
}

enum neapi_outcome neapi_check_knative_lengths(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_knative_rules got;
    read_rules(&got, row);
    double stable_s = (double)got.stable_window_ns / 1e9;
    double panic_s = (double)got.panic_window_ns / 1e9;
    bool same = neapi_expect_cell(row, "exp_stable_window_s", stable_s, 0, why, size) &&
                neapi_expect_cell(row, "exp_panic_window_s", panic_s, 0, why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

enum neapi_outcome neapi_check_knative_bounds(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_knative_config config;
    struct neapi_knative_revision revision;
    read_config(&config, row);
    read_revision(&revision, row);
    struct neapi_knative_bounds got = neapi_knative_bounds(&config, &revision);
    bool same = neapi_expect("min", got.min, neapi_row_integer(row, "exp_min", -1), why, size) &&
                neapi_expect("max", got.max, neapi_row_integer(row, "exp_max", -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

enum neapi_outcome neapi_check_knative_sample(const struct neapi_row *row, char *why, size_t size)
{
    int64_t got = neapi_knative_sample_size(neapi_row_integer(row, "population", -1));
    bool same = neapi_expect("pods", got, neapi_row_integer(row, "expected", -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

enum neapi_outcome neapi_check_knative_activators(const struct neapi_row *row, char *why,
                                                  size_t size)
{
    struct neapi_knative_rules rules = {.total = cell(row, "total"),
                                        .burst_capacity = cell(row, "tbc"),
                                        .activator_capacity = cell(row, "activator_capacity")};
    int64_t got = neapi_knative_activators(&rules, neapi_row_integer(row, "ready_pods", -1));
    bool same = neapi_expect("activators", got, neapi_row_integer(row, "expected", -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

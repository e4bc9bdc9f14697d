/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sequences of decisions of Knative's autoscaler, and what becomes of each. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_knative.h"

/* --- knative_scale ------------------------------------------------------------------------------------ */

enum { ENTRIES = 512 };

/* A scaler between the steps of a row. */
struct bench {
    const struct neapi_row *row;
    struct neapi_knative_rules rules;
    struct neapi_knative_panic panic;
    struct neapi_knative_max delay;
    struct neapi_knative_size entries[ENTRIES];
    int64_t tick_ns;
};

static int64_t ready_at(const char *list, size_t index)
{
    double ready = neapi_cell_double(list, index);
    return isnan(ready) ? -1 : (int64_t)ready;
}

static void start(struct bench *bench)
{
    const struct neapi_row *row = bench->row;
    neapi_knative_panic_start(&bench->panic, ready_at(neapi_row_text(row, "init_ready"), 0),
                              neapi_cell_ns(neapi_row_text(row, "t_s"), 0, 0));
    bench->tick_ns = neapi_cell_ns(neapi_row_text(row, "tick_s"), 0, 1);
    bench->rules.delay_ns = neapi_cell_ns(neapi_row_text(row, "scale_down_delay_s"), 0, 0);
    int64_t size = neapi_knative_max_size(bench->rules.delay_ns, bench->tick_ns);
    bench->delay = (struct neapi_knative_max){.entries = bench->entries,
                                              .size = size < 1         ? 1
                                                      : size > ENTRIES ? ENTRIES
                                                                       : size};
}

static bool check_start(const struct bench *bench, char *why, size_t size)
{
    return neapi_expect_cell(bench->row, "exp_init_panicking", bench->panic.on, 0, why, size) &&
           neapi_expect_cell(bench->row, "exp_init_max_panic", (double)bench->panic.most, 0, why,
                             size);
}

/* What the case puts in the place of the state that the start has left. */
static void override(struct bench *bench)
{
    const char *time = neapi_row_text(bench->row, "init_panic_time");
    if (*time == '\0')
        return;
    bench->panic = (struct neapi_knative_panic){
        .on = true,
        .time_ns = neapi_cell_ns(time, 0, 0),
        .most = neapi_row_integer(bench->row, "init_max_panic", bench->panic.most)};
}

static double at(const struct bench *bench, const char *column, size_t step)
{
    return neapi_cell_double(neapi_row_text(bench->row, column), step);
}

static void decide(struct bench *bench, size_t step, struct neapi_knative_advice *advice)
{
    struct neapi_knative_rules *rules = &bench->rules;
    rules->target = at(bench, "target", step);
    rules->total = at(bench, "total", step);
    rules->burst_capacity = at(bench, "tbc", step);
    rules->max_up_rate = at(bench, "max_up", 0);
    rules->max_down_rate = at(bench, "max_down", 0);
    rules->panic_threshold = at(bench, "panic_threshold", 0);
    rules->stable_window_ns = llround(at(bench, "stable_window_s", step) * 1e9);
    rules->reachable = at(bench, "reachable", step) > 0;
    rules->activation_scale = neapi_row_integer(bench->row, "activation_scale", 0);
    int64_t now_ns = neapi_cell_ns(neapi_row_text(bench->row, "t_s"), step, 0);
    struct neapi_knative_sight sight = {.now_ns = now_ns,
                                        .ready =
                                            ready_at(neapi_row_text(bench->row, "ready"), step),
                                        .delay_index = now_ns / bench->tick_ns,
                                        .stable = at(bench, "stable", step),
                                        .panic = at(bench, "panic", step)};
    neapi_knative_scale(rules, &bench->panic, &bench->delay, &sight, advice);
}

static bool check_panic_time(const struct bench *bench, size_t step, char *why, size_t size)
{
    char item[32] = "";
    neapi_cell_item(neapi_row_text(bench->row, "exp_panic_time"), step, item, sizeof item);
    if (item[0] == '\0')
        return true;
    bool wanted = strcmp(item, "none") != 0;
    return neapi_expect("panic", bench->panic.on, wanted, why, size) &&
           (!wanted || neapi_expect("time of panic", bench->panic.time_ns,
                                    neapi_cell_ns(item, 0, -1), why, size));
}

static bool check_step(const struct bench *bench, size_t step,
                       const struct neapi_knative_advice *got, char *why, size_t size)
{
    const char *valid = neapi_row_text(bench->row, "exp_valid");
    const char *desired = neapi_row_text(bench->row, "exp_desired");
    double burst = at(bench, "exp_ebc", step);
    double tolerance = neapi_row_double(bench->row, "ebc_tolerance", 0);
    if (!neapi_expect("valid", got->valid, neapi_cell_integer(valid, step, -1), why, size) ||
        !neapi_expect("replicas", got->replicas, neapi_cell_integer(desired, step, -1), why, size))
        return false;
    if (fabs((double)got->excess_burst - burst) > tolerance)
        return neapi_expect("excess burst capacity", got->excess_burst, llround(burst), why, size);
    return check_panic_time(bench, step, why, size);
}

enum neapi_outcome neapi_check_knative_scale(const struct neapi_row *row, char *why, size_t size)
{
    struct bench bench = {.row = row};
    struct neapi_knative_advice got;
    start(&bench);
    if (!check_start(&bench, why, size))
        return NEAPI_FAILED;
    override(&bench);
    for (size_t i = 0; i < neapi_cell_count(neapi_row_text(row, "t_s")); i++) {
        decide(&bench, i, &got);
        if (!check_step(&bench, i, &got, why, size))
            return NEAPI_FAILED;
    }
    return NEAPI_PASSED;
}

/* --- knative_kpa_scaler ------------------------------------------------------------------------------- */

static int64_t cell_ns(const struct neapi_row *row, const char *column, int64_t otherwise)
{
    return neapi_cell_ns(neapi_row_text(row, column), 0, otherwise);
}

static void read_limits(struct neapi_knative_limits *limits, const struct neapi_row *row)
{
    struct neapi_knative_config config = {
        .initial_scale = neapi_row_integer(row, "initial_scale_cfg", 1),
        .allow_zero_initial = neapi_row_integer(row, "allow_zero_initial", 0) != 0};
    struct neapi_knative_revision revision;
    neapi_knative_revision_init(&revision);
    revision.min = neapi_row_integer(row, "min_scale", -1);
    revision.max = neapi_row_integer(row, "max_scale", -1);
    revision.initial_scale = neapi_row_integer(row, "initial_scale_pa", -1);
    revision.reach = neapi_knative_row_reach(row);
    struct neapi_knative_rules rules;
    config.panic_share = config.stable_window_s = 1; /* not looked at here */
    neapi_knative_rules(&rules, &config, &revision);
    *limits = (struct neapi_knative_limits){
        .bounds = neapi_knative_bounds(&config, &revision),
        .initial_scale = rules.initial_scale,
        .burst_capacity = neapi_row_double(row, "tbc", 0),
        .scale_to_zero = neapi_row_integer(row, "enable_scale_to_zero", 1) != 0,
        .stable_window_ns = cell_ns(row, "stable_window_s", 0),
        .grace_ns = cell_ns(row, "grace_s", 0),
        .retention_ns = cell_ns(row, "retention_pa_s", cell_ns(row, "retention_cfg_s", 0)),
        .activation_ns =
            cell_ns(row, "progress_deadline_s", 0) + cell_ns(row, "activation_buffer_s", 0)};
}

static enum neapi_knative_probe probe_of(const struct neapi_row *row)
{
    if (neapi_row_is(row, "probe", "ok"))
        return NEAPI_KNATIVE_PROBE_OK;
    return neapi_row_is(row, "probe", "forbidden") ? NEAPI_KNATIVE_PROBE_FORBIDDEN
                                                   : NEAPI_KNATIVE_PROBE_FAILED;
}

static void read_standing(struct neapi_knative_standing *standing, const struct neapi_row *row)
{
    *standing = (struct neapi_knative_standing){
        .replicas = neapi_row_integer(row, "start_replicas", -1),
        .state = neapi_row_is(row, "pa_state", "activating") ? NEAPI_KNATIVE_ACTIVATING
                 : neapi_row_is(row, "pa_state", "active")   ? NEAPI_KNATIVE_ACTIVE
                                                             : NEAPI_KNATIVE_INACTIVE,
        .state_ns = cell_ns(row, "since_s", 0),
        .initialized = neapi_row_integer(row, "initialized", 0) != 0,
        .unreachable = neapi_knative_row_reach(row) == NEAPI_KNATIVE_UNREACHABLE,
        .proxied = neapi_row_is(row, "sks_mode", "proxy"),
        .proxied_ns = cell_ns(row, "sks_proxy_for_s", 0),
        .probe = probe_of(row)};
}

enum neapi_outcome neapi_check_knative_apply(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_knative_limits limits;
    struct neapi_knative_standing standing;
    struct neapi_knative_verdict got;
    read_limits(&limits, row);
    read_standing(&standing, row);
    neapi_knative_apply(&limits, &standing, neapi_row_integer(row, "scale_to", -1), &got);
    bool same =
        neapi_expect("replicas", got.replicas, neapi_row_integer(row, "exp_scale", -2), why,
                     size) &&
        neapi_expect("written", got.apply, neapi_row_integer(row, "exp_patched", -1), why, size) &&
        neapi_expect("re-check", got.recheck, neapi_row_integer(row, "exp_requeues", -1), why,
                     size) &&
        neapi_expect("probe in the background", got.probing,
                     neapi_row_integer(row, "exp_async_probes", -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

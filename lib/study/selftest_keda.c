/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Polls, fallbacks and job counts of KEDA. */
#include <math.h>

#include "base/text.h"
#include "study/selftest_keda.h"

static int64_t cell_ns(const struct neapi_row *row, const char *column)
{
    return neapi_cell_ns(neapi_row_text(row, column), 0, -1);
}

static bool flag(const struct neapi_row *row, const char *column)
{
    return neapi_row_integer(row, column, 0) != 0;
}

/* Place of the row's word in a list that ends with NULL; -1 when it is none of them. */
static int choice(const struct neapi_row *row, const char *column, const char *const *words)
{
    int place = 0;
    while (words[place] != NULL && !neapi_row_is(row, column, words[place]))
        place++;
    return words[place] == NULL ? -1 : place;
}

/* --- keda_executor ------------------------------------------------------------------------------------ */

enum neapi_outcome neapi_check_keda_poll(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_keda_rules rules = {.min = neapi_row_integer(row, "min", 0),
                                     .idle = neapi_row_integer(row, "idle", -1),
                                     .cooldown_ns = cell_ns(row, "cooldown_s"),
                                     .initial_cooldown_ns = cell_ns(row, "initial_cooldown_s"),
                                     .fallback =
                                         neapi_row_integer(row, "fallback_replicas", 0) != 0,
                                     .pause_in = flag(row, "pause_in"),
                                     .pause_out = flag(row, "pause_out")};
    int64_t since_active_ns = cell_ns(row, "last_active_age_s");
    struct neapi_keda_sight sight = {.current = neapi_row_integer(row, "current", -1),
                                     .active = flag(row, "active") || flag(row, "forced"),
                                     .error = flag(row, "is_error"),
                                     .ever_active = since_active_ns >= 0,
                                     .since_active_ns = since_active_ns,
                                     .since_created_ns = cell_ns(row, "created_age_s")};
    struct neapi_keda_verdict got;
    neapi_keda_poll(&rules, &sight, &got);
    return neapi_expect("replicas", got.replicas, neapi_row_integer(row, "exp_replicas", -1), why,
                        size)
               ? NEAPI_PASSED
               : NEAPI_FAILED;
}

/* --- keda_fallback ------------------------------------------------------------------------------------ */

static bool read_fallback(struct neapi_keda_fallback *fallback, const struct neapi_row *row)
{
    static const char *const words[] = {"static", "currentReplicas", "currentReplicasIfHigher",
                                        "currentReplicasIfLower", NULL};
    int behavior = choice(row, "behavior", words);
    *fallback = (struct neapi_keda_fallback){
        .set = flag(row, "fallback_set"),
        .threshold = neapi_row_integer(row, "threshold", -1),
        .replicas = neapi_row_integer(row, "fallback_replicas", -1),
        .behavior = behavior < 0 ? NEAPI_KEDA_STATIC : (enum neapi_keda_behavior)behavior};
    return behavior >= 0 || !fallback->set;
}

enum neapi_outcome neapi_check_keda_fallback(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_keda_fallback fallback;
    if (!read_fallback(&fallback, row)) {
        neapi_print(why, size, "behavior is none that is known");
        return NEAPI_FAILED;
    }
    double value = flag(row, "scrape_ok") ? neapi_row_double(row, "value", 0) : (double)NAN;
    int64_t failures = neapi_row_integer(row, "start_failures", 0);
    double got = neapi_keda_metric(&fallback, value, neapi_row_double(row, "target", 0),
                                   neapi_row_integer(row, "current_replicas", 0), -1, &failures);
    int64_t other = neapi_row_integer(row, "other_failures", 0);
    bool stands_in =
        neapi_keda_falls_back(&fallback, failures) || neapi_keda_falls_back(&fallback, other);
    bool same =
        neapi_expect("error", isnan(got), neapi_row_integer(row, "exp_error", -1), why, size) &&
        neapi_expect_cell(row, "exp_value", got, 0, why, size) &&
        neapi_expect_cell(row, "exp_failures", (double)failures, 0, why, size) &&
        neapi_expect_cell(row, "exp_fallback_condition", stands_in, 0, why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

/* --- keda_scaledjob_* --------------------------------------------------------------------------------- */

enum neapi_outcome neapi_check_keda_jobs(const struct neapi_row *row, char *why, size_t size)
{
    static const char *const words[] = {"default", "custom",       "accurate",
                                        "eager",   "custom-unset", NULL};
    int strategy = choice(row, "strategy", words);
    bool unset = strategy == 4;
    if (strategy < 0) {
        neapi_print(why, size, "strategy is none that is known");
        return NEAPI_FAILED;
    }
    struct neapi_keda_job_rules rules = {
        .strategy = unset ? NEAPI_KEDA_CUSTOM : (enum neapi_keda_strategy)strategy,
        .deduction = unset ? (double)NAN : neapi_row_double(row, "deduction", (double)NAN),
        .running_share = unset ? (double)NAN : neapi_row_double(row, "running_pct", (double)NAN),
        .min = neapi_row_integer(row, "min_replicas", 0),
        .max = neapi_row_integer(row, "max_replicas", 0)};
    struct neapi_keda_jobs got = {neapi_row_integer(row, "max_scale", 0),
                                  neapi_row_integer(row, "scale_to", 0)};
    neapi_keda_count_jobs(&rules, neapi_row_integer(row, "running", 0),
                          neapi_row_integer(row, "pending", 0), &got);
    bool same = neapi_expect_cell(row, "exp_max_scale", (double)got.most, 0, why, size) &&
                neapi_expect_cell(row, "exp_scale_to", (double)got.to, 0, why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

enum { SCALERS = 32 };

enum neapi_outcome neapi_check_keda_queue(const struct neapi_row *row, char *why, size_t size)
{
    static const char *const words[] = {"max", "min", "avg", "sum", NULL};
    int calculation = choice(row, "calculation", words);
    const char *lengths = neapi_row_text(row, "queue_length");
    const char *targets = neapi_row_text(row, "target_average");
    const char *active = neapi_row_text(row, "active");
    size_t count = neapi_cell_count(lengths);
    struct neapi_keda_scaler scalers[SCALERS];
    if (calculation < 0 || count > SCALERS || neapi_cell_count(targets) != count) {
        neapi_print(why, size, "calculation or lists cannot be read");
        return NEAPI_FAILED;
    }
    for (size_t i = 0; i < count; i++)
        scalers[i] =
            (struct neapi_keda_scaler){neapi_cell_double(lengths, i), neapi_cell_double(targets, i),
                                       neapi_cell_integer(active, i, 0) != 0};
    struct neapi_keda_queue got = neapi_keda_queue(
        (enum neapi_keda_calculation)calculation, neapi_row_integer(row, "min_replicas", 0),
        neapi_row_integer(row, "max_replicas", 0), scalers, count);
    bool same =
        neapi_expect("active", got.active, neapi_row_integer(row, "exp_active", -1), why, size) &&
        neapi_expect("queue", got.length, neapi_row_integer(row, "exp_queue_length", -1), why,
                     size) &&
        neapi_expect("jobs", got.jobs, neapi_row_integer(row, "exp_max_value", -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

enum neapi_outcome neapi_check_keda_average(const struct neapi_row *row, char *why, size_t size)
{
    double targets[SCALERS];
    const char *list = neapi_row_text(row, "targets");
    size_t count = neapi_cell_count(list);
    for (size_t i = 0; i < count && i < SCALERS; i++)
        targets[i] = neapi_cell_double(list, i);
    double got = neapi_keda_target_average(targets, count < SCALERS ? count : SCALERS);
    return neapi_expect_cell(row, "expected", got, 0, why, size) ? NEAPI_PASSED : NEAPI_FAILED;
}

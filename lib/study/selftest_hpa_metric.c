/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From pods to a proposed size: the replica calculator, and passes of plain arithmetic at constant
 * load. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_hpa.h"

static enum neap_pod_phase phase_of(const char *list, size_t index)
{
    char item[8] = "";
    neapi_cell_item(list, index, item, sizeof item);
    switch (item[0]) {
    case 'P':
        return NEAP_POD_PENDING;
    case 'F':
        return NEAP_POD_FAILED;
    case 'S':
        return NEAP_POD_SUCCEEDED;
    default:
        return NEAP_POD_RUNNING;
    }
}

/* Behind '|' stand samples of pods that are not listed. */
static void cut_unlisted(char *list, size_t size, const char *cell)
{
    neapi_print(list, size, "%.*s", (int)strcspn(cell, "|"), cell);
}

size_t neapi_hpa_row_pods(const struct neapi_row *row, const struct neapi_hpa_columns *columns,
                          struct neap_pods *pods)
{
    const char *ready = neapi_row_text(row, "ready"), *start = neapi_row_text(row, "start_s");
    char usage[16 * NEAPI_HPA_PODS];
    cut_unlisted(usage, sizeof usage, neapi_row_text(row, columns->usage));
    size_t count = neapi_cell_count(neapi_row_text(row, columns->count));
    if (count > NEAPI_HPA_PODS)
        count = NEAPI_HPA_PODS;
    for (size_t i = 0; i < count; i++) {
        int64_t used = neapi_cell_integer(usage, i, -1),
                is_ready = neapi_cell_integer(ready, i, -1);
        int64_t start_ns = neapi_cell_ns(start, i, -1);
        pods[i] = (struct neap_pods){
            .count = 1,
            .start_ns = start_ns,
            .ready_ns = neapi_cell_ns(neapi_row_text(row, columns->transition), i, 0),
            .metric_ns = neapi_cell_ns(neapi_row_text(row, columns->metric), i, 0),
            .usage_m = used,
            .request_m = neapi_cell_integer(neapi_row_text(row, columns->request), i, -1),
            .has_metric = used >= 0,
            .has_start = start_ns >= 0,
            .has_ready_condition = is_ready >= 0,
            .ready = is_ready > 0,
            .value_m = used,
            .has_value = used >= 0,
            .deleted = neapi_cell_integer(neapi_row_text(row, "deleted"), i, 0) != 0,
            .phase = phase_of(neapi_row_text(row, "phase"), i)};
    }
    return count;
}

void neapi_hpa_row_readiness(struct neapi_hpa_rules *rules, const struct neapi_row *row)
{
    neapi_hpa_rules_init(rules);
    rules->cpu_initialization_ns = neapi_cell_ns(neapi_row_text(row, "cpu_init_s"), 0, 0);
    rules->readiness_delay_ns = neapi_cell_ns(neapi_row_text(row, "ready_delay_s"), 0, 0);
}

enum neap_reason neapi_hpa_reason_of_error(const char *word)
{
    static const struct {
        const char *word;
        enum neap_reason reason;
    } words[] = {{"no_metrics", NEAP_REASON_NO_METRICS},
                 {"no_matching_metrics", NEAP_REASON_ZERO_REQUEST},
                 {"no_pods", NEAP_REASON_NO_PODS},
                 {"missing_request", NEAP_REASON_NO_REQUEST},
                 {"container_not_found", NEAP_REASON_NO_CONTAINER}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].reason;
    return NEAP_REASON_METRIC;
}

/* --- hpa_replica_calculator -------------------------------------------------------------------------- */

/* What a row is about, and what came out. */
struct bench {
    struct neapi_hpa_rules rules;
    struct neapi_hpa_signal signal;
    struct neap_reading reading;
    struct neap_pods pods[NEAPI_HPA_PODS];
    int64_t samples_m[NEAPI_HPA_PODS], usage_m;
    struct neapi_hpa_proposal got;
};

/* Each proposes, and returns what is reported of the metric. */
static int64_t utilization(struct bench *bench)
{
    bench->signal.signal = NEAP_SIGNAL_CPU;
    neapi_hpa_propose_utilization(&bench->signal, &bench->rules, &bench->reading, &bench->got);
    return (int64_t)llround(bench->got.metric * 100);
}

static int64_t pods(struct bench *bench)
{
    bench->signal.signal = NEAP_SIGNAL_VALUE;
    neapi_hpa_propose_average(&bench->signal, &bench->rules, &bench->reading, &bench->got);
    return (int64_t)llround(bench->got.metric * 1000);
}

static int64_t value(struct bench *bench)
{
    neapi_hpa_value(&bench->signal, &bench->rules, &bench->reading, bench->usage_m, &bench->got);
    return bench->usage_m;
}

static int64_t per_pod(struct bench *bench)
{
    int64_t status = bench->reading.replicas;
    neapi_hpa_per_pod(&bench->signal, &bench->rules, status, bench->usage_m, &bench->got);
    return neapi_hpa_per_pod_usage_m(bench->usage_m, status);
}

static const struct function {
    const char *word;
    int64_t (*propose)(struct bench *bench);
} functions[] = {{"resource_utilization", utilization},
                 {"pods", pods},
                 {"object_value", value},
                 {"object_per_pod", per_pod},
                 {"external_value", value},
                 {"external_per_pod", per_pod}};

static const struct function *function_of(const struct neapi_row *row)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (neapi_row_is(row, "fn", functions[i].word))
            return &functions[i];
    return NULL;
}

size_t neapi_hpa_row_integers(const char *list, int64_t *integers, int64_t otherwise)
{
    size_t count = neapi_cell_count(list);
    if (count > NEAPI_HPA_PODS)
        count = NEAPI_HPA_PODS;
    for (size_t i = 0; i < count; i++)
        integers[i] = neapi_cell_integer(list, i, otherwise);
    return count;
}

static void read_bench(struct bench *bench, const struct neapi_row *row)
{
    static const struct neapi_hpa_columns columns = {"phase", "transition_s", "metric_ts_s",
                                                     "usage_m", "request_m"};
    int64_t extra_m[NEAPI_HPA_PODS];
    size_t samples = neapi_hpa_row_integers(neapi_row_text(row, "samples_m"), bench->samples_m, 0);
    size_t extras = neapi_hpa_row_integers(neapi_row_text(row, "extra_usage_m"), extra_m, 0);
    neapi_hpa_row_readiness(&bench->rules, row);
    bench->rules.tolerance_up = neapi_row_double(row, "tol_up", 0);
    bench->rules.tolerance_down = neapi_row_double(row, "tol_down", 0);
    bench->signal = (struct neapi_hpa_signal){.target = neapi_row_integer(row, "target", 0)};
    bench->usage_m = neapi_hpa_sum_samples(bench->samples_m, samples);
    bench->reading =
        (struct neap_reading){.now_ns = neapi_cell_ns(neapi_row_text(row, "now_s"), 0, 0),
                              .replicas = neapi_row_integer(row, "current_replicas", 0),
                              .pods = bench->pods,
                              .pods_count = neapi_hpa_row_pods(row, &columns, bench->pods),
                              .unlisted_metrics = (int64_t)extras};
    bench->reading.unlisted_usage_m = bench->reading.unlisted_value_m =
        neapi_hpa_sum_samples(extra_m, extras);
    for (size_t i = 0; i < bench->reading.pods_count; i++)
        bench->pods[i].metric_window_ns = neapi_cell_ns(neapi_row_text(row, "window_s"), 0, 0);
}

static bool check_average(const struct bench *bench, const struct neapi_row *row, char *why,
                          size_t size)
{
    struct neapi_hpa_group group;
    int64_t wanted = neapi_row_integer(row, "exp_raw", -1);
    if (wanted < 0)
        return true;
    neapi_hpa_group(&bench->signal, &bench->rules, &bench->reading, &group);
    return neapi_expect("average millicores", neapi_hpa_mean(&group.ready), wanted, why, size);
}

enum neapi_outcome neapi_check_hpa_calculator(const struct neapi_row *row, char *why, size_t size)
{
    const struct function *function = function_of(row);
    if (function == NULL)
        return neapi_skip(why, size, "not a function that neap knows");
    struct bench bench;
    read_bench(&bench, row);
    int64_t usage = function->propose(&bench);
    const char *error = neapi_row_text(row, "exp_error");
    if (!neapi_expect("failed", bench.got.failed, *error != '\0', why, size))
        return NEAPI_FAILED;
    bool same = bench.got.failed
                    ? neapi_expect("kind of failure", (int64_t)bench.got.reason,
                                   (int64_t)neapi_hpa_reason_of_error(error), why, size)
                    : neapi_expect("replicas", bench.got.replicas,
                                   neapi_row_integer(row, "exp_replicas", -1), why, size) &&
                          neapi_expect("usage", usage, neapi_row_integer(row, "exp_usage", usage),
                                       why, size) &&
                          check_average(&bench, row, why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

/* --- oracle_hpa_arith --------------------------------------------------------------------------------- */

/* Use per pod at constant load, cut to millicores. Rates and costs are exact decimals, so the
 * division is made in whole numbers. */
static int64_t usage_m(const struct neapi_row *row)
{
    int64_t rate_e3 = (int64_t)llround(neapi_row_double(row, "lambda", 0) * 1e3);
    int64_t cpu_e6_s = (int64_t)llround(neapi_row_double(row, "cpu_per_req", 0) * 1e6);
    int64_t pods = neapi_row_integer(row, "n_before", 1);
    int64_t load_m = rate_e3 * cpu_e6_s / (1000000 * pods);
    int64_t used = neapi_row_integer(row, "base_m", 0) + load_m;
    int64_t limit = neapi_row_integer(row, "limit_m", INT64_MAX);
    return used < limit ? used : limit;
}

enum neapi_outcome neapi_check_hpa_arithmetic(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_hpa_rules rules;
    struct neapi_hpa_utilization used = {-1, -1};
    neapi_hpa_rules_init(&rules);
    rules.min = neapi_row_integer(row, "min", -1);
    rules.max = neapi_row_integer(row, "max", -1);
    rules.up_factor = 1e9; /* the table knows of no speed limit */
    rules.tolerance_up = rules.tolerance_down = neapi_row_double(row, "tolerance", -1);
    rules.signals[0].target = neapi_row_integer(row, "target_pct", 0);
    int64_t before = neapi_row_integer(row, "n_before", 0);
    struct neap_pods pods = {.count = before,
                             .usage_m = usage_m(row),
                             .request_m = neapi_row_integer(row, "request_m", 0),
                             .has_metric = true,
                             .has_start = true,
                             .has_ready_condition = true,
                             .ready = true};
    struct neap_reading reading = {
        .now_ns = INT64_C(3600000000000), .replicas = before, .pods = &pods, .pods_count = 1};
    struct neapi_hpa_group group;
    struct neapi_hpa_proposal got;
    rules.signals[0].signal = NEAP_SIGNAL_CPU;
    neapi_hpa_group(&rules.signals[0], &rules, &reading, &group);
    neapi_hpa_propose_utilization(&rules.signals[0], &rules, &reading, &got);
    enum neap_reason reason;
    int64_t after = neapi_hpa_limit(&rules, before, got.replicas, &reason);
    double ratio = neapi_row_double(row, "ratio", (double)NAN);
    bool same = neapi_hpa_utilization(&group.ready, rules.signals[0].target, &used) &&
                neapi_expect("millicores per pod", pods.usage_m,
                             neapi_row_integer(row, "usage_m_per_pod", -1), why, size) &&
                neapi_expect("percent", used.percent, neapi_row_integer(row, "util_pct_int", -1),
                             why, size) &&
                neapi_expect("proposal", got.replicas, neapi_row_integer(row, "n_desired_raw", -1),
                             why, size) &&
                neapi_expect("replicas", after, neapi_row_integer(row, "n_after", -1), why, size);
    if (same && !neapi_close(used.ratio, ratio, 1e-15)) {
        neapi_print(why, size, "ratio is %.17g, expected %.17g", used.ratio, ratio);
        same = false;
    }
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

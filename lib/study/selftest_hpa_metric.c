/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From pods to a proposed size: grouping, utilisation, the replica calculator, and eight passes of
 * plain arithmetic at constant load. */
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

size_t neapi_hpa_row_pods(const struct neapi_row *row, const struct neapi_hpa_columns *columns,
                          struct neap_pods *pods)
{
    const char *ready = neapi_row_text(row, "ready"), *start = neapi_row_text(row, "start_s");
    const char *usage = neapi_row_text(row, columns->usage);
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
            .deleted = neapi_cell_integer(neapi_row_text(row, "deleted"), i, 0) != 0,
            .phase = phase_of(neapi_row_text(row, "phase"), i)};
    }
    return count;
}

static void readiness(struct neapi_hpa_rules *rules, const struct neapi_row *row)
{
    neapi_hpa_rules_init(rules);
    rules->cpu_initialization_ns = neapi_cell_ns(neapi_row_text(row, "cpu_init_s"), 0, 0);
    rules->readiness_delay_ns = neapi_cell_ns(neapi_row_text(row, "ready_delay_s"), 0, 0);
}

static enum neap_reason reason_of_error(const char *word)
{
    if (strcmp(word, "no_metrics") == 0)
        return NEAP_REASON_NO_METRICS;
    if (strcmp(word, "no_matching_metrics") == 0)
        return NEAP_REASON_ZERO_REQUEST;
    if (strcmp(word, "no_pods") == 0)
        return NEAP_REASON_NO_PODS;
    return NEAP_REASON_NO_REQUEST;
}

/* --- hpa_replica_calculator -------------------------------------------------------------------------- */

static bool check_reported(const struct neapi_row *row, const struct neapi_hpa_rules *rules,
                           const struct neap_reading *reading, double metric, char *why,
                           size_t size)
{
    struct neapi_hpa_group group;
    neapi_hpa_group(rules, reading, rules->signals[0].target, &group);
    int64_t percent = (int64_t)llround(metric * 100), average_m = neapi_hpa_average_m(&group.ready);
    return neapi_expect("utilisation percent", percent,
                        neapi_row_integer(row, "exp_usage", percent), why, size) &&
           neapi_expect("average millicores", average_m,
                        neapi_row_integer(row, "exp_raw", average_m), why, size);
}

void neapi_hpa_propose_pods(const struct neapi_hpa_signal *signal,
                            const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                            struct neapi_hpa_proposal *proposal)
{
    struct neapi_hpa_values values;
    neapi_hpa_values_count(&values, rules, reading);
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (neapi_hpa_classify(rules, pods, reading->now_ns, false) != NEAPI_HPA_READY)
            continue;
        values.samples += pods->count;
        values.sum_m += pods->count * pods->usage_m;
    }
    neapi_hpa_average(&values, signal->target, rules, reading->replicas, proposal);
}

static bool check_value(const struct neapi_row *row, double metric, char *why, size_t size)
{
    int64_t value_m = (int64_t)llround(metric * 1000);
    return neapi_expect("average thousandths", value_m,
                        neapi_row_integer(row, "exp_usage", value_m), why, size);
}

enum neapi_outcome neapi_check_hpa_calculator(const struct neapi_row *row, char *why, size_t size)
{
    bool cpu = neapi_row_is(row, "fn", "resource_utilization");
    if (!cpu && !neapi_row_is(row, "fn", "pods"))
        return neapi_skip(why, size, "not a metric that neap models");
    static const struct neapi_hpa_columns columns = {"phase", "transition_s", "metric_ts_s",
                                                     "usage_m", "request_m"};
    struct neapi_hpa_rules rules;
    readiness(&rules, row);
    rules.tolerance_up = neapi_row_double(row, "tol_up", 0);
    rules.tolerance_down = neapi_row_double(row, "tol_down", 0);
    rules.signals[0].target = neapi_row_integer(row, "target", 0);
    struct neap_pods pods[NEAPI_HPA_PODS];
    size_t count = neapi_hpa_row_pods(row, &columns, pods);
    for (size_t i = 0; i < count; i++)
        pods[i].metric_window_ns = neapi_cell_ns(neapi_row_text(row, "window_s"), 0, 0);
    struct neap_reading reading = {
        .now_ns = neapi_cell_ns(neapi_row_text(row, "now_s"), 0, 0),
        .replicas = neapi_row_integer(row, "current_replicas", 0),
        .pods = pods,
        .pods_count = count,
        .unlisted_metrics = (int64_t)neapi_cell_count(neapi_row_text(row, "extra_usage_m"))};
    struct neapi_hpa_proposal got;
    if (cpu)
        neapi_hpa_propose_cpu(&rules.signals[0], &rules, &reading, &got);
    else
        neapi_hpa_propose_pods(&rules.signals[0], &rules, &reading, &got);
    const char *error = neapi_row_text(row, "exp_error");
    if (!neapi_expect("failed", got.failed, *error != '\0', why, size))
        return NEAPI_FAILED;
    bool same = got.failed ? neapi_expect("kind of failure", (int64_t)got.reason,
                                          (int64_t)reason_of_error(error), why, size)
                           : neapi_expect("replicas", got.replicas,
                                          neapi_row_integer(row, "exp_replicas", -1), why, size) &&
                                 (cpu ? check_reported(row, &rules, &reading, got.metric, why, size)
                                      : check_value(row, got.metric, why, size));
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

/* --- hpa_group_pods ------------------------------------------------------------------------------------ */

static bool list_has(const char *list, int64_t wanted)
{
    for (size_t i = 0; i < neapi_cell_count(list); i++)
        if (neapi_cell_integer(list, i, -1) == wanted)
            return true;
    return false;
}

static enum neapi_hpa_class expected_class(const struct neapi_row *row, int64_t index)
{
    if (list_has(neapi_row_text(row, "exp_unready_idx"), index))
        return NEAPI_HPA_UNREADY;
    if (list_has(neapi_row_text(row, "exp_missing_idx"), index))
        return NEAPI_HPA_MISSING;
    if (list_has(neapi_row_text(row, "exp_ignored_idx"), index))
        return NEAPI_HPA_IGNORED;
    return NEAPI_HPA_READY;
}

enum neapi_outcome neapi_check_hpa_group(const struct neapi_row *row, char *why, size_t size)
{
    static const struct neapi_hpa_columns columns = {"phase", "transition_s", "metric_ts_s",
                                                     "has_metric", "has_metric"};
    struct neapi_hpa_rules rules;
    readiness(&rules, row);
    struct neap_pods pods[NEAPI_HPA_PODS];
    size_t count = neapi_hpa_row_pods(row, &columns, pods);
    int64_t now_ns = neapi_cell_ns(neapi_row_text(row, "now_s"), 0, 0), ready = 0;
    bool cpu = neapi_row_is(row, "resource", "cpu");
    for (size_t i = 0; i < count; i++) {
        pods[i].has_metric = neapi_cell_integer(neapi_row_text(row, "has_metric"), i, 0) != 0;
        pods[i].metric_window_ns = neapi_cell_ns(neapi_row_text(row, "metric_window_s"), i, 0);
        enum neapi_hpa_class got = neapi_hpa_classify(&rules, &pods[i], now_ns, cpu);
        ready += got == NEAPI_HPA_READY;
        if (!neapi_expect("class of pod", (int64_t)got, (int64_t)expected_class(row, (int64_t)i),
                          why, size))
            return NEAPI_FAILED;
    }
    return neapi_expect("ready pods", ready, neapi_row_integer(row, "exp_ready_count", -1), why,
                        size)
               ? NEAPI_PASSED
               : NEAPI_FAILED;
}

/* --- hpa_requests, hpa_utilization ------------------------------------------------------------------------ */

enum neapi_outcome neapi_check_hpa_requests(const struct neapi_row *row, char *why, size_t size)
{
    (void)row;
    return neapi_skip(why, size, "readings hold requests per pod, not per container");
}

enum neapi_outcome neapi_check_hpa_utilization(const struct neapi_row *row, char *why, size_t size)
{
    if (!neapi_row_is(row, "fn", "utilization"))
        return neapi_skip(why, size, "not a metric of CPU utilisation");
    const char *usage = neapi_row_text(row, "usage_m"), *request = neapi_row_text(row, "request_m");
    struct neapi_hpa_sum sum = {0};
    struct neapi_hpa_utilization got = {-1, -1};
    for (size_t i = 0; i < neapi_cell_count(request) || i < neapi_cell_count(usage); i++) {
        int64_t used = neapi_cell_integer(usage, i, -1);
        struct neap_pods pods = {.count = 1,
                                 .usage_m = used,
                                 .has_metric = used >= 0,
                                 .request_m = neapi_cell_integer(request, i, -1)};
        neapi_hpa_sum_add(&sum, &pods);
    }
    struct neap_pods extra = {.count = 1,
                              .request_m = neapi_row_integer(row, "extra_request_m", -1)};
    neapi_hpa_sum_add(&sum, &extra);
    bool found = neapi_hpa_utilization(&sum, neapi_row_integer(row, "target", 0), &got);
    bool same = neapi_expect("found", found, neapi_row_is(row, "exp_error", ""), why, size);
    if (same && found) {
        double ratio = neapi_row_double(row, "exp_ratio", (double)NAN);
        same = neapi_close(got.ratio, ratio, 1e-15);
        if (!same)
            neapi_print(why, size, "ratio is %.17g, expected %.17g", got.ratio, ratio);
        same = same &&
               neapi_expect("percent", got.percent, neapi_row_integer(row, "exp_current", -1), why,
                            size) &&
               neapi_expect("average millicores", neapi_hpa_average_m(&sum),
                            neapi_row_integer(row, "exp_raw", -1), why, size);
    }
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
    neapi_hpa_group(&rules, &reading, rules.signals[0].target, &group);
    neapi_hpa_propose_cpu(&rules.signals[0], &rules, &reading, &got);
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

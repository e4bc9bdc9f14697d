/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What pods use and request, how they are grouped, and their utilisation. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_hpa.h"

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
    neapi_hpa_row_readiness(&rules, row);
    struct neap_pods pods[NEAPI_HPA_PODS];
    size_t count = neapi_hpa_row_pods(row, &columns, pods);
    int64_t now_ns = neapi_cell_ns(neapi_row_text(row, "now_s"), 0, 0), ready = 0;
    bool cpu = neapi_row_is(row, "resource", "cpu");
    for (size_t i = 0; i < count; i++) {
        pods[i].has_metric = neapi_cell_integer(neapi_row_text(row, "has_metric"), i, 0) != 0;
        pods[i].metric_window_ns = neapi_cell_ns(neapi_row_text(row, "metric_window_s"), i, 0);
        enum neapi_hpa_class got =
            neapi_hpa_classify(&rules, &pods[i], now_ns, pods[i].has_metric, cpu);
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

/* --- hpa_requests ------------------------------------------------------------------------------------- */

enum { CONTAINERS = 16, NAME_SIZE = 64 };

static enum neap_container_kind kind_of(const char *list, size_t index)
{
    char item[16] = "";
    neapi_cell_item(list, index, item, sizeof item);
    if (strcmp(item, "init") == 0)
        return NEAP_CONTAINER_INIT;
    return strcmp(item, "sidecar") == 0 ? NEAP_CONTAINER_SIDECAR : NEAP_CONTAINER_MAIN;
}

static size_t read_containers(const struct neapi_row *row, struct neap_container *containers,
                              char names[][NAME_SIZE])
{
    const char *list = neapi_row_text(row, "container_names");
    size_t count = 0;
    while (count < CONTAINERS && neapi_cell_item(list, count, names[count], NAME_SIZE)) {
        containers[count] = (struct neap_container){
            .name = names[count],
            .kind = kind_of(neapi_row_text(row, "container_kinds"), count),
            .request_m = neapi_cell_integer(neapi_row_text(row, "container_request_m"), count, -1)};
        count++;
    }
    return count;
}

enum neapi_outcome neapi_check_hpa_requests(const struct neapi_row *row, char *why, size_t size)
{
    char names[CONTAINERS][NAME_SIZE];
    struct neap_container containers[CONTAINERS];
    const char *container = neapi_row_text(row, "container");
    int64_t request_m = neapi_row_integer(row, "pod_level_request_m", -1), got_m = -1;
    struct neap_pods pods = {.count = neapi_row_integer(row, "n_pods", 1),
                             .request_m = request_m,
                             .has_pod_level = request_m >= 0,
                             .containers = containers,
                             .containers_count = read_containers(row, containers, names)};
    enum neap_reason reason =
        neapi_hpa_request(&pods, NEAP_SIGNAL_CPU, *container == '\0' ? NULL : container,
                          neapi_row_integer(row, "pod_level_enabled", 0) != 0, &got_m);
    enum neap_reason wanted = neapi_hpa_reason_of_error(neapi_row_text(row, "exp_error"));
    bool same =
        neapi_expect("kind of failure", (int64_t)reason, (int64_t)wanted, why, size) &&
        neapi_expect("request", got_m, neapi_row_integer(row, "exp_request_m", -1), why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

/* --- hpa_utilization ------------------------------------------------------------------------------------- */

static bool check_ratio(const struct neapi_row *row, double got, char *why, size_t size)
{
    double wanted = neapi_row_double(row, "exp_ratio", got);
    if (neapi_close(got, wanted, 1e-15))
        return true;
    neapi_print(why, size, "ratio is %.17g, expected %.17g", got, wanted);
    return false;
}

static bool check_utilization(const struct neapi_row *row, char *why, size_t size)
{
    const char *usage = neapi_row_text(row, "usage_m"), *request = neapi_row_text(row, "request_m");
    struct neapi_hpa_sum sum = {0};
    struct neapi_hpa_utilization got = {-1, -1};
    for (size_t i = 0; i < neapi_cell_count(request) || i < neapi_cell_count(usage); i++)
        neapi_hpa_sum_add(&sum, 1, neapi_cell_integer(usage, i, -1),
                          neapi_cell_integer(request, i, -1));
    neapi_hpa_sum_add(&sum, 1, -1, neapi_row_integer(row, "extra_request_m", -1));
    bool found = neapi_hpa_utilization(&sum, neapi_row_integer(row, "target", 0), &got);
    if (!neapi_expect("found", found, neapi_row_is(row, "exp_error", ""), why, size))
        return false;
    return !found || (check_ratio(row, got.ratio, why, size) &&
                      neapi_expect("percent", got.percent,
                                   neapi_row_integer(row, "exp_current", -1), why, size) &&
                      neapi_expect("average millicores", neapi_hpa_mean(&sum),
                                   neapi_row_integer(row, "exp_raw", -1), why, size));
}

/* The mean of a metric of the pods' own. */
static bool check_usage(const struct neapi_row *row, char *why, size_t size)
{
    struct neap_pods pods[NEAPI_HPA_PODS];
    int64_t usage_m[NEAPI_HPA_PODS];
    struct neapi_hpa_rules rules;
    struct neapi_hpa_proposal got;
    struct neapi_hpa_signal signal = {.signal = NEAP_SIGNAL_VALUE,
                                      .target = neapi_row_integer(row, "target", 1)};
    size_t count = neapi_hpa_row_integers(neapi_row_text(row, "usage_m"), usage_m, 0);
    for (size_t i = 0; i < count; i++)
        pods[i] = (struct neap_pods){.count = 1, .value_m = usage_m[i], .has_value = true};
    struct neap_reading reading = {.replicas = 1, .pods = pods, .pods_count = count};
    neapi_hpa_rules_init(&rules);
    neapi_hpa_propose_average(&signal, &rules, &reading, &got);
    return check_ratio(row, got.ratio, why, size) &&
           neapi_expect("average thousandths", (int64_t)llround(got.metric * 1000),
                        neapi_row_integer(row, "exp_current", -1), why, size);
}

static bool check_per_pod(const struct neapi_row *row, char *why, size_t size)
{
    return neapi_expect("average thousandths",
                        neapi_hpa_per_pod_usage_m(neapi_row_integer(row, "usage_m", 0),
                                                  neapi_row_integer(row, "target", 0)),
                        neapi_row_integer(row, "exp_current", -1), why, size);
}

enum neapi_outcome neapi_check_hpa_utilization(const struct neapi_row *row, char *why, size_t size)
{
    bool same;
    if (neapi_row_is(row, "fn", "utilization"))
        same = check_utilization(row, why, size);
    else if (neapi_row_is(row, "fn", "usage"))
        same = check_usage(row, why, size);
    else if (neapi_row_is(row, "fn", "per_pod_usage"))
        same = check_per_pod(row, why, size);
    else
        return neapi_skip(why, size, "not a function that neap knows");
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

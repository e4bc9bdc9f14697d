/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole passes of the HPA's controller, with the status conditions that it would leave behind, and
 * sequences of passes. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_hpa.h"

/* --- hpa_reconcile ------------------------------------------------------------------------------------- */

static void read_rules(struct neapi_hpa_rules *rules, const struct neapi_row *row)
{
    double tolerance = neapi_row_double(row, "tolerance", 0);
    bool own = neapi_row_integer(row, "gate_configurable_tolerance", 0) != 0;
    rules->min = neapi_row_integer(row, "min", -1);
    rules->max = neapi_row_integer(row, "max", -1);
    rules->behavior = neapi_row_integer(row, "behavior_set", 0) != 0;
    rules->tolerance_up = own ? neapi_row_double(row, "up_tolerance", tolerance) : tolerance;
    rules->tolerance_down = own ? neapi_row_double(row, "down_tolerance", tolerance) : tolerance;
    rules->scale_to_zero = neapi_row_integer(row, "gate_scale_to_zero", 0) != 0;
    rules->zero_by_condition = true;
    rules->up_factor = neapi_row_double(row, "scale_up_factor", 0);
    rules->cpu_initialization_ns = neapi_cell_ns(neapi_row_text(row, "cpu_init_s"), 0, 0);
    rules->readiness_delay_ns = neapi_cell_ns(neapi_row_text(row, "ready_delay_s"), 0, 0);
    rules->down.window_ns = neapi_cell_ns(neapi_row_text(row, "downscale_window_s"), 0, 0);
    neapi_hpa_bench_policies(&rules->up, neapi_row_text(row, "up_policies"), "Max");
    neapi_hpa_bench_policies(&rules->down, neapi_row_text(row, "down_policies"), "Max");
}

static void read_pods(struct neap_reading *reading, struct neap_pods *pods,
                      const struct neapi_row *row)
{
    static const struct neapi_hpa_columns columns = {"cpu_request_m", "start_s", "now_s",
                                                     "cpu_usage_m", "cpu_request_m"};
    const char *extra = strchr(neapi_row_text(row, "cpu_usage_m"), '|');
    reading->now_ns = neapi_cell_ns(neapi_row_text(row, "now_s"), 0, 0);
    reading->replicas = neapi_row_integer(row, "spec_replicas", -1);
    reading->pods = pods;
    reading->pods_count = neapi_hpa_row_pods(row, &columns, pods);
    reading->unlisted_metrics = extra == NULL ? 0 : (int64_t)neapi_cell_count(extra + 1);
    for (size_t i = 0; i < reading->pods_count; i++) {
        pods[i].metric_ns = reading->now_ns;
        pods[i].metric_window_ns = INT64_C(60000000000);
    }
}

/* Conditions as the table writes them, joined by ';'. */
struct conditions {
    char text[512];
    size_t length;
};

static void state(struct conditions *conditions, const char *condition)
{
    size_t left = sizeof conditions->text - conditions->length;
    int added = neapi_print(conditions->text + conditions->length, left, "%s%s",
                            conditions->length > 0 ? ";" : "", condition);
    if (added > 0 && (size_t)added < left)
        conditions->length += (size_t)added;
}

static const char *able(const struct neapi_hpa_outcome *outcome, bool rescaled)
{
    if (rescaled)
        return "AbleToScale=True:SucceededRescale";
    if (outcome->path != NEAPI_HPA_COMPUTED)
        return "AbleToScale=True:SucceededGetScale";
    if (outcome->stabilized == NEAP_REASON_UP_STABILIZED)
        return "AbleToScale=True:ScaleUpStabilized";
    if (outcome->stabilized == NEAP_REASON_DOWN_STABILIZED)
        return "AbleToScale=True:ScaleDownStabilized";
    return "AbleToScale=True:ReadyForNewScale";
}

static const char *limited(enum neap_reason reason)
{
    if (reason == NEAP_REASON_AT_MIN)
        return "ScalingLimited=True:TooFewReplicas";
    if (reason == NEAP_REASON_AT_MAX)
        return "ScalingLimited=True:TooManyReplicas";
    if (reason == NEAP_REASON_UP_LIMIT)
        return "ScalingLimited=True:ScaleUpLimit";
    if (reason == NEAP_REASON_DOWN_LIMIT)
        return "ScalingLimited=True:ScaleDownLimit";
    return "ScalingLimited=False:DesiredWithinRange";
}

static const char *failed(enum neapi_hpa_source source)
{
    static const char *const words[] = {
        [NEAPI_HPA_RESOURCE] = "ScalingActive=False:FailedGetResourceMetric",
        [NEAPI_HPA_CONTAINER_RESOURCE] = "ScalingActive=False:FailedGetContainerResourceMetric",
        [NEAPI_HPA_SOURCE_PODS] = "ScalingActive=False:FailedGetPodsMetric",
        [NEAPI_HPA_OBJECT] = "ScalingActive=False:FailedGetObjectMetric",
        [NEAPI_HPA_EXTERNAL] = "ScalingActive=False:FailedGetExternalMetric",
        [NEAPI_HPA_NO_SOURCE] = "ScalingActive=False:InvalidMetricSourceType"};
    return words[source];
}

static void describe(struct conditions *conditions, const struct neapi_hpa_outcome *outcome,
                     bool rescaled, enum neapi_hpa_zero zero)
{
    state(conditions, able(outcome, rescaled));
    if (outcome->path == NEAPI_HPA_DISABLED)
        state(conditions, "ScalingActive=False:ScalingDisabled");
    else if (outcome->path == NEAPI_HPA_FAILED)
        state(conditions, failed(outcome->proposal.source));
    else if (outcome->path == NEAPI_HPA_COMPUTED)
        state(conditions, "ScalingActive=True:ValidMetricFound");
    if (outcome->path == NEAPI_HPA_COMPUTED)
        state(conditions, limited(outcome->limited));
    if (zero == NEAPI_HPA_ZERO_TRUE)
        state(conditions, "ScaledToZero=True:ScaledToZero");
    else if (zero == NEAPI_HPA_ZERO_FALSE)
        state(conditions, "ScaledToZero=False:NotScaledToZero");
}

static bool same_set(const char *got, const char *wanted)
{
    size_t count = neapi_cell_count(got), found = 0;
    for (size_t i = 0; i < count; i++) {
        char mine[96], other[96];
        neapi_cell_item(got, i, mine, sizeof mine);
        for (size_t j = 0; neapi_cell_item(wanted, j, other, sizeof other); j++)
            found += strcmp(mine, other) == 0;
    }
    return found == count && count == neapi_cell_count(wanted);
}

static bool check_conditions(const struct neapi_row *row, const struct neapi_hpa_outcome *outcome,
                             bool rescaled, enum neapi_hpa_zero zero, char *why, size_t size)
{
    struct conditions got = {"", 0};
    const char *wanted = neapi_row_text(row, "exp_conditions");
    describe(&got, outcome, rescaled, zero);
    if (*wanted == '\0' || same_set(got.text, wanted))
        return true;
    neapi_print(why, size, "conditions are %s, expected %s", got.text, wanted);
    return false;
}

/* The size that pods add up to is the size that the row says is observed, if that counts. */
static bool check_status(const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                         const struct neapi_row *row, char *why, size_t size)
{
    int64_t status = neapi_hpa_status_replicas(reading);
    for (size_t i = 0; i < rules->signals_count; i++)
        if (rules->signals[i].propose == neapi_hpa_propose_per_pod)
            return neapi_expect("observed replicas", status,
                                neapi_row_integer(row, "status_replicas", -1), why, size);
    return true;
}

enum neapi_outcome neapi_check_hpa_reconcile(const struct neapi_row *row, char *why, size_t size)
{
    struct neapi_hpa_bench bench;
    struct neap_pods pods[NEAPI_HPA_PODS];
    struct neap_reading reading = {0};
    neapi_hpa_bench_init(&bench);
    read_rules(&bench.hpa.rules, row);
    read_pods(&reading, pods, row);
    if (!neapi_hpa_row_signals(&bench.hpa.rules, &reading, pods, row))
        return neapi_skip(why, size, "not a metric that neap models");
    if (!check_status(&bench.hpa.rules, &reading, row, why, size))
        return NEAPI_FAILED;
    if (neapi_row_integer(row, "cond_scaled_to_zero", 0) != 0)
        bench.hpa.zero = NEAPI_HPA_ZERO_TRUE;
    bench.hpa.started = neapi_row_is(row, "rec_init", "set");
    neapi_hpa_bench_remember(&bench, row, reading.now_ns);
    struct neapi_hpa_outcome got;
    neapi_hpa_pass(&bench.hpa, &reading, &got);
    bool rescaled = got.desired != reading.replicas;
    bool same = neapi_expect("replicas", got.desired, neapi_row_integer(row, "exp_desired", -1),
                             why, size) &&
                neapi_expect("scale updated", rescaled,
                             neapi_row_integer(row, "exp_scale_updated", rescaled), why, size) &&
                neapi_expect("failed", got.incomplete, neapi_row_integer(row, "exp_error", -1), why,
                             size) &&
                check_conditions(row, &got, rescaled, bench.hpa.zero, why, size);
    return same ? NEAPI_PASSED : NEAPI_FAILED;
}

/* --- derived_hpa_trajectory ------------------------------------------------------------------------------ */

/* A metric that proposes what the table says: -1 is a failure. */
static void propose_as_told(const struct neapi_hpa_signal *signal,
                            const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                            struct neapi_hpa_proposal *proposal)
{
    (void)rules;
    bool failed = signal->target < 0;
    *proposal = (struct neapi_hpa_proposal){
        .replicas = failed ? reading->replicas : signal->target,
        .metric = (double)NAN,
        .reason = failed ? NEAP_REASON_NO_METRICS : NEAP_REASON_METRIC,
        .failed = failed,
    };
}

static void read_trajectory(struct neapi_hpa_rules *rules, const struct neapi_row *row)
{
    rules->min = neapi_row_integer(row, "min", -1);
    rules->max = neapi_row_integer(row, "max", -1);
    rules->behavior = neapi_row_integer(row, "behavior_set", 0) != 0;
    rules->up_factor = neapi_row_double(row, "scale_up_factor", 0);
    rules->up.window_ns = neapi_cell_ns(neapi_row_text(row, "up_window_s"), 0, 0);
    rules->down.window_ns = neapi_cell_ns(neapi_row_text(row, "down_window_s"), 0, 0);
    neapi_hpa_bench_policies(&rules->up, neapi_row_text(row, "up_policies"),
                             neapi_row_text(row, "up_select"));
    neapi_hpa_bench_policies(&rules->down, neapi_row_text(row, "down_policies"),
                             neapi_row_text(row, "down_select"));
    rules->signals_count = 1;
}

enum neapi_outcome neapi_check_hpa_trajectory(const struct neapi_row *row, char *why, size_t size)
{
    const char *times = neapi_row_text(row, "t_s"), *raw = neapi_row_text(row, "metric_desired");
    const char *wanted = neapi_row_text(row, "exp_replicas");
    struct neapi_hpa_bench bench;
    neapi_hpa_bench_init(&bench);
    read_trajectory(&bench.hpa.rules, row);
    int64_t replicas = neapi_row_integer(row, "initial_replicas", -1);
    for (size_t i = 0; i < neapi_cell_count(times); i++) {
        struct neap_reading reading = {.now_ns = neapi_cell_ns(times, i, 0), .replicas = replicas};
        bench.hpa.rules.signals[0] = (struct neapi_hpa_signal){
            .propose = propose_as_told, .target = neapi_cell_integer(raw, i, -1)};
        struct neapi_hpa_outcome got;
        neapi_hpa_pass(&bench.hpa, &reading, &got);
        replicas = got.desired;
        char what[48];
        neapi_print(what, sizeof what, "replicas after pass %zu", i + 1);
        if (!neapi_expect(what, replicas, neapi_cell_integer(wanted, i, -1), why, size))
            return NEAPI_FAILED;
    }
    return NEAPI_PASSED;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules of autoscalers that the published tables leave unpinned, from inside. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/knative_impl.h"

/* Where max and the speed limit are the same size, it is max that is told of. */
static void a_max_that_equals_the_limit_is_the_reason(void **state)
{
    (void)state;
    struct neapi_hpa_rules rules;
    enum neap_reason reason = NEAP_REASON_METRIC;
    neapi_hpa_rules_init(&rules);
    rules.max = 10;
    assert_int_equal(neapi_hpa_limit(&rules, 5, 20, &reason), 10);
    assert_int_equal(reason, NEAP_REASON_AT_MAX);
    rules.max = 11;
    assert_int_equal(neapi_hpa_limit(&rules, 5, 20, &reason), 10);
    assert_int_equal(reason, NEAP_REASON_UP_LIMIT);
    assert_int_equal(neapi_hpa_limit(&rules, 5, 11, &reason), 10);
}

static void a_panic_window_is_a_second_at_least(void **state)
{
    (void)state;
    const struct neapi_knative_config config = {.stable_window_s = 6, .panic_share = 0.05};
    struct neapi_knative_revision revision;
    struct neapi_knative_rules rules;
    neapi_knative_revision_init(&revision);
    neapi_knative_rules(&rules, &config, &revision);
    assert_int_equal(rules.panic_window_ns, 1000000000);
    revision.panic_share = 0.5;
    neapi_knative_rules(&rules, &config, &revision);
    assert_int_equal(rules.panic_window_ns, 3000000000);
}

/* The panic window asks for forty times the ready pods; the rate allows half as many again. What
 * counts for the panic is what was asked for. */
static void panic_is_judged_before_the_rate_limit(void **state)
{
    (void)state;
    const struct neapi_knative_rules rules = {.target = 1,
                                              .total = 1,
                                              .max_up_rate = 1.5,
                                              .max_down_rate = 2,
                                              .panic_threshold = 2,
                                              .stable_window_ns = 60000000000,
                                              .reachable = true};
    const struct neapi_knative_sight sight = {
        .now_ns = 1000000000000, .ready = 2, .stable = 2, .panic = 80};
    struct neapi_knative_panic panic = {.on = false};
    struct neapi_knative_advice advice;
    neapi_knative_scale(&rules, &panic, NULL, &sight, &advice);
    assert_true(panic.on);
    assert_int_equal(advice.replicas, 3);
}

/* A schedule around any kind is obeyed as that kind obeys an administrator: at its next evaluation. */
static void other_bounds_are_obeyed_by_all_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *type, *key, *value;
    } kinds[] = {{"hpa", "target_cpu", "60%"},
                 {"keda", "target_rate", "10/s"},
                 {"knative", "metric", "rps"},
                 {"gce", "target_cpu", "60%"},
                 {"cloud_run", "min", "1"},
                 {"target_tracking", "target_cpu", "60%"},
                 {"step_scaling", "scale_out.cpu", "70%"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct neap_autoscaler *scaler = NULL;
        struct neap_decision decision;
        struct neap_pods pods = {.count = 3,
                                 .request_m = 1000,
                                 .usage_m = 600,
                                 .has_metric = true,
                                 .has_start = true,
                                 .has_ready_condition = true,
                                 .ready = true};
        struct neap_reading reading = {.now_ns = 1000000000000,
                                       .replicas = 3,
                                       .pods = &pods,
                                       .pods_count = 1,
                                       .request_rate = 30};
        const struct neap_autoscaler_type *type = neap_autoscaler_find(kinds[i].type);
        assert_int_equal(neap_autoscaler_new(&scaler, type, NULL), NEAP_OK);
        assert_int_equal(neap_autoscaler_set(scaler, kinds[i].key, kinds[i].value, NULL), NEAP_OK);
        assert_int_equal(neap_autoscaler_set(scaler, "max", "100", NULL), NEAP_OK);
        assert_int_equal(neap_autoscaler_prepare(scaler, NULL), NEAP_OK);
        assert_true(neap_autoscaler_bound(scaler, 7, 9));
        neap_autoscaler_decide(scaler, &reading, &decision);
        assert_int_equal(decision.after, 7);
        pods.count = reading.replicas = 40;
        reading.now_ns += 60000000000;
        assert_true(neap_autoscaler_bound(scaler, 1, 9));
        neap_autoscaler_decide(scaler, &reading, &decision);
        assert_in_range(decision.after, 1, 9); /* one may need fewer still */
        neap_autoscaler_free(scaler);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_max_that_equals_the_limit_is_the_reason),
        cmocka_unit_test(a_panic_window_is_a_second_at_least),
        cmocka_unit_test(other_bounds_are_obeyed_by_all_kinds),
        cmocka_unit_test(panic_is_judged_before_the_rate_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

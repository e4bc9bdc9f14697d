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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_max_that_equals_the_limit_is_the_reason),
        cmocka_unit_test(a_panic_window_is_a_second_at_least),
        cmocka_unit_test(panic_is_judged_before_the_rate_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the tick engine warns of itself, and where it does not: one setting on each side of every
 * limit of doc/engines.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <string.h>

#include <neap.h>

/* 20 containers on average, half of what they could serve. */
#define USUAL                                                                                \
    "[service]\nname = shop\n[synth]\ndays = 1\nstep = 5m\nmean_rate = 240/s\n"              \
    "[profile old]\ncpu_demand = mean=40ms cv=1\nwait = 20ms\n[profile new]\nfrom = old\n"   \
    "cpu_speedup = 1.1\n[container]\nworkers = 4\n[autoscaler]\ntarget_cpu = 55%\nmin = 3\n" \
    "max = 100\n"

static struct neap_document *compare(const char *const settings[], size_t count)
{
    struct neap_scenario *scenario = NULL;
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_scenario_decode(&scenario, "test", USUAL, strlen(USUAL), settings, count, NULL,
                             &error) ||
        neap_scenario_load(scenario, &error) || neap_compare(&document, scenario, NULL, &error))
        fail_msg("%s", error.message);
    neap_scenario_free(scenario);
    return document;
}

static int warnings(const struct neap_document *document, const char *what)
{
    enum neap_note_kind kind;
    int count = 0;
    for (size_t i = 0; neap_document_note(document, i, &kind) != NULL; i++)
        count += kind == NEAP_NOTE_WARNING &&
                 strstr(neap_document_note(document, i, &kind), what) != NULL;
    return count;
}

/* Warnings about container-hours and about p95 that these settings give. */
static void expect(const char *first, const char *second, int hours, int latency, const char *why)
{
    const char *settings[] = {first, second};
    struct neap_document *document = compare(settings, (size_t)(first != NULL) + (second != NULL));
    assert_int_equal(warnings(document, "container-hours may be more than 2% off"), hours);
    assert_int_equal(warnings(document, "p95 may be more than 15% off"), latency);
    if (why != NULL)
        assert_int_equal(warnings(document, why), 1); /* once, for all profiles */
    neap_document_free(document);
}

static void test_usual_settings_are_inside(void **state)
{
    (void)state;
    expect(NULL, NULL, 0, 0, NULL);
    expect("balancer.type=central", NULL, 0, 0, NULL);
    expect("traffic.arrivals=burst(8)", NULL, 0, 0, NULL);
}

static void test_each_limit_is_told(void **state)
{
    (void)state;
    expect("synth.mean_rate=12/s", "autoscaler.min=1", 1, 0, "fewer than 3 containers");
    expect("traffic.arrivals=burst(2000)", NULL, 1, 0, "bursts");
    expect("autoscaler.max=8", "autoscaler.min=8", 0, 1, "since requests fail");
    expect("balancer.type=round_robin", NULL, 0, 1, "round robin");
    expect("balancer.type=random", NULL, 0, 1, "the balancer lets requests wait");
    expect("balancer.type=random", "autoscaler.target_cpu=35%", 0, 0, NULL);
    expect("autoscaler.target_cpu=90%", NULL, 0, 1, "containers are almost full");
}

static void test_the_request_engine_has_no_such_limits(void **state)
{
    (void)state;
    expect("balancer.type=random", "run.engine=request", 0, 0, NULL);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_settings_are_inside), cmocka_unit_test(test_each_limit_is_told),
        cmocka_unit_test(test_the_request_engine_has_no_such_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

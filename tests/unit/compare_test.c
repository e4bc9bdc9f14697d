/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * compare, whole: where a saving goes, how sure it is, whose it is, and what a deployment shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <neap.h>

/* Two days of one service, an hour's steps apart enough to be quick. */
#define SERVICE "[service]\nname = shop\n"
#define TRAFFIC "[synth]\ndays = 2\nstep = 5m\nmean_rate = 120/s\n"
#define SCALER                                                                  \
    "[container]\nworkers = 4\nmemory = 2GiB\nidle_cpu = 0.02\nstartup = 40s\n" \
    "[autoscaler]\ntarget_cpu = 60%\nmin = 3\nmax = 100\n"
#define PRICE "[price]\ncontainer_hour = 0.04937\nminimum = 60s\n"
#define OLD   "[profile old]\ncpu_demand = mean=40ms cv=1\nwait = 20ms\n"
#define NEW   "[profile new]\nfrom = old\ncpu_speedup = 1.25\n"

static struct neap_document *compare(const char *text)
{
    struct neap_scenario *scenario = NULL;
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_scenario_decode(&scenario, "test", text, strlen(text), NULL, 0, NULL, &error) ||
        neap_scenario_load(scenario, &error) || neap_compare(&document, scenario, NULL, &error))
        fail_msg("%ld: %s", error.line, error.message);
    neap_scenario_free(scenario);
    return document;
}

static bool has(const struct neap_document *document, const char *path)
{
    double number;
    return neap_document_find_number(document, path, &number);
}

static double value(const struct neap_document *document, const char *format, ...)
    NEAP_PRINTF(2, 3);

static double value(const struct neap_document *document, const char *format, ...)
{
    char path[256];
    double number = (double)NAN;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    if (!neap_document_find_number(document, path, &number))
        fail_msg("no number at %s", path);
    return number;
}

static void close_to(double found, double wanted, double within)
{
    if (!(fabs(found - wanted) <= within))
        fail_msg("%.12g is not within %g of %.12g", found, within, wanted);
}

/* --- the waterfall -------------------------------------------------------------------------------- */

/* Terms of the waterfall at node, "" or "steps[1].", against its saving; money in whole cents. */
static void adds_up(const struct neap_document *document, const char *node)
{
    double hours = 0;
    long cents = 0;
    for (size_t i = 0;; i++) {
        char path[64];
        snprintf(path, sizeof path, "%swaterfall[%zu].container_hours", node, i);
        if (!has(document, path))
            break;
        hours += value(document, "%s", path);
        cents += lround(100 * value(document, "%swaterfall[%zu].cost", node, i));
    }
    close_to(hours, value(document, "%ssaving.container_hours", node), 1e-6);
    assert_int_equal(cents, lround(100 * value(document, "%ssaving.cost", node)));
}

static void test_terms_add_up_to_the_saving(void **state)
{
    struct neap_document *document = compare(SERVICE TRAFFIC OLD NEW SCALER PRICE);
    (void)state;
    adds_up(document, "");
    adds_up(document, "steps[0].");
    close_to(value(document, "waterfall.cpu_per_request.container_hours"),
             0.2 * value(document, "variants.old.container_hours"), 1e-6);
    neap_document_free(document);
}

static void test_nothing_changed_nothing_to_explain(void **state)
{
    static const char *const term[] = {"cpu_per_request", "idle_cpu", "whole_containers",
                                       "minimum",         "policy",   "start_and_drain"};
    struct neap_document *document =
        compare(SERVICE TRAFFIC OLD "[profile new]\nfrom = old\n" SCALER PRICE);
    (void)state;
    for (size_t i = 0; i < sizeof term / sizeof term[0]; i++)
        assert_true(value(document, "waterfall.%s.container_hours", term[i]) == 0);
    assert_false(has(document, "waterfall.minimum_charge.cost"));
    assert_false(has(document, "waterfall.billing.cost"));
    neap_document_free(document);
}

/* Trap 11: a fleet that rests at its minimum saves nothing, and the waterfall says why. */
static void test_trap_11_the_minimum_takes_it_all(void **state)
{
    struct neap_document *document =
        compare(SERVICE TRAFFIC OLD NEW "[autoscaler]\nmin = 90\nmax = 100\n");
    (void)state;
    double promised = value(document, "waterfall.cpu_per_request.container_hours");
    assert_true(value(document, "saving.container_hours") == 0);
    assert_true(promised > 0);
    assert_true(value(document, "waterfall.minimum.container_hours") < -0.9 * promised);
    neap_document_free(document);
}

/* Trap 6: containers that follow requests are not saved by cheaper ones. */
static void test_trap_06_a_rate_target_saves_nothing(void **state)
{
    struct neap_document *document =
        compare(SERVICE TRAFFIC OLD NEW "[autoscaler]\ntarget_rate = 10/s\nmin = 3\nmax = 100\n");
    (void)state;
    assert_true(value(document, "saving.container_hours") == 0);
    assert_true(value(document, "variants.new.cpu_hours") <
                value(document, "variants.old.cpu_hours"));
    close_to(value(document, "waterfall.policy.container_hours"),
             -value(document, "waterfall.cpu_per_request.container_hours"), 1e-9);
    neap_document_free(document);
}

static void test_a_fixed_fleet_saves_nothing(void **state)
{
    struct neap_document *document =
        compare(SERVICE TRAFFIC OLD NEW "[autoscaler]\ntype = fixed\nreplicas = 20\n" PRICE);
    (void)state;
    assert_true(value(document, "saving.container_hours") == 0);
    adds_up(document, "");
    neap_document_free(document);
}

/* --- chains and ranges ------------------------------------------------------------------------------ */

static void test_every_step_of_a_chain_adds_up(void **state)
{
    struct neap_document *document = compare(
        SERVICE TRAFFIC OLD "[profile django]\nfrom = old\ncpu_speedup = 1.01\n"
                            "[profile python]\nfrom = django\ncpu_speedup = 1.22\n" SCALER PRICE);
    (void)state;
    adds_up(document, "steps[0].");
    adds_up(document, "steps[1].");
    adds_up(document, "");
    close_to(value(document, "steps[0].saving.container_hours") +
                 value(document, "steps[1].saving.container_hours"),
             value(document, "saving.container_hours"), 1e-6);
    assert_true(value(document, "steps[0].saving.share") < 0.05);
    assert_true(value(document, "steps[1].saving.share") > 0.1);
    neap_document_free(document);
}

static void test_a_range_of_speed_ups_gives_a_range_of_savings(void **state)
{
    struct neap_document *document = compare(
        SERVICE TRAFFIC OLD "[profile new]\nfrom = old\ncpu_speedup = 1.08..1.40\n" SCALER PRICE);
    struct neap_document *low =
        compare(SERVICE TRAFFIC OLD "[profile new]\nfrom = old\ncpu_speedup = 1.08\n" SCALER PRICE);
    (void)state;
    assert_true(value(document, "saving.low.share") < value(document, "saving.share"));
    assert_true(value(document, "saving.share") < value(document, "saving.high.share"));
    assert_true(value(document, "saving.low.container_hours") ==
                value(low, "saving.container_hours"));
    assert_true(value(document, "steps[0].saving.high.cost") ==
                value(document, "saving.high.cost"));
    assert_false(has(low, "saving.low.share"));
    neap_document_free(document);
    neap_document_free(low);
}

/* Trap 1: a p95 that fell by 20 % is not CPU that fell by 20 %. Both ends come from the share of
 * CPU and from queueing, and the report says what was assumed and what would settle it. */
static void test_trap_01_a_p95_cut_is_a_range_of_savings(void **state)
{
    struct neap_document *document =
        compare(SERVICE TRAFFIC "[profile old]\nlatency = p50=60ms p95=200ms p99=350ms\n"
                                "cpu_share = 40%..90%\nlatency_load = 20%..70%\n"
                                "[profile new]\nfrom = old\nlatency = p95=160ms\n" SCALER);
    bool assumed = false;
    enum neap_note_kind kind;
    (void)state;
    assert_true(value(document, "saving.low.share") + 0.05 < value(document, "saving.high.share"));
    for (size_t i = 0; neap_document_note(document, i, &kind) != NULL; i++)
        assumed |= kind == NEAP_NOTE_WARNING &&
                   strstr(neap_document_note(document, i, &kind), "share") != NULL;
    assert_true(assumed);
    neap_document_free(document);
}

/* Whole containers: a speed-up between two others may save less or more than both. */
static void test_a_range_holds_its_middle(void **state)
{
    static const char *const range[] = {"0.998..0.999", "0.999..1.001", "1.003..1.004"};
    (void)state;
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s[profile new]\nfrom = old\ncpu_speedup = %s\n%s",
                 SERVICE TRAFFIC OLD, range[i], SCALER PRICE);
        struct neap_document *document = compare(text);
        double middle = value(document, "saving.container_hours");
        assert_true(value(document, "saving.low.container_hours") <= middle);
        assert_true(value(document, "saving.high.container_hours") >= middle);
        neap_document_free(document);
    }
}

/* --- classes ---------------------------------------------------------------------------------------- */

/* No default: all classes together are all requests. */
static void test_classes_may_all_have_their_own_costs(void **state)
{
    struct neap_document *document =
        compare(SERVICE TRAFFIC
                "[class a]\nshare = 60%\n[class b]\nshare = 40%\n"
                "[profile old]\ncpu_demand.a = mean=40ms cv=1\ncpu_demand.b = 90ms\n" NEW SCALER);
    (void)state;
    close_to(value(document, "variants.old.classes.a.cpu_hours") /
                 value(document, "variants.old.classes.b.cpu_hours"),
             60.0 * 40 / (40 * 90), 1e-3);
    close_to(value(document, "waterfall.cpu_per_request.container_hours") /
                 value(document, "variants.old.container_hours"),
             0.2, 1e-9);
    neap_document_free(document);
}

/* Two containers at their limit use the same CPU whatever a request costs: nobody's saving. */
static void test_busy_cores_save_nothing_for_any_class(void **state)
{
    struct neap_document *document =
        compare(SERVICE TRAFFIC "[class search]\nshare = 50%\n[profile old]\ncpu_demand = 80ms\n"
                                "cpu_demand.search = 900ms\n[profile new]\nfrom = old\n"
                                "cpu_demand = 90ms\n[autoscaler]\nmin = 2\nmax = 2\n");
    (void)state;
    assert_true(value(document, "variants.new.failed_requests") > 0);
    assert_false(has(document, "classes.search.saving_share"));
    assert_true(fabs(value(document, "classes.search.cpu_hours_saved")) > 0.1);
    neap_document_free(document);
}

static bool warns_of_workers(const struct neap_document *document)
{
    enum neap_note_kind kind;
    for (size_t i = 0; neap_document_note(document, i, &kind) != NULL; i++)
        if (strstr(neap_document_note(document, i, &kind), "all workers are busy") != NULL)
            return true;
    return false;
}

/* Workers are short or not for all requests together, whatever one class alone would need. */
static void test_the_warning_of_workers_looks_at_all_classes(void **state)
{
    static const char waits[] = SERVICE TRAFFIC
        "[class search]\nshare = 100%\n[profile old]\ncpu_demand = 40ms\nwait = 10ms\n"
        "wait.search = 2s\n" NEW SCALER;
    static const char works[] = SERVICE TRAFFIC
        "[class search]\nshare = 100%\n[profile old]\ncpu_demand = 40ms\nwait = 2s\n"
        "wait.search = 10ms\n" NEW SCALER;
    struct neap_document *waiting = compare(waits), *working = compare(works);
    (void)state;
    assert_true(warns_of_workers(waiting));
    assert_false(warns_of_workers(working));
    neap_document_free(waiting);
    neap_document_free(working);
}

static void test_classes_share_the_saving(void **state)
{
    struct neap_document *document =
        compare(SERVICE TRAFFIC "[class search]\nshare = 20%\n[class item]\nshare = 00:00=30% "
                                "12:00=50%\n" OLD "cpu_demand.search = mean=95ms cv=0.8\n"
                                "[profile new]\nfrom = old\ncpu_speedup = 1\n"
                                "cpu_speedup.search = 1.3\n" SCALER);
    (void)state;
    double requests = 0, hours = 0;
    for (size_t i = 0; i < 3; i++) {
        requests += value(document, "variants.old.classes[%zu].requests", i);
        hours += value(document, "variants.old.classes[%zu].cpu_hours", i);
    }
    close_to(requests, value(document, "traffic.requests"), 1e-6 * requests);
    assert_true(hours < value(document, "variants.old.cpu_hours"));
    assert_true(hours > 0.9 * value(document, "variants.old.cpu_hours"));
    close_to(value(document, "classes.search.saving_share"), 1, 1e-6);
    close_to(value(document, "classes.item.saving_share"), 0, 1e-6);
    close_to(value(document, "variants.old.classes.search.requests") / requests, 0.2, 1e-6);
    close_to(value(document, "variants.old.classes.search.cpu_hours") * 3600 /
                 value(document, "variants.old.classes.search.requests"),
             0.095, 1e-4);
    assert_true(value(document, "variants.old.classes.search.latency_s.p95") >
                value(document, "variants.old.classes.item.latency_s.p95"));
    neap_document_free(document);
}

static void test_a_class_of_its_own_changes_nothing(void **state)
{
    struct neap_document *whole = compare(SERVICE TRAFFIC OLD NEW SCALER);
    struct neap_document *split =
        compare(SERVICE TRAFFIC "[class search]\nshare = 25%\n" OLD NEW SCALER);
    (void)state;
    close_to(value(split, "saving.share"), value(whole, "saving.share"), 1e-9);
    close_to(value(split, "variants.old.latency_s.p95"), value(whole, "variants.old.latency_s.p95"),
             1e-6);
    neap_document_free(whole);
    neap_document_free(split);
}

/* --- deployments ------------------------------------------------------------------------------------ */

#define WEEKS                                                                                     \
    "[service]\nname = shop\nzone = Europe/London\n"                                              \
    "[synth]\nstart = 2026-03-09\ndays = 28\nstep = 15m\nmean_rate = 120/s\ndrift = 0%\nnoise = " \
    "0\n"                                                                                         \
    "weekend = 100%\n"
#define ROLLOUT "[rollout]\ndeploy_at = 2026-03-23T10:00Z\n"

/* A chart has room for six lines; the profile of the headline is one of them. */
static void test_a_long_chain_shows_its_last_profile(void **state)
{
    char text[4096] = SERVICE TRAFFIC SCALER OLD, *page = NULL;
    size_t size = 0, seen = 0;
    (void)state;
    for (int i = 1; i <= 8; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "[profile p%d]\nlabel = Version %d\nfrom = old\ncpu_speedup = 1.%d\n", i, i, i);
    struct neap_document *document = compare(text);
    FILE *stream = open_memstream(&page, &size);
    assert_non_null(stream);
    assert_int_equal(neap_report_write(document, neap_report_find("html"), stream, NULL, NULL),
                     NEAP_OK);
    fclose(stream);
    for (const char *at = page; (at = strstr(at, "</svg>Version ")) != NULL; at++) {
        assert_true(at[14] != '6' && at[14] != '7');
        seen += at[14] == '8';
    }
    assert_int_equal(seen, 3);
    free(page);
    neap_document_free(document);
}

/* Trap 30: a week has seven days by the clock, also where these are 23 hours. */
static void test_trap_30_weeks_go_by_the_clock(void **state)
{
    struct neap_document *document = compare(WEEKS OLD NEW SCALER ROLLOUT);
    (void)state;
    close_to(value(document, "weeks[3].days"), 7 - 1.0 / 24, 1e-9); /* clocks go forward in it */
    close_to(value(document, "weeks[2].days"), 7, 1e-9);
    assert_true(value(document, "weeks[0].days") < 1);
    /* traffic that follows the clock: the hour that is left out is all that differs */
    close_to(value(document, "weeks[3].change_share.traffic"), -1.0 / 168, 0.002);
    neap_document_free(document);
}

static void test_a_deployment_shows_from_week_to_week(void **state)
{
    struct neap_document *document = compare(WEEKS OLD NEW SCALER ROLLOUT);
    (void)state;
    close_to(value(document, "deployments[0].change_share.cpu_per_request"), -0.2, 0.01);
    assert_true(value(document, "deployments[0].change_share.containers") < -0.1);
    assert_true(value(document, "deployments[0].change_share.p95") < -0.05);
    close_to(value(document, "weeks[2].change_share.traffic"), 0, 1e-3);
    neap_document_free(document);
}

static void test_deploying_the_same_shows_nothing(void **state)
{
    struct neap_document *document =
        compare(WEEKS OLD "[profile new]\nfrom = old\n" SCALER ROLLOUT);
    (void)state;
    close_to(value(document, "deployments[0].change_share.cpu_per_request"), 0, 1e-3);
    close_to(value(document, "deployments[0].change_share.p95"), 0, 5e-3);
    /* new containers beside the old ones, for some minutes */
    close_to(value(document, "deployments[0].change_share.containers"), 0, 5e-3);
    neap_document_free(document);
}

static void test_pictures_hold_the_week_before(void **state)
{
    struct neap_document *document = compare(WEEKS OLD NEW SCALER ROLLOUT);
    const struct neap_table *table = neap_document_find_table(document, "pictures");
    size_t now, before, time;
    (void)state;
    assert_non_null(table);
    assert_true(neap_table_find_column(table, "time", &time));
    assert_true(neap_table_find_column(table, "cpu_cores", &now));
    assert_true(neap_table_find_column(table, "cpu_cores_week_before", &before));
    const size_t hours_a_week = 7 * 24;
    assert_true(isnan(neap_table_number(table, hours_a_week - 1, before)));
    for (size_t i = hours_a_week; i < neap_table_rows(table); i += 50) {
        /* the clocks went forward on the 29th: the same clock time is an hour less apart */
        bool shifted =
            neap_table_time(table, i, time) >= INT64_C(1774746000) * 1000000000 &&
            neap_table_time(table, i - hours_a_week + 1, time) < INT64_C(1774746000) * 1000000000;
        assert_true(neap_table_number(table, i, before) ==
                    neap_table_number(table, i - hours_a_week + shifted, now));
    }
    neap_document_free(document);
}

/* Intervals of six hours miss the hour that the clocks move by; the week is whole all the same. */
static void test_weeks_are_whole_on_a_coarse_grid(void **state)
{
    struct neap_scenario *scenario = NULL;
    struct neap_document *document = NULL;
    static const char text[] = WEEKS OLD NEW SCALER ROLLOUT;
    static const char *const step[] = {"synth.step=6h", "synth.step=1d"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            neap_scenario_decode(&scenario, "test", text, strlen(text), &step[i], 1, NULL, NULL),
            NEAP_OK);
        assert_int_equal(neap_scenario_load(scenario, NULL), NEAP_OK);
        assert_int_equal(neap_compare(&document, scenario, NULL, NULL), NEAP_OK);
        assert_true(has(document, "deployments[0].change_share.cpu_per_request"));
        size_t after = i == 0 ? 3 : 2; /* days begin at midnight, and so does the first week */
        close_to(value(document, "weeks[%zu].days", after), 7, 1e-9);
        close_to(value(document, "weeks[%zu].change_share.traffic", after), 0, 0.01);
        neap_document_free(document);
        neap_scenario_free(scenario);
    }
}

/* What two deployments in a row changed cannot be told apart by weeks, and that is said. */
static void test_deployments_in_one_week_are_told_together(void **state)
{
    struct neap_document *document =
        compare(WEEKS OLD "[profile django]\nfrom = old\n[profile python]\nfrom = django\n"
                          "cpu_speedup = 1.25\n" SCALER
                          "[rollout]\ndeploy_at = 2026-03-16T10:00Z, 2026-03-16T10:20Z\n");
    struct neap_document *apart =
        compare(WEEKS OLD "[profile django]\nfrom = old\n[profile python]\nfrom = django\n"
                          "cpu_speedup = 1.25\n" SCALER
                          "[rollout]\ndeploy_at = 2026-03-16T10:00Z, 2026-03-23T10:00Z\n");
    (void)state;
    assert_true(value(document, "deployments[0].others_in_between") == 1);
    assert_true(value(document, "deployments[1].others_in_between") == 1);
    const struct neap_table *weeks = neap_document_find_table(document, "weeks");
    assert_string_equal(neap_table_text(weeks, 2, neap_table_columns(weeks) - 1),
                        "python deployed, the last of 2");
    assert_true(value(apart, "deployments[0].others_in_between") == 0);
    assert_true(value(apart, "deployments[1].others_in_between") == 0);
    neap_document_free(document);
    neap_document_free(apart);
}

/* --- limits ----------------------------------------------------------------------------------------- */

/* Trap 31: minutes over a limit and requests over it are different numbers, and both are told. */
static void test_trap_31_minutes_and_requests_over_the_limit(void **state)
{
    struct neap_document *document = compare(SERVICE TRAFFIC OLD NEW SCALER "[slo]\np95 = 150ms\n");
    const struct neap_table *table = neap_document_find_table(document, "summary");
    bool minutes = false, requests = false;
    (void)state;
    for (size_t i = 0; i < neap_table_rows(table); i++) {
        minutes |= strcmp(neap_table_text(table, i, 0), "minutes over the SLO") == 0;
        requests |= strcmp(neap_table_text(table, i, 0), "requests over the p95 limit") == 0;
    }
    assert_true(minutes && requests);
    double window_min = 2 * 1440;
    double by_time = value(document, "variants.old.slo_minutes") / window_min;
    double by_request = value(document, "variants.old.over_p95_limit_share");
    assert_true(by_request > 0 && by_request < 1);
    assert_true(fabs(by_time - by_request) > 1e-6);
    neap_document_free(document);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms_add_up_to_the_saving),
        cmocka_unit_test(test_nothing_changed_nothing_to_explain),
        cmocka_unit_test(test_trap_11_the_minimum_takes_it_all),
        cmocka_unit_test(test_trap_06_a_rate_target_saves_nothing),
        cmocka_unit_test(test_a_fixed_fleet_saves_nothing),
        cmocka_unit_test(test_every_step_of_a_chain_adds_up),
        cmocka_unit_test(test_a_range_of_speed_ups_gives_a_range_of_savings),
        cmocka_unit_test(test_trap_01_a_p95_cut_is_a_range_of_savings),
        cmocka_unit_test(test_a_range_holds_its_middle),
        cmocka_unit_test(test_classes_may_all_have_their_own_costs),
        cmocka_unit_test(test_busy_cores_save_nothing_for_any_class),
        cmocka_unit_test(test_the_warning_of_workers_looks_at_all_classes),
        cmocka_unit_test(test_classes_share_the_saving),
        cmocka_unit_test(test_a_class_of_its_own_changes_nothing),
        cmocka_unit_test(test_a_long_chain_shows_its_last_profile),
        cmocka_unit_test(test_trap_30_weeks_go_by_the_clock),
        cmocka_unit_test(test_a_deployment_shows_from_week_to_week),
        cmocka_unit_test(test_deploying_the_same_shows_nothing),
        cmocka_unit_test(test_weeks_are_whole_on_a_coarse_grid),
        cmocka_unit_test(test_deployments_in_one_week_are_told_together),
        cmocka_unit_test(test_pictures_hold_the_week_before),
        cmocka_unit_test(test_trap_31_minutes_and_requests_over_the_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

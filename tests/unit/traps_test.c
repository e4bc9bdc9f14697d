/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What simulators of autoscaled services get wrong by default, one trap a test, numbered as in the
 * list that the project keeps of them. Each fails when the trap is fallen into. */
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
#include <unistd.h>

#include <neap.h>

static const int64_t second_ns = 1000000000;
static char recording_path[] = "/tmp/neap-traps-XXXXXX";

static void close_to(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("got %.17g, expected %.17g", got, want);
}

/* --- one policy, asked by hand -------------------------------------------------------------------------- */

static struct neap_autoscaler *hpa(const char *const settings[][2])
{
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_autoscaler_new(&scaler, neap_autoscaler_find("hpa"), &error), NEAP_OK);
    for (size_t i = 0; settings[i][0] != NULL; i++)
        if (neap_autoscaler_set(scaler, settings[i][0], settings[i][1], &error) != NEAP_OK)
            fail_msg("%s", error.message);
    if (neap_autoscaler_prepare(scaler, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    return scaler;
}

#define SETTINGS(...) ((const char *const[][2]){__VA_ARGS__, {NULL, NULL}})

struct fleet {
    int64_t replicas;
    double demand_cores, idle_cores; /* of all requests together; of one container */
    double request_rate;
    int64_t request_m, limit_m;
};

/* All replicas are ready and share the load evenly, as far as their limit lets them. */
static struct neap_decision ask(struct neap_autoscaler *scaler, const struct fleet *fleet,
                                int64_t at_s)
{
    double used = fleet->demand_cores / (double)fleet->replicas + fleet->idle_cores;
    int64_t used_m = (int64_t)(used * 1000 + 1e-6);
    struct neap_pods pods = {.count = fleet->replicas,
                             .ready_ns = second_ns,
                             .metric_ns = at_s * second_ns,
                             .metric_window_ns = 15 * second_ns,
                             .usage_m = used_m < fleet->limit_m ? used_m : fleet->limit_m,
                             .request_m = fleet->request_m,
                             .has_metric = true,
                             .has_start = true,
                             .has_ready_condition = true,
                             .ready = true};
    struct neap_reading reading = {.now_ns = at_s * second_ns,
                                   .replicas = fleet->replicas,
                                   .pods = &pods,
                                   .pods_count = 1,
                                   .request_rate = fleet->request_rate};
    struct neap_decision decision;
    neap_autoscaler_decide(scaler, &reading, &decision);
    return decision;
}

/* Where the size comes to rest under constant load. */
static int64_t resting(struct neap_autoscaler *scaler, struct fleet fleet)
{
    neap_autoscaler_reset(scaler);
    for (int i = 0; i < 100; i++)
        fleet.replicas = ask(scaler, &fleet, 3600 + 15 * i).after;
    return fleet.replicas;
}

/* --- whole replays -------------------------------------------------------------------------------------- */

/* Constant traffic, or a day that swings by that share, a row a minute. */
static void write_recording(double rate, double swing, int minutes)
{
    FILE *stream = fopen(recording_path, "w");
    assert_non_null(stream);
    fputs("time,requests\n", stream);
    for (int i = 0; i < minutes; i++)
        fprintf(stream, "%d,%.0f\n", i * 60, 60 * rate * (1 - swing * cos(2 * M_PI * i / 1440)));
    assert_int_equal(fclose(stream), 0);
}

static struct neap_scenario *open_scenario(const char *text)
{
    char whole[2048];
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    snprintf(whole, sizeof whole, "[traffic]\nfile = %s\n[metrics]\nnoise = off\n%s",
             recording_path, text);
    if (neap_scenario_decode(&scenario, "test", whole, strlen(whole), NULL, 0, NULL, &error) ||
        neap_scenario_load(scenario, &error))
        fail_msg("%s", error.message);
    return scenario;
}

static struct neap_document *compare(const char *text)
{
    struct neap_scenario *scenario = open_scenario(text);
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_compare(&document, scenario, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    neap_scenario_free(scenario);
    return document;
}

static void keep_last(void *context, const struct neap_decision *decision)
{
    *(struct neap_decision *)context = *decision;
}

/* Replicas asked for at the end. */
static int64_t last_size(const char *text)
{
    struct neap_scenario *scenario = open_scenario(text);
    struct neap_document *document = NULL;
    struct neap_decision last = {0};
    struct neap_error error = {0};
    if (neap_replay_timeline(&document, scenario, 0, NULL, keep_last, &last, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    neap_document_free(document);
    neap_scenario_free(scenario);
    return last.after;
}

static double value(const struct neap_document *document, const char *path)
{
    double number = (double)NAN;
    if (!neap_document_find_number(document, path, &number))
        fail_msg("no number at %s", path);
    return number;
}

/* --- 4 -------------------------------------------------------------------------------------------------- */

static void trap_04_erlang_holds_for_a_hundred_thousand_servers(void **state)
{
    (void)state;
    close_to(neap_erlang_b(1e5, 99000), 8.2257755985042223e-6, 1e-9);
    close_to(neap_erlang_c(1e5, 99000), 0.00082190823741079540, 1e-9);
    close_to(neap_erlang_b(1e5, 99369.54130569656), 0.00017544711061969290, 1e-9);
    close_to(neap_erlang_c(1e5, 99369.54130569656), 0.027079651519300400, 1e-9);
    for (double c = 1; c <= 1e5; c *= 10)
        for (int tenth = 1; tenth < 10; tenth++) {
            double offered = c * tenth / 10;
            double b = neap_erlang_b(c, offered), wait = neap_erlang_c(c, offered);
            assert_true(b >= 0 && b <= wait && wait < 1);
        }
}

static void trap_04_in_overload_everybody_waits_and_nothing_is_nan(void **state)
{
    static const double loads[] = {1, 1 + 1e-12, 1.5, 10, 1e6};
    (void)state;
    for (double c = 1; c <= 1e5; c *= 10)
        for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
            double b = neap_erlang_b(c, loads[i] * c);
            struct neap_wait wait = neap_wait_gig(c, loads[i], 0.1, 1, 1, 6);
            assert_true(neap_erlang_c(c, loads[i] * c) == 1);
            assert_true(b > 0 && b < 1);
            assert_true(wait.probability == 1);
            assert_true(wait.mean_s > 0 && isinf(wait.mean_s));
        }
}

static void trap_04_an_overloaded_replay_has_a_backlog_and_finite_waits(void **state)
{
    (void)state;
    write_recording(200, 0, 60);
    struct neap_document *document =
        compare("[profile old]\ncpu_demand = mean=40ms cv=1\n[profile new]\nfrom = old\n"
                "cpu_speedup = 1.1\n[container]\nworkers = 4\n[autoscaler]\nmax = 4\nmin = 4\n");
    static const char *const names[] = {"old", "new"};
    for (size_t i = 0; i < 2; i++) {
        char path[64];
        double latency_s;
        snprintf(path, sizeof path, "variants.%s.failed_requests", names[i]);
        assert_true(value(document, path) > 0.4 * 200 * 3600); /* half cannot be served */
        snprintf(path, sizeof path, "variants.%s.latency_s.p95", names[i]);
        latency_s = value(document, path);
        assert_true(latency_s > 10 && latency_s < 60); /* 30 s of waiting is the most */
    }
    neap_document_free(document);
}

/* --- 5 -------------------------------------------------------------------------------------------------- */

static void trap_05_utilisation_is_of_the_request_not_of_the_limit(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"target_cpu", "50%"}, {"min", "1"}, {"max", "20"}));
    struct fleet fleet = {.demand_cores = 2.5, .request_m = 1000, .limit_m = 2000, .replicas = 1};
    struct neap_decision first = ask(scaler, &fleet, 3600);
    assert_true(first.metric == 2); /* 200 %: the limit is twice the request */
    assert_int_equal(first.after, 4);
    assert_int_equal(resting(scaler, fleet), 5); /* of the limit it would be 2 or 3 */
    neap_autoscaler_free(scaler);
}

static void trap_05_a_replay_divides_by_the_request_too(void **state)
{
    (void)state;
    write_recording(50, 0, 60);
    assert_int_equal(last_size("[profile old]\ncpu_demand = 50ms\n"
                               "[container]\nvcpu = 2\ncpu_request = 1\nworkers = 8\n"
                               "[autoscaler]\ntarget_cpu = 50%\nmin = 1\nmax = 20\n"
                               "[run]\ninitial = 4\n"),
                     5);
}

/* --- 6 -------------------------------------------------------------------------------------------------- */

static void trap_06_a_requests_target_does_not_see_the_cpu(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"target_rate", "20/s"}, {"min", "2"}, {"max", "100"}));
    struct fleet before = {.demand_cores = 400 * 0.050,
                           .request_m = 1000,
                           .limit_m = 1000,
                           .request_rate = 400,
                           .replicas = 8};
    struct fleet after = before;
    after.demand_cores = 400 * 0.025; /* half the CPU */
    assert_int_equal(resting(scaler, before), 20);
    assert_int_equal(resting(scaler, after), 20);
    neap_autoscaler_free(scaler);
    /* The saving comes with a new target, and a CPU target would have shown it at once. */
    scaler = hpa(SETTINGS({"target_rate", "40/s"}, {"min", "2"}, {"max", "100"}));
    assert_int_equal(resting(scaler, after), 10);
    neap_autoscaler_free(scaler);
    scaler = hpa(SETTINGS({"target_cpu", "50%"}, {"min", "2"}, {"max", "100"}));
    int64_t old = resting(scaler, before), new = resting(scaler, after);
    assert_true((double)new < 0.6 * (double)old);
    neap_autoscaler_free(scaler);
}

#define RATE_SCENARIO                                                         \
    "[profile old]\ncpu_demand = mean=40ms cv=1\n[profile new]\nfrom = old\n" \
    "cpu_speedup = 1.5\n[container]\nworkers = 8\n[autoscaler]\nmin = 2\nmax = 100\n"

static void trap_06_a_faster_runtime_saves_nothing_until_the_target_is_retuned(void **state)
{
    (void)state;
    write_recording(200, 0.5, 1440);
    struct neap_document *document = compare(RATE_SCENARIO "target_rate = 10/s\n");
    double old_hours = value(document, "variants.old.container_hours");
    assert_true(value(document, "variants.old.mean_replicas") > 18); /* it does follow traffic */
    assert_true(value(document, "saving.container_hours") == 0);
    assert_true(value(document, "variants.new.cpu_hours") <
                0.7 * value(document, "variants.old.cpu_hours"));
    neap_document_free(document);
    document = compare(RATE_SCENARIO "target_rate = 15/s\n");
    double retuned_hours = value(document, "variants.new.container_hours");
    assert_true(retuned_hours < 0.75 * old_hours && retuned_hours > 0.6 * old_hours);
    neap_document_free(document);
}

/* --- 9 -------------------------------------------------------------------------------------------------- */

/* What an HPA of that version proposes for ten pods at that many millicores of 1000. */
static struct neap_decision at_use(const char *version, const char *target, int64_t usage_m)
{
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"target_cpu", target}, {"max", "99"}, {"version", version}));
    struct fleet fleet = {
        .demand_cores = (double)usage_m / 100, .request_m = 1000, .limit_m = 4000, .replicas = 10};
    struct neap_decision decision = ask(scaler, &fleet, 3600);
    neap_autoscaler_free(scaler);
    return decision;
}

static void trap_09_utilisation_is_a_whole_percentage(void **state)
{
    (void)state;
    struct neap_decision decision = at_use("1.33", "70%", 779);
    assert_true(decision.metric == 0.77);
    assert_int_equal(decision.reason, NEAP_REASON_TOLERANCE); /* 1.113 as a fraction would act */
    assert_int_equal(decision.after, 10);
    assert_int_equal(at_use("1.33", "70%", 780).after, 12); /* ceil(10 x 78 / 70) */
}

static void trap_09_the_boundary_belongs_to_the_version(void **state)
{
    static const struct {
        const char *target;
        int64_t percent;
    } pairs[] = {{"30%", 33}, {"40%", 44}, {"50%", 55}, {"60%", 66},
                 {"70%", 77}, {"80%", 88}, {"90%", 99}};
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct neap_decision newer = at_use("1.33", pairs[i].target, pairs[i].percent * 10);
        struct neap_decision older = at_use("1.32", pairs[i].target, pairs[i].percent * 10);
        assert_int_equal(newer.after, 10);
        assert_int_equal(newer.reason, NEAP_REASON_TOLERANCE);
        assert_true(older.after > 10);
        assert_int_equal(older.reason, NEAP_REASON_METRIC);
    }
}

/* --- 10 ------------------------------------------------------------------------------------------------- */

static void trap_10_where_the_size_rests_depends_on_where_it_came_from(void **state)
{
    (void)state;
    struct neap_autoscaler *scaler =
        hpa(SETTINGS({"target_cpu", "70%"}, {"min", "2"}, {"max", "50"}));
    struct fleet fleet = {.demand_cores = 200 * 0.032,
                          .idle_cores = 0.02,
                          .request_m = 1000,
                          .limit_m = 1000,
                          .replicas = 4};
    assert_int_equal(resting(scaler, fleet), 9);
    fleet.replicas = 12;
    assert_int_equal(resting(scaler, fleet), 10);
    neap_autoscaler_free(scaler);
}

#define HYSTERESIS                                                                  \
    "[profile old]\ncpu_demand = 32ms\n[container]\nworkers = 8\nidle_cpu = 0.02\n" \
    "queue_limit = 0\nstartup = 5s\n[autoscaler]\ntarget_cpu = 70%\nmin = 2\nmax = 50\n[run]\n"

static void trap_10_a_replay_keeps_the_history_too(void **state)
{
    (void)state;
    write_recording(200, 0, 60);
    assert_int_equal(last_size(HYSTERESIS "initial = 4\n"), 9);
    assert_int_equal(last_size(HYSTERESIS "initial = 12\n"), 10);
}

/* --- 11 ------------------------------------------------------------------------------------------------- */

static void trap_11_whole_containers_and_the_minimum_swallow_a_saving(void **state)
{
    (void)state;
    double per_old = (0.7 - 0.02) / 0.05, per_new = (0.7 - 0.02) / (0.05 * 0.8);
    double old = neap_ideal_containers_mean(2, 1.5, per_old, 2);
    assert_true(old == 2 && neap_ideal_containers_mean(2, 1.5, per_new, 2) == old);
    /* Above the minimum whole containers decide: 18 and 16 for a tenth less CPU. */
    assert_true(neap_ideal_containers_mean(300, 0, 0.68 / 0.04, 2) == 18);
    assert_true(neap_ideal_containers_mean(300, 0, 0.68 / 0.036, 2) == 16);
}

static void trap_11_a_replay_at_the_minimum_saves_exactly_nothing(void **state)
{
    (void)state;
    write_recording(2, 0.75, 1440);
    struct neap_document *document =
        compare("[profile old]\ncpu_demand = mean=50ms cv=1\n[profile new]\nfrom = old\n"
                "cpu_speedup = 1.25\n[container]\nworkers = 4\nidle_cpu = 0.02\n"
                "[autoscaler]\ntarget_cpu = 70%\nmin = 2\nmax = 20\n"
                "[price]\ncontainer_hour = 0.05\n");
    assert_true(value(document, "variants.old.container_hours") == 48);
    assert_true(value(document, "saving.container_hours") == 0);
    assert_true(value(document, "saving.cost") == 0);
    assert_true(value(document, "variants.new.cpu_hours") <
                value(document, "variants.old.cpu_hours"));
    neap_document_free(document);
}

static int make_file(void **state)
{
    (void)state;
    int descriptor = mkstemp(recording_path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(recording_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trap_04_erlang_holds_for_a_hundred_thousand_servers),
        cmocka_unit_test(trap_04_in_overload_everybody_waits_and_nothing_is_nan),
        cmocka_unit_test(trap_04_an_overloaded_replay_has_a_backlog_and_finite_waits),
        cmocka_unit_test(trap_05_utilisation_is_of_the_request_not_of_the_limit),
        cmocka_unit_test(trap_05_a_replay_divides_by_the_request_too),
        cmocka_unit_test(trap_06_a_requests_target_does_not_see_the_cpu),
        cmocka_unit_test(trap_06_a_faster_runtime_saves_nothing_until_the_target_is_retuned),
        cmocka_unit_test(trap_09_utilisation_is_a_whole_percentage),
        cmocka_unit_test(trap_09_the_boundary_belongs_to_the_version),
        cmocka_unit_test(trap_10_where_the_size_rests_depends_on_where_it_came_from),
        cmocka_unit_test(trap_10_a_replay_keeps_the_history_too),
        cmocka_unit_test(trap_11_whole_containers_and_the_minimum_swallow_a_saving),
        cmocka_unit_test(trap_11_a_replay_at_the_minimum_saves_exactly_nothing),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, make_file, remove_file);
}

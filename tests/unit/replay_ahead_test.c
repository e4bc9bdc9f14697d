/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a replay shows of its recording to the policies that may look: recorded counts, and what is
 * to come. */
#include "replay_fixture.h"

enum { INTERVALS = 60, STEP_S = 60 };

static double jumps(size_t class, double interval)
{
    (void)class;
    return 5 + 10 * fmod(interval * 7, 10);
}

/* 100 ms of CPU, half of one CPU to be used: 0.2 containers for each request per second. */
static double need(size_t interval)
{
    double containers = ceil(jumps(0, (double)interval) * 0.1 / 0.5 * (1 - 1e-12));
    return containers > 1 ? containers : 1;
}

#define SERVICE(start) \
    PROFILE("mean=100ms cv=1", "0s") "[container]\nvcpu = 1\nstartup = " start "\nidle_cpu = 0\n"
#define ORACLE "[autoscaler]\ntype = oracle\ntarget_cpu = 50%\nmax = 200\n"

static void the_oracle_is_never_short_and_never_has_more_than_it_must(void **unused)
{
    (void)unused;
    struct neap_recording *recording = record(jumps, 1, INTERVALS, STEP_S);
    const struct setup setup = {.text = SERVICE("30s") ORACLE, .recording = recording};
    struct run *run = replay(&setup);
    for (size_t i = 1; i + 1 < INTERVALS; i++) {
        assert_true(run->timeline[i].ready >= need(i) - 1e-9);
        /* asked for at the last evaluation, 15 s before the end, for 45 s: the next one as well */
        assert_true(run->timeline[i].wanted == fmax(need(i), need(i + 1)));
    }
    free(run);
    neap_recording_free(recording);
}

static void a_longer_start_looks_further_ahead(void **unused)
{
    (void)unused;
    struct neap_recording *recording = record(jumps, 1, INTERVALS, STEP_S);
    const struct setup setup = {.text = SERVICE("70s") ORACLE, .recording = recording};
    struct run *run = replay(&setup);
    for (size_t i = 2; i + 2 < INTERVALS; i++) {
        assert_true(run->timeline[i].ready >= need(i) - 1e-9);
        assert_true(run->timeline[i].wanted == fmax(need(i), fmax(need(i + 1), need(i + 2))));
    }
    free(run);
    neap_recording_free(recording);
}

/* With a column replicas where given. */
static struct neap_recording *recorded(bool given)
{
    char path[] = "/tmp/neap-ahead-XXXXXX";
    int descriptor = mkstemp(path);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    struct neap_recording *recording = NULL;
    struct neap_recording_options options;
    assert_non_null(stream);
    fputs(given ? "time,requests,replicas" : "time,requests", stream);
    for (int i = 0; i < INTERVALS; i++) {
        fprintf(stream, "\n%d,600", i * STEP_S);
        if (given)
            fprintf(stream, ",%d", 3 + i * 7 % 5);
    }
    fputc('\n', stream);
    assert_int_equal(fclose(stream), 0);
    neap_recording_options_init(&options);
    snprintf(options.file, sizeof options.file, "%s", path);
    assert_int_equal(neap_recording_read(&recording, &options, NULL, NULL, NULL), NEAP_OK);
    unlink(path);
    return recording;
}

#define RECORDED "[autoscaler]\ntype = recorded\nmax = 6\n"

static void recorded_counts_are_asked_for(void **unused)
{
    (void)unused;
    struct neap_recording *recording = recorded(true);
    const struct setup setup = {.text = SERVICE("30s") RECORDED, .recording = recording};
    struct run *run = replay(&setup);
    for (int i = 0; i < INTERVALS; i++)
        assert_true(run->timeline[i].wanted == fmin(3 + i * 7 % 5, 6));
    free(run);
    neap_recording_free(recording);
}

static void a_recording_without_counts_is_refused(void **unused)
{
    (void)unused;
    struct neap_recording *recording = recorded(false);
    struct neap_scenario *scenario = scenario_of(SERVICE("30s") RECORDED);
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *engine = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.recording = recording;
    assert_int_equal(neap_replay_new(&engine, &inputs, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "no column replicas"));
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    neap_recording_free(recording);
}

static void schedules_go_by_the_zone_of_the_service(void **unused)
{
    (void)unused;
    static const char inside[] = "[autoscaler]\ntype = schedule\npolicy = fixed\n"
                                 "policy.settings = replicas = 5\nschedule = daily min=1\n";
    struct neap_zone *zone = NULL;
    if (neap_zone_read(&zone, "Europe/London", NULL, NULL) != NEAP_OK)
        skip();
    neap_zone_free(zone);
    char text[1024], name[64];
    for (int own = 0; own < 2; own++) {
        struct neap_autoscaler *scaler = NULL;
        snprintf(text, sizeof text, "[service]\nzone = Europe/London\n%s%s%s", SERVICE("30s"),
                 inside, own ? "zone = UTC\n" : "");
        struct neap_scenario *scenario = scenario_of(text);
        assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
        neap_autoscaler_format(scaler, "zone", name, sizeof name);
        assert_string_equal(name, own ? "UTC" : "Europe/London");
        neap_autoscaler_free(scaler);
        neap_scenario_free(scenario);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_is_never_short_and_never_has_more_than_it_must),
        cmocka_unit_test(a_longer_start_looks_further_ahead),
        cmocka_unit_test(recorded_counts_are_asked_for),
        cmocka_unit_test(a_recording_without_counts_is_refused),
        cmocka_unit_test(schedules_go_by_the_zone_of_the_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

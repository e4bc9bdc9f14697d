/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the tests of replays: recordings by a rule, with classes or without, and a run with all that
 * it gives. */
#ifndef NEAP_TEST_REPLAY_FIXTURE_H
#define NEAP_TEST_REPLAY_FIXTURE_H

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

#define PROFILE(demand, wait) \
    "[traffic]\nfile = none\n[profile old]\ncpu_demand = " demand "\nwait = " wait "\n"
#define FIXED(count) "[autoscaler]\ntype = fixed\nreplicas = " count "\n"
#define HPA                                                                       \
    "[autoscaler]\ntype = hpa\ntarget_cpu = 60%\nmin = 2\nmax = 200\n[metrics]\n" \
    "noise = off\n"

enum { MOST_INTERVALS = 3000, MOST_CLASSES = 8 };

/* --- recordings ------------------------------------------------------------------------------------ */

/* Requests a second of that class in that interval. */
typedef double (*class_rule)(size_t class, double interval);

/* Classes a, b, c ... */
static inline struct neap_recording *record(class_rule rule, size_t classes, size_t intervals,
                                            int step_s)
{
    char path[] = "/tmp/neap-replay-XXXXXX";
    int descriptor = mkstemp(path);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    struct neap_recording *recording = NULL;
    struct neap_recording_options options;
    struct neap_error error = {0};
    assert_non_null(stream);
    fputs("time,requests", stream);
    for (size_t c = 0; classes > 1 && c < classes; c++)
        fprintf(stream, ",requests.%c", (char)('a' + (int)c));
    for (size_t i = 0; i < intervals; i++) {
        double sum = 0;
        for (size_t c = 0; c < classes; c++)
            sum += step_s * rule(c, (double)i);
        fprintf(stream, "\n%zu,%.17g", i * (size_t)step_s, sum);
        for (size_t c = 0; classes > 1 && c < classes; c++)
            fprintf(stream, ",%.17g", step_s * rule(c, (double)i));
    }
    fputc('\n', stream);
    assert_int_equal(fclose(stream), 0);
    neap_recording_options_init(&options);
    options.step_s = step_s;
    snprintf(options.file, sizeof options.file, "%s", path);
    if (neap_recording_read(&recording, &options, NULL, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    unlink(path);
    assert_int_equal(neap_recording_classes(recording), classes);
    return recording;
}

static inline struct neap_scenario *scenario_of(const char *text)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    if (neap_scenario_decode(&scenario, "test", text, strlen(text), NULL, 0, NULL, &error))
        fail_msg("%s in\n%s", error.message, text);
    return scenario;
}

/* --- runs ------------------------------------------------------------------------------------------ */

struct run {
    struct neap_replay_summary summary;
    struct neap_timeline_interval timeline[MOST_INTERVALS], period[MOST_INTERVALS];
    struct neap_replay_class class[MOST_CLASSES];
    double life_s[NEAP_CONTAINER_STATES], node_life_s[NEAP_NODE_STATES], rollout_s[2];
    size_t intervals, decisions;
};

/* What is run: all but text and recording may be left out. */
struct setup {
    const char *text;
    const struct neap_recording *recording;
    size_t profile;                             /* that the fleet begins with */
    const struct neap_rollout_options *rollout; /* of the deployments */
    struct {
        int64_t at_s;
        size_t profile;
    } deploy[2]; /* at_s 0: none */
    const int64_t *period_ns;
    size_t periods;
};

static inline void on_life(void *context, const struct neap_life *life)
{
    struct run *run = context;
    const double count = (double)life->count * 1e-9;
    assert_true(life->count > 0);
    assert_true(life->pending_ns <= life->starting_ns && life->starting_ns <= life->ready_ns);
    assert_true(life->ready_ns <= life->draining_ns && life->draining_ns <= life->end_ns);
    run->life_s[NEAP_PENDING] += count * (double)(life->starting_ns - life->pending_ns);
    run->life_s[NEAP_STARTING] += count * (double)(life->ready_ns - life->starting_ns);
    run->life_s[NEAP_READY] += count * (double)(life->draining_ns - life->ready_ns);
    run->life_s[NEAP_DRAINING] += count * (double)(life->end_ns - life->draining_ns);
}

static inline void on_node(void *context, const struct neap_node_life *life)
{
    struct run *run = context;
    assert_true(life->start_ns <= life->ready_ns && life->ready_ns <= life->end_ns);
    run->node_life_s[NEAP_NODE_STARTING] += 1e-9 * (double)(life->ready_ns - life->start_ns);
    run->node_life_s[NEAP_NODE_READY] += 1e-9 * (double)(life->end_ns - life->ready_ns);
}

static inline void on_decision(void *context, const struct neap_decision *decision)
{
    struct run *run = context;
    (void)decision;
    run->decisions++;
}

static inline void collect(struct run *run, const struct neap_replay *replay)
{
    for (size_t c = 0; c < MOST_CLASSES; c++)
        run->class[c] = neap_replay_class(replay, c);
    for (size_t k = 0; k < 2; k++)
        run->rollout_s[k] = neap_replay_rollout_s(replay, k);
}

/* The caller frees it. */
static inline struct run *replay(const struct setup *setup)
{
    struct run *run = calloc(1, sizeof *run);
    struct neap_scenario *scenario = scenario_of(setup->text);
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *engine = NULL;
    struct neap_deployment deployment[2];
    struct neap_error error = {0};
    assert_non_null(run);
    assert_int_equal(neap_scenario_autoscaler(scenario, &scaler, NULL), NEAP_OK);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, setup->profile, scaler);
    inputs.recording = setup->recording;
    inputs.deployments = deployment;
    inputs.deployments_count = 0;
    if (setup->rollout != NULL)
        inputs.rollout = setup->rollout;
    for (size_t k = 0; k < 2 && setup->deploy[k].at_s != 0; k++)
        deployment[inputs.deployments_count++] =
            (struct neap_deployment){setup->deploy[k].at_s * 1000000000,
                                     neap_scenario_profile(scenario, setup->deploy[k].profile)};
    if (neap_replay_new(&engine, &inputs, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    run->intervals = neap_recording_count(setup->recording);
    assert_true(run->intervals <= MOST_INTERVALS && setup->periods <= MOST_INTERVALS);
    struct neap_replay_sinks sinks = {.life = on_life,
                                      .decision = on_decision,
                                      .node = on_node,
                                      .context = run,
                                      .timeline = run->timeline,
                                      .period_ns = setup->period_ns,
                                      .periods = setup->periods,
                                      .period = run->period};
    assert_int_equal(neap_replay_run(engine, &sinks, &run->summary, NULL), NEAP_OK);
    collect(run, engine);
    neap_replay_free(engine);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    return run;
}

static inline void assert_near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) + 1e-12))
        fail_msg("got %.10g, want %.10g within %g", got, want, relative);
}

#endif

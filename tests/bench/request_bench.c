/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Speed of the request engine, everything on: histograms, limits, utilisation, autoscaler. For each
 * discipline the same work is done by a bare loop (bare.c) in the same run, and the ratio tells how
 * far the engine is from it. CPU time of this process but for the threads, medians of several runs;
 * no request is the same as another. Figures of one run compare with each other, not with those of
 * another machine. With an argument: millions of requests for each figure. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bare.h"

enum { RUNS = 5, TEXT = 2048 };

static const double DEMAND_S = 0.08, CV = 1.3;
static double millions = 12;

static double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void must(enum neap_status status, const struct neap_error *error)
{
    if (status == NEAP_OK)
        return;
    fprintf(stderr, "request_bench: %s\n", error->message);
    exit(EXIT_FAILURE);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double value[RUNS])
{
    qsort(value, RUNS, sizeof *value, ascending);
    return value[RUNS / 2];
}

/* --- the engine ------------------------------------------------------------------------------------- */

/* One line of the table. */
struct mode {
    const char *name, *balancer;
    int workers;
    double vcpu, containers, wait_s;
    double (*bare)(const struct bare_work *work);
    double target; /* requests/s that this discipline should reach on a machine of 2026 */
    bool fixed;    /* exponential demand at a load of 0.8, on a fleet that does not change */
};

static double load(const struct mode *mode)
{
    double share = mode->fixed ? 0.8 : 0.6;
    return share * mode->containers * fmin(mode->vcpu, mode->workers) / DEMAND_S; /* requests/s */
}

/* Minutes whose rates wave by a fifth, so that the fleet changes. */
static struct neap_recording *traffic(const struct mode *mode)
{
    double rate = load(mode), requests = 1e6 * millions, wave = mode->fixed ? 0 : 0.2;
    struct neap_error error = {0};
    struct neap_recording *recording = NULL;
    size_t count = (size_t)ceil(requests / (60 * rate));
    double *value = malloc(count * sizeof *value);
    if (value == NULL)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < count; i++)
        value[i] = round(60 * rate * (1 + wave * sin((double)i * 0.13)));
    must(neap_recording_from_array(&recording, 0, 60000000000, value, count, &error), &error);
    free(value);
    return recording;
}

static struct neap_scenario *scenario_of(const struct mode *mode)
{
    struct neap_error error = {0};
    struct neap_scenario *scenario = NULL;
    char text[TEXT];
    int length = snprintf(text, sizeof text,
                          "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=%gms cv=%g\n"
                          "wait = mean=%gms cv=1\n[profile new]\nfrom = old\ncpu_speedup = 1.25\n"
                          "[container]\nvcpu = %g\nworkers = %d\nstartup = 30s\n"
                          "[balancer]\ntype = %s\n[autoscaler]\ntarget_cpu = 60%%\nmin = %.0f\n"
                          "max = %.0f\n[slo]\np95 = 500ms\n[run]\nengine = request\nwarmup = 0s\n",
                          1e3 * DEMAND_S, mode->fixed ? 1 : CV, fmax(1e3 * mode->wait_s, 1e-3),
                          mode->vcpu, mode->workers, mode->balancer,
                          mode->fixed ? mode->containers : ceil(mode->containers / 4),
                          mode->fixed ? mode->containers : 2 * mode->containers);
    const char *settings[] = {"profile.old.wait="};
    must(neap_scenario_decode(&scenario, "bench", text, (size_t)length, settings,
                              mode->wait_s > 0 ? 0 : 1, NULL, &error),
         &error);
    return scenario;
}

/* A replay with all that it needs. */
struct work {
    struct neap_scenario *scenario;
    struct neap_autoscaler *scaler;
    struct neap_replay *replay;
};

/* recording is borrowed. */
static struct work work_of(const struct mode *mode, size_t profile,
                           const struct neap_recording *recording)
{
    struct neap_error error = {0};
    struct work work = {scenario_of(mode), NULL, NULL};
    must(neap_scenario_autoscaler(work.scenario, &work.scaler, &error), &error);
    struct neap_replay_inputs inputs = neap_scenario_inputs(work.scenario, profile, work.scaler);
    inputs.recording = recording;
    must(neap_replay_new(&work.replay, &inputs, &error), &error);
    return work;
}

static void finish(struct work *work)
{
    neap_replay_free(work->replay);
    neap_autoscaler_free(work->scaler);
    neap_scenario_free(work->scenario);
}

/* ns a request, without what is made once, however long the recording. */
static double engine_ns(const struct mode *mode, double *requests)
{
    struct neap_error error = {0};
    struct neap_replay_summary summary;
    struct neap_recording *recording = traffic(mode);
    struct work work = work_of(mode, 0, recording);
    double each[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double start_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
        must(neap_replay_run(work.replay, NULL, &summary, &error), &error);
        each[i] = 1e9 * (clock_s(CLOCK_PROCESS_CPUTIME_ID) - start_s) / summary.requests;
    }
    *requests = summary.requests;
    finish(&work);
    neap_recording_free(recording);
    return median(each);
}

static double bare_ns(const struct mode *mode)
{
    struct bare_work work = {(uint64_t)(1e6 * millions), load(mode), (size_t)mode->containers,
                             DEMAND_S, CV};
    double each[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double start_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
        (void)mode->bare(&work);
        each[i] = 1e9 * (clock_s(CLOCK_PROCESS_CPUTIME_ID) - start_s) / (double)work.requests;
    }
    return median(each);
}

static void print(const struct mode *mode, double ns, double requests)
{
    printf("%-34s %6.1f M requests %7.2f ns each %7.1f M/s", mode->name, 1e-6 * requests, ns,
           1e3 / ns);
    if (mode->target > 0)
        printf("  target %3.0f", 1e-6 * mode->target);
    if (mode->bare != NULL) {
        double bare = bare_ns(mode);
        printf("  bare loop %6.2f ns, %3.0f %% of its speed", bare, 100 * bare / ns);
    }
    printf("\n");
    fflush(stdout);
}

/* Old and new in one pass over the same requests. */
static void print_both(const struct mode *mode)
{
    struct neap_error error = {0};
    struct neap_replay_summary summary[2];
    struct neap_recording *recording = traffic(mode);
    struct work work[2] = {work_of(mode, 0, recording), work_of(mode, 1, recording)};
    double each[RUNS];
    for (int i = 0; i < RUNS; i++) {
        struct neap_replay_job job[2] = {{work[0].replay, NULL, &summary[0]},
                                         {work[1].replay, NULL, &summary[1]}};
        double start_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
        must(neap_replay_run_together(job, 2, &error), &error);
        each[i] = 1e9 * (clock_s(CLOCK_PROCESS_CPUTIME_ID) - start_s) /
                  (summary[0].requests + summary[1].requests);
    }
    double ns = median(each);
    printf("%-34s %6.1f M requests %7.2f ns each %7.1f M/s  target 120, requests x settings\n",
           "old and new, round robin", 2e-6 * summary[0].requests, ns, 1e3 / ns);
    finish(&work[0]);
    finish(&work[1]);
    neap_recording_free(recording);
}

static enum neap_status run_piece(void *context, size_t index, const struct neap_progress *progress,
                                  struct neap_error *error)
{
    struct work *work = context;
    struct neap_replay_summary summary;
    (void)progress;
    return neap_replay_run(work[index].replay, NULL, &summary, error);
}

/* Wall time: the only figure here that other programs on the machine spoil. */
static void print_threads(const struct mode *mode)
{
    enum { PIECES = 4 };
    struct neap_error error = {0};
    struct neap_recording *recording = traffic(mode);
    struct work work[PIECES];
    double least_s[2] = {1e9, 1e9};
    for (size_t i = 0; i < PIECES; i++)
        work[i] = work_of(mode, 0, recording);
    for (int i = 0; i < 2 * RUNS; i++) {
        int threads = 1 + i % 2;
        struct neap_sweep sweep = {run_piece, work, PIECES, threads, NULL};
        double start_s = clock_s(CLOCK_MONOTONIC);
        must(neap_sweep_run(&sweep, &error), &error);
        least_s[threads - 1] = fmin(least_s[threads - 1], clock_s(CLOCK_MONOTONIC) - start_s);
    }
    printf("%-34s x%.2f  target x1.80, wall time, %d replays\n", "two threads over one",
           least_s[0] / least_s[1], PIECES);
    for (size_t i = 0; i < PIECES; i++)
        finish(&work[i]);
    neap_recording_free(recording);
}

int main(int argc, char **argv)
{
    static const struct mode mode[] = {
        {"random", "random", 4, 4, 60, 0, bare_random, 100e6, false},
        {"round robin", "round_robin", 4, 4, 60, 0, bare_round_robin, 100e6, false},
        {"one queue", "central", 4, 4, 60, 0, bare_central, 50e6, false},
        {"two choices", "two_choices", 4, 4, 60, 0, bare_two_choices, 35e6, false},
        {"least outstanding", "least_outstanding", 4, 4, 60, 0, bare_least_outstanding, 20e6,
         false},
        {"processor sharing", "random", 16, 1, 60, 0, bare_sharing, 15e6, false},
        {"processor sharing, with waits", "random", 16, 1, 60, 0.02, NULL, 15e6, false},
        {"random, with waits", "random", 4, 4, 60, 0.02, NULL, 0, false},
        {"one queue, 10 containers", "central", 4, 4, 10, 0, NULL, 0, false},
        {"one queue, 400 containers", "central", 4, 4, 400, 0, NULL, 0, false},
        {"least outstanding, 10 containers", "least_outstanding", 4, 4, 10, 0, NULL, 0, false},
        {"least outstanding, 400 containers", "least_outstanding", 4, 4, 400, 0, NULL, 0, false},
        {"M/M/10", "central", 1, 1, 10, 0, NULL, 0, true}};
    gsl_set_error_handler_off();
    if (argc > 1)
        millions = strtod(argv[1], NULL);
    for (size_t i = 0; i < sizeof mode / sizeof mode[0]; i++) {
        double requests;
        double ns = engine_ns(&mode[i], &requests);
        print(&mode[i], ns, requests);
    }
    print_both(&mode[1]);
    print_threads(&mode[0]);
    return 0;
}

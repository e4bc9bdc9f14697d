/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Speed of the tick engine: ticks a second, how time grows with days (in proportion) and with the
 * request rate (not at all). CPU time of this process; each figure is the least of several runs.
 * Figures of one run compare with each other, not with those of another machine. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <neap.h>

enum { RUNS = 5, MINUTES_A_DAY = 1440, DAYS_MOST = 88 };

static const char scenario_text[] = "[traffic]\nfile = none\n"
                                    "[profile old]\ncpu_demand = mean=40ms cv=1\n"
                                    "wait = mean=20ms cv=1\n"
                                    "[container]\nvcpu = 1\nworkers = 2\nstartup = 30s\n"
                                    "[autoscaler]\ntarget_cpu = 60%\nmin = 2\nmax = 400\n"
                                    "[slo]\np95 = 500ms\n";

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void must(enum neap_status status, const struct neap_error *error)
{
    if (status == NEAP_OK)
        return;
    fprintf(stderr, "tick_bench: %s\n", error->message);
    exit(EXIT_FAILURE);
}

/* A day and a week in every recording, and noise that differs from minute to minute: a sum of
 * sines with periods that no multiple of others, so that nothing repeats. */
static struct neap_recording *traffic(int days, double factor)
{
    struct neap_error error = {0};
    struct neap_recording *recording = NULL;
    size_t count = (size_t)days * MINUTES_A_DAY;
    double *requests = malloc(count * sizeof *requests);
    if (requests == NULL)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < count; i++) {
        double t = (double)i;
        double rate = 260 - 180 * cos(2 * M_PI * t / MINUTES_A_DAY) +
                      30 * sin(2 * M_PI * t / (7 * MINUTES_A_DAY)) + 12 * sin(t * 1.7) +
                      9 * sin(t * 0.31 + 1);
        requests[i] = round(60 * rate * factor);
    }
    must(neap_recording_from_array(&recording, 0, 60000000000, requests, count, &error), &error);
    free(requests);
    return recording;
}

struct timing {
    double run_s, new_s;
    uint64_t ticks;
};

static struct timing replay(const struct neap_recording *recording, double factor)
{
    struct neap_error error = {0};
    struct neap_scenario *scenario = NULL;
    struct neap_autoscaler *scaler = NULL;
    struct neap_replay *workspace = NULL;
    struct neap_replay_summary summary;
    struct neap_replay_sinks sinks = {.context = NULL};
    char low[64], high[64];
    snprintf(low, sizeof low, "autoscaler.min=%.0f", 2 * factor);
    snprintf(high, sizeof high, "autoscaler.max=%.0f", 400 * factor);
    const char *settings[] = {low, high};
    must(neap_scenario_decode(&scenario, "bench", scenario_text, strlen(scenario_text), settings, 2,
                              NULL, &error),
         &error);
    must(neap_scenario_autoscaler(scenario, &scaler, &error), &error);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, scaler);
    inputs.recording = recording;
    struct timing best = {1e9, 1e9, 0};
    for (int i = 0; i < RUNS; i++) {
        double start = cpu_s();
        must(neap_replay_new(&workspace, &inputs, &error), &error);
        double ready = cpu_s();
        must(neap_replay_run(workspace, &sinks, &summary, &error), &error);
        double end = cpu_s();
        best.new_s = fmin(best.new_s, ready - start);
        best.run_s = fmin(best.run_s, end - ready);
        best.ticks = summary.ticks;
        neap_replay_free(workspace);
    }
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    return best;
}

static void print(const char *what, const struct timing *timing, double base_s)
{
    printf("%-24s %9llu ticks  %8.2f ms run  %6.2f ms set-up  %6.1f ns/tick  %5.1f M ticks/s  "
           "x%.2f\n",
           what, (unsigned long long)timing->ticks, 1e3 * timing->run_s, 1e3 * timing->new_s,
           1e9 * timing->run_s / (double)timing->ticks,
           1e-6 * (double)timing->ticks / timing->run_s, timing->run_s / base_s);
}

int main(void)
{
    static const int days[] = {1, 10, DAYS_MOST};
    static const double factor[] = {1, 100, 10000};
    double base_s = 0;
    gsl_set_error_handler_off();
    for (int i = 0; i < 3; i++) {
        char what[64];
        struct neap_recording *recording = traffic(days[i], 1);
        struct timing timing = replay(recording, 1);
        base_s = i == 0 ? timing.run_s : base_s;
        snprintf(what, sizeof what, "%d day%s", days[i], days[i] == 1 ? "" : "s");
        print(what, &timing, base_s);
        neap_recording_free(recording);
    }
    for (int i = 0; i < 3; i++) {
        char what[64];
        struct neap_recording *recording = traffic(DAYS_MOST, factor[i]);
        struct timing timing = replay(recording, factor[i]);
        base_s = i == 0 ? timing.run_s : base_s;
        snprintf(what, sizeof what, "%d days, rate x%.0f", DAYS_MOST, factor[i]);
        print(what, &timing, base_s);
        neap_recording_free(recording);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one decision of each kind of autoscaler costs. A replay around four hundred containers is
 * run once and its readings are kept; then the same readings are decided on over and over. The
 * rows of a table compare with each other, not with those of another machine. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <neap.h>

enum { RUNS = 7, MINUTES = 1440, READINGS_MOST = 1 << 17, PODS_MOST = 1 << 21 };

struct kept {
    struct neap_autoscaler *scaler; /* decides while the readings are kept */
    struct neap_reading *reading;
    struct neap_pods *pods;
    size_t readings, pods_count;
};

static void must(enum neap_status status, const struct neap_error *error)
{
    if (status == NEAP_OK)
        return;
    fprintf(stderr, "decision_bench: %s\n", error->message);
    exit(EXIT_FAILURE);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        exit(EXIT_FAILURE);
    return memory;
}

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* --- readings of a replay ----------------------------------------------------------------------- */

static int64_t keep(void *context, const struct neap_reading *reading)
{
    struct kept *kept = context;
    struct neap_decision decision;
    neap_autoscaler_decide(kept->scaler, reading, &decision);
    if (kept->readings < READINGS_MOST && kept->pods_count + reading->pods_count <= PODS_MOST) {
        struct neap_reading *copy = &kept->reading[kept->readings++];
        *copy = *reading;
        copy->pods = kept->pods + kept->pods_count;
        memcpy(kept->pods + kept->pods_count, reading->pods,
               reading->pods_count * sizeof *reading->pods);
        kept->pods_count += reading->pods_count;
    }
    return decision.after;
}

static struct neap_recording *traffic(double swing)
{
    struct neap_error error = {0};
    struct neap_recording *recording = NULL;
    double *requests = allocate(MINUTES, sizeof *requests);
    for (size_t i = 0; i < MINUTES; i++) {
        double t = (double)i;
        double rate = 4800 * (1 - swing * cos(2 * M_PI * t / MINUTES)) + 120 * sin(t * 1.7) +
                      90 * sin(t * 0.31 + 1);
        requests[i] = round(60 * rate);
    }
    must(neap_recording_from_array(&recording, 0, 60000000000, requests, MINUTES, &error), &error);
    free(requests);
    return recording;
}

struct kind {
    const char *type, *keys;
};

static struct neap_autoscaler *scaler_of(struct neap_scenario *scenario)
{
    struct neap_error error = {0};
    struct neap_autoscaler *scaler = NULL;
    must(neap_scenario_autoscaler(scenario, &scaler, &error), &error);
    must(neap_autoscaler_prepare(scaler, &error), &error);
    return scaler;
}

static struct neap_scenario *scenario_of(const struct kind *kind)
{
    struct neap_error error = {0};
    struct neap_scenario *scenario = NULL;
    char text[1024];
    snprintf(text, sizeof text,
             "[traffic]\nfile = none\n[profile old]\ncpu_demand = mean=50ms cv=1\n"
             "wait = mean=20ms cv=1\n[container]\nvcpu = 1\nworkers = 8\nstartup = 30s\n"
             "[autoscaler]\ntype = %s\nmin = 2\nmax = 1000\n%s",
             kind->type, kind->keys);
    must(neap_scenario_decode(&scenario, "bench", text, strlen(text), NULL, 0, NULL, &error),
         &error);
    return scenario;
}

static void record(struct kept *kept, struct neap_scenario *scenario, double swing)
{
    struct neap_error error = {0};
    struct neap_recording *recording = traffic(swing);
    struct neap_autoscaler *keeper = NULL;
    struct neap_replay *replay = NULL;
    struct neap_replay_summary summary;
    const struct neap_callback callback = {
        .decide = keep, .context = kept, .reads_request_rate = true};
    char period[64];
    snprintf(period, sizeof period, "%.0fs", neap_autoscaler_period_s(kept->scaler));
    must(neap_autoscaler_from_callback(&keeper, &callback, &error), &error);
    must(neap_autoscaler_set(keeper, "min", "2", &error), &error);
    must(neap_autoscaler_set(keeper, "max", "1000", &error), &error);
    must(neap_autoscaler_set(keeper, "period", period, &error), &error);
    must(neap_autoscaler_prepare(keeper, &error), &error);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scenario, 0, keeper);
    inputs.recording = recording;
    struct neap_run_options run = *inputs.run;
    run.initial = 400;
    inputs.run = &run;
    must(neap_replay_new(&replay, &inputs, &error), &error);
    neap_autoscaler_reset(kept->scaler);
    kept->readings = kept->pods_count = 0;
    must(neap_replay_run(replay, NULL, &summary, &error), &error);
    neap_replay_free(replay);
    neap_autoscaler_free(keeper);
    neap_recording_free(recording);
}

/* --- deciding again ----------------------------------------------------------------------------- */

static double decide_ns(const struct kept *kept)
{
    double best_s = 1e9;
    int64_t sum = 0;
    for (int run = 0; run < RUNS; run++) {
        struct neap_decision decision;
        neap_autoscaler_reset(kept->scaler);
        double start_s = cpu_s();
        for (size_t i = 0; i < kept->readings; i++) {
            neap_autoscaler_decide(kept->scaler, &kept->reading[i], &decision);
            sum += decision.after;
        }
        best_s = fmin(best_s, cpu_s() - start_s);
    }
    return sum == 0 ? (double)NAN : 1e9 * best_s / (double)kept->readings;
}

static void row(struct kept *kept, const struct kind *kind, const char *what, double swing)
{
    struct neap_scenario *scenario = scenario_of(kind);
    kept->scaler = scaler_of(scenario);
    record(kept, scenario, swing);
    int64_t pods = 0;
    for (size_t i = 0; i < kept->pods_count; i++)
        pods += kept->pods[i].count;
    printf("decision, %-15s %-10s %6zu readings  %5.0f pods in %5.1f cohorts  %6.1f ns/decision\n",
           kind->type, what, kept->readings, (double)pods / (double)kept->readings,
           (double)kept->pods_count / (double)kept->readings, decide_ns(kept));
    neap_autoscaler_free(kept->scaler);
    neap_scenario_free(scenario);
}

int main(void)
{
    static const struct kind kinds[] = {
        {"hpa", "target_cpu = 60%\n"},
        {"hpa", "target_cpu = 60%\nscale_up.window = 0s\n"},
        {"target_tracking", "target_cpu = 60%\n"},
        {"gce", "target_cpu = 60%\n"},
        {"keda", "target_rate = 12/s\n"},
    };
    struct kept kept = {.reading = allocate(READINGS_MOST, sizeof *kept.reading),
                        .pods = allocate(PODS_MOST, sizeof *kept.pods)};
    gsl_set_error_handler_off();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        row(&kept, &kinds[i], "steady", 0);
        row(&kept, &kinds[i], "day", 0.5);
    }
    free(kept.reading);
    free(kept.pods);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many replicas does steady traffic keep?  resting_replicas
 * Six hours at one rate, from an array of our own, under an HPA at 60 %. Small services keep more
 * than their CPU asks for: few requests make noisy readings, and the HPA follows the highest. */
#include <gsl/gsl_errno.h>
#include <neap/scenario.h>
#include <stdio.h>

enum { MINUTES = 360 };

static const char text[] = "[traffic]\nfile = never-read.csv\n"
                           "[profile all]\ncpu_demand = mean=60ms cv=1.2\n"
                           "[autoscaler]\ntype = hpa\ntarget_cpu = 60%\nmin = 1\nmax = 200\n";

static enum neap_status replay(struct neap_replay_summary *summary, double rate,
                               struct neap_replay_inputs inputs, struct neap_error *error)
{
    double requests[MINUTES];
    struct neap_recording *recording = NULL;
    struct neap_replay *replay = NULL;
    const struct neap_replay_sinks none = {.life = NULL};
    for (int i = 0; i < MINUTES; i++)
        requests[i] = 60 * rate;
    enum neap_status status =
        neap_recording_from_array(&recording, 0, INT64_C(60000000000), requests, MINUTES, error);
    inputs.recording = recording;
    if (status == NEAP_OK)
        status = neap_replay_new(&replay, &inputs, error);
    if (status == NEAP_OK)
        status = neap_replay_run(replay, &none, summary, error);
    neap_replay_free(replay);
    neap_recording_free(recording);
    return status;
}

int main(void)
{
    static const double rate[] = {20, 50, 100, 200, 500};
    struct neap_scenario *scenario = NULL;
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    gsl_set_error_handler_off();
    enum neap_status status =
        neap_scenario_decode(&scenario, "text", text, sizeof text - 1, NULL, 0, NULL, &error);
    if (status == NEAP_OK)
        status = neap_scenario_autoscaler(scenario, &scaler, &error);
    printf("req/s  by CPU  kept  container-hours\n");
    for (int i = 0; status == NEAP_OK && i < 5; i++) {
        struct neap_replay_summary s = {0};
        status = replay(&s, rate[i], neap_scenario_inputs(scenario, 0, scaler), &error);
        printf("%5.0f  %6.1f  %4.1f  %15.1f\n", rate[i], rate[i] * 0.06 / 0.6, s.mean_replicas,
               s.mean_replicas * s.window_s / 3600);
    }
    if (status != NEAP_OK)
        fprintf(stderr, "resting_replicas: %s\n", error.message);
    neap_autoscaler_free(scaler);
    neap_scenario_free(scenario);
    return status == NEAP_OK ? 0 : 1;
}

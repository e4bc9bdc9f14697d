/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What would my own policy do?  policy
 * One function decides: enough replicas for 50 requests per second each, half a replica to spare,
 * and never more than a quarter of them away at once. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <neap/autoscaler.h>
#include <stdio.h>

static int64_t own_policy(void *context, const struct neap_reading *reading)
{
    const double *rate_of_one = context;
    if (isnan(reading->request_rate))
        return reading->replicas;
    double need = ceil(reading->request_rate / *rate_of_one + 0.5);
    double least = ceil(0.75 * (double)reading->replicas);
    return (int64_t)fmax(need, least);
}

int main(void)
{
    static const double rates[] = {180, 240, 420, 410, 200, 90, 90, 90};
    double rate_of_one = 50;
    const struct neap_callback callback = {
        .decide = own_policy, .context = &rate_of_one, .reads_request_rate = true};
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    int64_t replicas = 4;

    gsl_set_error_handler_off();
    enum neap_status status = neap_autoscaler_from_callback(&scaler, &callback, &error);
    if (status == NEAP_OK)
        status = neap_autoscaler_set(scaler, "min", "2", &error);
    if (status == NEAP_OK)
        status = neap_autoscaler_set(scaler, "max", "8", &error);
    if (status == NEAP_OK)
        status = neap_autoscaler_prepare(scaler, &error);
    for (int i = 0; status == NEAP_OK && i < 8; i++) {
        const struct neap_reading reading = {
            .now_ns = INT64_C(15000000000) * i, .replicas = replicas, .request_rate = rates[i]};
        struct neap_decision d;
        neap_autoscaler_decide(scaler, &reading, &d);
        printf("%3d s: %3.0f requests/s, %d -> %d (%s)\n", 15 * i, rates[i], (int)d.before,
               (int)d.after, neap_reason_text(d.reason));
        replicas = d.after;
    }
    if (status != NEAP_OK)
        fprintf(stderr, "policy: %s\n", error.message);
    neap_autoscaler_free(scaler); /* in a replay: struct neap_replay_inputs.autoscaler */
    return status == NEAP_OK ? 0 : 1;
}

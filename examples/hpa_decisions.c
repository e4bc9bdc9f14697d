/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What would the HPA do, and why?  hpa_decisions
 * CPU readings of four pods, a busy minute and then quiet ones: one decision every 15 seconds. */
#include <gsl/gsl_errno.h>
#include <neap/autoscaler.h>
#include <stdio.h>

#define SECONDS(n) ((int64_t)(n)*1000000000)

/* All pods alike, ready for an hour, each requesting one CPU. Total is what they use together. */
static struct neap_decision ask(struct neap_autoscaler *scaler, int64_t now_ns, int64_t replicas,
                                int64_t total_m)
{
    const struct neap_pods pods = {.count = replicas,
                                   .has_start = true,
                                   .start_ns = now_ns - SECONDS(3600),
                                   .has_ready_condition = true,
                                   .ready_ns = now_ns - SECONDS(3600),
                                   .ready = true,
                                   .has_metric = true,
                                   .metric_ns = now_ns - SECONDS(15),
                                   .metric_window_ns = SECONDS(15),
                                   .usage_m = total_m / replicas,
                                   .request_m = 1000};
    const struct neap_reading reading = {
        .now_ns = now_ns, .replicas = replicas, .pods = &pods, .pods_count = 1};
    struct neap_decision decision;
    neap_autoscaler_decide(scaler, &reading, &decision);
    return decision;
}

int main(void)
{
    static const int64_t used_m[] = {2400, 2500, 4100, 4900, 4800, 2400, 2300, 2300};
    static const char *const setting[][2] = {
        {"target_cpu", "60%"}, {"min", "2"}, {"max", "20"}, {"scale_down.window", "30s"}};
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    int64_t replicas = 4;

    gsl_set_error_handler_off();
    enum neap_status status = neap_autoscaler_new(&scaler, neap_autoscaler_find("hpa"), &error);
    for (int i = 0; status == NEAP_OK && i < 4; i++)
        status = neap_autoscaler_set(scaler, setting[i][0], setting[i][1], &error);
    if (status == NEAP_OK)
        status = neap_autoscaler_prepare(scaler, &error);
    for (int i = 0; status == NEAP_OK && i < 8; i++) {
        struct neap_decision d = ask(scaler, SECONDS(3600 + 15 * i), replicas, used_m[i]);
        printf("%3d s: %3.0f%% of the request, %2d -> %2d (%s)\n", 15 * i, 100 * d.metric,
               (int)d.before, (int)d.after, neap_reason_text(d.reason));
        replicas = d.after;
    }
    if (status != NEAP_OK)
        fprintf(stderr, "hpa_decisions: %s\n", error.message);
    neap_autoscaler_free(scaler);
    return status == NEAP_OK ? 0 : 1;
}

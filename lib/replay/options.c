/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of a replay that belong to no other room. */
#include <math.h>

#include <neap/replay.h>

#include "base/fail.h"

static const struct neap_parameter metrics_parameters[] = {
    {"window", NEAP_SECONDS, offsetof(struct neap_metrics_options, window_s), "", 1, 3600, NULL,
     "a reading is the mean over that much time; default what the autoscaler really has, 15s for "
     "hpa"},
    {"lag", NEAP_SECONDS, offsetof(struct neap_metrics_options, lag_s), "", 0, 3600, NULL,
     "age of a reading's newest sample; default what the autoscaler really has, 15s for hpa"},
    {"noise", NEAP_CHOICE, offsetof(struct neap_metrics_options, noise), "on", 0, 0, "off|on",
     "sampling noise of readings (tick engine); for CPU of variance rate x E[C^2] / window"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

static const struct neap_parameter slo_parameters[] = {
    {"p50", NEAP_SECONDS, offsetof(struct neap_slo_options, p50_s), "", 1e-5, 1e5, NULL,
     "limit of the median latency in every interval"},
    {"p95", NEAP_SECONDS, offsetof(struct neap_slo_options, p95_s), "", 1e-5, 1e5, NULL,
     "limit of the 95th percentile in every interval"},
    {"p99", NEAP_SECONDS, offsetof(struct neap_slo_options, p99_s), "", 1e-5, 1e5, NULL,
     "limit of the 99th percentile in every interval"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

static const struct neap_parameter run_parameters[] = {
    {"engine", NEAP_CHOICE, offsetof(struct neap_run_options, engine), "tick", 0, 0,
     "tick|request|both",
     "how a replay is calculated: by rates and formulas, or request by request; compare can do "
     "both"},
    {"seed", NEAP_COUNT, offsetof(struct neap_run_options, seed), "1", 0, 9007199254740992.0, NULL,
     "of all random numbers; same seed, same bytes"},
    {"initial", NEAP_COUNT, offsetof(struct neap_run_options, initial), "", 1, 1e7, NULL,
     "replicas at the start; default: recorded ones, else what the policy rests at"},
    {"warmup", NEAP_SECONDS, offsetof(struct neap_run_options, warmup_s), "30m", 0, 604800, NULL,
     "replayed at the first interval's rate before the window, not counted"},
    {"replications", NEAP_COUNT, offsetof(struct neap_run_options, replications), "1", 1, 10000,
     NULL, "compare: replays of everything, each with random numbers of its own"},
    {"precision", NEAP_SHARE, offsetof(struct neap_run_options, precision_share), "", 0.0001, 0.5,
     NULL,
     "compare: replications until the saving is known that well, in shares of the container-hours "
     "before; 10 at least, 200 at most"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

static const struct neap_parameter rollout_parameters[] = {
    {"deploy_at", NEAP_TEXT, offsetof(struct neap_rollout_options, deploy_at), "", 0, 0, NULL,
     "when the last profile takes the place of the one before, by a rolling update"},
    {"surge", NEAP_SHARE, offsetof(struct neap_rollout_options, surge_share), "25%", 0, 1, NULL,
     "replicas above those wanted while an update goes on, rounded up"},
    {"unavailable", NEAP_SHARE, offsetof(struct neap_rollout_options, unavailable_share), "0%", 0,
     1, NULL, "ready replicas below those wanted that an update may cause, rounded down"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

const struct neap_parameter *neap_metrics_parameters(void)
{
    return metrics_parameters;
}

const struct neap_parameter *neap_slo_parameters(void)
{
    return slo_parameters;
}

const struct neap_parameter *neap_run_parameters(void)
{
    return run_parameters;
}

const struct neap_parameter *neap_rollout_parameters(void)
{
    return rollout_parameters;
}

/* --- metrics -------------------------------------------------------------------------------------- */

static const double DEFAULT_S = 15; /* resolution of the Kubernetes metrics server */

struct neap_metrics_pipeline neap_metrics_pipeline(const struct neap_metrics_options *options,
                                                   const struct neap_autoscaler *scaler)
{
    struct neap_autoscaler_scope scope = neap_autoscaler_scope(scaler);
    bool own = scope.window_s > 0;
    struct neap_metrics_pipeline made = {own ? scope.window_s : DEFAULT_S,
                                         own ? scope.lag_s : DEFAULT_S, own ? scope.align_s : 0};
    if (!isnan(options->window_s))
        made.window_s = options->window_s;
    if (!isnan(options->lag_s)) {
        made.lag_s = options->lag_s;
        made.align_s = 0;
    }
    return made;
}

int64_t neap_metrics_end_ns(const struct neap_metrics_pipeline *pipeline, int64_t now_ns)
{
    int64_t end_ns = now_ns - llround(pipeline->lag_s * 1e9);
    int64_t align_ns = llround(pipeline->align_s * 1e9);
    int64_t beyond_ns = align_ns > 0 ? end_ns % align_ns : 0;
    return end_ns - (beyond_ns < 0 ? beyond_ns + align_ns : beyond_ns);
}

/* --- roll-outs ------------------------------------------------------------------------------------ */

void neap_rollout_options_init(struct neap_rollout_options *options)
{
    neap_parameters_init(rollout_parameters, options);
}

enum neap_status neap_rollout_check(const struct neap_rollout_options *options,
                                    struct neap_error *error)
{
    if (options->surge_share > 0 || options->unavailable_share > 0)
        return NEAP_OK;
    return neapi_fail(
        error, NEAP_BAD_SCENARIO,
        "surge: found surge = 0%% and unavailable = 0%%, expected one of them above 0: "
        "an update could neither start a container nor stop one");
}

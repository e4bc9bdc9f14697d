/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The autoscaler of Google's managed instance groups as a kind: its settings, and what they mean
 * together. Settings whose explanation ends with "unpublished" stand for what the documentation
 * does not say.
 *
 * Sources: as gce_impl.h. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/gce_impl.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/duration.h"
#include "base/fail.h"

static const double metric_s = 60; /* granularity of its metrics */

struct settings {
    double target_cpu_share, target_rate, target_in_flight, target_queued;
    double min, max, period_s, delivery_s, stabilization_s, initialization_s;
    int initializing, start, mode, rounding;
    double in_window_s, in_count, in_share;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct neap_parameter parameters[] = {
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "60%", 0.01, 1, NULL,
     "CPU use to aim at; no default with another target; of several signals the largest size wins"},
    {"target_rate", NEAP_RATE, FIELD(target_rate), "", 0.001, 1e9, NULL,
     "requests per second and instance to aim at (load balancing, or a metric per instance)"},
    {"target_in_flight", NEAP_FACTOR, FIELD(target_in_flight), "", 0.001, 1e9, NULL,
     "requests being served per instance to aim at (a metric per instance)"},
    {"target_queued", NEAP_FACTOR, FIELD(target_queued), "", 0.001, 1e9, NULL,
     "waiting requests for which there shall be one instance (singleInstanceAssignment)"},
    {"min", NEAP_COUNT, FIELD(min), "1", 0, 1e7, NULL, "fewest instances"},
    {"max", NEAP_COUNT, FIELD(max), "", 1, 1e7, NULL, "most instances (required)"},
    {"period", NEAP_SECONDS, FIELD(period_s), "60s", 1, 3600, NULL,
     "time between evaluations; unpublished"},
    {"delivery", NEAP_SECONDS, FIELD(delivery_s), "15s", 0, 600, NULL,
     "age of the newest minute of its metrics, unless metrics.lag says so; unpublished"},
    {"stabilization", NEAP_SECONDS, FIELD(stabilization_s), "600s", 0, 3600, NULL,
     "the size follows the largest need of this long (stabilizationPeriodSec)"},
    {"initialization", NEAP_SECONDS, FIELD(initialization_s), "60s", 0, 3600, NULL,
     "age up to which an instance's use does not make the group larger (coolDownPeriodSec)"},
    {"initializing", NEAP_CHOICE, FIELD(initializing), "counted", 0, 0, "counted|ignored",
     "use of such instances when the group could become smaller; unpublished"},
    {"scale_in.window", NEAP_SECONDS, FIELD(in_window_s), "600s", 60, 3600, NULL,
     "scale-in control looks at the peak recommendation of this long (timeWindowSec)"},
    {"scale_in.count", NEAP_COUNT, FIELD(in_count), "", 0, 1e7, NULL,
     "the size stays within this many instances of that peak (maxScaledInReplicas)"},
    {"scale_in.share", NEAP_SHARE, FIELD(in_share), "", 0, 1, NULL,
     "the same as a share of the peak"},
    {"scale_in.rounding", NEAP_CHOICE, FIELD(rounding), "up", 0, 0, "up|down",
     "whole instances of that share; unpublished"},
    {"mode", NEAP_CHOICE, FIELD(mode), "on", 0, 0, "on|only_scale_out|off",
     "whether the recommendation is followed"},
    {"start", NEAP_CHOICE, FIELD(start), "remembered", 0, 0, "remembered|forgotten",
     "whether the size at the first evaluation counts as a recommendation; unpublished"},
    {0}};

static enum neap_status check(const struct settings *settings, struct neap_error *error)
{
    int64_t min, max;
    enum neap_status status =
        neapi_autoscaler_sizes(&min, &max, settings->min, settings->max, error);
    if (status != NEAP_OK)
        return status;
    if (!isnan(settings->in_count) && !isnan(settings->in_share))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "scale_in.share: found together with scale_in.count, expected one of "
                          "them: leave one out");
    return NEAP_OK;
}

/* The default target is for a policy that was given no signal at all. */
static bool aims_at_cpu(const struct settings *settings, uint64_t given)
{
    return (given & 1) != 0 || (isnan(settings->target_rate) && isnan(settings->target_in_flight) &&
                                isnan(settings->target_queued));
}

static struct neapi_gce_rules rules_of(const struct settings *settings, uint64_t given)
{
    return (struct neapi_gce_rules){
        .target_cpu_share = aims_at_cpu(settings, given) ? settings->target_cpu_share : (double)NAN,
        .target_rate = settings->target_rate,
        .target_in_flight = settings->target_in_flight,
        .target_queued = settings->target_queued,
        .min = (int64_t)settings->min,
        .max = (int64_t)settings->max,
        .stabilization_ns = neapi_to_ns(settings->stabilization_s),
        .initialization_ns = neapi_to_ns(settings->initialization_s),
        .ignores_when_falling = settings->initializing == 1,
        .remembers_start = settings->start == 0,
        .mode = (enum neapi_gce_mode)settings->mode,
        .in_window_ns = neapi_to_ns(settings->in_window_s),
        .in_count = isnan(settings->in_count) ? -1 : (int64_t)settings->in_count,
        .in_share = settings->in_share,
        .in_share_down = settings->rounding == 1};
}

static void release(void *state)
{
    struct neapi_gce *gce = state;
    if (gce == NULL)
        return;
    free(gce->needed.entries);
    free(gce->recommended.entries);
    free(gce);
}

/* Entries that can be alive at once, the one being written, and the size at the start. */
static bool allocate(struct neapi_gce_log *log, double window_s, double period_s)
{
    log->capacity = (size_t)(window_s / period_s) + 3;
    log->entries = neapi_allocate(log->capacity, sizeof log->entries[0]);
    return log->entries != NULL;
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct settings *wanted = settings;
    enum neap_status status = check(wanted, error);
    if (status != NEAP_OK)
        return status;
    struct neapi_gce *gce = neapi_allocate(1, sizeof *gce);
    if (gce == NULL)
        return neapi_no_memory(error, "an autoscaler");
    gce->rules = rules_of(wanted, given);
    if (!allocate(&gce->needed, wanted->stabilization_s, wanted->period_s) ||
        !allocate(&gce->recommended, wanted->in_window_s, wanted->period_s)) {
        release(gce);
        return neapi_no_memory(error, "an autoscaler's memory of its decisions");
    }
    *scope = (struct neap_autoscaler_scope){.period_s = wanted->period_s,
                                            .min = gce->rules.min,
                                            .max = gce->rules.max,
                                            .target_cpu_share = gce->rules.target_cpu_share,
                                            .tolerance_up = (double)NAN,
                                            .tolerance_down = (double)NAN,
                                            .reads_request_rate = !isnan(gce->rules.target_rate),
                                            .reads_in_flight = !isnan(wanted->target_in_flight),
                                            .reads_queued = !isnan(wanted->target_queued),
                                            .window_s = metric_s,
                                            .lag_s = wanted->delivery_s};
    *state = gce;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct neapi_gce *gce = state;
    gce->started = false;
    gce->needed.count = gce->needed.next = 0;
    gce->recommended.count = gce->recommended.next = 0;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    neapi_gce_decide(state, reading, decision);
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct neapi_gce *gce = state;
    gce->rules.min = min;
    gce->rules.max = max;
}

const struct neap_autoscaler_type neapi_autoscaler_gce = {
    .name = "gce",
    .summary = "autoscaler of a managed instance group (Google Compute Engine)",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = release,
    .bound = bound,
    .unpublished = "period|delivery|initializing|scale_in.rounding|start"};

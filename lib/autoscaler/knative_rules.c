/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the settings of a cluster and of a revision come to together: the target of one pod, rates,
 * windows and bounds.
 *
 * Sources: knative/serving, pkg/reconciler/autoscaling/resources/target.go, kpa/resources/,
 * pkg/apis/autoscaling/v1alpha1/pa_lifecycle.go, pkg/autoscaler/metrics/stats_scraper.go. */
#include <math.h>

#include "autoscaler/knative_impl.h"
#include "autoscaler/saturate.h"
#include "base/duration.h"

static const double least_target = 0.01;
enum { LEAST_ACTIVATORS = 2, SCRAPED_IN_FULL = 3 };

void neapi_knative_revision_init(struct neapi_knative_revision *revision)
{
    double none = (double)NAN;
    *revision = (struct neapi_knative_revision){.target = none,
                                                .share = none,
                                                .panic_threshold = none,
                                                .panic_share = none,
                                                .burst_capacity = none,
                                                .delay_s = none,
                                                .stable_window_s = none,
                                                .initial_scale = -1,
                                                .activation_scale = -1,
                                                .min = -1,
                                                .max = -1};
}

static double given(double own, double otherwise)
{
    return isnan(own) ? otherwise : own;
}

static int64_t given_size(int64_t own, int64_t otherwise)
{
    return own < 0 ? otherwise : own;
}

static double concurrency(const struct neapi_knative_config *config,
                          const struct neapi_knative_revision *revision)
{
    double limit = revision->container_limit;
    if (limit <= 0)
        return given(revision->target, config->default_concurrency);
    return revision->target < limit ? revision->target : limit; /* NaN: the limit */
}

struct neapi_knative_target neapi_knative_target(const struct neapi_knative_config *config,
                                                 const struct neapi_knative_revision *revision)
{
    double total = revision->by_rate ? given(revision->target, config->default_rate)
                                     : concurrency(config, revision);
    double share = revision->by_rate ? config->rate_share : config->concurrency_share;
    double target = total * given(revision->share, share);
    return (struct neapi_knative_target){target > least_target ? target : least_target, total};
}

static int64_t initial_scale(const struct neapi_knative_config *config, int64_t own)
{
    return own > 0 || (own == 0 && config->allow_zero_initial) ? own : config->initial_scale;
}

void neapi_knative_rules(struct neapi_knative_rules *rules,
                         const struct neapi_knative_config *config,
                         const struct neapi_knative_revision *revision)
{
    struct neapi_knative_target aim = neapi_knative_target(config, revision);
    double stable_s = given(revision->stable_window_s, config->stable_window_s);
    double panic_s = round(stable_s * given(revision->panic_share, config->panic_share));
    *rules = (struct neapi_knative_rules){
        .target = aim.target,
        .total = aim.total,
        .burst_capacity = given(revision->burst_capacity, config->burst_capacity),
        .max_up_rate = config->max_up_rate,
        .max_down_rate = config->max_down_rate,
        .panic_threshold = given(revision->panic_threshold, config->panic_threshold),
        .activator_capacity = config->activator_capacity,
        .stable_window_ns = neapi_to_ns(stable_s),
        .panic_window_ns = neapi_to_ns(panic_s > 1 ? panic_s : 1),
        .delay_ns = neapi_to_ns(given(revision->delay_s, config->delay_s)),
        .initial_scale = initial_scale(config, revision->initial_scale),
        .activation_scale = given_size(revision->activation_scale, 0),
        .reachable = revision->reach != NEAPI_KNATIVE_UNREACHABLE};
}

struct neapi_knative_bounds neapi_knative_bounds(const struct neapi_knative_config *config,
                                                 const struct neapi_knative_revision *revision)
{
    struct neapi_knative_bounds bounds = {given_size(revision->min, config->min),
                                          given_size(revision->max, config->max)};
    if (revision->reach == NEAPI_KNATIVE_UNREACHABLE)
        bounds.min = 0;
    return bounds;
}

/* At 95 % confidence within a margin of 25 % or so, for a spread of 10. */
int64_t neapi_knative_sample_size(int64_t population)
{
    if (population <= SCRAPED_IN_FULL)
        return population;
    double n = (double)population, k = 1.96 * 1.96 * 100 / 25;
    return neapi_to_int64(ceil(n * k / (n + k - 1)));
}

int64_t neapi_knative_activators(const struct neapi_knative_rules *rules, int64_t ready)
{
    if (rules->burst_capacity == 0)
        return LEAST_ACTIVATORS;
    double room = rules->burst_capacity > 0 ? rules->burst_capacity : 0;
    double load = (double)ready * rules->total + room;
    int64_t needed = neapi_to_int32(ceil(load / rules->activator_capacity));
    return needed > LEAST_ACTIVATORS ? needed : LEAST_ACTIVATORS;
}

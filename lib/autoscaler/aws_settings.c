/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings that target tracking and step scaling share: checked against each other, and turned
 * into alarms and limits. */
#include <math.h>

#include "autoscaler/aws_impl.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

static enum neap_status check_points(const char *side, double points, double periods,
                                     struct neap_error *error)
{
    if (points > periods)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s.points: found %.0f, expected at most %s.periods, which is %.0f: "
                          "lower it or raise %s.periods",
                          side, points, side, periods, side);
    return NEAP_OK;
}

static enum neap_status check_warm_up(const struct neapi_aws_settings *settings,
                                      const struct neap_parameter *parameters, uint64_t given,
                                      struct neap_error *error)
{
    static const char *const cooldowns[] = {"scale_out.cooldown", "scale_in.cooldown"};
    for (size_t i = 0; i < 2 && !isnan(settings->warm_up_s); i++)
        if ((given >> (neap_parameter_find(parameters, cooldowns[i]) - parameters) & 1) != 0)
            return neapi_fail(
                error, NEAP_BAD_ARGUMENT,
                "warm_up: found together with %s, expected one of them: replicas warm "
                "up in EC2 Auto Scaling, policies cool down elsewhere",
                cooldowns[i]);
    return NEAP_OK;
}

enum neap_status neapi_aws_settings_use(const struct neapi_aws_settings *settings,
                                        const struct neap_parameter *parameters, uint64_t given,
                                        struct neapi_aws_limits *limits, struct neap_error *error)
{
    int64_t min, max;
    enum neap_status status =
        neapi_autoscaler_sizes(&min, &max, settings->min, settings->max, error);
    if (status == NEAP_OK)
        status = check_points("scale_out", settings->out_points, settings->out_periods, error);
    if (status == NEAP_OK)
        status = check_points("scale_in", settings->in_points, settings->in_periods, error);
    if (status == NEAP_OK)
        status = check_warm_up(settings, parameters, given, error);
    if (status != NEAP_OK)
        return status;
    bool warms_up = !isnan(settings->warm_up_s);
    *limits =
        (struct neapi_aws_limits){.min = min,
                                  .max = max,
                                  .out_cooldown_ns = llround(settings->out_cooldown_s * 1e9),
                                  .in_cooldown_ns = llround(settings->in_cooldown_s * 1e9),
                                  .warms_up = warms_up,
                                  .warm_up_ns = warms_up ? llround(settings->warm_up_s * 1e9) : 0};
    return NEAP_OK;
}

void neapi_aws_pipeline(struct neap_autoscaler_scope *scope,
                        const struct neapi_aws_settings *settings)
{
    scope->window_s = scope->align_s = settings->period_s;
    scope->lag_s = settings->delivery_s;
}

struct neapi_aws_alarm neapi_aws_alarm_make(const struct neapi_aws_settings *settings, bool above,
                                            double threshold)
{
    double periods = above ? settings->out_periods : settings->in_periods;
    double points = above ? settings->out_points : settings->in_points;
    return (struct neapi_aws_alarm){.threshold = threshold,
                                    .above = above,
                                    .points = (size_t)(isnan(points) ? periods : points),
                                    .periods = (size_t)periods,
                                    .range = (size_t)(periods + settings->extra_points),
                                    .missing = (enum neapi_aws_missing)settings->missing,
                                    .state = NEAPI_AWS_INSUFFICIENT_DATA};
}

bool neapi_aws_series_make(struct neapi_aws_series *series,
                           const struct neapi_aws_settings *settings)
{
    double periods = fmax(settings->out_periods, settings->in_periods);
    series->capacity = (size_t)(periods + settings->extra_points);
    series->value = neapi_allocate(series->capacity, sizeof series->value[0]);
    series->count = series->newest = 0;
    return series->value != NULL;
}

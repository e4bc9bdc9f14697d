/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Step scaling of Application Auto Scaling: up to two policies, each with an alarm of its own, one
 * to scale out and one to scale in. Their settings; step_scaling_decide.c has one evaluation.
 *
 * Sources: as step_scaling_impl.h. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/step_scaling_impl.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

enum { OUT, IN, SIDES = NEAPI_STEPPING_SIDES };

struct side {
    double cpu_share, rate, magnitude;
    int type;
    char steps[NEAP_TEXT_SIZE];
};

struct settings {
    struct side side[SIDES];
    struct neapi_aws_settings aws;
};

#define FIELD(number, name) (number * sizeof(struct side) + offsetof(struct side, name))
#define SIDE(number, word, beyond, direction, first)                                            \
    {word ".cpu",                                                                               \
     NEAP_SHARE,                                                                                \
     FIELD(number, cpu_share),                                                                  \
     "",                                                                                        \
     0,                                                                                         \
     10,                                                                                        \
     NULL,                                                                                      \
     "CPU use, as a share of what the tasks reserve, " beyond " which to " direction},          \
        {word ".rate",                                                                          \
         NEAP_RATE,                                                                             \
         FIELD(number, rate),                                                                   \
         "",                                                                                    \
         0,                                                                                     \
         1e9,                                                                                   \
         NULL,                                                                                  \
         "requests per healthy target, " beyond " which to " direction},                        \
        {word ".adjustment",                                                                    \
         NEAP_CHOICE,                                                                           \
         FIELD(number, type),                                                                   \
         "change",                                                                              \
         0,                                                                                     \
         0,                                                                                     \
         "change|percent|exact",                                                                \
         "what steps say: replicas more or less, percent more or less, or the size"},           \
        {word ".steps",                                                                         \
         NEAP_TEXT,                                                                             \
         FIELD(number, steps),                                                                  \
         first,                                                                                 \
         0,                                                                                     \
         0,                                                                                     \
         NULL,                                                                                  \
         "LOWER:UPPER:ADJUSTMENT, ...: bounds are distances from the threshold, in percentage " \
         "points "                                                                              \
         "of CPU use or requests per second"},                                                  \
    {                                                                                           \
        word ".magnitude", NEAP_COUNT, FIELD(number, magnitude), "0", 0, 1e7, NULL,             \
            "replicas that a step in percent changes at least (MinAdjustmentMagnitude)"         \
    }

static const struct neap_parameter parameters[] = {
    SIDE(OUT, "scale_out", "above", "scale out", "0:inf:1"),
    SIDE(IN, "scale_in", "below", "scale in", "-inf:0:-1"),
    NEAPI_AWS_ROWS(settings, "3", "3"),
    {0}};

/* --- settings to policies --------------------------------------------------------------------- */

static const char *const threshold_keys[SIDES][2] = {{"scale_out.cpu", "scale_out.rate"},
                                                     {"scale_in.cpu", "scale_in.rate"}};
static const char *const steps_keys[SIDES] = {"scale_out.steps", "scale_in.steps"};

static enum neap_status check_sides(const struct settings *settings, struct neap_error *error)
{
    for (int i = 0; i < SIDES; i++) {
        const struct side *side = &settings->side[i];
        bool cpu = !isnan(side->cpu_share), rate = !isnan(side->rate);
        if (cpu && rate)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "%s: found together with %s, expected one of them: an alarm looks at "
                              "one metric",
                              threshold_keys[i][0], threshold_keys[i][1]);
        if (i == OUT && !cpu && !rate)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "%s: not set, and %s neither, expected the threshold of the alarm "
                              "that scales out: add %s = 70%% to [autoscaler]",
                              threshold_keys[i][0], threshold_keys[i][1], threshold_keys[i][0]);
    }
    return NEAP_OK;
}

/* An alarm above a threshold never sees a metric below it. */
static enum neap_status check_reach(const struct neapi_step_policy *policy, int side,
                                    struct neap_error *error)
{
    const struct neapi_step *first = &policy->steps[0], *last = &policy->steps[policy->count - 1];
    if (side == OUT ? first->lower < 0 : last->upper > 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found a step from %g to %g, expected none %s the threshold, as its "
                          "alarm is not raised there",
                          steps_keys[side], side == OUT ? first->lower : last->lower,
                          side == OUT ? first->upper : last->upper,
                          side == OUT ? "below" : "above");
    return NEAP_OK;
}

static enum neap_status add_policy(struct neapi_step_scaling *scaling,
                                   const struct settings *settings, int number,
                                   struct neap_error *error)
{
    const struct side *side = &settings->side[number];
    bool cpu = !isnan(side->cpu_share);
    if (!cpu && isnan(side->rate))
        return NEAP_OK;
    struct neapi_stepping *policy = &scaling->policy[scaling->policies];
    double threshold = cpu ? neapi_aws_percent(side->cpu_share) : side->rate;
    policy->metric = cpu ? NEAPI_AWS_CPU : NEAPI_AWS_RATE;
    policy->alarm = neapi_aws_alarm_make(&settings->aws, number == OUT, threshold);
    policy->steps.type = (enum neapi_step_type)side->type;
    policy->steps.magnitude = (int64_t)side->magnitude;
    enum neap_status status =
        neapi_steps_parse(&policy->steps, steps_keys[number], side->steps, error);
    if (status == NEAP_OK)
        status = check_reach(&policy->steps, number, error);
    scaling->policies += status == NEAP_OK;
    return status;
}

static enum neap_status set_rules(struct neapi_step_scaling *scaling,
                                  const struct settings *settings, uint64_t given,
                                  struct neap_error *error)
{
    *scaling = (struct neapi_step_scaling){.value = (enum neapi_aws_value)settings->aws.value};
    enum neap_status status =
        neapi_aws_settings_use(&settings->aws, parameters, given, &scaling->limits, error);
    if (status == NEAP_OK)
        status = check_sides(settings, error);
    for (int i = 0; status == NEAP_OK && i < SIDES; i++)
        status = add_policy(scaling, settings, i, error);
    return status;
}

/* --- the kind --------------------------------------------------------------------------------- */

static void release(void *state)
{
    struct neapi_step_scaling *scaling = state;
    if (scaling == NULL)
        return;
    for (size_t i = 0; i < SIDES; i++)
        free(scaling->policy[i].series.value);
    free(scaling);
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    const struct settings *wanted = settings;
    struct neapi_step_scaling *scaling = neapi_allocate(1, sizeof *scaling);
    if (scaling == NULL)
        return neapi_no_memory(error, "an autoscaler");
    enum neap_status status = set_rules(scaling, wanted, given, error);
    for (size_t i = 0; status == NEAP_OK && i < scaling->policies; i++)
        if (!neapi_aws_series_make(&scaling->policy[i].series, &wanted->aws))
            status = neapi_no_memory(error, "an autoscaler's points of a metric");
    if (status != NEAP_OK) {
        release(scaling);
        return status;
    }
    *scope = (struct neap_autoscaler_scope){.period_s = wanted->aws.period_s,
                                            .min = scaling->limits.min,
                                            .max = scaling->limits.max,
                                            .target_cpu_share = wanted->side[OUT].cpu_share,
                                            .tolerance_up = (double)NAN,
                                            .tolerance_down = (double)NAN,
                                            .reads_request_rate = !isnan(wanted->side[OUT].rate) ||
                                                                  !isnan(wanted->side[IN].rate),
                                            .young_s = (double)scaling->limits.warm_up_ns / 1e9};
    neapi_aws_pipeline(scope, &wanted->aws);
    *state = scaling;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct neapi_step_scaling *scaling = state;
    scaling->activity = (struct neapi_aws_activity){0};
    for (size_t i = 0; i < scaling->policies; i++) {
        scaling->policy[i].series.count = 0;
        neapi_aws_alarm_reset(&scaling->policy[i].alarm);
    }
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct neapi_step_scaling *scaling = state;
    scaling->limits.min = min;
    scaling->limits.max = max;
}

const struct neap_autoscaler_type neapi_autoscaler_step_scaling = {
    .name = "step_scaling",
    .summary = "AWS step scaling on CPU utilisation or requests per target",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = neapi_step_scaling_decide,
    .release = release,
    .bound = bound,
    .unpublished = "delivery|extra_points|metric_value"};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A floor that a forecast raises ahead of the load, around any policy: the size is never below
 * what is expected to be needed between now and a lead time later. It only ever adds containers,
 * as predictive scaling of AWS and of Google's instance groups does: what they publish of it is
 * that much, not their forecasts (theirs are not reproduced here).
 *
 * It learns from its readings alone, so for the first season (two for Holt-Winters) there is no
 * forecast and the policy inside decides alone. Seasons are spans of time, not of local clocks. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/ahead.h"
#include "autoscaler/inner.h"
#include "autoscaler/oracle.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

struct settings {
    char policy[NEAP_TEXT_SIZE], policy_settings[NEAP_TEXT_SIZE];
    double target_cpu_share, target_rate, lead_s, headroom_share, season_s, step_s;
    double level_share, trend_share, seasonal_share, damping_share;
    int method;
};

struct predictive {
    struct neapi_inner inner;
    struct neapi_ahead ahead;
    int64_t min, max, lead_ns;
    double target_cpu_share; /* NaN when the load is requests */
    double target_rate;
    double headroom; /* factor */
};

#define FIELD(member) offsetof(struct settings, member)

static const struct neap_parameter parameters[] = {
    {"policy", NEAP_TEXT, FIELD(policy), "hpa", 0, 0, NULL,
     "type of the autoscaler whose min the forecast raises"},
    {"policy.settings", NEAP_TEXT, FIELD(policy_settings), "", 0, 0, NULL,
     "its keys, with | between them: target_cpu = 60% | min = 2 | max = 40"},
    {"target_cpu", NEAP_SHARE, FIELD(target_cpu_share), "60%", 0.01, 10, NULL,
     "CPU use of the request that the forecast aims at; not when target_rate is given"},
    {"target_rate", NEAP_RATE, FIELD(target_rate), "", 1e-3, 1e9, NULL,
     "requests per second and container that it aims at; then requests are forecast, not CPU"},
    {"lead", NEAP_SECONDS, FIELD(lead_s), "5m", 0, 86400, NULL,
     "how far ahead containers are made ready: at least as long as they take to start"},
    {"headroom", NEAP_SHARE, FIELD(headroom_share), "0%", 0, 10, NULL,
     "how much more than the forecast is prepared for"},
    {"method", NEAP_CHOICE, FIELD(method), "holt_winters", 0, 0, "seasonal_naive|holt_winters",
     "as one season ago, or level, damped trend and season by exponential smoothing"},
    {"season", NEAP_SECONDS, FIELD(season_s), "1d", 600, 2419200, NULL,
     "time after which the load repeats: 1d or 7d"},
    {"step", NEAP_SECONDS, FIELD(step_s), "5m", 15, 86400, NULL,
     "time over which load is averaged for the forecast; a season is a whole number of them"},
    {"level", NEAP_SHARE, FIELD(level_share), "20%", 0, 1, NULL,
     "how much of what is new the level takes up at each step of holt_winters"},
    {"trend", NEAP_SHARE, FIELD(trend_share), "1%", 0, 1, NULL, "the same for the trend"},
    {"seasonal", NEAP_SHARE, FIELD(seasonal_share), "30%", 0, 1, NULL, "the same for the season"},
    {"damping", NEAP_SHARE, FIELD(damping_share), "90%", 0, 1, NULL,
     "what is left of the trend from one step to the next; 100% = all"},
    {0}};

enum { METHOD_NAIVE };

/* --- making one ----------------------------------------------------------------------------------- */

static enum neap_status make_forecast(struct neapi_ahead *ahead, const struct settings *wanted,
                                      struct neap_error *error)
{
    double steps = round(wanted->season_s / wanted->step_s);
    if (steps < 2 || fabs(steps * wanted->step_s - wanted->season_s) > 1e-6)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "step: found %gs, expected a season, which is %gs, to be 2 or more whole "
                          "steps: a day is 288 steps of 5m",
                          wanted->step_s, wanted->season_s);
    const struct neap_forecast_options options = {.method = wanted->method == METHOD_NAIVE
                                                                ? NEAP_FORECAST_SEASONAL_NAIVE
                                                                : NEAP_FORECAST_HOLT_WINTERS,
                                                  .season = (size_t)steps,
                                                  .level_share = wanted->level_share,
                                                  .trend_share = wanted->trend_share,
                                                  .season_share = wanted->seasonal_share,
                                                  .damping_share = wanted->damping_share};
    ahead->season = (size_t)steps;
    ahead->step_ns = llround(wanted->step_s * 1e9);
    return neap_forecast_new(&ahead->forecast, &options, error);
}

static void release(void *state)
{
    struct predictive *predictive = state;
    if (predictive == NULL)
        return;
    neapi_inner_free(&predictive->inner);
    neap_forecast_free(predictive->ahead.forecast);
    free(predictive);
}

static enum neap_status build(struct predictive *made, const struct settings *wanted,
                              struct neap_error *error)
{
    enum neap_status status = make_forecast(&made->ahead, wanted, error);
    if (status == NEAP_OK)
        status = neapi_inner_new(&made->inner, wanted->policy, wanted->policy_settings, error);
    if (status != NEAP_OK)
        return status;
    made->min = made->inner.min;
    made->max = made->inner.max;
    made->lead_ns = llround(wanted->lead_s * 1e9);
    made->target_rate = wanted->target_rate;
    made->target_cpu_share = isnan(wanted->target_rate) ? wanted->target_cpu_share : (double)NAN;
    made->headroom = 1 + wanted->headroom_share;
    return NEAP_OK;
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    (void)given;
    struct predictive *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "an autoscaler");
    enum neap_status status = build(made, settings, error);
    if (status != NEAP_OK) {
        release(made);
        return status;
    }
    *scope = neapi_inner_scope(&made->inner);
    scope->reads_request_rate = scope->reads_request_rate || !isnan(made->target_rate);
    *state = made;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct predictive *predictive = state;
    neapi_inner_reset(&predictive->inner);
    neapi_ahead_reset(&predictive->ahead);
}

static const struct neap_autoscaler *inner(const void *state)
{
    const struct predictive *predictive = state;
    return predictive->inner.scaler;
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct predictive *predictive = state;
    predictive->min = min;
    predictive->max = max;
}

/* --- decisions ------------------------------------------------------------------------------------ */

struct load {
    double total, of_one; /* in cores or requests per second; of_one at the target */
};

/* CPU of the pods that are measured, and what the largest of them requests. */
static struct load cpu_load(const struct neap_reading *reading, double target_share)
{
    double usage_m = 0, request_m = 0, measured = 0;
    for (size_t i = 0; i < reading->pods_count; i++) {
        const struct neap_pods *pods = &reading->pods[i];
        if (pods->count <= 0 || !pods->has_metric || pods->request_m <= 0)
            continue;
        usage_m += (double)pods->usage_m * (double)pods->count;
        request_m = fmax(request_m, (double)pods->request_m);
        measured += (double)pods->count;
    }
    if (measured <= 0)
        return (struct load){(double)NAN, (double)NAN};
    return (struct load){usage_m / 1000, target_share * request_m / 1000};
}

static struct load read_load(const struct predictive *predictive,
                             const struct neap_reading *reading)
{
    if (isnan(predictive->target_cpu_share))
        return (struct load){reading->request_rate, predictive->target_rate};
    return cpu_load(reading, predictive->target_cpu_share);
}

/* The most that is to be prepared for; NaN without a forecast. */
static double most_of(const struct predictive *predictive, int64_t now_ns)
{
    double most = neapi_ahead_most(&predictive->ahead, now_ns + predictive->lead_ns);
    return isnan(most) ? most : fmax(most, 0) * predictive->headroom;
}

/* The min that the forecast asks for; the policy's own without one. */
static int64_t floor_of(const struct predictive *predictive, double most, double of_one)
{
    double need = neapi_oracle_need(most, of_one);
    if (isnan(need) || need <= (double)predictive->min)
        return predictive->min;
    return need < (double)predictive->max ? (int64_t)need : predictive->max;
}

/* The forecast is told beside the metrics of the policy inside. */
static void tell(const struct predictive *predictive, double most, double of_one,
                 struct neap_decision *decision)
{
    bool rate = isnan(predictive->target_cpu_share), none = isnan(most);
    bool undecided = decision->chosen == decision->metrics_count;
    neapi_oracle_tell(rate ? NEAP_SIGNAL_FORECAST_RATE : NEAP_SIGNAL_FORECAST_CPU, most, of_one,
                      decision->before, decision);
    struct neap_decision_metric *metric = &decision->metrics[decision->metrics_count - 1];
    if (none)
        metric->reason = NEAP_REASON_NO_FORECAST;
    if (undecided)
        decision->chosen = decision->metrics_count;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct predictive *predictive = state;
    struct load load = read_load(predictive, reading);
    neapi_ahead_read(&predictive->ahead, reading->now_ns, load.total);
    double most = most_of(predictive, reading->now_ns);
    int64_t least = floor_of(predictive, most, load.of_one);
    neapi_inner_decide(&predictive->inner, reading, least, predictive->max, decision);
    if (least > predictive->min)
        neapi_inner_say(&predictive->inner, decision, NEAP_REASON_FORECAST, NEAP_REASON_AT_MAX);
    tell(predictive, most, load.of_one, decision);
}

const struct neap_autoscaler_type neapi_autoscaler_predictive = {
    .name = "predictive",
    .summary = "a forecast of the season raises the min ahead of the load, around any other type",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = release,
    .bound = bound,
    .inner = inner};

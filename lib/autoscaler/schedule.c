/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Other bounds at other times of the week, around any policy: the night floor, the warm-up before
 * opening, the environment that is off at the weekend. What a scheduled action of AWS, a cron rule
 * of KEDA or a CronJob that edits a HorizontalPodAutoscaler does. A rule takes hold at the first
 * evaluation in its time; a size outside its bounds is put inside at once. A size of 0 is raised
 * to the min when the min is more, although the inner policy alone might never wake up. */
#include <math.h>
#include <stdlib.h>

#include "autoscaler/inner.h"
#include "autoscaler/schedule.h"
#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"

struct settings {
    char policy[NEAP_TEXT_SIZE], policy_settings[NEAP_TEXT_SIZE], schedule[NEAP_TEXT_SIZE],
        zone[NEAP_TEXT_SIZE];
};

struct scheduled {
    struct neapi_inner inner;
    struct neapi_schedule schedule;
    struct neap_zone *zone;
    int64_t min, max; /* where no rule says otherwise */
};

#define FIELD(member) offsetof(struct settings, member)

static const struct neap_parameter parameters[] = {
    {"policy", NEAP_TEXT, FIELD(policy), "hpa", 0, 0, NULL,
     "type of the autoscaler that the schedule puts within bounds"},
    {"policy.settings", NEAP_TEXT, FIELD(policy_settings), "", 0, 0, NULL,
     "its keys, with | between them: target_cpu = 60% | min = 2 | max = 40"},
    {"schedule", NEAP_TEXT, FIELD(schedule), "", 0, 0, NULL,
     "rules: DAYS [FROM-TO] min=N max=N or off, with commas between them; the last one in force "
     "counts (required)"},
    {"zone", NEAP_TEXT, FIELD(zone), "UTC", 0, 0, NULL,
     "time zone of the schedule; in a scenario default service.zone"},
    {0}};

/* A policy that cannot rest at 0 cannot have that as its min either, unless all is off. */
static enum neap_status check(const struct scheduled *made, struct neap_error *error)
{
    for (size_t i = 0; i < made->schedule.count; i++) {
        const struct neapi_schedule_rule *rule = &made->schedule.rule[i];
        if (rule->min == 0 && rule->max != 0 && made->min > 0)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "schedule: found min=0 around a policy whose own min is %lld, "
                              "expected 1 or more: write off for no containers at all",
                              (long long)made->min);
    }
    return NEAP_OK;
}

static enum neap_status build(struct scheduled *made, const struct settings *wanted,
                              struct neap_error *error)
{
    if (wanted->schedule[0] == '\0')
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "schedule: not set, expected rules: add schedule = mon-fri 07:00-20:00 "
                          "min=10 to [autoscaler], or take the inner policy alone");
    enum neap_status status = neapi_schedule_parse(&made->schedule, wanted->schedule, error);
    if (status == NEAP_OK)
        status = neap_zone_read(&made->zone, wanted->zone, NULL, error);
    if (status == NEAP_OK)
        status = neapi_inner_new(&made->inner, wanted->policy, wanted->policy_settings, error);
    if (status != NEAP_OK)
        return status;
    made->min = made->inner.min;
    made->max = made->inner.max;
    return check(made, error);
}

static void release(void *state)
{
    struct scheduled *scheduled = state;
    if (scheduled == NULL)
        return;
    neapi_inner_free(&scheduled->inner);
    neap_zone_free(scheduled->zone);
    free(scheduled);
}

/* The inner policy's, with the widest bounds there ever are. */
static struct neap_autoscaler_scope scope_of(const struct scheduled *made)
{
    struct neap_autoscaler_scope scope = neapi_inner_scope(&made->inner);
    for (size_t i = 0; i < made->schedule.count; i++) {
        const struct neapi_schedule_rule *rule = &made->schedule.rule[i];
        if (rule->min != NEAPI_SCHEDULE_KEEP && rule->min < scope.min)
            scope.min = rule->min;
        if (rule->max != NEAPI_SCHEDULE_KEEP && rule->max < scope.min)
            scope.min = rule->max;
        if (rule->max > scope.max)
            scope.max = rule->max;
        if (rule->min > scope.max)
            scope.max = rule->min;
    }
    return scope;
}

static enum neap_status prepare(const void *settings, uint64_t given,
                                struct neap_autoscaler_scope *scope, void **state,
                                struct neap_error *error)
{
    (void)given;
    struct scheduled *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "an autoscaler");
    enum neap_status status = build(made, settings, error);
    if (status != NEAP_OK) {
        release(made);
        return status;
    }
    *scope = scope_of(made);
    *state = made;
    return NEAP_OK;
}

static void reset(void *state)
{
    struct scheduled *scheduled = state;
    neapi_inner_reset(&scheduled->inner);
}

static const struct neap_autoscaler *inner(const void *state)
{
    const struct scheduled *scheduled = state;
    return scheduled->inner.scaler;
}

static void bound(void *state, int64_t min, int64_t max)
{
    struct scheduled *scheduled = state;
    scheduled->min = min;
    scheduled->max = max;
}

static void decide(void *state, const struct neap_reading *reading, struct neap_decision *decision)
{
    struct scheduled *scheduled = state;
    struct neap_civil civil = neap_civil_from_time(reading->now_ns, scheduled->zone);
    struct neapi_schedule_bounds now =
        neapi_schedule_bounds(&scheduled->schedule, &civil, scheduled->min, scheduled->max);
    neapi_inner_decide(&scheduled->inner, reading, now.min, now.max, decision);
    neapi_inner_say(&scheduled->inner, decision,
                    now.min_scheduled ? NEAP_REASON_SCHEDULED_MIN : NEAP_REASON_AT_MIN,
                    now.max_scheduled ? NEAP_REASON_SCHEDULED_MAX : NEAP_REASON_AT_MAX);
}

const struct neap_autoscaler_type neapi_autoscaler_schedule = {
    .name = "schedule",
    .summary = "other bounds at other times of the week, around any other type",
    .parameters = parameters,
    .settings_size = sizeof(struct settings),
    .prepare = prepare,
    .reset = reset,
    .decide = decide,
    .release = release,
    .bound = bound,
    .inner = inner};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rule of a decision: what it made of the size, and which setting says so. The setting is looked
 * for in the autoscaler, then in the one that it is around. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "study/explain.h"

/* --- settings -------------------------------------------------------------------------------------- */

enum { KEYS = 4 };

/* Of several keys the first that is set counts: kinds call the same rule by different names. */
static const struct {
    enum neap_reason reason;
    const char *keys[KEYS];
} behind[] = {
    {NEAP_REASON_FIXED, {"replicas"}},
    {NEAP_REASON_TOLERANCE, {"tolerance", "scale_in.threshold"}},
    {NEAP_REASON_DOWN_STABILIZED, {"scale_down.window", "stabilization", "scale_down_delay"}},
    {NEAP_REASON_UP_STABILIZED, {"scale_up.window"}},
    {NEAP_REASON_DOWN_LIMIT,
     {"scale_down.policies", "scale_in.count", "scale_in.share", "max_scale_down_rate"}},
    {NEAP_REASON_UP_LIMIT, {"scale_up.policies", "max_scale_up_rate"}},
    {NEAP_REASON_AT_MIN, {"min"}},
    {NEAP_REASON_AT_MAX, {"max"}},
    {NEAP_REASON_BELOW_MIN, {"min"}},
    {NEAP_REASON_ABOVE_MAX, {"max"}},
    {NEAP_REASON_INITIALIZING, {"initialization"}},
    {NEAP_REASON_MODE, {"mode"}},
    {NEAP_REASON_PANIC, {"panic_threshold"}},
    {NEAP_REASON_ACTIVATION_SCALE, {"activation_scale"}},
    {NEAP_REASON_INITIAL_SCALE, {"initial_scale"}},
    {NEAP_REASON_GIVEN_UP, {"progress_deadline"}},
    {NEAP_REASON_ZERO_OFF, {"scale_to_zero"}},
    {NEAP_REASON_ZERO_WAITS, {"scale_to_zero_grace"}},
    {NEAP_REASON_COOLDOWN, {"cooldown"}},
    {NEAP_REASON_PAUSED, {"pause"}},
    {NEAP_REASON_FALLBACK, {"fallback.replicas"}},
    {NEAP_REASON_CRON, {"cron.replicas"}},
    {NEAP_REASON_SCHEDULED_MIN, {"schedule"}},
    {NEAP_REASON_SCHEDULED_MAX, {"schedule"}},
    {NEAP_REASON_FORECAST, {"lead"}},
    {NEAP_REASON_NO_DATA, {"missing_data"}},
    {NEAP_REASON_OUT_COOLDOWN, {"scale_out.cooldown"}},
    {NEAP_REASON_IN_COOLDOWN, {"scale_in.cooldown"}},
    {NEAP_REASON_OUT_WARM_UP, {"warm_up"}},
    {NEAP_REASON_IN_WARM_UP, {"warm_up"}},
    {NEAP_REASON_IN_DISABLED, {"disable_scale_in"}},
};

static bool find_value(struct neapi_told_setting *setting, const struct neap_autoscaler *scaler,
                       const char *key)
{
    for (; scaler != NULL; scaler = neap_autoscaler_inner(scaler)) {
        neap_autoscaler_format(scaler, key, setting->value, sizeof setting->value);
        if (setting->value[0] != '\0')
            return neapi_text_copy(setting->key, sizeof setting->key, key);
    }
    return false;
}

bool neapi_explain_setting(struct neapi_told_setting *setting, const struct neapi_scene *scene,
                           enum neap_reason reason)
{
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++)
        for (size_t k = 0; behind[i].reason == reason && k < KEYS && behind[i].keys[k] != NULL; k++)
            if (find_value(setting, scene->scaler, behind[i].keys[k]))
                return true;
    return false;
}

/* Where the limit is that a HorizontalPodAutoscaler has as long as it is given no rules. */
static bool is_legacy(const struct neapi_scene *scene)
{
    static const char *const rules[] = {
        "scale_up.window",     "scale_up.policies", "scale_up.select", "scale_down.window",
        "scale_down.policies", "scale_down.select", "tolerance_up",    "tolerance_down"};
    const struct neap_autoscaler *scaler = scene->scaler;
    char behavior[NEAPI_WORD_SIZE], policies[NEAP_TEXT_SIZE] = "";
    for (; scaler != NULL && policies[0] == '\0'; scaler = neap_autoscaler_inner(scaler)) {
        neap_autoscaler_format(scaler, "scale_up.policies", policies, sizeof policies);
        if (policies[0] != '\0')
            break;
    }
    if (scaler == NULL)
        return false;
    neap_autoscaler_format(scaler, "behavior", behavior, sizeof behavior);
    if (strcmp(behavior, "auto") != 0)
        return strcmp(behavior, "legacy") == 0;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (neap_autoscaler_given(scaler, rules[i]))
            return false;
    return true;
}

/* " (scale_up.policies = 4 per 15s)", or "" */
static void setting_text(char *text, size_t size, const struct neapi_scene *scene,
                         enum neap_reason reason)
{
    struct neapi_told_setting setting;
    if (reason == NEAP_REASON_UP_LIMIT && is_legacy(scene))
        neapi_print(text, size, " (without scale_up.policies: twice as many, or 4)");
    else if (neapi_explain_setting(&setting, scene, reason))
        neapi_print(text, size, " (%s = %s)", setting.key, setting.value);
    else
        neapi_print(text, size, "%s", "");
}

/* --- rules ----------------------------------------------------------------------------------------- */

static void window_rule(char *text, size_t size, const struct neapi_scene *scene,
                        enum neap_reason reason, long long from, long long to)
{
    struct neapi_told_setting setting;
    if (neapi_explain_setting(&setting, scene, reason))
        neapi_print(text, size,
                    "%s = %s: in that time %s sizes were recommended too, so instead of %lld it is "
                    "%lld for now",
                    setting.key, setting.value,
                    reason == NEAP_REASON_DOWN_STABILIZED ? "larger" : "smaller", from, to);
    else
        neapi_print(text, size, "%s, so instead of %lld it is %lld for now",
                    neap_reason_text(reason), from, to);
}

void neapi_explain_rule(char *text, size_t size, const struct neapi_scene *scene,
                        const struct neap_decision *decision, size_t index)
{
    enum neap_reason reason = decision->steps[index].reason;
    long long from = decision->steps[index - 1].replicas, to = decision->steps[index].replicas;
    char setting[NEAPI_SENTENCE_SIZE / 2];
    setting_text(setting, sizeof setting, scene, reason);
    if (reason == NEAP_REASON_DOWN_STABILIZED || reason == NEAP_REASON_UP_STABILIZED)
        window_rule(text, size, scene, reason, from, to);
    else if (reason == NEAP_REASON_UP_LIMIT || reason == NEAP_REASON_DOWN_LIMIT)
        neapi_print(text, size,
                    "from %lld it may %s to %lld at most this time, not to %lld at once%s",
                    (long long)decision->before, reason == NEAP_REASON_UP_LIMIT ? "rise" : "fall",
                    to, from, setting);
    else if (reason == NEAP_REASON_AT_MIN || reason == NEAP_REASON_AT_MAX)
        neapi_print(text, size, "%s = %lld: not %lld", reason == NEAP_REASON_AT_MIN ? "min" : "max",
                    to, from);
    else if (reason == NEAP_REASON_SCHEDULED_MIN || reason == NEAP_REASON_SCHEDULED_MAX ||
             reason == NEAP_REASON_FORECAST)
        neapi_print(text, size, "%s, %lld: not %lld%s", neap_reason_text(reason), to, from,
                    setting);
    else
        neapi_print(text, size, "%s, so instead of %lld it is %lld for now%s",
                    neap_reason_text(reason), from, to, setting);
}

/* --- alarms and panic ------------------------------------------------------------------------------ */

void neapi_explain_alarm(char *text, size_t size, const struct neap_decision_alarm *alarm)
{
    static const char *const states[] = {[NEAP_ALARM_OK] = "not raised",
                                         [NEAP_ALARM_RAISED] = "raised",
                                         [NEAP_ALARM_UNKNOWN] = "insufficient data"};
    char threshold[NEAPI_WORD_SIZE];
    neap_signal_format(threshold, sizeof threshold, alarm->signal, alarm->threshold);
    neapi_print(text, size, "%s %s %s: %s; %d of the last %d points are, %d must be",
                neap_signal_text(alarm->signal), alarm->above ? "above" : "below", threshold,
                states[alarm->state], alarm->breaching, alarm->periods, alarm->points);
}

void neapi_explain_panic(char *text, size_t size, const struct neapi_scene *scene,
                         const struct neap_decision *decision)
{
    struct neapi_told_setting setting;
    char until[NEAPI_WORD_SIZE];
    neapi_print(text, size, "%s", "");
    if (!neapi_explain_setting(&setting, scene, NEAP_REASON_PANIC))
        return;
    if (decision->panic_until_ns == 0) {
        neapi_print(text, size,
                    "none: its window asks for less than %s = %s times the ready containers",
                    setting.key, setting.value);
        return;
    }
    neapi_explain_clock(until, sizeof until, scene, decision->panic_until_ns);
    neapi_print(text, size, "until %s at least the size does not fall (%s = %s)", until,
                setting.key, setting.value);
}

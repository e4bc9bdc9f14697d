/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One metric of a decision: what was read of it, how old that was, and by which sum the size
 * follows that it proposes. Nearly every autoscaler holds a metric against a target and multiplies
 * the ratio with a number of pods; steps and wake-ups go by a threshold instead. */
#include <math.h>

#include "base/text.h"
#include "study/explain.h"

/* --- what was read --------------------------------------------------------------------------------- */

static bool is_piped(enum neap_signal signal)
{
    return signal != NEAP_SIGNAL_CRON && signal != NEAP_SIGNAL_RECORDED &&
           signal != NEAP_SIGNAL_AHEAD_CPU && signal != NEAP_SIGNAL_AHEAD_RATE &&
           signal != NEAP_SIGNAL_FORECAST_CPU && signal != NEAP_SIGNAL_FORECAST_RATE;
}

void neapi_explain_name(char *text, size_t size, const struct neap_decision_metric *metric)
{
    const char *name = neap_signal_text(metric->signal);
    if (isnan(metric->window_s))
        neapi_print(text, size, "%s", name);
    else
        neapi_print(text, size, "%s over %.4g s", name, metric->window_s);
}

struct neapi_told_window neapi_explain_window(const struct neapi_scene *scene,
                                              const struct neap_decision *decision,
                                              const struct neap_decision_metric *metric)
{
    double window_s = isnan(metric->window_s) ? scene->metrics.window_s : metric->window_s;
    if (!is_piped(metric->signal))
        return (struct neapi_told_window){decision->time_ns, decision->time_ns, false};
    int64_t to_ns = neap_metrics_end_ns(&scene->metrics, decision->time_ns);
    return (struct neapi_told_window){to_ns - (int64_t)llround(window_s * 1e9), to_ns, true};
}

void neapi_explain_reading(char *text, size_t size, const struct neapi_scene *scene,
                           const struct neap_decision *decision,
                           const struct neap_decision_metric *metric)
{
    bool noise = neap_scenario_metrics(scene->scenario)->noise == 1;
    struct neapi_told_window window = neapi_explain_window(scene, decision, metric);
    char taken[NEAPI_WORD_SIZE], from[NEAPI_WORD_SIZE], to[NEAPI_WORD_SIZE];
    char age[NEAPI_WORD_SIZE], value[NEAPI_WORD_SIZE];
    neapi_explain_clock(taken, sizeof taken, scene, decision->time_ns);
    neap_signal_format(value, sizeof value, metric->signal, metric->metric);
    const char *shown = value[0] == '\0' ? "(nothing usable)" : value;
    if (!window.piped) {
        neapi_print(text, size, "at %s: %s %s", taken, neap_signal_text(metric->signal), shown);
        return;
    }
    neapi_explain_clock(from, sizeof from, scene, window.from_ns);
    neapi_explain_clock(to, sizeof to, scene, window.to_ns);
    neapi_explain_length(age, sizeof age, (double)(decision->time_ns - window.to_ns) / 1e9);
    neapi_print(text, size, "at %s: %s %s, the mean from %s to %s, which was %s old by then%s",
                taken, neap_signal_text(metric->signal), shown, from, to, age,
                noise ? ", sampling noise included" : "");
}

/* --- in proportion --------------------------------------------------------------------------------- */

/* "CPU utilisation 77% / target 60% = 1.283" */
static void ratio_text(char *text, size_t size, const struct neap_decision_metric *m)
{
    char name[NEAPI_WORD_SIZE], metric[NEAPI_WORD_SIZE], target[NEAPI_WORD_SIZE];
    neapi_explain_name(name, sizeof name, m);
    neap_signal_format(metric, sizeof metric, m->signal, m->metric);
    neap_signal_format(target, sizeof target, m->signal, m->target);
    neapi_print(text, size, "%s %s / target %s = %.4g", name, metric, target,
                m->metric / m->target);
}

/* Some values are whole thousandths before they are told, and the ratio is of what they were. */
static bool is_filled(const struct neap_decision_metric *m)
{
    bool share = m->signal == NEAP_SIGNAL_CPU || m->signal == NEAP_SIGNAL_MEMORY;
    double off = fabs(m->metric - m->ratio * m->target);
    return isfinite(m->ratio) && off > (share ? 0 : 0.00101) + 1e-9 * m->metric;
}

/* Pods without a usable sample change the ratio; "" when there were none. */
static void filled_text(char *text, size_t size, const struct neap_decision_metric *m)
{
    if (!is_filled(m))
        neapi_print(text, size, "%s", "");
    else
        neapi_print(text, size, "; with pods that have no usable sample counted %s: %.4g over %lld",
                    m->metric > m->target ? "as idle" : "as busy", m->ratio, (long long)m->pods);
}

static bool is_product(const struct neap_decision_metric *m)
{
    double size = m->ratio * (double)m->pods;
    return ceil(size) == (double)m->replicas || ceil(size - 1e-9 * size) == (double)m->replicas;
}

static void unsure_text(char *text, size_t size, const struct neap_decision_metric *m)
{
    bool turns = (m->metric / m->target - 1) * (m->ratio - 1) < 0;
    neapi_print(text, size, "which %s, so %lld it stays",
                turns ? "turns the answer round: neither way is safe"
                      : "asks for the other direction than its size",
                (long long)m->replicas);
}

/* What follows from the ratio. */
static void size_text(char *text, size_t size, const struct neapi_scene *scene,
                      const struct neap_decision_metric *m)
{
    char band[NEAPI_WORD_SIZE] = "";
    long long replicas = m->replicas;
    double up = neap_autoscaler_tolerance_up(scene->scaler);
    double down = neap_autoscaler_tolerance_down(scene->scaler);
    if (!isnan(up) && !isnan(down) && (is_piped(m->signal) || m->signal == NEAP_SIGNAL_CRON))
        neapi_print(band, sizeof band, "%.4g to %.4g", 1 - down, 1 + up);
    if (m->reason == NEAP_REASON_TOLERANCE)
        neapi_print(text, size, "within the tolerance %s, so %lld it stays", band, replicas);
    else if (m->reason == NEAP_REASON_UNSURE)
        unsure_text(text, size, m);
    else if (is_product(m))
        neapi_print(text, size, "%s%s%sceil(%lld x %.4g) = %lld", band[0] == '\0' ? "" : "outside ",
                    band, band[0] == '\0' ? "" : ", so ", (long long)m->pods, m->ratio, replicas);
    else
        neapi_print(text, size, "%s: %lld", neap_reason_text(m->reason), replicas);
}

/* What stands beside the sum: the reasons of a vote, of a fallback, of the clock. */
static bool has_remark(enum neap_reason reason)
{
    return reason != NEAP_REASON_METRIC && reason != NEAP_REASON_TOLERANCE &&
           reason != NEAP_REASON_UNSURE && reason != NEAP_REASON_NO_ALARM;
}

static void proportion_text(char *text, size_t size, const struct neapi_scene *scene,
                            const struct neap_decision_metric *m)
{
    char ratio[NEAPI_SENTENCE_SIZE / 4], filled[NEAPI_SENTENCE_SIZE / 4];
    char proposal[NEAPI_SENTENCE_SIZE / 4];
    bool remark = has_remark(m->reason) && is_product(m);
    ratio_text(ratio, sizeof ratio, m);
    filled_text(filled, sizeof filled, m);
    size_text(proposal, sizeof proposal, scene, m);
    neapi_print(text, size, "%s%s; %s%s%s", ratio, filled, proposal, remark ? "; " : "",
                remark ? neap_reason_text(m->reason) : "");
}

/* --- by a threshold -------------------------------------------------------------------------------- */

/* "17 percentage points above", for shares; "5/s above" for all else. */
static void distance_text(char *text, size_t size, const struct neap_decision_metric *m)
{
    double distance = m->metric - m->target;
    const char *side = distance < 0 ? "below" : "above";
    char value[NEAPI_WORD_SIZE];
    if (m->signal == NEAP_SIGNAL_CPU || m->signal == NEAP_SIGNAL_MEMORY)
        neapi_print(value, sizeof value, "%.6g percentage points", fabs(distance) * 100);
    else
        neap_signal_format(value, sizeof value, m->signal, fabs(distance));
    neapi_print(text, size, "%s %s", value, side);
}

/* Which step it is the list of steps tells. */
static void step_text(char *text, size_t size, const struct neapi_scene *scene,
                      const struct neap_decision_metric *m)
{
    char value[NEAPI_WORD_SIZE], target[NEAPI_WORD_SIZE], off[NEAPI_WORD_SIZE];
    char steps[NEAP_TEXT_SIZE];
    const char *key = m->metric < m->target ? "scale_in.steps" : "scale_out.steps";
    neap_signal_format(value, sizeof value, m->signal, m->metric);
    neap_signal_format(target, sizeof target, m->signal, m->target);
    distance_text(off, sizeof off, m);
    if (m->reason != NEAP_REASON_METRIC) {
        neapi_print(text, size, "%s %s, %s the threshold %s: %s, so %lld it stays",
                    neap_signal_text(m->signal), value, off, target, neap_reason_text(m->reason),
                    (long long)m->replicas);
        return;
    }
    neap_autoscaler_format(scene->scaler, key, steps, sizeof steps);
    bool told = steps[0] != '\0';
    neapi_print(text, size, "%s %s, %s the threshold %s: asks for %lld%s%s%s%s%s",
                neap_signal_text(m->signal), value, off, target, (long long)m->replicas,
                told ? " (" : "", told ? key : "", told ? " = " : "", steps, told ? ")" : "");
}

static void wake_text(char *text, size_t size, const struct neap_decision_metric *m)
{
    char value[NEAPI_WORD_SIZE], least[NEAPI_WORD_SIZE];
    bool active = m->reason == NEAP_REASON_ACTIVATED;
    neap_signal_format(value, sizeof value, m->signal, m->metric);
    neap_signal_format(least, sizeof least, m->signal, m->target);
    neapi_print(text, size, "%s %s: the trigger is %s %s", neap_signal_text(m->signal), value,
                active ? "active, as that is more than" : "not active up to", least);
}

/* --- the whole ------------------------------------------------------------------------------------- */

void neapi_explain_proposal(char *text, size_t size, const struct neapi_scene *scene,
                            const struct neap_decision_metric *m)
{
    if (m->failed)
        neapi_print(text, size, "%s: %s", neap_signal_text(m->signal), neap_reason_text(m->reason));
    else if (!isnan(m->ratio) && !isnan(m->metric))
        proportion_text(text, size, scene, m);
    else if (m->reason == NEAP_REASON_ACTIVATED || m->reason == NEAP_REASON_INACTIVE)
        wake_text(text, size, m);
    else if (!isnan(m->metric) && !isnan(m->target))
        step_text(text, size, scene, m);
    else
        neapi_print(text, size, "%s: %lld", neap_reason_text(m->reason), (long long)m->replicas);
}

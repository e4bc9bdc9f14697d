/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What explain says, in words for somebody who was just woken up: one headline, then a line each
 * for traffic, load, replicas, what the autoscaler had read, why it decided so, what comes next. */
#include <math.h>

#include <neap/calendar.h>

#include "base/text.h"
#include "study/explain.h"
#include "study/variant.h"

enum { WORD_SIZE = 64 };

/* --- words ---------------------------------------------------------------------------------------- */

void neapi_explain_time(char *text, size_t size, const struct neapi_scene *scene, int64_t time_ns)
{
    const struct neap_zone *zone = neap_scenario_zone(scene->scenario);
    struct neap_civil c = neap_civil_from_time(time_ns, zone);
    int32_t offset_s = neap_zone_offset_s(zone, time_ns);
    int minutes = (int)(offset_s < 0 ? -offset_s : offset_s) / 60;
    char offset[16] = "Z";
    if (offset_s != 0)
        neapi_print(offset, sizeof offset, "%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60,
                    minutes % 60);
    neapi_print(text, size, "%04d-%02d-%02dT%02d:%02d:%02d%s", c.year, c.month, c.day, c.hour,
                c.minute, c.second, offset);
}

/* "10:30:15", with the date when it is another day's. */
static void clock_text(char *text, size_t size, const struct neapi_scene *scene, int64_t time_ns)
{
    const struct neap_zone *zone = neap_scenario_zone(scene->scenario);
    struct neap_civil c = neap_civil_from_time(time_ns, zone);
    char date[16] = "";
    if (neap_days_between(scene->at_ns, time_ns, zone) != 0)
        neapi_print(date, sizeof date, "%04d-%02d-%02d ", c.year, c.month, c.day);
    neapi_print(text, size, "%s%02d:%02d:%02d", date, c.hour, c.minute, c.second);
}

/* "24 s", "4 min 8 s", "2 h 5 min", "3 days 4 h" */
static void length_text(char *text, size_t size, double seconds)
{
    long long whole = llround(seconds);
    if (seconds < 9.95 && fabs(seconds - (double)whole) > 0.05)
        neapi_print(text, size, "%.1f s", seconds);
    else if (whole < 120)
        neapi_print(text, size, "%lld s", whole);
    else if (whole < 7200)
        neapi_print(text, size, "%lld min %lld s", whole / 60, whole % 60);
    else if (whole < 172800)
        neapi_print(text, size, "%lld h %lld min", whole / 3600, whole % 3600 / 60);
    else
        neapi_print(text, size, "%lld days %lld h", whole / 86400, whole % 86400 / 3600);
}

static void latency_text(char *text, size_t size, double seconds)
{
    if (isnan(seconds))
        neapi_print(text, size, "none");
    else if (seconds < 0.9995)
        neapi_print(text, size, "%.3g ms", seconds * 1000);
    else if (seconds < 999.5)
        neapi_print(text, size, "%.3g s", seconds);
    else
        neapi_print(text, size, "%.0f s", seconds);
}

static void rate_text(char *text, size_t size, double rate)
{
    neapi_print(text, size, rate < 999.95 ? "%.4g/s" : "%.0f/s", rate);
}

void neapi_explain_metric(char *text, size_t size, const struct neap_decision *decision,
                          double value)
{
    if (isnan(value)) {
        neapi_print(text, size, "%s", "");
        return;
    }
    switch (decision->signal) {
    case NEAP_SIGNAL_CPU:
    case NEAP_SIGNAL_MEMORY:
        neapi_print(text, size, "%.6g%%", value * 100);
        break;
    case NEAP_SIGNAL_RATE:
    case NEAP_SIGNAL_TOTAL_RATE:
        neapi_print(text, size, "%.6g/s", value);
        break;
    case NEAP_SIGNAL_CPU_VALUE:
        neapi_print(text, size, "%.6g vCPU", value);
        break;
    case NEAP_SIGNAL_MEMORY_VALUE:
        neap_quantity_format(text, size, value, NEAP_BYTES);
        break;
    case NEAP_SIGNAL_LATENCY:
        neapi_print(text, size, "%.6g s", value);
        break;
    case NEAP_SIGNAL_IN_FLIGHT:
    case NEAP_SIGNAL_QUEUED:
    case NEAP_SIGNAL_VALUE:
    case NEAP_SIGNAL_CRON:
    case NEAP_SIGNAL_NONE:
        neapi_print(text, size, "%.6g", value);
        break;
    }
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* --- the sum behind a decision --------------------------------------------------------------------- */

/* "CPU utilisation 77% / target 60% = 1.283" */
static void ratio_text(char *text, size_t size, const struct neap_decision *d)
{
    char metric[WORD_SIZE], target[WORD_SIZE];
    neapi_explain_metric(metric, sizeof metric, d, d->metric);
    neapi_explain_metric(target, sizeof target, d, d->target);
    neapi_print(text, size, "%s %s / target %s = %.4g", neap_signal_text(d->signal), metric, target,
                d->metric / d->target);
}

/* Pods without a usable sample change the ratio; "" when there were none. */
static void filled_text(char *text, size_t size, const struct neap_decision *d)
{
    double plain = d->metric / d->target;
    if (fabs(plain - d->ratio) <= 1e-9 * plain)
        neapi_print(text, size, "%s", "");
    else
        neapi_print(text, size, "; with pods that have no usable sample counted %s: %.4g over %lld",
                    plain > 1 ? "as idle" : "as busy", d->ratio, (long long)d->pods);
}

static bool within_tolerance(const struct neapi_scene *scene, const struct neap_decision *d)
{
    double up = neap_autoscaler_tolerance_up(scene->scaler);
    double down = neap_autoscaler_tolerance_down(scene->scaler);
    return d->wanted == d->before && d->ratio >= 1 - down && d->ratio <= 1 + up;
}

/* With the pods filled in the ratio asks for the other direction than without. */
static bool turns_round(const struct neap_decision *d)
{
    return d->wanted == d->before && (d->metric / d->target - 1) * (d->ratio - 1) < 0;
}

/* What follows from the ratio. */
static void proposal_text(char *text, size_t size, const struct neapi_scene *scene,
                          const struct neap_decision *d)
{
    char band[WORD_SIZE] = "";
    double up = neap_autoscaler_tolerance_up(scene->scaler);
    double down = neap_autoscaler_tolerance_down(scene->scaler);
    if (!isnan(up) && !isnan(down))
        neapi_print(band, sizeof band, "%.4g to %.4g", 1 - down, 1 + up);
    if (within_tolerance(scene, d))
        neapi_print(text, size, "within the tolerance %s, so %lld it stays", band,
                    (long long)d->wanted);
    else if (turns_round(d))
        neapi_print(text, size,
                    "which turns the answer round: neither way is safe, so %lld it stays",
                    (long long)d->wanted);
    else if (ceil(d->ratio * (double)d->pods) == (double)d->wanted)
        neapi_print(text, size, "%s%s%sceil(%lld x %.4g) = %lld", band[0] == '\0' ? "" : "outside ",
                    band, band[0] == '\0' ? "" : ", so ", (long long)d->pods, d->ratio,
                    (long long)d->wanted);
    else
        neapi_print(text, size,
                    "which asks for the other direction than its size, so %lld it stays",
                    (long long)d->wanted);
}

void neapi_explain_arithmetic(char *text, size_t size, const struct neapi_scene *scene,
                              const struct neap_decision *d)
{
    char ratio[NEAPI_SENTENCE_SIZE / 4], filled[NEAPI_SENTENCE_SIZE / 4];
    char proposal[NEAPI_SENTENCE_SIZE / 4];
    if (isnan(d->ratio) && !isnan(d->metric) && !isnan(d->target)) { /* in steps, say */
        neapi_explain_metric(ratio, sizeof ratio, d, d->metric);
        neapi_explain_metric(filled, sizeof filled, d, d->target);
        neapi_print(text, size, "%s %s, threshold %s: asks for %lld", neap_signal_text(d->signal),
                    ratio, filled, (long long)d->wanted);
        return;
    }
    if (isnan(d->ratio)) {
        neapi_print(text, size, "%s: %lld", neap_reason_text(d->reason), (long long)d->wanted);
        return;
    }
    ratio_text(ratio, sizeof ratio, d);
    filled_text(filled, sizeof filled, d);
    proposal_text(proposal, sizeof proposal, scene, d);
    neapi_print(text, size, "%s%s; %s", ratio, filled, proposal);
}

void neapi_explain_window(char *text, size_t size, const struct neapi_scene *scene,
                          const struct neap_decision *d)
{
    bool down = d->wanted < d->stable;
    char window[WORD_SIZE];
    const char *key = down ? "scale_down.window" : "scale_up.window";
    if (d->wanted == d->stable) {
        neapi_print(text, size, "%s", "");
        return;
    }
    neap_autoscaler_format(scene->scaler, key, window, sizeof window);
    if (window[0] == '\0') { /* a kind that knows of no such window */
        neapi_print(text, size, "%s, so instead of %lld it is %lld for now",
                    neap_reason_text(d->reason), (long long)d->wanted, (long long)d->stable);
        return;
    }
    neapi_print(text, size,
                "%s = %s: in that time %s sizes were recommended too, so instead of "
                "%lld it is %lld for now",
                key, window, down ? "larger" : "smaller", (long long)d->wanted,
                (long long)d->stable);
}

void neapi_explain_limit(char *text, size_t size, const struct neapi_scene *scene,
                         const struct neap_decision *d)
{
    long long stable = d->stable, after = d->after, before = d->before;
    if (after == stable)
        neapi_print(text, size, "%s", "");
    else if (d->reason == NEAP_REASON_SCHEDULED_MIN || d->reason == NEAP_REASON_SCHEDULED_MAX ||
             d->reason == NEAP_REASON_FORECAST)
        neapi_print(text, size, "%s, %lld: not %lld", neap_reason_text(d->reason), after, stable);
    else if (after == neap_autoscaler_min(scene->scaler) && after > stable)
        neapi_print(text, size, "min = %lld: not %lld", after, stable);
    else if (after == neap_autoscaler_max(scene->scaler) && after < stable)
        neapi_print(text, size, "max = %lld: not %lld", after, stable);
    else if (after < stable)
        neapi_print(text, size,
                    "from %lld it may rise to %lld at most this time, not to %lld at once", before,
                    after, stable);
    else
        neapi_print(text, size,
                    "from %lld it may fall to %lld at most this time, not to %lld at once", before,
                    after, stable);
}

/* --- lines ---------------------------------------------------------------------------------------- */

static void tell_traffic(struct neap_document *document, const struct neapi_scene *scene)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    int64_t step_ns = neap_recording_step_ns(recording);
    int64_t start_ns = neap_recording_start_ns(recording) + (int64_t)scene->index * step_ns;
    double rate = scene->interval.requests / ((double)step_ns / 1e9);
    char from[WORD_SIZE], to[WORD_SIZE], now[WORD_SIZE], mean[WORD_SIZE], peak[WORD_SIZE];
    char failed[WORD_SIZE] = "";
    clock_text(from, sizeof from, scene, start_ns);
    clock_text(to, sizeof to, scene, start_ns + step_ns);
    rate_text(now, sizeof now, rate);
    rate_text(mean, sizeof mean, scene->mean_rate);
    rate_text(peak, sizeof peak, scene->peak_rate);
    if (scene->interval.failed >= 0.5)
        neapi_print(failed, sizeof failed, "; %.0f of them fail", scene->interval.failed);
    neap_document_add_fact(document, "traffic",
                           "%.0f requests from %s to %s, %s: %.3g times the mean of the recording "
                           "(%s), %.0f%% of its peak (%s)%s",
                           scene->interval.requests, from, to, now,
                           scene->mean_rate > 0 ? rate / scene->mean_rate : 0, mean,
                           scene->peak_rate > 0 ? 100 * rate / scene->peak_rate : 0, peak, failed);
}

static void tell_load(struct neap_document *document, const struct neapi_scene *scene)
{
    const struct neap_timeline_interval *at = &scene->interval;
    char backlog[WORD_SIZE] = "no requests wait";
    if (at->backlog >= 0.5)
        neapi_print(backlog, sizeof backlog, "%.0f requests wait at its end", at->backlog);
    if (isnan(at->utilisation)) {
        neap_document_add_fact(document, "load", "no container was ready in that interval; %s",
                               backlog);
        return;
    }
    neap_document_add_fact(document, "load",
                           "%.0f%% of the CPU that %.4g ready containers request, on average over "
                           "that interval (%.4g cores used); %s",
                           100 * at->utilisation, at->ready, at->cpu_cores, backlog);
}

static void tell_latency(struct neap_document *document, const struct neapi_scene *scene)
{
    static const char *const name[3] = {"p50", "p95", "p99"};
    const struct neap_slo_options *slo = neap_scenario_slo(scene->scenario);
    const double limit_s[3] = {slo->p50_s, slo->p95_s, slo->p99_s};
    char word[3][WORD_SIZE], over[NEAPI_SENTENCE_SIZE / 4] = "";
    size_t used = 0;
    for (int k = 0; k < 3; k++) {
        char limit[WORD_SIZE];
        latency_text(word[k], sizeof word[k], scene->interval.latency_s[k]);
        if (!(scene->interval.latency_s[k] > limit_s[k]))
            continue;
        latency_text(limit, sizeof limit, limit_s[k]);
        used += (size_t)neapi_print(over + used, sizeof over - used, "; %s is over its limit of %s",
                                    name[k], limit);
    }
    neap_document_add_fact(document, "latency", "p50 %s, p95 %s, p99 %s%s", word[0], word[1],
                           word[2], over);
}

static void tell_recorded(struct neap_document *document, const struct neapi_scene *scene)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    const double *replicas = neap_recording_observed(recording, NEAP_OBSERVED_REPLICAS);
    const double *cores = neap_recording_observed(recording, NEAP_OBSERVED_CPU_CORES);
    if (replicas != NULL && !isnan(replicas[scene->index]))
        neap_document_add_fact(document, "recorded", "%.4g ready containers in that interval",
                               replicas[scene->index]);
    if (cores != NULL && !isnan(cores[scene->index]))
        neap_document_add_fact(document, "recorded", "%.4g cores used in that interval",
                               cores[scene->index]);
}

static void tell_replicas(struct neap_document *document, const struct neapi_scene *scene)
{
    const int64_t *in = scene->in_state;
    char next[WORD_SIZE * 2] = "", draining[WORD_SIZE] = "", since[WORD_SIZE * 2] = "";
    if (scene->next_ready_ns != INT64_MAX) {
        char time[WORD_SIZE], wait[WORD_SIZE];
        clock_text(time, sizeof time, scene, scene->next_ready_ns);
        length_text(wait, sizeof wait, (double)(scene->next_ready_ns - scene->at_ns) / 1e9);
        neapi_print(next, sizeof next, "; the next is ready at %s, in %s", time, wait);
    }
    if (in[NEAP_DRAINING] > 0)
        neapi_print(draining, sizeof draining, "; %lld more drain%s", (long long)in[NEAP_DRAINING],
                    in[NEAP_DRAINING] == 1 ? "s" : "");
    if (scene->last_change.found) {
        char time[WORD_SIZE];
        clock_text(time, sizeof time, scene, scene->last_change.decision.time_ns);
        neapi_print(since, sizeof since, "; that size since %s", time);
    }
    neap_document_add_fact(document, "replicas", "%lld ready, %lld starting, %lld pending%s%s%s",
                           (long long)in[NEAP_READY], (long long)in[NEAP_STARTING],
                           (long long)in[NEAP_PENDING], next, draining, since);
}

static void tell_version(struct neap_document *document, const struct neapi_scene *scene)
{
    const struct neap_timeline_interval *at = &scene->interval;
    char time[WORD_SIZE];
    if (scene->deployed_ns == INT64_MIN)
        return;
    clock_text(time, sizeof time, scene, scene->deployed_ns);
    neap_document_add_fact(document, "version",
                           "%s, deployed at %s: on %.0f%% of the ready containers, on average over "
                           "that interval",
                           neap_profile_label(scene->profile), time,
                           at->ready > 0 ? 100 * at->newest / at->ready : 0);
}

static void tell_reading(struct neap_document *document, const struct neapi_scene *scene,
                         const struct neap_decision *d)
{
    const struct neap_metrics_pipeline *times = &scene->metrics;
    bool noise = neap_scenario_metrics(scene->scenario)->noise == 1;
    int64_t to_ns = neap_metrics_end_ns(times, d->time_ns);
    char taken[WORD_SIZE], from[WORD_SIZE], to[WORD_SIZE], age[WORD_SIZE], value[WORD_SIZE];
    if (d->signal == NEAP_SIGNAL_NONE) {
        neap_document_add_fact(document, "it read", "no metric");
        return;
    }
    clock_text(taken, sizeof taken, scene, d->time_ns);
    clock_text(from, sizeof from, scene, to_ns - (int64_t)llround(times->window_s * 1e9));
    clock_text(to, sizeof to, scene, to_ns);
    length_text(age, sizeof age, (double)(d->time_ns - to_ns) / 1e9);
    neapi_explain_metric(value, sizeof value, d, d->metric);
    neap_document_add_fact(
        document, "it read", "at %s: %s %s, the mean from %s to %s, which was %s old by then%s",
        taken, neap_signal_text(d->signal), value[0] == '\0' ? "(nothing usable)" : value, from, to,
        age, noise ? ", sampling noise included" : "");
}

static void tell_sentence(struct neap_document *document, const char *label, const char *text)
{
    if (text[0] != '\0')
        neap_document_add_fact(document, label, "%s", text);
}

static void tell_decision(struct neap_document *document, const struct neapi_scene *scene,
                          const struct neap_decision *d)
{
    char text[NEAPI_SENTENCE_SIZE];
    neapi_explain_arithmetic(text, sizeof text, scene, d);
    tell_sentence(document, "so", text);
    neapi_explain_window(text, sizeof text, scene, d);
    tell_sentence(document, "but", text);
    neapi_explain_limit(text, sizeof text, scene, d);
    tell_sentence(document, "limit", text);
    neap_document_add_fact(document, "hence", "%lld -> %lld: %s", (long long)d->before,
                           (long long)d->after, neap_reason_text(d->reason));
}

static void tell_next(struct neap_document *document, const struct neapi_scene *scene)
{
    const struct neap_decision *next = &scene->next_change.decision;
    char time[WORD_SIZE], wait[WORD_SIZE], metric[WORD_SIZE], why[WORD_SIZE * 3] = "";
    if (!scene->next_change.found) {
        neap_document_add_fact(document, "next",
                               "the size asked for does not change again in this recording");
        return;
    }
    clock_text(time, sizeof time, scene, next->time_ns);
    length_text(wait, sizeof wait, (double)(next->time_ns - scene->at_ns) / 1e9);
    neapi_explain_metric(metric, sizeof metric, next, next->metric);
    if (metric[0] != '\0')
        neapi_print(why, sizeof why, " (%s %s)", neap_signal_text(next->signal), metric);
    neap_document_add_fact(document, "next", "%lld -> %lld at %s, in %s: %s%s",
                           (long long)next->before, (long long)next->after, time, wait,
                           neap_reason_text(next->reason), why);
}

/* --- the whole ------------------------------------------------------------------------------------ */

static void set_headline(struct neap_document *document, const struct neapi_scene *scene,
                         const struct neap_decision *d)
{
    const struct neap_zone *zone = neap_scenario_zone(scene->scenario);
    struct neap_civil c = neap_civil_from_time(scene->at_ns, zone);
    long long after = d->after, ready = scene->in_state[NEAP_READY];
    char time[WORD_SIZE], value[WORD_SIZE], target[WORD_SIZE], did[WORD_SIZE], why[WORD_SIZE * 3];
    clock_text(time, sizeof time, scene, d->time_ns);
    neapi_explain_metric(value, sizeof value, d, d->metric);
    neapi_explain_metric(target, sizeof target, d, d->target);
    if (d->after == d->before)
        neapi_print(did, sizeof did, "kept that size");
    else
        neapi_print(did, sizeof did, "%s %lld to %lld", after > d->before ? "raised" : "lowered",
                    (long long)d->before, after);
    if (value[0] == '\0')
        neapi_print(why, sizeof why, "%s", neap_reason_text(d->reason));
    else
        neapi_print(why, sizeof why, "%s %s, target %s%s%s", neap_signal_text(d->signal), value,
                    target, d->reason == NEAP_REASON_METRIC ? "" : "; ",
                    d->reason == NEAP_REASON_METRIC ? "" : neap_reason_text(d->reason));
    neap_document_set_headline(document,
                               "%04d-%02d-%02d %02d:%02d:%02d %s, %s: %lld container%s asked for, "
                               "%lld ready; at %s the autoscaler %s (%s)",
                               c.year, c.month, c.day, c.hour, c.minute, c.second,
                               neap_zone_name(zone), neap_profile_label(scene->profile), after,
                               plural(after), ready, time, did, why);
}

static void add_notes(struct neap_document *document, const struct neapi_scene *scene)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    char step[WORD_SIZE], period[WORD_SIZE];
    double step_s = (double)neap_recording_step_ns(recording) / 1e9;
    neap_quantity_format(step, sizeof step, step_s, NEAP_SECONDS);
    neap_quantity_format(period, sizeof period, neap_autoscaler_period_s(scene->scaler),
                         NEAP_SECONDS);
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                           "traffic is known per %s; within, requests arrive at random at an even "
                           "rate",
                           step);
    neap_document_add_note(document, NEAP_NOTE_PLAIN,
                           "all of this is a replay: what the model did with the recorded traffic, "
                           "not what the service did");
    neap_document_add_note(document, NEAP_NOTE_PLAIN,
                           "the autoscaler (%s) evaluates every %s; neap replay --decisions FILE "
                           "writes every evaluation",
                           neap_scenario_autoscaler_type(scene->scenario), period);
}

void neapi_explain_text(struct neap_document *document, const struct neapi_scene *scene)
{
    const struct neap_decision *decision = neapi_scene_in_force(scene);
    tell_traffic(document, scene);
    tell_load(document, scene);
    tell_latency(document, scene);
    tell_recorded(document, scene);
    tell_replicas(document, scene);
    tell_version(document, scene);
    if (decision != NULL) {
        set_headline(document, scene, decision);
        tell_reading(document, scene, decision);
        tell_decision(document, scene, decision);
    } else {
        neap_document_set_headline(document, "%s: nothing was decided yet at that time",
                                   neap_profile_label(scene->profile));
    }
    tell_next(document, scene);
    add_notes(document, scene);
}

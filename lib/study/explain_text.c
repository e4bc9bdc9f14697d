/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What explain says, in words for somebody who was just woken up: one headline, then a line each
 * for traffic, load, replicas, what the autoscaler had read, why it decided so, what comes next. */
#include <math.h>

#include <neap/calendar.h>

#include "base/text.h"
#include "study/explain.h"
#include "study/variant.h"

enum { WORD_SIZE = NEAPI_WORD_SIZE };

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
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
    neapi_explain_clock(from, sizeof from, scene, start_ns);
    neapi_explain_clock(to, sizeof to, scene, start_ns + step_ns);
    neapi_explain_rate(now, sizeof now, rate);
    neapi_explain_rate(mean, sizeof mean, scene->mean_rate);
    neapi_explain_rate(peak, sizeof peak, scene->peak_rate);
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
        neapi_explain_latency(word[k], sizeof word[k], scene->interval.latency_s[k]);
        if (!(scene->interval.latency_s[k] > limit_s[k]))
            continue;
        neapi_explain_latency(limit, sizeof limit, limit_s[k]);
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
        neapi_explain_clock(time, sizeof time, scene, scene->next_ready_ns);
        neapi_explain_length(wait, sizeof wait,
                             (double)(scene->next_ready_ns - scene->at_ns) / 1e9);
        neapi_print(next, sizeof next, "; the next is ready at %s, in %s", time, wait);
    }
    if (in[NEAP_DRAINING] > 0)
        neapi_print(draining, sizeof draining, "; %lld more drain%s", (long long)in[NEAP_DRAINING],
                    in[NEAP_DRAINING] == 1 ? "s" : "");
    if (scene->last_change.found) {
        char time[WORD_SIZE];
        neapi_explain_clock(time, sizeof time, scene, scene->last_change.decision.time_ns);
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
    neapi_explain_clock(time, sizeof time, scene, scene->deployed_ns);
    neap_document_add_fact(document, "version",
                           "%s, deployed at %s: on %.0f%% of the ready containers, on average over "
                           "that interval",
                           neap_profile_label(scene->profile), time,
                           at->ready > 0 ? 100 * at->newest / at->ready : 0);
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
    neapi_explain_clock(time, sizeof time, scene, next->time_ns);
    neapi_explain_length(wait, sizeof wait, (double)(next->time_ns - scene->at_ns) / 1e9);
    neap_signal_format(metric, sizeof metric, next->signal, next->metric);
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
    neapi_explain_clock(time, sizeof time, scene, d->time_ns);
    neap_signal_format(value, sizeof value, d->signal, d->metric);
    neap_signal_format(target, sizeof target, d->signal, d->target);
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
        neapi_explain_decision_text(document, scene, decision);
    } else {
        neap_document_set_headline(document, "%s: nothing was decided yet at that time",
                                   neap_profile_label(scene->profile));
    }
    tell_next(document, scene);
    add_notes(document, scene);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The data of neap.explain/1: everything that the sentences say, as numbers. */
#include <math.h>

#include <neap/calendar.h>

#include "base/text.h"
#include "study/explain.h"
#include "study/variant.h"

enum { DIGITS = NEAPI_EXPLAIN_DIGITS };

void neapi_explain_put_time(struct neap_node *parent, const char *key, int64_t time_ns)
{
    char text[NEAP_TIME_SIZE];
    neap_time_format(text, sizeof text, time_ns);
    neap_node_text(parent, key, text);
}

/* --- the interval --------------------------------------------------------------------------------- */

static void put_interval(struct neap_node *root, const struct neapi_scene *scene)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    int64_t step_ns = neap_recording_step_ns(recording);
    int64_t start_ns = neap_recording_start_ns(recording) + (int64_t)scene->index * step_ns;
    double rate = scene->interval.requests / ((double)step_ns / 1e9);
    struct neap_node *node = neap_node_object(root, "interval");
    neapi_explain_put_time(node, "start", start_ns);
    neapi_explain_put_time(node, "end", start_ns + step_ns);
    neap_node_number(node, "requests", scene->interval.requests, 0);
    neap_node_number(node, "failed_requests", scene->interval.failed, DIGITS);
    neap_node_number(node, "request_rate", rate, DIGITS);
    neap_node_number(node, "mean_request_rate", scene->mean_rate, DIGITS);
    neap_node_number(node, "peak_request_rate", scene->peak_rate, DIGITS);
}

static void put_latency(struct neap_node *parent, const double latency_s[3])
{
    struct neap_node *node = neap_node_object(parent, "latency_s");
    neap_node_number(node, "p50", latency_s[0], 6);
    neap_node_number(node, "p95", latency_s[1], 6);
    neap_node_number(node, "p99", latency_s[2], 6);
}

static void put_load(struct neap_node *root, const struct neapi_scene *scene)
{
    const struct neap_timeline_interval *at = &scene->interval;
    struct neap_node *node = neap_node_object(root, "load");
    neap_node_number(node, "utilisation_share", at->utilisation, DIGITS);
    neap_node_number(node, "cpu_cores", at->cpu_cores, DIGITS);
    neap_node_number(node, "mean_ready", at->ready, DIGITS);
    neap_node_number(node, "mean_ready_newest", at->newest, DIGITS);
    neap_node_number(node, "backlog", at->backlog, DIGITS);
    put_latency(node, at->latency_s);
}

static void put_recorded(struct neap_node *root, const struct neapi_scene *scene)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    struct neap_node *node = neap_node_object(root, "recorded");
    for (int which = 0; which < NEAP_OBSERVATIONS; which++) {
        const double *observed = neap_recording_observed(recording, (enum neap_observation)which);
        if (observed != NULL)
            neap_node_number(node, neap_observation_name((enum neap_observation)which),
                             observed[scene->index], 0);
    }
}

/* --- the decision --------------------------------------------------------------------------------- */

static void put_reading(struct neap_node *root, const struct neapi_scene *scene,
                        const struct neap_decision *decision)
{
    const struct neap_metrics_pipeline *times = &scene->metrics;
    if (decision->signal == NEAP_SIGNAL_NONE) {
        neap_node_null(root, "reading");
        return;
    }
    int64_t to_ns = neap_metrics_end_ns(times, decision->time_ns);
    struct neap_node *node = neap_node_object(root, "reading");
    neap_node_text(node, "signal", neap_signal_text(decision->signal));
    neap_node_number(node, "metric", decision->metric, DIGITS);
    neap_node_number(node, "target", decision->target, DIGITS);
    neapi_explain_put_time(node, "taken", decision->time_ns);
    neapi_explain_put_time(node, "from", to_ns - (int64_t)llround(times->window_s * 1e9));
    neapi_explain_put_time(node, "to", to_ns);
    neap_node_number(node, "window_s", times->window_s, DIGITS);
    neap_node_number(node, "age_s", (double)(decision->time_ns - to_ns) / 1e9, DIGITS);
    neap_node_boolean(node, "noise", neap_scenario_metrics(scene->scenario)->noise == 1);
}

static void put_autoscaler(struct neap_node *root, const struct neapi_scene *scene)
{
    struct neap_node *node = neap_node_object(root, "autoscaler");
    neap_node_text(node, "type", neap_scenario_autoscaler_type(scene->scenario));
    neap_node_integer(node, "min", neap_autoscaler_min(scene->scaler));
    neap_node_integer(node, "max", neap_autoscaler_max(scene->scaler));
    neap_node_number(node, "period_s", neap_autoscaler_period_s(scene->scaler), DIGITS);
    neap_node_number(node, "tolerance_up", neap_autoscaler_tolerance_up(scene->scaler), DIGITS);
    neap_node_number(node, "tolerance_down", neap_autoscaler_tolerance_down(scene->scaler), DIGITS);
}

static void put_replicas(struct neap_node *root, const struct neapi_scene *scene)
{
    const struct neap_decision *decision = neapi_scene_in_force(scene);
    struct neap_node *node = neap_node_object(root, "replicas");
    if (decision != NULL)
        neap_node_integer(node, "asked_for", decision->after);
    for (int state = 0; state < NEAP_CONTAINER_STATES; state++)
        neap_node_integer(node, neap_container_state_text((enum neap_container_state)state),
                          scene->in_state[state]);
    if (scene->next_ready_ns == INT64_MAX)
        neap_node_null(node, "next_ready");
    else
        neapi_explain_put_time(node, "next_ready", scene->next_ready_ns);
}

static void put_change(struct neap_node *root, const char *key,
                       const struct neapi_told_decision *change)
{
    if (!change->found)
        neap_node_null(root, key);
    else
        neapi_explain_put(neap_node_object(root, key), &change->decision);
}

void neapi_explain_tree(struct neap_document *document, const struct neapi_scene *scene)
{
    struct neap_node *root = neap_document_root(document);
    const struct neap_decision *decision = neapi_scene_in_force(scene);
    neapi_describe_inputs(document, scene->scenario);
    neapi_explain_put_time(root, "at", scene->at_ns);
    neap_node_text(root, "zone", neap_zone_name(neap_scenario_zone(scene->scenario)));
    struct neap_node *profile = neap_node_object(root, "profile");
    neap_node_text(profile, "name", neap_profile_name(scene->profile));
    neap_node_text(profile, "label", neap_profile_label(scene->profile));
    if (scene->deployed_ns == INT64_MIN)
        neap_node_null(profile, "deployed");
    else
        neapi_explain_put_time(profile, "deployed", scene->deployed_ns);
    neapi_describe_traffic(document, scene->scenario);
    put_interval(root, scene);
    put_load(root, scene);
    put_recorded(root, scene);
    put_autoscaler(root, scene);
    if (decision != NULL) {
        put_reading(root, scene, decision);
        neapi_explain_put_whole(neap_node_object(root, "decision"), scene, decision);
    }
    put_replicas(root, scene);
    put_change(root, "last_change", &scene->last_change);
    put_change(root, "next_change", &scene->next_change);
    neapi_explain_decisions(document, scene);
}

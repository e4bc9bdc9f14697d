/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * explain: one moment of a replay. The whole recording is replayed, and of all that comes by only
 * what has to do with the moment is kept: a ring of decisions, counts of containers by state. */
#include <neap/calendar.h>

#include "base/fail.h"
#include "study/explain.h"

/* --- what comes by -------------------------------------------------------------------------------- */

static void on_decision(void *context, const struct neap_decision *decision)
{
    struct neapi_scene *scene = context;
    bool changed = decision->after != decision->before;
    if (decision->time_ns <= scene->at_ns) {
        scene->before[scene->before_next] = *decision;
        scene->before_next = (scene->before_next + 1) % (NEAPI_DECISIONS_BEFORE + 1);
        scene->before_count += scene->before_count < NEAPI_DECISIONS_BEFORE + 1;
        if (changed)
            scene->last_change = (struct neapi_told_decision){true, *decision};
        return;
    }
    if (scene->after_count < NEAPI_DECISIONS_AFTER)
        scene->after[scene->after_count++] = *decision;
    if (changed && !scene->next_change.found)
        scene->next_change = (struct neapi_told_decision){true, *decision};
}

static enum neap_container_state state_at(const struct neap_life *life, int64_t at_ns)
{
    if (at_ns < life->starting_ns)
        return NEAP_PENDING;
    if (at_ns < life->ready_ns)
        return NEAP_STARTING;
    return at_ns < life->draining_ns ? NEAP_READY : NEAP_DRAINING;
}

static void on_life(void *context, const struct neap_life *life)
{
    struct neapi_scene *scene = context;
    if (scene->at_ns < life->pending_ns || scene->at_ns >= life->end_ns)
        return;
    scene->in_state[state_at(life, scene->at_ns)] += life->count;
    if (life->ready_ns > scene->at_ns && life->ready_ns < life->end_ns &&
        life->ready_ns < scene->next_ready_ns)
        scene->next_ready_ns = life->ready_ns;
}

const struct neap_decision *neapi_scene_decision(const struct neapi_scene *scene, size_t index)
{
    size_t ring = NEAPI_DECISIONS_BEFORE + 1;
    if (index < scene->before_count)
        return &scene->before[(scene->before_next + ring - scene->before_count + index) % ring];
    index -= scene->before_count;
    return index < scene->after_count ? &scene->after[index] : NULL;
}

const struct neap_decision *neapi_scene_in_force(const struct neapi_scene *scene)
{
    return scene->before_count == 0 ? NULL : neapi_scene_decision(scene, scene->before_count - 1);
}

/* --- the run -------------------------------------------------------------------------------------- */

static enum neap_status place(struct neapi_scene *scene, struct neap_error *error)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    int64_t start_ns = neap_recording_start_ns(recording);
    int64_t end_ns = neap_recording_end_ns(recording);
    if (scene->at_ns < start_ns || scene->at_ns >= end_ns) {
        char found[NEAP_TIME_SIZE], first[NEAP_TIME_SIZE], last[NEAP_TIME_SIZE];
        neap_time_format(found, sizeof found, scene->at_ns);
        neap_time_format(first, sizeof first, start_ns);
        neap_time_format(last, sizeof last, end_ns);
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found the time %s, expected one within the recording, which begins at "
                          "%s and ends before %s",
                          found, first, last);
    }
    scene->index = (size_t)((scene->at_ns - start_ns) / neap_recording_step_ns(recording));
    return NEAP_OK;
}

/* The profile that was deployed last, or the one that it begins with. */
static void find_version(struct neapi_scene *scene)
{
    for (size_t i = 0; scene->deployed && i < neap_scenario_deployments(scene->scenario); i++) {
        struct neap_deployment deployment = neap_scenario_deployment(scene->scenario, i);
        if (deployment.at_ns > scene->at_ns)
            return;
        scene->profile = deployment.profile;
        scene->deployed_ns = deployment.at_ns;
    }
}

static void measure_traffic(struct neapi_scene *scene)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    const double *requests = neap_recording_requests(recording);
    double step_s = (double)neap_recording_step_ns(recording) / 1e9, peak = 0;
    size_t count = neap_recording_count(recording);
    for (size_t i = 0; i < count; i++)
        peak = requests[i] > peak ? requests[i] : peak;
    scene->peak_rate = peak / step_s;
    scene->mean_rate = neap_recording_total(recording) / (double)count / step_s;
}

static enum neap_status run(struct neapi_scene *scene, struct neap_autoscaler *scaler,
                            size_t profile, const struct neap_progress *progress,
                            struct neap_error *error)
{
    const struct neap_recording *recording = neap_scenario_recording(scene->scenario);
    struct neap_replay_inputs inputs = neap_scenario_inputs(scene->scenario, profile, scaler);
    int64_t step_ns = neap_recording_step_ns(recording);
    int64_t start_ns = neap_recording_start_ns(recording) + (int64_t)scene->index * step_ns;
    const int64_t period_ns[2] = {start_ns, start_ns + step_ns};
    struct neap_replay_sinks sinks = {.life = on_life,
                                      .decision = on_decision,
                                      .context = scene,
                                      .progress = progress,
                                      .period_ns = period_ns,
                                      .periods = 1,
                                      .period = &scene->interval};
    struct neap_replay_summary summary;
    struct neap_replay *replay = NULL;
    if (!scene->deployed)
        inputs.deployments_count = 0;
    enum neap_status status = neap_replay_new(&replay, &inputs, error);
    if (status == NEAP_OK)
        status = neap_replay_run(replay, &sinks, &summary, error);
    neap_replay_free(replay);
    return status;
}

static enum neap_status tell(struct neap_document **document, const struct neapi_scene *scene,
                             struct neap_error *error)
{
    struct neap_document *made = NULL;
    enum neap_status status = neap_document_new(&made, "neap.explain/1", error);
    if (status != NEAP_OK)
        return status;
    neapi_explain_tree(made, scene);
    neapi_explain_text(made, scene);
    status = neap_document_status(made, error);
    if (status == NEAP_OK)
        *document = made;
    else
        neap_document_free(made);
    return status;
}

enum neap_status neap_explain(struct neap_document **document, const struct neap_scenario *scenario,
                              size_t profile, int64_t at_ns,
                              const struct neap_study_options *options, struct neap_error *error)
{
    if (neap_scenario_recording(scenario) == NULL || profile >= neap_scenario_profiles(scenario))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "call neap_scenario_load() first, and name a profile that is there");
    struct neap_autoscaler *scaler = NULL;
    struct neapi_scene scene = {.scenario = scenario,
                                .profile = neap_scenario_profile(scenario, profile),
                                .deployed = options != NULL && options->deployed,
                                .at_ns = at_ns,
                                .deployed_ns = INT64_MIN,
                                .next_ready_ns = INT64_MAX};
    enum neap_status status = place(&scene, error);
    if (status == NEAP_OK)
        status = neap_scenario_autoscaler(scenario, &scaler, error);
    if (status != NEAP_OK)
        return status;
    scene.scaler = scaler;
    scene.metrics = neap_metrics_pipeline(neap_scenario_metrics(scenario), scaler);
    find_version(&scene);
    measure_traffic(&scene);
    status = run(&scene, scaler, profile, options == NULL ? NULL : options->progress, error);
    if (status == NEAP_OK)
        status = tell(document, &scene, error);
    neap_autoscaler_free(scaler);
    return status;
}

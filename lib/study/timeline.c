/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * replay: one profile's run, interval by interval. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "study/variant.h"

struct column {
    const char *name, *unit;
    int decimals;
};

static const struct column columns[] = {{"requests", "", 0},       {"failed", "", 1},
                                        {"cpu_cores", "cores", 4}, {"utilisation_share", "", 4},
                                        {"ready", "", 3},          {"starting", "", 3},
                                        {"draining", "", 3},       {"wanted", "", 0},
                                        {"backlog", "", 1},        {"p50_s", "s", 5},
                                        {"p95_s", "s", 5},         {"p99_s", "s", 5},
                                        {"nodes", "", 3}}; /* the last, if there are any */
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static double rounded(double value, int decimals)
{
    double scale = pow(10, decimals);
    return isnan(value) ? value : round(value * scale) / scale;
}

static enum neap_status add_columns(struct neap_table *table, size_t count,
                                    struct neap_error *error)
{
    enum neap_status status =
        neap_table_add_column(table, "time", NULL, NEAP_COLUMN_TIME, 0, error);
    for (size_t i = 0; status == NEAP_OK && i < count; i++)
        status = neap_table_add_column(table, columns[i].name, columns[i].unit, NEAP_COLUMN_NUMBER,
                                       columns[i].decimals, error);
    return status;
}

static enum neap_status add_row(struct neap_table *table, size_t count, int64_t time_ns,
                                const struct neap_timeline_interval *at, struct neap_error *error)
{
    const double cell[COLUMNS] = {
        at->requests,     at->failed,       at->cpu_cores, at->utilisation, at->ready,
        at->starting,     at->draining,     at->wanted,    at->backlog,     at->latency_s[0],
        at->latency_s[1], at->latency_s[2], at->nodes};
    enum neap_status status = neap_table_add_row(table, error);
    if (status == NEAP_OK)
        status = neap_table_set_time(table, 0, time_ns, error);
    for (size_t i = 0; status == NEAP_OK && i < count; i++)
        status = neap_table_set_number(table, i + 1, rounded(cell[i], columns[i].decimals), error);
    return status;
}

static enum neap_status fill_table(struct neap_table *table, const struct neap_scenario *scenario,
                                   const struct neap_timeline_interval *timeline,
                                   struct neap_error *error)
{
    const struct neap_recording *recording = neap_scenario_recording(scenario);
    size_t count = neap_scenario_nodes(scenario) != NULL ? COLUMNS : COLUMNS - 1;
    enum neap_status status = add_columns(table, count, error);
    for (size_t i = 0; status == NEAP_OK && i < neap_recording_count(recording); i++)
        status = add_row(table, count,
                         neap_recording_start_ns(recording) +
                             (int64_t)i * neap_recording_step_ns(recording),
                         &timeline[i], error);
    return status;
}

static void fill(struct neap_document *document, const struct neap_scenario *scenario,
                 const struct neapi_variant *variant, const struct neap_timeline_interval *timeline)
{
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    neapi_describe_inputs(document, scenario);
    neapi_describe_traffic(document, scenario);
    neapi_describe_variant(neap_node_array(neap_document_root(document), "variants"), scenario,
                           variant);
    neap_document_set_headline(document,
                               "%s: %s needs %.0f container-hours, %.1f replicas on average and "
                               "%lld at the peak",
                               neap_scenario_name(scenario), neap_profile_label(variant->profile),
                               variant->container_hours, variant->summary.mean_replicas,
                               (long long)variant->summary.peak_replicas);
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = fill_table(table, scenario, timeline, &error);
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "timeline", NULL, table, 0);
    neapi_describe_model(document, scenario, variant, 1);
}

enum neap_status
neap_replay_timeline(struct neap_document **document, const struct neap_scenario *scenario,
                     size_t profile, const struct neap_study_options *options,
                     void (*decision)(void *context, const struct neap_decision *decision),
                     void *context, struct neap_error *error)
{
    const struct neap_recording *recording = neap_scenario_recording(scenario);
    if (recording == NULL || profile >= neap_scenario_profiles(scenario))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "call neap_scenario_load() first, and name a profile that is there");
    struct neap_timeline_interval *timeline =
        neapi_allocate(neap_recording_count(recording), sizeof *timeline);
    if (timeline == NULL)
        return neapi_no_memory(error, "the timeline");
    struct neapi_variant variant = {.classes = 0};
    struct neapi_run run = {.deployed = options != NULL && options->deployed,
                            .timeline = timeline,
                            .decision = decision,
                            .context = context,
                            .progress = options == NULL ? NULL : options->progress};
    struct neap_document *made = NULL;
    enum neap_status status = neapi_variant_run(
        &variant, scenario, neap_scenario_profile(scenario, profile), &run, error);
    if (status == NEAP_OK)
        status = neap_document_new(&made, "neap.replay/1", error);
    if (status == NEAP_OK) {
        fill(made, scenario, &variant, timeline);
        status = neap_document_status(made, error);
    }
    free(timeline);
    neapi_variant_clear(&variant);
    if (status == NEAP_OK)
        *document = made;
    else
        neap_document_free(made);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

/* Evaluations that change nothing and say nothing new are most of them; all are written. */
static void write_decision(void *context, const struct neap_decision *decision)
{
    FILE *stream = context;
    char time[NEAP_TIME_SIZE], metric[32] = "", steps[1024], metrics[1024];
    neap_time_format(time, sizeof time, decision->time_ns);
    if (!isnan(decision->metric))
        snprintf(metric, sizeof metric, "%.4f", decision->metric);
    neap_decision_steps_format(steps, sizeof steps, decision);
    neap_decision_metrics_format(metrics, sizeof metrics, decision);
    fprintf(stream, "%s,%lld,%lld,%lld,%s,\"%s\",\"%s\",\"%s\"\n", time,
            (long long)decision->before, (long long)decision->wanted, (long long)decision->after,
            metric, neap_reason_text(decision->reason), steps, metrics);
}

static int replay(const struct neap_scenario *scenario, size_t profile,
                  const struct options *options, FILE *decisions)
{
    struct neap_study_options study = {.progress = progress_begin(options, "replaying"),
                                       .deployed = options->profile == NULL};
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (decisions != NULL)
        fputs("time,before,wanted,after,metric,reason,steps,metrics\n", decisions);
    if (neap_replay_timeline(&document, scenario, profile, &study,
                             decisions == NULL ? NULL : write_decision, decisions,
                             &error) != NEAP_OK)
        return complain(&error);
    int status = deliver(document, options);
    neap_document_free(document);
    return status;
}

static int replay_with_decisions(const struct neap_scenario *scenario, size_t profile,
                                 const struct options *options)
{
    struct neap_output *output = NULL;
    struct neap_error error = {0};
    if (options->decisions == NULL)
        return replay(scenario, profile, options, NULL);
    if (neap_output_open(&output, options->decisions, &error) != NEAP_OK)
        return complain(&error);
    int status = replay(scenario, profile, options, neap_output_stream(output));
    if (status != 0 && status != EXIT_GATE) {
        neap_output_discard(output);
        return status;
    }
    return neap_output_commit(output, &error) == NEAP_OK ? status : complain(&error);
}

static int run(const struct options *options)
{
    size_t profile;
    int status = 0;
    struct neap_scenario *scenario = open_scenario(options, &status);
    if (scenario == NULL)
        return status;
    status = find_profile(scenario, options->profile, &profile);
    if (status == 0)
        status = replay_with_decisions(scenario, profile, options);
    neap_scenario_free(scenario);
    return status;
}

const struct command command_replay = {
    "replay", "SCENARIO.ini",
    "Replays one profile and shows its timeline; --format csv gives every interval.",
    "ftosESDpqvCF", run};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "command.h"

static int replay(const struct neap_scenario *scenario, size_t profile,
                  const struct options *options, FILE *decisions)
{
    struct neap_study_options study = {.progress = progress_begin(options, "replaying"),
                                       .deployed = options->profile == NULL};
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    decision_writer *writer =
        decisions == NULL ? NULL : decisions_begin(decisions, options->decisions);
    if (neap_replay_timeline(&document, scenario, profile, &study, writer, decisions, &error) !=
        NEAP_OK)
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

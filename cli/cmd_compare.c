/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

static int compare(const struct neap_scenario *scenario, const struct options *options)
{
    struct neap_study_options study = {.progress = progress_begin(options, "comparing"),
                                       .threads = options->threads};
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_compare(&document, scenario, &study, &error) != NEAP_OK)
        return complain(&error);
    int status = deliver(document, options);
    neap_document_free(document);
    return status;
}

static int run(const struct options *options)
{
    int status = 0;
    struct neap_scenario *scenario = open_scenario(options, &status);
    if (scenario == NULL)
        return status;
    status = compare(scenario, options);
    neap_scenario_free(scenario);
    return status;
}

const struct command command_compare = {
    "compare", "SCENARIO.ini",
    "Replays the same traffic under every profile and says what the change saves.", "ftosESRPjFqvC",
    run};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

/* A slip in an expression is told before the work, not after it. */
static int check_conditions(const struct options *options)
{
    for (size_t i = 0; i < options->conditions_count; i++) {
        struct neap_error error = {0};
        bool holds;
        if (neap_document_check(NULL, options->conditions[i], &holds, &error) != NEAP_OK)
            return complain(&error);
    }
    return 0;
}

static int compare(const struct neap_scenario *scenario, const struct options *options)
{
    struct neap_study_options study = {.progress = progress_begin(options, "comparing")};
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
    int status = check_conditions(options);
    struct neap_scenario *scenario = status == 0 ? open_scenario(options, &status) : NULL;
    if (scenario == NULL)
        return status;
    status = compare(scenario, options);
    neap_scenario_free(scenario);
    return status;
}

const struct command command_compare = {
    "compare", "SCENARIO.ini",
    "Replays the same traffic under every profile and says what the change saves.", "fosESFqvC",
    run};

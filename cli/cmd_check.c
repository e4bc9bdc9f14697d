/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"

static int run(const struct options *options)
{
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    int status = 0;
    struct neap_scenario *scenario = open_scenario(options, &status);
    if (scenario == NULL)
        return status;
    if (neap_check(&document, scenario, NULL, &error) != NEAP_OK)
        status = complain(&error);
    else
        status = deliver(document, options);
    neap_document_free(document);
    neap_scenario_free(scenario);
    return status;
}

const struct command command_check = {"check", "SCENARIO.ini",
                                      "Reads a scenario and all its files and says what they hold.",
                                      "fosESqvC", run};

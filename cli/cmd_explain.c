/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "command.h"

static int read_time(int64_t *at_ns, const struct neap_scenario *scenario, const char *text)
{
    const struct neap_zone *zone = neap_scenario_zone(scenario);
    if (neap_time_parse(at_ns, text, strlen(text), "auto", zone, NULL) == NEAP_OK)
        return 0;
    fprintf(stderr,
            "neap: --at: found \"%s\", expected a time such as 2026-03-02T10:30:00Z, or without "
            "the Z one of the service's zone, which is %s\n",
            text, neap_zone_name(zone));
    return EXIT_USAGE;
}

static int explain(const struct neap_scenario *scenario, size_t profile, int64_t at_ns,
                   const struct options *options)
{
    struct neap_study_options study = {.progress = progress_begin(options, "replaying"),
                                       .deployed = options->profile == NULL};
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    if (neap_explain(&document, scenario, profile, at_ns, &study, &error) != NEAP_OK)
        return complain(&error);
    int status = deliver(document, options);
    neap_document_free(document);
    return status;
}

static int run(const struct options *options)
{
    size_t profile = 0;
    int64_t at_ns = 0;
    int status = 0;
    if (options->at == NULL) {
        fprintf(stderr, "neap: found no --at, expected --at TIME, such as "
                        "--at 2026-03-02T10:30:00Z; try neap explain --help\n");
        return EXIT_USAGE;
    }
    struct neap_scenario *scenario = open_scenario(options, &status);
    if (scenario == NULL)
        return status;
    status = find_profile(scenario, options->profile, &profile);
    if (status == 0)
        status = read_time(&at_ns, scenario, options->at);
    if (status == 0)
        status = explain(scenario, profile, at_ns, options);
    neap_scenario_free(scenario);
    return status;
}

const struct command command_explain = {
    "explain", "SCENARIO.ini",
    "Says what happened at one moment of a replay, and why: --at 2026-03-02T10:30:00Z.",
    "ftosESApqvCF", run};

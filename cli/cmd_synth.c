/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * synth: traffic made up from a shape, as the CSV that every other command reads. */
#include <stdio.h>
#include <string.h>

#include "command.h"

static int write_file(const struct neap_recording *recording, const struct options *options)
{
    struct neap_output *output = NULL;
    struct neap_error error = {0};
    if (neap_output_open(&output, options->output, &error) != NEAP_OK)
        return complain(&error);
    enum neap_status status = neap_recording_write(recording, neap_output_stream(output), &error);
    if (status == NEAP_OK)
        status = neap_output_commit(output, &error);
    else
        neap_output_discard(output);
    if (status != NEAP_OK)
        return complain(&error);
    remark(options, "wrote %s", options->output);
    return 0;
}

static int write_out(const struct neap_recording *recording, const struct options *options)
{
    struct neap_error error = {0};
    remark(options, "%s", neap_recording_description(recording));
    if (options->output != NULL && strcmp(options->output, "-") != 0)
        return write_file(recording, options);
    return neap_recording_write(recording, stdout, &error) == NEAP_OK ? 0 : complain(&error);
}

static int run(const struct options *options)
{
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    struct neap_places places = {data_directory(), NULL};
    if (neap_scenario_read_traffic(&scenario, options->operand, options->settings,
                                   options->settings_count, &places, &error) != NEAP_OK)
        return complain(&error);
    int status = neap_scenario_load(scenario, &error) != NEAP_OK
                     ? complain(&error)
                     : write_out(neap_scenario_recording(scenario), options);
    neap_scenario_free(scenario);
    return status;
}

const struct command command_synth = {
    "synth", "[SCENARIO.ini]",
    "Makes up traffic with a day, a week, growth, noise and crowds, as a CSV file.", "osqv", run};

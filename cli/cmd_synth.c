/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * synth: traffic made up from a shape, as the CSV that every other command reads. */
#include <stdio.h>
#include <string.h>

#include "command.h"

struct wanted {
    struct neap_synth_options synth;
    struct neap_zone *zone; /* NULL: UTC */
};

static int refuse(const char *setting, const char *what)
{
    fprintf(stderr, "neap: found --set %s, %s\n", setting, what);
    return EXIT_USAGE;
}

static void list_keys(char *list, size_t size)
{
    size_t used = 0;
    for (const struct neap_parameter *row = neap_synth_parameters(); row->name != NULL; row++) {
        int length = snprintf(list + used, size - used, "%s%s", used > 0 ? "|" : "", row->name);
        used += length > 0 && (size_t)length < size - used ? (size_t)length : 0;
    }
}

static int unknown_key(const char *setting, const char *key)
{
    char list[1024], near[64], what[1200];
    list_keys(list, sizeof list);
    if (neap_suggest(list, key, near, sizeof near))
        snprintf(what, sizeof what, "a key that [synth] does not have; did you mean synth.%s?",
                 near);
    else
        snprintf(what, sizeof what, "expected one of %s behind synth.", list);
    return refuse(setting, what);
}

static int set_synth(struct wanted *wanted, const char *setting, const char *key, const char *value)
{
    const struct neap_parameter *parameter = neap_parameter_find(neap_synth_parameters(), key);
    struct neap_error error = {0};
    if (parameter == NULL)
        return unknown_key(setting, key);
    if (neap_parameter_set(parameter, &wanted->synth, value, &error) == NEAP_OK)
        return 0;
    fprintf(stderr, "neap: synth.%s\n", error.message);
    return EXIT_USAGE;
}

static int set_zone(struct wanted *wanted, const char *name)
{
    struct neap_error error = {0};
    neap_zone_free(wanted->zone);
    wanted->zone = NULL;
    return neap_zone_read(&wanted->zone, name, NULL, &error) == NEAP_OK ? 0 : complain(&error);
}

/* One "section.key=value". */
static int set(struct wanted *wanted, const char *setting)
{
    static const char synth[] = "synth.", zone[] = "service.zone=";
    char key[64];
    const char *equals = strchr(setting, '=');
    if (strncmp(setting, zone, sizeof zone - 1) == 0)
        return set_zone(wanted, equals + 1);
    if (equals == NULL || strncmp(setting, synth, sizeof synth - 1) != 0)
        return refuse(setting, "expected synth.KEY=VALUE or service.zone=NAME");
    snprintf(key, sizeof key, "%.*s", (int)(equals - setting - (int)sizeof synth + 1),
             setting + sizeof synth - 1);
    return set_synth(wanted, setting, key, equals + 1);
}

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

static int make(const struct wanted *wanted, const struct options *options)
{
    struct neap_recording *recording = NULL;
    struct neap_error error = {0};
    if (neap_recording_synth(&recording, &wanted->synth, wanted->zone, NULL, &error) != NEAP_OK)
        return complain(&error);
    int status = write_out(recording, options);
    neap_recording_free(recording);
    return status;
}

static int run(const struct options *options)
{
    struct wanted wanted = {.zone = NULL};
    int status = 0;
    neap_synth_options_init(&wanted.synth);
    for (size_t i = 0; i < options->settings_count && status == 0; i++)
        status = set(&wanted, options->settings[i]);
    if (status == 0)
        status = make(&wanted, options);
    neap_zone_free(wanted.zone);
    return status;
}

const struct command command_synth = {
    "synth", "", "Makes up traffic with a day, a week, growth, noise and crowds, as a CSV file.",
    "osqv", run};

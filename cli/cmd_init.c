/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * init: a first scenario. Every key is there with its default and meaning; those that a first
 * scenario needs are live, the others begin with ;. */
#include <stdio.h>
#include <string.h>

#include "command.h"

struct live {
    const char *section, *key, *value;
};

static const struct live live[] = {{"service", "name", "my-service"},
                                   {"service", "zone", "UTC"},
                                   {"traffic", "file", "traffic.csv"},
                                   {"profile old", "label", "before"},
                                   {"profile old", "cpu_demand", "mean=40ms cv=1"},
                                   {"profile old", "wait", "mean=20ms cv=1"},
                                   {"profile new", "label", "after"},
                                   {"profile new", "from", "old"},
                                   {"profile new", "cpu_speedup", "1.25"},
                                   {"container", "vcpu", "1"},
                                   {"container", "memory", "2GiB"},
                                   {"container", "workers", "2"},
                                   {"container", "startup", "30s"},
                                   {"autoscaler", "type", "hpa"},
                                   {"autoscaler", "target_cpu", "60%"},
                                   {"autoscaler", "min", "2"},
                                   {"autoscaler", "max", "40"},
                                   {"slo", "p95", "500ms"},
                                   {"price", "list", "aws-fargate"}};

static const char *live_value(const char *section, const char *key)
{
    for (size_t i = 0; i < sizeof live / sizeof live[0]; i++)
        if (strcmp(live[i].section, section) == 0 && strcmp(live[i].key, key) == 0)
            return live[i].value;
    return NULL;
}

/* off: what begins the line of a key that is not live. */
static void write_keys(FILE *stream, const char *section, const struct neap_parameter *table,
                       bool others, const char *off)
{
    for (; table->name != NULL; table++) {
        char pair[128];
        const char *value = live_value(section, table->name);
        if (value == NULL && !others)
            continue;
        snprintf(pair, sizeof pair, "%s%s = %s", value == NULL ? off : "", table->name,
                 value == NULL ? table->initial : value);
        fprintf(stream, "%-34s ; %s\n", pair, table->meaning);
    }
}

static void write_section(FILE *stream, const struct neap_section *section, const char *name,
                          bool others)
{
    /* sections that make a difference by being there */
    bool off =
        strcmp(name, "synth") == 0 || strcmp(name, "nodes") == 0 || strncmp(name, "class ", 6) == 0;
    fprintf(stream, "\n; %s\n%s[%s]\n", section->summary, off ? "; " : "", name);
    write_keys(stream, name, section->parameters, others, off ? "; " : ";");
    if (strcmp(name, "autoscaler") == 0)
        write_keys(stream, name, neap_autoscaler_find("hpa")->parameters, others, ";");
}

static void write_scenario(FILE *stream)
{
    struct neap_section section;
    fputs("; A scenario for neap. Put your recording beside it as traffic.csv: a header\n"
          "; time,requests and a row for each interval, time in RFC 3339. Then: neap compare\n"
          "; Lines that begin with ; show what else can be set, with its default.\n",
          stream);
    for (size_t i = 0; (section = neap_scenario_section(i)).name != NULL; i++) {
        if (strncmp(section.name, "profile", 7) != 0) {
            write_section(stream, &section, section.name, true);
            continue;
        }
        write_section(stream, &section, "profile old", true);
        write_section(stream, &section, "profile new", false);
    }
}

static int run(const struct options *options)
{
    struct neap_output *output = NULL;
    struct neap_error error = {0};
    if (options->output == NULL || strcmp(options->output, "-") == 0) {
        write_scenario(stdout);
        return 0;
    }
    FILE *existing = fopen(options->output, "r");
    if (existing != NULL) {
        fclose(existing);
        fprintf(stderr,
                "neap: %s is there already, expected a new file: move it, or choose "
                "another name with -o\n",
                options->output);
        return EXIT_OUTPUT;
    }
    if (neap_output_open(&output, options->output, &error) != NEAP_OK)
        return complain(&error);
    write_scenario(neap_output_stream(output));
    if (neap_output_commit(output, &error) != NEAP_OK)
        return complain(&error);
    if (!options->quiet)
        fprintf(stderr, "neap: wrote %s; edit it, then run neap compare %s\n", options->output,
                options->output);
    return 0;
}

const struct command command_init = {"init", "", "Writes a first scenario with comments.", "oqvC",
                                     run};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * help: what the command and a scenario can say, from the same tables that read them. */
#include <stdio.h>
#include <string.h>

#include "command.h"

static void print_range(const struct neap_parameter *p)
{
    char low[48], high[48];
    if (p->unit == NEAP_CHOICE) {
        printf(" (%s)", p->choices);
        return;
    }
    if (p->unit == NEAP_TEXT)
        return;
    neap_quantity_format(low, sizeof low, p->low, p->unit);
    neap_quantity_format(high, sizeof high, p->high, p->unit);
    printf(" (%s to %s)", low, high);
}

static void print_parameters(const struct neap_parameter *table)
{
    for (; table->name != NULL; table++) {
        char key[96];
        snprintf(key, sizeof key, "%s = %s", table->name, table->initial);
        printf("  %-28s  %s", key, table->meaning);
        print_range(table);
        putchar('\n');
    }
}

static void print_autoscalers(void)
{
    for (const struct neap_autoscaler_type *const *type = neap_autoscaler_types(); *type != NULL;
         type++) {
        printf("\n[autoscaler] with type = %s: %s\n", (*type)->name, (*type)->summary);
        print_parameters((*type)->parameters);
    }
}

static void print_section(const struct neap_section *section)
{
    printf("[%s] %s\n", section->name, section->summary);
    print_parameters(section->parameters);
    if (strcmp(section->name, "autoscaler") == 0)
        print_autoscalers();
}

static int overview(void)
{
    struct neap_section section;
    printf("neap replays recorded traffic through a model of an autoscaled service, under an old\n"
           "and a new latency profile, and says what the change does to container-hours, cost and\n"
           "latency.\n\n"
           "  neap init -o scenario.ini      a first scenario, with comments\n"
           "  neap compare scenario.ini      what would the upgrade save?\n\n"
           "usage: neap COMMAND [operand] [options]\n\ncommands:\n");
    for (const struct command *const *command = all_commands(); *command != NULL; command++)
        printf("  %-9s %-13s %s\n", (*command)->name, (*command)->operands, (*command)->summary);
    printf("\nneap COMMAND --help shows a command's options, neap help SECTION the keys of a\n"
           "scenario's section:");
    for (size_t i = 0; (section = neap_scenario_section(i)).name != NULL; i++)
        printf(" %.*s", (int)strcspn(section.name, " "), section.name);
    printf(
        "\n\nexit status: 0 done, 1 a gate failed, 2 usage or scenario, 65 bad data, 66 no such\n"
        "input, 70 a bug, 74 output could not be written, 130 interrupted\n");
    return 0;
}

static int unknown(const char *topic)
{
    char names[512] = "", near[64];
    struct neap_section section;
    for (size_t i = 0; (section = neap_scenario_section(i)).name != NULL; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.*s", i > 0 ? "|" : "",
                 (int)strcspn(section.name, " "), section.name);
    for (const struct command *const *command = all_commands(); *command != NULL; command++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "|%s", (*command)->name);
    bool suggested = neap_suggest(names, topic, near, sizeof near);
    fprintf(stderr, "neap: found no help on \"%s\"%s%s%s\n", topic,
            suggested ? "; did you mean neap help "
                      : ", expected a command or section; try neap "
                        "help",
            suggested ? near : "", suggested ? "?" : "");
    return EXIT_USAGE;
}

static int run(const struct options *options)
{
    struct neap_section section;
    if (options->operand == NULL)
        return overview();
    for (const struct command *const *command = all_commands(); *command != NULL; command++)
        if (strcmp((*command)->name, options->operand) == 0) {
            command_usage(stdout, *command);
            return 0;
        }
    for (size_t i = 0; (section = neap_scenario_section(i)).name != NULL; i++)
        if (strlen(options->operand) == strcspn(section.name, " ") &&
            strncmp(section.name, options->operand, strlen(options->operand)) == 0) {
            print_section(&section);
            return 0;
        }
    return unknown(options->operand);
}

const struct command command_help = {
    "help", "[TOPIC]", "This overview, a command's options or a section's keys.", "", run};

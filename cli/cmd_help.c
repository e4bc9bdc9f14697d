/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * help: what the command and a scenario can say, from the same tables that read them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

/* Where keys are: sections of the scenario, and kinds of autoscaler. */
struct group {
    char section[32]; /* without a name: "profile" */
    char word[32];    /* what it is asked for by: "hpa", or the section again */
    char title[192];
    const struct neap_parameter *parameters;
};

static bool find_section(size_t index, struct group *group)
{
    struct neap_section section = neap_scenario_section(index);
    if (section.name == NULL)
        return false;
    snprintf(group->section, sizeof group->section, "%.*s", (int)strcspn(section.name, " "),
             section.name);
    memcpy(group->word, group->section, sizeof group->word);
    snprintf(group->title, sizeof group->title, "[%s] %s", section.name, section.summary);
    group->parameters = section.parameters;
    return true;
}

static bool find_kind(size_t index, struct group *group)
{
    const struct neap_autoscaler_type *const *type = neap_autoscaler_types();
    for (; *type != NULL && index > 0; type++)
        index--;
    if (*type == NULL)
        return false;
    snprintf(group->section, sizeof group->section, "autoscaler");
    snprintf(group->word, sizeof group->word, "%s", (*type)->name);
    snprintf(group->title, sizeof group->title, "[autoscaler] with type = %s: %s", (*type)->name,
             (*type)->summary);
    group->parameters = (*type)->parameters;
    return true;
}

static bool find_group(size_t index, struct group *group)
{
    size_t sections = 0;
    while (neap_scenario_section(sections).name != NULL)
        sections++;
    if (index < sections)
        return find_section(index, group);
    return find_kind(index - sections, group);
}

/* --- keys ----------------------------------------------------------------------------------------- */

/* Slow rates per day: 1000/d rather than 0.01157/s. */
static bool print_slow(const struct neap_parameter *p, double value)
{
    double daily = value * 86400;
    if (p->unit != NEAP_RATE || !(daily >= 1) || value >= 0.1 || fabs(daily - round(daily)) > 1e-9)
        return false;
    printf("%.12g/d", round(daily));
    return true;
}

/* A limit of a range: long numbers in words. */
static void print_limit(const struct neap_parameter *p, double value)
{
    static const struct {
        double size;
        const char *word;
    } words[] = {{1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}};
    char text[48];
    const char *unit = p->unit == NEAP_SHARE ? "%" : p->unit == NEAP_RATE ? "/s" : "";
    double shown = p->unit == NEAP_SHARE ? value * 100 : value;
    bool plain = p->unit == NEAP_SECONDS || p->unit == NEAP_BYTES;
    if (print_slow(p, value))
        return;
    for (size_t i = 0; !plain && i < sizeof words / sizeof words[0]; i++)
        if (shown >= words[i].size) {
            printf("%.4g %s%s", shown / words[i].size, words[i].word, unit);
            return;
        }
    neap_quantity_format(text, sizeof text, value, p->unit);
    printf("%s", text);
}

static void print_range(const struct neap_parameter *p)
{
    if (p->unit == NEAP_CHOICE) {
        printf(" (%s)", p->choices);
        return;
    }
    if (p->unit == NEAP_TEXT)
        return;
    printf(" (");
    print_limit(p, p->low);
    printf(" to ");
    print_limit(p, p->high);
    printf("%s)", p->unit == NEAP_VCPU ? " vCPU" : "");
}

static void print_parameter(const struct neap_parameter *p)
{
    char key[96];
    snprintf(key, sizeof key, "%s = %s", p->name, p->initial);
    printf("  %-28s  %s", key, p->meaning);
    print_range(p);
    putchar('\n');
}

static void print_group(const struct group *group)
{
    printf("%s\n", group->title);
    for (const struct neap_parameter *p = group->parameters; p->name != NULL; p++)
        print_parameter(p);
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
    printf("\nneap COMMAND --help shows a command's options, neap help KEY a key, neap help "
           "SECTION those of a\n"
           "scenario's section:");
    for (size_t i = 0; (section = neap_scenario_section(i)).name != NULL; i++)
        printf(" %.*s", (int)strcspn(section.name, " "), section.name);
    printf(
        "\n\nexit status: 0 done, 1 a gate failed, 2 usage or scenario, 65 bad data, 66 no such\n"
        "input, 70 a bug, 74 output could not be written, 130 interrupted\n");
    return 0;
}

/* --- topics --------------------------------------------------------------------------------------- */

static bool show_command(const char *topic)
{
    for (const struct command *const *command = all_commands(); *command != NULL; command++)
        if (strcmp((*command)->name, topic) == 0) {
            command_usage(stdout, *command);
            return true;
        }
    return false;
}

/* Groups of that word; those of a section's kinds behind it. */
static bool show_groups(const char *topic, int shown)
{
    struct group group;
    bool found = false;
    for (size_t i = 0; find_group(i, &group); i++) {
        if (strcmp(group.word, topic) != 0 && strcmp(group.section, topic) != 0)
            continue;
        if (shown++ > 0)
            putchar('\n');
        print_group(&group);
        found = true;
    }
    return found;
}

/* The key of "target_cpu", "autoscaler.target_cpu" or "profile.NAME.label" in that group. */
static const struct neap_parameter *find_key(const struct group *group, const char *topic)
{
    size_t length = strlen(group->section);
    const struct neap_parameter *found = neap_parameter_find(group->parameters, topic);
    if (found != NULL || strncmp(topic, group->section, length) != 0 || topic[length] != '.')
        return found;
    const char *key = topic + length + 1, *behind = strchr(key, '.');
    found = neap_parameter_find(group->parameters, key);
    if (found == NULL && behind != NULL && strcmp(group->section, "profile") == 0)
        found = neap_parameter_find(group->parameters, behind + 1);
    return found;
}

static bool show_keys(const char *topic)
{
    struct group group;
    int shown = 0;
    for (size_t i = 0; find_group(i, &group); i++) {
        const struct neap_parameter *found = find_key(&group, topic);
        if (found == NULL)
            continue;
        if (shown++ > 0)
            putchar('\n');
        printf("%s\n", group.title);
        print_parameter(found);
    }
    return shown > 0;
}

static void add_name(char *names, size_t size, const char *section, const char *word)
{
    size_t used = strlen(names);
    snprintf(names + used, size - used, "%s%s%s%s", used > 0 ? "|" : "", section,
             section[0] != '\0' ? "." : "", word);
}

static int unknown(const char *topic)
{
    char names[16384] = "", near[64];
    bool dotted = strchr(topic, '.') != NULL;
    struct group group;
    for (const struct command *const *command = all_commands(); *command != NULL; command++)
        add_name(names, sizeof names, "", (*command)->name);
    for (size_t i = 0; find_group(i, &group); i++)
        add_name(names, sizeof names, "", group.word);
    for (size_t i = 0; find_group(i, &group); i++)
        for (const struct neap_parameter *p = group.parameters; p->name != NULL; p++) {
            add_name(names, sizeof names, "", p->name);
            if (dotted)
                add_name(names, sizeof names, group.section, p->name);
        }
    bool suggested = neap_suggest(names, topic, near, sizeof near);
    fprintf(stderr, "neap: found no help on \"%s\"%s%s%s\n", topic,
            suggested ? "; did you mean neap help "
                      : ", expected a command, a section, a kind of autoscaler or a key; try neap "
                        "help",
            suggested ? near : "", suggested ? "?" : "");
    return EXIT_USAGE;
}

static int run(const struct options *options)
{
    const char *topic = options->operand;
    if (topic == NULL)
        return overview();
    bool command = show_command(topic);
    bool group = show_groups(topic, command);
    return command || group || show_keys(topic) ? 0 : unknown(topic);
}

const struct command command_help = {
    "help", "[TOPIC]", "This overview, a command's options, a section's keys, or one key.", "",
    run};

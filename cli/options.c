/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Options: one row each, shared by parsing, help and the commands that take them. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

struct row {
    char letter; /* also what commands list them by; upper case: long form only */
    const char *name, *argument, *meaning;
};

static const struct row rows[] = {
    {'f', "format", "NAME", "; default: by -o, else text"}, /* behind their names */
    {'t', "table", "NAME", "which table --format csv writes; default: the first"},
    {'o', "output", "FILE", "write there, whole or not at all; - is standard output"},
    {'s', "set", "SECTION.KEY=VALUE",
     "in the place of what the scenario says, empty: as if not there"},
    {'E', "engine", "NAME", "same as --set run.engine=NAME"},
    {'S', "seed", "N", "same as --set run.seed=N"},
    {'R', "replications", "N", "same as --set run.replications=N"},
    {'P', "precision", "SHARE", "same as --set run.precision=SHARE, such as 1%"},
    {'F', "fail-if", "EXPR", "exit 1 when true of the result: 'saving.share<10%'; repeatable"},
    {'D', "decisions", "FILE",
     "write every decision of the autoscaler, rule by rule: CSV, or .jsonl"},
    {'p', "profile", "NAME", "which profile to replay; default: the first"},
    {'A', "at", "TIME", "the moment: RFC 3339, or a time in the service's zone"},
    {'T', "tables", "DIR", "folder with oracle/ and autoscaler/; default: the shipped ones"},
    {'j', "jobs", "N", "replays at once; default: one for each core. The result is the same"},
    {'N', "requests", "N", "to simulate for each row of a table, 0 for none; default: 1e6"},
    {'q', "quiet", NULL, "no progress, no remarks"},
    {'v', "verbose", NULL, "say what is read and written, on standard error"},
    {'C', "color", "WHEN", "auto, always or never; NO_COLOR is respected"},
    {'h', "help", NULL, "this text"},
    {0, NULL, NULL, NULL}};
enum { ROWS = sizeof rows / sizeof rows[0] - 1 };

static bool takes(const struct command *command, const struct row *row)
{
    return row->letter == 'h' || strchr(command->options, row->letter) != NULL;
}

/* "text, json or csv" */
static void list_formats(char *text, size_t size)
{
    const struct neap_report_type *const *type = neap_report_types();
    size_t used = 0;
    for (; *type != NULL && used < size; type++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 used == 0         ? ""
                                 : type[1] == NULL ? " or "
                                                   : ", ",
                                 (*type)->name);
}

void options_describe(FILE *stream, const struct command *command)
{
    for (const struct row *row = rows; row->name != NULL; row++) {
        char text[64], letter[8] = "    ", formats[128] = "";
        if (!takes(command, row))
            continue;
        if (row->letter >= 'a')
            snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(text, sizeof text, "%s--%s%s%s", letter, row->name,
                 row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
        if (row->letter == 'f')
            list_formats(formats, sizeof formats);
        fprintf(stream, "  %-31s %s%s\n", text, formats, row->meaning);
    }
}

void command_usage(FILE *stream, const struct command *command)
{
    fprintf(stream, "usage: neap %s %s%s[options]\n\n%s\n\noptions:\n", command->name,
            command->operands, command->operands[0] != '\0' ? " " : "", command->summary);
    options_describe(stream, command);
    fprintf(stream, "\nSee also: neap help, and neap(1).\n");
}

/* --- reading -------------------------------------------------------------------------------------- */

static int refuse(const struct command *command, const char *format, ...) NEAP_PRINTF(2, 3);

static int refuse(const struct command *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("neap: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "; try neap %s --help\n", command->name);
    return EXIT_USAGE;
}

static int unknown_option(const struct command *command, const char *word)
{
    char names[256] = "", near[32];
    size_t used = 0;
    for (const struct row *row = rows; row->name != NULL; row++)
        if (takes(command, row))
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? "|" : "",
                                     row->name);
    if (strncmp(word, "--", 2) == 0 && neap_suggest(names, word + 2, near, sizeof near))
        return refuse(command,
                      "found option %s, which this command does not have; did you mean --%s?", word,
                      near);
    return refuse(command, "found option %s, which this command does not have", word);
}

static int append(const char ***list, size_t *count, const char *text)
{
    const char **grown = realloc((void *)*list, (*count + 1) * sizeof **list);
    if (grown == NULL) {
        fprintf(stderr, "neap: no memory for options\n");
        return EXIT_BUG;
    }
    grown[(*count)++] = text;
    *list = grown;
    return 0;
}

/* "run.seed=" and its value as one setting; freed by options_clear(). */
static int append_setting(struct options *o, const char *prefix, const char *value)
{
    size_t size = strlen(prefix) + strlen(value) + 1;
    char *text = malloc(size);
    if (text == NULL) {
        fprintf(stderr, "neap: no memory for options\n");
        return EXIT_BUG;
    }
    snprintf(text, size, "%s%s", prefix, value);
    int status = append(&o->settings, &o->settings_count, text);
    if (status != 0)
        free(text);
    return status;
}

static int read_format(struct options *o, const struct command *command, const char *name)
{
    char formats[128];
    o->format = neap_report_find(name);
    if (o->format != NULL)
        return 0;
    list_formats(formats, sizeof formats);
    return refuse(command, "found format \"%s\", expected %s", name, formats);
}

static int read_color(struct options *o, const struct command *command, const char *when)
{
    static const char *const word[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++)
        if (strcmp(when, word[i]) == 0) {
            o->color = i;
            return 0;
        }
    return refuse(command, "found color \"%s\", expected auto, always or never", when);
}

static int read_threads(struct options *o, const struct command *command, const char *text)
{
    double number;
    if (neap_quantity_parse(&number, text, NEAP_COUNT, NULL) != NEAP_OK || number < 1 ||
        number > NEAP_SWEEP_THREADS_MOST)
        return refuse(command, "found -j %s, expected a whole number from 1 to %d", text,
                      NEAP_SWEEP_THREADS_MOST);
    o->threads = (int)number;
    return 0;
}

static int read_one(struct options *o, const struct command *command, const struct row *row,
                    const char *argument)
{
    switch (row->letter) {
    case 'f':
        return read_format(o, command, argument);
    case 't':
        o->table = argument;
        return 0;
    case 'o':
        o->output = argument;
        return 0;
    case 's':
        return append_setting(o, "", argument);
    case 'E':
        return append_setting(o, "run.engine=", argument);
    case 'S':
        return append_setting(o, "run.seed=", argument);
    case 'R':
        return append_setting(o, "run.replications=", argument);
    case 'P':
        return append_setting(o, "run.precision=", argument);
    case 'F':
        return append(&o->conditions, &o->conditions_count, argument);
    case 'D':
        o->decisions = argument;
        return 0;
    case 'p':
        o->profile = argument;
        return 0;
    case 'A':
        o->at = argument;
        return 0;
    case 'T':
        o->tables = argument;
        return 0;
    case 'j':
        return read_threads(o, command, argument);
    case 'N':
        o->requests = argument;
        return 0;
    case 'C':
        return read_color(o, command, argument);
    case 'q':
        o->quiet = true;
        return 0;
    case 'v':
        o->verbose = true;
        return 0;
    default:
        o->help = true;
        return 0;
    }
}

static void make_tables(char letters[2 * ROWS + 3], struct option table[ROWS + 1])
{
    size_t used = 0;
    letters[used++] = ':'; /* a missing argument is ours to report */
    for (int i = 0; i < ROWS; i++) {
        table[i] = (struct option){rows[i].name,
                                   rows[i].argument != NULL ? required_argument : no_argument, NULL,
                                   256 + i};
        if (rows[i].letter >= 'a') {
            letters[used++] = rows[i].letter;
            if (rows[i].argument != NULL)
                letters[used++] = ':';
        }
    }
    table[ROWS] = (struct option){NULL, 0, NULL, 0};
    letters[used] = '\0';
}

static const struct row *row_of(int code)
{
    if (code >= 256 && code < 256 + ROWS)
        return &rows[code - 256];
    for (const struct row *row = rows; row->name != NULL; row++)
        if (row->letter == code)
            return row;
    return NULL;
}

static int read_operands(struct options *o, const struct command *command, int argc, char **argv)
{
    if (argc > 1)
        return refuse(command, "found \"%s\" behind the first operand, expected nothing", argv[1]);
    if (argc == 1 && command->operands[0] == '\0')
        return refuse(command, "found \"%s\", expected no operand", argv[0]);
    o->operand = argc == 1 ? argv[0] : NULL;
    bool optional = command->operands[0] == '[' || command->operands[0] == '\0';
    if (o->operand == NULL && !optional && !o->help)
        return refuse(command, "found no operand, expected %s", command->operands);
    return 0;
}

const struct neap_report_type *options_format(const struct options *o)
{
    const struct neap_report_type *by_name = NULL;
    if (o->format != NULL)
        return o->format;
    if (o->output != NULL)
        by_name = neap_report_find_path(o->output);
    return by_name != NULL ? by_name : neap_report_find("text");
}

static int check_table(const struct options *o, const struct command *command)
{
    const struct neap_report_type *format = options_format(o);
    if (o->table == NULL || o->help || strcmp(format->name, "csv") == 0)
        return 0;
    return refuse(command, "found --table %s with format %s, expected --format csv", o->table,
                  format->name);
}

int options_read(struct options *o, const struct command *command, int argc, char **argv)
{
    char letters[2 * ROWS + 3];
    struct option table[ROWS + 1];
    int status = 0;
    *o = (struct options){.format = NULL};
    make_tables(letters, table);
    opterr = 0;
    for (int code; status == 0 && (code = getopt_long(argc, argv, letters, table, NULL)) != -1;) {
        const char *word = argv[optind - 1];
        if (code == ':')
            return refuse(command, "found %s without its value", word);
        const struct row *row = row_of(code);
        if (code == '?' || row == NULL)
            return unknown_option(command, word);
        if (!takes(command, row))
            return refuse(command, "found option --%s, which this command does not have",
                          row->name);
        status = read_one(o, command, row, optarg);
    }
    if (status == 0)
        status = read_operands(o, command, argc - optind, argv + optind);
    if (status == 0)
        status = check_table(o, command);
    return status;
}

void options_clear(struct options *o)
{
    for (size_t i = 0; i < o->settings_count; i++) {
        char *text;
        memcpy(&text, &o->settings[i], sizeof text); /* ours, see append_setting() */
        free(text);
    }
    free((void *)o->settings);
    free((void *)o->conditions);
}

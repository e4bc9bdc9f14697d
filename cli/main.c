/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static const struct command *const commands[] = {
    &command_compare,  &command_replay, &command_explain,
    &command_check,    &command_init,   &command_synth,
    &command_selftest, &command_help,   NULL};

const struct command *const *all_commands(void)
{
    return commands;
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    char names[256] = "", near[64];
    for (size_t i = 0; commands[i] != NULL; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? "|" : "",
                 commands[i]->name);
    if (neap_suggest(names, name, near, sizeof near))
        fprintf(stderr, "neap: found command \"%s\"; did you mean neap %s?\n", name, near);
    else
        fprintf(stderr, "neap: found command \"%s\", expected one of %s; try neap help\n", name,
                names);
    return EXIT_USAGE;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct options options;
    int status = options_read(&options, command, argc, argv);
    if (status == 0 && options.help)
        command_usage(stdout, command);
    else if (status == 0)
        status = check_conditions(NULL, &options);
    if (status == 0 && !options.help)
        status = command->run(&options);
    options_clear(&options);
    return status;
}

static int version(void)
{
    printf("neap %s\nCopyright (C) 2026 the neap authors\n"
           "License GPL-3.0-or-later: free to use, change and share; no warranty\n",
           neap_version());
    return 0;
}

static int dispatch(int argc, char **argv)
{
    struct options none = {.operand = NULL};
    if (argc < 2) {
        fprintf(stderr, "neap: found no command; try neap help, or neap init for a first "
                        "scenario\n");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return version();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return command_help.run(&none);
    const struct command *command = find(argv[1]);
    return command == NULL ? unknown(argv[1]) : run(command, argc - 1, argv + 1);
}

/* A full disk must not look like success. */
static int close_output(int status)
{
    int failed = ferror(stdout);
    if ((fclose(stdout) != 0 || failed) && status == 0) {
        fprintf(stderr, "neap: cannot write to standard output: %s\n", strerror(errno));
        return EXIT_OUTPUT;
    }
    return status;
}

/* Standard streams that are closed are taken up, the wrong way round: else a file that is opened
 * would get their number, and what is printed would go into it. */
static void take_up_closed(void)
{
    for (int number = 0; number <= STDERR_FILENO; number++)
        if (fcntl(number, F_GETFD) < 0 &&
            open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return;
}

int main(int argc, char **argv)
{
    take_up_closed();
    gsl_set_error_handler_off();
    return close_output(dispatch(argc, argv));
}

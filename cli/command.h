/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command is a thin client: it turns words into settings, calls one study, prints one
 * document. */
#ifndef NEAP_CLI_COMMAND_H
#define NEAP_CLI_COMMAND_H

#include <neap.h>

enum {
    EXIT_GATE = 1,
    EXIT_USAGE = 2,
    EXIT_BAD_DATA = 65,
    EXIT_NO_INPUT = 66,
    EXIT_BUG = 70,
    EXIT_OUTPUT = 74,
    EXIT_STOPPED = 130
};

/* What was given on the command line. */
struct options {
    const char *operand; /* SCENARIO.ini, or the topic of help */
    const struct neap_report_type *format;
    const char *table;     /* of CSV; NULL: the first */
    const char *output;    /* NULL or "-": stdout */
    const char *decisions; /* replay */
    const char *profile;   /* replay, explain */
    const char *at;        /* explain */
    const char *tables;    /* selftest */
    int threads;           /* 0: all cores */
    const char *requests;  /* selftest */
    const char **settings; /* section.key=value */
    size_t settings_count;
    const char **conditions; /* --fail-if */
    size_t conditions_count;
    bool quiet, verbose;
    int color; /* 0 auto, 1 always, 2 never */
    bool help;
};

struct command {
    const char *name;
    const char *operands; /* "SCENARIO.ini" */
    const char *summary;  /* one line */
    const char *options;  /* the letters it takes, see options.c */
    int (*run)(const struct options *options);
};

/* One for each cmd_*.c; main.c lists them. */
extern const struct command command_check, command_compare, command_explain, command_help,
    command_init, command_replay, command_selftest, command_synth;
const struct command *const *all_commands(void);

/* Reads the words behind the command's name; 0, or an exit status after a message. The options
 * are released by options_clear(). */
int options_read(struct options *options, const struct command *command, int argc, char **argv);
void options_clear(struct options *options);
/* The format asked for, by name or by the output's ending. */
const struct neap_report_type *options_format(const struct options *options);
/* The options that a command takes, for its help. */
void options_describe(FILE *stream, const struct command *command);
void command_usage(FILE *stream, const struct command *command);

/* --- decisions in a file (decisions.c) -------------------------------------------------------------- */

typedef void decision_writer(void *context, const struct neap_decision *decision);
/* What writes decisions to that stream, its context: by the path's ending JSON, an object a line,
 * else CSV, whose header is written at once. */
decision_writer *decisions_begin(FILE *stream, const char *path);

/* --- what commands share (shared.c) ---------------------------------------------------------------- */

/* Prints "neap: FILE:LINE:COLUMN: message" on stderr; the exit status that goes with it. */
int complain(const struct neap_error *error);

/* Where shipped data lie: $NEAP_DATA, else where they were installed. */
const char *data_directory(void);

/* A remark on stderr under --verbose. */
void remark(const struct options *options, const char *format, ...) NEAP_PRINTF(2, 3);

/* Reads the scenario and its recording; NULL after a message, with *status the exit status. */
struct neap_scenario *open_scenario(const struct options *options, int *status);

/* The index of the profile of that name, the first for NULL; 0, or an exit status after a message. */
int find_profile(const struct neap_scenario *scenario, const char *name, size_t *index);

/* A bar on stderr for work that takes longer than a second, when that is a terminal. */
struct neap_progress *progress_begin(const struct options *options, const char *what);
void progress_end(void);

/* Whether every --fail-if can be judged: of this document, or of any when it is NULL; 0, or an exit
 * status after a message. A slip is told before the work, not after it. */
int check_conditions(const struct neap_document *document, const struct options *options);

/* Prints the document as asked and judges it by --fail-if; an exit status. */
int deliver(const struct neap_document *document, const struct options *options);

#endif

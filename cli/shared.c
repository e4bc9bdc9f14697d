/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

/* --- failures ------------------------------------------------------------------------------------- */

static int exit_status(enum neap_status status)
{
    switch (status) {
    case NEAP_OK:
        return 0;
    case NEAP_BAD_ARGUMENT:
    case NEAP_BAD_SCENARIO:
        return EXIT_USAGE;
    case NEAP_BAD_DATA:
        return EXIT_BAD_DATA;
    case NEAP_NO_INPUT:
        return EXIT_NO_INPUT;
    case NEAP_IO:
        return EXIT_OUTPUT;
    case NEAP_STOPPED:
        return EXIT_STOPPED;
    case NEAP_NO_MEMORY:
    case NEAP_BUG:
        break;
    }
    return EXIT_BUG;
}

int complain(const struct neap_error *error)
{
    char text[NEAP_SOURCE_SIZE + NEAP_MESSAGE_SIZE + 64];
    progress_end();
    neap_error_format(error, text, sizeof text);
    fprintf(stderr, "neap: %s\n", text);
    return exit_status(error->status);
}

const char *data_directory(void)
{
    const char *given = getenv("NEAP_DATA");
    return given != NULL && given[0] != '\0' ? given : NEAP_DATADIR;
}

void remark(const struct options *options, const char *format, ...)
{
    va_list arguments;
    if (!options->verbose)
        return;
    va_start(arguments, format);
    fputs("neap: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static void remark_files(const struct options *options, const struct neap_scenario *scenario)
{
    for (size_t i = 0; i < neap_scenario_files(scenario); i++)
        remark(options, "read %s", neap_scenario_file(scenario, i).path);
}

struct neap_scenario *open_scenario(const struct options *options, int *status)
{
    struct neap_places places = {.data_directory = data_directory()};
    struct neap_scenario *scenario = NULL;
    struct neap_error error = {0};
    enum neap_status result = neap_scenario_read(&scenario, options->operand, options->settings,
                                                 options->settings_count, &places, &error);
    if (result == NEAP_OK)
        result = neap_scenario_load(scenario, &error);
    if (result == NEAP_OK) {
        remark_files(options, scenario);
        return scenario;
    }
    *status = complain(&error);
    neap_scenario_free(scenario);
    return NULL;
}

int find_profile(const struct neap_scenario *scenario, const char *name, size_t *index)
{
    size_t count = neap_scenario_profiles(scenario);
    for (*index = 0; *index < count; ++*index)
        if (name == NULL ||
            strcmp(neap_profile_name(neap_scenario_profile(scenario, *index)), name) == 0)
            return 0;
    fprintf(stderr, "neap: found no profile \"%s\" in %s, expected one of:", name,
            neap_scenario_path(scenario));
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, " %s", neap_profile_name(neap_scenario_profile(scenario, i)));
    fputc('\n', stderr);
    return EXIT_USAGE;
}

/* --- progress ------------------------------------------------------------------------------------- */

static struct {
    const char *what;
    double started_s, shown_s;
    bool visible; /* may be shown */
    bool shown;   /* has been */
} bar;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool on_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    double now = now_s(), share = total > 0 ? (double)done / (double)total : 0;
    if (interrupted)
        return false;
    if (!bar.visible || now - bar.started_s < 1 || now - bar.shown_s < 0.1 || share <= 0)
        return true;
    int filled = (int)(share * 30);
    fprintf(stderr, "\r%s [%.*s%*s] %3.0f%%, %.0f s left ", bar.what, filled,
            "##############################", 30 - filled, "", 100 * share,
            (now - bar.started_s) * (1 - share) / share);
    bar.shown = true;
    bar.shown_s = now;
    return true;
}

struct neap_progress *progress_begin(const struct options *options, const char *what)
{
    static struct neap_progress progress = {on_progress, NULL};
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    bar.what = what;
    bar.started_s = now_s();
    bar.visible = isatty(STDERR_FILENO) && !options->quiet;
    return &progress;
}

void progress_end(void)
{
    if (bar.shown)
        fprintf(stderr, "\r%70s\r", "");
    bar.shown = false;
}

/* --- results -------------------------------------------------------------------------------------- */

static bool wants_color(const struct options *options)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (options->color != 0)
        return options->color == 1;
    return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

static int write_file(const struct neap_document *document, const struct options *options)
{
    struct neap_output *output = NULL;
    struct neap_report_options look;
    struct neap_error error = {0};
    neap_report_options_init(&look);
    look.table = options->table;
    enum neap_status status = neap_output_open(&output, options->output, &error);
    if (status != NEAP_OK)
        return complain(&error);
    status = neap_report_write(document, options_format(options), neap_output_stream(output), &look,
                               &error);
    if (status == NEAP_OK)
        status = neap_output_commit(output, &error);
    else
        neap_output_discard(output);
    if (status != NEAP_OK)
        return complain(&error);
    remark(options, "wrote %s", options->output);
    return 0;
}

static int write_out(const struct neap_document *document, const struct options *options)
{
    struct neap_report_options look;
    struct neap_error error = {0};
    if (options->output != NULL && strcmp(options->output, "-") != 0)
        return write_file(document, options);
    neap_report_options_init(&look);
    look.table = options->table;
    look.color = wants_color(options);
    look.thousands = isatty(STDOUT_FILENO);
    enum neap_status status =
        neap_report_write(document, options_format(options), stdout, &look, &error);
    return status == NEAP_OK ? 0 : complain(&error);
}

int check_conditions(const struct neap_document *document, const struct options *options)
{
    for (size_t i = 0; i < options->conditions_count; i++) {
        struct neap_error error = {0};
        bool holds;
        if (neap_document_check(document, options->conditions[i], &holds, &error) != NEAP_OK)
            return complain(&error);
    }
    return 0;
}

static int judge(const struct neap_document *document, const struct options *options)
{
    int status = 0;
    for (size_t i = 0; i < options->conditions_count; i++) {
        bool holds = false;
        char found[160];
        struct neap_error error = {0};
        if (neap_document_check(document, options->conditions[i], &holds, &error) != NEAP_OK)
            return complain(&error);
        if (!holds)
            continue;
        neap_document_explain(document, options->conditions[i], found, sizeof found);
        fprintf(stderr, "neap: gate failed: %s (%s)\n", options->conditions[i], found);
        status = EXIT_GATE;
    }
    return status;
}

int deliver(const struct neap_document *document, const struct options *options)
{
    progress_end();
    int status = check_conditions(document, options);
    if (status == 0)
        status = write_out(document, options);
    return status != 0 ? status : judge(document, options);
}

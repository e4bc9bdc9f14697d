/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const double REQUESTS = 1e6, REQUESTS_MOST = 1e11;

static int read_requests(double *requests, const char *text)
{
    struct neap_error error = {0};
    *requests = REQUESTS;
    if (text == NULL)
        return 0;
    if (neap_quantity_parse(requests, text, NEAP_COUNT, &error) == NEAP_OK && *requests >= 0 &&
        *requests <= REQUESTS_MOST)
        return 0;
    fprintf(stderr, "neap: --requests: found \"%s\", expected a number such as 1e6, up to 1e11\n",
            text);
    return EXIT_USAGE;
}

static int run(const struct options *options)
{
    struct neap_document *document = NULL;
    struct neap_selftest_counts counts = {0, 0, 0};
    struct neap_error error = {0};
    const char *directory = options->tables != NULL ? options->tables : data_directory();
    char shipped[4096];
    struct neap_study_options study = {.progress = progress_begin(options, "simulating"),
                                       .threads = options->threads};
    int bad = read_requests(&study.requests, options->requests);
    if (bad != 0)
        return bad;
    if (options->tables == NULL) {
        snprintf(shipped, sizeof shipped, "%s/tables", directory);
        directory = shipped;
    }
    if (neap_selftest(&document, &counts, directory, &study, &error) != NEAP_OK)
        return complain(&error);
    int status = deliver(document, options);
    bool text = options->format == NULL || strcmp(options->format->name, "text") == 0;
    if (status == 0 && text && options->output == NULL)
        printf("\n%ld passed, %ld failed, %ld skipped\n", counts.passed, counts.failed,
               counts.skipped);
    neap_document_free(document);
    return status == 0 && counts.failed > 0 ? EXIT_GATE : status;
}

const struct command command_selftest = {
    "selftest", "", "Holds neap against published tables, row by row, on this machine.",
    "ftoTNjqvC", run};

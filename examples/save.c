/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What would the upgrade save?  save SCENARIO.ini
 * The command in a few calls: a scenario, a study, and numbers by their path in the document.
 * NEAP_DATA says where the price lists are, such as /usr/local/share/neap. */
#include <gsl/gsl_errno.h>
#include <neap/study.h>
#include <stdio.h>
#include <stdlib.h>

static int show(const struct neap_document *document)
{
    double hours = 0, share = 0, money = 0;
    printf("%s\n", neap_document_headline(document));
    if (!neap_document_find_number(document, "saving.container_hours", &hours) ||
        !neap_document_find_number(document, "saving.share", &share))
        return 1;
    printf("saving: %.0f container-hours, %.1f %%\n", hours, 100 * share);
    if (neap_document_find_number(document, "saving.cost", &money))
        printf("        %.2f of money\n", money);
    return 0;
}

int main(int argc, char **argv)
{
    const struct neap_places places = {.data_directory = getenv("NEAP_DATA")};
    struct neap_scenario *scenario = NULL;
    struct neap_document *document = NULL;
    struct neap_error error = {0};
    int exit_status = 1;

    gsl_set_error_handler_off();
    if (argc != 2) {
        fprintf(stderr, "usage: save SCENARIO.ini\n");
        return 2;
    }
    enum neap_status status = neap_scenario_read(&scenario, argv[1], NULL, 0, &places, &error);
    if (status == NEAP_OK)
        status = neap_scenario_load(scenario, &error);
    if (status == NEAP_OK)
        status = neap_compare(&document, scenario, NULL, &error);
    if (status == NEAP_OK) {
        exit_status = show(document);
    } else {
        char text[1024];
        neap_error_format(&error, text, sizeof text);
        fprintf(stderr, "save: %s\n", text);
    }
    neap_document_free(document);
    neap_scenario_free(scenario);
    return exit_status;
}

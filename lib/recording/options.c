/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of [traffic]. */
#include <string.h>

#include <neap/recording.h>

#include "base/fail.h"
#include "base/text.h"

#define FIELD(name) offsetof(struct neap_recording_options, name)

const struct neap_parameter neap_recording_parameters[] = {
    {"file", NEAP_TEXT, FIELD(file), "", 0, 0, NULL,
     "CSV file with the recorded traffic, plain or gzip"},
    {"time_column", NEAP_TEXT, FIELD(time_column), "time", 0, 0, NULL,
     "column that holds the start of each interval"},
    {"value_column", NEAP_TEXT, FIELD(value_column), "requests", 0, 0, NULL,
     "column that holds the traffic"},
    {"class_column", NEAP_TEXT, FIELD(class_field), "", 0, 0, NULL,
     "column that holds the class of each request, with arrivals = recorded"},
    {"time_format", NEAP_TEXT, FIELD(time_format), "auto", 0, 0, NULL,
     "auto, rfc3339, epoch_s, epoch_ms or a strptime pattern"},
    {"value_unit", NEAP_CHOICE, FIELD(value_unit), "requests", 0, 0, "requests|per_second",
     "whether values are requests in the interval or a rate"},
    {"gaps", NEAP_CHOICE, FIELD(gaps), "hold", 0, 0, "hold|interpolate|zero|error",
     "how intervals without a value are filled"},
    {"from", NEAP_TEXT, FIELD(from), "", 0, 0, NULL, "first instant used; default the first row"},
    {"to", NEAP_TEXT, FIELD(to), "", 0, 0, NULL, "first instant not used any more"},
    {"scale", NEAP_SHARE, FIELD(scale), "100%", 0, 1e6, NULL, "factor on all requests"},
    {"arrivals", NEAP_TEXT, FIELD(arrivals), "exact", 0, 0, NULL,
     "arrivals within an interval: exact, poisson or burst(INDEX); recorded: each row is one "
     "request, at its own time"},
    {"delimiter", NEAP_CHOICE, FIELD(delimiter), "auto", 0, 0, "auto|comma|semicolon|tab",
     "what separates the fields of the file"},
    {"step", NEAP_SECONDS, FIELD(step_s), "", 1e-3, 31622400, NULL,
     "length of an interval; default the most frequent distance of two rows, with arrivals = "
     "recorded 60s"},
    {.name = NULL},
};

void neap_recording_options_init(struct neap_recording_options *options)
{
    neap_parameters_init(neap_recording_parameters, options);
    options->class_column = NULL;
    options->class_columns = 0;
    options->class_name = NULL;
    options->class_names = 0;
}

enum neap_status neap_arrivals_parse(enum neap_arrivals *kind, double *dispersion, const char *text,
                                     struct neap_error *error)
{
    static const char burst[] = "burst(";
    const size_t prefix = sizeof burst - 1;
    size_t length = strlen(text);
    double index;
    if (strcmp(text, "exact") == 0) {
        *kind = NEAP_ARRIVALS_EXACT;
        *dispersion = 0;
    } else if (strcmp(text, "poisson") == 0) {
        *kind = NEAP_ARRIVALS_POISSON;
        *dispersion = 1;
    } else if (strcmp(text, "recorded") == 0) {
        *kind = NEAP_ARRIVALS_RECORDED;
        *dispersion = 0;
    } else if (length > prefix + 1 && memcmp(text, burst, prefix) == 0 && text[length - 1] == ')' &&
               neapi_number_parse(&index, text + prefix, length - prefix - 1) && index >= 1 &&
               index <= 1e6) {
        *kind = NEAP_ARRIVALS_BURST;
        *dispersion = index;
    } else {
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "arrivals: found \"%.80s\", expected exact, poisson, recorded or "
                          "burst(INDEX) with an index of dispersion from 1 to 1e6, such as "
                          "burst(2.5)",
                          text);
    }
    return NEAP_OK;
}

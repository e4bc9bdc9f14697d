/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canonical CSV. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/fail.h"
#include "base/text.h"
#include "recording/impl.h"

enum { NUMBER_SIZE = 40 };

/* Whole numbers whole, others with the fewest digits that read back to the same bits; a missing
 * one is an empty cell. */
static void print_number(char text[NUMBER_SIZE], double value)
{
    double back = (double)NAN;
    text[0] = '\0';
    if (isnan(value))
        return;
    int length = -1;
    if (value == floor(value) && value < 1e15)
        length = neapi_print(text, NUMBER_SIZE, "%.0f", value);
    for (int digits = 15; length < 0 && digits <= 17; digits++) {
        length = neapi_print(text, NUMBER_SIZE, "%.*g", digits, value);
        if (!neapi_number_parse(&back, text, (size_t)length) || back != value)
            length = digits < 17 ? -1 : length;
    }
}

/* The class that is no column: what the others leave over. */
static bool is_rest(const struct neap_recording *recording, size_t class)
{
    return strcmp(recording->class[class].name, "other") == 0;
}

static void write_header(const struct neap_recording *recording, FILE *stream)
{
    fputs("time,requests", stream);
    for (size_t k = 0; k < recording->classes; k++)
        if (!is_rest(recording, k))
            fprintf(stream, ",requests.%s", recording->class[k].name);
    for (size_t which = 0; which < NEAP_OBSERVATIONS; which++)
        if (recording->observed[which] != NULL)
            fprintf(stream, ",%s", neap_observation_name((enum neap_observation)which));
    fputc('\n', stream);
}

static void write_cell(double value, FILE *stream)
{
    char text[NUMBER_SIZE];
    print_number(text, value);
    fputc(',', stream);
    fputs(text, stream);
}

static void write_row(const struct neap_recording *recording, size_t row, FILE *stream)
{
    char time[NEAP_TIME_SIZE];
    neap_time_format(time, sizeof time, recording->start_ns + (int64_t)row * recording->step_ns);
    fputs(time, stream);
    write_cell(recording->requests[row], stream);
    for (size_t k = 0; k < recording->classes; k++)
        if (!is_rest(recording, k))
            write_cell(recording->class[k].requests[row], stream);
    for (size_t which = 0; which < NEAP_OBSERVATIONS; which++)
        if (recording->observed[which] != NULL)
            write_cell(recording->observed[which][row], stream);
    fputc('\n', stream);
}

enum neap_status neap_recording_write(const struct neap_recording *recording, FILE *stream,
                                      struct neap_error *error)
{
    errno = 0;
    write_header(recording, stream);
    for (size_t row = 0; row < recording->count && !ferror(stream); row++)
        write_row(recording, row, stream);
    if (fflush(stream) == 0 && !ferror(stream))
        return NEAP_OK;
    return neapi_fail(error, NEAP_IO, "cannot write the recording: %s", strerror(errno));
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A recording from a CSV file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/fail.h"
#include "recording/impl.h"

static enum neap_status on_header(void *context, const struct neapi_csv_field *fields, size_t count,
                                  struct neap_error *error)
{
    return neapi_recording_header(context, fields, count, error);
}

static enum neap_status on_row(void *context, const struct neapi_csv_field *fields, size_t count,
                               struct neap_error *error)
{
    (void)count; /* as wide as the header: the reader saw to it */
    return neapi_rows_append(context, fields, error);
}

/* --- options -------------------------------------------------------------------------------- */

static enum neap_status bad_option(const char *name, double found, struct neap_error *error)
{
    const struct neap_parameter *parameter = neap_parameter_find(neap_recording_parameters, name);
    return neapi_fail(error, NEAP_BAD_ARGUMENT, "traffic.%s: found %g, expected %g to %g", name,
                      found, parameter->low, parameter->high);
}

/* A program may have filled the options without their table. */
static bool in_range(const char *name, double value)
{
    const struct neap_parameter *parameter = neap_parameter_find(neap_recording_parameters, name);
    return value >= parameter->low && value <= parameter->high;
}

/* What is wrong with the i-th key value_column.NAME, NULL when nothing is. */
static const char *class_column_fault(const struct neap_recording_options *options, size_t i)
{
    const struct neap_class_column *class = &options->class_column[i];
    if (strcmp(class->column, options->time_column) == 0)
        return "the column of traffic.time_column";
    if (strcmp(class->column, options->value_column) == 0)
        return "the column of traffic.value_column";
    for (size_t k = 0; k < i; k++) {
        if (strcmp(class->name, options->class_column[k].name) == 0)
            return "a second column of that class";
        if (strcmp(class->column, options->class_column[k].column) == 0)
            return "the column of another class";
    }
    return NULL;
}

/* Every class once, from a column of its own. */
static enum neap_status check_class_columns(const struct neap_recording_options *options,
                                            struct neap_error *error)
{
    for (size_t i = 0; i < options->class_columns; i++) {
        const struct neap_class_column *class = &options->class_column[i];
        const char *fault = class_column_fault(options, i);
        if (!neapi_class_name_ok(class->name))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "traffic.value_column.%.80s: found class \"%.80s\", expected a name "
                              "of at most %d of a-z, 0-9, _ and -, not all or other",
                              class->name, class->name, (int)NEAPI_CLASS_NAME_MOST);
        if (fault != NULL)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "traffic.value_column.%s: found \"%.80s\", %s, expected each class "
                              "once and a column of its own",
                              class->name, class->column, fault);
    }
    return NEAP_OK;
}

static enum neap_status check_options(const struct neap_recording_options *options,
                                      struct neap_error *error)
{
    enum neap_arrivals kind;
    double dispersion;
    if (options->file[0] == '\0')
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "traffic.file is not set: name the CSV file with the recorded traffic");
    if (!in_range("scale", options->scale))
        return bad_option("scale", options->scale, error);
    if (!isnan(options->step_s) && !in_range("step", options->step_s))
        return bad_option("step", options->step_s, error);
    if (strcmp(options->time_column, options->value_column) == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "traffic.value_column: found \"%.80s\", expected another column than "
                          "traffic.time_column",
                          options->value_column);
    enum neap_status status = check_class_columns(options, error);
    if (status == NEAP_OK)
        status = neap_arrivals_parse(&kind, &dispersion, options->arrivals, error);
    if (status == NEAP_OK)
        status = neapi_stamps_check(options, error);
    return status == NEAP_OK ? neap_time_format_check(options->time_format, error) : status;
}

static char delimiter_of(const struct neap_recording_options *options)
{
    switch ((enum neap_delimiter)options->delimiter) {
    case NEAP_DELIMITER_COMMA:
        return ',';
    case NEAP_DELIMITER_SEMICOLON:
        return ';';
    case NEAP_DELIMITER_TAB:
        return '\t';
    case NEAP_DELIMITER_AUTO:
        break;
    }
    return 0;
}

/* --- the file ------------------------------------------------------------------------------- */

static enum neap_status build(struct neap_recording **recording, struct rows *rows,
                              struct neap_error *error)
{
    struct grid grid = {0};
    if (rows->count == 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, 0, 0,
                             "found a header and no rows, expected two or more");
    enum neap_status status = neapi_rows_sort(rows, error);
    if (status == NEAP_OK)
        status = neapi_grid_find(&grid, rows, error);
    if (status != NEAP_OK)
        return status;
    struct neap_recording *new = neapi_recording_new(rows->path);
    if (new == NULL)
        return neapi_no_memory(error, "the recording");
    new->rows_read = rows->count;
    new->rows_used = grid.after - grid.first;
    status = neap_arrivals_parse(&new->arrivals, &new->dispersion, rows->options->arrivals, error);
    if (status == NEAP_OK)
        status = neapi_recording_fill(new, rows, &grid, error);
    if (status == NEAP_OK)
        *recording = new;
    else
        neap_recording_free(new);
    return status;
}

/* What is read: bytes, or the file itself when they are NULL. */
struct source {
    const char *path;
    const void *data;
    size_t size;
};

static enum neap_status stream(const struct source *source,
                               const struct neap_recording_options *options,
                               const struct neapi_csv_handler *handler, struct neap_error *error)
{
    const struct neapi_csv_options csv = {.delimiter = delimiter_of(options)};
    if (source->data == NULL)
        return neapi_csv_read(source->path, &csv, handler, error);
    return neapi_csv_read_memory(source->data, source->size, source->path, &csv, handler, error);
}

static enum neap_status read_counts(struct neap_recording **recording, const struct source *source,
                                    const struct neap_recording_options *options,
                                    const struct neap_zone *zone, struct neap_error *error)
{
    struct rows rows = {.path = source->path, .options = options, .zone = zone};
    const struct neapi_csv_handler handler = {on_header, on_row, &rows};
    enum neap_status status = stream(source, options, &handler, error);
    if (status == NEAP_OK)
        status = build(recording, &rows, error);
    neapi_rows_free(&rows);
    return status;
}

static enum neap_status read_stamps(struct neap_recording **recording, const struct source *source,
                                    const struct neap_recording_options *options,
                                    const struct neap_zone *zone, struct neap_error *error)
{
    struct stamps stamps = {
        .path = source->path, .options = options, .zone = zone, .most = NEAP_RECORDING_STAMPS_MOST};
    const struct neapi_csv_handler handler = {neapi_stamps_header, neapi_stamps_append, &stamps};
    enum neap_status status = stream(source, options, &handler, error);
    if (status == NEAP_OK)
        status = neapi_stamps_build(recording, &stamps, error);
    neapi_stamps_free(&stamps);
    return status;
}

static enum neap_status read_any(struct neap_recording **recording, const struct source *source,
                                 const struct neap_recording_options *options,
                                 const struct neap_zone *zone, struct neap_error *error)
{
    enum neap_arrivals kind;
    double dispersion;
    enum neap_status status = check_options(options, error);
    if (status == NEAP_OK)
        status = neap_arrivals_parse(&kind, &dispersion, options->arrivals, error);
    if (status != NEAP_OK)
        return status;
    return kind == NEAP_ARRIVALS_RECORDED ? read_stamps(recording, source, options, zone, error)
                                          : read_counts(recording, source, options, zone, error);
}

char *neapi_recording_join(const char *directory, const char *file)
{
    if (directory == NULL || directory[0] == '\0' || file[0] == '/')
        directory = NULL;
    size_t before = directory == NULL ? 0 : strlen(directory) + 1;
    size_t length = strlen(file);
    char *path = malloc(before + length + 1);
    if (path == NULL)
        return NULL;
    if (directory != NULL) {
        memcpy(path, directory, before - 1);
        path[before - 1] = '/';
    }
    memcpy(path + before, file, length + 1);
    return path;
}

enum neap_status neap_recording_read(struct neap_recording **recording,
                                     const struct neap_recording_options *options,
                                     const char *directory, const struct neap_zone *zone,
                                     struct neap_error *error)
{
    char *path = neapi_recording_join(directory, options->file);
    if (path == NULL)
        return neapi_no_memory(error, "the recording");
    enum neap_status status =
        read_any(recording, &(struct source){path, NULL, 0}, options, zone, error);
    free(path);
    return status;
}

enum neap_status neapi_recording_read_memory(struct neap_recording **recording,
                                             const struct neap_recording_options *options,
                                             const void *data, size_t size, const char *name,
                                             const struct neap_zone *zone, struct neap_error *error)
{
    return read_any(recording, &(struct source){name, data, size}, options, zone, error);
}

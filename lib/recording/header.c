/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the columns of a recording are. Canonical names stand in one list; with mapping keys only
 * the two columns that they name are looked for. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "recording/impl.h"

static const char known[] = "time|requests|cpu_cores|replicas|p50_s|p95_s|p99_s|errors";
static const char class_prefix[] = "requests.";
enum { CLASS_PREFIX = sizeof class_prefix - 1 };

static const char *const observation_names[NEAP_OBSERVATIONS] = {
    [NEAP_OBSERVED_CPU_CORES] = "cpu_cores", [NEAP_OBSERVED_REPLICAS] = "replicas",
    [NEAP_OBSERVED_P50_S] = "p50_s",         [NEAP_OBSERVED_P95_S] = "p95_s",
    [NEAP_OBSERVED_P99_S] = "p99_s",         [NEAP_OBSERVED_ERRORS] = "errors",
};

const char *neap_observation_name(enum neap_observation which)
{
    return (unsigned)which < NEAP_OBSERVATIONS ? observation_names[which] : "";
}

static enum neap_status add_series(struct rows *rows, struct series series,
                                   struct neap_error *error)
{
    if (!neapi_grow(&rows->series, &rows->series_capacity, rows->series_count + 1,
                    sizeof *rows->series))
        return neapi_no_memory(error, "a column");
    rows->series[rows->series_count++] = series;
    return NEAP_OK;
}

/* The column of that name, count when there is none. */
static size_t find(const struct neapi_csv_field *fields, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(fields[i].text, name) != 0)
        i++;
    return i;
}

static enum neap_status check_twice(const char *path, const struct neapi_csv_field *fields,
                                    size_t count, size_t field, struct neap_error *error)
{
    size_t again = field + 1 + find(fields + field + 1, count - field - 1, fields[field].text);
    if (again >= count)
        return NEAP_OK;
    return neapi_fail_at(error, NEAP_BAD_DATA, path, fields[again].line, fields[again].column,
                         "found a second column \"%.80s\", expected one: rename or remove it",
                         fields[again].text);
}

/* "a, b, c" of all columns, cut where it does not fit. */
static void list_columns(char *text, size_t size, const struct neapi_csv_field *fields,
                         size_t count)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        int length =
            neapi_print(text + used, size - used, "%s%.40s", i == 0 ? "" : ", ", fields[i].text);
        used += length < 0 ? size : (size_t)length;
    }
}

enum neap_status neapi_require_column(size_t *field, const char *path, const char *name,
                                      const char *key, const struct neapi_csv_field *fields,
                                      size_t count, struct neap_error *error)
{
    char list[240];
    size_t found = find(fields, count, name);
    if (found < count) {
        *field = found;
        return check_twice(path, fields, count, found, error);
    }
    bool value = strcmp(key, "value_column") == 0;
    list_columns(list, sizeof list, fields, count);
    return neapi_fail_at(error, NEAP_BAD_DATA, path, fields[0].line, 0,
                         "found no column \"%.80s\" among: %s; expected it in the header: name the "
                         "right one with traffic.%s%s",
                         name, list, key,
                         value ? ", or set traffic.arrivals = recorded when each row is one request"
                               : "");
}

static enum neap_status unknown_column(const struct rows *rows, const struct neapi_csv_field *field,
                                       struct neap_error *error)
{
    char near[32];
    if (field->text[0] >= '0' && field->text[0] <= '9')
        return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, field->line, field->column,
                             "found \"%.80s\" in the first row, expected a header that names the "
                             "columns: put a line time,requests above it",
                             field->text);
    bool suggested = neap_suggest(known, field->text, near, sizeof near);
    return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, field->line, field->column,
                         "found column \"%.80s\", expected %s or requests.CLASS%s%s%s; other files "
                         "are read with traffic.time_column and traffic.value_column",
                         field->text, known, suggested ? "; did you mean " : "",
                         suggested ? near : "", suggested ? "?" : "");
}

bool neapi_class_name_ok(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= NEAPI_CLASS_NAME_MOST &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length &&
           strcmp(name, "all") != 0 && strcmp(name, "other") != 0;
}

static enum neap_status add_class(struct rows *rows, const char *name, size_t index,
                                  struct neap_error *error)
{
    struct series series = {.role = ROLE_CLASS, .field = index, .name = malloc(strlen(name) + 1)};
    if (series.name == NULL)
        return neapi_no_memory(error, "a class");
    memcpy(series.name, name, strlen(name) + 1);
    enum neap_status status = add_series(rows, series, error);
    if (status != NEAP_OK)
        free(series.name);
    return status;
}

static bool is_canonical(const char *name)
{
    for (size_t which = 0; which < NEAP_OBSERVATIONS; which++)
        if (strcmp(name, observation_names[which]) == 0)
            return true;
    return strcmp(name, "time") == 0 || strcmp(name, "requests") == 0 ||
           strncmp(name, class_prefix, CLASS_PREFIX) == 0;
}

/* A canonical column that is neither the time nor the requests. */
static enum neap_status add_column(struct rows *rows, const struct neapi_csv_field *field,
                                   size_t index, struct neap_error *error)
{
    const char *name = field->text + CLASS_PREFIX;
    if (strncmp(field->text, class_prefix, CLASS_PREFIX) == 0 && !neapi_class_name_ok(name))
        return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, field->line, field->column,
                             "found class \"%.80s\", expected a name of at most %d of a-z, 0-9, _ "
                             "and -, not all or other: rename the column",
                             name, (int)NEAPI_CLASS_NAME_MOST);
    if (strncmp(field->text, class_prefix, CLASS_PREFIX) == 0)
        return add_class(rows, name, index, error);
    size_t which = 0;
    while (strcmp(field->text, observation_names[which]) != 0)
        which++; /* is_canonical() has found it */
    struct series series = {
        .role = ROLE_OBSERVATION, .field = index, .which = (enum neap_observation)which};
    return add_series(rows, series, error);
}

static enum neap_status add_others(struct rows *rows, const struct neapi_csv_field *fields,
                                   size_t count, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; i < count && status == NEAP_OK; i++) {
        if (strcmp(fields[i].text, "time") == 0 || strcmp(fields[i].text, "requests") == 0)
            continue;
        status = check_twice(rows->path, fields, count, i, error);
        if (status == NEAP_OK)
            status = add_column(rows, &fields[i], i, error);
    }
    return status;
}

/* The columns of value_column.NAME. */
static enum neap_status add_named(struct rows *rows, const struct neapi_csv_field *fields,
                                  size_t count, struct neap_error *error)
{
    const struct neap_recording_options *options = rows->options;
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; i < options->class_columns && status == NEAP_OK; i++) {
        const struct neap_class_column *class = &options->class_column[i];
        char key[NEAPI_CLASS_NAME_MOST + 16];
        size_t field;
        neapi_print(key, sizeof key, "value_column.%s", class->name);
        status = neapi_require_column(&field, rows->path, class->column, key, fields, count, error);
        if (status == NEAP_OK)
            status = add_class(rows, class->name, field, error);
    }
    return status;
}

/* The requests: a column, or the sum of the classes where their columns were named and this one
 * was not. */
static enum neap_status add_requests(struct rows *rows, const struct neapi_csv_field *fields,
                                     size_t count, struct neap_error *error)
{
    const struct neap_recording_options *options = rows->options;
    struct series requests = {.role = ROLE_REQUESTS};
    rows->summed = options->class_columns > 0 && strcmp(options->value_column, "requests") == 0 &&
                   find(fields, count, "requests") == count;
    enum neap_status status = NEAP_OK;
    if (!rows->summed)
        status = neapi_require_column(&requests.field, rows->path, options->value_column,
                                      "value_column", fields, count, error);
    return status == NEAP_OK ? add_series(rows, requests, error) : status;
}

enum neap_status neapi_recording_header(struct rows *rows, const struct neapi_csv_field *fields,
                                        size_t count, struct neap_error *error)
{
    const struct neap_recording_options *options = rows->options;
    bool canonical = options->class_columns == 0 && strcmp(options->time_column, "time") == 0 &&
                     strcmp(options->value_column, "requests") == 0;
    /* The stranger first: "found column period" helps more than "no column time". */
    for (size_t i = 0; canonical && i < count; i++)
        if (!is_canonical(fields[i].text))
            return unknown_column(rows, &fields[i], error);
    enum neap_status status = neapi_require_column(
        &rows->time_field, rows->path, options->time_column, "time_column", fields, count, error);
    if (status == NEAP_OK)
        status = add_requests(rows, fields, count, error);
    if (status != NEAP_OK)
        return status;
    return canonical ? add_others(rows, fields, count, error)
                     : add_named(rows, fields, count, error);
}

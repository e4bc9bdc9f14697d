/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests recorded one by one: which options go with them, and their rows as the file has them. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "recording/impl.h"

#include <neap/calendar.h>

/* --- options -------------------------------------------------------------------------------------- */

struct idle {
    const char *key, *class, *advice;
};

/* An option that counts are read by and single requests are not; its key is NULL without one. */
static struct idle idle_option(const struct neap_recording_options *options)
{
    if (options->class_columns > 0)
        return (struct idle){"value_column.", options->class_column[0].name,
                             "name the column that holds each request's class as class_column"};
    if (strcmp(options->value_column, "requests") != 0)
        return (struct idle){"value_column", "", "take it out: each row is one request"};
    if (options->value_unit != NEAP_VALUE_REQUESTS)
        return (struct idle){"value_unit", "", "take it out: each row is one request"};
    if (options->gaps != NEAP_GAPS_HOLD && options->gaps != NEAP_GAPS_ZERO)
        return (struct idle){"gaps", "", "take it out: an interval without a row had no requests"};
    if (options->scale != 1)
        return (struct idle){"scale", "",
                             "take it out: requests are replayed as they were; counts of them can "
                             "be scaled"};
    return (struct idle){NULL, NULL, NULL};
}

static bool is_recorded(const struct neap_recording_options *options)
{
    return strcmp(options->arrivals, "recorded") == 0;
}

/* A program may have filled them in without a scenario. */
static enum neap_status check_names(const struct neap_recording_options *options,
                                    struct neap_error *error)
{
    if (options->class_names >= NEAPI_STAMP_CLASSES_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "traffic.class_column: found %zu classes, expected at most %d",
                          options->class_names, (int)NEAPI_STAMP_CLASSES_MOST - 1);
    for (size_t i = 0; i < options->class_names; i++) {
        size_t first = 0;
        while (strcmp(options->class_name[first], options->class_name[i]) != 0)
            first++;
        if (first < i || !neapi_class_name_ok(options->class_name[i]))
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "traffic.class_column: found class \"%.80s\", expected each once, a "
                              "name of at most %d of a-z, 0-9, _ and -, not all or other",
                              options->class_name[i], (int)NEAPI_CLASS_NAME_MOST);
    }
    return NEAP_OK;
}

enum neap_status neapi_stamps_check(const struct neap_recording_options *options,
                                    struct neap_error *error)
{
    struct idle idle = idle_option(options);
    if (!is_recorded(options) && options->class_field[0] != '\0')
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "traffic.class_column: found \"%.80s\", expected it with arrivals = "
                          "recorded only: where rows are counts, value_column.CLASS names the "
                          "column of a class",
                          options->class_field);
    if (!is_recorded(options))
        return NEAP_OK;
    if (idle.key != NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "traffic.%s%s: found beside arrivals = recorded, expected none: %s",
                          idle.key, idle.class, idle.advice);
    if (strcmp(options->class_field, options->time_column) == 0)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "traffic.class_column: found \"%.80s\", expected another column than "
                          "traffic.time_column",
                          options->class_field);
    return check_names(options, error);
}

/* --- rows ----------------------------------------------------------------------------------------- */

enum neap_status neapi_stamps_header(void *context, const struct neapi_csv_field *fields,
                                     size_t count, struct neap_error *error)
{
    struct stamps *s = context;
    const struct neap_recording_options *options = s->options;
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].text, "requests") == 0)
            return neapi_fail_at(error, NEAP_BAD_DATA, s->path, fields[i].line, fields[i].column,
                                 "found column \"requests\", which counts, expected a row for each "
                                 "request: take traffic.arrivals = recorded out, or rename the "
                                 "column");
    enum neap_status status = neapi_require_column(&s->time_field, s->path, options->time_column,
                                                   "time_column", fields, count, error);
    if (status == NEAP_OK && options->class_field[0] != '\0')
        status = neapi_require_column(&s->class_field, s->path, options->class_field,
                                      "class_column", fields, count, error);
    for (size_t i = 0; i < options->class_names && status == NEAP_OK; i++)
        if (options->class_field[0] != '\0' && !neapi_stamps_add_class(s, options->class_name[i]))
            status = neapi_no_memory(error, "the recording");
    return status;
}

bool neapi_stamps_add_class(struct stamps *s, const char *name)
{
    size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL)
        return false;
    memcpy(copy, name, size);
    s->class[s->classes++] = copy;
    return true;
}

/* "a|b|other" of what a cell may say, cut where it does not fit. */
static void list_classes(char *text, size_t size, const struct stamps *s)
{
    size_t used = 0;
    for (size_t i = 0; i <= s->options->class_names && used < size; i++) {
        bool last = i == s->options->class_names;
        int length = neapi_print(text + used, size - used, "%s%s",
                                 last ? "other" : s->options->class_name[i], last ? "" : "|");
        used += length < 0 ? size : (size_t)length;
    }
}

static enum neap_status unknown_class(const struct stamps *s, const struct neapi_csv_field *field,
                                      struct neap_error *error)
{
    char list[240] = "", near[NEAPI_CLASS_NAME_MOST + 1];
    list_classes(list, sizeof list, s);
    bool suggested = neap_suggest(list, field->text, near, sizeof near);
    return neapi_fail_at(error, NEAP_BAD_DATA, s->path, field->line, field->column,
                         "%.80s: found \"%.80s\", expected one of %s%s%s%s; add [class NAME], or "
                         "write other",
                         s->options->class_field, field->text, list,
                         suggested ? "; did you mean " : "", suggested ? near : "",
                         suggested ? "?" : "");
}

static enum neap_status strange_class(const struct stamps *s, const struct neapi_csv_field *field,
                                      struct neap_error *error)
{
    const char *column = s->options->class_field;
    if (field->length == 0)
        return neapi_fail_at(
            error, NEAP_BAD_DATA, s->path, field->line, field->column,
            "%.80s: found an empty cell, expected the request's class: write other "
            "where it has none",
            column);
    if (s->options->class_names > 0)
        return unknown_class(s, field, error);
    if (s->classes == NEAPI_STAMP_CLASSES_MOST)
        return neapi_fail_at(error, NEAP_BAD_DATA, s->path, field->line, field->column,
                             "%.80s: found more than %d classes, expected fewer: write other for "
                             "the rare ones",
                             column, (int)NEAPI_STAMP_CLASSES_MOST);
    return neapi_fail_at(error, NEAP_BAD_DATA, s->path, field->line, field->column,
                         "%.80s: found \"%.80s\", expected a class: a name of at most %d of a-z, "
                         "0-9, _ and -, not all: write search for /search",
                         column, field->text, (int)NEAPI_CLASS_NAME_MOST);
}

/* Known ones first; new ones only where the scenario names none. */
static enum neap_status find_class(uint8_t *class, struct stamps *s,
                                   const struct neapi_csv_field *field, struct neap_error *error)
{
    bool other = strcmp(field->text, "other") == 0;
    size_t i = 0;
    while (i < s->classes && strcmp(field->text, s->class[i]) != 0)
        i++;
    *class = (uint8_t)i;
    if (i < s->classes)
        return NEAP_OK;
    if (i == NEAPI_STAMP_CLASSES_MOST ||
        !(other || (s->options->class_names == 0 && neapi_class_name_ok(field->text))))
        return strange_class(s, field, error);
    return neapi_stamps_add_class(s, field->text) ? NEAP_OK
                                                  : neapi_no_memory(error, "the recording");
}

static enum neap_status read_row(struct stamps *s, const struct neapi_csv_field *fields,
                                 struct neap_error *error)
{
    size_t at = s->count;
    enum neap_status status =
        neapi_read_time(&s->time_ns[at], s->path, s->options, s->zone, &fields[s->time_field],
                        "the time of the request", error);
    if (status == NEAP_OK && s->options->class_field[0] != '\0')
        status = find_class(&s->number[at], s, &fields[s->class_field], error);
    return status;
}

enum neap_status neapi_stamps_append(void *context, const struct neapi_csv_field *fields,
                                     size_t count, struct neap_error *error)
{
    struct stamps *s = context;
    size_t at = s->count;
    (void)count;
    if (at == s->most)
        return neapi_fail_at(error, NEAP_BAD_DATA, s->path, fields[0].line, 0,
                             "found more than %zu requests one by one, expected at most that many: "
                             "keep a part of them, or count them in intervals, with arrivals = "
                             "exact",
                             s->most);
    if (!neapi_grow(&s->time_ns, &s->time_capacity, at + 1, sizeof *s->time_ns) ||
        (s->options->class_field[0] != '\0' &&
         !neapi_grow(&s->number, &s->number_capacity, at + 1, sizeof *s->number)))
        return neapi_no_memory(error, "the recording");
    enum neap_status status = read_row(s, fields, error);
    if (status != NEAP_OK)
        return status;
    s->disorder += at > 0 && s->time_ns[at] < s->time_ns[at - 1];
    s->count++;
    return NEAP_OK;
}

void neapi_stamps_free(struct stamps *s)
{
    for (size_t i = 0; i < s->classes; i++)
        free(s->class[i]);
    free(s->time_ns);
    free(s->number);
}

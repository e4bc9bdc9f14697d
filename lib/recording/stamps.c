/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests recorded one by one: each row is one, at its time. They are kept as they are, in order,
 * and counted on a grid, which begins at traffic.from or at a multiple of the step since the epoch.
 * There are no gaps: an interval without a row had no requests. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "recording/impl.h"

#include <neap/calendar.h>

enum {
    SPARSE_MOST = 1000,     /* intervals for one request ... */
    INTERVALS_FREE = 100000 /* ... in a recording of more intervals than this */
};

static const double step_default_s = 60;

/* For messages. */
struct instant {
    char text[NEAP_TIME_SIZE];
};

static struct instant show(int64_t time_ns)
{
    struct instant instant = {""};
    neap_time_format(instant.text, sizeof instant.text, time_ns);
    return instant;
}

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

/* --- order ---------------------------------------------------------------------------------------- */

struct place {
    int64_t time_ns;
    uint32_t row; /* those of one time keep the order of the file */
    uint8_t number;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->time_ns != q->time_ns)
        return p->time_ns < q->time_ns ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static enum neap_status sort(struct stamps *s, struct neap_error *error)
{
    if (s->disorder == 0)
        return NEAP_OK;
    struct place *place = neapi_allocate(s->count, sizeof *place);
    if (place == NULL)
        return neapi_no_memory(error, "sorting the recording");
    for (size_t i = 0; i < s->count; i++)
        place[i] = (struct place){s->time_ns[i], (uint32_t)i, s->number ? s->number[i] : 0};
    qsort(place, s->count, sizeof *place, compare_places);
    for (size_t i = 0; i < s->count; i++) {
        s->time_ns[i] = place[i].time_ns;
        if (s->number != NULL)
            s->number[i] = place[i].number;
    }
    free(place);
    return NEAP_OK;
}

/* --- the grid ------------------------------------------------------------------------------------- */

/* Of the requests in order, the first at that time or later. */
static size_t first_from(const struct stamps *s, int64_t time_ns)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->time_ns[middle] < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum neap_status cut(struct grid *grid, const struct stamps *s, const struct window *window,
                            struct neap_error *error)
{
    grid->first = window->has_from ? first_from(s, window->from_ns) : 0;
    grid->end = window->has_to ? first_from(s, window->to_ns) : s->count;
    if (grid->first < grid->end)
        return NEAP_OK;
    return neapi_fail_at(error, NEAP_BAD_DATA, s->path, 0, 0,
                         "found no request in the window from %s to %s, expected some: they lie "
                         "from %s to %s; change traffic.from and traffic.to",
                         window->has_from ? show(window->from_ns).text : "the first",
                         window->has_to ? show(window->to_ns).text : "the last",
                         show(s->time_ns[0]).text, show(s->time_ns[s->count - 1]).text);
}

/* Where there are requests before the window, it is kept to its edge. */
static int64_t find_start(const struct grid *grid, const struct stamps *s,
                          const struct window *window)
{
    int64_t first_ns = s->time_ns[grid->first], step_ns = grid->step_ns;
    if (window->has_from && grid->first > 0)
        return window->from_ns;
    if (window->has_from)
        return first_ns -
               (int64_t)(neapi_distance_ns(window->from_ns, first_ns) % (uint64_t)step_ns);
    int64_t beyond_ns = first_ns % step_ns;
    beyond_ns += beyond_ns < 0 ? step_ns : 0;
    return first_ns < INT64_MIN + beyond_ns ? first_ns : first_ns - beyond_ns;
}

/* Intervals that begin in the window, as far as there are requests. */
static enum neap_status span(struct grid *grid, const struct stamps *s, const struct window *window,
                             struct neap_error *error)
{
    int64_t last_ns = s->time_ns[grid->end - 1];
    if (window->has_to && grid->end < s->count)
        last_ns = window->to_ns - 1;
    grid->start_ns = find_start(grid, s, window);
    uint64_t before = neapi_distance_ns(grid->start_ns, last_ns) / (uint64_t)grid->step_ns;
    bool many = before >= NEAP_RECORDING_INTERVALS_MOST;
    bool sparse = before / SPARSE_MOST > grid->end - grid->first && before > INTERVALS_FREE;
    if (!many)
        many = last_ns > INT64_MAX - grid->step_ns;
    if (many || sparse)
        return neapi_fail_at(error, NEAP_BAD_DATA, s->path, 0, 0,
                             "found %zu requests from %s to %s for intervals of %g s, expected at "
                             "most %d intervals and a request in %d of them: check "
                             "traffic.time_format, cut with traffic.from and traffic.to, or set a "
                             "longer traffic.step",
                             grid->end - grid->first, show(grid->start_ns).text, show(last_ns).text,
                             (double)grid->step_ns / 1e9, (int)NEAP_RECORDING_INTERVALS_MOST,
                             (int)SPARSE_MOST);
    grid->count = (size_t)before + 1;
    /* the last interval is whole */
    grid->end = first_from(s, grid->start_ns + (int64_t)grid->count * grid->step_ns);
    return NEAP_OK;
}

static enum neap_status find_grid(struct grid *grid, const struct stamps *s,
                                  struct neap_error *error)
{
    struct window window = {0};
    double step_s = isnan(s->options->step_s) ? step_default_s : s->options->step_s;
    grid->step_ns = (int64_t)llround(step_s * 1e9);
    enum neap_status status = neapi_window_read(&window, s->options, s->zone, error);
    if (status == NEAP_OK)
        status = cut(grid, s, &window, error);
    return status == NEAP_OK ? span(grid, s, &window, error) : status;
}

/* --- the recording -------------------------------------------------------------------------------- */

/* Class other is the last one, as everywhere. */
static void put_other_last(struct stamps *s)
{
    size_t other = 0;
    while (other < s->classes && strcmp(s->class[other], "other") != 0)
        other++;
    if (other + 1 >= s->classes)
        return;
    char *name = s->class[other];
    for (size_t i = other; i + 1 < s->classes; i++)
        s->class[i] = s->class[i + 1];
    s->class[s->classes - 1] = name;
    for (size_t i = 0; i < s->count; i++)
        if (s->number[i] >= other)
            s->number[i] = (uint8_t)(s->number[i] == other ? s->classes - 1 : s->number[i] - 1u);
}

static bool make_counts(struct neap_recording *r, const struct stamps *s)
{
    r->requests = neapi_allocate(r->count, sizeof *r->requests);
    bool complete = r->requests != NULL;
    for (size_t i = 0; i < s->classes && complete; i++) {
        double *requests = neapi_allocate(r->count, sizeof *requests);
        complete = requests != NULL && neapi_recording_add_class(r, s->class[i], requests);
        if (!complete)
            free(requests);
    }
    return complete;
}

static void count_stamps(struct neap_recording *r)
{
    for (size_t i = 0; i < r->stamps; i++) {
        size_t interval =
            (size_t)(neapi_distance_ns(r->start_ns, r->stamp_ns[i]) / (uint64_t)r->step_ns);
        r->requests[interval]++;
        if (r->stamp_class != NULL)
            r->class[r->stamp_class[i]].requests[interval]++;
    }
    r->total = (double)r->stamps;
}

/* The used part of an array, moved to its front; it keeps its size when that cannot be made less. */
static void *part_of(void *array, const struct grid *grid, size_t size)
{
    size_t count = grid->end - grid->first;
    char *bytes = array;
    memmove(bytes, bytes + grid->first * size, count * size);
    void *less = realloc(array, count * size);
    if (less != NULL)
        array = less;
    return array;
}

static void hand_over(struct neap_recording *r, struct stamps *s, const struct grid *grid)
{
    r->stamps = r->rows_used = grid->end - grid->first;
    r->stamp_ns = part_of(s->time_ns, grid, sizeof *s->time_ns);
    s->time_ns = NULL;
    if (s->classes > 1)
        r->stamp_class = part_of(s->number, grid, sizeof *s->number);
    if (s->classes > 1)
        s->number = NULL;
}

/* One class alone has all requests: the array of its numbers is of no use. */
static void count_single_class(struct neap_recording *r)
{
    if (r->classes == 1)
        memcpy(r->class[0].requests, r->requests, r->count * sizeof *r->requests);
}

enum neap_status neapi_stamps_build(struct neap_recording **recording, struct stamps *s,
                                    struct neap_error *error)
{
    struct grid grid = {0};
    if (s->count == 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, s->path, 0, 0,
                             "found a header and no rows, expected one for each request");
    enum neap_status status = sort(s, error);
    if (status == NEAP_OK)
        status = find_grid(&grid, s, error);
    if (status != NEAP_OK)
        return status;
    put_other_last(s);
    struct neap_recording *new = neapi_recording_new(s->path);
    if (new == NULL)
        return neapi_no_memory(error, "the recording");
    new->start_ns = grid.start_ns;
    new->step_ns = grid.step_ns;
    new->count = grid.count;
    if (!make_counts(new, s)) {
        neap_recording_free(new);
        return neapi_no_memory(error, "the recording");
    }
    new->rows_read = s->count;
    new->gaps.disorder = s->disorder;
    new->arrivals = NEAP_ARRIVALS_RECORDED;
    hand_over(new, s, &grid);
    count_stamps(new);
    count_single_class(new);
    *recording = new;
    return NEAP_OK;
}

void neapi_stamps_free(struct stamps *s)
{
    for (size_t i = 0; i < s->classes; i++)
        free(s->class[i]);
    free(s->time_ns);
    free(s->number);
}

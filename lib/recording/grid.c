/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window, the step, and whether every row lies on the grid
 *
 *     start, start + step, start + 2 step, ...
 *
 * A missing row is a gap, a row beside the grid an error. So is a step that changes for good: read
 * as gaps it would invent most of the traffic of the coarser part. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "recording/impl.h"

#include <neap/calendar.h>

enum {
    RUN = 10,              /* distances in a row that make another step rather than gaps */
    SPARSE_MOST = 1000,    /* intervals for one row ... */
    VALUES_FREE = 10000000 /* ... where the recording has more values than this */
};

static const uint64_t step_most_ns = UINT64_C(366) * 86400 * 1000000000;

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

uint64_t neapi_distance_ns(int64_t earlier_ns, int64_t later_ns)
{
    return (uint64_t)later_ns - (uint64_t)earlier_ns;
}

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

/* --- window ------------------------------------------------------------------------------- */

static enum neap_status read_edge(int64_t *time_ns, bool *has, const char *text, const char *key,
                                  const struct neap_zone *zone, struct neap_error *error)
{
    struct neap_error inner = {0};
    *has = text[0] != '\0';
    if (!*has)
        return NEAP_OK;
    if (neap_time_parse(time_ns, text, strlen(text), "auto", zone, &inner) == NEAP_OK)
        return NEAP_OK;
    return neapi_fail(error, NEAP_BAD_ARGUMENT, "traffic.%s: %s", key, inner.message);
}

enum neap_status neapi_window_read(struct window *window,
                                   const struct neap_recording_options *options,
                                   const struct neap_zone *zone, struct neap_error *error)
{
    enum neap_status status =
        read_edge(&window->from_ns, &window->has_from, options->from, "from", zone, error);
    if (status == NEAP_OK)
        status = read_edge(&window->to_ns, &window->has_to, options->to, "to", zone, error);
    if (status == NEAP_OK && window->has_from && window->has_to && window->from_ns >= window->to_ns)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "traffic.from: found %.60s, expected a time before traffic.to = %.60s",
                          options->from, options->to);
    return status;
}

/* Rows [first, end) lie in the window. */
static enum neap_status cut(struct grid *grid, const struct rows *rows, const struct window *window,
                            struct neap_error *error)
{
    size_t first = 0, end = rows->count;
    while (first < end && window->has_from && rows->time_ns[first] < window->from_ns)
        first++;
    while (end > first && window->has_to && rows->time_ns[end - 1] >= window->to_ns)
        end--;
    grid->first = first;
    grid->end = grid->after = end;
    if (first < end)
        return NEAP_OK;
    return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, 0, 0,
                         "found no row in the window from %s to %s, expected some: the rows lie "
                         "from %s to %s; change traffic.from and traffic.to",
                         window->has_from ? show(window->from_ns).text : "the first row",
                         window->has_to ? show(window->to_ns).text : "the last row",
                         show(rows->time_ns[0]).text, show(rows->time_ns[rows->count - 1]).text);
}

/* --- step ---------------------------------------------------------------------------------- */

static int compare_distances(const void *a, const void *b)
{
    uint64_t p, q;
    memcpy(&p, a, sizeof p);
    memcpy(&q, b, sizeof q);
    return (p > q) - (p < q);
}

/* The value that is most of them, if one is (Boyer and Moore 1981): true for nearly all files. */
static bool majority(uint64_t *value, const uint64_t *distance, size_t count)
{
    uint64_t candidate = 0;
    size_t lead = 0, votes = 0;
    for (size_t i = 0; i < count; i++) {
        if (lead == 0)
            candidate = distance[i];
        lead = distance[i] == candidate ? lead + 1 : lead - 1;
    }
    for (size_t i = 0; i < count; i++)
        votes += distance[i] == candidate;
    *value = candidate;
    return votes > count / 2;
}

/* The smallest of the most frequent; sorts distance. */
static uint64_t most_frequent(uint64_t *distance, size_t count)
{
    uint64_t best;
    if (majority(&best, distance, count))
        return best;
    size_t best_run = 0, run = 0;
    qsort(distance, count, sizeof *distance, compare_distances);
    for (size_t i = 0; i < count; i++) {
        run = i > 0 && distance[i] == distance[i - 1] ? run + 1 : 1;
        if (run > best_run) {
            best_run = run;
            best = distance[i];
        }
    }
    return best;
}

static enum neap_status infer_step(struct grid *grid, const struct rows *rows,
                                   struct neap_error *error)
{
    size_t count = grid->end - grid->first - 1;
    const int64_t *time_ns = rows->time_ns + grid->first;
    if (count == 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, rows->line[grid->first], 0,
                             "found one time only, expected two or more to tell the length of an "
                             "interval: set traffic.step, such as 60s");
    uint64_t *distance = neapi_allocate(count, sizeof *distance);
    if (distance == NULL)
        return neapi_no_memory(error, "the recording");
    for (size_t i = 0; i < count; i++)
        distance[i] = neapi_distance_ns(time_ns[i], time_ns[i + 1]);
    uint64_t step_ns = most_frequent(distance, count);
    free(distance);
    if (step_ns > step_most_ns)
        return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, rows->line[grid->first], 0,
                             "found rows %g s apart, expected at most 366 days: check "
                             "traffic.time_format, or set traffic.step",
                             seconds(step_ns));
    grid->step_ns = (int64_t)step_ns;
    return NEAP_OK;
}

static enum neap_status off_grid(const struct grid *grid, const struct rows *rows, size_t row,
                                 struct neap_error *error)
{
    return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, rows->line[row], 0,
                         "found %s, expected a time on the grid of %s + n x %g s: cut to an even "
                         "part with traffic.from and traffic.to, set traffic.step, or bring the "
                         "rows to one step",
                         show(rows->time_ns[row]).text, show(rows->time_ns[grid->first]).text,
                         seconds((uint64_t)grid->step_ns));
}

static enum neap_status step_changes(const struct grid *grid, const struct rows *rows, size_t row,
                                     struct neap_error *error)
{
    return neapi_fail_at(
        error, NEAP_BAD_DATA, rows->path, rows->line[row], 0,
        "found a step of %g s from here on (%s), expected %g s as in most rows: cut to one of the "
        "parts with traffic.from and traffic.to, bring them to one step, or set traffic.step = "
        "%gs to read the rows between as gaps",
        seconds(neapi_distance_ns(rows->time_ns[row - 1], rows->time_ns[row])),
        show(rows->time_ns[row]).text, seconds((uint64_t)grid->step_ns),
        seconds((uint64_t)grid->step_ns));
}

static enum neap_status check_rows(const struct grid *grid, const struct rows *rows, bool inferred,
                                   struct neap_error *error)
{
    uint64_t step_ns = (uint64_t)grid->step_ns, before_ns = 0;
    size_t run = 0;
    for (size_t row = grid->first + 1; row < grid->end; row++) {
        uint64_t distance_ns = neapi_distance_ns(rows->time_ns[row - 1], rows->time_ns[row]);
        if (distance_ns == step_ns) {
            run = 0;
            continue;
        }
        if (distance_ns % step_ns != 0)
            return off_grid(grid, rows, row, error);
        run = run > 0 && distance_ns == before_ns ? run + 1 : 1;
        before_ns = distance_ns;
        if (inferred && run == RUN)
            return step_changes(grid, rows, row - RUN + 1, error);
    }
    return NEAP_OK;
}

/* --- the grid ------------------------------------------------------------------------------- */

/* Keeps a small file from asking for all memory: most often its times were misread. */
static bool is_sparse(uint64_t intervals, const struct grid *grid, const struct rows *rows)
{
    return intervals / SPARSE_MOST > grid->end - grid->first &&
           intervals > VALUES_FREE / rows->series_count;
}

/* Where there are rows beyond the window, it is filled to its edges. */
static enum neap_status span(struct grid *grid, const struct rows *rows,
                             const struct window *window, struct neap_error *error)
{
    uint64_t step_ns = (uint64_t)grid->step_ns;
    int64_t first_ns = rows->time_ns[grid->first], last_ns = rows->time_ns[grid->end - 1];
    uint64_t before = 0, after = 0;
    if (grid->first > 0)
        before = neapi_distance_ns(window->from_ns, first_ns) / step_ns;
    if (grid->after < rows->count)
        after = (neapi_distance_ns(last_ns, window->to_ns) - 1) / step_ns;
    uint64_t within = neapi_distance_ns(first_ns, last_ns) / step_ns;
    uint64_t most = NEAP_RECORDING_INTERVALS_MOST;
    if (within >= most || before >= most || after >= most || before + within + after >= most ||
        last_ns + (int64_t)after * grid->step_ns > INT64_MAX - grid->step_ns)
        return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, 0, 0,
                             "found times from %s to %s with a step of %g s, expected at most %d "
                             "intervals: check traffic.time_format, cut with traffic.from and "
                             "traffic.to, or bring the rows to a coarser step",
                             show(first_ns).text, show(last_ns).text, seconds(step_ns),
                             (int)NEAP_RECORDING_INTERVALS_MOST);
    if (is_sparse(before + within + after + 1, grid, rows))
        return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, 0, 0,
                             "found %zu rows for %" PRIu64 " intervals of %g s, expected at least "
                             "one row in %d intervals: check traffic.time_format and traffic.step",
                             grid->end - grid->first, before + within + after + 1, seconds(step_ns),
                             (int)SPARSE_MOST);
    grid->start_ns = first_ns - (int64_t)before * grid->step_ns;
    grid->count = (size_t)(before + within + after + 1);
    return NEAP_OK;
}

enum neap_status neapi_grid_find(struct grid *grid, struct rows *rows, struct neap_error *error)
{
    struct window window = {0};
    bool inferred = isnan(rows->options->step_s);
    enum neap_status status = neapi_window_read(&window, rows->options, rows->zone, error);
    if (status == NEAP_OK)
        status = cut(grid, rows, &window, error);
    if (status == NEAP_OK)
        status = neapi_rows_unique(rows, grid->first, &grid->end, error);
    if (status != NEAP_OK)
        return status;
    if (inferred)
        status = infer_step(grid, rows, error);
    else
        grid->step_ns = (int64_t)llround(rows->options->step_s * 1e9);
    if (status == NEAP_OK)
        status = check_rows(grid, rows, inferred, error);
    return status == NEAP_OK ? span(grid, rows, &window, error) : status;
}

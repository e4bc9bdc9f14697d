/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests recorded one by one become a recording. They are kept as they are, in order, and counted
 * on a grid, which begins at traffic.from or at a multiple of the step since the epoch. There are no
 * gaps: an interval without a request had none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
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

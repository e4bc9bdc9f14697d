/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows laid on the grid; intervals without a value counted and filled. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "recording/impl.h"

#include <neap/calendar.h>

/* The last known value on one side of a gap. */
struct neighbour {
    bool any;
    double position; /* in intervals from the start */
    double value;
};

static size_t index_of(const struct rows *rows, const struct grid *grid, size_t row)
{
    return (size_t)(neapi_distance_ns(grid->start_ns, rows->time_ns[row]) /
                    (uint64_t)grid->step_ns);
}

/* --- gaps = error -------------------------------------------------------------------------- */

static enum neap_status gap_before(const struct rows *rows, const struct grid *grid, size_t row,
                                   size_t missing, struct neap_error *error)
{
    char time[NEAP_TIME_SIZE];
    neap_time_format(time, sizeof time, rows->time_ns[row]);
    return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, rows->line[row], 0,
                         "found a gap of %zu interval%s before %s, expected a row every %g s: "
                         "complete the file, or set traffic.gaps = hold, interpolate or zero",
                         missing, missing == 1 ? "" : "s", time, (double)grid->step_ns / 1e9);
}

static enum neap_status check_complete(const struct rows *rows, const struct grid *grid,
                                       struct neap_error *error)
{
    size_t expected = 0;
    for (size_t row = grid->first; row < grid->end; row++) {
        size_t index = index_of(rows, grid, row);
        if (index != expected)
            return gap_before(rows, grid, row, index - expected, error);
        if (isnan(rows->series[0].value[row]))
            return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, rows->line[row], 0,
                                 "%.80s: found an empty cell, expected a number: complete the "
                                 "file, or set traffic.gaps = hold, interpolate or zero",
                                 rows->options->value_column);
        expected = index + 1;
    }
    if (expected < grid->count)
        return gap_before(rows, grid, grid->after, grid->count - expected, error);
    return NEAP_OK;
}

/* --- filling -------------------------------------------------------------------------------- */

static struct neighbour neighbour_before(const struct rows *rows, const struct grid *grid,
                                         const struct series *series)
{
    for (size_t row = grid->first; row-- > 0;)
        if (!isnan(series->value[row])) {
            uint64_t distance_ns = neapi_distance_ns(rows->time_ns[row], grid->start_ns);
            return (struct neighbour){true, -((double)distance_ns / (double)grid->step_ns),
                                      series->value[row]};
        }
    return (struct neighbour){.any = false};
}

static struct neighbour neighbour_after(const struct rows *rows, const struct grid *grid,
                                        const struct series *series)
{
    for (size_t row = grid->after; row < rows->count; row++)
        if (!isnan(series->value[row])) {
            uint64_t distance_ns = neapi_distance_ns(grid->start_ns, rows->time_ns[row]);
            return (struct neighbour){true, (double)distance_ns / (double)grid->step_ns,
                                      series->value[row]};
        }
    return (struct neighbour){.any = false};
}

static double filled(enum neap_gaps kind, size_t index, struct neighbour before,
                     struct neighbour after)
{
    if (kind == NEAP_GAPS_ZERO)
        return 0;
    if (!before.any)
        return after.value;
    if (kind != NEAP_GAPS_INTERPOLATE || !after.any)
        return before.value;
    double share = ((double)index - before.position) / (after.position - before.position);
    return before.value * (1 - share) + after.value * share;
}

/* Fills each run of NaN; adds what it finds to gaps unless that is NULL. */
static void fill(double *value, size_t count, enum neap_gaps kind, struct neighbour before,
                 struct neighbour after, struct neap_recording_gaps *gaps)
{
    for (size_t start = 0; start < count; start++) {
        if (!isnan(value[start])) {
            before = (struct neighbour){true, (double)start, value[start]};
            continue;
        }
        size_t end = start;
        while (end < count && isnan(value[end]))
            end++;
        struct neighbour next = after;
        if (end < count)
            next = (struct neighbour){true, (double)end, value[end]};
        for (size_t i = start; i < end; i++) {
            value[i] = filled(kind, i, before, next);
            if (gaps != NULL)
                gaps->requests_filled += value[i];
        }
        if (gaps != NULL) {
            gaps->count++;
            gaps->intervals += end - start;
        }
        start = end - 1;
    }
}

/* --- series by series ------------------------------------------------------------------------ */

/* The recording's values for a series, not filled yet; NULL when there is no memory. */
static double *lay(const struct rows *rows, const struct grid *grid, const struct series *series)
{
    double *value = neapi_recording_values(grid->count);
    for (size_t row = grid->first; value != NULL && row < grid->end; row++)
        value[index_of(rows, grid, row)] = series->value[row];
    return value;
}

static void scale(double *value, size_t count, double factor)
{
    if (factor == 1.0)
        return;
    for (size_t i = 0; i < count; i++)
        value[i] *= factor;
}

static double factor_of(const struct rows *rows, const struct grid *grid)
{
    const struct neap_recording_options *options = rows->options;
    if (options->value_unit == NEAP_VALUE_PER_SECOND)
        return options->scale * ((double)grid->step_ns / 1e9);
    return options->scale;
}

static bool add_series(struct neap_recording *recording, const struct rows *rows,
                       const struct grid *grid, const struct series *series)
{
    double *value = lay(rows, grid, series);
    if (value == NULL)
        return false;
    if (series->role == ROLE_OBSERVATION) {
        recording->observed[series->which] = value;
        return true;
    }
    bool is_requests = series->role == ROLE_REQUESTS;
    fill(value, grid->count, (enum neap_gaps)rows->options->gaps,
         neighbour_before(rows, grid, series), neighbour_after(rows, grid, series),
         is_requests ? &recording->gaps : NULL);
    scale(value, grid->count, factor_of(rows, grid));
    if (is_requests) {
        recording->requests = value;
        return true;
    }
    if (neapi_recording_add_class(recording, series->name, value))
        return true;
    free(value);
    return false;
}

/* What the class columns leave over; rounding in their sums is not traffic. */
static bool add_other(struct neap_recording *recording)
{
    double *other = neapi_recording_values(recording->count);
    double total = 0;
    if (other == NULL)
        return false;
    for (size_t i = 0; i < recording->count; i++) {
        double rest = recording->requests[i];
        for (size_t k = 0; k < recording->classes; k++)
            rest -= recording->class[k].requests[i];
        other[i] = rest > recording->requests[i] * 1e-9 ? rest : 0;
        total += other[i];
    }
    if (total > 0 && neapi_recording_add_class(recording, "other", other))
        return true;
    free(other);
    return total <= 0;
}

static enum neap_status check_any(const struct rows *rows, const struct grid *grid,
                                  struct neap_error *error)
{
    for (size_t row = grid->first; row < grid->end; row++)
        if (!isnan(rows->series[0].value[row]))
            return NEAP_OK;
    return neapi_fail_at(error, NEAP_BAD_DATA, rows->path, rows->line[grid->first], 0,
                         "%.80s: found only empty cells, expected numbers",
                         rows->options->value_column);
}

enum neap_status neapi_recording_fill(struct neap_recording *recording, const struct rows *rows,
                                      const struct grid *grid, struct neap_error *error)
{
    enum neap_status status = check_any(rows, grid, error);
    if (status == NEAP_OK && rows->options->gaps == NEAP_GAPS_ERROR)
        status = check_complete(rows, grid, error);
    if (status != NEAP_OK)
        return status;
    recording->start_ns = grid->start_ns;
    recording->step_ns = grid->step_ns;
    recording->count = grid->count;
    for (size_t i = 0; i < rows->series_count; i++)
        if (!add_series(recording, rows, grid, &rows->series[i]))
            return neapi_no_memory(error, "the recording");
    if (recording->classes > 0 && !add_other(recording))
        return neapi_no_memory(error, "the recording");
    struct neap_recording_gaps *gaps = &recording->gaps;
    gaps->requests_filled *= factor_of(rows, grid);
    gaps->seconds = (double)gaps->intervals * ((double)grid->step_ns / 1e9);
    gaps->duplicates = rows->duplicates;
    gaps->disorder = rows->disorder;
    for (size_t i = 0; i < recording->count; i++)
        recording->total += recording->requests[i];
    return NEAP_OK;
}

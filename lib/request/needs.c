/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Needs: which shapes there are, their tables, and what profiles make of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "random/distribution.h"
#include "request/needs.h"

static const double longest_ns = 0x1p51;

/* --- tables --------------------------------------------------------------------------------------- */

static double shape_quantile(const struct neap_distribution *distribution, double w)
{
    return fmin(neapi_shape_quantile_upper(distribution, w), 1e100);
}

/* Mean of the quantiles below u, by midpoints of octaves of u. */
static double mean_below(const struct neap_distribution *distribution, double u)
{
    enum { OCTAVES = 40, PARTS = 8 };
    double sum = 0, whole = u;
    for (int octave = 0; octave < OCTAVES; octave++, u /= 2)
        for (int part = 0; part < PARTS; part++) {
            double at = u / 2 * (1 + (part + 0.5) / PARTS);
            sum += neapi_shape_quantile(distribution, at) * u / 2 / PARTS;
        }
    return (sum + u * neapi_shape_quantile(distribution, u)) / whole;
}

/* The least value that the table has: not the distribution's, but such that its last cell, a
 * straight line where the quantile may be anything but, has the mean it should have. */
static double low_end(const struct neap_distribution *distribution, double right)
{
    double least = shape_quantile(distribution, 1);
    double mean = mean_below(distribution, 1 - neapi_cell_begin(NEAPI_LINES - 1));
    return fmin(fmax(2 * mean - right, least), right);
}

static void fill(struct neapi_line *line, const struct neap_distribution *distribution)
{
    double begin = neapi_cell_begin(0), left = shape_quantile(distribution, begin);
    for (size_t cell = 0; cell < NEAPI_LINES; cell++) {
        double end = neapi_cell_begin(cell + 1);
        double right = cell + 1 < NEAPI_LINES ? shape_quantile(distribution, end)
                                              : low_end(distribution, left);
        line[cell].slope = (right - left) / (end - begin);
        line[cell].at = left - line[cell].slope * begin;
        begin = end;
        left = right;
    }
}

/* The table of a shape, one there is or a new one: where it begins; SIZE_MAX without memory. */
static size_t table_for(struct neapi_needs *needs, const struct neap_distribution *distribution)
{
    for (size_t t = 0; t < needs->tables; t++)
        if (neapi_distribution_same_shape(needs->table_of[t], distribution))
            return t * NEAPI_LINES;
    size_t start = needs->tables * NEAPI_LINES;
    if (!neapi_grow(&needs->line, &needs->capacity, start + NEAPI_LINES, sizeof *needs->line) ||
        !neapi_grow(&needs->table_of, &needs->tables_capacity, needs->tables + 1,
                    sizeof *needs->table_of))
        return SIZE_MAX;
    fill(needs->line + start, distribution);
    needs->table_of[needs->tables++] = distribution;
    return start;
}

/* --- shapes --------------------------------------------------------------------------------------- */

static bool same_shapes(const struct neapi_needs *needs, const struct neap_distribution *const *a,
                        const struct neap_distribution *const *b)
{
    for (size_t c = 0; c < needs->classes; c++)
        if (!neapi_distribution_same_shape(a[c], b[c]))
            return false;
    return true;
}

static enum neap_status find_shape(struct neapi_needs *needs, struct neapi_part *part,
                                   struct neapi_need *need, struct neap_error *error)
{
    for (need->shape = 0; need->shape < part->shapes; need->shape++)
        if (same_shapes(needs, part->shape[need->shape].of, need->of))
            return NEAP_OK;
    struct neapi_shape *shape = &part->shape[need->shape];
    *shape = (struct neapi_shape){need->of, needs->start + needs->rows * needs->classes, true};
    for (size_t c = 0; c < needs->classes; c++) {
        size_t start = table_for(needs, need->of[c]);
        if (start > UINT32_MAX)
            return neapi_no_memory(error, "tables of what requests need");
        shape->start[c] = (uint32_t)start;
        shape->one_table = shape->one_table && shape->start[c] == shape->start[0];
    }
    part->shapes++;
    return NEAP_OK;
}

/* --- needs ---------------------------------------------------------------------------------------- */

static enum neap_status find_class(const struct neap_profile *profile, const char *name,
                                   size_t *number, struct neap_error *error)
{
    *number = neap_profile_class_for(profile, name);
    if (*number == SIZE_MAX)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "profile %s: found no cpu_demand for class %s, expected "
                          "cpu_demand.%s = ... or cpu_demand = ...",
                          neap_profile_name(profile), name, name);
    return NEAP_OK;
}

static enum neap_status find_distributions(const struct neapi_needs *needs, int part,
                                           const struct neap_recording *recording,
                                           const struct neap_profile *profile,
                                           struct neapi_need *need, struct neap_error *error)
{
    for (size_t c = 0; c < needs->classes; c++) {
        size_t number;
        enum neap_status status =
            find_class(profile, neap_recording_class_name(recording, c), &number, error);
        if (status != NEAP_OK)
            return status;
        need->of[c] = part == NEAPI_PART_CPU ? neap_profile_cpu_demand(profile, number)
                                             : neap_profile_wait(profile, number);
        need->factor[c] = neapi_distribution_factor(need->of[c]) * 1e9;
        need->one_factor = need->one_factor && need->factor[c] == need->factor[0];
        need->constant = need->constant &&
                         neap_distribution_family(need->of[c]) == NEAP_FAMILY_CONSTANT &&
                         neap_distribution_mean(need->of[c]) == neap_distribution_mean(need->of[0]);
    }
    return NEAP_OK;
}

static bool same_need(const struct neapi_needs *needs, const struct neapi_need *a,
                      const struct neapi_need *b)
{
    return same_shapes(needs, a->of, b->of) &&
           memcmp(a->factor, b->factor, needs->classes * sizeof *a->factor) == 0;
}

/* The need of that part of a profile, one there is or a new one. */
static enum neap_status find_need(struct neapi_needs *needs, int number,
                                  const struct neap_recording *recording,
                                  const struct neap_profile *profile, size_t *found,
                                  struct neap_error *error)
{
    struct neapi_part *part = &needs->part[number];
    struct neapi_need *need = &part->need[part->needs];
    size_t row = needs->rows * needs->classes;
    *need = (struct neapi_need){
        .of = needs->of + row, .factor = needs->factor + row, .constant = true, .one_factor = true};
    enum neap_status status = find_distributions(needs, number, recording, profile, need, error);
    if (status != NEAP_OK)
        return status;
    for (*found = 0; *found < part->needs; ++*found)
        if (same_need(needs, &part->need[*found], need))
            return NEAP_OK;
    if (!need->constant)
        status = find_shape(needs, part, need, error);
    part->needs++;
    needs->rows++;
    return status;
}

static bool allocate(struct neapi_needs *needs, size_t profiles)
{
    size_t rows = NEAPI_PARTS * profiles * needs->classes;
    needs->of = neapi_allocate(rows, sizeof *needs->of);
    needs->factor = neapi_allocate(rows, sizeof *needs->factor);
    needs->start = neapi_allocate(rows, sizeof *needs->start);
    bool enough = needs->of != NULL && needs->factor != NULL && needs->start != NULL;
    for (struct neapi_part *part = needs->part; part < needs->part + NEAPI_PARTS; part++) {
        part->need = neapi_allocate(profiles, sizeof *part->need);
        part->need_of = neapi_allocate(profiles, sizeof *part->need_of);
        part->shape = neapi_allocate(profiles, sizeof *part->shape);
        enough = enough && part->need != NULL && part->need_of != NULL && part->shape != NULL;
    }
    return enough;
}

enum neap_status neapi_needs_make(struct neapi_needs *needs, const struct neap_recording *recording,
                                  const struct neap_profile *const profile[], size_t count,
                                  struct neap_error *error)
{
    *needs = (struct neapi_needs){.classes = neap_recording_classes(recording)};
    if (!allocate(needs, count))
        return neapi_no_memory(error, "what requests need");
    for (size_t p = 0; p < count; p++)
        for (int part = 0; part < NEAPI_PARTS; part++) {
            enum neap_status status =
                find_need(needs, part, recording, profile[p], &needs->part[part].need_of[p], error);
            if (status != NEAP_OK)
                return status;
        }
    return NEAP_OK;
}

void neapi_needs_free(struct neapi_needs *needs)
{
    free(needs->line);
    free(needs->table_of);
    free(needs->of);
    free(needs->factor);
    free(needs->start);
    for (struct neapi_part *part = needs->part; part < needs->part + NEAPI_PARTS; part++) {
        free(part->need);
        free(part->need_of);
        free(part->shape);
    }
}

void neapi_needs_settle(struct neapi_needs *needs, size_t requests)
{
    for (struct neapi_part *part = needs->part; part < needs->part + NEAPI_PARTS; part++)
        for (size_t n = 0; n < part->needs; n++) {
            const struct neapi_need *need = &part->need[n];
            double mean_ns = fmin(neap_distribution_mean(need->of[0]) * 1e9, longest_ns);
            for (size_t i = 0; need->constant && i < requests; i++)
                need->time_ns[i] = llround(mean_ns);
        }
}

/* --- drawing -------------------------------------------------------------------------------------- */

void neapi_needs_draw(const struct neapi_needs *needs, const struct neapi_draws *draws, int number,
                      const struct neap_stream *stream, uint64_t first, const uint8_t *class_number,
                      size_t blocks, double *tail, double *value)
{
    const struct neapi_part *part = &needs->part[number];
    if (part->shapes > 0)
        draws->tails(stream, first, blocks, tail);
    for (size_t s = 0; s < part->shapes; s++) {
        const struct neapi_shape *shape = &part->shape[s];
        if (shape->one_table)
            draws->values(needs->line + shape->start[0], tail, blocks, value);
        else
            draws->values_by_class(needs->line, shape->start, class_number, tail, blocks, value);
        for (const struct neapi_need *need = part->need; need < part->need + part->needs; need++)
            if (need->constant || need->shape != s)
                continue;
            else if (need->one_factor)
                draws->needs(value, need->factor[0], longest_ns, blocks, need->time_ns);
            else
                draws->needs_by_class(value, need->factor, class_number, longest_ns, blocks,
                                      need->time_ns);
    }
}

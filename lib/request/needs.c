/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Needs: which tables there are, and which needs are another one's times a factor. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/needs.h"

/* Times are whole numbers in doubles on the way. */
static const double longest_ns = 0x1p51;

static double quantile_ns(const struct neap_distribution *distribution, double w)
{
    return fmin(neap_distribution_quantile_upper(distribution, w) * 1e9, longest_ns);
}

/* --- tables --------------------------------------------------------------------------------------- */

/* Mean of the quantiles below u, by midpoints of octaves of u. */
static double mean_below(const struct neap_distribution *distribution, double u)
{
    enum { OCTAVES = 40, PARTS = 8 };
    double sum = 0, whole = u;
    for (int octave = 0; octave < OCTAVES; octave++, u /= 2)
        for (int part = 0; part < PARTS; part++) {
            double at = u / 2 * (1 + (part + 0.5) / PARTS);
            sum += neap_distribution_quantile(distribution, at) * u / 2 / PARTS;
        }
    return fmin((sum + u * neap_distribution_quantile(distribution, u)) / whole * 1e9, longest_ns);
}

/* The least value that the table has: not the distribution's, but such that its last cell, a
 * straight line where the quantile may be anything but, has the mean it should have. */
static double low_end(const struct neap_distribution *distribution, double right_ns)
{
    double least = quantile_ns(distribution, 1);
    double mean = mean_below(distribution, 1 - neapi_cell_begin(NEAPI_LINES - 1));
    return fmin(fmax(2 * mean - right_ns, least), right_ns);
}

static void fill(struct neapi_line *line, const struct neap_distribution *distribution)
{
    double begin = neapi_cell_begin(0), left = quantile_ns(distribution, begin);
    for (size_t cell = 0; cell < NEAPI_LINES; cell++) {
        double end = neapi_cell_begin(cell + 1);
        double right =
            cell + 1 < NEAPI_LINES ? quantile_ns(distribution, end) : low_end(distribution, left);
        line[cell].slope = (right - left) / (end - begin);
        line[cell].at = left - line[cell].slope * begin;
        begin = end;
        left = right;
    }
}

/* The table of a distribution, one there is or a new one; SIZE_MAX without memory. */
static size_t table_for(struct neapi_needs *needs, const struct neap_distribution *distribution)
{
    size_t size = NEAPI_LINES * sizeof *needs->line;
    if (!neapi_grow(&needs->line, &needs->capacity, needs->lines + NEAPI_LINES,
                    sizeof *needs->line))
        return SIZE_MAX;
    fill(needs->line + needs->lines, distribution);
    for (size_t start = 0; start < needs->lines; start += NEAPI_LINES)
        if (memcmp(needs->line + start, needs->line + needs->lines, size) == 0)
            return start;
    needs->lines += NEAPI_LINES;
    return needs->lines - NEAPI_LINES;
}

static bool is_constant(const struct neapi_line *table)
{
    for (size_t cell = 0; cell < NEAPI_LINES; cell++)
        if (table[cell].slope != 0)
            return false;
    return true;
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

/* Tables of one profile's classes, for one part. */
static enum neap_status find_tables(struct neapi_needs *needs, int part,
                                    const struct neap_recording *recording,
                                    const struct neap_profile *profile, uint32_t *start,
                                    struct neap_error *error)
{
    for (size_t c = 0; c < needs->classes; c++) {
        size_t number;
        enum neap_status status =
            find_class(profile, neap_recording_class_name(recording, c), &number, error);
        if (status != NEAP_OK)
            return status;
        size_t table =
            table_for(needs, part == NEAPI_PART_CPU ? neap_profile_cpu_demand(profile, number)
                                                    : neap_profile_wait(profile, number));
        if (table == SIZE_MAX || table > UINT32_MAX)
            return neapi_no_memory(error, "tables of what requests need");
        start[c] = (uint32_t)table;
    }
    return NEAP_OK;
}

static bool one_table(const struct neapi_needs *needs, const uint32_t *start)
{
    for (size_t c = 1; c < needs->classes; c++)
        if (start[c] != start[0])
            return false;
    return true;
}

static void settle_source(const struct neapi_needs *needs, struct neapi_need *need)
{
    bool one = one_table(needs, need->start);
    need->source = one ? NEAPI_NEED_TABLE : NEAPI_NEED_TABLES;
    if (one && is_constant(needs->line + need->start[0]))
        need->source = NEAPI_NEED_CONSTANT;
}

/* The need with those tables, one there is or a new one. */
static size_t need_for(struct neapi_needs *needs, int part, uint32_t *start)
{
    size_t size = needs->classes * sizeof *start, count = needs->count[part];
    for (size_t n = 0; n < count; n++)
        if (memcmp(needs->need[part][n].start, start, size) == 0)
            return n;
    struct neapi_need *need = &needs->need[part][count];
    *need = (struct neapi_need){.start = start};
    settle_source(needs, need);
    needs->count[part]++;
    return count;
}

enum neap_status neapi_needs_make(struct neapi_needs *needs, const struct neap_recording *recording,
                                  const struct neap_profile *const profile[], size_t count,
                                  struct neap_error *error)
{
    *needs = (struct neapi_needs){.classes = neap_recording_classes(recording)};
    needs->starts = neapi_allocate(NEAPI_PARTS * count * needs->classes, sizeof *needs->starts);
    bool enough = needs->starts != NULL;
    for (int part = 0; part < NEAPI_PARTS; part++) {
        needs->need[part] = neapi_allocate(count, sizeof *needs->need[part]);
        needs->need_of[part] = neapi_allocate(count, sizeof *needs->need_of[part]);
        enough = enough && needs->need[part] != NULL && needs->need_of[part] != NULL;
    }
    if (!enough)
        return neapi_no_memory(error, "what requests need");
    uint32_t *start = needs->starts;
    for (size_t p = 0; p < count; p++)
        for (int part = 0; part < NEAPI_PARTS; part++, start += needs->classes) {
            enum neap_status status = find_tables(needs, part, recording, profile[p], start, error);
            if (status != NEAP_OK)
                return status;
            needs->need_of[part][p] = need_for(needs, part, start);
        }
    return NEAP_OK;
}

void neapi_needs_free(struct neapi_needs *needs)
{
    free(needs->line);
    free(needs->starts);
    for (int part = 0; part < NEAPI_PARTS; part++) {
        free(needs->need[part]);
        free(needs->need_of[part]);
    }
}

void neapi_needs_settle(struct neapi_needs *needs, size_t requests)
{
    for (int part = 0; part < NEAPI_PARTS; part++)
        for (size_t n = 0; n < needs->count[part]; n++) {
            const struct neapi_need *need = &needs->need[part][n];
            for (size_t i = 0; need->source == NEAPI_NEED_CONSTANT && i < requests; i++)
                need->time_ns[i] = llround(needs->line[need->start[0]].at);
        }
}

/* --- drawing -------------------------------------------------------------------------------------- */

static void draw(const struct neapi_needs *needs, const struct neapi_draws *draws,
                 const struct neapi_need *need, const uint8_t *class_number, size_t blocks,
                 const double *tail)
{
    switch (need->source) {
    case NEAPI_NEED_CONSTANT:
        break;
    case NEAPI_NEED_TABLE:
        draws->needs(needs->line + need->start[0], tail, blocks, need->time_ns);
        break;
    case NEAPI_NEED_TABLES:
        draws->needs_by_class(needs->line, need->start, class_number, tail, blocks, need->time_ns);
        break;
    }
}

void neapi_needs_draw(const struct neapi_needs *needs, const struct neapi_draws *draws, int part,
                      const struct neap_stream *stream, uint64_t first, const uint8_t *class_number,
                      size_t blocks, double *tail)
{
    const struct neapi_need *need = needs->need[part];
    bool any = false;
    for (size_t n = 0; n < needs->count[part]; n++)
        any = any || need[n].source != NEAPI_NEED_CONSTANT;
    if (any)
        draws->tails(stream, first, blocks, tail);
    for (size_t n = 0; n < needs->count[part]; n++)
        draw(needs, draws, &need[n], class_number, blocks, tail);
}

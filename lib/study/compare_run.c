/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The replays behind a comparison. All share every random number, so that equal profiles differ by
 * exactly 0. */
#include <stdlib.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"
#include "study/compare.h"

/* Progress of one replay as part of several. */
struct part {
    const struct neap_progress *whole;
    struct neap_progress progress;
    size_t index, count;
};

static bool report_part(void *context, uint64_t done, uint64_t total)
{
    const struct part *part = context;
    return part->whole->report(part->whole->context, part->index * total + done,
                               part->count * total);
}

static const struct neap_progress *next_part(struct part *part)
{
    part->index++;
    part->progress = (struct neap_progress){report_part, part};
    return part->whole == NULL ? NULL : &part->progress;
}

/* --- memory --------------------------------------------------------------------------------------- */

static enum neap_status allocate(struct neapi_comparison *c, struct neap_error *error)
{
    c->variant = neapi_allocate(c->count, sizeof *c->variant);
    c->footprint = neapi_allocate(c->count, sizeof *c->footprint);
    c->row = neapi_allocate(c->count, sizeof *c->row);
    bool fits = c->variant != NULL && c->footprint != NULL && c->row != NULL;
    for (size_t i = 0; fits && i < c->count; i++) {
        c->row[i] = neapi_allocate(c->periods.count, sizeof **c->row);
        fits = c->row[i] != NULL;
    }
    for (int end = 0; fits && c->range && end < 2; end++) {
        c->end[end] = neapi_allocate(c->count, sizeof **c->end);
        fits = c->end[end] != NULL;
    }
    if (fits && c->has_deployments) {
        c->deployed.row = neapi_allocate(c->periods.count, sizeof *c->deployed.row);
        fits = c->deployed.row != NULL;
    }
    return fits ? NEAP_OK : neapi_no_memory(error, "a comparison");
}

static void clear_variants(struct neapi_variant *variants, size_t count)
{
    for (size_t i = 0; variants != NULL && i < count; i++)
        neapi_variant_clear(&variants[i]);
    free(variants);
}

void neapi_comparison_clear(struct neapi_comparison *c)
{
    clear_variants(c->variant, c->count);
    clear_variants(c->end[0], c->count);
    clear_variants(c->end[1], c->count);
    for (size_t i = 0; c->row != NULL && i < c->count; i++)
        free(c->row[i]);
    free(c->row);
    free(c->footprint);
    free(c->deployed.row);
    neapi_variant_clear(&c->deployed.variant);
    neapi_weeks_clear(&c->deployed.weeks);
    neapi_periods_clear(&c->periods);
}

/* --- replays -------------------------------------------------------------------------------------- */

static enum neap_status run_middle(struct neapi_comparison *c, struct part *part,
                                   struct neap_error *error)
{
    for (size_t i = 0; i < c->count; i++) {
        struct neapi_run run = {.period_ns = c->periods.start_ns,
                                .periods = c->periods.count,
                                .period = c->row[i],
                                .progress = next_part(part)};
        NEAPI_TRY(neapi_variant_run(&c->variant[i], c->scenario,
                                    neap_scenario_profile(c->scenario, i), &run, error));
    }
    for (size_t i = 0; i < c->count; i++)
        NEAPI_TRY(neapi_footprint_find(&c->footprint[i], c->scenario, &c->variant[i],
                                       next_part(part), error));
    return NEAP_OK;
}

/* A profile that is no range is the same at both ends. */
static enum neap_status run_end(struct neapi_comparison *c, int end, struct part *part,
                                struct neap_error *error)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct neap_profile *middle = c->variant[i].profile;
        const struct neap_profile *profile =
            neap_profile_case(middle, end == 0 ? NEAP_CASE_LOW : NEAP_CASE_HIGH);
        struct neapi_run run = {.progress = next_part(part)};
        if (profile != middle) {
            NEAPI_TRY(neapi_variant_run(&c->end[end][i], c->scenario, profile, &run, error));
            continue;
        }
        c->end[end][i] = c->variant[i];
        c->end[end][i].class = NULL; /* the middle's */
        c->end[end][i].classes = 0;
    }
    return NEAP_OK;
}

/* Weeks begin at the first deployment. */
static enum neap_status run_weeks(struct neapi_comparison *c, struct part *part,
                                  struct neap_error *error)
{
    const struct neap_recording *recording = neap_scenario_recording(c->scenario);
    struct neapi_periods weeks = {.count = 0};
    struct neapi_variant again = {.classes = 0};
    struct neap_timeline_interval *row = NULL;
    enum neap_status status =
        neapi_periods_weeks(&weeks, recording, neap_scenario_deployment(c->scenario, 0).at_ns,
                            neap_scenario_zone(c->scenario), error);
    if (status == NEAP_OK && (row = neapi_allocate(weeks.count, sizeof *row)) == NULL)
        status = neapi_no_memory(error, "weeks");
    struct neapi_run run = {.deployed = true,
                            .period_ns = weeks.start_ns,
                            .periods = weeks.count,
                            .period = row,
                            .progress = next_part(part)};
    if (status == NEAP_OK)
        status = neapi_variant_run(&again, c->scenario, c->variant[0].profile, &run, error);
    if (status == NEAP_OK)
        status = neapi_weeks_make(&c->deployed.weeks, c->scenario, &weeks, row, error);
    neapi_variant_clear(&again);
    neapi_periods_clear(&weeks);
    free(row);
    return status;
}

static enum neap_status run_deployed(struct neapi_comparison *c, struct part *part,
                                     struct neap_error *error)
{
    struct neapi_run run = {.deployed = true,
                            .period_ns = c->periods.start_ns,
                            .periods = c->periods.count,
                            .period = c->deployed.row,
                            .progress = next_part(part)};
    NEAPI_TRY(
        neapi_variant_run(&c->deployed.variant, c->scenario, c->variant[0].profile, &run, error));
    return run_weeks(c, part, error);
}

static bool any_range(const struct neap_scenario *scenario)
{
    for (size_t i = 0; i < neap_scenario_profiles(scenario); i++)
        if (neap_profile_is_range(neap_scenario_profile(scenario, i)))
            return true;
    return false;
}

enum neap_status neapi_comparison_run(struct neapi_comparison *comparison,
                                      const struct neap_scenario *scenario,
                                      const struct neap_progress *progress,
                                      struct neap_error *error)
{
    struct neapi_comparison *c = comparison;
    *c = (struct neapi_comparison){.scenario = scenario,
                                   .count = neap_scenario_profiles(scenario),
                                   .range = any_range(scenario),
                                   .has_deployments = neap_scenario_deployments(scenario) > 0};
    size_t replays = 2 * c->count + (c->range ? 2 * c->count : 0) + (c->has_deployments ? 2 : 0);
    struct part part = {.whole = progress, .index = (size_t)-1, .count = replays};
    enum neap_status status =
        neapi_periods_even(&c->periods, neap_scenario_recording(scenario), error);
    if (status == NEAP_OK)
        status = allocate(c, error);
    if (status == NEAP_OK)
        status = run_middle(c, &part, error);
    for (int end = 0; status == NEAP_OK && c->range && end < 2; end++)
        status = run_end(c, end, &part, error);
    if (status == NEAP_OK && c->has_deployments)
        status = run_deployed(c, &part, error);
    return status;
}

/* Whole containers, or classes that change in opposite ways: the middle may save least or most. */
static void widen(struct neapi_saving range[2], const struct neapi_saving *middle)
{
    if (middle->container_hours < range[0].container_hours)
        range[0] = *middle;
    if (middle->container_hours > range[1].container_hours)
        range[1] = *middle;
}

enum neap_status neapi_comparison_saving(struct neapi_saving *saving, struct neapi_saving range[2],
                                         const struct neapi_comparison *c, size_t from, size_t to,
                                         struct neap_error *error)
{
    NEAPI_TRY(neapi_saving_find(saving, &c->variant[from], &c->variant[to], error));
    if (range == NULL || !c->range)
        return NEAP_OK;
    for (int end = 0; end < 2; end++)
        NEAPI_TRY(neapi_saving_find(&range[end], &c->end[end][from], &c->end[end][to], error));
    if (range[0].container_hours > range[1].container_hours) {
        struct neapi_saving least = range[1];
        range[1] = range[0];
        range[0] = least;
    }
    widen(range, saving);
    return NEAP_OK;
}

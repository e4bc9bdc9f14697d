/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The replays behind a comparison. All share every random number, so that equal profiles differ by
 * exactly 0. */
#include <stdlib.h>

#include <neap/sweep.h>

#include "base/array.h"
#include "base/fail.h"
#include "study/compare.h"

/* --- memory --------------------------------------------------------------------------------------- */

static bool allocate_tick(struct neapi_comparison *c)
{
    c->tick = neapi_allocate(c->count, sizeof *c->tick);
    c->tick_row = neapi_allocate(c->count, sizeof *c->tick_row);
    bool fits = c->tick != NULL && c->tick_row != NULL;
    for (size_t i = 0; fits && i < c->count; i++) {
        c->tick_row[i] = neapi_allocate(c->periods.count, sizeof **c->tick_row);
        fits = c->tick_row[i] != NULL;
    }
    return fits;
}

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
    fits = fits && (!c->both || allocate_tick(c));
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

static void clear_rows(struct neap_timeline_interval **row, size_t count)
{
    for (size_t i = 0; row != NULL && i < count; i++)
        free(row[i]);
    free(row);
}

void neapi_comparison_clear(struct neapi_comparison *c)
{
    clear_variants(c->variant, c->count);
    clear_variants(c->end[0], c->count);
    clear_variants(c->end[1], c->count);
    clear_variants(c->tick, c->count);
    clear_rows(c->row, c->count);
    clear_rows(c->tick_row, c->count);
    free(c->footprint);
    free(c->deployed.row);
    neapi_variant_clear(&c->deployed.variant);
    neapi_weeks_clear(&c->deployed.weeks);
    neapi_periods_clear(&c->periods);
    neapi_replications_clear(&c->replications);
}

/* --- replays -------------------------------------------------------------------------------------- */

/* One replay of them; none needs another one's result. */
struct job {
    enum { TOGETHER, MIDDLE, TICK, INSTANT, END, DEPLOYED, WEEKS } what;
    size_t index;
    int end;
};

struct plan {
    struct neapi_comparison *c;
    struct job *job; /* owned */
    size_t count;
};

static const struct neap_profile *profile_of(const struct neapi_comparison *c, size_t index)
{
    return neap_scenario_profile(c->scenario, index);
}

static const struct neap_profile *profile_at_end(const struct neapi_comparison *c, size_t index,
                                                 int end)
{
    return neap_profile_case(profile_of(c, index), end == 0 ? NEAP_CASE_LOW : NEAP_CASE_HIGH);
}

/* Of one profile, with the periods of the pictures. */
static struct neapi_run pictured(const struct neapi_comparison *c,
                                 struct neap_timeline_interval *row,
                                 const struct neap_progress *progress)
{
    return (struct neapi_run){.period_ns = c->periods.start_ns,
                              .periods = c->periods.count,
                              .period = row,
                              .progress = progress};
}

static enum neap_status run_middle(struct neapi_comparison *c, size_t index,
                                   const struct neap_progress *progress, struct neap_error *error)
{
    struct neapi_run run = pictured(c, c->row[index], progress);
    return neapi_variant_run(&c->variant[index], c->scenario, profile_of(c, index), &run, error);
}

/* All profiles at once, which share the making of requests. */
static enum neap_status run_together(struct neapi_comparison *c,
                                     const struct neap_progress *progress, struct neap_error *error)
{
    const struct neap_profile **profile = neapi_allocate(c->count, sizeof *profile);
    struct neapi_run *run = neapi_allocate(c->count, sizeof *run);
    enum neap_status status =
        profile == NULL || run == NULL ? neapi_no_memory(error, "a comparison") : NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < c->count; i++) {
        profile[i] = profile_of(c, i);
        run[i] = pictured(c, c->row[i], progress);
    }
    if (status == NEAP_OK)
        status = neapi_variants_run(c->variant, c->count, c->scenario, profile, run, error);
    free(run);
    free((void *)profile);
    return status;
}

static enum neap_status run_tick(struct neapi_comparison *c, size_t index,
                                 const struct neap_progress *progress, struct neap_error *error)
{
    struct neapi_run run = pictured(c, c->tick_row[index], progress);
    run.engine = NEAPI_ENGINE_TICK;
    return neapi_variant_run(&c->tick[index], c->scenario, profile_of(c, index), &run, error);
}

static enum neap_status run_end(struct neapi_comparison *c, size_t index, int end,
                                const struct neap_progress *progress, struct neap_error *error)
{
    struct neapi_run run = {.progress = progress};
    return neapi_variant_run(&c->end[end][index], c->scenario, profile_at_end(c, index, end), &run,
                             error);
}

/* Weeks begin at the first deployment. */
static enum neap_status run_weeks(struct neapi_comparison *c, const struct neap_progress *progress,
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
                            .progress = progress};
    if (status == NEAP_OK)
        status = neapi_variant_run(&again, c->scenario, profile_of(c, 0), &run, error);
    if (status == NEAP_OK)
        status = neapi_weeks_make(&c->deployed.weeks, c->scenario, &weeks, row, error);
    neapi_variant_clear(&again);
    neapi_periods_clear(&weeks);
    free(row);
    return status;
}

static enum neap_status run_deployed(struct neapi_comparison *c,
                                     const struct neap_progress *progress, struct neap_error *error)
{
    struct neapi_run run = {.deployed = true,
                            .period_ns = c->periods.start_ns,
                            .periods = c->periods.count,
                            .period = c->deployed.row,
                            .progress = progress};
    return neapi_variant_run(&c->deployed.variant, c->scenario, profile_of(c, 0), &run, error);
}

static enum neap_status run_job(void *context, size_t index, const struct neap_progress *progress,
                                struct neap_error *error)
{
    const struct plan *plan = context;
    struct neapi_comparison *c = plan->c;
    const struct job *job = &plan->job[index];
    switch (job->what) {
    case TOGETHER:
        return run_together(c, progress, error);
    case MIDDLE:
        return run_middle(c, job->index, progress, error);
    case TICK:
        return run_tick(c, job->index, progress, error);
    case INSTANT:
        return neapi_footprint_begin(&c->footprint[job->index], c->scenario,
                                     profile_of(c, job->index), progress, error);
    case END:
        return run_end(c, job->index, job->end, progress, error);
    case DEPLOYED:
        return run_deployed(c, progress, error);
    case WEEKS:
        return run_weeks(c, progress, error);
    }
    return NEAP_OK;
}

static void add_job(struct plan *plan, struct job job)
{
    plan->job[plan->count++] = job;
}

static enum neap_status make_plan(struct plan *plan, struct neap_error *error)
{
    const struct neapi_comparison *c = plan->c;
    plan->job = neapi_allocate(5 * c->count + 2, sizeof *plan->job);
    if (plan->job == NULL)
        return neapi_no_memory(error, "a comparison");
    if (neap_scenario_run(c->scenario)->engine != NEAP_ENGINE_TICK)
        add_job(plan, (struct job){TOGETHER, 0, 0});
    else
        for (size_t i = 0; i < c->count; i++)
            add_job(plan, (struct job){MIDDLE, i, 0});
    for (size_t i = 0; c->both && i < c->count; i++)
        add_job(plan, (struct job){TICK, i, 0});
    for (size_t i = 0; i < c->count; i++)
        add_job(plan, (struct job){INSTANT, i, 0});
    for (int end = 0; c->range && end < 2; end++)
        for (size_t i = 0; i < c->count; i++)
            if (profile_at_end(c, i, end) != profile_of(c, i))
                add_job(plan, (struct job){END, i, end});
    if (c->has_deployments) {
        add_job(plan, (struct job){DEPLOYED, 0, 0});
        add_job(plan, (struct job){WEEKS, 0, 0});
    }
    return NEAP_OK;
}

static bool any_range(const struct neap_scenario *scenario)
{
    for (size_t i = 0; i < neap_scenario_profiles(scenario); i++)
        if (neap_profile_is_range(neap_scenario_profile(scenario, i)))
            return true;
    return false;
}

/* What follows from several replays. A profile that is no range is the same at both ends. */
static void join(struct neapi_comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        neapi_footprint_end(&c->footprint[i], &c->variant[i]);
    for (int end = 0; c->range && end < 2; end++)
        for (size_t i = 0; i < c->count; i++)
            if (profile_at_end(c, i, end) == profile_of(c, i)) {
                c->end[end][i] = c->variant[i];
                c->end[end][i].class = NULL; /* the middle's */
                c->end[end][i].classes = 0;
            }
}

static enum neap_status run_all(struct neapi_comparison *c,
                                const struct neap_study_options *options, struct neap_error *error)
{
    struct plan plan = {.c = c};
    enum neap_status status = make_plan(&plan, error);
    struct neap_sweep sweep = {.piece = run_job,
                               .context = &plan,
                               .count = plan.count,
                               .threads = options->threads,
                               .progress = options->progress};
    if (status == NEAP_OK)
        status = neap_sweep_run(&sweep, error);
    free(plan.job);
    if (status == NEAP_OK)
        join(c);
    return status;
}

enum neap_status neapi_comparison_run(struct neapi_comparison *comparison,
                                      const struct neap_scenario *scenario,
                                      const struct neap_study_options *options,
                                      struct neap_error *error)
{
    static const struct neap_study_options plain = {.progress = NULL};
    struct neapi_comparison *c = comparison;
    options = options == NULL ? &plain : options;
    *c = (struct neapi_comparison){.scenario = scenario,
                                   .count = neap_scenario_profiles(scenario),
                                   .range = any_range(scenario),
                                   .both = neap_scenario_run(scenario)->engine == NEAP_ENGINE_BOTH,
                                   .has_deployments = neap_scenario_deployments(scenario) > 0};
    enum neap_status status =
        neapi_periods_even(&c->periods, neap_scenario_recording(scenario), error);
    if (status == NEAP_OK)
        status = allocate(c, error);
    if (status == NEAP_OK)
        status = run_all(c, options, error);
    if (status == NEAP_OK)
        status = neapi_replications_run(&c->replications, scenario, c->variant, &c->periods, c->row,
                                        options, error);
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

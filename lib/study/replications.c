/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replays again, with other random numbers: a number of times, or until the saving is known well
 * enough. How many are made follows from results alone, so that it is the same on any number of
 * threads (A. M. Law, "Simulation Modeling and Analysis", 5th ed. 2015, ch. 9 and 11). */
#include "study/replications.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/sweep.h>

#include "base/array.h"
#include "base/fail.h"

void neapi_replications_clear(struct neapi_replications *r)
{
    free(r->value);
    r->value = NULL;
}

static double *values_of(const struct neapi_replications *r, size_t variant,
                         enum neapi_measure measure)
{
    return r->value + (variant * NEAPI_MEASURES + (size_t)measure) * r->values;
}

/* Room for more values, those that are there kept. */
static enum neap_status widen(struct neapi_replications *r, size_t values, struct neap_error *error)
{
    size_t rows = r->variants * NEAPI_MEASURES;
    double *wider = neapi_allocate(rows * values, sizeof *wider);
    if (wider == NULL)
        return neapi_no_memory(error, "replications");
    for (size_t i = 0; i < rows && r->values > 0; i++)
        memcpy(wider + i * values, r->value + i * r->values, r->values * sizeof *wider);
    free(r->value);
    r->value = wider;
    r->values = values;
    return NEAP_OK;
}

static void keep(struct neapi_replications *r, size_t replication, size_t variant,
                 const struct neapi_variant *v)
{
    const double measured[NEAPI_MEASURES] = {
        [NEAPI_MEASURE_HOURS] = v->container_hours,
        [NEAPI_MEASURE_COST] = neap_decimal_to_double(&v->cost),
        [NEAPI_MEASURE_CPU] = v->cpu_hours,
        [NEAPI_MEASURE_REQUEST_CPU] = v->summary.cpu_request_s / 3600,
        [NEAPI_MEASURE_P95] = v->summary.latency_s[1],
        [NEAPI_MEASURE_P99] = v->summary.latency_s[2]};
    for (int measure = 0; measure < NEAPI_MEASURES; measure++)
        values_of(r, variant, (enum neapi_measure)measure)[replication] = measured[measure];
}

/* --- days ----------------------------------------------------------------------------------------- */

/* Periods that begin on day d since the window's start are begin[d] .. begin[d + 1]. */
static size_t whole_days(const struct neap_scenario *scenario, const struct neapi_periods *periods,
                         size_t *begin, size_t most)
{
    const struct neap_zone *zone = neap_scenario_zone(scenario);
    int64_t start_ns = periods->start_ns[0], end_ns = periods->start_ns[periods->count];
    size_t days = 0, at = 0;
    for (; days < most; days++) {
        int64_t day_ns = neapi_civil_days_later(start_ns, (int)days, zone);
        while (at < periods->count && periods->start_ns[at] < day_ns)
            at++;
        begin[days] = at;
        if (neapi_civil_days_later(start_ns, (int)days + 1, zone) > end_ns)
            break;
    }
    return days;
}

static void sum_day(struct neapi_replications *r, const struct neapi_periods *periods,
                    struct neap_timeline_interval *const *row, const size_t *begin, size_t day)
{
    for (size_t v = 0; v < r->variants; v++) {
        double hours = 0, cpu = 0, request_cpu = 0;
        for (size_t i = begin[day]; i < begin[day + 1]; i++) {
            const struct neap_timeline_interval *at = &row[v][i];
            double length = (double)(periods->start_ns[i + 1] - periods->start_ns[i]) / 3600e9;
            hours += (at->starting + at->ready + at->draining) * length;
            cpu += at->cpu_cores * length;
            request_cpu += at->cpu_request_cores * length;
        }
        for (int measure = 0; measure < NEAPI_MEASURES; measure++)
            values_of(r, v, (enum neapi_measure)measure)[day] = (double)NAN;
        values_of(r, v, NEAPI_MEASURE_HOURS)[day] = hours;
        values_of(r, v, NEAPI_MEASURE_CPU)[day] = cpu;
        values_of(r, v, NEAPI_MEASURE_REQUEST_CPU)[day] = request_cpu;
    }
}

static double lag_of(const struct neapi_replications *r)
{
    const double *from = values_of(r, 0, NEAPI_MEASURE_HOURS);
    const double *to = values_of(r, r->variants - 1, NEAPI_MEASURE_HOURS);
    double *saved = neapi_allocate(r->values, sizeof *saved), lag = (double)NAN;
    for (size_t i = 0; saved != NULL && i < r->values; i++)
        saved[i] = from[i] - to[i];
    if (saved != NULL)
        (void)neapi_estimate_batches(saved, r->values, r->values, &lag);
    free(saved);
    return lag;
}

static enum neap_status take_days(struct neapi_replications *r,
                                  const struct neap_scenario *scenario,
                                  const struct neapi_periods *periods,
                                  struct neap_timeline_interval *const *row,
                                  struct neap_error *error)
{
    size_t *begin = neapi_allocate(periods->count + 2, sizeof *begin);
    if (begin == NULL)
        return neapi_no_memory(error, "days");
    size_t days = whole_days(scenario, periods, begin, periods->count + 1);
    enum neap_status status = NEAP_OK;
    if (days >= NEAPI_DAYS_LEAST) {
        status = widen(r, days, error);
        r->by_days = status == NEAP_OK;
    }
    for (size_t day = 0; r->by_days && day < days; day++)
        sum_day(r, periods, row, begin, day);
    if (r->by_days)
        r->lag = lag_of(r);
    free(begin);
    return status;
}

/* --- replications --------------------------------------------------------------------------------- */

struct round {
    struct neapi_replications *r;
    const struct neap_scenario *scenario;
    size_t done; /* replications before this round */
};

/* All profiles together: they share the making of requests. */
static enum neap_status replay_all(const struct round *round, size_t replication,
                                   const struct neap_progress *progress,
                                   struct neapi_variant *variant, struct neap_error *error)
{
    size_t count = round->r->variants;
    const struct neap_profile **profile = neapi_allocate(count, sizeof *profile);
    struct neapi_run *run = neapi_allocate(count, sizeof *run);
    enum neap_status status =
        profile == NULL || run == NULL ? neapi_no_memory(error, "a replication") : NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < count; i++) {
        profile[i] = neap_scenario_profile(round->scenario, i);
        run[i] = (struct neapi_run){.replication = replication, .progress = progress};
    }
    if (status == NEAP_OK)
        status = neapi_variants_run(variant, count, round->scenario, profile, run, error);
    free(run);
    free((void *)profile);
    return status;
}

static enum neap_status replicate(void *context, size_t index, const struct neap_progress *progress,
                                  struct neap_error *error)
{
    const struct round *round = context;
    struct neapi_replications *r = round->r;
    struct neapi_variant *variant = neapi_allocate(r->variants, sizeof *variant);
    if (variant == NULL)
        return neapi_no_memory(error, "a replication");
    enum neap_status status = replay_all(round, round->done + index, progress, variant, error);
    for (size_t i = 0; i < r->variants; i++) {
        if (status == NEAP_OK)
            keep(r, round->done + index, i, &variant[i]);
        neapi_variant_clear(&variant[i]);
    }
    free(variant);
    return status;
}

static enum neap_status make_round(struct neapi_replications *r,
                                   const struct neap_scenario *scenario, size_t count,
                                   const struct neap_study_options *options,
                                   struct neap_error *error)
{
    struct round round = {r, scenario, r->count};
    struct neap_sweep sweep = {.piece = replicate,
                               .context = &round,
                               .count = count - r->count,
                               .threads = options->threads,
                               .progress = options->progress};
    enum neap_status status = widen(r, count, error);
    if (status == NEAP_OK)
        status = neap_sweep_run(&sweep, error);
    if (status == NEAP_OK)
        r->count = count;
    return status;
}

/* How many it may take, at the spread seen so far; at most twice as many as there are. */
static size_t next_count(const struct neapi_replications *r, double half, size_t most)
{
    double needed = ceil((double)r->count * pow(half / r->precision_share, 2));
    double next = fmin(fmax(needed, (double)r->count + 1), 2 * (double)r->count);
    return next < (double)most ? (size_t)next : most;
}

static enum neap_status make_precise(struct neapi_replications *r,
                                     const struct neap_scenario *scenario, size_t first,
                                     const struct neap_study_options *options,
                                     struct neap_error *error)
{
    size_t most = first > NEAPI_REPLICATIONS_MOST ? first : NEAPI_REPLICATIONS_MOST;
    size_t count = first > 1 ? first : NEAPI_REPLICATIONS_FIRST;
    for (;;) {
        NEAPI_TRY(make_round(r, scenario, count, options, error));
        double half = neapi_replications_paired(r, NEAPI_MEASURE_HOURS).share.half;
        r->reached = half <= r->precision_share;
        if (r->reached || isnan(half) || r->count >= most)
            return NEAP_OK;
        count = next_count(r, half, most);
    }
}

enum neap_status neapi_replications_run(struct neapi_replications *replications,
                                        const struct neap_scenario *scenario,
                                        const struct neapi_variant *first,
                                        const struct neapi_periods *periods,
                                        struct neap_timeline_interval *const *row,
                                        const struct neap_study_options *options,
                                        struct neap_error *error)
{
    const struct neap_run_options *run = neap_scenario_run(scenario);
    struct neapi_replications *r = replications;
    *r = (struct neapi_replications){.variants = neap_scenario_profiles(scenario),
                                     .count = 1,
                                     .precision_share = run->precision_share,
                                     .lag = (double)NAN};
    if (run->replications < 2 && isnan(run->precision_share))
        return take_days(r, scenario, periods, row, error);
    NEAPI_TRY(widen(r, 1, error));
    for (size_t i = 0; i < r->variants; i++)
        keep(r, 0, i, &first[i]);
    if (isnan(run->precision_share))
        return make_round(r, scenario, (size_t)run->replications, options, error);
    return make_precise(r, scenario, (size_t)run->replications, options, error);
}

/* --- estimates ------------------------------------------------------------------------------------ */

/* Sums in another order differ in their last digits: that is no spread. */
static void settle(struct neapi_estimate *e, double mean)
{
    static const double least = 1e-12;
    if (e->deviation <= least * fabs(mean))
        e->deviation = e->half = 0;
}

struct neapi_paired neapi_replications_paired(const struct neapi_replications *r,
                                              enum neapi_measure measure)
{
    const double *from = values_of(r, 0, measure), *to = values_of(r, r->variants - 1, measure);
    struct neapi_paired made = {.from = neapi_estimate_mean(from, r->values),
                                .to = neapi_estimate_mean(to, r->values),
                                .change = neapi_estimate_difference(to, from, r->values),
                                .share = neapi_estimate_saving(from, to, r->values),
                                .variance_share = (double)NAN};
    settle(&made.from, made.from.mean);
    settle(&made.to, made.to.mean);
    settle(&made.change, made.from.mean);
    settle(&made.share, 1);
    double apart = pow(made.from.deviation, 2) + pow(made.to.deviation, 2);
    if (!r->by_days && apart > 0)
        made.variance_share = pow(made.change.deviation, 2) / apart;
    return made;
}

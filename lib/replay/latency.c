/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mixture behind every latency (doc/method.md, "Latency"): of an interval, of a period, of one
 * class, of the whole run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/latency_impl.h"

enum {
    SLOTS_PER_LAW = 4096, /* tails kept */
    SLOTS_MOST = 4 * SLOTS_PER_LAW,
    POINTS_ALIKE = 64 /* quantiles that tell two distributions apart */
};

static const double LEVELS[3] = {0.5, 0.95, 0.99};

/* --- intervals ---------------------------------------------------------------------------------- */

void neapi_latency_begin_interval(struct neapi_latency *l, bool list)
{
    neapi_latency_flush(l);
    memset(l->interval_over, 0, sizeof l->interval_over);
    l->interval_requests = 0;
    l->listing = list;
    l->keeping = l->listing || l->in_period;
    l->list_count = 0;
}

void neapi_latency_interval_over(struct neapi_latency *l, double share[NEAPI_LATENCY_LIMITS])
{
    neapi_latency_flush(l);
    memset(share, 0, NEAPI_LATENCY_LIMITS * sizeof *share);
    for (int k = 0; k < l->limits && l->interval_requests > 0; k++)
        share[l->limit[k]] = l->interval_over[k] / l->interval_requests;
}

static int by_place(const void *a, const void *b)
{
    const struct neapi_touched *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Takes requests at the same place together, so that a quantile looks at each place once. */
static void merge_list(struct neapi_latency *l)
{
    size_t kept = 0;
    qsort(l->list, l->list_count, sizeof *l->list, by_place);
    for (size_t i = 0; i < l->list_count; i++) {
        if (kept > 0 && l->list[kept - 1].place == l->list[i].place)
            l->list[kept - 1].requests += l->list[i].requests;
        else
            l->list[kept++] = l->list[i];
    }
    l->list_count = kept;
}

static void mix_list(struct neapi_latency *l, float mixture[NEAPI_LATENCY_TIMES])
{
    double sum = 0;
    memset(mixture, 0, NEAPI_LATENCY_TIMES * sizeof *mixture);
    for (size_t i = 0; i < l->list_count; i++)
        sum += (double)l->list[i].requests;
    for (size_t i = 0; i < l->list_count; i++) {
        const float *tail = neapi_latency_tail(l, l->list[i].place);
        float weight = (float)((double)l->list[i].requests / sum);
        for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
            mixture[j] += weight * tail[j];
    }
}

void neapi_latency_interval_quantiles(struct neapi_latency *l, double quantile_s[3])
{
    float mixture[NEAPI_LATENCY_TIMES];
    neapi_latency_flush(l);
    merge_list(l);
    mix_list(l, mixture);
    for (int k = 0; k < 3; k++)
        quantile_s[k] =
            l->list_count > 0 ? neapi_latency_inverse(l, mixture, 1 - LEVELS[k]) : (double)NAN;
}

/* --- mixtures in double precision ------------------------------------------------------------------- */

struct mixture {
    double tail[NEAPI_LATENCY_TIMES], requests;
};

static void mix(struct neapi_latency *l, struct mixture *m, int32_t place, double requests)
{
    if (requests == 0)
        return;
    const float *tail = neapi_latency_tail(l, place);
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
        m->tail[j] += requests * (double)tail[j];
}

/* The mixture's tail in single precision, and its quantiles. */
static void solve(const struct neapi_latency *l, const struct mixture *m,
                  float single[NEAPI_LATENCY_TIMES], double quantile_s[3])
{
    bool any = m->requests > 0;
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
        single[j] = any ? (float)(m->tail[j] / m->requests) : 0;
    for (int k = 0; k < 3; k++)
        quantile_s[k] = any ? neapi_latency_inverse(l, single, 1 - LEVELS[k]) : (double)NAN;
}

void neapi_latency_begin_period(struct neapi_latency *l)
{
    neapi_latency_flush(l);
    for (size_t i = 0; i < l->part_count; i++)
        l->part[l->part_list[i]] = 0;
    l->part_count = 0;
    l->in_period = l->keeping = true;
}

void neapi_latency_end_period(struct neapi_latency *l, double quantile_s[3])
{
    struct mixture m = {{0}, 0};
    float single[NEAPI_LATENCY_TIMES];
    neapi_latency_flush(l);
    l->in_period = false;
    l->keeping = l->listing;
    for (size_t i = 0; i < l->part_count; i++) {
        mix(l, &m, l->part_list[i], l->part[l->part_list[i]]);
        m.requests += l->part[l->part_list[i]];
    }
    solve(l, &m, single, quantile_s);
}

/* Requests of the kinds first, first + step, ... at each place, kinds of one law together. */
static void mix_kinds(struct neapi_latency *l, struct mixture *m, size_t first, size_t step)
{
    double at[NEAP_REPLAY_KINDS_MOST];
    for (size_t corner = 0; corner < NEAPI_LATENCY_CORNERS; corner++) {
        const double *total = &l->total[corner * l->kinds];
        double any = 0;
        for (size_t k = first; k < l->kinds; k += step)
            any += total[k];
        if (any == 0)
            continue;
        memset(at, 0, l->laws * sizeof *at);
        for (size_t k = first; k < l->kinds; k += step)
            at[l->kind[k].law] += total[k];
        for (size_t law = 0; law < l->laws; law++)
            mix(l, m, (int32_t)(corner * l->laws + law), at[law]);
    }
}

void neapi_latency_quantiles(struct neapi_latency *l, double quantile_s[3], double *mean_s,
                             double over_share[NEAPI_LATENCY_LIMITS])
{
    struct mixture m = {{0}, 0};
    float single[NEAPI_LATENCY_TIMES];
    neapi_latency_flush(l);
    mix_kinds(l, &m, 0, 1);
    m.requests = l->requests;
    solve(l, &m, single, quantile_s);
    for (int k = 0; k < NEAPI_LATENCY_LIMITS; k++)
        over_share[k] = l->requests > 0 && !isnan(l->limit_s[k])
                            ? neapi_latency_tail_at(single, l->limit_s[k])
                            : (double)NAN;
    *mean_s = l->requests > 0 ? l->sum_s / l->requests : (double)NAN;
}

void neapi_latency_kind_quantiles(struct neapi_latency *l, size_t first, size_t step,
                                  double quantile_s[3], double *mean_s)
{
    struct mixture m = {{0}, 0};
    float single[NEAPI_LATENCY_TIMES];
    double sum_s = 0;
    neapi_latency_flush(l);
    mix_kinds(l, &m, first, step);
    for (size_t k = first; k < l->kinds; k += step) {
        m.requests += l->kind[k].requests;
        sum_s += l->kind[k].sum_s;
    }
    solve(l, &m, single, quantile_s);
    *mean_s = m.requests > 0 ? sum_s / m.requests : (double)NAN;
}

/* --- making one --------------------------------------------------------------------------------- */

void neapi_latency_reset(struct neapi_latency *l)
{
    l->pending.requests = 0;
    memset(l->total, 0, l->kinds * NEAPI_LATENCY_CORNERS * sizeof *l->total);
    l->sum_s = l->requests = 0;
    for (size_t k = 0; k < l->kinds; k++)
        l->kind[k].requests = l->kind[k].sum_s = 0;
    neapi_latency_begin_period(l);
    l->in_period = false;
    l->keeping = l->listing;
    neapi_latency_begin_interval(l, false);
}

/* Whether they give the same tables, to the bit. */
static bool alike(const struct neap_distribution *a, const struct neap_distribution *b)
{
    if (a == b)
        return true;
    for (int order = 1; order <= 3; order++)
        if (neap_distribution_moment(a, order) != neap_distribution_moment(b, order))
            return false;
    for (int i = 1; i < POINTS_ALIKE; i++) {
        double w = (double)i / POINTS_ALIKE;
        if (neap_distribution_quantile_upper(a, w) != neap_distribution_quantile_upper(b, w))
            return false;
    }
    return true;
}

static int law_of(struct neapi_latency *l, const struct neapi_latency_kind *kind)
{
    for (size_t i = 0; i < l->laws; i++)
        if (alike(l->law[i].cpu_demand, kind->cpu_demand) && alike(l->law[i].wait, kind->wait))
            return (int)i;
    l->law[l->laws] = (struct neapi_law){.cpu_demand = kind->cpu_demand,
                                         .wait = kind->wait,
                                         .wait_mean_s = neap_distribution_mean(kind->wait)};
    return (int)l->laws++;
}

static void describe(struct neapi_latency *l, const struct neapi_latency_kind *kind,
                     const struct neapi_latency_range *range)
{
    for (size_t k = 0; k < l->kinds; k++)
        l->kind[k] =
            (struct neapi_kind_sums){.demand_s = neap_distribution_mean(kind[k].cpu_demand),
                                     .wait_s = neap_distribution_mean(kind[k].wait),
                                     .law = law_of(l, &kind[k])};
    l->least_stretch = range->least_stretch;
    double ratio = log(range->most_stretch / range->least_stretch);
    l->stretch_step = ratio > 1e-9 ? ratio / (NEAPI_LATENCY_STRETCHES - 1) : 0;
    for (int k = 0; k < NEAPI_LATENCY_LIMITS; k++) {
        l->limit_s[k] = range->limit_s[k];
        if (!isnan(range->limit_s[k]))
            l->limit[l->limits++] = k;
    }
    l->list_size = range->list_size * l->laws;
    l->slots = l->laws * SLOTS_PER_LAW < SLOTS_MOST ? l->laws * SLOTS_PER_LAW : SLOTS_MOST;
}

/* What grows with the kinds; false without memory. */
static bool allocate(struct neapi_latency *l)
{
    size_t places = l->laws * NEAPI_LATENCY_CORNERS;
    l->total = neapi_allocate(l->kinds * NEAPI_LATENCY_CORNERS, sizeof *l->total);
    l->slot_of = neapi_allocate(places, sizeof *l->slot_of);
    l->place_in = neapi_allocate(l->slots, sizeof *l->place_in);
    l->tail = neapi_allocate(l->slots, sizeof *l->tail);
    l->over = neapi_allocate(places, sizeof *l->over);
    l->list = neapi_allocate(l->list_size, sizeof *l->list);
    l->part = neapi_allocate(places, sizeof *l->part);
    l->part_list = neapi_allocate(places, sizeof *l->part_list);
    return l->total != NULL && l->slot_of != NULL && l->place_in != NULL && l->tail != NULL &&
           l->over != NULL && l->list != NULL && l->part != NULL && l->part_list != NULL;
}

static void start(struct neapi_latency *l)
{
    double first[NEAP_REPLAY_KINDS_MOST] = {1};
    for (size_t place = 0; place < l->laws * NEAPI_LATENCY_CORNERS; place++) {
        l->slot_of[place] = -1;
        l->over[place][0] = -1;
    }
    neapi_latency_reset(l);
    neapi_latency_mix(l, first);
}

enum neap_status neapi_latency_new(struct neapi_latency **latency,
                                   const struct neapi_latency_kind *kind, size_t count,
                                   const struct neapi_latency_range *range,
                                   struct neap_error *error)
{
    struct neapi_latency *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "latency tables");
    made->kinds = count;
    made->law = neapi_allocate(count, sizeof *made->law);
    if (made->law != NULL)
        describe(made, kind, range);
    if (made->law == NULL || !allocate(made) || !neapi_latency_fill(made)) {
        neapi_latency_free(made);
        return neapi_no_memory(error, "latency tables");
    }
    start(made);
    *latency = made;
    return NEAP_OK;
}

void neapi_latency_free(struct neapi_latency *latency)
{
    if (latency == NULL)
        return;
    free(latency->law);
    free(latency->total);
    free(latency->slot_of);
    free(latency->place_in);
    free(latency->tail);
    free(latency->over);
    free(latency->list);
    free(latency->part);
    free(latency->part_list);
    free(latency);
}

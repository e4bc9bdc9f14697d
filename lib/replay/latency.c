/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mixture behind every latency (doc/method.md, "Latency"): of an interval, of a period, of one
 * class, of the whole run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replay/latency_impl.h"

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

/* --- again ------------------------------------------------------------------------------------------- */

void neapi_latency_reset(struct neapi_latency *l)
{
    l->pending.requests = 0;
    l->in_window = false;
    memset(l->total, 0, l->kinds * NEAPI_LATENCY_CORNERS * sizeof *l->total);
    l->sum_s = l->requests = 0;
    for (size_t k = 0; k < l->kinds; k++)
        l->kind[k].requests = l->kind[k].sum_s = 0;
    neapi_latency_begin_period(l);
    l->in_period = false;
    l->keeping = l->listing;
    neapi_latency_begin_interval(l, false);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making the tables of latencies: kinds whose distributions are alike share theirs. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/latency_impl.h"

enum {
    SLOTS_PER_LAW = 4096, /* tails kept */
    SLOTS_MOST = 4 * SLOTS_PER_LAW,
    POINTS_ALIKE = 64 /* quantiles that tell two distributions apart */
};

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

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests onto the corners of the grid. */
#include <math.h>
#include <string.h>

#include "replay/latency_impl.h"

static int corner_of(int stretch, int scv, int wait)
{
    return stretch + NEAPI_LATENCY_STRETCHES * (1 + scv + NEAPI_LATENCY_SCVS * wait);
}

static void add_to_period(struct neapi_latency *l, int32_t place, double requests)
{
    if (requests == 0)
        return;
    if (l->part[place] == 0)
        l->part_list[l->part_count++] = place;
    l->part[place] += requests;
}

/* For rows over time. */
static void keep(struct neapi_latency *l, int32_t place, double requests)
{
    if (l->listing && l->list_count < l->list_size)
        l->list[l->list_count++] = (struct neapi_touched){place, (float)requests};
    if (l->in_period)
        add_to_period(l, place, requests);
}

static inline void touch_law(struct neapi_latency *l, int32_t place, double requests)
{
    if (l->limits > 0 && l->over[place][0] < 0)
        neapi_latency_learn_over(l, place);
    for (int k = 0; k < l->limits; k++)
        l->interval_over[k] += requests * (double)l->over[place][k];
    if (l->keeping)
        keep(l, place, requests);
}

static void touch_kinds(struct neapi_latency *l, int corner, double requests)
{
    double *total = &l->total[(size_t)corner * l->kinds];
    int32_t first = corner * (int32_t)l->laws;
    for (int i = 0; i < l->active_kinds; i++)
        total[l->active_kind[i]] += requests * l->kind[l->active_kind[i]].share;
    for (int i = 0; i < l->active_laws; i++)
        touch_law(l, first + l->active_law[i], requests * l->law_share[l->active_law[i]]);
}

static void touch_window(struct neapi_latency *l, int corner, double requests)
{
    int32_t first = corner * (int32_t)l->laws;
    for (int i = 0; i < (l->kinds > 1 ? l->active_laws : 1); i++) {
        int law = l->kinds > 1 ? l->active_law[i] : 0;
        double weight = l->kinds > 1 ? requests * l->law_share[law] : requests;
        const float *tail = neapi_latency_tail(l, first + law);
        for (int j = 0; weight > 0 && j < NEAPI_LATENCY_TIMES; j++)
            l->window_tail[j] += weight * (double)tail[j];
    }
}

static void touch(struct neapi_latency *l, int corner, double requests)
{
    if (l->in_window) {
        touch_window(l, corner, requests);
        return;
    }
    if (l->kinds > 1) {
        touch_kinds(l, corner, requests);
        return;
    }
    l->total[corner] += requests;
    touch_law(l, corner, requests);
}

/* The corners around one moment. */
struct place {
    struct neapi_share scv, wait;
    double waiting; /* share of the requests */
};

static struct place place_wait(const struct neapi_moment *m)
{
    if (m->probability < 1e-9)
        return (struct place){{0, 0}, {0, 0}, 0};
    double wait = log(m->wait_s / NEAPI_FIRST_TIME_S) * (NEAPI_WAITS_PER_DECADE / M_LN10);
    return (struct place){neapi_scv_share(m->scv), neapi_share_of(wait, NEAPI_LATENCY_WAITS),
                          m->probability};
}

static void touch_stretch(struct neapi_latency *l, int stretch, const struct place *at,
                          double requests)
{
    double waiting = requests * at->waiting;
    touch(l, stretch, requests - waiting);
    if (waiting == 0)
        return;
    double low = waiting * (1 - at->scv.high), high = waiting * at->scv.high;
    int corner = corner_of(stretch, at->scv.low, at->wait.low);
    int next_scv = corner_of(stretch, at->scv.low + 1, at->wait.low) - corner;
    int next_wait = corner_of(stretch, at->scv.low, at->wait.low + 1) - corner;
    touch(l, corner, low * (1 - at->wait.high));
    touch(l, corner + next_wait, low * at->wait.high);
    touch(l, corner + next_scv, high * (1 - at->wait.high));
    touch(l, corner + next_scv + next_wait, high * at->wait.high);
}

/* Requests and latencies of each kind, for its mean. */
static void add_to_kinds(struct neapi_latency *l, const struct neapi_moment *m, double wait_s)
{
    for (int i = 0; i < l->active_kinds; i++) {
        struct neapi_kind_sums *kind = &l->kind[l->active_kind[i]];
        double requests = m->requests * kind->share;
        kind->requests += requests;
        kind->sum_s += requests * (m->stretch * kind->demand_s + kind->wait_s + wait_s);
    }
}

static void touch_all(struct neapi_latency *l, const struct neapi_moment *m, const struct place *at)
{
    if (l->stretch_step == 0) {
        touch_stretch(l, 0, at, m->requests);
        return;
    }
    struct neapi_share stretch = neapi_share_of(
        log(m->stretch / l->least_stretch) / l->stretch_step, NEAPI_LATENCY_STRETCHES);
    if (stretch.high < 1)
        touch_stretch(l, stretch.low, at, m->requests * (1 - stretch.high));
    if (stretch.high > 0)
        touch_stretch(l, stretch.low + 1, at, m->requests * stretch.high);
}

static void share_out(struct neapi_latency *l, const struct neapi_moment *m)
{
    struct place at = place_wait(m);
    l->requests += m->requests;
    l->interval_requests += m->requests;
    l->sum_s += m->requests * (m->stretch * l->demand_mean_s + l->wait_mean_s);
    if (at.waiting > 0)
        l->sum_s += m->requests * m->probability * m->wait_s;
    if (l->kinds > 1)
        add_to_kinds(l, m, at.waiting > 0 ? m->probability * m->wait_s : 0);
    touch_all(l, m, &at);
}

void neapi_latency_flush(struct neapi_latency *l)
{
    if (l->pending.requests > 0)
        share_out(l, &l->pending);
    l->pending.requests = 0;
}

/* Ticks of one interval mostly are alike: their requests are shared out together. */
void neapi_latency_add(struct neapi_latency *l, const struct neapi_moment *m)
{
    struct neapi_moment *pending = &l->pending;
    if (!(m->requests > 0))
        return;
    if (pending->requests > 0 && m->probability == pending->probability &&
        m->wait_s == pending->wait_s && m->scv == pending->scv && m->stretch == pending->stretch) {
        pending->requests += m->requests;
        return;
    }
    neapi_latency_flush(l);
    *pending = *m;
}

/* --- any requests --------------------------------------------------------------------------------- */

void neapi_latency_begin_window(struct neapi_latency *l)
{
    neapi_latency_flush(l);
    memset(l->window_tail, 0, sizeof l->window_tail);
    l->window_requests = 0;
}

void neapi_latency_add_window(struct neapi_latency *l, const struct neapi_moment *m)
{
    struct place at = place_wait(m);
    l->window_requests += m->requests;
    l->in_window = true;
    touch_all(l, m, &at);
    l->in_window = false;
}

double neapi_latency_end_window(struct neapi_latency *l, double p)
{
    float tail[NEAPI_LATENCY_TIMES];
    if (!(l->window_requests > 0))
        return (double)NAN;
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
        tail[j] = (float)(l->window_tail[j] / l->window_requests);
    return neapi_latency_inverse(l, tail, 1 - p);
}

/* --- the mixture of kinds --------------------------------------------------------------------------- */

static void add_to_law(struct neapi_latency *l, int law, double share)
{
    if (l->law_share[law] == 0)
        l->active_law[l->active_laws++] = law;
    l->law_share[law] += share;
}

void neapi_latency_mix(struct neapi_latency *l, const double *share)
{
    size_t first = 0;
    neapi_latency_flush(l);
    while (first + 1 < l->kinds && !(share[first] > 0))
        first++;
    const struct neapi_kind_sums *base = &l->kind[first];
    l->demand_mean_s = base->demand_s;
    l->wait_mean_s = base->wait_s;
    l->active_kinds = l->active_laws = 0;
    for (size_t k = 0; k < l->laws; k++)
        l->law_share[k] = 0;
    for (size_t k = 0; k < l->kinds; k++) {
        struct neapi_kind_sums *kind = &l->kind[k];
        kind->share = share[k];
        if (!(share[k] > 0))
            continue;
        l->active_kind[l->active_kinds++] = (int)k;
        add_to_law(l, kind->law, share[k]);
        /* as differences from the first: alike kinds give its value to the bit */
        l->demand_mean_s += share[k] * (kind->demand_s - base->demand_s);
        l->wait_mean_s += share[k] * (kind->wait_s - base->wait_s);
    }
}

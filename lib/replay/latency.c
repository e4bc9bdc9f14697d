/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mixture behind every latency (doc/method.md, "Latency").
 *
 *   corner = stretch + 12 * (0: no wait | 1 + scv + 20 * wait)
 *
 * P(T > t) of a corner with a wait is the sum over 64 Gauss-Legendre nodes of the service time
 * S = stretch C + Z of P(Gamma > t - S). The Gamma tails are tabulated once over the bits of
 * (t - S) / mean, so that a term costs a table look-up. */
#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/latency.h"

enum {
    TIMES_PER_DECADE = 48,
    WAITS_PER_DECADE = 16,
    GAMMA_OCTAVES = 24, /* x from 2^-14 to 2^10 */
    GAMMA_PER_OCTAVE = 32,
    GAMMA_CELLS = GAMMA_OCTAVES * GAMMA_PER_OCTAVE
};

static const double FIRST_TIME_S = 1e-5;
static const double LEAST_SCV = 0.02, SCV_RATIO = 1.35;
static const double LEVELS[3] = {0.5, 0.95, 0.99};

struct gamma_tail {
    float at[GAMMA_CELLS + 1];
};

struct touched {
    int32_t corner;
    float requests;
};

struct neapi_latency {
    const struct neap_distribution *cpu_demand, *wait;
    double demand_mean_s, wait_mean_s;
    double least_stretch, stretch_step; /* of ln stretch; 0: a single one */
    double limit_s[NEAPI_LATENCY_LIMITS];
    int limits; /* how many there are; limit[k] says which of the three the k-th is */
    int limit[NEAPI_LATENCY_LIMITS];

    double time_s[NEAPI_LATENCY_TIMES];
    struct gamma_tail gamma[NEAPI_LATENCY_SCVS];
    /* by stretch: tail of the service time on the grid, and its quantiles at the nodes */
    bool service_built[NEAPI_LATENCY_STRETCHES];
    float service_tail[NEAPI_LATENCY_STRETCHES][NEAPI_LATENCY_TIMES];
    double service_node_s[NEAPI_LATENCY_STRETCHES][NEAPI_LATENCY_NODES];
    double node_v[NEAPI_LATENCY_NODES], node_weight[NEAPI_LATENCY_NODES];

    double total[NEAPI_LATENCY_CORNERS]; /* requests at each corner, whole run */
    double sum_s, requests;
    /* tails: slot_of[corner] is its place in tail, -1 for none */
    int32_t slot_of[NEAPI_LATENCY_CORNERS];
    int32_t corner_in[NEAPI_LATENCY_SLOTS];
    size_t slots_used, next_slot;
    float (*tail)[NEAPI_LATENCY_TIMES];
    /* P(T > limit) of each corner; below 0 when not yet known */
    float over[NEAPI_LATENCY_CORNERS][NEAPI_LATENCY_LIMITS];

    struct neapi_moment pending; /* moments alike, not yet shared out */
    double interval_over[NEAPI_LATENCY_LIMITS];
    double interval_requests;
    bool listing;
    struct touched *list;
    size_t list_count, list_size;
};

/* --- the grid ----------------------------------------------------------------------------------- */

static double time_at(int index)
{
    return FIRST_TIME_S * pow(10, (double)index / TIMES_PER_DECADE);
}

static double wait_at(int index)
{
    return FIRST_TIME_S * pow(10, (double)index / WAITS_PER_DECADE);
}

static double scv_at(int index)
{
    return LEAST_SCV * pow(SCV_RATIO, index);
}

static double stretch_at(const struct neapi_latency *l, int index)
{
    return l->least_stretch * exp(l->stretch_step * index);
}

static int corner_of(int stretch, int scv, int wait)
{
    return stretch + NEAPI_LATENCY_STRETCHES * (1 + scv + NEAPI_LATENCY_SCVS * wait);
}

/* --- Gamma tails -------------------------------------------------------------------------------- */

/* x as an index into a table whose cells split every octave evenly, read from the bits of a float;
 * the fraction goes to *share. */
static inline int gamma_cell(float x, float *share)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t first = (uint32_t)(127 - 14) << 23;
    uint32_t above = bits - first;
    *share = (float)(above & ((1U << 18) - 1)) * 0x1p-18F;
    return (int)(above >> 18);
}

static inline float gamma_tail_at(const struct gamma_tail *tail, float x)
{
    if (x <= 0x1p-14F)
        return x <= 0 ? 1 : tail->at[0];
    if (x >= 0x1p10F)
        return 0;
    float share;
    int cell = gamma_cell(x, &share);
    return tail->at[cell] + share * (tail->at[cell + 1] - tail->at[cell]);
}

static void fill_gamma(struct gamma_tail *tail, double scv)
{
    double shape = 1 / scv;
    for (int i = 0; i <= GAMMA_CELLS; i++) {
        double x =
            ldexp(1 + (double)(i % GAMMA_PER_OCTAVE) / GAMMA_PER_OCTAVE, i / GAMMA_PER_OCTAVE - 14);
        gsl_sf_result q;
        int failed = gsl_sf_gamma_inc_Q_e(shape, shape * x, &q);
        tail->at[i] = failed ? (x < 1 ? 1 : 0) : (float)q.val;
    }
}

/* --- service times ------------------------------------------------------------------------------ */

/* Gauss-Legendre in v = -ln(1 - u) on [0, 20]: u is a probability, the weight its mass. */
static bool fill_nodes(struct neapi_latency *l)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(NEAPI_LATENCY_NODES);
    if (table == NULL)
        return false;
    double sum = 0;
    for (size_t i = 0; i < NEAPI_LATENCY_NODES; i++) {
        double v, weight;
        gsl_integration_glfixed_point(0, 20, i, &v, &weight, table);
        l->node_v[i] = v;
        l->node_weight[i] = weight * exp(-v);
        sum += l->node_weight[i];
    }
    for (size_t i = 0; i < NEAPI_LATENCY_NODES; i++)
        l->node_weight[i] /= sum;
    gsl_integration_glfixed_table_free(table);
    return true;
}

/* P(stretch C + Z > t), by quadrature over Z. */
static double service_tail(const struct neapi_latency *l, double stretch, double t,
                           const double wait_node_s[NEAPI_LATENCY_NODES])
{
    if (l->wait_mean_s == 0)
        return neap_distribution_tail(l->cpu_demand, t / stretch);
    double sum = 0;
    for (int i = 0; i < NEAPI_LATENCY_NODES; i++) {
        double rest = t - wait_node_s[i];
        sum += l->node_weight[i] *
               (rest <= 0 ? 1 : neap_distribution_tail(l->cpu_demand, rest / stretch));
    }
    return sum;
}

/* First index whose tail is at most level; TIMES when there is none. */
static int first_at_most(const float *tail, double level)
{
    int low = -1, high = NEAPI_LATENCY_TIMES;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if ((double)tail[middle] <= level)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* Inverse of a tail on the time grid: linear in ln t against ln tail. */
static double inverse(const struct neapi_latency *l, const float *tail, double level)
{
    int high = first_at_most(tail, level);
    if (high == 0)
        return l->time_s[0];
    if (high == NEAPI_LATENCY_TIMES)
        return l->time_s[NEAPI_LATENCY_TIMES - 1];
    double above = (double)tail[high - 1], below = (double)tail[high];
    double share =
        below > 0 ? log(above / level) / log(above / below) : (above - level) / (above - below);
    return l->time_s[high - 1] * pow(l->time_s[high] / l->time_s[high - 1], share);
}

static void build_service(struct neapi_latency *l, int stretch)
{
    double node_s[NEAPI_LATENCY_NODES];
    double factor = stretch_at(l, stretch);
    float *tail = l->service_tail[stretch];
    for (int i = 0; i < NEAPI_LATENCY_NODES; i++)
        node_s[i] = neap_distribution_quantile_upper(l->wait, exp(-l->node_v[i]));
    double before = 1;
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++) {
        if (before > 1e-12)
            before = fmin(before, service_tail(l, factor, l->time_s[j], node_s));
        else
            before = 0;
        tail[j] = (float)before;
    }
    for (int i = 0; i < NEAPI_LATENCY_NODES; i++)
        l->service_node_s[stretch][i] = inverse(l, tail, exp(-l->node_v[i]));
    l->service_built[stretch] = true;
}

/* --- tails of corners --------------------------------------------------------------------------- */

static void build_tail(struct neapi_latency *l, int corner, float *tail)
{
    int stretch = corner % NEAPI_LATENCY_STRETCHES;
    int rest = corner / NEAPI_LATENCY_STRETCHES;
    if (!l->service_built[stretch])
        build_service(l, stretch);
    if (rest == 0) {
        memcpy(tail, l->service_tail[stretch], sizeof l->service_tail[stretch]);
        return;
    }
    const struct gamma_tail *gamma = &l->gamma[(rest - 1) % NEAPI_LATENCY_SCVS];
    double mean_s = wait_at((rest - 1) / NEAPI_LATENCY_SCVS);
    const double *node_s = l->service_node_s[stretch];
    double before = 1;
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++) {
        double sum = 0;
        if (before < 1e-12) {
            tail[j] = 0;
            continue;
        }
        for (int i = 0; i < NEAPI_LATENCY_NODES; i++) {
            double left = (l->time_s[j] - node_s[i]) / mean_s;
            sum += l->node_weight[i] * (double)gamma_tail_at(gamma, (float)left);
        }
        before = fmin(before, sum);
        tail[j] = (float)before;
    }
}

/* A kept tail, built when it is not there; the oldest makes room. */
static const float *tail_of(struct neapi_latency *l, int corner)
{
    int32_t slot = l->slot_of[corner];
    if (slot >= 0)
        return l->tail[slot];
    slot = (int32_t)l->next_slot;
    l->next_slot = (l->next_slot + 1) % NEAPI_LATENCY_SLOTS;
    if (l->slots_used == NEAPI_LATENCY_SLOTS)
        l->slot_of[l->corner_in[slot]] = -1;
    else
        l->slots_used++;
    build_tail(l, corner, l->tail[slot]);
    l->slot_of[corner] = slot;
    l->corner_in[slot] = corner;
    return l->tail[slot];
}

static double tail_at(const float *tail, double t)
{
    double place = log10(t / FIRST_TIME_S) * TIMES_PER_DECADE;
    if (place <= 0)
        return 1;
    if (place >= NEAPI_LATENCY_TIMES - 1)
        return (double)tail[NEAPI_LATENCY_TIMES - 1];
    int low = (int)place;
    double a = (double)tail[low], b = (double)tail[low + 1], share = place - low;
    return b > 0 ? a * pow(b / a, share) : a * (1 - share);
}

static void learn_over(struct neapi_latency *l, int corner)
{
    const float *tail = tail_of(l, corner);
    for (int k = 0; k < l->limits; k++)
        l->over[corner][k] = (float)tail_at(tail, l->limit_s[l->limit[k]]);
}

/* --- adding requests ---------------------------------------------------------------------------- */

static void touch(struct neapi_latency *l, int corner, double requests)
{
    l->total[corner] += requests;
    if (l->limits > 0 && l->over[corner][0] < 0)
        learn_over(l, corner);
    for (int k = 0; k < l->limits; k++)
        l->interval_over[k] += requests * (double)l->over[corner][k];
    if (l->listing && l->list_count < l->list_size)
        l->list[l->list_count++] = (struct touched){corner, (float)requests};
}

struct share {
    int low;
    double high; /* share of low + 1 */
};

static inline struct share place(double position, int count)
{
    if (position <= 0)
        return (struct share){0, 0};
    if (position >= count - 1)
        return (struct share){count - 2, 1};
    int low = (int)position;
    return (struct share){low, position - low};
}

/* The corners around one moment. */
struct place {
    struct share scv, wait;
    double waiting; /* share of the requests */
};

static struct place place_wait(const struct neapi_moment *m)
{
    if (m->probability < 1e-9)
        return (struct place){{0, 0}, {0, 0}, 0};
    return (struct place){
        place(log(fmax(m->scv, LEAST_SCV) / LEAST_SCV) / log(SCV_RATIO), NEAPI_LATENCY_SCVS),
        place(log(m->wait_s / FIRST_TIME_S) * (WAITS_PER_DECADE / M_LN10), NEAPI_LATENCY_WAITS),
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

static void share_out(struct neapi_latency *l, const struct neapi_moment *m)
{
    struct place at = place_wait(m);
    l->requests += m->requests;
    l->interval_requests += m->requests;
    l->sum_s += m->requests * (m->stretch * l->demand_mean_s + l->wait_mean_s);
    if (at.waiting > 0)
        l->sum_s += m->requests * m->probability * m->wait_s;
    if (l->stretch_step == 0) {
        touch_stretch(l, 0, &at, m->requests);
        return;
    }
    struct share stretch =
        place(log(m->stretch / l->least_stretch) / l->stretch_step, NEAPI_LATENCY_STRETCHES);
    if (stretch.high < 1)
        touch_stretch(l, stretch.low, &at, m->requests * (1 - stretch.high));
    if (stretch.high > 0)
        touch_stretch(l, stretch.low + 1, &at, m->requests * stretch.high);
}

static void flush(struct neapi_latency *l)
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
    flush(l);
    *pending = *m;
}

double neapi_latency_wait_tail(const struct neapi_latency *l, double scv, double x)
{
    struct share at =
        place(log(fmax(scv, LEAST_SCV) / LEAST_SCV) / log(SCV_RATIO), NEAPI_LATENCY_SCVS);
    return (1 - at.high) * (double)gamma_tail_at(&l->gamma[at.low], (float)x) +
           at.high * (double)gamma_tail_at(&l->gamma[at.low + 1], (float)x);
}

/* --- intervals ---------------------------------------------------------------------------------- */

void neapi_latency_begin_interval(struct neapi_latency *l, bool list)
{
    flush(l);
    memset(l->interval_over, 0, sizeof l->interval_over);
    l->interval_requests = 0;
    l->listing = list;
    l->list_count = 0;
}

void neapi_latency_interval_over(struct neapi_latency *l, double share[NEAPI_LATENCY_LIMITS])
{
    flush(l);
    memset(share, 0, NEAPI_LATENCY_LIMITS * sizeof *share);
    for (int k = 0; k < l->limits && l->interval_requests > 0; k++)
        share[l->limit[k]] = l->interval_over[k] / l->interval_requests;
}

static int by_corner(const void *a, const void *b)
{
    const struct touched *x = a, *y = b;
    return (x->corner > y->corner) - (x->corner < y->corner);
}

/* Takes requests at the same corner together, so that a quantile looks at each corner once. */
static void merge_list(struct neapi_latency *l)
{
    size_t kept = 0;
    qsort(l->list, l->list_count, sizeof *l->list, by_corner);
    for (size_t i = 0; i < l->list_count; i++) {
        if (kept > 0 && l->list[kept - 1].corner == l->list[i].corner)
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
        const float *tail = tail_of(l, l->list[i].corner);
        float weight = (float)((double)l->list[i].requests / sum);
        for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
            mixture[j] += weight * tail[j];
    }
}

void neapi_latency_interval_quantiles(struct neapi_latency *l, double quantile_s[3])
{
    float mixture[NEAPI_LATENCY_TIMES];
    flush(l);
    merge_list(l);
    mix_list(l, mixture);
    for (int k = 0; k < 3; k++)
        quantile_s[k] = l->list_count > 0 ? inverse(l, mixture, 1 - LEVELS[k]) : (double)NAN;
}

void neapi_latency_quantiles(struct neapi_latency *l, double quantile_s[3], double *mean_s,
                             double over_share[NEAPI_LATENCY_LIMITS])
{
    double mixture[NEAPI_LATENCY_TIMES] = {0};
    flush(l);
    float single[NEAPI_LATENCY_TIMES];
    for (int corner = 0; corner < NEAPI_LATENCY_CORNERS; corner++) {
        if (l->total[corner] == 0)
            continue;
        const float *tail = tail_of(l, corner);
        for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
            mixture[j] += l->total[corner] * (double)tail[j];
    }
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
        single[j] = l->requests > 0 ? (float)(mixture[j] / l->requests) : 0;
    for (int k = 0; k < 3; k++)
        quantile_s[k] = l->requests > 0 ? inverse(l, single, 1 - LEVELS[k]) : (double)NAN;
    for (int k = 0; k < NEAPI_LATENCY_LIMITS; k++)
        over_share[k] =
            l->requests > 0 && !isnan(l->limit_s[k]) ? tail_at(single, l->limit_s[k]) : (double)NAN;
    *mean_s = l->requests > 0 ? l->sum_s / l->requests : (double)NAN;
}

/* --- making one --------------------------------------------------------------------------------- */

void neapi_latency_reset(struct neapi_latency *l)
{
    l->pending.requests = 0;
    memset(l->total, 0, sizeof l->total);
    l->sum_s = l->requests = 0;
    neapi_latency_begin_interval(l, false);
}

static void start(struct neapi_latency *l)
{
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
        l->time_s[j] = time_at(j);
    for (int i = 0; i < NEAPI_LATENCY_SCVS; i++)
        fill_gamma(&l->gamma[i], scv_at(i));
    for (int corner = 0; corner < NEAPI_LATENCY_CORNERS; corner++) {
        l->slot_of[corner] = -1;
        l->over[corner][0] = -1;
    }
    neapi_latency_reset(l);
}

enum neap_status neapi_latency_new(struct neapi_latency **latency,
                                   const struct neap_distribution *cpu_demand,
                                   const struct neap_distribution *wait, double least_stretch,
                                   double most_stretch, const double limit_s[NEAPI_LATENCY_LIMITS],
                                   size_t list_size, struct neap_error *error)
{
    struct neapi_latency *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "latency tables");
    made->tail = neapi_allocate(NEAPI_LATENCY_SLOTS, sizeof *made->tail);
    made->list = neapi_allocate(list_size, sizeof *made->list);
    if (made->tail == NULL || made->list == NULL || !fill_nodes(made)) {
        neapi_latency_free(made);
        return neapi_no_memory(error, "latency tables");
    }
    made->list_size = list_size;
    made->cpu_demand = cpu_demand;
    made->wait = wait;
    made->demand_mean_s = neap_distribution_mean(cpu_demand);
    made->wait_mean_s = neap_distribution_mean(wait);
    made->least_stretch = least_stretch;
    double range = log(most_stretch / least_stretch);
    made->stretch_step = range > 1e-9 ? range / (NEAPI_LATENCY_STRETCHES - 1) : 0;
    for (int k = 0; k < NEAPI_LATENCY_LIMITS; k++) {
        made->limit_s[k] = limit_s[k];
        if (!isnan(limit_s[k]))
            made->limit[made->limits++] = k;
    }
    start(made);
    *latency = made;
    return NEAP_OK;
}

void neapi_latency_free(struct neapi_latency *latency)
{
    if (latency == NULL)
        return;
    free(latency->tail);
    free(latency->list);
    free(latency);
}

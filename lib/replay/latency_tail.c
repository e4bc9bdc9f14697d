/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the latencies at a corner of the grid look like (doc/method.md, "Latency").
 *
 * P(T > t) of a corner with a wait is the sum over 64 Gauss-Legendre nodes of the service time
 * S = stretch C + Z of P(Gamma > t - S). The Gamma tails are tabulated once over the bits of
 * (t - S) / mean, so that a term costs a table look-up. */
#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <string.h>

#include "replay/latency_impl.h"

static double time_at(int index)
{
    return NEAPI_FIRST_TIME_S * pow(10, (double)index / NEAPI_TIMES_PER_DECADE);
}

static double wait_at(int index)
{
    return NEAPI_FIRST_TIME_S * pow(10, (double)index / NEAPI_WAITS_PER_DECADE);
}

static double scv_at(int index)
{
    return NEAPI_LEAST_SCV * pow(NEAPI_SCV_RATIO, index);
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

static inline float gamma_tail_at(const struct neapi_gamma_tail *tail, float x)
{
    if (x <= 0x1p-14F)
        return x <= 0 ? 1 : tail->at[0];
    if (x >= 0x1p10F)
        return 0;
    float share;
    int cell = gamma_cell(x, &share);
    return tail->at[cell] + share * (tail->at[cell + 1] - tail->at[cell]);
}

static void fill_gamma(struct neapi_gamma_tail *tail, double scv)
{
    double shape = 1 / scv;
    for (int i = 0; i <= NEAPI_GAMMA_CELLS; i++) {
        double x = ldexp(1 + (double)(i % NEAPI_GAMMA_PER_OCTAVE) / NEAPI_GAMMA_PER_OCTAVE,
                         i / NEAPI_GAMMA_PER_OCTAVE - 14);
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
static double service_tail(const struct neapi_latency *l, const struct neapi_law *law,
                           double stretch, double t, const double wait_node_s[NEAPI_LATENCY_NODES])
{
    if (law->wait_mean_s == 0)
        return neap_distribution_tail(law->cpu_demand, t / stretch);
    double sum = 0;
    for (int i = 0; i < NEAPI_LATENCY_NODES; i++) {
        double rest = t - wait_node_s[i];
        sum += l->node_weight[i] *
               (rest <= 0 ? 1 : neap_distribution_tail(law->cpu_demand, rest / stretch));
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
double neapi_latency_inverse(const struct neapi_latency *l, const float *tail, double level)
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

static void build_service(const struct neapi_latency *l, struct neapi_law *law, int stretch)
{
    double node_s[NEAPI_LATENCY_NODES];
    double factor = l->least_stretch * exp(l->stretch_step * stretch);
    float *tail = law->service_tail[stretch];
    for (int i = 0; i < NEAPI_LATENCY_NODES; i++)
        node_s[i] = neap_distribution_quantile_upper(law->wait, exp(-l->node_v[i]));
    double before = 1;
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++) {
        if (before > 1e-12)
            before = fmin(before, service_tail(l, law, factor, l->time_s[j], node_s));
        else
            before = 0;
        tail[j] = (float)before;
    }
    for (int i = 0; i < NEAPI_LATENCY_NODES; i++)
        law->service_node_s[stretch][i] = neapi_latency_inverse(l, tail, exp(-l->node_v[i]));
    law->service_built[stretch] = true;
}

/* --- tails of corners --------------------------------------------------------------------------- */

static void build_tail(struct neapi_latency *l, int32_t place, float *tail)
{
    struct neapi_law *law = &l->law[(size_t)place % l->laws];
    int corner = (int)((size_t)place / l->laws);
    int stretch = corner % NEAPI_LATENCY_STRETCHES;
    int rest = corner / NEAPI_LATENCY_STRETCHES;
    if (!law->service_built[stretch])
        build_service(l, law, stretch);
    if (rest == 0) {
        memcpy(tail, law->service_tail[stretch], sizeof law->service_tail[stretch]);
        return;
    }
    const struct neapi_gamma_tail *gamma = &l->gamma[(rest - 1) % NEAPI_LATENCY_SCVS];
    double mean_s = wait_at((rest - 1) / NEAPI_LATENCY_SCVS);
    const double *node_s = law->service_node_s[stretch];
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

const float *neapi_latency_tail(struct neapi_latency *l, int32_t place)
{
    int32_t slot = l->slot_of[place];
    if (slot >= 0)
        return l->tail[slot];
    slot = (int32_t)l->next_slot;
    l->next_slot = (l->next_slot + 1) % l->slots;
    if (l->slots_used == l->slots)
        l->slot_of[l->place_in[slot]] = -1;
    else
        l->slots_used++;
    build_tail(l, place, l->tail[slot]);
    l->slot_of[place] = slot;
    l->place_in[slot] = place;
    return l->tail[slot];
}

double neapi_latency_tail_at(const float *tail, double t)
{
    double place = log10(t / NEAPI_FIRST_TIME_S) * NEAPI_TIMES_PER_DECADE;
    if (place <= 0)
        return 1;
    if (place >= NEAPI_LATENCY_TIMES - 1)
        return (double)tail[NEAPI_LATENCY_TIMES - 1];
    int low = (int)place;
    double a = (double)tail[low], b = (double)tail[low + 1], share = place - low;
    return b > 0 ? a * pow(b / a, share) : a * (1 - share);
}

void neapi_latency_learn_over(struct neapi_latency *l, int32_t place)
{
    const float *tail = neapi_latency_tail(l, place);
    for (int k = 0; k < l->limits; k++)
        l->over[place][k] = (float)neapi_latency_tail_at(tail, l->limit_s[l->limit[k]]);
}

double neapi_latency_wait_tail(const struct neapi_latency *l, double scv, double x)
{
    struct neapi_share at = neapi_scv_share(scv);
    return (1 - at.high) * (double)gamma_tail_at(&l->gamma[at.low], (float)x) +
           at.high * (double)gamma_tail_at(&l->gamma[at.low + 1], (float)x);
}

bool neapi_latency_fill(struct neapi_latency *l)
{
    for (int j = 0; j < NEAPI_LATENCY_TIMES; j++)
        l->time_s[j] = time_at(j);
    for (int i = 0; i < NEAPI_LATENCY_SCVS; i++)
        fill_gamma(&l->gamma[i], scv_at(i));
    return fill_nodes(l);
}

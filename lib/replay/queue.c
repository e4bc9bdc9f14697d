/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each step solves L(y) - L0 - span (rate - capacity rho(y)) = 0 for the load axis y, where L is
 * the mean number in the system that goes with a load in steady state. Long steps give the steady
 * state, overload gives the exact fluid backlog, no traffic drains. L and rho are read from the
 * station's table, linear between cells, so that the root within a cell is a division. */
#include <math.h>

#include "replay/queue.h"

static const double LN_NOBODY = -20; /* fewer than 2 of 10^9 wait: none */

void neapi_queue_reset(struct neapi_queue *queue, struct neapi_station *station)
{
    *queue =
        (struct neapi_queue){.station = station, .variance = (double)NAN, .view_containers = -1};
}

static double between(double low, double high, double share)
{
    return low + share * (high - low);
}

static double in_system_at(const struct neapi_queue *q, int cell)
{
    const struct neapi_station_view *view = &q->view;
    return between(view->low->cell[cell].in_system, view->high->cell[cell].in_system, view->share);
}

/* Requests that would have to leave for this load to be right; rises with the cell. */
struct balance {
    const struct neapi_queue *queue;
    double scale;  /* containers / those of the view: 1 but for less than one container */
    double served; /* span x capacity */
    double target; /* L0 + span x rate */
};

static double excess(const struct balance *b, int cell)
{
    return b->scale * in_system_at(b->queue, cell) + b->served * b->queue->station->load[cell] -
           b->target;
}

/* The cell whose ends have the root between them, searched from the last one on; its place in the
 * cell goes to *share. Beyond the last cell: -1. */
static int solve(const struct balance *b, int cell, double *share)
{
    double low = excess(b, cell);
    while (low > 0 && cell > 0)
        low = excess(b, --cell);
    double high = excess(b, cell + 1);
    while (high < 0) {
        if (++cell >= NEAPI_STATION_CELLS)
            return -1;
        low = high;
        high = excess(b, cell + 1);
    }
    *share = low >= 0 ? 0 : low / (low - high);
    return cell;
}

struct mixed {
    double ln_probability, ln_wait, scv, stretch;
};

static struct mixed mix_row(const struct neapi_station_row *row, int cell, double share)
{
    const struct neapi_station_cell *a = &row->cell[cell], *b = a + 1;
    return (struct mixed){between(a->ln_probability, b->ln_probability, share),
                          between(a->ln_wait, b->ln_wait, share), between(a->scv, b->scv, share),
                          between(a->stretch, b->stretch, share)};
}

static struct mixed mix_view(const struct neapi_station_view *view, int cell, double share)
{
    struct mixed low = mix_row(view->low, cell, share);
    if (view->share == 0)
        return low;
    struct mixed high = mix_row(view->high, cell, share);
    return (struct mixed){between(low.ln_probability, high.ln_probability, view->share),
                          between(low.ln_wait, high.ln_wait, view->share),
                          between(low.scv, high.scv, view->share),
                          between(low.stretch, high.stretch, view->share)};
}

/* While work piles up or is worked off the number in the system varies less than in a steady state
 * of that load: its variance follows arrivals and departures (doc/method.md, "Overload"). */
static void follow_variance(struct neapi_queue *q, double rate, double span_s,
                            struct neapi_flow *flow)
{
    double waiting = fmax(flow->waiting, 1e-9);
    double ahead = waiting / flow->probability;
    double steady = q->in_system - waiting +
                    flow->probability * ahead * ahead * (1 + flow->scv - flow->probability);
    if (flow->probability < 0.5 || !(steady > 0)) {
        q->variance = (double)NAN;
        return;
    }
    if (isnan(q->variance))
        q->variance = fmin(steady, q->in_system);
    q->variance = (q->variance + span_s * (rate + flow->served_rate)) /
                  (1 + span_s * (rate + flow->served_rate) / steady);
    flow->scv = fmax(flow->scv * fmin(q->variance / steady, 1), NEAPI_LEAST_SCV);
}

/* Time in which the number in the system follows a change, at the load of that cell. */
static double relaxation_s(const struct balance *b, int cell, double capacity)
{
    const double *load = b->queue->station->load;
    double moved = in_system_at(b->queue, cell + 1) - in_system_at(b->queue, cell);
    return b->scale * moved / (capacity * (load[cell + 1] - load[cell]));
}

/* Returns what the next step at the same rate would move. */
static double step(struct neapi_queue *q, double rate, double containers, double span_s,
                   struct neapi_flow *flow)
{
    const struct neapi_station *s = q->station;
    double capacity = containers * s->capacity_rate;
    struct balance balance = {q, fmin(containers, 1), span_s * capacity,
                              q->in_system + span_s * rate};
    double share = 1, load = 1;
    int cell = solve(&balance, q->cell, &share);
    bool beyond = cell < 0;
    if (beyond)
        cell = NEAPI_STATION_CELLS - 1;
    else
        load = between(s->load[cell], s->load[cell + 1], share);
    double before = q->in_system, relaxing_s = relaxation_s(&balance, cell, capacity);
    q->cell = cell;
    q->in_system = fmax(balance.target - balance.served * load, 0);
    flow->served_rate = capacity * load;
    struct mixed mixed = mix_view(&q->view, cell, share);
    flow->probability = mixed.ln_probability < LN_NOBODY ? 0 : exp(mixed.ln_probability);
    flow->wait_s = flow->probability > 0 ? exp(mixed.ln_wait) / balance.scale : 0;
    flow->scv = mixed.scv;
    flow->stretch = mixed.stretch;
    flow->waiting = flow->served_rate * flow->probability * flow->wait_s;
    if (beyond) {
        flow->waiting = q->in_system - containers * s->workers;
        flow->wait_s = flow->waiting / capacity;
    }
    if (flow->probability > 0.5)
        follow_variance(q, rate, span_s, flow);
    else
        q->variance = (double)NAN;
    return fabs(q->in_system - before) * relaxing_s / (relaxing_s + span_s);
}

void neapi_queue_step(struct neapi_queue *q, double rate, double containers, double span_s,
                      struct neapi_flow *flow)
{
    if (containers != q->view_containers) {
        q->view = neapi_station_view(q->station, containers);
        q->view_containers = containers;
    } else if (q->steady && rate == q->steady_rate) {
        *flow = q->flow;
        return;
    }
    double next = step(q, rate, containers, span_s, flow);
    q->steady = next <= 1e-3 * q->in_system && flow->probability < 0.5;
    q->steady_rate = rate;
    q->flow = *flow;
    q->flow.served_rate = rate;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What N containers behind a balancer do at a given load (doc/method.md, "Containers and
 * balancers").
 *
 * One container alone: FCFS GI/G/w (Whitt 1993) while its workers never contend for CPU; else the
 * flow-equivalent server (Chandy, Herzog, Woo 1975) with the correction for service times that are
 * not exponential. All N behind one central queue: GI/G/(N w) with the worker time at saturation,
 * and N vCPU shared. A real balancer lies between the two by a measured share. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "service/even.h"
#include "service/station.h"

static const double LN_NOTHING = -700; /* below: no request ever waits */

static struct neapi_station_alone alone_fcfs(const struct neapi_station *s, double load,
                                             double arrival_scv)
{
    struct neap_wait wait = neap_wait_gig(s->workers, load, s->holding_s, arrival_scv,
                                          s->holding_scv, s->holding_third_ratio);
    return (struct neapi_station_alone){wait.probability, wait.probability * wait.mean_s, wait.scv,
                                        s->alone_stretch};
}

static struct neapi_station_alone alone_contended(const struct neapi_station *s, double load)
{
    struct neap_fes_result at =
        neap_fes_evaluate(s->fes, load * s->capacity_rate, s->holding_scv, (double)INFINITY);
    struct neap_wait shape =
        neap_wait_gig(s->workers, load, s->holding_s, 1, s->holding_scv, s->holding_third_ratio);
    return (struct neapi_station_alone){
        at.p_wait, at.wq_mean, shape.scv,
        fmin(fmax(at.cpu_stretch, s->alone_stretch), s->most_stretch)};
}

static double load_at(int cell)
{
    double load = -expm1(-(double)cell / NEAPI_STATION_PER_UNIT);
    return load > 1e-9 ? load : 1e-9;
}

static enum neap_status make_fes(struct neapi_station *s, struct neap_error *error)
{
    if (!s->contended)
        return NEAP_OK;
    return neap_fes_new(&s->fes, (int)s->workers, s->vcpu, s->demand_s, s->wait_s, error);
}

static struct neapi_station_alone alone_at(const struct neapi_station *s, double load)
{
    return s->contended ? alone_contended(s, load) : alone_fcfs(s, load, 1);
}

static void fill_alone(struct neapi_station *s)
{
    for (int j = 0; j <= NEAPI_STATION_CELLS; j++) {
        s->load[j] = load_at(j);
        s->alone[j] = alone_at(s, s->load[j]);
    }
}

/* --- rows --------------------------------------------------------------------------------------- */

static double part(double from, double to, double share)
{
    return from + share * (to - from);
}

/* Least outstanding. A request that waits does so at the container with the shortest queue: with a
 * pooled queue geometric in load and spread evenly, floor(Q / N) + 1 must leave there first, which
 * takes what one container by itself takes x (1 - load) / (1 - load^N). That is `longer` times the
 * wait in a central queue, but fewer wait than there, since queues form while others run idle less
 * often. The exponent is fitted: mean waits within 4 % of exact chains for N = 2, 3 and within the
 * noise of simulations for N = 10, 50. */
static struct neapi_station_alone shortest_queue(const struct neapi_station_alone *alone,
                                                 const struct neap_wait *pooled, double containers,
                                                 double load)
{
    double given_s = alone->probability > 0 ? alone->wait_s / alone->probability : 0;
    double evenly = -expm1(containers * log(load)); /* 1 - load^N */
    double longer = containers * (1 - load) / evenly;
    double fewer = pow(longer, pow(containers, -0.18) - 1);
    struct neapi_station_alone at = *alone;
    at.probability = fmin(alone->probability, pooled->probability * fewer);
    at.wait_s = at.probability * given_s * (1 - load) / evenly;
    return at;
}

/* What the balancer makes of N containers at one load, at which one does `alone` by itself. */
static struct neapi_station_alone balance(const struct neapi_station *s, double containers,
                                          double load, struct neapi_station_alone alone)
{
    if (s->balancer == NEAP_BALANCER_ROUND_ROBIN && !s->contended)
        alone = alone_fcfs(s, load, 1 / containers); /* every N-th arrival: Erlang-N gaps */
    double theta = containers > 1 ? neap_balancer_theta(s->balancer, load) : 0;
    if (theta == 0)
        return alone;
    struct neap_wait pooled = neap_wait_gig(containers * s->workers, load, s->holding_s, 1,
                                            s->holding_scv, s->holding_third_ratio);
    double stretch = s->alone_stretch;
    if (s->contended) {
        struct neapi_even even = neapi_even_evaluate(s->fes, (int)s->workers, containers, load);
        pooled.probability = even.full_probability;
        stretch = fmin(fmax((even.held_s - s->wait_s) / s->demand_s, stretch), s->most_stretch);
    }
    struct neapi_station_alone at = {part(alone.probability, pooled.probability, theta),
                                     part(alone.wait_s, pooled.probability * pooled.mean_s, theta),
                                     part(alone.scv, pooled.scv, theta), alone.stretch};
    if (s->balancer == NEAP_BALANCER_LEAST_OUTSTANDING)
        at = shortest_queue(&alone, &pooled, containers, load);
    /* who picks the container that holds the fewest spreads them as one queue does */
    at.stretch =
        part(alone.stretch, stretch, s->balancer == NEAP_BALANCER_LEAST_OUTSTANDING ? 1 : theta);
    return at;
}

static struct neapi_station_cell mix(const struct neapi_station *s, double containers, int j)
{
    struct neapi_station_alone at = balance(s, containers, s->load[j], s->alone[j]);
    bool waits = at.probability > 1e-300 && at.wait_s > 1e-300;
    return (struct neapi_station_cell){
        .ln_probability = waits ? log(fmin(at.probability, 1)) : LN_NOTHING,
        .ln_wait =
            waits ? log(at.wait_s / fmin(at.probability, 1)) : log(s->holding_s / s->workers),
        .scv = at.scv,
        .stretch = at.stretch,
        .in_system = containers * s->capacity_rate * s->load[j] *
                     (at.stretch * s->demand_s + s->wait_s + at.wait_s)};
}

static void build(const struct neapi_station *s, struct neapi_station_row *row)
{
    for (int j = 0; j <= NEAPI_STATION_CELLS; j++)
        row->cell[j] = mix(s, row->containers, j);
    row->cell[0].in_system = 0;
    /* Interpolated formulas may dip; the solver needs the number in system to rise with load. */
    for (int j = 1; j <= NEAPI_STATION_CELLS; j++)
        if (row->cell[j].in_system <= row->cell[j - 1].in_system)
            row->cell[j].in_system = row->cell[j - 1].in_system * (1 + 1e-12) + 1e-300;
    row->built = true;
}

static double grid_containers(size_t index)
{
    if (index < NEAPI_STATION_EXACT)
        return (double)(index + 1);
    double octaves = (double)(index + 1 - NEAPI_STATION_EXACT) / NEAPI_STATION_PER_OCTAVE;
    return floor(NEAPI_STATION_EXACT * exp2(octaves));
}

static const struct neapi_station_row *row_at(struct neapi_station *s, size_t index)
{
    struct neapi_station_row *row = &s->row[index];
    if (!row->built)
        build(s, row);
    return row;
}

struct neapi_station_view neapi_station_view(struct neapi_station *s, double containers)
{
    size_t low = 0, high = s->rows - 1;
    if (containers <= NEAPI_STATION_EXACT && containers < (double)s->rows) {
        low = containers < 1 ? 0 : (size_t)containers - 1;
        high = low + 1 < s->rows ? low + 1 : low;
    } else {
        while (high - low > 1) {
            size_t middle = (low + high) / 2;
            if (s->row[middle].containers <= containers)
                low = middle;
            else
                high = middle;
        }
    }
    double from = s->row[low].containers, to = s->row[high].containers;
    double share = to > from ? (containers - from) / (to - from) : 0;
    struct neapi_station_view view = {row_at(s, low), NULL, fmin(fmax(share, 0), 1)};
    view.high = view.share > 0 ? row_at(s, high) : view.low;
    return view;
}

/* --- making one --------------------------------------------------------------------------------- */

static void describe(struct neapi_station *s, const struct neap_container_options *container,
                     enum neap_balancer_type balancer, const struct neapi_station_kind *kind,
                     size_t count)
{
    s->balancer = balancer;
    s->workers = container->workers;
    s->vcpu = neap_container_cpu_usable(container) - container->idle_cpu_cores;
    s->alone_stretch = 1 / fmin(1, s->vcpu);
    neapi_station_moments(s, kind, count);
    s->contended = s->workers > fmax(1, s->vcpu);
    s->capacity_rate = neap_container_capacity((int)s->workers, s->vcpu, s->demand_s, s->wait_s);
    s->holding_s = s->workers / s->capacity_rate;
    s->most_stretch = fmax((s->holding_s - s->wait_s) / s->demand_s, s->alone_stretch);
}

enum neap_status neapi_station_new(struct neapi_station **station,
                                   const struct neap_container_options *container,
                                   enum neap_balancer_type balancer,
                                   const struct neapi_station_kind *kind, size_t count, double most,
                                   struct neap_error *error)
{
    struct neapi_station *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "the station's tables");
    describe(made, container, balancer, kind, count);
    if (!(made->demand_s > 0)) {
        neapi_station_free(made);
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "CPU demand is 0: a request must need some CPU; give cpu_demand");
    }
    while (made->rows < NEAPI_STATION_ROWS_MOST &&
           (made->rows < 2 || grid_containers(made->rows - 1) < most))
        made->rows++;
    made->row = neapi_allocate(made->rows, sizeof *made->row);
    enum neap_status status =
        made->row == NULL ? neapi_no_memory(error, "the station's tables") : NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < made->rows; i++)
        made->row[i].containers = grid_containers(i);
    if (status == NEAP_OK)
        status = make_fes(made, error);
    if (status != NEAP_OK) {
        neapi_station_free(made);
        return status;
    }
    fill_alone(made);
    *station = made;
    return NEAP_OK;
}

/* --- one place ---------------------------------------------------------------------------------- */

double neapi_station_capacity_rate(const struct neap_container_options *container,
                                   const struct neap_distribution *cpu_demand,
                                   const struct neap_distribution *wait)
{
    double vcpu = neap_container_cpu_usable(container) - container->idle_cpu_cores;
    return neap_container_capacity((int)container->workers, vcpu,
                                   neap_distribution_mean(cpu_demand),
                                   neap_distribution_mean(wait));
}

enum neap_status neapi_station_at(struct neapi_station_alone *at,
                                  const struct neap_container_options *container,
                                  enum neap_balancer_type balancer,
                                  const struct neapi_station_kind *kind, double containers,
                                  double load, struct neap_error *error)
{
    struct neapi_station s = {0};
    describe(&s, container, balancer, kind, 1);
    enum neap_status status = make_fes(&s, error);
    if (status == NEAP_OK)
        *at = balance(&s, containers, load, alone_at(&s, load));
    neap_fes_free(s.fes);
    return status;
}

void neapi_station_free(struct neapi_station *station)
{
    if (station == NULL)
        return;
    neap_fes_free(station->fes);
    free(station->row);
    free(station);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A station: N alike containers behind a balancer, as a table over (N, load). The formulas behind
 * a cell cost microseconds to milliseconds; the tick engine needs one in nanoseconds, so a row is
 * worked out when its N is first met and read by interpolation ever after.
 *
 * Load is rho = arrival rate / capacity, on the axis y = -ln(1 - rho), in which queues are smooth
 * up to saturation. Rows are exact for small N and lie on a geometric grid beyond. */
#ifndef NEAP_SERVICE_STATION_H
#define NEAP_SERVICE_STATION_H

#include <neap/service.h>

enum {
    NEAPI_STATION_CELLS = 256,    /* steps in y */
    NEAPI_STATION_PER_UNIT = 16,  /* of them for 1 in y: up to rho = 1 - 1e-7 */
    NEAPI_STATION_EXACT = 32,     /* N up to here have a row each */
    NEAPI_STATION_PER_OCTAVE = 8, /* rows for a doubling of N beyond */
    NEAPI_STATION_ROWS_MOST = 32 + 8 * 24
};

struct neapi_station_cell {
    double ln_probability; /* ln P(a request waits for a worker) */
    double ln_wait;        /* ln of the mean wait of those that do, s */
    double scv;            /* of that wait */
    double stretch;        /* time on CPU over CPU demand, >= 1 */
    double in_system;      /* mean requests held or waiting, all N containers */
};

struct neapi_station_row {
    double containers;
    bool built;
    struct neapi_station_cell cell[NEAPI_STATION_CELLS + 1];
};

/* One container by itself at one load: what random balancing gives. */
struct neapi_station_alone {
    double probability, wait_s, scv, stretch;
};

struct neapi_station {
    enum neap_balancer_type balancer;
    double workers, vcpu;
    double demand_s, wait_s; /* means of CPU demand and of time without CPU */
    double capacity_rate;    /* requests/s that one container sustains */
    double holding_s;        /* workers / capacity: worker time of a request at saturation */
    double holding_scv, holding_third_ratio;
    double alone_stretch;                 /* of a request that has the container to itself */
    double most_stretch;                  /* at saturation */
    double second_demand;                 /* E[C^2], s^2 */
    bool contended;                       /* more workers than vCPUs */
    double load[NEAPI_STATION_CELLS + 1]; /* rho at each y */
    struct neapi_station_alone alone[NEAPI_STATION_CELLS + 1];
    struct neap_fes *fes; /* of one container; NULL unless contended */
    size_t rows;
    struct neapi_station_row *row;
};

/* One kind of request among those that containers serve. */
struct neapi_station_kind {
    double weight; /* its requests, in any unit */
    const struct neap_distribution *cpu_demand, *wait;
};

/* Sizes the table for up to most containers that serve a mixture of count >= 1 kinds. The
 * distributions are only read. */
enum neap_status neapi_station_new(struct neapi_station **station,
                                   const struct neap_container_options *container,
                                   enum neap_balancer_type balancer,
                                   const struct neapi_station_kind *kind, size_t count, double most,
                                   struct neap_error *error);
void neapi_station_free(struct neapi_station *station);

/* Fills demand_s, wait_s, second_demand and the moments of the holding time, from alone_stretch. */
void neapi_station_moments(struct neapi_station *station, const struct neapi_station_kind *kind,
                           size_t count);

/* Requests/s that one container sustains. */
double neapi_station_capacity_rate(const struct neap_container_options *container,
                                   const struct neap_distribution *cpu_demand,
                                   const struct neap_distribution *wait);
/* N containers of one kind at one load, 0 < load < 1, without a table. wait_s is 0 for those that do not wait. */
enum neap_status neapi_station_at(struct neapi_station_alone *at,
                                  const struct neap_container_options *container,
                                  enum neap_balancer_type balancer,
                                  const struct neapi_station_kind *kind, double containers,
                                  double load, struct neap_error *error);

/* The rows around N = containers (>= 0; below 1 counts as 1) and how far it is from the first to
 * the second, 0..1. Builds them when needed; allocates nothing. */
struct neapi_station_view {
    const struct neapi_station_row *low, *high;
    double share; /* of high */
};
struct neapi_station_view neapi_station_view(struct neapi_station *station, double containers);

#endif

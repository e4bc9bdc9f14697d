/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The requests in the system as a fluid with the right steady states: the pointwise stationary
 * fluid flow approximation (Wang, Tipper, Banerjee 1996), one implicit step at a time. */
#ifndef NEAP_REPLAY_QUEUE_H
#define NEAP_REPLAY_QUEUE_H

#include "service/station.h"

/* What one step gave. */
struct neapi_flow {
    double served_rate; /* requests/s that left */
    double probability; /* an arrival waits */
    double wait_s;      /* mean wait of those that do */
    double scv;         /* of that wait */
    double stretch;     /* of the time on CPU */
    double waiting;     /* requests beyond what workers hold */
};

#define NEAPI_LEAST_SCV 0.001 /* of a wait */

struct neapi_queue {
    struct neapi_station *station;
    double in_system; /* requests held or waiting */
    double variance;  /* of their number, while a backlog is worked off; NaN when it is steady */
    int cell;         /* of the load axis, where the last solution lay */
    double view_containers;
    struct neapi_station_view view;
    bool steady;            /* a further step would move next to nothing ... */
    double steady_rate;     /* ... at that rate, and give ... */
    struct neapi_flow flow; /* ... this */
};

void neapi_queue_reset(struct neapi_queue *queue, struct neapi_station *station);

/* span_s seconds of arrivals at rate on that many containers (real: slow ones count less). */
void neapi_queue_step(struct neapi_queue *queue, double rate, double containers, double span_s,
                      struct neapi_flow *flow);

#endif

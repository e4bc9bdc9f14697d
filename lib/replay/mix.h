/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which requests containers serve: a mixture of kinds (version x class) whose shares change, from
 * interval to interval with the traffic and during a rolling update with the fleet.
 *
 * A version's station is made for its mean mixture over the whole recording. Another mixture is
 * that station in slower or faster time: `heaviness` is the worker time that a request needs at
 * saturation, over that in the station's own mixture (doc/method.md, "Request classes"). */
#ifndef NEAP_REPLAY_MIX_H
#define NEAP_REPLAY_MIX_H

#include "replay/fleet.h"
#include "replay/latency.h"
#include "service/station.h"

/* What one kind of request needs. */
struct neapi_kind {
    double demand_s, second_demand, wait_s;
    double second_holding; /* E[H^2] of the worker time of a request that has a container alone */
};

/* What containers serve now. */
struct neapi_load {
    size_t version;       /* whose station it is measured against: most ready containers run it */
    double heaviness;     /* exactly 1 in the station's own mixture */
    double longer;        /* waits over those of a station whose requests vary as its own do */
    double capacity_rate; /* requests/s that one container sustains */
    double demand_s;      /* mean CPU demand */
    double second_demand; /* E[C^2] */
    double wait_s;        /* mean time without CPU */
    double spread;        /* E[H^2] / E[H]^2 of the worker time of a request alone */
    double version_use_share; /* CPU used by a container of that version, over the mean container */
};

struct neapi_mix {
    const struct neap_recording *recording; /* borrowed */
    const struct neap_container_options *container;
    size_t classes, versions;
    struct neapi_kind *kind;         /* by class + classes x version */
    struct neapi_latency_kind *law;  /* likewise */
    struct neapi_station **station;  /* by version */
    double *class_share;             /* of the requests that arrive now */
    double *kind_share;              /* of the requests that are served now */
    double *use_share;               /* by version: CPU used by a container over load.version's */
    struct neap_replay_class *class; /* results, booked so far */
    double booked_cpu_s, booked_failed;
    bool changed; /* class_share has */
    struct neapi_load load;
};

/* Finds each class's distributions in each version and makes the stations for up to most
 * containers. */
enum neap_status neapi_mix_new(struct neapi_mix *mix, const struct neap_replay_inputs *inputs,
                               double most, struct neap_error *error);
/* The profile of that version. */
const struct neap_profile *neapi_profile_of(const struct neap_replay_inputs *inputs,
                                            size_t version);
void neapi_mix_free(struct neapi_mix *mix);

/* Forgets results; all containers are of that version, requests those of the first interval. */
void neapi_mix_reset(struct neapi_mix *mix, size_t version);
/* Requests are those of that interval from here on; without any the mixture stays. */
void neapi_mix_interval(struct neapi_mix *mix, size_t index);
/* Works out mix->load for that fleet. Without ready containers it stays. */
void neapi_mix_update(struct neapi_mix *mix, const struct neapi_fleet *fleet);

/* Charges what the summary has counted since the last call to the classes, by the shares of now:
 * to be called before they change. */
void neapi_mix_book(struct neapi_mix *mix, const struct neap_replay_summary *summary);

#endif

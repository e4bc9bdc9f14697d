/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run takes over what its containers serve: the station, its scale, and the latencies' mixture. */
#include "replay/replay_impl.h"

void neapi_replay_take_mix(struct neap_replay *r)
{
    const struct neapi_load *load = &r->mix.load;
    struct neapi_station *station = r->mix.station[load->version];
    if (r->queue.station != station) {
        r->queue.station = station;
        r->queue.view_containers = -1;
        r->queue.steady = false;
    }
    r->station = station;
    r->heaviness = load->heaviness;
    r->longer = load->longer;
    r->capacity_rate = load->capacity_rate;
    r->demand_s = load->demand_s;
    r->second_demand = load->second_demand;
    r->version_use_share = load->version_use_share;
    neapi_latency_mix(r->latency, r->mix.kind_share);
}

void neapi_replay_update_mix(struct neap_replay *r)
{
    size_t before = r->mix.load.version;
    if (r->counting)
        neapi_mix_book(&r->mix, r->summary);
    neapi_mix_update(&r->mix, &r->fleet);
    r->fleet.mixed = false;
    if (r->mix.load.version != before && r->mix.use_share[before] > 0)
        neapi_pipeline_scale(&r->pipeline, 1 / r->mix.use_share[before]);
    neapi_replay_take_mix(r);
}

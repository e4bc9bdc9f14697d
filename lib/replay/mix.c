/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mixtures of request kinds. Means are taken as one kind's value and differences from it, so that
 * kinds that are alike give that value to the bit, whatever their shares. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/mix.h"

static const double SAME = 1e-12; /* shares that are constant still differ by rounding */
static const double LEAST = 1e-9; /* CPU demand of a mixture that needs none, over the usual one */

const struct neap_profile *neapi_profile_of(const struct neap_replay_inputs *inputs, size_t version)
{
    return version == 0 ? inputs->profile : inputs->deployments[version - 1].profile;
}

/* --- making one ----------------------------------------------------------------------------------- */

/* Distributions of one version's classes, with the weight of each in the whole recording. */
static enum neap_status find_kinds(const struct neapi_mix *mix, const struct neap_profile *profile,
                                   struct neapi_station_kind *found, struct neap_error *error)
{
    for (size_t c = 0; c < mix->classes; c++) {
        const char *name = neap_recording_class_name(mix->recording, c);
        const double *requests = neap_recording_class_requests(mix->recording, c);
        size_t number = neap_profile_class_for(profile, name);
        if (number == SIZE_MAX)
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "profile %s: found no cpu_demand for class %s, expected "
                              "cpu_demand.%s = ... or cpu_demand = ...",
                              neap_profile_name(profile), name, name);
        found[c] = (struct neapi_station_kind){0, neap_profile_cpu_demand(profile, number),
                                               neap_profile_wait(profile, number)};
        for (size_t i = 0; i < neap_recording_count(mix->recording); i++)
            found[c].weight += requests[i];
    }
    return NEAP_OK;
}

static double alone_stretch(const struct neap_container_options *container)
{
    return 1 / fmin(1, neap_container_cpu_usable(container) - container->idle_cpu_cores);
}

static struct neapi_kind kind_of(const struct neapi_station_kind *found, double stretch)
{
    const struct neap_distribution *demand = found->cpu_demand, *wait = found->wait;
    struct neapi_kind kind = {.demand_s = neap_distribution_mean(demand),
                              .second_demand = neap_distribution_moment(demand, 2),
                              .wait_s = neap_distribution_mean(wait)};
    kind.second_holding = stretch * stretch * kind.second_demand +
                          2 * stretch * kind.demand_s * kind.wait_s +
                          neap_distribution_moment(wait, 2);
    return kind;
}

static enum neap_status make_version(struct neapi_mix *mix, const struct neap_replay_inputs *inputs,
                                     size_t version, double most, struct neap_error *error)
{
    struct neapi_station_kind found[NEAP_REPLAY_KINDS_MOST];
    enum neap_status status = find_kinds(mix, neapi_profile_of(inputs, version), found, error);
    if (status != NEAP_OK)
        return status;
    for (size_t c = 0; c < mix->classes; c++) {
        size_t k = c + mix->classes * version;
        mix->law[k] = (struct neapi_latency_kind){found[c].cpu_demand, found[c].wait};
        mix->kind[k] = kind_of(&found[c], alone_stretch(inputs->container));
    }
    return neapi_station_new(&mix->station[version], inputs->container, inputs->balancer, found,
                             mix->classes, most, error);
}

enum neap_status neapi_mix_new(struct neapi_mix *mix, const struct neap_replay_inputs *inputs,
                               double most, struct neap_error *error)
{
    size_t classes = neap_recording_classes(inputs->recording);
    size_t versions = 1 + inputs->deployments_count, kinds = classes * versions;
    *mix = (struct neapi_mix){inputs->recording, inputs->container, .classes = classes,
                              .versions = versions};
    if (versions > NEAP_REPLAY_KINDS_MOST || kinds > NEAP_REPLAY_KINDS_MOST)
        return neapi_fail(error, NEAP_BAD_DATA,
                          "found %zu request classes in %zu versions of the service, expected at "
                          "most %d kinds of requests in all: take classes together",
                          classes, versions, NEAP_REPLAY_KINDS_MOST);
    mix->kind = neapi_allocate(kinds, sizeof *mix->kind);
    mix->law = neapi_allocate(kinds, sizeof *mix->law);
    mix->station = neapi_allocate(versions, sizeof(struct neapi_station *));
    mix->class_share = neapi_allocate(classes, sizeof *mix->class_share);
    mix->kind_share = neapi_allocate(kinds, sizeof *mix->kind_share);
    mix->use_share = neapi_allocate(versions, sizeof *mix->use_share);
    mix->class = neapi_allocate(classes, sizeof *mix->class);
    if (mix->kind == NULL || mix->law == NULL || mix->station == NULL || mix->class_share == NULL ||
        mix->kind_share == NULL || mix->use_share == NULL || mix->class == NULL)
        return neapi_no_memory(error, "request classes");
    enum neap_status status = NEAP_OK;
    for (size_t version = 0; status == NEAP_OK && version < versions; version++)
        status = make_version(mix, inputs, version, most, error);
    return status;
}

void neapi_mix_free(struct neapi_mix *mix)
{
    for (size_t version = 0; mix->station != NULL && version < mix->versions; version++)
        neapi_station_free(mix->station[version]);
    free(mix->kind);
    free(mix->law);
    free(mix->station);
    free(mix->class_share);
    free(mix->kind_share);
    free(mix->use_share);
    free(mix->class);
}

/* --- what is served now --------------------------------------------------------------------------- */

/* Means over kinds by their shares. */
static struct neapi_kind mean_kind(const struct neapi_kind *kind, const double *share, size_t count,
                                   const struct neapi_kind *base)
{
    struct neapi_kind mean = *base;
    for (size_t k = 0; k < count; k++) {
        if (share[k] == 0)
            continue;
        mean.demand_s += share[k] * (kind[k].demand_s - base->demand_s);
        mean.second_demand += share[k] * (kind[k].second_demand - base->second_demand);
        mean.wait_s += share[k] * (kind[k].wait_s - base->wait_s);
        mean.second_holding += share[k] * (kind[k].second_holding - base->second_holding);
    }
    return mean;
}

static bool same(double a, double b)
{
    return fabs(a - b) <= SAME * fabs(b);
}

/* The station's own mixture is left as it is; another one is measured against it. */
static void weigh(struct neapi_mix *mix, const struct neapi_kind *mean)
{
    struct neapi_load *load = &mix->load;
    const struct neapi_station *s = mix->station[load->version];
    load->demand_s = s->demand_s;
    load->second_demand =
        same(mean->second_demand, s->second_demand) ? s->second_demand : mean->second_demand;
    load->capacity_rate = s->capacity_rate;
    load->heaviness = load->longer = 1;
    load->wait_s = mean->wait_s;
    double alone_s = s->alone_stretch * mean->demand_s + mean->wait_s;
    load->spread = alone_s > 0 ? mean->second_holding / (alone_s * alone_s) : 1;
    if (same(mean->demand_s, s->demand_s) && same(mean->wait_s, s->wait_s))
        return;
    load->demand_s = fmax(mean->demand_s, LEAST * s->demand_s);
    load->capacity_rate =
        neap_container_capacity((int)s->workers, s->vcpu, load->demand_s, mean->wait_s);
    load->heaviness = s->capacity_rate / load->capacity_rate;
    double holding_s = s->alone_stretch * load->demand_s + mean->wait_s;
    load->longer = mean->second_holding / (holding_s * holding_s) / (1 + s->holding_scv);
}

/* The version that most ready containers run; at a tie the one so far. */
static size_t main_version(const struct neapi_mix *mix, const struct neapi_fleet *fleet)
{
    size_t most = mix->load.version;
    for (size_t version = 0; version < mix->versions; version++)
        if (fleet->of[version].ready > fleet->of[most].ready)
            most = version;
    return most;
}

/* CPU that containers use, by version, when each gets the same requests. */
static void share_use(struct neapi_mix *mix, double demand_s)
{
    size_t classes = mix->classes;
    const struct neapi_kind *base = &mix->kind[classes * mix->load.version];
    double base_s = mean_kind(base, mix->class_share, classes, base).demand_s;
    for (size_t version = 0; version < mix->versions; version++) {
        const struct neapi_kind *kind = &mix->kind[classes * version];
        mix->use_share[version] =
            base_s > 0 ? mean_kind(kind, mix->class_share, classes, kind).demand_s / base_s : 1;
    }
    mix->load.version_use_share = same(base_s, demand_s) || !(demand_s > 0) ? 1 : base_s / demand_s;
}

void neapi_mix_update(struct neapi_mix *mix, const struct neapi_fleet *fleet)
{
    double ready = (double)fleet->in_state[NEAP_READY];
    mix->changed = false;
    if (!(ready > 0))
        return;
    mix->load.version = main_version(mix, fleet);
    for (size_t version = 0; version < mix->versions; version++) {
        double share = (double)fleet->of[version].ready / ready;
        for (size_t c = 0; c < mix->classes; c++)
            mix->kind_share[c + mix->classes * version] = share * mix->class_share[c];
    }
    const struct neapi_kind *base = &mix->kind[mix->classes * mix->load.version];
    struct neapi_kind mean =
        mean_kind(mix->kind, mix->kind_share, mix->classes * mix->versions, base);
    weigh(mix, &mean);
    share_use(mix, mean.demand_s);
}

/* --- classes -------------------------------------------------------------------------------------- */

void neapi_mix_interval(struct neapi_mix *mix, size_t index)
{
    double sum = 0;
    for (size_t c = 0; mix->classes > 1 && c < mix->classes; c++) {
        double requests = neap_recording_class_requests(mix->recording, c)[index];
        sum += requests;
        mix->class[c].requests += requests;
    }
    for (size_t c = 0; sum > 0 && c < mix->classes; c++) {
        double share = neap_recording_class_requests(mix->recording, c)[index] / sum;
        mix->changed = mix->changed || share != mix->class_share[c];
        mix->class_share[c] = share;
    }
}

void neapi_mix_reset(struct neapi_mix *mix, size_t version)
{
    memset(mix->kind_share, 0, mix->classes * mix->versions * sizeof *mix->kind_share);
    for (size_t c = 0; c < mix->classes; c++)
        mix->class_share[c] = 1 / (double)mix->classes;
    neapi_mix_interval(mix, 0);
    memset(mix->class, 0, mix->classes * sizeof *mix->class);
    mix->booked_cpu_s = mix->booked_failed = 0;
    memcpy(&mix->kind_share[mix->classes * version], mix->class_share,
           mix->classes * sizeof *mix->class_share);
    const struct neapi_kind *base = &mix->kind[mix->classes * version];
    struct neapi_kind mean = mean_kind(base, mix->class_share, mix->classes, base);
    mix->load.version = version;
    weigh(mix, &mean);
    share_use(mix, mean.demand_s);
    mix->changed = true;
}

void neapi_mix_book(struct neapi_mix *mix, const struct neap_replay_summary *summary)
{
    double failed = summary->failed_queue_full + summary->failed_timeout - mix->booked_failed;
    double cpu_s = summary->cpu_request_s - mix->booked_cpu_s, demand_s = 0;
    size_t kinds = mix->classes * mix->versions;
    mix->booked_cpu_s += cpu_s;
    mix->booked_failed += failed;
    for (size_t k = 0; k < kinds; k++)
        demand_s += mix->kind_share[k] * mix->kind[k].demand_s;
    for (size_t k = 0; k < kinds; k++) {
        struct neap_replay_class *class = &mix->class[k % mix->classes];
        class->failed += failed * mix->kind_share[k];
        if (demand_s > 0)
            class->cpu_request_s += cpu_s * mix->kind_share[k] * mix->kind[k].demand_s / demand_s;
    }
}

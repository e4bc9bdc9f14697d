/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_SCENARIO_IMPL_H
#define NEAP_SCENARIO_IMPL_H

#include <neap/scenario.h>

#include "scenario/ini.h"
#include "scenario/manifest.h"

/* [service] */
struct neapi_service_options {
    char name[NEAP_TEXT_SIZE];
    char zone[NEAP_TEXT_SIZE];
};

/* [autoscaler] type: what decides which other keys there are. */
struct neapi_autoscaler_choice {
    char type[NEAP_TEXT_SIZE];
};

struct neapi_profile_slot {
    const char *name; /* within the section of its first entry */
    struct neap_profile_options options;
    const struct neapi_entry *first; /* for messages about the whole */
    struct neap_profile *profile;
};

struct neap_scenario {
    char *path, *directory;
    struct neapi_entries entries;
    const char **settings;
    size_t settings_count;
    struct neapi_manifest manifest;

    struct neapi_service_options service;
    struct neap_recording_options traffic;
    struct neap_container_options container;
    struct neap_startup startup;
    struct neap_balancer_options balancer;
    struct neapi_autoscaler_choice autoscaler;
    struct neap_metrics_options metrics;
    struct neap_slo_options slo;
    struct neap_price_options price_options;
    struct neap_run_options run;
    struct neapi_profile_slot *profile;
    size_t profiles, profiles_capacity;

    const struct neap_autoscaler_type *autoscaler_type;
    struct neap_zone *zone;
    struct neap_price *price;
    struct neap_recording *recording;
};

/* sections.c: the entries into the options. */
enum neap_status neapi_scenario_apply(struct neap_scenario *scenario, struct neap_error *error);

/* A failure of the key (NULL: of the section as a whole) at the place of its entry. message may
 * begin with "KEY: ", which then names the key. Takes status from the error's own. */
enum neap_status neapi_scenario_blame(const struct neap_scenario *scenario, const char *section,
                                      struct neap_error *error);

#endif

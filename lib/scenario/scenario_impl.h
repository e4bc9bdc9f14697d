/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_SCENARIO_IMPL_H
#define NEAP_SCENARIO_IMPL_H

#include <neap/calendar.h>
#include <neap/scenario.h>

#include "scenario/ini.h"
#include "scenario/manifest.h"

/* [service] */
struct neapi_service_options {
    char name[NEAP_TEXT_SIZE];
    char zone[NEAP_TEXT_SIZE];
    char holidays[NEAP_TEXT_SIZE];
};

/* [autoscaler] type: what decides which other keys there are. */
struct neapi_autoscaler_choice {
    char type[NEAP_TEXT_SIZE];
};

struct neapi_profile_slot {
    const char *name; /* within the section of its first entry */
    struct neap_profile_options options;
    struct neap_profile_class_options *class; /* values of single classes */
    size_t classes, classes_capacity;
    const struct neapi_entry *first; /* for messages about the whole */
    struct neap_profile *profile;
};

struct neapi_class_slot {
    const char *name; /* as above */
    struct neap_class_options options;
    const struct neapi_entry *first;
    struct neap_day_curve share;
};

enum { NEAPI_DEPLOYMENTS_MOST = 16, NEAPI_MISSING_MOST = 32 };

struct neap_scenario {
    char *path, *directory;
    bool traffic_only; /* no more than the recording is asked for */
    struct neapi_entries entries;
    const char **settings;
    size_t settings_count;
    struct neapi_manifest manifest;

    struct neapi_service_options service;
    struct neap_recording_options traffic;
    struct neap_synth_options synth;
    bool synthetic; /* there is a section [synth] */
    struct neap_container_options container;
    struct neap_startup startup;
    struct neap_nodes_options nodes;
    bool on_nodes; /* there is a section [nodes] */
    struct neap_distribution *node_startup;
    struct neap_balancer_options balancer;
    struct neap_client_options client;
    struct neapi_autoscaler_choice autoscaler;
    struct neap_metrics_options metrics;
    struct neap_slo_options slo;
    struct neap_price_options price_options;
    struct neap_run_options run;
    struct neapi_profile_slot *profile;
    size_t profiles, profiles_capacity;
    struct neapi_class_slot *class;
    size_t classes, classes_capacity;
    struct neap_class_column *column; /* value_column.NAME of [traffic] */
    size_t columns, columns_capacity;
    struct neap_rollout_options rollout;
    struct neap_deployment deployment[NEAPI_DEPLOYMENTS_MOST];
    size_t deployments;
    int64_t missing_ns[NEAPI_MISSING_MOST]; /* when metrics begin to be missing */
    size_t missing;

    const struct neap_autoscaler_type *autoscaler_type;
    struct neap_zone *zone;
    struct neap_holidays *holidays;
    struct neap_price *price;
    struct neap_recording *recording;
};

/* sections.c: the entries into the options. */
enum neap_status neapi_scenario_apply(struct neap_scenario *scenario, struct neap_error *error);

/* --- entries with a name of the user's (named.c) ------------------------------------------------- */

/* Whether the section is [KIND NAME]. */
bool neapi_entry_is_named(const struct neapi_entry *entry, const char *kind);
/* The class that a key of a profile is about, "search" of cpu_demand.search; NULL for other keys. */
const char *neapi_entry_profile_class(const struct neapi_entry *entry);
/* What stands behind "KEY." in the entry's key, NULL when it is another key. */
const char *neapi_entry_class(const struct neapi_entry *entry, const char *key);

enum neap_status neapi_profile_entry(struct neap_scenario *scenario,
                                     const struct neapi_entry *entry, struct neap_error *error);
enum neap_status neapi_class_entry(struct neap_scenario *scenario, const struct neapi_entry *entry,
                                   struct neap_error *error);
enum neap_status neapi_column_entry(struct neap_scenario *scenario, const struct neapi_entry *entry,
                                    struct neap_error *error);

/* Reads the entry's value as that key of a table. */
enum neap_status neapi_entry_set(const struct neapi_entry *entry, const char *key,
                                 const struct neap_parameter *table, void *options,
                                 struct neap_error *error);

/* --- traffic (traffic.c) -------------------------------------------------------------------------- */

/* Whether traffic, classes and times of deployments are sound, as far as can be told without the
 * recording. */
enum neap_status neapi_traffic_check(struct neap_scenario *scenario, struct neap_error *error);
/* Once profiles are there: which of them is deployed when. */
enum neap_status neapi_traffic_deploy(struct neap_scenario *scenario, struct neap_error *error);
/* Reads or makes the recording, classes and all. */
enum neap_status neapi_traffic_load(struct neap_scenario *scenario, struct neap_error *error);

/* --- failures (blame.c) --------------------------------------------------------------------------- */

/* At that column of the entry. */
enum neap_status neapi_entry_fail(struct neap_error *error, enum neap_status status,
                                  const struct neapi_entry *entry, long column,
                                  const char *message);
/* A bad argument of a setter is a bad scenario; other kinds say more and stay. */
enum neap_status neapi_as_scenario(enum neap_status status);

/* A failure of the key (NULL: of the section as a whole) at the place of its entry. message may
 * begin with "KEY: ", which then names the key. Takes status from the error's own. */
enum neap_status neapi_scenario_blame(const struct neap_scenario *scenario, const char *section,
                                      struct neap_error *error);

#endif

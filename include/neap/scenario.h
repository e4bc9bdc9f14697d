/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * scenario: one INI file that says what a study is about, checked as a whole, and the list of
 * everything that a result depends on. */
#ifndef NEAP_SCENARIO_H
#define NEAP_SCENARIO_H

#include <neap/autoscaler.h>
#include <neap/base.h>
#include <neap/price.h>
#include <neap/profile.h>
#include <neap/recording.h>
#include <neap/replay.h>
#include <neap/request.h>
#include <neap/service.h>

NEAP_BEGIN_DECLS

struct neap_zone; /* <neap/calendar.h> */
struct neap_holidays;

/* Opaque. Owns all that it hands out. */
struct neap_scenario;

/* What a scenario needs to know of the machine. NULL members take the defaults. */
struct neap_places {
    const char *data_directory; /* where prices/prices.csv lies; NULL: no shipped price lists */
    const char *zone_directory; /* of IANA zone files; NULL: /usr/share/zoneinfo */
};

/* Reads and checks the file, with settings ("section.key=value", such as
 * "autoscaler.target_cpu=70%" or "profile.new.cpu_speedup=1.3") taking the place of what it says;
 * one without a value ("price.list=") takes the key away.
 * Profiles, autoscaler and price list are built here; the recording is not yet read. Paths in the
 * file are relative to it, those in settings too.
 *
 * NEAP_BAD_SCENARIO with line and column for anything wrong in the file, NEAP_NO_INPUT and
 * NEAP_BAD_DATA for files that it names. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_scenario_read(struct neap_scenario **scenario, const char *path, const char *const settings[],
                   size_t settings_count, const struct neap_places *places,
                   struct neap_error *error);
/* The same from a text in memory; name stands for the path in messages, and other files are
 * relative to the working directory. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_scenario_decode(struct neap_scenario **scenario, const char *name, const char *text,
                     size_t length, const char *const settings[], size_t settings_count,
                     const struct neap_places *places, struct neap_error *error);
/* The same for no more than traffic: [service], [traffic] or [synth], and classes count, and what
 * else there is may be incomplete. path NULL: synthetic traffic of the defaults and settings. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_scenario_read_traffic(struct neap_scenario **scenario, const char *path,
                           const char *const settings[], size_t settings_count,
                           const struct neap_places *places, struct neap_error *error);
/* Reads or makes the recording; needed once, before neap_scenario_recording(). */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_scenario_load(struct neap_scenario *scenario,
                                                             struct neap_error *error);
/* NULL is fine. */
NEAP_API void neap_scenario_free(struct neap_scenario *scenario);

/* --- what it says ------------------------------------------------------------------------------- */

NEAP_API const char *neap_scenario_name(const struct neap_scenario *scenario);
NEAP_API const char *neap_scenario_path(const struct neap_scenario *scenario);
/* NULL for UTC. */
NEAP_API const struct neap_zone *neap_scenario_zone(const struct neap_scenario *scenario);
/* NULL before neap_scenario_load(). */
NEAP_API const struct neap_recording *neap_scenario_recording(const struct neap_scenario *scenario);
/* Profiles in file order. */
NEAP_API size_t neap_scenario_profiles(const struct neap_scenario *scenario);
NEAP_API const struct neap_profile *neap_scenario_profile(const struct neap_scenario *scenario,
                                                          size_t index);
NEAP_API const struct neap_container_options *
neap_scenario_container(const struct neap_scenario *scenario);
/* NULL without a section [nodes]. */
NEAP_API const struct neap_nodes_options *neap_scenario_nodes(const struct neap_scenario *scenario);
NEAP_API enum neap_balancer_type neap_scenario_balancer(const struct neap_scenario *scenario);
NEAP_API const struct neap_client_options *
neap_scenario_client(const struct neap_scenario *scenario);
NEAP_API const struct neap_metrics_options *
neap_scenario_metrics(const struct neap_scenario *scenario);
NEAP_API const struct neap_slo_options *neap_scenario_slo(const struct neap_scenario *scenario);
NEAP_API const struct neap_run_options *neap_scenario_run(const struct neap_scenario *scenario);
/* NULL when the scenario names no price. */
NEAP_API const struct neap_price *neap_scenario_price(const struct neap_scenario *scenario);
/* A new autoscaler as the scenario sets it, prepared; the caller frees it. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_scenario_autoscaler(const struct neap_scenario *scenario, struct neap_autoscaler **scaler,
                         struct neap_error *error);
/* "hpa" */
NEAP_API const char *neap_scenario_autoscaler_type(const struct neap_scenario *scenario);
/* NULL for none. */
NEAP_API const struct neap_holidays *neap_scenario_holidays(const struct neap_scenario *scenario);
/* What is deployed when, in order of time; none without [rollout]. One time deploys the last
 * profile over the first; as many as there are steps deploy the profiles one after the other. */
NEAP_API size_t neap_scenario_deployments(const struct neap_scenario *scenario);
NEAP_API struct neap_deployment neap_scenario_deployment(const struct neap_scenario *scenario,
                                                         size_t index);
NEAP_API const struct neap_rollout_options *
neap_scenario_rollout(const struct neap_scenario *scenario);
/* Inputs of a replay that begins with that profile and has the scenario's deployments: set
 * deployments_count = 0 for one without. The autoscaler is the caller's. */
NEAP_API struct neap_replay_inputs neap_scenario_inputs(const struct neap_scenario *scenario,
                                                        size_t profile,
                                                        struct neap_autoscaler *scaler);

/* --- what a result depends on ------------------------------------------------------------------- */

/* Files read so far: the scenario, samples, price list and (after load) the recording, in the
 * order of reading, with the SHA-256 of their bytes as 64 hexadecimal digits. */
struct neap_input {
    const char *path, *sha256;
};
NEAP_API size_t neap_scenario_files(const struct neap_scenario *scenario);
NEAP_API struct neap_input neap_scenario_file(const struct neap_scenario *scenario, size_t index);
/* The settings given beside the file, as they were given. */
NEAP_API size_t neap_scenario_settings(const struct neap_scenario *scenario);
NEAP_API const char *neap_scenario_setting(const struct neap_scenario *scenario, size_t index);

/* --- what can be said ---------------------------------------------------------------------------- */

/* One section of the file, for help and manual. */
struct neap_section {
    const char *name;                        /* "container", or "profile NAME" */
    const char *summary;                     /* one line */
    const struct neap_parameter *parameters; /* ends with a row whose name is NULL */
};
/* The index-th section, its name NULL beyond the last. The keys of [autoscaler] depend on its type
 * and are in neap_autoscaler_types(). */
NEAP_API struct neap_section neap_scenario_section(size_t index);

NEAP_END_DECLS

#endif

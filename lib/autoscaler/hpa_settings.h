/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of kind hpa, and how they become rules: hpa_settings.c has the table and all but
 * the metrics, which hpa_targets.c has. */
#ifndef NEAP_AUTOSCALER_HPA_SETTINGS_H
#define NEAP_AUTOSCALER_HPA_SETTINGS_H

#include "autoscaler/hpa_impl.h"

struct neapi_hpa_settings {
    double target_cpu_share, target_cpu_cores, target_memory_share, target_memory_bytes;
    double target_rate, target_in_flight, target_queued, target_latency_s, latency_quantile;
    int rate_metric, in_flight_metric, queued_metric, latency_metric; /* of the list in the table */
    char container[NEAP_TEXT_SIZE];
    int pod_level;
    double min, max, sync_s;
    int scale_to_zero;
    double tolerance_share, tolerance_up_share, tolerance_down_share;
    int version, behavior, up_select, down_select;
    double up_window_s, down_window_s, cpu_initialization_s, readiness_delay_s, sync_delay_s;
    char up_policies[NEAP_TEXT_SIZE], down_policies[NEAP_TEXT_SIZE];
};

extern const struct neap_parameter neapi_hpa_parameters[];

bool neapi_hpa_given(uint64_t given, const char *key);

/* rules->signals keep a reference to settings->container. */
NEAP_MUST_CHECK enum neap_status neapi_hpa_rules_set(struct neapi_hpa_rules *rules,
                                                     const struct neapi_hpa_settings *settings,
                                                     uint64_t given, struct neap_error *error);
NEAP_MUST_CHECK enum neap_status neapi_hpa_targets_set(struct neapi_hpa_rules *rules,
                                                       const struct neapi_hpa_settings *settings,
                                                       uint64_t given, struct neap_error *error);

/* What readings must hold for those metrics. */
void neapi_hpa_reads(struct neap_autoscaler_scope *scope,
                     const struct neapi_hpa_settings *settings);

/* Whether CPU utilisation is one of the metrics. */
bool neapi_hpa_aims_at_cpu(const struct neapi_hpa_settings *settings, uint64_t given);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keda kind's own: its triggers, its settings and its state. */
#ifndef NEAP_AUTOSCALER_KEDA_KIND_H
#define NEAP_AUTOSCALER_KEDA_KIND_H

#include "autoscaler/hpa_impl.h"
#include "autoscaler/keda_impl.h"

/* --- triggers (keda_metric.c) ----------------------------------------------------------------- */

enum { NEAPI_KEDA_RATE, NEAPI_KEDA_IN_FLIGHT, NEAPI_KEDA_QUEUED, NEAPI_KEDA_TRIGGERS };

/* What a trigger of that kind is to its HorizontalPodAutoscaler. */
extern const enum neap_signal neapi_keda_signals[NEAPI_KEDA_TRIGGERS];

/* Where a reading has what that trigger reads. */
double *neapi_keda_reading_value(struct neap_reading *reading, size_t trigger);

/* The clock: the signal's target is the number of replicas, not a target. */
void neapi_keda_propose_cron(const struct neapi_hpa_signal *signal,
                             const struct neapi_hpa_rules *rules,
                             const struct neap_reading *reading,
                             struct neapi_hpa_proposal *proposal);

/* --- settings (keda.c, keda_settings.c) ------------------------------------------------------- */

struct neapi_keda_settings {
    double target_rate, target_in_flight, target_queue, target_cpu_share;
    double activation_rate, activation_in_flight, activation_queue;
    double min, max, idle, polling_s, cooldown_s, initial_cooldown_s;
    double fallback_failures, fallback_replicas;
    double cron_replicas;
    double sync_s, sync_delay_s, tolerance_share, up_window_s, down_window_s;
    int metric_type, fallback_behavior, pause, up_select, down_select;
    char cron_start[NEAP_TEXT_SIZE], cron_end[NEAP_TEXT_SIZE], cron_zone[NEAP_TEXT_SIZE];
    char up_policies[NEAP_TEXT_SIZE], down_policies[NEAP_TEXT_SIZE];
};

/* --- state ------------------------------------------------------------------------------------ */

struct neapi_keda_trigger {
    double target; /* NaN: there is none of that kind */
    double activation;
    int64_t failures; /* in a row */
};

struct neapi_keda_clock {
    bool set, inside;
    struct neapi_keda_cron start, end;
    struct neap_zone *zone;
    int64_t replicas;
    int64_t next_ns; /* when inside may change */
    size_t signal;   /* its place among the signals */
};

struct neapi_keda {
    struct neapi_keda_rules rules;
    struct neapi_keda_fallback fallback;
    struct neapi_keda_trigger triggers[NEAPI_KEDA_TRIGGERS];
    struct neapi_keda_clock clock;
    bool totals;    /* targets are totals */
    bool pods_only; /* no trigger but CPU: always active */
    struct neapi_hpa hpa;
    int64_t polling_ns, sync_ns;

    bool started, ever_active;
    int64_t created_ns, active_ns, next_poll_ns, next_sync_ns;
};

/* Sets up a zeroed one; behavior: its HorizontalPodAutoscaler has rules of its own. What was made
 * must be freed in either case. */
NEAP_MUST_CHECK enum neap_status neapi_keda_set(struct neapi_keda *keda,
                                                const struct neapi_keda_settings *settings,
                                                bool behavior, struct neap_error *error);

/* One evaluation, and the memory of none (keda_decide.c). */
void neapi_keda_decide(void *state, const struct neap_reading *reading,
                       struct neap_decision *decision);
void neapi_keda_reset(void *state);

#endif

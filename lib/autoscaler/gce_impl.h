/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of the autoscaler of Google's managed instance groups, as its documentation gives them.
 * One evaluation:
 *
 *     reading -> size that each signal needs -> peak of the stabilisation period -> scale-in control
 *                (gce_signals.c)                (gce_rules.c)
 *
 * Sources: cloud.google.com/compute/docs/autoscaler (overview, understanding autoscaler decisions,
 * scale-in controls) and the Compute API's reference of autoscalers. There is no source code: what
 * the texts leave open is a setting of gce.c. */
#ifndef NEAP_AUTOSCALER_GCE_IMPL_H
#define NEAP_AUTOSCALER_GCE_IMPL_H

#include "autoscaler/decision.h"

enum neapi_gce_mode { NEAPI_GCE_ON, NEAPI_GCE_ONLY_SCALE_OUT, NEAPI_GCE_OFF };

struct neapi_gce_rules {
    /* NaN: not a signal. Per instance, and queued per instance that takes from the queue. */
    double target_cpu_share, target_rate, target_in_flight, target_queued;
    int64_t min, max;
    int64_t stabilization_ns, initialization_ns;
    bool ignores_when_falling; /* initialising instances, for scale-in too */
    bool remembers_start;      /* the size found first counts as a recommendation */
    enum neapi_gce_mode mode;

    /* Scale-in control: none, a number, or a share of the peak. */
    int64_t in_window_ns;
    int64_t in_count;   /* below 0: none */
    double in_share;    /* NaN: none */
    bool in_share_down; /* its number is rounded down, not up */
};

/* --- what is needed (gce_signals.c) ----------------------------------------------------------- */

/* Whole instances for a size, or a change of one: one more rather than one too few. */
int64_t neapi_gce_round(double size);

/* What one signal asks for. */
struct neapi_gce_need {
    int64_t size;
    enum neap_reason reason; /* NEAP_REASON_METRIC, or why size is the current one */
    bool failed;
    enum neap_signal signal;
    double metric, target; /* per instance */
    int64_t instances;
};

/* What each signal asks for, and how many those are. */
enum { NEAPI_GCE_SIGNALS = 4 };
size_t neapi_gce_needs(const struct neapi_gce_rules *rules, const struct neap_reading *reading,
                       struct neapi_gce_need needs[NEAPI_GCE_SIGNALS]);

/* The one that counts, of at least one: the largest size. One that cannot be read keeps the size
 * from falling. */
size_t neapi_gce_largest(const struct neapi_gce_need *needs, size_t count);

/* --- what is allowed (gce_rules.c) ------------------------------------------------------------ */

/* Sizes of the past, in a ring. */
struct neapi_gce_size {
    int64_t time_ns, size;
};
struct neapi_gce_log {
    struct neapi_gce_size *entries;
    size_t count, capacity, next;
};
void neapi_gce_remember(struct neapi_gce_log *log, int64_t size, int64_t now_ns);
/* The largest that is less than one window old, or otherwise when there is none. */
int64_t neapi_gce_peak(const struct neapi_gce_log *log, int64_t window_ns, int64_t now_ns,
                       int64_t otherwise);

/* The smallest size that scale-in control lets a group have whose peak recommendation was that. */
int64_t neapi_gce_floor(const struct neapi_gce_rules *rules, int64_t peak);

struct neapi_gce {
    struct neapi_gce_rules rules;
    struct neapi_gce_log needed, recommended; /* before and behind stabilisation */
    bool started;
};

void neapi_gce_decide(struct neapi_gce *gce, const struct neap_reading *reading,
                      struct neap_decision *decision);

#endif

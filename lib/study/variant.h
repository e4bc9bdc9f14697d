/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One profile, replayed and paid for: what every study is made of. */
#ifndef NEAP_STUDY_VARIANT_H
#define NEAP_STUDY_VARIANT_H

#include <neap/study.h>

struct neapi_variant {
    const struct neap_profile *profile;
    struct neap_replay_summary summary;
    struct neap_bill bill;
    struct neap_decimal cost; /* 0 without a price */
    double container_hours;   /* all states */
    double hours[NEAP_CONTAINER_STATES];
    double cpu_hours;
    double failed;
    double minimum_share; /* of replica-hours, with the policy at its minimum */
};

/* Extra results of a run; any member may be NULL. */
struct neapi_variant_sinks {
    struct neap_timeline_interval *timeline;
    void (*decision)(void *context, const struct neap_decision *decision);
    void *context;
};

enum neap_status neapi_variant_run(struct neapi_variant *variant,
                                   const struct neap_scenario *scenario, size_t profile,
                                   const struct neapi_variant_sinks *sinks,
                                   const struct neap_progress *progress, struct neap_error *error);

/* --- parts of documents that studies share -------------------------------------------------------- */

/* Version, seed, files, settings. */
void neapi_describe_inputs(struct neap_document *document, const struct neap_scenario *scenario);
/* "traffic" of the tree. */
void neapi_describe_traffic(struct neap_document *document, const struct neap_scenario *scenario);
/* What was taken as given, what is left out, and what a reader must be warned of. */
void neapi_describe_model(struct neap_document *document, const struct neap_scenario *scenario,
                          const struct neapi_variant *variants, size_t count);
/* One member of "variants". */
void neapi_describe_variant(struct neap_node *array, const struct neap_scenario *scenario,
                            const struct neapi_variant *variant);
/* amount and currency under key; null without a price. */
void neapi_describe_cost(struct neap_node *parent, const char *key,
                         const struct neap_scenario *scenario, const struct neap_decimal *amount);

/* "12 days", "3 h 20 min". */
void neapi_describe_length(char *text, size_t size, double seconds);

#endif

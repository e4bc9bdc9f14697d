/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One profile, replayed and paid for: what every study is made of. */
#ifndef NEAP_STUDY_VARIANT_H
#define NEAP_STUDY_VARIANT_H

#include <neap/study.h>

/* Numbers of the tree have that many digits unless they need more. */
enum { NEAPI_DIGITS = 10 };

struct neapi_variant {
    const struct neap_profile *profile;
    struct neap_replay_summary summary;
    struct neap_bill bill;
    struct neap_decimal cost; /* 0 without a price */
    double container_hours;   /* all states */
    double hours[NEAP_CONTAINER_STATES];
    double node_hours; /* 0 without nodes */
    double cpu_hours;
    double failed;
    double minimum_share;            /* of replica-hours, with the policy at its minimum */
    struct neap_replay_class *class; /* one for each class of the recording; owned */
    size_t classes;
};

enum neapi_engine_choice { NEAPI_ENGINE_AS_SAID, NEAPI_ENGINE_TICK, NEAPI_ENGINE_REQUEST };

/* How to replay, and extra results; all members may be 0. */
struct neapi_run {
    bool instant;  /* starts, drains and readings take no time: for what they cost */
    bool deployed; /* the scenario's deployments happen */
    uint64_t replication;
    enum neapi_engine_choice engine; /* as the scenario says, or not */
    struct neap_timeline_interval *timeline;
    const int64_t *period_ns; /* as in neap_replay_sinks */
    size_t periods;
    struct neap_timeline_interval *period;
    void (*decision)(void *context, const struct neap_decision *decision);
    void *context;
    const struct neap_progress *progress;
};

/* run may be NULL. */
enum neap_status neapi_variant_run(struct neapi_variant *variant,
                                   const struct neap_scenario *scenario,
                                   const struct neap_profile *profile, const struct neapi_run *run,
                                   struct neap_error *error);
/* Several at once, which share what they can: of one replication best, in one thread. The first
 * one's progress counts. On failure there is nothing to clear. */
enum neap_status neapi_variants_run(struct neapi_variant variant[], size_t count,
                                    const struct neap_scenario *scenario,
                                    const struct neap_profile *const profile[],
                                    const struct neapi_run run[], struct neap_error *error);
/* Frees what a variant owns; one of zeroes is fine. */
void neapi_variant_clear(struct neapi_variant *variant);

/* --- parts of documents that studies share -------------------------------------------------------- */

/* Version, seed, files, settings. */
void neapi_describe_inputs(struct neap_document *document, const struct neap_scenario *scenario);
/* "traffic" of the tree. */
void neapi_describe_traffic(struct neap_document *document, const struct neap_scenario *scenario);
/* What was taken as given, what is left out, and what a reader must be warned of. */
void neapi_describe_model(struct neap_document *document, const struct neap_scenario *scenario,
                          const struct neapi_variant *variants, size_t count);
/* Mean CPU demand and wait of the requests; without any, of the classes. */
void neapi_variant_needs(double *demand_s, double *wait_s, const struct neap_scenario *scenario,
                         const struct neapi_variant *v);
/* Warns where the tick engine should not be trusted. */
void neapi_warn_of_tick_region(struct neap_document *document, const struct neap_scenario *scenario,
                               const struct neapi_variant *variants, size_t count);

/* --- describe_engine.c --- */

/* What the engine leaves out, though the scenario asks for it, and what no engine models. */
void neapi_describe_engine(struct neap_document *document, const struct neap_scenario *scenario);
/* Ends of sentences: on readings, and on arrivals within an interval. */
const char *neapi_describe_noise(const struct neap_scenario *scenario);
const char *neapi_describe_arrivals(const struct neap_scenario *scenario);
/* "3 refused, 0 timed out"; returns text. */
const char *neapi_describe_failures(char *text, size_t size,
                                    const struct neap_replay_summary *summary);

/* --- describe.c --- */

/* One member of "variants". */
void neapi_describe_variant(struct neap_node *array, const struct neap_scenario *scenario,
                            const struct neapi_variant *variant);
/* amount and currency under key; null without a price. */
void neapi_describe_cost(struct neap_node *parent, const char *key,
                         const struct neap_scenario *scenario, const struct neap_decimal *amount);

/* "12 days", "3 h 20 min". */
void neapi_describe_length(char *text, size_t size, double seconds);

/* Fills a table as far as it goes; the first failure is the result. */
#define NEAPI_TRY(call)                       \
    do {                                      \
        enum neap_status try_status = (call); \
        if (try_status != NEAP_OK)            \
            return try_status;                \
    } while (0)

#endif

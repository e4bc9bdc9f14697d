/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * study: several replays that answer a question. Each takes a scenario and gives a document, which
 * any report writer prints. A program that only wants an answer needs this header and
 * <neap/scenario.h>. */
#ifndef NEAP_STUDY_H
#define NEAP_STUDY_H

#include <neap/base.h>
#include <neap/report.h>
#include <neap/scenario.h>

NEAP_BEGIN_DECLS

/* Common to all studies; members may be NULL and 0. */
struct neap_study_options {
    const struct neap_progress *progress;
    int threads;     /* replays at once, 0: one for each core. Results do not depend on it */
    bool deployed;   /* replay, explain: the scenario's deployments happen; else one profile only */
    double requests; /* selftest: to simulate for each row that can be; 0: none, formulas only */
};

/* What would the upgrade save: the same traffic under every profile of the scenario, which has at
 * least two and is loaded (neap_scenario_load). Document neap.compare/1. Free it with
 * neap_document_free(). */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_compare(struct neap_document **document,
                                                       const struct neap_scenario *scenario,
                                                       const struct neap_study_options *options,
                                                       struct neap_error *error);

/* One profile's timeline, interval by interval: document neap.replay/1, whose table is what CSV
 * shows. decision (may be NULL) is called for every decision with context. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_replay_timeline(struct neap_document **document, const struct neap_scenario *scenario,
                     size_t profile, const struct neap_study_options *options,
                     void (*decision)(void *context, const struct neap_decision *decision),
                     void *context, struct neap_error *error);

/* One moment of a replay of that profile, told to a person: the traffic and load of the interval
 * that at_ns lies in, what the autoscaler had read, the decision in force with its arithmetic, what
 * the replicas were doing, the decisions around it, and what comes next. Document neap.explain/1.
 * A time outside the recording is NEAP_BAD_ARGUMENT, and the message names its range. Memory does
 * not grow with the number of decisions. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_explain(struct neap_document **document, const struct neap_scenario *scenario, size_t profile,
             int64_t at_ns, const struct neap_study_options *options, struct neap_error *error);

/* Is the scenario sound, and what does it say: document neap.check/1. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_check(struct neap_document **document,
                                                     const struct neap_scenario *scenario,
                                                     const struct neap_study_options *options,
                                                     struct neap_error *error);

/* Rows of published tables that neap was held against. */
struct neap_selftest_counts {
    long passed, failed, skipped;
};

/* Holds neap against the tables in directory (oracle/ and autoscaler/ below it): document
 * neap.selftest/1 with a row for each table, the first failures as warnings. Tables that neap does
 * not cover yet are skipped, never passed. With options->requests the request engine is held against
 * the same rows by simulation, at a fixed seed: each quantity's distance in standard errors (z) has
 * to be below 4.5, the standard deviation of all of them within 0.8 to 1.2 (counted as one failure
 * more), conservation of requests and Little's law must hold exactly. Rows that so many requests
 * cannot resolve are skipped and listed. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_selftest(struct neap_document **document,
                                                        struct neap_selftest_counts *counts,
                                                        const char *directory,
                                                        const struct neap_study_options *options,
                                                        struct neap_error *error);

NEAP_END_DECLS

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One moment of a replay: what was seen of it, and how it is told. */
#ifndef NEAP_STUDY_EXPLAIN_H
#define NEAP_STUDY_EXPLAIN_H

#include <neap/study.h>

enum { NEAPI_DECISIONS_BEFORE = 10, NEAPI_DECISIONS_AFTER = 5 };

/* What a decision says, or found = false. */
struct neapi_told_decision {
    bool found;
    struct neap_decision decision;
};

struct neapi_scene {
    const struct neap_scenario *scenario;
    const struct neap_profile *profile;   /* deployed last at that time */
    int64_t deployed_ns;                  /* when that profile was; INT64_MIN: from the start */
    const struct neap_autoscaler *scaler; /* prepared; for its settings */
    struct neap_metrics_pipeline metrics; /* of its readings */
    bool deployed;                        /* the scenario's deployments happen */
    int64_t at_ns;
    size_t index; /* of the interval that at_ns lies in */
    struct neap_timeline_interval interval;
    double mean_rate, peak_rate; /* of the whole recording */

    /* The last decisions up to at_ns in a ring, the newest of them in force. */
    struct neap_decision before[NEAPI_DECISIONS_BEFORE + 1];
    size_t before_count, before_next;
    struct neap_decision after[NEAPI_DECISIONS_AFTER];
    size_t after_count;
    struct neapi_told_decision last_change, next_change; /* of the size asked for */

    int64_t in_state[NEAP_CONTAINER_STATES];
    int64_t next_ready_ns; /* of the containers that are pending or starting; INT64_MAX: none */
};

/* The decision in force; NULL when there was none yet. */
const struct neap_decision *neapi_scene_in_force(const struct neapi_scene *scene);
/* The index-th decision of those kept, in order of time; NULL beyond the last. */
const struct neap_decision *neapi_scene_decision(const struct neapi_scene *scene, size_t index);

/* The members of the tree, and the table of decisions (explain_tree.c). */
void neapi_explain_tree(struct neap_document *document, const struct neapi_scene *scene);
/* Headline, facts and notes (explain_text.c). */
void neapi_explain_text(struct neap_document *document, const struct neapi_scene *scene);

/* --- words that tree and text share (explain_text.c) ---------------------------------------------- */

enum { NEAPI_SENTENCE_SIZE = 512 };

/* "77%" or "25/s"; "" without a metric. */
void neapi_explain_metric(char *text, size_t size, const struct neap_decision *decision,
                          double value);
/* From metric to wanted size, from there to what windows and limits leave of it, each a sentence
 * or "". */
void neapi_explain_arithmetic(char *text, size_t size, const struct neapi_scene *scene,
                              const struct neap_decision *decision);
void neapi_explain_window(char *text, size_t size, const struct neapi_scene *scene,
                          const struct neap_decision *decision);
void neapi_explain_limit(char *text, size_t size, const struct neapi_scene *scene,
                         const struct neap_decision *decision);
/* Civil time with its offset: "2026-06-01T10:30:00+01:00". */
void neapi_explain_time(char *text, size_t size, const struct neapi_scene *scene, int64_t time_ns);

#endif

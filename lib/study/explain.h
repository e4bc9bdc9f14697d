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

/* --- the document ---------------------------------------------------------------------------------- */

/* The members of the tree, and the table of decisions (explain_tree.c, explain_decisions.c). */
void neapi_explain_tree(struct neap_document *document, const struct neapi_scene *scene);
void neapi_explain_decisions(struct neap_document *document, const struct neapi_scene *scene);
enum { NEAPI_EXPLAIN_DIGITS = 10 };
void neapi_explain_put_time(struct neap_node *parent, const char *key, int64_t time_ns);
/* Numbers and reason of a decision; with all of it, every metric, rule and alarm too. */
void neapi_explain_put(struct neap_node *node, const struct neap_decision *decision);
void neapi_explain_put_whole(struct neap_node *node, const struct neapi_scene *scene,
                             const struct neap_decision *decision);

/* Headline, facts and notes (explain_text.c), those about the decision (explain_decision.c). */
void neapi_explain_text(struct neap_document *document, const struct neapi_scene *scene);
void neapi_explain_decision_text(struct neap_document *document, const struct neapi_scene *scene,
                                 const struct neap_decision *decision);

/* --- words (explain_words.c) ----------------------------------------------------------------------- */

enum { NEAPI_SENTENCE_SIZE = 768, NEAPI_WORD_SIZE = 64 };

/* Civil time with its offset: "2026-06-01T10:30:00+01:00". */
void neapi_explain_time(char *text, size_t size, const struct neapi_scene *scene, int64_t time_ns);
/* "10:30:15", with the date when it is another day's. */
void neapi_explain_clock(char *text, size_t size, const struct neapi_scene *scene, int64_t time_ns);
/* "24 s", "4 min 8 s", "2 h 5 min", "3 days 4 h" */
void neapi_explain_length(char *text, size_t size, double seconds);
void neapi_explain_latency(char *text, size_t size, double seconds);
void neapi_explain_rate(char *text, size_t size, double rate);

/* --- sentences (explain_metric.c, explain_rule.c) -------------------------------------------------- */

/* What stretch of time a metric is about, begins and ends. */
struct neapi_told_window {
    int64_t from_ns, to_ns;
    bool piped; /* it came through the pipeline of metrics, with its window and lag */
};
struct neapi_told_window neapi_explain_window(const struct neapi_scene *scene,
                                              const struct neap_decision *decision,
                                              const struct neap_decision_metric *metric);

/* "CPU utilisation", or "requests in flight over 60 s" where the policy has windows of its own. */
void neapi_explain_name(char *text, size_t size, const struct neap_decision_metric *metric);

/* What was read of a metric, when and how old it was. */
void neapi_explain_reading(char *text, size_t size, const struct neapi_scene *scene,
                           const struct neap_decision *decision,
                           const struct neap_decision_metric *metric);
/* From there to the size that it proposes. */
void neapi_explain_proposal(char *text, size_t size, const struct neapi_scene *scene,
                            const struct neap_decision_metric *metric);

/* The setting behind a reason, its key and its value; false when there is none. */
struct neapi_told_setting {
    char key[NEAPI_WORD_SIZE], value[NEAP_TEXT_SIZE];
};
bool neapi_explain_setting(struct neapi_told_setting *setting, const struct neapi_scene *scene,
                           enum neap_reason reason);

/* What the index-th step, not the first one, made of the one before it. */
void neapi_explain_rule(char *text, size_t size, const struct neapi_scene *scene,
                        const struct neap_decision *decision, size_t index);
void neapi_explain_alarm(char *text, size_t size, const struct neap_decision_alarm *alarm);
/* Whether Knative panics; "" for a kind that cannot. */
void neapi_explain_panic(char *text, size_t size, const struct neapi_scene *scene,
                         const struct neap_decision *decision);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decisions as data: the one in force with all that it tells, and the table of those around it. */
#include <math.h>

#include <neap/calendar.h>

#include "study/explain.h"

enum { DIGITS = NEAPI_EXPLAIN_DIGITS };

/* --- as data -------------------------------------------------------------------------------------- */

static void put_steps(struct neap_node *node, const struct neapi_scene *scene,
                      const struct neap_decision *decision)
{
    struct neap_node *array = neap_node_array(node, "steps");
    char text[NEAPI_SENTENCE_SIZE];
    for (size_t i = 0; i < decision->steps_count; i++) {
        const struct neap_decision_step *step = &decision->steps[i];
        struct neap_node *one = neap_node_object(array, NULL);
        struct neapi_told_setting setting;
        bool set = neapi_explain_setting(&setting, scene, step->reason);
        neap_node_integer(one, "replicas", step->replicas);
        neap_node_text(one, "reason", neap_reason_text(step->reason));
        neap_node_text(one, "key", set ? setting.key : NULL);
        neap_node_text(one, "value", set ? setting.value : NULL);
        if (i > 0)
            neapi_explain_rule(text, sizeof text, scene, decision, i);
        neap_node_text(one, "sentence", i > 0 ? text : NULL);
    }
}

static void put_window(struct neap_node *node, const struct neapi_scene *scene,
                       const struct neap_decision *decision,
                       const struct neap_decision_metric *metric)
{
    struct neapi_told_window window = neapi_explain_window(scene, decision, metric);
    if (!window.piped)
        return;
    neapi_explain_put_time(node, "from", window.from_ns);
    neapi_explain_put_time(node, "to", window.to_ns);
}

static void put_metrics(struct neap_node *node, const struct neapi_scene *scene,
                        const struct neap_decision *decision)
{
    struct neap_node *array = neap_node_array(node, "metrics");
    char text[NEAPI_SENTENCE_SIZE];
    for (size_t i = 0; i < decision->metrics_count; i++) {
        const struct neap_decision_metric *metric = &decision->metrics[i];
        struct neap_node *one = neap_node_object(array, NULL);
        neap_node_text(one, "signal", neap_signal_text(metric->signal));
        neap_node_number(one, "metric", metric->metric, DIGITS);
        neap_node_number(one, "target", metric->target, DIGITS);
        neap_node_number(one, "ratio", metric->ratio, DIGITS);
        neap_node_integer(one, "pods", metric->pods);
        neap_node_integer(one, "replicas", metric->replicas);
        neap_node_boolean(one, "decided", i == decision->chosen);
        neap_node_boolean(one, "failed", metric->failed);
        neap_node_text(one, "reason", neap_reason_text(metric->reason));
        put_window(one, scene, decision, metric);
        neapi_explain_proposal(text, sizeof text, scene, metric);
        neap_node_text(one, "sentence", text);
    }
}

static void put_alarms(struct neap_node *node, const struct neap_decision *decision)
{
    static const char *const states[] = {[NEAP_ALARM_OK] = "ok",
                                         [NEAP_ALARM_RAISED] = "alarm",
                                         [NEAP_ALARM_UNKNOWN] = "insufficient data"};
    struct neap_node *array = neap_node_array(node, "alarms");
    for (size_t i = 0; i < decision->alarms_count; i++) {
        const struct neap_decision_alarm *alarm = &decision->alarms[i];
        struct neap_node *one = neap_node_object(array, NULL);
        neap_node_text(one, "signal", neap_signal_text(alarm->signal));
        neap_node_text(one, "side", alarm->above ? "above" : "below");
        neap_node_number(one, "threshold", alarm->threshold, DIGITS);
        neap_node_text(one, "state", states[alarm->state]);
        neap_node_integer(one, "breaching", alarm->breaching);
        neap_node_integer(one, "points", alarm->points);
        neap_node_integer(one, "periods", alarm->periods);
    }
}

void neapi_explain_put(struct neap_node *node, const struct neap_decision *decision)
{
    neapi_explain_put_time(node, "time", decision->time_ns);
    neap_node_integer(node, "before", decision->before);
    neap_node_integer(node, "wanted", decision->wanted);
    neap_node_integer(node, "after", decision->after);
    neap_node_text(node, "signal", neap_signal_text(decision->signal));
    neap_node_number(node, "metric", decision->metric, DIGITS);
    neap_node_text(node, "reason", neap_reason_text(decision->reason));
}

void neapi_explain_put_whole(struct neap_node *node, const struct neapi_scene *scene,
                             const struct neap_decision *decision)
{
    neapi_explain_put(node, decision);
    neap_node_number(node, "target", decision->target, DIGITS);
    neap_node_number(node, "ratio", decision->ratio, DIGITS);
    neap_node_integer(node, "pods", decision->pods);
    neap_node_integer(node, "stable", decision->stable);
    neap_node_number(node, "age_s", (double)(scene->at_ns - decision->time_ns) / 1e9, DIGITS);
    put_metrics(node, scene, decision);
    put_alarms(node, decision);
    if (decision->panic_until_ns == 0)
        neap_node_null(node, "panic_until");
    else
        neapi_explain_put_time(node, "panic_until", decision->panic_until_ns);
    put_steps(node, scene, decision);
}

/* --- the table ------------------------------------------------------------------------------------ */

static enum neap_status add_columns(struct neap_table *table, struct neap_error *error)
{
    static const struct {
        const char *name;
        enum neap_column_kind kind;
    } columns[] = {{"time", NEAP_COLUMN_TEXT},      {"before", NEAP_COLUMN_INTEGER},
                   {"wanted", NEAP_COLUMN_INTEGER}, {"after", NEAP_COLUMN_INTEGER},
                   {"metric", NEAP_COLUMN_TEXT},    {"in_force", NEAP_COLUMN_TEXT},
                   {"reason", NEAP_COLUMN_TEXT}};
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < sizeof columns / sizeof columns[0]; i++)
        status = neap_table_add_column(table, columns[i].name, NULL, columns[i].kind, 0, error);
    return status;
}

static enum neap_status add_row(struct neap_table *table, const struct neapi_scene *scene,
                                const struct neap_decision *decision, struct neap_error *error)
{
    char time[NEAP_TIME_SIZE], metric[32];
    const int64_t size[3] = {decision->before, decision->wanted, decision->after};
    bool in_force = decision == neapi_scene_in_force(scene);
    neapi_explain_time(time, sizeof time, scene, decision->time_ns);
    neap_signal_format(metric, sizeof metric, decision->signal, decision->metric);
    enum neap_status status = neap_table_add_row(table, error);
    if (status == NEAP_OK)
        status = neap_table_set_text(table, 0, time, error);
    for (size_t i = 0; status == NEAP_OK && i < 3; i++)
        status = neap_table_set_integer(table, i + 1, size[i], error);
    if (status == NEAP_OK)
        status = neap_table_set_text(table, 4, metric, error);
    if (status == NEAP_OK)
        status = neap_table_set_text(table, 5, in_force ? "yes" : "", error);
    if (status == NEAP_OK)
        status = neap_table_set_text(table, 6, neap_reason_text(decision->reason), error);
    return status;
}

void neapi_explain_decisions(struct neap_document *document, const struct neapi_scene *scene)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "decisions");
    const struct neap_decision *decision;
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    enum neap_status status = neap_table_new(&table, NULL, &error);
    if (status == NEAP_OK)
        status = add_columns(table, &error);
    for (size_t i = 0; (decision = neapi_scene_decision(scene, i)) != NULL; i++) {
        neapi_explain_put(neap_node_object(array, NULL), decision);
        if (status == NEAP_OK)
            status = add_row(table, scene, decision, &error);
    }
    neap_document_fail(document, status, &error);
    neap_document_add_named_table(document, "decisions", NULL, table, 0);
}

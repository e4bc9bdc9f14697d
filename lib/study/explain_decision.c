/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decision in force, line by line: what each metric had read and what follows from it, alarms,
 * and then every rule in its order. */
#include <string.h>

#include "study/explain.h"

static void tell_readings(struct neap_document *document, const struct neapi_scene *scene,
                          const struct neap_decision *d)
{
    char text[NEAPI_SENTENCE_SIZE], last[NEAPI_SENTENCE_SIZE] = "";
    if (d->metrics_count == 0)
        neap_document_add_fact(document, "it read", "no metric");
    for (size_t i = 0; i < d->metrics_count; i++) {
        neapi_explain_reading(text, sizeof text, scene, d, &d->metrics[i]);
        if (strcmp(text, last) != 0) /* two policies may look at one metric */
            neap_document_add_fact(document, "it read", "%s", text);
        memcpy(last, text, sizeof last);
    }
}

static void tell_proposals(struct neap_document *document, const struct neapi_scene *scene,
                           const struct neap_decision *d)
{
    char text[NEAPI_SENTENCE_SIZE];
    if (d->metrics_count == 0)
        neap_document_add_fact(document, "so", "%s: %lld", neap_reason_text(d->steps[0].reason),
                               (long long)d->wanted);
    for (size_t i = 0; i < d->metrics_count; i++) {
        bool alone = d->metrics_count == 1 || d->chosen == d->metrics_count;
        neapi_explain_proposal(text, sizeof text, scene, &d->metrics[i]);
        neap_document_add_fact(document, alone || i == d->chosen ? "so" : "beside", "%s", text);
    }
    if (d->metrics_count < 2 || d->chosen == d->metrics_count)
        return;
    neapi_explain_name(text, sizeof text, &d->metrics[d->chosen]);
    neap_document_add_fact(document, "of these", "%s decides: %lld", text, (long long)d->wanted);
}

static void tell_alarms(struct neap_document *document, const struct neapi_scene *scene,
                        const struct neap_decision *d)
{
    char text[NEAPI_SENTENCE_SIZE];
    for (size_t i = 0; i < d->alarms_count; i++) {
        neapi_explain_alarm(text, sizeof text, &d->alarms[i]);
        neap_document_add_fact(document, "alarm", "%s", text);
    }
    neapi_explain_panic(text, sizeof text, scene, d);
    if (text[0] != '\0')
        neap_document_add_fact(document, "panic", "%s", text);
}

static void tell_rules(struct neap_document *document, const struct neapi_scene *scene,
                       const struct neap_decision *d)
{
    char text[NEAPI_SENTENCE_SIZE];
    for (size_t i = 1; i < d->steps_count; i++) {
        neapi_explain_rule(text, sizeof text, scene, d, i);
        neap_document_add_fact(document, "but", "%s", text);
    }
    neap_document_add_fact(document, "hence", "%lld -> %lld: %s", (long long)d->before,
                           (long long)d->after, neap_reason_text(d->reason));
}

void neapi_explain_decision_text(struct neap_document *document, const struct neapi_scene *scene,
                                 const struct neap_decision *decision)
{
    tell_readings(document, scene, decision);
    tell_proposals(document, scene, decision);
    tell_alarms(document, scene, decision);
    tell_rules(document, scene, decision);
}

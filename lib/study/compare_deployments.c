/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each deployment changed: the last whole week before it against the first whole week after. */
#include <math.h>

#include <neap/calendar.h>

#include "base/text.h"
#include "study/compare.h"

struct change {
    double p95_share, cpu_share, containers_share, traffic_share;
    double cpu_per_request_share, containers_per_request_share;
};

static double share(double before, double after)
{
    return before > 0 ? after / before - 1 : (double)NAN;
}

static struct change change_of(const struct neapi_crossing *across)
{
    static const struct neapi_week nothing = {.days = 0};
    bool both = across->before != NULL && across->after != NULL;
    const struct neapi_week *a = both ? across->before : &nothing;
    const struct neapi_week *b = both ? across->after : &nothing;
    return (struct change){share(a->p95_s, b->p95_s),
                           share(a->cpu_hours, b->cpu_hours),
                           share(a->container_hours, b->container_hours),
                           share(a->requests, b->requests),
                           share(a->cpu_ms_per_request, b->cpu_ms_per_request),
                           share(a->container_hours_per_million, b->container_hours_per_million)};
}

/* Deployments besides that one in the weeks that are not the same on both sides: the change is
 * theirs, too. */
static size_t others(const struct neap_scenario *scenario, const struct neapi_crossing *across)
{
    const struct neap_zone *zone = neap_scenario_zone(scenario);
    size_t count = 0;
    if (across->before == NULL || across->after == NULL)
        return 0;
    int64_t from_ns = neapi_civil_days_later(across->before->start_ns, 7, zone);
    int64_t to_ns = neapi_civil_days_later(across->after->start_ns, 7, zone);
    for (size_t i = 0; i < neap_scenario_deployments(scenario); i++) {
        int64_t at_ns = neap_scenario_deployment(scenario, i).at_ns;
        count += at_ns >= from_ns && at_ns < to_ns;
    }
    return count > 0 ? count - 1 : 0;
}

static void describe(struct neap_node *array, const struct neap_deployment *deployment,
                     const struct change *change, size_t with)
{
    char at[NEAP_TIME_SIZE];
    struct neap_node *node = neap_node_object(array, NULL);
    neap_time_format(at, sizeof at, deployment->at_ns);
    neap_node_text(node, "name", neap_profile_name(deployment->profile));
    neap_node_text(node, "label", neap_profile_label(deployment->profile));
    neap_node_text(node, "at", at);
    neap_node_integer(node, "others_in_between", (int64_t)with);
    struct neap_node *share = neap_node_object(node, "change_share");
    neap_node_number(share, "p95", change->p95_share, NEAPI_DIGITS);
    neap_node_number(share, "cpu", change->cpu_share, NEAPI_DIGITS);
    neap_node_number(share, "containers", change->containers_share, NEAPI_DIGITS);
    neap_node_number(share, "traffic", change->traffic_share, NEAPI_DIGITS);
    neap_node_number(share, "cpu_per_request", change->cpu_per_request_share, NEAPI_DIGITS);
    neap_node_number(share, "containers_per_request", change->containers_per_request_share,
                     NEAPI_DIGITS);
}

/* In percent, to a tenth; never -0. */
static double percent(double share)
{
    return round(1000 * share) / 10 + 0.0;
}

static void say(struct neap_document *document, const struct neap_deployment *deployment,
                const struct change *change, size_t with)
{
    const char *label = neap_profile_label(deployment->profile);
    char together[64] = "";
    if (with > 0)
        neapi_print(together, sizeof together, " (with %zu other deployment%s in these weeks)",
                    with, with == 1 ? "" : "s");
    if (isnan(change->p95_share))
        neap_document_add_fact(document, "week on week",
                               "%s: no whole week before and after it in the recording", label);
    else
        neap_document_add_fact(
            document, "week on week",
            "%s%s: p95 %+.1f%%, CPU %+.1f%%, containers %+.1f%% with %+.1f%% "
            "traffic; per request CPU %+.1f%%, containers %+.1f%%",
            label, together, percent(change->p95_share), percent(change->cpu_share),
            percent(change->containers_share), percent(change->traffic_share),
            percent(change->cpu_per_request_share), percent(change->containers_per_request_share));
}

void neapi_compare_deployments(struct neap_document *document, const struct neapi_comparison *c)
{
    struct neap_node *array = neap_node_array(neap_document_root(document), "deployments");
    size_t count = neap_scenario_deployments(c->scenario);
    int64_t step_ns = neap_recording_step_ns(neap_scenario_recording(c->scenario));
    for (size_t i = 0; i < count; i++) {
        struct neap_deployment deployment = neap_scenario_deployment(c->scenario, i);
        struct neapi_crossing across =
            neapi_weeks_across(&c->deployed.weeks, deployment.at_ns, step_ns);
        struct change change = change_of(&across);
        size_t with = others(c->scenario, &across);
        describe(array, &deployment, &change, with);
        say(document, &deployment, &change, with);
    }
}

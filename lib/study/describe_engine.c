/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What depends on the engine in what a study says of its model. */
#include <math.h>

#include "base/text.h"
#include "study/variant.h"

static bool by_request(const struct neap_scenario *scenario)
{
    return neap_scenario_run(scenario)->engine != NEAP_ENGINE_TICK;
}

const char *neapi_describe_noise(const struct neap_scenario *scenario)
{
    if (by_request(scenario))
        return ", and as noisy as its requests are";
    return neap_scenario_metrics(scenario)->noise == 1 ? ", with sampling noise"
                                                       : ", without sampling noise";
}

const char *neapi_describe_arrivals(const struct neap_scenario *scenario)
{
    if (!by_request(scenario))
        return "requests arrive at random at an even rate, so bursts shorter than that are not "
               "seen";
    switch (neap_recording_arrivals(neap_scenario_recording(scenario), NULL)) {
    case NEAP_ARRIVALS_POISSON:
        return "requests arrive as a Poisson process of that rate, so their numbers vary";
    case NEAP_ARRIVALS_BURST:
        return "requests arrive at random, and their numbers vary as traffic.arrivals says";
    case NEAP_ARRIVALS_RECORDED:
    case NEAP_ARRIVALS_EXACT:
    default:
        return "as many requests as were recorded arrive at random times, so bursts shorter than "
               "that are not seen";
    }
}

const char *neapi_describe_failures(char *text, size_t size,
                                    const struct neap_replay_summary *summary)
{
    int length = neapi_print(text, size, "%.0f refused, %.0f timed out", summary->failed_queue_full,
                             summary->failed_timeout);
    if (summary->failed_abandoned > 0 && length > 0 && (size_t)length < size)
        length += neapi_print(text + length, size - (size_t)length, ", %.0f given up by clients",
                              summary->failed_abandoned);
    if (summary->failed_cut > 0 && length > 0 && (size_t)length < size)
        neapi_print(text + length, size - (size_t)length, ", %.0f cut off", summary->failed_cut);
    return text;
}

/* Settings that only the request engine acts on. */
static void warn_of_settings(struct neap_document *document, const struct neap_scenario *scenario)
{
    const struct neap_client_options *client = neap_scenario_client(scenario);
    if (client->retries > 0 || !isnan(client->patience_s))
        neap_document_add_note(document, NEAP_NOTE_WARNING,
                               "the tick engine leaves out what [client] says: no request is given "
                               "up or tried again; --engine request follows them");
    if (!isnan(neap_scenario_container(scenario)->quota_period_s))
        neap_document_add_note(document, NEAP_NOTE_WARNING,
                               "the tick engine leaves out container.quota_period: CPU is shared "
                               "as though there were no periods; --engine request follows them");
}

static void say_nodes(struct neap_document *document, const struct neap_scenario *scenario)
{
    const struct neap_nodes_options *nodes = neap_scenario_nodes(scenario);
    if (nodes == NULL) {
        neap_document_add_note(document, NEAP_NOTE_NOT_MODELLED,
                               "nodes: containers start and stop, and money follows them, not the "
                               "machines below");
        return;
    }
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                           "nodes have %g vCPU and room for %lld of these containers, which go to "
                           "the fullest with room; nothing else runs there but daemons",
                           nodes->vcpu,
                           (long long)neap_nodes_slots(nodes, neap_scenario_container(scenario)));
}

void neapi_describe_engine(struct neap_document *document, const struct neap_scenario *scenario)
{
    const char *roll_outs = neap_scenario_deployments(scenario) == 0 ? " and roll-outs" : "";
    if (by_request(scenario)) {
        neap_document_add_note(document, NEAP_NOTE_NOT_MODELLED, "sticky connections, crashes%s",
                               roll_outs);
    } else {
        warn_of_settings(document, scenario);
        neap_document_add_note(document, NEAP_NOTE_NOT_MODELLED,
                               "retries of failed requests, sticky connections, CPU throttling by "
                               "quota periods, crashes%s",
                               roll_outs);
    }
    say_nodes(document, scenario);
    if (!by_request(scenario))
        neap_document_add_note(document, NEAP_NOTE_NOT_MODELLED,
                               "the tick engine works with means and approximations: percentiles "
                               "of latency within about 10%% for services with Poisson traffic, "
                               "more while work piles up");
}

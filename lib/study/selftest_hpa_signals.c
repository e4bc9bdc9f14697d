/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The metrics of a controller's pass, as a table writes them, and their samples. */
#include <math.h>
#include <string.h>

#include "study/selftest_hpa.h"

/* No such type of metric. */
static void propose_invalid(const struct neapi_hpa_signal *signal,
                            const struct neapi_hpa_rules *rules, const struct neap_reading *reading,
                            struct neapi_hpa_proposal *proposal)
{
    (void)rules;
    *proposal = (struct neapi_hpa_proposal){.replicas = reading->replicas,
                                            .reason = NEAP_REASON_UNREAD,
                                            .failed = true,
                                            .source = signal->source};
}

/* Metrics of pods are the pods' own; those of objects and external ones stand where requests in
 * flight and waiting do. */
static const struct metric {
    const char *word;
    struct neapi_hpa_signal signal;
} metrics[] = {{"cpu_util",
                {.propose = neapi_hpa_propose_utilization,
                 .source = NEAPI_HPA_RESOURCE,
                 .signal = NEAP_SIGNAL_CPU}},
               {"container_cpu_util",
                {.propose = neapi_hpa_propose_utilization,
                 .source = NEAPI_HPA_CONTAINER_RESOURCE,
                 .signal = NEAP_SIGNAL_CPU,
                 .container = "container"}},
               {"pods",
                {.propose = neapi_hpa_propose_average,
                 .source = NEAPI_HPA_SOURCE_PODS,
                 .signal = NEAP_SIGNAL_VALUE}},
               {"object_value",
                {.propose = neapi_hpa_propose_value,
                 .source = NEAPI_HPA_OBJECT,
                 .signal = NEAP_SIGNAL_IN_FLIGHT}},
               {"object_avg",
                {.propose = neapi_hpa_propose_per_pod,
                 .source = NEAPI_HPA_OBJECT,
                 .signal = NEAP_SIGNAL_IN_FLIGHT}},
               {"external_value",
                {.propose = neapi_hpa_propose_value,
                 .source = NEAPI_HPA_EXTERNAL,
                 .signal = NEAP_SIGNAL_QUEUED}},
               {"external_avg",
                {.propose = neapi_hpa_propose_per_pod,
                 .source = NEAPI_HPA_EXTERNAL,
                 .signal = NEAP_SIGNAL_QUEUED}},
               {"invalid", {.propose = propose_invalid, .source = NEAPI_HPA_NO_SOURCE}}};

struct word {
    char metric[64]; /* "cpu_util" */
    int64_t target;
    bool fails;
};

static bool read_word(struct word *word, const char *list, size_t index)
{
    if (!neapi_cell_item(list, index, word->metric, sizeof word->metric))
        return false;
    char *failure = strchr(word->metric, '!'), *target = strchr(word->metric, ':');
    word->fails = failure != NULL;
    if (failure != NULL)
        *failure = '\0';
    word->target = target == NULL ? 0 : neapi_cell_integer(target + 1, 0, 0);
    if (target != NULL)
        *target = '\0';
    return true;
}

/* "cpu_util:30" as a signal; false when neap has no such metric. */
static bool read_signal(struct neapi_hpa_signal *signal, const struct word *word)
{
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        if (strcmp(word->metric, metrics[i].word) == 0) {
            *signal = metrics[i].signal;
            signal->target = word->target;
            return true;
        }
    return false;
}

/* What the signal reads has no value. */
static void take_away(struct neap_reading *reading, struct neap_pods *pods, enum neap_signal signal)
{
    if (signal == NEAP_SIGNAL_IN_FLIGHT)
        reading->in_flight = (double)NAN;
    if (signal == NEAP_SIGNAL_QUEUED)
        reading->queued = (double)NAN;
    for (size_t i = 0; i < reading->pods_count; i++) {
        pods[i].has_metric = pods[i].has_metric && signal != NEAP_SIGNAL_CPU;
        pods[i].has_value = pods[i].has_value && signal != NEAP_SIGNAL_VALUE;
    }
}

/* Samples of a metric that is not CPU: of pods one by one, of an object, or external ones. */
static void read_samples(struct neap_reading *reading, struct neap_pods *pods,
                         const struct neapi_row *row)
{
    int64_t samples_m[NEAPI_HPA_PODS];
    size_t count = neapi_hpa_row_integers(neapi_row_text(row, "samples_m"), samples_m, 0);
    size_t own = count < reading->pods_count ? count : reading->pods_count;
    for (size_t i = 0; i < own; i++) {
        pods[i].value_m = samples_m[i];
        pods[i].has_value = true;
    }
    for (size_t i = own; i < reading->pods_count; i++)
        pods[i].has_value = false;
    reading->unlisted_value_m = neapi_hpa_sum_samples(samples_m + own, count - own);
    reading->in_flight = count > 0 ? (double)samples_m[0] / 1000 : (double)NAN;
    reading->queued =
        count > 0 ? (double)neapi_hpa_sum_samples(samples_m, count) / 1000 : (double)NAN;
}

bool neapi_hpa_row_signals(struct neapi_hpa_rules *rules, struct neap_reading *reading,
                           struct neap_pods *pods, const struct neapi_row *row)
{
    struct word word;
    const char *list = neapi_row_text(row, "metrics");
    rules->signals_count = 0;
    read_samples(reading, pods, row);
    while (rules->signals_count < NEAPI_HPA_SIGNALS &&
           read_word(&word, list, rules->signals_count)) {
        struct neapi_hpa_signal *signal = &rules->signals[rules->signals_count++];
        if (!read_signal(signal, &word))
            return false;
        if (word.fails)
            take_away(reading, pods, signal->signal);
    }
    return rules->signals_count > 0;
}

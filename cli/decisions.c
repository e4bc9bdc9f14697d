/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every decision of a replay, in a file: as CSV with steps and metrics in words, or as JSON with
 * them as data, one object a line. Most evaluations change nothing; all are written. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

/* --- CSV ---------------------------------------------------------------------------------------- */

static void write_row(void *context, const struct neap_decision *decision)
{
    FILE *stream = context;
    char time[NEAP_TIME_SIZE], metric[32] = "", steps[1024], metrics[1024];
    neap_time_format(time, sizeof time, decision->time_ns);
    if (!isnan(decision->metric))
        snprintf(metric, sizeof metric, "%.4f", decision->metric);
    neap_decision_steps_format(steps, sizeof steps, decision);
    neap_decision_metrics_format(metrics, sizeof metrics, decision);
    fprintf(stream, "%s,%lld,%lld,%lld,%s,\"%s\",\"%s\",\"%s\"\n", time,
            (long long)decision->before, (long long)decision->wanted, (long long)decision->after,
            metric, neap_reason_text(decision->reason), steps, metrics);
}

/* --- JSON: reasons and signals need no escapes ---------------------------------------------------- */

static void put_number(FILE *stream, const char *key, double value)
{
    if (isfinite(value))
        fprintf(stream, ",\"%s\":%.10g", key, value);
    else
        fprintf(stream, ",\"%s\":null", key);
}

static void put_steps(FILE *stream, const struct neap_decision *decision)
{
    fputs(",\"steps\":[", stream);
    for (size_t i = 0; i < decision->steps_count; i++)
        fprintf(stream, "%s{\"replicas\":%lld,\"reason\":\"%s\"}", i > 0 ? "," : "",
                (long long)decision->steps[i].replicas,
                neap_reason_text(decision->steps[i].reason));
    fputc(']', stream);
}

static void put_metrics(FILE *stream, const struct neap_decision *decision)
{
    fputs(",\"metrics\":[", stream);
    for (size_t i = 0; i < decision->metrics_count; i++) {
        const struct neap_decision_metric *metric = &decision->metrics[i];
        fprintf(stream, "%s{\"signal\":\"%s\"", i > 0 ? "," : "", neap_signal_text(metric->signal));
        put_number(stream, "metric", metric->metric);
        put_number(stream, "target", metric->target);
        put_number(stream, "ratio", metric->ratio);
        fprintf(stream, ",\"pods\":%lld,\"replicas\":%lld,\"decided\":%s,\"failed\":%s,",
                (long long)metric->pods, (long long)metric->replicas,
                i == decision->chosen ? "true" : "false", metric->failed ? "true" : "false");
        fprintf(stream, "\"reason\":\"%s\"}", neap_reason_text(metric->reason));
    }
    fputc(']', stream);
}

static void write_object(void *context, const struct neap_decision *decision)
{
    FILE *stream = context;
    char time[NEAP_TIME_SIZE];
    neap_time_format(time, sizeof time, decision->time_ns);
    fprintf(stream, "{\"time\":\"%s\",\"before\":%lld,\"wanted\":%lld,\"after\":%lld", time,
            (long long)decision->before, (long long)decision->wanted, (long long)decision->after);
    put_number(stream, "metric", decision->metric);
    fprintf(stream, ",\"reason\":\"%s\"", neap_reason_text(decision->reason));
    put_steps(stream, decision);
    put_metrics(stream, decision);
    fputs("}\n", stream);
}

/* --- which ---------------------------------------------------------------------------------------- */

static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), part = strlen(ending);
    return length >= part && strcmp(path + length - part, ending) == 0;
}

decision_writer *decisions_begin(FILE *stream, const char *path)
{
    if (ends_with(path, ".json") || ends_with(path, ".jsonl"))
        return write_object;
    fputs("time,before,wanted,after,metric,reason,steps,metrics\n", stream);
    return write_row;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decisions, and how they are put in words. */
#include "autoscaler/decision.h"
#include "base/text.h"

void neapi_decision_clamp(struct neap_decision *decision, int64_t min, int64_t max)
{
    if (decision->after > max)
        neapi_decision_step(decision, NEAP_REASON_AT_MAX, max);
    if (decision->after < min)
        neapi_decision_step(decision, NEAP_REASON_AT_MIN, min);
}

void neapi_decision_complete(struct neap_decision *decision)
{
    enum neap_reason reason = decision->reason;
    int64_t after = decision->after;
    bool changed = after != decision->wanted;
    decision->after = decision->wanted;
    decision->steps_count = 1;
    decision->steps[0] =
        (struct neap_decision_step){changed ? NEAP_REASON_METRIC : reason, decision->wanted};
    neapi_decision_step(decision, reason, after);
}

/* --- words ------------------------------------------------------------------------------------ */

const char *neap_reason_text(enum neap_reason reason)
{
    switch (reason) {
#define X(name, text) \
    case name:        \
        return text;
        NEAP_REASON_MAP(X)
#undef X
    }
    return "unknown reason";
}

const char *neap_signal_text(enum neap_signal signal)
{
    switch (signal) {
#define X(name, text) \
    case name:        \
        return text;
        NEAP_SIGNAL_MAP(X)
#undef X
    }
    return "unknown metric";
}

int neap_signal_format(char *text, size_t size, enum neap_signal signal, double value)
{
    if (isnan(value))
        return neapi_print(text, size, "%s", "");
    switch (signal) {
    case NEAP_SIGNAL_CPU:
    case NEAP_SIGNAL_MEMORY:
        return neapi_print(text, size, "%.6g%%", value * 100);
    case NEAP_SIGNAL_RATE:
    case NEAP_SIGNAL_TOTAL_RATE:
    case NEAP_SIGNAL_AHEAD_RATE:
    case NEAP_SIGNAL_FORECAST_RATE:
        return neapi_print(text, size, "%.6g/s", value);
    case NEAP_SIGNAL_CPU_VALUE:
    case NEAP_SIGNAL_AHEAD_CPU:
    case NEAP_SIGNAL_FORECAST_CPU:
        return neapi_print(text, size, "%.6g vCPU", value);
    case NEAP_SIGNAL_MEMORY_VALUE:
        return neap_quantity_format(text, size, value, NEAP_BYTES);
    case NEAP_SIGNAL_LATENCY:
        return neapi_print(text, size, "%.6g s", value);
    case NEAP_SIGNAL_IN_FLIGHT:
    case NEAP_SIGNAL_QUEUED:
    case NEAP_SIGNAL_VALUE:
    case NEAP_SIGNAL_CRON:
    case NEAP_SIGNAL_RECORDED:
    case NEAP_SIGNAL_NONE:
        break;
    }
    return neapi_print(text, size, "%.6g", value);
}

/* Text that is added to piece by piece; the length goes on where the room has ended. */
struct text {
    char *start;
    size_t size;
    int length;
};

static void add(struct text *text, const char *format, ...) NEAP_PRINTF(2, 3);

static void add(struct text *text, const char *format, ...)
{
    size_t used = (size_t)text->length < text->size ? (size_t)text->length : text->size;
    va_list arguments;
    va_start(arguments, format);
    char *end = text->size == 0 ? NULL : text->start + used;
    int added = neapi_vprint(end, text->size - used, format, arguments);
    va_end(arguments);
    if (added > 0)
        text->length += added;
}

int neap_decision_steps_format(char *text, size_t size, const struct neap_decision *decision)
{
    const struct neap_decision_step *steps = decision->steps;
    struct text told = {text, size, 0};
    add(&told, "wanted %lld", (long long)decision->wanted);
    if (decision->steps_count <= 1)
        add(&told, ": %s", neap_reason_text(decision->reason));
    else if (steps[0].reason != NEAP_REASON_METRIC)
        add(&told, " (%s)", neap_reason_text(steps[0].reason));
    for (size_t i = 1; i < decision->steps_count; i++)
        add(&told, "%s%s -> %lld", i == 1 ? ": " : "; ", neap_reason_text(steps[i].reason),
            (long long)steps[i].replicas);
    return told.length;
}

static void add_metric(struct text *told, const struct neap_decision_metric *metric)
{
    char value[64], target[64];
    neap_signal_format(value, sizeof value, metric->signal, metric->metric);
    neap_signal_format(target, sizeof target, metric->signal, metric->target);
    add(told, "%s", neap_signal_text(metric->signal));
    if (value[0] != '\0')
        add(told, " %s", value);
    if (target[0] != '\0')
        add(told, ", target %s", target);
    if (metric->failed)
        add(told, ": %s", neap_reason_text(metric->reason));
    else
        add(told, ": %lld", (long long)metric->replicas);
}

int neap_decision_metrics_format(char *text, size_t size, const struct neap_decision *decision)
{
    struct text told = {text, size, 0};
    if (size > 0)
        text[0] = '\0';
    for (size_t i = 0; i < decision->metrics_count; i++) {
        if (i > 0)
            add(&told, "; ");
        add_metric(&told, &decision->metrics[i]);
    }
    return told.length;
}

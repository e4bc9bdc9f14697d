/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a controller remembers: its recommendations, for stabilisation, and its changes of size,
 * for the policies. Slots whose content is too old are written over, the last such slot first, as
 * the controller does. Ages compare differently: without behavior a recommendation exactly one
 * window old still counts, with behavior it does not, and neither does a change exactly one
 * period old.
 *
 * Source: kubernetes/kubernetes, horizontal.go. */
#include <stdlib.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"
#include "base/array.h"

/* Entries that can be alive at once, the one being written, and both ends of the window. */
static size_t entries_within(int64_t span_ns, double period_s)
{
    return (size_t)((double)span_ns / 1e9 / period_s) + 3;
}

static int64_t longest_ns(const struct neapi_hpa_direction *direction)
{
    int64_t longest = direction->window_ns;
    for (size_t i = 0; i < direction->policies_count; i++)
        if (direction->policies[i].period_ns > longest)
            longest = direction->policies[i].period_ns;
    return longest;
}

bool neapi_hpa_logs_allocate(struct neapi_hpa *hpa, double period_s)
{
    int64_t up_ns = longest_ns(&hpa->rules.up), down_ns = longest_ns(&hpa->rules.down);
    size_t capacity = entries_within(up_ns > down_ns ? up_ns : down_ns, period_s);
    hpa->log.entries = neapi_allocate(capacity, sizeof hpa->log.entries[0]);
    hpa->up.entries = neapi_allocate(capacity, sizeof hpa->up.entries[0]);
    hpa->down.entries = neapi_allocate(capacity, sizeof hpa->down.entries[0]);
    hpa->log.capacity = hpa->up.capacity = hpa->down.capacity = capacity;
    return hpa->log.entries != NULL && hpa->up.entries != NULL && hpa->down.entries != NULL;
}

void neapi_hpa_logs_free(struct neapi_hpa *hpa)
{
    free(hpa->log.entries);
    free(hpa->up.entries);
    free(hpa->down.entries);
}

static int64_t cutoff_ns(const struct neapi_hpa *hpa, int64_t now_ns, int64_t span_ns)
{
    return neapi_subtract(neapi_add(now_ns, hpa->rules.pass_delay_ns), span_ns);
}

void neapi_hpa_log_start(struct neapi_hpa_log *log, int64_t replicas, int64_t now_ns)
{
    struct neapi_hpa_recommendation first = {now_ns, replicas};
    log->entries[0] = log->high = log->low = first;
    log->count = 1;
    log->last = 0;
    log->in_order = true;
}

static size_t behind(const struct neapi_hpa_log *log, size_t slot)
{
    return slot + 1 == log->count ? 0 : slot + 1;
}

/* The logs are sized for passes one period apart; passes that come faster push out the oldest. */
static size_t oldest(const struct neapi_hpa_log *log)
{
    size_t found = 0;
    for (size_t i = 1; i < log->count; i++)
        if (log->entries[i].time_ns < log->entries[found].time_ns)
            found = i;
    return found;
}

/* slot is an index, or the count when no entry may be written over. */
static void store(struct neapi_hpa_log *log, size_t slot, int64_t replicas, int64_t now_ns)
{
    struct neapi_hpa_recommendation entry = {now_ns, replicas};
    if (slot == log->count && log->count < log->capacity) {
        log->in_order = log->in_order && log->last + 1 == log->count;
        log->count++;
    } else {
        slot = slot == log->count ? oldest(log) : slot;
        log->in_order = log->in_order && slot == behind(log, log->last);
    }
    log->entries[slot] = entry;
    log->last = slot;
    if (replicas >= log->high.replicas)
        log->high = entry;
    if (replicas <= log->low.replicas)
        log->low = entry;
}

struct range {
    int64_t low, high;
};

/* Which entries count: for the highest those after one time, for the lowest those after another;
 * those before a third may be written over. */
struct span {
    int64_t high_after_ns, low_after_ns, reuse_before_ns;
};

/* Whether high and low still hold; low may also have nothing left to hold for. */
static bool extremes_hold(const struct neapi_hpa_log *log, const struct span *span)
{
    return log->in_order && log->high.time_ns > span->high_after_ns &&
           (log->low.time_ns > span->low_after_ns ||
            log->entries[log->last].time_ns <= span->low_after_ns);
}

static bool later(struct neapi_hpa_recommendation a, struct neapi_hpa_recommendation b)
{
    return a.replicas == b.replicas && a.time_ns > b.time_ns;
}

/* Brings high and low up to date; returns the last slot that may be written over, or the count. */
static size_t recall_all(struct neapi_hpa_log *log, const struct span *span, int64_t desired,
                         int64_t now_ns)
{
    struct neapi_hpa_recommendation high = {now_ns, desired}, low = high;
    size_t reusable = log->count;
    for (size_t i = 0; i < log->count; i++) {
        struct neapi_hpa_recommendation one = log->entries[i];
        if (one.time_ns > span->high_after_ns && (one.replicas > high.replicas || later(one, high)))
            high = one;
        if (one.time_ns > span->low_after_ns && (one.replicas < low.replicas || later(one, low)))
            low = one;
        reusable = one.time_ns < span->reuse_before_ns ? i : reusable;
    }
    log->high = high;
    log->low = low;
    return reusable;
}

/* Range of all recommendations that count, desired included; stores desired. */
static struct range recall(struct neapi_hpa_log *log, const struct span *span, int64_t desired,
                           int64_t now_ns)
{
    size_t reusable = log->count;
    if (!extremes_hold(log, span))
        reusable = recall_all(log, span, desired, now_ns);
    if (log->in_order) { /* the oldest outdated slot, not the last: what counts is the same */
        size_t first = behind(log, log->last);
        reusable = log->entries[first].time_ns < span->reuse_before_ns ? first : log->count;
    }
    struct range range = {desired, desired};
    if (log->high.time_ns > span->high_after_ns && log->high.replicas > desired)
        range.high = log->high.replicas;
    if (log->low.time_ns > span->low_after_ns && log->low.replicas < desired)
        range.low = log->low.replicas;
    store(log, reusable, desired, now_ns);
    return range;
}

int64_t neapi_hpa_stabilize(struct neapi_hpa *hpa, int64_t desired, int64_t now_ns)
{
    int64_t cutoff = cutoff_ns(hpa, now_ns, hpa->rules.down.window_ns);
    struct span span = {neapi_subtract(cutoff, 1), INT64_MAX, cutoff};
    return recall(&hpa->log, &span, desired, now_ns).high;
}

int64_t neapi_hpa_stabilize_behavior(struct neapi_hpa *hpa, int64_t current, int64_t desired,
                                     int64_t now_ns)
{
    int64_t up = cutoff_ns(hpa, now_ns, hpa->rules.up.window_ns);
    int64_t down = cutoff_ns(hpa, now_ns, hpa->rules.down.window_ns);
    struct span span = {down, up, up < down ? up : down};
    struct range range = recall(&hpa->log, &span, desired, now_ns);
    int64_t raised = current < range.low ? range.low : current;
    return raised > range.high ? range.high : raised;
}

int64_t neapi_hpa_change_within(const struct neapi_hpa *hpa, const struct neapi_hpa_events *events,
                                int64_t period_ns, int64_t now_ns)
{
    int64_t cutoff = cutoff_ns(hpa, now_ns, period_ns);
    int64_t sum = 0;
    for (size_t i = 0; i < events->count; i++)
        if (events->entries[i].time_ns > cutoff)
            sum = neapi_add(sum, events->entries[i].change);
    return sum;
}

static int64_t longest_period_ns(const struct neapi_hpa_direction *direction)
{
    int64_t longest = 0;
    for (size_t i = 0; i < direction->policies_count; i++)
        if (direction->policies[i].period_ns > longest)
            longest = direction->policies[i].period_ns;
    return longest;
}

static size_t oldest_event(const struct neapi_hpa_events *events)
{
    size_t found = 0;
    for (size_t i = 1; i < events->count; i++)
        if (events->entries[i].time_ns < events->entries[found].time_ns)
            found = i;
    return found;
}

/* Marks what the direction's own policies no longer ask for; a marked change that is not written
 * over still counts for a longer policy of the other direction. */
static size_t mark_outdated(struct neapi_hpa_events *events, int64_t cutoff)
{
    size_t reusable = events->count;
    for (size_t i = 0; i < events->count; i++) {
        if (events->entries[i].time_ns >= cutoff)
            continue;
        events->entries[i].outdated = true;
        reusable = i;
    }
    return reusable;
}

void neapi_hpa_record(struct neapi_hpa *hpa, int64_t before, int64_t after, int64_t now_ns)
{
    if (!hpa->rules.behavior)
        return;
    bool up = after > before;
    struct neapi_hpa_events *events = up ? &hpa->up : &hpa->down;
    int64_t longest = longest_period_ns(up ? &hpa->rules.up : &hpa->rules.down);
    size_t slot = mark_outdated(events, cutoff_ns(hpa, now_ns, longest));
    if (slot == events->count) {
        if (events->count < events->capacity)
            events->count++;
        else
            slot = oldest_event(events);
    }
    int64_t change = up ? neapi_subtract(after, before) : neapi_subtract(before, after);
    events->entries[slot] = (struct neapi_hpa_event){now_ns, change, false};
}

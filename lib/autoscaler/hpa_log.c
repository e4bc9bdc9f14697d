/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a controller remembers: its recommendations, for stabilisation, and its changes of size,
 * for the policies. Slots whose content is too old are written over, the last such slot first, as
 * the controller does. Ages compare differently: without behavior a recommendation exactly one
 * window old still counts, with behavior it does not, and neither does a change exactly one
 * period old.
 *
 * Source: kubernetes/kubernetes, horizontal.go. */
#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

static int64_t cutoff_ns(const struct neapi_hpa *hpa, int64_t now_ns, int64_t span_ns)
{
    return neapi_subtract(neapi_add(now_ns, hpa->rules.pass_delay_ns), span_ns);
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

/* reusable is an index, or the count when there is none. */
static void store(struct neapi_hpa_log *log, size_t reusable, int64_t replicas, int64_t now_ns)
{
    if (reusable == log->count) {
        if (log->count < log->capacity)
            log->count++;
        else
            reusable = oldest(log);
    }
    log->entries[reusable] = (struct neapi_hpa_recommendation){now_ns, replicas};
}

int64_t neapi_hpa_stabilize(struct neapi_hpa *hpa, int64_t desired, int64_t now_ns)
{
    struct neapi_hpa_log *log = &hpa->log;
    int64_t cutoff = cutoff_ns(hpa, now_ns, hpa->rules.down.window_ns);
    int64_t best = desired;
    size_t reusable = log->count;
    for (size_t i = 0; i < log->count; i++) {
        bool old = log->entries[i].time_ns < cutoff;
        int64_t replicas = log->entries[i].replicas;
        reusable = old ? i : reusable;
        best = !old && replicas > best ? replicas : best;
    }
    store(log, reusable, desired, now_ns);
    return best;
}

int64_t neapi_hpa_stabilize_behavior(struct neapi_hpa *hpa, int64_t current, int64_t desired,
                                     int64_t now_ns)
{
    struct neapi_hpa_log *log = &hpa->log;
    int64_t up_cutoff = cutoff_ns(hpa, now_ns, hpa->rules.up.window_ns);
    int64_t down_cutoff = cutoff_ns(hpa, now_ns, hpa->rules.down.window_ns);
    int64_t low = desired, high = desired;
    size_t reusable = log->count;
    for (size_t i = 0; i < log->count; i++) {
        int64_t time_ns = log->entries[i].time_ns, replicas = log->entries[i].replicas;
        low = time_ns > up_cutoff && replicas < low ? replicas : low;
        high = time_ns > down_cutoff && replicas > high ? replicas : high;
        reusable = time_ns < up_cutoff && time_ns < down_cutoff ? i : reusable;
    }
    store(log, reusable, desired, now_ns);
    int64_t raised = current < low ? low : current;
    return raised > high ? high : raised;
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

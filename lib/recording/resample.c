/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A recording on another step. What happens to a column depends on what it is: counts are summed
 * or split, levels averaged or repeated, quantiles repeated or dropped. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "recording/impl.h"

/* Coarser: parts old intervals make a new one. Finer: an old one makes parts new ones. */
struct change {
    bool finer;
    size_t parts;
    size_t old_count, new_count;
};

static bool is_count(enum neap_observation which)
{
    return which == NEAP_OBSERVED_ERRORS;
}

static bool is_quantile(enum neap_observation which)
{
    return which == NEAP_OBSERVED_P50_S || which == NEAP_OBSERVED_P95_S ||
           which == NEAP_OBSERVED_P99_S;
}

static void repeat(double *new, const double *old, const struct change *change, double factor)
{
    for (size_t i = 0; i < change->old_count; i++)
        for (size_t k = 0; k < change->parts; k++)
            new[i * change->parts + k] = old[i] * factor;
}

/* Sum of what is there, or its mean; NaN where nothing is. */
static void gather(double *new, const double *old, const struct change *change, bool mean)
{
    for (size_t i = 0; i < change->new_count; i++) {
        size_t end = (i + 1) * change->parts, present = 0;
        double sum = 0;
        for (size_t k = i * change->parts; k < end && k < change->old_count; k++)
            if (!isnan(old[k])) {
                sum += old[k];
                present++;
            }
        new[i] = present == 0 ? (double)NAN : mean ? sum / (double)present : sum;
    }
}

static double *changed(const double *old, const struct change *change, bool count)
{
    double *new = neapi_allocate(change->new_count, sizeof *new);
    if (new == NULL)
        return NULL;
    if (change->finer)
        repeat(new, old, change, count ? 1 / (double)change->parts : 1);
    else
        gather(new, old, change, !count);
    return new;
}

static bool change_classes(struct neap_recording *new, const struct neap_recording *old,
                           const struct change *change)
{
    for (size_t i = 0; i < old->classes; i++) {
        double *requests = changed(old->class[i].requests, change, true);
        if (requests == NULL)
            return false;
        if (!neapi_recording_add_class(new, old->class[i].name, requests)) {
            free(requests);
            return false;
        }
    }
    return true;
}

static bool change_observed(struct neap_recording *new, const struct neap_recording *old,
                            const struct change *change)
{
    for (size_t i = 0; i < NEAP_OBSERVATIONS; i++) {
        enum neap_observation which = (enum neap_observation)i;
        bool dropped = is_quantile(which) && !change->finer && change->parts > 1;
        if (old->observed[i] == NULL || dropped)
            continue;
        new->observed[i] = changed(old->observed[i], change, is_count(which));
        if (new->observed[i] == NULL)
            return false;
    }
    return true;
}

static enum neap_status find_change(struct change *change, const struct neap_recording *recording,
                                    int64_t step_ns, struct neap_error *error)
{
    int64_t old_ns = recording->step_ns;
    if (step_ns < 1 || (step_ns % old_ns != 0 && old_ns % step_ns != 0))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found a step of %g s, expected a multiple or a divisor of the "
                          "recording's %g s",
                          (double)step_ns / 1e9, (double)old_ns / 1e9);
    if (recording->stamp_ns != NULL && step_ns < old_ns)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found a step of %g s for requests recorded one by one in intervals of "
                          "%g s, expected a longer one: read the file with traffic.step = %gs",
                          (double)step_ns / 1e9, (double)old_ns / 1e9, (double)step_ns / 1e9);
    uint64_t count = recording->count, most = NEAP_RECORDING_INTERVALS_MOST;
    uint64_t parts = (uint64_t)(step_ns < old_ns ? old_ns / step_ns : step_ns / old_ns);
    change->finer = step_ns < old_ns;
    uint64_t wanted = change->finer ? 0 : (count - 1) / parts + 1;
    bool fits = change->finer ? parts <= most / count
                              : wanted <= neapi_distance_ns(recording->start_ns, INT64_MAX) /
                                              (uint64_t)step_ns;
    if (!fits)
        return neapi_fail(
            error, NEAP_BAD_ARGUMENT,
            "found a step of %g s for %zu intervals of %g s, expected one that leaves "
            "1 to %d intervals",
            (double)step_ns / 1e9, recording->count, (double)old_ns / 1e9,
            (int)NEAP_RECORDING_INTERVALS_MOST);
    change->old_count = recording->count;
    change->parts = (size_t)(change->finer || parts < count ? parts : count);
    change->new_count = (size_t)(change->finer ? count * parts : wanted);
    return NEAP_OK;
}

enum neap_status neap_recording_resample(struct neap_recording **resampled,
                                         const struct neap_recording *recording, int64_t step_ns,
                                         struct neap_error *error)
{
    struct change change = {0};
    enum neap_status status = find_change(&change, recording, step_ns, error);
    if (status != NEAP_OK)
        return status;
    struct neap_recording *new = neapi_recording_like(recording);
    if (new == NULL)
        return neapi_no_memory(error, "the recording");
    new->step_ns = step_ns;
    new->count = change.new_count;
    new->requests = changed(recording->requests, &change, true);
    if (new->requests == NULL || !change_classes(new, recording, &change) ||
        !change_observed(new, recording, &change)) {
        neap_recording_free(new);
        return neapi_no_memory(error, "the recording");
    }
    *resampled = new;
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The largest size of the last so many moments, for the scale-down delay. A size that is followed
 * by one as large can never be the largest again, so what is kept falls from first to last, with
 * at most one entry per moment.
 *
 * Source: knative/serving, pkg/autoscaler/aggregation/max/. */
#include "autoscaler/knative_impl.h"

int64_t neapi_knative_max_size(int64_t span_ns, int64_t granularity_ns)
{
    return (span_ns + granularity_ns - 1) / granularity_ns;
}

static struct neapi_knative_size *entry(const struct neapi_knative_max *max, size_t place)
{
    return &max->entries[(max->first + place) % (size_t)max->size];
}

int64_t neapi_knative_max_record(struct neapi_knative_max *max, int64_t index, int64_t value)
{
    while (max->count > 0 && index - entry(max, 0)->index >= max->size) {
        max->first = (max->first + 1) % (size_t)max->size;
        max->count--;
    }
    while (max->count > 0 && entry(max, max->count - 1)->value <= value)
        max->count--;
    /* A clock that goes back finds the entry of a later moment; the larger of the two stays. */
    if (max->count == 0 || entry(max, max->count - 1)->index < index)
        *entry(max, max->count++) = (struct neapi_knative_size){index, value};
    return entry(max, 0)->value;
}

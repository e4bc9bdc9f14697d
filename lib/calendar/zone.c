/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A zone's questions: the offset at an instant, and the instant of a civil time. */
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "calendar/impl.h"

enum { LOOK_S = 27 * 3600 }; /* no offset is larger */

void neap_zone_free(struct neap_zone *zone)
{
    if (zone == NULL)
        return;
    free(zone->transition);
    free(zone);
}

const char *neap_zone_name(const struct neap_zone *zone)
{
    return zone == NULL ? "UTC" : zone->name;
}

/* How many transitions there have been at time_s. */
static size_t passed(const struct neap_zone *zone, int64_t time_s)
{
    size_t low = 0, high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->transition[middle].time_s <= time_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t offset_after(const struct neap_zone *zone, size_t transitions)
{
    return transitions == 0 ? zone->first_offset_s : zone->transition[transitions - 1].offset_s;
}

int32_t neapi_offset_at(const struct neap_zone *zone, int64_t time_s)
{
    return zone == NULL ? 0 : offset_after(zone, passed(zone, time_s));
}

int32_t neap_zone_offset_s(const struct neap_zone *zone, int64_t time_ns)
{
    return neapi_offset_at(zone, neapi_floor_divide(time_ns, SECOND_NS));
}

int64_t neapi_local_to_time_s(const struct neap_zone *zone, int64_t local_s, bool start_of_day)
{
    if (zone == NULL)
        return local_s;
    for (size_t i = passed(zone, local_s - LOOK_S);; i++) {
        int64_t time_s = local_s - offset_after(zone, i);
        if (i == zone->count || time_s < zone->transition[i].time_s)
            return time_s;
        int64_t change_s = zone->transition[i].time_s;
        if (local_s - offset_after(zone, i + 1) < change_s) /* a gap: neither side shows it */
            return start_of_day ? change_s : time_s;
    }
}

enum neap_status neapi_zone_append(struct neap_zone *zone, int64_t time_s, int32_t offset_s,
                                   struct neap_error *error)
{
    if (zone->count > 0 && zone->transition[zone->count - 1].time_s == time_s)
        zone->count--; /* a period of no length */
    if (offset_after(zone, zone->count) == offset_s)
        return NEAP_OK; /* only the name changes */
    if (!neapi_grow(&zone->transition, &zone->capacity, zone->count + 1, sizeof *zone->transition))
        return neapi_no_memory(error, "a time zone");
    zone->transition[zone->count++] = (struct neapi_transition){time_s, offset_s};
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/periods.h"

#include <stdlib.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"

enum { PERIODS_MOST = 1200 };

static const int64_t SECOND_NS = 1000000000, DAY_NS = 86400 * INT64_C(1000000000);

static enum neap_status allocate(struct neapi_periods *periods, size_t count,
                                 struct neap_error *error)
{
    *periods = (struct neapi_periods){
        .count = count,
        .start_ns = neapi_allocate(count + 1, sizeof *periods->start_ns),
    };
    return periods->start_ns == NULL ? neapi_no_memory(error, "periods") : NEAP_OK;
}

void neapi_periods_clear(struct neapi_periods *periods)
{
    free(periods->start_ns);
    *periods = (struct neapi_periods){.count = 0};
}

/* --- even ones ------------------------------------------------------------------------------------ */

/* Whole intervals of the recording, as long as the next of these lengths at least. */
static size_t intervals_each(size_t count, int64_t step_ns)
{
    static const int minutes[] = {5, 15, 60, 180, 360, 1440};
    size_t each = 1;
    for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
        int64_t length_ns = minutes[i] * 60 * SECOND_NS;
        each = length_ns > step_ns ? (size_t)(length_ns / step_ns) : 1;
        if (count / each < PERIODS_MOST)
            return each;
    }
    return count / PERIODS_MOST + 1 > each ? count / PERIODS_MOST + 1 : each;
}

enum neap_status neapi_periods_even(struct neapi_periods *periods,
                                    const struct neap_recording *recording,
                                    struct neap_error *error)
{
    int64_t step_ns = neap_recording_step_ns(recording);
    size_t count = neap_recording_count(recording);
    size_t each = intervals_each(count, step_ns);
    size_t wanted = (count + each - 1) / each;
    enum neap_status status = allocate(periods, wanted, error);
    for (size_t i = 0; status == NEAP_OK && i < wanted; i++)
        periods->start_ns[i] = neap_recording_start_ns(recording) + (int64_t)(i * each) * step_ns;
    if (status == NEAP_OK)
        periods->start_ns[wanted] = neap_recording_end_ns(recording);
    return status;
}

/* --- weeks ---------------------------------------------------------------------------------------- */

int64_t neapi_civil_days_later(int64_t time_ns, int days, const struct neap_zone *zone)
{
    int64_t shifted_ns = time_ns + days * DAY_NS;
    int64_t before_s = neap_zone_offset_s(zone, time_ns);
    int64_t after_s = neap_zone_offset_s(zone, shifted_ns);
    return shifted_ns + (before_s - after_s) * SECOND_NS;
}

/* The last boundary of the recording's grid that is not after, and the nearest one. */
static int64_t grid_before(const struct neap_recording *recording, int64_t time_ns)
{
    int64_t start_ns = neap_recording_start_ns(recording);
    return time_ns - (time_ns - start_ns) % neap_recording_step_ns(recording);
}
static int64_t grid_nearest(const struct neap_recording *recording, int64_t time_ns)
{
    return grid_before(recording, time_ns + neap_recording_step_ns(recording) / 2);
}

/* The first week's beginning, at or before the window's. */
static int first_week(int64_t anchor_ns, int64_t start_ns, const struct neap_zone *zone)
{
    int week = (int)((start_ns - anchor_ns) / (7 * DAY_NS)) + 1;
    while (neapi_civil_days_later(anchor_ns, 7 * week, zone) > start_ns)
        week--;
    return week;
}

enum neap_status neapi_periods_weeks(struct neapi_periods *periods,
                                     const struct neap_recording *recording, int64_t anchor_ns,
                                     const struct neap_zone *zone, struct neap_error *error)
{
    int64_t start_ns = neap_recording_start_ns(recording);
    int64_t end_ns = neap_recording_end_ns(recording);
    anchor_ns = grid_before(recording, anchor_ns);
    int first = first_week(anchor_ns, start_ns, zone);
    size_t most = (size_t)((end_ns - start_ns) / (7 * DAY_NS)) + 3, count = 0;
    enum neap_status status = allocate(periods, most, error);
    if (status != NEAP_OK)
        return status;
    periods->start_ns[0] = start_ns;
    for (int week = first + 1; count + 1 < most; week++) {
        int64_t at_ns = grid_nearest(recording, neapi_civil_days_later(anchor_ns, 7 * week, zone));
        if (at_ns >= end_ns)
            break;
        if (at_ns > periods->start_ns[count])
            periods->start_ns[++count] = at_ns;
    }
    periods->start_ns[++count] = end_ns;
    periods->count = count;
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stretches of the window that pictures and weeks are drawn over. */
#ifndef NEAP_STUDY_PERIODS_H
#define NEAP_STUDY_PERIODS_H

#include <neap/scenario.h>

struct neapi_periods {
    size_t count;
    int64_t *start_ns; /* count + 1 boundaries, on those of the recording's intervals; owned */
};

/* Even ones, about a thousand at most, of a length that people count in: 5 min, an hour, a day. */
enum neap_status neapi_periods_even(struct neapi_periods *periods,
                                    const struct neap_recording *recording,
                                    struct neap_error *error);
/* Weeks of seven civil days around anchor_ns, so that one begins at it; the first and the last may
 * be cut by the window. */
enum neap_status neapi_periods_weeks(struct neapi_periods *periods,
                                     const struct neap_recording *recording, int64_t anchor_ns,
                                     const struct neap_zone *zone, struct neap_error *error);
void neapi_periods_clear(struct neapi_periods *periods);

/* The same wall-clock time that many days later (earlier when below 0). */
int64_t neapi_civil_days_later(int64_t time_ns, int days, const struct neap_zone *zone);

#endif

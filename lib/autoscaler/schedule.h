/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules of a schedule: at these times of the week, these bounds. */
#ifndef NEAP_AUTOSCALER_SCHEDULE_H
#define NEAP_AUTOSCALER_SCHEDULE_H

#include <neap/calendar.h>

enum { NEAPI_SCHEDULE_RULES = 32, NEAPI_SCHEDULE_KEEP = -1 };

struct neapi_schedule_rule {
    unsigned days;        /* bit 0 Monday .. bit 6 Sunday: on which it begins */
    int32_t from_s, to_s; /* of the wall clock; to <= from: until that time of the next day */
    int64_t min, max;     /* NEAPI_SCHEDULE_KEEP: not named */
};

struct neapi_schedule {
    struct neapi_schedule_rule rule[NEAPI_SCHEDULE_RULES];
    size_t count;
};

/* Reads rules with commas between them, each DAYS [FROM-TO] and "min=N", "max=N" or "off", blanks
 * between: "mon-fri 07:00-20:00 min=10, sat-sun max=8, daily 01:00-05:00 off". DAYS is "daily", a
 * day or a range of days; without FROM-TO it is all day. "off" is min=0 max=0. */
NEAP_MUST_CHECK enum neap_status neapi_schedule_parse(struct neapi_schedule *schedule,
                                                      const char *text, struct neap_error *error);

/* Whether the rule is in force when calendar and clock show that. On a day whose clocks change it
 * goes by the clock. */
bool neapi_schedule_active(const struct neapi_schedule_rule *rule, const struct neap_civil *civil);

struct neapi_schedule_bounds {
    int64_t min, max;
    bool min_scheduled, max_scheduled; /* they come from a rule */
};

/* The bounds at that moment: of the rules in force the last one that names a bound gives it, min and
 * max where none does. A min above max wins. */
struct neapi_schedule_bounds neapi_schedule_bounds(const struct neapi_schedule *schedule,
                                                   const struct neap_civil *civil, int64_t min,
                                                   int64_t max);

#endif

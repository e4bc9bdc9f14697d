/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each week against the week before: what people look at after a deployment. */
#ifndef NEAP_STUDY_WEEKS_H
#define NEAP_STUDY_WEEKS_H

#include "study/periods.h"
#include "study/variant.h"

struct neapi_week {
    int64_t start_ns;
    bool whole;           /* seven civil days; changes are between whole weeks only */
    bool holiday;         /* has a day off in it */
    const char *deployed; /* label of what was deployed last in it, or NULL */
    size_t deployments;
    double days, requests;
    double p95_s, cpu_hours, container_hours;
    double cpu_ms_per_request, container_hours_per_million;
};

struct neapi_weeks {
    struct neapi_week *week; /* owned */
    size_t count;
};

/* row: one for each period, of the deployed replay. */
enum neap_status neapi_weeks_make(struct neapi_weeks *weeks, const struct neap_scenario *scenario,
                                  const struct neapi_periods *periods,
                                  const struct neap_timeline_interval *row,
                                  struct neap_error *error);
void neapi_weeks_clear(struct neapi_weeks *weeks);

/* The last whole week without and the first with the deployment, NULL where the window has none.
 * Weeks begin on the recording's grid, so up to one of its steps, slack_ns, before a deployment. */
struct neapi_crossing {
    const struct neapi_week *before, *after;
};
struct neapi_crossing neapi_weeks_across(const struct neapi_weeks *weeks, int64_t deployed_ns,
                                         int64_t slack_ns);

/* "weeks" of the tree. */
void neapi_weeks_describe(struct neap_document *document, const struct neapi_weeks *weeks);
/* Table "weeks". */
void neapi_weeks_show(struct neap_document *document, const struct neapi_weeks *weeks);

#endif

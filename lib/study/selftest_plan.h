/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making plans of rows. */
#ifndef NEAP_STUDY_SELFTEST_PLAN_H
#define NEAP_STUDY_SELFTEST_PLAN_H

#include "study/selftest_cells.h"
#include "study/selftest_request.h"

/* The row's number in that column, NaN without one. */
double neapi_row_value(const struct neapi_row *row, const char *column);
/* Containers of that many workers with a core each, with nothing to serve yet. */
void neapi_plan_init(struct neapi_plan *plan, size_t containers, int workers,
                     enum neap_balancer_type balancer, bool by_events);
/* Servers of one queue: as the workers of one container, or as containers behind a central queue;
 * rows take turns. Variant 1, of every third row, by the kernel of events. False: no such variant. */
bool neapi_plan_servers(struct neapi_plan *plan, const struct neapi_row *row, int variant,
                        int servers, double places);
/* Poisson arrivals. */
void neapi_plan_poisson(struct neapi_plan *plan, double rate);
/* Sets what the laws imply: rate, mean service and relaxation at that many servers. */
void neapi_plan_settle(struct neapi_plan *plan, double servers, double rho);

void neapi_plan_want(struct neapi_plan *plan, const char *column, enum neapi_measure measure,
                     double value);
/* A percentile in the row's column, when there is one above the time that is served only. */
void neapi_plan_want_within(struct neapi_plan *plan, const struct neapi_row *row,
                            const char *column, double probability, double least_s);

#endif

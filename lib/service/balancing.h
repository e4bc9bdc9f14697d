/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_SERVICE_BALANCING_H
#define NEAP_SERVICE_BALANCING_H

#include <neap/service.h>

/* Mean wait of least outstanding or two choices for containers >= 2, by the chain of sorted
 * occupancies; the mean service time is 1. */
enum neap_status neapi_balancing_chain(double *wait, enum neap_balancer_type type, int containers,
                                       int workers, double rho, int most_each,
                                       struct neap_error *error);

#endif

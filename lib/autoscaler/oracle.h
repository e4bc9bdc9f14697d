/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_AUTOSCALER_ORACLE_H
#define NEAP_AUTOSCALER_ORACLE_H

#include "autoscaler/decision.h"

/* Containers, a whole number, that a load needs when one can take of_one of it; NaN when either is
 * not known, infinite when one can take nothing. */
double neapi_oracle_need(double load, double of_one);

/* Adds that need to what a decision tells: as a metric that keeps the size when it is not known. */
void neapi_oracle_tell(enum neap_signal signal, double load, double of_one, int64_t kept,
                       struct neap_decision *decision);

#endif

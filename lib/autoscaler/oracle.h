/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_AUTOSCALER_ORACLE_H
#define NEAP_AUTOSCALER_ORACLE_H

/* Containers, a whole number, that a load needs when one can take of_one of it; NaN when either is
 * not known, infinite when one can take nothing. */
double neapi_oracle_need(double load, double of_one);

#endif

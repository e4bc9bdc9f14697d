/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * M_t/M/c exactly: the forward equations of the number in the system while servers come and go as
 * containers do: those that leave are named, whether busy or not, and finish what they hold. */
#ifndef NEAP_STUDY_SELFTEST_CHAIN_H
#define NEAP_STUDY_SELFTEST_CHAIN_H

#include "study/selftest_source.h"

struct neapi_chain;

/* Empty but for those present at time 0; NULL without memory. Rates are the traffic's. */
struct neapi_chain *neapi_chain_new(const struct neapi_traffic *traffic, double service_rate,
                                    size_t servers, size_t present);
void neapi_chain_free(struct neapi_chain *chain);
void neapi_chain_pass(struct neapi_chain *chain, double to_s);
void neapi_chain_staff(struct neapi_chain *chain, size_t servers);

struct neapi_chain_means {
    double present, waiting, busy; /* with what leaving servers hold */
};
struct neapi_chain_means neapi_chain_means(const struct neapi_chain *chain);

#endif

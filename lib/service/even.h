/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Containers that share their requests as evenly as can be: what a central queue and least
 * outstanding come close to. */
#ifndef NEAP_SERVICE_EVEN_H
#define NEAP_SERVICE_EVEN_H

#include <neap/service.h>

/* Requests/s that leave a container which holds that many, 1 .. its workers. */
double neapi_fes_rate(const struct neap_fes *fes, int held);

struct neapi_even {
    double full_probability; /* an arrival finds every worker busy */
    double held_s;           /* mean time from a worker taken to its release */
};

/* N containers of that many workers each, whose closed network is fes, at arrivals of load x what
 * they sustain, 0 < load < 1. */
struct neapi_even neapi_even_evaluate(const struct neap_fes *fes, int workers, double containers,
                                      double load);

#endif

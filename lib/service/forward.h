/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Response percentiles of requests of one law, the model that latency is explained by. */
#ifndef NEAP_SERVICE_FORWARD_H
#define NEAP_SERVICE_FORWARD_H

#include <neap/service.h>

/* N alike containers at one load. */
struct neapi_forward {
    const struct neap_container_options *container;
    enum neap_balancer_type balancer;
    double containers;
    double load; /* arrival rate / capacity; 0: no queueing and no contention */
    bool rough;  /* never the slow way, where one is better */
    double share[NEAP_RESPONSE_NODES], weight[NEAP_RESPONSE_NODES];
};

void neapi_forward_init(struct neapi_forward *forward,
                        const struct neap_container_options *container,
                        enum neap_balancer_type balancer);

/* Writes the logarithms of the responses in s not exceeded with those probabilities; infinite at a
 * load of 1 and more. CPU demand above 0. */
enum neap_status neapi_forward_percentiles(double *ln_response, const struct neapi_forward *forward,
                                           const struct neap_distribution *cpu_demand,
                                           const struct neap_distribution *wait, const double *p,
                                           size_t count, struct neap_error *error);

#endif

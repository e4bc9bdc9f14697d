/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles from latency. */
#include <neap/service.h>

#include "base/fail.h"

enum neap_status neap_profile_from_latency(struct neap_profile **profile, const char *name,
                                           const struct neap_profile_options *options,
                                           const struct neap_profile *from,
                                           const struct neap_container_options *container,
                                           enum neap_balancer_type balancer, const char *directory,
                                           struct neap_error *error)
{
    (void)profile, (void)name, (void)options, (void)from, (void)container, (void)balancer;
    (void)directory;
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "latency: it does not tell how much of the time is CPU, and comparing by "
                      "latency alone is not supported yet. Measure the CPU demand: CPU cores used "
                      "by all containers / requests per second, over a busy hour; give that as "
                      "cpu_demand and the rest of the latency as wait");
}

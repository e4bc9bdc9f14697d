/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of nodes, and how many containers fit on one. */
#include <math.h>

#include "base/fail.h"
#include "replay/nodes.h"

/* Below that share of requests the Cluster Autoscaler looks whether a node can go. */
static const double USED_LEAST = 0.5;
static const double WHOLE = 1e-9; /* 10 x 0.1 vCPU fit in 1 */

#define NODES(field) offsetof(struct neap_nodes_options, field)

static const struct neap_parameter parameters[] = {
    {"vcpu", NEAP_VCPU, NODES(vcpu), "4", 0.01, 1024, NULL,
     "vCPU of one node; with this section containers wait for room, and the bill is that of the "
     "nodes"},
    {"memory", NEAP_BYTES, NODES(memory_bytes), "", 1, 0x1p50, NULL,
     "memory of one node; default: containers do not run out of it"},
    {"pods", NEAP_COUNT, NODES(pods), "110", 1, 4096, NULL, "most containers on one node"},
    {"daemon_cpu", NEAP_VCPU, NODES(daemon_cpu_cores), "0", 0, 1024, NULL,
     "vCPU of a node that its system and daemons request"},
    {"daemon_memory", NEAP_BYTES, NODES(daemon_memory_bytes), "0B", 0, 0x1p50, NULL,
     "memory likewise"},
    {"startup", NEAP_TEXT, NODES(startup), "2m", 0, 0, NULL,
     "time from asked for to taking containers: 2m, or p50=90s p95=4m"},
    {"scale_in_delay", NEAP_SECONDS, NODES(scale_in_delay_s), "10m", 0, 604800, NULL,
     "a node that is empty, or less than half used, goes after that time"},
    {"consolidate", NEAP_CHOICE, NODES(consolidate), "yes", 0, 0, "no|yes",
     "whether nodes less than half used go too, when their containers fit elsewhere: those drain "
     "and "
     "start again there"},
    {"min", NEAP_COUNT, NODES(min), "0", 0, 1e6, NULL, "fewest nodes"},
    {"max", NEAP_COUNT, NODES(max), "", 1, 1e6, NULL,
     "most nodes; default as many as containers ask for"},
    {NULL, NEAP_TEXT, 0, NULL, 0, 0, NULL, NULL}};

const struct neap_parameter *neap_nodes_parameters(void)
{
    return parameters;
}

void neap_nodes_options_init(struct neap_nodes_options *options)
{
    neap_parameters_init(parameters, options);
}

static double cpu_room(const struct neap_nodes_options *options)
{
    return options->vcpu - options->daemon_cpu_cores;
}

static double memory_room(const struct neap_nodes_options *options,
                          const struct neap_container_options *container)
{
    bool known = !isnan(options->memory_bytes) && !isnan(container->memory_bytes);
    return known ? options->memory_bytes - options->daemon_memory_bytes : (double)NAN;
}

int64_t neap_nodes_slots(const struct neap_nodes_options *options,
                         const struct neap_container_options *container)
{
    double by_cpu = cpu_room(options) / neap_container_cpu_request(container);
    double by_memory = memory_room(options, container) / container->memory_bytes;
    double slots = fmin(fmin(by_cpu, by_memory), options->pods); /* fmin passes NaN over */
    return slots > 0 ? (int64_t)floor(slots + WHOLE) : 0;
}

int64_t neap_nodes_few(const struct neap_nodes_options *options,
                       const struct neap_container_options *container)
{
    double by_cpu = neap_container_cpu_request(container) / cpu_room(options);
    double by_memory = container->memory_bytes / memory_room(options, container);
    double few = ceil(USED_LEAST / fmax(by_cpu, by_memory) - WHOLE) - 1;
    int64_t most = neap_nodes_slots(options, container) - 1; /* a full one is never spare */
    return few < 0 ? 0 : few < (double)most ? (int64_t)few : most;
}

enum neap_status neap_nodes_check(const struct neap_nodes_options *options,
                                  const struct neap_container_options *container,
                                  struct neap_error *error)
{
    if (!isnan(options->memory_bytes) && isnan(container->memory_bytes))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "memory: how many containers fit depends on theirs too: set "
                          "container.memory");
    if (options->min > options->max)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "min: found %g, expected at most max (%g)",
                          options->min, options->max);
    if (neap_nodes_slots(options, container) >= 1)
        return NEAP_OK;
    bool cpu = cpu_room(options) + WHOLE < neap_container_cpu_request(container);
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "%s: a node has no room for a container, which requests %g %s: take larger "
                      "nodes, or smaller daemons",
                      cpu ? "vcpu" : "memory",
                      cpu ? neap_container_cpu_request(container)
                          : container->memory_bytes / 1073741824.0,
                      cpu ? "vCPU" : "GiB");
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one pod uses and requests of CPU or memory. Of a pod of several containers both are sums:
 * use over all containers that run, and none when one of them has no sample; requests over main
 * containers and sidecars, and none when one of them requests nothing. A metric of one container
 * looks at that one alone.
 *
 * Source: kubernetes/kubernetes, replica_calculator.go (requests) and metrics/client.go (use). */
#include <string.h>

#include "autoscaler/hpa_impl.h"
#include "autoscaler/saturate.h"

static bool is_memory(enum neap_signal signal)
{
    return signal == NEAP_SIGNAL_MEMORY || signal == NEAP_SIGNAL_MEMORY_VALUE;
}

static bool is_named(const struct neap_container *one, const char *container)
{
    return container == NULL || strcmp(one->name, container) == 0;
}

enum neap_reason neapi_hpa_request(const struct neap_pods *pods, enum neap_signal signal,
                                   const char *container, bool pod_level, int64_t *request)
{
    bool memory = is_memory(signal), found = false;
    int64_t sum = memory ? pods->memory_request_bytes : pods->request_m;
    if (pods->containers_count == 0 || (pod_level && pods->has_pod_level && container == NULL)) {
        *request = sum;
        return sum < 0 ? NEAP_REASON_NO_REQUEST : NEAP_REASON_METRIC;
    }
    sum = 0;
    for (size_t i = 0; i < pods->containers_count; i++) {
        const struct neap_container *one = &pods->containers[i];
        int64_t part = memory ? one->memory_request_bytes : one->request_m;
        if (one->kind == NEAP_CONTAINER_INIT || !is_named(one, container))
            continue;
        if (part < 0)
            return NEAP_REASON_NO_REQUEST;
        found = true;
        sum = neapi_add(sum, part);
    }
    if (!found)
        return container == NULL ? NEAP_REASON_NO_REQUEST : NEAP_REASON_NO_CONTAINER;
    *request = sum;
    return NEAP_REASON_METRIC;
}

static bool sum_containers(const struct neap_pods *pods, bool memory, const char *container,
                           int64_t *usage)
{
    bool found = false;
    int64_t sum = 0;
    for (size_t i = 0; i < pods->containers_count; i++) {
        const struct neap_container *one = &pods->containers[i];
        if (one->kind == NEAP_CONTAINER_INIT || !is_named(one, container))
            continue;
        if (!(memory ? one->has_memory : one->has_metric))
            return false;
        found = true;
        sum = neapi_add(sum, memory ? one->memory_bytes : one->usage_m);
    }
    *usage = sum;
    return found;
}

bool neapi_hpa_usage(const struct neap_pods *pods, enum neap_signal signal, const char *container,
                     int64_t *usage)
{
    bool memory = is_memory(signal);
    if (signal == NEAP_SIGNAL_VALUE) {
        *usage = pods->value_m;
        return pods->has_value;
    }
    if (pods->containers_count > 0)
        return sum_containers(pods, memory, container, usage);
    *usage = memory ? pods->memory_bytes : pods->usage_m;
    return memory ? pods->has_memory : pods->has_metric;
}

bool neapi_hpa_lacks_container(const struct neap_pods *pods, const char *container)
{
    for (size_t i = 0; i < pods->containers_count; i++)
        if (pods->containers[i].kind != NEAP_CONTAINER_INIT &&
            is_named(&pods->containers[i], container))
            return false;
    return pods->count > 0 && pods->containers_count > 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shipped lists, and the providers' billing rules: Fargate charges from the image download, by
 * the second, at least a minute; Autopilot by the second without a minimum, Cloud Run by 100 ms. */
#include <string.h>

#include "base/text.h"
#include "price/impl.h"

#define S_NS INT64_C(1000000000)

static const struct neapi_list lists[] = {
    {"aws-fargate", "AWS Fargate, Linux on x86", "aws", "Fargate Linux x86", "us-east-1", 60 * S_NS,
     S_NS, NEAPI_SIZES_FARGATE},
    {"aws-fargate-arm", "AWS Fargate, Linux on ARM", "aws", "Fargate Linux ARM", "us-east-1",
     60 * S_NS, S_NS, NEAPI_SIZES_FARGATE},
    {"aws-fargate-spot", "AWS Fargate Spot, Linux on x86", "aws", "Fargate Spot Linux x86",
     "us-east-1", 60 * S_NS, S_NS, NEAPI_SIZES_FARGATE},
    {"aws-fargate-spot-arm", "AWS Fargate Spot, Linux on ARM", "aws", "Fargate Spot Linux ARM",
     "sa-east-1", 60 * S_NS, S_NS, NEAPI_SIZES_FARGATE},
    {"gke-autopilot", "GKE Autopilot, general purpose", "gcp",
     "GKE Autopilot general-purpose CPU|GKE Autopilot general-purpose memory|GKE Autopilot CPU|"
     "GKE Autopilot memory",
     "us-central1", 0, S_NS, NEAPI_SIZES_AUTOPILOT},
    {"gke-autopilot-spot", "GKE Autopilot, Spot", "gcp",
     "GKE Autopilot CPU Spot|GKE Autopilot memory Spot", "asia-southeast1", 0, S_NS,
     NEAPI_SIZES_AUTOPILOT},
    {"cloud-run", "Cloud Run, instance-based billing", "gcp",
     "Cloud Run instance-based CPU|Cloud Run instance-based memory", "tier 1 regions", 0, S_NS / 10,
     NEAPI_SIZES_FREE},
    {"azure-container-apps", "Azure Container Apps, always active", "azure",
     "Container Apps consumption active CPU|Container Apps consumption active memory", "Central US",
     0, S_NS, NEAPI_SIZES_FREE},
    {"azure-container-instances", "Azure Container Instances", "azure",
     "Container Instances CPU|Container Instances memory", "Germany West Central", 0, S_NS,
     NEAPI_SIZES_FREE},
    {"opencost-default", "OpenCost's default rates for own machines", "on-prem",
     "OpenCost default CPU|OpenCost default RAM", "any", 0, 0, NEAPI_SIZES_OWN},
    {"aws-ec2", "AWS EC2, Linux on demand", "aws", "EC2 %s Linux on-demand", "us-east-1", 60 * S_NS,
     S_NS, NEAPI_SIZES_INSTANCE},
    {"azure-vm", "Azure virtual machines, Linux, pay as you go", "azure",
     "VM %s Linux pay-as-you-go", "East US", 0, S_NS, NEAPI_SIZES_INSTANCE},
    {"gce", "Compute Engine, on demand", "gcp", "Compute Engine %s on-demand", "us-central1",
     60 * S_NS, S_NS, NEAPI_SIZES_INSTANCE}};

enum { LIST_COUNT = sizeof lists / sizeof *lists };

const char *neap_price_list(size_t index)
{
    return index < LIST_COUNT ? lists[index].name : NULL;
}

const char *neap_price_list_title(const char *list)
{
    const struct neapi_list *found = neapi_list_find(list);
    return found == NULL ? NULL : found->title;
}

const struct neapi_list *neapi_list_find(const char *name)
{
    for (size_t i = 0; i < LIST_COUNT; i++)
        if (strcmp(lists[i].name, name) == 0)
            return &lists[i];
    return NULL;
}

const struct neapi_list *neapi_list_of_product(const char *product)
{
    for (size_t i = 0; i < LIST_COUNT; i++)
        if (neapi_one_of(lists[i].products, product))
            return &lists[i];
    return NULL;
}

void neapi_list_names(char *text, size_t size, const char *separator)
{
    size_t used = 0;
    for (size_t i = 0; i < LIST_COUNT && used < size; i++)
        used += (size_t)neapi_print(text + used, size - used, "%s%s", i == 0 ? "" : separator,
                                    lists[i].name);
}

bool neapi_one_of(const char *choices, const char *entry)
{
    size_t length = strlen(entry);
    while (*choices != '\0') {
        size_t choice = strcspn(choices, "|");
        if (choice == length && memcmp(choices, entry, length) == 0)
            return true;
        choices += choice + (choices[choice] == '|');
    }
    return false;
}

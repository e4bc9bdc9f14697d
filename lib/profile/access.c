/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be set in a profile, and what can be asked of one. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "profile/impl.h"

/* --- options */

#define FIELD(field) NEAP_TEXT, offsetof(struct neap_profile_options, field), "", 0, 0, NULL

static const struct neap_parameter parameters[] = {
    {"label", FIELD(label), "name for people, such as Python 3.11; default the profile's name"},
    {"from", FIELD(from), "the profile that this one is an upgrade of"},
    {"cpu_demand", FIELD(cpu_demand),
     "CPU time of one request: mean=40ms cv=1.2 [dist=gamma], p50=.. p95=.. p99=.., 40ms, or "
     "file=samples.csv"},
    {"wait", FIELD(wait), "time of one request without CPU, in the same forms; default none"},
    {"latency", FIELD(latency), "time of one request in all, when CPU demand was never measured"},
    {"cpu_speedup", FIELD(cpu_speedup),
     "divides the CPU demand of the profile named by from: 1.25 means 20 % less CPU"},
    {"wait_speedup", FIELD(wait_speedup), "divides the wait of the profile named by from"},
    {0},
};

const struct neap_parameter *neap_profile_parameters(void)
{
    return parameters;
}

void neap_profile_options_init(struct neap_profile_options *options)
{
    neap_parameters_init(parameters, options);
}

/* --- profiles */

static const char *const upgrade_names[] = {
#define X(name, text) [name] = text,
    NEAP_UPGRADE_MAP(X)
#undef X
};

const char *neap_upgrade_model_name(enum neap_upgrade_model model)
{
    return upgrade_names[model];
}

void neap_profile_free(struct neap_profile *profile)
{
    if (profile == NULL)
        return;
    for (size_t i = 0; i < profile->classes; i++) {
        neap_distribution_free(profile->class[i].cpu.distribution);
        neap_distribution_free(profile->class[i].wait.distribution);
    }
    free(profile);
}

const char *neap_profile_name(const struct neap_profile *profile)
{
    return profile->name;
}

const char *neap_profile_label(const struct neap_profile *profile)
{
    return profile->label;
}

const char *neap_profile_from(const struct neap_profile *profile)
{
    return profile->from;
}

enum neap_upgrade_model neap_profile_upgrade(const struct neap_profile *profile)
{
    return profile->upgrade;
}

double neap_profile_cpu_speedup(const struct neap_profile *profile)
{
    return profile->cpu_speedup;
}

double neap_profile_wait_speedup(const struct neap_profile *profile)
{
    return profile->wait_speedup;
}

/* --- classes */

size_t neap_profile_classes(const struct neap_profile *profile)
{
    return profile->classes;
}

const char *neap_profile_class_name(const struct neap_profile *profile, size_t number)
{
    return number < profile->classes ? profile->class[number].name : "";
}

bool neap_profile_find_class(const struct neap_profile *profile, const char *name, size_t *number)
{
    for (size_t i = 0; i < profile->classes; i++)
        if (strcmp(profile->class[i].name, name) == 0) {
            *number = i;
            return true;
        }
    return false;
}

const struct neap_distribution *neap_profile_cpu_demand(const struct neap_profile *profile,
                                                        size_t number)
{
    return number < profile->classes ? profile->class[number].cpu.distribution : NULL;
}

const struct neap_distribution *neap_profile_wait(const struct neap_profile *profile, size_t number)
{
    return number < profile->classes ? profile->class[number].wait.distribution : NULL;
}

const char *neap_profile_cpu_demand_text(const struct neap_profile *profile, size_t number)
{
    return number < profile->classes ? profile->class[number].cpu.text : "";
}

const char *neap_profile_wait_text(const struct neap_profile *profile, size_t number)
{
    return number < profile->classes ? profile->class[number].wait.text : "";
}

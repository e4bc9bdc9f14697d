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
     "file=samples.csv, or buckets=histogram.csv"},
    {"wait", FIELD(wait), "time of one request without CPU, in the same forms; default none"},
    {"latency", FIELD(latency),
     "time of one request in all, when CPU demand was never measured: p50=.. p95=.. p99=..; the "
     "CPU demand becomes a range"},
    {"cpu_speedup", FIELD(cpu_speedup),
     "divides the CPU demand of the profile named by from: 1.25 means 20 % less CPU; also "
     "1.08..1.40, 1.1 1.25 1.4, or file=speedups.csv"},
    {"wait_speedup", FIELD(wait_speedup),
     "divides the wait of the profile named by from, in the same forms"},
    {"cpu_share", FIELD(cpu_share),
     "with latency: share of the time without queueing that is CPU: 60%, or a range; default "
     "40%..90%"},
    {"latency_load", FIELD(latency_load),
     "with latency: arrival rate / capacity of a container when it was recorded: 50%..75%, 0% "
     "for no queueing; default 0%..80%"},
    {0},
};

#undef FIELD
#define FIELD(field) NEAP_TEXT, offsetof(struct neap_profile_class_options, field), "", 0, 0, NULL

static const struct neap_parameter class_parameters[] = {
    {"cpu_demand", FIELD(cpu_demand), "CPU time of one request of the class"},
    {"wait", FIELD(wait), "time of one request of the class without CPU"},
    {"latency", FIELD(latency), "time of one request of the class in all"},
    {"cpu_speedup", FIELD(cpu_speedup), "divides the CPU demand of the class"},
    {"wait_speedup", FIELD(wait_speedup), "divides the wait of the class"},
    {0},
};

const struct neap_parameter *neap_profile_parameters(void)
{
    return parameters;
}

const struct neap_parameter *neap_profile_class_parameters(void)
{
    return class_parameters;
}

void neap_profile_options_init(struct neap_profile_options *options)
{
    options->class_options = NULL;
    options->classes = 0;
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
    neap_profile_free(profile->low);
    neap_profile_free(profile->high);
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

/* --- cases */

const char *neap_case_name(enum neap_case number)
{
    static const char *const names[NEAP_CASES] = {"low", "middle", "high"};
    return names[number];
}

bool neap_profile_is_range(const struct neap_profile *profile)
{
    return profile->low != NULL;
}

const struct neap_profile *neap_profile_case(const struct neap_profile *profile,
                                             enum neap_case number)
{
    if (profile->low == NULL || number == NEAP_CASE_MIDDLE)
        return profile;
    return number == NEAP_CASE_LOW ? profile->low : profile->high;
}

const char *neap_profile_range_text(const struct neap_profile *profile)
{
    return profile->range;
}

const char *neap_profile_assumption(const struct neap_profile *profile)
{
    return profile->assumption;
}

const char *neap_profile_measurement(const struct neap_profile *profile)
{
    return profile->measurement;
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

size_t neap_profile_class_for(const struct neap_profile *profile, const char *name)
{
    size_t number = 0;
    neap_profile_find_class(profile, name, &number);
    return profile->class[number].cpu.distribution != NULL ? number : SIZE_MAX;
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

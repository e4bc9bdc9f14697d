/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles, by themselves and by an upgrade of another, in one case or in three. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

/* --- how it comes from another */

/* Whether any class, or all, was given that key. */
#define ANY(making, key)                                            \
    static bool any_##key(const struct neapi_making *making)        \
    {                                                               \
        for (size_t i = 0; i <= making->options->classes; i++)      \
            if (neapi_told(neapi_texts_of(making->options, i).key)) \
                return true;                                        \
        return false;                                               \
    }
ANY(making, cpu_demand)
ANY(making, wait)
ANY(making, latency)
ANY(making, cpu_speedup)
ANY(making, wait_speedup)

static enum neap_upgrade_model upgrade_of(const struct neapi_making *making)
{
    bool cpu = any_cpu_speedup(making), wait = any_wait_speedup(making);
    if (making->from == NULL)
        return NEAP_UPGRADE_NONE;
    if (any_latency(making))
        return NEAP_UPGRADE_LATENCY;
    if (any_cpu_demand(making) || any_wait(making))
        return NEAP_UPGRADE_MEASURED;
    if (cpu && wait)
        return NEAP_UPGRADE_SCALE_BOTH;
    return cpu ? NEAP_UPGRADE_CPU_SCALE : wait ? NEAP_UPGRADE_WAIT_SCALE : NEAP_UPGRADE_NONE;
}

static enum neap_status read_speedups(const struct neapi_making *making, size_t number,
                                      struct neap_error *error)
{
    struct neapi_texts texts = neapi_texts_of(making->options, number);
    struct neapi_speedups *speedups = &making->speedups[number];
    enum neap_status status =
        neapi_speedup_read(&speedups->cpu, texts.cpu_speedup, making->directory, error);
    if (status != NEAP_OK)
        return neapi_blame("cpu_speedup", texts.name, status, error);
    if (making->derived != NULL && making->derived[number].cpu.told)
        speedups->cpu = making->derived[number].cpu;
    status = neapi_speedup_read(&speedups->wait, texts.wait_speedup, making->directory, error);
    return neapi_blame("wait_speedup", texts.name, status, error);
}

/* --- one case */

/* "all", from's other classes, and those of the options that are new. */
static size_t count_classes(const struct neapi_making *making)
{
    size_t count = making->from != NULL ? making->from->classes : 1, number;
    for (size_t i = 0; i < making->options->classes; i++)
        count +=
            making->from == NULL ||
            !neap_profile_find_class(making->from, making->options->class_options[i].name, &number);
    return count;
}

static void name_classes(struct neap_profile *profile, const struct neapi_making *making)
{
    size_t count = making->from != NULL ? making->from->classes : 1, number;
    neapi_text_copy(profile->class[0].name, NEAP_TEXT_SIZE, "all");
    for (size_t i = 1; i < count; i++)
        neapi_text_copy(profile->class[i].name, NEAP_TEXT_SIZE, making->from->class[i].name);
    for (size_t i = 0; i < making->options->classes; i++) {
        const char *name = making->options->class_options[i].name;
        if (making->from == NULL || !neap_profile_find_class(making->from, name, &number))
            neapi_text_copy(profile->class[count++].name, NEAP_TEXT_SIZE, name);
    }
}

static enum neap_status make_case(struct neap_profile **profile, const struct neapi_making *making,
                                  struct neap_error *error)
{
    const struct neap_profile_options *options = making->options;
    size_t classes = count_classes(making);
    struct neap_profile *made =
        neapi_allocate(1, sizeof *made + classes * sizeof(struct neapi_request_class));
    if (made == NULL)
        return neapi_no_memory(error, "a profile");
    made->classes = classes;
    name_classes(made, making);
    neapi_text_copy(made->name, sizeof made->name, making->name);
    neapi_text_copy(made->label, sizeof made->label,
                    neapi_told(options->label) ? options->label : making->name);
    neapi_text_copy(made->from, sizeof made->from, options->from);
    made->upgrade = upgrade_of(making);
    made->cpu_speedup = making->speedups->cpu.factor[making->number];
    made->wait_speedup = making->speedups->wait.factor[making->number];
    made->load_share = making->load_share != NULL ? making->load_share[making->number]
                       : making->from != NULL
                           ? neap_profile_case(making->from, making->number)->load_share
                           : (double)NAN;
    if (making->derived != NULL) {
        neapi_text_copy(made->assumption, sizeof made->assumption, making->assumption);
        neapi_text_copy(made->measurement, sizeof made->measurement, making->measurement);
    }
    enum neap_status status = neapi_profile_fill(made, making, error);
    if (status == NEAP_OK)
        *profile = made;
    else
        neap_profile_free(made);
    return status;
}

/* --- all of them */

static bool varies(const struct neap_profile *profile)
{
    for (size_t i = 0; i < profile->classes; i++)
        if (profile->class[i].cpu.varies || profile->class[i].wait.varies)
            return true;
    return false;
}

static enum neap_status add_cases(struct neap_profile *middle, struct neapi_making *making,
                                  struct neap_error *error)
{
    making->middle = middle;
    making->number = NEAP_CASE_LOW;
    enum neap_status status = make_case(&middle->low, making, error);
    making->number = NEAP_CASE_HIGH;
    if (status == NEAP_OK)
        status = make_case(&middle->high, making, error);
    if (status == NEAP_OK)
        neapi_profile_tell_range(middle, making);
    return status;
}

static enum neap_status make_cases(struct neap_profile **profile, struct neapi_making *making,
                                   struct neap_error *error)
{
    struct neap_profile *middle = NULL;
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i <= making->options->classes; i++)
        status = read_speedups(making, i, error);
    making->number = NEAP_CASE_MIDDLE;
    if (status == NEAP_OK)
        status = make_case(&middle, making, error);
    if (status == NEAP_OK && varies(middle))
        status = add_cases(middle, making, error);
    if (status == NEAP_OK)
        *profile = middle;
    else
        neap_profile_free(middle);
    return status;
}

enum neap_status neapi_profile_make(struct neap_profile **profile, struct neapi_making *making,
                                    struct neap_error *error)
{
    enum neap_status status = neapi_profile_check(making, error);
    if (status != NEAP_OK)
        return status;
    making->speedups = neapi_allocate(1 + making->options->classes, sizeof *making->speedups);
    if (making->speedups == NULL)
        return neapi_no_memory(error, "a profile");
    status = make_cases(profile, making, error);
    free(making->speedups);
    return status;
}

enum neap_status neap_profile_new(struct neap_profile **profile, const char *name,
                                  const struct neap_profile_options *options,
                                  const struct neap_profile *from, const char *directory,
                                  struct neap_error *error)
{
    struct neapi_making making = {
        .name = name, .options = options, .from = from, .directory = directory};
    return neapi_profile_make(profile, &making, error);
}

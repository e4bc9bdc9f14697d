/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the CPU demand and the wait of each class come from: D' = D / speed-up with the wait as it
 * was (an interpreter that needs fewer cycles), the wait likewise when it is told to, or either
 * measured anew; for all requests, and for classes that differ from them. */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

/* All that one need of one class may come from; what is not there is NULL or "". */
struct origin {
    const char *text;                    /* given anew */
    const struct neapi_need *found;      /* by latency */
    const struct neapi_speedup *speedup; /* of the class, else that of all */
    bool alone;                          /* the speed-up is of this class */
    const struct neapi_need *old;        /* of the profile that this comes from */
    const char *from;                    /* its name */
    const struct neapi_need *all;        /* what all requests have; NULL for these themselves */
    const struct neapi_need *middle;     /* of the middle case; NULL in it */
};

static bool has(const struct neapi_need *need)
{
    return need != NULL && need->distribution != NULL;
}

static enum neap_status take_over(struct neapi_need *need, const struct neapi_need *all,
                                  struct neap_error *error)
{
    enum neap_status status = neapi_need_copy(need, all, error);
    need->own = false;
    return status;
}

/* Leaves the need without a distribution when there is no origin at all. */
static enum neap_status fill_need(struct neapi_need *need, const struct origin *origin,
                                  const struct neapi_making *making, struct neap_error *error)
{
    if (has(origin->middle) && !origin->middle->varies)
        return neapi_need_copy(need, origin->middle, error);
    if (has(origin->found))
        return neapi_need_copy(need, origin->found, error);
    if (neapi_told(origin->text))
        return neapi_need_read(need, origin->text, making->number, making->directory, error);
    bool own = origin->alone || (has(origin->old) && origin->old->own);
    if (has(origin->all) && !(own && has(origin->old)))
        return take_over(need, origin->all, error);
    if (!has(origin->old))
        return NEAP_OK;
    need->own = own;
    return neapi_need_scale(need, origin->old, origin->from, origin->speedup, making->number,
                            error);
}

/* --- the parts of one class */

static const struct neapi_request_class *find(const struct neap_profile *profile, const char *name)
{
    size_t number = 0;
    if (profile == NULL)
        return NULL;
    neap_profile_find_class(profile, name, &number);
    return &profile->class[number];
}

static enum neap_status fill_class(struct neap_profile *profile, size_t index,
                                   const struct neapi_making *making, struct neap_error *error)
{
    struct neapi_request_class *class = &profile->class[index];
    const struct neap_profile *from =
        making->from != NULL ? neap_profile_case(making->from, making->number) : NULL;
    size_t number = index > 0 ? neapi_texts_find(making->options, class->name) : 0;
    bool mentioned = index == 0 || number > 0;
    struct neapi_texts texts = neapi_texts_of(making->options, number);
    const struct neapi_speedups *speedups = &making->speedups[number], *of_all = making->speedups;
    const struct neapi_derived *derived =
        making->derived != NULL && mentioned ? &making->derived[number] : NULL;
    const struct neapi_request_class *old = find(from, class->name);
    const struct neapi_request_class *all = index > 0 ? profile->class : NULL;
    const struct neapi_request_class *middle =
        making->middle != NULL ? &making->middle->class[index] : NULL;
    struct origin cpu = {mentioned ? texts.cpu_demand : "",
                         derived != NULL ? &derived->cpu_demand[making->number] : NULL,
                         speedups->cpu.told ? &speedups->cpu : &of_all->cpu,
                         number > 0 && speedups->cpu.told,
                         old != NULL ? &old->cpu : NULL,
                         making->options->from,
                         all != NULL ? &all->cpu : NULL,
                         middle != NULL ? &middle->cpu : NULL};
    struct origin wait = {mentioned ? texts.wait : "",
                          derived != NULL ? &derived->wait[making->number] : NULL,
                          speedups->wait.told ? &speedups->wait : &of_all->wait,
                          number > 0 && speedups->wait.told,
                          old != NULL ? &old->wait : NULL,
                          making->options->from,
                          all != NULL ? &all->wait : NULL,
                          middle != NULL ? &middle->wait : NULL};
    if (derived != NULL)
        class->latency = derived->latency[making->number];
    if (index == 0 && from == NULL && !has(wait.found) && !neapi_told(wait.text))
        wait.text = "none";
    enum neap_status status =
        neapi_blame("cpu_demand", texts.name, fill_need(&class->cpu, &cpu, making, error), error);
    if (status != NEAP_OK)
        return status;
    return neapi_blame("wait", texts.name, fill_need(&class->wait, &wait, making, error), error);
}

/* --- what has to be there in the end */

static enum neap_status check_cpu(const struct neap_profile *profile, size_t index,
                                  const struct neapi_making *making, struct neap_error *error)
{
    const struct neapi_request_class *class = &profile->class[index];
    const char *name = index > 0 ? class->name : "";
    if (!has(&class->cpu)) {
        if (index == 0 && profile->classes > 1)
            return NEAP_OK;
        neapi_fail(error, NEAP_BAD_SCENARIO,
                   "missing: give the CPU time of one request, such as \"mean=40ms cv=1\" "
                   "(CPU cores used by all containers / requests per second), or from");
        return neapi_blame("cpu_demand", name, NEAP_BAD_SCENARIO, error);
    }
    if (neap_distribution_mean(class->cpu.distribution) > 0)
        return NEAP_OK;
    size_t number = index > 0 ? neapi_texts_find(making->options, name) : 0;
    neapi_fail(error, NEAP_BAD_SCENARIO, "found \"%.80s\", expected more than no CPU time at all",
               neapi_texts_of(making->options, number).cpu_demand);
    return neapi_blame("cpu_demand", name, NEAP_BAD_SCENARIO, error);
}

enum neap_status neapi_profile_fill(struct neap_profile *profile, const struct neapi_making *making,
                                    struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < profile->classes; i++) {
        status = fill_class(profile, i, making, error);
        if (status == NEAP_OK)
            status = check_cpu(profile, i, making, error);
    }
    return status;
}

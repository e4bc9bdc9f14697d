/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles, by themselves and by an upgrade of another: CPU demand D' = D / speed-up with the wait
 * as it was (an interpreter that needs fewer cycles), the wait likewise when it is told to, or
 * either measured anew. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

static bool given(const char *option)
{
    return option[0] != '\0';
}

/* --- making one */

/* Puts the key before the message of a failure. */
static enum neap_status blame(const char *key, enum neap_status status, struct neap_error *error)
{
    char message[NEAP_MESSAGE_SIZE];
    if (status == NEAP_OK || error == NULL)
        return status;
    neapi_text_copy(message, sizeof message, error->message);
    neapi_print(error->message, sizeof error->message, "%s: %s", key, message);
    return status;
}

static enum neap_status check_name(const char *name, struct neap_error *error)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if (length > 0 && name[length] == '\0' && length < NEAP_TEXT_SIZE)
        return NEAP_OK;
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "found \"%.80s\" as a profile's name, expected a-z, 0-9, _ and - only", name);
}

static enum neap_status check_from(const struct neap_profile_options *options, const char *name,
                                   const struct neap_profile *from, struct neap_error *error)
{
    if (given(options->from) && strcmp(options->from, name) == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "from: \"%s\" is this profile itself, expected another one", name);
    if (given(options->from) != (from != NULL) ||
        (from != NULL && strcmp(options->from, from->name) != 0))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "from: \"%s\" is named, but profile \"%s\" is handed over", options->from,
                          from != NULL ? from->name : "");
    return NEAP_OK;
}

static enum neap_status check_latency(const struct neap_profile_options *options,
                                      struct neap_error *error)
{
    if (!given(options->latency))
        return NEAP_OK;
    if (given(options->cpu_demand))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "latency: it is for profiles whose CPU demand was never measured, but "
                          "cpu_demand is given: leave latency out");
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "latency: it does not tell how much of the time is CPU, and comparing by "
                      "latency alone is not supported yet. Measure the CPU demand: CPU cores used "
                      "by all containers / requests per second, over a busy hour; give that as "
                      "cpu_demand and the rest of the latency as wait");
}

/* A speed-up as text to its factor; 1 when it is not given. */
static enum neap_status read_speedup(double *speedup, const char *text, struct neap_error *error)
{
    struct neap_error inner;
    double read = 1;
    if (strstr(text, "..") != NULL || strncmp(text, "file=", 5) == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\": ranges and files of speed-ups are not supported yet, "
                          "give one factor such as 1.25",
                          text);
    if (given(text) && neap_quantity_parse(&read, text, NEAP_FACTOR, &inner) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "%s, which leaves 80 %% of the time",
                          inner.message);
    if (!(read >= 0.01 && read <= 100))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\", expected a factor from 0.01 to 100: 1.25 leaves 80 %% "
                          "of the time, below 1 is slower",
                          text);
    *speedup = read;
    return NEAP_OK;
}

/* A speed-up has to have something that it speeds up. */
static enum neap_status check_speedup(const char *speedup, const char *need, const char *need_name,
                                      const struct neap_profile *from, struct neap_error *error)
{
    if (!given(speedup))
        return NEAP_OK;
    if (from == NULL)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\" without from: name the profile that it speeds up",
                          speedup);
    if (given(need))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\" beside %s, which is given anew: keep one of the two",
                          speedup, need_name);
    return NEAP_OK;
}

static enum neap_status read_need(struct neapi_need *need, const char *text, const char *directory,
                                  struct neap_error *error)
{
    enum neapi_spec_form form;
    enum neap_status status = neapi_spec_read(&need->distribution, &form, text, directory, error);
    if (status != NEAP_OK)
        return status;
    int length = neap_distribution_describe(need->distribution, need->text, sizeof need->text);
    bool fitted = form == NEAPI_SPEC_PERCENTILES &&
                  neap_distribution_family(need->distribution) != NEAP_FAMILY_QUANTILES;
    if (length > 0 && (fitted || form == NEAPI_SPEC_FILE))
        neapi_print(need->text + length, sizeof need->text - (size_t)length, " (%s)", text);
    return NEAP_OK;
}

static enum neap_status scale_need(struct neapi_need *need, const struct neapi_need *old,
                                   const char *from, double speedup, bool told,
                                   struct neap_error *error)
{
    enum neap_status status =
        neap_distribution_scale(&need->distribution, old->distribution, 1 / speedup, error);
    if (status != NEAP_OK)
        return status;
    int length = neap_distribution_describe(need->distribution, need->text, sizeof need->text);
    if (length < 0 || neap_distribution_mean(need->distribution) <= 0)
        return NEAP_OK;
    char *end = need->text + length;
    size_t left = sizeof need->text - (size_t)length;
    if (told)
        neapi_print(end, left, " (%s / %g)", from, speedup);
    else
        neapi_print(end, left, " (as %s)", from);
    return NEAP_OK;
}

static enum neap_status make_cpu(struct neapi_need *cpu, const struct neap_profile_options *options,
                                 const struct neap_profile *from, size_t number, double speedup,
                                 const char *directory, struct neap_error *error)
{
    if (!given(options->cpu_demand) && from != NULL)
        return scale_need(cpu, &from->class[number].cpu, from->name, speedup,
                          given(options->cpu_speedup), error);
    if (!given(options->cpu_demand))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "missing: give the CPU time of one request, such as \"mean=40ms cv=1\" "
                          "(CPU cores used by all containers / requests per second), or from");
    enum neap_status status = read_need(cpu, options->cpu_demand, directory, error);
    if (status == NEAP_OK && neap_distribution_mean(cpu->distribution) <= 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\", expected more than no CPU time at all",
                          options->cpu_demand);
    return status;
}

static enum neap_status make_wait(struct neapi_need *wait,
                                  const struct neap_profile_options *options,
                                  const struct neap_profile *from, size_t number, double speedup,
                                  const char *directory, struct neap_error *error)
{
    if (!given(options->wait) && from != NULL)
        return scale_need(wait, &from->class[number].wait, from->name, speedup,
                          given(options->wait_speedup), error);
    return read_need(wait, given(options->wait) ? options->wait : "none", directory, error);
}

static enum neap_upgrade_model upgrade_of(const struct neap_profile_options *options)
{
    bool cpu = given(options->cpu_speedup), wait = given(options->wait_speedup);
    if (!given(options->from))
        return NEAP_UPGRADE_NONE;
    if (given(options->cpu_demand) || given(options->wait))
        return NEAP_UPGRADE_MEASURED;
    if (cpu && wait)
        return NEAP_UPGRADE_SCALE_BOTH;
    return cpu ? NEAP_UPGRADE_CPU_SCALE : wait ? NEAP_UPGRADE_WAIT_SCALE : NEAP_UPGRADE_NONE;
}

static enum neap_status read_speedups(struct neap_profile *profile,
                                      const struct neap_profile_options *options,
                                      const struct neap_profile *from, struct neap_error *error)
{
    enum neap_status status =
        check_speedup(options->cpu_speedup, options->cpu_demand, "cpu_demand", from, error);
    if (status == NEAP_OK)
        status = read_speedup(&profile->cpu_speedup, options->cpu_speedup, error);
    if (status != NEAP_OK)
        return blame("cpu_speedup", status, error);
    status = check_speedup(options->wait_speedup, options->wait, "wait", from, error);
    if (status == NEAP_OK)
        status = read_speedup(&profile->wait_speedup, options->wait_speedup, error);
    return blame("wait_speedup", status, error);
}

static enum neap_status fill(struct neap_profile *profile,
                             const struct neap_profile_options *options,
                             const struct neap_profile *from, const char *directory,
                             struct neap_error *error)
{
    profile->upgrade = upgrade_of(options);
    enum neap_status status = read_speedups(profile, options, from, error);
    for (size_t i = 0; status == NEAP_OK && i < profile->classes; i++) {
        struct neapi_request_class *class = &profile->class[i];
        neapi_text_copy(class->name, sizeof class->name,
                        from != NULL ? from->class[i].name : "all");
        status = blame(
            "cpu_demand",
            make_cpu(&class->cpu, options, from, i, profile->cpu_speedup, directory, error), error);
        if (status == NEAP_OK)
            status = blame(
                "wait",
                make_wait(&class->wait, options, from, i, profile->wait_speedup, directory, error),
                error);
    }
    return status;
}

enum neap_status neap_profile_new(struct neap_profile **profile, const char *name,
                                  const struct neap_profile_options *options,
                                  const struct neap_profile *from, const char *directory,
                                  struct neap_error *error)
{
    enum neap_status status = check_name(name, error);
    if (status == NEAP_OK)
        status = check_from(options, name, from, error);
    if (status == NEAP_OK)
        status = check_latency(options, error);
    if (status != NEAP_OK)
        return status;
    size_t classes = from != NULL ? from->classes : 1;
    struct neap_profile *made =
        neapi_allocate(1, sizeof *made + classes * sizeof(struct neapi_request_class));
    if (made == NULL)
        return neapi_no_memory(error, "a profile");
    made->classes = classes;
    neapi_text_copy(made->name, sizeof made->name, name);
    neapi_text_copy(made->label, sizeof made->label, given(options->label) ? options->label : name);
    neapi_text_copy(made->from, sizeof made->from, options->from);
    status = fill(made, options, from, directory, error);
    if (status == NEAP_OK)
        *profile = made;
    else
        neap_profile_free(made);
    return status;
}

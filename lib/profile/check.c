/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether what is said of a profile goes together, before anything is read. */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

struct neapi_texts neapi_texts_of(const struct neap_profile_options *options, size_t number)
{
    if (number == 0)
        return (struct neapi_texts){"",
                                    options->cpu_demand,
                                    options->wait,
                                    options->latency,
                                    options->cpu_speedup,
                                    options->wait_speedup};
    const struct neap_profile_class_options *class = &options->class_options[number - 1];
    return (struct neapi_texts){class->name,    class->cpu_demand,  class->wait,
                                class->latency, class->cpu_speedup, class->wait_speedup};
}

size_t neapi_texts_find(const struct neap_profile_options *options, const char *name)
{
    for (size_t i = 0; i < options->classes; i++)
        if (strcmp(options->class_options[i].name, name) == 0)
            return i + 1;
    return 0;
}

enum neap_status neapi_blame(const char *key, const char *class_name, enum neap_status status,
                             struct neap_error *error)
{
    char message[NEAP_MESSAGE_SIZE];
    if (status == NEAP_OK || error == NULL)
        return status;
    neapi_text_copy(message, sizeof message, error->message);
    neapi_print(error->message, sizeof error->message, "%s%s%s: %s", key,
                neapi_told(class_name) ? "." : "", class_name, message);
    return status;
}

/* --- names */

static bool is_plain(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return length > 0 && name[length] == '\0' && length < NEAP_TEXT_SIZE;
}

static enum neap_status check_from(const struct neapi_making *making, struct neap_error *error)
{
    const char *named = making->options->from;
    const struct neap_profile *from = making->from;
    if (neapi_told(named) && strcmp(named, making->name) == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "from: \"%s\" is this profile itself, expected another one",
                          making->name);
    if (neapi_told(named) != (from != NULL) || (from != NULL && strcmp(named, from->name) != 0))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "from: \"%s\" is named, but profile \"%s\" is handed over", named,
                          from != NULL ? from->name : "");
    return NEAP_OK;
}

/* The first key that the class was given, for messages. */
static const char *first_key(const struct neapi_texts *texts)
{
    const struct {
        const char *key, *text;
    } keys[] = {{"cpu_demand", texts->cpu_demand},
                {"wait", texts->wait},
                {"latency", texts->latency},
                {"cpu_speedup", texts->cpu_speedup}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (neapi_told(keys[i].text))
            return keys[i].key;
    return "wait_speedup";
}

static enum neap_status check_class_name(const struct neap_profile_options *options, size_t number,
                                         struct neap_error *error)
{
    struct neapi_texts texts = neapi_texts_of(options, number);
    const char *key = first_key(&texts);
    if (!is_plain(texts.name))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s.%.80s: found \"%.80s\" as a class's name, expected a-z, 0-9, _ and - "
                          "only",
                          key, texts.name, texts.name);
    if (strcmp(texts.name, "all") == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s.all: no class is called all: write \"%s\" for what holds for all "
                          "requests",
                          key, key);
    if (neapi_texts_find(options, texts.name) != number)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "class \"%s\" is handed over twice",
                          texts.name);
    return NEAP_OK;
}

/* --- keys that exclude each other */

/* A speed-up has to have something that it speeds up. */
static enum neap_status check_speedup(const char *speedup, const char *need, const char *need_name,
                                      const struct neap_profile *from, struct neap_error *error)
{
    if (!neapi_told(speedup))
        return NEAP_OK;
    if (from == NULL)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\" without from: name the profile that it speeds up",
                          speedup);
    if (neapi_told(need))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\" beside %s, which is given anew: keep one of the two",
                          speedup, need_name);
    return NEAP_OK;
}

static enum neap_status check_latency(const struct neapi_texts *texts, bool taken,
                                      struct neap_error *error)
{
    if (!neapi_told(texts->latency))
        return NEAP_OK;
    if (neapi_told(texts->cpu_demand))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "it is for profiles whose CPU demand was never measured, but cpu_demand "
                          "is given: leave latency out");
    if (neapi_told(texts->cpu_speedup))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "neap finds how much CPU a lower latency saves, but cpu_speedup "
                          "is given: keep one of the two");
    if (!taken)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "what it tells of CPU depends on the container: call "
                          "neap_profile_from_latency() instead of neap_profile_new()");
    return NEAP_OK;
}

static enum neap_status check_texts(const struct neapi_making *making, size_t number,
                                    struct neap_error *error)
{
    struct neapi_texts texts = neapi_texts_of(making->options, number);
    enum neap_status status = check_latency(&texts, making->derived != NULL, error);
    if (status != NEAP_OK)
        return neapi_blame("latency", texts.name, status, error);
    status = check_speedup(texts.cpu_speedup, texts.cpu_demand, "cpu_demand", making->from, error);
    if (status != NEAP_OK)
        return neapi_blame("cpu_speedup", texts.name, status, error);
    status = check_speedup(texts.wait_speedup, texts.wait, "wait", making->from, error);
    return neapi_blame("wait_speedup", texts.name, status, error);
}

static enum neap_status check_latency_keys(const struct neap_profile_options *options,
                                           struct neap_error *error)
{
    bool any = false;
    for (size_t i = 0; i <= options->classes; i++)
        any = any || neapi_told(neapi_texts_of(options, i).latency);
    const char *key = neapi_told(options->cpu_share)      ? "cpu_share"
                      : neapi_told(options->latency_load) ? "latency_load"
                                                          : NULL;
    if (any || key == NULL)
        return NEAP_OK;
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "%s: it goes with latency only: give latency, or leave it out", key);
}

enum neap_status neapi_profile_check(const struct neapi_making *making, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    if (!is_plain(making->name))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\" as a profile's name, expected a-z, 0-9, _ and - only",
                          making->name);
    for (size_t i = 1; status == NEAP_OK && i <= making->options->classes; i++)
        status = check_class_name(making->options, i, error);
    if (status == NEAP_OK)
        status = check_from(making, error);
    for (size_t i = 0; status == NEAP_OK && i <= making->options->classes; i++)
        status = check_texts(making, i, error);
    return status == NEAP_OK ? check_latency_keys(making->options, error) : status;
}

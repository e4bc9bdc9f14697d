/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Most kinds of autoscaler can be told other bounds, as an administrator would tell them, or a
 * scheduled action of the platform: what they remember of their own decisions then stays true. The
 * others are cut to the bounds without their knowing. */
#include <string.h>

#include "autoscaler/inner.h"
#include "autoscaler/types.h"
#include "base/fail.h"
#include "base/text.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Copies text[0..length) without blanks at its ends. */
static bool copy_trimmed(char *to, size_t size, const char *text, size_t length)
{
    while (length > 0 && is_blank(text[0])) {
        text++;
        length--;
    }
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    if (length >= size)
        return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

/* A failure of the inner policy, with the key that it stands in. */
static enum neap_status blame(enum neap_status status, const char *key,
                              const struct neap_error *inside, struct neap_error *error)
{
    return neapi_fail(error, status, "%s: %s", key, inside->message);
}

static enum neap_status set_one(struct neap_autoscaler *scaler, const char *text, size_t length,
                                struct neap_error *error)
{
    char key[NEAP_TEXT_SIZE], value[NEAP_TEXT_SIZE];
    struct neap_error inside = {0};
    const char *equals = memchr(text, '=', length);
    size_t at = equals == NULL ? length : (size_t)(equals - text);
    bool copied = copy_trimmed(key, sizeof key, text, at);
    if (equals == NULL)
        return key[0] == '\0' && copied
                   ? NEAP_OK
                   : neapi_fail(error, NEAP_BAD_ARGUMENT,
                                "policy.settings: found \"%.80s\", expected key = value, and a | "
                                "between any two of them",
                                key);
    if (!copied || !copy_trimmed(value, sizeof value, equals + 1, length - at - 1))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "policy.settings: found a value too long, expected fewer than %d bytes",
                          NEAP_TEXT_SIZE);
    enum neap_status status = neap_autoscaler_set(scaler, key, value, &inside);
    return status == NEAP_OK ? NEAP_OK : blame(status, "policy.settings", &inside, error);
}

static enum neap_status set_all(struct neap_autoscaler *scaler, const char *settings,
                                struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (const char *at = settings; status == NEAP_OK && at != NULL;) {
        const char *bar = strchr(at, '|');
        status = set_one(scaler, at, bar == NULL ? strlen(at) : (size_t)(bar - at), error);
        at = bar == NULL ? NULL : bar + 1;
    }
    return status;
}

static enum neap_status unknown_type(const char *type, struct neap_error *error)
{
    char names[512] = "", near[64];
    size_t length = 0;
    for (const struct neap_autoscaler_type *const *t = neap_autoscaler_types(); *t != NULL; t++) {
        int added = neapi_print(names + length, sizeof names - length, "%s%s",
                                length > 0 ? "|" : "", (*t)->name);
        if (added < 0 || (size_t)added >= sizeof names - length)
            break;
        length += (size_t)added;
    }
    bool hint = neap_suggest(names, type, near, sizeof near);
    return neapi_fail(error, NEAP_BAD_ARGUMENT, "policy: found \"%.80s\", expected one of %s%s%s%s",
                      type, names, hint ? "; did you mean " : "", hint ? near : "",
                      hint ? "?" : "");
}

enum neap_status neapi_inner_new(struct neapi_inner *inner, const char *type, const char *settings,
                                 struct neap_error *error)
{
    const struct neap_autoscaler_type *kind = neap_autoscaler_find(type);
    struct neap_autoscaler *scaler = NULL;
    struct neap_error inside = {0};
    if (kind == NULL)
        return unknown_type(type, error);
    enum neap_status status = neap_autoscaler_new(&scaler, kind, error);
    if (status != NEAP_OK)
        return status;
    status = set_all(scaler, settings, error);
    if (status == NEAP_OK && (status = neap_autoscaler_prepare(scaler, &inside)) != NEAP_OK)
        status = blame(status, "policy.settings", &inside, error);
    if (status != NEAP_OK) {
        neap_autoscaler_free(scaler);
        return status;
    }
    *inner = (struct neapi_inner){
        .scaler = scaler, .min = neap_autoscaler_min(scaler), .max = neap_autoscaler_max(scaler)};
    inner->bounded = neap_autoscaler_bound(scaler, inner->min, inner->max);
    return NEAP_OK;
}

void neapi_inner_free(struct neapi_inner *inner)
{
    neap_autoscaler_free(inner->scaler);
    inner->scaler = NULL;
}

void neapi_inner_reset(struct neapi_inner *inner)
{
    neap_autoscaler_reset(inner->scaler);
}

struct neap_autoscaler_scope neapi_inner_scope(const struct neapi_inner *inner)
{
    return neap_autoscaler_scope(inner->scaler);
}

void neapi_inner_decide(struct neapi_inner *inner, const struct neap_reading *reading, int64_t min,
                        int64_t max, struct neap_decision *decision)
{
    if (inner->bounded && (min != inner->min || max != inner->max))
        neap_autoscaler_bound(inner->scaler, min, max);
    inner->min = min;
    inner->max = max;
    neap_autoscaler_decide(inner->scaler, reading, decision);
    /* Bounds that the policy knows of are these; those it has beside them are its own. */
    inner->own_steps = inner->bounded ? 0 : decision->steps_count;
    neapi_decision_clamp(decision, min, max);
}

void neapi_inner_say(const struct neapi_inner *inner, struct neap_decision *decision,
                     enum neap_reason at_min, enum neap_reason at_max)
{
    for (size_t i = inner->own_steps; i < decision->steps_count; i++) {
        enum neap_reason *reason = &decision->steps[i].reason;
        if (*reason == NEAP_REASON_AT_MIN || *reason == NEAP_REASON_BELOW_MIN)
            *reason = at_min;
        else if (*reason == NEAP_REASON_AT_MAX || *reason == NEAP_REASON_ABOVE_MAX)
            *reason = at_max;
    }
    decision->reason = decision->steps[decision->steps_count - 1].reason;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scaling policies as text: "100% per 15s, 4 per 15s". The API's own ranges apply: values of at
 * least 1, periods of 1 to 1800 whole seconds. */
#include <math.h>
#include <string.h>

#include "autoscaler/hpa_impl.h"
#include "base/fail.h"
#include "base/text.h"

static const double longest_s = 1800;

/* Copies text[0..length) without the blanks around it; false when it is too long. */
static bool trim(char *to, size_t size, const char *text, size_t length)
{
    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length >= size)
        return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

static enum neap_status malformed(struct neap_error *error, const char *key, const char *item)
{
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "%s: found \"%.60s\", expected COUNT per TIME or PERCENT%% per TIME: write "
                      "policies like 100%% per 15s, 4 per 15s",
                      key, item);
}

static enum neap_status parse_amount(struct neapi_hpa_policy *policy, const char *key,
                                     const char *amount, struct neap_error *error)
{
    size_t length = strlen(amount);
    bool percent = length > 0 && amount[length - 1] == '%';
    double value;
    if (!neapi_number_parse(&value, amount, length - percent) || value != floor(value) ||
        value < 1 || value > INT32_MAX)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found \"%.60s\", expected a whole number of pods or percent, at "
                          "least 1; to forbid scaling write %.*s.select = disabled",
                          key, amount, (int)strcspn(key, "."), key);
    policy->value = (int64_t)value;
    policy->percent = percent;
    return NEAP_OK;
}

static enum neap_status parse_period(struct neapi_hpa_policy *policy, const char *key,
                                     const char *period, struct neap_error *error)
{
    double seconds;
    struct neap_error inner = {0};
    if (neap_quantity_parse(&seconds, period, NEAP_SECONDS, &inner) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "%s: %s", key, inner.message);
    if (seconds < 1 || seconds > longest_s || seconds != floor(seconds))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "%s: found a period of %.60s, expected whole seconds from 1s to 1800s",
                          key, period);
    policy->period_ns = (int64_t)seconds * 1000000000;
    return NEAP_OK;
}

static enum neap_status parse_item(struct neapi_hpa_policy *policy, const char *key,
                                   const char *item, struct neap_error *error)
{
    char amount[64], period[64];
    const char *per = strstr(item, " per ");
    if (per == NULL || !trim(amount, sizeof amount, item, (size_t)(per - item)) ||
        !trim(period, sizeof period, per + 5, strlen(per + 5)))
        return malformed(error, key, item);
    enum neap_status status = parse_amount(policy, key, amount, error);
    return status == NEAP_OK ? parse_period(policy, key, period, error) : status;
}

enum neap_status neapi_hpa_policies_parse(struct neapi_hpa_direction *direction, const char *key,
                                          const char *text, struct neap_error *error)
{
    struct neapi_hpa_policy policies[NEAPI_HPA_POLICIES];
    size_t count = 0;
    for (const char *at = text;; at++) {
        char item[NEAP_TEXT_SIZE];
        size_t length = strcspn(at, ",");
        if (count == NEAPI_HPA_POLICIES)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "%s: found more than %d policies, expected at most that many: leave "
                              "out those that never decide",
                              key, NEAPI_HPA_POLICIES);
        if (!trim(item, sizeof item, at, length))
            return malformed(error, key, at);
        enum neap_status status = parse_item(&policies[count++], key, item, error);
        if (status != NEAP_OK)
            return status;
        at += length;
        if (*at == '\0')
            break;
    }
    memcpy(direction->policies, policies, count * sizeof policies[0]);
    direction->policies_count = count;
    return NEAP_OK;
}

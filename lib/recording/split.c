/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stream of requests split into classes by shares that follow the clock. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>

#include "base/array.h"
#include "base/fail.h"
#include "recording/impl.h"

#define FIELD(name) offsetof(struct neap_class_options, name)

static const struct neap_parameter parameters[] = {
    {"share", NEAP_TEXT, FIELD(share), "", 0, 0, NULL,
     "part of all requests: 20%, or by the clock 00:00=10% 08:00=25%"},
    {.name = NULL},
};

/* Of a sum of shares; beyond it, it is no rounding. */
static const double slack = 1e-9;

const struct neap_parameter *neap_class_parameters(void)
{
    return parameters;
}

void neap_class_options_init(struct neap_class_options *options)
{
    neap_parameters_init(parameters, options);
}

/* --- checks ----------------------------------------------------------------------------------- */

static enum neap_status check_names(const struct neap_class_share *shares, size_t count,
                                    struct neap_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!neapi_class_name_ok(shares[i].name))
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "found class \"%.80s\", expected a name of at most %d of a-z, 0-9, _ "
                              "and -, not all or other",
                              shares[i].name, (int)NEAPI_CLASS_NAME_MOST);
        for (size_t k = 0; k < i; k++)
            if (strcmp(shares[i].name, shares[k].name) == 0)
                return neapi_fail(error, NEAP_BAD_SCENARIO,
                                  "found class \"%.80s\" twice, expected it once", shares[i].name);
    }
    return NEAP_OK;
}

static enum neap_status check_whole(const struct neap_recording *whole, size_t count,
                                    struct neap_error *error)
{
    if (count == 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "found no class, expected one or more shares");
    if (whole->classes > 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found shares of classes, and a recording with a column for class "
                          "\"%.80s\", expected one of them: take share out of [class NAME], or "
                          "read the requests of all classes only",
                          whole->class[0].name);
    return NEAP_OK;
}

static enum neap_status too_much(double sum, const struct neap_class_share *shares, size_t count,
                                 int64_t time_ns, const struct neap_zone *zone,
                                 struct neap_error *error)
{
    struct neap_civil at = neap_civil_from_time(time_ns, zone);
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "share: found shares of %zu classes that sum to %.10g%% at "
                      "%04d-%02d-%02d %02d:%02d:%02d, expected at most 100%%: lower that of %.80s, "
                      "or of another",
                      count, 100 * sum, at.year, at.month, at.day, at.hour, at.minute, at.second,
                      shares[count - 1].name);
}

/* --- splitting ------------------------------------------------------------------------------- */

struct parts {
    const struct neap_class_share *shares;
    size_t count;
    double **value; /* of each class, then of "other" */
    bool rest;      /* there is an "other" */
};

/* The shares at the middle of each interval. */
static enum neap_status find_shares(struct parts *parts, const struct neap_recording *whole,
                                    const struct neap_zone *zone, struct neap_error *error)
{
    double least = 1;
    for (size_t i = 0; i < whole->count; i++) {
        int64_t middle_ns = whole->start_ns + (int64_t)i * whole->step_ns + whole->step_ns / 2;
        double sum = 0;
        for (size_t k = 0; k < parts->count; k++) {
            parts->value[k][i] = neap_day_curve_at(parts->shares[k].share, middle_ns, zone);
            sum += parts->value[k][i];
        }
        if (!(sum <= 1 + slack))
            return too_much(sum, parts->shares, parts->count, middle_ns, zone, error);
        least = sum < least ? sum : least;
    }
    parts->rest = least < 1 - slack;
    return NEAP_OK;
}

/* Shares to requests. Each class gets a whole number of steps of the last place of the interval's
 * requests: such numbers add up without rounding, so that in any order the sum is exact. */
static void split_interval(struct parts *parts, double requests, size_t i)
{
    int exponent;
    double left = requests;
    size_t last = parts->count - !parts->rest;
    frexp(requests, &exponent);
    double place = ldexp(1, exponent - 53);
    for (size_t k = 0; k < last; k++) {
        double part = place > 0 ? floor(parts->value[k][i] * requests / place) * place : 0;
        part = part < left ? part : left;
        parts->value[k][i] = part;
        left -= part;
    }
    parts->value[last][i] = left;
}

static bool hand_over(struct neap_recording *new, struct parts *parts)
{
    for (size_t k = 0; k < parts->count + parts->rest; k++) {
        const char *name = k < parts->count ? parts->shares[k].name : "other";
        if (!neapi_recording_add_class(new, name, parts->value[k]))
            return false;
        parts->value[k] = NULL;
    }
    return true;
}

static double *copy_of(const double *values, size_t count)
{
    double *copy = neapi_allocate(count, sizeof *copy);
    if (copy != NULL)
        memcpy(copy, values, count * sizeof *copy);
    return copy;
}

/* The recording without its classes. */
static struct neap_recording *copy_whole(const struct neap_recording *whole)
{
    struct neap_recording *new = neapi_recording_like(whole);
    if (new == NULL)
        return NULL;
    new->requests = copy_of(whole->requests, whole->count);
    bool complete = new->requests != NULL;
    for (size_t which = 0; which < NEAP_OBSERVATIONS && complete; which++)
        if (whole->observed[which] != NULL) {
            new->observed[which] = copy_of(whole->observed[which], whole->count);
            complete = new->observed[which] != NULL;
        }
    if (complete)
        return new;
    neap_recording_free(new);
    return NULL;
}

static bool allocate_parts(struct parts *parts, size_t intervals)
{
    parts->value = neapi_allocate(parts->count + 1, sizeof *parts->value);
    if (parts->value == NULL)
        return false;
    bool complete = true;
    for (size_t k = 0; k <= parts->count; k++) {
        parts->value[k] = neapi_allocate(intervals, sizeof **parts->value);
        complete = complete && parts->value[k] != NULL;
    }
    return complete;
}

static enum neap_status fill_parts(struct neap_recording **split, struct parts *parts,
                                   const struct neap_recording *whole, const struct neap_zone *zone,
                                   struct neap_error *error)
{
    enum neap_status status = find_shares(parts, whole, zone, error);
    if (status != NEAP_OK)
        return status;
    for (size_t i = 0; i < whole->count; i++)
        split_interval(parts, whole->requests[i], i);
    struct neap_recording *new = copy_whole(whole);
    if (new == NULL || !hand_over(new, parts)) {
        neap_recording_free(new);
        return neapi_no_memory(error, "the recording");
    }
    *split = new;
    return NEAP_OK;
}

enum neap_status neap_recording_split(struct neap_recording **split,
                                      const struct neap_recording *whole,
                                      const struct neap_class_share *shares, size_t count,
                                      const struct neap_zone *zone, struct neap_error *error)
{
    struct parts parts = {.shares = shares, .count = count};
    enum neap_status status = check_whole(whole, count, error);
    if (status == NEAP_OK)
        status = check_names(shares, count, error);
    if (status != NEAP_OK)
        return status;
    status = allocate_parts(&parts, whole->count) ? fill_parts(split, &parts, whole, zone, error)
                                                  : neapi_no_memory(error, "the recording");
    for (size_t k = 0; parts.value != NULL && k <= count; k++)
        free(parts.value[k]);
    free(parts.value);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The registry of kinds, and the handle that holds one kind's settings and state. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "autoscaler/types.h"
#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"

static const struct neap_autoscaler_type *const known[] = {&neapi_autoscaler_fixed,
                                                           &neapi_autoscaler_hpa,
                                                           &neapi_autoscaler_keda,
                                                           &neapi_autoscaler_knative,
                                                           &neapi_autoscaler_gce,
                                                           &neapi_autoscaler_cloud_run,
                                                           &neapi_autoscaler_schedule,
                                                           &neapi_autoscaler_predictive,
                                                           &neapi_autoscaler_recorded,
                                                           &neapi_autoscaler_oracle,
                                                           &neapi_autoscaler_step_scaling,
                                                           &neapi_autoscaler_target_tracking,
                                                           NULL};

struct neap_autoscaler {
    const struct neap_autoscaler_type *type;
    void *settings;
    uint64_t given; /* bit i: row i of the parameters was set */
    void *state;    /* NULL until prepared */
    struct neap_autoscaler_scope scope;
};

static const struct neap_autoscaler_scope no_scope = {
    .target_cpu_share = (double)NAN, .tolerance_up = (double)NAN, .tolerance_down = (double)NAN};

const struct neap_autoscaler_type *const *neap_autoscaler_types(void)
{
    return known;
}

const struct neap_autoscaler_type *neap_autoscaler_find(const char *name)
{
    for (size_t i = 0; known[i] != NULL; i++)
        if (strcmp(known[i]->name, name) == 0)
            return known[i];
    return NULL;
}

enum neap_status neap_autoscaler_new(struct neap_autoscaler **scaler,
                                     const struct neap_autoscaler_type *type,
                                     struct neap_error *error)
{
    struct neap_autoscaler *made = neapi_allocate(1, sizeof *made);
    void *settings = neapi_allocate(1, type->settings_size);
    if (made == NULL || settings == NULL) {
        free(made);
        free(settings);
        return neapi_no_memory(error, "an autoscaler");
    }
    made->type = type;
    made->settings = settings;
    made->scope = no_scope;
    neap_parameters_init(type->parameters, settings);
    *scaler = made;
    return NEAP_OK;
}

enum neap_status neap_autoscaler_from_callback(struct neap_autoscaler **scaler,
                                               const struct neap_callback *callback,
                                               struct neap_error *error)
{
    if (callback->decide == NULL)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "the callback has no decide, expected a function: without one nothing "
                          "decides");
    struct neap_autoscaler *made = NULL;
    enum neap_status status = neap_autoscaler_new(&made, &neapi_autoscaler_callback, error);
    if (made == NULL)
        return status;
    struct neapi_callback *settings = made->settings;
    settings->call = *callback;
    *scaler = made;
    return NEAP_OK;
}

static void unprepare(struct neap_autoscaler *scaler)
{
    scaler->type->release(scaler->state);
    scaler->state = NULL;
    scaler->scope = no_scope;
}

void neap_autoscaler_free(struct neap_autoscaler *scaler)
{
    if (scaler == NULL)
        return;
    unprepare(scaler);
    free(scaler->settings);
    free(scaler);
}

static enum neap_status unknown_key(const struct neap_autoscaler_type *type, const char *key,
                                    struct neap_error *error)
{
    char names[1024] = "", near[64];
    size_t length = 0;
    for (const struct neap_parameter *row = type->parameters; row->name != NULL; row++) {
        size_t left = sizeof names - length;
        int added = neapi_print(names + length, left, "%s%s", length > 0 ? "|" : "", row->name);
        if (added < 0 || (size_t)added >= left)
            break;
        length += (size_t)added;
    }
    bool suggested = neap_suggest(names, key, near, sizeof near);
    return neapi_fail(
        error, NEAP_BAD_ARGUMENT,
        "found \"%.80s\", which autoscaler %s does not have, expected one of %s%s%s%s", key,
        type->name, names, suggested ? "; did you mean " : "", suggested ? near : "",
        suggested ? "?" : "");
}

enum neap_status neap_autoscaler_set(struct neap_autoscaler *scaler, const char *key,
                                     const char *text, struct neap_error *error)
{
    const struct neap_parameter *row = neap_parameter_find(scaler->type->parameters, key);
    if (row == NULL)
        return unknown_key(scaler->type, key, error);
    enum neap_status status = neap_parameter_set(row, scaler->settings, text, error);
    if (status != NEAP_OK)
        return status;
    scaler->given |= UINT64_C(1) << (row - scaler->type->parameters);
    unprepare(scaler);
    return NEAP_OK;
}

const struct neap_parameter *neap_autoscaler_parameters(const struct neap_autoscaler *scaler)
{
    return scaler->type->parameters;
}

bool neap_autoscaler_given(const struct neap_autoscaler *scaler, const char *key)
{
    const struct neap_parameter *row = neap_parameter_find(scaler->type->parameters, key);
    return row != NULL && (scaler->given >> (row - scaler->type->parameters) & 1) != 0;
}

int neap_autoscaler_format(const struct neap_autoscaler *scaler, const char *key, char *text,
                           size_t size)
{
    const struct neap_parameter *row = neap_parameter_find(scaler->type->parameters, key);
    if (row == NULL)
        return neapi_print(text, size, "%s", "");
    return neap_parameter_format(row, scaler->settings, text, size);
}

int neap_autoscaler_unpublished(const struct neap_autoscaler *scaler, char *text, size_t size)
{
    char key[64], value[NEAP_TEXT_SIZE];
    size_t used = 0;
    const char *at = scaler->type->unpublished;
    if (size > 0)
        text[0] = '\0';
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, "|"), room = used < size ? size - used : 0;
        neapi_print(key, sizeof key, "%.*s", (int)length, at);
        neap_autoscaler_format(scaler, key, value, sizeof value);
        int added = neapi_print(room > 0 ? text + used : NULL, room, "%s%s = %s",
                                used > 0 ? ", " : "", key, value);
        used += added > 0 ? (size_t)added : 0;
        at += length + (at[length] == '|');
    }
    return (int)used;
}

enum neap_status neap_autoscaler_prepare(struct neap_autoscaler *scaler, struct neap_error *error)
{
    struct neap_autoscaler_scope scope = no_scope;
    void *state = NULL;
    enum neap_status status =
        scaler->type->prepare(scaler->settings, scaler->given, &scope, &state, error);
    if (status != NEAP_OK)
        return status;
    unprepare(scaler);
    scaler->scope = scope;
    scaler->state = state;
    scaler->type->reset(state);
    return NEAP_OK;
}

void neap_autoscaler_reset(struct neap_autoscaler *scaler)
{
    if (scaler->state != NULL)
        scaler->type->reset(scaler->state);
}

void neap_autoscaler_decide(struct neap_autoscaler *scaler, const struct neap_reading *reading,
                            struct neap_decision *decision)
{
    if (scaler->state != NULL) {
        decision->steps_count = decision->metrics_count = decision->chosen = 0;
        decision->alarms_count = 0;
        decision->panic_until_ns = 0;
        scaler->type->decide(scaler->state, reading, decision);
        if (decision->steps_count == 0)
            neapi_decision_complete(decision);
        return;
    }
    neapi_decision_keep(decision, reading, reading->replicas, NEAP_REASON_NOT_PREPARED);
}

double neap_autoscaler_period_s(const struct neap_autoscaler *scaler)
{
    return scaler->scope.period_s;
}

int64_t neap_autoscaler_min(const struct neap_autoscaler *scaler)
{
    return scaler->scope.min;
}

int64_t neap_autoscaler_max(const struct neap_autoscaler *scaler)
{
    return scaler->scope.max;
}

double neap_autoscaler_target_cpu(const struct neap_autoscaler *scaler)
{
    return scaler->scope.target_cpu_share;
}

double neap_autoscaler_tolerance_up(const struct neap_autoscaler *scaler)
{
    return scaler->scope.tolerance_up;
}

double neap_autoscaler_tolerance_down(const struct neap_autoscaler *scaler)
{
    return scaler->scope.tolerance_down;
}

struct neap_autoscaler_scope neap_autoscaler_scope(const struct neap_autoscaler *scaler)
{
    return scaler->scope;
}

bool neap_autoscaler_bound(struct neap_autoscaler *scaler, int64_t min, int64_t max)
{
    if (scaler->state == NULL || scaler->type->bound == NULL)
        return false;
    scaler->type->bound(scaler->state, min, max);
    return true;
}

const struct neap_autoscaler *neap_autoscaler_inner(const struct neap_autoscaler *scaler)
{
    if (scaler->state == NULL || scaler->type->inner == NULL)
        return NULL;
    return scaler->type->inner(scaler->state);
}

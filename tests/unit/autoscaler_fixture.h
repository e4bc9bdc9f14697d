/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An autoscaler from a list of keys, and what it says to one reading. */
#ifndef NEAP_TESTS_AUTOSCALER_FIXTURE_H
#define NEAP_TESTS_AUTOSCALER_FIXTURE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <neap/autoscaler.h>

#define SECONDS(n)     ((int64_t)(n)*1000000000)
#define SETTINGS(...)  ((const char *const[][2]){__VA_ARGS__, {NULL, NULL}})
#define UP_TO_100(...) SETTINGS({"max", "100"}, __VA_ARGS__)

/* Not prepared. */
static inline struct neap_autoscaler *new_scaler(const char *type, const char *const settings[][2])
{
    struct neap_autoscaler *scaler = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_autoscaler_new(&scaler, neap_autoscaler_find(type), &error), NEAP_OK);
    for (size_t i = 0; settings[i][0] != NULL; i++)
        if (neap_autoscaler_set(scaler, settings[i][0], settings[i][1], &error) != NEAP_OK)
            fail_msg("%s = %s: %s", settings[i][0], settings[i][1], error.message);
    return scaler;
}

static inline struct neap_autoscaler *make_scaler(const char *type, const char *const settings[][2])
{
    struct neap_autoscaler *scaler = new_scaler(type, settings);
    struct neap_error error = {0};
    if (neap_autoscaler_prepare(scaler, &error) != NEAP_OK)
        fail_msg("prepare: %s", error.message);
    return scaler;
}

static inline void assert_refused(const char *type, const char *const settings[][2],
                                  const char *part)
{
    struct neap_autoscaler *scaler = new_scaler(type, settings);
    struct neap_error error = {0};
    assert_int_equal(neap_autoscaler_prepare(scaler, &error), NEAP_BAD_ARGUMENT);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, error.message);
    neap_autoscaler_free(scaler);
}

/* Nothing is read at all. */
static inline struct neap_reading no_reading(int64_t now_ns, int64_t replicas)
{
    return (struct neap_reading){.now_ns = now_ns,
                                 .replicas = replicas,
                                 .request_rate = (double)NAN,
                                 .recorded_replicas = (double)NAN,
                                 .ahead_cores = (double)NAN,
                                 .ahead_rate = (double)NAN,
                                 .idle_cores = (double)NAN,
                                 .request_cores = (double)NAN};
}

static inline struct neap_decision decide(struct neap_autoscaler *scaler,
                                          const struct neap_reading *reading)
{
    struct neap_decision decision;
    memset(&decision, 0x5a, sizeof decision); /* what is not written shows */
    neap_autoscaler_decide(scaler, reading, &decision);
    assert_int_equal(decision.time_ns, reading->now_ns);
    assert_int_equal(decision.before, reading->replicas);
    return decision;
}

/* All alike, ready for an hour, requesting one CPU. */
static inline struct neap_pods ready_pods(int64_t now_ns, int64_t count, int64_t usage_m)
{
    return (struct neap_pods){.count = count,
                              .start_ns = now_ns - SECONDS(3700),
                              .ready_ns = now_ns - SECONDS(3600),
                              .metric_ns = now_ns - SECONDS(15),
                              .metric_window_ns = SECONDS(15),
                              .usage_m = usage_m,
                              .request_m = 1000,
                              .has_metric = true,
                              .has_start = true,
                              .has_ready_condition = true,
                              .ready = true,
                              .phase = NEAP_POD_RUNNING};
}

#endif

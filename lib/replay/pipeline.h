/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The metric pipeline: how load becomes the number that an autoscaler reads, late and noisy. It
 * keeps running integrals of what one ready container used and hands out means over
 * [t - lag - window, t - lag], or
 * over a window on the clock (struct neap_metrics_pipeline). */
#ifndef NEAP_REPLAY_PIPELINE_H
#define NEAP_REPLAY_PIPELINE_H

#include <neap/random.h>
#include <neap/replay.h>

struct neapi_sample {
    int64_t time_ns;
    double use;      /* integral of CPU used for requests by one ready container, core-seconds */
    double variance; /* integral of the sampling variance of that use */
};

struct neapi_pipeline {
    struct neap_metrics_pipeline times;
    int64_t window_ns, spacing_ns;
    bool noise;
    bool counts_requests;               /* readings tell the request rate too */
    struct neap_stream normals, counts; /* the k-th reading takes the k-th variate of each, in OLD
                                         * and NEW alike */
    uint64_t readings;
    struct neapi_sample *sample; /* ring */
    double *requests;            /* by sample: integral of what arrived, all containers together */
    size_t head, count, capacity;
    size_t early, late; /* where the last reading's ends were found, counted from head */
};

enum neap_status neapi_pipeline_new(struct neapi_pipeline *pipeline,
                                    const struct neap_metrics_pipeline *times, bool noise,
                                    uint64_t seed, uint64_t replication, double period_s,
                                    struct neap_error *error);
void neapi_pipeline_free(struct neapi_pipeline *pipeline);
void neapi_pipeline_reset(struct neapi_pipeline *pipeline, int64_t now_ns);

/* Up to now_ns since the last call, one ready container used use_cores for requests, with that
 * sampling variance a second, and requests arrived at that rate. */
void neapi_pipeline_add(struct neapi_pipeline *pipeline, int64_t now_ns, double span_s,
                        double use_cores, double variance_rate, double rate);

/* From here on what was used so far counts factor times: use is in terms of another version. */
void neapi_pipeline_scale(struct neapi_pipeline *pipeline, double factor);

/* What is read at one moment, >= 0. */
struct neapi_metric {
    double use_cores;    /* mean CPU used for requests by one ready container */
    double request_rate; /* requests per second, all containers together; NaN: not counted */
};
/* Each call is one reading. */
struct neapi_metric neapi_pipeline_read(struct neapi_pipeline *pipeline, int64_t now_ns);

#endif

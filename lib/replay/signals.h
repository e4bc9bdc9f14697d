/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What autoscalers read beside CPU and the request rate: requests in flight and in queues, memory,
 * and a quantile of latency. As the pipeline, over the same time, but fed only for a policy that
 * reads one of them.
 *
 * The tick engine works with means, which do not vary as the counts of real requests do. What a
 * mean over a window varies by follows from how much the count varies and for how long it remembers
 * (doc/method.md, "What the autoscaler reads"). */
#ifndef NEAP_REPLAY_SIGNALS_H
#define NEAP_REPLAY_SIGNALS_H

#include "replay/latency.h"
#include "replay/pipeline.h"

/* A number of requests: its mean, and with the tick engine its variance and the time for which it
 * remembers (the integral of its autocorrelation). */
struct neapi_level {
    double mean, variance, memory_s;
};

/* What holds over a stretch. */
struct neapi_levels {
    struct neapi_level held, waiting; /* over all containers: by workers, for a worker */
    double per_container;             /* both, for one ready container */
};

/* Integrals of the levels. */
struct neapi_level_sums {
    double mean, variance, noise; /* noise: of 2 x variance x memory_s */
};

struct neapi_signal_sample {
    int64_t time_ns;
    struct neapi_level_sums held, waiting;
    double per_container;
    struct neapi_moment moment; /* of the requests since the sample before (tick engine) */
};

enum {
    NEAPI_SIGNAL_BITS = 4, /* buckets of latencies: 16 an octave */
    NEAPI_SIGNAL_BUCKETS = (40 << NEAPI_SIGNAL_BITS) + 2
};

struct neapi_signals {
    bool on; /* any of: */
    bool in_flight, queued, memory, latency;
    bool noise;
    double quantile;
    int64_t spacing_ns;
    struct neap_stream held_normals, waiting_normals, latency_normals;
    struct neapi_signal_sample *sample; /* ring */
    uint32_t *count;                    /* by sample: latencies by bucket (request engine) */
    struct neap_histogram *window;      /* likewise */
    size_t head, used, capacity;
};

/* Sized for that autoscaler's readings; counts: latencies come as counts, not as moments. */
enum neap_status neapi_signals_new(struct neapi_signals *signals,
                                   const struct neapi_pipeline *pipeline,
                                   const struct neap_replay_inputs *inputs, bool counts,
                                   struct neap_error *error);
void neapi_signals_free(struct neapi_signals *signals);
void neapi_signals_reset(struct neapi_signals *signals, int64_t now_ns);

/* From the last call up to now_ns. */
void neapi_signals_add(struct neapi_signals *signals, int64_t now_ns, double span_s,
                       const struct neapi_levels *levels);
/* Requests that the last call's time brought, when latency is read. */
void neapi_signals_moment(struct neapi_signals *signals, const struct neapi_moment *moment);
void neapi_signals_count(struct neapi_signals *signals, const struct neap_histogram *histogram);

/* Means over [from_ns, to_ns], >= 0; NaN when not read. */
struct neapi_signals_read {
    double in_flight, queued, per_container, latency_s;
};
/* The reading of that number; latency is the tick engine's, else NULL. */
struct neapi_signals_read neapi_signals_read(const struct neapi_signals *signals, int64_t from_ns,
                                             int64_t to_ns, uint64_t reading,
                                             struct neapi_latency *latency);

#endif

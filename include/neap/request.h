/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * request: requests one by one: when each arrives, what it needs, and what containers behind a
 * balancer do with it. Exact: times are whole nanoseconds, and every request is followed from its
 * arrival to its answer or its failure. */
#ifndef NEAP_REQUEST_H
#define NEAP_REQUEST_H

#include <neap/base.h>
#include <neap/profile.h>
#include <neap/random.h>
#include <neap/recording.h>
#include <neap/service.h>

NEAP_BEGIN_DECLS

/* --- requests --------------------------------------------------------------------------------- */

/* What a request needs of a container at full speed, in ns >= 0: first CPU, then time without it. */
struct neap_needs {
    const int64_t *cpu_ns, *wait_ns;
};

/* Requests in order of arrival. Arrays are borrowed; all have count members. */
struct neap_requests {
    size_t count;
    const int64_t *arrival_ns;
    const uint32_t *pick;           /* 32 random bits for the balancer */
    const uint8_t *class_number;    /* below the number of classes; NULL: all are of class 0 */
    const struct neap_needs *needs; /* by version of the service */
};

/* --- tapes ------------------------------------------------------------------------------------ */

/* The requests of a recording, made as they are read: a function of (recording, profiles, seed,
 * replication), whoever asks and how often. Several replays that read one tape together share its
 * cost. Arrivals lie within their intervals as the recording says: exact numbers (a fraction is one
 * more with that probability) at uniform times, a Poisson process, or bursts (Poisson with a gamma
 * rate by interval), or at the recorded times themselves. */
struct neap_tape;

enum { NEAP_TAPE_REQUESTS_MOST = 4096 };

/* A stretch of a tape. */
struct neap_chunk {
    int64_t begin_ns, end_ns; /* within one interval; the next chunk begins where this one ends */
    size_t interval;          /* of the recording; SIZE_MAX before the first one */
    struct neap_requests requests; /* valid until the next chunk is read; needs are by profile */
};

/* count profiles, at most NEAP_TAPE_PROFILES_MOST, each with a CPU demand for each class of the
 * recording (NEAP_BAD_SCENARIO). Recording and profiles are borrowed. */
enum { NEAP_TAPE_PROFILES_MOST = 64 };
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_tape_new(struct neap_tape **tape, const struct neap_recording *recording,
              const struct neap_profile *const profile[], size_t count, uint64_t seed,
              uint64_t replication, struct neap_error *error);
NEAP_API void neap_tape_free(struct neap_tape *tape);
/* Back to start_ns, at or before the recording's start: what lies before it has the rate of the
 * first interval. */
NEAP_API void neap_tape_rewind(struct neap_tape *tape, int64_t start_ns);
/* The next chunk, of NEAP_TAPE_REQUESTS_MOST requests at most and of none perhaps; false at the
 * recording's end. */
NEAP_API bool neap_tape_next(struct neap_tape *tape, struct neap_chunk *chunk);

/* --- clients ---------------------------------------------------------------------------------- */

/* Section [client]: what callers do when no answer comes. */
struct neap_client_options {
    double patience_s; /* gives up that long after sending; its work goes on. NaN: waits for ever */
    double retries;    /* attempts after the first that failed */
    double backoff_s;  /* before the first retry, on average; doubles with each */
};
NEAP_API const struct neap_parameter *neap_client_parameters(void);
NEAP_API void neap_client_options_init(struct neap_client_options *options);

/* --- pools ------------------------------------------------------------------------------------ */

/* Containers behind a balancer. Time passes in stretches in which no container joins or leaves.
 *
 * A container has workers, each with one request at a time: first on CPU, then in its wait. Those
 * on CPU share the container's cores evenly, each with one at most. With a quota period (CFS
 * bandwidth control) they run at up to burst_cores together until cores x period of CPU time are
 * used, and stand still until the period ends. A request without a free worker waits in the
 * container's queue, or in the one of all containers (central): refused beyond the queue's limit,
 * lost after the timeout. Containers that leave finish what they hold until they are cut off. */
struct neap_pool;

struct neap_pool_options {
    int workers;
    double cores;          /* for requests, > 0 */
    double burst_cores;    /* in use at once with a quota, >= cores */
    double quota_period_s; /* NaN: cores are shared without one */
    double queue_limit;    /* requests that wait, for each container */
    double timeout_s;      /* longest wait in a queue; NaN: none */
    double warmup_s;       /* as in struct neap_container_options */
    double warmup_slowdown_share;
    enum neap_balancer_type balancer;
    struct neap_client_options client;
    size_t containers_most; /* ready and draining together */
    size_t waiting_most;    /* requests in queues and between attempts, all containers together */
    size_t classes, versions;
    bool holds; /* while none is ready requests wait, as many as at one; else they are refused */
    bool by_events; /* the kernel that does everything, where a faster one would do too */
};

/* Why a request got no answer; counted once, by the cause of its last attempt. */
enum neap_failure {
    NEAP_FAILED_QUEUE_FULL, /* or no container was ready, in a pool that does not hold requests */
    NEAP_FAILED_TIMEOUT,
    NEAP_FAILED_ABANDONED, /* the client's patience ended */
    NEAP_FAILED_CUT        /* its container went away */
};
enum { NEAP_FAILURES = 4 };

/* Since the reset, until the end of the last stretch. offered = served + failed + present, always. */
struct neap_pool_totals {
    int64_t offered; /* requests */
    int64_t retries; /* attempts beyond the first */
    int64_t served;
    int64_t failed[NEAP_FAILURES];
    int64_t present;        /* waiting, on CPU, in their wait, or between attempts */
    int64_t waiting;        /* those of them in queues */
    int64_t waiting_most;   /* the most of them at the end of a stretch */
    int64_t latency_ns;     /* sum over those served: arrival to answer */
    double cpu_ns;          /* used by containers that were ready */
    double cpu_draining_ns; /* and by ones that were draining */
};

NEAP_API NEAP_MUST_CHECK enum neap_status neap_pool_new(struct neap_pool **pool,
                                                        const struct neap_pool_options *options,
                                                        struct neap_error *error);
NEAP_API void neap_pool_free(struct neap_pool *pool);
/* Empty, at that time. */
NEAP_API void neap_pool_reset(struct neap_pool *pool, int64_t now_ns);

/* Between stretches. Ready containers are in one row, by position. count containers of that version,
 * ready since ready_ns, go in before position (0 .. those ready). */
NEAP_API void neap_pool_join(struct neap_pool *pool, size_t position, size_t count, size_t version,
                             int64_t ready_ns);
/* count of them from position on leave the row; what they still hold at cut_ns (>= now, and an end
 * of a stretch) is lost. */
NEAP_API void neap_pool_leave(struct neap_pool *pool, size_t position, size_t count,
                              int64_t cut_ns);

/* Likewise, but each is gone by itself: at drained_ns, or later when its last request is done, at
 * cut_ns at the latest. neap_pool_gone() tells when, by that tag. */
NEAP_API void neap_pool_drain(struct neap_pool *pool, size_t position, size_t count,
                              int64_t drained_ns, int64_t cut_ns, uint32_t tag);
struct neap_pool_gone {
    uint32_t tag;
    int64_t end_ns;
};
/* Those that have gone since the last call, in no order; valid until the next change. */
NEAP_API size_t neap_pool_gone(struct neap_pool *pool, const struct neap_pool_gone **gone);

/* One stretch: begin, requests in order of arrival in as many parts as is convenient, each in
 * [now, to_ns), end. */
NEAP_API void neap_pool_begin(struct neap_pool *pool, int64_t to_ns);
NEAP_API void neap_pool_add(struct neap_pool *pool, const struct neap_requests *requests);
NEAP_API void neap_pool_end(struct neap_pool *pool);

/* After neap_pool_end(). */
NEAP_API struct neap_pool_totals neap_pool_totals(const struct neap_pool *pool);
/* The number of requests that are present, and of attempts in queues, integrated over time since the
 * reset, in s: exactly, but that attempts in queues whose clients have given up count until they
 * leave. After neap_pool_end(); costs time for each request present. */
struct neap_pool_presence {
    double present_s, waiting_s;
};
NEAP_API struct neap_pool_presence neap_pool_presence(const struct neap_pool *pool);
/* Of one class: offered, failed (by cause) and CPU. */
struct neap_pool_class {
    int64_t offered, served, failed[NEAP_FAILURES], latency_ns;
    double cpu_ns;
};
NEAP_API struct neap_pool_class neap_pool_class(const struct neap_pool *pool, size_t number);
/* Moves the latencies of that class that were counted since the last call into histogram, of
 * NEAP_HISTOGRAM_BITS, in seconds. */
NEAP_API void neap_pool_take_latencies(struct neap_pool *pool, size_t class_number,
                                       struct neap_histogram *histogram);

NEAP_END_DECLS

#endif

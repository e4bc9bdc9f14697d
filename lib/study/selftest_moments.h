/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a pool holds at given moments, looked at again and again. */
#ifndef NEAP_STUDY_SELFTEST_MOMENTS_H
#define NEAP_STUDY_SELFTEST_MOMENTS_H

#include "study/selftest_plan.h"
#include "study/selftest_simulate.h"

/* Quantities at a moment. */
enum neapi_held {
    NEAPI_HELD_PRESENT,
    NEAPI_HELD_WAITING,
    NEAPI_HELD_BUSY,
    NEAPI_HELD_SPREAD,  /* (present - expected)^2 */
    NEAPI_HELD_DELAYED, /* 1 when as many are present as there are servers */
    NEAPI_HELD_FULL,    /* 1 when as many are present as there is room for */
    NEAPI_HELD
};

/* A row: what is expected, NaN for nothing, and sums in batches of what was seen. */
struct neapi_moment {
    double expected[NEAPI_HELD];
    double servers, room; /* room may be infinite */
    double x[NEAPI_HELD][NEAPI_BATCHES], y[NEAPI_BATCHES];
};

struct neapi_watch {
    struct neap_pool *pool;
    struct neapi_source *source;
    struct neapi_moment *moment; /* one for each row */
    char why[NEAPI_WHY_SIZE];
};

/* False with why when there is no memory or the pool is refused. Free it in either case. */
bool neapi_watch_init(struct neapi_watch *watch, const struct neapi_plan *plan, size_t moments);
void neapi_watch_clear(struct neapi_watch *watch);
/* Lets the pool go on, with the source's arrivals, until then. */
void neapi_watch_pass(const struct neapi_watch *watch, int64_t to_ns);
/* Looks: adds what is there now. False when books do not balance. */
bool neapi_watch_look(struct neapi_watch *watch, size_t moment, size_t batch);
/* Scores of all looks; at least so many looks have to agree and to disagree with a yes or no. */
void neapi_watch_judge(const struct neapi_watch *watch, const char *kernel, size_t moments,
                       struct neapi_verdict verdict[]);

void neapi_run_infinite(const struct neapi_rows *rows, const struct neapi_simulation *simulation,
                        uint64_t replication, struct neapi_verdict verdict[]);
void neapi_run_staffing(const struct neapi_rows *rows, const struct neapi_simulation *simulation,
                        uint64_t replication, struct neapi_verdict verdict[]);

#endif

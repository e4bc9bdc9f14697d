/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPLAY_REQUEST_IMPL_H
#define NEAP_REPLAY_REQUEST_IMPL_H

#include "replay/replay_impl.h"

/* Of the request engine. */
struct neapi_served {
    struct neap_pool *pool;
    struct neap_tape *tape;   /* its own, for a run by itself */
    const size_t *column;     /* by version: of the tape that is read */
    size_t *own_column;       /* of its own one */
    struct neap_needs *needs; /* by version: of the part that goes to the pool */
    bool stretch_open;
    struct neap_pool_presence presence;   /* then, where autoscalers ask for it */
    struct neap_pool_totals last;         /* at the last stretch's end */
    struct neap_pool_totals opened;       /* when the window began */
    struct neap_pool_class *opened_class; /* likewise */
    /* latencies: what was just taken from the pool; of the interval, the period, each class */
    struct neap_histogram *part, *interval, *period, **class, *whole;
    bool listing;  /* of the interval's latencies something will be asked */
    int64_t taken; /* requests served when they were taken last */
};

/* --- request_pool.c ------------------------------------------------------------------------------- */

enum neap_status neapi_served_pool(struct neap_pool **pool, const struct neap_replay *r,
                                   struct neap_error *error);

/* --- request_tape.c ------------------------------------------------------------------------------- */

/* The tape for that many replays of one recording, and by replay and version the column of it. */
enum neap_status neapi_served_tape(struct neap_tape **tape, size_t *const column[],
                                   struct neap_replay *const replay[], size_t count,
                                   struct neap_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads take pieces in order of their index until none is left. */
#include <neap/sweep.h>

#include <stdatomic.h>
#include <stdlib.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "base/array.h"
#include "base/fail.h"

enum { WHOLE = 1000000 }; /* a piece, in parts of which progress is counted */

struct crew;

struct piece {
    struct crew *crew;
    size_t index;
    uint64_t done; /* of WHOLE */
};

struct crew {
    const struct neap_sweep *sweep;
    struct piece *piece;
    atomic_size_t next;   /* piece to begin */
    atomic_size_t failed; /* lowest index that did; SIZE_MAX: none */
    atomic_bool stopped;  /* the hook said so */
    atomic_uint_fast64_t done;
    atomic_flag reporting, failing; /* held by one thread at a time */
    enum neap_status status;        /* of the piece that failed */
    struct neap_error error;
};

int neap_sweep_threads(void)
{
#ifdef _OPENMP
    int threads = omp_get_max_threads();
    return threads < NEAP_SWEEP_THREADS_MOST ? threads : NEAP_SWEEP_THREADS_MOST;
#else
    return 1;
#endif
}

/* --- progress ------------------------------------------------------------------------------------- */

static bool is_over(struct crew *crew, size_t index)
{
    return atomic_load(&crew->stopped) || atomic_load(&crew->failed) < index;
}

/* A thread that finds another one at it goes on with its work. */
static void report(struct crew *crew)
{
    const struct neap_progress *progress = crew->sweep->progress;
    uint64_t total = (uint64_t)crew->sweep->count * WHOLE;
    if (progress == NULL || atomic_flag_test_and_set(&crew->reporting))
        return;
    if (!progress->report(progress->context, atomic_load(&crew->done), total))
        atomic_store(&crew->stopped, true);
    atomic_flag_clear(&crew->reporting);
}

static void advance(struct piece *piece, uint64_t done)
{
    if (done <= piece->done)
        return;
    atomic_fetch_add(&piece->crew->done, done - piece->done);
    piece->done = done;
}

static bool on_progress(void *context, uint64_t done, uint64_t total)
{
    struct piece *piece = context;
    double share = total > 0 ? (double)done / (double)total : 0;
    advance(piece, share < 1 ? (uint64_t)(share * WHOLE) : WHOLE);
    report(piece->crew);
    return !is_over(piece->crew, piece->index);
}

/* --- pieces --------------------------------------------------------------------------------------- */

static void keep_failure(struct crew *crew, size_t index, enum neap_status status,
                         const struct neap_error *error)
{
    while (atomic_flag_test_and_set(&crew->failing))
        ;
    if (index < atomic_load(&crew->failed)) {
        crew->status = status;
        crew->error = *error;
        atomic_store(&crew->failed, index);
    }
    atomic_flag_clear(&crew->failing);
}

static void do_pieces(struct crew *crew)
{
    for (;;) {
        size_t index = atomic_fetch_add(&crew->next, 1);
        if (index >= crew->sweep->count || is_over(crew, index))
            return;
        struct piece *piece = &crew->piece[index];
        struct neap_progress progress = {on_progress, piece};
        struct neap_error error = {0};
        enum neap_status status =
            crew->sweep->piece(crew->sweep->context, index, &progress, &error);
        if (status != NEAP_OK)
            keep_failure(crew, index, status, &error);
        advance(piece, WHOLE);
        report(crew);
    }
}

static int threads_of(const struct neap_sweep *sweep)
{
    int threads = sweep->threads > 0 ? sweep->threads : neap_sweep_threads();
    threads = threads < NEAP_SWEEP_THREADS_MOST ? threads : NEAP_SWEEP_THREADS_MOST;
    return (size_t)threads < sweep->count ? threads : (int)sweep->count;
}

static void do_all(struct crew *crew)
{
    int threads = threads_of(crew->sweep);
#ifdef _OPENMP
    if (threads > 1) {
#pragma omp parallel num_threads(threads)
        do_pieces(crew);
        return;
    }
#endif
    (void)threads;
    do_pieces(crew);
}

static struct crew gather(const struct neap_sweep *sweep)
{
    struct crew crew = {.sweep = sweep,
                        .piece = neapi_allocate(sweep->count, sizeof *crew.piece),
                        .reporting = ATOMIC_FLAG_INIT,
                        .failing = ATOMIC_FLAG_INIT,
                        .status = NEAP_OK};
    atomic_init(&crew.failed, SIZE_MAX);
    return crew;
}

enum neap_status neap_sweep_run(const struct neap_sweep *sweep, struct neap_error *error)
{
    if (sweep->count == 0)
        return NEAP_OK;
    struct crew crew = gather(sweep);
    if (crew.piece == NULL)
        return neapi_no_memory(error, "a sweep");
    for (size_t i = 0; i < sweep->count; i++)
        crew.piece[i] = (struct piece){&crew, i, 0};
    do_all(&crew);
    free(crew.piece);
    if (crew.status != NEAP_OK && error != NULL)
        *error = crew.error;
    if (crew.status == NEAP_OK && atomic_load(&crew.stopped))
        return neapi_fail(error, NEAP_STOPPED, "stopped on request");
    return crew.status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sweep: many pieces of work that do not depend on each other, on several threads. The only place
 * that knows of threads. */
#ifndef NEAP_SWEEP_H
#define NEAP_SWEEP_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

enum { NEAP_SWEEP_THREADS_MOST = 1024 };

/* Threads that a sweep takes when it is left to it: as many as OpenMP gives (one for each core,
 * unless the environment says otherwise), 1 in a build without. */
NEAP_API int neap_sweep_threads(void);

struct neap_sweep {
    /* Does piece index. Called from any thread, for several pieces at once: a piece writes where no
     * other one does, so that results depend on no order. progress, never NULL, is the piece's own
     * and belongs into whatever it calls: it also tells the piece to stop. */
    enum neap_status (*piece)(void *context, size_t index, const struct neap_progress *progress,
                              struct neap_error *error);
    void *context;
    size_t count;                         /* of pieces */
    int threads;                          /* 0: neap_sweep_threads() */
    const struct neap_progress *progress; /* of all pieces together; may be NULL. It is called from
                                           * the threads, by one at a time */
};

/* Does all pieces, those of lower index begun first. After a failure none is begun any more; of
 * failures that of the lowest index is reported, which is always the same one. NEAP_STOPPED when
 * the progress hook said so. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_sweep_run(const struct neap_sweep *sweep,
                                                         struct neap_error *error);

NEAP_END_DECLS

#endif

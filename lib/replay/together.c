/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run, or several side by side on the same traffic. */
#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/request_impl.h"

enum {
    TICKS_PER_REPORT = 1 << 16,
    INTERVALS_PER_REPORT = 4096,
    CHUNKS_PER_REPORT = 64 /* of up to NEAP_TAPE_REQUESTS_MOST requests */
};

static enum neap_status report(const struct neap_replay *r, size_t done, struct neap_error *error)
{
    const struct neap_progress *progress = r->sinks->progress;
    size_t total = neap_recording_count(r->in.recording);
    if (progress == NULL || progress->report == NULL ||
        progress->report(progress->context, done, total))
        return NEAP_OK;
    return neapi_fail(error, NEAP_STOPPED, "stopped after %zu of %zu intervals", done, total);
}

static void end_run(struct neap_replay *r, struct neap_replay_summary *summary)
{
    neapi_replay_finish(r);
    (void)report(r, neap_recording_count(r->in.recording), NULL);
    *summary = r->result;
}

/* --- by rates ------------------------------------------------------------------------------------- */

/* Intervals between two reports: often enough to be stopped at once, however long they are. */
static size_t intervals_per_report(const struct neap_replay *r, double step_s)
{
    double intervals = TICKS_PER_REPORT * neap_autoscaler_period_s(r->in.autoscaler) / step_s;
    return intervals < 1                      ? 1
           : intervals < INTERVALS_PER_REPORT ? (size_t)intervals
                                              : INTERVALS_PER_REPORT;
}

static enum neap_status follow_rates(struct neap_replay *r, struct neap_error *error)
{
    const struct neap_recording *recording = r->in.recording;
    const double *requests = neap_recording_requests(recording);
    int64_t step_ns = neap_recording_step_ns(recording);
    double step_s = (double)step_ns / 1e9;
    size_t per_report = intervals_per_report(r, step_s);
    struct neapi_traffic traffic = {.interval = SIZE_MAX,
                                    .end_ns = neap_recording_start_ns(recording),
                                    .rate = requests[0] / step_s};
    neapi_replay_follow(r, &traffic);
    for (size_t i = 0; i < neap_recording_count(recording); i++) {
        if (i % per_report == 0 && report(r, i, error) != NEAP_OK)
            return NEAP_STOPPED;
        traffic = (struct neapi_traffic){
            .interval = i, .end_ns = traffic.end_ns + step_ns, .rate = requests[i] / step_s};
        neapi_replay_follow(r, &traffic);
    }
    return NEAP_OK;
}

/* --- by requests ---------------------------------------------------------------------------------- */

static void follow_chunk(struct neap_replay *r, const struct neap_chunk *chunk)
{
    struct neapi_traffic traffic = {
        .interval = chunk->interval, .end_ns = chunk->end_ns, .requests = &chunk->requests};
    neapi_replay_follow(r, &traffic);
}

/* All of them begin at the same time; the first one's progress counts for all. */
static enum neap_status follow_tape(struct neap_replay *const replay[], size_t count,
                                    struct neap_tape *tape, struct neap_error *error)
{
    struct neap_chunk chunk;
    neap_tape_rewind(tape, neapi_replay_start_ns(replay[0]));
    for (uint64_t chunks = 0; neap_tape_next(tape, &chunk); chunks++) {
        size_t done = chunk.interval == SIZE_MAX ? 0 : chunk.interval;
        if (chunks % CHUNKS_PER_REPORT == 0 && report(replay[0], done, error) != NEAP_OK)
            return NEAP_STOPPED;
        for (size_t i = 0; i < count; i++)
            follow_chunk(replay[i], &chunk);
    }
    return NEAP_OK;
}

/* --- one ------------------------------------------------------------------------------------------ */

enum neap_status neap_replay_run(struct neap_replay *r, const struct neap_replay_sinks *sinks,
                                 struct neap_replay_summary *summary, struct neap_error *error)
{
    enum neap_status status = neapi_replay_begin(r, sinks, error);
    if (status != NEAP_OK)
        return status;
    if (r->engine == &neapi_engine_request)
        r->served->column = r->served->own_column;
    status = r->engine == &neapi_engine_request ? follow_tape(&r, 1, r->served->tape, error)
                                                : follow_rates(r, error);
    if (status == NEAP_OK)
        end_run(r, summary);
    return status;
}

/* --- several -------------------------------------------------------------------------------------- */

static bool share_traffic(const struct neap_replay *a, const struct neap_replay *b)
{
    return a->engine == &neapi_engine_request && b->engine == &neapi_engine_request &&
           a->in.recording == b->in.recording && a->in.run->seed == b->in.run->seed &&
           a->in.replication == b->in.replication &&
           neapi_replay_start_ns(a) == neapi_replay_start_ns(b);
}

/* Replays of one tape, and where its columns for them are kept. */
struct group {
    size_t count;
    struct neap_replay **replay;
    size_t **column, *columns;
    struct neap_tape *tape;
};

static void clear_group(struct group *group)
{
    neap_tape_free(group->tape);
    free(group->replay);
    free(group->column);
    free(group->columns);
}

static enum neap_status make_group(struct group *group, const struct neap_replay_job job[],
                                   size_t count, struct neap_error *error)
{
    size_t columns = 0;
    for (size_t i = 0; i < count; i++)
        columns += job[i].replay->mix.versions;
    *group = (struct group){.count = count};
    group->replay = neapi_allocate(count, sizeof(struct neap_replay *));
    group->column = neapi_allocate(count, sizeof(size_t *));
    group->columns = neapi_allocate(columns, sizeof *group->columns);
    if (group->replay == NULL || group->column == NULL || group->columns == NULL)
        return neapi_no_memory(error, "replays side by side");
    for (size_t i = 0, next = 0; i < count; next += job[i++].replay->mix.versions) {
        group->replay[i] = job[i].replay;
        group->column[i] = &group->columns[next];
    }
    return neapi_served_tape(&group->tape, group->column, group->replay, count, error);
}

static enum neap_status run_group(const struct group *group, const struct neap_replay_job job[],
                                  struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < group->count; i++) {
        status = neapi_replay_begin(group->replay[i], job[i].sinks, error);
        group->replay[i]->served->column = group->column[i];
    }
    if (status == NEAP_OK)
        status = follow_tape(group->replay, group->count, group->tape, error);
    for (size_t i = 0; status == NEAP_OK && i < group->count; i++)
        end_run(group->replay[i], job[i].summary);
    return status;
}

enum neap_status neap_replay_run_together(const struct neap_replay_job job[], size_t count,
                                          struct neap_error *error)
{
    struct group group;
    size_t sharing = 1;
    while (sharing < count && share_traffic(job[0].replay, job[sharing].replay))
        sharing++;
    enum neap_status status = NEAP_OK;
    if (sharing < count || count < 2) {
        for (size_t i = 0; status == NEAP_OK && i < count; i++)
            status = neap_replay_run(job[i].replay, job[i].sinks, job[i].summary, error);
        return status;
    }
    status = make_group(&group, job, count, error);
    if (status == NEAP_OK)
        status = run_group(&group, job, error);
    for (size_t i = 0; i < count; i++)
        job[i].replay->served->column = job[i].replay->served->own_column;
    clear_group(&group);
    return status;
}

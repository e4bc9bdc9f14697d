/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tapes: interval by interval, a block of requests at a time. Variates are counted within each
 * interval, so that none depends on how many requests came before. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "request/arrivals.h"
#include "request/needs.h"
#include "request/streams.h"
#include "request/tape.h"

enum {
    CLASSES_MOST = UINT8_MAX + 1,
    ALIGNMENT = 64,
    /* intervals before the recording are counted backwards from it, from here on */
    BEFORE = 1 << 27
};
_Static_assert((int)NEAP_RECORDING_INTERVALS_MOST < (int)BEFORE, "intervals have own numbers");
_Static_assert((int)NEAPI_ARRIVALS_BLOCK <= (int)NEAP_TAPE_REQUESTS_MOST, "a block fits a chunk");

struct neap_tape {
    const struct neap_recording *recording; /* borrowed */
    const struct neapi_draws *draws;
    struct neapi_arrivals arrivals;
    struct neapi_needs needs;
    struct neap_stream classes, picks, part[NEAPI_PARTS];
    struct neap_needs *by_profile; /* of chunks */
    size_t profiles;

    int64_t start_ns;            /* of the tape; the recording's or earlier */
    size_t before;               /* intervals before the recording that are still to come */
    size_t next;                 /* interval of the recording that comes then */
    bool open;                   /* the one before it is not at its end */
    int32_t bound[CLASSES_MOST]; /* between classes, in the open interval */

    /* requests recorded one by one, or NULL */
    const int64_t *stamp_ns;
    const uint8_t *stamp_class; /* of them, where known */
    size_t stamps, stamp;       /* the one that comes next */
    const uint8_t *known_class; /* of the open interval's requests, or NULL */

    /* one block */
    void *memory;
    int64_t *arrival_ns;
    double *tail, *value;
    uint32_t *pick;
    uint8_t *class_number;
};

/* --- making one ----------------------------------------------------------------------------------- */

static enum neap_status check(const struct neap_recording *recording, size_t count,
                              struct neap_error *error)
{
    const double *requests = neap_recording_requests(recording);
    double most = (double)neap_recording_step_ns(recording) / 16;
    if (count < 1 || count > NEAP_TAPE_PROFILES_MOST)
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found %zu profiles for one tape, expected 1 to %d", count,
                          NEAP_TAPE_PROFILES_MOST);
    if (neap_recording_classes(recording) > CLASSES_MOST)
        return neapi_fail(error, NEAP_BAD_DATA,
                          "found %zu request classes, expected at most %d where requests are "
                          "followed one by one: take classes together",
                          neap_recording_classes(recording), CLASSES_MOST);
    for (size_t i = 0; i < neap_recording_count(recording); i++)
        if (requests[i] > most)
            return neapi_fail(error, NEAP_BAD_DATA,
                              "found %g requests in one interval, expected at most %g where "
                              "requests are followed one by one: one in 16 ns",
                              requests[i], most);
    return NEAP_OK;
}

/* Takes room for a block of items of that size. */
static void *take(unsigned char **memory, size_t size)
{
    void *taken = *memory;
    *memory += NEAPI_ARRIVALS_BLOCK * size;
    return taken;
}

static enum neap_status make_block(struct neap_tape *tape, struct neap_error *error)
{
    struct neapi_needs *needs = &tape->needs;
    const struct neapi_part *cpu = &needs->part[NEAPI_PART_CPU];
    const struct neapi_part *wait = &needs->part[NEAPI_PART_WAIT];
    size_t arrays = cpu->needs + wait->needs;
    size_t item = sizeof *tape->arrival_ns + 2 * sizeof *tape->tail + sizeof *tape->pick +
                  sizeof *tape->class_number + arrays * sizeof(int64_t);
    tape->by_profile = neapi_allocate(tape->profiles, sizeof *tape->by_profile);
    tape->memory = neapi_allocate(1, NEAPI_ARRIVALS_BLOCK * item + ALIGNMENT);
    if (tape->by_profile == NULL || tape->memory == NULL)
        return neapi_no_memory(error, "a block of requests");
    unsigned char *memory = tape->memory;
    memory += ALIGNMENT - (uintptr_t)memory % ALIGNMENT;
    tape->arrival_ns = take(&memory, sizeof *tape->arrival_ns);
    tape->tail = take(&memory, sizeof *tape->tail);
    tape->value = take(&memory, sizeof *tape->value);
    for (int part = 0; part < NEAPI_PARTS; part++)
        for (size_t n = 0; n < needs->part[part].needs; n++)
            needs->part[part].need[n].time_ns = take(&memory, sizeof(int64_t));
    tape->pick = take(&memory, sizeof *tape->pick);
    tape->class_number = take(&memory, sizeof *tape->class_number);
    for (size_t p = 0; p < tape->profiles; p++)
        tape->by_profile[p] = (struct neap_needs){cpu->need[cpu->need_of[p]].time_ns,
                                                  wait->need[wait->need_of[p]].time_ns};
    neapi_needs_settle(needs, NEAPI_ARRIVALS_BLOCK);
    return NEAP_OK;
}

static void make_streams(struct neap_tape *tape, uint64_t seed, uint64_t replication)
{
    double dispersion;
    tape->stamp_ns = neap_recording_stamps(tape->recording, &tape->stamps);
    tape->stamp_class = neap_recording_stamp_classes(tape->recording);
    enum neap_arrivals kind = neap_recording_arrivals(tape->recording, &dispersion);
    neapi_arrivals_init(&tape->arrivals, tape->draws, kind, dispersion, seed, replication);
    neap_stream_init(&tape->classes, seed, replication, NEAPI_STREAM_TAPE_CLASS);
    neap_stream_init(&tape->picks, seed, replication, NEAPI_STREAM_TAPE_PICK);
    neap_stream_init(&tape->part[NEAPI_PART_CPU], seed, replication, NEAPI_STREAM_TAPE_CPU);
    neap_stream_init(&tape->part[NEAPI_PART_WAIT], seed, replication, NEAPI_STREAM_TAPE_WAIT);
}

enum neap_status neap_tape_new(struct neap_tape **tape, const struct neap_recording *recording,
                               const struct neap_profile *const profile[], size_t count,
                               uint64_t seed, uint64_t replication, struct neap_error *error)
{
    enum neap_status status = check(recording, count, error);
    if (status != NEAP_OK)
        return status;
    struct neap_tape *made = neapi_allocate(1, sizeof *made);
    if (made == NULL)
        return neapi_no_memory(error, "a tape of requests");
    made->recording = recording;
    made->draws = neapi_draws_fastest();
    made->profiles = count;
    make_streams(made, seed, replication);
    status = neapi_needs_make(&made->needs, recording, profile, count, error);
    if (status == NEAP_OK)
        status = make_block(made, error);
    if (status != NEAP_OK) {
        neap_tape_free(made);
        return status;
    }
    neap_tape_rewind(made, neap_recording_start_ns(recording));
    *tape = made;
    return NEAP_OK;
}

void neap_tape_free(struct neap_tape *tape)
{
    if (tape == NULL)
        return;
    neapi_needs_free(&tape->needs);
    free(tape->by_profile);
    free(tape->memory);
    free(tape);
}

void neapi_tape_draw_by(struct neap_tape *tape, const struct neapi_draws *draws)
{
    tape->draws = tape->arrivals.draws = draws;
}

/* --- reading -------------------------------------------------------------------------------------- */

void neap_tape_rewind(struct neap_tape *tape, int64_t start_ns)
{
    int64_t recorded_ns = neap_recording_start_ns(tape->recording);
    int64_t step_ns = neap_recording_step_ns(tape->recording);
    tape->start_ns = start_ns < recorded_ns ? start_ns : recorded_ns;
    tape->before = (size_t)((recorded_ns - tape->start_ns + step_ns - 1) / step_ns);
    tape->next = tape->stamp = 0;
    tape->open = false;
}

/* Where the uniforms of each class end, by its share of the interval's requests. */
static void set_bounds(struct neap_tape *tape, size_t interval)
{
    size_t classes = tape->needs.classes;
    double sum = 0, below = 0;
    for (size_t c = 0; c < classes; c++)
        sum += neap_recording_class_requests(tape->recording, c)[interval];
    for (size_t c = 0; c + 1 < classes; c++) {
        below += neap_recording_class_requests(tape->recording, c)[interval];
        double share = sum > 0 ? fmin(below / sum, 1) : 0;
        tape->bound[c] = (int32_t)(share * (INT32_C(1) << NEAPI_SHARE_BITS) + 0.5);
    }
}

/* An interval before the recording, at the rate of its first one; the first of them may be cut. */
static void open_before(struct neap_tape *tape)
{
    int64_t recorded_ns = neap_recording_start_ns(tape->recording);
    int64_t step_ns = neap_recording_step_ns(tape->recording);
    int64_t end_ns = recorded_ns - (int64_t)(tape->before - 1) * step_ns;
    int64_t begin_ns = end_ns - step_ns < tape->start_ns ? tape->start_ns : end_ns - step_ns;
    double mean = neap_recording_requests(tape->recording)[0];
    if (end_ns - begin_ns < step_ns)
        mean *= (double)(end_ns - begin_ns) / (double)step_ns;
    tape->before--;
    tape->known_class = NULL;
    set_bounds(tape, 0);
    neapi_arrivals_open(&tape->arrivals, BEFORE + (uint64_t)tape->before, begin_ns, end_ns, mean);
}

/* How many recorded requests there are before end_ns, of those that come next. */
static size_t stamps_before(const struct neap_tape *tape, int64_t end_ns)
{
    size_t low = tape->stamp, high = tape->stamps;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tape->stamp_ns[middle] < end_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low - tape->stamp;
}

static void open_recorded(struct neap_tape *tape)
{
    size_t i = tape->next++;
    int64_t step_ns = neap_recording_step_ns(tape->recording);
    int64_t begin_ns = neap_recording_start_ns(tape->recording) + (int64_t)i * step_ns;
    set_bounds(tape, i);
    if (tape->stamp_ns == NULL) {
        neapi_arrivals_open(&tape->arrivals, i, begin_ns, begin_ns + step_ns,
                            neap_recording_requests(tape->recording)[i]);
        return;
    }
    size_t count = stamps_before(tape, begin_ns + step_ns);
    neapi_arrivals_open_recorded(&tape->arrivals, i, begin_ns, begin_ns + step_ns,
                                 tape->stamp_ns + tape->stamp, count);
    tape->known_class = tape->stamp_class == NULL ? NULL : tape->stamp_class + tape->stamp;
    tape->stamp += count;
}

/* Classes, needs and picks of so many requests of the open interval, from that number on. */
static void draw(struct neap_tape *tape, uint64_t number, size_t count)
{
    uint64_t first = tape->arrivals.first + number;
    size_t blocks = (count + NEAPI_DRAWS_BLOCK - 1) / NEAPI_DRAWS_BLOCK;
    const struct neapi_draws *draws = tape->draws;
    if (tape->needs.classes > 1 && tape->known_class != NULL)
        memcpy(tape->class_number, tape->known_class + number, count);
    else if (tape->needs.classes > 1)
        draws->classes(&tape->classes, first, tape->bound, tape->needs.classes - 1, blocks,
                       tape->class_number);
    for (int part = 0; part < NEAPI_PARTS; part++)
        neapi_needs_draw(&tape->needs, draws, part, &tape->part[part], first, tape->class_number,
                         blocks, tape->tail, tape->value);
    draws->picks(&tape->picks, first, blocks, tape->pick);
}

bool neap_tape_next(struct neap_tape *tape, struct neap_chunk *chunk)
{
    struct neapi_arrivals *arrivals = &tape->arrivals;
    if (!tape->open && tape->before > 0)
        open_before(tape);
    else if (!tape->open && tape->next < neap_recording_count(tape->recording))
        open_recorded(tape);
    else if (!tape->open)
        return false;
    uint64_t number = arrivals->done;
    int64_t begin_ns = arrivals->at_ns;
    size_t count = neapi_arrivals_next(arrivals, tape->arrival_ns);
    if (count > 0)
        draw(tape, number, count);
    tape->open = arrivals->at_ns < arrivals->end_ns;
    *chunk = (struct neap_chunk){begin_ns,
                                 arrivals->at_ns,
                                 tape->next - 1,
                                 {count, tape->arrival_ns, tape->pick,
                                  tape->needs.classes > 1 ? tape->class_number : NULL,
                                  tape->by_profile}};
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Streams as a generator of GSL's, so that its distributions run on them. GSL's own generators
 * keep 32 bits of the seed, too few for many streams. */
#include <limits.h>

#include <neap/random.h>

#include "random/stream.h"

struct state {
    struct neap_stream stream;
    uint64_t index;
};

_Static_assert(sizeof(struct state) == sizeof(((struct neap_stream_reader *)NULL)->state),
               "one layout for both");

static void set(void *memory, unsigned long seed)
{
    struct state *state = memory;
    neap_stream_init(&state->stream, seed, 0, 0);
    state->index = 0;
}

static uint64_t next(void *memory)
{
    struct state *state = memory;
    return neapi_stream_bits(&state->stream, state->index++);
}

static unsigned long get(void *memory)
{
    return (unsigned long)(next(memory) >> (64 - CHAR_BIT * sizeof(unsigned long)));
}

static double get_double(void *memory)
{
    return neapi_uniform_from(next(memory));
}

static const gsl_rng_type type = {
    "neap_stream", ULONG_MAX, 0, sizeof(struct state), set, get, get_double,
};

void neap_stream_reader_init(struct neap_stream_reader *reader, const struct neap_stream *stream,
                             uint64_t first)
{
    reader->gsl = (gsl_rng){&type, &reader->state};
    reader->state.stream = *stream;
    reader->state.index = first;
}

const gsl_rng_type *neap_stream_gsl_type(void)
{
    return &type;
}

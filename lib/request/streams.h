/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REQUEST_STREAMS_H
#define NEAP_REQUEST_STREAMS_H

/* What the random numbers of requests are for; a replay's others are 1 to 3, 16 and 17 (replay/streams.h). A
 * purpose keeps its number for ever: results depend on it. */
enum {
    NEAPI_STREAM_TAPE_COUNT = 4, /* how many requests come, by interval */
    NEAPI_STREAM_TAPE_GAP = 5,   /* between arrivals; this and what follows by request */
    NEAPI_STREAM_TAPE_REST = 6,  /* gaps after a block of them, together, by block */
    NEAPI_STREAM_TAPE_CLASS = 7,
    NEAPI_STREAM_TAPE_CPU = 8,
    NEAPI_STREAM_TAPE_WAIT = 9,
    NEAPI_STREAM_TAPE_PICK = 10
};

#endif

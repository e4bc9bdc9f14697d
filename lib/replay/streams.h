/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPLAY_STREAMS_H
#define NEAP_REPLAY_STREAMS_H

/* What random numbers are for. A purpose keeps its number for ever: results depend on it. */
enum {
    NEAPI_STREAM_METRIC = 1,
    NEAPI_STREAM_START = 2,
    NEAPI_STREAM_COUNT = 3,
    NEAPI_STREAM_FAILURE = 16,
    NEAPI_STREAM_NODE = 17,
    NEAPI_STREAM_HELD = 18,
    NEAPI_STREAM_WAITING = 19,
    NEAPI_STREAM_LATENCY = 20
};

#endif

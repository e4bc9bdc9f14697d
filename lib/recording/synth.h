/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_RECORDING_SYNTH_H
#define NEAP_RECORDING_SYNTH_H

#include <neap/random.h>
#include <neap/recording.h>

/* What random numbers are for. A purpose keeps its number for ever: results depend on it. */
enum {
    NEAPI_STREAM_SYNTH_COUNT = 64,
    NEAPI_STREAM_SYNTH_DRIFT = 65,
    NEAPI_STREAM_SYNTH_BURSTS = 66,     /* how many begin in an hour */
    NEAPI_STREAM_SYNTH_BURST_START = 67 /* when in the hour */
};

enum { NEAPI_SYNTH_DAYS = 7, NEAPI_SYNTH_INSTANTS_MOST = 64 };

/* Stretches of time in order, none touching another. */
struct neapi_span {
    int64_t start_ns, end_ns;
};

struct neapi_spans {
    struct neapi_span *span;
    size_t count, capacity;
    size_t next; /* the first that does not end before the last question */
};

/* All that is known before the first count is drawn. */
struct neapi_synth_plan {
    const struct neap_synth_options *options;
    const struct neap_zone *zone;
    const struct neap_holidays *holidays;
    int64_t start_ns, step_ns;
    size_t count;
    double day_factor[NEAPI_SYNTH_DAYS]; /* Monday first */
    double growth_log;                   /* a week */
    double scale;                        /* from the shape to requests a second */
    int64_t flash_ns[NEAPI_SYNTH_INSTANTS_MOST];
    size_t flashes;
    double *drift_log; /* at each hour from the start on */
    struct neapi_spans bursts, outages;
    struct neapi_span day; /* the civil day asked for last, and whether it is a holiday */
    bool is_holiday;
};

/* synth_options.c: checks the options and fills in all but scale, drift and bursts. */
enum neap_status neapi_synth_check(struct neapi_synth_plan *plan, struct neap_error *error);

/* synth_plan.c */
enum neap_status neapi_synth_prepare(struct neapi_synth_plan *plan, struct neap_error *error);
/* Requests expected in an interval; to be asked in ascending order. */
double neapi_synth_expected(struct neapi_synth_plan *plan, size_t interval);
/* Adds a stretch that starts no earlier than those before; false without memory. */
bool neapi_spans_add(struct neapi_spans *spans, int64_t start_ns, int64_t end_ns);
void neapi_synth_free(struct neapi_synth_plan *plan);

#endif

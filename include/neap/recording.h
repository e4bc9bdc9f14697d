/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * recording: traffic and observations on one time axis, with its gaps. A regular grid of
 * intervals; each holds the requests that arrived in it, by class, and what was observed. */
#ifndef NEAP_RECORDING_H
#define NEAP_RECORDING_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

struct neap_zone; /* <neap/calendar.h> */

enum neap_value_unit { NEAP_VALUE_REQUESTS, NEAP_VALUE_PER_SECOND };
enum neap_gaps { NEAP_GAPS_HOLD, NEAP_GAPS_INTERPOLATE, NEAP_GAPS_ZERO, NEAP_GAPS_ERROR };
enum neap_delimiter {
    NEAP_DELIMITER_AUTO,
    NEAP_DELIMITER_COMMA,
    NEAP_DELIMITER_SEMICOLON,
    NEAP_DELIMITER_TAB
};

/* The section [traffic] of a scenario; neap_recording_parameters describes it. */
struct neap_recording_options {
    char file[NEAP_TEXT_SIZE];
    char time_column[NEAP_TEXT_SIZE];
    char value_column[NEAP_TEXT_SIZE];
    char time_format[NEAP_TEXT_SIZE]; /* as neap_time_parse() reads it */
    int value_unit;                   /* enum neap_value_unit */
    int gaps;                         /* enum neap_gaps */
    char from[NEAP_TEXT_SIZE];        /* window [from, to); "" = as far as the data go */
    char to[NEAP_TEXT_SIZE];
    double scale;                  /* factor on all requests, 1 = as recorded */
    char arrivals[NEAP_TEXT_SIZE]; /* as neap_arrivals_parse() reads it */
    int delimiter;                 /* enum neap_delimiter */
    double step_s;                 /* NaN = the most frequent distance of two rows */
};

/* Ends with a row whose name is NULL. */
NEAP_API extern const struct neap_parameter neap_recording_parameters[];
NEAP_API void neap_recording_options_init(struct neap_recording_options *options);

/* How arrivals lie within an interval. */
enum neap_arrivals {
    NEAP_ARRIVALS_EXACT,   /* evenly spread, as many as recorded */
    NEAP_ARRIVALS_POISSON, /* at random, index of dispersion 1 */
    NEAP_ARRIVALS_BURST    /* clustered, index of dispersion given */
};

/* Reads "exact", "poisson" or "burst(2.5)"; dispersion is variance over mean of counts: 0, 1, or
 * what burst says, 1 <= x <= 1e6. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_arrivals_parse(enum neap_arrivals *kind,
                                                              double *dispersion, const char *text,
                                                              struct neap_error *error);

enum { NEAP_RECORDING_INTERVALS_MOST = 100000000 };

/* Opaque and immutable; threads may share it. */
struct neap_recording;

/* Reads a CSV file, plain or gzip (rules of the format itself: neap_table_read_csv()).
 *
 * Canonical: columns time, requests and, in any order, requests.CLASS, cpu_cores, replicas, p50_s,
 * p95_s, p99_s, errors; any other is an error. With another time_column or value_column than the
 * default those two are read and the others ignored.
 *
 * time is the start of an interval. Rows may come in any order. Of rows with one time the first in
 * the file counts (an error when gaps = error). The step is that of the options, else the most
 * frequent distance; all times must lie on the grid that begins at the first one. Where 10
 * distances in a row agree on another multiple of an inferred step, the recording is said to change
 * its step: an error, as those rows would otherwise be taken for gaps.
 *
 * An interval without a row, or whose value is empty, is a gap. It is filled as gaps says, classes
 * alike: hold repeats the last value before it (the next one when there is none), interpolate
 * draws a line between the two. Observations stay missing there. A row with an empty
 * requests.CLASS is an error unless requests is empty too. Fewer than one row in 1,000 intervals is
 * an error in recordings of more than 10^7 values, and so are more than
 * NEAP_RECORDING_INTERVALS_MOST intervals.
 *
 * from and to cut the recording to intervals that start in [from, to), as far as there are data;
 * rows outside are checked, and used for filling gaps at its edges only. scale is applied to requests and
 * classes, not to observations.
 *
 * directory is what a relative file is relative to, NULL for the working directory. zone is for
 * times without an offset, NULL for UTC. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_read(struct neap_recording **recording, const struct neap_recording_options *options,
                    const char *directory, const struct neap_zone *zone, struct neap_error *error);

/* One class, no observations, no gaps: requests[i] arrived in [start + i step, start + (i+1) step).
 * They are copied; count >= 1, step_ns >= 1, every value finite and >= 0. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_from_array(struct neap_recording **recording, int64_t start_ns, int64_t step_ns,
                          const double *requests, size_t count, struct neap_error *error);

/* The recording on another step. Coarser, a multiple: requests, classes and errors are summed,
 * cpu_cores and replicas are means of what is there, latency quantiles are dropped (they cannot be
 * averaged); the last interval may be partly empty, so the total stays. Finer, a divisor: requests,
 * classes and errors are split evenly, other observations repeated. Anything else is
 * NEAP_BAD_ARGUMENT. gaps and row counts are those of the original. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_resample(struct neap_recording **resampled, const struct neap_recording *recording,
                        int64_t step_ns, struct neap_error *error);

/* NULL is fine. */
NEAP_API void neap_recording_free(struct neap_recording *recording);

/* The path it was read from, "" for one made from an array. */
NEAP_API const char *neap_recording_path(const struct neap_recording *recording);
NEAP_API int64_t neap_recording_start_ns(const struct neap_recording *recording);
/* Of the last interval: start + count x step. */
NEAP_API int64_t neap_recording_end_ns(const struct neap_recording *recording);
NEAP_API int64_t neap_recording_step_ns(const struct neap_recording *recording);
NEAP_API size_t neap_recording_count(const struct neap_recording *recording);

/* Requests of all classes by interval, gaps filled, scaled. */
NEAP_API const double *neap_recording_requests(const struct neap_recording *recording);
/* Their sum. */
NEAP_API double neap_recording_total(const struct neap_recording *recording);

/* Classes, at least one: without class columns the one class "all"; else those of the file in its
 * order, then "other" when they leave anything over. */
NEAP_API size_t neap_recording_classes(const struct neap_recording *recording);
NEAP_API const char *neap_recording_class_name(const struct neap_recording *recording,
                                               size_t index);
NEAP_API const double *neap_recording_class_requests(const struct neap_recording *recording,
                                                     size_t index);

enum neap_observation {
    NEAP_OBSERVED_CPU_CORES, /* CPU used by all containers together, mean of the interval */
    NEAP_OBSERVED_REPLICAS,  /* ready containers */
    NEAP_OBSERVED_P50_S,
    NEAP_OBSERVED_P95_S,
    NEAP_OBSERVED_P99_S,
    NEAP_OBSERVED_ERRORS, /* failed requests in the interval */
    NEAP_OBSERVATIONS
};

/* By interval, NaN where missing; NULL when it was not recorded. */
NEAP_API const double *neap_recording_observed(const struct neap_recording *recording,
                                               enum neap_observation which);
/* The column's name: "cpu_cores". */
NEAP_API const char *neap_observation_name(enum neap_observation which);

/* What was found wrong with the rows of the window, and mended; disorder is that of the file. */
struct neap_recording_gaps {
    uint64_t count;         /* runs of intervals without a value */
    uint64_t intervals;     /* their intervals */
    double seconds;         /* their length */
    double requests_filled; /* requests put there, scaled */
    uint64_t duplicates;    /* rows left out because an earlier one has the same time */
    uint64_t disorder;      /* rows whose time is before that of the row above */
};
NEAP_API const struct neap_recording_gaps *
neap_recording_gaps(const struct neap_recording *recording);
/* Rows of data in the file, and those of them in the window. */
NEAP_API uint64_t neap_recording_rows_read(const struct neap_recording *recording);
NEAP_API uint64_t neap_recording_rows_used(const struct neap_recording *recording);

NEAP_END_DECLS

#endif

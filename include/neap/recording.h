/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * recording: traffic and observations on one time axis, with its gaps. A regular grid of
 * intervals; each holds the requests that arrived in it, by class, and what was observed. */
#ifndef NEAP_RECORDING_H
#define NEAP_RECORDING_H

#include <neap/base.h>

NEAP_BEGIN_DECLS

struct neap_zone; /* <neap/calendar.h> */
struct neap_holidays;
struct neap_day_curve;

enum neap_value_unit { NEAP_VALUE_REQUESTS, NEAP_VALUE_PER_SECOND };
enum neap_gaps { NEAP_GAPS_HOLD, NEAP_GAPS_INTERPOLATE, NEAP_GAPS_ZERO, NEAP_GAPS_ERROR };
enum neap_delimiter {
    NEAP_DELIMITER_AUTO,
    NEAP_DELIMITER_COMMA,
    NEAP_DELIMITER_SEMICOLON,
    NEAP_DELIMITER_TAB
};

/* Which column holds the requests of a class: the key value_column.NAME. */
struct neap_class_column {
    const char *name;   /* of the class: at most 64 of a-z, 0-9, _ and -, not all or other */
    const char *column; /* of the file */
};

/* The section [traffic] of a scenario; neap_recording_parameters describes it. */
struct neap_recording_options {
    char file[NEAP_TEXT_SIZE];
    char time_column[NEAP_TEXT_SIZE];
    char value_column[NEAP_TEXT_SIZE];
    char class_field[NEAP_TEXT_SIZE]; /* key class_column */
    char time_format[NEAP_TEXT_SIZE]; /* as neap_time_parse() reads it */
    int value_unit;                   /* enum neap_value_unit */
    int gaps;                         /* enum neap_gaps */
    char from[NEAP_TEXT_SIZE];        /* window [from, to); "" = as far as the data go */
    char to[NEAP_TEXT_SIZE];
    double scale;                                 /* factor on all requests, 1 = as recorded */
    char arrivals[NEAP_TEXT_SIZE];                /* as neap_arrivals_parse() reads it */
    int delimiter;                                /* enum neap_delimiter */
    double step_s;                                /* NaN = the most frequent distance of two rows */
    const struct neap_class_column *class_column; /* class_columns of them, borrowed; not in the
                                                   * table, as each has a name of its own */
    size_t class_columns;
    const char *const *class_name; /* class_names of them, borrowed; not in the table: names that
                                    * cells of class_field may hold; none: any, and they
                                    * become the classes */
    size_t class_names;
};

/* Ends with a row whose name is NULL. */
NEAP_API extern const struct neap_parameter neap_recording_parameters[];
NEAP_API void neap_recording_options_init(struct neap_recording_options *options);

/* How arrivals lie within an interval. */
enum neap_arrivals {
    NEAP_ARRIVALS_EXACT,   /* at random, as many as recorded */
    NEAP_ARRIVALS_POISSON, /* at random, index of dispersion 1 */
    NEAP_ARRIVALS_BURST,   /* clustered, index of dispersion given */
    NEAP_ARRIVALS_RECORDED /* each at its own time, as recorded */
};

/* Reads "exact", "poisson", "burst(2.5)" or "recorded"; dispersion is variance over mean of counts:
 * 0, 1, what burst says (1 <= x <= 1e6), 0. */
NEAP_API NEAP_MUST_CHECK enum neap_status neap_arrivals_parse(enum neap_arrivals *kind,
                                                              double *dispersion, const char *text,
                                                              struct neap_error *error);

enum {
    NEAP_RECORDING_INTERVALS_MOST = 100000000,
    NEAP_RECORDING_STAMPS_MOST = 250000000 /* requests one by one: 8 bytes each, 9 with classes */
};

/* Opaque and immutable; threads may share it. */
struct neap_recording;

/* Reads a CSV file, plain or gzip (rules of the format itself: neap_table_read_csv()).
 *
 * Canonical: columns time, requests and, in any order, requests.CLASS, cpu_cores, replicas, p50_s,
 * p95_s, p99_s, errors; any other is an error. With another time_column or value_column than the
 * default, or with class_column, the columns named are read and the others ignored. The columns
 * of class_column become classes in their order; when value_column has its default and the file has no such
 * column, requests are the sum of the classes, empty where all of them are.
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
 * With arrivals = recorded each row is one request, at its own time and, with class_field, of the
 * class that the cell there names: those of class_name in their order, else those of the file in the
 * order of their first rows; "other" is the last. Other columns are ignored, but one called requests
 * is an error, and so are options about counts: value_column, class_column, value_unit, scale, and
 * gaps other than hold and zero: an interval without a row had no requests. The intervals they are
 * counted in have the step of the options, 60 s by default; they begin at from, else at a multiple
 * of the step since the epoch, so that the first and the last may be recorded in part only.
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
 * NEAP_BAD_ARGUMENT, and so is a finer step for requests recorded one by one: read them with that
 * step. gaps and row counts are those of the original. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_resample(struct neap_recording **resampled, const struct neap_recording *recording,
                        int64_t step_ns, struct neap_error *error);

/* Writes the canonical CSV: RFC 3339 in UTC, whole numbers without a point, others with as many
 * digits as it takes, so that neap_recording_read() gives the same bits: requests, classes and
 * observations, not the gaps, which are filled. A step cannot be read from one row: a recording of
 * one interval needs traffic.step. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_write(const struct neap_recording *recording, FILE *stream,
                     struct neap_error *error);

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

/* How arrivals lie within the intervals; dispersion as neap_arrivals_parse() gives it, NULL is fine.
 * Exact unless it was read with other options or set. */
NEAP_API enum neap_arrivals neap_recording_arrivals(const struct neap_recording *recording,
                                                    double *dispersion);
/* Before it is shared. kind is exact, Poisson or burst, and dispersion fits: NEAP_BAD_ARGUMENT else,
 * and for a recording of single requests, whose arrivals are known. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_set_arrivals(struct neap_recording *recording, enum neap_arrivals kind,
                            double dispersion, struct neap_error *error);

/* Where requests were recorded one by one (NEAP_ARRIVALS_RECORDED): the times of all of them in
 * ascending order, count = neap_recording_total(). NULL otherwise, and count is 0. */
NEAP_API const int64_t *neap_recording_stamps(const struct neap_recording *recording,
                                              size_t *count);
/* The class of each, as index. NULL where that was not recorded: when there is one class, or when
 * they are known by their shares only. */
NEAP_API const uint8_t *neap_recording_stamp_classes(const struct neap_recording *recording);

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

/* --- classes by share ---------------------------------------------------------------------------- */

/* A section [class NAME]. */
struct neap_class_options {
    char share[NEAP_TEXT_SIZE]; /* neap_day_curve_parse() reads it: NEAP_SHARE, 0 to 1 */
};

/* Ends with a row whose name is NULL. */
NEAP_API const struct neap_parameter *neap_class_parameters(void);
NEAP_API void neap_class_options_init(struct neap_class_options *options);

struct neap_class_share {
    const char *name;                   /* as in struct neap_class_column */
    const struct neap_day_curve *share; /* of all requests, 0..1 */
};

/* The recording with its requests split into count >= 1 classes, by their shares at the middle of
 * each interval in the zone's civil time. What the shares leave over is class "other", as
 * on reading; where they always sum to 1 there is none and the last class takes the rest. The
 * classes of an interval add up to its requests exactly, in any order. Shares that sum to more than
 * 1 (by 1e-9) at some time are NEAP_BAD_SCENARIO, and so are classes of bad or equal names and a
 * recording that has classes already. */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_split(struct neap_recording **split, const struct neap_recording *whole,
                     const struct neap_class_share *shares, size_t count,
                     const struct neap_zone *zone, struct neap_error *error);

/* --- synthetic traffic --------------------------------------------------------------------------- */

/* The section [synth] of a scenario: traffic made up from a shape. The expected rate at an instant
 * is a product of
 *
 *     the day      1 + daily_swing cos(clock - peak_hour) + second_peak (a bell of 1 h deviation)
 *     the week     a factor for each weekday
 *     growth       compounding
 *     holidays     a factor for civil days in the list
 *     drift        lognormal, first-order autoregressive from hour to hour
 *     bursts       at random instants, each a factor for a while
 *     flash crowds at given instants: a straight rise, an exponential decay
 *     outages      nothing arrives
 *
 * where day and week go by the zone's clocks. The first three are scaled so that their mean over
 * the first 7 x 24 hours is mean_rate. Counts are whole numbers around the expected ones, with
 * variance = noise x mean: 0 rounded with the rest carried on, 1 Poisson, above 1 negative
 * binomial (a Poisson count whose mean is gamma distributed); between 0 and 1 that share of the
 * mean is Poisson and the rest rounded. */
struct neap_synth_options {
    char start[NEAP_TEXT_SIZE]; /* neap_time_parse() reads it */
    double days;                /* civil days; not used when end is set */
    char end[NEAP_TEXT_SIZE];   /* first instant not covered any more, "" = by days */
    double step_s;
    double mean_rate;
    double peak_hour_s;       /* since midnight, by the clock */
    double daily_swing_share; /* (peak - trough) / (peak + trough) */
    double second_peak_share; /* of the day's mean, on top at that hour */
    double second_peak_hour_s;
    double weekend_share;             /* a Saturday's and a Sunday's traffic, of a weekday's */
    char day_factors[NEAP_TEXT_SIZE]; /* seven, Monday first; "" = by weekend_share */
    double growth_share;              /* a week */
    double holiday_share;             /* a holiday's traffic, of the same day's otherwise */
    double noise;                     /* index of dispersion of counts per step */
    double drift_share;               /* coefficient of variation */
    double drift_memory_s;            /* in which its correlation falls to 1/e */
    double burst_rate;                /* bursts a second */
    double burst_factor;
    double burst_length_s;
    char flash_at[NEAP_TEXT_SIZE]; /* instants, separated by blanks or commas */
    double flash_factor;           /* at its highest, on the rate without it */
    double flash_rise_s;
    double flash_decay_s;           /* in which it falls to 1/e */
    char outage_at[NEAP_TEXT_SIZE]; /* as flash_at */
    double outage_length_s;
    double seed;
};

/* Ends with a row whose name is NULL. */
NEAP_API const struct neap_parameter *neap_synth_parameters(void);
NEAP_API void neap_synth_options_init(struct neap_synth_options *options);

/* One class, no observations, no gaps. zone NULL: UTC; holidays NULL: none. A longer recording of
 * the same options begins with the numbers of the shorter one. An option that cannot be is
 * NEAP_BAD_SCENARIO, its message beginning with "synth.KEY: ". */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_synth(struct neap_recording **recording, const struct neap_synth_options *options,
                     const struct neap_zone *zone, const struct neap_holidays *holidays,
                     struct neap_error *error);

/* Whether it comes from neap_recording_synth(), split or resampled or not. */
NEAP_API bool neap_recording_is_synthetic(const struct neap_recording *recording);
/* One line for reports: "synthetic traffic: 14 days from ..."; "" for what was recorded. */
NEAP_API const char *neap_recording_description(const struct neap_recording *recording);

/* Holidays as a scenario names them: a list that neap_holidays_new() reads, or "file=NAME", a CSV file with a
 * column date and optionally one called name. directory is as in neap_recording_read(). */
NEAP_API NEAP_MUST_CHECK enum neap_status
neap_recording_read_holidays(struct neap_holidays **holidays, const char *text,
                             const char *directory, struct neap_error *error);

NEAP_END_DECLS

#endif

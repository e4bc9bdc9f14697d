/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From rows to a recording:
 *
 *     CSV --header.c--> which column is what
 *         --rows.c----> rows as the file has them, then in order of time
 *         --grid.c----> the window, the step, every row on the grid
 *         --fill.c----> gaps counted and filled
 *
 * from rows that are requests: stamps.c (rows), stamps_build.c (order, window, counts);
 * and made up: synth_options.c, synth_plan.c (the shape), synth.c (the counts). */
#ifndef NEAP_RECORDING_IMPL_H
#define NEAP_RECORDING_IMPL_H

#include <neap/recording.h>

#include "table/csv.h"

struct recorded_class {
    char *name;
    double *requests;
};

struct neap_recording {
    char *path;
    int64_t start_ns, step_ns;
    size_t count;
    double *requests; /* all classes */
    double total;
    struct recorded_class *class; /* none: there is one, "all" */
    size_t classes;
    double *observed[NEAP_OBSERVATIONS]; /* NULL: not recorded */
    struct neap_recording_gaps gaps;
    uint64_t rows_read, rows_used;
    enum neap_arrivals arrivals;
    double dispersion;
    int64_t *stamp_ns;    /* of single requests, ascending; NULL: they were counted */
    uint8_t *stamp_class; /* NULL: not recorded */
    size_t stamps;
    char description[NEAP_TEXT_SIZE]; /* of synthetic ones */
};

enum { NEAPI_CLASS_NAME_MOST = 64, NEAPI_STAMP_CLASSES_MOST = UINT8_MAX + 1 };

enum role { ROLE_REQUESTS, ROLE_CLASS, ROLE_OBSERVATION };

/* One column of numbers; NaN where the cell is empty. */
struct series {
    enum role role;
    size_t field;                /* of the CSV row */
    enum neap_observation which; /* ROLE_OBSERVATION */
    char *name;                  /* ROLE_CLASS */
    double *value;
    size_t capacity;
};

/* The file's rows. series[0] holds the requests, then come classes and observations as in the
 * header. */
struct rows {
    const char *path;
    const struct neap_recording_options *options;
    const struct neap_zone *zone;
    size_t time_field;
    bool summed; /* series[0] has no field: it is the sum of the classes */
    struct series *series;
    size_t series_count, series_capacity;
    int64_t *time_ns;
    long *line;
    size_t count, time_capacity, line_capacity;
    uint64_t disorder, duplicates;
};

/* The part of the rows that is used and the grid it lies on. */
struct grid {
    size_t first, end; /* rows [first, end) */
    size_t after;      /* first row beyond the window; between lie left out duplicates */
    int64_t start_ns, step_ns;
    size_t count; /* intervals */
};

/* What from and to say. */
struct window {
    int64_t from_ns, to_ns;
    bool has_from, has_to;
};

/* Rows that are requests. */
struct stamps {
    const char *path;
    const struct neap_recording_options *options;
    const struct neap_zone *zone;
    size_t most;                    /* of them */
    size_t time_field, class_field; /* of the CSV row */
    int64_t *time_ns;
    uint8_t *number; /* of the class; NULL without class_column */
    size_t count, time_capacity, number_capacity;
    uint64_t disorder;
    char *class[NEAPI_STAMP_CLASSES_MOST];
    size_t classes;
};

/* header.c: says what each column is. */
enum neap_status neapi_recording_header(struct rows *rows, const struct neapi_csv_field *fields,
                                        size_t count, struct neap_error *error);

/* Finds a column that must be there; key is the setting that names it. */
enum neap_status neapi_require_column(size_t *field, const char *path, const char *name,
                                      const char *key, const struct neapi_csv_field *fields,
                                      size_t count, struct neap_error *error);

/* rows.c */
enum neap_status neapi_read_time(int64_t *time_ns, const char *path,
                                 const struct neap_recording_options *options,
                                 const struct neap_zone *zone, const struct neapi_csv_field *field,
                                 const char *expected, struct neap_error *error);
enum neap_status neapi_rows_append(struct rows *rows, const struct neapi_csv_field *fields,
                                   struct neap_error *error);
/* Puts rows in order of time, those of one time in order of the file. */
enum neap_status neapi_rows_sort(struct rows *rows, struct neap_error *error);
/* Leaves of rows [first, *end) with one time the first; moves *end. */
enum neap_status neapi_rows_unique(struct rows *rows, size_t first, size_t *end,
                                   struct neap_error *error);
void neapi_rows_free(struct rows *rows);

/* grid.c */
enum neap_status neapi_grid_find(struct grid *grid, struct rows *rows, struct neap_error *error);
enum neap_status neapi_window_read(struct window *window,
                                   const struct neap_recording_options *options,
                                   const struct neap_zone *zone, struct neap_error *error);
/* Later minus earlier: instants may lie further apart than int64_t reaches. */
uint64_t neapi_distance_ns(int64_t earlier_ns, int64_t later_ns);

/* fill.c: lays the rows on the grid. */
enum neap_status neapi_recording_fill(struct neap_recording *recording, const struct rows *rows,
                                      const struct grid *grid, struct neap_error *error);

/* stamps.c: whether the options go with single requests, or without. */
enum neap_status neapi_stamps_check(const struct neap_recording_options *options,
                                    struct neap_error *error);
/* Handlers of the CSV; context is a struct stamps. */
enum neap_status neapi_stamps_header(void *context, const struct neapi_csv_field *fields,
                                     size_t count, struct neap_error *error);
enum neap_status neapi_stamps_append(void *context, const struct neapi_csv_field *fields,
                                     size_t count, struct neap_error *error);
bool neapi_stamps_add_class(struct stamps *stamps, const char *name);
void neapi_stamps_free(struct stamps *stamps);
/* stamps_build.c: takes arrays of stamps. */
enum neap_status neapi_stamps_build(struct neap_recording **recording, struct stamps *stamps,
                                    struct neap_error *error);

/* read.c: as neap_recording_read(), from memory. */
enum neap_status neapi_recording_read_memory(struct neap_recording **recording,
                                             const struct neap_recording_options *options,
                                             const void *data, size_t size, const char *name,
                                             const struct neap_zone *zone,
                                             struct neap_error *error);

/* directory/file, or file alone when it is absolute; NULL without memory. The caller frees it. */
char *neapi_recording_join(const char *directory, const char *file);

/* header.c: whether a class may be called that. */
bool neapi_class_name_ok(const char *name);

/* recording.c: an empty one with that path; count values, NaN. */
struct neap_recording *neapi_recording_new(const char *path);
double *neapi_recording_values(size_t count);
/* All but requests, classes and observations. */
struct neap_recording *neapi_recording_like(const struct neap_recording *recording);
/* Adds a class whose name is copied; requests become the recording's. */
bool neapi_recording_add_class(struct neap_recording *recording, const char *name,
                               double *requests);

#endif

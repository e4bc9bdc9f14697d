/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Charts as a document holds them: checked, their columns found, their ticks of time chosen. */
#ifndef NEAP_REPORT_CHART_H
#define NEAP_REPORT_CHART_H

#include "report/impl.h"

/* Each chart is drawn twice, with letters of one size: for a page and for a phone. */
enum neapi_size { NEAPI_WIDE, NEAPI_NARROW };
enum { NEAPI_SIZES = 2, NEAPI_TICKS = 9 };

struct neapi_time_tick {
    int64_t time_ns;
    char label[24];
};

struct neapi_time_axis {
    size_t ticks;
    struct neapi_time_tick tick[NEAPI_TICKS];
};

#define NEAPI_NO_COLUMN SIZE_MAX

struct neapi_series {
    size_t column, low, high; /* low and high: NEAPI_NO_COLUMN without a band */
};

struct neapi_chart {
    struct neap_chart shown; /* its texts are those below */
    char **text;
    size_t texts, text_capacity;
    struct neap_chart_series *series; /* shown.series */
    struct neap_chart_mark *mark;     /* shown.mark */
    char (*when)[32];                 /* civil time of each mark */
    const struct neap_table *table;
    size_t x;
    struct neapi_series *found; /* the columns of each series */
    struct neapi_time_axis axis[NEAPI_SIZES];
    char span[160]; /* the days that the chart shows, and the zone */
};

void neapi_chart_free(struct neapi_chart *chart);

/* The cell as a number to draw; NaN when there is none. */
double neapi_chart_value(const struct neap_table *table, size_t row, size_t column);

/* --- time (time_axis.c) ------------------------------------------------------------------------ */

/* Ticks at round civil times from start to end, as many as fit. */
void neapi_time_axis_fill(struct neapi_time_axis *axis, int64_t start_ns, int64_t end_ns,
                          const struct neap_zone *zone, enum neapi_size size);
/* "2 Mar 2026 to 8 Mar 2026, UTC"; with hours when the days are few. */
void neapi_time_span_format(char *text, size_t size, int64_t start_ns, int64_t end_ns,
                            const struct neap_zone *zone);
/* "2 Mar 2026 10:00" */
void neapi_time_civil_format(char *text, size_t size, int64_t time_ns,
                             const struct neap_zone *zone);

#endif

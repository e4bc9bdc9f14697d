/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How sure a saving is. Each replication replays all profiles with random numbers of its own, which
 * the profiles share; the intervals are those of differences within replications. With one
 * replication, days take their place when there are enough. */
#ifndef NEAP_STUDY_REPLICATIONS_H
#define NEAP_STUDY_REPLICATIONS_H

#include "study/estimate.h"
#include "study/periods.h"
#include "study/variant.h"

enum neapi_measure {
    NEAPI_MEASURE_HOURS, /* container-hours */
    NEAPI_MEASURE_COST,
    NEAPI_MEASURE_CPU,         /* CPU-hours */
    NEAPI_MEASURE_REQUEST_CPU, /* of requests alone */
    NEAPI_MEASURE_P95,
    NEAPI_MEASURE_P99,
    NEAPI_MEASURES
};

/* Limits of doc/method.md, "Replications". */
enum {
    NEAPI_REPLICATIONS_FIRST = 10, /* before precision is looked at */
    NEAPI_REPLICATIONS_MOST = 200, /* made for precision */
    NEAPI_DAYS_LEAST = 10
};

struct neapi_replications {
    size_t variants, count; /* of replications */
    double precision_share; /* wanted; NaN: as many as asked for */
    bool reached;
    bool by_days;  /* one replication, and its days are what values are of */
    size_t values; /* for each variant and measure: count, the number of days, or 0 */
    double lag;    /* autocorrelation of the days' savings */
    double *value; /* [variant][measure][values]; owned; NaN where days have none */
};

/* As many as the scenario asks for. first: what replication 0 gave for each profile; row: for each
 * profile the periods' results. */
enum neap_status neapi_replications_run(struct neapi_replications *replications,
                                        const struct neap_scenario *scenario,
                                        const struct neapi_variant *first,
                                        const struct neapi_periods *periods,
                                        struct neap_timeline_interval *const *row,
                                        const struct neap_study_options *options,
                                        struct neap_error *error);
void neapi_replications_clear(struct neapi_replications *replications);

/* From the first variant to the last; all values are those of a single replication or day. */
struct neapi_paired {
    struct neapi_estimate from, to, change; /* to - from */
    struct neapi_estimate share;            /* the saving, in shares of from */
    /* Of the change, as a share of what runs without common random numbers would have; NaN for days,
     * and when nothing varies. In truth at most 1, as both sides rise with the same numbers
     * (Glasserman and Yao 1992); an estimate above is chance. */
    double variance_share;
};
struct neapi_paired neapi_replications_paired(const struct neapi_replications *replications,
                                              enum neapi_measure measure);

/* "; 10.6% +- 1.5% fewer over 4 replications" for the headline, "" when there was one. */
void neapi_replications_in_short(char *text, size_t size, const struct neapi_replications *r);
/* "replications" of the tree, table "replications", facts and notes. */
void neapi_replications_show(struct neap_document *document, const struct neap_scenario *scenario,
                             const struct neapi_replications *replications);

#endif

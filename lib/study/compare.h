/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that compare replays, before it becomes a document. */
#ifndef NEAP_STUDY_COMPARE_H
#define NEAP_STUDY_COMPARE_H

#include "study/replications.h"
#include "study/waterfall.h"
#include "study/weeks.h"

/* The end of a range of profiles: all variants again, in the case that saves least or most. */
struct neapi_case {
    struct neapi_variant *variant;
};

/* The scenario's deployments in one replay. */
struct neapi_deployed {
    struct neapi_variant variant;
    struct neap_timeline_interval *row; /* one for each period of the pictures */
    struct neapi_weeks weeks;
};

struct neapi_comparison {
    const struct neap_scenario *scenario;
    size_t count; /* profiles, in file order */
    struct neapi_variant *variant;
    struct neapi_footprint *footprint;
    bool range;
    struct neapi_variant *end[2];        /* NULL without a range */
    struct neapi_periods periods;        /* of the pictures */
    struct neap_timeline_interval **row; /* for each variant one for each period */
    bool has_deployments;
    struct neapi_deployed deployed;
    struct neapi_replications replications;
    bool both; /* engines: tick is what the tick engine gives */
    struct neapi_variant *tick;
    struct neap_timeline_interval **tick_row;
};

/* Makes all replays. A comparison of zeroes may be cleared. */
enum neap_status neapi_comparison_run(struct neapi_comparison *comparison,
                                      const struct neap_scenario *scenario,
                                      const struct neap_study_options *options,
                                      struct neap_error *error);
void neapi_comparison_clear(struct neapi_comparison *comparison);

/* From the variant of that index to another; range (may be NULL) gets the least and the most. */
enum neap_status neapi_comparison_saving(struct neapi_saving *saving, struct neapi_saving range[2],
                                         const struct neapi_comparison *comparison, size_t from,
                                         size_t to, struct neap_error *error);

/* --- parts of the document ------------------------------------------------------------------------ */

/* Table "summary": metrics by variant; of a chain table "steps" too. */
void neapi_compare_summary(struct neap_document *document, const struct neapi_comparison *c);
/* Tables and "engines" of the tree; null with one engine. */
void neapi_compare_engines(struct neap_document *document, const struct neapi_comparison *c);
/* Table "classes" and "classes" of the tree; nothing with one class. */
void neapi_compare_classes(struct neap_document *document, const struct neapi_comparison *c);
/* Table "pictures", its charts, and "pictures" of the tree. */
void neapi_compare_pictures(struct neap_document *document, const struct neapi_comparison *c);
/* "deployments" of the tree, and facts about the weeks before and after each. */
void neapi_compare_deployments(struct neap_document *document, const struct neapi_comparison *c);

#endif

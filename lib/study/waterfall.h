/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From "x % less CPU per request" to containers and cash. Container-hours of each variant are cut
 * into parts: what the CPU of requests alone would need, and what comes on top of it. Of each part
 * x % would go if it followed CPU; a term of the waterfall is what of that does not go. Terms add up
 * to the saving by construction (doc/method.md, "The waterfall"). */
#ifndef NEAP_STUDY_WATERFALL_H
#define NEAP_STUDY_WATERFALL_H

#include "study/saving.h"

/* Parts of the container-hours, each on top of those before it. */
enum neapi_part {
    NEAPI_PART_CPU,   /* CPU of requests at the autoscaler's target, in fractions of a container */
    NEAPI_PART_IDLE,  /* idle CPU of each container */
    NEAPI_PART_WHOLE, /* whole containers */
    NEAPI_PART_MINIMUM, /* never fewer than min */
    NEAPI_PART_MAXIMUM, /* never more than max: below 0 */
    NEAPI_PART_POLICY,  /* tolerance, windows, limits, noise of the readings */
    NEAPI_PART_START,   /* start-up, drain, late readings */
    NEAPI_PARTS
};

struct neapi_footprint {
    bool known;      /* false: the autoscaler does not aim at CPU, and hours[] is one part */
    double demand_s; /* mean CPU demand of the window's requests */
    double min;      /* replicas */
    double hours[NEAPI_PARTS];
};

/* Makes one more replay of the profile, with containers that start at once; the variant itself is
 * not needed before the end. */
enum neap_status neapi_footprint_begin(struct neapi_footprint *footprint,
                                       const struct neap_scenario *scenario,
                                       const struct neap_profile *profile,
                                       const struct neap_progress *progress,
                                       struct neap_error *error);
void neapi_footprint_end(struct neapi_footprint *footprint, const struct neapi_variant *variant);

enum { NEAPI_TERMS_MOST = NEAPI_PARTS + 3 };

struct neapi_term {
    const char *name, *label; /* static */
    double container_hours;   /* above 0: saved */
    struct neap_decimal cost; /* above 0: saved */
    char sentence[NEAP_TEXT_SIZE];
};

struct neapi_waterfall {
    size_t count; /* 0: nothing to explain */
    struct neapi_term term[NEAPI_TERMS_MOST];
};

struct neapi_side {
    const struct neapi_variant *variant;
    const struct neapi_footprint *footprint;
};

/* The hours of the terms add up to the saving's, and so do the amounts. */
enum neap_status neapi_waterfall_find(struct neapi_waterfall *waterfall,
                                      const struct neap_scenario *scenario, struct neapi_side from,
                                      struct neapi_side to, const struct neapi_saving *saving,
                                      struct neap_error *error);

/* "waterfall" of a node of the tree. */
void neapi_waterfall_describe(struct neap_node *parent, const struct neap_scenario *scenario,
                              const struct neapi_waterfall *waterfall);
/* Table and chart "waterfall"; of what is said behind the title, "" or " (middle of the range)". */
void neapi_waterfall_show(struct neap_document *document, const struct neap_scenario *scenario,
                          const struct neapi_waterfall *waterfall,
                          const struct neapi_saving *saving, const char *of);

#endif

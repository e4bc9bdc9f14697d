/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one variant saves against another. */
#ifndef NEAP_STUDY_SAVING_H
#define NEAP_STUDY_SAVING_H

#include "study/variant.h"

struct neapi_saving {
    double container_hours, share; /* share NaN when there was nothing to save */
    struct neap_decimal cost;      /* 0 without a price */
};

enum neap_status neapi_saving_find(struct neapi_saving *saving, const struct neapi_variant *from,
                                   const struct neapi_variant *to, struct neap_error *error);

/* "saving" of a node of the tree; low and high are null when range is NULL, else range[0] and
 * range[1]. */
void neapi_saving_describe(struct neap_node *parent, const struct neap_scenario *scenario,
                           const struct neapi_saving *saving, const struct neapi_saving *range);

#endif

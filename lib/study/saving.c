/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "study/saving.h"

enum neap_status neapi_saving_find(struct neapi_saving *saving, const struct neapi_variant *from,
                                   const struct neapi_variant *to, struct neap_error *error)
{
    saving->container_hours = from->container_hours - to->container_hours;
    saving->share =
        from->container_hours > 0 ? saving->container_hours / from->container_hours : (double)NAN;
    return neap_decimal_subtract(&saving->cost, &from->cost, &to->cost, error);
}

static void describe(struct neap_node *node, const struct neap_scenario *scenario,
                     const struct neapi_saving *saving)
{
    neap_node_number(node, "container_hours", saving->container_hours, NEAPI_DIGITS);
    neapi_describe_cost(node, "cost", scenario, &saving->cost);
    neap_node_number(node, "share", saving->share, NEAPI_DIGITS);
}

void neapi_saving_describe(struct neap_node *parent, const struct neap_scenario *scenario,
                           const struct neapi_saving *saving, const struct neapi_saving *range)
{
    static const char *const end[2] = {"low", "high"};
    struct neap_node *node = neap_node_object(parent, "saving");
    describe(node, scenario, saving);
    for (int i = 0; i < 2; i++)
        if (range == NULL)
            neap_node_null(node, end[i]);
        else
            describe(neap_node_object(node, end[i]), scenario, &range[i]);
}

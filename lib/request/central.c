/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "request/pool.h"

static bool fits(const struct neap_pool_options *options)
{
    (void)options;
    return false;
}

static enum neap_status make(struct neap_pool *pool, struct neap_error *error)
{
    (void)pool;
    (void)error;
    return NEAP_OK;
}

static void nothing(struct neap_pool *pool)
{
    (void)pool;
}

static void no_slot(struct neap_pool *pool, uint32_t slot)
{
    (void)pool;
    (void)slot;
}

static void no_requests(struct neap_pool *pool, const struct neap_requests *requests)
{
    (void)pool;
    (void)requests;
}

const struct neapi_kernel neapi_kernel_central = {"central", fits,        make,    nothing,
                                                  nothing,   no_slot,     no_slot, no_slot,
                                                  nothing,   no_requests, nothing};

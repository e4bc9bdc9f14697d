/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REQUEST_DOOR_H
#define NEAP_REQUEST_DOOR_H

#include "request/pool.h"

enum neap_status neapi_door_make(struct neapi_door *door, const struct neap_pool_options *options,
                                 struct neap_error *error);
void neapi_door_unmake(struct neapi_door *door);

/* Requests that find no container ready. */
void neapi_door_add(struct neap_pool *pool, const struct neap_requests *requests);
/* Those who have waited too long by then. */
void neapi_door_expire(struct neap_pool *pool, int64_t now_ns);
/* Containers are ready, at the beginning of a stretch: all go to them. */
void neapi_door_open(struct neap_pool *pool);
/* How long those held have been there; a sum. */
double neapi_door_age_ns(const struct neapi_door *door, int64_t now_ns);

#endif

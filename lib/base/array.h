/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_BASE_ARRAY_H
#define NEAP_BASE_ARRAY_H

#include <neap/base.h>

/* Makes room for at least need items of size bytes in *items, doubling *capacity; contents stay,
 * new items are not initialised. False, and nothing changed, when memory or size_t gives out. */
bool neapi_grow(void *items, size_t *capacity, size_t need, size_t size);

/* calloc with the product checked. */
void *neapi_allocate(size_t count, size_t size);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes of a file or of memory, decompressed when they are gzip. */
#ifndef NEAP_TABLE_SOURCE_H
#define NEAP_TABLE_SOURCE_H

#include <neap/base.h>

struct neapi_source;

enum neap_status neapi_source_open(struct neapi_source **source, const char *path,
                                   struct neap_error *error);
/* data stays the caller's and must outlive the source. */
enum neap_status neapi_source_open_memory(struct neapi_source **source, const void *data,
                                          size_t size, const char *name, struct neap_error *error);

/* Fills the buffer, at most 64 KiB, as far as there are bytes; got is less only at the end. */
enum neap_status neapi_source_read(struct neapi_source *source, void *buffer, size_t size,
                                   size_t *got, struct neap_error *error);
/* NULL is fine. */
void neapi_source_close(struct neapi_source *source);

#endif

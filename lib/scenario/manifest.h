/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files that a result depends on, with their SHA-256. */
#ifndef NEAP_SCENARIO_MANIFEST_H
#define NEAP_SCENARIO_MANIFEST_H

#include <neap/base.h>

enum { NEAPI_DIGEST_SIZE = 65 };

struct neapi_file {
    char *path;
    char sha256[NEAPI_DIGEST_SIZE];
};

struct neapi_manifest {
    struct neapi_file *file;
    size_t count, capacity;
};

void neapi_manifest_clear(struct neapi_manifest *manifest);
/* Reads the file for its digest; one that is listed already is not listed again. */
enum neap_status neapi_manifest_add(struct neapi_manifest *manifest, const char *path,
                                    struct neap_error *error);
/* The same for bytes in memory. */
enum neap_status neapi_manifest_add_bytes(struct neapi_manifest *manifest, const char *path,
                                          const void *bytes, size_t length,
                                          struct neap_error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256 of files, by nettle. */
#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "scenario/manifest.h"

void neapi_manifest_clear(struct neapi_manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++)
        free(manifest->file[i].path);
    free(manifest->file);
    *manifest = (struct neapi_manifest){0};
}

static void write_digest(struct sha256_ctx *hash, char text[NEAPI_DIGEST_SIZE])
{
    static const char digit[] = "0123456789abcdef";
    uint8_t bytes[SHA256_DIGEST_SIZE];
    sha256_digest(hash, sizeof bytes, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        text[2 * i] = digit[bytes[i] >> 4];
        text[2 * i + 1] = digit[bytes[i] & 15];
    }
    text[2 * sizeof bytes] = '\0';
}

static bool listed(const struct neapi_manifest *manifest, const char *path)
{
    for (size_t i = 0; i < manifest->count; i++)
        if (strcmp(manifest->file[i].path, path) == 0)
            return true;
    return false;
}

static enum neap_status append(struct neapi_manifest *manifest, const char *path,
                               struct sha256_ctx *hash, struct neap_error *error)
{
    char *copy = strdup(path);
    if (copy == NULL || !neapi_grow(&manifest->file, &manifest->capacity, manifest->count + 1,
                                    sizeof *manifest->file)) {
        free(copy);
        return neapi_no_memory(error, "the list of inputs");
    }
    struct neapi_file *file = &manifest->file[manifest->count++];
    file->path = copy;
    write_digest(hash, file->sha256);
    return NEAP_OK;
}

static enum neap_status hash_file(struct sha256_ctx *hash, const char *path,
                                  struct neap_error *error)
{
    unsigned char block[65536];
    size_t length;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return neapi_fail_at(error, NEAP_NO_INPUT, path, 0, 0, "cannot be opened: %s",
                             strerror(errno));
    sha256_init(hash);
    while ((length = fread(block, 1, sizeof block, stream)) > 0)
        sha256_update(hash, length, block);
    bool failed = ferror(stream);
    fclose(stream);
    if (failed)
        return neapi_fail_at(error, NEAP_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
    return NEAP_OK;
}

enum neap_status neapi_manifest_add(struct neapi_manifest *manifest, const char *path,
                                    struct neap_error *error)
{
    struct sha256_ctx hash;
    if (listed(manifest, path))
        return NEAP_OK;
    enum neap_status status = hash_file(&hash, path, error);
    return status == NEAP_OK ? append(manifest, path, &hash, error) : status;
}

enum neap_status neapi_manifest_add_bytes(struct neapi_manifest *manifest, const char *path,
                                          const void *bytes, size_t length,
                                          struct neap_error *error)
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, length, bytes);
    return append(manifest, path, &hash, error);
}

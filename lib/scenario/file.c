/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "scenario/file.h"

enum { LARGEST = 1 << 20 };

static enum neap_status slurp(char **text, size_t *length, FILE *stream, const char *path,
                              struct neap_error *error)
{
    char *bytes = malloc(LARGEST + 1);
    if (bytes == NULL)
        return neapi_no_memory(error, "the scenario");
    size_t got = fread(bytes, 1, LARGEST + 1, stream);
    if (ferror(stream)) {
        free(bytes);
        return neapi_fail_at(error, errno == EISDIR ? NEAP_NO_INPUT : NEAP_IO, path, 0, 0,
                             "cannot be read: %s; name a scenario file", strerror(errno));
    }
    if (got > LARGEST) {
        free(bytes);
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, path, 0, 0,
                             "found more than 1 MiB, expected a scenario file: put traffic into a "
                             "CSV file and name it in [traffic] file");
    }
    *text = bytes;
    *length = got;
    return NEAP_OK;
}

enum neap_status neapi_file_read(char **text, size_t *length, const char *path,
                                 struct neap_error *error)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return neapi_fail_at(error, NEAP_NO_INPUT, path, 0, 0,
                             "cannot be opened: %s; neap init writes a first scenario",
                             strerror(errno));
    enum neap_status status = slurp(text, length, stream, path, error);
    fclose(stream);
    return status;
}

char *neapi_directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup("");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *neapi_path_join(const char *directory, const char *name)
{
    if (directory == NULL || directory[0] == '\0' || name[0] == '/')
        return strdup(name);
    size_t length = strlen(directory);
    size_t size = length + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s%s%s", directory, directory[length - 1] == '/' ? "" : "/", name);
    return path;
}

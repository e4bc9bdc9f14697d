/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Output files appear whole or not at all: a temporary name in the same folder, then a rename. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

struct neap_output {
    FILE *stream;
    char *path;
    char *temporary; /* the path and a mark behind it */
};

enum { MARK = 40 };

static void release(struct neap_output *output)
{
    free(output->path);
    free(output->temporary);
    free(output);
}

static enum neap_status cannot_write(struct neap_error *error, const char *path)
{
    return neapi_fail_at(error, NEAP_IO, path, 0, 0,
                         "cannot be written: %s; choose another place with -o FILE",
                         strerror(errno));
}

static struct neap_output *allocate(const char *path)
{
    struct neap_output *output = calloc(1, sizeof *output);
    size_t length = strlen(path);
    if (output == NULL)
        return NULL;
    output->path = malloc(length + 1);
    output->temporary = malloc(length + MARK);
    if (output->path == NULL || output->temporary == NULL) {
        release(output);
        return NULL;
    }
    memcpy(output->path, path, length + 1);
    memcpy(output->temporary, path, length);
    return output;
}

/* A new file beside the wanted one, never an existing one. */
static int create(char *temporary, size_t stem)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        snprintf(temporary + stem, MARK, ".%ld-%d.tmp", (long)getpid(), attempt);
        int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

enum neap_status neap_output_open(struct neap_output **output, const char *path,
                                  struct neap_error *error)
{
    struct neap_output *made = allocate(path);
    if (made == NULL)
        return neapi_no_memory(error, "an output file");
    int descriptor = create(made->temporary, strlen(path));
    if (descriptor < 0) {
        enum neap_status status = cannot_write(error, path);
        release(made);
        return status;
    }
    made->stream = fdopen(descriptor, "w");
    if (made->stream == NULL) {
        enum neap_status status = cannot_write(error, path);
        close(descriptor);
        unlink(made->temporary);
        release(made);
        return status;
    }
    *output = made;
    return NEAP_OK;
}

FILE *neap_output_stream(struct neap_output *output)
{
    return output->stream;
}

enum neap_status neap_output_commit(struct neap_output *output, struct neap_error *error)
{
    bool written = !ferror(output->stream) && fflush(output->stream) == 0;
    written = fclose(output->stream) == 0 && written;
    enum neap_status status = NEAP_OK;
    if (!written || rename(output->temporary, output->path) != 0) {
        status = cannot_write(error, output->path);
        unlink(output->temporary);
    }
    release(output);
    return status;
}

void neap_output_discard(struct neap_output *output)
{
    if (output == NULL)
        return;
    fclose(output->stream);
    unlink(output->temporary);
    release(output);
}

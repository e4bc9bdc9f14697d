/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Output files appear whole or not at all: a temporary name in the same folder, then a rename. What
 * is no file, such as a pipe or /dev/full, must not be replaced by one: it is written as it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"

struct neap_output {
    FILE *stream;
    char *path;
    char *temporary; /* the path and a mark behind it; NULL when written as it is */
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

/* Without temporary when the path is to be written as it is. */
static struct neap_output *allocate(const char *path, bool as_it_is)
{
    struct neap_output *output = calloc(1, sizeof *output);
    size_t length = strlen(path);
    if (output == NULL)
        return NULL;
    output->path = malloc(length + 1);
    output->temporary = as_it_is ? NULL : malloc(length + MARK);
    if (output->path == NULL || (output->temporary == NULL && !as_it_is)) {
        release(output);
        return NULL;
    }
    memcpy(output->path, path, length + 1);
    if (!as_it_is)
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

static int open_descriptor(struct neap_output *output, const struct stat *existing)
{
    if (output->temporary == NULL)
        return open(output->path, O_WRONLY | O_CLOEXEC);
    int descriptor = create(output->temporary, strlen(output->path));
    if (descriptor >= 0 && existing != NULL && fchmod(descriptor, existing->st_mode & 0777) != 0)
        errno = 0; /* the umask's mode will do */
    return descriptor;
}

/* path is no link. */
static enum neap_status open_at(struct neap_output **output, const char *path,
                                const struct stat *existing, struct neap_error *error)
{
    struct neap_output *made = allocate(path, existing != NULL && !S_ISREG(existing->st_mode));
    if (made == NULL)
        return neapi_no_memory(error, "an output file");
    int descriptor = open_descriptor(made, existing);
    if (descriptor >= 0) {
        made->stream = fdopen(descriptor, "w");
        if (made->stream != NULL) {
            *output = made;
            return NEAP_OK;
        }
    }
    enum neap_status status = cannot_write(error, path);
    if (descriptor >= 0) {
        close(descriptor);
        if (made->temporary != NULL)
            unlink(made->temporary);
    }
    release(made);
    return status;
}

enum neap_status neap_output_open(struct neap_output **output, const char *path,
                                  struct neap_error *error)
{
    struct stat existing;
    if (stat(path, &existing) != 0)
        return open_at(output, path, NULL, error);
    if (S_ISDIR(existing.st_mode)) {
        errno = EISDIR;
        return cannot_write(error, path);
    }
    if (!S_ISREG(existing.st_mode))
        return open_at(output, path, &existing, error);
    char *real = realpath(path, NULL); /* a link stays one: what it points to is replaced */
    if (real == NULL)
        return cannot_write(error, path);
    enum neap_status status = open_at(output, real, &existing, error);
    free(real);
    return status;
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
    if (written && output->temporary != NULL)
        written = rename(output->temporary, output->path) == 0;
    if (!written) {
        status = cannot_write(error, output->path);
        if (output->temporary != NULL)
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
    if (output->temporary != NULL)
        unlink(output->temporary);
    release(output);
}

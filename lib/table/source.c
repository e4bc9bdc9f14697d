/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain or gzip bytes (RFC 1952), several members one after the other included. zlib's gzread()
 * hides two things that matter for data: it takes what follows the last member for the end, and
 * it knows no limit. So inflate() is driven here. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fail.h"
#include "table/source.h"

enum { CHUNK = 65536, GZIP_WINDOW = 15 + 16 /* zlib: gzip header expected */ };

/* CSV compresses 3 to 30 times; deflate can reach 1,032. Together the limits stop a file made to
 * fill memory, and no honest one. */
static const uint64_t ratio_most = 200;
static const uint64_t free_of_ratio_bytes = UINT64_C(64) << 20;
static const uint64_t decompressed_most_bytes = UINT64_C(4) << 30;

struct neapi_source {
    const char *name;
    int descriptor;              /* -1: memory */
    const unsigned char *memory; /* what is left of it */
    size_t memory_left;
    unsigned char *chunk;
    z_stream z; /* next_in, avail_in are the input in plain files as well */
    bool compressed, between_members;
    uint64_t bytes_in, bytes_out;
};

/* Files that people take for CSV. */
static const struct signature {
    const char *bytes;
    size_t length;
    const char *what;
} signatures[] = {
    {"PK\003\004", 4, "a zip archive or spreadsheet workbook: save the sheet as CSV"},
    {"\x28\xb5\x2f\xfd", 4, "zstd data: decompress it with zstd -d"},
    {"\xfd"
     "7zXZ",
     5, "xz data: decompress it with xz -d"},
    {"BZh91AY&SY", 10, "bzip2 data: decompress it with bzip2 -d"},
    {"PAR1", 4, "a Parquet file: export it as CSV"},
};

static enum neap_status fail(const struct neapi_source *source, enum neap_status status,
                             const char *message, struct neap_error *error)
{
    return neapi_fail_at(error, status, source->name, 0, 0, "%s", message);
}

/* The next chunk of input; avail_in stays 0 at its end. */
static enum neap_status refill(struct neapi_source *source, struct neap_error *error)
{
    ssize_t got;
    if (source->descriptor < 0) {
        size_t size = source->memory_left < CHUNK ? source->memory_left : CHUNK;
        if (size > 0) {
            memcpy(source->chunk, source->memory, size);
            source->memory += size;
            source->memory_left -= size;
        }
        got = (ssize_t)size;
    } else {
        do
            got = read(source->descriptor, source->chunk, CHUNK);
        while (got < 0 && errno == EINTR);
    }
    if (got < 0)
        return neapi_fail_at(error, NEAP_IO, source->name, 0, 0, "cannot be read: %s",
                             strerror(errno));
    source->z.next_in = source->chunk;
    source->z.avail_in = (uInt)got;
    source->bytes_in += (uint64_t)got;
    return NEAP_OK;
}

static enum neap_status recognise(struct neapi_source *source, struct neap_error *error)
{
    enum neap_status status = refill(source, error);
    if (status != NEAP_OK)
        return status;
    const unsigned char *start = source->chunk;
    size_t length = source->z.avail_in;
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (length >= signatures[i].length &&
            memcmp(start, signatures[i].bytes, signatures[i].length) == 0)
            return neapi_fail_at(error, NEAP_BAD_DATA, source->name, 0, 0, "expected CSV, found %s",
                                 signatures[i].what);
    source->compressed = length >= 2 && start[0] == 0x1f && start[1] == 0x8b;
    if (source->compressed && inflateInit2(&source->z, GZIP_WINDOW) != Z_OK)
        return neapi_no_memory(error, "decompressing");
    return NEAP_OK;
}

static enum neap_status start(struct neapi_source **source, const struct neapi_source *prototype,
                              struct neap_error *error)
{
    struct neapi_source *new = calloc(1, sizeof *new);
    unsigned char *chunk = malloc(CHUNK);
    if (new == NULL || chunk == NULL) {
        if (prototype->descriptor >= 0)
            close(prototype->descriptor);
        free(new);
        free(chunk);
        return neapi_no_memory(error, "reading a file");
    }
    *new = *prototype;
    new->chunk = chunk;
    enum neap_status status = recognise(new, error);
    if (status != NEAP_OK) {
        new->compressed = false; /* inflateInit2() was not reached, or undid itself */
        neapi_source_close(new);
        return status;
    }
    *source = new;
    return NEAP_OK;
}

enum neap_status neapi_source_open(struct neapi_source **source, const char *path,
                                   struct neap_error *error)
{
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR))
        return neapi_fail_at(error, NEAP_NO_INPUT, path, 0, 0,
                             "no such file: check the path; relative ones start at the folder of "
                             "the file that names them");
    if (descriptor < 0)
        return neapi_fail_at(error, NEAP_NO_INPUT, path, 0, 0,
                             "cannot be opened: %s; check who may read it", strerror(errno));
    if (fstat(descriptor, &about) == 0 && S_ISDIR(about.st_mode)) {
        close(descriptor);
        return neapi_fail_at(error, NEAP_NO_INPUT, path, 0, 0,
                             "is a directory: name a CSV file in it");
    }
    struct neapi_source prototype = {.name = path, .descriptor = descriptor};
    return start(source, &prototype, error);
}

enum neap_status neapi_source_open_memory(struct neapi_source **source, const void *data,
                                          size_t size, const char *name, struct neap_error *error)
{
    struct neapi_source prototype = {
        .name = name, .descriptor = -1, .memory = data, .memory_left = size};
    return start(source, &prototype, error);
}

void neapi_source_close(struct neapi_source *source)
{
    if (source == NULL)
        return;
    if (source->compressed)
        inflateEnd(&source->z);
    if (source->descriptor >= 0)
        close(source->descriptor);
    free(source->chunk);
    free(source);
}

/* Between two members: true when another one follows. Zero bytes there are padding from tapes. */
static enum neap_status next_member(struct neapi_source *source, bool *more,
                                    struct neap_error *error)
{
    z_stream *z = &source->z;
    for (;;) {
        while (z->avail_in > 0 && *z->next_in == 0) {
            z->next_in++;
            z->avail_in--;
        }
        *more = z->avail_in > 0;
        if (*more)
            break;
        enum neap_status status = refill(source, error);
        if (status != NEAP_OK || z->avail_in == 0)
            return status;
    }
    if (*z->next_in != 0x1f || inflateReset(z) != Z_OK)
        return fail(source, NEAP_BAD_DATA,
                    "other data follow the end of the gzip data: the file is damaged, or two files "
                    "were joined; fetch it again, or join only gzip files",
                    error);
    source->between_members = false;
    return NEAP_OK;
}

static enum neap_status explain(const struct neapi_source *source, int result,
                                struct neap_error *error)
{
    if (result == Z_MEM_ERROR)
        return neapi_no_memory(error, "decompressing");
    return neapi_fail_at(error, NEAP_BAD_DATA, source->name, 0, 0,
                         "the gzip data are damaged before byte %" PRIu64
                         " (%s): test it with gzip -t and fetch it again",
                         source->bytes_in - source->z.avail_in,
                         source->z.msg == NULL ? "no detail" : source->z.msg);
}

static enum neap_status check_growth(const struct neapi_source *source, struct neap_error *error)
{
    bool steep = source->bytes_out > free_of_ratio_bytes &&
                 source->bytes_out / ratio_most > source->bytes_in - source->z.avail_in;
    if (!steep && source->bytes_out <= decompressed_most_bytes)
        return NEAP_OK;
    return neapi_fail_at(error, NEAP_BAD_DATA, source->name, 0, 0,
                         "the gzip data grow from %" PRIu64 " to more than %" PRIu64
                         " bytes: refused above 64 MiB at more than %" PRIu64
                         ":1 and above 4 GiB; if they are genuine, decompress them with gzip -d",
                         source->bytes_in - source->z.avail_in, source->bytes_out, ratio_most);
}

/* One call of inflate(), with what it needs before; *end when no data are left. */
static enum neap_status inflate_some(struct neapi_source *source, bool *end,
                                     struct neap_error *error)
{
    z_stream *z = &source->z;
    enum neap_status status = NEAP_OK;
    if (source->between_members) {
        bool more;
        status = next_member(source, &more, error);
        *end = !more;
    } else if (z->avail_in == 0) {
        status = refill(source, error);
        if (status == NEAP_OK && z->avail_in == 0)
            return fail(source, NEAP_BAD_DATA,
                        "the gzip data are truncated: they end in the middle; fetch the file again",
                        error);
    }
    if (status != NEAP_OK || *end)
        return status;
    int result = inflate(z, Z_NO_FLUSH);
    if (result == Z_STREAM_END)
        source->between_members = true;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return explain(source, result, error);
    return NEAP_OK;
}

static enum neap_status read_compressed(struct neapi_source *source, void *buffer, size_t size,
                                        size_t *got, struct neap_error *error)
{
    bool end = false;
    source->z.next_out = buffer;
    source->z.avail_out = (uInt)size;
    while (source->z.avail_out > 0 && !end) {
        enum neap_status status = inflate_some(source, &end, error);
        if (status != NEAP_OK)
            return status;
    }
    *got = size - source->z.avail_out;
    source->bytes_out += *got;
    return check_growth(source, error);
}

static enum neap_status read_plain(struct neapi_source *source, void *buffer, size_t size,
                                   size_t *got, struct neap_error *error)
{
    size_t done = 0;
    while (done < size) {
        if (source->z.avail_in == 0) {
            enum neap_status status = refill(source, error);
            if (status != NEAP_OK)
                return status;
            if (source->z.avail_in == 0)
                break;
        }
        size_t piece = size - done < source->z.avail_in ? size - done : source->z.avail_in;
        memcpy((char *)buffer + done, source->z.next_in, piece);
        source->z.next_in += piece;
        source->z.avail_in -= (uInt)piece;
        done += piece;
    }
    *got = done;
    return NEAP_OK;
}

enum neap_status neapi_source_read(struct neapi_source *source, void *buffer, size_t size,
                                   size_t *got, struct neap_error *error)
{
    if (size > CHUNK)
        size = CHUNK;
    return source->compressed ? read_compressed(source, buffer, size, got, error)
                              : read_plain(source, buffer, size, got, error);
}

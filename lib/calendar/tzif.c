/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compiled zone files, RFC 8536 and its successor RFC 9636:
 *
 *   header (44 bytes)  magic "TZif", version, six counts
 *   data block         times | type of each | types (offset, dst, name) | names | leap | std | ut
 *   from version 2 on the first block has 4-byte times and is followed by another header, a block
 *   with 8-byte times, and a footer: newline, POSIX TZ string, newline. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "calendar/impl.h"

enum { HEADER_SIZE = 44, FILE_MOST = 1 << 20, OFFSET_MOST_S = 26 * 3600 };

static const char system_directory[] = "/usr/share/zoneinfo";

struct block {
    const unsigned char *times, *indices, *types, *end;
    size_t time_count, type_count, time_size;
};

static uint32_t big_endian_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Two's complement without relying on how a cast wraps. */
static int64_t signed_32(uint32_t bits)
{
    return bits <= INT32_MAX ? (int64_t)bits : (int64_t)bits - INT64_C(0x100000000);
}

static int64_t signed_64(const unsigned char *bytes)
{
    uint64_t bits = (uint64_t)big_endian_32(bytes) << 32 | big_endian_32(bytes + 4);
    return bits <= INT64_MAX ? (int64_t)bits : -(int64_t)(UINT64_MAX - bits) - 1;
}

static enum neap_status broken(struct neap_error *error, const char *name, const char *what)
{
    return neapi_fail(error, NEAP_BAD_DATA,
                      "zone \"%.63s\": its file is broken (%s); reinstall the package tzdata", name,
                      what);
}

static bool header_at(const unsigned char *at, const unsigned char *end)
{
    return end - at >= HEADER_SIZE && memcmp(at, "TZif", 4) == 0;
}

/* Finds the parts of the block whose header is at; false when it does not fit or makes no sense. */
static bool read_block(struct block *block, const unsigned char *at, const unsigned char *end,
                       size_t time_size, size_t *leap_count)
{
    uint64_t count[6]; /* ut, standard, leap, times, types, characters of names */
    if (!header_at(at, end))
        return false;
    for (size_t i = 0; i < 6; i++)
        count[i] = big_endian_32(at + 20 + 4 * i);
    uint64_t size = count[3] * (time_size + 1) + count[4] * 6 + count[5] +
                    count[2] * (time_size + 4) + count[1] + count[0];
    if (size > (uint64_t)(end - at - HEADER_SIZE))
        return false;
    block->time_count = (size_t)count[3];
    block->type_count = (size_t)count[4];
    block->time_size = time_size;
    block->times = at + HEADER_SIZE;
    block->indices = block->times + block->time_count * time_size;
    block->types = block->indices + block->time_count;
    block->end = block->times + (size_t)size;
    *leap_count = (size_t)count[2];
    return true;
}

static int64_t time_of(const struct block *block, size_t index)
{
    const unsigned char *at = block->times + index * block->time_size;
    return block->time_size == 8 ? signed_64(at) : signed_32(big_endian_32(at));
}

static bool offset_of(const struct block *block, size_t type, int32_t *offset_s)
{
    if (type >= block->type_count)
        return false;
    int64_t offset = signed_32(big_endian_32(block->types + 6 * type));
    if (offset < -OFFSET_MOST_S || offset > OFFSET_MOST_S)
        return false;
    *offset_s = (int32_t)offset;
    return true;
}

static enum neap_status read_transitions(struct neap_zone *zone, const struct block *block,
                                         struct neap_error *error)
{
    if (!offset_of(block, 0, &zone->first_offset_s))
        return broken(error, zone->name, "no usable time type");
    for (size_t i = 0; i < block->time_count; i++) {
        int64_t time_s = time_of(block, i);
        int32_t offset_s;
        if (i > 0 && time_s <= time_of(block, i - 1))
            return broken(error, zone->name, "its changes are out of order");
        if (!offset_of(block, block->indices[i], &offset_s))
            return broken(error, zone->name, "a change to a time type that is not there");
        enum neap_status status = neapi_zone_append(zone, time_s, offset_s, error);
        if (status != NEAP_OK)
            return status;
    }
    return NEAP_OK;
}

/* The rule at the end, which holds after the block's last change. */
static enum neap_status read_footer(struct neap_zone *zone, const struct block *block,
                                    const unsigned char *end, struct neap_error *error)
{
    const unsigned char *at = block->end, *newline = NULL;
    if (at < end && *at == '\n')
        newline = memchr(at + 1, '\n', (size_t)(end - at - 1));
    if (newline == NULL)
        return broken(error, zone->name, "no rule at its end");
    if (newline == at + 1)
        return NEAP_OK;
    int64_t after_s = block->time_count == 0 ? INT64_MIN : time_of(block, block->time_count - 1);
    return neapi_zone_extend(zone, after_s, (const char *)(at + 1), (size_t)(newline - at - 1),
                             error);
}

static enum neap_status decode(struct neap_zone *zone, const unsigned char *bytes, size_t length,
                               struct neap_error *error)
{
    const unsigned char *end = bytes + length;
    struct block block;
    size_t leap_count;
    if (!header_at(bytes, end))
        return broken(error, zone->name, "it does not start with TZif");
    bool wide = bytes[4] >= '2';
    if (!read_block(&block, bytes, end, 4, &leap_count) ||
        (wide && !read_block(&block, block.end, end, 8, &leap_count)))
        return broken(error, zone->name, "it is cut short");
    if (leap_count > 0)
        return neapi_fail(error, NEAP_BAD_DATA,
                          "zone \"%.63s\" counts leap seconds, which no recording does: use the "
                          "plain name, such as Europe/London",
                          zone->name);
    enum neap_status status = read_transitions(zone, &block, error);
    if (status == NEAP_OK && wide)
        status = read_footer(zone, &block, end, error);
    return status;
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

enum neap_status neap_zone_decode(struct neap_zone **zone, const char *name, const void *bytes,
                                  size_t length, struct neap_error *error)
{
    struct neap_zone *read = neapi_allocate(1, sizeof *read);
    if (read == NULL)
        return neapi_no_memory(error, "a time zone");
    neapi_text_copy(read->name, sizeof read->name, name);
    enum neap_status status = decode(read, bytes, length, error);
    if (status != NEAP_OK) {
        neap_zone_free(read);
        return status;
    }
    *zone = read;
    return NEAP_OK;
}

static bool named_utc(const char *name)
{
    static const char *const names[] = {"UTC", "Etc/UTC", "GMT", "Z"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Parts of letters, digits, "_+-" and points within, so that no name leaves the directory. */
static bool good_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length >= sizeof((struct neap_zone *)0)->name || name[length - 1] == '/')
        return false;
    for (size_t i = 0; i < length; i++) {
        bool first = i == 0 || name[i - 1] == '/';
        bool letter = (name[i] >= 'A' && name[i] <= 'Z') || (name[i] >= 'a' && name[i] <= 'z');
        bool inner =
            (name[i] >= '0' && name[i] <= '9') || (name[i] != '\0' && strchr("_+-./", name[i]));
        if (!letter && (first || !inner))
            return false;
    }
    return true;
}

static enum neap_status open_failed(struct neap_error *error, const char *name,
                                    const char *directory, int reason)
{
    if (reason != ENOENT && reason != ENOTDIR)
        return neapi_fail(error, NEAP_IO, "zone \"%.63s\": %.200s/%.63s cannot be read (error %d)",
                          name, directory, name, reason);
    return neapi_fail(
        error, NEAP_NO_INPUT,
        "zone \"%.63s\" is not in %.200s: expected a name such as Europe/London or UTC; "
        "when the name is right, install the package tzdata",
        name, directory);
}

static enum neap_status slurp(unsigned char *bytes, size_t *length, const char *path,
                              const char *name, const char *directory, struct neap_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return open_failed(error, name, directory, errno);
    *length = fread(bytes, 1, FILE_MOST, file);
    int reason = ferror(file) ? errno : 0;
    fclose(file);
    if (reason != 0) /* a directory such as "Europe" opens, and then cannot be read */
        return open_failed(error, name, directory, reason == EISDIR ? ENOENT : reason);
    return NEAP_OK;
}

enum neap_status neap_zone_read(struct neap_zone **zone, const char *name, const char *directory,
                                struct neap_error *error)
{
    char path[512];
    if (named_utc(name)) {
        struct neap_zone *utc = neapi_allocate(1, sizeof *utc);
        if (utc == NULL)
            return neapi_no_memory(error, "a time zone");
        neapi_text_copy(utc->name, sizeof utc->name, name);
        *zone = utc;
        return NEAP_OK;
    }
    if (directory == NULL)
        directory = system_directory;
    if (!good_name(name))
        return neapi_fail(
            error, NEAP_BAD_ARGUMENT,
            "zone: found \"%.63s\", expected an IANA name such as Europe/London, or UTC", name);
    if ((size_t)neapi_print(path, sizeof path, "%s/%s", directory, name) >= sizeof path)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "the zone directory's name is longer than %d",
                          (int)sizeof path - 65);
    unsigned char *bytes = malloc(FILE_MOST);
    if (bytes == NULL)
        return neapi_no_memory(error, "a time zone");
    size_t length = 0;
    enum neap_status status = slurp(bytes, &length, path, name, directory, error);
    if (status == NEAP_OK)
        status = neap_zone_decode(zone, name, bytes, length, error);
    free(bytes);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 4180 by libcsv, which tells no positions, cannot be stopped by its callbacks and keeps a
 * field of any length. So the text is fed in pieces that end behind each delimiter and line end:
 * then a piece completes one field at most, and where a field begins, what a line is, and when to
 * stop are all known here.
 *
 *     time,note\n 1,"a,\n b"\n   fed as   [time,] [note\n] [1,] ["a,] [\n] [b"\n]
 *                                                            ^ no callback: inside quotes */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "table/csv.h"
#include "table/source.h"

enum { BLOCK = 65536 };

struct reader {
    const char *name;
    const struct neapi_csv_handler *handler;
    struct neap_error *error;
    enum neap_status status; /* of a callback: libcsv cannot carry it */
    struct csv_parser parser;
    bool piece_end[256]; /* bytes that end a piece */
    /* the row so far */
    struct neapi_csv_field *field;
    size_t count, field_capacity;
    char *text; /* of its fields, each with its NUL */
    size_t text_used, text_capacity;
    size_t header_count; /* 0 before the header */
    /* where we are */
    long line, column; /* column: bytes of this line that were fed */
    bool after_cr;     /* a line feed now is the second half of one line end */
    long field_line, field_column;
    size_t field_bytes; /* fed of the field, 0 when it has not begun */
    bool field_quoted;  /* there was a quote in it */
    bool fired;         /* the last piece completed a field */
};

static enum neap_status fail_here(struct reader *reader, long column, const char *message)
{
    return neapi_fail_at(reader->error, NEAP_BAD_DATA, reader->name, reader->line, column, "%s",
                         message);
}

/* --- what libcsv calls ------------------------------------------------------------------- */

static enum neap_status keep_field(struct reader *reader, const char *text, size_t length)
{
    if (reader->count == NEAPI_CSV_COLUMN_MOST || reader->text_used + length >= NEAPI_CSV_ROW_MOST)
        return fail_here(reader, reader->field_column,
                         "the row is longer than 4,096 fields or 16 MiB: is the delimiter right?");
    if (!neapi_grow(&reader->field, &reader->field_capacity, reader->count + 1,
                    sizeof *reader->field) ||
        !neapi_grow(&reader->text, &reader->text_capacity, reader->text_used + length + 1, 1))
        return neapi_no_memory(reader->error, "a row");
    memcpy(reader->text + reader->text_used, text, length);
    reader->text[reader->text_used + length] = '\0';
    reader->text_used += length + 1;
    reader->field[reader->count++] = (struct neapi_csv_field){
        .length = length, .line = reader->field_line, .column = reader->field_column};
    return NEAP_OK;
}

static void on_field(void *text, size_t length, void *context)
{
    struct reader *reader = context;
    reader->fired = true;
    if (reader->status == NEAP_OK)
        reader->status = keep_field(reader, text, length);
}

static enum neap_status check_width(struct reader *reader)
{
    size_t wanted = reader->header_count;
    if (reader->count == wanted)
        return NEAP_OK;
    if (reader->field[0].text[0] == '#')
        return neapi_fail_at(reader->error, NEAP_BAD_DATA, reader->name, reader->field[0].line,
                             reader->field[0].column,
                             "found \"%.40s\", expected a row of %zu fields: CSV has no comments, "
                             "take the line out",
                             reader->field[0].text, wanted);
    const struct neapi_csv_field *place =
        &reader->field[reader->count > wanted ? wanted : reader->count - 1];
    return neapi_fail_at(reader->error, NEAP_BAD_DATA, reader->name, place->line, place->column,
                         "found a row of %zu field%s, expected %zu as in the header: quote fields "
                         "that hold the delimiter, or check traffic.delimiter",
                         reader->count, reader->count == 1 ? "" : "s", wanted);
}

static enum neap_status finish_row(struct reader *reader)
{
    const struct neapi_csv_handler *handler = reader->handler;
    const char *text = reader->text;
    for (size_t i = 0; i < reader->count; i++) {
        reader->field[i].text = text; /* only now: the texts have stopped moving */
        text += reader->field[i].length + 1;
    }
    if (reader->header_count == 0) {
        reader->header_count = reader->count;
        return handler->header(handler->context, reader->field, reader->count, reader->error);
    }
    enum neap_status status = check_width(reader);
    if (status != NEAP_OK)
        return status;
    return handler->row(handler->context, reader->field, reader->count, reader->error);
}

static void on_row(int terminator, void *context)
{
    struct reader *reader = context;
    (void)terminator;
    if (reader->status == NEAP_OK)
        reader->status = finish_row(reader);
    reader->count = 0;
    reader->text_used = 0;
}

/* --- feeding it -------------------------------------------------------------------------- */

static enum neap_status explain(struct reader *reader, size_t consumed)
{
    if (csv_error(&reader->parser) != CSV_EPARSE)
        return neapi_no_memory(reader->error, "a field");
    return fail_here(reader, reader->column + (long)consumed + 1,
                     "found a quote out of place: a field that holds quotes must be "
                     "quoted itself, with its quotes doubled");
}

static enum neap_status check_length(struct reader *reader)
{
    if (reader->field_bytes <= NEAPI_CSV_FIELD_MOST)
        return NEAP_OK;
    return neapi_fail_at(
        reader->error, NEAP_BAD_DATA, reader->name, reader->field_line, reader->field_column,
        "the field that begins here is longer than %d bytes: %s", (int)NEAPI_CSV_FIELD_MOST,
        reader->field_quoted ? "unclosed quote?" : "is this a CSV file?");
}

static void advance(struct reader *reader, const char *piece, size_t size)
{
    char last = piece[size - 1];
    bool line_end = last == '\n' || last == '\r';
    bool second_half = reader->after_cr && size == 1 && last == '\n';
    reader->column = line_end ? 0 : reader->column + (long)size;
    reader->line += line_end && !second_half;
    reader->after_cr = last == '\r';
    /* A line end that completes nothing outside quotes is that of a blank line. */
    if (reader->fired || (line_end && !reader->field_quoted)) {
        reader->field_bytes = 0;
        reader->field_quoted = false;
        reader->field_line = reader->line;
        reader->field_column = reader->column + 1;
    }
}

/* Columns are those of the first byte that is not blank. */
static void begin_field(struct reader *reader, const char *piece, size_t size)
{
    size_t blank = 0;
    while (blank < size && !reader->piece_end[(unsigned char)piece[blank]] &&
           (piece[blank] == ' ' || piece[blank] == '\t'))
        blank++;
    reader->field_column += (long)blank;
}

static enum neap_status feed(struct reader *reader, const char *piece, size_t size)
{
    if (reader->field_bytes == 0)
        begin_field(reader, piece, size);
    reader->field_bytes += size;
    reader->fired = false;
    size_t consumed = csv_parse(&reader->parser, piece, size, on_field, on_row, reader);
    if (reader->status != NEAP_OK)
        return reader->status;
    if (consumed != size)
        return explain(reader, consumed);
    if (!reader->fired && memchr(piece, '"', size) != NULL)
        reader->field_quoted = true;
    enum neap_status status = check_length(reader);
    if (status == NEAP_OK)
        advance(reader, piece, size);
    return status;
}

static enum neap_status feed_block(struct reader *reader, const char *block, size_t size)
{
    const char *nul = memchr(block, '\0', size);
    const char *end = nul != NULL ? nul : block + size;
    while (block < end) {
        const char *piece = block;
        while (block < end && !reader->piece_end[(unsigned char)*block])
            block++;
        block += block < end;
        enum neap_status status = feed(reader, piece, (size_t)(block - piece));
        if (status != NEAP_OK)
            return status;
    }
    if (nul != NULL)
        return fail_here(reader, reader->column + 1,
                         "found a NUL byte, expected text: the file is binary, or UTF-16 (then "
                         "convert it: iconv -f UTF-16 -t UTF-8)");
    return NEAP_OK;
}

static enum neap_status finish(struct reader *reader)
{
    if (csv_fini(&reader->parser, on_field, on_row, reader) != 0) {
        if (csv_error(&reader->parser) != CSV_EPARSE)
            return neapi_no_memory(reader->error, "a field");
        return neapi_fail_at(
            reader->error, NEAP_BAD_DATA, reader->name, reader->field_line, reader->field_column,
            "found a quote that is never closed, expected its end: close it, or take "
            "it out");
    }
    if (reader->status != NEAP_OK)
        return reader->status;
    if (reader->header_count == 0)
        return neapi_fail_at(reader->error, NEAP_BAD_DATA, reader->name, 0, 0,
                             "is empty: expected a header row, then rows of data");
    return NEAP_OK;
}

/* --- the start of the file ---------------------------------------------------------------- */

static bool starts(const char *block, size_t size, const char *with, size_t length)
{
    return size >= length && memcmp(block, with, length) == 0;
}

/* Length of a first line "sep=;" with its line end, 0 when there is none. */
static size_t separator_line(const char *block, size_t size)
{
    if (size < 5 || (memcmp(block, "sep=", 4) != 0 && memcmp(block, "SEP=", 4) != 0) ||
        strchr(",;\t", block[4]) == NULL || block[4] == '\0')
        return 0;
    size_t length = 5;
    if (length < size && block[length] == '\r')
        length++;
    if (length < size && block[length] == '\n')
        length++;
    return length > 5 || size == 5 ? length : 0;
}

/* The commonest candidate in the first line that is not blank, outside quotes; comma wins ties. */
static char guess_delimiter(const char *block, size_t size)
{
    static const char candidates[] = ",;\t";
    size_t count[3] = {0};
    bool quoted = false;
    size_t at = 0;
    while (at < size && strchr(" \r\n", block[at]) != NULL && block[at] != '\0')
        at++;
    for (; at < size && (quoted || (block[at] != '\n' && block[at] != '\r')); at++) {
        quoted ^= block[at] == '"';
        for (size_t i = 0; i < 3; i++)
            count[i] += !quoted && block[at] == candidates[i];
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++)
        if (count[i] > count[best])
            best = i;
    return candidates[best];
}

static void set_delimiter(struct reader *reader, char delimiter)
{
    csv_set_delim(&reader->parser, (unsigned char)delimiter);
    memset(reader->piece_end, 0, sizeof reader->piece_end);
    reader->piece_end['\r'] = reader->piece_end['\n'] = true;
    reader->piece_end[(unsigned char)delimiter] = true;
}

/* Looks at the first block; *skip bytes of it are not for the parser. */
static enum neap_status prepare(struct reader *reader, const char *block, size_t size,
                                char delimiter, size_t *skip)
{
    *skip = 0;
    if (starts(block, size, "\xff\xfe", 2) || starts(block, size, "\xfe\xff", 2))
        return fail_here(reader, 0,
                         "found UTF-16, expected UTF-8: convert it with iconv -f UTF-16 -t UTF-8");
    if (starts(block, size, "\xef\xbb\xbf", 3))
        *skip = 3;
    size_t separator = separator_line(block + *skip, size - *skip);
    if (separator > 0) {
        if (delimiter == 0)
            delimiter = block[*skip + 4];
        *skip += separator;
        reader->line = reader->field_line = 2;
    }
    if (delimiter == 0)
        delimiter = guess_delimiter(block + *skip, size - *skip);
    set_delimiter(reader, delimiter);
    return NEAP_OK;
}

static enum neap_status read_all(struct reader *reader, struct neapi_source *source, char *block,
                                 char delimiter)
{
    size_t size, skip;
    enum neap_status status = neapi_source_read(source, block, BLOCK, &size, reader->error);
    if (status == NEAP_OK)
        status = prepare(reader, block, size, delimiter, &skip);
    if (status == NEAP_OK)
        status = feed_block(reader, block + skip, size - skip);
    while (status == NEAP_OK && size > 0) {
        status = neapi_source_read(source, block, BLOCK, &size, reader->error);
        if (status == NEAP_OK)
            status = feed_block(reader, block, size);
    }
    return status == NEAP_OK ? finish(reader) : status;
}

static enum neap_status read_source(struct neapi_source *source, const char *name,
                                    const struct neapi_csv_options *options,
                                    const struct neapi_csv_handler *handler,
                                    struct neap_error *error)
{
    struct reader reader = {.name = name,
                            .handler = handler,
                            .error = error,
                            .line = 1,
                            .field_line = 1,
                            .field_column = 1};
    char *block = malloc(BLOCK);
    if (block == NULL)
        return neapi_no_memory(error, "reading a file");
    csv_init(&reader.parser, CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI);
    csv_set_blk_size(&reader.parser, 4096);
    enum neap_status status = read_all(&reader, source, block, options->delimiter);
    csv_free(&reader.parser);
    free(reader.field);
    free(reader.text);
    free(block);
    return status;
}

enum neap_status neapi_csv_read(const char *path, const struct neapi_csv_options *options,
                                const struct neapi_csv_handler *handler, struct neap_error *error)
{
    struct neapi_source *source;
    enum neap_status status = neapi_source_open(&source, path, error);
    if (status != NEAP_OK)
        return status;
    status = read_source(source, path, options, handler, error);
    neapi_source_close(source);
    return status;
}

enum neap_status neapi_csv_read_memory(const void *data, size_t size, const char *name,
                                       const struct neapi_csv_options *options,
                                       const struct neapi_csv_handler *handler,
                                       struct neap_error *error)
{
    struct neapi_source *source;
    enum neap_status status = neapi_source_open_memory(&source, data, size, name, error);
    if (status != NEAP_OK)
        return status;
    status = read_source(source, name, options, handler, error);
    neapi_source_close(source);
    return status;
}

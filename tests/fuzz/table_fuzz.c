/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as CSV, plain or gzip. The first byte chooses the delimiter. What is read must keep
 * its promises: one width, texts without NUL, positions that never go back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "table/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    size_t width;
    long line, column;
};

static void require(bool promise)
{
    if (!promise)
        abort();
}

static enum neap_status on_row(void *context, const struct neapi_csv_field *fields, size_t count,
                               struct neap_error *error)
{
    struct seen *seen = context;
    (void)error;
    require(count > 0 && count == seen->width);
    for (size_t i = 0; i < count; i++) {
        require(strlen(fields[i].text) == fields[i].length);
        require(fields[i].length <= NEAPI_CSV_FIELD_MOST);
        require(fields[i].line > seen->line ||
                (fields[i].line == seen->line && fields[i].column > seen->column));
        seen->line = fields[i].line;
        seen->column = fields[i].column;
    }
    return NEAP_OK;
}

static enum neap_status on_header(void *context, const struct neapi_csv_field *fields, size_t count,
                                  struct neap_error *error)
{
    ((struct seen *)context)->width = count;
    return on_row(context, fields, count, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {0, ',', ';', '\t'};
    if (size == 0)
        return 0;
    struct seen seen = {0};
    struct neap_error error = {0};
    const struct neapi_csv_options options = {.delimiter = delimiters[data[0] % 4]};
    const struct neapi_csv_handler handler = {on_header, on_row, &seen};
    enum neap_status status =
        neapi_csv_read_memory(data + 1, size - 1, "fuzz", &options, &handler, &error);
    require(status == NEAP_OK || (status == error.status && error.message[0] != '\0'));
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors: one list of kinds, one struct that the caller owns. */
#include <stdarg.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/text.h"

const char *neap_status_text(enum neap_status status)
{
    switch (status) {
#define X(name, text) \
    case name:        \
        return text;
        NEAP_STATUS_MAP(X)
#undef X
    }
    return "unknown status";
}

int neap_error_format(const struct neap_error *error, char *text, size_t size)
{
    if (error->source[0] == '\0')
        return snprintf(text, size, "%s", error->message);
    if (error->line == 0)
        return snprintf(text, size, "%s: %s", error->source, error->message);
    if (error->column == 0)
        return snprintf(text, size, "%s:%ld: %s", error->source, error->line, error->message);
    return snprintf(text, size, "%s:%ld:%ld: %s", error->source, error->line, error->column,
                    error->message);
}

static void place(struct neap_error *error, const char *source, long line, long column)
{
    neapi_text_copy(error->source, sizeof error->source, source);
    error->line = line;
    error->column = column;
}

enum neap_status neapi_fail(struct neap_error *error, enum neap_status status, const char *format,
                            ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    place(error, "", 0, 0);
    neapi_vprint(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

enum neap_status neapi_fail_at(struct neap_error *error, enum neap_status status,
                               const char *source, long line, long column, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    place(error, source, line, column);
    neapi_vprint(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

enum neap_status neapi_no_memory(struct neap_error *error, const char *what)
{
    return neapi_fail(error, NEAP_NO_MEMORY,
                      "no memory for %s: close other programs or shorten "
                      "the window (traffic.from, traffic.to)",
                      what);
}

enum neap_status neapi_locate(struct neap_error *error, enum neap_status status, const char *source,
                              long line, long column)
{
    if (error != NULL && status != NEAP_OK && error->source[0] == '\0')
        place(error, source, line, column);
    return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of writers, and what all of them share. A new writer is one file and one row here. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "report/impl.h"

static const struct neap_report_type as_text = {
    "text", "for reading: a headline, tables, assumptions", "txt", "text/plain", neapi_write_text};
static const struct neap_report_type as_json = {"json", "for programs: everything, as one object",
                                                "json", "application/json", neapi_write_json};
static const struct neap_report_type as_csv = {"csv", "for spreadsheets: one table", "csv",
                                               "text/csv", neapi_write_csv};
static const struct neap_report_type as_markdown = {"markdown", "for a pull request or a wiki",
                                                    "md", "text/markdown", neapi_write_markdown};
static const struct neap_report_type as_html = {"html", "for a browser: one page with charts",
                                                "html", "text/html", neapi_write_html};

static const struct neap_report_type *const types[] = {&as_text,     &as_json, &as_csv,
                                                       &as_markdown, &as_html, NULL};

const struct neap_report_type *const *neap_report_types(void)
{
    return types;
}

const struct neap_report_type *neap_report_find(const char *name)
{
    for (size_t i = 0; types[i] != NULL; i++)
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    return NULL;
}

const struct neap_report_type *neap_report_find_path(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot == NULL || strchr(dot, '/') != NULL)
        return NULL;
    for (size_t i = 0; types[i] != NULL; i++)
        if (strcmp(types[i]->extension, dot + 1) == 0)
            return types[i];
    return NULL;
}

void neap_report_options_init(struct neap_report_options *options)
{
    *options = (struct neap_report_options){.width = 100};
}

void neapi_sink_flush(struct neapi_sink *sink)
{
    if (sink->used > 0)
        fwrite(sink->bytes, 1, sink->used, sink->stream); /* ferror() tells at the end */
    sink->used = 0;
}

void neapi_sink_put(struct neapi_sink *sink, const char *bytes, size_t length)
{
    if (length > sizeof sink->bytes - sink->used)
        neapi_sink_flush(sink);
    if (length > sizeof sink->bytes) {
        fwrite(bytes, 1, length, sink->stream);
        return;
    }
    memcpy(sink->bytes + sink->used, bytes, length);
    sink->used += length;
}

void neapi_sink_utf8(struct neapi_sink *sink, const char *text, size_t length)
{
    size_t good = 0; /* start of a run of well-formed characters */
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t bytes = neapi_utf8_decode(text + at, &point);
        if (bytes > 0 && bytes <= length - at) {
            at += bytes;
            continue;
        }
        neapi_sink_put(sink, text + good, at - good);
        neapi_sink_text(sink, "\xef\xbf\xbd");
        good = ++at;
    }
    neapi_sink_put(sink, text + good, length - good);
}

void neapi_sink_text(struct neapi_sink *sink, const char *text)
{
    neapi_sink_put(sink, text, strlen(text));
}

void neapi_sink_print(struct neapi_sink *sink, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        neapi_sink_put(sink, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

static enum neap_status write_in_c_locale(const struct neap_document *document,
                                          const struct neap_report_type *type, FILE *stream,
                                          const struct neap_report_options *options,
                                          struct neap_error *error)
{
    locale_t before = neapi_c_locale_enter();
    if (before == (locale_t)0)
        return neapi_no_memory(error, "a report");
    enum neap_status status = type->write(document, stream, options, error);
    neapi_c_locale_leave(before);
    return status;
}

enum neap_status neap_report_write(const struct neap_document *document,
                                   const struct neap_report_type *type, FILE *stream,
                                   const struct neap_report_options *options,
                                   struct neap_error *error)
{
    struct neap_report_options defaults;
    neap_report_options_init(&defaults);
    enum neap_status status = neap_document_status(document, error);
    if (status != NEAP_OK)
        return status;
    errno = 0;
    status =
        write_in_c_locale(document, type, stream, options == NULL ? &defaults : options, error);
    if (status != NEAP_OK)
        return status;
    if (fflush(stream) != 0 || ferror(stream))
        return neapi_fail(error, NEAP_IO,
                          "the report could not be written whole: %s; choose another place with "
                          "-o FILE",
                          errno != 0 ? strerror(errno) : "the stream had failed before");
    return NEAP_OK;
}

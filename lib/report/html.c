/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/html.h"

static const char *entity(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Control characters and non-characters, which XML refuses. */
static bool is_forbidden(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point & 0xfffe) == 0xfffe;
}

void neapi_html_text(struct neapi_sink *sink, const char *text)
{
    while (*text != '\0') {
        uint32_t point = 0;
        size_t length = neapi_utf8_decode(text, &point);
        const char *name = length > 0 ? entity(point) : NULL;
        if (name != NULL)
            neapi_sink_text(sink, name);
        else if (length == 1 && (*text == '\n' || *text == '\t' || *text == '\r'))
            neapi_sink_put(sink, " ", 1);
        else if (length == 0 || is_forbidden(point))
            neapi_sink_text(sink, "\xef\xbf\xbd");
        else
            neapi_sink_put(sink, text, length);
        text += length > 0 ? length : 1;
    }
}

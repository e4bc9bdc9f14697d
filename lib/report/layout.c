/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "report/layout.h"

enum { WIDTH_DEFAULT = 100, WIDTH_LEAST = 40 };

void neapi_layout_block(struct neapi_layout *layout)
{
    if (layout->started)
        neapi_sink_text(&layout->sink, "\n");
    layout->started = true;
}

void neapi_layout_style(struct neapi_layout *layout, enum neapi_style style)
{
    static const char *const sequence[] = {"\033[0m", "\033[1m", "\033[33m", "\033[2m"};
    if (layout->options->color)
        neapi_sink_text(&layout->sink, sequence[style]);
}

void neapi_layout_spaces(struct neapi_layout *layout, size_t count)
{
    static const char spaces[] = "                                ";
    for (size_t run; count > 0; count -= run) {
        run = count < sizeof spaces - 1 ? count : sizeof spaces - 1;
        neapi_sink_put(&layout->sink, spaces, run);
    }
}

/* The next character as it will be shown; moves text on and returns its columns. */
static size_t next(const char **text, const char **shown, size_t *bytes)
{
    uint32_t point;
    size_t length = neapi_utf8_decode(*text, &point);
    bool good = length > 0 && point >= 0x20 && (point < 0x7f || point >= 0xa0);
    *shown = good ? *text : "\xef\xbf\xbd";
    *bytes = good ? length : 3;
    *text += length > 0 ? length : 1;
    return good ? (size_t)neapi_utf8_width(point) : 1;
}

/* The word at text[0..length). */
static void put_word(struct neapi_layout *layout, const char *text, size_t length)
{
    const char *end = text + length, *shown;
    size_t bytes;
    while (text < end) {
        next(&text, &shown, &bytes);
        neapi_sink_put(&layout->sink, shown, bytes);
    }
}

static size_t word_width(const char *text, size_t length)
{
    const char *end = text + length, *shown;
    size_t bytes, width = 0;
    while (text < end)
        width += next(&text, &shown, &bytes);
    return width;
}

void neapi_layout_text(struct neapi_layout *layout, const char *text)
{
    put_word(layout, text, strlen(text));
}

size_t neapi_layout_width(const char *text)
{
    return word_width(text, strlen(text));
}

static size_t line_width(const struct neap_report_options *options)
{
    int width = options->width == 0 ? WIDTH_DEFAULT : options->width;
    return width < WIDTH_LEAST ? WIDTH_LEAST : (size_t)width;
}

void neapi_layout_prose(struct neapi_layout *layout, const char *text, size_t lead, size_t hang)
{
    size_t most = line_width(layout->options);
    size_t used = lead;
    bool first = true; /* of its line */
    for (text += strspn(text, " \n\t"); *text != '\0'; text += strspn(text, " \n\t")) {
        size_t length = strcspn(text, " \n\t");
        size_t width = word_width(text, length);
        if (!first && used + 1 + width > most) {
            neapi_sink_text(&layout->sink, "\n");
            neapi_layout_spaces(layout, hang);
            used = hang;
        } else if (!first) {
            neapi_sink_text(&layout->sink, " ");
            used++;
        }
        put_word(layout, text, length);
        used += width;
        text += length;
        first = false;
    }
    neapi_sink_text(&layout->sink, "\n");
}

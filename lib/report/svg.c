/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Charts as inline SVG: what all kinds share. A chart is drawn once wide and once narrow; the style
 * sheet shows one of them. Without a style sheet the narrow one stays hidden. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/svg.h"

static const double letter_width = 7; /* of system fonts at 12 pixels: digits, mixed text */

double neapi_svg_text_width(const char *text)
{
    double width = 0;
    while (*text != '\0') {
        uint32_t point = 0;
        size_t length = neapi_utf8_decode(text, &point);
        width += letter_width * (length > 0 ? neapi_utf8_width(point) : 1);
        text += length > 0 ? length : 1;
    }
    return width;
}

void neapi_svg_number(const struct neapi_plot *plot, double value)
{
    long tenths = lround(value * 10);
    long whole = labs(tenths) / 10, rest = labs(tenths) % 10;
    neapi_sink_print(plot->sink, rest > 0 ? "%s%ld.%ld" : "%s%ld", tenths < 0 ? "-" : "", whole,
                     rest);
}

/* The bytes of text that fit into most, and whether that is not all of it. */
static size_t fitting(const char *text, double most, bool *cut)
{
    double width = 0, room = most - letter_width; /* for the ellipsis */
    size_t fits = 0, at = 0;
    *cut = neapi_svg_text_width(text) > most;
    while (*cut && text[at] != '\0') {
        uint32_t point = 0;
        size_t length = neapi_utf8_decode(text + at, &point);
        width += letter_width * (length > 0 ? neapi_utf8_width(point) : 1);
        at += length > 0 ? length : 1;
        if (width > room)
            break;
        fits = at;
    }
    return *cut ? fits : strlen(text);
}

void neapi_svg_text(const struct neapi_plot *plot, const char *class, enum neapi_anchor anchor,
                    double x, double y, double most, const char *text)
{
    static const char *const anchors[] = {"", " m", " e"};
    char part[NEAP_TEXT_SIZE];
    bool cut;
    size_t length = fitting(text, most, &cut);
    if (length >= sizeof part)
        length = 0;
    memcpy(part, text, length);
    part[length] = '\0';
    neapi_sink_print(plot->sink, "<text class=\"%s%s\" x=\"", class, anchors[anchor]);
    neapi_svg_number(plot, x);
    neapi_sink_text(plot->sink, "\" y=\"");
    neapi_svg_number(plot, y);
    neapi_sink_text(plot->sink, "\">");
    neapi_html_text(plot->sink, part);
    neapi_sink_text(plot->sink, cut ? "\xe2\x80\xa6</text>\n" : "</text>\n");
}

void neapi_svg_line(const struct neapi_plot *plot, const char *class, double x1, double y1,
                    double x2, double y2)
{
    neapi_sink_print(plot->sink, "<path class=\"%s\" d=\"M", class);
    neapi_svg_number(plot, x1);
    neapi_sink_text(plot->sink, " ");
    neapi_svg_number(plot, y1);
    neapi_sink_text(plot->sink, "L");
    neapi_svg_number(plot, x2);
    neapi_sink_text(plot->sink, " ");
    neapi_svg_number(plot, y2);
    neapi_sink_text(plot->sink, "\"/>\n");
}

void neapi_svg_class(char text[3], const struct neapi_chart *chart, size_t series)
{
    enum neap_series_style style = chart->series[series].style;
    int number = 1; /* at most NEAP_CHART_SERIES_MOST */
    for (size_t i = 0; i < series; i++)
        number += chart->series[i].style == style;
    text[0] = style == NEAP_SERIES_BEFORE ? 'b' : 's';
    text[1] = (char)('0' + number);
    text[2] = '\0';
}

/* --- a whole chart ------------------------------------------------------------------------------ */

static void put_opening(const struct neapi_plot *plot)
{
    bool wide = plot->size == NEAPI_WIDE;
    char id[32];
    snprintf(id, sizeof id, "c%zu%c", plot->number, wide ? 'w' : 'n');
    neapi_sink_print(
        plot->sink,
        "<svg class=\"chart %s\"%s viewBox=\"0 0 %.0f %.0f\" width=\"100%%\" role=\"img\" "
        "aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">",
        wide ? "wide" : "narrow", wide ? "" : " display=\"none\"", plot->width, plot->height, id,
        id, id);
    neapi_html_text(plot->sink, plot->chart->shown.title);
    neapi_sink_print(plot->sink, "</title>\n<desc id=\"%s-d\">", id);
    if (plot->chart->shown.kind == NEAP_CHART_LINES)
        neapi_svg_lines_describe(plot);
    else
        neapi_svg_bars_describe(plot);
    neapi_sink_text(plot->sink, "</desc>\n");
}

static bool draw(struct neapi_plot *plot)
{
    bool lines = plot->chart->shown.kind == NEAP_CHART_LINES;
    plot->width = plot->size == NEAPI_WIDE ? 760 : 360;
    if (lines)
        neapi_svg_lines_measure(plot);
    else
        neapi_svg_bars_measure(plot);
    put_opening(plot);
    bool good = lines ? neapi_svg_lines_draw(plot) : neapi_svg_bars_draw(plot);
    neapi_sink_text(plot->sink, "</svg>\n");
    return good;
}

bool neapi_svg_chart(struct neapi_sink *sink, const struct neapi_chart *chart, size_t number)
{
    for (int size = 0; size < NEAPI_SIZES; size++) {
        struct neapi_plot plot = {
            .sink = sink, .chart = chart, .size = (enum neapi_size)size, .number = number};
        if (!draw(&plot))
            return false;
    }
    return true;
}

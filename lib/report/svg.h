/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawing: a plot is one chart in one size. Lengths are in units of the viewBox, which are pixels
 * where there is room enough; x grows to the right, y downwards. */
#ifndef NEAP_REPORT_SVG_H
#define NEAP_REPORT_SVG_H

#include "report/chart.h"
#include "report/scale.h"

struct neapi_plot {
    struct neapi_sink *sink;
    const struct neapi_chart *chart;
    enum neapi_size size;
    size_t number; /* of the chart in its document, for ids */
    double width, height;
    double left, right, top, bottom; /* of the area inside the axes */
    struct neapi_scale scale;        /* of values */
};

enum neapi_anchor { NEAPI_START, NEAPI_MIDDLE, NEAPI_END };

/* About how wide a text will be; never much less. */
double neapi_svg_text_width(const char *text);
/* Rounded to tenths, without zeros behind the point. */
void neapi_svg_number(const struct neapi_plot *plot, double value);
/* A text of at most that width, its end cut off with an ellipsis if need be. */
void neapi_svg_text(const struct neapi_plot *plot, const char *class, enum neapi_anchor anchor,
                    double x, double y, double most, const char *text);
void neapi_svg_line(const struct neapi_plot *plot, const char *class, double x1, double y1,
                    double x2, double y2);

/* The class that colours a series: "s1" .. "s6" for plain ones, "b1" .. for those before. */
void neapi_svg_class(char text[3], const struct neapi_chart *chart, size_t series);

/* Where a time and a value lie in a chart of lines. */
double neapi_svg_x(const struct neapi_plot *plot, int64_t time_ns);
double neapi_svg_y(const struct neapi_plot *plot, double value);
/* What stands in the d of a <path>: a column as a line, broken at missing cells; a band, false without
 * memory (svg_paths.c). */
void neapi_svg_path(const struct neapi_plot *plot, size_t column);
bool neapi_svg_band(const struct neapi_plot *plot, const struct neapi_series *series);

/* Both sizes of a chart as <svg> elements; false without memory. */
bool neapi_svg_chart(struct neapi_sink *sink, const struct neapi_chart *chart, size_t number);

/* By kind of chart (svg_lines.c, svg_bars.c): the size of things, all in between <svg> and </svg>,
 * and the sentence that describes them to those who do not see them. */
void neapi_svg_lines_measure(struct neapi_plot *plot);
bool neapi_svg_lines_draw(const struct neapi_plot *plot);
void neapi_svg_lines_describe(const struct neapi_plot *plot);
void neapi_svg_bars_measure(struct neapi_plot *plot);
bool neapi_svg_bars_draw(const struct neapi_plot *plot);
void neapi_svg_bars_describe(const struct neapi_plot *plot);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bars lie on their side, so that their labels can be sentences: beside the bar on a page, above it
 * on a phone. In a waterfall a bar starts where the one above it ended. */
#include <math.h>
#include <stdio.h>

#include "report/cell.h"
#include "report/html.h"
#include "report/svg.h"

enum { BAR = 18, TOP = 8 };

struct bar {
    double from, to;
    bool change;       /* of a waterfall, and no end of it */
    const char *label; /* NULL: missing */
    char value[NEAPI_CELL + 8];
};

static double value_of(const struct neapi_chart *chart, size_t row)
{
    double value = neapi_chart_value(chart->table, row, chart->found[0].column);
    return isnan(value) ? 0 : value;
}

static void show_value(struct bar *bar, const struct neapi_chart *chart, size_t row)
{
    char text[NEAPI_CELL];
    const char *shown = neapi_cell_show(text, chart->table, row, chart->found[0].column, true);
    const char *sign = bar->change && value_of(chart, row) > 0 && *shown != '+' ? "+" : "";
    if (*shown == '-' && shown[1] != '\0') {
        sign = "\xe2\x88\x92";
        shown++;
    }
    if (*shown == '+' && !bar->change)
        shown++;
    snprintf(bar->value, sizeof bar->value, "%s%s", sign, shown);
}

/* The bar of a row; sum is where the bars above have led. */
static struct bar bar_of(const struct neapi_chart *chart, size_t row, double *sum)
{
    bool ends = row == 0 || row + 1 == neap_table_rows(chart->table);
    bool change = chart->shown.kind == NEAP_CHART_WATERFALL && !ends;
    double value = value_of(chart, row);
    struct bar bar = {.from = change ? *sum : 0, .change = change};
    bar.to = bar.from + value;
    bar.label = neap_table_text(chart->table, row, chart->x);
    *sum = bar.to;
    show_value(&bar, chart, row);
    return bar;
}

static double label_width(const struct neapi_plot *plot)
{
    double widest = 0;
    if (plot->size == NEAPI_NARROW)
        return 0;
    for (size_t row = 0; row < neap_table_rows(plot->chart->table); row++) {
        const char *label = neap_table_text(plot->chart->table, row, plot->chart->x);
        widest = fmax(widest, label == NULL ? 0 : neapi_svg_text_width(label));
    }
    return fmin(widest, 280) + 12;
}

static double row_height(const struct neapi_plot *plot)
{
    return plot->size == NEAPI_WIDE ? 30 : 46;
}

void neapi_svg_bars_measure(struct neapi_plot *plot)
{
    double low = 0, high = 0, sum = 0, widest = 0;
    size_t rows = neap_table_rows(plot->chart->table);
    for (size_t row = 0; row < rows; row++) {
        struct bar bar = bar_of(plot->chart, row, &sum);
        low = fmin(low, bar.to);
        high = fmax(high, bar.to);
        widest = fmax(widest, neapi_svg_text_width(bar.value));
    }
    plot->scale = neapi_scale_fit(low, high, plot->size == NEAPI_WIDE ? 6 : 4);
    plot->left = label_width(plot) + (low < 0 || plot->size == NEAPI_WIDE ? 12 : 2);
    plot->right = plot->width - fmin(widest, 120) - 10;
    plot->top = TOP;
    plot->bottom = plot->top + row_height(plot) * (double)rows + 4;
    plot->height = plot->bottom + 42;
}

static double x_of(const struct neapi_plot *plot, double value)
{
    return plot->left + (plot->right - plot->left) * neapi_scale_share(&plot->scale, value);
}

static void draw_axis(const struct neapi_plot *plot)
{
    for (int i = 0; i <= plot->scale.steps; i++) {
        char text[NEAPI_NUMBER];
        double value = neapi_scale_tick(&plot->scale, i), x = x_of(plot, value);
        neapi_number_show(text, value, plot->scale.decimals);
        neapi_svg_line(plot, fabs(value) < plot->scale.step / 2 ? "axis" : "grid", x, plot->top, x,
                       plot->bottom);
        double half = neapi_svg_text_width(text) / 2;
        neapi_svg_text(plot, "tick", NEAPI_MIDDLE, fmax(x, half), plot->bottom + 16, plot->width,
                       text);
    }
    neapi_svg_text(plot, "unit", NEAPI_MIDDLE, (plot->left + plot->right) / 2, plot->bottom + 35,
                   plot->right - plot->left, plot->chart->shown.unit);
}

static const char *class_of(const struct neapi_plot *plot, const struct bar *bar)
{
    if (plot->chart->shown.kind == NEAP_CHART_BARS)
        return "bar s1";
    if (!bar->change)
        return "bar total";
    return bar->to > bar->from ? "bar up" : "bar down";
}

static void draw_rectangle(const struct neapi_plot *plot, const struct bar *bar, double left,
                           double right, double y)
{
    neapi_sink_print(plot->sink, "<rect class=\"%s\" x=\"", class_of(plot, bar));
    neapi_svg_number(plot, left);
    neapi_sink_text(plot->sink, "\" y=\"");
    neapi_svg_number(plot, y);
    neapi_sink_text(plot->sink, "\" width=\"");
    neapi_svg_number(plot, fmax(right - left, 1));
    neapi_sink_print(plot->sink, "\" height=\"%d\"", BAR);
    if (bar->change && bar->to > bar->from) /* hatched, for those who see no colours */
        neapi_sink_print(plot->sink, " fill=\"url(#c%zu%c-h)\"", plot->number,
                         plot->size == NEAPI_WIDE ? 'w' : 'n');
    neapi_sink_text(plot->sink, "/>\n");
}

static void draw_bar(const struct neapi_plot *plot, size_t row, const struct bar *bar)
{
    bool wide = plot->size == NEAPI_WIDE;
    double top = plot->top + row_height(plot) * (double)row;
    double y = wide ? top + 6 : top + 20;
    double left = x_of(plot, fmin(bar->from, bar->to)),
           right = x_of(plot, fmax(bar->from, bar->to));
    neapi_svg_text(plot, "label", wide ? NEAPI_END : NEAPI_START,
                   wide ? plot->left - 10 : plot->left + 5, wide ? y + 13 : top + 14,
                   wide ? plot->left - 10 : plot->width - 2, bar->label == NULL ? "-" : bar->label);
    if (bar->to > bar->from || bar->to < bar->from)
        draw_rectangle(plot, bar, left, right, y);
    neapi_svg_text(plot, "value", NEAPI_START, right + 6, y + 13, plot->width - right, bar->value);
}

/* From the end of a bar to the start of the next. */
static void draw_link(const struct neapi_plot *plot, size_t row, double sum)
{
    double y = plot->top + row_height(plot) * (double)row + (plot->size == NEAPI_WIDE ? 6 : 20);
    neapi_svg_line(plot, "link", x_of(plot, sum), y - row_height(plot) + BAR, x_of(plot, sum), y);
}

static void define_hatching(const struct neapi_plot *plot)
{
    neapi_sink_print(plot->sink,
                     "<defs><pattern id=\"c%zu%c-h\" width=\"6\" height=\"6\" "
                     "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                     "<path class=\"hatch\" d=\"M0 0h6v6h-6z\"/><path class=\"hatch-line\" "
                     "d=\"M1 0v6\"/></pattern></defs>\n",
                     plot->number, plot->size == NEAPI_WIDE ? 'w' : 'n');
}

bool neapi_svg_bars_draw(const struct neapi_plot *plot)
{
    bool waterfall = plot->chart->shown.kind == NEAP_CHART_WATERFALL;
    double sum = 0;
    if (waterfall)
        define_hatching(plot);
    draw_axis(plot);
    for (size_t row = 0; row < neap_table_rows(plot->chart->table); row++) {
        double before = sum;
        struct bar bar = bar_of(plot->chart, row, &sum);
        if (waterfall && row > 0)
            draw_link(plot, row, before);
        draw_bar(plot, row, &bar);
    }
    return true;
}

void neapi_svg_bars_describe(const struct neapi_plot *plot)
{
    double sum = 0;
    bool waterfall = plot->chart->shown.kind == NEAP_CHART_WATERFALL;
    neapi_sink_text(plot->sink, waterfall ? "Bars from a start over changes to an end" : "Bars");
    neapi_sink_text(plot->sink, *plot->chart->shown.unit == '\0' ? "" : ", in ");
    neapi_html_text(plot->sink, plot->chart->shown.unit);
    for (size_t row = 0; row < neap_table_rows(plot->chart->table); row++) {
        struct bar bar = bar_of(plot->chart, row, &sum);
        neapi_sink_text(plot->sink, row == 0 ? ": " : "; ");
        neapi_html_text(plot->sink, bar.label == NULL ? "-" : bar.label);
        neapi_sink_print(plot->sink, " %s", bar.value);
    }
    neapi_sink_text(plot->sink, ".");
}

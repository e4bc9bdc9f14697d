/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines over time: axes, series, marks, and all of it in words. */
#include <math.h>

#include "report/html.h"
#include "report/svg.h"

enum { MARK_ROWS = 3, LABEL_HEIGHT = 15 };
enum { LEFT_LEAST = 44 }; /* charts below each other line up, unless numbers are long */

/* --- where things are --------------------------------------------------------------------------- */

static void include(double value, double *low, double *high)
{
    *low = fmin(*low, value); /* a NaN changes nothing */
    *high = fmax(*high, value);
}

static void include_column(const struct neapi_chart *chart, size_t column, double *low,
                           double *high)
{
    if (column == NEAPI_NO_COLUMN)
        return;
    for (size_t row = 0; row < neap_table_rows(chart->table); row++)
        include(neapi_chart_value(chart->table, row, column), low, high);
}

static double widest_tick(const struct neapi_scale *scale)
{
    double widest = 0;
    for (int i = 0; i <= scale->steps; i++) {
        char text[NEAPI_NUMBER];
        neapi_number_show(text, neapi_scale_tick(scale, i), scale->decimals);
        widest = fmax(widest, neapi_svg_text_width(text));
    }
    return widest;
}

static bool is_drawn(const struct neapi_chart *chart, size_t mark)
{
    return chart->when[mark][0] != '\0';
}

void neapi_svg_lines_measure(struct neapi_plot *plot)
{
    const struct neapi_chart *chart = plot->chart;
    double low = 0, high = 0;
    size_t rows = 0;
    for (size_t i = 0; i < chart->shown.series_count; i++) {
        include_column(chart, chart->found[i].column, &low, &high);
        include_column(chart, chart->found[i].low, &low, &high);
        include_column(chart, chart->found[i].high, &low, &high);
    }
    for (size_t i = 0; i < chart->shown.mark_count && rows < MARK_ROWS; i++)
        rows += is_drawn(chart, i);
    plot->scale = neapi_scale_fit(low, high, 5);
    plot->left = fmax(widest_tick(&plot->scale) + 12, LEFT_LEAST);
    plot->right = plot->width - 14;
    plot->top = 24 + LABEL_HEIGHT * (double)rows;
    plot->bottom = plot->top + (plot->size == NEAPI_WIDE ? 210 : 180);
    plot->height = plot->bottom + 44;
}

/* --- axes ---------------------------------------------------------------------------------------- */

static void draw_values(const struct neapi_plot *plot)
{
    for (int i = 0; i <= plot->scale.steps; i++) {
        char text[NEAPI_NUMBER];
        double value = neapi_scale_tick(&plot->scale, i), y = neapi_svg_y(plot, value);
        neapi_number_show(text, value, plot->scale.decimals);
        neapi_svg_line(plot, fabs(value) < plot->scale.step / 2 ? "axis" : "grid", plot->left, y,
                       plot->right, y);
        neapi_svg_text(plot, "tick", NEAPI_END, plot->left - 7, y + 4, plot->left, text);
    }
    neapi_svg_text(plot, "unit", NEAPI_START, 0, 12, plot->right, plot->chart->shown.unit);
}

static void draw_times(const struct neapi_plot *plot)
{
    const struct neapi_time_axis *axis = &plot->chart->axis[plot->size];
    double room = (plot->right - plot->left) / 2;
    for (size_t i = 0; i < axis->ticks; i++) {
        double x = neapi_svg_x(plot, axis->tick[i].time_ns);
        double half = neapi_svg_text_width(axis->tick[i].label) / 2;
        neapi_svg_line(plot, "axis", x, plot->bottom, x, plot->bottom + 5);
        x = fmin(x, plot->width - half); /* the last one stays inside */
        neapi_svg_text(plot, "tick", NEAPI_MIDDLE, x, plot->bottom + 18, room, axis->tick[i].label);
    }
    neapi_svg_text(plot, "unit", NEAPI_MIDDLE, (plot->left + plot->right) / 2, plot->bottom + 37,
                   plot->right - plot->left, plot->chart->span);
}

/* --- series --------------------------------------------------------------------------------------- */

static bool draw_bands(const struct neapi_plot *plot)
{
    bool good = true;
    for (size_t i = 0; good && i < plot->chart->shown.series_count; i++) {
        char class[3];
        if (plot->chart->found[i].low == NEAPI_NO_COLUMN)
            continue;
        neapi_svg_class(class, plot->chart, i);
        neapi_sink_print(plot->sink, "<path class=\"band %s\" d=\"", class);
        good = neapi_svg_band(plot, &plot->chart->found[i]);
        neapi_sink_text(plot->sink, "\"/>\n");
    }
    return good;
}

static void draw_series(const struct neapi_plot *plot, enum neap_series_style style)
{
    for (size_t i = 0; i < plot->chart->shown.series_count; i++) {
        char class[3];
        if (plot->chart->series[i].style != style)
            continue;
        neapi_svg_class(class, plot->chart, i);
        neapi_sink_print(plot->sink, "<path class=\"line %s\" d=\"", class);
        neapi_svg_path(plot, plot->chart->found[i].column);
        neapi_sink_text(plot->sink, "\"/>\n");
    }
}

/* --- marks --------------------------------------------------------------------------------------- */

/* Labels stand in rows above the lines, where one does not cover another. */
static void draw_mark(const struct neapi_plot *plot, size_t i, double taken[MARK_ROWS])
{
    const struct neap_chart_mark *mark = &plot->chart->mark[i];
    double x = neapi_svg_x(plot, mark->time_ns), width = neapi_svg_text_width(mark->label);
    bool leftwards = x + 5 + width > plot->width;
    double most = leftwards ? x - 5 : plot->width - x - 5;
    double start = leftwards ? fmax(x - 5 - width, 0) : x;
    int row = 0;
    while (row < MARK_ROWS - 1 && start < taken[row])
        row++;
    double y = 28 + LABEL_HEIGHT * row;
    if (y + 4 > plot->top)
        y = plot->top - 8;
    taken[row] = leftwards ? x : x + 10 + fmin(width, most);
    neapi_sink_text(plot->sink, "<g><title>");
    neapi_html_text(plot->sink, mark->label);
    neapi_sink_print(plot->sink, ", %s</title>\n", plot->chart->when[i]);
    neapi_svg_line(plot, "mark", x, y - 10, x, plot->bottom);
    neapi_svg_text(plot, "label", leftwards ? NEAPI_END : NEAPI_START, leftwards ? x - 5 : x + 5, y,
                   most, mark->label);
    neapi_sink_text(plot->sink, "</g>\n");
}

bool neapi_svg_lines_draw(const struct neapi_plot *plot)
{
    double taken[MARK_ROWS] = {0};
    draw_values(plot);
    if (neap_table_rows(plot->chart->table) == 0) {
        neapi_svg_text(plot, "label", NEAPI_MIDDLE, (plot->left + plot->right) / 2,
                       (plot->top + plot->bottom) / 2, plot->right, "no data");
        return true;
    }
    draw_times(plot);
    bool good = draw_bands(plot);
    draw_series(plot, NEAP_SERIES_BEFORE);
    draw_series(plot, NEAP_SERIES_PLAIN);
    for (size_t i = 0; i < plot->chart->shown.mark_count; i++)
        if (is_drawn(plot->chart, i))
            draw_mark(plot, i, taken);
    return good;
}

/* --- in words ------------------------------------------------------------------------------------ */

static void describe_series(const struct neapi_plot *plot, size_t i)
{
    double low = (double)INFINITY, high = -(double)INFINITY;
    char from[NEAPI_NUMBER], to[NEAPI_NUMBER];
    include_column(plot->chart, plot->chart->found[i].column, &low, &high);
    neapi_sink_text(plot->sink, " ");
    neapi_html_text(plot->sink, plot->chart->series[i].label);
    if (low > high) {
        neapi_sink_text(plot->sink, ": no data.");
        return;
    }
    neapi_number_show_short(from, low);
    neapi_number_show_short(to, high);
    neapi_sink_print(plot->sink, ": %s to %s%s", from, to,
                     *plot->chart->shown.unit == '\0' ? "" : " ");
    neapi_html_text(plot->sink, plot->chart->shown.unit);
    neapi_sink_text(plot->sink, ".");
}

void neapi_svg_lines_describe(const struct neapi_plot *plot)
{
    const struct neapi_chart *chart = plot->chart;
    neapi_sink_text(plot->sink, "Lines over time, ");
    neapi_html_text(plot->sink, chart->span);
    neapi_sink_text(plot->sink, ".");
    for (size_t i = 0; i < chart->shown.series_count; i++)
        describe_series(plot, i);
    for (size_t i = 0; i < chart->shown.mark_count; i++) {
        if (!is_drawn(chart, i))
            continue;
        neapi_sink_print(plot->sink, " %s: ", chart->when[i]);
        neapi_html_text(plot->sink, chart->mark[i].label);
        neapi_sink_text(plot->sink, ".");
    }
}

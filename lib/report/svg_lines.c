/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines over time. A series of many points is reduced to its lowest and highest in each pixel column:
 * the picture is the same, and no peak is lost. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "report/html.h"
#include "report/svg.h"

enum { POINTS_DRAWN_WHOLE = 1200, MARK_ROWS = 3, LABEL_HEIGHT = 15 };
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

static double x_of(const struct neapi_plot *plot, int64_t time_ns)
{
    const struct neap_table *table = plot->chart->table;
    int64_t first = neap_table_time(table, 0, plot->chart->x);
    int64_t last = neap_table_time(table, neap_table_rows(table) - 1, plot->chart->x);
    if (last == first)
        return (plot->left + plot->right) / 2;
    return plot->left + (plot->right - plot->left) * ((double)time_ns - (double)first) /
                            ((double)last - (double)first);
}

static double x_of_row(const struct neapi_plot *plot, size_t row)
{
    return x_of(plot, neap_table_time(plot->chart->table, row, plot->chart->x));
}

static double y_of(const struct neapi_plot *plot, double value)
{
    return plot->bottom - (plot->bottom - plot->top) * neapi_scale_share(&plot->scale, value);
}

/* --- axes ---------------------------------------------------------------------------------------- */

static void draw_values(const struct neapi_plot *plot)
{
    for (int i = 0; i <= plot->scale.steps; i++) {
        char text[NEAPI_NUMBER];
        double value = neapi_scale_tick(&plot->scale, i), y = y_of(plot, value);
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
        double x = x_of(plot, axis->tick[i].time_ns);
        double half = neapi_svg_text_width(axis->tick[i].label) / 2;
        neapi_svg_line(plot, "axis", x, plot->bottom, x, plot->bottom + 5);
        x = fmin(x, plot->width - half); /* the last one stays inside */
        neapi_svg_text(plot, "tick", NEAPI_MIDDLE, x, plot->bottom + 18, room, axis->tick[i].label);
    }
    neapi_svg_text(plot, "unit", NEAPI_MIDDLE, (plot->left + plot->right) / 2, plot->bottom + 37,
                   plot->right - plot->left, plot->chart->span);
}

/* --- lines --------------------------------------------------------------------------------------- */

/* A path under way. */
struct pen {
    const struct neapi_plot *plot;
    size_t points; /* since it was put down; 0: it is up */
};

static void pen_to(struct pen *pen, double x, double y)
{
    neapi_sink_text(pen->plot->sink, pen->points == 0 ? "M" : pen->points == 1 ? "L" : " ");
    neapi_svg_number(pen->plot, x);
    neapi_sink_text(pen->plot->sink, " ");
    neapi_svg_number(pen->plot, y);
    pen->points++;
}

/* A single point between gaps is a dot. */
static void pen_lift(struct pen *pen)
{
    if (pen->points == 1)
        neapi_sink_text(pen->plot->sink, "h0");
    pen->points = 0;
}

/* Neighbouring points that are drawn as two at most. */
struct bucket {
    double key; /* pixel column, or row */
    size_t points;
    double low, low_x, high, high_x;
};

static void bucket_add(struct bucket *bucket, double key, double x, double value)
{
    if (bucket->points == 0) {
        *bucket = (struct bucket){key, 1, value, x, value, x};
        return;
    }
    bucket->points++;
    if (value < bucket->low) {
        bucket->low = value;
        bucket->low_x = x;
    }
    if (value > bucket->high) {
        bucket->high = value;
        bucket->high_x = x;
    }
}

static void bucket_draw(struct bucket *bucket, struct pen *pen)
{
    double low_y = y_of(pen->plot, bucket->low), high_y = y_of(pen->plot, bucket->high);
    bool rising = bucket->low_x <= bucket->high_x;
    if (bucket->points > 0)
        pen_to(pen, rising ? bucket->low_x : bucket->high_x, rising ? low_y : high_y);
    if (bucket->points > 1 && bucket->high > bucket->low)
        pen_to(pen, rising ? bucket->high_x : bucket->low_x, rising ? high_y : low_y);
    bucket->points = 0;
}

static double key_of(size_t rows, size_t row, double x)
{
    return rows > POINTS_DRAWN_WHOLE ? floor(x) : (double)row;
}

/* Gaps within one pixel column are not seen. */
static void draw_line(const struct neapi_plot *plot, size_t column)
{
    const struct neap_table *table = plot->chart->table;
    size_t rows = neap_table_rows(table);
    struct pen pen = {plot, 0};
    struct bucket bucket = {.points = 0};
    bool gap = false;
    for (size_t row = 0; row < rows; row++) {
        double value = neapi_chart_value(table, row, column), x = x_of_row(plot, row);
        double key = key_of(rows, row, x);
        if (isnan(value)) {
            gap = true;
            continue;
        }
        if (bucket.points > 0 && key > bucket.key) {
            bucket_draw(&bucket, &pen);
            if (gap)
                pen_lift(&pen);
        }
        bucket_add(&bucket, key, x, value);
        gap = false;
    }
    bucket_draw(&bucket, &pen);
    pen_lift(&pen);
}

/* --- bands --------------------------------------------------------------------------------------- */

struct edge {
    double key, x, low, high;
    bool starts; /* a gap lies before it */
};

static size_t find_edges(const struct neapi_plot *plot, const struct neapi_series *series,
                         struct edge *edge)
{
    const struct neap_table *table = plot->chart->table;
    size_t rows = neap_table_rows(table), edges = 0;
    bool gap = true;
    for (size_t row = 0; row < rows; row++) {
        double low = neapi_chart_value(table, row, series->low);
        double high = neapi_chart_value(table, row, series->high);
        double x = x_of_row(plot, row), key = key_of(rows, row, x);
        if (isnan(low) || isnan(high)) {
            gap = true;
            continue;
        }
        if (edges == 0 || key > edge[edges - 1].key)
            edge[edges++] = (struct edge){key, x, low, high, gap};
        include(low, &edge[edges - 1].low, &edge[edges - 1].high);
        include(high, &edge[edges - 1].low, &edge[edges - 1].high);
        gap = false;
    }
    return edges;
}

static bool draw_band(const struct neapi_plot *plot, const struct neapi_series *series)
{
    struct edge *edge = neapi_allocate(neap_table_rows(plot->chart->table) + 1, sizeof *edge);
    if (edge == NULL)
        return false;
    size_t edges = find_edges(plot, series, edge);
    for (size_t first = 0, end; first < edges; first = end) {
        struct pen pen = {plot, 0};
        for (end = first + 1; end < edges && !edge[end].starts;)
            end++;
        for (size_t i = first; i < end; i++)
            pen_to(&pen, edge[i].x, y_of(plot, edge[i].high));
        for (size_t i = end; i > first; i--)
            pen_to(&pen, edge[i - 1].x, y_of(plot, edge[i - 1].low));
        neapi_sink_text(plot->sink, "z");
    }
    free(edge);
    return true;
}

static bool draw_bands(const struct neapi_plot *plot)
{
    bool good = true;
    for (size_t i = 0; good && i < plot->chart->shown.series_count; i++) {
        char class[3];
        if (plot->chart->found[i].low == NEAPI_NO_COLUMN)
            continue;
        neapi_svg_class(class, plot->chart, i);
        neapi_sink_print(plot->sink, "<path class=\"band %s\" d=\"", class);
        good = draw_band(plot, &plot->chart->found[i]);
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
        draw_line(plot, plot->chart->found[i].column);
        neapi_sink_text(plot->sink, "\"/>\n");
    }
}

/* --- marks --------------------------------------------------------------------------------------- */

/* Labels stand in rows above the lines, where one does not cover another. */
static void draw_mark(const struct neapi_plot *plot, size_t i, double taken[MARK_ROWS])
{
    const struct neap_chart_mark *mark = &plot->chart->mark[i];
    double x = x_of(plot, mark->time_ns), width = neapi_svg_text_width(mark->label);
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

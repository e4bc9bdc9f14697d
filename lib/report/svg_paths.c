/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Series as paths. One of many points is reduced to its lowest and highest in each pixel column: the
 * picture is the same, and no peak is lost. */
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "report/svg.h"

enum { POINTS_DRAWN_WHOLE = 1200 };

double neapi_svg_x(const struct neapi_plot *plot, int64_t time_ns)
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
    return neapi_svg_x(plot, neap_table_time(plot->chart->table, row, plot->chart->x));
}

double neapi_svg_y(const struct neapi_plot *plot, double value)
{
    return plot->bottom - (plot->bottom - plot->top) * neapi_scale_share(&plot->scale, value);
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
    double low_y = neapi_svg_y(pen->plot, bucket->low),
           high_y = neapi_svg_y(pen->plot, bucket->high);
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
void neapi_svg_path(const struct neapi_plot *plot, size_t column)
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
        edge[edges - 1].low = fmin(edge[edges - 1].low, fmin(low, high));
        edge[edges - 1].high = fmax(edge[edges - 1].high, fmax(low, high));
        gap = false;
    }
    return edges;
}

bool neapi_svg_band(const struct neapi_plot *plot, const struct neapi_series *series)
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
            pen_to(&pen, edge[i].x, neapi_svg_y(plot, edge[i].high));
        for (size_t i = end; i > first; i--)
            pen_to(&pen, edge[i - 1].x, neapi_svg_y(plot, edge[i - 1].low));
        neapi_sink_text(plot->sink, "z");
    }
    free(edge);
    return true;
}

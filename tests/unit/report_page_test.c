/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages for people: markdown and HTML, and the charts on them. No text of a document may become
 * markup, every tag is closed, and what is drawn is what the table holds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/chart.h"
#include "report/scale.h"

enum { DEPTH = 64 };

#define OK(call) assert_int_equal((call), NEAP_OK)

static const int64_t second_ns = 1000000000;
static const int64_t monday_s = 1772409600; /* 2026-03-02T00:00:00Z */

static struct neap_document *document_new(void)
{
    struct neap_document *document = NULL;
    OK(neap_document_new(&document, "neap.test/1", NULL));
    return document;
}

/* What the writer makes of the document; the caller frees it. */
static char *written(const struct neap_document *document, const char *format)
{
    struct neap_error error = {.message = ""};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    if (neap_report_write(document, neap_report_find(format), stream, NULL, &error) != NEAP_OK)
        fail_msg("%s", error.message);
    fclose(stream);
    return text;
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        found++;
    return found;
}

/* --- tables to draw ------------------------------------------------------------------------------ */

/* time, value, low, high; row i is minute i. A NaN is a missing cell. */
static struct neap_table *series_table(const double *value, size_t rows)
{
    struct neap_table *table = NULL;
    OK(neap_table_new(&table, NULL, NULL));
    OK(neap_table_add_column(table, "time", "", NEAP_COLUMN_TIME, 0, NULL));
    OK(neap_table_add_column(table, "value", "cores", NEAP_COLUMN_NUMBER, 2, NULL));
    OK(neap_table_add_column(table, "low", "cores", NEAP_COLUMN_NUMBER, 2, NULL));
    OK(neap_table_add_column(table, "high", "cores", NEAP_COLUMN_NUMBER, 2, NULL));
    for (size_t i = 0; i < rows; i++) {
        OK(neap_table_add_row(table, NULL));
        OK(neap_table_set_time(table, 0, (monday_s + (int64_t)i * 60) * second_ns, NULL));
        OK(neap_table_set_number(table, 1, value[i], NULL));
        OK(neap_table_set_number(table, 2, value[i] - 1, NULL));
        OK(neap_table_set_number(table, 3, value[i] + 1, NULL));
    }
    return table;
}

static struct neap_table *bars_table(const char *const *label, const double *value, size_t rows)
{
    struct neap_table *table = NULL;
    OK(neap_table_new(&table, NULL, NULL));
    OK(neap_table_add_column(table, "step", "", NEAP_COLUMN_TEXT, 0, NULL));
    OK(neap_table_add_column(table, "hours", "h", NEAP_COLUMN_NUMBER, 1, NULL));
    for (size_t i = 0; i < rows; i++) {
        OK(neap_table_add_row(table, NULL));
        OK(neap_table_set_text(table, 0, label[i], NULL));
        OK(neap_table_set_number(table, 1, value[i], NULL));
    }
    return table;
}

static const struct neap_chart_series one_line = {"value", NULL, NEAP_SERIES_PLAIN, NULL, NULL};
static const struct neap_chart_series one_bar = {"hours", NULL, NEAP_SERIES_PLAIN, NULL, NULL};

static struct neap_chart lines(void)
{
    return (struct neap_chart){.kind = NEAP_CHART_LINES,
                               .table = "series",
                               .title = "CPU used",
                               .x = "time",
                               .series = &one_line,
                               .series_count = 1};
}

static struct neap_chart bars(enum neap_chart_kind kind)
{
    return (struct neap_chart){.kind = kind,
                               .table = "bars",
                               .title = "Where it goes",
                               .x = "step",
                               .series = &one_bar,
                               .series_count = 1};
}

/* The HTML of a document with one chart of that series. */
static char *drawn(const double *value, size_t rows, const struct neap_chart *chart)
{
    struct neap_document *document = document_new();
    neap_document_add_named_table(document, "series", NULL, series_table(value, rows),
                                  NEAP_TABLE_DATA);
    neap_document_add_chart(document, chart);
    char *html = written(document, "html");
    neap_document_free(document);
    return html;
}

/* The d of the first path with that class behind the first wide chart; the caller frees it. */
static char *path_of(const char *html, const char *class)
{
    char start[64];
    snprintf(start, sizeof start, "<path class=\"%s\" d=\"", class);
    const char *chart = strstr(html, "<svg class=\"chart wide\"");
    assert_non_null(chart);
    const char *path = strstr(chart, start);
    assert_non_null(path);
    path += strlen(start);
    return strndup(path, strcspn(path, "\""));
}

/* --- well-formed --------------------------------------------------------------------------------- */

static bool is_void(const char *name, size_t length)
{
    return length == 4 && memcmp(name, "meta", 4) == 0;
}

/* Behind a tag that starts at text, whose attributes are all quoted. */
static const char *tag_end(const char *text)
{
    while (*text != '>') {
        if (*text == '"')
            text += strcspn(text + 1, "\"") + 1;
        if (*text == '\0' || *text == '<' || *text == '\'')
            fail_msg("a tag is broken: %.60s", text);
        text++;
    }
    return text + 1;
}

static const char *closing(const char *tag, const char *open[DEPTH], size_t *depth)
{
    size_t length = strcspn(tag + 2, ">");
    if (*depth == 0 || strncmp(open[*depth - 1], tag + 2, length) != 0 ||
        strchr(" >", open[*depth - 1][length]) == NULL)
        fail_msg("nothing to close for %.40s", tag);
    --*depth;
    return tag + 2 + length + 1;
}

/* Every tag is closed by its own, in turn; an & starts an entity. */
static void assert_balanced(const char *html)
{
    const char *open[DEPTH];
    size_t depth = 0;
    assert_memory_equal(html, "<!DOCTYPE html>\n", 16);
    for (const char *at = html + 16; *at != '\0';) {
        if (*at == '&') {
            size_t name = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789#");
            if (at[1 + name] != ';')
                fail_msg("a bare &: %.40s", at);
        }
        if (*at != '<') {
            at++;
            continue;
        }
        if (at[1] == '/') {
            at = closing(at, open, &depth);
            continue;
        }
        const char *name = at + 1;
        at = tag_end(at + 1);
        if (at[-2] == '/' || is_void(name, strcspn(name, " >/")))
            continue;
        assert_true(depth < DEPTH);
        open[depth++] = name;
    }
    if (depth > 0)
        fail_msg("not closed: %.40s", open[depth - 1]);
}

/* --- what texts may not do ----------------------------------------------------------------------- */

#define HOSTILE "<script>alert(\"1\")</script> '\"> & &lt; | * _x_ `c`\n# h\x01 \xff [a](b)"

static struct neap_table *hostile_table(void)
{
    struct neap_table *table = NULL;
    OK(neap_table_new(&table, HOSTILE, NULL));
    OK(neap_table_add_column(table, HOSTILE, HOSTILE, NEAP_COLUMN_TEXT, 0, NULL));
    OK(neap_table_add_column(table, "time", "", NEAP_COLUMN_TIME, 0, NULL));
    OK(neap_table_add_column(table, "value", HOSTILE, NEAP_COLUMN_NUMBER, 1, NULL));
    for (int i = 0; i < 3; i++) {
        OK(neap_table_add_row(table, NULL));
        OK(neap_table_set_text(table, 0, HOSTILE, NULL));
        OK(neap_table_set_time(table, 1, (monday_s + i) * second_ns, NULL));
        OK(neap_table_set_number(table, 2, i, NULL));
    }
    return table;
}

static struct neap_document *hostile_document(void)
{
    struct neap_document *document = NULL;
    static const struct neap_chart_series series[] = {
        {"value", HOSTILE, NEAP_SERIES_PLAIN, "value", "value"},
        {"value", HOSTILE, NEAP_SERIES_BEFORE, NULL, NULL}};
    const struct neap_chart_mark mark = {(monday_s + 1) * second_ns, HOSTILE};
    struct neap_chart chart = {NEAP_CHART_LINES, "all", HOSTILE, HOSTILE, NULL, "time",
                               series,           2,     &mark,   1,       NULL};
    OK(neap_document_new(&document, "neap." HOSTILE "/1", NULL));
    neap_document_set_headline(document, "%s", HOSTILE);
    neap_document_add_named_table(document, "all", NULL, hostile_table(), 0);
    neap_document_add_chart(document, &chart);
    chart = (struct neap_chart){.kind = NEAP_CHART_BARS,
                                .table = "all",
                                .title = HOSTILE,
                                .x = HOSTILE,
                                .series = &series[1],
                                .series_count = 1};
    neap_document_add_chart(document, &chart);
    neap_document_add_fact(document, HOSTILE, "%s", HOSTILE);
    for (int kind = 0; kind < NEAP_NOTE_KINDS; kind++)
        neap_document_add_note(document, (enum neap_note_kind)kind, "%s", HOSTILE);
    neap_document_add_input(document, HOSTILE, HOSTILE);
    OK(neap_document_status(document, NULL));
    return document;
}

static void html_lets_no_text_become_markup(void **state)
{
    (void)state;
    struct neap_document *document = hostile_document();
    char *html = written(document, "html");
    assert_balanced(html);
    assert_null(strstr(html, "<script"));
    assert_null(strchr(html, '\x01'));
    assert_null(strchr(html, '\xff'));
    assert_true(count(html, "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &#39;&quot;&gt; "
                            "&amp; &amp;lt; | * _x_ `c` # h\xef\xbf\xbd \xef\xbf\xbd [a](b)") > 20);
    free(html);
    neap_document_free(document);
}

static void html_asks_for_nothing_from_elsewhere(void **state)
{
    (void)state;
    const double value[] = {1, 2, 3};
    struct neap_chart chart = lines();
    char *html = drawn(value, 3, &chart);
    const char *forbidden[] = {"http:", "https:", "src=", "href", "@import", "<script", "<link"};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        assert_null(strstr(html, forbidden[i]));
    assert_int_equal(count(html, "url("), count(html, "url(#"));
    assert_non_null(strstr(html, "Content-Security-Policy"));
    free(html);
}

static void markdown_lets_no_text_become_markup(void **state)
{
    (void)state;
    struct neap_document *document = hostile_document();
    char *text = written(document, "markdown");
    static const char *const raw[] = {"<script", "| *", " _x", " `c", " [a]", "\n#"};
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
        if (strstr(text, raw[i]) != NULL)
            fail_msg("%s is still there", raw[i]);
    assert_int_equal(count(text, "&lt;script&gt;"), 16);
    free(text);
    neap_document_free(document);
}

static void markdown_starts_no_list_by_accident(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    const char *notes[] = {"- a", "1. b", "12) c", "+ d", "# e", "> f", "== g", "1.5 h", "  - i"};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        neap_document_add_note(document, NEAP_NOTE_PLAIN, "%s", notes[i]);
    char *text = written(document, "markdown");
    assert_non_null(strstr(text, "- \\- a\n- 1\\. b\n- 12\\) c\n- \\+ d\n- \\# e\n- &gt; f\n"
                                 "- \\== g\n- 1\\.5 h\n- \\- i\n"));
    free(text);
    neap_document_free(document);
}

static void markdown_shows_every_part_in_order(void **state)
{
    (void)state;
    const char *label[] = {"old", NULL};
    const double value[] = {1234.56, (double)NAN};
    struct neap_document *document = document_new();
    neap_document_set_seed(document, 7);
    neap_document_add_input(document, "week.csv", "abc123");
    neap_document_set_headline(document, "New needs 18.9%% fewer.");
    neap_document_add_named_table(document, "bars", "Old | new", bars_table(label, value, 2), 0);
    neap_document_add_named_table(document, "long", NULL, series_table(value, 2), NEAP_TABLE_DATA);
    neap_document_add_fact(document, "at the minimum", "12%%");
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION, "Even.");
    neap_document_add_note(document, NEAP_NOTE_WARNING, "A gap.");
    char *text = written(document, "markdown");
    char expected[1024];
    snprintf(expected, sizeof expected,
             "**New needs 18.9%% fewer.**\n\n> **Warning:** A gap.\n\n**Old \\| new**\n\n"
             "| step | hours (h) |\n| --- | ---: |\n| old | 1234.6 |\n| \\- | - |\n\n"
             "Table long: 2 rows, in `--format csv --table long`.\n\n- at the minimum: 12%%\n\n"
             "<details>\n<summary>Assumptions</summary>\n\n- Even.\n\n</details>\n\n"
             "neap %s, seed 7\n\n- week.csv, sha256 abc123\n",
             neap_version());
    assert_string_equal(text, expected);
    free(text);
    neap_document_free(document);
}

/* --- axes ---------------------------------------------------------------------------------------- */

static void ticks_are_round_and_hold_zero(void **state)
{
    (void)state;
    static const struct {
        double low, high, step, first, last;
        int decimals;
    } cases[] = {
        {0, 97, 20, 0, 100, 0},        {0, 0.6, 0.2, 0, 0.6, 1}, {0, 0.7, 0.2, 0, 0.8, 1},
        {0.19, 0.33, 0.1, 0, 0.4, 1},  {-3, 7, 2, -4, 8, 0},     {-8, -2, 2, -8, 0, 0},
        {0, 13901, 5000, 0, 15000, 0}, {0, 100, 20, 0, 100, 0},  {0, 0.0042, 0.001, 0, 0.005, 3},
        {0, 0, 0.2, 0, 1, 1},          {5, -5, 0.2, 0, 1, 1},    {0, 1.2e9, 5e8, 0, 1.5e9, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct neapi_scale scale = neapi_scale_fit(cases[i].low, cases[i].high, 5);
        if (fabs(scale.step - cases[i].step) > 1e-9 * scale.step ||
            fabs(scale.low - cases[i].first) > 1e-9 * scale.step ||
            fabs(scale.high - cases[i].last) > 1e-9 * scale.step ||
            scale.decimals != cases[i].decimals)
            fail_msg("%g to %g: step %g from %g to %g, %d decimals", cases[i].low, cases[i].high,
                     scale.step, scale.low, scale.high, scale.decimals);
        assert_true(fabs(neapi_scale_tick(&scale, scale.steps) - scale.high) < 1e-9 * scale.step);
    }
}

static void ticks_cover_any_range_with_a_few(void **state)
{
    (void)state;
    double high = 1e-90;
    for (int i = 0; i < 1800; i++, high *= 1.27) {
        struct neapi_scale scale = neapi_scale_fit(i % 3 == 0 ? -high / 3 : 0, high, 5);
        if (!(scale.high >= high * (1 - 1e-9)) || scale.steps < 2 || scale.steps > 8)
            fail_msg("%g: %d steps to %g", high, scale.steps, scale.high);
        if (high > 1e99)
            return;
    }
}

static void numbers_are_shown_for_people(void **state)
{
    (void)state;
    char text[NEAPI_NUMBER];
    neapi_number_show(text, -1234567.25, 1);
    assert_string_equal(text, "\xe2\x88\x92"
                              "1,234,567.2");
    neapi_number_show(text, -0.0, 1);
    assert_string_equal(text, "0.0");
    neapi_number_show(text, 1e20, 0);
    assert_string_equal(text, "1e+20");
    neapi_number_show_short(text, 0.2714);
    assert_string_equal(text, "0.2714");
    neapi_number_show_short(text, 12345.6);
    assert_string_equal(text, "12,346");
}

static void assert_time_ticks(int64_t length_s, enum neapi_size size, const struct neap_zone *zone,
                              const char *expected)
{
    char text[512] = "";
    struct neapi_time_axis axis;
    int64_t start_ns = monday_s * second_ns;
    neapi_time_axis_fill(&axis, start_ns, start_ns + length_s * second_ns, zone, size);
    for (size_t i = 0; i < axis.ticks; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s|", axis.tick[i].label);
    }
    assert_string_equal(text, expected);
}

static void time_has_ticks_that_fit_its_length(void **state)
{
    (void)state;
    assert_time_ticks(600, NEAPI_WIDE, NULL, "Mon 2 Mar|00:02|00:04|00:06|00:08|00:10|");
    assert_time_ticks(6 * 3600, NEAPI_WIDE, NULL, "Mon 2 Mar|01:00|02:00|03:00|04:00|05:00|06:00|");
    assert_time_ticks(86400, NEAPI_NARROW, NULL, "2 Mar|06:00|12:00|18:00|3 Mar|");
    assert_time_ticks(7 * 86400 - 60, NEAPI_WIDE, NULL,
                      "Mon 2 Mar|Tue 3 Mar|Wed 4 Mar|Thu 5 Mar|Fri 6 Mar|Sat 7 Mar|Sun 8 Mar|");
    assert_time_ticks(14 * 86400 - 60, NEAPI_NARROW, NULL, "2 Mar|5 Mar|8 Mar|11 Mar|14 Mar|");
    assert_time_ticks(42 * 86400, NEAPI_WIDE, NULL,
                      "2 Mar|9 Mar|16 Mar|23 Mar|30 Mar|6 Apr|13 Apr|");
    assert_time_ticks(INT64_C(365) * 86400, NEAPI_WIDE, NULL, "May|Jul|Sep|Nov|2027|Mar|");
    assert_time_ticks(INT64_C(365) * 86400 * 6, NEAPI_WIDE, NULL, "2027|2028|2029|2030|2031|2032|");
    assert_time_ticks(0, NEAPI_WIDE, NULL, "Mon 2 Mar|");
}

/* A day of 23 hours: days still begin at midnight. */
static void time_is_civil_where_clocks_change(void **state)
{
    (void)state;
    struct neap_zone *zone = NULL;
    if (neap_zone_read(&zone, "Europe/London", NULL, NULL) != NEAP_OK)
        skip();
    struct neapi_time_axis axis;
    int64_t friday_ns = (monday_s + 25 * 86400) * second_ns; /* 27 March, two days before */
    neapi_time_axis_fill(&axis, friday_ns, friday_ns + 5 * 86400 * second_ns, zone, NEAPI_WIDE);
    assert_true(axis.ticks == 6);
    for (size_t i = 0; i < axis.ticks; i++)
        assert_int_equal(neap_civil_from_time(axis.tick[i].time_ns, zone).hour, 0);
    assert_string_equal(axis.tick[3].label, "Mon 30 Mar");
    char span[160];
    neapi_time_span_format(span, sizeof span, friday_ns, friday_ns + 5 * 86400 * second_ns, zone);
    assert_string_equal(span, "27 Mar 2026 to 1 Apr 2026, Europe/London");
    neap_zone_free(zone);
}

static void time_never_has_more_ticks_than_fit(void **state)
{
    (void)state;
    int64_t length_ns = second_ns;
    for (int i = 0; i < 150 && length_ns < INT64_MAX / 4; i++, length_ns += length_ns / 5) {
        struct neapi_time_axis axis;
        for (int size = 0; size < NEAPI_SIZES; size++) {
            neapi_time_axis_fill(&axis, monday_s * second_ns, monday_s * second_ns + length_ns,
                                 NULL, (enum neapi_size)size);
            assert_true(axis.ticks >= 1 && axis.ticks <= (size == NEAPI_WIDE ? 9 : 5));
        }
    }
}

/* --- lines --------------------------------------------------------------------------------------- */

static void a_missing_cell_breaks_the_line(void **state)
{
    (void)state;
    const double nan = (double)NAN, value[] = {1, 2, nan, 3, nan, nan, 4, 5};
    struct neap_chart chart = lines();
    char *html = drawn(value, 8, &chart);
    char *path = path_of(html, "line s1");
    assert_int_equal(count(path, "M"), 3);
    assert_int_equal(count(path, "L"), 2);
    assert_int_equal(count(path, "h0"), 1); /* the 3 alone is a dot */
    free(path);
    free(html);
}

static void nothing_but_gaps_is_an_empty_line(void **state)
{
    (void)state;
    const double nan = (double)NAN, value[] = {nan, nan};
    struct neap_chart chart = lines();
    char *html = drawn(value, 2, &chart);
    char *path = path_of(html, "line s1");
    assert_string_equal(path, "");
    assert_non_null(strstr(html, "value: no data."));
    free(path);
    free(html);
    html = drawn(value, 0, &chart);
    assert_balanced(html);
    assert_non_null(strstr(html, ">no data</text>"));
    free(html);
}

/* The least y of a path is its highest point. */
static double top_of(const char *path)
{
    double top = 1e9;
    for (char *end; *path != '\0'; path = end) {
        path += strcspn(path, "0123456789-");
        if (*path == '\0')
            break;
        strtod(path, &end); /* x */
        if (*end != ' ')
            continue;
        top = fmin(top, strtod(end, &end));
    }
    return top;
}

static void a_long_series_stays_small_and_keeps_its_peak(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    double *value = calloc(ROWS, sizeof *value);
    assert_non_null(value);
    for (int i = 0; i < ROWS; i++)
        value[i] = 20 + i % 7;
    value[54321] = 80; /* one minute of seventy days */
    struct neap_chart chart = lines();
    char *html = drawn(value, ROWS, &chart);
    char *path = path_of(html, "line s1");
    assert_true(strlen(path) < 24000);
    assert_true(strlen(html) < 60000);
    const char *box = strstr(html, "viewBox=\"0 0 760 ");
    assert_non_null(box);
    assert_true(top_of(path) < 30); /* 80 is the top of its axis, 26 would be far below */
    free(path);
    free(html);
    free(value);
}

static void many_short_gaps_stay_small_too(void **state)
{
    (void)state;
    enum { ROWS = 50000 };
    double *value = calloc(ROWS, sizeof *value);
    assert_non_null(value);
    for (int i = 0; i < ROWS; i++)
        value[i] = i % 2 == 0 ? (double)NAN : i % 11;
    struct neap_chart chart = lines();
    char *html = drawn(value, ROWS, &chart);
    assert_true(strlen(html) < 60000);
    free(html);
    free(value);
}

static void a_band_is_drawn_between_low_and_high(void **state)
{
    (void)state;
    const double nan = (double)NAN, value[] = {2, 4, nan, 3};
    static const struct neap_chart_series series = {"value", "with its range", NEAP_SERIES_PLAIN,
                                                    "low", "high"};
    struct neap_chart chart = lines();
    chart.series = &series;
    char *html = drawn(value, 4, &chart);
    char *path = path_of(html, "band s1");
    assert_int_equal(count(path, "M"), 2); /* the gap parts it */
    assert_int_equal(count(path, "z"), 2);
    assert_non_null(strstr(html, "</svg>with its range</li>"));
    free(path);
    free(html);
}

static void series_differ_by_more_than_colour(void **state)
{
    (void)state;
    const double value[] = {1, 2};
    static const struct neap_chart_series series[] = {
        {"value", "now", NEAP_SERIES_PLAIN, NULL, NULL},
        {"low", "week before", NEAP_SERIES_BEFORE, NULL, NULL},
        {"high", "other", NEAP_SERIES_PLAIN, NULL, NULL}};
    struct neap_chart chart = lines();
    chart.series = series;
    chart.series_count = 3;
    char *html = drawn(value, 2, &chart);
    const char *classes[] = {"line s1", "line b1", "line s2"};
    for (size_t i = 0; i < 3; i++)
        free(path_of(html, classes[i]));
    assert_non_null(strstr(html, ".s2{stroke:var(--s2);stroke-dasharray:"));
    assert_non_null(strstr(html, "stroke:var(--before);stroke-width:1.5;stroke-dasharray:"));
    free(html);
}

static void marks_within_the_times_are_drawn(void **state)
{
    (void)state;
    const double value[] = {1, 2, 3};
    const struct neap_chart_mark mark[] = {{(monday_s + 60) * second_ns, "Python 3.11 deployed"},
                                           {(monday_s - 60) * second_ns, "too early"},
                                           {(monday_s + 9999) * second_ns, "too late"}};
    struct neap_chart chart = lines();
    chart.mark = mark;
    chart.mark_count = 3;
    char *html = drawn(value, 3, &chart);
    assert_int_equal(count(html, "<path class=\"mark\""), 2); /* wide and narrow */
    assert_non_null(strstr(html, "<title>Python 3.11 deployed, 2 Mar 2026 00:01</title>"));
    assert_null(strstr(html, "too "));
    free(html);
}

static void charts_speak_to_those_who_do_not_see(void **state)
{
    (void)state;
    const double value[] = {1.5, 2000, 3};
    struct neap_chart chart = lines();
    char *html = drawn(value, 3, &chart);
    assert_int_equal(count(html, "role=\"img\" aria-labelledby=\"c1"), 2);
    assert_int_equal(count(html, "<title id=\"c1w-t\">CPU used</title>"), 1);
    assert_int_equal(count(html, ">Lines over time, 2 Mar 2026 00:00 to 2 Mar 2026 00:02, UTC. "
                                 "value: 1.500 to 2,000 cores.</desc>"),
                     2);
    free(html);
}

/* --- bars ---------------------------------------------------------------------------------------- */

struct rectangle {
    double x, width;
};

/* The bars of the wide drawing, from the top. */
static size_t rectangles(const char *html, struct rectangle *bar, size_t most)
{
    const char *end = strstr(html, "<svg class=\"chart narrow\"");
    size_t found = 0;
    assert_non_null(end);
    for (; (html = strstr(html, "<rect ")) != NULL && html < end && found < most; html++) {
        const char *x = strstr(html, " x=\""), *width = strstr(html, " width=\"");
        assert_true(x != NULL && width != NULL);
        bar[found++] = (struct rectangle){strtod(x + 4, NULL), strtod(width + 8, NULL)};
    }
    return found;
}

static void assert_near(double a, double b)
{
    if (fabs(a - b) > 0.25) /* coordinates are rounded to tenths */
        fail_msg("%g is not near %g", a, b);
}

static void a_waterfall_leads_from_first_to_last(void **state)
{
    (void)state;
    const char *label[] = {"before", "less CPU", "minimum", "after"};
    const double value[] = {100, -40, 15, 75};
    struct neap_document *document = document_new();
    struct neap_chart chart = bars(NEAP_CHART_WATERFALL);
    neap_document_add_named_table(document, "bars", NULL, bars_table(label, value, 4), 0);
    neap_document_add_chart(document, &chart);
    char *html = written(document, "html");
    struct rectangle bar[8];
    assert_balanced(html);
    assert_int_equal(rectangles(html, bar, 8), 4);
    assert_near(bar[1].x + bar[1].width, bar[0].x + bar[0].width); /* down from the first's end */
    assert_near(bar[2].x, bar[1].x);                               /* up from where that led */
    assert_near(bar[2].x + bar[2].width, bar[3].x + bar[3].width); /* to the end of the last */
    assert_near(bar[3].x, bar[0].x);                               /* both ends start at zero */
    assert_near(bar[3].width / bar[0].width, 0.75);
    assert_non_null(strstr(html, ">\xe2\x88\x92"
                                 "40.0</text>"));
    assert_non_null(strstr(html, ">+15.0</text>"));
    assert_non_null(strstr(html, "before 100.0; less CPU \xe2\x88\x92"
                                 "40.0; minimum +15.0; after 75.0."));
    free(html);
    neap_document_free(document);
}

static void bars_start_at_zero_to_both_sides(void **state)
{
    (void)state;
    const char *label[] = {"a", "b", NULL, "d"};
    const double value[] = {10, -5, 2, (double)NAN};
    struct neap_document *document = document_new();
    struct neap_chart chart = bars(NEAP_CHART_BARS);
    neap_document_add_named_table(document, "bars", NULL, bars_table(label, value, 4), 0);
    neap_document_add_chart(document, &chart);
    char *html = written(document, "html");
    struct rectangle bar[8];
    assert_int_equal(rectangles(html, bar, 8), 3); /* nothing for what is missing */
    assert_near(bar[0].x, bar[1].x + bar[1].width);
    assert_near(bar[0].x, bar[2].x);
    assert_near(bar[0].width, 2 * bar[1].width);
    free(html);
    neap_document_free(document);
}

/* --- refused ------------------------------------------------------------------------------------- */

static void assert_refused(const struct neap_chart *chart, const char *says)
{
    const double value[] = {1, 2, 3};
    const char *label[] = {"before", "less", "after"};
    struct neap_error error = {.message = ""};
    struct neap_document *document = document_new();
    neap_document_add_named_table(document, "series", NULL, series_table(value, 3), 0);
    neap_document_add_named_table(document, "bars", NULL, bars_table(label, value, 3), 0);
    neap_document_add_chart(document, chart);
    assert_int_equal(neap_document_status(document, &error), NEAP_BAD_ARGUMENT);
    if (strstr(error.message, says) == NULL)
        fail_msg("%s: %s", says, error.message);
    assert_null(neap_document_chart(document, 0));
    neap_document_free(document);
}

static void charts_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct neap_chart_series series = one_line;
    struct neap_chart chart = lines();
    chart.title = NULL;
    assert_refused(&chart, "without its title");
    chart = lines();
    chart.table = "nowhere";
    assert_refused(&chart, "found no table \"nowhere\"");
    chart = lines();
    chart.x = "value";
    assert_refused(&chart, "column \"value\" is of another kind, expected times");
    chart = lines();
    chart.series_count = 0;
    assert_refused(&chart, "found 0 series, expected 1 to 6");
    chart = lines();
    chart.series = &series;
    series.column = "zebra";
    assert_refused(&chart, "found no column \"zebra\" in table \"series\"");
    series = (struct neap_chart_series){"time", NULL, NEAP_SERIES_PLAIN, NULL, NULL};
    assert_refused(&chart, "column \"time\" is of another kind, expected numbers");
    series = (struct neap_chart_series){"value", NULL, NEAP_SERIES_PLAIN, "low", NULL};
    assert_refused(&chart, "low and high both or neither");
    chart = bars(NEAP_CHART_BARS);
    chart.series_count = 2;
    assert_refused(&chart, "found 2 series, expected 1 to 1");
    chart = bars(NEAP_CHART_BARS);
    chart.x = "hours";
    assert_refused(&chart, "expected texts");
}

static void bars_that_do_not_add_up_are_refused(void **state)
{
    (void)state;
    const struct neap_chart chart = bars(NEAP_CHART_WATERFALL);
    const char *label[] = {"before", "less", "after"};
    const double value[] = {100, -40, 61};
    struct neap_error error;
    struct neap_document *document = document_new();
    neap_document_add_named_table(document, "bars", NULL, bars_table(label, value, 3), 0);
    neap_document_add_chart(document, &chart);
    assert_int_equal(neap_document_status(document, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "its changes lead to 60, but its last row is 61"));
    neap_document_free(document);
}

static void times_that_go_back_are_refused(void **state)
{
    (void)state;
    const double value[] = {1, 2};
    const struct neap_chart chart = lines();
    struct neap_error error;
    struct neap_document *document = document_new();
    struct neap_table *table = series_table(value, 2);
    OK(neap_table_add_row(table, NULL));
    OK(neap_table_set_time(table, 0, monday_s * second_ns, NULL));
    neap_document_add_named_table(document, "series", NULL, table, 0);
    neap_document_add_chart(document, &chart);
    assert_int_equal(neap_document_status(document, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "row 3: expected a time, not before the row above"));
    neap_document_free(document);
}

static void a_chart_is_copied(void **state)
{
    (void)state;
    const double value[] = {1, 2};
    char title[] = "CPU used", column[] = "value";
    struct neap_chart_series series = {column, NULL, NEAP_SERIES_PLAIN, NULL, NULL};
    struct neap_chart chart = lines();
    struct neap_document *document = document_new();
    chart.title = title;
    chart.series = &series;
    neap_document_add_named_table(document, "series", NULL, series_table(value, 2), 0);
    neap_document_add_chart(document, &chart);
    memset(title, 'x', sizeof title - 1);
    memset(column, 'x', sizeof column - 1);
    series.column = NULL;
    const struct neap_chart *kept = neap_document_chart(document, 0);
    assert_string_equal(kept->title, "CPU used");
    assert_string_equal(kept->series[0].column, "value");
    assert_string_equal(kept->series[0].label, "value");
    assert_string_equal(kept->unit, "cores");
    assert_null(neap_document_chart(document, 1));
    neap_document_free(document);
}

static void html_is_the_same_every_time(void **state)
{
    (void)state;
    struct neap_document *one = hostile_document(), *two = hostile_document();
    char *first = written(one, "html"), *second = written(two, "html");
    assert_string_equal(first, second);
    free(first);
    free(second);
    neap_document_free(one);
    neap_document_free(two);
}

static void html_shows_the_ends_of_a_long_table(void **state)
{
    (void)state;
    double value[100];
    for (int i = 0; i < 100; i++)
        value[i] = 1000 + i;
    struct neap_document *document = document_new();
    neap_document_add_named_table(document, "series", "Values", series_table(value, 100), 0);
    char *html = written(document, "html");
    assert_balanced(html);
    assert_non_null(strstr(html, "<td class=\"n\">1,019.00</td>"));
    assert_null(strstr(html, "<td class=\"n\">1,021.00</td>"));
    assert_non_null(strstr(html, "75 rows left out"));
    assert_non_null(strstr(html, "<td class=\"n\">1,099.00</td>"));
    free(html);
    neap_document_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_lets_no_text_become_markup),
        cmocka_unit_test(html_asks_for_nothing_from_elsewhere),
        cmocka_unit_test(html_is_the_same_every_time),
        cmocka_unit_test(html_shows_the_ends_of_a_long_table),
        cmocka_unit_test(markdown_lets_no_text_become_markup),
        cmocka_unit_test(markdown_starts_no_list_by_accident),
        cmocka_unit_test(markdown_shows_every_part_in_order),
        cmocka_unit_test(ticks_are_round_and_hold_zero),
        cmocka_unit_test(ticks_cover_any_range_with_a_few),
        cmocka_unit_test(numbers_are_shown_for_people),
        cmocka_unit_test(time_has_ticks_that_fit_its_length),
        cmocka_unit_test(time_is_civil_where_clocks_change),
        cmocka_unit_test(time_never_has_more_ticks_than_fit),
        cmocka_unit_test(a_missing_cell_breaks_the_line),
        cmocka_unit_test(nothing_but_gaps_is_an_empty_line),
        cmocka_unit_test(a_long_series_stays_small_and_keeps_its_peak),
        cmocka_unit_test(many_short_gaps_stay_small_too),
        cmocka_unit_test(a_band_is_drawn_between_low_and_high),
        cmocka_unit_test(series_differ_by_more_than_colour),
        cmocka_unit_test(marks_within_the_times_are_drawn),
        cmocka_unit_test(charts_speak_to_those_who_do_not_see),
        cmocka_unit_test(a_waterfall_leads_from_first_to_last),
        cmocka_unit_test(bars_start_at_zero_to_both_sides),
        cmocka_unit_test(charts_that_do_not_fit_are_refused),
        cmocka_unit_test(bars_that_do_not_add_up_are_refused),
        cmocka_unit_test(times_that_go_back_are_refused),
        cmocka_unit_test(a_chart_is_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Speed-ups: a factor, a range, or the many factors that benchmarks of a runtime gave. Factors
 * multiply, so their middle is the geometric mean. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/table.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

enum {
    LIST_MOST = NEAP_TEXT_SIZE / 2,
    PERCENTILES_FROM = 10 /* fewer values have no 10th percentile to speak of */
};

static bool in_range(double factor)
{
    return factor >= 0.01 && factor <= 100;
}

/* One factor; text is the whole value, for messages. */
static enum neap_status read_factor(double *factor, const char *word, const char *text,
                                    struct neap_error *error)
{
    struct neap_error inner;
    double read;
    if (neap_quantity_parse(&read, word, NEAP_FACTOR, &inner) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s, which leaves 80 %% of the time, a range such as 1.08..1.40, a list "
                          "of numbers, or file=speedups.csv",
                          inner.message);
    if (!in_range(read))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\", expected a factor from 0.01 to 100: 1.25 leaves 80 %% "
                          "of the time, below 1 is slower",
                          text);
    *factor = read;
    return NEAP_OK;
}

static void set_alike(struct neapi_speedup *speedup, double factor)
{
    for (int i = 0; i < NEAP_CASES; i++)
        speedup->factor[i] = factor;
}

/* --- ranges */

static enum neap_status read_range(struct neapi_speedup *speedup, const char *text,
                                   struct neap_error *error)
{
    char low[NEAP_TEXT_SIZE];
    const char *dots = strstr(text, "..");
    double *factor = speedup->factor;
    neapi_text_copy(low, sizeof low, text);
    low[dots - text] = '\0';
    enum neap_status status = read_factor(&factor[NEAP_CASE_LOW], low, text, error);
    if (status == NEAP_OK)
        status = read_factor(&factor[NEAP_CASE_HIGH], dots + 2, text, error);
    if (status != NEAP_OK)
        return status;
    if (factor[NEAP_CASE_LOW] > factor[NEAP_CASE_HIGH])
        return neapi_fail(
            error, NEAP_BAD_SCENARIO,
            "found \"%.80s\", whose first number is the larger one: write the smaller "
            "speed-up first",
            text);
    factor[NEAP_CASE_MIDDLE] = sqrt(factor[NEAP_CASE_LOW] * factor[NEAP_CASE_HIGH]);
    neapi_text_copy(speedup->how, sizeof speedup->how, "as given");
    return NEAP_OK;
}

/* --- many */

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Type 7 of Hyndman and Fan (1996). */
static double percentile(const double *sorted, size_t count, double p)
{
    double place = p * (double)(count - 1);
    size_t low = (size_t)place;
    if (low + 1 >= count)
        return sorted[count - 1];
    return sorted[low] + (place - (double)low) * (sorted[low + 1] - sorted[low]);
}

/* The cases of count >= 1 factors, which are sorted; where says where they stand. */
static void set_many(struct neapi_speedup *speedup, double *factor, size_t count, const char *where)
{
    double sum = 0;
    if (count == 1) {
        set_alike(speedup, factor[0]);
        return;
    }
    for (size_t i = 0; i < count; i++)
        sum += log(factor[i]);
    qsort(factor, count, sizeof *factor, ascending);
    bool many = count >= PERCENTILES_FROM;
    speedup->factor[NEAP_CASE_LOW] = many ? percentile(factor, count, 0.1) : factor[0];
    speedup->factor[NEAP_CASE_MIDDLE] = exp(sum / (double)count);
    speedup->factor[NEAP_CASE_HIGH] = many ? percentile(factor, count, 0.9) : factor[count - 1];
    neapi_print(speedup->how, sizeof speedup->how, "the %s of %zu values %s",
                many ? "10th and 90th percentile" : "least and the most", count, where);
}

static enum neap_status read_list(struct neapi_speedup *speedup, const char *text,
                                  struct neap_error *error)
{
    double factor[LIST_MOST];
    char word[NEAP_TEXT_SIZE];
    size_t count = 0;
    for (const char *at = text + strspn(text, " \t"); *at != '\0'; at += strspn(at, " \t")) {
        size_t length = strcspn(at, " \t");
        neapi_text_copy(word, length + 1, at);
        enum neap_status status = read_factor(&factor[count++], word, text, error);
        if (status != NEAP_OK)
            return status;
        at += length;
    }
    if (count == 0)
        return read_factor(factor, "", text, error);
    set_many(speedup, factor, count, "in a list");
    return NEAP_OK;
}

/* --- files */

static enum neap_status read_cell(double *factor, const char *cell, const char *path, long line,
                                  struct neap_error *error)
{
    size_t start = strspn(cell, " \t"), length = strcspn(cell + start, " \t");
    bool alone = cell[start + length + strspn(cell + start + length, " \t")] == '\0';
    if (!alone || !neapi_number_parse(factor, cell + start, length) || !in_range(*factor))
        return neapi_fail_at(error, NEAP_BAD_DATA, path, line, 0,
                             "found \"%.80s\", expected a factor from 0.01 to 100: 1.25 leaves "
                             "80 %% of the time",
                             cell);
    return NEAP_OK;
}

/* The column of factors: the only one, or the one named speedup. */
static enum neap_status find_column(const struct neap_table *table, size_t *column,
                                    const char *path, struct neap_error *error)
{
    *column = 0;
    if (neap_table_columns(table) == 1 || neap_table_find_column(table, "speedup", column))
        return NEAP_OK;
    return neapi_fail_at(error, NEAP_BAD_DATA, path, 1, 0,
                         "found %zu columns, expected one, or one named speedup",
                         neap_table_columns(table));
}

static enum neap_status read_rows(struct neapi_speedup *speedup, const struct neap_table *table,
                                  const char *path, const char *name, struct neap_error *error)
{
    size_t column = 0, count = 0, rows = neap_table_rows(table);
    enum neap_status status = find_column(table, &column, path, error);
    if (status != NEAP_OK)
        return status;
    const char *header = neap_table_column_name(table, column);
    double number;
    bool headless = neapi_number_parse(&number, header, strlen(header));
    if (rows + headless == 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 1, 0,
                             "found a header only, expected one speed-up a line below it");
    double *factor = neapi_allocate(rows + headless, sizeof *factor);
    if (factor == NULL)
        return neapi_no_memory(error, "speed-ups");
    if (headless)
        status = read_cell(&factor[count++], header, path, 1, error);
    for (size_t row = 0; status == NEAP_OK && row < rows; row++)
        status = read_cell(&factor[count++], neap_table_text(table, row, column), path,
                           neap_table_row_line(table, row), error);
    char where[NEAP_TEXT_SIZE + 4];
    neapi_print(where, sizeof where, "in %s", name);
    if (status == NEAP_OK)
        set_many(speedup, factor, count, where);
    free(factor);
    return status;
}

static enum neap_status read_file(struct neapi_speedup *speedup, const char *text,
                                  const char *directory, struct neap_error *error)
{
    struct neapi_spec spec;
    struct neap_table *table;
    enum neap_status status = neapi_spec_parse(&spec, text, error);
    if (status != NEAP_OK)
        return status;
    if (spec.form != NEAPI_SPEC_FILE || spec.has.unit)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\", expected no more than file=speedups.csv", text);
    char *path = neapi_profile_path(directory, spec.file);
    if (path == NULL)
        return neapi_no_memory(error, "a path");
    status = neap_table_read_csv(&table, path, error);
    if (status == NEAP_OK) {
        status = read_rows(speedup, table, path, spec.file, error);
        neap_table_free(table);
    }
    free(path);
    return status;
}

/* --- any */

static enum neap_status read_told(struct neapi_speedup *speedup, const char *text,
                                  const char *directory, struct neap_error *error)
{
    if (strstr(text, "=") != NULL)
        return read_file(speedup, text, directory, error);
    if (strstr(text, "..") != NULL)
        return read_range(speedup, text, error);
    return read_list(speedup, text, error);
}

enum neap_status neapi_speedup_read(struct neapi_speedup *speedup, const char *text,
                                    const char *directory, struct neap_error *error)
{
    *speedup = (struct neapi_speedup){.told = neapi_told(text)};
    set_alike(speedup, 1);
    if (!speedup->told)
        return NEAP_OK;
    enum neap_status status = read_told(speedup, text, directory, error);
    speedup->varies = speedup->factor[NEAP_CASE_LOW] < speedup->factor[NEAP_CASE_HIGH];
    return status;
}

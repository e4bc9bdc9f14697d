/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a text taken apart to its distribution; files of samples. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <neap/table.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

/* --- units */

static const struct unit {
    const char *name, *long_name;
    double per_second;
} units[] = {
    {"s", "seconds", 1},
    {"ms", "milliseconds", 1e3},
    {"us", "microseconds", 1e6},
    {"ns", "nanoseconds", 1e9},
};

bool neapi_unit_find(const char *name, double *per_second)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, name) == 0) {
            *per_second = units[i].per_second;
            return true;
        }
    return false;
}

/* The unit that a column's name states: `seconds`, or what stands behind its last underscore. */
static bool unit_of_column(const char *name, double *per_second)
{
    const char *underscore = strrchr(name, '_');
    const char *last = underscore != NULL ? underscore + 1 : name;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].long_name, last) == 0) {
            *per_second = units[i].per_second;
            return true;
        }
    return underscore != NULL && neapi_unit_find(last, per_second);
}

/* --- samples */

static enum neap_status read_sample(double *seconds, const char *cell, double per_second,
                                    const char *path, long line, struct neap_error *error)
{
    double value;
    while (*cell == ' ' || *cell == '\t')
        cell++;
    size_t length = strlen(cell);
    while (length > 0 && (cell[length - 1] == ' ' || cell[length - 1] == '\t'))
        length--;
    if (!neapi_number_parse(&value, cell, length) || value < 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, line, 1,
                             "found \"%.80s\", expected a number >= 0", cell);
    *seconds = value / per_second;
    return NEAP_OK;
}

static enum neap_status choose_unit(double *per_second, bool has_header, const char *header,
                                    const char *path, struct neap_error *error)
{
    double stated = (double)NAN;
    bool by_header = has_header && unit_of_column(header, &stated);
    if (by_header && !isnan(*per_second) && (*per_second < stated || *per_second > stated))
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, path, 1, 1,
                             "the column \"%.80s\" states another unit than unit= does: remove or "
                             "correct unit=",
                             header);
    if (by_header)
        *per_second = stated;
    if (!isnan(*per_second))
        return NEAP_OK;
    return neapi_fail_at(error, NEAP_BAD_SCENARIO, path, 1, 1,
                         "%s%.80s%s does not say its unit: add unit=ms (s, ms, us, ns) behind the "
                         "file's name, or call the column value_ms",
                         has_header ? "the column \"" : "the column", has_header ? header : "",
                         has_header ? "\"" : ", which has no name,");
}

static enum neap_status read_rows(double *seconds, size_t *count, const struct neap_table *table,
                                  bool has_header, double per_second, const char *path,
                                  struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    *count = 0;
    if (!has_header)
        status = read_sample(&seconds[(*count)++], neap_table_column_name(table, 0), per_second,
                             path, 1, error);
    for (size_t row = 0; status == NEAP_OK && row < neap_table_rows(table); row++)
        status = read_sample(&seconds[(*count)++], neap_table_text(table, row, 0), per_second, path,
                             neap_table_row_line(table, row), error);
    return status;
}

static enum neap_status samples_of_table(struct neap_distribution **distribution,
                                         const struct neap_table *table, const char *path,
                                         double per_second, struct neap_error *error)
{
    const char *header = neap_table_column_name(table, 0);
    double number;
    bool has_header = !neapi_number_parse(&number, header, strlen(header));
    if (neap_table_columns(table) != 1)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 1, 0,
                             "found %zu columns, expected one: keep the column of samples only",
                             neap_table_columns(table));
    enum neap_status status = choose_unit(&per_second, has_header, header, path, error);
    if (status != NEAP_OK)
        return status;
    size_t count = neap_table_rows(table) + !has_header;
    if (count == 0)
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 1, 0,
                             "found a header only, expected one sample a line below it");
    double *seconds = neapi_allocate(count, sizeof *seconds);
    if (seconds == NULL)
        return neapi_no_memory(error, "samples");
    status = read_rows(seconds, &count, table, has_header, per_second, path, error);
    if (status == NEAP_OK)
        status = neapi_locate(error, neap_distribution_samples(distribution, seconds, count, error),
                              path, 0, 0);
    free(seconds);
    return status;
}

enum neap_status neapi_samples_read(struct neap_distribution **distribution, const char *path,
                                    double per_second, struct neap_error *error)
{
    struct neap_table *table;
    enum neap_status status = neap_table_read_csv(&table, path, error);
    if (status != NEAP_OK)
        return status;
    status = samples_of_table(distribution, table, path, per_second, error);
    neap_table_free(table);
    return status;
}

char *neapi_profile_path(const char *directory, const char *file)
{
    bool whole = file[0] == '/' || directory == NULL || *directory == '\0';
    size_t size = strlen(file) + (whole ? 0 : strlen(directory) + 1) + 1;
    char *path = malloc(size);
    if (path != NULL)
        neapi_print(path, size, "%s%s%s", whole ? "" : directory, whole ? "" : "/", file);
    return path;
}

static enum neap_status read_file(struct neap_distribution **distribution,
                                  const struct neapi_spec *spec, const char *directory,
                                  struct neap_error *error)
{
    char *path = neapi_profile_path(directory, spec->file);
    if (path == NULL)
        return neapi_no_memory(error, "a path");
    enum neap_status status = spec->form == NEAPI_SPEC_FILE
                                  ? neapi_samples_read(distribution, path, spec->per_second, error)
                                  : neapi_buckets_read(distribution, path, spec->per_second,
                                                       spec->family, !spec->has.family, error);
    free(path);
    return status;
}

/* --- all forms */

static enum neap_status from_percentiles(struct neap_distribution **distribution,
                                         const struct neapi_spec *spec, struct neap_error *error)
{
    double p[NEAP_QUANTILES_MOST];
    if (spec->points == 1)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "p%g alone does not tell the spread: add a second percentile",
                          spec->percent[0]);
    for (size_t i = 0; i < spec->points; i++)
        p[i] = spec->percent[i] / 100;
    return neap_distribution_quantiles(distribution, p, spec->value_s, spec->points, error);
}

static enum neap_status build(struct neap_distribution **distribution,
                              const struct neapi_spec *spec, const char *directory,
                              struct neap_error *error)
{
    switch (spec->form) {
    case NEAPI_SPEC_CONSTANT:
        return neap_distribution_constant(distribution, spec->constant_s, error);
    case NEAPI_SPEC_MEAN:
        return neap_distribution_named(distribution, spec->family, spec->mean_s, spec->cv, error);
    case NEAPI_SPEC_PERCENTILES:
        return from_percentiles(distribution, spec, error);
    case NEAPI_SPEC_FILE:
    case NEAPI_SPEC_BUCKETS:
        break;
    }
    return read_file(distribution, spec, directory, error);
}

enum neap_status neapi_spec_build(struct neap_distribution **distribution,
                                  const struct neapi_spec *spec, const char *directory,
                                  struct neap_error *error)
{
    enum neap_status status = build(distribution, spec, directory, error);
    if (status == NEAP_BAD_ARGUMENT) { /* the numbers are the scenario's */
        status = NEAP_BAD_SCENARIO;
        if (error != NULL)
            error->status = status;
    }
    return status;
}

enum neap_status neapi_spec_read(struct neap_distribution **distribution,
                                 enum neapi_spec_form *form, const char *text,
                                 const char *directory, struct neap_error *error)
{
    struct neapi_spec spec;
    enum neap_status status = neapi_spec_parse(&spec, text, error);
    if (status != NEAP_OK)
        return status;
    *form = spec.form;
    return neapi_spec_build(distribution, &spec, directory, error);
}

enum neap_status neap_profile_read_distribution(struct neap_distribution **distribution,
                                                const char *text, const char *directory,
                                                struct neap_error *error)
{
    enum neapi_spec_form form;
    return neapi_spec_read(distribution, &form, text, directory, error);
}

bool neap_profile_samples_file(const char *text, size_t number, char name[NEAP_TEXT_SIZE])
{
    char part[NEAP_TEXT_SIZE];
    struct neapi_spec spec;
    while (text != NULL) {
        neapi_sets_next(&text, part);
        if (neapi_spec_parse(&spec, part, NULL) == NEAP_OK && (spec.has.file || spec.has.buckets) &&
            number-- == 0)
            return neapi_text_copy(name, NEAP_TEXT_SIZE, spec.file);
    }
    return false;
}

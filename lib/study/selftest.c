/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * selftest: neap held against published tables, row by row. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "scenario/file.h"
#include "study/selftest.h"
#include "study/selftest_simulations.h"
#include "study/variant.h"

enum { FAILURES_SHOWN = 20, WHY_SIZE = 400, NAME_SIZE = 128 };

/* --- rows ----------------------------------------------------------------------------------------- */

const char *neapi_row_text(const struct neapi_row *row, const char *column)
{
    size_t index;
    if (!neap_table_find_column(row->table, column, &index))
        return "";
    const char *text = neap_table_text(row->table, row->index, index);
    return text == NULL ? "" : text;
}

bool neapi_row_number(const struct neapi_row *row, const char *column, double *value)
{
    const char *text = neapi_row_text(row, column);
    if (strcmp(text, "inf") == 0 || strcmp(text, "-inf") == 0) {
        *value = text[0] == '-' ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    return neapi_number_parse(value, text, strlen(text));
}

bool neapi_close(double got, double want, double relative)
{
    return fabs(got - want) <= relative * fabs(want) || fabs(got - want) <= 1e-12;
}

/* --- tables --------------------------------------------------------------------------------------- */

struct test {
    struct neap_document *document;
    struct neap_table *table;
    struct neap_selftest_counts all;
    struct neapi_simulations *simulations;
    long shown;
    struct neap_error *error;
};

static const struct neapi_conformance *find(const char *file)
{
    const struct neapi_conformance *const sets[] = {
        neapi_conformance_service, neapi_conformance_autoscaler, neapi_conformance_fit,
        neapi_conformance_statistics, neapi_conformance_forecast};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        for (const struct neapi_conformance *at = sets[i]; at->file != NULL; at++)
            if (strcmp(at->file, file) == 0)
                return at;
    return NULL;
}

static void show_failure(struct test *test, const char *file, const struct neap_table *rows,
                         size_t index, const char *why)
{
    if (test->shown++ < FAILURES_SHOWN)
        neap_document_add_note(test->document, NEAP_NOTE_WARNING, "%s:%ld: %s", file,
                               neap_table_row_line(rows, index), why);
}

static void check_rows(struct test *test, const char *directory, const char *file,
                       const struct neap_table *rows, struct neap_selftest_counts *counts)
{
    const struct neapi_conformance *conformance = find(file);
    char why[WHY_SIZE];
    for (size_t i = 0; i < neap_table_rows(rows); i++) {
        struct neapi_row row = {rows, i, directory};
        why[0] = '\0';
        enum neapi_outcome outcome =
            conformance == NULL ? NEAPI_SKIPPED : conformance->check(&row, why, sizeof why);
        counts->passed += outcome == NEAPI_PASSED;
        counts->failed += outcome == NEAPI_FAILED;
        counts->skipped += outcome == NEAPI_SKIPPED;
        if (outcome == NEAPI_FAILED)
            show_failure(test, file, rows, i, why);
    }
}

static enum neap_status add_result(struct test *test, const char *file,
                                   const struct neap_selftest_counts *counts)
{
    const int64_t cell[3] = {counts->passed, counts->failed, counts->skipped};
    enum neap_status status = neap_table_add_row(test->table, test->error);
    if (status == NEAP_OK)
        status = neap_table_set_text(test->table, 0, file, test->error);
    for (size_t i = 0; status == NEAP_OK && i < 3; i++)
        status = neap_table_set_integer(test->table, i + 1, cell[i], test->error);
    return status;
}

static enum neap_status check_file(struct test *test, const char *directory, const char *file)
{
    struct neap_table *rows = NULL;
    struct neap_selftest_counts counts = {0, 0, 0};
    char *path = neapi_path_join(directory, file);
    if (path == NULL)
        return neapi_no_memory(test->error, "a path");
    enum neap_status status = neap_table_read_csv(&rows, path, test->error);
    free(path);
    if (status != NEAP_OK)
        return status;
    check_rows(test, directory, file, rows, &counts);
    status = neapi_simulations_add(test->simulations, test->document, file, rows, test->error);
    neap_table_free(rows);
    if (status != NEAP_OK)
        return status;
    test->all.passed += counts.passed;
    test->all.failed += counts.failed;
    test->all.skipped += counts.skipped;
    return add_result(test, file, &counts);
}

/* --- folders -------------------------------------------------------------------------------------- */

struct names {
    char (*name)[NAME_SIZE];
    size_t count, capacity;
};

static bool is_table(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && length < NAME_SIZE && strcmp(name + length - 4, ".csv") == 0 &&
           strstr(name, ".columns.csv") == NULL && strncmp(name, "series_", 7) != 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static enum neap_status list_tables(struct names *names, DIR *folder, struct neap_error *error)
{
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!is_table(entry->d_name))
            continue;
        if (!neapi_grow(&names->name, &names->capacity, names->count + 1, sizeof *names->name))
            return neapi_no_memory(error, "the list of tables");
        neapi_text_copy(names->name[names->count++], NAME_SIZE, entry->d_name);
    }
    if (names->count > 0)
        qsort(names->name, names->count, sizeof *names->name, by_name);
    return NEAP_OK;
}

static enum neap_status check_folder(struct test *test, const char *directory)
{
    struct names names = {NULL, 0, 0};
    DIR *folder = opendir(directory);
    if (folder == NULL)
        return neapi_fail_at(test->error, NEAP_NO_INPUT, directory, 0, 0,
                             "cannot be opened, expected a folder of tables: name its parent with "
                             "--tables");
    enum neap_status status = list_tables(&names, folder, test->error);
    closedir(folder);
    for (size_t i = 0; status == NEAP_OK && i < names.count; i++)
        status = check_file(test, directory, names.name[i]);
    free(names.name);
    return status;
}

static enum neap_status check_all(struct test *test, const char *directory)
{
    static const char *const folder[] = {"oracle", "autoscaler"};
    enum neap_status status = NEAP_OK;
    for (size_t i = 0; status == NEAP_OK && i < 2; i++) {
        char *path = neapi_path_join(directory, folder[i]);
        status = path == NULL ? neapi_no_memory(test->error, "a path") : check_folder(test, path);
        free(path);
    }
    return status;
}

/* --- the document ---------------------------------------------------------------------------------- */

static enum neap_status add_columns(struct test *test)
{
    static const char *const name[] = {"passed", "failed", "skipped"};
    enum neap_status status =
        neap_table_add_column(test->table, "table", NULL, NEAP_COLUMN_TEXT, 0, test->error);
    for (int i = 0; status == NEAP_OK && i < 3; i++)
        status =
            neap_table_add_column(test->table, name[i], NULL, NEAP_COLUMN_INTEGER, 0, test->error);
    return status;
}

static void fill_tables(struct test *test)
{
    struct neap_node *tables = neap_node_array(neap_document_root(test->document), "tables");
    for (size_t i = 0; i < neap_table_rows(test->table); i++) {
        struct neap_node *node = neap_node_object(tables, NULL);
        neap_node_text(node, "name", neap_table_text(test->table, i, 0));
        neap_node_integer(node, "passed", neap_table_integer(test->table, i, 1));
        neap_node_integer(node, "failed", neap_table_integer(test->table, i, 2));
        neap_node_integer(node, "skipped", neap_table_integer(test->table, i, 3));
    }
}

static void fill_tree(struct test *test)
{
    struct neap_node *root = neap_document_root(test->document);
    neap_node_integer(root, "passed", test->all.passed);
    neap_node_integer(root, "failed", test->all.failed);
    neap_node_integer(root, "skipped", test->all.skipped);
    if (test->all.failed > 0)
        neap_document_set_headline(test->document,
                                   "neap disagrees with %ld of %ld rows of published tables",
                                   test->all.failed, test->all.failed + test->all.passed);
    else
        neap_document_set_headline(test->document,
                                   "neap agrees with all %ld rows of published tables that it "
                                   "covers so far",
                                   test->all.passed);
    if (test->shown > FAILURES_SHOWN)
        neap_document_add_note(test->document, NEAP_NOTE_WARNING, "and %ld more",
                               test->shown - FAILURES_SHOWN);
}

static enum neap_status run(struct test *test, const char *directory)
{
    enum neap_status status = neap_table_new(&test->table, NULL, test->error);
    if (status == NEAP_OK)
        status = add_columns(test);
    if (status == NEAP_OK)
        status = check_all(test, directory);
    if (status != NEAP_OK)
        return status;
    if (test->all.passed + test->all.failed + test->all.skipped == 0)
        return neapi_fail_at(test->error, NEAP_NO_INPUT, directory, 0, 0,
                             "found no tables, expected *.csv in oracle/ and autoscaler/");
    neap_document_add_table(test->document, test->table);
    fill_tables(test);
    test->table = NULL;
    status = neapi_simulations_report(test->simulations, test->document, &test->all, test->error);
    if (status != NEAP_OK)
        return status;
    fill_tree(test);
    return neap_document_status(test->document, test->error);
}

enum neap_status neap_selftest(struct neap_document **document, struct neap_selftest_counts *counts,
                               const char *directory, const struct neap_study_options *options,
                               struct neap_error *error)
{
    struct test test = {.error = error};
    enum neap_status status = neapi_simulations_new(&test.simulations, options, error);
    if (status == NEAP_OK)
        status = neap_document_new(&test.document, "neap.selftest/1", error);
    if (status == NEAP_OK)
        status = run(&test, directory);
    neap_table_free(test.table);
    neapi_simulations_free(test.simulations);
    if (status != NEAP_OK) {
        neap_document_free(test.document);
        return status;
    }
    *counts = test.all;
    *document = test.document;
    return NEAP_OK;
}

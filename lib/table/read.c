/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole CSV file as a table of texts. */
#include <neap/table.h>

#include "base/fail.h"
#include "table/csv.h"
#include "table/impl.h"

struct target {
    struct neap_table *table;
    const char *path;
};

static enum neap_status on_header(void *context, const struct neapi_csv_field *fields, size_t count,
                                  struct neap_error *error)
{
    struct target *target = context;
    for (size_t i = 0; i < count; i++) {
        size_t same;
        if (neap_table_find_column(target->table, fields[i].text, &same))
            return neapi_fail_at(
                error, NEAP_BAD_DATA, target->path, fields[i].line, fields[i].column,
                "found a second column \"%.80s\": give each its own name", fields[i].text);
        enum neap_status status =
            neap_table_add_column(target->table, fields[i].text, NULL, NEAP_COLUMN_TEXT, 0, error);
        if (status != NEAP_OK)
            return status;
    }
    return NEAP_OK;
}

static enum neap_status on_row(void *context, const struct neapi_csv_field *fields, size_t count,
                               struct neap_error *error)
{
    struct neap_table *table = ((struct target *)context)->table;
    enum neap_status status = neap_table_add_row(table, error);
    if (status == NEAP_OK)
        status = neapi_table_set_line(table, fields[0].line, error);
    for (size_t i = 0; i < count && status == NEAP_OK; i++)
        status = neapi_table_set_bytes(table, i, fields[i].text, fields[i].length, error);
    return status;
}

enum neap_status neap_table_read_csv(struct neap_table **table, const char *path,
                                     struct neap_error *error)
{
    struct target target = {.path = path};
    enum neap_status status = neap_table_new(&target.table, path, error);
    if (status != NEAP_OK)
        return status;
    const struct neapi_csv_options options = {0};
    const struct neapi_csv_handler handler = {on_header, on_row, &target};
    status = neapi_csv_read(path, &options, &handler, error);
    if (status != NEAP_OK) {
        neap_table_free(target.table);
        return status;
    }
    *table = target.table;
    return NEAP_OK;
}

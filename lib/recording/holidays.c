/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Holidays from a list or from a CSV file. */
#include <stdlib.h>
#include <string.h>

#include <neap/calendar.h>
#include <neap/table.h>

#include "base/fail.h"
#include "recording/impl.h"

static enum neap_status add_rows(struct neap_holidays *holidays, const struct neap_table *table,
                                 const char *path, struct neap_error *error)
{
    size_t date = 0, name = 0;
    enum neap_status status = NEAP_OK;
    if (!neap_table_find_column(table, "date", &date))
        return neapi_fail_at(error, NEAP_BAD_DATA, path, 1, 0,
                             "found no column \"date\", expected it in the header, and optionally "
                             "one called name");
    bool named = neap_table_find_column(table, "name", &name);
    for (size_t row = 0; row < neap_table_rows(table) && status == NEAP_OK; row++) {
        struct neap_error inner = {0};
        status = neap_holidays_add(holidays, neap_table_text(table, row, date),
                                   named ? neap_table_text(table, row, name) : NULL, &inner);
        if (status != NEAP_OK)
            status =
                neapi_fail_at(error, status == NEAP_BAD_ARGUMENT ? NEAP_BAD_DATA : status, path,
                              neap_table_row_line(table, row), 0, "date: %s", inner.message);
    }
    return status;
}

static enum neap_status read_file(struct neap_holidays **holidays, const char *path,
                                  struct neap_error *error)
{
    struct neap_table *table = NULL;
    struct neap_holidays *new = NULL;
    enum neap_status status = neap_table_read_csv(&table, path, error);
    if (status == NEAP_OK)
        status = neap_holidays_new(&new, "", error);
    if (status == NEAP_OK)
        status = add_rows(new, table, path, error);
    neap_table_free(table);
    if (status == NEAP_OK)
        *holidays = new;
    else
        neap_holidays_free(new);
    return status;
}

enum neap_status neap_recording_read_holidays(struct neap_holidays **holidays, const char *text,
                                              const char *directory, struct neap_error *error)
{
    static const char prefix[] = "file=";
    struct neap_error inner = {0};
    if (strncmp(text, prefix, sizeof prefix - 1) == 0) {
        char *path = neapi_recording_join(directory, text + sizeof prefix - 1);
        if (path == NULL)
            return neapi_no_memory(error, "holidays");
        enum neap_status status = read_file(holidays, path, error);
        free(path);
        return status;
    }
    enum neap_status status = neap_holidays_new(holidays, text, &inner);
    if (status == NEAP_BAD_ARGUMENT)
        return neapi_fail(error, status, "holidays: %s, or file=NAME with a column date",
                          inner.message);
    return status == NEAP_OK ? status : neapi_no_memory(error, "holidays");
}

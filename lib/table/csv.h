/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A CSV file as a stream of rows, in constant memory, with the line and column of every field. */
#ifndef NEAP_TABLE_CSV_H
#define NEAP_TABLE_CSV_H

#include <neap/base.h>

enum {
    NEAPI_CSV_FIELD_MOST = 65536, /* bytes of one field, quotes and blanks included */
    NEAPI_CSV_COLUMN_MOST = 4096, /* fields of one row */
    NEAPI_CSV_ROW_MOST = 16777216 /* bytes of one row */
};

struct neapi_csv_options {
    char delimiter; /* ',' ';' '\t', or 0: as "sep=" says, else the commonest in the header */
};

/* Valid during the callback only. The text ends with NUL and holds no other; blanks around an
 * unquoted field are gone, quotes are resolved. */
struct neapi_csv_field {
    const char *text;
    size_t length;
    long line;   /* where the field begins, 1-based */
    long column; /* 1-based byte in that line, of the opening quote if there is one */
};

/* Returning another status than NEAP_OK ends the reading with that status. Every row has as many
 * fields as the header. */
struct neapi_csv_handler {
    enum neap_status (*header)(void *context, const struct neapi_csv_field *fields, size_t count,
                               struct neap_error *error);
    enum neap_status (*row)(void *context, const struct neapi_csv_field *fields, size_t count,
                            struct neap_error *error);
    void *context;
};

/* Reads the file, plain or gzip. Errors: see neap_table_read_csv(). */
enum neap_status neapi_csv_read(const char *path, const struct neapi_csv_options *options,
                                const struct neapi_csv_handler *handler, struct neap_error *error);

/* The same from memory; name stands for the path in messages. */
enum neap_status neapi_csv_read_memory(const void *data, size_t size, const char *name,
                                       const struct neapi_csv_options *options,
                                       const struct neapi_csv_handler *handler,
                                       struct neap_error *error);

#endif

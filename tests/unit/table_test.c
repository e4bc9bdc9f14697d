/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * table: building and reading back; CSV with every trap of libcsv and of gzip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <neap/table.h>

#include "table/csv.h"

/* --- tables ------------------------------------------------------------------------------- */

static struct neap_table *all_kinds(void)
{
    struct neap_table *table;
    assert_int_equal(neap_table_new(&table, "kinds", NULL), NEAP_OK);
    assert_int_equal(neap_table_add_column(table, "name", NULL, NEAP_COLUMN_TEXT, 0, NULL), 0);
    assert_int_equal(neap_table_add_column(table, "n", "", NEAP_COLUMN_INTEGER, 0, NULL), 0);
    assert_int_equal(neap_table_add_column(table, "x", "h", NEAP_COLUMN_NUMBER, 3, NULL), 0);
    assert_int_equal(neap_table_add_column(table, "at", NULL, NEAP_COLUMN_TIME, 0, NULL), 0);
    assert_int_equal(neap_table_add_column(table, "cost", "USD", NEAP_COLUMN_DECIMAL, 2, NULL), 0);
    return table;
}

static void test_columns_read_back(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    size_t column = 99;
    assert_string_equal(neap_table_title(table), "kinds");
    assert_int_equal(neap_table_columns(table), 5);
    assert_string_equal(neap_table_column_name(table, 2), "x");
    assert_string_equal(neap_table_column_unit(table, 2), "h");
    assert_string_equal(neap_table_column_unit(table, 0), "");
    assert_int_equal(neap_table_column_kind(table, 3), NEAP_COLUMN_TIME);
    assert_int_equal(neap_table_column_decimals(table, 2), 3);
    assert_string_equal(neap_table_column_name(table, 5), "");
    assert_true(neap_table_find_column(table, "cost", &column));
    assert_int_equal(column, 4);
    assert_false(neap_table_find_column(table, "Cost", &column));
    assert_int_equal(column, 4);
    neap_table_free(table);
}

static void test_cells_read_back(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
    assert_int_equal(neap_table_set_text(table, 0, "one", NULL), NEAP_OK);
    assert_int_equal(neap_table_set_integer(table, 1, -7, NULL), NEAP_OK);
    assert_int_equal(neap_table_set_number(table, 2, 2.5, NULL), NEAP_OK);
    assert_int_equal(neap_table_set_time(table, 3, INT64_C(1795132800000000000), NULL), NEAP_OK);
    assert_int_equal(neap_table_rows(table), 1);
    assert_string_equal(neap_table_text(table, 0, 0), "one");
    assert_int_equal(neap_table_integer(table, 0, 1), -7);
    assert_true(neap_table_number(table, 0, 1) == -7);
    assert_true(neap_table_number(table, 0, 2) == 2.5);
    assert_true(neap_table_time(table, 0, 3) == INT64_C(1795132800000000000));
    assert_int_equal(neap_table_row_line(table, 0), 0);
    neap_table_free(table);
}

static void test_unset_cells_are_missing(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
    for (size_t i = 0; i < 5; i++)
        assert_true(neap_table_is_missing(table, 0, i));
    assert_null(neap_table_text(table, 0, 0));
    assert_true(neap_table_integer(table, 0, 1) == NEAP_TABLE_MISSING);
    assert_true(isnan(neap_table_number(table, 0, 2)));
    assert_true(neap_table_time(table, 0, 3) == NEAP_TABLE_MISSING);
    assert_int_equal(neap_table_set_text(table, 0, "x", NULL), NEAP_OK);
    assert_false(neap_table_is_missing(table, 0, 0));
    assert_int_equal(neap_table_set_text(table, 0, NULL, NULL), NEAP_OK);
    assert_true(neap_table_is_missing(table, 0, 0));
    neap_table_free(table);
}

static void test_cells_out_of_place_are_missing(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
    assert_int_equal(neap_table_set_number(table, 2, 1, NULL), NEAP_OK);
    assert_true(isnan(neap_table_number(table, 1, 2)));
    assert_true(isnan(neap_table_number(table, 0, 9)));
    assert_null(neap_table_text(table, 0, 2));
    assert_true(neap_table_integer(table, 0, 2) == NEAP_TABLE_MISSING);
    assert_true(neap_table_is_missing(table, 9, 9));
    neap_table_free(table);
}

static void test_wrong_kind_or_column_is_refused(void **state)
{
    (void)state;
    struct neap_error error = {0};
    struct neap_table *table = all_kinds();
    assert_int_equal(neap_table_set_number(table, 2, 1, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "neap_table_add_row"));
    assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
    assert_int_equal(neap_table_set_number(table, 0, 1, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "\"name\""));
    assert_int_equal(neap_table_set_text(table, 2, "1", NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_table_set_integer(table, 5, 1, &error), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_table_set_time(table, 1, 1, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_table_set_text(table, 77, NULL, NULL), NEAP_BAD_ARGUMENT);
    neap_table_free(table);
}

static void test_second_column_of_one_name_is_refused(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    assert_int_equal(neap_table_add_column(table, "x", NULL, NEAP_COLUMN_TEXT, 0, NULL),
                     NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_table_add_column(table, "y", NULL, NEAP_COLUMN_NUMBER, 18, NULL),
                     NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_table_columns(table), 5);
    neap_table_free(table);
}

static void test_column_added_late_is_missing_in_old_rows(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    for (int i = 0; i < 100; i++)
        assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
    assert_int_equal(neap_table_add_column(table, "late", NULL, NEAP_COLUMN_NUMBER, 0, NULL), 0);
    assert_int_equal(neap_table_set_number(table, 5, 3, NULL), NEAP_OK);
    assert_true(neap_table_is_missing(table, 98, 5));
    assert_true(neap_table_number(table, 99, 5) == 3);
    neap_table_free(table);
}

static void test_decimals_are_checked_and_kept_as_text(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
    assert_int_equal(neap_table_set_text(table, 4, "12.50", NULL), NEAP_OK);
    assert_string_equal(neap_table_text(table, 0, 4), "12.50");
    assert_int_not_equal(neap_table_set_text(table, 4, "a lot", NULL), NEAP_OK);
    assert_string_equal(neap_table_text(table, 0, 4), "12.50");
    neap_table_free(table);
}

static void test_table_grows(void **state)
{
    (void)state;
    struct neap_table *table = all_kinds();
    char text[16];
    for (int i = 0; i < 10000; i++) {
        snprintf(text, sizeof text, "row %d", i);
        assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
        assert_int_equal(neap_table_set_text(table, 0, text, NULL), NEAP_OK);
        assert_int_equal(neap_table_set_integer(table, 1, i, NULL), NEAP_OK);
    }
    assert_string_equal(neap_table_text(table, 1234, 0), "row 1234");
    assert_int_equal(neap_table_integer(table, 9999, 1), 9999);
    neap_table_free(table);
    neap_table_free(NULL);
}

/* --- CSV ------------------------------------------------------------------------------------- */

/* Rows as "LINE:COLUMN<text> ...\n", the header first. */
struct record {
    char text[8192];
    size_t used, rows;
    size_t stop_at; /* row whose callback says NEAP_STOPPED; 0 never */
};

static void put(struct record *record, const struct neapi_csv_field *fields, size_t count)
{
    for (size_t i = 0; i < count && record->used < sizeof record->text; i++) {
        assert_int_equal(strlen(fields[i].text), fields[i].length);
        record->used += (size_t)snprintf(
            record->text + record->used, sizeof record->text - record->used, "%ld:%ld<%s>%s",
            fields[i].line, fields[i].column, fields[i].text, i + 1 < count ? " " : "\n");
    }
}

static enum neap_status on_header(void *context, const struct neapi_csv_field *fields, size_t count,
                                  struct neap_error *error)
{
    (void)error;
    put(context, fields, count);
    return NEAP_OK;
}

static enum neap_status on_row(void *context, const struct neapi_csv_field *fields, size_t count,
                               struct neap_error *error)
{
    (void)error;
    struct record *record = context;
    put(record, fields, count);
    return ++record->rows == record->stop_at ? NEAP_STOPPED : NEAP_OK;
}

static enum neap_status read_bytes(struct record *record, const void *data, size_t size,
                                   char delimiter, struct neap_error *error)
{
    const struct neapi_csv_options options = {.delimiter = delimiter};
    const struct neapi_csv_handler handler = {on_header, on_row, record};
    return neapi_csv_read_memory(data, size, "x.csv", &options, &handler, error);
}

static void reads_as(const char *data, const char *expected)
{
    struct record record = {.used = 0};
    struct neap_error error = {0};
    enum neap_status status = read_bytes(&record, data, strlen(data), 0, &error);
    if (status != NEAP_OK)
        print_message("%ld:%ld %s\n", error.line, error.column, error.message);
    assert_int_equal(status, NEAP_OK);
    assert_string_equal(record.text, expected);
}

static void fails_at(const char *data, size_t size, long line, long column, const char *message)
{
    struct record record = {.used = 0};
    struct neap_error error = {0};
    assert_int_equal(read_bytes(&record, data, size, 0, &error), NEAP_BAD_DATA);
    if (strstr(error.message, message) == NULL)
        print_message("%s\n", error.message);
    assert_non_null(strstr(error.message, message));
    assert_string_equal(error.source, "x.csv");
    assert_int_equal(error.line, line);
    assert_int_equal(error.column, column);
}

static void fails_text(const char *data, long line, long column, const char *message)
{
    fails_at(data, strlen(data), line, column, message);
}

static void test_csv_fields_have_positions(void **state)
{
    (void)state;
    reads_as("a,bc\n1,2\n33,\"4\"\n", "1:1<a> 1:3<bc>\n2:1<1> 2:3<2>\n3:1<33> 3:4<4>\n");
}

static void test_csv_last_row_without_newline(void **state)
{
    (void)state;
    reads_as("a,b\n1,2", "1:1<a> 1:3<b>\n2:1<1> 2:3<2>\n");
    reads_as("a,b\n1,", "1:1<a> 1:3<b>\n2:1<1> 2:3<>\n");
    reads_as("a,b\n1,\"2\"", "1:1<a> 1:3<b>\n2:1<1> 2:3<2>\n");
    reads_as("a", "1:1<a>\n");
}

static void test_csv_blank_lines_are_counted(void **state)
{
    (void)state;
    reads_as("\n\na,b\n   \n\n1,2\n\n", "3:1<a> 3:3<b>\n6:1<1> 6:3<2>\n");
    reads_as("a\tb\n \n1\t2\n", "1:1<a> 1:3<b>\n3:1<1> 3:3<2>\n");
}

static void test_csv_crlf_is_one_line_end(void **state)
{
    (void)state;
    reads_as("a,b\r\n\r\n1,2\r\n3,4\r\n", "1:1<a> 1:3<b>\n3:1<1> 3:3<2>\n4:1<3> 4:3<4>\n");
}

static void test_csv_lone_cr_is_a_line_end(void **state)
{
    (void)state;
    reads_as("a,b\r1,2\r\r3,4\r", "1:1<a> 1:3<b>\n2:1<1> 2:3<2>\n4:1<3> 4:3<4>\n");
}

static void test_csv_quotes(void **state)
{
    (void)state;
    reads_as("a,b\n\"x,\"\"y\"\"\",\" z \"\n", "1:1<a> 1:3<b>\n2:1<x,\"y\"> 2:11< z >\n");
}

static void test_csv_field_over_lines_keeps_positions(void **state)
{
    (void)state;
    reads_as("a,b\n\"1\n\n,1\",2\n3,4\n", "1:1<a> 1:3<b>\n2:1<1\n\n,1> 4:5<2>\n5:1<3> 5:3<4>\n");
    reads_as("a,b\n\"1\r\n1\",2\n3,4\n", "1:1<a> 1:3<b>\n2:1<1\r\n1> 3:4<2>\n4:1<3> 4:3<4>\n");
}

static void test_csv_blanks_around_fields_are_trimmed(void **state)
{
    (void)state;
    reads_as(" a , b\t\n 1 ,  \"2\" \n", "1:2<a> 1:6<b>\n2:2<1> 2:7<2>\n");
}

static void test_csv_hash_is_data(void **state)
{
    (void)state;
    reads_as("a\n# 1\n", "1:1<a>\n2:1<# 1>\n");
}

static void test_csv_byte_order_mark_is_stripped(void **state)
{
    (void)state;
    reads_as("\xef\xbb\xbftime,x\n1,2\n", "1:1<time> 1:6<x>\n2:1<1> 2:3<2>\n");
    reads_as("\xef\xbb\xbf\"time\",x\n1,2\n", "1:1<time> 1:8<x>\n2:1<1> 2:3<2>\n");
}

static void test_csv_separator_line(void **state)
{
    (void)state;
    reads_as("sep=;\r\na,1;b\r\n1;2\r\n", "2:1<a,1> 2:5<b>\n3:1<1> 3:3<2>\n");
    reads_as("\xef\xbb\xbfsep=,\na,b\n1,2\n", "2:1<a> 2:3<b>\n3:1<1> 3:3<2>\n");
    reads_as("sep=x\n1\n", "1:1<sep=x>\n2:1<1>\n");
    reads_as("sep=;b\n1;2\n", "1:1<sep=> 1:6<b>\n2:1<1> 2:3<2>\n");
}

static void test_csv_delimiter_is_found(void **state)
{
    (void)state;
    reads_as("a;b\n1;2,5\n", "1:1<a> 1:3<b>\n2:1<1> 2:3<2,5>\n");
    reads_as("a\tb\n1\t2\n", "1:1<a> 1:3<b>\n2:1<1> 2:3<2>\n");
    reads_as("\"a;x;y\",b\n1,2\n", "1:1<a;x;y> 1:9<b>\n2:1<1> 2:3<2>\n");
    reads_as("a\tb\n\t\n", "1:1<a> 1:3<b>\n2:1<> 2:2<>\n");
}

static void test_csv_delimiter_given_wins(void **state)
{
    (void)state;
    struct record record = {.used = 0};
    const char *data = "a,b,c;d\n1;2\n";
    assert_int_equal(read_bytes(&record, data, strlen(data), ';', NULL), NEAP_OK);
    assert_string_equal(record.text, "1:1<a,b,c> 1:7<d>\n2:1<1> 2:3<2>\n");
}

static void test_csv_stray_quote_is_an_error(void **state)
{
    (void)state;
    fails_text("a,b\n1\"2,3\n", 2, 2, "quote out of place");
    fails_text("a,b\n1,2\n5,\"d\"e\n", 3, 6, "quote out of place");
}

static void test_csv_quote_never_closed_names_its_begin(void **state)
{
    (void)state;
    fails_text("a,b\n1,2\n3,\"4\n5,6\n7,8\n", 3, 3, "never closed");
}

static void test_csv_stray_quote_does_not_swallow_the_file(void **state)
{
    (void)state;
    size_t size = 1000000;
    char *data = malloc(size);
    assert_non_null(data);
    for (size_t i = 0; i + 4 <= size; i += 4)
        memcpy(data + i, i == 8 ? "1,\"2" : "1,2\n", 4);
    memcpy(data, "a,b\n", 4);
    fails_at(data, size, 3, 3, "unclosed quote?");
    free(data);
}

static void test_csv_field_without_end_is_an_error(void **state)
{
    (void)state;
    size_t size = 200000;
    char *data = malloc(size);
    assert_non_null(data);
    memset(data, 'x', size);
    fails_at(data, size, 1, 1, "is this a CSV file?");
    free(data);
}

static void test_csv_large_field_below_the_cap(void **state)
{
    (void)state;
    size_t size = 2 + 60000 + 3;
    char *data = malloc(size);
    struct record record = {.used = 0};
    assert_non_null(data);
    memcpy(data, "a\n", 2);
    memset(data + 2, 'x', size - 2);
    data[size - 1] = '\n';
    assert_int_equal(read_bytes(&record, data, size, 0, NULL), NEAP_OK);
    assert_int_equal(record.rows, 1);
    free(data);
}

static void test_csv_nul_is_an_error(void **state)
{
    (void)state;
    fails_at("a,b\n1,2\n3,4\0x\n", 15, 3, 4, "NUL byte");
}

static void test_csv_utf16_is_explained(void **state)
{
    (void)state;
    fails_at("\xff\xfe"
             "a\0,\0",
             6, 1, 0, "iconv -f UTF-16");
    fails_at("\xfe\xff\0a\0,", 6, 1, 0, "iconv -f UTF-16");
    fails_at("a\0,\0b\0\n\0", 8, 1, 2, "UTF-16");
}

static void test_csv_ragged_rows_are_errors(void **state)
{
    (void)state;
    fails_text("a,b\n1,2\n3\n", 3, 1, "found a row of 1 field, expected 2");
    fails_text("a,b\n1,2\n\n3,4,5\n", 4, 5, "found a row of 3 fields, expected 2");
}

static void test_csv_empty_file_is_an_error(void **state)
{
    (void)state;
    fails_text("", 0, 0, "is empty");
    fails_text("\n \n", 0, 0, "is empty");
    fails_text("\xef\xbb\xbf", 0, 0, "is empty");
}

static void test_csv_too_many_columns_is_an_error(void **state)
{
    (void)state;
    char data[5000];
    memset(data, ',', sizeof data);
    fails_at(data, sizeof data, 1, 4097, "4,096 fields");
}

static void test_csv_callback_can_stop(void **state)
{
    (void)state;
    struct record record = {.stop_at = 2};
    const char *data = "a\n1\n2\n3\n4\n";
    assert_int_equal(read_bytes(&record, data, strlen(data), 0, NULL), NEAP_STOPPED);
    assert_int_equal(record.rows, 2);
}

/* A CRLF, a quoted field and a field each lie across the end of some 64 KiB block. */
static void test_csv_positions_across_blocks(void **state)
{
    (void)state;
    enum { ROWS = 40000 };
    char *data = malloc(ROWS * 24 + 8);
    assert_non_null(data);
    size_t size = (size_t)sprintf(data, "a,b\r\n");
    for (int i = 0; i < ROWS; i++)
        size += (size_t)sprintf(data + size, i % 3 == 0 ? "%d,\"x\r\ny\"\r\n" : "%d,xyz\r\n", i);
    size += (size_t)sprintf(data + size, "1,2,3\r\n");
    fails_at(data, size, 2 + ROWS + (ROWS + 2) / 3, 5, "found a row of 3 fields");
    free(data);
}

static void test_csv_text_from_other_formats_is_named(void **state)
{
    (void)state;
    fails_at("PK\003\004xx", 6, 0, 0, "zip archive");
    fails_at("\x28\xb5\x2f\xfdxx", 6, 0, 0, "zstd -d");
    fails_at("PAR1xx", 6, 0, 0, "Parquet");
}

/* --- gzip ------------------------------------------------------------------------------------ */

/* One gzip member; *size is that of the result. */
static unsigned char *compress_gzip(const void *data, size_t length, size_t *size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)length};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    size_t most = deflateBound(&z, length) + 64;
    unsigned char *out = malloc(2 * most);
    assert_non_null(out);
    z.next_out = out;
    z.avail_out = (uInt)most;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *size = z.total_out;
    deflateEnd(&z);
    return out;
}

static const char plain[] = "a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n";

static void test_gzip_reads_like_plain(void **state)
{
    (void)state;
    size_t size;
    struct record a = {.used = 0}, b = {.used = 0};
    unsigned char *gz = compress_gzip(plain, strlen(plain), &size);
    assert_int_equal(read_bytes(&a, gz, size, 0, NULL), NEAP_OK);
    assert_int_equal(read_bytes(&b, plain, strlen(plain), 0, NULL), NEAP_OK);
    assert_string_equal(a.text, b.text);
    free(gz);
}

static void test_gzip_members_are_joined(void **state)
{
    (void)state;
    size_t size;
    struct record record = {.used = 0};
    unsigned char *gz = compress_gzip("a\n1\n2\n", 6, &size);
    memcpy(gz + size, gz, size);
    memset(gz + 2 * size, 0, 20); /* a tape's padding */
    assert_int_equal(read_bytes(&record, gz, 2 * size + 20, 0, NULL), NEAP_OK);
    assert_int_equal(record.rows, 5);
    free(gz);
}

static void test_gzip_truncated_at_any_byte_is_an_error(void **state)
{
    (void)state;
    size_t size;
    unsigned char *gz = compress_gzip(plain, strlen(plain), &size);
    for (size_t cut = 2; cut < size; cut++)
        fails_at((const char *)gz, cut, 0, 0, "truncated");
    free(gz);
}

static void test_gzip_damage_is_an_error(void **state)
{
    (void)state;
    size_t size;
    unsigned char *gz = compress_gzip(plain, strlen(plain), &size);
    gz[size - 6] ^= 1; /* the checksum */
    fails_at((const char *)gz, size, 0, 0, "damaged");
    free(gz);
}

static void test_gzip_trailing_garbage_is_an_error(void **state)
{
    (void)state;
    size_t size;
    unsigned char *gz = compress_gzip(plain, strlen(plain), &size);
    memcpy(gz + size, "1,2\n", 4);
    fails_at((const char *)gz, size + 4, 0, 0, "other data follow");
    free(gz);
}

static void test_gzip_bomb_is_refused(void **state)
{
    (void)state;
    size_t length = (size_t)80 << 20, size;
    char *data = malloc(length);
    struct record record = {.used = sizeof record.text};
    struct neap_error error = {0};
    assert_non_null(data);
    memset(data, '\n', length);
    memcpy(data, "a\n", 2);
    unsigned char *gz = compress_gzip(data, length, &size);
    assert_int_equal(read_bytes(&record, gz, size, 0, &error), NEAP_BAD_DATA);
    assert_non_null(strstr(error.message, "200:1"));
    /* plain, the same is fine */
    assert_int_equal(read_bytes(&record, data, length, 0, &error), NEAP_OK);
    free(gz);
    free(data);
}

/* --- files ------------------------------------------------------------------------------------ */

static void temporary(char path[64], const void *data, size_t size)
{
    strcpy(path, "/tmp/neap-table-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, data, size), (ssize_t)size);
    close(descriptor);
}

static void test_table_from_a_file(void **state)
{
    (void)state;
    char path[64];
    struct neap_table *table;
    static const char data[] = "name,value\n\n x ,\"1\n2\"\n,3\n";
    temporary(path, data, strlen(data));
    assert_int_equal(neap_table_read_csv(&table, path, NULL), NEAP_OK);
    assert_int_equal(neap_table_rows(table), 2);
    assert_int_equal(neap_table_columns(table), 2);
    assert_string_equal(neap_table_title(table), path);
    assert_string_equal(neap_table_column_name(table, 1), "value");
    assert_string_equal(neap_table_text(table, 0, 0), "x");
    assert_string_equal(neap_table_text(table, 0, 1), "1\n2");
    assert_string_equal(neap_table_text(table, 1, 0), "");
    assert_int_equal(neap_table_row_line(table, 0), 3);
    assert_int_equal(neap_table_row_line(table, 1), 5);
    neap_table_free(table);
    unlink(path);
}

static void test_table_from_a_gzip_file(void **state)
{
    (void)state;
    char path[64];
    size_t size;
    struct neap_table *table;
    unsigned char *gz = compress_gzip(plain, strlen(plain), &size);
    temporary(path, gz, size);
    assert_int_equal(neap_table_read_csv(&table, path, NULL), NEAP_OK);
    assert_int_equal(neap_table_rows(table), 5);
    assert_string_equal(neap_table_text(table, 4, 1), "10");
    neap_table_free(table);
    unlink(path);
    free(gz);
}

static void test_table_with_a_column_twice_is_refused(void **state)
{
    (void)state;
    char path[64];
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    temporary(path, "a,b,a\n1,2,3\n", 12);
    assert_int_equal(neap_table_read_csv(&table, path, &error), NEAP_BAD_DATA);
    assert_null(table);
    assert_string_equal(error.source, path);
    assert_int_equal(error.line, 1);
    assert_int_equal(error.column, 5);
    unlink(path);
}

static void test_absent_file_and_directory(void **state)
{
    (void)state;
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    assert_int_equal(neap_table_read_csv(&table, "/nowhere/at/all.csv", &error), NEAP_NO_INPUT);
    assert_string_equal(error.source, "/nowhere/at/all.csv");
    assert_int_equal(neap_table_read_csv(&table, "/", &error), NEAP_NO_INPUT);
    assert_non_null(strstr(error.message, "is a directory"));
    assert_null(table);
}

/* A process's own memory from address 0 can be opened, and reading it fails. */
static void test_read_error_is_io(void **state)
{
    (void)state;
    struct neap_table *table = NULL;
    struct neap_error error = {0};
    if (access("/proc/self/mem", R_OK) != 0)
        skip();
    assert_int_equal(neap_table_read_csv(&table, "/proc/self/mem", &error), NEAP_IO);
    assert_non_null(strstr(error.message, "cannot be read"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_read_back),
        cmocka_unit_test(test_cells_read_back),
        cmocka_unit_test(test_unset_cells_are_missing),
        cmocka_unit_test(test_cells_out_of_place_are_missing),
        cmocka_unit_test(test_wrong_kind_or_column_is_refused),
        cmocka_unit_test(test_second_column_of_one_name_is_refused),
        cmocka_unit_test(test_column_added_late_is_missing_in_old_rows),
        cmocka_unit_test(test_decimals_are_checked_and_kept_as_text),
        cmocka_unit_test(test_table_grows),
        cmocka_unit_test(test_csv_fields_have_positions),
        cmocka_unit_test(test_csv_last_row_without_newline),
        cmocka_unit_test(test_csv_blank_lines_are_counted),
        cmocka_unit_test(test_csv_crlf_is_one_line_end),
        cmocka_unit_test(test_csv_lone_cr_is_a_line_end),
        cmocka_unit_test(test_csv_quotes),
        cmocka_unit_test(test_csv_field_over_lines_keeps_positions),
        cmocka_unit_test(test_csv_blanks_around_fields_are_trimmed),
        cmocka_unit_test(test_csv_hash_is_data),
        cmocka_unit_test(test_csv_byte_order_mark_is_stripped),
        cmocka_unit_test(test_csv_separator_line),
        cmocka_unit_test(test_csv_delimiter_is_found),
        cmocka_unit_test(test_csv_delimiter_given_wins),
        cmocka_unit_test(test_csv_stray_quote_is_an_error),
        cmocka_unit_test(test_csv_quote_never_closed_names_its_begin),
        cmocka_unit_test(test_csv_stray_quote_does_not_swallow_the_file),
        cmocka_unit_test(test_csv_field_without_end_is_an_error),
        cmocka_unit_test(test_csv_large_field_below_the_cap),
        cmocka_unit_test(test_csv_nul_is_an_error),
        cmocka_unit_test(test_csv_utf16_is_explained),
        cmocka_unit_test(test_csv_ragged_rows_are_errors),
        cmocka_unit_test(test_csv_empty_file_is_an_error),
        cmocka_unit_test(test_csv_too_many_columns_is_an_error),
        cmocka_unit_test(test_csv_callback_can_stop),
        cmocka_unit_test(test_csv_positions_across_blocks),
        cmocka_unit_test(test_csv_text_from_other_formats_is_named),
        cmocka_unit_test(test_gzip_reads_like_plain),
        cmocka_unit_test(test_gzip_members_are_joined),
        cmocka_unit_test(test_gzip_truncated_at_any_byte_is_an_error),
        cmocka_unit_test(test_gzip_damage_is_an_error),
        cmocka_unit_test(test_gzip_trailing_garbage_is_an_error),
        cmocka_unit_test(test_gzip_bomb_is_refused),
        cmocka_unit_test(test_table_from_a_file),
        cmocka_unit_test(test_table_from_a_gzip_file),
        cmocka_unit_test(test_table_with_a_column_twice_is_refused),
        cmocka_unit_test(test_absent_file_and_directory),
        cmocka_unit_test(test_read_error_is_io),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

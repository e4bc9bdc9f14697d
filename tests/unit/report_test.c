/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The document and its writers. Expected outputs stand here in full: they are the format. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <neap/report.h>

enum { MOST = 65536 };

static struct neap_document *document_new(void)
{
    struct neap_document *document = NULL;
    struct neap_error error;
    assert_int_equal(neap_document_new(&document, "neap.test/1", &error), NEAP_OK);
    return document;
}

/* What the writer makes of the document; the caller frees it. */
static char *written(const struct neap_document *document, const char *format,
                     const struct neap_report_options *options)
{
    struct neap_error error;
    FILE *stream = tmpfile();
    char *text = calloc(1, MOST);
    assert_non_null(stream);
    assert_non_null(text);
    assert_int_equal(neap_report_write(document, neap_report_find(format), stream, options, &error),
                     NEAP_OK);
    rewind(stream);
    assert_true(fread(text, 1, MOST - 1, stream) > 0);
    fclose(stream);
    return text;
}

static void assert_written(const struct neap_document *document, const char *format,
                           const struct neap_report_options *options, const char *expected)
{
    char *text = written(document, format, options);
    assert_string_equal(text, expected);
    free(text);
}

/* expected with every @V replaced by the version. */
static char *with_version(const char *expected)
{
    char *text = calloc(1, MOST);
    char *to = text;
    assert_non_null(text);
    while (*expected != '\0') {
        if (strncmp(expected, "@V", 2) == 0) {
            to += sprintf(to, "%s", neap_version());
            expected += 2;
        } else
            *to++ = *expected++;
    }
    return text;
}

static void assert_golden(const struct neap_document *document, const char *format,
                          const struct neap_report_options *options, const char *expected)
{
    char *text = with_version(expected);
    assert_written(document, format, options, text);
    free(text);
}

#define OK(call) assert_int_equal((call), NEAP_OK)

static struct neap_table *change_table(void)
{
    struct neap_table *table = NULL;
    OK(neap_table_new(&table, "Old and new", NULL));
    OK(neap_table_add_column(table, "quantity", "", NEAP_COLUMN_TEXT, 0, NULL));
    OK(neap_table_add_column(table, "old", "h", NEAP_COLUMN_NUMBER, 1, NULL));
    OK(neap_table_add_column(table, "cost", "USD", NEAP_COLUMN_DECIMAL, 0, NULL));
    OK(neap_table_add_column(table, "events", "", NEAP_COLUMN_INTEGER, 0, NULL));
    OK(neap_table_add_column(table, "change", "", NEAP_COLUMN_TEXT, 0, NULL));
    OK(neap_table_add_row(table, NULL));
    OK(neap_table_set_text(table, 0, "container-hours", NULL));
    OK(neap_table_set_number(table, 1, 12345.678, NULL));
    OK(neap_table_set_text(table, 2, "1234567.50", NULL));
    OK(neap_table_set_integer(table, 3, -1234, NULL));
    OK(neap_table_set_text(table, 4, "-18.9%", NULL));
    OK(neap_table_add_row(table, NULL));
    OK(neap_table_set_text(table, 0, "ready", NULL));
    OK(neap_table_set_number(table, 1, (double)NAN, NULL));
    OK(neap_table_set_text(table, 4, "+0.5%", NULL));
    return table;
}

static struct neap_document *full_document(void)
{
    struct neap_document *document = document_new();
    neap_document_set_seed(document, 7);
    neap_document_add_input(document, "week.csv", "abc123");
    struct neap_node *root = neap_document_root(document);
    struct neap_node *saving = neap_node_object(root, "saving");
    neap_node_number(saving, "share", 0.123456789, 4);
    neap_document_set_headline(document, "New needs %.1f%% fewer container-hours.", 18.9);
    neap_document_add_table(document, change_table());
    neap_document_add_fact(document, "at the minimum", "%d%%", 12);
    neap_document_add_fact(document, "ticks", "%d", 3);
    neap_document_add_note(document, NEAP_NOTE_PLAIN, "A note.");
    neap_document_add_note(document, NEAP_NOTE_ASSUMPTION,
                           "Requests of one interval arrive evenly, which understates short bursts "
                           "and so the wait they cause.");
    neap_document_add_note(document, NEAP_NOTE_NOT_MODELLED, "Retries.");
    neap_document_add_note(document, NEAP_NOTE_WARNING, "%d gaps were filled.", 7);
    OK(neap_document_status(document, NULL));
    return document;
}

/* --- text ------------------------------------------------------------------------------------ */

static void text_shows_every_part_in_order(void **state)
{
    (void)state;
    struct neap_document *document = full_document();
    struct neap_report_options options;
    neap_report_options_init(&options);
    options.width = 60;
    assert_golden(document, "text", &options,
                  "New needs 18.9% fewer container-hours.\n"
                  "\n"
                  "Old and new\n"
                  "quantity         old (h)  cost (USD)  events  change\n"
                  "---------------  -------  ----------  ------  ------\n"
                  "container-hours  12345.7  1234567.50   -1234  -18.9%\n"
                  "ready                  -           -       -   +0.5%\n"
                  "\n"
                  "at the minimum  12%\n"
                  "ticks           3\n"
                  "\n"
                  "warning: 7 gaps were filled.\n"
                  "\n"
                  "Assumptions\n"
                  "  - Requests of one interval arrive evenly, which\n"
                  "    understates short bursts and so the wait they cause.\n"
                  "\n"
                  "Not modelled\n"
                  "  - Retries.\n"
                  "\n"
                  "Notes\n"
                  "  - A note.\n"
                  "\n"
                  "neap @V, seed 7\n"
                  "input week.csv\n"
                  "  sha256 abc123\n");
    neap_document_free(document);
}

/* Heads are folded where they may be, and only in a table that would be too wide. */
static void text_folds_the_heads_of_a_wide_table(void **state)
{
    struct neap_document *document = NULL;
    struct neap_table *table = NULL;
    struct neap_report_options options;
    (void)state;
    neap_report_options_init(&options);
    options.width = 40;
    assert_int_equal(neap_document_new(&document, "neap.test/1", NULL), NEAP_OK);
    assert_int_equal(neap_table_new(&table, NULL, NULL), NEAP_OK);
    assert_int_equal(
        neap_table_add_column(table, "kind_of_request", NULL, NEAP_COLUMN_TEXT, 0, NULL), NEAP_OK);
    assert_int_equal(
        neap_table_add_column(table, "cpu_before_upgrade", "h", NEAP_COLUMN_NUMBER, 1, NULL),
        NEAP_OK);
    assert_int_equal(neap_table_add_row(table, NULL), NEAP_OK);
    assert_int_equal(neap_table_set_text(table, 0, "search", NULL), NEAP_OK);
    assert_int_equal(neap_table_set_number(table, 1, 1234.5, NULL), NEAP_OK);
    neap_document_add_table(document, table);
    char *narrow = written(document, "text", &options);
    assert_non_null(strstr(narrow, "kind_of_request  cpu_before_upgrade (h)\n"));
    free(narrow);
    options.width = 30; /* a table narrower than prose is wrapped at */
    narrow = written(document, "text", &options);
    assert_non_null(strstr(narrow, "kind of      cpu\n"
                                   "request   before\n"
                                   "         upgrade\n"
                                   "             (h)\n"
                                   "-------  -------\n"
                                   "search    1234.5\n"));
    free(narrow);
    neap_document_free(document);
}
static void text_separates_thousands_on_request(void **state)
{
    (void)state;
    struct neap_document *document = full_document();
    struct neap_report_options options = {.thousands = true};
    char *text = written(document, "text", &options);
    assert_non_null(strstr(text, "container-hours  12,345.7  1,234,567.50  -1,234  -18.9%\n"));
    free(text);
    neap_document_free(document);
}

static void text_has_colours_only_on_request(void **state)
{
    (void)state;
    struct neap_document *document = full_document();
    struct neap_report_options options = {.color = true};
    char *plain = written(document, "text", NULL);
    char *coloured = written(document, "text", &options);
    assert_null(strchr(plain, '\033'));
    assert_memory_equal(coloured, "\033[1mNew needs 18.9% fewer container-hours.\033[0m\n", 46);
    assert_non_null(strstr(coloured, "\033[33mwarning: \033[0m7 gaps"));
    assert_non_null(strstr(coloured, "\033[2mneap "));
    free(plain);
    free(coloured);
    neap_document_free(document);
}

static struct neap_document *one_column(const char *name, enum neap_column_kind kind, int decimals,
                                        struct neap_table **table)
{
    struct neap_document *document = document_new();
    OK(neap_table_new(table, NULL, NULL));
    OK(neap_table_add_column(*table, name, NULL, kind, decimals, NULL));
    neap_document_add_table(document, *table);
    return document;
}

static void add_number(struct neap_table *table, double value)
{
    OK(neap_table_add_row(table, NULL));
    OK(neap_table_set_number(table, 0, value, NULL));
}

static void add_text(struct neap_table *table, const char *text)
{
    OK(neap_table_add_row(table, NULL));
    OK(neap_table_set_text(table, 0, text, NULL));
}

static void text_fits_decimals_to_the_size(void **state)
{
    (void)state;
    struct neap_table *table;
    struct neap_document *document =
        one_column("value", NEAP_COLUMN_NUMBER, NEAP_REPORT_ADAPTIVE, &table);
    const double values[] = {1352804107, 12345.678, 123.456, 12.3456,          1.23456,
                             0.123456,   0.00125,   2,       (double)INFINITY, 0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        add_number(table, values[i]);
    assert_golden(document, "text", NULL,
                  "     value\n----------\n1352804107\n     12346\n     123.5\n     12.35\n"
                  "     1.235\n    0.1235\n  0.001250\n         2\n       inf\n         0\n"
                  "\nneap @V\n");
    neap_document_free(document);
}

static void text_signs_changes_but_not_zero(void **state)
{
    (void)state;
    struct neap_table *table;
    struct neap_document *document = one_column("change", NEAP_COLUMN_NUMBER, 1, &table);
    add_number(table, 2.5);
    add_number(table, -2.5);
    add_number(table, 0);
    add_number(table, -0.01);
    assert_golden(document, "text", NULL,
                  "change\n------\n  +2.5\n  -2.5\n   0.0\n   0.0\n\nneap @V\n");
    neap_document_free(document);
}

static void text_aligns_by_terminal_columns(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    struct neap_table *table = NULL;
    OK(neap_table_new(&table, NULL, NULL));
    OK(neap_table_add_column(table, "name", NULL, NEAP_COLUMN_TEXT, 0, NULL));
    OK(neap_table_add_column(table, "n", NULL, NEAP_COLUMN_INTEGER, 0, NULL));
    /* precomposed, combining, wide, and a byte that is no UTF-8 */
    const char *names[] = {"caf\xc3\xa9s", "cafe\xcc\x81s", "\xe6\xb5\xb7", "\xff"};
    for (size_t i = 0; i < 4; i++) {
        add_text(table, names[i]);
        OK(neap_table_set_integer(table, 1, (int64_t)i, NULL));
    }
    neap_document_add_table(document, table);
    assert_golden(document, "text", NULL,
                  "name   n\n-----  -\ncaf\xc3\xa9s  0\ncafe\xcc\x81s  1\n\xe6\xb5\xb7     2\n"
                  "\xef\xbf\xbd      3\n\nneap @V\n");
    neap_document_free(document);
}

static void text_lets_no_control_character_through(void **state)
{
    (void)state;
    struct neap_table *table;
    struct neap_document *document = one_column("name", NEAP_COLUMN_TEXT, 0, &table);
    add_text(table, "a\033[31mb\nc\xc2\x9b"
                    "d");
    neap_document_set_headline(document, "bell\a");
    char *text = written(document, "text", NULL);
    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\a'));
    assert_null(strstr(text, "\xc2\x9b"));
    assert_non_null(strstr(text, "a\xef\xbf\xbd[31mb\xef\xbf\xbd"
                                 "c\xef\xbf\xbd"
                                 "d\n"));
    free(text);
    neap_document_free(document);
}

static void text_wraps_at_forty_columns_at_least(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    struct neap_report_options options = {.width = 5};
    neap_document_add_note(document, NEAP_NOTE_WARNING,
                           "one two three four five six seven eight nine ten "
                           "averyveryveryverylongwordthatdoesnotfitatall end");
    assert_golden(document, "text", &options,
                  "warning: one two three four five six\n"
                  "         seven eight nine ten\n"
                  "         averyveryveryverylongwordthatdoesnotfitatall\n"
                  "         end\n"
                  "\nneap @V\n");
    neap_document_free(document);
}

/* --- json ------------------------------------------------------------------------------------ */

static void json_shows_the_tree_in_its_order(void **state)
{
    (void)state;
    struct neap_document *document = full_document();
    struct neap_node *root = neap_document_root(document);
    struct neap_node *variants = neap_node_array(root, "variants");
    struct neap_node *old = neap_node_object(variants, NULL);
    struct neap_decimal amount = {{0}, 0, 0};
    OK(neap_decimal_parse(&amount, "12.345", NULL));
    neap_node_text(old, "name", "old \"quoted\"\n\xff");
    neap_node_decimal(old, "amount", &amount, 2);
    neap_node_integer(old, "peak", INT64_MAX);
    neap_node_boolean(old, "good", true);
    neap_node_null(old, "missing");
    neap_node_text(old, "nothing", NULL);
    neap_node_array(root, "weeks");
    assert_golden(document, "json", NULL,
                  "{\n"
                  "  \"schema\": \"neap.test/1\",\n"
                  "  \"version\": \"@V\",\n"
                  "  \"seed\": 7,\n"
                  "  \"inputs\": [\n"
                  "    {\n"
                  "      \"path\": \"week.csv\",\n"
                  "      \"sha256\": \"abc123\"\n"
                  "    }\n"
                  "  ],\n"
                  "  \"saving\": {\n"
                  "    \"share\": 0.1235\n"
                  "  },\n"
                  "  \"variants\": [\n"
                  "    {\n"
                  "      \"name\": \"old \\\"quoted\\\"\\n\xef\xbf\xbd\",\n"
                  "      \"amount\": \"12.35\",\n"
                  "      \"peak\": 9223372036854775807,\n"
                  "      \"good\": true,\n"
                  "      \"missing\": null,\n"
                  "      \"nothing\": null\n"
                  "    }\n"
                  "  ],\n"
                  "  \"weeks\": [],\n"
                  "  \"headline\": \"New needs 18.9% fewer container-hours.\",\n"
                  "  \"assumptions\": [\n"
                  "    \"Requests of one interval arrive evenly, which understates short bursts "
                  "and so the wait they cause.\"\n"
                  "  ],\n"
                  "  \"not_modelled\": [\n"
                  "    \"Retries.\"\n"
                  "  ],\n"
                  "  \"notes\": [\n"
                  "    \"A note.\"\n"
                  "  ],\n"
                  "  \"warnings\": [\n"
                  "    \"7 gaps were filled.\"\n"
                  "  ]\n"
                  "}\n");
    neap_document_free(document);
}

static void json_writes_nan_and_infinity_as_null(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    struct neap_node *values = neap_node_array(neap_document_root(document), "values");
    const double numbers[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, -0.0, 0.1,
                              1e300,       1.0 / 3};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        neap_node_number(values, NULL, numbers[i], 0);
    char *text = written(document, "json", NULL);
    assert_non_null(strstr(text, "\"values\": [\n    null,\n    null,\n    null,\n    0.0,\n"
                                 "    0.1,\n    1e300,\n    0.333333333333333\n  ]"));
    free(text);
    neap_document_free(document);
}

static void json_is_the_same_every_time(void **state)
{
    (void)state;
    struct neap_document *one = full_document(), *two = full_document();
    char *first = written(one, "json", NULL), *second = written(two, "json", NULL);
    char *again = written(one, "json", NULL);
    assert_string_equal(first, second);
    assert_string_equal(first, again);
    free(first);
    free(second);
    free(again);
    neap_document_free(one);
    neap_document_free(two);
}

static void a_note_is_kept_once(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    enum neap_note_kind kind;
    neap_document_add_note(document, NEAP_NOTE_WARNING, "same");
    neap_document_add_note(document, NEAP_NOTE_WARNING, "same");
    neap_document_add_note(document, NEAP_NOTE_PLAIN, "same");
    assert_string_equal(neap_document_note(document, 0, &kind), "same");
    assert_int_equal(kind, NEAP_NOTE_WARNING);
    assert_string_equal(neap_document_note(document, 1, &kind), "same");
    assert_int_equal(kind, NEAP_NOTE_PLAIN);
    assert_null(neap_document_note(document, 2, &kind));
    neap_document_free(document);
}

/* --- csv ------------------------------------------------------------------------------------- */

static void csv_writes_the_first_table(void **state)
{
    (void)state;
    struct neap_document *document = full_document();
    struct neap_table *second;
    OK(neap_table_new(&second, "ignored", NULL));
    neap_document_add_table(document, second);
    assert_written(document, "csv", NULL,
                   "quantity,old,cost,events,change\n"
                   "container-hours,12345.678,1234567.50,-1234,-18.9%\n"
                   "ready,,,,+0.5%\n");
    neap_document_free(document);
}

static void csv_writes_every_kind_of_cell(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    struct neap_table *table = NULL;
    OK(neap_table_new(&table, NULL, NULL));
    OK(neap_table_add_column(table, "time", "", NEAP_COLUMN_TIME, 0, NULL));
    OK(neap_table_add_column(table, "x", "s", NEAP_COLUMN_NUMBER, 2, NULL));
    OK(neap_table_add_column(table, "n", "", NEAP_COLUMN_INTEGER, 0, NULL));
    const double numbers[] = {0.1, 1.0 / 3, -0.0, 1e15, 123456789012345, -2.5e-7};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        OK(neap_table_add_row(table, NULL));
        OK(neap_table_set_time(table, 0, (int64_t)i * 60000000000, NULL));
        OK(neap_table_set_number(table, 1, numbers[i], NULL));
        OK(neap_table_set_integer(table, 2, i % 2 == 0 ? INT64_MAX : INT64_MIN + 1, NULL));
    }
    neap_document_add_table(document, table);
    assert_written(document, "csv", NULL,
                   "time,x,n\n"
                   "1970-01-01T00:00:00Z,0.1,9223372036854775807\n"
                   "1970-01-01T00:01:00Z,0.333333333333333,-9223372036854775807\n"
                   "1970-01-01T00:02:00Z,0,9223372036854775807\n"
                   "1970-01-01T00:03:00Z,1e+15,-9223372036854775807\n"
                   "1970-01-01T00:04:00Z,123456789012345,9223372036854775807\n"
                   "1970-01-01T00:05:00Z,-2.5e-07,-9223372036854775807\n");
    neap_document_free(document);
}

static void csv_quotes_and_guards_texts(void **state)
{
    (void)state;
    struct neap_table *table;
    struct neap_document *document = one_column("a,b", NEAP_COLUMN_TEXT, 0, &table);
    const char *cells[] = {"plain",   "a,b",      "say \"hi\"", "\"", "two\nlines",
                           " blank ", "=1+1",     "+cmd|' /C'", "-x", "@SUM",
                           "-12.5",   "=\"a\",b", "\xff\"x",    "",   "\ttab"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        add_text(table, cells[i]);
    OK(neap_table_add_row(table, NULL)); /* a missing cell */
    assert_written(document, "csv", NULL,
                   "\"a,b\"\nplain\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"\"\"\"\n\"two\nlines\"\n"
                   "\" blank \"\n'=1+1\n'+cmd|' /C'\n'-x\n'@SUM\n-12.5\n\"'=\"\"a\"\",b\"\n"
                   "\"\xef\xbf\xbd\"\"x\"\n\"\"\n'\ttab\n\"\"\n");
    neap_document_free(document);
}

static void csv_without_a_table_says_what_to_do(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    struct neap_error error;
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_int_equal(neap_report_write(document, neap_report_find("csv"), stream, NULL, &error),
                     NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "--format json"));
    assert_int_equal(ftell(stream), 0);
    fclose(stream);
    neap_document_free(document);
}

/* --- tables by name -------------------------------------------------------------------------- */

static struct neap_table *number_table(double value)
{
    struct neap_table *table = NULL;
    OK(neap_table_new(&table, "its own title", NULL));
    OK(neap_table_add_column(table, "n", NULL, NEAP_COLUMN_NUMBER, 0, NULL));
    add_number(table, value);
    return table;
}

static struct neap_document *tables_document(void)
{
    struct neap_document *document = document_new();
    neap_document_add_table(document, number_table(1));
    neap_document_add_named_table(document, "week-on_week2", "Weeks", number_table(2), 0);
    neap_document_add_table(document, number_table(3));
    neap_document_add_named_table(document, "pictures", "", number_table(4), NEAP_TABLE_DATA);
    OK(neap_document_status(document, NULL));
    return document;
}

static void tables_go_by_their_names(void **state)
{
    (void)state;
    static const char *const names[] = {"summary", "week-on_week2", "table3", "pictures"};
    struct neap_document *document = tables_document();
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(neap_document_table_name(document, i), names[i]);
        assert_ptr_equal(neap_document_find_table(document, names[i]),
                         neap_document_table(document, i));
    }
    assert_null(neap_document_table_name(document, 4));
    assert_null(neap_document_find_table(document, "zebra"));
    neap_document_free(document);
}

static void bad_names_of_tables_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *says;
    } cases[] = {{"", "found table name \"\""},
                 {NULL, "found table name \"\""},
                 {"Weeks", "expected lower-case letters"},
                 {"a b", "expected lower-case letters"},
                 {"summary", "\"summary\" is there already"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct neap_error error;
        struct neap_document *document = tables_document();
        neap_document_add_named_table(document, cases[i].name, NULL, number_table(5), 0);
        assert_int_equal(neap_document_status(document, &error), NEAP_BAD_ARGUMENT);
        assert_non_null(strstr(error.message, cases[i].says));
        assert_null(neap_document_table(document, 4));
        neap_document_free(document);
    }
}

static void csv_writes_the_table_asked_for(void **state)
{
    (void)state;
    struct neap_document *document = tables_document();
    struct neap_report_options options = {.table = "pictures"};
    assert_written(document, "csv", &options, "n\n4\n");
    assert_written(document, "csv", NULL, "n\n1\n");
    struct neap_error error;
    FILE *stream = tmpfile();
    assert_non_null(stream);
    options.table = "picture";
    assert_int_equal(neap_report_write(document, neap_report_find("csv"), stream, &options, &error),
                     NEAP_BAD_ARGUMENT);
    assert_string_equal(error.message, "found table name \"picture\", expected one of this "
                                       "result's: summary, week-on_week2, table3, pictures");
    fclose(stream);
    neap_document_free(document);
}

static void text_leaves_out_what_is_too_long_to_read(void **state)
{
    (void)state;
    struct neap_document *document = tables_document();
    assert_golden(document, "text", NULL,
                  "its own title\nn\n-\n1\n\nWeeks\nn\n-\n2\n\nits own title\nn\n-\n3\n\n"
                  "table pictures: 1 row, in --format csv --table pictures\n\nneap @V\n");
    neap_document_free(document);
}

static void text_says_which_table_has_the_rows_left_out(void **state)
{
    (void)state;
    struct neap_document *document = tables_document();
    struct neap_table *table = number_table(0);
    for (int i = 1; i < 100; i++)
        add_number(table, i);
    neap_document_add_named_table(document, "long", NULL, table, 0);
    char *text = written(document, "text", NULL);
    assert_non_null(
        strstr(text, "19\n... 75 rows left out; --format csv --table long has them all ...\n95\n"));
    free(text);
    neap_document_free(document);
}

/* --- the tree -------------------------------------------------------------------------------- */

static struct neap_document *compare_document(void)
{
    struct neap_document *document = document_new();
    struct neap_node *root = neap_document_root(document);
    struct neap_node *variants = neap_node_array(root, "variants");
    const char *names[] = {"old", "new"};
    for (int i = 0; i < 2; i++) {
        struct neap_node *variant = neap_node_object(variants, NULL);
        neap_node_text(variant, "name", names[i]);
        neap_node_number(variant, "container_hours", 100 - 20 * i, 0);
        neap_node_number(variant, "slo_minutes", 90, 0);
        neap_node_integer(variant, "peak_replicas", 12);
        struct neap_node *latency = neap_node_object(variant, "latency_s");
        neap_node_number(latency, "p95", i == 0 ? 0.5 : 0.4, 0);
    }
    struct neap_node *saving = neap_node_object(root, "saving");
    neap_node_number(saving, "share", 0.1, 0);
    neap_node_number(saving, "low", 0.05, 0);
    struct neap_node *cost = neap_node_object(saving, "cost");
    struct neap_decimal amount;
    OK(neap_decimal_parse(&amount, "12345678901234567890.12", NULL));
    neap_node_decimal(cost, "amount", &amount, -1);
    neap_node_text(cost, "currency", "USD");
    neap_node_null(root, "validation");
    OK(neap_document_status(document, NULL));
    return document;
}

static void numbers_are_found_by_path(void **state)
{
    (void)state;
    struct neap_document *document = compare_document();
    double value = -1;
    assert_true(neap_document_find_number(document, "saving.share", &value));
    assert_true(value == 0.1);
    assert_true(neap_document_find_number(document, "variants.new.latency_s.p95", &value));
    assert_true(value == 0.4);
    assert_true(neap_document_find_number(document, "variants[0].latency_s.p95", &value));
    assert_true(value == 0.5);
    assert_true(neap_document_find_number(document, "saving.cost", &value));
    assert_true(value == 12345678901234567890.12);
    const char *nowhere[] = {"",
                             ".",
                             "saving",
                             "saving.",
                             "saving..share",
                             "saving.share.x",
                             "variants[2]",
                             "variants[0",
                             "variants[]",
                             "variants[x]",
                             "variants[0]name",
                             "validation",
                             "schema",
                             "variants.none.peak_replicas",
                             ".saving.share"};
    value = -1;
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        assert_false(neap_document_find_number(document, nowhere[i], &value));
    assert_true(value == -1);
    neap_document_free(document);
}

static void the_first_failure_sticks(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    struct neap_error error;
    struct neap_node *root = neap_document_root(document);
    neap_node_integer(root, "twice", 1);
    neap_node_integer(root, "twice", 2);
    struct neap_node *none = neap_node_object(root, "later");
    assert_null(none);
    neap_node_integer(none, "x", 1);
    assert_null(neap_node_array(none, "y"));
    neap_node_integer(root, NULL, 3);
    assert_null(neap_document_root(document));
    assert_int_equal(neap_document_status(document, &error), NEAP_BAD_ARGUMENT);
    assert_string_equal(error.message, "key \"twice\" is there already");
    FILE *stream = tmpfile();
    assert_non_null(stream);
    memset(&error, 0, sizeof error);
    assert_int_equal(neap_report_write(document, neap_report_find("json"), stream, NULL, &error),
                     NEAP_BAD_ARGUMENT);
    assert_string_equal(error.message, "key \"twice\" is there already");
    assert_int_equal(ftell(stream), 0);
    fclose(stream);
    neap_document_free(document);
}

static void keys_fit_their_parent(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    neap_node_integer(neap_node_array(neap_document_root(document), "list"), "key", 1);
    assert_int_equal(neap_document_status(document, NULL), NEAP_BAD_ARGUMENT);
    neap_document_free(document);
    document = document_new();
    neap_node_integer(neap_document_root(document), NULL, 1);
    assert_int_equal(neap_document_status(document, NULL), NEAP_BAD_ARGUMENT);
    neap_document_free(document);
}

static void a_foreign_failure_is_kept(void **state)
{
    (void)state;
    struct neap_document *document = document_new();
    struct neap_error error = {.status = NEAP_STOPPED, .message = "stopped by the user"};
    neap_document_fail(document, NEAP_OK, NULL);
    OK(neap_document_status(document, NULL));
    neap_document_fail(document, NEAP_STOPPED, &error);
    neap_document_fail(document, NEAP_BUG, NULL);
    neap_document_add_table(document, NULL);
    struct neap_error kept;
    assert_int_equal(neap_document_status(document, &kept), NEAP_STOPPED);
    assert_string_equal(kept.message, "stopped by the user");
    neap_document_free(document);
}

/* --- expressions ----------------------------------------------------------------------------- */

static void expressions_hold_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool holds;
    } cases[] = {
        {"saving.share<10%", false},
        {"saving.share<=10%", true},
        {"saving.share == 0.1", true},
        {" saving.share  !=  10% ", false},
        {"saving.share>=0.2", false},
        {"saving.low > 4%", true},
        {"variants.new.latency_s.p95>300ms", true},
        {"variants.new.latency_s.p95>0.5", false},
        {"variants[1].latency_s.p95 == 400ms", true},
        {"variants.old.container_hours==100h", true},
        {"variants.old.container_hours==100", true},
        {"variants.old.container_hours<2d", false},
        {"variants.old.slo_minutes>1h", true},
        {"variants.old.slo_minutes>=91", false},
        {"variants.old.peak_replicas<12", false},
        /* one cent apart, which doubles of this size cannot tell */
        {"saving.cost == 12345678901234567890.12", true},
        {"saving.cost.amount < 12345678901234567890.13", true},
        {"saving.cost>1e3", true},
    };
    struct neap_document *document = compare_document();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct neap_error error = {.message = ""};
        bool holds = !cases[i].holds;
        if (neap_document_check(document, cases[i].text, &holds, &error) != NEAP_OK)
            fail_msg("%s: %s", cases[i].text, error.message);
        if (holds != cases[i].holds)
            fail_msg("%s is %d", cases[i].text, holds);
    }
    neap_document_free(document);
}

static void bad_expressions_say_what_is_expected(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "expected PATH OPERATOR NUMBER"},
        {"saving.share", "expected PATH OPERATOR NUMBER"},
        {"saving.share=10%", "expected PATH OPERATOR NUMBER"},
        {"<10%", "expected PATH OPERATOR NUMBER"},
        {"saving.share<", "expected PATH OPERATOR NUMBER"},
        {"saving.share<10", "write 10% if percent is meant"},
        {"saving.share<ten", "expected a share"},
        {"saving.share<<1", "expected a share"},
        {"variants.old.container_hours<10%", "expected a duration"},
        {"variants.old.peak_replicas<5s", "expected a whole number"},
        {"saving.cost<5%", "expected a number"},
        {"saving.shre<10%", "did you mean \"saving.share\"?"},
        {"share<10%", "did you mean \"saving.share\"?"},
        {"savings.share<10%", "did you mean \"saving.share\"?"},
        {"variants.new.latency.p95<1s", "did you mean \"variants.new.latency_s.p95\"?"},
        {"variants.new.container_hour<1", "did you mean \"variants.new.container_hours\"?"},
        {"qqq<1", "--format json shows them all"},
        {"validation<1", "has no value in this run"},
        {"schema<1", "expected the path of a number"},
    };
    struct neap_document *document = compare_document();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct neap_error error = {.message = ""};
        bool holds = true;
        enum neap_status status = neap_document_check(document, cases[i].text, &holds, &error);
        if (status != NEAP_BAD_ARGUMENT || !holds)
            fail_msg("%s: status %d", cases[i].text, (int)status);
        if (strstr(error.message, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].text, error.message);
    }
    neap_document_free(document);
}

static void the_form_is_checked_without_a_document(void **state)
{
    (void)state;
    bool holds = true;
    OK(neap_document_check(NULL, "saving.share<10%", &holds, NULL));
    assert_true(holds);
    assert_int_equal(neap_document_check(NULL, "saving.share<10", &holds, NULL), NEAP_BAD_ARGUMENT);
    assert_int_equal(neap_document_check(NULL, "saving.share", &holds, NULL), NEAP_BAD_ARGUMENT);
}

static void an_overlong_expression_is_refused(void **state)
{
    (void)state;
    char text[2000];
    bool holds = true;
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 3, "<1", 3);
    assert_int_equal(neap_document_check(NULL, text, &holds, NULL), NEAP_BAD_ARGUMENT);
}

static void what_was_found_is_explained(void **state)
{
    (void)state;
    struct neap_document *document = compare_document();
    char text[100];
    neap_document_explain(document, "saving.share<10%", text, sizeof text);
    assert_string_equal(text, "saving.share is 10%");
    neap_document_explain(document, "variants.new.latency_s.p95>1s", text, sizeof text);
    assert_string_equal(text, "variants.new.latency_s.p95 is 0.4");
    neap_document_explain(document, "saving.cost>1", text, sizeof text);
    assert_string_equal(text, "saving.cost is 12345678901234567890.12");
    assert_int_equal(neap_document_explain(document, "nothing>1", text, sizeof text), 0);
    assert_string_equal(text, "");
    neap_document_free(document);
}

/* --- writers --------------------------------------------------------------------------------- */

static void the_registry_knows_its_formats(void **state)
{
    (void)state;
    const char *names[] = {"text", "json", "csv", "markdown", "html"};
    const struct neap_report_type *const *types = neap_report_types();
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(types[i]->name, names[i]);
        assert_ptr_equal(neap_report_find(names[i]), types[i]);
    }
    assert_null(types[5]);
    assert_null(neap_report_find("yaml"));
    assert_string_equal(neap_report_find_path("a.b/out.json")->name, "json");
    assert_null(neap_report_find_path("a.json/out"));
    assert_null(neap_report_find_path("json"));
}

static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    struct neap_document *document = full_document();
    for (const struct neap_report_type *const *type = neap_report_types(); *type != NULL; type++) {
        struct neap_error error = {.message = ""};
        FILE *stream = fopen("/dev/full", "w");
        if (stream == NULL) {
            neap_document_free(document);
            skip();
        }
        assert_int_equal(neap_report_write(document, *type, stream, NULL, &error), NEAP_IO);
        assert_non_null(strstr(error.message, "could not be written"));
        fclose(stream);
    }
    neap_document_free(document);
}

static bool enter_comma_locale(void)
{
    const char *names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) != NULL && *localeconv()->decimal_point == ',')
            return true;
    setlocale(LC_ALL, "C");
    return false;
}

static void a_decimal_comma_changes_nothing(void **state)
{
    (void)state;
    enum { FORMATS = 5 };
    static const char *const formats[FORMATS] = {"text", "json", "csv", "markdown", "html"};
    char *before[FORMATS];
    struct neap_document *document = full_document();
    for (size_t i = 0; i < FORMATS; i++)
        before[i] = written(document, formats[i], NULL);
    neap_document_free(document);
    bool entered = enter_comma_locale();
    document = full_document();
    for (size_t i = 0; i < FORMATS; i++)
        assert_written(document, formats[i], NULL, before[i]);
    bool holds = true;
    OK(neap_document_check(document, "saving.share<12.3%", &holds, NULL));
    assert_false(holds);
    setlocale(LC_ALL, "C");
    neap_document_free(document);
    for (size_t i = 0; i < FORMATS; i++)
        free(before[i]);
    if (!entered)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_shows_every_part_in_order),
        cmocka_unit_test(text_folds_the_heads_of_a_wide_table),
        cmocka_unit_test(text_separates_thousands_on_request),
        cmocka_unit_test(text_has_colours_only_on_request),
        cmocka_unit_test(text_fits_decimals_to_the_size),
        cmocka_unit_test(text_signs_changes_but_not_zero),
        cmocka_unit_test(text_aligns_by_terminal_columns),
        cmocka_unit_test(text_lets_no_control_character_through),
        cmocka_unit_test(text_wraps_at_forty_columns_at_least),
        cmocka_unit_test(json_shows_the_tree_in_its_order),
        cmocka_unit_test(json_writes_nan_and_infinity_as_null),
        cmocka_unit_test(json_is_the_same_every_time),
        cmocka_unit_test(a_note_is_kept_once),
        cmocka_unit_test(csv_writes_the_first_table),
        cmocka_unit_test(csv_writes_every_kind_of_cell),
        cmocka_unit_test(csv_quotes_and_guards_texts),
        cmocka_unit_test(csv_without_a_table_says_what_to_do),
        cmocka_unit_test(tables_go_by_their_names),
        cmocka_unit_test(bad_names_of_tables_are_refused),
        cmocka_unit_test(csv_writes_the_table_asked_for),
        cmocka_unit_test(text_leaves_out_what_is_too_long_to_read),
        cmocka_unit_test(text_says_which_table_has_the_rows_left_out),
        cmocka_unit_test(numbers_are_found_by_path),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(keys_fit_their_parent),
        cmocka_unit_test(a_foreign_failure_is_kept),
        cmocka_unit_test(expressions_hold_or_not),
        cmocka_unit_test(bad_expressions_say_what_is_expected),
        cmocka_unit_test(the_form_is_checked_without_a_document),
        cmocka_unit_test(an_overlong_expression_is_refused),
        cmocka_unit_test(what_was_found_is_explained),
        cmocka_unit_test(the_registry_knows_its_formats),
        cmocka_unit_test(a_full_disk_is_an_error),
        cmocka_unit_test(a_decimal_comma_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

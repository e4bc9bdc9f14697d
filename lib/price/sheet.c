/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Price files: rows of provider, product, region, unit, price and the date they hold from. A row
 * dated "2026" or "2026-08" holds from the first day of it, "2025/2026" from the first of the two,
 * an undated one since ever. */
#include <string.h>

#include <neap/calendar.h>

#include "base/fail.h"
#include "base/text.h"
#include "price/impl.h"

struct unit_rule {
    const char *unit;
    enum neapi_rate_kind kind;
    int64_t per_hour;
};

/* What AWS calls a GB of memory is 1024 MiB. */
static const struct unit_rule units[] = {
    {"vCPU-hour", NEAPI_RATE_VCPU, 1},          {"vCPU-second", NEAPI_RATE_VCPU, 3600},
    {"GB-hour", NEAPI_RATE_MEMORY, 1},          {"GiB-hour", NEAPI_RATE_MEMORY, 1},
    {"GB-second", NEAPI_RATE_MEMORY, 3600},     {"GiB-second", NEAPI_RATE_MEMORY, 3600},
    {"instance-hour", NEAPI_RATE_CONTAINER, 1}, {"container-hour", NEAPI_RATE_CONTAINER, 1}};

static const struct unit_rule *unit_of(const char *unit)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].unit, unit) == 0)
            return &units[i];
    return NULL;
}

/* --- the file ------------------------------------------------------------------------------------- */

static const char *const column_names[] = {"provider",  "product",     "region", "unit",
                                           "price_usd", "valid_as_of", "source", "confidence"};

static enum neap_status find_columns(struct neapi_sheet *sheet, const char *currency,
                                     struct neap_error *error)
{
    for (size_t i = 0; i < sizeof column_names / sizeof *column_names; i++) {
        sheet->column[i] = SIZE_MAX;
        neap_table_find_column(sheet->table, column_names[i], &sheet->column[i]);
    }
    bool dollars = sheet->column[NEAPI_PRICE] != SIZE_MAX;
    bool plain = neap_table_find_column(sheet->table, "price", &sheet->column[NEAPI_PRICE]);
    if (sheet->column[NEAPI_UNIT] == SIZE_MAX || (!dollars && !plain))
        return neapi_fail_at(error, NEAP_BAD_DATA, sheet->path, 1, 0,
                             "a price list needs the columns unit and price_usd (or price, in the "
                             "scenario's currency); provider, product, region, valid_as_of, source "
                             "and confidence are known too");
    if (!plain && strcmp(currency, "USD") != 0)
        return neapi_fail_at(
            error, NEAP_BAD_DATA, sheet->path, 1, 0,
            "found currency = %.3s and prices in US dollars, expected one currency: "
            "rename the column price_usd to price when its prices are in %.3s",
            currency, currency);
    return NEAP_OK;
}

enum neap_status neapi_sheet_read(struct neapi_sheet *sheet, const char *path, const char *currency,
                                  struct neap_error *error)
{
    *sheet = (struct neapi_sheet){.path = path};
    enum neap_status status = neap_table_read_csv(&sheet->table, path, error);
    if (status == NEAP_OK)
        status = find_columns(sheet, currency, error);
    if (status != NEAP_OK)
        neapi_sheet_free(sheet);
    return status;
}

void neapi_sheet_free(struct neapi_sheet *sheet)
{
    neap_table_free(sheet->table);
    sheet->table = NULL;
}

const char *neapi_sheet_text(const struct neapi_sheet *sheet, size_t row,
                             enum neapi_sheet_column column)
{
    if (sheet->column[column] == SIZE_MAX)
        return "";
    const char *text = neap_table_text(sheet->table, row, sheet->column[column]);
    return text == NULL ? "" : text;
}

/* --- dates ---------------------------------------------------------------------------------------- */

static bool digits(const char *text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

bool neapi_date_parse(int *date, const char *text, bool last_day)
{
    int year, second_year, month, day;
    int64_t time_ns;
    size_t length = strlen(text);
    if (!digits(text, 4, &year))
        return false;
    if (length == 9 && text[4] == '/' && digits(text + 5, 4, &second_year)) {
        *date = last_day ? second_year * 10000 + 1231 : year * 10000 + 101;
        return second_year >= year;
    }
    if (length == 4) {
        *date = year * 10000 + (last_day ? 1231 : 101);
        return true;
    }
    if (text[4] != '-' || !digits(text + 5, 2, &month) || month < 1 || month > 12)
        return false;
    if (length == 7) {
        *date = year * 10000 + month * 100 + (last_day ? 31 : 1);
        return true;
    }
    if (length != 10 || !digits(text + 8, 2, &day) ||
        neap_time_parse(&time_ns, text, length, "rfc3339", NULL, NULL) != NEAP_OK)
        return false;
    *date = year * 10000 + month * 100 + day;
    return true;
}

static enum neap_status row_date(int *date, const struct neapi_sheet *sheet, size_t row,
                                 struct neap_error *error)
{
    const char *text = neapi_sheet_text(sheet, row, NEAPI_DATE);
    *date = 0;
    if (*text == '\0' || strcmp(text, "undated") == 0 || neapi_date_parse(date, text, false))
        return NEAP_OK;
    return neapi_fail_at(
        error, NEAP_BAD_DATA, sheet->path, neap_table_row_line(sheet->table, row), 0,
        "found valid_as_of \"%.60s\", expected a date such as 2026-08-01, 2026-08 or "
        "2026, or undated",
        text);
}

/* --- looking rates up ----------------------------------------------------------------------------- */

static bool any(const char *wanted)
{
    return wanted == NULL || *wanted == '\0';
}

static bool asked_for(const struct neapi_sheet *sheet, const struct neapi_query *query, size_t row)
{
    return (any(query->provider) ||
            strcmp(neapi_sheet_text(sheet, row, NEAPI_PROVIDER), query->provider) == 0) &&
           (any(query->products) ||
            neapi_one_of(query->products, neapi_sheet_text(sheet, row, NEAPI_PRODUCT))) &&
           (any(query->region) ||
            strcmp(neapi_sheet_text(sheet, row, NEAPI_REGION), query->region) == 0);
}

size_t neapi_sheet_list(const struct neapi_sheet *sheet, const struct neapi_query *query,
                        enum neapi_sheet_column column, char *text, size_t size)
{
    size_t count = 0, used = 0;
    text[0] = '\0';
    for (size_t row = 0; row < neap_table_rows(sheet->table); row++) {
        const char *entry = neapi_sheet_text(sheet, row, column);
        if (*entry == '\0' || unit_of(neapi_sheet_text(sheet, row, NEAPI_UNIT)) == NULL ||
            !asked_for(sheet, query, row) || neapi_one_of(text, entry))
            continue;
        count++;
        if (used + strlen(entry) + 2 > size)
            break; /* the message would be too long to read anyway */
        used += (size_t)neapi_print(text + used, size - used, "%s%s", count == 1 ? "" : "|", entry);
    }
    return count;
}

enum neap_status neapi_rate_parse(struct neap_decimal *rate, const char *text, const char *what,
                                  struct neap_error *error)
{
    struct neap_decimal read;
    if (neap_decimal_parse(&read, text, NULL) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s: found \"%.80s\", expected a price such as 0.04048, without currency "
                          "sign or thousands separator",
                          what, text);
    if (read.negative)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%s: found %.80s, expected a price of 0 or more", what, text);
    *rate = read;
    return NEAP_OK;
}

static enum neap_status row_rate(struct neapi_rate *rate, const struct neapi_sheet *sheet,
                                 struct neap_error *error)
{
    const struct unit_rule *unit = unit_of(neapi_sheet_text(sheet, rate->row, NEAPI_UNIT));
    struct neap_decimal per_hour = neap_decimal_from_integer(unit == NULL ? 1 : unit->per_hour);
    enum neap_status status = neapi_rate_parse(
        &rate->rate, neapi_sheet_text(sheet, rate->row, NEAPI_PRICE), "price", error);
    if (status == NEAP_OK)
        status = neap_decimal_multiply(&rate->rate, &rate->rate, &per_hour, error);
    if (status == NEAP_OK)
        return NEAP_OK;
    if (error != NULL)
        error->status = NEAP_BAD_DATA;
    return neapi_locate(error, NEAP_BAD_DATA, sheet->path,
                        neap_table_row_line(sheet->table, rate->row), 0);
}

/* Two rows that could both be meant. */
static enum neap_status clash(const struct neapi_sheet *sheet, const struct neapi_query *query,
                              size_t first, size_t second, bool same_date, struct neap_error *error)
{
    static const enum neapi_sheet_column columns[] = {NEAPI_PRODUCT, NEAPI_REGION};
    const char *wanted[] = {query->products, query->region};
    long line = neap_table_row_line(sheet->table, second);
    for (size_t i = 0; i < 2; i++) {
        const char *a = neapi_sheet_text(sheet, first, columns[i]);
        const char *b = neapi_sheet_text(sheet, second, columns[i]);
        if (any(wanted[i]) && strcmp(a, b) != 0)
            return neapi_fail_at(
                error, NEAP_BAD_DATA, sheet->path, line, 0,
                "the list has several %ss per %.30s, \"%.80s\" and \"%.80s\" among "
                "them: say which with price.%s",
                column_names[columns[i]], neapi_sheet_text(sheet, second, NEAPI_UNIT), a, b,
                column_names[columns[i]]);
    }
    if (!same_date)
        return NEAP_OK;
    return neapi_fail_at(
        error, NEAP_BAD_DATA, sheet->path, line, 0,
        "doubled: line %ld has the same product, region, unit and date; remove one",
        neap_table_row_line(sheet->table, first));
}

enum neap_status neapi_rate_find(struct neapi_rate *rate, const struct neapi_sheet *sheet,
                                 const struct neapi_query *query, enum neapi_rate_kind kind,
                                 struct neap_error *error)
{
    struct neapi_rate best = {.found = false};
    for (size_t row = 0; row < neap_table_rows(sheet->table); row++) {
        const struct unit_rule *unit = unit_of(neapi_sheet_text(sheet, row, NEAPI_UNIT));
        int date;
        if (unit == NULL || unit->kind != kind || !asked_for(sheet, query, row))
            continue;
        enum neap_status status = row_date(&date, sheet, row, error);
        if (status == NEAP_OK && date > query->date_limit)
            continue;
        if (status == NEAP_OK && best.found)
            status = clash(sheet, query, best.row, row, date == best.date, error);
        if (status != NEAP_OK)
            return status;
        if (!best.found || date > best.date)
            best = (struct neapi_rate){.found = true, .row = row, .date = date};
    }
    enum neap_status status = best.found ? row_rate(&best, sheet, error) : NEAP_OK;
    if (status == NEAP_OK)
        *rate = best;
    return status;
}

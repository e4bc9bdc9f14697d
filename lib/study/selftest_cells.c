/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists and whole numbers in the cells of conformance tables. Whole numbers go up to the last
 * 64-bit integer, so they never pass through a double. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "study/selftest_cells.h"

enum { ITEM_SIZE = 64 };

size_t neapi_cell_count(const char *list)
{
    size_t count = *list != '\0';
    for (; *list != '\0'; list++)
        count += *list == ';';
    return count;
}

bool neapi_cell_item(const char *list, size_t index, char *item, size_t size)
{
    if (index >= neapi_cell_count(list))
        return false;
    for (; index > 0; index--)
        list += strcspn(list, ";") + 1;
    size_t length = strcspn(list, ";");
    if (length >= size)
        length = size - 1;
    memcpy(item, list, length);
    item[length] = '\0';
    return true;
}

int64_t neapi_cell_integer(const char *list, size_t index, int64_t otherwise)
{
    char item[ITEM_SIZE], *end;
    if (!neapi_cell_item(list, index, item, sizeof item) || item[0] == '\0')
        return otherwise;
    errno = 0;
    intmax_t value = strtoimax(item, &end, 10);
    return *end != '\0' || errno != 0 ? otherwise : (int64_t)value;
}

int64_t neapi_cell_ns(const char *list, size_t index, int64_t otherwise)
{
    char item[ITEM_SIZE];
    double seconds;
    if (!neapi_cell_item(list, index, item, sizeof item) ||
        !neapi_number_parse(&seconds, item, strlen(item)) || fabs(seconds) > 9e9)
        return otherwise;
    return (int64_t)llround(seconds * 1e9);
}

int64_t neapi_row_integer(const struct neapi_row *row, const char *column, int64_t otherwise)
{
    return neapi_cell_integer(neapi_row_text(row, column), 0, otherwise);
}

double neapi_row_double(const struct neapi_row *row, const char *column, double otherwise)
{
    double value;
    return neapi_row_number(row, column, &value) ? value : otherwise;
}

bool neapi_row_is(const struct neapi_row *row, const char *column, const char *word)
{
    return strcmp(neapi_row_text(row, column), word) == 0;
}

bool neapi_expect(const char *what, int64_t got, int64_t want, char *why, size_t size)
{
    if (got == want)
        return true;
    neapi_print(why, size, "%s is %" PRId64 ", expected %" PRId64, what, got, want);
    return false;
}

enum neapi_outcome neapi_skip(char *why, size_t size, const char *reason)
{
    neapi_text_copy(why, size, reason);
    return NEAPI_SKIPPED;
}

double neapi_cell_double(const char *list, size_t index)
{
    char item[64];
    double value;
    size_t place = neapi_cell_count(list) == 1 ? 0 : index;
    if (!neapi_cell_item(list, place, item, sizeof item) ||
        !neapi_number_parse(&value, item, strlen(item)))
        return (double)NAN;
    return value;
}

bool neapi_expect_cell(const struct neapi_row *row, const char *column, double got,
                       double tolerance, char *why, size_t size)
{
    double want;
    if (neapi_row_text(row, column)[0] == '\0')
        return true;
    if (neapi_row_number(row, column, &want) && fabs(got - want) <= tolerance)
        return true;
    neapi_print(why, size, "%s: got %.17g, expected %s", column, got, neapi_row_text(row, column));
    return false;
}

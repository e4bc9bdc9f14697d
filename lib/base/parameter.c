/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parameter tables: one row a setting. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

static void *field_of(void *fields, const struct neap_parameter *parameter)
{
    return (char *)fields + parameter->offset;
}

static const void *field_read(const void *fields, const struct neap_parameter *parameter)
{
    return (const char *)fields + parameter->offset;
}

static void unset(const struct neap_parameter *parameter, void *fields)
{
    if (parameter->unit == NEAP_TEXT)
        *(char *)field_of(fields, parameter) = '\0';
    else if (parameter->unit == NEAP_CHOICE)
        *(int *)field_of(fields, parameter) = -1;
    else
        *(double *)field_of(fields, parameter) = (double)NAN;
}

void neap_parameters_init(const struct neap_parameter *table, void *fields)
{
    for (; table->name != NULL; table++) {
        unset(table, fields);
        if (table->initial[0] != '\0' && neap_parameter_set(table, fields, table->initial, NULL))
            unset(table, fields); /* a default outside its own range: the tests look for it */
    }
}

const struct neap_parameter *neap_parameter_find(const struct neap_parameter *table,
                                                 const char *name)
{
    for (; table->name != NULL; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

/* Index of text in "a|b|c", -1 when it is not there. */
static int choice_index(const char *choices, const char *text)
{
    size_t length = strlen(text);
    int index = 0;
    for (const char *at = choices; *at != '\0'; index++) {
        size_t entry = strcspn(at, "|");
        if (entry == length && memcmp(at, text, length) == 0)
            return index;
        at += entry + (at[entry] == '|');
    }
    return -1;
}

static enum neap_status set_choice(const struct neap_parameter *parameter, int *field,
                                   const char *text, struct neap_error *error)
{
    int index = choice_index(parameter->choices, text);
    if (index < 0) {
        char near[64];
        bool suggested = neap_suggest(parameter->choices, text, near, sizeof near);
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "%s: found \"%.80s\", expected one of %s%s%s%s",
                          parameter->name, text, parameter->choices,
                          suggested ? "; did you mean " : "", suggested ? near : "",
                          suggested ? "?" : "");
    }
    *field = index;
    return NEAP_OK;
}

static enum neap_status set_number(const struct neap_parameter *parameter, double *field,
                                   const char *text, struct neap_error *error)
{
    double value;
    struct neap_error inner = {0};
    enum neap_status status = neap_quantity_parse(&value, text, parameter->unit, &inner);
    if (status != NEAP_OK)
        return neapi_fail(error, status, "%s: %s", parameter->name, inner.message);
    if (value < parameter->low || value > parameter->high) {
        char low[48], high[48];
        neap_quantity_format(low, sizeof low, parameter->low, parameter->unit);
        neap_quantity_format(high, sizeof high, parameter->high, parameter->unit);
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "%s: found %.80s, expected %s to %s",
                          parameter->name, text, low, high);
    }
    *field = value;
    return NEAP_OK;
}

enum neap_status neap_parameter_set(const struct neap_parameter *parameter, void *fields,
                                    const char *text, struct neap_error *error)
{
    void *field = field_of(fields, parameter);
    if (parameter->unit == NEAP_CHOICE)
        return set_choice(parameter, field, text, error);
    if (parameter->unit != NEAP_TEXT)
        return set_number(parameter, field, text, error);
    if (strlen(text) >= NEAP_TEXT_SIZE)
        return neapi_fail(error, NEAP_BAD_ARGUMENT, "%s: found %zu bytes, expected at most %d",
                          parameter->name, strlen(text), NEAP_TEXT_SIZE - 1);
    neapi_text_copy(field, NEAP_TEXT_SIZE, text);
    return NEAP_OK;
}

static int format_choice(const char *choices, int index, char *text, size_t size)
{
    for (; index > 0 && *choices != '\0'; index--)
        choices += strcspn(choices, "|") + 1;
    if (index < 0)
        return snprintf(text, size, "%s", "");
    return snprintf(text, size, "%.*s", (int)strcspn(choices, "|"), choices);
}

int neap_parameter_format(const struct neap_parameter *parameter, const void *fields, char *text,
                          size_t size)
{
    const void *field = field_read(fields, parameter);
    if (parameter->unit == NEAP_TEXT)
        return snprintf(text, size, "%s", (const char *)field);
    if (parameter->unit == NEAP_CHOICE)
        return format_choice(parameter->choices, *(const int *)field, text, size);
    return neap_quantity_format(text, size, *(const double *)field, parameter->unit);
}

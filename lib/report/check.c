/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions of --fail-if: PATH OPERATOR NUMBER. The number may bring a unit; what unit fits
 * follows from the names on the path, so that container_hours<10% is an error and not nonsense. */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "report/impl.h"

enum { LONGEST_EXPRESSION = 512 };

enum comparison { LESS, AT_MOST, MORE, AT_LEAST, EQUAL, UNEQUAL };

static const struct {
    const char *text; /* longer ones first */
    enum comparison comparison;
} operators[] = {{"<=", AT_MOST}, {">=", AT_LEAST}, {"==", EQUAL},
                 {"!=", UNEQUAL}, {"<", LESS},      {">", MORE}};

/* What a word in a name says about the value; factor: how many of the unit's base it is. */
struct measure {
    const char *word;
    enum neap_unit unit;
    double factor;
};

static const struct measure measures[] = {
    {"s", NEAP_SECONDS, 1},   {"minutes", NEAP_SECONDS, 60}, {"hours", NEAP_SECONDS, 3600},
    {"cores", NEAP_VCPU, 1},  {"vcpu", NEAP_VCPU, 1},        {"bytes", NEAP_BYTES, 1},
    {"rate", NEAP_RATE, 1},   {"share", NEAP_SHARE, 1},      {"amount", NEAP_FACTOR, 1},
    {"cost", NEAP_FACTOR, 1}, {"replicas", NEAP_COUNT, 1},   {"requests", NEAP_COUNT, 1},
    {"events", NEAP_COUNT, 1}};
static const struct measure unknown = {"", NEAP_TEXT, 1};

struct expression {
    char path[LONGEST_EXPRESSION];
    enum comparison comparison;
    char right[LONGEST_EXPRESSION]; /* the number as it stands */
    const struct measure *measure;
    double value;
};

static const struct measure *measure_of_word(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (strlen(measures[i].word) == length && memcmp(measures[i].word, word, length) == 0)
            return &measures[i];
    return NULL;
}

/* From the last word of the path backwards: container_hours_by_state.ready is in hours. */
static const struct measure *measure_of_path(const char *path)
{
    size_t end = strlen(path);
    while (end > 0) {
        size_t start = end;
        while (start > 0 && strchr("._[]", path[start - 1]) == NULL)
            start--;
        const struct measure *found = measure_of_word(path + start, end - start);
        if (found != NULL)
            return found;
        end = start > 0 ? start - 1 : 0;
    }
    return &unknown;
}

static void copy_trimmed(char *to, const char *from, size_t length)
{
    for (; length > 0 && from[0] == ' '; length--)
        from++;
    while (length > 0 && from[length - 1] == ' ')
        length--;
    memcpy(to, from, length);
    to[length] = '\0';
}

static bool split(struct expression *expression, const char *text)
{
    size_t length = strlen(text), at = strcspn(text, "<>=!");
    if (length >= LONGEST_EXPRESSION)
        return false;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t width = strlen(operators[i].text);
        if (strncmp(text + at, operators[i].text, width) == 0) {
            expression->comparison = operators[i].comparison;
            copy_trimmed(expression->path, text, at);
            copy_trimmed(expression->right, text + at + width, length - at - width);
            return expression->path[0] != '\0' && expression->right[0] != '\0';
        }
    }
    return false;
}

/* The right side in the path's own unit. */
static enum neap_status read_right(struct expression *expression, struct neap_error *error)
{
    const char *text = expression->right;
    size_t length = strlen(text);
    const struct measure *measure = expression->measure;
    enum neap_unit unit = measure->unit;
    bool bare = neapi_number_parse(&expression->value, text, length);
    if (bare && unit != NEAP_SHARE)
        return NEAP_OK;
    if (unit == NEAP_TEXT) /* nothing known: percent or a duration */
        unit = text[length - 1] == '%' ? NEAP_SHARE : NEAP_SECONDS;
    double value;
    enum neap_status status = neap_quantity_parse(&value, text, unit, error);
    if (status == NEAP_OK)
        expression->value = value / measure->factor;
    return status;
}

static enum neap_status parse(struct expression *expression, const char *text,
                              struct neap_error *error)
{
    if (!split(expression, text))
        return neapi_fail(
            error, NEAP_BAD_ARGUMENT,
            "found \"%.200s\", expected PATH OPERATOR NUMBER with one of < <= > >= == "
            "!=, such as saving.share<10%%",
            text);
    expression->measure = measure_of_path(expression->path);
    struct neap_error detail;
    enum neap_status status = read_right(expression, &detail);
    if (status != NEAP_OK)
        return neapi_fail(error, status, "%.200s: %.400s", text, detail.message);
    return NEAP_OK;
}

static enum neap_status no_such_number(const struct neap_document *document, const json_t *found,
                                       const char *path, struct neap_error *error)
{
    char near[NEAP_TEXT_SIZE];
    if (found != NULL && json_is_null(found))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "\"%.200s\" has no value in this run: leave it out of --fail-if, or give "
                          "the scenario what it needs",
                          path);
    if (neapi_document_suggest(document, path, near, sizeof near))
        return neapi_fail(error, NEAP_BAD_ARGUMENT,
                          "found \"%.200s\", expected the path of a number in the result: did you "
                          "mean \"%s\"?",
                          path, near);
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "found \"%.200s\", expected the path of a number in the result, such as "
                      "saving.share: --format json shows them all",
                      path);
}

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

/* -1, 0 or 1 for left against right; exact where both are decimals. */
static enum neap_status compare(const struct neap_document *document,
                                const struct expression *expression, int *result,
                                struct neap_error *error)
{
    struct neap_decimal left, right;
    double number;
    const char *path = expression->path;
    json_t *found = neapi_document_find(document, path, strlen(path));
    const char *text = json_string_value(found);
    if (text != NULL && neap_decimal_parse(&left, text, NULL) == NEAP_OK &&
        neap_decimal_parse(&right, expression->right, NULL) == NEAP_OK)
        *result = neap_decimal_compare(&left, &right);
    else if (neap_document_find_number(document, path, &number))
        *result = order(number, expression->value);
    else
        return no_such_number(document, found, path, error);
    return NEAP_OK;
}

static bool is_true(enum comparison comparison, int order_found)
{
    switch (comparison) {
    case LESS:
        return order_found < 0;
    case AT_MOST:
        return order_found <= 0;
    case MORE:
        return order_found > 0;
    case AT_LEAST:
        return order_found >= 0;
    case EQUAL:
        return order_found == 0;
    case UNEQUAL:
        break;
    }
    return order_found != 0;
}

enum neap_status neap_document_check(const struct neap_document *document, const char *expression,
                                     bool *holds, struct neap_error *error)
{
    struct expression parsed = {.comparison = LESS};
    int result = 0;
    enum neap_status status = parse(&parsed, expression, error);
    if (status != NEAP_OK || document == NULL)
        return status;
    status = compare(document, &parsed, &result, error);
    if (status == NEAP_OK)
        *holds = is_true(parsed.comparison, result);
    return status;
}

int neap_document_explain(const struct neap_document *document, const char *expression, char *text,
                          size_t size)
{
    struct expression parsed = {.comparison = LESS};
    double number;
    if (!split(&parsed, expression) || !neap_document_find_number(document, parsed.path, &number))
        return neapi_print(text, size, "%s", "");
    json_t *found = neapi_document_find(document, parsed.path, strlen(parsed.path));
    if (json_is_string(found))
        return neapi_print(text, size, "%s is %s", parsed.path, json_string_value(found));
    if (measure_of_path(parsed.path)->unit == NEAP_SHARE)
        return neapi_print(text, size, "%s is %.6g%%", parsed.path, number * 100);
    bool large = number >= 1e5 || number <= -1e5; /* as people write it, without an exponent */
    return neapi_print(text, size, large ? "%s is %.0f" : "%s is %.6g", parsed.path, number);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a class needs: read from a text, the case's choice of several joined by "or", or another
 * need's, scaled; each with its description for people. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

/* --- several distributions */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Length of the text before a word "or" that stands outside of quotes, or of all of it. */
static size_t before_or(const char *text)
{
    bool quoted = false;
    size_t i = 0;
    for (; text[i] != '\0'; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        if (!quoted && text[i] == 'o' && text[i + 1] == 'r' &&
            (text[i + 2] == '\0' || is_blank(text[i + 2])) && (i == 0 || is_blank(text[i - 1])))
            return i;
    }
    return i;
}

void neapi_sets_next(const char **text, char part[NEAP_TEXT_SIZE])
{
    size_t length = before_or(*text);
    const char *rest = (*text)[length] == '\0' ? NULL : *text + length + 2;
    while (length > 0 && is_blank((*text)[length - 1]))
        length--;
    neapi_text_copy(part, length < NEAP_TEXT_SIZE ? length + 1 : NEAP_TEXT_SIZE, *text);
    *text = rest;
}

struct set {
    struct neap_distribution *distribution;
    enum neapi_spec_form form;
    char text[NEAP_TEXT_SIZE];
};

static void free_sets(struct set *set, size_t count)
{
    for (size_t i = 0; i < count; i++)
        neap_distribution_free(set[i].distribution);
}

static enum neap_status read_sets(struct set set[NEAPI_SETS_MOST], size_t *count, const char *text,
                                  const char *directory, struct neap_error *error)
{
    enum neap_status status = NEAP_OK;
    for (*count = 0; text != NULL && status == NEAP_OK; *count += status == NEAP_OK) {
        if (*count == NEAPI_SETS_MOST)
            return neapi_fail(error, NEAP_BAD_SCENARIO,
                              "found more than %d distributions joined by \"or\": leave some out",
                              NEAPI_SETS_MOST);
        neapi_sets_next(&text, set[*count].text);
        status = neapi_spec_read(&set[*count].distribution, &set[*count].form, set[*count].text,
                                 directory, error);
    }
    return status;
}

/* How far a mean is from where the case wants it: the largest, the middle, the least. */
static double miss(double mean, double middle, enum neap_case number)
{
    if (number == NEAP_CASE_MIDDLE)
        return middle > 0 ? fabs(log(mean / middle)) : mean;
    return number == NEAP_CASE_LOW ? -mean : mean;
}

static size_t choose(const struct set *set, size_t count, enum neap_case number)
{
    double sum = 0;
    size_t best = 0;
    for (size_t i = 0; i < count; i++)
        sum += log(neap_distribution_mean(set[i].distribution));
    double middle = exp(sum / (double)count); /* 0 when one of them is no time at all */
    for (size_t i = 1; i < count; i++)
        if (miss(neap_distribution_mean(set[i].distribution), middle, number) <
            miss(neap_distribution_mean(set[best].distribution), middle, number))
            best = i;
    return best;
}

static void describe(struct neapi_need *need, const struct set *set)
{
    int length = neap_distribution_describe(need->distribution, need->text, sizeof need->text);
    bool fitted = set->form == NEAPI_SPEC_PERCENTILES &&
                  neap_distribution_family(need->distribution) != NEAP_FAMILY_QUANTILES;
    if (length > 0 && (fitted || set->form == NEAPI_SPEC_FILE || set->form == NEAPI_SPEC_BUCKETS))
        neapi_print(need->text + length, sizeof need->text - (size_t)length, " (%s)", set->text);
}

enum neap_status neapi_need_read(struct neapi_need *need, const char *text, enum neap_case number,
                                 const char *directory, struct neap_error *error)
{
    struct set set[NEAPI_SETS_MOST];
    size_t count;
    enum neap_status status = read_sets(set, &count, text, directory, error);
    if (status == NEAP_OK) {
        size_t best = choose(set, count, number);
        need->distribution = set[best].distribution;
        set[best].distribution = NULL;
        need->own = true;
        need->sets = count;
        need->varies = count > 1;
        describe(need, &set[best]);
    }
    free_sets(set, count);
    return status;
}

/* --- from another need */

enum neap_status neapi_need_scale(struct neapi_need *need, const struct neapi_need *old,
                                  const char *from, const struct neapi_speedup *speedup,
                                  enum neap_case number, struct neap_error *error)
{
    double factor = speedup->factor[number];
    enum neap_status status =
        neap_distribution_scale(&need->distribution, old->distribution, 1 / factor, error);
    if (status != NEAP_OK)
        return status;
    need->varies = old->varies || speedup->varies;
    int length = neap_distribution_describe(need->distribution, need->text, sizeof need->text);
    if (length < 0 || neap_distribution_mean(need->distribution) <= 0)
        return NEAP_OK;
    char *end = need->text + length;
    size_t left = sizeof need->text - (size_t)length;
    if (speedup->told)
        neapi_print(end, left, " (%s / %g)", from, factor);
    else
        neapi_print(end, left, " (as %s)", from);
    return NEAP_OK;
}

enum neap_status neapi_need_copy(struct neapi_need *need, const struct neapi_need *old,
                                 struct neap_error *error)
{
    struct neap_distribution *copy;
    enum neap_status status = neap_distribution_scale(&copy, old->distribution, 1, error);
    if (status != NEAP_OK)
        return status;
    *need = *old;
    need->distribution = copy;
    return NEAP_OK;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading "mean=40ms cv=1.2" and its kin. A text is words apart by blanks, each key=value or one
 * bare duration; a value may stand in double quotes. Which keys are there decides the form, and
 * keys of two forms contradict each other. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "profile/impl.h"

#define FAMILIES "lognormal|gamma|weibull|exponential|constant"
struct key {
    const char *name;
    enum neap_status (*read)(struct neapi_spec *spec, const char *value, struct neap_error *error);
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum neap_status repeated(const char *key, struct neap_error *error)
{
    return neapi_fail(error, NEAP_BAD_SCENARIO, "%s= is given twice: keep one of them", key);
}

static enum neap_status read_seconds(double *seconds, const char *key, const char *value,
                                     struct neap_error *error)
{
    struct neap_error inner;
    double read;
    if (neap_quantity_parse(&read, value, NEAP_SECONDS, &inner) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "%s%s", key, inner.message);
    if (read < 0)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "%sfound \"%.80s\", expected no negative time",
                          key, value);
    *seconds = read;
    return NEAP_OK;
}

/* --- keys */

static enum neap_status read_mean(struct neapi_spec *spec, const char *value,
                                  struct neap_error *error)
{
    if (spec->has.mean)
        return repeated("mean", error);
    spec->has.mean = true;
    return read_seconds(&spec->mean_s, "mean=: ", value, error);
}

static enum neap_status read_cv(struct neapi_spec *spec, const char *value,
                                struct neap_error *error)
{
    struct neap_error inner;
    if (spec->has.cv)
        return repeated("cv", error);
    spec->has.cv = true;
    if (neap_quantity_parse(&spec->cv, value, NEAP_FACTOR, &inner) != NEAP_OK)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "cv=: %s: it is the standard deviation divided by the mean",
                          inner.message);
    return NEAP_OK;
}

static enum neap_status read_family(struct neapi_spec *spec, const char *value,
                                    struct neap_error *error)
{
    if (spec->has.family)
        return repeated("dist", error);
    spec->has.family = true;
    if (neap_family_find(value, &spec->family))
        return NEAP_OK;
    char near[32];
    bool hint = neap_suggest(FAMILIES, value, near, sizeof near);
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "dist=: found \"%.80s\", expected one of " FAMILIES "%s%s%s", value,
                      hint ? ": did you mean " : "", hint ? near : "", hint ? "?" : "");
}

static enum neap_status read_file(struct neapi_spec *spec, const char *value,
                                  struct neap_error *error)
{
    if (spec->has.file)
        return repeated("file", error);
    spec->has.file = true;
    if (*value == '\0')
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "file=: found no name, expected a CSV file with one column of samples");
    neapi_text_copy(spec->file, sizeof spec->file, value); /* words are no longer */
    return NEAP_OK;
}

static enum neap_status read_buckets(struct neapi_spec *spec, const char *value,
                                     struct neap_error *error)
{
    if (spec->has.buckets)
        return repeated("buckets", error);
    spec->has.buckets = true;
    if (*value == '\0')
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "buckets=: found no name, expected a CSV file with the columns le and "
                          "count");
    neapi_text_copy(spec->file, sizeof spec->file, value);
    return NEAP_OK;
}

static enum neap_status read_max(struct neapi_spec *spec, const char *value,
                                 struct neap_error *error)
{
    if (spec->has.max)
        return repeated("max", error);
    spec->has.max = true;
    return read_seconds(&spec->max_s, "max=: ", value, error);
}

static enum neap_status read_n(struct neapi_spec *spec, const char *value, struct neap_error *error)
{
    struct neap_error inner;
    if (spec->has.n)
        return repeated("n", error);
    spec->has.n = true;
    if (neap_quantity_parse(&spec->n, value, NEAP_COUNT, &inner) != NEAP_OK || spec->n < 2)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "n=: found \"%.80s\", expected how many values max= is the largest of",
                          value);
    return NEAP_OK;
}

static enum neap_status read_unit(struct neapi_spec *spec, const char *value,
                                  struct neap_error *error)
{
    if (spec->has.unit)
        return repeated("unit", error);
    spec->has.unit = true;
    if (neapi_unit_find(value, &spec->per_second))
        return NEAP_OK;
    return neapi_fail(error, NEAP_BAD_SCENARIO, "unit=: found \"%.80s\", expected s, ms, us or ns",
                      value);
}

static const struct key keys[] = {
    {"mean", read_mean},       {"cv", read_cv},     {"dist", read_family}, {"file", read_file},
    {"buckets", read_buckets}, {"unit", read_unit}, {"max", read_max},     {"n", read_n},
};

/* --- percentiles: any number of p50, p99.9 ... */

static bool is_percentile(const char *key)
{
    return key[0] == 'p' && ((key[1] >= '0' && key[1] <= '9') || key[1] == '.' || key[1] == '-');
}

/* Puts the point where it belongs in ascending order. */
static void insert(struct neapi_spec *spec, double percent, double seconds)
{
    size_t i = spec->points++;
    for (; i > 0 && spec->percent[i - 1] > percent; i--) {
        spec->percent[i] = spec->percent[i - 1];
        spec->value_s[i] = spec->value_s[i - 1];
    }
    spec->percent[i] = percent;
    spec->value_s[i] = seconds;
}

static enum neap_status read_percentile(struct neapi_spec *spec, const char *key, const char *value,
                                        struct neap_error *error)
{
    double percent, seconds = 0;
    if (!neapi_number_parse(&percent, key + 1, strlen(key + 1)) || !(percent > 0) ||
        !(percent < 100))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%.80s=: expected a percentile between p0 and p100, such as p50, p95 or "
                          "p99.9",
                          key);
    for (size_t i = 0; i < spec->points; i++)
        if (!(spec->percent[i] < percent) && !(spec->percent[i] > percent))
            return repeated(key, error);
    if (spec->points == NEAP_QUANTILES_MOST)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found more than %d percentiles: leave some out", NEAP_QUANTILES_MOST);
    char prefix[96];
    neapi_print(prefix, sizeof prefix, "%.80s=: ", key);
    enum neap_status status = read_seconds(&seconds, prefix, value, error);
    if (status != NEAP_OK)
        return status;
    if (!(seconds > 0))
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "%sfound \"%.80s\", expected a time above 0: write \"none\" for no time "
                          "at all",
                          prefix, value);
    insert(spec, percent, seconds);
    return NEAP_OK;
}

/* --- words */

static enum neap_status read_bare(struct neapi_spec *spec, const char *word,
                                  struct neap_error *error)
{
    if (spec->has.constant)
        return neapi_fail(error, NEAP_BAD_SCENARIO,
                          "found \"%.80s\" after another bare value, " NEAPI_SPEC_FORMS, word);
    spec->has.constant = true;
    if (strcmp(word, "none") == 0)
        return NEAP_OK;
    if (strchr("+-.0123456789", *word) == NULL)
        return neapi_fail(error, NEAP_BAD_SCENARIO, "found \"%.80s\", " NEAPI_SPEC_FORMS, word);
    return read_seconds(&spec->constant_s, "", word, error);
}

static enum neap_status unknown_key(const char *key, struct neap_error *error)
{
    char near[32];
    bool hint =
        neap_suggest("mean|cv|dist|file|buckets|unit|p50|p90|p95|p99", key, near, sizeof near);
    return neapi_fail(error, NEAP_BAD_SCENARIO,
                      "found \"%.80s=\", expected mean=, cv=, dist=, file=, buckets=, unit= or "
                      "percentiles such as p95=%s%s%s",
                      key, hint ? ": did you mean " : "", hint ? near : "", hint ? "=?" : "");
}

static enum neap_status read_word(struct neapi_spec *spec, char *word, struct neap_error *error)
{
    char *equals = strchr(word, '=');
    if (equals == NULL)
        return read_bare(spec, word, error);
    *equals = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].name, word) == 0)
            return keys[i].read(spec, equals + 1, error);
    if (is_percentile(word))
        return read_percentile(spec, word, equals + 1, error);
    return unknown_key(word, error);
}

/* Copies the next word without its quotes and moves on; false at the end of the text. */
static bool next_word(const char **text, char word[NEAP_TEXT_SIZE], enum neap_status *status,
                      struct neap_error *error)
{
    const char *at = *text;
    while (is_blank(*at))
        at++;
    if (*at == '\0')
        return false;
    bool quoted = false;
    size_t length = 0;
    for (; *at != '\0' && (quoted || !is_blank(*at)) && length < NEAP_TEXT_SIZE; at++) {
        if (*at == '"')
            quoted = !quoted;
        else
            word[length++] = *at;
    }
    if (length == NEAP_TEXT_SIZE)
        *status =
            neapi_fail(error, NEAP_BAD_SCENARIO,
                       "found a word of more than %d bytes, " NEAPI_SPEC_FORMS, NEAP_TEXT_SIZE - 1);
    else if (quoted)
        *status = neapi_fail(error, NEAP_BAD_SCENARIO, "a quote is not closed");
    else
        word[length] = '\0';
    *text = at;
    return *status == NEAP_OK;
}

enum neap_status neapi_spec_parse(struct neapi_spec *spec, const char *text,
                                  struct neap_error *error)
{
    *spec = (struct neapi_spec){.text = text,
                                .mean_s = (double)NAN,
                                .cv = (double)NAN,
                                .family = NEAP_FAMILY_LOGNORMAL,
                                .per_second = (double)NAN};
    char word[NEAP_TEXT_SIZE];
    enum neap_status status = NEAP_OK;
    while (status == NEAP_OK && next_word(&text, word, &status, error))
        status = read_word(spec, word, error);
    return status == NEAP_OK ? neapi_spec_settle(spec, error) : status;
}

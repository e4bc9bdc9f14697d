/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules of a schedule: reading them, and what they say at a moment. */
#include <string.h>

#include "autoscaler/schedule.h"
#include "base/fail.h"
#include "base/text.h"

enum { DAY_S = 86400, WORD_SIZE = 32 };

/* --- words ---------------------------------------------------------------------------------------- */

static const char *const day_names[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static bool read_day(int *day, const char *text)
{
    for (int i = 0; i < 7; i++)
        if (strncmp(text, day_names[i], 3) == 0) {
            *day = i;
            return true;
        }
    return false;
}

/* "daily", "sat" or "fri-mon" */
static bool read_days(unsigned *days, const char *word)
{
    int first, last;
    if (strcmp(word, "daily") == 0) {
        *days = 0x7f;
        return true;
    }
    if (!read_day(&first, word))
        return false;
    last = first;
    if (word[3] != '\0' && (word[3] != '-' || !read_day(&last, word + 4) || word[7] != '\0'))
        return false;
    *days = 1u << last;
    for (int day = first; day != last; day = (day + 1) % 7)
        *days |= 1u << day;
    return true;
}

static bool two_digits(int *value, const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *value = (text[0] - '0') * 10 + (text[1] - '0');
    return true;
}

/* "07:30"; "24:00" is the end of the day. */
static bool read_clock(int32_t *clock_s, const char *text)
{
    int hour, minute;
    if (!two_digits(&hour, text) || text[2] != ':' || !two_digits(&minute, text + 3))
        return false;
    *clock_s = hour * 3600 + minute * 60;
    return minute < 60 && *clock_s <= DAY_S;
}

static bool read_times(struct neapi_schedule_rule *rule, const char *word)
{
    return read_clock(&rule->from_s, word) && word[5] == '-' && read_clock(&rule->to_s, word + 6) &&
           word[11] == '\0' && rule->from_s < DAY_S && rule->from_s != rule->to_s;
}

static bool read_count(int64_t *count, const char *word, const char *name)
{
    double value;
    size_t length = strlen(name);
    if (strncmp(word, name, length) != 0 ||
        neap_quantity_parse(&value, word + length, NEAP_COUNT, NULL) != NEAP_OK || value > 1e7)
        return false;
    *count = (int64_t)value;
    return true;
}

static bool read_bound(struct neapi_schedule_rule *rule, const char *word)
{
    if (strcmp(word, "off") == 0) {
        rule->min = rule->max = 0;
        return true;
    }
    return read_count(&rule->min, word, "min=") || read_count(&rule->max, word, "max=");
}

/* --- rules ---------------------------------------------------------------------------------------- */

/* The next word of text[0..end), empty at its end; false when it is longer than any there is. */
static bool next_word(char word[WORD_SIZE], const char **text, const char *end)
{
    while (*text < end && (**text == ' ' || **text == '\t'))
        ++*text;
    size_t length = 0;
    for (; *text < end && **text != ' ' && **text != '\t'; ++*text) {
        if (length + 1 >= WORD_SIZE)
            return false;
        word[length++] = **text;
    }
    word[length] = '\0';
    return true;
}

static enum neap_status unknown_word(const char *word, const char *expected,
                                     struct neap_error *error)
{
    return neapi_fail(error, NEAP_BAD_ARGUMENT,
                      "schedule: found \"%.40s\", expected %s: write rules as in mon-fri "
                      "07:00-20:00 min=10, sat-sun max=8, daily 01:00-05:00 off",
                      word, expected);
}

static enum neap_status parse_rule(struct neapi_schedule_rule *rule, const char *text,
                                   const char *end, struct neap_error *error)
{
    char word[WORD_SIZE] = "";
    *rule = (struct neapi_schedule_rule){0, 0, DAY_S, NEAPI_SCHEDULE_KEEP, NEAPI_SCHEDULE_KEEP};
    if (!next_word(word, &text, end) || !read_days(&rule->days, word))
        return unknown_word(word, "daily, a day (mon) or a range of days (mon-fri)", error);
    if (!next_word(word, &text, end))
        return unknown_word(word, "times or a bound", error);
    if (word[0] >= '0' && word[0] <= '9') {
        if (!read_times(rule, word))
            return unknown_word(word, "two different times of the day, 00:00-24:00", error);
        if (!next_word(word, &text, end))
            return unknown_word(word, "a bound", error);
    }
    do {
        if (!read_bound(rule, word))
            return unknown_word(word, "min=N, max=N or off", error);
        if (!next_word(word, &text, end))
            return unknown_word(word, "min=N, max=N or off", error);
    } while (word[0] != '\0');
    if (rule->max != NEAPI_SCHEDULE_KEEP && rule->min > rule->max)
        return unknown_word("min above max", "min at most max in one rule", error);
    return NEAP_OK;
}

enum neap_status neapi_schedule_parse(struct neapi_schedule *schedule, const char *text,
                                      struct neap_error *error)
{
    struct neapi_schedule read = {.count = 0};
    for (const char *at = text; at != NULL;) {
        const char *comma = strchr(at, ',');
        if (read.count == NEAPI_SCHEDULE_RULES)
            return neapi_fail(error, NEAP_BAD_ARGUMENT,
                              "schedule: found more than %d rules, expected fewer: join days that "
                              "have the same bounds",
                              NEAPI_SCHEDULE_RULES);
        enum neap_status status = parse_rule(&read.rule[read.count++], at,
                                             comma == NULL ? at + strlen(at) : comma, error);
        if (status != NEAP_OK)
            return status;
        at = comma == NULL ? NULL : comma + 1;
    }
    *schedule = read;
    return NEAP_OK;
}

/* --- moments -------------------------------------------------------------------------------------- */

bool neapi_schedule_active(const struct neapi_schedule_rule *rule, const struct neap_civil *civil)
{
    int32_t clock_s = civil->hour * 3600 + civil->minute * 60 + civil->second;
    bool today = (rule->days >> civil->weekday & 1) != 0;
    bool yesterday = (rule->days >> (civil->weekday + 6) % 7 & 1) != 0;
    if (rule->from_s < rule->to_s)
        return today && clock_s >= rule->from_s && clock_s < rule->to_s;
    return (today && clock_s >= rule->from_s) || (yesterday && clock_s < rule->to_s);
}

struct neapi_schedule_bounds neapi_schedule_bounds(const struct neapi_schedule *schedule,
                                                   const struct neap_civil *civil, int64_t min,
                                                   int64_t max)
{
    struct neapi_schedule_bounds bounds = {min, max, false, false};
    for (size_t i = 0; i < schedule->count; i++) {
        const struct neapi_schedule_rule *rule = &schedule->rule[i];
        if (!neapi_schedule_active(rule, civil))
            continue;
        if (rule->min != NEAPI_SCHEDULE_KEEP) {
            bounds.min = rule->min;
            bounds.min_scheduled = true;
        }
        if (rule->max != NEAPI_SCHEDULE_KEEP) {
            bounds.max = rule->max;
            bounds.max_scheduled = true;
        }
    }
    if (bounds.max < bounds.min) {
        bounds.max = bounds.min;
        bounds.max_scheduled = bounds.min_scheduled;
    }
    return bounds;
}

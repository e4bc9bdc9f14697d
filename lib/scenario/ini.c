/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * INI files through inih, which has ways of its own that would change a scenario without a word:
 * it cuts lines at 200 bytes, takes an indented line for more of the value above, splits keys at a
 * colon and leaves " # note" in the value. Every line is therefore looked at before inih sees it.
 * inih gives no line numbers either: they are counted by the reader that hands it the lines. */
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"
#include "scenario/ini.h"

enum { LONGEST_LINE = 196, LONGEST_SECTION = 48 };

struct reader {
    struct neapi_entries *entries;
    const char *source;
    const char *text;
    size_t length, at;
    const char *raw; /* the line inih is looking at */
    size_t raw_length;
    long line;
    enum neap_status status;
    struct neap_error *error;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static size_t blanks(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && is_blank(text[count]))
        count++;
    return count;
}

#define REFUSE(reader, column, ...)                                                         \
    ((reader)->status = neapi_fail_at((reader)->error, NEAP_BAD_SCENARIO, (reader)->source, \
                                      (reader)->line, (long)(column), __VA_ARGS__))

/* A carriage return belongs to the end of a line; alone inside of one it would end nothing. */
static enum neap_status check_bytes(struct reader *r, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < 0x20 && line[i] != '\t' && (line[i] != '\r' || i + 1 < length))
            return REFUSE(r, i + 1,
                          "found control byte 0x%02x, expected text with lines that end in a line "
                          "feed: remove it, or name a scenario file if this is none",
                          (unsigned)(unsigned char)line[i]);
    return NEAP_OK;
}

static enum neap_status add(struct neapi_entries *entries, const struct neapi_entry *entry,
                            struct neap_error *error)
{
    if (!neapi_grow(&entries->entry, &entries->capacity, entries->count + 1,
                    sizeof *entries->entry))
        return neapi_no_memory(error, "the scenario");
    entries->entry[entries->count++] = *entry;
    return NEAP_OK;
}

/* The section itself, so that one without keys is seen too. */
static enum neap_status add_section(struct reader *r, const char *name, size_t length, long column)
{
    struct neapi_entry entry = {
        .source = r->source, .line = r->line, .key_column = column, .value_column = column};
    memcpy(entry.section, name, length);
    r->status = add(r->entries, &entry, r->error);
    return r->status;
}

static enum neap_status check_header(struct reader *r, const char *line, size_t length)
{
    const char *close = memchr(line, ']', length);
    long column = line - r->raw + 1;
    if (close == NULL)
        return REFUSE(r, column,
                      "found \"%.*s\", expected a section such as [traffic]: close the "
                      "bracket",
                      (int)length, line);
    size_t name = (size_t)(close - line) - 1;
    if (blanks(line + 1, name) == name)
        return REFUSE(r, column, "found a section without a name, expected one such as [traffic]");
    if (name > LONGEST_SECTION)
        return REFUSE(r, column,
                      "found a section name of %zu bytes, expected at most %d: shorten it", name,
                      LONGEST_SECTION);
    for (size_t i = 0; i < r->entries->count; i++) {
        const struct neapi_entry *entry = &r->entries->entry[i];
        if (strlen(entry->section) == name && memcmp(entry->section, line + 1, name) == 0)
            return REFUSE(r, column,
                          "found section [%s] a second time, expected it once: move its keys to "
                          "the first one, on line %ld",
                          entry->section, entry->line);
    }
    const char *rest = close + 1;
    size_t left = length - (size_t)(rest - line);
    size_t skipped = blanks(rest, left);
    if (skipped < left && rest[skipped] != ';' && rest[skipped] != '#')
        return REFUSE(r, rest + skipped - r->raw + 1,
                      "found \"%.*s\" behind the section, expected the end of the line: put it on "
                      "a line of its own",
                      (int)(left - skipped), rest + skipped);
    return add_section(r, line + 1, name, column);
}

/* Where a comment behind a value begins: inih asks for a blank before the semicolon. */
static const char *comment_of(const char *line, size_t length)
{
    for (size_t i = 1; i < length; i++)
        if (line[i] == ';' && is_blank(line[i - 1]))
            return line + i;
    return line + length;
}

static enum neap_status check_comment(struct reader *r, const char *equals, const char *end)
{
    for (const char *hash = equals; hash + 1 < end; hash++)
        if (is_blank(hash[0]) && hash[1] == '#')
            return REFUSE(r, hash + 1 - r->raw + 1,
                          "found \"%.*s\", expected a comment behind a value to begin with ;",
                          (int)(end - hash - 1), hash + 1);
    return NEAP_OK;
}

static enum neap_status check_pair(struct reader *r, const char *line, size_t length)
{
    const char *equals = memchr(line, '=', length);
    const char *colon = memchr(line, ':', length);
    long column = line - r->raw + 1;
    if (colon != NULL && (equals == NULL || colon < equals))
        return REFUSE(r, colon - r->raw + 1,
                      "found \"%.*s\" with a colon, expected key = value: no key has a colon, and "
                      "= stands behind it",
                      (int)(length < 60 ? length : 60), line);
    if (equals == NULL)
        return REFUSE(r, column,
                      "found \"%.*s\", expected key = value, [section], or ; before a comment",
                      (int)(length < 60 ? length : 60), line);
    if (equals == line)
        return REFUSE(r, column,
                      "found a value without a key, expected key = value: name the key, or take "
                      "the line out");
    if ((size_t)(equals - line) >= NEAPI_SECTION_SIZE)
        return REFUSE(r, column,
                      "found a key of %ld bytes, expected at most %d: neap help lists the keys",
                      (long)(equals - line), NEAPI_SECTION_SIZE - 1);
    return check_comment(r, equals, comment_of(line, length));
}

static enum neap_status check_line(struct reader *r, const char *line, size_t length)
{
    if (check_bytes(r, r->raw, r->raw_length) != NEAP_OK)
        return r->status;
    if (length >= LONGEST_LINE)
        return REFUSE(r, line - r->raw + LONGEST_LINE,
                      "found a line of %zu bytes, expected at most %d: shorten it, or put the "
                      "value in a file",
                      length, LONGEST_LINE - 1);
    return line[0] == '[' ? check_header(r, line, length) : check_pair(r, line, length);
}

/* Finds the next line and takes its ends off; false at the end of the text. */
static bool next_line(struct reader *r, const char **line, size_t *length)
{
    if (r->at >= r->length)
        return false;
    r->raw = r->text + r->at;
    const char *end = memchr(r->raw, '\n', r->length - r->at);
    r->raw_length = end == NULL ? r->length - r->at : (size_t)(end - r->raw);
    r->at += r->raw_length + (end != NULL);
    r->line++;
    size_t skipped = blanks(r->raw, r->raw_length);
    *line = r->raw + skipped;
    *length = r->raw_length - skipped;
    while (*length > 0 && is_blank((*line)[*length - 1]))
        (*length)--;
    return true;
}

/* inih's source of lines: no leading blanks, so that nothing continues a value, and comments of
 * any length taken out. */
static char *hand_over(char *buffer, int size, void *context)
{
    struct reader *r = context;
    const char *line;
    size_t length;
    if (r->status != NEAP_OK || !next_line(r, &line, &length))
        return NULL;
    if (length == 0 || line[0] == ';' || line[0] == '#')
        length = 0;
    else if (check_line(r, line, length) != NEAP_OK)
        return NULL;
    if (length + 2 > (size_t)size) {
        REFUSE(r, 0, "found a line of %zu bytes, expected at most %d", length, size - 2);
        return NULL;
    }
    memcpy(buffer, line, length);
    memcpy(buffer + length, "\n", 2);
    return buffer;
}

static long column_of(const struct reader *r, const char *key)
{
    size_t key_length = strlen(key);
    for (size_t i = 0; i + key_length <= r->raw_length; i++)
        if (memcmp(r->raw + i, key, key_length) == 0)
            return (long)i + 1;
    return 1;
}

static long value_column_of(const struct reader *r)
{
    const char *equals = memchr(r->raw, '=', r->raw_length);
    if (equals == NULL)
        return 1;
    size_t behind = (size_t)(equals - r->raw) + 1;
    return (long)(behind + blanks(r->raw + behind, r->raw_length - behind)) + 1;
}

static int on_entry(void *context, const char *section, const char *key, const char *value)
{
    struct reader *r = context;
    if (r->status != NEAP_OK)
        return 0;
    struct neapi_entry entry = {.source = r->source,
                                .line = r->line,
                                .key_column = column_of(r, key),
                                .value_column = value_column_of(r)};
    if (section[0] == '\0') {
        REFUSE(r, entry.key_column,
               "found key \"%s\" before any section, expected [service], "
               "[traffic] or another first",
               key);
        return 0;
    }
    const struct neapi_entry *before = neapi_ini_find(r->entries, section, key);
    if (before != NULL) {
        REFUSE(r, entry.key_column,
               "found \"%s\" a second time in [%s], expected it once: it is on line %ld already",
               key, section, before->line);
        return 0;
    }
    neapi_text_copy(entry.section, sizeof entry.section, section);
    neapi_text_copy(entry.key, sizeof entry.key, key);
    neapi_text_copy(entry.value, sizeof entry.value, value);
    r->status = add(r->entries, &entry, r->error);
    return r->status == NEAP_OK;
}

enum neap_status neapi_ini_parse(struct neapi_entries *entries, const char *source,
                                 const char *text, size_t length, struct neap_error *error)
{
    struct reader reader = {
        .entries = entries, .source = source, .text = text, .length = length, .error = error};
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        reader.at = 3;
    if (length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, source, 1, 1,
                             "found UTF-16, expected UTF-8: convert it with iconv -f UTF-16 -t "
                             "UTF-8");
    int outcome = ini_parse_stream(hand_over, &reader, on_entry, &reader);
    if (reader.status != NEAP_OK)
        return reader.status;
    if (outcome == -2)
        return neapi_no_memory(error, "the scenario");
    if (outcome != 0)
        return neapi_fail_at(error, NEAP_BAD_SCENARIO, source, outcome, 0,
                             "found a line that is neither [section] nor key = value");
    return NEAP_OK;
}

/* --- settings beside the file -------------------------------------------------------------------- */

struct neapi_entry *neapi_ini_find(const struct neapi_entries *entries, const char *section,
                                   const char *key)
{
    for (size_t i = 0; i < entries->count; i++)
        if (strcmp(entries->entry[i].section, section) == 0 &&
            strcmp(entries->entry[i].key, key) == 0)
            return &entries->entry[i];
    return NULL;
}

static enum neap_status bad_setting(const char *setting, struct neap_error *error)
{
    return neapi_fail_at(error, NEAP_BAD_SCENARIO, "--set", 0, 0,
                         "found \"%.100s\", expected section.key=value, such as "
                         "autoscaler.target_cpu=70%% or profile.new.cpu_speedup=1.3",
                         setting);
}

/* "profile.new.cpu_speedup" -> section "profile new", key "cpu_speedup". */
static bool split_path(struct neapi_entry *entry, const char *path, size_t length)
{
    char copy[2 * NEAPI_SECTION_SIZE];
    if (length >= sizeof copy)
        return false;
    memcpy(copy, path, length);
    copy[length] = '\0';
    char *dot = strchr(copy, '.');
    if (dot == NULL)
        return false;
    bool named = strncmp(copy, "profile.", 8) == 0 || strncmp(copy, "class.", 6) == 0;
    if (named) {
        *dot = ' ';
        dot = strchr(dot, '.');
        if (dot == NULL)
            return false;
    }
    *dot = '\0';
    return dot[1] != '\0' && copy[0] != '\0' &&
           neapi_text_copy(entry->section, sizeof entry->section, copy) &&
           neapi_text_copy(entry->key, sizeof entry->key, dot + 1);
}

static void take_out(struct neapi_entries *entries, struct neapi_entry *entry)
{
    size_t behind = (size_t)(entries->entry + entries->count - (entry + 1));
    memmove(entry, entry + 1, behind * sizeof *entry);
    entries->count--;
}

enum neap_status neapi_ini_set(struct neapi_entries *entries, const char *setting,
                               struct neap_error *error)
{
    const char *equals = strchr(setting, '=');
    struct neapi_entry entry = {.source = "--set"};
    if (equals == NULL || !split_path(&entry, setting, (size_t)(equals - setting)))
        return bad_setting(setting, error);
    if (!neapi_text_copy(entry.value, sizeof entry.value, equals + 1))
        return bad_setting(setting, error);
    struct neapi_entry *before = neapi_ini_find(entries, entry.section, entry.key);
    if (before == NULL)
        return add(entries, &entry, error);
    if (entry.value[0] == '\0')
        take_out(entries, before);
    else
        *before = entry;
    return NEAP_OK;
}

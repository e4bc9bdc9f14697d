/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Did you mean ...?": the nearest word by edit distance (Levenshtein 1966). */
#include <string.h>

#include "base/text.h"

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(substituted, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[b_length];
}

/* Half of the letters wrong is another word, not a slip; one word the start of the other is near.
 */
static bool is_near(const char *text, size_t length, const char *entry, size_t entry_length,
                    size_t apart)
{
    size_t common = least(length, entry_length);
    if (common >= 3 && memcmp(text, entry, common) == 0)
        return true;
    return apart * 2 <= (length > entry_length ? length : entry_length);
}

bool neap_suggest(const char *choices, const char *text, char *suggestion, size_t size)
{
    size_t length = strlen(text);
    size_t best = SIZE_MAX;
    if (length == 0 || length > LONGEST)
        return false;
    while (*choices != '\0') {
        size_t entry = strcspn(choices, "|");
        if (entry > 0 && entry <= LONGEST && entry < size) {
            size_t apart = distance(text, length, choices, entry);
            if (apart < best && is_near(text, length, choices, entry, apart)) {
                best = apart;
                memcpy(suggestion, choices, entry);
                suggestion[entry] = '\0';
            }
        }
        choices += entry + (choices[entry] == '|');
    }
    return best != SIZE_MAX;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UTF-8 as RFC 3629 defines it: no surrogates, no detours, nothing above U+10FFFF. Widths suit what
 * names of services hold; ranges are whole blocks of Unicode's East Asian Width and category Mn. */
#include <stdlib.h>
#include <string.h>

#include "report/impl.h"

static size_t length_from_first(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

size_t neapi_utf8_decode(const char *text, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text[0];
    size_t length = length_from_first(first);
    if (length == 0)
        return 0;
    uint32_t value = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xc0) != 0x80) /* also at the final NUL, so never beyond it */
            return 0;
        value = value << 6 | (next & 0x3fU);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *point = value;
    return length;
}

char *neapi_utf8_clean(const char *text, size_t length)
{
    if (length >= SIZE_MAX / 3)
        return NULL;
    char *clean = malloc(length * 3 + 1);
    size_t used = 0;
    if (clean == NULL)
        return NULL;
    for (size_t at = 0; at < length && text[at] != '\0';) {
        uint32_t point;
        size_t bytes = neapi_utf8_decode(text + at, &point);
        bool good = bytes > 0 && bytes <= length - at;
        memcpy(clean + used, good ? text + at : "\xef\xbf\xbd", good ? bytes : 3);
        used += good ? bytes : 3;
        at += good ? bytes : 1;
    }
    clean[used] = '\0';
    return clean;
}

struct range {
    uint32_t first, last;
};

static const struct range no_width[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                                        {0x610, 0x61a},   {0x64b, 0x65f},   {0x1ab0, 0x1aff},
                                        {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
                                        {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
static const struct range double_width[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe4f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

static bool is_in(uint32_t point, const struct range *range, size_t ranges)
{
    for (size_t i = 0; i < ranges; i++)
        if (point >= range[i].first && point <= range[i].last)
            return true;
    return false;
}

int neapi_utf8_width(uint32_t point)
{
    if (point < 0x300)
        return 1;
    if (is_in(point, no_width, sizeof no_width / sizeof *no_width))
        return 0;
    return is_in(point, double_width, sizeof double_width / sizeof *double_width) ? 2 : 1;
}

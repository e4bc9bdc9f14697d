/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text and numbers, in the C locale whatever the program's: under a locale with a decimal comma
 * strtod("0.04048") is 0, which would make a price vanish without a word. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

locale_t neapi_c_locale_enter(void)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return c == (locale_t)0 ? (locale_t)0 : uselocale(c);
}

void neapi_c_locale_leave(locale_t before)
{
    if (before == (locale_t)0)
        return;
    locale_t ours = uselocale(before);
    if (ours != before && ours != LC_GLOBAL_LOCALE)
        freelocale(ours);
}

int neapi_vprint(char *text, size_t size, const char *format, va_list arguments)
{
    locale_t before = neapi_c_locale_enter();
    int length = vsnprintf(text, size, format, arguments);
    neapi_c_locale_leave(before);
    return length;
}

int neapi_print(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = neapi_vprint(text, size, format, arguments);
    va_end(arguments);
    return length;
}

bool neapi_text_copy(char *to, size_t size, const char *from)
{
    size_t length = strlen(from);
    size_t kept = length < size ? length : size - 1;
    memmove(to, from, kept);
    to[kept] = '\0';
    return kept == length;
}

/* The pieces of [+-]digits[.digits][e[+-]digits]. */
struct scan {
    uint64_t mantissa;
    int digits; /* significant ones, in the mantissa while <= 18 */
    int point;  /* digits behind the decimal point */
    int exponent;
    bool negative, any;
};

static size_t scan_digits(struct scan *scan, const char *text, size_t at, size_t length,
                          bool fraction)
{
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
        scan->any = true;
        if (scan->mantissa != 0 || text[at] != '0')
            scan->digits++;
        if (scan->digits <= 18)
            scan->mantissa = scan->mantissa * 10 + (uint64_t)(text[at] - '0');
        scan->point += fraction;
    }
    return at;
}

static size_t scan_exponent(struct scan *scan, const char *text, size_t at, size_t length)
{
    if (at >= length || (text[at] != 'e' && text[at] != 'E'))
        return at;
    size_t next = at + 1;
    bool negative = next < length && text[next] == '-';
    if (next < length && (text[next] == '-' || text[next] == '+'))
        next++;
    size_t first = next;
    int exponent = 0;
    for (; next < length && text[next] >= '0' && text[next] <= '9'; next++)
        if (exponent < 10000)
            exponent = exponent * 10 + (text[next] - '0');
    if (next == first)
        return at; /* "1e" : the e is left over, so the number is refused */
    scan->exponent = negative ? -exponent : exponent;
    return next;
}

static bool parse_slowly(double *value, const char *text, size_t length)
{
    char copy[1100]; /* no double needs more digits than that to be told from its neighbours */
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    locale_t before = neapi_c_locale_enter();
    double parsed = strtod(copy, NULL);
    neapi_c_locale_leave(before);
    if (!isfinite(parsed))
        return false;
    *value = parsed;
    return true;
}

/* Up to 15 digits and powers of ten up to 22 are exact doubles, so one operation rounds right. */
static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool neapi_number_parse(double *value, const char *text, size_t length)
{
    struct scan scan = {0};
    size_t at = 0;
    if (at < length && (text[at] == '-' || text[at] == '+'))
        scan.negative = text[at++] == '-';
    at = scan_digits(&scan, text, at, length, false);
    if (at < length && text[at] == '.')
        at = scan_digits(&scan, text, at + 1, length, true);
    if (!scan.any)
        return false;
    at = scan_exponent(&scan, text, at, length);
    if (at != length)
        return false;
    int power = scan.exponent - scan.point;
    if (scan.digits > 15 || power < -22 || power > 22)
        return parse_slowly(value, text, length);
    double number = (double)scan.mantissa;
    number = power < 0 ? number / power_of_ten[-power] : number * power_of_ten[power];
    *value = scan.negative ? -number : number;
    return true;
}

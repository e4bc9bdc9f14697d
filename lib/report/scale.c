/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Axes of values. Ticks are multiples of a round step, so that 0 is one of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/cell.h"
#include "report/scale.h"

/* The least of 1, 2, 5 times a power of ten that is at least so large. */
static double round_up(double raw, int *exponent)
{
    static const double round[] = {1, 2, 5};
    *exponent = (int)floor(log10(raw));
    double power = pow(10, *exponent);
    for (size_t i = 0; i < 3; i++)
        if (round[i] * power >= raw * (1 - 1e-9))
            return round[i] * power;
    ++*exponent;
    return 10 * power;
}

struct neapi_scale neapi_scale_fit(double low, double high, int steps)
{
    int exponent;
    low = fmin(low, 0);
    high = fmax(high, 0);
    if (!(high - low > 1e-100)) /* nothing there, or zeros only */
        high = low + 1;
    double step = round_up((high - low) / steps, &exponent);
    double first = floor(low / step + 1e-9), last = ceil(high / step - 1e-9);
    return (struct neapi_scale){first * step, last * step, step, (int)(last - first),
                                exponent < 0 ? -exponent : 0};
}

double neapi_scale_tick(const struct neapi_scale *scale, int tick)
{
    return (round(scale->low / scale->step) + tick) * scale->step;
}

double neapi_scale_share(const struct neapi_scale *scale, double value)
{
    return (value - scale->low) / (scale->high - scale->low);
}

void neapi_number_show(char text[NEAPI_NUMBER], double value, int decimals)
{
    static const char minus[] = "\xe2\x88\x92";
    char digits[NEAPI_NUMBER] = "";
    bool plain = fabs(value) < 1e15 && decimals <= 12;
    snprintf(digits, sizeof digits, plain ? "%.*f" : "%.*g", plain ? decimals : 4, fabs(value));
    if (plain)
        neapi_separate_thousands(digits, sizeof digits);
    bool zero = strpbrk(digits, "123456789") == NULL;
    snprintf(text, NEAPI_NUMBER, "%s%.56s", value < 0 && !zero ? minus : "", digits);
}

void neapi_number_show_short(char text[NEAPI_NUMBER], double value)
{
    double size = fabs(value);
    int decimals = 0;
    for (double limit = 1000; size < limit && decimals < 9 && size > 0; limit /= 10)
        decimals++;
    if (value == floor(value))
        decimals = 0;
    neapi_number_show(text, value, decimals);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEAP_REPORT_SCALE_H
#define NEAP_REPORT_SCALE_H

#include <neap/base.h>

/* An axis of values from low to high in steps of 1, 2 or 5 times a power of ten. */
struct neapi_scale {
    double low, high, step;
    int steps;    /* from low to high */
    int decimals; /* that a tick's label needs */
};

/* Holds zero, low and high, in about that many steps. */
struct neapi_scale neapi_scale_fit(double low, double high, int steps);
/* The value of tick 0 .. steps. */
double neapi_scale_tick(const struct neapi_scale *scale, int tick);
/* The value as a share of the way from low to high. */
double neapi_scale_share(const struct neapi_scale *scale, double value);

enum { NEAPI_NUMBER = 64 };

/* "-1,234.5" with a minus sign of its own (U+2212). */
void neapi_number_show(char text[NEAPI_NUMBER], double value, int decimals);
/* The same with about four significant digits. */
void neapi_number_show_short(char text[NEAPI_NUMBER], double value);

#endif

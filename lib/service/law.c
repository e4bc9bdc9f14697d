/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Laws of times: moments and transforms.
 *
 * The lognormal law has no closed transform. With ln X = m + d z, z standard normal, and s =
 * |s| e^(i a), moving the path of z by -i a / d makes exp(-s X) real:
 *
 *     E[exp(-s X)] = integral of exp(-|s| e^(m + d z)) n(z - i a / d) dz,
 *
 * a smooth integrand that the trapezoidal rule integrates to rounding, also on the imaginary axis. */
#include <math.h>

#include "service/law.h"

bool neapi_law_valid(const struct neap_law *law)
{
    if (!(law->mean_s > 0) || isinf(law->mean_s))
        return false;
    switch (law->kind) {
    case NEAP_LAW_DETERMINISTIC:
    case NEAP_LAW_EXPONENTIAL:
    case NEAP_LAW_UNIFORM:
        return true;
    case NEAP_LAW_GAMMA:
    case NEAP_LAW_LOGNORMAL:
        return law->scv > 0 && law->scv < 1e6;
    case NEAP_LAW_HYPEREXPONENTIAL:
        return law->scv > 1 && law->scv < 1e6;
    }
    return false;
}

double neap_law_scv(const struct neap_law *law)
{
    if (!neapi_law_valid(law))
        return (double)NAN;
    if (law->kind == NEAP_LAW_DETERMINISTIC)
        return 0;
    if (law->kind == NEAP_LAW_EXPONENTIAL)
        return 1;
    return law->kind == NEAP_LAW_UNIFORM ? 1.0 / 3 : law->scv;
}

void neapi_law_phases(const struct neap_law *law, double *share, double rate[2])
{
    *share = (1 + sqrt((law->scv - 1) / (law->scv + 1))) / 2;
    rate[0] = 2 * *share / law->mean_s;
    rate[1] = 2 * (1 - *share) / law->mean_s;
}

static double third_ratio(const struct neap_law *law)
{
    double scv = law->scv, p, rate[2];
    switch (law->kind) {
    case NEAP_LAW_DETERMINISTIC:
        return 1;
    case NEAP_LAW_EXPONENTIAL:
        return 6;
    case NEAP_LAW_GAMMA:
        return (1 + scv) * (1 + 2 * scv);
    case NEAP_LAW_UNIFORM:
        return 2;
    case NEAP_LAW_LOGNORMAL:
        return (1 + scv) * (1 + scv) * (1 + scv);
    case NEAP_LAW_HYPEREXPONENTIAL:
        neapi_law_phases(law, &p, rate);
        return 0.75 * (1 / (p * p) + 1 / ((1 - p) * (1 - p)));
    }
    return (double)NAN;
}

double neap_law_moment(const struct neap_law *law, int order)
{
    double mean = law->mean_s;
    if (!neapi_law_valid(law) || order < 1 || order > 3)
        return (double)NAN;
    if (order == 1)
        return mean;
    return order == 2 ? mean * mean * (1 + neap_law_scv(law))
                      : mean * mean * mean * third_ratio(law);
}

/* --- lognormal ---------------------------------------------------------------------------------- */

enum kernel { EXPONENTIAL, SECOND_REST };

static double kernel_at(enum kernel kernel, double x)
{
    if (kernel == EXPONENTIAL)
        return exp(-x);
    if (x > 0.03)
        return expm1(-x) + x;
    return x * x * (1.0 / 2 - x * (1.0 / 6 - x * (1.0 / 24 - x * (1.0 / 120 - x / 720))));
}

/* E of kernel(s X), by the turned path. */
static double complex lognormal(const struct neap_law *law, double complex s, enum kernel kernel)
{
    double variance = log1p(law->scv), d = sqrt(variance), m = log(law->mean_s) - variance / 2;
    double turn = carg(s) / d, size = cabs(s);
    double low = -10, high = kernel == EXPONENTIAL ? 10 : 10 + 2 * d;
    double step = fmin(0.25, 0.2 / d), real = 0, imaginary = 0;
    int steps = (int)ceil((high - low) / step);
    for (int i = 0; i <= steps; i++) {
        double z = low + i * step;
        double height = kernel_at(kernel, size * exp(m + d * z)) * exp(-z * z / 2);
        real += height * cos(z * turn);
        imaginary += height * sin(z * turn);
    }
    double scale = step * exp(turn * turn / 2) / sqrt(2 * acos(-1));
    return neapi_complex(real * scale, imaginary * scale);
}

/* --- transforms --------------------------------------------------------------------------------- */

static double uniform_complement(double x) /* 1 - (1 - e^-x) / x */
{
    if (x > 0.1)
        return 1 + expm1(-x) / x;
    double term = x / 2, sum = term;
    for (int n = 3; n < 20; n++) {
        term *= -x / n;
        sum += term;
    }
    return sum;
}

double neapi_law_complement(const struct neap_law *law, double s)
{
    double x = s * law->mean_s, p, rate[2];
    switch (law->kind) {
    case NEAP_LAW_DETERMINISTIC:
        return -expm1(-x);
    case NEAP_LAW_EXPONENTIAL:
        return x / (1 + x);
    case NEAP_LAW_GAMMA:
        return -expm1(-log1p(x * law->scv) / law->scv);
    case NEAP_LAW_UNIFORM:
        return uniform_complement(2 * x);
    case NEAP_LAW_HYPEREXPONENTIAL:
        neapi_law_phases(law, &p, rate);
        return p * s / (s + rate[0]) + (1 - p) * s / (s + rate[1]);
    case NEAP_LAW_LOGNORMAL:
        if (x < 1)
            return x - creal(lognormal(law, neapi_complex(s, 0), SECOND_REST));
        return 1 - creal(lognormal(law, neapi_complex(s, 0), EXPONENTIAL));
    }
    return (double)NAN;
}

double complex neapi_law_transform(const struct neap_law *law, double complex s)
{
    double complex x = s * law->mean_s;
    double p, rate[2];
    switch (law->kind) {
    case NEAP_LAW_DETERMINISTIC:
        return cexp(-x);
    case NEAP_LAW_EXPONENTIAL:
        return 1 / (1 + x);
    case NEAP_LAW_GAMMA:
        return cexp(-clog(1 + x * law->scv) / law->scv);
    case NEAP_LAW_UNIFORM:
        return (1 - cexp(-2 * x)) / (2 * x);
    case NEAP_LAW_HYPEREXPONENTIAL:
        neapi_law_phases(law, &p, rate);
        return p * rate[0] / (s + rate[0]) + (1 - p) * rate[1] / (s + rate[1]);
    case NEAP_LAW_LOGNORMAL:
        return lognormal(law, s, EXPONENTIAL);
    }
    return neapi_complex((double)NAN, 0);
}

static double uniform_versine(double x) /* 1 - sin(x) / x */
{
    if (x > 0.3)
        return 1 - sin(x) / x;
    double term = x * x / 6, sum = term;
    for (int n = 4; n < 20; n += 2) {
        term *= -x * x / (n * (n + 1));
        sum += term;
    }
    return sum;
}

/* (1 - i x scv)^(-1/scv) - 1 in polar form: radius e^a, angle b. */
static void gamma_circular(double x, double scv, double *sine, double *versine)
{
    double a = -log1p(x * scv * x * scv) / (2 * scv), b = atan(x * scv) / scv;
    *sine = exp(a) * sin(b);
    *versine = -expm1(a) * cos(b) + 2 * sin(b / 2) * sin(b / 2);
}

static void phase_circular(double g, double rate, double share, double *sine, double *versine)
{
    double square = rate * rate + g * g;
    *sine += share * g * rate / square;
    *versine += share * g * g / square;
}

void neapi_law_circular(const struct neap_law *law, double g, double *sine, double *versine)
{
    double x = g * law->mean_s, p, rate[2];
    double complex rest;
    *sine = *versine = 0;
    switch (law->kind) {
    case NEAP_LAW_DETERMINISTIC:
        *sine = sin(x);
        *versine = 2 * sin(x / 2) * sin(x / 2);
        break;
    case NEAP_LAW_EXPONENTIAL:
        phase_circular(g, 1 / law->mean_s, 1, sine, versine);
        break;
    case NEAP_LAW_GAMMA:
        gamma_circular(x, law->scv, sine, versine);
        break;
    case NEAP_LAW_UNIFORM:
        *sine = sin(x) * sin(x) / x;
        *versine = uniform_versine(2 * x);
        break;
    case NEAP_LAW_HYPEREXPONENTIAL:
        neapi_law_phases(law, &p, rate);
        phase_circular(g, rate[0], p, sine, versine);
        phase_circular(g, rate[1], 1 - p, sine, versine);
        break;
    case NEAP_LAW_LOGNORMAL: /* e^(igX) - 1 - igX */
        rest = lognormal(law, neapi_complex(0, -g), SECOND_REST);
        *sine = x + cimag(rest);
        *versine = -creal(rest);
        break;
    }
}

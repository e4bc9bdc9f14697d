/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Erlang B and C for a real number of servers (Erlang 1917; Jagerman 1974). With c servers and a
 * erlang offered, both follow from
 *
 *     1/B(c, a) = integral over u > 0 of e^-u (1 + u/a)^c
 *               = 1 + c/a + c (c-1)/a^2 + ... + c (c-1) .. (f+1)/a^(c-f) / B(f, a),
 *
 * f the fraction of c. The sum, from the top, serves small c; the integral, whose integrand is one
 * hump, large c at a cost that does not depend on c. */
#include <math.h>

#include <neap/service.h>

#include "service/solve.h"

static const double SUM_MOST = 512;    /* servers up to which the sum is the cheaper */
static const double NOTHING_LOG = 700; /* 1/B above e^this: B reads 0 */
static const double NOTHING_DROP = 38; /* parts below e^-this of the hump do not count */

/* e^a a^-(f+1) times the upper incomplete gamma function of f+1, by its continued fraction (Lentz);
 * a >= 1. */
static double upper_fraction(double f, double a)
{
    double b = a - f, c = 1e300, d = 1 / b, h = d;
    for (int i = 1; i < 500; i++) {
        double an = -i * (i - 1 - f);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16)
            break;
    }
    return h;
}

/* The lower incomplete gamma function of f+1, over a^(f+1); a < 1. */
static double lower_series(double f, double a)
{
    double term = 1, sum = 1 / (f + 1);
    for (int n = 1; n < 60; n++) {
        term *= -a / n;
        sum += term / (f + 1 + n);
        if (fabs(term) < 1e-18)
            break;
    }
    return sum;
}

/* 1/B for less than one server. */
static double inverse_fraction(double f, double a)
{
    if (f <= 0)
        return 1;
    if (a >= 1)
        return a * upper_fraction(f, a);
    return exp(a) * (exp(-f * log(a)) * tgamma(1 + f) - a * lower_series(f, a));
}

static double inverse_sum(double servers, double offered)
{
    double term = 1, sum = 1, left = servers;
    for (; left >= 1; left--) {
        term *= left / offered;
        sum += term;
        if (!isfinite(sum))
            return (double)INFINITY;
        if (left < offered && term < 1e-17 * sum)
            return sum;
    }
    return sum + term * (inverse_fraction(left, offered) - 1);
}

struct hump {
    double servers, top; /* top = max(servers, offered): the peak is at u = top - offered */
};

/* Logarithm of the integrand at distance x from its peak, relative to the peak. */
static double hump_log(const struct hump *hump, double x)
{
    return hump->servers * log1p(x / hump->top) - x;
}

static double hump_height(double x, const void *context)
{
    return exp(hump_log(context, x));
}

/* A little beyond the x > 0 where the hump has fallen to nothing: one step of Newton's method from
 * the parabola's root lands beyond it, for the logarithm is concave; two more come back near. */
static double hump_end(const struct hump *hump)
{
    double slope = 1 - hump->servers / hump->top;
    double curve = hump->servers / (hump->top * hump->top);
    double x = 2 * NOTHING_DROP / (slope + sqrt(slope * slope + 2 * curve * NOTHING_DROP));
    for (int i = 0; i < 3; i++)
        x += (hump_log(hump, x) + NOTHING_DROP) / (1 - hump->servers / (hump->top + x));
    return x;
}

static double inverse_integral(double servers, double offered)
{
    struct hump hump = {servers, fmax(servers, offered)};
    double spare = hump.top - offered;
    double peak_log = spare > 0 ? servers * log1p(spare / offered) - spare : 0;
    if (!(peak_log < NOTHING_LOG))
        return (double)INFINITY;
    double from = -fmin(spare, sqrt(2 * NOTHING_DROP * servers));
    return exp(peak_log) * neapi_integral(hump_height, &hump, from, hump_end(&hump), 6);
}

static double inverse_b(double servers, double offered)
{
    if (!(servers >= 0) || !(offered >= 0) || isinf(servers))
        return (double)NAN;
    if (isinf(offered))
        return 1;
    if (offered == 0)
        return servers > 0 ? (double)INFINITY : 1;
    return servers <= SUM_MOST ? inverse_sum(servers, offered) : inverse_integral(servers, offered);
}

double neap_erlang_b(double servers, double offered)
{
    if (isinf(offered) && offered > 0 && servers >= 0)
        return 1;
    return 1 / inverse_b(servers, offered);
}

double neap_erlang_c(double servers, double offered)
{
    if (offered >= servers && servers >= 0)
        return 1;
    double rho = offered / servers, idle = (servers - offered) / servers;
    return 1 / (rho + idle * inverse_b(servers, offered));
}

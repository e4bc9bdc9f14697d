/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roots by Chandrupatla's method (1997, "A new hybrid quadratic/bisection algorithm"): inverse
 * quadratic steps while they are safe, bisection otherwise. Integrals by Gauss and Legendre. */
#include <math.h>
#include <stdbool.h>

#include "service/solve.h"

const double neapi_gauss_point[8] = {0.095012509837637441, 0.28160355077925892, 0.45801677765722737,
                                     0.61787624440264377,  0.755404408355003,   0.86563120238783176,
                                     0.9445750230732326,   0.98940093499164994};
const double neapi_gauss_weight[8] = {
    0.1894506104550685,  0.18260341504492358,  0.16915651939500254,  0.14959598881657674,
    0.12462897125553388, 0.095158511682492786, 0.062253523938647894, 0.027152459411754096};

/* The share of the way from a to b for the next try. c is the end before the last. */
static double next_share(double a, double b, double c, double fa, double fb, double fc)
{
    double xi = (a - b) / (c - b), phi = (fa - fb) / (fc - fb);
    bool safe = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
    if (!safe)
        return 0.5;
    return fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb);
}

double neapi_root_within(neapi_function *f, const void *context, double low, double high,
                         double tolerance)
{
    double b = low, a = high, fb = f(b, context), fa = f(a, context);
    if (fb == 0)
        return b;
    if (fa == 0 || (fa > 0) == (fb > 0))
        return fabs(fa) < fabs(fb) ? a : b;
    double share = 0.5;
    for (int i = 0; i < 200; i++) {
        double x = a + share * (b - a), fx = f(x, context), c = a, fc = fa;
        if ((fx > 0) != (fa > 0)) {
            c = b;
            fc = fb;
            b = a;
            fb = fa;
        }
        a = x;
        fa = fx;
        double best = fabs(fa) < fabs(fb) ? a : b;
        double least = (4e-16 * fabs(best) + tolerance) / fabs(b - a);
        if (least > 0.5 || fx == 0)
            return best;
        share = fmin(fmax(next_share(a, b, c, fa, fb, fc), least), 1 - least);
    }
    return a;
}

double neapi_root(neapi_function *f, const void *context, double low, double high)
{
    return neapi_root_within(f, context, low, high, 1e-300);
}

double neapi_least(neapi_function *f, const void *context, double low, double high,
                   double tolerance)
{
    const double golden = 0.61803398874989485;
    double a = high - golden * (high - low), b = low + golden * (high - low);
    double fa = f(a, context), fb = f(b, context);
    while (high - low > tolerance) {
        if (fa <= fb) {
            high = b;
            b = a;
            fb = fa;
            a = high - golden * (high - low);
            fa = f(a, context);
        } else {
            low = a;
            a = b;
            fa = fb;
            b = low + golden * (high - low);
            fb = f(b, context);
        }
    }
    return fa <= fb ? a : b;
}

double neapi_integral(neapi_function *f, const void *context, double low, double high, int panels)
{
    double half = (high - low) / (2 * panels), sum = 0;
    for (int p = 0; p < panels; p++) {
        double middle = low + (2 * p + 1) * half;
        for (int i = 0; i < 8; i++) {
            double step = half * neapi_gauss_point[i];
            sum += neapi_gauss_weight[i] * (f(middle - step, context) + f(middle + step, context));
        }
    }
    return half * sum;
}

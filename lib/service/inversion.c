/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Laplace transforms inverted by Fourier series with Euler summation (Abate and Whitt 1995,
 * "Numerical inversion of Laplace transforms of probability distributions"). */
#include <math.h>

#include "service/inversion.h"
#include "service/law.h"
#include "service/solve.h"

enum { PLAIN = 28, AVERAGED = 14 };
static const double DAMPING = 20; /* error about e^-this of f(3 t) */

double neapi_invert(neapi_transform *transform, const void *context, double t)
{
    double pi = acos(-1), scale = exp(DAMPING / 2) / t;
    double sum = creal(transform(neapi_complex(DAMPING / (2 * t), 0), context)) / 2;
    double average = 0, weight = ldexp(1, -AVERAGED);
    for (int k = 1; k <= PLAIN + AVERAGED; k++) {
        double part = creal(transform(neapi_complex(DAMPING / (2 * t), k * pi / t), context));
        sum += k % 2 == 0 ? part : -part;
        int j = k - PLAIN;
        if (j >= 0) {
            average += weight * sum;
            weight *= (double)(AVERAGED - j) / (j + 1);
        }
    }
    return scale * average;
}

struct goal {
    neapi_transform *transform;
    const void *context;
    double excess_log;
};

/* In ln t, where tails of all widths bend alike. */
static double miss(double x, const void *context)
{
    const struct goal *goal = context;
    double tail = neapi_invert(goal->transform, goal->context, exp(x));
    return log(fmax(tail, 1e-14)) - goal->excess_log;
}

double neapi_invert_quantile(neapi_transform *transform, const void *context, double excess,
                             double start)
{
    struct goal goal = {transform, context, log(excess)};
    double low = log(start), high = low;
    if (miss(low, &goal) > 0) {
        while (miss(high += 0.7, &goal) > 0 && high < 700)
            low = high;
    } else {
        while (miss(low -= 0.7, &goal) < 0 && low > -700)
            high = low;
    }
    return exp(neapi_root_within(miss, &goal, low, high, 1e-10));
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Poisson law, for large means without cancellation: the mass is Stirling's formula with the
 * deviance taken from its own series near the mean (Loader 2000, "Fast and accurate computation of
 * binomial probabilities"). */
#include <math.h>

#include "service/poisson.h"

static const double LN_SQRT_2_PI = 0.91893853320467274178;

/* ln k! less Stirling's k ln k - k + ln(2 pi k) / 2; k >= 16. */
static double stirling_rest(double k)
{
    double s = 1 / (k * k);
    return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) / k;
}

/* k ln(k / mean) + mean - k. */
static double deviance(double k, double mean)
{
    double v = (k - mean) / (k + mean);
    if (fabs(v) > 0.1)
        return k * log(k / mean) + mean - k;
    double sum = (k - mean) * v, term = 2 * k * v;
    for (int j = 1; j < 40; j++) {
        term *= v * v;
        double next = sum + term / (2 * j + 1);
        if (next >= sum && next <= sum)
            break;
        sum = next;
    }
    return sum;
}

double neapi_poisson_mass(double k, double mean)
{
    if (mean <= 0)
        return k > 0 ? 0 : 1;
    if (k < 16)
        return exp(k * log(mean) - mean) / tgamma(k + 1);
    return exp(-deviance(k, mean) - stirling_rest(k) - LN_SQRT_2_PI) / sqrt(k);
}

double neapi_poisson_upper(double k, double mean)
{
    double term = 1, sum = 1;
    for (double j = k + 1; term > 1e-17 * sum * (1 - mean / j); j++) {
        term *= mean / j;
        sum += term;
    }
    return sum * neapi_poisson_mass(k, mean);
}

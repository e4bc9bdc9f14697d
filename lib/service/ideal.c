/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The containers of a scaler without lag, noise or tolerance under a sinusoidal rate: the mean of a
 * ceiling is the sum over n of the share of time above n, an arcsine. */
#include <math.h>

#include <neap/service.h>

/* Share of a period in which mean + amplitude sin(...) lies above level. */
static double share_above(double mean, double amplitude, double level)
{
    if (level < mean - amplitude || level >= mean + amplitude)
        return level < mean ? 1 : 0;
    return 0.5 - asin((level - mean) / amplitude) / acos(-1);
}

double neap_ideal_containers_mean(double mean_rate, double amplitude_rate,
                                  double rate_per_container, double least)
{
    if (!(amplitude_rate >= 0 && amplitude_rate <= mean_rate) || isinf(mean_rate) ||
        !(rate_per_container > 0) || !(least >= 0))
        return (double)NAN;
    /* all of the time at least `low`, never above `high` */
    double low = floor((mean_rate - amplitude_rate) / rate_per_container);
    double high = ceil((mean_rate + amplitude_rate) / rate_per_container), sum = 0;
    double first = fmax(ceil(least), low);
    for (double n = first; n < high; n++)
        sum += share_above(mean_rate, amplitude_rate, n * rate_per_container);
    return first + sum;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Percentiles read off cumulative buckets the way Prometheus does it: straight within a bucket, the
 * first from 0 on, and never above the last finite bound. */
#include <math.h>

#include <neap/random.h>

double neap_buckets_quantile(const double bound[], const double cumulative[], size_t count,
                             double p)
{
    double rank = count > 0 ? p * cumulative[count - 1] : 0, low = 0, before = 0;
    if (count < 2 || !(p >= 0 && p <= 1) || !(cumulative[count - 1] > 0))
        return (double)NAN;
    for (size_t i = 0; i + 1 < count; i++) {
        if (cumulative[i] >= rank && cumulative[i] > before)
            return low + (bound[i] - low) * fmax(rank - before, 0) / (cumulative[i] - before);
        low = bound[i];
        before = cumulative[i];
    }
    return bound[count - 2];
}

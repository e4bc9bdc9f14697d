/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random counts: Poisson, and negative binomial as a Poisson count whose mean is gamma distributed
 * (Greenwood and Yule 1920). */
#include <gsl/gsl_randist.h>
#include <math.h>

#include <neap/random.h>

#include "random/count.h"

/* Variates that one count may use up; the counts of two indices never share one. */
enum { VARIATES_BITS = 20 };

/* From here on the normal distribution, whose skewness is off by 10^-4. */
static const double poisson_most = 1e8;

static double poisson(struct neap_stream_reader *reader, double mean)
{
    if (mean < poisson_most)
        return mean > 0 ? gsl_ran_poisson(&reader->gsl, mean) : 0;
    double count = floor(mean + sqrt(mean) * gsl_ran_ugaussian(&reader->gsl) + 0.5);
    return count > 0 ? count : 0;
}

double neap_stream_count(const struct neap_stream *stream, uint64_t index, double mean,
                         double dispersion)
{
    struct neap_stream_reader reader;
    if (!(mean > 0))
        return 0;
    neap_stream_reader_init(&reader, stream, index << VARIATES_BITS);
    if (dispersion - 1 > 1e-9)
        mean = gsl_ran_gamma(&reader.gsl, neapi_count_shape(mean, dispersion), dispersion - 1);
    return poisson(&reader, mean);
}

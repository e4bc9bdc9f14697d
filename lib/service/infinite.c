/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * M_t/G/infinity under a sinusoidal rate (Eick, Massey and Whitt 1993): the mean is the rate filtered
 * by the tail of the service time,
 *     m(t) = integral over u > 0 of rate(t - u) P(S > u),
 * whose cosine and sine parts at frequency g are E[sin(g S)] / g and E[1 - cos(g S)] / g. */
#include <math.h>

#include <neap/service.h>

#include "service/law.h"

struct neap_infinite neap_infinite_sinusoid(const struct neap_law *service, double mean_rate,
                                            double amplitude_rate, double period_s, double t_s)
{
    double sine, versine;
    if (!neapi_law_valid(service) || !(mean_rate >= 0) || !(period_s > 0))
        return (struct neap_infinite){(double)NAN, (double)NAN, (double)NAN};
    double frequency = 2 * acos(-1) / period_s,
           phase = 2 * acos(-1) * fmod(t_s, period_s) / period_s;
    neapi_law_circular(service, frequency, &sine, &versine);
    double swing = amplitude_rate * (sin(phase) * sine - cos(phase) * versine) / frequency;
    return (struct neap_infinite){.in_system = mean_rate * service->mean_s + swing,
                                  .amplitude = amplitude_rate * hypot(sine, versine) / frequency,
                                  .lag_s = atan2(versine, sine) / frequency};
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Averages over a window of time, as Knative's autoscaler sees its metric. What is recorded goes
 * into buckets of one granularity each. A young window is divided by the time that it has run, an
 * idle tail is left out of the divisor, but holes inside count as zeros. The weighted kind gives
 * the newest bucket most and never less than the weight that leaves 0.9999 within the window.
 *
 * Source: knative/serving, pkg/autoscaler/aggregation/bucketing.go. */
#include <math.h>
#include <string.h>

#include "autoscaler/knative_impl.h"
#include "autoscaler/saturate.h"

static const double weight_within = 0.9999, least_coefficient = 0.2;
enum { DIGITS = 6 };

size_t neapi_knative_buckets(int64_t window_ns, int64_t granularity_ns)
{
    return (size_t)((window_ns + granularity_ns - 1) / granularity_ns);
}

double neapi_knative_coefficient(size_t count)
{
    double coefficient = 1 - pow(1 - weight_within, 1 / (double)count);
    return coefficient > least_coefficient ? coefficient : least_coefficient;
}

double neapi_knative_round(double value, int digits)
{
    double scale = pow(10, digits);
    return round(value * scale) / scale;
}

void neapi_knative_window_init(struct neapi_knative_window *window, double *buckets,
                               int64_t window_ns, int64_t granularity_ns, bool weighted)
{
    size_t count = neapi_knative_buckets(window_ns, granularity_ns);
    memset(buckets, 0, count * sizeof buckets[0]);
    *window = (struct neapi_knative_window){.buckets = buckets,
                                            .count = count,
                                            .window_ns = window_ns,
                                            .granularity_ns = granularity_ns,
                                            .first_ns = INT64_MIN,
                                            .last_ns = INT64_MIN,
                                            .weighted = weighted,
                                            .coefficient = neapi_knative_coefficient(count)};
}

static int64_t index_of(const struct neapi_knative_window *window, int64_t time_ns)
{
    int64_t index = time_ns / window->granularity_ns;
    return time_ns % window->granularity_ns < 0 ? index - 1 : index;
}

static double *slot(const struct neapi_knative_window *window, int64_t index)
{
    int64_t count = (int64_t)window->count, place = index % count;
    return &window->buckets[place < 0 ? place + count : place];
}

static int64_t truncated(const struct neapi_knative_window *window, int64_t time_ns)
{
    return index_of(window, time_ns) * window->granularity_ns;
}

/* Buckets from the one after the last write up to that of time_ns, which lies within a window. */
static void forget(struct neapi_knative_window *window, int64_t time_ns)
{
    int64_t to = index_of(window, time_ns);
    for (int64_t i = index_of(window, window->last_ns) + 1; i <= to; i++) {
        double *bucket = slot(window, i);
        window->total -= *bucket;
        *bucket = 0;
    }
}

static void advance(struct neapi_knative_window *window, int64_t time_ns)
{
    if (neapi_subtract(time_ns, window->last_ns) < window->window_ns) {
        forget(window, time_ns);
    } else {
        memset(window->buckets, 0, window->count * sizeof window->buckets[0]);
        window->total = 0;
        window->first_ns = time_ns;
    }
    window->last_ns = time_ns;
}

void neapi_knative_window_record(struct neapi_knative_window *window, int64_t time_ns, double value)
{
    int64_t start_ns = truncated(window, time_ns);
    if (start_ns != window->last_ns) {
        if (neapi_add(start_ns, window->window_ns) <= window->last_ns)
            return;
        if (window->first_ns == INT64_MIN || window->first_ns > start_ns)
            window->first_ns = start_ns;
        if (start_ns > window->last_ns)
            advance(window, start_ns);
    }
    *slot(window, index_of(window, start_ns)) += value;
    window->total += value;
}

double neapi_knative_window_bucket(const struct neapi_knative_window *window, int64_t time_ns)
{
    return *slot(window, index_of(window, time_ns));
}

bool neapi_knative_window_empty(const struct neapi_knative_window *window, int64_t now_ns)
{
    return neapi_subtract(truncated(window, now_ns), window->last_ns) > window->window_ns;
}

/* Since the last write, in buckets; 0 when now is not after it. */
static int64_t silent_buckets(const struct neapi_knative_window *window, int64_t now_ns)
{
    int64_t silence_ns = neapi_subtract(truncated(window, now_ns), window->last_ns);
    return silence_ns > 0 ? silence_ns / window->granularity_ns : 0;
}

static double linear(const struct neapi_knative_window *window, int64_t now_ns)
{
    int64_t silent = silent_buckets(window, now_ns), last = index_of(window, window->last_ns);
    if (neapi_subtract(truncated(window, now_ns), window->last_ns) >= window->window_ns)
        return 0;
    double rest = window->total;
    for (int64_t i = 1; i <= silent; i++)
        rest -= *slot(window, last + i);
    int64_t written = (window->last_ns - window->first_ns) / window->granularity_ns + 1;
    int64_t room = (int64_t)window->count - silent;
    return neapi_knative_round(rest / (double)(written < room ? written : room), DIGITS);
}

static double weighted(const struct neapi_knative_window *window, int64_t now_ns)
{
    if (neapi_knative_window_empty(window, now_ns))
        return 0;
    int64_t silent = silent_buckets(window, now_ns), last = index_of(window, window->last_ns);
    double weight = window->coefficient * pow(1 - window->coefficient, (double)silent), sum = 0;
    for (int64_t i = 0; i < (int64_t)window->count - silent; i++) {
        sum += *slot(window, last - i) * weight;
        weight *= 1 - window->coefficient;
    }
    return sum;
}

double neapi_knative_window_average(const struct neapi_knative_window *window, int64_t now_ns)
{
    return window->weighted ? weighted(window, now_ns) : linear(window, now_ns);
}

void neapi_knative_window_resize(struct neapi_knative_window *window, double *buckets,
                                 int64_t window_ns, int64_t now_ns)
{
    struct neapi_knative_window old = *window;
    neapi_knative_window_init(window, buckets, window_ns, old.granularity_ns, old.weighted);
    window->last_ns = old.last_ns;
    if (neapi_subtract(now_ns, old.last_ns) > old.window_ns)
        return;
    size_t kept = old.count < window->count ? old.count : window->count;
    int64_t last = index_of(&old, old.last_ns);
    for (int64_t i = 0; i < (int64_t)kept; i++) {
        double value = *slot(&old, last - i);
        *slot(window, last - i) = value;
        window->total += value;
    }
    window->first_ns = old.last_ns - ((int64_t)old.count - 1) * old.granularity_ns;
}

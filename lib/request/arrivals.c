/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorted uniforms by exponential gaps, a block at a time. */
#include <math.h>

#include "request/arrivals.h"
#include "request/draws_loops.h"
#include "request/streams.h"

void neapi_arrivals_init(struct neapi_arrivals *arrivals, const struct neapi_draws *draws,
                         enum neap_arrivals kind, double dispersion, uint64_t seed,
                         uint64_t replication)
{
    *arrivals = (struct neapi_arrivals){.draws = draws, .kind = kind, .dispersion = dispersion};
    neap_stream_init(&arrivals->counts, seed, replication, NEAPI_STREAM_TAPE_COUNT);
    neap_stream_init(&arrivals->gaps, seed, replication, NEAPI_STREAM_TAPE_GAP);
    neap_stream_init(&arrivals->rests, seed, replication, NEAPI_STREAM_TAPE_REST);
}

static double count_of(const struct neapi_arrivals *arrivals, uint64_t interval, double mean)
{
    if (arrivals->kind == NEAP_ARRIVALS_POISSON || arrivals->kind == NEAP_ARRIVALS_BURST)
        return neap_stream_count(&arrivals->counts, interval, mean, arrivals->dispersion);
    double whole = floor(mean);
    bool more = neap_stream_uniform(&arrivals->counts, interval) < mean - whole;
    return whole + (more ? 1 : 0);
}

static void open_interval(struct neapi_arrivals *a, uint64_t interval, int64_t begin_ns,
                          int64_t end_ns, const int64_t *stamp_ns)
{
    a->begin_ns = a->at_ns = begin_ns;
    a->end_ns = end_ns;
    a->first = interval << NEAPI_NUMBER_BITS;
    a->stamp_ns = stamp_ns;
    a->done = 0;
}

void neapi_arrivals_open(struct neapi_arrivals *a, uint64_t interval, int64_t begin_ns,
                         int64_t end_ns, double mean)
{
    int64_t length_ns = end_ns - begin_ns;
    open_interval(a, interval, begin_ns, end_ns, NULL);
    a->shift = 0;
    while (length_ns >> a->shift >= INT64_C(1) << 51)
        a->shift++;
    a->count = (uint64_t)fmin(count_of(a, interval, mean), (double)(length_ns >> a->shift));
    a->from = 0;
}

void neapi_arrivals_open_recorded(struct neapi_arrivals *a, uint64_t interval, int64_t begin_ns,
                                  int64_t end_ns, const int64_t *stamp_ns, size_t count)
{
    open_interval(a, interval, begin_ns, end_ns, stamp_ns);
    a->count = count;
}

/* Sum of count gaps by the method of Marsaglia and Tsang (2000): a cubed normal, seldom refused. */
static double rest_of(const struct neap_stream *stream, uint64_t index, uint64_t count)
{
    double d = (double)count - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;; index += 3) {
        double x = 2 * neap_stream_uniform(stream, index) - 1;
        double y = 2 * neap_stream_uniform(stream, index + 1) - 1;
        double square = x * x + y * y;
        if (square >= 1 || square < 0x1p-60)
            continue;
        double normal = x * sqrt(-2 * neapi_log(square) / square);
        double v = 1 + c * normal;
        if (v < 0x1p-60)
            continue;
        v = v * v * v;
        if (neapi_log(neap_stream_uniform(stream, index + 2)) <
            normal * normal / 2 + d * (1 - v + neapi_log(v)))
            return d * v;
    }
}

/* Of the gaps that follow the request of that number, the number-th of this interval and the last
 * one of its block. */
static double gaps_after(const struct neapi_arrivals *a, uint64_t number)
{
    uint64_t block = number / NEAPI_ARRIVALS_BLOCK;
    uint64_t index = a->first + (block << (NEAPI_NUMBER_BITS - 26));
    if (a->count == number + 1)
        return -neapi_log(neap_stream_uniform(&a->rests, index));
    return rest_of(&a->rests, index, a->count - number);
}

/* Whole units from the interval's begin on that lie in at_ns and what follows. */
static double first_unit(const struct neapi_arrivals *a)
{
    int64_t since_ns = a->at_ns - a->begin_ns, unit_ns = INT64_C(1) << a->shift;
    return (double)((since_ns + unit_ns - 1) >> a->shift);
}

/* Of those left, so many come now. Each block after them has a unit of time at least, which matters
 * where thousands come at once: what comes now may not lie in it. */
static double last_unit(const struct neapi_arrivals *a, double units, uint64_t count)
{
    uint64_t after = a->count - a->done - count;
    return units - 1 - (double)((after + NEAPI_ARRIVALS_BLOCK - 1) / NEAPI_ARRIVALS_BLOCK);
}

static void draw_times(struct neapi_arrivals *a, size_t count, int64_t *time_ns)
{
    size_t blocks = (count + NEAPI_DRAWS_BLOCK - 1) / NEAPI_DRAWS_BLOCK;
    a->draws->gaps(&a->gaps, a->first + a->done, blocks, time_ns);
    double sum = (double)time_ns[count - 1];
    double rest = gaps_after(a, a->done + count - 1) * (double)(INT64_C(1) << NEAPI_GAP_BITS);
    double units = (double)((a->end_ns - a->begin_ns) >> a->shift);
    double scale = (units - a->from) / (sum + rest);
    struct neapi_spacing spacing = {
        a->begin_ns, a->from - 0.5, scale, first_unit(a), last_unit(a, units, count), a->shift};
    a->draws->times(&spacing, blocks, time_ns);
    a->from += sum * scale;
}

static void copy_times(const struct neapi_arrivals *a, size_t count, int64_t *time_ns)
{
    double units = (double)(a->end_ns - a->begin_ns);
    int64_t last_ns = a->begin_ns + (int64_t)last_unit(a, units, count);
    for (size_t i = 0; i < count; i++) {
        int64_t at_ns = a->stamp_ns[a->done + i];
        at_ns = at_ns < a->at_ns ? a->at_ns : at_ns;
        time_ns[i] = at_ns < last_ns ? at_ns : last_ns;
    }
}

size_t neapi_arrivals_next(struct neapi_arrivals *a, int64_t time_ns[NEAPI_ARRIVALS_BLOCK])
{
    uint64_t left = a->count - a->done;
    size_t count = left < NEAPI_ARRIVALS_BLOCK ? (size_t)left : NEAPI_ARRIVALS_BLOCK;
    if (count > 0 && a->stamp_ns != NULL)
        copy_times(a, count, time_ns);
    else if (count > 0)
        draw_times(a, count, time_ns);
    a->done += count;
    a->at_ns = left == count ? a->end_ns : time_ns[count - 1] + 1;
    return count;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A ring of integrals, as the pipeline has one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "random/histogram.h"
#include "replay/signals.h"
#include "replay/streams.h"

/* --- making one ----------------------------------------------------------------------------------- */

static enum neap_status allocate(struct neapi_signals *s, bool counts, struct neap_error *error)
{
    s->sample = neapi_allocate(s->capacity, sizeof *s->sample);
    if (s->sample == NULL)
        return neapi_no_memory(error, "the metric pipeline");
    if (!counts || !s->latency)
        return NEAP_OK;
    s->count = neapi_allocate(s->capacity * NEAPI_SIGNAL_BUCKETS, sizeof *s->count);
    if (s->count == NULL)
        return neapi_no_memory(error, "the metric pipeline");
    return neap_histogram_new(&s->window, NEAPI_SIGNAL_BITS, error);
}

enum neap_status neapi_signals_new(struct neapi_signals *s, const struct neapi_pipeline *pipeline,
                                   const struct neap_replay_inputs *in, bool counts,
                                   struct neap_error *error)
{
    struct neap_autoscaler_scope scope = neap_autoscaler_scope(in->autoscaler);
    uint64_t seed = (uint64_t)in->run->seed;
    *s = (struct neapi_signals){.in_flight = scope.reads_in_flight,
                                .queued = scope.reads_queued,
                                .memory = scope.reads_memory,
                                .latency = scope.latency_quantile > 0,
                                .quantile = scope.latency_quantile,
                                .noise = in->metrics->noise == 1 && !counts,
                                .spacing_ns = pipeline->spacing_ns,
                                .capacity = pipeline->capacity};
    s->on = s->in_flight || s->queued || s->memory || s->latency;
    neap_stream_init(&s->held_normals, seed, in->replication, NEAPI_STREAM_HELD);
    neap_stream_init(&s->waiting_normals, seed, in->replication, NEAPI_STREAM_WAITING);
    neap_stream_init(&s->latency_normals, seed, in->replication, NEAPI_STREAM_LATENCY);
    return s->on ? allocate(s, counts, error) : NEAP_OK;
}

void neapi_signals_free(struct neapi_signals *s)
{
    free(s->sample);
    free(s->count);
    neap_histogram_free(s->window);
    s->sample = NULL;
    s->count = NULL;
    s->window = NULL;
}

static size_t slot_of(const struct neapi_signals *s, size_t index)
{
    size_t slot = s->head + index;
    return slot < s->capacity ? slot : slot - s->capacity;
}

static struct neapi_signal_sample *at(const struct neapi_signals *s, size_t index)
{
    return &s->sample[slot_of(s, index)];
}

static uint32_t *counts_at(const struct neapi_signals *s, size_t index)
{
    return &s->count[slot_of(s, index) * NEAPI_SIGNAL_BUCKETS];
}

static void clear_counts(const struct neapi_signals *s, size_t index)
{
    if (s->count != NULL)
        memset(counts_at(s, index), 0, NEAPI_SIGNAL_BUCKETS * sizeof *s->count);
}

void neapi_signals_reset(struct neapi_signals *s, int64_t now_ns)
{
    if (!s->on)
        return;
    s->head = 0;
    s->used = 1;
    s->sample[0] = (struct neapi_signal_sample){.time_ns = now_ns};
    clear_counts(s, 0);
}

/* --- what happens --------------------------------------------------------------------------------- */

static void integrate(struct neapi_level_sums *sums, const struct neapi_level *level, double span_s)
{
    sums->mean += level->mean * span_s;
    sums->variance += level->variance * span_s;
    sums->noise += 2 * level->variance * level->memory_s * span_s;
}

/* The newest sample, or a new one when that is far enough from the one before. */
static struct neapi_signal_sample *extend(struct neapi_signals *s, int64_t now_ns)
{
    struct neapi_signal_sample *last = at(s, s->used - 1);
    if (s->used >= 2 && now_ns - at(s, s->used - 2)->time_ns < s->spacing_ns)
        return last;
    if (s->used == s->capacity)
        s->head = s->head + 1 < s->capacity ? s->head + 1 : 0;
    else
        s->used++;
    struct neapi_signal_sample *next = at(s, s->used - 1);
    *next = *last;
    next->moment = (struct neapi_moment){.requests = 0};
    clear_counts(s, s->used - 1);
    return next;
}

void neapi_signals_add(struct neapi_signals *s, int64_t now_ns, double span_s,
                       const struct neapi_levels *levels)
{
    struct neapi_signal_sample *sample = extend(s, now_ns);
    sample->time_ns = now_ns;
    integrate(&sample->held, &levels->held, span_s);
    integrate(&sample->waiting, &levels->waiting, span_s);
    sample->per_container += levels->per_container * span_s;
}

static double mean_of(double a, double a_weight, double b, double b_weight)
{
    return a_weight + b_weight > 0 ? (a * a_weight + b * b_weight) / (a_weight + b_weight) : a;
}

/* Moments so close to one another are taken for one. */
void neapi_signals_moment(struct neapi_signals *s, const struct neapi_moment *m)
{
    struct neapi_moment *sum = &at(s, s->used - 1)->moment;
    double old = sum->requests, added = fmax(m->requests, 0);
    double old_waits = old * sum->probability, added_waits = added * m->probability;
    sum->wait_s = mean_of(sum->wait_s, old_waits, m->wait_s, added_waits);
    sum->scv = mean_of(sum->scv, old_waits, m->scv, added_waits);
    sum->probability = mean_of(sum->probability, old, m->probability, added);
    sum->stretch = mean_of(sum->stretch, old, m->stretch, added);
    sum->requests += added;
}

/* Buckets of a histogram are halves, quarters ... of those here. */
void neapi_signals_count(struct neapi_signals *s, const struct neap_histogram *histogram)
{
    uint32_t *count = counts_at(s, s->used - 1);
    int finer = histogram->bits - NEAPI_SIGNAL_BITS;
    for (size_t i = 0; i < histogram->buckets; i++) {
        size_t bucket = i == 0 ? 0 : ((i - 1) >> finer) + 1;
        count[bucket] += (uint32_t)histogram->weight[i];
    }
}

/* --- readings ------------------------------------------------------------------------------------- */

static double between(double low, double high, double share)
{
    return low + share * (high - low);
}

static struct neapi_level_sums between_sums(const struct neapi_level_sums *low,
                                            const struct neapi_level_sums *high, double share)
{
    return (struct neapi_level_sums){between(low->mean, high->mean, share),
                                     between(low->variance, high->variance, share),
                                     between(low->noise, high->noise, share)};
}

/* The integrals at time_ns, linear between samples. */
static struct neapi_signal_sample integral(const struct neapi_signals *s, int64_t time_ns)
{
    size_t index = s->used - 1;
    while (index > 0 && at(s, index)->time_ns > time_ns)
        index--;
    struct neapi_signal_sample low = *at(s, index);
    if (index + 1 == s->used || time_ns <= low.time_ns)
        return low;
    const struct neapi_signal_sample *high = at(s, index + 1);
    double share = (double)(time_ns - low.time_ns) / (double)(high->time_ns - low.time_ns);
    low.time_ns = time_ns;
    low.held = between_sums(&low.held, &high->held, share);
    low.waiting = between_sums(&low.waiting, &high->waiting, share);
    low.per_container = between(low.per_container, high->per_container, share);
    return low;
}

/* Variance of a mean over x times the memory, of what varies by 1 and forgets exponentially. */
static double shrinkage(double x)
{
    return x < 1e-4 ? 1 : 2 / x * (1 + expm1(-x) / x);
}

static double mean_with_noise(const struct neapi_signals *s, const struct neapi_level_sums *from,
                              const struct neapi_level_sums *to, double span_s, double normal)
{
    double mean = (to->mean - from->mean) / span_s;
    double variance = (to->variance - from->variance) / span_s;
    double noise = (to->noise - from->noise) / span_s;
    if (!s->noise || !(variance > 0))
        return fmax(mean, 0);
    double memory_s = noise / (2 * variance);
    double share = memory_s > 0 ? shrinkage(span_s / memory_s) : 0;
    return fmax(mean + normal * sqrt(variance * share), 0);
}

/* A quantile of n requests lies where a share of them lies that varies as a count does. */
static double sampled_share(const struct neapi_signals *s, double requests, uint64_t reading)
{
    double p = s->quantile;
    if (!s->noise)
        return p;
    double least = fmin(0.5, 0.5 / requests);
    p += neap_stream_normal(&s->latency_normals, reading) * sqrt(p * (1 - p) / requests);
    return fmin(fmax(p, least), 1 - least);
}

/* How much of what the index-th sample brought lies in the window. */
static double overlap(const struct neapi_signals *s, size_t index, int64_t from_ns, int64_t to_ns)
{
    int64_t begin_ns = at(s, index - 1)->time_ns, end_ns = at(s, index)->time_ns;
    int64_t low_ns = begin_ns > from_ns ? begin_ns : from_ns;
    int64_t high_ns = end_ns < to_ns ? end_ns : to_ns;
    return high_ns > low_ns ? (double)(high_ns - low_ns) / (double)(end_ns - begin_ns) : 0;
}

static double latency_of_moments(const struct neapi_signals *s, int64_t from_ns, int64_t to_ns,
                                 uint64_t reading, struct neapi_latency *latency)
{
    neapi_latency_begin_window(latency);
    double requests = 0;
    for (size_t i = s->used - 1; i > 0 && at(s, i)->time_ns > from_ns; i--) {
        struct neapi_moment moment = at(s, i)->moment;
        moment.requests *= overlap(s, i, from_ns, to_ns);
        if (moment.requests > 0)
            neapi_latency_add_window(latency, &moment);
        requests += moment.requests;
    }
    bool any = requests > 0;
    return neapi_latency_end_window(latency, any ? sampled_share(s, requests, reading) : 0.5);
}

static double latency_of_counts(const struct neapi_signals *s, int64_t from_ns, int64_t to_ns)
{
    struct neap_histogram *window = s->window;
    neap_histogram_reset(window);
    for (size_t i = s->used - 1; i > 0 && at(s, i)->time_ns > from_ns; i--) {
        double share = overlap(s, i, from_ns, to_ns);
        const uint32_t *count = counts_at(s, i);
        for (size_t k = 0; share > 0 && k < window->buckets; k++)
            window->weight[k] += share * count[k];
    }
    window->lowest = 0;
    window->highest = neapi_histogram_edge(window, window->buckets - 1);
    return neap_histogram_quantile(window, s->quantile);
}

struct neapi_signals_read neapi_signals_read(const struct neapi_signals *s, int64_t from_ns,
                                             int64_t to_ns, uint64_t reading,
                                             struct neapi_latency *latency)
{
    struct neapi_signals_read read = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    if (!s->on)
        return read;
    struct neapi_signal_sample to = integral(s, to_ns), from = integral(s, from_ns);
    double span_s = (double)(to.time_ns - from.time_ns) / 1e9;
    if (span_s <= 0)
        return (struct neapi_signals_read){s->in_flight ? 0 : (double)NAN,
                                           s->queued ? 0 : (double)NAN, 0, (double)NAN};
    double waiting = mean_with_noise(s, &from.waiting, &to.waiting, span_s,
                                     neap_stream_normal(&s->waiting_normals, reading));
    double in_flight = waiting + mean_with_noise(s, &from.held, &to.held, span_s,
                                                 neap_stream_normal(&s->held_normals, reading));
    double mean = (to.held.mean - from.held.mean + to.waiting.mean - from.waiting.mean) / span_s;
    read.per_container = (to.per_container - from.per_container) / span_s;
    if (mean > 0)
        read.per_container *= in_flight / mean;
    if (s->in_flight)
        read.in_flight = in_flight;
    if (s->queued)
        read.queued = waiting;
    if (s->latency)
        read.latency_s = latency == NULL ? latency_of_counts(s, from_ns, to_ns)
                                         : latency_of_moments(s, from_ns, to_ns, reading, latency);
    return read;
}

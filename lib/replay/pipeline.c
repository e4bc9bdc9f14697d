/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A ring of integrals, read by difference. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "replay/pipeline.h"
#include "replay/streams.h"

enum { SAMPLES_PER_WINDOW = 16, SAMPLES_MOST = 1 << 20 };

enum neap_status neapi_pipeline_new(struct neapi_pipeline *p,
                                    const struct neap_metrics_pipeline *times, bool noise,
                                    uint64_t seed, uint64_t replication, double period_s,
                                    struct neap_error *error)
{
    memset(p, 0, sizeof *p);
    p->times = *times;
    p->window_ns = llround(times->window_s * 1e9);
    p->noise = noise;
    neap_stream_init(&p->normals, seed, replication, NEAPI_STREAM_METRIC);
    neap_stream_init(&p->counts, seed, replication, NEAPI_STREAM_COUNT);
    /* Closer samples replace the last one; a reading interpolates between the kept. */
    double span_s = times->lag_s + times->align_s + times->window_s;
    double spacing_s = fmin(times->window_s, period_s) / SAMPLES_PER_WINDOW;
    double kept = span_s / spacing_s + 8;
    if (kept > SAMPLES_MOST) {
        kept = SAMPLES_MOST;
        spacing_s = span_s / (kept - 8);
    }
    p->spacing_ns = llround(spacing_s * 1e9);
    p->capacity = (size_t)kept;
    p->sample = neapi_allocate(p->capacity, sizeof *p->sample);
    p->requests = neapi_allocate(p->capacity, sizeof *p->requests);
    bool made = p->sample != NULL && p->requests != NULL;
    return made ? NEAP_OK : neapi_no_memory(error, "the metric pipeline");
}

void neapi_pipeline_free(struct neapi_pipeline *p)
{
    free(p->sample);
    free(p->requests);
    p->requests = NULL;
    p->sample = NULL;
}

void neapi_pipeline_reset(struct neapi_pipeline *p, int64_t now_ns)
{
    p->head = 0;
    p->count = 1;
    p->early = p->late = 0;
    p->readings = 0;
    p->sample[0] = (struct neapi_sample){now_ns, 0, 0};
    p->requests[0] = 0;
}

static struct neapi_sample *at(const struct neapi_pipeline *p, size_t index)
{
    size_t slot = p->head + index;
    return &p->sample[slot < p->capacity ? slot : slot - p->capacity];
}

static double *requests_at(const struct neapi_pipeline *p, size_t index)
{
    return &p->requests[at(p, index) - p->sample];
}

static void drop_oldest(struct neapi_pipeline *p)
{
    p->head = p->head + 1 < p->capacity ? p->head + 1 : 0;
    p->count--;
    p->early -= p->early > 0;
    p->late -= p->late > 0;
}

void neapi_pipeline_add(struct neapi_pipeline *p, int64_t now_ns, double span_s, double use_cores,
                        double variance_rate, double rate)
{
    const struct neapi_sample *last = at(p, p->count - 1);
    struct neapi_sample sample = {now_ns, last->use + use_cores * span_s,
                                  last->variance + variance_rate * span_s};
    double requests = p->counts_requests ? *requests_at(p, p->count - 1) + rate * span_s : 0;
    bool close = p->count >= 2 && now_ns - at(p, p->count - 2)->time_ns < p->spacing_ns;
    if (close) {
        *at(p, p->count - 1) = sample;
        if (p->counts_requests)
            *requests_at(p, p->count - 1) = requests;
        return;
    }
    if (p->count == p->capacity)
        drop_oldest(p);
    p->count++;
    *at(p, p->count - 1) = sample;
    if (p->counts_requests)
        *requests_at(p, p->count - 1) = requests;
}

/* The integrals at time_ns, linear between samples; *hint is where the last search ended. */
static struct neapi_sample integral(const struct neapi_pipeline *p, int64_t time_ns, size_t *hint)
{
    size_t index = *hint;
    if (index >= p->count)
        index = p->count - 1;
    while (index + 1 < p->count && at(p, index + 1)->time_ns <= time_ns)
        index++;
    *hint = index;
    struct neapi_sample low = *at(p, index);
    if (index + 1 == p->count || time_ns <= low.time_ns)
        return low;
    const struct neapi_sample *high = at(p, index + 1);
    double share = (double)(time_ns - low.time_ns) / (double)(high->time_ns - low.time_ns);
    low.time_ns = time_ns;
    low.use += share * (high->use - low.use);
    low.variance += share * (high->variance - low.variance);
    return low;
}

void neapi_pipeline_scale(struct neapi_pipeline *p, double factor)
{
    for (size_t i = 0; i < p->count; i++) {
        at(p, i)->use *= factor;
        at(p, i)->variance *= factor * factor;
    }
}

/* The same for requests, with what integral() found. */
static double requests_until(const struct neapi_pipeline *p, int64_t time_ns, size_t index)
{
    int64_t low_ns = at(p, index)->time_ns;
    double low = *requests_at(p, index);
    if (index + 1 == p->count || time_ns <= low_ns)
        return low;
    double share = (double)(time_ns - low_ns) / (double)(at(p, index + 1)->time_ns - low_ns);
    return low + share * (*requests_at(p, index + 1) - low);
}

/* Counts vary as those of a Poisson stream do. */
static double count_rate(const struct neapi_pipeline *p, uint64_t reading,
                         const struct neapi_sample *from, const struct neapi_sample *to)
{
    double span_s = (double)(to->time_ns - from->time_ns) / 1e9;
    if (span_s <= 0)
        return 0;
    double requests =
        requests_until(p, to->time_ns, p->late) - requests_until(p, from->time_ns, p->early);
    if (p->noise)
        requests += neap_stream_normal(&p->counts, reading) * sqrt(fmax(requests, 0));
    return fmax(requests, 0) / span_s;
}

struct neapi_metric neapi_pipeline_read(struct neapi_pipeline *p, int64_t now_ns)
{
    uint64_t reading = p->readings++;
    int64_t end_ns = neap_metrics_end_ns(&p->times, now_ns);
    struct neapi_sample to = integral(p, end_ns, &p->late);
    struct neapi_sample from = integral(p, end_ns - p->window_ns, &p->early);
    double span_s = (double)(to.time_ns - from.time_ns) / 1e9;
    struct neapi_metric read = {0, (double)NAN};
    if (p->counts_requests)
        read.request_rate = count_rate(p, reading, &from, &to);
    if (span_s <= 0)
        return read;
    double mean = (to.use - from.use) / span_s;
    if (p->noise)
        mean += neap_stream_normal(&p->normals, reading) *
                sqrt(fmax(to.variance - from.variance, 0)) / span_s;
    read.use_cores = fmax(mean, 0);
    return read;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests by known laws. Rates that change are met by thinning (Lewis and Shedler 1979). */
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

#include "study/selftest_source.h"

static double hyperexponential(const gsl_rng *rng, const struct neap_law *law)
{
    double share = (1 + sqrt((law->scv - 1) / (law->scv + 1))) / 2;
    if (gsl_rng_uniform(rng) >= share)
        share = 1 - share;
    return gsl_ran_exponential(rng, law->mean_s / (2 * share));
}

static double draw(const gsl_rng *rng, const struct neap_law *law)
{
    double mean = law->mean_s, square;
    switch (law->kind) {
    case NEAP_LAW_EXPONENTIAL:
        return gsl_ran_exponential(rng, mean);
    case NEAP_LAW_GAMMA:
        return gsl_ran_gamma(rng, 1 / law->scv, law->scv * mean);
    case NEAP_LAW_UNIFORM:
        return 2 * mean * gsl_rng_uniform_pos(rng);
    case NEAP_LAW_HYPEREXPONENTIAL:
        return hyperexponential(rng, law);
    case NEAP_LAW_LOGNORMAL:
        square = log1p(law->scv);
        return mean * exp(gsl_ran_gaussian(rng, sqrt(square)) - square / 2);
    case NEAP_LAW_DETERMINISTIC:
    default:
        return mean;
    }
}

static int64_t draw_ns(const struct neap_stream_reader *reader, const struct neap_law *law)
{
    return (int64_t)(draw(&reader->gsl, law) * 1e9 + 0.5);
}

/* --- arrivals ------------------------------------------------------------------------------------- */

double neapi_traffic_rate(const struct neapi_traffic *traffic, double t_s)
{
    static const double turn = 6.283185307179586477;
    double rate = traffic->step_rate[0];
    if (traffic->arrivals == NEAPI_SINUSOID)
        return traffic->rate + traffic->amplitude_rate *
                                   sin(turn * fmod(t_s, traffic->period_s) / traffic->period_s);
    for (size_t i = 0; i < traffic->steps && traffic->step_s[i] <= t_s; i++)
        rate = traffic->step_rate[i];
    return rate;
}

static double highest_rate(const struct neapi_traffic *traffic)
{
    double highest = traffic->rate + traffic->amplitude_rate;
    for (size_t i = 0; i < traffic->steps && traffic->arrivals == NEAPI_STEPS; i++)
        highest = i == 0 ? traffic->step_rate[0] : fmax(highest, traffic->step_rate[i]);
    return highest;
}

static void advance(struct neapi_source *source)
{
    const struct neapi_traffic *traffic = &source->traffic;
    if (traffic->arrivals == NEAPI_RENEWAL) {
        source->next_ns += draw_ns(&source->gap, &traffic->gap);
        return;
    }
    double highest = highest_rate(traffic), at;
    do {
        source->next_ns += (int64_t)(gsl_ran_exponential(&source->gap.gsl, 1e9 / highest) + 0.5);
        at = neapi_traffic_rate(traffic, traffic->start_s +
                                             (double)(source->next_ns - source->origin_ns) / 1e9);
    } while (gsl_rng_uniform(&source->gap.gsl) * highest >= at);
}

/* --- requests ------------------------------------------------------------------------------------- */

void neapi_source_init(struct neapi_source *source, const struct neapi_traffic *traffic,
                       uint64_t seed, uint64_t replication, int64_t now_ns)
{
    struct neap_stream_reader *const reader[] = {&source->gap, &source->cpu, &source->wait,
                                                 &source->pick};
    for (uint64_t number = 0; number < 4; number++) {
        struct neap_stream stream;
        neap_stream_init(&stream, seed, replication, number);
        neap_stream_reader_init(reader[number], &stream, 0);
    }
    source->traffic = *traffic;
    source->slower = 1;
    source->given = (struct neapi_given){0, 0};
    source->needs = (struct neap_needs){source->cpu_ns, source->wait_ns};
    source->next_ns = source->origin_ns = now_ns;
    advance(source);
}

static void put(struct neapi_source *source, size_t i, int64_t at_ns)
{
    const struct neapi_traffic *traffic = &source->traffic;
    int64_t cpu_ns = draw_ns(&source->cpu, &traffic->cpu);
    if (source->slower > 1)
        cpu_ns = (int64_t)((double)cpu_ns * source->slower);
    source->arrival_ns[i] = at_ns;
    source->cpu_ns[i] = cpu_ns;
    source->wait_ns[i] = traffic->wait.mean_s > 0 ? draw_ns(&source->wait, &traffic->wait) : 0;
    source->pick_bits[i] = (uint32_t)(gsl_rng_uniform(&source->pick.gsl) * 0x1p32);
    source->given.count++;
    source->given.cpu_ns += cpu_ns;
}

static struct neap_requests requests_of(const struct neapi_source *source, size_t count)
{
    return (struct neap_requests){count, source->arrival_ns, source->pick_bits, NULL,
                                  &source->needs};
}

struct neap_requests neapi_source_next(struct neapi_source *source, int64_t to_ns)
{
    size_t count = 0;
    for (; count < NEAPI_SOURCE_MOST && source->next_ns < to_ns; count++) {
        put(source, count, source->next_ns);
        advance(source);
    }
    return requests_of(source, count);
}

struct neap_requests neapi_source_crowd(struct neapi_source *source, int64_t at_ns, size_t count)
{
    size_t given = count < NEAPI_SOURCE_MOST ? count : NEAPI_SOURCE_MOST;
    for (size_t i = 0; i < given; i++)
        put(source, i, at_ns);
    return requests_of(source, given);
}

bool neapi_law_named(struct neap_law *law, const char *name, double par, double mean_s)
{
    static const struct {
        const char *name;
        enum neap_law_kind kind;
    } kinds[] = {{"D", NEAP_LAW_DETERMINISTIC}, {"M", NEAP_LAW_EXPONENTIAL},
                 {"E", NEAP_LAW_GAMMA},         {"G", NEAP_LAW_GAMMA},
                 {"U", NEAP_LAW_UNIFORM},       {"H2", NEAP_LAW_HYPEREXPONENTIAL},
                 {"LN", NEAP_LAW_LOGNORMAL}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, name) == 0) {
            *law = (struct neap_law){kinds[i].kind, mean_s, name[0] == 'E' ? 1 / par : par};
            return true;
        }
    return false;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loops of draws.h for the instruction sets that make a difference. No set has fused
 * multiplications in use, so that all round alike. */
#include <math.h>

#include "request/draws.h"
#include "request/draws_loops.h"

/* Functions of one set, its name between neapi and the loop's; attributes before each. */
#define DRAWS(set, attributes)                                                                  \
    attributes static void set##_gaps(const struct neap_stream *stream, uint64_t first,         \
                                      size_t blocks, int64_t *sum)                              \
    {                                                                                           \
        neapi_loop_gaps(stream, first, blocks, sum);                                            \
    }                                                                                           \
    attributes static void set##_times(const struct neapi_spacing *spacing, size_t blocks,      \
                                       int64_t *time_ns)                                        \
    {                                                                                           \
        neapi_loop_times(spacing, blocks, time_ns);                                             \
    }                                                                                           \
    attributes static void set##_picks(const struct neap_stream *stream, uint64_t first,        \
                                       size_t blocks, uint32_t *pick)                           \
    {                                                                                           \
        neapi_loop_picks(stream, first, blocks, pick);                                          \
    }                                                                                           \
    attributes static void set##_classes(const struct neap_stream *stream, uint64_t first,      \
                                         const int32_t *bound, size_t count, size_t blocks,     \
                                         uint8_t *class_number)                                 \
    {                                                                                           \
        neapi_loop_classes(stream, first, bound, count, blocks, class_number);                  \
    }                                                                                           \
    attributes static void set##_tails(const struct neap_stream *stream, uint64_t first,        \
                                       size_t blocks, double *tail)                             \
    {                                                                                           \
        neapi_loop_tails(stream, first, blocks, tail);                                          \
    }                                                                                           \
    attributes static void set##_values(const struct neapi_line *table, const double *tail,     \
                                        size_t blocks, double *value)                           \
    {                                                                                           \
        neapi_loop_values(table, tail, blocks, value);                                          \
    }                                                                                           \
    attributes static void set##_values_by_class(                                               \
        const struct neapi_line *table, const uint32_t *start, const uint8_t *class_number,     \
        const double *tail, size_t blocks, double *value)                                       \
    {                                                                                           \
        neapi_loop_values_by_class(table, start, class_number, tail, blocks, value);            \
    }                                                                                           \
    attributes static void set##_needs(const double *value, double factor, double longest_ns,   \
                                       size_t blocks, int64_t *time_ns)                         \
    {                                                                                           \
        neapi_loop_needs(value, factor, longest_ns, blocks, time_ns);                           \
    }                                                                                           \
    attributes static void set##_needs_by_class(const double *value, const double *factor,      \
                                                const uint8_t *class_number, double longest_ns, \
                                                size_t blocks, int64_t *time_ns)                \
    {                                                                                           \
        neapi_loop_needs_by_class(value, factor, class_number, longest_ns, blocks, time_ns);    \
    }                                                                                           \
    static const struct neapi_draws set##_draws = {                                             \
        #set,        set##_runs_here,     set##_gaps,                                           \
        set##_times, set##_picks,         set##_classes,                                        \
        set##_tails, set##_values,        set##_values_by_class,                                \
        set##_needs, set##_needs_by_class}

static bool plain_runs_here(void)
{
    return true;
}

DRAWS(plain, );

#if defined __GNUC__ && defined __x86_64__
static bool avx2_runs_here(void)
{
    return __builtin_cpu_supports("avx2");
}

static bool avx512_runs_here(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

DRAWS(avx2, __attribute__((target("avx2"))));
DRAWS(avx512, __attribute__((target("avx512f,avx512dq,avx512vl"))));

static const struct neapi_draws *const sets[NEAPI_DRAWS_SETS] = {&plain_draws, &avx2_draws,
                                                                 &avx512_draws};
#else
static const struct neapi_draws *const sets[NEAPI_DRAWS_SETS] = {&plain_draws, NULL, NULL};
#endif

const struct neapi_draws *neapi_draws_set(int number)
{
    return sets[number] != NULL && sets[number]->runs_here() ? sets[number] : NULL;
}

const struct neapi_draws *neapi_draws_fastest(void)
{
    int number = NEAPI_DRAWS_SETS - 1;
    while (number > 0 && neapi_draws_set(number) == NULL)
        number--;
    return sets[number];
}

double neapi_cell_begin(size_t cell)
{
    int octave = (int)(cell >> NEAP_TABLE_CELL_BITS);
    double within = (double)(cell & ((1U << NEAP_TABLE_CELL_BITS) - 1));
    return ldexp(1 + ldexp(within, -NEAP_TABLE_CELL_BITS), octave - NEAP_TABLE_OCTAVES);
}

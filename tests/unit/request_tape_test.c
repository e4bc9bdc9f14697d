/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tapes of room request. What is random is tested at fixed seeds, by |z| < 4.5: right code fails one
 * such test in 150,000. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <neap.h>

#include "request/arrivals.h"
#include "request/draws_loops.h"
#include "request/tape.h"

static const int64_t SECOND = 1000000000, START = 1700000000 * INT64_C(1000000000);

/* --- what tapes are made of ----------------------------------------------------------------------- */

static struct neap_recording *recording_of(const double *requests, size_t count, int64_t step_ns)
{
    struct neap_recording *recording = NULL;
    assert_int_equal(neap_recording_from_array(&recording, START, step_ns, requests, count, NULL),
                     NEAP_OK);
    return recording;
}

static struct neap_recording *even_recording(double requests, size_t count, int64_t step_ns)
{
    double *all = calloc(count, sizeof *all);
    assert_non_null(all);
    for (size_t i = 0; i < count; i++)
        all[i] = requests;
    struct neap_recording *recording = recording_of(all, count, step_ns);
    free(all);
    return recording;
}

/* Reads what write() writes. */
static struct neap_recording *read_recording(struct neap_recording_options *options,
                                             void (*write)(FILE *stream, size_t count),
                                             size_t count)
{
    char path[] = "/tmp/neap-tape-XXXXXX";
    int descriptor = mkstemp(path);
    FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    assert_non_null(stream);
    write(stream, count);
    fclose(stream);
    snprintf(options->file, sizeof options->file, "%s", path);
    struct neap_recording *recording = NULL;
    struct neap_error error = {.message = ""};
    enum neap_status status = neap_recording_read(&recording, options, NULL, NULL, &error);
    unlink(path);
    assert_string_equal(error.message, "");
    assert_int_equal(status, NEAP_OK);
    return recording;
}

static void write_classes(FILE *stream, size_t count)
{
    fprintf(stream, "time,requests,requests.a,requests.b\n");
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%lld,4000,%d,%d\n", 1700000000LL + 60 * (long long)i, i % 2 ? 0 : 1000,
                i % 2 ? 4000 : 3000);
}

/* Two classes, "a" with one request in four in even intervals and none in odd ones. */
static struct neap_recording *classes_recording(size_t count)
{
    struct neap_recording_options options;
    neap_recording_options_init(&options);
    return read_recording(&options, write_classes, count);
}

static void write_stamps(FILE *stream, size_t count)
{
    fprintf(stream, "time,kind\n");
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%lld.%03zu,%s\n", 1700000000LL + (long long)(i / 50), i % 50 * 7,
                i % 3 == 0 ? "a" : "b");
}

/* Fifty requests in the first third of each second, every third of them of class "a". */
static struct neap_recording *stamps_recording(size_t count)
{
    struct neap_recording_options options;
    neap_recording_options_init(&options);
    snprintf(options.arrivals, sizeof options.arrivals, "recorded");
    snprintf(options.class_field, sizeof options.class_field, "kind");
    return read_recording(&options, write_stamps, count);
}

static struct neap_profile *profile_of(const char *name, const char *cpu_demand, const char *wait)
{
    struct neap_profile_options options;
    struct neap_profile *profile = NULL;
    neap_profile_options_init(&options);
    snprintf(options.cpu_demand, sizeof options.cpu_demand, "%s", cpu_demand);
    snprintf(options.wait, sizeof options.wait, "%s", wait);
    assert_int_equal(neap_profile_new(&profile, name, &options, NULL, NULL, NULL), NEAP_OK);
    return profile;
}

static struct neap_profile *faster_than(const struct neap_profile *from, const char *speedup)
{
    struct neap_profile_options options;
    struct neap_profile *profile = NULL;
    neap_profile_options_init(&options);
    snprintf(options.from, sizeof options.from, "%s", neap_profile_name(from));
    snprintf(options.cpu_speedup, sizeof options.cpu_speedup, "%s", speedup);
    assert_int_equal(neap_profile_new(&profile, "faster", &options, from, NULL, NULL), NEAP_OK);
    return profile;
}

static struct neap_tape *tape_of(const struct neap_recording *recording,
                                 const struct neap_profile *profile, uint64_t seed)
{
    struct neap_tape *tape = NULL;
    assert_int_equal(neap_tape_new(&tape, recording, &profile, 1, seed, 0, NULL), NEAP_OK);
    return tape;
}

/* A tape of one profile that owns what it is made of. */
struct own_tape {
    struct neap_recording *recording;
    struct neap_profile *profile;
    struct neap_tape *tape;
};

static struct own_tape own_tape(struct neap_recording *recording, const char *cpu_demand,
                                const char *wait, uint64_t seed)
{
    struct own_tape own = {recording, profile_of("old", cpu_demand, wait), NULL};
    own.tape = tape_of(own.recording, own.profile, seed);
    return own;
}

static void free_own(struct own_tape *own)
{
    neap_tape_free(own->tape);
    neap_profile_free(own->profile);
    neap_recording_free(own->recording);
}

static void check_z(double estimate, double expected, double deviation)
{
    if (!(fabs(estimate - expected) < 4.5 * deviation))
        fail_msg("found %.10g, expected %.10g +- %.3g", estimate, expected, deviation);
}

/* What a tape is made of, folded into one number. */
static uint64_t fold(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * UINT64_C(0x100000001B3) + (sum >> 31);
}

static uint64_t fold_chunk(uint64_t sum, const struct neap_chunk *chunk, size_t profiles)
{
    const struct neap_requests *r = &chunk->requests;
    for (size_t i = 0; i < r->count; i++) {
        sum = fold(fold(sum, (uint64_t)r->arrival_ns[i]), r->pick[i]);
        sum = fold(sum, r->class_number == NULL ? 0 : r->class_number[i]);
        for (size_t p = 0; p < profiles; p++)
            sum =
                fold(fold(sum, (uint64_t)r->needs[p].cpu_ns[i]), (uint64_t)r->needs[p].wait_ns[i]);
    }
    return fold(fold(sum, (uint64_t)chunk->begin_ns), (uint64_t)chunk->end_ns);
}

static uint64_t fold_tape(struct neap_tape *tape, size_t profiles)
{
    uint64_t sum = 1;
    for (struct neap_chunk chunk; neap_tape_next(tape, &chunk);)
        sum = fold_chunk(sum, &chunk, profiles);
    return sum;
}

/* Checks a chunk's order and place; returns its requests. */
static size_t check_chunk(const struct neap_chunk *chunk, int64_t from_ns)
{
    const struct neap_requests *r = &chunk->requests;
    assert_true(chunk->begin_ns == from_ns && chunk->end_ns > chunk->begin_ns);
    assert_true(r->count <= NEAP_TAPE_REQUESTS_MOST);
    for (size_t i = 0; i < r->count; i++) {
        assert_true(r->arrival_ns[i] >= (i == 0 ? chunk->begin_ns : r->arrival_ns[i - 1]));
        assert_true(r->arrival_ns[i] < chunk->end_ns);
    }
    return r->count;
}

/* Reads all of it and counts requests by interval of the recording; those before it: returned. */
static size_t count_all(struct neap_tape *tape, int64_t start_ns, int64_t step_ns, size_t *by)
{
    size_t before = 0;
    int64_t from_ns = start_ns;
    for (struct neap_chunk chunk; neap_tape_next(tape, &chunk); from_ns = chunk.end_ns) {
        size_t count = check_chunk(&chunk, from_ns);
        if (chunk.interval == SIZE_MAX) {
            before += count;
            assert_true(chunk.end_ns <= START);
            continue;
        }
        by[chunk.interval] += count;
        assert_true(chunk.begin_ns >= START + (int64_t)chunk.interval * step_ns);
        assert_true(chunk.end_ns <= START + (int64_t)(chunk.interval + 1) * step_ns);
    }
    return before;
}

/* --- arrivals ------------------------------------------------------------------------------------- */

static void test_as_many_requests_as_recorded(void **state)
{
    static const double requests[] = {0, 7, 2500, 0.25, 0, 10000, 64, 1024, 1};
    enum { COUNT = sizeof requests / sizeof requests[0] };
    size_t by[COUNT] = {0};
    (void)state;
    struct own_tape own = own_tape(recording_of(requests, COUNT, SECOND), "40ms", "0", 5);
    assert_int_equal(count_all(own.tape, START, SECOND, by), 0);
    for (size_t i = 0; i < COUNT; i++)
        if (i == 3)
            assert_true(by[i] <= 1);
        else
            assert_int_equal(by[i], (size_t)requests[i]);
    free_own(&own);
}

static void test_a_fraction_is_one_more_with_that_probability(void **state)
{
    enum { COUNT = 40000 };
    static size_t by[COUNT];
    size_t more = 0;
    (void)state;
    struct own_tape own = own_tape(even_recording(2.3, COUNT, SECOND), "40ms", "0", 6);
    count_all(own.tape, START, SECOND, by);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(by[i] == 2 || by[i] == 3);
        more += by[i] == 3;
    }
    check_z((double)more / COUNT, 0.3, sqrt(0.3 * 0.7 / COUNT));
    free_own(&own);
}

/* Kolmogorov's statistic of all places within the interval: they are uniform. */
static void test_arrivals_are_uniform_within_their_interval(void **state)
{
    enum { CELLS = 1000, COUNT = 100, EACH = 3000 };
    static size_t cell[CELLS];
    double total = (double)COUNT * EACH, below = 0, worst = 0;
    (void)state;
    struct own_tape own = own_tape(even_recording(EACH, COUNT, SECOND), "40ms", "0", 7);
    for (struct neap_chunk chunk; neap_tape_next(own.tape, &chunk);)
        for (size_t i = 0; i < chunk.requests.count; i++) {
            int64_t at_ns = (chunk.requests.arrival_ns[i] - START) % SECOND;
            cell[at_ns * CELLS / SECOND]++;
        }
    for (size_t i = 0; i < CELLS; i++) {
        below += (double)cell[i];
        worst = fmax(worst, fabs(below / total - (double)(i + 1) / CELLS));
    }
    assert_true(worst * sqrt(total) < 2.9); /* P = 2 exp(-2 x 2.9^2) = 10^-7 */
    free_own(&own);
}

/* The k-th of n sorted uniforms has a beta distribution: mean k/(n+1) =: m, variance m (1-m)/(n+2).
 * The 1024th and 2048th are the last ones of their blocks. */
static void test_single_arrivals_are_order_statistics(void **state)
{
    enum { COUNT = 4000, EACH = 2600 };
    static const size_t places[] = {1, 2, 700, 1023, 1024, 1025, 2048, 2049, 2500, 2600};
    enum { PLACES = sizeof places / sizeof places[0] };
    double sum[PLACES] = {0}, square[PLACES] = {0};
    (void)state;
    struct own_tape own = own_tape(even_recording(EACH, COUNT, SECOND), "40ms", "0", 8);
    size_t number = 0;
    for (struct neap_chunk chunk; neap_tape_next(own.tape, &chunk);)
        for (size_t i = 0; i < chunk.requests.count; i++, number = (number + 1) % EACH)
            for (size_t p = 0; p < PLACES; p++)
                if (places[p] == number + 1) {
                    double mean = (double)places[p] / (EACH + 1);
                    double scaled = sqrt(mean * (1 - mean) / (EACH + 2));
                    int64_t at_ns = (chunk.requests.arrival_ns[i] - START) % SECOND;
                    double z = ((double)at_ns / 1e9 - mean) / scaled;
                    sum[p] += z;
                    square[p] += z * z;
                }
    for (size_t p = 0; p < PLACES; p++) {
        check_z(sum[p] / COUNT, 0, 1 / sqrt(COUNT));
        /* 3 more than a normal's fourth moment at the ends, where the distribution is exponential */
        check_z(square[p] / COUNT, 1,
                sqrt((places[p] < 3 || places[p] == EACH ? 8.0 : 2.1) / COUNT));
    }
    free_own(&own);
}

/* Counts by interval: variance over mean, whose deviation is sqrt(2/n) for Poisson counts. */
static void dispersion_of(enum neap_arrivals kind, double mean, double dispersion, size_t parts,
                          double tolerance)
{
    enum { COUNT = 20000 };
    static size_t by[COUNT];
    struct own_tape own = own_tape(even_recording(mean, COUNT, SECOND), "40ms", "0", 9);
    double sum = 0, square = 0, n = 0;
    memset(by, 0, sizeof by);
    assert_int_equal(neap_recording_set_arrivals(own.recording, kind, dispersion, NULL), NEAP_OK);
    neap_tape_free(own.tape);
    own.tape = tape_of(own.recording, own.profile, 9);
    if (parts == 1)
        count_all(own.tape, START, SECOND, by);
    else
        for (struct neap_chunk chunk; neap_tape_next(own.tape, &chunk);)
            for (size_t i = 0; i < chunk.requests.count; i++) {
                size_t part =
                    (size_t)((chunk.requests.arrival_ns[i] - START) * (int64_t)parts / SECOND);
                if (part < COUNT)
                    by[part]++;
            }
    for (size_t i = 0; i < COUNT; i++, n++) {
        sum += (double)by[i];
        square += (double)by[i] * (double)by[i];
    }
    double found = sum / n, expected = mean / (double)parts;
    check_z(found, expected, sqrt(dispersion * expected / n));
    check_z((square / n - found * found) / found, dispersion, tolerance * dispersion * sqrt(2 / n));
    free_own(&own);
}

static void test_poisson_counts_vary_as_they_should(void **state)
{
    (void)state;
    dispersion_of(NEAP_ARRIVALS_POISSON, 40, 1, 1, 1.01);
    dispersion_of(NEAP_ARRIVALS_POISSON, 0.7, 1, 1, 1.5);
    dispersion_of(NEAP_ARRIVALS_POISSON, 3000, 1, 100, 1.05); /* and in parts of an interval */
}

static void test_bursts_vary_as_they_should(void **state)
{
    (void)state;
    dispersion_of(NEAP_ARRIVALS_BURST, 200, 4, 1, 1.1);
    dispersion_of(NEAP_ARRIVALS_BURST, 60, 12.5, 1, 1.5);
}

static void test_intervals_before_the_recording(void **state)
{
    static const double requests[] = {500, 0, 3000};
    size_t by[3] = {0}, again[3] = {0};
    (void)state;
    struct own_tape own = own_tape(recording_of(requests, 3, SECOND), "mean=40ms cv=1", "0", 10);
    uint64_t recorded = fold_tape(own.tape, 1);
    int64_t start_ns = START - 5 * SECOND - SECOND / 2;
    neap_tape_rewind(own.tape, start_ns);
    assert_int_equal(count_all(own.tape, start_ns, SECOND, by), 5 * 500 + 250);
    assert_true(by[0] == 500 && by[1] == 0 && by[2] == 3000);
    /* how long the time before it was changes nothing in the recording */
    uint64_t sum = 1;
    struct neap_chunk chunk;
    neap_tape_rewind(own.tape, START - 100 * SECOND);
    while (neap_tape_next(own.tape, &chunk))
        if (chunk.interval != SIZE_MAX)
            sum = fold_chunk(sum, &chunk, 1);
    assert_true(sum == recorded);
    /* and it cannot begin within the recording */
    neap_tape_rewind(own.tape, START + SECOND);
    assert_int_equal(count_all(own.tape, START, SECOND, again), 0);
    assert_int_equal(again[0], 500);
    free_own(&own);
}

static void test_intervals_before_the_recording_are_other_requests(void **state)
{
    struct neap_chunk chunk;
    (void)state;
    struct own_tape own = own_tape(even_recording(400, 1, SECOND), "mean=40ms cv=1", "0", 10);
    neap_tape_rewind(own.tape, START - 2 * SECOND);
    int64_t first_ns[3] = {0}, cpu_ns[3] = {0};
    for (size_t i = 0; neap_tape_next(own.tape, &chunk); i++) {
        assert_true(i < 3);
        first_ns[i] = (chunk.requests.arrival_ns[0] - START + 2 * SECOND) % SECOND;
        cpu_ns[i] = chunk.requests.needs[0].cpu_ns[0];
    }
    assert_true(first_ns[0] != first_ns[1] && first_ns[1] != first_ns[2]);
    assert_true(cpu_ns[0] != cpu_ns[1] && cpu_ns[1] != cpu_ns[2]);
    free_own(&own);
}

static void test_empty_intervals_are_chunks_without_requests(void **state)
{
    static const double requests[4] = {0};
    struct neap_chunk chunk;
    size_t chunks = 0;
    (void)state;
    struct own_tape own = own_tape(recording_of(requests, 4, SECOND), "40ms", "0", 11);
    neap_tape_rewind(own.tape, START - SECOND);
    while (neap_tape_next(own.tape, &chunk)) {
        assert_int_equal(chunk.requests.count, 0);
        assert_int_equal(chunk.end_ns - chunk.begin_ns, SECOND);
        chunks++;
    }
    assert_int_equal(chunks, 5);
    assert_false(neap_tape_next(own.tape, &chunk));
    free_own(&own);
}

/* A hundred million requests in an hour: the first ones come at that rate, in little memory. */
static void test_a_huge_interval_is_read_block_by_block(void **state)
{
    struct neap_chunk chunk = {.end_ns = 0};
    size_t count = 0;
    int64_t from_ns = START;
    (void)state;
    struct own_tape own = own_tape(even_recording(1e8, 1, 3600 * SECOND), "40ms", "0", 12);
    for (int i = 0; i < 300; i++, from_ns = chunk.end_ns) {
        assert_true(neap_tape_next(own.tape, &chunk));
        count += check_chunk(&chunk, from_ns);
    }
    double expected_s = 3600 * (double)count / 1e8;
    check_z((double)(chunk.end_ns - START) / 1e9, expected_s, expected_s / sqrt((double)count));
    free_own(&own);
}

static void test_an_interval_of_a_year(void **state)
{
    static size_t by[1];
    int64_t year_ns = 365 * 86400 * SECOND;
    (void)state;
    struct own_tape own = own_tape(even_recording(5000, 1, year_ns), "40ms", "0", 13);
    count_all(own.tape, START, year_ns, by);
    assert_int_equal(by[0], 5000);
    free_own(&own);
}

/* As many requests as nanoseconds: blocks still have times of their own. */
static void test_a_crowd_in_few_nanoseconds(void **state)
{
    struct neapi_arrivals arrivals;
    int64_t time_ns[NEAPI_ARRIVALS_BLOCK], last_ns = START;
    uint64_t total = 0;
    (void)state;
    neapi_arrivals_init(&arrivals, neapi_draws_fastest(), NEAP_ARRIVALS_EXACT, 0, 1, 0);
    neapi_arrivals_open(&arrivals, 0, START, START + 5000, 1e6);
    while (arrivals.at_ns < arrivals.end_ns) {
        int64_t begin_ns = arrivals.at_ns;
        size_t count = neapi_arrivals_next(&arrivals, time_ns);
        for (size_t i = 0; i < count; last_ns = time_ns[i++])
            assert_true(time_ns[i] >= begin_ns && time_ns[i] >= last_ns &&
                        time_ns[i] < arrivals.at_ns);
        total += count;
    }
    assert_int_equal(total, 5000);
}

static void test_recorded_times_are_kept(void **state)
{
    enum { COUNT = 5000 };
    static int64_t stamp_ns[COUNT];
    struct neapi_arrivals arrivals;
    int64_t time_ns[NEAPI_ARRIVALS_BLOCK];
    size_t done = 0;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) /* two at each time, and three thousand at one */
        stamp_ns[i] = START + (i < 1000 ? (int64_t)(i / 2) * 100 : i < 4000 ? 60000 : 70000);
    neapi_arrivals_init(&arrivals, neapi_draws_fastest(), NEAP_ARRIVALS_RECORDED, 0, 1, 0);
    neapi_arrivals_open_recorded(&arrivals, 3, START, START + SECOND, stamp_ns, COUNT);
    while (arrivals.at_ns < arrivals.end_ns) {
        int64_t begin_ns = arrivals.at_ns;
        size_t count = neapi_arrivals_next(&arrivals, time_ns);
        for (size_t i = 0; i < count; i++) {
            /* a crowd at one time is a nanosecond later from block to block */
            assert_true(time_ns[i] >= stamp_ns[done + i] && time_ns[i] <= stamp_ns[done + i] + 3);
            assert_true(time_ns[i] >= begin_ns && time_ns[i] < arrivals.at_ns);
            if (done + i < 1000)
                assert_int_equal(time_ns[i], stamp_ns[done + i]);
        }
        done += count;
    }
    assert_int_equal(done, COUNT);
}

static void test_requests_recorded_one_by_one(void **state)
{
    enum { COUNT = 20000 };
    size_t done = 0, before = 0;
    (void)state;
    struct own_tape own = own_tape(stamps_recording(COUNT), "mean=40ms cv=1", "0", 22);
    int64_t start_ns = neap_recording_start_ns(own.recording), from_ns = start_ns - 60 * SECOND;
    neap_tape_rewind(own.tape, from_ns);
    for (struct neap_chunk chunk; neap_tape_next(own.tape, &chunk); from_ns = chunk.end_ns) {
        size_t count = check_chunk(&chunk, from_ns);
        before += chunk.interval == SIZE_MAX ? count : 0;
        for (size_t i = 0; chunk.interval != SIZE_MAX && i < count; i++, done++) {
            int64_t expected_ns =
                START + (int64_t)(done / 50) * SECOND + (int64_t)(done % 50) * 7 * (SECOND / 1000);
            assert_int_equal(chunk.requests.arrival_ns[i], expected_ns);
            assert_int_equal(chunk.requests.class_number[i], done % 3 != 0);
        }
    }
    assert_int_equal(done, COUNT);
    assert_true(from_ns == neap_recording_end_ns(own.recording));
    assert_int_equal(before, (size_t)neap_recording_requests(own.recording)[0]);
    free_own(&own);
}

/* --- classes and needs ---------------------------------------------------------------------------- */

static void test_classes_come_by_the_shares_of_the_interval(void **state)
{
    enum { COUNT = 40 };
    size_t a[2] = {0}, all[2] = {0};
    (void)state;
    struct own_tape own = own_tape(classes_recording(COUNT), "40ms", "0", 14);
    neap_tape_rewind(own.tape, START - 60 * SECOND); /* which has the first interval's shares */
    for (struct neap_chunk chunk; neap_tape_next(own.tape, &chunk);)
        for (size_t i = 0; i < chunk.requests.count; i++) {
            size_t odd = chunk.interval == SIZE_MAX ? 0 : chunk.interval % 2;
            assert_true(chunk.requests.class_number[i] < 2);
            a[odd] += chunk.requests.class_number[i] == 0;
            all[odd]++;
        }
    assert_int_equal(a[1], 0);
    check_z((double)a[0] / (double)all[0], 0.25, sqrt(0.25 * 0.75 / (double)all[0]));
    free_own(&own);
}

static void test_one_class_has_no_numbers(void **state)
{
    struct neap_chunk chunk;
    (void)state;
    struct own_tape own = own_tape(even_recording(10, 1, SECOND), "40ms", "0", 14);
    assert_true(neap_tape_next(own.tape, &chunk));
    assert_null(chunk.requests.class_number);
    free_own(&own);
}

static void test_classes_need_what_their_profile_says(void **state)
{
    struct neap_profile_class_options class = {.name = "a", .cpu_demand = "10ms"};
    struct neap_profile_options options;
    struct neap_profile *profile = NULL;
    (void)state;
    neap_profile_options_init(&options);
    snprintf(options.cpu_demand, sizeof options.cpu_demand, "mean=40ms cv=0.5");
    snprintf(options.wait, sizeof options.wait, "3ms");
    options.class_options = &class;
    options.classes = 1;
    assert_int_equal(neap_profile_new(&profile, "old", &options, NULL, NULL, NULL), NEAP_OK);
    struct neap_recording *recording = classes_recording(20);
    struct neap_tape *tape = tape_of(recording, profile, 15);
    double sum = 0, count = 0;
    for (struct neap_chunk chunk; neap_tape_next(tape, &chunk);)
        for (size_t i = 0; i < chunk.requests.count; i++) {
            assert_int_equal(chunk.requests.needs[0].wait_ns[i], 3000000);
            if (chunk.requests.class_number[i] == 0) {
                assert_int_equal(chunk.requests.needs[0].cpu_ns[i], 10000000);
                continue;
            }
            sum += (double)chunk.requests.needs[0].cpu_ns[i];
            count++;
        }
    check_z(sum / count, 40e6, 20e6 / sqrt(count));
    neap_tape_free(tape);
    neap_recording_free(recording);
    neap_profile_free(profile);
}

/* Means and variances, the latter against the fourth moment of the sample itself; no correlation of
 * CPU demand, wait and gaps. */
static void moments_of(const char *text, double mean_ns, double cv)
{
    enum { COUNT = 100, EACH = 4000 };
    double n = (double)COUNT * EACH, sum = 0, square = 0, fourth = 0, with_wait = 0, variance;
    struct own_tape own = own_tape(even_recording(EACH, COUNT, SECOND), text, text, 16);
    for (struct neap_chunk chunk; neap_tape_next(own.tape, &chunk);)
        for (size_t i = 0; i < chunk.requests.count; i++) {
            double x = (double)chunk.requests.needs[0].cpu_ns[i] / mean_ns - 1;
            double y = (double)chunk.requests.needs[0].wait_ns[i] / mean_ns - 1;
            sum += x;
            square += x * x;
            fourth += x * x * x * x;
            with_wait += x * y;
        }
    variance = square / n;
    check_z(sum / n, 0, cv / sqrt(n));
    check_z(variance, cv * cv, sqrt((fourth / n - variance * variance) / n));
    check_z(with_wait / n, 0, cv * cv / sqrt(n));
    free_own(&own);
}

static void test_needs_have_their_moments(void **state)
{
    (void)state;
    moments_of("mean=40ms cv=1 dist=exponential", 40e6, 1);
    moments_of("mean=40ms cv=1 dist=lognormal", 40e6, 1);
    moments_of("mean=400us cv=0.1 dist=lognormal", 4e5, 0.1);
    moments_of("mean=7s cv=0.3 dist=gamma", 7e9, 0.3);
    moments_of("mean=40ms cv=2 dist=gamma", 40e6, 2);
    moments_of("mean=40ms cv=0.6 dist=weibull", 40e6, 0.6);
}

static void test_constant_needs_are_exact(void **state)
{
    struct neap_chunk chunk;
    (void)state;
    struct own_tape own = own_tape(even_recording(3000, 2, SECOND), "33.333333ms", "0", 17);
    while (neap_tape_next(own.tape, &chunk))
        for (size_t i = 0; i < chunk.requests.count; i++) {
            assert_int_equal(chunk.requests.needs[0].cpu_ns[i], 33333333);
            assert_int_equal(chunk.requests.needs[0].wait_ns[i], 0);
        }
    free_own(&own);
}

static void test_profiles_share_uniforms(void **state)
{
    enum { COUNT = 3000 };
    static int64_t cpu_ns[4][COUNT];
    struct neap_tape *tape = NULL;
    struct neap_chunk chunk;
    size_t done = 0;
    (void)state;
    struct neap_recording *recording = even_recording(COUNT, 1, SECOND);
    struct neap_profile *old = profile_of("old", "mean=40ms cv=1.2", "mean=5ms cv=1");
    struct neap_profile *faster = faster_than(old, "1.25");
    struct neap_profile *other = profile_of("other", "mean=30ms cv=0.7 dist=gamma", "0");
    const struct neap_profile *profile[] = {old, faster, other, old};
    assert_int_equal(neap_tape_new(&tape, recording, profile, 4, 18, 0, NULL), NEAP_OK);
    for (; neap_tape_next(tape, &chunk); done += chunk.requests.count)
        for (size_t p = 0; p < 4; p++) {
            memcpy(&cpu_ns[p][done], chunk.requests.needs[p].cpu_ns,
                   chunk.requests.count * sizeof(int64_t));
            if (p < 2)
                assert_ptr_equal(chunk.requests.needs[p].wait_ns, chunk.requests.needs[3].wait_ns);
        }
    assert_int_equal(done, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(fabs((double)cpu_ns[0][i] / 1.25 - (double)cpu_ns[1][i]) <= 1);
        assert_int_equal(cpu_ns[0][i], cpu_ns[3][i]);
        size_t j = (i + 1) % COUNT; /* the same order, whatever the family */
        if (llabs(cpu_ns[0][i] - cpu_ns[0][j]) > 1000)
            assert_true((cpu_ns[0][i] < cpu_ns[0][j]) == (cpu_ns[2][i] < cpu_ns[2][j]));
    }
    neap_tape_free(tape);
    /* who else reads the tape makes no difference */
    for (size_t p = 1; p < 3; p++) {
        tape = tape_of(recording, profile[p], 18);
        for (done = 0; neap_tape_next(tape, &chunk); done += chunk.requests.count)
            assert_memory_equal(&cpu_ns[p][done], chunk.requests.needs[0].cpu_ns,
                                chunk.requests.count * sizeof(int64_t));
        neap_tape_free(tape);
    }
    neap_profile_free(old);
    neap_profile_free(faster);
    neap_profile_free(other);
    neap_recording_free(recording);
}

/* A speed-up for one class, and a wait of its own for it. */
static void test_factors_by_class(void **state)
{
    struct neap_profile_class_options class = {.name = "a", .cpu_speedup = "2"};
    struct neap_profile_options options;
    struct neap_profile *faster = NULL;
    struct neap_tape *tape = NULL;
    size_t both[2] = {0};
    (void)state;
    struct neap_recording *recording = classes_recording(2);
    struct neap_profile *old = profile_of("old", "mean=40ms cv=1.2", "3ms");
    neap_profile_options_init(&options);
    snprintf(options.from, sizeof options.from, "old");
    snprintf(class.wait, sizeof class.wait, "mean=3ms cv=1");
    options.class_options = &class;
    options.classes = 1;
    assert_int_equal(neap_profile_new(&faster, "new", &options, old, NULL, NULL), NEAP_OK);
    const struct neap_profile *const profile[] = {old, faster};
    assert_int_equal(neap_tape_new(&tape, recording, profile, 2, 23, 0, NULL), NEAP_OK);
    for (struct neap_chunk chunk; neap_tape_next(tape, &chunk);)
        for (size_t i = 0; i < chunk.requests.count; i++) {
            size_t c = chunk.requests.class_number[i];
            double cpu_ns = (double)chunk.requests.needs[0].cpu_ns[i] / (c == 0 ? 2 : 1);
            both[c]++;
            assert_true(fabs(cpu_ns - (double)chunk.requests.needs[1].cpu_ns[i]) <= 1);
            assert_true((chunk.requests.needs[1].wait_ns[i] == 3000000) == (c == 1));
        }
    assert_true(both[0] > 500 && both[1] > 500);
    neap_tape_free(tape);
    neap_profile_free(old);
    neap_profile_free(faster);
    neap_recording_free(recording);
}

/* --- the same and not the same -------------------------------------------------------------------- */

static void test_all_sets_of_loops_give_the_same_tape(void **state)
{
    static const double requests[] = {100, 3000, 1e5, 0, 17.5};
    (void)state;
    struct own_tape own =
        own_tape(recording_of(requests, 5, SECOND), "mean=40ms cv=1.2", "mean=9ms cv=2", 19);
    struct own_tape classes = own_tape(classes_recording(4), "mean=40ms cv=1.2", "0", 19);
    uint64_t plain = 0, plain_classes = 0;
    for (int number = 0; number < NEAPI_DRAWS_SETS; number++) {
        const struct neapi_draws *draws = neapi_draws_set(number);
        if (draws == NULL)
            continue;
        neapi_tape_draw_by(own.tape, draws);
        neapi_tape_draw_by(classes.tape, draws);
        neap_tape_rewind(own.tape, START - 3 * SECOND);
        neap_tape_rewind(classes.tape, START);
        uint64_t sum = fold_tape(own.tape, 1), sum_classes = fold_tape(classes.tape, 1);
        plain = number == 0 ? sum : plain;
        plain_classes = number == 0 ? sum_classes : plain_classes;
        assert_true(sum == plain && sum_classes == plain_classes);
    }
    free_own(&own);
    free_own(&classes);
}

static void test_a_tape_is_the_same_again(void **state)
{
    (void)state;
    struct own_tape own = own_tape(even_recording(3000.5, 5, SECOND), "mean=40ms cv=1", "0", 20);
    uint64_t sum = fold_tape(own.tape, 1);
    struct neap_chunk chunk;
    neap_tape_rewind(own.tape, START);
    assert_true(neap_tape_next(own.tape, &chunk)); /* left in the middle */
    neap_tape_rewind(own.tape, START);
    assert_true(fold_tape(own.tape, 1) == sum);
    struct neap_tape *second = tape_of(own.recording, own.profile, 20);
    assert_true(fold_tape(second, 1) == sum);
    neap_tape_free(second);
    free_own(&own);
}

/* Requests of the same number in two replications have nothing to do with each other. */
static void test_replications_differ(void **state)
{
    enum { COUNT = 50000 };
    static double x[2][3][COUNT];
    (void)state;
    struct neap_recording *recording = even_recording(1000, COUNT / 1000, SECOND);
    struct neap_profile *profile =
        profile_of("old", "mean=40ms cv=1 dist=exponential", "mean=10ms cv=1 dist=exponential");
    const struct neap_profile *const profiles[] = {profile};
    for (uint64_t r = 0; r < 2; r++) {
        struct neap_tape *tape = NULL;
        struct neap_chunk chunk;
        size_t done = 0;
        assert_int_equal(neap_tape_new(&tape, recording, profiles, 1, 21, r, NULL), NEAP_OK);
        while (neap_tape_next(tape, &chunk))
            for (size_t i = 0; i < chunk.requests.count; i++, done++) {
                x[r][0][done] = (double)chunk.requests.needs[0].cpu_ns[i] / 40e6 - 1;
                x[r][1][done] = (double)chunk.requests.needs[0].wait_ns[i] / 10e6 - 1;
                x[r][2][done] = (double)chunk.requests.pick[i] / 0x1p31 - 1;
            }
        assert_int_equal(done, COUNT);
        neap_tape_free(tape);
    }
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < 3; b++) {
            double sum = 0, deviation = (a == 2 ? sqrt(1. / 3) : 1) * (b == 2 ? sqrt(1. / 3) : 1);
            for (size_t i = 0; i < COUNT; i++)
                sum += x[0][a][i] * x[1][b][i];
            check_z(sum / COUNT, 0, deviation / sqrt(COUNT));
        }
    neap_recording_free(recording);
    neap_profile_free(profile);
}

static void test_logarithms(void **state)
{
    (void)state;
    for (double x = 0x1p-60; x < 100; x *= 1.0001) {
        double error = fabs(neapi_log(x) - log(x));
        assert_true(error <= 1e-10 * fabs(log(x)));
    }
    for (int bits = 5; bits < 53; bits++) {
        double x = 1 - ldexp(1, -bits);
        assert_true(fabs(neapi_log(x) / log(x) - 1) < 1e-10);
    }
}

/* --- what cannot be ------------------------------------------------------------------------------- */

static void refused(const struct neap_recording *recording,
                    const struct neap_profile *const profile[], size_t count,
                    enum neap_status expected, const char *part)
{
    struct neap_tape *tape = NULL;
    struct neap_error error = {.message = ""};
    assert_int_equal(neap_tape_new(&tape, recording, profile, count, 1, 0, &error), expected);
    assert_null(tape);
    assert_non_null(strstr(error.message, part));
}

static void test_what_cannot_be_is_refused(void **state)
{
    const struct neap_profile *many[NEAP_TAPE_PROFILES_MOST + 1];
    struct neap_profile_class_options class = {.name = "a", .cpu_demand = "10ms"};
    struct neap_profile_options options;
    struct neap_profile *only_a = NULL;
    (void)state;
    struct neap_profile *profile = profile_of("old", "40ms", "0");
    struct neap_recording *recording = even_recording(10, 2, SECOND);
    struct neap_recording *dense = even_recording(2e8, 1, SECOND), *two = classes_recording(2);
    for (size_t i = 0; i <= NEAP_TAPE_PROFILES_MOST; i++)
        many[i] = profile;
    refused(recording, many, 0, NEAP_BAD_ARGUMENT, "found 0 profiles");
    refused(recording, many, NEAP_TAPE_PROFILES_MOST + 1, NEAP_BAD_ARGUMENT, "found 65 profiles");
    refused(dense, many, 1, NEAP_BAD_DATA, "found 2e+08 requests in one interval");
    neap_profile_options_init(&options);
    options.class_options = &class;
    options.classes = 1;
    assert_int_equal(neap_profile_new(&only_a, "only-a", &options, NULL, NULL, NULL), NEAP_OK);
    many[0] = only_a;
    refused(two, many, 1, NEAP_BAD_SCENARIO, "profile only-a: found no cpu_demand for class b");
    neap_profile_free(only_a);
    neap_profile_free(profile);
    neap_recording_free(recording);
    neap_recording_free(dense);
    neap_recording_free(two);
    neap_tape_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_many_requests_as_recorded),
        cmocka_unit_test(test_a_fraction_is_one_more_with_that_probability),
        cmocka_unit_test(test_arrivals_are_uniform_within_their_interval),
        cmocka_unit_test(test_single_arrivals_are_order_statistics),
        cmocka_unit_test(test_poisson_counts_vary_as_they_should),
        cmocka_unit_test(test_bursts_vary_as_they_should),
        cmocka_unit_test(test_intervals_before_the_recording),
        cmocka_unit_test(test_intervals_before_the_recording_are_other_requests),
        cmocka_unit_test(test_empty_intervals_are_chunks_without_requests),
        cmocka_unit_test(test_a_huge_interval_is_read_block_by_block),
        cmocka_unit_test(test_an_interval_of_a_year),
        cmocka_unit_test(test_a_crowd_in_few_nanoseconds),
        cmocka_unit_test(test_recorded_times_are_kept),
        cmocka_unit_test(test_requests_recorded_one_by_one),
        cmocka_unit_test(test_classes_come_by_the_shares_of_the_interval),
        cmocka_unit_test(test_one_class_has_no_numbers),
        cmocka_unit_test(test_classes_need_what_their_profile_says),
        cmocka_unit_test(test_needs_have_their_moments),
        cmocka_unit_test(test_constant_needs_are_exact),
        cmocka_unit_test(test_profiles_share_uniforms),
        cmocka_unit_test(test_factors_by_class),
        cmocka_unit_test(test_all_sets_of_loops_give_the_same_tape),
        cmocka_unit_test(test_a_tape_is_the_same_again),
        cmocka_unit_test(test_replications_differ),
        cmocka_unit_test(test_logarithms),
        cmocka_unit_test(test_what_cannot_be_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Streams, quantile tables, histograms. The statistical tests run at fixed seeds: they cannot
 * flicker. Bounds are those a right generator passes at all but one in some ten thousand seeds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>

#include <neap/random.h>

static void near(double got, double want, double relative)
{
    assert_true(fabs(got - want) <= relative * fabs(want));
}

static struct neap_stream stream(uint64_t seed, uint64_t replication, uint64_t number)
{
    struct neap_stream made;
    neap_stream_init(&made, seed, replication, number);
    return made;
}

/* --- streams */

static void a_variate_depends_on_its_address_only(void **state)
{
    (void)state;
    struct neap_stream a = stream(7, 3, 2), b = stream(7, 3, 2);
    uint64_t late = neap_stream_bits(&a, 1000000);
    for (uint64_t i = 0; i < 100; i++)
        neap_stream_bits(&a, i);
    assert_true(neap_stream_bits(&a, 1000000) == late);
    assert_true(neap_stream_bits(&b, 1000000) == late);
    assert_true(neap_stream_bits(&a, 5) != neap_stream_bits(&a, 6));
}

static void all_bits_of_an_address_count(void **state)
{
    (void)state;
    struct neap_stream base = stream(1, 1, 1);
    uint64_t first = neap_stream_bits(&base, 1);
    for (int bit = 0; bit < 64; bit++) {
        uint64_t other = 1 ^ UINT64_C(1) << bit;
        struct neap_stream seed = stream(other, 1, 1), replication = stream(1, other, 1),
                           number = stream(1, 1, other);
        assert_true(neap_stream_bits(&seed, 1) != first);
        assert_true(neap_stream_bits(&replication, 1) != first);
        assert_true(neap_stream_bits(&number, 1) != first);
        assert_true(neap_stream_bits(&base, other) != first);
    }
}

static void the_parts_of_an_address_are_not_interchangeable(void **state)
{
    (void)state;
    struct neap_stream a = stream(1, 2, 3), b = stream(2, 1, 3), c = stream(1, 3, 2),
                       d = stream(3, 2, 1);
    uint64_t first = neap_stream_bits(&a, 0);
    assert_true(neap_stream_bits(&b, 0) != first);
    assert_true(neap_stream_bits(&c, 0) != first);
    assert_true(neap_stream_bits(&d, 0) != first);
}

static void numbers_stay_as_they_are(void **state)
{
    (void)state; /* a change here changes every result that users have kept */
    struct neap_stream s = stream(1, 0, 0);
    static const uint64_t kept[] = {
        UINT64_C(0x14E85382EC78C435),
        UINT64_C(0x404674D2CD6304BA),
        UINT64_C(0x522E39FED70E00DA),
    };
    for (uint64_t i = 0; i < 3; i++)
        assert_true(neap_stream_bits(&s, i) == kept[i]);
}

static int compare(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static void neighbouring_addresses_never_collide(void **state)
{
    (void)state;
    enum { SIDE = 30, COUNT = SIDE * SIDE * SIDE * SIDE };
    uint64_t *bits = malloc(COUNT * sizeof *bits);
    assert_non_null(bits);
    size_t n = 0;
    for (uint64_t seed = 0; seed < SIDE; seed++)
        for (uint64_t replication = 0; replication < SIDE; replication++)
            for (uint64_t number = 0; number < SIDE; number++) {
                struct neap_stream s = stream(seed, replication, number);
                for (uint64_t i = 0; i < SIDE; i++)
                    bits[n++] = neap_stream_bits(&s, i);
            }
    qsort(bits, n, sizeof *bits, compare);
    for (size_t i = 1; i < n; i++)
        assert_true(bits[i] != bits[i - 1]);
    free(bits);
}

/* What is varied: 0 index, 1 stream, 2 replication, 3 seed. */
static double along(int axis, uint64_t i)
{
    struct neap_stream s = stream(axis == 3 ? i : 11, axis == 2 ? i : 0, axis == 1 ? i : 0);
    return neap_stream_uniform(&s, axis == 0 ? i : 0);
}

static void uniforms_fill_evenly_along_every_axis(void **state)
{
    (void)state;
    enum { BINS = 256, COUNT = 1 << 18 };
    for (int axis = 0; axis < 4; axis++) {
        double count[BINS] = {0}, chi = 0;
        for (uint64_t i = 0; i < COUNT; i++)
            count[(int)(along(axis, i) * BINS)]++;
        for (int i = 0; i < BINS; i++)
            chi += (count[i] - COUNT / BINS) * (count[i] - COUNT / BINS) / (COUNT / BINS);
        double p = gsl_cdf_chisq_Q(chi, BINS - 1);
        assert_true(p > 1e-4 && p < 1 - 1e-4);
    }
}

static void neighbours_along_every_axis_are_independent(void **state)
{
    (void)state;
    enum { SIDE = 16, COUNT = 1 << 18 };
    for (int axis = 0; axis < 4; axis++) {
        double count[SIDE][SIDE] = {{0}}, chi = 0, product = 0, before = along(axis, 0);
        for (uint64_t i = 1; i <= COUNT; i++) {
            double u = along(axis, i);
            count[(int)(before * SIDE)][(int)(u * SIDE)]++;
            product += (before - 0.5) * (u - 0.5);
            before = u;
        }
        double expected = (double)COUNT / (SIDE * SIDE);
        for (int i = 0; i < SIDE * SIDE; i++)
            chi += (count[i / SIDE][i % SIDE] - expected) * (count[i / SIDE][i % SIDE] - expected) /
                   expected;
        double p = gsl_cdf_chisq_Q(chi, SIDE * SIDE - 1);
        assert_true(p > 1e-4 && p < 1 - 1e-4);
        assert_true(fabs(product * 12 / sqrt(COUNT)) < 4); /* correlation in standard errors */
    }
}

static void every_bit_is_set_half_the_time(void **state)
{
    (void)state;
    enum { COUNT = 1 << 16 };
    struct neap_stream s = stream(0, 0, 0);
    int set[64] = {0};
    for (uint64_t i = 0; i < COUNT; i++)
        for (int bit = 0; bit < 64; bit++)
            set[bit] += (int)(neap_stream_bits(&s, i) >> bit & 1);
    for (int bit = 0; bit < 64; bit++)
        assert_true(abs(set[bit] - COUNT / 2) < 4.5 * 128); /* sqrt(65536) / 2 = 128 */
}

static void one_bit_of_the_index_flips_half_of_the_result(void **state)
{
    (void)state;
    struct neap_stream s = stream(5, 0, 9);
    for (int bit = 0; bit < 64; bit++) {
        int flips = 0;
        for (uint64_t i = 0; i < 256; i++) {
            uint64_t x = neap_stream_bits(&s, i) ^ neap_stream_bits(&s, i ^ UINT64_C(1) << bit);
            for (; x != 0; x &= x - 1)
                flips++;
        }
        assert_true(abs(flips - 32 * 256) < 5 * 64); /* sd of 16384 fair bits = 64 */
    }
}

static void uniforms_are_open_and_symmetric(void **state)
{
    (void)state;
    struct neap_stream s = stream(3, 0, 0);
    for (uint64_t i = 0; i < 100000; i++) {
        double u = neap_stream_uniform(&s, i), grid = u * 0x1p53;
        assert_true(u > 0 && u < 1);
        assert_true(grid == floor(grid) && fmod(grid, 2) == 1);
        assert_true(1 - (1 - u) == u);
    }
}

static void a_batch_equals_single_draws(void **state)
{
    (void)state;
    struct neap_stream s = stream(3, 1, 4);
    double batch[200];
    for (size_t count = 0; count <= 200; count += 7) {
        neap_stream_uniforms(&s, 1000 + count, batch, count);
        for (size_t i = 0; i < count; i++)
            assert_true(batch[i] == neap_stream_uniform(&s, 1000 + count + i));
    }
}

static void normals_are_quantiles_of_the_uniforms(void **state)
{
    (void)state;
    struct neap_stream s = stream(9, 0, 1);
    double sum = 0, square = 0;
    enum { COUNT = 1000000 };
    for (uint64_t i = 0; i < COUNT; i++) {
        double z = neap_stream_normal(&s, i), exact;
        exact = gsl_cdf_ugaussian_Pinv(neap_stream_uniform(&s, i));
        assert_true(fabs(z - exact) <= 2e-7 * fabs(exact));
        sum += z;
        square += z * z;
    }
    assert_true(fabs(sum) < 3.5 * sqrt(COUNT));
    assert_true(fabs(square - COUNT) < 3.5 * sqrt(2.0 * COUNT));
}

static void a_reader_feeds_gsl(void **state)
{
    (void)state;
    struct neap_stream s = stream(9, 0, 1);
    struct neap_stream_reader reader;
    neap_stream_reader_init(&reader, &s, 50);
    assert_true(gsl_rng_uniform(&reader.gsl) == neap_stream_uniform(&s, 50));
    assert_true(gsl_rng_get(&reader.gsl) == neap_stream_bits(&s, 51));
    double sum = 0;
    for (int i = 0; i < 100000; i++)
        sum += gsl_ran_poisson(&reader.gsl, 30);
    assert_true(fabs(sum / 100000 - 30) < 3.5 * sqrt(30 / 1e5));
    assert_true(gsl_rng_uniform_int(&reader.gsl, 10) < 10);
}

static void gsl_seeds_keep_all_their_bits(void **state)
{
    (void)state;
    gsl_rng *a = gsl_rng_alloc(neap_stream_gsl_type()), *b = gsl_rng_alloc(neap_stream_gsl_type());
    assert_non_null(a);
    assert_non_null(b);
    gsl_rng_set(a, 1);
    gsl_rng_set(b, 1UL + (1UL << 32));
    assert_true(gsl_rng_get(a) != gsl_rng_get(b));
    gsl_rng_set(b, 1);
    gsl_rng_set(a, 1);
    assert_true(gsl_rng_get(a) == gsl_rng_get(b));
    gsl_rng_free(a);
    gsl_rng_free(b);
}

/* --- quantile tables */

static struct neap_distribution *lognormal(double mean, double cv)
{
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_named(&d, NEAP_FAMILY_LOGNORMAL, mean, cv, NULL), NEAP_OK);
    return d;
}

/* Mean and variance of what the table gives, by its own straight pieces. */
static void table_moments(const struct neap_quantile_table *table, double *mean, double *variance)
{
    double first = 0, second = 0;
    for (int i = 0; i < NEAP_TABLE_CELLS; i++) {
        double width = ldexp(1.0 / 64, i / 64 - NEAP_TABLE_OCTAVES);
        double a = (double)table->step[i], b = (double)table->step[i + 1];
        first += width * (a + b) / 2;
        second += width * (a * a + a * b + b * b) / 3;
    }
    *mean = first;
    *variance = second - first * first;
}

static void a_table_keeps_mean_and_variance(void **state)
{
    (void)state;
    static struct neap_quantile_table table;
    struct neap_distribution *d = lognormal(1, sqrt(expm1(1)));
    double mean, variance;
    neap_quantile_table_init(&table, d);
    table_moments(&table, &mean, &variance);
    near(mean, 1, 5e-4);
    near(variance, expm1(1), 5e-3);
    neap_distribution_free(d);
}

static void a_table_gives_quantiles(void **state)
{
    (void)state;
    static struct neap_quantile_table table;
    struct neap_distribution *d = lognormal(0.04, 1.2);
    neap_quantile_table_init(&table, d);
    for (double u = 0.03; u < 1; u += 0.0137)
        near(neap_quantile_table_value(&table, u), neap_distribution_quantile(d, u), 2e-3);
    for (double w = 0.02; w > 1e-11; w *= 0.37)
        near(neap_quantile_table_value(&table, 1 - w), neap_distribution_quantile(d, 1 - w), 1e-3);
    double last = 0;
    for (double u = 0x1p-53; u < 1; u += 1e-4) {
        double x = neap_quantile_table_value(&table, u);
        assert_true(x >= last && x < HUGE_VAL);
        last = x;
    }
    double highest = neap_quantile_table_value(&table, 1 - 0x1p-53);
    assert_true(highest >= last && highest < 1.01 * (double)table.step[1]);
    neap_distribution_free(d);
}

static void draws_from_a_table_follow_the_stream(void **state)
{
    (void)state;
    static struct neap_quantile_table table;
    struct neap_distribution *d = lognormal(1, 1);
    struct neap_stream s = stream(4, 0, 0);
    enum { COUNT = 1000000 };
    float *x = malloc(COUNT * sizeof *x);
    assert_non_null(x);
    neap_quantile_table_init(&table, d);
    neap_quantile_table_draw(&table, &s, 17, x, COUNT);
    double sum = 0;
    for (size_t i = 0; i < COUNT; i++)
        sum += (double)x[i];
    for (size_t i = 0; i < 1000; i++)
        assert_true((double)x[i] ==
                    neap_quantile_table_value(&table, neap_stream_uniform(&s, 17 + i)));
    assert_true(fabs(sum / COUNT - 1) < 3.5 / sqrt(COUNT) + 5e-4);
    free(x);
    neap_distribution_free(d);
}

/* --- histogram */

static struct neap_histogram *histogram(int bits)
{
    struct neap_histogram *made = NULL;
    assert_int_equal(neap_histogram_new(&made, bits, NULL), NEAP_OK);
    return made;
}

static void a_histogram_finds_quantiles_within_a_bucket(void **state)
{
    (void)state;
    struct neap_distribution *d = lognormal(0.05, 1);
    for (int bits = 4; bits <= 10; bits += 3) {
        struct neap_histogram *h = histogram(bits);
        for (int i = 0; i < 200000; i++)
            neap_histogram_add(h, neap_distribution_quantile(d, (i + 0.5) / 200000), 1);
        assert_true(neap_histogram_total(h) == 200000);
        static const double p[] = {0.01, 0.5, 0.9, 0.95, 0.99, 0.999};
        for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
            double x = neap_histogram_quantile(h, p[i]);
            near(x, neap_distribution_quantile(d, p[i]), ldexp(1, -bits));
            near(neap_histogram_share_above(h, x), 1 - p[i], 1e-6);
        }
        near(neap_histogram_mean(h), 0.05, 1e-3);
        neap_histogram_free(h);
    }
    neap_distribution_free(d);
}

static void a_histogram_is_exact_for_one_value(void **state)
{
    (void)state;
    struct neap_histogram *h = histogram(NEAP_HISTOGRAM_BITS);
    neap_histogram_add(h, 0.123, 2.5);
    assert_true(neap_histogram_quantile(h, 0.01) == 0.123);
    assert_true(neap_histogram_quantile(h, 0.99) == 0.123);
    assert_true(neap_histogram_share_above(h, 0.123) == 0);
    assert_true(neap_histogram_share_above(h, 0.1229) == 1);
    assert_true(neap_histogram_total(h) == 2.5);
    neap_histogram_free(h);
}

static void an_empty_histogram_has_no_statistics(void **state)
{
    (void)state;
    struct neap_histogram *h = histogram(NEAP_HISTOGRAM_BITS);
    neap_histogram_add(h, 5, 0);
    assert_true(neap_histogram_total(h) == 0);
    assert_true(isnan(neap_histogram_mean(h)) && isnan(neap_histogram_quantile(h, 0.5)));
    assert_true(isnan(neap_histogram_lowest(h)) && isnan(neap_histogram_highest(h)));
    assert_true(isnan(neap_histogram_share_above(h, 1)));
    neap_histogram_free(h);
}

static void values_outside_the_range_are_counted(void **state)
{
    (void)state;
    struct neap_histogram *h = histogram(NEAP_HISTOGRAM_BITS);
    neap_histogram_add(h, 0, 1);
    neap_histogram_add(h, -0.0, 1);
    neap_histogram_add(h, 1e-7, 1);
    neap_histogram_add(h, 1e-6, 3);
    neap_histogram_add(h, 1e6, 1);
    neap_histogram_add(h, 2e6, 1);
    assert_true(neap_histogram_underflow(h) == 3 && neap_histogram_overflow(h) == 1);
    assert_true(neap_histogram_total(h) == 8);
    assert_true(neap_histogram_lowest(h) == 0 && neap_histogram_highest(h) == 2e6);
    assert_true(neap_histogram_quantile(h, 0) == 0 && neap_histogram_quantile(h, 1) == 2e6);
    near(neap_histogram_quantile(h, 0.5), 1e-6, 0.01);
    neap_histogram_reset(h);
    assert_true(neap_histogram_total(h) == 0);
    neap_histogram_free(h);
}

static void merging_equals_adding(void **state)
{
    (void)state;
    struct neap_histogram *whole = histogram(7), *a = histogram(7), *b = histogram(7);
    struct neap_stream s = stream(1, 0, 0);
    for (uint64_t i = 0; i < 10000; i++) {
        double x = exp(neap_stream_normal(&s, i));
        neap_histogram_add(whole, x, 1);
        neap_histogram_add(i % 3 == 0 ? a : b, x, 1);
    }
    assert_int_equal(neap_histogram_merge(a, b, 1, NULL), NEAP_OK);
    for (double p = 0; p <= 1; p += 0.01)
        assert_true(neap_histogram_quantile(a, p) == neap_histogram_quantile(whole, p));
    near(neap_histogram_mean(a), neap_histogram_mean(whole), 1e-12);
    assert_int_equal(neap_histogram_merge(whole, a, 0.5, NULL), NEAP_OK);
    assert_true(neap_histogram_total(whole) == 15000);
    neap_histogram_free(whole);
    neap_histogram_free(a);
    neap_histogram_free(b);
}

static void unlike_histograms_do_not_merge(void **state)
{
    (void)state;
    struct neap_histogram *a = histogram(7), *b = histogram(6);
    struct neap_error error;
    assert_int_equal(neap_histogram_merge(a, b, 1, &error), NEAP_BAD_ARGUMENT);
    assert_non_null(strstr(error.message, "cannot be merged"));
    assert_int_equal(neap_histogram_merge(a, a, -1, &error), NEAP_BAD_ARGUMENT);
    struct neap_histogram *none = NULL;
    assert_int_equal(neap_histogram_new(&none, 13, &error), NEAP_BAD_ARGUMENT);
    assert_null(none);
    neap_histogram_free(a);
    neap_histogram_free(b);
    neap_histogram_free(NULL);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variate_depends_on_its_address_only),
        cmocka_unit_test(all_bits_of_an_address_count),
        cmocka_unit_test(the_parts_of_an_address_are_not_interchangeable),
        cmocka_unit_test(numbers_stay_as_they_are),
        cmocka_unit_test(neighbouring_addresses_never_collide),
        cmocka_unit_test(uniforms_fill_evenly_along_every_axis),
        cmocka_unit_test(neighbours_along_every_axis_are_independent),
        cmocka_unit_test(every_bit_is_set_half_the_time),
        cmocka_unit_test(one_bit_of_the_index_flips_half_of_the_result),
        cmocka_unit_test(uniforms_are_open_and_symmetric),
        cmocka_unit_test(a_batch_equals_single_draws),
        cmocka_unit_test(normals_are_quantiles_of_the_uniforms),
        cmocka_unit_test(a_reader_feeds_gsl),
        cmocka_unit_test(gsl_seeds_keep_all_their_bits),
        cmocka_unit_test(a_table_keeps_mean_and_variance),
        cmocka_unit_test(a_table_gives_quantiles),
        cmocka_unit_test(draws_from_a_table_follow_the_stream),
        cmocka_unit_test(a_histogram_finds_quantiles_within_a_bucket),
        cmocka_unit_test(a_histogram_is_exact_for_one_value),
        cmocka_unit_test(an_empty_histogram_has_no_statistics),
        cmocka_unit_test(values_outside_the_range_are_counted),
        cmocka_unit_test(merging_equals_adding),
        cmocka_unit_test(unlike_histograms_do_not_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

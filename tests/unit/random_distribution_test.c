/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Distributions: moments, tails, inverses, fits against the oracle table, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>

#include <neap/random.h>

static void near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        print_error("got %.17g, want %.17g\n", got, want);
    assert_true(fabs(got - want) <= relative * fabs(want));
}

static struct neap_distribution *named(enum neap_family family, double mean, double cv)
{
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_named(&d, family, mean, cv, NULL), NEAP_OK);
    return d;
}

/* One of each family, scaled ones too; the caller frees them. */
enum { SPECIMENS = 16 };
static void make_specimens(struct neap_distribution *d[SPECIMENS])
{
    static const double p[] = {0.5, 0.9, 0.95, 0.99};
    static const double q[] = {0.11, 0.24, 0.34, 0.9};
    static const double sample[] = {0.3, 0.1, 0.2, 0.22, 0.7, 0.25, 0.12};
    d[0] = named(NEAP_FAMILY_EXPONENTIAL, 0.04, 1);
    d[1] = named(NEAP_FAMILY_GAMMA, 0.04, 0.5);
    d[2] = named(NEAP_FAMILY_GAMMA, 2, 3);
    d[3] = named(NEAP_FAMILY_GAMMA, 0.04, 0.02);
    d[4] = named(NEAP_FAMILY_LOGNORMAL, 0.04, 1.2);
    d[5] = named(NEAP_FAMILY_LOGNORMAL, 0.04, 0.001);
    d[6] = named(NEAP_FAMILY_LOGNORMAL, 1, 20);
    d[7] = named(NEAP_FAMILY_WEIBULL, 0.04, 0.3);
    d[8] = named(NEAP_FAMILY_WEIBULL, 3, 4);
    d[9] = named(NEAP_FAMILY_WEIBULL, 3, 0.01);
    assert_int_equal(neap_distribution_quantiles(&d[10], p, q, 4, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_quantiles(&d[11], p, q, 2, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_samples(&d[12], sample, 7, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_scale(&d[13], d[10], 0.8, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_scale(&d[14], d[12], 1 / 1.25, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_scale(&d[15], d[2], 3, NULL), NEAP_OK);
}

static void free_specimens(struct neap_distribution *d[SPECIMENS])
{
    for (size_t i = 0; i < SPECIMENS; i++)
        neap_distribution_free(d[i]);
}

/* --- moments */

static void closed_form_moments_hold(void **state)
{
    (void)state;
    struct neap_distribution *d = named(NEAP_FAMILY_EXPONENTIAL, 0.04, 1);
    near(neap_distribution_moment(d, 1), 0.04, 0);
    near(neap_distribution_moment(d, 2), 2 * 0.04 * 0.04, 1e-14);
    near(neap_distribution_moment(d, 3), 6 * 0.04 * 0.04 * 0.04, 1e-14);
    neap_distribution_free(d);

    d = named(NEAP_FAMILY_LOGNORMAL, 0.04, 1.2);
    near(neap_distribution_scv(d), 1.44, 1e-15);
    near(neap_distribution_third_ratio(d), pow(2.44, 3), 1e-14);
    near(neap_distribution_quantile(d, 0.5), 0.04 / sqrt(2.44), 1e-14);
    neap_distribution_free(d);

    d = named(NEAP_FAMILY_GAMMA, 0.04, 0.5); /* shape 4 */
    near(neap_distribution_moment(d, 2), 0.01 * 0.01 * 4 * 5, 1e-14);
    near(neap_distribution_moment(d, 3), 1e-6 * 4 * 5 * 6, 1e-14);
    near(neap_distribution_moment(d, 0), 1, 0);
    assert_true(isnan(neap_distribution_moment(d, 4)));
    neap_distribution_free(d);

    d = named(NEAP_FAMILY_WEIBULL, 0.06, sqrt(5)); /* shape 1/2: E[X^k] = scale^k (2k)! */
    near(neap_distribution_third_ratio(d), 90, 1e-11);
    near(neap_distribution_tail(d, 0.03), exp(-1), 1e-11);
    neap_distribution_free(d);
}

/* E[X^k] as an integral of the quantile over the tail's logarithm on both sides. */
static double integrated_moment(const struct neap_distribution *d, int k)
{
    enum { STEPS = 60000 };
    double sum = 0, width = 300.0 / STEPS;
    for (int i = 0; i < STEPS; i++) {
        double w = 0.5 * exp(-(i + 0.5) * width);
        sum += w * (pow(neap_distribution_quantile(d, w), k) +
                    pow(neap_distribution_quantile_upper(d, w), k));
    }
    return sum * width;
}

static void moments_are_those_of_the_quantiles(void **state)
{
    (void)state;
    struct neap_distribution *d[SPECIMENS];
    make_specimens(d);
    for (size_t i = 0; i < SPECIMENS; i++) {
        if (neap_distribution_family(d[i]) == NEAP_FAMILY_SAMPLES || i == 6)
            continue; /* moments of the sample itself; beyond the reach of the integral */
        for (int k = 1; k <= 3; k++)
            near(neap_distribution_moment(d[i], k), integrated_moment(d[i], k), 2e-5);
    }
    free_specimens(d);
}

static void samples_keep_their_own_moments(void **state)
{
    (void)state;
    static const double sample[] = {4, 1, 1, 2};
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_samples(&d, sample, 4, NULL), NEAP_OK);
    near(neap_distribution_mean(d), 2, 1e-15);
    near(neap_distribution_moment(d, 2), 22 / 4.0, 1e-15);
    near(neap_distribution_moment(d, 3), 74 / 4.0, 1e-15);
    near(neap_distribution_scv(d), 1.5 / 4, 1e-15);
    neap_distribution_free(d);
}

static void samples_have_quantiles_of_type_7(void **state)
{
    (void)state;
    static const double sample[] = {4, 1, 3, 2, 10};
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_samples(&d, sample, 5, NULL), NEAP_OK);
    near(neap_distribution_quantile(d, 0), 1, 0);
    near(neap_distribution_quantile(d, 0.25), 2, 0);
    near(neap_distribution_quantile(d, 0.6), 3.4, 1e-14);
    near(neap_distribution_quantile(d, 0.9), 7.6, 1e-14);
    near(neap_distribution_quantile(d, 1), 10, 0);
    near(neap_distribution_cdf(d, 7), 0.875, 1e-15);
    near(neap_distribution_tail(d, 7), 0.125, 1e-15);
    near(neap_distribution_cdf(d, 0.5), 0, 0);
    near(neap_distribution_tail(d, 10), 0, 0);
    neap_distribution_free(d);
}

static void equal_samples_are_a_step(void **state)
{
    (void)state;
    static const double sample[] = {1, 2, 2, 2, 3};
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_samples(&d, sample, 5, NULL), NEAP_OK);
    near(neap_distribution_cdf(d, 2), 0.75, 0);
    near(neap_distribution_tail(d, 2), 0.25, 0);
    near(neap_distribution_cdf(d, 1.5), 0.125, 0);
    near(neap_distribution_quantile(d, 0.5), 2, 0);
    neap_distribution_free(d);
}

/* --- inverses and tails */

static void quantile_inverts_cdf_and_tail(void **state)
{
    (void)state;
    struct neap_distribution *d[SPECIMENS];
    make_specimens(d);
    for (size_t i = 0; i < SPECIMENS; i++)
        for (double p = 1e-3; p < 0.5; p *= 1.37) {
            double low = neap_distribution_quantile(d[i], p);
            double high = neap_distribution_quantile_upper(d[i], p);
            near(neap_distribution_cdf(d[i], low), p, 2e-10);
            near(neap_distribution_tail(d[i], high), p, 2e-10);
            near(neap_distribution_tail(d[i], low), 1 - p, 2e-10);
            near(neap_distribution_cdf(d[i], high), 1 - p, 2e-10);
            near(neap_distribution_quantile(d[i], neap_distribution_cdf(d[i], low)), low, 1e-9);
        }
    free_specimens(d);
}

static void far_tails_are_finite_and_inverted(void **state)
{
    (void)state;
    struct neap_distribution *d[SPECIMENS];
    make_specimens(d);
    for (size_t i = 0; i < SPECIMENS; i++) {
        double last = HUGE_VAL;
        for (double w = 1e-280; w < 1e-3; w *= 1e7) {
            double x = neap_distribution_quantile_upper(d[i], w);
            assert_true(x < HUGE_VAL && x <= last);
            if (neap_distribution_family(d[i]) != NEAP_FAMILY_SAMPLES)
                near(log(neap_distribution_tail(d[i], x)), log(w), 1e-9);
            last = x;
        }
        for (double u = 1e-280; u < 1e-3; u *= 1e7)
            assert_true(neap_distribution_quantile(d[i], u) >= 0);
        assert_true(neap_distribution_quantile(d[i], 1 - 0x1p-53) < HUGE_VAL);
    }
    free_specimens(d);
}

static void ends_of_the_support_are_where_they_belong(void **state)
{
    (void)state;
    struct neap_distribution *d[SPECIMENS];
    make_specimens(d);
    for (size_t i = 0; i < SPECIMENS; i++) {
        near(neap_distribution_cdf(d[i], -1), 0, 0);
        near(neap_distribution_tail(d[i], -1), 1, 0);
        near(neap_distribution_cdf(d[i], 0), 0, 0);
        near(neap_distribution_cdf(d[i], HUGE_VAL), 1, 0);
        near(neap_distribution_tail(d[i], HUGE_VAL), 0, 0);
        near(neap_distribution_cdf(d[i], 1e300), 1, 0);
        assert_true(isnan(neap_distribution_cdf(d[i], (double)NAN)));
        assert_true(isnan(neap_distribution_quantile(d[i], (double)NAN)));
        if (neap_distribution_family(d[i]) != NEAP_FAMILY_SAMPLES) {
            near(neap_distribution_quantile(d[i], 0), 0, 0);
            assert_true(neap_distribution_quantile(d[i], 1) == HUGE_VAL);
        }
    }
    free_specimens(d);
}

static void gamma_quantiles_match_gsl(void **state)
{
    (void)state;
    static const double shape[] = {0.5, 1, 2.5, 10, 400};
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        struct neap_distribution *d = named(NEAP_FAMILY_GAMMA, shape[i], 1 / sqrt(shape[i]));
        for (double u = 0.001; u < 1; u += 0.0173)
            near(neap_distribution_quantile(d, u), gsl_cdf_gamma_Pinv(u, shape[i], 1), 1e-9);
        neap_distribution_free(d);
    }
}

static int raised; /* by GSL */
static void count_raised(const char *reason, const char *file, int line, int code)
{
    (void)reason, (void)file, (void)line, (void)code;
    raised++;
}

static void nothing_ordinary_raises_a_gsl_error(void **state)
{
    (void)state;
    static const double cv[] = {0.01, 0.02, 0.05, 0.1, 0.3, 1, 2, 5, 10, 30, 50};
    gsl_error_handler_t *before = gsl_set_error_handler(count_raised);
    raised = 0;
    for (size_t i = 0; i < sizeof cv / sizeof *cv; i++)
        for (enum neap_family f = NEAP_FAMILY_GAMMA; f <= NEAP_FAMILY_WEIBULL; f++) {
            struct neap_distribution *d = named(f, 0.05, cv[i]);
            for (double w = 1e-300; w < 1; w *= 1.7) {
                double x = neap_distribution_quantile_upper(d, w);
                assert_true(x >= 0 && x < HUGE_VAL);
                x = neap_distribution_quantile(d, w);
                assert_true(x >= 0 && x < HUGE_VAL);
            }
            for (double x = 1e-300; x < 1e300; x *= 1.9) {
                double below = neap_distribution_cdf(d, x), above = neap_distribution_tail(d, x);
                assert_true(fabs(below + above - 1) < 1e-9);
            }
            neap_distribution_free(d);
        }
    gsl_set_error_handler(before);
    assert_int_equal(raised, 0);
}

static void draws_follow_their_distribution(void **state)
{
    (void)state; /* Kolmogorov's distance at a fixed seed: 1.95 / sqrt(n) is passed by 99.9 % */
    enum { COUNT = 20000 };
    struct neap_distribution *d[SPECIMENS];
    make_specimens(d);
    for (size_t i = 0; i < SPECIMENS; i++) {
        struct neap_stream stream;
        neap_stream_init(&stream, 2, 0, i);
        static int below[COUNT + 1];
        memset(below, 0, sizeof below);
        for (uint64_t k = 0; k < COUNT; k++) {
            double x = neap_distribution_quantile(d[i], neap_stream_uniform(&stream, k));
            below[(int)(neap_distribution_cdf(d[i], x) * COUNT)]++;
        }
        double distance = 0;
        for (int k = 0, sum = 0; k < COUNT; k++) {
            sum += below[k];
            distance = fmax(distance, fabs((double)(sum - k - 1) / COUNT));
        }
        assert_true(distance < 1.95 / sqrt(COUNT));
    }
    free_specimens(d);
}

/* --- scaling */

static void a_factor_of_one_changes_no_bit(void **state)
{
    (void)state;
    struct neap_distribution *d[SPECIMENS];
    make_specimens(d);
    for (size_t i = 0; i < SPECIMENS; i++) {
        struct neap_distribution *same = NULL;
        assert_int_equal(neap_distribution_scale(&same, d[i], 1, NULL), NEAP_OK);
        for (double u = 0.003; u < 1; u += 0.01) {
            double x = neap_distribution_quantile(d[i], u);
            assert_true(neap_distribution_quantile(same, u) == x);
            assert_true(neap_distribution_cdf(same, x) == neap_distribution_cdf(d[i], x));
        }
        for (int k = 1; k <= 3; k++)
            assert_true(neap_distribution_moment(same, k) == neap_distribution_moment(d[i], k));
        neap_distribution_free(same);
    }
    free_specimens(d);
}

static void scaling_scales_everything(void **state)
{
    (void)state;
    struct neap_distribution *d[SPECIMENS];
    make_specimens(d);
    for (size_t i = 0; i < SPECIMENS; i++) {
        struct neap_distribution *half = NULL;
        assert_int_equal(neap_distribution_scale(&half, d[i], 0.7, NULL), NEAP_OK);
        assert_true(neap_distribution_mean(half) == 0.7 * neap_distribution_mean(d[i]) || i > 12);
        near(neap_distribution_mean(half), 0.7 * neap_distribution_mean(d[i]), 1e-15);
        near(neap_distribution_moment(half, 3), 0.343 * neap_distribution_moment(d[i], 3), 1e-14);
        near(neap_distribution_scv(half), neap_distribution_scv(d[i]), 0);
        for (double u = 0.01; u < 1; u += 0.02) {
            double x = neap_distribution_quantile(d[i], u);
            near(neap_distribution_quantile(half, u), 0.7 * x, 1e-15);
            near(neap_distribution_tail(half, 0.7 * x), 1 - u, 1e-10);
        }
        neap_distribution_free(half);
    }
    free_specimens(d);
}

static void a_scaled_copy_outlives_its_base(void **state)
{
    (void)state;
    static const double sample[] = {1, 2, 3};
    struct neap_distribution *base = NULL, *twice = NULL;
    assert_int_equal(neap_distribution_samples(&base, sample, 3, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_scale(&twice, base, 2, NULL), NEAP_OK);
    neap_distribution_free(base);
    near(neap_distribution_quantile(twice, 0.5), 4, 0);
    neap_distribution_free(twice);
}

/* --- constants */

static void a_constant_is_where_it_is(void **state)
{
    (void)state;
    struct neap_distribution *d = NULL, *scaled = NULL;
    assert_int_equal(neap_distribution_constant(&d, 0.04, NULL), NEAP_OK);
    near(neap_distribution_cdf(d, 0.04), 1, 0);
    near(neap_distribution_tail(d, 0.04), 0, 0);
    near(neap_distribution_cdf(d, 0.0399999), 0, 0);
    near(neap_distribution_quantile(d, 0), 0.04, 0);
    near(neap_distribution_quantile(d, 1), 0.04, 0);
    near(neap_distribution_scv(d), 0, 0);
    near(neap_distribution_third_ratio(d), 1, 0);
    for (double factor = 0.1; factor < 3; factor += 0.0137) {
        assert_int_equal(neap_distribution_scale(&scaled, d, factor, NULL), NEAP_OK);
        double x = neap_distribution_quantile(scaled, 0.3);
        near(neap_distribution_cdf(scaled, x), 1, 0);
        near(neap_distribution_cdf(scaled, x * (1 - 1e-15)), 0, 0);
        neap_distribution_free(scaled);
    }
    neap_distribution_free(d);
}

static void zero_is_a_constant(void **state)
{
    (void)state;
    struct neap_distribution *d = NULL, *scaled = NULL;
    static const double none[] = {0, 0, 0};
    assert_int_equal(neap_distribution_samples(&d, none, 3, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_CONSTANT);
    assert_int_equal(neap_distribution_scale(&scaled, d, 0.5, NULL), NEAP_OK);
    near(neap_distribution_mean(scaled), 0, 0);
    near(neap_distribution_moment(scaled, 3), 0, 0);
    near(neap_distribution_scv(scaled), 0, 0);
    near(neap_distribution_cdf(scaled, 0), 1, 0);
    near(neap_distribution_tail(scaled, 0), 0, 0);
    near(neap_distribution_cdf(scaled, -1e-300), 0, 0);
    near(neap_distribution_quantile(scaled, 0.5), 0, 0);
    neap_distribution_free(d);
    neap_distribution_free(scaled);
}

static void no_variation_is_a_constant(void **state)
{
    (void)state;
    for (enum neap_family f = NEAP_FAMILY_CONSTANT; f <= NEAP_FAMILY_WEIBULL; f++) {
        if (f == NEAP_FAMILY_EXPONENTIAL)
            continue;
        struct neap_distribution *d = named(f, 0.04, 0);
        assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_CONSTANT);
        neap_distribution_free(d);
    }
    static const double p[] = {0.5, 0.9, 0.99}, q[] = {2, 2, 2};
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_quantiles(&d, p, q, 3, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_CONSTANT);
    neap_distribution_free(d);
}

/* --- quantiles */

static void the_curve_goes_through_its_points(void **state)
{
    (void)state;
    static const double p[] = {0.1, 0.5, 0.9, 0.95, 0.99, 0.999};
    static const double q[] = {0.011, 0.018, 0.095, 0.1, 0.75, 0.76};
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_quantiles(&d, p, q, 6, NULL), NEAP_OK);
    for (size_t i = 0; i < 6; i++) {
        near(neap_distribution_quantile(d, p[i]), q[i], 1e-13);
        near(neap_distribution_cdf(d, q[i]), p[i], 1e-13);
    }
    double last = 0;
    for (double u = 1e-4; u < 1; u += 1e-4) {
        double x = neap_distribution_quantile(d, u);
        assert_true(x > last); /* monotone: no wiggle between the points */
        last = x;
    }
    neap_distribution_free(d);
}

static void equal_points_are_merged(void **state)
{
    (void)state;
    static const double p[] = {0.5, 0.9, 0.95, 0.99}, q[] = {1, 2, 2, 5};
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_quantiles(&d, p, q, 4, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_QUANTILES);
    double at = neap_distribution_cdf(d, 2);
    assert_true(at > 0.9 && at < 0.95);
    neap_distribution_free(d);
    assert_int_equal(neap_distribution_quantiles(&d, p + 1, q + 1, 3, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_family(d), NEAP_FAMILY_LOGNORMAL);
    near(neap_distribution_quantile(d, 0.99), 5, 1e-13);
    neap_distribution_free(d);
}

static void points_a_hair_apart_count_as_equal(void **state)
{
    (void)state;
    static const double p[] = {0.5, 0.9, 0.99};
    const double q[] = {100, nextafter(100, 200), nextafter(nextafter(100, 200), 200)};
    struct neap_distribution *d = NULL;
    assert_int_equal(neap_distribution_quantiles(&d, p, q, 3, NULL), NEAP_OK);
    assert_true(neap_distribution_scv(d) >= 0 && neap_distribution_scv(d) < 1e-20);
    near(neap_distribution_mean(d), 100, 1e-14);
    assert_true(neap_distribution_cdf(d, 99) < 1e-10 && neap_distribution_tail(d, 101) < 1e-10);
    neap_distribution_free(d);
    assert_int_equal(neap_distribution_lognormal_fit(&d, p, q, 3, NULL), NEAP_OK);
    near(neap_distribution_quantile(d, 0.5), 100, 1e-14);
    neap_distribution_free(d);
}

/* --- the oracle */

static FILE *open_oracle(void)
{
    static const char *const folders[] = {"data/tables/oracle", "../shared/tables/oracle"};
    const char *top = getenv("top_srcdir");
    for (size_t i = 0; i < 2; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s/oracle_fit.csv", top != NULL ? top : ".", folders[i]);
        FILE *file = fopen(path, "r");
        if (file != NULL)
            return file;
    }
    return NULL;
}

/* "p50=0.1;p95=2" or "p0.5=0.1;p0.95=2" */
static size_t read_points(const char *text, double p[], double q[])
{
    size_t count = 0;
    while (*text == 'p') {
        char *end;
        p[count] = strtod(text + 1, &end);
        if (p[count] >= 1)
            p[count] /= 100;
        q[count++] = strtod(end + 1, &end);
        text = *end == ';' ? end + 1 : end;
        if (strncmp(text, "tails", 5) == 0)
            break;
    }
    return count;
}

static double sum_of_squares(const struct neap_distribution *d, const double p[], const double q[],
                             size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += pow(log(neap_distribution_quantile(d, p[i]) / q[i]), 2);
    return sum;
}

static double quantity_of(const struct neap_distribution *d, const char *quantity)
{
    double median = neap_distribution_quantile(d, 0.5);
    if (strcmp(quantity, "mean") == 0)
        return neap_distribution_mean(d);
    if (strcmp(quantity, "scv") == 0)
        return neap_distribution_scv(d);
    if (strcmp(quantity, "mu") == 0)
        return log(median);
    if (strcmp(quantity, "sigma") == 0)
        return log(neap_distribution_quantile(d, gsl_cdf_ugaussian_P(1)) / median);
    if (strcmp(quantity, "p99") == 0)
        return neap_distribution_quantile(d, 0.99);
    assert_true(strncmp(quantity, "quantile_p", 10) == 0);
    return neap_distribution_quantile(d, strtod(quantity + 10, NULL));
}

/* Checks one row; false when its kind is none of ours. */
static bool check_oracle_row(char *line)
{
    char *field[6] = {0};
    size_t fields = 0;
    for (char *next = strtok(line, ","); next != NULL && fields < 6; next = strtok(NULL, ","))
        field[fields++] = next;
    bool line_fit = fields == 6 && strcmp(field[1], "lognormal_ls_logq") == 0;
    if (fields < 6 || !(line_fit || strcmp(field[1], "lognormal_2pct") == 0 ||
                        strcmp(field[1], "steffen_z_lnq") == 0))
        return false;
    double p[16], q[16];
    size_t count = read_points(field[2], p, q);
    struct neap_distribution *d = NULL;
    assert_int_equal(line_fit ? neap_distribution_lognormal_fit(&d, p, q, count, NULL)
                              : neap_distribution_quantiles(&d, p, q, count, NULL),
                     NEAP_OK);
    double got =
        strcmp(field[3], "sse") == 0 ? sum_of_squares(d, p, q, count) : quantity_of(d, field[3]);
    near(got, strtod(field[4], NULL), strtod(field[5], NULL));
    neap_distribution_free(d);
    return true;
}

static void fits_match_the_oracle(void **state)
{
    (void)state;
    FILE *file = open_oracle();
    if (file == NULL)
        skip();
    char line[1024];
    int checked = 0;
    while (fgets(line, sizeof line, file) != NULL)
        checked += check_oracle_row(line);
    fclose(file);
    assert_int_equal(checked, 44);
}

/* --- what people read */

static void assert_described(struct neap_distribution *d, const char *expected)
{
    char text[NEAP_TEXT_SIZE];
    neap_distribution_describe(d, text, sizeof text);
    assert_string_equal(text, expected);
    assert_int_equal(neap_distribution_describe(d, NULL, 0), strlen(expected));
    neap_distribution_free(d);
}

static void descriptions_are_for_people(void **state)
{
    (void)state;
    static const double p[] = {0.5, 0.9, 0.999}, q[] = {0.018, 0.06, 1.4};
    struct neap_distribution *d = NULL;
    assert_described(named(NEAP_FAMILY_LOGNORMAL, 0.04, 1), "lognormal, mean 40 ms, cv 1");
    assert_described(named(NEAP_FAMILY_WEIBULL, 1.5, 0.5), "weibull, mean 1.5 s, cv 0.5");
    assert_described(named(NEAP_FAMILY_CONSTANT, 2.5e-4, 0), "constant, 250 us");
    assert_int_equal(neap_distribution_constant(&d, 0, NULL), NEAP_OK);
    assert_described(d, "none");
    assert_int_equal(neap_distribution_samples(&d, q, 3, NULL), NEAP_OK);
    assert_described(d, "samples (3), mean 492.7 ms, cv 1.303");
    assert_int_equal(neap_distribution_quantiles(&d, p, q, 3, NULL), NEAP_OK);
    assert_described(d, "percentiles p50 18 ms, p90 60 ms, p99.9 1.4 s, mean 35.83 ms, cv 3.555");
}

static void families_are_found_by_name(void **state)
{
    (void)state;
    enum neap_family family = NEAP_FAMILY_SAMPLES;
    assert_true(neap_family_find("weibull", &family));
    assert_int_equal(family, NEAP_FAMILY_WEIBULL);
    assert_string_equal(neap_family_name(family), "weibull");
    assert_false(neap_family_find("samples", &family));
    assert_false(neap_family_find("Weibull", &family));
    assert_int_equal(family, NEAP_FAMILY_WEIBULL);
}

/* --- refused */

static struct neap_distribution *untouched; /* must stay NULL */

static void assert_refused(enum neap_status status, const struct neap_error *error,
                           const char *part)
{
    assert_int_equal(status, NEAP_BAD_ARGUMENT);
    assert_int_equal(error->status, NEAP_BAD_ARGUMENT);
    assert_null(untouched);
    if (strstr(error->message, part) == NULL)
        print_error("\"%s\" lacks \"%s\"\n", error->message, part);
    assert_non_null(strstr(error->message, part));
}

static void impossible_means_and_cvs_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum neap_family family;
        double mean, cv;
        const char *part;
    } rows[] = {
        {NEAP_FAMILY_LOGNORMAL, 0, 1, "mean 0 is outside"},
        {NEAP_FAMILY_LOGNORMAL, -1, 1, "mean -1 is outside"},
        {NEAP_FAMILY_LOGNORMAL, HUGE_VAL, 1, "mean inf is outside"},
        {NEAP_FAMILY_LOGNORMAL, 1, -0.5, "cv -0.5 is outside"},
        {NEAP_FAMILY_LOGNORMAL, 1, 51, "cv 51 is outside"},
        {NEAP_FAMILY_GAMMA, 1, 0.005, "0.01 .. 50 for family gamma"},
        {NEAP_FAMILY_EXPONENTIAL, 1, 2, "its cv is 1"},
        {NEAP_FAMILY_EXPONENTIAL, 1, 0, "its cv is 1"},
        {NEAP_FAMILY_CONSTANT, 1, 1, "its cv is 0"},
        {NEAP_FAMILY_SAMPLES, 1, 1, "do not define a distribution by samples"},
    };
    struct neap_error error;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(
            neap_distribution_named(&untouched, rows[i].family, rows[i].mean, rows[i].cv, &error),
            &error, rows[i].part);
    assert_refused(neap_distribution_named(&untouched, NEAP_FAMILY_WEIBULL, 1, (double)NAN, &error),
                   &error, "cv nan is outside");
    assert_refused(neap_distribution_constant(&untouched, -1, &error), &error, "constant -1");
}

static void impossible_quantiles_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        double p[3], q[3];
        const char *part;
    } rows[] = {
        {1, {0.5}, {1}, "1 quantiles, expected 2"},
        {2, {0.5, 1}, {1, 2}, "probability 1 is out of place"},
        {2, {0, 0.5}, {1, 2}, "probability 0 is out of place"},
        {2, {0.9, 0.5}, {1, 2}, "probability 0.5 is out of place"},
        {2, {0.5, 0.5}, {1, 2}, "probability 0.5 is out of place"},
        {2, {0.5, 0.9}, {0, 2}, "the quantile at 0.5 is 0"},
        {2, {0.5, 0.9}, {2, 1}, "the quantile at 0.9 is 1, less than the one at 0.5, 2"},
        {3, {0.5, 0.99, 0.999}, {0.001, 0.002, 4}, "rise so steeply"},
        {2, {0.5, 0.51}, {0.001, 10}, "rise so steeply"},
    };
    struct neap_error error;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_refused(
            neap_distribution_quantiles(&untouched, rows[i].p, rows[i].q, rows[i].count, &error),
            &error, rows[i].part);
    assert_refused(neap_distribution_lognormal_fit(&untouched, rows[8].p, rows[8].q, 2, &error),
                   &error, "rise so steeply");
}

static void impossible_samples_and_factors_are_refused(void **state)
{
    (void)state;
    struct neap_error error;
    static const double negative[] = {1, -2}, huge[] = {1e200, 1e308, 1e308};
    assert_refused(neap_distribution_samples(&untouched, negative, 0, &error), &error,
                   "no samples");
    assert_refused(neap_distribution_samples(&untouched, negative, 2, &error), &error,
                   "sample 2 is -2");
    assert_refused(neap_distribution_samples(&untouched, huge, 3, &error), &error, "too large");
    struct neap_distribution *d = named(NEAP_FAMILY_LOGNORMAL, 1, 1);
    assert_refused(neap_distribution_scale(&untouched, d, 0, &error), &error, "factor 0");
    assert_refused(neap_distribution_scale(&untouched, d, -1, &error), &error, "factor -1");
    assert_refused(neap_distribution_scale(&untouched, d, HUGE_VAL, &error), &error, "factor inf");
    assert_int_equal(neap_distribution_scale(&untouched, d, 0, NULL), NEAP_BAD_ARGUMENT);
    struct neap_distribution *small = NULL;
    assert_int_equal(neap_distribution_scale(&small, d, 1e-200, NULL), NEAP_OK);
    assert_refused(neap_distribution_scale(&untouched, small, 1e-200, &error), &error,
                   "factor 1e-200");
    neap_distribution_free(small);
    neap_distribution_free(d);
    neap_distribution_free(NULL);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_form_moments_hold),
        cmocka_unit_test(moments_are_those_of_the_quantiles),
        cmocka_unit_test(samples_keep_their_own_moments),
        cmocka_unit_test(samples_have_quantiles_of_type_7),
        cmocka_unit_test(equal_samples_are_a_step),
        cmocka_unit_test(quantile_inverts_cdf_and_tail),
        cmocka_unit_test(far_tails_are_finite_and_inverted),
        cmocka_unit_test(ends_of_the_support_are_where_they_belong),
        cmocka_unit_test(gamma_quantiles_match_gsl),
        cmocka_unit_test(nothing_ordinary_raises_a_gsl_error),
        cmocka_unit_test(draws_follow_their_distribution),
        cmocka_unit_test(a_factor_of_one_changes_no_bit),
        cmocka_unit_test(scaling_scales_everything),
        cmocka_unit_test(a_scaled_copy_outlives_its_base),
        cmocka_unit_test(a_constant_is_where_it_is),
        cmocka_unit_test(zero_is_a_constant),
        cmocka_unit_test(no_variation_is_a_constant),
        cmocka_unit_test(the_curve_goes_through_its_points),
        cmocka_unit_test(equal_points_are_merged),
        cmocka_unit_test(points_a_hair_apart_count_as_equal),
        cmocka_unit_test(fits_match_the_oracle),
        cmocka_unit_test(descriptions_are_for_people),
        cmocka_unit_test(families_are_found_by_name),
        cmocka_unit_test(impossible_means_and_cvs_are_refused),
        cmocka_unit_test(impossible_quantiles_are_refused),
        cmocka_unit_test(impossible_samples_and_factors_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Distributions from what monitoring exports: buckets, and tables of percentiles with ties and a
 * maximum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <neap.h>

static void close_to(double found, double wanted, double within_share)
{
    if (!(fabs(found - wanted) <= within_share * fabs(wanted)))
        fail_msg("%.12g is not within %g of %.12g", found, within_share, wanted);
}

static enum neap_status from_text(struct neap_distribution **law, const char *more,
                                  const char *content, struct neap_error *error)
{
    char path[] = "/tmp/neap-buckets-XXXXXX", text[NEAP_TEXT_SIZE];
    int descriptor = mkstemp(path);
    FILE *stream = fdopen(descriptor, "w");
    assert_non_null(stream);
    fputs(content, stream);
    assert_int_equal(fclose(stream), 0);
    snprintf(text, sizeof text, "buckets=%s%s", path, more);
    enum neap_status status = neap_profile_read_distribution(law, text, NULL, error);
    unlink(path);
    return status;
}

static void refused(const char *content, const char *part)
{
    struct neap_distribution *law = NULL;
    struct neap_error error = {0};
    assert_int_not_equal(from_text(&law, "", content, &error), NEAP_OK);
    assert_null(law);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
}

/* --- buckets ---------------------------------------------------------------------------------------- */

/* Counts of a law in the default buckets of Prometheus' clients. */
static void counts_of(char text[2048], enum neap_family family, double mean_s, double cv)
{
    static const double bound[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    struct neap_distribution *law = NULL;
    assert_int_equal(neap_distribution_named(&law, family, mean_s, cv, NULL), NEAP_OK);
    strcpy(text, "le,count\n");
    for (size_t i = 0; i < sizeof bound / sizeof bound[0]; i++)
        snprintf(text + strlen(text), 2048 - strlen(text), "%g,%.0f\n", bound[i],
                 1e9 * neap_distribution_cdf(law, bound[i]));
    strcat(text, "+Inf,1000000000\n");
    neap_distribution_free(law);
}

static void test_a_family_comes_back_from_its_buckets(void **state)
{
    static const enum neap_family family[] = {NEAP_FAMILY_LOGNORMAL, NEAP_FAMILY_GAMMA,
                                              NEAP_FAMILY_WEIBULL};
    static const double mean_s[] = {0.02, 0.12}, cv[] = {0.5, 1.4};
    (void)state;
    for (size_t f = 0; f < 3; f++)
        for (size_t i = 0; i < 4; i++) {
            char text[2048];
            struct neap_distribution *law = NULL;
            counts_of(text, family[f], mean_s[i / 2], cv[i % 2]);
            assert_int_equal(from_text(&law, "", text, NULL), NEAP_OK);
            assert_int_equal(neap_distribution_family(law), family[f]);
            close_to(neap_distribution_mean(law), mean_s[i / 2], 1e-3);
            close_to(sqrt(neap_distribution_scv(law)), cv[i % 2], 5e-3);
            neap_distribution_free(law);
        }
}

/* Trap 22: a percentile read off the buckets lies on a straight line within one, begins at 0 and
 * ends at the last finite bound; the fit must not follow it there. */
static void test_trap_22_percentiles_of_buckets_are_not_the_laws(void **state)
{
    const double bound[] = {0.1, 0.5, 1, (double)INFINITY}, cumulative[] = {50, 90, 99, 100};
    (void)state;
    close_to(neap_buckets_quantile(bound, cumulative, 4, 0.25), 0.05, 1e-12);
    close_to(neap_buckets_quantile(bound, cumulative, 4, 0.7), 0.3, 1e-12);
    close_to(neap_buckets_quantile(bound, cumulative, 4, 0.999), 1, 1e-12); /* +Inf */
    assert_true(isnan(neap_buckets_quantile(bound, cumulative, 4, 1.5)));

    char text[2048];
    struct neap_distribution *law = NULL, *truth = NULL;
    counts_of(text, NEAP_FAMILY_LOGNORMAL, 0.16, 0.3);
    assert_int_equal(neap_distribution_named(&truth, NEAP_FAMILY_LOGNORMAL, 0.16, 0.3, NULL),
                     NEAP_OK);
    assert_int_equal(from_text(&law, "", text, NULL), NEAP_OK);
    const double wide[] = {0.1, 0.25, 0.5, (double)INFINITY};
    double in[4] = {0, 0, 0, 1};
    for (int i = 0; i < 3; i++)
        in[i] = neap_distribution_cdf(truth, wide[i]);
    double p95_s = neap_distribution_quantile(truth, 0.95);
    close_to(neap_distribution_quantile(law, 0.95), p95_s, 5e-3);
    assert_true(fabs(neap_buckets_quantile(wide, in, 4, 0.5) -
                     neap_distribution_quantile(truth, 0.5)) > 0.05 * p95_s);
    neap_distribution_free(law);
    neap_distribution_free(truth);
}

static void test_broken_buckets_are_refused(void **state)
{
    (void)state;
    refused("le,count\n0.1,5\n0.5,9\n1,10\n", "no bucket +Inf");
    refused("le,count\n0.1,5\n0.5,4\n1,10\n+Inf,10\n", "never fall");
    refused("le,count\n0.5,5\n0.1,9\n+Inf,10\n", "expected rising");
    refused("le,count\n0.1,5\n0.5,many\n+Inf,10\n", "expected a number >= 0");
    refused("le,count\n-1,5\n0.5,6\n+Inf,10\n", "expected a bound above 0");
    refused("le,count\n0.1,0\n0.5,10\n+Inf,10\n", "values in 1 buckets");
    refused("le,count\n0.1,5\n0.5,8\n+Inf,10\n", "above the last finite bound");
    refused("bound,total\n0.1,5\n", "columns le and count");
    refused("le,count\n", "no bucket +Inf");
}

static void test_only_some_families_can_be_fitted(void **state)
{
    char text[2048];
    struct neap_distribution *law = NULL;
    struct neap_error error = {0};
    (void)state;
    counts_of(text, NEAP_FAMILY_LOGNORMAL, 0.1, 1);
    assert_int_equal(from_text(&law, " dist=gamma", text, NULL), NEAP_OK);
    assert_int_equal(neap_distribution_family(law), NEAP_FAMILY_GAMMA);
    close_to(neap_distribution_mean(law), 0.1, 0.1);
    neap_distribution_free(law);
    assert_int_equal(from_text(&law, " dist=constant", text, &error), NEAP_BAD_SCENARIO);
    assert_int_equal(from_text(&law, " unit=ms", text, NULL), NEAP_OK);
    close_to(neap_distribution_mean(law), 1e-4, 1e-2);
    neap_distribution_free(law);
    assert_int_equal(from_text(&law, " mean=1s", text, &error), NEAP_BAD_SCENARIO);
    assert_non_null(strstr(error.message, "exclude each other"));
}

/* --- tables of percentiles -------------------------------------------------------------------------- */

static struct neap_distribution *law_of(const char *text)
{
    struct neap_distribution *law = NULL;
    struct neap_error error = {0};
    if (neap_profile_read_distribution(&law, text, NULL, &error) != NEAP_OK)
        fail_msg("%s: %s", text, error.message);
    return law;
}

/* Trap 23: ties break no interpolation, percentiles never fall between the points, and a maximum is
 * the end of nothing: without the number of values it is left aside. */
static void test_trap_23_ties_and_a_maximum(void **state)
{
    struct neap_distribution *tied = law_of("p50=80ms p90=200ms p95=200ms p99=500ms");
    struct neap_distribution *plain = law_of("p50=80ms p90=150ms p95=200ms p99=500ms");
    struct neap_distribution *topped = law_of("p50=80ms p90=150ms p95=200ms p99=500ms max=9s");
    struct neap_distribution *counted =
        law_of("p50=80ms p90=150ms p95=200ms p99=500ms max=9s n=100000");
    (void)state;
    close_to(neap_distribution_quantile(tied, 0.99), 0.5, 1e-6);
    close_to(neap_distribution_quantile(tied, 0.5), 0.08, 1e-6);
    double before = 0;
    for (int i = 1; i < 1000; i++) {
        double at = neap_distribution_quantile(tied, i / 1000.0);
        assert_true(at >= before);
        before = at;
    }
    for (int i = 1; i < 1000; i++)
        assert_true(neap_distribution_quantile(plain, i / 1000.0) ==
                    neap_distribution_quantile(topped, i / 1000.0));
    close_to(neap_distribution_quantile(counted, exp2(-1e-5)), 9, 1e-6);
    assert_true(neap_distribution_mean(counted) != neap_distribution_mean(plain));
    neap_distribution_free(tied);
    neap_distribution_free(plain);
    neap_distribution_free(topped);
    neap_distribution_free(counted);
}

static void test_a_maximum_that_cannot_be_is_refused(void **state)
{
    static const char *const text[] = {"p50=80ms p99=500ms max=400ms", "p50=80ms p99=500ms n=10",
                                       "max=9s", "p50=80ms p99=500ms max=9s n=1",
                                       "mean=80ms cv=1 max=9s"};
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        struct neap_distribution *law = NULL;
        if (neap_profile_read_distribution(&law, text[i], NULL, NULL) != NEAP_BAD_SCENARIO)
            fail_msg("taken: %s", text[i]);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_family_comes_back_from_its_buckets),
        cmocka_unit_test(test_trap_22_percentiles_of_buckets_are_not_the_laws),
        cmocka_unit_test(test_broken_buckets_are_refused),
        cmocka_unit_test(test_only_some_families_can_be_fitted),
        cmocka_unit_test(test_trap_23_ties_and_a_maximum),
        cmocka_unit_test(test_a_maximum_that_cannot_be_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
